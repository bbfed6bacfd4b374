//! Connections that die between two calls, as they do when a phone sleeps or its network changes.

use std::io;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use ithaca_core::transport::http::Http;
use ithaca_core::transport::{Call, CallError, Reply, Transport};
use ithaca_server::testing::TestRelay;
use ithaca_wire::exchange::{Request, VERSION};

/// A proxy on loopback whose connections can be cut at any time.
struct Cut {
    origin: String,
    open: Arc<Mutex<Vec<TcpStream>>>,
    taken: Arc<AtomicUsize>,
}

impl Cut {
    fn new(relay: &str) -> Self {
        let to = relay.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let (open, taken) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicUsize::new(0)));
        let cut = Self { origin, open: open.clone(), taken: taken.clone() };
        std::thread::spawn(move || {
            for device in listener.incoming().flatten() {
                taken.fetch_add(1, Ordering::SeqCst);
                let Ok(relay) = TcpStream::connect(&to) else { continue };
                let ends = [(&device, &relay), (&relay, &device)].map(|(from, to)| (from.try_clone().unwrap(), to.try_clone().unwrap()));
                open.lock().unwrap().extend([device, relay]);
                for (mut from, mut to) in ends {
                    std::thread::spawn(move || {
                        // One end of a connection that was cut.
                        drop(io::copy(&mut from, &mut to));
                        drop(to.shutdown(Shutdown::Both));
                    });
                }
            }
        });
        cut
    }

    fn cut(&self) {
        self.open.lock().unwrap().drain(..).for_each(|s| drop(s.shutdown(Shutdown::Both)));
    }
}

fn nothing() -> Call {
    Call::Sync(Request { version: VERSION, budget: 1_000, mailboxes: vec![] })
}

#[test]
fn a_connection_that_died_while_nobody_looked_is_made_again() {
    let relay = TestRelay::open().unwrap();
    let cut = Cut::new(&relay.origin());
    // As on a phone: nothing runs between two calls.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let http = Http::new().unwrap();
    for n in 1..=50 {
        let reply = runtime.block_on(http.call(&cut.origin, nothing()));
        assert!(matches!(reply, Ok(Reply::Sync(_))), "call {n}: {reply:?}");
        assert!(cut.taken.load(Ordering::SeqCst) >= n, "call {n} went over a connection that was cut");
        cut.cut();
    }
    drop(relay);
    let reply = runtime.block_on(http.call(&cut.origin, nothing()));
    assert!(matches!(reply, Err(CallError::Unreachable(_))), "{reply:?}");
}
