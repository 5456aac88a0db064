//! The blueprint: what was decided, each choice with its reason.
//!
//! [`Blueprint::harden`] takes a spec and decides all that the spec leaves open, always on the safe side; it refuses what the
//! service would refuse. Templates print a blueprint and decide nothing. [`Blueprint::posture`] is the intent in the common
//! shape, which what was written is read back and compared with.

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
    ConnectPlan, ConsumerPlan, CreatedNames, KeyPlan, ParameterGroupPlan, PoolPlan, SecretPlan,
    TlsPlan, UserPlan,
};

use super::engine::Engine;
use super::names::{RoleArn, TagKey, TagValue};
use super::spec::{AuthMode, DatabaseSpec, MonitoringSpec, NetworkSpec, Omission, ProxySpec};

/// What was decided.
#[derive(Clone, Debug)]
pub struct Blueprint {
    /// The proxy, as asked for.
    pub proxy: ProxySpec,
    /// `aws`, `aws-cn`, `aws-us-gov`; follows from the region.
    pub partition: &'static str,
    /// Where clients reach the proxy.
    pub proxy_port: u16,
    /// What the created things are called.
    pub names: CreatedNames,
    /// The network, as asked for.
    pub network: NetworkSpec,
    /// The database, as asked for.
    pub database: DatabaseSpec,
    /// Who makes the database refuse clear text.
    pub database_tls: TlsPlan,
    /// The database users, sorted by name.
    pub users: Vec<UserPlan>,
    /// The functions that connect, sorted by name.
    pub consumers: Vec<ConsumerPlan>,
    /// One `rds-db:connect` policy for each role, sorted by role: two functions may share one.
    pub connects: Vec<ConnectPlan>,
    /// The key that encrypts created secrets; `None` when none is created.
    pub key: KeyPlan,
    /// Whether the secrets' policy denies every reader that is not named.
    pub strict_secret_policy: bool,
    /// The roles that the strict policy leaves out, beside the proxy's.
    pub secret_readers: Vec<RoleArn>,
    /// The connection pool.
    pub pool: PoolPlan,
    /// Alarms, detections, the log.
    pub monitoring: MonitoringSpec,
    /// Tags on everything that can carry them.
    pub tags: BTreeMap<TagKey, TagValue>,
    /// What to write, in the order of the spec.
    pub targets: Vec<String>,
    /// Generated files that are not wanted.
    pub omit: Vec<Omission>,
    /// Every choice with its reason, in the order of the six rules.
    pub choices: Vec<DesignChoice>,
}

impl Blueprint {
    /// The engine.
    pub fn engine(&self) -> &'static Engine {
        self.proxy.engine
    }

    /// True when the proxy logs in with secrets.
    pub fn uses_secrets(&self) -> bool {
        self.proxy.auth == AuthMode::Secrets
    }

    /// The group that the proxy's own ports are opened to: the consumers' groups, sorted, each once.
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
