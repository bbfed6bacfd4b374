//! Typing: splices as they came from a keyboard, one after the other, as one change.

use automerge::{ChangeHash, PatchAction, ReadDoc, ScalarValue};

use super::step::{Step, object, run};
use super::{Author, Document, DocumentError};

impl Document {
    /// Types into the text at `path`: for each splice (position, code points out, what in), against the text as the one before left it.
    ///
    /// # Errors
    /// [`DocumentError::Position`] past the end, [`DocumentError::NoSuchItem`] where there is no text; nothing is changed then.
    pub fn type_text(
        &mut self,
        author: &Author,
        path: &[String],
        splices: &[(usize, usize, String)],
    ) -> Result<Vec<Vec<u8>>, DocumentError> {
        let obj = object(&self.doc, path).ok_or_else(|| DocumentError::NoSuchItem(path.join("/")))?;
        let mut len = self.doc.length(&obj);
        let mut steps = Vec::with_capacity(splices.len());
        for (pos, delete, insert) in splices {
            let end = pos.checked_add(*delete).filter(|end| *end <= len).ok_or(DocumentError::Position { position: *pos, len })?;
            len = len - (end - pos) + insert.chars().count();
            steps.push(Step::Splice { at: path.to_vec(), pos: *pos, delete: *delete, insert: insert.clone() });
        }
        self.run_typed(author, path, steps)
    }

    /// Types into the text at `path` in several places at once: `(position, letters out, letters in)`, ascending and apart, against the text as
    /// it is. A word that loses letters and gains others is replaced whole, as with [`super::text::TextEdit`].
    ///
    /// # Errors
    /// As [`Document::type_text`].
    pub fn type_places(
        &mut self,
        author: &Author,
        path: &[String],
        places: &[(usize, usize, String)],
    ) -> Result<Vec<Vec<u8>>, DocumentError> {
        let obj = object(&self.doc, path).ok_or_else(|| DocumentError::NoSuchItem(path.join("/")))?;
        let steps = super::text::typed(self, author, &path.to_vec(), &obj, places)?;
        self.run_typed(author, path, steps)
    }

    fn run_typed(&mut self, author: &Author, path: &[String], mut steps: Vec<Step>) -> Result<Vec<Vec<u8>>, DocumentError> {
        if !steps.is_empty() {
            // An edit beats a delete: see the life of documents and items.
            let at = path.split_last().map(|(_, at)| at.to_vec()).unwrap_or_default();
            let owner = object(&self.doc, &at).ok_or_else(|| DocumentError::NoSuchItem(at.join("/")))?;
            if matches!(self.doc.get(&owner, "deleted"), Ok(Some(_))) {
                steps.push(Step::Delete { at: at.clone(), key: "deleted".into() });
            }
            steps.push(Step::Put { at, key: "alive".into(), value: ScalarValue::Bytes(author.mark()) });
        }
        run(self, author, steps)
    }

    /// The letters of the text at `path`, at some heads or now; `None` where there is no such text or those heads are not held.
    pub fn text_of(&self, path: &[String], at: Option<&[[u8; 32]]>) -> Option<String> {
        let obj = object(&self.doc, path).filter(|o| self.doc.object_type(o).is_ok_and(|t| t == automerge::ObjType::Text))?;
        match at {
            None => self.doc.text(&obj).ok(),
            Some(heads) => self.doc.text_at(&obj, &self.held_heads(heads)?).ok(),
        }
    }

    /// How the text at `path` became what it is since some heads, each against the text as the one before left it; `None` where those heads are
    /// not held.
    pub fn text_since(&self, path: &[String], heads: &[[u8; 32]]) -> Option<Vec<TextChange>> {
        let obj = object(&self.doc, path)?;
        let mut out: Vec<TextChange> = Vec::new();
        for patch in self.doc.diff_obj(&obj, &self.held_heads(heads)?, &self.doc.get_heads(), false).ok()? {
            if patch.obj != obj {
                continue;
            }
            match patch.action {
                PatchAction::SpliceText { index, value, .. } => {
                    out.push(TextChange { pos: index, delete: 0, insert: value.make_string(), actor: Vec::new() });
                }
                PatchAction::DeleteSeq { index, length } => {
                    out.push(TextChange { pos: index, delete: length, insert: String::new(), actor: Vec::new() });
                }
                _ => {}
            }
        }
        Some(self.by_writers(&obj, out))
    }

    /// Parts what was put in by who did; what moves later is where a later change says.
    fn by_writers(&self, obj: &automerge::ObjId, changes: Vec<TextChange>) -> Vec<TextChange> {
        let mut out: Vec<TextChange> = Vec::new();
        for (n, change) in changes.iter().enumerate() {
            let shift = |at: usize| {
                changes.iter().skip(n + 1).fold(at, |at, later| match later.pos <= at {
                    true => at.saturating_sub(later.delete).max(later.pos) + later.insert.chars().count(),
                    false => at,
                })
            };
            if change.insert.is_empty() {
                out.push(change.clone());
                continue;
            }
            for (i, letter) in change.insert.chars().enumerate() {
                let pos = change.pos + i;
                let actor = match self.doc.get(obj, shift(pos)) {
                    Ok(Some((_, id))) => super::read::actor_of(&id),
                    _ => Vec::new(),
                };
                match out.last_mut() {
                    Some(last) if i > 0 && last.actor == actor => last.insert.push(letter),
                    _ => out.push(TextChange { pos, delete: 0, insert: letter.to_string(), actor }),
                }
            }
        }
        out
    }

    /// Where a letter that stood at `pos` when the document had `heads` stands now, or would stand if it were still there.
    pub fn text_place(&self, path: &[String], heads: &[[u8; 32]], pos: usize) -> Option<usize> {
        let obj = object(&self.doc, path)?;
        let cursor = self.doc.get_cursor(&obj, pos, Some(&self.held_heads(heads)?)).ok()?;
        self.doc.get_cursor_position(&obj, &cursor, None).ok()
    }

    fn held_heads(&self, heads: &[[u8; 32]]) -> Option<Vec<ChangeHash>> {
        let heads: Vec<ChangeHash> = heads.iter().map(|h| ChangeHash(*h)).collect();
        (!heads.is_empty() && heads.iter().all(|h| self.doc.get_change_meta_by_hash(h).is_some())).then_some(heads)
    }
}

/// One thing that happened to a text, in code points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextChange {
    /// Where.
    pub pos: usize,
    /// How many letters were taken out.
    pub delete: usize,
    /// What was put in.
    pub insert: String,
    /// The automerge actor that put it in; empty for what only takes out.
    pub actor: Vec<u8>,
}
