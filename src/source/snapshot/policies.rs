//! The resources that have policies (roles, secrets), and the meaning of the strings in these policies in this account.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::databases::{cluster_address, instance_address};
use super::gaps::{Gaps, KEYS, ROLES};
use super::nodes::{self, filled, list, map, resource, tags, text, unresolved};
use crate::domain::snapshot::{
    KmsKeyFacts, PolicyFacts, RoleFacts, SecretFacts, Snapshot, VpcFacts,
};
use crate::language::policy;
use crate::language::resource::{Node, Piece, Pseudo, Resource};

/// Interprets the strings of this account's policies.
pub(super) struct AccountPolicyReader<'s> {
    snapshot: &'s Snapshot,
    /// The pieces for whole ARNs: of resources in view, and of those that a proxy names though they are not in view.
    whole: BTreeMap<&'s str, Piece>,
    /// The pieces for texts between the delimiters of an ARN or a host name.
    tokens: BTreeMap<&'s str, Piece>,
}

impl<'s> AccountPolicyReader<'s> {
    pub(super) fn new(snapshot: &'s Snapshot) -> Self {
        let mut reader = Self {
            snapshot,
            whole: whole(snapshot),
            tokens: tokens(snapshot),
        };
        // A partial snapshot has empty texts, which match nothing.
        reader.whole.remove("");
        reader.tokens.remove("");
        reader
    }

    /// Converts a policy document.
    fn policy(&self, document: &Json) -> Node {
        policy::node_of(document, &|text| self.pieces(text), &nodes::origin())
    }

    fn pieces(&self, text: &str) -> Vec<Piece> {
        if let Some(piece) = self.whole.get(text) {
            return vec![piece.clone()];
        }
        let is_arn = text.starts_with("arn:");
        let tokens = text.split_inclusive([':', '/', '.']);
        tokens
            .enumerate()
            .flat_map(|(index, token)| {
                let name = token.trim_end_matches([':', '/', '.']);
                let piece = if is_arn && index == 1 && name == self.snapshot.partition {
                    Piece::Pseudo(Pseudo::Partition)
                } else {
                    self.token(name)
                };
                [piece, Piece::Text(token[name.len()..].to_owned())]
            })
            .collect()
    }

    fn token(&self, name: &str) -> Piece {
        let known = self.tokens.get(name).cloned();
        known.unwrap_or_else(|| Piece::Text(name.to_owned()))
    }

    pub(super) fn vpc(&self, vpc: &VpcFacts) -> Resource {
        let refused = self
            .snapshot
            .not_visible
            .iter()
            .any(|gap| gap.action.contains("EncryptionControls"));
        let controls = match (&vpc.encryption_controls, refused) {
            (Some(mode), _) => Some(text(mode)),
            (None, false) => Some(text("none")),
            (None, true) => None,
        };
        let body = vec![
            ("InstanceTenancy", filled(&vpc.tenancy)),
            ("CidrBlock", vpc.cidrs.first().map(text)),
            ("EncryptionControls", controls),
        ];
        resource("AWS::EC2::VPC", &vpc.id, &[&vpc.id], body)
    }

    pub(super) fn role(&self, role: &RoleFacts, gaps: &Gaps<'_>) -> Resource {
        let entry = |policy: &PolicyFacts| {
            map(vec![
                ("PolicyName", Some(text(&policy.name))),
                ("PolicyDocument", Some(self.policy(&policy.document))),
            ])
        };
        let policies = role
            .inline_policies
            .iter()
            .chain(&role.attached_policies)
            .map(entry);
        let gap = (!role.complete).then(|| {
            let why = gaps.why(ROLES).map(|why| format!(": {why}"));
            unresolved(&format!(
                "not all policies of the role {} could be read{}",
                role.name,
                why.unwrap_or_default()
            ))
        });
        let body = vec![
            ("RoleName", Some(text(&role.name))),
            ("AssumeRolePolicyDocument", Some(self.policy(&role.trust))),
            ("Policies", Some(list(policies.chain(gap)))),
        ];
        resource("AWS::IAM::Role", &role.arn, &[&role.arn, &role.name], body)
    }

    pub(super) fn secret(&self, secret: &SecretFacts) -> Resource {
        let policy = match (&secret.policy, secret.policy_visible) {
            (Some(policy), _) => Some(self.policy(policy)),
            (None, true) => None,
            (None, false) => Some(unresolved(&self.unread_policy())),
        };
        let body = vec![
            ("Name", Some(text(&secret.name))),
            ("KmsKeyId", secret.kms_key_id.as_ref().map(text)),
            ("OwningService", secret.owning_service.as_ref().map(text)),
            ("Tags", Some(tags(&secret.tags))),
            ("ResourcePolicy", policy),
        ];
        let names = [secret.arn.as_str(), &secret.name];
        resource("AWS::SecretsManager::Secret", &secret.arn, &names, body)
    }

    fn unread_policy(&self) -> String {
        let mut calls = self.snapshot.not_visible.iter();
        let call = calls.find(|call| call.action == "secretsmanager:GetResourcePolicy");
        call.map_or_else(
            || "the secret's policy was not read".to_owned(),
            |call| {
                let (what, advice) = (call.what(), call.advice());
                format!("the secret's policy was not read: {what} ({advice})")
            },
        )
    }

    pub(super) fn key(&self, key: &KmsKeyFacts, gaps: &Gaps<'_>) -> Resource {
        let Snapshot {
            partition,
            region,
            account_id,
            ..
        } = self.snapshot;
        let aliases = key.aliases.iter().flat_map(|alias| {
            [
                alias.clone(),
                format!("arn:{partition}:kms:{region}:{account_id}:{alias}"),
            ]
        });
        let names: Vec<String> = std::iter::once(key.arn.clone()).chain(aliases).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let policy = key.policy.as_ref().map(|policy| self.policy(policy));
        let unread = || {
            let why = gaps.why(KEYS);
            why.unwrap_or_else(|| "the key's policy was not read".to_owned())
        };
        let policy = policy.or_else(|| (!key.policy_visible).then(|| unresolved(&unread())));
        let body = vec![("KeyPolicy", policy)];
        resource("AWS::KMS::Key", &key.arn, &names, body)
    }
}

fn reference(address: &str, attribute: &str) -> Piece {
    Piece::Reference(address.to_owned(), attribute.to_owned())
}

/// Collects whole ARNs. An ARN that a proxy names stays text, so that it is recognized; it becomes a reference if its
/// resource is in view.
fn whole(snapshot: &Snapshot) -> BTreeMap<&str, Piece> {
    let mut whole = BTreeMap::new();
    for proxy in &snapshot.proxies {
        let entries = proxy.auth.iter();
        let secrets = entries.filter_map(|entry| entry.secret_arn.as_deref());
        for arn in secrets.chain([proxy.role_arn.as_str()]) {
            whole.insert(arn, Piece::Text(arn.to_owned()));
        }
        whole.insert(&proxy.arn, reference(&proxy.name, "DBProxyArn"));
    }
    for role in &snapshot.roles {
        // The roles of consumers stay text: no policy identifies them by their role in the posture.
        whole
            .entry(role.arn.as_str())
            .and_modify(|piece| *piece = reference(&role.arn, "Arn"));
    }
    for secret in &snapshot.secrets {
        whole.insert(&secret.arn, reference(&secret.arn, "Id"));
    }
    for key in &snapshot.kms_keys {
        whole.insert(&key.arn, reference(&key.arn, "Arn"));
    }
    whole
}

fn tokens(snapshot: &Snapshot) -> BTreeMap<&str, Piece> {
    let mut tokens = BTreeMap::from([
        (snapshot.region.as_str(), Piece::Pseudo(Pseudo::Region)),
        (snapshot.account_id.as_str(), Piece::Pseudo(Pseudo::Account)),
    ]);
    for proxy in &snapshot.proxies {
        let id = proxy.arn.rsplit(':').next().unwrap_or_default();
        tokens.insert(id, Piece::ProxyId(proxy.name.clone()));
    }
    for instance in &snapshot.db_instances {
        let address = instance_address(&instance.identifier);
        tokens.insert(&instance.resource_id, reference(&address, "DbiResourceId"));
    }
    for cluster in &snapshot.db_clusters {
        let address = cluster_address(&cluster.identifier);
        tokens.insert(
            &cluster.resource_id,
            reference(&address, "DBClusterResourceId"),
        );
    }
    tokens
}
