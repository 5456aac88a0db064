//! The functions, roles, secrets and keys of an account.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A Lambda function.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FunctionFacts {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// `python3.13`; empty for an image.
    #[serde(default)]
    pub runtime: String,
    /// The ARN of its role.
    pub role_arn: String,
    /// Its network; absent outside any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vpc_id: Option<String>,
    /// Its subnets.
    #[serde(default)]
    pub subnet_ids: Vec<String>,
    /// Its groups.
    #[serde(default)]
    pub security_group_ids: Vec<String>,
}

/// A role with all its policies.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleFacts {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// The trust policy.
    pub trust: serde_json::Value,
    /// Inline policies.
    #[serde(default)]
    pub inline_policies: Vec<PolicyFacts>,
    /// Attached policies, at their default version.
    #[serde(default)]
    pub attached_policies: Vec<PolicyFacts>,
    /// False when a policy could not be read, so that the list is not all.
    #[serde(default)]
    pub complete: bool,
}

/// A named policy.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyFacts {
    /// Its name, or its ARN where it has one.
    pub name: String,
    /// The document.
    pub document: serde_json::Value,
}

/// A secret, without its value.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SecretFacts {
    /// Its whole ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// The key that encrypts it; absent for `aws/secretsmanager`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kms_key_id: Option<String>,
    /// `rds` for one that RDS manages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owning_service: Option<String>,
    /// Its tags.
    #[serde(default)]
    pub tags: std::collections::BTreeMap<String, String>,
    /// Whether the policy was read. Where only running proxies are read, that is done for their secrets.
    #[serde(default)]
    pub policy_visible: bool,
    /// Its resource policy; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<serde_json::Value>,
}

/// A customer-managed key.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KmsKeyFacts {
    /// Its ARN.
    pub arn: String,
    /// `alias/…`.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Its description.
    #[serde(default)]
    pub description: String,
    /// `Enabled`.
    #[serde(default)]
    pub state: String,
    /// Whether the policy was read, which is done for the keys of secrets whose policies are.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub policy_visible: bool,
    /// Its key policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<serde_json::Value>,
}
