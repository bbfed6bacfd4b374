//! The network between two people and their relay, as slow as it was when the trace was written: what one has not seen yet does not come through,
//! though the relay has it. Everything goes over real HTTP.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use ithaca_core::transport::http::Http;
use ithaca_core::transport::{Answer, Call, CallError, LiveEvent, Reply, Transport};
use ithaca_wire::LaneId;
use ithaca_wire::live::Listen;
use ithaca_wire::record::Outer;

/// What went over the network.
#[derive(Debug, Clone, Copy, Default)]
pub struct Carried {
    /// Requests.
    pub calls: u64,
    /// Records pushed.
    pub records: u64,
    /// Their bytes.
    pub bytes: u64,
}

#[derive(Debug, Default)]
struct State {
    /// Highest number this person pushed of each lane.
    pushed: BTreeMap<LaneId, u64>,
    /// Up to where records of a lane come through to this person; `None`: all do.
    open: Option<BTreeMap<LaneId, u64>>,
    carried: Carried,
}

/// One person's way to the relay.
#[derive(Debug, Clone)]
pub struct Way {
    http: Http,
    state: Arc<Mutex<State>>,
}

impl Way {
    /// A way that lets everything through.
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn new() -> Result<Self, String> {
        Ok(Self { http: Http::new().ok_or("no HTTP client")?, state: Arc::default() })
    }

    fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What this person has pushed so far.
    pub fn pushed(&self) -> BTreeMap<LaneId, u64> {
        self.with(|s| s.pushed.clone())
    }

    /// Lets through what was pushed up to here, and nothing later; `None` lets everything through.
    pub fn open(&self, upto: Option<BTreeMap<LaneId, u64>>) {
        self.with(|s| s.open = upto);
    }

    /// What went over it.
    pub fn carried(&self) -> Carried {
        self.with(|s| s.carried)
    }
}

impl Transport for Way {
    fn call(&self, origin: &str, call: Call) -> Answer<'_, Result<Reply, CallError>> {
        let origin = origin.to_owned();
        Box::pin(async move {
            let mut own = Vec::new();
            if let Call::Sync(request) = &call {
                for bytes in request.mailboxes.iter().filter_map(|a| a.push.as_ref()).flatten() {
                    if let Ok(outer) = Outer::parse(bytes) {
                        own.push((outer.lane, outer.n, bytes.len() as u64));
                    }
                }
            }
            let mut reply = self.http.call(&origin, call).await?;
            self.with(|s| {
                s.carried.calls += 1;
                for (lane, n, bytes) in own {
                    let highest = s.pushed.entry(lane).or_default();
                    *highest = (*highest).max(n);
                    s.carried.records += 1;
                    s.carried.bytes += bytes;
                }
                if let (Some(open), Reply::Sync(response)) = (&s.open, &mut reply) {
                    for answer in &mut response.mailboxes {
                        let through = |bytes: &minicbor::bytes::ByteVec| {
                            Outer::parse(bytes)
                                .is_ok_and(|o| s.pushed.contains_key(&o.lane) || open.get(&o.lane).is_some_and(|n| o.n <= *n))
                        };
                        if let Some(records) = &mut answer.records {
                            records.retain(through);
                        }
                    }
                }
            });
            Ok(reply)
        })
    }

    fn listen(&self, origin: &str, listen: Listen, sink: tokio::sync::mpsc::Sender<(String, LiveEvent)>) -> Answer<'_, ()> {
        self.http.listen(origin, listen, sink)
    }
}
