//! Goals 6 and 7: a device that was just added and holds nothing, until it shows everything; and its first screen once it does. The device is a
//! process of its own, so that its memory is its own.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ithaca_core::engine::driver::Driver;
use ithaca_core::engine::{Changed, Input, Joining, JoiningStage};
use ithaca_core::id::SpaceId;
use ithaca_core::identity::entropy::OsEntropy;
use ithaca_core::identity::vault::FileVault;
use ithaca_core::transport::Transport;
use ithaca_tests::play::stage::now;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::device::{Person, http, last_message, pair, runtime};
use crate::history::ms;
use crate::process::{copy, memory, peak, port, relay};
use crate::sheet::{Goal, Sheet};
use crate::tap::{Tap, Via};
use crate::text::Text;
use crate::{Done, say, words};

/// Messages that the pair has.
const MESSAGES: usize = 10_000;

/// A relay's folder that holds everything, with a snapshot of it, and the folder of a device that was added and never synced.
pub struct Cold {
    dir: PathBuf,
    relay: PathBuf,
    fresh: PathBuf,
    port: String,
    space: SpaceId,
    last: String,
    rounds: usize,
}

impl Cold {
    /// Makes them in `dir`.
    pub fn start(dir: &Path) -> Done<Self> {
        let (runtime, mut text) = (runtime()?, Text::new(6));
        let relay = relay(&dir.join("relay"), None)?;
        let (mut ana, mut ben) = (Person::new("Ana", &dir.join("ana"), true)?, Person::new("Ben", &dir.join("ben"), true)?);
        let space = pair(&mut ana, &mut ben, &relay.said, &runtime)?;
        for i in 0..MESSAGES {
            let who = if i % 2 == 0 { &mut ana } else { &mut ben };
            who.say(&space, text.message())?;
            if i % 20 == 19 {
                ana.sync(&runtime)?;
                ben.sync(&runtime)?;
            }
        }
        // The snapshot is made, put and told when nothing else is left to do.
        for _ in 0..3 {
            ana.sync(&runtime)?;
            ben.sync(&runtime)?;
        }
        // Of two that were said in one millisecond not the one that was said last need be shown last.
        let last = last_message(&ana.engine, &space).ok_or("nothing was said")?;
        let fresh = dir.join("fresh");
        add(&mut ana, &fresh, &relay.said, &runtime)?;
        ana.close()?;
        let port = port(&relay.said).to_owned();
        Ok(Self { dir: dir.to_owned(), relay: dir.join("relay"), fresh, port, space, last, rounds: 0 })
    }

    /// One round.
    pub fn round(&mut self, sheet: &mut Sheet) -> Done {
        self.rounds += 1;
        // Bytes are counted by something in the way, which costs time and memory: in a run of its own.
        if self.rounds == 1 {
            let said = self.boot(true)?;
            sheet.add("ours/cold device, bytes", field(&said, "bytes")?);
            sheet.add("ours/cold device, bytes of the records later", field(&said, "later_bytes")?);
        }
        let said = self.boot(false)?;
        for (name, key) in [
            ("ours/cold device, ms", "ms"),
            ("ours/cold device, KiB more", "grown"),
            ("ours/cold device, records later, ms", "later_ms"),
            ("ours/cold device, first screen, ms", "screen_ms"),
        ] {
            sheet.add(name, field(&said, key)?);
        }
        Ok(())
    }

    fn boot(&self, counted: bool) -> Done<Value> {
        let (relay_dir, device) = (self.dir.join("round relay"), self.dir.join("round device"));
        copy(&self.relay, &relay_dir)?;
        copy(&self.fresh, &device)?;
        let relay = relay(&relay_dir, Some(&self.port))?;
        let me = std::env::current_exe().map_err(words)?;
        let mut command = Command::new(me);
        command.arg("cold-device").arg(&device).args([self.space.to_string().as_str(), &self.last, if counted { &relay.said } else { "" }]);
        let out = command.output().map_err(words)?;
        drop(relay);
        for dir in [relay_dir, device] {
            std::fs::remove_dir_all(&dir).map_err(words)?;
        }
        let text = String::from_utf8_lossy(&out.stdout);
        let line = text.lines().find(|l| l.starts_with('{'));
        serde_json::from_str(line.ok_or_else(|| format!("the device failed: {}", String::from_utf8_lossy(&out.stderr)))?).map_err(words)
    }
}

/// Adds a device of Ana's, as far as it is before its first sync.
pub fn add(ana: &mut Person, dir: &Path, origin: &str, runtime: &Runtime) -> Done {
    std::fs::create_dir_all(dir).map_err(words)?;
    let vault = FileVault::new(dir.join("vault.key"));
    let mut joining = Joining::begin(dir, &vault, Box::new(OsEntropy), origin, "Tablet").map_err(words)?;
    let http = http()?;
    let scanned = ana.engine.scan_device(&joining.code(), None, now()).map_err(words)?;
    for step in 0..6 {
        ana.sync(runtime)?;
        let stage = runtime.block_on(joining.step(&http)).map_err(words)?;
        ana.sync(runtime)?;
        match stage {
            JoiningStage::Ready => return Ok(()),
            JoiningStage::Offered { .. } => joining.agree().map_err(words)?,
            _ if step == 0 => ana.engine.approve_device(&scanned.id, now()).map_err(words)?,
            _ => {}
        }
    }
    Err("the device was not added".to_owned())
}

/// The process that is the device: opens, syncs until it shows the last message and all before it, goes on until the records are here too, and opens
/// once more for its first screen. Says what that took.
pub fn device(dir: &str, space: &str, last: &str, counted: &str) -> Done {
    let space: SpaceId = space.parse().map_err(|_| "no space")?;
    let runtime = runtime()?;
    let tap = if counted.is_empty() { None } else { Some(Tap::new(counted)?) };
    let way: Arc<dyn Transport> = Arc::new(Via::new(http()?, tap.as_ref().map(|t| t.origin.clone())));
    let before = memory("self")?;
    let from = Instant::now();
    let mut ana = Person::open(Path::new(dir), false)?;
    let mut driver = Driver::new(way, Arc::new(now));
    let seen = runtime.block_on(async {
        driver.give(&mut ana.engine, Input::Now).map_err(words)?;
        let shows = |p: &Person, changed: &[Changed]| {
            changed.contains(&Changed::Space(space)) && last_message(&p.engine, &space).is_some_and(|m| m == last)
        };
        until(&mut ana, &mut driver, "everything from the snapshot", shows).await
    })?;
    let took = seen.duration_since(from).as_secs_f64() * 1_000.0;
    let grown = peak("self")? - before;
    let bytes = tap.as_ref().map_or(0.0, |t| t.counted().all());
    let shown = ana.engine.messages(&space, None, MESSAGES + 1).map_err(words)?.len();
    let verified = ana.engine.being_verified(&space).map_err(words)?;
    if shown != MESSAGES || !verified {
        return Err(format!("{shown} messages were shown, from a snapshot: {verified}"));
    }
    let from = Instant::now();
    runtime.block_on(until(&mut ana, &mut driver, "the records behind it", |p, _| p.engine.being_verified(&space).is_ok_and(|v| !v)))?;
    let later = ms(from);
    let later_bytes = tap.as_ref().map_or(0.0, |t| t.counted().all()) - bytes;
    ana.close()?;
    let from = Instant::now();
    let ana = Person::open(Path::new(dir), false)?;
    if ana.engine.messages(&space, None, 50).map_err(words)?.len() != 50 {
        return Err("the first screen is not full".to_owned());
    }
    let screen = ms(from);
    say(&json!({"ms": took, "grown": grown, "bytes": bytes, "later_ms": later, "later_bytes": later_bytes, "screen_ms": screen})
        .to_string())
}

/// Goes on until `test` holds of a device and what changed on it.
async fn until(ana: &mut Person, driver: &mut Driver, what: &str, mut test: impl FnMut(&Person, &[Changed]) -> bool) -> Done<Instant> {
    let from = Instant::now();
    loop {
        let changed: Vec<Changed> = ana.engine.take_changes().into_iter().collect();
        if test(ana, &changed) {
            return Ok(Instant::now());
        }
        if from.elapsed() > Duration::from_secs(120) {
            return Err(format!("the new device does not come to {what}"));
        }
        driver.step(&mut ana.engine, None).await.map_err(words)?;
    }
}

fn field(value: &Value, name: &str) -> Done<f64> {
    value.get(name).and_then(Value::as_f64).ok_or_else(|| format!("the device did not say {name}"))
}

/// The lines of goals 6 and 7. Ours are rows of a table beside a peer's list in one document.
pub fn lines(sheet: &mut Sheet) {
    let what = "cold device, 10,000 messages, from a snapshot (rows beside a peer's list)";
    sheet.line(6, what, "ms", "ours/cold device, ms", Goal::Most(0.25, "automerge-repo/cold, ms".into()));
    sheet.line(6, what, "B", "ours/cold device, bytes", Goal::Most(2.0, "automerge-repo/cold, bytes".into()));
    sheet.line(6, what, "KiB", "ours/cold device, KiB more", Goal::Most(0.35, "automerge-repo/cold, KiB more".into()));
    sheet.line(6, "… its records, later", "ms", "ours/cold device, records later, ms", Goal::Shown);
    sheet.line(6, "… its records, later", "B", "ours/cold device, bytes of the records later", Goal::Shown);
    let screen = "first screen of 50 rows on that device (against the peer's bootstrap)";
    sheet.line(7, screen, "ms", "ours/cold device, first screen, ms", Goal::Most(0.05, "automerge-repo/cold, ms".into()));
}
