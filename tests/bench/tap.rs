//! A tap: a TCP proxy on loopback that counts the bytes of either direction, headers and all.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ithaca_core::transport::{Answer, Call, CallError, LiveEvent, Reply, Transport};
use ithaca_wire::cbor;
use ithaca_wire::live::Listen;

use crate::{Done, words};

/// Bytes counted so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counted {
    /// From the device.
    pub up: u64,
    /// To the device.
    pub down: u64,
}

impl std::ops::Sub for Counted {
    type Output = Counted;

    fn sub(self, before: Counted) -> Counted {
        Counted { up: self.up - before.up, down: self.down - before.down }
    }
}

impl Counted {
    /// Both directions.
    pub fn all(self) -> f64 {
        (self.up + self.down) as f64
    }
}

/// The proxy; it stays until the program ends.
#[derive(Debug, Clone)]
pub struct Tap {
    /// Where it listens.
    pub origin: String,
    up: Arc<AtomicU64>,
    down: Arc<AtomicU64>,
}

impl Tap {
    /// Begins to pass everything on to the relay at `origin`.
    pub fn new(origin: &str) -> Done<Self> {
        let to = origin.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").map_err(words)?;
        let tap = Self { origin: format!("http://{}", listener.local_addr().map_err(words)?), up: Arc::default(), down: Arc::default() };
        let (up, down) = (tap.up.clone(), tap.down.clone());
        std::thread::spawn(move || {
            for device in listener.incoming().flatten() {
                let Ok(relay) = TcpStream::connect(&to) else { continue };
                let (Ok(device2), Ok(relay2)) = (device.try_clone(), relay.try_clone()) else { continue };
                // A proxy that waits to fill its segments would measure its own waiting.
                drop((device.set_nodelay(true), relay.set_nodelay(true)));
                let (up, down) = (up.clone(), down.clone());
                std::thread::spawn(move || pass(device, relay, &up));
                std::thread::spawn(move || pass(relay2, device2, &down));
            }
        });
        Ok(tap)
    }

    /// What went through so far.
    pub fn counted(&self) -> Counted {
        Counted { up: self.up.load(Ordering::SeqCst), down: self.down.load(Ordering::SeqCst) }
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, count: &AtomicU64) {
    let mut buffer = [0; 64 * 1024];
    while let Ok(n @ 1..) = from.read(&mut buffer) {
        count.fetch_add(n as u64, Ordering::SeqCst);
        if to.write_all(buffer.get(..n).unwrap_or_default()).is_err() {
            break;
        }
    }
    drop(to.shutdown(Shutdown::Write));
}

/// A way to a relay that goes through another address than the one its mailboxes are derived from, and counts bodies and calls.
pub struct Via<T> {
    inner: T,
    through: Option<String>,
    bodies: Arc<Bodies>,
}

/// Bodies counted so far.
#[derive(Debug, Default)]
pub struct Bodies {
    up: AtomicU64,
    down: AtomicU64,
    calls: AtomicU64,
    records: AtomicU64,
    record_bytes: AtomicU64,
}

impl Bodies {
    /// Bytes of either direction, and calls.
    pub fn counted(&self) -> (Counted, u64) {
        let counted = Counted { up: self.up.load(Ordering::SeqCst), down: self.down.load(Ordering::SeqCst) };
        (counted, self.calls.load(Ordering::SeqCst))
    }

    /// Records pushed, and their bytes.
    pub fn pushed(&self) -> (u64, u64) {
        (self.records.load(Ordering::SeqCst), self.record_bytes.load(Ordering::SeqCst))
    }
}

impl<T: Transport> Via<T> {
    /// `through` an address, or straight.
    pub fn new(inner: T, through: Option<String>) -> Self {
        Self { inner, through, bodies: Arc::default() }
    }

    /// Its counters.
    pub fn bodies(&self) -> Arc<Bodies> {
        self.bodies.clone()
    }
}

impl<T: Transport> Transport for Via<T> {
    fn call(&self, origin: &str, call: Call) -> Answer<'_, Result<Reply, CallError>> {
        let to = self.through.clone().unwrap_or_else(|| origin.to_owned());
        Box::pin(async move {
            let add = |count: &AtomicU64, n: usize| count.fetch_add(n as u64, Ordering::SeqCst);
            add(&self.bodies.calls, 1);
            if let Call::Sync(request) = &call {
                add(&self.bodies.up, cbor::encode(request).len());
                for record in request.mailboxes.iter().filter_map(|m| m.push.as_ref()).flatten() {
                    add(&self.bodies.records, 1);
                    add(&self.bodies.record_bytes, record.len());
                }
            }
            let reply = self.inner.call(&to, call).await?;
            if let Reply::Sync(response) = &reply {
                add(&self.bodies.down, cbor::encode(response).len());
            }
            Ok(reply)
        })
    }

    fn listen(&self, origin: &str, listen: Listen, sink: tokio::sync::mpsc::Sender<(String, LiveEvent)>) -> Answer<'_, ()> {
        let (as_known, to) = (origin.to_owned(), self.through.clone().unwrap_or_else(|| origin.to_owned()));
        Box::pin(async move {
            let (inner, mut heard) = tokio::sync::mpsc::channel(64);
            let hear = self.inner.listen(&to, listen, inner);
            let pass = async {
                while let Some((_, event)) = heard.recv().await {
                    if sink.send((as_known.clone(), event)).await.is_err() {
                        break;
                    }
                }
            };
            tokio::join!(hear, pass);
        })
    }
}
