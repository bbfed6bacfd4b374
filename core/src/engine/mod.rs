//! The only place where effects run: commands in, changes out, lifecycle. So far it has the profile on disk.

pub mod profile;
