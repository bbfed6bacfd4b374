//! A relay that keeps something back from one device. Who should notice does, from what the others say, and what was said is taken back when it is over.

use std::collections::BTreeSet;

use ithaca_core::engine::Input;
use ithaca_core::transport::{CallError, Reply};
use rand_core::Rng;

use super::check;
use super::world::{Done, World};

const DAY: i64 = 86_400_000;

/// What does not reach a device.
#[derive(Debug)]
pub(super) struct KeptBack {
    from: usize,
    /// Lanes of which nothing comes any more, or else records.
    lanes: BTreeSet<Vec<u8>>,
    records: BTreeSet<Vec<u8>>,
}

impl KeptBack {
    fn has(&self, record: &[u8]) -> bool {
        self.records.contains(record) || record.get(1..17).is_some_and(|lane| self.lanes.contains(lane))
    }
}

impl World {
    /// Of what happens such a device hears nothing; it asks.
    pub(super) fn is_left_alone(&self, device: usize) -> bool {
        self.kept_back.as_ref().is_some_and(|k| k.from == device)
    }

    pub(super) fn keep_back(&self, to: usize, result: &mut Result<Reply, CallError>) {
        let Some(kept) = self.kept_back.as_ref().filter(|k| k.from == to) else { return };
        if let Ok(Reply::Sync(response)) = result {
            for answer in &mut response.mailboxes {
                if let Some(records) = &mut answer.records {
                    records.retain(|r| !kept.has(r));
                }
            }
        }
    }

    fn pushed_since(&self, before: &[usize]) -> Vec<Vec<u8>> {
        self.relays.iter().zip(before).flat_map(|(r, n)| r.pushed().into_iter().skip(*n)).map(|(_, r)| r).collect()
    }

    fn everybody(&mut self) -> Done {
        for device in 0..self.devices.len() {
            self.give(device, Input::Now)?;
            self.deliver_until_empty()?;
        }
        Ok(())
    }
}

/// One pair, one writer, one device from which something of the writer's is kept back: a record in the middle, or all from now on.
pub(super) fn told(world: &mut World) -> Done {
    let draw = world.rng.next_u64();
    if !draw.is_multiple_of(4) {
        return Ok(());
    }
    let (a, b, space) = world.pairs[(draw >> 8) as usize % world.pairs.len()];
    let members = [check::current(world, a), check::current(world, b)].concat();
    let ids: BTreeSet<_> = members.iter().filter_map(|d| world.devices[*d].engine.as_ref()).map(|e| e.device()).collect();
    // Two lives of one device are one to others.
    if ids.len() != members.len() {
        return Ok(());
    }
    let writer = members[(draw >> 16) as usize % members.len()];
    let from = *members.iter().filter(|d| **d != writer).nth((draw >> 24) as usize % (members.len() - 1)).ok_or("nobody is left")?;
    let in_the_middle = (draw >> 32).is_multiple_of(2);
    let before: Vec<usize> = world.relays.iter().map(|r| r.pushed().len()).collect();
    let said = world.devices[writer].acknowledged.events.len();
    world.say(writer, space)?;
    // An end was stated: nothing more is said here.
    if world.devices[writer].acknowledged.events.len() == said {
        return Ok(());
    }
    world.kept_back = Some(KeptBack { from, lanes: BTreeSet::new(), records: BTreeSet::new() });
    world.deliver_until_empty()?;
    world.direct(writer)?;
    let new: BTreeSet<Vec<u8>> = world.pushed_since(&before).into_iter().collect();
    let lanes = new.iter().filter_map(|r| r.get(1..17)).map(<[u8]>::to_vec).collect();
    let (lanes, records) = if in_the_middle { (BTreeSet::new(), new) } else { (lanes, BTreeSet::new()) };
    world.kept_back = Some(KeptBack { from, lanes, records });
    if in_the_middle {
        world.say(writer, space)?;
    }
    let third: Vec<usize> = members.iter().copied().filter(|d| *d != writer && *d != from).collect();
    world.everybody()?;
    for device in &third {
        world.say(*device, space)?;
    }
    for _ in 0..9 {
        world.time += DAY;
        world.everybody()?;
    }
    let person = |world: &World, d: usize| world.devices[d].person;
    let (of_writer, of_from) = (person(world, writer), person(world, from));
    let confirmed = members.iter().any(|d| *d != from && person(world, *d) != of_writer);
    for device in members.iter().copied() {
        let mut due = BTreeSet::new();
        if device == from && in_the_middle {
            due.insert("gap");
        }
        if device == from && !third.is_empty() {
            due.insert("missing");
        }
        if device == writer && of_from != of_writer && !confirmed {
            due.insert("unconfirmed");
        }
        let notices = world.engine(device)?.notices().map_err(|e| e.to_string())?;
        let told: BTreeSet<&str> =
            notices.iter().filter(|n| n.space == Some(space)).map(|n| n.kind.as_str()).filter(|k| SITUATIONS.contains(k)).collect();
        if told != due {
            let what = if in_the_middle { "a record" } else { "all from now on" };
            return Err(format!(
                "{what} of device {writer} is kept back from {from}; device {device} of {members:?} is told {told:?}, not {due:?}"
            ));
        }
    }
    world.report.add(if in_the_middle { "a record kept back" } else { "a tail kept back" });
    world.kept_back = None;
    world.settle(true)?;
    check::agree(world, false)?;
    super::notices::check(world)
}

const SITUATIONS: [&str; 4] = ["gap", "missing", "unconfirmed", "split"];
