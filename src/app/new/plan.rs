//! The review that the user sees before anything is written: files, access, warnings and verdicts.

use std::collections::BTreeMap;

use super::ProjectDraft;
use crate::domain::blueprint::Blueprint;
use crate::domain::spec::{Access, SPEC_FILE};
use crate::report::{count, review};
use crate::rules::infos;

/// Returns the files, the access and a verdict for every rule. The most important part comes last, next to the
/// question on the screen. `screen` is the number of lines on the screen.
pub(super) fn review(draft: &ProjectDraft, width: usize, screen: Option<usize>) -> String {
    let rules: Vec<_> = infos().collect();
    let account = draft.account;
    let verdicts = review::review(&draft.proven.report, &rules, width, account);
    let told: String = draft
        .told
        .iter()
        .map(|line| review::item("!", line, width))
        .collect();
    let access = access(&draft.blueprint, width) + &told;
    let mut files = files(draft);
    let lines = [&files, &access, &verdicts]
        .iter()
        .map(|text| text.lines().count())
        .sum::<usize>();
    let is_new = draft.placement.created.len() == draft.files.len();
    let is_long = screen.is_some_and(|height| lines + LINES_BESIDE > height);
    if is_new && is_long {
        files = in_short(draft);
    }
    format!("{files}{access}\n{verdicts}")
}

/// Lines of the question below the review, and the empty line between access and verdicts.
const LINES_BESIDE: usize = 8;

/// Lists every file by its planned action.
fn files(draft: &ProjectDraft) -> String {
    let mut text = format!("{}/\n", draft.dir.display());
    let lists = [
        ("+", &draft.placement.created),
        ("~", &draft.placement.updated),
        ("!", &draft.placement.changed_by_hand),
        ("-", &draft.placement.removed),
    ];
    for (mark, paths) in lists {
        text.push_str(&folded(mark, paths));
    }
    if !draft.placement.unchanged.is_empty() {
        text.push_str(&format!(
            "  = {} unchanged\n",
            count(draft.placement.unchanged.len(), "file")
        ));
    }
    for path in &draft.placement.left {
        text.push_str(&format!(
            "  {path} is no longer generated and was changed by hand: it stays\n"
        ));
    }
    text
}

/// Returns the number of files in each folder, for the case that all files are new and the terminal is small.
fn in_short(draft: &ProjectDraft) -> String {
    let mut folders: BTreeMap<&str, usize> = BTreeMap::new();
    for path in draft.files.keys() {
        let folder = path
            .split_once('/')
            .map_or(path.as_str(), |(folder, _)| folder);
        *folders.entry(folder).or_default() += 1;
    }
    let folders = folders
        .into_iter()
        .filter(|(name, _)| !draft.files.contains_key(*name))
        .map(|(name, files)| format!("{name}/ ({files})"));
    let names: Vec<String> = std::iter::once(SPEC_FILE.to_owned())
        .chain(folders)
        .collect();
    format!(
        "{}/  {}\n  + {}\n",
        draft.dir.display(),
        count(draft.files.len(), "new file"),
        names.join("  ")
    )
}

/// Lists the functions with the users that they connect as, and their access. This is the first question of a
/// reviewer.
fn access(blueprint: &Blueprint, width: usize) -> String {
    if blueprint.consumers.is_empty() {
        let nobody =
            "no function connects yet: the proxy admits nobody until [[consumers]] names one";
        return review::item("!", nobody, width);
    }
    let mut text = String::new();
    for consumer in &blueprint.consumers {
        let users: Vec<String> = blueprint
            .users
            .iter()
            .filter(|user| consumer.users.contains(&user.name))
            .map(|user| {
                format!(
                    "{} ({} on {})",
                    user.name,
                    level(user.access),
                    user.database
                )
            })
            .collect();
        let line = format!("{} connects as {}", consumer.function, users.join(", "));
        text.push_str(&review::item(">", &line, width));
    }
    text
}

fn level(access: Access) -> &'static str {
    match access {
        Access::ReadWrite => "read-write",
        Access::ReadOnly => "read-only",
    }
}

/// Folds the files of each folder into one line, so that a project fits on a small terminal.
fn folded(mark: &str, paths: &[String]) -> String {
    let mut folders: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for path in paths {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        folders.entry(folder).or_default().push(name);
    }
    let mut text = String::new();
    for (folder, names) in folders {
        let slash = if folder.is_empty() { "" } else { "/" };
        let mut line = format!("  {mark} {folder}{slash}  ");
        if folder.is_empty() {
            line = format!("  {mark} ");
        }
        let indent = " ".repeat(line.len().min(8));
        for name in names {
            let last = line.rsplit('\n').next().unwrap_or_default();
            if last.len() + name.len() + 1 > 78 {
                line = format!("{}\n{indent}", line.trim_end());
            }
            line.push_str(name);
            line.push(' ');
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
