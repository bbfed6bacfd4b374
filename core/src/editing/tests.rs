//! Random sessions: typing, compositions, others, undo, pauses and crashes in any order.

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

use super::offset::units;
use super::*;
use crate::document::fleet::cases;
use crate::document::{Author, Clock, Document, DocumentKind};
use crate::id::{DeviceId, DocumentId, SpaceId};

const WORDS: [&str; 12] = ["a", "ward ", "é", "e\u{301}", "👩\u{200d}⚕\u{fe0f}", "🇰🇪", "日本", "كَتَبَ", "\u{301}", "x", "\n", "👍🏽"];
const BASES: [&str; 4] = ["", "Visit ward on Monday.", "日本語の👩\u{200d}⚕\u{fe0f} texte accentué", "one two three four five six"];

fn author(who: u8, clock: u64) -> Author {
    let id = [who; 32];
    Author { person: PersonId(id), device: DeviceId(id), actor: [who; 16], clock: Clock(clock), wall_ms: 0 }
}

fn path() -> Vec<String> {
    vec!["body".to_owned()]
}

fn places(regions: &[Region]) -> Vec<(usize, usize, String)> {
    regions.iter().map(|r| (r.pos, r.delete, r.insert.clone())).collect()
}

fn splice(text: &mut Vec<u16>, start: u32, end: u32, insert: &str) {
    text.splice(start as usize..end as usize, insert.encode_utf16());
}

/// An app with its text, a session, its document, and the document of somebody else.
struct World {
    rng: ChaCha8Rng,
    mine: Document,
    other: Document,
    session: EditingSession,
    heads: Vec<[u8; 32]>,
    app: Vec<u16>,
    generation: u64,
    composing: Option<std::ops::Range<u32>>,
    clock: u64,
    now: i64,
    /// Commits splice letters as they are; else words are replaced whole, as the engine does.
    raw: bool,
}

impl World {
    fn new(seed: u64, raw: bool) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut mine = Document::new(SpaceId([1; 32]), DocumentId([2; 16]), DocumentKind::Note);
        let base = BASES[rng.next_u32() as usize % BASES.len()];
        mine.type_text(&author(9, 1), &path(), &[(0, 0, base.to_owned())]).unwrap();
        let session = EditingSession::new(base);
        let (other, heads, app) = (mine.clone(), mine.heads(), base.encode_utf16().collect());
        Self { rng, mine, other, session, heads, app, generation: 0, composing: None, clock: 1, now: 0, raw }
    }

    fn below(&mut self, n: usize) -> usize {
        self.rng.next_u32() as usize % n.max(1)
    }

    fn author(&mut self, who: u8) -> Author {
        self.clock += 1;
        author(who, self.clock)
    }

    fn text(&self) -> String {
        self.mine.text_of(&path(), None).unwrap()
    }

    /// Types at a random place, sometimes into a composition, sometimes at an offset that does not fit.
    fn types(&mut self) {
        let len = self.app.len();
        let (mut a, mut b) = (self.below(len + 1) as u32, self.below(len + 1) as u32);
        (a, b) = (a.min(b), a.max(b).min(a.min(b) + self.below(8) as u32));
        let text = if self.below(4) == 0 { "" } else { WORDS[self.below(WORDS.len())] };
        let (mut replace, mut composing) = (a..b, None);
        if let Some(range) = self.composing.clone().filter(|_| self.session.is_level() && self.below(3) > 0) {
            replace = range;
        }
        if !text.is_empty() && self.below(3) == 0 {
            composing = Some(replace.start..replace.start + units(text) as u32);
        }
        let caret = replace.start + units(text) as u32;
        let input = TextInput { generation: self.generation, replace, text: text.into(), selection: caret..caret, composing };
        let before = self.session.text();
        self.session.seen(input.generation).unwrap();
        match self.session.check(&input) {
            Ok(checked) => {
                self.session.take(&checked, self.now);
                splice(&mut self.app, input.replace.start, input.replace.end, &input.text);
                self.composing = input.composing;
            }
            Err(_) => {
                assert_eq!(self.session.text(), before);
                let wide = self.session.widened(&input);
                if let Ok(wide) = wide {
                    self.session.check(&TextInput { selection: wide.replace.start..wide.replace.start, ..wide }).unwrap();
                }
            }
        }
        self.app_is_right();
    }

    /// What the app would show once it took in the latest state.
    fn app_is_right(&mut self) {
        self.session.seen(self.generation).unwrap();
        let state = self.session.state(false, self.now);
        let mut app = self.app.clone();
        for s in &state.splices {
            splice(&mut app, s.start, s.end, &s.text);
        }
        assert_eq!(String::from_utf16(&app).unwrap(), self.session.text());
        for range in [Some(state.selection.clone()), state.composing.clone()].into_iter().flatten() {
            assert!(range.start <= range.end && range.end as usize <= app.len());
            String::from_utf16(&app[range.start as usize..range.end as usize]).unwrap();
        }
        for fresh in &state.fresh {
            assert!(fresh.range.end as usize <= app.len());
            assert_eq!(fresh.person, PersonId([3; 32]));
        }
        if self.below(3) > 0 {
            (self.app, self.generation, self.composing) = (app, state.generation, state.composing);
        }
    }

    fn pull(&mut self) {
        let changes = self.mine.text_since(&path(), &self.heads).unwrap();
        let foreign: Vec<Foreign> = changes
            .into_iter()
            .map(|c| Foreign { by: (c.actor == [3; 16]).then_some(PersonId([3; 32])), pos: c.pos, delete: c.delete, insert: c.insert })
            .collect();
        let mine = &self.mine;
        self.session.foreign(&foreign, self.now, &|heads, pos| mine.text_place(&path(), heads, pos));
        self.heads = self.mine.heads();
        assert_eq!(self.session.stored_text(), self.text());
        self.app_is_right();
    }

    fn commit(&mut self) {
        self.pull();
        let composed = self.session.state(false, self.now).composing.is_some();
        let pending = places(&self.session.pending());
        let author = self.author(1);
        let before = self.mine.heads();
        if self.raw {
            let back: Vec<_> = pending.iter().rev().cloned().collect();
            self.mine.type_text(&author, &path(), &back).unwrap();
        } else {
            self.mine.type_places(&author, &path(), &pending).unwrap();
        }
        self.heads = self.mine.heads();
        self.session.committed(before, self.now);
        assert_eq!(self.session.stored_text(), self.text());
        assert!(composed || self.text() == self.session.text(), "everything is committed");
        assert!(self.session.pending().is_empty());
        self.app_is_right();
    }

    /// The other writes a digit, or takes letters out.
    fn others(&mut self, deletes: bool) {
        let len = self.other.text_of(&path(), None).unwrap().chars().count();
        let pos = self.below(len + 1);
        let delete = if deletes && self.below(2) == 0 { self.below(6).min(len - pos) } else { 0 };
        let insert = if delete == 0 { self.below(10).to_string() } else { String::new() };
        let author = self.author(3);
        self.other.type_text(&author, &path(), &[(pos, delete, insert)]).unwrap();
    }

    fn arrives(&mut self) {
        let changes = self.other.changes().into_iter().map(|(_, bytes)| bytes).collect();
        self.mine.apply(changes).unwrap();
    }

    fn leaves(&mut self) {
        let changes = self.mine.changes().into_iter().map(|(_, bytes)| bytes).collect();
        self.other.apply(changes).unwrap();
    }

    /// The process ends and begins again: what the journal says is what there was.
    fn crash(&mut self) {
        let mut again = EditingSession::new(&self.mine.text_of(&path(), Some(&self.heads)).unwrap());
        for (pos, delete, insert) in places(&self.session.unsaved()).into_iter().rev() {
            again.replay(pos, delete, &insert);
        }
        assert_eq!(again.text(), self.session.text());
        assert_eq!(again.stored_text(), self.session.stored_text());
        self.app = again.text().encode_utf16().collect();
        (self.session, self.generation, self.composing) = (again, 0, None);
    }

    fn undo_all(&mut self) {
        while self.session.undo(self.now) {
            self.app_is_right();
        }
        self.session.end_composition();
        self.commit();
    }
}

#[test]
fn sessions_and_documents_agree_whatever_happens() {
    for seed in 0..cases(400) {
        let mut w = World::new(seed, seed % 2 == 0);
        for _ in 0..60 {
            w.now += w.rng.next_u32() as i64 % 900;
            match w.below(16) {
                0..=6 => w.types(),
                7 => w.commit(),
                8 => w.others(true),
                9 => w.arrives(),
                10 => w.leaves(),
                11 => w.pull(),
                12 | 13 => {
                    w.session.undo(w.now);
                    w.app_is_right();
                }
                14 => {
                    w.session.redo(w.now);
                    w.app_is_right();
                }
                _ if w.below(4) == 0 => w.crash(),
                _ => {}
            }
        }
        w.session.end_composition();
        w.commit();
        w.leaves();
        w.arrives();
        w.pull();
        assert_eq!(w.session.text(), w.text(), "seed {seed}");
        assert_eq!((w.mine.heads(), w.text()), (w.other.heads(), w.other.text_of(&path(), None).unwrap()), "seed {seed}");
    }
}

impl World {
    /// Typing, committing, the other writing: one of `of` kinds of step, what is left over a pull.
    fn step(&mut self, of: usize) {
        self.now += self.rng.next_u32() as i64 % 1_500;
        match self.below(of) {
            0..=4 => self.types(),
            5 => self.commit(),
            6 => self.others(false),
            7 => self.arrives(),
            _ => self.pull(),
        }
    }
}

#[test]
fn undoing_everything_leaves_exactly_what_the_other_wrote() {
    for seed in 0..cases(400) {
        let mut w = World::new(seed, true);
        // An undo that became a change put letters back as new ones: what the other writes beside the old ones, without knowing, stands at one
        // end of them. So here all is undone at the end.
        for _ in 0..40 {
            w.step(10);
        }
        w.arrives();
        w.undo_all();
        assert_eq!(w.text(), w.other.text_of(&path(), None).unwrap(), "seed {seed}");
    }
}

#[test]
fn undoing_replaced_words_keeps_every_letter_of_both() {
    for seed in 0..cases(300) {
        let mut w = World::new(seed, false);
        let base = w.text();
        for _ in 0..40 {
            w.step(9);
        }
        w.arrives();
        w.undo_all();
        let digits = |t: &str| {
            let mut d: Vec<char> = t.chars().filter(char::is_ascii_digit).collect();
            d.sort_unstable();
            d
        };
        assert_eq!(w.text().chars().filter(|c| !c.is_ascii_digit()).collect::<String>(), base, "seed {seed}");
        assert_eq!(digits(&w.text()), digits(&w.other.text_of(&path(), None).unwrap()), "seed {seed}");
    }
}
