//! A client that says exactly what a test wants said, over a real socket.
#![allow(dead_code, clippy::unwrap_used, reason = "each test file uses a part; a test that fails says so by panicking")]

use std::sync::Once;

use ithaca_server::testing::TestRelay;
use ithaca_wire::error::{Code, Refusal};
use ithaca_wire::exchange::{Answer, Ask, MakeMailbox, Request, Response, VERSION};
use ithaca_wire::record::{HEADER, Outer, TAG};
use ithaca_wire::vector::{Entry, Sum, Vector};
use ithaca_wire::{LaneId, MailboxId, Token, cbor};
use reqwest::{Client, Method, StatusCode};

/// One record of a lane; `fill` tells versions apart.
pub fn record(lane: u8, n: u64, fill: u8, len: usize) -> Vec<u8> {
    let ciphertext = vec![fill; len.max(HEADER + TAG) - HEADER];
    Outer { version: 1, lane: LaneId([lane; 16]), n, nonce: [fill; 24], ciphertext: &ciphertext }.to_bytes()
}

pub const BOX: MailboxId = MailboxId([7; 16]);
pub const TOKEN: Token = Token([8; 32]);
pub const WRONG: Token = Token([9; 32]);

/// Every ask of a test is this with something changed.
pub fn ask() -> Ask {
    Ask { mailbox: BOX, token: TOKEN, push: None, digest: None, vector: None, lists: None }
}

pub fn push(records: Vec<Vec<u8>>) -> Ask {
    Ask { push: Some(records.into_iter().map(Into::into).collect()), ..ask() }
}

pub fn pull(vector: &Vector) -> Ask {
    Ask { vector: Some(vector.iter().map(|(l, e)| (*l, *e)).collect()), ..ask() }
}

pub fn request(mailboxes: Vec<Ask>) -> Request {
    Request { version: VERSION, budget: 1 << 20, mailboxes }
}

/// The entry of a lane of which exactly these are held.
pub fn entry(from: u64, n: u64, held: &[Vec<u8>]) -> Entry {
    let named = held.iter().map(|r| (Outer::parse(r).unwrap().n, ithaca_wire::record::hash(r)));
    Entry { from, n, tag: Sum::of(named).tag() }
}

pub fn records(answer: &Answer) -> Vec<Vec<u8>> {
    answer.records.iter().flatten().map(|r| r.to_vec()).collect()
}

pub struct Said {
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    pub body: Vec<u8>,
}

impl Said {
    pub fn refusal(&self) -> Refusal {
        assert_eq!(self.headers.get("content-type").unwrap(), "application/cbor");
        cbor::decode("refusal", &self.body).unwrap()
    }

    pub fn code(&self) -> Code {
        self.refusal().code
    }
}

#[derive(Clone)]
pub struct Talk {
    pub client: Client,
    pub origin: String,
}

impl Talk {
    pub fn to(relay: &TestRelay) -> Self {
        static PROVIDER: Once = Once::new();
        PROVIDER.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
        Self { client: Client::builder().no_proxy().build().unwrap(), origin: relay.origin() }
    }

    pub fn http2(relay: &TestRelay) -> Self {
        let talk = Self::to(relay);
        Self { client: Client::builder().no_proxy().http2_prior_knowledge().build().unwrap(), ..talk }
    }

    pub async fn say(&self, method: Method, path: &str, headers: &[(&str, String)], body: Vec<u8>) -> Said {
        let mut request = self.client.request(method, format!("{}{path}", self.origin)).body(body);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let response = request.send().await.unwrap();
        Said { status: response.status(), headers: response.headers().clone(), body: response.bytes().await.unwrap().to_vec() }
    }

    pub async fn post(&self, path: &str, body: Vec<u8>) -> Said {
        self.say(Method::POST, path, &[], body).await
    }

    pub async fn sync(&self, mailboxes: Vec<Ask>) -> Vec<Answer> {
        self.exchange(request(mailboxes)).await
    }

    pub async fn exchange(&self, request: Request) -> Vec<Answer> {
        let said = self.post("/v1/sync", cbor::encode(&request)).await;
        assert_eq!(said.status, 200, "{:?}", cbor::decode::<Refusal>("refusal", &said.body));
        let response: Response = cbor::decode("response", &said.body).unwrap();
        assert_eq!(response.version, VERSION);
        response.mailboxes
    }

    pub async fn one(&self, ask: Ask) -> Answer {
        self.sync(vec![ask]).await.remove(0)
    }

    pub async fn make(&self, mailbox: MailboxId, token: Token, account: Option<[u8; 32]>, voucher: Option<[u8; 16]>) -> Said {
        let body = cbor::encode(&MakeMailbox { token_hash: token.hash(), voucher, next: None, token: None });
        let headers: Vec<_> = account.map(|a| ("authorization", format!("Bearer {}", hex::encode(a)))).into_iter().collect();
        self.say(Method::PUT, &format!("/v1/mailboxes/{mailbox}"), &headers, body).await
    }

    pub async fn next(&self, mailbox: MailboxId, token: Token, next: MailboxId, next_token: Token) -> Said {
        let body = cbor::encode(&MakeMailbox { token_hash: next_token.hash(), voucher: None, next: Some(next), token: Some(token) });
        self.post(&format!("/v1/mailboxes/{mailbox}/next"), body).await
    }

    pub async fn erase(&self, mailbox: MailboxId, token: Token, account: [u8; 32]) -> Said {
        let headers = [("authorization", format!("Bearer {}", hex::encode(account))), ("x-ithaca-token", hex::encode(token.0))];
        self.say(Method::DELETE, &format!("/v1/mailboxes/{mailbox}"), &headers, Vec::new()).await
    }
}

/// An open relay that has the one mailbox, and somebody who talks to it.
pub async fn ready(builder: ithaca_server::testing::Builder) -> (TestRelay, Talk) {
    let relay = builder.config(|c| c.open = true).start().unwrap();
    let talk = Talk::to(&relay);
    assert_eq!(talk.make(BOX, TOKEN, None, None).await.status, 204);
    (relay, talk)
}
