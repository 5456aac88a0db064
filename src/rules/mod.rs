//! What a proxy must keep: one file per rule, one list, and the function that asks them all. Floor 1: pure, knows only the domain.
//!
//! To add a rule, write its file and a line in [`RULES`]. Help, README, SARIF and the example tests walk that list.

mod client_tls_not_required;
mod connect_permission_too_wide;
mod database_bypass;
mod database_tls_not_enforced;
mod debug_logging_on;
mod grants;
mod iam_auth_not_required;
mod pages;
mod password_in_plaintext;
mod reach;
mod readers;
mod role_permissions_too_wide;
mod role_trust_too_wide;
mod scope;
mod secret_is_master_user;
mod secret_policy_missing;
mod secret_policy_too_wide;
mod secret_shared;
mod security_group_default;
mod security_group_egress_open;
mod security_group_ingress_open;
mod walk;

#[cfg(test)]
mod samples;

use crate::domain::finding::{Report, RuleInfo, Verdicts};
use crate::domain::limits::Limits;
use crate::domain::posture::{Posture, Proxy};

/// A rule: what is said about it, how its fault looks, and how to find it.
#[derive(Debug)]
pub struct Rule {
    /// What is said about it.
    pub info: RuleInfo,
    /// How the fault looks, and how its absence does.
    pub example: Example,
    /// Judges one proxy. Says something in every case: a finding, an open question, or how the rule is met.
    pub check: fn(&Proxy, &Limits, &mut Verdicts),
}

/// A rule's fault, and the same place without it.
#[derive(Debug)]
pub struct Example {
    /// Where the fault shows: in the code, or only in an account.
    pub seen: Seen,
    /// The rule reports this.
    pub bad: Sample,
    /// The rule reports nothing here.
    pub good: Sample,
}

/// Where a fault can be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// In the code, as the sample shows it.
    InCode,
    /// Only in a live account or a snapshot: the sample shows what leads there.
    InAccount,
}

/// The same thing in both languages.
#[derive(Debug)]
pub struct Sample {
    /// HCL.
    pub terraform: &'static str,
    /// YAML.
    pub cloudformation: &'static str,
}

/// Every rule: the six of the mission in their order, what lies beyond them, the service's limits.
pub static RULES: &[&Rule] = &[
    &database_tls_not_enforced::RULE,
    &client_tls_not_required::RULE,
    &secret_shared::RULE,
    &secret_is_master_user::RULE,
    &secret_policy_missing::RULE,
    &secret_policy_too_wide::RULE,
    &security_group_ingress_open::RULE,
    &security_group_egress_open::RULE,
    &security_group_default::RULE,
    &database_bypass::RULE,
    &iam_auth_not_required::RULE,
    &debug_logging_on::RULE,
    &role_permissions_too_wide::RULE,
    &role_trust_too_wide::RULE,
    &connect_permission_too_wide::RULE,
    &password_in_plaintext::RULE,
];

impl Rule {
    /// The rule of that id.
    pub fn by_id(id: &str) -> Option<&'static Self> {
        RULES.iter().copied().find(|rule| rule.info.id == id)
    }

    /// What this rule says about one proxy.
    pub fn judge(&'static self, proxy: &Proxy, limits: &Limits) -> Report {
        let mut verdicts = Verdicts::new(&self.info, proxy.address.as_str());
        (self.check)(proxy, limits, &mut verdicts);
        verdicts.into_report()
    }
}

/// What all rules say about every proxy in view.
pub fn judge(posture: &Posture, limits: &Limits) -> Report {
    let mut report = Report::default();
    for proxy in &posture.proxies {
        report
            .checked
            .push(format!("proxy {} ({})", proxy.address, proxy.origin));
        for rule in RULES {
            report.extend(rule.judge(proxy, limits));
        }
    }
    report
}
