//! What a relay logs at its most talkative, and what never stands there (S15). A process of its own, since a log is global.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

mod common;

use std::io;
use std::sync::{Arc, Mutex};

use common::{BOX, TOKEN, Talk, WRONG, ask, pull, push, record};
use ithaca_server::log;
use ithaca_server::testing::TestRelay;
use ithaca_wire::exchange::Ask;
use ithaca_wire::live::Listen;
use ithaca_wire::vector::Vector;
use ithaca_wire::{MailboxId, cbor};
use reqwest::Method;
use tracing_subscriber::fmt::MakeWriter;

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn s15_no_log_names_anybody() {
    let lines = Lines::default();
    tracing::subscriber::set_global_default(log::subscriber(tracing::Level::TRACE, true, lines.clone())).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let relay = TestRelay::builder().data(dir.path()).start().unwrap();
    let account = relay.account_async().await.unwrap();
    for talk in [Talk::to(&relay), Talk::http2(&relay)] {
        talk.make(BOX, TOKEN, Some(account), None).await;
        talk.make(BOX, WRONG, Some(account), None).await;
        talk.next(BOX, TOKEN, MailboxId([2; 16]), TOKEN).await;
        talk.one(push(vec![record(0xa1, 1, 0, 300), record(0xa1, 1, 1, 300), record(0xa1, 9, 0, 300)])).await;
        talk.sync(vec![pull(&Vector::new()), Ask { mailbox: MailboxId([3; 16]), token: WRONG, ..ask() }]).await;
        talk.post("/v1/sync", b"not cbor at all".to_vec()).await;
        let body = cbor::encode(&Listen { version: 1, mailboxes: vec![(BOX, TOKEN)] });
        drop(talk.client.post(format!("{}/v1/live", talk.origin)).body(body).send().await.unwrap());
        let object = format!("/v1/mailboxes/{BOX}/objects/{}", "33".repeat(32));
        talk.say(Method::PUT, &object, &[("x-ithaca-token", hex::encode(TOKEN.0)), ("x-forwarded-for", "10.9.8.7".into())], vec![1]).await;
        talk.say(Method::GET, &format!("/odd/{BOX}?{}", hex::encode(TOKEN.0)), &[], vec![]).await;
    }
    let talk = Talk::to(&relay);
    let raw = rusqlite::Connection::open(dir.path().join(ithaca_server::store::sqlite::FILE)).unwrap();
    raw.execute_batch("CREATE TRIGGER broken BEFORE INSERT ON records BEGIN SELECT RAISE(ABORT, 'disk'); END").unwrap();
    let failed = talk.post("/v1/sync", cbor::encode(&common::request(vec![push(vec![record(0xa1, 2, 0, 300)])]))).await;
    assert_eq!(failed.status, 503);
    talk.erase(BOX, TOKEN, account).await;
    drop(relay);
    let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    assert!(text.contains("/v1/sync") && text.contains("answered") && text.contains("could not be written"), "the log says something");
    assert!(text.lines().all(|l| l.starts_with('{')), "every line is JSON");
    let hash = ithaca_wire::record::hash(&record(0xa1, 1, 0, 300));
    let mut never: Vec<String> = vec!["127.0.0.1".into(), "10.9.8.7".into(), "odd".into()];
    for secret in [&BOX.0[..], &TOKEN.0, &WRONG.0, &[0xa1; 16], &account, &TOKEN.hash().0, &hash.0, &[2; 16], &[3; 16]] {
        never.extend([hex::encode(&secret[..4]), format!("{:?}", &secret[..4]).trim_matches(['[', ']']).to_owned()]);
    }
    for word in never {
        assert!(!text.contains(&word), "{word} stands in the log");
    }
}
