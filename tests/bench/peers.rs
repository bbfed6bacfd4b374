//! Peers on the same work, in the same run: their servers and clients run under Node, see `peers/README.md`. Without Node, or without what
//! `npm ci` brings there, their lines say that they were not measured.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::process::Process;
use crate::sheet::Sheet;
use crate::{Done, words};

/// The peers that can run here.
pub struct Peers {
    scripts: PathBuf,
    dir: PathBuf,
    rounds: usize,
}

/// Name, word for the client, server.
const PEERS: [(&str, &str, &str); 2] = [("automerge-repo", "am", "am-server.mjs"), ("hocuspocus", "hocus", "hocus-server.mjs")];

impl Peers {
    /// `None` where they cannot run.
    pub fn here(dir: &Path) -> Option<Self> {
        let scripts = std::env::var_os("PEERS").map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("bench/peers"), PathBuf::from);
        let node = Command::new("node").arg("--version").output().is_ok_and(|o| o.status.success());
        (node && scripts.join("node_modules").exists()).then(|| Self { scripts, dir: dir.to_owned(), rounds: 0 })
    }

    /// One round of what these goals compare with.
    pub fn round(&mut self, goals: &BTreeSet<u8>, sheet: &mut Sheet) -> Done {
        self.rounds += 1;
        let any = |of: &[u8]| of.iter().any(|g| goals.contains(g));
        for (name, kind, server) in PEERS {
            let run = |test: &[&str]| self.run(name, kind, server, test);
            if any(&[1, 3, 4]) {
                let said = run(&["latency", "60", "50"])?;
                sheet.add(&format!("{name}/edit paced, ms"), field(&said, "ms_p50")?);
                let bytes = said.get("sender_bytes_per_edit").ok_or("no bytes")?;
                sheet.add(&format!("{name}/bytes per edit"), field(bytes, "tx")? + field(bytes, "rx")?);
            }
            if any(&[2]) {
                sheet.add(&format!("{name}/edit at once, ms"), field(&run(&["latency", "60", "0"])?, "ms_p50")?);
            }
            if any(&[5]) {
                let said = run(&["catchup", "10000"])?;
                sheet.add(&format!("{name}/10,000 behind, ms"), field(&said, "catchup_ms")?);
                sheet.add(&format!("{name}/10,000 behind, bytes"), field(&said, "catchup_rx")? + field(&said, "catchup_tx")?);
            }
            if any(&[6, 7]) && kind == "am" {
                let said = run(&["bootstrap", "10000"])?;
                sheet.add(&format!("{name}/cold, ms"), field(&said, "boot_ms")?);
                sheet.add(&format!("{name}/cold, bytes"), field(&said, "rx")? + field(&said, "tx")?);
                let grown = field(&said, "client_peak_mb")? - field(&said, "client_rss_before_mb")?;
                sheet.add(&format!("{name}/cold, KiB more"), grown * 1_024.0);
            }
            if any(&[12]) && kind == "hocus" {
                sheet.add(&format!("{name}/appends per CPU-second"), field(&run(&["thru", "8", "1000"])?, "appends_per_server_cpu_s")?);
            }
            if any(&[13]) && kind == "hocus" {
                sheet.add(&format!("{name}/KiB per idle client"), field(&run(&["idle", "200"])?, "kb_per_client")?);
            }
        }
        Ok(())
    }

    fn run(&self, name: &str, kind: &str, server: &str, test: &[&str]) -> Done<Value> {
        let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).map_err(words)?;
        let port = free.port().to_string();
        // They run in a folder of their own, where a path from here leads elsewhere.
        let data = std::path::absolute(self.dir.join(format!("{name} {} {}", self.rounds, test.concat()))).map_err(words)?;
        let mut command = Command::new("node");
        command.current_dir(&self.scripts).arg(server).arg(&port).arg(&data);
        let server = Process::start(&mut command, "ready")?;
        let mut command = Command::new("node");
        command
            .current_dir(&self.scripts)
            .args(["bench.mjs", kind, &format!("ws://127.0.0.1:{port}"), &server.pid().to_string()])
            .args(test);
        let out = command.output().map_err(words)?;
        let text = String::from_utf8_lossy(&out.stdout);
        let line = text.lines().find(|l| l.starts_with('{')).ok_or_else(|| format!("{name} said nothing"))?;
        serde_json::from_str(line).map_err(words)
    }
}

fn field(value: &Value, name: &str) -> Done<f64> {
    value.get(name).and_then(Value::as_f64).ok_or_else(|| format!("a peer did not say {name}: {value}"))
}
