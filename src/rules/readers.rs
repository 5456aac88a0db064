//! Classifies the principals that a statement of a resource policy admits, as far as rules need it.

use crate::domain::arn::{self, Arn};
use crate::domain::iam::{Condition, Statement};
use crate::domain::posture::{Identity, Role};
use crate::domain::symbolic::{Symbol, SymbolicPart, SymbolicString};

/// The only action on a secret that a proxy needs.
pub(super) const READ: &str = "secretsmanager:GetSecretValue";

/// The kind of an AWS principal.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum AwsPrincipal {
    /// The role of this proxy.
    Proxy,
    /// One principal other than the proxy's role.
    Named,
    /// All principals of an account.
    Account,
    /// One principal of another account.
    Foreign,
    /// A pattern that matches several principals.
    Wildcard,
    /// Undetermined, for this reason.
    Unknown(String),
}

/// Returns the reason why the service principal is unknown; `None` if it is known.
pub(super) fn open_service(service: &SymbolicString) -> Option<String> {
    // No source creates a service, so a reference to a created resource may be any service.
    let created = service.0.iter().find_map(|part| match part {
        SymbolicPart::Thing(thing @ Symbol::Created(_)) => Some(thing),
        SymbolicPart::Thing(_) | SymbolicPart::Text(_) | SymbolicPart::Unknown(_) => None,
    });
    let unknown = service.unknown().map(str::to_owned);
    unknown.or_else(|| Some(format!("{} is known only once it is deployed", created?)))
}

/// Classifies an AWS principal.
pub(super) fn reader(role: Option<&Role>, name: &SymbolicString) -> AwsPrincipal {
    if let Some(reason) = name.unknown() {
        AwsPrincipal::Unknown(reason.to_owned())
    } else if is_role(role, name) {
        AwsPrincipal::Proxy
    } else if is_account(name) {
        AwsPrincipal::Account
    } else if name.has_wildcard() {
        AwsPrincipal::Wildcard
    } else {
        match is_foreign(role, name) {
            Some(true) => AwsPrincipal::Foreign,
            Some(false) => AwsPrincipal::Named,
            None => AwsPrincipal::Unknown(format!(
                "whether {name} is of the account that is deployed into"
            )),
        }
    }
}

fn is_role(role: Option<&Role>, name: &SymbolicString) -> bool {
    let known = role.map(|role| &role.identity);
    match (name.0.as_slice(), known) {
        ([SymbolicPart::Thing(Symbol::ProxyRole)], _) => true,
        ([SymbolicPart::Thing(Symbol::Created(address))], Some(Identity::Created(role))) => {
            address == role
        }
        ([SymbolicPart::Text(text)], Some(Identity::Known(role))) => text == role,
        _ => false,
    }
}

/// True for `arn:aws:iam::123456789012:root`, and for an account id alone.
fn is_account(name: &SymbolicString) -> bool {
    let last = name.split(':').pop().and_then(|last| last.as_text());
    let number =
        |text: String| text.len() == 12 && text.chars().all(|digit| digit.is_ascii_digit());
    last.as_deref() == Some("root")
        || name.is(&Symbol::Account)
        || name.as_text().is_some_and(number)
}

/// True if the principal belongs to another account than the proxy's role; `None` if the role's account is that of the
/// deployment.
fn is_foreign(role: Option<&Role>, name: &SymbolicString) -> Option<bool> {
    let Some(Identity::Known(own)) = role.map(|role| &role.identity) else {
        return Some(false);
    };
    let name = name.as_text().unwrap_or_default();
    match (Arn::parse(own), Arn::parse(&name)) {
        (Some(own), Some(_)) if arn::is_own(own.account) => None,
        (Some(own), Some(other)) => Some(own.account != other.account),
        (None, _) | (_, None) => Some(false),
    }
}

/// Returns the principals that a condition on `aws:PrincipalArn` names.
pub(super) fn named_by_condition(statement: &Statement) -> Vec<SymbolicString> {
    statement
        .conditions
        .iter()
        .filter(|condition| is_equality(condition) && has_key(condition, "aws:PrincipalArn"))
        .flat_map(|condition| condition.values.iter().cloned())
        .collect()
}

/// True if a service may act only on behalf of one account or resource; `None` if a value is unknown.
pub(super) fn confined_to_a_source(statement: &Statement) -> Option<bool> {
    let confining = statement.conditions.iter().filter(|condition| {
        is_equality(condition)
            && (has_key(condition, "aws:SourceAccount") || has_key(condition, "aws:SourceArn"))
    });
    let mut answer = Some(false);
    for condition in confining {
        if condition.values.iter().any(SymbolicString::has_unknown) {
            answer = None;
        } else if !condition.values.is_empty() && condition.values.iter().all(names_an_account) {
            return Some(true);
        }
    }
    answer
}

/// True for a positive comparison, which an absent key does not satisfy.
pub(super) fn is_equality(condition: &Condition) -> bool {
    const OPERATORS: &[&str] = &[
        "StringEquals",
        "StringEqualsIgnoreCase",
        "StringLike",
        "ArnEquals",
        "ArnLike",
    ];
    OPERATORS
        .iter()
        .any(|operator| operator.eq_ignore_ascii_case(&condition.operator))
}

fn has_key(condition: &Condition, key: &str) -> bool {
    condition.key.eq_ignore_ascii_case(key)
}

/// True for an account id, and for an ARN that has one.
fn names_an_account(value: &SymbolicString) -> bool {
    let parts = value.split(':');
    match parts.get(4) {
        Some(account) => !account.0.is_empty() && !account.has_wildcard(),
        None => !value.0.is_empty() && !value.has_wildcard(),
    }
}
