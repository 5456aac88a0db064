//! Values without quotes: where they end, and whether they are secrets or only refer to one.

use std::ops::Range;

use regex::Captures;

use super::FoundSecrets;
use super::words::is_public_value;

/// The kind of text that is searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SearchedPart {
    /// A comment or a string: a value ends at white space, and a word before a colon can be prose.
    Inside,
    /// A file that cannot be parsed: a value extends to the end of its line.
    Unread,
}

/// The maximum distance, in bytes, that is examined around a word to recognise prose or an ARN.
pub(super) const LONGEST_PROSE: usize = 200;

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

/// The part of a text that is searched.
#[derive(Clone, Copy)]
pub(super) struct SearchedText<'t> {
    pub(super) part: &'t str,
    /// The offset of the part in the whole text.
    pub(super) start: usize,
    pub(super) place: SearchedPart,
}

/// Handles a value without quotes and returns where it ends.
pub(super) fn bare(
    searched: SearchedText<'_>,
    pair: &Captures<'_>,
    found: &mut FoundSecrets,
) -> usize {
    let SearchedText {
        part,
        start: at,
        place,
    } = searched;
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

/// True if the value is public, or an expression that only refers to a value.
pub(super) fn refers(value: &str) -> bool {
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

/// Notes a value by its range in a part that begins at an offset of the whole text.
pub(super) fn note(value: &str, range: Range<usize>, at: usize, found: &mut FoundSecrets) {
    if value.trim().is_empty() {
        return;
    }
    found.ranges.push(range.start + at..range.end + at);
    // A plain word is masked here only: it may be prose and is not searched for elsewhere.
    if value.trim().chars().any(|one| !one.is_alphabetic()) {
        found.value(value.trim());
    }
}
