//! Checks of one value, named by the rows of [`ALLOWANCES`](super::ALLOWANCES).

use super::hcl::{RESOURCES, TEXT, reaches_only};
use super::{EntryChange, EntryDifference, FileLanguage, is_forbidden_type};

/// Where alarms of the built-in templates send what they notice: a pack's alarms send it there too, or nowhere.
const ACTIONS: [&str; 2] = ["[]", "local.alarm_actions"];

/// The same where the spec names a topic; where it names none, these would be the pack's.
const TOPICS: [&str; 2] = ["[var.topic_arn]", "!Ref \"TopicArn\""];

/// A name that stands for the proxy's id, and that no pack can give another value.
const PROXY_ID: &str = "local.proxy_id";

/// What a pack can make too: what it says there is the pack's.
const OF_PACKS: &str = "aws_cloudwatch_metric_alarm.";

/// The tags that this tool reads: they are not for a pack to set.
const OWN_TAGS: &str = "rdsproxy-gen:";

/// The types of parameters that hold what the user gives and read nothing.
const PARAMETER_TYPES: [&str; 4] = [
    "\"String\"",
    "\"Number\"",
    "\"CommaDelimitedList\"",
    "\"List<Number>\"",
];

pub(super) fn any(_: &EntryDifference<'_>) -> bool {
    true
}

/// A text that can hold no secret; gone is good too.
pub(super) fn text(difference: &EntryDifference<'_>) -> bool {
    reads(difference, TEXT, &["!Ref ", "!Sub "])
}

/// A value that may name what identifies a resource.
pub(super) fn published(difference: &EntryDifference<'_>) -> bool {
    reads(difference, RESOURCES, &["!Ref ", "!Sub ", "!GetAtt "])
}

/// The same, and nothing else: a parameter publishes what the project made, and no value of the pack's.
pub(super) fn reference(difference: &EntryDifference<'_>) -> bool {
    let after = difference.after.unwrap_or_default();
    let is_reference = match difference.language {
        FileLanguage::CloudFormation => after.starts_with("!GetAtt "),
        _ => is_made(after) && is_member(after),
    };
    is_reference && published(difference)
}

/// Whether it stands for something that the project makes.
fn is_made(expression: &str) -> bool {
    let mut made = RESOURCES
        .iter()
        .filter(|root| root.starts_with("aws_") && **root != OF_PACKS);
    expression.starts_with(PROXY_ID) || made.any(|root| expression.starts_with(root))
}

/// Whether it is one name with its members, of which some are known by a text: `a.b["c"].d`.
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

/// A tag.
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

/// A scalar of a template, or one of these functions of one scalar. Nothing in it is resolved at deployment but names.
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

/// A name of the proxy's own: one that another resource may already have could overwrite that resource. Whether it comes out so, is seen
/// where names are evaluated.
pub(super) fn name(difference: &EntryDifference<'_>) -> bool {
    let after = difference.after.unwrap_or_default();
    let inner = |value: &str| value.trim_matches('"').to_owned();
    let before = difference.before.map(inner).unwrap_or_default();
    let is_own = after.contains("var.name")
        || after.contains(difference.asked.proxy)
        || (!before.is_empty() && after.contains(&before));
    is_own && text(difference)
}

/// The same in the place of another name. What a secret's name ends with tells it from those of other users.
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

/// A part of an alarm that the pack adds.
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

/// Nobody, or the topic of the spec.
fn notifies_topic(difference: &EntryDifference<'_>) -> bool {
    let after = difference.after.unwrap_or_default();
    ACTIONS.contains(&after) || (difference.asked.has_topic && TOPICS.contains(&after))
}

/// A condition: it gives nothing but true or false, and must not print a secret as its subject.
pub(super) fn condition(difference: &EntryDifference<'_>) -> bool {
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
pub(super) fn query(difference: &EntryDifference<'_>) -> bool {
    // Within a `check` it has two keys more.
    let is_within = difference.path.first().is_some_and(|key| key == "check");
    let argument = difference.path.get(if is_within { 5 } else { 3 });
    let argument = argument.map_or("", String::as_str);
    !matches!(argument, "provider" | "depends_on" | "lifecycle") && published(difference)
}

/// A part of a parameter or variable that the pack adds.
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

/// A permissions boundary. Whichever it is, it can only take away.
pub(super) fn boundary(difference: &EntryDifference<'_>) -> bool {
    let after = difference.after.unwrap_or_default();
    !after.starts_with(['{', '[']) && text(difference)
}

/// The ARN of a key, spelled out or of one that is there.
pub(super) fn key_arn(difference: &EntryDifference<'_>) -> bool {
    let after = difference.after.unwrap_or_default();
    let start = after.trim_start_matches("!Sub ");
    let is_arn = start.starts_with("\"arn:") && after.contains(":key/");
    let is_read = ["data.aws_kms_key.", "data.aws_kms_alias."]
        .iter()
        .any(|source| after.starts_with(source));
    (is_arn || is_read) && text(difference)
}

/// As many days as the spec asks for, or more.
pub(super) fn kept_as_long(difference: &EntryDifference<'_>) -> bool {
    number(difference.after).is_some_and(|days| days >= f64::from(difference.asked.retention_days))
}

/// A smaller number.
pub(super) fn lower(difference: &EntryDifference<'_>) -> bool {
    match (number(difference.before), number(difference.after)) {
        (Some(before), Some(after)) => after < before && after >= 0.0,
        _ => false,
    }
}

/// A larger number.
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

/// Never destroyed; the block around it says nothing.
pub(super) fn kept(difference: &EntryDifference<'_>) -> bool {
    let after = difference.after.unwrap_or_default();
    match difference.language {
        FileLanguage::CloudFormation => {
            matches!(after, "\"Retain\"" | "\"RetainExceptOnCreate\"")
        }
        _ => matches!(after, "true" | "{}"),
    }
}

/// A published parameter: a plain text under a name of the proxy's own.
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

/// A part of a resource that the user allows this pack. It runs nothing, grants nothing and prints no secret.
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

/// Words in the names of arguments that grant, open or run, without their underlines.
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

/// Whether no dynamic reference can come of a value, whatever its functions put together.
fn resolves_nothing(value: &str) -> bool {
    let is_function = value.starts_with('!');
    let joined: String = match is_function {
        true => without_names(value),
        false => value.to_owned(),
    };
    let is_one_text = value.starts_with("!Sub \"") || !is_function;
    !joined.contains("{{") && (is_one_text || !joined.contains('{'))
}

/// Whether no word of a value leads to a secret or to a file.
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
