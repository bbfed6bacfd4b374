//! What whole fleets of devices are tried with: journeys, simulation, processes, benchmarks. Here stands what these share.

pub mod fleet;
pub mod people;
pub mod play;
