//! The parameter group that determines whether a database rejects unencrypted connections.

use super::block::ResourceBody;
use super::estate::Estate;
use super::things::{Handle, Link};
use crate::domain::engine::{ENGINES, Engine};
use crate::domain::evidence::{Evidence, Origin};
use crate::domain::posture::{DatabaseKind, Identity, ParameterGroup};
use crate::language::resource::{Node, Value};
use crate::language::vocabulary::{Kind, cluster, database, instance, names_existing, parameters};

/// The prefix of the names of the groups that AWS provides and that cannot be changed.
/// Source: RDS User Guide, "Parameter groups for Amazon RDS".
const PROVIDED: &str = "default.";

/// The parameter of MySQL and MariaDB that makes a database reject writes.
const READ_ONLY: &str = "read_only";

/// Reads the group of a database of this kind, engine and version.
pub(super) fn of_database(
    database: ResourceBody<'_, '_>,
    kind: DatabaseKind,
    engine: &Evidence<String>,
    version: &Evidence<String>,
) -> Evidence<ParameterGroup> {
    let (attribute, group_kind) = match kind {
        DatabaseKind::Instance => (instance::PARAMETERS, Kind::InstanceParameters),
        DatabaseKind::Cluster => (cluster::PARAMETERS, Kind::ClusterParameters),
    };
    let by_version = engine
        .value()
        .and_then(|engine| Engine::by_api_name(engine))
        .map(|engine| (engine, version.value().cloned().unwrap_or_default()));
    let in_sync = in_sync(database);
    let Some(node) = database.get(attribute) else {
        return Evidence::Defaulted(provided("default", by_version, &database.body.origin));
    };
    let origin = node.origin.clone();
    match database.link_of(group_kind, node) {
        Link::To(Handle::Item(index)) => {
            let item = database.estate.item(index);
            let group = ResourceBody::new(database.estate, item);
            let identity = database.estate.identity(&Handle::Item(index));
            let group = defined(group, identity, by_version);
            Evidence::Stated(ParameterGroup { in_sync, ..group }, origin)
        }
        Link::To(handle) => {
            let name = database.estate.identity(&handle).text().to_owned();
            let group = if name.starts_with(PROVIDED) {
                provided(&name, by_version, &origin)
            } else {
                elsewhere(name, &origin)
            };
            Evidence::Stated(ParameterGroup { in_sync, ..group }, origin)
        }
        Link::Unknown(reason) => Evidence::Unresolved(reason, origin),
    }
}

/// Returns every group that is defined, whether or not a database in view uses it.
pub(super) fn all(estate: &Estate<'_>) -> Vec<ParameterGroup> {
    let kinds = [Kind::InstanceParameters, Kind::ClusterParameters].into_iter();
    let items = kinds.flat_map(|kind| estate.of_kind(kind));
    items
        .filter(|item| !names_existing(item.resource))
        .map(|item| {
            let identity = estate.identity(&Handle::Item(item.index));
            defined(ResourceBody::new(estate, item), identity, None)
        })
        .collect()
}

fn in_sync(database: ResourceBody<'_, '_>) -> Evidence<bool> {
    database
        .text(database::APPLY_STATUS)
        .map(|status| status == "in-sync")
}

fn elsewhere(name: String, origin: &Origin) -> ParameterGroup {
    ParameterGroup {
        identity: Identity::Known(name),
        origin: origin.clone(),
        family: Evidence::NotVisible,
        forces_tls: Evidence::NotVisible,
        in_sync: Evidence::NotVisible,
        read_only: Evidence::NotVisible,
    }
}

/// Makes a group that AWS provides, in which every parameter has its default.
fn provided(name: &str, by_version: Option<(&Engine, String)>, origin: &Origin) -> ParameterGroup {
    let family = name.strip_prefix(PROVIDED);
    let engine = by_version.or_else(|| of_family(family?));
    ParameterGroup {
        family: family.map_or(Evidence::NotVisible, |family| {
            Evidence::Stated(family.to_owned(), origin.clone())
        }),
        forces_tls: by_default(engine),
        read_only: Evidence::Defaulted(false),
        ..elsewhere(name.to_owned(), origin)
    }
}

fn defined(
    group: ResourceBody<'_, '_>,
    identity: Identity,
    by_version: Option<(&'static Engine, String)>,
) -> ParameterGroup {
    // AWS stores it in lower case. Source: go-to-k/cdk-real-drift#1741 (tested with the service's own handlers).
    let family = group.text(parameters::FAMILY);
    let family = family.map(|family| family.to_lowercase());
    let engine = by_version.or_else(|| of_family(family.value()?));
    let forces_tls = match engine.as_ref().map(|(engine, _)| engine.tls_parameter) {
        Some(name) => switch(group, name, by_default(engine)),
        None => Evidence::NotVisible,
    };
    ParameterGroup {
        identity,
        origin: group.body.origin.clone(),
        forces_tls,
        in_sync: Evidence::NotVisible,
        read_only: switch(group, READ_ONLY, Evidence::Defaulted(false)),
        family,
    }
}

fn by_default(engine: Option<(&Engine, String)>) -> Evidence<bool> {
    engine
        .and_then(|(engine, version)| engine.forces_tls_by_default(&version))
        .map_or(Evidence::NotVisible, Evidence::Defaulted)
}

/// Returns the engine and major version of a family: `aurora-postgresql16`, `sqlserver-se-15.0`.
fn of_family(family: &str) -> Option<(&'static Engine, String)> {
    ENGINES
        .iter()
        .flat_map(|engine| engine.api_names.iter().map(move |name| (engine, *name)))
        .find_map(|(engine, name)| {
            let version = family.strip_prefix(name)?.trim_start_matches('-');
            let is_version = version.starts_with(|first: char| first.is_ascii_digit());
            is_version.then(|| (engine, version.to_owned()))
        })
}

/// Reads a boolean parameter. RDS accepts 1 and 0 as well as ON and OFF.
fn switch(group: ResourceBody<'_, '_>, name: &str, absent: Evidence<bool>) -> Evidence<bool> {
    let Some(all) = group.get(parameters::PARAMETERS) else {
        return absent;
    };
    if let Value::Unresolved(reason) = &all.value {
        return Evidence::Unresolved(reason.clone(), all.origin.clone());
    }
    let value = match &all.value {
        Value::Map(_) => all.get(name),
        _ => match named(group, all, name) {
            Ok(value) => value,
            Err((reason, origin)) => return Evidence::Unresolved(reason, origin),
        },
    };
    value.map_or(absent, |node| {
        group.parsed(node, |text| match text.to_lowercase().as_str() {
            "1" | "on" | "true" => Some(true),
            "0" | "off" | "false" | "{trueifreplica}" => Some(false),
            _ => None,
        })
    })
}

/// Returns the value of the parameter of this name. A parameter with an unknown name may be any.
fn named<'a>(
    group: ResourceBody<'_, 'a>,
    all: &'a Node,
    wanted: &str,
) -> Result<Option<&'a Node>, (String, Origin)> {
    let mut open = None;
    for block in all.items().iter().map(|node| group.inner(node)) {
        match block.text(parameters::PARAMETER_NAME) {
            Evidence::Stated(name, _) | Evidence::Defaulted(name) if name == wanted => {
                return Ok(block.get(parameters::PARAMETER_VALUE));
            }
            Evidence::Unresolved(reason, _) => {
                open.get_or_insert((reason, block.body.origin.clone()));
            }
            _ => {}
        }
    }
    open.map_or(Ok(None), Err)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_names_engine_and_version() {
        let cases = [
            ("postgres16", Some(("postgresql", "16"))),
            ("aurora-postgresql16", Some(("aurora-postgresql", "16"))),
            ("mysql8.0", Some(("mysql", "8.0"))),
            ("aurora-mysql8.0", Some(("aurora-mysql", "8.0"))),
            ("sqlserver-se-15.0", Some(("sqlserver", "15.0"))),
            ("oracle-se2-19", None),
            ("mysql", None),
        ];
        for (family, expected) in cases {
            let found = of_family(family);
            let found = found
                .as_ref()
                .map(|(engine, version)| (engine.id, version.as_str()));
            assert_eq!(found, expected, "{family}");
        }
    }
}
