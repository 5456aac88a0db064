//! Secrets: the user in each, the source of its password, and its readers. Their values are inspected, but never kept.

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

/// The prefix of the names of secrets that RDS manages. Source: RDS User Guide, "Password management with Amazon RDS
/// and AWS Secrets Manager".
const RDS_MANAGED_NAME: &str = "rds!";

/// Reads the secret behind a handle, named at `named_at`.
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

/// Returns the label of a secret in symbolic strings: its user, its name or its address.
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

/// Returns the customer managed key of a secret, if it has one in view or by name.
pub(super) fn customer_key(estate: &Estate<'_>, handle: &Handle) -> Option<Handle> {
    let item = item_of(estate, handle)?;
    let key = ResourceBody::new(estate, item)
        .link(secret::KEY, Kind::Key)?
        .handle()?;
    (!is_aws_managed(&key)).then_some(key)
}

/// Returns the fingerprint of the key of a secret if it is unresolved.
pub(super) fn open_key(estate: &Estate<'_>, handle: &Handle) -> Option<(usize, String)> {
    let item = item_of(estate, handle)?;
    same::print(
        item.document,
        ResourceBody::new(estate, item).get(secret::KEY)?,
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
        Handle::Item(index) => ResourceBody::new(estate, estate.item(*index)).text(secret::NAME),
        Handle::Literal(arn) => Evidence::Stated(names::name(Kind::Secret, arn), origin.clone()),
        Handle::MasterSecret(_) | Handle::DefaultGroup => Evidence::NotVisible,
    }
}

fn password(estate: &Estate<'_>, handle: &Handle, origin: &Origin) -> Evidence<PasswordSource> {
    if is_managed_by_rds(estate, handle) {
        return Evidence::Stated(PasswordSource::ManagedByRds, origin.clone());
    }
    let contents = secret_values::contents(estate, handle);
    let strays = secret_values::unassigned(estate, handle).into_iter();
    let passwords = contents.iter().map(|content| password_of(content, handle));
    let all = passwords.chain(strays.map(|(reason, origin)| Evidence::Unresolved(reason, origin)));
    all.min_by_key(weakness).unwrap_or(Evidence::NotVisible)
}

/// Ranks password sources by exposure. Of several values, the most exposed counts: the last one that is put is in
/// force, but all of them are readable.
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
    let of_secret = of_secret.map(|item| ResourceBody::new(content.block.estate, item));
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

/// Returns the source of a password that is not literal. Terraform keeps every value of a secret in its state;
/// CloudFormation takes it from a parameter.
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
        .map(|item| ResourceBody::new(estate, item).text(secret::OWNING_SERVICE))
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

/// Common names of master users: RDS User Guide, "Master user account privileges", and the console's suggestions.
const USUAL_MASTERS: &[&str] = &[
    "admin",
    "administrator",
    "master",
    "mysql",
    "postgres",
    "root",
    "sa",
];

/// True if the password is created here for a database that is defined elsewhere, so that it is not the master user's.
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

/// Compares the secret's user with the master user of this proxy's database.
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

/// Compares two unresolved user names. They are the same if they come from the same source.
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

/// Returns the master user of this proxy's database if it is in view.
pub(super) fn master_user(symbols: &SymbolTable<'_, '_>) -> Option<String> {
    let (block, master) = written_master_user(symbols)?;
    block.text(master).value().cloned()
}

/// Returns the database and the attribute that names its master user.
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
    Some((ResourceBody::new(symbols.estate, item), master))
}

fn key(estate: &Estate<'_>, handle: &Handle) -> Evidence<SecretKey> {
    let Some(item) = item_of(estate, handle) else {
        return Evidence::NotVisible;
    };
    let block = ResourceBody::new(estate, item);
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

/// The policies that are put on a secret. Secrets Manager keeps the last one.
struct Policies {
    /// `None` if there is certainly no policy.
    first: Evidence<Option<Policy>>,
    /// True if the first was put with `BlockPublicPolicy`.
    blocked: Evidence<bool>,
    further: Vec<Evidence<Policy>>,
}

/// Returns the policies that any resource puts on the secret, the known ones first. An absent `BlockPublicPolicy`
/// counts as no.
// AWS contradicts itself about the default (API: no; CloudFormation: yes).
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
    let of_secret = own.map(|own| ResourceBody::new(estate, own));
    let standing_alone = estate.additions().to(Kind::Secret, handle);
    standing_alone
        .map(|index| estate.item(index))
        .filter(|item| item.kind == Some(Kind::SecretPolicy))
        .map(|item| put_by(symbols, item, of_secret))
        .chain(own.and_then(|own| inline_policy(symbols, own)))
        .collect()
}

/// Returns the policy that a separate resource puts on a secret.
fn put_by(
    symbols: &SymbolTable<'_, '_>,
    item: Item<'_>,
    of_secret: Option<ResourceBody<'_, '_>>,
) -> Put {
    let block = ResourceBody::new(symbols.estate, item);
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

/// True for a data source, since the secret that it names may have a policy, and for an unresolved body.
fn has_unknown_body(item: Item<'_>) -> bool {
    crate::language::vocabulary::names_existing(item.resource)
        || !matches!(item.resource.body.value, Value::Map(_))
}
