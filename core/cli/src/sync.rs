//! Syncing: once, or for as long as somebody watches.
//!
//! While watching, the profile is open only for the moments in which something is exchanged. Between them this process keeps nothing of it but
//! the names of the mailboxes, which are all that a live stream needs; so every other command works meanwhile.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use clap::Args;
use ithaca_core::engine::driver::Driver;
use ithaca_core::engine::{Changed, Engine, Input, Request, StatusView};
use ithaca_core::transport::http::Http;
use ithaca_core::transport::{LiveEvent, Transport};
use ithaca_wire::live::Listen;
use serde_json::json;
use tokio::runtime::Runtime;
use tokio::sync::mpsc::Receiver;

use crate::error::{CliError, Done};
use crate::print::list_words;
use crate::profile::{App, WAKE};
use crate::say;
use crate::status::{LastSync, whereabouts};
use crate::time::now;

/// Send what waits and take in what came.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  ithaca sync\n  ithaca sync --watch\n\nThe exit code is 4 where a relay could not be reached: what was written waits here."
)]
pub struct Sync {
    /// Go on until Ctrl-C: take in what comes as it comes, send what other commands write
    #[arg(long)]
    watch: bool,
}

/// How often a profile is looked at for something new to send.
const LOOK: Duration = Duration::from_secs(1);
/// How long after a failure a relay is tried again, at most.
const AGAIN: Duration = Duration::from_secs(60);
/// A pair comes about in steps, each of which shows the next one's mailboxes.
const ROUNDS: usize = 4;

fn runtime() -> Done<Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| CliError::io("the network", &e))
}

fn http() -> Done<Http> {
    Http::new().ok_or_else(|| CliError::Refused("the network library does not start on this machine".into()))
}

async fn exchange(engine: &mut Engine, http: &Http) -> Done<StatusView> {
    let mut driver = Driver::new(Arc::new(http.clone()), Arc::new(now));
    let mut changes = BTreeSet::new();
    for _ in 0..ROUNDS {
        driver.sync(engine).await?;
        let new = engine.take_changes();
        let grew = new.iter().any(|c| matches!(c, Changed::Members(_)));
        changes.extend(new);
        if !grew {
            break;
        }
    }
    let view = engine.status(now())?;
    let trouble = view.relays.iter().filter_map(|r| r.trouble.clone().map(|t| (r.origin.clone(), t))).collect();
    LastSync { at: now(), trouble }.keep(engine)?;
    Ok(view)
}

/// Syncs an open engine once, for commands that need the relay.
///
/// # Errors
/// See [`CliError`]; a relay that cannot be reached is none.
pub fn once(engine: &mut Engine) -> Done<StatusView> {
    let http = http()?;
    runtime()?.block_on(exchange(engine, &http))
}

/// Asks a relay, for a device that has no engine yet.
///
/// # Errors
/// Where the network does not start; what the relay says is inside.
pub fn ask_relay<T>(asked: impl AsyncFnOnce(&Http) -> T) -> Done<T> {
    let http = http()?;
    Ok(runtime()?.block_on(asked(&http)))
}

/// What a sync came to, as one line.
fn line(view: &StatusView, private: &ithaca_core::id::SpaceId) -> String {
    let mut parts: Vec<String> = Vec::new();
    for s in &view.spaces {
        let is_private = s.space == *private;
        let words = whereabouts(s, is_private);
        match (is_private, words.as_str()) {
            (true, "nothing waits") => {}
            (true, _) => parts.push(format!("private: {words}")),
            (false, _) => parts.push(format!("{}: {words}", s.name)),
        }
    }
    if parts.is_empty() { "Nothing waits here.".to_owned() } else { format!("{}.", parts.join("; ")) }
}

/// Which relays could not be used, as a sentence; `None` where all could.
pub fn trouble(view: &StatusView) -> Option<String> {
    if view.relays.is_empty() {
        return Some("No relay is named, so nothing left this device. Name one with `ithaca relay set URL`.".to_owned());
    }
    let troubles: Vec<String> = view.relays.iter().filter_map(|r| r.trouble.clone()).collect();
    (!troubles.is_empty())
        .then(|| format!("{}. What is written is safe here and goes with the next sync.", crate::note::capital(&list_words(&troubles))))
}

/// `sync`.
///
/// # Errors
/// [`CliError::Waiting`] where a relay could not be reached.
pub fn run(app: &mut App, sync: &Sync) -> Done {
    if sync.watch {
        return watch(app);
    }
    let mut engine = app.open()?;
    let view = once(&mut engine)?;
    let private = engine.personal()?;
    engine.take_changes();
    app.close(engine)?;
    say!(app.out, "{}", line(&view, &private));
    let trouble = trouble(&view);
    app.out.value(&json!({ "status": view, "trouble": trouble }))?;
    trouble.map_or(Ok(()), |words| Err(CliError::Waiting(words)))
}

/// Live streams, kept over several syncs: whatever comes while one runs is heard all the same.
#[derive(Debug)]
struct Streams {
    listens: Vec<(String, Listen)>,
    tasks: tokio::task::JoinSet<()>,
    heard: Receiver<(String, LiveEvent)>,
}

impl Streams {
    /// Streams over these mailboxes. Called inside a runtime.
    fn open(http: &Http, listens: Vec<(String, Listen)>) -> Self {
        let (sink, heard) = tokio::sync::mpsc::channel(64);
        let mut tasks = tokio::task::JoinSet::new();
        for (origin, listen) in listens.clone() {
            let (http, sink) = (http.clone(), sink.clone());
            tasks.spawn(async move { http.listen(&origin, listen, sink).await });
        }
        Self { listens, tasks, heard }
    }

    /// Waits until something came, `true`, or a stream ended.
    async fn came(&mut self) -> bool {
        while let Some((_, event)) = self.heard.recv().await {
            match event {
                // What came before the stream opened is asked for once more.
                LiveEvent::Change(_) | LiveEvent::Opened => return true,
                LiveEvent::Beat(_) => {}
                LiveEvent::Closed => break,
            }
        }
        false
    }
}

/// Why a watching sync goes on.
enum Why {
    Came,
    Written,
    Closed,
    Stopped,
}

fn watch(app: &mut App) -> Done {
    let runtime = runtime()?;
    let http = http()?;
    let wake = app.dir()?.join(WAKE);
    let (mut shown, mut failures, mut streams) = (String::new(), 0u32, None::<Streams>);
    loop {
        let woken = touched(&wake);
        let mut engine = app.open()?;
        let view = runtime.block_on(exchange(&mut engine, &http))?;
        let private = engine.personal()?;
        let requests = engine.handle(now(), Input::Live(true))?.into_iter();
        let listens: Vec<(String, Listen)> =
            requests.filter_map(|r| if let Request::Listen { origin, listen } = r { Some((origin, listen)) } else { None }).collect();
        engine.take_changes();
        app.close(engine)?;
        let trouble = trouble(&view);
        let words = trouble.clone().unwrap_or_else(|| line(&view, &private));
        if words != shown {
            say!(app.out, "{words}");
            app.out.value(&json!({ "at": now(), "status": view, "trouble": trouble }))?;
            shown = words;
        }
        failures = if trouble.is_some() { failures.saturating_add(1) } else { 0 };
        if streams.as_ref().is_none_or(|s| s.listens != listens) {
            let _inside = runtime.enter();
            streams = Some(Streams::open(&http, listens));
        }
        let Some(open) = &mut streams else { return Ok(()) };
        let pause = Duration::from_secs(1u64 << failures.min(6)).min(AGAIN);
        match runtime.block_on(until_something(open, &wake, woken, pause)) {
            Why::Came | Why::Written => {}
            Why::Closed => streams = None,
            Why::Stopped => return Ok(()),
        }
    }
}

fn touched(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).and_then(|m| m.modified()).ok()
}

/// Waits until there is a reason to sync: something came, something was written, or a stream ended and `pause` passed.
async fn until_something(streams: &mut Streams, wake: &Path, woken: Option<SystemTime>, pause: Duration) -> Why {
    let came = async {
        if !streams.tasks.is_empty() && streams.came().await {
            return Why::Came;
        }
        tokio::time::sleep(pause).await;
        Why::Closed
    };
    let written = async {
        while touched(wake) == woken {
            tokio::time::sleep(LOOK).await;
        }
        Why::Written
    };
    let stopped = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        Why::Stopped
    };
    tokio::select! {
        why = came => why,
        why = written => why,
        why = stopped => why,
    }
}
