//! The editor: a text goes out to `$EDITOR`, and the difference comes back in, so that what others wrote meanwhile stays.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command as Process;

use ithaca_core::document::text::TextEdit;
use ithaca_core::document::{Command, DocumentKind};
use ithaca_core::engine::Engine;
use ithaca_core::id::{DocumentId, SpaceId};

use crate::error::{CliError, Done};
use crate::print::{aside, short};
use crate::profile::{App, all_input};
use crate::time::now;

/// Where a new text comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The user's editor.
    Editor,
    /// The standard input; based on these heads if named, else on the text as it is.
    Input(Option<String>),
}

/// A text that is to be edited.
#[derive(Debug)]
pub struct Text {
    /// The space.
    pub space: SpaceId,
    /// Its document.
    pub document: DocumentId,
    /// Its document's kind.
    pub kind: DocumentKind,
    /// How it reads.
    pub text: String,
}

/// Lets a text be edited and applies the difference. The profile is closed meanwhile, so that other commands can work on it.
///
/// # Errors
/// See [`CliError`]; what was typed is kept in a file where it could not be applied.
pub fn edit(app: &mut App, mut engine: Engine, text: &Text, source: &Source, command: impl FnOnce(TextEdit) -> Command) -> Done<bool> {
    let mut base_heads = engine.document(&text.space, text.document)?.heads();
    let folder = engine.folder().to_owned();
    app.close(engine)?;
    let path = folder.join(format!("edit-{}-{}.md", short(text.document), std::process::id()));
    let new = match source {
        Source::Editor => in_editor(&path, &text.text)?,
        Source::Input(base) => {
            if let Some(base) = base {
                base_heads = heads(base)?;
            }
            as_before(&text.text, all_input()?)
        }
    };
    let apply = || {
        let mut engine = app.open()?;
        let rewrite = TextEdit::Rewrite { base_heads, text: new };
        let changed = engine.edit(&text.space, text.document, text.kind, &command(rewrite), now())?;
        app.close(engine)?;
        Ok(changed)
    };
    let done = apply();
    if *source == Source::Editor {
        match &done {
            Ok(_) => fs::remove_file(&path).map_err(|e| CliError::io(path.display().to_string(), &e))?,
            Err(_) => aside(format_args!("What you wrote is kept in {}.", path.display())),
        }
    }
    done
}

/// The heads of a document as `--json` shows them: hexadecimal, with commas between.
fn heads(text: &str) -> Done<Vec<[u8; 32]>> {
    let one = |t: &str| {
        let mut out = [0; 32];
        hex::decode_to_slice(t.trim(), &mut out).map(|()| out)
    };
    let wrong = |_| CliError::Usage("--base takes the heads that `--json` shows, with commas between".into());
    text.split(',').map(one).collect::<Result<_, _>>().map_err(wrong)
}

/// Editors end a text with a line break; where there was none it does not count.
fn as_before(before: &str, mut after: String) -> String {
    if !before.ends_with('\n') && after.ends_with('\n') {
        after.pop();
        if after.ends_with('\r') {
            after.pop();
        }
    }
    after
}

/// The text after the user edited it. The file stands in the profile's folder, which only its owner reads.
fn in_editor(path: &Path, text: &str) -> Done<String> {
    let fault = |e: std::io::Error| CliError::io(path.display().to_string(), &e);
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).and_then(|mut f| f.write_all(text.as_bytes())).map_err(fault)?;
    let editor = ["VISUAL", "EDITOR"].iter().find_map(|v| std::env::var(v).ok().filter(|e| !e.trim().is_empty()));
    let editor = editor.unwrap_or_else(|| if cfg!(windows) { "notepad" } else { "vi" }.to_owned());
    let mut process = if cfg!(windows) {
        let mut words = editor.split_whitespace();
        let mut p = Process::new(words.next().unwrap_or("notepad"));
        p.args(words).arg(path);
        p
    } else {
        // An editor may come with options of its own.
        let mut p = Process::new("sh");
        p.arg("-c").arg(format!("{editor} \"$1\"")).arg("ithaca").arg(path);
        p
    };
    let status = process.status();
    let read = fs::read_to_string(path);
    match (status, read) {
        (Ok(s), Ok(new)) if s.success() => Ok(as_before(text, new)),
        (_, new) => {
            if new.is_ok_and(|n| as_before(text, n) == text) {
                let _ = fs::remove_file(path);
            } else {
                aside(format_args!("What you wrote is kept in {}.", path.display()));
            }
            Err(CliError::Refused("the editor ended with an error; nothing was changed. EDITOR names the one to use".into()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::as_before;

    #[test]
    fn a_line_break_that_the_editor_added_does_not_count() {
        assert_eq!(as_before("a", "b\n".into()), "b");
        assert_eq!(as_before("a\n", "b\n".into()), "b\n");
        assert_eq!(as_before("a", "b\n\n".into()), "b\n");
        assert_eq!(as_before("", "".into()), "");
    }
}
