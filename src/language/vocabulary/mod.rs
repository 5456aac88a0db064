//! The names of each kind of resource, and of each attribute that matters, in each dialect. One row each, written once.
//!
//! A live account uses CloudFormation's names (see [`crate::source::snapshot`]); the few attributes that CloudFormation
//! has no name for are in the account's column alone. Readers know nothing of these tables, and
//! [`crate::source::assemble`] knows nothing of dialects.

mod attributes;
mod kinds;
mod memberships;

pub(crate) use attributes::*;
use kinds::KINDS;
pub(crate) use kinds::Kind;
pub(crate) use memberships::MEMBERSHIPS;

use super::resource::{Dialect, Node, Resource, Value};
use crate::domain::settings::SettingRow;

/// The prefix of the name of a Terraform data source.
const DATA: &str = "data.";

/// True if the resource only names something that exists already.
pub(crate) fn names_existing(resource: &Resource) -> bool {
    resource.dialect == Dialect::Terraform && resource.kind.starts_with(DATA)
}

impl Kind {
    /// Returns the kind of a resource; `None` for one that is not part of a posture.
    pub(crate) fn new(resource: &Resource) -> Option<Self> {
        Self::named(resource.dialect, &resource.kind)
    }

    /// Returns the kind that has this name in a dialect.
    pub(crate) fn named(dialect: Dialect, name: &str) -> Option<Self> {
        let found = match dialect {
            Dialect::Terraform => {
                let name = name.strip_prefix(DATA).unwrap_or(name);
                KINDS.iter().find(|row| row.terraform.contains(&name))
            }
            Dialect::CloudFormation | Dialect::Account => {
                KINDS.iter().find(|row| row.cloudformation.contains(&name))
            }
        };
        found.map(|row| row.kind)
    }

    /// Returns the prefix of the id that the account gives a resource of this kind; empty if its name is its only
    /// identity.
    pub(crate) fn id_prefix(self) -> &'static str {
        KINDS
            .iter()
            .find(|row| row.kind == self)
            .map_or("", |row| row.id_prefix)
    }

    /// Returns the attributes by which a Terraform data source identifies an existing resource, the most reliable
    /// first.
    pub(crate) fn existing(self) -> &'static [&'static str] {
        match self {
            Self::Secret | Self::Role | Self::ManagedPolicy => &["arn", "name"],
            Self::SecurityGroup | Self::Subnet | Self::Vpc => &["id"],
            Self::Instance => &["db_instance_identifier"],
            Self::Key => &["key_id"],
            _ => &[],
        }
    }

    /// Returns the attribute by which literals elsewhere refer to a resource of this kind.
    pub(crate) fn name(self) -> Option<Attribute> {
        NAMES
            .iter()
            .find(|(kind, _)| *kind == self)
            .map(|(_, attribute)| *attribute)
    }

    /// True if policies refer to a resource of this kind by this attribute: its ARN, or the resource id of a database.
    pub(crate) fn is_called_by(self, attribute: &str) -> bool {
        let attributes: &[&str] = match self {
            Self::Proxy => &["arn", "DBProxyArn"],
            Self::Role => &["arn", "Arn"],
            Self::Secret => &["arn", "id", "Ref", "Id"],
            Self::SecretVersion => &["arn", "secret_id"],
            Self::SecretAttachment => &["Ref"],
            Self::Key => &["arn", "Arn"],
            Self::KeyAlias => &["target_key_arn"],
            Self::Instance => &["resource_id", "DbiResourceId"],
            Self::Cluster => &["cluster_resource_id", "DBClusterResourceId"],
            _ => &[],
        };
        attributes.contains(&attribute)
    }

    /// True if the value of this attribute is the name of the resource, although the attribute has another name.
    pub(crate) fn is_name(self, attribute: &str) -> bool {
        match self {
            Self::Proxy | Self::Role | Self::Cluster | Self::Function => {
                matches!(attribute, "Ref" | "id")
            }
            Self::InstanceParameters | Self::ClusterParameters | Self::SubnetGroup => {
                matches!(attribute, "Ref" | "id")
            }
            Self::Instance => attribute == "Ref",
            _ => false,
        }
    }

    /// True if this attribute is the ARN of the secret in which RDS keeps the master user's password.
    pub(crate) fn is_master_secret(self, attribute: &str) -> bool {
        matches!(self, Self::Instance | Self::Cluster)
            && ["master_user_secret", "MasterUserSecret"]
                .iter()
                .any(|word| attribute.starts_with(word))
    }

    /// True if this attribute is the id of the default security group of a VPC.
    pub(crate) fn is_default_group(self, attribute: &str) -> bool {
        self == Self::Vpc
            && matches!(
                attribute,
                "default_security_group_id" | "DefaultSecurityGroup"
            )
    }

    /// Returns the kind that a reference to a resource of this kind resolves to: the key for an alias.
    pub(crate) fn stands_for(self) -> Self {
        DETOURS
            .iter()
            .find(|(_, through, _)| *through == self)
            .map_or(self, |(wanted, ..)| *wanted)
    }

    /// Returns the kinds through which a reference may reach this kind, with the attribute that leads on.
    pub(crate) fn detours(self) -> impl Iterator<Item = (Self, Attribute)> {
        DETOURS
            .iter()
            .filter(move |(wanted, ..)| *wanted == self)
            .map(|(_, through, attribute)| (*through, *attribute))
    }
}

static NAMES: &[(Kind, Attribute)] = &[
    (Kind::Proxy, proxy::NAME),
    (Kind::Secret, secret::NAME),
    (Kind::Role, role::NAME),
    (Kind::ManagedPolicy, iam_policy::NAME),
    (Kind::Instance, instance::IDENTIFIER),
    (Kind::Cluster, cluster::IDENTIFIER),
    (Kind::InstanceParameters, parameters::INSTANCE_NAME),
    (Kind::ClusterParameters, parameters::CLUSTER_NAME),
    (Kind::SubnetGroup, subnet_group::NAME),
    (Kind::Function, function::NAME),
    (Kind::KeyAlias, key::ALIAS),
];

/// The kinds through which a reference may go, as (target, intermediate, attribute):
/// `aws_secretsmanager_secret_version.x.arn` is the secret's ARN, and an alias represents its key.
static DETOURS: &[(Kind, Kind, Attribute)] = &[
    (Kind::Secret, Kind::SecretVersion, secret::OF_VERSION),
    (Kind::Secret, Kind::SecretAttachment, secret::OF_VERSION),
    (Kind::Key, Kind::KeyAlias, key::TARGET),
    (Kind::Proxy, Kind::TargetGroup, target::PROXY),
    (Kind::Proxy, Kind::Target, target::PROXY),
];

/// The names of one attribute. A name may be a path (`vpc_config.subnet_ids`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Attribute {
    terraform: &'static str,
    cloudformation: &'static str,
    account: &'static str,
}

const fn attribute(terraform: &'static str, cloudformation: &'static str) -> Attribute {
    Attribute {
        terraform,
        cloudformation,
        account: cloudformation,
    }
}

/// Makes an attribute that only the account shows.
const fn live(account: &'static str) -> Attribute {
    Attribute {
        terraform: "",
        cloudformation: "",
        account,
    }
}

/// Makes an attribute that the account shows in a different place than a template.
const fn elsewhere(terraform: &'static str, account: &'static str) -> Attribute {
    Attribute {
        terraform,
        cloudformation: "",
        account,
    }
}

impl Attribute {
    /// Returns the names of a setting.
    pub(crate) const fn of_setting(row: &SettingRow) -> Self {
        attribute(row.terraform, row.cloudformation)
    }

    /// Returns the name in this dialect; empty if the dialect has none.
    pub(crate) fn word(self, dialect: Dialect) -> &'static str {
        match dialect {
            Dialect::Terraform => self.terraform,
            Dialect::CloudFormation => self.cloudformation,
            Dialect::Account => self.account,
        }
    }

    /// Returns the node of this attribute; `None` if it is absent. A nested block that can occur only once is a list of
    /// one. If a part of the path is unresolved, that part is returned. If an unresolved value adds members to a map,
    /// it is returned for every member that is not written.
    pub(crate) fn value_in(self, dialect: Dialect, body: &Node) -> Option<&Node> {
        let word = self.word(dialect);
        if word.is_empty() {
            return None;
        }
        word.split('.').try_fold(body, |node, step| {
            let node = node.items().first().unwrap_or(node);
            match node.value {
                Value::Unresolved(_) => Some(node),
                _ => node.get(step).or_else(|| brought_in(node, step)),
            }
        })
    }
}

/// Returns the value that adds members to a map at deployment, and so may add this one: `Fn::Transform`, or a
/// `Fn::ForEach` over an unknown list.
fn brought_in<'n>(map: &'n Node, step: &str) -> Option<&'n Node> {
    let Value::Map(members) = &map.value else {
        return None;
    };
    let is_property = !step.starts_with('@');
    let added = members.iter().find(|(name, member)| {
        name.starts_with("Fn::") && matches!(member.value, Value::Unresolved(_))
    });
    added.filter(|_| is_property).map(|(_, reason)| reason)
}
