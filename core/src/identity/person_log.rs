//! A person's log: the statements from which everybody computes which devices are this person's and under which keys they read.
//!
//! The fold is a function of the set held. A revocation stands if its author was current as seen from its own past, even if another revoked that
//! author meanwhile: being out is the safe side, so two devices that revoke each other are both out. A revoked device never returns under its id.

use std::collections::{BTreeMap, BTreeSet};

use crate::id::{DeviceId, PersonId, StatementId};
use crate::space::graph::{Bits, Graph};
use crate::space::payload::{AddDevice, NewPersonKey, NewRecovery, Payload, PublicKey, Recipient, RecoveryKeys};
use crate::space::statement::{Statement, verify};

/// Why statements give no person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PersonLogError {
    /// The log's first statement is not among those given.
    #[error("the genesis of this person is not held")]
    NoGenesis,
    /// The id is of another kind of statement.
    #[error("the statement of this id does not begin a person log")]
    NotAGenesis,
}

/// A device that is or was the person's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceView {
    /// Its X25519 key.
    pub hpke: PublicKey,
    /// The genesis, or the AddDevice that stands.
    pub added_by: StatementId,
    /// The revocations that stand, by id; empty while the device is current.
    pub revoked_by: Vec<StatementId>,
}

/// One generation of the person key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonKeyView {
    /// The statement that names it.
    pub statement: StatementId,
    /// X25519 public key.
    pub public: PublicKey,
    /// Whether its maker and all its recipients are current.
    pub right: bool,
}

/// What a person log adds up to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonState {
    /// Who.
    pub id: PersonId,
    /// Every device that is or was the person's.
    pub devices: BTreeMap<DeviceId, DeviceView>,
    /// One key a generation: of several a right one, then the lowest id.
    pub keys: BTreeMap<u64, PersonKeyView>,
    /// The recovery keys in force.
    pub recovery: Option<RecoveryKeys>,
    /// Statements that count, sorted.
    pub standing: Vec<StatementId>,
    /// Of all statements whose past is held, those on which no other rests: what the next statement names.
    pub heads: Vec<StatementId>,
    /// Statements whose past is not held yet.
    pub waiting: BTreeSet<StatementId>,
}

impl PersonState {
    /// Devices that are not revoked.
    pub fn current_devices(&self) -> impl Iterator<Item = (&DeviceId, &DeviceView)> {
        self.devices.iter().filter(|(_, d)| d.revoked_by.is_empty())
    }

    /// The highest generation, if it is right; `None` asks a device of the person for the next one.
    pub fn current_key(&self) -> Option<(u64, &PersonKeyView)> {
        self.keys.last_key_value().filter(|(_, k)| k.right).map(|(g, k)| (*g, k))
    }
}

/// What a new device signs before an old one adds it: label, person, device, its HPKE key.
pub fn device_consent(person: PersonId, device: DeviceId, hpke: PublicKey) -> Vec<u8> {
    [b"ithaca/v1/add-device".as_slice(), &person.0, &device.0, &hpke.0].concat()
}

/// What each other device signs under new recovery keys: label, person, the old signing key (zeros if none), the new keys.
pub fn recovery_consent(person: PersonId, old: Option<RecoveryKeys>, new: RecoveryKeys) -> Vec<u8> {
    let old = old.map_or([0; 32], |keys| keys.sign.0);
    [b"ithaca/v1/new-recovery".as_slice(), &person.0, &old, &new.sign.0, &new.hpke.0].concat()
}

/// Folds the statements of one person; others are passed over.
///
/// # Errors
/// [`PersonLogError`] if the genesis is missing or of another kind.
pub fn fold<'a>(person: PersonId, statements: impl IntoIterator<Item = &'a Statement>) -> Result<PersonState, PersonLogError> {
    let graph = Graph::new(StatementId(person.0), statements).ok_or(PersonLogError::NoGenesis)?;
    let Some(Payload::PersonGenesis(_)) = graph.statements.first().map(|s| s.payload()) else { return Err(PersonLogError::NotAGenesis) };
    let mut log = Log { person, graph, entitled: Vec::new() };
    // Whether each author was entitled, as seen from the statement's own past; parents come before children.
    for i in 0..log.graph.len() {
        let entitled = i == 0 || log.graph.past.get(i).is_some_and(|past| log.entitled_in(i, &log.view(past)));
        log.entitled.push(entitled);
    }
    let view = log.view(&Bits::full(log.graph.len()));
    Ok(log.state(&view))
}

struct Log<'a> {
    person: PersonId,
    graph: Graph<'a>,
    entitled: Vec<bool>,
}

/// What a set of statements adds up to, by index.
#[derive(Default)]
struct View {
    standing: BTreeSet<usize>,
    /// Device → HPKE key, statement that added it.
    devices: BTreeMap<DeviceId, (PublicKey, usize)>,
    revoked: BTreeMap<DeviceId, Vec<usize>>,
    recovery: Option<RecoveryKeys>,
}

impl View {
    fn current(&self, device: &DeviceId) -> bool {
        self.devices.contains_key(device) && !self.revoked.contains_key(device)
    }

    fn is_recovery(&self, author: &DeviceId) -> bool {
        !self.devices.contains_key(author) && self.recovery.is_some_and(|keys| keys.sign.0 == author.0)
    }
}

impl<'a> Log<'a> {
    fn at(&self, i: usize) -> Option<(&'a Statement, &'a Payload)> {
        self.graph.statements.get(i).map(|s| (*s, s.payload()))
    }

    fn author(&self, i: usize) -> Option<DeviceId> {
        self.at(i).map(|(s, _)| s.author())
    }

    /// Whether `i` was signed by a key that no statement made a device: a recovery key, given that it was entitled.
    fn by_recovery(&self, i: usize) -> bool {
        i != 0
            && self.author(i).is_some_and(|author| {
                self.author(0) != Some(author)
                    && !(1..i)
                        .any(|j| self.graph.before(j, i) && matches!(self.at(j), Some((_, Payload::AddDevice(a))) if a.device == author))
            })
    }

    fn view(&self, set: &Bits) -> View {
        let members: Vec<usize> =
            (0..self.graph.len()).filter(|i| set.contains(*i) && self.entitled.get(*i).copied().unwrap_or(false)).collect();
        // The first statement by which a recovery key names its successor ends it. All of one key's are concurrent: the lowest id holds.
        let mut ended: BTreeMap<DeviceId, usize> = BTreeMap::new();
        for &i in &members {
            if let Some((s, Payload::NewRecovery(_))) = self.at(i)
                && self.by_recovery(i)
            {
                let holds = ended.entry(s.author()).or_insert(i);
                if self.at(*holds).is_some_and(|(held, _)| s.id() < held.id()) {
                    *holds = i;
                }
            }
        }
        let superseded = |i: usize| {
            self.by_recovery(i) && self.author(i).and_then(|a| ended.get(&a)).is_some_and(|end| *end != i && !self.graph.before(i, *end))
        };
        let mut view = View::default();
        for &i in &members {
            if let Some((_, Payload::RevokeDevice(r))) = self.at(i)
                && !superseded(i)
            {
                view.revoked.entry(r.device).or_default().push(i);
            }
        }
        let mut recovery: Vec<(usize, RecoveryKeys)> = Vec::new();
        for &i in &members {
            let Some((s, payload)) = self.at(i) else { continue };
            let author = s.author();
            let stands = match payload {
                Payload::RevokeDevice(_) | Payload::PersonGenesis(_) => !superseded(i),
                // The key must still be one that a standing statement made.
                _ if self.by_recovery(i) => {
                    !superseded(i) && recovery.iter().any(|(j, keys)| keys.sign.0 == author.0 && self.graph.before(*j, i))
                }
                _ => {
                    view.devices.get(&author).is_some_and(|(_, added)| *added == 0 || self.graph.before(*added, i))
                        && view.revoked.get(&author).into_iter().flatten().all(|r| self.graph.before(i, *r))
                }
            };
            if !stands {
                continue;
            }
            view.standing.insert(i);
            match payload {
                Payload::PersonGenesis(g) => {
                    view.devices.insert(author, (g.hpke, i));
                    recovery.extend(g.recovery.map(|keys| (i, keys)));
                }
                Payload::AddDevice(a) => {
                    // Added twice at once: what a recovery key signed holds, else the first by (depth, id).
                    let better =
                        view.devices.get(&a.device).is_none_or(|(_, held)| self.by_recovery(i) && *held != 0 && !self.by_recovery(*held));
                    if better {
                        view.devices.insert(a.device, (a.hpke, i));
                    }
                }
                Payload::NewRecovery(r) => recovery.push((i, r.keys)),
                _ => {}
            }
        }
        // In force: what no later one replaced; of several what the recovery key signed, then the lowest id.
        let newest = recovery.iter().filter(|(i, _)| !recovery.iter().any(|(j, _)| self.graph.before(*i, *j)));
        view.recovery = newest.min_by_key(|(i, _)| (!self.by_recovery(*i), self.at(*i).map(|(s, _)| s.id()))).map(|(_, keys)| *keys);
        view
    }

    /// Devices added by one that was revoked by somebody who did not know of them: the person's, and out by the same revocations. What they wrote may
    /// have been read before those were known, and others may have built on it, so they are not nobody's.
    fn voided(&self, view: &View) -> BTreeMap<DeviceId, (PublicKey, usize, BTreeSet<usize>)> {
        let mut void: BTreeMap<DeviceId, (PublicKey, usize, BTreeSet<usize>)> = BTreeMap::new();
        // Parents come before children, so whoever added is looked at before whom they added.
        for i in (0..self.graph.len()).filter(|i| self.entitled.get(*i).copied().unwrap_or(false) && !view.standing.contains(i)) {
            let Some((s, Payload::AddDevice(a))) = self.at(i) else { continue };
            if view.devices.contains_key(&a.device) || void.contains_key(&a.device) {
                continue;
            }
            let of_author = view.revoked.get(&s.author()).into_iter().flatten().copied().filter(|r| !self.graph.before(i, *r));
            let mut by: BTreeSet<usize> = of_author.collect();
            by.extend(void.get(&s.author()).into_iter().flat_map(|(_, _, by)| by.iter().copied()));
            if by.is_empty() {
                continue;
            }
            by.extend(view.revoked.get(&a.device).into_iter().flatten());
            void.insert(a.device, (a.hpke, i, by));
        }
        void
    }

    fn entitled_in(&self, i: usize, past: &View) -> bool {
        let Some((s, payload)) = self.at(i) else { return false };
        let author = s.author();
        let recovery = past.is_recovery(&author);
        if !recovery && !past.current(&author) {
            return false;
        }
        match payload {
            Payload::AddDevice(a) => self.may_add(a, past),
            Payload::RevokeDevice(r) => past.devices.get(&r.device).is_some_and(|(_, added)| {
                // What the recovery key signed no device undoes, nor does a key that devices alone made without knowing of it.
                !self.by_recovery(*added)
                    || recovery && self.root(author, i, 0).is_none_or(|root| root == 0 || self.graph.before(*added, root))
            }),
            Payload::NewPersonKey(k) => k.generation == 1 + self.highest_generation(past),
            Payload::NewRecovery(r) => recovery || self.all_consent(author, r, past),
            Payload::Unknown { .. } => true,
            _ => false,
        }
    }

    fn may_add(&self, a: &AddDevice, past: &View) -> bool {
        !past.devices.contains_key(&a.device)
            && past.recovery.is_none_or(|keys| keys.sign.0 != a.device.0)
            && verify(&a.device.0, &device_consent(self.person, a.device, a.hpke), &a.consent.0).is_ok()
    }

    fn all_consent(&self, author: DeviceId, r: &NewRecovery, past: &View) -> bool {
        let message = recovery_consent(self.person, past.recovery, r.keys);
        past.devices
            .keys()
            .filter(|d| past.current(d) && **d != author)
            .all(|d| r.consents.iter().any(|c| c.device == *d && verify(&d.0, &message, &c.signature.0).is_ok()))
    }

    /// Where the line of recovery keys that led to `key` began, as seen by `i`: 0 for the genesis, else a statement that devices signed.
    fn root(&self, key: DeviceId, i: usize, steps: usize) -> Option<usize> {
        let made = (0..i).rev().find(|j| {
            self.graph.before(*j, i)
                && self.entitled.get(*j).copied().unwrap_or(false)
                && match self.at(*j) {
                    Some((_, Payload::NewRecovery(r))) => r.keys.sign.0 == key.0,
                    Some((_, Payload::PersonGenesis(g))) => g.recovery.is_some_and(|keys| keys.sign.0 == key.0),
                    _ => false,
                }
        })?;
        if made != 0 && self.by_recovery(made) && steps < self.graph.len() {
            return self.root(self.author(made)?, made, steps + 1);
        }
        Some(made)
    }

    fn highest_generation(&self, view: &View) -> u64 {
        let named = view.standing.iter().filter_map(|i| match self.at(*i) {
            Some((_, Payload::NewPersonKey(k))) => Some(k.generation),
            _ => None,
        });
        named.max().unwrap_or(1)
    }

    /// Whether the key that statement `i` names was wrapped and handed to current devices alone. Devices added later are handed it without being named in
    /// it, so of each one that was revoked since, the key's maker must have known.
    fn key_is_right(&self, i: usize, maker: DeviceId, to: impl Iterator<Item = Recipient>, view: &View) -> bool {
        let current = |d: &DeviceId| view.current(d);
        (current(&maker) || view.is_recovery(&maker))
            && view.revoked.values().all(|revocations| revocations.iter().any(|r| self.graph.before(*r, i)))
            && to.into_iter().all(|to| match to {
                Recipient::Device(d) => current(&d),
                Recipient::Recovery(hpke) => view.recovery.is_some_and(|keys| keys.hpke == hpke),
            })
    }

    fn state(&self, view: &View) -> PersonState {
        let id_of = |i: usize| self.at(i).map(|(s, _)| s.id());
        let mut keys: BTreeMap<u64, PersonKeyView> = BTreeMap::new();
        for &i in &view.standing {
            let Some((s, payload)) = self.at(i) else { continue };
            let (generation, public, wraps) = match payload {
                Payload::PersonGenesis(g) => (1, g.person_key, &g.wraps),
                Payload::NewPersonKey(NewPersonKey { generation, public, wraps, .. }) => (*generation, *public, wraps),
                _ => continue,
            };
            let right = self.key_is_right(i, s.author(), wraps.iter().map(|w| w.to), view);
            let key = PersonKeyView { statement: s.id(), public, right };
            if keys.get(&generation).is_none_or(|held| (!right, key.statement) < (!held.right, held.statement)) {
                keys.insert(generation, key);
            }
        }
        let devices = view.devices.iter().filter_map(|(device, (hpke, added))| {
            let mut revoked_by: Vec<StatementId> = view.revoked.get(device).into_iter().flatten().filter_map(|r| id_of(*r)).collect();
            revoked_by.sort_unstable();
            Some((*device, DeviceView { hpke: *hpke, added_by: id_of(*added)?, revoked_by }))
        });
        let mut devices: BTreeMap<DeviceId, DeviceView> = devices.collect();
        devices.extend(self.voided(view).into_iter().filter_map(|(device, (hpke, added, revocations))| {
            let mut revoked_by: Vec<StatementId> = revocations.into_iter().filter_map(id_of).collect();
            revoked_by.sort_unstable();
            Some((device, DeviceView { hpke, added_by: id_of(added)?, revoked_by }))
        }));
        let mut standing: Vec<StatementId> = view.standing.iter().filter_map(|i| id_of(*i)).collect();
        standing.sort_unstable();
        PersonState {
            id: self.person,
            devices,
            keys,
            recovery: view.recovery,
            standing,
            heads: self.graph.heads(|_| true),
            waiting: self.graph.waiting.clone(),
        }
    }
}

/// Whose a device is, for the fold of a space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceOwner {
    /// The person whose log lists it.
    pub person: PersonId,
    /// The revocations that stand; empty while it is current.
    pub revoked_by: Vec<StatementId>,
}

/// The persons whose logs a space holds: device → person, person → right key generation.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Directory {
    /// Every device that is or was somebody's.
    pub devices: BTreeMap<DeviceId, DeviceOwner>,
    /// The generation in force of each person that has a right one.
    pub generations: BTreeMap<PersonId, u64>,
}

impl Directory {
    /// Of these persons. A device that claims to be two persons' is the lower id's.
    pub fn new<'a>(persons: impl IntoIterator<Item = &'a PersonState>) -> Self {
        let mut directory = Self::default();
        for person in persons {
            for (device, view) in &person.devices {
                let owner = DeviceOwner { person: person.id, revoked_by: view.revoked_by.clone() };
                match directory.devices.get(device) {
                    Some(held) if held.person <= person.id => {}
                    _ => {
                        directory.devices.insert(*device, owner);
                    }
                }
            }
            directory.generations.extend(person.current_key().map(|(generation, _)| (person.id, generation)));
        }
        directory
    }

    /// The person a device acts for, be it current or not.
    pub fn person(&self, device: &DeviceId) -> Option<PersonId> {
        self.devices.get(device).map(|owner| owner.person)
    }

    /// Whether a device is somebody's and not revoked.
    pub fn is_current(&self, device: &DeviceId) -> bool {
        self.devices.get(device).is_some_and(|owner| owner.revoked_by.is_empty())
    }
}

#[cfg(test)]
#[path = "person_log_tests.rs"]
mod tests;
