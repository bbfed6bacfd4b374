//! A composition: letters that a keyboard has put in and may still exchange (kana before they are kanji, a word before it is corrected). It is
//! shown and journalled like everything typed, but the document does not get it before the keyboard is done.

use super::pieces::{Pieces, View};

/// What is being composed: code points of the text as it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Composition {
    pub start: usize,
    pub end: usize,
}

impl Composition {
    /// `None` for an empty range: nothing is being composed.
    pub fn new(start: usize, end: usize) -> Option<Self> {
        (start < end).then_some(Self { start, end })
    }

    /// The pieces that belong to it: its letters, and those hidden right before, inside and after it, which it took the place of.
    pub fn held(self, pieces: &mut Pieces) -> (usize, usize) {
        let (start, mut end) = pieces.range(View::Shown, self.start, self.end);
        while pieces.list.get(end).is_some_and(|p| !p.shown) {
            end += 1;
        }
        (start, end)
    }
}
