//! The blueprint: all decisions about a proxy, each with its reason.
//!
//! [`Blueprint::harden`] takes a spec and decides everything that the spec leaves open, always in favour of security;
//! it refuses what the service would refuse. Templates print a blueprint and decide nothing. [`Blueprint::posture`]
//! returns the intended posture, which is compared with the posture read back from the generated files.

mod access;
mod choices;
mod harden;
mod intent;
mod limits;
mod plan;
mod sizes;

use std::collections::BTreeMap;

pub use choices::DesignChoice;
pub use plan::{
    ConnectPlan, ConsumerPlan, CreatedNames, KeyPlan, NAME_FORMS, NameForm, ParameterGroupPlan,
    PoolPlan, SecretPlan, TlsPlan, UserPlan,
};

use super::engine::Engine;
use super::names::{RoleArn, TagKey, TagValue};
use super::spec::{AuthMode, DatabaseSpec, MonitoringSpec, NetworkSpec, Omission, ProxySpec};

/// A completely decided proxy, ready to be rendered.
#[derive(Clone, Debug)]
pub struct Blueprint {
    /// The proxy, as specified.
    pub proxy: ProxySpec,
    /// The partition, derived from the region: `aws`, `aws-cn` or `aws-us-gov`.
    pub partition: &'static str,
    /// The port on which the proxy listens.
    pub proxy_port: u16,
    /// The names of the created resources.
    pub names: CreatedNames,
    /// The network, as specified.
    pub network: NetworkSpec,
    /// The database, as specified.
    pub database: DatabaseSpec,
    /// The means by which the database refuses connections without TLS.
    pub database_tls: TlsPlan,
    /// The database users, sorted by name.
    pub users: Vec<UserPlan>,
    /// The functions that connect, sorted by name.
    pub consumers: Vec<ConsumerPlan>,
    /// One `rds-db:connect` policy for each role, sorted by role; two functions may share a role.
    pub connects: Vec<ConnectPlan>,
    /// The key that encrypts created secrets; [`KeyPlan::None`] if no secret is created.
    pub key: KeyPlan,
    /// True if the secrets' policy denies every reader that it does not list.
    pub strict_secret_policy: bool,
    /// The roles that the strict policy exempts, in addition to the proxy's role.
    pub secret_readers: Vec<RoleArn>,
    /// The settings of the connection pool.
    pub pool: PoolPlan,
    /// The settings for alarms, detections and the log group.
    pub monitoring: MonitoringSpec,
    /// The tags of every resource that supports tags.
    pub tags: BTreeMap<TagKey, TagValue>,
    /// The targets to generate, in the order of the spec.
    pub targets: Vec<String>,
    /// The generated files to omit.
    pub omit: Vec<Omission>,
    /// The design choices with their reasons, in the order of the six rules.
    pub choices: Vec<DesignChoice>,
}

impl Blueprint {
    /// Returns the engine of the database.
    pub fn engine(&self) -> &'static Engine {
        self.proxy.engine
    }

    /// True if the proxy logs in with secrets.
    pub fn uses_secrets(&self) -> bool {
        self.proxy.auth == AuthMode::Secrets
    }

    /// Returns the groups that may reach the proxy: the consumers' groups, sorted, without duplicates.
    pub fn consumer_groups(&self) -> Vec<&super::names::SecurityGroupId> {
        let mut groups: Vec<_> = self
            .consumers
            .iter()
            .flat_map(|consumer| &consumer.security_group_ids)
            .collect();
        groups.sort();
        groups.dedup();
        groups
    }
}
