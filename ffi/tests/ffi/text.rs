//! Editing text by splices in UTF-16: offsets, versions, what two write at once.

use ithaca_ffi::{Input, IthacaError, Splice, TextPlace};

use crate::support::{Person, both_sync, pair};
use ithaca_server::testing::TestRelay;

fn splice(at: u32, remove: u32, insert: &str) -> Vec<Splice> {
    vec![Splice { at, remove, insert: insert.into() }]
}

#[tokio::test]
async fn offsets_are_utf16_and_one_inside_a_pair_changes_nothing() {
    let ana = Person::new("Ana").await;
    let space = ana.ithaca.personal_space().await.unwrap();
    let note = ana.ithaca.new_private_note(None, "Plan".into()).await.unwrap();
    let place = TextPlace::Note { note };
    let edit = |splices| ana.ithaca.edit_text(space.clone(), place.clone(), None, splices);
    let first = edit(splice(0, 0, "Hi 😀 there")).await.unwrap();
    assert_eq!(first.merged, None);
    for (at, remove) in [(4, 0), (3, 1), (4, 1), (20, 0), (3, u32::MAX)] {
        let e = edit(splice(at, remove, "x")).await.err();
        assert!(matches!(e, Some(IthacaError::BadInput { input: Input::Offset, .. })), "{at} {remove}");
    }
    assert_eq!(ana.ithaca.read_text(space.clone(), place.clone()).await.unwrap().text, "Hi 😀 there");
    edit(splice(3, 2, "🎈")).await.unwrap();
    edit(splice(6, 5, "you")).await.unwrap();
    let now = ana.ithaca.read_text(space.clone(), place.clone()).await.unwrap();
    assert_eq!(now.text, "Hi 🎈 you");
    let nothing = edit(Vec::new()).await.unwrap();
    assert_eq!(nothing.version, now.version);
}

#[tokio::test]
async fn an_edit_of_an_older_version_lands_where_it_was_meant() {
    let relay = TestRelay::open().unwrap();
    let (ana, ben, space) = pair(&relay.origin()).await;
    let note = ana.ithaca.new_note(space.clone(), "Plan".into()).await.unwrap();
    let place = TextPlace::Note { note };
    ana.ithaca.edit_text(space.clone(), place.clone(), None, splice(0, 0, "Visit ward on Monday. Bring the checklist.")).await.unwrap();
    both_sync(&ana, &ben).await;
    let began = ana.ithaca.read_text(space.clone(), place.clone()).await.unwrap();
    ben.ithaca.edit_text(space.clone(), place.clone(), None, splice(0, 0, "First: ")).await.unwrap();
    both_sync(&ana, &ben).await;
    // Ana's screen still shows what she began with: "Monday" stands at 14 there.
    let done = ana.ithaca.edit_text(space.clone(), place.clone(), Some(began.version), splice(14, 6, "Tuesday")).await.unwrap();
    assert_eq!(done.merged.as_deref(), Some("First: Visit ward on Tuesday. Bring the checklist."));
    both_sync(&ana, &ben).await;
    assert_eq!(
        ben.ithaca.read_text(space.clone(), place.clone()).await.unwrap().text,
        "First: Visit ward on Tuesday. Bring the checklist."
    );
    let stale = ana.ithaca.edit_text(space, place, Some("00".repeat(32)), splice(0, 0, "x")).await;
    assert_eq!(stale.err(), Some(IthacaError::Stale));
}

#[tokio::test]
async fn different_words_for_one_stand_side_by_side_until_somebody_chooses() {
    let relay = TestRelay::open().unwrap();
    let (ana, ben, space) = pair(&relay.origin()).await;
    let note = ana.ithaca.new_note(space.clone(), "Plan".into()).await.unwrap();
    let place = TextPlace::Note { note: note.clone() };
    ana.ithaca.edit_text(space.clone(), place.clone(), None, splice(0, 0, "😀 on Monday.")).await.unwrap();
    both_sync(&ana, &ben).await;
    for (who, word) in [(&ana, "Tuesday"), (&ben, "Friday")] {
        // As an editor that gives back the whole text: the version is another one by a word typed and taken back.
        let began = who.ithaca.read_text(space.clone(), place.clone()).await.unwrap();
        who.ithaca.edit_text(space.clone(), place.clone(), None, splice(0, 0, "x")).await.unwrap();
        who.ithaca.edit_text(space.clone(), place.clone(), None, splice(0, 1, "")).await.unwrap();
        who.ithaca.edit_text(space.clone(), place.clone(), Some(began.version), splice(6, 6, word)).await.unwrap();
    }
    both_sync(&ana, &ben).await;
    let shown = ben.ithaca.note(space.clone(), note.clone()).await.unwrap();
    let wordings = &shown.body.choices[0].wordings;
    let mut words: Vec<&str> = wordings.iter().map(|w| w.words.as_str()).collect();
    words.sort_unstable();
    assert_eq!(words, ["Friday", "Tuesday"]);
    for w in wordings {
        let units: Vec<u16> = shown.body.text.encode_utf16().collect();
        assert_eq!(String::from_utf16(&units[w.start as usize..w.end as usize]).unwrap(), w.words, "offsets are UTF-16");
        assert_eq!(w.by[0].name, if w.words == "Friday" { "Ben" } else { "Ana" });
    }
    assert!(ben.ithaca.notes(filter(&space), 0, 5).await.unwrap().lines[0].differs);
    let run = wordings.iter().find(|w| w.words == "Tuesday").unwrap().run.clone();
    ben.ithaca.choose_words(space.clone(), place.clone(), run.clone()).await.unwrap();
    both_sync(&ana, &ben).await;
    let after = ana.ithaca.note(space.clone(), note).await.unwrap();
    assert_eq!((after.body.text.as_str(), after.body.choices.len()), ("😀 on Tuesday.", 0));
    assert!(matches!(ben.ithaca.choose_words(space, place, run).await, Err(IthacaError::NotFound { .. })));
}

fn filter(space: &str) -> ithaca_ffi::NoteFilter {
    ithaca_ffi::NoteFilter { space: Some(space.to_owned()), with_private: false, tag: None, bin: false }
}
