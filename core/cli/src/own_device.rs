//! `ithaca device`: the devices of one person. The new one shows a code, an old one approves it.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use ithaca_core::engine::{EngineError, Joining, JoiningStage, NewcomerState, NewcomerView, OwnDevice};
use ithaca_core::transport::CallError;
use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;
use serde_json::json;

use crate::error::{CliError, Done};
use crate::find::{Candidate, pick};
use crate::pairing::only_dash;
use crate::print::short;
use crate::profile::{App, ask, confirmed, says_yes, secret_input};
use crate::say;
use crate::sync::{ask_relay, once, trouble};
use crate::time::now;

/// How often a device that waits for the other looks again.
const LOOK: Duration = Duration::from_secs(2);

#[derive(Debug, Subcommand)]
pub enum Device {
    /// Make this machine a device of yours: shows a code for another device of yours
    Add(Add),
    /// Let a new device in: takes the code it shows
    Approve(Approve),
    /// Your devices
    List,
    /// Call a device something; only your own devices know
    Name {
        /// Its name, or the beginning of its id
        device: String,
        /// What to call it
        name: String,
    },
    /// End a device for good: it reads nothing written from now on
    Revoke {
        /// Its name, or the beginning of its id
        device: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ithaca device add --relay https://relay.example --label Laptop
  ithaca device add                       goes on where it was interrupted

This machine must have no profile yet. It shows who adds it, in four words, and asks before it agrees.")]
pub struct Add {
    /// The relay that both devices reach
    #[arg(long, value_name = "URL")]
    relay: Option<String>,
    /// What to call this device
    #[arg(long, default_value = "")]
    label: String,
    /// Agree without asking if the one who adds it has these four words: for scripts
    #[arg(long, value_name = "FOUR WORDS")]
    expect: Option<String>,
    /// Do one step and end, instead of waiting for the other device
    #[arg(long)]
    no_wait: bool,
    /// Leave out the picture
    #[arg(long)]
    no_qr: bool,
    /// Seal the profile with a passphrase instead of a key file that only you can read
    #[arg(long)]
    passphrase: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ithaca device approve                   asks for the code or the twelve words
  ithaca device approve - < code.txt

The new device will read everything you can: notes, messages, what is private.")]
pub struct Approve {
    /// `-` reads the code or the words from standard input; without it they are asked for
    #[arg(value_name = "-", value_parser = only_dash)]
    from: Option<String>,
    /// The file with the code or the words
    #[arg(long, value_name = "FILE", conflicts_with = "from")]
    code_file: Option<PathBuf>,
    /// The relay, beside twelve words; the code names it
    #[arg(long, value_name = "URL")]
    relay: Option<String>,
    /// Do not ask whether the four words are the same
    #[arg(long)]
    yes: bool,
    /// Do one step and end, instead of waiting for the other device
    #[arg(long)]
    no_wait: bool,
}

/// `device`.
///
/// # Errors
/// See [`CliError`].
pub fn run(app: &mut App, command: Device) -> Done {
    match command {
        Device::Add(c) => add(app, &c),
        Device::Approve(c) => approve(app, &c),
        Device::List => list(app),
        Device::Name { device, name } => {
            let mut engine = app.open()?;
            let found = find(&engine.devices()?, &device)?;
            engine.name_device(&found.device, &name, now())?;
            app.close(engine)?;
            app.kept("Named.", Some(&found.device.to_string()), None)
        }
        Device::Revoke { device, yes } => revoke(app, &device, yes),
    }
}

fn title(device: &OwnDevice) -> String {
    match (&device.name[..], device.this_one) {
        ("", true) => "this device".to_owned(),
        ("", false) => "a device without a name".to_owned(),
        (label, _) => label.to_owned(),
    }
}

fn find(devices: &[OwnDevice], named: &str) -> Done<OwnDevice> {
    let candidates = devices.iter().map(|d| Candidate {
        id: d.device.to_string(),
        title: title(d),
        hint: if d.revoked { "revoked".to_owned() } else { String::new() },
        value: d.clone(),
    });
    pick("device", "ithaca device list", named, candidates.collect())
}

fn list(app: &mut App) -> Done {
    let engine = app.open()?;
    let devices = engine.devices()?;
    let newcomers = engine.newcomers(now())?;
    app.close(engine)?;
    for d in &devices {
        let mut about = Vec::new();
        if d.this_one {
            about.push("this one");
        }
        if d.revoked {
            about.push("revoked");
        }
        let about = if about.is_empty() { String::new() } else { format!("  ({})", about.join(", ")) };
        say!(app.out, "{}  {}{about}", short(d.device), title(d));
    }
    for n in newcomers.iter().filter(|n| n.state == NewcomerState::Asking) {
        say!(app.out, "A new device asks to be yours ({}): `ithaca device approve`.", n.words);
    }
    app.out.value(&json!({ "devices": devices, "newcomers": newcomers }))
}

fn revoke(app: &mut App, named: &str, yes: bool) -> Done {
    let engine = app.open()?;
    let found = find(&engine.devices()?, named)?;
    app.close(engine)?;
    say!(
        app.out,
        "{} ({}) keeps what it holds, reads nothing written from now on, and nobody takes what it writes.",
        title(&found),
        short(found.device)
    );
    if !confirmed("End it for good?", yes)? {
        return Err(CliError::Refused("nothing was changed".into()));
    }
    let mut engine = app.open()?;
    engine.revoke_device(&found.device, now())?;
    let words = engine.words()?.made;
    let view = once(&mut engine)?;
    app.close(engine)?;
    say!(app.out, "It is out. Your partners learn of it with their next sync.");
    if words {
        say!(app.out, "It knew where your recovery words look: make new ones with `ithaca phrase show`.");
    }
    let trouble = trouble(&view);
    app.out.value(&json!({ "revoked": found.device, "trouble": trouble }))?;
    trouble.map_or(Ok(()), |words| Err(CliError::Waiting(words)))
}

/// One exchange. Gives the stage then.
fn step(joining: &mut Joining) -> Done<JoiningStage> {
    let origin = joining.origin().to_owned();
    match ask_relay(async |http| joining.step(http).await)? {
        Err(EngineError::Unreachable) => Err(CliError::Waiting(format!(
            "{}. This device goes on with `ithaca device add` when there is signal",
            CallError::Unreachable(origin)
        ))),
        stage => Ok(stage?),
    }
}

fn add(app: &mut App, c: &Add) -> Done {
    let (mut joining, new) = app.join_or_resume(c.relay.as_deref(), &c.label, c.passphrase || app.global.passphrase_stdin)?;
    if new {
        say!(
            app.out,
            "On a device that is yours already: `ithaca device approve`, with this code (it works for a day).\n\n{}\n",
            joining.code()
        );
        say!(
            app.out,
            "{}\n(with the words goes the relay's address: {}; this device is then known by: {})\n",
            joining.words(),
            joining.origin(),
            joining.device_words()
        );
        if !c.no_qr {
            let picture = QrCode::new(joining.code()).map_err(|_| CliError::Refused("the code is too long for a picture".into()))?;
            say!(app.out, "{}\n", picture.render::<Dense1x2>().quiet_zone(true).build());
        }
    }
    let mut said = false;
    loop {
        match step(&mut joining)? {
            JoiningStage::Ready => break,
            JoiningStage::Offered { name, words } => {
                say!(app.out, "{name} adds this device. Four words, the same on the other one:\n\n  {words}\n");
                let agrees = match &c.expect {
                    Some(expected) => expected.split_whitespace().map(str::to_lowercase).eq(words.split(' ')),
                    None if c.no_wait && ask("")?.is_none() => {
                        let state = json!({ "stage": "offered", "name": name, "words": words, "code": joining.code() });
                        return app.out.value(&state);
                    }
                    None => says_yes("Is that you, with the same four words?", "--expect with the four words of the one who adds it")?,
                };
                if !agrees {
                    return Err(CliError::Refused("nothing was agreed to, and this device belongs to nobody yet; if the words are the same, go on with `ithaca device add`".into()));
                }
                joining.agree()?;
            }
            JoiningStage::Waiting | JoiningStage::Agreed if c.no_wait => {
                let stage = if joining.stage() == JoiningStage::Agreed { "agreed" } else { "waiting" };
                say!(app.out, "It waits for the other device. Go on with `ithaca device add`.");
                return app.out.value(
                    &json!({ "stage": stage, "code": joining.code(), "words": joining.words(), "device_words": joining.device_words() }),
                );
            }
            JoiningStage::Waiting | JoiningStage::Agreed => {
                if !std::mem::replace(&mut said, true) {
                    say!(app.out, "Waiting for the other device … (Ctrl-C is safe: `ithaca device add` goes on)");
                }
                std::thread::sleep(LOOK);
            }
        }
    }
    drop(joining);
    welcome(app)
}

/// Opens a device that was just added or restored, and fetches what there is.
///
/// # Errors
/// See [`CliError`].
pub fn welcome(app: &mut App) -> Done {
    let mut engine = app.open()?;
    once(&mut engine)?;
    // The first sync brings the keys of every relationship, the second what stands in them.
    let view = once(&mut engine)?;
    let (name, device) = (engine.name()?, engine.device());
    let pairs = engine.pairs()?.len();
    app.close(engine)?;
    let relationships = if pairs == 1 { "one relationship".to_owned() } else { format!("{pairs} relationships") };
    say!(app.out, "This device ({}) is {name}'s now, with {relationships}.", short(device));
    let trouble = trouble(&view);
    app.out.value(&json!({ "stage": "ready", "name": name, "device": device, "pairs": pairs, "trouble": trouble }))?;
    trouble.map_or(Ok(()), |words| Err(CliError::Waiting(words)))
}

fn approve(app: &mut App, c: &Approve) -> Done {
    let mut engine = app.open()?;
    let waiting: Vec<NewcomerView> =
        engine.newcomers(now())?.into_iter().filter(|n| !matches!(n.state, NewcomerState::Added | NewcomerState::Lapsed)).collect();
    let mut newcomer = match waiting.as_slice() {
        [one] if c.from.is_none() && c.code_file.is_none() => one.clone(),
        _ => {
            app.close(engine)?;
            let text = secret_input(c.from.is_some(), c.code_file.as_deref(), "The code, or the twelve words:")?;
            engine = app.open()?;
            engine.scan_device(text.trim(), c.relay.as_deref(), now())?
        }
    };
    let mut said = false;
    loop {
        let view = once(&mut engine)?;
        let all = engine.newcomers(now())?;
        newcomer = all.into_iter().find(|n| n.id == newcomer.id).unwrap_or(newcomer);
        match newcomer.state {
            NewcomerState::Asking => {
                app.close(engine)?;
                let label = if newcomer.name.is_empty() { "without a name" } else { newcomer.name.as_str() };
                say!(app.out, "A device ({label}) asks to be yours. Four words, the same on its screen:\n\n  {}\n", newcomer.words);
                say!(app.out, "It will read everything you can: notes, messages, what is private.");
                if !confirmed("Add it?", c.yes)? {
                    return Err(CliError::Refused("nothing was added".into()));
                }
                engine = app.open()?;
                engine.approve_device(&newcomer.id, now())?;
                say!(app.out, "It now shows who adds it; these are your own four words:\n\n  {}\n", engine.four_words());
                continue;
            }
            NewcomerState::Added => {
                // What the new device needs goes with this sync.
                let view = once(&mut engine)?;
                app.close(engine)?;
                say!(app.out, "It is yours. Your partners see that you use a new device.");
                let trouble = trouble(&view);
                app.out.value(&json!({ "newcomer": newcomer, "trouble": trouble }))?;
                return trouble.map_or(Ok(()), |words| Err(CliError::Waiting(words)));
            }
            NewcomerState::Lapsed => {
                app.close(engine)?;
                return Err(CliError::Refused("this code lapsed after a day; make a new one on the new device".into()));
            }
            NewcomerState::Waiting | NewcomerState::Offered => {}
        }
        app.close(engine)?;
        if let Some(words) = trouble(&view) {
            return Err(CliError::Waiting(words));
        }
        if c.no_wait {
            say!(app.out, "It waits for the new device. Go on with `ithaca device approve`, or any sync.");
            return app.out.value(&json!({ "newcomer": newcomer }));
        }
        if !std::mem::replace(&mut said, true) {
            say!(app.out, "Waiting for the new device … (Ctrl-C is safe: `ithaca device approve` goes on)");
        }
        std::thread::sleep(LOOK);
        engine = app.open()?;
    }
}
