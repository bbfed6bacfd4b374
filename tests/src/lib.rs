//! What whole fleets of devices are tried with: journeys, simulation, processes, benchmarks. Not built yet; `fixtures/` holds real input.
