//! Tests of the person log's fold.

use ed25519_dalek::{Signer, SigningKey};
use proptest::prelude::*;

use super::*;
use crate::space::payload::{Consent, ExtraSignature, KeyWrap, PersonGenesis, RevokeDevice, Sealed};
use crate::space::statement::Scope;

fn key(n: u8) -> SigningKey {
    SigningKey::from_bytes(&[n; 32])
}

fn device(n: u8) -> DeviceId {
    DeviceId(key(n).verifying_key().to_bytes())
}

/// Recovery keys are the keys 100 and up.
fn recovery(n: u8) -> RecoveryKeys {
    RecoveryKeys { sign: PublicKey(device(n).0), hpke: PublicKey([n; 32]) }
}

struct Log {
    statements: Vec<Statement>,
}

impl Log {
    /// Device 1, recovery key 100.
    fn new() -> Self {
        let genesis = PersonGenesis {
            nonce: [0; 16],
            hpke: PublicKey([1; 32]),
            recovery: Some(recovery(100)),
            person_key: PublicKey([50; 32]),
            wraps: vec![
                KeyWrap { to: Recipient::Device(device(1)), sealed: Sealed(vec![]) },
                KeyWrap { to: Recipient::Recovery(recovery(100).hpke), sealed: Sealed(vec![]) },
            ],
        };
        Self { statements: vec![Statement::sign(Scope::Genesis, &key(1), &[], &Payload::PersonGenesis(genesis)).unwrap()] }
    }

    fn person(&self) -> PersonId {
        PersonId(self.statements[0].id().0)
    }

    fn say(&mut self, by: u8, on: &[usize], payload: Payload) -> usize {
        let parents: Vec<StatementId> = on.iter().map(|i| self.statements[*i].id()).collect();
        self.statements.push(Statement::sign(self.person().into(), &key(by), &parents, &payload).unwrap());
        self.statements.len() - 1
    }

    fn add(&mut self, by: u8, on: &[usize], new: u8) -> usize {
        let hpke = PublicKey([new; 32]);
        let consent = ExtraSignature(key(new).sign(&device_consent(self.person(), device(new), hpke)).to_bytes());
        self.say(by, on, Payload::AddDevice(AddDevice { device: device(new), hpke, consent, handed: Sealed(vec![]) }))
    }

    fn revoke(&mut self, by: u8, on: &[usize], old: u8) -> usize {
        self.say(by, on, Payload::RevokeDevice(RevokeDevice { device: device(old) }))
    }

    fn new_key(&mut self, by: u8, on: &[usize], generation: u64, to: &[u8]) -> usize {
        let wraps = to.iter().map(|n| KeyWrap { to: Recipient::Device(device(*n)), sealed: Sealed(vec![]) }).collect();
        let public = PublicKey([60 + by; 32]);
        self.say(by, on, Payload::NewPersonKey(NewPersonKey { generation, public, wraps, before: Sealed(vec![]) }))
    }

    fn new_recovery(&mut self, by: u8, on: &[usize], new: u8, consents: &[u8]) -> usize {
        let message = recovery_consent(self.person(), Some(recovery(100)), recovery(new));
        let mut consents: Vec<Consent> =
            consents.iter().map(|n| Consent { device: device(*n), signature: ExtraSignature(key(*n).sign(&message).to_bytes()) }).collect();
        consents.sort_by_key(|c| c.device);
        self.say(by, on, Payload::NewRecovery(NewRecovery { keys: recovery(new), consents }))
    }

    fn state(&self) -> PersonState {
        fold(self.person(), &self.statements).unwrap()
    }

    fn current(&self) -> Vec<u8> {
        let state = self.state();
        let now: Vec<DeviceId> = state.current_devices().map(|(d, _)| *d).collect();
        (1..10).filter(|n| now.contains(&device(*n))).collect()
    }
}

/// Whether `below` is in the past of a statement.
fn rests_on(log: &Log, statement: &Statement, below: StatementId) -> bool {
    let parents = statement.parents();
    parents.contains(&below) || log.statements.iter().filter(|s| parents.contains(&s.id())).any(|s| rests_on(log, s, below))
}

#[test]
fn a_device_is_added_by_an_old_one_with_its_own_consent() {
    let mut log = Log::new();
    log.add(1, &[0], 2);
    log.add(9, &[0], 3);
    assert_eq!(log.current(), vec![1, 2]);
    let consent = ExtraSignature(key(5).sign(b"something else").to_bytes());
    log.say(1, &[1], Payload::AddDevice(AddDevice { device: device(5), hpke: PublicKey([5; 32]), consent, handed: Sealed(vec![]) }));
    assert_eq!(log.current(), vec![1, 2]);
}

#[test]
fn what_a_revoked_device_says_outside_the_revocation_s_past_is_void() {
    let mut log = Log::new();
    let two = log.add(1, &[0], 2);
    let three = log.add(2, &[two], 3);
    log.revoke(1, &[three], 2);
    let late = log.add(2, &[three], 4);
    let puppet = log.add(4, &[late], 5);
    log.revoke(1, &[puppet], 4); // known to nobody: device 4 never was
    assert_eq!(log.current(), vec![1, 3]);
    let state = log.state();
    let revocation = log.statements[3].id();
    assert!(state.devices[&device(4)].revoked_by.contains(&revocation), "what a revoked device added is out with it");
    assert!(state.devices[&device(5)].revoked_by.contains(&revocation), "and what that one added");
    let end = log.statements.len() - 1;
    log.add(1, &[end], 2);
    assert_eq!(log.current(), vec![1, 3], "a revoked device never returns under its id");
}

#[test]
fn two_devices_that_revoke_each_other_are_both_out() {
    let mut log = Log::new();
    let two = log.add(1, &[0], 2);
    let three = log.add(1, &[two], 3);
    log.revoke(1, &[three], 2);
    let r = log.revoke(2, &[three], 1);
    assert_eq!(log.current(), vec![3]);
    // But who saw the own revocation revokes nobody.
    let mut seen = Log { statements: log.statements[..r].to_vec() };
    seen.revoke(2, &[r - 1], 1);
    assert_eq!(seen.current(), vec![1, 3]);
}

#[test]
fn what_the_recovery_key_signs_no_device_undoes() {
    let mut log = Log::new();
    let two = log.add(1, &[0], 2);
    let new = log.add(100, &[two], 3);
    log.revoke(1, &[new], 3);
    log.revoke(2, &[new], 3);
    assert_eq!(log.current(), vec![1, 2, 3]);
    log.revoke(100, &[new], 1);
    // A thief with device 1 tries a recovery key of their own, beside the revocation.
    let own = log.new_recovery(1, &[0], 101, &[]);
    log.revoke(101, &[own, new], 3);
    log.revoke(101, &[own, new], 2);
    let state = log.state();
    assert!(log.current().contains(&3));
    assert_eq!(state.recovery, Some(recovery(100)));
    log.revoke(100, &[new], 3);
    assert!(!log.current().contains(&3), "the recovery key itself may");
}

#[test]
fn new_recovery_needs_the_old_key_or_every_device() {
    let mut log = Log::new();
    let two = log.add(1, &[0], 2);
    log.new_recovery(1, &[two], 101, &[]);
    assert_eq!(log.state().recovery, Some(recovery(100)));
    log.new_recovery(1, &[two], 102, &[2]);
    assert_eq!(log.state().recovery, Some(recovery(102)));
    let mut log = Log::new();
    let next = log.new_recovery(100, &[0], 101, &[]);
    log.add(100, &[0], 7); // the old key, beside its own end
    let two = log.add(101, &[next], 2);
    assert_eq!(log.current(), vec![1, 2]);
    log.add(100, &[two], 6);
    assert_eq!((log.current(), log.state().recovery), (vec![1, 2], Some(recovery(101))));
}

#[test]
fn a_person_key_is_right_while_maker_and_recipients_are_current() {
    let mut log = Log::new();
    assert_eq!(log.state().current_key().map(|(g, _)| g), Some(1));
    let two = log.add(1, &[0], 2);
    assert_eq!(log.state().current_key().map(|(g, _)| g), Some(1), "a device added later is handed it");
    let gone = log.revoke(1, &[two], 2);
    let second = log.new_key(1, &[gone], 2, &[1]);
    assert_eq!(log.state().current_key().map(|(g, _)| g), Some(2));
    log.new_key(1, &[second], 4, &[1]);
    assert_eq!(log.state().current_key().map(|(g, _)| g), Some(2), "a generation is one above the highest in its past");
    let three = log.add(1, &[second], 3);
    let third = log.new_key(3, &[three], 3, &[1, 3]);
    assert_eq!(log.state().current_key().map(|(g, k)| (g, k.statement)), Some((3, log.statements[third].id())));
    log.revoke(1, &[third], 3);
    assert_eq!(log.state().current_key(), None, "its maker is out: the next one is due");
    log.new_recovery(100, &[0], 101, &[]);
    assert!(!log.state().keys[&1].right, "wrapped to a recovery key that is no longer in force");
}

#[test]
fn a_key_that_was_handed_to_a_device_since_revoked_is_not_right() {
    let mut log = Log::new();
    let second = log.new_key(1, &[0], 2, &[1]);
    let two = log.add(1, &[second], 2);
    let three = log.add(2, &[two], 3);
    assert_eq!(log.state().current_key().map(|(g, _)| g), Some(2));
    // Two devices revoke each other, each with a key for those who stay: neither of the keys stands, and both devices were handed the one before.
    let a = log.revoke(2, &[three], 3);
    log.new_key(2, &[a], 3, &[1, 2]);
    let b = log.revoke(3, &[three], 2);
    log.new_key(3, &[b], 3, &[1, 3]);
    assert_eq!(log.current(), vec![1]);
    assert_eq!(log.state().current_key(), None, "the next one is due");
    let all: Vec<usize> = (0..log.statements.len()).collect();
    log.new_key(1, &all, 3, &[1]);
    assert_eq!(log.state().current_key().map(|(g, _)| g), Some(3));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(std::env::var("CASES").ok().and_then(|c| c.parse().ok()).unwrap_or(300)))]

    #[test]
    fn arrival_does_not_matter_and_the_recovery_key_always_wins(
        raw in prop::collection::vec((0u8..7, 0u8..4, 1u8..7, prop::collection::vec(0usize..64, 1..3)), 1..14),
        seed in any::<u64>(),
    ) {
        let mut log = Log::new();
        for (by, kind, other, on) in raw {
            let on: Vec<usize> = on.iter().map(|i| i % log.statements.len()).collect();
            let by = if by == 0 { 100 } else { by };
            match kind {
                0 | 1 => log.add(by, &on, other),
                2 => log.revoke(by, &on, other),
                _ if by == 100 => log.new_key(by, &on, 2, &[other]),
                _ => log.new_recovery(by, &on, 100 + other, &(1..7).filter(|n| *n != by).collect::<Vec<_>>()),
            };
        }
        let state = log.state();
        // A key that is right was made knowing of every device that is out.
        for key in state.keys.values().filter(|k| k.right) {
            let made = log.statements.iter().find(|s| s.id() == key.statement).unwrap();
            for gone in state.devices.values().filter(|d| !d.revoked_by.is_empty()) {
                prop_assert!(gone.revoked_by.iter().any(|r| rests_on(&log, made, *r)));
            }
        }
        let mut order: Vec<&Statement> = log.statements.iter().chain(&log.statements).collect();
        let n = order.len();
        order.rotate_left((seed % n as u64) as usize);
        order.reverse();
        prop_assert_eq!(&fold(log.person(), order).unwrap(), &state);
        // Whatever devices did: one that the recovery key brings in, resting on the genesis alone, stays.
        log.add(100, &[0], 9);
        for thief in 1..7 {
            let all: Vec<usize> = (0..log.statements.len()).collect();
            log.revoke(thief, &all, 9);
        }
        prop_assert!(log.current().contains(&9));
    }
}
