//! Limits that both sides know. A server may be configured below them, never above.

/// Outer bytes of one record.
pub const RECORD: usize = 1 << 20;
/// Body of one request: a record of full size and what names it.
pub const REQUEST: usize = RECORD + 4096;
/// Lanes in one mailbox.
pub const LANES: usize = 256;
/// Versions kept at one number of a lane: the first and three others.
pub const VERSIONS: usize = 4;
/// Mailboxes in one exchange or one live stream.
pub const MAILBOXES_ASKED: usize = 256;
/// Records pushed in one exchange, over all its mailboxes.
pub const PUSHED: usize = 1024;
/// Nesting of arrays and maps in anything that is decoded.
pub const DEPTH: usize = 16;
/// A live event carries a record up to this size; a larger one is fetched.
pub const LIVE_RECORD: usize = 4096;
