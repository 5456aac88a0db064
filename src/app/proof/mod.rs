//! The proof: before files are written, they are read back, compared with the intent and judged by the rules.
//!
//! It answers three questions, in this order. Does the text say what the blueprint means, in every target? Would our
//! own audit report it? Would the account in view refuse or weaken it? Only a failure of the last can be the user's
//! fault.

pub(in crate::app) mod closed;
mod named;
pub mod pack;

use std::collections::{BTreeMap, BTreeSet};

use super::projects::await_group;
use super::{CommandError, read_back};
use crate::domain::blueprint::Blueprint;
use crate::domain::facts::compare;
use crate::domain::finding::{Finding, Group, Report, Severity};
use crate::domain::limits::{Limits, documents};
use crate::domain::names::RoleName;
use crate::domain::posture::Posture;
use crate::domain::snapshot::Snapshot;
use crate::domain::spec::{Omission, nearest};
use crate::language::yaml;
use crate::render::{self, Target, Templates};
use crate::rules;
use crate::source::assemble::enrich;
use crate::source::snapshot;

/// Files that passed the proof.
#[derive(Debug)]
pub struct Proven {
    /// The generated files, by path.
    pub files: BTreeMap<String, String>,
    /// The verdicts of the rules, in the account in view.
    pub report: Report,
}

/// Renders a blueprint and proves the result.
///
/// # Errors
/// When the account in view breaks a limit or contradicts the spec, or when rdsproxy-gen contradicts itself.
pub fn prove(blueprint: &Blueprint, snapshot: Option<&Snapshot>) -> Result<Proven, CommandError> {
    let ours = Brought {
        templates: &Templates::built_in().map_err(CommandError::bug)?,
        limits: Limits::SERVICE,
    };
    prove_with(blueprint, snapshot, ours)
}

/// The templates and limits that a pack supplies.
#[derive(Clone, Copy)]
pub struct Brought<'p> {
    /// The templates, including those of the pack.
    pub templates: &'p Templates<'p>,
    /// The pack's limits, which are no looser than those of the service.
    pub limits: Limits,
}

/// Renders a blueprint with the templates and limits of a pack, and proves the result.
///
/// # Errors
/// Those of [`prove`].
pub fn prove_with(
    blueprint: &Blueprint,
    snapshot: Option<&Snapshot>,
    pack: Brought<'_>,
) -> Result<Proven, CommandError> {
    let files = rendered(blueprint, pack)?;
    let terms = ProofTerms {
        snapshot,
        limits: pack.limits,
        is_judged: |_| false,
    };
    prove_files(blueprint, files, terms)
}

/// Renders the files of a blueprint without proving them.
///
/// # Errors
/// When a template fails, or a file of `output.omit` is not generated or cannot be omitted.
pub fn rendered(
    blueprint: &Blueprint,
    pack: Brought<'_>,
) -> Result<BTreeMap<String, String>, CommandError> {
    let targets = targets(blueprint)?;
    let generated =
        render::render_with(blueprint, &targets, pack.templates).map_err(CommandError::bug)?;
    let mut files: BTreeMap<String, String> = generated
        .into_iter()
        .map(|file| (file.path, file.text))
        .collect();
    leave_out(&blueprint.omit, &mut files)?;
    Ok(files)
}

/// The account and the limits that rendered files are proved against.
#[derive(Clone, Copy)]
pub struct ProofTerms<'a> {
    /// The account, if there is one.
    pub snapshot: Option<&'a Snapshot>,
    /// The limits, which are no looser than those of the service.
    pub limits: Limits,
    /// True for a fact that was judged elsewhere.
    pub is_judged: fn(&str) -> bool,
}

/// Proves rendered files. The output of a pack's templates has to pass the same checks as ours, except for the facts
/// that were judged elsewhere.
///
/// # Errors
/// Those of [`prove`].
pub fn prove_files(
    blueprint: &Blueprint,
    files: BTreeMap<String, String>,
    terms: ProofTerms<'_>,
) -> Result<Proven, CommandError> {
    let ProofTerms {
        snapshot,
        limits,
        is_judged,
    } = terms;
    accepted_by_cloudformation(&files)?;
    let intent = blueprint.posture();
    let account = snapshot.map(snapshot::read);
    let mut report = Report::default();
    for target in targets(blueprint)? {
        let mut posture = read_back::posture(target.id, &files)?;
        same_as_intended(target, &intent, &posture, is_judged)?;
        clean(target, &posture)?;
        named(&posture)?;
        within(&limits, &posture)?;
        for proxy in &mut posture.proxies {
            await_group(&blueprint.database_tls, proxy, snapshot);
        }
        if let Some(account) = &account {
            enrich(&mut posture, account);
        }
        let found = rules::judge(&posture, &limits);
        works_here(&found)?;
        if weight(&found) >= weight(&report) {
            report = found;
        }
    }
    Ok(Proven { files, report })
}

/// Orders reports by findings, then by undetermined rules: of two targets, the report with more of them is shown.
fn weight(report: &Report) -> (usize, usize) {
    (report.findings.len(), report.undetermined.len())
}

/// Returns the targets that the blueprint names.
///
/// # Errors
/// When the blueprint names no target, or one that does not exist.
pub fn targets(blueprint: &Blueprint) -> Result<Vec<&'static Target>, CommandError> {
    let known = || {
        render::TARGETS
            .iter()
            .map(|target| target.id)
            .collect::<Vec<_>>()
            .join(", ")
    };
    let found: Result<Vec<_>, _> = blueprint
        .targets
        .iter()
        .map(|id| {
            render::TARGETS
                .iter()
                .copied()
                .find(|target| target.id == id)
                .ok_or_else(|| {
                    CommandError::input(format!("there is no target {id:?}"))
                        .hint(format!("output.targets takes {}", known()))
                })
        })
        .collect();
    let found = found?;
    if found.is_empty() {
        return Err(CommandError::input("no target is named")
            .hint(format!("set output.targets to one or more of {}", known())));
    }
    Ok(found)
}

/// Removes the files that the spec omits. A file that defines the deployment cannot be omitted: without it there
/// would be nothing to prove.
fn leave_out(
    omissions: &[Omission],
    files: &mut BTreeMap<String, String>,
) -> Result<(), CommandError> {
    for Omission { path, origin } in omissions {
        let refused =
            |what: &str| CommandError::input(format!("{origin}: output.omit: {path:?} {what}"));
        if !files.contains_key(path) {
            let known = nearest(path, files.keys().map(String::as_str));
            let error = refused("is not generated");
            return Err(match known {
                Some(known) => error.hint(format!("did you mean {known:?}?")),
                None => error.hint("name a file as `rdsproxy-gen new --dry-run` lists it"),
            });
        }
        if read_back::is_read(path) {
            return Err(
                refused("says what is deployed, and cannot be left out").hint(
                    "output.targets leaves out a whole target; change the file itself for the rest",
                ),
            );
        }
    }
    for Omission { path, .. } in omissions {
        files.remove(path);
    }
    Ok(())
}

fn same_as_intended(
    target: &Target,
    intent: &Posture,
    found: &Posture,
    is_judged: fn(&str) -> bool,
) -> Result<(), CommandError> {
    let comparison = compare(intent, found);
    let differences = comparison.differences.iter();
    let mut faults: Vec<String> = differences
        .filter(|difference| !is_judged(&difference.path))
        .map(ToString::to_string)
        .collect();
    let of_line = |line: &String| {
        let path = line
            .split_once(" (")
            .map_or(line.as_str(), |(path, _)| path);
        is_judged(path)
    };
    faults.extend(comparison.hidden.into_iter().filter(|line| !of_line(line)));
    if faults.is_empty() && found.proxies.len() == intent.proxies.len() {
        return Ok(());
    }
    Err(CommandError::bug(format!(
        "the generated {} does not say what was meant:\n  {}",
        target.id,
        faults.join("\n  ")
    )))
}

/// Rejects a template that exceeds CloudFormation's limits, now that its real size is known.
fn accepted_by_cloudformation(files: &BTreeMap<String, String>) -> Result<(), CommandError> {
    let Some(text) = files.get(read_back::TEMPLATE) else {
        return Ok(());
    };
    let tree = yaml::load(text).map_err(CommandError::bug)?;
    let count = |section: &str| {
        let section = tree.as_ref().and_then(|tree| tree.get(section));
        section.map_or(0, |section| section.members().len())
    };
    documents::template(text.len(), count("Resources"), count("Parameters")).map_err(|broken| {
        CommandError::input(format!("{}: {}", read_back::TEMPLATE, broken.message)).hint(broken.fix)
    })
}

/// Rejects generated files that our own audit would report.
fn clean(target: &Target, posture: &Posture) -> Result<(), CommandError> {
    let report = rules::judge(posture, &Limits::SERVICE);
    if report.findings.is_empty() {
        return Ok(());
    }
    let shown: Vec<String> = report.findings.iter().map(line).collect();
    Err(CommandError::bug(format!(
        "the generated {} breaks our own rules:\n  {}",
        target.id,
        shown.join("\n  ")
    )))
}

/// Rejects files that break only the limits of the pack. The user can fix these by changing the answers.
fn within(limits: &Limits, posture: &Posture) -> Result<(), CommandError> {
    let report = rules::judge(posture, limits);
    if report.findings.is_empty() {
        return Ok(());
    }
    let shown: Vec<String> = report.findings.iter().map(line).collect();
    Err(CommandError::input(format!(
        "this does not keep the limits of the pack:\n  {}",
        shown.join("\n  ")
    ))
    .hint("answer within them: the pack's policy.toml says what they are"))
}

/// Checks the length of the role names: a pack may choose names, and the name of the proxy may make them too long.
fn named(posture: &Posture) -> Result<(), CommandError> {
    let roles = posture
        .proxies
        .iter()
        .filter_map(|proxy| proxy.role.value());
    let mut names = roles.filter_map(|role| role.name.value());
    names.try_for_each(|name| match RoleName::parse(name) {
        Ok(_) => Ok(()),
        Err(error) => Err(CommandError::input(format!("the role's name: {error}"))),
    })
}

/// Rejects a proxy that breaks a limit in the account: AWS would refuse it, or it could never work.
fn works_here(report: &Report) -> Result<(), CommandError> {
    let broken: Vec<&Finding> = failing(report)
        .filter(|finding| finding.rule.group == Group::Limit)
        .collect();
    if broken.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = broken.iter().map(|finding| line(finding)).collect();
    let error = CommandError::input(format!(
        "this proxy would not work in this account:\n  {}",
        lines.join("\n  ")
    ));
    Err(explained(error, broken))
}

/// Returns the findings that make the proxy fail in the account in view. Notes are only advice, and waived findings
/// may stay.
pub fn failing(report: &Report) -> impl Iterator<Item = &Finding> {
    report
        .findings
        .iter()
        .filter(|finding| finding.severity > Severity::Note && finding.accepted.is_none())
}

/// Adds a hint for each rule: the command that explains it.
pub fn explained<'f>(
    error: CommandError,
    findings: impl IntoIterator<Item = &'f Finding>,
) -> CommandError {
    let rules: BTreeSet<&str> = findings
        .into_iter()
        .map(|finding| finding.rule.id)
        .collect();
    rules.into_iter().fold(error, |error, id| {
        error.hint(format!("`rdsproxy-gen rules {id}` says why and what to do"))
    })
}

/// Returns a finding as one line, with its rule.
pub fn line(finding: &Finding) -> String {
    format!("{} [{}]", finding.message, finding.rule.id)
}
