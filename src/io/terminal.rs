//! The terminal: what it can do, and the two streams. Results go to standard output, everything else to standard error.
#![allow(clippy::disallowed_methods)]

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use anstream::{AutoStream, ColorChoice};
use terminal_size::{Height, Width};

use super::streams::Stream;
use crate::domain::by_lines::ByLines;
use crate::domain::visible::{painted, shown};

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

/// Whether we have coloured a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colours {
    /// No: whatever commands a terminal is a stranger's.
    #[default]
    None,
    /// Yes: our own colours pass, and are left out where nobody sees them.
    Ours,
}

/// Writes a result to standard output. What a stranger wrote commands nothing there, whoever reads it. A reader who left early has
/// what it wanted.
///
/// # Errors
/// When it cannot be written.
pub fn result(text: &str, colours: Colours) -> io::Result<()> {
    Stream::Results.holds(text)?;
    match colours {
        // Nothing is left that would have to be taken out byte by byte.
        Colours::None => sent(&mut io::stdout().lock(), text, colours),
        Colours::Ours => sent(&mut anstream::stdout().lock(), text, colours),
    }
}

/// The same for a result that is written as it is made.
///
/// # Errors
/// When it cannot be written, or made.
pub fn result_by(
    text: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    colours: Colours,
) -> io::Result<()> {
    Stream::Results.holds(" ")?;
    let fit = |stream: &mut dyn Write| {
        let mut lines = ByLines::new(stream, fit(colours));
        text(&mut lines)?;
        lines.finish()
    };
    quiet_when_nobody_reads(match colours {
        Colours::None => fit(&mut io::stdout().lock()),
        Colours::Ours => fit(&mut anstream::stdout().lock()),
    })
}

/// Writes a note to standard error, in the same way.
///
/// # Errors
/// When it cannot be written.
pub fn note(text: &str) -> io::Result<()> {
    painted_note(text, Colours::None)
}

/// The same for a note that may be coloured. What cannot be written is remembered: see [`notes_are_lost`].
///
/// # Errors
/// When it cannot be written.
pub fn painted_note(text: &str, colours: Colours) -> io::Result<()> {
    let open = Stream::Notes.holds(text);
    let sent = open.and_then(|()| sent(&mut anstream::stderr().lock(), text, colours));
    NOTES_ARE_LOST.fetch_or(sent.is_err(), Ordering::Relaxed);
    sent
}

static NOTES_ARE_LOST: AtomicBool = AtomicBool::new(false);

/// Whether a note could not be written: then nobody can be told, but the run has failed.
pub fn notes_are_lost() -> bool {
    NOTES_ARE_LOST.load(Ordering::Relaxed)
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

/// The one way out: every text passes here.
fn sent(stream: &mut impl Write, text: &str, colours: Colours) -> io::Result<()> {
    quiet_when_nobody_reads(write(stream, &fit(colours)(text)))
}

/// What makes a text fit to be sent.
fn fit(colours: Colours) -> fn(&str) -> Cow<'_, str> {
    match colours {
        Colours::None => shown,
        Colours::Ours => painted,
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
    fn every_text_is_fit_to_be_sent() {
        let cases = [
            (Colours::None, "\\u{1b}[31ma\\u{202e}"),
            (Colours::Ours, "\u{1b}[31ma\\u{202e}"),
        ];
        for (colours, expected) in cases {
            let mut stream = Vec::new();
            sent(&mut stream, "\u{1b}[31ma\u{202e}", colours).unwrap();
            assert_eq!(String::from_utf8(stream).unwrap(), expected);
        }
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
