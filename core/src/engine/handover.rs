//! Adding a device, seen from an old one: it scanned the new one's code, offers, and hands over once the new one consented.

use serde::{Deserialize, Serialize};

use super::{Changed, Core, Engine, EngineError};
use crate::id::DeviceId;
use crate::identity::phrase::four_words;
use crate::space::handover::{DAYS, Handover, Request, Welcome};
use crate::store::{Db, InviteRole, InviteRow, InviteState};
use crate::sync::machine::{Millis, Outcome};

/// What is kept of a code that was scanned.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    origin: String,
    short: [u8; 16],
    fingerprint: Option<[u8; 16]>,
    /// The new device's request, sealed as it came.
    request: Option<Vec<u8>>,
    /// What this side sends: the offer, then the welcome.
    message: Option<Vec<u8>>,
    /// The device was added.
    added: bool,
}

/// How far a new device is, seen from the one that lets it in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NewcomerState {
    /// Its request did not come yet.
    Waiting,
    /// It asks to be let in.
    Asking,
    /// It was offered, and its person has to agree there.
    Offered,
    /// It is one of this person's.
    Added,
    /// Its code is too old.
    Lapsed,
}

/// A device that asks to be this person's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewcomerView {
    /// Names the handover.
    pub id: String,
    /// The device, once its request came.
    pub device: Option<DeviceId>,
    /// What its person calls it.
    #[serde(rename = "label")]
    pub name: String,
    /// Four words over the device, the same on its own screen.
    pub words: String,
    /// How far it is.
    pub state: NewcomerState,
}

impl Kept {
    fn handover(&self) -> Handover {
        Handover::from_parts(&self.origin, self.short, self.fingerprint)
    }

    fn request(&self) -> Option<Request> {
        self.handover().open_request(self.request.as_ref()?)
    }
}

fn kept(row: &InviteRow) -> Result<Kept, EngineError> {
    serde_json::from_slice(&row.content).map_err(|_| crate::store::StoreError::Shape("handover").into())
}

fn put(db: &Db<'_>, row: &mut InviteRow, kept: &Kept) -> Result<(), EngineError> {
    row.content = serde_json::to_vec(kept).unwrap_or_default();
    Ok(db.put_invite(row)?)
}

impl Engine {
    /// Takes the code of a new device, or its twelve words beside the relay's address; its request comes with the next sync.
    ///
    /// # Errors
    /// [`EngineError::Handover`] names what is wrong with the code.
    pub fn scan_device(&mut self, text: &str, relay: Option<&str>, now: Millis) -> Result<NewcomerView, EngineError> {
        let known = self.relay()?;
        let handover = Handover::parse(text, relay.or(known.as_deref()))?;
        let view = self.transact(|core, db| {
            let id = handover.address().id.0;
            if let Some(row) = db.invite(&id)?.filter(|r| r.role == InviteRole::Adder) {
                return core.newcomer_view(&row, now);
            }
            let kept = Kept {
                origin: handover.origin.clone(),
                short: handover.short(),
                fingerprint: handover.fingerprint,
                request: None,
                message: None,
                added: false,
            };
            let mut row =
                InviteRow { id, role: InviteRole::Adder, state: InviteState::Open, expires: now + DAYS * 86_400_000, content: Vec::new() };
            put(db, &mut row, &kept)?;
            core.newcomer_view(&row, now)
        })?;
        self.register_mailboxes(now)?;
        Ok(view)
    }

    /// Devices that ask to be this person's.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn newcomers(&self, now: Millis) -> Result<Vec<NewcomerView>, EngineError> {
        let rows = self.store.read().invites()?;
        rows.iter().filter(|r| r.role == InviteRole::Adder).map(|r| self.core.newcomer_view(r, now)).collect()
    }

    /// Offers a device whose request came to be this person's: it will read everything this person can, and asks its person before it consents.
    ///
    /// # Errors
    /// [`EngineError::NotFound`]; [`EngineError::Invalid`] when it is not asking.
    pub fn approve_device(&mut self, id: &str, now: Millis) -> Result<(), EngineError> {
        self.transact(|core, db| core.offer(db, id, now))?;
        // What is offered goes with the next exchange over the rendezvous.
        self.register_mailboxes(now)
    }
}

impl Core {
    fn newcomer_view(&self, row: &InviteRow, now: Millis) -> Result<NewcomerView, EngineError> {
        let kept = kept(row)?;
        let request = kept.request();
        let state = match row.state {
            _ if kept.added => NewcomerState::Added,
            _ if row.expires <= now => NewcomerState::Lapsed,
            InviteState::Open => NewcomerState::Waiting,
            InviteState::Answered => NewcomerState::Asking,
            InviteState::Approved => NewcomerState::Offered,
            InviteState::Closed => NewcomerState::Lapsed,
        };
        Ok(NewcomerView {
            id: hex::encode(row.id),
            words: request.as_ref().map(|r| four_words(&r.device.0)).unwrap_or_default(),
            device: request.as_ref().map(|r| r.device),
            name: request.map(|r| r.label).unwrap_or_default(),
            state,
        })
    }

    fn offer(&mut self, db: &Db<'_>, id: &str, now: Millis) -> Result<(), EngineError> {
        let rows: Vec<InviteRow> =
            db.invites()?.into_iter().filter(|r| r.role == InviteRole::Adder && hex::encode(r.id).starts_with(id)).collect();
        let [row] = rows.as_slice() else { return Err(EngineError::NotFound("new device")) };
        let (mut row, mut kept) = (row.clone(), kept(row)?);
        let asking = row.state == InviteState::Answered && row.expires > now;
        let request = kept.request().filter(|_| asking).ok_or(EngineError::Invalid("this device is not asking; make a new code on it"))?;
        if !self.directory.is_current(&self.device.id()) {
            return Err(EngineError::ReadOnly("this device was revoked"));
        }
        let name = self.name(db)?;
        kept.message = Some(kept.handover().offer(self.entropy.as_mut(), self.device.signing(), self.me, &name, &request)?);
        row.state = InviteState::Approved;
        self.changed.insert(Changed::Invites);
        put(db, &mut row, &kept)
    }

    pub(super) fn handover_origin(row: &InviteRow) -> Result<(String, Handover), EngineError> {
        let kept = kept(row)?;
        Ok((kept.origin.clone(), kept.handover()))
    }

    pub(super) fn handover_message(row: &InviteRow) -> Result<Option<Vec<u8>>, EngineError> {
        Ok(kept(row)?.message)
    }

    /// Takes in what the rendezvous with a new device holds.
    pub(super) fn handover_answered(
        &mut self,
        db: &Db<'_>,
        now: Millis,
        mut row: InviteRow,
        records: &[Vec<u8>],
    ) -> Result<Outcome, EngineError> {
        let mut kept = kept(&row)?;
        let handover = kept.handover();
        let mut outcome = Outcome::Same;
        if row.state == InviteState::Open
            && let Some(record) = records.iter().find(|r| handover.open_request(r).is_some())
        {
            kept.request = Some(record.clone());
            row.state = InviteState::Answered;
            self.changed.insert(Changed::Invites);
        }
        if let Some(request) = kept.request().filter(|_| row.state == InviteState::Approved && !kept.added)
            && let Some(consent) = records.iter().find_map(|r| handover.open_consent(r, &request, self.me))
        {
            self.add_device(db, request.device, request.hpke, consent)?;
            let space = self.personal().ok_or(EngineError::Keys)?;
            let packed = |v: Vec<Vec<u8>>| v.into_iter().map(Into::into).collect();
            let welcome = Welcome { person_log: packed(db.statements(&self.me.0)?), space, statements: packed(db.statements(&space.0)?) };
            kept.message = Some(handover.welcome(self.entropy.as_mut(), &request, &welcome)?);
            kept.added = true;
            if !request.label.is_empty() {
                let label: String = request.label.chars().take(100).collect();
                self.label_device(db, &request.device, &label, now)?;
            }
            self.changed.insert(Changed::Invites);
            outcome = Outcome::More;
        }
        let wrote = kept.added && kept.request().map(|r| self.wrote(db, &r.device)).transpose()?.unwrap_or(false);
        if row.expires <= now || wrote {
            row.state = InviteState::Closed;
        }
        put(db, &mut row, &kept)?;
        Ok(outcome)
    }

    /// Whether a record of a device of this person came into the personal space.
    fn wrote(&self, db: &Db<'_>, device: &DeviceId) -> Result<bool, EngineError> {
        let Some(personal) = self.personal() else { return Ok(false) };
        let lanes = db.lanes_of_space(self.space(&personal)?.no)?;
        Ok(lanes.iter().any(|l| l.accepted > 0 && l.device.and_then(|d| self.devices.get(&d)).is_some_and(|(d, _)| d == device)))
    }
}
