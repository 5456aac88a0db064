//! String functions. The known parts of a partly known string are kept as long as the result is correct.

use regex::{Captures, Regex, RegexBuilder};
use unicode_segmentation::UnicodeSegmentation;

use super::{MANY, Row, list, text};
use crate::language::partial_string;
use crate::language::resource::{Node, Piece, Pseudo, Value};
use crate::language::terraform::values::{
    EvaluationFault, Outcome, as_reference, error, index, not_yet, pieces, plain, unknown,
};

/// The maximum length of the result of `replace` and `indent`, in bytes.
const MAX_TEXT: usize = 4 * 1024 * 1024;

pub(super) const TABLE: &[Row] = &[
    ("chomp", 1, 1, |given| {
        whole(given, |text| text.trim_end_matches(['\r', '\n']).to_owned())
    }),
    ("endswith", 2, 2, |given| begins(given, End::Last)),
    ("indent", 2, 2, indent),
    ("join", 2, MANY, join),
    ("lower", 1, 1, |given| {
        piecewise(&given[0], str::to_lowercase)
    }),
    ("regex", 2, 2, first_match),
    ("regexall", 2, 2, all_matches),
    ("replace", 3, 3, replace),
    ("split", 2, 2, split),
    ("startswith", 2, 2, |given| begins(given, End::First)),
    ("strcontains", 2, 2, |given| {
        Ok(Value::Bool(
            plain(&given[0].value)?.contains(&plain(&given[1].value)?),
        ))
    }),
    ("strrev", 1, 1, |given| {
        whole(given, |text| text.graphemes(true).rev().collect())
    }),
    ("substr", 3, 3, part),
    ("title", 1, 1, |given| whole(given, title)),
    ("trim", 2, 2, |given| {
        trimmed(given, |text, set| {
            text.trim_matches(|one| set.contains(one)).to_owned()
        })
    }),
    ("trimprefix", 2, 2, |given| {
        trimmed(given, |text, prefix| {
            text.strip_prefix(prefix).unwrap_or(text).to_owned()
        })
    }),
    ("trimspace", 1, 1, |given| {
        whole(given, |text| text.trim().to_owned())
    }),
    ("trimsuffix", 2, 2, |given| {
        trimmed(given, |text, suffix| {
            text.strip_suffix(suffix).unwrap_or(text).to_owned()
        })
    }),
    ("upper", 1, 1, |given| {
        piecewise(&given[0], str::to_uppercase)
    }),
];

fn whole(given: &[Node], change: impl Fn(&str) -> String) -> Outcome<Value> {
    Ok(text(change(&plain(&given[0].value)?)))
}

fn trimmed(given: &[Node], change: impl Fn(&str, &str) -> String) -> Outcome<Value> {
    let cut = plain(&given[1].value)?;
    Ok(text(change(&plain(&given[0].value)?, &cut)))
}

/// Changes the case of the known parts. Regions and other pseudo values are in lower case already.
fn piecewise(node: &Node, change: fn(&str) -> String) -> Outcome<Value> {
    let changed = pieces(&node.value)?.into_iter().map(|piece| match piece {
        Piece::Text(text) => Piece::Text(change(&text)),
        Piece::Unresolved(_) => piece,
        same if is_unchanged(&same, change) => same,
        other => Piece::Unresolved(not_yet(&Value::Text(vec![other]))),
    });
    Ok(partial_string::text(changed.collect()))
}

fn is_unchanged(piece: &Piece, change: fn(&str) -> String) -> bool {
    let is_lower = change("a") == "a";
    match piece {
        Piece::Pseudo(Pseudo::Account) => true,
        Piece::Pseudo(_) | Piece::ProxyId(_) => is_lower,
        _ => false,
    }
}

/// The end of a string that is compared.
#[derive(Clone, Copy)]
enum End {
    First,
    Last,
}

fn begins(given: &[Node], end: End) -> Outcome<Value> {
    let wanted = plain(&given[1].value)?;
    let whole = pieces(&given[0].value)?;
    let known = match end {
        End::First => whole.first(),
        End::Last => whole.last(),
    };
    let known = match known {
        Some(Piece::Text(text)) => text.as_str(),
        _ => "",
    };
    let found = match end {
        End::First => known.starts_with(&wanted),
        End::Last => known.ends_with(&wanted),
    };
    // Even if fewer characters are known than wanted, the known ones may differ and so decide.
    let may = match end {
        End::First => wanted.starts_with(known),
        End::Last => wanted.ends_with(known),
    };
    if found || whole.len() <= 1 && plain(&given[0].value).is_ok() || !may {
        Ok(Value::Bool(found))
    } else {
        unknown(not_yet(&given[0].value))
    }
}

fn indent(given: &[Node]) -> Outcome<Value> {
    let spaces = usize::try_from(index(&given[0].value)?).unwrap_or_default();
    let whole = plain(&given[1].value)?;
    let lines = whole.matches('\n').count();
    if spaces.saturating_mul(lines) > MAX_TEXT {
        return unknown("the text is longer than is followed");
    }
    Ok(text(
        whole.replace('\n', &format!("\n{}", " ".repeat(spaces))),
    ))
}

fn join(given: &[Node]) -> Outcome<Value> {
    let delimiter = pieces(&given[0].value)?;
    // The idiom for the only item of a list before the function `one` existed.
    if let [only] = &given[1..]
        && given[0].value.as_text().as_deref() == Some("")
        && as_reference(&only.value).is_some_and(|(_, attribute)| !attribute.is_empty())
    {
        return Ok(only.value.clone());
    }
    let mut joined = Vec::new();
    let mut first = true;
    for items in &given[1..] {
        for item in list(items)? {
            if !first {
                joined.extend(delimiter.iter().cloned());
            }
            first = false;
            joined.extend(pieces(&item.value)?);
        }
    }
    Ok(partial_string::text(joined))
}

fn split(given: &[Node]) -> Outcome<Value> {
    let delimiter = plain(&given[0].value)?;
    let origin = &given[1].origin;
    let whole = pieces(&given[1].value)?;
    let node = |value| Node::new(value, origin.clone());
    if delimiter.is_empty() {
        let letters = plain(&given[1].value)?;
        let letters = letters.graphemes(true).map(|one| node(text(one)));
        return Ok(Value::List(letters.collect()));
    }
    match partial_string::split(&delimiter, &whole) {
        Ok(parts) => Ok(Value::List(
            parts
                .into_iter()
                .map(|part| node(partial_string::text(part)))
                .collect(),
        )),
        Err(reason) => unknown(reason),
    }
}

fn part(given: &[Node]) -> Outcome<Value> {
    let whole = plain(&given[0].value)?;
    let letters: Vec<&str> = whole.graphemes(true).collect();
    let length = i64::try_from(letters.len()).unwrap_or(i64::MAX);
    let offset = match index(&given[1].value)? {
        offset if offset < 0 => (length + offset).max(0),
        offset => offset.min(length),
    };
    let wanted = match index(&given[2].value)? {
        -1 => length,
        wanted if wanted < 0 => return error("substr takes a length from -1"),
        wanted => wanted,
    };
    let place = |number: i64| usize::try_from(number).unwrap_or_default();
    let end = offset.saturating_add(wanted).min(length);
    Ok(text(letters[place(offset)..place(end)].concat()))
}

fn title(whole: &str) -> String {
    let mut before = ' ';
    let mut titled = String::with_capacity(whole.len());
    for letter in whole.chars() {
        if before.is_alphanumeric() || before == '_' {
            titled.push(letter)
        } else {
            titled.extend(letter.to_uppercase())
        }
        before = letter;
    }
    titled
}

/// The cost of compiling a pattern, in scanned characters: a base cost, and a cost for each character of the pattern.
const COST_OF_PATTERN: (u64, u64) = (10_000, 1_000);

/// The maximum size of a compiled pattern, in bytes. A short pattern can compile to megabytes.
const MAX_PATTERN: usize = 256 * 1024;

/// Returns the maximum number of characters that a call may scan. In the worst case, a search for all matches scans
/// from the end of each match to the end of the text ("regex", "Iterating over matches").
pub(super) fn cost_of_search(name: &str, given: &[Node]) -> u64 {
    let length = |at: usize| given.get(at).map_or(0, |node| letters(&node.value));
    let is_pattern = |node: &Node| {
        let text = node.value.as_text();
        text.is_some_and(|text| text.starts_with('/') && text.ends_with('/'))
    };
    let pattern = |at: usize| COST_OF_PATTERN.0 + COST_OF_PATTERN.1.saturating_mul(length(at));
    let every = |at: usize| length(at).saturating_mul(length(at));
    match name {
        "regex" => pattern(0).saturating_add(length(1)),
        "regexall" => pattern(0).saturating_add(every(1)),
        "replace" if given.get(1).is_some_and(is_pattern) => pattern(1).saturating_add(every(0)),
        _ => 0,
    }
}

fn letters(value: &Value) -> u64 {
    let Value::Text(pieces) = value else {
        return 0;
    };
    let lengths = pieces.iter().map(|piece| match piece {
        Piece::Text(text) => text.len() as u64,
        _ => 0,
    });
    lengths.sum()
}

fn expression(node: &Node) -> Outcome<Regex> {
    compiled(&plain(&node.value)?)
}

fn compiled(pattern: &str) -> Outcome<Regex> {
    let made = RegexBuilder::new(pattern).size_limit(MAX_PATTERN).build();
    made.map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => {
            EvaluationFault::Unknown("the pattern is larger than is followed".to_owned())
        }
        _ => EvaluationFault::Error("the pattern cannot be read".to_owned()),
    })
}

/// Replaces every match of a pattern in a string.
fn replaced(pattern: &Regex, whole: &str, to: &str) -> Outcome<String> {
    let (mut text, mut at) = (String::new(), 0);
    for found in pattern.captures_iter(whole) {
        let Some(all) = found.get(0) else {
            continue;
        };
        let longest = to.len().saturating_mul(all.len().max(1));
        if text.len().saturating_add(longest) > MAX_TEXT {
            return unknown("the text is longer than is followed");
        }
        text.push_str(&whole[at..all.start()]);
        found.expand(to, &mut text);
        at = all.end();
    }
    Ok(text + &whole[at..])
}

fn first_match(given: &[Node]) -> Outcome<Value> {
    let pattern = expression(&given[0])?;
    let whole = plain(&given[1].value)?;
    match pattern.captures(&whole) {
        Some(found) => Ok(captured(&pattern, &found, &given[1])),
        None => error("the pattern does not match"),
    }
}

fn all_matches(given: &[Node]) -> Outcome<Value> {
    let pattern = expression(&given[0])?;
    let whole = plain(&given[1].value)?;
    let found = pattern.captures_iter(&whole).map(|found| {
        Node::new(
            captured(&pattern, &found, &given[1]),
            given[1].origin.clone(),
        )
    });
    Ok(Value::List(found.collect()))
}

/// Returns a match: a string if the pattern has no groups, a list if it has groups, a map if these have names.
fn captured(pattern: &Regex, found: &Captures<'_>, node: &Node) -> Value {
    let group = |index: usize| {
        let value = found
            .get(index)
            .map_or(Value::Null, |group| text(group.as_str()));
        Node::new(value, node.origin.clone())
    };
    let names: Vec<Option<&str>> = pattern.capture_names().skip(1).collect();
    match (names.is_empty(), names.iter().any(Option::is_some)) {
        (true, _) => group(0).value,
        (false, false) => Value::List((1..=names.len()).map(group).collect()),
        (false, true) => Value::Map(
            names
                .iter()
                .enumerate()
                .filter_map(|(index, name)| Some(((*name)?.to_owned(), group(index + 1))))
                .collect(),
        ),
    }
}

/// Evaluates `replace`.
/// Source: "If the substring is wrapped in forward slashes, it is treated as a regular expression."
fn replace(given: &[Node]) -> Outcome<Value> {
    let (from, to) = (plain(&given[1].value)?, plain(&given[2].value)?);
    let whole = pieces(&given[0].value)?;
    let pattern = from
        .strip_prefix('/')
        .and_then(|inner| inner.strip_suffix('/'));
    if let Some(pattern) = pattern {
        let whole = plain(&given[0].value)?;
        return Ok(text(replaced(&compiled(pattern)?, &whole, &to)?));
    }
    let mut replaced = Vec::new();
    for piece in whole {
        match piece {
            Piece::Text(text) => {
                let longest = text
                    .len()
                    .saturating_add(text.len().saturating_add(1).saturating_mul(to.len()));
                if longest > MAX_TEXT {
                    return unknown("the text is longer than is followed");
                }
                replaced.push(Piece::Text(text.replace(&from, &to)));
            }
            piece
                if partial_string::split(&from, std::slice::from_ref(&piece)).is_ok()
                    && from.len() == 1 =>
            {
                replaced.push(piece);
            }
            piece => return unknown(not_yet(&Value::Text(vec![piece]))),
        }
    }
    Ok(partial_string::text(replaced))
}
