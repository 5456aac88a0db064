//! The values that a failed call would have returned: unknown, for the reason that the snapshot holds, and never empty.

use std::collections::{BTreeMap, BTreeSet};

use super::nodes::{texts, unresolved};
use crate::domain::snapshot::{NotVisible, RoleFacts, Snapshot};
use crate::language::resource::Node;

/// The calls each of which is the only source of some values.
pub(super) const POOL: &[&str] = &["rds:DescribeDBProxyTargetGroups"];
pub(super) const TARGETS: &[&str] = &["rds:DescribeDBProxyTargets"];
pub(super) const ENDPOINTS: &[&str] = &["rds:DescribeDBProxyEndpoints"];
pub(super) const TAGS: &[&str] = &["rds:ListTagsForResource"];
pub(super) const INSTANCES: &[&str] = &["rds:DescribeDBInstances"];
pub(super) const CLUSTERS: &[&str] = &["rds:DescribeDBClusters"];
pub(super) const FUNCTIONS: &[&str] = &["lambda:ListFunctions"];
pub(super) const GROUPS: &[&str] = &["ec2:DescribeSecurityGroups"];
pub(super) const KEYS: &[&str] = &["kms:DescribeKey", "kms:GetKeyPolicy"];
pub(super) const ROLES: &[&str] = &[
    "iam:GetRole",
    "iam:ListRolePolicies",
    "iam:GetRolePolicy",
    "iam:ListAttachedRolePolicies",
    "iam:GetPolicy",
    "iam:GetPolicyVersion",
    "iam:GetAccountAuthorizationDetails",
];

/// The calls that failed, by their actions.
pub(super) struct Gaps<'s> {
    calls: BTreeMap<&'s str, &'s NotVisible>,
    /// The databases that were read.
    databases: BTreeSet<&'s str>,
    /// The reason why the consumers are unknown, if they are.
    consumers: Option<String>,
}

impl<'s> Gaps<'s> {
    pub(super) fn new(snapshot: &'s Snapshot) -> Self {
        let calls = snapshot.not_visible.iter();
        let calls = calls.map(|call| (call.action.as_str(), call)).collect();
        let instances = snapshot.db_instances.iter().map(|one| &one.identifier);
        let clusters = snapshot.db_clusters.iter().map(|one| &one.identifier);
        let mut gaps = Self {
            calls,
            databases: instances.chain(clusters).map(String::as_str).collect(),
            consumers: None,
        };
        gaps.consumers = gaps
            .why(FUNCTIONS)
            .or_else(|| unread_role(snapshot, gaps.why(ROLES)));
        gaps
    }

    /// Returns the reason why a value is unknown, if any of these calls failed.
    pub(super) fn why(&self, actions: &[&str]) -> Option<String> {
        let call = actions.iter().find_map(|action| self.calls.get(action))?;
        Some(format!(
            "not read from the account: {} ({})",
            call.what(),
            call.advice()
        ))
    }

    /// Returns an unknown value if the value is empty because a call failed.
    pub(super) fn unless_read(&self, is_empty: bool, actions: &[&str]) -> Option<Node> {
        let reason = self.why(actions).filter(|_| is_empty)?;
        Some(unresolved(&reason))
    }

    /// Returns the targets by their names, unknown if one of them was not read, since nothing else describes it.
    pub(super) fn targets(&self, identifiers: &[String], actions: &[&str]) -> Option<Node> {
        let mut unread = identifiers.iter();
        let is_unread = unread.any(|one| !self.databases.contains(one.as_str()));
        let or = || (!identifiers.is_empty()).then(|| texts(identifiers));
        self.unless_read(is_unread, actions).or_else(or)
    }

    /// Returns an unknown value for the other consumers, if they are unknown.
    pub(super) fn consumers(&self) -> Option<Node> {
        self.consumers.as_deref().map(unresolved)
    }
}

/// Returns the reason if a function runs under a role whose policies were not all read: the others may let it connect.
fn unread_role(snapshot: &Snapshot, why: Option<String>) -> Option<String> {
    let read: BTreeMap<&str, &RoleFacts> = snapshot
        .roles
        .iter()
        .map(|role| (role.arn.as_str(), role))
        .collect();
    let is_unread = |arn: &str| read.get(arn).is_none_or(|role| !role.complete);
    let mut functions = snapshot.functions.iter();
    let function = functions.find(|function| is_unread(&function.role_arn))?;
    let why = why.unwrap_or_else(|| "not read from the account".to_owned());
    Some(format!(
        "what the role of the function {} may do: {why}",
        function.name
    ))
}
