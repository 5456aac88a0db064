//! The reason why a command failed, and the exit code for it.

use std::error::Error;
use std::fmt::{self, Write as _};

use crate::domain::visible::shown;

/// Exit code when nothing was found.
pub const EXIT_OK: u8 = 0;
/// Exit code when the tool could not do its work: bad input, no credentials, wrong usage.
pub const EXIT_FAILED: u8 = 1;
/// Exit code for findings, drift or an update that is due, as in `terraform plan -detailed-exitcode`.
pub const EXIT_FOUND: u8 = 2;
/// Exit code after Ctrl-C, by shell convention: 128 + SIGINT.
pub const EXIT_INTERRUPTED: u8 = 130;

/// The party that has to act on an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The user: an input is wrong or missing.
    Input,
    /// The machine or the account: a file, the network or a permission.
    Environment,
    /// No one: the user cancelled.
    Interrupted,
    /// The maintainers: rdsproxy-gen contradicts itself.
    Bug,
}

/// The reason why a command failed.
#[derive(Debug)]
pub struct CommandError {
    /// The party that has to act.
    pub kind: ErrorKind,
    /// The underlying error, whose text is shown to the user.
    pub source: Box<dyn Error + Send + Sync>,
    /// Advice for the user, one line each.
    pub hints: Vec<String>,
}

impl CommandError {
    /// Builds an error for input that is wrong or missing.
    pub fn input(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            kind: ErrorKind::Input,
            source: source.into(),
            hints: Vec::new(),
        }
    }

    /// Builds an error for a machine or an account that refused.
    pub fn environment(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            kind: ErrorKind::Environment,
            ..Self::input(source)
        }
    }

    /// Builds the error for a user who cancelled; nothing was written.
    pub fn interrupted() -> Self {
        Self {
            kind: ErrorKind::Interrupted,
            ..Self::input("left without writing anything")
        }
    }

    /// Builds an error for a contradiction within rdsproxy-gen.
    pub fn bug(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { kind: ErrorKind::Bug, ..Self::input(source) }
            .hint("this is a fault of rdsproxy-gen, not of your input: please report it with rdsproxy.toml")
    }

    /// Adds a line of advice.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Returns the error and its hints as one line, for places that have only one.
    pub fn in_one_line(&self) -> String {
        let lines = std::iter::once(self.source.to_string()).chain(self.hints.iter().cloned());
        lines.collect::<Vec<_>>().join("; ")
    }

    /// Returns the exit code of the process.
    pub fn exit_code(&self) -> u8 {
        match self.kind {
            ErrorKind::Input | ErrorKind::Environment | ErrorKind::Bug => EXIT_FAILED,
            ErrorKind::Interrupted => EXIT_INTERRUPTED,
        }
    }
}

impl fmt::Display for CommandError {
    /// Writes the message with its causes on one line, then one line per hint.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = match self.kind {
            // Cancelling is not an error.
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
        // The text can quote files, folders, registries and commands.
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
