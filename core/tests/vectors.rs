//! Golden vectors: fixed seeds and the exact bytes they give, kept for ever. A line that changes means that two phones of different
//! versions no longer understand each other, or that one no longer opens what it wrote.
//!
//! `UPDATE=1 cargo test -p ithaca-core --test vectors` writes `core/tests/vectors/*.txt`; after a release that is only right for new lines.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test: helpers may stop it too")]

use std::collections::BTreeMap;
use std::path::PathBuf;

use ithaca_core::document::{self, Document, DocumentKind};
use ithaca_core::event::own::{self, OwnFact};
use ithaca_core::event::{self, Event, payload as said, tombstone};
use ithaca_core::id::{DeviceId, DocumentId, EpochId, EventId, Incarnation, PersonId, RecordId, SpaceId, StatementId};
use ithaca_core::identity::entropy::SeededEntropy;
use ithaca_core::identity::keys::{DeviceKeys, Secret, WrapKey, wrap, wrap_info};
use ithaca_core::identity::person_log::{device_consent, recovery_consent};
use ithaca_core::identity::phrase;
use ithaca_core::identity::recovery::{self, RecoveryWords};
use ithaca_core::identity::vault::{FileVault, KeyVault, PassphraseVault};
use ithaca_core::record::body::{Again, Body, DocumentChanges, Seen, inflate};
use ithaca_core::record::firewall;
use ithaca_core::record::frame::{Kind, Opening};
use ithaca_core::record::seal::{Place, open, seal, verify};
use ithaca_core::record::snapshot::{self, LaneLine, SavedDocument, Snapshot};
use ithaca_core::space::handover::{Handover, Welcome};
use ithaca_core::space::invite::Invite;
use ithaca_core::space::key::EpochKey;
use ithaca_core::space::payload::*;
use ithaca_core::space::statement::{Scope, Statement};
use ithaca_wire::LaneId;
use ithaca_wire::record::Outer;
use ithaca_wire::vector::Sum;
use sha2::{Digest, Sha256};

const ORIGIN: &str = "https://relay.example";

/// One file of vectors: `name = value` lines in the order they were put.
struct Vectors {
    path: PathBuf,
    kept: BTreeMap<String, String>,
    said: Vec<(String, String)>,
    update: bool,
}

impl Vectors {
    fn of(name: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors").join(format!("{name}.txt"));
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let lines = text.lines().filter_map(|l| l.split_once(" = "));
        let kept = lines.map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
        Self { path, kept, said: Vec::new(), update: std::env::var_os("UPDATE").is_some() }
    }

    /// A line whose value is bytes.
    fn bytes(&mut self, name: &str, value: impl AsRef<[u8]>) {
        self.text(name, &hex::encode(value));
    }

    /// A line whose value is words.
    fn text(&mut self, name: &str, value: &str) {
        if !self.update {
            let kept = self.kept.get(name).unwrap_or_else(|| panic!("{name}: no vector is kept; see the head of this file"));
            assert_eq!(kept, value, "{name} is not what it was");
        }
        self.said.push((name.to_owned(), value.to_owned()));
    }

    /// A line that is read for ever but may be written in other bytes by another version of zstd: gives the kept bytes.
    fn read_only(&mut self, name: &str, written: &[u8]) -> Vec<u8> {
        let kept = match self.kept.get(name) {
            Some(kept) if !self.update => kept.clone(),
            _ => hex::encode(written),
        };
        self.said.push((name.to_owned(), kept.clone()));
        hex::decode(kept).unwrap()
    }

    fn finish(self) {
        if self.update {
            let text: String = self.said.iter().map(|(k, v)| format!("{k} = {v}\n")).collect();
            std::fs::write(&self.path, text).unwrap();
        } else {
            assert_eq!(self.said.len(), self.kept.len(), "a kept vector is no longer checked");
        }
    }
}

fn seed(n: u8) -> Secret {
    Secret::new([n; 32])
}

fn device(n: u8) -> DeviceKeys {
    DeviceKeys::from_seed(&seed(n))
}

/// Ana's genesis: two wraps by seeded entropy, recovery keys from a seed.
fn person_genesis(entropy: &mut SeededEntropy, who: u8) -> Statement {
    let (keys, person_key) = (device(who), WrapKey::from_seed(seed(who + 100)));
    let recovery = recovery(who);
    let to = [
        (Recipient::Device(keys.id()), keys.wrap_key().public(), keys.id().0),
        (Recipient::Recovery(recovery.hpke), recovery.hpke.0, recovery.hpke.0),
    ];
    let wraps = to.map(|(to, public, about)| {
        let sealed = wrap(entropy, &public, &wrap_info("person-key", &about), person_key.seed().expose()).unwrap();
        KeyWrap { to, sealed: Sealed(sealed) }
    });
    let genesis = PersonGenesis {
        nonce: [who; 16],
        hpke: PublicKey(keys.wrap_key().public()),
        recovery: Some(recovery),
        person_key: PublicKey(person_key.public()),
        wraps: wraps.to_vec(),
    };
    Statement::sign(Scope::Genesis, keys.signing(), &[], &Payload::PersonGenesis(genesis)).unwrap()
}

fn recovery(who: u8) -> RecoveryKeys {
    let keys = device(who + 50);
    RecoveryKeys { sign: PublicKey(keys.id().0), hpke: PublicKey(keys.wrap_key().public()) }
}

fn pair_genesis() -> (PersonId, PersonId, Statement) {
    let people = [1, 2].map(|who| PersonId(person_genesis(&mut SeededEntropy::new(u64::from(who)), who).id().0));
    let mut founders = people.to_vec();
    founders.sort_unstable();
    let genesis = SpaceGenesis { policy: Policy::Pair, founders, observers: vec![], nonce: [7; 16] };
    let statement = Statement::sign(Scope::Genesis, device(1).signing(), &[], &Payload::SpaceGenesis(genesis)).unwrap();
    (people[0], people[1], statement)
}

#[test]
fn keys() {
    let mut v = Vectors::of("keys");
    let keys = device(1);
    v.bytes("device 01…: id", keys.id().0);
    v.bytes("device 01…: hpke public", keys.wrap_key().public());
    v.bytes("device 01…: hpke seed", keys.wrap_key().seed().expose());
    v.bytes("device 01…: signature over 'm'", ed25519_dalek::Signer::sign(keys.signing(), b"m").to_bytes());
    let derived = seed(9).derive(&[3; 32], "ithaca/v1/storage");
    v.bytes("secret 09… derived, salt 03…, storage", derived.expose());
    let sealed = seed(9).seal(&mut SeededEntropy::new(1), b"context", b"words").unwrap();
    v.bytes("secret 09… seals 'words' in 'context', entropy 1", &sealed);
    assert_eq!(seed(9).open(b"context", &sealed).unwrap(), b"words");
    let info = wrap_info("epoch-secret", &[5; 96]);
    v.bytes("hpke info", &info);
    let wrapped = wrap(&mut SeededEntropy::new(2), &keys.wrap_key().public(), &info, &[6; 32]).unwrap();
    v.bytes("secret 06… wrapped to device 01…, entropy 2", &wrapped);
    assert_eq!(keys.wrap_key().unwrap(&info, &wrapped).unwrap(), [6; 32]);
    let epoch = EpochKey::new(SpaceId([7; 32]), seed(8));
    v.bytes("epoch secret 08… in space 07…: epoch id", epoch.id().0);
    v.bytes("epoch secret 08… in space 07…: content key", epoch.content().expose());
    v.bytes("epoch secret 08… in space 07…: mailbox id", epoch.mailbox(ORIGIN).id.0);
    v.bytes("epoch secret 08… in space 07…: token", epoch.mailbox(ORIGIN).token.0);
    v.bytes("epoch secret 08… in space 07…: token hash", epoch.mailbox(ORIGIN).token.hash().0);
    v.text("phrase of 0b…", &phrase::to_words(&[11; 16]));
    v.text("safety number of 01… and 02…", &phrase::safety_number(&PersonId([1; 32]), &PersonId([2; 32])));
    v.finish();
}

#[test]
fn vaults() {
    let mut v = Vectors::of("vaults");
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("vault.key");
    let file = FileVault::new(&path);
    let sealed = file.seal(&mut SeededEntropy::new(1), &seed(9)).unwrap();
    v.bytes("file vault: key file", std::fs::read(&path).unwrap());
    v.bytes("file vault: sealed root 09…", &sealed);
    assert_eq!(file.open(&sealed).unwrap().expose(), &[9; 32]);
    let vault = PassphraseVault::new("wine-dark sea".into());
    let sealed = vault.seal(&mut SeededEntropy::new(1), &seed(9)).unwrap();
    v.bytes("passphrase vault 'wine-dark sea': sealed root 09…", &sealed);
    assert_eq!(vault.open(&sealed).unwrap().expose(), &[9; 32]);
    v.finish();
}

#[test]
fn s2_statements() {
    let mut v = Vectors::of("statements");
    let (ana, ben, space) = pair_genesis();
    let log = person_genesis(&mut SeededEntropy::new(1), 1);
    let (one, new) = (device(1), device(3));
    v.bytes("person genesis of 01…, entropy 1", log.bytes());
    v.bytes("person genesis: id, the person", log.id().0);
    v.bytes("space genesis of a pair", space.bytes());
    v.bytes("space genesis: id, the space", space.id().0);
    let (hpke, person, lane) = (PublicKey(new.wrap_key().public()), Scope::from(ana), LaneId([4; 16]));
    let cut = vec![LaneEnd { lane, n: 300, record: RecordId([5; 32]) }];
    let consent = device_consent(ana, new.id(), hpke);
    let consented = ExtraSignature(ed25519_dalek::Signer::sign(new.signing(), &consent).to_bytes());
    let keys = recovery(4);
    let agreed = recovery_consent(ana, Some(recovery(1)), keys);
    let consents =
        vec![Consent { device: new.id(), signature: ExtraSignature(ed25519_dalek::Signer::sign(new.signing(), &agreed).to_bytes()) }];
    v.bytes("signed by a new device", consent);
    v.bytes("signed under new recovery keys", agreed);
    let epoch = EpochKey::new(SpaceId(space.id().0), seed(8));
    let mut readers: Vec<(Reader, WrapKey)> =
        [(ana, 101), (ben, 102)].map(|(person, n)| (Reader { person, generation: 1 }, WrapKey::from_seed(seed(n)))).to_vec();
    readers.sort_by_key(|(r, _)| *r);
    let mut entropy = SeededEntropy::new(3);
    let mut wrapped = |(r, key): &(Reader, WrapKey)| {
        let info = wrap_info("epoch-secret", &[&space.id().0[..], &epoch.id().0, &r.person.0].concat());
        Sealed(wrap(&mut entropy, &key.public(), &info, epoch.secret().expose()).unwrap())
    };
    let wraps = readers.iter().map(&mut wrapped).collect();
    let epoch = Epoch { number: 1, epoch: epoch.id(), readers: readers.iter().map(|(r, _)| *r).collect(), wraps };
    let admit = Admit { person: PersonId([9; 32]), tier: Tier::Observer, manages: false, reads: true };
    let (wraps, before) = (vec![KeyWrap { to: Recipient::Device(one.id()), sealed: Sealed(vec![1; 80]) }], Sealed(vec![2; 72]));
    let unknown = Payload::Unknown { kind: 900, critical: true, raw: vec![0xa3, 0x00, 0x19, 0x03, 0x84, 0x01, 0xf5, 0x02, 0x61, 0x78] };
    let about = About { proposal: StatementId([6; 32]) };
    let circle = SpaceGenesis { policy: Policy::Circle, founders: vec![ana], observers: vec![PersonId([255; 32])], nonce: [8; 16] };
    v.bytes("payload of a circle's genesis", Payload::SpaceGenesis(circle).encode());
    let of_person = [
        ("add device", Payload::AddDevice(AddDevice { device: new.id(), hpke, consent: consented, handed: Sealed(vec![3; 80]) })),
        ("revoke device", Payload::RevokeDevice(RevokeDevice { device: new.id() })),
        ("new person key", Payload::NewPersonKey(NewPersonKey { generation: 2, public: hpke, wraps, before })),
        ("new recovery", Payload::NewRecovery(NewRecovery { keys, consents })),
    ];
    let of_space = [
        ("epoch, entropy 3", Payload::Epoch(epoch)),
        ("relays", Payload::Relays(Relays { origins: vec![ORIGIN.into(), "https://two.example:8443".into()] })),
        ("propose", Payload::Propose(admit)),
        ("second", Payload::Second(about)),
        ("withdraw proposal", Payload::WithdrawProposal(about)),
        ("admit", Payload::Admit(admit)),
        ("remove", Payload::Remove(Remove { person: PersonId([9; 32]), cut: cut.clone() })),
        ("leave", Payload::Leave(Leave { cut: cut.clone() })),
        ("cut", Payload::Cut(Cut { ends: StatementId([6; 32]), cut })),
        ("close", Payload::Close),
        ("a later version's, critical", unknown),
    ];
    let of_person = of_person.into_iter().map(|s| (person, log.id(), s));
    let of_space = of_space.into_iter().map(|s| (Scope::Log(space.id().0), space.id(), s));
    for (scope, parent, (name, payload)) in of_person.chain(of_space) {
        let statement = Statement::sign(scope, one.signing(), &[parent], &payload).unwrap();
        v.bytes(name, statement.bytes());
        assert_eq!(Statement::decode(statement.bytes()).unwrap().payload(), &payload, "{name}");
    }
    v.finish();
}

#[test]
fn s2_records() {
    let mut v = Vectors::of("records");
    let dictionary = include_bytes!("../src/record/dictionary-1.bin");
    v.bytes("dictionary 1: sha-256", Sha256::digest(dictionary));
    let (keys, epoch) = (device(1), EpochKey::new(SpaceId([7; 32]), seed(8)));
    let opening = Opening {
        space: SpaceId([7; 32]),
        epoch: epoch.id(),
        device: keys.id(),
        incarnation: Incarnation([3; 16]),
        from: (LaneId([2; 16]), 40, RecordId([1; 32])),
    };
    v.bytes("opening", opening.to_bytes());
    let seen = |n| Seen { lane: LaneId([6; 16]), n, tag: [5; 8] };
    // Neither carries content: what zstd writes is not fixed, only what it reads.
    let first = Body {
        statements: vec![b"a statement".to_vec()],
        incarnations: vec![Incarnation([9; 16])],
        frontier: vec![seen(1)],
        ..Body::default()
    };
    let second = Body { frontier: vec![seen(300)], ..Body::default() };
    let third = Body { again: vec![Again { lane: LaneId([2; 16]), first: 39, last: 40 }], ..Body::default() };
    let (mut entropy, mut prev) = (SeededEntropy::new(4), opening.from.2);
    for (n, body) in [(1, first), (2, second), (3, third)] {
        let place = Place { opening: &opening, lane: LaneId([4; 16]), n, prev };
        let bytes = body.clone().to_bytes();
        v.bytes(&format!("record {n}: body"), &bytes);
        let (outer, id) = seal(&mut entropy, epoch.content(), keys.signing(), &place, Kind::Content, bytes).unwrap();
        v.bytes(&format!("record {n}: outer bytes"), &outer);
        v.bytes(&format!("record {n}: id"), id.0);
        v.bytes(&format!("record {n}: hash of the outer bytes"), ithaca_wire::record::hash(&outer).0);
        let inner = open(epoch.content(), &epoch.id(), &Outer::parse(&outer).unwrap()).unwrap();
        assert_eq!((verify(&inner, &place), Body::parse(&inner.body).unwrap()), (Some(id), body));
        prev = id;
    }
    let whole = Body {
        frontier: vec![seen(2)],
        statements: vec![vec![1; 40]],
        incarnations: vec![],
        changes: vec![DocumentChanges { document: DocumentId([4; 16]), kind: 4, chunks: vec![first_change().into(), vec![8; 30].into()] }],
        events: vec![message("The maize is dry; what would you do in my place?").encode()],
        again: vec![],
    };
    v.bytes("content before compression", whole.content().unwrap());
    let kept = v.read_only("body with that content", &whole.clone().to_bytes());
    assert_eq!(Body::parse(&kept).unwrap(), whole, "what was written once is no longer read");
    v.finish();
}

fn message(text: &str) -> Event {
    let payload = said::Message { text: text.into(), reply: Some(EventId([2; 16])) }.into();
    Event { subject: event::SPACE_SUBJECT, parents: vec![EventId([1; 16])], clock: 1_795_000_000_000, wall_ms: 1_794_999_999_990, payload }
}

#[test]
fn events() {
    use said::*;
    let mut v = Vectors::of("events");
    let (space, device) = (SpaceId([7; 32]), DeviceId([1; 32]));
    let target = EventId([3; 16]);
    let answers = vec![
        Answer { prompt: "arriving".into(), words: None, scale: Some(4), chosen: None },
        Answer { prompt: "tried".into(), words: Some("the checklist".into()), scale: None, chosen: Some(vec!["01".into()]) },
    ];
    let reason = Some("exams".to_owned());
    let payloads: Vec<event::Payload> = vec![
        Message { text: "hello".into(), reply: None }.into(),
        MessageEdit { target, text: "hello!".into() }.into(),
        MessageWithdraw { target }.into(),
        Reaction { target, emoji: "👍".into(), on: true }.into(),
        Receipt { delivered: Some(7), read: None }.into(),
        GoalStatusSet { status: GoalStatus::Achieved, reason: reason.clone() }.into(),
        SessionStateSet { state: SessionState::Held, reason: None }.into(),
        SessionAlias { other: ithaca_core::id::ItemId([9; 16]), same: true }.into(),
        CheckIn { phase: Phase::After, answers: answers.clone() }.into(),
        Harvest { answers }.into(),
        Minutes { text: "we met".into() }.into(),
        StagePropose { stage: Stage::Separation }.into(),
        StageAgree { to: target }.into(),
        Pause { reason: reason.clone() }.into(),
        Resume { reason: None }.into(),
        End { reason }.into(),
    ];
    assert_eq!(payloads.len(), KINDS.len(), "a kind of event has no vector");
    for (payload, (kind, name)) in payloads.into_iter().zip(KINDS) {
        assert_eq!(payload.kind(), *kind);
        let event = Event { subject: [8; 16], parents: vec![], clock: 1_795_000_000_000, wall_ms: 1_795_000_000_000, payload };
        v.bytes(&format!("event {kind} {name}"), event.encode());
        assert_eq!(Event::decode(&event.encode()).unwrap(), event);
    }
    let whole = message("hello").encode();
    v.bytes("message with a parent, no subject, wall 10 ms behind", &whole);
    v.bytes("its id, space 07…, device 01…", event::id(space, device, &whole).0);
    let payload = tombstone::tombstone(&[[4; 32], [5; 32]]);
    let event = Event { subject: [8; 16], parents: vec![], clock: 1_795_000_000_000, wall_ms: 1_795_000_000_000, payload };
    v.bytes("tombstone of 08…, which knows 04… and 05…", event.encode());
    assert_eq!(tombstone::known(&Event::decode(&event.encode()).unwrap().payload), Some(vec![[4; 32], [5; 32]]));
    v.bytes("what device 01… wrote into 08… returns as", ithaca_core::engine::returned_id(&space, DocumentId([8; 16]), &device).0);
    v.finish();
}

#[test]
fn snapshots() {
    let mut v = Vectors::of("snapshots");
    let (epoch, from) = (EpochId([8; 32]), (LaneId([0; 16]), 0, RecordId([0; 32])));
    let opening = Opening { space: SpaceId([7; 32]), epoch, device: DeviceId([1; 32]), incarnation: Incarnation([2; 16]), from };
    let mut snapshot = Snapshot {
        lanes: vec![LaneLine { lane: LaneId([3; 16]), opening, n: 300, last: RecordId([4; 32]), sum: Sum::from_bytes([9; 32]) }],
        documents: vec![SavedDocument {
            id: DocumentId([5; 16]),
            kind: 4,
            heads: vec![[6; 32].into()],
            saved: b"automerge".to_vec().into(),
        }],
        statements: vec![b"statement".to_vec()],
        incarnations: vec![(DeviceId([1; 32]), Incarnation([2; 16]))],
        ..Snapshot::default()
    };
    let manifest = snapshot.to_bytes().unwrap();
    v.bytes("manifest without events", &manifest);
    assert_eq!(Snapshot::parse(&manifest).unwrap(), snapshot);
    let (reference, objects) = snapshot::seal(&mut SeededEntropy::new(4), &seed(9), &epoch, &manifest).unwrap();
    v.bytes("body of its record, one object under the key 09…, epoch 08…", reference.to_bytes());
    v.bytes("the object, its randomness from seed 4", &objects[0]);
    assert_eq!(reference.open(&seed(9), &epoch, &objects).unwrap(), manifest);
    snapshot.events = vec![(DeviceId([1; 32]), message("hello").encode()), (DeviceId([2; 32]), message("hello?").encode())];
    let kept = v.read_only("manifest with a pack of two events", &snapshot.to_bytes().unwrap());
    assert_eq!(Snapshot::parse(&kept).unwrap(), snapshot);
    v.finish();
}

/// The change every document begins with, as automerge writes it.
fn first_change() -> Vec<u8> {
    let mut document = Document::new(SpaceId([1; 32]), DocumentId([2; 16]), DocumentKind::Note);
    let doc = automerge::Automerge::load(&document.save()).unwrap();
    let changes = doc.get_changes(&[]);
    assert_eq!(changes.len(), 1);
    changes[0].raw_bytes().to_vec()
}

#[test]
fn documents() {
    let mut v = Vectors::of("documents");
    let space = SpaceId([7; 32]);
    v.bytes("relationship of space 07…", document::derived_id(space, DocumentKind::Relationship).0);
    v.bytes("goals of space 07…", document::derived_id(space, DocumentKind::Goals).0);
    v.bytes("actor of space 07…, device 01…, incarnation 03…", firewall::actor(space, DeviceId([1; 32]), Incarnation([3; 16])));
    v.bytes("first change", first_change());
    v.bytes("first change: hash", document::first_hash());
    v.finish();
}

#[test]
fn invitations() {
    let mut v = Vectors::of("invitations");
    let (ana, ben, space) = pair_genesis();
    let invite = Invite::from_parts(ORIGIN, [5; 16], Some(*ana.0.first_chunk().unwrap()));
    v.text("link", &invite.link());
    v.text("words", &invite.words());
    v.bytes("mailbox id", invite.address().id.0);
    v.bytes("token", invite.address().token.0);
    let log = person_genesis(&mut SeededEntropy::new(2), 2).bytes().to_vec();
    let keys = device(2);
    let reply = invite.reply(&mut SeededEntropy::new(5), keys.signing(), ben, keys.wrap_key().public(), "Ben", vec![log]).unwrap();
    v.bytes("reply, entropy 5", &reply);
    let opened = invite.open_reply(&reply).unwrap().unwrap();
    assert_eq!((opened.person, opened.name.as_str()), (ben, "Ben"));
    let (id, genesis) = (SpaceId(space.id().0), vec![space.bytes().to_vec()]);
    let log = vec![person_genesis(&mut SeededEntropy::new(1), 1).bytes().to_vec()];
    let approval =
        invite.approve(&mut SeededEntropy::new(6), device(1).signing(), ana, "Ana", &opened, id, log, genesis, Some([6; 16])).unwrap();
    v.bytes("approval, entropy 6", &approval);
    let approval = invite.open_approval(&approval, &ben, keys.wrap_key()).unwrap().unwrap();
    assert_eq!((approval.space, approval.voucher), (id, Some([6; 16])));
    v.finish();
}

#[test]
fn new_devices_and_recovery() {
    let mut v = Vectors::of("devices");
    let (ana, _, space) = pair_genesis();
    let (old, new) = (device(1), device(3));
    let handover = Handover::from_parts(ORIGIN, [7; 16], Some(*new.id().0.first_chunk().unwrap()));
    v.text("code", &handover.link());
    v.text("words", &handover.words());
    v.bytes("mailbox id", handover.address().id.0);
    let request = handover.request(&mut SeededEntropy::new(7), &new, "Laptop").unwrap();
    v.bytes("request, entropy 7", &request);
    let request = handover.open_request(&request).unwrap();
    let offer = handover.offer(&mut SeededEntropy::new(8), old.signing(), ana, "Ana", &request).unwrap();
    v.bytes("offer, entropy 8", &offer);
    assert_eq!(handover.open_offer(&offer, &new).unwrap().person, ana);
    let consent = handover.consent(&mut SeededEntropy::new(9), &new, ana).unwrap();
    v.bytes("consent, entropy 9", &consent);
    assert!(handover.open_consent(&consent, &request, ana).is_some());
    let log = vec![person_genesis(&mut SeededEntropy::new(1), 1).bytes().to_vec().into()];
    let welcome = Welcome { person_log: log, space: SpaceId(space.id().0), statements: vec![space.bytes().to_vec().into()] };
    let sealed = handover.welcome(&mut SeededEntropy::new(10), &request, &welcome).unwrap();
    v.bytes("welcome, entropy 10", &sealed);
    assert_eq!(handover.open_welcome(&sealed, new.wrap_key()), Some(welcome));
    v.text("four words of a device", &phrase::four_words(&new.id().0));

    let words = RecoveryWords::parse(&phrase::to_words(&[9; 16])).unwrap();
    v.text("recovery words", &words.words());
    v.bytes("recovery Ed25519", words.keys().sign.0);
    v.bytes("recovery X25519", words.keys().hpke.0);
    v.bytes("recovery mailbox secret", words.mailbox_secret().expose());
    v.bytes("recovery space", recovery::space(&words.keys()).0);
    v.bytes("recovery epoch", words.key().id().0);
    v.bytes("recovery mailbox id", words.key().mailbox(ORIGIN).id.0);

    let fact = OwnFact {
        space: Some(own::KnownSpace {
            id: SpaceId([1; 32]),
            statements: vec![vec![2].into()],
            epochs: vec![own::EpochSecret { epoch: EpochId([3; 32]), number: 4, secret: [5; 32] }],
        }),
        choices: Some(own::Choices {
            space: SpaceId([1; 32]),
            name: "Ben".into(),
            verified: Some(own::Verified { at: 6, how: "in person".into() }),
            must_compare: false,
            blocked: true,
            receipts: false,
        }),
        name: Some("Ana".into()),
        label: Some(own::DeviceLabel { device: DeviceId([7; 32]), label: "Laptop".into() }),
        account: Some(own::Account { origin: ORIGIN.into(), secret: Some(own::AccountSecret([8; 32])) }),
        recovery: Some(own::RecoveryMailbox { keys: words.keys(), secret: [9; 32] }),
        wish: Some(words.keys()),
        consent: Some(own::RecoveryConsent { sign: words.keys().sign, signature: ExtraSignature([10; 64]) }),
        snapshot: None,
    };
    let draft = (own::draft_subject("say.01"), own::draft("The maize is"));
    for (name, subject, payload) in [
        ("own fact", event::SPACE_SUBJECT, fact.payload()),
        ("keepsake", event::SPACE_SUBJECT, own::keepsake(vec![11; 40])),
        ("draft of say.01", draft.0, draft.1),
    ] {
        let event = Event { subject, parents: Vec::new(), clock: 12, wall_ms: 12, payload };
        v.bytes(name, event.encode());
        assert_eq!(Event::decode(&event.encode()).unwrap(), event);
    }
    v.finish();
}

#[test]
fn what_is_kept_compressed_is_read_for_ever() {
    let mut v = Vectors::of("frames");
    let text = b"a row of an event, compressed alone".to_vec();
    let kept = v.read_only("frame", &ithaca_core::record::body::compress(&text));
    assert_eq!(inflate(&kept).unwrap(), text);
    assert_ne!(EpochId([0; 32]), EpochKey::new(SpaceId([0; 32]), seed(0)).id());
    v.finish();
}

/// Every label in the sources of both crates.
fn labels(dir: &std::path::Path, out: &mut std::collections::BTreeSet<String>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            labels(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let named =
                text.split("ithaca/v1/").skip(1).map(|rest| rest.split(|c: char| !c.is_ascii_lowercase() && c != '-').next().unwrap());
            out.extend(named.filter(|l| !l.is_empty()).map(str::to_owned));
        }
    }
}

#[test]
fn every_label_of_the_sources_stands_on_the_page_of_bytes() {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(here.join("docs/bytes.md")).unwrap();
    let mut found = std::collections::BTreeSet::new();
    labels(&here.join("src"), &mut found);
    labels(&here.join("wire/src"), &mut found);
    assert!(found.len() > 20, "labels are looked for in the wrong place");
    for label in found {
        assert!(page.contains(&format!("ithaca/v1/{label}")), "label ithaca/v1/{label} is not described in core/docs/bytes.md");
    }
}
