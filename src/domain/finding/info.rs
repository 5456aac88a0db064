//! The description of a rule.

use crate::domain::links::RuleLinks;

/// The severity of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// For information; never changes the exit code.
    Note,
    /// Weakens defence in depth.
    Low,
    /// A layer of protection is missing.
    Medium,
    /// A rule of the mission or a limit of the service is broken.
    High,
    /// Anyone who can reach the proxy can read data or impersonate a user.
    Critical,
}

impl Severity {
    /// Returns the name used in all inputs and outputs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// The titles of the six rules of the mission; rule 1 is at index 0.
pub const MISSION: [&str; 6] = [
    "TLS from proxy to database",
    "TLS from client to proxy",
    "One secret for each database user",
    "Least-privilege security groups",
    "IAM authentication required",
    "Debug logging off",
];

/// The part of the mission that a rule belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// One of the six rules of the mission, 1 to 6.
    Mission(u8),
    /// Hardening beyond the six rules.
    Beyond,
    /// A limit of the service: AWS refuses the configuration, or it does not work.
    Limit,
}

/// The description of a rule. Help, README, SARIF output and the tests all use this one text.
#[derive(Debug)]
pub struct RuleInfo {
    /// The stable id, which names the fault: `client-tls-not-required`.
    pub id: &'static str,
    /// The part of the mission that the rule belongs to.
    pub group: Group,
    /// The severity of its findings, unless the policy changes it.
    pub severity: Severity,
    /// The fault in one sentence, lower case, no full stop.
    pub summary: &'static str,
    /// The possible consequences, in a few sentences.
    pub why: &'static str,
    /// The steps that fix the fault, in a few sentences.
    pub fix: &'static str,
    /// The pages, of AWS or others, that support the rule.
    pub references: &'static [&'static str],
    /// The facts, the topic and the edit that the rule is linked to.
    pub links: RuleLinks,
}
