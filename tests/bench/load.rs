//! Goals 12 and 13: what a relay spends on an append, and what an idle client holds of its memory.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ithaca_core::transport::{Call, Reply, Transport};
use ithaca_wire::exchange::{Ask, MakeMailbox, Request, VERSION};
use ithaca_wire::live::Listen;
use ithaca_wire::record::{self, Outer};
use ithaca_wire::vector::{self, Entry, Sum, Vector};
use ithaca_wire::{LaneId, MailboxId, Token, cbor};

use crate::device::{http, runtime};
use crate::process::{Process, relay};
use crate::sheet::{Goal, Sheet};
use crate::text::Text;
use crate::{Done, floor, words};

/// Clients that append at once.
const CLIENTS: usize = 8;
/// Appends of one round, over all clients.
const APPENDS: usize = 16_000;
/// Idle clients.
const IDLE: usize = 400;

/// One device's mailbox and lane, as the relay sees them.
#[derive(Clone)]
struct Writer {
    mailbox: MailboxId,
    token: Token,
    lane: LaneId,
    n: u64,
    sum: Sum,
}

impl Writer {
    fn new(text: &mut Text) -> Self {
        Self { mailbox: MailboxId(text.bytes()), token: Token(text.bytes()), lane: LaneId(text.bytes()), n: 0, sum: Sum::default() }
    }

    fn make(&self) -> Call {
        let make = MakeMailbox { token_hash: self.token.hash(), voucher: None, next: None, token: None };
        Call::Make { mailbox: self.mailbox, make, account: None }
    }

    /// The next push of so many records of the smallest size, with the digest of what is held then, as a device sends it.
    fn push(&mut self, batch: usize, text: &mut Text) -> Call {
        let mut push = Vec::new();
        for _ in 0..batch {
            self.n += 1;
            let outer = Outer { version: 1, lane: self.lane, n: self.n, nonce: text.bytes(), ciphertext: &text.blob(256 - record::HEADER) };
            let bytes = outer.to_bytes();
            self.sum.add(self.n, &record::hash(&bytes));
            push.push(bytes.into());
        }
        let vector: Vector = [(self.lane, Entry { from: 1, n: self.n, tag: self.sum.tag() })].into();
        let ask = Ask {
            mailbox: self.mailbox,
            token: self.token,
            push: Some(push),
            digest: Some(vector::digest(&vector)),
            vector: None,
            lists: None,
        };
        Call::Sync(Request { version: VERSION, budget: 900 * 1024, mailboxes: vec![ask] })
    }
}

/// One round of goal 12.
pub fn appends(relay: &Process, floor: &Process, text: &mut Text, sheet: &mut Sheet) -> Done {
    for batch in [1, 10] {
        let before = relay.cpu()?;
        append_ours(&relay.said, batch, text)?;
        sheet.add(&format!("ours/appends per CPU-second, batch {batch}"), APPENDS as f64 / (relay.cpu()? - before).max(0.01));
        let before = floor.cpu()?;
        append_floor(&floor.said, batch, text)?;
        sheet.add(&format!("floor/appends per CPU-second, batch {batch}"), APPENDS as f64 / (floor.cpu()? - before).max(0.01));
    }
    Ok(())
}

fn append_ours(origin: &str, batch: usize, text: &mut Text) -> Done {
    runtime()?.block_on(async {
        let mut clients = tokio::task::JoinSet::new();
        for _ in 0..CLIENTS {
            let (origin, mut writer, mut text) = (origin.to_owned(), Writer::new(text), Text::new(text.below(usize::MAX) as u64));
            clients.spawn(async move {
                let http = http()?;
                http.call(&origin, writer.make()).await.map_err(words)?;
                for _ in 0..APPENDS / CLIENTS / batch {
                    match http.call(&origin, writer.push(batch, &mut text)).await.map_err(words)? {
                        // Nothing refused, and the digests are equal: the relay holds what the device holds.
                        Reply::Sync(r) if r.mailboxes.iter().all(|m| m.pushed.is_none() && m.vector.is_none() && m.digest.is_some()) => {}
                        _ => return Err("the relay did not store a record".to_owned()),
                    }
                }
                Ok(())
            });
        }
        clients.join_all().await.into_iter().collect()
    })
}

fn append_floor(origin: &str, batch: usize, text: &mut Text) -> Done {
    runtime()?.block_on(async {
        let mut clients = tokio::task::JoinSet::new();
        for _ in 0..CLIENTS {
            let name = hex::encode(text.bytes::<8>());
            let (origin, mut text) = (origin.to_owned(), Text::new(text.below(usize::MAX) as u64));
            clients.spawn(async move {
                let client = floor::client()?;
                for _ in 0..APPENDS / CLIENTS / batch {
                    let blobs: Vec<Vec<u8>> = (0..batch).map(|_| text.blob(256)).collect();
                    floor::send(&client, &origin, &name, floor::body(&blobs)).await?;
                }
                Ok(())
            });
        }
        clients.join_all().await.into_iter().collect()
    })
}

/// The lines of goal 12.
pub fn append_lines(sheet: &mut Sheet) {
    for batch in [1, 10] {
        let ours = format!("ours/appends per CPU-second, batch {batch}");
        let what = format!("relay appends per CPU-second, {batch} a push");
        sheet.line(12, &what, "", &ours, Goal::Least(0.6, format!("floor/appends per CPU-second, batch {batch}")));
        sheet.line(12, &what, "", &ours, Goal::Least(3.0, "hocuspocus/appends per CPU-second".into()));
    }
}

/// The relays of goal 13: a fresh process each round, since memory once grown hides what grows later.
pub struct Idle {
    dir: PathBuf,
    rounds: usize,
    text: Text,
}

impl Idle {
    /// In `dir`.
    pub fn new(dir: &Path) -> Self {
        Self { dir: dir.to_owned(), rounds: 0, text: Text::new(13) }
    }

    /// One round.
    pub fn round(&mut self, sheet: &mut Sheet) -> Done {
        self.rounds += 1;
        for name in ["HTTP/1.1", "HTTP/2"] {
            let relay = relay(&self.dir.join(format!("{} {name}", self.rounds).replace('/', " ")), None)?;
            // Threads, caches and buffers that the first client brings are no client's.
            let warm = self.open(&relay, name, 50)?;
            drop(warm);
            std::thread::sleep(Duration::from_millis(500));
            let before = relay.memory()?;
            let held = self.open(&relay, name, IDLE)?;
            std::thread::sleep(Duration::from_millis(500));
            sheet.add(&format!("ours/KiB per idle client, {name}"), (relay.memory()? - before) / IDLE as f64);
            drop(held);
        }
        Ok(())
    }

    /// Opens so many streams, each over two mailboxes that hold a record each.
    fn open(&mut self, relay: &Process, how: &str, n: usize) -> Done<Vec<Held>> {
        let runtime = runtime()?;
        let mut listens = Vec::new();
        runtime.block_on(async {
            let http = http()?;
            for _ in 0..n {
                let mut mailboxes = Vec::new();
                for _ in 0..2 {
                    let mut writer = Writer::new(&mut self.text);
                    http.call(&relay.said, writer.make()).await.map_err(words)?;
                    http.call(&relay.said, writer.push(1, &mut self.text)).await.map_err(words)?;
                    mailboxes.push((writer.mailbox, writer.token));
                }
                listens.push(Listen { version: VERSION, mailboxes });
            }
            Ok::<_, String>(())
        })?;
        drop(runtime);
        let mut held = Vec::new();
        for listen in listens {
            held.push(if how == "HTTP/1.1" { Held::Plain(plain(&relay.said, &listen)?) } else { Held::second(&relay.said, listen)? });
        }
        Ok(held)
    }
}

/// A stream held open.
enum Held {
    /// A bare socket.
    Plain(#[allow(dead_code, reason = "it is held, not used")] TcpStream),
    /// A client of its own, and the thread it runs on.
    Second(#[allow(dead_code, reason = "it is held, not used")] tokio::runtime::Runtime),
}

impl Held {
    /// With the client that ships. Its runtime has no thread of its own: what was read is enough, the socket stays open.
    fn second(origin: &str, listen: Listen) -> Done<Self> {
        let runtime = runtime()?;
        runtime.block_on(async {
            let (http, origin) = (http()?, origin.to_owned());
            let (sink, mut heard) = tokio::sync::mpsc::channel(8);
            tokio::spawn(async move { http.listen(&origin, listen, sink).await });
            let first = heard.recv().await;
            // Whoever hears no more hangs up, so it goes on hearing.
            tokio::spawn(async move { while heard.recv().await.is_some() {} });
            first.ok_or_else(|| "the stream did not open".to_owned())
        })?;
        Ok(Self::Second(runtime))
    }
}

fn plain(origin: &str, listen: &Listen) -> Done<TcpStream> {
    let address = origin.trim_start_matches("http://");
    let body = cbor::encode(listen);
    let mut socket = TcpStream::connect(address).map_err(words)?;
    let head =
        format!("POST /v1/live HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/cbor\r\ncontent-length: {}\r\n\r\n", body.len());
    socket.write_all(&[head.as_bytes(), &body].concat()).map_err(words)?;
    let mut answer = [0; 12];
    socket.read_exact(&mut answer).map_err(words)?;
    if answer.ends_with(b" 200") { Ok(socket) } else { Err("the relay refused a stream".to_owned()) }
}

/// The lines of goal 13.
pub fn idle_lines(sheet: &mut Sheet) {
    let ours = "ours/KiB per idle client, HTTP/1.1";
    sheet.line(13, "relay memory per idle client, HTTP/1.1", "KiB", ours, Goal::Below(10.0));
    sheet.line(13, "relay memory per idle client, HTTP/1.1", "KiB", ours, Goal::Most(0.15, "hocuspocus/KiB per idle client".into()));
    sheet.line(13, "relay memory per idle client, HTTP/2", "KiB", "ours/KiB per idle client, HTTP/2", Goal::Shown);
}
