//! The names that things around one proxy have in paths and values.

use std::collections::{BTreeMap, BTreeSet};

use super::lexicon::Lexicon;
use super::naming::{Scheme, ThingPart as Played};
use crate::domain::posture::{Deployment, Identity, Proxy, Secret, SecretKey, SecurityGroup};
use crate::domain::symbolic::{Symbol, SymbolicPart, SymbolicString};

/// The label of the proxy's own security group.
const OWN: &str = "own";

/// The labels of the things around one proxy.
#[derive(Default)]
pub(super) struct Labels {
    groups: BTreeMap<Identity, String>,
    /// The labels of secrets by each name that a policy may use for them.
    secrets: BTreeMap<String, String>,
    /// The labels of created consumer roles by address.
    roles: BTreeMap<String, String>,
    /// The resource ids of databases, which are replaced by a placeholder.
    databases: Vec<String>,
    /// The ARN of the key that encrypts the secrets; `None` if there is no single key, or if a side creates it.
    secrets_key: Option<String>,
    /// The region and account of the deployment, if known.
    deployment: Option<Deployment>,
    /// The names that strings in policies are resolved with.
    pub(super) lexicon: Lexicon,
}

impl Labels {
    /// Returns the labels that the scheme gives to the things around this proxy.
    pub(super) fn new(proxy: &Proxy, scheme: &Scheme) -> Self {
        let databases: Vec<String> = scheme.database_ids.iter().cloned().collect();
        let mut labels = Self {
            groups: BTreeMap::new(),
            secrets: BTreeMap::new(),
            roles: BTreeMap::new(),
            lexicon: Lexicon::new(proxy, scheme.deployment.as_ref(), &databases),
            databases,
            secrets_key: existing_key(proxy, scheme),
            deployment: scheme.deployment.clone(),
        };
        labels.lexicon.key(sole_key(proxy));
        labels.name_groups(proxy, scheme);
        for (index, entry) in proxy.auth.entries().iter().enumerate() {
            if let Some(secret) = entry.secret.value() {
                labels.name_secret(secret, secret_label(secret, index, scheme));
            }
        }
        for consumer in proxy.consumers.entries() {
            if let Some(Identity::Created(address)) = consumer.role.value() {
                let label = format!("role of {}", scheme.consumer(consumer));
                labels.lexicon.role(address, &label);
                labels.roles.insert(address.clone(), label);
            }
        }
        labels
    }

    fn name_groups(&mut self, proxy: &Proxy, scheme: &Scheme) {
        let own = proxy.security_groups.entries();
        for group in own {
            if own.len() == 1
                || group
                    .name
                    .value()
                    .is_some_and(|name| scheme.is_own_group(name))
            {
                self.name_group(&group.identity, OWN.to_owned());
            }
        }
        for endpoint in proxy.endpoints.entries() {
            let name = endpoint.name.value().map_or("endpoint", String::as_str);
            for group in endpoint.security_groups.entries() {
                if is_created(&group.identity) {
                    self.name_group(&group.identity, format!("group of {name}"));
                }
            }
        }
        let database = proxy.database.value();
        let groups = database.map(|database| database.security_groups.entries());
        for group in groups.unwrap_or_default() {
            if scheme.is_created(&Played::DatabaseGroup) {
                self.name_group(&group.identity, "group of the database".to_owned());
            }
        }
        for consumer in proxy.consumers.entries() {
            let name = scheme.consumer(consumer);
            for identity in consumer.security_groups.entries() {
                if scheme.is_created(&Played::ConsumerGroup(name.clone())) {
                    self.name_group(identity, format!("group of {name}"));
                }
            }
        }
    }

    /// Labels a group by the first part that it plays; a second group with the same label gets a number.
    fn name_group(&mut self, identity: &Identity, label: String) {
        if self.groups.contains_key(identity) {
            return;
        }
        let numbered = format!("{label} ");
        let before = self
            .groups
            .values()
            .filter(|taken| **taken == label || taken.starts_with(&numbered))
            .count();
        let label = match before {
            0 => label,
            count => format!("{label} {}", count + 1),
        };
        self.groups.insert(identity.clone(), label);
    }

    fn name_secret(&mut self, secret: &Secret, label: String) {
        let identity = secret.identity.text();
        let names = [&secret.username, &secret.name].map(|name| name.value().map(String::as_str));
        for name in names.into_iter().flatten().chain([identity]) {
            self.lexicon.secret(name, &label, secret);
            self.secrets
                .entry(name.to_owned())
                .or_insert_with(|| label.clone());
        }
    }

    /// Returns the label of a group, for a path or as a peer.
    pub(super) fn group(&self, identity: &Identity) -> String {
        match (self.groups.get(identity), identity) {
            (Some(label), _) => label.clone(),
            (None, Identity::Known(id)) => id.clone(),
            (None, Identity::Created(_)) => "a created group".to_owned(),
            (None, Identity::Open(_)) => "unknown".to_owned(),
        }
    }

    /// Returns the label of a group, with its name as a fallback if it is created.
    pub(super) fn whole_group(&self, group: &SecurityGroup) -> String {
        match (&group.identity, group.name.value()) {
            (Identity::Created(_), Some(name)) if !self.groups.contains_key(&group.identity) => {
                name.clone()
            }
            (identity, _) => self.group(identity),
        }
    }

    /// Returns a symbolic string as text that is the same for every source.
    pub(super) fn term(&self, term: &SymbolicString) -> String {
        let text: String = term.0.iter().map(|part| self.part(part)).collect();
        let text = self.placed(any_partition(text));
        let database = Symbol::DatabaseResourceId.to_string();
        self.databases
            .iter()
            .fold(text, |text, id| text.replace(id.as_str(), &database))
    }

    /// Replaces the deployment's own region and account in an ARN by placeholders.
    fn placed(&self, text: String) -> String {
        let Some(Deployment { region, account }) = &self.deployment else {
            return text;
        };
        if !text.starts_with("arn:") {
            return text;
        }
        // Format: `arn:partition:service:region:account:resource`.
        let mut steps: Vec<&str> = text.splitn(6, ':').collect();
        let (own_region, own_account) = (Symbol::Region.to_string(), Symbol::Account.to_string());
        for (at, own, thing) in [(3, region, &own_region), (4, account, &own_account)] {
            if let Some(step) = steps.get_mut(at).filter(|step| *step == own) {
                *step = thing;
            }
        }
        steps.join(":")
    }

    fn part(&self, part: &SymbolicPart) -> String {
        match part {
            SymbolicPart::Thing(Symbol::SecretsKey) => match &self.secrets_key {
                Some(arn) => arn.clone(),
                None => part.to_string(),
            },
            // Only one partition has a different suffix, and there nothing else would be equal either.
            SymbolicPart::Thing(Symbol::UrlSuffix) => "amazonaws.com".to_owned(),
            SymbolicPart::Thing(Symbol::Secret(name)) => {
                let label = self.secrets.get(name).unwrap_or(name);
                SymbolicPart::Thing(Symbol::Secret(label.clone())).to_string()
            }
            SymbolicPart::Thing(Symbol::Created(address)) => match self.roles.get(address) {
                Some(label) => format!("<{label}>"),
                None => "something created".to_owned(),
            },
            other => other.to_string(),
        }
    }
}

/// Returns the ARN of the only key that encrypts all secrets of a proxy; `None` if a side creates it.
fn existing_key(proxy: &Proxy, scheme: &Scheme) -> Option<String> {
    if scheme.is_created(&Played::SecretsKey) {
        return None;
    }
    match sole_key(proxy) {
        Some(Identity::Known(arn)) if arn.starts_with("arn:") => Some(arn.clone()),
        _ => None,
    }
}

/// Returns the only customer-managed key that encrypts all secrets of a proxy, if there is exactly one.
fn sole_key(proxy: &Proxy) -> Option<&Identity> {
    let secrets = proxy.auth.entries().iter().map(|entry| &entry.secret);
    let keys: BTreeSet<Option<&SecretKey>> = secrets
        .map(|secret| secret.value().and_then(|secret| secret.key.value()))
        .collect();
    match keys.first() {
        Some(Some(SecretKey::Customer(identity))) if keys.len() == 1 => Some(identity),
        _ => None,
    }
}

/// Returns the label of a secret: its user if the scheme says so, otherwise its name.
pub(super) fn secret_label(secret: &Secret, index: usize, scheme: &Scheme) -> String {
    let user = secret.username.value().filter(|_| scheme.secrets_by_user);
    let known = match &secret.identity {
        Identity::Known(arn) => Some(arn),
        Identity::Created(_) | Identity::Open(_) => None,
    };
    user.or(secret.name.value())
        .or(secret.username.value())
        .or(known)
        .cloned()
        .unwrap_or_else(|| format!("entry {}", index + 1))
}

fn is_created(identity: &Identity) -> bool {
    matches!(identity, Identity::Created(_))
}

/// Replaces a literal partition in an ARN by a placeholder. An ARN of another partition names nothing in this
/// deployment, so a literal partition can only be the deployment's own.
fn any_partition(text: String) -> String {
    match text
        .strip_prefix("arn:")
        .and_then(|rest| rest.split_once(':'))
    {
        Some(("aws" | "aws-cn" | "aws-us-gov", rest)) => {
            format!("arn:{}:{rest}", Symbol::Partition)
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_means_the_same_however_region_and_account_are_written() {
        let labels = Labels {
            groups: BTreeMap::new(),
            secrets: BTreeMap::new(),
            roles: BTreeMap::new(),
            lexicon: Lexicon::default(),
            databases: Vec::new(),
            secrets_key: Some("arn:aws:kms:eu-west-1:123456789012:key/k".to_owned()),
            deployment: Some(Deployment {
                region: "eu-west-1".to_owned(),
                account: "123456789012".to_owned(),
            }),
        };
        let composed = SymbolicString(vec![
            SymbolicPart::Text("arn:".to_owned()),
            SymbolicPart::Thing(Symbol::Partition),
            SymbolicPart::Text(":kms:".to_owned()),
            SymbolicPart::Thing(Symbol::Region),
            SymbolicPart::Text(":".to_owned()),
            SymbolicPart::Thing(Symbol::Account),
            SymbolicPart::Text(":key/k".to_owned()),
        ]);
        let expected = labels.term(&composed);
        for same in [
            SymbolicString::text("arn:aws:kms:eu-west-1:123456789012:key/k"),
            SymbolicString::thing(Symbol::SecretsKey),
        ] {
            assert_eq!(labels.term(&same), expected);
        }
        for other in [
            "arn:aws:kms:eu-west-2:123456789012:key/k",
            "arn:aws:kms:eu-west-1:210987654321:key/k",
            "arn:aws:kms:eu-west-1:123456789012:key/eu-west-1",
            "eu-west-1:123456789012",
        ] {
            assert_ne!(labels.term(&SymbolicString::text(other)), expected);
        }
        // Placeholders apply only to the segments of an ARN: elsewhere a number may be anything.
        assert_eq!(
            labels.term(&SymbolicString::text("a:b:c:eu-west-1")),
            "a:b:c:eu-west-1"
        );
    }
}
