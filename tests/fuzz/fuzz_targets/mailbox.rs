//! The door `mailbox`, for libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ithaca_tests::fuzz::strictly(ithaca_tests::fuzz::decode::mailbox, bytes));
