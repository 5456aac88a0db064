//! One pass over the account: everything at once, then what depends on it. Sorted, so that two passes compare as text.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::future::{join, join3, join5};

use super::desk::Desk;
use super::session::Session;
use super::{databases, functions, keys, metrics, network, proxies, roles, secrets};
use crate::domain::snapshot::{ProxyFacts, SNAPSHOT_SCHEMA, Snapshot};

/// Reads everything that the permissions show.
pub(super) async fn read(session: &Session) -> Snapshot {
    let desk = Desk::open();
    let config = &session.config;
    let rds = aws_sdk_rds::Client::new(config);
    let manager = aws_sdk_secretsmanager::Client::new(config);
    let kms = aws_sdk_kms::Client::new(config);
    let of_rds = join(
        databases::read(rds.clone(), Arc::clone(&desk)),
        proxies::read(rds, Arc::clone(&desk)),
    );
    let (network, (databases, proxies), functions, secrets, aliases) = join5(
        network::read(aws_sdk_ec2::Client::new(config), Arc::clone(&desk)),
        of_rds,
        functions::read(aws_sdk_lambda::Client::new(config), Arc::clone(&desk)),
        secrets::list(manager.clone(), Arc::clone(&desk)),
        keys::aliases(kms.clone(), Arc::clone(&desk)),
    )
    .await;
    let role_arns = proxies.iter().map(|proxy| proxy.role_arn.clone());
    let role_arns = role_arns.chain(functions.iter().map(|function| function.role_arn.clone()));
    let used = used_secrets(&proxies);
    let of_secrets = (secrets.as_slice(), session.account_id.as_str());
    let (roles, kms_keys, secrets) = join3(
        roles::read(
            aws_sdk_iam::Client::new(config),
            Arc::clone(&desk),
            role_arns.collect(),
        ),
        keys::read((kms, Arc::clone(&desk)), aliases, of_secrets),
        secrets::with_policies((manager, Arc::clone(&desk)), secrets.clone(), &used),
    )
    .await;
    let proxies = metrics::with_clear_text(
        aws_sdk_cloudwatch::Client::new(config),
        Arc::clone(&desk),
        proxies,
    )
    .await;
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
        parameter_groups: databases.parameter_groups,
        functions,
        roles,
        secrets,
        kms_keys,
        proxies,
    })
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
