//! The lines of a text, and the columns in them. A text may be one line of megabytes with thousands of places in it: no place is found by
//! counting from the beginning of its line.

/// So many bytes lie between two places up to which the letters were counted.
const STRIDE: usize = 1024;

/// The lines of a text with their ends. Texts are compared by these: for the lines of `similar` a lone carriage return ends one too, and
/// a place in the one list is then no place in the other.
pub fn with_ends(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// A text, with where its lines begin.
#[derive(Clone, Debug, Default)]
pub struct Lines<'t> {
    text: &'t str,
    /// In bytes.
    starts: Vec<u32>,
    /// What stands before every so many bytes; of a text of single bytes nothing has to be counted.
    counted: Vec<TextSize>,
    is_ascii: bool,
}

/// How much text stands somewhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct TextSize {
    letters: u32,
    /// Code units of UTF-16.
    units: u32,
}

impl<'t> Lines<'t> {
    /// The lines of a text of less than four gigabytes.
    pub fn of(text: &'t str) -> Self {
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

    /// The text.
    pub fn text(&self) -> &'t str {
        self.text
    }

    /// A line by its number from 1, without its end, and where it begins.
    pub fn line(&self, number: u32) -> Option<(usize, &'t str)> {
        let index = index(number.checked_sub(1)?);
        let start = index_at(&self.starts, index)?;
        let end = index_at(&self.starts, index + 1).map_or(self.text.len(), |next| next - 1);
        let line = self.text.get(start..end)?;
        Some((start, line.strip_suffix('\r').unwrap_or(line)))
    }

    /// The line and the column of a byte, both from 1, the column in letters. What lies behind the text or within a letter has the
    /// column of the beginning of its line.
    pub fn place(&self, offset: usize) -> (u32, u32) {
        let (line, letters, _) = self.column(offset);
        (line, letters.saturating_add(1))
    }

    /// The same, the column in code units of UTF-16.
    pub fn place_in_units(&self, offset: usize) -> (u32, u32) {
        let (line, _, units) = self.column(offset);
        (line, units.saturating_add(1))
    }

    /// The byte at a line and a column, where there is a letter that far behind the beginning of the line.
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
        let (from, to) = match self.text.is_char_boundary(offset) {
            true => (self.count(start), self.count(offset)),
            false => (TextSize::default(), TextSize::default()),
        };
        (
            number(line),
            to.letters - from.letters,
            to.units - from.units,
        )
    }

    /// What stands before a byte of the text.
    fn count(&self, offset: usize) -> TextSize {
        if self.is_ascii {
            return TextSize {
                letters: number(offset),
                units: number(offset),
            };
        }
        let block = offset / STRIDE;
        let Some(before) = self.counted.get(block) else {
            // Behind the last byte, where a block would begin.
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
        // What takes four bytes takes two units.
        let wide = bytes.iter().filter(|byte| **byte >= 0xf0).count();
        Self {
            letters: self.letters.saturating_add(number(letters)),
            units: self.units.saturating_add(number(letters + wide)),
        }
    }
}

/// A message without the lines and columns of the places in it: `main.tf:3:5` is `main.tf`.
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

/// Every byte of UTF-8 but those that go on with a letter.
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

#[cfg(test)]
mod tests {
    use super::*;

    /// By counting from the beginning of the line.
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
            let lines = Lines::of(text);
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
        let lines = Lines::of("one\r\ntwo\n\nfour");
        let found: Vec<_> = (0..6).map(|number| lines.line(number)).collect();
        let expected = [(0, "one"), (5, "two"), (9, ""), (10, "four")].map(Some);
        assert_eq!(found[1..5], expected);
        assert_eq!((found[0], found[5]), (None, None));
        assert_eq!(Lines::of("é").place(1), (1, 1));
        assert_eq!(Lines::of("é").place(9), (1, 1));
        assert_eq!(lines.offset(9, 1), None);
        assert_eq!(lines.offset(0, 0), None);
    }
}
