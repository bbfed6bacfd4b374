//! A statement: bytes one device (or a recovery key) signed once about a person or a space. It carries its own signature, so anybody may copy it.
//!
//! Wire form: `scope[32] | author[32] | n_parents u8 | parents[32]* rising | len u32 BE | payload | sig[64]`.

use std::cell::RefCell;
use std::collections::HashSet;

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

use super::payload::{Payload, PayloadError};
use crate::id::{DeviceId, PersonId, SpaceId, StatementId};

/// Parents a statement may name.
pub const PARENTS: usize = 32;
/// Bytes of a payload.
pub const PAYLOAD: usize = 256 * 1024;

const LABEL: &[u8] = b"ithaca/v1/statement";
const SIGNATURE: usize = 64;
/// How many verified signatures a thread remembers.
const REMEMBERED: usize = 8192;

thread_local! {
    /// What verified, with the hash of all that was signed, its author included. A device reads the same statements at every start and every fold, and
    /// verifying costs more than all the rest of it.
    static VERIFIED: RefCell<HashSet<(StatementId, [u8; SIGNATURE])>> = RefCell::default();
}

/// Why bytes are not a statement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    /// Fewer bytes than the structure needs.
    #[error("statement ends too early")]
    Truncated,
    /// Bytes after the signature.
    #[error("statement has bytes after its end")]
    Trailing,
    /// More than [`PARENTS`].
    #[error("statement names more than {PARENTS} parents")]
    TooManyParents,
    /// Parents out of order or named twice.
    #[error("statement's parents do not rise")]
    ParentsDoNotRise,
    /// A genesis with parents, another statement without any, or a genesis kind inside a log.
    #[error("statement's scope, parents and kind do not go together")]
    Scope,
    /// More than [`PAYLOAD`] bytes.
    #[error("statement's payload is larger than {PAYLOAD} bytes")]
    TooLarge,
    /// The author is no usable Ed25519 key.
    #[error("statement's author is not a sound key")]
    Key,
    /// The signature is not the author's.
    #[error("statement's signature does not verify")]
    Signature,
    /// The payload is malformed.
    #[error("statement's payload: {0}")]
    Payload(#[from] PayloadError),
}

/// What a statement is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// Nothing yet: the statement begins a log and its id becomes the person's or space's.
    Genesis,
    /// The log of this person or space: a [`PersonId`]'s or [`SpaceId`]'s bytes.
    Log([u8; 32]),
}

impl From<PersonId> for Scope {
    fn from(id: PersonId) -> Self {
        Self::Log(id.0)
    }
}

impl From<SpaceId> for Scope {
    fn from(id: SpaceId) -> Self {
        Self::Log(id.0)
    }
}

/// A signed statement; one that exists was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    id: StatementId,
    scope: Scope,
    author: DeviceId,
    parents: Vec<StatementId>,
    payload: Payload,
    bytes: Vec<u8>,
}

impl Statement {
    /// Signs a statement; `parents` are sorted here and named once.
    ///
    /// # Errors
    /// As [`Statement::decode`], for what no reader would accept.
    pub fn sign(scope: Scope, key: &SigningKey, parents: &[StatementId], payload: &Payload) -> Result<Self, StatementError> {
        let mut parents = parents.to_vec();
        parents.sort_unstable();
        parents.dedup();
        let n_parents = u8::try_from(parents.len()).ok().filter(|n| usize::from(*n) <= PARENTS).ok_or(StatementError::TooManyParents)?;
        let body = payload.encode();
        let len = u32::try_from(body.len()).map_err(|_| StatementError::TooLarge)?;
        let mut bytes = Vec::with_capacity(69 + 32 * parents.len() + body.len() + SIGNATURE);
        bytes.extend_from_slice(&match scope {
            Scope::Genesis => [0; 32],
            Scope::Log(id) => id,
        });
        bytes.extend_from_slice(key.verifying_key().as_bytes());
        bytes.push(n_parents);
        parents.iter().for_each(|p| bytes.extend_from_slice(&p.0));
        bytes.extend_from_slice(&len.to_be_bytes());
        bytes.extend_from_slice(&body);
        let signature = key.sign(&signed(&bytes));
        bytes.extend_from_slice(&signature.to_bytes());
        Self::decode(&bytes)
    }

    /// Takes exactly one statement and verifies its signature.
    ///
    /// # Errors
    /// [`StatementError`] names the first thing that is wrong.
    pub fn decode(bytes: &[u8]) -> Result<Self, StatementError> {
        let mut rest = bytes;
        let scope: [u8; 32] = take(&mut rest)?;
        let author = DeviceId(take(&mut rest)?);
        let [n_parents] = take(&mut rest)?;
        if usize::from(n_parents) > PARENTS {
            return Err(StatementError::TooManyParents);
        }
        let mut parents: Vec<StatementId> = Vec::with_capacity(usize::from(n_parents));
        for _ in 0..n_parents {
            let parent = StatementId(take(&mut rest)?);
            if parents.last().is_some_and(|last| *last >= parent) {
                return Err(StatementError::ParentsDoNotRise);
            }
            parents.push(parent);
        }
        let len = usize::try_from(u32::from_be_bytes(take(&mut rest)?)).map_err(|_| StatementError::TooLarge)?;
        if len > PAYLOAD {
            return Err(StatementError::TooLarge);
        }
        let (body, mut rest) = rest.split_at_checked(len).ok_or(StatementError::Truncated)?;
        let signature: [u8; SIGNATURE] = take(&mut rest)?;
        if !rest.is_empty() {
            return Err(StatementError::Trailing);
        }
        let unsigned = bytes.get(..bytes.len() - SIGNATURE).ok_or(StatementError::Truncated)?;
        let signed = signed(unsigned);
        let id = StatementId(Sha256::digest(&signed).into());
        if !VERIFIED.with_borrow(|v| v.contains(&(id, signature))) {
            verify(&author.0, &signed, &signature)?;
            VERIFIED.with_borrow_mut(|v| {
                if v.len() >= REMEMBERED {
                    v.clear();
                }
                v.insert((id, signature));
            });
        }
        let payload = Payload::decode(body)?;
        let scope = if scope == [0; 32] { Scope::Genesis } else { Scope::Log(scope) };
        let begins = scope == Scope::Genesis;
        let known = !matches!(payload, Payload::Unknown { .. });
        if begins != parents.is_empty() || (known && begins != payload.is_genesis()) {
            return Err(StatementError::Scope);
        }
        Ok(Self { id, scope, author, parents, payload, bytes: bytes.to_vec() })
    }

    /// A statement of any name by anybody, for tests of the folds, which look at no bytes.
    #[cfg(test)]
    pub(crate) fn unsigned(id: StatementId, scope: Scope, author: DeviceId, parents: Vec<StatementId>, payload: Payload) -> Self {
        Self { id, scope, author, parents, payload, bytes: Vec::new() }
    }

    /// SHA-256 of what was signed.
    pub fn id(&self) -> StatementId {
        self.id
    }

    /// What it is about.
    pub fn scope(&self) -> Scope {
        self.scope
    }

    /// The log it stands in: its scope, or for a genesis its own id.
    pub fn log(&self) -> [u8; 32] {
        match self.scope {
            Scope::Genesis => self.id.0,
            Scope::Log(id) => id,
        }
    }

    /// The key that signed: a device's, or in a person log also a recovery key's.
    pub fn author(&self) -> DeviceId {
        self.author
    }

    /// The heads its author saw, rising.
    pub fn parents(&self) -> &[StatementId] {
        &self.parents
    }

    /// What it says.
    pub fn payload(&self) -> &Payload {
        &self.payload
    }

    /// The wire form, byte for byte as signed.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Verifies strictly: no small-order key, no key or signature in another than its canonical form.
pub(crate) fn verify(key: &[u8; 32], message: &[u8], signature: &[u8; SIGNATURE]) -> Result<(), StatementError> {
    let key_point = VerifyingKey::from_bytes(key).map_err(|_| StatementError::Key)?;
    // Decompression accepts y ≥ p; encoding the point again tells.
    if key_point.is_weak() || key_point.to_edwards().compress().to_bytes() != *key {
        return Err(StatementError::Key);
    }
    key_point.verify_strict(message, &Signature::from_bytes(signature)).map_err(|_| StatementError::Signature)
}

fn signed(unsigned: &[u8]) -> Vec<u8> {
    [LABEL, unsigned].concat()
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], StatementError> {
    let (head, tail) = rest.split_first_chunk::<N>().ok_or(StatementError::Truncated)?;
    *rest = tail;
    Ok(*head)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::payload::{Admit, Policy, SpaceGenesis, Tier};
    use proptest::prelude::*;

    fn key(n: u8) -> SigningKey {
        SigningKey::from_bytes(&[n; 32])
    }

    fn sample() -> Statement {
        let payload = Payload::Admit(Admit { person: PersonId([7; 32]), tier: Tier::Steward, manages: true, reads: false });
        Statement::sign(Scope::Log([9; 32]), &key(1), &[StatementId([5; 32]), StatementId([4; 32])], &payload).unwrap()
    }

    #[test]
    fn what_is_signed_is_read_back() {
        let s = sample();
        assert_eq!(Statement::decode(s.bytes()).unwrap(), s);
        assert_eq!(s.parents(), &[StatementId([4; 32]), StatementId([5; 32])]);
    }

    #[test]
    fn s3_every_flipped_bit_every_prefix_and_every_tail_is_refused() {
        let bytes = sample().bytes().to_vec();
        for i in 0..bytes.len() * 8 {
            let mut bad = bytes.clone();
            bad[i / 8] ^= 1 << (i % 8);
            assert!(Statement::decode(&bad).is_err(), "bit {i}");
        }
        for n in 0..bytes.len() {
            assert!(Statement::decode(&bytes[..n]).is_err());
        }
        assert_eq!(Statement::decode(&[bytes, vec![0]].concat()), Err(StatementError::Trailing));
    }

    #[test]
    fn s4_small_order_and_non_canonical_keys_are_refused() {
        let mut identity = [0; 32];
        identity[0] = 1;
        // y = p + 1 encodes the identity a second time.
        let mut above = [0xff; 32];
        above[0] = 0xee;
        above[31] = 0x7f;
        // y = p + 3: a point of large order under an encoding nobody writes, if it decompresses.
        let mut large = above;
        for low in 0xed..=0xff {
            large[0] = low;
            assert_eq!(verify(&large, b"m", &[0; 64]), Err(StatementError::Key));
        }
        for bad in [identity, above, [0; 32]] {
            assert_eq!(verify(&bad, b"m", &[0; 64]), Err(StatementError::Key));
        }
    }

    #[test]
    fn a_genesis_has_no_parents_and_anything_else_has() {
        let genesis = Payload::SpaceGenesis(SpaceGenesis {
            policy: Policy::Circle,
            founders: vec![PersonId([1; 32])],
            observers: vec![],
            nonce: [0; 16],
        });
        assert!(Statement::sign(Scope::Genesis, &key(1), &[], &genesis).is_ok());
        assert_eq!(Statement::sign(Scope::Log([1; 32]), &key(1), &[StatementId([1; 32])], &genesis), Err(StatementError::Scope));
        assert_eq!(Statement::sign(Scope::Genesis, &key(1), &[], &Payload::Close), Err(StatementError::Scope));
        assert_eq!(Statement::sign(Scope::Log([1; 32]), &key(1), &[], &Payload::Close), Err(StatementError::Scope));
    }

    proptest! {
        #[test]
        fn never_panics(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = Statement::decode(&bytes);
            let _ = Payload::decode(&bytes);
        }
    }
}
