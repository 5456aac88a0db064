//! The identity of unresolved values: a value from outside of the source cannot refer to anything that the source
//! creates.

use super::block::ResourceBody;
use super::mentions;
use crate::domain::posture::{Identity, OpenIdentity};
use crate::language::resource::{Dialect, IMPORT, Node, Piece, Value};
use crate::language::vocabulary::Kind;

/// Data sources that show resources of another configuration or stack.
pub(super) const OTHERS: &[&str] = &[
    "data.terraform_remote_state",
    "data.aws_cloudformation_export",
    "data.aws_cloudformation_stack",
];

/// Returns the identity of a group that an unresolved value names.
pub(super) fn identity(block: ResourceBody<'_, '_>, node: &Node, reason: String) -> Identity {
    let from_outside = is_from_outside(block, node);
    Identity::Open(OpenIdentity {
        whole: from_outside && is_undivided(node),
        from_outside,
        reason,
    })
}

/// True if the value is exactly one value that is passed in from outside, so that it is the same wherever it is used.
pub(super) fn is_whole(block: ResourceBody<'_, '_>, node: &Node) -> bool {
    is_undivided(node) && is_from_outside(block, node)
}

/// True unless the value is a part of a list, which may be any item.
fn is_undivided(node: &Node) -> bool {
    !node.origin.via.iter().any(|step| step == "Fn::Select")
}

fn is_from_outside(block: ResourceBody<'_, '_>, node: &Node) -> bool {
    match &node.value {
        Value::Unresolved(reason) => is_given(block, node, reason),
        Value::Text(pieces) => match pieces.as_slice() {
            [Piece::Unresolved(reason)] => is_given(block, node, reason),
            [Piece::Reference(address, _)] => is_of_others(block, address),
            _ => false,
        },
        _ => false,
    }
}

fn is_given(block: ResourceBody<'_, '_>, node: &Node, reason: &str) -> bool {
    let via = &node.origin.via;
    let Some(last) = via.last() else {
        return false;
    };
    match block.dialect {
        Dialect::CloudFormation => {
            let leads_on = |step: &String| {
                ["parameter ", "stack ", "Fn::Select"]
                    .iter()
                    .any(|way| step.starts_with(way))
            };
            (last.starts_with("parameter ") && via.iter().all(leads_on)) || via == &[IMPORT]
        }
        // A function with an unknown result has no path of its own; only a bare name leads straight to its value.
        Dialect::Terraform => {
            let end = reason
                .strip_prefix(&via.join(" ← "))
                .and_then(|end| end.strip_prefix(" ← "));
            end.is_some_and(|end| {
                if last.starts_with("var.") {
                    end.starts_with("no value")
                } else {
                    end.starts_with("its module ") && keeps_apart(block, last)
                }
            })
        }
        Dialect::Account => false,
    }
}

fn is_of_others(block: ResourceBody<'_, '_>, address: &str) -> bool {
    let Some(item) = block.estate.at(block.document, address) else {
        return false;
    };
    let kind = item.resource.kind.as_str();
    let is_unread_stack = matches!(
        kind,
        "AWS::CloudFormation::Stack" | "AWS::Serverless::Application"
    );
    OTHERS.contains(&kind) || (is_unread_stack && keeps_apart(block, address))
}

/// True if no security group is passed to a module or stack that is not read. Otherwise it could return that group.
fn keeps_apart(block: ResourceBody<'_, '_>, within: &str) -> bool {
    let estate = block.estate;
    let mut prefixes = std::iter::successors(Some(within), |address| {
        address.rsplit_once('.').map(|(before, _)| before)
    });
    let Some(item) = prefixes.find_map(|address| estate.at(block.document, address)) else {
        return false;
    };
    let mut given = mentions::referred(estate, item)
        .into_iter()
        .map(|index| estate.item(index).kind);
    !given.any(|kind| matches!(kind, Some(Kind::SecurityGroup | Kind::DefaultSecurityGroup)))
}
