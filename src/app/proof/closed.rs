//! Refuses a pack whose output differs from that of the built-in templates for the same spec, unless an allowance
//! covers each difference.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::named;
use crate::app::{CommandError, proof};
use crate::domain::blueprint::Blueprint;
use crate::domain::evidence::Origin;
use crate::domain::pack::Pack;
use crate::domain::pack::allowance::{
    AskedSpec, EntryChange, EntryDifference, FileLanguage, judge,
};
use crate::domain::spec::visible;
use crate::language::Texts;
use crate::render;
use crate::rewrite::inventory::{Inventory, inventory};

/// Maximum number of listed faults.
const LISTED: usize = 20;

/// Maximum length of a shown value, in characters.
const SHOWN: usize = 60;

/// Files that programs load by themselves, by the endings of their names. Source: Terraform language, "Override
/// Files", "Variable Definitions (.tfvars) Files"; OpenTofu, "Files and Directories".
const LOADED: [&str; 8] = [
    "override.tf",
    "override.tf.json",
    "override.tofu",
    ".auto.tfvars",
    ".auto.tfvars.json",
    "terraform.tfvars.json",
    ".terraform.lock.hcl",
    ".terraformrc",
];

/// Files whose instructions coding agents follow by themselves, by their names in lower case. Source: agents.md,
/// "AGENTS.md"; Claude Code, "Manage Claude's memory", "Agent Skills"; Gemini CLI, "GEMINI.md files"; VS Code, "Use
/// custom instructions", "Use prompt files".
const OBEYED: [&str; 14] = [
    "agent.md",
    "agents.md",
    "agents.override.md",
    "claude.md",
    "claude.local.md",
    "codex.md",
    "context.md",
    "crush.md",
    "gemini.md",
    "memory.md",
    "qwen.md",
    "rules.md",
    "skill.md",
    "warp.md",
];

/// The name endings of such files.
const OBEYED_ENDS: [&str; 6] = [
    "instructions.md",
    ".prompt.md",
    ".agent.md",
    ".agents.md",
    ".chatmode.md",
    ".mode.md",
];

/// Refuses differences that no allowance covers.
///
/// # Errors
/// Every fault with its place, up to a limit.
pub(in crate::app) fn accounted_for(
    pack: &Pack,
    blueprint: &Blueprint,
    files: &Texts,
) -> Result<(), CommandError> {
    let plain = built_in(blueprint)?;
    let asked = AskedSpec {
        proxy: blueprint.proxy.name.as_str(),
        has_topic: blueprint.monitoring.topic_arn.is_some(),
        retention_days: blueprint.monitoring.log_retention_days,
        allowed: &pack.allowed,
    };
    let (what, mut faults) = faults(asked, &plain, files);
    if faults.is_empty() {
        faults = named::faults(asked.proxy, &plain, files)?;
    }
    if faults.is_empty() {
        return Ok(());
    }
    let mut text = what.to_owned();
    for fault in faults.iter().take(LISTED) {
        // Writing to a string cannot fail.
        let _ = write!(text, "\n  {fault}");
    }
    if let Some(more @ 1..) = faults.len().checked_sub(LISTED) {
        let _ = write!(text, "\n  and {more} more");
    }
    let error = CommandError::input(text);
    Err(match what {
        UNREAD => error,
        _ => error.hint(
            "`rdsproxy-gen schema context` lists what a pack may change, under \"x-allowances\"",
        ),
    })
}

const UNLISTED: &str =
    "the pack changes what no pack may change (the lines are those of what it renders):";

const UNREAD: &str = "what the pack renders cannot be read:";

/// Returns the output of the built-in templates.
pub(in crate::app) fn built_in(blueprint: &Blueprint) -> Result<Texts, CommandError> {
    let targets = proof::targets(blueprint)?;
    let generated = render::render(blueprint, &targets).map_err(CommandError::bug)?;
    let is_wanted = |path: &String| blueprint.omit.iter().all(|omission| omission.path != *path);
    let files = generated.into_iter().map(|file| (file.path, file.text));
    Ok(files.filter(|(path, _)| is_wanted(path)).collect())
}

fn faults(asked: AskedSpec<'_>, plain: &Texts, files: &Texts) -> (&'static str, Vec<String>) {
    let mut faults = unfit_names(plain, files);
    // A file with the same text has the same entries on both sides.
    let before = changed(plain, files);
    let after = changed(files, plain);
    match (read(&before), read(&after)) {
        (Ok(before), Ok(after)) => {
            faults.extend(unlisted(&before, &after, asked));
            (UNLISTED, faults)
        }
        (Err(unread), _) | (_, Err(unread)) => (UNREAD, unread),
    }
}

/// Returns the files whose text differs on the other side. Those that call the module follow from the others.
fn changed<'f>(files: &'f Texts, other: &Texts) -> Vec<(&'f str, &'f str)> {
    files
        .iter()
        .filter(|(path, text)| other.get(*path) != Some(text) && !render::is_caller(path))
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect()
}

fn read(files: &[(&str, &str)]) -> Result<Inventory, Vec<String>> {
    inventory(files.iter().copied()).map_err(|unread| {
        let told = |(message, origin): (String, Origin)| format!("{origin}: {message}");
        unread.into_iter().map(told).collect()
    })
}

/// Returns a fault for each file that would replace another one, or that programs or coding agents read by
/// themselves.
fn unfit_names(plain: &Texts, files: &Texts) -> Vec<String> {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    seen.extend(
        plain
            .keys()
            .map(|path| (path.to_lowercase(), path.as_str())),
    );
    let mut faults = Vec::new();
    for path in files.keys().filter(|path| !plain.contains_key(*path)) {
        let lower = path.to_lowercase();
        if LOADED.iter().any(|end| lower.ends_with(end)) {
            faults.push(format!(
                "{path}:1:1: a file of this name is loaded without being named; a pack may not add it"
            ));
        }
        let name = lower.rsplit('/').next().unwrap_or_default();
        if OBEYED.contains(&name) || OBEYED_ENDS.iter().any(|end| name.ends_with(end)) {
            faults.push(format!(
                "{path}:1:1: coding agents do what a file of this name says; a pack may not add it: give it another name, as HOUSE.md"
            ));
        }
        if let Some(other) = seen.insert(lower, path) {
            faults.push(format!(
                "{path}:1:1: {other} has the same name where case is ignored, and one would replace the other; rename it"
            ));
        }
    }
    faults
}

/// Returns the differences that no allowance covers. Entries within a refused entry are not listed again.
fn unlisted(before: &Inventory, after: &Inventory, asked: AskedSpec<'_>) -> Vec<String> {
    let mut faults = Vec::new();
    let mut refused: Option<&[String]> = None;
    for (difference, origin) in &before.differences(after, asked) {
        let is_told = refused.is_some_and(|keys| difference.path.starts_with(keys));
        if is_told {
            continue;
        }
        if let Err(why) = judge(difference) {
            faults.push(fault(difference, origin, &why));
            if difference.change != EntryChange::Changed {
                refused = Some(difference.path);
            }
        }
    }
    faults
}

fn fault(difference: &EntryDifference<'_>, origin: &Origin, why: &str) -> String {
    let what = match (difference.change, difference.language) {
        (EntryChange::New | EntryChange::Added, _) => " is added".to_owned(),
        (EntryChange::Removed, _) => " is gone".to_owned(),
        (EntryChange::Changed, FileLanguage::Other | FileLanguage::Text) => {
            " is changed".to_owned()
        }
        (EntryChange::Changed, _) => {
            let (before, after) = (difference.before, difference.after);
            let from = first_difference(before, after);
            format!(
                " is {} in place of {}",
                shown(after, from),
                shown(before, from)
            )
        }
    };
    let place = match difference.change {
        // The line is in the built-in file, which the author does not have.
        EntryChange::Removed => origin.file.clone(),
        _ => origin.to_string(),
    };
    format!("{place}: {}{what}: {why}", subject(difference))
}

/// Returns the position at which two values begin to differ, in characters.
fn first_difference(before: Option<&str>, after: Option<&str>) -> usize {
    let [before, after] = [before, after].map(|value| value.unwrap_or_default().chars());
    before
        .zip(after)
        .take_while(|(one, other)| one == other)
        .count()
}

/// Shortens a long value to the part around the difference.
fn shown(value: Option<&str>, differs_from: usize) -> String {
    let value: Vec<char> = value.unwrap_or_default().chars().collect();
    let start = if value.len() > SHOWN {
        differs_from.saturating_sub(SHOWN / 2)
    } else {
        0
    };
    let end = value.len().min(start + SHOWN);
    let text: String = value.get(start..end).into_iter().flatten().collect();
    let before = if start > 0 { "…" } else { "" };
    let after = if end < value.len() { "…" } else { "" };
    format!("`{before}{}{after}`", visible(&text))
}

/// Returns a readable name of an entry.
fn subject(difference: &EntryDifference<'_>) -> String {
    let path = difference.path;
    let rest = |from: usize| match path.get(from..).unwrap_or_default() {
        [] => String::new(),
        keys => format!(", {}", keys.join(".")),
    };
    let text = match (difference.language, path) {
        (_, [first, rules]) if first == "waiver" => format!("the waiver of {rules}"),
        (_, [first, comment]) if first == "skip" => format!("the comment {comment:?}"),
        (FileLanguage::Terraform, [block, kind, name, ..])
            if matches!(block.as_str(), "resource" | "data" | "ephemeral") =>
        {
            format!("{block} {kind} {name:?}{}", rest(3))
        }
        (FileLanguage::Terraform, [block, name, ..]) => format!("{block} {name:?}{}", rest(2)),
        (FileLanguage::CloudFormation, [section, name, ..]) if !difference.kind.is_empty() => {
            format!("{section}/{name} ({}){}", difference.kind, rest(2))
        }
        (_, []) => "the file".to_owned(),
        (_, keys) => keys.join("/"),
    };
    visible(&text)
}
