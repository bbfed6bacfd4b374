//! Recovery words: making and checking them, the recovery space that stands ready at the relay, and the sealed copy that partners' phones keep.

use std::collections::{BTreeMap, BTreeSet};

use ithaca_wire::cbor;
use minicbor::bytes::ByteVec;
use serde::Serialize;
use zeroize::Zeroizing;

use super::own::Known;
use super::{Core, Engine, EngineError, Local};
use crate::event::own::{self, OwnFact, RecoveryConsent, RecoveryMailbox};
use crate::event::{EventDraft, SPACE_SUBJECT};
use crate::id::{DeviceId, PersonId, SpaceId, StatementId};
use crate::identity::keys::{Secret, wrap, wrap_info};
use crate::identity::person_log::{PersonState, recovery_consent};
use crate::identity::phrase::four_words;
use crate::identity::recovery::{self, RecoveryWords};
use crate::space::epoch::EpochView;
use crate::space::key::EpochKey;
use crate::space::membership::{self, Member, SpaceState};
use crate::space::payload::{Consent, ExtraSignature, NewRecovery, Payload, Policy, RecoveryKeys, Tier};
use crate::space::statement::{PARENTS, Statement};
use crate::store::{Db, SpaceKind, SpaceRow};
use crate::sync::machine::Millis;

/// What is known of this person's recovery words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WordsView {
    /// There are words in force.
    pub made: bool,
    /// This device keeps what they need at the relay ready.
    pub tended: bool,
    /// New words of another device wait for this one's consent: the four words of the device that made them.
    pub asks_consent: Option<String>,
    /// New words made here wait for the consent of so many devices.
    pub waits_for: u32,
}

impl Engine {
    /// Makes new recovery words, to be shown once. With several devices the others consent first, unless the words in force are given. Only `old`
    /// ends the words before: what devices alone replace could be a thief's doing, and still brings its person back.
    ///
    /// # Errors
    /// [`EngineError::Invalid`] when `old` are not the words in force.
    pub fn new_words(&mut self, old: Option<&RecoveryWords>, now: Millis) -> Result<Zeroizing<String>, EngineError> {
        let words = RecoveryWords::new(self.core.entropy.as_mut())?;
        self.transact(|core, db| core.make_words(db, &words, old, now))?;
        self.keep_own_later(now)?;
        Ok(words.words())
    }

    /// The relay whose address belongs beside the words on paper: one that carries this person's own space, whichever new pairs use.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn words_relay(&self) -> Result<Option<String>, EngineError> {
        let own = &self.core.space(&self.personal()?)?.state.relays;
        let named = self.relay()?.filter(|r| own.contains(r));
        Ok(named.or_else(|| own.iter().next().cloned()))
    }

    /// Whether something that the words in force need waits on this device: no relay has it.
    pub(super) fn words_wait(&self) -> Result<bool, EngineError> {
        let in_force = self.core.persons.get(&self.core.me).and_then(|p| p.recovery);
        let Some(space) = in_force.and_then(|k| self.core.spaces.get(&recovery::space(&k))) else { return Ok(false) };
        let db = self.store.read();
        Ok(db.n_outgoing(space.no)? > 0 || self.core.not_on_relay(&db, space)? > 0)
    }

    /// Whether these are the words in force.
    pub fn are_words(&self, words: &RecoveryWords) -> bool {
        self.core.persons.get(&self.core.me).and_then(|p| p.recovery) == Some(words.keys())
    }

    /// Consents to the new words that another device of this person made.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] when none ask.
    pub fn agree_to_words(&mut self, now: Millis) -> Result<(), EngineError> {
        self.transact(|core, db| {
            let known = core.known(db)?;
            let (_, keys) =
                core.wish(&known).filter(|(by, _)| *by != core.device.id()).ok_or(EngineError::NotFound("wish for new words"))?;
            let state = core.persons.get(&core.me).ok_or(EngineError::Keys)?;
            let message = recovery_consent(core.me, state.recovery, keys);
            let signature = ExtraSignature(ed25519_dalek::Signer::sign(core.device.signing(), &message).to_bytes());
            let personal = core.personal().ok_or(EngineError::Keys)?;
            let consent = Some(RecoveryConsent { sign: keys.sign, signature });
            core.state_own(db, &personal, OwnFact { consent, ..OwnFact::default() }, now)
        })?;
        self.after_writing(now);
        Ok(())
    }

    /// What is known of this person's recovery words.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn words(&self) -> Result<WordsView, EngineError> {
        let db = self.store.read();
        let known = self.core.known(&db)?;
        let state = self.core.persons.get(&self.core.me).ok_or(EngineError::Keys)?;
        let tended = state.recovery.is_some_and(|k| self.core.spaces.contains_key(&recovery::space(&k)));
        let wish = self.core.wish(&known);
        let mine = wish.filter(|(by, _)| *by == self.core.device.id());
        let asks = wish
            .filter(|(by, keys)| *by != self.core.device.id() && !self.core.consents(&known, keys).contains_key(&self.core.device.id()));
        let waits_for = mine.map_or(0, |(_, keys)| {
            let given = self.core.consents(&known, &keys);
            let silent = state.current_devices().filter(|(d, _)| **d != self.core.device.id() && !given.contains_key(d));
            u32::try_from(silent.count()).unwrap_or(u32::MAX)
        });
        Ok(WordsView { made: state.recovery.is_some(), tended, asks_consent: asks.map(|(by, _)| four_words(&by.0)), waits_for })
    }

    /// A file from which the other person of a pair comes back by their words, where no relay has their records any more: the sealed copy of what
    /// their words need, and this pair's statements and records, sealed to their person key.
    ///
    /// # Errors
    /// [`EngineError::Invalid`] when they never made recovery words, so that this device keeps no copy.
    pub fn rescue(&mut self, space: &SpaceId) -> Result<Vec<u8>, EngineError> {
        let db = self.store.read();
        let core = &mut self.core;
        let both = core.both(space)?;
        let other = both.iter().find(|p| **p != core.me).copied().ok_or(EngineError::NotFound("other person"))?;
        let no = core.space(space)?.no;
        let kept = core.kind_of(&db, space, own::KEEPSAKE)?;
        let keepsake =
            kept.iter().rev().filter(|e| e.author == other).find_map(|e| own::kept(&e.event.payload)).ok_or(EngineError::Invalid(
                "they made no recovery words before they were lost, so nothing here can bring them back; pair anew instead",
            ))?;
        let (generation, view) = core
            .persons
            .get(&other)
            .and_then(PersonState::current_key)
            .ok_or(EngineError::Invalid("their person log holds no key to seal to"))?;
        let mut statements = db.statements(&space.0)?;
        for person in &both {
            statements.extend(db.statements(&person.0)?);
        }
        let mut records = Vec::new();
        for lane in db.lanes_of_space(no)? {
            for row in db.records_from(lane.no, 1, usize::MAX >> 1)? {
                records.extend(row.bytes.map(|b| (lane.epoch, ByteVec::from(b))));
            }
        }
        let inside = RescueInside { space: *space, statements: statements.into_iter().map(Into::into).collect(), records };
        let key = Secret::random(core.entropy.as_mut())?;
        let sealed = key.seal(core.entropy.as_mut(), RESCUE, &cbor::encode(&inside))?;
        let info = wrap_info("rescue", &[&other.0[..], &space.0].concat());
        let wrapped = wrap(core.entropy.as_mut(), &view.public.0, &info, key.expose())?;
        let file = Rescue {
            version: 1,
            keepsake: keepsake.into(),
            person: other,
            space: *space,
            generation,
            key: wrapped.into(),
            sealed: sealed.into(),
        };
        Ok(cbor::encode(&file))
    }

    /// Takes in the rest of a rescue file, after the person came back with it.
    ///
    /// # Errors
    /// [`EngineError::Invalid`] when it is not this person's or damaged.
    pub fn take_rescue(&mut self, file: &[u8], now: Millis) -> Result<SpaceId, EngineError> {
        let rescue = Rescue::read(file)?;
        let key = rescue.open(&self.core)?;
        let plain = key.open(RESCUE, &rescue.sealed).map_err(|_| EngineError::Invalid("the rescue file is damaged"))?;
        let inside: RescueInside = cbor::decode("rescue", &plain).map_err(|_| EngineError::Invalid("the rescue file is damaged"))?;
        self.transact(|core, db| {
            for bytes in &inside.statements {
                core.keep_statement(db, &Statement::decode(bytes)?)?;
            }
            core.fold_persons(db)?;
            let state = membership::fold(inside.space, &Core::log(db, &inside.space.0)?, &core.directory)?;
            if state.policy != Policy::Pair || !state.members.contains_key(&core.me) {
                return Err(EngineError::Invalid("the rescue file is of a relationship that is not yours"));
            }
            if !core.spaces.contains_key(&inside.space) {
                db.put_space(&inside.space, SpaceKind::Pair, &Local { untold: true, ..Local::default() }.to_bytes())?;
            }
            core.load_space(db, &inside.space)?;
            core.assume_told(db, &inside.space)
        })?;
        let mut by_epoch: BTreeMap<crate::id::EpochId, Vec<Vec<u8>>> = BTreeMap::new();
        for (epoch, bytes) in inside.records {
            by_epoch.entry(epoch).or_default().push(bytes.into());
        }
        // An epoch's statement may stand in a record of the one before.
        for _ in 0..=by_epoch.len() {
            let open: Vec<_> =
                by_epoch.keys().filter(|e| self.core.spaces.get(&inside.space).is_some_and(|s| s.keys.contains_key(e))).copied().collect();
            for epoch in open {
                let records = by_epoch.remove(&epoch).unwrap_or_default();
                for part in records.chunks(500) {
                    self.ingest(&inside.space, &epoch, part, now, &mut false, |_, _| Ok(()))?;
                }
            }
        }
        self.keep_own(now)?;
        Ok(inside.space)
    }
}

impl Core {
    fn make_words(&mut self, db: &Db<'_>, words: &RecoveryWords, old: Option<&RecoveryWords>, now: Millis) -> Result<(), EngineError> {
        let personal = self.personal().ok_or(EngineError::Keys)?;
        self.may_write(&personal)?;
        let state = self.persons.get(&self.me).ok_or(EngineError::Keys)?;
        let alone = state.current_devices().all(|(d, _)| *d == self.device.id());
        let keys = words.keys();
        let secret = RecoveryMailbox { keys, secret: *words.mailbox_secret().expose() };
        self.state_own(db, &personal, OwnFact { recovery: Some(secret), ..OwnFact::default() }, now)?;
        match old {
            Some(old) => {
                let state = self.persons.get(&self.me).ok_or(EngineError::Keys)?;
                if state.recovery != Some(old.keys()) {
                    return Err(EngineError::Invalid("these are not the words in force"));
                }
                let mut heads = state.heads.clone();
                heads.truncate(PARENTS);
                let payload = Payload::NewRecovery(NewRecovery { keys, consents: Vec::new() });
                let statement = Statement::sign(self.me.into(), &old.signing(), &heads, &payload)?;
                self.keep_statement(db, &statement)?;
                self.fold_persons(db)?;
                self.reload_spaces(db)?;
            }
            None if alone => {
                self.state_person(db, &Payload::NewRecovery(NewRecovery { keys, consents: Vec::new() }))?;
            }
            None => return self.state_own(db, &personal, OwnFact { wish: Some(keys), ..OwnFact::default() }, now),
        }
        self.words_changed(db)
    }

    /// After new words hold: the person key is wrapped to them, and every space gets an epoch under it.
    fn words_changed(&mut self, db: &Db<'_>) -> Result<(), EngineError> {
        self.make_person_key(db)?;
        self.tell_logs(db)?;
        self.renew_epochs(db)?;
        self.own_stale = true;
        let known = self.known(db)?;
        self.take_recovery(db, &known)
    }

    /// The wish for new words that is not in force yet, and whose it is. Words made after it, by a device alone or with the old words, made it needless:
    /// whoever wrote those down must not find them replaced.
    fn wish(&self, known: &Known) -> Option<(DeviceId, RecoveryKeys)> {
        let held = self.persons.get(&self.me)?.recovery;
        let (by, last) = known.facts.iter().rev().find(|(by, f)| {
            let told = f.recovery.as_ref().map(|r| r.keys);
            told.is_some() && told == held || self.directory.is_current(by) && (told.is_some() || f.wish.is_some())
        })?;
        last.wish.filter(|w| held != Some(*w)).map(|w| (*by, w))
    }

    fn consents(&self, known: &Known, keys: &RecoveryKeys) -> BTreeMap<DeviceId, ExtraSignature> {
        let of = known.facts.iter().filter_map(|(by, f)| f.consent.as_ref().filter(|c| c.sign == keys.sign).map(|c| (*by, c.signature)));
        of.collect()
    }

    /// Takes the secret half of the words in force from what own devices said.
    pub(super) fn take_recovery(&mut self, db: &Db<'_>, known: &Known) -> Result<(), EngineError> {
        let Some(keys) = self.persons.get(&self.me).and_then(|p| p.recovery) else { return Ok(()) };
        let Some(told) = known.recovery.get(&keys.sign.0).filter(|r| r.keys == keys) else { return Ok(()) };
        let id = recovery::space(&keys);
        if !self.spaces.contains_key(&id) {
            let no = db.put_space(&id, SpaceKind::Recovery, &Local::default().to_bytes())?;
            let key = EpochKey::new(id, Secret::new(told.secret));
            db.put_epoch(no, &key.id(), 1, key.secret())?;
            self.load_space(db, &id)?;
            (self.keys_stale, self.own_stale) = (true, true);
        }
        Ok(())
    }

    /// Where words of this device got every consent they hold now; the recovery space follows the personal one's relays.
    pub(super) fn tend_recovery(&mut self, db: &Db<'_>) -> Result<(), EngineError> {
        let known = self.known(db)?;
        if let Some((_, keys)) = self.wish(&known).filter(|(by, _)| *by == self.device.id()) {
            let given = self.consents(&known, &keys);
            let state = self.persons.get(&self.me).ok_or(EngineError::Keys)?;
            let message = recovery_consent(self.me, state.recovery, keys);
            let others: Vec<DeviceId> = state.current_devices().map(|(d, _)| *d).filter(|d| *d != self.device.id()).collect();
            let consents: Vec<Consent> = others
                .iter()
                .filter_map(|d| given.get(d).map(|s| Consent { device: *d, signature: *s }))
                .filter(|c| crate::space::statement::verify(&c.device.0, &message, &c.signature.0).is_ok())
                .collect();
            if consents.len() == others.len() {
                self.state_person(db, &Payload::NewRecovery(NewRecovery { keys, consents }))?;
                self.words_changed(db)?;
            }
        }
        self.take_recovery(db, &known)?;
        let ids: Vec<SpaceId> = self.spaces.values().filter(|s| s.kind == SpaceKind::Recovery).map(|s| s.id).collect();
        ids.iter().try_for_each(|id| self.load_space(db, id))
    }

    /// The recovery space has no log of its own: one person writes statements there, under the one key the words give.
    pub(super) fn recovery_state(&self, db: &Db<'_>, row: &SpaceRow) -> Result<SpaceState, EngineError> {
        let in_force = self.persons.get(&self.me).and_then(|p| p.recovery).is_some_and(|k| recovery::space(&k) == row.id);
        let relays = if in_force { self.personal().and_then(|p| self.spaces.get(&p)).map(|s| s.state.relays.clone()) } else { None };
        let epochs = db.epochs(row.no)?.into_iter().map(|(epoch, number, _)| EpochView {
            statement: StatementId(row.id.0),
            number,
            epoch,
            maker: self.device.id(),
            readers: Vec::new(),
            wraps: Vec::new(),
            void: false,
            why_not: None,
        });
        let member = Member { tier: Tier::Founder, manages: true, reads: true, admitted_by: StatementId(row.id.0) };
        Ok(SpaceState {
            id: row.id,
            policy: Policy::Personal,
            members: [(self.me, member)].into(),
            former: BTreeSet::new(),
            closed: false,
            proposals: BTreeMap::new(),
            cuts: BTreeMap::new(),
            epochs: epochs.collect(),
            relays: relays.unwrap_or_default(),
            valid: Vec::new(),
            heads: Vec::new(),
            waiting: BTreeSet::new(),
            stops_writing: false,
        })
    }

    /// Gives partners the sealed copy of what the words need, where theirs is older.
    pub(super) fn tell_keepsakes(&mut self, db: &Db<'_>, now: Millis) -> Result<(), EngineError> {
        let Some(keys) = self.persons.get(&self.me).and_then(|p| p.recovery) else { return Ok(()) };
        let (Some(personal), Some(space)) = (self.personal(), self.spaces.get(&recovery::space(&keys))) else { return Ok(()) };
        let Some(key) = space.keys.values().next().cloned() else { return Ok(()) };
        if !self.directory.is_current(&self.device.id()) {
            return Ok(());
        }
        let mut wanted = db.statements(&self.me.0)?;
        wanted.extend(db.statements(&personal.0)?);
        let pairs: Vec<SpaceId> = self.spaces.values().filter(|s| s.kind == SpaceKind::Pair).map(|s| s.id).collect();
        for id in pairs {
            if self.may_write(&id).is_err() {
                continue;
            }
            let kept = self.kind_of(db, &id, own::KEEPSAKE)?;
            let last = kept.iter().rev().filter(|e| e.author == self.me).find_map(|e| own::kept(&e.event.payload));
            let held = last.and_then(|sealed| open_keepsake(&key, &sealed)).unwrap_or_default();
            if wanted.iter().all(|w| held.contains(w)) {
                continue;
            }
            let list: Vec<ByteVec> = wanted.iter().cloned().map(Into::into).collect();
            let sealed = key.content().seal(self.entropy.as_mut(), KEEPSAKE, &cbor::encode(&list))?;
            self.state(db, &id, EventDraft { subject: SPACE_SUBJECT, payload: own::keepsake(sealed) }, now)?;
        }
        Ok(())
    }
}

const KEEPSAKE: &[u8] = b"ithaca/v1/keepsake";
const RESCUE: &[u8] = b"ithaca/v1/rescue";

pub(super) fn open_keepsake(key: &EpochKey, sealed: &[u8]) -> Option<Vec<Vec<u8>>> {
    let plain = key.content().open(KEEPSAKE, sealed).ok()?;
    let list: Vec<ByteVec> = cbor::decode("keepsake", &plain).ok()?;
    Some(list.into_iter().map(Vec::from).collect())
}

/// What a partner's phone gives to bring somebody back.
#[derive(minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub(super) struct Rescue {
    #[n(0)]
    version: u8,
    #[n(1)]
    pub keepsake: ByteVec,
    #[n(2)]
    person: PersonId,
    #[n(3)]
    space: SpaceId,
    #[n(4)]
    generation: u64,
    /// The key of what is sealed, wrapped to their person key.
    #[n(5)]
    key: ByteVec,
    #[n(6)]
    sealed: ByteVec,
}

#[derive(minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
struct RescueInside {
    #[n(0)]
    space: SpaceId,
    #[n(1)]
    statements: Vec<ByteVec>,
    #[n(2)]
    records: Vec<(crate::id::EpochId, ByteVec)>,
}

impl Rescue {
    pub(super) fn read(file: &[u8]) -> Result<Self, EngineError> {
        // A file may hold more items than what travels; its parts are checked when they are read.
        let rescue: Self = minicbor::decode(file).map_err(|_| EngineError::Invalid("this is not a rescue file, or it is damaged"))?;
        if rescue.version == 1 { Ok(rescue) } else { Err(EngineError::Invalid("this rescue file is of a newer version; update first")) }
    }

    fn open(&self, core: &Core) -> Result<Secret, EngineError> {
        if self.person != core.me {
            return Err(EngineError::Invalid("this rescue file is for somebody else"));
        }
        let info = wrap_info("rescue", &[&self.person.0[..], &self.space.0].concat());
        let keys = core.person_keys.get(&self.generation).into_iter().flatten();
        let opened = keys.filter_map(|k| k.unwrap(&info, &self.key).ok()).find_map(|s| Secret::from_slice(&s));
        opened.ok_or(EngineError::Invalid("the rescue file does not open with this person's keys"))
    }
}
