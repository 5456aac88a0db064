//! Checks the sizes of policies, tags and lists. A proxy with many users reaches these limits long before the quotas
//! of RDS Proxy.

use std::collections::BTreeMap;

use super::plan::connects;
use crate::domain::limits::{LimitBroken, documents};
use crate::domain::spec::{AuthMode, SecretSpec, Spec, SpecProblem, UserSpec};

/// The length of a role policy without its ARNs, in characters, for the longer of the two targets.
const POLICY_FRAME: usize = 512;

/// The length of the fixed statements in a secret's policy, in characters.
const SECRET_POLICY_FRAME: usize = 1_024;

/// The two quotes and the comma around each ARN of a list.
const LISTED: usize = 3;

/// The number of digits in a proxy's `prx-…` id, as in all documented examples.
const PROXY_ID_DIGITS: usize = 17;

/// The tag key that records the user of a secret.
const USER_TAG: &str = "rdsproxy-gen:username";

/// Returns a problem for everything that would be too large.
pub(super) fn broken(spec: &Spec) -> Vec<SpecProblem> {
    [proxy_role, consumer_roles, secret_policy, lists, tags]
        .iter()
        .flat_map(|check| check(spec))
        .collect()
}

fn told(spec: &Spec, key: &str, checked: Result<(), LimitBroken>) -> Option<SpecProblem> {
    checked
        .err()
        .map(|broken| spec.problem(key, broken.message, broken.fix))
}

fn proxy_role(spec: &Spec) -> Vec<SpecProblem> {
    let users = spec.users.iter().map(|user| login(spec, user) + LISTED);
    let keys = spec
        .users
        .iter()
        .filter_map(|user| Some(user.secret_kms_key.as_ref()?.as_str().len() + LISTED));
    let length = POLICY_FRAME + users.sum::<usize>() + keys.sum::<usize>();
    told(
        spec,
        "users",
        documents::role_policy("the proxy's role", length),
    )
    .into_iter()
    .collect()
}

/// Returns the length of the ARN that the proxy's role needs to log in as a user.
fn login(spec: &Spec, user: &UserSpec) -> usize {
    let place = place(spec);
    match (&user.secret, spec.proxy.auth) {
        (_, AuthMode::EndToEndIam) => {
            let id = spec.database.resource_id.as_ref();
            let id = id.map_or("", |id| id.as_str());
            format!("arn:{place}:dbuser:{id}/{}", user.name).len() + "rds-db:".len()
        }
        (SecretSpec::Existing(arn), _) => arn.as_str().len(),
        (SecretSpec::Create, _) => {
            let name = format!("rdsproxy/{}/{}-xxxxxx", spec.proxy.name, user.name);
            format!("arn:{place}:secret:{name}").len() + "secretsmanager:".len()
        }
    }
}

/// Returns partition, region and account, joined as in an ARN.
fn place(spec: &Spec) -> String {
    format!(
        "{}:{}:{}",
        spec.proxy.region.partition(),
        spec.proxy.region,
        spec.proxy.account_id
    )
}

fn consumer_roles(spec: &Spec) -> Vec<SpecProblem> {
    let around =
        format!("arn:{}:rds-db:dbuser:prx-/", place(spec)).len() + PROXY_ID_DIGITS + LISTED;
    let too_long = connects(spec).into_iter().filter_map(|connect| {
        let users = connect
            .users
            .iter()
            .map(|user| around + user.as_str().len());
        let length = POLICY_FRAME + users.sum::<usize>();
        let whose = format!("role {}", connect.role);
        let consumer = spec.consumers.iter().find(|one| one.role == connect.role)?;
        let key = format!("consumers.{}", consumer.function);
        told(spec, &key, documents::role_policy(&whose, length))
    });
    too_long.collect()
}

fn secret_policy(spec: &Spec) -> Vec<SpecProblem> {
    let readers = spec.encryption.secret_readers.iter();
    let length: usize = readers.map(|reader| reader.as_str().len() + LISTED).sum();
    let checked = documents::secret_policy(SECRET_POLICY_FRAME + length);
    told(spec, "encryption.secret_readers", checked)
        .into_iter()
        .collect()
}

/// Checks the lists of ids that CloudFormation takes as parameters.
fn lists(spec: &Spec) -> Vec<SpecProblem> {
    if !spec.targets.iter().any(|target| target == "cloudformation") {
        return Vec::new();
    }
    let mut consumer_groups: Vec<&str> = spec
        .consumers
        .iter()
        .flat_map(|consumer| &consumer.security_group_ids)
        .map(|id| id.as_str())
        .collect();
    consumer_groups.sort_unstable();
    consumer_groups.dedup();
    let subnets = spec.network.subnet_ids.iter().map(|id| id.as_str());
    let database = spec
        .database
        .security_group_ids
        .iter()
        .map(|id| id.as_str());
    let lists: [(&str, Vec<&str>); 3] = [
        ("network.subnet_ids", subnets.collect()),
        ("database.security_group_ids", database.collect()),
        ("consumers", consumer_groups),
    ];
    lists
        .into_iter()
        .filter_map(|(key, ids)| told(spec, key, documents::parameter(ids.join(",").len())))
        .collect()
}

/// Checks the number of tags and their keys: IAM treats keys that differ only in case as duplicates and rejects the
/// role.
/// Source: IAM User Guide, "Tags for AWS Identity and Access Management resources".
fn tags(spec: &Spec) -> Vec<SpecProblem> {
    let mut problems: Vec<SpecProblem> = told(spec, "tags", documents::tags(spec.tags.len(), 1))
        .into_iter()
        .collect();
    let mut seen: BTreeMap<String, &str> = [(USER_TAG.to_owned(), USER_TAG)].into();
    for key in spec.tags.keys().map(|key| key.as_str()) {
        let Some(other) = seen.insert(key.to_lowercase(), key) else {
            continue;
        };
        let message = if other == USER_TAG {
            format!(
                "the tag {USER_TAG} is on every created secret already: it tells the secret's user"
            )
        } else {
            format!(
                "the tags {other} and {key} differ in capitals only, and IAM takes them for the same"
            )
        };
        problems.push(spec.problem(
            &format!("tags.{key}"),
            message,
            "remove it, or give it another key",
        ));
    }
    problems
}
