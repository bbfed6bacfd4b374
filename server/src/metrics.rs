//! Metrics in Prometheus' text form. No label names a mailbox, a lane, an account or an address.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64};

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// What a request was, without saying whose.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Route {
    /// The route's pattern.
    pub route: &'static str,
    /// The answer's status.
    pub status: u16,
}

/// What one relay counts.
#[derive(Debug)]
pub struct Metrics {
    /// Requests by route and status.
    pub requests: Family<Route, Counter>,
    /// Records taken in, new or held.
    pub records: Counter<u64, AtomicU64>,
    /// Their bytes.
    pub record_bytes: Counter<u64, AtomicU64>,
    /// Connections open.
    pub connections: Gauge<i64, AtomicI64>,
    /// Connections refused for their number.
    pub connections_refused: Counter<u64, AtomicU64>,
    /// Connections refused because their address had too many.
    pub connections_refused_address: Counter<u64, AtomicU64>,
    /// Connections closed because what was sent was not read in time.
    pub slow_readers: Counter<u64, AtomicU64>,
    /// Live streams open.
    pub streams: Gauge<i64, AtomicI64>,
    registry: Registry,
}

impl Metrics {
    /// Everything at zero.
    pub fn new() -> Arc<Self> {
        let mut registry = Registry::with_prefix("ithaca_relay");
        let (requests, records, record_bytes) = (Family::default(), Counter::default(), Counter::default());
        let (connections, connections_refused, streams) = (Gauge::default(), Counter::default(), Gauge::default());
        registry.register("requests", "Requests by route and status", Family::clone(&requests));
        registry.register("records", "Records taken in, new or held already", Counter::clone(&records));
        registry.register("record_bytes", "Bytes of records taken in", Counter::clone(&record_bytes));
        registry.register("connections", "Connections open", Gauge::clone(&connections));
        registry.register("connections_refused", "Connections refused for their number", Counter::clone(&connections_refused));
        let (connections_refused_address, slow_readers) = (Counter::default(), Counter::default());
        registry.register(
            "connections_refused_address",
            "Connections refused because their address had too many",
            Counter::clone(&connections_refused_address),
        );
        registry.register("slow_readers", "Connections closed because what was sent was not read in time", Counter::clone(&slow_readers));
        registry.register("streams", "Live streams open", Gauge::clone(&streams));
        Arc::new(Self {
            requests,
            records,
            record_bytes,
            connections,
            connections_refused,
            connections_refused_address,
            slow_readers,
            streams,
            registry,
        })
    }

    /// The text that a scraper reads.
    pub fn text(&self) -> String {
        let mut out = String::new();
        // Writing to a String cannot fail.
        let _ = prometheus_client::encoding::text::encode(&mut out, &self.registry);
        out
    }
}
