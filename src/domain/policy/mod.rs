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

/// The file, as editors know it.
#[derive(Debug, Deserialize, JsonSchema)]
#[allow(dead_code)]
pub struct PolicyFile {
    /// The version of this format: 1.
    schema: i64,
    /// The severity of a rule by its id: `note`, `low`, `medium`, `high`, `critical`.
    #[serde(default)]
    severity: BTreeMap<String, String>,
    /// Limits that are tighter than the service's own.
    #[serde(default)]
    limits: LimitsTable,
    /// What may stay, and why.
    #[serde(default)]
    waivers: Vec<WaiverTable>,
}

macro_rules! limits_table {
    ($($key:ident: $plain:ident = $about:literal [$($limit:literal)?] $row:tt)*) => {
        #[derive(Debug, Default, Deserialize, JsonSchema)]
        #[allow(dead_code)]
        struct LimitsTable {
            /// At least this many subnets.
            subnets: Option<i64>,
            /// In at least this many zones.
            zones: Option<i64>,
            /// At most this many secrets.
            secrets: Option<i64>,
            /// At most this many endpoints beside the built-in one.
            endpoints: Option<i64>,
            /// At least this many free addresses in each subnet.
            free_addresses: Option<i64>,
            $($(#[doc = $limit] $key: Option<i64>,)?)*
        }
    };
}
each_setting!(limits_table);

#[derive(Debug, Deserialize, JsonSchema)]
#[allow(dead_code)]
struct WaiverTable {
    /// The rule that may be broken. Only drift that no rule is about needs none: then `attribute` says what may differ.
    rule: Option<String>,
    /// The addresses of the proxies, with `*` and `?`; all where it is absent.
    subject: Option<String>,
    /// The files that the finding may lie in, with `*`, `?` and `**`; all where it is absent.
    file: Option<String>,
    /// The one attribute, or what it belongs to, for drift: `pool/borrow_timeout`, `security_groups/own/ingress`.
    attribute: Option<String>,
    /// Why. Without it the waiver does not count.
    reason: Option<String>,
    /// Who answers for it.
    owner: Option<String>,
    /// The last day on which it counts, as `2027-01-31`.
    until: Option<String>,
}
