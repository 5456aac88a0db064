//! One pass over the account: everything in parallel, then what depends on it. Sorted, so that two passes can be
//! compared as text.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::future::{join, join5};

use super::earlier::Earlier;
use super::limiter::Limiter;
use super::session::{Session, client};
use super::{databases, functions, keys, metrics, network, parameters, proxies, roles, secrets};
use crate::domain::snapshot::{
    FunctionFacts, KmsKeyFacts, ParameterGroupFacts, ProxyFacts, RoleFacts, SNAPSHOT_SCHEMA,
    SecretFacts, Snapshot,
};
use crate::io::account::options::{AccountScope, LiveOptions};

/// Reads everything within the scope that the permissions allow.
pub(super) async fn read(
    session: &Session,
    limiter: &Arc<Limiter>,
    options: &LiveOptions,
) -> Snapshot {
    let earlier = Earlier(options.earlier.as_deref());
    let mut lists = lists(session, limiter).await;
    lists.secrets = earlier.secrets(std::mem::take(&mut lists.secrets));
    let details = details(session, limiter, &lists, options).await;
    let (network, databases) = (lists.network, lists.databases);
    sorted(Snapshot {
        schema: SNAPSHOT_SCHEMA,
        account_id: session.account_id.clone(),
        region: session.region.clone(),
        partition: session.partition.clone(),
        not_visible: limiter.not_visible(),
        vpcs: network.vpcs,
        subnets: network.subnets,
        security_groups: network.groups,
        db_instances: databases.instances,
        db_clusters: databases.clusters,
        parameter_groups: details.parameter_groups,
        functions: lists.functions,
        roles: details.roles,
        secrets: details.secrets,
        kms_keys: details.keys,
        proxies: details.proxies,
    })
}

/// The resources of the account, from the calls that list them.
struct Lists {
    network: network::NetworkLists,
    databases: databases::Databases,
    proxies: Vec<ProxyFacts>,
    functions: Vec<FunctionFacts>,
    secrets: Vec<SecretFacts>,
    aliases: keys::Aliases,
}

async fn lists(session: &Session, limiter: &Arc<Limiter>) -> Lists {
    let rds = client!(aws_sdk_rds, session);
    let of_rds = join(
        databases::read(rds.clone(), Arc::clone(limiter)),
        proxies::read(rds, Arc::clone(limiter)),
    );
    let (network, (databases, proxies), functions, secrets, aliases) = join5(
        network::read(client!(aws_sdk_ec2, session), Arc::clone(limiter)),
        of_rds,
        functions::read(client!(aws_sdk_lambda, session), Arc::clone(limiter)),
        secrets::list(
            client!(aws_sdk_secretsmanager, session),
            Arc::clone(limiter),
        ),
        keys::aliases(client!(aws_sdk_kms, session), Arc::clone(limiter)),
    )
    .await;
    Lists {
        network,
        databases,
        proxies,
        functions,
        secrets,
        aliases,
    }
}

/// The details that take a call for each resource.
struct Details {
    parameter_groups: Vec<ParameterGroupFacts>,
    roles: Vec<RoleFacts>,
    keys: Vec<KmsKeyFacts>,
    secrets: Vec<SecretFacts>,
    proxies: Vec<ProxyFacts>,
}

async fn details(
    session: &Session,
    limiter: &Arc<Limiter>,
    lists: &Lists,
    options: &LiveOptions,
) -> Details {
    let earlier = Earlier(options.earlier.as_deref());
    let only_proxies = options.scope == AccountScope::Proxies;
    let (used, targets) = (used_secrets(&lists.proxies), targets(&lists.proxies));
    // The policies of secrets that another service manages matter only if a proxy uses the secret.
    let matters = |secret: &SecretFacts| {
        used.contains(&secret.arn) || !only_proxies && secret.owning_service.is_none()
    };
    let mut groups = lists
        .databases
        .groups(|identifier| !only_proxies || targets.contains(identifier));
    let mut keys = keys::WantedKeys::new(
        lists.aliases.clone(),
        lists.secrets.iter().filter(|secret| matters(secret)),
        &session.account_id,
        !only_proxies,
    );
    let mut roles = roles_by_weight(&lists.proxies, &lists.functions);
    let known = (
        earlier.groups(&mut groups),
        earlier.roles(&mut roles),
        earlier.keys(&mut keys),
    );
    let unread = |secret: &SecretFacts| matters(secret) && !secret.policy_visible;
    let (parameter_groups, roles, keys, secrets, proxies) = join5(
        parameters::read(client!(aws_sdk_rds, session), Arc::clone(limiter), groups),
        roles::read(client!(aws_sdk_iam, session), Arc::clone(limiter), roles),
        keys::read(client!(aws_sdk_kms, session), Arc::clone(limiter), keys),
        secrets::with_policies(
            client!(aws_sdk_secretsmanager, session),
            Arc::clone(limiter),
            lists.secrets.clone(),
            unread,
        ),
        metrics::with_clear_text(
            client!(aws_sdk_cloudwatch, session),
            Arc::clone(limiter),
            lists.proxies.clone(),
        ),
    )
    .await;
    Details {
        parameter_groups: [known.0, parameter_groups].concat(),
        roles: [known.1, roles].concat(),
        keys: [known.2, keys].concat(),
        secrets,
        proxies,
    }
}

/// Returns the ARNs of all roles, the most important first: those of proxies, then those of functions in the VPC of a
/// proxy, then those of the other functions.
pub(super) fn roles_by_weight(proxies: &[ProxyFacts], functions: &[FunctionFacts]) -> Vec<String> {
    let networks: BTreeSet<&str> = proxies.iter().map(|proxy| proxy.vpc_id.as_str()).collect();
    let reaches = |function: &&FunctionFacts| {
        let network = function.vpc_id.as_deref();
        network.is_some_and(|network| networks.contains(network))
    };
    let (near, far): (Vec<_>, Vec<_>) = functions.iter().partition(reaches);
    let of_functions = near.into_iter().chain(far);
    let of_functions = of_functions.map(|function| &function.role_arn);
    let mut seen = BTreeSet::new();
    let arns = proxies.iter().map(|proxy| &proxy.role_arn);
    arns.chain(of_functions)
        .filter(|arn| seen.insert(arn.as_str()))
        .cloned()
        .collect()
}

/// Returns the identifiers of the databases that proxies target.
fn targets(proxies: &[ProxyFacts]) -> BTreeSet<String> {
    let targets = proxies.iter().flat_map(|proxy| proxy.targets.iter());
    targets.map(|target| target.identifier.clone()).collect()
}

fn used_secrets(proxies: &[ProxyFacts]) -> BTreeSet<String> {
    let entries = proxies.iter().flat_map(|proxy| &proxy.auth);
    entries
        .filter_map(|entry| entry.secret_arn.clone())
        .collect()
}

/// Sorts a snapshot, so that its order does not depend on the order of the answers.
pub(super) fn sorted(mut snapshot: Snapshot) -> Snapshot {
    snapshot.vpcs.sort_by(|a, b| a.id.cmp(&b.id));
    snapshot.subnets.sort_by(|a, b| a.id.cmp(&b.id));
    snapshot.security_groups.sort_by(|a, b| a.id.cmp(&b.id));
    snapshot
        .db_instances
        .sort_by(|a, b| a.identifier.cmp(&b.identifier));
    snapshot
        .db_clusters
        .sort_by(|a, b| a.identifier.cmp(&b.identifier));
    snapshot
        .parameter_groups
        .sort_by(|a, b| (&a.name, a.cluster).cmp(&(&b.name, b.cluster)));
    snapshot.functions.sort_by(|a, b| a.name.cmp(&b.name));
    snapshot.roles.sort_by(|a, b| a.name.cmp(&b.name));
    snapshot.secrets.sort_by(|a, b| a.arn.cmp(&b.arn));
    snapshot.kms_keys.sort_by(|a, b| a.arn.cmp(&b.arn));
    snapshot.proxies.sort_by(|a, b| a.name.cmp(&b.name));
    snapshot
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aws_roles_that_can_least_be_missed_come_first_and_once() {
        let function = |role: &str, network: Option<&str>| FunctionFacts {
            role_arn: role.to_owned(),
            vpc_id: network.map(str::to_owned),
            ..FunctionFacts::default()
        };
        let proxy = ProxyFacts {
            role_arn: "proxy".to_owned(),
            vpc_id: "vpc-1".to_owned(),
            ..ProxyFacts::default()
        };
        let functions = [
            function("outside", None),
            function("far", Some("vpc-2")),
            function("near", Some("vpc-1")),
            function("proxy", Some("vpc-1")),
            function("near", None),
        ];
        let expected = ["proxy", "near", "outside", "far"];
        assert_eq!(roles_by_weight(&[proxy], &functions), expected);
    }
}
