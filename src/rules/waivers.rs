//! Rules about invalid waivers. They are not evaluated on a posture: the code that applies waivers reports them.

use crate::domain::finding::{Group, RuleInfo, Severity};
use crate::domain::links::RuleLinks;

/// A waiver has no reason.
pub static WAIVER_WITHOUT_REASON: RuleInfo = RuleInfo {
    id: "waiver-without-reason",
    group: Group::Beyond,
    severity: Severity::High,
    summary: "a finding is waived without a reason",
    why: "A waiver is a decision that a finding may stay. Without a reason nobody can review that decision later, so the waiver does not count, and its finding does.",
    fix: "Add `reason = \"…\"` to the waiver in rdsproxy-policy.toml, or `reason=\"…\"` to the comment; or mend the finding and delete the waiver.",
    references: &[],
    links: RuleLinks::NONE,
};

/// A waiver has expired.
pub static WAIVER_EXPIRED: RuleInfo = RuleInfo {
    id: "waiver-expired",
    group: Group::Beyond,
    severity: Severity::High,
    summary: "a finding is waived until a day that has passed",
    why: "The waiver names the last day on which it applies. After that day it does not count, and the finding counts again.",
    fix: "Mend the finding and delete the waiver, or agree on a new date with whoever answers for it.",
    references: &[],
    links: RuleLinks::NONE,
};

/// Both rules about waivers.
pub static WAIVER_RULES: &[&RuleInfo] = &[&WAIVER_WITHOUT_REASON, &WAIVER_EXPIRED];
