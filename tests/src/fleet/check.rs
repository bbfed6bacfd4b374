//! What must hold: after every start what was acknowledged is there, and at rest both sides of a pair hold the same.

use std::collections::BTreeSet;

use super::world::World;

type Done<T = ()> = Result<T, String>;

/// What a device acknowledged is on it.
pub(super) fn kept(world: &mut World, device: usize) -> Done {
    let it = &mut world.devices[device];
    let Some(engine) = &mut it.engine else { return Ok(()) };
    for (space, event) in &it.acknowledged.events {
        engine.event_status(space, event).map_err(|_| format!("device {device} lost an event that it had acknowledged"))?;
    }
    let mut documents: BTreeSet<_> = it.acknowledged.changes.iter().map(|(s, d, _)| (*s, *d)).collect();
    while let Some((space, id)) = documents.pop_first() {
        let document = engine.document(&space, id).map_err(|e| format!("device {device} lost a document: {e}"))?;
        let mut held: BTreeSet<[u8; 32]> = document.changes().into_iter().map(|(h, _)| h).collect();
        held.insert(ithaca_core::document::first_hash());
        let missing = it.acknowledged.changes.iter().filter(|(s, d, h)| *s == space && *d == id && !held.contains(h)).count();
        if missing > 0 {
            return Err(format!("device {device} lost {missing} changes that it had acknowledged"));
        }
    }
    Ok(())
}

/// Every promise, at rest.
pub(super) fn promises(world: &mut World) -> Done {
    let pairs = world.pairs.clone();
    for device in 0..world.devices.len() {
        kept(world, device)?;
    }
    for (a, b, space) in pairs {
        let mut codes = Vec::new();
        let mut exports = Vec::new();
        for device in [a, b] {
            let engine = world.devices[device].engine.as_mut().ok_or("a device is not there")?;
            let status = engine.status(0).map_err(|e| e.to_string())?;
            let line = status.spaces.into_iter().find(|s| s.space == space).ok_or("a space is not there")?;
            if line.waiting + line.not_on_relay + line.not_on_other > 0 {
                let held: Vec<String> = [a, b].iter().map(|d| format!("\ndevice {d}:\n{}", lanes(world, *d, &space))).collect();
                return Err(format!("at rest, device {device} still waits: {line:?}, {:?}{}", status.relays, held.concat()));
            }
            if line.set_aside + line.unknown_author > 0 {
                return Err(format!("honest records were set aside on device {device}: {line:?}"));
            }
            codes.push(line.state_code);
            let export = engine.export(&space).map_err(|e| e.to_string())?;
            let readable: serde_json::Value = serde_json::from_str(&export).map_err(|e| e.to_string())?;
            exports.push(readable);
        }
        if codes[0] != codes[1] {
            return Err(format!("devices {a} and {b} hold different contents: {} and {}", codes[0], codes[1]));
        }
        for part in ["documents", "events", "statements"] {
            if exports[0].get(part) != exports[1].get(part) {
                return Err(format!("devices {a} and {b} export different {part}"));
            }
        }
        // What each acknowledged, the other holds.
        for (from, to) in [(a, b), (b, a)] {
            let events: Vec<_> = world.devices[from].acknowledged.events.iter().filter(|(s, _)| *s == space).copied().collect();
            let engine = world.devices[to].engine.as_mut().ok_or("a device is not there")?;
            for (space, event) in events {
                engine.event_status(&space, &event).map_err(|_| format!("an event of device {from} never reached device {to}"))?;
            }
        }
        // Nothing private is in what the other holds.
        for (owner, other) in [(a, b), (b, a)] {
            let canary = &world.devices[owner].canary;
            if exports[usize::from(other == b)].to_string().contains(canary.as_str()) {
                return Err(format!("a private note of device {owner} is on device {other}"));
            }
        }
        // Cards are the same on both.
        let mut cards = Vec::new();
        for device in [a, b] {
            let engine = world.devices[device].engine.as_mut().ok_or("a device is not there")?;
            let mut shown = engine.cards(&space).map_err(|e| e.to_string())?;
            shown.retain(|c| c.only_for.is_none());
            cards.push(shown.into_iter().map(|c| (c.id, c.values.iter().map(|v| v.words.clone()).collect::<Vec<_>>())).collect::<Vec<_>>());
        }
        if cards[0] != cards[1] {
            return Err(format!("devices {a} and {b} show different cards"));
        }
    }
    Ok(())
}

/// What a device holds of each lane of a space, for finding out why.
fn lanes(world: &World, device: usize, space: &ithaca_core::id::SpaceId) -> String {
    world.devices[device].engine.as_ref().map(|e| e.lanes(space).unwrap_or_default().join("\n")).unwrap_or_default()
}
