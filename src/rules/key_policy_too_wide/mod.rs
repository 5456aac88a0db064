//! Beyond the mission: a key that is created for the proxy's secrets is for their account alone.

use std::collections::BTreeSet;

use super::readers::{self, is_equality};
use super::{Example, FaultShown, Rule, lookups, references};
use crate::domain::arn;
use crate::domain::evidence::Evidence;
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::iam::{Condition, Effect, ElementScope, Policy, Principal, Statement};
use crate::domain::limits::Limits;
use crate::domain::links::{PathTopic, RuleLinks, grants};
use crate::domain::posture::{Identity, Proxy, SecretKey};
use crate::domain::symbolic::SymbolicString;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "key-policy-too-wide",
        group: Group::Beyond,
        severity: Severity::High,
        summary: "the policy of a key that encrypts the proxy's secrets lets in more than its account",
        why: "No policy of another account and no IAM policy helps where the key's own policy lets in anyone: whoever may use the key decrypts what it protects, and whoever may manage it can delete it and the passwords with it.",
        fix: "Allow `kms:*` to the root of the key's own account, as the default key policy does, and let IAM policies decide who uses the key. \
              Name further principals one by one, and a service only under `aws:SourceAccount`, `aws:SourceArn` or an encryption context.",
        references: &[
            references::KEY_POLICY,
            references::DEFAULT_KEY_POLICY,
            references::DEPUTY,
        ],
        links: RuleLinks {
            facts: &[grants("key_policies/*")],
            topic: Some(PathTopic::Secrets),
            ..RuleLinks::NONE
        },
    },
    example: Example {
        seen: FaultShown::InCode,
        terraform: include_str!("../samples/key-policy-too-wide.tf"),
        cloudformation: include_str!("../samples/key-policy-too-wide.yaml"),
    },
    check,
};

/// Actions that only show metadata of a key. Source: KMS Developer Guide, "AWS KMS permissions".
const SHOWING: &[&str] = &["kms:describe", "kms:get", "kms:list"];

/// Condition keys that limit the principals to one account. Sources: KMS Developer Guide, "AWS KMS condition keys"
/// (kms:CallerAccount); IAM User Guide, "AWS global condition context keys".
const ACCOUNT_KEYS: &[&str] = &["kms:calleraccount", "aws:principalaccount"];

fn check(proxy: &Proxy, _: &Limits, verdicts: &mut Verdicts) {
    let secrets = lookups::secrets(proxy, verdicts);
    if secrets.is_empty() {
        return lookups::without_secrets(proxy, verdicts);
    }
    let mut judged = BTreeSet::new();
    for (_, secret) in &secrets {
        let Some(SecretKey::Customer(key)) = secret.key.value() else {
            if proxy.is_live && secret.key.value().is_none() {
                let name = lookups::secret_name(secret);
                verdicts.unknown(&format!("the key of the secret {name}"), &secret.key);
            }
            continue;
        };
        if !judged.insert(key) {
            continue;
        }
        let what = format!("the policy of the key {key}");
        match &secret.key_policies {
            Evidence::NotVisible if proxy.is_live => verdicts.unknown(&what, &secret.key_policies),
            // A key that is created elsewhere is audited there.
            Evidence::NotVisible => {}
            policies => {
                for policy in lookups::known(&what, policies, verdicts)
                    .into_iter()
                    .flatten()
                {
                    KeyPolicyContext::new(proxy, key, policy).judge(verdicts);
                }
            }
        }
    }
    verdicts.pass(
        "no key that is made here for the proxy's secrets lets in more than its own account",
        &proxy.auth,
    );
}

/// One policy of a key, and the account of the key.
struct KeyPolicyContext<'a> {
    key: &'a Identity,
    policy: &'a Policy,
    /// The account id; `None` if unknown.
    own: Option<String>,
}

impl<'a> KeyPolicyContext<'a> {
    fn new(proxy: &'a Proxy, key: &'a Identity, policy: &'a Policy) -> Self {
        let account = lookups::account(proxy).filter(|account| !arn::is_own(account));
        Self {
            key,
            policy,
            own: account.map(str::to_owned).or_else(|| sole(policy)),
        }
    }

    fn judge(&self, verdicts: &mut Verdicts) {
        let statements = self.policy.statements.iter();
        let allowing = statements.filter(|statement| statement.effect == Effect::Allow);
        for statement in allowing.filter(|statement| !only_shows(statement)) {
            self.statement(statement, verdicts);
        }
    }

    fn statement(&self, statement: &Statement, verdicts: &mut Verdicts) {
        let ElementScope::Only(principals) = &statement.principals else {
            return self.fail(
                "everyone whom a NotPrincipal does not leave out",
                statement,
                verdicts,
            );
        };
        if principals.is_empty() {
            let (ElementScope::Only(actions) | ElementScope::AllBut(actions)) = &statement.actions;
            if let Some(reason) = actions.iter().find_map(SymbolicString::unknown) {
                self.unknown(reason, statement, verdicts);
            }
        }
        for principal in principals {
            match principal {
                Principal::Anyone => self.anyone(statement, verdicts),
                Principal::Aws(name) => self.named(name, statement, verdicts),
                Principal::Service(service) => self.service(service, statement, verdicts),
                Principal::Other(kind, name) => match name.unknown() {
                    Some(reason) => self.unknown(reason, statement, verdicts),
                    None => self.fail(&format!("{kind} {name}"), statement, verdicts),
                },
            }
        }
    }

    /// Judges a statement for any principal: acceptable only if a condition limits the principals or their account.
    fn anyone(&self, statement: &Statement, verdicts: &mut Verdicts) {
        let mut named = readers::named_by_condition(statement);
        if named.is_empty() {
            let conditions = statement.conditions.iter();
            let accounts = conditions.filter(|condition| is_about_account(condition));
            named = accounts
                .flat_map(|one| one.values.iter().cloned())
                .collect();
        }
        for name in &named {
            self.named(name, statement, verdicts);
        }
        if named.is_empty() {
            self.fail("anyone", statement, verdicts);
        }
    }

    fn named(&self, name: &SymbolicString, statement: &Statement, verdicts: &mut Verdicts) {
        if let Some(reason) = name.unknown() {
            return self.unknown(reason, statement, verdicts);
        }
        if name.has_wildcard() {
            return self.fail(&format!("{name}, whoever that is,"), statement, verdicts);
        }
        let Some(account) = account_of(name).filter(|account| Some(account) != self.own.as_ref())
        else {
            return;
        };
        match self.own {
            Some(_) => {
                let who = format!("{name}, of another account,");
                self.fail(&who, statement, verdicts);
            }
            // Principals that are named individually are intended: an administrator, the consumers.
            None if !is_account(name) => {}
            None => {
                let reason = format!("whether {account} is the account that is deployed into");
                self.unknown(&reason, statement, verdicts);
            }
        }
    }

    fn service(&self, service: &SymbolicString, statement: &Statement, verdicts: &mut Verdicts) {
        if let Some(reason) = readers::open_service(service) {
            return self.unknown(&reason, statement, verdicts);
        }
        if statement.conditions.iter().any(is_about_use) {
            return;
        }
        match readers::confined_to_a_source(statement) {
            Some(true) => {}
            Some(false) => {
                let who = format!("the service {service}, on behalf of any account,");
                self.fail(&who, statement, verdicts);
            }
            None => self.unknown("on whose behalf", statement, verdicts),
        }
    }

    fn fail(&self, who: &str, statement: &Statement, verdicts: &mut Verdicts) {
        let key = self.key;
        let message = format!(
            "the policy of the key {key} lets in {who} with {}",
            actions_text(statement)
        );
        verdicts.fail(message, &statement.origin);
    }

    fn unknown(&self, reason: &str, statement: &Statement, verdicts: &mut Verdicts) {
        let message = format!(
            "whom the policy of the key {} lets in cannot be determined: {reason}",
            self.key
        );
        verdicts.undetermined(message, Some(&statement.origin));
    }
}

/// Formats the actions that a statement allows.
fn actions_text(statement: &Statement) -> String {
    match &statement.actions {
        ElementScope::Only(actions) => {
            let actions: Vec<String> = actions.iter().map(SymbolicString::to_string).collect();
            actions.join(", ")
        }
        ElementScope::AllBut(_) => "all but a few actions".to_owned(),
    }
}

/// Returns the account id if the policy names only one, which is then the key's own account.
fn sole(policy: &Policy) -> Option<String> {
    // KMS refuses a policy that would lock out the principal who sets it. Source: KMS API Reference, "PutKeyPolicy"
    // (BypassPolicyLockoutSafetyCheck).
    let statements = policy.statements.iter();
    let allowing = statements.filter(|statement| statement.effect == Effect::Allow);
    let principals = allowing.filter_map(|statement| match &statement.principals {
        ElementScope::Only(principals) => Some(principals),
        ElementScope::AllBut(_) => None,
    });
    let mut accounts = BTreeSet::new();
    for principal in principals.flatten() {
        match principal {
            Principal::Aws(name) => accounts.insert(account_of(name)?),
            Principal::Anyone => return None,
            Principal::Service(_) | Principal::Other(..) => false,
        };
    }
    accounts.pop_first().filter(|_| accounts.is_empty())
}

/// Returns the account id of a principal; `None` if it is the account of the deployment.
fn account_of(name: &SymbolicString) -> Option<String> {
    let whole = name.as_text().filter(|text| is_number(text));
    let of_arn = || name.split(':').get(4).and_then(SymbolicString::as_text);
    whole.or_else(of_arn).filter(|text| is_number(text))
}

fn is_number(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|one| one.is_ascii_digit())
}

/// True for `arn:aws:iam::123456789012:root`, and for an account id alone.
fn is_account(name: &SymbolicString) -> bool {
    let last = name.split(':').pop().and_then(|last| last.as_text());
    last.is_some_and(|last| last == "root" || is_number(&last))
}

fn only_shows(statement: &Statement) -> bool {
    let shows = |action: &SymbolicString| {
        let action = action.as_text().unwrap_or_default().to_ascii_lowercase();
        SHOWING.iter().any(|start| action.starts_with(start))
    };
    match &statement.actions {
        ElementScope::Only(actions) => !actions.is_empty() && actions.iter().all(shows),
        ElementScope::AllBut(_) => false,
    }
}

fn is_about_account(condition: &Condition) -> bool {
    let mut keys = ACCOUNT_KEYS.iter();
    is_equality(condition) && keys.any(|key| key.eq_ignore_ascii_case(&condition.key))
}

/// True if the condition limits the encryption context or the account of the caller. Source: KMS Developer Guide, "AWS
/// KMS condition keys" (kms:EncryptionContext:context-key, kms:CallerAccount).
fn is_about_use(condition: &Condition) -> bool {
    let key = condition.key.to_ascii_lowercase();
    let keys = ["kms:encryptioncontext:", "kms:calleraccount"];
    let is_any = |value: &SymbolicString| value.as_text().as_deref() == Some("*");
    is_equality(condition)
        && keys.iter().any(|start| key.starts_with(start))
        && !condition.values.iter().any(is_any)
}

#[cfg(test)]
mod tests;
