//! Classifies changed parts of files that no posture covers, and describes each change.

use crate::domain::drift::{Class, DriftEffect};
use crate::domain::lines::without_place as bare;
use crate::domain::posture::Deployment;
use crate::language::form::{Form, FormPart, PartChange};
use crate::language::resource::Document;
use crate::rewrite::equivalence::{Settled, is_modelled, is_replaced, settled};
use crate::rewrite::secrecy::Secrecy;

/// Prefixes of blocks that run something when they are planned or applied. Source: Terraform language,
/// "Provisioners"; the `external` and `http` providers; AWS provider, `aws_lambda_invocation`.
const RUNNING: [&str; 6] = [
    "data.external.",
    "data.http.",
    "data.aws_lambda_invocation.",
    "aws_lambda_invocation.",
    "aws_ssm_association.",
    "aws_cloudformation_stack.",
];

/// Prefixes of CloudFormation types that run their owner's code during a stack update. Source: CloudFormation User
/// Guide, "Custom resources", "CloudFormation macros", "Lambda hooks".
const RUNNING_TYPES: [&str; 4] = [
    "\"Custom::",
    "\"AWS::CloudFormation::CustomResource",
    "\"AWS::CloudFormation::Macro",
    "\"AWS::CloudFormation::LambdaHook",
];

/// Variables that name security groups of others, to which generated rules are added.
const GIVEN_GROUPS: [&str; 2] = ["var.database_security_group_ids", "var.consumers"];

/// Prefixes of blocks that only read, show, or configure the plan: they do nothing with their inputs.
const QUIET: [&str; 10] = [
    "data.",
    "output.",
    "var.",
    "value of ",
    "check.",
    "provider",
    "terraform",
    "moved",
    "removed",
    "import",
];

/// The arguments of a call that are no variables of the module. Source: Terraform language, "Module Blocks".
const CALL_SETTINGS: [&str; 6] = [
    "count",
    "depends_on",
    "for_each",
    "providers",
    "source",
    "version",
];

/// The arguments of a security group that own its rules.
const INLINE_RULES: [&str; 2] = ["ingress", "egress"];

/// A part that is written differently.
pub(super) struct RewrittenPart {
    pub(super) effect: DriftEffect,
    /// True if no fact of a posture can cover the change, so that it is always listed.
    pub(super) is_own: bool,
}

/// What the parts of two sides are compared in.
#[derive(Clone, Copy)]
pub(super) struct Compared<'a> {
    /// The parts of before.
    pub(super) before: &'a Form,
    pub(super) documents: [&'a Document; 2],
    pub(super) deployment: Option<&'a Deployment>,
    pub(super) secrecy: &'a Secrecy,
}

/// Returns the effect of a part that is written differently; none if its value is unchanged.
pub(super) fn part(change: &PartChange<'_>, compared: Compared<'_>) -> Option<RewrittenPart> {
    let Compared {
        before,
        documents,
        deployment,
        secrecy,
    } = compared;
    let meaning = meaning(change, documents);
    let is_own = meaning.is_some();
    let (class, message) = match settled(change, documents, deployment) {
        Settled::Same => {
            let variable = opened(change, before)?;
            let opened = format!(": whoever calls this may change it by var.{variable}");
            (Class::Changes, change_message(change, secrecy) + &opened)
        }
        Settled::Differs => {
            let meaning = meaning.map_or_else(String::new, |meaning| format!(": {meaning}"));
            (Class::Changes, change_message(change, secrecy) + &meaning)
        }
        Settled::Unknown(reason) => {
            let name = change.name;
            let message = format!(
                "{name} is written in another way, and what it comes to cannot be determined: {reason}"
            );
            (Class::CannotTell, message)
        }
    };
    let part = change.after.or(change.before);
    let effect = DriftEffect {
        origin: part.map(|part| part.origin.clone()),
        ..DriftEffect::plain(class, change.name, message)
    };
    Some(RewrittenPart { effect, is_own })
}

/// Returns a variable that the part depends on and that is new: the value is the same today, but a caller may give another
/// one.
fn opened<'p>(change: &'p PartChange<'_>, before: &Form) -> Option<&'p str> {
    let is_letter = |letter: char| letter.is_alphanumeric() || "_-".contains(letter);
    let is_resource = bare(change.name).starts_with("aws_");
    let text = &change.after.filter(|_| is_resource)?.text;
    let mut names = text.match_indices("var.").filter_map(|(at, start)| {
        let is_word = text[..at]
            .chars()
            .next_back()
            .is_some_and(|last| is_letter(last) || last == '.');
        let rest = &text[at + start.len()..];
        let end = rest.find(|letter| !is_letter(letter)).unwrap_or(rest.len());
        (!is_word).then_some(&rest[..end])
    });
    names.find(|name| !declares(before, &format!("var.{name}")))
}

/// True if a form has this block, in any folder.
fn declares(form: &Form, name: &str) -> bool {
    form.parts.keys().any(|part| bare(part) == name)
}

/// Returns an effect of the part that neither its text nor a posture shows.
fn meaning(change: &PartChange<'_>, documents: [&Document; 2]) -> Option<&'static str> {
    let name = change.name;
    if runs(change) {
        return change
            .after
            .map(|_| "it runs when this is applied, with the rights of whoever applies it");
    }
    if name.ends_with("/lifecycle/ignore_changes") {
        return Some(match change.after {
            Some(_) => "what changes in the account there is no longer put right",
            None => "what changes in the account there is put right again",
        });
    }
    if is_disowned(change) {
        return Some(
            "the rules that stand in the account stay, and whoever adds more is no longer noticed",
        );
    }
    let is_other = change.before.is_some() && change.after.is_some();
    (is_other && is_replaced(name, documents[1])).then_some("it replaces the resource")
}

/// True for parts that run a command, a function or a request when Terraform or CloudFormation run.
fn runs(change: &PartChange<'_>) -> bool {
    let name = bare(change.name);
    let is_type = |part: &FormPart| RUNNING_TYPES.iter().any(|kind| part.text.starts_with(kind));
    let parts = [change.before, change.after];
    name.contains("/provisioner.")
        || RUNNING.iter().any(|kind| name.starts_with(kind))
        || (name.ends_with("/Type") && parts.into_iter().flatten().any(is_type))
        || (name == "Transform" && !is_of_aws(change))
}

/// True if all transforms belong to AWS, whose effects on a template are documented.
fn is_of_aws(change: &PartChange<'_>) -> bool {
    let text = change.after.map_or("", |part| part.text.as_str());
    let names = text.trim_matches(['[', ']']).split(',');
    names
        .map(|name| name.trim_matches('"'))
        .all(|name| name.starts_with("AWS::"))
}

/// True if the rules of a security group are no longer an argument of it. As an argument, they were enforced as
/// written. Source: AWS provider, `aws_security_group`: "This argument is processed in attribute-as-blocks mode".
pub(super) fn is_disowned(change: &PartChange<'_>) -> bool {
    let Some((group, rules)) = change.name.split_once('/') else {
        return false;
    };
    let rules = rules.split(' ').next().unwrap_or(rules);
    change.after.is_none()
        && group.starts_with("aws_security_group.")
        && INLINE_RULES.contains(&rules)
}

/// True for values and their declarations. Their effect shows where they are used.
pub(super) fn is_input(name: &str) -> bool {
    let name = bare(name);
    name.starts_with("value of var.")
        || name.starts_with("Parameters/")
        || name.contains("/parameters.json")
        || (name.starts_with("var.") && name.ends_with("/default"))
}

/// True for an argument of a module whose resources are read: its effect shows there.
pub(super) fn is_argument(name: &str, documents: [&Document; 2]) -> bool {
    let Some((call, argument)) = bare(name).split_once('/') else {
        return false;
    };
    call.starts_with("module.")
        && !CALL_SETTINGS.contains(&argument)
        && documents
            .into_iter()
            .all(|document| is_read(call, document))
}

/// True if resources of a called module are in view.
fn is_read(call: &str, document: &Document) -> bool {
    let (outer, inner) = (format!("{call}."), format!(".{call}."));
    let mut resources = document.resources.iter();
    resources
        .any(|resource| resource.address.starts_with(&outer) || resource.address.contains(&inner))
}

/// Returns the declaration of a value or a default.
fn variable(name: &str) -> &str {
    let name = bare(name);
    block(name.strip_prefix("value of ").unwrap_or(name))
}

/// Returns the generated block that a new block of an unsupported kind, or a module out of view, refers to. Its use
/// of the block is unknown. Data sources only read, and outputs only show.
pub(super) fn given<'f>(change: &PartChange<'_>, before: &'f Form) -> Option<&'f str> {
    let name = bare(change.name);
    let after = change.after.filter(|_| change.before.is_none())?;
    if QUIET.iter().any(|kind| name.starts_with(kind)) || name.starts_with("Resources/") {
        return None;
    }
    let names = before.parts.keys().map(|name| block(name));
    let mut names = names.filter(|name| {
        let is_generated = name.starts_with("aws_") || GIVEN_GROUPS.contains(&bare(name));
        is_generated && *name != block(change.name)
    });
    names.find(|name| mentions(&after.text, bare(name)))
}

/// Returns the effect of passing a generated block to something that is not read.
pub(super) fn handed_on(
    change: &PartChange<'_>,
    before: &Form,
    documents: [&Document; 2],
) -> Option<DriftEffect> {
    if is_modelled(change.name, documents) {
        return None;
    }
    let given = given(change, before)?;
    let to = block(bare(change.name));
    let is_read = to.starts_with("module.") && is_read(to, documents[1]);
    let given = bare(given);
    let message = format!("{to} is given {given}, and what it does with it cannot be determined");
    let effect = DriftEffect {
        origin: change.after.map(|part| part.origin.clone()),
        ..DriftEffect::plain(Class::CannotTell, change.name, message)
    };
    (!is_read).then_some(effect)
}

/// True if a text contains an address, and not only a longer address that begins with it.
fn mentions(text: &str, name: &str) -> bool {
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || "_-.".contains(letter);
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let behind = text[at + name.len()..].chars().next();
        !before.is_some_and(is_word)
            && !behind.is_some_and(|letter| letter.is_ascii_alphanumeric() || "_-".contains(letter))
    })
}

/// Returns the block that a part belongs to.
pub(super) fn block(name: &str) -> &str {
    let own = bare(name);
    let skipped = match own.strip_prefix("terraform/") {
        Some(_) => "terraform/".len(),
        None => 0,
    };
    let start = name.len() - own.len() + skipped;
    let end = name[start..].find('/').map_or(name.len(), |at| start + at);
    &name[..end]
}

/// True for an addition that does not concern the generated resources: a backend, a provider, an output, or the
/// user's own resources of kinds outside of the posture.
pub(super) fn is_beside(change: &PartChange<'_>, before: &Form, is_shown: bool) -> bool {
    let block = block(change.name);
    let is_own = before.parts.keys().any(|name| self::block(name) == block);
    let kinds = [
        "moved",
        "removed",
        "import",
        "check.",
        "output.",
        "Hooks",
        "Resources",
        "Transform",
        "module.",
    ];
    let settings = ["required_version", "required_providers"];
    let own = bare(block);
    let matters = kinds.iter().any(|kind| own.starts_with(kind))
        || settings.iter().any(|setting| own.ends_with(setting));
    // A new variable. If it matters, the part that uses it is reported.
    let is_unused = is_input(change.name) && !declares(before, variable(change.name));
    let concerns = runs(change) || given(change, before).is_some();
    change.before.is_none() && !is_own && (!is_shown || is_unused) && !matters && !concerns
}

fn change_message(change: &PartChange<'_>, secrecy: &Secrecy) -> String {
    // The report prints the file before the message.
    let place = change.after.or(change.before).map(|part| &part.origin.file);
    let within = place.and_then(|file| change.name.strip_prefix(file.as_str())?.strip_prefix('/'));
    let name = within.unwrap_or(change.name);
    let is_secret = secrecy.holds(change.name);
    let value = |text: &str| {
        // Masked before it is cut, because a part of a secret would not be recognised.
        let text = &secrecy.secrets().said(text);
        let short: String = text.chars().take(MAX_VALUE).collect();
        if short.len() < text.len() {
            format!("{short}…")
        } else {
            short
        }
    };
    let is_whole = |text: &str| is_secret || text == "present" || text.contains('\n');
    match (change.before, change.after) {
        (Some(before), Some(after))
            if !is_whole(&before.text)
                && !is_whole(&after.text)
                // If the values differ only behind the cut, the diff shows the difference.
                && value(&before.text) != value(&after.text) =>
        {
            format!("{name}: {} → {}", value(&before.text), value(&after.text))
        }
        (Some(_), Some(_)) => format!("{name} says something else"),
        (None, Some(after)) if is_whole(&after.text) => format!("{name} is new"),
        (None, Some(after)) => format!("{name} = {} is new", value(&after.text)),
        (Some(_), None) => format!("{name} is gone"),
        (None, None) => name.to_owned(),
    }
}

/// Maximum length of a value in a message, in characters.
const MAX_VALUE: usize = 60;
