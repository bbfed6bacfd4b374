//! The stage: a relay process on loopback and two people's devices, as `make run` shows them.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use ithaca_core::engine::driver::Driver;
use ithaca_core::engine::{Engine, Options};
use ithaca_core::id::SpaceId;
use ithaca_core::identity::entropy::OsEntropy;
use ithaca_core::identity::vault::FileVault;
use ithaca_core::sync::machine::Millis;

use super::network::Way;

/// Shows any error as words.
pub fn words(e: impl std::fmt::Display) -> String {
    e.to_string()
}

/// The real time.
#[allow(clippy::disallowed_methods, reason = "the play happens now")]
pub fn now() -> Millis {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// A relay of its own process.
#[derive(Debug)]
pub struct RelayProcess {
    child: Child,
    /// Where it listens.
    pub origin: String,
    data: PathBuf,
}

impl RelayProcess {
    /// Starts `program` on a free port of this machine, or on the port of `at`, with its data in `data`.
    ///
    /// # Errors
    /// When it does not start, with what it said.
    pub fn start(program: &Path, data: &Path, at: Option<&str>) -> Result<Self, String> {
        let listen = at.map_or("127.0.0.1:0", |o| o.trim_start_matches("http://"));
        let mut child = Command::new(program)
            .args([
                "--log",
                "warn",
                "serve",
                "--listen",
                listen,
                "--open",
                "--i-understand-anyone-can-store-data-here",
                "--requests-per-second",
                "0",
                "--data",
            ])
            .arg(data)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .map_err(|e| format!("{} does not start: {e}", program.display()))?;
        let out = child.stdout.take().ok_or("the relay has no output")?;
        for line in BufReader::new(out).lines() {
            if let Some(origin) = line.map_err(words)?.strip_prefix("listening on ") {
                return Ok(Self { child, origin: origin.trim().to_owned(), data: data.to_owned() });
            }
        }
        Err("the relay ended before it listened".to_owned())
    }

    /// Ends it as a failing machine would.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn kill(&mut self) -> Result<(), String> {
        self.child.kill().map_err(words)?;
        self.child.wait().map_err(words)?;
        Ok(())
    }

    /// Bytes its files take.
    pub fn size(&self) -> u64 {
        folder_size(&self.data)
    }

    /// Waits until it ends.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn wait(&mut self) -> Result<(), String> {
        self.child.wait().map(|_| ()).map_err(words)
    }
}

impl Drop for RelayProcess {
    fn drop(&mut self) {
        // It is ours, and what it acknowledged is on the disk.
        drop(self.kill());
    }
}

/// Bytes of the files in a folder.
pub fn folder_size(dir: &Path) -> u64 {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    entries.filter_map(|e| e.metadata().ok().map(|m| if m.is_dir() { folder_size(&e.path()) } else { m.len() })).sum()
}

/// One person's device.
pub struct Actor {
    /// What they are called.
    pub name: &'static str,
    /// Their device.
    pub engine: Engine,
    /// Their way to the relay.
    pub way: Way,
    driver: Driver,
    dir: PathBuf,
}

impl std::fmt::Debug for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl Actor {
    /// A new person in `dir`.
    ///
    /// # Errors
    /// As words.
    pub fn new(name: &'static str, dir: &Path) -> Result<Self, String> {
        let vault = FileVault::new(dir.join("vault.key"));
        let engine = Engine::create(dir, &vault, Box::new(OsEntropy), &Options::default(), name, &[], now()).map_err(words)?;
        let way = Way::new()?;
        let driver = Driver::new(Arc::new(way.clone()), Arc::new(now));
        Ok(Self { name, engine, way, driver, dir: dir.to_owned() })
    }

    /// Syncs once.
    ///
    /// # Errors
    /// As words; a relay that could not be reached is one here, where it stands on the same machine.
    pub async fn sync(&mut self) -> Result<(), String> {
        self.driver.sync(&mut self.engine).await.map_err(words)?;
        let status = self.engine.status(now()).map_err(words)?;
        match status.relays.into_iter().find_map(|r| r.trouble) {
            Some(why) => Err(format!("{}: {why}", self.name)),
            None => Ok(()),
        }
    }

    /// Their profile.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Ends the device; the profile stays.
    ///
    /// # Errors
    /// As words.
    pub fn close(self) -> Result<PathBuf, String> {
        self.engine.close().map_err(words)?;
        Ok(self.dir)
    }
}

/// Makes the two a pair, through the relay.
///
/// # Errors
/// As words.
pub async fn pair(ana: &mut Actor, ben: &mut Actor, origin: &str) -> Result<SpaceId, String> {
    ana.engine.set_relay(origin, None, now()).map_err(words)?;
    let invite = ana.engine.invite(now()).map_err(words)?;
    let link = invite.link.ok_or("the invitation has no link")?;
    ben.engine.join(&link, None, now()).map_err(words)?;
    ben.sync().await?;
    ana.sync().await?;
    let answered = ana.engine.invites(now()).map_err(words)?.into_iter().find(|i| i.id == invite.id);
    let who = answered.and_then(|i| i.answers.first().map(|a| a.person)).ok_or("nobody answered the invitation")?;
    let space = ana.engine.approve(&invite.id, &who, now()).map_err(words)?;
    ana.sync().await?;
    ben.sync().await?;
    ben.sync().await?;
    ana.sync().await?;
    Ok(space)
}
