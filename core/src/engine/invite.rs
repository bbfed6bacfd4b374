//! Becoming a pair at a distance: an invitation, an answer, an approval, all through one rendezvous mailbox.

use std::collections::BTreeSet;

use ithaca_wire::MailboxId;
use ithaca_wire::mailbox::Address;
use serde::{Deserialize, Serialize};

use super::{Changed, Core, Engine, EngineError, Local};
use crate::id::{PersonId, SpaceId};
use crate::identity::person_log;
use crate::identity::phrase::safety_number;
use crate::space::invite::{DAYS, Invite, Reply};
use crate::space::membership;
use crate::space::payload::Policy;
use crate::space::statement::Statement;
use crate::store::{Db, InviteRole, InviteRow, InviteState, SpaceKind};
use crate::sync::machine::{Millis, Outcome};

/// So many answers to one invitation are looked at; whoever intercepted it can send more.
const ANSWERS: usize = 8;

/// What is kept of an invitation.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Kept {
    origin: String,
    short: [u8; 16],
    fingerprint: Option<[u8; 16]>,
    /// What this side sends into the rendezvous mailbox.
    message: Option<Vec<u8>>,
    /// Inviter: the answers, sealed as they came.
    answers: Vec<Vec<u8>>,
    voucher: Option<[u8; 16]>,
    space: Option<SpaceId>,
}

/// Somebody who answered an invitation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answered {
    /// Who.
    pub person: PersonId,
    /// The name they gave.
    pub name: String,
    /// What both compare, aloud or side by side.
    pub safety_number: String,
    /// They used the twelve words, which say nothing of who invited them: content waits until the safety number was compared.
    pub spoken: bool,
}

/// Where an invitation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum InviteStage {
    /// It waits for an answer, or one's answer waits.
    Open,
    /// Somebody answered.
    Answered,
    /// It became a pair.
    Approved,
    /// Withdrawn.
    Closed,
    /// Too old.
    Lapsed,
}

impl InviteStage {
    /// Whether something may come of it yet.
    pub fn waits(self) -> bool {
        matches!(self, Self::Open | Self::Answered)
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Answered => "answered",
            Self::Approved => "approved",
            Self::Closed => "closed",
            Self::Lapsed => "lapsed",
        }
    }
}

/// An invitation as people see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InviteView {
    /// Its name.
    pub id: String,
    /// Whether this person invited, or was invited.
    pub mine: bool,
    /// Where it is.
    pub state: InviteStage,
    /// The link, for whoever invites.
    pub link: Option<String>,
    /// The twelve words.
    pub words: Option<String>,
    /// The relay.
    pub relay: String,
    /// When it lapses, ms since 1970.
    #[serde(rename = "expires")]
    pub expires_ms: Millis,
    /// Who answered.
    pub answers: Vec<Answered>,
    /// The relationship it became.
    pub space: Option<SpaceId>,
}

impl Kept {
    fn invite(&self) -> Invite {
        Invite::from_parts(&self.origin, self.short, self.fingerprint)
    }

    /// An answer, with whether it came by spoken words.
    fn read(&self, sealed: &[u8]) -> Option<(Invite, Reply)> {
        let by = |fingerprint| {
            let invite = Invite::from_parts(&self.origin, self.short, fingerprint);
            invite.open_reply(sealed).ok().flatten().map(|r| (invite, r))
        };
        by(self.fingerprint).or_else(|| by(None))
    }
}

/// Whether the person log that came with an answer holds, and names the device that signed it.
fn device_is_theirs(reply: &Reply) -> bool {
    let log: Vec<Statement> = reply.statements.iter().filter_map(|s| Statement::decode(s).ok()).collect();
    let theirs = log.iter().filter(|s| s.log() == reply.person.0);
    person_log::fold(reply.person, theirs).is_ok_and(|p| p.current_devices().any(|(d, _)| *d == reply.device))
}

/// Where both sides of an invitation or a handover meet.
fn meeting(row: &InviteRow) -> Result<(String, Address), EngineError> {
    if row.role == InviteRole::Adder {
        let (origin, handover) = Core::handover_origin(row)?;
        return Ok((origin, handover.address()));
    }
    let kept = kept(row)?;
    Ok((kept.origin.clone(), kept.invite().address()))
}

fn kept(row: &InviteRow) -> Result<Kept, EngineError> {
    serde_json::from_slice(&row.content).map_err(|_| crate::store::StoreError::Shape("invitation").into())
}

impl Engine {
    /// Invites somebody through the relay. The link or the words go to them by any way that this person trusts.
    ///
    /// # Errors
    /// [`EngineError::Invalid`] when no relay was named yet.
    pub fn invite(&mut self, now: Millis) -> Result<InviteView, EngineError> {
        let origin = self.relay()?.ok_or(EngineError::Invalid("name a relay first: it carries the invitation"))?;
        let view = self.transact(|core, db| {
            let invite = Invite::new(core.entropy.as_mut(), &origin, &core.me)?;
            let row = core.keep_invite(db, &invite, InviteRole::Inviter, None, now)?;
            core.invite_view(&row, now)
        })?;
        self.register_mailboxes(now)?;
        Ok(view)
    }

    /// Answers an invitation: a link, or twelve words beside the relay's address. The inviter approves.
    ///
    /// # Errors
    /// [`EngineError::Invite`] names what is wrong with the invitation.
    pub fn join(&mut self, text: &str, relay: Option<&str>, now: Millis) -> Result<InviteView, EngineError> {
        let known = self.relay()?;
        let invite = Invite::parse(text, relay.or(known.as_deref()))?;
        if self.store.read().invite(&invite.address().id.0)?.is_some() {
            return Err(EngineError::Invalid("this invitation was made or answered by this device already"));
        }
        let view = self.transact(|core, db| {
            let name = core.name(db)?;
            let log = db.statements(&core.me.0)?;
            let hpke = core.device.wrap_key().public();
            let message = invite.reply(core.entropy.as_mut(), core.device.signing(), core.me, hpke, &name, log)?;
            let row = core.keep_invite(db, &invite, InviteRole::Invitee, Some(message), now)?;
            core.invite_view(&row, now)
        })?;
        self.register_mailboxes(now)?;
        Ok(view)
    }

    /// Invitations, newest last.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn invites(&self, now: Millis) -> Result<Vec<InviteView>, EngineError> {
        let rows = self.store.read().invites()?;
        rows.iter().filter(|r| r.role != InviteRole::Adder).map(|row| self.core.invite_view(row, now)).collect()
    }

    /// Approves who answered an invitation; the pair exists from now on.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] when nobody of that name answered it; [`EngineError::Invalid`] when it was approved or lapsed.
    pub fn approve(&mut self, id: &str, person: &PersonId, now: Millis) -> Result<SpaceId, EngineError> {
        let space = self.transact(|core, db| core.approve(db, id, person, now))?;
        self.keep_own(now)?;
        Ok(space)
    }

    /// Withdraws an invitation, or an answer that was not approved.
    ///
    /// # Errors
    /// [`EngineError::NotFound`].
    pub fn withdraw_invite(&mut self, id: &str, now: Millis) -> Result<(), EngineError> {
        self.transact(|core, db| {
            let mut row = core.invite_row(db, id)?;
            row.state = InviteState::Closed;
            core.changed.insert(Changed::Invites);
            Ok(db.put_invite(&row)?)
        })?;
        self.register_mailboxes(now)
    }

    /// Takes in what a rendezvous mailbox holds.
    pub(super) fn rendezvous_answered(&mut self, now: Millis, invite: &[u8; 16], records: Vec<Vec<u8>>) -> Result<Outcome, EngineError> {
        self.transact(|core, db| core.rendezvous_answered(db, now, invite, records))
    }
}

impl Core {
    /// Mailboxes of invitations that are not done: relay and name.
    pub(super) fn rendezvous(&self, db: &Db<'_>) -> Result<Vec<(String, MailboxId)>, EngineError> {
        db.open_invites()?.into_iter().map(|row| Ok((meeting(&row)?.0, MailboxId(row.id)))).collect()
    }

    pub(super) fn rendezvous_at(&self, db: &Db<'_>, origin: &str) -> Result<Vec<([u8; 16], Address)>, EngineError> {
        let mut out = Vec::new();
        for row in db.open_invites()? {
            let (at, address) = meeting(&row)?;
            if at == origin {
                out.push((row.id, address));
            }
        }
        Ok(out)
    }

    pub(super) fn invite_message(&self, db: &Db<'_>, id: &[u8; 16]) -> Result<Option<Vec<u8>>, EngineError> {
        match db.invite(id)? {
            Some(row) if row.role == InviteRole::Adder => Self::handover_message(&row),
            Some(row) => Ok(kept(&row)?.message),
            None => Ok(None),
        }
    }

    /// The account to ask for a voucher with, where one is wanted for who was invited.
    pub(super) fn voucher_wanted(&self, db: &Db<'_>, id: &[u8; 16]) -> Result<Option<[u8; 32]>, EngineError> {
        let Some(row) = db.invite(id)?.filter(|r| r.role == InviteRole::Inviter && r.state != InviteState::Approved) else {
            return Ok(None);
        };
        let kept = kept(&row)?;
        if kept.voucher.is_some() { Ok(None) } else { self.account(db, &kept.origin) }
    }

    pub(super) fn keep_voucher(&mut self, db: &Db<'_>, id: &[u8; 16], voucher: [u8; 16]) -> Result<(), EngineError> {
        let Some(mut row) = db.invite(id)? else { return Ok(()) };
        let mut kept = kept(&row)?;
        kept.voucher = Some(voucher);
        row.content = serde_json::to_vec(&kept).unwrap_or_default();
        Ok(db.put_invite(&row)?)
    }

    /// Keeps a new invitation, of either side, until it is done or lapses.
    fn keep_invite(
        &mut self,
        db: &Db<'_>,
        invite: &Invite,
        role: InviteRole,
        message: Option<Vec<u8>>,
        now: Millis,
    ) -> Result<InviteRow, EngineError> {
        let kept = Kept {
            origin: invite.origin.clone(),
            short: invite.short(),
            fingerprint: invite.fingerprint,
            message,
            answers: Vec::new(),
            voucher: None,
            space: None,
        };
        let row = InviteRow {
            id: invite.address().id.0,
            role,
            state: InviteState::Open,
            expires: now + DAYS * 86_400_000,
            content: serde_json::to_vec(&kept).unwrap_or_default(),
        };
        db.put_invite(&row)?;
        self.changed.insert(Changed::Invites);
        Ok(row)
    }

    fn invite_row(&self, db: &Db<'_>, id: &str) -> Result<InviteRow, EngineError> {
        let matching: Vec<InviteRow> =
            db.invites()?.into_iter().filter(|r| r.role != InviteRole::Adder && hex::encode(r.id).starts_with(id)).collect();
        let [row] = matching.as_slice() else { return Err(EngineError::NotFound("invitation")) };
        Ok(row.clone())
    }

    fn invite_view(&self, row: &InviteRow, now: Millis) -> Result<InviteView, EngineError> {
        let kept = kept(row)?;
        let (invite, mine) = (kept.invite(), row.role == InviteRole::Inviter);
        let answers = kept.answers.iter().filter_map(|a| kept.read(a)).map(|(by, reply)| Answered {
            person: reply.person,
            safety_number: safety_number(&self.me, &reply.person),
            name: reply.name,
            spoken: by.fingerprint.is_none(),
        });
        let state = match row.state {
            InviteState::Open | InviteState::Answered if row.expires <= now => InviteStage::Lapsed,
            InviteState::Open => InviteStage::Open,
            InviteState::Answered => InviteStage::Answered,
            InviteState::Approved => InviteStage::Approved,
            InviteState::Closed => InviteStage::Closed,
        };
        let usable = mine && state.waits();
        Ok(InviteView {
            id: hex::encode(row.id),
            mine,
            state,
            link: usable.then(|| invite.link()),
            words: usable.then(|| invite.words()),
            relay: kept.origin.clone(),
            expires_ms: row.expires,
            answers: answers.collect(),
            space: kept.space,
        })
    }

    fn approve(&mut self, db: &Db<'_>, id: &str, person: &PersonId, now: Millis) -> Result<SpaceId, EngineError> {
        let mut row = self.invite_row(db, id)?;
        let mut kept = kept(&row)?;
        if row.role != InviteRole::Inviter || matches!(row.state, InviteState::Approved | InviteState::Closed) {
            return Err(EngineError::Invalid("this invitation is not one that waits to be approved"));
        }
        if row.expires <= now {
            return Err(EngineError::Invalid("this invitation lapsed after seven days; make a new one"));
        }
        let found = kept.answers.iter().filter_map(|a| kept.read(a)).find(|(_, r)| r.person == *person);
        let (invite, reply) = found.ok_or(EngineError::NotFound("answer to this invitation"))?;
        self.keep_log(db, &reply.person, reply.statements.iter().map(|s| s.as_slice()))?;
        if !self.persons.get(&reply.person).is_some_and(|p| p.current_devices().any(|(d, _)| *d == reply.device)) {
            return Err(EngineError::Invalid("whoever answered cannot show that the device is theirs; ask them to join again"));
        }
        let spoken = invite.fingerprint.is_none();
        let local = Local { name: reply.name.clone(), must_compare: spoken, untold: true, ..Local::default() };
        let space = self.found_space(db, Policy::Pair, &[self.me, reply.person], SpaceKind::Pair, &local, &[kept.origin.clone()])?;
        self.tell_log_of(db, &space, &reply.person)?;
        let (name, log, statements) = (self.name(db)?, db.statements(&self.me.0)?, db.statements(&space.0)?);
        let message =
            invite.approve(self.entropy.as_mut(), self.device.signing(), self.me, &name, &reply, space, log, statements, kept.voucher)?;
        kept.message = Some(message);
        kept.space = Some(space);
        row.content = serde_json::to_vec(&kept).unwrap_or_default();
        row.state = InviteState::Approved;
        db.put_invite(&row)?;
        self.changed.insert(Changed::Invites);
        Ok(space)
    }

    /// Keeps a person's log and folds it; an error when it is not whole or not theirs.
    fn keep_log<'s>(&mut self, db: &Db<'_>, person: &PersonId, log: impl Iterator<Item = &'s [u8]>) -> Result<(), EngineError> {
        let statements = log.map(Statement::decode).collect::<Result<Vec<_>, _>>()?;
        let theirs: Vec<Statement> = statements.into_iter().filter(|s| s.log() == person.0).collect();
        person_log::fold(*person, &theirs)?;
        for statement in &theirs {
            self.keep_statement(db, statement)?;
        }
        self.fold_persons(db)
    }

    fn rendezvous_answered(&mut self, db: &Db<'_>, now: Millis, id: &[u8; 16], records: Vec<Vec<u8>>) -> Result<Outcome, EngineError> {
        let Some(mut row) = db.invite(id)? else { return Ok(Outcome::Stuck) };
        if row.role == InviteRole::Adder {
            return self.handover_answered(db, now, row, &records);
        }
        let mut kept = kept(&row)?;
        match row.role {
            InviteRole::Adder => {}
            InviteRole::Inviter if row.state == InviteState::Approved => {
                // Whoever was approved has it, as soon as something of theirs came.
                let there = kept.space.map(|s| self.others_wrote(db, &s)).transpose()?.unwrap_or(false);
                if there || row.expires <= now {
                    row.state = InviteState::Closed;
                }
            }
            InviteRole::Inviter => {
                for record in records {
                    let new = kept.answers.len() < ANSWERS && !kept.answers.contains(&record);
                    // Whoever has the link can name anybody: only who shows that the device is theirs is shown, and keeps nobody else out.
                    if let Some((_, reply)) = kept.read(&record).filter(|_| new)
                        && reply.person != self.me
                        && device_is_theirs(&reply)
                    {
                        kept.answers.push(record);
                        row.state = InviteState::Answered;
                        self.changed.insert(Changed::Invites);
                    }
                }
                if row.expires <= now {
                    row.state = InviteState::Closed;
                }
            }
            InviteRole::Invitee => {
                for record in &records {
                    if row.state == InviteState::Closed {
                        break;
                    }
                    match kept.invite().open_approval(record, &self.me, self.device.wrap_key()) {
                        Ok(Some(approval)) => match self.enter(db, &kept, &approval) {
                            Ok(space) => {
                                kept.space = Some(space);
                                row.state = InviteState::Closed;
                                self.changed.insert(Changed::Invites);
                            }
                            Err(e) => {
                                tracing::warn!(error = %e, "an approval does not hold");
                                self.notice(db, None, "bad_approval", now, "")?;
                            }
                        },
                        Ok(None) => {}
                        Err(_) => self.notice(db, None, "bad_approval", now, "")?,
                    }
                }
                if row.expires <= now {
                    row.state = InviteState::Closed;
                }
            }
        }
        row.content = serde_json::to_vec(&kept).unwrap_or_default();
        db.put_invite(&row)?;
        Ok(Outcome::Same)
    }

    /// Enters the pair that an approval describes, if all of it holds.
    fn enter(&mut self, db: &Db<'_>, kept: &Kept, approval: &crate::space::invite::Approval) -> Result<SpaceId, EngineError> {
        self.keep_log(db, &approval.person, approval.person_log.iter().map(|s| s.as_slice()))?;
        let theirs = self.persons.get(&approval.person).is_some_and(|p| p.current_devices().any(|(d, _)| *d == approval.device));
        if !theirs {
            return Err(EngineError::Invalid("the approval comes from a device that is not the inviter's"));
        }
        let statements = approval.statements.iter().map(|s| Statement::decode(s)).collect::<Result<Vec<_>, _>>()?;
        let state = membership::fold(approval.space, &statements, &self.directory)?;
        let founders: BTreeSet<PersonId> = state.members.keys().copied().collect();
        if state.policy != Policy::Pair || founders != BTreeSet::from([self.me, approval.person]) {
            return Err(EngineError::Invalid("the approval is of something else than a pair of the two"));
        }
        if self.spaces.contains_key(&approval.space) {
            return Ok(approval.space);
        }
        let local = Local { name: approval.name.clone(), must_compare: kept.fingerprint.is_none(), untold: true, ..Local::default() };
        db.put_space(&approval.space, SpaceKind::Pair, &local.to_bytes())?;
        for statement in statements.iter().filter(|s| s.log() == approval.space.0) {
            self.keep_statement(db, statement)?;
        }
        self.load_space(db, &approval.space)?;
        // The relay that carried the invitation carries this person's own space too, on the inviter's account if need be.
        let personal = self.personal();
        if let Some(personal) = personal {
            if let Some(voucher) = approval.voucher {
                self.set_local(db, &personal, |l| l.voucher = Some(hex::encode(voucher)))?;
            }
            if db.meta("relay")?.is_none() {
                db.set_meta("relay", kept.origin.as_bytes())?;
            }
            if self.space(&personal)?.state.relays.is_empty() {
                self.state_relays(db, &personal, std::slice::from_ref(&kept.origin))?;
            }
        }
        Ok(approval.space)
    }

    /// Whether a record of another person was accepted in a space.
    fn others_wrote(&self, db: &Db<'_>, id: &SpaceId) -> Result<bool, EngineError> {
        let lanes = db.lanes_of_space(self.space(id)?.no)?;
        let other = |d: i64| self.devices.get(&d).is_some_and(|(_, p)| *p != self.me);
        Ok(lanes.iter().any(|l| l.accepted > 0 && l.device.is_some_and(other)))
    }
}
