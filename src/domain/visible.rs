//! Makes untrusted text safe for a terminal, a log or a comment. Control characters, characters that change the text
//! direction and invisible characters are written as escapes. Nothing is dropped, so that two different names stay
//! different.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

/// The characters that are escaped unless [`belongs`] allows them: controls, line separators, direction controls, and
/// everything invisible. The classes are from the Unicode Character Database (UAX #44). Prepended concatenation marks
/// are visible, although they are in class `Cf`.
const HIDDEN: &str = r"[[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]--\p{Prepended_Concatenation_Mark}]";

/// The combining marks, which attach to the preceding letter.
const MARK: &str = r"\p{M}";

/// The characters that a joiner may connect: letters and their combining marks.
const LETTER: &str = r"[[\p{L}\p{M}]--\p{Default_Ignorable_Code_Point}]";

/// The pictographs, including skin tones, that a joiner may connect and a variation selector may follow.
const PICTURE: &str = r"[\p{Extended_Pictographic}\p{Emoji_Modifier}]";

/// The maximum number of combining marks on one letter; more would cover the lines above and below. The limit is that
/// of the Stream-Safe Text Format in "Unicode Normalization Forms" (UAX #15).
const MOST_MARKS: usize = 30;

/// The escape sequences of this program's own styling: bold and similar styles, and the colours that are readable on
/// light and dark backgrounds.
const COLOURS: &[&str] = &[
    "[0m", "[1m", "[2m", "[3m", "[4m", "[31m", "[32m", "[33m", "[34m", "[35m", "[36m", "[91m",
    "[92m", "[93m", "[94m", "[95m", "[96m",
];

/// Stands for a missing neighbour: at either end of a text, and after an escaped character.
const NOTHING: char = '\0';

const ESCAPE: char = '\u{1b}';
const JOINERS: [char; 2] = ['\u{200c}', '\u{200d}'];
/// The variation selectors for text and for emoji presentation.
const SELECTORS: [char; 2] = ['\u{fe0e}', '\u{fe0f}'];
/// The combining enclosing keycap, which turns the preceding digit into a key symbol.
const KEYCAP: char = '\u{20e3}';

/// The treatment of line breaks and tabs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Breaks {
    /// Line breaks and tabs are kept.
    Stay,
    /// Line breaks and tabs are escaped: the text is quoted within a line.
    Shown,
}

struct Classes {
    hidden: Regex,
    mark: Regex,
    letter: Regex,
    picture: Regex,
}

static CLASSES: LazyLock<Option<Classes>> = LazyLock::new(|| {
    Some(Classes {
        hidden: Regex::new(HIDDEN).ok()?,
        mark: Regex::new(MARK).ok()?,
        letter: Regex::new(LETTER).ok()?,
        picture: Regex::new(PICTURE).ok()?,
    })
});

/// Returns true if a character is in a class; `unknown` if the classes could not be built.
fn is(class: fn(&Classes) -> &Regex, letter: char, unknown: bool) -> bool {
    let classes = CLASSES.as_ref().map(class);
    classes.map_or(unknown, |class| {
        class.is_match(letter.encode_utf8(&mut [0; 4]))
    })
}

/// Returns true if a character is a control, changes the text direction or is invisible.
pub fn is_hidden(letter: char) -> bool {
    if letter.is_ascii() {
        letter.is_ascii_control()
    } else {
        is(|classes| &classes.hidden, letter, true)
    }
}

fn is_letter(letter: char) -> bool {
    letter.is_ascii_alphabetic() || is(|classes| &classes.letter, letter, false)
}

fn is_picture(letter: char) -> bool {
    !letter.is_ascii() && is(|classes| &classes.picture, letter, false)
}

fn is_mark(letter: char) -> bool {
    !letter.is_ascii() && is(|classes| &classes.mark, letter, true)
}

fn is_key(letter: char) -> bool {
    matches!(letter, '0'..='9' | '#' | '*')
}

/// True if a hidden character has a legitimate use between its neighbours: as a line break, as a joiner of letters or
/// pictographs, or as a variation selector.
fn belongs(letter: char, [before, after]: [char; 2], breaks: Breaks) -> bool {
    match letter {
        '\n' | '\t' => breaks == Breaks::Stay,
        '\r' => breaks == Breaks::Stay && after == '\n',
        joiner if JOINERS.contains(&joiner) => {
            let joins_pictures = is_picture(before) || SELECTORS.contains(&before);
            is_letter(before) && is_letter(after) || joins_pictures && is_picture(after)
        }
        selector if SELECTORS.contains(&selector) => {
            is_picture(before) || is_key(before) && after == KEYCAP
        }
        _ => false,
    }
}

fn written(text: &str, breaks: Breaks) -> String {
    let mut written = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    let (mut before, mut marks) = (NOTHING, 0);
    while let Some(letter) = letters.next() {
        let after = letters.peek().copied().unwrap_or(NOTHING);
        marks = if is_mark(letter) { marks + 1 } else { 0 };
        let stays = !is_hidden(letter) || belongs(letter, [before, after], breaks);
        if stays && marks <= MOST_MARKS {
            written.push(letter)
        } else {
            written.extend(letter.escape_default())
        }
        before = if stays { letter } else { NOTHING };
    }
    written
}

/// Escapes a text for use within a line. Line breaks and tabs are escaped too, so that text quoted in a message cannot
/// forge lines.
pub fn visible(text: &str) -> String {
    written(text, Breaks::Shown)
}

/// Escapes a text of several lines. A text without hidden characters is returned unchanged.
pub fn shown(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(written(text, Breaks::Stay))
    }
}

/// True if a text consists of printable ASCII, line breaks and tabs. Nearly all texts do, and checking bytes is fast.
fn is_plain(text: &str) -> bool {
    let plain = |byte: &u8| matches!(byte, b' '..=b'~' | b'\n' | b'\t');
    // A loop without an early exit is vectorised, so each chunk is checked as a whole.
    let mut parts = text.as_bytes().chunks(256);
    parts.all(|part| part.iter().fold(true, |all, byte| all & plain(byte)))
}

/// Escapes a text that this program has styled; its own escape sequences are kept.
pub fn painted(text: &str) -> Cow<'_, str> {
    let mut parts = text.split(ESCAPE);
    let first = shown(parts.next().unwrap_or_default());
    let mut painted = first.into_owned();
    for part in parts {
        let colour = COLOURS.iter().find(|colour| part.starts_with(**colour));
        let (colour, rest) = part.split_at(colour.map_or(0, |colour| colour.len()));
        match colour {
            "" => painted.extend(ESCAPE.escape_default()),
            colour => painted.extend([ESCAPE.to_string().as_str(), colour]),
        }
        painted.push_str(&shown(rest));
    }
    if painted == text {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(painted)
    }
}

/// Replaces the hidden characters of serialised JSON by JSON escapes, which leaves the parsed value unchanged. The
/// only control characters outside strings are line breaks.
pub fn escaped_json(json: String) -> String {
    match json_escapes(&json) {
        Cow::Borrowed(_) => json,
        Cow::Owned(escaped) => escaped,
    }
}

/// Replaces the hidden characters of a part of serialised JSON, which must end with a line.
pub fn json_escapes(json: &str) -> Cow<'_, str> {
    if is_plain(json) {
        return Cow::Borrowed(json);
    }
    let mut escaped = String::with_capacity(json.len());
    for letter in json.chars() {
        if letter != '\n' && is_hidden(letter) {
            let mut units = [0; 2];
            let units = letter.encode_utf16(&mut units).iter();
            escaped.extend(units.map(|unit| format!("\\u{unit:04x}")));
        } else {
            escaped.push(letter)
        }
    }
    Cow::Owned(escaped)
}

/// Quotes a text as a TOML string, with hidden characters as TOML escapes.
pub fn toml_string(text: &str) -> String {
    if !text.contains(is_hidden) {
        return toml::Value::from(text).to_string();
    }
    let mut string = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => string.extend(['\\', letter]),
            '\n' | '\t' | '\r' => string.extend(letter.escape_default()),
            hidden if is_hidden(hidden) => {
                string.push_str(&format!("\\U{:08x}", u32::from(hidden)))
            }
            other => string.push(other),
        }
    }
    string + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts that must be escaped everywhere.
    const NEVER: &[&str] = &[
        "\u{0}",
        "\u{7}",
        "\u{8}",
        "\u{b}",
        "\u{1b}",
        "\u{7f}",
        "\u{80}",
        "\u{85}",
        "\u{9b}",
        "\u{ad}",
        "\u{34f}",
        "\u{61c}",
        "\u{115f}",
        "\u{1160}",
        "\u{17b4}",
        "\u{180b}",
        "\u{180e}",
        "\u{200b}",
        "\u{200e}",
        "\u{200f}",
        "\u{2028}",
        "\u{2029}",
        "\u{202a}",
        "\u{202e}",
        "\u{2060}",
        "\u{2061}",
        "\u{2064}",
        "\u{2066}",
        "\u{2069}",
        "\u{206f}",
        "\u{3164}",
        "\u{fdd0}",
        "\u{fe00}",
        "\u{feff}",
        "\u{ffa0}",
        "\u{fff9}",
        "\u{fffb}",
        "\u{fffe}",
        "\u{1d173}",
        "\u{e0001}",
        "\u{e0041}",
        "\u{e0100}",
        "\u{10ffff}",
    ];

    /// Legitimate texts that must stay unchanged.
    const STAYS: &[&str] = &[
        "orders é 日本 Ελλάδα",
        "tab\tand\nline\r\nend",
        "e\u{301} and \u{928}\u{93f}",
        "\u{645}\u{6cc}\u{200c}\u{62e}\u{648}\u{627}\u{647}\u{645}",
        "\u{915}\u{94d}\u{200d}\u{937}",
        "\u{9b0}\u{200d}\u{9cd}\u{9af}",
        "👩\u{200d}💻 👩🏽\u{200d}🚀 🏳\u{fe0f}\u{200d}🌈 ❤\u{fe0f}",
        "1\u{fe0f}\u{20e3} ©\u{fe0e}",
        "\u{601}12 \u{fffd} 100 %",
    ];

    #[test]
    fn what_is_hidden_is_shown_and_nothing_is_lost() {
        for hidden in NEVER {
            let escape: String = hidden.chars().flat_map(char::escape_default).collect();
            assert!(escape.starts_with("\\u{"), "{escape}");
            for text in [
                hidden.to_string(),
                format!("a{hidden}b"),
                format!("👩{hidden}💻"),
            ] {
                let expected = text.replace(hidden, &escape);
                assert_eq!(shown(&text), expected);
                assert_eq!(painted(&text), expected);
                assert_eq!(visible(&text), expected);
                assert_eq!(shown(&expected), expected);
            }
        }
    }

    #[test]
    fn what_people_write_stays() {
        for text in STAYS {
            assert!(matches!(shown(text), Cow::Borrowed(_)) || shown(text) == *text);
            assert_eq!(shown(text), *text);
            assert_eq!(painted(text), *text);
        }
        assert_eq!(visible("a\nb\tc\r\n"), "a\\nb\\tc\\r\\n");
    }

    #[test]
    fn what_has_no_use_where_it_stands_is_shown() {
        let cases = [
            ("a\rb\r", "a\\rb\\r"),
            (
                "\u{200d}a \u{200c}b\u{200d}",
                "\\u{200d}a \\u{200c}b\\u{200d}",
            ),
            ("a\u{200d}\u{200d}b", "a\\u{200d}\\u{200d}b"),
            ("a\u{200d}👩", "a\\u{200d}👩"),
            ("a\u{fe0f}1\u{fe0f}", "a\\u{fe0f}1\\u{fe0f}"),
            ("👩\u{fe0f}\u{fe0f}", "👩\u{fe0f}\\u{fe0f}"),
        ];
        for (text, expected) in cases {
            assert_eq!(shown(text), expected);
        }
        let flood = format!("e{}", "\u{301}".repeat(MOST_MARKS + 2));
        let bound = format!("e{}\\u{{301}}\\u{{301}}", "\u{301}".repeat(MOST_MARKS));
        assert_eq!(shown(&flood), bound);
    }

    #[test]
    fn only_our_own_colours_pass() {
        let ours = "\u{1b}[1m\u{1b}[91merror\u{1b}[0m: a\n";
        assert_eq!(painted(ours), ours);
        assert_eq!(shown("\u{1b}[31ma"), "\\u{1b}[31ma");
        for other in ["[8m", "[2J", "]0;x\u{7}", "[38;5;1m", "[30m", "c", ""] {
            let text = format!("a\u{1b}{other}b");
            assert!(!painted(&text).contains(ESCAPE), "{other}");
        }
    }

    #[test]
    fn programs_read_the_same_value() {
        for text in NEVER.iter().chain(STAYS) {
            let value = format!("\"{text}\\b");
            let json = escaped_json(serde_json::to_string(&value).unwrap());
            assert_eq!(serde_json::from_str::<String>(&json).unwrap(), value);
            assert!(!json.contains(is_hidden), "{json}");
            let toml = toml_string(&value);
            let read: toml::Table = toml::from_str(&format!("a = {toml}")).unwrap();
            assert_eq!(read["a"].as_str(), Some(value.as_str()));
            assert!(!toml.contains(is_hidden), "{toml}");
        }
    }
}
