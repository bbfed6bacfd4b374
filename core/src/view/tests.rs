//! Journeys over views: what two people read after both wrote offline.

use super::*;
use crate::document::Command as C;
use crate::document::command::{GoalsCommand as G, ItemCommand as I, NoteCommand as N, SessionCommand as S};
use crate::document::fleet::{Fleet, SPACE, person};
use crate::document::text::TextEdit;
use crate::document::{What, history};
use crate::event::payload::*;
use crate::event::{EventDraft, SPACE_SUBJECT, SessionState, state};
use crate::export::{Readable, markdown};
use crate::id::{DocumentId, EventId};

const GOALS: usize = 1;
const FIRST: usize = 2;
const NOTE: usize = 3;
const SECOND: usize = 4;

fn item(n: u8) -> ItemId {
    ItemId([n; 16])
}

fn rewrite(fleet: &mut Fleet, phone: usize, text: &str) {
    let base_heads = fleet.phones[phone].documents[NOTE].heads();
    fleet.edit(phone, NOTE, &C::Note(N::Body(TextEdit::Rewrite { base_heads, text: text.into() })));
}

fn readable(fleet: &Fleet, phone: usize) -> Readable {
    fleet.phones[phone].readable(&fleet.writers)
}

fn say(fleet: &mut Fleet, phone: usize, subject: [u8; 16], payload: impl Into<Payload>) -> EventId {
    fleet.state(phone, EventDraft { subject, payload: payload.into() })
}

fn answer(prompt: &str, words: Option<&str>, scale: Option<u8>) -> Answer {
    Answer { prompt: prompt.into(), words: words.map(str::to_owned), scale, chosen: None }
}

use crate::event::Payload;

/// J2.
#[test]
fn three_days_apart_both_writing_come_together_without_a_dialog() {
    let mut fleet = Fleet::new(2, 2);
    fleet.edit(0, NOTE, &C::Note(N::Create { title: "Plan".into(), pair: None }));
    rewrite(&mut fleet, 0, "Visit ward on Monday. Bring the checklist.");
    fleet.edit(0, NOTE, &C::Note(N::Tag { tag: "old".into(), on: true }));
    fleet.edit(0, GOALS, &C::Goals(G::AddGoal { id: item(1), title: "Safe handover".into() }));
    for n in 11..15 {
        fleet.edit(0, GOALS, &C::Goals(G::AddMilestone { id: item(n), goal: item(1), text: format!("step {n}") }));
    }
    fleet.edit(0, GOALS, &C::Item(I::Tick { item: item(11), date: Some("2031-06-01".into()) }));
    fleet.settle();

    let add = |id, owner| C::Goals(G::AddAction { id, text: "Print checklist".into(), owners: vec![person(owner)], due: None, from: None });
    rewrite(&mut fleet, 0, "Visit ward on Tuesday 08:00. Bring the checklist.");
    fleet.edit(0, NOTE, &C::Note(N::Tag { tag: "ward".into(), on: true }));
    fleet.edit(0, GOALS, &add(item(21), 0));
    fleet.edit(0, GOALS, &C::Goals(G::AddGoal { id: item(2), title: "Lead morning round".into() }));

    rewrite(&mut fleet, 1, "Visit ward on Monday. Bring the checklist. Ask about the night shift.");
    fleet.edit(1, NOTE, &C::Note(N::Tag { tag: "night".into(), on: true }));
    fleet.edit(1, NOTE, &C::Note(N::Tag { tag: "Old ".into(), on: false }));
    fleet.edit(1, GOALS, &add(item(20), 1));
    fleet.edit(1, GOALS, &C::Item(I::Tick { item: item(12), date: Some("2031-06-02".into()) }));
    fleet.settle();

    for phone in 0..2 {
        let r = readable(&fleet, phone);
        assert_eq!(r.notes[0].body.words(), "Visit ward on Tuesday 08:00. Bring the checklist. Ask about the night shift.");
        assert_eq!(r.notes[0].tags, ["night", "ward"]);
        assert_eq!(same_thing(&r.actions), [vec![item(20), item(21)]], "no hint 'same thing?'");
        let titles: Vec<&str> = r.goals.iter().map(|g| g.title.words()).collect();
        assert_eq!(titles, ["Safe handover", "Lead morning round"]);
        assert_eq!(r.goals[0].progress, Progress { done: 2, of: 4 });
        assert_eq!(r.goals.iter().map(|g| g.cards).sum::<usize>() + r.notes[0].cards, 0, "a dialog");
    }
    assert_eq!(fleet.phones[0].code(), fleet.phones[1].code());
    let told = history(&fleet.phones[0].documents[NOTE], &fleet.writers);
    let did = |who, what: What| told.iter().any(|h| h.by == Some(person(who)) && h.what == what);
    assert!(did(0, What::Set { from: "Monday".into(), to: "Tuesday 08:00".into() }), "{told:?}");
    assert!(did(1, What::Added(" Ask about the night shift.".into())), "{told:?}");
    assert!(did(1, What::Removed("old".into())) && did(0, What::Added("ward".into())), "{told:?}");

    // *Same thing?*: both become the one with the smaller id; its owners and ticks come together.
    fleet.edit(0, GOALS, &C::Goals(G::SameThing { action: item(21), other: item(20), same: true }));
    fleet.edit(0, GOALS, &C::Item(I::Tick { item: item(21), date: Some("2031-06-03".into()) }));
    fleet.settle();
    let r = readable(&fleet, 1);
    let listed: Vec<&ActionView> = r.actions.iter().filter(|a| a.is_listed()).collect();
    assert_eq!(listed.len(), 1);
    assert_eq!((listed[0].id, listed[0].owners.len(), listed[0].is_done()), (item(20), 2, true));
    assert!(fleet.phones[0].rows(&fleet.writers).iter().any(|row| row.id == item(21).0 && !row.alive));
    // Two who differ on that: not joined, and a card.
    fleet.edit(0, GOALS, &C::Goals(G::SameThing { action: item(21), other: item(20), same: false }));
    fleet.edit(1, GOALS, &C::Goals(G::SameThing { action: item(21), other: item(20), same: true }));
    fleet.settle();
    let open: Vec<_> = fleet.phones[0].cards(&fleet.writers);
    // An equal value is no edit, so only one of them said something new.
    assert!(open.is_empty());
    assert_eq!(readable(&fleet, 0).actions.iter().filter(|a| a.is_listed()).count(), 2);
    assert!(same_thing(&readable(&fleet, 0).actions).is_empty(), "the hint comes back after 'not the same'");
}

/// J2, variant.
#[test]
fn two_words_for_one_stand_side_by_side_with_their_writers_and_one_choice_reaches_the_other() {
    let mut fleet = Fleet::new(3, 2);
    rewrite(&mut fleet, 0, "Visit ward on Monday.");
    fleet.settle();
    rewrite(&mut fleet, 0, "Visit ward on Tuesday.");
    rewrite(&mut fleet, 1, "Visit ward on Thursday.");
    fleet.settle();
    let body = readable(&fleet, 1).notes[0].body.clone();
    assert_eq!((body.alternatives.len(), body.alternatives[0].len()), (1, 2));
    let by: Vec<_> = body.alternatives[0].iter().map(|a| (a.words.as_str(), a.by.unwrap())).collect();
    assert!(by.contains(&("Tuesday", person(0))) && by.contains(&("Thursday", person(1))));
    assert!(body.words().contains('│'));
    let run = body.alternatives[0].iter().find(|a| a.words == "Tuesday").unwrap().run.clone();
    fleet.edit(1, NOTE, &C::Note(N::Body(TextEdit::Choose { run })));
    fleet.settle();
    for phone in 0..2 {
        let body = readable(&fleet, phone).notes[0].body.clone();
        assert_eq!((body.words(), body.alternatives.len()), ("Visit ward on Tuesday.", 0));
    }
}

/// J3.
#[test]
fn a_session_with_check_ins_and_harvest_carries_into_the_next() {
    let mut fleet = Fleet::new(4, 2);
    let (first, second) = (fleet.phones[0].documents[FIRST].id, fleet.phones[0].documents[SECOND].id);
    fleet.edit(0, FIRST, &C::Session(S::Create { title: "Ward".into(), date: Some("2026-11-20".into()) }));
    for (n, text) in [(1, "handover"), (2, "dose"), (3, "night shift")] {
        fleet.edit(0, FIRST, &C::Session(S::AddAgenda { id: item(n), text: text.into() }));
    }
    fleet.settle();
    let before =
        CheckIn { phase: Phase::Before, answers: vec![answer("arriving", None, Some(2)), answer("worth", Some("handover"), None)] };
    say(&mut fleet, 1, first.0, before.clone());
    let corrected = CheckIn { phase: Phase::Before, answers: vec![answer("arriving", None, Some(3))] };
    for n in [1, 2] {
        fleet.edit(1, FIRST, &C::Item(I::Tick { item: item(n), date: Some("2026-11-20".into()) }));
    }
    for technique in ["showing", "harvesting"] {
        fleet.edit(0, FIRST, &C::Session(S::Technique { technique: technique.into(), on: true }));
    }
    for function in ["coaching", "acceptance"] {
        fleet.edit(0, FIRST, &C::Session(S::Function { function: function.into(), on: true }));
    }
    let learned = vec![answer("learned", Some("Say the dose aloud"), None), answer("useful", None, Some(5))];
    say(&mut fleet, 1, first.0, Harvest { answers: learned.clone() });
    say(&mut fleet, 0, first.0, SessionStateSet { state: SessionState::Held, reason: None });
    let from = Some(ItemId(first.0));
    let action = |id, text: &str, owner, due: Option<&str>, from| {
        C::Goals(G::AddAction { id, text: text.into(), owners: vec![person(owner)], due: due.map(str::to_owned), from })
    };
    fleet.edit(1, GOALS, &action(item(31), "Practise", 1, Some("2026-12-01"), from));
    fleet.edit(0, GOALS, &action(item(32), "Introduce Ben to Dee", 0, None, from));
    fleet.edit(0, SECOND, &C::Session(S::Create { title: "Next".into(), date: Some("2026-12-04".into()) }));
    fleet.settle();
    say(&mut fleet, 1, first.0, corrected.clone());
    fleet.settle();

    for phone in 0..2 {
        let r = readable(&fleet, phone);
        let s = &r.sessions[0];
        assert_eq!((s.state, s.check_ins.len(), s.check_ins[0].answers.clone()), (SessionState::Held, 1, corrected.answers.clone()));
        assert_eq!((s.harvests[0].person, &s.harvests[0].answers), (person(1), &learned));
        let open: Vec<&str> =
            carried(&r.sessions, second).into_iter().map(|c| c.item.id).map(|i| if i == item(3) { "night" } else { "?" }).collect();
        assert_eq!(open, ["night"], "what was not done is not carried");
        assert!(carried(&r.sessions, first).is_empty());
        let since: Vec<ItemId> = since_last(&r.actions, &r.sessions, second).iter().map(|a| a.id).collect();
        assert_eq!(since, [item(31), item(32)], "the next session does not open with both actions");
        let mix = insights(&r.sessions, 6);
        assert_eq!((mix.sessions, mix.techniques.len(), mix.functions.len()), (1, 2, 2));
        let page = markdown(&r);
        for words in ["Say the dose aloud", "night shift", "Practise", "harvesting", "2026-12-01"] {
            assert!(page.contains(words), "the page lacks {words}");
        }
    }
    // Ticked where it stands, it is carried no more.
    fleet.edit(0, FIRST, &C::Item(I::Tick { item: item(3), date: Some("2026-12-04".into()) }));
    assert!(carried(&readable(&fleet, 0).sessions, second).is_empty());
}

/// J6.
#[test]
fn delete_against_edit_is_kept_and_says_who_edited() {
    let mut fleet = Fleet::new(5, 2);
    fleet.edit(0, NOTE, &C::Note(N::Create { title: "Shift plan".into(), pair: None }));
    rewrite(&mut fleet, 0, "Early, late, night.");
    fleet.edit(0, GOALS, &C::Goals(G::AddGoal { id: item(1), title: "Goal".into() }));
    fleet.edit(0, GOALS, &C::Goals(G::AddMilestone { id: item(2), goal: item(1), text: "step".into() }));
    fleet.settle();
    fleet.edit(1, NOTE, &C::Note(N::Delete));
    fleet.edit(1, GOALS, &C::Item(I::Delete { item: item(2) }));
    fleet.edit(0, GOALS, &C::Item(I::Tick { item: item(2), date: Some("2031-01-01".into()) }));
    rewrite(&mut fleet, 0, "Early, late, night, and Ana's.");
    fleet.settle();
    for phone in 0..2 {
        let r = readable(&fleet, phone);
        let n = &r.notes[0];
        assert_eq!((n.alive, n.kept, n.provenance.edited_by), (true, true, Some(person(0))), "Ana's edit is lost");
        let m = &r.goals[0].milestones[0];
        assert!(m.kept && !m.done.is_empty(), "done against deleted is lost");
    }
    // An edit that saw the deletion brings it back without a mark; a deletion that saw the edit stands.
    fleet.edit(1, NOTE, &C::Note(N::Title("Shifts".into())));
    fleet.settle();
    assert!(!readable(&fleet, 0).notes[0].kept);
    fleet.edit(1, NOTE, &C::Note(N::Delete));
    fleet.settle();
    assert!(!readable(&fleet, 0).notes[0].alive);
    let told = history(&fleet.phones[0].documents[NOTE], &fleet.writers);
    assert_eq!(told.iter().filter(|h| h.what == What::Deleted).count(), 2);
    assert_eq!(told.iter().filter(|h| h.what == What::Restored).count(), 1);
}

/// J6.
#[test]
fn one_meeting_made_twice_becomes_one_and_not_the_same_undoes_it() {
    let mut fleet = Fleet::new(6, 2);
    let (small, large) = (fleet.phones[0].documents[FIRST].id, fleet.phones[0].documents[SECOND].id);
    let notes = |text: &str| C::Session(S::Notes(TextEdit::Splice { pos: 0, delete: 0, insert: text.into() }));
    for (phone, document, title) in [(0, FIRST, "Ward round"), (1, SECOND, "Morning")] {
        fleet.edit(phone, document, &C::Session(S::Create { title: title.into(), date: Some("2031-06-03".into()) }));
        fleet.edit(phone, document, &notes(&format!("{title} notes")));
        fleet.edit(phone, document, &C::Session(S::AddAgenda { id: item(phone as u8 + 1), text: title.into() }));
        let id = fleet.phones[phone].documents[document].id;
        say(&mut fleet, phone, id.0, CheckIn { phase: Phase::Before, answers: vec![answer("arriving", None, Some(4))] });
        say(&mut fleet, phone, id.0, Minutes { text: format!("minutes {phone}") });
    }
    say(&mut fleet, 0, small.0, SessionStateSet { state: SessionState::Held, reason: None });
    fleet.settle();
    assert_eq!(same_meeting(&readable(&fleet, 0).sessions), [vec![small, large]]);

    say(&mut fleet, 1, small.0, SessionAlias { other: ItemId(large.0), same: true });
    fleet.settle();
    for phone in 0..2 {
        let r = readable(&fleet, phone);
        assert_eq!(r.sessions.len(), 1, "two sessions for one meeting");
        let s = &r.sessions[0];
        assert_eq!((s.id, s.ids.as_slice(), s.state), (small, [small, large].as_slice(), SessionState::Held));
        assert_eq!((s.notes.len(), s.agenda.len(), s.check_ins.len(), s.minutes.len()), (2, 2, 2, 2));
        assert_eq!(s.agenda.iter().map(|a| a.id).collect::<Vec<_>>(), [item(1), item(2)]);
        assert_eq!((s.title.as_str(), s.differ["title"].len()), ("Ward round", 2));
        assert!(same_meeting(&r.sessions).is_empty());
        let rows = fleet.phones[phone].rows(&fleet.writers);
        let other: SessionView = serde_json::from_str(&rows.iter().find(|r| r.id == large.0).unwrap().json).unwrap();
        assert_eq!(other.joined_with, Some(small), "the old link leads nowhere");
    }

    // A card on a field of the joined meeting is decided in both documents, and brings neither into the bin.
    let s = readable(&fleet, 0).sessions[0].clone();
    let which = s.differ["title"].iter().position(|v| v.words == "Morning").unwrap();
    for (id, choice) in crate::card::resolve_joined(&s, "title", which) {
        let document = fleet.phones[0].documents.iter().position(|d| d.id == id).unwrap();
        let crate::card::Choice::Command(command) = choice else { panic!("a title is no event") };
        fleet.edit(0, document, &command);
    }
    fleet.settle();
    let s = readable(&fleet, 1).sessions[0].clone();
    assert_eq!((s.title.as_str(), s.differ.len(), s.cards), ("Morning", 0, 0));

    // Undone by somebody who saw it; then said again, while much else is said about the session in between.
    say(&mut fleet, 0, small.0, SessionAlias { other: ItemId(large.0), same: false });
    fleet.settle();
    let r = readable(&fleet, 1);
    assert_eq!(r.sessions.len(), 2);
    assert!(same_meeting(&r.sessions).is_empty(), "the hint comes back after 'not the same'");
    say(&mut fleet, 0, small.0, SessionStateSet { state: SessionState::Missed, reason: None });
    fleet.settle();
    say(&mut fleet, 1, small.0, SessionAlias { other: ItemId(large.0), same: true });
    fleet.settle();
    assert_eq!(readable(&fleet, 0).sessions.len(), 1);
    // The aliases alone say the same.
    let only: Vec<_> = fleet.phones[0].events.iter().filter(|e| state::alias_of(e).is_some()).cloned().collect();
    assert_eq!(state::aliases(&only), state::aliases(&fleet.phones[0].events));

    // Two who differ: not joined, one card; choosing clears it.
    say(&mut fleet, 0, small.0, SessionAlias { other: ItemId(large.0), same: false });
    say(&mut fleet, 1, small.0, SessionAlias { other: ItemId(large.0), same: true });
    fleet.settle();
    let (document, card) = fleet.phones[1].cards(&fleet.writers).into_iter().find(|(_, c)| c.field.starts_with("same_meeting/")).unwrap();
    assert_eq!(readable(&fleet, 0).sessions.len(), 2);
    assert_eq!(card.values[card.shown].words, "not the same");
    fleet.choose(0, document, &card, 1);
    fleet.settle();
    assert!(fleet.phones.iter().all(|p| p.cards(&fleet.writers).is_empty() && p.readable(&fleet.writers).sessions.len() == 1));
}

/// J6.
#[test]
fn a_withdrawn_message_is_withdrawn_for_both_and_may_have_been_read() {
    let mut fleet = Fleet::new(7, 2);
    let first = say(&mut fleet, 1, SPACE_SUBJECT, Message { text: "never mind".into(), reply: None });
    let second = say(&mut fleet, 1, SPACE_SUBJECT, Message { text: "later".into(), reply: Some(first) });
    fleet.settle();
    say(&mut fleet, 0, SPACE_SUBJECT, Reaction { target: first, emoji: "👍".into(), on: true });
    let upto = fleet.phones[0].events.iter().find(|e| e.id == first).unwrap().effective;
    say(&mut fleet, 0, SPACE_SUBJECT, Receipt { delivered: Some(upto), read: Some(upto) });
    // Not hers to take back or reword.
    say(&mut fleet, 0, SPACE_SUBJECT, MessageWithdraw { target: second });
    say(&mut fleet, 0, SPACE_SUBJECT, MessageEdit { target: second, text: "forged".into() });
    say(&mut fleet, 1, SPACE_SUBJECT, MessageWithdraw { target: first });
    say(&mut fleet, 1, SPACE_SUBJECT, MessageEdit { target: first, text: "back again".into() });
    say(&mut fleet, 1, SPACE_SUBJECT, MessageEdit { target: second, text: "tomorrow".into() });
    fleet.settle();
    for p in &fleet.phones {
        let all = messages(&p.events);
        let (a, b) = (all.iter().find(|m| m.id == first).unwrap(), all.iter().find(|m| m.id == second).unwrap());
        assert_eq!((a.text.as_deref(), a.withdrawn, a.may_have_been_read), (None, true, true));
        assert_eq!((b.text.as_deref(), b.withdrawn, b.edited_at_ms.is_some(), b.reply), (Some("tomorrow"), false, true, Some(first)));
        assert_eq!((a.read_by.as_slice(), b.read_by.len()), ([person(0)].as_slice(), 0));
        assert!(markdown(&p.readable(&fleet.writers)).contains("withdrawn; may have been read"));
        // A window without the message it is about passes over what is said about it.
        let window: Vec<_> = p.events.iter().filter(|e| e.id != first).cloned().collect();
        assert_eq!(messages(&window).len(), 1);
    }
    // Nobody's phone held it: nothing of the kind is said.
    let third = say(&mut fleet, 1, SPACE_SUBJECT, Message { text: "x".into(), reply: None });
    say(&mut fleet, 1, SPACE_SUBJECT, MessageWithdraw { target: third });
    let all = messages(&fleet.phones[1].events);
    assert!(!all.iter().find(|m| m.id == third).unwrap().may_have_been_read);
}

#[test]
fn a_time_is_agreed_when_both_accepted_the_same_proposal() {
    let both = [person(0), person(1)];
    let mut fleet = Fleet::new(8, 2);
    let propose = |id, at_ms| C::Session(S::ProposeTime { id, at_ms, zone: "Africa/Nairobi".into() });
    fleet.edit(0, FIRST, &C::Session(S::Create { title: "Ward".into(), date: None }));
    fleet.settle();
    fleet.edit(0, FIRST, &propose(item(1), 1_938_000_000_000));
    fleet.edit(1, FIRST, &propose(item(2), 1_938_100_000_000));
    fleet.settle();
    assert_eq!(readable(&fleet, 0).sessions[0].agreed(&both), None);
    fleet.edit(1, FIRST, &C::Session(S::AcceptTime { proposal: item(1), on: true }));
    fleet.settle();
    let s = readable(&fleet, 0).sessions[0].clone();
    assert_eq!(s.agreed(&both).map(|p| (p.id, p.zone.as_str())), Some((item(1), "Africa/Nairobi")));
    assert_eq!(s.day().as_deref(), Some("2031-05-31"));
    fleet.edit(1, FIRST, &C::Session(S::AcceptTime { proposal: item(1), on: false }));
    fleet.settle();
    assert_eq!(readable(&fleet, 0).sessions[0].agreed(&both), None);
}

#[test]
fn an_end_says_who_and_why_and_is_lifted_only_by_both() {
    let mut fleet = Fleet::new(9, 2);
    say(&mut fleet, 0, SPACE_SUBJECT, End { reason: Some("moving away".into()) });
    fleet.settle();
    let stage = fleet.phones[1].stage();
    assert_eq!(
        (stage.running, stage.stops[0].by, stage.stops[0].reason.as_deref()),
        (state::Running::Ended, person(0), Some("moving away"))
    );
    say(&mut fleet, 1, SPACE_SUBJECT, Resume { reason: None });
    fleet.settle();
    assert_eq!((fleet.phones[0].stage().running, fleet.phones[0].stage().wish_to_resume), (state::Running::Ended, vec![person(1)]));
    say(&mut fleet, 0, SPACE_SUBJECT, Resume { reason: None });
    fleet.settle();
    assert_eq!((fleet.phones[1].stage().running, fleet.phones[1].stage().stops.len()), (state::Running::Running, 0));
}

#[test]
fn a_row_reads_back_as_its_view_and_its_code_never_changes() {
    assert_eq!(RowKind::ALL.map(RowKind::code), [1, 2, 3, 4, 5, 6]);
    let mut fleet = Fleet::new(10, 2);
    for _ in 0..150 {
        fleet.act();
    }
    fleet.settle();
    let mut seen = std::collections::BTreeSet::new();
    for row in fleet.phones[0].rows(&fleet.writers) {
        seen.insert(row.kind.code());
        macro_rules! back {
            ($t:ty) => {
                serde_json::to_string(&serde_json::from_str::<$t>(&row.json).unwrap()).unwrap()
            };
        }
        let again = match row.kind {
            RowKind::Relationship => back!(RelationshipView),
            RowKind::Goal => back!(GoalView),
            RowKind::Action => back!(ActionView),
            RowKind::Session => back!(SessionView),
            RowKind::Note => back!(NoteView),
            RowKind::Stage => back!(StageView),
        };
        assert_eq!(again, row.json);
        assert_eq!(RowKind::from_code(row.kind.code()), Some(row.kind));
    }
    assert_eq!(seen.len(), 6, "a noun has no row");
    assert!(
        project(&crate::document::Document::new(SPACE, DocumentId([0; 16]), crate::document::DocumentKind::Note), &[], &fleet.writers)
            .is_empty()
    );
}

#[test]
fn what_two_people_added_at_once_can_be_moved_between_each_other() {
    let mut fleet = Fleet::new(11, 3);
    let goal = |n: u8| C::Goals(G::AddGoal { id: item(n), title: format!("goal {n}") });
    for (phone, n) in [(0, 1), (1, 2), (2, 3)] {
        fleet.edit(phone, GOALS, &goal(n));
    }
    fleet.settle();
    fleet.edit(0, GOALS, &goal(4));
    let order = |fleet: &Fleet| readable(fleet, 0).goals.iter().map(|g| g.id.0[0]).collect::<Vec<_>>();
    assert_eq!(order(&fleet), [1, 2, 3, 4]);
    for (moved, after, wanted) in
        [(4, Some(1), [1, 4, 2, 3]), (3, Some(1), [1, 3, 4, 2]), (2, None, [2, 1, 3, 4]), (2, Some(4), [1, 3, 4, 2])]
    {
        fleet.edit(0, GOALS, &C::Item(I::Move { item: item(moved), after: after.map(item) }));
        assert_eq!(order(&fleet), wanted, "{moved} was to go behind {after:?}");
    }
    for n in 0..400 {
        // Always into the same gap.
        let (moved, after) = if n % 2 == 0 { (4, 1) } else { (3, 1) };
        fleet.edit(0, GOALS, &C::Item(I::Move { item: item(moved), after: Some(item(after)) }));
        assert_eq!(order(&fleet)[..2], [1, moved], "move {n}");
    }
}

#[test]
fn places_in_a_list_sort_as_ranks_do() {
    let mut ranks: Vec<String> = vec![String::new()];
    for n in 0..200 {
        let at = (n * 7) % ranks.len();
        let next = ranks.get(at + 1).cloned().unwrap_or_default();
        let new = crate::document::read::rank_between(&ranks[at], &next);
        if new.len() <= 13 && !ranks.contains(&new) {
            ranks.insert(at + 1, new);
            ranks.sort();
        }
    }
    assert!(ranks.len() > 50);
    assert!(ranks.windows(2).all(|w| rank_sort(&w[0]) > rank_sort(&w[1])), "{ranks:?}");
}
