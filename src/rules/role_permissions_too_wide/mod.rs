//! Beyond the six: the proxy's role may only read this proxy's secrets and decrypt them with their key.

use super::scope::{ActionFault, RoleContext};
use super::{Example, FaultShown, Rule, lookups, references};
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::iam::{Effect, ElementScope, Statement};
use crate::domain::limits::Limits;
use crate::domain::links::{PathTopic, RuleLinks, grants};
use crate::domain::posture::{Proxy, Role};
use crate::domain::symbolic::SymbolicString;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "role-permissions-too-wide",
        group: Group::Beyond,
        severity: Severity::High,
        summary: "the proxy's role may do more than the proxy needs",
        why: "A proxy needs to read its own secrets and to decrypt them; under end-to-end IAM it needs to connect to its own database. \
              Everything beyond that is lost with the role, and whoever may change the proxy can point it at any secret that the role can read. \
              What only describes the proxy's own secret, as CDK and the registry's module grant it, is a finding of low severity.",
        fix: "Allow `secretsmanager:GetSecretValue` on the full ARNs of this proxy's secrets, and `kms:Decrypt` on the ARN of their key with `kms:ViaService` set to Secrets Manager (only for a customer-managed key). \
              Under end-to-end IAM allow `rds-db:connect` on the database's resource id and each user. Remove the rest, managed policies included.",
        references: &[references::IAM_SETUP, references::SECRET_KEY],
        links: RuleLinks {
            facts: &[grants("role/permissions")],
            topic: Some(PathTopic::Role),
            ..RuleLinks::NONE
        },
    },
    example: Example {
        seen: FaultShown::InCode,
        terraform: include_str!("../samples/role-permissions-too-wide.tf"),
        cloudformation: include_str!("../samples/role-permissions-too-wide.yaml"),
    },
    check,
};

fn check(proxy: &Proxy, _: &Limits, verdicts: &mut Verdicts) {
    let Some(role) = lookups::known("the role of the proxy", &proxy.role, verdicts) else {
        return;
    };
    let Some(policies) = lookups::known(
        "the list of policies of the proxy's role",
        &role.policies,
        verdicts,
    ) else {
        return;
    };
    let ground = RoleContext::new(proxy);
    let statements = policies.iter().flat_map(|policy| &policy.statements);
    for statement in statements.filter(|statement| statement.effect == Effect::Allow) {
        judge(role, &ground, statement, verdicts);
    }
    verdicts.pass(
        format!("the role {} may read and decrypt this proxy's secrets, or connect to its database, and nothing else", role.identity),
        &role.policies,
    );
}

fn judge(role: &Role, ground: &RoleContext, statement: &Statement, verdicts: &mut Verdicts) {
    let (ElementScope::Only(actions), ElementScope::Only(resources)) =
        (&statement.actions, &statement.resources)
    else {
        return verdicts.fail(
            format!("the role {} is allowed everything that a NotAction or NotResource does not leave out", role.identity),
            &statement.origin,
        );
    };
    let mut said = Said::default();
    for action in actions {
        for fault in ground.faults(action, resources, &statement.conditions) {
            said.add(role, action, fault);
        }
    }
    said.tell(role, statement, verdicts);
}

/// Maximum number of faults reported per statement, and of actions per fault.
const MOST_TOLD: usize = 8;

/// The faults of one statement.
#[derive(Default)]
struct Said {
    /// Each fault with the actions that have it, in their order.
    faults: Vec<(String, Vec<String>)>,
    /// True if any action is too wide; false if all are only unnecessary.
    is_wide: bool,
    /// The reasons why parts of the statement are undetermined.
    open: Vec<String>,
}

impl Said {
    fn add(&mut self, role: &Role, action: &SymbolicString, fault: ActionFault) {
        match fault {
            ActionFault::Wide(what) => {
                self.is_wide = true;
                self.blame(action, what);
            }
            ActionFault::Needless(what) => self.blame(action, what),
            ActionFault::Unknown(reason) => {
                // An unknown action is not named: the reason describes it.
                let what = match action.unknown() {
                    Some(_) => format!("what else the role {} is allowed", role.identity),
                    None => format!("how far {action} of the role {} reaches", role.identity),
                };
                self.open
                    .push(format!("{what} cannot be determined: {reason}"));
            }
        }
    }

    fn blame(&mut self, action: &SymbolicString, what: String) {
        let action = action.to_string();
        match self.faults.iter_mut().find(|(known, _)| *known == what) {
            Some((_, actions)) => actions.push(action),
            None => self.faults.push((what, vec![action])),
        }
    }

    /// Reports all faults of a statement as one finding.
    fn tell(mut self, role: &Role, statement: &Statement, verdicts: &mut Verdicts) {
        // A statement is at one place and is fixed there.
        let faults = self.faults.iter().map(|(what, actions)| {
            let actions = actions.iter().map(String::as_str);
            format!("{}: {what}", listed(actions.collect(), ", "))
        });
        let faults: Vec<String> = faults.collect();
        if !faults.is_empty() {
            let faults = listed(faults.iter().map(String::as_str).collect(), "; ");
            verdicts.fail_no_worse_than(
                format!("the role {} is allowed {faults}", role.identity),
                &statement.origin,
                if self.is_wide {
                    RULE.info.severity
                } else {
                    Severity::Low
                },
            );
        }
        self.open.dedup();
        for open in self.open {
            verdicts.undetermined(open, Some(&statement.origin));
        }
    }
}

fn listed(all: Vec<&str>, between: &str) -> String {
    match all.len().checked_sub(MOST_TOLD).filter(|more| *more > 0) {
        Some(more) => format!("{}{between}and {more} more", all[..MOST_TOLD].join(between)),
        None => all.join(between),
    }
}

#[cfg(test)]
mod tests;
