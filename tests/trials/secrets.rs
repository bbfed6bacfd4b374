//! What a failing source of randomness, a device that was removed, and a stranger who knows a mailbox's name get: nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use ithaca_core::engine::{Compared, Engine, EngineError, Joining};
use ithaca_core::id::{DocumentId, SpaceId};
use ithaca_core::identity::entropy::{Entropy, NoEntropy, SeededEntropy};
use ithaca_core::identity::vault::FileVault;
use ithaca_wire::error::Code;
use ithaca_wire::exchange as wire;
use ithaca_wire::mailbox::Address;
use ithaca_wire::{MailboxId, Token};

use super::net::{self, Net, ORIGIN, Phone, agree};

/// A source that gives so many draws more and then fails, until it is filled up again.
struct Running {
    left: Arc<AtomicI64>,
    source: SeededEntropy,
}

impl Entropy for Running {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), NoEntropy> {
        if self.left.fetch_sub(1, Ordering::SeqCst) <= 0 {
            return Err(NoEntropy);
        }
        self.source.fill(out)
    }
}

const ENOUGH: i64 = 1 << 40;

/// A phone on such a source.
fn on_tap(phone: &mut Phone, seed: u64) -> Arc<AtomicI64> {
    phone.close();
    let left = Arc::new(AtomicI64::new(ENOUGH));
    let source = Running { left: left.clone(), source: SeededEntropy::new(seed) };
    let (engine, _) = Engine::open(phone.dir.path(), &phone.vault(), Box::new(source), &net::options(), phone.now).unwrap();
    phone.engine = Some(engine);
    left
}

type Act = fn(&mut Net, &mut Phone, &SpaceId) -> Result<(), EngineError>;

/// Everything by which an engine seals or signs: what is written, what is sent, who is let in, what words are made.
const ACTS: [(&str, Act); 9] = [
    ("a message", |_, p, s| p.try_say(s, "words").map(drop)),
    ("a note", |_, p, s| {
        use ithaca_core::document::DocumentKind;
        use ithaca_core::document::command::{Command, NoteCommand};
        let (now, create) = (p.now, Command::Note(NoteCommand::Create { title: "title".into(), pair: None }));
        p.engine().edit(s, DocumentId([9; 16]), DocumentKind::Note, &create, now).map(drop)
    }),
    ("sending what waits", |net, p, _| net.try_sync(p)),
    ("an invitation", |_, p, _| {
        let now = p.now;
        p.engine().invite(now).map(drop)
    }),
    ("joining", |_, p, _| {
        let now = p.now;
        let mut other = Phone::new("Cy", 77);
        other.engine().set_relay(ORIGIN, None, now).unwrap();
        let link = other.engine().invite(now).unwrap().link.unwrap();
        p.engine().join(&link, None, now).map(drop)
    }),
    ("recovery words", |_, p, _| {
        let now = p.now;
        p.engine().new_words(None, now).map(drop)
    }),
    ("a device's code", |_, p, _| {
        let (now, new) = (p.now, Phone::bare(78));
        let joining = Joining::begin(new.dir.path(), &new.vault(), Box::new(SeededEntropy::new(78)), ORIGIN, "Tablet").unwrap();
        p.engine().scan_device(&joining.code(), None, now).map(drop)
    }),
    ("a comparison", |_, p, s| {
        let now = p.now;
        p.engine().compared(s, Compared::InPerson, now)
    }),
    ("leaving", |_, p, s| {
        let now = p.now;
        p.engine().leave(s, now)
    }),
];

fn is_said(error: &EngineError) -> bool {
    error.to_string().contains("source of randomness failed")
}

#[test]
fn s5_where_randomness_fails_anywhere_in_an_act_nothing_of_it_is_kept_and_it_works_afterwards() {
    let mut failed = std::collections::BTreeSet::new();
    for (i, (what, act)) in ACTS.into_iter().enumerate() {
        // How many draws the whole act takes.
        let start = |seed: u64| {
            let (mut net, mut ana, mut ben, space) = net::pair(700 + i as u64);
            net.settle(&mut ana, &mut ben);
            ana.say(&space, "waits");
            let left = on_tap(&mut ana, seed);
            (net, ana, ben, space, left)
        };
        let (mut net, mut ana, _, space, left) = start(7);
        act(&mut net, &mut ana, &space).unwrap();
        let draws = ENOUGH - left.load(Ordering::SeqCst);
        assert!(draws > 0, "{what} draws nothing: take it off this list");
        for at in [0, 1, draws / 2, draws - 1].into_iter().filter(|at| *at < draws).collect::<std::collections::BTreeSet<_>>() {
            let (mut net, mut ana, mut ben, space, left) = start(7);
            let (code, said, from) = (ana.code(&space), ana.said(&space), net.pushed.len());
            left.store(at, Ordering::SeqCst);
            match act(&mut net, &mut ana, &space) {
                Err(e) => {
                    assert!(is_said(&e), "{what}, draw {at}: {e}");
                    failed.insert(what);
                    // Sealed records that came before the failure may have left; what was refused did not.
                    assert_eq!((ana.code(&space), ana.said(&space)), (code.clone(), said.clone()), "{what}, draw {at}");
                }
                // What is done all the same needed no key and no nonce of this source: the time of the next try is drawn from it too.
                Ok(()) => {
                    left.store(ENOUGH, Ordering::SeqCst);
                    net.settle(&mut ana, &mut ben);
                    assert_eq!(ana.code(&space), ben.code(&space), "{what}, draw {at}");
                    continue;
                }
            }
            for (_, bytes) in &net.pushed[from..] {
                let outer = ithaca_wire::record::Outer::parse(bytes).unwrap();
                assert_ne!(outer.nonce, [0; 24], "{what}: a nonce that nobody drew");
            }
            left.store(ENOUGH, Ordering::SeqCst);
            ana.kill();
            ana.start();
            assert_eq!(ana.said(&space), said, "{what}, draw {at}");
            act(&mut net, &mut ana, &space).unwrap();
            if what != "leaving" {
                ana.say(&space, "goes on");
                net.settle(&mut ana, &mut ben);
                assert_eq!(ana.code(&space), ben.code(&space), "{what}, draw {at}");
                assert!(ben.said(&space).contains(&"waits".to_owned()) && ben.said(&space).contains(&"goes on".to_owned()));
            }
        }
    }
    for needs in ["an invitation", "joining", "recovery words", "leaving", "sending what waits"] {
        assert!(failed.contains(needs), "{needs} did not fail: {failed:?}");
    }
}

#[test]
fn s5_without_randomness_no_profile_is_made() {
    struct Dry;
    impl Entropy for Dry {
        fn fill(&mut self, _: &mut [u8]) -> Result<(), NoEntropy> {
            Err(NoEntropy)
        }
    }
    let dir = tempfile::tempdir().unwrap();
    let vault = FileVault::new(dir.path().join("vault.key"));
    let made = Engine::create(dir.path(), &vault, Box::new(Dry), &net::options(), "Ana", &[], ithaca_tests::people::START);
    assert!(is_said(&made.unwrap_err()));
    assert!(!dir.path().join("vault.key").exists() && !dir.path().join("ithaca.db").exists());
}

/// What the relay answers to somebody who shows this token for this mailbox, and how many records it gives.
fn asked(net: &mut Net, mailbox: MailboxId, token: Token) -> (Code, usize) {
    use ithaca_core::transport::{Call, Reply};
    let ask = wire::Ask { mailbox, token, push: None, digest: None, vector: Some(vec![]), lists: None };
    let request = wire::Request { version: wire::VERSION, budget: 1 << 20, mailboxes: vec![ask] };
    match net.call(Call::Sync(request), ithaca_tests::people::START).unwrap() {
        Reply::Sync(mut response) => {
            let answer = response.mailboxes.remove(0);
            (answer.code, answer.records.map_or(0, |r| r.len()))
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn s14_the_token_of_a_removed_device_opens_the_old_mailbox_alone() {
    let (mut net, mut ana, mut ben, space) = net::pair(720);
    let mut tablet = net.second(&mut ana, 7_200, "Tablet");
    tablet.say(&space, "before");
    net.settle_all(&mut [&mut ana, &mut tablet, &mut ben]);
    let (now, device) = (ana.now, tablet.engine().device());
    ana.engine().revoke_device(&device, now).unwrap();
    ana.say(&space, "after");
    net.settle_all(&mut [&mut ana, &mut ben, &mut tablet]);
    let addresses = |p: &mut Phone| -> Vec<Address> { p.engine().keys_of(&space).unwrap().iter().map(|k| k.mailbox(ORIGIN)).collect() };
    let held = addresses(&mut tablet);
    let new: Vec<Address> = addresses(&mut ana).into_iter().filter(|a| held.iter().all(|h| h.id != a.id)).collect();
    assert!(!new.is_empty(), "a removal makes a new mailbox");
    for address in &held {
        assert_eq!(asked(&mut net, address.id, address.token).0, Code::Ok, "the old one it read before");
    }
    for address in &new {
        let (code, n) = asked(&mut net, address.id, address.token);
        assert!(code == Code::Ok && n > 0, "there is something in the new one");
        for old in &held {
            // Even told its name: as if there were none.
            assert_eq!(asked(&mut net, address.id, old.token), (Code::NoMailbox, 0));
        }
    }
    let absent = asked(&mut net, MailboxId([3; 16]), Token([3; 32]));
    assert_eq!(absent, (Code::NoMailbox, 0));
    for phone in [&mut ana, &mut ben] {
        assert_eq!(phone.said(&space), ["before", "after"]);
    }
    agree(&mut ana, &mut ben, &space);
}
