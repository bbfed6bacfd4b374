//! The layers of `core/ARCHITECTURE.md`, held: what may link what, and what the pure half may call.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test that fails stops"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

/// Every crate that `package` links in a shipped build.
fn linked(package: &str) -> Vec<String> {
    let out = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--locked", "--prefix", "none", "--edges", "normal", "--format", "{p}", "--package", package])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let text = String::from_utf8(out.stdout).expect("names");
    let names: Vec<String> = text.lines().filter_map(|l| l.split(' ').next()).map(str::to_owned).collect();
    assert!(names.iter().any(|n| n == package), "{package} links itself");
    names
}

#[test]
fn the_relay_cannot_open_a_record() {
    let linked = linked("ithaca-server");
    assert!(linked.iter().any(|n| n == "ithaca-wire"));
    for forbidden in ["ithaca-core", "automerge", "chacha20poly1305", "hpke"] {
        assert!(!linked.iter().any(|n| n == forbidden), "the relay links {forbidden}");
    }
}

#[test]
fn wire_knows_bytes_only() {
    for forbidden in ["tokio", "rusqlite", "automerge", "ed25519-dalek", "chacha20poly1305", "reqwest", "axum"] {
        assert!(!linked("ithaca-wire").iter().any(|n| n == forbidden), "wire links {forbidden}");
    }
}

#[test]
fn core_knows_no_binding_and_no_web_server() {
    for forbidden in ["uniffi", "axum", "ithaca-server"] {
        assert!(!linked("ithaca-core").iter().any(|n| n == forbidden), "core links {forbidden}");
    }
}

/// Folders of core that call no clock, no randomness and no I/O, with files of them that are the edge to the outside.
const PURE: [(&str, &[&str]); 8] = [
    ("identity", &["vault.rs", "entropy.rs"]),
    ("space", &[]),
    ("record", &[]),
    ("event", &[]),
    ("document", &[]),
    ("view", &[]),
    ("export", &[]),
    ("sync", &[]),
];

#[test]
fn the_pure_half_calls_no_clock_no_randomness_and_no_io() {
    let calls = [
        "SystemTime",
        "Instant::now",
        "Utc::now",
        "Local::now",
        "getrandom",
        "std::fs",
        "std::net",
        "std::process",
        "std::env",
        "tokio::",
        "reqwest",
        "rusqlite",
        "thread_rng",
        "OsRng",
    ];
    let mut looked_at = 0;
    for (folder, edge) in PURE {
        for file in rust_files(&root().join("core/src").join(folder)) {
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if edge.contains(&name.as_str()) || name.contains("tests") {
                continue;
            }
            let text = std::fs::read_to_string(&file).expect("a source");
            let shipped = text.split("#[cfg(test)]").next().unwrap_or_default();
            looked_at += 1;
            for call in calls {
                assert!(!shipped.contains(call), "{} calls {call}", file.display());
            }
        }
    }
    assert!(looked_at > 30, "only {looked_at} files were looked at");
}

fn rust_files(dir: &Path) -> Vec<PathBuf> {
    let mut out = Vec::new();
    for entry in std::fs::read_dir(dir).expect("a folder of core").flatten() {
        let path = entry.path();
        if path.is_dir() {
            out.extend(rust_files(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
    out
}
