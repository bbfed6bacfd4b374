//! A decade: two people who wrote to each other for ten years, as a recipe that gives the same history from the same seed. 500 sessions, 5,000 notes,
//! 50,000 messages, goals with milestones and promises, in two languages; made through the engine as an app would, synced over a relay in memory.
//! Benchmarks and screens open the folders it leaves.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use ithaca_core::document::command::{
    Command, GoalText, GoalsCommand, ItemCommand, NoteCommand, PersonField, RelationshipCommand, SessionCommand,
};
use ithaca_core::document::text::TextEdit;
use ithaca_core::document::{DocumentKind, derived_id};
use ithaca_core::engine::{Engine, Input, Joining, JoiningStage, Options, Request};
use ithaca_core::event::payload::{
    Answer, CheckIn, GoalStatus, GoalStatusSet, Harvest, Message, Minutes, Payload, Phase, Reaction, Receipt, SessionState,
    SessionStateSet, Stage, StageAgree, StagePropose,
};
use ithaca_core::event::{EventDraft, SPACE_SUBJECT, Subject};
use ithaca_core::id::{DocumentId, EventId, ItemId, PersonId, SpaceId};
use ithaca_core::identity::entropy::SeededEntropy;
use ithaca_core::identity::vault::FileVault;
use ithaca_core::store::StoreOptions;
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};

use crate::fleet::relay::Relay;
use crate::people::START;

#[allow(dead_code, reason = "what is held back from training is not written here")]
#[path = "../../core/tests/dictionary/words.rs"]
mod words;

/// A day, in milliseconds.
pub const DAY: i64 = 86_400_000;
/// Sessions a year.
const SESSIONS: f64 = 50.0;
/// Notes for each session.
const NOTES: usize = 10;
/// Messages for each session.
const MESSAGES: usize = 100;
/// Sessions between one goal and the next.
const GOAL_EVERY: usize = 12;
/// Syncs of both phones between two sessions.
const SYNCS: usize = 4;
/// Where the relay is, as far as the phones know; nothing is ever sent there.
const ORIGIN: &str = "http://127.0.0.1:9";

/// What a history is made from.
#[derive(Debug, Clone, PartialEq)]
pub struct Recipe {
    /// The same seed and length give the same history.
    pub seed: u64,
    /// How long; 10 is the whole, 0.1 a hundredth of it. Everything is in proportion.
    pub years: f64,
    /// Devices of each person: 1 or 2; which of them is in hand changes from one thing to the next.
    pub devices: u8,
    /// In which languages the mentor and the mentee write; English names.
    pub languages: [&'static str; 2],
}

impl Recipe {
    /// So many years of one device each, in English and Swahili.
    pub fn new(seed: u64, years: f64) -> Self {
        Self { seed, years, devices: 1, languages: ["English", "Swahili"] }
    }

    /// Sessions it has.
    pub fn sessions(&self) -> usize {
        ((self.years * SESSIONS).round() as usize).max(1)
    }

    /// Notes it has.
    pub fn notes(&self) -> usize {
        self.sessions() * NOTES
    }

    /// Messages it has.
    pub fn messages(&self) -> usize {
        self.sessions() * MESSAGES
    }
}

/// A history that was made. The phones are closed; a [`FileVault`] at `vault.key` in each folder opens them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// The pair's space.
    pub space: SpaceId,
    /// Folders: the mentor's devices, then the mentee's; the first of each is where they began.
    pub phones: Vec<PathBuf>,
    /// The same on every phone.
    pub state_code: String,
    /// When it ends, milliseconds since 1970.
    pub end: i64,
}

fn said(e: impl std::fmt::Display) -> String {
    e.to_string()
}

/// Opens a phone of a history at `now`, without waiting for the disk.
///
/// # Errors
/// What the engine says.
pub fn open(folder: &Path, seed: u64, now: i64) -> Result<Engine, String> {
    let vault = FileVault::new(folder.join("vault.key"));
    Engine::open(folder, &vault, Box::new(SeededEntropy::new(seed)), &options(), now).map(|(engine, _)| engine).map_err(said)
}

fn options() -> Options {
    Options { store: StoreOptions { relaxed: true } }
}

/// Makes the history in folders of `dir`, which must be empty.
///
/// # Errors
/// What is wrong with the recipe, or what an engine says.
pub fn make(recipe: &Recipe, dir: &Path) -> Result<Made, String> {
    if !(1..=2).contains(&recipe.devices) {
        return Err(format!("{} devices each; make the recipe with 1 or 2", recipe.devices));
    }
    let mut pair = Pair::new(recipe, dir)?;
    pair.begin()?;
    let sessions = recipe.sessions();
    let between = (recipe.years * 365.25 * DAY as f64 / sessions as f64) as i64;
    for n in 0..sessions {
        pair.until_next_session(between)?;
        if n % GOAL_EVERY == 0 {
            pair.goal(n)?;
        }
        pair.session()?;
    }
    pair.end()
}

struct Phone {
    engine: Engine,
    folder: PathBuf,
    person: PersonId,
    sentences: &'static [&'static str],
}

struct Pair {
    rng: ChaCha20Rng,
    /// The mentor's devices, then the mentee's: as many.
    phones: Vec<Phone>,
    /// Which of their devices each has in hand.
    hand: [usize; 2],
    relay: Relay,
    space: SpaceId,
    now: i64,
    goals: Vec<ItemId>,
    actions: Vec<ItemId>,
    /// The last message overall, and on each phone.
    last: Option<EventId>,
    there: Vec<Option<EventId>>,
}

fn sync(engine: &mut Engine, relay: &Relay, now: i64) -> Result<(), String> {
    let mut requests = VecDeque::from(engine.handle(now, Input::Now).map_err(said)?);
    while let Some(request) = requests.pop_front() {
        let Request::Call { ticket, call, .. } = request else { continue };
        let result = relay.answer(call, now);
        requests.extend(engine.handle(now, Input::Done { ticket, result }).map_err(said)?);
    }
    Ok(())
}

/// A second device of a person: its code scanned, approved and agreed to.
fn second(old: &mut Phone, seed: u64, relay: &Relay) -> Result<Phone, String> {
    let folder = old.folder.with_file_name(format!("{}-2", old.folder.file_name().unwrap_or_default().to_string_lossy()));
    std::fs::create_dir_all(&folder).map_err(said)?;
    let vault = FileVault::new(folder.join("vault.key"));
    let mut joining = Joining::begin(&folder, &vault, Box::new(SeededEntropy::new(seed)), ORIGIN, "Tablet").map_err(said)?;
    let joins = |joining: &mut Joining| joining.answered(relay.answer(joining.call(), START)).map(drop).map_err(said);
    let scanned = old.engine.scan_device(&joining.code(), None, START).map_err(said)?;
    sync(&mut old.engine, relay, START)?;
    joins(&mut joining)?;
    sync(&mut old.engine, relay, START)?;
    old.engine.approve_device(&scanned.id, START).map_err(said)?;
    sync(&mut old.engine, relay, START)?;
    joins(&mut joining)?;
    joining.agree().map_err(said)?;
    joins(&mut joining)?;
    for _ in 0..2 {
        sync(&mut old.engine, relay, START)?;
    }
    joins(&mut joining)?;
    if joining.stage() != JoiningStage::Ready {
        return Err(format!("a second device was not added: {:?}", joining.stage()));
    }
    drop(joining);
    let engine = open(&folder, seed.wrapping_add(1), START)?;
    Ok(Phone { engine, folder, person: old.person, sentences: old.sentences })
}

fn date(ms: i64) -> String {
    // Days since 1970 to a calendar day, after the civil calendar's era of 400 years.
    let z = ms.div_euclid(DAY) + 719_468;
    let (era, day) = (z.div_euclid(146_097), z.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let of_year = day - (365 * year + year / 4 - year / 100);
    let part = (5 * of_year + 2) / 153;
    let (d, m) = (of_year - (153 * part + 2) / 5 + 1, if part < 10 { part + 3 } else { part - 9 });
    format!("{:04}-{m:02}-{d:02}", year + era * 400 + i64::from(m <= 2))
}

impl Pair {
    fn new(recipe: &Recipe, dir: &Path) -> Result<Self, String> {
        let relay = Relay::new()?;
        let phone = |n: u64, name: &str| {
            let folder = dir.join(name.to_lowercase());
            std::fs::create_dir_all(&folder).map_err(said)?;
            let vault = FileVault::new(folder.join("vault.key"));
            let entropy = Box::new(SeededEntropy::new(recipe.seed.wrapping_mul(2).wrapping_add(n)));
            let engine = Engine::create(&folder, &vault, entropy, &options(), name, &[], START).map_err(said)?;
            let language = recipe.languages.get(n as usize).copied().unwrap_or_default();
            let known = words::LANGUAGES.iter().find(|l| l.name == language);
            let sentences = known.map(|l| l.trained).ok_or_else(|| format!("there are no words of {language}"))?;
            Ok::<_, String>(Phone { person: engine.me(), engine, folder, sentences })
        };
        let (mut ana, mut ben) = (phone(0, "Ana")?, phone(1, "Ben")?);
        ana.engine.set_relay(ORIGIN, None, START).map_err(said)?;
        let invite = ana.engine.invite(START).map_err(said)?;
        ben.engine.join(&invite.link.ok_or("the invitation has no link")?, None, START).map_err(said)?;
        sync(&mut ben.engine, &relay, START)?;
        sync(&mut ana.engine, &relay, START)?;
        let space = ana.engine.approve(&invite.id, &ben.person, START).map_err(said)?;
        let rng = ChaCha20Rng::seed_from_u64(recipe.seed);
        let mut pair = Self {
            rng,
            phones: vec![ana, ben],
            hand: [0; 2],
            relay,
            space,
            now: START,
            goals: Vec::new(),
            actions: Vec::new(),
            last: None,
            there: vec![None; 2],
        };
        pair.settle()?;
        if recipe.devices == 2 {
            for who in [1, 0] {
                let seed = recipe.seed.wrapping_mul(2).wrapping_add(1_000_001 + who as u64);
                let old = pair.phones.get_mut(who).ok_or("nobody")?;
                let new = second(old, seed, &pair.relay)?;
                pair.phones.insert(who + 1, new);
            }
            pair.there = vec![None; 4];
            pair.settle()?;
        }
        Ok(pair)
    }

    /// All in turn until nothing can be left to say.
    fn settle(&mut self) -> Result<(), String> {
        (0..2).try_for_each(|_| self.sync())
    }

    /// There is signal: the one's news go to the other and the other's back.
    fn sync(&mut self) -> Result<(), String> {
        let n = self.phones.len();
        for at in (0..n).chain(0..n - 1) {
            let (relay, now) = (&self.relay, self.now);
            self.phones.iter_mut().skip(at).take(1).try_for_each(|phone| sync(&mut phone.engine, relay, now))?;
        }
        self.there.fill(self.last);
        Ok(())
    }

    /// Somebody takes one of their devices in hand.
    fn take_up(&mut self, who: usize) {
        let of = self.phones.len() / 2;
        let taken = if of > 1 { self.below(of) } else { 0 };
        self.hand.iter_mut().skip(who).take(1).for_each(|hand| *hand = taken);
    }

    /// Which device that is.
    fn at(&self, who: usize) -> usize {
        who * (self.phones.len() / 2) + self.hand.get(who).copied().unwrap_or_default()
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.rng.next_u64() % bound.max(1) as u64) as usize
    }

    fn id(&mut self) -> [u8; 16] {
        let mut out = [0; 16];
        self.rng.fill_bytes(&mut out);
        out
    }

    /// One to `most` sentences as this person writes them.
    fn sentences(&mut self, who: usize, most: usize) -> String {
        let of = self.phone(who).sentences;
        let n = 1 + self.below(most);
        let drawn: Vec<&str> = (0..n).filter_map(|_| of.get(self.below(of.len())).copied()).collect();
        drawn.join(" ")
    }

    fn title(&mut self) -> String {
        let at = self.below(words::TITLES.len());
        words::TITLES.get(at).copied().unwrap_or_default().to_owned()
    }

    fn phone(&mut self, who: usize) -> &mut Phone {
        let at = self.at(who);
        &mut self.phones[at]
    }

    fn edit(&mut self, who: usize, document: DocumentId, kind: DocumentKind, command: &Command) -> Result<(), String> {
        let (space, now) = (self.space, self.now);
        self.phone(who).engine.edit(&space, document, kind, command, now).map(drop).map_err(said)
    }

    fn goals(&mut self, who: usize, command: GoalsCommand) -> Result<(), String> {
        let document = derived_id(self.space, DocumentKind::Goals);
        self.edit(who, document, DocumentKind::Goals, &Command::Goals(command))
    }

    fn state(&mut self, who: usize, subject: Subject, payload: impl Into<Payload>) -> Result<EventId, String> {
        let (space, now) = (self.space, self.now);
        let draft = EventDraft { subject, payload: payload.into() };
        self.phone(who).engine.state(&space, draft, now).map_err(said)
    }

    /// They agree on what this is to be.
    fn begin(&mut self) -> Result<(), String> {
        use RelationshipCommand as C;
        let document = derived_id(self.space, DocumentKind::Relationship);
        let mentor = Some(self.phone(0).person);
        let (topic, clauses) = (self.title(), ["purpose", "confidentiality", "no-fault ending"]);
        let mut all = vec![
            (0, C::Kind(Some("informal".into()))),
            (0, C::Model(Some("apprenticeship".into()))),
            (1, C::Cadence(Some("every week, one hour".into()))),
            (1, C::Role { topic, mentor }),
            (0, C::Myself { field: PersonField::Name, value: Some("Ana".into()) }),
            (1, C::Myself { field: PersonField::Name, value: Some("Ben".into()) }),
        ];
        for title in clauses {
            all.push((0, C::AddClause { id: ItemId(self.id()), title: title.into(), text: self.sentences(0, 2) }));
        }
        all.push((1, C::AddPlan { id: ItemId(self.id()), section: "strengths".into(), text: self.sentences(1, 2) }));
        for (who, command) in all {
            self.edit(who, document, DocumentKind::Relationship, &Command::Relationship(command))?;
            self.sync()?;
        }
        let to = self.state(0, SPACE_SUBJECT, StagePropose { stage: Stage::Cultivation })?;
        self.settle()?;
        self.state(1, SPACE_SUBJECT, StageAgree { to })?;
        self.settle()
    }

    /// Time passes; they write messages and notes, each on their own phone, and now and then there is signal.
    fn until_next_session(&mut self, between: i64) -> Result<(), String> {
        let writes = MESSAGES + NOTES;
        let step = between / (writes as i64 + 1);
        for n in 0..writes {
            self.now += step;
            if n % (MESSAGES / NOTES + 1) == 0 {
                self.note()?;
            } else {
                self.message()?;
            }
            if (n + 1) % (writes / SYNCS) == 0 {
                self.sync()?;
            }
        }
        self.now += step;
        Ok(())
    }

    fn message(&mut self) -> Result<(), String> {
        let who = self.below(2);
        self.take_up(who);
        let text = self.sentences(who, 3);
        // Nobody answers what has not come to their phone yet.
        let at = self.at(who);
        let there = self.there.get(at).copied().flatten();
        let reply = (self.below(8) == 0).then_some(there).flatten();
        let id = self.state(who, SPACE_SUBJECT, Message { text, reply })?;
        match (self.below(40), there) {
            (0, Some(target)) => {
                self.state(who, SPACE_SUBJECT, Reaction { target, emoji: "🙏".into(), on: true })?;
            }
            (1, _) => {
                let delivered = u64::try_from(self.now).ok();
                self.state(who, SPACE_SUBJECT, Receipt { delivered, read: None })?;
            }
            _ => {}
        }
        self.last = Some(id);
        self.there.iter_mut().skip(at).take(1).for_each(|there| *there = Some(id));
        Ok(())
    }

    fn note(&mut self) -> Result<(), String> {
        let (who, id) = (self.below(2), DocumentId(self.id()));
        self.take_up(who);
        let write = |pair: &mut Self, command| pair.edit(who, id, DocumentKind::Note, &Command::Note(command));
        let title = self.title();
        write(self, NoteCommand::Create { title, pair: None })?;
        let mut pos = 0;
        // As typing pauses make them: a change for a sentence or two.
        for _ in 0..=self.below(3) {
            let insert = format!("{} ", self.sentences(who, 2));
            let next = pos + insert.chars().count();
            write(self, NoteCommand::Body(TextEdit::Splice { pos, delete: 0, insert }))?;
            pos = next;
        }
        write(self, NoteCommand::Date(Some(date(self.now))))?;
        let tag = ["ward", "school", "farm", "team", "study", "money"].get(self.below(6)).copied().unwrap_or("team").to_owned();
        write(self, NoteCommand::Tag { tag, on: true })
    }

    /// A goal, its milestones, a promise; and the goal before it is reached.
    fn goal(&mut self, n: usize) -> Result<(), String> {
        self.settle()?;
        if let Some(before) = self.goals.last().copied() {
            let status = if n % 5 == 4 { GoalStatus::Dropped } else { GoalStatus::Achieved };
            let reason = Some(self.sentences(0, 1));
            self.state(0, before.0, GoalStatusSet { status, reason })?;
        }
        let (goal, title) = (ItemId(self.id()), self.title());
        self.goals(1, GoalsCommand::AddGoal { id: goal, title })?;
        let edit = TextEdit::Splice { pos: 0, delete: 0, insert: self.sentences(1, 3) };
        self.goals(1, GoalsCommand::GoalText { goal, field: GoalText::Why, edit })?;
        self.goals(1, GoalsCommand::GoalTargetDate { goal, date: Some(date(self.now + 90 * DAY)) })?;
        for _ in 0..3 {
            let (id, text) = (ItemId(self.id()), self.title());
            self.goals(1, GoalsCommand::AddMilestone { id, goal, text })?;
        }
        let (id, text, due) = (ItemId(self.id()), self.title(), Some(date(self.now + 14 * DAY)));
        let owners = vec![self.phone(1).person];
        self.goals(1, GoalsCommand::AddAction { id, text, owners, due, from: Some(goal) })?;
        self.state(1, goal.0, GoalStatusSet { status: GoalStatus::Active, reason: None })?;
        self.goals.push(goal);
        self.actions.push(id);
        Ok(())
    }

    /// They meet: agenda, check-ins, notes of both, what came of it.
    fn session(&mut self) -> Result<(), String> {
        self.settle()?;
        self.take_up(0);
        self.take_up(1);
        let id = DocumentId(self.id());
        let write = |pair: &mut Self, who, command| pair.edit(who, id, DocumentKind::Session, &Command::Session(command));
        let title = self.title();
        write(self, 0, SessionCommand::Create { title, date: Some(date(self.now)) })?;
        let (item, text) = (ItemId(self.id()), self.sentences(0, 1));
        write(self, 0, SessionCommand::AddAgenda { id: item, text })?;
        self.settle()?;
        let arriving = Answer { prompt: "arriving".into(), words: None, scale: Some(1 + self.below(5) as u8), chosen: None };
        let worth = Answer { prompt: "worth".into(), words: Some(self.sentences(1, 1)), scale: None, chosen: None };
        self.state(1, id.0, CheckIn { phase: Phase::Before, answers: vec![arriving, worth] })?;
        let insert = self.sentences(0, 6);
        write(self, 0, SessionCommand::Notes(TextEdit::Splice { pos: 0, delete: 0, insert }))?;
        let technique = ["accompanying", "sowing", "catalyzing", "showing", "harvesting"].get(self.below(5)).copied().unwrap_or("showing");
        write(self, 0, SessionCommand::Technique { technique: technique.into(), on: true })?;
        self.edit(0, id, DocumentKind::Session, &Command::Item(ItemCommand::Tick { item, date: Some(date(self.now)) }))?;
        self.now += 3_600_000;
        self.settle()?;
        if let Some(item) = self.actions.pop() {
            let document = derived_id(self.space, DocumentKind::Goals);
            self.edit(1, document, DocumentKind::Goals, &Command::Item(ItemCommand::Tick { item, date: Some(date(self.now)) }))?;
        }
        for (who, prompt) in [(0, "learned"), (1, "one_thing")] {
            let answers = vec![Answer { prompt: prompt.into(), words: Some(self.sentences(who, 2)), scale: None, chosen: None }];
            self.state(who, id.0, CheckIn { phase: Phase::After, answers })?;
        }
        let answers = vec![Answer { prompt: "useful".into(), words: Some(self.sentences(1, 1)), scale: None, chosen: None }];
        self.state(1, id.0, Harvest { answers })?;
        let text = self.sentences(0, 4);
        self.state(0, id.0, Minutes { text })?;
        let state = if self.below(12) == 0 { SessionState::Missed } else { SessionState::Held };
        self.state(0, id.0, SessionStateSet { state, reason: None })?;
        self.sync()
    }

    /// Both hold the same, and the phones are closed.
    fn end(mut self) -> Result<Made, String> {
        self.settle()?;
        let space = self.space;
        let codes: Vec<String> = self.phones.iter().map(|p| p.engine.state_code(&space).map_err(said)).collect::<Result<_, _>>()?;
        let state_code = codes.first().cloned().unwrap_or_default();
        if codes.iter().any(|c| *c != state_code) {
            return Err(format!("the phones hold different things: {codes:?}"));
        }
        let mut phones = Vec::new();
        for phone in self.phones {
            phone.engine.close().map_err(said)?;
            phones.push(phone.folder);
        }
        Ok(Made { space, phones, state_code, end: self.now })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ithaca_core::view::{NoteView, RowKind};

    #[test]
    fn a_hundredth_of_a_decade_holds_what_it_says_on_all_four_devices_and_comes_out_the_same_again() {
        // `YEARS=10` makes the whole.
        let years: f64 = std::env::var("YEARS").ok().and_then(|y| y.parse().ok()).unwrap_or(0.1);
        let recipe = Recipe { devices: 2, ..Recipe::new(7, years) };
        let whole = Recipe::new(7, 10.0);
        assert_eq!((whole.sessions(), whole.notes(), whole.messages()), (500, 5_000, 50_000));
        let dirs = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let made = make(&recipe, dirs[0].path()).unwrap();
        let days = (made.end - START) as f64 / DAY as f64;
        assert!((days / 365.25 - years).abs() < 0.01 + years / 100.0, "{days} days");
        assert_eq!(made.phones.len(), 4);
        for folder in &made.phones {
            let mut phone = open(folder, 99, made.end).unwrap();
            let said = phone.messages(&made.space, None, 100_000).unwrap();
            assert_eq!(said.len(), recipe.messages());
            for sentences in [words::LANGUAGES[0].trained, words::LANGUAGES.iter().find(|l| l.name == "Swahili").unwrap().trained] {
                assert!(
                    said.iter().filter(|m| sentences.iter().any(|s| m.text.as_deref().is_some_and(|t| t.starts_with(s)))).count() > 100
                );
            }
            let notes: Vec<NoteView> = phone.views(&made.space, RowKind::Note, true, 10_000).unwrap();
            assert_eq!(notes.len(), recipe.notes());
            assert!(notes.iter().all(|n| n.body.text.len() > 3 && !n.title.is_empty()));
            assert_eq!(phone.sessions(&made.space).unwrap().len(), recipe.sessions());
            assert_eq!(phone.state_code(&made.space).unwrap(), made.state_code);
            let line = phone.status(made.end).unwrap().spaces.into_iter().find(|s| s.space == made.space).unwrap();
            assert_eq!((line.waiting, line.not_on_relay, line.set_aside, line.unknown_author), (0, 0, 0, 0), "{line:?}");
            assert!(phone.cards(&made.space).unwrap().is_empty(), "nobody has to decide anything");
        }
        let short = Recipe { years: 0.02, devices: 1, ..recipe.clone() };
        let other = Recipe { seed: 8, ..short.clone() };
        let codes = [("one", &short), ("again", &short), ("other", &other)].map(|(at, r)| make(r, &dirs[1].path().join(at)).unwrap());
        assert_eq!((&codes[0].state_code, codes[0].end), (&codes[1].state_code, codes[1].end));
        assert_ne!(codes[0].state_code, codes[2].state_code);
        assert!(make(&Recipe { devices: 3, ..recipe }, dirs[2].path()).is_err());
    }

    #[test]
    fn dates_are_the_calendar_s() {
        for (ms, day) in [(0, "1970-01-01"), (START, "2031-03-03"), (951_782_400_000, "2000-02-29"), (-DAY, "1969-12-31")] {
            assert_eq!(date(ms), day);
        }
    }
}
