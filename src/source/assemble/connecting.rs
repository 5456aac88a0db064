//! Which roles can be allowed to connect to which proxies: looked at once for all of them, since an estate of thousands of proxies has
//! thousands of roles, and most policies speak of one proxy or of none.

use std::collections::BTreeSet;

use super::estate::Estate;
use super::index::Connecting;
use super::symbols::{ProxyParts, SymbolTable};
use super::things::Handle;
use super::{grants, roles};
use crate::domain::arn::PROXY_ID;
use crate::domain::symbolic::{Symbol, SymbolicPart, SymbolicString};
use crate::language::vocabulary::Kind;

/// Which proxies the resource of a grant can mean.
enum ReachedProxies {
    Nothing,
    One(String),
    Any,
}

/// The other roles that can be allowed to connect to this proxy. What a policy means depends on the scene; that it speaks of connecting
/// at all, and of this proxy, does not, and most policies of a large estate do neither.
pub(super) fn to<'e>(symbols: &SymbolTable<'e, '_>) -> BTreeSet<&'e Handle> {
    let estate = symbols.estate;
    let known = &estate.known.connecting;
    let connecting = known.get_or_init(|| Connecting::of(estate));
    let ones = own_names(symbols)
        .into_iter()
        .filter_map(|name| connecting.one.get(name));
    ones.flatten()
        .chain(&connecting.any)
        .filter(|role| Some(*role) != symbols.parts.role.as_ref())
        .collect()
}

impl Connecting {
    fn of(estate: &Estate<'_>) -> Self {
        let nobody = SymbolTable::new(estate, ProxyParts::default());
        let mut connecting = Self::default();
        for role in holders(estate) {
            for grant in grants::granted(&nobody, &role) {
                match ReachedProxies::of(&grant.resource) {
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

/// The ids of the proxy, where there are any, and its address.
fn own_names<'e>(symbols: &SymbolTable<'e, '_>) -> Vec<&'e str> {
    let Some(Handle::Item(index)) = symbols.parts.proxy else {
        return Vec::new();
    };
    let resource = symbols.estate.item(index).resource;
    let ids = resource.known_as.iter();
    let ids = ids.filter_map(|name| Some(name.rsplit_once(':')?.1));
    ids.chain([resource.address.as_str()]).collect()
}

/// The other roles that can be allowed to connect to a proxy whose id is written, where that can only be this one of all that are in view:
/// it is the only one, and has no id yet.
pub(super) fn by_any_id<'e>(symbols: &SymbolTable<'e, '_>) -> BTreeSet<&'e Handle> {
    let estate = symbols.estate;
    let is_only = estate.of_kind(Kind::Proxy).take(2).count() == 1;
    if !is_only || own_names(symbols).len() != 1 {
        return BTreeSet::new();
    }
    let connecting = estate
        .known
        .connecting
        .get_or_init(|| Connecting::of(estate));
    let ids = connecting.one.range(PROXY_ID.to_owned()..);
    ids.take_while(|(id, _)| id.starts_with(PROXY_ID))
        .flat_map(|(_, roles)| roles)
        .filter(|role| Some(*role) != symbols.parts.role.as_ref())
        .collect()
}

/// Whether the resource of a grant names some proxy by its id.
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
    /// Seen from no proxy: where a proxy of its own sees itself stands its id or its address.
    fn of(resource: &SymbolicString) -> Self {
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
            // What a data source looks up may be any that is made elsewhere.
            Some(SymbolicPart::Thing(Symbol::Created(address))) if !is_lookup(address) => {
                Self::One(address.clone())
            }
            Some(_) => Self::Any,
            None => Self::Nothing,
        }
    }
}

/// Whether a resource can be a database user: one of another service is none. `rds` in place of `rds-db` is a mistake that is told.
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

/// Every role that anything in view gives permissions to, in a fixed order.
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
