//! Resources that are named in view and whose call failed: they exist, but nothing else is known of them.

use std::collections::BTreeSet;

use super::gaps::{GROUPS, Gaps, KEYS, ROLES};
use super::nodes::{resource, unresolved};
use crate::domain::snapshot::Snapshot;
use crate::language::resource::Resource;

/// A kind of resource that may be named without being in view.
struct ReferencedKind {
    /// The calls that read it.
    calls: &'static [&'static str],
    /// Its type in CloudFormation.
    name: &'static str,
    /// The attributes that are unknown if the calls fail.
    unknown: &'static [&'static str],
    /// Returns the ids of all that are named.
    named: fn(&Snapshot) -> Vec<&String>,
    /// Returns the ids of all that were read.
    read: fn(&Snapshot) -> Vec<&String>,
}

const KINDS: &[ReferencedKind] = &[
    ReferencedKind {
        calls: GROUPS,
        name: "AWS::EC2::SecurityGroup",
        // A group's rules were all read or none: without a name, nothing was read.
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

/// Returns all resources that are named and were not read.
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
