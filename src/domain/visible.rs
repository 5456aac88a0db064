//! Texts of strangers, fit to be sent to a screen, a log or a comment: what commands a terminal, turns the direction of writing or
//! cannot be seen is written as an escape. Nothing is left out, so that two different names stay different.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

/// What is never sent as it is, unless [`belongs`] says so: controls, line separators, what directs writing, and all that has no
/// shape of its own. The rows are the classes of Unicode ("Unicode Character Database", UAX #44). Signs that stand before digits in
/// some scripts are of a class with the others and can be seen.
const HIDDEN: &str = r"[[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]--\p{Prepended_Concatenation_Mark}]";

/// What stands above, below or around the letter before it.
const MARK: &str = r"\p{M}";

/// What a joiner may join: letters, with the marks that belong to them.
const LETTER: &str = r"[[\p{L}\p{M}]--\p{Default_Ignorable_Code_Point}]";

/// What a joiner may join, and what takes a choice between text and picture; with the colours of skin.
const PICTURE: &str = r"[\p{Extended_Pictographic}\p{Emoji_Modifier}]";

/// Marks on one letter; what has more grows over the lines above and below. As many as "Unicode Normalization Forms" (UAX #15)
/// has in its Stream-Safe Text Format.
const MOST_MARKS: usize = 30;

/// What our own colours are: bold and the like, and the colours that can be read on light and dark ground.
const COLOURS: &[&str] = &[
    "[0m", "[1m", "[2m", "[3m", "[4m", "[31m", "[32m", "[33m", "[34m", "[35m", "[36m", "[91m",
    "[92m", "[93m", "[94m", "[95m", "[96m",
];

/// The neighbour of what has none.
const NOTHING: char = '\0';

const ESCAPE: char = '\u{1b}';
const JOINERS: [char; 2] = ['\u{200c}', '\u{200d}'];
/// The choice of text, and of picture.
const SELECTORS: [char; 2] = ['\u{fe0e}', '\u{fe0f}'];
/// Makes a key of the digit before it.
const KEYCAP: char = '\u{20e3}';

/// Which breaks stay.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Breaks {
    /// Lines and tabs stay.
    Stay,
    /// None: the text is quoted within a line.
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

/// Whether a character is of a class. Without classes nothing is known of what is beyond ASCII, and it is `unknown`.
fn is(class: fn(&Classes) -> &Regex, letter: char, unknown: bool) -> bool {
    let classes = CLASSES.as_ref().map(class);
    classes.map_or(unknown, |class| {
        class.is_match(letter.encode_utf8(&mut [0; 4]))
    })
}

/// Whether a character commands, directs or cannot be seen.
pub fn is_hidden(letter: char) -> bool {
    match letter.is_ascii() {
        true => letter.is_ascii_control(),
        false => is(|classes| &classes.hidden, letter, true),
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

/// Whether a hidden character has a use between its neighbours: it breaks lines, joins letters or pictures, or chooses a picture.
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
        match stays && marks <= MOST_MARKS {
            true => written.push(letter),
            false => written.extend(letter.escape_default()),
        }
        before = if stays { letter } else { NOTHING };
    }
    written
}

/// The text within a line: breaks and tabs are shown too, so that what is quoted in a message cannot forge any.
pub fn visible(text: &str) -> String {
    written(text, Breaks::Shown)
}

/// The text with its lines. What has nothing hidden in it is the same, byte by byte.
pub fn shown(text: &str) -> Cow<'_, str> {
    match is_plain(text) {
        true => Cow::Borrowed(text),
        false => Cow::Owned(written(text, Breaks::Stay)),
    }
}

/// Whether a text holds what everybody can see, breaks and tabs only: nearly all do, and it is told by bytes.
fn is_plain(text: &str) -> bool {
    let plain = |byte: &u8| matches!(byte, b' '..=b'~' | b'\n' | b'\t');
    // Without a way out among them, many are looked at at once.
    let mut parts = text.as_bytes().chunks(256);
    parts.all(|part| part.iter().fold(true, |all, byte| all & plain(byte)))
}

/// The same, for a text that we have coloured: our own colours stay.
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
    match painted == text {
        true => Cow::Borrowed(text),
        false => Cow::Owned(painted),
    }
}

/// Written JSON in which all that is hidden stands as an escape of JSON: programs read the same value. Outside of strings, JSON has
/// line breaks only.
pub fn escaped_json(json: String) -> String {
    match json_escapes(&json) {
        Cow::Borrowed(_) => json,
        Cow::Owned(escaped) => escaped,
    }
}

/// The same of a part of written JSON that ends with a line.
pub fn json_escapes(json: &str) -> Cow<'_, str> {
    if is_plain(json) {
        return Cow::Borrowed(json);
    }
    let mut escaped = String::with_capacity(json.len());
    for letter in json.chars() {
        match letter != '\n' && is_hidden(letter) {
            true => {
                let mut units = [0; 2];
                let units = letter.encode_utf16(&mut units).iter();
                escaped.extend(units.map(|unit| format!("\\u{unit:04x}")));
            }
            false => escaped.push(letter),
        }
    }
    Cow::Owned(escaped)
}

/// A TOML string, with all that is hidden as an escape of TOML.
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

    /// What is never sent, wherever it stands.
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

    /// What people write.
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
