//! Goes through the parts of a proxy that may be unknown: what is known comes back, what is not is said on the sheet.

use crate::domain::arn::Arn;
use crate::domain::evidence::{Evidence, Origin};
use crate::domain::finding::Verdicts;
use crate::domain::limits::LimitBroken;
use crate::domain::posture::{
    AuthEntry, Consumer, Database, DefaultAuth, Endpoint, Identity, Proxy, Secret, SecurityGroup,
    Subnet,
};

/// A group and what it guards: `the proxy`, `the endpoint orders-ro`.
pub(super) struct Guarded<'a> {
    /// Whose group it is.
    pub(super) of: String,
    /// The group.
    pub(super) group: &'a SecurityGroup,
}

/// Why a rule about secrets has nothing to judge.
const NO_SECRETS: &str = "the proxy has no secrets";

/// The value, or a word about why there is none.
pub(super) fn known<'a, T>(
    what: &str,
    evidence: &'a Evidence<T>,
    verdicts: &mut Verdicts,
) -> Option<&'a T> {
    if evidence.value().is_none() {
        verdicts.unknown(what, evidence);
    }
    evidence.value()
}

/// The secrets of all auth entries. An empty list is a proxy without secrets.
pub(super) fn secrets<'a>(
    proxy: &'a Proxy,
    verdicts: &mut Verdicts,
) -> Vec<(&'a AuthEntry, &'a Secret)> {
    let entries = known("the list of auth entries", &proxy.auth, verdicts);
    entries
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let secret = known("the secret of an auth entry", &entry.secret, verdicts)?;
            Some((entry, secret))
        })
        .collect()
}

/// What a rule about secrets says where there are none. AWS takes no proxy without auth entries and without end-to-end IAM, so that
/// nobody who leaves a variable at its default of no entries has this proxy.
pub(super) fn without_secrets(proxy: &Proxy, verdicts: &mut Verdicts) {
    let default = proxy
        .auth
        .origin()
        .and_then(|origin| origin.default_of.as_ref());
    match default {
        Some(default) if proxy.default_auth.value() != Some(&DefaultAuth::Iam) => {
            verdicts.undetermined(
                format!("the secrets of the proxy cannot be told: by the default of {default} it has no auth entry, and AWS takes no such proxy"),
                proxy.auth.origin(),
            );
        }
        Some(_) | None => verdicts.not_applicable(NO_SECRETS),
    }
}

/// The groups of the proxy and of its endpoints.
pub(super) fn groups<'a>(proxy: &'a Proxy, verdicts: &mut Verdicts) -> Vec<Guarded<'a>> {
    let mut all = guarded("the proxy", &proxy.security_groups, verdicts);
    let endpoints = known("the list of further endpoints", &proxy.endpoints, verdicts);
    for endpoint in endpoints.into_iter().flatten() {
        let of = format!("the endpoint {}", endpoint_name(endpoint));
        all.extend(guarded(&of, &endpoint.security_groups, verdicts));
    }
    all
}

fn guarded<'a>(
    of: &str,
    groups: &'a Evidence<Vec<SecurityGroup>>,
    verdicts: &mut Verdicts,
) -> Vec<Guarded<'a>> {
    let groups = known(
        &format!("the list of security groups of {of}"),
        groups,
        verdicts,
    );
    groups
        .into_iter()
        .flatten()
        .map(|group| Guarded {
            of: of.to_owned(),
            group,
        })
        .collect()
}

/// The subnets of the proxy.
pub(super) fn subnets<'a>(proxy: &'a Proxy, verdicts: &mut Verdicts) -> Option<&'a [Subnet]> {
    known("the list of subnets", &proxy.subnets, verdicts).map(Vec::as_slice)
}

/// The database.
pub(super) fn database<'a>(proxy: &'a Proxy, verdicts: &mut Verdicts) -> Option<&'a Database> {
    known("the database behind the proxy", &proxy.database, verdicts)
}

/// The consumers.
pub(super) fn consumers<'a>(proxy: &'a Proxy, verdicts: &mut Verdicts) -> &'a [Consumer] {
    known("the list of consumers", &proxy.consumers, verdicts).map_or(&[], Vec::as_slice)
}

/// The database for people: its identifier, or how the source calls it.
pub(super) fn database_name(database: &Database) -> &str {
    named(&database.identifier, &database.address)
}

/// An endpoint for people: its name, or how the source calls it.
pub(super) fn endpoint_name(endpoint: &Endpoint) -> &str {
    named(&endpoint.name, &endpoint.address)
}

/// The proxy for people: its name, or how the source calls it.
pub(super) fn proxy_name(proxy: &Proxy) -> &str {
    named(&proxy.name, &proxy.address)
}

fn named<'n>(name: &'n Evidence<String>, address: &'n str) -> &'n str {
    let name = name.value().filter(|name| !name.is_empty());
    name.map_or(address, String::as_str)
}

/// A secret for people: the database user that it holds, its name, or how the source calls it.
pub(super) fn secret_name(secret: &Secret) -> String {
    let name = secret.name.value().filter(|name| !name.is_empty());
    let name = name.map_or(secret.identity.text(), |name| name);
    match secret.username.value() {
        Some(user) => format!("{name} (user {user})"),
        None => name.to_owned(),
    }
}

/// A security group for people: its name and how the account or the source calls it.
pub(super) fn group_name(group: &SecurityGroup) -> String {
    match group.name.value() {
        None if group.identity.open().is_some() => {
            format!("that is not known ({})", group.identity)
        }
        Some(name) if name != group.identity.text() => format!("{name} ({})", group.identity),
        Some(_) | None => group.identity.to_string(),
    }
}

/// A consumer for people.
pub(super) fn consumer_name(consumer: &Consumer) -> String {
    named(&consumer.function, &consumer.address).to_owned()
}

/// True where the value is the default of a variable or parameter that a caller can change.
pub(super) fn by_default<T>(evidence: &Evidence<T>) -> bool {
    evidence
        .origin()
        .is_some_and(|origin| origin.default_of.is_some())
}

/// Reports a limit that a value breaks, with what to do about it.
pub(super) fn refuse(checked: Result<(), LimitBroken>, origin: &Origin, verdicts: &mut Verdicts) {
    if let Err(broken) = checked {
        verdicts.fail_with_fix(broken.message, origin, broken.fix);
    }
}

/// The account of the proxy: the one that it is known to be deployed into, or else that of its role, which is the same.
pub(super) fn account(proxy: &Proxy) -> Option<&str> {
    if let Some(account) = proxy.account.value() {
        return Some(account);
    }
    match proxy.role.value().map(|role| &role.identity) {
        Some(Identity::Known(role)) => Some(Arn::parse(role)?.account),
        _ => None,
    }
}
