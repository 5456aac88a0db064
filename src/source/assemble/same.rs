//! Finds unresolved values that are certainly the same, because both come from one place, whatever it holds.
//!
//! A reader records why a value is unknown, with the path to its source. Only a reason that leads to one place, without
//! any change to the value on its path, identifies the value.

use super::block::dynamic_reference;
use crate::domain::evidence::Origin;
use crate::language::resource::{Node, Piece, Value};

/// The separator of the steps of a path.
const STEP: &str = " ← ";

/// The prefixes of the steps that pass a value on unchanged.
const PASSING: &[&str] = &["var.", "local.", "module."];

/// The prefixes of reasons that name one place outside of the sources, regardless of the file: an export of another
/// stack, an environment variable.
const OUTSIDE: &[&str] = &["no template in view exports ", "${env:"];

/// The prefixes of reasons that name one place outside of the sources for each template: a parameter, the stack's own
/// name, a variable of the Serverless Framework.
const OUTSIDE_OF_ONE: &[&str] = &["parameter ", "AWS::StackName ", "AWS::StackId ", "${"];

/// The step that takes a part of a list. The reason does not show which item it is.
const PART: &str = "Fn::Select";

/// The step from a nested stack to the template that passes it a value: `stack Child (root.yaml:3:5)`.
const STACK: &str = "stack ";

/// Returns a fingerprint that two values of one document share only if they are certainly the same; `None` if the value
/// is fully known, or if its source cannot be identified.
pub(super) fn print(document: usize, node: &Node) -> Option<(usize, String)> {
    if node.origin.via.iter().any(|step| step == PART) {
        return None;
    }
    let file = template(&node.origin);
    let print = match &node.value {
        Value::Unresolved(reason) => place(reason, file)?,
        Value::Text(pieces) => match pieces.as_slice() {
            [Piece::Unresolved(reason)] => place(reason, file)?,
            pieces => print_of_text(pieces, file)?,
        },
        _ => return None,
    };
    Some((document, print))
}

fn print_of_text(pieces: &[Piece], file: &str) -> Option<String> {
    let is_open = |piece: &Piece| matches!(piece, Piece::Unresolved(_));
    let print_of = |piece: &Piece| match piece {
        Piece::Text(text) => Some(text.clone()),
        Piece::Unresolved(reason) => place(reason, file).map(|place| format!("\u{0}{place}\u{0}")),
        known => Some(format!("\u{0}{known:?}\u{0}")),
    };
    let text = pieces.iter().map(print_of).collect::<Option<String>>()?;
    let is_open = pieces.iter().any(is_open) || dynamic_reference(&text).is_some();
    is_open.then_some(text)
}

/// Returns the template whose parameter a value is: the one at the end of its path.
fn template(origin: &Origin) -> &str {
    let passed = origin.via.iter().rev().find_map(|step| {
        let (_, place) = step.strip_prefix(STACK)?.rsplit_once(" (")?;
        place.rsplitn(3, ':').nth(2)
    });
    passed.unwrap_or(&origin.file)
}

/// Returns the place that a reason leads to: `var.b` for `var.a ← module.m.a ← var.b ← no value`.
fn place(reason: &str, file: &str) -> Option<String> {
    let begins = |all: &[&str]| all.iter().any(|begin| reason.starts_with(begin));
    if begins(OUTSIDE) {
        return Some(reason.to_owned());
    }
    if begins(OUTSIDE_OF_ONE) {
        return Some(format!("{file}: {reason}"));
    }
    variable(reason).map(str::to_owned)
}

fn variable(reason: &str) -> Option<&str> {
    let (way, _) = reason.rsplit_once(STEP)?;
    let passes = |step: &str| PASSING.iter().any(|begin| step.starts_with(begin));
    let end = way.rsplit(STEP).next()?;
    (end.starts_with("var.") && way.split(STEP).all(passes)).then_some(end)
}

/// Returns the list of which a value represents any item: `var.list` for `auth.value ← var.list ← no value`.
pub(super) fn list_of(document: usize, node: &Node) -> Option<(usize, String)> {
    let Value::Unresolved(reason) = &node.value else {
        return None;
    };
    let (item, list) = reason.split_once(STEP)?;
    let list = variable(list).filter(|_| item.ends_with(".value"))?;
    Some((document, list.to_owned()))
}

/// Returns a readable name of an unresolved value: `var.login`, `parameter Login`.
pub(super) fn called(reason: &str) -> String {
    let end = variable(reason).unwrap_or(reason);
    let before = end.split(" has no value").next().unwrap_or_default();
    before.split(" is ").next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(reason: &str) -> Node {
        Node::new(Value::Unresolved(reason.to_owned()), Origin::default())
    }

    #[test]
    fn one_place_gives_one_value() {
        let same = [
            ("var.a ← no value", "var.b ← module.m.b ← var.a ← no value"),
            ("local.x ← var.a ← no value", "var.a ← no value"),
            (
                "parameter Owner has no value: pass --parameters FILE",
                "parameter Owner has no value: pass --parameters FILE",
            ),
            (
                "${env:OWNER} is filled in by the Serverless Framework",
                "${env:OWNER} is filled in by the Serverless Framework",
            ),
        ];
        for (one, other) in same {
            assert!(print(0, &open(one)).is_some(), "{one}");
            assert_eq!(print(0, &open(one)), print(0, &open(other)), "{one}");
        }
        assert_ne!(print(0, &open(same[0].0)), print(1, &open(same[0].0)));
    }

    #[test]
    fn each_template_has_its_own_parameters() {
        let at = |file: &str, way: &[&str]| {
            let mut node = open("parameter Owner has no value: pass --parameters FILE");
            node.origin = Origin::at(file, 3, 5);
            node.origin.via = way.iter().map(|step| (*step).to_owned()).collect();
            print(0, &node)
        };
        let own = at("a.yaml", &["parameter Owner"]);
        assert_ne!(own, at("b.yaml", &["parameter Owner"]));
        let way = [
            "parameter User",
            "stack Child (a.yaml:9:3)",
            "parameter Owner",
        ];
        assert_eq!(own, at("b.yaml", &way));
    }

    #[test]
    fn what_was_done_on_the_way_hides_the_value() {
        for reason in [
            "lookup() ← var.users ← no value",
            "`a` or `b`, by a condition: local.p ← var.prod ← no value",
            "each.value ← var.users ← no value",
            "Fn::GetAZs is known only once it is deployed",
            "no value",
        ] {
            assert_eq!(print(0, &open(reason)), None, "{reason}");
        }
        let mut part = open("parameter Owners has no value: pass --parameters FILE");
        part.origin.via.push(PART.to_owned());
        assert_eq!(print(0, &part), None);
    }

    #[test]
    fn texts_are_the_same_by_their_parts() {
        let text = |end: &str| {
            let pieces = vec![
                Piece::Unresolved("AWS::StackName is known only once it is deployed".to_owned()),
                Piece::Text(end.to_owned()),
            ];
            Node::new(Value::Text(pieces), Origin::default())
        };
        assert!(print(0, &text("-login")).is_some());
        assert_eq!(print(0, &text("-login")), print(0, &text("-login")));
        assert_ne!(print(0, &text("-login")), print(0, &text("-admin")));
        let known = Node::new(Value::text("orders"), Origin::default());
        assert_eq!(print(0, &known), None);
        let looked_up = Node::new(Value::text("{{resolve:ssm:/owner}}"), Origin::default());
        assert!(print(0, &looked_up).is_some());
    }
}
