//! Bombs: small bytes that would cost a careless reader seconds and gigabytes. Each goes through the door that foreign bytes come in by, and
//! takes less than 4 MiB of memory there. Time is printed, not asserted (two shared cores; the profile tests run on):
//!
//! ```text
//! five million nulls as actions                     41 bytes     5.9 µs     0 KiB
//! one operation with 20 million predecessors        59 bytes   852.0 ns     0 KiB
//! a literal run of 200,000                      200043 bytes   125.9 µs     0 KiB
//! a chunk as large as may be, of nothing        262156 bytes   164.4 µs     0 KiB
//! 64 MiB deflated                                65244 bytes   128.1 µs   430 KiB
//! 20,000 operations, let in                         40 bytes     1.5 µs     0 KiB
//! 64 MiB of zeros, compressed                     2069 bytes    46.2 µs     4 KiB
//! 51 frames of a megabyte                         2502 bytes     9.2 µs     5 KiB
//! a million empty events                            57 bytes    79.0 µs   976 KiB
//! 50,000 documents without changes                 119 bytes   563.4 µs   976 KiB
//! an event of 340,000 answers                      129 bytes     1.1 ms  1992 KiB
//! 16,381 events of 60 bytes, let in                118 bytes     5.6 ms  2335 KiB
//! an event of 5,000 answers, let in              15011 bytes   733.6 µs   960 KiB
//! an epoch of 260,000 empty wraps               260214 bytes   671.0 µs   254 KiB
//! ```
//! `cargo test -p ithaca-core --test bombs -- --nocapture` prints them. Memory is what Rust's allocator is asked for on this thread; zstd's own
//! contexts come beside it and are of one size.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test: helpers may stop it too")]
#![allow(clippy::disallowed_methods, clippy::print_stdout, reason = "it prints times and decides nothing by them")]
#![allow(unsafe_code, reason = "an allocator that counts can be written in no other way; it adds nothing to the system's")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::io::Write;
use std::time::Instant;

use ithaca_core::event::Event;
use ithaca_core::record::body::{Body, INFLATED, ITEMS, compress};
use ithaca_core::record::firewall::{Actor, RECEIVE, Refused, inspect};
use ithaca_core::space::statement::Statement;
use sha2::{Digest, Sha256};

/// Most memory that any of them may take at once.
const PEAK: isize = 4 << 20;

thread_local! {
    static LIVE: Cell<isize> = const { Cell::new(0) };
    static MOST: Cell<isize> = const { Cell::new(0) };
}

struct Counting;

fn add(by: isize) {
    // A thread that ends has no cells any more.
    let _ = LIVE.try_with(|live| {
        live.set(live.get() + by);
        let _ = MOST.try_with(|most| most.set(most.get().max(live.get())));
    });
}

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        add(layout.size() as isize);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        add(-(layout.size() as isize));
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // Both may live while bytes are copied.
        add(size as isize);
        let new = unsafe { System.realloc(at, layout, size) };
        add(-(layout.size() as isize));
        new
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Lets it off; gives what it answered, after checking what it took.
fn lets_off<T: std::fmt::Debug>(name: &str, size: usize, act: impl FnOnce() -> T) -> T {
    LIVE.set(0);
    MOST.set(0);
    let from = Instant::now();
    let answer = act();
    let (took, most) = (from.elapsed(), MOST.get());
    println!("{name:52} {size:8} bytes {took:>12?} {:>6} KiB", most / 1024);
    assert!(most < PEAK, "{name} takes {most} bytes of memory");
    answer
}

const ME: Actor = [7; 16];

fn uleb(n: u64) -> Vec<u8> {
    let mut out = Vec::new();
    leb128::write::unsigned(&mut out, n).unwrap();
    out
}

fn sleb(n: i64) -> Vec<u8> {
    let mut out = Vec::new();
    leb128::write::signed(&mut out, n).unwrap();
    out
}

/// A chunk with a right checksum over `body`, carrying `data`.
fn chunk(kind: u8, body: &[u8], data: &[u8]) -> Vec<u8> {
    let typed = [vec![1], uleb(body.len() as u64)].concat();
    let hash = Sha256::new().chain_update(&typed).chain_update(body).finalize();
    [&[0x85, 0x6f, 0x4a, 0x83], &hash[..4], &[kind], &uleb(data.len() as u64), data].concat()
}

/// A change body of `ME` with these columns.
fn change(columns: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let mut b = [vec![0, 16], ME.to_vec(), vec![1, 1, 0, 0, 0], uleb(columns.len() as u64)].concat();
    columns.iter().for_each(|(spec, data)| b.extend([uleb(u64::from(*spec)), uleb(data.len() as u64)].concat()));
    columns.iter().for_each(|(_, data)| b.extend(data));
    b
}

fn nulls(n: u64) -> Vec<u8> {
    [sleb(0), uleb(n)].concat()
}

fn run(n: i64, value: u64) -> Vec<u8> {
    [sleb(n), uleb(value)].concat()
}

/// `len` zeros, deflated.
fn deflated(len: usize) -> Vec<u8> {
    let mut e = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    (0..len >> 20).for_each(|_| e.write_all(&[0; 1 << 20]).unwrap());
    e.finish().unwrap()
}

#[test]
fn s22_changes() {
    const M5: u64 = 5_000_000;
    let plain = |columns: &[(u32, Vec<u8>)]| {
        let body = change(columns);
        chunk(1, &body, &body)
    };
    let claims = |what: &[u8]| {
        let body = [what, &uleb(1 << 40)].concat();
        chunk(1, &body, &body)
    };
    let head = [vec![0, 16], ME.to_vec(), vec![1, 1, 0, 0]].concat();
    let many_actors =
        [head.clone(), uleb(1024), (0..1023u16).chain([1022]).flat_map(|n| [vec![2], n.to_be_bytes().to_vec()].concat()).collect()]
            .concat();
    let literal: Vec<u8> = [sleb(-200_000), vec![0; 200_000]].concat();
    let full = [vec![0; 100], vec![0x80; RECEIVE.bytes - 100]].concat();
    let cases: Vec<(&str, Vec<u8>, Refused)> = vec![
        ("five million nulls as actions", plain(&[(66, nulls(M5))]), Refused::TooManyOps),
        ("five million nulls as keys", plain(&[(21, nulls(M5)), (66, run(1, 1))]), Refused::TooManyOps),
        ("five million nulls in a later version's column", plain(&[(66, run(1, 1)), (200 << 4 | 2, nulls(M5))]), Refused::TooManyOps),
        (
            "one operation with 20 million predecessors",
            plain(&[(66, run(1, 1)), (112, run(1, 20_000_000)), (113, run(20_000_000, 0)), (115, run(20_000_000, 1))]),
            Refused::TooManyPreds,
        ),
        ("group counts that overflow", plain(&[(66, run(1, 1)), (112, run(10_000, u64::MAX))]), Refused::TooManyPreds),
        ("nulls that overflow", plain(&[(66, [nulls(u64::MAX), nulls(u64::MAX)].concat())]), Refused::TooManyOps),
        ("a literal run of 2^63", plain(&[(66, run(i64::MIN + 1, 0))]), Refused::TooManyOps),
        ("a literal run of 200,000", plain(&[(66, literal)]), Refused::TooManyOps),
        ("a boolean run of 2^63", plain(&[(52, uleb(1 << 63))]), Refused::TooManyOps),
        ("2^40 dependencies", claims(&[]), Refused::TooManyDeps),
        ("2^40 other actors", claims(&head), Refused::TooManyActors),
        ("2^40 columns", claims(&[head.clone(), vec![0]].concat()), Refused::Columns),
        ("a thousand actors, the last one twice", chunk(1, &many_actors, &many_actors), Refused::TooManyActors),
        ("a chunk as large as may be, of nothing", chunk(1, &full, &full), Refused::Actor),
        ("64 MiB deflated", chunk(2, &[], &deflated(64 << 20)), Refused::TooLarge),
        ("240 MiB deflated", chunk(2, &[], &deflated(240 << 20)), Refused::TooLarge),
        ("a document", chunk(0, &[], &[0; 1000]), Refused::Kind),
        ("a length of 2^63", [&[0x85, 0x6f, 0x4a, 0x83, 0, 0, 0, 0, 1][..], &uleb(1 << 63)].concat(), Refused::Malformed),
    ];
    for (name, bytes, reason) in cases {
        let answer = lets_off(name, bytes.len(), || inspect(&bytes, &[ME], &RECEIVE).map(|i| i.n_ops));
        assert_eq!(answer, Err(reason), "{name}");
    }
    // The most that is let in.
    let ops = plain(&[(66, run(20_000, 1))]);
    assert_eq!(lets_off("20,000 operations, let in", ops.len(), || inspect(&ops, &[ME], &RECEIVE).unwrap().n_ops), 20_000);
}

/// A body whose content is this frame, of which the magic is left out.
fn body(frame: &[u8]) -> Vec<u8> {
    let mut e = minicbor::Encoder::new(Vec::new());
    e.map(2).unwrap().u8(3).unwrap().bytes(frame).unwrap().u8(4).unwrap().u8(1).unwrap();
    e.into_writer()
}

/// The shortest canonical form of an array's head.
fn array(len: u32) -> Vec<u8> {
    if len > 0xffff {
        [vec![0x9a], len.to_be_bytes().to_vec()].concat()
    } else {
        [vec![0x99], (len as u16).to_be_bytes().to_vec()].concat()
    }
}

#[test]
fn bodies() {
    const MANY: u32 = 1_000_000;
    let document = [vec![0x83, 0x50], vec![1; 16], vec![0x04]].concat();
    let empties = |head: &[u8], len: u32, each: &[u8]| [head, &array(len), &each.repeat(len as usize)].concat();
    let events = empties(&[0xa1, 0x01], MANY, &[0x40]);
    let chunks = [vec![0xa1, 0x00, 0x81], document.clone(), empties(&[], MANY, &[0x40])].concat();
    let documents = empties(&[0xa1, 0x00], 50_000, &[document, vec![0x80]].concat());
    let numbers = empties(&[0xa1, 0x01], MANY, &[0x00]);
    let harvest = [vec![0xa3, 0x00, 0x0a, 0x03, 0x01, 0x05], empties(&[0xa1, 0x00], 340_000, &[0xa1, 0x00, 0x60])].concat();
    let event = [&[0xa1, 0x01, 0x81, 0x5a][..], &(harvest.len() as u32).to_be_bytes(), &harvest].concat();
    let deep = [&[0xa1, 0x01][..], &[0x81; 100_000], &[0x80]].concat();
    let lie = [&[0xe0][..], &(1u64 << 60).to_le_bytes(), &[1, 0, 0]].concat();
    let window = [&[0x00, 0xf8][..], &[1, 0, 0]].concat();
    let mut frames = compress(&vec![0; INFLATED]);
    let one = [&[0x28, 0xb5, 0x2f, 0xfd][..], &frames].concat();
    frames.extend(one.repeat(50));
    let skipped = [compress(b""), [&[0x50, 0x2a, 0x4d, 0x18][..], &200_000u32.to_le_bytes(), &[0; 200_000]].concat()].concat();
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("64 MiB of zeros, compressed", body(&compress(&vec![0; 64 << 20])), "does not inflate"),
        ("a megabyte of zeros", body(&compress(&vec![0; INFLATED])), "more than 16384"),
        ("a frame that says it is of 2^60 bytes", body(&lie), "does not inflate"),
        ("a frame with a window of 2^41 bytes", body(&window), "does not inflate"),
        ("51 frames of a megabyte", body(&frames), "does not inflate"),
        ("a frame and 200,000 bytes to be skipped", body(&skipped), "too early"),
        ("a million empty events", body(&compress(&events)), "more than 16384"),
        ("a million empty chunks", body(&compress(&chunks)), "more than 16384"),
        ("50,000 documents without changes", body(&compress(&documents)), "more than 16384"),
        ("a million numbers", body(&compress(&numbers)), "more than 16384"),
        ("an event of 340,000 answers", body(&compress(&event)), "more than 16384"),
        ("arrays 100,000 deep in content", body(&compress(&deep)), "more than 16384"),
        ("arrays 200,000 deep", [&[0xa1, 0x00][..], &[0x81; 200_000], &[0x80]].concat(), "more than 16384"),
        ("2^60 statements", [&[0xa1, 0x01, 0x9b][..], &(1u64 << 60).to_be_bytes()].concat(), "too early"),
        ("260,000 empty statements", empties(&[0xa1, 0x01], 260_000, &[0x40]), "more than 16384"),
        ("a string of 2^60 bytes", [&[0xa1, 0x03, 0x5b][..], &(1u64 << 60).to_be_bytes()].concat(), "too early"),
    ];
    for (name, bytes, reason) in cases {
        let answer = lets_off(name, bytes.len(), || Body::parse(&bytes).map(|_| ()));
        let why = answer.expect_err(name).to_string();
        assert!(why.contains(reason), "{name}: {why}");
    }
    // The most that is let in, and what its events then take.
    let harvest = [vec![0xa3, 0x00, 0x0a, 0x03, 0x01, 0x05], empties(&[0xa1, 0x00], 5_000, &[0xa1, 0x00, 0x60])].concat();
    let fill = body(&compress(&empties(&[0xa1, 0x01], ITEMS as u32 - 3, &[0x58, 60].iter().copied().chain([0; 60]).collect::<Vec<u8>>())));
    let read = lets_off("16,381 events of 60 bytes, let in", fill.len(), || Body::parse(&fill).map(|b| b.events.len()));
    assert_eq!(read.unwrap(), ITEMS - 3);
    let read = lets_off("an event of 5,000 answers, let in", harvest.len(), || Event::decode(&harvest).map(|e| e.kind()));
    assert_eq!(read.unwrap(), 10);
}

#[test]
fn statements() {
    let key = ed25519_dalek::SigningKey::from_bytes(&[1; 32]);
    let signed = |payload: &[u8]| {
        let head = [&[9; 32][..], key.verifying_key().as_bytes(), &[1], &[8; 32], &(payload.len() as u32).to_be_bytes()].concat();
        let unsigned = [&head, payload].concat();
        let signature = ed25519_dalek::Signer::sign(&key, &[b"ithaca/v1/statement".as_slice(), &unsigned].concat());
        [unsigned, signature.to_bytes().to_vec()].concat()
    };
    let epoch = [&[0xa5, 0x00, 0x18, 26, 0x02, 0x01, 0x03, 0x58, 0x20][..], &[3; 32], &[0x04, 0x80, 0x05]].concat();
    let wraps = [epoch, array(260_000), vec![0x40; 260_000]].concat();
    let origins = [&[0xa2, 0x00, 0x18, 27, 0x02][..], &array(260_000), &[0x60; 260_000]].concat();
    for (name, payload) in [("an epoch of 260,000 empty wraps", wraps), ("260,000 empty origins", origins)] {
        let bytes = signed(&payload);
        let answer = lets_off(name, bytes.len(), || Statement::decode(&bytes).map(|_| ()));
        assert!(answer.expect_err(name).to_string().contains("more than 16384"));
    }
    let deep = signed(&[&[0xa1, 0x00][..], &[0x81; 16_000], &[0x80]].concat());
    assert!(lets_off("a statement 16,000 deep", deep.len(), || Statement::decode(&deep).map(|_| ())).is_err());
}
