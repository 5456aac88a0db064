//! Reads the roles of proxies and functions in scope, with all their policies, from IAM.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aws_sdk_iam::Client;
use aws_sdk_iam::error::SdkError;
use aws_sdk_iam::operation::get_account_authorization_details::GetAccountAuthorizationDetailsError;
use aws_sdk_iam::types::{EntityType, ManagedPolicyDetail, RoleDetail};
use futures_util::future::join;
use serde_json::Value;

use super::limiter::{CallPurpose, Limiter, all};
use super::policies;
use crate::domain::snapshot::{PolicyFacts, RoleFacts};

const FIELD: &str = "roles";

/// The number of roles above which all roles of the account are read, in pages of a thousand. Fewer roles take no more
/// calls one by one.
const MANY: usize = 25;

/// The maximum number of roles that are read one by one if the bulk call is refused; each takes four calls.
const MOST: usize = 250;

/// The largest page size. Source: IAM API Reference, GetAccountAuthorizationDetails.
const PAGE: i32 = 1000;

const TOGETHER: CallPurpose = CallPurpose::new("iam:GetAccountAuthorizationDetails", FIELD);

/// Reads the roles with these ARNs, which are ordered by importance.
pub(super) async fn read(
    client: Client,
    limiter: Arc<Limiter>,
    arns: Vec<String>,
) -> Vec<RoleFacts> {
    let reader = RoleReader { client, limiter };
    let mut names: Vec<String> = arns.iter().filter_map(|arn| role_name(arn)).collect();
    let together = if names.len() > MANY {
        reader.together(&mut names).await
    } else {
        Together::default()
    };
    let jobs = names
        .into_iter()
        .filter(|name| !together.roles.contains_key(name));
    let jobs = jobs.map(|name| {
        let reader = reader.clone();
        async move { reader.role(&name).await }
    });
    let jobs: Vec<_> = jobs.collect();
    let drafts = all(jobs).await.into_iter().flatten();
    let drafts: Vec<RoleDraft> = together.roles.into_values().chain(drafts).collect();
    // Many roles share a policy, so each is read once.
    let attached: BTreeSet<String> = drafts
        .iter()
        .flat_map(|draft| draft.attached.clone())
        .collect();
    let documents = reader.documents(attached, together.documents).await;
    let roles = drafts.into_iter();
    roles.map(|draft| draft.finished(&documents)).collect()
}

/// The result of the bulk call for all roles.
#[derive(Default)]
struct Together {
    /// The wanted roles, by name.
    roles: BTreeMap<String, RoleDraft>,
    /// Managed policies at their default version, by ARN, as sent by IAM.
    documents: BTreeMap<String, String>,
}

/// Returns the role name from an ARN such as `arn:aws:iam::123456789012:role/path/name`.
fn role_name(arn: &str) -> Option<String> {
    let (_, path) = arn.split_once(":role/")?;
    path.rsplit('/')
        .next()
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
}

/// A role whose attached policies are known by ARN only.
struct RoleDraft {
    role: RoleFacts,
    attached: Vec<String>,
}

impl RoleDraft {
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

/// Returns the ARN of a managed policy, and its document as sent by IAM.
fn default_version(policy: &ManagedPolicyDetail) -> Option<(String, String)> {
    let mut versions = policy.policy_version_list().iter();
    let version = versions.find(|version| version.is_default_version())?;
    Some((policy.arn()?.to_owned(), version.document()?.to_owned()))
}

#[derive(Clone)]
struct RoleReader {
    client: Client,
    limiter: Arc<Limiter>,
}

impl RoleReader {
    /// Reads all roles with the bulk call. If that fails, cuts the wanted roles down to as many as can be read one by
    /// one.
    async fn together(&self, names: &mut Vec<String>) -> Together {
        let wanted: BTreeSet<&str> = names.iter().map(String::as_str).collect();
        let answer = self.limiter.attempt(TOGETHER, self.pages(&wanted)).await;
        answer.unwrap_or_else(|failure| {
            if names.len() > MOST {
                names.truncate(MOST);
                self.limiter.note(TOGETHER, failure);
            }
            Together::default()
        })
    }

    async fn pages(
        &self,
        wanted: &BTreeSet<&str>,
    ) -> Result<Together, SdkError<GetAccountAuthorizationDetailsError>> {
        let request = self.client.get_account_authorization_details();
        let request = request
            .filter(EntityType::Role)
            .filter(EntityType::LocalManagedPolicy)
            .filter(EntityType::AwsManagedPolicy)
            .max_items(PAGE);
        let mut pages = request
            .into_paginator()
            .stop_on_duplicate_token(false)
            .send();
        let mut together = Together::default();
        // An account may have a thousand roles for each wanted one. Only the wanted ones of a page are kept.
        while let Some(page) = pages.next().await {
            let page = page?;
            let roles = page.role_detail_list().iter();
            let roles = roles.filter(|role| wanted.contains(role.role_name().unwrap_or_default()));
            for draft in roles.filter_map(|role| self.draft(role)) {
                together.roles.insert(draft.role.name.clone(), draft);
            }
            together
                .documents
                .extend(page.policies().iter().filter_map(default_version));
        }
        Ok(together)
    }

    fn draft(&self, role: &RoleDetail) -> Option<RoleDraft> {
        let document = |text: Option<&str>| self.document(TOGETHER, text?);
        let trust = document(role.assume_role_policy_document());
        let inline = role.role_policy_list().iter().map(|policy| {
            Some(PolicyFacts {
                name: policy.policy_name()?.to_owned(),
                document: document(policy.policy_document())?,
            })
        });
        let inline: Option<Vec<PolicyFacts>> = inline.collect();
        let attached = role.attached_managed_policies().iter();
        let attached = attached.map(|policy| policy.policy_arn().map(str::to_owned));
        let attached: Option<Vec<String>> = attached.collect();
        let complete = trust.is_some() && inline.is_some() && attached.is_some();
        let mut inline_policies = inline.unwrap_or_default();
        inline_policies.sort_by(|a, b| a.name.cmp(&b.name));
        Some(RoleDraft {
            role: RoleFacts {
                name: role.role_name()?.to_owned(),
                arn: role.arn()?.to_owned(),
                trust: trust.unwrap_or_default(),
                inline_policies,
                attached_policies: Vec::new(),
                complete,
            },
            attached: attached.unwrap_or_default(),
        })
    }

    /// Returns the documents of managed policies: the known ones, and the others read one by one.
    async fn documents(
        &self,
        wanted: BTreeSet<String>,
        known: BTreeMap<String, String>,
    ) -> BTreeMap<String, Value> {
        let jobs = wanted.into_iter().map(|arn| {
            let (reader, known) = (self.clone(), known.get(&arn).cloned());
            async move {
                let document = match known {
                    Some(text) => reader.document(TOGETHER, &text)?,
                    None => reader.attached(&arn).await?,
                };
                Some((arn, document))
            }
        });
        all(jobs).await.into_iter().flatten().collect()
    }

    async fn role(&self, name: &str) -> Option<RoleDraft> {
        let ask = CallPurpose::new("iam:GetRole", FIELD);
        let request = self.client.get_role().role_name(name);
        let answer = self.limiter.ask(ask, request.send()).await?;
        let role = answer.role()?;
        let trust = role.assume_role_policy_document();
        let trust = trust.and_then(|text| self.document(ask, text));
        let (inline, attached) = join(self.inline(name), self.attached_arns(name)).await;
        let complete = trust.is_some() && inline.is_some() && attached.is_some();
        Some(RoleDraft {
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

    /// Returns all inline policies or `None`. A part of a role's permissions would be taken for all of them.
    async fn inline(&self, role: &str) -> Option<Vec<PolicyFacts>> {
        let names = self.client.list_role_policies().role_name(role);
        let names = names
            .into_paginator()
            .stop_on_duplicate_token(false)
            .items()
            .send();
        let ask = CallPurpose::new("iam:ListRolePolicies", FIELD);
        let mut names = self
            .limiter
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
            let ask = CallPurpose::new("iam:GetRolePolicy", FIELD);
            let answer = self.limiter.ask(ask, request.send()).await?;
            let document = self.document(ask, answer.policy_document())?;
            policies.push(PolicyFacts { name, document });
        }
        Some(policies)
    }

    async fn attached_arns(&self, role: &str) -> Option<Vec<String>> {
        let policies = self.client.list_attached_role_policies().role_name(role);
        let policies = policies
            .into_paginator()
            .stop_on_duplicate_token(false)
            .items()
            .send();
        let ask = CallPurpose::new("iam:ListAttachedRolePolicies", FIELD);
        let policies = self
            .limiter
            .ask(ask, policies.collect::<Result<Vec<_>, _>>())
            .await?;
        let arns = policies.iter().filter_map(|policy| policy.policy_arn());
        Some(arns.map(str::to_owned).collect())
    }

    /// Reads a managed policy at its default version.
    async fn attached(&self, arn: &str) -> Option<Value> {
        let ask = CallPurpose::new("iam:GetPolicy", FIELD);
        let request = self.client.get_policy().policy_arn(arn);
        let answer = self.limiter.ask(ask, request.send()).await?;
        let version = answer.policy()?.default_version_id()?;
        let ask = CallPurpose::new("iam:GetPolicyVersion", FIELD);
        let request = self
            .client
            .get_policy_version()
            .policy_arn(arn)
            .version_id(version);
        let answer = self.limiter.ask(ask, request.send()).await?;
        self.document(ask, answer.policy_version()?.document()?)
    }

    fn document(&self, ask: CallPurpose, text: &str) -> Option<Value> {
        let document = policies::document(text);
        if document.is_none() {
            self.limiter.note_unreadable(ask, "a policy is not JSON");
        }
        document
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

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
            let draft = RoleDraft {
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
