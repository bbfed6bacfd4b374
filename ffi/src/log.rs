//! The log: what the core notes for developers goes to a sink of the app. It holds no words of a person.

use std::fmt::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Once, PoisonError};

use tracing::field::{Field, Visit};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};

use crate::error::{Done, internal};
use crate::listener::Hub;
use crate::platform::CallbackError;

/// How grave a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum LogLevel {
    /// Something failed.
    Error,
    /// Something was not as expected.
    Warning,
    /// Something happened.
    Info,
}

/// Where log lines go. Called on a thread of ours.
#[uniffi::export(foreign)]
pub trait LogSink: Send + Sync {
    /// One line.
    ///
    /// # Errors
    /// See [`CallbackError`]; the line is lost then.
    fn log(&self, level: LogLevel, place: String, line: String) -> Result<(), CallbackError>;
}

/// So many lines wait for a slow sink; further ones are dropped.
const WAITING: usize = 512;

struct Target {
    sink: Arc<dyn LogSink>,
    hub: Arc<Hub>,
}

static TARGET: Mutex<Option<Target>> = Mutex::new(None);
static WAIT: AtomicUsize = AtomicUsize::new(0);
static ONCE: Once = Once::new();

/// Sends log lines of this process to `sink` from now on, in place of any other; `None` ends it.
///
/// # Errors
/// `Internal` where no thread can be started.
#[uniffi::export]
pub fn set_log_sink(sink: Option<Arc<dyn LogSink>>) -> Done {
    let target = match sink {
        Some(sink) => Some(Target { sink, hub: Hub::new().map_err(|e| internal(e.kind()))? }),
        None => None,
    };
    // The one before is dropped after the lock was let go: dropping calls into the platform.
    let before = std::mem::replace(&mut *TARGET.lock().unwrap_or_else(PoisonError::into_inner), target);
    drop(before);
    ONCE.call_once(|| {
        // Where another library of the process listens already, ours stays silent.
        let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry().with(Forward));
    });
    Ok(())
}

/// A line on its way.
pub(crate) struct LogLine {
    sink: Arc<dyn LogSink>,
    level: LogLevel,
    place: String,
    line: String,
}

impl LogLine {
    pub(crate) fn deliver(self) {
        WAIT.fetch_sub(1, Ordering::Relaxed);
        let Self { sink, level, place, line } = self;
        // A sink that fails has nobody to tell.
        let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| sink.log(level, place, line)));
    }
}

struct Forward;

impl<S: tracing::Subscriber> Layer<S> for Forward {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        let meta = event.metadata();
        let level = match *meta.level() {
            tracing::Level::ERROR => LogLevel::Error,
            tracing::Level::WARN => LogLevel::Warning,
            tracing::Level::INFO => LogLevel::Info,
            _ => return,
        };
        // Other libraries may log addresses and headers; only what we wrote ourselves is known to be harmless.
        if !meta.target().starts_with("ithaca") {
            return;
        }
        let mut words = Words(String::new());
        event.record(&mut words);
        let target = TARGET.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(target) = target.as_ref() else { return };
        if WAIT.fetch_add(1, Ordering::Relaxed) >= WAITING {
            WAIT.fetch_sub(1, Ordering::Relaxed);
            return;
        }
        target.hub.log(LogLine { sink: target.sink.clone(), level, place: meta.target().to_owned(), line: words.0 });
    }
}

struct Words(String);

impl Visit for Words {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let space = if self.0.is_empty() { "" } else { " " };
        // Writing into a String cannot fail.
        let _ = match field.name() {
            "message" => write!(self.0, "{space}{value:?}"),
            name => write!(self.0, "{space}{name}={value:?}"),
        };
    }
}
