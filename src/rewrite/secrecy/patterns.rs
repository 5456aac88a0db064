//! Finds secrets by their form alone: in comments, in texts inside other texts, and in files that cannot be parsed.
//! Here a value is taken for a secret if its name may mean one.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use regex::{Captures, Regex};

use super::words::{STEMS, any_of, has_none, holds_secret, is_public_value};
use super::{FoundSecrets, literal};

/// The kind of text that is searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SearchedPart {
    /// A comment or a string: a value ends at white space, and a word before a colon can be prose.
    Inside,
    /// A file that cannot be parsed: a value extends to the end of its line.
    Unread,
}

/// A name, the operator, and the value: quoted, with escaped quotes, with an unclosed quote, or bare.
static PAIR: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?x)
        (?P<name>[A-Za-z][A-Za-z0-9_.-]*) \\?["'`\]]* [\x20\t]* (?P<join>=>|:=|[:=]) (?P<space>\s*)
        (?: \\"(?P<escaped>[^"\\]*)\\" | "(?P<double>(?:[^"\\\n]|\\.)*)" | '(?P<single>[^'\n]*)'
          | \\?["'](?P<open>[^\n]*) | (?P<bare>[^\s"']) )"#,
    )
    .ok()
});

/// The maximum distance, in bytes, that is examined around a word to recognise prose or an ARN.
const LONGEST_PROSE: usize = 200;

/// A pattern that is compiled on first use.
type Form = LazyLock<Option<Regex>>;

/// Secrets without a name: the password in a URL, a command-line option, SQL, a header, and well-known token formats.
/// Each has lower-case words, at least one of which occurs in every match.
static FORMS: [(&[&str], Form); 7] = [
    (
        &["://"],
        LazyLock::new(|| form(r#"[A-Za-z][A-Za-z0-9+.-]*://[^\s/:@"'`]*:(?P<value>[^\s/"'`]+)@"#)),
    ),
    (
        &["password", "passwd", "token", "secret"],
        LazyLock::new(|| {
            form(r#"--?[A-Za-z-]*(?:password|passwd|token|secret)[ =]+["']?(?P<value>[^\s"'`\\]+)"#)
        }),
    ),
    (
        &["identified", "password"],
        LazyLock::new(|| form(r#"(?i)\b(?:identified\s+by|password)\s+'(?P<value>[^'\n]+)'"#)),
    ),
    (
        &["bearer", "basic"],
        LazyLock::new(|| form(r"(?i)\b(?:bearer|basic)\s+(?P<value>[A-Za-z0-9._~+/=-]{12,})")),
    ),
    (
        &[
            "gho_",
            "ghp_",
            "ghr_",
            "ghs_",
            "ghu_",
            "github_pat_",
            "glpat-",
            "xox",
        ],
        LazyLock::new(|| {
            form(
                r"\b(?P<value>gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,}|xox[abprs]-[A-Za-z0-9-]{10,})",
            )
        }),
    ),
    (
        &["eyj"],
        LazyLock::new(|| {
            form(r"\b(?P<value>eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*)")
        }),
    ),
    (
        &["private key"],
        LazyLock::new(|| form(r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?P<value>[^-]+)")),
    ),
];

fn form(pattern: &str) -> Option<Regex> {
    Regex::new(pattern).ok()
}

/// The words at least one of which occurs in every match of a form.
pub(super) fn signs() -> impl Iterator<Item = &'static str> {
    FORMS.iter().flat_map(|(signs, _)| *signs).copied()
}

static SIGN: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| any_of(STEMS.into_iter().chain(signs())));

/// The forms that may match in a part of a text; all of them if it has letters beyond ASCII.
fn forms(part: &str) -> impl Iterator<Item = &'static Regex> {
    let small = part.is_ascii().then(|| part.to_ascii_lowercase());
    let can_be = move |signs: &[&str]| match &small {
        Some(small) => signs.iter().any(|sign| small.contains(sign)),
        None => true,
    };
    let forms = FORMS.iter().filter(move |(signs, _)| can_be(signs));
    forms.filter_map(|(_, form)| form.as_ref())
}

/// Prefixes of expressions that only refer to a value.
const REFERENCES: [&str; 17] = [
    "var.",
    "local.",
    "data.",
    "module.",
    "each.",
    "self.",
    "aws_",
    "random_",
    "ephemeral.",
    "$",
    "!",
    "os.",
    "process.",
    "event.",
    "{{",
    "<",
    "%",
];

/// Notes everything that looks like a secret in this part of a text.
pub(super) fn find(text: &str, range: Range<usize>, place: SearchedPart, found: &mut FoundSecrets) {
    let Some(part) = text.get(range.clone()) else {
        return;
    };
    if has_none(SIGN.as_ref(), part) {
        return;
    }
    let mut at = 0;
    while let Some(pair) = PAIR.as_ref().and_then(|pair| pair.captures_at(part, at)) {
        let end = |group: &str| pair.name(group).map_or(part.len(), |one| one.end());
        let quoted = ["escaped", "double", "single", "open"];
        let is_secret = pair
            .name("name")
            .is_some_and(|name| holds_secret(name.as_str()) && !is_of_arn(part, name.start()));
        // A public value may contain a pair of its own and is searched; a secret value is skipped.
        at = match quoted.iter().find_map(|group| pair.name(group)) {
            _ if !is_secret => end("space"),
            Some(value) => {
                let value = value.start() + range.start..value.end() + range.start;
                literal::secret(text, value, found);
                pair.get(0).map_or(part.len(), |all| all.end())
            }
            None => bare(part, &pair, (range.start, place), found).max(end("space")),
        };
    }
    for form in forms(part) {
        for value in form
            .captures_iter(part)
            .filter_map(|form| form.name("value"))
        {
            if !refers(value.as_str()) {
                note(value.as_str(), value.range(), range.start, found);
            }
        }
    }
}

/// True if a word is the resource type inside an ARN: `arn:…:secret:` is followed by the name of a secret and not by a
/// secret.
fn is_of_arn(part: &str, start: usize) -> bool {
    let near = part.floor_char_boundary(start.saturating_sub(LONGEST_PROSE));
    let before = part[near..start].rsplit(|one: char| {
        one.is_whitespace() || matches!(one, '"' | '\'' | '`' | '(' | '[' | ',' | '=')
    });
    let word = before.take(1).next().unwrap_or_default();
    word.starts_with("arn:") && word.ends_with(':')
}

/// Handles a value without quotes and returns where it ends.
fn bare(
    part: &str,
    pair: &Captures<'_>,
    (at, place): (usize, SearchedPart),
    found: &mut FoundSecrets,
) -> usize {
    let group = |name: &str| pair.name(name).map_or("", |group| group.as_str());
    let start = pair.name("bare").map_or(part.len(), |bare| bare.start());
    let rest = &part[start..];
    let value = ended(rest, place);
    let end = start + value.len();
    if place == SearchedPart::Inside
        && (is_prose(pair, &part[end..]) || group("space").contains('\n'))
    {
        return start;
    }
    if place == SearchedPart::Inside && is_place(group("name"), value) {
        return end;
    }
    if is_block(value) {
        let name = pair.get(0).map_or(0, |all| all.start());
        let block = below(part, end, name);
        note(&part[block.clone()], block.clone(), at, found);
        return block.end;
    }
    if !refers(value) {
        note(value, start..end, at, found);
    } else if place == SearchedPart::Unread {
        for (quote, quoted) in quoted_in(value) {
            let quote = start + quote;
            note(quoted, quote..quote + quoted.len(), at, found);
        }
    }
    end
}

/// True for a file name with line and column: `secrets.tf:4:17:`.
fn is_place(name: &str, value: &str) -> bool {
    let is_file = [
        ".hcl", ".json", ".md", ".tera", ".tf", ".tfvars", ".toml", ".yaml", ".yml",
    ]
    .iter()
    .any(|ending| name.ends_with(ending));
    let numbers = value.strip_suffix(':').unwrap_or(value).split_once(':');
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_file && numbers.is_some_and(|(line, column)| is_number(line) && is_number(column))
}

/// True for prose: in `the password: see below`, more words follow on the line. A single word is a value.
fn is_prose(pair: &Captures<'_>, behind: &str) -> bool {
    let group = |name: &str| pair.name(name).map_or("", |group| group.as_str());
    let near = &behind[..behind.floor_char_boundary(LONGEST_PROSE)];
    let line = near.split('\n').next().unwrap_or_default();
    group("join") == ":" && !group("space").is_empty() && !line.trim().is_empty()
}

/// The bare value at the beginning of a text.
fn ended(rest: &str, place: SearchedPart) -> &str {
    let end = match place {
        SearchedPart::Inside => {
            rest.find(|one: char| one.is_whitespace() || "\"'`,;&|)}]\\\0".contains(one))
        }
        SearchedPart::Unread => rest.find(['\n', '\0']),
    };
    let value = &rest[..end.unwrap_or(rest.len())];
    let code = match place {
        SearchedPart::Inside => value,
        SearchedPart::Unread => value.split(" #").next().unwrap_or_default(),
    };
    code.trim_end()
}

fn refers(value: &str) -> bool {
    is_public_value(value)
        || REFERENCES.iter().any(|start| value.starts_with(start))
        || value.ends_with(['{', '['])
        || value.split_once('(').is_some_and(|(name, _)| {
            !name.is_empty()
                && name
                    .chars()
                    .all(|one| one.is_alphanumeric() || "_.".contains(one))
        })
}

/// The quoted parts of a line that contains an expression, with their offsets.
fn quoted_in(line: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    line.split('"')
        .enumerate()
        .filter_map(move |(index, part)| {
            let start = at;
            at += part.len() + 1;
            (index % 2 == 1 && !part.is_empty()).then_some((start, part))
        })
}

/// True if the value begins on the next line.
fn is_block(value: &str) -> bool {
    let yaml = value.trim_end_matches(|one: char| "+-".contains(one) || one.is_ascii_digit());
    matches!(yaml, "|" | ">") || value.starts_with("<<")
}

/// The lines below that are indented more than the name; for a heredoc, those up to its end marker.
fn below(part: &str, from: usize, name: usize) -> Range<usize> {
    let line = part[..name].rfind('\n').map_or(0, |at| at + 1);
    let indent = |line: &str| line.len() - line.trim_start().len();
    let own = indent(&part[line..]);
    let opening = part[..from].rsplit('\n').next().unwrap_or_default();
    let word = opening
        .rsplit_once("<<")
        .map(|(_, word)| word.trim_start_matches('-').trim());
    let rest = &part[from..];
    let mut end = from;
    for (index, line) in rest.split_inclusive('\n').enumerate() {
        let is_end = match word {
            Some(word) => line.trim() == word,
            None => !line.trim().is_empty() && indent(line) <= own,
        };
        if index > 0 && is_end {
            break;
        }
        end += line.len();
    }
    from..end
}

fn note(value: &str, range: Range<usize>, at: usize, found: &mut FoundSecrets) {
    if value.trim().is_empty() {
        return;
    }
    found.ranges.push(range.start + at..range.end + at);
    // A plain word is masked here only: it may be prose and is not searched for elsewhere.
    if value.trim().chars().any(|one| !one.is_alphabetic()) {
        found.value(value.trim());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(text: &str, place: SearchedPart) -> String {
        let mut found = FoundSecrets::default();
        find(text, 0..text.len(), place, &mut found);
        let mut left = text.to_owned();
        for range in found.ranges {
            left.replace_range(range.clone(), &"*".repeat(range.len()));
        }
        left
    }

    #[test]
    fn what_stands_behind_a_name_is_masked() {
        for (text, shown) in [
            ("export DB_PASSWORD=abc x", "export DB_PASSWORD=*** x"),
            (
                r#"{\"password\": \"ab\", \"a\": 1}"#,
                r#"{\"password\": \"**\", \"a\": 1}"#,
            ),
            ("see postgres://u:p@h/d", "see postgres://u:*@h/d"),
            ("mysql --password=abc -u x", "mysql --password=*** -u x"),
            ("SET PASSWORD 'abc';", "SET PASSWORD '***';"),
            ("the password: see below", "the password: see below"),
            (
                "password_length = 3, password = \"a b\"",
                "password_length = 3, password = \"***\"",
            ),
            ("password = var.x", "password = var.x"),
            (
                "no secret arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders/app-AbCdEf",
                "no secret arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders/app-AbCdEf",
            ),
            ("arn:x secret:abc", "arn:x secret:***"),
            ("db:\n  password: abc\n", "db:\n  password: ***\n"),
            ("TOKEN=$CI_TOKEN", "TOKEN=$CI_TOKEN"),
            ("https://a:443/b", "https://a:443/b"),
            ("h=1;password=ab;x=2", "h=1;password=**;x=2"),
            ("identified  by 'ab'", "identified  by '**'"),
            ("secrets.tf:4:17: x", "secrets.tf:4:17: x"),
            ("secrets.tf:4:17", "secrets.tf:4:17"),
            ("secret:4:17:", "secret:*****"),
            ("BEARER abcdefghijkl", "BEARER ************"),
            ("basic abcdefghijkl", "basic ************"),
            ("glpat-0123456789abcdef", "**********************"),
            ("xoxb-0123456789", "***************"),
            ("eyJabcdefgh.abcdefgh.", "*********************"),
            ("ghr_0123456789abcdefghij", "************************"),
            // To the pattern, a long s equals an s.
            ("pa\u{17f}\u{17f}word 'ab'", "pa\u{17f}\u{17f}word '**'"),
        ] {
            assert_eq!(left(text, SearchedPart::Inside), shown);
        }
    }

    #[test]
    fn in_what_cannot_be_read_more_is_masked() {
        for (text, shown) in [
            ("password: a b c\nx: 1", "password: *****\nx: 1"),
            ("password = \"a b\nx = 1", "password = \"***\nx = 1"),
            (
                "password = <<EOT\nab\nEOT\nx = 1",
                "password = <<EOT****EOT\nx = 1",
            ),
            (
                "  password: |\n    ab\n  x: 1",
                "  password: |********  x: 1",
            ),
            ("\"password\":\n  \"ab\",", "\"password\":\n  \"**\","),
            (
                "password = var.x ? \"ab\" : 1",
                "password = var.x ? \"**\" : 1",
            ),
            ("A=1\0GITHUB_TOKEN=abc\0B=2", "A=1\0GITHUB_TOKEN=***\0B=2"),
        ] {
            assert_eq!(left(text, SearchedPart::Unread), shown);
        }
    }
}
