//! The permissions that a proxy's role needs, and how far a statement exceeds them.

use super::grants::{self, Grant};
use super::readers::READ;
use crate::domain::arn;
use crate::domain::iam::{Condition, concerns};
use crate::domain::posture::{DefaultAuth, Identity, Proxy, Secret, SecretKey};
use crate::domain::symbolic::{Symbol, SymbolicPart, SymbolicString};

/// Actions that return metadata of a secret or a key but not its content. CDK and the registry's module grant these in
/// addition. Sources: Secrets Manager API Reference, `DescribeSecret` ("It does not include the encrypted secret
/// value"), `ListSecretVersionIds`, `GetResourcePolicy`; KMS API Reference, `DescribeKey`.
const METADATA: &[&str] = &[
    "secretsmanager:DescribeSecret",
    "secretsmanager:GetResourcePolicy",
    "secretsmanager:ListSecretVersionIds",
    "kms:DescribeKey",
];

/// Actions that cannot be limited to a secret and do not return any secret's value. Source: Service Authorization
/// Reference, "Actions, resources, and condition keys for AWS Secrets Manager" (no resource types).
const OF_ACCOUNT: &[&str] = &[
    "secretsmanager:GetRandomPassword",
    "secretsmanager:ListSecrets",
];

/// The fault of one action on one resource.
pub(super) enum ActionFault {
    /// The action is too wide; the text is the message.
    Wide(String),
    /// The proxy does not need the action, and it does not reveal the content of the proxy's own secret; the text is
    /// the message.
    Needless(String),
    /// Undetermined, for this reason.
    Unknown(String),
}

/// The resources that this proxy's role may access.
pub(super) struct RoleContext<'a> {
    secrets: Vec<&'a Secret>,
    /// True if every secret is known.
    complete: bool,
    end_to_end: Option<bool>,
    database_id: Option<&'a str>,
}

impl<'a> RoleContext<'a> {
    /// Collects the known resources of this proxy.
    pub(super) fn new(proxy: &'a Proxy) -> Self {
        let secrets: Vec<_> = proxy
            .auth
            .entries()
            .iter()
            .filter_map(|entry| entry.secret.value())
            .collect();
        let database = proxy.database.value();
        Self {
            complete: proxy
                .auth
                .value()
                .is_some_and(|entries| entries.len() == secrets.len()),
            secrets,
            end_to_end: proxy
                .default_auth
                .value()
                .map(|auth| *auth == DefaultAuth::Iam),
            database_id: database
                .and_then(|database| database.resource_id.value())
                .map(String::as_str),
        }
    }

    /// Returns the faults of one action on these resources.
    pub(super) fn faults(
        &self,
        action: &SymbolicString,
        resources: &[SymbolicString],
        conditions: &[Condition],
    ) -> Vec<ActionFault> {
        let Some(name) = action.as_text() else {
            return vec![ActionFault::Unknown(
                action
                    .unknown()
                    .unwrap_or("the action is not known")
                    .to_owned(),
            )];
        };
        let judge: fn(&Self, &SymbolicString) -> Option<ActionFault> =
            if name.eq_ignore_ascii_case(READ) {
                Self::secret_fault
            } else if name.eq_ignore_ascii_case("kms:Decrypt") {
                Self::key_fault
            } else if name.eq_ignore_ascii_case("rds-db:connect") {
                Self::connect_fault
            } else {
                return vec![self.useless(&name, resources)];
            };
        let concerned: Vec<_> = resources
            .iter()
            .filter(|resource| concerns(&name, resource))
            .collect();
        if concerned.is_empty() && !resources.is_empty() {
            return Vec::new();
        }
        let faults = concerned
            .into_iter()
            .filter_map(|resource| judge(self, resource));
        faults.chain(via_service_fault(&name, conditions)).collect()
    }

    /// Returns the fault of an action that the proxy does not need.
    fn useless(&self, name: &str, resources: &[SymbolicString]) -> ActionFault {
        let is_one_of = |all: &[&str]| all.iter().any(|one| one.eq_ignore_ascii_case(name));
        let is_own = |resource: &SymbolicString| {
            if name.starts_with("kms:") {
                self.key_fault(resource)
            } else {
                self.secret_fault(resource)
            }
        };
        let mut faults = resources
            .iter()
            .filter(|resource| concerns(name, resource))
            .filter_map(is_own);
        let what = "the proxy has no use for it";
        let is_beside =
            is_one_of(METADATA) && !faults.any(|fault| matches!(fault, ActionFault::Wide(_)));
        if is_beside || is_one_of(OF_ACCOUNT) {
            ActionFault::Needless(format!(
                "{what}, though it shows nothing of a secret's value"
            ))
        } else {
            ActionFault::Wide(what.to_owned())
        }
    }

    fn secret_fault(&self, resource: &SymbolicString) -> Option<ActionFault> {
        match resource.0.as_slice() {
            [SymbolicPart::Thing(Symbol::Secret(_))] => return None,
            // A part of the secret's value, as other services reference it: `…:password::`.
            [
                SymbolicPart::Thing(Symbol::Secret(_)),
                SymbolicPart::Text(part),
            ] if part.starts_with(':') => {
                return None;
            }
            _ => {}
        }
        if let Some(reason) = resource.unknown() {
            return Some(ActionFault::Unknown(reason.to_owned()));
        }
        let parts = resource.split(':');
        let name = parts
            .get(6)
            .and_then(SymbolicString::as_text)
            .unwrap_or_default();
        let name = arn::without_random_suffix(&name);
        let named = SymbolicString::text(name);
        if named.has_wildcard() || parts.iter().take(6).any(SymbolicString::has_wildcard) {
            Some(wide(
                resource,
                "a wildcard covers more than this proxy's secrets",
            ))
        } else if self
            .secrets
            .iter()
            .any(|secret| is_secret(secret, resource, name))
        {
            None
        } else if self.complete {
            Some(wide(resource, "a secret that this proxy does not use"))
        } else {
            Some(ActionFault::Unknown(format!(
                "the secrets of this proxy are not all known, so that {resource} may be one of them"
            )))
        }
    }

    fn key_fault(&self, resource: &SymbolicString) -> Option<ActionFault> {
        if resource.is(&Symbol::SecretsKey) {
            return None;
        }
        if let Some(reason) = resource.unknown() {
            return Some(ActionFault::Unknown(reason.to_owned()));
        }
        let answers: Vec<_> = self
            .secrets
            .iter()
            .map(|secret| is_key(secret, resource))
            .collect();
        if resource.has_wildcard() {
            Some(wide(
                resource,
                "a wildcard covers more than the key of this proxy's secrets",
            ))
        } else if answers.contains(&Some(true)) {
            None
        } else if !self.complete || answers.contains(&None) {
            Some(ActionFault::Unknown(format!(
                "the keys of this proxy's secrets are not all known, so that {resource} may be one of them"
            )))
        } else {
            Some(wide(
                resource,
                "a key that does not encrypt this proxy's secrets",
            ))
        }
    }

    fn connect_fault(&self, resource: &SymbolicString) -> Option<ActionFault> {
        match self.end_to_end {
            Some(false) => return Some(wide(resource, "only end-to-end IAM needs it")),
            None => {
                return Some(ActionFault::Unknown(
                    "DefaultAuthScheme is not known".into(),
                ));
            }
            Some(true) => {}
        }
        if let Some(reason) = resource.unknown() {
            return Some(ActionFault::Unknown(reason.to_owned()));
        }
        let Some(grant) = Grant::parse(resource) else {
            return Some(wide(resource, "that is not one user of one database"));
        };
        if grant.user.has_wildcard() || grant.user.0.is_empty() {
            Some(wide(resource, "that is more than one user"))
        } else if grant.reaches_other_places() || grant.id.has_wildcard() {
            Some(wide(
                resource,
                "a wildcard covers more than this proxy's database",
            ))
        } else {
            self.database_fault(&grant.id, resource)
        }
    }

    fn database_fault(
        &self,
        id: &SymbolicString,
        resource: &SymbolicString,
    ) -> Option<ActionFault> {
        if id.is(&Symbol::DatabaseResourceId) {
            return None;
        }
        match (id.as_text(), self.database_id) {
            (Some(id), Some(own)) if id == own => None,
            (Some(_), None) if grants::is_database_id(id) => Some(ActionFault::Unknown(format!(
                "the resource id of the database is not known, so that {resource} may be it"
            ))),
            (Some(_) | None, _) => {
                Some(wide(resource, "that is another database than this proxy's"))
            }
        }
    }
}

fn wide(resource: &SymbolicString, what: &str) -> ActionFault {
    ActionFault::Wide(format!("on {resource}: {what}"))
}

/// True if a resource of this name is the secret. Region and account are compared if both sides have them.
fn is_secret(secret: &Secret, resource: &SymbolicString, name: &str) -> bool {
    let identity = match &secret.identity {
        Identity::Created(address) => return resource.is(&Symbol::Created(address.clone())),
        Identity::Known(identity) => identity,
        Identity::Open(_) => return false,
    };
    let named = name == arn::secret_name(identity)
        || secret.name.value().is_some_and(|known| known == name);
    let text = resource.as_text().unwrap_or_default();
    match (arn::Arn::parse(identity), arn::Arn::parse(&text)) {
        (Some(own), Some(other)) => {
            named
                && arn::may_be_one(own.region, other.region)
                && arn::may_be_one(own.account, other.account)
        }
        (None, _) | (_, None) => named,
    }
}

/// True if a resource is the key of the secret; `None` if unknown.
fn is_key(secret: &Secret, resource: &SymbolicString) -> Option<bool> {
    match (secret.key.value()?, resource.as_text()) {
        (SecretKey::AwsManaged, _) => Some(false),
        (SecretKey::Customer(Identity::Created(address)), None) => {
            Some(resource.is(&Symbol::Created(address.clone())))
        }
        (SecretKey::Customer(Identity::Known(key)), Some(text)) => Some(last(key) == last(&text)),
        (SecretKey::Customer(Identity::Open(_)), _)
        | (SecretKey::Customer(Identity::Created(_)), Some(_))
        | (SecretKey::Customer(Identity::Known(_)), None) => None,
    }
}

/// Returns the id of a key, given as an ARN or as the id alone.
fn last(key: &str) -> &str {
    key.rsplit('/').next().unwrap_or(key)
}

/// Returns the fault of a grant on a key that is not limited to use through Secrets Manager.
fn via_service_fault(action: &str, conditions: &[Condition]) -> Option<ActionFault> {
    let through_secrets_manager = |condition: &Condition| {
        condition.key.eq_ignore_ascii_case("kms:ViaService")
            && ["StringEquals", "StringLike"].contains(&condition.operator.as_str())
            && !condition.values.is_empty()
            && condition.values.iter().all(starts_with_secrets_manager)
    };
    let confined = conditions.iter().any(through_secrets_manager);
    (action.eq_ignore_ascii_case("kms:Decrypt") && !confined).then(|| {
        ActionFault::Wide(
            "without kms:ViaService for Secrets Manager it decrypts whatever the key protects"
                .into(),
        )
    })
}

fn starts_with_secrets_manager(value: &SymbolicString) -> bool {
    matches!(value.0.first(), Some(SymbolicPart::Text(text)) if text.starts_with("secretsmanager."))
}
