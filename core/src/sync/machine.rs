//! The machine: events in, effects out. The engine tells it what happened and does what it asks.
//!
//! It decides *when*: compare on connecting; pull before sealing when out of touch; pull on a gap, on a live event, on a heartbeat
//! whose digest differs, else every 15 minutes while a stream lives and every 60 s without one; back off with jitter. *What* is
//! sent is read from the store at that moment, so nothing here can go stale.

use std::collections::{BTreeMap, BTreeSet};

use ithaca_wire::MailboxId;

use crate::id::SpaceId;
use crate::identity::entropy::Entropy;

/// Milliseconds since 1970, as the device believes.
pub type Millis = i64;

const POLL_LIVE: Millis = 15 * 60_000;
const POLL: Millis = 60_000;
const BACKOFF_FIRST: Millis = 1_000;
const BACKOFF_MOST: Millis = 10 * 60_000;
const ACK_WITHIN: Millis = 5_000;
const OUT_OF_TOUCH: Millis = 90_000;
const LISTEN_AGAIN: Millis = 5_000;

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A mailbox belongs to this device from now on.
    Mailbox { origin: String, mailbox: MailboxId, space: Option<SpaceId> },
    /// A mailbox is no longer asked for.
    Forget { origin: String, mailbox: MailboxId },
    /// Something was written here in a space.
    Written(SpaceId),
    /// Somebody asked for a sync now.
    Now,
    /// Whether a live stream is wanted.
    Live(bool),
    /// Time has passed.
    Tick,
    /// An exchange came back: for each mailbox asked, what is left to do.
    Answered { origin: String, outcomes: Vec<(MailboxId, Outcome)> },
    /// An exchange did not reach the relay, or the relay refused it as a whole; `retry_after` in ms if it named one.
    Failed { origin: String, retry_after: Option<Millis> },
    /// A mailbox was made, or could not be.
    Made { origin: String, mailbox: MailboxId, ok: bool },
    /// The live stream opened.
    StreamOpened { origin: String },
    /// The live stream ended.
    StreamClosed { origin: String },
    /// The stream named a change; `settled` when the record came along and the digests are equal now.
    Changed { origin: String, mailbox: MailboxId, settled: bool },
    /// The stream's heartbeat; `same` when its digest is ours.
    Beat { origin: String, same: bool },
    /// Content of another device was accepted in a space.
    Received(SpaceId),
    /// What waits in a space is not sealed before then: another device may be making the epoch for it.
    Hold { space: SpaceId, until: Millis },
    /// A record was sealed that tells what was received in a space.
    Acknowledged(SpaceId),
}

/// What an exchange left to do for one mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Both sides hold the same.
    Same,
    /// Something is still to be asked or pushed: at once.
    More,
    /// Differences remain that asking again does not mend: not before a list grows.
    Stuck,
    /// The relay does not know the mailbox.
    Missing,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Exchange with a relay over these mailboxes; `seal` what waits in their spaces first, for each that is in touch.
    Exchange { origin: String, mailboxes: Vec<MailboxId>, seal: Vec<SpaceId> },
    /// Make a mailbox at a relay.
    Make { origin: String, mailbox: MailboxId },
    /// Open the live stream over every mailbox at a relay.
    Listen { origin: String },
    /// End it.
    StopListening { origin: String },
    /// Seal a record that says what was received, if nothing else does.
    Acknowledge(SpaceId),
    /// Everything asked for was done, for now.
    Settled,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Box_ {
    space: Option<SpaceId>,
    dirty: bool,
    missing: bool,
    compared: Option<Millis>,
}

#[derive(Debug, Default)]
struct Relay {
    boxes: BTreeMap<MailboxId, Box_>,
    in_flight: BTreeSet<MailboxId>,
    making: BTreeSet<MailboxId>,
    failures: u32,
    not_before: Millis,
    next_poll: Millis,
    stream: Stream,
    listen_not_before: Millis,
}

#[derive(Debug, Default, PartialEq, Eq, Clone, Copy)]
enum Stream {
    #[default]
    Closed,
    Opening,
    Open,
    /// Open over fewer mailboxes than there are now.
    Outdated,
}

/// The machine of one device.
#[derive(Debug, Default)]
pub struct Machine {
    relays: BTreeMap<String, Relay>,
    acknowledge: BTreeMap<SpaceId, Millis>,
    /// Spaces in which something waits to be sealed.
    unsealed: BTreeSet<SpaceId>,
    /// Spaces in which something waits that is not to be sealed before a time.
    held: BTreeMap<SpaceId, Millis>,
    live: bool,
    settled: bool,
}

impl Machine {
    /// Takes one event and says what to do.
    pub fn handle(&mut self, now: Millis, entropy: &mut dyn Entropy, event: Event) -> Vec<Effect> {
        let mut effects = Vec::new();
        match event {
            Event::Mailbox { origin, mailbox, space } => self.add(origin, mailbox, space),
            Event::Forget { origin, mailbox } => {
                if let Some(relay) = self.relays.get_mut(&origin) {
                    relay.boxes.remove(&mailbox);
                }
            }
            Event::Hold { space, until } => {
                self.unsealed.remove(&space);
                self.held.insert(space, until);
            }
            Event::Written(space) => {
                if !self.held.contains_key(&space) {
                    self.unsealed.insert(space);
                }
                for b in self.relays.values_mut().flat_map(|r| r.boxes.values_mut()).filter(|b| b.space == Some(space)) {
                    b.dirty = true;
                }
            }
            Event::Now => {
                for relay in self.relays.values_mut() {
                    relay.not_before = now;
                    relay.next_poll = now;
                    for b in relay.boxes.values_mut() {
                        b.dirty = true;
                        b.missing = false;
                    }
                }
                for due in self.acknowledge.values_mut() {
                    *due = now;
                }
                self.settled = false;
            }
            Event::Live(on) => {
                self.live = on;
                if !on {
                    for (origin, relay) in &mut self.relays {
                        if relay.stream != Stream::Closed {
                            relay.stream = Stream::Closed;
                            effects.push(Effect::StopListening { origin: origin.clone() });
                        }
                    }
                }
            }
            Event::Tick => {}
            Event::Answered { origin, outcomes } => {
                if let Some(relay) = self.relays.get_mut(&origin) {
                    relay.failures = 0;
                    relay.not_before = now;
                    for (mailbox, outcome) in outcomes {
                        relay.in_flight.remove(&mailbox);
                        let Some(b) = relay.boxes.get_mut(&mailbox) else { continue };
                        match outcome {
                            Outcome::Same | Outcome::Stuck => {
                                b.compared = Some(now);
                                // It pulled first; now what waits can be sealed.
                                b.dirty |= b.space.is_some_and(|s| self.unsealed.contains(&s));
                            }
                            Outcome::More => b.dirty = true,
                            Outcome::Missing => {
                                b.missing = true;
                                if relay.making.insert(mailbox) {
                                    effects.push(Effect::Make { origin: origin.clone(), mailbox });
                                }
                            }
                        }
                    }
                }
            }
            Event::Failed { origin, retry_after } => {
                if let Some(relay) = self.relays.get_mut(&origin) {
                    for mailbox in std::mem::take(&mut relay.in_flight) {
                        if let Some(b) = relay.boxes.get_mut(&mailbox) {
                            b.dirty = true;
                        }
                    }
                    let ceiling = (BACKOFF_FIRST << relay.failures.min(10)).min(BACKOFF_MOST);
                    relay.failures = relay.failures.saturating_add(1);
                    relay.not_before = now + retry_after.unwrap_or(0).max(ceiling / 2 + jitter(entropy, ceiling / 2));
                }
            }
            Event::Made { origin, mailbox, ok } => {
                if let Some(relay) = self.relays.get_mut(&origin) {
                    relay.making.remove(&mailbox);
                    if let Some(b) = relay.boxes.get_mut(&mailbox) {
                        b.missing = !ok;
                        b.dirty = ok;
                        b.compared = None;
                        if ok && relay.stream == Stream::Open {
                            relay.stream = Stream::Outdated;
                        }
                    }
                }
            }
            Event::StreamOpened { origin } => {
                if let Some(relay) = self.relays.get_mut(&origin) {
                    relay.stream = Stream::Open;
                    // Whatever came between the last exchange and the opening would be missed otherwise.
                    relay.boxes.values_mut().for_each(|b| b.dirty = true);
                }
            }
            Event::StreamClosed { origin } => {
                if let Some(relay) = self.relays.get_mut(&origin) {
                    relay.stream = Stream::Closed;
                    relay.listen_not_before = now + LISTEN_AGAIN / 2 + jitter(entropy, LISTEN_AGAIN / 2);
                }
            }
            Event::Changed { origin, mailbox, settled } => {
                if let Some(b) = self.relays.get_mut(&origin).and_then(|r| r.boxes.get_mut(&mailbox)) {
                    if settled {
                        b.compared = Some(now);
                    } else {
                        b.dirty = true;
                    }
                }
            }
            Event::Beat { origin, same } => {
                if let Some(relay) = self.relays.get_mut(&origin) {
                    if same {
                        relay.boxes.values_mut().for_each(|b| b.compared = Some(now));
                    } else {
                        relay.boxes.values_mut().for_each(|b| b.dirty = true);
                    }
                }
            }
            Event::Received(space) => {
                let due = now + ACK_WITHIN / 5 + jitter(entropy, ACK_WITHIN * 3 / 5);
                self.acknowledge.entry(space).or_insert(due);
            }
            Event::Acknowledged(space) => {
                self.acknowledge.remove(&space);
            }
        }
        self.advance(now, entropy, &mut effects);
        effects
    }

    /// Adds a mailbox without doing anything about it yet, so that many can be asked for at once.
    pub fn add(&mut self, origin: String, mailbox: MailboxId, space: Option<SpaceId>) {
        let relay = self.relays.entry(origin).or_default();
        relay.boxes.entry(mailbox).or_insert_with(|| {
            if relay.stream == Stream::Open {
                relay.stream = Stream::Outdated;
            }
            self.settled = false;
            Box_ { space, dirty: true, missing: false, compared: None }
        });
    }

    /// An exchange over these mailboxes is being written now, from everything that is held: what asked for one since it was decided is in it.
    /// In the spaces of `sealed` nothing waits to be sealed any more.
    pub fn begun(&mut self, origin: &str, mailboxes: &[MailboxId], sealed: &[SpaceId]) {
        self.unsealed.retain(|s| !sealed.contains(s));
        let Some(relay) = self.relays.get_mut(origin) else { return };
        for mailbox in mailboxes {
            if let Some(b) = relay.boxes.get_mut(mailbox)
                && b.space.is_none_or(|s| !self.unsealed.contains(&s))
            {
                b.dirty = false;
            }
        }
    }

    /// Every mailbox there is, by relay.
    pub fn all(&self) -> Vec<(String, MailboxId)> {
        self.relays.iter().flat_map(|(o, r)| r.boxes.keys().map(|m| (o.clone(), *m))).collect()
    }

    fn advance(&mut self, now: Millis, entropy: &mut dyn Entropy, effects: &mut Vec<Effect>) {
        let due: Vec<SpaceId> = self.held.iter().filter(|(_, until)| **until <= now).map(|(s, _)| *s).collect();
        for space in due {
            self.held.remove(&space);
            self.unsealed.insert(space);
            for b in self.relays.values_mut().flat_map(|r| r.boxes.values_mut()).filter(|b| b.space == Some(space)) {
                b.dirty = true;
            }
        }
        for (origin, relay) in &mut self.relays {
            if now < relay.not_before {
                continue;
            }
            if now >= relay.next_poll {
                relay.boxes.values_mut().for_each(|b| {
                    b.dirty = true;
                    b.missing = false;
                });
                let every = if relay.stream == Stream::Open { POLL_LIVE } else { POLL };
                relay.next_poll = now + every * 3 / 4 + jitter(entropy, every / 2);
            }
            if relay.in_flight.is_empty() {
                let due: Vec<MailboxId> = relay.boxes.iter().filter(|(_, b)| b.dirty && !b.missing).map(|(m, _)| *m).collect();
                if !due.is_empty() {
                    let mut seal = BTreeSet::new();
                    for mailbox in &due {
                        if let Some(b) = relay.boxes.get_mut(mailbox) {
                            b.dirty = false;
                            if b.compared.is_some_and(|at| now - at <= OUT_OF_TOUCH) {
                                seal.extend(b.space.filter(|s| self.unsealed.contains(s)));
                            }
                        }
                        relay.in_flight.insert(*mailbox);
                    }
                    self.unsealed.retain(|s| !seal.contains(s));
                    effects.push(Effect::Exchange { origin: origin.clone(), mailboxes: due, seal: seal.into_iter().collect() });
                    self.settled = false;
                }
            }
            let wants = self.live && !relay.boxes.is_empty() && now >= relay.listen_not_before;
            if wants && matches!(relay.stream, Stream::Closed | Stream::Outdated) {
                relay.stream = Stream::Opening;
                effects.push(Effect::Listen { origin: origin.clone() });
            }
        }
        let idle = self.relays.values().all(|r| r.in_flight.is_empty() && r.making.is_empty());
        // Without a stream what was received is acknowledged at the end of the sync, with one: within seconds.
        let streaming = self.relays.values().any(|r| matches!(r.stream, Stream::Open | Stream::Outdated));
        let due: Vec<SpaceId> = self.acknowledge.iter().filter(|(_, at)| **at <= now || (!streaming && idle)).map(|(s, _)| *s).collect();
        for space in due {
            self.acknowledge.remove(&space);
            effects.push(Effect::Acknowledge(space));
        }
        if idle && !self.settled && effects.is_empty() {
            self.settled = true;
            effects.push(Effect::Settled);
        }
    }

    /// Whether nothing is under way and nothing is due now.
    pub fn is_settled(&self) -> bool {
        self.settled
    }

    /// When [`Event::Tick`] is next needed; `None` when nothing waits for time.
    pub fn next_wake(&self) -> Option<Millis> {
        let relays = self.relays.values().filter(|r| !r.boxes.is_empty()).map(|r| {
            let dirty = r.boxes.values().any(|b| b.dirty && !b.missing) && r.in_flight.is_empty();
            let due = if dirty { r.not_before } else { r.next_poll.max(r.not_before) };
            if self.live && r.stream == Stream::Closed { due.min(r.listen_not_before.max(r.not_before)) } else { due }
        });
        relays.chain(self.acknowledge.values().copied()).chain(self.held.values().copied()).min()
    }

    /// When a relay that could not be reached is tried again, for each such relay.
    pub fn waiting(&self, now: Millis) -> Vec<(String, Millis)> {
        self.relays.iter().filter(|(_, r)| r.failures > 0 && r.not_before > now).map(|(o, r)| (o.clone(), r.not_before)).collect()
    }

    /// Relays of which the last exchange failed.
    pub fn failing(&self) -> Vec<String> {
        self.relays.iter().filter(|(_, r)| r.failures > 0).map(|(o, _)| o.clone()).collect()
    }

    /// The mailboxes asked for at a relay.
    pub fn mailboxes(&self, origin: &str) -> Vec<MailboxId> {
        self.relays.get(origin).map(|r| r.boxes.keys().copied().collect()).unwrap_or_default()
    }

    /// Whether a mailbox of this space was compared lately, so that sealing needs no pull first.
    pub fn in_touch(&self, now: Millis, space: &SpaceId) -> bool {
        self.relays
            .values()
            .flat_map(|r| r.boxes.values())
            .any(|b| b.space == Some(*space) && b.compared.is_some_and(|at| now - at <= OUT_OF_TOUCH))
    }
}

/// A failing source of randomness must not stop a sync: without it the spread is lost, nothing else.
fn jitter(entropy: &mut dyn Entropy, bound: Millis) -> Millis {
    entropy.below(bound.max(1) as u64).map_or(0, |n| n as Millis)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::entropy::SeededEntropy;

    const BOX: MailboxId = MailboxId([1; 16]);
    const SPACE: SpaceId = SpaceId([2; 32]);

    fn origin() -> String {
        "http://127.0.0.1:1".into()
    }

    fn machine() -> (Machine, SeededEntropy) {
        (Machine::default(), SeededEntropy::new(1))
    }

    fn exchange(effects: &[Effect]) -> Option<&[SpaceId]> {
        effects.iter().find_map(|e| if let Effect::Exchange { seal, .. } = e { Some(seal.as_slice()) } else { None })
    }

    #[test]
    fn out_of_touch_it_pulls_before_it_seals() {
        let (mut m, mut e) = machine();
        let effects = m.handle(0, &mut e, Event::Mailbox { origin: origin(), mailbox: BOX, space: Some(SPACE) });
        assert_eq!(exchange(&effects), Some([].as_slice()));
        let effects = m.handle(5, &mut e, Event::Answered { origin: origin(), outcomes: vec![(BOX, Outcome::Same)] });
        assert_eq!(effects, vec![Effect::Settled]);
        // What was written before the first comparison is sealed right after it.
        let (mut early, mut e2) = machine();
        early.add(origin(), BOX, Some(SPACE));
        assert_eq!(exchange(&early.handle(0, &mut e2, Event::Written(SPACE))), Some([].as_slice()));
        let effects = early.handle(5, &mut e2, Event::Answered { origin: origin(), outcomes: vec![(BOX, Outcome::Same)] });
        assert_eq!(exchange(&effects), Some([SPACE].as_slice()));
        assert_eq!(exchange(&m.handle(6, &mut e, Event::Written(SPACE))), Some([SPACE].as_slice()));
        m.handle(7, &mut e, Event::Answered { origin: origin(), outcomes: vec![(BOX, Outcome::Same)] });
        let late = 7 + OUT_OF_TOUCH + 1;
        assert_eq!(exchange(&m.handle(late, &mut e, Event::Written(SPACE))), Some([].as_slice()));
    }

    #[test]
    fn what_is_written_before_an_exchange_is_begun_asks_for_no_second_one() {
        let (mut m, mut e) = machine();
        m.add(origin(), BOX, Some(SPACE));
        m.handle(0, &mut e, Event::Now);
        m.handle(1, &mut e, Event::Answered { origin: origin(), outcomes: vec![(BOX, Outcome::Same)] });
        assert_eq!(exchange(&m.handle(2, &mut e, Event::Written(SPACE))), Some([SPACE].as_slice()));
        m.handle(2, &mut e, Event::Written(SPACE));
        m.begun(&origin(), &[BOX], &[SPACE]);
        assert_eq!(exchange(&m.handle(3, &mut e, Event::Answered { origin: origin(), outcomes: vec![(BOX, Outcome::Same)] })), None);
        // What was not sealed with it does ask.
        assert_eq!(exchange(&m.handle(4, &mut e, Event::Written(SPACE))), Some([SPACE].as_slice()));
        m.handle(4, &mut e, Event::Written(SPACE));
        m.begun(&origin(), &[BOX], &[]);
        let answered = Event::Answered { origin: origin(), outcomes: vec![(BOX, Outcome::Same)] };
        assert_eq!(exchange(&m.handle(5, &mut e, answered)), Some([SPACE].as_slice()));
    }

    #[test]
    fn it_backs_off_and_tries_again_with_what_was_not_sent() {
        let (mut m, mut e) = machine();
        m.handle(0, &mut e, Event::Mailbox { origin: origin(), mailbox: BOX, space: Some(SPACE) });
        let mut now = 0;
        let mut waits = Vec::new();
        for _ in 0..12 {
            m.handle(now, &mut e, Event::Failed { origin: origin(), retry_after: None });
            let at = m.next_wake().unwrap();
            waits.push(at - now);
            assert!(exchange(&m.handle(at - 1, &mut e, Event::Tick)).is_none());
            assert!(exchange(&m.handle(at, &mut e, Event::Tick)).is_some());
            now = at;
        }
        assert!(waits[0] <= BACKOFF_FIRST && waits[11] > BACKOFF_MOST / 3 && waits[11] <= BACKOFF_MOST, "{waits:?}");
        assert_eq!(m.failing(), vec![origin()]);
        m.handle(now, &mut e, Event::Answered { origin: origin(), outcomes: vec![(BOX, Outcome::Same)] });
        assert!(m.failing().is_empty());
    }

    #[test]
    fn what_was_received_is_acknowledged_at_the_end_of_a_sync_or_within_five_seconds() {
        let (mut m, mut e) = machine();
        m.handle(0, &mut e, Event::Mailbox { origin: origin(), mailbox: BOX, space: Some(SPACE) });
        assert!(m.handle(1, &mut e, Event::Received(SPACE)).is_empty(), "not in the middle");
        let effects = m.handle(2, &mut e, Event::Answered { origin: origin(), outcomes: vec![(BOX, Outcome::Same)] });
        assert_eq!(effects, vec![Effect::Acknowledge(SPACE)]);
        m.handle(3, &mut e, Event::Live(true));
        m.handle(4, &mut e, Event::StreamOpened { origin: origin() });
        m.handle(5, &mut e, Event::Answered { origin: origin(), outcomes: vec![(BOX, Outcome::Same)] });
        assert!(!m.handle(6, &mut e, Event::Received(SPACE)).contains(&Effect::Acknowledge(SPACE)));
        assert!(m.next_wake().unwrap() <= 6 + ACK_WITHIN);
        assert!(m.handle(6 + ACK_WITHIN, &mut e, Event::Tick).contains(&Effect::Acknowledge(SPACE)));
    }

    #[test]
    fn a_missing_mailbox_is_made_once_and_then_asked_again() {
        let (mut m, mut e) = machine();
        m.handle(0, &mut e, Event::Mailbox { origin: origin(), mailbox: BOX, space: Some(SPACE) });
        let effects = m.handle(1, &mut e, Event::Answered { origin: origin(), outcomes: vec![(BOX, Outcome::Missing)] });
        assert_eq!(effects, vec![Effect::Make { origin: origin(), mailbox: BOX }]);
        assert!(exchange(&m.handle(2, &mut e, Event::Made { origin: origin(), mailbox: BOX, ok: true })).is_some());
    }

    #[test]
    fn a_heartbeat_that_differs_pulls_and_one_that_does_not_keeps_in_touch() {
        let (mut m, mut e) = machine();
        m.handle(0, &mut e, Event::Mailbox { origin: origin(), mailbox: BOX, space: Some(SPACE) });
        m.handle(1, &mut e, Event::Answered { origin: origin(), outcomes: vec![(BOX, Outcome::Same)] });
        m.handle(2, &mut e, Event::Beat { origin: origin(), same: true });
        assert!(m.in_touch(OUT_OF_TOUCH, &SPACE));
        assert!(exchange(&m.handle(3, &mut e, Event::Beat { origin: origin(), same: false })).is_some());
    }

    /// A source that always gives this number, so far as the bound allows.
    struct Always(u64);
    impl Entropy for Always {
        fn fill(&mut self, out: &mut [u8]) -> Result<(), crate::identity::entropy::NoEntropy> {
            out.iter_mut().zip(self.0.to_le_bytes()).for_each(|(o, b)| *o = b);
            Ok(())
        }
    }

    const OTHER: (MailboxId, SpaceId) = (MailboxId([3; 16]), SpaceId([4; 32]));

    /// With one mailbox, compared at `now`; its stream open where it is live.
    fn compared(now: Millis, entropy: &mut dyn Entropy, live: bool) -> Machine {
        let mut m = Machine::default();
        m.add(origin(), BOX, Some(SPACE));
        m.handle(now, entropy, Event::Live(live));
        if live {
            m.handle(now, entropy, Event::StreamOpened { origin: origin() });
            same(&mut m, now, entropy);
        }
        same(&mut m, now, entropy);
        m
    }

    fn same(m: &mut Machine, now: Millis, entropy: &mut dyn Entropy) -> Vec<Effect> {
        m.handle(now, entropy, Event::Answered { origin: origin(), outcomes: vec![(BOX, Outcome::Same)] })
    }

    /// The first of these times at which a tick does something, and what.
    fn first(m: &mut Machine, entropy: &mut dyn Entropy, times: [Millis; 2]) -> Option<(Millis, Vec<Effect>)> {
        times.into_iter().find_map(|at| Some((at, m.handle(at, entropy, Event::Tick))).filter(|(_, effects)| !effects.is_empty()))
    }

    #[test]
    fn times_are_those_of_the_protocol_each_within_its_spread() {
        assert_eq!((POLL_LIVE, POLL, BACKOFF_FIRST, BACKOFF_MOST), (900_000, 60_000, 1_000, 600_000));
        let listen = vec![Effect::Listen { origin: origin() }];
        // The least, the most, and one more than the most, which is the least again.
        let draws: [fn(Millis) -> Millis; 3] = [|_| 0, |bound| bound - 1, |bound| bound];
        for drawn in draws {
            let draw = |bound: Millis| Always(drawn(bound) as u64);
            let at = |least: Millis, bound: Millis| least + drawn(bound) % bound;
            let mut m = compared(0, &mut draw(30_000), false);
            let asks = at(45_000, 30_000);
            assert_eq!(first(&mut m, &mut Always(0), [asks - 1, asks]).map(|(t, e)| (t, exchange(&e).is_some())), Some((asks, true)));
            m.handle(asks, &mut draw(500), Event::Failed { origin: origin(), retry_after: None });
            let again = asks + at(500, 500);
            assert_eq!((m.next_wake(), m.waiting(asks)), (Some(again), vec![(origin(), again)]));
            assert_eq!(first(&mut m, &mut Always(0), [again - 1, again]).map(|(t, _)| t), Some(again));
            m.handle(again, &mut draw(1_000), Event::Failed { origin: origin(), retry_after: None });
            assert_eq!(m.next_wake(), Some(again + at(1_000, 1_000)), "twice as long");
            m.handle(again, &mut draw(2_000), Event::Failed { origin: origin(), retry_after: Some(70_000) });
            assert_eq!(m.next_wake(), Some(again + 70_000), "as long as the relay says");

            let mut m = compared(0, &mut draw(30_000), true);
            m.handle(1_000, &mut draw(2_500), Event::StreamClosed { origin: origin() });
            let opens = 1_000 + at(2_500, 2_500);
            assert_eq!(m.next_wake(), Some(opens));
            assert_eq!(first(&mut m, &mut Always(0), [opens - 1, opens]), Some((opens, listen.clone())));

            let mut m = compared(0, &mut draw(30_000), true);
            m.handle(1_000, &mut draw(3_000), Event::Received(SPACE));
            let tells = 1_000 + at(1_000, 3_000);
            assert_eq!(m.next_wake(), Some(tells));
            assert_eq!(first(&mut m, &mut Always(0), [tells - 1, tells]), Some((tells, vec![Effect::Acknowledge(SPACE)])));
            same(&mut m, tells, &mut Always(0));
            // With a stream it asks by itself a quarter of an hour after it asked.
            m.handle(asks, &mut draw(450_000), Event::Tick);
            same(&mut m, asks, &mut Always(0));
            assert_eq!(m.next_wake(), Some(asks + at(675_000, 450_000)));
        }
    }

    #[test]
    fn a_stream_is_opened_where_somebody_watches_something_and_over_every_mailbox() {
        let (mut m, mut e) = machine();
        let listen = Effect::Listen { origin: origin() };
        m.add(origin(), BOX, Some(SPACE));
        assert!(!m.handle(0, &mut e, Event::Tick).contains(&listen), "nobody watches");
        m.handle(0, &mut e, Event::Forget { origin: origin(), mailbox: BOX });
        assert!(!m.handle(1, &mut e, Event::Live(true)).contains(&listen), "there is nothing to watch");
        m.handle(1, &mut e, Event::Live(false));
        let mut m = compared(2, &mut e, false);
        assert_eq!(m.handle(3, &mut e, Event::Live(false)), vec![], "there was none");
        assert_eq!(m.handle(3, &mut e, Event::Live(true)), vec![listen.clone()]);
        assert_eq!(m.handle(4, &mut e, Event::Live(true)), vec![], "it is being opened");
        m.handle(5, &mut e, Event::StreamOpened { origin: origin() });
        same(&mut m, 6, &mut e);
        let missing = || Event::Answered { origin: origin(), outcomes: vec![(BOX, Outcome::Missing)] };
        m.handle(7, &mut e, missing());
        assert!(!m.handle(8, &mut e, Event::Made { origin: origin(), mailbox: BOX, ok: false }).contains(&listen));
        m.handle(9, &mut e, missing());
        assert!(
            m.handle(10, &mut e, Event::Made { origin: origin(), mailbox: BOX, ok: true }).contains(&listen),
            "it was opened without this one"
        );
        m.handle(11, &mut e, Event::StreamOpened { origin: origin() });
        assert_eq!(m.handle(12, &mut e, Event::Live(false)), vec![Effect::StopListening { origin: origin() }]);
        // Where there is no stream a new mailbox makes none, and what came is acknowledged with the sync.
        let mut m = compared(20, &mut e, false);
        m.handle(21, &mut e, missing());
        m.handle(22, &mut e, Event::Made { origin: origin(), mailbox: BOX, ok: true });
        m.handle(23, &mut e, Event::Received(SPACE));
        assert!(same(&mut m, 24, &mut e).contains(&Effect::Acknowledge(SPACE)));
    }

    #[test]
    fn what_is_held_is_sealed_when_its_time_comes_and_nothing_else_is_asked_for_it() {
        let mut e = Always(0);
        let mut m = compared(0, &mut e, false);
        m.handle(0, &mut e, Event::Mailbox { origin: origin(), mailbox: OTHER.0, space: Some(OTHER.1) });
        m.handle(0, &mut e, Event::Answered { origin: origin(), outcomes: vec![(OTHER.0, Outcome::Same)] });
        m.handle(1, &mut e, Event::Hold { space: SPACE, until: 100 });
        assert_eq!(exchange(&m.handle(2, &mut e, Event::Written(SPACE))), Some([].as_slice()), "not sealed yet");
        same(&mut m, 3, &mut e);
        assert_eq!(m.next_wake(), Some(100));
        let sealed = Effect::Exchange { origin: origin(), mailboxes: vec![BOX], seal: vec![SPACE] };
        assert_eq!(first(&mut m, &mut e, [99, 100]), Some((100, vec![sealed])));
    }

    #[test]
    fn it_says_what_it_asks_for_what_it_waits_for_and_when_it_is_done() {
        let mut e = Always(0);
        let mut m = Machine::default();
        m.add(origin(), BOX, Some(SPACE));
        m.add(origin(), OTHER.0, Some(OTHER.1));
        assert_eq!(m.all(), vec![(origin(), BOX), (origin(), OTHER.0)]);
        assert_eq!((m.mailboxes(&origin()), m.mailboxes("elsewhere")), (vec![BOX, OTHER.0], vec![]));
        assert!(!m.in_touch(0, &SPACE) && !m.is_settled());
        let begun = 1_000_000;
        m.handle(begun, &mut e, Event::Now);
        assert_eq!(m.next_wake(), Some(begun + 45_000), "what is under way needs no waking");
        m.handle(begun, &mut e, Event::Written(SPACE));
        assert_eq!(m.next_wake(), Some(begun + 45_000), "nor what waits for it to come back");
        assert!(!m.is_settled());
        let outcomes = vec![(BOX, Outcome::Same), (OTHER.0, Outcome::Missing)];
        let effects = m.handle(begun + 10, &mut e, Event::Answered { origin: origin(), outcomes });
        assert_eq!(exchange(&effects), Some([SPACE].as_slice()), "compared a moment ago");
        same(&mut m, begun + 20, &mut e);
        m.handle(begun + 20, &mut e, Event::Made { origin: origin(), mailbox: OTHER.0, ok: false });
        assert!(m.is_settled());
        m.handle(begun + 21, &mut e, Event::Written(OTHER.1));
        assert_eq!(m.next_wake(), Some(begun + 45_000), "what is missing is asked for with the rest");
        assert!(m.in_touch(begun + 20 + OUT_OF_TOUCH, &SPACE) && !m.in_touch(begun + 21 + OUT_OF_TOUCH, &SPACE));
        assert!(!m.in_touch(begun + 20, &OTHER.1) && !m.in_touch(begun + 20, &SpaceId([9; 32])));
        assert_eq!((m.waiting(begun), m.waiting(begun + 30)), (vec![], vec![]), "nothing failed");
        m.handle(begun + 30, &mut e, Event::Now);
        assert!(!m.is_settled());
        m.handle(begun + 30, &mut e, Event::Failed { origin: origin(), retry_after: None });
        assert_eq!(m.waiting(begun + 529), vec![(origin(), begun + 530)]);
        assert_eq!((m.waiting(begun + 530), m.waiting(begun + 531)), (vec![], vec![]));
    }
}
