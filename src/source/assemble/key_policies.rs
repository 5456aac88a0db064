//! Who may use the keys that are made for secrets.

use super::block::Block;
use super::estate::{Handle, Item};
use super::presence;
use super::scene::Scene;
use crate::domain::evidence::Evidence;
use crate::domain::iam::Policy;
use crate::source::policy;
use crate::source::resource::{Dialect, Value};
use crate::source::vocabulary::{Kind, key, names_existing};

/// Every policy that something in view puts on a key, or may put: KMS keeps the last one, whichever that is. Not visible for a key
/// that is made elsewhere, and in an account, of which no key policies are read.
pub(super) fn read(scene: &Scene<'_, '_>, handle: Option<Handle>) -> Evidence<Vec<Policy>> {
    let Some(handle @ Handle::Item(index)) = handle else {
        return Evidence::NotVisible;
    };
    let item = scene.estate.item(index);
    if !is_made_here(item) {
        return Evidence::NotVisible;
    }
    let own = scene.policy_in(item, key::POLICY);
    let put = scene.estate.additions().to(Kind::Key, &handle);
    let put = put.map(|index| put_by(scene, scene.estate.item(index), item));
    let strays = scene.estate.strays(Kind::Key, &handle).into_iter();
    let strays = strays.map(|stray| Evidence::Unresolved(stray.reason, stray.origin));
    let all: Vec<Policy> = own
        .into_iter()
        .chain(put)
        .chain(strays)
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
        && resource.dialect != Dialect::Account
        && !names_existing(resource)
        && matches!(resource.body.value, Value::Map(_))
}

/// The policy that a resource of its own puts on a key.
fn put_by(scene: &Scene<'_, '_>, item: Item<'_>, of: Item<'_>) -> Evidence<Policy> {
    let [block, of] = [item, of].map(|item| Block::of(scene.estate, item));
    if let Some((reason, origin)) = presence::doubt(block, Some(of)) {
        return Evidence::Unresolved(reason, origin);
    }
    let policy = scene.policy_in(item, key::POLICY);
    policy.unwrap_or(Evidence::NotVisible)
}

/// A policy that cannot be told is one of which nothing is known.
fn known(policy: Evidence<Policy>) -> Option<Policy> {
    match policy {
        Evidence::Stated(policy, _) | Evidence::Defaulted(policy) => Some(policy),
        Evidence::Unresolved(reason, origin) => Some(policy::unknown(reason, &origin)),
        Evidence::NotVisible => None,
    }
}
