//! The keys of one epoch, all derived from its secret: what seals content, and where it is kept at each relay.

use ithaca_wire::mailbox::{self, Address};

use crate::id::{EpochId, SpaceId};
use crate::identity::keys::{Secret, labelled_hash};

/// An epoch's secret with the space it belongs to.
#[derive(Debug, Clone)]
pub struct EpochKey {
    space: SpaceId,
    secret: Secret,
    content: Secret,
}

impl EpochKey {
    /// The keys that `secret` gives in `space`.
    pub fn new(space: SpaceId, secret: Secret) -> Self {
        let content = secret.derive(&space.0, "ithaca/v1/content-key");
        Self { space, secret, content }
    }

    /// The epoch's id: `SHA-256("ithaca/v1/epoch-id" | HKDF(secret, salt = space, "ithaca/v1/epoch-id"))`; commits to the secret.
    pub fn id(&self) -> EpochId {
        EpochId(labelled_hash("ithaca/v1/epoch-id", &[self.secret.derive(&self.space.0, "ithaca/v1/epoch-id").expose()]))
    }

    /// What seals records.
    pub fn content(&self) -> &Secret {
        &self.content
    }

    /// The secret itself, to be wrapped to readers or sealed at rest.
    pub fn secret(&self) -> &Secret {
        &self.secret
    }

    /// The epoch's mailbox at a relay; another one at every origin.
    pub fn mailbox(&self, origin: &str) -> Address {
        mailbox::derive(self.secret.derive(&self.space.0, "ithaca/v1/mailbox").expose(), &self.space.0, origin)
    }
}
