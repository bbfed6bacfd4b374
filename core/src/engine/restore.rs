//! Coming back by recovery words, on an empty machine: from the relay's bytes, or from a partner's rescue file.

use std::collections::BTreeMap;
use std::path::Path;

use ithaca_wire::LaneId;
use ithaca_wire::error::Code;
use ithaca_wire::exchange::{Ask, Request as WireRequest, VERSION};
use ithaca_wire::record::{self, Outer};
use ithaca_wire::vector::{Entry, Sum};

use super::joining::kept_of;
use super::person::told_key;
use super::profile::Profile;
use super::recovery::{Rescue, open_keepsake};
use super::start::{Kept, KeptSpace};
use super::{EngineError, Local};
use crate::id::{PersonId, SpaceId, StatementId};
use crate::identity::entropy::Entropy;
use crate::identity::keys::{DeviceKeys, Secret, wrap, wrap_info};
use crate::identity::person_log;
use crate::identity::phrase::four_words;
use crate::identity::recovery::{self, RecoveryWords};
use crate::identity::vault::KeyVault;
use crate::record::body::Body;
use crate::record::seal;
use crate::space::membership;
use crate::space::payload::{AddDevice, ExtraSignature, Payload, Policy, PublicKey, Recipient, Sealed};
use crate::space::statement::{PARENTS, Statement};
use crate::transport::{Call, CallError, Reply, Transport};

const BUDGET: u32 = 900 * 1024;

/// Somebody coming back by their words, on an empty machine.
pub struct Restoring {
    words: RecoveryWords,
    origin: String,
    /// Every record the recovery mailbox gave, by lane and number.
    records: BTreeMap<(LaneId, u64), Vec<u8>>,
    statements: BTreeMap<StatementId, Statement>,
}

impl std::fmt::Debug for Restoring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Restoring(redacted)")
    }
}

impl Restoring {
    /// By words and the relay whose address stands beside them.
    ///
    /// # Errors
    /// [`EngineError::Words`], [`EngineError::Address`].
    pub fn by_relay(words: &str, relay: &str) -> Result<Self, EngineError> {
        let origin = crate::transport::http::origin(relay)?;
        Ok(Self { words: RecoveryWords::parse(words)?, origin, records: BTreeMap::new(), statements: BTreeMap::new() })
    }

    /// By words and a partner's rescue file; `relay` is the one to use from now on.
    ///
    /// # Errors
    /// [`EngineError::Words`], [`EngineError::Address`]; [`EngineError::Invalid`] when the file is none, or not for these words.
    pub fn by_file(words: &str, file: &[u8], relay: &str) -> Result<Self, EngineError> {
        let mut restoring = Self::by_relay(words, relay)?;
        let rescue = Rescue::read(file)?;
        let key = restoring.words.key();
        let list = open_keepsake(&key, &rescue.keepsake)
            .ok_or(EngineError::Invalid("these words do not open this file: check them, and whether the file is for you"))?;
        restoring.keep(list.iter().map(Vec::as_slice));
        Ok(restoring)
    }

    fn keep<'s>(&mut self, statements: impl Iterator<Item = &'s [u8]>) {
        let read = statements.filter_map(|s| Statement::decode(s).ok());
        self.statements.extend(read.map(|s| (s.id(), s)));
    }

    /// The relay.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Asks the relay until it has nothing more.
    ///
    /// # Errors
    /// As [`Restoring::answered`].
    pub async fn look(&mut self, transport: &dyn Transport) -> Result<(), EngineError> {
        let origin = self.origin.clone();
        while self.answered(transport.call(&origin, self.call()).await)? {}
        Ok(())
    }

    /// Whether the relay has what these words need; `None` where it gives no answer.
    pub async fn is_ready(mut self, transport: &dyn Transport) -> Option<bool> {
        let answer = transport.call(&self.origin, self.call()).await.ok()?;
        Some(self.answered(Ok(answer)).is_ok() && !self.persons().is_empty())
    }

    /// What to ask the relay.
    pub fn call(&self) -> Call {
        let address = self.words.key().mailbox(&self.origin);
        let mut lanes: BTreeMap<LaneId, (u64, Sum)> = BTreeMap::new();
        for ((lane, n), bytes) in &self.records {
            let (last, sum) = lanes.entry(*lane).or_default();
            if *n == *last + 1 {
                *last = *n;
                sum.add(*n, &record::hash(bytes));
            }
        }
        let entry = |(lane, (n, sum)): (LaneId, (u64, Sum))| (n > 0).then(|| (lane, Entry { from: 1, n, tag: sum.tag() }));
        let vector = Some(lanes.into_iter().filter_map(entry).collect());
        let ask = Ask { mailbox: address.id, token: address.token, push: None, digest: None, vector, lists: None };
        Call::Sync(WireRequest { version: VERSION, budget: BUDGET, mailboxes: vec![ask] })
    }

    /// Takes in what the relay answered; `true` while there is more to ask for.
    ///
    /// # Errors
    /// [`EngineError::Invalid`] where the relay knows nothing under these words; [`EngineError::Unreachable`].
    pub fn answered(&mut self, result: Result<Reply, CallError>) -> Result<bool, EngineError> {
        let answer = match result {
            Ok(Reply::Sync(response)) => response.mailboxes.into_iter().next(),
            Ok(_) => None,
            Err(CallError::Unreachable(_)) => return Err(EngineError::Unreachable),
            Err(_) => return Err(EngineError::Invalid("the relay refused, or what answers there is no Ithaca relay")),
        };
        let Some(answer) = answer.filter(|a| a.code == Code::Ok) else {
            return Err(EngineError::Invalid(
                "this relay holds nothing for these words: check the words and the relay's address, or come back with a partner's rescue file",
            ));
        };
        let key = self.words.key();
        let mut new = false;
        for bytes in answer.records.unwrap_or_default() {
            let Ok(outer) = Outer::parse(&bytes) else { continue };
            let place = (outer.lane, outer.n);
            if let Ok(inner) = seal::open(key.content(), &key.id(), &outer)
                && let Ok(body) = Body::parse(&inner.body)
            {
                self.keep(body.statements.iter().map(Vec::as_slice));
            }
            new |= self.records.insert(place, bytes.into()).is_none();
        }
        Ok(new && answer.lacking.is_some_and(|(n, _)| n > 0))
    }

    /// The persons whose log names these words: one, unless somebody who once had the mailbox's secret put another beside. Each with four words.
    pub fn persons(&self) -> Vec<(PersonId, String)> {
        let geneses = self.statements.values().filter(|s| matches!(s.payload(), Payload::PersonGenesis(_))).map(|s| PersonId(s.id().0));
        let named = geneses.filter(|p| {
            let log = self.statements.values().filter(|s| s.log() == p.0);
            person_log::fold(*p, log).is_ok_and(|state| state.recovery == Some(self.words.keys()))
        });
        named.map(|p| (p, four_words(&p.0))).collect()
    }

    /// Makes this machine a device of `person`, in a new profile at `dir`; [`Engine::open`] opens it then.
    ///
    /// # Errors
    /// [`EngineError::Invalid`] when what was found is not whole; nothing is made then.
    pub fn finish(&self, person: &PersonId, dir: &Path, vault: &dyn KeyVault, entropy: &mut dyn Entropy) -> Result<(), EngineError> {
        let not_whole = EngineError::Invalid("what these words lead to is not whole; try again later, or with a partner's rescue file");
        let Some((log, control, personal)) = self.found(person) else { return Err(not_whole) };
        let Ok(state) = person_log::fold(*person, &log) else { return Err(not_whole) };
        let wrap_key = self.words.wrap_key();
        let info = wrap_info("person-key", &wrap_key.public());
        let wrapped = log.iter().filter_map(|s| match s.payload() {
            Payload::PersonGenesis(g) => Some((g.person_key, &g.wraps)),
            Payload::NewPersonKey(k) => Some((k.public, &k.wraps)),
            _ => None,
        });
        // The newest that the words open: the one in force, unless a device made the next and did not come to tell.
        let mut seeds: BTreeMap<[u8; 32], Secret> = BTreeMap::new();
        for (public, wraps) in wrapped {
            let mine = wraps.iter().find(|w| w.to == Recipient::Recovery(PublicKey(wrap_key.public())));
            let seed = mine.and_then(|w| wrap_key.unwrap(&info, &w.sealed.0).ok()).and_then(|s| Secret::from_slice(&s));
            seeds.extend(seed.map(|s| (public.0, s)));
        }
        let Some(seed) = state.keys.values().rev().find_map(|k| seeds.get(&k.public.0)) else { return Err(not_whole) };

        let device_seed = Secret::random(entropy)?;
        let device = DeviceKeys::from_seed(&device_seed);
        let hpke = PublicKey(device.wrap_key().public());
        let message = person_log::device_consent(*person, device.id(), hpke);
        let consent = ExtraSignature(ed25519_dalek::Signer::sign(device.signing(), &message).to_bytes());
        let handed = Sealed(wrap(entropy, &hpke.0, &wrap_info("person-key", &device.id().0), seed.expose())?);
        let mut heads = state.heads.clone();
        heads.truncate(PARENTS);
        let add = Payload::AddDevice(AddDevice { device: device.id(), hpke, consent, handed });
        let add = Statement::sign((*person).into(), &self.words.signing(), &heads, &add)?;

        let (profile, root) = Profile::create(dir, vault, entropy)?;
        let mut kept: Kept = kept_of(device_seed.expose(), *person, personal, &log, &control, &self.origin);
        kept.statements.push(add.bytes().to_vec().into());
        let key = self.words.key();
        let space = recovery::space(&self.words.keys());
        let epochs = vec![(key.id(), 1, key.secret().expose().to_vec().into())];
        kept.spaces.push(KeptSpace { id: space, kind: KeptSpace::RECOVERY, local: Local::default().to_bytes().into(), epochs });
        let told: Vec<u8> = log.iter().chain(&control).flat_map(|s| s.id().0).collect();
        if !self.records.is_empty() {
            kept.meta.push((told_key(&space), told.into()));
        }
        kept.write(&profile, &root, entropy)
    }

    /// The person's log, their own space's statements, and the space.
    fn found(&self, person: &PersonId) -> Option<(Vec<Statement>, Vec<Statement>, SpaceId)> {
        let of = |log: [u8; 32]| -> Vec<Statement> { self.statements.values().filter(|s| s.log() == log).cloned().collect() };
        let log = of(person.0);
        let state = person_log::fold(*person, &log).ok()?;
        let directory = person_log::Directory::new([&state]);
        let geneses = self
            .statements
            .values()
            .filter(|s| matches!(s.payload(), Payload::SpaceGenesis(g) if g.policy == Policy::Personal && g.founders == [*person]));
        let spaces = geneses.filter(|g| state.devices.contains_key(&g.author())).map(|g| SpaceId(g.id().0));
        let folded = spaces.filter_map(|id| membership::fold(id, &of(id.0), &directory).ok().map(|s| (s.epochs.len(), id)));
        let (_, personal) = folded.max()?;
        Some((log, of(personal.0), personal))
    }
}
