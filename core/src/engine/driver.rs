//! The driver: makes the calls an engine asks for and brings the answers back, until it is settled or for as long as somebody watches.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;

use super::{Engine, EngineError, Input, Request};
use crate::sync::machine::Millis;
use crate::transport::{LiveEvent, Transport};

/// Where the time comes from: milliseconds since 1970.
pub type Now = Arc<dyn Fn() -> Millis + Send + Sync>;

/// Calls of one engine over one transport.
pub struct Driver {
    transport: Arc<dyn Transport>,
    now: Now,
    inputs: mpsc::Sender<Input>,
    arriving: mpsc::Receiver<Input>,
    streams: BTreeMap<String, tokio::task::JoinHandle<()>>,
    under_way: usize,
}

impl std::fmt::Debug for Driver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Driver({} calls under way)", self.under_way)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.streams.values().for_each(tokio::task::JoinHandle::abort);
    }
}

impl Driver {
    /// A driver inside a tokio runtime.
    pub fn new(transport: Arc<dyn Transport>, now: Now) -> Self {
        let (inputs, arriving) = mpsc::channel(64);
        Self { transport, now, inputs, arriving, streams: BTreeMap::new(), under_way: 0 }
    }

    /// Syncs once: everything that waits goes out, everything that is there comes in, what came is acknowledged. Gives up on a relay that cannot be
    /// reached; that is no error, what is written waits.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub async fn sync(&mut self, engine: &mut Engine) -> Result<(), EngineError> {
        self.give(engine, Input::Now)?;
        while self.under_way > 0 {
            self.step(engine, None).await?;
        }
        Ok(())
    }

    /// Takes in whatever comes next: an answer, a live event, or the time at which the engine wants to be woken. `false` when `until` came first.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub async fn step(&mut self, engine: &mut Engine, until: Option<Millis>) -> Result<bool, EngineError> {
        let now = (self.now)();
        let wake = engine.next_wake();
        let first = match (wake, until) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        let wait = first.map(|at| Duration::from_millis(u64::try_from(at - now).unwrap_or(0)));
        let input = match wait {
            Some(wait) => tokio::time::timeout(wait, self.arriving.recv()).await.ok().flatten(),
            None => self.arriving.recv().await,
        };
        match input {
            Some(input) => self.give(engine, input)?,
            None if until.is_some_and(|u| (self.now)() >= u) => return Ok(false),
            None => self.give(engine, Input::Tick)?,
        }
        Ok(true)
    }

    /// Gives the engine an input and starts the calls it asks for.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn give(&mut self, engine: &mut Engine, input: Input) -> Result<(), EngineError> {
        if matches!(input, Input::Done { .. }) {
            self.under_way = self.under_way.saturating_sub(1);
        }
        for request in engine.handle((self.now)(), input)? {
            self.start(request);
        }
        Ok(())
    }

    /// Whether a call is under way.
    pub fn is_idle(&self) -> bool {
        self.under_way == 0
    }

    fn start(&mut self, request: Request) {
        match request {
            Request::Call { ticket, origin, call } => {
                self.under_way += 1;
                let (transport, inputs) = (self.transport.clone(), self.inputs.clone());
                tokio::spawn(async move {
                    let result = transport.call(&origin, call).await;
                    // Nobody waits for it when the driver is gone.
                    let _ = inputs.send(Input::Done { ticket, result }).await;
                });
            }
            Request::Listen { origin, listen } => {
                let (transport, inputs) = (self.transport.clone(), self.inputs.clone());
                let at = origin.clone();
                let task = tokio::spawn(async move {
                    let (sink, mut heard) = mpsc::channel::<(String, LiveEvent)>(64);
                    let hear = transport.listen(&at, listen, sink);
                    let pass = async {
                        while let Some((origin, event)) = heard.recv().await {
                            if inputs.send(Input::Heard { origin, event }).await.is_err() {
                                break;
                            }
                        }
                    };
                    tokio::join!(hear, pass);
                });
                if let Some(before) = self.streams.insert(origin, task) {
                    before.abort();
                }
            }
            Request::StopListening { origin } => {
                if let Some(task) = self.streams.remove(&origin) {
                    task.abort();
                }
            }
        }
    }
}
