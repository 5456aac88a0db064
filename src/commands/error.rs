//! Why a command could not do its work, and the exit code that says so.

use std::error::Error;
use std::fmt::{self, Write as _};

use crate::domain::visible::shown;

/// Nothing found.
pub const EXIT_OK: u8 = 0;
/// The tool could not do its work: bad input, no credentials, wrong usage.
pub const EXIT_FAILED: u8 = 1;
/// Findings, drift, an update that is due: as `terraform plan -detailed-exitcode`.
pub const EXIT_FOUND: u8 = 2;
/// Ctrl-C, as shells count it: 128 + SIGINT.
pub const EXIT_INTERRUPTED: u8 = 130;

/// Whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The user's: something given is wrong or missing.
    Input,
    /// The machine's or the account's: a file, a network, a permission.
    Environment,
    /// Nobody's: the user left.
    Interrupted,
    /// Ours: rdsproxy-gen contradicts itself.
    Bug,
}

/// Why a command could not do its work.
#[derive(Debug)]
pub struct CommandError {
    /// Whose turn it is.
    pub kind: ErrorKind,
    /// What happened.
    pub source: Box<dyn Error + Send + Sync>,
    /// What to do, one line each.
    pub hints: Vec<String>,
}

impl CommandError {
    /// Something given is wrong or missing.
    pub fn input(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            kind: ErrorKind::Input,
            source: source.into(),
            hints: Vec::new(),
        }
    }

    /// The machine or the account refused.
    pub fn environment(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            kind: ErrorKind::Environment,
            ..Self::input(source)
        }
    }

    /// The user left; nothing was written.
    pub fn interrupted() -> Self {
        Self {
            kind: ErrorKind::Interrupted,
            ..Self::input("left without writing anything")
        }
    }

    /// rdsproxy-gen contradicts itself.
    pub fn bug(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { kind: ErrorKind::Bug, ..Self::input(source) }
            .hint("this is a fault of rdsproxy-gen, not of your input: please report it with rdsproxy.toml")
    }

    /// Adds what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// What happened and what to do, where one line is all there is.
    pub fn in_one_line(&self) -> String {
        let lines = std::iter::once(self.source.to_string()).chain(self.hints.iter().cloned());
        lines.collect::<Vec<_>>().join("; ")
    }

    /// The code that the process ends with.
    pub fn exit_code(&self) -> u8 {
        match self.kind {
            ErrorKind::Input | ErrorKind::Environment | ErrorKind::Bug => EXIT_FAILED,
            ErrorKind::Interrupted => EXIT_INTERRUPTED,
        }
    }
}

impl fmt::Display for CommandError {
    /// The message, its causes, the hints: one line each.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = match self.kind {
            // Whoever left did nothing wrong.
            ErrorKind::Interrupted => self.source.to_string(),
            _ => format!("error: {}", self.source),
        };
        let mut cause = self.source.source();
        while let Some(error) = cause {
            write!(text, ": {error}")?;
            cause = error.source();
        }
        for hint in &self.hints {
            write!(text, "\nhint: {hint}")?;
        }
        // Files, folders, registries and commands have their words in it.
        out.write_str(&shown(&text))
    }
}

impl Error for CommandError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::files::bounded::{Bound, named_text};

    #[test]
    fn the_cause_and_the_way_out_are_told() {
        let error = named_text(std::path::Path::new("no/such.toml"), Bound::SPEC).unwrap_err();
        let error = CommandError::environment(error).hint("name a file that exists");
        let text = error.to_string();
        assert!(
            text.starts_with("error: cannot read no/such.toml: "),
            "{text}"
        );
        assert!(text.ends_with("\nhint: name a file that exists"), "{text}");
        assert_eq!(error.exit_code(), EXIT_FAILED);
        assert_eq!(CommandError::interrupted().exit_code(), EXIT_INTERRUPTED);
    }
}
