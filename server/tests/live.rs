//! Live streams over a socket: what is heard, when, and by whom.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

mod common;

use std::time::Duration;

use base64::Engine;
use common::{BOX, TOKEN, Talk, WRONG, ask, pull, push, ready, record, records};
use ithaca_server::testing::{Builder, TestRelay};
use ithaca_wire::error::Code;
use ithaca_wire::exchange::Ask;
use ithaca_wire::live::{Beat, Change, Listen};
use ithaca_wire::vector::{Vector, beat};
use ithaca_wire::{MailboxId, Token, cbor, limits};

fn both() -> [Builder; 2] {
    [TestRelay::builder(), TestRelay::builder().sqlite()]
}

struct Hearing {
    response: reqwest::Response,
    buffer: Vec<u8>,
}

impl Hearing {
    async fn open(talk: &Talk, mailboxes: Vec<(MailboxId, Token)>) -> Self {
        let body = cbor::encode(&Listen { version: 1, mailboxes });
        let response = talk.client.post(format!("{}/v1/live", talk.origin)).body(body).send().await.unwrap();
        assert_eq!((response.status().as_u16(), &response.headers()["content-type"]), (200, &"text/event-stream".parse().unwrap()));
        Self { response, buffer: Vec::new() }
    }

    /// Name and data of the next event; `None` at the end.
    async fn next(&mut self) -> Option<(String, Vec<u8>)> {
        loop {
            if let Some(end) = self.buffer.windows(2).position(|w| w == b"\n\n") {
                let message: Vec<u8> = self.buffer.drain(..end + 2).collect();
                let text = String::from_utf8(message).unwrap();
                let (name, data) = text.trim_end().split_once('\n').unwrap();
                let data = base64::engine::general_purpose::STANDARD_NO_PAD.decode(data.strip_prefix("data: ").unwrap()).unwrap();
                return Some((name.strip_prefix("event: ").unwrap().to_owned(), data));
            }
            self.buffer.extend(self.response.chunk().await.ok()??);
        }
    }

    async fn change(&mut self) -> Change {
        let (name, data) = self.next().await.unwrap();
        assert_eq!(name, "change");
        cbor::decode("change", &data).unwrap()
    }
}

#[tokio::test]
async fn what_is_heard_is_durable_and_comes_in_order() {
    for builder in both() {
        let (_relay, talk) = ready(builder).await;
        let mut hearing = Hearing::open(&talk, vec![(BOX, TOKEN)]).await;
        for n in 1..=5 {
            talk.one(push(vec![record(1, n, 0, 300)])).await;
        }
        for n in 1..=5 {
            let change = hearing.change().await;
            assert_eq!((change.mailbox, change.record.map(|r| r.to_vec())), (BOX, Some(record(1, n, 0, 300))));
            let read = talk.one(pull(&Vector::new())).await;
            assert!(records(&read).contains(&record(1, n, 0, 300)), "durable before visible");
            if n == 5 {
                assert_eq!(read.digest, Some(change.digest));
            }
        }
        talk.one(push(vec![record(1, 6, 0, limits::LIVE_RECORD + 1)])).await;
        assert_eq!(hearing.change().await.record, None, "a large one is fetched");
        talk.one(push(vec![record(1, 6, 0, limits::LIVE_RECORD + 1), record(1, 7, 0, 300)])).await;
        assert_eq!(
            hearing.change().await.record.map(|r| r.to_vec()),
            Some(record(1, 7, 0, 300)),
            "what was held already is not told again"
        );
    }
}

#[tokio::test]
async fn a_strangers_stream_is_silent_and_the_heartbeat_tells_one_digest_over_all() {
    for builder in both() {
        let (_relay, talk) = ready(builder.config(|c| c.heartbeat = Duration::from_millis(30))).await;
        let second = MailboxId([1; 16]);
        talk.make(second, TOKEN, None, None).await;
        let mut stranger = Hearing::open(&talk, vec![(BOX, WRONG), (MailboxId([99; 16]), TOKEN)]).await;
        let mut hearing = Hearing::open(&talk, vec![(BOX, TOKEN), (second, TOKEN)]).await;
        talk.one(push(vec![record(1, 1, 0, 300)])).await;
        let digest = async |mailbox| talk.one(Ask { mailbox, digest: Some([0; 16]), ..ask() }).await.digest.unwrap();
        let (a, b) = (digest(second).await, digest(BOX).await);
        let expected = beat([(&second, &a), (&BOX, &b)]);
        let mut changes = 0;
        loop {
            let (name, data) = hearing.next().await.unwrap();
            if name == "change" {
                changes += 1;
            } else if changes == 1 {
                assert_eq!(cbor::decode::<Beat>("beat", &data).unwrap().digest, expected);
                break;
            }
        }
        for _ in 0..3 {
            let (name, data) = stranger.next().await.unwrap();
            assert_eq!((name.as_str(), cbor::decode::<Beat>("beat", &data).unwrap().digest), ("beat", beat([])));
        }
    }
}

#[tokio::test]
async fn a_stream_ends_when_the_relay_stops_and_too_many_are_refused() {
    for builder in both() {
        let (mut relay, talk) = ready(builder.config(|c| c.streams = 1)).await;
        let mut hearing = Hearing::open(&talk, vec![(BOX, TOKEN)]).await;
        let body = cbor::encode(&Listen { version: 1, mailboxes: vec![] });
        let said = talk.post("/v1/live", body).await;
        assert_eq!((said.status.as_u16(), said.code()), (503, Code::TooManyConnections));
        assert_eq!(talk.post("/v1/live", cbor::encode(&Listen { version: 9, mailboxes: vec![] })).await.code(), Code::Version);
        relay.shut();
        assert_eq!(hearing.next().await, None);
    }
}
