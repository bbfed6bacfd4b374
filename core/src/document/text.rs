//! Text: typing is spliced as it is; a replaced word is taken out whole and put in whole, and remembers which words it took out, so that
//! two people's different words for one stand side by side until somebody chooses.
//!
//! A *run* is the letters put in for replaced words. Runs that are still there and took out the same word are *alternatives*.

use std::collections::{BTreeMap, BTreeSet};

use automerge::{ChangeHash, Cursor, MoveCursor, ObjId, PatchAction, ReadDoc, ScalarValueRef, Value};
use ithaca_wire::cbor;
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use similar::{Algorithm, DiffOp, capture_diff_slices};
use unicode_segmentation::UnicodeSegmentation;

use super::step::{Path, Step, object};
use super::{Author, Document, DocumentError};

/// One edit of one text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextEdit {
    /// Typing: at `pos` take out `delete` code points and put in `insert`, against the text as it is.
    Splice {
        /// Where, in code points.
        pos: usize,
        /// How many to take out.
        delete: usize,
        /// What to put in.
        insert: String,
    },
    /// An editor's result: the text is to read `text` where it read as at `base_heads` when editing began. What others wrote since stays.
    Rewrite {
        /// The document's heads when editing began.
        base_heads: Vec<[u8; 32]>,
        /// The text the editor holds.
        text: String,
    },
    /// Chooses among alternatives: the words of this run replace all of them.
    Choose {
        /// The run's id.
        run: String,
    },
}

/// What `replaced/<id>` holds: canonical CBOR. Cursors are automerge's, as bytes.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct RunRecord {
    #[n(0)]
    path: Vec<String>,
    #[n(1)]
    first: ByteVec,
    #[n(2)]
    last: ByteVec,
    #[n(3)]
    taken: Vec<ByteVec>,
}

/// Most words one run remembers to have taken out: a rewritten page is no choice between words.
const MAX_TAKEN: usize = 64;
/// Beyond this many words on either side a difference is taken by lines, then as a whole.
const MAX_WORDS: usize = 6_000;
/// How far from what was typed the ends of its word are looked for, in code points.
const MAX_REACH: usize = 1_000;

impl RunRecord {
    pub(crate) fn new(path: &[String], first: &Cursor, last: &Cursor, taken: &[Cursor]) -> Self {
        let bytes = |c: &Cursor| ByteVec::from(c.to_bytes());
        Self { path: path.to_vec(), first: bytes(first), last: bytes(last), taken: taken.iter().map(bytes).collect() }
    }
}

/// Letters that stand for replaced words, still there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Run {
    /// Its id: `replaced/<id>`.
    pub id: String,
    /// First code point in the text.
    pub start: usize,
    /// One past its last code point.
    pub end: usize,
    /// The words.
    pub words: String,
    /// The automerge actor that wrote it.
    #[serde(skip)]
    pub actor: Vec<u8>,
    /// Whether it is displayed: not the second of two equal ones.
    pub shown: bool,
    #[serde(skip)]
    first: Vec<u8>,
    #[serde(skip)]
    taken: Vec<Vec<u8>>,
}

/// A text as it reads.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reading {
    /// The letters, as positions count them.
    pub text: String,
    /// Groups of alternatives, each with at least two runs in the order of the text.
    pub alternatives: Vec<Vec<Run>>,
}

impl Reading {
    /// The text for people: equal alternatives once, a thin bar between different ones.
    pub fn display(&self) -> String {
        let mut bar = BTreeSet::new();
        let mut hidden: Vec<(usize, usize)> = Vec::new();
        for group in &self.alternatives {
            let mut runs = group.iter().filter(|r| r.shown);
            runs.next();
            bar.extend(runs.map(|r| r.start));
            hidden.extend(group.iter().filter(|r| !r.shown).map(|r| (r.start, r.end)));
        }
        let mut out = String::with_capacity(self.text.len() + 4 * bar.len());
        for (i, c) in self.text.chars().enumerate() {
            if bar.contains(&i) {
                out.push('│');
            }
            if !hidden.iter().any(|(a, b)| (*a..*b).contains(&i)) {
                out.push(c);
            }
        }
        out
    }
}

/// Reads the text at `path` with its alternatives; an empty reading when there is no such text.
pub fn read(document: &Document, path: &[String]) -> Reading {
    let Some(obj) = object(&document.doc, path) else { return Reading::default() };
    let text = document.doc.text(&obj).unwrap_or_default();
    let runs = runs(document, path, &obj, &text);
    Reading { alternatives: alternatives(runs), text }
}

fn runs(document: &Document, path: &[String], obj: &ObjId, text: &str) -> Vec<Run> {
    let doc = &document.doc;
    let Some(map) = object(doc, &["replaced".to_owned()]) else { return Vec::new() };
    // A record begins with the header of its map, key 0 and the path: most are told apart without reading them.
    let begins = cbor::encode(&path.to_vec());
    let entries: Vec<(String, Vec<u8>, Vec<u8>)> = doc
        .map_range(&map, ..)
        .filter_map(|item| {
            let ScalarValueRef::Bytes(bytes) = (match &item.value {
                automerge::ValueRef::Scalar(s) => s.clone(),
                _ => return None,
            }) else {
                return None;
            };
            bytes.get(2..).is_some_and(|b| b.starts_with(&begins)).then_some(())?;
            Some((item.key.to_string(), bytes.to_vec(), super::read::actor_of(&item.id())))
        })
        .collect();
    let mut letters: Option<Vec<char>> = None;
    let mut out = Vec::new();
    for (id, bytes, actor) in entries {
        let Ok(record) = cbor::decode::<RunRecord>("replaced", &bytes) else { continue };
        if record.path != path {
            continue;
        }
        let (Ok(first), Ok(last)) = (Cursor::try_from(record.first.as_slice()), Cursor::try_from(record.last.as_slice())) else { continue };
        let at = |c: &Cursor| doc.get_cursor_position(obj, c, None).ok();
        let (Some(start), Some(end)) = (at(&first), at(&last)) else { continue };
        let end = if is_at(doc, obj, &last, end) { end + 1 } else { end };
        if start >= end {
            continue;
        }
        let letters = letters.get_or_insert_with(|| text.chars().collect());
        let Some(words) = letters.get(start..end) else { continue };
        let taken = record.taken.iter().map(|t| t.to_vec()).collect();
        out.push(Run { id, start, end, words: words.iter().collect(), actor, shown: true, first: record.first.to_vec(), taken });
    }
    out
}

/// Whether the letter a cursor names stands at `pos` now (it is gone where another one stands there).
fn is_at<D: ReadDoc>(doc: &D, obj: &ObjId, cursor: &Cursor, pos: usize) -> bool {
    doc.get_cursor_moving(obj, pos, None, MoveCursor::After).is_ok_and(|c| c == *cursor)
}

/// Groups runs that took out a common word; marks the second of equal ones as not shown.
fn alternatives(runs: Vec<Run>) -> Vec<Vec<Run>> {
    let mut group_of_word: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
    let mut groups: Vec<Vec<Run>> = Vec::new();
    for run in runs {
        let joined: BTreeSet<usize> = run.taken.iter().filter_map(|t| group_of_word.get(t).copied()).collect();
        let into = joined.first().copied().unwrap_or(groups.len());
        if into == groups.len() {
            groups.push(Vec::new());
        }
        for other in joined.into_iter().skip(1) {
            let moved = groups.get_mut(other).map(std::mem::take).unwrap_or_default();
            if let Some(group) = groups.get_mut(into) {
                group.extend(moved);
            }
            group_of_word.values_mut().filter(|g| **g == other).for_each(|g| *g = into);
        }
        group_of_word.extend(run.taken.iter().map(|t| (t.clone(), into)));
        if let Some(group) = groups.get_mut(into) {
            group.push(run);
        }
    }
    groups.retain(|g| g.len() > 1);
    for group in &mut groups {
        group.sort_by(|a, b| a.id.cmp(&b.id));
        let mut visible: Vec<&Run> = group.iter().collect();
        while let Some(at) = second_of_equal(&visible) {
            visible.remove(at);
        }
        let visible: BTreeSet<String> = visible.iter().map(|r| r.id.clone()).collect();
        group.iter_mut().for_each(|r| r.shown = visible.contains(&r.id));
        group.sort_by(|a, b| (a.start, &a.id).cmp(&(b.start, &b.id)));
    }
    groups.sort_by_key(|g| g.first().map(|r| r.start));
    groups
}

/// A run that reads like an earlier one which took out a common word. Words that stand in two places because somebody put them there twice
/// are no alternatives, and a run that alone ties others to the group stays: without it they would no longer stand side by side.
fn second_of_equal(visible: &[&Run]) -> Option<usize> {
    let mut takers: BTreeMap<&[u8], usize> = BTreeMap::new();
    visible.iter().flat_map(|r| &r.taken).for_each(|t| *takers.entry(t).or_default() += 1);
    let repeats = |run: &Run, first: &Run| {
        run.words == first.words
            && run.taken.iter().any(|t| first.taken.contains(t))
            && run.taken.iter().all(|t| first.taken.contains(t) || takers.get(t.as_slice()) == Some(&1))
    };
    visible.iter().enumerate().position(|(at, run)| visible.iter().take(at).any(|first| repeats(run, first)))
}

/// Steps that take out the second of equal alternatives, in every text of the document.
pub(crate) fn tidy(document: &Document) -> Result<Vec<Step>, DocumentError> {
    let mut steps = Vec::new();
    for path in super::read::text_paths(document) {
        let mut out: Vec<(usize, usize)> =
            read(document, &path).alternatives.iter().flatten().filter(|r| !r.shown).map(|r| (r.start, r.end)).collect();
        out.sort_unstable();
        out.dedup();
        // From the back, so that earlier positions stay right; overlaps are cut.
        let mut next = usize::MAX;
        for (start, end) in out.into_iter().rev() {
            let end = end.min(next);
            if start < end {
                steps.push(Step::Splice { at: path.clone(), pos: start, delete: end - start, insert: String::new() });
                next = start;
            }
        }
    }
    Ok(steps)
}

/// One place where a text differs from what it was: code points `start..end` of the old text become `insert`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Difference {
    start: usize,
    end: usize,
    insert: String,
    /// Words were taken out and others put in.
    replaces: bool,
}

/// Plans the steps of an edit of the text at `path`.
pub(crate) fn plan(document: &Document, author: &Author, path: &Path, edit: &TextEdit) -> Result<Vec<Step>, DocumentError> {
    let obj = object(&document.doc, path).ok_or_else(|| DocumentError::NoSuchItem(path.join("/")))?;
    match edit {
        TextEdit::Splice { pos, delete, insert } => {
            let len = document.doc.length(&obj);
            let end = pos.checked_add(*delete).filter(|end| *end <= len).ok_or(DocumentError::Position { position: *pos, len })?;
            if *delete == 0 || insert.is_empty() {
                return Ok(vec![Step::Splice { at: path.clone(), pos: *pos, delete: *delete, insert: insert.clone() }]);
            }
            let text = document.doc.text(&obj)?;
            let new: String = text.chars().take(*pos).chain(insert.chars()).chain(text.chars().skip(end)).collect();
            rewrite(document, author, path, &obj, &text, &new, None)
        }
        TextEdit::Rewrite { base_heads, text } => {
            let heads: Vec<ChangeHash> = base_heads.iter().map(|h| ChangeHash(*h)).collect();
            if heads.is_empty() || heads.iter().any(|h| document.doc.get_change_meta_by_hash(h).is_none()) {
                return Err(DocumentError::UnknownHeads);
            }
            let mut sorted = base_heads.clone();
            sorted.sort_unstable();
            if sorted == document.heads() {
                let base = document.doc.text(&obj)?;
                return rewrite(document, author, path, &obj, &base, text, None);
            }
            let base = document.doc.text_at(&obj, &heads)?;
            rewrite(document, author, path, &obj, &base, text, Some(&heads))
        }
        TextEdit::Choose { run } => choose(document, author, path, run),
    }
}

fn choose(document: &Document, author: &Author, path: &Path, chosen: &str) -> Result<Vec<Step>, DocumentError> {
    let reading = read(document, path);
    let group = reading.alternatives.iter().find(|g| g.iter().any(|r| r.id == chosen)).ok_or(DocumentError::NoSuchAlternative)?;
    let words = group.iter().find(|r| r.id == chosen).map(|r| r.words.clone()).unwrap_or_default();
    let pos = group.first().map_or(0, |r| r.start);
    let mut steps = Vec::new();
    let mut next = usize::MAX;
    for run in group.iter().rev() {
        let end = run.end.min(next);
        if run.start < end {
            steps.push(Step::Splice { at: path.clone(), pos: run.start, delete: end - run.start, insert: String::new() });
            next = run.start;
        }
    }
    // All alternatives are taken out, the chosen one too: two choices at once took out the same words and are alternatives again.
    let taken = group.iter().filter_map(|r| Cursor::try_from(r.first.as_slice()).ok()).collect();
    let len = words.chars().count();
    steps.push(Step::Splice { at: path.clone(), pos, delete: 0, insert: words });
    steps.push(Step::Replaced { at: path.clone(), id: run_id(author, 0), pos, len, taken });
    Ok(steps)
}

fn run_id(author: &Author, index: usize) -> String {
    format!("{}{index:04x}", hex::encode(author.mark()))
}

fn rewrite(
    document: &Document,
    author: &Author,
    path: &Path,
    obj: &ObjId,
    base: &str,
    new: &str,
    at: Option<&[ChangeHash]>,
) -> Result<Vec<Step>, DocumentError> {
    carry_out(document, author, path, obj, base, &differences(base, new), at)
}

/// Plans typing that is already known place by place: `(position, letters out, letters in)`, ascending and apart, against the text as it is. What
/// only puts letters into a word or only takes some out is spliced as it is; a word that loses some and gains others is replaced whole.
pub(crate) fn typed(
    document: &Document,
    author: &Author,
    path: &Path,
    obj: &ObjId,
    places: &[(usize, usize, String)],
) -> Result<Vec<Step>, DocumentError> {
    let text = document.doc.text(obj)?;
    let letters: Vec<char> = text.chars().collect();
    let black = |at: usize| letters.get(at).is_some_and(|c| !c.is_whitespace());
    // Words around a place; a long row of letters without a space is cut.
    let bounds = |pos: usize, delete: usize| {
        let (mut from, mut to) = (pos, pos + delete);
        while from > 0 && pos - from < MAX_REACH && black(from - 1) {
            from -= 1;
        }
        while to - pos - delete < MAX_REACH && black(to) {
            to += 1;
        }
        (from, to)
    };
    let mut windows: Vec<(usize, usize, Vec<&(usize, usize, String)>)> = Vec::new();
    for place in places {
        let len = letters.len();
        place.0.checked_add(place.1).filter(|end| *end <= len).ok_or(DocumentError::Position { position: place.0, len })?;
        let (from, to) = bounds(place.0, place.1);
        match windows.last_mut() {
            Some(last) if from <= last.1 => {
                last.1 = last.1.max(to);
                last.2.push(place);
            }
            _ => windows.push((from, to, vec![place])),
        }
    }
    let mut found = Vec::new();
    for (from, to, places) in windows {
        if places.iter().all(|p| p.1 == 0) || places.iter().all(|p| p.2.is_empty()) {
            found.extend(places.iter().map(|p| Difference { start: p.0, end: p.0 + p.1, insert: p.2.clone(), replaces: false }));
            continue;
        }
        let part = |a: usize, b: usize| letters.get(a..b).unwrap_or_default().iter();
        let (old, mut new, mut at) = (part(from, to).collect::<String>(), String::new(), from);
        for (pos, delete, insert) in places {
            new.extend(part(at, *pos));
            new.push_str(insert);
            at = pos + delete;
        }
        new.extend(part(at, to));
        found.extend(differences(&old, &new).into_iter().map(|d| Difference { start: d.start + from, end: d.end + from, ..d }));
    }
    carry_out(document, author, path, obj, &text, &found, None)
}

fn carry_out(
    document: &Document,
    author: &Author,
    path: &Path,
    obj: &ObjId,
    base: &str,
    differences: &[Difference],
    at: Option<&[ChangeHash]>,
) -> Result<Vec<Step>, DocumentError> {
    if differences.is_empty() {
        return Ok(Vec::new());
    }
    let doc = &document.doc;
    let moved = at.map(|heads| Moved::new(doc, obj, base, heads));
    let place = |i: usize| moved.as_ref().map_or((i, true), |m| m.place(i));
    let letters: Vec<char> = base.chars().collect();
    // Runs that stood in the text when editing began: each begins a word, whatever letters touch it.
    let run_starts: Vec<(usize, Cursor)> = if differences.iter().any(|d| d.replaces) {
        runs(document, path, obj, &doc.text(obj)?)
            .into_iter()
            .filter_map(|r| Cursor::try_from(r.first.as_slice()).ok())
            .filter_map(|c| {
                let pos = doc.get_cursor_position(obj, &c, at).ok()?;
                doc.get_cursor(obj, pos, at).is_ok_and(|there| there == c).then_some((pos, c))
            })
            .collect()
    } else {
        Vec::new()
    };

    let mut steps = Vec::new();
    // From the back, so that earlier positions stay right.
    for (n, d) in differences.iter().enumerate().rev() {
        let taken = if d.replaces { taken(doc, obj, at, &letters, d, &run_starts)? } else { Vec::new() };
        // Where the new letters go: where the first taken letter stands; else right after the letter before the difference.
        let pos = match (place(d.start), d.start.checked_sub(1).map(&place)) {
            ((here, true), _) if d.start < d.end => here,
            (_, Some((before, true))) => before + 1,
            ((here, _), _) => here,
        };
        let mut shift = 0;
        let mut end = d.end;
        while end > d.start {
            let (last, there) = place(end - 1);
            if !there {
                end -= 1;
                continue;
            }
            let mut from = end - 1;
            let mut first = last;
            while from > d.start {
                match place(from - 1) {
                    (p, true) if p + 1 == first => (from, first) = (from - 1, p),
                    _ => break,
                }
            }
            steps.push(Step::Splice { at: path.clone(), pos: first, delete: end - from, insert: String::new() });
            if first < pos {
                shift += end - from;
            }
            end = from;
        }
        let pos = pos.saturating_sub(shift);
        if !d.insert.is_empty() {
            let len = d.insert.chars().count();
            steps.push(Step::Splice { at: path.clone(), pos, delete: 0, insert: d.insert.clone() });
            if d.replaces {
                steps.push(Step::Replaced { at: path.clone(), id: run_id(author, n), pos, len, taken });
            }
        }
    }
    Ok(steps)
}

/// Cursors of the first letters of the words a difference takes out, and of the runs that begin in it.
fn taken<D: ReadDoc>(
    doc: &D,
    obj: &ObjId,
    at: Option<&[ChangeHash]>,
    letters: &[char],
    d: &Difference,
    run_starts: &[(usize, Cursor)],
) -> Result<Vec<Cursor>, DocumentError> {
    let old: String = letters.get(d.start..d.end).unwrap_or_default().iter().collect();
    let mut out: Vec<Cursor> = Vec::new();
    let mut pos = d.start;
    for word in old.split_word_bounds() {
        if is_word(word) && out.len() < MAX_TAKEN {
            out.push(doc.get_cursor(obj, pos, at)?);
        }
        pos += word.chars().count();
    }
    for (pos, cursor) in run_starts {
        if (d.start..d.end).contains(pos) && !out.contains(cursor) {
            out.push(cursor.clone());
        }
    }
    Ok(out)
}

fn is_word(token: &str) -> bool {
    !token.chars().all(char::is_whitespace)
}

/// Where the letters of an older state of a text stand now.
struct Moved {
    /// For each letter of the old text: its position now, or where it would stand, and whether it is still there.
    now: Vec<(usize, bool)>,
    len: usize,
}

impl Moved {
    fn new(doc: &automerge::Automerge, obj: &ObjId, base: &str, heads: &[ChangeHash]) -> Self {
        let n = base.chars().count();
        // Letters of the text from old to now; None is a letter that came since.
        let mut line: Vec<Option<usize>> = (0..n).map(Some).collect();
        for patch in doc.diff(heads, &doc.get_heads()) {
            if patch.obj != *obj {
                continue;
            }
            match patch.action {
                PatchAction::SpliceText { index, value, .. } => {
                    let index = index.min(line.len());
                    let k = value.make_string().chars().count();
                    line.splice(index..index, std::iter::repeat_n(None, k));
                }
                PatchAction::DeleteSeq { index, length } => {
                    let end = index.saturating_add(length).min(line.len());
                    line.drain(index.min(end)..end);
                }
                _ => {}
            }
        }
        let mut now = vec![(usize::MAX, false); n];
        for (pos, old) in line.iter().enumerate() {
            if let Some(slot) = old.and_then(|i| now.get_mut(i)) {
                *slot = (pos, true);
            }
        }
        let mut next = line.len();
        for slot in now.iter_mut().rev() {
            if slot.1 { next = slot.0 } else { slot.0 = next }
        }
        Self { now, len: line.len() }
    }

    fn place(&self, i: usize) -> (usize, bool) {
        self.now.get(i).copied().unwrap_or((self.len, false))
    }
}

/// The differences between two texts in words, rising, without overlap. Word bounds never cut a letter from its accents or an emoji
/// from its parts.
fn differences(old: &str, new: &str) -> Vec<Difference> {
    let by_words = |s: &str| s.split_word_bounds().map(str::to_owned).collect::<Vec<_>>();
    let (mut a, mut b) = (by_words(old), by_words(new));
    if a.len().max(b.len()) > MAX_WORDS {
        let prefix = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
        let suffix = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
        let suffix = suffix.min(a.len().min(b.len()) - prefix);
        let middle = |w: &[String]| w.get(prefix..w.len() - suffix).unwrap_or_default().concat();
        if a.len().max(b.len()) - prefix - suffix > MAX_WORDS {
            let head = a.get(..prefix).unwrap_or_default().concat();
            let tail = a.get(a.len() - suffix..).unwrap_or_default().concat();
            let lines = |s: String| s.split_inclusive('\n').map(str::to_owned).collect::<Vec<_>>();
            let (x, y) = (lines(middle(&a)), lines(middle(&b)));
            let (x, y) = if x.len().max(y.len()) > MAX_WORDS { (vec![x.concat()], vec![y.concat()]) } else { (x, y) };
            let wrap = |mut m: Vec<String>| {
                m.insert(0, head.clone());
                m.push(tail.clone());
                m
            };
            (a, b) = (wrap(x), wrap(y));
        }
    }
    let mut starts = Vec::with_capacity(a.len() + 1);
    let mut at = 0;
    for word in &a {
        starts.push(at);
        at += word.chars().count();
    }
    starts.push(at);
    let start_of = |i: usize| starts.get(i).copied().unwrap_or(at);
    let mut out = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, &a, &b) {
        if matches!(op, DiffOp::Equal { .. }) {
            continue;
        }
        let (o, n) = (op.old_range(), op.new_range());
        let (taken, put) = (a.get(o.clone()).unwrap_or_default().concat(), b.get(n).unwrap_or_default().concat());
        out.push(narrowed(start_of(o.start), &taken, put));
    }
    out
}

/// A word that only gained or only lost letters in one place is typing, and spliced as it is; anything else is a replacement.
fn narrowed(start: usize, old: &str, new: String) -> Difference {
    let (a, b): (Vec<&str>, Vec<&str>) = (old.graphemes(true).collect(), new.graphemes(true).collect());
    let prefix = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let suffix = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count().min(a.len().min(b.len()) - prefix);
    if prefix + suffix == a.len().min(b.len()) {
        let points = |g: &[&str]| g.iter().map(|s| s.chars().count()).sum::<usize>();
        let from = start + points(a.get(..prefix).unwrap_or_default());
        let end = from + points(a.get(prefix..a.len() - suffix).unwrap_or_default());
        let insert = b.get(prefix..b.len() - suffix).unwrap_or_default().concat();
        return Difference { start: from, end, insert, replaces: false };
    }
    let replaces = is_word(old) && is_word(&new);
    Difference { start, end: start + old.chars().count(), insert: new, replaces }
}

/// The value of a text register in `Value` form, for readers that meet either.
pub(crate) fn is_text(value: &Value<'_>) -> bool {
    matches!(value, Value::Object(automerge::ObjType::Text))
}
