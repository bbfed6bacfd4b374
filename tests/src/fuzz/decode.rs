//! Doors of decoders: bytes in, a value or an error out.

use std::fmt::Debug;

use ithaca_core::event::Event;
use ithaca_core::export;
use ithaca_core::id::{PersonId, SpaceId};
use ithaca_core::identity::keys::{DeviceKeys, Secret};
use ithaca_core::record::body::{Body, inflate};
use ithaca_core::record::frame::{Inner, Opening};
use ithaca_core::record::seal;
use ithaca_core::space::invite::{Approval, Invite, Reply};
use ithaca_core::space::key::EpochKey;
use ithaca_core::space::payload::Payload;
use ithaca_core::space::statement::Statement;
use ithaca_wire::error::Refusal;
use ithaca_wire::exchange::{MakeMailbox, Request, Response, Voucher};
use ithaca_wire::live::{Beat, Change, Listen};
use ithaca_wire::record::{self, Outer};
use ithaca_wire::vector::{self, Vector};
use ithaca_wire::{cbor, padding};
use minicbor::{Decode, Encode};

/// The relay that golden invitations name.
pub const ORIGIN: &str = "https://relay.example";

/// Reads a `T` and holds it to the law of one form.
fn one_form<T>(bytes: &[u8]) -> Option<T>
where
    T: for<'b> Decode<'b, ()> + Encode<()> + PartialEq + Debug,
{
    let value: T = cbor::decode("value", bytes).ok()?;
    let again = cbor::encode(&value);
    shortest(bytes, &again);
    assert_eq!(cbor::decode::<T>("value", &again).as_ref(), Ok(&value), "what was written reads otherwise");
    Some(value)
}

/// What was taken is what is written, or has more in it.
fn shortest(taken: &[u8], written: &[u8]) {
    assert!(taken == written || written.len() < taken.len(), "{} and {} are one value", hex::encode(taken), hex::encode(written));
}

fn vectors(mine: &Vector, theirs: &Vector) {
    let _ = (vector::digest(mine), vector::missing(mine, theirs), vector::missing(theirs, mine));
}

/// What a device asks of a relay.
pub fn request(bytes: &[u8]) {
    let Some(request) = one_form::<Request>(bytes) else { return };
    if request.check().is_ok() {
        for ask in &request.mailboxes {
            vectors(&ask.vector_map().unwrap_or_default(), &Vector::new());
            ask.push.iter().flatten().for_each(|r| outer_record(r));
        }
    }
}

/// What a relay answers.
pub fn response(bytes: &[u8]) {
    let Some(response) = one_form::<Response>(bytes) else { return };
    let all: Vec<Vector> = response.mailboxes.iter().filter_map(|a| Some(a.vector.as_ref()?.iter().copied().collect())).collect();
    for pair in all.windows(2) {
        if let [a, b] = pair {
            vectors(a, b);
        }
    }
    all.iter().for_each(|v| vectors(v, &Vector::new()));
    response.mailboxes.iter().flat_map(|a| a.records.iter().flatten()).for_each(|r| outer_record(r));
}

/// What a live stream says.
pub fn live_event(bytes: &[u8]) {
    one_form::<Change>(bytes);
    one_form::<Beat>(bytes);
}

/// What a device asks to hear.
pub fn listen(bytes: &[u8]) {
    one_form::<Listen>(bytes);
}

/// How a mailbox is made, and a voucher for one.
pub fn mailbox(bytes: &[u8]) {
    one_form::<MakeMailbox>(bytes);
    one_form::<Voucher>(bytes);
}

/// A record from outside.
pub fn outer_record(bytes: &[u8]) {
    let Ok(outer) = Outer::parse(bytes) else { return };
    assert_eq!(outer.to_bytes(), bytes, "a record's outside has one form");
    let _ = record::hash(bytes);
    let key = EpochKey::new(SpaceId([7; 32]), Secret::new([8; 32]));
    let _ = seal::open(key.content(), &key.id(), &outer);
}

/// Why a relay refuses.
pub fn refusal(bytes: &[u8]) {
    one_form::<Refusal>(bytes);
}

/// A statement as it stands; mutated ones fail at their signature, so the bytes are read as a payload too.
pub fn statement(bytes: &[u8]) {
    if let Ok(statement) = Statement::decode(bytes) {
        assert_eq!(statement.bytes(), bytes);
        payload_of(statement.payload(), None);
    }
    payload(bytes);
}

/// What a statement states.
pub fn payload(bytes: &[u8]) {
    if let Ok(payload) = Payload::decode(bytes) {
        payload_of(&payload, Some(bytes));
    }
}

fn payload_of(payload: &Payload, bytes: Option<&[u8]>) {
    let again = payload.encode();
    if let Some(bytes) = bytes {
        shortest(bytes, &again);
    }
    assert_eq!(Payload::decode(&again).as_ref(), Ok(payload), "what was written reads otherwise");
}

/// A record's body, and everything in it that is read on the way in.
pub fn body(bytes: &[u8]) {
    let _ = inflate(bytes);
    let Ok(body) = Body::parse(bytes) else { return };
    assert_eq!(Body::parse(&body.clone().to_bytes()).as_ref(), Ok(&body), "what was written reads otherwise");
    body.statements.iter().for_each(|s| statement(s));
    body.events.iter().for_each(|e| event(e));
}

/// The inside of a record. The first byte says its number: even the first of a lane, odd a later one.
pub fn inner(bytes: &[u8]) {
    const OUTSIDE: usize = record::HEADER + record::TAG;
    let Some((n, rest)) = bytes.split_first() else { return };
    let n = 1 + u64::from(n & 1);
    if let Ok(opening) = Opening::parse(rest) {
        assert_eq!(Some(&opening.to_bytes()[..]), rest.get(..Opening::LEN), "an opening has one form");
    }
    // Padding is zeros up to a length that follows from what stands before.
    let mut padded = rest.to_vec();
    padded.resize(padding::padded(rest.len() + OUTSIDE) - OUTSIDE, 0);
    for bytes in [rest, &padded] {
        if let Ok(inner) = Inner::parse(bytes, n, OUTSIDE) {
            assert_eq!(Inner::parse(&inner.to_bytes(OUTSIDE), n, OUTSIDE).as_ref(), Ok(&inner), "what was written reads otherwise");
            assert_eq!(inner.to_bytes(OUTSIDE).len(), bytes.len());
        }
    }
}

/// An event.
pub fn event(bytes: &[u8]) {
    let Ok(event) = Event::decode(bytes) else { return };
    let again = event.encode();
    shortest(bytes, &again);
    assert_eq!(Event::decode(&again).as_ref(), Ok(&event), "what was written reads otherwise");
}

/// A saved copy.
pub fn export(bytes: &[u8]) {
    if let Ok(parsed) = export::parse(bytes) {
        assert_eq!(export::parse(bytes).map(|p| p.state_code), Ok(parsed.state_code));
    }
}

/// An invitation as a person pastes or types it.
pub fn invite(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for relay in [None, Some(ORIGIN)] {
        let Ok(invite) = Invite::parse(&text, relay) else { continue };
        let by_link = Invite::parse(&invite.link(), None).map(|i| i.address());
        let by_words = Invite::parse(&invite.words(), Some(&invite.origin)).map(|i| i.address());
        assert_eq!((by_link, by_words), (Ok(invite.address()), Ok(invite.address())), "link and words lead to one mailbox");
    }
}

/// The invitation of the golden vectors.
pub fn golden_invite() -> Invite {
    Invite::parse("https://relay.example/i#v1.BQUFBQUFBQUFBQUFBQUFBZIB1f373nSnxfXVWtAr9tU", None).expect("the golden link")
}

/// What lies in an invitation's mailbox, sealed, and what is read when it opens.
pub fn pairing(bytes: &[u8]) {
    let invite = golden_invite();
    let keys = DeviceKeys::from_seed(&Secret::new([2; 32]));
    let _ = (invite.open_reply(bytes), invite.open_approval(bytes, &PersonId([2; 32]), keys.wrap_key()));
    one_form::<Reply>(bytes).iter().flat_map(|r| &r.statements).for_each(|s| statement(s));
    let approval = one_form::<Approval>(bytes);
    approval.iter().flat_map(|a| a.person_log.iter().chain(&a.statements)).for_each(|s| statement(s));
}
