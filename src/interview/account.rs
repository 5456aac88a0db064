//! The account as the questions see it: the resources that exist, and why a proxy cannot use some of them.

use std::collections::BTreeSet;

use crate::domain::engine::Engine;
use crate::domain::limits::network;
use crate::domain::limits::versions::{Support, support};
use crate::domain::snapshot::{
    DbClusterFacts, DbInstanceFacts, FunctionFacts, SecretFacts, Snapshot, SubnetFacts,
};

/// A DB instance or a DB cluster in one common form.
#[derive(Clone, Debug)]
pub struct KnownDatabase<'a> {
    pub(super) identifier: &'a str,
    pub(super) resource_id: &'a str,
    pub(super) api_engine: &'a str,
    pub(super) version: &'a str,
    pub(super) port: u16,
    pub(super) vpc_id: &'a str,
    pub(super) security_group_ids: &'a [String],
    pub(super) parameter_group: &'a str,
    pub(super) parameter_apply_status: &'a str,
    pub(super) iam_enabled: bool,
    pub(super) database_name: Option<&'a str>,
    pub(super) master_username: &'a str,
    pub(super) master_secret_arn: Option<&'a str>,
    class: &'a str,
    refusal: Option<String>,
    cluster: bool,
}

impl<'a> KnownDatabase<'a> {
    fn instance(facts: &'a DbInstanceFacts) -> Self {
        let replica = facts
            .replica_of
            .as_ref()
            .map(|source| format!("is a read replica of {source}: a proxy serves the writer only"));
        let refusal = replica.or_else(|| not_there(&facts.status));
        Self {
            identifier: &facts.identifier,
            resource_id: &facts.resource_id,
            api_engine: &facts.engine,
            version: &facts.version,
            port: facts.port,
            vpc_id: &facts.vpc_id,
            security_group_ids: &facts.security_group_ids,
            parameter_group: &facts.parameter_group,
            parameter_apply_status: &facts.parameter_apply_status,
            iam_enabled: facts.iam_enabled,
            database_name: facts.database_name.as_deref(),
            master_username: &facts.master_username,
            master_secret_arn: facts.master_secret_arn.as_deref(),
            class: &facts.class,
            refusal,
            cluster: false,
        }
    }

    fn cluster(facts: &'a DbClusterFacts, account: &'a Snapshot) -> Self {
        // `serverless` is version 1; version 2 has `provisioned`. Source: RDS API Reference, DBCluster.
        let serverless = (facts.engine_mode == "serverless").then(|| {
            "is Aurora Serverless v1, which RDS Proxy does not serve: move it to v2".to_owned()
        });
        let refusal = serverless.or_else(|| not_there(&facts.status));
        let class = account
            .db_instances
            .iter()
            .find(|member| member.cluster_identifier.as_deref() == Some(&facts.identifier))
            .map_or("", |member| &member.class);
        Self {
            identifier: &facts.identifier,
            resource_id: &facts.resource_id,
            api_engine: &facts.engine,
            version: &facts.version,
            port: facts.port,
            vpc_id: &facts.vpc_id,
            security_group_ids: &facts.security_group_ids,
            parameter_group: &facts.parameter_group,
            parameter_apply_status: &facts.parameter_apply_status,
            iam_enabled: facts.iam_enabled,
            database_name: facts.database_name.as_deref(),
            master_username: &facts.master_username,
            master_secret_arn: facts.master_secret_arn.as_deref(),
            class,
            refusal,
            cluster: true,
        }
    }

    pub(super) fn kind(&self) -> &'static str {
        if self.cluster { "cluster" } else { "instance" }
    }

    /// The engine. A Multi-AZ cluster has the name of the instance engine, so the name alone decides.
    pub(super) fn engine(&self) -> Option<&'static Engine> {
        Engine::by_api_name(self.api_engine)
    }

    /// Returns the reason why a proxy cannot serve the database; `None` when it can.
    pub(super) fn refusal(&self, account: &Snapshot) -> Option<String> {
        if self.refusal.is_some() {
            return self.refusal.clone();
        }
        let Some(engine) = self.engine() else {
            return Some(format!("RDS Proxy does not serve {}", self.api_engine));
        };
        if let Support::Unserved(reason) = support(engine, self.version) {
            return Some(reason);
        }
        if self.parameter(account, "read_only").is_some_and(is_on) {
            return Some(format!(
                "{} sets read_only, which RDS Proxy does not work with",
                self.parameter_group
            ));
        }
        let vpc = account.vpcs.iter().find(|vpc| vpc.id == self.vpc_id)?;
        let controls = vpc.encryption_controls.as_deref().unwrap_or_default();
        network::tenancy(&vpc.tenancy)
            .and_then(|()| network::encryption_controls(controls))
            .err()
            .map(|broken| format!("{} ({})", broken.message, self.vpc_id))
    }

    fn parameter<'w>(&self, account: &'w Snapshot, name: &str) -> Option<&'w str> {
        account
            .parameter_groups
            .iter()
            .find(|group| group.name == self.parameter_group && group.cluster == self.cluster)?
            .parameters
            .get(name)
            .map(String::as_str)
    }

    /// True when the database refuses unencrypted connections today; `None` when its parameter group could not be read.
    pub(super) fn forces_tls(&self, account: &Snapshot) -> Option<bool> {
        let engine = self.engine()?;
        let seen = account
            .parameter_groups
            .iter()
            .any(|group| group.name == self.parameter_group && group.cluster == self.cluster);
        match self.parameter(account, engine.tls_parameter) {
            Some(value) => Some(is_on(value)),
            None if seen => engine.forces_tls_by_default(self.version),
            None => None,
        }
    }

    /// Returns the family of the parameter group, such as `postgres16`; `None` when the snapshot lacks the group.
    pub(super) fn family<'w>(&self, account: &'w Snapshot) -> Option<&'w str> {
        account
            .parameter_groups
            .iter()
            .find(|group| group.name == self.parameter_group && group.cluster == self.cluster)
            .map(|group| group.family.as_str())
    }

    /// True when a proxy already has the database as a target.
    pub(super) fn has_proxy(&self, account: &Snapshot) -> bool {
        account.proxies.iter().any(|proxy| {
            proxy
                .targets
                .iter()
                .any(|target| target.identifier == self.identifier)
        })
    }

    /// True when a security group of the database admits this group on the database's port.
    pub(super) fn admits(&self, account: &Snapshot, group: &str) -> bool {
        let port = i32::from(self.port);
        account
            .security_groups
            .iter()
            .filter(|own| self.security_group_ids.contains(&own.id))
            .flat_map(|own| &own.ingress)
            .filter(|rule| rule.group_id.as_deref() == Some(group))
            .any(|rule| {
                rule.from_port.is_none_or(|from| from <= port)
                    && rule.to_port.is_none_or(|to| port <= to)
            })
    }
}

/// Statuses that prevent a database from being registered with a proxy, each with the reason. Source: RDS API
/// Reference, RegisterDBProxyTargets (InvalidDBInstanceState); RDS User Guide, "Viewing Amazon RDS DB instance status".
const NOT_THERE: &[(&str, &str)] = &[
    (
        "creating",
        "is still being created: choose it once it is available",
    ),
    ("deleting", "is being deleted"),
    ("failed", "has failed, and RDS cannot recover it"),
    ("incompatible-restore", "could not be restored"),
    ("restore-error", "could not be restored"),
];

fn not_there(status: &str) -> Option<String> {
    let mut known = NOT_THERE.iter();
    let (_, reason) = known.find(|(known, _)| *known == status)?;
    Some((*reason).to_owned())
}

fn is_on(value: &str) -> bool {
    ["1", "on", "true"].contains(&value.to_ascii_lowercase().as_str())
}

/// Returns all databases, sorted by identifier. Instances that belong to a cluster are left out.
pub(super) fn databases(account: &Snapshot) -> Vec<KnownDatabase<'_>> {
    let clusters = account
        .db_clusters
        .iter()
        .map(|cluster| KnownDatabase::cluster(cluster, account));
    let instances = account
        .db_instances
        .iter()
        .filter(|instance| instance.cluster_identifier.is_none())
        .map(KnownDatabase::instance);
    let mut all: Vec<_> = clusters.chain(instances).collect();
    all.sort_by_key(|database| (database.identifier, database.cluster));
    all
}

/// Returns the database to suggest. Among those that a proxy can serve, one without a proxy comes first, then one that
/// forces TLS already.
pub(super) fn suggested(account: &Snapshot) -> Option<KnownDatabase<'_>> {
    databases(account)
        .into_iter()
        .filter(|database| database.refusal(account).is_none())
        .min_by_key(|database| {
            let forced = database.forces_tls(account) == Some(true);
            (database.has_proxy(account), !forced, database.identifier)
        })
}

/// Describes the suggested database, the number of candidates and the reason for the choice; `None` unless there are at
/// least two candidates.
pub fn suggestion(account: &Snapshot) -> Option<String> {
    let fit = databases(account)
        .into_iter()
        .filter(|database| database.refusal(account).is_none());
    let number = fit.count();
    let database = suggested(account).filter(|_| number > 1)?;
    let reasons = [
        (!database.has_proxy(account), "it has no proxy yet"),
        (
            database.forces_tls(account) == Some(true),
            "it forces TLS already",
        ),
    ];
    let reasons: Vec<&str> = reasons
        .into_iter()
        .filter_map(|(holds, why)| holds.then_some(why))
        .collect();
    let why = match reasons.as_slice() {
        [] => "it comes first by its name".to_owned(),
        reasons => reasons.join(" and "),
    };
    Some(format!(
        "database {}, of {number} that a proxy can serve: {why} (--set database.identifier=NAME takes another)",
        database.identifier
    ))
}

/// True when one of these lists of the snapshot may be incomplete, so that a resource missing from it may still exist.
pub(super) fn is_partial(account: &Snapshot, fields: &[&str]) -> bool {
    account
        .not_visible
        .iter()
        .any(|gap| fields.contains(&gap.field.as_str()))
}

/// Returns the reason why a proxy for this database cannot use the subnet.
pub(super) fn subnet_refusal(
    subnet: &SubnetFacts,
    database: Option<&KnownDatabase<'_>>,
) -> Option<String> {
    if let Err(broken) = network::zone_id(&subnet.zone_id) {
        return Some(broken.message);
    }
    let needed = database.map_or(network::FREE_ADDRESSES, |database| {
        network::free_addresses_for(database.class)
    });
    (subnet.free_addresses < needed).then(|| {
        format!(
            "has {} free addresses, and the proxy may need {needed}",
            subnet.free_addresses
        )
    })
}

/// Returns the reason why a function in this account cannot be a consumer in this VPC.
pub(super) fn function_refusal(function: &FunctionFacts, vpc_id: &str) -> Option<String> {
    match function.vpc_id.as_deref().filter(|id| !id.is_empty()) {
        None => Some(
            "runs outside any VPC, and a proxy has no public address: attach it to the VPC first"
                .to_owned(),
        ),
        Some(other) if other != vpc_id => Some(format!("runs in {other}, the proxy in {vpc_id}")),
        Some(_) if function.security_group_ids.is_empty() => {
            Some("has no security group that the proxy could admit".to_owned())
        }
        Some(_) => None,
    }
}

/// Returns the reason why a secret cannot hold the credentials of an application's user.
pub(super) fn secret_refusal(secret: &SecretFacts, account: &Snapshot) -> Option<String> {
    let masters: BTreeSet<&str> = databases(account)
        .iter()
        .filter_map(|database| database.master_secret_arn)
        .collect();
    if secret.owning_service.as_deref() == Some("rds")
        || secret.name.starts_with("rds!")
        || masters.contains(secret.arn.as_str())
    {
        return Some("holds a master user, managed by RDS".to_owned());
    }
    let holder = account.proxies.iter().find(|proxy| {
        proxy
            .auth
            .iter()
            .any(|entry| entry.secret_arn.as_deref() == Some(&secret.arn))
    })?;
    Some(format!(
        "is used by the proxy {}: a secret belongs to one proxy and one user",
        holder.name
    ))
}
