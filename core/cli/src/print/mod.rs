//! The output: lines for people, or one JSON value a command. Everything printed goes through here.

mod human;

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

pub use human::{People, Placed, day_and_time, list_words, place_words, short};
use serde::Serialize;

use crate::error::{CliError, Done};

/// Where a command's output goes.
#[derive(Debug)]
pub struct Out {
    json: bool,
    terminal: bool,
}

impl Out {
    /// The standard output.
    pub fn new(json: bool) -> Self {
        Self { json, terminal: io::stdout().is_terminal() }
    }

    /// Whether JSON was asked for.
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// A line for people; nothing where JSON was asked for.
    ///
    /// # Errors
    /// [`CliError::Pipe`] when nobody reads any more.
    pub fn line(&mut self, text: impl Display) -> Done {
        if self.json { Ok(()) } else { self.write(&format!("{text}\n")) }
    }

    /// One JSON value; nothing where it was not asked for.
    ///
    /// # Errors
    /// As [`Out::line`].
    pub fn value(&mut self, value: &impl Serialize) -> Done {
        if !self.json {
            return Ok(());
        }
        let text = serde_json::to_string_pretty(value).map_err(|_| CliError::Refused("this cannot be shown as JSON".into()))?;
        self.write(&format!("{text}\n"))
    }

    /// Text as it is, for people and programs alike.
    ///
    /// # Errors
    /// As [`Out::line`].
    pub fn write(&mut self, text: &str) -> Done {
        let mut out = io::stdout().lock();
        // What somebody else wrote must not steer this terminal; into a file or pipe it goes as it is.
        let shown = if self.terminal { harmless(text) } else { text.to_owned() };
        out.write_all(shown.as_bytes()).and_then(|()| out.flush()).map_err(|e| CliError::io("the output", &e))
    }
}

/// A line to the user beside the output: a question, a hint, what went wrong.
pub fn aside(text: impl Display) {
    // Where even this cannot be written there is nobody to tell.
    let _ = writeln!(io::stderr().lock(), "{}", harmless(&text.to_string()));
}

/// Text without what a terminal would obey.
fn harmless(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' && c != '\t' { '\u{fffd}' } else { c }).collect()
}

/// Writes a line for people.
#[macro_export]
macro_rules! say {
    ($out:expr, $($arg:tt)*) => { $out.line(format_args!($($arg)*))? };
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn text_of_others_cannot_steer_the_terminal() {
        assert_eq!(harmless("a\u{1b}[2Jb\u{9b}c\r\n\tд"), "a\u{fffd}[2Jb\u{fffd}c\u{fffd}\n\tд");
    }
}
