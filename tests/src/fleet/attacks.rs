//! What others put into mailboxes: junk, numbers that somebody squats on, records sealed again, epochs of a device that is out.

use ithaca_core::space::key::EpochKey;
use ithaca_core::transport::Call;
use ithaca_wire::exchange::{Ask, Request, VERSION};
use ithaca_wire::record::{self, Outer};
use ithaca_wire::{LaneId, limits};
use minicbor::bytes::ByteVec;
use rand_core::Rng;

use super::below;
use super::world::{Done, ORIGINS, World, relays_of};

/// The mailbox under attack.
struct Target {
    relay: usize,
    key: EpochKey,
    /// Records in it.
    held: Vec<Vec<u8>>,
}

fn junk(rng: &mut impl Rng, lane: &[u8], n: u64) -> Vec<u8> {
    let mut record = vec![0; 300];
    rng.fill_bytes(&mut record);
    record[0] = 1;
    record[1..17].copy_from_slice(lane);
    record[17..25].copy_from_slice(&n.to_be_bytes());
    record
}

fn number(record: &[u8]) -> u64 {
    u64::from_be_bytes(record[17..25].try_into().unwrap_or_default())
}

fn aad(key: &EpochKey, lane: LaneId, n: u64) -> Vec<u8> {
    [b"ithaca/v1/seal".as_slice(), &key.id().0, &lane.0, &n.to_be_bytes()].concat()
}

impl World {
    /// The newest mailbox of a pair that somebody knows, at one of its relays.
    fn target(&mut self) -> Done<Option<Target>> {
        let (a, _, space) = self.pairs[below(&mut self.rng, self.pairs.len() as u64) as usize];
        let Some(engine) = self.devices.iter().filter(|d| d.person == a).find_map(|d| d.engine.as_ref()) else { return Ok(None) };
        let Some(key) = engine.keys_of(&space).map_err(|e| e.to_string())?.pop() else { return Ok(None) };
        let relays = relays_of(engine, &space)?;
        let Some(origin) = relays.get(below(&mut self.rng, relays.len() as u64) as usize) else { return Ok(None) };
        let relay = usize::from(*origin == ORIGINS[1]);
        let mailbox = key.mailbox(origin).id;
        let held = self.relays[relay].pushed().into_iter().filter(|(m, _)| *m == mailbox).map(|(_, r)| r).collect();
        Ok(Some(Target { relay, key, held }))
    }

    fn some(&mut self, held: &[Vec<u8>]) -> Vec<u8> {
        held.get(below(&mut self.rng, held.len() as u64) as usize).cloned().unwrap_or_default()
    }

    fn put(&mut self, target: &Target, record: Vec<u8>) {
        self.planted.insert(record.clone());
        let address = target.key.mailbox(ORIGINS[target.relay]);
        let push = Some(vec![ByteVec::from(record)]);
        let ask = Ask { mailbox: address.id, token: address.token, push, digest: None, vector: None, lists: None };
        let request = Request { version: VERSION, budget: 0, mailboxes: vec![ask] };
        // It may refuse.
        let _ = self.relays[target.relay].answer(Call::Sync(request), self.time);
        self.publish(target.relay);
    }

    /// Somebody with a mailbox's token, or the relay, puts bytes there: random ones, ones that squat on a number, damaged ones.
    pub(super) fn junk(&mut self) -> Done {
        let Some(target) = self.target()? else { return Ok(()) };
        let some = self.some(&target.held);
        let mut lane = [0; 16];
        self.rng.fill_bytes(&mut lane);
        let record = match below(&mut self.rng, 4) {
            // The number that its writer gives next, or one that was given.
            kind @ (1 | 2) if !some.is_empty() => junk(&mut self.rng, &some[1..17], number(&some) + 2 - kind),
            3 if !some.is_empty() => {
                let mut record = some;
                let at = 25 + below(&mut self.rng, record.len() as u64 - 25) as usize;
                record[at] ^= 1;
                record
            }
            // A new lane of nobody.
            _ => junk(&mut self.rng, &lane, 1),
        };
        self.put(&target, record);
        self.happened.insert("junk");
        self.report.add("junk");
        Ok(())
    }

    /// All the places that a relay keeps for a lane's next number are taken before its writer comes; where the relay forgot, one that its writer has filled.
    pub(super) fn squat(&mut self) -> Done {
        let Some(target) = self.target()? else { return Ok(()) };
        let some = self.some(&target.held);
        if some.is_empty() {
            return Ok(());
        }
        let last = target.held.iter().filter(|r| r[1..17] == some[1..17]).map(|r| number(r)).max().unwrap_or(0);
        for _ in 0..limits::VERSIONS {
            let record = junk(&mut self.rng, &some[1..17], last + 1);
            self.put(&target, record);
        }
        self.happened.insert("squat");
        self.report.add("number squatted on");
        Ok(())
    }

    /// A record sealed again by somebody who may read it: at its own place, under another number, in another lane.
    pub(super) fn seal_again(&mut self) -> Done {
        let Some(mut target) = self.target()? else { return Ok(()) };
        // Sealed behind something planted, it would show by its number that something lies before it which no phone ever wrote: a reader can claim that.
        target.held.retain(|r| !self.planted.contains(r));
        let (one, other) = (self.some(&target.held), self.some(&target.held));
        let (Ok(outer), Ok(other)) = (Outer::parse(&one), Outer::parse(&other)) else { return Ok(()) };
        let plain = target.key.content().open_with(&outer.nonce, &aad(&target.key, outer.lane, outer.n), outer.ciphertext);
        // Junk does not open.
        let Ok(plain) = plain else { return Ok(()) };
        let kind = below(&mut self.rng, 3);
        let (lane, n) = match (kind, outer.n) {
            (0, n) => (outer.lane, n),
            (_, 1) => {
                let mut lane = [0; 16];
                self.rng.fill_bytes(&mut lane);
                (LaneId(lane), 1)
            }
            (1, n) => (outer.lane, n + 1),
            _ => (other.lane, other.n + 1),
        };
        let mut nonce = [0; 24];
        self.rng.fill_bytes(&mut nonce);
        let ciphertext = target.key.content().seal_with(&nonce, &aad(&target.key, lane, n), &plain);
        let record = Outer { version: record::VERSION, lane, n, nonce, ciphertext: &ciphertext }.to_bytes();
        self.put(&target, record);
        self.sealed_again += 1;
        self.report.add(["sealed again", "sealed as the next", "sealed into another lane"][kind as usize]);
        Ok(())
    }

    /// A device that is out hears of it, and makes an epoch for exactly those who read now, with a secret that it knows.
    pub(super) fn forge(&mut self) -> Done {
        let out: Vec<usize> = (0..self.devices.len()).filter(|d| self.devices[*d].revoked).collect();
        let Some(device) = out.get(below(&mut self.rng, out.len() as u64) as usize).copied() else { return Ok(()) };
        self.restart(device)?;
        self.direct(device)?;
        let person = self.devices[device].person;
        for (.., space) in self.pairs.clone().into_iter().filter(|(a, b, _)| *a == person || *b == person) {
            // It may lack somebody's key.
            if self.engine(device)?.forge_epoch(&space).is_ok() {
                self.report.add("epoch forged");
            }
        }
        self.direct(device)
    }
}
