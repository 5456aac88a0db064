//! The terminal: its capabilities, and the two output streams. Results go to standard output, everything else to
//! standard error.
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

/// The size to assume if it cannot be determined: the default of most terminals.
const USUAL_SIZE: (usize, usize) = (80, 24);

/// The smallest size that fits a list of three options with its question and key help.
const LEAST_SIZE: (usize, usize) = (24, 10);

fn size() -> (usize, usize) {
    let (width, height) = terminal_size::terminal_size_of(io::stderr())
        .map_or(USUAL_SIZE, |(Width(width), Height(height))| {
            (usize::from(width), usize::from(height))
        });
    // Some pseudo-terminals report 0 until their size is set.
    (
        if width == 0 { USUAL_SIZE.0 } else { width },
        if height == 0 { USUAL_SIZE.1 } else { height },
    )
}

/// The capabilities of the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terminal {
    /// True if standard input is a terminal.
    pub input: bool,
    /// True if standard error, where prompts appear, is a terminal.
    pub notes: bool,
    /// True if standard output is a terminal.
    pub results: bool,
    /// True if the cursor can be moved (`TERM` is not `dumb`).
    pub cursor: bool,
    /// True if notes may have colours: a terminal, and neither `NO_COLOR`, `CLICOLOR=0` nor `TERM=dumb`.
    pub colours: bool,
    /// The width in columns.
    pub width: usize,
    /// The height in lines.
    pub height: usize,
}

impl Terminal {
    /// Detects the capabilities of the terminal.
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

    /// Returns the same terminal with its current size.
    #[must_use]
    pub fn measured(self) -> Self {
        let (width, height) = size();
        Self {
            width,
            height,
            ..self
        }
    }

    /// True if lists and fields can be drawn. On a smaller terminal they would scroll away under the cursor.
    pub fn has_room(&self) -> bool {
        self.width >= LEAST_SIZE.0 && self.height >= LEAST_SIZE.1
    }

    /// True if the user can be prompted. Only standard input decides if the user can type: a prompt on the controlling
    /// terminal while standard input is a pipe would hang a script.
    pub fn can_ask(&self) -> bool {
        self.input && self.notes
    }
}

/// States if a text contains colours of our own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colours {
    /// No colours: any control sequence comes from untrusted input.
    #[default]
    None,
    /// Our own colours pass, and are left out where they cannot be shown.
    Ours,
}

/// Writes a result to standard output. Control sequences from untrusted input are made visible, for a terminal and a
/// pipe alike. A reader that closed the pipe early is not an error.
///
/// # Errors
/// If the text cannot be written.
pub fn result(text: &str, colours: Colours) -> io::Result<()> {
    Stream::Results.holds(text)?;
    match colours {
        // No control sequences are left to strip, so write to the stream directly.
        Colours::None => sent(&mut io::stdout().lock(), text, colours),
        Colours::Ours => sent(&mut anstream::stdout().lock(), text, colours),
    }
}

/// Writes a result to standard output while it is produced.
///
/// # Errors
/// If the result cannot be produced or written.
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

/// Writes a note to standard error, with the same handling of control sequences and closed pipes.
///
/// # Errors
/// If the text cannot be written.
pub fn note(text: &str) -> io::Result<()> {
    painted_note(text, Colours::None)
}

/// Writes a note that may be coloured. A failure to write is remembered: see [`notes_are_lost`].
///
/// # Errors
/// If the text cannot be written.
pub fn painted_note(text: &str, colours: Colours) -> io::Result<()> {
    let open = Stream::Notes.holds(text);
    let sent = open.and_then(|()| sent(&mut anstream::stderr().lock(), text, colours));
    NOTES_ARE_LOST.fetch_or(sent.is_err(), Ordering::Relaxed);
    sent
}

static NOTES_ARE_LOST: AtomicBool = AtomicBool::new(false);

/// True if a note could not be written. The failure itself cannot be reported then, but the run has failed.
pub fn notes_are_lost() -> bool {
    NOTES_ARE_LOST.load(Ordering::Relaxed)
}

/// Writes a note at most once per run. A wizard reaches the same place each time that it shows its answers.
///
/// # Errors
/// As [`note`].
pub fn note_once(text: &str) -> io::Result<()> {
    static TOLD: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    if told.insert(text.to_owned()) {
        note(text)
    } else {
        Ok(())
    }
}

/// Sends a text to a stream. All complete texts pass through here.
fn sent(stream: &mut impl Write, text: &str, colours: Colours) -> io::Result<()> {
    quiet_when_nobody_reads(write(stream, &fit(colours)(text)))
}

/// Returns the function that neutralizes control sequences in a text.
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
