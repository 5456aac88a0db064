//! The AWS API calls that read an account: the permission each needs, the snapshot field it fills, and the commands
//! that make it. All calls are read-only, and none reads the value of a secret. `sts:GetCallerIdentity` is also called
//! and needs no permission.

use serde_json::{Value, json};

/// A command that reads an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadingCommand {
    /// The command `audit --live`.
    Audit,
    /// The command `drift --live`.
    Drift,
    /// The command `new --live`.
    New,
    /// The command `update --live`.
    Update,
    /// The command `snapshot`, which always reads an account.
    Snapshot,
}

/// The reading commands by name.
pub const READERS: &[(&str, ReadingCommand)] = &[
    ("audit", ReadingCommand::Audit),
    ("drift", ReadingCommand::Drift),
    ("new", ReadingCommand::New),
    ("snapshot", ReadingCommand::Snapshot),
    ("update", ReadingCommand::Update),
];

/// One API call and its purpose.
#[derive(Debug)]
pub struct AwsCall {
    /// The IAM action that permits the call.
    pub action: &'static str,
    /// The snapshot field that the call fills.
    pub field: &'static str,
    /// The occasion on which the call is made.
    pub made: CallOccasion,
}

/// The occasions on which a call is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallOccasion {
    /// Made by every reading command.
    Always,
    /// Made only by commands that judge deployed proxies.
    ForRunning,
    /// Made by every reading command in place of many smaller calls; if it is denied, those are made instead.
    ForMany,
}

const fn call(action: &'static str, field: &'static str) -> AwsCall {
    let made = CallOccasion::Always;
    AwsCall {
        action,
        field,
        made,
    }
}

const fn made(made: CallOccasion, action: &'static str, field: &'static str) -> AwsCall {
    AwsCall {
        action,
        field,
        made,
    }
}

/// All calls, sorted by action. A test checks that the code makes exactly these.
pub const CALLS: &[AwsCall] = &[
    made(
        CallOccasion::ForRunning,
        "cloudwatch:GetMetricData",
        "proxies",
    ),
    call("ec2:DescribeRouteTables", "subnets"),
    call("ec2:DescribeSecurityGroups", "security_groups"),
    call("ec2:DescribeSubnets", "subnets"),
    call("ec2:DescribeVpcEncryptionControls", "vpcs"),
    call("ec2:DescribeVpcs", "vpcs"),
    made(
        CallOccasion::ForMany,
        "iam:GetAccountAuthorizationDetails",
        "roles",
    ),
    call("iam:GetPolicy", "roles"),
    call("iam:GetPolicyVersion", "roles"),
    call("iam:GetRole", "roles"),
    call("iam:GetRolePolicy", "roles"),
    call("iam:ListAttachedRolePolicies", "roles"),
    call("iam:ListRolePolicies", "roles"),
    call("kms:DescribeKey", "kms_keys"),
    call("kms:GetKeyPolicy", "kms_keys"),
    call("kms:ListAliases", "kms_keys"),
    call("lambda:ListFunctions", "functions"),
    call("rds:DescribeDBClusterParameterGroups", "parameter_groups"),
    call("rds:DescribeDBClusterParameters", "parameter_groups"),
    call("rds:DescribeDBClusters", "db_clusters"),
    call("rds:DescribeDBInstances", "db_instances"),
    call("rds:DescribeDBParameterGroups", "parameter_groups"),
    call("rds:DescribeDBParameters", "parameter_groups"),
    call("rds:DescribeDBProxies", "proxies"),
    call("rds:DescribeDBProxyEndpoints", "proxies"),
    call("rds:DescribeDBProxyTargetGroups", "proxies"),
    call("rds:DescribeDBProxyTargets", "proxies"),
    call("rds:DescribeDBSubnetGroups", "db_clusters"),
    call("rds:ListTagsForResource", "proxies"),
    call("secretsmanager:GetResourcePolicy", "secrets"),
    call("secretsmanager:ListSecrets", "secrets"),
];

impl AwsCall {
    /// Returns true if the given command makes this call.
    pub fn is_made_by(&self, reader: ReadingCommand) -> bool {
        match self.made {
            CallOccasion::Always | CallOccasion::ForMany => true,
            CallOccasion::ForRunning => {
                !matches!(reader, ReadingCommand::New | ReadingCommand::Update)
            }
        }
    }
}

/// Returns the minimal IAM policy for a reading command. Its resource is `*`: most of these actions do not support
/// resource-level permissions, and the resources worth reading are not known before they have been read.
pub fn policy(reader: ReadingCommand) -> Value {
    let of = |many: bool| -> Vec<&str> {
        let made = CALLS.iter().filter(|call| call.is_made_by(reader));
        made.filter(|call| (call.made == CallOccasion::ForMany) == many)
            .map(|call| call.action)
            .collect()
    };
    let statements = [("ReadTheAccount", of(false)), ("SaveCalls", of(true))];
    let statements = statements
        .into_iter()
        .filter(|(_, actions)| !actions.is_empty());
    let statements = statements.map(
        |(sid, actions)| json!({"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": "*"}),
    );
    json!({"Version": "2012-10-17", "Statement": statements.collect::<Vec<_>>()})
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::snapshot::Snapshot;

    #[test]
    fn the_table_is_sorted_reads_only_and_names_fields_that_exist() {
        assert!(CALLS.is_sorted_by(|a, b| a.action < b.action));
        let account = serde_json::to_value(Snapshot::default()).unwrap();
        for AwsCall { action, field, .. } in CALLS {
            let verb = action.split_once(':').unwrap().1;
            let reads = ["Describe", "Get", "List"];
            assert!(reads.iter().any(|read| verb.starts_with(read)), "{action}");
            assert!(!action.contains("SecretValue"));
            assert!(account.get(field).is_some(), "{action}: {field}");
        }
    }

    #[test]
    fn a_policy_has_what_its_reader_calls_and_no_more() {
        for (name, reader) in READERS {
            let text = policy(*reader).to_string();
            for call in CALLS {
                let quoted = format!("\"{}\"", call.action);
                assert_eq!(text.contains(&quoted), call.is_made_by(*reader), "{name}");
            }
            assert!(!text.contains(":*") && !text.contains("\"Action\":\"*\""));
        }
    }
}
