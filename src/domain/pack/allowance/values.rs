//! Checks of one value, named by the rows of [`ALLOWANCES`](super::ALLOWANCES).

use super::hcl::{RESOURCES, TEXT, reaches_only};
use super::{Change, Difference, Language, is_forbidden_type};

/// Where alarms of the built-in templates send what they notice: a pack's alarms send it there too, or nowhere.
const ACTIONS: [&str; 4] = [
    "[]",
    "[var.topic_arn]",
    "local.alarm_actions",
    "!Ref \"TopicArn\"",
];

/// The types of parameters that hold what the user gives and read nothing.
const PARAMETER_TYPES: [&str; 4] = [
    "\"String\"",
    "\"Number\"",
    "\"CommaDelimitedList\"",
    "\"List<Number>\"",
];

pub(super) fn any(_: &Difference<'_>) -> bool {
    true
}

/// A text that can hold no secret; gone is good too.
pub(super) fn text(difference: &Difference<'_>) -> bool {
    reads(difference, TEXT, &["!Ref ", "!Sub "])
}

/// A value that may name what identifies a resource.
pub(super) fn published(difference: &Difference<'_>) -> bool {
    reads(difference, RESOURCES, &["!Ref ", "!Sub ", "!GetAtt "])
}

/// The same, and not as a literal: a parameter publishes what the project made.
pub(super) fn reference(difference: &Difference<'_>) -> bool {
    let after = difference.after.unwrap_or_default();
    let is_reference = match difference.language {
        Language::CloudFormation => after.starts_with("!GetAtt "),
        _ => !after.contains(['"', '(']) && after.contains('.'),
    };
    is_reference && published(difference)
}

fn reads(difference: &Difference<'_>, roots: &[&str], functions: &[&str]) -> bool {
    match (difference.after, difference.language) {
        (None, _) => difference.change == Change::Removed,
        (Some(after), Language::CloudFormation) => is_plain(after, functions),
        (Some(after), _) => reaches_only(after, roots),
    }
}

/// A scalar of a template, or one of these functions of one scalar. Nothing in it is resolved at deployment but names.
fn is_plain(value: &str, functions: &[&str]) -> bool {
    if matches!(value, "{}" | "[]") {
        return true;
    }
    let function = functions.iter().find(|name| value.starts_with(**name));
    let scalar = function.map_or(value, |name| &value[name.len()..]);
    let is_scalar = scalar.starts_with('"') && scalar.ends_with('"');
    let resolves = match function {
        // What is substituted could complete a dynamic reference.
        Some(_) => without_names(scalar).contains(['{', '}']),
        // Source: CloudFormation User Guide, "Get values stored in other services using dynamic references".
        None => scalar.contains("{{"),
    };
    is_scalar && !resolves
}

/// A text of `Fn::Sub` without its `${Name}`.
fn without_names(text: &str) -> String {
    let mut left = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        left.push_str(before);
        let Some((name, after)) = after.split_once('}') else {
            return text.to_owned();
        };
        let is_name = |c: char| c.is_ascii_alphanumeric() || ":._".contains(c);
        if !name.chars().all(is_name) {
            return text.to_owned();
        }
        rest = after;
    }
    left + rest
}

/// A name of the proxy's own: one that another resource may already have could overwrite that resource.
pub(super) fn name(difference: &Difference<'_>) -> bool {
    let after = difference.after.unwrap_or_default();
    let inner = |value: &str| value.trim_matches('"').to_owned();
    let before = difference.before.map(inner).unwrap_or_default();
    let is_own = after.contains("${var.name}")
        || after == "var.name"
        || after.contains(difference.asked.proxy)
        || (!before.is_empty() && after.contains(&before));
    is_own && text(difference)
}

/// The same in the place of another name. What a secret's name ends with tells it from those of other users.
pub(super) fn renamed(difference: &Difference<'_>) -> bool {
    let is_secret = matches!(
        difference.kind,
        "aws_secretsmanager_secret" | "AWS::SecretsManager::Secret"
    );
    let before = difference.before.unwrap_or_default().trim_matches('"');
    let user = before.rsplit('/').next().unwrap_or_default();
    let tells_users = !is_secret || difference.after.unwrap_or_default().contains(user);
    tells_users && name(difference)
}

/// A part of an alarm that the pack adds.
pub(super) fn alarm(difference: &Difference<'_>) -> bool {
    let part = match difference.language {
        Language::CloudFormation => difference.path.get(3),
        _ => difference
            .path
            .get(3)
            .filter(|_| difference.path.len() == 4),
    };
    match part.map_or("", String::as_str) {
        "alarm_name" | "AlarmName" => name(difference),
        "alarm_actions" | "ok_actions" | "AlarmActions" | "OKActions" => {
            ACTIONS.contains(&difference.after.unwrap_or_default())
        }
        _ => published(difference),
    }
}

/// Anything but what lets somebody in. Source: Terraform, "Backend Type: s3", "Backend Type: azurerm", "Backend Type: http".
pub(super) fn keyless(difference: &Difference<'_>) -> bool {
    let argument = difference.path.last().map_or("", String::as_str);
    let opens = [
        "access_key",
        "secret_key",
        "token",
        "password",
        "secret",
        "credentials",
    ];
    !opens.iter().any(|word| argument.contains(word))
}

/// A condition: it gives nothing but true or false, and must not print a secret as its subject.
pub(super) fn condition(difference: &Difference<'_>) -> bool {
    let after = difference.after.unwrap_or_default();
    let is_message = difference
        .path
        .last()
        .is_some_and(|key| key == "error_message");
    match is_message {
        true => text(difference),
        false => prints_no_secret(after),
    }
}

/// An argument of a data source; which provider reads it, and after what, is not for a pack to say.
pub(super) fn query(difference: &Difference<'_>) -> bool {
    let argument = difference.path.get(3).map_or("", String::as_str);
    !matches!(argument, "provider" | "depends_on" | "lifecycle") && published(difference)
}

/// A part of a parameter or variable that the pack adds.
pub(super) fn parameter(difference: &Difference<'_>) -> bool {
    let part = difference.path.get(2).map_or("", String::as_str);
    match (difference.language, part) {
        (Language::CloudFormation, "Type") => {
            PARAMETER_TYPES.contains(&difference.after.unwrap_or_default())
        }
        (Language::CloudFormation, _) => text(difference),
        (_, "type") => true,
        (_, "validation") => condition(difference),
        _ => text(difference),
    }
}

/// The ARN of a policy, in the partition and account of the caller or spelled out.
pub(super) fn policy_arn(difference: &Difference<'_>) -> bool {
    is_arn(difference, ":policy/")
}

/// The ARN of a key.
pub(super) fn key_arn(difference: &Difference<'_>) -> bool {
    is_arn(difference, ":key/")
}

fn is_arn(difference: &Difference<'_>, of: &str) -> bool {
    let after = difference.after.unwrap_or_default();
    let start = after.trim_start_matches("!Sub ");
    start.starts_with("\"arn:") && after.contains(of) && text(difference)
}

/// As many days as the spec asks for, or more.
pub(super) fn kept_as_long(difference: &Difference<'_>) -> bool {
    number(difference.after).is_some_and(|days| days >= f64::from(difference.asked.retention_days))
}

/// A smaller number.
pub(super) fn lower(difference: &Difference<'_>) -> bool {
    match (number(difference.before), number(difference.after)) {
        (Some(before), Some(after)) => after < before && after >= 0.0,
        _ => false,
    }
}

/// A larger number.
pub(super) fn higher(difference: &Difference<'_>) -> bool {
    match (number(difference.before), number(difference.after)) {
        (Some(before), Some(after)) => after > before,
        _ => false,
    }
}

fn number(value: Option<&str>) -> Option<f64> {
    let number: f64 = value?.trim_matches('"').parse().ok()?;
    number.is_finite().then_some(number)
}

/// Never destroyed; the block around it says nothing.
pub(super) fn kept(difference: &Difference<'_>) -> bool {
    let after = difference.after.unwrap_or_default();
    match difference.language {
        Language::CloudFormation => {
            matches!(after, "\"Retain\"" | "\"RetainExceptOnCreate\"")
        }
        _ => matches!(after, "true" | "{}"),
    }
}

/// A published parameter: a plain text under a name of the proxy's own.
pub(super) fn ssm(difference: &Difference<'_>) -> bool {
    let after = difference.after.unwrap_or_default();
    match difference.path.last().map_or("", String::as_str) {
        "name" | "Name" => name(difference),
        "value" | "Value" if difference.path.len() == 4 => reference(difference),
        "type" => after == "\"String\"",
        "Type" if difference.path.len() == 4 => after == "\"String\"",
        _ => text(difference),
    }
}

/// A part of a resource that the user allows this pack. It runs nothing, and prints no secret.
pub(super) fn trusted(difference: &Difference<'_>) -> bool {
    let argument = difference.path.get(3).map_or("", String::as_str);
    let is_allowed = difference
        .asked
        .allowed
        .iter()
        .any(|kind| kind == difference.kind);
    is_allowed
        && !is_forbidden_type(difference.kind)
        && !matches!(argument, "provider" | "provisioner" | "connection")
        && prints_no_secret(difference.after.unwrap_or_default())
}

fn prints_no_secret(value: &str) -> bool {
    let words = [
        "ephemeral.",
        "passwords",
        "secret_string",
        "sensitive(",
        "{{resolve:",
    ];
    !words.iter().any(|word| value.contains(word))
}
