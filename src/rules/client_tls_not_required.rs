//! Mission rule 2: clients must not be able to connect to the proxy without encryption.

use super::{Example, FaultShown, Rule, references};
use crate::domain::evidence::Evidence;
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::limits::Limits;
use crate::domain::links::{Mending, PathTopic, RuleLinks, about};
use crate::domain::posture::Proxy;
use crate::domain::remedy::Setting;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "client-tls-not-required",
        group: Group::Mission(2),
        severity: Severity::Critical,
        summary: "clients may connect to the proxy without TLS",
        why: "Without RequireTLS a client chooses whether its connection is encrypted, and many drivers choose clear text. \
              Whoever can read the traffic between client and proxy then reads queries, results and, where clients log in with a password, what it takes to log in.",
        fix: "Set `require_tls = true` (Terraform) or `RequireTLS: true` (CloudFormation) as a literal, not as a variable. \
              Clients that do not use TLS are refused from then on, so have them verify the server's certificate first (for PostgreSQL `sslmode=verify-full`).",
        references: &[references::CREATE_PROXY, references::HOW_IT_WORKS],
        links: RuleLinks {
            facts: &[about("require_tls")],
            topic: Some(PathTopic::ClientTls),
            mending: Some(Mending::Set(&REQUIRED)),
            ..RuleLinks::NONE
        },
    },
    example: Example {
        seen: FaultShown::InCode,
        terraform: include_str!("samples/client-tls-not-required.tf"),
        cloudformation: include_str!("samples/client-tls-not-required.yaml"),
    },
    check,
};

static REQUIRED: Setting = Setting {
    terraform: "require_tls",
    service: "RequireTLS",
    value: "true",
    is_word: false,
    is_of_entry: false,
};

fn check(proxy: &Proxy, _: &Limits, verdicts: &mut Verdicts) {
    let seen = match proxy.clear_text.clients.value() {
        Some(true) => ", and CloudWatch saw such connections in the last 14 days",
        Some(false) | None => "",
    };
    match &proxy.require_tls {
        Evidence::Stated(true, _) | Evidence::Defaulted(true) => verdicts.pass(
            "the proxy refuses clients without TLS (RequireTLS is true)",
            &proxy.require_tls,
        ),
        Evidence::Stated(false, origin) => verdicts.fail_with_fix(
            format!("RequireTLS is false: clients may connect to the proxy without TLS{seen}"),
            origin,
            &REQUIRED,
        ),
        Evidence::Defaulted(false) => verdicts.fail_with_fix(
            format!("RequireTLS is not set, which counts as false: clients may connect to the proxy without TLS{seen}"),
            &proxy.origin,
            &REQUIRED,
        ),
        Evidence::Unresolved(..) | Evidence::NotVisible => {
            verdicts.unknown("RequireTLS", &proxy.require_tls);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::finding::Verdict;
    use crate::rules::fixtures::{check, fails, place, stated, stays_open, unresolved};

    #[test]
    fn asks_for_a_literal_true() {
        check(
            &RULE,
            &[
                fails(
                    |proxy| proxy.require_tls = stated(false),
                    "RequireTLS is false",
                ),
                fails(
                    |proxy| proxy.require_tls = Evidence::Defaulted(false),
                    "is not set",
                ),
                stays_open(
                    |proxy| proxy.require_tls = unresolved(),
                    "var.x has no value",
                ),
                stays_open(
                    |proxy| proxy.require_tls = Evidence::NotVisible,
                    "not in view",
                ),
            ],
        );
    }

    #[test]
    fn says_what_was_seen() {
        let mut proxy = crate::rules::fixtures::hardened();
        proxy.require_tls = stated(false);
        for (seen, said) in [(stated(true), true), (stated(false), false)] {
            proxy.clear_text.clients = seen;
            let report = RULE.judge(&proxy, &Limits::SERVICE);
            let message = &report.findings[0].message;
            assert_eq!(message.contains("CloudWatch saw"), said, "{message}");
        }
    }

    #[test]
    fn says_which_variable_a_caller_can_change() {
        let mut proxy = crate::rules::fixtures::hardened();
        let origin = crate::domain::evidence::Origin {
            default_of: Some("var.tls".into()),
            ..place()
        };
        proxy.require_tls = Evidence::Stated(true, origin);
        let report = RULE.judge(&proxy, &Limits::SERVICE);
        assert_eq!(report.verdict(RULE.info.id), Verdict::Pass);
        assert_eq!(report.passes[0].default_of.as_deref(), Some("var.tls"));
    }
}
