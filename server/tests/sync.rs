//! Exchanges over a socket: what is pushed, what is answered, what is refused.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

mod common;

use common::{BOX, TOKEN, Talk, WRONG, ask, entry, pull, push, ready, record, records, request};
use ithaca_server::testing::{Builder, TestRelay};
use ithaca_wire::error::Code;
use ithaca_wire::exchange::{Ask, LaneList, Request};
use ithaca_wire::id::RecordHash;
use ithaca_wire::record::hash;
use ithaca_wire::vector::{self, Vector};
use ithaca_wire::{LaneId, MailboxId, cbor, limits};

fn both() -> [Builder; 2] {
    [TestRelay::builder(), TestRelay::builder().sqlite()]
}

const A: LaneId = LaneId([1; 16]);

#[tokio::test]
async fn what_was_pushed_is_read_by_whoever_holds_the_token() {
    for builder in both() {
        let (relay, talk) = ready(builder).await;
        let sent = vec![record(1, 1, 0, 300), record(1, 2, 0, 300), record(2, 1, 0, 300)];
        let answer = talk.one(push(sent.clone())).await;
        assert_eq!(
            (answer.code, answer.digest, answer.pushed, answer.vector),
            (Code::Ok, None, None, None),
            "a push alone is only acknowledged"
        );
        let answer = talk.one(pull(&Vector::new())).await;
        assert_eq!(records(&answer), sent);
        assert_eq!(answer.lacking, Some((3, 900)));
        let held: Vector = answer.vector.unwrap().into_iter().collect();
        assert_eq!(held[&A], entry(1, 2, &sent[..2]));
        assert_eq!(answer.digest, Some(vector::digest(&held)));
        let same = talk.one(Ask { digest: answer.digest, ..ask() }).await;
        assert_eq!((same.code, same.digest, same.vector, same.records, same.lacking), (Code::Ok, answer.digest, None, None, None));
        let differs = talk.one(Ask { digest: Some([0; 16]), ..ask() }).await;
        assert_eq!((differs.vector.map(|v| v.len()), differs.records, differs.lacking), (Some(2), None, None));
        let http2 = Talk::http2(&relay).one(pull(&Vector::new())).await;
        assert_eq!(records(&http2), sent, "HTTP/2 says the same");
    }
}

#[tokio::test]
async fn forks_keep_both_sides_and_gaps_keep_none() {
    for builder in both() {
        let (_relay, talk) = ready(builder).await;
        let (one, two, other) = (record(1, 1, 0, 300), record(1, 2, 0, 300), record(1, 2, 1, 300));
        talk.one(push(vec![one.clone(), two.clone()])).await;
        let answer = talk.one(push(vec![record(1, 4, 0, 300), other.clone(), two.clone()])).await;
        assert_eq!(answer.pushed, Some(vec![(0, Code::Gap), (1, Code::Fork)]));
        assert_eq!(records(&answer), vec![two.clone()]);
        let again = talk.one(push(vec![other.clone()])).await;
        assert_eq!((again.pushed, again.records), (None, None), "the same bytes again are fine");
        talk.one(push(vec![record(1, 2, 2, 300), record(1, 2, 3, 300)])).await;
        let fifth = talk.one(push(vec![record(1, 2, 4, 300)])).await;
        assert_eq!(fifth.pushed, Some(vec![(0, Code::TooManyVersions)]));
        let all = records(&talk.one(pull(&Vector::new())).await);
        assert_eq!(all.len(), 5);
        assert!(all.contains(&two) && all.contains(&other));
    }
}

#[tokio::test]
async fn a_lane_that_differs_is_listed_and_then_healed_both_ways() {
    for builder in both() {
        let (_relay, talk) = ready(builder).await;
        let (one, two, other) = (record(1, 1, 0, 300), record(1, 2, 0, 300), record(1, 2, 1, 300));
        talk.one(push(vec![one.clone(), two.clone()])).await;
        // The device holds another version at 2, and 3.
        let three = record(1, 3, 0, 300);
        let theirs: Vector = [(A, entry(1, 2, &[one.clone(), other.clone()]))].into();
        let answer = talk.one(pull(&theirs)).await;
        assert_eq!(answer.records, None);
        let lists = answer.lists.unwrap();
        assert_eq!(lists, vec![LaneList { lane: A, held: vec![(1, hash(&one)), (2, hash(&two))], window: None }]);
        let held = |records: &[&Vec<u8>]| {
            let mut held: Vec<(u64, RecordHash)> = records.iter().map(|r| (u64::from(r[24]), hash(r))).collect();
            held.sort();
            Some(vec![LaneList { lane: A, held, window: None }])
        };
        let second = Ask { lists: held(&[&one, &other, &three]), ..pull(&theirs) };
        let answer = talk.one(second).await;
        assert_eq!(records(&answer), vec![two.clone()], "exactly what the device lacks");
        assert_eq!(answer.lacking, Some((1, 300)));
        assert!(answer.lists.is_some(), "the relay lacks something as well, so it says what it has");
        let third = Ask { lists: held(&[&one, &two, &other, &three]), push: push(vec![other.clone(), three]).push, ..pull(&theirs) };
        let answer = talk.one(third).await;
        assert_eq!((answer.lists, answer.lacking), (None, Some((0, 0))), "nothing lacks on either side");
        assert_eq!(answer.pushed, Some(vec![(0, Code::Fork)]));
    }
}

#[tokio::test]
async fn a_record_that_differs_below_one_last_record_is_noticed() {
    for builder in both() {
        let (_relay, talk) = ready(builder).await;
        talk.one(push((1..=4).map(|n| record(1, n, 0, 300)).collect())).await;
        let mut held: Vec<_> = [(1, 0), (2, 9)].map(|(n, version)| record(1, n, version, 300)).into();
        // Who is behind is first given what comes after.
        let answer = talk.one(pull(&[(A, entry(1, 2, &held))].into())).await;
        assert_eq!((records(&answer), &answer.lists), (vec![record(1, 3, 0, 300), record(1, 4, 0, 300)], &None));
        held.extend(records(&answer));
        let answer = talk.one(pull(&[(A, entry(1, 4, &held))].into())).await;
        assert_eq!(answer.lists.unwrap()[0].held.len(), 4);
        held[1] = record(1, 2, 0, 300);
        let answer = talk.one(pull(&[(A, entry(1, 4, &held))].into())).await;
        assert_eq!((answer.lists, answer.vector), (None, None));
    }
}

#[tokio::test]
async fn pages_keep_to_the_budget_and_come_to_an_end() {
    for builder in both() {
        let (_relay, talk) = ready(builder).await;
        let sent: Vec<_> = (1..=20).map(|n| record(1, n, 0, 1000)).chain((1..=5).map(|n| record(2, n, 0, 1000))).collect();
        talk.one(push(sent.clone())).await;
        let mut held = Vector::new();
        let (mut got, mut pages) = (Vec::new(), 0);
        loop {
            let answer = talk.exchange(Request { budget: 3500, ..request(vec![pull(&held)]) }).await.remove(0);
            let Some(page) = answer.records else { break };
            assert!(page.len() <= 3);
            assert_eq!(answer.lacking, Some((25 - got.len() as u64, 1000 * (25 - got.len() as u64))));
            for r in page {
                let n = u64::from(r[24]);
                got.push(r.to_vec());
                let of_lane: Vec<_> = got.iter().filter(|g| g[1] == r[1]).cloned().collect();
                held.insert(LaneId([r[1]; 16]), entry(1, n, &of_lane));
            }
            pages += 1;
        }
        assert_eq!((got, pages), (sent, 9));
        let least = talk.exchange(Request { budget: 0, ..request(vec![pull(&Vector::new())]) }).await.remove(0);
        assert_eq!(least.records.unwrap().len(), 1, "one record comes whatever the budget says");
    }
}

#[tokio::test]
async fn s14_a_strangers_token_and_no_mailbox_are_told_apart_to_nobody() {
    for builder in both() {
        let (_relay, talk) = ready(builder).await;
        let wrong = talk.post("/v1/sync", cbor::encode(&request(vec![Ask { token: WRONG, ..pull(&Vector::new()) }]))).await;
        let none = talk.post("/v1/sync", cbor::encode(&request(vec![Ask { mailbox: MailboxId([1; 16]), ..pull(&Vector::new()) }]))).await;
        assert_eq!(wrong.body, none.body);
        let answers = talk.sync(vec![Ask { token: WRONG, ..push(vec![record(1, 1, 0, 300)]) }]).await;
        assert_eq!((answers[0].code, answers[0].vector.is_none(), answers[0].digest), (Code::NoMailbox, true, None));
        let object = format!("/v1/mailboxes/{BOX}/objects/{}", "00".repeat(32));
        let other = format!("/v1/mailboxes/{}/objects/{}", MailboxId([1; 16]), "00".repeat(32));
        for method in [reqwest::Method::GET, reqwest::Method::PUT, reqwest::Method::HEAD] {
            let with = |token: [u8; 32]| [("x-ithaca-token", hex::encode(token))];
            let wrong = talk.say(method.clone(), &object, &with(WRONG.0), b"x".to_vec()).await;
            let none = talk.say(method.clone(), &other, &with(TOKEN.0), b"x".to_vec()).await;
            assert_eq!((wrong.status, &wrong.body), (none.status, &none.body));
            assert_eq!(wrong.status, 404);
            let mut headers = (wrong.headers, none.headers);
            headers.0.remove("date");
            headers.1.remove("date");
            assert_eq!(headers.0, headers.1);
        }
        let wrong = talk.next(BOX, WRONG, MailboxId([3; 16]), TOKEN).await;
        let none = talk.next(MailboxId([1; 16]), TOKEN, MailboxId([3; 16]), TOKEN).await;
        assert_eq!((wrong.status, wrong.body), (none.status, none.body));
    }
}

#[tokio::test]
async fn s15_every_limit_names_itself() {
    let builder = TestRelay::builder().sqlite().config(|c| {
        c.record_bytes = 2000;
        c.request_bytes = 10_000;
        c.store.mailbox_bytes = 5_000;
        c.store.lanes = 3;
    });
    let (_relay, talk) = ready(builder).await;
    let answer = talk.one(push(vec![record(1, 1, 0, 2001), vec![1, 2, 3], record(1, 1, 0, 300)])).await;
    assert_eq!(answer.pushed, Some(vec![(0, Code::RecordTooLarge), (1, Code::Malformed)]));
    talk.one(push(vec![record(2, 1, 0, 300), record(3, 1, 0, 300)])).await;
    let answer = talk.one(push(vec![record(4, 1, 0, 300), record(3, 2, 0, 300)])).await;
    assert_eq!(answer.pushed, Some(vec![(0, Code::TooManyLanes)]));
    talk.one(push(vec![record(3, 3, 0, 2000)])).await;
    let answer = talk.one(push(vec![record(3, 4, 0, 2000), record(3, 4, 0, 300)])).await;
    assert_eq!(answer.pushed, Some(vec![(0, Code::MailboxFull)]), "a smaller one still fits");
    let said = talk.post("/v1/sync", cbor::encode(&request(vec![push(vec![record(1, 2, 0, 11_000)])]))).await;
    assert_eq!((said.status.as_u16(), said.code()), (413, Code::RequestTooLarge));
    assert!(said.refusal().reason.contains("10000"));
    // Without a stated length it is cut off as it comes.
    let stream = futures_util::stream::iter((0..3).map(|_| Ok::<_, std::io::Error>(vec![0u8; 5000])));
    let chunked = talk.client.post(format!("{}/v1/sync", talk.origin)).body(reqwest::Body::wrap_stream(stream)).send().await.unwrap();
    assert_eq!(chunked.status(), 413);
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_whole() {
    let (_relay, talk) = ready(TestRelay::builder()).await;
    let good = cbor::encode(&request(vec![ask()]));
    let said = talk.post("/v1/sync", [good.clone(), vec![0]].concat()).await;
    assert_eq!((said.status.as_u16(), said.code()), (400, Code::Malformed));
    let said = talk.post("/v1/sync", Vec::new()).await;
    assert_eq!(said.code(), Code::Malformed);
    let said = talk.post("/v1/sync", cbor::encode(&Request { version: 2, ..request(vec![]) })).await;
    assert_eq!((said.status.as_u16(), said.code()), (400, Code::Version));
    let many = (0..=limits::MAILBOXES_ASKED as u64).map(|i| {
        let mut id = [0; 16];
        id[..8].copy_from_slice(&i.to_be_bytes());
        Ask { mailbox: MailboxId(id), ..ask() }
    });
    let said = talk.post("/v1/sync", cbor::encode(&request(many.collect()))).await;
    assert_eq!((said.status.as_u16(), said.code()), (413, Code::TooManyAsked));
    let said = talk.post("/v1/sync", cbor::encode(&request(vec![ask(), ask()]))).await;
    assert_eq!(said.code(), Code::Malformed);
}

#[tokio::test]
async fn the_largest_answer_stays_below_what_a_device_reads() {
    let (_relay, talk) = ready(TestRelay::builder().config(|c| c.store.mailbox_bytes = 1 << 30)).await;
    // Forks of full size at four numbers, and more records than one answer takes.
    let mut next = 1;
    for n in 1..=4 {
        for fill in 0..3 {
            talk.one(push(vec![record(1, n, fill, limits::RECORD)])).await;
        }
        next = n + 1;
    }
    let forks: Vec<_> = (1..next).map(|n| record(1, n, 9, 300)).collect();
    let asked = Ask { push: push(forks).push, ..pull(&Vector::new()) };
    let said = talk.post("/v1/sync", cbor::encode(&Request { budget: u32::MAX, ..request(vec![asked]) })).await;
    assert_eq!(said.status, 200);
    assert!(said.body.len() < 8 * limits::REQUEST, "{}", said.body.len());
    let response: ithaca_wire::exchange::Response = cbor::decode("response", &said.body).unwrap();
    let answer = &response.mailboxes[0];
    assert_eq!(answer.pushed.as_ref().map(Vec::len), Some(4));
    let got = records(answer);
    let held = |n: u64| got.iter().any(|r| r[24] == n as u8 && r.len() == limits::RECORD);
    assert!(held(1), "what is held beside the first fork comes along");
    let distinct: std::collections::BTreeSet<_> = got.iter().map(|r| hash(r)).collect();
    assert_eq!(distinct.len(), got.len(), "nothing comes twice");
}
