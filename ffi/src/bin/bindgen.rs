//! Writes the bindings of a built library: `uniffi-bindgen generate --library libithaca_ffi.so --language kotlin --out-dir …`.
fn main() {
    uniffi::uniffi_bindgen_main();
}
