//! Invitations that are wrong, used, late or answered by somebody else; blocking, leaving, and taking everything along.

use ithaca_core::document::DocumentKind;
use ithaca_core::document::command::{Command, NoteCommand};
use ithaca_core::engine::{Compared, Engine, EngineError, InviteStage, InviteView};
use ithaca_core::id::{DocumentId, PersonId};
use ithaca_core::identity::entropy::SeededEntropy;
use ithaca_core::space::invite::Invite;

use super::net::{self, DAY, Net, ORIGIN, Phone, agree};
use super::thief::Thief;

/// Three people who do not know each other, the relay, and an invitation by the first.
fn strangers(seed: u64) -> (Net, Phone, Phone, Phone, InviteView) {
    let net = Net::new();
    let [mut ana, ben, cy] = [("Ana", 0), ("Ben", 1), ("Cy", 2)].map(|(name, n)| Phone::new(name, 10 * seed + n));
    let now = ana.now;
    ana.engine().set_relay(ORIGIN, None, now).unwrap();
    let invite = ana.engine().invite(now).unwrap();
    (net, ana, ben, cy, invite)
}

fn join(phone: &mut Phone, text: &str) -> Result<InviteView, EngineError> {
    let now = phone.now;
    phone.engine().join(text, Some(ORIGIN), now)
}

fn invite(phone: &mut Phone, id: &str) -> InviteView {
    let now = phone.now;
    phone.engine().invites(now).unwrap().into_iter().find(|i| i.id == id).unwrap()
}

#[test]
fn s21_a_wrong_invitation_is_refused_by_name() {
    let (mut net, mut ana, mut ben, _, good) = strangers(1);
    let link = good.link.clone().unwrap();
    let words = good.words.clone().unwrap();
    let cut = &link[..link.len() - 4];
    // One order in sixteen would be another good phrase.
    let mut shuffled: Vec<&str> = words.split(' ').collect();
    while ithaca_core::identity::phrase::from_words(&shuffled.join(" ")).is_ok() {
        shuffled.rotate_left(1);
    }
    let other_words = shuffled.join(" ");
    for bad in ["", "hello", "https://example.org/", cut, "abandon ability", other_words.as_str(), "http://192.0.2.1/i#v1.AAAA"] {
        let e = join(&mut ben, bad).unwrap_err();
        assert!(matches!(e, EngineError::Invite(_)), "{bad}: {e:?}");
    }
    // A letter changed: another invitation, which nobody made and nobody answers.
    let at = link.len() - 40;
    let letter = if link.as_bytes()[at] == b'A' { "B" } else { "A" };
    let changed = format!("{}{letter}{}", &link[..at], &link[at + 1..]);
    join(&mut ben, &changed).unwrap();
    for _ in 0..2 {
        net.sync(&mut ben);
        net.sync(&mut ana);
    }
    assert!(invite(&mut ana, &good.id).answers.is_empty());
    assert!(ben.engine().pairs().unwrap().is_empty());
    let own = join(&mut ana, &link).unwrap_err();
    assert!(matches!(own, EngineError::Invalid(_)), "one's own");
}

#[test]
fn s21_of_two_who_answer_one_is_approved_and_the_other_gets_nothing() {
    let (mut net, mut ana, mut ben, mut cy, invited) = strangers(2);
    let link = invited.link.clone().unwrap();
    for phone in [&mut ben, &mut cy] {
        join(phone, &link).unwrap();
        net.sync(phone);
    }
    net.sync(&mut ana);
    let answers = invite(&mut ana, &invited.id).answers;
    assert_eq!(answers.len(), 2);
    let now = ana.now;
    let nobody = ana.engine().approve(&invited.id, &PersonId([1; 32]), now).unwrap_err();
    assert!(matches!(nobody, EngineError::NotFound(_)));
    let ben_id = ben.engine().me();
    let cy_id = cy.engine().me();
    let space = ana.engine().approve(&invited.id, &ben_id, now).unwrap();
    let twice = ana.engine().approve(&invited.id, &cy_id, now).unwrap_err();
    assert!(matches!(twice, EngineError::Invalid(_)), "{twice:?}");
    ana.say(&space, "for Ben alone");
    for _ in 0..3 {
        net.sync(&mut ana);
        net.sync(&mut ben);
        net.sync(&mut cy);
    }
    assert_eq!(ben.said(&space), ["for Ben alone"]);
    assert!(cy.engine().pairs().unwrap().is_empty());
    agree(&mut ana, &mut ben, &space);
    // Used: whoever comes later finds nobody.
    let mut dee = Phone::new("Dee", 99);
    join(&mut dee, &link).unwrap();
    for _ in 0..2 {
        net.sync(&mut dee);
        net.sync(&mut ana);
    }
    assert!(dee.engine().pairs().unwrap().is_empty());
    assert_eq!(ana.engine().pairs().unwrap().len(), 1);
    let dee_id = dee.engine().me();
    assert!(ana.engine().approve(&invited.id, &dee_id, now).is_err());
}

#[test]
fn s21_a_lapsed_or_withdrawn_invitation_lets_nobody_in() {
    for withdrawn in [false, true] {
        let (mut net, mut ana, mut ben, _, invited) = strangers(3 + u64::from(withdrawn));
        join(&mut ben, &invited.link.clone().unwrap()).unwrap();
        net.sync(&mut ben);
        net.sync(&mut ana);
        assert_eq!(invite(&mut ana, &invited.id).state, InviteStage::Answered);
        if withdrawn {
            let now = ana.now;
            ana.engine().withdraw_invite(&invited.id, now).unwrap();
            assert_eq!(invite(&mut ana, &invited.id).state, InviteStage::Closed);
        } else {
            (ana.now, ben.now) = (ana.now + 8 * DAY, ben.now + 8 * DAY);
            assert_eq!(invite(&mut ana, &invited.id).state, InviteStage::Lapsed);
        }
        let (ben_id, now) = (ben.engine().me(), ana.now);
        let refused = ana.engine().approve(&invited.id, &ben_id, now).unwrap_err();
        assert!(matches!(refused, EngineError::Invalid(_)), "{refused:?}");
        assert!(invite(&mut ana, &invited.id).link.is_none(), "it is not offered any more");
        net.settle(&mut ana, &mut ben);
        assert!(ben.engine().pairs().unwrap().is_empty() && ana.engine().pairs().unwrap().is_empty());
    }
}

#[test]
fn s21_an_answer_with_another_persons_log_is_not_let_in() {
    let (mut net, mut ana, mut ben, mut cy, invited) = strangers(5);
    // Cy has the link and Ben's person log, and says to be Ben, with a device of their own.
    let parsed = Invite::parse(&invited.link.clone().unwrap(), None).unwrap();
    let ben_person = ben.engine().me();
    let log = Thief::statements(&ben, &ben_person.0);
    assert!(!log.is_empty());
    let cy_personal = cy.engine().personal().unwrap();
    let thief = Thief::of(&cy, &cy_personal, 1);
    let mut entropy = SeededEntropy::new(5);
    let hpke = thief.device.wrap_key().public();
    let forged = parsed.reply(&mut entropy, thief.device.signing(), ben_person, hpke, "Ben", log).unwrap();
    // The mailbox is there once anybody asked.
    net.sync(&mut ana);
    net.push(&parsed.address(), &[forged, vec![7; 300]]);
    net.sync(&mut ana);
    let now = ana.now;
    let answers = invite(&mut ana, &invited.id).answers;
    for answer in &answers {
        let refused = ana.engine().approve(&invited.id, &answer.person, now).unwrap_err();
        assert!(matches!(refused, EngineError::Invalid(_)), "{refused:?}");
    }
    assert!(ana.engine().pairs().unwrap().is_empty());
    // The true Ben still can.
    join(&mut ben, &invited.link.clone().unwrap()).unwrap();
    net.sync(&mut ben);
    net.sync(&mut ana);
    let space = ana.engine().approve(&invited.id, &ben_person, now);
    let space = space.expect("a forged answer must not keep out whom it names");
    for _ in 0..2 {
        net.sync(&mut ana);
        net.sync(&mut ben);
    }
    ben.say(&space, "it is me");
    net.settle(&mut ana, &mut ben);
    assert_eq!(ana.said(&space), ["it is me"]);
}

#[test]
fn s21_with_spoken_words_nothing_is_sent_before_both_compared() {
    let (mut net, mut ana, mut ben, _, invited) = strangers(6);
    let now = ana.now;
    ben.engine().join(&invited.words.clone().unwrap(), Some(ORIGIN), now).unwrap();
    net.sync(&mut ben);
    net.sync(&mut ana);
    let answer = invite(&mut ana, &invited.id).answers.remove(0);
    assert!(answer.spoken);
    let space = ana.engine().approve(&invited.id, &answer.person, now).unwrap();
    for _ in 0..2 {
        net.sync(&mut ana);
        net.sync(&mut ben);
    }
    let numbers: Vec<_> = [&mut ana, &mut ben]
        .map(|p| p.engine().pairs().unwrap().remove(0))
        .into_iter()
        .map(|p| (p.must_compare, p.safety_number))
        .collect();
    assert_eq!(numbers[0], numbers[1]);
    assert!(numbers[0].0);
    ana.say(&space, "from Ana");
    ben.say(&space, "from Ben");
    let mailbox = Thief::of(&ana, &space, 1).mailbox().id;
    let sent = |net: &Net| net.pushed.iter().filter(|(m, _)| *m == mailbox).count();
    net.settle(&mut ana, &mut ben);
    for phone in [&mut ana, &mut ben] {
        phone.kill();
        phone.start();
        phone.now += 600_000;
    }
    net.settle(&mut ana, &mut ben);
    assert_eq!(sent(&net), 0, "not a record before anybody compared");
    let now = ben.now;
    ben.engine().compared(&space, Compared::Spoken, now).unwrap();
    net.settle(&mut ana, &mut ben);
    // Stated at one instant: their order is that of their ids.
    let said = |phone: &mut Phone| {
        let mut said = phone.said(&space);
        said.sort();
        said
    };
    assert_eq!(said(&mut ana), ["from Ana", "from Ben"]);
    assert_eq!(ben.said(&space), ["from Ben"], "Ana did not compare");
    ana.engine().compared(&space, Compared::Spoken, now).unwrap();
    net.settle(&mut ana, &mut ben);
    assert_eq!(said(&mut ben), ["from Ana", "from Ben"]);
    agree(&mut ana, &mut ben, &space);
}

#[test]
fn s18_while_somebody_is_blocked_nothing_goes_or_comes_and_then_everything_does() {
    let (mut net, mut ana, mut ben, space) = net::pair(7);
    let now = ana.now;
    ana.say(&space, "before");
    net.settle(&mut ana, &mut ben);
    ana.engine().block(&space, true, now).unwrap();
    ana.say(&space, "from Ana meanwhile");
    ben.say(&space, "from Ben meanwhile");
    net.settle(&mut ana, &mut ben);
    ana.kill();
    ana.start();
    net.settle(&mut ana, &mut ben);
    assert_eq!(ana.said(&space), ["before", "from Ana meanwhile"]);
    assert_eq!(ben.said(&space), ["before", "from Ben meanwhile"]);
    assert!(ana.engine().pairs().unwrap()[0].blocked);
    ana.engine().block(&space, false, now).unwrap();
    net.settle(&mut ana, &mut ben);
    assert_eq!(ana.said(&space).len(), 3);
    agree(&mut ana, &mut ben, &space);
}

#[test]
fn s18_who_leaves_keeps_what_was_written_and_writes_no_more() {
    let (mut net, mut ana, mut ben, space) = net::pair(8);
    ana.note(&space, 1, "note");
    ana.write(&space, 1, 0, "Ana's words. ");
    ben.say(&space, "Ben's words");
    net.settle(&mut ana, &mut ben);
    ana.say(&space, "unsent until the leaving");
    // A phone of the same person that does not know of the leaving: an earlier copy.
    ana.close();
    let mut copy = ana.copied(4242);
    ana.start();
    let now = ana.now;
    ana.engine().leave(&space, now).unwrap();
    for e in [
        ana.try_say(&space, "after").unwrap_err(),
        ana.engine().leave(&space, now).unwrap_err(),
        ana.engine()
            .edit(&space, DocumentId([1; 16]), DocumentKind::Note, &Command::Note(NoteCommand::Title("after".into())), now)
            .unwrap_err(),
    ] {
        assert!(matches!(e, EngineError::ReadOnly(_)), "{e:?}");
    }
    ben.say(&space, "written before Ben knew");
    net.settle(&mut ana, &mut ben);
    assert!(ben.engine().pairs().unwrap()[0].other_left && ana.engine().pairs().unwrap()[0].left);
    for phone in [&mut ana, &mut ben] {
        assert!(phone.body(&space, 1).contains("Ana's words. "));
        assert!(phone.said(&space).contains(&"Ben's words".to_owned()));
        assert!(phone.said(&space).contains(&"unsent until the leaving".to_owned()));
        let export = phone.engine().export(&space).unwrap();
        assert!(export.contains("Ana's words. "));
    }
    // What the copy writes without knowing is past the leaving and does not count.
    copy.start();
    copy.now += 1000;
    copy.say(&space, "past the leaving");
    copy.write(&space, 1, 0, "Past it too. ");
    let mut thief = Thief::of(&copy, &space, 9);
    let record = thief.says(1_930_262_500_000, "forged past the leaving");
    net.push(&thief.mailbox(), &[record]);
    for _ in 0..3 {
        net.sync(&mut copy);
        net.sync(&mut ben);
        net.sync(&mut ana);
    }
    assert!(!ben.said(&space).iter().any(|t| t.contains("past the leaving")), "{:?}", ben.said(&space));
    assert!(!ben.body(&space, 1).contains("Past it"));
    assert!(copy.engine().pairs().unwrap()[0].left);
    ben.kill();
    ben.start();
    assert!(!ben.said(&space).iter().any(|t| t.contains("past the leaving")));
    assert!(!ana.said(&space).iter().any(|t| t.contains("past the leaving")), "{:?}", ana.said(&space));
    // What the copy wrote stays on it and says that it waits: it was never sealed.
    assert!(copy.said(&space).contains(&"past the leaving".to_owned()));
    assert!(copy.status(&space).waiting > 0);
}

#[test]
fn an_export_opens_elsewhere_with_the_same_code_and_heals_its_own_device() {
    let (mut net, mut ana, mut ben, space) = net::pair(9);
    ana.note(&space, 1, "note");
    ana.write(&space, 1, 0, "Ana's words. ");
    ana.say(&space, "ana");
    ben.say(&space, "ben");
    net.settle(&mut ana, &mut ben);
    let personal = ana.engine().personal().unwrap();
    ana.note(&personal, 2, "private");
    let (file, code) = (ana.engine().export(&space).unwrap(), ana.code(&space));
    let own_file = ana.engine().export(&personal).unwrap();
    let mut cy = Phone::new("Cy", 77);
    let now = cy.now;
    let imported = cy.engine().import(file.as_bytes(), now).unwrap();
    assert!(imported.archive);
    assert_eq!((imported.state_code.0.as_str(), imported.state_code.1.as_str()), (code.as_str(), code.as_str()));
    assert_eq!(cy.code(&space), code);
    assert_eq!(cy.said(&space).len(), 2);
    assert_eq!(cy.body(&space, 1), "Ana's words. ");
    assert!(matches!(cy.try_say(&space, "no"), Err(EngineError::ReadOnly(_))));
    assert!(cy.engine().pairs().unwrap()[0].archive);
    let again = cy.engine().import(file.as_bytes(), now).unwrap();
    assert_eq!(again.state_code.1, code, "twice is once");
    cy.kill();
    cy.start();
    assert_eq!(cy.code(&space), code);
    let handed_on = cy.engine().export(&space).unwrap();
    let mut dee = Phone::new("Dee", 79);
    assert_eq!(dee.engine().import(handed_on.as_bytes(), now).unwrap().state_code.1, code, "it can be handed on");
    // Ana loses her database, and the relay everything: the file gives back what she wrote, Ben's phone the rest.
    ana.close();
    std::fs::remove_file(ana.path("ithaca.db")).unwrap();
    net.wipe();
    ana.start();
    let healed = ana.engine().import(file.as_bytes(), now).unwrap();
    assert!(!healed.archive && healed.others > 0, "{healed:?}");
    let own = ana.engine().import(own_file.as_bytes(), now).unwrap();
    assert!(!own.archive, "{own:?}");
    net.settle(&mut ana, &mut ben);
    net.settle(&mut ana, &mut ben);
    assert_eq!(ana.code(&space), ben.code(&space));
    assert_eq!(ana.said(&space).len(), 2);
    assert_eq!(ana.engine().messages(&space, None, 10).unwrap().len(), 2);
    let notes: Vec<ithaca_core::view::NoteView> = ana.engine().views(&personal, ithaca_core::view::RowKind::Note, true, 5).unwrap();
    assert_eq!(notes.len(), 1, "the private note came from the file: {own:?}");
}

#[test]
fn s3_a_changed_export_is_refused_by_name_and_changes_nothing() {
    let (mut net, mut ana, mut ben, space) = net::pair(10);
    ana.note(&space, 1, "note");
    ana.write(&space, 1, 0, "Ana's words. ");
    for i in 0..3 {
        ana.say(&space, &format!("{i}"));
        ben.say(&space, &format!("{i}"));
    }
    net.settle(&mut ana, &mut ben);
    let file = ana.engine().export(&space).unwrap();
    let refuse = |what: String, bytes: &[u8]| {
        let mut cy = Phone::new("Cy", 78);
        let now = cy.now;
        match cy.engine().import(bytes, now) {
            Err(EngineError::Export(e)) => assert!(!e.to_string().is_empty()),
            Err(EngineError::Invalid(_) | EngineError::Space(_) | EngineError::PersonLog(_)) => {}
            other => panic!("{what}: {other:?}"),
        }
        assert!(cy.engine().pairs().unwrap().is_empty(), "{what}");
        cy.kill();
        cy.start();
        assert!(cy.engine().pairs().unwrap().is_empty(), "{what}");
    };
    for at in [0, 1, 10, file.len() / 2, file.len() - 2] {
        refuse(format!("cut at {at}"), &file.as_bytes()[..at]);
    }
    let value: serde_json::Value = serde_json::from_str(&file).unwrap();
    for key in value.as_object().unwrap().keys() {
        let mut without = value.clone();
        without.as_object_mut().unwrap().remove(key);
        refuse(format!("without {key}"), without.to_string().as_bytes());
        let mut other = value.clone();
        other[key] = serde_json::json!({"x": 1});
        refuse(format!("another {key}"), other.to_string().as_bytes());
    }
    for list in ["documents", "events", "statements"] {
        let mut fewer = value.clone();
        if let Some(items) = fewer[list].as_array_mut() {
            items.pop();
            refuse(format!("one of {list} less"), fewer.to_string().as_bytes());
            let mut twice = value.clone();
            let first = twice[list][0].clone();
            twice[list].as_array_mut().unwrap().push(first);
            refuse(format!("one of {list} twice"), twice.to_string().as_bytes());
        }
    }
    // Ana herself takes no change of it either.
    let now = ana.now;
    let code = ana.code(&space);
    assert!(ana.engine().import(&file.as_bytes()[..file.len() / 2], now).is_err());
    assert_eq!(ana.code(&space), code);
    let unchanged: &mut Engine = ana.engine();
    assert_eq!(unchanged.import(file.as_bytes(), now).unwrap().healed, 0);
}

#[test]
fn who_leaves_is_written_after_without_them_once_nobody_else_makes_the_keys() {
    let (mut net, mut ana, mut ben, space) = net::pair(77);
    let now = ben.now;
    ben.engine().leave(&space, now).unwrap();
    net.settle(&mut ben, &mut ana);
    ana.say(&space, "a last word to myself");
    net.sync(&mut ana);
    net.sync(&mut ben);
    assert!(!ben.said(&space).contains(&"a last word to myself".to_owned()));
}
