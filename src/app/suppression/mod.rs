//! Reads the files that accept findings: the policy, and an earlier report as the baseline.

mod accept;
mod comments;
mod waivers;

use std::collections::BTreeMap;
use std::path::{self, Path, PathBuf};

pub(super) use accept::Suppression;
pub(super) use comments::Comments;
use serde::Deserialize;
pub(super) use waivers::{WaiverDraft, until};

use super::CommandError;
use crate::domain::limits::Limits;
use crate::domain::policy::{self, POLICY_FILE, TeamPolicy};
use crate::domain::secrecy::without_value;
use crate::domain::spec::NamedText;
use crate::io::files::bounded::{self, Bound};
use crate::io::{clock, files, terminal, walk};
use crate::rules::RULES;

/// The policy to use.
#[derive(Clone, Debug, Default)]
pub struct PolicyRequest {
    /// The policy file; by default the one in this directory, or the nearest one above it.
    pub policy: Option<PathBuf>,
    /// True if no policy file is looked for.
    pub no_policy: bool,
    /// True if all waivers are ignored, in the policy and in comments.
    pub no_waivers: bool,
}

/// The accepted findings: the policy, and the findings of an earlier report.
#[derive(Clone, Debug)]
pub struct AllowanceRequest {
    /// The policy to use.
    pub policy: PolicyRequest,
    /// An earlier report, whose findings are not reported again.
    pub baseline: Option<PathBuf>,
}

impl AllowanceRequest {
    /// True if waiver comments are respected.
    pub(super) fn comments_count(&self) -> bool {
        self.policy.comments_count()
    }

    /// Adds the waivers of these projects; each applies only to its own project.
    pub(super) fn add_projects<P: AsRef<Path>>(
        &self,
        accepting: &mut Suppression,
        projects: impl IntoIterator<Item = P>,
    ) -> Result<(), CommandError> {
        self.policy.add_projects(accepting, projects)
    }

    /// Returns arguments that find the same policy from any other folder, without a baseline.
    pub(super) fn settled(&self) -> Self {
        let mut policy = self.policy.clone();
        let found = policy.policy.take().or_else(|| {
            if policy.no_policy {
                None
            } else {
                files::found_above(POLICY_FILE)
            }
        });
        policy.policy = found.and_then(|path| path::absolute(path).ok());
        policy.no_policy = policy.policy.is_none();
        Self {
            policy,
            baseline: None,
        }
    }

    /// True if a baseline is given.
    pub(super) fn compares(&self) -> bool {
        self.baseline.is_some()
    }

    /// Reads the policy that was named or found, and the baseline.
    pub(super) fn load(&self) -> Result<Suppression, CommandError> {
        let mut accepting = self.policy.load()?;
        if let Some(path) = &self.baseline {
            accepting.known = fingerprints(path)?;
        }
        Ok(accepting)
    }
}

/// The waivers that may cover differences from a baseline.
#[derive(Clone, Copy)]
pub(super) struct CountedWaivers<'a> {
    pub(super) accepting: &'a Suppression,
    /// True if waivers in comments are respected too.
    pub(super) comments_count: bool,
}

impl PolicyRequest {
    /// Returns the waivers that may cover differences from a baseline.
    pub(super) fn counted<'a>(&self, accepting: &'a Suppression) -> CountedWaivers<'a> {
        CountedWaivers {
            accepting,
            comments_count: self.comments_count(),
        }
    }

    /// True if waiver comments are respected.
    pub(super) fn comments_count(&self) -> bool {
        !self.no_waivers
    }

    /// Reads the policy that was named or found.
    pub(super) fn load(&self) -> Result<Suppression, CommandError> {
        let mut policy = self.read_policy()?;
        if self.no_waivers {
            policy.waivers.clear();
        }
        Ok(Suppression::new(policy, clock::today()))
    }

    /// Reads the policy and adds the waivers of these projects; each applies only to its own project.
    pub(super) fn load_with<P: AsRef<Path>>(
        &self,
        projects: impl IntoIterator<Item = P>,
    ) -> Result<Suppression, CommandError> {
        let mut accepting = self.load()?;
        self.add_projects(&mut accepting, projects)?;
        Ok(accepting)
    }

    /// Adds the waivers of these projects. A policy that the user named is the only one that applies.
    pub(super) fn add_projects<P: AsRef<Path>>(
        &self,
        accepting: &mut Suppression,
        projects: impl IntoIterator<Item = P>,
    ) -> Result<(), CommandError> {
        if self.no_policy || self.no_waivers || self.policy.is_some() {
            return Ok(());
        }
        let above = files::found_above(POLICY_FILE).map(|path| walk::name(&path));
        for project in projects {
            let path = project.as_ref().join(POLICY_FILE);
            let name = walk::name(&path);
            if Some(&name) == above.as_ref() {
                continue;
            }
            if let Some(text) =
                bounded::confined_text(&path, Bound::POLICY).map_err(CommandError::environment)?
            {
                let waivers = of_project(&name, &text)?;
                let folder = walk::name(project.as_ref());
                accepting.policy.waivers.extend(waivers.map(|mut waiver| {
                    waiver.project = Some(folder.clone());
                    waiver
                }));
            }
        }
        Ok(())
    }

    fn read_policy(&self) -> Result<TeamPolicy, CommandError> {
        if self.no_policy {
            return Ok(TeamPolicy::default());
        }
        if let Some(path) = &self.policy {
            let text = bounded::named_text(path, Bound::POLICY);
            return parsed(&walk::name(path), &text.map_err(CommandError::environment)?);
        }
        let Some(path) = files::found_above(POLICY_FILE) else {
            return Ok(TeamPolicy::default());
        };
        let text = bounded::confined_text(&path, Bound::POLICY);
        let Some(text) = text.map_err(CommandError::environment)? else {
            return Ok(TeamPolicy::default());
        };
        let name = walk::name(&path);
        // stderr may be closed; ignore the error.
        let _ = terminal::note_once(&format!("policy: {name}\n"));
        parsed(&name, &text)
    }
}

/// Parses a policy.
///
/// # Errors
/// All errors in the policy.
pub(super) fn parsed(name: &str, text: &str) -> Result<TeamPolicy, CommandError> {
    let known: Vec<&str> = RULES.iter().map(|rule| rule.info.id).collect();
    policy::policy(&NamedText { file: name, text }, &known).map_err(CommandError::input)
}

/// Returns the waivers of a project. A project does not set severities or limits: those of the working directory
/// apply.
fn of_project(
    name: &str,
    text: &str,
) -> Result<impl Iterator<Item = policy::WaiverEntry> + use<>, CommandError> {
    let policy = parsed(name, text)?;
    let decides = !policy.severities.is_empty() || policy.limits != Limits::SERVICE;
    if decides {
        // stderr may be closed; ignore the error.
        let _ = terminal::note_once(&format!(
            "{name}: severities and limits count from the folder where the command runs, not from a project: only its waivers count\n"
        ));
    }
    Ok(policy.waivers.into_iter())
}

/// Prints errors in waivers, each once.
pub(super) fn tell(mut wrong: Vec<String>) {
    wrong.sort();
    wrong.dedup();
    let lines: String = wrong.iter().map(|line| format!("{line}\n")).collect();
    // stderr may be closed; ignore the error.
    let _ = terminal::note(&lines);
}

/// The part of a report that a baseline needs.
#[derive(Deserialize)]
struct BaselineReport {
    proxies: Vec<BaselineProxy>,
}

#[derive(Deserialize)]
struct BaselineProxy {
    findings: Vec<BaselineFinding>,
}

#[derive(Deserialize)]
struct BaselineFinding {
    fingerprint: String,
    /// Other proxies with the same fault. Older reports list each of them as a finding and lack this field.
    #[serde(default)]
    also: Vec<Also>,
}

#[derive(Deserialize)]
struct Also {
    fingerprint: String,
}

/// Counts each fingerprint in a report.
fn fingerprints(path: &Path) -> Result<BTreeMap<String, usize>, CommandError> {
    let text = bounded::named_text(path, Bound::REPORT).map_err(CommandError::environment)?;
    let report: BaselineReport = serde_json::from_str(&text).map_err(|error| {
        let message = format!(
            "{}: is not a report that can be a baseline ({})",
            path.display(),
            without_value(&error.to_string())
        );
        CommandError::input(message)
            .hint("write one with `rdsproxy-gen audit PATH --format json --output FILE`")
    })?;
    let mut known = BTreeMap::new();
    for found in report.proxies.into_iter().flat_map(|proxy| proxy.findings) {
        let also = found.also.into_iter().map(|also| also.fingerprint);
        for fingerprint in also.chain([found.fingerprint]) {
            *known.entry(fingerprint).or_default() += 1;
        }
    }
    Ok(known)
}
