//! Who writes: a person, their devices, the keys both hold, and where the keys are kept.

pub mod person_log;
