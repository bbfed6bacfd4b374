//! What screens and the command line list: notes of one space and of all, found words, pages of messages, a session with what belongs to it.

use ithaca_core::document::command::{GoalsCommand, NoteCommand, SessionCommand};
use ithaca_core::document::{Command, DocumentKind, derived_id};
use ithaca_core::engine::{Engine, EngineError, NoteFilter, PairState, Where};
use ithaca_core::event::payload::{MessageWithdraw, Pause, SessionStateSet};
use ithaca_core::event::{EventDraft, Payload, SPACE_SUBJECT, SessionState};
use ithaca_core::id::{DocumentId, ItemId, SpaceId};

use super::net::{Phone, pair};

fn note(phone: &mut Phone, space: &SpaceId, id: u8, title: &str, pair: Option<SpaceId>, tag: &str) {
    phone.now += 1;
    let (now, note) = (phone.now, DocumentId([id; 16]));
    for command in [NoteCommand::Create { title: title.into(), pair }, NoteCommand::Tag { tag: tag.into(), on: true }] {
        phone.engine().edit(space, note, DocumentKind::Note, &Command::Note(command), now).unwrap();
    }
}

fn session(phone: &mut Phone, space: &SpaceId, id: u8, date: &str, agenda: &[u8]) -> DocumentId {
    let (now, session) = (phone.now, DocumentId([id; 16]));
    let point = |n: &u8| SessionCommand::AddAgenda { id: ItemId([*n; 16]), text: format!("Point {n}") };
    let plan = SessionCommand::Create { title: format!("Visit {id}"), date: Some(date.into()) };
    for command in std::iter::once(plan).chain(agenda.iter().map(point)) {
        phone.engine().edit(space, session, DocumentKind::Session, &Command::Session(command), now).unwrap();
    }
    session
}

fn state(phone: &mut Phone, space: &SpaceId, subject: [u8; 16], payload: Payload) {
    let now = phone.now;
    phone.engine().state(space, EventDraft { subject, payload }, now).unwrap();
}

fn titles(engine: &Engine, filter: &NoteFilter, offset: usize, limit: usize) -> (Vec<String>, bool) {
    let page = engine.note_page(filter, offset, limit).unwrap();
    (page.notes.into_iter().map(|n| n.note.title).collect(), page.more)
}

#[test]
fn notes_are_listed_by_space_by_tag_in_any_spelling_and_by_pages() {
    let (_, mut ana, _, space) = pair(1);
    let personal = ana.engine().personal().unwrap();
    note(&mut ana, &space, 1, "Shared", None, "Été");
    note(&mut ana, &personal, 2, "Of this pair", Some(space), "été");
    note(&mut ana, &personal, 3, "Of nobody", None, "E\u{301}TE\u{301} ");
    note(&mut ana, &space, 4, "Newest", None, "winter");
    let engine = ana.engine();
    let of_pair = NoteFilter { space: Some(space), ..NoteFilter::default() };
    assert_eq!(titles(engine, &of_pair, 0, 9), (vec!["Newest".into(), "Shared".into()], false));
    let with_private = NoteFilter { with_private: true, ..of_pair.clone() };
    assert_eq!(titles(engine, &with_private, 0, 9).0, ["Newest", "Of this pair", "Shared"]);
    assert_eq!(titles(engine, &with_private, 1, 1), (vec!["Of this pair".into()], true));
    assert_eq!(titles(engine, &NoteFilter::default(), 0, 9).0, ["Newest", "Of nobody", "Of this pair", "Shared"]);
    let summer = NoteFilter { tag: Some("e\u{301}té".into()), ..NoteFilter::default() };
    assert_eq!(titles(engine, &summer, 0, 2), (vec!["Of nobody".into(), "Of this pair".into()], true));
    assert_eq!(titles(engine, &NoteFilter { bin: true, ..of_pair }, 0, 9), (Vec::new(), false));
    let nowhere = NoteFilter { space: Some(SpaceId([9; 32])), ..NoteFilter::default() };
    assert!(matches!(engine.note_page(&nowhere, 0, 9), Err(EngineError::NotFound(_))));
}

#[test]
fn words_of_one_space_are_found_however_many_stand_in_others() {
    let (_, mut ana, _, space) = pair(2);
    let personal = ana.engine().personal().unwrap();
    note(&mut ana, &space, 1, "The bridge", None, "way");
    for n in 2..30 {
        note(&mut ana, &personal, n, "bridge bridge", None, "way");
    }
    let found = ana.engine().search_in(Some(&space), "bridge", 1).unwrap();
    assert_eq!((found.len(), found[0].space), (1, space));
    assert_eq!(ana.engine().search_in(Some(&personal), "bridge", 5).unwrap().len(), 5);
    assert_eq!(ana.engine().search("bridge", 100).unwrap().len(), 29);
}

#[test]
fn what_was_taken_back_may_have_been_read_unless_it_never_left_ones_own_hands() {
    let (mut net, mut ana, mut ben, space) = pair(3);
    let here = ana.say(&space, "never left");
    state(&mut ana, &space, SPACE_SUBJECT, MessageWithdraw { target: here }.into());
    let first = &ana.engine().message_page(&space, None, 1).unwrap().messages[0];
    assert_eq!((first.at, first.message.may_have_been_read), (Some(Where::Here), false));
    let there = ana.say(&space, "arrived");
    net.settle(&mut ana, &mut ben);
    state(&mut ana, &space, SPACE_SUBJECT, MessageWithdraw { target: there }.into());
    let page = ana.engine().message_page(&space, None, 1).unwrap();
    assert_eq!((page.messages[0].at, page.messages[0].message.may_have_been_read), (Some(Where::Other), true));
    let before = ana.engine().message_page(&space, page.before, 1).unwrap();
    assert_eq!((before.messages[0].message.id, before.messages.len()), (here, 1));
    net.settle(&mut ana, &mut ben);
    let theirs = ben.engine().message_page(&space, None, 9).unwrap();
    assert!(theirs.messages.iter().all(|m| m.at.is_none() && m.message.may_have_been_read) && theirs.before.is_none());
}

#[test]
fn a_session_carries_what_was_left_open_only_while_it_is_ahead() {
    let (_, mut ana, _, space) = pair(4);
    let first = session(&mut ana, &space, 1, "2031-03-01", &[11, 12]);
    state(&mut ana, &space, first.0, SessionStateSet { state: SessionState::Held, reason: None }.into());
    let second = session(&mut ana, &space, 2, "2031-03-09", &[21]);
    let (now, me) = (ana.now, ana.engine().me());
    let promise =
        GoalsCommand::AddAction { id: ItemId([5; 16]), text: "Print it".into(), owners: vec![me], due: None, from: Some(ItemId(second.0)) };
    let goals = derived_id(space, DocumentKind::Goals);
    ana.engine().edit(&space, goals, DocumentKind::Goals, &Command::Goals(promise), now).unwrap();
    let whole = ana.engine().session_in_full(&space, second).unwrap();
    assert_eq!(
        whole.carried.iter().map(|c| (c.session, c.item.id)).collect::<Vec<_>>(),
        [(first, ItemId([11; 16])), (first, ItemId([12; 16]))]
    );
    assert_eq!((whole.promised.len(), whole.since_last.len(), whole.agreed), (1, 0, None));
    state(&mut ana, &space, second.0, SessionStateSet { state: SessionState::Missed, reason: None }.into());
    assert!(
        ana.engine().session_in_full(&space, second).unwrap().carried.is_empty(),
        "what a session that is over left belongs to the next one"
    );
    let binned = Command::Session(SessionCommand::Delete);
    ana.engine().edit(&space, second, DocumentKind::Session, &binned, now).unwrap();
    assert_eq!(ana.engine().session_in_full(&space, second).unwrap().session.id, second, "in the bin it can still be looked at");
    assert!(matches!(ana.engine().session_in_full(&space, DocumentId([9; 16])), Err(EngineError::NotFound(_))));
}

#[test]
fn that_somebody_left_goes_before_blocking_and_both_before_pauses() {
    let (mut net, mut ana, mut ben, space) = pair(5);
    let now_is = |phone: &mut Phone| phone.engine().pairs().unwrap()[0].state();
    assert_eq!(now_is(&mut ana), PairState::Running);
    state(&mut ben, &space, SPACE_SUBJECT, Pause { reason: None }.into());
    net.settle(&mut ana, &mut ben);
    assert_eq!(now_is(&mut ana), PairState::Paused);
    for (on, shown) in [(true, PairState::Blocked), (false, PairState::Paused)] {
        let now = ana.now;
        ana.engine().block(&space, on, now).unwrap();
        assert_eq!(now_is(&mut ana), shown);
    }
    let now = ben.now;
    ben.engine().leave(&space, now).unwrap();
    net.settle(&mut ben, &mut ana);
    assert_eq!((now_is(&mut ana), now_is(&mut ben)), (PairState::OtherLeft, PairState::Left));
    assert!(!ana.engine().pairs().unwrap()[0].runs());
    let now = ana.now;
    ana.engine().block(&space, true, now).unwrap();
    assert_eq!(now_is(&mut ana), PairState::OtherLeft, "nothing is left to fetch");
}
