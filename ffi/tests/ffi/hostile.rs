//! Listeners that throw, futures that are dropped, closing in the middle, ten thousand subscriptions, many threads.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

use ithaca_ffi::{CallbackError, Change, ChangeListener, DocumentId, Ithaca, IthacaError, NoteFilter, Phase, SpaceId};

use crate::support::{Person, Remember, wait_for};

fn private_notes() -> NoteFilter {
    NoteFilter { space: None, with_private: false, tag: None, bin: false }
}

struct Throws {
    n: AtomicUsize,
    panics: bool,
}

impl ChangeListener for Throws {
    fn on_changes(&self, _: Vec<Change>) -> Result<(), CallbackError> {
        self.n.fetch_add(1, Ordering::SeqCst);
        assert!(!self.panics, "this listener throws");
        Err(CallbackError::Failed)
    }
}

#[tokio::test]
async fn a_listener_that_throws_harms_neither_the_engine_nor_other_listeners() {
    let ana = Person::new("Ana").await;
    let bad: Vec<Arc<Throws>> = [true, false].map(|panics| Arc::new(Throws { n: AtomicUsize::new(0), panics })).into();
    let held: Vec<_> = bad.iter().map(|b| ana.ithaca.subscribe(b.clone())).collect();
    let (good, heard) = Remember::new();
    let _good = ana.ithaca.subscribe(good);
    wait_for(&heard, |c| *c == Change::Everything);
    let personal = ana.ithaca.personal_space().await.unwrap();
    for n in 0..3 {
        ana.ithaca.new_private_note(None, format!("Note {n}")).await.unwrap();
        wait_for(&heard, |c| *c == Change::Content { space: personal });
    }
    // The good one is called last, so the others were called by now: each again, although it threw.
    assert!(bad.iter().all(|b| b.n.load(Ordering::SeqCst) >= 3));
    drop(held);
    assert_eq!(ana.ithaca.n_subscriptions(), 1);
}

#[tokio::test]
async fn a_dropped_future_loses_the_answer_and_not_the_work() {
    let ana = Person::new("Ana").await;
    for n in 0..20 {
        let mut asked = pin!(ana.ithaca.new_private_note(None, format!("Note {n}")));
        // Polled once, so that it was asked; then dropped, as a cancelled coroutine does.
        let polled = asked.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(matches!(polled, Poll::Pending | Poll::Ready(Ok(_))));
    }
    // Whatever was asked before this is done before this.
    assert_eq!(ana.ithaca.notes(private_notes(), 0, 100).await.unwrap().lines.len(), 20);
}

#[tokio::test]
async fn closing_twice_is_closing_once_and_everything_later_is_closed() {
    let ana = Person::new("Ana").await;
    let (listener, heard) = Remember::new();
    let subscription = ana.ithaca.subscribe(listener);
    ana.ithaca.shut_down().await.unwrap();
    ana.ithaca.shut_down().await.unwrap();
    wait_for(&heard, |c| matches!(c, Change::Engine | Change::Everything));
    assert_eq!(ana.ithaca.snapshot().phase, Phase::Closed);
    assert_eq!(ana.ithaca.pairs().await, Err(IthacaError::Closed));
    assert_eq!(ana.ithaca.resume().await, Err(IthacaError::Closed));
    assert_eq!(ana.ithaca.suspend().await, Err(IthacaError::Closed));
    assert_eq!(ana.ithaca.sync().await.err(), Some(IthacaError::Closed));
    subscription.cancel();
    subscription.cancel();
    // The lock is free: the same folder opens in this very process.
    let again = Ithaca::open(ana.folder(), ana.vault.clone(), None).await.unwrap();
    assert_eq!(again.snapshot().person, ana.ithaca.snapshot().person);
}

#[tokio::test]
async fn what_was_asked_before_closing_is_done_or_says_that_it_was_not() {
    let ana = Person::new("Ana").await;
    let mut asked = Vec::new();
    for n in 0..200 {
        let ithaca = ana.ithaca.clone();
        asked.push(tokio::spawn(async move { ithaca.new_private_note(None, format!("Note {n}")).await }));
        if n == 100 {
            let ithaca = ana.ithaca.clone();
            asked.push(tokio::spawn(async move { ithaca.shut_down().await.map(|()| DocumentId([0; 16])) }));
        }
    }
    let mut kept = 0;
    for a in asked {
        match a.await.unwrap() {
            Ok(id) => kept += usize::from(id.0 != [0; 16]),
            Err(e) => assert_eq!(e, IthacaError::Closed),
        }
    }
    let again = Ithaca::open(ana.folder(), ana.vault.clone(), None).await.unwrap();
    assert_eq!(
        again.notes(private_notes(), 0, 500).await.unwrap().lines.len(),
        kept,
        "an acknowledged note is kept, another is not half there"
    );
}

#[tokio::test]
async fn ten_thousand_subscriptions_leave_nothing_behind() {
    let ana = Person::new("Ana").await;
    let bad = Arc::new(Throws { n: AtomicUsize::new(0), panics: false });
    for n in 0..10_000 {
        let subscription = ana.ithaca.subscribe(bad.clone());
        if n % 2 == 0 {
            subscription.cancel();
        }
    }
    assert_eq!(ana.ithaca.n_subscriptions(), 0);
    // The one who listens now is heard by a hub that still works.
    let (listener, heard) = Remember::new();
    let _held = ana.ithaca.subscribe(listener);
    wait_for(&heard, |c| *c == Change::Everything);
    let before = bad.n.load(Ordering::SeqCst);
    ana.ithaca.new_private_note(None, "Plan".into()).await.unwrap();
    wait_for(&heard, |c| matches!(c, Change::Content { .. }));
    assert_eq!(bad.n.load(Ordering::SeqCst), before, "nobody who cancelled is called");
}

#[test]
fn many_threads_call_at_once() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let ana = runtime.block_on(Person::new("Ana"));
    std::thread::scope(|scope| {
        for t in 0..8 {
            let ithaca = ana.ithaca.clone();
            scope.spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
                for n in 0..25 {
                    runtime.block_on(ithaca.new_private_note(None, format!("{t}/{n}"))).unwrap();
                    runtime.block_on(ithaca.notes(private_notes(), 0, 3)).unwrap();
                    assert_eq!(ithaca.snapshot().name, "Ana");
                }
            });
        }
    });
    let all = runtime.block_on(ana.ithaca.notes(private_notes(), 0, 1000)).unwrap();
    assert_eq!(all.lines.len(), 200);
}

struct CallsBack(std::sync::Weak<Ithaca>, std::sync::Mutex<std::sync::mpsc::Sender<usize>>);

impl ChangeListener for CallsBack {
    fn on_changes(&self, _: Vec<Change>) -> Result<(), CallbackError> {
        let Some(ithaca) = self.0.upgrade() else { return Ok(()) };
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let n = runtime.block_on(ithaca.notes(private_notes(), 0, 10)).map_or(0, |p| p.lines.len());
        // A test that is over hears nothing more.
        let _ = self.1.lock().unwrap().send(n);
        Ok(())
    }
}

#[tokio::test]
async fn a_listener_may_call_back_and_wait() {
    let ana = Person::new("Ana").await;
    let (seen, counts) = std::sync::mpsc::channel();
    let _held = ana.ithaca.subscribe(Arc::new(CallsBack(Arc::downgrade(&ana.ithaca), std::sync::Mutex::new(seen))));
    ana.ithaca.new_private_note(None, "Plan".into()).await.unwrap();
    while counts.recv_timeout(std::time::Duration::from_secs(120)).unwrap() != 1 {}
}

#[tokio::test]
async fn two_processes_do_not_share_a_profile_and_a_suspended_one_lets_go() {
    let ana = Person::new("Ana").await;
    let second = || Ithaca::open(ana.folder(), ana.vault.clone(), None);
    assert_eq!(second().await.err(), Some(IthacaError::InUse));
    ana.ithaca.suspend().await.unwrap();
    ana.ithaca.suspend().await.unwrap();
    assert_eq!(ana.ithaca.snapshot().phase, Phase::Suspended);
    assert_eq!(ana.ithaca.sync().await.err(), Some(IthacaError::Suspended));
    let other = second().await.unwrap();
    assert_eq!(ana.ithaca.resume().await, Err(IthacaError::InUse));
    other.shut_down().await.unwrap();
    ana.ithaca.resume().await.unwrap();
    ana.ithaca.resume().await.unwrap();
    assert_eq!(ana.ithaca.snapshot().phase, Phase::Open);
}

#[tokio::test]
async fn what_is_typed_or_scanned_wrongly_is_named_and_changes_nothing() {
    use ithaca_ffi::Input;
    let ana = Person::new("Ana").await;
    let input = |e: IthacaError| if let IthacaError::BadInput { input, .. } = e { Some(input) } else { None };
    let it = &ana.ithaca;
    assert_eq!(it.answer_invite("https://relay.example/i#v1.ha".into(), None).await.err().and_then(input), Some(Input::Link));
    assert_eq!(it.answer_invite("https://elsewhere.example/app?code=1".into(), None).await.err().and_then(input), Some(Input::Link));
    assert_eq!(it.scan_device("x".into(), None).await.err().and_then(input), Some(Input::Code));
    assert_eq!(it.check_words("one two".into()).await.err().and_then(input), Some(Input::Words));
    assert_eq!(it.set_relay("http://relay.example".into(), None).await.err().and_then(input), Some(Input::Address));
    assert_eq!(it.set_relay("https://relay.example".into(), Some("12".into())).await.err().and_then(input), Some(Input::Account));
    assert_eq!(it.import_file("/nowhere".into()).await.err().and_then(input), Some(Input::File));
    assert_eq!(it.pair_home(SpaceId([0; 32]), "today".into()).await.err().and_then(input), Some(Input::Day));
    assert_eq!(it.relay().await, Ok(None));
    assert_eq!(it.invite().await.err(), Some(IthacaError::Refused { why: "name a relay first: it carries the invitation".into() }));
    let empty = Ithaca::create(crate::support::folder(&tempfile::TempDir::new().unwrap()), ana.vault.clone(), None, " ".into()).await;
    assert_eq!(empty.err().and_then(input), Some(Input::Name));
}
