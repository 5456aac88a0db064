//! Chooses the names that both sides of a comparison use for each thing, before either is flattened.
//!
//! A secret is named by its user if every side knows all users, otherwise by its name. A consumer is named by its
//! function if any side knows that. A group, network or key that any side creates is named by the part it plays,
//! otherwise by its id.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::posture::{Consumer, Deployment, Identity, Posture, Proxy, SecretKey};

/// The naming scheme that all sides share.
#[derive(Clone, Debug, Default)]
pub(super) struct Scheme {
    /// The name of the only proxy; `None` unless each side has exactly one.
    pub(super) sole_proxy: Option<String>,
    /// True if secrets are named by the user that they hold.
    pub(super) secrets_by_user: bool,
    /// The functions that run under a role, by the role's name.
    functions: BTreeMap<String, BTreeSet<String>>,
    /// The resource ids of databases that any side knows.
    pub(super) database_ids: BTreeSet<String>,
    /// The names of the groups that some side creates for the proxy itself.
    own_groups: BTreeSet<String>,
    /// The parts that some side fills with something that it creates.
    created: BTreeSet<ThingPart>,
    /// The region and account of the deployment, if any side knows them.
    pub(super) deployment: Option<Deployment>,
}

/// A part that a created thing can play.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ThingPart {
    DatabaseGroup,
    ConsumerGroup(String),
    Network,
    Subnets,
    SecretsKey,
    ParameterGroup,
}

impl Scheme {
    /// Derives the scheme from all sides.
    pub(super) fn new(sides: &[&Posture]) -> Self {
        let proxies = || sides.iter().flat_map(|posture| &posture.proxies);
        let mut scheme = Self {
            sole_proxy: sole_proxy(sides),
            secrets_by_user: proxies().all(knows_all_users),
            deployment: sides.iter().find_map(|side| side.deployment.clone()),
            ..Self::default()
        };
        for consumer in proxies().flat_map(|proxy| proxy.consumers.entries()) {
            scheme.learn_function(consumer);
        }
        for proxy in proxies() {
            scheme.learn_created(proxy);
        }
        scheme
    }

    fn learn_function(&mut self, consumer: &Consumer) {
        let (Some(role), Some(function)) = (role_name(consumer), consumer.function.value()) else {
            return;
        };
        if role != *function {
            self.functions
                .entry(role)
                .or_default()
                .insert(function.clone());
        }
    }

    fn learn_created(&mut self, proxy: &Proxy) {
        let is_created = |identity: &Identity| matches!(identity, Identity::Created(_));
        for group in proxy.security_groups.entries() {
            if is_created(&group.identity) {
                self.own_groups.extend(group.name.value().cloned());
            }
        }
        let database = proxy.database.value();
        let id = database.and_then(|database| database.resource_id.value());
        self.database_ids
            .extend(id.filter(|id| !id.is_empty()).cloned());
        let groups = database.map(|database| database.security_groups.entries());
        if groups
            .unwrap_or_default()
            .iter()
            .any(|group| is_created(&group.identity))
        {
            self.created.insert(ThingPart::DatabaseGroup);
        }
        let parameters = database.and_then(|database| database.parameter_group.value());
        if parameters.is_some_and(|group| is_created(&group.identity)) {
            self.created.insert(ThingPart::ParameterGroup);
        }
        for consumer in proxy.consumers.entries() {
            if consumer.security_groups.entries().iter().any(is_created) {
                self.created
                    .insert(ThingPart::ConsumerGroup(self.consumer(consumer)));
            }
        }
        if proxy
            .vpc
            .value()
            .is_some_and(|vpc| is_created(&vpc.identity))
        {
            self.created.insert(ThingPart::Network);
        }
        if proxy
            .subnets
            .entries()
            .iter()
            .any(|subnet| is_created(&subnet.identity))
        {
            self.created.insert(ThingPart::Subnets);
        }
        let keys = proxy
            .auth
            .entries()
            .iter()
            .filter_map(|entry| entry.secret.value()?.key.value());
        for key in keys {
            if matches!(key, SecretKey::Customer(Identity::Created(_))) {
                self.created.insert(ThingPart::SecretsKey);
            }
        }
    }

    /// True if some side creates the thing that plays this part.
    pub(super) fn is_created(&self, part: &ThingPart) -> bool {
        self.created.contains(part)
    }

    /// True if some side creates a group of this name for the proxy itself.
    pub(super) fn is_own_group(&self, name: &str) -> bool {
        self.own_groups.contains(name)
    }

    /// Returns the name of a consumer: its function, or its role if the function is unknown or several functions share
    /// the role and with it the grants.
    pub(super) fn consumer(&self, consumer: &Consumer) -> String {
        let role = role_name(consumer);
        let functions = role.as_ref().and_then(|role| self.functions.get(role));
        match functions
            .map(|functions| functions.iter().collect::<Vec<_>>())
            .as_deref()
        {
            Some([function]) => Some((*function).clone()),
            Some(_) => role,
            None => consumer.function.value().cloned().or(role),
        }
        .unwrap_or_else(|| "unnamed".to_owned())
    }
}

fn sole_proxy(sides: &[&Posture]) -> Option<String> {
    let mut only = sides
        .iter()
        .map(|posture| match posture.proxies.as_slice() {
            [proxy] => Some(proxy),
            _ => None,
        });
    let all: Option<Vec<&Proxy>> = only.by_ref().collect();
    let all = all?;
    let named = all.iter().find_map(|proxy| proxy.name.value());
    named.or(all.first().map(|proxy| &proxy.address)).cloned()
}

fn knows_all_users(proxy: &Proxy) -> bool {
    let users: Vec<_> = proxy
        .auth
        .entries()
        .iter()
        .map(|entry| {
            entry
                .secret
                .value()
                .and_then(|secret| secret.username.value())
        })
        .collect();
    let distinct: BTreeSet<_> = users.iter().collect();
    users.iter().all(Option::is_some) && distinct.len() == users.len()
}

/// Returns the last segment of the ARN of a consumer's role; `None` unless the role exists already.
pub(super) fn role_name(consumer: &Consumer) -> Option<String> {
    match consumer.role.value()? {
        Identity::Known(name) => Some(last_step(name).to_owned()),
        Identity::Created(_) | Identity::Open(_) => None,
    }
}

/// Returns the text after the last slash.
pub(super) fn last_step(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}
