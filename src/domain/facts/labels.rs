//! What the things around one proxy are called in paths and values.

use std::collections::BTreeMap;

use super::scheme::{Part as Played, Scheme};
use crate::domain::posture::{Identity, Proxy, Secret, SecurityGroup};
use crate::domain::term::{Part, Term, Thing};

/// What the proxy's own group is called.
const OWN: &str = "own";

/// The names around one proxy.
pub(super) struct Labels {
    groups: BTreeMap<Identity, String>,
    /// By what a term calls a secret.
    secrets: BTreeMap<String, String>,
    /// Created roles of consumers, by address.
    roles: BTreeMap<String, String>,
    /// Resource ids of databases.
    databases: Vec<String>,
}

impl Labels {
    /// The names that the scheme gives to what surrounds this proxy.
    pub(super) fn of(proxy: &Proxy, scheme: &Scheme) -> Self {
        let mut labels = Self {
            groups: BTreeMap::new(),
            secrets: BTreeMap::new(),
            roles: BTreeMap::new(),
            databases: scheme.database_ids.iter().cloned().collect(),
        };
        labels.name_groups(proxy, scheme);
        for (index, entry) in proxy.auth.entries().iter().enumerate() {
            if let Some(secret) = entry.secret.value() {
                labels.name_secret(secret, secret_label(secret, index, scheme));
            }
        }
        for consumer in proxy.consumers.entries() {
            if let Some(Identity::Created(address)) = consumer.role.value() {
                let label = format!("role of {}", scheme.consumer(consumer));
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

    /// The first part that a group plays names it; a second group in the same part gets a number.
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
        let (Identity::Known(identity) | Identity::Created(identity)) = &secret.identity;
        let names = [secret.username.value(), secret.name.value(), Some(identity)];
        for name in names.into_iter().flatten() {
            self.secrets
                .entry(name.clone())
                .or_insert_with(|| label.clone());
        }
    }

    /// A group, in a path or as a peer.
    pub(super) fn group(&self, identity: &Identity) -> String {
        match (self.groups.get(identity), identity) {
            (Some(label), _) => label.clone(),
            (None, Identity::Known(id)) => id.clone(),
            (None, Identity::Created(_)) => "a created group".to_owned(),
        }
    }

    /// A group with everything that it may be called by.
    pub(super) fn whole_group(&self, group: &SecurityGroup) -> String {
        match (&group.identity, group.name.value()) {
            (Identity::Created(_), Some(name)) if !self.groups.contains_key(&group.identity) => {
                name.clone()
            }
            (identity, _) => self.group(identity),
        }
    }

    /// A term in words that every source has.
    pub(super) fn term(&self, term: &Term) -> String {
        let text: String = term.0.iter().map(|part| self.part(part)).collect();
        let text = any_partition(text);
        let database = Thing::DatabaseResourceId.to_string();
        self.databases
            .iter()
            .fold(text, |text, id| text.replace(id.as_str(), &database))
    }

    fn part(&self, part: &Part) -> String {
        match part {
            // In the one partition that has another suffix, nothing else would be equal either.
            Part::Thing(Thing::UrlSuffix) => "amazonaws.com".to_owned(),
            Part::Thing(Thing::Secret(name)) => {
                let label = self.secrets.get(name).unwrap_or(name);
                Part::Thing(Thing::Secret(label.clone())).to_string()
            }
            Part::Thing(Thing::Created(address)) => match self.roles.get(address) {
                Some(label) => format!("<{label}>"),
                None => "<created>".to_owned(),
            },
            other => other.to_string(),
        }
    }
}

/// What a secret is called: by its user, or by its name.
pub(super) fn secret_label(secret: &Secret, index: usize, scheme: &Scheme) -> String {
    let user = secret.username.value().filter(|_| scheme.secrets_by_user);
    let known = match &secret.identity {
        Identity::Known(arn) => Some(arn),
        Identity::Created(_) => None,
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

/// An ARN of another partition than the one that is deployed into names nothing there, so that a literal partition means the
/// deployment's own.
fn any_partition(text: String) -> String {
    match text
        .strip_prefix("arn:")
        .and_then(|rest| rest.split_once(':'))
    {
        Some(("aws" | "aws-cn" | "aws-us-gov", rest)) => format!("arn:{}:{rest}", Thing::Partition),
        _ => text,
    }
}
