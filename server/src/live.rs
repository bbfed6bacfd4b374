//! A live stream: what a device hears of its mailboxes while it is connected. Lossy by contract: a pull heals what it loses.

use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::HttpBody;
use base64::Engine;
use bytes::Bytes;
use futures_util::task::AtomicWaker;
use hyper::body::Frame;
use ithaca_wire::id::RecordHash;
use ithaca_wire::live::{Beat, Change};
use ithaca_wire::vector::beat;
use ithaca_wire::{MailboxId, cbor, limits, record};
use tokio::time::{Instant, Sleep};

use crate::store::Bus;

/// Events that wait for one device before records are left out and only the latest digest of each mailbox is kept.
const QUEUE: usize = 16;

#[derive(Debug)]
struct Event {
    mailbox: MailboxId,
    digest: [u8; 16],
    record: Option<Bytes>,
}

#[derive(Debug, Default)]
struct Heard {
    /// Digest of each mailbox heard as last told; absent until its first. Sorted by name.
    digests: Vec<(MailboxId, Option<[u8; 16]>)>,
    queue: Vec<Event>,
}

#[derive(Debug, Default)]
struct Client {
    /// The connection it is heard over, where that is one device's alone.
    line: Option<SocketAddr>,
    heard: Mutex<Heard>,
    waker: AtomicWaker,
}

impl Client {
    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `known`: the device pushed it itself and hears of it in the answer.
    fn push(&self, event: Event, known: bool) {
        let mut heard = self.heard();
        if let Ok(at) = heard.digests.binary_search_by_key(&event.mailbox, |d| d.0)
            && let Some(told) = heard.digests.get_mut(at)
        {
            told.1 = Some(event.digest);
        }
        if known {
            return;
        }
        if heard.queue.len() < QUEUE {
            heard.queue.push(event);
        } else {
            // A slow device hears where to look, not what is there; so its queue is as long as its mailboxes are many.
            let mut latest: Vec<Event> = Vec::new();
            for event in heard.queue.drain(..).chain([event]) {
                match latest.iter_mut().find(|e| e.mailbox == event.mailbox) {
                    Some(e) => *e = Event { record: None, ..event },
                    None => latest.push(Event { record: None, ..event }),
                }
            }
            heard.queue = latest;
        }
        drop(heard);
        self.waker.wake();
    }
}

/// Every live stream of this relay.
#[derive(Debug, Default)]
pub struct Hub {
    mailboxes: RwLock<HashMap<MailboxId, Vec<Arc<Client>>>>,
    clients: AtomicUsize,
    closed: AtomicBool,
    /// Records that are being pushed, and over which connection.
    pushing: Mutex<VecDeque<(SocketAddr, RecordHash)>>,
}

/// So many records that were pushed over some connection are remembered until they are published; one that never is goes as others come.
const PUSHED: usize = 256;

impl Hub {
    /// Streams open now.
    pub fn clients(&self) -> usize {
        self.clients.load(Ordering::Relaxed)
    }

    /// Ends every stream, once what waits in it was sent, and every later one at once.
    pub fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        for client in self.mailboxes.read().unwrap_or_else(PoisonError::into_inner).values().flatten() {
            client.waker.wake();
        }
    }

    fn under_way(&self) -> MutexGuard<'_, VecDeque<(SocketAddr, RecordHash)>> {
        self.pushing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// These records come over a connection whose stream needs not tell them, since the answer does. It may be on its way before they are published.
    pub fn pushing(&self, line: SocketAddr, records: impl IntoIterator<Item = RecordHash>) {
        let mut under_way = self.under_way();
        under_way.extend(records.into_iter().map(|r| (line, r)));
        let old = under_way.len().saturating_sub(PUSHED);
        under_way.drain(..old);
    }

    /// These are not being pushed any more.
    pub fn not_pushed(&self, line: SocketAddr) {
        self.under_way().retain(|(l, _)| *l != line);
    }

    /// The connections over which a record was pushed, which is published now.
    fn lines(&self, record: Option<&Bytes>) -> Vec<SocketAddr> {
        let mut under_way = self.under_way();
        let Some(record) = record.filter(|_| !under_way.is_empty()) else { return Vec::new() };
        let hash = record::hash(record);
        let lines = under_way.iter().filter(|(_, h)| *h == hash).map(|(line, _)| *line).collect();
        under_way.retain(|(_, h)| *h != hash);
        lines
    }

    /// Hears `mailboxes` from now on, over the connection `line` if that is one device's alone. Their digests now are told with [`Stream::know`].
    pub fn hear(self: &Arc<Self>, mut mailboxes: Vec<MailboxId>, line: Option<SocketAddr>, heartbeat: Duration) -> Stream {
        mailboxes.sort_unstable();
        mailboxes.dedup();
        let client = Arc::new(Client { line, ..Client::default() });
        client.heard().digests = mailboxes.iter().map(|m| (*m, None)).collect();
        let mut all = self.mailboxes.write().unwrap_or_else(PoisonError::into_inner);
        for mailbox in mailboxes {
            all.entry(mailbox).or_default().push(Arc::clone(&client));
        }
        drop(all);
        self.clients.fetch_add(1, Ordering::Relaxed);
        Stream { hub: Arc::clone(self), client, heartbeat, timer: Box::pin(tokio::time::sleep(heartbeat)) }
    }
}

impl Bus for Hub {
    fn listens(&self, mailbox: &MailboxId) -> bool {
        self.clients() > 0 && self.mailboxes.read().unwrap_or_else(PoisonError::into_inner).contains_key(mailbox)
    }

    fn publish(&self, mailbox: MailboxId, digest: [u8; 16], record: Option<Bytes>) {
        if self.clients() == 0 {
            return;
        }
        let lines = self.lines(record.as_ref());
        let record = record.filter(|r| r.len() <= limits::LIVE_RECORD);
        for client in self.mailboxes.read().unwrap_or_else(PoisonError::into_inner).get(&mailbox).into_iter().flatten() {
            let known = client.line.is_some_and(|l| lines.contains(&l));
            client.push(Event { mailbox, digest, record: record.clone() }, known);
        }
    }
}

/// One device's stream, as the body of its answer.
#[derive(Debug)]
pub struct Stream {
    hub: Arc<Hub>,
    client: Arc<Client>,
    heartbeat: Duration,
    timer: Pin<Box<Sleep>>,
}

impl Stream {
    /// Tells what the mailboxes held when they were last read, after [`Hub::hear`]; `None` for one that is not to be heard. What was
    /// published meanwhile is newer and stays.
    pub fn know(&self, mailbox: MailboxId, digest: Option<[u8; 16]>) {
        let mut heard = self.client.heard();
        let Ok(at) = heard.digests.binary_search_by_key(&mailbox, |d| d.0) else { return };
        match digest {
            Some(digest) => {
                if let Some(known) = heard.digests.get_mut(at) {
                    known.1.get_or_insert(digest);
                }
            }
            None => {
                heard.digests.remove(at);
                heard.queue.retain(|e| e.mailbox != mailbox);
                drop(heard);
                self.forget(&[mailbox]);
            }
        }
    }

    fn forget(&self, mailboxes: &[MailboxId]) {
        let mut all = self.hub.mailboxes.write().unwrap_or_else(PoisonError::into_inner);
        for mailbox in mailboxes {
            if let Some(clients) = all.get_mut(mailbox) {
                clients.retain(|c| !Arc::ptr_eq(c, &self.client));
                if clients.is_empty() {
                    all.remove(mailbox);
                }
            }
        }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        let mailboxes: Vec<_> = self.client.heard().digests.iter().map(|d| d.0).collect();
        self.forget(&mailboxes);
        self.hub.clients.fetch_sub(1, Ordering::Relaxed);
    }
}

fn message(out: &mut String, name: &str, data: &[u8]) {
    out.push_str("event: ");
    out.push_str(name);
    out.push_str("\ndata: ");
    base64::engine::general_purpose::STANDARD_NO_PAD.encode_string(data, out);
    out.push_str("\n\n");
}

impl HttpBody for Stream {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.client.waker.register(cx.waker());
        let mut heard = self.client.heard();
        let mut out = String::new();
        for event in std::mem::take(&mut heard.queue) {
            let record = event.record.map(|r| Vec::from(r).into());
            message(&mut out, "change", &cbor::encode(&Change { mailbox: event.mailbox, digest: event.digest, record }));
        }
        drop(heard);
        let heartbeat = self.heartbeat;
        if out.is_empty() {
            if self.hub.closed.load(Ordering::SeqCst) {
                return Poll::Ready(None);
            }
            std::task::ready!(self.timer.as_mut().poll(cx));
            let heard = self.client.heard();
            let digest = beat(heard.digests.iter().filter_map(|(m, d)| Some((m, d.as_ref()?))));
            drop(heard);
            message(&mut out, "beat", &cbor::encode(&Beat { digest }));
        }
        self.timer.as_mut().reset(next(heartbeat));
        Poll::Ready(Some(Ok(Frame::data(out.into()))))
    }
}

fn next(heartbeat: Duration) -> Instant {
    Instant::now() + heartbeat
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    const A: MailboxId = MailboxId([1; 16]);
    const B: MailboxId = MailboxId([2; 16]);

    fn changes(bytes: &[u8]) -> Vec<Change> {
        let text = std::str::from_utf8(bytes).unwrap();
        let data = text.lines().filter_map(|l| l.strip_prefix("data: "));
        data.map(|d| cbor::decode("change", &base64::engine::general_purpose::STANDARD_NO_PAD.decode(d).unwrap()).unwrap()).collect()
    }

    async fn next(stream: &mut Stream) -> Vec<Change> {
        changes(&stream.frame().await.unwrap().unwrap().into_data().unwrap())
    }

    #[tokio::test]
    async fn a_slow_device_hears_where_to_look_and_costs_no_more_for_being_slow() {
        let hub = Arc::new(Hub::default());
        let mut stream = hub.hear(vec![B, A], None, Duration::from_secs(3600));
        let record = Bytes::from(vec![0; limits::LIVE_RECORD]);
        for i in 0..QUEUE as u8 {
            hub.publish(A, [i; 16], Some(record.clone()));
        }
        assert!(next(&mut stream).await.iter().all(|c| c.record.is_some()));
        for i in 0..200u8 {
            hub.publish(if i % 3 == 0 { B } else { A }, [i; 16], Some(record.clone()));
            assert!(stream.client.heard().queue.len() <= QUEUE);
        }
        let heard = next(&mut stream).await;
        let last = |m| heard.iter().rev().find(|c| c.mailbox == m).unwrap().digest;
        assert_eq!((last(A), last(B)), ([199; 16], [198; 16]), "the latest of each is told");
    }

    #[tokio::test]
    async fn who_pushed_a_record_is_not_told_it_again_and_everybody_else_is() {
        let hub = Arc::new(Hub::default());
        let line = |port| Some(SocketAddr::from(([127, 0, 0, 1], port)));
        let mut mine = hub.hear(vec![A], line(1), Duration::from_millis(1));
        let mut other = hub.hear(vec![A], line(2), Duration::from_secs(9));
        let record = Bytes::from_static(b"pushed by one");
        hub.pushing(line(1).unwrap(), [record::hash(&record)]);
        hub.publish(A, [1; 16], Some(record.clone()));
        hub.publish(A, [2; 16], Some(Bytes::from_static(b"pushed by another")));
        assert_eq!(next(&mut mine).await.len(), 1);
        assert_eq!(next(&mut other).await.len(), 2);
        // Once published, it is told again, and a beat is over what was told either way.
        hub.publish(A, [3; 16], Some(record.clone()));
        assert_eq!(next(&mut mine).await.len(), 1);
        hub.pushing(line(1).unwrap(), [record::hash(&record)]);
        hub.publish(A, [4; 16], Some(record));
        let frame = mine.frame().await.unwrap().unwrap().into_data().unwrap();
        let data = std::str::from_utf8(&frame).unwrap().lines().nth(1).unwrap().strip_prefix("data: ").unwrap().to_owned();
        let data = base64::engine::general_purpose::STANDARD_NO_PAD.decode(data).unwrap();
        assert_eq!(cbor::decode::<Beat>("beat", &data).unwrap().digest, beat([(&A, &[4; 16])]));
    }

    #[tokio::test]
    async fn whoever_hangs_up_is_forgotten() {
        let hub = Arc::new(Hub::default());
        let (one, two) = (hub.hear(vec![A, B], None, Duration::from_secs(9)), hub.hear(vec![A], None, Duration::from_secs(9)));
        two.know(A, None);
        assert!(hub.listens(&A) && hub.listens(&B) && hub.clients() == 2);
        drop(one);
        assert!(!hub.listens(&A) && !hub.listens(&B) && hub.mailboxes.read().unwrap().is_empty());
        drop(two);
        assert_eq!(hub.clients(), 0);
    }

    #[tokio::test]
    async fn what_was_published_meanwhile_is_newer_than_what_was_read() {
        let hub = Arc::new(Hub::default());
        let mut stream = hub.hear(vec![A], None, Duration::from_millis(1));
        hub.publish(A, [2; 16], None);
        stream.know(A, Some([1; 16]));
        assert_eq!(next(&mut stream).await.len(), 1);
        let frame = stream.frame().await.unwrap().unwrap().into_data().unwrap();
        let data = std::str::from_utf8(&frame).unwrap().lines().nth(1).unwrap().strip_prefix("data: ").unwrap().to_owned();
        let data = base64::engine::general_purpose::STANDARD_NO_PAD.decode(data).unwrap();
        assert_eq!(cbor::decode::<Beat>("beat", &data).unwrap().digest, beat([(&A, &[2; 16])]));
    }
}
