//! Text at its edges: very long, and in every script.

use proptest::prelude::*;

use super::command::NoteCommand;
use super::fleet::SPACE;
use super::read::Item;
use super::text::TextEdit;
use super::*;
use crate::record::firewall;

fn author(who: u8, clock: u64) -> Author {
    Author { person: PersonId([who; 32]), device: DeviceId([who; 32]), actor: [who; 16], clock: Clock(clock), wall_ms: 0 }
}

fn edit(d: &mut Document, who: u8, clock: u64, edit: TextEdit) -> Vec<Vec<u8>> {
    let changes = d.edit(&author(who, clock), &Command::Note(NoteCommand::Body(edit))).unwrap();
    for c in &changes {
        assert!(firewall::inspect(c, &[[who; 16]], &firewall::WRITE).is_ok(), "a change of {} bytes breaks a writer's limits", c.len());
    }
    changes
}

fn rewrite(d: &mut Document, who: u8, clock: u64, text: &str) -> Vec<Vec<u8>> {
    let base_heads = d.heads();
    edit(d, who, clock, TextEdit::Rewrite { base_heads, text: text.into() })
}

fn note() -> Document {
    Document::new(SPACE, DocumentId([4; 16]), DocumentKind::Note)
}

fn text(d: &Document) -> String {
    Item::root(d).reading("body").text
}

#[test]
fn imported_text_of_105_000_letters_in_any_script_is_whole_and_one_word_of_it_can_change() {
    for unit in ["Handover at the bedside, twice a day. ", "شكرا جزيلا على كل شيء اليوم. ", "👩‍👩‍👧 👍🏽 e\u{301}clair सत्र "]
    {
        let whole: String = unit.chars().cycle().take(105_000).collect();
        let (mut a, mut b) = (note(), note());
        let first = rewrite(&mut a, 1, 1, &whole);
        assert!(first.len() > 1 && first.iter().all(|c| group_of(c).is_some()));
        b.apply(first).unwrap();
        assert_eq!((text(&a), text(&b)), (whole.clone(), whole.clone()));
        let mut words: Vec<&str> = whole.split(' ').collect();
        let (x, y) = (words.len() / 3, words.len() / 2);
        words[x] = "Tuesday";
        let one = words.join(" ");
        words[x] = whole.split(' ').nth(x).unwrap();
        words[y] = "Thursday";
        let other = words.join(" ");
        words[x] = "Tuesday";
        let (p, q) = (rewrite(&mut a, 1, 2, &one), rewrite(&mut b, 2, 2, &other));
        assert!(p.len() == 1 && q.len() == 1, "changing one word of a long text became a group");
        a.apply(q).unwrap();
        b.apply(p).unwrap();
        assert_eq!((text(&a), text(&b)), (words.join(" "), words.join(" ")));
        // Gone at once, and what somebody else wrote into it meanwhile stays.
        let len = text(&a).chars().count();
        let gone = edit(&mut a, 1, 3, TextEdit::Splice { pos: 0, delete: len, insert: String::new() });
        let kept = edit(&mut b, 2, 3, TextEdit::Splice { pos: 50_000, delete: 0, insert: "still here".into() });
        a.apply(kept).unwrap();
        b.apply(gone).unwrap();
        assert_eq!((text(&a), text(&b)), ("still here".to_owned(), "still here".to_owned()));
        let told = history(&a, &read::Writers::new());
        assert_eq!(told.len(), 5, "a large edit is one entry of the history");
        assert!(matches!(&told[0].what, What::Added(words) if *words == whole), "an imported text is not whole in the history");
        let out = told.iter().filter_map(|h| if let What::Removed(words) = &h.what { Some(words.chars().count()) } else { None }).max();
        assert_eq!(out, Some(len), "a deleted text is not whole in the history");
    }
}

#[test]
fn a_cut_off_large_edit_is_no_change_at_all_when_it_fails() {
    let mut d = note();
    let before = d.heads();
    let item = crate::id::ItemId([9; 16]);
    let big = TextEdit::Splice { pos: 0, delete: 0, insert: "x".repeat(50_000) };
    let missing = Command::Session(command::SessionCommand::AgendaText { item, edit: big });
    assert!(d.edit(&author(1, 1), &missing).is_err());
    assert!(d.edit(&author(1, 1), &Command::Note(NoteCommand::Title("x".repeat(40_000)))).is_err());
    assert_eq!(d.heads(), before);
}

fn words() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("ward"),
        Just(" "),
        Just(" "),
        Just("Monday"),
        Just("."),
        Just("\n"),
        Just("👩‍👩‍👧"),
        Just("👍🏽"),
        Just("e\u{301}"),
        Just("\u{301}"),
        Just("شكرا"),
        Just("لا"),
        Just("\u{200d}"),
        Just("सत्र"),
        Just("日本"),
        Just("🇰🇪"),
        Just("\u{202e}"),
        Just("a"),
        Just("\r\n"),
        Just("\u{0}"),
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|p| p.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_an_editor_holds_is_what_the_text_reads(base in words(), new in words()) {
        let mut d = note();
        rewrite(&mut d, 1, 1, &base);
        prop_assert_eq!(text(&d), base);
        rewrite(&mut d, 1, 2, &new);
        prop_assert_eq!(text(&d), new);
    }

    #[test]
    fn splices_count_code_points(base in words(), put in words(), a in 0usize..40, n in 0usize..10) {
        let mut d = note();
        rewrite(&mut d, 1, 1, &base);
        let letters: Vec<char> = base.chars().collect();
        let pos = a.min(letters.len());
        let delete = n.min(letters.len() - pos);
        edit(&mut d, 1, 2, TextEdit::Splice { pos, delete, insert: put.clone() });
        let wanted: String = letters[..pos].iter().copied().chain(put.chars()).chain(letters[pos + delete..].iter().copied()).collect();
        prop_assert_eq!(text(&d), wanted);
        let past = TextEdit::Splice { pos: 1 + letters.len() + put.chars().count(), delete: 0, insert: "x".into() };
        let refused = matches!(d.edit(&author(1, 3), &Command::Note(NoteCommand::Body(past))), Err(DocumentError::Position { .. }));
        prop_assert!(refused);
    }

    #[test]
    fn two_rewrites_at_once_lose_no_word_that_either_put_in(base in words(), left in words(), right in words()) {
        let (mut a, mut b) = (note(), note());
        b.apply(rewrite(&mut a, 1, 1, &base)).unwrap();
        let (x, y) = (rewrite(&mut a, 1, 2, &left), rewrite(&mut b, 2, 2, &right));
        a.apply(y).unwrap();
        b.apply(x).unwrap();
        prop_assert_eq!(text(&a), text(&b));
        // Letters in the merged text are those of either that the other did not take out: at least what both put in anew.
        let count = |s: &str, c: char| s.chars().filter(|d| *d == c).count();
        let merged = text(&a);
        for c in left.chars().chain(right.chars()) {
            let fresh = count(&left, c).saturating_sub(count(&base, c)).max(count(&right, c).saturating_sub(count(&base, c)));
            prop_assert!(count(&merged, c) >= fresh, "{:?} is gone", c);
        }
        // Equal words for one place are shown once; tidying, on both at once, leaves what is shown.
        let shown = Item::root(&a).reading("body").display();
        let (p, q) = (a.tidy(&author(1, 3)).unwrap(), b.tidy(&author(2, 3)).unwrap());
        prop_assert_eq!(p.is_some(), q.is_some());
        a.apply(q.unwrap_or_default()).unwrap();
        b.apply(p.unwrap_or_default()).unwrap();
        prop_assert_eq!(Item::root(&a).reading("body").display(), shown.clone());
        prop_assert_eq!(Item::root(&b).reading("body").display(), shown);
        prop_assert!(a.tidy(&author(1, 4)).unwrap().is_none());
    }
}

#[test]
fn the_history_of_five_thousand_changes_names_each() {
    let mut d = note();
    for n in 0..5_000u64 {
        let pos = text_len(&d);
        let command = match n % 5 {
            0 => Command::Note(NoteCommand::Title(format!("title {n}"))),
            1 => Command::Note(NoteCommand::Tag { tag: format!("t{}", n % 50), on: n % 2 == 1 }),
            _ => Command::Note(NoteCommand::Body(TextEdit::Splice { pos, delete: 0, insert: "word ".into() })),
        };
        d.edit(&author(1, n + 1), &command).unwrap();
    }
    let told = history(&d, &read::Writers::new());
    assert!(told.len() > 4_000);
    assert!(told.iter().any(|h| h.what == What::Set { from: "title 4990".into(), to: "title 4995".into() }));
}

fn text_len(d: &Document) -> usize {
    use automerge::ReadDoc;
    d.doc.length(step::object(&d.doc, &["body".to_owned()]).unwrap())
}
