//! Accessors for parts of a proxy that may be unknown: known values are returned, unknown ones are reported as
//! undetermined.

use crate::domain::arn::Arn;
use crate::domain::evidence::{Evidence, Origin};
use crate::domain::finding::Verdicts;
use crate::domain::limits::LimitBroken;
use crate::domain::posture::{
    AuthEntry, Consumer, Database, DefaultAuth, Endpoint, Identity, Proxy, Secret, SecurityGroup,
    Subnet,
};

/// A security group and the resource that it protects: `the proxy`, `the endpoint orders-ro`.
pub(super) struct Guarded<'a> {
    /// The name of the resource.
    pub(super) of: String,
    /// The security group that protects it.
    pub(super) group: &'a SecurityGroup,
}

/// The reason why a rule about secrets does not apply.
const NO_SECRETS: &str = "the proxy has no secrets";

/// Returns the value; reports it as undetermined if it is unknown.
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

/// Returns the secrets of all auth entries; empty for a proxy without secrets.
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

/// Reports the verdict of a rule about secrets for a proxy without secrets.
pub(super) fn without_secrets(proxy: &Proxy, verdicts: &mut Verdicts) {
    // AWS refuses a proxy that has neither auth entries nor end-to-end IAM, so an empty list that comes from a
    // variable's default is never deployed.
    let default = proxy
        .auth
        .origin()
        .and_then(|origin| origin.default_of.as_ref());
    match default {
        Some(default) if proxy.default_auth.value() != Some(&DefaultAuth::Iam) => {
            verdicts.undetermined(
                format!("the secrets of the proxy cannot be determined: by the default of {default} it has no auth entry, and AWS takes no such proxy"),
                proxy.auth.origin(),
            );
        }
        Some(_) | None => verdicts.not_applicable(NO_SECRETS),
    }
}

/// Returns the security groups of the proxy and of its endpoints.
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

/// Returns the subnets of the proxy.
pub(super) fn subnets<'a>(proxy: &'a Proxy, verdicts: &mut Verdicts) -> Option<&'a [Subnet]> {
    known("the list of subnets", &proxy.subnets, verdicts).map(Vec::as_slice)
}

/// Returns the database behind the proxy.
pub(super) fn database<'a>(proxy: &'a Proxy, verdicts: &mut Verdicts) -> Option<&'a Database> {
    known("the database behind the proxy", &proxy.database, verdicts)
}

/// Returns the consumers of the proxy.
pub(super) fn consumers<'a>(proxy: &'a Proxy, verdicts: &mut Verdicts) -> &'a [Consumer] {
    known("the list of consumers", &proxy.consumers, verdicts).map_or(&[], Vec::as_slice)
}

/// Returns the display name of the database: its identifier, or its address in the source.
pub(super) fn database_name(database: &Database) -> &str {
    named(&database.identifier, &database.address)
}

/// Returns the display name of an endpoint: its name, or its address in the source.
pub(super) fn endpoint_name(endpoint: &Endpoint) -> &str {
    named(&endpoint.name, &endpoint.address)
}

/// Returns the display name of the proxy: its name, or its address in the source.
pub(super) fn proxy_name(proxy: &Proxy) -> &str {
    named(&proxy.name, &proxy.address)
}

fn named<'n>(name: &'n Evidence<String>, address: &'n str) -> &'n str {
    let name = name.value().filter(|name| !name.is_empty());
    name.map_or(address, String::as_str)
}

/// Returns the display name of a secret: its name or its identity, with the database user if known.
pub(super) fn secret_name(secret: &Secret) -> String {
    let name = secret.name.value().filter(|name| !name.is_empty());
    let name = name.map_or(secret.identity.text(), |name| name);
    match secret.username.value() {
        Some(user) => format!("{name} (user {user})"),
        None => name.to_owned(),
    }
}

/// Returns the display name of a security group: its name, with its id or address.
pub(super) fn group_name(group: &SecurityGroup) -> String {
    match group.name.value() {
        None if group.identity.open().is_some() => {
            format!("that is not known ({})", group.identity)
        }
        Some(name) if name != group.identity.text() => format!("{name} ({})", group.identity),
        Some(_) | None => group.identity.to_string(),
    }
}

/// Returns the display name of a consumer: its function, or its address in the source.
pub(super) fn consumer_name(consumer: &Consumer) -> String {
    named(&consumer.function, &consumer.address).to_owned()
}

/// True if the value is the default of a variable or parameter that a caller can change.
pub(super) fn by_default<T>(evidence: &Evidence<T>) -> bool {
    evidence
        .origin()
        .is_some_and(|origin| origin.default_of.is_some())
}

/// Reports a limit that a value violates, with the fix.
pub(super) fn refuse(checked: Result<(), LimitBroken>, origin: &Origin, verdicts: &mut Verdicts) {
    if let Err(broken) = checked {
        verdicts.fail_with_fix(broken.message, origin, broken.fix);
    }
}

/// Returns the account of the proxy: the one that it is known to be deployed into, otherwise that of its role, which is
/// the same.
pub(super) fn account(proxy: &Proxy) -> Option<&str> {
    if let Some(account) = proxy.account.value() {
        return Some(account);
    }
    match proxy.role.value().map(|role| &role.identity) {
        Some(Identity::Known(role)) => Some(Arn::parse(role)?.account),
        _ => None,
    }
}
