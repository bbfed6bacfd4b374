//! An offset: a place in a text. Apps count UTF-16 code units, documents code points, strings bytes; a place for a caret is never inside a
//! character that people see as one (a grapheme cluster).

use unicode_segmentation::GraphemeCursor;

use super::pieces::{Pieces, View};

/// How many code points around a place are looked at to find the cluster it is in. Longer ones do not occur in writing.
const AROUND: usize = 256;

/// Why an input was refused. Nothing of it was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EditingError {
    /// Past the end of the text.
    #[error("offset {offset} is past the end of a text of {len} UTF-16 units")]
    PastEnd {
        /// What was asked for.
        offset: u32,
        /// The length of the text.
        len: u32,
    },
    /// Between the two halves of a code point.
    #[error("offset {0} is inside a surrogate pair; use an offset before or after it")]
    InsideSurrogatePair(u32),
    /// Inside what people see as one character.
    #[error("offset {0} is inside a character; widen the range to whole characters")]
    InsideCluster(u32),
    /// A range that ends before it begins.
    #[error("a range ends before it begins: {start} to {end}")]
    Backwards {
        /// Where it begins.
        start: u32,
        /// Where it ends.
        end: u32,
    },
    /// A generation that was never given out.
    #[error("generation {0} was never given out; read the state again")]
    UnknownGeneration(u64),
}

pub(super) fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

pub(super) fn narrow(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// The code point at a UTF-16 offset inside one string; `None` inside a surrogate pair or past the end.
pub(super) fn char_at(text: &str, offset: usize) -> Option<usize> {
    let (mut seen, mut n) = (0, 0);
    for c in text.chars() {
        if seen >= offset {
            break;
        }
        seen += c.len_utf16();
        n += 1;
    }
    (seen == offset).then_some(n)
}

/// The byte at which code point `n` begins, or the end.
pub(super) fn byte_at(text: &str, n: usize) -> usize {
    text.char_indices().nth(n).map_or(text.len(), |(i, _)| i)
}

/// A text as it will read once an edit is made: what stands there with `a..b` (code points) replaced. Made without making the edit.
pub(super) struct After<'p> {
    pieces: &'p Pieces,
    view: View,
    a: usize,
    b: usize,
    a16: usize,
    b16: usize,
    text: &'p str,
    n: usize,
    n16: usize,
}

impl<'p> After<'p> {
    /// The text as it is.
    pub fn nothing(pieces: &'p Pieces, view: View) -> Self {
        Self { pieces, view, a: 0, b: 0, a16: 0, b16: 0, text: "", n: 0, n16: 0 }
    }

    /// The text with `text` in the place of `range`, given in code points and units.
    pub fn edit(pieces: &'p Pieces, view: View, range: (usize, usize), range16: (usize, usize), text: &'p str) -> Self {
        let (n, n16) = (text.chars().count(), units(text));
        Self { pieces, view, a: range.0, b: range.1, a16: range16.0, b16: range16.1, text, n, n16 }
    }

    /// The code point at a UTF-16 offset.
    pub fn char_of(&self, offset: u32) -> Result<usize, EditingError> {
        let at = usize::try_from(offset).unwrap_or(usize::MAX);
        let found = if at <= self.a16 {
            self.pieces.char_of(self.view, at)
        } else if at <= self.a16 + self.n16 {
            char_at(self.text, at - self.a16).map(|c| self.a + c)
        } else {
            self.pieces.char_of(self.view, at - self.n16 - self.a16 + self.b16).map(|c| c + self.a + self.n - self.b)
        };
        let len = self.pieces.len16(self.view) + self.n16 + self.a16 - self.b16;
        found.ok_or(if at > len { EditingError::PastEnd { offset, len: narrow(len) } } else { EditingError::InsideSurrogatePair(offset) })
    }

    /// The letters from code point `x` to `y`.
    pub fn slice(&self, x: usize, y: usize) -> String {
        let end = self.a + self.n;
        let mut out = self.pieces.slice(self.view, x.min(self.a), y.min(self.a));
        let (from, to) = (x.clamp(self.a, end) - self.a, y.clamp(self.a, end) - self.a);
        out.extend(self.text.chars().skip(from).take(to.saturating_sub(from)));
        if y > end {
            out.push_str(&self.pieces.slice(self.view, x.max(end) - end + self.b, y - end + self.b));
        }
        out
    }

    fn len(&self) -> usize {
        self.pieces.len(self.view) + self.n + self.a - self.b
    }

    /// Whether a code point begins a cluster, or is the end.
    pub fn begins_cluster(&self, at: usize) -> bool {
        self.cluster(at).0 == at
    }

    /// The cluster around a place: where it begins and ends; a place between two clusters is both.
    pub fn cluster(&self, at: usize) -> (usize, usize) {
        let from = at.saturating_sub(AROUND);
        let window = self.slice(from, (at + AROUND).min(self.len()));
        let byte = byte_at(&window, at - from);
        let mut cursor = GraphemeCursor::new(byte, window.len(), true);
        if cursor.is_boundary(&window, 0).unwrap_or(true) {
            return (at, at);
        }
        let chars = |b: usize| window.get(..b).map_or(0, |s| s.chars().count());
        let before = GraphemeCursor::new(byte, window.len(), true).prev_boundary(&window, 0).ok().flatten().unwrap_or(0);
        let after = cursor.next_boundary(&window, 0).ok().flatten().unwrap_or(window.len());
        (from + chars(before), from + chars(after))
    }
}
