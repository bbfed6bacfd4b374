//! Who writes: a person, their devices, the keys both hold, and where the keys are kept.

pub mod entropy;
pub mod keys;
pub mod person_log;
pub mod phrase;
pub mod recovery;
pub mod vault;
