//! Relationships: what both people decide about theirs. Becoming a pair is in [`crate::pairing`].

use clap::{Args, Subcommand};
use ithaca_core::document::command::{PersonField, RelationshipCommand as C};
use ithaca_core::document::{Command, DocumentKind, derived_id};
use ithaca_core::engine::{Compared, Engine, EngineError, PairState, PairView};
use ithaca_core::event::payload::{End, Pause, Resume, StagePropose};
use ithaca_core::event::{EventDraft, Payload, SPACE_SUBJECT, Stage};
use ithaca_core::transport::http::origin;
use ithaca_core::view::{RelationshipView, RowKind};
use serde_json::json;

use crate::error::{CliError, Done};
use crate::find;
use crate::pairing::{self, Approve, Invite, Join};
use crate::print::{People, day_and_time, short};
use crate::profile::{App, confirmed};
use crate::say;
use crate::time::{now, zone};

#[derive(Debug, Subcommand)]
pub enum Pair {
    /// Invite somebody: a link, twelve words, a picture to scan
    Invite(Invite),
    /// Answer an invitation
    Join(Join),
    /// Approve who answered your invitation
    Approve(Approve),
    /// Invitations and their answers
    Invitations,
    /// Withdraw an invitation, or an answer that was not approved
    Withdraw {
        /// The beginning of its id in `pair invitations`
        invitation: String,
    },
    /// Remember that you compared the safety number
    Compare {
        /// Side by side
        #[arg(long, conflicts_with = "spoken", required_unless_present = "spoken")]
        in_person: bool,
        /// Read aloud to each other
        #[arg(long)]
        spoken: bool,
    },
    /// Relationships
    List,
    /// One relationship in full
    Show,
    /// Say what sort it is, who mentors on what, how you are reached
    Set(Set),
    /// Propose a stage, or agree to one
    #[command(subcommand)]
    Stage(StageCommand),
    /// Pause; one of you is enough
    Pause(Reason),
    /// Wish to go on; it takes both
    Resume(Reason),
    /// End; one of you is enough, and nobody is at fault
    End(Reason),
    /// Leave for good: what was written stays with both, nothing new comes or goes
    Leave(Yes),
    /// Fetch and send nothing any more
    Block(Yes),
    /// Fetch and send again
    Unblock,
    /// Tell the other how far you read their messages, or not; nobody is told unless you say so
    Receipts {
        /// `on` or `off`
        #[arg(value_parser = ["on", "off"])]
        tell: String,
    },
    /// At which relays this relationship is kept; move it to another in two steps
    Relay(Kept),
    /// Make a file that brings the other person back by their recovery words, where no relay can
    #[command(
        after_help = "Example:\n  ithaca pair rescue --with Ana --to ana.rescue\n\nIt is sealed: without Ana's words nobody reads it. Then Ana runs `ithaca restore --rescue ana.rescue`."
    )]
    Rescue {
        /// Where to put the file
        #[arg(long, value_name = "FILE")]
        to: std::path::PathBuf,
        /// Replace a file that is there
        #[arg(long)]
        force: bool,
    },
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  ithaca pair relay --with Ben\n  ithaca pair relay --with Ben --add https://new.example\n  ithaca pair relay --with Ben --drop https://old.example\n\nTo move: `--add` the new one, sync until both of you have all, then `--drop` the old one. A relay that takes only\nwho has an account needs yours first: `ithaca relay set URL --account-file FILE`."
)]
pub struct Kept {
    /// Keep it at this relay as well; can be given several times
    #[arg(long, value_name = "URL")]
    add: Vec<String>,
    /// Keep it there no longer, once every device knows where else to look
    #[arg(long, value_name = "URL")]
    drop: Vec<String>,
}

#[derive(Debug, Args)]
pub struct Reason {
    /// Why, if you want to say
    #[arg(long)]
    reason: Option<String>,
}

#[derive(Debug, Args)]
pub struct Yes {
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

#[derive(Debug, Subcommand)]
pub enum StageCommand {
    /// Propose to move to a stage
    Propose {
        /// initiation, cultivation, separation or redefinition
        #[arg(value_parser = stage)]
        stage: Stage,
    },
    /// Agree to what the other proposed
    Agree,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  ithaca pair set --kind apprenticeship --mentor 'newborn resuscitation=me'\n  ithaca pair set --cadence 'every 2 weeks, 60 min' --zone Africa/Nairobi --reachable 'evenings, by phone'"
)]
pub struct Set {
    /// formal, informal, peer, situational …
    #[arg(long)]
    kind: Option<String>,
    /// cloning, nurturing, friendship, apprenticeship
    #[arg(long)]
    model: Option<String>,
    /// Where the work is
    #[arg(long)]
    setting: Option<String>,
    /// How often, how long
    #[arg(long)]
    cadence: Option<String>,
    /// Who mentors on a topic: me, a name, or none; can be given several times
    #[arg(long, value_name = "TOPIC=WHO")]
    mentor: Vec<String>,
    /// Your name, as this partner sees it
    #[arg(long)]
    name: Option<String>,
    /// Your language, such as sw or en-GB
    #[arg(long)]
    language: Option<String>,
    /// Your time zone, such as Africa/Nairobi
    #[arg(long)]
    zone: Option<String>,
    /// How you are reached
    #[arg(long)]
    reachable: Option<String>,
}

fn stage(word: &str) -> Result<Stage, String> {
    Stage::ALL
        .iter()
        .copied()
        .find(|s| s.word() == word)
        .ok_or_else(|| "a stage is initiation, cultivation, separation or redefinition".into())
}

/// `pair`.
///
/// # Errors
/// See [`CliError`].
pub fn run(app: &mut App, command: Pair) -> Done {
    match command {
        Pair::Invite(c) => pairing::invite(app, &c),
        Pair::Join(c) => pairing::join(app, &c),
        Pair::Approve(c) => pairing::approve(app, &c),
        Pair::Invitations => pairing::list(app),
        Pair::Withdraw { invitation } => pairing::withdraw(app, &invitation),
        Pair::Compare { in_person, .. } => {
            let how = if in_person { Compared::InPerson } else { Compared::Spoken };
            act(app, "Remembered.", |e, p| Ok(e.compared(&p.space, how, now())?))
        }
        Pair::List => list(app),
        Pair::Show => show(app),
        Pair::Set(set) => change(app, set),
        Pair::Stage(StageCommand::Propose { stage }) => propose(app, stage),
        Pair::Stage(StageCommand::Agree) => agree(app),
        Pair::Pause(r) => state(app, Pause { reason: r.reason }.into(), "Paused, on this device. The other sees it after the next sync."),
        Pair::Resume(r) => state(app, Resume { reason: r.reason }.into(), "Kept on this device. It runs again when both of you wish it."),
        Pair::End(r) => state(app, End { reason: r.reason }.into(), "Ended, on this device. What was written stays with both of you."),
        Pair::Leave(yes) => leave(app, yes.yes),
        Pair::Block(yes) => block(app, yes.yes),
        Pair::Receipts { tell } => receipts(app, tell == "on"),
        Pair::Relay(kept) => relays(app, &kept),
        Pair::Rescue { to, force } => rescue(app, &to, force),
        Pair::Unblock => act(app, "Unblocked. The next sync fetches what came meanwhile.", |e, p| Ok(e.block(&p.space, false, now())?)),
    }
}

fn act(app: &mut App, words: &str, act: impl FnOnce(&mut Engine, &PairView) -> Done) -> Done {
    let mut engine = app.open()?;
    let pair = app.pair(&engine)?;
    act(&mut engine, &pair)?;
    app.close(engine)?;
    app.kept(words, None, Some(&pair.space))
}

fn state(app: &mut App, payload: Payload, words: &str) -> Done {
    act(app, words, |e, p| Ok(e.state(&p.space, EventDraft { subject: SPACE_SUBJECT, payload }, now()).map(drop)?))
}

fn propose(app: &mut App, stage: Stage) -> Done {
    state(app, StagePropose { stage }.into(), &format!("Proposed: {}. It takes the other's word too.", stage.word()))
}

fn agree(app: &mut App) -> Done {
    act(app, "Agreed.", |e, p| match e.agree_to_stage(&p.space, now()) {
        Err(EngineError::NotFound(_)) => Err(CliError::Refused("there is nothing to agree to: the other proposed no stage".into())),
        done => Ok(done?),
    })
}

fn leave(app: &mut App, yes: bool) -> Done {
    let engine = app.open()?;
    let name = app.pair(&engine)?.name;
    app.close(engine)?;
    let question = format!("Leave {name} for good? What was written stays with both of you; this cannot be undone.");
    if !confirmed(&question, yes)? {
        return Err(CliError::Refused("not left".into()));
    }
    act(app, "You left. The other learns it with the next sync.", |e, p| Ok(e.leave(&p.space, now())?))
}

fn block(app: &mut App, yes: bool) -> Done {
    let engine = app.open()?;
    let name = app.pair(&engine)?.name;
    app.close(engine)?;
    if !confirmed(&format!("Block {name}? Nothing is fetched or sent any more until you unblock."), yes)? {
        return Err(CliError::Refused("not blocked".into()));
    }
    act(app, "Blocked. Nothing is fetched or sent.", |e, p| Ok(e.block(&p.space, true, now())?))
}

fn receipts(app: &mut App, on: bool) -> Done {
    let words = if on {
        "They see from now on which messages you looked at with `ithaca messages`."
    } else {
        "Nothing more is told of what you read. What they were told stays with them."
    };
    act(app, words, |e, p| Ok(e.tell_what_is_read(&p.space, on, now())?))
}

fn running(pair: &PairView) -> &'static str {
    match pair.state() {
        PairState::SavedCopy => "a saved copy, for reading",
        PairState::Left => "you left",
        PairState::OtherLeft => "the other left",
        PairState::Blocked => "blocked by you",
        PairState::Running => "running",
        PairState::Paused => "paused",
        PairState::Ended => "ended",
    }
}

fn list(app: &mut App) -> Done {
    let engine = app.open()?;
    let pairs = engine.pairs()?;
    app.close(engine)?;
    for p in &pairs {
        say!(app.out, "{}  {} · {} · {}", short(p.space), p.name, p.stage.word(), running(p));
        if p.must_compare {
            say!(app.out, "          nothing is sent before you compared the safety number: `ithaca pair compare`");
        }
    }
    if pairs.is_empty() {
        say!(app.out, "Nobody yet. Invite somebody: `ithaca pair invite`; or answer: `ithaca pair join`.");
    }
    app.out.value(&pairs)
}

fn show(app: &mut App) -> Done {
    let engine = app.open()?;
    let pair = app.pair(&engine)?;
    let people = People::of(&engine, &pair.space)?;
    let id = derived_id(pair.space, DocumentKind::Relationship);
    let view: Option<RelationshipView> = engine.view(&pair.space, RowKind::Relationship, &id.0)?;
    app.close(engine)?;
    say!(app.out, "{} · {} · {}", pair.name, pair.stage.word(), running(&pair));
    if let Some(v) = &view {
        for (label, words) in [("kind", &v.kind), ("model", &v.model), ("where", &v.setting), ("how often", &v.cadence)] {
            if let Some(words) = words {
                say!(app.out, "{label}: {words}");
            }
        }
        for role in &v.roles {
            say!(app.out, "{}: {} mentors", role.topic, people.name(role.mentor));
        }
        for p in &v.people {
            let parts: Vec<&str> = [&p.language, &p.zone, &p.reachable].into_iter().filter_map(|x| x.as_deref()).collect();
            say!(
                app.out,
                "{}: {}",
                people.name(p.person),
                if parts.is_empty() { "nothing said yet".to_owned() } else { parts.join(" · ") }
            );
        }
        for field in v.differ.keys() {
            say!(app.out, "You two differ on the {field}: see `ithaca cards`.");
        }
    }
    for (_, by, stage) in &pair.proposed {
        say!(app.out, "{}: move to {}", people.who(*by), stage.word());
    }
    if let Some(number) = &pair.safety_number {
        say!(app.out, "safety number: {number}");
    }
    match &pair.verified {
        Some((at, how)) => say!(app.out, "compared {}, {}", how.word(), day_and_time(*at)),
        None => say!(app.out, "not compared yet: read it to each other, then `ithaca pair compare --spoken` or `--in-person`"),
    }
    if pair.receipts {
        say!(app.out, "they see which messages you read: `ithaca pair receipts off` ends it");
    }
    app.out.value(&json!({ "pair": pair, "relationship": view }))
}

fn relays(app: &mut App, kept: &Kept) -> Done {
    let origin = |address: &String| origin(address).map_err(|e| CliError::Usage(e.to_string()));
    let add: Vec<String> = kept.add.iter().map(origin).collect::<Done<_>>()?;
    let drop: Vec<String> = kept.drop.iter().map(origin).collect::<Done<_>>()?;
    let mut engine = app.open()?;
    let mut pair = app.pair(&engine)?;
    if let Some(strange) = drop.iter().find(|d| !pair.relays.contains(d)) {
        return Err(CliError::Refused(format!("{} is not kept at {strange}: see `ithaca pair relay`", pair.name)));
    }
    let wanted: Vec<String> = pair.relays.iter().chain(&add).filter(|r| !drop.contains(r)).cloned().collect();
    if !add.is_empty() || !drop.is_empty() {
        engine.use_relays(&pair.space, &wanted, now())?;
        pair = app.pair(&engine)?;
    }
    app.close(engine)?;
    for relay in &pair.relays {
        say!(app.out, "{relay}");
    }
    match (&add[..], &drop[..]) {
        ([], []) => {}
        (_, []) => say!(
            app.out,
            "Both are used from the next sync on. When both of you have all, let the old one go: `ithaca pair relay --drop URL`."
        ),
        _ => say!(app.out, "The other learns it with the next sync."),
    }
    app.out.value(&json!({ "relays": pair.relays }))
}

fn change(app: &mut App, set: Set) -> Done {
    if let Some(z) = set.zone.as_deref().filter(|z| *z != "none") {
        zone(z).map_err(CliError::Usage)?;
    }
    let cleared = |v: String| Some(v).filter(|v| v != "none");
    let mut commands: Vec<C> = Vec::new();
    commands.extend(set.kind.map(|v| C::Kind(cleared(v))));
    commands.extend(set.model.map(|v| C::Model(cleared(v))));
    commands.extend(set.setting.map(|v| C::Setting(cleared(v))));
    commands.extend(set.cadence.map(|v| C::Cadence(cleared(v))));
    let fields = [
        (PersonField::Name, set.name),
        (PersonField::Language, set.language),
        (PersonField::Zone, set.zone),
        (PersonField::Reachable, set.reachable),
    ];
    commands.extend(fields.into_iter().filter_map(|(field, value)| value.map(|v| C::Myself { field, value: cleared(v) })));
    let mut engine = app.open()?;
    let pair = app.pair(&engine)?;
    for role in &set.mentor {
        let (topic, who) = role.split_once('=').ok_or_else(|| CliError::Usage("--mentor looks like 'report writing=me'".into()))?;
        let mentor = if who.trim() == "none" { None } else { Some(find::person(&engine, &pair.space, who.trim())?) };
        commands.push(C::Role { topic: topic.trim().to_owned(), mentor });
    }
    if commands.is_empty() {
        return Err(CliError::Usage("say what to set; `ithaca pair set --help` lists it".into()));
    }
    let id = derived_id(pair.space, DocumentKind::Relationship);
    for command in commands {
        engine.edit(&pair.space, id, DocumentKind::Relationship, &Command::Relationship(command), now())?;
    }
    app.close(engine)?;
    app.kept("Kept on this device. It goes with the next sync.", None, Some(&pair.space))
}

fn rescue(app: &mut App, to: &std::path::Path, force: bool) -> Done {
    let mut engine = app.open()?;
    let pair = app.pair(&engine)?;
    let file = engine.rescue(&pair.space)?;
    app.close(engine)?;
    crate::archive::write(to, &file, force)?;
    say!(app.out, "{} holds what brings {} back, sealed to them. They need it and their twelve words.", to.display(), pair.name);
    app.out.value(&json!({ "file": to, "bytes": file.len(), "space": pair.space }))
}
