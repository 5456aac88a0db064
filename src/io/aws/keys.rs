//! Customer-managed keys: those with an alias, and those that a secret in view is encrypted with.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_sdk_kms::Client;
use aws_sdk_kms::types::{AliasListEntry, KeyManagerType, KeyMetadata};

use super::desk::{Ask, Desk, all};
use crate::domain::snapshot::{KmsKeyFacts, SecretFacts};

/// Key ids with their aliases.
pub(super) type Aliases = BTreeMap<String, Vec<String>>;

pub(super) async fn aliases(client: Client, desk: Arc<Desk>) -> Aliases {
    let aliases = client.list_aliases().into_paginator().items();
    let ask = Ask::new("kms:ListAliases", "kms_keys");
    let aliases = desk.ask(ask, aliases.send().collect::<Result<Vec<_>, _>>());
    by_key(&aliases.await.unwrap_or_default())
}

/// The keys of these aliases and secrets.
pub(super) async fn read(
    (client, desk): (Client, Arc<Desk>),
    mut aliases: Aliases,
    (secrets, account_id): (&[SecretFacts], &str),
) -> Vec<KmsKeyFacts> {
    for secret in secrets {
        let key = secret.kms_key_id.as_deref();
        if let Some(id) = key.and_then(|key| key_id(key, account_id)) {
            aliases.entry(id.to_owned()).or_default();
        }
    }
    let jobs = aliases.into_iter().map(|(id, aliases)| {
        let (client, desk) = (client.clone(), Arc::clone(&desk));
        async move {
            let ask = Ask::new("kms:DescribeKey", "kms_keys");
            let answer = desk
                .ask(ask, client.describe_key().key_id(id).send())
                .await?;
            key_facts(answer.key_metadata()?, aliases)
        }
    });
    all(jobs).await.into_iter().flatten().collect()
}

/// Keys of services have aliases `alias/aws/…` and cannot be chosen.
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

/// The id of a key of this account. An alias is found by its own list; a key of another account is theirs to describe.
fn key_id<'a>(key: &'a str, account_id: &str) -> Option<&'a str> {
    match key.split(':').collect::<Vec<_>>().as_slice() {
        [id] if !id.starts_with("alias/") => Some(id),
        ["arn", _, "kms", _, account, resource] if *account == account_id => {
            resource.strip_prefix("key/")
        }
        _ => None,
    }
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
}
