//! Making and erasing mailboxes, and the vouchers that let somebody without an account make one.

use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use ithaca_wire::error::Code;
use ithaca_wire::exchange::{MakeMailbox, Voucher};
use ithaca_wire::{MailboxId, cbor};

use super::{Relay, cbor_response};
use crate::accounts;
use crate::refuse::Refuse;
use crate::store::Key;

/// Reads a mailbox's name.
pub(super) fn named(relay: &Relay, hex: &str) -> Result<MailboxId, Refuse> {
    let mut id = [0; 16];
    // Another spelling of a name names nothing.
    let lower = !hex.bytes().any(|b| b.is_ascii_uppercase());
    if lower && hex::decode_to_slice(hex, &mut id).is_ok() { Ok(MailboxId(id)) } else { Err(relay.refuse(Code::NoMailbox)) }
}

pub(super) async fn make(
    State(relay): State<Relay>,
    Path(mailbox): Path<String>,
    headers: HeaderMap,
    request: Request,
) -> Result<StatusCode, Refuse> {
    let mailbox = named(&relay, &mailbox)?;
    let body = relay.body(request.into_body()).await?;
    let make: MakeMailbox = cbor::decode("mailbox", &body).map_err(|e| relay.wire_error(&e))?;
    let key = Key { mailbox, token: make.token_hash };
    let account = match (relay.account(&headers).await?, make.voucher) {
        (Some(account), _) => Some(account),
        (None, Some(voucher)) => Some(accounts::claim(&**relay.store(), &voucher, &key).await.map_err(|e| relay.store_error(&e))?),
        (None, None) if relay.config().open => None,
        (None, None) => return Err(relay.refuse(Code::NoAccount)),
    };
    relay.store().make(key, account, relay.now()).await.map_err(|e| relay.store_error(&e))?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn next(State(relay): State<Relay>, Path(mailbox): Path<String>, request: Request) -> Result<StatusCode, Refuse> {
    let mailbox = named(&relay, &mailbox)?;
    let body = relay.body(request.into_body()).await?;
    let make: MakeMailbox = cbor::decode("next mailbox", &body).map_err(|e| relay.wire_error(&e))?;
    let token = make.token.ok_or_else(|| relay.refuse(Code::NoMailbox))?;
    let next = make.next.ok_or_else(|| relay.refuse(Code::Malformed))?;
    let key = Key { mailbox, token: token.hash() };
    let now = relay.now();
    let heads = relay.store().heads(key, now).await.map_err(|e| relay.store_error(&e))?;
    if let Some(account) = heads.account {
        // A revoked account makes nothing, not through a mailbox that it made before either.
        relay.reading(move |store| accounts::check(store, account)).await?;
    }
    let next = Key { mailbox: next, token: make.token_hash };
    relay.store().next(key, next, now).await.map_err(|e| relay.store_error(&e))?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn erase(State(relay): State<Relay>, Path(mailbox): Path<String>, headers: HeaderMap) -> Result<StatusCode, Refuse> {
    let mailbox = named(&relay, &mailbox)?;
    let account = relay.account(&headers).await?.ok_or_else(|| relay.refuse(Code::NoAccount))?;
    let key = relay.key(mailbox, &headers)?;
    relay.store().erase(key, account, relay.now()).await.map_err(|e| relay.store_error(&e))?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn voucher(State(relay): State<Relay>, headers: HeaderMap) -> Result<Response, Refuse> {
    let account = relay.account(&headers).await?.ok_or_else(|| relay.refuse(Code::NoAccount))?;
    let mut voucher = [0; 16];
    if !relay.entropy(&mut voucher) {
        return Err(relay.refuse(Code::Internal));
    }
    accounts::issue(&**relay.store(), account, &voucher, relay.now()).await.map_err(|e| relay.store_error(&e))?;
    Ok(cbor_response(&Voucher { voucher }))
}
