//! IAM policies, in the detail that a verdict needs.
//!
//! Trust policies, identity policies and resource policies share one model. Rules ask if a policy could allow more than
//! it should, so unknown parts are kept rather than dropped. The `source` module reads policies from JSON and from
//! `aws_iam_policy_document`.

use super::evidence::Origin;
use super::symbolic::{Symbol, SymbolicPart, SymbolicString};

/// An IAM policy document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// The place where the policy is written.
    pub origin: Origin,
    /// The statements, in the order of the document.
    pub statements: Vec<Statement>,
}

impl Policy {
    /// Returns the policy of a KMS key that is created without one: it lets the account control access by IAM
    /// policies.
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

/// The effect of a statement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// The statement allows its actions.
    #[default]
    Allow,
    /// The statement denies its actions.
    Deny,
}

/// One statement of a policy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statement {
    /// The place where the statement is written.
    pub origin: Origin,
    /// The statement id, `Sid`; empty if absent.
    pub sid: String,
    /// The `Effect` element: allow or deny.
    pub effect: Effect,
    /// The principals in `Principal`, or those excluded by `NotPrincipal`.
    pub principals: ElementScope<Principal>,
    /// The actions in `Action`, or those excluded by `NotAction`.
    pub actions: ElementScope<SymbolicString>,
    /// The resources in `Resource`, or those excluded by `NotResource`.
    pub resources: ElementScope<SymbolicString>,
    /// The `Condition` element, flattened and sorted.
    pub conditions: Vec<Condition>,
}

/// The values that a statement element includes or excludes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ElementScope<T> {
    /// The values of `Action`, `Resource` or `Principal`; empty if the element is absent.
    Only(Vec<T>),
    /// The values of `NotAction`, `NotResource` or `NotPrincipal`.
    AllBut(Vec<T>),
}

impl<T> Default for ElementScope<T> {
    fn default() -> Self {
        Self::Only(Vec::new())
    }
}

/// A principal of a statement.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Principal {
    /// Any principal: `*`, or `{"AWS": "*"}`.
    Anyone,
    /// A role, user, account or session, given as an ARN or account number.
    Aws(SymbolicString),
    /// An AWS service, such as `rds.amazonaws.com`.
    Service(SymbolicString),
    /// A principal of any other kind (`Federated`, `CanonicalUser`) and its value.
    Other(String, SymbolicString),
}

/// One condition of a statement: `operator` applied to `key` and any of `values`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Condition {
    /// The operator, such as `StringEquals`.
    pub operator: String,
    /// The condition key as written, such as `kms:ViaService`.
    pub key: String,
    /// The values, sorted; one match suffices.
    pub values: Vec<SymbolicString>,
}

/// Returns true unless the action belongs to another service than the resource. A statement may list actions and
/// resources of several services, and an action has no effect on the resources of another service.
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
