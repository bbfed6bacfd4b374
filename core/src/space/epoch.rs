//! An epoch: the keys under which content is written from then on, and whether they went to exactly those who may read.

use std::collections::BTreeMap;

use super::graph::Graph;
use super::membership::Member;
use super::payload::{Payload, Reader, Sealed, Tier};
use crate::id::{DeviceId, EpochId, PersonId, StatementId};
use crate::identity::person_log::Directory;
use crate::switch::{Switch, holds};

/// Why an epoch is not right. It stays readable; nothing is written under it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NotRight {
    /// Its number is not 1 + the highest in its past.
    Number,
    /// Its readers are not the current ones with their current keys.
    Readers,
    /// Its maker is no current device of somebody who writes and reads.
    Maker,
}

/// An epoch statement as the fold sees it. Whether one's own wrap opens only the caller can tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EpochView {
    /// The statement.
    pub statement: StatementId,
    /// As it names itself.
    pub number: u64,
    /// Commits to the secret.
    pub epoch: EpochId,
    /// The device that made it.
    pub maker: DeviceId,
    /// Rising by person.
    pub readers: Vec<Reader>,
    /// One a reader.
    pub wraps: Vec<Sealed>,
    /// Whether it is void for ever: its number.
    pub void: bool,
    /// Why nothing is written under it; `None` if it is right.
    pub why_not: Option<NotRight>,
}

impl EpochView {
    /// Whether content may be written under it, if one's own wrap opens.
    pub fn is_right(&self) -> bool {
        self.why_not.is_none()
    }
}

/// Of right epochs for which `opens` holds the one that is written: the highest number, then the lowest id.
pub fn written(epochs: &[EpochView], opens: impl Fn(&EpochView) -> bool) -> Option<&EpochView> {
    epochs.iter().filter(|e| e.is_right() && opens(e)).max_by(|a, b| a.number.cmp(&b.number).then(b.statement.cmp(&a.statement)))
}

/// The readers a new epoch must have; `None` while somebody who reads has no right person key that is known here.
pub fn readers_wanted(members: &BTreeMap<PersonId, Member>, directory: &Directory) -> Option<Vec<Reader>> {
    let reading = members.iter().filter(|(_, m)| m.reads);
    reading.map(|(person, _)| Some(Reader { person: *person, generation: *directory.generations.get(person)? })).collect()
}

/// The number a new epoch takes whose parents are the heads: 1 + the highest that is not void.
pub fn next_number(epochs: &[EpochView]) -> u64 {
    epochs.iter().filter(|e| !e.void).map(|e| e.number).max().unwrap_or(0).saturating_add(1)
}

pub(crate) fn views(graph: &Graph<'_>, members: &BTreeMap<PersonId, Member>, directory: &Directory) -> Vec<EpochView> {
    let wanted = readers_wanted(members, directory);
    let mut numbers: Vec<(usize, u64)> = Vec::new();
    let mut views = Vec::new();
    for (i, s) in graph.statements.iter().enumerate() {
        let Payload::Epoch(e) = s.payload() else { continue };
        let highest = numbers.iter().filter(|(j, _)| graph.before(*j, i)).map(|(_, n)| *n).max().unwrap_or(0);
        let void = highest.checked_add(1) != Some(e.number);
        if !void {
            numbers.push((i, e.number));
        }
        let maker = s.author();
        let may_make = !holds(Switch::EpochMaker)
            || directory.is_current(&maker)
                && directory.person(&maker).and_then(|p| members.get(&p)).is_some_and(|m| m.reads && m.tier <= Tier::Participant);
        let why_not = if void {
            Some(NotRight::Number)
        } else if wanted.as_ref() != Some(&e.readers) {
            Some(NotRight::Readers)
        } else {
            (!may_make).then_some(NotRight::Maker)
        };
        views.push(EpochView {
            statement: s.id(),
            number: e.number,
            epoch: e.epoch,
            maker,
            readers: e.readers.clone(),
            wraps: e.wraps.clone(),
            void,
            why_not,
        });
    }
    views
}
