//! Which resources do with what they are given what is not in view, and which of them hand out what nobody can tell.

use super::estate::Estate;
use super::open::OTHERS;
use super::things::Item;
use crate::language::resource;
use crate::language::resource::{Dialect, IMPORT, Node, UNREAD, Value};

/// Resources of AWS that do what they are told: a stack, a function or a script that somebody else wrote, a call of any interface.
/// Sources: registry documentation of the AWS provider, and the CloudFormation resource specification, each under its name.
const ACTING: &[&str] = &[
    "aws_cloudcontrolapi_resource",
    "aws_cloudformation_stack",
    "aws_cloudformation_stack_instances",
    "aws_cloudformation_stack_set",
    "aws_cloudformation_stack_set_instance",
    "aws_lambda_invocation",
    "aws_serverlessapplicationrepository_cloudformation_stack",
    "aws_servicecatalog_provisioned_product",
    "aws_ssm_association",
    "data.aws_lambda_invocation",
    "AWS::CloudFormation::CustomResource",
    "AWS::CloudFormation::StackSet",
    "AWS::Serverless::Connector",
    "AWS::ServiceCatalog::CloudFormationProvisionedProduct",
    "AWS::SSM::Association",
];

/// Providers of Terraform that keep, make up or show values, and whose services change nothing in an account of AWS.
const KEEPING: &[&str] = &[
    "archive",
    "cloudinit",
    "consul",
    "datadog",
    "github",
    "gitlab",
    "grafana",
    "local",
    "newrelic",
    "pagerduty",
    "random",
    "template",
    "tfe",
    "time",
    "tls",
    "vault",
];

/// Providers whose resources hand out what they were given, or what they make up, and nothing from elsewhere.
const HANDING: &[&str] = &[
    "archive",
    "cloudinit",
    "local",
    "null",
    "random",
    "template",
    "terraform",
    "time",
    "tls",
];

/// What AWS itself or somebody else made for a thing of this name: none that a proxy has.
const OF_THEIR_OWN: &[(&str, &str)] = &[
    // The role that a function runs under trusts Lambda, and a proxy's trusts RDS.
    ("data.aws_lambda_function", "role"),
    // The group that EKS makes for a cluster.
    ("data.aws_eks_cluster", "vpc_config"),
];

/// Before the name of what Terraform does and keeps nothing of: "Actions" (Terraform language).
const ACTION: &str = "action.";

/// The provider that a kind of resource belongs to: what stands before the first underscore.
fn provider(kind: &str) -> &str {
    let name = kind.rsplit('.').next().unwrap_or(kind);
    name.split('_').next().unwrap_or(name)
}

/// Whether what a resource does with what it is given is not in view: a module or a nested stack that was not read, a resource of
/// which a function or a script makes something, another provider.
pub(super) fn is_out_of_view(estate: &Estate<'_>, item: Item<'_>) -> bool {
    let (kind, address) = (item.resource.kind.as_str(), item.resource.address.as_str());
    if kind == UNREAD || ACTING.contains(&kind) || kind.starts_with(ACTION) {
        return item.resource.dialect != Dialect::Account;
    }
    match item.resource.dialect {
        Dialect::Account => false,
        Dialect::Terraform => {
            let is_given_to_a_script = has_script(item);
            let of = provider(kind);
            let keeps = of == "aws" || KEEPING.contains(&of) || kind == "data.null_data_source";
            is_given_to_a_script || !(keeps || OTHERS.contains(&kind))
        }
        Dialect::CloudFormation => {
            is_unread_stack(estate, kind, (item.document, address)) || !kind.starts_with("AWS::")
        }
    }
}

/// Whether a script runs for a resource: it can do anything with the resource itself as well.
pub(super) fn has_script(item: Item<'_>) -> bool {
    item.resource.dialect == Dialect::Terraform && item.resource.body.get("provisioner").is_some()
}

fn is_unread_stack(estate: &Estate<'_>, kind: &str, (document, address): (usize, &str)) -> bool {
    let is_stack = matches!(
        kind,
        "AWS::CloudFormation::Stack" | "AWS::Serverless::Application"
    );
    is_stack && !estate.has_below(document, &format!("{address}."))
}

/// Whether an attribute of a resource may be anything: it is looked up, or somebody else's code says it. What one configuration keeps
/// another one finds again, from the second apply on.
pub(super) fn leads_anywhere(item: Item<'_>, attribute: &str) -> bool {
    let kind = item.resource.kind.as_str();
    let is = |(of, begin): &(&str, &str)| *of == kind && attribute.starts_with(begin);
    match item.resource.dialect {
        Dialect::Account => false,
        Dialect::Terraform => {
            let of = provider(kind);
            let is_looked_up = !kind.starts_with("data.null_")
                && (kind.starts_with("data.") || kind.starts_with("ephemeral."))
                && !OTHERS.contains(&kind)
                && !OF_THEIR_OWN.iter().any(is);
            let is_of_others = !kind.contains('.') && of != "aws";
            is_looked_up
                || ACTING.contains(&kind)
                || (is_of_others
                    && (!HANDING.contains(&of) || has_unknown(item, &item.resource.body)))
        }
        Dialect::CloudFormation => match kind {
            "AWS::CloudFormation::Stack" | "AWS::Serverless::Application" => {
                has_unknown(item, &item.resource.body)
            }
            "AWS::CloudFormation::WaitCondition" => true,
            _ => ACTING.contains(&kind) || !kind.starts_with("AWS::"),
        },
    }
}

/// Whether a part of a value cannot be worked out; what another stack gives is none of this one's.
fn has_unknown(item: Item<'_>, node: &Node) -> bool {
    match &node.value {
        Value::Unresolved(_) => !is_of_another_stack(item, node),
        Value::List(items) => items.iter().any(|node| has_unknown(item, node)),
        Value::Map(members) => members.iter().any(|(_, node)| has_unknown(item, node)),
        Value::Text(pieces) => pieces
            .iter()
            .any(|piece| matches!(piece, resource::Piece::Unresolved(_))),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// What a parameter names, or another stack exports, exists before this stack makes anything of its own.
pub(super) fn is_of_another_stack(item: Item<'_>, node: &Node) -> bool {
    let [only] = node.origin.via.as_slice() else {
        return false;
    };
    item.resource.dialect == Dialect::CloudFormation
        && matches!(node.value, Value::Unresolved(_))
        && (only.starts_with("parameter ") || only == IMPORT)
}
