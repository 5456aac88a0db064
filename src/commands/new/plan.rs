//! What a person sees: the files, the verdicts, the differences, and what to do next.

use similar::TextDiff;

use super::{Draft, SPEC_FILE};
use crate::io::files::{Existing, existing};
use crate::report::review;
use crate::rules::RULES;

/// `1 file`, `2 files`.
pub(super) fn count(number: usize, what: &str) -> String {
    match number {
        1 => format!("1 {what}"),
        more => format!("{more} {what}s"),
    }
}

/// The files and a verdict for every rule.
pub(super) fn review(draft: &Draft, width: usize) -> String {
    let rules: Vec<_> = RULES.iter().map(|rule| &rule.info).collect();
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
    text.push('\n');
    text.push_str(&review::review(&draft.proven.report, &rules, width));
    text
}

/// One line for each folder, so that a project fits a small terminal.
fn folded(mark: &str, paths: &[String]) -> String {
    let mut folders: std::collections::BTreeMap<&str, Vec<&str>> =
        std::collections::BTreeMap::new();
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

/// What would be written, and how it differs from what is there.
pub(super) fn dry_run(draft: &Draft, review: &str) -> String {
    let mut text = format!("{review}\nNothing was written.\n");
    for path in draft
        .placement
        .updated
        .iter()
        .chain(&draft.placement.changed_by_hand)
    {
        let Some(new) = draft.files.get(path).filter(|_| !path.starts_with('.')) else {
            continue;
        };
        let old = match existing(&draft.dir, path) {
            Existing::Text(old) => old,
            Existing::Absent | Existing::Other => continue,
        };
        let diff = TextDiff::from_lines(&old, new);
        text.push('\n');
        text.push_str(&diff.unified_diff().header(path, path).to_string());
    }
    text
}

/// What was written, and what to do next.
pub(super) fn done(draft: &Draft, review: &str, command: &str) -> String {
    let dir = draft.dir.display();
    let written = draft.placement.change(&draft.files).write.len();
    let mut text = format!(
        "{review}\n{} written to {dir}\n\nNext\n",
        count(written, "file")
    );
    let folders: Vec<&str> = ["terraform", "cloudformation"]
        .into_iter()
        .filter(|folder| {
            draft
                .proven
                .files
                .keys()
                .any(|path| path.starts_with(folder))
        })
        .collect();
    for folder in folders {
        let steps = match folder {
            "terraform" => {
                format!("cd {dir}/terraform && terraform init && terraform test && terraform plan")
            }
            _ => format!("{dir}/cloudformation/README.md says how to deploy the stack"),
        };
        text.push_str(&format!("  {steps}\n"));
    }
    text.push_str(&format!(
        "  change {dir}/{SPEC_FILE} and run: rdsproxy-gen new {dir} --answers {dir}/{SPEC_FILE}\n\nThe same without questions\n  {command}\n"
    ));
    text
}
