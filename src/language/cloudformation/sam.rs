//! The result of the SAM transform for a function: the function with the template's `Globals`, and its implicit role.
//!
//! Everything else of SAM stays as it is written ("AWS SAM template anatomy", "Globals section",
//! "AWS::Serverless::Function").

use super::evaluate::StackScope;
use super::template::Template;
use crate::domain::evidence::Origin;
use crate::language::resource::{Dialect, Node, Piece, Resource, Value};

const FUNCTION: &str = "AWS::Serverless::Function";

/// True if the transform makes a resource of this name.
pub(super) fn makes(template: &Template, logical_id: &str) -> bool {
    logical_id
        .strip_suffix("Role")
        .is_some_and(|function| template.kind_of(function) == Some(FUNCTION))
}

/// Returns the resource itself, or the resources that the transform makes of it.
pub(super) fn expanded(scope: StackScope<'_>, resource: Resource) -> Vec<Resource> {
    if resource.kind != FUNCTION {
        return vec![resource];
    }
    let mut function = with_globals(scope, resource);
    function.kind = "AWS::Lambda::Function".to_owned();
    let role = match function.body.get("Role") {
        Some(_) => None,
        None => Some(made_role(&function)),
    };
    if let (Some(role), Value::Map(members)) = (&role, &mut function.body.value) {
        let arn = Piece::Reference(role.address.clone(), "Arn".to_owned());
        let node = Node::new(Value::Text(vec![arn]), function.origin.bare());
        members.push(("Role".to_owned(), node));
    }
    std::iter::once(function).chain(role).collect()
}

fn with_globals(scope: StackScope<'_>, mut resource: Resource) -> Resource {
    if let Some(globals) = scope.template().member("Globals", "Function") {
        resource.body = merged(scope.eval(globals), resource.body);
    }
    resource
}

/// Merges a global value with the function's own: "Maps are merged, lists are additive", and otherwise the function's
/// own value takes precedence.
fn merged(global: Node, own: Node) -> Node {
    let value = match (global.value, own.value) {
        (Value::Map(global), Value::Map(own)) => Value::Map(merged_members(global, own)),
        (Value::List(global), Value::List(own)) => {
            Value::List(global.into_iter().chain(own).collect())
        }
        (_, own) => own,
    };
    Node::new(value, own.origin)
}

fn merged_members(global: Vec<(String, Node)>, own: Vec<(String, Node)>) -> Vec<(String, Node)> {
    let mut members = global;
    for (name, node) in own {
        match members.iter().position(|(known, _)| *known == name) {
            Some(index) => {
                let (name, global) = members.swap_remove(index);
                members.push((name, merged(global, node)));
            }
            None => members.push((name, node)),
        }
    }
    members
}

fn made_role(function: &Resource) -> Resource {
    let origin = function.origin.bare();
    let policies = function.body.get("Policies");
    let listed: Vec<&Node> = match policies.map(|policies| &policies.value) {
        Some(Value::List(items)) => items.iter().collect(),
        Some(_) => policies.into_iter().collect(),
        None => Vec::new(),
    };
    let (documents, managed): (Vec<&Node>, Vec<&Node>) = listed
        .into_iter()
        .partition(|policy| matches!(policy.value, Value::Map(_) | Value::Unresolved(_)));
    let managed = managed.into_iter().cloned().collect();
    let inline = documents
        .into_iter()
        .enumerate()
        .map(|(index, policy)| inline_policy(index, policy))
        .collect();
    let members = [
        ("AssumeRolePolicyDocument", lambda_trust(&origin)),
        (
            "ManagedPolicyArns",
            Node::new(Value::List(managed), origin.clone()),
        ),
        ("Policies", Node::new(Value::List(inline), origin.clone())),
    ];
    Resource {
        dialect: Dialect::CloudFormation,
        kind: "AWS::IAM::Role".to_owned(),
        address: format!("{}Role", function.address),
        origin: origin.clone(),
        body: Node::new(map(members), origin),
        known_as: Vec::new(),
    }
}

fn map<const N: usize>(members: [(&str, Node); N]) -> Value {
    Value::Map(
        members
            .into_iter()
            .map(|(name, node)| (name.to_owned(), node))
            .collect(),
    )
}

/// Returns an inline policy, or an unresolved one for a SAM policy template, whose statements only the transform knows.
fn inline_policy(index: usize, policy: &Node) -> Node {
    let document = match policy.get("Statement") {
        Some(_) => policy.clone(),
        None => Node::new(
            Value::Unresolved(
                "a policy template of SAM is filled in when it is deployed".to_owned(),
            ),
            policy.origin.clone(),
        ),
    };
    let name = Node::new(Value::text(format!("Policy{index}")), policy.origin.clone());
    let value = map([("PolicyName", name), ("PolicyDocument", document)]);
    Node::new(value, policy.origin.clone())
}

fn lambda_trust(origin: &Origin) -> Node {
    let node = |value| Node::new(value, origin.clone());
    let text = |text: &str| node(Value::text(text));
    let principal = node(map([("Service", text("lambda.amazonaws.com"))]));
    let statement = node(map([
        ("Effect", text("Allow")),
        ("Principal", principal),
        ("Action", text("sts:AssumeRole")),
    ]));
    node(map([
        ("Version", text("2012-10-17")),
        ("Statement", node(Value::List(vec![statement]))),
    ]))
}
