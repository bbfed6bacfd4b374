//! Typing: splices as they came from a keyboard, one after the other, as one change.

use automerge::{ReadDoc, ScalarValue};

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
}
