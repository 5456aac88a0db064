//! Weakenings made by hand in an account while the call that shows them fails: `drift` never reports that nothing
//! differs.

use rdsproxy_gen::domain::snapshot::{EndpointFacts, GroupRuleFacts, PolicyFacts, Snapshot};
use serde_json::{Value, json};

use super::calls::{CALLS, without};
use super::told::{drift, project};
use super::{DEPLOYED, account};
use crate::support::scale;

/// A weakening, and the calls without each of which it is invisible.
type Case = (fn(&mut Snapshot), &'static [&'static str]);

const CASES: &[Case] = &[
    (
        |all| all.proxies[0].require_tls = false,
        &["rds:DescribeDBProxies"],
    ),
    (
        |all| all.proxies[0].pool.max_connections_percent = 100,
        &["rds:DescribeDBProxyTargetGroups"],
    ),
    (
        |all| all.proxies[0].tags.clear(),
        &["rds:ListTagsForResource"],
    ),
    (open_endpoint, &["rds:DescribeDBProxyEndpoints"]),
    (
        take_clear_text,
        &[
            "rds:DescribeDBParameters",
            "rds:DescribeDBInstances",
            "rds:DescribeDBProxyTargets",
        ],
    ),
    (
        |all| {
            for group in &mut all.security_groups {
                group.ingress.push(anywhere());
            }
        },
        &["ec2:DescribeSecurityGroups"],
    ),
    (
        |all| {
            for secret in &mut all.secrets {
                let_in_anyone(&mut secret.policy, "secretsmanager:GetSecretValue");
            }
        },
        &[
            "secretsmanager:GetResourcePolicy",
            "secretsmanager:ListSecrets",
        ],
    ),
    (
        |all| {
            for key in &mut all.kms_keys {
                let_in_anyone(&mut key.policy, "kms:*");
            }
        },
        &["kms:GetKeyPolicy", "kms:DescribeKey"],
    ),
    (
        |all| {
            for role in &mut all.roles {
                role.trust = json!({"Version": "2012-10-17", "Statement": [
                    {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]});
            }
        },
        &["iam:GetRole"],
    ),
    (
        |all| {
            for role in &mut all.roles {
                role.inline_policies.push(everything());
            }
        },
        &["iam:GetRole", "iam:ListRolePolicies", "iam:GetRolePolicy"],
    ),
    (
        |all| {
            for role in &mut all.roles {
                role.attached_policies.push(everything());
            }
        },
        &[
            "iam:GetRole",
            "iam:ListAttachedRolePolicies",
            "iam:GetPolicy",
            "iam:GetPolicyVersion",
        ],
    ),
    (
        |all| {
            let consumer = all.functions[0].role_arn.clone();
            for role in all.roles.iter_mut().filter(|role| role.arn == consumer) {
                role.inline_policies.push(everything());
            }
        },
        &["lambda:ListFunctions"],
    ),
];

fn anywhere() -> GroupRuleFacts {
    GroupRuleFacts {
        protocol: "-1".to_owned(),
        cidr: Some("0.0.0.0/0".to_owned()),
        ..GroupRuleFacts::default()
    }
}

/// Uses a custom parameter group, since the default one cannot be changed.
fn take_clear_text(all: &mut Snapshot) {
    let (database, group) = (&mut all.db_instances[0], &mut all.parameter_groups[0]);
    group.name = "open".to_owned();
    database.parameter_group.clone_from(&group.name);
    let parameter = "rds.force_ssl".to_owned();
    group.parameters.insert(parameter, "0".to_owned());
}

/// Uses an existing group: that of the database.
fn open_endpoint(all: &mut Snapshot) {
    let database = all.db_instances[0].security_group_ids.clone();
    let proxy = &mut all.proxies[0];
    proxy.endpoints.push(EndpointFacts {
        name: "wide".to_owned(),
        target_role: "READ_WRITE".to_owned(),
        vpc_id: proxy.vpc_id.clone(),
        subnet_ids: proxy.subnet_ids.clone(),
        security_group_ids: database,
    });
}

fn let_in_anyone(policy: &mut Option<Value>, action: &str) {
    let statement = json!({"Effect": "Allow", "Principal": "*", "Action": action, "Resource": "*"});
    let statements = &mut policy.as_mut().unwrap()["Statement"];
    statements.as_array_mut().unwrap().push(statement);
}

fn everything() -> PolicyFacts {
    PolicyFacts {
        name: "everything".to_owned(),
        document: json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "*", "Resource": "*"}]}),
    }
}

#[test]
fn drift_is_never_silent_where_a_weakening_cannot_be_seen() {
    let folder = project();
    let mut wrong = Vec::new();
    for (at, (weaken, actions)) in scale::some(CASES.iter().enumerate()) {
        let mut weak = account(DEPLOYED);
        weaken(&mut weak);
        assert_eq!(drift(folder.path(), &weak).0, Some(2), "case {at} is none");
        for action in *actions {
            let call = CALLS.iter().find(|call| call.0 == *action).unwrap();
            let (code, lines) = drift(folder.path(), &without(&weak, &[*call]));
            if code != Some(2) || lines.is_empty() {
                wrong.push(format!("case {at} without {action}: {code:?}: {lines:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
