//! Making, following and erasing mailboxes, and who may.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use common::{BOX, TOKEN, Talk, WRONG, ask, push, record};
use ithaca_server::accounts;
use ithaca_server::testing::{Builder, TestRelay};
use ithaca_wire::error::Code;
use ithaca_wire::exchange::{Ask, Voucher};
use ithaca_wire::{MailboxId, Token, cbor};
use reqwest::Method;

fn both() -> [Builder; 2] {
    [TestRelay::builder(), TestRelay::builder().sqlite()]
}

const SECOND: MailboxId = MailboxId([2; 16]);

async fn voucher(talk: &Talk, account: [u8; 32]) -> [u8; 16] {
    let said = talk.say(Method::POST, "/v1/vouchers", &[("authorization", format!("Bearer {}", hex::encode(account)))], vec![]).await;
    assert_eq!(said.status, 200);
    cbor::decode::<Voucher>("voucher", &said.body).unwrap().voucher
}

#[tokio::test]
async fn a_mailbox_costs_an_account_and_the_same_again_is_fine() {
    for builder in both() {
        let relay = builder.start().unwrap();
        let talk = Talk::to(&relay);
        let account = relay.account_async().await.unwrap();
        let said = talk.make(BOX, TOKEN, None, None).await;
        assert_eq!((said.status.as_u16(), said.code()), (401, Code::NoAccount));
        assert_eq!(talk.make(BOX, TOKEN, Some([1; 32]), None).await.code(), Code::NoAccount);
        let odd = [("authorization", "Basic abc".to_owned())];
        let body = cbor::encode(&ithaca_wire::exchange::MakeMailbox { token_hash: TOKEN.hash(), voucher: None, next: None, token: None });
        assert_eq!(talk.say(Method::PUT, &format!("/v1/mailboxes/{BOX}"), &odd, body).await.code(), Code::NoAccount);
        for _ in 0..2 {
            assert_eq!(talk.make(BOX, TOKEN, Some(account), None).await.status, 204);
        }
        let taken = talk.make(BOX, WRONG, Some(account), None).await;
        assert_eq!((taken.status.as_u16(), taken.code()), (409, Code::MailboxTaken));
        assert_eq!(talk.one(ask()).await.code, Code::Ok);
    }
}

#[tokio::test]
async fn a_voucher_makes_one_mailbox_however_often_it_is_shown() {
    for builder in both() {
        let relay = builder.start().unwrap();
        let talk = Talk::to(&relay);
        let account = relay.account_async().await.unwrap();
        assert_eq!(talk.post("/v1/vouchers", vec![]).await.code(), Code::NoAccount);
        let right = voucher(&talk, account).await;
        assert_ne!(right, voucher(&talk, account).await);
        let unknown = talk.make(BOX, TOKEN, None, Some([1; 16])).await;
        assert_eq!((unknown.status.as_u16(), unknown.code()), (403, Code::VoucherUsed));
        for _ in 0..2 {
            assert_eq!(talk.make(BOX, TOKEN, None, Some(right)).await.status, 204);
        }
        assert_eq!(talk.make(SECOND, TOKEN, None, Some(right)).await.code(), Code::VoucherUsed);
        assert_eq!(talk.make(BOX, WRONG, None, Some(right)).await.code(), Code::VoucherUsed);
        // Charged to the account that issued it, which therefore may erase it.
        assert_eq!(talk.erase(BOX, TOKEN, account).await.status, 204);
    }
}

#[tokio::test]
async fn two_who_show_one_voucher_at_once_get_one_mailbox() {
    for builder in both() {
        let relay = builder.start().unwrap();
        let talk = Talk::to(&relay);
        let right = voucher(&talk, relay.account_async().await.unwrap()).await;
        let tries = (0..8u8).map(|i| talk.make(MailboxId([i; 16]), TOKEN, None, Some(right)));
        let said = futures_util::future::join_all(tries).await;
        assert_eq!(said.iter().filter(|s| s.status == 204).count(), 1);
    }
}

#[tokio::test]
async fn a_revoked_account_makes_and_erases_nothing_and_its_mailboxes_stay() {
    for builder in both() {
        let relay = builder.start().unwrap();
        let talk = Talk::to(&relay);
        let account = relay.account_async().await.unwrap();
        talk.make(BOX, TOKEN, Some(account), None).await;
        let right = voucher(&talk, account).await;
        let store = relay.relay().unwrap().store().clone();
        assert!(accounts::revoke(&*store, accounts::id(&account)).await.unwrap());
        assert_eq!(talk.make(SECOND, TOKEN, Some(account), None).await.code(), Code::NoAccount);
        assert_eq!(talk.make(SECOND, TOKEN, None, Some(right)).await.code(), Code::NoAccount);
        assert_eq!(talk.next(BOX, TOKEN, SECOND, TOKEN).await.code(), Code::NoAccount);
        assert_eq!(talk.erase(BOX, TOKEN, account).await.code(), Code::NoAccount);
        assert_eq!(talk.one(push(vec![record(1, 1, 0, 300)])).await.code, Code::Ok);
    }
}

#[tokio::test]
async fn a_next_mailbox_lapses_after_seven_days_and_its_account_brings_it_back() {
    for builder in both() {
        let clock = Arc::new(AtomicI64::new(1_000));
        let relay = builder.clock(&clock).start().unwrap();
        let talk = Talk::to(&relay);
        let account = relay.account_async().await.unwrap();
        talk.make(BOX, TOKEN, Some(account), None).await;
        let other = Token([3; 32]);
        assert_eq!(talk.next(BOX, TOKEN, SECOND, other).await.status, 204);
        let at_second = || Ask { mailbox: SECOND, token: other, ..ask() };
        clock.store(1_000 + 7 * 24 * 3600 * 1000 - 1, Ordering::SeqCst);
        assert_eq!(talk.next(BOX, TOKEN, SECOND, other).await.status, 204);
        assert_eq!(talk.one(at_second()).await.code, Code::Ok);
        clock.fetch_add(1, Ordering::SeqCst);
        assert_eq!(talk.one(at_second()).await.code, Code::Lapsed);
        let said = talk.next(BOX, TOKEN, SECOND, other).await;
        assert_eq!((said.status.as_u16(), said.code()), (410, Code::Lapsed));
        assert_eq!(talk.make(SECOND, other, Some(account), None).await.status, 204);
        clock.fetch_add(i64::from(u32::MAX), Ordering::SeqCst);
        assert_eq!(talk.one(at_second()).await.code, Code::Ok);
    }
}

#[tokio::test]
async fn erasing_takes_account_and_token_and_wins() {
    for builder in both() {
        let relay = builder.start().unwrap();
        let talk = Talk::to(&relay);
        let (account, other) = (relay.account_async().await.unwrap(), relay.account_async().await.unwrap());
        talk.make(BOX, TOKEN, Some(account), None).await;
        talk.one(push(vec![record(1, 1, 0, 300)])).await;
        let said = talk.erase(BOX, WRONG, account).await;
        assert_eq!((said.status.as_u16(), said.code()), (404, Code::NoMailbox));
        assert_eq!(talk.erase(BOX, TOKEN, other).await.code(), Code::NoAccount);
        let no_account =
            talk.say(Method::DELETE, &format!("/v1/mailboxes/{BOX}"), &[("x-ithaca-token", hex::encode(TOKEN.0))], vec![]).await;
        assert_eq!(no_account.code(), Code::NoAccount);
        assert_eq!(talk.one(ask()).await.code, Code::Ok);
        for _ in 0..2 {
            assert_eq!(talk.erase(BOX, TOKEN, account).await.status, 204);
        }
        assert_eq!(talk.one(push(vec![record(1, 2, 0, 300)])).await.code, Code::NoMailbox);
        assert_eq!(talk.make(BOX, TOKEN, Some(account), None).await.code(), Code::MailboxTaken);
    }
}

#[tokio::test]
async fn s15_quotas_are_the_accounts_own() {
    for builder in both() {
        let relay = builder
            .config(|c| {
                c.store.account_mailboxes = 2;
                c.store.account_bytes = 1000;
            })
            .start()
            .unwrap();
        let talk = Talk::to(&relay);
        let (account, other) = (relay.account_async().await.unwrap(), relay.account_async().await.unwrap());
        talk.make(BOX, TOKEN, Some(account), None).await;
        talk.next(BOX, TOKEN, SECOND, TOKEN).await;
        let third = MailboxId([3; 16]);
        let said = talk.make(third, TOKEN, Some(account), None).await;
        assert_eq!((said.status.as_u16(), said.code()), (403, Code::TooManyMailboxes));
        assert!(said.refusal().reason.contains('2'));
        assert_eq!(talk.make(third, TOKEN, Some(other), None).await.status, 204);
        talk.one(push(vec![record(1, 1, 0, 800)])).await;
        let full = talk.one(Ask { mailbox: SECOND, ..push(vec![record(1, 1, 0, 300)]) }).await;
        assert_eq!(full.pushed, Some(vec![(0, Code::AccountFull)]));
        assert_eq!(talk.one(Ask { mailbox: third, ..push(vec![record(1, 1, 0, 300)]) }).await.pushed, None);
    }
}

#[tokio::test]
async fn objects_come_in_parts_and_go_out_in_ranges() {
    use sha2::Digest;
    for builder in both() {
        let (_relay, talk) = common::ready(builder.config(|c| c.store.object_bytes = 1 << 21)).await;
        let bytes: Vec<u8> = (0..700_000u32).map(|i| (i * 7 % 251) as u8).collect();
        let hash: [u8; 32] = sha2::Sha256::digest(&bytes).into();
        let path = format!("/v1/mailboxes/{BOX}/objects/{}", hex::encode(hash));
        let token = || ("x-ithaca-token", hex::encode(TOKEN.0));
        let part = |a: usize, b: usize| {
            let range = ("content-range", format!("bytes {a}-{}/{}", b - 1, bytes.len()));
            (vec![token(), range], bytes[a..b].to_vec())
        };
        let held = |said: &common::Said| said.headers["x-ithaca-held"].to_str().unwrap().parse::<usize>().unwrap();
        let put = async |a, b| {
            let (headers, body) = part(a, b);
            talk.say(Method::PUT, &path, &headers, body).await
        };
        assert_eq!(talk.say(Method::GET, &path, &[token()], vec![]).await.code(), Code::NoObject);
        let said = put(0, 300_000).await;
        assert_eq!((said.status.as_u16(), held(&said)), (202, 300_000));
        let said = talk.say(Method::HEAD, &path, &[token()], vec![]).await;
        assert_eq!((said.status.as_u16(), held(&said)), (202, 300_000), "where to go on");
        assert_eq!(talk.say(Method::GET, &path, &[token()], vec![]).await.status, 404, "not whole yet");
        let said = put(400_000, 500_000).await;
        assert_eq!((said.status.as_u16(), held(&said)), (416, 300_000));
        let said = put(200_000, 600_000).await;
        assert_eq!((said.status.as_u16(), held(&said)), (202, 600_000));
        let said = put(600_000, 700_000).await;
        assert_eq!((said.status.as_u16(), held(&said)), (201, 700_000));
        let said = talk.say(Method::GET, &path, &[token()], vec![]).await;
        assert!(said.status == 200 && said.body == bytes);
        let said = talk.say(Method::GET, &path, &[token(), ("range", "bytes=299990-300009".into())], vec![]).await;
        assert!(said.status == 206 && said.body == bytes[299_990..300_010]);
        assert_eq!(said.headers["content-range"], "bytes 299990-300009/700000");
        let said = talk.say(Method::GET, &path, &[token(), ("range", "bytes=699999-".into())], vec![]).await;
        assert_eq!(said.body, &bytes[699_999..]);
        let said = talk.say(Method::GET, &path, &[token(), ("range", "bytes=700000-".into())], vec![]).await;
        assert_eq!((said.status.as_u16(), said.headers["content-range"].to_str().unwrap()), (416, "bytes */700000"));
        let wrong = format!("/v1/mailboxes/{BOX}/objects/{}", "11".repeat(32));
        let said = talk.say(Method::PUT, &wrong, &[token()], b"other".to_vec()).await;
        assert_eq!((said.status.as_u16(), said.code()), (422, Code::ObjectMismatch));
        let said = talk.say(Method::PUT, &wrong, &[token(), ("content-range", format!("bytes 0-0/{}", 1 << 22))], b"x".to_vec()).await;
        assert_eq!((said.status.as_u16(), said.code()), (413, Code::RequestTooLarge));
        for odd in ["bytes 0-5/3", "bytes 5-0/9", "0-1/2", "bytes 0-18446744073709551615/9"] {
            let said = talk.say(Method::PUT, &wrong, &[token(), ("content-range", odd.into())], b"x".to_vec()).await;
            assert_eq!((said.status.as_u16(), said.code()), (400, Code::Malformed), "{odd}");
        }
    }
}
