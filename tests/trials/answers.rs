//! Answers: check-ins, harvests and minutes that a person keeps to themselves, and what of them anybody else ever holds.

use ithaca_core::document::command::{Command, SessionCommand};
use ithaca_core::document::{DocumentKind, derived_id};
use ithaca_core::engine::{Audience, EngineError};
use ithaca_core::event::Phase;
use ithaca_core::event::payload::{Answer, SessionAlias};
use ithaca_core::event::{EventDraft, SessionState};
use ithaca_core::id::{DocumentId, ItemId, SpaceId};
use ithaca_core::view::{ActionView, Form, RowKind, SessionView};

use super::net::{self, Phone, agree};

const WHICH: DocumentId = DocumentId([40; 16]);
const TWIN: DocumentId = DocumentId([41; 16]);
const TODAY: &str = "2031-03-09";

fn session(phone: &mut Phone, space: &SpaceId, id: DocumentId) {
    let now = phone.now;
    let new = Command::Session(SessionCommand::Create { title: "Visit".into(), date: Some(TODAY.into()) });
    phone.engine().edit(space, id, DocumentKind::Session, &new, now).unwrap();
}

fn words(prompt: &str, words: &str) -> Answer {
    Answer { prompt: prompt.into(), words: Some(words.into()), scale: None, chosen: None }
}

fn chosen(prompt: &str, what: &str) -> Answer {
    Answer { prompt: prompt.into(), words: None, scale: None, chosen: Some(vec![what.into()]) }
}

fn fill(phone: &mut Phone, space: &SpaceId, form: Form, answers: Vec<Answer>, audience: Audience) {
    let now = phone.now;
    phone.engine().fill_form(space, WHICH, form, answers, TODAY, (audience, now)).unwrap();
}

fn minutes(phone: &mut Phone, space: &SpaceId, text: &str, audience: Audience) {
    let now = phone.now;
    phone.engine().keep_minutes(space, WHICH, text.into(), audience, now).unwrap();
}

/// What a session shows of answers: whose form, its first words, and whether it is for oneself.
fn shown(phone: &mut Phone, space: &SpaceId) -> Vec<(String, String, bool)> {
    let all: Vec<SessionView> = phone.engine().sessions(space).unwrap();
    let s = all.iter().find(|s| s.ids.contains(&WHICH)).unwrap();
    let first = |answers: &[Answer]| {
        answers.first().map(|a| a.words.clone().or_else(|| a.chosen.as_ref().map(|c| c.join(","))).unwrap_or_default()).unwrap_or_default()
    };
    let phase = |p| if p == Phase::Before { "before" } else { "after" };
    let mut out: Vec<(String, String, bool)> = Vec::new();
    out.extend(s.check_ins.iter().map(|c| (phase(c.phase).to_owned(), first(&c.answers), c.private)));
    out.extend(s.harvests.iter().map(|h| ("harvest".to_owned(), first(&h.answers), h.private)));
    out.extend(s.minutes.iter().map(|m| ("minutes".to_owned(), m.text.clone(), m.private)));
    out.sort();
    out
}

fn all_of(private: bool) -> Vec<(String, String, bool)> {
    [("after", "unheard"), ("before", "quietly"), ("harvest", "patience"), ("minutes", "tense")]
        .map(|(form, words)| (form.to_owned(), words.to_owned(), private))
        .to_vec()
}

#[test]
fn what_is_kept_private_reaches_own_devices_alone_until_it_is_told() {
    let (mut net, mut ana, mut ben, space) = net::pair(1_300);
    let mut tablet = net.second(&mut ana, 7, "Tablet");
    session(&mut ana, &space, WHICH);
    net.settle_all(&mut [&mut ana, &mut tablet, &mut ben]);
    let code = ben.code(&space);
    let after = vec![words("learned", "unheard"), chosen("techniques", "showing")];
    for audience in [Audience::Me, Audience::Both] {
        fill(&mut ana, &space, Form::Before, vec![words("notice", "quietly")], audience);
        fill(&mut ana, &space, Form::After, after.clone(), audience);
        fill(&mut tablet, &space, Form::Harvest, vec![words("learned", "patience")], audience);
        minutes(&mut ana, &space, "tense", audience);
        net.settle_all(&mut [&mut ana, &mut tablet, &mut ben]);
        let private = audience == Audience::Me;
        for phone in [&mut ana, &mut tablet] {
            assert_eq!(shown(phone, &space), all_of(private));
        }
        if private {
            assert!(shown(&mut ben, &space).is_empty());
            assert_eq!(ben.code(&space), code, "nothing changed for the pair");
            let personal = ana.engine().personal().unwrap();
            for own in [ana.engine().export(&personal).unwrap(), ana.engine().markdown(&personal).unwrap()] {
                assert!(own.contains("unheard") && own.contains("tense") && own.contains("Visit"), "{own}");
            }
            let found = tablet.engine().search("patience", 9).unwrap();
            assert_eq!((found.len(), found[0].space, found[0].noun.word()), (1, space, "session"));
            assert!(ben.engine().search("patience", 9).unwrap().is_empty());
            let of_ana = &ana.engine().sessions(&space).unwrap()[0];
            assert!(of_ana.techniques.is_empty() && of_ana.state == SessionState::Planned, "{of_ana:?}");
        } else {
            assert_eq!(shown(&mut ben, &space), all_of(false));
            assert_eq!(ben.engine().sessions(&space).unwrap()[0].techniques, ["showing"]);
            assert_eq!(tablet.engine().search("patience", 9).unwrap().len(), 1);
        }
        // What leaves by hand is the pair's alone.
        for exported in [ana.engine().export(&space).unwrap(), ana.engine().markdown(&space).unwrap()] {
            assert_eq!(exported.contains("unheard"), !private);
        }
    }
    // What was told stays told, whatever is kept afterwards.
    fill(&mut ana, &space, Form::Before, vec![words("notice", "second thoughts")], Audience::Me);
    net.settle_all(&mut [&mut ana, &mut tablet, &mut ben]);
    assert_eq!(shown(&mut ben, &space), all_of(false));
    let mut both = all_of(false);
    both.push(("before".into(), "second thoughts".into(), true));
    both.sort();
    assert_eq!(shown(&mut tablet, &space), both);
    agree(&mut ana, &mut ben, &space);
    agree(&mut ana, &mut tablet, &space);
}

#[test]
fn told_on_one_phone_and_kept_on_the_other_at_once_both_stand() {
    let (mut net, mut ana, mut ben, space) = net::pair(1_301);
    let mut tablet = net.second(&mut ana, 8, "Tablet");
    session(&mut ana, &space, WHICH);
    fill(&mut ana, &space, Form::Before, vec![words("notice", "at first")], Audience::Me);
    net.settle_all(&mut [&mut ana, &mut tablet, &mut ben]);
    fill(&mut ana, &space, Form::Before, vec![words("notice", "told")], Audience::Both);
    fill(&mut tablet, &space, Form::Before, vec![words("notice", "kept")], Audience::Me);
    net.settle_all(&mut [&mut ana, &mut tablet, &mut ben]);
    let one = |text: &str, private| ("before".to_owned(), text.to_owned(), private);
    for phone in [&mut ana, &mut tablet] {
        assert_eq!(shown(phone, &space), [one("kept", true), one("told", false)]);
    }
    assert_eq!(shown(&mut ben, &space), [one("told", false)]);
}

#[test]
fn one_meeting_in_two_documents_keeps_one_private_answer() {
    let (mut net, mut ana, mut ben, space) = net::pair(1_302);
    session(&mut ana, &space, WHICH);
    session(&mut ben, &space, TWIN);
    net.settle(&mut ana, &mut ben);
    let now = ana.now;
    let answers = vec![words("notice", "of the twin")];
    ana.engine().fill_form(&space, TWIN, Form::Before, answers, TODAY, (Audience::Me, now)).unwrap();
    let same = SessionAlias { other: ItemId(TWIN.0), same: true }.into();
    ana.engine().state(&space, EventDraft { subject: WHICH.0, payload: same }, now).unwrap();
    assert_eq!(shown(&mut ana, &space), [("before".into(), "of the twin".into(), true)]);
    fill(&mut ana, &space, Form::Before, vec![words("notice", "again")], Audience::Me);
    assert_eq!(shown(&mut ana, &space), [("before".into(), "again".into(), true)]);
    fill(&mut ana, &space, Form::Before, vec![words("notice", "told")], Audience::Both);
    assert_eq!(shown(&mut ana, &space), [("before".into(), "told".into(), false)]);
}

#[test]
fn a_form_that_is_refused_leaves_everything_as_it_was() {
    let (mut net, mut ana, mut ben, space) = net::pair(1_303);
    session(&mut ana, &space, WHICH);
    let now = ana.now;
    let action = ItemId([50; 16]);
    let add = ithaca_core::document::command::GoalsCommand::AddAction {
        id: action,
        text: "Read the card".into(),
        from: None,
        owners: Vec::new(),
        due: None,
    };
    ana.engine().edit(&space, derived_id(space, DocumentKind::Goals), DocumentKind::Goals, &Command::Goals(add), now).unwrap();
    net.settle(&mut ana, &mut ben);
    let code = ana.code(&space);
    let tried = chosen("tried", &action.to_string());
    let long = words("worth", &"w".repeat(70_000));
    let asked = |phone: &mut Phone, session, answers| {
        phone.engine().fill_form(&space, session, Form::Before, answers, TODAY, (Audience::Both, now))
    };
    let scale = Answer { prompt: "arriving".into(), words: None, scale: Some(9), chosen: None };
    assert!(matches!(asked(&mut ana, WHICH, vec![tried.clone(), scale]), Err(EngineError::Answer(_))));
    assert!(matches!(asked(&mut ana, WHICH, vec![chosen("tried", &ItemId([51; 16]).to_string())]), Err(EngineError::Answer(_))));
    assert!(matches!(asked(&mut ana, WHICH, vec![words("worth", " ")]), Err(EngineError::Invalid(_))));
    assert!(matches!(asked(&mut ana, WHICH, vec![tried.clone(), long]), Err(EngineError::Invalid(_))));
    assert!(matches!(asked(&mut ana, TWIN, vec![tried.clone()]), Err(EngineError::NotFound("session"))));
    assert!(matches!(ana.engine().keep_minutes(&space, WHICH, "\n".into(), Audience::Me, now), Err(EngineError::Invalid(_))));
    assert_eq!(ana.code(&space), code);
    // Kept to oneself, an action that was tried is not ticked: the other would see that.
    fill(&mut ana, &space, Form::Before, vec![tried.clone()], Audience::Me);
    assert_eq!((ana.code(&space), shown(&mut ana, &space)), (code, vec![("before".into(), "Read the card".into(), true)]));
    // Shared as it was kept, by its words, it is.
    fill(&mut ana, &space, Form::Before, vec![chosen("tried", "Read the card"), chosen("tried", "Something else")], Audience::Both);
    let actions: Vec<ActionView> = ana.engine().views(&space, RowKind::Action, true, 9).unwrap();
    assert_eq!(actions[0].done.len(), 1);
}
