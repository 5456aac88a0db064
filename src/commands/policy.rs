//! The arguments that decide which findings may stay.

use std::path::PathBuf;

use clap::Args;

use crate::app::suppression::{AllowanceRequest, PolicyRequest};

/// What a team decided.
#[derive(Clone, Debug, Args)]
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
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Policy")]
pub(super) struct AllowanceArgs {
    #[command(flatten)]
    policy: PolicyArgs,
    /// Report only findings that an earlier report does not contain (`--format json --output FILE`). Findings are matched by
    /// file name, not by line.
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
}

impl PolicyArgs {
    /// Returns the arguments as a request.
    pub(super) fn request(&self) -> PolicyRequest {
        PolicyRequest {
            policy: self.policy.clone(),
            no_policy: self.no_policy,
            no_waivers: self.no_waivers,
        }
    }
}

impl AllowanceArgs {
    /// Returns the arguments as a request.
    pub(super) fn request(&self) -> AllowanceRequest {
        AllowanceRequest {
            policy: self.policy.request(),
            baseline: self.baseline.clone(),
        }
    }
}
