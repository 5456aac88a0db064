//! The connections that a role's policies allow, including those of policies that are unknown.

use super::symbols::SymbolTable;
use super::things::Handle;
use super::{aws_policies, roles};
use crate::domain::iam::{Effect, ElementScope, Policy, Statement};
use crate::domain::posture::ConnectGrant;
use crate::domain::symbolic::{SymbolicPart, SymbolicString};
use crate::language::vocabulary::Kind;

/// The only action of the service `rds-db`: Service Authorization Reference, "Amazon RDS IAM Authentication".
pub(super) const CONNECT: &str = "rds-db:connect";

/// Returns the connections that the policies of a role allow.
pub(super) fn granted(symbols: &SymbolTable<'_, '_>, role: &Handle) -> Vec<ConnectGrant> {
    let policies = roles::all_policies(symbols, role);
    policies
        .iter()
        .flat_map(|policy: &Policy| &policy.statements)
        .filter(|statement| statement.effect == Effect::Allow && allows_connect(statement))
        .flat_map(resources)
        .collect()
}

/// Returns the further connections that a role may be allowed: by a policy that cannot be read, or one that may belong
/// to another role.
pub(super) fn perhaps_granted(symbols: &SymbolTable<'_, '_>, role: &Handle) -> Vec<ConnectGrant> {
    let estate = symbols.estate;
    let strays = estate.unassigned(Kind::Role, role).into_iter();
    let strays = strays.filter(|stray| {
        let added = roles::added_by(symbols, estate.item(stray.index));
        let mut statements = added.iter().flat_map(|policy| &policy.statements);
        statements.any(may_connect)
    });
    let strays = strays.map(|stray| (stray.reason, stray.origin));
    let grant = |(reason, origin)| ConnectGrant {
        origin,
        resource: SymbolicString(vec![SymbolicPart::Unknown(reason)]),
    };
    let mut grants: Vec<_> = strays.chain(estate.given(role)).map(grant).collect();
    let own = roles::known_policies(symbols, role);
    let own = own.iter().flat_map(|policy| &policy.statements);
    grants.extend(own.filter_map(|statement| {
        let reason = unknown_action(statement).filter(|_| statement.effect == Effect::Allow)?;
        // The AWS managed policies that allow connecting are known.
        let is_of_aws = reason.contains(aws_policies::OF_AWS);
        if is_of_aws {
            return None;
        }
        Some(grant((reason.to_owned(), statement.origin.clone())))
    }));
    grants
}

/// Returns the reason why the actions of a statement are unknown.
fn unknown_action(statement: &Statement) -> Option<&str> {
    match &statement.actions {
        ElementScope::Only(actions) => actions.iter().find_map(SymbolicString::unknown),
        ElementScope::AllBut(_) => None,
    }
}

fn may_connect(statement: &Statement) -> bool {
    statement.effect == Effect::Allow
        && (allows_connect(statement) || unknown_action(statement).is_some())
}

fn allows_connect(statement: &Statement) -> bool {
    let means_connect =
        |action: &SymbolicString| action.as_text().is_some_and(|text| matches(&text, CONNECT));
    match &statement.actions {
        ElementScope::Only(actions) => actions.iter().any(means_connect),
        ElementScope::AllBut(actions) => !actions.iter().any(means_connect),
    }
}

fn resources(statement: &Statement) -> Vec<ConnectGrant> {
    let grant = |resource| ConnectGrant {
        origin: statement.origin.clone(),
        resource,
    };
    match &statement.resources {
        ElementScope::Only(resources) => resources.iter().cloned().map(grant).collect(),
        ElementScope::AllBut(_) => vec![grant(SymbolicString::text("*"))],
    }
}

/// Matches with IAM's wildcards: `*` is any text, `?` any one character. Actions are not case-sensitive.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (
        pattern.to_lowercase().chars().collect(),
        text.chars().collect(),
    );
    let (mut at, mut star) = ((0, 0), None);
    while at.1 < text.len() {
        match pattern.get(at.0) {
            Some('*') => {
                star = Some(at);
                at.0 += 1;
            }
            Some(letter) if *letter == '?' || *letter == text[at.1] => at = (at.0 + 1, at.1 + 1),
            _ => {
                // Let the last star match one more character.
                let Some((pattern_at, text_at)) = star else {
                    return false;
                };
                star = Some((pattern_at, text_at + 1));
                at = (pattern_at + 1, text_at + 1);
            }
        }
    }
    pattern[at.0..].iter().all(|letter| *letter == '*')
}
