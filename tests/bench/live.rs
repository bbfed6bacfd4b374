//! Goals 1–4: what is written on one phone, seen on another, and the bytes that takes.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use ithaca_core::engine::Where;
use ithaca_core::id::{DocumentId, SpaceId};
use tokio::sync::mpsc::unbounded_channel;

use crate::device::{Device, Person, http, last_message, note, note_len, pair, runtime, say, seen, splice};
use crate::process::{Process, relay};
use crate::sheet::{Goal, Sheet};
use crate::tap::{Bodies, Tap, Via};
use crate::text::Text;
use crate::{Done, floor, words};

/// Edits of one round.
const EDITS: usize = 60;
/// Letters of the note that is edited.
const NOTE: usize = 5_000;

/// Two devices at work on one relay.
struct Two {
    ana: Device,
    ben: Device,
    space: SpaceId,
    bodies: Arc<Bodies>,
    tap: Option<Tap>,
}

impl Two {
    fn start(dir: &Path, origin: &str, tapped: bool) -> Done<Self> {
        let runtime = runtime()?;
        let (mut ana, mut ben) = (Person::new("Ana", &dir.join("ana"), false)?, Person::new("Ben", &dir.join("ben"), false)?);
        let space = pair(&mut ana, &mut ben, origin, &runtime)?;
        let tap = if tapped { Some(Tap::new(origin)?) } else { None };
        let way = Via::new(http()?, tap.as_ref().map(|t| t.origin.clone()));
        let bodies = way.bodies();
        let two = Self { ana: Device::start(ana, way), ben: Device::start(ben, http()?), space, bodies, tap };
        two.quiet()?;
        Ok(two)
    }

    /// Waits until streams are open and everything was acknowledged.
    fn quiet(&self) -> Done {
        std::thread::sleep(Duration::from_millis(300));
        self.ana.settle()?;
        self.ben.settle()
    }

    /// Lets Ana write and waits until Ben sees it; in ms from the call.
    fn until_seen(
        &self,
        write: impl FnOnce(&mut ithaca_core::engine::Engine) -> Done + Send + 'static,
        test: impl FnMut(&ithaca_core::engine::Engine) -> bool + Send + 'static,
    ) -> Done<f64> {
        let watch = self.ben.watch(test)?;
        let from = self.ana.ask(move |hand| {
            let from = Instant::now();
            write(&mut hand.engine).map(|()| from)
        })??;
        Ok(seen(&watch)?.duration_since(from).as_secs_f64() * 1_000.0)
    }

    fn message(&self, text: String) -> Done<f64> {
        let (space, expected) = (self.space, text.clone());
        self.until_seen(move |e| say(e, &space, text), move |e| last_message(e, &space).is_some_and(|t| t == expected))
    }

    fn begin_note(&self, id: DocumentId, text: String) -> Done {
        let (space, len) = (self.space, text.len());
        self.until_seen(move |e| note(e, &space, id, &text), move |e| note_len(e, &space, id) == Some(len)).map(drop)
    }

    fn splice(&self, id: DocumentId, len: usize, pos: usize, insert: String) -> Done<f64> {
        let (space, len) = (self.space, len + insert.len());
        self.until_seen(move |e| splice(e, &space, id, pos, &insert), move |e| note_len(e, &space, id) == Some(len))
    }
}

/// The relays and devices of these goals.
pub struct Live {
    straight: Two,
    counted: Two,
    floor: Process,
    _relay: Process,
    text: Text,
    rounds: u8,
}

impl Live {
    /// Starts everything in `dir`.
    pub fn start(dir: &Path) -> Done<Self> {
        let relay = relay(&dir.join("relay"), None)?;
        let straight = Two::start(&dir.join("straight"), &relay.said, false)?;
        let counted = Two::start(&dir.join("counted"), &relay.said, true)?;
        let floor = floor::start(&dir.join("floor"))?;
        Ok(Self { straight, counted, floor, _relay: relay, text: Text::new(1), rounds: 0 })
    }

    /// One round.
    pub fn round(&mut self, sheet: &mut Sheet) -> Done {
        self.rounds += 1;
        for (name, gap) in [("paced", 50), ("at once", 0)] {
            self.ours(sheet, name, gap)?;
            for ms in floor_latency(&self.floor.said, EDITS, gap, &mut self.text)? {
                sheet.add(&format!("floor/edit {name}, ms"), ms);
            }
        }
        self.bytes(sheet)
    }

    fn ours(&mut self, sheet: &mut Sheet, name: &str, gap: u64) -> Done {
        let id = DocumentId(self.text.bytes());
        self.straight.begin_note(id, self.text.letters(NOTE))?;
        self.straight.quiet()?;
        let mut edits = Vec::new();
        for i in 0..EDITS + 5 {
            let len = NOTE + 10 * i;
            let ms = self.straight.splice(id, len, self.text.below(len), self.text.letters(10))?;
            edits.extend((i >= 5).then_some(ms));
            pause(gap, &mut self.text);
        }
        edits.iter().for_each(|ms| sheet.add(&format!("ours/edit {name}, ms"), *ms));
        for _ in 0..EDITS {
            let ms = self.straight.message(self.text.message())?;
            sheet.add(&format!("ours/message {name}, ms"), ms);
            pause(gap, &mut self.text);
        }
        Ok(())
    }

    /// Bytes at the sender's socket.
    fn bytes(&mut self, sheet: &mut Sheet) -> Done {
        let two = &self.counted;
        let tap = two.tap.as_ref().ok_or("no tap")?;
        two.message("The first after a pause.".into())?;
        // What the other side acknowledges comes within seconds, and is a line of its own.
        std::thread::sleep(Duration::from_millis(4_500));
        two.quiet()?;
        for (name, n) in [("single", 1usize), ("ten", 10)] {
            let messages: Vec<String> = (0..n).map(|_| self.text.message()).collect();
            let (space, last) = (two.space, messages.last().cloned().unwrap_or_default());
            let (before, bodies, pushed) = (tap.counted(), two.bodies.counted(), two.bodies.pushed());
            let watch = two.ben.watch(move |e| last_message(e, &space).is_some_and(|t| t == last))?;
            two.ana.ask(move |hand| messages.into_iter().try_for_each(|m| say(&mut hand.engine, &space, m)))??;
            two.ana.settle()?;
            // The acknowledgement is in; what the stream says of the same commit comes with it.
            std::thread::sleep(Duration::from_millis(30));
            seen(&watch)?;
            let moved = tap.counted() - before;
            let (body, calls) = two.bodies.counted();
            let (records, record_bytes) = two.bodies.pushed();
            sheet.add(&format!("ours/{name} bytes"), moved.all() / n as f64);
            sheet.add(&format!("ours/{name} bytes up"), moved.up as f64 / n as f64);
            sheet.add(&format!("ours/{name} bytes down"), moved.down as f64 / n as f64);
            sheet.add(&format!("ours/{name} body bytes up"), (body - bodies.0).up as f64 / n as f64);
            sheet.add(&format!("ours/{name} body bytes down"), (body - bodies.0).down as f64 / n as f64);
            sheet.add(&format!("ours/{name} calls"), (calls - bodies.1) as f64);
            sheet.add(&format!("ours/{name} record bytes"), (record_bytes - pushed.1) as f64 / (records - pushed.0).max(1) as f64);
            let after = tap.counted();
            wait_for_frontier(two)?;
            sheet.add(&format!("ours/{name} frontier bytes later"), (tap.counted() - after).all());
        }
        // The size of a record that carries one edit.
        let id = DocumentId(self.text.bytes());
        two.begin_note(id, self.text.letters(NOTE))?;
        two.quiet()?;
        for (name, letters) in [("edit", 10), ("typing pause", 50)] {
            let pushed = two.bodies.pushed();
            let len = two.ana.ask({
                let space = two.space;
                move |h| note_len(&h.engine, &space, id)
            })?;
            let len = len.ok_or("no note")?;
            two.splice(id, len, self.text.below(len), self.text.letters(letters))?;
            two.ana.settle()?;
            let (records, bytes) = two.bodies.pushed();
            sheet.add(&format!("ours/{name} record bytes"), (bytes - pushed.1) as f64 / (records - pushed.0).max(1) as f64);
        }
        Ok(())
    }

    /// Ends the devices; gives why one ended early.
    pub fn stop(self) -> Done {
        for two in [self.straight, self.counted] {
            two.ana.stop()?;
            two.ben.stop()?;
        }
        Ok(())
    }
}

/// Waits until Ana knows that Ben's phone holds her last message.
fn wait_for_frontier(two: &Two) -> Done {
    let space = two.space;
    for _ in 0..400 {
        let at = two.ana.ask(move |hand| {
            let last = hand.engine.messages(&space, None, 1).ok()?.pop()?;
            hand.engine.event_status(&space, &last.id).ok().map(|s| s.at)
        })?;
        if at == Some(Where::Other) {
            return two.quiet();
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Err("the other phone did not acknowledge".to_owned())
}

fn pause(gap: u64, text: &mut Text) {
    if gap > 0 {
        std::thread::sleep(Duration::from_millis(gap * 7 / 10 + text.below(gap as usize * 6 / 10) as u64));
    }
}

/// Two clients of the floor relay, each on a thread of its own; ms from pushing until the other has the bytes.
pub fn floor_latency(origin: &str, n: usize, gap: u64, text: &mut Text) -> Done<Vec<f64>> {
    let name = hex::encode(text.bytes::<8>());
    let (ready, is_ready) = std::sync::mpsc::channel();
    let (arrived, arrival) = std::sync::mpsc::channel();
    let (reader_origin, reader_box) = (origin.to_owned(), name.clone());
    let reader = std::thread::spawn(move || -> Done {
        runtime()?.block_on(async {
            let client = floor::client()?;
            let mut stream = floor::hear(&client, &reader_origin, &reader_box).await?;
            ready.send(()).map_err(words)?;
            while let Some(bytes) = stream.next().await {
                if arrived.send((Instant::now(), bytes.len())).is_err() {
                    break;
                }
            }
            Ok(())
        })
    });
    let (push, mut pushes) = unbounded_channel::<Vec<u8>>();
    let (sender_origin, sender_box) = (origin.to_owned(), name);
    let sender = std::thread::spawn(move || -> Done {
        runtime()?.block_on(async {
            let client = floor::client()?;
            while let Some(body) = pushes.recv().await {
                floor::send(&client, &sender_origin, &sender_box, body).await?;
            }
            Ok(())
        })
    });
    is_ready.recv_timeout(Duration::from_secs(10)).map_err(|_| "the floor relay does not answer")?;
    let mut out = Vec::new();
    for i in 0..n + 5 {
        let body = floor::body(&[text.blob(260)]);
        let from = Instant::now();
        push.send(body).map_err(|_| "the floor's client ended")?;
        let (at, _) = arrival.recv_timeout(Duration::from_secs(10)).map_err(|_| "the floor lost a blob")?;
        out.extend((i >= 5).then_some(at.duration_since(from).as_secs_f64() * 1_000.0));
        pause(gap, text);
    }
    drop((push, arrival));
    sender.join().map_err(|_| "the floor's sender panicked")??;
    // The reader hears nothing any more until the relay ends; its thread goes with the program.
    drop(reader);
    Ok(out)
}

/// The lines of these goals.
pub fn lines(sheet: &mut Sheet) {
    let edit = "ours/edit paced, ms";
    sheet.line(1, "edit → visible, relay durable, paced", "ms", edit, Goal::Most(2.0, "floor/edit paced, ms".into()));
    sheet.line(1, "edit → visible, paced", "ms", edit, Goal::Most(0.2, "automerge-repo/edit paced, ms".into()));
    sheet.line(1, "edit → visible, paced", "ms", edit, Goal::Most(1.0, "hocuspocus/edit paced, ms".into()));
    sheet.line(1, "message → visible, paced", "ms", "ours/message paced, ms", Goal::Shown);
    let edit = "ours/edit at once, ms";
    sheet.line(2, "edit → visible, back to back", "ms", edit, Goal::Most(5.0, "floor/edit at once, ms".into()));
    sheet.line(2, "edit → visible, back to back", "ms", edit, Goal::Most(1.5, "hocuspocus/edit at once, ms".into()));
    sheet.line(2, "message → visible, back to back", "ms", "ours/message at once, ms", Goal::Shown);
    let bytes = "ours/single bytes";
    sheet.line(3, "single message, bytes at the sender's socket", "B", bytes, Goal::Most(0.75, "automerge-repo/bytes per edit".into()));
    sheet.line(3, "single message, bytes at the sender's socket", "B", bytes, Goal::Most(1.0, "hocuspocus/bytes per edit".into()));
    for (what, name) in [
        ("… up", "ours/single bytes up"),
        ("… down", "ours/single bytes down"),
        ("… up, body", "ours/single body bytes up"),
        ("… down, body", "ours/single body bytes down"),
        ("… the other phone's frontier, later", "ours/single frontier bytes later"),
        ("record of one message", "ours/single record bytes"),
        ("record of one edit of 10 letters", "ours/edit record bytes"),
        ("record of one typing pause of 50 letters", "ours/typing pause record bytes"),
    ] {
        sheet.line(3, what, "B", name, Goal::Shown);
    }
    let bytes = "ours/ten bytes";
    sheet.line(4, "bytes per message, in tens", "B", bytes, Goal::Below(180.0));
    sheet.line(4, "bytes per message, in tens", "B", bytes, Goal::Most(0.5, "automerge-repo/bytes per edit".into()));
    sheet.line(4, "… up", "B", "ours/ten bytes up", Goal::Shown);
    sheet.line(4, "… down", "B", "ours/ten bytes down", Goal::Shown);
    sheet.line(4, "record of ten messages", "B", "ours/ten record bytes", Goal::Shown);
}
