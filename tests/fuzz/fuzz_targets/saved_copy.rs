//! The door `saved_copy`, for libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ithaca_tests::fuzz::strictly(ithaca_tests::fuzz::engine::saved_copy, bytes));
