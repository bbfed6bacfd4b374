//! A tombstone: that somebody deleted a document for good, and what they knew of it then.
//!
//! It travels as an event whose subject is the document, of a kind that no screen reads ([`KIND`]). It counts in the state code as every event does.

use ithaca_wire::cbor;
use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};

use super::Payload;
use super::payload::Raw;

/// The kind of a tombstone.
pub const KIND: u16 = 34;
/// Most heads that one names.
pub const HEADS: usize = 512;

#[derive(Encode, Decode)]
#[cbor(map)]
struct Known {
    #[n(0)]
    heads: Vec<ByteArray<32>>,
}

/// States that a document of which these heads were known is deleted.
pub fn tombstone(heads: &[[u8; 32]]) -> Payload {
    let known = Known { heads: heads.iter().map(|h| ByteArray::from(*h)).collect() };
    Payload::Unknown { kind: KIND, raw: Raw(cbor::encode(&known)) }
}

/// The heads that a tombstone names, hashes of automerge changes; `None` for anything else, and for one with more than [`HEADS`].
pub fn known(payload: &Payload) -> Option<Vec<[u8; 32]>> {
    match payload {
        Payload::Unknown { kind: KIND, raw } => cbor::decode::<Known>("tombstone", &raw.0)
            .ok()
            .filter(|k| k.heads.len() <= HEADS)
            .map(|k| k.heads.into_iter().map(Into::into).collect()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_read_again() {
        let heads = vec![[1; 32], [2; 32]];
        assert_eq!(known(&tombstone(&heads)), Some(heads));
        assert_eq!(known(&tombstone(&vec![[0; 32]; HEADS + 1])), None);
        assert_eq!(known(&Payload::Unknown { kind: KIND, raw: Raw(vec![0xa0]) }), None);
    }
}
