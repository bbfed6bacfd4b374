//! The configuration of one relay, and what it takes from outside: the clock and randomness.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ithaca_wire::limits;

use crate::store::{Limits, Millis};

/// How a relay behaves. Every limit can be set lower than the wire's, none higher.
#[derive(Debug, Clone)]
pub struct Config {
    /// What mailboxes are held to.
    pub store: Limits,
    /// Outer bytes of one record.
    pub record_bytes: usize,
    /// Body of one request.
    pub request_bytes: usize,
    /// Bytes of records in one answer, whatever was asked.
    pub answer_bytes: u64,
    /// Requests a second from one address, over time; 0 for no limit.
    pub requests_per_second: u32,
    /// Requests at once from one address.
    pub burst: u32,
    /// Connections at once.
    pub connections: usize,
    /// Connections at once from one address; not counted behind a proxy, whose connections are everybody's.
    pub connections_per_address: usize,
    /// Live streams at once.
    pub streams: usize,
    /// Time for a request's header, and for a TLS handshake.
    pub header_timeout: Duration,
    /// Time for a request's body.
    pub body_timeout: Duration,
    /// Time in which a reader must take something of what is sent to it.
    pub write_timeout: Duration,
    /// Time between two signs of life on a live stream.
    pub heartbeat: Duration,
    /// Time for requests in flight to end when the relay stops.
    pub drain: Duration,
    /// Whether addresses are read from the last entry of `X-Forwarded-For`.
    pub behind_proxy: bool,
    /// Whether anybody may make a mailbox.
    pub open: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            store: Limits::default(),
            record_bytes: limits::RECORD,
            request_bytes: limits::REQUEST,
            answer_bytes: 3 << 20,
            requests_per_second: 50,
            burst: 200,
            connections: 10_000,
            connections_per_address: 256,
            streams: 10_000,
            header_timeout: Duration::from_secs(15),
            body_timeout: Duration::from_secs(60),
            write_timeout: Duration::from_secs(60),
            heartbeat: Duration::from_secs(25),
            drain: Duration::from_secs(10),
            behind_proxy: false,
            open: false,
        }
    }
}

/// The clock and the source of randomness, as arguments.
#[derive(Clone)]
pub struct Sources {
    /// Milliseconds since 1970.
    pub clock: Arc<dyn Fn() -> Millis + Send + Sync>,
    /// Fills bytes with randomness; `false` if there is none.
    pub entropy: Arc<dyn Fn(&mut [u8]) -> bool + Send + Sync>,
}

impl fmt::Debug for Sources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sources")
    }
}

impl Sources {
    /// Those of the operating system.
    pub fn system() -> Self {
        Self { clock: Arc::new(system_clock), entropy: Arc::new(system_entropy) }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place where the relay reads the clock; everything else takes it as an argument")]
fn system_clock() -> Millis {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Millis::try_from(since.as_millis()).unwrap_or(Millis::MAX)
}

#[expect(clippy::disallowed_methods, reason = "the one place where the relay reads randomness; everything else takes it as an argument")]
fn system_entropy(out: &mut [u8]) -> bool {
    getrandom::fill(out).is_ok()
}
