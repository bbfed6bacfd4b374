//! The routes: what HTTP asks of a relay.

mod mailboxes;
mod objects;
mod pages;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::body::{Body, HttpBody};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post, put};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use ithaca_wire::error::Code;
use ithaca_wire::live::Listen;
use ithaca_wire::{MailboxId, Token, WireError, cbor, exchange, limits};

use crate::accounts;
use crate::config::{Config, Sources};
use crate::exchange::answer;
use crate::live::Hub;
use crate::metrics::{Metrics, Route};
use crate::rate::Rates;
use crate::refuse::{CBOR, Refuse};
use crate::store::{Backend, Key, Millis, StoreError};

/// One relay, as its routes see it.
#[derive(Clone)]
pub struct Relay(Arc<Inner>);

struct Inner {
    config: Config,
    sources: Sources,
    store: Arc<dyn Backend>,
    hub: Arc<Hub>,
    metrics: Arc<Metrics>,
    rates: Rates,
}

impl Relay {
    /// A relay over a store that publishes to `hub`.
    pub fn new(config: Config, sources: Sources, store: Arc<dyn Backend>, hub: Arc<Hub>) -> Self {
        let rates = Rates::new(config.requests_per_second, config.burst);
        Self(Arc::new(Inner { config, sources, store, hub, metrics: Metrics::new(), rates }))
    }

    /// Its configuration.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// What it counts.
    pub fn metrics(&self) -> &Arc<Metrics> {
        &self.0.metrics
    }

    /// Its store.
    pub fn store(&self) -> &Arc<dyn Backend> {
        &self.0.store
    }

    /// Its live streams.
    pub fn hub(&self) -> &Arc<Hub> {
        &self.0.hub
    }

    /// The time as it believes.
    pub fn now(&self) -> Millis {
        (self.0.sources.clock)()
    }

    fn entropy(&self, out: &mut [u8]) -> bool {
        (self.0.sources.entropy)(out)
    }

    fn refuse(&self, code: Code) -> Refuse {
        Refuse::new(code, self.config())
    }

    fn store_error(&self, error: &StoreError) -> Refuse {
        Refuse::store(error, self.config())
    }

    fn wire_error(&self, error: &WireError) -> Refuse {
        Refuse::wire(error, self.config())
    }

    /// Reads from the store without holding up other requests.
    async fn reading<T: Send + 'static>(
        &self,
        f: impl FnOnce(&dyn Backend) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Refuse> {
        let store = Arc::clone(&self.0.store);
        let read = tokio::task::spawn_blocking(move || f(&*store)).await;
        read.map_err(|_| self.refuse(Code::Internal))?.map_err(|e| self.store_error(&e))
    }

    /// The whole body, within limits of size and time.
    async fn body(&self, body: Body) -> Result<Bytes, Refuse> {
        let limit = self.config().request_bytes;
        if body.size_hint().lower() > limit as u64 {
            return Err(self.refuse(Code::RequestTooLarge));
        }
        let read = tokio::time::timeout(self.config().body_timeout, collect(body, limit)).await;
        match read {
            Ok(Ok(bytes)) => Ok(bytes),
            Ok(Err(Unread::TooLarge)) => Err(self.refuse(Code::RequestTooLarge)),
            Ok(Err(Unread::Broken)) | Err(_) => Err(self.refuse(Code::Malformed)),
        }
    }

    /// The account whose secret comes as `Authorization: Bearer <hex>`; `None` without the header.
    async fn account(&self, headers: &HeaderMap) -> Result<Option<crate::store::AccountId>, Refuse> {
        let Some(value) = headers.get(header::AUTHORIZATION) else { return Ok(None) };
        let hex = value.to_str().ok().and_then(|v| v.strip_prefix("Bearer ")).unwrap_or_default();
        let mut secret = [0; 32];
        hex::decode_to_slice(hex.trim(), &mut secret).map_err(|_| self.refuse(Code::NoAccount))?;
        let id = accounts::id(&secret);
        self.reading(move |store| accounts::check(store, id)).await.map(Some)
    }

    /// The key of a mailbox whose token comes as `x-ithaca-token: <hex>`. Without one it opens nothing.
    fn key(&self, mailbox: MailboxId, headers: &HeaderMap) -> Result<Key, Refuse> {
        let mut token = [0; 32];
        let hex = headers.get("x-ithaca-token").and_then(|v| v.to_str().ok()).unwrap_or_default();
        hex::decode_to_slice(hex, &mut token).map_err(|_| self.refuse(Code::NoMailbox))?;
        Ok(Key { mailbox, token: Token(token).hash() })
    }
}

enum Unread {
    TooLarge,
    Broken,
}

async fn collect(mut body: Body, limit: usize) -> Result<Bytes, Unread> {
    let mut first = Bytes::new();
    let mut all = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Unread::Broken)?.into_data() else { continue };
        if first.len() + all.len() + data.len() > limit {
            return Err(Unread::TooLarge);
        }
        if first.is_empty() && all.is_empty() {
            // Most bodies come in one piece, which is then never copied.
            first = data;
        } else {
            all.extend_from_slice(&std::mem::take(&mut first));
            all.extend_from_slice(&data);
        }
    }
    Ok(if all.is_empty() { first } else { all.freeze() })
}

/// The address that a request came from, put there by whoever accepted the connection.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);

/// Every route of a relay.
pub fn router(relay: Relay) -> axum::Router {
    let object = put(objects::put).get(objects::get).head(objects::head);
    axum::Router::new()
        .route("/v1/sync", post(sync))
        .route("/v1/live", post(live))
        .route("/v1/mailboxes/{mailbox}", put(mailboxes::make).merge(delete(mailboxes::erase)))
        .route("/v1/mailboxes/{mailbox}/next", post(mailboxes::next))
        .route("/v1/mailboxes/{mailbox}/objects/{hash}", object)
        .route("/v1/vouchers", post(mailboxes::voucher))
        .route("/i", get(pages::invitation))
        .layer(axum::middleware::from_fn_with_state(relay.clone(), watch))
        .route("/healthz", get(pages::health))
        .route("/readyz", get(pages::ready))
        .with_state(relay)
}

/// Holds addresses to their rate, and counts.
async fn watch(State(relay): State<Relay>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("none", |p| pattern(p.as_str()));
    let response = match address(&relay, &request).map_or(Ok(()), |a| relay.0.rates.take(a, relay.now())) {
        Ok(()) => next.run(request).await,
        Err(seconds) => {
            let mut refuse = relay.refuse(Code::TooManyRequests);
            refuse.0.retry_after = Some(seconds);
            refuse.into_response()
        }
    };
    let status = response.status().as_u16();
    relay.metrics().requests.get_or_create(&Route { route, status }).inc();
    tracing::debug!(route, status, "answered");
    response
}

/// The pattern as it stands in this program, so that nothing of a request can reach a label or a log.
fn pattern(path: &str) -> &'static str {
    let known = ["/v1/sync", "/v1/live", "/v1/mailboxes/{mailbox}", "/v1/mailboxes/{mailbox}/next"];
    let more = ["/v1/mailboxes/{mailbox}/objects/{hash}", "/v1/vouchers", "/i"];
    known.into_iter().chain(more).find(|p| *p == path).unwrap_or("none")
}

fn address(relay: &Relay, request: &Request) -> Option<IpAddr> {
    let peer = request.extensions().get::<Peer>().map(|p| p.0.ip());
    if !relay.config().behind_proxy {
        return peer;
    }
    let forwarded = request.headers().get_all("x-forwarded-for").iter().next_back().and_then(|v| v.to_str().ok());
    forwarded.and_then(|v| v.rsplit(',').next()?.trim().parse().ok()).or(peer)
}

/// The connection that a request came over, if it is one device's alone: a proxy's connections are everybody's.
fn line(relay: &Relay, request: &Request) -> Option<SocketAddr> {
    request.extensions().get::<Peer>().map(|p| p.0).filter(|_| !relay.config().behind_proxy)
}

async fn sync(State(relay): State<Relay>, request: Request) -> Result<Response, Refuse> {
    let line = line(&relay, &request).filter(|_| relay.hub().clients() > 0);
    let body = relay.body(request.into_body()).await?;
    let request: exchange::Request = cbor::decode("request", &body).map_err(|e| relay.wire_error(&e))?;
    drop(body);
    request.check().map_err(|e| relay.wire_error(&e))?;
    // Only an answer with a digest tells a device what its stream then need not; and only a record that comes alone is told whole.
    let alone = request.mailboxes.iter().filter(|a| a.digest.is_some() || a.vector.is_some()).filter_map(|a| match a.push.as_deref() {
        Some([record]) => Some(ithaca_wire::record::hash(record)),
        _ => None,
    });
    let alone: Vec<_> = alone.collect();
    let line = line.filter(|_| !alone.is_empty());
    if let Some(line) = line {
        relay.hub().pushing(line, alone);
    }
    let answered = answer(relay.store(), relay.config(), request, relay.now()).await;
    if let (Some(line), Err(_)) = (line, &answered) {
        relay.hub().not_pushed(line);
    }
    let (response, taken) = answered.map_err(|e| relay.store_error(&e))?;
    relay.metrics().records.inc_by(taken.records);
    relay.metrics().record_bytes.inc_by(taken.bytes);
    Ok(cbor_response(&response))
}

fn cbor_response<T: minicbor::Encode<()>>(value: &T) -> Response {
    let mut response = Response::new(Body::from(cbor::encode(value)));
    response.headers_mut().insert(header::CONTENT_TYPE, CBOR);
    response
}

async fn live(State(relay): State<Relay>, request: Request) -> Result<Response, Refuse> {
    let line = line(&relay, &request);
    let body = relay.body(request.into_body()).await?;
    let listen: Listen = cbor::decode("listen", &body).map_err(|e| relay.wire_error(&e))?;
    drop(body);
    if listen.version != exchange::VERSION {
        return Err(relay.refuse(Code::Version));
    }
    if listen.mailboxes.len() > limits::MAILBOXES_ASKED {
        return Err(relay.refuse(Code::TooManyAsked));
    }
    if relay.hub().clients() >= relay.config().streams {
        return Err(relay.refuse(Code::TooManyConnections));
    }
    // Heard first and read then, so that nothing falls between.
    let stream = relay.hub().hear(listen.mailboxes.iter().map(|m| m.0).collect(), line, relay.config().heartbeat);
    for (mailbox, token) in listen.mailboxes {
        let key = Key { mailbox, token: token.hash() };
        match relay.store().heads(key, relay.now()).await {
            Ok(heads) => stream.know(mailbox, Some(heads.digest())),
            Err(StoreError::Refused(_)) => stream.know(mailbox, None),
            Err(error) => return Err(relay.store_error(&error)),
        }
    }
    let mut response = Response::new(Body::new(stream));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // A proxy that collects the stream before passing it on would make it silent.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

/// The method of a request, for those who share a handler.
fn is_head(method: &Method) -> bool {
    method == Method::HEAD
}
