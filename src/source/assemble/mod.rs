//! Assembles a posture from resources of any dialect. This is the only place that knows how the parts of a proxy are
//! connected. It makes no judgement.

mod additions;
mod ambiguity;
mod around;
mod aws_policies;
mod block;
mod connecting;
mod consumers;
mod databases;
mod enrich;
mod estate;
mod grants;
mod group_members;
mod group_rules;
mod groups;
mod index;
mod key_policies;
mod known;
mod links;
mod may_be;
mod mentions;
mod names;
mod network;
mod open;
mod parameters;
mod policy_documents;
mod ports;
mod presence;
mod proxies;
mod ranges;
mod receivers;
mod roles;
mod same;
mod secret_identity;
mod secret_values;
mod secrets;
mod symbols;
mod things;

use block::ResourceBody;
pub use enrich::enrich;
use estate::Estate;

use self::things::{Handle, Link};
use crate::domain::evidence::Origin;
use crate::domain::posture::{ParameterGroup, Posture, Proxy, SecretUse};
use crate::language::resource::{Absent, Document, LeftOut, Resource};
use crate::language::vocabulary::{Kind, proxy};

/// Links all resources by reference and by literal identity into one [`Posture`], its proxies sorted by address.
pub fn assemble(documents: &[Document]) -> Posture {
    posture(&Estate::new(documents))
}

/// Links the resources of a document as [`assemble`] does. Also returns the parameter groups that are defined, whether or
/// not a database in view uses them.
pub fn assemble_with_groups(document: &Document) -> (Posture, Vec<ParameterGroup>) {
    let estate = Estate::new(std::slice::from_ref(document));
    (posture(&estate), parameters::all(&estate))
}

fn posture(estate: &Estate<'_>) -> Posture {
    let mut proxies: Vec<Proxy> = estate
        .of_kind(Kind::Proxy)
        .map(|item| proxies::read(estate, item))
        .collect();
    share(estate, &mut proxies);
    around::introduce(estate, &mut proxies);
    // Sorting by cached keys moves each of these large values once; sorting directly needs memory for all of them a
    // second time.
    proxies.sort_by_cached_key(|proxy| (proxy.address.clone(), proxy.origin.clone()));
    Posture {
        proxies,
        deployment: None,
    }
}

/// Returns the proxies of a document whose names are known, each with its name in lower case, which is how AWS compares
/// and stores it. Their surroundings, which [`assemble`] reads, are left out.
pub fn named_proxies(document: &Document) -> Vec<(&Resource, String)> {
    let estate = Estate::new(std::slice::from_ref(document));
    let proxies = estate.of_kind(Kind::Proxy);
    proxies
        .filter_map(|item| {
            let name = ResourceBody::new(&estate, item).text(proxy::NAME);
            Some((item.resource, name.value()?.to_lowercase()))
        })
        .collect()
}

/// Returns the proxies that are written but not created because of a value, each with the remedy for having them
/// audited.
pub fn left_out(document: &Document) -> Vec<(String, Origin)> {
    let proxies = document
        .absent
        .iter()
        .filter(|absent| Kind::named(absent.dialect, &absent.kind) == Some(Kind::Proxy));
    proxies
        .map(|absent| {
            let Absent {
                address,
                by,
                ..
            } = absent;
            let by = match by {
                LeftOut::Default(name) => format!("the default of {name}"),
                LeftOut::Value(value) => format!("the value of {value}"),
            };
            let message = format!(
                "the proxy {address} is not made by {by}: give it another value to have the proxy judged"
            );
            (message, absent.origin.clone())
        })
        .collect()
}

/// Sets, for every auth entry, the other uses of its secret, including other entries of the same proxy, and whether it
/// is the only use.
fn share(estate: &Estate<'_>, proxies: &mut [Proxy]) {
    let mut all: Vec<(SecretUse, Option<Handle>)> = Vec::new();
    let mut alone = proxies.len() == 1;
    for item in estate.of_kind(Kind::Proxy) {
        let address = &item.resource.address;
        let uses = proxies::uses(estate, item);
        let is_one = |one: &Vec<proxies::Use>| one.len() == 1 && one[0].is_one;
        alone &= uses.as_ref().is_some_and(is_one) && !address.contains("[*]");
        for one in uses.unwrap_or_default() {
            let proxy = address.clone();
            let handle = meant(one.link, one.open);
            let origin = one.origin;
            all.push((SecretUse { proxy, origin }, handle));
        }
    }
    let handles: Vec<Option<&Handle>> = all.iter().map(|(_, handle)| handle.as_ref()).collect();
    let others = secret_identity::others(&handles);
    let entries = proxies
        .iter_mut()
        .filter_map(|proxy| proxy.auth.value_mut())
        .flatten();
    for (entry, others) in entries.zip(others) {
        entry.shared_with = others.into_iter().map(|at| all[at].0.clone()).collect();
        entry.alone = alone;
    }
}

/// Returns the secret of an entry. An unresolved secret is identified by its source.
fn meant(link: Option<Link>, open: Option<(usize, String)>) -> Option<Handle> {
    let open = || open.map(|(document, print)| Handle::Literal(format!("<{document} {print}>")));
    link.and_then(Link::handle).or_else(open)
}
