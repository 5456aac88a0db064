//! What something in view names, and a call that failed would have shown: it is there, and nothing of it is known.

use std::collections::BTreeSet;

use super::gaps::{GROUPS, Gaps, KEYS, ROLES};
use super::nodes::{resource, unresolved};
use crate::domain::snapshot::Snapshot;
use crate::language::resource::Resource;

/// A kind of thing that may be named without being in view.
struct ReferencedKind {
    /// The calls that show it.
    calls: &'static [&'static str],
    /// How CloudFormation calls it.
    name: &'static str,
    /// What of it is unknown then.
    unknown: &'static [&'static str],
    /// All that are named.
    named: fn(&Snapshot) -> Vec<&String>,
    /// All that were read.
    read: fn(&Snapshot) -> Vec<&String>,
}

const KINDS: &[ReferencedKind] = &[
    ReferencedKind {
        calls: GROUPS,
        name: "AWS::EC2::SecurityGroup",
        // Its rules are all or nothing: where there is no name, nothing was read.
        unknown: &["GroupName"],
        named: groups,
        read: |account| {
            account
                .security_groups
                .iter()
                .map(|group| &group.id)
                .collect()
        },
    },
    ReferencedKind {
        calls: ROLES,
        name: "AWS::IAM::Role",
        unknown: &["AssumeRolePolicyDocument", "Policies"],
        named: |account| {
            account
                .proxies
                .iter()
                .map(|proxy| &proxy.role_arn)
                .collect()
        },
        read: |account| account.roles.iter().map(|role| &role.arn).collect(),
    },
    ReferencedKind {
        calls: KEYS,
        name: "AWS::KMS::Key",
        unknown: &["KeyPolicy"],
        named: |account| {
            let secrets = account.secrets.iter();
            secrets
                .filter_map(|secret| secret.kms_key_id.as_ref())
                .collect()
        },
        read: |account| account.kms_keys.iter().map(|key| &key.arn).collect(),
    },
];

fn groups(account: &Snapshot) -> Vec<&String> {
    let proxies = account.proxies.iter().flat_map(|proxy| {
        let endpoints = proxy.endpoints.iter();
        let endpoints = endpoints.flat_map(|endpoint| &endpoint.security_group_ids);
        proxy.security_group_ids.iter().chain(endpoints)
    });
    let instances = account.db_instances.iter();
    let clusters = account.db_clusters.iter();
    proxies
        .chain(instances.flat_map(|instance| &instance.security_group_ids))
        .chain(clusters.flat_map(|cluster| &cluster.security_group_ids))
        .collect()
}

/// All of them.
pub(super) fn resources(account: &Snapshot, gaps: &Gaps<'_>) -> Vec<Resource> {
    KINDS
        .iter()
        .filter_map(|kind| Some((kind, gaps.why(kind.calls)?)))
        .flat_map(|(kind, reason)| {
            let read: BTreeSet<&String> = (kind.read)(account).into_iter().collect();
            let named: BTreeSet<&String> = (kind.named)(account).into_iter().collect();
            let unread: Vec<&String> = named.difference(&read).copied().collect();
            unread.into_iter().map(move |id| {
                let unknown = kind.unknown.iter();
                let body = unknown.map(|name| (*name, Some(unresolved(&reason))));
                resource(kind.name, id, &[id], body.collect())
            })
        })
        .collect()
}
