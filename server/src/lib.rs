//! The relay: ciphertext under mailbox names. Not built yet; what it shares with devices is in `ithaca-wire`.
