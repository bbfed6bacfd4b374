//! Goals 8, 9 and 16: what a device does alone, in small spaces and in large ones.

use std::path::{Path, PathBuf};
use std::time::Instant;

use automerge::transaction::Transactable;
use automerge::{AutoCommit, ObjType, ROOT};
use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use ithaca_core::id::{DocumentId, SpaceId};
use ithaca_core::view::{ActionView, GoalView, NoteView, RowKind};
use rusqlite::{Connection, params};

use crate::device::{Person, pair, runtime, splice};
use crate::history::ms;
use crate::process::{port, relay};
use crate::sheet::{Goal, Sheet, median};
use crate::text::Text;
use crate::{Done, words};

const SMALL: usize = 1_000;
const LARGE: usize = 100_000;
/// How often something short is done for one value.
const TIMES: usize = 40;

/// A pair's space with many things in it, on Ana's device.
struct Full {
    ana: Person,
    space: SpaceId,
    note: DocumentId,
    len: usize,
}

/// A device with much in it, closed; its relay's data lie in `relay` beside it, and it knows the relay by its port.
pub struct Filled {
    pub ana: PathBuf,
    pub space: SpaceId,
    pub note: DocumentId,
    pub port: String,
}

/// Makes a pair of which one device holds so many messages and notes, all of it sealed and on its relay.
pub fn fill(dir: &Path, messages: usize, notes: usize, text: &mut Text) -> Done<Filled> {
    let runtime = runtime()?;
    let relay = relay(&dir.join("relay"), None)?;
    let (mut ana, mut ben) = (Person::new("Ana", &dir.join("ana"), true)?, Person::new("Ben", &dir.join("ben"), true)?);
    let space = pair(&mut ana, &mut ben, &relay.said, &runtime)?;
    for i in 0..messages {
        ana.say(&space, text.message())?;
        if i % 10_000 == 9_999 {
            ana.sync(&runtime)?;
        }
    }
    let note = DocumentId(text.bytes());
    ana.note(&space, note, &text.letters(5_000))?;
    for _ in 1..notes {
        ana.note(&space, DocumentId(text.bytes()), &text.letters(600))?;
    }
    ana.sync(&runtime)?;
    Ok(Filled { ana: ana.close()?, space, note, port: port(&relay.said).to_owned() })
}

/// The spaces of goals 8 and 9.
pub struct Spaces {
    small: Full,
    large: Full,
    floor: Connection,
    cipher: XChaCha20Poly1305,
    text: Text,
    dir: PathBuf,
}

impl Spaces {
    /// Makes them in `dir`.
    pub fn start(dir: &Path) -> Done<Self> {
        let mut text = Text::new(8);
        let full = |name: &str, items: usize, text: &mut Text| -> Done<Full> {
            let Filled { ana, space, note, .. } = fill(&dir.join(name), items - items / 50, items / 50, text)?;
            Ok(Full { ana: Person::open(&ana, false)?, space, note, len: 5_000 })
        };
        let (small, large) = (full("small", SMALL, &mut text)?, full("large", LARGE, &mut text)?);
        let cipher = XChaCha20Poly1305::new(&text.bytes::<32>().into());
        let floor = bare(&dir.join("floor.db"))?;
        let (cipher_ref, text_ref) = (&cipher, &mut text);
        let tx = floor.unchecked_transaction().map_err(words)?;
        for i in 0..LARGE {
            let nonce = text_ref.bytes::<24>();
            let sealed = cipher_ref.encrypt(&XNonce::from(nonce), text_ref.message().as_bytes()).map_err(|_| "sealing failed")?;
            tx.prepare_cached("INSERT INTO message VALUES (?, ?, ?)")
                .and_then(|mut q| q.execute(params![i as i64, nonce, sealed]))
                .map_err(words)?;
        }
        tx.commit().map_err(words)?;
        Ok(Self { small, large, floor, cipher, text, dir: dir.to_owned() })
    }

    /// One round.
    pub fn round(&mut self, sheet: &mut Sheet) -> Done {
        for (name, full) in [("1,000", &self.small), ("100,000", &self.large)] {
            sheet.add(&format!("ours/last 50 of {name}, ms"), times(TIMES, || messages(full))?);
        }
        sheet.add("floor/last 50, ms", times(TIMES, || bare_messages(&self.floor, &self.cipher))?);
        let mut document = AutoCommit::new();
        let body = document.put_object(ROOT, "body", ObjType::Text).map_err(words)?;
        document.splice_text(&body, 0, 0, &self.text.letters(5_000)).map_err(words)?;
        document.commit();
        let text = &mut self.text;
        for (name, full) in [("1,000", &mut self.small), ("100,000", &mut self.large)] {
            let took = times(TIMES, || {
                full.len += 10;
                splice(&mut full.ana.engine, &full.space, full.note, text.below(full.len - 10), &text.letters(10))
            })?;
            sheet.add(&format!("ours/edit in {name}, ms"), took);
        }
        let floor = bare(&self.dir.join("floor edits.db"))?;
        let took = times(TIMES, || {
            document.splice_text(&body, text.below(5_000), 0, &text.letters(10)).map_err(words)?;
            document.commit();
            let change = document.get_last_local_change().ok_or("no change")?;
            floor
                .prepare_cached("INSERT INTO message (nonce, sealed) VALUES (?, ?)")
                .and_then(|mut q| q.execute(params![change.hash().0, change.raw_bytes()]))
                .map(drop)
                .map_err(words)
        })?;
        sheet.add("floor/apply and commit, ms", took);
        Ok(())
    }
}

/// The median of so many goes, in ms.
fn times(n: usize, mut act: impl FnMut() -> Done) -> Done<f64> {
    let mut took = Vec::with_capacity(n);
    for _ in 0..n {
        let from = Instant::now();
        act()?;
        took.push(ms(from));
    }
    median(&took).ok_or_else(|| "nothing was measured".to_owned())
}

fn messages(full: &Full) -> Done {
    let said = full.ana.engine.messages(&full.space, None, 50).map_err(words)?;
    if said.len() == 50 { Ok(()) } else { Err(format!("{} messages instead of 50", said.len())) }
}

/// A database as durable as ours, with one table.
fn bare(path: &Path) -> Done<Connection> {
    let db = Connection::open(path).map_err(words)?;
    db.pragma_update(None, "journal_mode", "WAL").map_err(words)?;
    db.pragma_update(None, "synchronous", "FULL").map_err(words)?;
    db.execute_batch("CREATE TABLE IF NOT EXISTS message (no INTEGER PRIMARY KEY, nonce BLOB, sealed BLOB)").map_err(words)?;
    Ok(db)
}

fn bare_messages(db: &Connection, cipher: &XChaCha20Poly1305) -> Done {
    let mut query = db.prepare_cached("SELECT nonce, sealed FROM message ORDER BY no DESC LIMIT 50").map_err(words)?;
    let rows = query.query_map([], |r| Ok((r.get::<_, [u8; 24]>(0)?, r.get::<_, Vec<u8>>(1)?))).map_err(words)?;
    let mut opened = 0;
    for row in rows {
        let (nonce, sealed) = row.map_err(words)?;
        let plain = cipher.decrypt(&XNonce::from(nonce), sealed.as_slice()).map_err(|_| "a row does not open")?;
        opened += usize::from(!plain.is_empty());
    }
    if opened == 50 { Ok(()) } else { Err("the floor lost rows".to_owned()) }
}

/// The lines of goals 8 and 9.
pub fn lines(sheet: &mut Sheet) {
    let large = "ours/last 50 of 100,000, ms";
    sheet.line(
        8,
        "open the last 50 messages of 100,000 (theirs: of 1,000)",
        "ms",
        large,
        Goal::Most(1.5, "ours/last 50 of 1,000, ms".into()),
    );
    sheet.line(8, "open the last 50 messages of 100,000", "ms", large, Goal::Most(2.0, "floor/last 50, ms".into()));
    let large = "ours/edit in 100,000, ms";
    sheet.line(
        9,
        "local edit, durable, among 100,000 items (theirs: 1,000)",
        "ms",
        large,
        Goal::Most(1.5, "ours/edit in 1,000, ms".into()),
    );
    sheet.line(9, "local edit, durable, among 100,000 items", "ms", large, Goal::Most(3.0, "floor/apply and commit, ms".into()));
}

/// Goal 16: two profiles, of ten years and of one month.
pub struct Years {
    profiles: Vec<(&'static str, PathBuf, SpaceId)>,
}

impl Years {
    /// Makes them in `dir`.
    pub fn start(dir: &Path) -> Done<Self> {
        let mut text = Text::new(16);
        let mut profiles = Vec::new();
        // Sessions are documents like notes; they are counted among them.
        for (name, messages, notes) in [("one month", 417, 46), ("ten years", 50_000, 5_500)] {
            let Filled { ana, space, .. } = fill(&dir.join(name), messages, notes, &mut text)?;
            profiles.push((name, ana, space));
        }
        Ok(Self { profiles })
    }

    /// One round.
    pub fn round(&self, sheet: &mut Sheet) -> Done {
        for (name, dir, space) in &self.profiles {
            let from = Instant::now();
            let mut ana = Person::open(dir, false)?;
            let opened = ms(from);
            let notes: Vec<NoteView> = ana.engine.views(space, RowKind::Note, true, 50).map_err(words)?;
            let goals: Vec<GoalView> = ana.engine.views(space, RowKind::Goal, true, 50).map_err(words)?;
            let actions: Vec<ActionView> = ana.engine.views(space, RowKind::Action, true, 50).map_err(words)?;
            let said = ana.engine.messages(space, None, 50).map_err(words)?;
            if notes.len() + said.len() < 90 || !goals.is_empty() || !actions.is_empty() {
                return Err("the first screen is not what was written".to_owned());
            }
            sheet.add(&format!("ours/unlock to first screen, {name}, ms"), ms(from));
            sheet.add(&format!("ours/of that opening, {name}, ms"), opened);
            // What a pair's home asks for, as the surface for the apps does.
            let from = Instant::now();
            let ahead = ana.engine.open_sessions(space).map_err(words)?;
            let promised: Vec<ActionView> = ana.engine.open_views(space, RowKind::Action).map_err(words)?;
            let goals: Vec<GoalView> = ana.engine.views(space, RowKind::Goal, true, usize::MAX >> 1).map_err(words)?;
            let (cards, latest) = (ana.engine.cards(space).map_err(words)?, ana.engine.messages(space, None, 3).map_err(words)?);
            if latest.len() != 3 || !(ahead.is_empty() && promised.is_empty() && goals.is_empty() && cards.is_empty()) {
                return Err("the home is not what was written".to_owned());
            }
            sheet.add(&format!("ours/a pair's home, {name}, ms"), ms(from));
            // The first search builds its index; every later one brings it up to what changed.
            for what in ["first search", "search once more", "search after a message"] {
                if what == "search after a message" {
                    ana.say(space, "The ferry leaves at seven.".to_owned())?;
                }
                let from = Instant::now();
                let found = ana.engine.search("ferry", 20).map_err(words)?;
                sheet.add(&format!("ours/{what}, {name}, ms"), ms(from));
                if what == "search after a message" && found.is_empty() {
                    return Err("a message was not found".to_owned());
                }
            }
        }
        Ok(())
    }
}

/// The lines of goal 16.
pub fn years_lines(sheet: &mut Sheet) {
    let ours = "ours/unlock to first screen, ten years, ms";
    let month = "ours/unlock to first screen, one month, ms".to_owned();
    sheet.line(16, "unlock → first screen, ten years (theirs: one month)", "ms", ours, Goal::Most(1.5, month));
    let month = "ours/a pair's home, one month, ms".to_owned();
    sheet.line(16, "a pair's home, ten years (theirs: one month)", "ms", "ours/a pair's home, ten years, ms", Goal::Most(1.5, month));
    for what in ["first search", "search once more", "search after a message"] {
        sheet.line(16, &format!("{what} (not of the goal)"), "ms", &format!("ours/{what}, ten years, ms"), Goal::Shown);
    }
    sheet.line(16, "… of that opening", "ms", "ours/of that opening, ten years, ms", Goal::Shown);
}
