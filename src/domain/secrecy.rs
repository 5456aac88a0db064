//! Masks passwords, and values that could be passwords, in texts and messages. Every report is masked here before it
//! reaches an output format. `source::secrecy` finds the secret parts of a text.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use ct_codecs::{Base64NoPadding, Encoder};
use regex::Regex;

/// The mask for a secret in a message. It has a fixed length, so it does not reveal the length of the secret.
pub const MASK: &str = "********";

/// The minimum number of characters of a value that is masked everywhere: a shorter one could be an ordinary word.
const LEAST: usize = 8;

/// Values that are used as passwords but are ordinary words too. They are masked only in the place of the password.
const COMMON: [&str; 13] = [
    "database",
    "disabled",
    "password",
    "postgres",
    "postgresql",
    "required",
    "resource",
    "security",
    "sensitive",
    "terraform",
    "username",
    "variable",
    "administrator",
];

/// Matches the value that a JSON or TOML parser quotes in its message.
static FOUND: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(invalid (?:type|value|length): [a-z ]+?) (?:"(?:[^"\\]|\\.)*"|`[^`]*`)"#).ok()
});

/// Removes the offending value from the message of a JSON or TOML parser: a misplaced value can be a secret.
pub fn without_value(message: &str) -> String {
    match FOUND.as_ref() {
        Some(found) => found.replace_all(message, "$1").into_owned(),
        None => message.to_owned(),
    }
}

/// The known secret values, which are masked wherever they occur.
#[derive(Clone, Default)]
pub struct Secrets {
    values: BTreeSet<String>,
    finder: Option<AhoCorasick>,
}

impl Secrets {
    /// Collects the values that are long and distinctive enough to be masked everywhere.
    pub fn new(values: impl IntoIterator<Item = String>) -> Self {
        let values = values.into_iter().map(|value| value.trim().to_owned());
        let values: BTreeSet<String> = values.filter(|value| is_telling(value)).collect();
        let encoded = values.iter().flat_map(|value| encoded(value));
        let looked_for: BTreeSet<String> = encoded.chain(values.iter().cloned()).collect();
        // A contiguous NFA: the faster automaton takes a thousand times as long to build for a private key of several
        // thousand characters.
        let finder = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .match_kind(MatchKind::LeftmostLongest)
            .build(looked_for);
        Self {
            // Building fails only if the values exceed memory; the texts that contain them would not have been read.
            finder: finder.ok().filter(|_| !values.is_empty()),
            values,
        }
    }

    /// Returns true if there are no values to mask.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Returns the text with every secret value masked.
    pub fn said(&self, sentence: &str) -> String {
        let mut said = String::with_capacity(sentence.len());
        let mut at = 0;
        for range in self.places(sentence) {
            said.push_str(&sentence[at..range.start]);
            said.push_str(MASK);
            at = range.end;
        }
        said + &sentence[at..]
    }

    /// Masks the secret values of a text in place.
    pub fn mask(&self, sentence: &mut String) {
        if !self.values.is_empty() {
            *sentence = self.said(sentence);
        }
    }

    /// Returns the byte ranges of the secret values in a text.
    pub fn places(&self, text: &str) -> Vec<Range<usize>> {
        let Some(finder) = &self.finder else {
            return Vec::new();
        };
        finder
            .find_iter(text)
            .map(|found| found.range())
            .filter(|range| is_value(text, range))
            .collect()
    }
}

impl fmt::Debug for Secrets {
    // The number of values only, so that debug output reveals no secret.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Secrets({})", self.values.len())
    }
}

/// Returns the parts of a value's base64 that occur in the encoding of any text containing it, one for each alignment
/// of the value within its three-byte group.
fn encoded(value: &str) -> Vec<String> {
    let shifted = (0..3).filter_map(|before| {
        let bytes = [&[0; 2][..before], value.as_bytes()].concat();
        let whole = Base64NoPadding::encode_to_string(&bytes).ok()?;
        // A base64 digit encodes six bits; digits that share bits with neighbouring bytes can differ.
        let (first, end) = ((before * 8).div_ceil(6), bytes.len() * 8 / 6);
        whole.get(first..end).map(str::to_owned)
    });
    shifted.filter(|text| text.len() >= LEAST).collect()
}

fn is_telling(value: &str) -> bool {
    value.chars().count() >= LEAST && !COMMON.contains(&value.to_lowercase().as_str())
}

/// True if the match is not part of something else. A match made only of letters can be part of a longer word or the
/// name of a member; any other match always counts.
fn is_value(text: &str, range: &Range<usize>) -> bool {
    let value = &text[range.clone()];
    if !value.chars().all(char::is_alphabetic) {
        return true;
    }
    let is_part = |one: char| one.is_alphanumeric() || one == '_' || one == '-';
    let before = text[..range.start].chars().next_back();
    let rest = &text[range.end..];
    let is_name = rest
        .trim_start_matches(['\\', '"', '\''])
        .trim_start_matches(' ')
        .starts_with(['=', ':']);
    !is_name && !before.is_some_and(is_part) && !rest.chars().next().is_some_and(is_part)
}

/// A text and its masked version. Both have the same lines, and the same characters and bytes around every mask, so
/// that a place in one is the same place in the other.
///
/// Each mask is as long as the secret it covers: SARIF, carets and edits use columns of the original file, and the end
/// of a finding reveals the length of its value anyway.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct MaskedText {
    text: String,
    /// The masked version; `None` if the text contains no secret.
    masked: Option<String>,
}

impl MaskedText {
    /// Creates a text without secrets.
    pub fn whole(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            masked: None,
        }
    }

    /// Creates a text in which the given ranges and all known secret values are masked.
    pub fn without(text: &str, mut ranges: Vec<Range<usize>>, secrets: &Secrets) -> Self {
        ranges.extend(secrets.places(text));
        let masked = (!ranges.is_empty()).then(|| covered(text, ranges));
        Self {
            text: text.to_owned(),
            masked: masked.filter(|masked| masked != text),
        }
    }

    /// Returns the original text, for reading, comparing, editing and writing. It must never be shown.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the masked text, which may be shown.
    pub fn shown(&self) -> &str {
        self.masked.as_deref().unwrap_or(&self.text)
    }

    /// Returns true if the text contains no secret.
    pub fn is_whole(&self) -> bool {
        self.masked.is_none()
    }

    /// Drops the original and keeps only the masked text.
    #[must_use]
    pub fn masked(&self) -> Self {
        Self::whole(self.shown())
    }
}

impl fmt::Debug for MaskedText {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.shown(), out)
    }
}

/// Masks the given ranges of a text. Indentation and line endings are kept.
fn covered(text: &str, mut ranges: Vec<Range<usize>>) -> String {
    ranges.sort_by_key(|range| (range.start, range.end));
    let mut covered = String::with_capacity(text.len());
    let mut at = 0;
    for range in ranges {
        let start = range.start.max(at);
        let (Some(before), Some(secret)) = (text.get(at..start), text.get(start..range.end)) else {
            continue;
        };
        covered.push_str(before);
        let mut is_indent = covered.is_empty() || covered.ends_with('\n');
        for letter in secret.chars() {
            is_indent = letter == '\n' || (is_indent && letter.is_whitespace());
            covered.push(match letter {
                '\n' | '\r' => letter,
                _ if is_indent => letter,
                _ => mask_of(letter),
            });
        }
        at = range.end;
    }
    covered + &text[at..]
}

/// Returns a mask character with as many UTF-8 bytes and UTF-16 units as the given character.
fn mask_of(letter: char) -> char {
    match letter.len_utf8() {
        1 => '*',
        2 => '\u{b7}',
        3 => '\u{2022}',
        _ => '\u{1f512}',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(values: &[&str]) -> Secrets {
        Secrets::new(values.iter().map(|value| (*value).to_owned()))
    }

    #[test]
    fn a_sentence_tells_neither_a_secret_nor_its_length() {
        let known = secrets(&[
            "correct-horse",
            "correct-horse-battery",
            "hunter2",
            "sunshine",
        ]);
        for (sentence, said) in [
            ("is \"correct-horse\", not b", "is \"********\", not b"),
            ("xcorrect-horse-battery!", "x********!"),
            ("hunter2 is short", "hunter2 is short"),
            ("is sunshine, no", "is ********, no"),
            (
                "the sunshine-role and sunshines",
                "the sunshine-role and sunshines",
            ),
            ("", ""),
        ] {
            assert_eq!(known.said(sentence), said);
        }
        assert_eq!(format!("{known:?}"), "Secrets(3)");
    }

    #[test]
    fn a_parser_tells_what_it_expected_and_not_what_it_found() {
        let wrong = serde_json::from_str::<u16>("\"hunter\\\"2\"").unwrap_err();
        assert_eq!(
            without_value(&wrong.to_string()),
            "invalid type: string, expected u16 at line 1 column 11"
        );
        let wrong = toml::from_str::<std::collections::BTreeMap<String, bool>>("a = 12345678");
        assert_eq!(
            without_value(wrong.unwrap_err().message()),
            "invalid type: integer, expected a boolean"
        );
    }

    #[test]
    fn a_secret_is_known_in_base64_too() {
        let known = secrets(&["correct-horse"]);
        for before in ["", "a", "ab", "abc", "{\"password\": \""] {
            let text = format!("{before}correct-horse\"}}");
            let text = Base64NoPadding::encode_to_string(text).unwrap();
            assert!(known.said(&text).contains(MASK), "{text}");
        }
    }

    #[test]
    fn a_word_of_the_field_is_no_value_to_look_for() {
        let known = secrets(&["postgres", "Password"]);
        assert_eq!(known.said("engine is postgres"), "engine is postgres");
    }

    #[test]
    fn a_mask_moves_nothing() {
        let text = "a = \"pé日\u{1f600}x\" # c\n  next\r\n  end";
        let start = text.find('p').unwrap();
        let shown = MaskedText::without(
            text,
            std::iter::once(start..text.find("\" #").unwrap()).collect(),
            &Secrets::default(),
        );
        assert_eq!(
            shown.shown(),
            "a = \"*\u{b7}\u{2022}\u{1f512}*\" # c\n  next\r\n  end"
        );
        let units = |text: &str| {
            (
                text.len(),
                text.chars().count(),
                text.encode_utf16().count(),
            )
        };
        assert_eq!(units(shown.shown()), units(text));
        let lines = MaskedText::without(
            text,
            std::iter::once(start..text.len()).collect(),
            &Secrets::default(),
        );
        assert!(lines.shown().ends_with("\n  ****\r\n  ***"), "{lines:?}");
    }

    #[test]
    fn ranges_may_overlap_and_known_values_are_added() {
        let shown = MaskedText::without(
            "abcdefgh secret-value z",
            vec![0..4, 2..6],
            &secrets(&["secret-value"]),
        );
        assert_eq!(shown.shown(), "******gh ************ z");
        assert_eq!(shown.text(), "abcdefgh secret-value z");
        assert_eq!(format!("{shown:?}"), "\"******gh ************ z\"");
    }
}
