//! Processes measured from outside: what `/proc` says of their time and memory, and programs that say when they are ready.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::{Done, words};

/// A program that runs while this lives.
#[derive(Debug)]
pub struct Process {
    child: Child,
    /// What it said after the words it was waited for.
    pub said: String,
}

impl Process {
    /// Starts it and waits until a line of its output begins with `until`.
    pub fn start(command: &mut Command, until: &str) -> Done<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(|e| format!("{name} does not start: {e}"))?;
        let out = child.stdout.take().ok_or("no output")?;
        let mut lines = BufReader::new(out).lines();
        while let Some(Ok(line)) = lines.next() {
            if let Some(rest) = line.strip_prefix(until) {
                let said = rest.trim().to_owned();
                // What it says later is read and dropped, so that it never waits for a reader.
                std::thread::spawn(move || lines.for_each(drop));
                return Ok(Self { child, said });
            }
        }
        drop(child.kill());
        drop(child.wait());
        Err(format!("{name} ended before it was ready"))
    }

    /// Its id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Processor time it has used, in seconds; in steps of a hundredth.
    pub fn cpu(&self) -> Done<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid())).map_err(words)?;
        let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
        let ticks = |i: usize| fields.get(i).and_then(|f| f.parse::<f64>().ok()).ok_or("no processor time in /proc");
        Ok((ticks(11)? + ticks(12)?) / 100.0)
    }

    /// Memory it holds, in KiB.
    pub fn memory(&self) -> Done<f64> {
        memory(&self.pid().to_string())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It is ours; everything it acknowledged is on the disk.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Memory of a process, in KiB.
pub fn memory(pid: &str) -> Done<f64> {
    status(pid, "VmRSS:")
}

/// The most memory it ever held, in KiB.
pub fn peak(pid: &str) -> Done<f64> {
    status(pid, "VmHWM:")
}

fn status(pid: &str, name: &str) -> Done<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).map_err(words)?;
    let line = status.lines().find_map(|l| l.strip_prefix(name)).ok_or("no memory in /proc")?;
    line.trim().trim_end_matches(" kB").trim().parse().map_err(words)
}

/// A program built beside this one.
pub fn beside(name: &str) -> Done<PathBuf> {
    let me = std::env::current_exe().map_err(words)?;
    let path = me.parent().ok_or("no folder")?.join(name);
    if path.exists() { Ok(path) } else { Err(format!("{} is not built; run `make bench`", path.display())) }
}

/// The relay that ships, with SQLite in `data`, on a free port or on `port`.
pub fn relay(data: &Path, port: Option<&str>) -> Done<Process> {
    let mut command = Command::new(beside("ithaca-relay")?);
    command.args([
        "--log",
        "error",
        "serve",
        "--open",
        "--i-understand-anyone-can-store-data-here",
        "--requests-per-second",
        "0",
        "--connections-per-address",
        "1000000",
    ]);
    command.args(["--listen", &format!("127.0.0.1:{}", port.unwrap_or("0")), "--data"]).arg(data);
    Process::start(&mut command, "listening on ")
}

/// The port of an origin.
pub fn port(origin: &str) -> &str {
    origin.rsplit(':').next().unwrap_or_default()
}

/// Copies a folder.
pub fn copy(from: &Path, to: &Path) -> Done {
    std::fs::create_dir_all(to).map_err(words)?;
    for entry in std::fs::read_dir(from).map_err(words)? {
        let entry = entry.map_err(words)?;
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target).map_err(words)?;
        }
    }
    Ok(())
}
