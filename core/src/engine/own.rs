//! What own devices tell each other in the personal space, and what this device takes from it: every space with its epoch secrets, what the person
//! chose for it, the names of devices, accounts, the secret half of recovery words.

use std::collections::{BTreeMap, BTreeSet};

use ithaca_wire::LaneId;
use minicbor::bytes::ByteVec;

use super::{Core, Engine, EngineError, Local};
use crate::event::own::{
    self, Account, AccountSecret, Choices, EpochSecret, KnownSnapshot, KnownSpace, OwnFact, RecoveryMailbox, Verified,
};
use crate::event::{EventDraft, SPACE_SUBJECT};
use crate::id::{DeviceId, EpochId, SpaceId, StatementId};
use crate::identity::keys::{Secret, WrapFailed};
use crate::space::epoch;
use crate::space::key::EpochKey;
use crate::space::statement::Statement;
use crate::store::{Db, Outgoing, SpaceKind};
use crate::sync::machine::Millis;

/// Bytes of statements that go into one fact; what is more follows in the next.
const FACT: usize = 32 * 1024;

/// Everything own devices said, added up.
#[derive(Default)]
pub(super) struct Known {
    /// By space: which statements and epochs were told.
    spaces: BTreeMap<SpaceId, (BTreeSet<StatementId>, BTreeMap<EpochId, EpochSecret>)>,
    choices: BTreeMap<SpaceId, Choices>,
    name: Option<String>,
    /// What devices are called.
    pub labels: BTreeMap<DeviceId, String>,
    accounts: BTreeMap<String, Option<[u8; 32]>>,
    /// By the words' Ed25519 key.
    pub recovery: BTreeMap<[u8; 32], RecoveryMailbox>,
    /// The latest snapshot of each space.
    pub snapshots: BTreeMap<SpaceId, KnownSnapshot>,
    /// Records of snapshots that were told.
    told_snapshots: BTreeSet<(EpochId, LaneId, u64)>,
    /// Facts with the device that stated each, in order.
    pub facts: Vec<(DeviceId, OwnFact)>,
}

impl Engine {
    /// Does what a change of keys, devices or choices asks of this device: its part of the person log, what own devices and partners are to know,
    /// the keys file.
    pub(super) fn keep_own(&mut self, now: Millis) -> Result<(), EngineError> {
        let stale = self.core.own_stale;
        // Each step may bring up the next: a new key asks for epochs, an epoch is told to own devices.
        for _ in 0..4 {
            if !std::mem::take(&mut self.core.own_stale) {
                break;
            }
            let done = self.transact(|core, db| {
                core.tend(db)?;
                core.tell_own(db, now)?;
                core.tell_keepsakes(db, now)
            });
            if let Err(e) = done {
                self.core.own_stale = true;
                return Err(e);
            }
        }
        if stale {
            self.register_mailboxes(now)?;
            self.after_writing(now);
        }
        self.keep_keys()
    }

    /// The same after an act that is done: an error would say that nothing of it was kept. What could not be told for want of randomness stays to be
    /// told, and is tried with the next exchange and at the next start.
    pub(super) fn keep_own_later(&mut self, now: Millis) -> Result<(), EngineError> {
        match self.keep_own(now) {
            Err(EngineError::Entropy(_) | EngineError::Wrap(WrapFailed::Entropy(_))) => {
                self.core.own_stale = true;
                Ok(())
            }
            other => other,
        }
    }
}

impl Core {
    pub(super) fn personal(&self) -> Option<SpaceId> {
        self.spaces.values().find(|s| s.kind == SpaceKind::Personal).map(|s| s.id)
    }

    /// What own devices said so far, this one too.
    pub(super) fn known(&self, db: &Db<'_>) -> Result<Known, EngineError> {
        let mut known = Known::default();
        let Some(personal) = self.personal() else { return Ok(known) };
        let events = self.kind_of(db, &personal, own::KIND)?;
        for (device, fact) in events.into_iter().filter_map(|e| Some((e.device, OwnFact::of(&e.event.payload)?))) {
            known.facts.push((device, fact.clone()));
            let OwnFact { space, choices, name, label, account, recovery, snapshot, .. } = fact;
            known.told_snapshots.extend(snapshot.iter().map(|s| (s.epoch, s.lane, s.n)));
            known.snapshots.extend(snapshot.map(|s| (s.space, s)));
            if let Some(space) = space {
                let (statements, epochs) = known.spaces.entry(space.id).or_default();
                statements.extend(space.statements.iter().filter_map(|s| Statement::decode(s).ok()).map(|s| s.id()));
                epochs.extend(space.epochs.into_iter().map(|e| (e.epoch, e)));
            }
            known.choices.extend(choices.map(|c| (c.space, c)));
            known.name = name.or(known.name);
            known.labels.extend(label.map(|l| (l.device, l.label)));
            known.accounts.extend(account.map(|a| (a.origin, a.secret.map(|s| s.0))));
            known.recovery.extend(recovery.map(|r| (r.keys.sign.0, r)));
        }
        Ok(known)
    }

    /// Tells own devices what this one knows and nobody told yet.
    pub(super) fn tell_own(&mut self, db: &Db<'_>, now: Millis) -> Result<(), EngineError> {
        let Some(personal) = self.personal() else { return Ok(()) };
        if self.may_write(&personal).is_err() || !self.directory.is_current(&self.device.id()) {
            return Ok(());
        }
        let known = self.known(db)?;
        let mut facts = Vec::new();
        let ids: Vec<SpaceId> = self.spaces.values().filter(|s| s.kind == SpaceKind::Pair).map(|s| s.id).collect();
        for id in ids {
            facts.extend(self.untold_of(db, &id, known.spaces.get(&id))?);
            if let Some(last) = Self::last_snapshot(db, &id)?
                && !known.told_snapshots.contains(&(last.snapshot.epoch, last.snapshot.lane, last.snapshot.n))
            {
                facts.push(OwnFact { snapshot: Some(last.snapshot), ..OwnFact::default() });
            }
            if self.space(&id)?.local.untold {
                facts.push(OwnFact { choices: Some(self.choices(&id)?), ..OwnFact::default() });
                self.put_local(db, &id, |l| l.untold = false)?;
            }
        }
        facts.extend(self.untold_epochs(db, &personal, known.spaces.get(&personal).map(|(_, epochs)| epochs))?);
        let name = self.name(db)?;
        if !name.is_empty() && known.name.as_ref() != Some(&name) {
            facts.push(OwnFact { name: Some(name), ..OwnFact::default() });
        }
        for (origin, secret) in self.accounts(db)? {
            if known.accounts.get(&origin) != Some(&Some(secret)) {
                let account = Account { origin, secret: Some(AccountSecret(secret)) };
                facts.push(OwnFact { account: Some(account), ..OwnFact::default() });
            }
        }
        if let Some(relay) = db.meta("relay")?.and_then(|r| String::from_utf8(r).ok())
            && !known.accounts.contains_key(&relay)
            && self.account(db, &relay)?.is_none()
        {
            facts.push(OwnFact { account: Some(Account { origin: relay, secret: None }), ..OwnFact::default() });
        }
        for fact in facts {
            self.state_own(db, &personal, fact, now)?;
        }
        Ok(())
    }

    /// Keys of the own space's epochs that are not written under any more. A device that came while another one made an epoch is not named in it, and what
    /// stands under it may be the key of a pair's.
    fn untold_epochs(
        &self,
        db: &Db<'_>,
        personal: &SpaceId,
        told: Option<&BTreeMap<EpochId, EpochSecret>>,
    ) -> Result<Vec<OwnFact>, EngineError> {
        let space = self.space(personal)?;
        let written = epoch::written(&space.state.epochs, |e| space.keys.contains_key(&e.epoch)).map(|e| e.epoch);
        let untold = |e: &EpochId| Some(*e) != written && told.is_none_or(|held| !held.contains_key(e));
        let epochs = db.epochs(space.no)?.into_iter().filter(|(e, ..)| untold(e));
        let epochs: Vec<EpochSecret> =
            epochs.map(|(epoch, number, secret)| EpochSecret { epoch, number, secret: *secret.expose() }).collect();
        let fact = |some: &[EpochSecret]| KnownSpace { id: *personal, statements: Vec::new(), epochs: some.to_vec() };
        Ok(epochs.chunks(FACT / 128).map(|some| OwnFact { space: Some(fact(some)), ..OwnFact::default() }).collect())
    }

    /// States one fact to own devices.
    pub(super) fn state_own(&mut self, db: &Db<'_>, personal: &SpaceId, fact: OwnFact, now: Millis) -> Result<(), EngineError> {
        self.state(db, personal, EventDraft { subject: SPACE_SUBJECT, payload: fact.payload() }, now)?;
        Ok(())
    }

    fn untold_of(
        &self,
        db: &Db<'_>,
        id: &SpaceId,
        told: Option<&(BTreeSet<StatementId>, BTreeMap<EpochId, EpochSecret>)>,
    ) -> Result<Vec<OwnFact>, EngineError> {
        let space = self.space(id)?;
        let mut scopes = vec![id.0];
        scopes.extend(space.state.members.keys().chain(&space.state.former).filter(|p| **p != self.me).map(|p| p.0));
        let mut statements = Vec::new();
        for scope in scopes {
            for bytes in db.statements(&scope)? {
                let statement = Statement::decode(&bytes)?.id();
                if told.is_none_or(|(held, _)| !held.contains(&statement)) {
                    statements.push(ByteVec::from(bytes));
                }
            }
        }
        let untold = |e: &EpochId| told.is_none_or(|(_, held)| !held.contains_key(e));
        let epochs = db.epochs(space.no)?.into_iter().filter(|(e, ..)| untold(e));
        let mut epochs: Vec<EpochSecret> =
            epochs.map(|(epoch, number, secret)| EpochSecret { epoch, number, secret: *secret.expose() }).collect();
        let mut facts = Vec::new();
        let mut part = Vec::new();
        let mut bytes = 0;
        let mut put = |statements: Vec<ByteVec>, epochs: Vec<EpochSecret>| {
            facts.push(OwnFact { space: Some(KnownSpace { id: *id, statements, epochs }), ..OwnFact::default() });
        };
        for statement in statements {
            if bytes + statement.len() > FACT {
                put(std::mem::take(&mut part), Vec::new());
                bytes = 0;
            }
            bytes += statement.len();
            part.push(statement);
        }
        while epochs.len() > FACT / 128 {
            let rest = epochs.split_off(FACT / 128);
            put(std::mem::take(&mut part), std::mem::replace(&mut epochs, rest));
        }
        if !part.is_empty() || !epochs.is_empty() {
            put(part, epochs);
        }
        Ok(facts)
    }

    fn choices(&self, id: &SpaceId) -> Result<Choices, EngineError> {
        let Local { name, verified, must_compare, blocked, receipts, .. } = self.space(id)?.local.clone();
        let verified = verified.map(|(at, how)| Verified { at, how });
        Ok(Choices { space: *id, name, verified, must_compare, blocked, receipts })
    }

    /// Takes in what own devices said.
    pub(super) fn take_own(&mut self, db: &Db<'_>, now: Millis) -> Result<(), EngineError> {
        let known = self.known(db)?;
        // A consent may have been the last one waited for.
        self.own_stale = true;
        let (mut loaded, mut mine) = (BTreeMap::new(), Vec::new());
        let mut persons_changed = false;
        for (id, (statements, epochs)) in &known.spaces {
            let held: BTreeSet<EpochId> = self.spaces.get(id).map(|s| s.keys.keys().copied().collect()).unwrap_or_default();
            let is_new = !self.spaces.contains_key(id);
            let mut new = is_new;
            for (_, fact) in &known.facts {
                let Some(told) = fact.space.as_ref().filter(|s| s.id == *id) else { continue };
                for statement in told.statements.iter().filter_map(|s| Statement::decode(s).ok()) {
                    if self.keep_statement(db, &statement)? {
                        new = true;
                        persons_changed |= statement.log() != id.0;
                        if statement.log() == id.0 && statement.author() == self.device.id() {
                            mine.push((*id, statement.id()));
                        }
                    }
                }
            }
            // Without its genesis a space is nothing yet; the rest of the fact follows in another.
            if is_new && !(statements.contains(&StatementId(id.0))) {
                continue;
            }
            let fresh: Vec<&EpochSecret> = epochs.values().filter(|e| !held.contains(&e.epoch)).collect();
            if !new && fresh.is_empty() {
                continue;
            }
            let no = match self.spaces.get(id) {
                Some(space) => space.no,
                None => db.put_space(id, SpaceKind::Pair, &Local::default().to_bytes())?,
            };
            for told in fresh {
                let key = EpochKey::new(*id, Secret::new(told.secret));
                // The id commits to the secret.
                if key.id() == told.epoch {
                    db.put_epoch(no, &told.epoch, told.number, key.secret())?;
                }
            }
            loaded.insert(*id, is_new);
        }
        let before = self.cuts_of_all();
        if persons_changed {
            self.fold_persons(db)?;
        }
        for (id, is_new) in &loaded {
            self.load_space(db, id)?;
            self.own_stale = true;
            if *is_new {
                self.assume_told(db, id)?;
            }
        }
        // This device was set back: what it said since came back from its own space, and may never have reached the others there.
        for (id, statement) in mine {
            if let Some(no) = self.spaces.get(&id).map(|s| s.no) {
                db.put_out(no, Outgoing::Statement(statement))?;
                self.written.insert(id);
            }
        }
        // A cut, a revocation or a log that came this way decides about records that are here already.
        if !loaded.is_empty() {
            self.look_again(db, before, None, now)?;
        }
        self.take_choices(db, &known)?;
        self.take_recovery(db, &known)
    }

    fn take_choices(&mut self, db: &Db<'_>, known: &Known) -> Result<(), EngineError> {
        for (id, choices) in &known.choices {
            // What was chosen here and not told yet is later.
            if self.spaces.get(id).is_some_and(|s| !s.local.untold) && self.choices(id)? != *choices {
                let chosen = choices.clone();
                self.put_local(db, id, |l| {
                    l.name = chosen.name;
                    l.verified = chosen.verified.map(|v| (v.at, v.how));
                    (l.must_compare, l.blocked, l.receipts) = (chosen.must_compare, chosen.blocked, chosen.receipts);
                })?;
                self.written.insert(*id);
            }
        }
        if let Some(name) = known.name.as_ref().filter(|n| self.name(db).is_ok_and(|held| held != **n)) {
            db.set_meta("name", name.as_bytes())?;
            self.keys_stale = true;
        }
        let mut accounts = self.accounts(db)?;
        for (origin, secret) in &known.accounts {
            if let Some(secret) = secret
                && accounts.get(origin) != Some(secret)
            {
                accounts.insert(origin.clone(), *secret);
                self.set_accounts(db, &accounts)?;
            }
            if db.meta("relay")?.is_none() {
                db.set_meta("relay", origin.as_bytes())?;
                self.keys_stale = true;
            }
        }
        Ok(())
    }
}
