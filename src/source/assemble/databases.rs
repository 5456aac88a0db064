//! The database behind a proxy: an instance or a cluster, in view or by its identifier only.

use super::block::{ResourceBody, entries};
use super::estate::Estate;
use super::ports::{engine, port};
use super::things::{Handle, Link};
use super::{groups, names, network, parameters};
use crate::domain::evidence::{Evidence, Origin};
use crate::domain::posture::{Database, DatabaseKind, Identity, SecurityGroup};
use crate::language::resource::{Dialect, Node, Piece, Value};
use crate::language::vocabulary;
use crate::language::vocabulary::{
    Attribute, Kind, cluster, database, instance, subnet, subnet_group, target,
};

/// The database that a proxy has as its target.
#[derive(Clone, Debug)]
pub(super) struct TargetRegistration {
    pub(super) kind: DatabaseKind,
    pub(super) link: Link,
    pub(super) origin: Origin,
    /// True if the reference is to the identifier of the database, and not to another attribute of it.
    by_identifier: bool,
}

/// The attributes of a database in view that are its identifier.
/// Sources: CloudFormation User Guide, `AWS::RDS::DBInstance` and `AWS::RDS::DBCluster` (return values); registry
/// documentation of `aws_db_instance` and `aws_rds_cluster`.
const IDENTIFIERS: &[&str] = &["Ref", "identifier", "cluster_identifier"];

fn is_identifier(node: &Node) -> bool {
    match &node.value {
        Value::Text(pieces) => match pieces.as_slice() {
            [Piece::Reference(_, attribute)] => IDENTIFIERS.contains(&attribute.as_str()),
            _ => false,
        },
        _ => false,
    }
}

/// The attributes of an instance or of a cluster.
struct DatabaseAttributes {
    kind: Kind,
    identifier: Attribute,
    security_groups: Attribute,
    replica_of: Attribute,
}

fn words(kind: DatabaseKind) -> DatabaseAttributes {
    match kind {
        DatabaseKind::Instance => DatabaseAttributes {
            kind: Kind::Instance,
            identifier: instance::IDENTIFIER,
            security_groups: instance::SECURITY_GROUPS,
            replica_of: instance::REPLICA_OF,
        },
        DatabaseKind::Cluster => DatabaseAttributes {
            kind: Kind::Cluster,
            identifier: cluster::IDENTIFIER,
            security_groups: cluster::SECURITY_GROUPS,
            replica_of: cluster::REPLICA_OF,
        },
    }
}

/// Returns the target of a proxy, which can have only one: RDS User Guide, "Using Amazon RDS Proxy", limitations. None
/// if there are several different ones, since none of them is certain.
pub(super) fn target(estate: &Estate<'_>, proxy: &Handle) -> Option<TargetRegistration> {
    let named = [Kind::Target, Kind::TargetGroup]
        .into_iter()
        .flat_map(|kind| estate.naming(kind, proxy))
        .filter_map(|item| Some((item, named_target(ResourceBody::new(estate, item))?)));
    let mut named = named.collect::<Vec<_>>().into_iter();
    let (_, first) = named.next()?;
    let other = named.find(|(_, other)| !may_be_one(&first.link, &other.link));
    Some(match other {
        None => first,
        Some((item, _)) => TargetRegistration {
            link: Link::Unknown(format!(
                "{} names another database for the same proxy, which can have one only",
                item.resource.address
            )),
            ..first
        },
    })
}

/// True if two values may refer to one database. An unknown value may refer to any.
fn may_be_one(one: &Link, other: &Link) -> bool {
    match (one, other) {
        (Link::To(one), Link::To(other)) => one == other,
        (Link::Unknown(_), _) | (_, Link::Unknown(_)) => true,
    }
}

fn named_target(block: ResourceBody<'_, '_>) -> Option<TargetRegistration> {
    let named = |kind, attribute| {
        let node: &Node = entries(block.get(attribute)?).first()?;
        Some(TargetRegistration {
            kind,
            link: block.link_of(words(kind).kind, node),
            origin: node.origin.clone(),
            by_identifier: is_identifier(node),
        })
    };
    named(DatabaseKind::Instance, target::INSTANCE)
        .or_else(|| named(DatabaseKind::Cluster, target::CLUSTER))
}

/// Reads the database of a target. A database that is defined elsewhere has the groups that the proxy reaches; they are
/// read so that the rules which the source adds to them are seen.
pub(super) fn of_target(
    estate: &Estate<'_>,
    target: Option<&TargetRegistration>,
    proxy_groups: &Evidence<Vec<SecurityGroup>>,
) -> Evidence<Database> {
    let Some(target) = target else {
        return Evidence::NotVisible;
    };
    let handle = match &target.link {
        Link::To(handle) => handle,
        Link::Unknown(reason) => {
            return Evidence::Unresolved(reason.clone(), target.origin.clone());
        }
    };
    let mut database = read(estate, target.kind, handle, &target.origin);
    if !target.by_identifier {
        database.created = None;
    }
    if database.security_groups.is_not_visible() {
        database.security_groups = groups::reached(estate, proxy_groups.entries());
    }
    Evidence::Stated(database, target.origin.clone())
}

/// Reads the database behind a handle, named at `named_at`.
pub(super) fn read(
    estate: &Estate<'_>,
    kind: DatabaseKind,
    handle: &Handle,
    named_at: &Origin,
) -> Database {
    let Handle::Item(index) = handle else {
        return by_name(estate, kind, handle, named_at);
    };
    let item = estate.item(*index);
    let block = ResourceBody::new(estate, item);
    let words = words(kind);
    let engine = engine(block);
    let version = block.text(instance::VERSION);
    let defined = !vocabulary::names_existing(item.resource);
    Database {
        kind,
        address: item.resource.address.clone(),
        origin: item.resource.origin.clone(),
        created: made(defined, &item.resource.address),
        identifier: block.text(words.identifier),
        resource_id: block.text(database::RESOURCE_ID),
        engine_mode: engine_mode(block, kind, defined),
        port: port(block, &engine, defined),
        vpc: vpc(block),
        security_groups: security_groups(block, words.security_groups, defined),
        parameter_group: if defined {
            parameters::of_database(block, kind, &engine, &version)
        } else {
            Evidence::NotVisible
        },
        is_replica: match block.get(words.replica_of) {
            Some(node) => block.parsed(node, |source| Some(!source.is_empty())),
            None => unless_hidden(defined, false),
        },
        iam_enabled: block.flag(instance::IAM, unless_hidden(defined, false)),
        engine,
        version,
    }
}

fn made(defined: bool, address: &str) -> Option<String> {
    defined.then(|| address.to_owned())
}

/// Reads the security groups. Without any, a database gets the default group of its network: RDS API Reference,
/// `CreateDBInstance` and `CreateDBCluster`, `VpcSecurityGroupIds`. An account lists all groups.
fn security_groups(
    block: ResourceBody<'_, '_>,
    attribute: Attribute,
    defined: bool,
) -> Evidence<Vec<SecurityGroup>> {
    match block.get(attribute) {
        None if !defined || block.dialect == Dialect::Account => Evidence::NotVisible,
        _ => groups::security_groups(block, attribute, vpc(block).value()),
    }
}

/// Returns a default, which applies only to resources that the source defines.
fn unless_hidden<T>(defined: bool, default: T) -> Evidence<T> {
    if defined {
        Evidence::Defaulted(default)
    } else {
        Evidence::NotVisible
    }
}

fn by_name(
    estate: &Estate<'_>,
    kind: DatabaseKind,
    handle: &Handle,
    named_at: &Origin,
) -> Database {
    let identifier = match estate.identity(handle) {
        Identity::Known(name) => {
            Evidence::Stated(names::name(words(kind).kind, &name), named_at.clone())
        }
        Identity::Created(_) | Identity::Open(_) => Evidence::NotVisible,
    };
    Database {
        kind,
        address: estate.identity(handle).text().to_owned(),
        origin: named_at.clone(),
        created: None,
        identifier,
        resource_id: Evidence::NotVisible,
        engine: Evidence::NotVisible,
        version: Evidence::NotVisible,
        engine_mode: Evidence::NotVisible,
        port: Evidence::NotVisible,
        vpc: Evidence::NotVisible,
        security_groups: Evidence::NotVisible,
        parameter_group: Evidence::NotVisible,
        is_replica: Evidence::NotVisible,
        iam_enabled: Evidence::NotVisible,
    }
}

/// Reads the engine mode. Only a cluster has one, by default `provisioned`: RDS API Reference, `CreateDBCluster`,
/// `EngineMode`.
fn engine_mode(block: ResourceBody<'_, '_>, kind: DatabaseKind, defined: bool) -> Evidence<String> {
    match (kind, block.text(cluster::ENGINE_MODE)) {
        (DatabaseKind::Cluster, Evidence::NotVisible) => {
            unless_hidden(defined, "provisioned".to_owned())
        }
        (_, mode) => mode,
    }
}

/// Reads the network: from the account directly, in a source from the subnets of the subnet group.
fn vpc(block: ResourceBody<'_, '_>) -> Evidence<Identity> {
    if block.dialect == Dialect::Account {
        return network::identity_in(block, database::VPC);
    }
    let Some(Link::To(Handle::Item(index))) = block.link(instance::SUBNET_GROUP, Kind::SubnetGroup)
    else {
        return Evidence::NotVisible;
    };
    let subnets = ResourceBody::new(block.estate, block.estate.item(index));
    subnets
        .list(subnet_group::SUBNETS)
        .iter()
        .filter_map(|node| match subnets.link_of(Kind::Subnet, node) {
            Link::To(Handle::Item(index)) => {
                Some(ResourceBody::new(block.estate, block.estate.item(index)))
            }
            _ => None,
        })
        .map(|block| network::identity_in(block, subnet::VPC))
        .find(|vpc| !vpc.is_not_visible())
        .unwrap_or(Evidence::NotVisible)
}
