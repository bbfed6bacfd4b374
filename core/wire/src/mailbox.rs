//! A mailbox at one relay: its name, the token that opens it, and what the relay keeps of that token.

use hkdf::Hkdf;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::id::{MailboxId, Token, TokenHash};

/// The label under which a relay hashes tokens.
pub const TOKEN_LABEL: &[u8] = b"ithaca/v1/token-hash";

impl Token {
    /// What the relay stores: `SHA-256("ithaca/v1/token-hash" | token)`.
    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256::new().chain_update(TOKEN_LABEL).chain_update(self.0).finalize().into())
    }

    /// Whether this token opens a mailbox with `hash`, in time that does not depend on where they differ.
    pub fn opens(&self, hash: &TokenHash) -> bool {
        self.hash().0.ct_eq(&hash.0).into()
    }
}

/// Name and token of a mailbox, as whoever holds its secret computes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address {
    /// The name.
    pub id: MailboxId,
    /// The token.
    pub token: Token,
}

/// Derives a mailbox from a secret by HKDF-SHA256: salt `salt`, info `"ithaca/v1/mailbox-id|" origin` for the name and
/// `"ithaca/v1/mailbox-token|" origin` for the token. `origin` is the relay's scheme, host and port, so that what works
/// at one relay works at no other.
pub fn derive(secret: &[u8; 32], salt: &[u8; 32], origin: &str) -> Address {
    let hk = Hkdf::<Sha256>::new(Some(salt), secret);
    let mut id = [0; 16];
    let mut token = [0; 32];
    // 16 and 32 bytes are far below HKDF's limit of 255 blocks, the only error there is.
    let _ = hk.expand_multi_info(&[b"ithaca/v1/mailbox-id|", origin.as_bytes()], &mut id);
    let _ = hk.expand_multi_info(&[b"ithaca/v1/mailbox-token|", origin.as_bytes()], &mut token);
    Address { id: MailboxId(id), token: Token(token) }
}
