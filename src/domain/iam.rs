//! Policies, as far as a verdict needs them.
//!
//! One shape for a trust policy, an identity policy and a resource policy. It asks "could this allow more than X", so an
//! unknown part is kept rather than dropped. Reading one from JSON or from `aws_iam_policy_document` is the sources' work.

use super::evidence::Origin;
use super::symbolic::{Symbol, SymbolicPart, SymbolicString};

/// A policy document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Where it stands.
    pub origin: Origin,
    /// Its statements, in the order of the document.
    pub statements: Vec<Statement>,
}

impl Policy {
    /// What a key has that is made without a policy: the account decides with IAM policies who uses it.
    /// Source: KMS Developer Guide, "Default key policy".
    pub fn of_key_by_default(origin: Origin) -> Self {
        let root = SymbolicString(vec![
            SymbolicPart::Text("arn:".to_owned()),
            SymbolicPart::Thing(Symbol::Partition),
            SymbolicPart::Text(":iam::".to_owned()),
            SymbolicPart::Thing(Symbol::Account),
            SymbolicPart::Text(":root".to_owned()),
        ]);
        let statement = Statement {
            origin: origin.clone(),
            principals: ElementScope::Only(vec![Principal::Aws(root)]),
            actions: ElementScope::Only(vec![SymbolicString::text("kms:*")]),
            resources: ElementScope::Only(vec![SymbolicString::text("*")]),
            ..Statement::default()
        };
        Self {
            origin,
            statements: vec![statement],
        }
    }
}

/// Allow or deny.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// Allow.
    #[default]
    Allow,
    /// Deny.
    Deny,
}

/// One statement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statement {
    /// Where it stands.
    pub origin: Origin,
    /// `Sid`; empty where there is none.
    pub sid: String,
    /// `Effect`.
    pub effect: Effect,
    /// `Principal`, or what `NotPrincipal` leaves out.
    pub principals: ElementScope<Principal>,
    /// `Action`, or what `NotAction` leaves out.
    pub actions: ElementScope<SymbolicString>,
    /// `Resource`, or what `NotResource` leaves out.
    pub resources: ElementScope<SymbolicString>,
    /// `Condition`, flattened and sorted.
    pub conditions: Vec<Condition>,
}

/// What an element names, or leaves out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ElementScope<T> {
    /// `Action`, `Resource`, `Principal`; empty where the element is absent.
    Only(Vec<T>),
    /// `NotAction`, `NotResource`, `NotPrincipal`.
    AllBut(Vec<T>),
}

impl<T> Default for ElementScope<T> {
    fn default() -> Self {
        Self::Only(Vec::new())
    }
}

/// A principal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Principal {
    /// `*`, or `{"AWS": "*"}`.
    Anyone,
    /// A role, user, account or session, as an ARN or account number.
    Aws(SymbolicString),
    /// A service: `rds.amazonaws.com`.
    Service(SymbolicString),
    /// Any other kind (`Federated`, `CanonicalUser`), with its value.
    Other(String, SymbolicString),
}

/// One condition: `operator` on `key` with any of `values`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Condition {
    /// `StringEquals`.
    pub operator: String,
    /// `kms:ViaService`, as written.
    pub key: String,
    /// Sorted.
    pub values: Vec<SymbolicString>,
}

/// Whether an action can do anything on a resource: nothing on what belongs to another service, which stands in the same statement.
pub fn concerns(action: &str, resource: &SymbolicString) -> bool {
    let own = action.split(':').next().unwrap_or_default();
    let service = match resource.0.as_slice() {
        [SymbolicPart::Thing(Symbol::Secret(_)), ..] => "secretsmanager".to_owned(),
        [SymbolicPart::Thing(Symbol::SecretsKey)] => "kms".to_owned(),
        _ => match resource.split(':').as_slice() {
            [arn, _, service, ..]
                if *arn == SymbolicString::text("arn") && !service.has_wildcard() =>
            {
                service.as_text().unwrap_or_else(|| own.to_owned())
            }
            _ => return true,
        },
    };
    service.eq_ignore_ascii_case(own)
}
