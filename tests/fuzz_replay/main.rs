//! Replay: every door of `ithaca_tests::fuzz` tries what is kept in `tests/fixtures/fuzz` and seeded mutations of it, in less memory than a small
//! phone has and in bounded time. `CASES=20` makes twenty times as many; `DOOR=peer_body` tries one door alone.
//!
//! `UPDATE=1 cargo test -p ithaca-tests --test fuzz_replay corpora` makes the corpora again from the golden vectors and honest traffic. What a fuzzer
//! found is kept beside, under `found-…`, and stays.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test: helpers may stop it too")]
#![allow(clippy::disallowed_methods, reason = "that no input takes long is one of the laws")]
#![allow(unsafe_code, reason = "an allocator that counts can be written in no other way; it adds nothing to the system's")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicIsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use ithaca_tests::fuzz::mutate::Mutator;
use ithaca_tests::fuzz::{DECODERS, Door, ENGINES, corpus, tried};

/// Most memory at once, of the whole process with its engine, relay and SQLite.
const MEMORY: isize = 256 << 20;
/// Most that a decoder may take at once: a bound that one value of a megabyte does not reach.
const DECODER_MEMORY: isize = 24 << 20;
/// Longest that one input may take, on a busy machine and a build for debugging.
const LONGEST: Duration = Duration::from_secs(20);
/// Mutations in all of a decoder, and of an engine.
const MUTATIONS: (usize, usize) = (60_000, 150);
/// All corpora.
const COMMITTED: u64 = 300 * 1024;

static LIVE: AtomicIsize = AtomicIsize::new(0);
static MOST: AtomicIsize = AtomicIsize::new(0);

struct Counting;

fn add(by: isize) {
    let live = LIVE.fetch_add(by, Ordering::Relaxed) + by;
    MOST.fetch_max(live, Ordering::Relaxed);
}

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        add(layout.size() as isize);
        // SAFETY: the caller keeps the system allocator's contract, which is this one's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        add(-(layout.size() as isize));
        // SAFETY: as above.
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // Both may live while bytes are copied.
        add(size as isize);
        // SAFETY: as above.
        let new = unsafe { System.realloc(at, layout, size) };
        add(-(layout.size() as isize));
        new
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// One at a time, since memory is counted of the whole process.
static ALONE: Mutex<()> = Mutex::new(());

fn kept(door: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let mut out: Vec<_> = fs::read_dir(corpus::folder(door))
        .unwrap_or_else(|e| panic!("{door} has no corpus: {e}"))
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect();
    out.sort();
    assert!(!out.is_empty(), "{door} has an empty corpus");
    out
}

/// Tries one input; on a broken law says which bytes break it.
fn one(name: &str, door: Door, input: &[u8], limit: isize) -> Result<(), String> {
    let base = LIVE.load(Ordering::Relaxed);
    MOST.store(base, Ordering::Relaxed);
    let from = Instant::now();
    let outcome = tried(door, input);
    let (took, most) = (from.elapsed(), MOST.load(Ordering::Relaxed));
    let broken = match outcome {
        Err(why) => why,
        Ok(()) if took > LONGEST => format!("it takes {took:?}"),
        Ok(()) if most - base > limit || most > MEMORY => format!("it takes {} KiB beside {} KiB", (most - base) / 1024, base / 1024),
        Ok(()) => return Ok(()),
    };
    let shown: String = hex::encode(input).chars().take(1500).collect();
    Err(format!("{name}: {broken}\n{} bytes: {shown}", input.len()))
}

fn cases() -> usize {
    std::env::var("CASES").ok().and_then(|c| c.parse().ok()).unwrap_or(1)
}

fn replay(doors: &[(&str, Door)], mutations: usize, limit: isize) {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let only = std::env::var("DOOR").ok();
    let mut broken = Vec::new();
    for (i, (name, door)) in doors.iter().enumerate().filter(|(_, (name, _))| only.as_deref().is_none_or(|o| o == *name)) {
        let kept = kept(name);
        let from = Instant::now();
        // What is made once in a process is not the first input's.
        let _ = tried(*door, &kept[0].1);
        broken.extend(kept.iter().filter_map(|(_, input)| one(name, *door, input, limit).err()));
        let each = (mutations * cases() / kept.len()).max(1);
        let mut mutator = Mutator::new(i as u64);
        'mutated: for (n, (_, input)) in kept.iter().enumerate() {
            for k in 0..each {
                let other = &kept[(n * 31 + k * 17) % kept.len()].1;
                if let Err(why) = one(name, *door, &mutator.mutated(input, other), limit) {
                    broken.push(why);
                    if broken.len() > 8 {
                        break 'mutated;
                    }
                }
            }
        }
        println!("{name:16} {:4} kept, {:6} mutated, {:?}", kept.len(), each * kept.len(), from.elapsed());
    }
    assert!(broken.is_empty(), "{} broken laws:\n{}", broken.len(), broken.join("\n\n"));
}

#[test]
fn s24_decoders() {
    replay(&DECODERS, MUTATIONS.0, DECODER_MEMORY);
}

#[test]
fn s24_engines() {
    replay(&ENGINES, MUTATIONS.1, MEMORY);
    // SQLite's and zstd's memory is not Rust's; the system counts it too.
    if let Some(kib) = most_resident() {
        println!("{} MiB resident at most", kib >> 10);
        assert!(kib << 10 < MEMORY as u64, "{kib} KiB were resident");
    }
}

/// The most memory that this process had, in KiB, where the system says.
fn most_resident() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?.trim().strip_suffix(" kB")?.parse().ok()
}

#[test]
fn corpora_are_kept_for_every_door_and_are_small() {
    let doors: Vec<&str> = DECODERS.iter().chain(&ENGINES).map(|(name, _)| *name).collect();
    if std::env::var_os("UPDATE").is_some() {
        let made = corpus::make().unwrap();
        assert_eq!(
            made.keys().copied().collect::<Vec<_>>(),
            doors.iter().copied().collect::<std::collections::BTreeSet<_>>().into_iter().collect::<Vec<_>>()
        );
        for (door, inputs) in made {
            let folder = corpus::folder(door);
            fs::create_dir_all(&folder).unwrap();
            for old in fs::read_dir(&folder).unwrap().map(|e| e.unwrap()).filter(|e| !e.file_name().to_string_lossy().starts_with("found-"))
            {
                fs::remove_file(old.path()).unwrap();
            }
            for (n, input) in inputs.iter().enumerate() {
                fs::write(folder.join(format!("{n:03}")), input).unwrap();
            }
        }
    }
    let sizes: BTreeMap<&str, u64> = doors.iter().map(|d| (*d, kept(d).iter().map(|(_, b)| b.len() as u64).sum())).collect();
    println!("{sizes:#?}");
    assert!(sizes.values().sum::<u64>() < COMMITTED, "{sizes:?}");
}

#[test]
fn a_broken_law_is_noticed() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let panics: Door = |bytes| assert!(bytes.len() < 3, "too long");
    let hungry: Door = |bytes| drop(std::hint::black_box(Vec::<u8>::with_capacity(bytes.len() << 20)));
    assert_eq!(one("panics", panics, &[1, 2], MEMORY), Ok(()));
    assert!(one("panics", panics, &[1, 2, 3], MEMORY).unwrap_err().contains("too long"));
    assert_eq!(one("hungry", hungry, &[0; 16], DECODER_MEMORY), Ok(()));
    assert!(one("hungry", hungry, &[0; 25], DECODER_MEMORY).unwrap_err().contains("it takes"));
    assert!(one("hungry", hungry, &[0; 257], MEMORY).unwrap_err().contains("it takes"));
}
