//! Objects: sealed snapshots and attachments, put in parts and read in ranges.
//!
//! `PUT` takes a part with `Content-Range: bytes a-b/total` (without it, the whole); every answer tells in `x-ithaca-held` how many bytes
//! are held from the start, and so where to go on. An object can be read once it is whole and its hash was checked.

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use ithaca_wire::MailboxId;
use ithaca_wire::error::{Code, Refusal};
use sha2::{Digest, Sha256};

use super::mailboxes::named;
use super::{Relay, is_head};
use crate::refuse::Refuse;
use crate::store::{Backend, ObjectState, Part, StoreError};

/// Bytes read from the store at once.
const CHUNK: u64 = 256 << 10;
/// How much of an object is held.
const HELD: &str = "x-ithaca-held";

fn hash_named(relay: &Relay, hex: &str) -> Result<[u8; 32], Refuse> {
    let mut hash = [0; 32];
    hex::decode_to_slice(hex, &mut hash).map_err(|_| relay.refuse(Code::NoObject))?;
    Ok(hash)
}

/// `bytes a-b/total`, as (start, end after the last, total).
fn content_range(value: &HeaderValue) -> Option<(u64, u64, u64)> {
    let (range, total) = value.to_str().ok()?.strip_prefix("bytes ")?.split_once('/')?;
    let (a, b) = range.split_once('-')?;
    Some((a.parse().ok()?, b.parse::<u64>().ok()?.checked_add(1)?, total.parse().ok()?))
}

/// `bytes=a-` or `bytes=a-b`, within `total`, as (start, end after the last).
fn range(value: &HeaderValue, total: u64) -> Option<(u64, u64)> {
    let (a, b) = value.to_str().ok()?.strip_prefix("bytes=")?.split_once('-')?;
    let start = a.parse().ok()?;
    let end = if b.is_empty() { total } else { b.parse::<u64>().ok()?.checked_add(1)?.min(total) };
    (start < end).then_some((start, end))
}

pub(super) async fn put(
    State(relay): State<Relay>,
    Path((mailbox, hash)): Path<(String, String)>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Refuse> {
    let key = relay.key(named(&relay, &mailbox)?, &headers)?;
    let hash = hash_named(&relay, &hash)?;
    // Before the body is read: a stranger sends nothing.
    relay.store().heads(key, relay.now()).await.map_err(|e| relay.store_error(&e))?;
    let bytes = relay.body(request.into_body()).await?;
    let len = bytes.len() as u64;
    let (start, end, total) = match headers.get(header::CONTENT_RANGE) {
        None => (0, len, len),
        Some(value) => content_range(value).ok_or_else(|| relay.refuse(Code::Malformed))?,
    };
    let most = relay.config().store.object_bytes;
    if total > most {
        let reason = format!("an object has more than {most} bytes");
        return Err(Refuse(Refusal { code: Code::RequestTooLarge, reason, retry_after: None }));
    }
    if total == 0 || end.checked_sub(start) != Some(len) {
        return Err(relay.refuse(Code::Malformed));
    }
    let part = Part { hash, total, start, bytes };
    let mut state = relay.store().object_put(key, part, relay.now()).await.map_err(|e| relay.store_error(&e))?;
    if state.held == state.total && !state.whole {
        let good = relay.reading(move |store| verify(store, key.mailbox, hash)).await?;
        relay.store().object_seal(key, hash, good, relay.now()).await.map_err(|e| relay.store_error(&e))?;
        if !good {
            return Err(relay.refuse(Code::ObjectMismatch));
        }
        state.whole = true;
    }
    if start > state.held {
        let reason = "the part starts past what is held; go on from x-ithaca-held".into();
        let mut response = Refuse(Refusal { code: Code::Malformed, reason, retry_after: None }).into_response();
        *response.status_mut() = StatusCode::RANGE_NOT_SATISFIABLE;
        response.headers_mut().insert(HELD, HeaderValue::from(state.held));
        return Ok(response);
    }
    let status = if state.whole { StatusCode::CREATED } else { StatusCode::ACCEPTED };
    Ok((status, [(HELD, HeaderValue::from(state.held))]).into_response())
}

fn verify(store: &dyn Backend, mailbox: MailboxId, hash: [u8; 32]) -> Result<bool, StoreError> {
    let mut sha = Sha256::new();
    let mut at = 0;
    loop {
        let bytes = store.object_read(mailbox, hash, at, CHUNK)?;
        if bytes.is_empty() {
            return Ok(<[u8; 32]>::from(sha.finalize()) == hash);
        }
        at += bytes.len() as u64;
        sha.update(&bytes);
    }
}

/// What is held, once the key was found to open the mailbox.
async fn look(relay: &Relay, mailbox: &str, hash: &str, headers: &HeaderMap) -> Result<(MailboxId, [u8; 32], ObjectState), Refuse> {
    let key = relay.key(named(relay, mailbox)?, headers)?;
    let hash = hash_named(relay, hash)?;
    relay.store().heads(key, relay.now()).await.map_err(|e| relay.store_error(&e))?;
    let state = relay.reading(move |store| store.object(key.mailbox, hash)).await?;
    Ok((key.mailbox, hash, state.ok_or_else(|| relay.refuse(Code::NoObject))?))
}

pub(super) async fn head(
    State(relay): State<Relay>,
    Path((mailbox, hash)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Refuse> {
    let (_, _, state) = look(&relay, &mailbox, &hash, &headers).await?;
    let held = [(HELD, HeaderValue::from(state.held))];
    if !state.whole {
        return Ok((StatusCode::ACCEPTED, held).into_response());
    }
    Ok((StatusCode::OK, held, [(header::CONTENT_LENGTH, HeaderValue::from(state.total))]).into_response())
}

pub(super) async fn get(
    State(relay): State<Relay>,
    Path((mailbox, hash)): Path<(String, String)>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Refuse> {
    let (mailbox, hash, state) = look(&relay, &mailbox, &hash, &headers).await?;
    if !state.whole || is_head(&method) {
        return Err(relay.refuse(Code::NoObject));
    }
    let asked = headers.get(header::RANGE);
    let (start, end) = match asked {
        None => (0, state.total),
        Some(value) => match range(value, state.total) {
            Some(range) => range,
            None => {
                let unsatisfied = HeaderValue::from_str(&format!("bytes */{}", state.total)).ok();
                let mut response = relay.refuse(Code::Malformed).into_response();
                *response.status_mut() = StatusCode::RANGE_NOT_SATISFIABLE;
                response.headers_mut().extend(unsatisfied.map(|v| (header::CONTENT_RANGE, v)));
                return Ok(response);
            }
        },
    };
    let parts = futures_util::stream::try_unfold((relay, start), move |(relay, at)| async move {
        if at >= end {
            return Ok(None);
        }
        let read = relay.reading(move |store| store.object_read(mailbox, hash, at, CHUNK.min(end - at))).await;
        match read {
            Ok(bytes) if !bytes.is_empty() => {
                let next = at + bytes.len() as u64;
                Ok(Some((bytes::Bytes::from(bytes), (relay, next))))
            }
            // Erased or down meanwhile: the answer ends short of its stated length, which its reader notices.
            _ => Err(std::io::Error::other("the object ended early")),
        }
    });
    let mut response = Response::new(Body::from_stream(parts));
    let out = response.headers_mut();
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    out.insert(header::CONTENT_LENGTH, HeaderValue::from(end - start));
    if asked.is_some() {
        out.extend(HeaderValue::from_str(&format!("bytes {start}-{}/{}", end - 1, state.total)).ok().map(|v| (header::CONTENT_RANGE, v)));
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    Ok(response)
}
