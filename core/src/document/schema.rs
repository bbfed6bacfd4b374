//! The table: every field → merge class → what is shown → how random histories make it → what reads it. Nothing is written to a document
//! that is not listed here, and `core/docs/fields.md` is made from it.

use rand_core::Rng;

use super::command::*;
use super::read::Item;
use super::text::{self, TextEdit};
use super::{Document, DocumentKind};
use crate::event::payload::{self as said, Payload};
use crate::event::{EventDraft, HeldEvent, SPACE_SUBJECT};
use crate::id::{ItemId, PersonId};

/// How concurrent edits of a field come together; the letters are those of the domain page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// T: text.
    Text,
    /// S1: only one person writes it.
    Own,
    /// MV: concurrent values are all kept, with a card.
    Values,
    /// OR: add-wins set.
    Set,
    /// A tick: a date under a key a person.
    Tick,
    /// A rank: automerge's value, never a card.
    Rank,
    /// Set once when its owner is made.
    Fixed,
    /// The life of an item or document: an edit beats a delete.
    Life,
    /// LOG: events, state derived.
    Log,
    /// G: grow-only.
    Grow,
}

impl Class {
    /// The letters of the domain page.
    pub fn letters(self) -> &'static str {
        match self {
            Self::Text => "T",
            Self::Own => "S1",
            Self::Values => "MV",
            Self::Set => "OR",
            Self::Tick => "tick",
            Self::Rank => "ML rank",
            Self::Fixed => "fixed",
            Self::Life => "life",
            Self::Log => "LOG",
            Self::Grow => "G",
        }
    }
}

/// Which commands of random histories make a field.
pub type Generator = fn(&mut dyn Rng, &Document, PersonId) -> Option<Command>;

/// One field of a document.
pub struct Field {
    /// In which kind of document.
    pub kind: DocumentKind,
    /// On which item; empty for the document itself.
    pub noun: &'static str,
    /// The key; `*` stands for anything without a slash.
    pub key: &'static str,
    /// How it merges.
    pub class: Class,
    /// The card's label, and the history's.
    pub label: &'static str,
    /// What is shown.
    pub rule: &'static str,
    /// The view field that reads it, as `View.field`.
    pub reader: &'static str,
    /// How random histories make it.
    pub generate: Generator,
}

macro_rules! table {
    ($($kind:ident $noun:literal $key:literal $class:ident $label:literal $rule:literal $reader:literal $generate:expr;)+) => {
        /// Every field of every document.
        pub const FIELDS: &[Field] = &[$(Field {
            kind: DocumentKind::$kind, noun: $noun, key: $key, class: Class::$class, label: $label, rule: $rule, reader: $reader,
            generate: $generate,
        }),+];
    };
}

table! {
    Note "" "title" Values "title" "automerge's, card" "NoteView.title" |r, _, _| Some(Command::Note(NoteCommand::Title(word(r))));
    Note "" "date" Values "date" "the earlier, card" "NoteView.date" |r, _, _| Some(Command::Note(NoteCommand::Date(day(r))));
    Note "" "place" Values "place" "automerge's, card" "NoteView.place" |r, _, _| Some(Command::Note(NoteCommand::Place(Some(word(r)))));
    Note "" "body" Text "text" "letters merge; replaced words side by side" "NoteView.body" |r, d, _| Some(Command::Note(NoteCommand::Body(text_edit(r, d, &["body"])?)));
    Note "" "tags/*" Set "tag" "added wins, first spelling" "NoteView.tags" |r, _, _| Some(Command::Note(NoteCommand::Tag { tag: word(r), on: coin(r) }));
    Note "" "functions/*" Set "function" "added wins" "NoteView.functions" |r, _, _| Some(Command::Note(NoteCommand::Function { function: word(r), on: coin(r) }));
    Note "" "links/*" Set "link" "added wins" "NoteView.links" |r, _, _| Some(Command::Note(NoteCommand::Link { link: word(r), on: coin(r) }));
    Note "" "pair" Fixed "belongs to" "set once" "NoteView.pair" |r, _, _| Some(Command::Note(NoteCommand::Create { title: word(r), pair: Some(crate::id::SpaceId([7; 32])) }));
    Note "" "alive" Life "alive" "an edit beats a delete" "NoteView.alive" |_, _, _| Some(Command::Note(NoteCommand::Restore));
    Note "" "deleted" Life "deleted" "kept where edited" "NoteView.kept" |_, _, _| Some(Command::Note(NoteCommand::Delete));
    Goals "goal" "title" Text "goal" "letters merge" "GoalView.title" |r, d, _| goal_text(r, d, GoalText::Title);
    Goals "goal" "why" Text "why" "letters merge" "GoalView.why" |r, d, _| goal_text(r, d, GoalText::Why);
    Goals "goal" "success" Text "success" "letters merge" "GoalView.success" |r, d, _| goal_text(r, d, GoalText::Success);
    Goals "goal" "risk" Text "risk" "letters merge" "GoalView.risk" |r, d, _| goal_text(r, d, GoalText::Risk);
    Goals "goal" "support" Text "support plan" "letters merge" "GoalView.support" |r, d, _| goal_text(r, d, GoalText::Support);
    Goals "goal" "kind" Values "kind" "automerge's, card" "GoalView.kind" |r, d, _| Some(Command::Goals(GoalsCommand::GoalKind { goal: one(r, d, "goal")?, kind: coin(r).then(|| "stretch".into()) }));
    Goals "goal" "target_date" Values "target date" "the earlier, card" "GoalView.target_date" |r, d, _| Some(Command::Goals(GoalsCommand::GoalTargetDate { goal: one(r, d, "goal")?, date: day(r) }));
    Goals "goal" "review_date" Values "review date" "the earlier, card" "GoalView.review_date" |r, d, _| Some(Command::Goals(GoalsCommand::GoalReviewDate { goal: one(r, d, "goal")?, date: day(r) }));
    Goals "goal" "rank" Rank "order" "automerge's, tie by id" "GoalView.rank" |r, d, _| shuffle(r, d, "goal");
    Goals "goal" "alive" Life "alive" "an edit beats a delete" "GoalView.alive" |r, _, _| Some(Command::Goals(GoalsCommand::AddGoal { id: id(r), title: word(r) }));
    Goals "goal" "deleted" Life "deleted" "kept where edited" "GoalView.kept" |r, d, _| remove(r, d, "goal");
    Goals "milestone" "text" Values "milestone" "automerge's, card" "MilestoneView.text" |r, d, _| Some(Command::Goals(GoalsCommand::Words { item: one(r, d, "milestone")?, text: word(r) }));
    Goals "milestone" "goal" Fixed "of goal" "set once" "MilestoneView.goal" |r, d, _| Some(Command::Goals(GoalsCommand::AddMilestone { id: id(r), goal: one(r, d, "goal")?, text: word(r) }));
    Goals "milestone" "done/*" Tick "done" "who and when" "MilestoneView.done" |r, d, _| tick(r, d, "milestone");
    Goals "milestone" "rank" Rank "order" "automerge's, tie by id" "MilestoneView.rank" |r, d, _| shuffle(r, d, "milestone");
    Goals "milestone" "alive" Life "alive" "an edit beats a delete" "MilestoneView.alive" |r, d, _| Some(Command::Item(ItemCommand::Restore { item: one(r, d, "milestone")? }));
    Goals "milestone" "deleted" Life "deleted" "kept where edited" "MilestoneView.kept" |r, d, _| remove(r, d, "milestone");
    Goals "action" "text" Values "action" "automerge's, card" "ActionView.text" |r, d, _| Some(Command::Goals(GoalsCommand::Words { item: one(r, d, "action")?, text: word(r) }));
    Goals "action" "owners/*" Set "owner" "added wins" "ActionView.owners" |r, d, p| Some(Command::Goals(GoalsCommand::ActionOwner { action: one(r, d, "action")?, person: p, on: coin(r) }));
    Goals "action" "due" Values "due" "the earlier, card" "ActionView.due" |r, d, _| Some(Command::Goals(GoalsCommand::ActionDue { action: one(r, d, "action")?, date: day(r) }));
    Goals "action" "type" Values "type" "automerge's, card" "ActionView.kind" |r, d, _| Some(Command::Goals(GoalsCommand::ActionType { action: one(r, d, "action")?, kind: Some(word(r)) }));
    Goals "action" "from" Fixed "from" "set once" "ActionView.from" |r, _, p| Some(Command::Goals(GoalsCommand::AddAction { id: id(r), text: word(r), owners: vec![p], due: day(r), from: Some(ItemId([9; 16])) }));
    Goals "action" "same/*" Values "same thing" "false until both values say so, card" "ActionView.same_as" |r, d, _| { let (a, b) = (one(r, d, "action")?, one(r, d, "action")?); (a != b).then_some(Command::Goals(GoalsCommand::SameThing { action: a, other: b, same: coin(r) })) };
    Goals "action" "done/*" Tick "done" "who and when" "ActionView.done" |r, d, _| tick(r, d, "action");
    Goals "action" "rank" Rank "order" "automerge's, tie by id" "ActionView.rank" |r, d, _| shuffle(r, d, "action");
    Goals "action" "alive" Life "alive" "an edit beats a delete" "ActionView.alive" |r, d, _| Some(Command::Item(ItemCommand::Restore { item: one(r, d, "action")? }));
    Goals "action" "deleted" Life "deleted" "kept where edited" "ActionView.kept" |r, d, _| remove(r, d, "action");
    Session "" "title" Values "title" "automerge's, card" "SessionView.title" |r, _, _| Some(Command::Session(SessionCommand::Title(word(r))));
    Session "" "date" Values "date" "the earlier, card" "SessionView.date" |r, _, _| Some(Command::Session(SessionCommand::Date(day(r))));
    Session "" "place" Values "place" "automerge's, card" "SessionView.place" |r, _, _| Some(Command::Session(SessionCommand::Place(Some(word(r)))));
    Session "" "body" Text "notes" "letters merge; replaced words side by side" "SessionView.notes" |r, d, _| Some(Command::Session(SessionCommand::Notes(text_edit(r, d, &["body"])?)));
    Session "" "techniques/*" Set "technique" "added wins" "SessionView.techniques" |r, _, _| Some(Command::Session(SessionCommand::Technique { technique: word(r), on: coin(r) }));
    Session "" "functions/*" Set "function" "added wins" "SessionView.functions" |r, _, _| Some(Command::Session(SessionCommand::Function { function: word(r), on: coin(r) }));
    Session "" "alive" Life "alive" "an edit beats a delete" "SessionView.alive" |_, _, _| Some(Command::Session(SessionCommand::Restore));
    Session "" "deleted" Life "deleted" "kept where edited" "SessionView.kept" |_, _, _| Some(Command::Session(SessionCommand::Delete));
    Session "agenda" "text" Text "agenda" "letters merge" "AgendaView.text" |r, d, _| { let item = one(r, d, "agenda")?; Some(Command::Session(SessionCommand::AgendaText { item, edit: text_edit(r, d, &["items", &item.to_string(), "text"])? })) };
    Session "agenda" "done/*" Tick "done" "who and when" "AgendaView.done" |r, d, _| tick(r, d, "agenda");
    Session "agenda" "rank" Rank "order" "automerge's, tie by id" "AgendaView.rank" |r, d, _| shuffle(r, d, "agenda");
    Session "agenda" "alive" Life "alive" "an edit beats a delete" "AgendaView.alive" |r, _, _| Some(Command::Session(SessionCommand::AddAgenda { id: id(r), text: word(r) }));
    Session "agenda" "deleted" Life "deleted" "kept where edited" "AgendaView.kept" |r, d, _| remove(r, d, "agenda");
    Session "proposal" "at" Fixed "time" "an instant" "ProposalView.at_ms" |r, _, _| Some(Command::Session(SessionCommand::ProposeTime { id: id(r), at_ms: i64::from(r.next_u32()), zone: "UTC".into() }));
    Session "proposal" "zone" Fixed "zone" "the proposer's" "ProposalView.zone" |r, _, _| Some(Command::Session(SessionCommand::ProposeTime { id: id(r), at_ms: 1, zone: "Africa/Nairobi".into() }));
    Session "proposal" "accept/*" Tick "accepted" "agreed when everybody accepted it" "ProposalView.accepted" |r, d, _| Some(Command::Session(SessionCommand::AcceptTime { proposal: one(r, d, "proposal")?, on: coin(r) }));
    Session "proposal" "alive" Life "alive" "an edit beats a delete" "ProposalView.alive" |r, d, _| Some(Command::Item(ItemCommand::Restore { item: one(r, d, "proposal")? }));
    Session "proposal" "deleted" Life "deleted" "kept where edited" "ProposalView.kept" |r, d, _| remove(r, d, "proposal");
    Relationship "" "kind" Values "kind" "automerge's, card" "RelationshipView.kind" |r, _, _| Some(Command::Relationship(RelationshipCommand::Kind(Some(word(r)))));
    Relationship "" "model" Values "model" "automerge's, card" "RelationshipView.model" |r, _, _| Some(Command::Relationship(RelationshipCommand::Model(Some(word(r)))));
    Relationship "" "setting" Values "setting" "automerge's, card" "RelationshipView.setting" |r, _, _| Some(Command::Relationship(RelationshipCommand::Setting(Some(word(r)))));
    Relationship "" "cadence" Values "cadence" "automerge's, card" "RelationshipView.cadence" |r, _, _| Some(Command::Relationship(RelationshipCommand::Cadence(Some(word(r)))));
    Relationship "" "roles/*" Values "mentor" "automerge's, card" "RelationshipView.roles" |r, _, p| Some(Command::Relationship(RelationshipCommand::Role { topic: word(r), mentor: coin(r).then_some(p) }));
    Relationship "" "people/*/name" Own "name" "written by that person" "RelationshipView.people" |r, _, _| myself(r, PersonField::Name);
    Relationship "" "people/*/language" Own "language" "written by that person" "RelationshipView.people" |r, _, _| myself(r, PersonField::Language);
    Relationship "" "people/*/zone" Own "time zone" "written by that person" "RelationshipView.people" |r, _, _| myself(r, PersonField::Zone);
    Relationship "" "people/*/reachable" Own "reachable" "written by that person" "RelationshipView.people" |r, _, _| myself(r, PersonField::Reachable);
    Relationship "clause" "title" Fixed "clause" "set once" "ClauseView.title" |r, _, _| Some(Command::Relationship(RelationshipCommand::AddClause { id: id(r), title: word(r), text: word(r) }));
    Relationship "clause" "text" Text "clause" "letters merge" "ClauseView.text" |r, d, _| { let clause = one(r, d, "clause")?; Some(Command::Relationship(RelationshipCommand::ClauseText { clause, edit: text_edit(r, d, &["items", &clause.to_string(), "text"])? })) };
    Relationship "clause" "rank" Rank "order" "automerge's, tie by id" "ClauseView.rank" |r, d, _| shuffle(r, d, "clause");
    Relationship "clause" "alive" Life "alive" "an edit beats a delete" "ClauseView.alive" |r, d, _| Some(Command::Item(ItemCommand::Restore { item: one(r, d, "clause")? }));
    Relationship "clause" "deleted" Life "deleted" "kept where edited" "ClauseView.kept" |r, d, _| remove(r, d, "clause");
    Relationship "plan" "section" Fixed "section" "set once" "PlanView.section" |r, _, _| Some(Command::Relationship(RelationshipCommand::AddPlan { id: id(r), section: "strengths".into(), text: word(r) }));
    Relationship "plan" "text" Text "plan" "letters merge" "PlanView.text" |r, d, _| { let part = one(r, d, "plan")?; Some(Command::Relationship(RelationshipCommand::PlanText { part, edit: text_edit(r, d, &["items", &part.to_string(), "text"])? })) };
    Relationship "plan" "rank" Rank "order" "automerge's, tie by id" "PlanView.rank" |r, d, _| shuffle(r, d, "plan");
    Relationship "plan" "alive" Life "alive" "an edit beats a delete" "PlanView.alive" |r, d, _| Some(Command::Item(ItemCommand::Restore { item: one(r, d, "plan")? }));
    Relationship "plan" "deleted" Life "deleted" "kept where edited" "PlanView.kept" |r, d, _| remove(r, d, "plan");
}

/// One kind of event: its code, class, what is shown, and what reads it.
pub struct EventField {
    /// The code in the bytes.
    pub kind: u16,
    /// How it merges.
    pub class: Class,
    /// What is shown.
    pub rule: &'static str,
    /// What reads it.
    pub reader: &'static str,
}

/// Every kind of event.
pub const EVENTS: &[EventField] = &[
    EventField { kind: 1, class: Class::Grow, rule: "effective clock, then id", reader: "MessageView.text" },
    EventField { kind: 2, class: Class::Log, rule: "its author's latest", reader: "MessageView.edited_at_ms" },
    EventField { kind: 3, class: Class::Log, rule: "its author's; for ever", reader: "MessageView.withdrawn" },
    EventField { kind: 4, class: Class::Set, rule: "a person and emoji: the latest", reader: "MessageView.reactions" },
    EventField { kind: 5, class: Class::Own, rule: "the greatest", reader: "MessageView.delivered_to" },
    EventField { kind: 6, class: Class::Log, rule: "heads; achieved beside anything is active; card", reader: "GoalView.status" },
    EventField { kind: 7, class: Class::Log, rule: "heads; held wins over contents; card", reader: "SessionView.state" },
    EventField { kind: 8, class: Class::Log, rule: "heads; differing is not joined; card", reader: "SessionView.joined_with" },
    EventField { kind: 9, class: Class::Own, rule: "a person's latest", reader: "SessionView.check_ins" },
    EventField { kind: 10, class: Class::Own, rule: "a person's latest", reader: "SessionView.harvests" },
    EventField { kind: 11, class: Class::Own, rule: "a person's latest", reader: "SessionView.minutes" },
    EventField { kind: 12, class: Class::Log, rule: "waits for the other", reader: "StageView.proposed" },
    EventField { kind: 13, class: Class::Log, rule: "a move needs both", reader: "StageView.stage" },
    EventField { kind: 14, class: Class::Log, rule: "one is enough", reader: "StageView.running" },
    EventField { kind: 15, class: Class::Log, rule: "reopening needs both", reader: "StageView.wish_to_resume" },
    EventField { kind: 16, class: Class::Log, rule: "one is enough, and wins", reader: "StageView.running" },
];

/// The field a key belongs to.
pub fn field(kind: DocumentKind, noun: &str, key: &str) -> Option<&'static Field> {
    FIELDS.iter().find(|f| f.kind == kind && f.noun == noun && matches(f.key, key))
}

fn matches(pattern: &str, key: &str) -> bool {
    // The last `*` takes everything, slashes too: topics and tags are people's words.
    match pattern.split_once('*') {
        None => pattern == key,
        Some((head, "")) => key.strip_prefix(head).is_some_and(|rest| !rest.is_empty()),
        Some((head, tail)) => key.strip_prefix(head).and_then(|k| k.strip_suffix(tail)).is_some_and(|m| !m.is_empty() && !m.contains('/')),
    }
}

/// A key without what a person wrote, for errors.
pub(crate) fn pattern(key: &str) -> String {
    key.split_once('/').map_or_else(|| key.to_owned(), |(head, _)| format!("{head}/*"))
}

/// A random command that fits the document as it is, drawn from the table's fields; a kind without fields has no command that fits.
pub fn random_command(rng: &mut dyn Rng, document: &Document, person: PersonId) -> Command {
    let fields: Vec<&Field> = FIELDS.iter().filter(|f| f.kind == document.kind).collect();
    let drawn = below(rng, fields.len());
    // A field of an item needs one: where there is none, the next field in the table.
    let from_there = fields.iter().cycle().skip(drawn).take(fields.len());
    let mut commands = from_there.filter_map(|f| (f.generate)(rng, document, person));
    let fallback = Command::Pick { item: None, field: "title".into(), value: super::read::Scalar::Null };
    commands.next().unwrap_or(fallback)
}

/// A random event about one of `subjects` (goals or sessions), given what is held.
pub fn random_event(rng: &mut dyn Rng, subjects: &[[u8; 16]], held: &[HeldEvent]) -> EventDraft {
    let subject = pick(rng, subjects).copied().unwrap_or(SPACE_SUBJECT);
    let target = pick(rng, held).map_or(crate::id::EventId([0; 16]), |e| e.id);
    let answers =
        vec![said::Answer { prompt: "arriving".into(), words: Some(word(rng)), scale: Some(1 + below(rng, 5) as u8), chosen: None }];
    let status = pick(rng, said::GoalStatus::ALL).copied().unwrap_or(said::GoalStatus::Active);
    let state = pick(rng, said::SessionState::ALL).copied().unwrap_or(said::SessionState::Planned);
    let stage = pick(rng, said::Stage::ALL).copied().unwrap_or(said::Stage::Cultivation);
    let phase = if coin(rng) { said::Phase::Before } else { said::Phase::After };
    let other = pick(rng, subjects).copied().unwrap_or(SPACE_SUBJECT);
    let kind = below(rng, 16);
    let (subject, other) = if kind == 7 { (subject.min(other), subject.max(other)) } else { (subject, other) };
    let payload: Payload = match kind {
        0 => said::Message { text: word(rng), reply: None }.into(),
        1 => said::MessageEdit { target, text: word(rng) }.into(),
        2 => said::MessageWithdraw { target }.into(),
        3 => said::Reaction { target, emoji: "👍".into(), on: coin(rng) }.into(),
        4 => said::Receipt { delivered: Some(u64::from(rng.next_u32())), read: None }.into(),
        5 => said::GoalStatusSet { status, reason: None }.into(),
        6 => said::SessionStateSet { state, reason: None }.into(),
        7 => said::SessionAlias { other: ItemId(other), same: coin(rng) }.into(),
        8 => said::CheckIn { phase, answers }.into(),
        9 => said::Harvest { answers }.into(),
        10 => said::Minutes { text: word(rng) }.into(),
        11 => said::StagePropose { stage }.into(),
        12 => said::StageAgree { to: target }.into(),
        13 => said::Pause { reason: None }.into(),
        14 => said::Resume { reason: None }.into(),
        _ => said::End { reason: None }.into(),
    };
    let of_space = matches!(payload.kind(), 1..=5 | 12..=16);
    EventDraft { subject: if of_space { SPACE_SUBJECT } else { subject }, payload }
}

/// The table as a page.
pub fn page() -> String {
    let mut out = String::from(
        "# Fields\n\nMade from the table in `core/src/document/schema.rs` by its test; do not edit. `UPDATE=1 cargo test -p ithaca-core fields` writes it.\n\n\
         | Document | Item | Key | Merge | Shown | Read by |\n|---|---|---|---|---|---|\n",
    );
    for f in FIELDS {
        out.push_str(&format!("| {:?} | {} | `{}` | {} | {} | `{}` |\n", f.kind, f.noun, f.key, f.class.letters(), f.rule, f.reader));
    }
    out.push_str("\n| Event | Kind | Merge | Shown | Read by |\n|---|---|---|---|---|\n");
    for e in EVENTS {
        let name = said::KINDS.iter().find(|(k, _)| *k == e.kind).map_or("", |(_, n)| n);
        out.push_str(&format!("| {name} | {} | {} | {} | `{}` |\n", e.kind, e.class.letters(), e.rule, e.reader));
    }
    out
}

fn below(rng: &mut dyn Rng, n: usize) -> usize {
    rng.next_u32() as usize % n.max(1)
}

fn pick<'a, T>(rng: &mut dyn Rng, from: &'a [T]) -> Option<&'a T> {
    from.get(below(rng, from.len()))
}

fn coin(rng: &mut dyn Rng) -> bool {
    rng.next_u32() & 1 == 0
}

fn id(rng: &mut dyn Rng) -> ItemId {
    let mut out = [0; 16];
    rng.fill_bytes(&mut out);
    ItemId(out)
}

fn word(rng: &mut dyn Rng) -> String {
    let words = ["Monday", "Tuesday", "ward", "شكرا", "👩‍👩‍👧", "e\u{301}clair", "dose", "night shift", "सत्र"];
    pick(rng, &words).copied().unwrap_or("ward").to_owned()
}

fn day(rng: &mut dyn Rng) -> Option<String> {
    (below(rng, 5) > 0).then(|| format!("2031-0{}-1{}", 1 + below(rng, 9), below(rng, 9)))
}

fn one(rng: &mut dyn Rng, d: &Document, noun: &str) -> Option<ItemId> {
    let all = Item::all(d, noun);
    pick(rng, &all).map(|(id, _)| *id)
}

fn remove(rng: &mut dyn Rng, d: &Document, noun: &str) -> Option<Command> {
    Some(Command::Item(ItemCommand::Delete { item: one(rng, d, noun)? }))
}

fn tick(rng: &mut dyn Rng, d: &Document, noun: &str) -> Option<Command> {
    Some(Command::Item(ItemCommand::Tick { item: one(rng, d, noun)?, date: day(rng) }))
}

fn shuffle(rng: &mut dyn Rng, d: &Document, noun: &str) -> Option<Command> {
    let living = Item::living(d, noun);
    let (item, after) = (pick(rng, &living)?.0, pick(rng, &living)?.0);
    Some(Command::Item(ItemCommand::Move { item, after: (item != after).then_some(after) }))
}

fn myself(rng: &mut dyn Rng, field: PersonField) -> Option<Command> {
    Some(Command::Relationship(RelationshipCommand::Myself { field, value: Some(word(rng)) }))
}

fn goal_text(rng: &mut dyn Rng, d: &Document, field: GoalText) -> Option<Command> {
    let goal = one(rng, d, "goal")?;
    let edit = text_edit(rng, d, &["items", &goal.to_string(), field.key()])?;
    Some(Command::Goals(GoalsCommand::GoalText { goal, field, edit }))
}

/// Typing, deleting, rewriting a word, choosing.
fn text_edit(rng: &mut dyn Rng, d: &Document, path: &[&str]) -> Option<TextEdit> {
    let path: Vec<String> = path.iter().map(|p| (*p).to_owned()).collect();
    let reading = text::read(d, &path);
    let len = reading.text.chars().count();
    if let (true, Some(group)) = (coin(rng), reading.alternatives.first()) {
        return Some(TextEdit::Choose { run: pick(rng, group)?.id.clone() });
    }
    let pos = below(rng, len + 1);
    Some(match below(rng, 4) {
        0 => TextEdit::Splice { pos, delete: below(rng, 4).min(len - pos), insert: String::new() },
        1 => TextEdit::Splice { pos: len, delete: 0, insert: format!(" {}.", word(rng)) },
        2 => TextEdit::Splice { pos, delete: 0, insert: word(rng) },
        _ => {
            let words: Vec<&str> = reading.text.split(' ').collect();
            let which = below(rng, words.len());
            let new = word(rng);
            let text: Vec<&str> = words.iter().enumerate().map(|(i, w)| if i == which { new.as_str() } else { w }).collect();
            TextEdit::Rewrite { base_heads: d.heads(), text: text.join(" ") }
        }
    })
}
