//! What the evaluations of Terraform and of CloudFormation share: the path by which a value came, values that have none,
//! and the ARN that both build for a proxy.

use crate::domain::evidence::Origin;
use crate::language::resource::{Node, Piece, Pseudo, Value};

/// The maximum number of steps in the path of a value.
pub(super) const LONGEST_WAY: usize = 12;

/// Adds the path of a part to the path of the whole.
pub(super) fn absorb(whole: &mut Origin, part: &Origin) {
    for step in &part.via {
        if whole.via.len() < LONGEST_WAY && !whole.via.contains(step) {
            whole.via.push(step.clone());
        }
    }
    if whole.default_of.is_none() {
        whole.default_of.clone_from(&part.default_of);
    }
}

/// Makes a value that cannot be evaluated.
pub(super) fn unresolved(reason: impl Into<String>, origin: Origin) -> Node {
    Node::new(Value::Unresolved(reason.into()), origin)
}

/// Builds the ARN of a proxy, such as `arn:aws:rds:us-east-1:123456789012:db-proxy:prx-0123456789abcdef0`. Its shape
/// matters, since templates cut the id out of it.
/// Source: "Actions, resources, and condition keys for Amazon RDS" (Service Authorization Reference): `proxy`.
pub(super) fn proxy_arn(address: &str) -> Value {
    let text = |text: &str| Piece::Text(text.to_owned());
    Value::Text(vec![
        text("arn:"),
        Piece::Pseudo(Pseudo::Partition),
        text(":rds:"),
        Piece::Pseudo(Pseudo::Region),
        text(":"),
        Piece::Pseudo(Pseudo::Account),
        text(":db-proxy:"),
        Piece::ProxyId(address.to_owned()),
    ])
}
