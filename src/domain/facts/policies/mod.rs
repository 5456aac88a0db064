//! Policies as sets of grants: one for each principal, action and resource, however the source groups them.

mod holder;

pub(super) use holder::PolicyHolder;

use super::conditions::Test;
use super::grant::{FactGrant, GrantPrincipal, Named};
use super::labels::Labels;
use super::words::{FactString, tokens};
use crate::domain::iam::{Condition, Effect, ElementScope, Policy, Principal, Statement, concerns};
use crate::domain::posture::ConnectGrant;
use crate::domain::symbolic::{Symbol, SymbolicPart, SymbolicString};

/// The maximum number of combinations that a statement is split into; a larger one stays a single fact to bound memory.
const MAX_GRANTS: usize = 4096;

/// Returns every grant and denial of a policy. Origins and `Sid`s are ignored.
pub(super) fn grants(policy: &Policy, holder: PolicyHolder, labels: &Labels) -> Vec<FactGrant> {
    let Policy {
        origin: _,
        statements,
    } = policy;
    statements
        .iter()
        .flat_map(|statement| statement_grants(statement, holder, labels))
        .collect()
}

/// Returns a grant to connect as a database user.
pub(super) fn connect(grant: &ConnectGrant, labels: &Labels) -> FactGrant {
    let ConnectGrant {
        origin: _,
        resource,
    } = grant;
    FactGrant {
        text: labels.term(resource),
        denies: false,
        who: Named::Everything,
        action: Named::Everything,
        resource: Named::One(labels.lexicon.words(resource, true)),
        conditions: Vec::new(),
        unknown: resource.unknown().map(str::to_owned),
        is_whole: false,
    }
}

/// One alternative of an element: its text for reports, its value for comparison, and the source that it was read from.
struct Alternative<'s, X, T> {
    text: String,
    named: Named<T>,
    of: Option<&'s X>,
}

fn statement_grants(
    statement: &Statement,
    holder: PolicyHolder,
    labels: &Labels,
) -> Vec<FactGrant> {
    let Statement {
        origin: _,
        sid: _,
        effect: _,
        principals,
        actions,
        resources,
        conditions: _,
    } = statement;
    let unknown = unknown(statement);
    let is_empty = [
        holder != PolicyHolder::Role && is_none(principals),
        is_none(actions),
        holder == PolicyHolder::Role && is_none(resources),
    ];
    if unknown.is_none() && is_empty.contains(&true) {
        // IAM rejects a statement that lacks one of these elements or has an empty list in its place.
        // Source: IAM User Guide, "Grammar of the IAM JSON policy language".
        return Vec::new();
    }
    let principals = alternatives(principals, |one| (principal(one, labels), who(one, labels)));
    let actions = alternatives(actions, |one| action(one, holder, labels));
    let itself = ElementScope::Only(Vec::new());
    let resources = if is_itself(resources, holder) {
        &itself
    } else {
        resources
    };
    let resources = alternatives(resources, |one| resource(one, labels));
    let count = principals.len().saturating_mul(actions.len());
    if count.saturating_mul(resources.len()) > MAX_GRANTS {
        let texts = [texts(&principals), texts(&actions), texts(&resources)];
        return vec![whole(statement, texts, labels)];
    }
    let (conditions, tests) = self::conditions(&statement.conditions, labels);
    let mut grants = Vec::new();
    for who in &principals {
        for action in &actions {
            for resource in resources.iter().filter(|one| may(action, one)) {
                let texts = [&who.text, &action.text, &resource.text].map(String::as_str);
                let grant = FactGrant {
                    text: text(statement.effect, texts, &conditions),
                    denies: statement.effect == Effect::Deny,
                    who: who.named.clone(),
                    action: action.named.clone(),
                    resource: resource.named.clone(),
                    conditions: tests.clone(),
                    unknown: unknown.clone(),
                    is_whole: false,
                };
                grants.extend(named_by_condition(grant));
            }
        }
    }
    grants
}

fn is_none<T>(scope: &ElementScope<T>) -> bool {
    matches!(scope, ElementScope::Only(items) if items.is_empty())
}

/// True if the action can apply to the resource.
fn may(
    action: &Alternative<'_, SymbolicString, FactString>,
    resource: &Alternative<'_, SymbolicString, FactString>,
) -> bool {
    let (Some(action), Some(resource)) = (action.of, resource.of) else {
        return true;
    };
    let Some(action) = action.as_text() else {
        return true;
    };
    let service = action.split(':').next().unwrap_or_default();
    service.contains(['*', '?']) || concerns(&action, resource)
}

fn text(effect: Effect, [principal, action, resource]: [&str; 3], conditions: &str) -> String {
    let effect = match effect {
        Effect::Allow => "allow",
        Effect::Deny => "deny",
    };
    let mut words = vec![effect.to_owned(), action.to_owned()];
    words.extend((!resource.is_empty()).then(|| format!("on {resource}")));
    words.extend((!principal.is_empty()).then(|| format!("to {principal}")));
    words.extend((!conditions.is_empty()).then(|| format!("if {conditions}")));
    words.join(" ")
}

fn texts<X, T>(alternatives: &[Alternative<'_, X, T>]) -> String {
    let texts: Vec<&str> = alternatives.iter().map(|one| one.text.as_str()).collect();
    texts.join(", ")
}

/// Returns a statement that is too large to be split as a single grant.
fn whole(statement: &Statement, texts: [String; 3], labels: &Labels) -> FactGrant {
    let (conditions, tests) = self::conditions(&statement.conditions, labels);
    let texts = texts.each_ref().map(String::as_str);
    FactGrant {
        text: text(statement.effect, texts, &conditions),
        denies: statement.effect == Effect::Deny,
        who: Named::Everything,
        action: Named::Everything,
        resource: Named::Everything,
        conditions: tests,
        unknown: unknown(statement),
        is_whole: true,
    }
}

/// Moves a principal that the conditions demand into the principal of a grant to anyone.
/// Source: IAM User Guide, "AWS global condition context keys" (aws:PrincipalArn, aws:PrincipalAccount).
fn named_by_condition(grant: FactGrant) -> Vec<FactGrant> {
    let is_name = |test: &Test| {
        let keys = ["aws:principalarn", "aws:principalaccount"];
        test.names_values() && keys.contains(&test.key.as_str())
    };
    let at = grant.conditions.iter().position(is_name);
    let (Named::Everything, Some(at), false) = (&grant.who, at, grant.text.is_empty()) else {
        return vec![grant];
    };
    let mut conditions = grant.conditions.clone();
    let test = conditions.remove(at);
    let is_account = test.key == "aws:principalaccount";
    let values = test.values.into_iter();
    values
        .map(|value| FactGrant {
            who: Named::One(aws(value, is_account)),
            conditions: conditions.clone(),
            ..grant.clone()
        })
        .collect()
}

/// Returns the reason why a statement is not fully known; `None` if it is.
fn unknown(statement: &Statement) -> Option<String> {
    let (ElementScope::Only(actions) | ElementScope::AllBut(actions)) = &statement.actions;
    let (ElementScope::Only(resources) | ElementScope::AllBut(resources)) = &statement.resources;
    let (ElementScope::Only(principals) | ElementScope::AllBut(principals)) = &statement.principals;
    let principals = principals.iter().filter_map(|principal| match principal {
        Principal::Anyone => None,
        Principal::Aws(term) | Principal::Service(term) | Principal::Other(_, term) => Some(term),
    });
    let values = statement
        .conditions
        .iter()
        .flat_map(|condition| &condition.values);
    actions
        .iter()
        .chain(resources)
        .chain(principals)
        .chain(values)
        .find_map(SymbolicString::unknown)
        .map(str::to_owned)
}

/// Returns one entry per alternative; an absent element is a single alternative that matches everything.
fn alternatives<'s, X, T>(
    scope: &'s ElementScope<X>,
    read: impl Fn(&X) -> (String, Named<T>),
) -> Vec<Alternative<'s, X, T>> {
    match scope {
        ElementScope::Only(items) if items.is_empty() => vec![Alternative {
            text: String::new(),
            named: Named::Everything,
            of: None,
        }],
        ElementScope::Only(items) => {
            let items = items.iter();
            items
                .map(|item| {
                    let (text, named) = read(item);
                    let of = Some(item);
                    Alternative { text, named, of }
                })
                .collect()
        }
        ElementScope::AllBut(items) => {
            let (mut texts, excluded): (Vec<_>, Vec<_>) = items.iter().map(read).unzip();
            texts.sort();
            let one = |named| match named {
                Named::One(one) => Some(one),
                Named::Everything | Named::AllBut(_) => None,
            };
            vec![Alternative {
                text: format!("all but {}", texts.join(", ")),
                named: Named::AllBut(excluded.into_iter().filter_map(one).collect()),
                of: None,
            }]
        }
    }
}

/// True if the policy of a secret or a key names its own resource. There, `*` and the own ARN are the same.
/// Sources: Secrets Manager User Guide, "Resource-based policies"; KMS Developer Guide, "Creating a key policy".
fn is_itself(resources: &ElementScope<SymbolicString>, holder: PolicyHolder) -> bool {
    let itself = |term: &SymbolicString| {
        term.as_text().as_deref() == Some("*")
            || matches!(
                term.0.as_slice(),
                [SymbolicPart::Thing(Symbol::Secret(_) | Symbol::SecretsKey)]
            )
    };
    let is_resource_policy = matches!(holder, PolicyHolder::Secret | PolicyHolder::Key);
    match resources {
        ElementScope::Only(resources) => is_resource_policy && resources.iter().any(itself),
        ElementScope::AllBut(_) => false,
    }
}

fn principal(principal: &Principal, labels: &Labels) -> String {
    match principal {
        Principal::Anyone => "anyone".to_owned(),
        Principal::Aws(term) => labels.term(term),
        Principal::Service(term) => format!("service {}", labels.term(term)),
        Principal::Other(kind, term) => format!("{kind} {}", labels.term(term)),
    }
}

fn who(principal: &Principal, labels: &Labels) -> Named<GrantPrincipal> {
    let words = |term| labels.lexicon.words(term, false);
    let other = |kind: &str, term| GrantPrincipal {
        kind: kind.to_owned(),
        name: words(term),
        everyone: None,
    };
    Named::One(match principal {
        Principal::Anyone => return Named::Everything,
        Principal::Aws(term) => {
            let number = term.as_text().unwrap_or_default();
            let is_number = number.len() == 12 && number.bytes().all(|one| one.is_ascii_digit());
            aws(words(term), is_number || term.is(&Symbol::Account))
        }
        Principal::Service(term) => other("Service", term),
        Principal::Other(kind, term) => other(kind, term),
    })
}

/// Returns an AWS principal by its ARN or its account number. The account's root is the same as the number: everyone in
/// the account.
/// Source: IAM User Guide, "AWS JSON policy elements: Principal" (AWS account principals).
fn aws(name: FactString, is_account: bool) -> GrantPrincipal {
    const ROOT: &str = ":root";
    let is_root = name.text().is_some_and(|text| text.ends_with(ROOT)) || ends_in_root(&name);
    let account = match (is_account, is_root) {
        (true, _) => Some(name.clone()),
        (false, true) => Some(name.step(4)),
        (false, false) => None,
    };
    let with = |start: &str, end: &str| {
        let account = account.clone()?;
        let mut all = tokens(start, true);
        all.extend(account.tokens);
        all.extend(tokens(end, true));
        let written = None;
        Some(FactString {
            tokens: all,
            written,
        })
    };
    GrantPrincipal {
        kind: "AWS".to_owned(),
        everyone: with("arn:aws:*::", ":*"),
        name: if is_account {
            with("arn:aws:iam::", ROOT).unwrap_or(name)
        } else {
            name
        },
    }
}

fn ends_in_root(name: &FactString) -> bool {
    let root = tokens(":root", false);
    name.tokens.ends_with(&root)
}

/// Returns the text and value of an action. Actions are case-insensitive.
fn action(
    action: &SymbolicString,
    holder: PolicyHolder,
    labels: &Labels,
) -> (String, Named<FactString>) {
    let words = labels.lexicon.words(action, true).folded();
    let is_all = |service| words == FactString::pattern(service);
    let named = if words.is_everything() || holder.service().is_some_and(is_all) {
        Named::Everything
    } else {
        Named::One(words)
    };
    let text = labels.term(action);
    if action.has_unknown() {
        (text, named)
    } else {
        (text.to_lowercase(), named)
    }
}

fn resource(resource: &SymbolicString, labels: &Labels) -> (String, Named<FactString>) {
    let words = labels.lexicon.words(resource, true);
    let named = if words.is_everything() {
        Named::Everything
    } else {
        Named::One(words)
    };
    (labels.term(resource), named)
}

/// Returns the text and the normalised conditions. Keys are case-insensitive.
/// Source: IAM User Guide, "IAM JSON policy elements: Condition".
fn conditions(conditions: &[Condition], labels: &Labels) -> (String, Vec<Test>) {
    let mut texts: Vec<_> = conditions
        .iter()
        .map(|condition| {
            let Condition {
                operator,
                key,
                values,
            } = condition;
            let mut values: Vec<_> = values.iter().map(|value| labels.term(value)).collect();
            values.sort();
            format!("{operator} {} {}", key.to_lowercase(), values.join(" or "))
        })
        .collect();
    texts.sort();
    let tests = conditions.iter();
    let tests = tests.map(|condition| Test::new(condition, &labels.lexicon));
    let mut tests: Vec<Test> = tests.collect();
    tests.sort();
    tests.dedup();
    (texts.join(" and "), tests)
}

#[cfg(test)]
mod tests;
