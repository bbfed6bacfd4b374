//! The log: what happened, never to whom. Only this crate's own lines pass, since libraries write headers and paths into theirs.

use std::io;

use tracing::level_filters::LevelFilter;
use tracing::{Level, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{Layer, Registry};

/// A subscriber that writes lines, or JSON, up to `level` to `writer`.
pub fn subscriber<W>(level: Level, json: bool, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let ours = Targets::new().with_target("ithaca_server", LevelFilter::from_level(level));
    let layer = tracing_subscriber::fmt::layer().with_writer(writer).with_ansi(false);
    let layer: Box<dyn Layer<Registry> + Send + Sync> =
        if json { layer.json().with_filter(ours).boxed() } else { layer.with_filter(ours).boxed() };
    Registry::default().with(layer)
}

/// Logs to standard error from now on.
///
/// # Errors
/// Somebody logs already.
pub fn begin(level: Level, json: bool) -> io::Result<()> {
    tracing::subscriber::set_global_default(subscriber(level, json, io::stderr)).map_err(io::Error::other)
}
