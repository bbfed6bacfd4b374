//! A state code: eight hexadecimal digits over the merged contents of a space. Equal codes mean equal contents.

use sha2::{Digest, Sha256};

use crate::document::first_hash;
use crate::id::{DocumentId, EventId, SpaceId};

/// The state code of a space: the first 4 bytes, as 8 lower-case hexadecimal digits, of SHA-256 over
///
/// ```text
/// "ithaca/v1/state" | space[32]
/// | number of documents, u64 big-endian | each, by id: id[16] | number of heads, u64 big-endian | heads[32], sorted
/// | number of events, u64 big-endian    | ids[16], sorted
/// | number of statements, u64           | ids[32], sorted
/// ```
///
/// `documents` are ids with the heads of their counting changes; one that nobody wrote in (no heads, or only the fixed first change) does
/// not count, since a device may have made it by looking. `events` are the counting ones but receipts, `statements` the valid ones but
/// epochs. Order and duplicates of the arguments do not matter.
pub fn state_code(space: &SpaceId, documents: &[(DocumentId, Vec<[u8; 32]>)], events: &[EventId], statements: &[[u8; 32]]) -> String {
    let mut documents: Vec<(DocumentId, Vec<[u8; 32]>)> = documents.to_vec();
    documents.retain(|(_, heads)| heads.iter().any(|h| *h != first_hash()));
    documents.iter_mut().for_each(|(_, heads)| {
        heads.sort_unstable();
        heads.dedup();
    });
    documents.sort_unstable();
    documents.dedup();
    let mut hash = Sha256::new().chain_update(b"ithaca/v1/state").chain_update(space.0);
    hash.update(count(documents.len()));
    for (id, heads) in &documents {
        hash.update(id.0);
        hash.update(count(heads.len()));
        heads.iter().for_each(|h| hash.update(h));
    }
    let ids = |mut ids: Vec<Vec<u8>>| {
        ids.sort_unstable();
        ids.dedup();
        ids
    };
    for list in [ids(events.iter().map(|e| e.0.to_vec()).collect()), ids(statements.iter().map(|s| s.to_vec()).collect())] {
        hash.update(count(list.len()));
        list.iter().for_each(|id| hash.update(id));
    }
    digits(hash)
}

/// A state code as three words that can be read aloud: its 32 bits and a zero, eleven bits a word, in the list of recovery words. Empty for what is no
/// state code.
pub fn spoken(code: &str) -> String {
    let mut bits = [0; 16];
    if code.len() != 8 || hex::decode_to_slice(code, &mut bits[..4]).is_err() {
        return String::new();
    }
    crate::identity::phrase::to_words(&bits).split(' ').take(3).collect::<Vec<_>>().join(" ")
}

/// The state code of a person: the same digits of SHA-256 over `"ithaca/v1/state/person"` and, by space id, each space's id[32] and its
/// code as 8 ASCII digits.
pub fn person_code(spaces: &[(SpaceId, String)]) -> String {
    let mut spaces = spaces.to_vec();
    spaces.sort();
    spaces.dedup();
    let mut hash = Sha256::new().chain_update(b"ithaca/v1/state/person");
    for (space, code) in &spaces {
        hash.update(space.0);
        hash.update(code.as_bytes());
    }
    digits(hash)
}

fn count(n: usize) -> [u8; 8] {
    u64::try_from(n).unwrap_or(u64::MAX).to_be_bytes()
}

fn digits(hash: Sha256) -> String {
    hex::encode(hash.finalize().get(..4).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_three_words_and_another_one_is_others() {
        assert_eq!(spoken("00000000"), "abandon abandon abandon");
        assert_eq!(spoken("ffffffff"), "zoo zoo zone");
        assert_ne!(spoken("00000001"), spoken("00000000"));
        for none in ["", "0000000", "000000000", "0000000g", "\u{e9}0000000"] {
            assert_eq!(spoken(none), "");
        }
    }
}
