//! The roles that may connect to each proxy, computed once for all proxies. An estate of thousands of proxies has
//! thousands of roles, and most policies refer to one proxy or to none.

use std::collections::BTreeSet;

use super::estate::Estate;
use super::index::Connecting;
use super::symbols::{ProxyParts, SymbolTable};
use super::things::Handle;
use super::{grants, roles};
use crate::domain::arn::PROXY_ID;
use crate::domain::symbolic::{Symbol, SymbolicPart, SymbolicString};
use crate::language::vocabulary::Kind;

/// The proxies that the resource of a grant may match.
enum ReachedProxies {
    Nothing,
    One(String),
    Any,
}

/// Returns the other roles that may connect to this proxy.
// The meaning of a policy depends on the proxy it is read for; whether it allows connecting at all, and to this proxy,
// does not. Most policies of a large estate do neither.
pub(super) fn to<'e>(symbols: &SymbolTable<'e, '_>) -> BTreeSet<&'e Handle> {
    let estate = symbols.estate;
    let known = &estate.known.connecting;
    let connecting = known.get_or_init(|| Connecting::new(estate));
    let ones = own_names(symbols)
        .into_iter()
        .filter_map(|name| connecting.one.get(name));
    ones.flatten()
        .chain(&connecting.any)
        .filter(|role| Some(*role) != symbols.parts.role.as_ref())
        .collect()
}

impl Connecting {
    fn new(estate: &Estate<'_>) -> Self {
        let nobody = SymbolTable::new(estate, ProxyParts::default());
        let mut connecting = Self::default();
        for role in holders(estate) {
            for grant in grants::granted(&nobody, &role) {
                match ReachedProxies::new(&grant.resource) {
                    ReachedProxies::Nothing => {}
                    ReachedProxies::One(name) => {
                        let roles = connecting.one.entry(name).or_default();
                        roles.insert(role.clone());
                    }
                    ReachedProxies::Any => drop(connecting.any.insert(role.clone())),
                }
            }
        }
        connecting
    }
}

/// Returns the ids of the proxy, if it has any, and its address.
fn own_names<'e>(symbols: &SymbolTable<'e, '_>) -> Vec<&'e str> {
    let Some(Handle::Item(index)) = symbols.parts.proxy else {
        return Vec::new();
    };
    let resource = symbols.estate.item(index).resource;
    let ids = resource.known_as.iter();
    let ids = ids.filter_map(|name| Some(name.rsplit_once(':')?.1));
    ids.chain([resource.address.as_str()]).collect()
}

/// Returns the other roles that may connect to a proxy by a literal id, if that id can only be this proxy's among all
/// in view: it is the only one, and has no known id yet.
pub(super) fn by_any_id<'e>(symbols: &SymbolTable<'e, '_>) -> BTreeSet<&'e Handle> {
    let estate = symbols.estate;
    let is_only = estate.of_kind(Kind::Proxy).take(2).count() == 1;
    if !is_only || own_names(symbols).len() != 1 {
        return BTreeSet::new();
    }
    let connecting = estate
        .known
        .connecting
        .get_or_init(|| Connecting::new(estate));
    let ids = connecting.one.range(PROXY_ID.to_owned()..);
    ids.take_while(|(id, _)| id.starts_with(PROXY_ID))
        .flat_map(|(_, roles)| roles)
        .filter(|role| Some(*role) != symbols.parts.role.as_ref())
        .collect()
}

/// True if the resource of a grant names a proxy by its id.
pub(super) fn names_an_id(resource: &SymbolicString) -> bool {
    let segments = resource.split(':');
    let user = segments.get(6).and_then(|user| user.0.first());
    let Some(SymbolicPart::Text(text)) = user else {
        return false;
    };
    let id = text.split('/').next().unwrap_or_default();
    id.starts_with(PROXY_ID) && !id.contains(['*', '?'])
}

impl ReachedProxies {
    /// Classifies a grant without the context of a proxy: the id or the address of a proxy is then visible.
    fn new(resource: &SymbolicString) -> Self {
        if !may_name_a_user(resource) {
            return Self::Nothing;
        }
        let segments = resource.split(':');
        let Some(user) = segments.get(6) else {
            let is_open = resource.has_unknown() || resource.has_wildcard();
            return if is_open { Self::Any } else { Self::Nothing };
        };
        match user.0.first() {
            Some(SymbolicPart::Text(text)) => match text.split('/').next().unwrap_or_default() {
                id if id.contains(['*', '?']) => Self::Any,
                id => Self::One(id.to_owned()),
            },
            // A data source may return any proxy that is created elsewhere.
            Some(SymbolicPart::Thing(Symbol::Created(address))) if !is_lookup(address) => {
                Self::One(address.clone())
            }
            Some(_) => Self::Any,
            None => Self::Nothing,
        }
    }
}

/// True if a resource can be a database user. Those of other services cannot, except for `rds` in place of `rds-db`, a
/// mistake that a rule reports.
pub(super) fn may_name_a_user(resource: &SymbolicString) -> bool {
    let parts = resource.split(':');
    let said = |at: usize| parts.get(at).filter(|part| !part.has_wildcard())?.as_text();
    match (said(0).as_deref(), said(2).as_deref(), said(5).as_deref()) {
        (Some("arn"), Some("rds"), Some(kind)) => kind == "dbuser",
        (Some("arn"), Some(service), _) => matches!(service, "rds-db" | "rds"),
        _ => true,
    }
}

fn is_lookup(address: &str) -> bool {
    address.starts_with("data.") || address.contains(".data.")
}

/// Returns every role that anything in view gives permissions to, in a fixed order.
fn holders(estate: &Estate<'_>) -> BTreeSet<Handle> {
    let defined = estate
        .of_kind(Kind::Role)
        .map(|item| Handle::Item(item.index));
    let named = estate.additions().targets(Kind::Role).cloned();
    let of_functions = estate
        .of_kind(Kind::Function)
        .filter_map(|item| roles::of_function(estate, item)?.handle());
    defined.chain(named).chain(of_functions).collect()
}
