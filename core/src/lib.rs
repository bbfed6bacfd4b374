//! What a device keeps, how it merges, and how it is carried to other devices.

pub mod card;
pub mod document;
pub mod editing;
pub mod engine;
pub mod event;
pub mod export;
pub mod id;
pub mod identity;
pub mod record;
pub mod space;
pub mod store;
pub mod switch;
pub mod sync;
pub mod transport;
pub mod view;
