//! Goals 5, 10, 14 and 15: a device that was away, what waking costs, what stays on the disk, and what a sync that finds nothing moves.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use automerge::transaction::Transactable;
use automerge::{AutoCommit, Change, ObjType, ROOT};
use ithaca_core::engine::driver::Driver;
use ithaca_core::engine::{Changed, Input};
use ithaca_core::id::SpaceId;
use ithaca_core::transport::Transport;
use ithaca_tests::play::stage::{folder_size, now};
use tokio::runtime::Runtime;

use crate::device::{Person, http, last_message, pair, runtime};
use crate::process::{copy, port, relay};
use crate::sheet::{Goal, Sheet};
use crate::tap::{Tap, Via};
use crate::text::Text;
use crate::{Done, words};

/// Messages that the device has not seen.
const BEHIND: usize = 10_000;

/// A history at rest: a relay's folder that holds everything and a device's folder that holds nothing of it.
struct History {
    name: &'static str,
    relay: PathBuf,
    ben: PathBuf,
    /// A copy of Ben's folder. It is put back into the very files of `ben`, since a device that finds itself a copy takes a new incarnation.
    kept: PathBuf,
    port: String,
    space: SpaceId,
    last: String,
}

/// Histories, made once and copied for every round, so that each round begins with the same bytes.
pub struct Histories {
    dir: PathBuf,
    behind: Vec<History>,
    woken: History,
    changes: Vec<Change>,
    runtime: Runtime,
    rounds: usize,
}

impl Histories {
    /// Makes them in `dir`.
    pub fn start(dir: &Path, sheet: &mut Sheet) -> Done<Self> {
        let runtime = runtime()?;
        let mut text = Text::new(5);
        let mut behind = Vec::new();
        for (name, each) in [("in tens", 10), ("each alone", 1)] {
            behind.push(make(&dir.join(format!("behind {each}")), name, each, &mut text, &runtime, sheet)?);
        }
        let woken = wake_later(&dir.join("woken"), behind.first().ok_or("no history")?, &mut text, &runtime)?;
        let mut writer = AutoCommit::new();
        let list = writer.put_object(ROOT, "messages", ObjType::List).map_err(words)?;
        for i in 0..BEHIND {
            let message = writer.insert_object(&list, i, ObjType::Map).map_err(words)?;
            writer.put(&message, "id", hex::encode(text.bytes::<13>())).map_err(words)?;
            writer.put(&message, "author", "mentor-7f3a").map_err(words)?;
            writer.put(&message, "sent_at", 1_930_262_400_000_i64 + i as i64).map_err(words)?;
            writer.put(&message, "body", text.message()).map_err(words)?;
            writer.commit();
        }
        let changes = writer.get_changes(&[]).into_iter().collect();
        Ok(Self { dir: dir.to_owned(), behind, woken, changes, runtime, rounds: 0 })
    }

    /// One round.
    pub fn round(&mut self, sheet: &mut Sheet) -> Done {
        self.rounds += 1;
        for history in &self.behind {
            let took = self.catch_up(history, None)?.0;
            sheet.add(&format!("ours/{} behind, ms", history.name), took);
            if self.rounds == 1 {
                let (_, bytes) = self.catch_up(history, Some(()))?;
                sheet.add(&format!("ours/{} behind, bytes", history.name), bytes);
            }
        }
        let mut reader = AutoCommit::new();
        let from = Instant::now();
        reader.apply_changes(self.changes.clone()).map_err(words)?;
        sheet.add("floor/apply in one call, ms", ms(from));
        let saved = reader.save();
        self.wake(sheet)?;
        let list = reader.put_object(ROOT, "other", ObjType::Map).map_err(words)?;
        reader.put(&list, "body", "one more message").map_err(words)?;
        let one: Vec<Change> = reader.get_last_local_change().into_iter().collect();
        let from = Instant::now();
        let mut loaded = AutoCommit::load(&saved).map_err(words)?;
        loaded.apply_changes(one).map_err(words)?;
        sheet.add("floor/load and apply, ms", ms(from));
        Ok(())
    }

    /// Brings a copy of the device up to date; ms until its view is complete, and the bytes it moved if they are counted.
    fn catch_up(&self, history: &History, counted: Option<()>) -> Done<(f64, f64)> {
        let relay_dir = self.dir.join("round relay");
        copy(&history.relay, &relay_dir)?;
        put_back(&history.ben, &history.kept)?;
        let relay = relay(&relay_dir, Some(&history.port))?;
        let mut ben = Person::open(&history.ben, false)?;
        let tap = counted.map(|()| Tap::new(&relay.said)).transpose()?;
        let way = Via::new(http()?, tap.as_ref().map(|t| t.origin.clone()));
        let took = self.runtime.block_on(until_seen(&mut ben, way, &history.space, &history.last))?;
        let bytes = tap.map_or(0.0, |t| t.counted().all());
        drop((ben, relay));
        std::fs::remove_dir_all(&relay_dir).map_err(words)?;
        Ok((took, bytes))
    }

    /// Goal 10: opens a device of 10,000 messages and fetches one.
    fn wake(&self, sheet: &mut Sheet) -> Done {
        let relay_dir = self.dir.join("round relay");
        copy(&self.woken.relay, &relay_dir)?;
        put_back(&self.woken.ben, &self.woken.kept)?;
        let relay = relay(&relay_dir, Some(&self.woken.port))?;
        let from = Instant::now();
        let mut ben = Person::open(&self.woken.ben, false)?;
        let opened = ms(from);
        let way = Via::new(http()?, None);
        let fetched = self.runtime.block_on(until_seen(&mut ben, way, &self.woken.space, &self.woken.last))?;
        sheet.add("ours/wake, ms", opened + fetched);
        sheet.add("ours/wake: open, ms", opened);
        sheet.add("ours/wake: fetch, ms", fetched);
        drop((ben, relay));
        std::fs::remove_dir_all(&relay_dir).map_err(words)
    }
}

/// Syncs until the last message stands in the view; in ms.
async fn until_seen(ben: &mut Person, way: impl Transport + 'static, space: &SpaceId, last: &str) -> Done<f64> {
    let mut driver = Driver::new(Arc::new(way), Arc::new(now));
    ben.engine.take_changes();
    let from = Instant::now();
    driver.give(&mut ben.engine, Input::Now).map_err(words)?;
    while from.elapsed() < Duration::from_secs(120) {
        driver.step(&mut ben.engine, None).await.map_err(words)?;
        if ben.engine.take_changes().contains(&Changed::Space(*space)) && last_message(&ben.engine, space).is_some_and(|m| m == last) {
            return Ok(ms(from));
        }
    }
    Err("the device does not catch up".to_owned())
}

/// Ana writes while Ben is away.
fn make(dir: &Path, name: &'static str, each: usize, text: &mut Text, runtime: &Runtime, sheet: &mut Sheet) -> Done<History> {
    let relay = relay(&dir.join("relay"), None)?;
    let (mut ana, mut ben) = (Person::new("Ana", &dir.join("ana"), true)?, Person::new("Ben", &dir.join("ben"), false)?);
    let space = pair(&mut ana, &mut ben, &relay.said, runtime)?;
    // What both acknowledged about pairing is settled before Ben goes.
    ben.sync(runtime)?;
    ana.sync(runtime)?;
    let ben = ben.close()?;
    let dir_of_ana = ana.dir.clone();
    ana.engine.close().map_err(words)?;
    let before = folder_size(&dir_of_ana);
    let mut ana = Person::open(&dir_of_ana, true)?;
    let mut last = String::new();
    let way = Via::new(http()?, None);
    let bodies = way.bodies();
    let way: Arc<dyn Transport> = Arc::new(way);
    runtime.block_on(async {
        let mut driver = Driver::new(way, Arc::new(now));
        for _ in 0..BEHIND / each {
            for _ in 0..each {
                last = text.message();
                ana.say(&space, last.clone())?;
            }
            driver.sync(&mut ana.engine).await.map_err(words)?;
        }
        Ok::<_, String>(())
    })?;
    let (records, bytes) = bodies.pushed();
    sheet.add(&format!("ours/{name}: bytes of records, per message"), bytes as f64 / BEHIND as f64);
    if records < (BEHIND / each) as u64 {
        return Err(format!("{records} records were pushed, fewer than meant"));
    }
    ana.close()?;
    sheet.add(&format!("ours/{name}: bytes on the device, per message"), (folder_size(&dir_of_ana) - before) as f64 / BEHIND as f64);
    let port = port(&relay.said).to_owned();
    drop(relay);
    let kept = dir.join("kept");
    copy(&ben, &kept)?;
    Ok(History { name, relay: dir.join("relay"), ben, kept, port, space, last })
}

/// From a history: Ben has all of it, and Ana writes one message more.
fn wake_later(dir: &Path, history: &History, text: &mut Text, runtime: &Runtime) -> Done<History> {
    let (relay_dir, ben_dir) = (dir.join("relay"), dir.join("ben"));
    copy(&history.relay, &relay_dir)?;
    copy(&history.ben, &ben_dir)?;
    let relay = relay(&relay_dir, Some(&history.port))?;
    let mut ben = Person::open(&ben_dir, true)?;
    ben.sync(runtime)?;
    ben.close()?;
    let ana_dir = history.ben.parent().ok_or("no folder")?.join("ana");
    let mut ana = Person::open(&ana_dir, true)?;
    ana.sync(runtime)?;
    let last = text.message();
    ana.say(&history.space, last.clone())?;
    ana.sync(runtime)?;
    ana.close()?;
    drop(relay);
    let kept = dir.join("kept");
    copy(&ben_dir, &kept)?;
    Ok(History { name: "woken", relay: relay_dir, ben: ben_dir, kept, port: history.port.clone(), space: history.space, last })
}

/// Puts a device's folder back as it was kept, into the same files.
pub fn put_back(device: &Path, kept: &Path) -> Done {
    for entry in std::fs::read_dir(device).map_err(words)?.flatten() {
        if entry.path().is_file() && !kept.join(entry.file_name()).exists() {
            std::fs::remove_file(entry.path()).map_err(words)?;
        }
    }
    copy(kept, device)
}

/// Milliseconds since then.
pub fn ms(from: Instant) -> f64 {
    from.elapsed().as_secs_f64() * 1_000.0
}

/// Goal 15, in a device with one space, and in one of a pair.
pub fn idle_sync(dir: &Path, sheet: &mut Sheet) -> Done {
    let runtime = runtime()?;
    let relay = relay(&dir.join("relay"), None)?;
    let (mut ana, mut ben) = (Person::new("Ana", &dir.join("ana"), false)?, Person::new("Ben", &dir.join("ben"), false)?);
    for name in ["one space", "a pair beside it"] {
        if name == "one space" {
            ana.engine.set_relay(&relay.said, None, now()).map_err(words)?;
        } else {
            let space = pair(&mut ana, &mut ben, &relay.said, &runtime)?;
            ana.say(&space, "Something to hold.".into())?;
        }
        for _ in 0..3 {
            ana.sync(&runtime)?;
            ben.sync(&runtime)?;
        }
        let tap = Tap::new(&relay.said)?;
        let way = Via::new(http()?, Some(tap.origin.clone()));
        let counters = way.bodies();
        ana.sync_over(&runtime, Arc::new(way))?;
        let (bodies, calls) = counters.counted();
        sheet.add(&format!("ours/idle {name}, body up"), bodies.up as f64);
        sheet.add(&format!("ours/idle {name}, body down"), bodies.down as f64);
        sheet.add(&format!("ours/idle {name}, calls"), calls as f64);
        std::thread::sleep(Duration::from_millis(50));
        let all = tap.counted();
        sheet.add(&format!("ours/idle {name}, with a new connection, up"), all.up as f64);
        sheet.add(&format!("ours/idle {name}, with a new connection, down"), all.down as f64);
    }
    Ok(())
}

/// The lines of goals 5, 10 and 14.
pub fn lines(sheet: &mut Sheet) {
    for name in ["in tens", "each alone"] {
        let ours = format!("ours/{name} behind, ms");
        let what = format!("10,000 messages behind, sent {name}");
        sheet.line(5, &what, "ms", &ours, Goal::Most(2.0, "floor/apply in one call, ms".into()));
        sheet.line(5, &what, "ms", &ours, Goal::Most(0.25, "automerge-repo/10,000 behind, ms".into()));
        sheet.line(5, &what, "B", &format!("ours/{name} behind, bytes"), Goal::Most(1.0, "hocuspocus/10,000 behind, bytes".into()));
        sheet.line(
            5,
            &format!("… record bytes per message, sent {name}"),
            "B",
            &format!("ours/{name}: bytes of records, per message"),
            Goal::Shown,
        );
    }
    sheet.line(10, "wake with one message, 10,000 of history", "ms", "ours/wake, ms", Goal::Most(0.15, "floor/load and apply, ms".into()));
    sheet.line(10, "… of that: opening the profile", "ms", "ours/wake: open, ms", Goal::Shown);
    sheet.line(10, "… of that: fetching", "ms", "ours/wake: fetch, ms", Goal::Shown);
    sheet.line(14, "on the device per message, sent alone", "B", "ours/each alone: bytes on the device, per message", Goal::Below(900.0));
    sheet.line(14, "on the device per message, sent in tens", "B", "ours/in tens: bytes on the device, per message", Goal::Below(350.0));
}

/// The lines of goal 15.
pub fn idle_lines(sheet: &mut Sheet) {
    sheet.line(15, "idle sync of one space, body up", "B", "ours/idle one space, body up", Goal::Below(300.0));
    sheet.line(15, "idle sync of one space, body down", "B", "ours/idle one space, body down", Goal::Below(150.0));
    sheet.line(15, "idle sync of one space, round trips", "", "ours/idle one space, calls", Goal::Below(1.0));
    for (what, name) in [
        ("… up with headers and a new connection", "ours/idle one space, with a new connection, up"),
        ("… down with headers and a new connection", "ours/idle one space, with a new connection, down"),
        ("with a pair beside it, body up", "ours/idle a pair beside it, body up"),
        ("with a pair beside it, body down", "ours/idle a pair beside it, body down"),
        ("with a pair beside it, round trips", "ours/idle a pair beside it, calls"),
    ] {
        sheet.line(15, what, "B", name, Goal::Shown);
    }
}
