//! Typing in a text as a session: offsets in UTF-16, what two write at once, undo, reminders of nothing lost.

use ithaca_ffi::{DocumentId, Input, IthacaError, OpenText, SpaceId, TextInput, TextPlace, TextState};

use crate::support::{Person, both_sync, pair};
use ithaca_server::testing::TestRelay;

/// A text field as an app holds it: it types, and takes in what comes back.
struct Field<'a> {
    who: &'a Person,
    session: u64,
    text: Vec<u16>,
    state: TextState,
}

impl<'a> Field<'a> {
    async fn open(who: &'a Person, space: SpaceId, place: &TextPlace) -> Self {
        let OpenText { session, state } = who.ithaca.open_text(space, place.clone()).await.unwrap();
        let text = state.text.clone().unwrap().encode_utf16().collect();
        Self { who, session, text, state }
    }

    fn shows(&self) -> String {
        String::from_utf16(&self.text).unwrap()
    }

    fn input(&self, start: u32, end: u32, text: &str) -> TextInput {
        let caret = start + text.encode_utf16().count() as u32;
        TextInput {
            generation: self.state.generation,
            replace: start..end,
            text: text.to_owned(),
            selection: caret..caret,
            composing: None,
        }
    }

    fn takes_in(&mut self, state: TextState) {
        for s in &state.splices {
            self.text.splice(s.start as usize..s.end as usize, s.text.encode_utf16());
        }
        self.state = state;
    }

    async fn types(&mut self, start: u32, end: u32, text: &str) -> Result<(), IthacaError> {
        let state = self.who.ithaca.type_in(self.session, self.input(start, end, text)).await?;
        self.text.splice(start as usize..end as usize, text.encode_utf16());
        self.takes_in(state);
        Ok(())
    }

    async fn refreshes(&mut self) {
        let state = self.who.ithaca.refresh_text(self.session, self.state.generation).await.unwrap();
        self.takes_in(state);
    }

    async fn undoes(&mut self) {
        let state = self.who.ithaca.undo_text(self.session, self.state.generation).await.unwrap();
        self.takes_in(state);
    }

    async fn redoes(&mut self) {
        let state = self.who.ithaca.redo_text(self.session, self.state.generation).await.unwrap();
        self.takes_in(state);
    }

    async fn closes(self) {
        self.who.ithaca.close_text(self.session).await.unwrap();
    }
}

async fn body(who: &Person, space: SpaceId, note: DocumentId) -> String {
    who.ithaca.note(space, note).await.unwrap().body.text
}

#[tokio::test]
async fn offsets_are_utf16_and_one_inside_a_character_changes_nothing() {
    let ana = Person::new("Ana").await;
    let space = ana.ithaca.personal_space().await.unwrap();
    let note = ana.ithaca.new_private_note(None, "Plan".into()).await.unwrap();
    let place = TextPlace::Note { note };
    let mut field = Field::open(&ana, space, &place).await;
    field.types(0, 0, "Hi 😀 there").await.unwrap();
    for (start, end) in [(4, 4), (3, 4), (4, 5), (20, 20), (3, u32::MAX), (2, 1)] {
        let e = field.types(start, end, "x").await.err();
        assert!(matches!(e, Some(IthacaError::BadInput { input: Input::Offset, .. })), "{start} {end}");
    }
    field.types(3, 5, "🎈e\u{301}").await.unwrap();
    let accent = field.input(6, 7, "");
    let refused = ana.ithaca.type_in(field.session, accent.clone()).await;
    assert!(matches!(refused, Err(IthacaError::BadInput { input: Input::Offset, .. })));
    let whole = ana.ithaca.widened_input(field.session, accent).await.unwrap();
    assert_eq!((whole.replace, whole.text.as_str()), (5..7, "e"), "the letter stays, the accent goes");
    field.types(5, 7, "").await.unwrap();
    field.types(6, 11, "you").await.unwrap();
    assert!(field.state.unsaved && field.state.can_undo);
    assert_eq!(field.shows(), "Hi 🎈 you");
    field.closes().await;
    assert_eq!(body(&ana, space, note).await, "Hi 🎈 you");
}

#[tokio::test]
async fn what_the_other_wrote_comes_in_while_typing_and_undo_takes_back_ones_own_alone() {
    let relay = TestRelay::open().unwrap();
    let (ana, ben, space) = pair(&relay.origin()).await;
    let note = ana.ithaca.new_note(space, "Plan".into()).await.unwrap();
    let place = TextPlace::Note { note };
    let mut hers = Field::open(&ana, space, &place).await;
    hers.types(0, 0, "Visit ward on Monday. Bring the checklist.").await.unwrap();
    hers.closes().await;
    both_sync(&ana, &ben).await;
    let mut hers = Field::open(&ana, space, &place).await;
    let mut his = Field::open(&ben, space, &place).await;
    his.types(0, 0, "First: ").await.unwrap();
    his.closes().await;
    both_sync(&ana, &ben).await;
    // Ana's screen still shows what she began with: "Monday" stands at 14 there.
    hers.types(14, 20, "Tuesday").await.unwrap();
    assert_eq!(hers.shows(), "First: Visit ward on Tuesday. Bring the checklist.");
    let fresh = &hers.state.fresh[0];
    assert_eq!((fresh.range.clone(), fresh.by.name.as_str(), fresh.by.me), (0..7, "Ben", false));
    hers.undoes().await;
    assert_eq!(hers.shows(), "First: Visit ward on Monday. Bring the checklist.");
    hers.redoes().await;
    assert!(hers.state.can_undo && !hers.state.can_redo);
    hers.closes().await;
    both_sync(&ana, &ben).await;
    assert_eq!(body(&ben, space, note).await, "First: Visit ward on Tuesday. Bring the checklist.");
}

#[tokio::test]
async fn a_composition_is_nobodys_until_it_ends_and_a_session_that_is_gone_loses_nothing() {
    let relay = TestRelay::open().unwrap();
    let (ana, ben, space) = pair(&relay.origin()).await;
    let note = ana.ithaca.new_note(space, "計画".into()).await.unwrap();
    let place = TextPlace::Note { note };
    both_sync(&ana, &ben).await;
    let mut field = Field::open(&ana, space, &place).await;
    let mut composing = field.input(0, 0, "あす");
    composing.composing = Some(0..2);
    let state = ana.ithaca.type_in(field.session, composing).await.unwrap();
    field.text = "あす".encode_utf16().collect();
    field.takes_in(state);
    field.refreshes().await;
    both_sync(&ana, &ben).await;
    assert_eq!(body(&ben, space, note).await, "", "nobody sees half a word");
    field.types(0, 2, "明日").await.unwrap();
    // The engine goes away under the editor: what was typed is there when the text is opened again.
    ana.ithaca.suspend().await.unwrap();
    ana.ithaca.resume().await.unwrap();
    assert!(matches!(field.types(2, 2, "x").await, Err(IthacaError::NotFound { .. })));
    ana.ithaca.close_text(field.session).await.unwrap();
    let again = Field::open(&ana, space, &place).await;
    assert_eq!(again.shows(), "明日");
    again.closes().await;
    both_sync(&ana, &ben).await;
    assert_eq!(body(&ben, space, note).await, "明日");
}

#[tokio::test]
async fn different_words_for_one_stand_side_by_side_until_somebody_chooses() {
    let relay = TestRelay::open().unwrap();
    let (ana, ben, space) = pair(&relay.origin()).await;
    let note = ana.ithaca.new_note(space, "Plan".into()).await.unwrap();
    let place = TextPlace::Note { note };
    let mut hers = Field::open(&ana, space, &place).await;
    hers.types(0, 0, "😀 on Monday.").await.unwrap();
    hers.closes().await;
    both_sync(&ana, &ben).await;
    for (who, word) in [(&ana, "Tuesday"), (&ben, "Friday")] {
        let mut field = Field::open(who, space, &place).await;
        field.types(6, 12, word).await.unwrap();
        field.closes().await;
    }
    both_sync(&ana, &ben).await;
    let shown = ben.ithaca.note(space, note).await.unwrap();
    let wordings = &shown.body.choices[0].wordings;
    let mut words: Vec<&str> = wordings.iter().map(|w| w.words.as_str()).collect();
    words.sort_unstable();
    assert_eq!(words, ["Friday", "Tuesday"]);
    for w in wordings {
        let units: Vec<u16> = shown.body.text.encode_utf16().collect();
        assert_eq!(String::from_utf16(&units[w.start as usize..w.end as usize]).unwrap(), w.words, "offsets are UTF-16");
        assert_eq!(w.by[0].name, if w.words == "Friday" { "Ben" } else { "Ana" });
    }
    assert!(ben.ithaca.notes(filter(space), 0, 5).await.unwrap().lines[0].differs);
    let run = wordings.iter().find(|w| w.words == "Tuesday").unwrap().run.clone();
    ben.ithaca.choose_words(space, place.clone(), run.clone()).await.unwrap();
    both_sync(&ana, &ben).await;
    let after = ana.ithaca.note(space, note).await.unwrap();
    assert_eq!((after.body.text.as_str(), after.body.choices.len()), ("😀 on Tuesday.", 0));
    assert!(matches!(ben.ithaca.choose_words(space, place, run).await, Err(IthacaError::NotFound { .. })));
}

#[tokio::test]
async fn every_text_of_a_pair_can_be_typed_in() {
    let relay = TestRelay::open().unwrap();
    let (ana, ben, space) = pair(&relay.origin()).await;
    let goal = ana.ithaca.new_goal(space, ithaca_ffi::GoalDraft { title: "Safe handover".into(), ..draft() }).await.unwrap();
    let place = TextPlace::Goal { goal, part: ithaca_ffi::GoalPart::Why };
    let mut field = Field::open(&ana, space, &place).await;
    field.types(0, 0, "So that nights are calm").await.unwrap();
    field.closes().await;
    both_sync(&ana, &ben).await;
    assert_eq!(ben.ithaca.goal(space, goal).await.unwrap().why.text, "So that nights are calm");
    let nowhere = TextPlace::Clause { clause: ithaca_ffi::ItemId([0; 16]) };
    assert!(matches!(ana.ithaca.open_text(space, nowhere).await, Err(IthacaError::NotFound { .. })));
    ana.ithaca.leave_pair(space).await.unwrap();
    let late = ana.ithaca.open_text(space, place).await;
    assert!(matches!(late, Err(IthacaError::ReadOnly { .. })));
}

fn draft() -> ithaca_ffi::GoalDraft {
    ithaca_ffi::GoalDraft {
        title: String::new(),
        why: String::new(),
        success: String::new(),
        stretch: false,
        risk: String::new(),
        support: String::new(),
        target_date: None,
    }
}

fn filter(space: SpaceId) -> ithaca_ffi::NoteFilter {
    ithaca_ffi::NoteFilter { space: Some(space), with_private: false, tag: None, bin: false }
}
