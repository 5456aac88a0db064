//! `format` and similar functions.

use super::{MANY, Row, text};
use crate::language::partial_string;
use crate::language::resource::{Node, Piece, Value};
use crate::language::terraform::json_text::json_pieces;
use crate::language::terraform::values;
use crate::language::terraform::values::{
    EvaluationFault, Outcome, error, index, number, pieces, plain, unknown,
};

/// The maximum width and precision of a verb.
const MAX_WIDTH: usize = 1_000;

pub(super) const TABLE: &[Row] = &[
    ("format", 1, MANY, |given| {
        Ok(partial_string::text(format(given)?))
    }),
    ("formatlist", 1, MANY, format_list),
    ("formatdate", 2, 2, |_| {
        unknown("formatdate is not worked out")
    }),
    ("timeadd", 2, 2, |_| unknown("timeadd is not worked out")),
    ("timecmp", 2, 2, |_| unknown("timecmp is not worked out")),
];

/// The flags between `%` and the verb.
#[derive(Default)]
struct Flags {
    minus: bool,
    zero: bool,
    plus: bool,
    width: usize,
    precision: Option<usize>,
}

fn format(given: &[Node]) -> Outcome<Vec<Piece>> {
    let pattern = plain(&given[0].value)?;
    let mut arguments = given[1..].iter();
    let mut written = Vec::new();
    let mut rest = pattern.as_str();
    while let Some((before, after)) = rest.split_once('%') {
        written.push(Piece::Text(before.to_owned()));
        let (flags, verb, left) = directive(after)?;
        rest = left;
        if verb == '%' {
            written.push(Piece::Text("%".to_owned()));
            continue;
        }
        let Some(argument) = arguments.next() else {
            return error("format has fewer arguments than verbs");
        };
        written.extend(formatted(&flags, verb, &argument.value)?);
    }
    written.push(Piece::Text(rest.to_owned()));
    match arguments.next() {
        None => Ok(written),
        Some(_) => error("format has more arguments than verbs"),
    }
}

fn directive(text: &str) -> Outcome<(Flags, char, &str)> {
    let mut flags = Flags::default();
    let mut digits = String::new();
    let mut precision = None;
    for (at, letter) in text.char_indices() {
        match letter {
            '-' => flags.minus = true,
            '+' => flags.plus = true,
            '0' if digits.is_empty() && precision.is_none() => flags.zero = true,
            '0'..='9' => precision.as_mut().unwrap_or(&mut digits).push(letter),
            '.' => precision = Some(String::new()),
            ' ' | '#' => {}
            '[' | '*' => return unknown("format with positions is not worked out"),
            verb => {
                flags.width = column(&digits);
                flags.precision = precision.as_deref().map(column);
                return Ok((flags, verb, &text[at + verb.len_utf8()..]));
            }
        }
    }
    error("format ends within a verb")
}

fn column(digits: &str) -> usize {
    digits.parse().unwrap_or(0).min(MAX_WIDTH)
}

fn formatted(flags: &Flags, verb: char, value: &Value) -> Outcome<Vec<Piece>> {
    let padded = |text: String| vec![Piece::Text(pad(flags, text))];
    match verb {
        's' | 'v' => {
            let whole = match (verb, value) {
                ('v', Value::Null) => vec![Piece::Text("null".to_owned())],
                _ => pieces(value)?,
            };
            match (flags.width, flags.precision, plain(value)) {
                (0, None, _) => Ok(whole),
                (_, precision, Ok(text)) => Ok(padded(match precision {
                    Some(most) => text.chars().take(most).collect(),
                    None => text,
                })),
                (.., Err(fault)) => Err(fault),
            }
        }
        'q' => Ok(json_pieces(&match value {
            Value::Text(_) => value.clone(),
            other => text(plain(other)?),
        })),
        'd' => {
            let number = index(value)?;
            let sign = if flags.plus && number >= 0 { "+" } else { "" };
            Ok(padded(format!("{sign}{number}")))
        }
        'x' => Ok(padded(format!("{:x}", index(value)?))),
        'X' => Ok(padded(format!("{:X}", index(value)?))),
        'o' => Ok(padded(format!("{:o}", index(value)?))),
        'b' => Ok(padded(format!("{:b}", index(value)?))),
        'f' => {
            let number = number(value)?;
            Ok(padded(format!("{number:.*}", flags.precision.unwrap_or(6))))
        }
        'g' => Ok(padded(number(value)?.to_string())),
        't' => Ok(padded(values::truth(value)?.to_string())),
        _ => Err(EvaluationFault::Error(
            "format has a verb that does not exist".to_owned(),
        )),
    }
}

fn pad(flags: &Flags, text: String) -> String {
    let missing = flags.width.saturating_sub(text.chars().count());
    match (flags.minus, flags.zero) {
        (true, _) => text + &" ".repeat(missing),
        (false, false) => " ".repeat(missing) + &text,
        (false, true) => match text.strip_prefix('-') {
            Some(digits) => format!("-{}{digits}", "0".repeat(missing)),
            None => "0".repeat(missing) + &text,
        },
    }
}

/// Evaluates `formatlist`: lists are iterated in parallel; other arguments repeat on every line.
fn format_list(given: &[Node]) -> Outcome<Value> {
    let lengths: Vec<usize> = given[1..]
        .iter()
        .filter_map(|node| match &node.value {
            Value::List(items) => Some(items.len()),
            _ => None,
        })
        .collect();
    let length = lengths.first().copied().unwrap_or(1);
    if lengths.iter().any(|other| *other != length) {
        return error("formatlist takes lists of one length");
    }
    let mut lines = Vec::with_capacity(length);
    for line in 0..length {
        let row: Vec<Node> = given
            .iter()
            .map(|node| match &node.value {
                Value::List(items) => items[line].clone(),
                _ => node.clone(),
            })
            .collect();
        lines.push(Node::new(
            partial_string::text(format(&row)?),
            given[0].origin.clone(),
        ));
    }
    Ok(Value::List(lines))
}
