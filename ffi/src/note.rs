//! Notes: lists by pages, one in full, and what is done to them. The body is edited in [`crate::text`].

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use ithaca_core::document::command::NoteCommand as C;
use ithaca_core::document::{Command, DocumentKind};
use ithaca_core::engine::Engine;
use ithaca_core::id::{DocumentId, SpaceId};
use ithaca_core::view::{self, RowKind};

use crate::app::Ithaca;
use crate::card::{DifferView, differs};
use crate::error::{Done, missing};
use crate::people::{People, Who, id};
use crate::runtime::now;
use crate::status::Place;
use crate::text::{TextView, day};

/// Which notes.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct NoteFilter {
    /// Those of one space; `None`: every one that this person reads.
    pub space: Option<String>,
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
    /// Its space.
    pub space: String,
    /// Its document.
    pub note: String,
    /// Its name.
    pub title: String,
    /// The first words of it.
    pub beginning: String,
    /// Its calendar day.
    pub date: Option<String>,
    /// Its tags.
    pub tags: Vec<String>,
    /// Only on this person's devices.
    pub private: bool,
    /// The relationship a private note belongs to.
    pub pair: Option<String>,
    /// Two differ on something in it, or wrote different words.
    pub differs: bool,
    /// Who edited it last.
    pub edited_by: Option<Who>,
    /// When.
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
    /// Its space.
    pub space: String,
    /// Its document.
    pub note: String,
    /// Its name.
    pub title: String,
    /// Its calendar day; where two differ, the earlier.
    pub date: Option<String>,
    /// Where.
    pub place: Option<String>,
    /// What it says.
    pub body: TextView,
    /// Tags in their first spelling.
    pub tags: Vec<String>,
    /// Mentoring functions.
    pub functions: Vec<String>,
    /// Links.
    pub links: Vec<String>,
    /// Only on this person's devices.
    pub private: bool,
    /// The relationship a private note belongs to.
    pub pair: Option<String>,
    /// Whether it is not in the bin.
    pub alive: bool,
    /// Somebody deleted it while somebody else edited it: kept.
    pub kept: bool,
    /// Fields on which people differ.
    pub differs: Vec<DifferView>,
    /// Who edited it last.
    pub edited_by: Option<Who>,
    /// When.
    pub edited_at_ms: i64,
    /// How far the last thing written here came.
    pub at: Place,
}

/// What is done to a note.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum NoteEdit {
    /// Names it.
    Title {
        /// The name.
        title: String,
    },
    /// Dates it, or not.
    Date {
        /// The day.
        date: Option<String>,
    },
    /// Says where.
    Place {
        /// Where.
        place: Option<String>,
    },
    /// Adds or takes away a tag.
    Tag {
        /// The tag.
        tag: String,
        /// Whether it is on.
        on: bool,
    },
    /// Adds or takes away a mentoring function.
    Function {
        /// The function.
        function: String,
        /// Whether it is on.
        on: bool,
    },
    /// Adds or takes away a link.
    Link {
        /// The link.
        link: String,
        /// Whether it is on.
        on: bool,
    },
    /// Puts it into the bin; an edit made without knowing keeps it.
    Delete,
    /// Takes it out of the bin.
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

impl NoteLine {
    pub(crate) fn of(space: &SpaceId, private: bool, v: &view::NoteView, people: &People) -> Self {
        Self {
            space: space.to_string(),
            note: v.id.to_string(),
            title: v.title.clone(),
            beginning: v.body.words().chars().take(BEGINNING).collect(),
            date: v.date.clone(),
            tags: v.tags.clone(),
            private,
            pair: v.pair.map(|p| p.to_string()),
            differs: v.cards > 0 || !v.body.alternatives.is_empty(),
            edited_by: people.maybe(v.provenance.edited_by),
            edited_at_ms: v.provenance.edited_at_s.saturating_mul(1000),
        }
    }
}

fn page(e: &Engine, filter: &NoteFilter, offset: usize, limit: usize) -> Done<NotePage> {
    let personal = e.personal()?;
    let named: Option<SpaceId> = filter.space.as_deref().map(id).transpose()?;
    let spaces: Vec<SpaceId> = match named {
        Some(space) if filter.with_private && space != personal => vec![space, personal],
        Some(space) => vec![space],
        None => std::iter::once(personal).chain(e.pairs()?.into_iter().filter(|p| !p.archive).map(|p| p.space)).collect(),
    };
    let tag = filter.tag.as_ref().map(|t| t.trim().to_lowercase());
    // A filter that rows do not know needs them all; the newest of each space are enough otherwise.
    let only_of_pair = named.filter(|n| filter.with_private && *n != personal);
    let enough = if tag.is_some() || only_of_pair.is_some() { usize::MAX >> 1 } else { offset.saturating_add(limit).saturating_add(1) };
    let mut all: Vec<(u64, SpaceId, view::NoteView)> = Vec::new();
    for space in spaces {
        let notes: Vec<view::NoteView> = e.views(&space, RowKind::Note, !filter.bin, enough)?;
        let fits = |n: &view::NoteView| {
            (space != personal || only_of_pair.is_none() || n.pair == only_of_pair)
                && tag.as_ref().is_none_or(|t| n.tags.iter().any(|x| x.to_lowercase() == *t))
        };
        all.extend(notes.into_iter().filter(fits).map(|n| (n.provenance.clock, space, n)));
    }
    all.sort_by_key(|(clock, _, n)| (std::cmp::Reverse(*clock), n.id));
    let more = all.len() > offset.saturating_add(limit);
    let mut lines = Vec::new();
    let mut people: BTreeMap<SpaceId, People> = BTreeMap::new();
    for (_, space, note) in all.into_iter().skip(offset).take(limit) {
        let people = match people.entry(space) {
            Entry::Occupied(held) => held.into_mut(),
            Entry::Vacant(free) => free.insert(People::of(e, &space)?),
        };
        lines.push(NoteLine::of(&space, space == personal, &note, people));
    }
    Ok(NotePage { lines, more })
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
    ///
    /// # Errors
    /// `NotFound` for a space.
    pub async fn notes(&self, filter: NoteFilter, offset: u32, limit: u32) -> Done<NotePage> {
        self.handle.engine(move |e| page(e, &filter, offset as usize, limit as usize)).await
    }

    /// A note, in the bin or not.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn note(&self, space: String, note: String) -> Done<NoteView> {
        let (space, note): (SpaceId, DocumentId) = (id(&space)?, id(&note)?);
        self.handle
            .engine(move |e| {
                let v: view::NoteView = e.view(&space, RowKind::Note, &note.0)?.ok_or_else(|| missing("note"))?;
                let people = People::of(e, &space)?;
                Ok(NoteView {
                    space: space.to_string(),
                    note: v.id.to_string(),
                    body: TextView::of(&v.body, &people),
                    private: space == e.personal()?,
                    pair: v.pair.map(|p| p.to_string()),
                    differs: differs(&v.differ, &people),
                    edited_by: people.maybe(v.provenance.edited_by),
                    edited_at_ms: v.provenance.edited_at_s.saturating_mul(1000),
                    at: e.document_status(&space, note)?.at.into(),
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
    ///
    /// # Errors
    /// `ReadOnly`.
    pub async fn new_note(&self, space: String, title: String) -> Done<String> {
        let space = id(&space)?;
        self.handle
            .engine(move |e| {
                let note = DocumentId(e.new_id()?);
                edit(e, &space, note, vec![C::Create { title, pair: None }])?;
                Ok(note.to_string())
            })
            .await
    }

    /// Begins a private note, only on this person's devices; `pair` names the relationship it belongs to. Gives its id.
    ///
    /// # Errors
    /// See [`crate::IthacaError`].
    pub async fn new_private_note(&self, pair: Option<String>, title: String) -> Done<String> {
        let pair = pair.as_deref().map(id).transpose()?;
        self.handle
            .engine(move |e| {
                let (personal, note) = (e.personal()?, DocumentId(e.new_id()?));
                edit(e, &personal, note, vec![C::Create { title, pair }])?;
                Ok(note.to_string())
            })
            .await
    }

    /// Does several things to a note, one after the other. What cannot be read is refused before the first is done.
    ///
    /// # Errors
    /// `ReadOnly`, `BadInput`; those done before stay.
    pub async fn edit_note(&self, space: String, note: String, edits: Vec<NoteEdit>) -> Done {
        let (space, note): (SpaceId, DocumentId) = (id(&space)?, id(&note)?);
        let commands = edits.into_iter().map(NoteEdit::command).collect::<Done<Vec<_>>>()?;
        self.handle
            .engine(move |e| {
                // Editing makes a document that is new; a note that never was is a mistake of the caller.
                e.view::<view::NoteView>(&space, RowKind::Note, &note.0)?.ok_or_else(|| missing("note"))?;
                edit(e, &space, note, commands)
            })
            .await
    }

    /// Whose phones are not known to have what was last written in a note: before it is deleted for good.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn not_holding(&self, space: String, note: String) -> Done<Vec<Who>> {
        let (space, note) = (id(&space)?, id(&note)?);
        self.handle
            .engine(move |e| {
                let people = People::of(e, &space)?;
                let mut away: Vec<_> = e.not_holding(&space, note)?.into_iter().map(|(p, _)| p).collect();
                away.dedup();
                Ok(people.all(&away))
            })
            .await
    }

    /// Deletes a note on every device, in the bin or not. It cannot be restored.
    ///
    /// # Errors
    /// `NotFound`, `ReadOnly`.
    pub async fn delete_for_good(&self, space: String, note: String) -> Done {
        let (space, note) = (id(&space)?, id(&note)?);
        self.handle.engine(move |e| Ok(e.delete_for_good(&space, note, now())?)).await
    }
}
