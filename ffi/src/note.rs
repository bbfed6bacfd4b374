//! Notes: lists by pages, one in full, and what is done to them. The body is edited in [`crate::text`].

use std::collections::{BTreeMap, BTreeSet};

use ithaca_core::document::command::NoteCommand as C;
use ithaca_core::document::{Command, DocumentKind};
pub use ithaca_core::engine::NoteFilter;
use ithaca_core::engine::{Engine, PlacedNote};
use ithaca_core::id::{DocumentId, SpaceId};
use ithaca_core::view::{self, RowKind};

use crate::app::Ithaca;
use crate::card::{DifferView, differs};
use crate::error::{Done, missing};
use crate::people::{People, Who};
use crate::runtime::now;
use crate::status::Place;
use crate::text::{TextView, day};

/// Which notes.
#[uniffi::remote(Record)]
pub struct NoteFilter {
    /// Those of one space; `None`: every one that this person reads.
    pub space: Option<SpaceId>,
    /// With `space`: this person's private ones that belong to the relationship, too.
    pub with_private: bool,
    /// Those with a tag, in any spelling.
    pub tag: Option<String>,
    /// Those in the bin.
    pub bin: bool,
}

/// A note in a list.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct NoteLine {
    pub space: SpaceId,
    pub note: DocumentId,
    pub title: String,
    /// The first words of it.
    pub beginning: String,
    /// Its calendar day.
    pub date: Option<String>,
    pub tags: Vec<String>,
    /// Only on this person's devices.
    pub private: bool,
    /// Two differ on something in it, or wrote different words.
    pub differs: bool,
    pub edited_by: Option<Who>,
    pub edited_at_ms: i64,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct NotePage {
    /// The lines, those edited last first.
    pub lines: Vec<NoteLine>,
    /// Whether there are more.
    pub more: bool,
}

/// A note.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct NoteView {
    pub space: SpaceId,
    pub note: DocumentId,
    pub title: String,
    /// Its calendar day; where two differ, the earlier.
    pub date: Option<String>,
    pub place: Option<String>,
    pub body: TextView,
    /// Tags in their first spelling.
    pub tags: Vec<String>,
    /// Mentoring functions.
    pub functions: Vec<String>,
    pub links: Vec<String>,
    /// Only on this person's devices.
    pub private: bool,
    /// Whether it is not in the bin.
    pub alive: bool,
    /// Somebody deleted it while somebody else edited it: kept.
    pub kept: bool,
    pub differs: Vec<DifferView>,
    pub edited_by: Option<Who>,
    pub edited_at_ms: i64,
    /// How far the last thing written here came.
    pub at: Place,
}

/// What is done to a note. Where one can be `None`, that clears it. `Delete` puts it into the bin; an edit made without knowing keeps it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum NoteEdit {
    Title { title: String },
    Date { date: Option<String> },
    Place { place: Option<String> },
    Tag { tag: String, on: bool },
    Function { function: String, on: bool },
    Link { link: String, on: bool },
    Delete,
    Restore,
}

impl NoteEdit {
    fn command(self) -> Done<C> {
        Ok(match self {
            Self::Title { title } => C::Title(title),
            Self::Date { date } => C::Date(day(date)?),
            Self::Place { place } => C::Place(place),
            Self::Tag { tag, on } => C::Tag { tag, on },
            Self::Function { function, on } => C::Function { function, on },
            Self::Link { link, on } => C::Link { link, on },
            Self::Delete => C::Delete,
            Self::Restore => C::Restore,
        })
    }
}

const BEGINNING: usize = 160;

fn line(PlacedNote { space, private, note: v }: PlacedNote, people: &People) -> NoteLine {
    NoteLine {
        space,
        note: v.id,
        beginning: v.body.words().chars().take(BEGINNING).collect(),
        private,
        differs: v.cards > 0 || !v.body.alternatives.is_empty(),
        edited_by: people.maybe(v.provenance.edited_by),
        edited_at_ms: v.provenance.edited_at_s.saturating_mul(1000),
        title: v.title,
        date: v.date,
        tags: v.tags,
    }
}

fn edit(e: &mut Engine, space: &SpaceId, note: DocumentId, commands: Vec<C>) -> Done {
    for command in commands {
        e.edit(space, note, DocumentKind::Note, &Command::Note(command), now())?;
    }
    Ok(())
}

#[uniffi::export]
impl Ithaca {
    /// Notes by pages, those edited last first.
    pub async fn notes(&self, filter: NoteFilter, offset: u32, limit: u32) -> Done<NotePage> {
        self.engine(move |e| {
            let page = e.note_page(&filter, offset as usize, limit as usize)?;
            let spaces: BTreeSet<SpaceId> = page.notes.iter().map(|n| n.space).collect();
            let people = spaces.into_iter().map(|s| Ok((s, People::of(e, &s)?))).collect::<Done<BTreeMap<_, _>>>()?;
            let lines = page.notes.into_iter().filter_map(|n| people.get(&n.space).map(|p| line(n, p))).collect();
            Ok(NotePage { lines, more: page.more })
        })
        .await
    }

    /// A note, in the bin or not.
    pub async fn note(&self, space: SpaceId, note: DocumentId) -> Done<NoteView> {
        self.engine(move |e| {
            let v: view::NoteView = e.view(&space, RowKind::Note, &note.0)?.ok_or_else(|| missing("note"))?;
            let people = People::of(e, &space)?;
            Ok(NoteView {
                space,
                note,
                body: TextView::of(&v.body, &people),
                private: space == e.personal()?,
                differs: differs(&v.differ, &people),
                edited_by: people.maybe(v.provenance.edited_by),
                edited_at_ms: v.provenance.edited_at_s.saturating_mul(1000),
                at: e.document_status(&space, note)?.at,
                title: v.title,
                date: v.date,
                place: v.place,
                tags: v.tags,
                functions: v.functions,
                links: v.links,
                alive: v.alive,
                kept: v.kept,
            })
        })
        .await
    }

    /// Begins a note that both read. Gives its id.
    pub async fn new_note(&self, space: SpaceId, title: String) -> Done<DocumentId> {
        self.engine(move |e| {
            let note = DocumentId(e.new_id()?);
            edit(e, &space, note, vec![C::Create { title, pair: None }])?;
            Ok(note)
        })
        .await
    }

    /// Begins a private note, only on this person's devices; `pair` names the relationship it belongs to. Gives its id.
    pub async fn new_private_note(&self, pair: Option<SpaceId>, title: String) -> Done<DocumentId> {
        self.engine(move |e| {
            let (personal, note) = (e.personal()?, DocumentId(e.new_id()?));
            edit(e, &personal, note, vec![C::Create { title, pair }])?;
            Ok(note)
        })
        .await
    }

    /// Does several things to a note, one after the other. What cannot be read is refused before the first is done.
    ///
    /// # Errors
    /// `NotFound`, `ReadOnly`, `BadInput`; those done before stay.
    pub async fn edit_note(&self, space: SpaceId, note: DocumentId, edits: Vec<NoteEdit>) -> Done {
        let commands = edits.into_iter().map(NoteEdit::command).collect::<Done<Vec<_>>>()?;
        self.engine(move |e| {
            // Editing makes a document that is new; a note that never was is a mistake of the caller.
            e.view::<view::NoteView>(&space, RowKind::Note, &note.0)?.ok_or_else(|| missing("note"))?;
            edit(e, &space, note, commands)
        })
        .await
    }

    /// Whose phones are not known to have what was last written in a note: before it is deleted for good.
    pub async fn not_holding(&self, space: SpaceId, note: DocumentId) -> Done<Vec<Who>> {
        self.engine(move |e| {
            let mut away: Vec<_> = e.not_holding(&space, note)?.into_iter().map(|(p, _)| p).collect();
            away.dedup();
            Ok(People::of(e, &space)?.all(&away))
        })
        .await
    }

    /// Deletes a note on every device, in the bin or not. It cannot be restored.
    pub async fn delete_for_good(&self, space: SpaceId, note: DocumentId) -> Done {
        self.ask(move |e| e.delete_for_good(&space, note, now())).await
    }
}
