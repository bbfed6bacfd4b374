//! HTTP to a relay: rustls with bundled roots, HTTP/2 where it is offered, clear text only to this machine.

use std::net::IpAddr;
use std::time::Duration;

use base64::Engine;
use futures_util::StreamExt;
use ithaca_wire::error::{Code, Refusal};
use ithaca_wire::exchange::{Response, Voucher};
use ithaca_wire::live::Listen;
use ithaca_wire::{cbor, limits};
use reqwest::{Client, Method, StatusCode, Url};

use super::{AddressError, Answer, Call, CallError, LiveEvent, ObjectAt, Reply, Transport};

/// The client of one device.
#[derive(Debug, Clone)]
pub struct Http {
    tls: Client,
    local: Client,
}

impl Http {
    /// A client. `None` if the TLS library cannot start, which no input causes.
    pub fn new() -> Option<Self> {
        let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
        let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        let mut tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .ok()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let common = || {
            Client::builder()
                .use_preconfigured_tls(tls.clone())
                .redirect(reqwest::redirect::Policy::none())
                .connect_timeout(Duration::from_secs(10))
                .read_timeout(Duration::from_secs(75))
                .tcp_nodelay(true)
                .no_proxy()
        };
        Some(Self { tls: common().build().ok()?, local: common().http2_prior_knowledge().build().ok()? })
    }

    fn client(&self, url: &Url) -> &Client {
        if url.scheme() == "http" { &self.local } else { &self.tls }
    }
}

/// The origin that `address` names: scheme, host and port, in the one form that goes into key derivations.
///
/// # Errors
/// See [`AddressError`].
pub fn origin(address: &str) -> Result<String, AddressError> {
    let url = Url::parse(address.trim()).map_err(|_| AddressError::Shape)?;
    let host = url.host_str().ok_or(AddressError::Shape)?;
    if !matches!(url.scheme(), "http" | "https") || !url.username().is_empty() || url.query().is_some() || !matches!(url.path(), "" | "/") {
        return Err(AddressError::Shape);
    }
    let local = host == "localhost" || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    if url.scheme() == "http" && !local {
        return Err(AddressError::ClearText);
    }
    Ok(url.origin().ascii_serialization())
}

const CBOR: &str = "application/cbor";

impl Transport for Http {
    fn call(&self, origin: &str, call: Call) -> Answer<'_, Result<Reply, CallError>> {
        let origin = origin.to_owned();
        Box::pin(async move {
            let object = |at: &ObjectAt| format!("/v1/mailboxes/{}/objects/{}", at.mailbox, hex::encode(at.hash));
            let (url, body, account, method) = match &call {
                Call::Sync(request) => ("/v1/sync".to_owned(), cbor::encode(request), None, Method::POST),
                Call::Make { mailbox, make, account } => (format!("/v1/mailboxes/{mailbox}"), cbor::encode(make), *account, Method::PUT),
                Call::Next { mailbox, make } => (format!("/v1/mailboxes/{mailbox}/next"), cbor::encode(make), None, Method::POST),
                Call::Voucher { account } => ("/v1/vouchers".to_owned(), Vec::new(), Some(*account), Method::POST),
                Call::PutObject { at, bytes, .. } => (object(at), bytes.clone(), None, Method::PUT),
                Call::GetObject { at } => (object(at), Vec::new(), None, Method::GET),
            };
            let checked = self::origin(&origin).map_err(CallError::Address)?;
            let url = Url::parse(&format!("{checked}{url}")).map_err(|_| CallError::Address(AddressError::Shape))?;
            let client = self.client(&url);
            let mut request = client.request(method, url);
            if let Call::PutObject { at, .. } | Call::GetObject { at } = &call {
                request = request.header("x-ithaca-token", hex::encode(at.token.0));
            }
            if let Call::PutObject { total, start, bytes, .. } = &call {
                let last = (start + bytes.len() as u64).saturating_sub(1);
                request = request.header("content-range", format!("bytes {start}-{last}/{total}"));
            }
            if let Some(account) = account {
                request = request.bearer_auth(hex::encode(account));
            }
            let request = request.header("content-type", CBOR).body(body).build().map_err(|_| CallError::Address(AddressError::Shape))?;
            // A connection may have died while the phone slept, and says so only when it is used. Every call but one may be made twice.
            let again = if matches!(call, Call::Voucher { .. }) { None } else { request.try_clone() };
            let mut sent = client.execute(request).await;
            if let (Err(e), Some(again)) = (&sent, again)
                && !e.is_connect()
                && !e.is_timeout()
            {
                sent = client.execute(again).await;
            }
            let response = sent.map_err(|e| {
                // What failed below HTTP, without the address, which names a mailbox.
                tracing::debug!(why = ?e.without_url(), "a call did not come through");
                CallError::Unreachable(origin.clone())
            })?;
            let status = response.status();
            let garbled = || CallError::NotARelay(origin.clone());
            let body = read(response).await.ok_or_else(|| CallError::Unreachable(origin.clone()))?;
            if !status.is_success() {
                return Err(match cbor::decode::<Refusal>("refusal", &body) {
                    Ok(refusal) => CallError::Refused(refusal),
                    Err(_) if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() => CallError::Refused(Refusal {
                        code: Code::Internal,
                        reason: format!("status {}", status.as_u16()),
                        retry_after: None,
                    }),
                    Err(_) => garbled(),
                });
            }
            match call {
                Call::Sync(_) => cbor::decode::<Response>("response", &body).map(Reply::Sync).map_err(|_| garbled()),
                Call::Make { .. } | Call::Next { .. } => Ok(Reply::Made),
                Call::PutObject { .. } => Ok(Reply::Held),
                Call::GetObject { .. } => Ok(Reply::Object(body)),
                Call::Voucher { .. } => cbor::decode::<Voucher>("voucher", &body).map(|v| Reply::Voucher(v.voucher)).map_err(|_| garbled()),
            }
        })
    }

    fn listen(&self, origin: &str, listen: Listen, sink: tokio::sync::mpsc::Sender<(String, LiveEvent)>) -> Answer<'_, ()> {
        let origin = origin.to_owned();
        Box::pin(async move {
            let hear = async {
                let url = Url::parse(&format!("{origin}/v1/live")).ok()?;
                let response = self.client(&url).post(url).header("content-type", CBOR).body(cbor::encode(&listen)).send().await.ok()?;
                if !response.status().is_success() {
                    return None;
                }
                sink.send((origin.clone(), LiveEvent::Opened)).await.ok()?;
                let mut stream = response.bytes_stream();
                let mut buffer = Vec::new();
                while let Some(Ok(chunk)) = stream.next().await {
                    buffer.extend_from_slice(&chunk);
                    while let Some(end) = buffer.windows(2).position(|w| w == b"\n\n") {
                        let message: Vec<u8> = buffer.drain(..end + 2).collect();
                        if let Some(event) = parse(&message) {
                            sink.send((origin.clone(), event)).await.ok()?;
                        }
                    }
                    // A relay never sends a message of this size; somebody else would fill our memory.
                    if buffer.len() > 4 * limits::LIVE_RECORD + 1024 {
                        return None;
                    }
                }
                None::<()>
            };
            tokio::select! {
                _ = hear => {}
                () = sink.closed() => {}
            }
            // If nobody hears any more there is nobody to tell.
            let _ = sink.send((origin, LiveEvent::Closed)).await;
        })
    }
}

/// The whole body, unless it is longer than any answer may be.
async fn read(response: reqwest::Response) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut stream = response.bytes_stream();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|e| tracing::debug!(why = ?e.without_url(), had = out.len(), "an answer broke off")).ok()?;
        out.extend_from_slice(&chunk);
        if out.len() > 8 * limits::REQUEST {
            return None;
        }
    }
    Some(out)
}

fn parse(message: &[u8]) -> Option<LiveEvent> {
    let text = std::str::from_utf8(message).ok()?;
    let field = |name: &str| text.lines().find_map(|l| l.strip_prefix(name)).map(str::trim);
    let data = unbase64(field("data:")?)?;
    match field("event:")? {
        "change" => cbor::decode("change", &data).ok().map(LiveEvent::Change),
        "beat" => cbor::decode("beat", &data).ok().map(LiveEvent::Beat),
        _ => None,
    }
}

/// Standard alphabet, no padding, as [`ithaca_wire::live`] says.
fn unbase64(text: &str) -> Option<Vec<u8>> {
    base64::engine::general_purpose::STANDARD_NO_PAD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_one_form_and_clear_text_stays_on_this_machine() {
        assert_eq!(origin("https://Relay.Example/").as_deref(), Ok("https://relay.example"));
        assert_eq!(origin("https://relay.example:443").as_deref(), Ok("https://relay.example"));
        assert_eq!(origin("http://127.0.0.1:8787").as_deref(), Ok("http://127.0.0.1:8787"));
        assert_eq!(origin("http://[::1]:1").as_deref(), Ok("http://[::1]:1"));
        assert_eq!(origin("http://relay.example"), Err(AddressError::ClearText));
        for bad in ["relay", "ftp://a", "https://u:p@h", "https://h/path", "https://h?q", ""] {
            assert_eq!(origin(bad), Err(AddressError::Shape), "{bad}");
        }
    }

    #[test]
    fn base64_is_read_as_it_is_written() {
        assert_eq!(unbase64("aXRoYWNh"), Some(b"ithaca".to_vec()));
        assert_eq!(unbase64("a b"), None);
    }
}
