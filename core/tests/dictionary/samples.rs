//! A life: what two people and their devices write into one space over some months, as the bodies of the records that carry it.

use ithaca_core::document::command::{GoalText, GoalsCommand, ItemCommand, NoteCommand, PersonField, RelationshipCommand, SessionCommand};
use ithaca_core::document::text::TextEdit;
use ithaca_core::document::{Author, Clock, Command, Document, DocumentKind, derived_id, schema};
use ithaca_core::event::{EventDraft, HeldEvent, Payload, SPACE_SUBJECT, Stage, Subject, payload as said};
use ithaca_core::id::{DeviceId, DocumentId, ItemId, PersonId, SpaceId};
use ithaca_core::record::body::{Body, DocumentChanges};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};

use crate::words::{HELD_TITLES, LANGUAGES, Language, TITLES};

/// One record's body, and what it is of.
pub struct Sample {
    /// `message`, `typing`, `note` …
    pub what: &'static str,
    /// The body.
    pub body: Body,
}

/// A pair's writing, drawn from a seed.
pub struct Life {
    rng: ChaCha20Rng,
    held: bool,
    language: &'static Language,
    space: SpaceId,
    people: [(PersonId, DeviceId, [u8; 16]); 2],
    clock: u64,
    events: Vec<HeldEvent>,
    /// What was written.
    pub samples: Vec<Sample>,
}

impl Life {
    /// A new pair; `held` draws from the words that are never trained on.
    pub fn new(seed: u64, held: bool) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let total: u32 = LANGUAGES.iter().map(|l| l.weight).sum();
        let mut at = rng.next_u32() % total;
        let language = LANGUAGES
            .iter()
            .find(|l| {
                let here = at < l.weight;
                at = at.saturating_sub(l.weight);
                here
            })
            .unwrap_or(&LANGUAGES[0]);
        let mut random = || {
            let mut out = [0; 32];
            rng.fill_bytes(&mut out);
            out
        };
        let space = SpaceId(random());
        let people = [0, 1].map(|_| (PersonId(random()), DeviceId(random()), random().first_chunk().copied().unwrap_or_default()));
        let clock = 1_767_225_600_000 + u64::from(rng.next_u32()) * 15;
        Self { rng, held, language, space, people, clock, events: Vec::new(), samples: Vec::new() }
    }

    fn below(&mut self, n: usize) -> usize {
        self.rng.next_u32() as usize % n.max(1)
    }

    fn id(&mut self) -> [u8; 16] {
        let mut out = [0; 16];
        self.rng.fill_bytes(&mut out);
        out
    }

    /// A sentence.
    pub fn sentence(&mut self) -> &'static str {
        let from = if self.held { self.language.held } else { self.language.trained };
        from[self.below(from.len())]
    }

    fn sentences(&mut self, most: usize) -> String {
        let n = 1 + self.below(most);
        (0..n).map(|_| self.sentence()).collect::<Vec<_>>().join(" ")
    }

    fn title(&mut self) -> String {
        let from = if self.held { HELD_TITLES } else { TITLES };
        from[self.below(from.len())].to_owned()
    }

    fn day(&mut self) -> Option<String> {
        Some(format!("20{}-{:02}-{:02}", 26 + self.below(4), 1 + self.below(12), 1 + self.below(28)))
    }

    fn author(&mut self, who: usize) -> Author {
        self.clock += 1_000 + u64::from(self.rng.next_u32() % 40_000_000);
        let (person, device, actor) = self.people[who % 2];
        let wall_ms = self.clock as i64 - i64::from(self.rng.next_u32() % 3);
        Author { person, device, actor, clock: Clock(self.clock), wall_ms }
    }

    /// States an event in a record of its own; `text` and other words come from the caller.
    pub fn say(&mut self, what: &'static str, subject: Subject, payload: impl Into<Payload>) -> Vec<u8> {
        let bytes = self.event(subject, payload);
        self.samples.push(Sample { what, body: Body { events: vec![bytes.clone()], ..Body::default() } });
        bytes
    }

    fn event(&mut self, subject: Subject, payload: impl Into<Payload>) -> Vec<u8> {
        let who = self.below(2);
        let by = self.author(who);
        let event = EventDraft { subject, payload: payload.into() }.stated(by.clock, by.wall_ms, &self.events);
        let bytes = event.encode();
        let held = HeldEvent::take(self.space, by.person, by.device, bytes.clone(), |_| None).unwrap();
        if !matches!(held.event.payload, Payload::Receipt(_)) {
            self.events.push(held);
        }
        if self.events.len() > 12 {
            self.events.remove(0);
        }
        bytes
    }

    fn edit(&mut self, what: &'static str, document: &mut Document, commands: &[Command]) {
        let who = self.below(2);
        let mut chunks = Vec::new();
        for command in commands {
            let by = self.author(who);
            let made = document.edit(&by, command).unwrap_or_else(|e| panic!("{e} for {command:?}"));
            chunks.extend(made.into_iter().map(Into::into));
        }
        let changes = vec![DocumentChanges { document: document.id, kind: document.kind.code(), chunks }];
        self.samples.push(Sample { what, body: Body { changes, ..Body::default() } });
    }

    /// Types `text` at the end, a change per pause, a record per one to three changes.
    fn types(&mut self, document: &mut Document, text: &str, command: impl Fn(TextEdit) -> Command, start: usize) {
        let letters: Vec<char> = text.chars().collect();
        let (mut pos, mut batch) = (start, Vec::new());
        for piece in letters.chunks(12 + self.below(40)) {
            batch.push(command(TextEdit::Splice { pos, delete: 0, insert: piece.iter().collect() }));
            pos += piece.len();
            if batch.len() > self.below(3) {
                self.edit("typing", document, &std::mem::take(&mut batch));
            }
        }
        if !batch.is_empty() {
            self.edit("typing", document, &batch);
        }
    }

    /// Messages: each in a record of its own, and in tens.
    pub fn messages(&mut self, n: usize) {
        for _ in 0..n {
            let text = self.sentences(3);
            let reply = (self.below(4) == 0).then(|| self.events.last().map(|e| e.id)).flatten();
            let bytes = self.say("message", SPACE_SUBJECT, said::Message { text, reply });
            let target = ithaca_core::event::id(self.space, self.people[0].1, &bytes);
            match self.below(12) {
                0 => {
                    let emoji = ["👍", "❤️", "🙏", "🎉"][self.below(4)].to_owned();
                    drop(self.say("reaction", SPACE_SUBJECT, said::Reaction { target, emoji, on: true }));
                }
                1 => {
                    let text = self.sentences(2);
                    drop(self.say("message edit", SPACE_SUBJECT, said::MessageEdit { target, text }));
                }
                2 => {
                    let delivered = Some(self.clock);
                    drop(self.say("receipt", SPACE_SUBJECT, said::Receipt { delivered, read: None }));
                }
                _ => {}
            }
        }
        let tens = (0..10).map(|_| {
            let text = self.sentences(2);
            self.event(SPACE_SUBJECT, said::Message { text, reply: None })
        });
        let events = tens.collect();
        self.samples.push(Sample { what: "ten messages", body: Body { events, ..Body::default() } });
    }

    /// Everything else once.
    pub fn month(&mut self) {
        self.note();
        let goal = self.goals();
        self.session(goal);
        self.relationship();
        self.random();
    }

    fn note(&mut self) {
        let id = DocumentId(self.id());
        let mut note = Document::new(self.space, id, DocumentKind::Note);
        let (title, date, text) = (self.title(), self.day(), self.sentences(6));
        self.edit("note", &mut note, &[Command::Note(NoteCommand::Create { title, pair: None }), Command::Note(NoteCommand::Date(date))]);
        self.types(&mut note, &text, |e| Command::Note(NoteCommand::Body(e)), 0);
        let tag = ["ward", "school", "farm", "team", "study", "money"][self.below(6)].to_owned();
        let function = ["counseling", "coaching", "friendship", "role modeling", "sponsorship"][self.below(5)].to_owned();
        self.edit("tag", &mut note, &[Command::Note(NoteCommand::Tag { tag, on: true })]);
        self.edit("tag", &mut note, &[Command::Note(NoteCommand::Function { function, on: true })]);
        let (base_heads, place) = (note.heads(), Some(self.title()));
        let text = text.replacen(" the ", " our ", 1).replacen("morning", "evening", 1);
        self.edit("rewrite", &mut note, &[Command::Note(NoteCommand::Body(TextEdit::Rewrite { base_heads, text }))]);
        self.edit("note", &mut note, &[Command::Note(NoteCommand::Place(place))]);
        if self.below(4) == 0 {
            self.edit("note", &mut note, &[Command::Note(NoteCommand::Delete)]);
        }
    }

    fn goals(&mut self) -> ItemId {
        let mut goals = Document::new(self.space, derived_id(self.space, DocumentKind::Goals), DocumentKind::Goals);
        let (goal, first, action) = (ItemId(self.id()), ItemId(self.id()), ItemId(self.id()));
        let (title, why, success) = (self.title(), self.sentences(2), self.sentences(1));
        let owner = self.people[1].0;
        self.edit("goal", &mut goals, &[Command::Goals(GoalsCommand::AddGoal { id: goal, title })]);
        let of = |field| move |edit| Command::Goals(GoalsCommand::GoalText { goal, field, edit });
        self.types(&mut goals, &why, of(GoalText::Why), 0);
        self.types(&mut goals, &success, of(GoalText::Success), 0);
        let (date, review) = (self.day(), self.day());
        self.edit("goal", &mut goals, &[Command::Goals(GoalsCommand::GoalTargetDate { goal, date })]);
        self.edit("goal", &mut goals, &[Command::Goals(GoalsCommand::GoalReviewDate { goal, date: review })]);
        for id in [first, ItemId(self.id())] {
            let text = self.title();
            self.edit("milestone", &mut goals, &[Command::Goals(GoalsCommand::AddMilestone { id, goal, text })]);
        }
        let (text, due) = (self.title(), self.day());
        self.edit(
            "action",
            &mut goals,
            &[Command::Goals(GoalsCommand::AddAction { id: action, text, owners: vec![owner], due, from: Some(goal) })],
        );
        for item in [first, action] {
            let date = self.day();
            self.edit("tick", &mut goals, &[Command::Item(ItemCommand::Tick { item, date })]);
        }
        self.edit("move", &mut goals, &[Command::Item(ItemCommand::Move { item: first, after: None })]);
        for status in [said::GoalStatus::Active, said::GoalStatus::Achieved] {
            let reason = (self.below(3) == 0).then(|| self.sentences(1));
            self.say("status", goal.0, said::GoalStatusSet { status, reason });
        }
        goal
    }

    fn session(&mut self, goal: ItemId) {
        let id = self.id();
        let mut session = Document::new(self.space, DocumentId(id), DocumentKind::Session);
        let (title, date) = (self.title(), self.day());
        self.edit("session", &mut session, &[Command::Session(SessionCommand::Create { title, date })]);
        let proposal = ItemId(self.id());
        let at_ms = self.clock as i64 + 500_000_000;
        let zone = ["Africa/Nairobi", "Europe/Athens", "America/Sao_Paulo", "Asia/Kolkata"][self.below(4)].to_owned();
        self.edit("time", &mut session, &[Command::Session(SessionCommand::ProposeTime { id: proposal, at_ms, zone })]);
        self.edit("time", &mut session, &[Command::Session(SessionCommand::AcceptTime { proposal, on: true })]);
        for _ in 0..2 {
            let (item, text, date) = (ItemId(self.id()), self.sentences(1), self.day());
            self.edit("agenda", &mut session, &[Command::Session(SessionCommand::AddAgenda { id: item, text })]);
            self.edit("tick", &mut session, &[Command::Item(ItemCommand::Tick { item, date })]);
        }
        let notes = self.sentences(5);
        self.types(&mut session, &notes, |e| Command::Session(SessionCommand::Notes(e)), 0);
        let technique = ["accompanying", "sowing", "catalyzing", "showing", "harvesting"][self.below(5)].to_owned();
        self.edit("tag", &mut session, &[Command::Session(SessionCommand::Technique { technique, on: true })]);
        let prompts: [(said::Phase, &[&str]); 4] = [
            (said::Phase::Before, &["arriving", "worth", "tried", "off_limits"]),
            (said::Phase::Before, &["notice", "technique", "promised"]),
            (said::Phase::After, &["relevant", "heard", "one_thing", "change"]),
            (said::Phase::After, &["techniques", "learned", "promised", "confident"]),
        ];
        for (phase, prompts) in prompts {
            let answers = prompts.iter().map(|p| self.answer(p, goal)).collect();
            self.say("check-in", id, said::CheckIn { phase, answers });
        }
        let answers = ["learned", "useful", "helped", "character"].iter().map(|p| self.answer(p, goal)).collect();
        self.say("harvest", id, said::Harvest { answers });
        let text = self.sentences(4);
        self.say("minutes", id, said::Minutes { text });
        self.say("state", id, said::SessionStateSet { state: said::SessionState::Held, reason: None });
    }

    fn answer(&mut self, prompt: &str, goal: ItemId) -> said::Answer {
        let scale = matches!(prompt, "arriving" | "relevant" | "heard" | "confident" | "useful").then(|| 1 + self.below(5) as u8);
        let chosen = (prompt == "tried").then(|| vec![goal.to_string()]);
        let words = scale.is_none().then(|| self.sentences(1));
        said::Answer { prompt: prompt.to_owned(), words, scale, chosen }
    }

    fn relationship(&mut self) {
        use RelationshipCommand as C;
        let id = derived_id(self.space, DocumentKind::Relationship);
        let mut relationship = Document::new(self.space, id, DocumentKind::Relationship);
        let kind = ["formal", "informal", "peer", "knowledge-transfer"][self.below(4)];
        let model = ["cloning", "nurturing", "friendship", "apprenticeship"][self.below(4)];
        let (topic, mentor) = (self.title(), Some(self.people[0].0));
        for command in [
            C::Kind(Some(kind.into())),
            C::Model(Some(model.into())),
            C::Cadence(Some("every second week, one hour".into())),
            C::Role { topic, mentor },
        ] {
            self.edit("relationship", &mut relationship, &[Command::Relationship(command)]);
        }
        for (field, value) in [(PersonField::Name, "Ana"), (PersonField::Language, "en"), (PersonField::Zone, "Africa/Nairobi")] {
            self.edit("relationship", &mut relationship, &[Command::Relationship(C::Myself { field, value: Some(value.into()) })]);
        }
        for title in ["purpose", "goals", "confidentiality", "private notes", "review date", "no-fault ending"] {
            let (id, text) = (ItemId(self.id()), self.sentences(2));
            self.edit("clause", &mut relationship, &[Command::Relationship(C::AddClause { id, title: title.into(), text })]);
        }
        for section in ["strengths", "gaps", "one thing", "markers"] {
            let (id, text) = (ItemId(self.id()), self.sentences(1));
            self.edit("plan", &mut relationship, &[Command::Relationship(C::AddPlan { id, section: section.into(), text })]);
        }
        self.say("stage", SPACE_SUBJECT, said::StagePropose { stage: Stage::Cultivation });
        if let Some(to) = self.events.last().map(|e| e.id) {
            self.say("stage", SPACE_SUBJECT, said::StageAgree { to });
        }
    }

    /// What the table's generators make: the keys that nobody thought of above.
    fn random(&mut self) {
        for kind in [DocumentKind::Note, DocumentKind::Goals, DocumentKind::Session, DocumentKind::Relationship] {
            let id = DocumentId(self.id());
            let mut document = Document::new(self.space, id, kind);
            for _ in 0..4 {
                let person = self.people[0].0;
                let command = schema::random_command(&mut self.rng, &document, person);
                // What the generators fall back to when nothing fits.
                if matches!(command, Command::Pick { .. }) {
                    continue;
                }
                self.edit("random", &mut document, &[command]);
            }
        }
    }
}
