//! Beyond the six: only RDS may assume the proxy's role.

use super::{Example, FaultShown, Rule, lookups, readers, references};
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::iam::{Effect, ElementScope, Policy, Principal, Statement};
use crate::domain::limits::Limits;
use crate::domain::links::{PathTopic, RuleLinks, grants};
use crate::domain::posture::{Proxy, Role};
use crate::domain::symbolic::{Symbol, SymbolicPart, SymbolicString};

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "role-trust-too-wide",
        group: Group::Beyond,
        severity: Severity::High,
        summary: "others than RDS may assume the proxy's role",
        why: "Whoever assumes the proxy's role can read the secrets that it can read, and with them log in to the database past the proxy.",
        fix: "Let the trust policy name the service `rds.amazonaws.com` and nothing else. Conditions are not asked for: AWS states that RDS Proxy supports no global condition context keys. \
              Use one role for each proxy, and restrict who may pass it with `iam:PassedToService`.",
        references: &[references::IAM_SETUP, references::LIMITS],
        links: RuleLinks {
            facts: &[grants("role/trust")],
            topic: Some(PathTopic::Role),
            ..RuleLinks::NONE
        },
    },
    example: Example {
        seen: FaultShown::InCode,
        terraform: include_str!("samples/role-trust-too-wide.tf"),
        cloudformation: include_str!("samples/role-trust-too-wide.yaml"),
    },
    check,
};

fn check(proxy: &Proxy, _: &Limits, verdicts: &mut Verdicts) {
    let Some(role) = lookups::known("the role of the proxy", &proxy.role, verdicts) else {
        return;
    };
    let Some(trust) = lookups::known(
        "the trust policy of the proxy's role",
        &role.trust,
        verdicts,
    ) else {
        return;
    };
    for statement in &trust.statements {
        if statement.effect == Effect::Allow {
            judge(role, statement, verdicts);
        }
    }
    verdicts.pass(
        format!(
            "only RDS may assume the role {}{}",
            role.identity,
            conditions(trust)
        ),
        &role.trust,
    );
}

fn judge(role: &Role, statement: &Statement, verdicts: &mut Verdicts) {
    let ElementScope::Only(principals) = &statement.principals else {
        return verdicts.fail(
            format!(
                "everyone but those that the trust policy of the role {} leaves out may assume it",
                role.identity
            ),
            &statement.origin,
        );
    };
    for principal in principals {
        judge_one(role, statement, principal, verdicts);
    }
}

fn judge_one(role: &Role, statement: &Statement, principal: &Principal, verdicts: &mut Verdicts) {
    let (Principal::Aws(name) | Principal::Service(name) | Principal::Other(_, name)) = principal
    else {
        return verdicts.fail(
            format!("anyone may assume the role {}", role.identity),
            &statement.origin,
        );
    };
    let open = match principal {
        Principal::Service(service) => readers::open_service(service),
        Principal::Anyone | Principal::Aws(_) | Principal::Other(..) => {
            name.unknown().map(str::to_owned)
        }
    };
    if let Some(reason) = open {
        return verdicts.undetermined(
            format!(
                "who may assume the role {} cannot be determined: {reason}",
                role.identity
            ),
            Some(&statement.origin),
        );
    }
    if !matches!(principal, Principal::Service(service) if is_rds(service)) {
        verdicts.fail(
            format!(
                "{name} may assume the role {}: RDS alone needs to",
                role.identity
            ),
            &statement.origin,
        );
    }
}

/// True for the service principal of RDS, with either form of the DNS suffix.
pub(super) fn is_rds(service: &SymbolicString) -> bool {
    match service.0.as_slice() {
        [SymbolicPart::Text(text)] => text == "rds.amazonaws.com" || text == "rds.amazonaws.com.cn",
        [
            SymbolicPart::Text(text),
            SymbolicPart::Thing(Symbol::UrlSuffix),
        ] => text == "rds.",
        _ => false,
    }
}

/// Returns a note on conditions, which are never a finding.
fn conditions(trust: &Policy) -> &'static str {
    // AWS documents that RDS Proxy supports none of the global condition keys.
    let conditional = trust
        .statements
        .iter()
        .any(|statement| statement.effect == Effect::Allow && !statement.conditions.is_empty());
    if conditional {
        "; its trust policy has conditions, which AWS does not document as supported by RDS Proxy: if no target becomes available, look there first"
    } else {
        ""
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::evidence::Evidence;
    use crate::domain::symbolic::SymbolicPart as Part;
    use crate::rules::fixtures::{check, condition, fails, passes, stays_open, value_mut};

    fn trusted(proxy: &mut Proxy) -> &mut Statement {
        &mut value_mut(&mut value_mut(&mut proxy.role).trust).statements[0]
    }

    fn trust(proxy: &mut Proxy, principal: Principal) {
        trusted(proxy).principals = ElementScope::Only(vec![principal]);
    }

    fn service(proxy: &mut Proxy, parts: Vec<Part>) {
        trust(proxy, Principal::Service(SymbolicString(parts)));
    }

    #[test]
    fn trusts_rds_only() {
        check(
            &RULE,
            &[
                fails(|proxy| trust(proxy, Principal::Anyone), "anyone may assume"),
                fails(
                    |proxy| service(proxy, vec![Part::Text("lambda.amazonaws.com".into())]),
                    "lambda.amazonaws.com may assume",
                ),
                passes(
                    |proxy| {
                        service(
                            proxy,
                            vec![Part::Text("rds.".into()), Part::Thing(Symbol::UrlSuffix)],
                        )
                    },
                    "only RDS",
                ),
                stays_open(
                    |proxy| {
                        let named = Symbol::Created("data.external.service".into());
                        service(proxy, vec![Part::Thing(named)])
                    },
                    "<data.external.service> is known only once",
                ),
                stays_open(
                    |proxy| service(proxy, vec![Part::Unknown("var.x".into())]),
                    "var.x",
                ),
                fails(
                    |proxy| {
                        trust(
                            proxy,
                            Principal::Aws(SymbolicString::text("arn:aws:iam::123456789012:root")),
                        )
                    },
                    "root may assume",
                ),
                fails(
                    |proxy| trusted(proxy).principals = ElementScope::AllBut(vec![]),
                    "everyone but",
                ),
                stays_open(
                    |proxy| value_mut(&mut proxy.role).trust = Evidence::NotVisible,
                    "trust policy of the proxy's role is not in view",
                ),
            ],
        );
    }

    #[test]
    fn conditions_never_fail() {
        check(
            &RULE,
            &[passes(
                |proxy| {
                    trusted(proxy).conditions = vec![condition(
                        "StringEquals",
                        "aws:SourceAccount",
                        SymbolicString::text("123456789012"),
                    )]
                },
                "look there first",
            )],
        );
    }
}
