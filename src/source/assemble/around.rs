//! Classifies the security groups that a database admits: those of other proxies, those that are certainly not the
//! proxy's, and the other resources in the proxy's groups.

use std::collections::BTreeSet;

use super::block::ResourceBody;
use super::estate::{DEFAULT_GROUP, Estate};
use super::group_members;
use super::things::Item;
use crate::domain::posture::{GroupMember, GroupRule, Identity, Peer, Proxy};
use crate::language::vocabulary;
use crate::language::vocabulary::{Kind, proxy};

/// Sets `other_proxies`, `strangers` and `group_members` of every proxy. The proxies must be in the order of their resources.
pub(super) fn introduce(estate: &Estate<'_>, proxies: &mut [Proxy]) {
    let groups: BTreeSet<Identity> = proxies.iter().flat_map(own).cloned().collect();
    for (item, proxy) in estate.of_kind(Kind::Proxy).zip(proxies) {
        let own: BTreeSet<&Identity> = own(proxy).collect();
        let others = admitted(proxy)
            .map(|(peer, _)| peer)
            .filter(|peer| groups.contains(peer) && !own.contains(peer) && !is_any(peer));
        let others: Vec<Identity> = others.cloned().collect();
        let strangers = strangers(estate, item, proxy);
        let worn: BTreeSet<&Identity> = admitted(proxy)
            .map(|(peer, _)| peer)
            .filter(|peer| own.contains(peer) || others.contains(peer))
            .collect();
        let wearers = worn
            .into_iter()
            .flat_map(|group| {
                let seen = group_members::of_group(estate, item.document, group);
                seen.into_iter().chain(unread(estate, item, group))
            })
            .collect();
        (proxy.other_proxies, proxy.strangers, proxy.group_members) = (others, strangers, wearers);
    }
}

/// Returns a group member that represents the functions of an account that were not read: any of them may be in any group.
fn unread(estate: &Estate<'_>, item: Item<'_>, group: &Identity) -> Option<GroupMember> {
    let (reason, origin) = ResourceBody::new(estate, item).why_open(proxy::FUNCTIONS)?;
    Some(GroupMember {
        address: "a function".to_owned(),
        origin: origin.clone(),
        group: group.clone(),
        in_doubt: Some(reason.to_owned()),
    })
}

fn own(proxy: &Proxy) -> impl Iterator<Item = &Identity> {
    let groups = proxy.security_groups.entries();
    groups.iter().map(|group| &group.identity)
}

/// Returns the groups that the database of a proxy admits, each with the rule that admits it.
fn admitted(proxy: &Proxy) -> impl Iterator<Item = (&Identity, &GroupRule)> {
    let database = proxy.database.value().into_iter();
    let rules = database
        .flat_map(|database| database.security_groups.entries())
        .flat_map(|group| &group.ingress);
    rules.filter_map(|rule| match rule.peer.value() {
        Some(Peer::Group(peer)) => Some((peer, rule)),
        _ => None,
    })
}

/// True if it may be any group.
fn is_any(group: &Identity) -> bool {
    matches!(group, Identity::Open(open) if !open.whole)
}

/// True for the account's own id of a group, or for the dynamic reference that holds it.
fn is_id(group: &Identity) -> bool {
    let id = group.text().rsplit('/').next().unwrap_or_default();
    matches!(group, Identity::Known(text) if id.starts_with("sg-") || text.starts_with("{{resolve:"))
}

fn is_default(group: &Identity) -> bool {
    matches!(group, Identity::Known(text) if text == DEFAULT_GROUP)
}

/// Returns the admitted groups that are certainly not the proxy's.
// A source does not contain the literal id of a group that it creates itself, and the default group of a network is
// created with the network.
fn strangers(estate: &Estate<'_>, item: Item<'_>, proxy: &Proxy) -> Vec<Identity> {
    let is_made = |identity: &Identity| match identity {
        Identity::Created(address) => estate.at(item.document, address).is_some_and(|group| {
            group.kind == Some(Kind::SecurityGroup) && !vocabulary::names_existing(group.resource)
        }),
        Identity::Known(_) | Identity::Open(_) => false,
    };
    let is_here = |rule: &GroupRule| estate.has_file(item.document, &rule.origin.file);
    let found = admitted(proxy).filter(|(peer, rule)| {
        own(proxy).all(|own| match (own, *peer) {
            (own, peer) if is_made(peer) && (is_id(own) || is_default(own)) => true,
            (own, peer) if is_made(own) && (is_default(peer) || is_id(peer) && is_here(rule)) => {
                true
            }
            (own, peer) => own.same(peer) == Some(false),
        })
    });
    let found: BTreeSet<&Identity> = found.map(|(peer, _)| peer).collect();
    found.into_iter().cloned().collect()
}
