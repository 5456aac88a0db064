//! Policies as sets of grants: one for each principal, action and resource, however the source groups them.

use super::labels::Labels;
use super::sheet::Entry;
use crate::domain::iam::{Condition, Effect, Policy, Principal, Scope, Statement};
use crate::domain::term::{Part, Term, Thing};

/// A statement that names more combinations than this stays one fact, so that no input makes memory run out.
const MAX_GRANTS: usize = 4096;

/// Whose policy it is, where that lets something go without saying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holder {
    /// A role: it names resources.
    Role,
    /// A secret: every resource is the secret itself.
    Secret,
}

/// Every grant (and denial) of a policy. Origins and `Sid`s mean nothing.
pub(super) fn grants(policy: &Policy, holder: Holder, labels: &Labels) -> Vec<Entry> {
    let Policy {
        origin: _,
        statements,
    } = policy;
    statements
        .iter()
        .flat_map(|statement| statement_grants(statement, holder, labels))
        .collect()
}

fn statement_grants(statement: &Statement, holder: Holder, labels: &Labels) -> Vec<Entry> {
    let Statement {
        origin: _,
        sid: _,
        effect,
        principals,
        actions,
        resources,
        conditions,
    } = statement;
    let unknown = unknown(statement);
    let effect = match effect {
        Effect::Allow => "allow",
        Effect::Deny => "deny",
    };
    let principals = alternatives(principals, |principal| self::principal(principal, labels));
    // Actions do not distinguish case.
    let actions = alternatives(actions, |action| match action.has_unknown() {
        true => labels.term(action),
        false => labels.term(action).to_lowercase(),
    });
    let resources = match is_itself(resources, holder) {
        true => vec![String::new()],
        false => alternatives(resources, |resource| labels.term(resource)),
    };
    let conditions = self::conditions(conditions, labels);
    let mut grants = Vec::new();
    for (principal, action, resource) in combinations(principals, actions, resources) {
        let mut words = vec![effect.to_owned(), action];
        words.extend((!resource.is_empty()).then(|| format!("on {resource}")));
        words.extend((!principal.is_empty()).then(|| format!("to {principal}")));
        words.extend((!conditions.is_empty()).then(|| format!("if {conditions}")));
        grants.push(Entry {
            text: words.join(" "),
            unknown: unknown.clone(),
        });
    }
    grants
}

/// Why a statement is not wholly known, where it is not.
fn unknown(statement: &Statement) -> Option<String> {
    let (Scope::Only(actions) | Scope::AllBut(actions)) = &statement.actions;
    let (Scope::Only(resources) | Scope::AllBut(resources)) = &statement.resources;
    let (Scope::Only(principals) | Scope::AllBut(principals)) = &statement.principals;
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
        .find_map(Term::unknown)
        .map(str::to_owned)
}

fn combinations(
    principals: Vec<String>,
    actions: Vec<String>,
    resources: Vec<String>,
) -> Vec<(String, String, String)> {
    let count = principals
        .len()
        .saturating_mul(actions.len())
        .saturating_mul(resources.len());
    if count > MAX_GRANTS {
        return vec![(
            principals.join(", "),
            actions.join(", "),
            resources.join(", "),
        )];
    }
    let mut all = Vec::with_capacity(count);
    for principal in &principals {
        for action in &actions {
            for resource in &resources {
                all.push((principal.clone(), action.clone(), resource.clone()));
            }
        }
    }
    all
}

/// One text for each alternative; an element that is absent is one empty text.
fn alternatives<T>(scope: &Scope<T>, text: impl Fn(&T) -> String) -> Vec<String> {
    match scope {
        Scope::Only(items) if items.is_empty() => vec![String::new()],
        Scope::Only(items) => items.iter().map(text).collect(),
        Scope::AllBut(items) => {
            let mut excluded: Vec<_> = items.iter().map(text).collect();
            excluded.sort();
            vec![format!("all but {}", excluded.join(", "))]
        }
    }
}

/// In a secret's policy `*` means the secret, as its own ARN does. Source: Secrets Manager User Guide, "Resource-based
/// policies".
fn is_itself(resources: &Scope<Term>, holder: Holder) -> bool {
    let itself = |term: &Term| {
        term.as_text().as_deref() == Some("*")
            || matches!(term.0.as_slice(), [Part::Thing(Thing::Secret(_))])
    };
    match resources {
        Scope::Only(resources) => holder == Holder::Secret && resources.iter().all(itself),
        Scope::AllBut(_) => false,
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

/// Keys do not distinguish case. Source: IAM User Guide, "IAM JSON policy elements: Condition".
fn conditions(conditions: &[Condition], labels: &Labels) -> String {
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
    texts.join(" and ")
}
