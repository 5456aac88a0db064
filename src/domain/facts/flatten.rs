//! Flattens every attribute of every proxy into facts. Destructures structs without `..`: new fields must be placed.

use std::collections::BTreeMap;

use super::enum_names::{default_auth_text, iam_text, password_text};
use super::fact_writer::{FactWriter, Flat, SetEntry};
use super::labels::{Labels, secret_label};
use super::naming::{Scheme, ThingPart, last_step};
use super::policies::PolicyHolder;
use super::{Fact, policies};
use crate::domain::engine::EngineFamily;
use crate::domain::evidence::Evidence;
use crate::domain::iam::Policy;
use crate::domain::posture::{
    AuthEntry, Consumer, DefaultAuth, Endpoint, Identity, Pool, Posture, Proxy, Role, Secret,
    SecretKey, SecretUse,
};
use crate::domain::settings::SettingValue;

/// The prefix of tags that AWS reserves for itself; users cannot set them.
const AWS_TAGS: &str = "aws:";

/// Returns the facts of a posture; `scheme` names the things in their paths.
pub(super) fn facts(posture: &Posture, scheme: &Scheme) -> Flat {
    let mut flat = Flat::default();
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    let names: BTreeMap<&str, &str> = posture
        .proxies
        .iter()
        .map(|proxy| (proxy.address.as_str(), name(proxy)))
        .collect();
    for proxy in &posture.proxies {
        let label = scheme
            .sole_proxy
            .clone()
            .unwrap_or_else(|| name(proxy).to_owned());
        let count = taken.entry(label.clone()).or_default();
        *count += 1;
        let path = match *count {
            1 => label,
            count => format!("{label} ({count})"),
        };
        let view = FlattenContext {
            labels: Labels::new(proxy, scheme),
            scheme,
            names: &names,
        };
        view.proxy(FactWriter::new(&mut flat, path), proxy);
    }
    flat
}

fn name(proxy: &Proxy) -> &str {
    proxy.name.value().unwrap_or(&proxy.address)
}

/// Writes the tags that users set.
fn own_tags(mut sheet: FactWriter<'_>, tags: &BTreeMap<String, String>) {
    for (key, value) in tags.iter().filter(|(key, _)| !key.starts_with(AWS_TAGS)) {
        sheet.value(key, value.clone());
    }
}

/// The names that one proxy is flattened with.
pub(super) struct FlattenContext<'v> {
    pub(super) labels: Labels,
    pub(super) scheme: &'v Scheme,
    /// The names of all proxies by address.
    names: &'v BTreeMap<&'v str, &'v str>,
}

fn family_name(family: &EngineFamily) -> String {
    family.api_name().to_owned()
}

impl FlattenContext<'_> {
    fn proxy(&self, mut sheet: FactWriter<'_>, proxy: &Proxy) {
        let Proxy {
            address: _,
            origin: _,
            name,
            engine_family,
            require_tls,
            debug_logging,
            default_auth,
            auth,
            role,
            subnets,
            vpc,
            security_groups,
            pool,
            endpoints,
            database,
            consumers,
            tags,
            // Derived attributes (the region follows from the subnets) and past events cannot drift.
            other_proxies: _,
            region: _,
            account: _,
            strangers: _,
            group_members: _,
            clear_text: _,
            is_live: _,
        } = proxy;
        sheet.put("name", name, String::clone);
        sheet.put("engine_family", engine_family, family_name);
        sheet.put("require_tls", require_tls, bool::to_string);
        sheet.put("debug_logging", debug_logging, bool::to_string);
        let scheme = |scheme: &DefaultAuth| default_auth_text(scheme).to_owned();
        sheet.put("default_auth", default_auth, scheme);
        if let Some(entries) = sheet.known("auth", auth) {
            self.secrets(&mut sheet, entries);
        }
        if let Some(role) = sheet.known("role", role) {
            self.role(sheet.under("role"), role);
        }
        if let Some(subnets) = sheet.known("subnets", subnets) {
            self.subnets(sheet.under("subnets"), subnets);
        }
        if let Some(vpc) = sheet.known("vpc", vpc) {
            self.vpc(sheet.under("vpc"), vpc);
        }
        if let Some(groups) = sheet.known("security_groups", security_groups) {
            self.groups(sheet.under("security_groups"), groups);
        }
        self.pool(sheet.under("pool"), pool);
        if let Some(endpoints) = sheet.known("endpoints", endpoints) {
            self.endpoints(sheet.under("endpoints"), endpoints);
        }
        if let Some(database) = sheet.known("database", database) {
            self.database(sheet.under("database"), database);
        }
        if let Some(consumers) = sheet.known("consumers", consumers) {
            self.consumers(sheet.under("consumers"), consumers);
        }
        if let Some(tags) = sheet.known("tags", tags) {
            own_tags(sheet.under("tags"), tags);
        }
    }

    fn secrets(&self, sheet: &mut FactWriter<'_>, entries: &[AuthEntry]) {
        self.auth(sheet.under("auth"), entries);
        self.key_policies(sheet.under("key_policies"), entries);
    }

    fn auth(&self, mut sheet: FactWriter<'_>, entries: &[AuthEntry]) {
        let mut taken = BTreeMap::new();
        for (index, entry) in entries.iter().enumerate() {
            let AuthEntry {
                origin: _,
                scheme,
                iam,
                client_password,
                user_name,
                secret,
                shared_with,
                alone: _,
            } = entry;
            if let Evidence::Unresolved(reason, _) = secret {
                // It may be any entry of the other side, so none of those can be reported as missing.
                sheet.is(Fact::Partial(reason.clone()));
                sheet
                    .one_of("an unknown secret", &mut taken)
                    .is(Fact::Unresolved(reason.clone()));
                continue;
            }
            let label = secret.value().map_or_else(
                || format!("entry {}", index + 1),
                |secret| secret_label(secret, index, self.scheme),
            );
            let mut sheet = sheet.one_of(&label, &mut taken);
            sheet.put("scheme", scheme, String::clone);
            sheet.put("iam", iam, |iam| iam_text(iam).to_owned());
            sheet.put("client_password", client_password, String::clone);
            sheet.put("user_name", user_name, String::clone);
            if let Some(secret) = sheet.known("secret", secret) {
                self.secret(sheet.under("secret"), secret);
            }
            sheet.set(
                "shared_with",
                shared_with
                    .iter()
                    .map(|other| SetEntry::known(self.user(other))),
            );
        }
    }

    /// Writes the policies of the customer-managed keys that encrypt the secrets.
    fn key_policies(&self, mut sheet: FactWriter<'_>, entries: &[AuthEntry]) {
        let secrets = entries.iter().filter_map(|entry| entry.secret.value());
        let hidden = entries.iter().find_map(|entry| match &entry.secret {
            Evidence::Stated(secret, _) | Evidence::Defaulted(secret) => secret.key.unknown(),
            unseen => unseen.unknown(),
        });
        if let Some(reason) = hidden {
            // It may be any key of the other side.
            sheet.is(Fact::Partial(reason.to_owned()));
        }
        let keyed = secrets.filter_map(|secret| Some((secret.key.value()?, &secret.key_policies)));
        let by_key: BTreeMap<&SecretKey, &Evidence<Vec<Policy>>> = keyed.collect();
        let is_customers = |(key, _): &(&SecretKey, _)| **key != SecretKey::AwsManaged;
        for (key, policies) in by_key.into_iter().filter(is_customers) {
            let label = self.key(key);
            if let Some(policies) = sheet.known(&label, policies) {
                let grants = policies.iter();
                let grants = grants
                    .flat_map(|policy| policies::grants(policy, PolicyHolder::Key, &self.labels));
                sheet.grants(&label, grants);
            }
        }
    }

    fn user(&self, SecretUse { proxy, origin: _ }: &SecretUse) -> String {
        let name = self.names.get(proxy.as_str());
        name.map_or_else(|| proxy.clone(), |name| (*name).to_owned())
    }

    fn secret(&self, mut sheet: FactWriter<'_>, secret: &Secret) {
        let Secret {
            identity: _,
            origin: _,
            name,
            username,
            password,
            is_master,
            key,
            // Secrets share keys; the key policies are written once, by `key_policies`.
            key_policies: _,
            policy,
            further_policies,
            block_public_policy,
        } = secret;
        sheet.put("name", name, String::clone);
        sheet.put("username", username, String::clone);
        sheet.put("password", password, |source| {
            password_text(*source).to_owned()
        });
        sheet.put("is_master", is_master, bool::to_string);
        sheet.put("key", key, |key| self.key(key));
        if let Some(policy) = sheet.known("policy", policy) {
            let grants = policy
                .iter()
                .flat_map(|policy| policies::grants(policy, PolicyHolder::Secret, &self.labels));
            sheet.grants("policy", grants);
        }
        for further in further_policies {
            match further {
                Evidence::Stated(policy, _) | Evidence::Defaulted(policy) => {
                    sheet.grants(
                        "policy",
                        policies::grants(policy, PolicyHolder::Secret, &self.labels),
                    );
                }
                Evidence::Unresolved(..) | Evidence::NotVisible => {
                    sheet.known("further policy", further);
                }
            }
        }
        sheet.put("block_public_policy", block_public_policy, bool::to_string);
    }

    fn key(&self, key: &SecretKey) -> String {
        match key {
            SecretKey::AwsManaged => "aws/secretsmanager".to_owned(),
            SecretKey::Customer(_) if self.scheme.is_created(&ThingPart::SecretsKey) => {
                "a customer-managed key".to_owned()
            }
            SecretKey::Customer(id) => id
                .text()
                .rsplit(':')
                .next()
                .unwrap_or(id.text())
                .trim_start_matches("key/")
                .to_owned(),
        }
    }

    fn role(&self, mut sheet: FactWriter<'_>, role: &Role) {
        let Role {
            identity: _,
            origin: _,
            name,
            trust,
            policies,
        } = role;
        sheet.put("name", name, String::clone);
        if let Some(trust) = sheet.known("trust", trust) {
            sheet.grants(
                "trust",
                policies::grants(trust, PolicyHolder::Trust, &self.labels),
            );
        }
        if let Some(all) = sheet.known("permissions", policies) {
            let grants = all
                .iter()
                .flat_map(|policy| policies::grants(policy, PolicyHolder::Role, &self.labels));
            sheet.grants("permissions", grants);
        }
    }

    fn pool(&self, mut sheet: FactWriter<'_>, pool: &Pool) {
        let Pool {
            settings,
            pinning_filters,
            init_query,
        } = pool;
        for (row, value) in settings.rows() {
            sheet.put(row.key, value, SettingValue::to_string);
        }
        if let Some(filters) = sheet.known("pinning_filters", pinning_filters) {
            sheet.set(
                "pinning_filters",
                filters.iter().cloned().map(SetEntry::known),
            );
        }
        sheet.put("init_query", init_query, String::clone);
    }

    fn endpoints(&self, mut sheet: FactWriter<'_>, endpoints: &[Endpoint]) {
        let mut taken = BTreeMap::new();
        for endpoint in endpoints {
            let Endpoint {
                address: _,
                origin: _,
                name,
                target_role,
                security_groups,
                subnets,
            } = endpoint;
            let label = name.value().map_or("unnamed", String::as_str);
            let mut sheet = sheet.one_of(label, &mut taken);
            sheet.put("target_role", target_role, String::clone);
            if let Some(groups) = sheet.known("security_groups", security_groups) {
                self.groups(sheet.under("security_groups"), groups);
            }
            if let Some(subnets) = sheet.known("subnets", subnets) {
                self.subnets(sheet.under("subnets"), subnets);
            }
        }
    }

    fn consumers(&self, mut sheet: FactWriter<'_>, consumers: &[Consumer]) {
        for consumer in consumers {
            let Consumer {
                address: _,
                origin: _,
                // The scheme derives the consumer's label from it if any side knows it.
                function,
                role,
                grants,
                security_groups,
                vpc,
            } = consumer;
            if let (Evidence::Unresolved(reason, _), Evidence::Unresolved(..)) = (function, role)
                && grants.is_empty()
            {
                // An unknown consumer may be any consumer of the other side, or none.
                sheet.is(Fact::Partial(reason.clone()));
                continue;
            }
            // Functions that share a role share one path.
            let mut sheet = sheet.under(&self.scheme.consumer(consumer));
            sheet.value("is", "present");
            match sheet.known("role", role) {
                Some(Identity::Known(role)) => sheet.value("role", last_step(role)),
                // A created role has no name before it is deployed.
                Some(Identity::Created(_) | Identity::Open(_)) => {
                    sheet.under("role").is(Fact::NotVisible)
                }
                None => {}
            }
            let grants = grants.iter();
            let grants = grants.map(|grant| policies::connect(grant, &self.labels));
            sheet.grants("grants", grants);
            if let Some(groups) = sheet.known("security_groups", security_groups) {
                sheet.set(
                    "security_groups",
                    groups
                        .iter()
                        .map(|group| SetEntry::known(self.labels.group(group))),
                );
            }
            sheet.put("vpc", vpc, |vpc| {
                vpc.as_ref()
                    .map_or_else(|| "none".to_owned(), |vpc| self.network(vpc))
            });
        }
    }
}
