//! Mission rule 6: the proxy must not write details of queries into its log.

use super::{Example, FaultShown, Rule, references};
use crate::domain::evidence::Evidence;
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::limits::Limits;
use crate::domain::links::{Mending, PathTopic, RuleLinks, about};
use crate::domain::posture::Proxy;
use crate::domain::remedy::Setting;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "debug-logging-on",
        group: Group::Mission(6),
        severity: Severity::High,
        summary: "debug logging is on",
        why: "With debug logging the proxy writes details about connections and queries into CloudWatch Logs, and AWS's pages speak of information from SQL statements. \
              Data that the database protects can then be read by everyone who may read logs. \
              AWS turns the option off after 24 hours, but code that asks for it turns it on again with the next deployment.",
        fix: "Leave `debug_logging` / `DebugLogging` out or set it to false. Turn it on by hand, for the time of an investigation, in an environment without real data.",
        references: &[references::CREATE_PROXY, references::CREATING],
        links: RuleLinks {
            facts: &[about("debug_logging")],
            topic: Some(PathTopic::DebugLogging),
            mending: Some(Mending::Set(&OFF)),
            ..RuleLinks::NONE
        },
    },
    example: Example {
        seen: FaultShown::InCode,
        terraform: include_str!("samples/debug-logging-on.tf"),
        cloudformation: include_str!("samples/debug-logging-on.yaml"),
    },
    check,
};

static OFF: Setting = Setting {
    terraform: "debug_logging",
    service: "DebugLogging",
    value: "false",
    is_word: false,
    is_of_entry: false,
};

fn check(proxy: &Proxy, _: &Limits, verdicts: &mut Verdicts) {
    match &proxy.debug_logging {
        Evidence::Stated(false, _) => {
            verdicts.pass("DebugLogging is false", &proxy.debug_logging);
        }
        Evidence::Defaulted(false) => {
            verdicts.pass(
                "DebugLogging is not set, which counts as false",
                &proxy.debug_logging,
            );
        }
        Evidence::Stated(true, origin) => verdicts.fail_with_fix(
            "DebugLogging is true: details of connections and queries go into the log",
            origin,
            &OFF,
        ),
        Evidence::Defaulted(true) => verdicts.fail_with_fix(
            "DebugLogging is on by default: details of connections and queries go into the log",
            &proxy.origin,
            &OFF,
        ),
        Evidence::Unresolved(..) | Evidence::NotVisible => {
            verdicts.unknown("DebugLogging", &proxy.debug_logging);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::fixtures::{check, fails, passes, stated, stays_open, unresolved};

    #[test]
    fn absent_is_off() {
        check(
            &RULE,
            &[
                fails(
                    |proxy| proxy.debug_logging = stated(true),
                    "DebugLogging is true",
                ),
                passes(
                    |proxy| proxy.debug_logging = Evidence::Defaulted(false),
                    "not set",
                ),
                stays_open(
                    |proxy| proxy.debug_logging = unresolved(),
                    "var.x has no value",
                ),
                stays_open(
                    |proxy| proxy.debug_logging = Evidence::NotVisible,
                    "not in view",
                ),
            ],
        );
    }
}
