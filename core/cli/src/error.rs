//! What ends a command early, with the exit code that says so to a script.

use std::io;

use ithaca_core::engine::EngineError;
use ithaca_core::engine::profile::ProfileError;

/// Why a command ended early.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// See [`EngineError`].
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// Nothing fits what was asked for.
    #[error("there is no {noun} like that: see `{list}`")]
    NotFound {
        /// What was looked for.
        noun: &'static str,
        /// The command that lists them.
        list: &'static str,
    },
    /// There is no relationship at all.
    #[error("you are paired with nobody yet: `ithaca pair invite` begins, `ithaca pair join` answers{also}")]
    Nobody {
        /// What can be done without one.
        also: &'static str,
    },
    /// More than one thing fits.
    #[error("more than one {noun} fits; name it by more of its id")]
    Ambiguous {
        /// What was looked for.
        noun: &'static str,
        /// Those that fit, each as a line: for the user's own eyes.
        candidates: Vec<String>,
    },
    /// Arguments that do not go together.
    #[error("{0}")]
    Usage(String),
    /// Not done, with the reason.
    #[error("{0}")]
    Refused(String),
    /// A relay could not be reached; what was written waits on this device.
    #[error("{0}")]
    Waiting(String),
    /// Another command holds the profile.
    #[error("another command has used this profile for the last ten seconds; try again when it is done")]
    Locked,
    /// The operating system refused.
    #[error("{what}: {kind}")]
    Io {
        /// What was tried.
        what: String,
        /// Why.
        kind: io::ErrorKind,
    },
    /// Whoever read the output went away. Not a failure.
    #[error("the reader went away")]
    Pipe,
}

/// What commands give.
pub type Done<T = ()> = Result<T, CliError>;

impl CliError {
    /// The exit code, as the help lists them.
    pub fn code(&self) -> u8 {
        match self {
            Self::Pipe => 0,
            Self::Usage(_) => 2,
            Self::NotFound { .. } | Self::Nobody { .. } | Self::Ambiguous { .. } | Self::Engine(EngineError::NotFound(_)) => 3,
            Self::Waiting(_) => 4,
            Self::Locked | Self::Engine(EngineError::Profile(ProfileError::Locked)) => 5,
            Self::Engine(_) | Self::Refused(_) | Self::Io { .. } => 1,
        }
    }

    /// An operating system's refusal; a pipe that closed is none.
    pub fn io(what: impl Into<String>, e: &io::Error) -> Self {
        if e.kind() == io::ErrorKind::BrokenPipe { Self::Pipe } else { Self::Io { what: what.into(), kind: e.kind() } }
    }
}
