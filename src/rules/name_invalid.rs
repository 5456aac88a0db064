//! A service limit: the valid names of a proxy and its endpoints.

use super::{Example, FaultShown, Rule, lookups, references};
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::limits::{Limits, names};
use crate::domain::links::RuleLinks;
use crate::domain::posture::Proxy;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "name-invalid",
        group: Group::Limit,
        severity: Severity::High,
        summary: "the name of the proxy or of an endpoint is not one that AWS accepts",
        why: "Names have 1 to 63 letters, digits and hyphens, start with a letter, do not end with a hyphen and have no two hyphens in a row. \
              Terraform does not check the length and CloudFormation's schema allows almost anything, so that the mistake shows only while deploying.",
        fix: "Choose a name that keeps these rules. Use lower case: CloudFormation lowers the name, and Terraform refuses capitals.",
        references: &[references::CREATE_PROXY, references::CREATE_ENDPOINT],
        links: RuleLinks::NONE,
    },
    example: Example {
        seen: FaultShown::InCode,
        terraform: include_str!("samples/name-invalid.tf"),
        cloudformation: include_str!("samples/name-invalid.yaml"),
    },
    check,
};

fn check(proxy: &Proxy, _: &Limits, verdicts: &mut Verdicts) {
    if let Some(name) = lookups::known("the name of the proxy", &proxy.name, verdicts) {
        let origin = proxy.name.origin().unwrap_or(&proxy.origin);
        let is_worked_out = origin.default_of.is_some() || !origin.via.is_empty();
        if name.is_empty() && is_worked_out {
            verdicts.undetermined(
            "the name of the proxy cannot be determined: it is empty until somebody gives what it is made of",
            Some(origin),
        )
        } else {
            lookups::refuse(names::service_proxy_name(name), origin, verdicts)
        }
    }
    let endpoints = lookups::known("the list of further endpoints", &proxy.endpoints, verdicts);
    for endpoint in endpoints.into_iter().flatten() {
        if let Some(name) = lookups::known("the name of an endpoint", &endpoint.name, verdicts) {
            lookups::refuse(names::endpoint_name(name), &endpoint.origin, verdicts);
        }
    }
    verdicts.pass(
        "AWS accepts the names of the proxy and its endpoints",
        &proxy.name,
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::fixtures::{
        check, endpoint, fails, passes, stated, stays_open, unresolved, value_mut,
    };

    #[test]
    fn checks_the_proxy_and_its_endpoints() {
        check(
            &RULE,
            &[
                fails(
                    |proxy| proxy.name = stated("orders--rw".into()),
                    "the proxy name `orders--rw` has two hyphens in a row",
                ),
                fails(
                    |proxy| proxy.name = stated("o".repeat(64)),
                    "longer than 63",
                ),
                passes(|proxy| proxy.name = stated("Orders".into()), "AWS accepts"),
                stays_open(|proxy| proxy.name = unresolved(), "the name of the proxy"),
                fails(
                    |proxy| value_mut(&mut proxy.endpoints).push(endpoint("9")),
                    "the endpoint name `9`",
                ),
            ],
        );
    }
}
