//! Every noun once through: what screens do is kept and read back.

use ithaca_ffi::{
    ActionDraft, Answer, CardNoun, ExportForm, Form, FoundNoun, GoalDraft, GoalEdit, GoalStatus, HistoryDeed, Input, IthacaError, NoteEdit,
    NoteFilter, PairEdit, PersonId, PromptKind, ReminderNoun, SessionEdit, SessionState, SpaceId, TextInput, TextPlace, Upcoming,
};
use ithaca_server::testing::TestRelay;

use crate::support::{Person, both_sync, pair};

const TODAY: &str = "2031-03-09";

fn filter(space: Option<SpaceId>) -> NoteFilter {
    NoteFilter { space, with_private: false, tag: None, bin: false }
}

fn person(of: &Person) -> PersonId {
    of.ithaca.snapshot().person.parse().unwrap()
}

#[tokio::test]
async fn notes_tags_pages_bin_history() {
    let relay = TestRelay::open().unwrap();
    let (ana, _ben, space) = pair(&relay.origin()).await;
    let it = &ana.ithaca;
    for n in 0..25 {
        it.new_note(space, format!("Note {n}")).await.unwrap();
    }
    let private = it.new_private_note(Some(space), "Only mine".into()).await.unwrap();
    let first = it.notes(filter(Some(space)), 0, 10).await.unwrap();
    let last = it.notes(filter(Some(space)), 20, 10).await.unwrap();
    assert_eq!((first.lines.len(), first.more, first.lines[0].title.as_str()), (10, true, "Note 24"));
    assert_eq!((last.lines.len(), last.more, last.lines[4].title.as_str()), (5, false, "Note 0"));
    let with_private = it.notes(NoteFilter { with_private: true, ..filter(Some(space)) }, 0, 1).await.unwrap();
    assert!(with_private.lines[0].private && with_private.lines[0].note == private);
    assert_eq!(it.notes(filter(None), 0, 100).await.unwrap().lines.len(), 26);

    let note = first.lines[0].note;
    let edits = vec![
        NoteEdit::Tag { tag: "Ward".into(), on: true },
        NoteEdit::Date { date: Some(TODAY.into()) },
        NoteEdit::Place { place: Some("Site 3".into()) },
        NoteEdit::Title { title: "Plan".into() },
    ];
    it.edit_note(space, note, edits).await.unwrap();
    let bad = vec![NoteEdit::Title { title: "Not this".into() }, NoteEdit::Date { date: Some("9.3.2031".into()) }];
    let refused = it.edit_note(space, note, bad).await;
    assert!(matches!(refused, Err(IthacaError::BadInput { input: Input::Day, .. })));
    let seen = it.note(space, note).await.unwrap();
    assert_eq!(
        (seen.title.as_str(), seen.tags.as_slice(), seen.place.as_deref()),
        ("Plan", ["Ward".to_owned()].as_slice(), Some("Site 3"))
    );
    let tagged = it.notes(NoteFilter { tag: Some("ward".into()), ..filter(None) }, 0, 5).await.unwrap();
    assert_eq!(tagged.lines.len(), 1);
    let history = it.history(space, note, None).await.unwrap();
    assert!(history.iter().any(|h| h.deed == HistoryDeed::Replaced && h.to == "Plan" && h.by.as_ref().is_some_and(|w| w.me)));

    it.edit_note(space, note, vec![NoteEdit::Delete]).await.unwrap();
    let bin = NoteFilter { bin: true, ..filter(Some(space)) };
    assert_eq!(it.notes(bin.clone(), 0, 5).await.unwrap().lines[0].note, note);
    it.edit_note(space, note, vec![NoteEdit::Restore]).await.unwrap();
    assert!(it.notes(bin, 0, 5).await.unwrap().lines.is_empty());
    assert_eq!(it.not_holding(space, note).await.unwrap()[0].name, "Ben");
    it.delete_for_good(space, note).await.unwrap();
    assert!(matches!(it.note(space, note).await, Err(IthacaError::NotFound { .. })));
    let gone = it.edit_note(space, note, vec![NoteEdit::Delete]).await;
    assert!(matches!(gone, Err(IthacaError::NotFound { .. })), "an edit does not make a note that is none");
}

#[tokio::test]
async fn goals_milestones_actions_and_you_two_differ() {
    let relay = TestRelay::open().unwrap();
    let (ana, ben, space) = pair(&relay.origin()).await;
    let it = &ana.ithaca;
    let draft = GoalDraft {
        title: "Safe handover".into(),
        why: "Nothing gets lost at night.".into(),
        success: String::new(),
        stretch: true,
        risk: "Too few nights".into(),
        support: String::new(),
        target_date: Some("2031-06-01".into()),
    };
    let goal = it.new_goal(space, draft).await.unwrap();
    let step = it.new_milestone(space, goal, "Do one alone".into()).await.unwrap();
    it.new_milestone(space, goal, "Teach one".into()).await.unwrap();
    let (me, other) = (person(&ana), person(&ben));
    let promise = |text: &str, owner: PersonId, due: Option<&str>| ActionDraft {
        text: text.into(),
        owners: vec![owner],
        due: due.map(str::to_owned),
        from: Some(goal),
    };
    let theirs = it.new_action(space, promise("Say the dose", other, Some("2031-03-01"))).await.unwrap();
    it.new_action(space, promise("Print checklist", me, None)).await.unwrap();
    it.new_action(space, promise("print  Checklist", me, Some("2031-04-01"))).await.unwrap();
    it.edit_goals(space, vec![GoalEdit::Tick { item: step, date: Some(TODAY.into()) }]).await.unwrap();
    let seen = it.goal(space, goal).await.unwrap();
    assert_eq!((seen.done, seen.of, seen.stretch, seen.why.text.as_str()), (1, 2, true, "Nothing gets lost at night."));
    let actions = it.actions(space).await.unwrap();
    let order: Vec<&str> = actions.open.iter().map(|a| a.text.as_str()).collect();
    assert_eq!(order, ["print  Checklist", "Print checklist", "Say the dose"], "mine first, by the day they are due");
    assert_eq!(actions.same_thing.len(), 1);
    it.edit_goals(space, vec![GoalEdit::Tick { item: theirs, date: Some(TODAY.into()) }]).await.unwrap();
    assert_eq!(it.actions(space).await.unwrap().done[0].action, theirs);
    both_sync(&ana, &ben).await;

    it.set_goal_status(space, goal, GoalStatus::Achieved, Some("Three nights alone".into())).await.unwrap();
    ben.ithaca.set_goal_status(space, goal, GoalStatus::Paused, Some("Exams".into())).await.unwrap();
    both_sync(&ana, &ben).await;
    let card = it.cards(space).await.unwrap().remove(0);
    assert_eq!((card.noun, card.title.as_str(), card.meanwhile.as_deref()), (CardNoun::Goal, "Safe handover", Some("active")));
    let keep = card.values.iter().position(|v| v.by.as_ref().is_some_and(|w| w.me)).unwrap();
    let stale = it.keep_value(space, card.card.clone(), keep as u32, "paused".into()).await;
    assert_eq!(stale, Err(IthacaError::Stale), "what was shown is not what stands there");
    it.keep_value(space, card.card, keep as u32, "achieved".into()).await.unwrap();
    both_sync(&ana, &ben).await;
    assert!(ben.ithaca.cards(space).await.unwrap().is_empty());
    assert_eq!(ben.ithaca.goals(space, false).await.unwrap()[0].status, GoalStatus::Achieved);
}

fn words(prompt: &str, text: &str) -> Answer {
    Answer { prompt: prompt.into(), words: Some(text.into()), scale: None, chosen: Vec::new() }
}

#[tokio::test]
async fn a_session_before_during_after_and_the_home_in_one_call() {
    let relay = TestRelay::open().unwrap();
    let (ana, ben, space) = pair(&relay.origin()).await;
    let (it, ana_id) = (&ana.ithaca, person(&ana));
    it.edit_pair(
        space,
        vec![
            PairEdit::Kind { value: Some("apprenticeship".into()) },
            PairEdit::Role { topic: "newborn resuscitation".into(), mentor: Some(ana_id) },
            PairEdit::AddClause { title: "Privacy".into(), text: "Never with a supervisor.".into() },
        ],
    )
    .await
    .unwrap();
    let plan = vec![SessionEdit::AddAgenda { text: "The night shift".into() }, SessionEdit::AddAgenda { text: "Bag and mask".into() }];
    let session = it.plan_session(space, "First visit".into(), Some(TODAY.into()), plan).await.unwrap();
    it.edit_session(space, session, vec![SessionEdit::Propose { at_ms: 1_930_000_000_000, zone: "Africa/Nairobi".into() }]).await.unwrap();
    both_sync(&ana, &ben).await;
    let his = ben.ithaca.session(space, session).await.unwrap();
    assert!(!his.mentor && his.proposals[0].accepted.len() == 1);
    let proposal = his.proposals[0].item;
    ben.ithaca.edit_session(space, session, vec![SessionEdit::AcceptTime { item: proposal, on: true }]).await.unwrap();
    let prompts = ben.ithaca.prompts(space, Form::Before).await.unwrap();
    assert_eq!((prompts[0].name.as_str(), prompts[0].kind), ("arriving", PromptKind::Scale));
    let promised = ActionDraft { text: "Print checklist".into(), owners: vec![person(&ben)], due: None, from: None };
    let action = ben.ithaca.new_action(space, promised).await.unwrap();
    let six = vec![Answer { prompt: "arriving".into(), words: None, scale: Some(6), chosen: Vec::new() }];
    let refused = ben.ithaca.submit_form(space, session, Form::Before, six, false, TODAY.into()).await;
    assert!(matches!(refused, Err(IthacaError::BadInput { .. })));
    let answers = vec![
        Answer { prompt: "arriving".into(), words: None, scale: Some(2), chosen: Vec::new() },
        words("worth", "handover"),
        Answer { prompt: "tried".into(), words: None, scale: None, chosen: vec![action.to_string()] },
    ];
    ben.ithaca.submit_form(space, session, Form::Before, answers, false, TODAY.into()).await.unwrap();
    both_sync(&ana, &ben).await;

    let home = it.pair_home(space, TODAY.into()).await.unwrap();
    let next = home.next.unwrap();
    assert_eq!((next.session, next.agreed_at_ms), (session, Some(1_930_000_000_000)));
    assert_eq!(next.ready.iter().map(|w| w.name.as_str()).collect::<Vec<_>>(), ["Ben"]);
    assert!(home.mentor && home.promised.is_empty() && home.kind.as_deref() == Some("apprenticeship"), "what was tried is ticked");
    let point = it.session(space, session).await.unwrap().agenda.remove(0);
    let tick = SessionEdit::TickAgenda { item: point.item, date: Some(TODAY.into()) };
    it.edit_session(space, point.document, vec![tick]).await.unwrap();
    let place = TextPlace::SessionNotes { document: session };
    let open = it.open_text(space, place).await.unwrap();
    let went =
        TextInput { generation: open.state.generation, replace: 0..0, text: "Went well.".into(), selection: 10..10, composing: None };
    it.type_in(open.session, went).await.unwrap();
    it.close_text(open.session).await.unwrap();
    let used = vec![
        Answer { prompt: "techniques".into(), words: None, scale: None, chosen: vec!["showing".into(), "harvesting".into()] },
        words("learned", "Wait longer"),
    ];
    it.submit_form(space, session, Form::After, used, false, TODAY.into()).await.unwrap();
    it.submit_form(space, session, Form::Harvest, vec![words("learned", "Say the dose aloud")], false, TODAY.into()).await.unwrap();
    let nothing = it.submit_form(space, session, Form::Harvest, vec![words("learned", " ")], false, TODAY.into()).await;
    assert!(matches!(nothing, Err(IthacaError::Refused { .. })));
    it.keep_minutes(space, session, "Minutes".into(), false).await.unwrap();
    let kept = vec![words("change", "Less talk")];
    ben.ithaca.submit_form(space, session, Form::After, kept, true, TODAY.into()).await.unwrap();
    ben.ithaca.keep_minutes(space, session, "Tense".into(), true).await.unwrap();
    both_sync(&ana, &ben).await;
    let mine = ben.ithaca.session(space, session).await.unwrap();
    assert_eq!((mine.forms.iter().filter(|f| f.alone).count(), mine.minutes.iter().filter(|m| m.alone).count()), (1, 1));
    it.set_session_state(space, session, SessionState::Held, None).await.unwrap();
    let held = it.session(space, session).await.unwrap();
    assert_eq!((held.line.state, held.forms.len(), held.minutes.len(), held.techniques.len()), (SessionState::Held, 3, 1, 2));
    assert_eq!(held.notes[0].text.text, "Went well.");
    let second = it.plan_session(space, "Second".into(), Some("2031-03-23".into()), Vec::new()).await.unwrap();
    let next = it.session(space, second).await.unwrap();
    assert_eq!(next.agenda.iter().map(|a| a.text.text.as_str()).collect::<Vec<_>>(), ["Bag and mask"], "what was left open is carried");
    assert_eq!(next.agenda[0].carried_from.as_ref(), Some(&session));
    let twin = ben.ithaca.plan_session(space, "Visit".into(), Some("2031-03-23".into()), Vec::new()).await.unwrap();
    both_sync(&ana, &ben).await;
    assert_eq!(it.sessions(space).await.unwrap().same_meeting.len(), 1);
    it.same_meeting(space, second, twin, true).await.unwrap();
    assert_eq!(it.session(space, twin).await.unwrap().documents.len(), 2);
    let mix = it.insights(space, 6).await.unwrap();
    assert_eq!((mix.n_sessions, mix.techniques.len()), (1, 2));
    let relationship = it.relationship(space).await.unwrap();
    assert_eq!((relationship.clauses[0].title.as_str(), relationship.roles[0].mentor.me), ("Privacy", true));
    let home = it.pair_home(space, TODAY.into()).await.unwrap();
    assert!(!home.next.unwrap().title.is_empty());
    it.set_session_state(space, second, SessionState::Held, None).await.unwrap();
    let home = it.pair_home(space, TODAY.into()).await.unwrap();
    assert_eq!(home.next.map(|s| s.session), None, "one meeting in two documents was held, though one of them says nothing of it");
}

#[tokio::test]
async fn messages_pages_reactions_and_taking_back() {
    let relay = TestRelay::open().unwrap();
    let (ana, ben, space) = pair(&relay.origin()).await;
    let it = &ana.ithaca;
    let mut all = Vec::new();
    for n in 0..12 {
        all.push(it.say(space, format!("Message {n}"), None).await.unwrap());
    }
    let last = it.messages(space, None, 5).await.unwrap();
    let before = it.messages(space, last.before, 5).await.unwrap();
    let first = it.messages(space, before.before, 5).await.unwrap();
    let text = |p: &ithaca_ffi::MessagePage, i: usize| p.messages[i].text.clone().unwrap();
    assert_eq!((text(&last, 4), text(&before, 0), text(&first, 0)), ("Message 11".into(), "Message 2".into(), "Message 0".into()));
    assert_eq!((first.messages.len(), first.before), (2, None));
    both_sync(&ana, &ben).await;
    ben.ithaca.react(space, all[0], "👍".into(), true).await.unwrap();
    ben.ithaca.say(space, "Good.".into(), Some(all[1])).await.unwrap();
    it.reword(space, all[2], "Reworded".into()).await.unwrap();
    it.withdraw_message(space, all[3]).await.unwrap();
    assert!(matches!(it.say(space, " ".into(), None).await, Err(IthacaError::BadInput { .. })));
    assert!(matches!(it.say(space, "x".repeat(70_000), None).await, Err(IthacaError::Refused { .. })));
    both_sync(&ana, &ben).await;
    let seen = it.messages(space, None, 100).await.unwrap().messages;
    assert_eq!(seen[0].reactions[0].people[0].name, "Ben");
    assert_eq!((seen[2].text.as_deref(), seen[2].edited_at_ms.is_some()), (Some("Reworded"), true));
    assert!(seen[3].text.is_none() && seen[3].may_have_been_read);
    assert_eq!(seen[12].reply.as_ref(), Some(&all[1]));
    let found = it.search("reword".into(), Some(space), 5).await.unwrap();
    assert_eq!((found[0].noun, found[0].id.as_str()), (FoundNoun::Message, all[2].to_string().as_str()));
    assert!(it.search("zebra".into(), None, 5).await.unwrap().is_empty());
}

#[tokio::test]
async fn settings_export_import_notices_and_what_others_see() {
    let relay = TestRelay::open().unwrap();
    let (ana, ben, space) = pair(&relay.origin()).await;
    let it = &ana.ithaca;
    assert_eq!(it.setting("theme".into()).await.unwrap(), None);
    it.keep_setting("theme".into(), "dark".into()).await.unwrap();
    it.new_note(space, "Plan".into()).await.unwrap();
    it.new_private_note(Some(space), "zebra-47".into()).await.unwrap();
    it.suspend().await.unwrap();
    it.resume().await.unwrap();
    assert_eq!(it.setting("theme".into()).await.unwrap().as_deref(), Some("dark"));
    both_sync(&ana, &ben).await;
    let seen = it.visibility(space).await.unwrap();
    assert_eq!((seen.relays.as_slice(), seen.readers.len(), seen.private_notes, seen.shared), ([relay.origin()].as_slice(), 2, 1, 1));
    let json = it.export_space(space, ExportForm::Json).await.unwrap();
    assert!(!json.contains("zebra-47") && it.export_space(space, ExportForm::Markdown).await.unwrap().contains("Plan"));
    let file = ana.dir.path().join("ben.json");
    std::fs::write(&file, json).unwrap();
    let dee = Person::new("Dee").await;
    let copy = dee.ithaca.import_file(file.to_str().unwrap().to_owned()).await.unwrap();
    assert!(copy.saved_copy && copy.same_code);
    assert!(matches!(dee.ithaca.new_note(copy.space, "x".into()).await, Err(IthacaError::ReadOnly { .. })));
    std::fs::write(&file, "{").unwrap();
    let broken = dee.ithaca.import_file(file.to_str().unwrap().to_owned()).await;
    assert!(matches!(broken, Err(IthacaError::BadInput { input: Input::File, .. })));
    for notice in it.notices().await.unwrap() {
        it.dismiss_notice(notice.no).await.unwrap();
    }
    assert!(it.notices().await.unwrap().is_empty());
    assert!(it.doctor().await.unwrap().iter().any(|f| f.what == "database" && f.good));
}

#[tokio::test]
async fn what_comes_up_is_ones_own_open_and_can_be_turned_off_for_a_pair() {
    let relay = TestRelay::open().unwrap();
    let (ana, ben, space) = pair(&relay.origin()).await;
    let it = &ana.ithaca;
    let (me, him) = (person(&ana), person(&ben));
    let promise = |text: &str, owner: PersonId, due: Option<&str>| ActionDraft {
        text: text.into(),
        owners: vec![owner],
        due: due.map(str::to_owned),
        from: None,
    };
    let mine = it.new_action(space, promise("Print checklist", me, Some("2031-03-12"))).await.unwrap();
    it.new_action(space, promise("Read it", him, Some("2031-03-10"))).await.unwrap();
    it.new_action(space, promise("One day", me, None)).await.unwrap();
    it.new_action(space, promise("Next year", me, Some("2032-03-12"))).await.unwrap();
    let visit = it.plan_session(space, "Visit".into(), Some("2031-03-11".into()), Vec::new()).await.unwrap();
    let held = it.plan_session(space, "Held".into(), Some(TODAY.into()), Vec::new()).await.unwrap();
    it.set_session_state(space, held, SessionState::Held, None).await.unwrap();
    let comes = async || it.upcoming(TODAY.into(), "2031-03-30".into()).await.unwrap();
    let told: Vec<(ReminderNoun, String)> = comes().await.into_iter().map(|u: Upcoming| (u.noun, u.id)).collect();
    assert_eq!(told, [(ReminderNoun::Session, visit.to_string()), (ReminderNoun::Promise, mine.to_string())]);
    assert_eq!((comes().await[0].with.as_str(), comes().await[1].words.as_str()), ("Ben", "Print checklist"));
    it.edit_goals(space, vec![GoalEdit::Tick { item: mine, date: Some(TODAY.into()) }]).await.unwrap();
    assert_eq!(comes().await.len(), 1, "a promise that was kept needs no reminding");
    it.keep_setting(format!("reminders.{space}"), "off".into()).await.unwrap();
    assert!(comes().await.is_empty());
    it.keep_setting(format!("reminders.{space}"), "on".into()).await.unwrap();
    it.pause_pair(space, None).await.unwrap();
    assert!(comes().await.is_empty(), "nobody is reminded of what rests");
    assert!(matches!(it.upcoming("tomorrow".into(), TODAY.into()).await, Err(IthacaError::BadInput { input: Input::Day, .. })));
}

#[tokio::test]
async fn words_without_a_relay_are_not_called_ready() {
    let ana = Person::new("Ana").await;
    let said = async || ana.ithaca.doctor().await.unwrap().into_iter().find(|f| f.what == "recovery words").unwrap().words;
    assert_eq!(ana.ithaca.new_words(None).await.unwrap().relay, None);
    assert!(said().await.starts_with("no relay keeps what they need yet"));
    ana.ithaca.set_relay("http://127.0.0.1:9".into(), None).await.unwrap();
    ana.ithaca.sync().await.unwrap();
    assert!(said().await.starts_with("what they need waits here"), "a relay that was named and never reached has nothing");
    let relay = TestRelay::open().unwrap();
    let origin = ana.ithaca.set_relay(relay.origin(), None).await.unwrap();
    ana.ithaca.sync().await.unwrap();
    assert!(said().await.starts_with("what they need is kept ready"));
    assert_eq!(ana.ithaca.relay().await.unwrap(), Some(origin));
}
