//! Reads customer-managed keys: those with an alias, and those that encrypt a secret in scope.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aws_sdk_kms::Client;
use aws_sdk_kms::types::{AliasListEntry, KeyManagerType, KeyMetadata};

use super::limiter::{CallPurpose, Limiter, all};
use super::policies;
use crate::domain::snapshot::{KmsKeyFacts, SecretFacts};

/// The aliases of each key, by key id.
pub(super) type Aliases = BTreeMap<String, Vec<String>>;

pub(super) async fn aliases(client: Client, limiter: Arc<Limiter>) -> Aliases {
    let aliases = client
        .list_aliases()
        .into_paginator()
        .stop_on_duplicate_token(false)
        .items();
    let ask = CallPurpose::new("kms:ListAliases", "kms_keys");
    let aliases = limiter.ask(ask, aliases.send().collect::<Result<Vec<_>, _>>());
    by_key(&aliases.await.unwrap_or_default())
}

/// The keys to read.
pub(super) struct WantedKeys {
    /// The keys with an alias, which can be chosen, and the keys in `of_secrets`; by id, with their aliases.
    pub(super) aliases: Aliases,
    /// The ids of the keys of relevant secrets. Their policies are read too.
    pub(super) of_secrets: BTreeSet<String>,
}

impl WantedKeys {
    /// Collects the keys of these secrets, and all keys with an alias if `any` is true.
    pub(super) fn new<'s>(
        aliases: Aliases,
        secrets: impl Iterator<Item = &'s SecretFacts>,
        account_id: &str,
        any: bool,
    ) -> Self {
        let keys = secrets.filter_map(|secret| secret.kms_key_id.as_deref());
        let of_secrets: BTreeSet<String> = keys
            .filter_map(|key| key_id(key, account_id).or_else(|| aliased(key, &aliases)))
            .map(str::to_owned)
            .collect();
        let mut aliases = aliases;
        aliases.retain(|key, _| any || of_secrets.contains(key));
        for key in &of_secrets {
            aliases.entry(key.clone()).or_default();
        }
        Self {
            aliases,
            of_secrets,
        }
    }
}

/// Reads the wanted keys.
pub(super) async fn read(
    client: Client,
    limiter: Arc<Limiter>,
    wanted: WantedKeys,
) -> Vec<KmsKeyFacts> {
    let jobs = wanted.aliases.into_iter().map(|(id, aliases)| {
        let (client, limiter) = (client.clone(), Arc::clone(&limiter));
        let policy_matters = wanted.of_secrets.contains(&id);
        async move {
            let ask = CallPurpose::new("kms:DescribeKey", "kms_keys");
            let request = client.describe_key().key_id(&id);
            let answer = limiter.ask(ask, request.send()).await?;
            let facts = key_facts(answer.key_metadata()?, aliases)?;
            Some(if policy_matters {
                with_policy(&client, &limiter, facts).await
            } else {
                facts
            })
        }
    });
    all(jobs).await.into_iter().flatten().collect()
}

async fn with_policy(client: &Client, limiter: &Limiter, mut key: KmsKeyFacts) -> KmsKeyFacts {
    let ask = CallPurpose::new("kms:GetKeyPolicy", "kms_keys");
    // `default` is the only valid policy name.
    let request = client
        .get_key_policy()
        .key_id(&key.arn)
        .policy_name("default");
    let Some(answer) = limiter.ask(ask, request.send()).await else {
        return key;
    };
    key.policy = answer.policy().and_then(policies::document);
    key.policy_visible = key.policy.is_some();
    if key.policy.is_none() {
        limiter.note_unreadable(ask, "a policy is not JSON");
    }
    key
}

/// Groups the aliases by key. Keys of AWS services have aliases `alias/aws/…` and cannot be chosen, so they are left
/// out.
fn by_key(aliases: &[AliasListEntry]) -> Aliases {
    let mut keys = Aliases::new();
    for alias in aliases {
        let (Some(name), Some(key)) = (alias.alias_name(), alias.target_key_id()) else {
            continue;
        };
        if !name.starts_with("alias/aws/") {
            keys.entry(key.to_owned())
                .or_default()
                .push(name.to_owned());
        }
    }
    keys.values_mut().for_each(|names| names.sort());
    keys
}

/// Returns the id of a key of this account. `None` for an alias, which is resolved with the list of aliases, and for a
/// key of another account, which only that account can describe.
fn key_id<'a>(key: &'a str, account_id: &str) -> Option<&'a str> {
    match key.split(':').collect::<Vec<_>>().as_slice() {
        [id] if !id.starts_with("alias/") => Some(id),
        ["arn", _, "kms", _, account, resource] if *account == account_id => {
            resource.strip_prefix("key/")
        }
        _ => None,
    }
}

/// Returns the id of the key that an alias, or the ARN of one, refers to.
fn aliased<'a>(key: &str, aliases: &'a Aliases) -> Option<&'a str> {
    let name = key.rsplit(':').next()?;
    let found = aliases
        .iter()
        .find(|(_, names)| names.iter().any(|known| known == name));
    found.map(|(id, _)| id.as_str())
}

fn key_facts(key: &KeyMetadata, aliases: Vec<String>) -> Option<KmsKeyFacts> {
    if key.key_manager() == Some(&KeyManagerType::Aws) {
        return None;
    }
    Some(KmsKeyFacts {
        arn: key.arn()?.to_owned(),
        aliases,
        description: key.description().unwrap_or_default().to_owned(),
        state: key
            .key_state()
            .map(|state| state.as_str())
            .unwrap_or_default()
            .to_owned(),
        policy_visible: false,
        policy: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aws_keys_of_services_are_left_out() {
        let alias = |name: &str, key: Option<&str>| {
            let alias = AliasListEntry::builder().alias_name(name);
            alias.set_target_key_id(key.map(str::to_owned)).build()
        };
        let keys = by_key(&[
            alias("alias/orders", Some("k1")),
            alias("alias/billing", Some("k1")),
            alias("alias/aws/rds", Some("k2")),
            alias("alias/aws/s3", None),
        ]);
        let names = ["alias/billing", "alias/orders"].map(str::to_owned);
        assert_eq!(keys, BTreeMap::from([("k1".to_owned(), names.to_vec())]));
    }

    #[test]
    fn aws_only_keys_of_the_account_are_asked_for() {
        let cases = [
            ("k1", Some("k1")),
            ("alias/orders", None),
            ("arn:aws:kms:eu-west-1:123456789012:key/k1", Some("k1")),
            ("arn:aws:kms:eu-west-1:210987654321:key/k1", None),
            ("arn:aws:kms:eu-west-1:123456789012:alias/orders", None),
        ];
        for (key, expected) in cases {
            assert_eq!(key_id(key, "123456789012"), expected, "{key}");
        }
    }

    #[test]
    fn aws_of_running_proxies_only_the_keys_of_their_secrets_are_read() {
        let aliases = Aliases::from([
            ("k1".to_owned(), vec!["alias/orders".to_owned()]),
            ("k2".to_owned(), vec!["alias/other".to_owned()]),
        ]);
        let secret = |key: &str| SecretFacts {
            kms_key_id: Some(key.to_owned()),
            ..SecretFacts::default()
        };
        let secrets = [
            secret("alias/orders"),
            secret("arn:aws:kms:eu-west-1:123456789012:key/k3"),
            secret("arn:aws:kms:eu-west-1:210987654321:key/k4"),
        ];
        for (any, expected) in [(false, &["k1", "k3"][..]), (true, &["k1", "k2", "k3"])] {
            let wanted = WantedKeys::new(aliases.clone(), secrets.iter(), "123456789012", any);
            assert_eq!(wanted.aliases.keys().collect::<Vec<_>>(), expected);
            assert_eq!(wanted.of_secrets.iter().collect::<Vec<_>>(), ["k1", "k3"]);
        }
    }
}
