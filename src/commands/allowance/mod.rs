//! The files that say what may stay: the policy, and the report that is the baseline.

mod accept;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;
use serde::Deserialize;

use super::CommandError;
use crate::domain::policy::{self, POLICY_FILE, Policy};
use crate::domain::spec::Text;
use crate::io::{clock, files, terminal, walk};
use crate::rules::RULES;

pub(super) use accept::{Accepting, Comments};

/// What a team decided.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Policy")]
pub(super) struct PolicyArgs {
    /// Policy file with severities, tighter limits and waivers [default: rdsproxy-policy.toml in this directory or the nearest
    /// one above it, up to the root of the repository].
    #[arg(long, value_name = "FILE", conflicts_with = "no_policy")]
    policy: Option<PathBuf>,
    /// Do not look for a policy file.
    #[arg(long)]
    no_policy: bool,
    /// Ignore all waivers, in the policy and in comments.
    #[arg(long)]
    no_waivers: bool,
}

/// What may stay.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Policy")]
pub(super) struct AllowanceArgs {
    #[command(flatten)]
    policy: PolicyArgs,
    /// Report only findings that an earlier report does not contain (`--format json --output FILE`). Findings are matched by
    /// file name, not by line.
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
}

impl AllowanceArgs {
    /// Whether comments count.
    pub(super) fn comments_count(&self) -> bool {
        self.policy.comments_count()
    }

    /// Whether there is something to compare with.
    pub(super) fn compares(&self) -> bool {
        self.baseline.is_some()
    }

    /// Reads what was named, or found.
    pub(super) fn load(&self) -> Result<Accepting, CommandError> {
        let mut accepting = self.policy.load()?;
        if let Some(path) = &self.baseline {
            accepting.known = fingerprints(path)?;
        }
        Ok(accepting)
    }
}

impl PolicyArgs {
    /// Whether comments count.
    pub(super) fn comments_count(&self) -> bool {
        !self.no_waivers
    }

    /// Reads what was named, or found.
    pub(super) fn load(&self) -> Result<Accepting, CommandError> {
        let mut policy = self.read_policy()?;
        if self.no_waivers {
            policy.waivers.clear();
        }
        Ok(Accepting::new(policy, clock::today()))
    }

    fn read_policy(&self) -> Result<Policy, CommandError> {
        let found = match &self.policy {
            _ if self.no_policy => None,
            Some(path) => Some(path.clone()),
            None => files::found_above(POLICY_FILE),
        };
        let Some(path) = found else {
            return Ok(Policy::default());
        };
        let text = files::read_text(&path).map_err(CommandError::environment)?;
        let name = walk::name(&path);
        if self.policy.is_none() {
            // Where nobody listens, nothing can be said.
            let _ = terminal::note(&format!("policy: {name}\n"));
        }
        let known: Vec<&str> = RULES.iter().map(|rule| rule.info.id).collect();
        let text = Text {
            file: &name,
            text: &text,
        };
        policy::policy(&text, &known).map_err(CommandError::input)
    }
}

/// Says what is wrong with waivers, each thing once.
pub(super) fn tell(mut wrong: Vec<String>) {
    wrong.sort();
    wrong.dedup();
    let lines: String = wrong.iter().map(|line| format!("{line}\n")).collect();
    // Where nobody listens, nothing can be said.
    let _ = terminal::note(&lines);
}

/// As much of a report as a baseline needs.
#[derive(Deserialize)]
struct Report {
    proxies: Vec<Proxy>,
}

#[derive(Deserialize)]
struct Proxy {
    findings: Vec<Found>,
}

#[derive(Deserialize)]
struct Found {
    fingerprint: String,
}

/// How often each finding stands in a report.
fn fingerprints(path: &Path) -> Result<BTreeMap<String, usize>, CommandError> {
    let text = files::read_text(path).map_err(CommandError::environment)?;
    let report: Report = serde_json::from_str(&text).map_err(|error| {
        let message = format!(
            "{}: is no report that can be a baseline ({error})",
            path.display()
        );
        CommandError::input(message)
            .hint("write one with `rdsproxy-gen audit PATH --format json --output FILE`")
    })?;
    let mut known = BTreeMap::new();
    for found in report.proxies.into_iter().flat_map(|proxy| proxy.findings) {
        *known.entry(found.fingerprint).or_default() += 1;
    }
    Ok(known)
}
