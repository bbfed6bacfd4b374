//! A record from outside: what a relay can read of it.
//!
//! ```text
//! 0x01 | lane[16] | n u64 big-endian | nonce[24] | ciphertext (at least 16, its tag)
//! ```

use sha2::{Digest, Sha256};

use crate::error::WireError;
use crate::id::{LaneId, RecordHash};
use crate::limits;

/// First byte of a record of this version. A relay takes any first byte whose lane and number stand at the same offsets.
pub const VERSION: u8 = 1;
/// Bytes before the ciphertext.
pub const HEADER: usize = 1 + 16 + 8 + 24;
/// Length of the AEAD's tag, the shortest ciphertext.
pub const TAG: usize = 16;

/// The fields that stand outside the seal, borrowed from a record's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outer<'a> {
    /// First byte: the format's version.
    pub version: u8,
    /// The lane.
    pub lane: LaneId,
    /// The number in the lane, from 1.
    pub n: u64,
    /// XChaCha20's nonce.
    pub nonce: [u8; 24],
    /// Sealed bytes with their tag.
    pub ciphertext: &'a [u8],
}

impl<'a> Outer<'a> {
    /// Reads the outside of a record of any version.
    ///
    /// # Errors
    /// [`WireError::Truncated`] below the smallest record, [`WireError::RecordTooLarge`] above the limit,
    /// [`WireError::Number`] for number 0 or one that no lane can reach.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, WireError> {
        if bytes.len() > limits::RECORD {
            return Err(WireError::RecordTooLarge { len: bytes.len() });
        }
        let short = WireError::Truncated { what: "record" };
        if bytes.len() < HEADER + TAG {
            return Err(short);
        }
        let (header, ciphertext) = bytes.split_at(HEADER);
        let lane = LaneId::from_slice(&header[1..17]).ok_or(short)?;
        let n = u64::from_be_bytes(header[17..25].try_into().map_err(|_| WireError::Truncated { what: "record" })?);
        let nonce = header[25..49].try_into().map_err(|_| WireError::Truncated { what: "record" })?;
        // SQLite keeps integers signed; a lane of 2^63 records does not exist.
        if n == 0 || n > i64::MAX as u64 {
            return Err(WireError::Number { n });
        }
        Ok(Self { version: header[0], lane, n, nonce, ciphertext })
    }

    /// Writes the outside and the ciphertext as one.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(HEADER + self.ciphertext.len());
        out.push(self.version);
        out.extend(self.lane.0);
        out.extend(self.n.to_be_bytes());
        out.extend(self.nonce);
        out.extend(self.ciphertext);
        out
    }
}

/// SHA-256 over a record's outer bytes: its name in lists; what tags are made of.
pub fn hash(bytes: &[u8]) -> RecordHash {
    RecordHash(Sha256::digest(bytes).into())
}
