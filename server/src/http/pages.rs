//! What people and their machines look at: the page behind an invitation's link, and whether the relay lives.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::Relay;

const INVITATION: &str = include_str!("invitation.html");

/// The page is the same for everybody: the secret stands behind the `#` of a link, which no browser sends.
pub(super) async fn invitation() -> Response {
    let policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    let mut response = INVITATION.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("max-age=3600"));
    response
}

pub(super) async fn health() -> &'static str {
    "alive\n"
}

/// Ready once something was written durably.
pub(super) async fn ready(State(relay): State<Relay>) -> Response {
    match relay.store().health(relay.now()).await {
        Ok(()) => "ready\n".into_response(),
        Err(error) => {
            let mut response = relay.store_error(&error).into_response();
            *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
            response
        }
    }
}
