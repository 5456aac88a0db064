//! Parts of files that are said in another way, where no posture shows what they come to: what each is told as.

use crate::domain::drift::{Class, DriftEffect};
use crate::domain::posture::Deployment;
use crate::language::form::{Form, FormPart, PartChange};
use crate::language::resource::Document;
use crate::rewrite::equivalence::{Settled, is_modelled, is_replaced, settled};
use crate::rewrite::secrecy::Secrecy;

/// Blocks that run something when they are planned or applied, by how their names begin. Source: Terraform language, "Provisioners";
/// the `external` and `http` providers; AWS provider, `aws_lambda_invocation`.
const RUNNING: [&str; 6] = [
    "data.external.",
    "data.http.",
    "data.aws_lambda_invocation.",
    "aws_lambda_invocation.",
    "aws_ssm_association.",
    "aws_cloudformation_stack.",
];

/// Types of CloudFormation that run code of their owner while a stack is updated. Source: CloudFormation User Guide, "Custom
/// resources", "CloudFormation macros", "Lambda hooks".
const RUNNING_TYPES: [&str; 4] = [
    "\"Custom::",
    "\"AWS::CloudFormation::CustomResource",
    "\"AWS::CloudFormation::Macro",
    "\"AWS::CloudFormation::LambdaHook",
];

/// The variables that name groups of others, in which rules are generated.
const GIVEN_GROUPS: [&str; 2] = ["var.database_security_group_ids", "var.consumers"];

/// Blocks that read, show, or say how to plan: they do nothing with what they are given.
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

/// The arguments of a security group that own its rules.
const INLINE_RULES: [&str; 2] = ["ingress", "egress"];

/// A part that is said in another way.
pub(super) struct RewrittenPart {
    pub(super) effect: DriftEffect,
    /// Whether no fact of a posture can tell it: it is listed whatever else is.
    pub(super) is_own: bool,
}

/// What a part comes to that is said in another way; nothing where its value is the same.
pub(super) fn part(
    change: &PartChange<'_>,
    (documents, deployment): ([&Document; 2], Option<&Deployment>),
    secrecy: &Secrecy,
) -> Option<RewrittenPart> {
    let meaning = meaning(change, documents);
    let is_own = meaning.is_some();
    let (class, message) = match settled(change, documents, deployment) {
        Settled::Same => return None,
        Settled::Differs => {
            let meaning = meaning.map_or_else(String::new, |meaning| format!(": {meaning}"));
            (Class::Changes, said(change, secrecy) + &meaning)
        }
        Settled::Unknown(reason) => {
            let name = change.name;
            let message = format!(
                "{name} is written in another way, and what it comes to cannot be told: {reason}"
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

/// What a part does that its words alone do not tell, and that no posture shows.
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

/// True for what runs a command, a function or a request when Terraform or CloudFormation work.
fn runs(change: &PartChange<'_>) -> bool {
    let name = change.name.rsplit(": ").next().unwrap_or(change.name);
    let is_type = |part: &FormPart| RUNNING_TYPES.iter().any(|kind| part.text.starts_with(kind));
    let parts = [change.before, change.after];
    name.contains("/provisioner.")
        || RUNNING.iter().any(|kind| name.starts_with(kind))
        || (name.ends_with("/Type") && parts.into_iter().flatten().any(is_type))
        || (name == "Transform" && !is_of_aws(change))
}

/// Transforms of AWS write a template anew in a way that is documented.
fn is_of_aws(change: &PartChange<'_>) -> bool {
    let text = change.after.map_or("", |part| part.text.as_str());
    let names = text.trim_matches(['[', ']']).split(',');
    names
        .map(|name| name.trim_matches('"'))
        .all(|name| name.starts_with("AWS::"))
}

/// True where the rules of a security group are no longer an argument of it, which would keep them as they are written. Source: AWS
/// provider, `aws_security_group`: "This argument is processed in attribute-as-blocks mode".
pub(super) fn is_disowned(change: &PartChange<'_>) -> bool {
    let Some((group, rules)) = change.name.split_once('/') else {
        return false;
    };
    let rules = rules.split(' ').next().unwrap_or(rules);
    change.after.is_none()
        && group.starts_with("aws_security_group.")
        && INLINE_RULES.contains(&rules)
}

/// Values and their declarations: what they do shows where they are used.
pub(super) fn is_input(name: &str) -> bool {
    name.starts_with("value of var.")
        || name.starts_with("Parameters/")
        || name.contains("/parameters.json")
        || (name.starts_with("var.") && name.ends_with("/default"))
}

/// The declaration behind a value or a default.
fn variable(name: &str) -> &str {
    block(name.strip_prefix("value of ").unwrap_or(name))
}

/// What was generated and a new block of a kind that is not read, or a module that is not in view, is given: what it does with it
/// nobody can tell. Data sources only read, and outputs only show.
pub(super) fn given<'f>(change: &PartChange<'_>, before: &'f Form) -> Option<&'f str> {
    let name = change.name.rsplit(": ").next().unwrap_or(change.name);
    let after = change.after.filter(|_| change.before.is_none())?;
    if QUIET.iter().any(|kind| name.starts_with(kind)) || name.starts_with("Resources/") {
        return None;
    }
    let names = before.parts.keys().map(|name| block(name));
    let mut names = names.filter(|name| {
        let is_generated = name.starts_with("aws_") || GIVEN_GROUPS.contains(name);
        is_generated && *name != block(change.name)
    });
    names.find(|name| mentions(&after.text, name))
}

/// What is generated and handed on to something that is not read.
pub(super) fn handed_on(
    change: &PartChange<'_>,
    before: &Form,
    documents: [&Document; 2],
) -> Option<DriftEffect> {
    if is_modelled(change.name, documents) {
        return None;
    }
    let given = given(change, before)?;
    let to = block(change.name);
    let call = to.strip_prefix("module.");
    let is_read = call.is_some_and(|_| {
        let below = format!("{to}.");
        let mut resources = documents[1].resources.iter();
        resources.any(|resource| resource.address.starts_with(&below))
    });
    let message = format!("{to} is given {given}, and what it does with it cannot be told");
    let effect = DriftEffect {
        origin: change.after.map(|part| part.origin.clone()),
        ..DriftEffect::plain(Class::CannotTell, change.name, message)
    };
    (!is_read).then_some(effect)
}

/// Whether a text names an address, and not one that only begins like it.
fn mentions(text: &str, name: &str) -> bool {
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || "_-.".contains(letter);
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let behind = text[at + name.len()..].chars().next();
        !before.is_some_and(is_word)
            && !behind.is_some_and(|letter| letter.is_ascii_alphanumeric() || "_-".contains(letter))
    })
}

/// The block that a part belongs to.
pub(super) fn block(name: &str) -> &str {
    match name.strip_prefix("terraform/") {
        Some(rest) => {
            let end = rest.find('/').unwrap_or(rest.len());
            &name[.."terraform/".len() + end]
        }
        None => name.split('/').next().unwrap_or(name),
    }
}

/// Something that was added and concerns nothing that was generated: where to keep the state, a provider, an output, somebody's
/// own resources of kinds that no posture is made of.
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
    let matters = kinds.iter().any(|kind| block.starts_with(kind))
        || settings.iter().any(|setting| block.ends_with(setting));
    // A variable that nobody used before: what uses it now says so.
    let is_unused = is_input(change.name) && !before.parts.contains_key(variable(change.name));
    let concerns = runs(change) || given(change, before).is_some();
    change.before.is_none() && !is_own && (!is_shown || is_unused) && !matters && !concerns
}

fn said(change: &PartChange<'_>, secrecy: &Secrecy) -> String {
    // Where it stands is told before it.
    let place = change.after.or(change.before).map(|part| &part.origin.file);
    let within = place.and_then(|file| change.name.strip_prefix(file.as_str())?.strip_prefix('/'));
    let name = within.unwrap_or(change.name);
    let is_secret = secrecy.holds(change.name);
    let value = |text: &str| {
        // Before it is cut: a part of a secret is known to nobody as one.
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
                // What differs behind the part that is told is seen in the lines.
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

/// How long a value is told.
const MAX_VALUE: usize = 60;
