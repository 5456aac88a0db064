//! Mission rule 4: only the proxy should reach the database.

use std::collections::BTreeSet;

use super::{Example, FaultShown, Rule, group_rules, lookups, references};
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::limits::Limits;
use crate::domain::links::{PathTopic, RuleLinks, about, grants};
use crate::domain::posture::{Coverage, Database, GroupRule, Peer, Proxy, SecurityGroup};

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "database-bypass",
        group: Group::Mission(4),
        severity: Severity::Medium,
        summary: "others than the proxy may reach the database directly",
        why: "What the proxy requires does not bind those who connect to the database itself: no IAM authentication, no TLS unless the database forces it, no shared pool. \
              Such rules are often left over from the time before the proxy.",
        fix: "Let the database's security groups admit the proxy's group only. Administrators and rotation functions may need a way of their own: \
              keep it to one group and one port, and record it with a waiver.",
        references: &[references::GROUP_RULES, references::CREATING],
        links: RuleLinks {
            facts: &[
                about("security_groups"),
                grants("database/security_groups/*/ingress"),
            ],
            topic: Some(PathTopic::Bypass),
            ..RuleLinks::NONE
        },
    },
    example: Example {
        seen: FaultShown::InCode,
        terraform: include_str!("../samples/database-bypass.tf"),
        cloudformation: include_str!("../samples/database-bypass.yaml"),
    },
    check,
};

fn check(proxy: &Proxy, _: &Limits, verdicts: &mut Verdicts) {
    let Some(database) = lookups::database(proxy, verdicts) else {
        return;
    };
    let own = lookups::known(
        "the list of security groups of the proxy",
        &proxy.security_groups,
        verdicts,
    );
    let groups = lookups::known(
        "the list of security groups of the database",
        &database.security_groups,
        verdicts,
    );
    let (Some(own), Some(groups)) = (own, groups) else {
        return;
    };
    let mut admits = false;
    for group in groups {
        admits |= judge(&Admitted { proxy, own, group }, database, verdicts);
    }
    let because = if admits {
        "the database's security groups admit the proxy only"
    } else {
        "no rule of the database's security groups admits anybody"
    };
    verdicts.pass(because, &database.security_groups);
}

/// The peers that may reach the database: the proxy, and the other proxies of the database.
struct Admitted<'p> {
    proxy: &'p Proxy,
    own: &'p [SecurityGroup],
    /// The database's security group that admits them.
    group: &'p SecurityGroup,
}

/// The classification of a peer.
enum KnownPeer {
    /// A group of the proxy or of another one, including any other member of that group.
    Proxy,
    Other,
    Unknown,
}

/// Judges one group; true if it admits any peer.
fn judge(own: &Admitted<'_>, database: &Database, verdicts: &mut Verdicts) -> bool {
    let group = own.group;
    let name = lookups::group_name(group);
    let concerned: Vec<_> = group
        .ingress
        .iter()
        .filter(|rule| !group_rules::reaches_nobody(rule) && concerns(database, rule))
        .collect();
    let mut told = BTreeSet::new();
    let faulty = concerned
        .iter()
        .filter(|rule| judge_one(own, rule, &mut told, verdicts))
        .count();
    if let (Coverage::Partial(reason), 0) = (&group.coverage, faulty) {
        verdicts.undetermined(
            format!("not all rules of the database's security group {name} are in view: {reason}"),
            Some(&group.origin),
        );
    }
    !concerned.is_empty()
}

/// True unless the rule covers only other ports than the database's.
fn concerns(database: &Database, rule: &GroupRule) -> bool {
    match (database.port.value(), rule.ports.value()) {
        (Some(port), Some(ports)) => ports.holds(*port),
        (None, _) | (_, None) => true,
    }
}

/// Judges one rule; true if it is at fault. Other members of the proxy's groups are reported once, however many rules
/// admit them.
fn judge_one<'p>(
    own: &Admitted<'p>,
    rule: &'p GroupRule,
    told: &mut BTreeSet<&'p Peer>,
    verdicts: &mut Verdicts,
) -> bool {
    let name = lookups::group_name(own.group);
    let Some(peer) = lookups::known(
        &format!("whom a rule of the database's security group {name} admits"),
        &rule.peer,
        verdicts,
    ) else {
        return false;
    };
    match who(own, peer) {
        KnownPeer::Proxy if told.insert(peer) => group_members(own, rule, peer, verdicts),
        KnownPeer::Proxy => false,
        KnownPeer::Other => {
            let said = if is_shared(own, peer) {
                format!(
                    "the security group {name} is the database's and the proxy's, and admits its own members: whoever is let in to the proxy by it reaches the database too"
                )
            } else {
                format!(
                    "the database's security group {name} admits {peer}: they reach the database without the proxy"
                )
            };
            told_of(rule, said, verdicts)
        }
        KnownPeer::Unknown => {
            verdicts.undetermined(
                format!("whether {peer}, whom the database's security group {name} admits, are the proxy cannot be determined"),
                Some(&rule.origin),
            );
            false
        }
    }
}

/// Reports a fault; undetermined if it is uncertain that the rule exists.
fn told_of(rule: &GroupRule, said: String, verdicts: &mut Verdicts) -> bool {
    match &rule.in_doubt {
        None => verdicts.fail(said, &rule.origin),
        Some((reason, origin)) => verdicts.undetermined(
            format!("whether this rule is there cannot be determined ({reason}): {said}"),
            Some(origin),
        ),
    }
    rule.in_doubt.is_none()
}

/// Reports other members of a group through which the database admits a proxy: they reach the database too.
fn group_members(
    own: &Admitted<'_>,
    rule: &GroupRule,
    peer: &Peer,
    verdicts: &mut Verdicts,
) -> bool {
    let Peer::Group(group) = peer else {
        return false;
    };
    let name = lookups::group_name(own.group);
    let is_default = |own: &&SecurityGroup| {
        own.identity.same(group) == Some(true) && own.is_default.value() == Some(&true)
    };
    if own.own.iter().any(|own| is_default(&own)) {
        verdicts.undetermined(
            format!("the database's security group {name} admits {peer}, the VPC's default group: what else stands in it is not in view"),
            Some(&rule.origin),
        );
    }
    let all = own.proxy.group_members.iter();
    let (perhaps, surely): (Vec<_>, Vec<_>) = all
        .filter(|wearer| wearer.group == *group)
        .partition(|wearer| wearer.in_doubt.is_some());
    for wearer in perhaps {
        verdicts.undetermined(
            format!(
                "the database's security group {name} admits {peer}, and whether anything but the proxy stands in it cannot be determined: {}",
                wearer.in_doubt.as_deref().unwrap_or_default()
            ),
            Some(&wearer.origin),
        );
    }
    if surely.is_empty() {
        return false;
    }
    let names: Vec<String> = surely
        .iter()
        .map(|wearer| format!("{} ({})", wearer.address, wearer.origin))
        .collect();
    let said = format!(
        "the database's security group {name} admits {peer}, and not the proxy alone stands in that group: {} reaches the database without the proxy",
        listed(&names)
    );
    told_of(rule, said, verdicts)
}

/// Maximum number of names in a message.
const MOST_NAMES: usize = 4;

fn listed(names: &[String]) -> String {
    let shown = &names[..names.len().min(MOST_NAMES)];
    match names.len() - shown.len() {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// True if the peer is the group itself and the proxy is in that group together with the database.
fn is_shared(Admitted { own, group, .. }: &Admitted<'_>, peer: &Peer) -> bool {
    let is = |group: &SecurityGroup, peer: &Peer| match peer {
        Peer::Group(peer) => group.identity.same(peer) == Some(true),
        Peer::Cidr(_) | Peer::PrefixList(_) => false,
    };
    is(group, peer) && own.iter().any(|own| is(own, peer))
}

fn who(admission: &Admitted<'_>, peer: &Peer) -> KnownPeer {
    let Admitted { proxy, own, .. } = admission;
    let Peer::Group(group) = peer else {
        return KnownPeer::Other;
    };
    if is_shared(admission, peer) {
        return KnownPeer::Other;
    }
    let answers: Vec<_> = own.iter().map(|own| own.identity.same(group)).collect();
    if proxy.other_proxies.contains(group) || answers.contains(&Some(true)) {
        KnownPeer::Proxy
    } else if answers.contains(&None) && !proxy.strangers.contains(group) {
        KnownPeer::Unknown
    } else {
        KnownPeer::Other
    }
}

#[cfg(test)]
mod tests;
