//! `ithaca-relay`, killed while records are pushed.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use ithaca_core::transport::http::Http;
use ithaca_core::transport::{Call, Reply, Transport};
use ithaca_tests::play::stage::RelayProcess;
use ithaca_tests::program;
use ithaca_wire::exchange::{Ask, MakeMailbox, Request, VERSION};
use ithaca_wire::id::RecordHash;
use ithaca_wire::record::{self, Outer};
use ithaca_wire::vector::{Entry, Sum};
use ithaca_wire::{Code, LaneId, MailboxId, Token};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

const KILLS: usize = 200;
const MAILBOX: MailboxId = MailboxId([3; 16]);
const TOKEN: Token = Token([4; 32]);

fn bytes_of(lane: LaneId, n: u64, rng: &mut ChaCha8Rng) -> Vec<u8> {
    let mut nonce = [0; 24];
    rng.fill_bytes(&mut nonce);
    let mut body = vec![0; 120 + (rng.next_u32() % 900) as usize];
    rng.fill_bytes(&mut body);
    Outer { version: record::VERSION, lane, n, nonce, ciphertext: &body }.to_bytes()
}

fn sync(ask: Ask) -> Request {
    Request { version: VERSION, budget: 4 << 20, mailboxes: vec![ask] }
}

fn ask() -> Ask {
    Ask { mailbox: MAILBOX, token: TOKEN, push: None, digest: None, vector: None, lists: None }
}

#[tokio::test]
#[allow(clippy::disallowed_methods, reason = "a kill at a random moment needs a moment")]
async fn what_a_relay_acknowledged_survives_two_hundred_kills() {
    let data = tempfile::tempdir().unwrap();
    let seed = 17;
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let relay_program = program("ithaca-relay").unwrap();
    let mut relay = RelayProcess::start(&relay_program, data.path(), None).unwrap();
    let origin = relay.origin.clone();
    let http = Http::new().unwrap();
    let make = MakeMailbox { token_hash: TOKEN.hash(), voucher: None, next: None, token: None };
    http.call(&origin, Call::Make { mailbox: MAILBOX, make, account: None }).await.unwrap();
    let lanes: Vec<LaneId> = (0..4).map(|i| LaneId([i; 16])).collect();
    let mut next: BTreeMap<LaneId, u64> = lanes.iter().map(|l| (*l, 1)).collect();
    // The same bytes are sent again until they are acknowledged, as a device does.
    let mut waiting: BTreeMap<LaneId, Vec<u8>> = BTreeMap::new();
    let mut acknowledged: Vec<(LaneId, u64, RecordHash)> = Vec::new();
    for _ in 0..KILLS {
        let until = Instant::now() + Duration::from_micros(u64::from(rng.next_u32() % 30_000));
        while Instant::now() < until {
            let mut pushes = Vec::new();
            for lane in &lanes {
                let n = next[lane];
                let bytes = waiting.entry(*lane).or_insert_with(|| bytes_of(*lane, n, &mut rng)).clone();
                pushes.push((*lane, n, bytes));
            }
            // All lanes at once, so that a kill falls into a group of several.
            let sent = pushes.into_iter().map(|(lane, n, bytes)| {
                let request = sync(Ask { push: Some(vec![bytes.clone().into()]), ..ask() });
                let (http, origin) = (http.clone(), origin.clone());
                tokio::spawn(async move {
                    let Ok(Reply::Sync(response)) = http.call(&origin, Call::Sync(request)).await else { return None };
                    let answer = response.mailboxes.into_iter().next()?;
                    (answer.code == Code::Ok && answer.pushed.is_none()).then_some((lane, n, record::hash(&bytes)))
                })
            });
            let sent: Vec<_> = sent.collect();
            let killed_in_the_middle = rng.next_u32() % 2 == 0 && Instant::now() >= until;
            if killed_in_the_middle {
                relay.kill().unwrap();
            }
            for task in sent {
                if let Some((lane, n, hash)) = task.await.unwrap() {
                    acknowledged.push((lane, n, hash));
                    waiting.remove(&lane);
                    next.insert(lane, n + 1);
                }
            }
        }
        relay.kill().unwrap();
        relay = RelayProcess::start(&relay_program, data.path(), Some(&origin)).unwrap();
    }
    assert!(acknowledged.len() > KILLS, "only {} records were acknowledged", acknowledged.len());
    // A second device, which holds nothing, asks for everything.
    let mut held = std::collections::BTreeSet::new();
    let (mut vector, mut sums) = (BTreeMap::new(), BTreeMap::new());
    loop {
        let request = sync(Ask { vector: Some(vector.iter().map(|(l, e)| (*l, *e)).collect()), ..ask() });
        // The first call after a kill may meet a connection that died with it.
        let mut answer = http.call(&origin, Call::Sync(request.clone())).await;
        if answer.is_err() {
            answer = http.call(&origin, Call::Sync(request)).await;
        }
        let Reply::Sync(response) = answer.unwrap() else { panic!("another answer than to a sync") };
        let records = response.mailboxes.into_iter().next().unwrap().records.unwrap_or_default();
        if records.is_empty() {
            break;
        }
        for bytes in records {
            let outer = Outer::parse(&bytes).unwrap();
            let hash = record::hash(&bytes);
            held.insert((outer.lane, outer.n, hash));
            let sum: &mut Sum = sums.entry(outer.lane).or_default();
            sum.add(outer.n, &hash);
            vector.insert(outer.lane, Entry { from: 1, n: outer.n, tag: sum.tag() });
        }
    }
    let lost = acknowledged.iter().filter(|a| !held.contains(a)).count();
    assert_eq!(lost, 0, "{lost} of {} acknowledged records are gone", acknowledged.len());
}
