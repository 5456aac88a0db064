//! Functions on texts. Where a text holds references, they work on its literal parts if that gives the right answer.

use super::super::expression::bare;
use super::super::value::{
    Fault, MAX_ITEMS, Outcome, known, list, literal, number, pieces, tidy, truth,
};
use super::super::variables::{from_json, primitive};
use super::{Function, MANY, argument, function};
use crate::source::resource::{Node, Piece, Value};

pub(super) static FUNCTIONS: &[Function] = &[
    function("chomp", 1, 1, |a| {
        change(a, |text| text.trim_end_matches(['\r', '\n']).to_owned())
    }),
    function("endswith", 2, 2, |a| {
        test(a, |text, part| text.ends_with(part))
    }),
    function("format", 1, MANY, format),
    function("join", 2, MANY, join),
    function("jsondecode", 1, 1, jsondecode),
    function("jsonencode", 1, 1, jsonencode),
    function("lower", 1, 1, |a| change(a, str::to_lowercase)),
    function("nonsensitive", 1, 1, |a| Ok(argument(a, 0)?.value.clone())),
    function("replace", 3, 3, replace),
    function("sensitive", 1, 1, |_| {
        Fault::unknown("sensitive, not looked at")
    }),
    function("split", 2, 2, split),
    function("startswith", 2, 2, |a| {
        test(a, |text, part| text.starts_with(part))
    }),
    function("strcontains", 2, 2, |a| {
        test(a, |text, part| text.contains(part))
    }),
    function("substr", 3, 3, substr),
    function("title", 1, 1, |a| change(a, title)),
    function("tobool", 1, 1, |a| primitive(argument(a, 0)?, "bool")),
    function("tonumber", 1, 1, |a| primitive(argument(a, 0)?, "number")),
    function("tostring", 1, 1, |a| primitive(argument(a, 0)?, "string")),
    function("trim", 2, 2, |a| {
        let cut = literal(argument(a, 1)?)?;
        change(a, |text| {
            text.trim_matches(|letter| cut.contains(letter)).to_owned()
        })
    }),
    function("trimprefix", 2, 2, |a| trim_end(a, true)),
    function("trimspace", 1, 1, |a| {
        change(a, |text| text.trim().to_owned())
    }),
    function("trimsuffix", 2, 2, |a| trim_end(a, false)),
    function("upper", 1, 1, |a| change(a, str::to_uppercase)),
];

fn change(arguments: &[Node], apply: impl Fn(&str) -> String) -> Outcome<Value> {
    Ok(Value::text(apply(&literal(argument(arguments, 0)?)?)))
}

fn test(arguments: &[Node], holds: fn(&str, &str) -> bool) -> Outcome<Value> {
    let text = literal(argument(arguments, 0)?)?;
    let part = literal(argument(arguments, 1)?)?;
    Ok(Value::Bool(holds(&text, &part)))
}

fn title(text: &str) -> String {
    let mut start = true;
    text.chars()
        .map(|letter| {
            let first = std::mem::replace(&mut start, !letter.is_alphanumeric());
            if first {
                letter.to_ascii_uppercase()
            } else {
                letter
            }
        })
        .collect()
}

fn join(arguments: &[Node]) -> Outcome<Value> {
    let separator = pieces(argument(arguments, 0)?)?;
    let mut joined = Vec::new();
    for (index, item) in arguments
        .iter()
        .skip(1)
        .map(list)
        .collect::<Outcome<Vec<_>>>()?
        .into_iter()
        .flatten()
        .enumerate()
    {
        if index > 0 {
            joined.extend(separator.iter().cloned());
        }
        joined.extend(pieces(item)?);
    }
    tidy(joined)
}

/// Cuts at the separators that lie in literal parts; what a reference stands for is taken to hold none, as names, ids and
/// account numbers do not; whole ARNs do, so that a colon does not cut beside one.
fn split(arguments: &[Node]) -> Outcome<Value> {
    let separator = literal(argument(arguments, 0)?)?;
    let mut parts: Vec<Vec<Piece>> = vec![Vec::new()];
    for piece in pieces(argument(arguments, 1)?)? {
        let mut push = |piece| match parts.last_mut() {
            Some(part) => part.push(piece),
            None => parts.push(vec![piece]),
        };
        match piece {
            Piece::Text(text) if !separator.is_empty() => {
                let mut cuts = text.split(separator.as_str());
                push(Piece::Text(cuts.next().unwrap_or_default().to_owned()));
                parts.extend(cuts.map(|cut| vec![Piece::Text(cut.to_owned())]));
            }
            Piece::Reference(..) | Piece::Unresolved(_) => {
                return Fault::unknown(super::super::value::describe(&piece));
            }
            Piece::Text(_) => return Fault::unknown("split() with an empty separator"),
            piece => push(piece),
        }
    }
    if parts.len() > MAX_ITEMS {
        return Fault::unknown(format!("a list of more than {MAX_ITEMS} items"));
    }
    let items: Outcome<Vec<Node>> = parts
        .into_iter()
        .map(|part| Ok(bare(tidy(part)?)))
        .collect();
    Ok(Value::List(items?))
}

fn replace(arguments: &[Node]) -> Outcome<Value> {
    let wanted = literal(argument(arguments, 1)?)?;
    let by = pieces(argument(arguments, 2)?)?;
    let is_pattern = wanted.len() > 1 && wanted.starts_with('/') && wanted.ends_with('/');
    if is_pattern || wanted.is_empty() {
        return Fault::unknown("replace() with a pattern");
    }
    let mut replaced = Vec::new();
    for piece in pieces(argument(arguments, 0)?)? {
        match piece {
            Piece::Text(text) => {
                for (index, part) in text.split(wanted.as_str()).enumerate() {
                    if index > 0 {
                        replaced.extend(by.iter().cloned());
                    }
                    replaced.push(Piece::Text(part.to_owned()));
                }
            }
            Piece::Reference(..) | Piece::Unresolved(_) => {
                return Fault::unknown(super::super::value::describe(&piece));
            }
            piece => replaced.push(piece),
        }
    }
    tidy(replaced)
}

fn trim_end(arguments: &[Node], front: bool) -> Outcome<Value> {
    let cut = literal(argument(arguments, 1)?)?;
    let mut all = pieces(argument(arguments, 0)?)?;
    let end = if front {
        all.first_mut()
    } else {
        all.last_mut()
    };
    match end {
        Some(Piece::Text(text)) => {
            let rest = if front {
                text.strip_prefix(&cut)
            } else {
                text.strip_suffix(&cut)
            };
            if let Some(rest) = rest {
                *text = rest.to_owned();
            }
            tidy(all)
        }
        Some(piece) => Fault::unknown(super::super::value::describe(piece)),
        None => tidy(all),
    }
}

fn substr(arguments: &[Node]) -> Outcome<Value> {
    let letters: Vec<char> = literal(argument(arguments, 0)?)?.chars().collect();
    let offset = number(argument(arguments, 1)?)?;
    let length = number(argument(arguments, 2)?)?;
    let start = if offset < 0.0 {
        letters.len().saturating_sub(-offset as usize)
    } else {
        offset as usize
    };
    let count = if length < 0.0 {
        usize::MAX
    } else {
        length as usize
    };
    Ok(Value::text(
        letters
            .into_iter()
            .skip(start)
            .take(count)
            .collect::<String>(),
    ))
}

/// The verbs that occur in configurations: `%s`, `%d`, `%v`, `%t`, `%q` and `%0Nd`.
fn format(arguments: &[Node]) -> Outcome<Value> {
    let pattern = literal(argument(arguments, 0)?)?;
    let mut values = arguments.iter().skip(1);
    let mut parts = pattern.split('%');
    let mut formatted = vec![Piece::Text(parts.next().unwrap_or_default().to_owned())];
    let mut after_escape = false;
    for part in parts {
        if std::mem::take(&mut after_escape) {
            formatted.push(Piece::Text(part.to_owned()));
            continue;
        }
        if part.is_empty() {
            formatted.push(Piece::Text("%".to_owned()));
            after_escape = true;
            continue;
        }
        let at = part
            .find(|letter: char| letter.is_ascii_alphabetic())
            .unwrap_or(0);
        let (width, rest) = part.split_at(at);
        let (verb, rest) = rest.split_at(rest.chars().next().map_or(0, char::len_utf8));
        let Some(value) = values.next() else {
            return Fault::error("format() has too few arguments");
        };
        formatted.extend(verb_pieces(verb, width, value)?);
        formatted.push(Piece::Text(rest.to_owned()));
    }
    tidy(formatted)
}

fn verb_pieces(verb: &str, width: &str, value: &Node) -> Outcome<Vec<Piece>> {
    match (verb, width) {
        ("s" | "v", "") => pieces(value),
        ("t", "") => Ok(vec![Piece::Text(truth(value)?.to_string())]),
        ("q", "") => Ok(vec![Piece::Text(format!("{:?}", literal(value)?))]),
        ("d", width) => {
            let fill = width.strip_prefix('0');
            let size = fill.unwrap_or(width).parse::<usize>().unwrap_or(0).min(100);
            let number = number(value)? as i64;
            Ok(vec![Piece::Text(match fill {
                Some(_) => format!("{number:0size$}"),
                None => format!("{number:size$}"),
            })])
        }
        _ => Fault::unknown(format!("format() with %{width}{verb}")),
    }
}

/// Collections keep their structure: whoever reads a policy wants the document, not its text.
fn jsonencode(arguments: &[Node]) -> Outcome<Value> {
    let node = argument(arguments, 0)?;
    match known(node)? {
        Value::Text(_) => {
            let json = serde_json::Value::String(literal(node)?);
            Ok(Value::text(json.to_string()))
        }
        Value::Null => Ok(Value::text("null")),
        Value::Bool(_) | Value::Number(_) => tidy(pieces(node)?),
        value => Ok(value.clone()),
    }
}

fn jsondecode(arguments: &[Node]) -> Outcome<Value> {
    let node = argument(arguments, 0)?;
    match known(node)? {
        value @ (Value::Map(_) | Value::List(_)) => Ok(value.clone()),
        _ => match serde_json::from_str(&literal(node)?) {
            Ok(json) => Ok(from_json(&json).value),
            Err(_) => Fault::error("jsondecode() of something that is not JSON"),
        },
    }
}
