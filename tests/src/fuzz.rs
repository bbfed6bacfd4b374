//! Doors: every function by which foreign bytes come in, each with its laws. A door takes any bytes and panics when a law is broken.
//!
//! The laws: no panic, no unbounded time or memory, and what is read can be written and read again. One value has one shortest form, so what a reader
//! takes is either exactly what this version would write, or longer (it carries fields of a later version).
//!
//! `tests/fuzz_replay` tries the doors with kept and mutated bytes in plain tests; `tests/fuzz` lets libFuzzer look for more.

pub mod corpus;
pub mod decode;
pub mod engine;
pub mod mutate;
pub mod world;

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

/// A door.
pub type Door = fn(&[u8]);

/// Doors by name: those of decoders, and of one document, each some microseconds an input.
pub const DECODERS: [(&str, Door); 16] = [
    ("request", decode::request),
    ("response", decode::response),
    ("live_event", decode::live_event),
    ("listen", decode::listen),
    ("mailbox", decode::mailbox),
    ("outer_record", decode::outer_record),
    ("refusal", decode::refusal),
    ("statement", decode::statement),
    ("payload", decode::payload),
    ("body", decode::body),
    ("inner", decode::inner),
    ("event", decode::event),
    ("export", decode::export),
    ("invite", decode::invite),
    ("pairing", decode::pairing),
    ("change", engine::change),
];

/// Doors by name: those that work with whole engines and relays, each some milliseconds an input.
pub const ENGINES: [(&str, Door); 8] = [
    ("relay", engine::relay),
    ("peer_body", engine::peer_body),
    ("peer_content", engine::peer_content),
    ("peer_event", engine::peer_event),
    ("peer_change", engine::peer_change),
    ("peer_statement", engine::peer_statement),
    ("answer", engine::answer),
    ("saved_copy", engine::saved_copy),
];

thread_local! {
    static LAST: RefCell<String> = const { RefCell::new(String::new()) };
    static TRYING: Cell<bool> = const { Cell::new(false) };
}

/// What a broken law said, or nothing. Panics that are caught below (of the merge engine, which the firewall expects) are not printed: they are many.
///
/// # Errors
/// The panic's words and place.
pub fn tried(door: Door, bytes: &[u8]) -> Result<(), String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| match TRYING.get() {
            true => LAST.with_borrow_mut(|last| *last = info.to_string()),
            false => before(info),
        }));
    });
    TRYING.set(true);
    let done = catch_unwind(AssertUnwindSafe(|| door(bytes)));
    TRYING.set(false);
    done.map_err(|_| LAST.take())
}

/// For a fuzzer: ends the process where a law is broken.
#[allow(clippy::print_stderr, reason = "a fuzzer's findings are read there")]
pub fn strictly(door: Door, bytes: &[u8]) {
    if let Err(why) = tried(door, bytes) {
        eprintln!("{why}");
        std::process::abort();
    }
}
