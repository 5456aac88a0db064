//! The parts of a snapshot that stay empty if a call fails, as the reader leaves them.

use rdsproxy_gen::domain::snapshot::{Cause, NotVisible, PoolFacts, Snapshot};

/// A call: the action, the field of the snapshot that is incomplete without it, and how the snapshot is emptied.
#[derive(Clone, Copy)]
pub(super) struct Call(
    pub(super) &'static str,
    pub(super) &'static str,
    fn(&mut Snapshot),
);

/// All calls of the reader.
pub(super) const CALLS: &[Call] = &[
    Call("rds:DescribeDBProxies", "proxies", |all| {
        all.proxies.clear()
    }),
    Call("rds:DescribeDBProxyTargetGroups", "proxies", |all| {
        for proxy in &mut all.proxies {
            proxy.pool = PoolFacts::default();
        }
    }),
    Call("rds:DescribeDBProxyTargets", "proxies", |all| {
        for proxy in &mut all.proxies {
            proxy.targets.clear();
        }
    }),
    Call("rds:DescribeDBProxyEndpoints", "proxies", |all| {
        for proxy in &mut all.proxies {
            proxy.endpoints.clear();
        }
    }),
    Call("rds:ListTagsForResource", "proxies", |all| {
        for proxy in &mut all.proxies {
            proxy.tags.clear();
        }
    }),
    Call("cloudwatch:GetMetricData", "proxies", |all| {
        for proxy in &mut all.proxies {
            proxy.clear_text = None;
        }
    }),
    Call("ec2:DescribeVpcs", "vpcs", |all| all.vpcs.clear()),
    Call("ec2:DescribeVpcEncryptionControls", "vpcs", |all| {
        for vpc in &mut all.vpcs {
            vpc.encryption_controls = None;
        }
    }),
    Call("ec2:DescribeSubnets", "subnets", |all| all.subnets.clear()),
    Call("ec2:DescribeRouteTables", "subnets", |all| {
        for subnet in &mut all.subnets {
            subnet.public = None;
        }
    }),
    Call("ec2:DescribeSecurityGroups", "security_groups", |all| {
        all.security_groups.clear();
    }),
    Call("rds:DescribeDBInstances", "db_instances", |all| {
        all.db_instances.clear();
        keep_used(all);
    }),
    Call("rds:DescribeDBClusters", "db_clusters", |all| {
        all.db_clusters.clear();
        keep_used(all);
    }),
    Call("rds:DescribeDBSubnetGroups", "db_clusters", |all| {
        for cluster in &mut all.db_clusters {
            cluster.vpc_id.clear();
        }
    }),
    Call("rds:DescribeDBParameterGroups", "parameter_groups", |all| {
        no_family(all, false);
    }),
    Call(
        "rds:DescribeDBClusterParameterGroups",
        "parameter_groups",
        |all| no_family(all, true),
    ),
    Call("rds:DescribeDBParameters", "parameter_groups", |all| {
        all.parameter_groups.retain(|group| group.cluster);
    }),
    Call(
        "rds:DescribeDBClusterParameters",
        "parameter_groups",
        |all| {
            all.parameter_groups.retain(|group| !group.cluster);
        },
    ),
    Call("lambda:ListFunctions", "functions", |all| {
        let own: Vec<String> = all
            .functions
            .iter()
            .map(|one| one.role_arn.clone())
            .collect();
        let of_proxies: Vec<String> = all.proxies.iter().map(|one| one.role_arn.clone()).collect();
        all.functions.clear();
        all.roles
            .retain(|role| !own.contains(&role.arn) || of_proxies.contains(&role.arn));
    }),
    Call("iam:GetRole", "roles", |all| all.roles.clear()),
    Call("iam:ListRolePolicies", "roles", no_inline),
    Call("iam:GetRolePolicy", "roles", no_inline),
    Call("iam:ListAttachedRolePolicies", "roles", no_attached),
    Call("iam:GetPolicy", "roles", no_attached),
    Call("iam:GetPolicyVersion", "roles", no_attached),
    Call("secretsmanager:ListSecrets", "secrets", |all| {
        all.secrets.clear()
    }),
    Call("secretsmanager:GetResourcePolicy", "secrets", |all| {
        for secret in &mut all.secrets {
            secret.policy = None;
            secret.policy_visible = false;
        }
    }),
    Call("kms:ListAliases", "kms_keys", |all| {
        for key in &mut all.kms_keys {
            key.aliases.clear();
        }
    }),
    Call("kms:GetKeyPolicy", "kms_keys", |all| {
        for key in &mut all.kms_keys {
            key.policy = None;
            key.policy_visible = false;
        }
    }),
    Call("kms:DescribeKey", "kms_keys", |all| all.kms_keys.clear()),
];

/// Keeps the parameter groups of databases only: others are not read.
fn keep_used(all: &mut Snapshot) {
    let Snapshot {
        db_instances,
        db_clusters,
        parameter_groups,
        ..
    } = all;
    parameter_groups.retain(|group| {
        if group.cluster {
            db_clusters
                .iter()
                .any(|one| one.parameter_group == group.name)
        } else {
            db_instances
                .iter()
                .any(|one| one.parameter_group == group.name)
        }
    });
}

fn no_family(all: &mut Snapshot, of_clusters: bool) {
    for group in &mut all.parameter_groups {
        if group.cluster == of_clusters {
            group.family.clear();
        }
    }
}

fn no_inline(all: &mut Snapshot) {
    for role in &mut all.roles {
        role.inline_policies.clear();
        role.complete = false;
    }
}

/// A role without attached policies is complete even if only their documents are refused.
fn no_attached(all: &mut Snapshot) {
    for role in &mut all.roles {
        role.complete = false;
        role.attached_policies.clear();
    }
}

/// The account as it is read if these calls fail.
pub(super) fn without(account: &Snapshot, calls: &[Call]) -> Snapshot {
    let mut account = account.clone();
    for Call(action, field, empty) in calls {
        empty(&mut account);
        account.not_visible.push(NotVisible {
            action: (*action).to_owned(),
            field: (*field).to_owned(),
            cause: Cause::Refused,
            reason: "AccessDenied: not authorized".to_owned(),
        });
    }
    account
}
