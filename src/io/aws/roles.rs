//! The roles of proxies and functions in view, with all their policies, from IAM.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aws_sdk_iam::Client;
use futures_util::future::join;
use serde_json::Value;

use super::desk::{Ask, Desk, all};
use super::policies;
use crate::domain::snapshot::{PolicyFacts, RoleFacts};

const FIELD: &str = "roles";

/// The roles with these ARNs.
pub(super) async fn read(
    client: Client,
    desk: Arc<Desk>,
    arns: BTreeSet<String>,
) -> Vec<RoleFacts> {
    let reader = Reader { client, desk };
    let names: BTreeSet<String> = arns.iter().filter_map(|arn| role_name(arn)).collect();
    let jobs = names.into_iter().map(|name| {
        let reader = reader.clone();
        async move { reader.role(&name).await }
    });
    let drafts: Vec<Draft> = all(jobs).await.into_iter().flatten().collect();
    let attached = drafts.iter().flat_map(|draft| &draft.attached);
    // Many roles share a policy: it is read once.
    let attached: BTreeSet<String> = attached.cloned().collect();
    let jobs = attached.into_iter().map(|arn| {
        let reader = reader.clone();
        async move { Some((arn.clone(), reader.attached(&arn).await?)) }
    });
    let documents: BTreeMap<String, Value> = all(jobs).await.into_iter().flatten().collect();
    let roles = drafts.into_iter();
    roles.map(|draft| draft.finished(&documents)).collect()
}

/// The name in `arn:aws:iam::123456789012:role/path/name`.
fn role_name(arn: &str) -> Option<String> {
    let (_, path) = arn.split_once(":role/")?;
    path.rsplit('/')
        .next()
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
}

/// A role whose attached policies are only names yet.
struct Draft {
    role: RoleFacts,
    attached: Vec<String>,
}

impl Draft {
    fn finished(self, documents: &BTreeMap<String, Value>) -> RoleFacts {
        let wanted = self.attached.len();
        let known = self.attached.into_iter().filter_map(|arn| {
            let document = documents.get(&arn)?.clone();
            Some(PolicyFacts {
                name: arn,
                document,
            })
        });
        let mut attached_policies: Vec<PolicyFacts> = known.collect();
        attached_policies.sort_by(|a, b| a.name.cmp(&b.name));
        RoleFacts {
            complete: self.role.complete && attached_policies.len() == wanted,
            attached_policies,
            ..self.role
        }
    }
}

#[derive(Clone)]
struct Reader {
    client: Client,
    desk: Arc<Desk>,
}

impl Reader {
    async fn role(&self, name: &str) -> Option<Draft> {
        let ask = Ask::new("iam:GetRole", FIELD);
        let request = self.client.get_role().role_name(name);
        let answer = self.desk.ask(ask, request.send()).await?;
        let role = answer.role()?;
        let trust = role.assume_role_policy_document();
        let trust = trust.and_then(|text| self.document(ask, text));
        let (inline, attached) = join(self.inline(name), self.attached_arns(name)).await;
        let complete = trust.is_some() && inline.is_some() && attached.is_some();
        Some(Draft {
            role: RoleFacts {
                name: role.role_name().to_owned(),
                arn: role.arn().to_owned(),
                trust: trust.unwrap_or_default(),
                inline_policies: inline.unwrap_or_default(),
                attached_policies: Vec::new(),
                complete,
            },
            attached: attached.unwrap_or_default(),
        })
    }

    /// All inline policies, or nothing: half of a role's permissions would read as all of them.
    async fn inline(&self, role: &str) -> Option<Vec<PolicyFacts>> {
        let names = self.client.list_role_policies().role_name(role);
        let names = names.into_paginator().items().send();
        let ask = Ask::new("iam:ListRolePolicies", FIELD);
        let mut names = self
            .desk
            .ask(ask, names.collect::<Result<Vec<_>, _>>())
            .await?;
        names.sort();
        let mut policies = Vec::new();
        for name in names {
            let request = self
                .client
                .get_role_policy()
                .role_name(role)
                .policy_name(&name);
            let ask = Ask::new("iam:GetRolePolicy", FIELD);
            let answer = self.desk.ask(ask, request.send()).await?;
            let document = self.document(ask, answer.policy_document())?;
            policies.push(PolicyFacts { name, document });
        }
        Some(policies)
    }

    async fn attached_arns(&self, role: &str) -> Option<Vec<String>> {
        let policies = self.client.list_attached_role_policies().role_name(role);
        let policies = policies.into_paginator().items().send();
        let ask = Ask::new("iam:ListAttachedRolePolicies", FIELD);
        let policies = self
            .desk
            .ask(ask, policies.collect::<Result<Vec<_>, _>>())
            .await?;
        let arns = policies.iter().filter_map(|policy| policy.policy_arn());
        Some(arns.map(str::to_owned).collect())
    }

    /// A managed policy at its default version.
    async fn attached(&self, arn: &str) -> Option<Value> {
        let ask = Ask::new("iam:GetPolicy", FIELD);
        let request = self.client.get_policy().policy_arn(arn);
        let answer = self.desk.ask(ask, request.send()).await?;
        let version = answer.policy()?.default_version_id()?;
        let ask = Ask::new("iam:GetPolicyVersion", FIELD);
        let request = self
            .client
            .get_policy_version()
            .policy_arn(arn)
            .version_id(version);
        let answer = self.desk.ask(ask, request.send()).await?;
        self.document(ask, answer.policy_version()?.document()?)
    }

    fn document(&self, ask: Ask, text: &str) -> Option<Value> {
        let document = policies::document(text);
        if document.is_none() {
            self.desk.note_unreadable(ask, "a policy is no JSON");
        }
        document
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn aws_a_role_is_named_by_the_end_of_its_path() {
        let cases = [
            ("arn:aws:iam::123456789012:role/orders", Some("orders")),
            (
                "arn:aws:iam::123456789012:role/service-role/a/orders",
                Some("orders"),
            ),
            ("arn:aws:iam::123456789012:user/orders", None),
            ("", None),
        ];
        for (arn, expected) in cases {
            assert_eq!(role_name(arn).as_deref(), expected, "{arn}");
        }
    }

    #[test]
    fn aws_a_role_with_an_unread_policy_is_not_complete() {
        let known = BTreeMap::from([("arn:a".to_owned(), json!({"Version": "2012-10-17"}))]);
        let cases: [(&[&str], bool, bool); 4] = [
            (&["arn:a"], true, true),
            (&["arn:a", "arn:b"], true, false),
            (&["arn:a"], false, false),
            (&[], true, true),
        ];
        for (attached, complete, expected) in cases {
            let draft = Draft {
                role: RoleFacts {
                    complete,
                    ..RoleFacts::default()
                },
                attached: attached.iter().map(|arn| (*arn).to_owned()).collect(),
            };
            assert_eq!(draft.finished(&known).complete, expected, "{attached:?}");
        }
    }
}
