//! Compares partly known names: two names that begin or end differently are different.

use crate::language::resource::{Node, Piece, Value};

/// The beginning of a text that CloudFormation replaces by another one.
const LOOKED_UP: &str = "{{resolve:";

/// True if both may be the same text. An unresolved value may be any text.
pub(super) fn one(one: &Node, other: &Node) -> bool {
    match (ends(one), ends(other)) {
        (Some(one), Some(other)) => meet(&one, &other),
        _ => true,
    }
}

/// The known beginning and end of a text.
struct Ends<'n> {
    begin: &'n str,
    end: &'n str,
    /// True if the text is known completely.
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
