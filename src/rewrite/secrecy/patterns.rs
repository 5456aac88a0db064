//! Finds secrets by their form alone: in comments, in texts inside other texts, and in files that cannot be parsed.
//! Here a value is taken for a secret if its name may mean one.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use regex::Regex;

use super::unquoted::{LONGEST_PROSE, SearchedPart, SearchedText, bare, note, refers};
use super::words::{STEMS, any_of, has_none, holds_secret};
use super::{FoundSecrets, literal};

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

/// Notes everything that looks like a secret in this part of a text.
pub(super) fn find(text: &str, range: Range<usize>, place: SearchedPart, found: &mut FoundSecrets) {
    let Some(part) = text.get(range.clone()) else {
        return;
    };
    if has_none(SIGN.as_ref(), part) {
        return;
    }
    let searched = SearchedText {
        part,
        start: range.start,
        place,
    };
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
            None => bare(searched, &pair, found).max(end("space")),
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
