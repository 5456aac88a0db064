//! What every reader hands to [`crate::source::assemble`]: resources, with their attributes as they stand in their own dialect.
//!
//! A reader evaluates what can be evaluated and knows nothing of proxies. Which attribute of which dialect means what is
//! written once, in [`super::vocabulary`].

use crate::domain::evidence::Origin;

/// Which words a document uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dialect {
    /// `aws_db_proxy`, `require_tls`.
    Terraform,
    /// `AWS::RDS::DBProxy`, `RequireTLS`.
    CloudFormation,
    /// A live account: resource types and attributes as CloudFormation calls them, policies and ids as the API gives them.
    Account,
}

/// The step of a value ([`Origin::via`]) that a stack outside of view exports.
pub(crate) const IMPORT: &str = "Fn::ImportValue";

/// What stands for the list of zones that `Fn::GetAZs` gives: the address of a [`Piece::Reference`] whose attribute is the place in it.
pub(crate) const GET_ZONES: &str = "Fn::GetAZs";

/// Why a value is not known that stands in a file, all of it, where nobody needs to look at it. A way may lead to it.
pub(crate) const VEILED: &str = "sensitive, not looked at";

/// The member of a map that stands for all that it may have besides those that are known.
pub(crate) const REST: &str = "…";

/// The member of a body that holds references to what is named in its other members and cannot be told from them: either side of a
/// condition that is not known.
pub(crate) const MENTIONED: &str = "@mentioned";

/// The kind of what stands for a file of a module that could not be read. It refers to all that the module makes.
pub(crate) const UNREAD: &str = "unread file";

/// One resource (or data source), fully expanded: after `count`, `for_each`, modules, conditions.
#[derive(Clone, Debug)]
pub struct Resource {
    /// Whose words it uses.
    pub dialect: Dialect,
    /// `aws_db_proxy`, `data.aws_security_group`, `AWS::RDS::DBProxy`.
    pub kind: String,
    /// The full address: `module.db.aws_db_proxy.this["a"]`, a logical id, an ARN or id in a live account.
    pub address: String,
    /// The block's header.
    pub origin: Origin,
    /// Its attributes and nested blocks; a nested block that may repeat is always a list. Always a [`Value::Map`].
    pub body: Node,
    /// The names by which a literal elsewhere may mean this resource: its ARN, id, name. Filled by readers that know them.
    pub known_as: Vec<String>,
}

/// A value with the place where it stands.
#[derive(Clone, Debug)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Where it stands, and the way it took.
    pub origin: Origin,
}

/// A value in any dialect.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`, `AWS::NoValue`: as if it had not been written.
    Null,
    /// True or false.
    Bool(bool),
    /// A number.
    Number(f64),
    /// Text, in which parts may be references to resources.
    Text(Vec<Piece>),
    /// A list, tuple or set.
    List(Vec<Node>),
    /// A map or object, in the order of the source.
    Map(Vec<(String, Node)>),
    /// Something that cannot be worked out, with the way to its source: `var.tls ← module.db.require_tls ← no value`.
    Unresolved(String),
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// As it stands.
    Text(String),
    /// An attribute of a resource that is in view but not deployed yet: (`aws_iam_role.proxy`, `arn`), (`ProxyRole`, `Arn`).
    /// CloudFormation's `Ref` has the attribute `Ref`.
    Reference(String, String),
    /// The deployment's own partition, region, account or DNS suffix.
    Pseudo(Pseudo),
    /// The `prx-…` id out of the ARN of the proxy at this address.
    ProxyId(String),
    /// A part that cannot be worked out, and why.
    Unresolved(String),
}

/// What a deployment knows of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pseudo {
    /// `data.aws_partition.*.partition`, `AWS::Partition`.
    Partition,
    /// `data.aws_region.*.region`, `AWS::Region`.
    Region,
    /// `data.aws_caller_identity.*.account_id`, `AWS::AccountId`.
    Account,
    /// `data.aws_partition.*.dns_suffix`, `AWS::URLSuffix`.
    UrlSuffix,
}

/// What a reader found.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// All resources, sorted by address.
    pub resources: Vec<Resource>,
    /// What could not be read, and why, with its place.
    pub problems: Vec<(String, Origin)>,
    /// What is written and not made, because a value says so.
    pub absent: Vec<Absent>,
    /// Templates that are named and not in view, with their places.
    pub not_in_view: Vec<(String, Origin)>,
}

impl Document {
    /// Whether no resource was read: what stands for a file that could not be read is none.
    pub fn holds_nothing(&self) -> bool {
        let mut resources = self.resources.iter();
        resources.all(|resource| resource.kind == UNREAD)
    }
}

/// What leaves a resource out.
#[derive(Clone, Debug)]
pub enum LeftOut {
    /// The default of this variable or parameter, which nobody gives another value.
    Default(String),
    /// The value of a variable or parameter, with its place.
    Value(String),
}

/// A resource that is written and that nobody gets, by the values in view.
#[derive(Clone, Debug)]
pub struct Absent {
    /// Whose words it uses.
    pub dialect: Dialect,
    /// As for a [`Resource`].
    pub kind: String,
    /// As for a [`Resource`], without keys.
    pub address: String,
    /// What leaves it out.
    pub by: LeftOut,
    /// The block's header.
    pub origin: Origin,
}

impl Value {
    /// Plain text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(vec![Piece::Text(text.into())])
    }

    /// Whether a part of it cannot be worked out.
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

    /// The text, when it is nothing but text.
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
    /// A value at a place.
    pub fn new(value: Value, origin: Origin) -> Self {
        Self { value, origin }
    }

    /// The member of a map; `None` where it is absent or null. Where nobody can tell what else a map has, whatever it is not known to
    /// have is not known.
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

    /// The items of a list; none for anything else.
    pub fn items(&self) -> &[Self] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }
}

impl PartialEq for Node {
    /// Two nodes are equal when their values are, wherever they stand.
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}
