//! The consumers of a proxy: every function or role in view that has `rds-db:connect` for it, and every function that
//! receives its endpoint.

use std::collections::BTreeSet;

use super::block::{self, ResourceBody, entries};
use super::estate::Estate;
use super::grants::{granted, perhaps_granted};
use super::index::TOO_MUCH_AROUND;
use super::symbols::SymbolTable;
use super::things::{Handle, Item, Link};
use super::{connecting, network, roles};
use crate::domain::arn::PROXY_ID;
use crate::domain::evidence::{Evidence, Origin};
use crate::domain::posture::{ConnectGrant, Consumer, Identity, Peer, SecurityGroup};
use crate::domain::symbolic::{Symbol, SymbolicPart, SymbolicString};
use crate::language::resource::{Dialect, Piece, Value};
use crate::language::vocabulary::{Kind, endpoint, function, proxy, subnet};

/// Reads all consumers, sorted by name; `named_at` is the origin of the proxy. A source without consumers does not
/// prove that there are none.
pub(super) fn read(
    symbols: &SymbolTable<'_, '_>,
    groups: &Evidence<Vec<SecurityGroup>>,
    named_at: &Origin,
) -> Evidence<Vec<Consumer>> {
    let estate = symbols.estate;
    let too_much = || Evidence::Unresolved(TOO_MUCH_AROUND.to_owned(), named_at.clone());
    let Some(mut found) = holders(symbols, connecting::to(symbols), covers_proxy) else {
        return too_much();
    };
    found.present.extend(given(symbols).filter_map(|item| {
        let role = roles::of_function(estate, item).and_then(Link::handle);
        (!found.functions.contains(&item.index))
            .then(|| of_function(symbols, item, role.as_ref(), &[]))
    }));
    if found.present.is_empty() && found.absent.is_empty() {
        let by_id = holders(
            symbols,
            connecting::by_any_id(symbols),
            connecting::names_an_id,
        );
        match by_id {
            Some(by_id) => found = by_id,
            None => return too_much(),
        }
    }
    admit(&mut found.absent, &found.present, groups.entries());
    let mut consumers = found.present;
    consumers.extend(found.absent);
    consumers.extend(unread(symbols));
    consumers.sort_by_key(|consumer| (consumer.function.value().cloned(), consumer.origin.clone()));
    if consumers.is_empty() && !is_account(symbols) {
        Evidence::NotVisible
    } else {
        Evidence::Stated(consumers, named_at.clone())
    }
}

/// Returns the consumers of an account that were not read as one consumer: any principal, with any permission.
fn unread(symbols: &SymbolTable<'_, '_>) -> Option<Consumer> {
    let Some(Handle::Item(proxy)) = symbols.parts.proxy else {
        return None;
    };
    let item = symbols.estate.item(proxy);
    let (reason, origin) = ResourceBody::new(symbols.estate, item).why_open(proxy::CONSUMERS)?;
    fn open<T>(reason: &str, origin: &Origin) -> Evidence<T> {
        Evidence::Unresolved(reason.to_owned(), origin.clone())
    }
    Some(Consumer {
        address: "that was not read".to_owned(),
        function: open(reason, origin),
        role: open(reason, origin),
        grants: Vec::new(),
        security_groups: open(reason, origin),
        vpc: open(reason, origin),
        origin: origin.clone(),
    })
}

/// The consumers that have a grant.
#[derive(Default)]
struct Holders {
    /// The functions in view that have one.
    present: Vec<Consumer>,
    /// The roles that have one and that no function in view runs under.
    absent: Vec<Consumer>,
    /// The indexes of the functions in `present`.
    functions: BTreeSet<usize>,
}

/// Returns those of these roles that have a grant which covers the proxy. None if there are more than the limit.
fn holders(
    symbols: &SymbolTable<'_, '_>,
    roles: BTreeSet<&Handle>,
    covers: fn(&SymbolicString) -> bool,
) -> Option<Holders> {
    let estate = symbols.estate;
    let mut found = Holders::default();
    for role in roles {
        // A grant is as expensive as several rules, because all policies of its role are read for it.
        let weight = |grants: &Vec<ConnectGrant>| 1 + 8 * grants.len();
        let grants = estate.around(weight, || {
            let mut grants = granted(symbols, role);
            grants.retain(|grant| covers(&grant.resource));
            if !grants.is_empty() {
                grants.extend(perhaps_granted(symbols, role));
            }
            grants
        })?;
        let Some(first) = grants.first() else {
            continue;
        };
        let mut functions = estate.naming(Kind::Function, role).peekable();
        if functions.peek().is_none() {
            let role = of_role(estate, role, first.origin.clone(), grants);
            found.absent.push(role);
            continue;
        }
        for item in functions {
            found.functions.insert(item.index);
            let function = of_function(symbols, item, Some(role), &grants);
            found.present.push(function);
        }
    }
    Some(found)
}

fn is_account(symbols: &SymbolTable<'_, '_>) -> bool {
    match symbols.parts.proxy {
        Some(Handle::Item(index)) => {
            symbols.estate.item(index).resource.dialect == Dialect::Account
        }
        _ => false,
    }
}

/// Returns the functions that receive an endpoint of the proxy, the default one or another.
fn given<'s, 'a>(symbols: &'s SymbolTable<'_, 'a>) -> impl Iterator<Item = Item<'a>> + use<'s, 'a> {
    let proxy = symbols.parts.proxy.iter();
    proxy.flat_map(|proxy| symbols.estate.naming(Kind::Function, proxy))
}

/// Returns the proxies of which a function receives an endpoint, which shows its intent to connect.
pub(super) fn reached_by(estate: &Estate<'_>, function: Item<'_>) -> BTreeSet<Handle> {
    let mut found = BTreeSet::new();
    let mut left = vec![&function.resource.body];
    while let Some(node) = left.pop() {
        match &node.value {
            Value::List(items) => left.extend(items),
            Value::Map(members) => left.extend(members.iter().map(|(_, node)| node)),
            Value::Text(pieces) => found.extend(
                pieces
                    .iter()
                    .filter_map(|piece| endpoint_of(estate, function.document, piece)),
            ),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Unresolved(_) => {}
        }
    }
    found
}

fn endpoint_of(estate: &Estate<'_>, document: usize, piece: &Piece) -> Option<Handle> {
    let Piece::Reference(address, attribute) = piece else {
        return None;
    };
    let item = estate.at(document, address)?;
    let is_endpoint = matches!(attribute.as_str(), "endpoint" | "Endpoint");
    match item.kind.filter(|_| is_endpoint)? {
        Kind::Proxy => Some(estate.handle(item)),
        Kind::Endpoint => ResourceBody::new(estate, item)
            .link(endpoint::PROXY, Kind::Proxy)?
            .handle(),
        _ => None,
    }
}

/// True if a resource of a grant covers this proxy. The id of a proxy is generated, so a literal id in a source belongs
/// to another one.
fn covers_proxy(resource: &SymbolicString) -> bool {
    if resource.as_text().is_some_and(|text| text == "*") {
        return true;
    }
    if !connecting::may_name_a_user(resource) {
        return false;
    }
    let segments = resource.split(':');
    let Some(user) = segments.get(6) else {
        return resource.has_unknown() || resource.has_wildcard();
    };
    match user.0.first() {
        Some(SymbolicPart::Thing(Symbol::ProxyId) | SymbolicPart::Unknown(_)) => true,
        Some(SymbolicPart::Text(text)) => {
            let id = text.split('/').next().unwrap_or_default();
            id.contains(['*', '?']) && (id.starts_with(['*', '?']) || id.starts_with(PROXY_ID))
        }
        _ => false,
    }
}

fn of_function(
    symbols: &SymbolTable<'_, '_>,
    item: Item<'_>,
    role: Option<&Handle>,
    grants: &[ConnectGrant],
) -> Consumer {
    let block = ResourceBody::new(symbols.estate, item);
    Consumer {
        address: item.resource.address.clone(),
        origin: item.resource.origin.clone(),
        function: block.text(function::NAME),
        role: role.map_or(Evidence::NotVisible, |role| {
            Evidence::Stated(symbols.estate.identity(role), item.resource.origin.clone())
        }),
        grants: grants.to_vec(),
        security_groups: security_groups(block),
        vpc: vpc(block),
    }
}

/// Returns the network of the function of a consumer in an account, or the shared network of all functions that run
/// under its role.
pub(super) fn existing(estate: &Estate<'_>, consumer: &Consumer) -> Option<FunctionNetwork> {
    let by_name =
        consumer
            .function
            .value()
            .and_then(|name| match estate.named(Kind::Function, name) {
                Handle::Item(index) => Some(vec![estate.item(index)]),
                _ => None,
            });
    let by_role = || {
        let Identity::Known(role) = consumer.role.value()? else {
            return None;
        };
        let role = estate.named(Kind::Role, role);
        Some(estate.naming(Kind::Function, &role).collect())
    };
    let functions = by_name.or_else(by_role)?;
    Some(FunctionNetwork {
        security_groups: shared(estate, &functions, security_groups)?,
        vpc: shared(estate, &functions, vpc)?,
    })
}

/// Returns the value that all of these functions share; unresolved if they differ.
fn shared<'a, T: PartialEq>(
    estate: &Estate<'a>,
    functions: &[Item<'a>],
    of: fn(ResourceBody<'_, 'a>) -> Evidence<T>,
) -> Option<Evidence<T>> {
    let (first, others) = functions.split_first()?;
    let value = of(ResourceBody::new(estate, *first));
    let mut others = others.iter();
    let differs =
        others.find(|other| of(ResourceBody::new(estate, **other)).value() != value.value());
    Some(match differs {
        None => value,
        Some(other) => Evidence::Unresolved(
            format!(
                "{} and {} run under its role, in different networks",
                first.resource.address, other.resource.address
            ),
            other.resource.origin.clone(),
        ),
    })
}

/// The network configuration of a function.
pub(super) struct FunctionNetwork {
    pub(super) security_groups: Evidence<Vec<Identity>>,
    pub(super) vpc: Evidence<Option<Identity>>,
}

/// Reads the security groups of a function. Without a network, a function runs outside of any VPC: Lambda Developer
/// Guide, "Giving Lambda functions access to resources in an Amazon VPC".
fn security_groups(block: ResourceBody<'_, '_>) -> Evidence<Vec<Identity>> {
    let Some(list) = block.get(function::SECURITY_GROUPS) else {
        return match block.get(function::NETWORK) {
            Some(_) => Evidence::NotVisible,
            None => Evidence::Defaulted(Vec::new()),
        };
    };
    let groups: Result<Vec<_>, String> = entries(list)
        .iter()
        .map(|node| match block.link_of(Kind::SecurityGroup, node) {
            Link::To(handle) => Ok(block.estate.identity(&handle)),
            Link::Unknown(reason) => Err(reason),
        })
        .collect();
    block::stated(groups, &list.origin)
}

fn vpc(block: ResourceBody<'_, '_>) -> Evidence<Option<Identity>> {
    let said = network::identity_in(block, function::VPC);
    if !said.is_not_visible() {
        return said.map(Some);
    }
    if block.get(function::NETWORK).is_none() {
        return Evidence::Defaulted(None);
    }
    // A network of empty lists counts as none: registry documentation of `aws_lambda_function`, `vpc_config`.
    if let Some(list) = block.get(function::SUBNETS)
        && entries(list).is_empty()
    {
        return Evidence::Stated(None, list.origin.clone());
    }
    block
        .list(function::SUBNETS)
        .iter()
        .filter_map(|node| match block.link_of(Kind::Subnet, node) {
            Link::To(Handle::Item(index)) => {
                Some(ResourceBody::new(block.estate, block.estate.item(index)))
            }
            _ => None,
        })
        .map(|subnet| network::identity_in(subnet, subnet::VPC).map(Some))
        .find(|vpc| !vpc.is_not_visible())
        .unwrap_or(Evidence::NotVisible)
}

fn of_role(
    estate: &Estate<'_>,
    role: &Handle,
    origin: Origin,
    grants: Vec<ConnectGrant>,
) -> Consumer {
    Consumer {
        address: estate.identity(role).text().to_owned(),
        function: roles::name(estate, role, &origin),
        role: Evidence::Stated(estate.identity(role), origin.clone()),
        grants,
        security_groups: Evidence::NotVisible,
        vpc: Evidence::NotVisible,
        origin,
    }
}

/// Assigns the groups that the proxy admits to the consumer that is not in view.
// If several are not in view, the groups cannot be attributed to any of them.
fn admit(absent: &mut [Consumer], present: &[Consumer], groups: &[SecurityGroup]) {
    let [only] = absent else {
        return;
    };
    let known: BTreeSet<&Identity> = present
        .iter()
        .flat_map(|consumer| consumer.security_groups.entries())
        .chain(groups.iter().map(|group| &group.identity))
        .collect();
    let admitted: BTreeSet<Identity> = groups
        .iter()
        .flat_map(|group| &group.ingress)
        .filter_map(|rule| match rule.peer.value() {
            Some(Peer::Group(identity)) if !known.contains(identity) => Some(identity.clone()),
            _ => None,
        })
        .collect();
    if !admitted.is_empty() {
        only.security_groups =
            Evidence::Stated(admitted.into_iter().collect(), only.origin.clone());
    }
}

#[cfg(test)]
mod tests;
