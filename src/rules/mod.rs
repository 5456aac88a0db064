//! The rules for a proxy: one file per rule, one list, and the function that evaluates them all. Floor 2: pure, knows
//! only the domain.
//!
//! To add a rule, write its file and a line in [`RULES`]. Help, README, SARIF and the example tests iterate over that
//! list.

mod addresses_scarce;
mod auth_invalid;
mod client_tls_not_required;
mod connect_permission_too_wide;
mod consumer_outside_vpc;
mod database_bypass;
mod database_identifier_invalid;
mod database_tls_not_enforced;
mod debug_logging_on;
mod end_to_end_iam_unsupported;
mod endpoint_unsupported;
mod engine_unsupported;
mod grants;
mod group_rules;
mod iam_auth_not_required;
mod key_policy_too_wide;
mod lookups;
mod name_invalid;
mod parameter_group_read_only;
mod password_in_plaintext;
mod pinning_filter_unsupported;
mod pool_invalid;
mod readers;
mod references;
mod region_unsupported;
mod reserved_user;
mod role_permissions_too_wide;
mod role_trust_too_wide;
mod scope;
mod secret_elsewhere;
mod secret_is_master_user;
mod secret_policy_missing;
mod secret_policy_too_wide;
mod secret_shared;
mod secret_user_duplicate;
mod security_group_default;
mod security_group_egress_open;
mod security_group_ingress_open;
mod serverless_v1;
mod subnets_in_one_zone;
mod target_is_replica;
mod too_many_secrets;
mod vpc_encryption_enforced;
mod vpc_mismatch;
mod vpc_tenancy_dedicated;
mod waivers;
mod zone_unsupported;

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod tests;

pub use waivers::{WAIVER_EXPIRED, WAIVER_RULES, WAIVER_WITHOUT_REASON};

use crate::domain::finding::{Report, RuleInfo, Verdicts};
use crate::domain::limits::Limits;
use crate::domain::posture::{Posture, Proxy};

/// A rule: its description, its example, and its check.
#[derive(Debug)]
pub struct Rule {
    /// The description of the rule.
    pub info: RuleInfo,
    /// An example of the fault, and of the same code without it.
    pub example: Example,
    /// Checks one proxy. It always reports a result: a finding, an open question, or how the rule is met.
    pub check: fn(&Proxy, &Limits, &mut Verdicts),
}

/// A sample with the rule's fault and one without, in both languages. One text has both: lines that end in `# bad`
/// belong to the bad sample only, lines that end in `# good` to the good one.
#[derive(Debug)]
pub struct Example {
    /// The extent to which the bad sample shows the fault.
    pub seen: FaultShown,
    /// The sample in HCL.
    pub terraform: &'static str,
    /// The sample in YAML.
    pub cloudformation: &'static str,
}

/// The extent to which the bad sample shows the fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultShown {
    /// Completely: the rule reports the sample.
    InCode,
    /// Partly: the fault itself shows only in an account, or its sample would be too long.
    InPart,
}

/// The same sample in both languages.
#[derive(Debug)]
pub struct Sample {
    /// The sample in HCL.
    pub terraform: String,
    /// The sample in YAML.
    pub cloudformation: String,
}

impl Example {
    /// Returns the sample that the rule reports.
    pub fn bad(&self) -> Sample {
        self.without("# good", "# bad")
    }

    /// Returns the sample without the fault.
    pub fn good(&self) -> Sample {
        self.without("# bad", "# good")
    }

    fn without(&self, other: &str, own: &str) -> Sample {
        let one = |text: &str| -> String {
            let lines = text.lines().filter(|line| !line.ends_with(other));
            let lines = lines.map(|line| line.strip_suffix(own).map_or(line, str::trim_end));
            lines.flat_map(|line| [line, "\n"]).collect()
        };
        Sample {
            terraform: one(self.terraform),
            cloudformation: one(self.cloudformation),
        }
    }
}

/// Every rule: the six of the mission in their order, those beyond the mission, and the service limits.
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
    &key_policy_too_wide::RULE,
    &subnets_in_one_zone::RULE,
    &zone_unsupported::RULE,
    &region_unsupported::RULE,
    &vpc_tenancy_dedicated::RULE,
    &vpc_encryption_enforced::RULE,
    &vpc_mismatch::RULE,
    &engine_unsupported::RULE,
    &serverless_v1::RULE,
    &target_is_replica::RULE,
    &parameter_group_read_only::RULE,
    &database_identifier_invalid::RULE,
    &end_to_end_iam_unsupported::RULE,
    &consumer_outside_vpc::RULE,
    &name_invalid::RULE,
    &auth_invalid::RULE,
    &secret_user_duplicate::RULE,
    &reserved_user::RULE,
    &secret_elsewhere::RULE,
    &too_many_secrets::RULE,
    &pool_invalid::RULE,
    &pinning_filter_unsupported::RULE,
    &endpoint_unsupported::RULE,
    &addresses_scarce::RULE,
];

impl Rule {
    /// Returns the rule with this id.
    pub fn by_id(id: &str) -> Option<&'static Self> {
        RULES.iter().copied().find(|rule| rule.info.id == id)
    }

    /// Evaluates this rule for one proxy.
    pub fn judge(&'static self, proxy: &Proxy, limits: &Limits) -> Report {
        let mut verdicts =
            Verdicts::new(&self.info, proxy.address.as_str()).of_account(proxy.is_live);
        (self.check)(proxy, limits, &mut verdicts);
        verdicts.into_report()
    }
}

/// Returns the descriptions of all rules.
pub fn infos() -> impl Iterator<Item = &'static RuleInfo> {
    RULES.iter().map(|rule| &rule.info)
}

/// Evaluates all rules for every proxy of the posture.
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
