//! The relay as a service: limits on addresses and connections, stopping, a store that is down, TLS, pages, metrics.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use common::{BOX, TOKEN, Talk, ask, pull, push, ready, record, records, request};
use ithaca_server::testing::TestRelay;
use ithaca_server::{net, store};
use ithaca_wire::cbor;
use ithaca_wire::error::{Code, Refusal};
use ithaca_wire::vector::Vector;
use reqwest::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[tokio::test]
async fn s15_one_address_is_held_to_its_rate_and_told_when_to_come_back() {
    let clock = Arc::new(AtomicI64::new(0));
    let builder = TestRelay::builder().clock(&clock).config(|c| {
        (c.requests_per_second, c.burst, c.behind_proxy) = (1, 3, true);
    });
    let relay = builder.start().unwrap();
    let talk = Talk::to(&relay);
    let sync = async |address: &str| {
        let body = cbor::encode(&request(vec![ask()]));
        talk.say(Method::POST, "/v1/sync", &[("x-forwarded-for", address.to_owned())], body).await
    };
    for _ in 0..3 {
        assert_eq!(sync("1.1.1.1").await.status, 200);
    }
    let said = sync("1.1.1.1").await;
    assert_eq!((said.status.as_u16(), said.code(), &said.headers["retry-after"]), (429, Code::TooManyRequests, &"1".parse().unwrap()));
    assert!(said.refusal().reason.contains('1') && said.refusal().retry_after == Some(1));
    assert_eq!(sync("9.9.9.9, 1.1.1.1").await.status, 429, "only what the proxy itself added counts");
    assert_eq!(sync("2.2.2.2").await.status, 200);
    clock.store(1000, Ordering::SeqCst);
    assert_eq!(sync("1.1.1.1").await.status, 200);
    assert_eq!(talk.say(Method::GET, "/healthz", &[], vec![]).await.status, 200);
}

#[tokio::test]
async fn without_a_proxy_nobody_chooses_an_address() {
    let relay = TestRelay::builder().config(|c| (c.requests_per_second, c.burst) = (1, 1)).start().unwrap();
    let talk = Talk::to(&relay);
    let body = cbor::encode(&request(vec![ask()]));
    let from = |a: &str| [("x-forwarded-for", a.to_owned())];
    assert_eq!(talk.say(Method::POST, "/v1/sync", &from("1.1.1.1"), body.clone()).await.status, 200);
    assert_eq!(talk.say(Method::POST, "/v1/sync", &from("2.2.2.2"), body).await.status, 429);
}

#[tokio::test]
async fn s15_one_connection_too_many_is_told_so_and_a_silent_one_is_shown_out() {
    let relay = TestRelay::builder().config(|c| c.connections = 1).start().unwrap();
    let mut first = TcpStream::connect(relay.address()).await.unwrap();
    first.write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    let mut some = [0; 15];
    first.read_exact(&mut some).await.unwrap();
    assert_eq!(&some, b"HTTP/1.1 200 OK");
    let mut second = TcpStream::connect(relay.address()).await.unwrap();
    second.write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    second.read_to_end(&mut answer).await.unwrap();
    let end = answer.windows(4).position(|w| w == b"\r\n\r\n").unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 503 "));
    assert_eq!(cbor::decode::<Refusal>("refusal", &answer[end + 4..]).unwrap().code, Code::TooManyConnections);
    // Another relay: one that is served and then says nothing would be shown out as well, and make room before the second has come.
    let relay = TestRelay::builder().config(|c| (c.connections, c.header_timeout) = (1, Duration::from_millis(300))).start().unwrap();
    for begun in [b"".as_slice(), b"P", b"POST /v1/sync HTTP/1.1\r\nhost: a\r\n", b"PRI * HTTP/2.0\r\n\r\nSM"] {
        // The relay ends each of these by itself: reading to the end is what waits for it.
        loop {
            let mut slow = TcpStream::connect(relay.address()).await.unwrap();
            slow.write_all(begun).await.unwrap();
            let mut answer = Vec::new();
            let ended = slow.read_to_end(&mut answer).await;
            // The connection before may still be counted.
            if !answer.starts_with(b"HTTP/1.1 503") {
                assert!(ended.is_ok() || answer.is_empty());
                break;
            }
        }
    }
}

/// Sends a request for the health of the relay and reads how it answers, to the end.
async fn once(relay: &TestRelay) -> Vec<u8> {
    let mut stream = TcpStream::connect(relay.address()).await.unwrap();
    stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn s15_one_address_has_so_many_connections_and_is_told_which_limit_that_is() {
    let relay = TestRelay::builder().config(|c| c.connections_per_address = 2).start().unwrap();
    let mut held = Vec::new();
    for _ in 0..2 {
        let mut stream = TcpStream::connect(relay.address()).await.unwrap();
        stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
        let mut some = [0; 15];
        stream.read_exact(&mut some).await.unwrap();
        assert_eq!(&some, b"HTTP/1.1 200 OK");
        held.push(stream);
    }
    let answer = once(&relay).await;
    assert!(answer.starts_with(b"HTTP/1.1 503 "));
    let end = answer.windows(4).position(|w| w == b"\r\n\r\n").unwrap();
    let refusal = cbor::decode::<Refusal>("refusal", &answer[end + 4..]).unwrap();
    assert_eq!(
        (refusal.code, refusal.reason.as_ref(), refusal.retry_after),
        (Code::TooManyConnections, "more than 2 connections from one address", Some(5))
    );
    let metrics = relay.relay().unwrap().metrics();
    assert_eq!((metrics.connections_refused_address.get(), metrics.connections_refused.get()), (1, 0));
    assert!(metrics.text().contains("ithaca_relay_connections_refused_address_total 1"));
    // Whoever hangs up makes room.
    drop(held);
    while !once(&relay).await.starts_with(b"HTTP/1.1 200") {}
    // Behind a proxy every connection has the proxy's address.
    let relay = TestRelay::builder().config(|c| (c.connections_per_address, c.behind_proxy) = (1, true)).start().unwrap();
    let mut first = TcpStream::connect(relay.address()).await.unwrap();
    first.write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    first.read_exact(&mut [0; 15]).await.unwrap();
    assert!(once(&relay).await.starts_with(b"HTTP/1.1 200"));
}

#[tokio::test]
async fn s15_whoever_does_not_read_is_not_written_to_for_ever() {
    // Long enough for the one that reads, on a machine that does much else.
    let builder = TestRelay::builder().config(|c| c.write_timeout = Duration::from_secs(1));
    let (relay, talk) = ready(builder).await;
    for n in 1..=3 {
        assert_eq!(talk.one(push(vec![record(1, n, 0, 900_000)])).await.code, Code::Ok);
    }
    let mut ask = request(vec![pull(&Vector::new())]);
    ask.budget = 3 << 20;
    let body = cbor::encode(&ask);
    let head = format!("POST /v1/sync HTTP/1.1\r\nhost: a\r\ncontent-length: {}\r\n\r\n", body.len());
    let asked = 30;
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(8192).unwrap();
    let mut slow = socket.connect(relay.address()).await.unwrap();
    for _ in 0..asked {
        slow.write_all(&[head.as_bytes(), &body].concat()).await.unwrap();
    }
    let metrics = Arc::clone(relay.relay().unwrap().metrics());
    while metrics.slow_readers.get() == 0 {
        tokio::task::yield_now().await;
    }
    let mut answer = Vec::new();
    drop(slow.read_to_end(&mut answer).await);
    assert!(answer.len() < asked * 2_700_000, "it was cut off: {}", answer.len());
    assert_eq!(metrics.slow_readers.get(), 1);
    assert!(metrics.text().contains("ithaca_relay_slow_readers_total 1"));
    // One that reads, however late it asks again, is served.
    assert_eq!(records(&talk.one(pull(&Vector::new())).await).len(), 1, "one megabyte is the budget");
}

#[tokio::test]
async fn s15_a_body_that_does_not_come_is_not_waited_for() {
    let relay = TestRelay::builder().config(|c| c.body_timeout = Duration::from_millis(100)).start().unwrap();
    let mut slow = TcpStream::connect(relay.address()).await.unwrap();
    slow.write_all(b"POST /v1/sync HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\nabc").await.unwrap();
    let mut some = [0; 12];
    slow.read_exact(&mut some).await.unwrap();
    assert_eq!(&some, b"HTTP/1.1 400");
}

#[tokio::test]
async fn stopping_finishes_what_is_in_flight_and_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let builder = TestRelay::builder().data(dir.path()).config(|c| {
        c.open = true;
        c.drain = Duration::from_secs(20);
    });
    let mut relay = builder.clone().start().unwrap();
    let talk = Talk::to(&relay);
    talk.make(BOX, TOKEN, None, None).await;
    // A request of which the head has arrived, and the body comes only after the relay was told to stop.
    let body = cbor::encode(&request(vec![push(vec![record(1, 1, 0, 300)])]));
    let mut slow = TcpStream::connect(relay.address()).await.unwrap();
    let head = format!("POST /v1/sync HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: {}\r\n\r\n", body.len());
    slow.write_all(head.as_bytes()).await.unwrap();
    let mut go_on = [0; 25];
    slow.read_exact(&mut go_on).await.unwrap();
    assert!(go_on.starts_with(b"HTTP/1.1 100"));
    relay.shut();
    // It no longer listens once it stops, which is the signal.
    while TcpStream::connect(relay.address()).await.is_ok() {
        tokio::task::yield_now().await;
    }
    slow.write_all(&body).await.unwrap();
    let mut answer = Vec::new();
    slow.read_to_end(&mut answer).await.unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
    drop(relay);
    let again = builder.start().unwrap();
    let read = Talk::to(&again).one(pull(&Vector::new())).await;
    assert_eq!(records(&read), vec![record(1, 1, 0, 300)]);
}

#[tokio::test]
async fn a_relay_whose_store_is_down_starts_and_says_so_until_it_is_back() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("later");
    let relay = TestRelay::builder().data(&data).config(|c| c.open = true).start().unwrap();
    let talk = Talk::to(&relay);
    assert_eq!(talk.say(Method::GET, "/healthz", &[], vec![]).await.status, 200);
    for said in [
        talk.say(Method::GET, "/readyz", &[], vec![]).await,
        talk.make(BOX, TOKEN, None, None).await,
        talk.make(BOX, TOKEN, Some([1; 32]), None).await,
        talk.post("/v1/sync", cbor::encode(&request(vec![push(vec![record(1, 1, 0, 300)])]))).await,
        talk.post("/v1/sync", cbor::encode(&request(vec![pull(&Vector::new())]))).await,
    ] {
        assert_eq!((said.status.as_u16(), said.code()), (503, Code::StoreDown));
        assert_eq!((&said.headers["retry-after"], said.refusal().retry_after), (&"5".parse().unwrap(), Some(5)));
    }
    std::fs::create_dir(&data).unwrap();
    assert_eq!(talk.say(Method::GET, "/readyz", &[], vec![]).await.status, 200);
    assert_eq!(talk.make(BOX, TOKEN, None, None).await.status, 204);
    assert_eq!(talk.one(push(vec![record(1, 1, 0, 300)])).await.code, Code::Ok);
    assert!(data.join(store::sqlite::FILE).exists());
}

#[tokio::test]
async fn the_invitation_page_needs_nothing_and_sends_nothing() {
    let relay = TestRelay::open().unwrap();
    let said = Talk::to(&relay).say(Method::GET, "/i", &[], vec![]).await;
    assert_eq!((said.status.as_u16(), &said.headers["content-type"]), (200, &"text/html; charset=utf-8".parse().unwrap()));
    assert_eq!(said.headers["referrer-policy"], "no-referrer");
    assert!(said.headers["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
    let page = String::from_utf8(said.body).unwrap().to_lowercase();
    for never in ["<script", "src=", "href=", "url(", "http:", "https:", "<form", "<img", "@import", "onload"] {
        assert!(!page.contains(never), "{never}");
    }
}

#[tokio::test]
async fn metrics_count_and_name_nobody() {
    let (relay, talk) = ready(TestRelay::builder()).await;
    talk.one(push(vec![record(1, 1, 0, 300), record(1, 2, 0, 300)])).await;
    talk.say(Method::GET, "/v1/nothing/here", &[], vec![]).await;
    assert_eq!(talk.say(Method::GET, "/metrics", &[], vec![]).await.status, 404, "not where clients can read them");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let served = tokio::spawn(net::serve_metrics(listener, relay.relay().unwrap().clone(), async move { drop(stopped.await) }));
    let text = talk.client.get(format!("http://{address}/metrics")).send().await.unwrap().text().await.unwrap();
    assert!(text.contains("ithaca_relay_records_total 2") && text.contains("ithaca_relay_record_bytes_total 600"), "{text}");
    assert!(text.contains(r#"route="/v1/sync",status="200""#));
    let hex = |bytes: &[u8]| hex::encode(bytes);
    for never in [hex(&BOX.0), hex(&TOKEN.0), hex(&[1; 16]), "127.0.0.1".into(), "nothing".into()] {
        assert!(!text.contains(&never), "{never}");
    }
    drop(stop);
    drop(talk);
    served.await.unwrap().unwrap();
}

#[tokio::test]
async fn tls_speaks_both_versions_and_nothing_in_clear() {
    use rustls_pki_types::CertificateDer;
    use rustls_pki_types::pem::PemObject;
    let file = |name: &str| std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/tls").join(name);
    let relay = TestRelay::builder().tls(&file("certificate.pem"), &file("key.pem")).config(|c| c.open = true).start().unwrap();
    assert!(relay.origin().starts_with("https://127.0.0.1:"));
    let base = Talk::to(&relay);
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(file("certificate.pem")).unwrap()).unwrap();
    for (alpn, version) in [(b"h2".to_vec(), reqwest::Version::HTTP_2), (b"http/1.1".to_vec(), reqwest::Version::HTTP_11)] {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let mut config = config.with_root_certificates(roots.clone()).with_no_client_auth();
        config.alpn_protocols = vec![alpn];
        let client = reqwest::Client::builder().use_preconfigured_tls(config).no_proxy().build().unwrap();
        assert_eq!(client.get(format!("{}/healthz", relay.origin())).send().await.unwrap().version(), version);
        let talk = Talk { client, origin: base.origin.clone() };
        assert_eq!(talk.make(BOX, TOKEN, None, None).await.status, 204);
        assert_eq!(talk.one(push(vec![record(1, 1, 0, 300)])).await.code, Code::Ok);
    }
    let clear = base.client.get(relay.origin().replace("https", "http")).send().await;
    assert!(clear.is_err());
}
