//! Doors of whole engines: what a member, a relay or a file may give a phone. The laws: nothing panics, everything can still be read, a sync ends, an
//! honest record that follows arrives, and the phone opens again with the same contents.

use std::cell::RefCell;

use automerge::{Automerge, LoadOptions, TextEncoding};
use ithaca_core::card;
use ithaca_core::document::command::{Command, GoalsCommand, NoteCommand, RelationshipCommand, SessionCommand};
use ithaca_core::document::schema::random_command;
use ithaca_core::document::text::TextEdit;
use ithaca_core::document::{Author, Clock, Document, DocumentKind, derived_id, history};
use ithaca_core::engine::Engine;
use ithaca_core::id::{DeviceId, DocumentId, ItemId, PersonId, SpaceId};
use ithaca_core::record::body::{Body, DocumentChanges, compress};
use ithaca_core::record::firewall::{self, RECEIVE};
use ithaca_core::space::statement::Statement;
use ithaca_core::transport::{Call, CallError, Reply};
use ithaca_core::view;
use ithaca_wire::error::{Code, Refusal};
use ithaca_wire::exchange::{Request, Response};
use ithaca_wire::live::{Beat, Change};
use ithaca_wire::{MailboxId, cbor};
use minicbor::bytes::ByteVec;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use sha2::{Digest, Sha256};

use super::world::{Member, ORIGIN, World, read_all, sync};
use crate::people::START;

/// The actor of changes at the door of one document.
pub const ACTOR: firewall::Actor = [7; 16];
/// What the honest record says.
const HONEST: &str = "An honest word after all that.";
/// A body's share of what one record holds; more is no record that a relay takes.
const MOST: usize = 200 * 1024;

thread_local! {
    static WORLD: RefCell<World> = RefCell::new(World::new().expect("a world without anybody in it who cheats"));
    static BASES: Vec<(DocumentKind, Vec<u8>)> = bases();
}

/// A change chunk with the right checksum around `body`; whole chunks are left as they are.
pub fn chunk(body: &[u8]) -> Vec<u8> {
    const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
    if body.starts_with(&MAGIC) {
        return body.to_vec();
    }
    let mut typed = vec![1];
    let mut len = body.len();
    while len > 127 {
        typed.push((len & 127) as u8 | 128);
        len >>= 7;
    }
    typed.push(len as u8);
    typed.extend(body);
    let hash = Sha256::digest(&typed);
    MAGIC.iter().chain(hash.iter().take(4)).copied().chain(typed).collect()
}

fn author(actor: firewall::Actor) -> Author {
    Author { person: PersonId([1; 32]), device: DeviceId([1; 32]), actor, clock: Clock(START.unsigned_abs()), wall_ms: START }
}

/// Something of every kind of document, by one author.
pub fn commands(kind: DocumentKind) -> Vec<Command> {
    let (goal, item) = (ItemId([3; 16]), ItemId([4; 16]));
    let splice = |insert: &str| TextEdit::Splice { pos: 0, delete: 0, insert: insert.to_owned() };
    match kind {
        DocumentKind::Relationship => vec![
            Command::Relationship(RelationshipCommand::Cadence(Some("every second week".into()))),
            Command::Relationship(RelationshipCommand::AddClause { id: item, title: "purpose".into(), text: "To learn.".into() }),
        ],
        DocumentKind::Goals => vec![
            Command::Goals(GoalsCommand::AddGoal { id: goal, title: "Lead the round".into() }),
            Command::Goals(GoalsCommand::AddMilestone { id: item, goal, text: "Once with help".into() }),
        ],
        DocumentKind::Session => vec![
            Command::Session(SessionCommand::Create { title: "First meeting".into(), date: Some("2031-03-04".into()) }),
            Command::Session(SessionCommand::AddAgenda { id: item, text: "The week".into() }),
            Command::Session(SessionCommand::Notes(splice("We spoke about the ward."))),
        ],
        _ => vec![
            Command::Note(NoteCommand::Create { title: "A note".into(), pair: None }),
            Command::Note(NoteCommand::Body(splice("What I saw."))),
            Command::Note(NoteCommand::Tag { tag: "ward".into(), on: true }),
        ],
    }
}

fn bases() -> Vec<(DocumentKind, Vec<u8>)> {
    (0..6).map(|code| base(DocumentKind::from_code(code))).collect()
}

fn base(kind: DocumentKind) -> (DocumentKind, Vec<u8>) {
    let mut document = Document::new(SpaceId([7; 32]), DocumentId([2; 16]), kind);
    for command in commands(kind) {
        // A kind of a later version takes no command and stays empty.
        let _ = document.edit(&author([6; 16]), &command);
    }
    (kind, document.save())
}

/// Honest changes by `actor`, the kind before each: of the documents that the door of one document has, or of new ones.
pub fn honest_changes(actor: firewall::Actor, of_new: bool) -> Vec<Vec<u8>> {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let mut out = Vec::new();
    for (kind, saved) in bases() {
        let (space, id) = (SpaceId([7; 32]), DocumentId([2; 16]));
        let Ok(held) = Document::load(space, id, kind, &saved) else { continue };
        let mut document = if of_new { Document::new(space, id, kind) } else { held };
        let mut all = commands(kind);
        for n in 0..12 {
            let command = if of_new && n < all.len() { all.remove(0) } else { random_command(&mut rng, &document, PersonId([1; 32])) };
            for change in document.edit(&author(actor), &command).unwrap_or_default() {
                out.push([&[kind.code() as u8], change.as_slice()].concat());
            }
        }
    }
    out
}

/// One change of another device, through the firewall into a document. The first byte says the kind; a whole chunk or only its inside follows.
pub fn change(bytes: &[u8]) {
    let Some((kind, bytes)) = bytes.split_first() else { return };
    let Ok(seen) = firewall::inspect(&chunk(bytes), &[ACTOR, [6; 16]], &RECEIVE) else { return };
    let (kind, saved) = BASES.with(|b| b.get(usize::from(*kind) % b.len().max(1)).cloned()).expect("a document of each kind");
    let options = || LoadOptions::new().text_encoding(TextEncoding::UnicodeCodePoint);
    let mut doc = Automerge::load_with_options(&saved, options()).expect("a document we saved");
    let before = doc.get_heads();
    let taken = firewall::apply(&mut doc, std::slice::from_ref(&seen));
    // Whoever holds more of the document does not retrace what others do, and must not come to anything else.
    if let Ok(change) = automerge::Change::try_from(seen.flat.as_slice()) {
        let mut plain = Automerge::load_with_options(&saved, options()).expect("a document we saved");
        assert_eq!(firewall::apply_at_once(&mut plain, vec![change]), taken, "one takes what another refuses");
        assert!(taken.is_err() || plain.save() == doc.save(), "one holds something else than another");
    }
    match taken {
        Ok(()) => {}
        Err(firewall::NotApplied::Broken) => return assert!(doc.is_empty(), "a broken document is empty"),
        Err(_) => return assert_eq!(doc.get_heads(), before, "a change that was refused leaves the document as it was"),
    }
    let Some(saved) = firewall::saved(&doc) else { return };
    let mut document = Document::load(SpaceId([7; 32]), DocumentId([2; 16]), kind, &saved).expect("what was saved and tried loads");
    let writers = [([6; 16], PersonId([1; 32])), (ACTOR, PersonId([2; 32]))].into();
    let rows = view::project(&document, &[], &writers);
    assert_eq!(rows, view::project(&document, &[], &writers), "one document gives the same rows");
    let cards = card::cards(&document, &[], &writers);
    let _ = (history::history(&document, &writers), document.changes(), cards);
    // Whatever stands there, its people can go on.
    for command in commands(kind) {
        let _ = document.edit(&author([6; 16]), &command);
    }
    let _ = document.tidy(&author([6; 16]));
}

/// In a world as it was at the beginning.
fn within(act: impl FnOnce(&mut World, Engine)) {
    WORLD.with_borrow_mut(|world| {
        let engine = world.begin().expect("the phone opens");
        act(world, engine);
    });
}

/// Everything can be read, and reads the same after another start.
fn holds(world: &World, mut engine: Engine) -> (Engine, Vec<String>) {
    let before = read_all(&mut engine, &world.space).expect("everything can be read");
    read_all(&mut engine, &world.personal).expect("what is one's own can be read");
    drop(engine);
    let mut again = world.open().expect("the phone opens again");
    let after = read_all(&mut again, &world.space).expect("everything can be read again");
    assert_eq!(before, after, "another start shows something else");
    (again, after.1)
}

/// A member's record with a body made of the input, and an honest one after it.
fn peer(bytes: &[u8], make: impl FnOnce(&Member<'_>) -> Vec<u8>) {
    if bytes.len() > MOST {
        return;
    }
    within(|world, mut engine| {
        let mut member = world.member();
        let body = make(&member);
        // Who states something about members may well silence themselves by it.
        let says_more = Body::parse(&body).is_ok_and(|b| b.statements.iter().any(|s| Statement::decode(s).is_ok()));
        let records = vec![member.record(body).expect("a record"), member.says(HONEST).expect("a record")];
        world.push(records);
        sync(&mut engine, START, |call| world.call(call)).expect("a sync");
        let (mut engine, said) = holds(world, engine);
        assert!(says_more || said.iter().any(|s| s == HONEST), "the honest record after it does not arrive");
        // The phone still writes, and what it writes goes out.
        sync(&mut engine, START, |call| world.call(call)).expect("a sync after it");
    });
}

/// Any bytes as the body of a member's record.
pub fn peer_body(bytes: &[u8]) {
    peer(bytes, |_| bytes.to_vec());
}

/// A member's body whose content inflates to any bytes.
pub fn peer_content(bytes: &[u8]) {
    peer(bytes, |_| {
        let mut e = minicbor::Encoder::new(Vec::new());
        let packed = compress(bytes);
        let written = e.map(2).and_then(|e| e.u8(3)).and_then(|e| e.bytes(&packed)).and_then(|e| e.u8(4)).and_then(|e| e.u8(1));
        assert!(written.is_ok());
        e.into_writer()
    });
}

/// Any bytes as an event that a member states.
pub fn peer_event(bytes: &[u8]) {
    peer(bytes, |_| Body { events: vec![bytes.to_vec()], ..Body::default() }.to_bytes());
}

/// A member's change with any inside. The first byte says the kind and which document: a new one, or one that both have.
pub fn peer_change(bytes: &[u8]) {
    let Some((which, inside)) = bytes.split_first() else { return };
    peer(bytes, |member| {
        let kind = u16::from(which & 7);
        let document = match (kind, which & 8) {
            (1, _) => derived_id(member.space(), DocumentKind::Relationship),
            (2, _) => derived_id(member.space(), DocumentKind::Goals),
            (_, 0) => DocumentId([200; 16]),
            _ => DocumentId([68; 16]),
        };
        let changes = vec![DocumentChanges { document, kind, chunks: vec![ByteVec::from(chunk(inside))] }];
        Body { changes, ..Body::default() }.to_bytes()
    });
}

/// A member's statement of any payload, rightly signed.
pub fn peer_statement(bytes: &[u8]) {
    peer(bytes, |member| Body { statements: vec![member.statement(bytes)], ..Body::default() }.to_bytes());
}

/// Any bytes as a relay's answer to everything that is asked, and on its live stream. Afterwards the relay is honest.
pub fn answer(bytes: &[u8]) {
    within(|world, mut engine| {
        let response = cbor::decode::<Response>("response", bytes);
        let refusal = cbor::decode::<Refusal>("refusal", bytes);
        let refused = || Refusal { code: Code::Internal, reason: "status 500".into(), retry_after: None };
        let lie = |call: Call| match (call, &response, &refusal) {
            (Call::Sync(_), Ok(response), _) => Ok(Reply::Sync(response.clone())),
            (_, _, Ok(refusal)) => Err(CallError::Refused(refusal.clone())),
            (Call::Sync(_), ..) => Err(CallError::NotARelay(ORIGIN.into())),
            _ => Err(CallError::Refused(refused())),
        };
        sync(&mut engine, START, lie).expect("a sync with a relay that lies");
        for event in heard(bytes) {
            let input = ithaca_core::engine::Input::Heard { origin: ORIGIN.into(), event };
            let requests = engine.handle(START, input).expect("a live event");
            for request in requests {
                if let ithaca_core::engine::Request::Call { ticket, call, .. } = request {
                    engine.handle(START, ithaca_core::engine::Input::Done { ticket, result: world.call(call) }).expect("an answer");
                }
            }
        }
        (engine, _) = holds(world, engine);
        let honest = world.member().says(HONEST).expect("a record");
        world.push(vec![honest]);
        // Whoever was refused waits; an hour later it asks again.
        sync(&mut engine, START + 3_600_000, |call| world.call(call)).expect("a sync with an honest relay");
        assert!(holds(world, engine).1.iter().any(|s| s == HONEST), "with an honest relay the honest record arrives");
    });
}

fn heard(bytes: &[u8]) -> Vec<ithaca_core::transport::LiveEvent> {
    use ithaca_core::transport::LiveEvent;
    let change = cbor::decode::<Change>("change", bytes).ok().map(LiveEvent::Change);
    let beat = cbor::decode::<Beat>("beat", bytes).ok().map(LiveEvent::Beat);
    change.into_iter().chain(beat).collect()
}

/// Any bytes as what is asked of the relay, perhaps by somebody with the token. It answers, and both phones' mailbox still works.
pub fn relay(bytes: &[u8]) {
    let Ok(request) = cbor::decode::<Request>("request", bytes) else { return };
    if request.check().is_err() {
        return;
    }
    within(|world, mut engine| {
        let asked: Vec<MailboxId> = request.mailboxes.iter().map(|a| a.mailbox).collect();
        for _ in 0..2 {
            let Ok(Reply::Sync(response)) = world.call(Call::Sync(request.clone())) else { unreachable!("a request in order is answered") };
            assert_eq!(response.mailboxes.len(), asked.len(), "one part a mailbox");
        }
        let honest = world.member().says(HONEST).expect("a record");
        world.push(vec![honest]);
        sync(&mut engine, START, |call| world.call(call)).expect("a sync");
        assert!(holds(world, engine).1.iter().any(|s| s == HONEST), "the honest record arrives");
    });
}

/// Any bytes as a saved copy brought in.
pub fn saved_copy(bytes: &[u8]) {
    within(|world, mut engine| {
        let code = engine.state_code(&world.space).expect("a code");
        if let Ok(imported) = engine.import(bytes, START) {
            read_all(&mut engine, &imported.space).expect("what was brought in can be read");
        } else {
            assert_eq!(engine.state_code(&world.space).expect("a code"), code, "a refused file changes nothing");
        }
        holds(world, engine);
    });
}
