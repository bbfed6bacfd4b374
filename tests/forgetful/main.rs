//! Power cuts: whatever was acknowledged is there afterwards, whole, wherever in the work of the device's store or the relay's the power went.
//!
//! `CASES=20` looks at twenty times as many cuts and seeds.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test: helpers may stop it too")]

mod device;
mod relay;

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ithaca_tests::forgetful::Image;

/// One tape at a time.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn cases() -> usize {
    std::env::var("CASES").ok().and_then(|c| c.parse().ok()).unwrap_or(1)
}

/// Puts an image into a folder, in place of what databases it holds.
fn put(image: &Image, folder: &Path) {
    for entry in std::fs::read_dir(folder).unwrap().map(|e| e.unwrap()) {
        if entry.file_name().to_string_lossy().contains(".db") {
            std::fs::remove_file(entry.path()).unwrap();
        }
    }
    for (name, bytes) in image {
        std::fs::write(folder.join(name), bytes).unwrap();
    }
}
