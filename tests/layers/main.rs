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
const PURE: [(&str, &[&str]); 9] = [
    ("identity", &["vault.rs", "entropy.rs"]),
    ("space", &[]),
    ("record", &[]),
    ("event", &[]),
    ("document", &[]),
    ("editing", &[]),
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

/// Names of all test functions in the workspace's sources.
fn tests_there_are() -> std::collections::BTreeSet<String> {
    let mut out = std::collections::BTreeSet::new();
    for folder in ["core/src", "core/tests", "core/wire", "core/cli", "ffi", "server", "tests"] {
        for file in rust_files(&root().join(folder)) {
            let text = std::fs::read_to_string(&file).expect("a source");
            let mut is_test = false;
            for line in text.lines().map(str::trim) {
                let attribute = line.starts_with("#[");
                is_test |= attribute && (line.contains("test]") || line.contains("test("));
                let declared = line.strip_prefix("async fn ").or_else(|| line.strip_prefix("fn "));
                if let Some(name) = declared.filter(|_| is_test).and_then(|d| d.split('(').next()) {
                    out.insert(name.to_owned());
                }
                is_test &= attribute || line.starts_with("//");
            }
        }
    }
    assert!(out.len() > 300, "only {} tests were found", out.len());
    out
}

fn threats() -> String {
    std::fs::read_to_string(root().join("core/docs/threats.md")).expect("the page of threats")
}

#[test]
fn every_test_that_the_page_of_threats_names_exists() {
    let (there_are, page) = (tests_there_are(), threats());
    let named: Vec<&str> = page.split('`').skip(1).step_by(2).filter(|n| n.contains('_') && n.chars().all(is_of_a_name)).collect();
    assert!(named.len() > 60, "only {} are named", named.len());
    for name in named {
        assert!(there_are.contains(name), "core/docs/threats.md names {name}, which is no test");
    }
}

fn is_of_a_name(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'
}

/// Lines of a table either name a test or say that nothing stops it, or that it is for the checklist.
#[test]
fn every_threat_names_a_test_or_says_that_there_is_none() {
    for line in threats().split("## All of it").next().unwrap_or_default().lines().filter(|l| l.starts_with("| to ")) {
        let honest = line.contains("**nothing stops it**") || line.contains("see the checklist");
        assert!(line.contains("` |") || honest, "no test: {line}");
    }
}

#[test]
fn every_number_of_the_security_tests_is_in_the_name_of_one() {
    let there_are = tests_there_are();
    // 28 is what only a phone can show: the checklist at the end of the page of threats.
    assert!(threats().contains("(S28)"));
    for n in (1..=30).filter(|n| *n != 28) {
        let prefix = format!("s{n}_");
        assert!(there_are.iter().any(|t| t.starts_with(&prefix)), "no test is named {prefix}…");
    }
}

#[test]
fn s30_release_builds_stop_at_an_overflow() {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).expect("the manifest");
    let profile = |name: &str| {
        let rest = manifest.split_once(&format!("[profile.{name}]")).map(|(_, r)| r).unwrap_or_default();
        rest.split("\n[").next().unwrap_or_default().to_owned()
    };
    assert!(profile("release").lines().any(|l| l.starts_with("overflow-checks = true")));
    // What the apps ship has it from there, and must not take it back.
    assert!(profile("mobile").contains("inherits = \"release\"") && !profile("mobile").contains("overflow-checks = false"));
}
