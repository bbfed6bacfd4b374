//! The floor: a relay for opaque blobs with the same durability as ours and nothing else. No cryptography, no merging, no tokens.
//!
//! `POST /push/{box}` takes `(length u32 | blob)*` and answers after the commit; `GET /live/{box}` streams what comes in the same form.

use std::collections::HashMap;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError, mpsc};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path as In, State};
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use futures_util::{Stream, StreamExt, stream};
use reqwest::Client;
use rusqlite::Connection;
use tokio::sync::{mpsc as channel, oneshot};

use crate::process::Process;
use crate::{Done, words};

type Heard = HashMap<String, Vec<channel::UnboundedSender<Bytes>>>;

struct Push {
    to: String,
    blobs: Bytes,
    done: oneshot::Sender<u64>,
}

#[derive(Clone)]
struct Shared {
    writer: mpsc::Sender<Push>,
    heard: Arc<Mutex<Heard>>,
}

/// Starts it as a process of its own, with its data in `dir`.
pub fn start(dir: &Path) -> Done<Process> {
    let me = std::env::current_exe().map_err(words)?;
    Process::start(Command::new(me).arg("floor-relay").arg(dir), "listening on ")
}

/// Runs it.
pub fn serve(dir: &Path) -> Done {
    std::fs::create_dir_all(dir).map_err(words)?;
    let db = Connection::open(dir.join("floor.db")).map_err(words)?;
    db.pragma_update(None, "journal_mode", "WAL").map_err(words)?;
    db.pragma_update(None, "synchronous", "FULL").map_err(words)?;
    db.execute_batch("CREATE TABLE IF NOT EXISTS blob (no INTEGER PRIMARY KEY, box TEXT NOT NULL, bytes BLOB NOT NULL)").map_err(words)?;
    let heard: Arc<Mutex<Heard>> = Arc::default();
    let (writer, pushes) = mpsc::channel();
    let told = heard.clone();
    std::thread::spawn(move || write(db, &pushes, &told));
    let app = Router::new().route("/push/{box}", post(push)).route("/live/{box}", get(live)).with_state(Shared { writer, heard });
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().map_err(words)?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.map_err(words)?;
        crate::say(&format!("listening on http://{}", listener.local_addr().map_err(words)?))?;
        let listener = listener.tap_io(|io| drop(io.set_nodelay(true)));
        axum::serve(listener, app).await.map_err(words)
    })
}

/// One writer; whatever waits shares a commit.
fn write(mut db: Connection, pushes: &mpsc::Receiver<Push>, heard: &Mutex<Heard>) {
    while let Ok(first) = pushes.recv() {
        let batch: Vec<Push> = std::iter::once(first).chain(pushes.try_iter().take(1_000)).collect();
        let Ok(last) = commit(&mut db, &batch) else { return };
        for push in batch {
            let _ = push.done.send(last);
            let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(listeners) = heard.get_mut(&push.to) {
                listeners.retain(|l| l.send(push.blobs.clone()).is_ok());
            }
        }
    }
}

fn commit(db: &mut Connection, batch: &[Push]) -> rusqlite::Result<u64> {
    let tx = db.transaction()?;
    for push in batch {
        for blob in blobs(&push.blobs) {
            tx.prepare_cached("INSERT INTO blob (box, bytes) VALUES (?, ?)")?.execute((&push.to, blob))?;
        }
    }
    let last = tx.last_insert_rowid() as u64;
    tx.commit()?;
    Ok(last)
}

fn blobs(mut bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let (len, rest) = bytes.split_first_chunk::<4>()?;
        let (blob, rest) = rest.split_at_checked(u32::from_be_bytes(*len) as usize)?;
        bytes = rest;
        Some(blob)
    })
}

async fn push(State(shared): State<Shared>, In(to): In<String>, blobs: Bytes) -> Vec<u8> {
    let (done, durable) = oneshot::channel();
    if shared.writer.send(Push { to, blobs, done }).is_err() {
        return Vec::new();
    }
    durable.await.map(|n| n.to_be_bytes().to_vec()).unwrap_or_default()
}

async fn live(State(shared): State<Shared>, In(to): In<String>) -> Body {
    let (sender, receiver) = channel::unbounded_channel();
    shared.heard.lock().unwrap_or_else(PoisonError::into_inner).entry(to).or_default().push(sender);
    let first = stream::once(async { Bytes::from_static(&[0, 0, 0, 0]) });
    let rest = stream::unfold(receiver, |mut r| async { r.recv().await.map(|b| (b, r)) });
    Body::from_stream(first.chain(rest).map(Ok::<_, std::convert::Infallible>))
}

/// The client of one device: the HTTP stack that ours uses.
pub fn client() -> Done<Client> {
    let _ = rustls_ready();
    Client::builder().http2_prior_knowledge().tcp_nodelay(true).no_proxy().build().map_err(words)
}

/// reqwest asks for a TLS library even where it never speaks TLS; the device's client brings its own.
fn rustls_ready() -> bool {
    rustls::crypto::ring::default_provider().install_default().is_ok()
}

/// The body of a push.
pub fn body(blobs: &[Vec<u8>]) -> Vec<u8> {
    let mut out = Vec::new();
    for blob in blobs {
        out.extend((blob.len() as u32).to_be_bytes());
        out.extend(blob);
    }
    out
}

/// Pushes and waits for the acknowledgement.
pub async fn send(client: &Client, origin: &str, to: &str, body: Vec<u8>) -> Done {
    let answer = client.post(format!("{origin}/push/{to}")).body(body).send().await.map_err(words)?;
    let answer = answer.bytes().await.map_err(words)?;
    if answer.len() == 8 { Ok(()) } else { Err("the floor relay did not store it".to_owned()) }
}

/// Hears a box: one item for each chunk that came.
pub async fn hear(client: &Client, origin: &str, to: &str) -> Done<impl Stream<Item = Bytes> + use<>> {
    let answer = client.get(format!("{origin}/live/{to}")).send().await.map_err(words)?;
    let mut stream = Box::pin(answer.bytes_stream().filter_map(|b| async { b.ok() }));
    // The greeting says that the stream is heard from now on.
    stream.next().await.ok_or("the floor relay is gone")?;
    Ok(stream)
}
