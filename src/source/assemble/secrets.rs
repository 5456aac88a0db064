//! Secrets: who is in them, how the password came to be, and who may read it. Their values are looked at, never kept.

use super::block::{self, ResourceBody};
use super::estate::Estate;
use super::index::TOO_MUCH_AROUND;
use super::secret_values::{self, SecretValue, ValueRoute};
use super::symbols::{AWS_MANAGED_KEY, SymbolTable};
use super::things::{Handle, Item, Link};
use super::{key_policies, names, presence, same};
use crate::domain::evidence::{Evidence, Origin};
use crate::domain::iam::Policy;
use crate::domain::posture::{PasswordSource, Secret, SecretKey};
use crate::language::resource::{Dialect, Value};
use crate::language::vocabulary::{Attribute, Kind, cluster, instance, secret};

/// How the names of secrets begin that RDS manages. Source: RDS User Guide, "Password management with Amazon RDS and AWS
/// Secrets Manager".
const RDS_MANAGED_NAME: &str = "rds!";

/// The secret behind a handle, named at `named_at`.
pub(super) fn read(symbols: &SymbolTable<'_, '_>, handle: &Handle, named_at: &Origin) -> Secret {
    let estate = symbols.estate;
    let item = item_of(estate, handle);
    let origin = item.map_or(named_at, |item| &item.resource.origin);
    let Policies {
        first,
        blocked,
        further,
    } = resource_policies(symbols, handle);
    Secret {
        identity: estate.identity(handle),
        origin: origin.clone(),
        name: name(estate, handle, origin),
        username: secret_values::username(estate, handle),
        password: password(estate, handle, origin),
        is_master: is_master(symbols, handle, origin),
        key: key(estate, handle),
        key_policies: key_policies::read(symbols, customer_key(estate, handle)),
        policy: first,
        further_policies: further,
        block_public_policy: blocked,
    }
}

/// What a secret is called in terms: the user that it holds, or its name, or its address.
pub(super) fn label(estate: &Estate<'_>, handle: &Handle) -> String {
    let username = secret_values::username(estate, handle);
    let name = name(estate, handle, &Origin::default());
    match (username.value().or(name.value()), handle) {
        (Some(label), _) => label.clone(),
        (None, Handle::Item(index) | Handle::MasterSecret(index)) => {
            estate.item(*index).resource.address.clone()
        }
        (None, Handle::Literal(name)) => name.clone(),
        (None, Handle::DefaultGroup) => String::new(),
    }
}

/// The customer's key of a secret, where it has one in view or by name.
pub(super) fn customer_key(estate: &Estate<'_>, handle: &Handle) -> Option<Handle> {
    let item = item_of(estate, handle)?;
    let key = ResourceBody::of(estate, item)
        .link(secret::KEY, Kind::Key)?
        .handle()?;
    (!is_aws_managed(&key)).then_some(key)
}

/// What is known of a secret's key of which nothing in view tells more.
pub(super) fn open_key(estate: &Estate<'_>, handle: &Handle) -> Option<(usize, String)> {
    let item = item_of(estate, handle)?;
    same::print(
        item.document,
        ResourceBody::of(estate, item).get(secret::KEY)?,
    )
}

fn item_of<'a>(estate: &Estate<'a>, handle: &Handle) -> Option<Item<'a>> {
    match handle {
        Handle::Item(index) => Some(estate.item(*index)),
        Handle::MasterSecret(_) | Handle::DefaultGroup | Handle::Literal(_) => None,
    }
}

fn name(estate: &Estate<'_>, handle: &Handle, origin: &Origin) -> Evidence<String> {
    match handle {
        Handle::Item(index) => ResourceBody::of(estate, estate.item(*index)).text(secret::NAME),
        Handle::Literal(arn) => Evidence::Stated(names::name(Kind::Secret, arn), origin.clone()),
        Handle::MasterSecret(_) | Handle::DefaultGroup => Evidence::NotVisible,
    }
}

fn password(estate: &Estate<'_>, handle: &Handle, origin: &Origin) -> Evidence<PasswordSource> {
    if is_managed_by_rds(estate, handle) {
        return Evidence::Stated(PasswordSource::ManagedByRds, origin.clone());
    }
    let contents = secret_values::contents(estate, handle);
    let strays = secret_values::strays(estate, handle).into_iter();
    let passwords = contents.iter().map(|content| password_of(content, handle));
    let all = passwords.chain(strays.map(|(reason, origin)| Evidence::Unresolved(reason, origin)));
    all.min_by_key(weakness).unwrap_or(Evidence::NotVisible)
}

/// Of several values the one that gives most away counts: the last that is put is the one in force, and all are there to read.
fn weakness(password: &Evidence<PasswordSource>) -> u8 {
    match password.value() {
        Some(PasswordSource::Plaintext) => 0,
        Some(PasswordSource::InState) => 1,
        None => 2,
        Some(_) => 3,
    }
}

fn password_of(content: &SecretValue<'_, '_>, handle: &Handle) -> Evidence<PasswordSource> {
    let of_secret = match handle {
        Handle::Item(index) => Some(content.block.estate.item(*index)),
        Handle::MasterSecret(_) | Handle::DefaultGroup | Handle::Literal(_) => None,
    };
    let of_secret = of_secret.map(|item| ResourceBody::of(content.block.estate, item));
    if let Some((reason, origin)) = presence::doubt(content.block, of_secret)
        && content.password_is_written()
    {
        return Evidence::Unresolved(reason, origin);
    }
    let origin = content.password().origin.clone();
    match (content.way, content.password_is_written()) {
        (ValueRoute::Generated, _) | (ValueRoute::WriteOnly, false) => {
            Evidence::Stated(PasswordSource::Generated, origin)
        }
        (ValueRoute::WriteOnly | ValueRoute::Text, true) => {
            Evidence::Stated(PasswordSource::Plaintext, origin)
        }
        (ValueRoute::Text, false) => kept_elsewhere(content, origin),
    }
}

/// Terraform keeps whatever it puts into a secret in its state; CloudFormation takes it from a parameter.
fn kept_elsewhere(content: &SecretValue<'_, '_>, origin: Origin) -> Evidence<PasswordSource> {
    match content.block.dialect {
        Dialect::Terraform => Evidence::Stated(PasswordSource::InState, origin),
        Dialect::CloudFormation | Dialect::Account => Evidence::Unresolved(
            "the password comes from outside the template".to_owned(),
            origin,
        ),
    }
}

fn is_managed_by_rds(estate: &Estate<'_>, handle: &Handle) -> bool {
    let owned = item_of(estate, handle)
        .map(|item| ResourceBody::of(estate, item).text(secret::OWNING_SERVICE))
        .is_some_and(|owner| owner.value().is_some_and(|owner| owner == "rds"));
    let named = name(estate, handle, &Origin::default());
    owned
        || matches!(handle, Handle::MasterSecret(_))
        || named
            .value()
            .is_some_and(|name| name.starts_with(RDS_MANAGED_NAME))
}

fn is_master(symbols: &SymbolTable<'_, '_>, handle: &Handle, origin: &Origin) -> Evidence<bool> {
    let estate = symbols.estate;
    if is_managed_by_rds(estate, handle) {
        return Evidence::Stated(true, origin.clone());
    }
    if secret_values::holds_master_password(estate, handle) {
        return Evidence::Stated(true, origin.clone());
    }
    match same_user(symbols, handle) {
        Evidence::NotVisible if is_made_here(estate, handle) => Evidence::Defaulted(false),
        known => known,
    }
}

/// Names that master users usually have: RDS User Guide, "Master user account privileges", and the console's suggestions.
const USUAL_MASTERS: &[&str] = &[
    "admin",
    "administrator",
    "master",
    "mysql",
    "postgres",
    "root",
    "sa",
];

/// A password that is made here, for a database that stands elsewhere, is not the one that its master user has.
fn is_made_here(estate: &Estate<'_>, handle: &Handle) -> bool {
    let made = secret_values::contents(estate, handle)
        .iter()
        .any(|content| content.way != ValueRoute::Text && !content.password_is_written());
    let username = secret_values::username(estate, handle);
    made && username.value().is_some_and(|user| {
        !USUAL_MASTERS
            .iter()
            .any(|usual| usual.eq_ignore_ascii_case(user))
    })
}

/// Whether the secret's user is the master user of this proxy's database.
fn same_user(symbols: &SymbolTable<'_, '_>, handle: &Handle) -> Evidence<bool> {
    let Some(master) = master_user(symbols) else {
        return same_open_user(symbols, handle);
    };
    let users = secret_values::usernames(symbols.estate, handle);
    let is_master = |user: &String| user.eq_ignore_ascii_case(&master);
    let found = users
        .iter()
        .find(|user| user.value().is_some_and(is_master));
    match found.or(users.first()) {
        Some(Evidence::Stated(user, origin)) => Evidence::Stated(is_master(user), origin.clone()),
        _ => same_open_user(symbols, handle),
    }
}

/// What gives both names says so, whatever its value is.
fn same_open_user(symbols: &SymbolTable<'_, '_>, handle: &Handle) -> Evidence<bool> {
    let own = secret_values::written_username(symbols.estate, handle);
    let (Some((document, user)), Some((block, master))) = (own, written_master_user(symbols))
    else {
        return Evidence::NotVisible;
    };
    let master = block.get(master);
    let master = master.and_then(|node| same::print(block.document, node));
    match same::print(document, &user) {
        Some(own) if Some(&own) == master.as_ref() => Evidence::Stated(true, user.origin),
        _ => Evidence::NotVisible,
    }
}

/// The master user of this proxy's database, where that is in view.
pub(super) fn master_user(symbols: &SymbolTable<'_, '_>) -> Option<String> {
    let (block, master) = written_master_user(symbols)?;
    block.text(master).value().cloned()
}

/// The database and the attribute that names its master user.
fn written_master_user<'e, 'a>(
    symbols: &SymbolTable<'e, 'a>,
) -> Option<(ResourceBody<'e, 'a>, Attribute)> {
    let Some(Handle::Item(index)) = symbols.parts.database else {
        return None;
    };
    let item = symbols.estate.item(index);
    let master = match item.kind {
        Some(Kind::Cluster) => cluster::MASTER_USER,
        _ => instance::MASTER_USER,
    };
    Some((ResourceBody::of(symbols.estate, item), master))
}

fn key(estate: &Estate<'_>, handle: &Handle) -> Evidence<SecretKey> {
    let Some(item) = item_of(estate, handle) else {
        return Evidence::NotVisible;
    };
    let block = ResourceBody::of(estate, item);
    let Some(node) = block.get(secret::KEY) else {
        return Evidence::Defaulted(SecretKey::AwsManaged);
    };
    let key = match block.link_of(Kind::Key, node) {
        Link::To(key) if is_aws_managed(&key) => Ok(SecretKey::AwsManaged),
        Link::To(key) => Ok(SecretKey::Customer(estate.identity(&key))),
        Link::Unknown(reason) => Err(reason),
    };
    block::stated(key, &node.origin)
}

fn is_aws_managed(key: &Handle) -> bool {
    matches!(key, Handle::Literal(name) if name.ends_with(AWS_MANAGED_KEY))
}

/// The policies that are put on a secret, of which Secrets Manager keeps the one that is put last.
struct Policies {
    /// `None` where there is seen to be none.
    first: Evidence<Option<Policy>>,
    /// Whether the first was put with `BlockPublicPolicy`.
    blocked: Evidence<bool>,
    further: Vec<Evidence<Policy>>,
}

/// The policies on the secret, from whichever resource puts them there, those that are known first.
/// Whether public policies are blocked by default is told in two ways by AWS (API: no; CloudFormation: yes), so an absent
/// setting counts as no.
fn resource_policies(symbols: &SymbolTable<'_, '_>, handle: &Handle) -> Policies {
    let estate = symbols.estate;
    let own = item_of(estate, handle);
    let statements = |all: &Vec<Put>| {
        let policies = all.iter().filter_map(|(policy, _)| policy.value());
        policies.map(|policy| 1 + policy.statements.len()).sum()
    };
    let put = estate.around(statements, || put_on(symbols, handle));
    let mut put = put.unwrap_or_else(|| {
        let origin = own.map_or_else(Origin::default, |own| own.resource.origin.clone());
        let open = Evidence::Unresolved(TOO_MUCH_AROUND.to_owned(), origin);
        vec![(open, Evidence::NotVisible)]
    });
    put.sort_by_key(|(policy, _)| policy.value().is_none());
    let mut put = put.into_iter();
    let (first, blocked) = match (put.next(), own) {
        (Some((policy, blocked)), _) => (policy.map(Some), blocked),
        (None, Some(own)) if !has_unknown_body(own) => {
            (Evidence::Defaulted(None), Evidence::NotVisible)
        }
        (None, _) => (Evidence::NotVisible, Evidence::NotVisible),
    };
    let perhaps = estate.perhaps(Kind::Secret, handle).into_iter();
    Policies {
        first,
        blocked,
        further: put
            .map(|(policy, _)| policy)
            .chain(perhaps.map(|(reason, origin)| Evidence::Unresolved(reason, origin)))
            .collect(),
    }
}

/// A policy that is put on a secret, and whether it was put with `BlockPublicPolicy`.
type Put = (Evidence<Policy>, Evidence<bool>);

fn put_on(symbols: &SymbolTable<'_, '_>, handle: &Handle) -> Vec<Put> {
    let estate = symbols.estate;
    let own = item_of(estate, handle);
    let of_secret = own.map(|own| ResourceBody::of(estate, own));
    let standing_alone = estate.additions().to(Kind::Secret, handle);
    standing_alone
        .map(|index| estate.item(index))
        .filter(|item| item.kind == Some(Kind::SecretPolicy))
        .map(|item| put_by(symbols, item, of_secret))
        .chain(own.and_then(|own| inline_policy(symbols, own)))
        .collect()
}

/// The policy that a resource of its own puts on a secret.
fn put_by(
    symbols: &SymbolTable<'_, '_>,
    item: Item<'_>,
    of_secret: Option<ResourceBody<'_, '_>>,
) -> Put {
    let block = ResourceBody::of(symbols.estate, item);
    if let Some((reason, origin)) = presence::doubt(block, of_secret) {
        let open = Evidence::Unresolved(reason.clone(), origin.clone());
        return (open, Evidence::Unresolved(reason, origin));
    }
    let policy = [secret::POLICY, secret::CC_POLICY]
        .into_iter()
        .find_map(|attribute| symbols.policy_in(item, attribute));
    let blocked = block.flag(secret::BLOCK_PUBLIC_POLICY, Evidence::Defaulted(false));
    (policy.unwrap_or(Evidence::NotVisible), blocked)
}

fn inline_policy(symbols: &SymbolTable<'_, '_>, item: Item<'_>) -> Option<Put> {
    let blocked = match item.resource.dialect {
        Dialect::Account => Evidence::NotVisible,
        Dialect::Terraform | Dialect::CloudFormation => Evidence::Defaulted(false),
    };
    Some((symbols.policy_in(item, secret::INLINE_POLICY)?, blocked))
}

/// A data source names a secret that may well have a policy.
fn has_unknown_body(item: Item<'_>) -> bool {
    crate::language::vocabulary::names_existing(item.resource)
        || !matches!(item.resource.body.value, Value::Map(_))
}
