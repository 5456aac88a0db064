//! Reads secrets with their tags and policies, but never their values: this crate does not contain the call for that.

use std::sync::Arc;

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::SdkError;
use aws_sdk_secretsmanager::operation::list_secrets::ListSecretsError;
use aws_sdk_secretsmanager::types::SecretListEntry;

use super::limiter::{CallPurpose, Limiter, all};
use super::policies;
use crate::domain::snapshot::SecretFacts;

const POLICY: CallPurpose = CallPurpose::new("secretsmanager:GetResourcePolicy", "secrets");

/// The largest page size. Source: Secrets Manager API Reference, ListSecrets.
const PAGE: i32 = 100;

/// Lists all secrets, without their policies.
pub(super) async fn list(client: Client, limiter: Arc<Limiter>) -> Vec<SecretFacts> {
    let ask = CallPurpose::new("secretsmanager:ListSecrets", "secrets");
    let secrets = limiter.ask(ask, pages(&client)).await;
    secrets.iter().flatten().map(secret_facts).collect()
}

async fn pages(client: &Client) -> Result<Vec<SecretListEntry>, SdkError<ListSecretsError>> {
    let request = client.list_secrets().max_results(PAGE);
    let mut pages = request
        .into_paginator()
        .stop_on_duplicate_token(false)
        .send();
    let mut secrets = Vec::new();
    while let Some(page) = pages.next().await {
        secrets.extend_from_slice(page?.secret_list());
    }
    Ok(secrets)
}

/// Adds the policies of those secrets that `matters` accepts.
pub(super) async fn with_policies(
    client: Client,
    limiter: Arc<Limiter>,
    secrets: Vec<SecretFacts>,
    matters: impl Fn(&SecretFacts) -> bool,
) -> Vec<SecretFacts> {
    let jobs = secrets.into_iter().map(|secret| {
        let wanted = matters(&secret);
        let (client, limiter) = (client.clone(), Arc::clone(&limiter));
        async move {
            if wanted {
                with_policy(&client, &limiter, secret).await
            } else {
                secret
            }
        }
    });
    all(jobs).await
}

async fn with_policy(client: &Client, limiter: &Limiter, mut secret: SecretFacts) -> SecretFacts {
    let request = client.get_resource_policy().secret_id(&secret.arn);
    let Some(answer) = limiter.ask(POLICY, request.send()).await else {
        return secret;
    };
    let Some(text) = answer.resource_policy() else {
        secret.policy_visible = true;
        return secret;
    };
    secret.policy = policies::document(text);
    secret.policy_visible = secret.policy.is_some();
    if secret.policy.is_none() {
        limiter.note_unreadable(POLICY, "a policy is not JSON");
    }
    secret
}

fn secret_facts(secret: &SecretListEntry) -> SecretFacts {
    let tags = secret.tags().iter();
    let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
    SecretFacts {
        arn: text(secret.arn()),
        name: text(secret.name()),
        kms_key_id: own_key(secret.kms_key_id()),
        owning_service: secret.owning_service().map(str::to_owned),
        tags: tags
            .map(|tag| (text(tag.key()), text(tag.value())))
            .collect(),
        policy_visible: false,
        policy: None,
    }
}

/// Returns the key of a secret, unless it is the default key of the service.
fn own_key(key: Option<&str>) -> Option<String> {
    key.filter(|key| !key.is_empty() && !key.ends_with("alias/aws/secretsmanager"))
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use aws_sdk_secretsmanager::types::Tag;

    use super::*;

    #[test]
    fn aws_the_services_own_key_is_no_key() {
        let cases = [
            (Some("alias/aws/secretsmanager"), None),
            (
                Some("arn:aws:kms:eu-west-1:123456789012:alias/aws/secretsmanager"),
                None,
            ),
            (Some(""), None),
            (None, None),
            (
                Some("arn:aws:kms:eu-west-1:1:key/a"),
                Some("arn:aws:kms:eu-west-1:1:key/a"),
            ),
        ];
        for (key, expected) in cases {
            let secret = SecretListEntry::builder()
                .set_kms_key_id(key.map(str::to_owned))
                .tags(Tag::builder().key("team").value("orders").build())
                .build();
            let facts = secret_facts(&secret);
            assert_eq!(facts.kms_key_id.as_deref(), expected, "{key:?}");
            assert_eq!(facts.tags.get("team").map(String::as_str), Some("orders"));
            assert!(!facts.policy_visible);
        }
    }
}
