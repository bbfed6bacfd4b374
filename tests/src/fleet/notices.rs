//! What people are told: whatever must be said was said to whom it concerns, and nothing without cause.

use super::world::{Done, ORIGINS, World, relays_of};

fn told(world: &mut World, device: usize, kind: &str, about: &str) -> Done<bool> {
    let notices = world.engine(device)?.notices().map_err(|e| e.to_string())?;
    Ok(notices.iter().any(|n| n.kind == kind && n.words.contains(about)))
}

/// Nobody is alarmed without cause, and nobody is left without being told.
pub(super) fn check(world: &mut World) -> Done {
    causes(world)?;
    new_devices(world)?;
    for device in 0..world.devices.len() {
        if world.devices[device].must_say_renewed && !told(world, device, "renewed", "")? {
            return Err(format!("device {device} goes on from a copy and does not say so"));
        }
    }
    // Whoever was told may have been set back to before.
    if !world.happened.contains("copy") {
        for relay in world.forgot.clone() {
            let mut any = false;
            for device in 0..world.devices.len() {
                any |= told(world, device, "relay_forgot", ORIGINS[relay])?;
            }
            if !any {
                return Err(format!("relay {relay} forgot what it had and nobody is told"));
            }
        }
    }
    Ok(())
}

fn causes(world: &mut World) -> Done {
    for device in (0..world.devices.len()).filter(|d| !world.devices[*d].revoked).collect::<Vec<_>>() {
        for notice in world.engine(device)?.notices().map_err(|e| e.to_string())? {
            let cause = match notice.kind.as_str() {
                "new_device" | "own_device" => world.happened.contains("new device"),
                // A process that ended between what it sealed and the marker takes another name as well.
                "renewed" => world.happened.contains("copy") || world.report.counts.contains_key("crashed"),
                "gap" => world.lost_something(),
                "relay_forgot" => world.happened.contains("relay"),
                _ => false,
            };
            if !cause {
                return Err(format!("device {device} is told without cause: {} ({:?})", notice.words, world.happened));
            }
        }
    }
    Ok(())
}

/// Whoever had a device before a new one came is told of it: the person themselves, and whom they are paired with.
fn new_devices(world: &mut World) -> Done {
    for new in (0..world.devices.len()).filter(|d| world.devices[*d].joined && !world.devices[*d].revoked).collect::<Vec<_>>() {
        let person = world.devices[new].person;
        for device in (0..new).filter(|d| !world.devices[*d].revoked).collect::<Vec<_>>() {
            let other = world.devices[device].person;
            let paired = world.pairs.iter().any(|(a, b, _)| [*a, *b] == [person, other] || [*a, *b] == [other, person]);
            let kind = match (other == person, paired) {
                (true, _) => "own_device",
                (false, true) => "new_device",
                (false, false) => continue,
            };
            // Whoever approved it knows.
            let id = world.devices[device].engine.as_ref().map(ithaca_core::engine::Engine::device);
            if (id.is_none() || id != world.devices[new].approved_by) && !told(world, device, kind, "")? {
                return Err(format!("device {device} is not told of the new device {new}"));
            }
        }
    }
    Ok(())
}

impl World {
    /// A relay is about to forget everything: whether anybody knows it to have something.
    pub(super) fn will_forget(&mut self, relay: usize) -> Done {
        for (.., space) in self.pairs.clone() {
            for device in 0..self.devices.len() {
                let it = &self.devices[device];
                let Some(engine) = it.engine.as_ref().filter(|_| !it.revoked) else { continue };
                let wrote = it.acknowledged.events.iter().any(|(s, _)| *s == space);
                let (Ok(at), Ok(here)) = (relays_of(engine, &space), engine.whereabouts(&space)) else { continue };
                if wrote && at == [ORIGINS[relay]] && here.not_on_relay == 0 && here.waiting == 0 {
                    self.forgot.insert(relay);
                }
            }
        }
        Ok(())
    }
}
