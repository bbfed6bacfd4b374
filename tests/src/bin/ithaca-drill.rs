//! The drill: two people, three devices and a relay of its own process; then everything that must never lose a word is done to them, one thing
//! after another, and counted against the ledger of what was written. Ends with 1 if anything is missing.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use ithaca_core::document::DocumentKind;
use ithaca_core::document::command::{Command, NoteCommand};
use ithaca_core::document::text::TextEdit;
use ithaca_core::engine::driver::Driver;
use ithaca_core::engine::{Engine, Joining, JoiningStage, Options, Restoring};
use ithaca_core::event::payload::{Message, Payload};
use ithaca_core::event::{EventDraft, SPACE_SUBJECT};
use ithaca_core::id::{DocumentId, SpaceId};
use ithaca_core::identity::entropy::OsEntropy;
use ithaca_core::identity::vault::FileVault;
use ithaca_core::transport::http::Http;
use ithaca_core::view::{NoteView, RowKind};
use ithaca_tests::play::stage::{RelayProcess, now, words};

type Done<T = ()> = Result<T, String>;

/// The note that both write, and the one that Ana alone does.
const SHARED: DocumentId = DocumentId([1; 16]);
const PRIVATE: DocumentId = DocumentId([2; 16]);

macro_rules! say {
    ($($t:tt)*) => {{
        // Nobody may be listening; the exit code says it too.
        let _ = writeln!(std::io::stdout(), $($t)*);
    }};
}

/// One device.
struct Device {
    name: &'static str,
    dir: PathBuf,
    engine: Option<Engine>,
    driver: Driver,
}

impl Device {
    fn with(name: &'static str, dir: &Path, engine: Option<Engine>) -> Done<Self> {
        let http = Http::new().ok_or("no HTTP client")?;
        Ok(Self { name, dir: dir.to_owned(), engine, driver: Driver::new(Arc::new(http), Arc::new(now)) })
    }

    fn vault(&self) -> FileVault {
        FileVault::new(self.dir.join("vault.key"))
    }

    fn engine(&mut self) -> Done<&mut Engine> {
        self.engine.as_mut().ok_or_else(|| format!("{} is closed", self.name))
    }

    fn open(&mut self) -> Done {
        let (engine, _) = Engine::open(&self.dir, &self.vault(), Box::new(OsEntropy), &Options::default(), now()).map_err(words)?;
        self.engine = Some(engine);
        let http = Http::new().ok_or("no HTTP client")?;
        self.driver = Driver::new(Arc::new(http), Arc::new(now));
        Ok(())
    }

    fn close(&mut self) -> Done {
        self.engine.take().map_or(Ok(()), |e| e.close().map_err(words))
    }

    async fn sync(&mut self) -> Done {
        let engine = self.engine.as_mut().ok_or("closed")?;
        self.driver.sync(engine).await.map_err(words)
    }

    fn put(&mut self, space: &SpaceId, note: DocumentId, text: &str) -> Done {
        let edit = Command::Note(NoteCommand::Body(TextEdit::Splice { pos: 0, delete: 0, insert: format!("{text}. ") }));
        self.engine()?.edit(space, note, DocumentKind::Note, &edit, now()).map(drop).map_err(words)
    }

    fn state(&mut self, space: &SpaceId, text: &str) -> Done {
        let payload = Payload::Message(Message { text: text.to_owned(), reply: None });
        self.engine()?.state(space, EventDraft { subject: SPACE_SUBJECT, payload }, now()).map(drop).map_err(words)
    }

    /// All that stands in a space on this device, as one text.
    fn reads(&mut self, space: &SpaceId, note: DocumentId) -> Done<String> {
        let view: Option<NoteView> = self.engine()?.view(space, RowKind::Note, &note.0).map_err(words)?;
        let said = self.engine()?.messages(space, None, 1_000).map_err(words)?.into_iter().filter_map(|m| m.text);
        Ok(said.map(|m| m + ". ").collect::<String>() + &view.map(|v| v.body.text).unwrap_or_default())
    }
}

/// What was written: every word of it must stand on every device that is its writer's or partner's.
#[derive(Default)]
struct Ledger {
    shared: Vec<String>,
    private: Vec<String>,
}

/// A line of the table.
struct Line {
    what: &'static str,
    written: usize,
    lost: usize,
    notices: Vec<String>,
    seconds: f64,
}

struct Drill {
    devices: Vec<Device>,
    space: SpaceId,
    personal: SpaceId,
    ledger: Ledger,
    lines: Vec<Line>,
    round: usize,
}

impl Drill {
    /// Each device says and writes something new, in the space and, where it is Ana's, privately.
    fn write(&mut self) -> Done {
        self.round += 1;
        for device in &mut self.devices {
            let text = format!("{} in round {}", device.name, self.round);
            device.state(&self.space, &format!("said by {text}"))?;
            device.put(&self.space, SHARED, &format!("typed by {text}"))?;
            self.ledger.shared.extend([format!("said by {text}. "), format!("typed by {text}. ")]);
            if device.name != "Ben" {
                device.put(&self.personal, PRIVATE, &format!("kept by {text}"))?;
                self.ledger.private.push(format!("kept by {text}. "));
            }
        }
        Ok(())
    }

    async fn settle(&mut self) -> Done {
        for _ in 0..4 {
            for device in &mut self.devices {
                device.sync().await?;
            }
        }
        Ok(())
    }

    /// What stands in the ledger and not on every device that should have it; and whether all agree.
    fn lost(&mut self) -> Done<usize> {
        let (mut lost, mut codes) = (0, Vec::new());
        for device in &mut self.devices {
            let text = device.reads(&self.space, SHARED)?;
            lost += self.ledger.shared.iter().filter(|w| !text.contains(w.as_str())).count();
            codes.push(device.engine()?.state_code(&self.space).map_err(words)?);
            if device.name != "Ben" {
                let text = device.reads(&self.personal, PRIVATE)?;
                lost += self.ledger.private.iter().filter(|w| !text.contains(w.as_str())).count();
            }
        }
        codes.dedup();
        if codes.len() > 1 && lost == 0 {
            return Err(format!("nothing is lost, and yet state codes differ: {}", codes.join(", ")));
        }
        Ok(lost)
    }

    /// Ends a part of the drill: everything written comes to everybody, and is counted.
    async fn count(&mut self, what: &'static str, since: f64) -> Done {
        self.settle().await?;
        let lost = self.lost()?;
        let mut notices = Vec::new();
        for device in &mut self.devices {
            for notice in device.engine()?.notices().map_err(words)? {
                notices.push(format!("{}: {}", device.name, notice.words));
                device.engine()?.dismiss(notice.no).map_err(words)?;
            }
        }
        let written = self.ledger.shared.len() + self.ledger.private.len();
        self.lines.push(Line { what, written, lost, notices, seconds: seconds() - since });
        Ok(())
    }

    fn device(&mut self, name: &str) -> Done<&mut Device> {
        self.devices.iter_mut().find(|d| d.name == name).ok_or_else(|| format!("{name} is not there"))
    }
}

fn seconds() -> f64 {
    now() as f64 / 1000.0
}

fn copy(from: &Path, to: &Path) -> Done {
    let _ = std::fs::remove_dir_all(to);
    std::fs::create_dir_all(to).map_err(words)?;
    for entry in std::fs::read_dir(from).map_err(words)? {
        let path = entry.map_err(words)?.path();
        let name = path.file_name().ok_or("a file without a name")?;
        if path.is_dir() {
            copy(&path, &to.join(name))?;
        } else {
            std::fs::copy(&path, to.join(name)).map_err(words)?;
        }
    }
    Ok(())
}

/// A second device for whoever has `old`, agreed on both.
async fn second(old: &mut Device, dir: &Path, origin: &str) -> Done<Device> {
    let mut new = Device::with("Ana's tablet", dir, None)?;
    let http = Http::new().ok_or("no HTTP client")?;
    let mut joining = Joining::begin(dir, &new.vault(), Box::new(OsEntropy), origin, "Tablet").map_err(words)?;
    let scanned = old.engine()?.scan_device(&joining.code(), None, now()).map_err(words)?;
    old.sync().await?;
    joining.step(&http).await.map_err(words)?;
    old.sync().await?;
    old.engine()?.approve_device(&scanned.id, now()).map_err(words)?;
    old.sync().await?;
    joining.step(&http).await.map_err(words)?;
    joining.agree().map_err(words)?;
    joining.step(&http).await.map_err(words)?;
    old.sync().await?;
    old.sync().await?;
    joining.step(&http).await.map_err(words)?;
    if joining.stage() != JoiningStage::Ready {
        return Err("the second device did not come to be".to_owned());
    }
    drop(joining);
    new.open()?;
    Ok(new)
}

async fn begin(home: &Path, origin: &str) -> Done<(Drill, String)> {
    let make = |name: &'static str| -> Done<Device> {
        let dir = home.join(name);
        std::fs::create_dir(&dir).map_err(words)?;
        let vault = FileVault::new(dir.join("vault.key"));
        let engine = Engine::create(&dir, &vault, Box::new(OsEntropy), &Options::default(), name, &[], now()).map_err(words)?;
        Device::with(name, &dir, Some(engine))
    };
    let (mut ana, mut ben) = (make("Ana")?, make("Ben")?);
    ana.engine()?.set_relay(origin, None, now()).map_err(words)?;
    let invite = ana.engine()?.invite(now()).map_err(words)?;
    ben.engine()?.join(&invite.link.ok_or("no link")?, None, now()).map_err(words)?;
    ben.sync().await?;
    ana.sync().await?;
    let answered = ana.engine()?.invites(now()).map_err(words)?.into_iter().find(|i| i.id == invite.id);
    let who = answered.and_then(|i| i.answers.first().map(|a| a.person)).ok_or("nobody answered")?;
    let space = ana.engine()?.approve(&invite.id, &who, now()).map_err(words)?;
    for _ in 0..2 {
        ana.sync().await?;
        ben.sync().await?;
    }
    let personal = ana.engine()?.personal().map_err(words)?;
    let phrase = ana.engine()?.new_words(None, now()).map_err(words)?.to_string();
    for (space, note) in [(space, SHARED), (personal, PRIVATE)] {
        let create = Command::Note(NoteCommand::Create { title: "Drill".into(), pair: None });
        ana.engine()?.edit(&space, note, DocumentKind::Note, &create, now()).map_err(words)?;
    }
    ana.sync().await?;
    ben.sync().await?;
    let dir = home.join("tablet");
    std::fs::create_dir(&dir).map_err(words)?;
    let tablet = second(&mut ana, &dir, origin).await?;
    let devices = vec![ana, ben, tablet];
    Ok((Drill { devices, space, personal, ledger: Ledger::default(), lines: Vec::new(), round: 0 }, phrase))
}

async fn run(home: &Path, program: &Path) -> Done<Drill> {
    let (data, old) = (home.join("relay"), home.join("relay-earlier"));
    std::fs::create_dir(&data).map_err(words)?;
    let mut relay = RelayProcess::start(program, &data, None)?;
    let origin = relay.origin.clone();
    let since = seconds();
    let (mut drill, phrase) = begin(home, &origin).await?;
    drill.settle().await?;
    drill.write()?;
    drill.count("two people, three devices, as it should be", since).await?;

    let since = seconds();
    relay.kill()?;
    drill.write()?;
    std::fs::remove_dir_all(&data).and_then(|()| std::fs::create_dir(&data)).map_err(words)?;
    let mut relay = RelayProcess::start(program, &data, Some(&origin))?;
    drill.count("the relay lost everything while all wrote", since).await?;

    let since = seconds();
    relay.kill()?;
    copy(&data, &old)?;
    let mut relay = RelayProcess::start(program, &data, Some(&origin))?;
    for _ in 0..2 {
        drill.write()?;
        drill.settle().await?;
    }
    relay.kill()?;
    drill.write()?;
    copy(&old, &data)?;
    let _relay = RelayProcess::start(program, &data, Some(&origin))?;
    drill.count("the relay was set back to an older copy", since).await?;

    let since = seconds();
    let (profile, earlier) = (drill.device("Ben")?.dir.clone(), home.join("Ben-earlier"));
    drill.device("Ben")?.close()?;
    copy(&profile, &earlier)?;
    drill.device("Ben")?.open()?;
    drill.write()?;
    drill.device("Ben")?.sync().await?;
    drill.device("Ben")?.close()?;
    copy(&earlier, &profile)?;
    drill.device("Ben")?.open()?;
    drill.write()?;
    drill.count("Ben's device was restored from an older copy", since).await?;

    let since = seconds();
    drill.write()?;
    drill.settle().await?;
    let at = drill.devices.iter().position(|d| d.name == "Ana's tablet").ok_or("no tablet")?;
    let mut tablet = drill.devices.remove(at);
    let id = tablet.engine()?.device();
    drill.device("Ana")?.engine()?.revoke_device(&id, now()).map_err(words)?;
    // Ben learns of it here; what he wrote before that is sealed for the tablet too, and should be.
    drill.settle().await?;
    drill.write()?;
    drill.settle().await?;
    tablet.state(&drill.space, "from whoever took it")?;
    tablet.sync().await?;
    tablet.sync().await?;
    drill.count("Ana's tablet was stolen and revoked", since).await?;
    let newest = format!("said by Ben in round {}. ", drill.round);
    if tablet.reads(&drill.space, SHARED)?.contains(&newest) {
        return Err("the revoked device reads what was written after".to_owned());
    }
    let (space, ben) = (drill.space, drill.device("Ben")?);
    if ben.reads(&space, SHARED)?.contains("from whoever took it") {
        return Err("what the revoked device wrote counts".to_owned());
    }

    let since = seconds();
    drill.write()?;
    drill.settle().await?;
    let at = drill.devices.iter().position(|d| d.name == "Ana").ok_or("no Ana")?;
    let mut lost = drill.devices.remove(at);
    let id = lost.engine()?.device();
    lost.close()?;
    std::fs::remove_dir_all(&lost.dir).map_err(words)?;
    let http = Http::new().ok_or("no HTTP client")?;
    let mut restoring = Restoring::by_relay(&phrase, &origin).map_err(words)?;
    restoring.look(&http).await.map_err(words)?;
    let (person, _) = restoring.persons().into_iter().next().ok_or("the words lead to nobody")?;
    let dir = home.join("Ana-again");
    std::fs::create_dir(&dir).map_err(words)?;
    let mut back = Device::with("Ana", &dir, None)?;
    restoring.finish(&person, &dir, &back.vault(), &mut OsEntropy).map_err(words)?;
    back.open()?;
    back.sync().await?;
    back.engine()?.revoke_device(&id, now()).map_err(words)?;
    drill.devices.push(back);
    drill.settle().await?;
    drill.write()?;
    drill.count("Ana's last device was lost; twelve words brought her back", since).await?;
    Ok(drill)
}

fn table(drill: &Drill) {
    say!("{:<58} {:>8} {:>5} {:>8} {:>8}", "what was done", "written", "lost", "notices", "seconds");
    for line in &drill.lines {
        say!("{:<58} {:>8} {:>5} {:>8} {:>8.1}", line.what, line.written, line.lost, line.notices.len(), line.seconds);
    }
    say!("\nNotices, as they were shown:");
    for line in drill.lines.iter().filter(|l| !l.notices.is_empty()) {
        say!("  {}", line.what);
        line.notices.iter().for_each(|n| say!("    {n}"));
    }
}

fn drill() -> Done<usize> {
    let program = ithaca_tests::program("ithaca-relay")?;
    let home = tempfile::tempdir().map_err(words)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(words)?;
    let drill = runtime.block_on(run(home.path(), &program))?;
    table(&drill);
    Ok(drill.lines.iter().map(|l| l.lost).sum())
}

fn main() -> ExitCode {
    match drill() {
        Ok(0) => {
            say!("\nNothing that was written was lost.");
            ExitCode::SUCCESS
        }
        Ok(n) => {
            say!("\n{n} things that were written are missing.");
            ExitCode::FAILURE
        }
        Err(why) => {
            say!("the drill stopped: {why}");
            ExitCode::FAILURE
        }
    }
}
