//! Translates the editing keys of a shell into the keys that inquire supports.
//!
//! inquire 0.9 binds arrows, Home, End, Backspace and Delete, and takes Ctrl-A for the letter `a`. This module mirrors
//! the line that inquire holds, so that "delete the word" can be sent as the exact number of Backspaces.

use unicode_segmentation::UnicodeSegmentation as _;

/// The effect of the arrow keys and the space bar in a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FieldMotion {
    /// A line of text: arrows, Home and End move the cursor.
    Text,
    /// The filter of a list: Home and End move in the list.
    Filter,
    /// The filter of a list with checkboxes: arrows and the space bar check items.
    Marks,
}

/// A change of the line or of the cursor position.
#[derive(Clone, Copy, Debug)]
enum LineEdit {
    Left,
    Right,
    WordLeft,
    WordRight,
    Start,
    End,
    Backspace,
    Delete,
    /// Deletes to the previous blank or comma, like Ctrl-W in a shell.
    DeleteBlankWord,
    DeleteWordLeft,
    DeleteWordRight,
    DeleteToStart,
    DeleteToEnd,
}

/// The bytes of each key, and its effect on the line.
const KEYS: &[(&[u8], LineEdit)] = &[
    (b"\x01", LineEdit::Start),
    (b"\x02", LineEdit::Left),
    (b"\x05", LineEdit::End),
    (b"\x06", LineEdit::Right),
    (b"\x08", LineEdit::Backspace),
    (b"\x0b", LineEdit::DeleteToEnd),
    (b"\x15", LineEdit::DeleteToStart),
    (b"\x17", LineEdit::DeleteBlankWord),
    (b"\x7f", LineEdit::Backspace),
    (b"\x1bb", LineEdit::WordLeft),
    (b"\x1bf", LineEdit::WordRight),
    (b"\x1bd", LineEdit::DeleteWordRight),
    (b"\x1b\x08", LineEdit::DeleteWordLeft),
    (b"\x1b\x7f", LineEdit::DeleteWordLeft),
    (b"\x1b[3~", LineEdit::Delete),
    (b"\x1b[3;5~", LineEdit::DeleteWordRight),
    (b"\x1b[1;3C", LineEdit::WordRight),
    (b"\x1b[1;3D", LineEdit::WordLeft),
    (b"\x1b[1;5C", LineEdit::WordRight),
    (b"\x1b[1;5D", LineEdit::WordLeft),
];

/// The keys that move in a line of text. In a list they move in the list, or check items.
const ARROWS: &[(&[u8], LineEdit)] = &[
    (b"\x1b[C", LineEdit::Right),
    (b"\x1bOC", LineEdit::Right),
    (b"\x1b[D", LineEdit::Left),
    (b"\x1bOD", LineEdit::Left),
];
const LINE_ENDS: &[(&[u8], LineEdit)] = &[
    (b"\x1b[H", LineEdit::Start),
    (b"\x1bOH", LineEdit::Start),
    (b"\x1b[1~", LineEdit::Start),
    (b"\x1b[F", LineEdit::End),
    (b"\x1bOF", LineEdit::End),
    (b"\x1b[4~", LineEdit::End),
];

/// The keys that end a question, or may end it: Enter, Esc, Ctrl-C, Ctrl-D, Ctrl-G, Ctrl-J.
const ENDS: &[&[u8]] = &[b"\r", b"\n", b"\x1b", b"\x03", b"\x04", b"\x07"];

/// The other control keys that inquire supports: Tab, Ctrl-N and Ctrl-P. It would take any other one for its letter.
const KNOWN_CONTROLS: &[&[u8]] = &[b"\t", b"\x0e", b"\x10"];

const PASTE_BEGINS: &[u8] = b"\x1b[200~";
const PASTE_ENDS: &[u8] = b"\x1b[201~";

const LEFT: &[u8] = b"\x1b[D";
const RIGHT: &[u8] = b"\x1b[C";
const BACKSPACE: &[u8] = b"\x7f";
const DELETE: &[u8] = b"\x1b[3~";

/// The result of translating typed bytes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct TypedBytes {
    /// The keys to send to inquire.
    pub(super) keys: Vec<u8>,
    /// The number of bytes that were translated. The remaining ones are the start of a key.
    pub(super) used: usize,
    /// True if the question may be answered now, so that what follows may be for the next question.
    pub(super) ends: bool,
}

/// A mirror of the line that inquire holds.
#[derive(Clone, Debug)]
pub(super) struct EditedLine {
    sheet: FieldMotion,
    letters: Vec<String>,
    cursor: usize,
    pasting: bool,
}

impl EditedLine {
    /// Creates a line with an initial text and the cursor at its end.
    pub(super) fn new(sheet: FieldMotion, text: &str) -> Self {
        let letters: Vec<String> = text.graphemes(true).map(str::to_owned).collect();
        Self {
            sheet,
            cursor: letters.len(),
            letters,
            pasting: false,
        }
    }

    /// Translates typed bytes, up to a key that may end the question.
    pub(super) fn tell(&mut self, typed: &[u8]) -> TypedBytes {
        let mut told = TypedBytes::default();
        while !told.ends {
            let rest = typed.get(told.used..).unwrap_or_default();
            let Some(key) = first_key(rest) else {
                break;
            };
            told.used += key.len();
            told.ends = self.key(key, &mut told.keys);
        }
        told
    }

    /// Translates one key. Returns true if it may end the question.
    fn key(&mut self, key: &[u8], keys: &mut Vec<u8>) -> bool {
        if key == PASTE_BEGINS || key == PASTE_ENDS {
            self.pasting = key == PASTE_BEGINS;
        } else if let Some(edit) = self.edit_of(key) {
            self.edit(edit, keys);
        } else if self.pasting && key.len() == 1 && key.iter().all(u8::is_ascii_control) {
            // A line end in pasted text is not a press of Enter.
            self.write(b" ", keys);
        } else if ENDS.contains(&key) {
            keys.extend_from_slice(key);
            return true;
        } else if key.starts_with(b"\x1b") {
            if key.len() > 2 {
                keys.extend_from_slice(key);
            }
        } else if key.iter().all(u8::is_ascii_control) {
            if KNOWN_CONTROLS.contains(&key) {
                keys.extend_from_slice(key);
            }
        } else {
            self.write(key, keys);
        }
        false
    }

    fn edit_of(&self, key: &[u8]) -> Option<LineEdit> {
        let tables: &[&[(&[u8], LineEdit)]] = match self.sheet {
            FieldMotion::Text => &[KEYS, ARROWS, LINE_ENDS],
            FieldMotion::Filter => &[KEYS, ARROWS],
            FieldMotion::Marks => &[KEYS],
        };
        let mut rows = tables.iter().flat_map(|rows| rows.iter());
        rows.find(|(known, _)| *known == key).map(|(_, edit)| *edit)
    }

    /// Inserts a character. As in inquire, one that combines with the previous character does not lengthen the line.
    fn write(&mut self, letter: &[u8], keys: &mut Vec<u8>) {
        let marks = self.sheet == FieldMotion::Marks && letter == b" ";
        if marks && self.pasting {
            return;
        }
        keys.extend_from_slice(letter);
        let Ok(letter) = std::str::from_utf8(letter) else {
            return;
        };
        if marks {
            return;
        }
        let before = self.letters.len();
        let (left, right) = self.letters.split_at(self.cursor);
        let text = format!("{}{letter}{}", left.concat(), right.concat());
        self.letters = text.graphemes(true).map(str::to_owned).collect();
        self.cursor += self.letters.len().saturating_sub(before);
    }

    fn edit(&mut self, edit: LineEdit, keys: &mut Vec<u8>) {
        match edit {
            LineEdit::Left => self.go(self.cursor.saturating_sub(1), keys),
            LineEdit::Right => self.go((self.cursor + 1).min(self.letters.len()), keys),
            LineEdit::WordLeft => self.go(self.left_of(is_word), keys),
            LineEdit::WordRight => self.go(self.right_of(is_word), keys),
            LineEdit::Start => self.go(0, keys),
            LineEdit::End => self.go(self.letters.len(), keys),
            LineEdit::Backspace => self.delete(self.cursor.saturating_sub(1), keys),
            LineEdit::Delete => self.delete((self.cursor + 1).min(self.letters.len()), keys),
            LineEdit::DeleteBlankWord => self.delete(self.left_of(is_no_blank), keys),
            LineEdit::DeleteWordLeft => self.delete(self.left_of(is_word), keys),
            LineEdit::DeleteWordRight => self.delete(self.right_of(is_word), keys),
            LineEdit::DeleteToStart => self.delete(0, keys),
            LineEdit::DeleteToEnd => self.delete(self.letters.len(), keys),
        }
    }

    fn go(&mut self, place: usize, keys: &mut Vec<u8>) {
        // In a list with checkboxes, arrows check items, so the cursor stays at the end.
        if self.sheet == FieldMotion::Marks {
            return;
        }
        let (key, times) = if place < self.cursor {
            (LEFT, self.cursor - place)
        } else {
            (RIGHT, place - self.cursor)
        };
        keys.extend(key.repeat(times));
        self.cursor = place;
    }

    /// Deletes the text between the cursor and a position.
    fn delete(&mut self, place: usize, keys: &mut Vec<u8>) {
        let (from, to) = (place.min(self.cursor), place.max(self.cursor));
        let key = if place < self.cursor {
            BACKSPACE
        } else {
            DELETE
        };
        keys.extend(key.repeat(to - from));
        self.letters.drain(from..to);
        self.cursor = from;
    }

    /// Returns the start of the word that the cursor is in or behind.
    fn left_of(&self, belongs: fn(&str) -> bool) -> usize {
        let mut place = self.cursor;
        let at = |place: usize| place.checked_sub(1).and_then(|left| self.letters.get(left));
        while at(place).is_some_and(|letter| !belongs(letter)) {
            place -= 1;
        }
        while at(place).is_some_and(|letter| belongs(letter)) {
            place -= 1;
        }
        place
    }

    /// Returns the end of the word that the cursor is in or in front of.
    fn right_of(&self, belongs: fn(&str) -> bool) -> usize {
        let mut place = self.cursor;
        while self
            .letters
            .get(place)
            .is_some_and(|letter| !belongs(letter))
        {
            place += 1;
        }
        while self
            .letters
            .get(place)
            .is_some_and(|letter| belongs(letter))
        {
            place += 1;
        }
        place
    }
}

fn is_word(letter: &str) -> bool {
    letter.chars().any(char::is_alphanumeric)
}

fn is_no_blank(letter: &str) -> bool {
    !letter.chars().any(|c| c.is_whitespace() || c == ',')
}

/// Returns the bytes of the first key, or `None` if it is incomplete. Esc counts as a key if nothing follows
/// immediately.
fn first_key(typed: &[u8]) -> Option<&[u8]> {
    let length = match typed {
        [] => return None,
        [0x1b] => 1,
        [0x1b, b'[', rest @ ..] => 3 + rest.iter().position(|byte| (0x40..=0x7e).contains(byte))?,
        [0x1b, b'O', ..] => 3,
        [0x1b, rest @ ..] => 1 + letter_length(rest),
        letter => letter_length(letter),
    };
    typed.get(..length)
}

/// Returns the number of UTF-8 bytes of the first character.
fn letter_length(typed: &[u8]) -> usize {
    match typed.first() {
        Some(0xc0..=0xdf) => 2,
        Some(0xe0..=0xef) => 3,
        Some(0xf0..=0xff) => 4,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Replays keys as inquire would, and returns the line with its cursor.
    fn played(start: &str, keys: &[u8]) -> String {
        let mut letters: Vec<String> = start.graphemes(true).map(str::to_owned).collect();
        let mut cursor = letters.len();
        let mut rest = keys;
        while let Some(key) = first_key(rest) {
            rest = &rest[key.len()..];
            match key {
                LEFT => cursor = cursor.checked_sub(1).unwrap(),
                RIGHT => cursor += 1,
                BACKSPACE => {
                    cursor = cursor.checked_sub(1).unwrap();
                    letters.remove(cursor);
                }
                DELETE => drop(letters.remove(cursor)),
                letter => {
                    letters.insert(cursor, String::from_utf8(letter.to_vec()).unwrap());
                    cursor += 1;
                }
            }
        }
        letters.insert(cursor, "|".to_owned());
        letters.concat()
    }

    #[test]
    fn a_line_is_edited_as_in_a_shell() {
        let cases: &[(&str, &[u8], &str)] = &[
            ("orders", b"\x01my-", "my-|orders"),
            ("orders", b"\x01\x05!", "orders!|"),
            ("orders", b"\x1b[D\x1b[D\x15", "|rs"),
            ("orders", b"\x1b[D\x1b[D\x0b", "orde|"),
            ("app, report", b"\x17", "app, |"),
            ("app, report  ", b"\x17", "app, |"),
            ("app, report", b"\x1b[D\x1b[D\x17", "app, |rt"),
            ("orders-proxy", b"\x1bb", "orders-|proxy"),
            ("orders-proxy", b"\x1bb\x1bb\x1bf", "orders|-proxy"),
            ("orders-proxy", b"\x1b\x7f", "orders-|"),
            ("orders-proxy", b"\x01\x1bd", "|-proxy"),
            ("日本語", b"\x02\x15", "|語"),
            ("x", b"\x7f\x7f\x7f\x15\x17\x0by", "y|"),
            ("x", b"\x0c\x12\x1a\x1bz", "x|"),
            ("", b"\x1b[200~a b\n\x1b[201~", "a b |"),
        ];
        for (start, typed, expected) in cases {
            let mut line = EditedLine::new(FieldMotion::Text, start);
            let told = line.tell(typed);
            assert_eq!(told.used, typed.len(), "{typed:?}");
            assert_eq!(played(start, &told.keys), *expected, "{start} {typed:?}");
        }
    }

    #[test]
    fn lists_keep_their_own_keys() {
        let cases: &[(FieldMotion, &[u8], &[u8])] = &[
            (FieldMotion::Filter, b"\x1b[H", b"\x1b[H"),
            (FieldMotion::Filter, b"ab\x15", b"ab\x7f\x7f"),
            (FieldMotion::Filter, b"ab\x01", b"ab\x1b[D\x1b[D"),
            (FieldMotion::Marks, b"\x1b[C \x1b[D", b"\x1b[C \x1b[D"),
            (FieldMotion::Marks, b"a b\x17\x01\x0b", b"a b\x7f\x7f"),
            (
                FieldMotion::Marks,
                b"\x1b[A\x1b[B\x0e\x10",
                b"\x1b[A\x1b[B\x0e\x10",
            ),
        ];
        for (sheet, typed, expected) in cases {
            let mut line = EditedLine::new(*sheet, "");
            assert_eq!(line.tell(typed).keys, *expected, "{sheet:?} {typed:?}");
        }
    }

    #[test]
    fn what_follows_the_end_of_a_question_waits() {
        let cases: &[(&[u8], usize, bool)] = &[
            (b"shop\rnext", 5, true),
            (b"\x1b", 1, true),
            (b"\x03", 1, true),
            (b"a\x1b[", 1, false),
            (b"a\xe6\x97", 1, false),
        ];
        for (typed, used, ends) in cases {
            let told = EditedLine::new(FieldMotion::Text, "").tell(typed);
            assert_eq!((told.used, told.ends), (*used, *ends), "{typed:?}");
        }
    }
}
