//! `--fix`: mends in place what has one right text, shows every line that it changes, and keeps nothing that the audit does not
//! then find mended.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use similar::TextDiff;

use super::view::is_below;
use crate::commands::CommandError;
use crate::domain::finding::Finding;
use crate::io::{files, walk};
use crate::report::Audit;
use crate::source::edit::{Edit, applied, edit, mended_rules};

/// What can be mended, and what cannot.
#[derive(Debug, Default)]
pub(super) struct Repairs {
    /// The files that change: before and after.
    pub(super) files: BTreeMap<String, (String, String)>,
    /// How many findings the edits mend.
    pub(super) mended: usize,
    /// Why others stay, each with its place.
    pub(super) left: Vec<String>,
}

impl Repairs {
    /// Every edit that is certain. Files outside of the paths are nobody's to change, whoever calls them.
    pub(super) fn of(audit: &Audit, paths: &[PathBuf]) -> Self {
        let mut repairs = Self::default();
        let mut edits: BTreeMap<&str, Vec<Edit>> = BTreeMap::new();
        let known: Vec<&str> = mended_rules().collect();
        let findings = audit
            .proxies
            .iter()
            .flat_map(|proxy| &proxy.report.findings);
        let wanted = findings
            .filter(|finding| finding.accepted.is_none() && known.contains(&finding.rule.id));
        for finding in wanted {
            if is_told_by_another(finding, audit) {
                continue;
            }
            match one(finding, audit, paths) {
                Ok(edit) => {
                    repairs.mended += 1;
                    edits.entry(&finding.origin.file).or_default().push(edit);
                }
                Err(reason) => repairs.left.push(format!(
                    "{}: {} [{}]",
                    finding.origin, reason, finding.rule.id
                )),
            }
        }
        for (file, edits) in edits {
            if let Some(text) = audit.texts.get(file) {
                let after = applied(text, &edits);
                repairs.files.insert(file.to_owned(), (text.clone(), after));
            }
        }
        repairs.left.sort();
        repairs.left.dedup();
        repairs
    }

    /// The changed lines, as `diff -u` shows them.
    pub(super) fn diff(&self) -> String {
        let diffs = self.files.iter().map(|(file, (before, after))| {
            TextDiff::from_lines(before, after)
                .unified_diff()
                .context_radius(2)
                .header(file, file)
                .to_string()
        });
        diffs.collect()
    }

    /// What was done, and what is left to do by hand.
    pub(super) fn told(&self, is_dry: bool) -> String {
        let word = if is_dry { "could be mended" } else { "mended" };
        let number = |count: usize, what: &str| match count {
            1 => format!("1 {what}"),
            more => format!("{more} {what}s"),
        };
        let mut text = format!(
            "{} in {} {word}\n",
            number(self.mended, "finding"),
            number(self.files.len(), "file")
        );
        if !self.left.is_empty() {
            text.push_str("Not mended:\n");
        }
        for line in &self.left {
            text.push_str(&format!("  - {line}\n"));
        }
        text
    }

    /// Writes every file that is still as it was read.
    pub(super) fn write(&self) -> Result<(), CommandError> {
        for (file, (before, _)) in &self.files {
            if walk::text(file).as_ref() != Some(before) {
                let message =
                    format!("{file} has changed since it was read, so that nothing was mended");
                return Err(CommandError::environment(message).hint("run it again"));
            }
        }
        let written = self.files.iter().map(|(file, (_, after))| put(file, after));
        if let Err(error) = written.collect::<Result<(), _>>() {
            self.restore()?;
            return Err(error);
        }
        Ok(())
    }

    /// Puts everything back.
    pub(super) fn restore(&self) -> Result<(), CommandError> {
        let before = self
            .files
            .iter()
            .map(|(file, (before, _))| put(file, before));
        before.collect()
    }
}

/// A byte order mark that was there stays there.
fn put(file: &str, text: &str) -> Result<(), CommandError> {
    let path = Path::new(file);
    let marked = files::read_text(path).is_ok_and(|there| there.starts_with('\u{feff}'));
    let mark = if marked { "\u{feff}" } else { "" };
    files::write_text(path, &format!("{mark}{text}")).map_err(CommandError::environment)
}

/// TLS that the proxy does not require fails two rules in one place.
fn is_told_by_another(finding: &Finding, audit: &Audit) -> bool {
    let mut findings = audit
        .proxies
        .iter()
        .flat_map(|proxy| &proxy.report.findings);
    finding.rule.id == "database-tls-not-enforced"
        && findings.any(|other| {
            other.rule.id == "client-tls-not-required" && other.origin == finding.origin
        })
}

fn one(finding: &Finding, audit: &Audit, paths: &[PathBuf]) -> Result<Edit, String> {
    let origin = &finding.origin;
    let text = audit.texts.get(&origin.file).filter(|_| origin.line > 0);
    let text = text.ok_or("there is no source to edit")?;
    if !is_below(&origin.file, paths) {
        return Err("the file lies outside of what was named".to_owned());
    }
    edit(
        (&origin.file, text),
        finding.rule.id,
        (origin.line, origin.column),
    )
}

/// True where the audit after the edits finds no more than before, reads as much, and finds nothing of what was to be mended.
pub(super) fn is_proved(before: &Audit, after: &Audit, repairs: &Repairs) -> bool {
    let count = |audit: &Audit| {
        let findings = audit
            .proxies
            .iter()
            .flat_map(|proxy| &proxy.report.findings);
        findings
            .filter(|finding| finding.accepted.is_none())
            .count()
    };
    after.skipped.len() <= before.skipped.len()
        && after.proxies.len() == before.proxies.len()
        && count(after) + repairs.mended <= count(before)
}
