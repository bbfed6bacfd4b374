//! What goes wrong in a life: devices added, revoked, copied, set back and restored; full disks; relays set back; junk on the wire; months away.

use std::collections::BTreeSet;
use std::path::Path;

use ithaca_core::document::DocumentKind;
use ithaca_core::document::command::{Command, NoteCommand};
use ithaca_core::document::text::TextEdit;
use ithaca_core::engine::{Input, Joining, JoiningStage, Request, Restoring, Where};
use ithaca_core::id::{DeviceId, SpaceId};
use ithaca_core::identity::entropy::SeededEntropy;
use ithaca_core::identity::vault::FileVault;
use ithaca_core::view::{NoteView, RowKind};
use rand_core::Rng;

use super::below;
use super::world::{Device, Done, ORIGINS, Word, World, crashed, full, relays_of};

const DAY: i64 = 86_400_000;
/// Devices in one world, at most.
const DEVICES: usize = 8;

fn words(e: ithaca_core::engine::EngineError) -> String {
    e.to_string()
}

fn folder(dir: &Path) -> Vec<(std::ffi::OsString, Vec<u8>)> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let mut files: Vec<_> = entries.filter_map(|e| Some((e.file_name(), std::fs::read(e.path()).ok()?))).collect();
    files.sort();
    files
}

impl World {
    /// Sometimes something extraordinary happens to a device or around it; `true` if it did.
    pub(super) fn disaster(&mut self, device: usize) -> Done<bool> {
        if below(&mut self.rng, 1000) >= self.faults.disasters {
            return Ok(false);
        }
        let runs = self.devices[device].engine.is_some();
        let person = self.devices[device].person;
        match below(&mut self.rng, 18) {
            0 if runs => self.fill(device)?,
            1 if self.may_forget() => self.roll_back()?,
            2 | 3 => self.take_copy(device)?,
            4 => {
                let copied: Vec<usize> = (0..self.devices.len()).filter(|d| self.devices[*d].copy.is_some()).collect();
                if let Some(device) = copied.get(below(&mut self.rng, copied.len() as u64) as usize) {
                    self.set_back(*device)?;
                }
            }
            5 => self.clone_device(device)?,
            6 => self.revoke(device)?,
            7 => self.add_device(person)?,
            8 => {
                // With several devices the others would have to consent.
                let alone: Vec<usize> = (0..3).filter_map(|p| self.of(p).try_into().ok()).map(|[only]: [usize; 1]| only).collect();
                if let Some(device) = alone.get(below(&mut self.rng, alone.len() as u64) as usize) {
                    self.make_words(*device)?;
                }
            }
            9 => {
                let persons: Vec<usize> = self.words.keys().copied().collect();
                if let Some(person) = persons.get(below(&mut self.rng, persons.len() as u64) as usize) {
                    self.restore(*person)?;
                }
            }
            10 => {
                self.time += DAY * (10 + below(&mut self.rng, 90) as i64);
                self.report.add("months away");
            }
            11 => self.revoke_unawares(device)?,
            12 if runs => self.change_relays(device)?,
            13 => self.squat()?,
            14 => self.seal_again()?,
            15 => self.forge()?,
            _ => self.junk()?,
        }
        Ok(true)
    }

    fn fill(&mut self, device: usize) -> Done {
        let on = below(&mut self.rng, 2) == 0;
        self.engine(device)?.fill_disk(on).map_err(words)?;
        self.report.add(if on { "disk full" } else { "disk has room" });
        Ok(())
    }

    fn roll_back(&mut self) -> Done {
        let (which, part) = (below(&mut self.rng, 2) as usize, below(&mut self.rng, 8) as usize);
        if part == 0 {
            self.will_forget(which)?;
        }
        self.relays[which].roll_back(part);
        self.happened.insert("relay");
        self.report.add("relay rolled back");
        Ok(())
    }

    /// The pair is kept at one relay more, at another, or at one less.
    fn change_relays(&mut self, device: usize) -> Done {
        let person = self.devices[device].person;
        let pairs: Vec<SpaceId> = self.pairs.iter().filter(|(a, b, _)| *a == person || *b == person).map(|(.., s)| *s).collect();
        let Some(space) = pairs.get(below(&mut self.rng, pairs.len() as u64) as usize).copied() else { return Ok(()) };
        let held = relays_of(self.engine(device)?, &space)?;
        // Where both are used, one may fall away; otherwise the other is added.
        let at: Vec<String> = if held.len() > 1 {
            // Nobody who is set back to when only one was known may find that one empty.
            if self.happened.contains("relay") {
                return Ok(());
            }
            vec![ORIGINS[below(&mut self.rng, 2) as usize].to_owned()]
        } else {
            ORIGINS.map(str::to_owned).to_vec()
        };
        let now = self.now(device);
        match self.engine(device)?.use_relays(&space, &at, now) {
            Ok(()) => {
                self.moved |= at.len() == 1;
                self.report.add(if at.len() == 1 { "relay left" } else { "relay added" });
                self.give(device, Input::Tick)
            }
            Err(e) if crashed(&e) => {
                // It may have stopped after it was kept.
                self.moved |= at.len() == 1;
                self.crash(device);
                Ok(())
            }
            Err(e) if full(&e) => Ok(()),
            // Somebody has not heard of the other yet; or it is out itself.
            Err(ithaca_core::engine::EngineError::Invalid(_) | ithaca_core::engine::EngineError::ReadOnly(_)) => Ok(()),
            Err(e) => Err(format!("device {device} changes relays: {e}")),
        }
    }

    /// Ends whatever it was doing and begins anew, with nothing under way.
    pub(super) fn restart(&mut self, device: usize) -> Done {
        self.stop(device);
        self.start(device)
    }

    /// One sync with everything reachable.
    pub(super) fn direct(&mut self, device: usize) -> Done {
        let now = self.now(device);
        let mut calls = self.engine(device)?.handle(now, Input::Now).map_err(words)?;
        let mut n = 0;
        while let Some(request) = calls.pop() {
            n += 1;
            if n > 300 {
                return Err("a sync never ends".to_owned());
            }
            let Request::Call { ticket, call, origin } = request else { continue };
            let (relay, time) = (usize::from(origin == ORIGINS[1]), self.time);
            let result = self.relays[relay].answer(call, time);
            self.publish(relay);
            calls.extend(self.engine(device)?.handle(now, Input::Done { ticket, result }).map_err(words)?);
        }
        Ok(())
    }

    fn of(&self, person: usize) -> Vec<usize> {
        (0..self.devices.len()).filter(|d| self.devices[*d].person == person && !self.devices[*d].revoked).collect()
    }

    fn next_entropy(&mut self) -> u64 {
        self.rng.next_u64()
    }

    fn take_in(&mut self, new: Device, what: &'static str) -> Done<usize> {
        self.devices.push(new);
        let device = self.devices.len() - 1;
        self.set_clock(device);
        self.start(device)?;
        self.report.add(what);
        Ok(device)
    }

    /// A second or third device of a person: its code scanned, approved and agreed to.
    pub(super) fn add_device(&mut self, person: usize) -> Done {
        let of = self.of(person);
        if of.len() >= 3 || self.devices.len() >= DEVICES {
            return Ok(());
        }
        let old = of[below(&mut self.rng, of.len() as u64) as usize];
        self.restart(old)?;
        let entropy = self.next_entropy();
        let dir = super::folder()?;
        let vault = FileVault::new(dir.path().join("vault.key"));
        let relay = self.engine(old)?.relay().map_err(words)?.map_or(0, |r| usize::from(r == ORIGINS[1]));
        let mut joining =
            Joining::begin(dir.path(), &vault, Box::new(SeededEntropy::new(entropy)), ORIGINS[relay], "another").map_err(words)?;
        let now = self.now(old);
        let scanned = self.engine(old)?.scan_device(&joining.code(), None, now).map_err(words)?;
        self.direct(old)?;
        self.joins(&mut joining, relay)?;
        self.direct(old)?;
        if let Err(e) = self.engine(old)?.approve_device(&scanned.id, now) {
            return Err(format!("a device that asks cannot be approved: {e}"));
        }
        self.direct(old)?;
        self.joins(&mut joining, relay)?;
        joining.agree().map_err(words)?;
        self.joins(&mut joining, relay)?;
        self.direct(old)?;
        self.direct(old)?;
        self.joins(&mut joining, relay)?;
        if joining.stage() != JoiningStage::Ready {
            return Err(format!("a device that was added is not ready: {:?}", joining.stage()));
        }
        drop(joining);
        self.happened.insert("new device");
        let mut device = Device::new(dir, person, entropy);
        device.approved_by = Some(self.engine(old)?.device());
        device.joined = true;
        let new = self.take_in(device, "device added")?;
        self.direct(new)?;
        self.direct(old)
    }

    fn joins(&mut self, joining: &mut Joining, relay: usize) -> Done {
        let time = self.time;
        let result = self.relays[relay].answer(joining.call(), time);
        joining.answered(result).map(|_| ()).map_err(words)
    }

    fn is_out(&mut self, out: Vec<usize>) {
        for device in out {
            self.devices[device].revoked = true;
        }
        self.report.add("device revoked");
        self.happened.insert("revoked");
    }

    fn revoke(&mut self, by: usize) -> Done {
        let of = self.of(self.devices[by].person);
        let mine = self.devices[by].engine.as_ref().map(ithaca_core::engine::Engine::device);
        let Some(mine) = mine else { return Ok(()) };
        let others: Vec<usize> =
            of.iter().copied().filter(|d| self.devices[*d].engine.as_ref().is_some_and(|e| e.device() != mine)).collect();
        let Some(other) = others.get(below(&mut self.rng, others.len() as u64) as usize).copied() else { return Ok(()) };
        let id = self.engine(other)?.device();
        // Somebody must be left. A copy that is stopped has an id that nobody sees now; it waits.
        if of.iter().any(|d| self.devices[*d].engine.is_none()) {
            return Ok(());
        }
        let out = self.put_out_with(by, id)?;
        if of.iter().all(|d| out.contains(d)) {
            return Ok(());
        }
        let now = self.now(by);
        match self.engine(by)?.revoke_device(&id, now) {
            Ok(()) => {
                self.is_out(out);
                self.give(by, Input::Tick)
            }
            // It may have stopped, or found the disk full, after the revocation was kept.
            Err(e) if crashed(&e) || full(&e) => {
                if crashed(&e) {
                    self.crash(by);
                    self.start(by)?;
                }
                if self.engine(by)?.devices().map_err(words)?.iter().any(|d| d.device == id && d.revoked) {
                    self.is_out(out);
                }
                Ok(())
            }
            // It may have been revoked itself, not know the other, or know that it is out.
            Err(
                ithaca_core::engine::EngineError::ReadOnly(_)
                | ithaca_core::engine::EngineError::Invalid(_)
                | ithaca_core::engine::EngineError::NotFound(_),
            ) => Ok(()),
            Err(e) => Err(format!("device {by} revokes: {e}")),
        }
    }

    /// The devices that are out once `by` revokes `id`: that one, its copies, and what it approved without the revoker's knowing. What a revoked
    /// device states beside its revocation is void, the devices it adds with it.
    fn put_out_with(&mut self, by: usize, id: DeviceId) -> Done<Vec<usize>> {
        let known: BTreeSet<DeviceId> = self.engine(by)?.devices().map_err(words)?.into_iter().map(|d| d.device).collect();
        let mut ids = BTreeSet::from([id]);
        loop {
            let out: Vec<usize> = (0..self.devices.len())
                .filter(|d| {
                    let it = &self.devices[*d];
                    let this = it.engine.as_ref().map(ithaca_core::engine::Engine::device);
                    this.is_some_and(|this| {
                        ids.contains(&this) || (it.approved_by.is_some_and(|a| ids.contains(&a)) && !known.contains(&this))
                    })
                })
                .collect();
            let more: BTreeSet<DeviceId> =
                out.iter().filter_map(|d| self.devices[*d].engine.as_ref()).map(ithaca_core::engine::Engine::device).collect();
            if more.is_subset(&ids) {
                return Ok(out);
            }
            ids.extend(more);
        }
    }

    /// Somebody builds on what a device wrote, and whoever revokes that device knows neither.
    fn revoke_unawares(&mut self, by: usize) -> Done {
        let person = self.devices[by].person;
        let Some((a, b, space)) = self.pairs.iter().copied().find(|(a, b, _)| *a == person || *b == person) else { return Ok(()) };
        let (of, partners) = (self.of(person), self.of(if a == person { b } else { a }));
        let Some(partner) = partners.get(below(&mut self.rng, partners.len() as u64) as usize).copied() else { return Ok(()) };
        let other = of.into_iter().find(|d| *d != by);
        let Some(other) = other.filter(|_| !self.devices[by].revoked) else { return Ok(()) };
        self.restart(other)?;
        self.restart(partner)?;
        let Some(word) = self.note(other, space, Some(space))? else { return Ok(()) };
        self.direct(other)?;
        self.direct(partner)?;
        let insert = "and what came of it".to_owned();
        let command = Command::Note(NoteCommand::Body(TextEdit::Splice { pos: 0, delete: 0, insert }));
        let now = self.now(partner);
        // It has not come where a relay is full of something else, or the partner knew the other to be out; a note begun by editing it would be another.
        let came = self.engine(partner)?.document(&space, word.note).is_ok();
        if came && let Ok(true) = self.engine(partner)?.edit(&space, word.note, DocumentKind::Note, &command, now) {
            let held = self.engine(partner)?.document(&space, word.note).map_err(words)?.heads();
            self.devices[partner].acknowledged.changes.extend(held.into_iter().map(|h| (space, word.note, h)));
            self.report.add("built on");
        }
        self.direct(partner)?;
        if self.devices[by].engine.is_none() {
            self.start(by)?;
        }
        self.revoke(by)
    }

    fn take_copy(&mut self, device: usize) -> Done {
        self.stop(device);
        let mut held = self.devices[device].acknowledged.clone();
        held.out = (0..self.devices.len()).filter(|d| self.devices[*d].revoked).collect();
        self.devices[device].copy = Some((folder(self.devices[device].dir.path()), held));
        self.report.add("copy kept");
        self.start(device)
    }

    /// What others have of it is promised; the rest of what came after the copy is gone with the folder.
    fn set_back(&mut self, device: usize) -> Done {
        let Some((files, held)) = self.devices[device].copy.clone() else { return Ok(()) };
        if self.devices[device].engine.is_none() || self.only_it_knows_who_is_out(device, &held.out)? {
            return Ok(());
        }
        let lost: Vec<_> = self.devices[device].acknowledged.events.difference(&held.events).copied().collect();
        for (space, event) in lost {
            if self.engine(device)?.event_status(&space, &event).is_ok_and(|s| s.at == Where::Other) && !self.devices[device].revoked {
                self.promised.insert((space, event));
            }
        }
        let gone: Vec<Word> = self.devices[device].acknowledged.words.difference(&held.words).cloned().collect();
        for word in gone {
            let at = self.engine(device)?.document_status(&word.space, word.note);
            if at.is_ok_and(|s| s.at == Where::Other) && !self.devices[device].revoked {
                self.promised_words.insert(word);
            }
        }
        self.stop(device);
        // In place, so that nothing on this device shows it, or from a backup into a new folder, which it notices.
        let here = below(&mut self.rng, 2) == 0;
        if !here {
            self.devices[device].dir = super::folder()?;
        }
        let path = self.devices[device].dir.path().to_owned();
        for (name, _) in folder(&path) {
            if !files.iter().any(|(n, _)| *n == name) {
                std::fs::remove_file(path.join(&name)).map_err(|e| e.to_string())?;
            }
        }
        for (name, bytes) in files {
            std::fs::write(path.join(name), bytes).map_err(|e| e.to_string())?;
        }
        self.devices[device].acknowledged = held;
        self.devices[device].must_say_renewed = !here;
        self.happened.extend(["copy", "set back"]);
        self.report.add(if here { "set back in place" } else { "restored from a copy" });
        self.start(device)?;
        if here { Ok(()) } else { self.knows_that_it_is_a_copy(device) }
    }

    /// Whether a device revoked another after those that were `out`, and told nobody yet: set back it would not have revoked it.
    fn only_it_knows_who_is_out(&mut self, device: usize, out: &BTreeSet<usize>) -> Done<bool> {
        let person = self.devices[device].person;
        let is_new = |d: &usize| self.devices[*d].person == person && self.devices[*d].revoked && !out.contains(d);
        let new: Vec<usize> = (0..self.devices.len()).filter(is_new).collect();
        let ids: Vec<DeviceId> =
            new.iter().filter_map(|d| self.devices[*d].engine.as_ref()).map(ithaca_core::engine::Engine::device).collect();
        for other in self.of(person).into_iter().filter(|d| *d != device) {
            let Some(engine) = &self.devices[other].engine else { continue };
            let known = engine.devices().map_err(words)?;
            if ids.iter().all(|id| known.iter().any(|d| d.device == *id && d.revoked)) {
                return Ok(ids.len() < new.len());
            }
        }
        Ok(!new.is_empty())
    }

    /// A copied folder takes another name as soon as it is opened: before it writes a thing beside its original.
    fn knows_that_it_is_a_copy(&mut self, device: usize) -> Done {
        let notices = self.engine(device)?.notices().map_err(words)?;
        if notices.iter().any(|n| n.kind == "renewed") {
            Ok(())
        } else {
            Err(format!("device {device} is opened as a copy and does not know it"))
        }
    }

    fn clone_device(&mut self, device: usize) -> Done {
        if self.devices.len() >= DEVICES {
            return Ok(());
        }
        self.stop(device);
        let dir = super::folder()?;
        for (name, bytes) in folder(self.devices[device].dir.path()) {
            std::fs::write(dir.path().join(name), bytes).map_err(|e| e.to_string())?;
        }
        let entropy = self.next_entropy();
        let mut new = Device::new(dir, self.devices[device].person, entropy);
        new.acknowledged = self.devices[device].acknowledged.clone();
        new.revoked = self.devices[device].revoked;
        new.approved_by = self.devices[device].approved_by;
        self.start(device)?;
        new.must_say_renewed = true;
        self.happened.insert("copy");
        let new = self.take_in(new, "device cloned")?;
        self.knows_that_it_is_a_copy(new)
    }

    fn make_words(&mut self, device: usize) -> Done {
        let person = self.devices[device].person;
        if self.devices[device].revoked || self.of(person).len() != 1 || self.words.contains_key(&person) {
            return Ok(());
        }
        self.restart(device)?;
        let now = self.now(device);
        match self.engine(device)?.new_words(None, now) {
            Ok(words) => {
                if self.engine(device)?.words().is_ok_and(|w| w.waits_for == 0) {
                    let relay = self.engine(device)?.words_relay().map_err(|e| e.to_string())?.unwrap_or_default();
                    self.words.insert(person, (words.to_string(), usize::from(relay == ORIGINS[1])));
                    self.report.add("words made");
                }
            }
            Err(e) => return Err(format!("words cannot be made: {e}")),
        }
        for _ in 0..3 {
            self.direct(device)?;
        }
        match self.words.get(&person).cloned() {
            Some((phrase, relay)) => self.look_up(&phrase, relay).map(|_| ()).map_err(|e| format!("just made, {e}")),
            None => Ok(()),
        }
    }

    /// Asks a relay for what it holds under somebody's words.
    fn look_up(&mut self, phrase: &str, relay: usize) -> Done<Restoring> {
        let mut restoring = Restoring::by_relay(phrase, ORIGINS[relay]).map_err(words)?;
        loop {
            let time = self.time;
            let result = self.relays[relay].answer(restoring.call(), time);
            if !restoring.answered(result).map_err(|e| format!("words lead nowhere: {e}"))? {
                return Ok(restoring);
            }
        }
    }

    fn restore(&mut self, person: usize) -> Done {
        let Some((phrase, relay)) = self.words.get(&person).cloned() else { return Ok(()) };
        let of = self.of(person);
        if of.len() >= 3 || self.devices.len() >= DEVICES || self.happened.contains("relay") {
            return Ok(());
        }
        let restoring = self.look_up(&phrase, relay)?;
        let Some((who, _)) = restoring.persons().first().cloned() else { return Err("words lead to nobody".to_owned()) };
        let entropy = self.next_entropy();
        let dir = super::folder()?;
        let vault = FileVault::new(dir.path().join("vault.key"));
        restoring.finish(&who, dir.path(), &vault, &mut SeededEntropy::new(entropy)).map_err(words)?;
        self.happened.insert("new device");
        let mut device = Device::new(dir, person, entropy);
        device.joined = true;
        let device = self.take_in(device, "restored by words")?;
        self.direct(device)
    }

    /// Somebody pastes a long text.
    pub(super) fn paste(&mut self, device: usize, space: SpaceId) -> Done {
        let notes: Vec<NoteView> = self.engine(device)?.views(&space, RowKind::Note, true, 1).map_err(words)?;
        let Some(note) = notes.first().map(|n| n.id) else { return Ok(()) };
        // Past the 10,000 operations of one change; now and then far past them.
        let lines = if below(&mut self.rng, 8) == 0 { 2_048 } else { 450 };
        let insert = "a long line of many that somebody kept elsewhere\n".repeat(lines);
        let command = Command::Note(NoteCommand::Body(TextEdit::Splice { pos: 0, delete: 0, insert }));
        let now = self.now(device);
        match self.engine(device)?.edit(&space, note, DocumentKind::Note, &command, now) {
            Ok(_) => {
                self.report.add("paste");
                self.give(device, Input::Tick)
            }
            Err(e) if crashed(&e) => {
                self.crash(device);
                Ok(())
            }
            Err(e) if full(&e) => Ok(()),
            Err(ithaca_core::engine::EngineError::Document(_)) => Ok(()),
            Err(ithaca_core::engine::EngineError::ReadOnly(_)) if self.may_be_shut(device, &space)? => Ok(()),
            Err(e) => Err(format!("device {device} pastes: {e}")),
        }
    }
}
