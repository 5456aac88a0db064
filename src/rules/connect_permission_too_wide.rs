//! Beyond the six: a consumer may connect only through this proxy and only as its own user.

use std::collections::BTreeSet;

use super::grants::{self, Grant};
use super::{Example, FaultShown, Rule, lookups, references};
use crate::domain::arn::PROXY_ID;
use crate::domain::evidence::Evidence;
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::limits::Limits;
use crate::domain::links::{Mending, PathTopic, RuleLinks, grants};
use crate::domain::posture::{ConnectGrant, DefaultAuth, Proxy};
use crate::domain::symbolic::{Symbol, SymbolicPart, SymbolicString};

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "connect-permission-too-wide",
        group: Group::Beyond,
        severity: Severity::High,
        summary: "a consumer's `rds-db:connect` permission is not exactly one user of this proxy",
        why: "With a wildcard for the user a consumer can connect as any database user, with a wildcard for the resource to any proxy and database of the account. \
              A grant on the database's own id (`db-…`, `cluster-…`) leads past the proxy. A grant on the proxy's name or with the prefix `rds` does not work at all, and invites a wider one.",
        fix: "Grant `rds-db:connect` on `arn:PARTITION:rds-db:REGION:ACCOUNT:dbuser:prx-ID/USER`, with the id out of the proxy's ARN and the user as the secret spells it.",
        references: &[references::CONNECTING, references::IAM_POLICY],
        links: RuleLinks {
            facts: &[grants("consumers/*/grants"), grants("consumers/*/is")],
            topic: Some(PathTopic::ConnectPermission),
            mending: Some(Mending::NamedUser),
            ..RuleLinks::NONE
        },
    },
    example: Example {
        seen: FaultShown::InCode,
        terraform: include_str!("samples/connect-permission-too-wide.tf"),
        cloudformation: include_str!("samples/connect-permission-too-wide.yaml"),
    },
    check,
};

fn check(proxy: &Proxy, _: &Limits, verdicts: &mut Verdicts) {
    let consumers = lookups::consumers(proxy, verdicts);
    for consumer in consumers {
        let who = format!("the consumer {}", lookups::consumer_name(consumer));
        for grant in &consumer.grants {
            judge(proxy, &who, grant, verdicts);
        }
    }
    let is_open = |role: &_| matches!(role, Evidence::Unresolved(..));
    let mut mute = consumers.iter().filter(|one| one.grants.is_empty());
    if let Some(unread) = mute.find(|one| is_open(&one.role)) {
        return verdicts.unknown("what else may connect, and as whom,", &unread.role);
    }
    if consumers.is_empty() {
        return verdicts.not_applicable("there is no consumer that could hold rds-db:connect");
    }
    if consumers.iter().all(|consumer| consumer.grants.is_empty()) {
        let names: Vec<String> = consumers.iter().map(lookups::consumer_name).collect();
        return verdicts.undetermined(
            format!("no consumer in view ({}) is seen to hold rds-db:connect, so what any of them may connect to is open: the policies of their roles, or `rdsproxy-gen audit --live`, tell", names.join(", ")),
            consumers.first().map(|consumer| &consumer.origin),
        );
    }
    verdicts.pass(
        "every consumer may connect to exactly one user for each of its grants",
        &proxy.consumers,
    );
}

fn judge(proxy: &Proxy, who: &str, grant: &ConnectGrant, verdicts: &mut Verdicts) {
    let origin = &grant.origin;
    if let Some(reason) = grant.resource.unknown() {
        return verdicts.undetermined(
            format!("what {who} may connect to cannot be determined: {reason}"),
            Some(origin),
        );
    }
    let parts = Grant::parse(&grant.resource);
    let faults = match &parts {
        Some(parts) => faults(proxy, parts),
        None => vec![unreadable(&grant.resource)],
    };
    let is_any_user = parts.is_some_and(|parts| {
        parts.id.is(&Symbol::ProxyId) && parts.user == SymbolicString::text("*")
    });
    let user = only_user(proxy).filter(|_| is_any_user && faults.len() == 1);
    for fault in faults {
        verdicts.fail_with_user(
            format!("{who} holds rds-db:connect on {}: {fault}", grant.resource),
            origin,
            user.clone(),
        );
    }
}

/// Returns the database user of the proxy if there is exactly one: then a grant can only mean that user.
fn only_user(proxy: &Proxy) -> Option<String> {
    if proxy.default_auth.value() != Some(&DefaultAuth::None) {
        return None;
    }
    let users: Option<BTreeSet<&String>> = proxy
        .auth
        .entries()
        .iter()
        .map(|entry| entry.secret.value()?.username.value())
        .collect();
    let users = users?;
    let only = users.first().filter(|_| users.len() == 1)?;
    Some((*only).clone())
}

fn unreadable(resource: &SymbolicString) -> String {
    if resource.has_wildcard() {
        "that is every user of every proxy and database that it matches".into()
    } else {
        "that is not an address of a database user, so that it does not work".into()
    }
}

fn faults(proxy: &Proxy, grant: &Grant) -> Vec<String> {
    let place = grant
        .reaches_other_places()
        .then(|| "partition, region and account must be named".to_owned());
    [
        service_fault(grant),
        id_fault(proxy, &grant.id),
        user_fault(&grant.user),
        place,
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn service_fault(grant: &Grant) -> Option<String> {
    let service = grant.service.as_text()?;
    (service != "rds-db")
        .then(|| format!("the prefix must be rds-db, with `{service}` it does not work"))
}

fn id_fault(proxy: &Proxy, id: &SymbolicString) -> Option<String> {
    if id.is(&Symbol::ProxyId) {
        None
    } else if id.has_wildcard() {
        Some("that is every proxy and database, and so a way past the proxy".into())
    } else if id.is(&Symbol::DatabaseResourceId) || grants::is_database_id(id) {
        Some("that is the database itself, and so a way past the proxy".into())
    } else if matches!(id.0.as_slice(), [SymbolicPart::Text(text)] if text.starts_with(PROXY_ID)) {
        None
    } else {
        let name = lookups::proxy_name(proxy);
        Some(format!(
            "the proxy {name} is meant by its id (prx-…) and by nothing else, so that it does not work"
        ))
    }
}

fn user_fault(user: &SymbolicString) -> Option<String> {
    if user.0.is_empty() {
        Some("it names no user".into())
    } else if user.has_wildcard() {
        Some("that is more than one user".into())
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::evidence::Evidence;
    use crate::rules::fixtures::{check, fails, grant, passes, stays_open, value_mut};

    fn hold(proxy: &mut Proxy, resource: &str) {
        value_mut(&mut proxy.consumers)[0].grants =
            vec![grant(vec![SymbolicPart::Text(resource.into())])];
    }

    fn through(proxy: &mut Proxy, id: SymbolicPart, user: &str) {
        value_mut(&mut proxy.consumers)[0].grants = vec![grant(vec![
            SymbolicPart::Text("arn:aws:rds-db:eu-west-1:123456789012:dbuser:".into()),
            id,
            SymbolicPart::Text(format!("/{user}")),
        ])];
    }

    #[test]
    fn allows_one_user_of_this_proxy() {
        check(
            &RULE,
            &[
                fails(|proxy| hold(proxy, "*"), "every user of every proxy"),
                fails(
                    |proxy| hold(proxy, "arn:aws:rds-db:eu-west-1:123456789012:dbuser:*/*"),
                    "a way past the proxy",
                ),
                fails(
                    |proxy| {
                        hold(
                            proxy,
                            "arn:aws:rds-db:eu-west-1:123456789012:dbuser:prx-0a/app*",
                        )
                    },
                    "more than one user",
                ),
                fails(
                    |proxy| hold(proxy, "arn:aws:rds-db:*:*:dbuser:prx-0a/app"),
                    "must be named",
                ),
                fails(
                    |proxy| {
                        hold(
                            proxy,
                            "arn:aws:rds-db:eu-west-1:123456789012:dbuser:db-ABC/app",
                        )
                    },
                    "the database itself",
                ),
                fails(
                    |proxy| {
                        hold(
                            proxy,
                            "arn:aws:rds-db:eu-west-1:123456789012:dbuser:orders/app",
                        )
                    },
                    "by its id (prx-…)",
                ),
                fails(
                    |proxy| {
                        hold(
                            proxy,
                            "arn:aws:rds:eu-west-1:123456789012:dbuser:prx-0a/app",
                        )
                    },
                    "the prefix must be rds-db",
                ),
                fails(
                    |proxy| hold(proxy, "arn:aws:rds-db:eu-west-1:123456789012:dbuser:prx-0a"),
                    "not an address",
                ),
                passes(
                    |proxy| {
                        hold(
                            proxy,
                            "arn:aws:rds-db:eu-west-1:123456789012:dbuser:prx-0a/app",
                        )
                    },
                    "exactly one user",
                ),
            ],
        );
    }

    #[test]
    fn knows_things_by_what_they_are() {
        check(
            &RULE,
            &[
                fails(
                    |proxy| {
                        through(
                            proxy,
                            SymbolicPart::Thing(Symbol::DatabaseResourceId),
                            "app",
                        )
                    },
                    "the database itself",
                ),
                fails(
                    |proxy| through(proxy, SymbolicPart::Thing(Symbol::ProxyArn), "app"),
                    "by its id",
                ),
                fails(
                    |proxy| through(proxy, SymbolicPart::Thing(Symbol::ProxyId), ""),
                    "names no user",
                ),
                stays_open(
                    |proxy| through(proxy, SymbolicPart::Unknown("var.id".into()), "app"),
                    "var.id",
                ),
                stays_open(
                    |proxy| proxy.consumers = Evidence::NotVisible,
                    "consumers is not in view",
                ),
                passes(
                    |proxy| value_mut(&mut proxy.consumers).clear(),
                    "there is no consumer",
                ),
                stays_open(
                    |proxy| value_mut(&mut proxy.consumers)[0].grants.clear(),
                    "no consumer in view (checkout) is seen to hold rds-db:connect",
                ),
            ],
        );
    }
}
