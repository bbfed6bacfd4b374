//! An export: what a space reads like outside. Readable first, then the bytes everything readable follows from, in one canonical file; and
//! the same as a page to read or print. Bytes are checked again when a file is read, so a changed file is named as such.

mod file;
mod markdown;
mod readable;
mod state_code;

pub use file::{DocumentExport, EventExport, ExportError, Parsed, ParsedDocument, ParsedEvent, SpaceExport, VERSION, parse, space_json};
pub use markdown::markdown;
pub use readable::Readable;
pub use state_code::{person_code, spoken, state_code};

#[cfg(test)]
mod tests;
