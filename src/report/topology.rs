//! The surroundings of a proxy, as far as the picture shows them.

use crate::domain::engine::EngineFamily;
use crate::domain::evidence::Evidence;
use crate::domain::posture::{Consumer, Database, DatabaseKind, Proxy};

/// The path from consumers through a proxy to its database.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Topology {
    /// The names of the consumers that may connect; `None` if unknown. A consumer without a name is represented by its
    /// place.
    pub consumers: Option<Vec<String>>,
    /// The protocol of the proxy: `PostgreSQL`.
    pub protocol: Option<String>,
    /// The database; `None` if unknown.
    pub database: Option<DatabaseNode>,
}

/// The database in the picture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DatabaseNode {
    /// The kind: instance or cluster.
    pub kind: &'static str,
    /// The identifier; `None` if unknown.
    pub name: Option<String>,
    /// Engine and version, as far as they are known: `aurora-postgresql 16.4`.
    pub engine: Option<String>,
}

impl Topology {
    /// Collects the known surroundings of a proxy.
    pub fn new(proxy: &Proxy) -> Self {
        let consumers = proxy.consumers.value();
        Self {
            consumers: consumers.map(|consumers| consumers.iter().map(name).collect()),
            protocol: proxy.engine_family.value().map(protocol),
            database: proxy.database.value().map(target),
        }
    }
}

fn name(consumer: &Consumer) -> String {
    let name = consumer.function.value().cloned();
    name.unwrap_or_else(|| consumer.origin.to_string())
}

fn protocol(family: &EngineFamily) -> String {
    family.traits().title.to_owned()
}

fn target(database: &Database) -> DatabaseNode {
    DatabaseNode {
        kind: match database.kind {
            DatabaseKind::Instance => "instance",
            DatabaseKind::Cluster => "cluster",
        },
        name: database.identifier.value().cloned(),
        engine: engine(&database.engine, &database.version),
    }
}

fn engine(engine: &Evidence<String>, version: &Evidence<String>) -> Option<String> {
    let version = version.value().map(|version| format!(" {version}"));
    Some(format!(
        "{}{}",
        engine.value()?,
        version.unwrap_or_default()
    ))
}
