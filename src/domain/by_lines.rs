//! Streams a text through a function that must see whole lines, without holding the whole text in memory.

use std::borrow::Cow;
use std::io::{self, ErrorKind, Write};
use std::str;

/// The number of bytes buffered before complete lines are written.
const PIECE: usize = 64 * 1024;

/// Transforms a text in pieces and writes each piece to a sink. Each piece ends at a line break; [`ByLines::finish`]
/// writes the last one.
#[derive(Debug)]
pub struct ByLines<W, C> {
    sink: W,
    change: C,
    held: Vec<u8>,
}

impl<W: Write, C: Fn(&str) -> Cow<'_, str>> ByLines<W, C> {
    /// Creates a writer that applies `change` to each piece and writes the result to `sink`.
    pub fn new(sink: W, change: C) -> Self {
        Self {
            sink,
            change,
            held: Vec::new(),
        }
    }

    /// Writes the rest of the buffer, even if its last line is incomplete.
    ///
    /// # Errors
    /// If the sink fails, or the buffered bytes are not valid UTF-8.
    pub fn finish(mut self) -> io::Result<()> {
        self.pass_on(self.held.len())?;
        self.sink.flush()
    }

    /// Writes the buffer up to the last line break within the most recently added `last` bytes, if there is one.
    #[cold]
    fn pass_on_lines(&mut self, last: usize) -> io::Result<()> {
        let from = self.held.len() - last;
        let line = self.held[from..].iter().rposition(|byte| *byte == b'\n');
        line.map_or(Ok(()), |at| self.pass_on(from + at + 1))
    }

    fn pass_on(&mut self, end: usize) -> io::Result<()> {
        let piece = str::from_utf8(&self.held[..end])
            .map_err(|error| io::Error::new(ErrorKind::InvalidData, error))?;
        self.sink.write_all((self.change)(piece).as_bytes())?;
        self.held.drain(..end);
        Ok(())
    }
}

impl<W: Write, C: Fn(&str) -> Cow<'_, str>> Write for ByLines<W, C> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    // Small and inlined: the JSON serialiser writes a few characters at a time.
    #[inline]
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.held.extend_from_slice(bytes);
        if self.held.len() < PIECE {
            Ok(())
        } else {
            self.pass_on_lines(bytes.len())
        }
    }

    /// Does nothing: an incomplete line stays in the buffer.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::visible::shown;

    #[test]
    fn pieces_end_with_their_lines_and_are_the_whole_text() {
        // A joiner is kept only between its neighbours, so no piece may end between them.
        let line = "a👩\u{200d}💻b\u{202e}c\n";
        let text = line.repeat(3 * PIECE / line.len()) + "the end 👩\u{200d}💻";
        for length in [1, 3, 1000, PIECE + 1] {
            let mut sink = Vec::new();
            let mut lines = ByLines::new(&mut sink, shown);
            for part in text.as_bytes().chunks(length) {
                lines.write_all(part).unwrap();
                assert!(lines.held.len() < 3 * PIECE);
            }
            lines.finish().unwrap();
            assert_eq!(String::from_utf8(sink).unwrap(), shown(&text), "{length}");
        }
    }

    #[test]
    fn a_sink_that_is_full_is_an_error() {
        let mut room = [0; 3];
        let mut lines = ByLines::new(&mut room[..], shown);
        lines.write_all(b"more than that").unwrap();
        assert!(lines.finish().is_err());
    }
}
