//! Strict decoding and the small pure rules, over random values (S3): what was written is read, and nothing else is.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

use std::collections::BTreeSet;

use ithaca_wire::error::{Code, Refusal};
use ithaca_wire::exchange::{Answer, Ask, LaneList, Request, Response};
use ithaca_wire::id::RecordHash;
use ithaca_wire::live::{Change, Listen};
use ithaca_wire::record::{HEADER, Outer, TAG};
use ithaca_wire::vector::{Entry, Plan, Sum, Vector, digest, missing};
use ithaca_wire::{LaneId, MailboxId, Token, WireError, cbor, limits};
use minicbor::bytes::ByteVec;
use proptest::prelude::*;

fn number() -> impl Strategy<Value = u64> {
    prop_oneof![1u64..30, 250u64..260, 65_530u64..65_540, Just(i64::MAX as u64)]
}

fn lane() -> impl Strategy<Value = LaneId> {
    prop_oneof![(0u8..4).prop_map(|b| LaneId([b; 16])), any::<[u8; 16]>().prop_map(LaneId)]
}

fn entry() -> impl Strategy<Value = Entry> {
    (number(), number(), any::<[u8; 8]>()).prop_map(|(a, b, tag)| Entry { from: a.min(b), n: a.max(b), tag })
}

fn vector() -> impl Strategy<Value = Vector> {
    prop::collection::btree_map(lane(), entry(), 0..6)
}

fn records() -> impl Strategy<Value = Option<Vec<ByteVec>>> {
    prop::option::of(prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300).prop_map(ByteVec::from), 0..4))
}

fn lists() -> impl Strategy<Value = Option<Vec<LaneList>>> {
    let held = prop::collection::btree_set((number(), any::<[u8; 32]>()), 0..4);
    let lists = prop::collection::btree_map(lane(), (held, any::<bool>()), 0..3).prop_map(|lists| {
        let list = |(lane, (held, part)): (LaneId, (BTreeSet<(u64, [u8; 32])>, bool))| LaneList {
            lane,
            window: held.first().zip(held.last()).filter(|_| part).map(|(first, last)| (first.0, last.0)),
            held: held.into_iter().map(|(n, h)| (n, RecordHash(h))).collect(),
        };
        lists.into_iter().map(list).collect()
    });
    prop::option::of(lists)
}

prop_compose! {
    fn ask()(
        mailbox in any::<[u8; 16]>(),
        token in any::<[u8; 32]>(),
        push in records(),
        digest in prop::option::of(any::<[u8; 16]>()),
        vector in prop::option::of(vector()),
        lists in lists(),
    ) -> Ask {
        let vector = vector.map(|v| v.into_iter().collect());
        Ask { mailbox: MailboxId(mailbox), token: Token(token), push, digest, vector, lists }
    }
}

prop_compose! {
    fn request()(budget in any::<u32>(), asks in prop::collection::vec(ask(), 0..4)) -> Request {
        Request { version: 1, budget, mailboxes: asks }
    }
}

prop_compose! {
    fn answer()(
        digest in prop::option::of(any::<[u8; 16]>()),
        lacking in prop::option::of((any::<u64>(), any::<u64>())),
        vector in prop::option::of(vector()),
        pushed in prop::option::of(prop::collection::vec((any::<u32>(), Just(Code::Gap)), 0..3)),
        records in records(),
        lists in lists(),
    ) -> Answer {
        Answer { code: Code::Ok, digest, lacking, vector: vector.map(|v| v.into_iter().collect()), pushed, records, lists }
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_and_passes_its_check(request in request(), answers in prop::collection::vec(answer(), 0..4)) {
        let bytes = cbor::encode(&request);
        prop_assert_eq!(cbor::decode::<Request>("request", &bytes), Ok(request.clone()));
        let names: BTreeSet<_> = request.mailboxes.iter().map(|a| a.mailbox).collect();
        prop_assert_eq!(request.check().is_ok(), names.len() == request.mailboxes.len());
        let response = Response { version: 1, mailboxes: answers };
        prop_assert_eq!(cbor::decode::<Response>("response", &cbor::encode(&response)), Ok(response));
    }

    #[test]
    fn no_prefix_and_nothing_longer_is_read(request in request(), cut in any::<prop::sample::Index>(), more in 1usize..4) {
        let bytes = cbor::encode(&request);
        let cut = &bytes[..cut.index(bytes.len())];
        prop_assert!(cbor::decode::<Request>("request", cut).is_err());
        let longer = [bytes.clone(), vec![0; more]].concat();
        prop_assert_eq!(cbor::decode::<Request>("request", &longer), Err(WireError::Trailing { what: "request" }));
    }

    /// There is one encoding of each value: whatever is accepted is what its value would be written as.
    #[test]
    fn a_flipped_byte_is_refused_or_is_another_canonical_value(request in request(), at in any::<prop::sample::Index>(), xor in 1u8..) {
        let mut bytes = cbor::encode(&request);
        let at = at.index(bytes.len());
        bytes[at] ^= xor;
        if let Ok(read) = cbor::decode::<Request>("request", &bytes) {
            prop_assert_ne!(&read, &request);
            // Keys of a later version are passed over, and so not written again.
            let written = cbor::encode(&read);
            prop_assert!(written == bytes || written.len() < bytes.len());
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = cbor::decode::<Request>("x", &bytes);
        let _ = cbor::decode::<Response>("x", &bytes);
        let _ = cbor::decode::<Listen>("x", &bytes);
        let _ = cbor::decode::<Change>("x", &bytes);
        let _ = cbor::decode::<Refusal>("x", &bytes);
        let _ = Outer::parse(&bytes);
    }

    #[test]
    fn a_record_reads_as_it_was_written(version in any::<u8>(), lane in lane(), n in number(), nonce in any::<[u8; 24]>(), body in prop::collection::vec(any::<u8>(), TAG..99)) {
        let outer = Outer { version, lane, n, nonce, ciphertext: &body };
        let bytes = outer.to_bytes();
        prop_assert_eq!(Outer::parse(&bytes), Ok(outer));
        prop_assert!(Outer::parse(&bytes[..HEADER + TAG - 1]).is_err());
    }

    /// Two sides that follow their plans miss nothing that entries can tell: equal digests, or something to do on one side.
    #[test]
    fn a_plan_is_empty_on_both_sides_only_when_nothing_differs(mine in vector(), theirs in vector()) {
        let (plan, their_plan) = (missing(&mine, &theirs), missing(&theirs, &mine));
        prop_assert_eq!(plan.is_empty() && their_plan.is_empty(), digest(&mine) == digest(&theirs));
        prop_assert_eq!(mine == theirs, digest(&mine) == digest(&theirs));
        for (lane, Plan { after, list }) in plan {
            let my = mine[&lane];
            match theirs.get(&lane) {
                None => prop_assert_eq!((after, list), (Some(0), false)),
                Some(their) => {
                    prop_assert_eq!(after, (my.n > their.n).then_some(their.n));
                    prop_assert!(after.is_some() || list);
                    // Where both end alike, both see alike whether lists are needed.
                    if my.n == their.n {
                        prop_assert_eq!(their_plan.get(&lane).map(|p| p.list), Some(list));
                    }
                }
            }
        }
    }

    /// One other record, one more or one less, at whatever number, shows; the order in which they came does not.
    #[test]
    fn a_sum_tells_sets_apart(held in prop::collection::btree_set((1u64..5, (0u8..3).prop_map(|h| RecordHash([h; 32]))), 0..9),
        other in prop::collection::btree_set((1u64..5, (0u8..3).prop_map(|h| RecordHash([h; 32]))), 0..9)) {
        let sum = Sum::of(held.iter().copied());
        prop_assert_eq!(sum, Sum::of(held.iter().rev().copied()));
        prop_assert_eq!(Sum::from_bytes(sum.to_bytes()), sum);
        let alike = held == other;
        let theirs = Sum::of(other);
        prop_assert_eq!(sum == theirs, alike);
        prop_assert_eq!(sum.tag() == theirs.tag(), alike);
    }
}

/// Of two entries of one lane, what is sent by number and what takes lists.
#[test]
fn a_plan_sends_what_lies_above_and_lists_what_differs_below() {
    let lane = LaneId([7; 16]);
    let entry = |from, n, tag| Entry { from, n, tag: [tag; 8] };
    for (mine, theirs, after, list) in [
        (entry(1, 5, 1), entry(1, 5, 1), None, false),
        (entry(1, 5, 1), entry(1, 5, 2), None, true),
        (entry(2, 5, 1), entry(1, 5, 1), None, true),
        (entry(1, 6, 1), entry(1, 5, 2), Some(5), false),
        (entry(3, 6, 1), entry(1, 5, 2), Some(5), true),
        (entry(1, 4, 1), entry(1, 5, 2), None, false),
        (entry(2, 4, 1), entry(1, 5, 2), None, true),
    ] {
        let plan = missing(&[(lane, mine)].into(), &[(lane, theirs)].into());
        let expected = (after.is_some() || list).then_some((lane, Plan { after, list }));
        assert_eq!(plan, expected.into_iter().collect(), "{mine:?} against {theirs:?}");
    }
}

/// Every way to say something twice, each refused for what it is.
#[test]
fn only_the_canonical_form_is_read() {
    let canonical = |bytes: &[u8]| cbor::check("x", bytes);
    for good in [
        &[0x00][..],
        &[0x18, 24],
        &[0x19, 1, 0],
        &[0x1a, 0, 1, 0, 0],
        &[0x1b, 0, 0, 0, 1, 0, 0, 0, 0],
        &[0xa2, 0, 0, 1, 0],
        &[0xf6],
        &[0x61, b'a'],
    ] {
        assert_eq!(canonical(good), Ok(()), "{good:02x?}");
    }
    for bad in [
        &[0x18, 23][..], // an integer in more bytes than it needs
        &[0x19, 0, 255],
        &[0x1a, 0, 0, 255, 255],
        &[0x1b, 0, 0, 0, 0, 255, 255, 255, 255],
        &[0x58, 1, 0],          // a length in more bytes than it needs
        &[0x5f, 0x41, 0, 0xff], // indefinite lengths
        &[0x7f, 0xff],
        &[0x9f, 0xff],
        &[0xbf, 0xff],
        &[0xa2, 1, 0, 0, 0], // keys that fall
        &[0xa2, 1, 0, 1, 0], // a key twice
        &[0xa1, 0x20, 0],    // keys that are not unsigned integers
        &[0xa1, 0x61, b'a', 0],
        &[0x61, 0xff], // not UTF-8
        &[0xc0, 0],    // a tag
        &[0xf9, 0, 0], // floats
        &[0xfa, 0, 0, 0, 0],
        &[0xf7], // undefined, and simple values nobody writes
        &[0xf8, 32],
        &[0xe0],
        &[0x1c], // reserved
    ] {
        assert!(matches!(canonical(bad), Err(WireError::NotCanonical { .. })), "{bad:02x?}");
    }
    assert_eq!(canonical(&[0, 0]), Err(WireError::Trailing { what: "x" }));
    for short in [&[][..], &[0x18], &[0x42, 0], &[0x82, 0], &[0xa1], &[0xa1, 0], &[0x5b, 255, 255, 255, 255, 255, 255, 255, 255]] {
        assert_eq!(canonical(short), Err(WireError::Truncated { what: "x" }), "{short:02x?}");
    }
    let nested = |depth: usize| [vec![0x81; depth], vec![0]].concat();
    assert_eq!(canonical(&nested(limits::DEPTH)), Ok(()));
    assert_eq!(canonical(&nested(limits::DEPTH + 1)), Err(WireError::TooDeep { what: "x" }));
    assert_eq!(canonical(&vec![0x81; 1 << 20]), Err(WireError::TooDeep { what: "x" }), "and never by the stack");
    // An array that claims to be endless ends where its bytes do, and costs no memory for its claim.
    assert_eq!(canonical(&[0x9b, 255, 255, 255, 255, 255, 255, 255, 255, 0]), Err(WireError::Truncated { what: "x" }));
}

#[test]
fn fields_of_a_later_version_are_passed_over() {
    let mut bytes = cbor::encode(&Refusal { code: Code::Gap, reason: "r".into(), retry_after: None });
    assert_eq!(bytes[0] & 0xe0, 0xa0);
    bytes[0] += 1;
    bytes.extend([0x18, 99, 0x82, 0x01, 0x41, 0x07]);
    assert_eq!(cbor::decode::<Refusal>("refusal", &bytes).map(|r| r.code), Ok(Code::Gap));
    assert_eq!(cbor::decode::<Refusal>("refusal", &[0xa0]), Err(WireError::Shape { what: "refusal" }), "what must be there must be there");
}

#[test]
fn every_count_is_held_to_its_limit() {
    let ask = |i: u64| {
        let mut id = [0; 16];
        id[8..].copy_from_slice(&i.to_be_bytes());
        Ask { mailbox: MailboxId(id), token: Token([0; 32]), push: None, digest: None, vector: None, lists: None }
    };
    let check = |mailboxes: Vec<Ask>| Request { version: 1, budget: 0, mailboxes }.check();
    let too_many = |what, limit| Err(WireError::TooMany { what, limit });
    let boxes = limits::MAILBOXES_ASKED as u64;
    assert_eq!(check((0..boxes).map(ask).collect()), Ok(()));
    assert_eq!(check((0..=boxes).map(ask).collect()), too_many("mailboxes", limits::MAILBOXES_ASKED));
    let pushing = |i, n: usize| Ask { push: Some(vec![ByteVec::from(vec![]); n]), ..ask(i) };
    assert_eq!(check(vec![pushing(0, limits::PUSHED / 2), pushing(1, limits::PUSHED / 2)]), Ok(()));
    assert_eq!(check(vec![pushing(0, limits::PUSHED), pushing(1, 1)]), too_many("pushed records", limits::PUSHED), "over all mailboxes");
    let e = Entry { from: 1, n: 1, tag: [0; 8] };
    let lane = |i: usize| LaneId((i as u128).to_be_bytes());
    let lanes = |n: usize| Ask { vector: Some((0..n).map(|i| (lane(i), e)).collect()), ..ask(0) };
    assert_eq!(check(vec![lanes(limits::LANES)]), Ok(()));
    assert_eq!(check(vec![lanes(limits::LANES + 1)]), too_many("lanes", limits::LANES));
    let lists = |n: usize| Ask { lists: Some((0..n).map(|i| LaneList { lane: lane(i), held: vec![], window: None }).collect()), ..ask(0) };
    assert_eq!(check(vec![lists(limits::LANES + 1)]), too_many("lists", limits::LANES));
    assert_eq!(Request { version: 2, budget: 0, mailboxes: vec![] }.check(), Err(WireError::Version { version: 2 }));
}

#[test]
fn what_is_not_sorted_or_cannot_be_is_not_canonical() {
    let bare = Ask { mailbox: MailboxId([1; 16]), token: Token([0; 32]), push: None, digest: None, vector: None, lists: None };
    let refused = |mailboxes: Vec<Ask>| matches!(Request { version: 1, budget: 0, mailboxes }.check(), Err(WireError::NotCanonical { .. }));
    let e = |from, n| Entry { from, n, tag: [0; 8] };
    let (a, b) = (LaneId([1; 16]), LaneId([2; 16]));
    let vector = |v: Vec<(LaneId, Entry)>| vec![Ask { vector: Some(v), ..bare.clone() }];
    assert!(refused(vec![bare.clone(), bare.clone()]));
    assert!(!refused(vector(vec![(a, e(1, 1)), (b, e(1, 1))])));
    assert!(refused(vector(vec![(b, e(1, 1)), (a, e(1, 1))])) && refused(vector(vec![(a, e(1, 1)), (a, e(1, 2))])));
    for (from, n) in [(0, 1), (2, 1), (1, i64::MAX as u64 + 1)] {
        assert!(refused(vector(vec![(a, e(from, n))])), "{from} {n}");
    }
    let list =
        |lane, held: &[(u64, u8)]| LaneList { lane, held: held.iter().map(|(n, h)| (*n, RecordHash([*h; 32]))).collect(), window: None };
    let lists = |lists: Vec<LaneList>| vec![Ask { lists: Some(lists), ..bare.clone() }];
    assert!(!refused(lists(vec![list(a, &[(1, 1), (1, 2), (2, 0)]), list(b, &[])])));
    assert!(refused(lists(vec![list(b, &[]), list(a, &[])])) && refused(lists(vec![list(a, &[]), list(a, &[])])));
    let part = |first, last| lists(vec![LaneList { window: Some((first, last)), ..list(a, &[(2, 0), (4, 0)]) }]);
    assert!(!refused(part(2, 4)) && !refused(part(1, 9)) && refused(part(3, 4)) && refused(part(2, 3)) && refused(part(4, 2)));
    assert!(refused(lists(vec![list(a, &[(2, 0), (1, 1)])])) && refused(lists(vec![list(a, &[(1, 1), (1, 1)])])));
}

#[test]
fn a_record_outside_its_bounds_is_named() {
    let bytes = |n, len: usize| Outer { version: 1, lane: LaneId([1; 16]), n, nonce: [0; 24], ciphertext: &vec![0; len] }.to_bytes();
    assert!(Outer::parse(&bytes(1, limits::RECORD - HEADER)).is_ok());
    assert_eq!(Outer::parse(&bytes(1, limits::RECORD - HEADER + 1)), Err(WireError::RecordTooLarge { len: limits::RECORD + 1 }));
    assert_eq!(Outer::parse(&bytes(1, TAG - 1)), Err(WireError::Truncated { what: "record" }));
    assert!(Outer::parse(&bytes(i64::MAX as u64, TAG)).is_ok());
    for n in [0, i64::MAX as u64 + 1, u64::MAX] {
        assert_eq!(Outer::parse(&bytes(n, TAG)), Err(WireError::Number { n }));
    }
    let later = Outer { version: 200, lane: LaneId([1; 16]), n: 1, nonce: [0; 24], ciphertext: &[0; TAG] }.to_bytes();
    assert_eq!(Outer::parse(&later).map(|o| o.version), Ok(200), "a relay takes any first byte");
}

#[test]
fn a_token_is_never_shown() {
    assert_eq!(format!("{:?}", Token([7; 32])), "Token(redacted)");
    let listen = Listen { version: 1, mailboxes: vec![(MailboxId([1; 16]), Token([7; 32]))] };
    assert!(!format!("{listen:?}").contains("7, 7"));
}
