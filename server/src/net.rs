//! Connections: accepting them, TLS, the limits on how many and how slow, and ending without losing what is in flight.

use std::future::{Future, poll_fn};
use std::io;
use std::path::Path;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use axum::body::Body;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use ithaca_wire::cbor;
use ithaca_wire::error::Code;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tower::Service;

use crate::http::{Peer, Relay, router};
use crate::peers::{Peers, Timed};
use crate::refuse::Refuse;

/// Reads a certificate chain and its key, and speaks HTTP/2 where it is wanted.
///
/// # Errors
/// Files that cannot be read, or do not belong together.
pub fn tls(certificate: &Path, key: &Path) -> io::Result<TlsAcceptor> {
    let wrong = |what: &str, e: &dyn std::fmt::Display| io::Error::other(format!("{what} cannot be used: {e}"));
    let chain: Result<Vec<_>, _> = CertificateDer::pem_file_iter(certificate).and_then(Iterator::collect);
    let chain = chain.map_err(|e| wrong("the TLS certificate", &e))?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(|e| wrong("the TLS key", &e))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|b| b.with_no_client_auth().with_single_cert(chain, key))
        .map_err(|e| wrong("the TLS certificate and key", &e))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// The least that hyper takes; bodies are read through it piece by piece.
const BUFFER: usize = 8192;

/// The first bytes of HTTP/2, as far as no HTTP/1 method shares them.
const PRIOR_KNOWLEDGE: &[u8] = b"PRI";

/// How each version is served. A connection holds the state of its version only, which keeps idle ones small.
struct Builders {
    one: http1::Builder,
    two: http2::Builder<TokioExecutor>,
    either: auto::Builder<TokioExecutor>,
    header_timeout: Duration,
}

impl Builders {
    fn new(header_timeout: Duration) -> Self {
        let mut one = http1::Builder::new();
        one.timer(TokioTimer::new()).header_read_timeout(header_timeout).max_buf_size(BUFFER);
        let mut two = http2::Builder::new(TokioExecutor::new());
        two.timer(TokioTimer::new())
            .keep_alive_interval(Duration::from_secs(30))
            .keep_alive_timeout(Duration::from_secs(20))
            .max_concurrent_streams(64)
            .max_header_list_size(16 << 10)
            .max_send_buf_size(64 << 10);
        let mut either = auto::Builder::new(TokioExecutor::new());
        either.http1().timer(TokioTimer::new()).header_read_timeout(header_timeout).max_buf_size(BUFFER);
        either.http2().timer(TokioTimer::new()).max_concurrent_streams(64).max_header_list_size(16 << 10);
        Self { one, two, either, header_timeout }
    }
}

/// What is known of a connection before it is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    One,
    Two,
    Unknown,
}

/// Looks at the first bytes without taking them.
async fn version(stream: &TcpStream) -> io::Result<Version> {
    let mut first = [0; PRIOR_KNOWLEDGE.len()];
    let n = stream.peek(&mut first).await?;
    let seen = first.get(..n).unwrap_or_default();
    Ok(match seen {
        _ if seen == PRIOR_KNOWLEDGE => Version::Two,
        // Too little to tell; whoever sends single bytes gets the state of both.
        _ if PRIOR_KNOWLEDGE.starts_with(seen) => Version::Unknown,
        _ => Version::One,
    })
}

/// Serves until `shutdown`, then finishes the requests in flight, within the time that the configuration gives them.
///
/// # Errors
/// Only that the listener failed for good.
pub async fn serve(listener: TcpListener, relay: Relay, tls: Option<TlsAcceptor>, shutdown: impl Future<Output = ()>) -> io::Result<()> {
    let app = router(relay.clone());
    let builders = Arc::new(Builders::new(relay.config().header_timeout));
    let peers = Peers::new(if relay.config().behind_proxy { usize::MAX } else { relay.config().connections_per_address });
    let write_timeout = relay.config().write_timeout;
    let (stop, stopping) = watch::channel(());
    let (alive, mut ended) = mpsc::channel::<()>(1);
    let mut shutdown = pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut shutdown => break,
        };
        let Ok((stream, address)) = accepted else {
            // Out of file descriptors, or gone before it was accepted; the next may do better after a moment.
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        let metrics = Arc::clone(relay.metrics());
        if metrics.connections.get() >= i64::try_from(relay.config().connections).unwrap_or(i64::MAX) {
            metrics.connections_refused.inc();
            refuse(stream, Refuse::new(Code::TooManyConnections, relay.config()), tls.is_some());
            continue;
        }
        let Some(place) = peers.enter(address.ip()) else {
            metrics.connections_refused_address.inc();
            refuse(stream, Refuse::from_one_address(relay.config()), tls.is_some());
            continue;
        };
        metrics.connections.inc();
        // Small answers go out at once.
        let _ = stream.set_nodelay(true);
        let (app, builders, tls, stopping, alive) = (app.clone(), Arc::clone(&builders), tls.clone(), stopping.clone(), alive.clone());
        tokio::spawn(async move {
            let peer = Peer(address);
            // Boxed, so that what only the beginning needs is gone once requests are served.
            match Box::pin(begin(stream, tls, builders.header_timeout)).await {
                Some(Begun::Clear(stream, version)) => {
                    let stream = Timed::new(stream, write_timeout, Arc::clone(&metrics));
                    connection(stream, version, peer, app, builders, stopping).await;
                }
                Some(Begun::Secure(stream, version)) => {
                    let stream = Timed::new(*stream, write_timeout, Arc::clone(&metrics));
                    connection(stream, version, peer, app, builders, stopping).await;
                }
                None => {}
            }
            metrics.connections.dec();
            drop(place);
            drop(alive);
        });
    }
    drop(listener);
    relay.hub().close();
    drop(stop);
    drop(alive);
    // Nothing is ever sent: it ends when the last connection does.
    if tokio::time::timeout(relay.config().drain, ended.recv()).await.is_err() {
        tracing::warn!("connections were still open when the time to drain was over");
    }
    Ok(())
}

enum Begun {
    Clear(TcpStream, Version),
    Secure(Box<TlsStream<TcpStream>>, Version),
}

/// Shakes hands, or waits for the first byte; `None` for whoever does not come to it in time.
async fn begin(stream: TcpStream, tls: Option<TlsAcceptor>, within: Duration) -> Option<Begun> {
    let begun = async {
        let Some(tls) = tls else {
            let version = version(&stream).await?;
            return Ok::<_, io::Error>(Begun::Clear(stream, version));
        };
        let stream = tls.accept(stream).await?;
        let two = stream.get_ref().1.alpn_protocol() == Some(b"h2");
        Ok(Begun::Secure(Box::new(stream), if two { Version::Two } else { Version::One }))
    };
    tokio::time::timeout(within, begun).await.ok()?.ok()
}

fn connection<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    stream: S,
    version: Version,
    peer: Peer,
    app: axum::Router,
    builders: Arc<Builders>,
    stopping: watch::Receiver<()>,
) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    let asked = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&asked);
    let service = service_fn(move |mut request: Request<Incoming>| {
        seen.store(true, Ordering::Relaxed);
        request.extensions_mut().insert(peer);
        app.clone().call(request.map(Body::new))
    });
    let (io, within) = (TokioIo::new(stream), builders.header_timeout);
    match version {
        Version::One => Box::pin(drive(builders.one.serve_connection(io, service), |c| c.graceful_shutdown(), asked, within, stopping)),
        Version::Two => Box::pin(drive(builders.two.serve_connection(io, service), |c| c.graceful_shutdown(), asked, within, stopping)),
        Version::Unknown => {
            let connection = builders.either.serve_connection(io, service).into_owned();
            Box::pin(drive(connection, |c| c.graceful_shutdown(), asked, within, stopping))
        }
    }
}

/// Runs a connection to its end, or shows it out: without a request in time, or when the relay stops and nothing is in flight.
async fn drive<C: Future>(
    connection: C,
    shut: fn(Pin<&mut C>),
    asked: Arc<AtomicBool>,
    within: Duration,
    mut stopping: watch::Receiver<()>,
) {
    let mut connection = pin!(connection);
    // hyper's own time-out does not know of a version that is never said, or a preface without a request.
    let mut silent = Some(Box::pin(tokio::time::sleep(within)));
    let mut closing = false;
    loop {
        let served = poll_fn(|cx| {
            // How a connection ended is its client's affair.
            if connection.as_mut().poll(cx).is_ready() {
                return Poll::Ready(());
            }
            if asked.load(Ordering::Relaxed) {
                silent = None;
            }
            silent.as_mut().map_or(Poll::Pending, |silent| silent.as_mut().poll(cx))
        });
        tokio::select! {
            () = served => return,
            _ = stopping.changed(), if !closing => {
                closing = true;
                shut(connection.as_mut());
            }
        }
    }
}

/// Tells one connection too many why, if that can be done without a handshake and without waiting.
fn refuse(mut stream: TcpStream, Refuse(refusal): Refuse, tls: bool) {
    if tls {
        return;
    }
    let body = cbor::encode(&refusal);
    let mut answer = format!(
        "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/cbor\r\nretry-after: {}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        refusal.retry_after.unwrap_or(5),
        body.len()
    )
    .into_bytes();
    answer.extend(body);
    tokio::spawn(async move {
        let told = async {
            stream.write_all(&answer).await?;
            stream.shutdown().await?;
            // What was asked is read away, else closing would take the answer back.
            tokio::io::copy(&mut stream, &mut tokio::io::sink()).await
        };
        // One that does not listen is dropped.
        drop(tokio::time::timeout(Duration::from_secs(1), told).await);
    });
}

/// Serves metrics, and nothing else, until `shutdown`.
///
/// # Errors
/// Only that the listener failed for good.
pub async fn serve_metrics(listener: TcpListener, relay: Relay, shutdown: impl Future<Output = ()> + Send + 'static) -> io::Result<()> {
    let text = move || async move {
        relay.metrics().streams.set(i64::try_from(relay.hub().clients()).unwrap_or(i64::MAX));
        ([("content-type", "application/openmetrics-text; version=1.0.0; charset=utf-8")], relay.metrics().text())
    };
    let app = axum::Router::new().route("/metrics", axum::routing::get(text));
    axum::serve(listener, app).with_graceful_shutdown(shutdown).await
}
