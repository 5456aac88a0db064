//! The Terraform backends: the kinds that a pack may use, and the arguments of each. Arguments that are not listed
//! could run a program, read a file, send credentials elsewhere, or expose the state to others.

use super::EntryDifference;
use super::values::text;

/// A kind of backend with the arguments that locate the state; those of nested blocks are written as paths.
/// Source: Terraform language, "Backend Type: s3" and the pages of the others, "Terraform Settings: cloud".
type Row = (&'static str, &'static [&'static str]);

const BACKENDS: &[Row] = &[
    (
        "s3",
        &[
            "allowed_account_ids",
            "assume_role",
            "assume_role/duration",
            "assume_role/external_id",
            "assume_role/role_arn",
            "assume_role/session_name",
            "bucket",
            "dynamodb_table",
            "encrypt",
            "key",
            "kms_key_id",
            "profile",
            "region",
            "role_arn",
            "use_lockfile",
            "workspace_key_prefix",
        ],
    ),
    (
        "azurerm",
        &[
            "container_name",
            "key",
            "resource_group_name",
            "snapshot",
            "storage_account_name",
            "subscription_id",
            "tenant_id",
            "use_azuread_auth",
            "use_cli",
            "use_oidc",
        ],
    ),
    (
        "gcs",
        &[
            "bucket",
            "impersonate_service_account",
            "kms_encryption_key",
            "prefix",
        ],
    ),
    (
        "http",
        &[
            "address",
            "lock_address",
            "lock_method",
            "retry_max",
            "retry_wait_max",
            "retry_wait_min",
            "unlock_address",
            "unlock_method",
            "update_method",
        ],
    ),
    (
        "remote",
        &[
            "hostname",
            "organization",
            "workspaces",
            "workspaces/name",
            "workspaces/prefix",
        ],
    ),
];

const CLOUD: &[&str] = &[
    "hostname",
    "organization",
    "workspaces",
    "workspaces/name",
    "workspaces/project",
    "workspaces/tags",
];

/// True if the difference only locates the state. An empty block of any kind is accepted: the rest is passed to `init`.
pub(super) fn is_only_place(difference: &EntryDifference<'_>) -> bool {
    let after = difference.after.unwrap_or_default();
    let keys: Vec<&str> = difference.path.iter().map(String::as_str).collect();
    let (arguments, rest) = match keys.as_slice() {
        ["terraform", "cloud", rest @ ..] => (CLOUD, rest),
        ["terraform", "backend", _] => return after == "{}",
        ["terraform", "backend", kind, rest @ ..] => {
            let row = BACKENDS.iter().find(|(known, _)| known == kind);
            (row.map_or(&[][..], |(_, arguments)| arguments), rest)
        }
        _ => return false,
    };
    let is_listed = match rest {
        [] => after == "{}",
        ["workspaces", "tags", ..] => arguments.contains(&"workspaces/tags"),
        rest => arguments.contains(&rest.join("/").as_str()),
    };
    let is_closed = match rest.last() {
        Some(&"encrypt") => after == "true",
        Some(address) if address.ends_with("address") => {
            after.starts_with("\"https://") && !after.contains('@')
        }
        _ => true,
    };
    is_listed && is_closed && text(difference)
}
