//! Checks of one value, which the rows of [`ALLOWANCES`](super::ALLOWANCES) refer to.

use super::hcl::{RESOURCES, TEXT, reaches_only};
use super::{EntryChange, EntryDifference, FileLanguage, is_forbidden_type};

/// The alarm actions of the built-in templates. A pack's alarms may use these or none.
const ACTIONS: [&str; 2] = ["[]", "local.alarm_actions"];

/// The alarm actions that are also permitted if the spec names a topic; otherwise these names would be the pack's own.
const TOPICS: [&str; 2] = ["[var.topic_arn]", "!Ref \"TopicArn\""];

/// The name of the proxy's id, which no pack can redefine.
const PROXY_ID: &str = "local.proxy_id";

/// The prefix of resources that a pack can create too, so that their attributes may be the pack's.
const OF_PACKS: &str = "aws_cloudwatch_metric_alarm.";

/// The prefix of the tags that this tool reads, which a pack may not set.
const OWN_TAGS: &str = "rdsproxy-gen:";

/// The parameter types that take the user's value as it is and look nothing up.
const PARAMETER_TYPES: [&str; 4] = [
    "\"String\"",
    "\"Number\"",
    "\"CommaDelimitedList\"",
    "\"List<Number>\"",
];

pub(super) fn any(_: &EntryDifference<'_>) -> bool {
    true
}

/// Accepts a text that can hold no secret, and the removal of one.
pub(super) fn text(difference: &EntryDifference<'_>) -> bool {
    reads(difference, TEXT, &["!Ref ", "!Sub "])
}

/// Accepts a value that may refer to the identifiers of resources.
pub(super) fn published(difference: &EntryDifference<'_>) -> bool {
    reads(difference, RESOURCES, &["!Ref ", "!Sub ", "!GetAtt "])
}

/// Accepts only a reference to a resource of the project: a parameter must not publish a value of the pack's own.
pub(super) fn reference(difference: &EntryDifference<'_>) -> bool {
    let after = difference.after.unwrap_or_default();
    let is_reference = match difference.language {
        FileLanguage::CloudFormation => after.starts_with("!GetAtt "),
        _ => is_made(after) && is_member(after),
    };
    is_reference && published(difference)
}

/// True if the expression refers to a resource that the project creates.
fn is_made(expression: &str) -> bool {
    let mut made = RESOURCES
        .iter()
        .filter(|root| root.starts_with("aws_") && **root != OF_PACKS);
    expression.starts_with(PROXY_ID) || made.any(|root| expression.starts_with(root))
}

/// True if the expression is a single name with members, some of which may be quoted keys: `a.b["c"].d`.
fn is_member(expression: &str) -> bool {
    let is_sign = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let mut rest = expression;
    while let Some((before, after)) = rest.split_once("[\"") {
        let Some((key, after)) = after.split_once("\"]") else {
            return false;
        };
        if !before.chars().all(is_sign) || !key.chars().all(is_sign) {
            return false;
        }
        rest = after;
    }
    rest.chars().all(is_sign)
}

/// Accepts a tag. A value with one of this tool's own tags has to keep it unchanged.
pub(super) fn tag(difference: &EntryDifference<'_>) -> bool {
    let is_own = |value: Option<&str>| value.is_some_and(|value| value.contains(OWN_TAGS));
    let is_kept = match (is_own(difference.before), is_own(difference.after)) {
        (false, false) => !difference.path.iter().any(|key| key.contains(OWN_TAGS)),
        (true, true) => {
            let own = "\"rdsproxy-gen:username\" = each.key";
            let after = difference.after.unwrap_or_default();
            after.contains(own) && after.matches(OWN_TAGS).count() == 1
        }
        _ => false,
    };
    is_kept && text(difference)
}

fn reads(difference: &EntryDifference<'_>, roots: &[&str], functions: &[&str]) -> bool {
    match (difference.after, difference.language) {
        (None, _) => difference.change == EntryChange::Removed,
        (Some(after), FileLanguage::CloudFormation) => is_plain(after, functions),
        (Some(after), _) => reaches_only(after, roots),
    }
}

/// True for a scalar of a template, or for one of these functions applied to a scalar. Only names are resolved in it at
/// deployment.
fn is_plain(value: &str, functions: &[&str]) -> bool {
    if matches!(value, "{}" | "[]") {
        return true;
    }
    if let Some(joined) = value.strip_prefix("!Join ") {
        let known = |part: &str| {
            ["Ref ", "GetAtt ", "Join "]
                .iter()
                .any(|name| part.starts_with(name))
        };
        let publishes = functions.contains(&"!GetAtt ");
        return publishes && !joined.contains(['{', '}']) && joined.split('!').skip(1).all(known);
    }
    let function = functions.iter().find(|name| value.starts_with(**name));
    let scalar = function.map_or(value, |name| &value[name.len()..]);
    let is_scalar = scalar.starts_with('"') && scalar.ends_with('"');
    let resolves = match function {
        // The substituted value could complete a dynamic reference.
        Some(_) => without_names(scalar).contains(['{', '}']),
        // Source: CloudFormation User Guide, "Get values stored in other services using dynamic references".
        None => scalar.contains("{{"),
    };
    is_scalar && !resolves
}

/// Removes the `${Name}` parts from the text of an `Fn::Sub`.
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

/// Accepts a name that contains the proxy's name or the built-in one. Any other name could belong to an existing
/// resource and overwrite it. The evaluated name is checked elsewhere.
pub(super) fn name(difference: &EntryDifference<'_>) -> bool {
    let after = difference.after.unwrap_or_default();
    let inner = |value: &str| value.trim_matches('"').to_owned();
    let before = difference.before.map(inner).unwrap_or_default();
    let is_own = ["var.name", "local.names."]
        .iter()
        .any(|name| after.contains(name))
        || after.contains(difference.asked.proxy)
        || (!before.is_empty() && after.contains(&before));
    is_own && text(difference)
}

/// Accepts a name in place of another one. The last segment of a secret's name distinguishes it from those of other
/// users.
pub(super) fn renamed(difference: &EntryDifference<'_>) -> bool {
    let is_secret = matches!(
        difference.kind,
        "aws_secretsmanager_secret" | "AWS::SecretsManager::Secret"
    );
    let before = difference.before.unwrap_or_default().trim_matches('"');
    let user = before.rsplit('/').next().unwrap_or_default();
    let tells_users = !is_secret || difference.after.unwrap_or_default().contains(user);
    tells_users && name(difference)
}

/// Accepts a part of an alarm that the pack adds.
pub(super) fn alarm(difference: &EntryDifference<'_>) -> bool {
    let part = match difference.language {
        FileLanguage::CloudFormation => difference.path.get(3),
        _ => difference
            .path
            .get(3)
            .filter(|_| difference.path.len() == 4),
    };
    match part.map_or("", String::as_str) {
        "alarm_name" | "AlarmName" => name(difference),
        "alarm_actions" | "ok_actions" | "AlarmActions" | "OKActions" => notifies_topic(difference),
        _ => published(difference),
    }
}

/// True for no action, and for the topic of the spec.
fn notifies_topic(difference: &EntryDifference<'_>) -> bool {
    let after = difference.after.unwrap_or_default();
    ACTIONS.contains(&after) || (difference.asked.has_topic && TOPICS.contains(&after))
}

/// Accepts a condition or its message. A condition yields only true or false, but a failed one is printed, so it must
/// not refer to a secret.
pub(super) fn condition(difference: &EntryDifference<'_>) -> bool {
    let after = difference.after.unwrap_or_default();
    let is_message = difference
        .path
        .last()
        .is_some_and(|key| key == "error_message");
    if is_message {
        text(difference)
    } else {
        prints_no_secret(after)
    }
}

/// Accepts an argument of a data source. A pack may not choose its provider or dependencies.
pub(super) fn query(difference: &EntryDifference<'_>) -> bool {
    // Within a `check`, the path has two more keys.
    let is_within = difference.path.first().is_some_and(|key| key == "check");
    let argument = difference.path.get(if is_within { 5 } else { 3 });
    let argument = argument.map_or("", String::as_str);
    !matches!(argument, "provider" | "depends_on" | "lifecycle") && published(difference)
}

/// Accepts a part of a parameter or variable that the pack adds.
pub(super) fn parameter(difference: &EntryDifference<'_>) -> bool {
    let part = difference.path.get(2).map_or("", String::as_str);
    let after = difference.after.unwrap_or_default();
    match (difference.language, part) {
        (FileLanguage::CloudFormation, "Type") => PARAMETER_TYPES.contains(&after),
        // A brace could complete a dynamic reference where the parameter is used.
        (FileLanguage::CloudFormation, "Default" | "AllowedValues") => {
            text(difference) && (after == "{}" || !after.contains(['{', '}']))
        }
        (FileLanguage::CloudFormation, _) => text(difference),
        (_, "type") => true,
        (_, "validation") => condition(difference),
        _ => text(difference),
    }
}

/// Accepts any permissions boundary: it can only remove permissions.
pub(super) fn boundary(difference: &EntryDifference<'_>) -> bool {
    let after = difference.after.unwrap_or_default();
    !after.starts_with(['{', '[']) && text(difference)
}

/// Accepts the ARN of a key, as a literal or from a data source.
pub(super) fn key_arn(difference: &EntryDifference<'_>) -> bool {
    let after = difference.after.unwrap_or_default();
    let start = after.trim_start_matches("!Sub ");
    let is_arn = start.starts_with("\"arn:") && after.contains(":key/");
    let is_read = ["data.aws_kms_key.", "data.aws_kms_alias."]
        .iter()
        .any(|source| after.starts_with(source));
    (is_arn || is_read) && text(difference)
}

/// Accepts at least as many days as the spec asks for.
pub(super) fn kept_as_long(difference: &EntryDifference<'_>) -> bool {
    number(difference.after).is_some_and(|days| days >= f64::from(difference.asked.retention_days))
}

/// Accepts a smaller number.
pub(super) fn lower(difference: &EntryDifference<'_>) -> bool {
    match (number(difference.before), number(difference.after)) {
        (Some(before), Some(after)) => after < before && after >= 0.0,
        _ => false,
    }
}

/// Accepts a larger number.
pub(super) fn higher(difference: &EntryDifference<'_>) -> bool {
    match (number(difference.before), number(difference.after)) {
        (Some(before), Some(after)) => after > before,
        _ => false,
    }
}

fn number(value: Option<&str>) -> Option<f64> {
    let number: f64 = value?.trim_matches('"').parse().ok()?;
    number.is_finite().then_some(number)
}

/// Accepts values that prevent deletion, and the empty block around them.
pub(super) fn kept(difference: &EntryDifference<'_>) -> bool {
    let after = difference.after.unwrap_or_default();
    match difference.language {
        FileLanguage::CloudFormation => {
            matches!(after, "\"Retain\"" | "\"RetainExceptOnCreate\"")
        }
        _ => matches!(after, "true" | "{}"),
    }
}

/// Accepts a part of a published parameter: a plain text under a name of the proxy's own.
pub(super) fn ssm(difference: &EntryDifference<'_>) -> bool {
    let after = difference.after.unwrap_or_default();
    match difference.path.last().map_or("", String::as_str) {
        "name" | "Name" => name(difference),
        "value" | "Value" if difference.path.len() == 4 => reference(difference),
        "type" => after == "\"String\"",
        "Type" if difference.path.len() == 4 => after == "\"String\"",
        _ => text(difference),
    }
}

/// Accepts a part of a resource of a type that the user allows this pack. It may run nothing, grant nothing and print
/// no secret.
pub(super) fn trusted(difference: &EntryDifference<'_>) -> bool {
    let keys = difference.path.get(3..).unwrap_or_default();
    let argument = keys.first().map_or("", String::as_str);
    let after = difference.after.unwrap_or_default();
    let is_open = keys.iter().any(|key| {
        let key = key.to_ascii_lowercase().replace('_', "");
        OPENING.iter().any(|word| key.contains(word))
    });
    let is_secret = ["aws_lambda_function", "aws_secretsmanager_secret_version"]
        .iter()
        .any(|source| after.contains(source));
    let is_silent = !keys
        .iter()
        .any(|key| key.to_ascii_lowercase().contains("action"))
        || notifies_topic(difference);
    let is_whole =
        matches!(difference.language, FileLanguage::Terraform) || resolves_nothing(after);
    difference.allows_kind()
        && !is_forbidden_type(difference.kind)
        && !matches!(
            argument,
            "provider" | "provisioner" | "connection" | "lifecycle"
        )
        && !is_open
        && !is_secret
        && is_whole
        && is_silent
        && prints_no_secret(after)
}

/// Words in the names of arguments that grant, open or run something, without underscores.
const OPENING: [&str; 11] = [
    "command",
    "entrypoint",
    "instanceprofile",
    "lambda",
    "policy",
    "policies",
    "principal",
    "role",
    "script",
    "securitygroup",
    "userdata",
];

/// True if no dynamic reference can result from a value, whatever its functions join.
fn resolves_nothing(value: &str) -> bool {
    let is_function = value.starts_with('!');
    let joined: String = if is_function {
        without_names(value)
    } else {
        value.to_owned()
    };
    let is_one_text = value.starts_with("!Sub \"") || !is_function;
    !joined.contains("{{") && (is_one_text || !joined.contains('{'))
}

/// True if no part of a value refers to a secret or a file.
fn prints_no_secret(value: &str) -> bool {
    let is_of_function = value.contains("aws_lambda_function") && value.contains("environment");
    !is_of_function && !LEAKS.iter().any(|word| value.contains(word))
}

/// Values that are secrets, and functions that read files or belong to providers.
const LEAKS: [&str; 14] = [
    "ephemeral.",
    "passwords",
    "secret_string",
    "secret_binary",
    "random_password",
    "sensitive(",
    "{{resolve:",
    "file(",
    "fileexists(",
    "fileset(",
    "filebase64",
    "filemd5(",
    "filesha",
    "provider::",
];
