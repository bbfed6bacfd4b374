//! A thief: somebody with the keys of a phone, who signs and seals what no honest engine would.

use ithaca_core::event::payload::{Message, Payload};
use ithaca_core::event::{Event, SPACE_SUBJECT};
use ithaca_core::id::{DeviceId, EpochId, Incarnation, RecordId, SpaceId};
use ithaca_core::identity::entropy::{Entropy, SeededEntropy};
use ithaca_core::identity::keys::{DeviceKeys, Secret};
use ithaca_core::identity::vault::{FileVault, KeyVault};
use ithaca_core::record::body::{Body, DocumentChanges};
use ithaca_core::record::firewall;
use ithaca_core::record::frame::{Kind, Opening};
use ithaca_core::record::seal::{Place, seal};
use ithaca_core::space::key::EpochKey;
use ithaca_core::store::{Store, StoreOptions};
use ithaca_wire::LaneId;
use ithaca_wire::mailbox::Address;
use minicbor::bytes::ByteVec;

use super::net::{ORIGIN, Phone};

/// The keys of a phone and a lane of its own.
pub struct Thief {
    pub device: DeviceKeys,
    pub space: SpaceId,
    pub key: EpochKey,
    pub opening: Opening,
    pub lane: LaneId,
    pub n: u64,
    pub prev: RecordId,
    pub entropy: SeededEntropy,
}

impl Thief {
    /// Takes what a running phone's folder holds.
    pub fn of(phone: &Phone, space: &SpaceId, seed: u64) -> Self {
        let vault = FileVault::new(phone.path("vault.key"));
        let root = vault.open(&std::fs::read(phone.path("vault.sealed")).unwrap()).unwrap();
        let mut entropy = SeededEntropy::new(seed);
        let options = StoreOptions { relaxed: true };
        let store = Store::open(&phone.path("ithaca.db"), &root, &mut entropy, &options).unwrap();
        let db = store.read();
        let device = DeviceKeys::from_seed(&Secret::from_slice(&db.meta("seed").unwrap().unwrap()).unwrap());
        let no = db.spaces().unwrap().into_iter().find(|s| s.id == *space).unwrap().no;
        let (_, _, secret) = db.epochs(no).unwrap().into_iter().max_by_key(|(_, n, _)| *n).unwrap();
        let key = EpochKey::new(*space, secret);
        let opening = Opening {
            space: *space,
            epoch: key.id(),
            device: device.id(),
            incarnation: Incarnation((&mut entropy as &mut dyn Entropy).array().unwrap()),
            from: (LaneId([0; 16]), 0, RecordId([0; 32])),
        };
        let lane = LaneId((&mut entropy as &mut dyn Entropy).array().unwrap());
        Self { device, space: *space, key, opening, lane, n: 0, prev: RecordId([0; 32]), entropy }
    }

    pub fn epoch(&self) -> EpochId {
        self.key.id()
    }

    pub fn mailbox(&self) -> Address {
        self.key.mailbox(ORIGIN)
    }

    pub fn actor(&self) -> [u8; 16] {
        firewall::actor(self.space, self.device.id(), self.opening.incarnation)
    }

    pub fn id(&self) -> DeviceId {
        self.device.id()
    }

    /// The next record of the thief's lane with these bytes as its body.
    pub fn record(&mut self, kind: Kind, body: Vec<u8>) -> Vec<u8> {
        self.n += 1;
        let place = Place { opening: &self.opening, lane: self.lane, n: self.n, prev: self.prev };
        let (bytes, id) = seal(&mut self.entropy, self.key.content(), self.device.signing(), &place, kind, body).unwrap();
        self.prev = id;
        bytes
    }

    pub fn body(&mut self, body: Body) -> Vec<u8> {
        self.record(Kind::Content, body.to_bytes())
    }

    pub fn event(&self, clock: u64, text: &str) -> Vec<u8> {
        let payload = Payload::Message(Message { text: text.to_owned(), reply: None });
        Event { subject: SPACE_SUBJECT, parents: vec![], clock, wall_ms: clock as i64, payload }.encode()
    }

    /// A record that says something honest.
    pub fn says(&mut self, clock: u64, text: &str) -> Vec<u8> {
        let events = vec![self.event(clock, text)];
        self.body(Body { events, ..Body::default() })
    }

    pub fn change(&mut self, document: [u8; 16], kind: u16, chunk: Vec<u8>) -> Vec<u8> {
        let document = ithaca_core::id::DocumentId(document);
        let changes = vec![DocumentChanges { document, kind, chunks: vec![ByteVec::from(chunk)] }];
        self.body(Body { changes, ..Body::default() })
    }
}

impl Thief {
    /// A value that a phone keeps by name.
    pub fn meta(phone: &Phone, key: &str) -> Option<Vec<u8>> {
        let vault = FileVault::new(phone.path("vault.key"));
        let root = vault.open(&std::fs::read(phone.path("vault.sealed")).unwrap()).unwrap();
        let options = StoreOptions { relaxed: true };
        let store = Store::open(&phone.path("ithaca.db"), &root, &mut SeededEntropy::new(1), &options).unwrap();
        store.read().meta(key).unwrap()
    }
}

impl Thief {
    /// Statements of a log that a phone holds.
    pub fn statements(phone: &Phone, log: &[u8; 32]) -> Vec<Vec<u8>> {
        let vault = FileVault::new(phone.path("vault.key"));
        let root = vault.open(&std::fs::read(phone.path("vault.sealed")).unwrap()).unwrap();
        let options = StoreOptions { relaxed: true };
        let store = Store::open(&phone.path("ithaca.db"), &root, &mut SeededEntropy::new(1), &options).unwrap();
        store.read().statements(log).unwrap()
    }
}

impl Thief {
    /// Makes a stopped copy of a phone's folder look as if it had always stood where it stands.
    pub fn forge_inode(phone: &Phone) {
        use std::os::unix::fs::MetadataExt;
        let vault = FileVault::new(phone.path("vault.key"));
        let root = vault.open(&std::fs::read(phone.path("vault.sealed")).unwrap()).unwrap();
        let options = StoreOptions { relaxed: true };
        let store = Store::open(&phone.path("ithaca.db"), &root, &mut SeededEntropy::new(1), &options).unwrap();
        let inode = std::fs::metadata(phone.path("ithaca.db")).unwrap().ino();
        store.read().set_meta("inode", &inode.to_be_bytes()).unwrap();
        store.checkpoint().unwrap();
    }
}
