//! The resources in each security group, found once for all proxies.

use super::block::ResourceBody;
use super::estate::Estate;
use super::index::{Astray, GroupMembers, Place};
use super::things::{Handle, Item, Link};
use super::{additions, mentions, open, receivers};
use crate::domain::posture::{GroupMember, Identity};
use crate::language::resource::{Dialect, Node, Value};
use crate::language::vocabulary;
use crate::language::vocabulary::{Attribute, Kind, MEMBERSHIPS};

impl GroupMembers {
    /// Collects the groups of all resources in one pass.
    pub(super) fn new(estate: &Estate<'_>) -> Self {
        let mut wearers = Self::default();
        for item in estate.items() {
            let block = ResourceBody::new(estate, item);
            let mut named: Vec<_> = groups(item)
                .iter()
                .flat_map(|attribute| nodes(block, *attribute))
                .filter_map(|node| worn(block, node))
                .collect();
            named.sort();
            named.dedup();
            let astray = wearers.astray.entry(item.document).or_default();
            astray.extend(
                groups(item)
                    .iter()
                    .flat_map(|attribute| nodes(block, *attribute))
                    .filter_map(|node| astray_at(block, item, node)),
            );
            for group in named {
                let place = place(&group, item.document);
                wearers
                    .by_group
                    .entry((place, group))
                    .or_default()
                    .push(item.index);
            }
        }
        wearers
    }
}

fn place(group: &Identity, document: usize) -> Place {
    match group {
        Identity::Known(_) => None,
        Identity::Created(_) | Identity::Open(_) => Some(document),
    }
}

/// Returns the resources in a group that a document names. A resource that receives the group and whose use of it is
/// not in view may be in it.
pub(super) fn of_group(estate: &Estate<'_>, document: usize, group: &Identity) -> Vec<GroupMember> {
    let key = (place(group, document), group.clone());
    let found = estate
        .group_members()
        .by_group
        .get(&key)
        .into_iter()
        .flatten();
    let wearer = |item: Item<'_>, in_doubt: Option<String>| GroupMember {
        address: item.resource.address.clone(),
        origin: item.resource.origin.clone(),
        group: group.clone(),
        in_doubt,
    };
    let surely = found.map(|index| wearer(estate.item(*index), None));
    let handle = match group {
        Identity::Created(address) => estate.at(document, address),
        Identity::Known(_) | Identity::Open(_) => None,
    };
    let given = handle.map(|item| estate.given_to(&Handle::Item(item.index)));
    let perhaps = given
        .into_iter()
        .flatten()
        .map(|(item, reason)| wearer(item, Some(reason)));
    let astray = handle.filter(|item| !vocabulary::names_existing(item.resource));
    let astray = astray.map(|item| astray_from(estate, item));
    let astray = astray.into_iter().flatten();
    let astray = astray.map(|one| wearer(estate.item(one.index), Some(one.reason.clone())));
    surely.chain(perhaps).chain(astray).collect()
}

/// Returns the resources that may be in a group that is created here.
fn astray_from<'e>(estate: &'e Estate<'_>, group: Item<'_>) -> Vec<&'e Astray> {
    let all = estate.group_members().astray.get(&group.document);
    let all = all.into_iter().flatten();
    let found = all.filter(|one| {
        one.through.is_none_or(|through| {
            mentions::referred(estate, estate.item(through)).contains(&group.index)
        })
    });
    found.collect()
}

/// Returns the entry for an unresolved group, which may be any that is created here. A group that is passed in from
/// outside as a whole is none of them.
fn astray_at(block: ResourceBody<'_, '_>, item: Item<'_>, node: &Node) -> Option<Astray> {
    let Link::Unknown(reason) = block.link_of(Kind::SecurityGroup, node) else {
        return None;
    };
    if open::is_whole(block, node) || receivers::is_of_another_stack(item, node) {
        return None;
    }
    let through = additions::through(block.estate, item.document, node);
    Some(Astray {
        index: item.index,
        reason: format!(
            "which group {} is in cannot be determined: {reason}",
            item.resource.address
        ),
        through: through.map(|item| item.index),
    })
}

/// Returns the attributes by which a resource names its groups.
fn groups(item: Item<'_>) -> &'static [Attribute] {
    let kind = item.resource.kind.as_str();
    let row = MEMBERSHIPS.iter().find(|row| match item.resource.dialect {
        Dialect::Terraform => row.terraform.contains(&kind),
        Dialect::CloudFormation | Dialect::Account => row.cloudformation.contains(&kind),
    });
    row.map_or(&[], |row| row.groups)
}

/// Returns all nodes at the end of a path; blocks on the path may repeat.
fn nodes<'a>(block: ResourceBody<'_, 'a>, attribute: Attribute) -> Vec<&'a Node> {
    let mut found = vec![block.body];
    let word = attribute.word(block.dialect);
    if word.is_empty() {
        return Vec::new();
    }
    for step in word.split('.') {
        found = found
            .into_iter()
            .filter_map(|node| node.get(step))
            .flat_map(|node| match &node.value {
                Value::List(items) => items.as_slice(),
                _ => std::slice::from_ref(node),
            })
            .collect();
    }
    found
}

/// Returns the identity of a group. None if it is unresolved, unless it is passed in from outside as a whole.
fn worn(block: ResourceBody<'_, '_>, node: &Node) -> Option<Identity> {
    match block.link_of(Kind::SecurityGroup, node) {
        Link::To(handle) => Some(block.estate.identity(&handle)),
        Link::Unknown(reason) => {
            open::is_whole(block, node).then(|| open::identity(block, node, reason))
        }
    }
}
