//! A session: one text from when a person begins to type in it until they leave it. It never fails half way: an input is checked whole before
//! anything moves.

use std::ops::Range;
use std::sync::Arc;

use super::composition::Composition;
use super::offset::{After, EditingError, narrow};
use super::pieces::{Piece, Pieces, Region, View};
use super::undo::{Undo, Unit};
use super::{Fresh, TextInput, TextState};
use crate::id::PersonId;

/// A pause after which what was typed becomes a change, in milliseconds.
pub const PAUSE_MS: i64 = 1_500;
/// As many keystrokes become a change without a pause.
pub const KEYSTROKES: u32 = 50;
/// How long words of others are tinted, in milliseconds.
pub const FRESH_MS: i64 = 2_000;
/// A pause after which typing is another unit of undo, in milliseconds.
const BURST_MS: i64 = 1_000;
/// Most letters of one burst piece.
const BURST: usize = 512;

/// What others (or this person elsewhere) did to the document's text: code points, each against the text as the one before left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foreign {
    /// Where.
    pub pos: usize,
    /// How many taken out.
    pub delete: usize,
    /// What was put in.
    pub insert: String,
    /// Who put it in, where it is to be tinted as somebody else's.
    pub by: Option<PersonId>,
}

/// Whether something typed should become a change now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Nothing is to be written, or the person still types.
    NotYet,
    /// Write it.
    Now,
}

/// An input that fits the text, in code points of the app's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// First letter to take out.
    pub start: usize,
    /// One past the last.
    pub end: usize,
    /// What to put in.
    pub text: String,
    selection: (usize, usize),
    composing: Option<(usize, usize)>,
}

impl Checked {
    /// Whether it changes letters, not only the selection.
    pub fn writes(&self) -> bool {
        self.start < self.end || !self.text.is_empty()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stroke {
    Insert { end: usize },
    Delete { at: usize },
    Other,
}

/// A text while a person types in it.
#[derive(Debug, Clone)]
pub struct EditingSession {
    pieces: Pieces,
    undo: Undo,
    selection: (usize, usize),
    composition: Option<Composition>,
    generation: u64,
    /// The generation that the app has taken in.
    seen: u64,
    /// Whether the app's text differs from what is shown.
    behind: bool,
    last_input: Option<i64>,
    last_stroke: Stroke,
    keystrokes: u32,
    fresh_until: i64,
}

impl EditingSession {
    /// Begins on a text as the document holds it, with the caret at its end.
    pub fn new(text: &str) -> Self {
        let pieces = Pieces::new(text);
        let end = pieces.len(View::Shown);
        Self {
            pieces,
            undo: Undo::default(),
            selection: (end, end),
            composition: None,
            generation: 0,
            seen: 0,
            behind: false,
            last_input: None,
            last_stroke: Stroke::Other,
            keystrokes: 0,
            fresh_until: i64::MIN,
        }
    }

    /// The text as it is shown.
    pub fn text(&self) -> String {
        self.pieces.text(View::Shown)
    }

    /// The text as the document holds it, as far as this session was told.
    pub fn stored_text(&self) -> String {
        self.pieces.text(View::Stored)
    }

    /// How many pieces of text were looked at so far: what the work of a keystroke is made of.
    pub fn visits(&self) -> u64 {
        self.pieces.visits.get()
    }

    /// Whether something is being composed.
    pub fn is_composing(&self) -> bool {
        self.composition.is_some()
    }

    /// Whether the app's text is the one shown: a place in one is the same place in the other.
    pub fn is_level(&self) -> bool {
        !self.behind
    }

    /// The app has taken in what changed up to a generation.
    ///
    /// # Errors
    /// [`EditingError::UnknownGeneration`].
    pub fn seen(&mut self, generation: u64) -> Result<(), EditingError> {
        if generation > self.generation || generation < self.seen {
            return Err(EditingError::UnknownGeneration(generation));
        }
        if generation > self.seen {
            self.seen = generation;
            for piece in &mut self.pieces.list {
                let n = piece.later.iter().take_while(|(g, _)| *g <= generation).count();
                if let Some((_, shown)) = piece.later.drain(..n).next_back() {
                    piece.app = shown;
                }
            }
            self.behind = self.pieces.list.iter().any(|p| !p.later.is_empty());
        }
        Ok(())
    }

    /// Looks at an input without taking it.
    ///
    /// # Errors
    /// Every [`EditingError`]: an offset past the end, inside a surrogate pair or inside a cluster. Where the keyboard's own edit makes a
    /// cluster around its end (an accent joins the letter before it), the caret moves to that cluster's end instead.
    pub fn check(&self, input: &TextInput) -> Result<Checked, EditingError> {
        for range in [Some(&input.replace), Some(&input.selection), input.composing.as_ref()].into_iter().flatten() {
            if range.start > range.end {
                return Err(EditingError::Backwards { start: range.start, end: range.end });
            }
        }
        let before = After::nothing(&self.pieces, View::App);
        let (start, end) = (before.char_of(input.replace.start)?, before.char_of(input.replace.end)?);
        // A keyboard may exchange what it is composing, wherever that begins.
        let own = |at: usize| self.is_level() && self.composition.is_some_and(|c| at == c.start || at == c.end);
        for (at, offset) in [(start, input.replace.start), (end, input.replace.end)] {
            if !own(at) && !before.begins_cluster(at) {
                return Err(EditingError::InsideCluster(offset));
            }
        }
        let units = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
        let range16 = (units(input.replace.start), units(input.replace.end));
        let after = After::edit(&self.pieces, View::App, (start, end), range16, &input.text);
        let made = start + input.text.chars().count();
        let place = |offset: u32| -> Result<usize, EditingError> {
            let at = after.char_of(offset)?;
            let (from, to) = after.cluster(at);
            match from == at || to == at {
                true => Ok(at),
                false if at == made || at == start => Ok(to),
                false => Err(EditingError::InsideCluster(offset)),
            }
        };
        let selection = (place(input.selection.start)?, place(input.selection.end)?);
        let composing = match &input.composing {
            // Its ends are the keyboard's: an accent alone may be composed.
            Some(range) => Some((after.char_of(range.start)?, after.char_of(range.end)?)),
            None => None,
        };
        Ok(Checked { start, end, text: input.text.clone(), selection, composing })
    }

    /// The same input with its range widened to whole clusters and the letters that stay put back in: for keyboards that take out an accent
    /// or one part of an emoji alone.
    ///
    /// # Errors
    /// Past the end or inside a surrogate pair.
    pub fn widened(&self, input: &TextInput) -> Result<TextInput, EditingError> {
        let text = After::nothing(&self.pieces, View::App);
        let (start, end) = (text.char_of(input.replace.start)?, text.char_of(input.replace.end)?);
        let (from, to) = (text.cluster(start).0, text.cluster(end).1);
        let kept = format!("{}{}{}", text.slice(from, start), input.text, text.slice(end, to));
        let unit = |at| narrow(self.pieces.unit_of(View::App, at));
        Ok(TextInput { replace: unit(from)..unit(to), text: kept, ..input.clone() })
    }

    /// Takes an input that [`EditingSession::check`] found to fit, with nothing in between.
    pub fn take(&mut self, input: &Checked, now: i64) {
        if input.writes() {
            let unit = self.unit_for(input, now);
            self.replace(input, unit);
            self.keystrokes = self.keystrokes.saturating_add(1);
            self.last_input = Some(now);
        }
        let shown = |s: &mut Self, at| if s.behind { s.pieces.convert(View::App, View::Shown, at) } else { at };
        let (start, end) = (shown(self, input.selection.0), shown(self, input.selection.1));
        self.selection = (start, end.max(start));
        let was = self.composition.is_some();
        self.composition = input.composing.and_then(|(start, end)| Composition::new(shown(self, start), shown(self, end)));
        if was || self.composition.is_some() {
            self.last_stroke = Stroke::Other;
        }
    }

    /// Puts letters in and takes others out, in code points of the shown text: what a journal kept.
    pub fn replay(&mut self, start: usize, delete: usize, text: &str) {
        let len = self.pieces.len(View::App);
        let start = start.min(len);
        let end = start.saturating_add(delete).min(len);
        let unit = self.undo.last().unwrap_or_else(|| self.undo.begin());
        self.replace(&Checked { start, end, text: text.to_owned(), selection: (0, 0), composing: None }, unit);
    }

    fn replace(&mut self, input: &Checked, unit: Unit) {
        let (from, to) = self.pieces.range(View::App, input.start, input.end);
        for piece in self.pieces.list.iter_mut().take(to).skip(from).filter(|p| p.app) {
            piece.app = false;
            piece.later.clear();
            if piece.shown {
                piece.shown = false;
                piece.taken_out = Some(unit);
            }
        }
        if input.text.is_empty() {
            return;
        }
        let n = input.text.chars().count();
        if let Some(last) = from.checked_sub(1).and_then(|i| self.pieces.list.get_mut(i)) {
            let open = last.shown && last.app && !last.stored && last.later.is_empty() && last.put_in == Some(unit);
            if open && last.taken_out.is_none() && last.died.is_none() && last.n + n <= BURST {
                last.text.push_str(&input.text);
                last.n += n;
                last.n16 += super::offset::units(&input.text);
                return;
            }
        }
        for (i, mut piece) in Pieces::new(&input.text).list.into_iter().enumerate() {
            piece.stored = false;
            piece.put_in = Some(unit);
            self.pieces.list.insert(from + i, piece);
        }
    }

    /// The unit of undo that an input belongs to: a burst of typing, a run of deleting, one composition, one correction.
    fn unit_for(&mut self, input: &Checked, now: i64) -> Unit {
        let n = input.text.chars().count();
        let stroke = match (input.end - input.start, n) {
            (0, _) => Stroke::Insert { end: input.start + n },
            (_, 0) => Stroke::Delete { at: input.start },
            _ => Stroke::Other,
        };
        let burst = self.last_input.is_some_and(|t| now.saturating_sub(t) < BURST_MS);
        // A composition that begins is a gesture of its own.
        let begins = input.composing.is_some() && self.composition.is_none();
        let follows = !begins
            && match (self.last_stroke, stroke) {
                (Stroke::Insert { end }, Stroke::Insert { .. }) => burst && end == input.start,
                (Stroke::Delete { at }, Stroke::Delete { .. }) => burst && (at == input.end || at == input.start),
                _ => false,
            };
        let composes = self.composition.is_some_and(|c| self.is_level() && input.start <= c.end && c.start <= input.end);
        self.last_stroke = stroke;
        match self.undo.last().filter(|_| follows || composes) {
            Some(unit) => unit,
            None => self.undo.begin(),
        }
    }

    /// Takes in what others did to the document's text. `place` says where a letter that this device took out of the document stands now among
    /// the letters that are there, `None` where that is not known.
    pub fn foreign(&mut self, changes: &[Foreign], now: i64, place: &dyn Fn(&[[u8; 32]], usize) -> Option<usize>) {
        if changes.is_empty() {
            return;
        }
        let generation = self.generation + 1;
        for change in changes {
            let (from, to) = self.pieces.range(View::Stored, change.pos, change.pos + change.delete);
            for i in from..to {
                let Some(piece) = self.pieces.list.get_mut(i).filter(|p| p.stored) else { continue };
                piece.stored = false;
                piece.gone = true;
                let (was, n) = (piece.shown, piece.n);
                piece.show(false, generation);
                if was {
                    let at = self.pieces.before(View::Shown, i);
                    self.moved(at, n, 0);
                }
            }
            if change.insert.is_empty() {
                continue;
            }
            // Behind what is being typed at the same place.
            let rest = self.pieces.list.get(from..).unwrap_or_default();
            let gap = rest.iter().take_while(|p| !p.stored);
            let typed = gap.enumerate().filter(|(_, p)| p.shown).last().map_or(0, |(i, _)| i + 1);
            let index = from + typed;
            let mut n = 0;
            for (i, mut piece) in Pieces::new(&change.insert).list.into_iter().enumerate() {
                (piece.shown, piece.app) = (false, false);
                piece.show(true, generation);
                piece.fresh = change.by.map(|by| (by, now));
                n += piece.n;
                self.pieces.list.insert(index + i, piece);
            }
            let at = self.pieces.before(View::Shown, index);
            self.moved(at, 0, n);
            if change.by.is_some() {
                self.fresh_until = now.saturating_add(FRESH_MS);
            }
        }
        self.settle_dead(generation, place);
        self.generation = generation;
        self.behind = true;
        self.last_stroke = Stroke::Other;
    }

    /// Letters that are dead in the document and lie beside new ones go to the side of them where the document remembers them, so that undoing
    /// puts them back around what came between.
    fn settle_dead(&mut self, generation: u64, place: &dyn Fn(&[[u8; 32]], usize) -> Option<usize>) {
        let new = |p: &Piece| p.stored && p.later.first() == Some(&(generation, true));
        if !self.pieces.list.iter().any(|p| p.died.is_some()) {
            return;
        }
        // Places are kept as what they stand behind, counted without the new letters: those keep their order.
        let old = |s: &Self, at: usize| {
            let (mut n, mut old) = (0, 0);
            for piece in s.pieces.list.iter().filter(|p| p.shown && p.n > 0) {
                if !new(piece) {
                    old += piece.n.min(at.saturating_sub(n));
                }
                n += piece.n;
            }
            old
        };
        let (start, end) = (old(self, self.selection.0), old(self, self.selection.1));
        let composed = self.composition.map(|c| (old(self, c.start), old(self, c.end)));
        let mut from = 0;
        while from < self.pieces.list.len() {
            let gap = self.pieces.list.get(from..).unwrap_or_default();
            let n = gap.iter().take_while(|p| !p.stored || new(p)).count();
            let gap = self.pieces.list.get(from..from + n).unwrap_or_default();
            if n > 1 && gap.iter().any(new) && gap.iter().any(|p| p.died.is_some()) {
                let before = self.pieces.before(View::Stored, from);
                let gap: Vec<Piece> = self.pieces.list.splice(from..from + n, []).collect();
                let ordered = order(gap, before, place);
                let n = ordered.len();
                self.pieces.list.splice(from..from, ordered);
                from += n;
            } else {
                from += n;
            }
            from += 1;
        }
        let now = |s: &Self, old: usize, before_next: bool| {
            let (mut n, mut seen) = (0, 0);
            for piece in s.pieces.list.iter().filter(|p| p.shown && p.n > 0) {
                if seen == old && !(before_next && new(piece)) {
                    break;
                }
                let whole = if new(piece) { piece.n } else { piece.n.min(old - seen) };
                seen += if new(piece) { 0 } else { whole };
                n += whole;
            }
            n
        };
        let from = now(self, start, start < end);
        self.selection = (from, now(self, end, false).max(from));
        self.composition = composed.and_then(|(start, end)| Composition::new(now(self, start, true), now(self, end, false)));
    }

    /// Keeps selection and composition on their letters when `removed` letters at `at` went and `inserted` came.
    fn moved(&mut self, at: usize, removed: usize, inserted: usize) {
        let left = |p: usize| if p <= at { p } else { p.saturating_sub(removed).max(at) + inserted };
        let right = |p: usize| if p < at { p } else { p.saturating_sub(removed).max(at) + inserted };
        let (start, end) = self.selection;
        self.selection = if start == end { (left(start), left(start)) } else { (right(start), left(end).max(right(start))) };
        self.composition = self.composition.and_then(|c| Composition::new(right(c.start), left(c.end)));
    }

    /// Takes back one's own newest unit. `false` when there is none.
    pub fn undo(&mut self, now: i64) -> bool {
        let Some(unit) = self.undo.undo() else { return false };
        self.turn(now, |p| match (p.put_in == Some(unit), p.taken_out == Some(unit)) {
            (true, _) => Some(false),
            (_, true) if !p.gone => Some(true),
            _ => None,
        });
        true
    }

    /// Does again what was taken back last. `false` when there is nothing.
    pub fn redo(&mut self, now: i64) -> bool {
        let Some(unit) = self.undo.redo() else { return false };
        self.turn(now, |p| match (p.put_in == Some(unit), p.taken_out == Some(unit)) {
            (_, true) => Some(false),
            (true, _) if !p.gone => Some(true),
            _ => None,
        });
        true
    }

    fn turn(&mut self, now: i64, wanted: impl Fn(&Piece) -> Option<bool>) {
        self.composition = None;
        self.last_stroke = Stroke::Other;
        self.last_input = Some(now);
        let generation = self.generation + 1;
        let (mut at, mut caret) = (0, None);
        for piece in &mut self.pieces.list {
            let shown = wanted(piece).filter(|s| *s != piece.shown);
            if let Some(shown) = shown {
                piece.show(shown, generation);
            }
            at += if piece.shown { piece.n } else { 0 };
            if shown.is_some() {
                caret = Some(at);
            }
        }
        if let Some(caret) = caret {
            self.selection = (caret, caret);
            self.generation = generation;
            self.behind = true;
        }
    }

    /// Whether what was typed should become a change: after a pause or fifty keystrokes, and never what is being composed.
    pub fn due(&mut self, now: i64) -> Due {
        let paused = self.last_input.is_some_and(|t| now.saturating_sub(t) >= PAUSE_MS);
        if (paused || self.keystrokes >= KEYSTROKES) && !self.pending().is_empty() { Due::Now } else { Due::NotYet }
    }

    /// What a change has to do to the document's text, ascending; without what is being composed.
    pub fn pending(&mut self) -> Vec<Region> {
        let held = self.held();
        self.pieces.regions(held)
    }

    /// Everything that the document lacks, what is being composed included: what a journal has to hold.
    pub fn unsaved(&self) -> Vec<Region> {
        self.pieces.regions((0, 0))
    }

    /// The document took [`EditingSession::pending`]; `heads` are those it had before.
    pub fn committed(&mut self, heads: Vec<[u8; 32]>, now: i64) {
        let held = self.held();
        self.pieces.stored(held, &Arc::new(heads));
        self.keystrokes = 0;
        for piece in &mut self.pieces.list {
            piece.fresh = piece.fresh.filter(|(_, since)| now.saturating_sub(*since) < FRESH_MS);
        }
        let undo = &self.undo;
        self.pieces.compact(|unit| undo.is_live(unit));
    }

    /// The keyboard is gone: what it was composing stays as it is.
    pub fn end_composition(&mut self) {
        self.composition = None;
    }

    fn held(&mut self) -> (usize, usize) {
        self.composition.map_or((0, 0), |c| c.held(&mut self.pieces))
    }

    /// What the app is to show; the whole text where `whole` says so.
    pub fn state(&self, whole: bool, now: i64) -> TextState {
        let text = After::nothing(&self.pieces, View::Shown);
        let unit = |at: usize| narrow(self.pieces.unit_of(View::Shown, at));
        let (mut start, mut end) = self.selection;
        // What others wrote may have made one character of letters on both sides.
        (start, end) = if start == end {
            let at = text.cluster(start).1;
            (at, at)
        } else {
            (text.cluster(start).0, text.cluster(end).1)
        };
        TextState {
            text: whole.then(|| self.text()),
            splices: if self.behind && !whole { self.pieces.splices() } else { Vec::new() },
            selection: unit(start)..unit(end),
            composing: self.composition.map(|c| unit(c.start)..unit(c.end)),
            fresh: if now < self.fresh_until { self.fresh(now) } else { Vec::new() },
            can_undo: self.undo.can_undo(),
            can_redo: self.undo.can_redo(),
            generation: self.generation,
            unsaved: self.pieces.differs(),
        }
    }

    fn fresh(&self, now: i64) -> Vec<Fresh> {
        let mut out: Vec<Fresh> = Vec::new();
        let mut at = 0;
        for piece in self.pieces.list.iter().filter(|p| p.shown) {
            let range: Range<u32> = narrow(at)..narrow(at + piece.n16);
            at += piece.n16;
            let Some((person, since)) = piece.fresh.filter(|(_, since)| now.saturating_sub(*since) < FRESH_MS) else { continue };
            match out.last_mut() {
                Some(last) if last.range.end == range.start && last.person == person && last.since == since => last.range.end = range.end,
                _ => out.push(Fresh { range, person, since }),
            }
        }
        out
    }
}

/// Puts dead letters of a gap among the new ones. `before` is how many letters of the document stand before the gap.
fn order(gap: Vec<Piece>, before: usize, place: &dyn Fn(&[[u8; 32]], usize) -> Option<usize>) -> Vec<Piece> {
    let (new, dead): (Vec<Piece>, Vec<Piece>) = gap.into_iter().partition(|p| p.stored);
    // Where each dead letter stands: how many letters of the document come before it. It never falls from one to the next.
    let mut rows: Vec<(usize, Piece)> = Vec::new();
    let mut least = before;
    for mut piece in dead {
        loop {
            let at = |offset: usize| {
                let died = piece.died.as_ref()?;
                place(&died.heads, died.pos + offset)
            };
            let first = at(0).unwrap_or(least).max(least);
            // The letters that stand at the same place as the first: found by halving, since places only rise.
            let (mut same, mut beyond) = (1, piece.n);
            if at(piece.n.saturating_sub(1)).is_none_or(|p| p.max(least) == first) {
                same = piece.n;
            } else {
                while same < beyond.saturating_sub(1) {
                    let middle = usize::midpoint(same, beyond);
                    if at(middle - 1).is_none_or(|p| p.max(least) == first) { same = middle } else { beyond = middle }
                }
            }
            least = first;
            if same >= piece.n {
                rows.push((first, piece));
                break;
            }
            let right = piece.split(same);
            rows.push((first, piece));
            piece = right;
        }
    }
    let mut out = Vec::new();
    let mut rows = rows.into_iter().peekable();
    let mut at = before;
    for mut piece in new {
        loop {
            while let Some((_, dead)) = rows.next_if(|(p, _)| *p <= at) {
                out.push(dead);
            }
            match rows.peek() {
                Some((p, _)) if *p < at + piece.n => {
                    let right = piece.split(*p - at);
                    at = *p;
                    out.push(std::mem::replace(&mut piece, right));
                }
                _ => break,
            }
        }
        at += piece.n;
        out.push(piece);
    }
    out.extend(rows.map(|(_, p)| p));
    out
}
