//! One pass over the account: everything at once, then what depends on it. Sorted, so that two passes compare as text.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::future::{join, join5};

use super::desk::Desk;
use super::session::{Session, client};
use super::{databases, functions, keys, metrics, network, parameters, proxies, roles, secrets};
use crate::domain::snapshot::{
    FunctionFacts, KmsKeyFacts, ParameterGroupFacts, ProxyFacts, RoleFacts, SNAPSHOT_SCHEMA,
    SecretFacts, Snapshot,
};
use crate::io::world::Scope;

/// Reads what the permissions show, as far as the scope goes.
pub(super) async fn read(session: &Session, desk: &Arc<Desk>, scope: Scope) -> Snapshot {
    let lists = lists(session, desk).await;
    let details = details(session, desk, (&lists, scope)).await;
    let (network, databases) = (lists.network, lists.databases);
    sorted(Snapshot {
        schema: SNAPSHOT_SCHEMA,
        account_id: session.account_id.clone(),
        region: session.region.clone(),
        partition: session.partition.clone(),
        not_visible: desk.not_visible(),
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

/// What is there.
struct Lists {
    network: network::Network,
    databases: databases::Databases,
    proxies: Vec<ProxyFacts>,
    functions: Vec<FunctionFacts>,
    secrets: Vec<SecretFacts>,
    aliases: keys::Aliases,
}

async fn lists(session: &Session, desk: &Arc<Desk>) -> Lists {
    let rds = client!(aws_sdk_rds, session);
    let of_rds = join(
        databases::read(rds.clone(), Arc::clone(desk)),
        proxies::read(rds, Arc::clone(desk)),
    );
    let (network, (databases, proxies), functions, secrets, aliases) = join5(
        network::read(client!(aws_sdk_ec2, session), Arc::clone(desk)),
        of_rds,
        functions::read(client!(aws_sdk_lambda, session), Arc::clone(desk)),
        secrets::list(client!(aws_sdk_secretsmanager, session), Arc::clone(desk)),
        keys::aliases(client!(aws_sdk_kms, session), Arc::clone(desk)),
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

/// What takes a call for each thing.
struct Details {
    parameter_groups: Vec<ParameterGroupFacts>,
    roles: Vec<RoleFacts>,
    keys: Vec<KmsKeyFacts>,
    secrets: Vec<SecretFacts>,
    proxies: Vec<ProxyFacts>,
}

async fn details(session: &Session, desk: &Arc<Desk>, (lists, scope): (&Lists, Scope)) -> Details {
    let only_proxies = scope == Scope::Proxies;
    let (used, targets) = (used_secrets(&lists.proxies), targets(&lists.proxies));
    // Those of secrets that another service manages matter only where a proxy uses the secret.
    let matters = |secret: &SecretFacts| {
        used.contains(&secret.arn) || !only_proxies && secret.owning_service.is_none()
    };
    let groups = lists
        .databases
        .groups(|identifier| !only_proxies || targets.contains(identifier));
    let keys = keys::Wanted::of(
        lists.aliases.clone(),
        lists.secrets.iter().filter(|secret| matters(secret)),
        (&session.account_id, !only_proxies),
    );
    let (parameter_groups, roles, keys, secrets, proxies) = join5(
        parameters::read(client!(aws_sdk_rds, session), Arc::clone(desk), groups),
        roles::read(
            client!(aws_sdk_iam, session),
            Arc::clone(desk),
            roles_by_weight(&lists.proxies, &lists.functions),
        ),
        keys::read(client!(aws_sdk_kms, session), Arc::clone(desk), keys),
        secrets::with_policies(
            (client!(aws_sdk_secretsmanager, session), Arc::clone(desk)),
            lists.secrets.clone(),
            matters,
        ),
        metrics(session, desk, (lists.proxies.clone(), scope)),
    )
    .await;
    Details {
        parameter_groups,
        roles,
        keys,
        secrets,
        proxies,
    }
}

/// A proxy to be made has no traffic yet.
async fn metrics(
    session: &Session,
    desk: &Arc<Desk>,
    (proxies, scope): (Vec<ProxyFacts>, Scope),
) -> Vec<ProxyFacts> {
    if scope == Scope::Choices {
        return proxies;
    }
    let client = client!(aws_sdk_cloudwatch, session);
    metrics::with_clear_text(client, Arc::clone(desk), proxies).await
}

/// The ARNs of all roles, those first that can least be missed: of proxies, then of functions that can reach one.
fn roles_by_weight(proxies: &[ProxyFacts], functions: &[FunctionFacts]) -> Vec<String> {
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

/// The identifiers of the databases behind proxies.
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

fn sorted(mut snapshot: Snapshot) -> Snapshot {
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
