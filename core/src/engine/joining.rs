//! A device on its way to belong to a person: it shows a code, is offered to somebody, asks its person, consents, and is given what it needs to open.
//! Until then it has no database; what it is doing stands in one sealed file, so that it can be interrupted anywhere.

use std::path::Path;

use ithaca_wire::cbor;
use ithaca_wire::error::Code;
use ithaca_wire::exchange::{Ask, MakeMailbox, Request as WireRequest, VERSION};
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use super::person::told_key;
use super::profile::{Profile, ProfileError};
use super::start::{FRESH, Kept, KeptSpace};
use super::{EngineError, Local};
use crate::id::PersonId;
use crate::identity::entropy::Entropy;
use crate::identity::keys::{DeviceKeys, Secret};
use crate::identity::person_log;
use crate::identity::phrase::four_words;
use crate::identity::vault::KeyVault;
use crate::space::handover::{Handover, Offer, Welcome};
use crate::space::membership;
use crate::space::payload::Policy;
use crate::space::statement::Statement;
use crate::store::Store;
use crate::transport::{Call, CallError, Reply, Transport};

/// The file of a device that is on its way.
pub(super) const JOINING: &str = "joining.sealed";
const CONTEXT: &[u8] = b"ithaca/v1/joining";
const BUDGET: u32 = 900 * 1024;

#[derive(Encode, Decode)]
#[cbor(map)]
struct State {
    #[cbor(n(0), with = "minicbor::bytes")]
    seed: [u8; 32],
    #[n(1)]
    origin: String,
    #[cbor(n(2), with = "minicbor::bytes")]
    short: [u8; 16],
    #[n(3)]
    label: String,
    /// What is sent: the request, then the consent too.
    #[n(4)]
    messages: Vec<ByteVec>,
    #[n(5)]
    offer: Option<Offer>,
    #[n(6)]
    agreed: bool,
}

/// How far a device is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JoiningStage {
    /// Nobody took the code yet.
    Waiting,
    /// Somebody offers: their name, and four words over who they are, the same on their other devices.
    Offered {
        /// As they call themselves.
        name: String,
        /// Four words.
        words: String,
    },
    /// This side agreed; the other device has to be there to hand over.
    Agreed,
    /// Everything is here: [`super::Engine::open`] opens it.
    Ready,
}

/// A device on its way to belong to a person.
pub struct Joining {
    profile: Profile,
    root: Secret,
    entropy: Box<dyn Entropy>,
    device: DeviceKeys,
    state: State,
    ready: bool,
}

impl std::fmt::Debug for Joining {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Joining({:?})", self.device.id())
    }
}

impl Joining {
    /// Begins in a new profile at `dir`; the code leads through the relay at `relay`.
    ///
    /// # Errors
    /// [`ProfileError::Exists`] leaves what is there as it is; [`EngineError::Address`], [`EngineError::Name`].
    pub fn begin(dir: &Path, vault: &dyn KeyVault, mut entropy: Box<dyn Entropy>, relay: &str, label: &str) -> Result<Self, EngineError> {
        let origin = crate::transport::http::origin(relay)?;
        if label.chars().count() > 100 {
            return Err(EngineError::Name("a device's name has at most 100 characters"));
        }
        let (profile, root) = Profile::create(dir, vault, entropy.as_mut())?;
        let seed = Secret::random(entropy.as_mut())?;
        let device = DeviceKeys::from_seed(&seed);
        let handover = Handover::new(entropy.as_mut(), &origin, &device.id())?;
        let request = handover.request(entropy.as_mut(), &device, label.trim())?;
        let state = State {
            seed: *seed.expose(),
            origin,
            short: handover.short(),
            label: label.trim().to_owned(),
            messages: vec![request.into()],
            offer: None,
            agreed: false,
        };
        let mut joining = Self { profile, root, entropy, device, state, ready: false };
        joining.keep()?;
        Ok(joining)
    }

    /// Goes on in the profile at `dir`; `None` if no device is on its way there.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn resume(dir: &Path, vault: &dyn KeyVault, entropy: Box<dyn Entropy>) -> Result<Option<Self>, EngineError> {
        if !Self::is_at(dir) {
            return Ok(None);
        }
        let (profile, root) = Profile::open(dir, vault)?;
        let Some(sealed) = profile.read(JOINING)? else { return Ok(None) };
        let plain = Store::kept_keys_key_of(&root).open(CONTEXT, &sealed).map(zeroize::Zeroizing::new).map_err(|_| ProfileError::Keys)?;
        let state: State = cbor::decode("joining device", &plain).map_err(|_| ProfileError::Keys)?;
        let device = DeviceKeys::from_seed(&Secret::new(state.seed));
        Ok(Some(Self { profile, root, entropy, device, state, ready: false }))
    }

    /// Whether a device is on its way in the profile at `dir`.
    pub fn is_at(dir: &Path) -> bool {
        dir.join(JOINING).exists()
    }

    fn keep(&mut self) -> Result<(), EngineError> {
        let plain = zeroize::Zeroizing::new(cbor::encode(&self.state));
        let sealed = Store::kept_keys_key_of(&self.root).seal(self.entropy.as_mut(), CONTEXT, &plain)?;
        Ok(self.profile.replace(JOINING, &sealed)?)
    }

    fn handover(&self) -> Handover {
        let mut fingerprint = [0; 16];
        fingerprint.copy_from_slice(&self.device.id().0[..16]);
        Handover::from_parts(&self.state.origin, self.state.short, Some(fingerprint))
    }

    /// The code that the other device scans.
    pub fn code(&self) -> String {
        self.handover().link()
    }

    /// The same as twelve words, beside the relay's address.
    pub fn words(&self) -> String {
        self.handover().words()
    }

    /// Four words over this device, to compare when the code was spoken.
    pub fn device_words(&self) -> String {
        four_words(&self.device.id().0)
    }

    /// The relay.
    pub fn origin(&self) -> &str {
        &self.state.origin
    }

    /// How far it is.
    pub fn stage(&self) -> JoiningStage {
        match &self.state.offer {
            _ if self.ready => JoiningStage::Ready,
            None => JoiningStage::Waiting,
            Some(_) if self.state.agreed => JoiningStage::Agreed,
            Some(offer) => JoiningStage::Offered { name: offer.name.clone(), words: four_words(&offer.person.0) },
        }
    }

    /// Asks the relay once, and makes the mailbox where it is not there yet and the relay lets anybody. Gives the stage then.
    ///
    /// # Errors
    /// [`EngineError::Unreachable`]; as [`Joining::answered`].
    pub async fn step(&mut self, transport: &dyn Transport) -> Result<JoiningStage, EngineError> {
        let origin = self.origin().to_owned();
        let answer = transport.call(&origin, self.call()).await;
        if matches!(answer, Err(CallError::Unreachable(_))) {
            return Err(EngineError::Unreachable);
        }
        if !self.answered(answer)? && matches!(transport.call(&origin, self.make()).await, Ok(Reply::Made)) {
            let answer = transport.call(&origin, self.call()).await;
            self.answered(answer)?;
        }
        Ok(self.stage())
    }

    /// What to ask the relay now: what this side says goes over, what the other said comes back.
    pub fn call(&self) -> Call {
        let address = self.handover().address();
        let push = Some(self.state.messages.clone());
        let ask = Ask { mailbox: address.id, token: address.token, push, digest: None, vector: Some(Vec::new()), lists: None };
        Call::Sync(WireRequest { version: VERSION, budget: BUDGET, mailboxes: vec![ask] })
    }

    /// Makes the mailbox where the relay is open to everybody; elsewhere the other device makes it.
    pub fn make(&self) -> Call {
        let address = self.handover().address();
        let make = MakeMailbox { token_hash: address.token.hash(), voucher: None, next: None, token: None };
        Call::Make { mailbox: address.id, make, account: None }
    }

    /// Takes in what the relay answered to [`Joining::call`]; `false` where it does not know the mailbox yet.
    ///
    /// # Errors
    /// See [`EngineError`]; [`EngineError::Invalid`] when what was handed over does not hold.
    pub fn answered(&mut self, result: Result<Reply, CallError>) -> Result<bool, EngineError> {
        let Ok(Reply::Sync(response)) = result else { return Ok(false) };
        let Some(answer) = response.mailboxes.into_iter().next().filter(|a| a.code == Code::Ok) else { return Ok(false) };
        let records: Vec<Vec<u8>> = answer.records.unwrap_or_default().into_iter().map(Vec::from).collect();
        let handover = self.handover();
        if self.state.offer.is_none() {
            self.state.offer = records.iter().find_map(|r| handover.open_offer(r, &self.device));
            if self.state.offer.is_some() {
                self.keep()?;
            }
        }
        if let (Some(offer), true) = (self.state.offer.clone(), self.state.agreed) {
            let welcome = records.iter().filter_map(|r| handover.open_welcome(r, self.device.wrap_key()));
            for welcome in welcome {
                if let Some(kept) = self.check(&offer, &welcome) {
                    kept.write(&self.profile, &self.root, self.entropy.as_mut())?;
                    self.profile.forget(JOINING)?;
                    self.ready = true;
                    break;
                }
            }
        }
        Ok(true)
    }

    /// This device's person agrees to the offer: it becomes that person's device.
    ///
    /// # Errors
    /// [`EngineError::Invalid`] when nobody offers.
    pub fn agree(&mut self) -> Result<(), EngineError> {
        let offer = self.state.offer.as_ref().ok_or(EngineError::Invalid("nobody offers to add this device yet"))?;
        if !self.state.agreed {
            let consent = self.handover().consent(self.entropy.as_mut(), &self.device, offer.person)?;
            self.state.messages.push(consent.into());
            self.state.agreed = true;
            self.keep()?;
        }
        Ok(())
    }

    /// The keys that a welcome gives, if all of it holds: the log is the offered person's, names this device, and the space is theirs alone.
    fn check(&self, offer: &Offer, welcome: &Welcome) -> Option<Kept> {
        let read = |list: &[ByteVec]| list.iter().map(|s| Statement::decode(s)).collect::<Result<Vec<_>, _>>().ok();
        let (log, control) = (read(&welcome.person_log)?, read(&welcome.statements)?);
        let person = person_log::fold(offer.person, &log).ok()?;
        let current = |d| person.current_devices().any(|(device, _)| *device == d);
        if !current(self.device.id()) || !current(offer.by) {
            return None;
        }
        let directory = person_log::Directory::new([&person]);
        let space = membership::fold(welcome.space, &control, &directory).ok()?;
        if space.policy != Policy::Personal || !space.members.contains_key(&offer.person) {
            return None;
        }
        Some(kept_of(&self.state.seed, offer.person, welcome.space, &log, &control, &self.state.origin))
    }
}

/// The keys file of a device that begins with a person's log and their own space.
pub(super) fn kept_of(
    seed: &[u8; 32],
    me: PersonId,
    personal: crate::id::SpaceId,
    log: &[Statement],
    control: &[Statement],
    relay: &str,
) -> Kept {
    // Others told all of the log but what this device says of itself by recovery words.
    let told: Vec<u8> = log.iter().flat_map(|s| s.id().0).collect();
    let statements = log.iter().chain(control).map(|s| s.bytes().to_vec().into()).collect();
    let personal = KeptSpace { id: personal, kind: KeptSpace::PERSONAL, local: Local::default().to_bytes().into(), epochs: Vec::new() };
    let meta = vec![
        (told_key(&personal.id), told.into()),
        ("relay".to_owned(), relay.as_bytes().to_vec().into()),
        (FRESH.to_owned(), vec![1].into()),
    ];
    Kept { seed: *seed, me, name: String::new(), statements, spaces: vec![personal], meta }
}
