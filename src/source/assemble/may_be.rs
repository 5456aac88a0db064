//! Whether two names may be one, of which parts are not known: what begins or ends in another way is another name.

use crate::language::resource::{Node, Piece, Value};

/// How a text begins in whose place CloudFormation puts another one.
const LOOKED_UP: &str = "{{resolve:";

/// Whether both may be one text. What cannot be worked out at all may be any.
pub(super) fn one(one: &Node, other: &Node) -> bool {
    match (ends(one), ends(other)) {
        (Some(one), Some(other)) => meet(&one, &other),
        _ => true,
    }
}

/// How a text begins and ends, as far as that is known.
struct Ends<'n> {
    begin: &'n str,
    end: &'n str,
    /// Whether that is all of it.
    is_whole: bool,
}

fn ends(node: &Node) -> Option<Ends<'_>> {
    let Value::Text(pieces) = &node.value else {
        return None;
    };
    if written(pieces.first()).starts_with(LOOKED_UP) {
        return None;
    }
    let [first, last] = [pieces.first(), pieces.last()];
    Some(Ends {
        begin: written(first),
        end: written(last),
        is_whole: pieces.len() == 1 && !written(first).is_empty(),
    })
}

fn written(piece: Option<&Piece>) -> &str {
    match piece {
        Some(Piece::Text(text)) => text,
        _ => "",
    }
}

fn meet(one: &Ends<'_>, other: &Ends<'_>) -> bool {
    if one.is_whole && other.is_whole {
        return one.begin == other.begin;
    }
    let begins = one.begin.starts_with(other.begin) || other.begin.starts_with(one.begin);
    let end = one.end.ends_with(other.end) || other.end.ends_with(one.end);
    begins && end
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::evidence::Origin;

    fn named(parts: &[&str]) -> Node {
        let pieces = parts.iter().map(|part| match *part {
            "?" => Piece::Unresolved("no value".to_owned()),
            text => Piece::Text(text.to_owned()),
        });
        Node::new(Value::Text(pieces.collect()), Origin::default())
    }

    #[test]
    fn names_are_told_apart_by_their_ends() {
        let cases: [(&[&str], &[&str], bool); 8] = [
            (&["orders"], &["orders"], true),
            (&["orders"], &["order"], false),
            (&["orders-proxy"], &["?", "-proxy"], true),
            (&["orders-app"], &["?", "-proxy"], false),
            (&["orders-app"], &["?"], true),
            (&["orders-", "?"], &["?", "-proxy"], true),
            (&["orders-", "?"], &["billing-", "?"], false),
            (&["orders-", "?", "-app"], &["?", "-proxy"], false),
        ];
        for (one, other, expected) in cases {
            let (one, other) = (named(one), named(other));
            assert_eq!(super::one(&one, &other), expected, "{one:?} {other:?}");
            assert_eq!(super::one(&other, &one), expected, "{other:?} {one:?}");
        }
    }
}
