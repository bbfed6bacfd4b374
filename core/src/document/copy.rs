//! A copy: what a note says now, written whole into a new document. Every byte of it follows from the note and the author given, so that one who makes
//! it twice makes the same changes.

use automerge::{ROOT, ReadDoc, ScalarValue, Value};

use super::read::Item;
use super::step::{self, Step};
use super::{Author, Document, DocumentError, schema};

impl Document {
    /// Writes what `from` says into this document, in which nobody wrote yet. Where several values of a field stand, the one shown is taken; words that
    /// stand side by side are kept as they are shown. Returns the changes.
    ///
    /// # Errors
    /// [`DocumentError::WrongKind`] for another kind; [`DocumentError`] when something does not fit the table.
    pub fn copy_from(&mut self, from: &Document, author: &Author) -> Result<Vec<Vec<u8>>, DocumentError> {
        if from.kind != self.kind {
            return Err(DocumentError::WrongKind);
        }
        let mut steps = Vec::new();
        let put = |key: String, value| Step::Put { at: Vec::new(), key, value };
        let mut keys: Vec<String> = from.doc.keys(ROOT).collect();
        keys.sort_unstable();
        for key in keys.into_iter().filter(|k| k != "alive" && k != "deleted" && schema::field(from.kind, "", k).is_some()) {
            if let Ok(Some((Value::Scalar(value), _))) = from.doc.get(ROOT, key.as_str()) {
                steps.push(put(key, value.into_owned()));
            }
        }
        let body = Item::root(from).reading("body").display();
        if !body.is_empty() {
            steps.push(Step::Splice { at: vec!["body".to_owned()], pos: 0, delete: 0, insert: body });
        }
        steps.push(put("alive".to_owned(), ScalarValue::Bytes(author.mark())));
        step::run(self, author, steps)
    }

    /// When the latest change in it was made, in whole seconds; 0 where nobody wrote.
    pub fn last_change(&self) -> i64 {
        self.doc.get_changes(&[]).iter().map(|c| c.timestamp()).max().unwrap_or(0)
    }

    /// When it was put into the bin by this device: the clock of its `deleted` mark. `None` while it is alive, or if another device did it.
    pub fn binned_by(&self, device: &crate::id::DeviceId) -> Option<u64> {
        if Item::root(self).is_alive() {
            return None;
        }
        let marks = self.doc.get_all(ROOT, "deleted").unwrap_or_default();
        let mine = marks.iter().filter_map(|(value, _)| {
            let (clock, by) = value.as_bytes()?.split_first_chunk::<6>()?;
            device.0.starts_with(by).then(|| clock.iter().fold(0u64, |n, b| (n << 8) | u64::from(*b)))
        });
        mine.max()
    }
}
