//! The permissions to use the keys that are created for secrets.

use super::block::ResourceBody;
use super::presence;
use super::symbols::SymbolTable;
use super::things::{Handle, Item};
use crate::domain::evidence::Evidence;
use crate::domain::iam::Policy;
use crate::language::policy;
use crate::language::resource::{Dialect, Node, Value};
use crate::language::vocabulary::{Attribute, Kind, key, names_existing};

/// Returns every policy that something in view sets on a key, or may set; KMS keeps only the last one, and the order is
/// unknown. Not visible for a key that is created elsewhere, and for an account in which it was not read.
pub(super) fn read(symbols: &SymbolTable<'_, '_>, handle: Option<Handle>) -> Evidence<Vec<Policy>> {
    let Some(handle @ Handle::Item(index)) = handle else {
        return Evidence::NotVisible;
    };
    let item = symbols.estate.item(index);
    let own = symbols.policy_in(item, key::POLICY);
    if item.resource.dialect == Dialect::Account {
        let read = own.and_then(known);
        return read.map_or(Evidence::NotVisible, |policy| {
            Evidence::Stated(vec![policy], item.resource.origin.clone())
        });
    }
    if !is_made_here(item) {
        return Evidence::NotVisible;
    }
    let put = symbols.estate.additions().to(Kind::Key, &handle);
    let put = put.map(|index| put_by(symbols, symbols.estate.item(index), item));
    let perhaps = symbols.estate.perhaps(Kind::Key, &handle).into_iter();
    let perhaps = perhaps.map(|(reason, origin)| Evidence::Unresolved(reason, origin));
    let all: Vec<Policy> = own
        .into_iter()
        .chain(put)
        .chain(perhaps)
        .filter_map(known)
        .collect();
    let origin = &item.resource.origin;
    match all.first() {
        Some(first) => Evidence::Stated(all.clone(), first.origin.clone()),
        None => Evidence::Defaulted(vec![Policy::of_key_by_default(origin.clone())]),
    }
}

fn is_made_here(item: Item<'_>) -> bool {
    let resource = item.resource;
    item.kind == Some(Kind::Key)
        && !names_existing(resource)
        && matches!(resource.body.value, Value::Map(_))
}

/// Returns the policy that a separate resource sets on a key.
fn put_by(symbols: &SymbolTable<'_, '_>, item: Item<'_>, of: Item<'_>) -> Evidence<Policy> {
    let [block, of] = [item, of].map(|item| ResourceBody::new(symbols.estate, item));
    if let Some((reason, origin)) = presence::doubt(block, Some(of)) {
        return Evidence::Unresolved(reason, origin);
    }
    if item.kind == Some(Kind::KeyGrant) {
        return symbols.written_policy(item.document, &granted(item));
    }
    let policy = symbols.policy_in(item, key::POLICY);
    policy.unwrap_or(Evidence::NotVisible)
}

/// Returns a grant as the equivalent policy.
fn granted(item: Item<'_>) -> Node {
    let origin = &item.resource.origin;
    let node = |value: Value| Node::new(value, origin.clone());
    let body = &item.resource.body;
    let missing = || node(Value::Unresolved("it is not named".to_owned()));
    let written = |word: Attribute| {
        let found = word.value_in(item.resource.dialect, body);
        found.cloned().unwrap_or_else(missing)
    };
    let operations = written(key::OPERATIONS);
    let actions = operations.items().iter().map(|operation| {
        let mut action = operation.clone();
        if let Some(name) = operation.value.as_text() {
            action.value = Value::text(format!("kms:{name}"));
        }
        action
    });
    let actions = match operations.value {
        Value::List(_) => Value::List(actions.collect()),
        _ => operations.value.clone(),
    };
    let grantee = vec![("AWS".to_owned(), written(key::GRANTEE))];
    let statement = [
        ("Effect", Value::text("Allow")),
        ("Principal", Value::Map(grantee)),
        ("Action", actions),
        ("Resource", Value::text("*")),
    ];
    let statement = statement.map(|(name, value)| (name.to_owned(), node(value)));
    let statements = Value::List(vec![node(Value::Map(statement.to_vec()))]);
    node(Value::Map(vec![("Statement".to_owned(), node(statements))]))
}

/// Converts unresolved evidence to a policy whose content is unknown.
fn known(policy: Evidence<Policy>) -> Option<Policy> {
    match policy {
        Evidence::Stated(policy, _) | Evidence::Defaulted(policy) => Some(policy),
        Evidence::Unresolved(reason, origin) => Some(policy::unknown(reason, &origin)),
        Evidence::NotVisible => None,
    }
}
