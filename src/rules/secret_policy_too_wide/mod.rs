//! Mission rule 3: a secret's resource policy must admit the proxy's role and no unspecific principals.

use super::readers::{self, AwsPrincipal};
use super::role_trust_too_wide::is_rds;
use super::{Example, FaultShown, Rule, lookups, references};
use crate::domain::evidence::Evidence;
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::iam::{Effect, ElementScope, Policy, Principal, Statement};
use crate::domain::limits::Limits;
use crate::domain::links::{PathTopic, RuleLinks, grants, guards};
use crate::domain::posture::{Proxy, Role, Secret};
use crate::domain::symbolic::SymbolicString;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "secret-policy-too-wide",
        group: Group::Mission(3),
        severity: Severity::High,
        summary: "the resource policy of a secret lets in more than it should",
        why: "A resource policy that names everybody, a whole account or a service without saying on whose behalf, opens the secret to unintended principals. \
              A service principal without `aws:SourceAccount` or `aws:SourceArn` lets a stranger use that service as a deputy.",
        fix: "Allow `secretsmanager:GetSecretValue` to the proxy's role by its ARN, and to `rds.amazonaws.com` only under `aws:SourceAccount`. \
              Name administrators and rotation functions one by one, and use no wildcard, account root or NotPrincipal in a statement that allows.",
        references: &[references::SECRET_POLICY, references::DEPUTY],
        links: RuleLinks {
            facts: &[
                grants("auth/*/secret/policy"),
                guards("auth/*/secret/block_public_policy"),
            ],
            topic: Some(PathTopic::Secrets),
            ..RuleLinks::NONE
        },
    },
    example: Example {
        seen: FaultShown::InCode,
        terraform: include_str!("../samples/secret-policy-too-wide.tf"),
        cloudformation: include_str!("../samples/secret-policy-too-wide.yaml"),
    },
    check,
};

/// The context for judging all statements of one secret's policies.
struct SecretPolicyContext<'a> {
    secret: String,
    role: Option<&'a Role>,
}

fn check(proxy: &Proxy, _: &Limits, verdicts: &mut Verdicts) {
    let secrets = lookups::secrets(proxy, verdicts);
    for (_, secret) in &secrets {
        judge(proxy, secret, verdicts);
    }
    if secrets.is_empty() {
        return lookups::without_secrets(proxy, verdicts);
    }
    verdicts.pass(
        "no resource policy of the proxy's secrets lets in more than single principals",
        &proxy.auth,
    );
}

fn judge(proxy: &Proxy, secret: &Secret, verdicts: &mut Verdicts) {
    let ground = SecretPolicyContext {
        secret: lookups::secret_name(secret),
        role: proxy.role.value(),
    };
    match &secret.policy {
        Evidence::Stated(Some(policy), _) | Evidence::Defaulted(Some(policy)) => {
            judge_policy(&ground, policy, verdicts);
        }
        // The rule `secret-policy-missing` reports this.
        Evidence::Stated(None, _) | Evidence::Defaulted(None) => {}
        Evidence::Unresolved(..) | Evidence::NotVisible => verdicts.unknown(
            &format!("the resource policy of the secret {}", ground.secret),
            &secret.policy,
        ),
    }
    // Only one policy is effective, and it is unknown which: each has to satisfy the rule.
    for further in &secret.further_policies {
        let what = format!("a further policy of the secret {}", ground.secret);
        if let Some(policy) = lookups::known(&what, further, verdicts) {
            judge_policy(&ground, policy, verdicts);
        }
    }
}

fn judge_policy(context: &SecretPolicyContext, policy: &Policy, verdicts: &mut Verdicts) {
    let statements = policy.statements.iter();
    for statement in statements.filter(|statement| statement.effect == Effect::Allow) {
        judge_statement(context, statement, verdicts);
    }
}

fn judge_statement(context: &SecretPolicyContext, statement: &Statement, verdicts: &mut Verdicts) {
    let ElementScope::Only(principals) = &statement.principals else {
        return verdicts.fail(
            format!("the policy of the secret {} lets in everyone whom a NotPrincipal does not leave out", context.secret),
            &statement.origin,
        );
    };
    for principal in principals {
        match principal {
            Principal::Anyone => anyone(context, statement, verdicts),
            Principal::Service(service) => judge_service(context, statement, service, verdicts),
            Principal::Aws(name) => judge_reader(context, statement, name, verdicts),
            Principal::Other(_, name) if name.has_unknown() => {
                judge_reader(context, statement, name, verdicts);
            }
            Principal::Other(kind, name) => verdicts.fail(
                format!(
                    "the policy of the secret {} lets in {kind} {name}",
                    context.secret
                ),
                &statement.origin,
            ),
        }
    }
}

/// Judges a statement for any principal: acceptable only if a condition names the principals.
fn anyone(context: &SecretPolicyContext, statement: &Statement, verdicts: &mut Verdicts) {
    let named = readers::named_by_condition(statement);
    for name in &named {
        judge_reader(context, statement, name, verdicts);
    }
    if named.is_empty() {
        verdicts.fail(
            format!("the policy of the secret {} lets in anyone", context.secret),
            &statement.origin,
        );
    }
}

fn judge_service(
    ground: &SecretPolicyContext,
    statement: &Statement,
    service: &SymbolicString,
    verdicts: &mut Verdicts,
) {
    let secret = &ground.secret;
    if let Some(reason) = readers::open_service(service) {
        return verdicts.undetermined(
            format!(
                "which service the policy of the secret {secret} lets in cannot be determined: {reason}"
            ),
            Some(&statement.origin),
        );
    }
    if !is_rds(service) {
        return verdicts.fail(
            format!("the policy of the secret {secret} lets in the service {service}"),
            &statement.origin,
        );
    }
    match readers::confined_to_a_source(statement) {
        Some(true) => only_read(ground, statement, service, verdicts),
        Some(false) => verdicts.fail(
            format!("the policy of the secret {secret} lets in {service} on behalf of any account: no aws:SourceAccount or aws:SourceArn confines it"),
            &statement.origin,
        ),
        None => verdicts.undetermined(
            format!("on whose behalf the policy of the secret {secret} lets in {service} cannot be determined"),
            Some(&statement.origin),
        ),
    }
}

fn judge_reader(
    ground: &SecretPolicyContext,
    statement: &Statement,
    name: &SymbolicString,
    verdicts: &mut Verdicts,
) {
    let secret = &ground.secret;
    let origin = &statement.origin;
    match readers::reader(ground.role, name) {
        AwsPrincipal::Proxy => only_read(ground, statement, name, verdicts),
        // Principals that are named individually are intended: an administrator, a rotation function.
        AwsPrincipal::Named => {}
        AwsPrincipal::Account => verdicts.fail(
            format!("the policy of the secret {secret} lets in {name}: every principal of that account whom an identity policy allows it"),
            origin,
        ),
        AwsPrincipal::Foreign => verdicts.fail(
            format!("the policy of the secret {secret} lets in {name}, a principal of another account"),
            origin,
        ),
        AwsPrincipal::Wildcard => verdicts.fail(
            format!("the policy of the secret {secret} lets in {name}: every principal that matches"),
            origin,
        ),
        AwsPrincipal::Unknown(reason) => verdicts.undetermined(
            format!("whom the policy of the secret {secret} lets in cannot be determined: {reason}"),
            Some(origin),
        ),
    }
}

/// Checks that the proxy may only read the secret.
fn only_read(
    ground: &SecretPolicyContext,
    statement: &Statement,
    who: &SymbolicString,
    verdicts: &mut Verdicts,
) {
    let secret = &ground.secret;
    let origin = &statement.origin;
    let ElementScope::Only(actions) = &statement.actions else {
        return verdicts.fail(
            format!("the policy of the secret {secret} allows {who} all but a few actions"),
            origin,
        );
    };
    for action in actions {
        match action.as_text() {
            Some(text) if text.eq_ignore_ascii_case(readers::READ) => {}
            Some(text) => verdicts.fail(
                format!("the policy of the secret {secret} allows {who} {text}: the proxy needs {} only", readers::READ),
                origin,
            ),
            None => verdicts.undetermined(
                format!("what the policy of the secret {secret} allows {who} cannot be determined: {action}"),
                Some(origin),
            ),
        }
    }
}

#[cfg(test)]
mod tests;
