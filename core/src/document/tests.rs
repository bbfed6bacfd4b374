use super::command::NoteCommand;
use super::text::TextEdit;
use super::*;

fn author(who: u8, clock: u64) -> Author {
    let id = [who; 32];
    Author { person: PersonId(id), device: DeviceId(id), actor: [who; 16], clock: Clock(clock), wall_ms: 0 }
}

fn pair(text: &str) -> (Document, Document) {
    let mut a = Document::new(SpaceId([1; 32]), DocumentId([2; 16]), DocumentKind::Note);
    let mut b = a.clone();
    let typed = TextEdit::Splice { pos: 0, delete: 0, insert: text.into() };
    b.apply(a.edit(&author(1, 1), &Command::Note(NoteCommand::Body(typed))).unwrap()).unwrap();
    (a, b)
}

fn rewrite(d: &mut Document, who: &Author, base_heads: Vec<[u8; 32]>, text: &str) -> Vec<Vec<u8>> {
    d.edit(who, &Command::Note(NoteCommand::Body(TextEdit::Rewrite { base_heads, text: text.into() }))).unwrap()
}

fn body(d: &Document) -> text::Reading {
    text::read(d, &["body".to_owned()])
}

#[test]
fn three_days_apart_a_changed_word_and_an_added_sentence_both_stand() {
    let (mut a, mut b) = pair("Visit ward on Monday. Bring the checklist.");
    let heads = a.heads();
    let x = rewrite(&mut a, &author(1, 2), heads.clone(), "Visit ward on Tuesday 08:00. Bring the checklist.");
    let y = rewrite(&mut b, &author(2, 2), heads, "Visit ward on Monday. Bring the checklist. Ask about the night shift.");
    a.apply(y).unwrap();
    b.apply(x).unwrap();
    assert_eq!(body(&a).display(), "Visit ward on Tuesday 08:00. Bring the checklist. Ask about the night shift.");
    assert_eq!((a.heads(), body(&a)), (b.heads(), body(&b)));
}

#[test]
fn two_words_for_one_stand_side_by_side_and_two_choices_at_once_do_again() {
    let (mut a, mut b) = pair("on Monday.");
    let heads = a.heads();
    let x = rewrite(&mut a, &author(1, 2), heads.clone(), "on Tuesday.");
    let y = rewrite(&mut b, &author(2, 2), heads, "on Thursday.");
    a.apply(y).unwrap();
    b.apply(x).unwrap();
    let group = body(&a).alternatives.concat();
    assert_eq!((group.len(), body(&a).display().matches('│').count()), (2, 1));
    let choose = |d: &mut Document, who: u8, run: &str| {
        d.edit(&author(who, 3), &Command::Note(NoteCommand::Body(TextEdit::Choose { run: run.into() }))).unwrap()
    };
    let x = choose(&mut a, 1, &group[0].id);
    assert_eq!(body(&a).display(), format!("on {}.", group[0].words));
    let y = choose(&mut b, 2, &group[1].id);
    a.apply(y).unwrap();
    b.apply(x).unwrap();
    assert_eq!(body(&a), body(&b));
    assert_eq!((body(&a).alternatives.concat().len(), body(&a).display().matches('│').count()), (2, 1));
}

#[test]
fn equal_replacements_are_shown_once_and_tidied_alike() {
    let (mut a, mut b) = pair("on Monday.");
    let heads = a.heads();
    let x = rewrite(&mut a, &author(1, 2), heads.clone(), "on Friday 9:00.");
    let y = rewrite(&mut b, &author(2, 2), heads, "on Friday 9:00.");
    a.apply(y).unwrap();
    b.apply(x).unwrap();
    assert_eq!(body(&a).display(), "on Friday 9:00.");
    let x = a.tidy(&author(1, 3)).unwrap().unwrap();
    let y = b.tidy(&author(2, 3)).unwrap().unwrap();
    a.apply(y).unwrap();
    b.apply(x).unwrap();
    assert_eq!((body(&a).text.as_str(), body(&b).text.as_str()), ("on Friday 9:00.", "on Friday 9:00."));
}

#[test]
fn a_word_somebody_put_in_twice_is_not_an_alternative_of_itself() {
    let (mut a, mut b) = pair("Monday and Sunday.");
    let heads = a.heads();
    let x = rewrite(&mut a, &author(1, 2), heads.clone(), "Friday and Friday.");
    let y = rewrite(&mut b, &author(2, 2), heads, "weekdays.");
    a.apply(y).unwrap();
    b.apply(x).unwrap();
    for (d, who) in [(&mut a, 1), (&mut b, 2)] {
        assert_eq!(d.tidy(&author(who, 3)).unwrap(), None, "a word that was put in twice is taken out once");
        assert_eq!(body(d).text.matches("Friday").count(), 2);
    }
    assert_eq!(body(&a), body(&b));
}

#[test]
fn a_rewrite_begun_before_the_others_words_came_keeps_them() {
    let (mut a, mut b) = pair("One two three.");
    let heads = a.heads();
    let y = rewrite(&mut b, &author(2, 2), heads.clone(), "One two and a half three.");
    a.apply(y).unwrap();
    rewrite(&mut a, &author(1, 2), heads, "One two four.");
    assert_eq!(body(&a).display(), "One two and a half four.");
}

#[test]
fn an_edit_beats_a_delete_and_says_so() {
    let (mut a, mut b) = pair("Shift plan");
    let heads = a.heads();
    let x = rewrite(&mut a, &author(1, 2), heads, "Shift plan, July");
    let y = b.edit(&author(2, 2), &Command::Note(NoteCommand::Delete)).unwrap();
    assert!(!read::Item::root(&b).is_alive());
    a.apply(y).unwrap();
    b.apply(x).unwrap();
    assert!(read::Item::root(&a).is_kept() && read::Item::root(&b).is_kept(), "Ana's edit of a deleted note is lost");
}

#[test]
fn s22_a_paste_of_200_000_letters_and_its_deletion_are_groups_under_the_limits() {
    let (mut a, mut b) = pair("");
    let text = "0123456789".repeat(20_000);
    let edit = |pos, delete, insert: &str| Command::Note(NoteCommand::Body(TextEdit::Splice { pos, delete, insert: insert.into() }));
    for (clock, command) in [(2, edit(0, 0, &text)), (3, edit(0, 200_000, ""))] {
        let changes = a.edit(&author(1, clock), &command).unwrap();
        let groups: Vec<Group> = changes.iter().map(|c| group_of(c).unwrap()).collect();
        assert!(groups.iter().enumerate().all(|(i, g)| g.index as usize == i + 1 && g.count as usize == changes.len()));
        assert!(changes.iter().all(|c| c.len() <= 64 * 1024), "a change is over 64 KiB");
        b.apply(changes).unwrap();
        assert_eq!(body(&a).text, body(&b).text);
    }
    assert_eq!(body(&b).text, "");
}

#[test]
fn random_histories_converge_in_any_order_and_write_only_keys_of_the_table() {
    use rand_core::{Rng, SeedableRng};
    let cases = std::env::var("CASES").ok().and_then(|c| c.parse().ok()).unwrap_or(12u64);
    for (seed, kind) in (0..cases).flat_map(|s| (1..=4).map(move |k| (s, DocumentKind::from_code(k)))) {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
        let first = Document::new(SpaceId([1; 32]), DocumentId([2; 16]), kind);
        let mut replicas = vec![first; 3];
        let mut sent: Vec<Vec<u8>> = Vec::new();
        for clock in 1..60u64 {
            let who = (rng.next_u32() % 3) as usize;
            if rng.next_u32().is_multiple_of(4) {
                replicas[who].apply(sent.clone()).unwrap();
            }
            let by = author(who as u8 + 1, clock);
            let command = schema::random_command(&mut rng, &replicas[who], by.person);
            match replicas[who].edit(&by, &command) {
                Ok(changes) => sent.extend(changes),
                Err(e) => panic!("seed {seed} {kind:?}: {e} for {command:?}"),
            }
        }
        sent.sort();
        replicas[0].apply(sent.clone()).unwrap();
        sent.reverse();
        replicas[1].apply(sent.clone()).unwrap();
        sent.extend(sent.clone());
        replicas[2].apply(sent).unwrap();
        let read = |d: &Document| read::text_paths(d).iter().map(|p| text::read(d, p)).collect::<Vec<_>>();
        for other in &replicas[1..] {
            assert_eq!(replicas[0].heads(), other.heads(), "seed {seed} {kind:?}");
            assert_eq!(read(&replicas[0]), read(other), "seed {seed} {kind:?}");
        }
    }
}

#[test]
fn a_change_that_automerge_panics_on_is_an_error_and_not_the_end_of_the_app() {
    let (mut a, b) = pair("One two three.");
    let written = rewrite(&mut a, &author(1, 2), b.heads(), "One three.").remove(0);
    // The same change, said to rest on nothing but the fixed first one: the letters it deletes do not exist there.
    let mut forged = automerge::Change::from_bytes(written).unwrap().decode();
    forged.deps = vec![automerge::ChangeHash(first_hash())];
    forged.seq = 1;
    let forged = automerge::Change::from(forged).raw_bytes().to_vec();
    let mut fresh = Document::new(b.space, b.id, b.kind);
    assert!(matches!(fresh.apply(vec![forged]), Err(DocumentError::Broken)));
}
