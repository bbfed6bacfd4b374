//! A piece: letters that share their fate. The pieces of a session in their order are the map between three views of one text: what the person
//! is *shown*, what the document holds (*stored*), and what the *app* knows of. A letter that is in none of them stays for as long as an undo
//! may bring it back, and so keeps its place among what others write meanwhile.

use std::cell::Cell;
use std::sync::Arc;

use super::offset::{byte_at, char_at, units};
use super::undo::Unit;
use super::{Utf16Splice, offset::narrow};
use crate::id::PersonId;

/// Most code points of one piece: finding a place inside one stays cheap.
const PIECE: usize = 512;

/// Which letters count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum View {
    Shown,
    Stored,
    App,
}

/// A place in the text where the document differs from what is shown: code points, against the document's text as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// Where.
    pub pos: usize,
    /// How many to take out.
    pub delete: usize,
    /// What to put in.
    pub insert: String,
}

/// Where letters stood in the document before this device took them out: the number of the writing that took them, and the position then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Died {
    pub heads: Arc<Vec<[u8; 32]>>,
    pub pos: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub text: String,
    pub n: usize,
    pub n16: usize,
    pub shown: bool,
    pub stored: bool,
    pub app: bool,
    /// What became of `shown` in generations that the app has not taken in.
    pub later: Vec<(u64, bool)>,
    pub put_in: Option<Unit>,
    pub taken_out: Option<Unit>,
    /// Somebody else took it out: no undo brings it back.
    pub gone: bool,
    pub fresh: Option<(PersonId, i64)>,
    pub died: Option<Died>,
}

impl Piece {
    pub fn new(text: &str) -> Self {
        Self {
            n: text.chars().count(),
            n16: units(text),
            text: text.to_owned(),
            shown: true,
            stored: true,
            app: true,
            later: Vec::new(),
            put_in: None,
            taken_out: None,
            gone: false,
            fresh: None,
            died: None,
        }
    }

    pub fn is_in(&self, view: View) -> bool {
        match view {
            View::Shown => self.shown,
            View::Stored => self.stored,
            View::App => self.app,
        }
    }

    /// Shows or hides it in a generation of its own, which the app learns of.
    pub fn show(&mut self, shown: bool, generation: u64) {
        if self.shown != shown {
            self.shown = shown;
            self.later.push((generation, shown));
        }
    }

    pub fn split(&mut self, at: usize) -> Self {
        let mut right = self.clone();
        right.text = self.text.split_off(byte_at(&self.text, at));
        right.n = self.n - at;
        right.n16 = units(&right.text);
        if let Some(died) = &mut right.died {
            died.pos += at;
        }
        self.n = at;
        self.n16 -= right.n16;
        right
    }

    fn is_like(&self, other: &Self) -> bool {
        (self.shown, self.stored, self.app, self.put_in, self.taken_out, self.gone)
            == (other.shown, other.stored, other.app, other.put_in, other.taken_out, other.gone)
            && self.later.is_empty()
            && other.later.is_empty()
            && self.fresh == other.fresh
            && self.died.is_none()
            && other.died.is_none()
            && self.n + other.n <= PIECE
    }
}

#[derive(Debug, Clone, Default)]
pub(super) struct Pieces {
    pub list: Vec<Piece>,
    /// How many pieces were looked at; tests read it.
    pub visits: Cell<u64>,
}

impl Pieces {
    pub fn new(text: &str) -> Self {
        let mut out = Self::default();
        let mut rest = text;
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(byte_at(rest, PIECE));
            out.list.push(Piece::new(piece));
            rest = after;
        }
        out
    }

    fn visit(&self) {
        self.visits.set(self.visits.get() + 1);
    }

    fn of(&self, view: View) -> impl Iterator<Item = &Piece> {
        self.list.iter().inspect(|_| self.visit()).filter(move |p| p.is_in(view))
    }

    pub fn len(&self, view: View) -> usize {
        self.of(view).map(|p| p.n).sum()
    }

    pub fn len16(&self, view: View) -> usize {
        self.of(view).map(|p| p.n16).sum()
    }

    pub fn text(&self, view: View) -> String {
        self.of(view).map(|p| p.text.as_str()).collect()
    }

    /// The code point at a UTF-16 offset; `None` inside a surrogate pair or past the end.
    pub fn char_of(&self, view: View, offset: usize) -> Option<usize> {
        let (mut n, mut n16) = (0, 0);
        for piece in self.of(view) {
            if n16 + piece.n16 >= offset {
                return char_at(&piece.text, offset - n16).map(|c| n + c);
            }
            (n, n16) = (n + piece.n, n16 + piece.n16);
        }
        (n16 == offset).then_some(n)
    }

    /// The UTF-16 offset of a code point.
    pub fn unit_of(&self, view: View, at: usize) -> usize {
        let (mut n, mut n16) = (0, 0);
        for piece in self.of(view) {
            if n + piece.n >= at {
                return n16 + piece.text.chars().take(at - n).map(char::len_utf16).sum::<usize>();
            }
            (n, n16) = (n + piece.n, n16 + piece.n16);
        }
        n16
    }

    pub fn slice(&self, view: View, from: usize, to: usize) -> String {
        let (mut n, mut out) = (0, String::new());
        for piece in self.of(view) {
            if n >= to {
                break;
            }
            if n + piece.n > from {
                out.extend(piece.text.chars().skip(from.saturating_sub(n)).take(to - n.max(from)));
            }
            n += piece.n;
        }
        out
    }

    /// Cuts where code point `at` of a view begins; gives the index right behind the letter before it.
    pub fn cut(&mut self, view: View, at: usize) -> usize {
        if at == 0 {
            return 0;
        }
        let (mut n, mut found) = (0, None);
        for (i, piece) in self.list.iter().enumerate() {
            self.visit();
            if !piece.is_in(view) {
                continue;
            }
            if n + piece.n >= at {
                found = Some((i, at - n));
                break;
            }
            n += piece.n;
        }
        let Some((i, inside)) = found else { return self.list.len() };
        if let Some(piece) = self.list.get_mut(i).filter(|p| p.n > inside) {
            let right = piece.split(inside);
            self.list.insert(i + 1, right);
        }
        i + 1
    }

    /// The pieces of `from..to` of a view, with whatever lies between them.
    pub fn range(&mut self, view: View, from: usize, to: usize) -> (usize, usize) {
        let end = self.cut(view, to);
        let before = self.list.len();
        let start = self.cut(view, from);
        (start, if from < to { end + self.list.len() - before } else { start })
    }

    /// How many code points of a view stand before an index.
    pub fn before(&self, view: View, index: usize) -> usize {
        self.list.iter().take(index).inspect(|_| self.visit()).filter(|p| p.is_in(view)).map(|p| p.n).sum()
    }

    /// A place of one view in another: right behind the same letter.
    pub fn convert(&mut self, from: View, to: View, at: usize) -> usize {
        let index = self.cut(from, at);
        self.before(to, index)
    }

    /// What the app has to change.
    pub fn splices(&self) -> Vec<Utf16Splice> {
        let mut out = Vec::new();
        let (mut at, mut delete, mut insert) = (0, 0, String::new());
        let mut flush = |at: &mut usize, delete: &mut usize, insert: &mut String| {
            if *delete > 0 || !insert.is_empty() {
                let text = std::mem::take(insert);
                let n16 = units(&text);
                out.push(Utf16Splice { start: narrow(*at), end: narrow(*at + std::mem::take(delete)), text });
                *at += n16;
            }
        };
        for piece in &self.list {
            match (piece.app, piece.shown) {
                (true, true) => {
                    flush(&mut at, &mut delete, &mut insert);
                    at += piece.n16;
                }
                (true, false) => delete += piece.n16,
                (false, true) => insert.push_str(&piece.text),
                (false, false) => {}
            }
        }
        flush(&mut at, &mut delete, &mut insert);
        out
    }

    /// What the document has to change; the pieces `held` stay as they are in it.
    pub fn regions(&self, held: (usize, usize)) -> Vec<Region> {
        let mut out: Vec<Region> = Vec::new();
        let (mut at, mut open) = (0, false);
        for (i, piece) in self.list.iter().enumerate() {
            let (stored, shown) = if (held.0..held.1).contains(&i) { (piece.stored, piece.stored) } else { (piece.stored, piece.shown) };
            if stored == shown {
                open &= !stored;
            } else {
                if !open {
                    out.push(Region { pos: at, delete: 0, insert: String::new() });
                    open = true;
                }
                if let Some(region) = out.last_mut() {
                    if stored { region.delete += piece.n } else { region.insert.push_str(&piece.text) }
                }
            }
            if stored {
                at += piece.n;
            }
        }
        out
    }

    pub fn differs(&self) -> bool {
        self.list.iter().any(|p| p.shown != p.stored)
    }

    /// The document holds what is shown now, but for `held`; `heads` are those it had before.
    pub fn stored(&mut self, held: (usize, usize), heads: &Arc<Vec<[u8; 32]>>) {
        let mut pos = 0;
        let mut out: Vec<Piece> = Vec::with_capacity(self.list.len());
        // New letters stand right behind the letter before them: in the document dead ones come after them.
        let mut dead: Vec<Piece> = Vec::new();
        for (i, mut piece) in std::mem::take(&mut self.list).into_iter().enumerate() {
            let was = piece.stored;
            let at = pos;
            pos += if was { piece.n } else { 0 };
            if (held.0..held.1).contains(&i) {
                out.append(&mut dead);
                out.push(piece);
                continue;
            }
            piece.stored = piece.shown;
            piece.died = match (was, piece.shown) {
                (_, true) => None,
                (true, false) => Some(Died { heads: heads.clone(), pos: at }),
                (false, false) => piece.died,
            };
            match (was, piece.shown) {
                (true, true) => {
                    out.append(&mut dead);
                    out.push(piece);
                }
                (false, true) => out.push(piece),
                // The app still shows it in its place.
                (_, false) if piece.app => {
                    out.append(&mut dead);
                    out.push(piece);
                }
                (_, false) => dead.push(piece),
            }
        }
        out.append(&mut dead);
        self.list = out;
    }

    /// Forgets letters that nothing can bring back, and joins what shares its fate.
    pub fn compact(&mut self, live: impl Fn(Unit) -> bool) {
        for piece in &mut self.list {
            piece.put_in = piece.put_in.filter(|u| live(*u));
            piece.taken_out = piece.taken_out.filter(|u| live(*u));
        }
        self.list.retain(|p| {
            let back = !p.gone && (p.put_in.is_some() || p.taken_out.is_some());
            p.n > 0 && (p.shown || p.stored || p.app || back || !p.later.is_empty())
        });
        let mut out: Vec<Piece> = Vec::with_capacity(self.list.len());
        for piece in std::mem::take(&mut self.list) {
            match out.last_mut() {
                Some(last) if last.is_like(&piece) => {
                    last.text.push_str(&piece.text);
                    last.n += piece.n;
                    last.n16 += piece.n16;
                }
                _ => out.push(piece),
            }
        }
        self.list = out;
    }
}
