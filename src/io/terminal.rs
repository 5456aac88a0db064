//! The terminal: what it can do, and the two streams. Results go to standard output, everything else to standard error.
#![allow(clippy::disallowed_methods)]

use std::collections::BTreeSet;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::sync::{Mutex, PoisonError};

use anstream::{AutoStream, ColorChoice};
use terminal_size::{Height, Width};

/// Where no size can be found out: what most terminals start with.
const USUAL_SIZE: (usize, usize) = (80, 24);

/// The least that a list of three with its question and its keys fits into.
const LEAST_SIZE: (usize, usize) = (24, 10);

fn size() -> (usize, usize) {
    let (width, height) = terminal_size::terminal_size_of(io::stderr())
        .map_or(USUAL_SIZE, |(Width(width), Height(height))| {
            (usize::from(width), usize::from(height))
        });
    // Some pseudo-terminals say 0 until they are told.
    (
        if width == 0 { USUAL_SIZE.0 } else { width },
        if height == 0 { USUAL_SIZE.1 } else { height },
    )
}

/// What the terminal can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terminal {
    /// Whether somebody can type.
    pub input: bool,
    /// Whether somebody can read what is asked.
    pub notes: bool,
    /// Whether results go to a screen.
    pub results: bool,
    /// Whether the cursor can be moved (`TERM` is not `dumb`).
    pub cursor: bool,
    /// Whether notes may have colours: a terminal, and neither `NO_COLOR`, `CLICOLOR=0` nor `TERM=dumb`.
    pub colours: bool,
    /// Columns.
    pub width: usize,
    /// Lines.
    pub height: usize,
}

impl Terminal {
    /// Looks at the terminal.
    pub fn look() -> Self {
        let (width, height) = size();
        Self {
            input: io::stdin().is_terminal(),
            notes: io::stderr().is_terminal(),
            results: io::stdout().is_terminal(),
            cursor: std::env::var_os("TERM").is_none_or(|term| term != "dumb"),
            colours: AutoStream::choice(&io::stderr()) != ColorChoice::Never,
            width,
            height,
        }
    }

    /// The same terminal, as large as it is now.
    #[must_use]
    pub fn measured(self) -> Self {
        let (width, height) = size();
        Self {
            width,
            height,
            ..self
        }
    }

    /// Whether lists and fields can be drawn: on less, what is drawn would scroll away under the cursor.
    pub fn has_room(&self) -> bool {
        self.width >= LEAST_SIZE.0 && self.height >= LEAST_SIZE.1
    }

    /// Whether a person is there to be asked. Standard input alone decides whether somebody can type: what asks on the
    /// controlling terminal while standard input is a pipe hangs a script.
    pub fn can_ask(&self) -> bool {
        self.input && self.notes
    }
}

/// Writes a result to standard output. Colours are left out where nobody sees them. A reader who left early has what it wanted.
///
/// # Errors
/// When it cannot be written.
pub fn result(text: &str) -> io::Result<()> {
    quiet_when_nobody_reads(write(&mut anstream::stdout().lock(), text))
}

/// Writes a note to standard error, in the same way.
///
/// # Errors
/// When it cannot be written.
pub fn note(text: &str) -> io::Result<()> {
    quiet_when_nobody_reads(write(&mut anstream::stderr().lock(), text))
}

/// The same, once in a run: a wizard comes by the same place each time that its answers are shown.
///
/// # Errors
/// As [`note`].
pub fn note_once(text: &str) -> io::Result<()> {
    static TOLD: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    match told.insert(text.to_owned()) {
        true => note(text),
        false => Ok(()),
    }
}

fn write(stream: &mut impl Write, text: &str) -> io::Result<()> {
    stream.write_all(text.as_bytes())?;
    stream.flush()
}

fn quiet_when_nobody_reads(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_who_left_is_no_error() {
        let left = Err(io::Error::from(ErrorKind::BrokenPipe));
        assert!(quiet_when_nobody_reads(left).is_ok());
        let full = Err(io::Error::from(ErrorKind::StorageFull));
        assert!(quiet_when_nobody_reads(full).is_err());
    }

    #[test]
    fn a_pipe_on_either_side_means_that_nobody_is_asked() {
        let terminal = Terminal {
            input: true,
            notes: true,
            results: false,
            cursor: true,
            colours: false,
            width: 80,
            height: 24,
        };
        assert!(terminal.can_ask());
        assert!(
            !Terminal {
                input: false,
                ..terminal
            }
            .can_ask()
        );
        assert!(
            !Terminal {
                notes: false,
                ..terminal
            }
            .can_ask()
        );
    }
}
