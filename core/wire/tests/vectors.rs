//! Golden vectors: fixed values and their exact bytes, in `vectors/*.txt`. They are kept for ever: a change here is a change of protocol.
//!
//! A line is `name = hex`. `BLESS=1` writes files that are missing, and never one that exists.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

use ithaca_wire::error::{Code, Refusal};
use ithaca_wire::exchange::{Answer, Ask, LaneList, MakeMailbox, Request, Response, VERSION, Voucher};
use ithaca_wire::id::RecordHash;
use ithaca_wire::live::{Beat, Change, Listen};
use ithaca_wire::record::{self, Outer};
use ithaca_wire::vector::{self, Entry, Sum, Vector};
use ithaca_wire::{LaneId, MailboxId, Token, TokenHash, cbor, mailbox, padding};
use sha2::{Digest, Sha256};

/// The same bytes for ever: SHA-256 over a counter.
fn seeded<const N: usize>(name: &str) -> [u8; N] {
    let mut out = [0; N];
    for (i, chunk) in out.chunks_mut(32).enumerate() {
        let block = Sha256::new().chain_update(b"ithaca/v1/vectors|").chain_update(name).chain_update([i as u8]).finalize();
        chunk.copy_from_slice(&block[..chunk.len()]);
    }
    out
}

fn outer(name: &str, n: u64) -> Vec<u8> {
    let lane = LaneId(seeded("lane"));
    Outer { version: record::VERSION, lane, n, nonce: seeded(&format!("{name} nonce")), ciphertext: &seeded::<20>(name) }.to_bytes()
}

fn entry() -> Entry {
    Entry { from: 3, n: 300, tag: seeded("tag") }
}

fn vector() -> Vec<(LaneId, Entry)> {
    let map: Vector = [(LaneId(seeded("lane")), entry()), (LaneId(seeded("other lane")), entry())].into();
    map.into_iter().collect()
}

fn lists() -> Vec<LaneList> {
    let hash = |n: u64| RecordHash(seeded(&format!("hash {n}")));
    let whole = LaneList { lane: LaneId(seeded("lane")), held: vec![(3, hash(3)), (70_000, hash(70_000))], window: None };
    let mut lists = vec![LaneList { lane: LaneId(seeded("other lane")), held: vec![(9, hash(9))], window: Some((7, 300)) }, whole];
    lists.sort_by_key(|l| l.lane);
    lists
}

fn bare() -> Ask {
    Ask { mailbox: MailboxId(seeded("mailbox")), token: Token(seeded("token")), push: None, digest: None, vector: None, lists: None }
}

fn whole_ask() -> Ask {
    Ask {
        push: Some(vec![outer("first", 1).into(), outer("second", 2).into()]),
        digest: Some(seeded("digest")),
        vector: Some(vector()),
        lists: Some(lists()),
        ..bare()
    }
}

fn empty_answer() -> Answer {
    Answer { code: Code::NoMailbox, digest: None, lacking: None, vector: None, pushed: None, records: None, lists: None }
}

fn whole_answer() -> Answer {
    Answer {
        code: Code::Ok,
        digest: Some(seeded("digest")),
        lacking: Some((2, 138)),
        vector: Some(vector()),
        pushed: Some(vec![(0, Code::Fork), (1, Code::Gap)]),
        records: Some(vec![outer("first", 1).into(), outer("second", 2).into()]),
        lists: Some(lists()),
    }
}

/// Compares with the file, line by line.
fn golden(file: &str, lines: &[(String, Vec<u8>)]) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors").join(file);
    if std::env::var_os("BLESS").is_some() && !path.exists() {
        let text = lines.iter().fold(String::new(), |mut out, (name, bytes)| {
            writeln!(out, "{name} = {}", hex::encode(bytes)).unwrap();
            out
        });
        std::fs::write(&path, text).unwrap();
    }
    let text = std::fs::read_to_string(&path).unwrap();
    let kept: BTreeMap<_, _> = text.lines().map(|l| l.split_once(" = ").unwrap()).collect();
    assert_eq!(kept.len(), lines.len(), "{file} has a line too many or too few");
    for (name, bytes) in lines {
        assert_eq!(kept.get(name.as_str()), Some(&hex::encode(bytes).as_str()), "{file}: {name}");
    }
}

/// Encodes, checks that it decodes to the same, and names it.
fn line<T>(name: &str, value: &T) -> (String, Vec<u8>)
where
    T: minicbor::Encode<()> + for<'b> minicbor::Decode<'b, ()> + PartialEq + std::fmt::Debug,
{
    let bytes = cbor::encode(value);
    assert_eq!(cbor::decode::<T>("vector", &bytes).as_ref(), Ok(value), "{name}");
    (name.to_owned(), bytes)
}

#[test]
fn an_exchange() {
    let request = |mailboxes| Request { version: VERSION, budget: 65_536, mailboxes };
    let response = |mailboxes| Response { version: VERSION, mailboxes };
    golden(
        "exchange.txt",
        &[
            line("ask, nothing asked", &bare()),
            line("ask, idle", &Ask { digest: Some(seeded("digest")), ..bare() }),
            line("ask, whole", &whole_ask()),
            line("request, empty", &request(vec![])),
            line("request, whole", &request(vec![whole_ask(), bare()])),
            line("answer, no mailbox", &empty_answer()),
            line("answer, idle", &Answer { code: Code::Ok, digest: Some(seeded("digest")), ..empty_answer() }),
            line("answer, whole", &whole_answer()),
            line("response, empty", &response(vec![])),
            line("response, whole", &response(vec![whole_answer(), empty_answer()])),
        ],
    );
}

#[test]
fn making_mailboxes() {
    let make = MakeMailbox { token_hash: TokenHash(seeded("token hash")), voucher: None, next: None, token: None };
    golden(
        "mailboxes.txt",
        &[
            line("make, with an account", &make),
            line("make, with a voucher", &MakeMailbox { voucher: Some(seeded("voucher")), ..make.clone() }),
            line("make, next", &MakeMailbox { next: Some(MailboxId(seeded("next"))), token: Some(Token(seeded("token"))), ..make }),
            line("voucher", &Voucher { voucher: seeded("voucher") }),
        ],
    );
}

#[test]
fn live_events() {
    let change = Change { mailbox: MailboxId(seeded("mailbox")), digest: seeded("digest"), record: None };
    golden(
        "live.txt",
        &[
            line("listen", &Listen { version: VERSION, mailboxes: vec![(MailboxId(seeded("mailbox")), Token(seeded("token")))] }),
            line("change", &change),
            line("change with its record", &Change { record: Some(outer("first", 1).into()), ..change }),
            line("beat", &Beat { digest: seeded("digest") }),
        ],
    );
}

#[test]
fn every_code_and_refusal() {
    use Code::*;
    let codes = [
        Ok,
        Fork,
        Gap,
        NoMailbox,
        Malformed,
        RecordTooLarge,
        RequestTooLarge,
        MailboxFull,
        AccountFull,
        TooManyLanes,
        TooManyVersions,
        TooManyRequests,
        TooManyConnections,
        StoreDown,
        NoAccount,
        VoucherUsed,
        MailboxTaken,
        Lapsed,
        Version,
        TooManyAsked,
        TooManyMailboxes,
        NoObject,
        ObjectMismatch,
        Internal,
    ];
    let mut lines: Vec<_> = codes.iter().map(|code| line(&format!("{code:?}"), code)).collect();
    lines.push(line("refusal", &Refusal { code: Gap, reason: "past the head".into(), retry_after: None }));
    lines.push(line("refusal, for a while", &Refusal { code: StoreDown, reason: "down".into(), retry_after: Some(300) }));
    golden("codes.txt", &lines);
}

#[test]
fn records_and_their_hashes() {
    let first = outer("first", 1);
    let last = outer("last", i64::MAX as u64);
    let hash = |bytes: &[u8]| record::hash(bytes).0.to_vec();
    golden(
        "records.txt",
        &[
            ("first".into(), first.clone()),
            ("first, hash".into(), hash(&first)),
            ("last".into(), last.clone()),
            ("last, hash".into(), hash(&last)),
        ],
    );
}

#[test]
fn digests() {
    let full: Vector = vector().into_iter().collect();
    let one: Vector = full.iter().take(1).map(|(l, e)| (*l, *e)).collect();
    let versions =
        || [(9, RecordHash(seeded("b"))), (9, RecordHash(seeded("a"))), (2, RecordHash(seeded("c"))), (2, RecordHash(seeded("d")))];
    let (a, b) = (MailboxId([1; 16]), MailboxId([2; 16]));
    golden(
        "digests.txt",
        &[
            ("vector, empty".into(), vector::digest(&Vector::new()).to_vec()),
            ("vector, one lane".into(), vector::digest(&one).to_vec()),
            ("vector, two lanes".into(), vector::digest(&full).to_vec()),
            ("sum, nothing".into(), Sum::default().to_bytes().to_vec()),
            ("sum, four records".into(), Sum::of(versions()).to_bytes().to_vec()),
            ("tag, nothing".into(), Sum::default().tag().to_vec()),
            ("tag, four records".into(), Sum::of(versions()).tag().to_vec()),
            ("beat, none".into(), vector::beat([]).to_vec()),
            ("beat, two".into(), vector::beat([(&a, &seeded("digest")), (&b, &seeded("other digest"))]).to_vec()),
        ],
    );
    let mut turned = versions();
    turned.reverse();
    assert_eq!(Sum::of(turned), Sum::of(versions()), "their order does not matter");
}

#[test]
fn mailbox_derivation() {
    let mut lines = Vec::new();
    for origin in ["https://relay.example", "https://relay.example:8443", "http://127.0.0.1:8787"] {
        let address = mailbox::derive(&seeded("secret"), &seeded("salt"), origin);
        lines.push((format!("{origin} name"), address.id.0.to_vec()));
        lines.push((format!("{origin} token"), address.token.0.to_vec()));
        lines.push((format!("{origin} token hash"), address.token.hash().0.to_vec()));
        assert!(address.token.opens(&address.token.hash()) && !Token(seeded("token")).opens(&address.token.hash()));
    }
    golden("mailbox.txt", &lines);
}

#[test]
fn the_padding_table() {
    let lengths = [0, 1, 135, 255, 256, 257, 272, 273, 300, 1000, 1024, 1025, 4095, 4096, 4097, 65_535, 65_537, 262_279, 1_048_576];
    let row = |len: usize| (format!("{len}"), (padding::padded(len) as u64).to_be_bytes().to_vec());
    golden("padding.txt", &lengths.map(row));
}
