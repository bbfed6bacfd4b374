//! What a relay is told and asked in one exchange.

use std::collections::BTreeMap;

use ithaca_wire::exchange::{Ask, LaneList, MakeMailbox, Request as WireRequest, VERSION};
use ithaca_wire::vector::{self, Vector};
use ithaca_wire::{MailboxId, Token, limits};

use super::super::{Core, Engine, EngineError};
use super::{BUDGET, Known, LINE, Mode, PUSH, Part, Request, Target, Ticket};
use crate::id::{EpochId, SpaceId};
use crate::store::{Db, LaneRow, SpaceKind};
use crate::sync::machine::{Event, Millis, Outcome};
use crate::transport::Call;

impl Engine {
    pub(super) fn exchange(
        &mut self,
        now: Millis,
        origin: String,
        mailboxes: &[MailboxId],
        out: &mut Vec<Request>,
    ) -> Result<(), EngineError> {
        let db = self.store.read();
        let addresses = self.core.addresses(&db, &origin)?;
        let (mut asks, mut parts, mut outcomes) = (Vec::new(), Vec::new(), Vec::new());
        let (mut room, mut lines) = (PUSH, self.exchanges.listed);
        let mut vouchers = Vec::new();
        for mailbox in mailboxes {
            let Some((token, target)) = addresses.get(mailbox) else {
                outcomes.push((*mailbox, Outcome::Stuck));
                continue;
            };
            if asks.len() >= limits::MAILBOXES_ASKED {
                outcomes.push((*mailbox, Outcome::More));
                continue;
            }
            let holds = matches!(target, Target::Epoch(space, _) if self.exchanges.snapshots.holds(space, now));
            let known = self.exchanges.known.entry((origin.clone(), *mailbox)).or_default();
            let (ask, part) = match target {
                Target::Epoch(space, epoch) => {
                    self.core.ask(&db, &origin, (*mailbox, *token), (*space, *epoch), (known, holds), (&mut room, &mut lines))?
                }
                Target::Invite(invite) => {
                    vouchers.extend(self.core.voucher_wanted(&db, invite)?.map(|account| (*invite, account)));
                    let push: Vec<_> = self.core.invite_message(&db, invite)?.into_iter().map(Into::into).collect();
                    let ask = Ask {
                        mailbox: *mailbox,
                        token: *token,
                        push: (!push.is_empty()).then_some(push),
                        digest: None,
                        vector: Some(Vec::new()),
                        lists: None,
                    };
                    (
                        ask,
                        Part {
                            mailbox: *mailbox,
                            what: *target,
                            pushed: Vec::new(),
                            stored: BTreeMap::new(),
                            rest: false,
                            asked: Mode::Vector,
                            listed: BTreeMap::new(),
                        },
                    )
                }
            };
            asks.push(ask);
            parts.push(part);
        }
        for (invite, account) in vouchers {
            let ticket = self.exchanges.ticket(Ticket::Voucher { origin: origin.clone(), invite });
            out.push(Request::Call { ticket, origin: origin.clone(), call: Call::Voucher { account } });
        }
        if !outcomes.is_empty() {
            self.tell(now, Event::Answered { origin: origin.clone(), outcomes });
        }
        if !asks.is_empty() {
            let call = Call::Sync(WireRequest { version: VERSION, budget: BUDGET, mailboxes: asks });
            let ticket = self.exchanges.ticket(Ticket::Sync { origin: origin.clone(), parts });
            out.push(Request::Call { ticket, origin, call });
        }
        Ok(())
    }
}

/// The vector of these lanes.
pub(super) fn vector_of(lanes: &[LaneRow]) -> Vector {
    lanes.iter().filter_map(|l| l.entry().map(|e| (l.id, e))).collect()
}

impl Core {
    /// Every mailbox asked for at a relay, with what opens it and what it is.
    pub(super) fn addresses(&self, db: &Db<'_>, origin: &str) -> Result<BTreeMap<MailboxId, (Token, Target)>, EngineError> {
        let mut out = BTreeMap::new();
        for space in self.spaces.values().filter(|s| s.kind != SpaceKind::Archive && !s.local.blocked && s.state.relays.contains(origin)) {
            for (epoch, key) in &space.keys {
                let address = key.mailbox(origin);
                out.insert(address.id, (address.token, Target::Epoch(space.id, *epoch)));
            }
        }
        for (invite, address) in self.rendezvous_at(db, origin)? {
            out.insert(address.id, (address.token, Target::Invite(invite)));
        }
        Ok(out)
    }

    /// One mailbox's part of a request: what the relay lacks, and what is held, unless this device `holds` back from asking for what is new.
    fn ask(
        &self,
        db: &Db<'_>,
        origin: &str,
        (mailbox, token): (MailboxId, Token),
        (space, epoch): (SpaceId, EpochId),
        (known, holds): (&mut Known, bool),
        (room, lines): (&mut usize, &mut usize),
    ) -> Result<(Ask, Part), EngineError> {
        let lanes = db.lanes(&epoch)?;
        let (mut push, mut pushed, mut rest) = (Vec::new(), Vec::new(), false);
        let mut held = BTreeMap::new();
        let mut add = |bytes: Vec<u8>, lane: i64, n: u64| {
            if push.len() >= limits::PUSHED || (bytes.len() + 16 > *room) {
                return false;
            }
            *room = room.saturating_sub(bytes.len() + 16);
            push.push(minicbor::bytes::ByteVec::from(bytes));
            pushed.push((lane, n));
            true
        };
        for lane in &lanes {
            for (_, n, hash) in known.push.iter().filter(|(l, ..)| *l == lane.id) {
                let version = db.versions(lane.no, *n)?.into_iter().find(|v| v.hash == *hash);
                if let Some(bytes) = version.and_then(|v| v.bytes) {
                    rest |= !add(bytes, lane.no, *n);
                }
            }
            let stored = db.stored(origin, lane.no)?;
            held.insert(lane.no, stored);
            if stored >= lane.fetched {
                continue;
            }
            for record in db.records_from(lane.no, stored.max(lane.start.saturating_sub(1)) + 1, limits::PUSHED)? {
                // What is kept only as a hash is never offered.
                let Some(bytes) = record.bytes else { continue };
                if !add(bytes, lane.no, record.n) {
                    rest = true;
                    break;
                }
            }
        }
        known.push.clear();
        let mut vector: Vec<_> = vector_of(&lanes).into_iter().collect();
        vector.sort_unstable_by_key(|(lane, _)| *lane);
        let digest = vector::digest(&vector.iter().copied().collect());
        let asked = if rest || holds {
            Mode::Push
        } else if known.whole.is_some() {
            Mode::Vector
        } else {
            Mode::Digest
        };
        let (mut lists, mut listed) = (Vec::new(), BTreeMap::new());
        if asked == Mode::Vector {
            let wanted = known.whole.take().unwrap_or_default();
            // Of what was compared to the end one number is enough to say so: without a list the relay would come with a whole one of its own.
            for row in lanes.iter().filter(|l| known.settled.get(&l.id).is_some_and(|(mine, _)| *mine == l.sum.tag())) {
                if !wanted.contains(&row.id) {
                    let held = db.versions(row.no, row.fetched)?.into_iter().map(|v| (row.fetched, v.hash)).collect();
                    lists.push(LaneList { lane: row.id, held, window: Some((row.fetched, row.fetched)) });
                }
            }
            for id in wanted {
                let Some(row) = lanes.iter().find(|l| l.id == id) else { continue };
                let last = known.below.get(&id).map_or(row.fetched, |n| row.fetched.min(*n));
                let most = (*lines).min(*room / LINE);
                if most == 0 {
                    // The next exchange has room.
                    continue;
                }
                let (held, first) = db.hashes_down(row.no, last, most)?;
                (*lines, *room) = (lines.saturating_sub(held.len()), room.saturating_sub(held.len() * LINE));
                listed.insert(id, first);
                lists.push(LaneList { lane: id, held, window: (first > 1 || last < row.fetched).then_some((first, last)) });
            }
            lists.sort_by_key(|l| l.lane);
        }
        let ask = Ask {
            mailbox,
            token,
            push: (!push.is_empty()).then_some(push),
            digest: (asked != Mode::Push).then_some(digest),
            vector: (asked == Mode::Vector).then_some(vector),
            lists: (!lists.is_empty()).then_some(lists),
        };
        Ok((ask, Part { mailbox, what: Target::Epoch(space, epoch), pushed, stored: held, rest, asked, listed }))
    }

    /// The call that makes a mailbox: with an account, a voucher, or nothing where the relay is open.
    pub(super) fn make(&self, db: &Db<'_>, origin: &str, mailbox: MailboxId) -> Result<Option<Call>, EngineError> {
        let Some((token, target)) = self.addresses(db, origin)?.get(&mailbox).copied() else { return Ok(None) };
        let account = self.account(db, origin)?;
        let token_hash = token.hash();
        // A mailbox that lapsed no `next` brings back.
        if account.is_none() && db.meta(&lapsed_key(origin, &mailbox))?.is_none() {
            // Whoever has no account makes the next mailbox with one there is, on the account that it stands on.
            if let Some((present, token)) = self.present(db, origin, &target)? {
                let make = MakeMailbox { token_hash, voucher: None, next: Some(mailbox), token: Some(token) };
                return Ok(Some(Call::Next { mailbox: present, make }));
            }
        }
        let voucher = match target {
            Target::Epoch(space, _) if account.is_none() => {
                let voucher = self.spaces.get(&space).and_then(|s| s.local.voucher.as_deref());
                voucher.and_then(|v| hex::decode(v).ok()).and_then(|v| v.try_into().ok())
            }
            _ => None,
        };
        Ok(Some(Call::Make { mailbox, make: MakeMailbox { token_hash, voucher, next: None, token: None }, account }))
    }

    /// A mailbox of the same space that the relay is known to have; for a rendezvous and for recovery words, one of the personal space.
    fn present(&self, db: &Db<'_>, origin: &str, target: &Target) -> Result<Option<(MailboxId, Token)>, EngineError> {
        let of = match target {
            Target::Epoch(space, _) if self.space(space)?.kind != SpaceKind::Recovery => Some(*space),
            _ => self.personal(),
        };
        let Some(space) = of.and_then(|id| self.spaces.get(&id)) else { return Ok(None) };
        for row in db.mailboxes()?.into_iter().filter(|m| m.made && m.origin == origin && m.space == space.no) {
            if let Some(key) = space.keys.get(&row.epoch) {
                return Ok(Some((row.id, key.mailbox(origin).token)));
            }
        }
        Ok(None)
    }
}

/// Stands where a relay said that a mailbox lapsed: it was made as the next one, and nothing came into it in time.
pub(super) fn lapsed_key(origin: &str, mailbox: &MailboxId) -> String {
    format!("lapsed/{origin}/{}", hex::encode(mailbox.0))
}
