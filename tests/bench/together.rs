//! Goal 11: three devices that edited the same goals without a network, a thousand times each, and then meet.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use automerge::{AutoCommit, Change};
use ithaca_core::document::command::GoalsCommand;
use ithaca_core::document::{Command, Document, DocumentKind, derived_id};
use ithaca_core::id::{DocumentId, ItemId, SpaceId};
use ithaca_core::transport::{Answer, Call, CallError, LiveEvent, Reply, Transport};
use ithaca_tests::play::stage::now;
use ithaca_wire::live::Listen;
use tokio::runtime::Runtime;
use tokio::sync::mpsc::Sender;

use crate::cold::add;
use crate::device::{Person, pair, runtime};
use crate::history::{ms, put_back};
use crate::process::{copy, port, relay};
use crate::sheet::{Goal, Sheet};
use crate::text::Text;
use crate::{Done, words};

/// Edits of one device.
const EDITS: usize = 1_000;
/// Edits in one record.
const EACH: usize = 50;
/// Goals that are edited.
const GOALS: usize = 20;

/// No network: what waits is sealed, and stays.
struct Offline;

impl Transport for Offline {
    fn call(&self, origin: &str, _: Call) -> Answer<'_, Result<Reply, CallError>> {
        let origin = origin.to_owned();
        Box::pin(async move { Err(CallError::Unreachable(origin)) })
    }

    fn listen(&self, _: &str, _: Listen, _: Sender<(String, LiveEvent)>) -> Answer<'_, ()> {
        Box::pin(async {})
    }
}

/// Ben's device before it meets the others, whose edits are at the relay.
pub struct Together {
    dir: PathBuf,
    relay: PathBuf,
    ben: PathBuf,
    kept: PathBuf,
    port: String,
    space: SpaceId,
    own: Vec<Change>,
    foreign: Vec<Change>,
    runtime: Runtime,
}

impl Together {
    /// Makes it in `dir`.
    pub fn start(dir: &Path) -> Done<Self> {
        let (runtime, mut text) = (runtime()?, Text::new(11));
        let server = relay(&dir.join("relay"), None)?;
        let (mut ana, mut ben) = (Person::new("Ana", &dir.join("ana"), true)?, Person::new("Ben", &dir.join("ben"), false)?);
        let space = pair(&mut ana, &mut ben, &server.said, &runtime)?;
        add(&mut ana, &dir.join("tablet"), &server.said, &runtime)?;
        let goals: Vec<ItemId> = (0..GOALS).map(|_| ItemId(text.bytes())).collect();
        for id in &goals {
            edit(&mut ana, &space, GoalsCommand::AddGoal { id: *id, title: text.letters(30) })?;
        }
        let mut tablet = Person::open(&dir.join("tablet"), true)?;
        for _ in 0..3 {
            for person in [&mut ana, &mut tablet, &mut ben] {
                person.sync(&runtime)?;
            }
        }
        let before = changes(&mut ben, &space)?.len();
        for person in [&mut ana, &mut tablet, &mut ben] {
            for i in 0..EDITS {
                let goal = *goals.get(text.below(GOALS)).ok_or("no goal")?;
                let date = Some(format!("2031-{:02}-{:02}", 1 + text.below(12), 1 + text.below(28)));
                let command =
                    if i % 2 == 0 { GoalsCommand::GoalTargetDate { goal, date } } else { GoalsCommand::GoalReviewDate { goal, date } };
                edit(person, &space, command)?;
                if i % EACH == EACH - 1 {
                    // A relay that is not reached is no error.
                    drop(person.sync_over(&runtime, Arc::new(Offline)));
                }
            }
        }
        let own = changes(&mut ben, &space)?;
        if own.len() != before + EDITS {
            return Err(format!("{} changes instead of {}", own.len(), before + EDITS));
        }
        let ben = ben.close()?;
        ana.sync(&runtime)?;
        tablet.sync(&runtime)?;
        ana.sync(&runtime)?;
        let all = changes(&mut ana, &space)?;
        let foreign: Vec<Change> = all.into_iter().filter(|c| !own.iter().any(|o| o.hash() == c.hash())).collect();
        if foreign.len() != 2 * EDITS {
            return Err(format!("{} changes of others instead of {}", foreign.len(), 2 * EDITS));
        }
        ana.close()?;
        tablet.close()?;
        let port = port(&server.said).to_owned();
        drop(server);
        let kept = dir.join("kept");
        copy(&ben, &kept)?;
        Ok(Self { dir: dir.to_owned(), relay: dir.join("relay"), ben, kept, port, space, own, foreign, runtime })
    }

    /// One round.
    pub fn round(&mut self, sheet: &mut Sheet) -> Done {
        let relay_dir = self.dir.join("round relay");
        copy(&self.relay, &relay_dir)?;
        put_back(&self.ben, &self.kept)?;
        let server = relay(&relay_dir, Some(&self.port))?;
        let mut ben = Person::open(&self.ben, false)?;
        let from = Instant::now();
        ben.sync(&self.runtime)?;
        sheet.add("ours/three devices, ms", ms(from));
        let held = changes(&mut ben, &self.space)?.len();
        if held != self.own.len() + self.foreign.len() {
            return Err(format!("{held} changes were merged"));
        }
        drop((ben, server));
        std::fs::remove_dir_all(&relay_dir).map_err(words)?;
        // Every document begins with the same first change, which is in nobody's records.
        let first = Document::new(self.space, goals_of(&self.space), DocumentKind::Goals).save();
        let mut floor = AutoCommit::load(&first).map_err(words)?;
        floor.apply_changes(self.own.clone()).map_err(words)?;
        let from = Instant::now();
        floor.apply_changes(self.foreign.clone()).map_err(words)?;
        sheet.add("floor/three devices, ms", ms(from));
        if floor.get_changes(&[]).len() != held + 1 {
            return Err("the floor did not apply every change".to_owned());
        }
        Ok(())
    }
}

fn goals_of(space: &SpaceId) -> DocumentId {
    derived_id(*space, DocumentKind::Goals)
}

fn edit(person: &mut Person, space: &SpaceId, command: GoalsCommand) -> Done {
    person.engine.edit(space, goals_of(space), DocumentKind::Goals, &Command::Goals(command), now()).map(drop).map_err(words)
}

fn changes(person: &mut Person, space: &SpaceId) -> Done<Vec<Change>> {
    let document = person.engine.document(space, goals_of(space)).map_err(words)?;
    document.changes().into_iter().map(|(_, bytes)| Change::from_bytes(bytes).map_err(words)).collect()
}

/// The lines of goal 11.
pub fn lines(sheet: &mut Sheet) {
    let floor = "floor/three devices, ms".into();
    let what = "three devices × 1,000 offline goal edits, in records of 50, on one of them: sync until all is merged and kept";
    sheet.line(11, what, "ms", "ours/three devices, ms", Goal::Most(2.0, floor));
}
