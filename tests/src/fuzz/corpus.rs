//! Corpora: what honest programs say, by door. From the golden vectors and from the two people of [`super::world`].

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ithaca_core::identity::keys::{DeviceKeys, Secret};
use ithaca_core::record::body::Body;
use ithaca_wire::record::Outer;
use ithaca_wire::{cbor, exchange};

use super::decode::golden_invite;
use super::engine::{ACTOR, honest_changes};
use super::world::World;

/// Inputs by door.
pub type Corpora = BTreeMap<&'static str, Vec<Vec<u8>>>;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// Where corpora are kept: a folder a door.
pub fn folder(door: &str) -> PathBuf {
    root().join("fixtures/fuzz").join(door)
}

/// The lines of a file of golden vectors.
fn golden(path: &str) -> Vec<(String, String)> {
    let text = std::fs::read_to_string(root().join("..").join(path)).unwrap_or_default();
    text.lines().filter_map(|l| l.split_once(" = ")).map(|(k, v)| (k.to_owned(), v.to_owned())).collect()
}

fn bytes(path: &str, beginning: &[&str]) -> Vec<Vec<u8>> {
    let lines = golden(path).into_iter().filter(|(k, _)| beginning.iter().any(|b| k.starts_with(b)));
    lines.filter_map(|(_, v)| hex::decode(v).ok()).collect()
}

/// Makes them all.
///
/// # Errors
/// When the world cannot be made, or a body of honest traffic cannot be read.
pub fn make() -> Result<Corpora, String> {
    let world = World::new().map_err(|e| e.to_string())?;
    let mut out = Corpora::new();
    let mut put = |door, inputs: Vec<Vec<u8>>| out.entry(door).or_default().extend(inputs);
    let wire = "core/wire/tests/vectors/";
    put("request", bytes(&format!("{wire}exchange.txt"), &["request"]));
    put("response", bytes(&format!("{wire}exchange.txt"), &["response"]));
    put("live_event", bytes(&format!("{wire}live.txt"), &["change", "beat"]));
    put("answer", bytes(&format!("{wire}live.txt"), &["change", "beat"]));
    put("listen", bytes(&format!("{wire}live.txt"), &["listen"]));
    put("mailbox", bytes(&format!("{wire}mailboxes.txt"), &[""]));
    put("outer_record", bytes(&format!("{wire}records.txt"), &[""]));
    put("refusal", bytes(&format!("{wire}exchange.txt"), &["refusal"]));
    put("refusal", bytes(&format!("{wire}codes.txt"), &["refusal"]));
    let core = "core/tests/vectors/";
    let statements = bytes(&format!("{core}statements.txt"), &[""]);
    let payloads: Vec<Vec<u8>> = statements.iter().filter_map(|s| payload(s)).collect();
    put("statement", statements);
    put("payload", payloads.clone());
    put("peer_statement", payloads);
    for door in ["event", "peer_event"] {
        put(door, bytes(&format!("{core}events.txt"), &["event"]));
    }
    put("body", bytes(&format!("{core}records.txt"), &["record 1: body", "record 2: body", "record 3: body"]));
    put("outer_record", bytes(&format!("{core}records.txt"), &["record 1: outer", "record 2: outer"]));
    put("invite", golden(&format!("{core}invitations.txt")).into_iter().take(2).map(|(_, v)| v.into_bytes()).collect());
    put("pairing", bytes(&format!("{core}invitations.txt"), &["reply", "approval"]));
    put("pairing", pairing());
    put("change", honest_changes(ACTOR, false));
    let small = |e: &&String| e.len() < 24 * 1024;
    put("export", world.exports.iter().filter(small).map(|e| e.as_bytes().to_vec()).collect());
    put("saved_copy", world.exports.iter().filter(small).map(|e| e.as_bytes().to_vec()).collect());
    traffic(&world, &mut put)?;
    let member = world.member();
    put("peer_change", honest_changes(member.actor(), true));
    // Without its head a change's checksum is made anew, so that mutations of it come further.
    for door in ["change", "peer_change"] {
        let insides: Vec<Vec<u8>> = out.get(door).into_iter().flatten().filter_map(|c| inside(c)).collect();
        out.entry(door).or_default().extend(insides);
    }
    for inputs in out.values_mut() {
        inputs.retain(|i| i.len() < 24 * 1024);
        inputs.sort();
        inputs.dedup();
    }
    Ok(out)
}

/// The kind and the inside of a change chunk.
fn inside(kind_and_chunk: &[u8]) -> Option<Vec<u8>> {
    let (kind, chunk) = kind_and_chunk.split_first()?;
    let long = chunk.get(9..)?.iter().position(|b| b & 128 == 0)? + 1;
    Some([&[*kind], chunk.get(9 + long..)?].concat())
}

/// The payload inside a statement's bytes.
fn payload(statement: &[u8]) -> Option<Vec<u8>> {
    let parents = usize::from(*statement.get(64)?);
    let (len, rest) = statement.get(65 + 32 * parents..)?.split_first_chunk::<4>()?;
    Some(rest.get(..u32::from_be_bytes(*len) as usize)?.to_vec())
}

/// An answer and an approval as they are inside their seals.
fn pairing() -> Vec<Vec<u8>> {
    let keys = DeviceKeys::from_seed(&Secret::new([2; 32]));
    let sealed = bytes("core/tests/vectors/invitations.txt", &["reply", "approval"]);
    let invite = golden_invite();
    let mut out = Vec::new();
    for reply in sealed.iter().filter_map(|s| invite.open_reply(s).ok().flatten()) {
        let approvals = sealed.iter().filter_map(|s| invite.open_approval(s, &reply.person, keys.wrap_key()).ok().flatten());
        out.extend(approvals.map(|a| cbor::encode(&a)));
        out.push(cbor::encode(&reply));
    }
    out
}

/// What the two phones and the relay said, from outside and from inside.
fn traffic(world: &World, put: &mut impl FnMut(&'static str, Vec<Vec<u8>>)) -> Result<(), String> {
    let take = |all: &mut Vec<Vec<u8>>, bytes: &[u8]| {
        if bytes.len() < 4096 || all.len() < 4 {
            all.push(bytes.to_vec());
        }
    };
    let (mut requests, mut answers, mut records) = (Vec::new(), Vec::new(), Vec::new());
    for (request, answer) in &world.said {
        take(&mut requests, request);
        answer.iter().for_each(|a| take(&mut answers, a));
        let request: exchange::Request = cbor::decode("request", request).map_err(|e| e.to_string())?;
        records.extend(request.mailboxes.into_iter().flat_map(|a| a.push.unwrap_or_default()).map(Vec::from));
    }
    let (mut bodies, mut contents, mut events, mut insides) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for record in &records {
        let outer = Outer::parse(record).map_err(|e| e.to_string())?;
        let Some(inner) = world.opened(&outer) else { continue };
        let first = u8::from(outer.n > 1);
        insides.push([&[first], inner.to_bytes(ithaca_wire::record::HEADER + ithaca_wire::record::TAG).as_slice()].concat());
        let body = Body::parse(&inner.body).map_err(|e| e.to_string())?;
        contents.extend(body.content());
        events.extend(body.events.iter().cloned());
        bodies.push(inner.body);
    }
    put("request", requests.clone());
    put("relay", requests);
    put("response", answers.clone());
    put("answer", answers);
    put("outer_record", records.into_iter().take(4).collect());
    put("inner", insides.into_iter().take(6).collect());
    put("body", bodies.clone());
    put("peer_body", bodies);
    put("peer_content", contents);
    put("event", events.clone());
    put("peer_event", events);
    Ok(())
}
