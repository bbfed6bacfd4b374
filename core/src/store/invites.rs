//! Invitations sent and accepted, and codes of new devices, until they are done or lapse.

use rusqlite::{OptionalExtension, params};

use super::{Db, StoreError};

/// Which side of an invitation this device is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InviteRole {
    /// It invited somebody.
    Inviter = 0,
    /// It was invited.
    Invitee = 1,
    /// It scanned the code of a new device of its person.
    Adder = 2,
}

/// How far an invitation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InviteState {
    /// Inviter: nobody answered. Invitee: the reply may not have been seen.
    Open = 0,
    /// Inviter: somebody answered and waits to be approved.
    Answered = 1,
    /// The pair exists; the approval may still be on its way.
    Approved = 2,
    /// Nothing more will come of it.
    Closed = 3,
}

/// An invitation as it is kept.
#[derive(Debug, Clone)]
pub struct InviteRow {
    /// Name of its rendezvous mailbox.
    pub id: [u8; 16],
    /// Side.
    pub role: InviteRole,
    /// How far.
    pub state: InviteState,
    /// When it lapses, ms since 1970.
    pub expires: i64,
    /// Everything else, as the engine wrote it.
    pub content: Vec<u8>,
}

impl Db<'_> {
    /// Keeps an invitation, replacing one of the same name.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn put_invite(&self, row: &InviteRow) -> Result<(), StoreError> {
        self.c
            .prepare_cached("INSERT OR REPLACE INTO invite (id, role, state, expires, sealed) VALUES (?, ?, ?, ?, ?)")?
            .execute(params![row.id, row.role as i64, row.state as i64, row.expires, self.seal("invite", &row.id, &row.content)])?;
        Ok(())
    }

    /// Every invitation, or only those not closed.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn invites(&self) -> Result<Vec<InviteRow>, StoreError> {
        self.invites_without(None)
    }

    /// Invitations that are not closed, the earliest to expire first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn open_invites(&self) -> Result<Vec<InviteRow>, StoreError> {
        self.invites_without(Some(InviteState::Closed))
    }

    fn invites_without(&self, state: Option<InviteState>) -> Result<Vec<InviteRow>, StoreError> {
        let mut q =
            self.c.prepare_cached("SELECT id, role, state, expires, sealed FROM invite WHERE state IS NOT ? ORDER BY expires, id")?;
        let rows: Vec<([u8; 16], i64, i64, i64, Vec<u8>)> = q
            .query_map([state.map(|s| s as i64)], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?)))?
            .collect::<Result<_, _>>()?;
        rows.into_iter()
            .map(|(id, role, state, expires, sealed)| {
                let role = [InviteRole::Inviter, InviteRole::Invitee, InviteRole::Adder]
                    .into_iter()
                    .find(|r| *r as i64 == role)
                    .ok_or(StoreError::Shape("invitation role"))?;
                let state = [InviteState::Open, InviteState::Answered, InviteState::Approved, InviteState::Closed]
                    .into_iter()
                    .find(|s| *s as i64 == state)
                    .ok_or(StoreError::Shape("invitation state"))?;
                Ok(InviteRow { id, role, state, expires, content: self.open("invite", &id, &sealed)? })
            })
            .collect()
    }

    /// One invitation by its mailbox's name.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn invite(&self, id: &[u8; 16]) -> Result<Option<InviteRow>, StoreError> {
        let found: Option<i64> = self.c.prepare_cached("SELECT 1 FROM invite WHERE id = ?")?.query_row([id], |r| r.get(0)).optional()?;
        if found.is_none() {
            return Ok(None);
        }
        Ok(self.invites()?.into_iter().find(|i| i.id == *id))
    }
}
