//! From resources to a posture, whatever dialect they were written in: the only place that knows how the pieces of a proxy
//! hang together. It judges nothing.

mod block;
mod consumers;
mod databases;
mod enrich;
mod estate;
mod group_rules;
mod groups;
mod names;
mod network;
mod parameters;
mod policy_documents;
mod proxies;
mod roles;
mod scene;
mod secret_values;
mod secrets;

use std::collections::BTreeMap;

use estate::{Estate, Handle, Link};

use super::resource::Document;
use super::vocabulary::Kind;
use crate::domain::posture::{Posture, Proxy, SecretUse};

pub use enrich::enrich;

/// Links all resources by reference and by literal identity into one [`Posture`], its proxies sorted by address.
pub fn assemble(documents: &[Document]) -> Posture {
    let estate = Estate::new(documents);
    let mut proxies: Vec<Proxy> = estate
        .of_kind(Kind::Proxy)
        .map(|item| proxies::read(&estate, item))
        .collect();
    share(&estate, &mut proxies);
    proxies.sort_by(|one, other| (&one.address, &one.origin).cmp(&(&other.address, &other.origin)));
    Posture {
        proxies,
        deployment: None,
    }
}

/// How many other uses of a secret are named at each of its uses. Without a bound, proxies in a loop that share their secrets
/// would be told of each other in as many lines as they are many, squared.
const MOST_OTHERS: usize = 3;

/// The other uses of a secret, the first of them.
fn without(own: &SecretUse, all: &[SecretUse]) -> Vec<SecretUse> {
    let mut own_seen = false;
    let others = all
        .iter()
        .filter(|other| own_seen || *other != own || std::mem::replace(&mut own_seen, true));
    others.take(MOST_OTHERS).cloned().collect()
}

/// Tells every auth entry who else uses its secret, this proxy's other entries among them.
fn share(estate: &Estate<'_>, proxies: &mut [Proxy]) {
    let mut uses: BTreeMap<Handle, Vec<SecretUse>> = BTreeMap::new();
    for item in estate.of_kind(Kind::Proxy) {
        for (origin, link) in proxies::auth_links(estate, item) {
            if let Some(Link::To(handle)) = link {
                let proxy = item.resource.address.clone();
                uses.entry(handle)
                    .or_default()
                    .push(SecretUse { proxy, origin });
            }
        }
    }
    let mut others: Vec<Vec<SecretUse>> = Vec::new();
    for item in estate.of_kind(Kind::Proxy) {
        for (origin, link) in proxies::auth_links(estate, item) {
            let all = link
                .and_then(Link::handle)
                .and_then(|handle| uses.get(&handle));
            let own = SecretUse {
                proxy: item.resource.address.clone(),
                origin,
            };
            others.push(all.map_or_else(Vec::new, |all| without(&own, all)));
        }
    }
    let entries = proxies
        .iter_mut()
        .filter_map(|proxy| proxy.auth.value_mut())
        .flatten();
    for (entry, others) in entries.zip(others) {
        entry.shared_with = others;
    }
}
