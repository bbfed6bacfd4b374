//! What must hold: after every start what was acknowledged is there, and at rest both sides of a pair hold the same.

use std::collections::BTreeSet;

use ithaca_core::id::{DeviceId, SpaceId};
use ithaca_core::record::seal;
use ithaca_core::space::key::EpochKey;
use ithaca_core::view::{NoteView, RowKind};
use ithaca_wire::{LaneId, MailboxId};

use super::notices;
use super::world::{Word, World};

type Done<T = ()> = Result<T, String>;

/// What a device acknowledged is on it.
pub(super) fn kept(world: &mut World, device: usize) -> Done {
    let copied = world.happened.contains("copy");
    let it = &mut world.devices[device];
    let Some(engine) = &mut it.engine else { return Ok(()) };
    for (space, event) in &it.acknowledged.events {
        engine.event_status(space, event).map_err(|_| format!("device {device} lost an event that it had acknowledged"))?;
    }
    // What a revoked device wrote need not count. Of two lives under one name one makes its changes again, under other hashes.
    if it.revoked || copied {
        return Ok(());
    }
    let mut documents: BTreeSet<_> = it.acknowledged.changes.iter().map(|(s, d, _)| (*s, *d)).collect();
    while let Some((space, id)) = documents.pop_first() {
        // A note that was in the bin for a month is gone for good.
        let Ok(document) = engine.document(&space, id) else {
            if world.binned.contains(&(space, id)) {
                continue;
            }
            return Err(format!("device {device} lost a document"));
        };
        let missing = it.acknowledged.changes.iter().filter(|(s, d, h)| *s == space && *d == id && !document.holds(h)).count();
        if missing > 0 {
            return Err(format!("device {device} lost {missing} changes that it had acknowledged"));
        }
    }
    Ok(())
}

/// Every promise, at rest.
pub(super) fn promises(world: &mut World) -> Done {
    for device in 0..world.devices.len() {
        kept(world, device)?;
    }
    agree(world, true)?;
    words(world)?;
    notices::check(world)
}

/// All hold the same in every space; in what they export too, if `exports` are to be looked at.
pub(super) fn agree(world: &mut World, exports: bool) -> Done {
    for (a, b, space) in world.pairs.clone() {
        let of: Vec<usize> = [current(world, a), current(world, b)].concat();
        for (device, export) in settled(world, &of, space, exports)? {
            foreign(world, device, &export)?;
        }
        // Whoever is out holds what they held, and of others' nothing.
        for device in (0..world.devices.len()).filter(|d| exports && world.devices[*d].revoked).collect::<Vec<_>>() {
            if let Ok(export) = world.engine(device)?.export(&space) {
                foreign(world, device, &export)?;
            }
        }
    }
    for person in 0..3 {
        let of = current(world, person);
        let first = of.first().copied().ok_or("nobody is left")?;
        let space = world.engine(first)?.personal().map_err(|e| e.to_string())?;
        settled(world, &of, space, exports)?;
    }
    Ok(())
}

/// What a device holds has no words of notes that are not its person's to read.
fn foreign(world: &World, device: usize, export: &str) -> Done {
    match world.forbidden(world.devices[device].person).iter().find(|w| export.contains(w.as_str())) {
        Some(word) => Err(format!("device {device} has a note that is not its person's: {word}")),
        None => Ok(()),
    }
}

/// Every note that a device said it had kept stands on every device that is to read it, whatever was copied, set back or lost between.
fn words(world: &mut World) -> Done {
    let mut due = world.promised_words.clone();
    for device in world.devices.iter().filter(|d| !d.revoked) {
        due.extend(device.acknowledged.words.iter().cloned());
    }
    let mut spaces: Vec<(SpaceId, Vec<usize>)> = Vec::new();
    for (a, b, space) in world.pairs.clone() {
        spaces.push((space, [current(world, a), current(world, b)].concat()));
    }
    for person in 0..3 {
        let of = current(world, person);
        let first = of.first().copied().ok_or("nobody is left")?;
        spaces.push((world.engine(first)?.personal().map_err(|e| e.to_string())?, of));
    }
    for (space, of) in spaces {
        for device in of {
            let shown: BTreeSet<String> = titles(world, device, &space)?;
            let lacks: Vec<&Word> = due.iter().filter(|w| w.space == space && !shown.contains(&w.word)).collect();
            if !lacks.is_empty() {
                let kept =
                    |w: &Word| (0..world.devices.len()).filter(|d| world.devices[*d].acknowledged.words.contains(w)).collect::<Vec<_>>();
                let by: Vec<Vec<usize>> = lacks.iter().map(|w| kept(w)).collect();
                let first = by.first().and_then(|b| b.first()).copied();
                let has = first.map(|d| titles(world, d, &space)).transpose()?.is_some_and(|t| lacks.iter().all(|w| t.contains(&w.word)));
                return Err(format!(
                    "device {device} lacks notes that {by:?} kept: {lacks:?}\n{}{}",
                    lanes(world, device, &space),
                    first.map(|d| format!("\non device {d}, which shows them ({has}):\n{}", lanes(world, d, &space))).unwrap_or_default()
                ));
            }
        }
    }
    Ok(())
}

fn titles(world: &mut World, device: usize, space: &SpaceId) -> Done<BTreeSet<String>> {
    let notes: Vec<NoteView> = world.engine(device)?.views(space, RowKind::Note, true, usize::MAX >> 1).map_err(|e| e.to_string())?;
    Ok(notes.into_iter().map(|n| n.title).collect())
}

/// Devices of a person that nobody revoked.
pub(super) fn current(world: &World, person: usize) -> Vec<usize> {
    (0..world.devices.len()).filter(|d| world.devices[*d].person == person && !world.devices[*d].revoked).collect()
}

/// Nothing waits, nothing honest was set aside, all hold the same and everything that was promised. Gives what each exports.
fn settled(world: &mut World, of: &[usize], space: SpaceId, exports: bool) -> Done<Vec<(usize, String)>> {
    let (mut first, mut lines, mut out) = (None, Vec::new(), Vec::new());
    let mut due: BTreeSet<_> = world.promised.iter().filter(|(s, _)| *s == space).copied().collect();
    for device in of {
        due.extend(world.devices[*device].acknowledged.events.iter().filter(|(s, _)| *s == space));
    }
    for device in of.iter().copied() {
        let engine = world.devices[device].engine.as_ref().ok_or("a device that stopped was asked")?;
        let status = engine.status(0).map_err(|e| e.to_string())?;
        let line = status.spaces.into_iter().find(|s| s.space == space).ok_or_else(|| format!("device {device} lacks a space"))?;
        if line.waiting + line.not_on_relay + line.not_on_other > 0 || line.known_missing > 0 && !world.lost_something() {
            let held: Vec<String> = of.iter().map(|d| format!("\ndevice {d}:\n{}", lanes(world, *d, &space))).collect();
            return Err(format!("at rest, device {device} still waits: {line:?}, {:?}{}", status.relays, held.concat()));
        }
        if line.being_verified {
            return Err(format!("at rest, device {device} still shows a snapshot"));
        }
        // A copy of a record under another number opens and does not verify; it is kept, and harms nobody.
        if line.set_aside.saturating_sub(world.sealed_again) + line.unknown_author > 0 {
            return Err(format!("honest records were set aside on device {device}: {line:?}"));
        }
        lines.push((device, line));
    }
    for (device, line) in lines {
        for (space, event) in &due {
            let engine = world.engine(device)?;
            engine.event_status(space, event).map(|_| ()).map_err(|_| {
                let who: Vec<_> = world
                    .devices
                    .iter()
                    .enumerate()
                    .filter(|(_, d)| d.acknowledged.events.contains(&(*space, *event)))
                    .map(|(i, _)| i)
                    .collect();
                let held: Vec<String> = of
                    .iter()
                    .map(|d| {
                        let engine = world.devices[*d].engine.as_ref();
                        let at = engine.and_then(|e| e.event_status(space, event).ok()).map(|s| format!("{:?}", s.at));
                        format!("\ndevice {d}, where it is {at:?}:\n{}", lanes(world, *d, space))
                    })
                    .collect();
                format!("an event that was promised (of {who:?}) never reached device {device}{}", held.concat())
            })?;
        }
        let mut parts = [None, None, None];
        if exports {
            let export = world.engine(device)?.export(&space).map_err(|e| e.to_string())?;
            let readable: serde_json::Value = serde_json::from_str(&export).map_err(|e| e.to_string())?;
            parts = ["documents", "events", "statements"].map(|p| readable.get(p).cloned());
            out.push((device, export));
        }
        let mut cards = world.engine(device)?.cards(&space).map_err(|e| e.to_string())?;
        cards.retain(|c| c.only_for.is_none());
        let cards: Vec<_> = cards.into_iter().map(|c| (c.id, c.values.iter().map(|v| v.words.clone()).collect::<Vec<_>>())).collect();
        let this = (line.state_code, parts, cards);
        let (at, other) = first.get_or_insert_with(|| (device, this.clone()));
        if other.0 != this.0 {
            let held: Vec<String> = of.iter().map(|d| format!("\ndevice {d}:\n{}", lanes(world, *d, &space))).collect();
            let parts: Vec<String> = other.1.iter().zip(&this.1).map(|(a, b)| difference(a.as_ref(), b.as_ref())).collect();
            let codes = format!("{} and {}", other.0, this.0);
            return Err(format!("devices {at} and {device} hold different contents: {codes}\n{}{}", parts.concat(), held.concat()));
        }
        if other.1 != this.1 {
            return Err(format!("devices {at} and {device} export different things"));
        }
        if other.2 != this.2 {
            return Err(format!("devices {at} and {device} show different cards"));
        }
    }
    Ok(out)
}

/// What only one of two lists in exports holds.
fn difference(a: Option<&serde_json::Value>, b: Option<&serde_json::Value>) -> String {
    let list = |v: Option<&serde_json::Value>| v.and_then(serde_json::Value::as_array).cloned().unwrap_or_default();
    let (a, b) = (list(a), list(b));
    let only = |from: &[serde_json::Value], other: &[serde_json::Value], mark: char| -> String {
        from.iter().filter(|v| !other.contains(v)).map(|v| format!("{mark} {v}\n")).collect()
    };
    only(&a, &b, '<') + &only(&b, &a, '>')
}

/// From now on each person writes: what is sealed opens for the devices of that pair that nobody revoked, and for no other.
pub(super) fn confidential(world: &mut World) -> Done {
    let before: Vec<usize> = world.relays.iter().map(|r| r.pushed().len()).collect();
    let mut since: BTreeSet<String> = BTreeSet::new();
    for (a, b, space) in world.pairs.clone() {
        for person in [a, b] {
            for device in current(world, person) {
                world.say(device, space)?;
                since.extend(world.note(device, space, Some(space))?.map(|w| w.word));
            }
        }
    }
    world.settle(false)?;
    for (a, b, space) in world.pairs.clone() {
        let members = [current(world, a), current(world, b)].concat();
        let mut addresses = BTreeSet::new();
        for device in &members {
            let keys = world.engine(*device)?.keys_of(&space).map_err(|e| e.to_string())?;
            addresses.extend(keys.iter().flat_map(|k| super::world::ORIGINS.map(|o| k.mailbox(o).id)));
        }
        let all: Vec<Vec<(MailboxId, Vec<u8>)>> = world.relays.iter().map(super::relay::Relay::pushed).collect();
        // What a relay refused or forgot is pushed again; it was sealed before.
        let held = all.iter().zip(&before).flat_map(|(pushed, n)| pushed.iter().take(*n)).map(|(_, r)| r);
        let old: BTreeSet<&Vec<u8>> = held.chain(world.relays.iter().flat_map(super::relay::Relay::forgotten)).collect();
        let new = all.iter().zip(&before).flat_map(|(pushed, n)| pushed.iter().skip(*n)).filter(|(_, r)| !old.contains(r));
        let sealed: Vec<&Vec<u8>> = new.filter(|(m, _)| addresses.contains(m)).map(|(_, r)| r).collect();
        let revoked: BTreeSet<_> =
            world.devices.iter().filter(|d| d.revoked).filter_map(|d| d.engine.as_ref().map(ithaca_core::engine::Engine::device)).collect();
        for device in 0..world.devices.len() {
            if members.contains(&device) {
                continue;
            }
            let keys = world.engine(device)?.keys_of(&space).unwrap_or_default();
            // A revoked device writes on, not knowing: what it seals it can open.
            let own: BTreeSet<_> = all
                .iter()
                .flatten()
                .filter_map(|(_, r)| opened(r, &keys)?.1.filter(|d| revoked.contains(d)).and_then(|_| Some(opened(r, &keys)?.0)))
                .collect();
            if let Some((lane, by)) = sealed.iter().filter_map(|r| opened(r, &keys)).find(|(lane, _)| !own.contains(lane)) {
                let held: Vec<String> = members.iter().map(|d| format!("\ndevice {d}:\n{}", lanes(world, *d, &space))).collect();
                return Err(format!(
                    "device {device} opens what is sealed for devices {members:?} alone: {lane:?} of {by:?}{}",
                    held.concat()
                ));
            }
            if titles(world, device, &space).is_ok_and(|t| t.iter().any(|t| since.contains(t))) {
                return Err(format!("device {device} shows a note that was written after it was out"));
            }
            if !world.devices[device].revoked && !keys.is_empty() {
                return Err(format!("device {device} has keys of a pair that is not its person's"));
            }
        }
    }
    // What was exported a moment ago has only these messages more.
    agree(world, false)?;
    words(world)?;
    notices::check(world)
}

/// The lane of a record that keys open, and whose it is, where it says so.
fn opened(bytes: &[u8], keys: &[EpochKey]) -> Option<(LaneId, Option<DeviceId>)> {
    let outer = ithaca_wire::record::Outer::parse(bytes).ok()?;
    let inner = keys.iter().find_map(|k| seal::open(k.content(), &k.id(), &outer).ok())?;
    Some((outer.lane, inner.opening.map(|o| o.device)))
}

/// What a device holds of each lane of a space, for finding out why.
fn lanes(world: &World, device: usize, space: &ithaca_core::id::SpaceId) -> String {
    world.devices[device].engine.as_ref().map(|e| e.lanes(space).unwrap_or_default().join("\n")).unwrap_or_default()
}
