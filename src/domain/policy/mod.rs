//! `rdsproxy-policy.toml`: a team's decisions about the rules: severities, tighter limits, and waivers. Pure: text in,
//! policy out.
//!
//! A severity may be raised and lowered: anyone who may edit the policy may also waive a finding, and a lowered
//! severity at least stays in the report. A limit may only be tightened. A waiver without a reason or past its date
//! does not count and is itself a finding.

mod pattern;
mod read;
mod waiver;

use std::collections::BTreeMap;

pub use pattern::Pattern;
pub use read::policy;
use schemars::JsonSchema;
use serde::Deserialize;
pub use waiver::{Subject, WaiverEntry, day};

use super::finding::Severity;
use super::limits::Limits;
use super::settings::each_setting;

/// The version of this format.
pub const POLICY_SCHEMA: i64 = 1;

/// The name under which the file is found.
pub const POLICY_FILE: &str = "rdsproxy-policy.toml";

/// The decisions of a team.
#[derive(Clone, Debug)]
pub struct TeamPolicy {
    /// The severities by rule id; only rules that differ from their own severity.
    pub severities: BTreeMap<String, Severity>,
    /// The limits in force.
    pub limits: Limits,
    /// The waivers, in the order of the file.
    pub waivers: Vec<WaiverEntry>,
}

impl Default for TeamPolicy {
    fn default() -> Self {
        Self {
            severities: BTreeMap::new(),
            limits: Limits::SERVICE,
            waivers: Vec::new(),
        }
    }
}

/// The policy file of a team: `rdsproxy-policy.toml`.
#[derive(Debug, Deserialize, JsonSchema)]
#[allow(dead_code)]
pub struct PolicyFile {
    /// The version of this format: 1.
    schema: i64,
    /// The severity of a rule by its id: `note`, `low`, `medium`, `high`, `critical`.
    #[serde(default)]
    severity: BTreeMap<String, String>,
    /// Limits that are stricter than those of the service.
    #[serde(default)]
    limits: LimitsTable,
    /// The waivers: findings that may stay, with a reason.
    #[serde(default)]
    waivers: Vec<WaiverTable>,
}

macro_rules! limits_table {
    ($($key:ident: $plain:ident = $about:literal [$($limit:literal)?] $row:tt)*) => {
        #[derive(Debug, Default, Deserialize, JsonSchema)]
        #[allow(dead_code)]
        struct LimitsTable {
            /// The minimum number of subnets.
            subnets: Option<i64>,
            /// The minimum number of availability zones.
            zones: Option<i64>,
            /// The maximum number of secrets.
            secrets: Option<i64>,
            /// The maximum number of endpoints in addition to the default one.
            endpoints: Option<i64>,
            /// The minimum number of free addresses in each subnet.
            free_addresses: Option<i64>,
            $($(#[doc = $limit] $key: Option<i64>,)?)*
        }
    };
}
each_setting!(limits_table);

#[derive(Debug, Deserialize, JsonSchema)]
#[allow(dead_code)]
struct WaiverTable {
    /// The rule that is waived. May be absent only for drift that concerns no rule; then `attribute` names what may differ.
    rule: Option<String>,
    /// The addresses of the proxies, with the wildcards `*` and `?`; all proxies by default.
    subject: Option<String>,
    /// The files of the findings, with the wildcards `*`, `?` and `**`; all files by default.
    file: Option<String>,
    /// For drift, the attribute or a group of attributes: `pool/borrow_timeout`, `security_groups/own/ingress`.
    attribute: Option<String>,
    /// The reason. A waiver without a reason is ignored.
    reason: Option<String>,
    /// The person or team responsible for the waiver.
    owner: Option<String>,
    /// The last day on which the waiver is valid, as `2027-01-31`.
    until: Option<String>,
}
