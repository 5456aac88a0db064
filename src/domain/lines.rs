//! Converts between byte offsets and line and column numbers. A text may be a single line of several megabytes with
//! thousands of places, so no place is found by counting from the beginning of its line.

/// The distance in bytes between two offsets whose character counts are stored.
const STRIDE: usize = 1024;

/// Splits a text into lines, line endings included. Diffs must use this: `similar` also splits at a lone carriage
/// return, so its line numbers would differ.
pub fn with_ends(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// A text, indexed by the offsets of its lines.
#[derive(Clone, Debug, Default)]
pub struct Lines<'t> {
    text: &'t str,
    /// The offset of each line, in bytes.
    starts: Vec<u32>,
    /// The [`TextSize`] before every [`STRIDE`] bytes; empty for ASCII text, where offsets need no conversion.
    counted: Vec<TextSize>,
    is_ascii: bool,
}

/// The size of a piece of text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct TextSize {
    letters: u32,
    /// The size in UTF-16 code units.
    units: u32,
}

impl<'t> Lines<'t> {
    /// Indexes a text, which must be shorter than 4 GiB.
    pub fn new(text: &'t str) -> Self {
        let breaks = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| number(at + 1));
        let is_ascii = text.is_ascii();
        let counted = if is_ascii { "" } else { text };
        let mut count = TextSize::default();
        let counted = counted.as_bytes().chunks(STRIDE).map(|bytes| {
            let before = count;
            count = before.with(bytes);
            before
        });
        Self {
            text,
            counted: counted.collect(),
            starts: std::iter::once(0).chain(breaks).collect(),
            is_ascii,
        }
    }

    /// Returns the indexed text.
    pub fn text(&self) -> &'t str {
        self.text
    }

    /// Returns the start offset and the text of a line, without its line ending; `number` is 1-based.
    pub fn line(&self, number: u32) -> Option<(usize, &'t str)> {
        let index = index(number.checked_sub(1)?);
        let start = index_at(&self.starts, index)?;
        let end = index_at(&self.starts, index + 1).map_or(self.text.len(), |next| next - 1);
        let line = self.text.get(start..end)?;
        Some((start, line.strip_suffix('\r').unwrap_or(line)))
    }

    /// Returns the line and column of a byte offset, both 1-based, the column in characters. An offset beyond the text
    /// or inside a character gets column 1 of its line.
    pub fn place(&self, offset: usize) -> (u32, u32) {
        let (line, letters, _) = self.column(offset);
        (line, letters.saturating_add(1))
    }

    /// Returns the line and column of a byte offset, both 1-based, the column in UTF-16 code units.
    pub fn place_in_units(&self, offset: usize) -> (u32, u32) {
        let (line, _, units) = self.column(offset);
        (line, units.saturating_add(1))
    }

    /// Returns the byte offset of a line and column, both 1-based; `None` if no character is that far from the start
    /// of the line.
    pub fn offset(&self, line: u32, column: u32) -> Option<usize> {
        let start = index_at(&self.starts, index(line.checked_sub(1)?))?;
        let wanted = self
            .count(start)
            .letters
            .checked_add(column.checked_sub(1)?)?;
        if self.is_ascii {
            return Some(index(wanted)).filter(|at| *at < self.text.len());
        }
        let block = self
            .counted
            .partition_point(|count| count.letters <= wanted);
        let first = block.checked_sub(1)?;
        let mut left = wanted - self.counted.get(first)?.letters;
        let bytes = self.text.as_bytes().iter().enumerate().skip(first * STRIDE);
        for (at, _) in bytes.filter(|(_, byte)| begins_letter(**byte)) {
            if left == 0 {
                return Some(at);
            }
            left -= 1;
        }
        None
    }

    fn column(&self, offset: usize) -> (u32, u32, u32) {
        let line = self
            .starts
            .partition_point(|start| index(*start) <= offset)
            .max(1);
        let start = index_at(&self.starts, line - 1).unwrap_or_default();
        let (from, to) = if self.text.is_char_boundary(offset) {
            (self.count(start), self.count(offset))
        } else {
            (TextSize::default(), TextSize::default())
        };
        (
            number(line),
            to.letters - from.letters,
            to.units - from.units,
        )
    }

    /// Returns the size of the text before a byte offset.
    fn count(&self, offset: usize) -> TextSize {
        if self.is_ascii {
            return TextSize {
                letters: number(offset),
                units: number(offset),
            };
        }
        let block = offset / STRIDE;
        let Some(before) = self.counted.get(block) else {
            // The offset is the end of the text, at a block boundary.
            let last = self.counted.last().copied().unwrap_or_default();
            let from = self.counted.len().saturating_sub(1) * STRIDE;
            return last.with(&self.text.as_bytes()[from..]);
        };
        before.with(&self.text.as_bytes()[block * STRIDE..offset])
    }
}

impl TextSize {
    fn with(self, bytes: &[u8]) -> Self {
        let letters = bytes.iter().filter(|byte| begins_letter(**byte)).count();
        // A character of four bytes takes two UTF-16 code units.
        let wide = bytes.iter().filter(|byte| **byte >= 0xf0).count();
        Self {
            letters: self.letters.saturating_add(number(letters)),
            units: self.units.saturating_add(number(letters + wide)),
        }
    }
}

/// Removes the line and column numbers of places from a message: `main.tf:3:5` becomes `main.tf`.
pub fn without_places(message: &str) -> String {
    let number = |text: &str| {
        let rest = text.strip_prefix(':')?;
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        (digits > 0).then(|| digits + 1)
    };
    let mut kept = String::with_capacity(message.len());
    let mut rest = message;
    while let Some(at) = rest.find(':') {
        let (before, from) = rest.split_at(at);
        kept.push_str(before);
        let line = number(from);
        let place = line.and_then(|line| Some(line + number(&from[line..])?));
        let length = place.unwrap_or(1);
        if place.is_none() {
            kept.push(':');
        }
        rest = &from[length..];
    }
    kept + rest
}

/// True for every UTF-8 byte except continuation bytes.
fn begins_letter(byte: u8) -> bool {
    byte & 0xc0 != 0x80
}

fn index_at(starts: &[u32], index: usize) -> Option<usize> {
    starts.get(index).map(|start| self::index(*start))
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

/// Returns the name of a part of a file without the folder or file that it stands in: `module.proxy/users` of
/// `terraform: module.proxy/users`.
pub fn without_place(name: &str) -> &str {
    match name.split_once(": ") {
        // A name may hold the text of a value.
        Some((place, rest)) if !place.contains(['"', '=', '{', '(']) => rest,
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns line, column and UTF-16 column by counting from the beginning of the text.
    fn counted(text: &str, offset: usize) -> [u32; 3] {
        let before = &text[..offset];
        let start = before.rfind('\n').map_or(0, |line| line + 1);
        [
            before.matches('\n').count() + 1,
            before[start..].chars().count() + 1,
            before[start..].encode_utf16().count() + 1,
        ]
        .map(number)
    }

    #[test]
    fn every_place_is_the_one_that_counting_finds() {
        let long = "aé\u{1F600}".repeat(STRIDE);
        for text in [
            "",
            "\n",
            "a\r\n\u{1F600}b\nc",
            "é",
            &long,
            &format!("x\n{long}\ny"),
        ] {
            let lines = Lines::new(text);
            let ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
            for offset in ends {
                let [line, column, unit] = counted(text, offset);
                assert_eq!(lines.place(offset), (line, column), "{offset}");
                assert_eq!(lines.place_in_units(offset), (line, unit), "{offset}");
                let found = (offset < text.len()).then_some(offset);
                assert_eq!(lines.offset(line, column), found, "{offset}");
            }
        }
    }

    #[test]
    fn a_message_is_the_same_wherever_its_places_are() {
        for (message, kept) in [
            (
                "also used by aws_db_proxy.b (app/main.tf:15:3)",
                "also used by aws_db_proxy.b (app/main.tf)",
            ),
            ("port 5432:5433", "port 5432:5433"),
            (
                "arn:aws:iam::123456789012:role/a:1",
                "arn:aws:iam::123456789012:role/a:1",
            ),
            ("é:1:2:3 and :", "é:3 and :"),
        ] {
            assert_eq!(without_places(message), kept);
        }
    }

    #[test]
    fn lines_have_no_ends() {
        let lines = Lines::new("one\r\ntwo\n\nfour");
        let found: Vec<_> = (0..6).map(|number| lines.line(number)).collect();
        let expected = [(0, "one"), (5, "two"), (9, ""), (10, "four")].map(Some);
        assert_eq!(found[1..5], expected);
        assert_eq!((found[0], found[5]), (None, None));
        assert_eq!(Lines::new("é").place(1), (1, 1));
        assert_eq!(Lines::new("é").place(9), (1, 1));
        assert_eq!(lines.offset(9, 1), None);
        assert_eq!(lines.offset(0, 0), None);
    }
}
