//! Every call that reads an account: which permission it needs, what it fills, and which commands make it. All of them only read,
//! and none reads the value of a secret. `sts:GetCallerIdentity` is made too and needs no permission.

use serde_json::{Value, json};

/// Who reads an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadingCommand {
    /// `audit --live`.
    Audit,
    /// `drift --live`.
    Drift,
    /// `new --live`.
    New,
    /// `update --live`.
    Update,
    /// `snapshot`.
    Snapshot,
}

/// The readers by the names of their commands.
pub const READERS: &[(&str, ReadingCommand)] = &[
    ("audit", ReadingCommand::Audit),
    ("drift", ReadingCommand::Drift),
    ("new", ReadingCommand::New),
    ("snapshot", ReadingCommand::Snapshot),
    ("update", ReadingCommand::Update),
];

/// A kind of call.
#[derive(Debug)]
pub struct AwsCall {
    /// The IAM action that allows it.
    pub action: &'static str,
    /// The field of the snapshot that it fills.
    pub field: &'static str,
    /// What it is made for.
    pub made: CallOccasion,
}

/// When a call is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallOccasion {
    /// By every command.
    Always,
    /// By those that judge proxies which run.
    ForRunning,
    /// By every command, in place of many others: where it is refused, those are made.
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

/// All calls, by action. A test finds each of them in the code, and nothing else.
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
    /// Whether this reader makes it.
    pub fn is_made_by(&self, reader: ReadingCommand) -> bool {
        match self.made {
            CallOccasion::Always | CallOccasion::ForMany => true,
            CallOccasion::ForRunning => {
                !matches!(reader, ReadingCommand::New | ReadingCommand::Update)
            }
        }
    }
}

/// The least that a reader needs, as an IAM policy. Most of these actions know no resource but `*`, and what of the account is worth
/// reading is known only once it is read.
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
