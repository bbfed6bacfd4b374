//! The real programs, killed with SIGKILL at random moments under load: what was acknowledged is there afterwards.

mod ithaca;
mod relay;
