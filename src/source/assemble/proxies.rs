//! One proxy resource with everything that surrounds it.

use std::collections::{BTreeMap, BTreeSet};

use super::block::{ResourceBody, entries};
use super::databases::{self, TargetRegistration};
use super::estate::Estate;
use super::index::Unassigned;
use super::symbols::{ProxyParts, SymbolTable};
use super::things::{Handle, Item, Link};
use super::{consumers, groups, network, roles, same, secrets};
use crate::domain::engine::EngineFamily;
use crate::domain::evidence::{Evidence, Origin};
use crate::domain::posture::{
    AuthEntry, ClearText, DefaultAuth, Endpoint, IamAuth, Pool, Proxy, Role,
};
use crate::domain::settings::{
    SettingHolder, SettingRow, SettingValue, Settings, max_connections_default,
};
use crate::domain::symbolic::Symbol;
use crate::language::resource::{Dialect, Node, Value};
use crate::language::vocabulary::{Kind, auth, endpoint, pool, proxy};

/// Reads a proxy. The caller, who sees all proxies, fills in the entries' `shared_with`, and its `other_proxies`,
/// `strangers` and `group_members`.
pub(super) fn read(estate: &Estate<'_>, item: Item<'_>) -> Proxy {
    let handle = Handle::Item(item.index);
    let target = databases::target(estate, &handle);
    let symbols = SymbolTable::new(estate, parts(estate, item, target.as_ref()));
    let block = ResourceBody::new(estate, item);
    let engine_family = engine_family(block);
    let stands_in = network::of_subnets(block, proxy::SUBNETS);
    let security_groups =
        groups::security_groups(block, proxy::SECURITY_GROUPS, stands_in.as_ref());
    Proxy {
        address: item.resource.address.clone(),
        origin: item.resource.origin.clone(),
        name: block.text(proxy::NAME),
        require_tls: block.flag(proxy::REQUIRE_TLS, Evidence::Defaulted(false)),
        debug_logging: block.flag(proxy::DEBUG_LOGGING, Evidence::Defaulted(false)),
        default_auth: default_auth(block),
        auth: auth_entries(&symbols, block),
        role: role(&symbols, block),
        region: block.text(proxy::REGION),
        subnets: network::subnets(block, block.get(proxy::SUBNETS)),
        vpc: network::of_proxy(block),
        pool: connection_pool(block, &handle, engine_family.value()),
        endpoints: match block.why_open(proxy::ENDPOINTS) {
            Some((reason, origin)) => Evidence::Unresolved(reason.to_owned(), origin.clone()),
            None => Evidence::Stated(endpoints(estate, &handle), item.resource.origin.clone()),
        },
        database: databases::of_target(estate, target.as_ref(), &security_groups),
        consumers: consumers::read(&symbols, &security_groups, &item.resource.origin),
        tags: tags(block),
        other_proxies: Vec::new(),
        account: Evidence::NotVisible,
        strangers: Vec::new(),
        group_members: Vec::new(),
        is_live: item.resource.dialect == Dialect::Account,
        clear_text: ClearText {
            clients: block.flag(proxy::CLEAR_TEXT_CLIENTS, Evidence::NotVisible),
            database: block.flag(proxy::CLEAR_TEXT_DATABASE, Evidence::NotVisible),
        },
        engine_family,
        security_groups,
    }
}

/// One use of a secret.
pub(super) struct Use {
    /// The origin of the auth entry.
    pub(super) origin: Origin,
    /// The secret that the entry names.
    pub(super) link: Option<Link>,
    /// The fingerprint of an unresolved secret.
    pub(super) open: Option<(usize, String)>,
    /// The fingerprint of the unresolved list that the entry represents.
    pub(super) each_of: Option<(usize, String)>,
    /// False if the entry represents any number of entries.
    pub(super) is_one: bool,
}

/// Returns the origin of each auth entry and the secret that it names; `None` if the list is unresolved.
pub(super) fn uses(estate: &Estate<'_>, item: Item<'_>) -> Option<Vec<Use>> {
    let block = ResourceBody::new(estate, item);
    let Some(list) = block.get(proxy::AUTH) else {
        return Some(Vec::new());
    };
    if matches!(list.value, Value::Unresolved(_)) {
        return None;
    }
    let uses = auth_nodes(block, list).iter().map(|node| {
        let entry = block.inner(node);
        let secret = entry.get(auth::SECRET);
        let is_one = matches!(node.value, Value::Map(_)) && node.get("for_each").is_none();
        Use {
            origin: node.origin.clone(),
            link: entry.link(auth::SECRET, Kind::Secret),
            open: secret.and_then(|secret| {
                if is_one {
                    same::print(block.document, secret)
                } else {
                    None
                }
            }),
            each_of: secret.and_then(|secret| same::list_of(block.document, secret)),
            is_one,
        }
    });
    Some(uses.collect())
}

fn parts(estate: &Estate<'_>, item: Item<'_>, target: Option<&TargetRegistration>) -> ProxyParts {
    let mut known = BTreeSet::new();
    let mut secrets: Vec<(Handle, String)> = Vec::new();
    let mut open = Vec::new();
    for one in uses(estate, item).unwrap_or_default() {
        match (one.link, one.open.or(one.each_of)) {
            (Some(Link::To(handle)), _) if known.insert(handle.clone()) => {
                let label = secrets::label(estate, &handle);
                secrets.push((handle, label));
            }
            (Some(Link::Unknown(reason)), Some(print)) => {
                open.push((print, Symbol::Secret(same::called(&reason))));
            }
            _ => {}
        }
    }
    let keys = secrets
        .iter()
        .filter_map(|(handle, _)| secrets::open_key(estate, handle));
    open.extend(keys.map(|print| (print, Symbol::SecretsKey)));
    ProxyParts {
        proxy: Some(Handle::Item(item.index)),
        role: ResourceBody::new(estate, item)
            .link(proxy::ROLE, Kind::Role)
            .and_then(Link::handle),
        keys: secrets
            .iter()
            .filter_map(|(handle, _)| secrets::customer_key(estate, handle))
            .collect(),
        secrets,
        open,
        database: target.and_then(|target| target.link.clone().handle()),
    }
}

fn engine_family(block: ResourceBody<'_, '_>) -> Evidence<EngineFamily> {
    block
        .get(proxy::ENGINE_FAMILY)
        .map_or(Evidence::NotVisible, |node| {
            block.parsed(node, EngineFamily::from_api)
        })
}

fn default_auth(block: ResourceBody<'_, '_>) -> Evidence<DefaultAuth> {
    let Some(node) = block.get(proxy::DEFAULT_AUTH) else {
        return Evidence::Defaulted(DefaultAuth::None);
    };
    block.parsed(node, |text| {
        Some(match text {
            "NONE" => DefaultAuth::None,
            "IAM_AUTH" => DefaultAuth::Iam,
            other => DefaultAuth::Other(other.to_owned()),
        })
    })
}

fn auth_entries(
    symbols: &SymbolTable<'_, '_>,
    block: ResourceBody<'_, '_>,
) -> Evidence<Vec<AuthEntry>> {
    let Some(list) = block.get(proxy::AUTH) else {
        return Evidence::Defaulted(Vec::new());
    };
    if let Value::Unresolved(reason) = &list.value {
        return Evidence::Unresolved(reason.clone(), list.origin.clone());
    }
    let nodes = auth_nodes(block, list);
    let read = nodes
        .iter()
        .map(|node| auth_entry(symbols, block.inner(node)))
        .collect();
    let left_out = block.get(proxy::ANY_AUTH).filter(|_| nodes.is_empty());
    Evidence::Stated(read, left_out.unwrap_or(list).origin.clone())
}

/// Returns the entries. If a default leaves the list empty, returns the entry that represents all, provided it defines
/// by itself how clients authenticate.
// AWS does not accept a proxy with neither entries nor end-to-end IAM, so such entries exist whenever the proxy does.
fn auth_nodes<'a>(block: ResourceBody<'_, 'a>, list: &'a Node) -> &'a [Node] {
    let written = entries(list);
    let any = block.list(proxy::ANY_AUTH);
    let says_so = |node: &Node| block.inner(node).text(auth::IAM).value().is_some();
    let is_end_to_end = default_auth(block).value() == Some(&DefaultAuth::Iam);
    if written.is_empty() && !is_end_to_end && !any.is_empty() && any.iter().all(says_so) {
        any
    } else {
        written
    }
}

fn auth_entry(symbols: &SymbolTable<'_, '_>, block: ResourceBody<'_, '_>) -> AuthEntry {
    AuthEntry {
        origin: block.body.origin.clone(),
        scheme: block.text(auth::SCHEME),
        iam: block.get(auth::IAM).map_or(Evidence::NotVisible, |node| {
            block.parsed(node, |text| Some(iam_auth(text)))
        }),
        client_password: block.text(auth::CLIENT_PASSWORD),
        user_name: block.text(auth::USER_NAME),
        secret: block
            .get(auth::SECRET)
            .map_or(Evidence::NotVisible, |node| {
                let link = block.link_of(Kind::Secret, node);
                linked(link, node, |handle| {
                    secrets::read(symbols, handle, &node.origin)
                })
            }),
        shared_with: Vec::new(),
        alone: false,
    }
}

fn iam_auth(text: &str) -> IamAuth {
    match text {
        "DISABLED" => IamAuth::Disabled,
        "REQUIRED" => IamAuth::Required,
        "ENABLED" => IamAuth::Enabled,
        other => IamAuth::Other(other.to_owned()),
    }
}

fn role(symbols: &SymbolTable<'_, '_>, block: ResourceBody<'_, '_>) -> Evidence<Role> {
    block.get(proxy::ROLE).map_or(Evidence::NotVisible, |node| {
        let link = block.link_of(Kind::Role, node);
        linked(link, node, |handle| {
            roles::read(symbols, handle, &node.origin)
        })
    })
}

fn linked<T>(link: Link, node: &Node, read: impl FnOnce(&Handle) -> T) -> Evidence<T> {
    match link {
        Link::To(handle) => Evidence::Stated(read(&handle), node.origin.clone()),
        Link::Unknown(reason) => Evidence::Unresolved(reason, node.origin.clone()),
    }
}

/// Reads the pool of the default target group, which every proxy has, whether or not a source declares it.
/// Defaults: RDS API Reference, `ConnectionPoolConfiguration`; `IdleClientTimeout`: `CreateDBProxy`.
fn connection_pool(
    proxy: ResourceBody<'_, '_>,
    handle: &Handle,
    family: Option<&EngineFamily>,
) -> Pool {
    let estate = proxy.estate;
    let group = estate
        .naming(Kind::TargetGroup, handle)
        .map(|item| ResourceBody::new(estate, item))
        .next();
    let read = |row: &SettingRow, max_connections| {
        let block = match row.holder {
            SettingHolder::Proxy => Some(proxy),
            SettingHolder::TargetGroup => group,
        };
        let default = Evidence::Defaulted(row.defaulted(max_connections));
        match block {
            Some(block) => block.setting(row, default),
            None => default,
        }
    };
    let engine = max_connections_default(family.copied());
    let max = read(&Settings::ROWS.max_connections_percent, engine);
    let most = max.value().and_then(SettingValue::number).unwrap_or(engine);
    Pool {
        settings: Settings {
            max_connections_percent: max,
            ..Settings::from_rows(|row| read(row, most))
        },
        pinning_filters: group
            .and_then(|block| block.texts(pool::PINNING_FILTERS))
            .unwrap_or(Evidence::Defaulted(Vec::new())),
        init_query: group
            .map(|block| block.text(pool::INIT_QUERY))
            .filter(|query| !query.is_not_visible())
            .unwrap_or(Evidence::Defaulted(String::new())),
    }
}

fn endpoints(estate: &Estate<'_>, handle: &Handle) -> Vec<Endpoint> {
    let known = estate.additions().to(Kind::Proxy, handle);
    let strays = estate.unassigned(Kind::Proxy, handle).into_iter();
    known
        .map(|index| estate.item(index))
        .map(|item| (item, ResourceBody::new(estate, item)))
        .map(|(item, block)| Endpoint {
            address: item.resource.address.clone(),
            origin: item.resource.origin.clone(),
            name: block.text(endpoint::NAME),
            target_role: match block.text(endpoint::TARGET_ROLE) {
                // RDS API Reference, `CreateDBProxyEndpoint`, `TargetRole`.
                Evidence::NotVisible => Evidence::Defaulted("READ_WRITE".to_owned()),
                role => role,
            },
            security_groups: groups::security_groups(
                block,
                endpoint::SECURITY_GROUPS,
                network::of_subnets(block, endpoint::SUBNETS).as_ref(),
            ),
            subnets: network::subnets(block, block.get(endpoint::SUBNETS)),
        })
        .chain(strays.map(|stray| perhaps(estate, stray)))
        .collect()
}

/// Makes an endpoint whose proxy is unknown.
fn perhaps(estate: &Estate<'_>, stray: Unassigned) -> Endpoint {
    fn open<T>(stray: &Unassigned) -> Evidence<T> {
        Evidence::Unresolved(stray.reason.clone(), stray.origin.clone())
    }
    Endpoint {
        address: estate.item(stray.index).resource.address.clone(),
        name: open(&stray),
        target_role: open(&stray),
        security_groups: open(&stray),
        subnets: open(&stray),
        origin: stray.origin,
    }
}

/// Reads the tags: in Terraform a map, in CloudFormation a list of pairs. Unresolved as a whole if one value is.
fn tags(block: ResourceBody<'_, '_>) -> Evidence<BTreeMap<String, String>> {
    let Some(node) = block.get(proxy::TAGS) else {
        return Evidence::Defaulted(BTreeMap::new());
    };
    if let Value::Unresolved(reason) = &node.value {
        return Evidence::Unresolved(reason.clone(), node.origin.clone());
    }
    let pairs: Vec<(String, &Node)> = match &node.value {
        Value::Map(members) => members
            .iter()
            .map(|(key, value)| (key.clone(), value))
            .collect(),
        _ => node
            .items()
            .iter()
            .filter_map(|tag| Some((tag.get("Key")?.value.as_text()?, tag.get("Value")?)))
            .collect(),
    };
    let mut tags = BTreeMap::new();
    for (key, value) in pairs {
        match block.text_of(value) {
            Evidence::Stated(value, _) | Evidence::Defaulted(value) => tags.insert(key, value),
            Evidence::Unresolved(reason, origin) => return Evidence::Unresolved(reason, origin),
            Evidence::NotVisible => None,
        };
    }
    Evidence::Stated(tags, node.origin.clone())
}
