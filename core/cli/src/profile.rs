//! The profile: opening it for one command, whichever vault keeps its key, and letting others in as soon as possible.

use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use ithaca_core::engine::profile::{Profile, ProfileError};
use ithaca_core::engine::{Changed, Engine, EngineError, Joining, Options, PairView};
use ithaca_core::id::SpaceId;
use ithaca_core::identity::entropy::OsEntropy;
use ithaca_core::identity::vault::{FileVault, KeyVault, PassphraseVault};

use crate::cli::Global;
use crate::error::{CliError, Done};
use crate::find::{Candidate, pick};
use crate::print::{Out, aside, short};
use crate::time::now;

/// How often, and how long between two tries, a profile that another command holds is asked for: ten seconds in all.
const TRIES: u32 = 200;
const BETWEEN: Duration = Duration::from_millis(50);
/// Its time of change tells a watching `sync` that something was written.
pub const WAKE: &str = "wake";

/// One run of the program.
pub struct App {
    /// What stands before every command.
    pub global: Global,
    /// Where output goes.
    pub out: Out,
    vault: Option<Box<dyn KeyVault>>,
    /// The passphrase, where it stood before everything else on the standard input.
    typed: Option<String>,
}

impl App {
    /// A run with these options.
    ///
    /// # Errors
    /// [`CliError::Io`] when a passphrase was to be read and could not be.
    pub fn new(global: Global) -> Done<Self> {
        let typed = if global.passphrase_stdin { Some(first_line()?) } else { None };
        Ok(Self { out: Out::new(global.json), global, vault: None, typed })
    }

    /// The profile's folder.
    ///
    /// # Errors
    /// [`CliError::Usage`] where the platform names no folder.
    pub fn dir(&self) -> Done<PathBuf> {
        let named = self.global.profile.clone().or_else(data_folder);
        named.ok_or_else(|| CliError::Usage("name the folder of the profile with --profile".into()))
    }

    /// Makes the profile.
    ///
    /// # Errors
    /// See [`CliError`].
    pub fn create(&mut self, name: &str, with_passphrase: bool) -> Done<Engine> {
        self.make_empty(with_passphrase, |dir, vault| {
            Engine::create(dir, vault, Box::new(OsEntropy), &Options::default(), name, &[], now())
        })
    }

    /// There must be no profile yet.
    ///
    /// # Errors
    /// [`CliError::Engine`] where there is one.
    pub fn must_be_empty(&self) -> Done {
        let dir = self.dir()?;
        if Profile::exists(&dir) { Err(EngineError::from(ProfileError::Exists(dir)).into()) } else { Ok(()) }
    }

    /// Makes something in a folder that has no profile yet, under a new vault.
    ///
    /// # Errors
    /// See [`CliError`].
    pub fn make_empty<T>(
        &mut self,
        with_passphrase: bool,
        mut make: impl FnMut(&Path, &dyn KeyVault) -> Result<T, EngineError>,
    ) -> Done<T> {
        self.must_be_empty()?;
        let dir = self.dir()?;
        let vault: Box<dyn KeyVault> = if with_passphrase {
            let passphrase = self.passphrase(true)?;
            if passphrase.is_empty() {
                return Err(CliError::Usage("a passphrase has at least one letter; several words are better".into()));
            }
            Box::new(PassphraseVault::new(passphrase))
        } else {
            Box::new(FileVault::new(dir.join("vault.key")))
        };
        let made = waiting(|| make(&dir, vault.as_ref()))?;
        self.vault = Some(vault);
        Ok(made)
    }

    /// A device on its way to be somebody's: begun now (`true`), or gone on with.
    ///
    /// # Errors
    /// [`CliError::Usage`] without a relay; [`CliError::Engine`] where there is a profile already.
    pub fn join_or_resume(&mut self, relay: Option<&str>, label: &str, with_passphrase: bool) -> Done<(Joining, bool)> {
        let dir = self.dir()?;
        if Joining::is_at(&dir) {
            let vault = self.find_vault(&dir)?;
            let joining = waiting(|| Joining::resume(&dir, vault.as_ref(), Box::new(OsEntropy)))?;
            self.vault = Some(vault);
            if let Some(joining) = joining {
                return Ok((joining, false));
            }
        }
        self.must_be_empty()?;
        let relay = relay.ok_or_else(|| CliError::Usage("name the relay that both devices reach: --relay URL".into()))?;
        let joining = self.make_empty(with_passphrase, |dir, vault| Joining::begin(dir, vault, Box::new(OsEntropy), relay, label))?;
        Ok((joining, true))
    }

    /// Opens the profile. While an engine is open no other command can; so it is closed before anything that takes long.
    ///
    /// # Errors
    /// [`CliError::Locked`] when another command held it for ten seconds.
    pub fn open(&mut self) -> Done<Engine> {
        let dir = self.dir()?;
        let vault = match self.vault.take() {
            Some(vault) => vault,
            None => self.find_vault(&dir)?,
        };
        let opened = waiting(|| Engine::open(&dir, vault.as_ref(), Box::new(OsEntropy), &Options::default(), now()));
        self.vault = Some(vault);
        let (engine, opened) = opened?;
        if let Some(aside_as) = opened.damaged {
            aside(format_args!(
                "The database was damaged. It is kept as {} and is built again from the relay and the other phones.",
                aside_as.display()
            ));
        }
        Ok(engine)
    }

    /// Lets others in, and tells a watching `sync` when something was written.
    ///
    /// # Errors
    /// See [`CliError`].
    pub fn close(&mut self, mut engine: Engine) -> Done {
        let wrote = engine.take_changes().iter().any(|c| matches!(c, Changed::Status(_) | Changed::Invites | Changed::Members(_)));
        engine.close()?;
        if wrote {
            let path = self.dir()?.join(WAKE);
            std::fs::write(&path, b"").map_err(|e| CliError::io(path.display().to_string(), &e))?;
        }
        Ok(())
    }

    fn find_vault(&self, dir: &Path) -> Done<Box<dyn KeyVault>> {
        let sealed = Profile::sealed(dir).map_err(EngineError::from)?;
        Ok(if PassphraseVault::sealed(&sealed) {
            Box::new(PassphraseVault::new(self.passphrase(false)?))
        } else {
            Box::new(FileVault::new(dir.join("vault.key")))
        })
    }

    /// The passphrase, from wherever it cannot be seen by others.
    fn passphrase(&self, new: bool) -> Done<String> {
        if let Some(typed) = &self.typed {
            return Ok(typed.clone());
        }
        if let Some(path) = std::env::var_os("ITHACA_PASSPHRASE_FILE") {
            let text = std::fs::read_to_string(&path).map_err(|e| CliError::io("the file that ITHACA_PASSPHRASE_FILE names", &e))?;
            return Ok(text.lines().next().unwrap_or_default().to_owned());
        }
        let ask = |question: &str| {
            rpassword::prompt_password(question).map_err(|_| {
                CliError::Usage(
                    "no terminal to ask for the passphrase on: use --passphrase-stdin, or a file named by ITHACA_PASSPHRASE_FILE".into(),
                )
            })
        };
        let first = ask("Passphrase: ")?;
        if new && ask("Once more: ")? != first {
            return Err(CliError::Usage("the two passphrases are not the same; nothing was made".into()));
        }
        Ok(first)
    }

    /// The relationship meant: the one named, or the only one.
    ///
    /// # Errors
    /// [`CliError::Nobody`], [`CliError::NotFound`], [`CliError::Ambiguous`].
    pub fn pair(&self, engine: &Engine) -> Done<PairView> {
        let pairs = engine.pairs()?;
        let noun = "relationship";
        let asked = self.global.with.as_deref();
        let candidates = pairs.into_iter().filter(|p| asked.is_some() || !p.archive).map(|p| Candidate {
            id: p.space.to_string(),
            title: p.name.clone(),
            hint: if p.archive { "a saved copy".to_owned() } else { String::new() },
            value: p,
        });
        let mut all: Vec<Candidate<PairView>> = candidates.collect();
        match (asked, all.len()) {
            (Some(asked), _) => pick(noun, "ithaca pair list", asked, all),
            (None, 1) => all.pop().map(|c| c.value).ok_or(CliError::NotFound { noun, list: "ithaca pair list" }),
            (None, 0) => Err(CliError::Nobody { also: "" }),
            (None, _) => Err(CliError::Ambiguous {
                noun: "relationship; say --with NAME. One",
                candidates: all.iter().map(Candidate::line).collect(),
            }),
        }
    }

    /// The relationships to look through: the one named, or all that are no saved copies.
    ///
    /// # Errors
    /// As [`App::pair`].
    pub fn pairs(&self, engine: &Engine) -> Done<Vec<PairView>> {
        if self.global.with.is_some() {
            return Ok(vec![self.pair(engine)?]);
        }
        Ok(engine.pairs()?.into_iter().filter(|p| !p.archive).collect())
    }

    /// Says that something was written: to people in words, to programs with its id.
    ///
    /// # Errors
    /// See [`CliError`].
    pub fn kept(&mut self, words: &str, id: Option<&str>, space: Option<&SpaceId>) -> Done {
        match id {
            Some(id) => self.out.line(format_args!("{words} ({})", short(id)))?,
            None => self.out.line(words)?,
        }
        self.out.value(&serde_json::json!({ "done": true, "id": id, "space": space }))
    }
}

/// Waits for a profile that another command holds.
fn waiting<T>(mut open: impl FnMut() -> Result<T, EngineError>) -> Done<T> {
    for _ in 0..TRIES {
        match open() {
            Err(EngineError::Profile(ProfileError::Locked)) => std::thread::sleep(BETWEEN),
            other => return Ok(other?),
        }
    }
    Err(CliError::Locked)
}

fn data_folder() -> Option<PathBuf> {
    let var = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    if cfg!(windows) {
        return Some(var("APPDATA")?.join("ithaca"));
    }
    if cfg!(target_os = "macos") {
        return Some(var("HOME")?.join("Library/Application Support/ithaca"));
    }
    Some(var("XDG_DATA_HOME").or_else(|| Some(var("HOME")?.join(".local/share")))?.join("ithaca"))
}

/// The first line of the standard input; what follows stays there.
fn first_line() -> Done<String> {
    let mut line = String::new();
    io::stdin().read_line(&mut line).map_err(|e| CliError::io("the standard input", &e))?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// All of the standard input.
///
/// # Errors
/// [`CliError::Io`], also for what is not UTF-8.
pub fn all_input() -> Done<String> {
    let mut text = String::new();
    io::stdin().read_to_string(&mut text).map_err(|e| CliError::io("the standard input", &e))?;
    Ok(text)
}

/// Something secret: from standard input, from a file, or asked for. Never an argument: others on this machine see those.
///
/// # Errors
/// [`CliError::Io`].
pub fn secret_input(dash: bool, file: Option<&Path>, question: &str) -> Done<String> {
    match (dash, file) {
        (true, _) => all_input(),
        (false, Some(path)) => std::fs::read_to_string(path).map_err(|e| CliError::io(path.display().to_string(), &e)),
        (false, None) => match ask(question)? {
            Some(text) => Ok(text),
            None => all_input(),
        },
    }
}

/// Asks something on the terminal and gives the answer; `None` where there is no terminal.
///
/// # Errors
/// [`CliError::Io`].
pub fn ask(question: &str) -> Done<Option<String>> {
    if !io::stdin().is_terminal() {
        return Ok(None);
    }
    let mut err = io::stderr().lock();
    write!(err, "{question} ").and_then(|()| err.flush()).map_err(|e| CliError::io("the terminal", &e))?;
    first_line().map(Some)
}

/// Whether the user says yes; `yes` says so already.
///
/// # Errors
/// [`CliError::Usage`] where nobody can be asked.
pub fn confirmed(question: &str, yes: bool) -> Done<bool> {
    if yes { Ok(true) } else { says_yes(question, "--yes") }
}

/// Whether the user says yes. `instead` is the option that answers without asking.
///
/// # Errors
/// [`CliError::Usage`] where nobody can be asked.
pub fn says_yes(question: &str, instead: &str) -> Done<bool> {
    let answer = ask(&format!("{question} [y/N]"))?;
    let answer = answer.ok_or_else(|| CliError::Usage(format!("this asks first, and there is nobody to ask: add {instead}")))?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}
