//! Archives: a relationship, or what is private, as a file to keep or to read.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use crate::error::{CliError, Done};
use crate::profile::App;
use crate::say;
use crate::time::now;

/// Take a relationship out as a file.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  ithaca export --out ben.json\n  ithaca export --markdown --out ben.md\n  ithaca export --private --out mine.json\n\nThe file can be read by whoever has it."
)]
pub struct Export {
    /// Where to; `-` is the standard output
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// A page to read or print, instead of everything as JSON
    #[arg(long)]
    markdown: bool,
    /// What is private, instead of a relationship
    #[arg(long, conflicts_with = "with")]
    private: bool,
    /// Replace a file that is there
    #[arg(long)]
    force: bool,
}

/// Bring a file in.
#[derive(Debug, Args)]
#[command(after_help = "A relationship that this device is not in opens as a saved copy, for reading: ithaca pair list")]
pub struct Import {
    file: PathBuf,
}

/// `export`.
///
/// # Errors
/// See [`CliError`].
pub fn export(app: &mut App, c: &Export) -> Done {
    let mut engine = app.open()?;
    let space = if c.private { engine.personal()? } else { app.pair(&engine)?.space };
    let text = if c.markdown { engine.markdown(&space)? } else { engine.export(&space)? };
    let code = engine.state_code(&space)?;
    app.close(engine)?;
    if c.out == Path::new("-") {
        return app.out.write(&text);
    }
    write(&c.out, text.as_bytes(), c.force)?;
    say!(app.out, "Written to {} · state code {code}. Whoever has the file can read it.", c.out.display());
    app.out.value(&json!({ "space": space, "file": c.out, "state_code": code }))
}

/// A file that only its owner reads.
///
/// # Errors
/// [`CliError::Refused`] where there is one already and `force` is not said.
pub fn write(path: &Path, bytes: &[u8], force: bool) -> Done {
    let fault = |e: std::io::Error| {
        if e.kind() == std::io::ErrorKind::AlreadyExists {
            CliError::Refused(format!("{} is there already; add --force to replace it", path.display()))
        } else {
            CliError::io(path.display().to_string(), &e)
        }
    };
    let mut options = fs::OpenOptions::new();
    options.write(true);
    if force {
        options.create(true).truncate(true)
    } else {
        options.create_new(true)
    };
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).and_then(|mut f| f.write_all(bytes).and_then(|()| f.sync_all())).map_err(fault)
}

/// `import`.
///
/// # Errors
/// See [`CliError`].
pub fn import(app: &mut App, c: &Import) -> Done {
    let bytes = fs::read(&c.file).map_err(|e| CliError::io(c.file.display().to_string(), &e))?;
    let mut engine = app.open()?;
    let imported = engine.import(&bytes, now())?;
    app.close(engine)?;
    if imported.archive {
        say!(app.out, "Opened as a saved copy, for reading: `ithaca pair list`.");
    } else {
        say!(app.out, "{} put back that this device had lost.", imported.healed);
        if imported.others > 0 {
            say!(app.out, "{} of other devices are missing here: they come from those devices, with a sync.", imported.others);
        }
    }
    let (said, is) = &imported.state_code;
    if said == is {
        say!(app.out, "State code {is}, as in the file.");
    } else {
        say!(app.out, "State code {is}; the file says {said}.");
    }
    app.out.value(&imported)
}
