//! The output of every reader and the input of [`crate::source::assemble`]: resources, with their attributes as named
//! in their own dialect.
//!
//! A reader evaluates as much as possible and knows nothing of proxies. The meaning of the attributes of each dialect
//! is defined once, in [`super::vocabulary`].

use crate::domain::evidence::Origin;

/// The dialect whose names a document uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dialect {
    /// The names of the Terraform provider: `aws_db_proxy`, `require_tls`.
    Terraform,
    /// The names of CloudFormation's resource types: `AWS::RDS::DBProxy`, `RequireTLS`.
    CloudFormation,
    /// A live account: resource types and attributes have CloudFormation's names; policies and ids are as the API
    /// returns them.
    Account,
}

/// The step ([`Origin::via`]) of a value that is exported by a stack that is not in view.
pub(crate) const IMPORT: &str = "Fn::ImportValue";

/// Represents the list of zones that `Fn::GetAZs` returns: the address of a [`Piece::Reference`] whose attribute is the
/// index in the list.
pub(crate) const GET_ZONES: &str = "Fn::GetAZs";

/// The reason for a value that is complete in a file but is not looked at. It may follow a path of steps.
pub(crate) const VEILED: &str = "sensitive, not looked at";

/// The member of a map that represents all members it may have in addition to the known ones.
pub(crate) const REST: &str = "…";

/// The member of a body that holds references to resources which its other members name in either branch of an
/// undecided condition.
pub(crate) const MENTIONED: &str = "@mentioned";

/// The kind of the placeholder for a file of a module that could not be read. It refers to everything that the module
/// makes.
pub(crate) const UNREAD: &str = "unread file";

/// One resource (or data source), fully expanded: after `count`, `for_each`, modules, conditions.
#[derive(Clone, Debug)]
pub struct Resource {
    /// The dialect of its names.
    pub dialect: Dialect,
    /// The type: `aws_db_proxy`, `data.aws_security_group`, `AWS::RDS::DBProxy`.
    pub kind: String,
    /// The full address: `module.db.aws_db_proxy.this["a"]`, a logical id, or an ARN or id in a live account.
    pub address: String,
    /// The place of the block's header.
    pub origin: Origin,
    /// Its attributes and nested blocks; a nested block that may repeat is always a list. Always a [`Value::Map`].
    pub body: Node,
    /// The names by which a literal elsewhere may refer to this resource: its ARN, id, name. Set by readers that know
    /// them.
    pub known_as: Vec<String>,
}

/// A value with its origin.
#[derive(Clone, Debug)]
pub struct Node {
    /// The value, without its origin.
    pub value: Value,
    /// The place of the value, and the steps that led to it.
    pub origin: Origin,
}

/// A value in any dialect.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`, `AWS::NoValue`: equivalent to an absent attribute.
    Null,
    /// A boolean, in any spelling that the dialect allows.
    Bool(bool),
    /// A number, integer or not.
    Number(f64),
    /// Text, in which parts may be references to resources.
    Text(Vec<Piece>),
    /// A list, tuple or set.
    List(Vec<Node>),
    /// A map or object, in the order of the source.
    Map(Vec<(String, Node)>),
    /// A value that cannot be evaluated, with the path to its source: `var.tls ← module.db.require_tls ← no value`.
    Unresolved(String),
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Text that is written literally.
    Text(String),
    /// An attribute of a resource that is in view but not deployed yet: (`aws_iam_role.proxy`, `arn`), (`ProxyRole`,
    /// `Arn`). CloudFormation's `Ref` has the attribute `Ref`.
    Reference(String, String),
    /// The deployment's own partition, region, account or DNS suffix.
    Pseudo(Pseudo),
    /// The `prx-…` id from the ARN of the proxy at this address.
    ProxyId(String),
    /// A part that cannot be evaluated, and the reason.
    Unresolved(String),
}

/// A property of the deployment itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pseudo {
    /// The partition that is deployed into: `data.aws_partition.*.partition`, `AWS::Partition`.
    Partition,
    /// The region that is deployed into: `data.aws_region.*.region`, `AWS::Region`.
    Region,
    /// The account that is deployed into: `data.aws_caller_identity.*.account_id`, `AWS::AccountId`.
    Account,
    /// The DNS suffix of the partition: `data.aws_partition.*.dns_suffix`, `AWS::URLSuffix`.
    UrlSuffix,
}

/// The output of a reader.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// All resources, sorted by address.
    pub resources: Vec<Resource>,
    /// The parts that could not be read, each with the reason and its place.
    pub problems: Vec<(String, Origin)>,
    /// The resources that are written but not created, because of a value in view.
    pub absent: Vec<Absent>,
    /// Templates that are named and not in view, with their places.
    pub not_in_view: Vec<(String, Origin)>,
}

impl Document {
    /// True if no resource was read. Placeholders for files that could not be read do not count.
    pub fn holds_nothing(&self) -> bool {
        let mut resources = self.resources.iter();
        resources.all(|resource| resource.kind == UNREAD)
    }
}

/// The value that excludes a resource.
#[derive(Clone, Debug)]
pub enum LeftOut {
    /// The default of this variable or parameter, which nothing in view overrides.
    Default(String),
    /// The value of a variable or parameter, with its place.
    Value(String),
}

/// A resource that is written but not created with the values in view.
#[derive(Clone, Debug)]
pub struct Absent {
    /// The dialect of its names.
    pub dialect: Dialect,
    /// The type, as for a [`Resource`].
    pub kind: String,
    /// The address, as for a [`Resource`], without keys.
    pub address: String,
    /// The value that excludes it.
    pub by: LeftOut,
    /// The place of the block's header.
    pub origin: Origin,
}

impl Value {
    /// Makes a plain text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(vec![Piece::Text(text.into())])
    }

    /// True if a part of the value cannot be evaluated.
    pub fn is_open(&self) -> bool {
        match self {
            Self::Unresolved(_) => true,
            Self::List(items) => items.iter().any(|node| node.value.is_open()),
            Self::Map(members) => members.iter().any(|(_, node)| node.value.is_open()),
            Self::Text(pieces) => pieces
                .iter()
                .any(|piece| matches!(piece, Piece::Unresolved(_))),
            Self::Null | Self::Bool(_) | Self::Number(_) => false,
        }
    }

    /// Returns the text if no part of it is a reference or unresolved.
    pub fn as_text(&self) -> Option<String> {
        let Self::Text(pieces) = self else {
            return None;
        };
        pieces
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => Some(text.as_str()),
                Piece::Reference(..)
                | Piece::Pseudo(_)
                | Piece::ProxyId(_)
                | Piece::Unresolved(_) => None,
            })
            .collect()
    }
}

impl Node {
    /// Makes a node from a value and its origin.
    pub fn new(value: Value, origin: Origin) -> Self {
        Self { value, origin }
    }

    /// Returns the member of a map; `None` if it is absent or null. If the map may have further members that are
    /// unknown, the result for an unlisted member is that unknown value.
    pub fn get(&self, key: &str) -> Option<&Self> {
        let Value::Map(members) = &self.value else {
            return None;
        };
        let named = |wanted: &str| members.iter().find(|(name, _)| name == wanted);
        named(key)
            .or_else(|| named(REST))
            .map(|(_, node)| node)
            .filter(|node| node.value != Value::Null)
    }

    /// Returns the items of a list; none for anything else.
    pub fn items(&self) -> &[Self] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }
}

impl PartialEq for Node {
    /// Compares only the values: two nodes are equal wherever they come from.
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}
