//! Damaged, newer, locked and full profiles: named, put aside or left as they are, and whole again from elsewhere.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use ithaca_core::engine::profile::ProfileError;
use ithaca_core::engine::{Engine, EngineError};
use ithaca_core::id::SpaceId;
use ithaca_core::identity::entropy::SeededEntropy;
use ithaca_core::identity::vault::{FileVault, PassphraseVault, VaultError};
use ithaca_core::store::StoreError;

use super::net::{self, Net, Phone, agree, options};

/// Every file but the lock.
fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(dir).unwrap().map(|e| e.unwrap());
    let named = entries.map(|e| (e.file_name().to_string_lossy().into_owned(), e.path()));
    named.filter(|(n, _)| n != "lock").map(|(n, p)| (n, fs::read(p).unwrap())).collect()
}

fn is_damage(e: &EngineError) -> bool {
    matches!(e, EngineError::Store(StoreError::Corrupt | StoreError::DoesNotOpen | StoreError::Shape(_)) | EngineError::Document(_))
}

/// Whatever a person might look at.
fn read_all(phone: &mut Phone, space: &SpaceId) -> Result<usize, EngineError> {
    let engine = phone.engine();
    let personal = engine.personal()?;
    let mut n = engine.messages(space, None, 1000)?.len();
    engine.export(space)?;
    n += engine.export(&personal)?.len();
    engine.status(0)?;
    engine.pairs()?;
    engine.invites(0)?;
    engine.notices()?;
    Ok(n)
}

/// A pair with something of everything, everything sent, and Ana's phone stopped.
fn prepared(seed: u64) -> (Net, Phone, Phone, SpaceId) {
    let (mut net, mut ana, mut ben, space) = net::pair(seed);
    for i in 0..6u8 {
        ana.say(&space, &format!("ana {i}"));
        ben.say(&space, &format!("ben {i}"));
        ana.note(&space, i, "shared");
        ana.write(&space, i, 0, &"what both wrote. ".repeat(30));
        let personal = ana.engine().personal().unwrap();
        ana.note(&personal, 100 + i, "private");
        ana.write(&personal, 100 + i, 0, &"what only Ana knows. ".repeat(20));
        net.settle(&mut ana, &mut ben);
    }
    agree(&mut ana, &mut ben, &space);
    ana.close();
    (net, ana, ben, space)
}

/// Overwrites part of a file.
fn scribble(path: &Path, at: usize, len: usize) {
    let mut bytes = fs::read(path).unwrap();
    let end = (at + len).min(bytes.len());
    bytes[at..end].iter_mut().enumerate().for_each(|(i, b)| *b = (i * 37 + 11) as u8);
    fs::write(path, bytes).unwrap();
}

type Damage = Box<dyn Fn(&Path)>;

fn damages() -> Vec<(String, Damage)> {
    let mut out: Vec<(String, Damage)> = vec![
        ("head".into(), Box::new(|p| scribble(p, 0, 4096))),
        ("first bytes".into(), Box::new(|p| scribble(p, 0, 16))),
        ("all of it".into(), Box::new(|p| scribble(p, 0, usize::MAX / 2))),
        ("deleted".into(), Box::new(|p| fs::remove_file(p).unwrap())),
        ("emptied".into(), Box::new(|p| fs::write(p, []).unwrap())),
    ];
    for eighth in 1..8 {
        out.push((
            format!("junk at {eighth}/8"),
            Box::new(move |p| scribble(p, fs::metadata(p).unwrap().len() as usize * eighth / 8, 9000)),
        ));
        out.push((
            format!("cut at {eighth}/8"),
            Box::new(move |p| {
                let bytes = fs::read(p).unwrap();
                fs::write(p, &bytes[..bytes.len() * eighth / 8]).unwrap();
            }),
        ));
        let page = move |p: &Path| fs::metadata(p).unwrap().len() as usize / 4096 * eighth / 8 * 4096;
        // One bit of a value: SQLite has no checksums, the seal has.
        out.push((format!("few bytes at {eighth}/8"), Box::new(move |p| scribble(p, page(p) + 4000, 40))));
    }
    out
}

/// Starts and looks at everything until nothing damaged shows any more.
fn recover(what: &str, phone: &mut Phone, net: &mut Net, other: &mut Phone, space: &SpaceId) {
    let mut errors = Vec::new();
    for _ in 0..5 {
        let done = (|| {
            phone.try_start()?;
            read_all(phone, space)?;
            net.try_sync(phone)?;
            net.sync(other);
            net.try_sync(phone)?;
            read_all(phone, space)
        })();
        match done {
            Ok(_) => return,
            Err(e) if is_damage(&e) => errors.push(e),
            Err(e) => panic!("{what}: {e}"),
        }
        phone.kill();
    }
    panic!("{what}: it never heals: {errors:?}");
}

/// Says something and sends it. Pages that nobody read show their damage when something is written there: the next start heals those too.
fn tell(phone: &mut Phone, net: &mut Net, other: &mut Phone, space: &SpaceId, text: &str) {
    for _ in 0..3 {
        let said = phone.said(space).iter().any(|s| s == text);
        let done = if said { Ok(()) } else { phone.try_say(space, text).map(drop) };
        let done = done.and_then(|()| net.try_sync(phone)).and_then(|()| {
            net.sync(other);
            net.try_sync(phone)
        });
        match done {
            Ok(()) => return,
            Err(e) => assert!(is_damage(&e), "{text}: {e}"),
        }
        phone.kill();
        recover(text, phone, net, other, space);
    }
    panic!("{text}: it never heals");
}

#[test]
fn a_damaged_database_is_put_aside_and_built_again_from_the_relay() {
    let (mut net, ana, mut ben, space) = prepared(1);
    for (i, (what, damage)) in damages().into_iter().enumerate() {
        let mut copy = ana.copied(1000 + i as u64);
        damage(&copy.path("ithaca.db"));
        recover(&what, &mut copy, &mut net, &mut ben, &space);
        net.settle(&mut copy, &mut ben);
        // A bit in a column that is not sealed, an order or a head, need not show: the codes tell.
        if !what.starts_with("few") {
            assert_eq!(copy.code(&space), ben.code(&space), "{what}");
        }
        assert_eq!(copy.said(&space).len(), 12 + i, "{what}");
        let personal = copy.engine().personal().unwrap();
        for n in 100..106 {
            assert!(copy.body(&personal, n).contains("what only Ana knows"), "{what}");
        }
        tell(&mut copy, &mut net, &mut ben, &space, &format!("alive {i}"));
        assert!(ben.said(&space).contains(&format!("alive {i}")), "{what}");
    }
}

#[test]
fn with_an_empty_relay_too_the_partners_phone_gives_everything_shared_back() {
    for (i, which) in [0usize, 3, 4, 5, 8].into_iter().enumerate() {
        let (mut net, mut ana, mut ben, space) = prepared(20 + i as u64);
        let (what, damage) = damages().swap_remove(which);
        damage(&ana.path("ithaca.db"));
        net.wipe();
        recover(&what, &mut ana, &mut net, &mut ben, &space);
        net.settle(&mut ana, &mut ben);
        assert_eq!(ana.said(&space).len(), 12, "{what}");
        for n in 0..6 {
            assert!(ana.body(&space, n).contains("what both wrote"), "{what}");
        }
        assert_eq!(ana.code(&space), ben.code(&space), "{what}");
        let personal = ana.engine().personal().unwrap();
        ana.note(&personal, 50, "a new private one");
        ana.say(&space, "alive");
        net.settle(&mut ana, &mut ben);
        assert!(ben.said(&space).contains(&"alive".to_owned()), "{what}");
    }
}

#[test]
fn s7_a_newer_database_is_left_as_it_is() {
    let (_, mut ana, _, _) = prepared(30);
    let db = rusqlite::Connection::open(ana.path("ithaca.db")).unwrap();
    db.pragma_update(None, "user_version", 99).unwrap();
    db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    drop(db);
    let before = files(ana.dir.path());
    let refused = ana.try_start().unwrap_err();
    assert!(matches!(refused, EngineError::Store(StoreError::Newer { have: 99, .. })), "{refused}");
    let mut after = files(ana.dir.path());
    after.retain(|name, bytes| {
        !(name.starts_with("ithaca.db-") && !before.contains_key(name) && bytes.iter().all(|b| *b == 0 || name.ends_with("shm")))
    });
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    assert!(before == after, "nothing was written");
}

#[test]
fn s26_a_missing_or_other_key_is_named_and_nothing_is_changed() {
    let (_, mut ana, _, space) = prepared(31);
    let good = files(ana.dir.path());
    let key = ana.path("vault.key");
    let kept = fs::read(&key).unwrap();
    fs::remove_file(&key).unwrap();
    let e = ana.try_start().unwrap_err();
    assert!(matches!(&e, EngineError::Profile(ProfileError::Vault(VaultError::KeyFile { .. })) | EngineError::Vault(_)), "{e:?}");
    assert!(!key.exists(), "no new key is made");
    for (bytes, what) in [(vec![7; 32], "another"), (vec![7; 5], "short"), (vec![], "empty")] {
        fs::write(&key, &bytes).unwrap();
        let e = ana.try_start().unwrap_err();
        let named = matches!(&e, EngineError::Profile(ProfileError::Vault(VaultError::Replaced | VaultError::Damaged(_))));
        assert!(named, "{what}: {e:?}");
    }
    fs::write(&key, &kept).unwrap();
    let sealed = fs::read(ana.path("vault.sealed")).unwrap();
    for at in [0, 1, sealed.len() - 1] {
        let mut bad = sealed.clone();
        bad[at] ^= 1;
        fs::write(ana.path("vault.sealed"), &bad).unwrap();
        let e = ana.try_start().unwrap_err();
        assert!(matches!(&e, EngineError::Profile(ProfileError::Vault(_))), "{e:?}");
    }
    fs::write(ana.path("vault.sealed"), &sealed).unwrap();
    assert!(good == files(ana.dir.path()), "nothing was changed");
    ana.start();
    assert_eq!(ana.said(&space).len(), 12);
}

#[test]
fn s26_a_wrong_passphrase_is_named_and_nothing_is_changed() {
    let dir = tempfile::tempdir().unwrap();
    let vault = PassphraseVault::new("right".into());
    let entropy = Box::new(SeededEntropy::new(1));
    drop(Engine::create(dir.path(), &vault, entropy, &options(), "Ana", &[], 0).unwrap());
    let before = files(dir.path());
    for wrong in [PassphraseVault::new("wrong".into()), PassphraseVault::new(String::new())] {
        let e = Engine::open(dir.path(), &wrong, Box::new(SeededEntropy::new(2)), &options(), 0).unwrap_err();
        assert!(matches!(e, EngineError::Profile(ProfileError::Vault(VaultError::WrongPassphrase))), "{e:?}");
    }
    let e = Engine::open(dir.path(), &FileVault::new(dir.path().join("vault.key")), Box::new(SeededEntropy::new(2)), &options(), 0)
        .unwrap_err();
    assert!(matches!(e, EngineError::Profile(ProfileError::Vault(VaultError::Damaged(_) | VaultError::KeyFile { .. }))), "{e:?}");
    assert!(before == files(dir.path()), "nothing was changed");
    Engine::open(dir.path(), &vault, Box::new(SeededEntropy::new(3)), &options(), 0).unwrap();
}

#[test]
fn kept_keys_that_are_missing_or_damaged_are_written_again_while_the_database_is_whole() {
    let (mut net, mut ana, mut ben, space) = prepared(32);
    for damage in 0..3 {
        match damage {
            0 => fs::remove_file(ana.path("keys.sealed")).unwrap(),
            1 => fs::write(ana.path("keys.sealed"), [1, 2, 3]).unwrap(),
            _ => scribble(&ana.path("keys.sealed"), 100, 4),
        }
        ana.start();
        assert_eq!(ana.said(&space).len(), 12);
        ana.close();
        // And now they are needed.
        fs::remove_file(ana.path("ithaca.db")).unwrap();
        ana.try_start().unwrap_or_else(|e| panic!("damage {damage}: {e}"));
        net.settle(&mut ana, &mut ben);
        assert_eq!(ana.said(&space).len(), 12);
        ana.close();
    }
    // Both at once: named, and nothing is moved that could still help.
    fs::write(ana.path("keys.sealed"), [1, 2, 3]).unwrap();
    scribble(&ana.path("ithaca.db"), 0, 4096);
    let before = files(ana.dir.path());
    for _ in 0..2 {
        let e = ana.try_start().unwrap_err();
        assert!(matches!(e, EngineError::Profile(ProfileError::Keys)), "{e:?}");
    }
    assert!(before == files(ana.dir.path()), "{:?}", files(ana.dir.path()).keys());
}

#[test]
fn on_a_full_disk_writing_is_refused_what_was_there_stays_and_it_goes_on_when_there_is_room() {
    let (mut net, mut ana, mut ben, space) = net::pair(33);
    ana.say(&space, "before");
    net.settle(&mut ana, &mut ben);
    ana.engine().fill_disk(true).unwrap();
    let mut kept = vec!["before".to_owned()];
    let refused = loop {
        let text = format!("{} {}", kept.len(), "long ".repeat(400));
        match ana.try_say(&space, &text) {
            Ok(_) => kept.push(text),
            Err(e) => break e,
        }
        assert!(kept.len() < 1000, "the disk never fills");
    };
    assert!(matches!(refused, EngineError::Store(StoreError::Full)), "{refused:?}");
    assert_eq!(ana.said(&space), kept);
    // What comes in now and what would go out now waits, and is not forgotten.
    for i in 0..10 {
        ben.say(&space, &format!("ben {i} {}", "words ".repeat(1000)));
    }
    net.sync(&mut ben);
    ana.now += 600_000;
    let refused = net.try_sync(&mut ana).unwrap_err();
    assert!(matches!(refused, EngineError::Store(StoreError::Full)), "{refused:?}");
    assert_eq!(ana.said(&space), kept);
    // Also for one that is started then.
    ana.engine().fill_disk(false).unwrap();
    ana.now += 600_000;
    net.sync(&mut ana);
    net.settle(&mut ana, &mut ben);
    assert_eq!(ana.said(&space).len(), kept.len() + 10);
    ana.say(&space, "after");
    net.settle(&mut ana, &mut ben);
    agree(&mut ana, &mut ben, &space);
    ana.kill();
    ana.start();
    agree(&mut ana, &mut ben, &space);
}

#[test]
fn a_device_that_stops_between_any_two_writes_of_a_sync_loses_nothing() {
    for n in 0..12 {
        let (mut net, mut ana, mut ben, space) = net::pair(60 + n);
        ben.say(&space, "ben");
        net.sync(&mut ben);
        ana.say(&space, "ana");
        ana.note(&space, 1, "note");
        ana.engine().stop_after(Some(n));
        let stopped = net.try_sync(&mut ana);
        if let Err(e) = &stopped {
            assert!(matches!(e, EngineError::Store(StoreError::Crashed)), "{e:?}");
        }
        ana.kill();
        ana.start();
        net.settle(&mut ana, &mut ben);
        agree(&mut ana, &mut ben, &space);
        assert_eq!(ana.said(&space).len(), 2);
    }
}
