//! Three-valued arithmetic on [`Node`]s: what is a fault, what is unknown, and how the way of a value is carried along.
//! It knows values only, no expressions and no configuration.

use crate::domain::evidence::Origin;
use crate::source::resource::{Node, Piece, Value};

/// Why an expression has no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It is wrong: Terraform would refuse it, and `try` goes on with its next argument.
    Error(String),
    /// It may well have a value, which cannot be worked out from what is in view. `try` must not skip it.
    Unknown(String),
}

/// An evaluated expression; an unknown may also be a [`Value::Unresolved`] in it.
pub(super) type Outcome<T = Node> = Result<T, Fault>;

/// The name under which an object that stands for a whole resource keeps its address. No HCL key can contain a NUL.
pub(super) const ADDRESS: &str = "\0address";

/// Texts beyond this many bytes are not built.
pub(super) const MAX_TEXT: usize = 1 << 20;

/// Collections beyond this many items are not built.
pub(super) const MAX_ITEMS: usize = 10_000;

impl Fault {
    pub(super) fn error<T>(reason: impl Into<String>) -> Outcome<T> {
        Err(Self::Error(reason.into()))
    }

    pub(super) fn unknown<T>(reason: impl Into<String>) -> Outcome<T> {
        Err(Self::Unknown(reason.into()))
    }

    pub(super) fn reason(self) -> String {
        match self {
            Self::Error(reason) | Self::Unknown(reason) => reason,
        }
    }
}

/// The outcome as a node: faults become unresolved values with their reason.
pub(super) fn settle(outcome: Outcome, origin: &Origin) -> Node {
    outcome.unwrap_or_else(|fault| Node::new(Value::Unresolved(fault.reason()), origin.clone()))
}

/// The value, or the fault that it is unknown.
pub(super) fn known(node: &Node) -> Outcome<&Value> {
    match &node.value {
        Value::Unresolved(reason) => Fault::unknown(reason),
        value => Ok(value),
    }
}

/// Adds the way of `other` to the way of `origin`: a value that was worked out from both took both.
pub(super) fn join_ways(origin: &mut Origin, other: &Origin) {
    for hop in &other.via {
        if !origin.via.contains(hop) {
            origin.via.push(hop.clone());
        }
    }
    if origin.default_of.is_none() {
        origin.default_of.clone_from(&other.default_of);
    }
}

/// A value reached by a name: the name becomes the nearest hop of it and of everything in it.
pub(super) fn through(mut node: Node, hop: &str) -> Node {
    node.origin.via.insert(0, hop.to_owned());
    node.value = match node.value {
        Value::Unresolved(reason) => Value::Unresolved(format!("{hop} ← {reason}")),
        value => map_inner(value, &|inner| through(inner, hop)),
    };
    node
}

/// Marks a value and everything in it as the default of a root variable.
pub(super) fn by_default(mut node: Node, variable: &str) -> Node {
    node.origin.default_of = Some(variable.to_owned());
    node.value = map_inner(node.value, &|inner| by_default(inner, variable));
    node
}

fn map_inner(value: Value, change: &dyn Fn(Node) -> Node) -> Value {
    match value {
        Value::List(items) => Value::List(items.into_iter().map(change).collect()),
        Value::Map(members) => Value::Map(
            members
                .into_iter()
                .map(|(key, node)| (key, change(node)))
                .collect(),
        ),
        value => value,
    }
}

/// Whether two values are equal, where that can be told.
pub(super) fn equal(left: &Value, right: &Value) -> Outcome<bool> {
    match (left, right) {
        (Value::Unresolved(reason), _) | (_, Value::Unresolved(reason)) => Fault::unknown(reason),
        (Value::Text(one), Value::Text(other)) => equal_texts(one, other),
        (Value::List(one), Value::List(other)) => {
            equal_all(one.len() == other.len(), one.iter().zip(other))
        }
        (Value::Map(one), Value::Map(other)) => equal_maps(one, other),
        (one, other) => Ok(one == other),
    }
}

fn equal_texts(one: &[Piece], other: &[Piece]) -> Outcome<bool> {
    let open = one.iter().chain(other).find_map(|piece| match piece {
        Piece::Text(_) => None,
        piece => Some(describe(piece)),
    });
    let unresolved = |piece: &Piece| matches!(piece, Piece::Unresolved(_));
    match open {
        None => Ok(one == other),
        Some(_) if one == other && !one.iter().any(unresolved) => Ok(true),
        Some(reason) => Fault::unknown(reason),
    }
}

fn equal_all<'n>(
    same_shape: bool,
    pairs: impl Iterator<Item = (&'n Node, &'n Node)>,
) -> Outcome<bool> {
    if !same_shape {
        return Ok(false);
    }
    let mut open = None;
    for (one, other) in pairs {
        match equal(&one.value, &other.value) {
            Ok(false) => return Ok(false),
            Ok(true) => {}
            Err(fault) => open = Some(fault),
        }
    }
    open.map_or(Ok(true), Err)
}

fn equal_maps(one: &[(String, Node)], other: &[(String, Node)]) -> Outcome<bool> {
    let pairs: Vec<_> = one
        .iter()
        .filter_map(|(key, node)| member(other, key).map(|twin| (node, twin)))
        .collect();
    equal_all(
        one.len() == other.len() && pairs.len() == one.len(),
        pairs.into_iter(),
    )
}

/// The member of this name.
pub(super) fn member<'n>(members: &'n [(String, Node)], key: &str) -> Option<&'n Node> {
    members
        .iter()
        .find(|(name, _)| name == key)
        .map(|(_, node)| node)
}

/// Sets a member, in place where it exists.
pub(super) fn set_member(members: &mut Vec<(String, Node)>, key: String, node: Node) {
    match members.iter_mut().find(|(name, _)| *name == key) {
        Some((_, old)) => *old = node,
        None => members.push((key, node)),
    }
}

/// What a piece that is no literal stands for.
pub(super) fn describe(piece: &Piece) -> String {
    match piece {
        Piece::Text(text) => text.clone(),
        Piece::Reference(address, attribute) => {
            format!("{address}.{attribute} ← known after apply")
        }
        Piece::Pseudo(pseudo) => format!("the deployment's own {pseudo:?}").to_lowercase(),
        Piece::ProxyId(address) => format!("{address}.arn ← known after apply"),
        Piece::Unresolved(reason) => reason.clone(),
    }
}

/// A number as Terraform writes it.
pub(super) fn number_text(number: f64) -> String {
    format!("{number}")
}

/// Any primitive as the pieces of a text.
pub(super) fn pieces(node: &Node) -> Outcome<Vec<Piece>> {
    Ok(match &node.value {
        Value::Text(pieces) => pieces.clone(),
        Value::Bool(value) => vec![Piece::Text(value.to_string())],
        Value::Number(number) => vec![Piece::Text(number_text(*number))],
        Value::Unresolved(reason) => vec![Piece::Unresolved(reason.clone())],
        Value::Null => return Fault::error("a text is needed, and this is null"),
        Value::List(_) | Value::Map(_) => {
            return Fault::error("a text is needed, and this is a collection");
        }
    })
}

/// Neighbouring literals joined, empty ones left out; always at least one piece.
pub(super) fn tidy(pieces: impl IntoIterator<Item = Piece>) -> Outcome<Value> {
    let mut tidied: Vec<Piece> = Vec::new();
    let mut size = 0;
    for piece in pieces {
        match (tidied.last_mut(), piece) {
            (_, Piece::Text(text)) if text.is_empty() => {}
            (Some(Piece::Text(before)), Piece::Text(text)) => {
                size += text.len();
                before.push_str(&text);
            }
            (_, piece) => {
                size += describe(&piece).len();
                tidied.push(piece);
            }
        }
        if size > MAX_TEXT {
            return Fault::unknown("a text of more than 1 MiB is not worked out");
        }
    }
    if tidied.is_empty() {
        tidied.push(Piece::Text(String::new()));
    }
    Ok(Value::Text(tidied))
}

/// Any primitive as a literal text.
pub(super) fn literal(node: &Node) -> Outcome<String> {
    let mut text = String::new();
    for piece in pieces(node)? {
        match piece {
            Piece::Text(part) => text.push_str(&part),
            piece => return Fault::unknown(describe(&piece)),
        }
    }
    Ok(text)
}

/// Any primitive as a truth value.
pub(super) fn truth(node: &Node) -> Outcome<bool> {
    match known(node)? {
        Value::Bool(value) => Ok(*value),
        Value::Text(_) => match literal(node)?.as_str() {
            "true" => Ok(true),
            "false" => Ok(false),
            other => Fault::error(format!("`{other}` is neither true nor false")),
        },
        _ => Fault::error("true or false is needed here"),
    }
}

/// Any primitive as a number.
pub(super) fn number(node: &Node) -> Outcome<f64> {
    match known(node)? {
        Value::Number(number) => Ok(*number),
        Value::Text(_) => {
            let text = literal(node)?;
            let parsed = text.parse::<f64>().ok().filter(|number| number.is_finite());
            parsed.map_or_else(|| Fault::error(format!("`{text}` is not a number")), Ok)
        }
        _ => Fault::error("a number is needed here"),
    }
}

/// The items of a list, tuple or set.
pub(super) fn list(node: &Node) -> Outcome<&[Node]> {
    match known(node)? {
        Value::List(items) => Ok(items),
        _ => Fault::error("a list is needed here"),
    }
}

/// The members of a map or object.
pub(super) fn map(node: &Node) -> Outcome<&[(String, Node)]> {
    match known(node)? {
        Value::Map(members) => Ok(members),
        _ => Fault::error("a map is needed here"),
    }
}

/// Keys (indices for lists) and values, in Terraform's order of iteration: maps by key.
pub(super) fn entries(node: &Node) -> Outcome<Vec<(Value, Node)>> {
    match known(node)? {
        Value::List(items) => Ok(items
            .iter()
            .enumerate()
            .map(|(index, item)| (Value::Number(index as f64), item.clone()))
            .collect()),
        Value::Map(members) => {
            let mut sorted: Vec<_> = members.iter().filter(|(key, _)| key != ADDRESS).collect();
            sorted.sort_by(|one, other| one.0.cmp(&other.0));
            Ok(sorted
                .into_iter()
                .map(|(key, node)| (Value::text(key), node.clone()))
                .collect())
        }
        _ => Fault::error("a collection is needed here"),
    }
}
