//! What each kind of resource, and each attribute that matters, is called in each dialect. One row each, written once.
//!
//! A live account uses CloudFormation's words (see [`crate::source::snapshot`]); the few that CloudFormation has no word for are
//! in the account's column alone. Readers know nothing of this, and [`crate::source::assemble`] nothing of dialects.

mod attributes;
mod kinds;
mod wearers;

pub(crate) use attributes::*;
use kinds::KINDS;
pub(crate) use kinds::Kind;
pub(crate) use wearers::WEARERS;

use super::resource::{Dialect, Node, Resource, Value};

/// Before the name of a Terraform data source.
const DATA: &str = "data.";

/// True where the resource only names something that exists already.
pub(crate) fn names_existing(resource: &Resource) -> bool {
    resource.dialect == Dialect::Terraform && resource.kind.starts_with(DATA)
}

impl Kind {
    /// The kind of a resource; `None` for one that no posture is made of.
    pub(crate) fn of(resource: &Resource) -> Option<Self> {
        Self::named(resource.dialect, &resource.kind)
    }

    /// The kind that has this name in a dialect.
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

    /// How the account's own id of such a thing begins; empty where it has none but its name.
    pub(crate) fn id_prefix(self) -> &'static str {
        KINDS
            .iter()
            .find(|row| row.kind == self)
            .map_or("", |row| row.id_prefix)
    }

    /// The attributes by which a Terraform data source says which existing thing it means, the surest first.
    pub(crate) fn existing(self) -> &'static [&'static str] {
        match self {
            Self::Secret | Self::Role | Self::ManagedPolicy => &["arn", "name"],
            Self::SecurityGroup | Self::Subnet | Self::Vpc => &["id"],
            Self::Instance => &["db_instance_identifier"],
            Self::Key => &["key_id"],
            _ => &[],
        }
    }

    /// The attribute by which a thing of this kind is called in a literal elsewhere.
    pub(crate) fn name(self) -> Option<Attribute> {
        NAMES
            .iter()
            .find(|(kind, _)| *kind == self)
            .map(|(_, attribute)| *attribute)
    }

    /// True where this attribute of such a thing is what policies call it by: its ARN, or a database's resource id.
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

    /// True where this attribute of such a thing is its name, though it is not called so.
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

    /// True where this attribute of such a thing is the ARN of the secret in which RDS keeps the master user's password.
    pub(crate) fn is_master_secret(self, attribute: &str) -> bool {
        matches!(self, Self::Instance | Self::Cluster)
            && ["master_user_secret", "MasterUserSecret"]
                .iter()
                .any(|word| attribute.starts_with(word))
    }

    /// True where this attribute of such a thing is the id of the network's default group.
    pub(crate) fn is_default_group(self, attribute: &str) -> bool {
        self == Self::Vpc
            && matches!(
                attribute,
                "default_security_group_id" | "DefaultSecurityGroup"
            )
    }

    /// The kind that a thing of this kind stands for in a reference: an alias for its key.
    pub(crate) fn stands_for(self) -> Self {
        DETOURS
            .iter()
            .find(|(_, through, _)| *through == self)
            .map_or(self, |(wanted, ..)| *wanted)
    }

    /// The kinds that a reference may go through to reach this kind, and the attribute that leads on.
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

/// `aws_secretsmanager_secret_version.x.arn` is the secret's ARN; an alias stands for its key.
static DETOURS: &[(Kind, Kind, Attribute)] = &[
    (Kind::Secret, Kind::SecretVersion, secret::OF_VERSION),
    (Kind::Secret, Kind::SecretAttachment, secret::OF_VERSION),
    (Kind::Key, Kind::KeyAlias, key::TARGET),
    (Kind::Proxy, Kind::TargetGroup, target::PROXY),
    (Kind::Proxy, Kind::Target, target::PROXY),
];

/// The words for one attribute. A word may be a path (`vpc_config.subnet_ids`).
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

/// What only the account shows.
const fn live(account: &'static str) -> Attribute {
    Attribute {
        terraform: "",
        cloudformation: "",
        account,
    }
}

/// What the account shows in another place than a template says it.
const fn elsewhere(terraform: &'static str, account: &'static str) -> Attribute {
    Attribute {
        terraform,
        cloudformation: "",
        account,
    }
}

impl Attribute {
    /// The word in this dialect; empty where the dialect has none.
    pub(crate) fn word(self, dialect: Dialect) -> &'static str {
        match dialect {
            Dialect::Terraform => self.terraform,
            Dialect::CloudFormation => self.cloudformation,
            Dialect::Account => self.account,
        }
    }

    /// What stands there; `None` where it is absent. A nested block that can stand only once is a list of one. Where a
    /// part of the way cannot be worked out, that part is the answer; and where something that cannot be worked out adds members
    /// to a map, it is the answer for every member that is not written.
    pub(crate) fn of(self, dialect: Dialect, body: &Node) -> Option<&Node> {
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

/// What adds members to a map when it is deployed, and so may add this one: `Fn::Transform`, a `Fn::ForEach` over what is not known.
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
