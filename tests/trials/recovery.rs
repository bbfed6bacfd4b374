//! Twelve words bring a person back on an empty machine: from the relay's bytes, or, where the relay is gone, from the partner's phone.

use ithaca_core::engine::{Compared, EngineError, Restoring};
use ithaca_core::id::SpaceId;
use ithaca_core::identity::entropy::SeededEntropy;
use ithaca_core::identity::recovery::RecoveryWords;

use super::net::{Net, ORIGIN, Phone, pair};

/// A pair with shared and private content, Ana's words made and everything sent.
fn with_words(seed: u64) -> (Net, Phone, Phone, SpaceId, SpaceId, String) {
    let (mut net, mut ana, mut ben, space) = pair(seed);
    let personal = ana.engine().personal().unwrap();
    ana.say(&space, "early");
    ana.note(&space, 1, "Shared");
    ana.write(&space, 1, 0, "ours");
    ana.note(&personal, 2, "Private");
    ana.write(&personal, 2, 0, "mine");
    let now = ana.now;
    ana.engine().compared(&space, Compared::InPerson, now).unwrap();
    net.settle(&mut ana, &mut ben);
    let words = ana.engine().new_words(None, now).unwrap().to_string();
    net.settle(&mut ana, &mut ben);
    ana.say(&space, "late");
    ben.say(&space, "and Ben");
    ana.write(&personal, 2, 4, " alone");
    ana.engine().keep_draft("say.01", "begun", now).unwrap();
    ana.engine().tell_draft("say.01", now).unwrap();
    net.settle(&mut ana, &mut ben);
    (net, ana, ben, space, personal, words)
}

fn restore(net: &mut Net, words: &str, seed: u64, now: i64) -> Phone {
    let mut restoring = Restoring::by_relay(words, ORIGIN).unwrap();
    loop {
        let result = net.call(restoring.call(), now);
        if !restoring.answered(result).unwrap() {
            break;
        }
    }
    finish(&restoring, seed, now)
}

fn finish(restoring: &Restoring, seed: u64, now: i64) -> Phone {
    let persons = restoring.persons();
    assert_eq!(persons.len(), 1);
    let mut back = Phone::bare(seed);
    back.now = now;
    restoring.finish(&persons[0].0, back.dir.path(), &back.vault(), &mut SeededEntropy::new(seed)).unwrap();
    back.start();
    back
}

#[test]
fn words_alone_bring_back_shared_and_private_from_the_relays_bytes() {
    let (mut net, mut ana, mut ben, space, personal, words) = with_words(11);
    let view = ana.engine().words().unwrap();
    assert!(view.made && view.tended && view.waits_for == 0, "{view:?}");
    let (me, old) = (ana.engine().me(), ana.engine().device());
    let (now, private) = (ana.now, ana.code(&personal));
    drop(ana);
    let mut back = restore(&mut net, &words, 1_100, now);
    net.settle_all(&mut [&mut back, &mut ben]);
    assert_eq!(back.engine().me(), me);
    assert_eq!(back.engine().name().unwrap(), "Ana");
    // The two later ones were said at one moment.
    assert_eq!(back.said(&space), ben.said(&space));
    assert_eq!((back.said(&space).len(), back.said(&space)[0].as_str()), (3, "early"));
    assert_eq!((back.body(&space, 1), back.body(&personal, 2)), ("ours".to_owned(), "mine alone".to_owned()));
    assert_eq!(back.engine().draft("say.01").unwrap(), "begun");
    assert_eq!((back.code(&space), back.code(&personal)), (ben.code(&space), private));
    let pairs = back.engine().pairs().unwrap();
    assert_eq!((pairs[0].name.as_str(), pairs[0].verified.is_some()), ("Ben", true));
    assert!(back.notices().is_empty(), "{:?}", back.notices());
    assert!(ben.notices().contains(&"new_device".to_owned()), "{:?}", ben.notices());

    // Back at work: it writes, the lost one is revoked, and the words still lead to all of it.
    back.say(&space, "back");
    back.engine().revoke_device(&old, now).unwrap();
    back.say(&space, "and the lost one is out");
    net.settle_all(&mut [&mut back, &mut ben]);
    ben.say(&space, "welcome");
    net.settle_all(&mut [&mut ben, &mut back]);
    assert_eq!(ben.code(&space), back.code(&space));
    assert_eq!(ben.said(&space).len(), 6);
    drop(back);
    let mut again = restore(&mut net, &words, 1_101, now);
    net.settle_all(&mut [&mut again, &mut ben]);
    assert_eq!((again.code(&space), again.said(&space).len()), (ben.code(&space), 6));
}

#[test]
fn where_the_relay_is_gone_the_partners_phone_is_the_source() {
    let (_, ana, mut ben, space, _, words) = with_words(12);
    let now = ana.now;
    drop(ana);
    let file = ben.engine().rescue(&space).unwrap();
    for word in ["early", "ours", "and Ben", "Ana", "Ben"] {
        assert!(!file.windows(word.len()).any(|w| w == word.as_bytes()), "the file says {word}");
    }
    let other = RecoveryWords::new(&mut SeededEntropy::new(5)).unwrap().words().to_string();
    assert!(matches!(Restoring::by_file(&other, &file, ORIGIN), Err(EngineError::Invalid(_))));
    assert!(Restoring::by_file(&words, &file[..file.len() / 2], ORIGIN).is_err());
    let mut back = finish(&Restoring::by_file(&words, &file, ORIGIN).unwrap(), 1_200, now);
    assert_eq!(back.engine().take_rescue(&file, now).unwrap(), space);
    assert_eq!((back.said(&space), back.body(&space, 1)), (ben.said(&space), "ours".to_owned()));

    // A new relay at the old address, with nothing on it: both go on, and what one lacks the other gives.
    let mut net = Net::new();
    back.say(&space, "back");
    net.settle_all(&mut [&mut back, &mut ben]);
    ben.say(&space, "good");
    net.settle_all(&mut [&mut ben, &mut back]);
    assert_eq!((back.code(&space), back.said(&space).len()), (ben.code(&space), 5));
}

#[test]
fn wrong_words_are_named_and_lead_nowhere() {
    let (mut net, ana, _, _, _, words) = with_words(13);
    assert!(matches!(Restoring::by_relay("one two three", ORIGIN), Err(EngineError::Words(_))));
    let other = RecoveryWords::new(&mut SeededEntropy::new(6)).unwrap().words().to_string();
    let mut wrong = Restoring::by_relay(&other, ORIGIN).unwrap();
    let result = net.call(wrong.call(), ana.now);
    assert!(matches!(wrong.answered(result), Err(EngineError::Invalid(_))));
    assert!(wrong.persons().is_empty());
    let right = RecoveryWords::parse(&words).unwrap();
    assert!(ana.engine.as_ref().unwrap().are_words(&right));
    assert!(!ana.engine.as_ref().unwrap().are_words(&RecoveryWords::parse(&other).unwrap()));
}

#[test]
fn with_two_devices_new_words_need_the_others_consent_or_the_old_words() {
    let (mut net, mut ana, mut ben, space, _, old) = with_words(14);
    let mut second = net.second(&mut ana, 1_400, "Tablet");
    net.settle_all(&mut [&mut ana, &mut second, &mut ben]);
    let now = ana.now;
    let wished = ana.engine().new_words(None, now).unwrap().to_string();
    assert_eq!(ana.engine().words().unwrap().waits_for, 1);
    assert!(ana.engine().are_words(&RecoveryWords::parse(&old).unwrap()), "until the other consents the old ones hold");
    net.settle_all(&mut [&mut ana, &mut second]);
    assert!(second.engine().words().unwrap().asks_consent.is_some());
    second.engine().agree_to_words(now).unwrap();
    net.settle_all(&mut [&mut second, &mut ana, &mut ben]);
    for phone in [&mut ana, &mut second] {
        assert!(phone.engine().are_words(&RecoveryWords::parse(&wished).unwrap()));
        let view = phone.engine().words().unwrap();
        assert!(view.made && view.tended && view.asks_consent.is_none() && view.waits_for == 0, "{view:?}");
    }
    // With the words in force nobody else is needed.
    let held = RecoveryWords::parse(&wished).unwrap();
    assert!(second.engine().new_words(Some(&RecoveryWords::parse(&old).unwrap()), now).is_err());
    let newest = second.engine().new_words(Some(&held), now).unwrap().to_string();
    net.settle_all(&mut [&mut second, &mut ana, &mut ben]);
    ana.say(&space, "after three sets of words");
    net.settle_all(&mut [&mut ana, &mut second, &mut ben]);
    drop((ana, second));
    let mut back = restore(&mut net, &newest, 1_401, now);
    net.settle_all(&mut [&mut back, &mut ben]);
    assert_eq!((back.code(&space), back.said(&space).len()), (ben.code(&space), 4));
    // Words that signed their own end bring nobody back. (Those that devices alone replaced still do: a stolen phone must not end them.)
    let mut stale = Restoring::by_relay(&wished, ORIGIN).unwrap();
    let result = net.call(stale.call(), now);
    if stale.answered(result).is_ok() {
        for (person, _) in stale.persons() {
            let gone = Phone::bare(1_402);
            stale.finish(&person, gone.dir.path(), &gone.vault(), &mut SeededEntropy::new(1)).unwrap();
            let mut gone = gone;
            gone.start();
            net.settle_all(&mut [&mut gone, &mut back, &mut ben]);
            // What was sealed while they held stays readable to whoever has them; nothing later is, and nobody takes that device for Ana's.
            assert!(!gone.said(&space).contains(&"after three sets of words".to_owned()));
            let device = gone.engine().device();
            assert!(back.engine().devices().unwrap().iter().all(|d| d.device != device));
            gone.say(&space, "from the old words");
            net.settle_all(&mut [&mut gone, &mut back, &mut ben]);
            assert!(!ben.said(&space).contains(&"from the old words".to_owned()));
        }
    }
}

#[test]
fn the_last_words_made_are_the_ones_that_hold() {
    for consented in [false, true] {
        let (mut net, mut ana, mut ben, space, _, first) = with_words(23);
        let mut tablet = net.second(&mut ana, 2_300, "Tablet");
        net.settle_all(&mut [&mut ana, &mut tablet, &mut ben]);
        let (now, gone) = (ana.now, tablet.engine().device());
        // Words that waited for the tablet; then it was lost, and they hold without it.
        ana.engine().new_words(None, now).unwrap();
        let last = if consented {
            net.settle_all(&mut [&mut ana, &mut tablet, &mut ben]);
            ana.engine().new_words(Some(&RecoveryWords::parse(&first).unwrap()), now).unwrap().to_string()
        } else {
            ana.engine().revoke_device(&gone, now).unwrap();
            net.settle(&mut ana, &mut ben);
            ana.engine().new_words(None, now).unwrap().to_string()
        };
        // A wish that newer words made needless asks nobody any more.
        let view = ana.engine().words().unwrap();
        assert!(view.made && view.tended && view.waits_for == 0, "{view:?}");
        net.settle_all(&mut [&mut ana, &mut tablet, &mut ben]);
        if consented {
            assert_eq!(tablet.engine().words().unwrap().asks_consent, None);
            assert!(tablet.engine().agree_to_words(now).is_err());
        }
        net.settle_all(&mut [&mut tablet, &mut ana, &mut ben]);
        assert!(ana.engine().are_words(&RecoveryWords::parse(&last).unwrap()), "consented: {consented}");
        drop((ana, tablet));
        let mut back = restore(&mut net, &last, 2_301, now);
        net.settle_all(&mut [&mut back, &mut ben]);
        assert_eq!(back.code(&space), ben.code(&space));
    }
}

#[test]
fn what_stands_under_an_epoch_that_was_made_meanwhile_comes_back_too() {
    for first in [false, true] {
        let (mut net, mut ana, mut ben, space, personal, words) = with_words(19);
        let mut tablet = net.second(&mut ana, 1_901, "Tablet");
        net.settle_all(&mut [&mut ana, &mut tablet, &mut ben]);
        let (now, lost) = (ana.now, ana.engine().device());
        drop(ana);
        // Neither knows of the other: the words bring a new device, and the tablet revokes the lost one and writes on.
        let mut back = restore(&mut net, &words, 1_900, now);
        if first {
            net.sync(&mut back);
        }
        tablet.engine().revoke_device(&lost, now).unwrap();
        tablet.say(&space, "under the next epoch");
        tablet.note(&personal, 9, "Mine");
        net.sync(&mut ben);
        net.sync(&mut tablet);
        net.settle_all(&mut [&mut back, &mut tablet, &mut ben]);
        net.settle_all(&mut [&mut tablet, &mut back, &mut ben]);
        assert_eq!(back.said(&space), tablet.said(&space), "first: {first}");
        assert!(back.said(&space).contains(&"under the next epoch".to_owned()), "first: {first}");
        assert_eq!(back.code(&personal), tablet.code(&personal), "first: {first}");
        assert_eq!((back.code(&space), ben.code(&space)), (tablet.code(&space), tablet.code(&space)), "first: {first}");
    }
}
