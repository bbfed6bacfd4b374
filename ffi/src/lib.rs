//! The surface for Kotlin and Swift: what the phone's apps are made on.
//!
//! **Invariants.** No logic of the domain: what screens show is read in `ithaca_core::view`, what a person does is a command of
//! `ithaca_core::document`; here they only cross. Every exported future sends a command to the engine's own thread and waits for its answer: a
//! caller that drops the future loses the answer, never the work. Synchronous exports read what is in memory and never touch the database.
//! Listeners, the log sink, the vault and the connectivity are called with no lock held, each on a thread of ours; what they throw changes
//! nothing here. No error and no log line carries what a person wrote. Ids cross as hexadecimal text, days as `YYYY-MM-DD`, instants as
//! milliseconds since 1970 (`at_ms`: on the writer's wall clock), offsets in text as UTF-16 code units. Every call may fail with what the storage and
//! the engine's state bring about (`StorageFull`, `StorageCorrupt`, `Suspended`, `Closed`, `Internal`), with `BadInput` for an id that is none, with `NotFound`
//! for one that names nothing, and where it writes with `ReadOnly`; *Errors* names what else. What a name and a type say alone has no line beside it.

uniffi::setup_scaffolding!();

mod app;
mod card;
mod device;
mod error;
mod goal;
mod history;
mod home;
mod listener;
mod log;
mod message;
mod note;
mod pair;
mod people;
mod platform;
mod recovery;
mod runtime;
mod search;
mod session;
mod settings;
mod status;
mod text;

pub use app::*;
pub use card::*;
pub use device::*;
pub use error::*;
pub use goal::*;
pub use history::*;
pub use home::*;
pub use listener::*;
pub use log::*;
pub use message::*;
pub use note::*;
pub use pair::*;
pub use people::*;
pub use platform::*;
pub use recovery::*;
pub use search::*;
pub use session::*;
pub use settings::*;
pub use status::*;
pub use text::*;
