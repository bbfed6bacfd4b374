//! The only place where effects run: commands in, changes out, lifecycle.

pub mod profile;
