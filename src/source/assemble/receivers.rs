//! Classifies resources by their use of other resources. Some use their inputs in code that is not in view; some have
//! attributes that may refer to anything.

use super::estate::Estate;
use super::open::OTHERS;
use super::things::Item;
use crate::language::resource;
use crate::language::resource::{Dialect, IMPORT, Node, UNREAD, Value};

/// AWS resources whose effect is defined by foreign code: a stack, a function, a script, or a call of any API.
/// Sources: registry documentation of the AWS provider, and the CloudFormation resource specification, each under its
/// name.
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

/// Terraform providers that store, generate or show values, and whose services change nothing in an AWS account.
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

/// Providers whose resources return only values that they were given or that they generate.
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

/// Attributes whose value AWS or another party created for the named resource, and that a proxy never uses.
const OF_THEIR_OWN: &[(&str, &str)] = &[
    // The role that a function runs under trusts Lambda, and a proxy's trusts RDS.
    ("data.aws_lambda_function", "role"),
    // The group that EKS creates for a cluster.
    ("data.aws_eks_cluster", "vpc_config"),
];

/// The prefix of the address of an operation that Terraform runs without keeping state: "Actions" (Terraform language).
const ACTION: &str = "action.";

/// Returns the provider of a kind of resource: the text before the first underscore.
fn provider(kind: &str) -> &str {
    let name = kind.rsplit('.').next().unwrap_or(kind);
    name.split('_').next().unwrap_or(name)
}

/// True if the use that a resource makes of its inputs is not in view: a module or a nested stack that was not read, a
/// resource that passes them to a function or a script, or one of another provider.
pub(super) fn is_out_of_view(estate: &Estate<'_>, item: Item<'_>) -> bool {
    let kind = item.resource.kind.as_str();
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
        Dialect::CloudFormation => is_unread_stack(estate, item) || !kind.starts_with("AWS::"),
    }
}

/// True if a script runs for a resource. The script can do anything with the resource itself too.
pub(super) fn has_script(item: Item<'_>) -> bool {
    item.resource.dialect == Dialect::Terraform && item.resource.body.get("provisioner").is_some()
}

fn is_unread_stack(estate: &Estate<'_>, item: Item<'_>) -> bool {
    let is_stack = matches!(
        item.resource.kind.as_str(),
        "AWS::CloudFormation::Stack" | "AWS::Serverless::Application"
    );
    is_stack && !estate.has_below(item.document, &format!("{}.", item.resource.address))
}

/// True if an attribute of a resource may refer to anything, because it is looked up or determined by foreign code.
// From the second apply on, a lookup may also find what this configuration created itself.
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

/// True if a part of a value is unresolved. A value from another stack does not count, since it cannot be one of this
/// stack's resources.
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

/// True for a parameter, or an export of another stack: both exist before this stack creates anything of its own.
pub(super) fn is_of_another_stack(item: Item<'_>, node: &Node) -> bool {
    let [only] = node.origin.via.as_slice() else {
        return false;
    };
    item.resource.dialect == Dialect::CloudFormation
        && matches!(node.value, Value::Unresolved(_))
        && (only.starts_with("parameter ") || only == IMPORT)
}
