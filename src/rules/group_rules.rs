//! Checks that a security group rule is limited to one TCP port and the members of one group.

use super::lookups;
use super::lookups::Guarded;
use crate::domain::evidence::{Evidence, Origin};
use crate::domain::finding::Verdicts;
use crate::domain::port_range::Range;
use crate::domain::posture::{Coverage, GroupRule, Identity, Peer, Ports, Protocol, SecurityGroup};

/// The direction of the rules, as text for messages.
#[derive(Clone, Copy)]
pub(super) struct RuleDirections {
    /// The verb: `lets in` or `lets out to`.
    pub(super) verb: &'static str,
    /// The expected port; `None` if unknown.
    pub(super) port: Option<u16>,
    /// The listener at that port: `the proxy listens on`, `the database listens on`.
    pub(super) listener: &'static str,
}

/// Judges the rules of one group. Rules that may be missing are reported only if there is no fault.
pub(super) fn judge(
    guarded: &Guarded,
    rules: &[GroupRule],
    way: RuleDirections,
    verdicts: &mut Verdicts,
) {
    let faulty = rules
        .iter()
        .filter(|rule| !reaches_nobody(rule))
        .filter(|rule| judge_one(guarded, rule, way, verdicts))
        .count();
    if let (Coverage::Partial(reason), 0) = (&guarded.group.coverage, faulty) {
        verdicts.undetermined(
            format!(
                "not all rules of {} of {} are in view: {reason}",
                name(guarded),
                guarded.of
            ),
            Some(&guarded.group.origin),
        );
    }
}

fn name(guarded: &Guarded) -> String {
    format!("the security group {}", lookups::group_name(guarded.group))
}

/// True for a placeholder whose only purpose is to replace the default rule of AWS.
pub(super) fn reaches_nobody(rule: &GroupRule) -> bool {
    match rule.peer.value() {
        Some(Peer::Cidr(range)) => Range::parse(range).is_some_and(Range::reaches_nobody),
        Some(Peer::Group(_) | Peer::PrefixList(_)) | None => false,
    }
}

/// Judges one rule; true if it is at fault.
fn judge_one(
    guarded: &Guarded,
    rule: &GroupRule,
    way: RuleDirections,
    verdicts: &mut Verdicts,
) -> bool {
    let faults: Vec<String> = [
        peer_fault(&rule.peer),
        protocol_fault(&rule.protocol),
        port_fault(&rule.ports, rule.protocol.value(), way),
    ]
    .into_iter()
    .flatten()
    .collect();
    let subject = format!("{} of {}", name(guarded), guarded.of);
    if faults.is_empty() {
        unknown(&subject, rule, verdicts);
        return false;
    }
    let written = match (rule.implied, &rule.in_doubt) {
        (false, _) => "",
        (true, None) => " (a rule that AWS adds because none is written)",
        (true, Some(_)) => " (the rule that AWS adds to a group without egress rules)",
    };
    let said = format!(
        "{subject} {} {}{written}: {}",
        way.verb,
        aloud(rule),
        faults.join("; ")
    );
    match &rule.in_doubt {
        None => verdicts.fail(said, &place(rule)),
        Some((reason, origin)) => verdicts.undetermined(
            format!("whether this rule is there cannot be determined ({reason}): {said}"),
            Some(origin),
        ),
    }
    rule.in_doubt.is_none()
}

/// Returns the place of the rule, with the default that determines its peer or its ports, if one does.
fn place(rule: &GroupRule) -> Origin {
    let defaults = [rule.peer.origin(), rule.ports.origin()];
    let default_of = defaults
        .into_iter()
        .flatten()
        .find_map(|origin| origin.default_of.clone());
    Origin {
        default_of: rule.origin.default_of.clone().or(default_of),
        ..rule.origin.clone()
    }
}

/// True if any rule admits a peer.
pub(super) fn is_written<'g>(mut rules: impl Iterator<Item = &'g GroupRule>) -> bool {
    rules.any(|rule| !reaches_nobody(rule))
}

/// Returns the evidence for a pass: the list of groups, and the default that determines the list, a peer or the ports,
/// if one does.
pub(super) fn rests_on<'g>(
    list: &Evidence<Vec<SecurityGroup>>,
    rules: impl Iterator<Item = &'g GroupRule>,
) -> Evidence<()> {
    let origin = list.origin().cloned().unwrap_or_default();
    let default_of = origin.default_of.clone();
    let of_rules = rules.filter_map(|rule| place(rule).default_of).next();
    Evidence::Stated(
        (),
        Origin {
            default_of: default_of.or(of_rules),
            ..origin
        },
    )
}

fn unknown(subject: &str, rule: &GroupRule, verdicts: &mut Verdicts) {
    if rule.peer.value().is_none() {
        verdicts.unknown(
            &format!("the other side of a rule of {subject}"),
            &rule.peer,
        );
    }
    if rule.protocol.value().is_none() {
        verdicts.unknown(
            &format!("the protocol of a rule of {subject}"),
            &rule.protocol,
        );
    }
    if rule.ports.value().is_none() {
        verdicts.unknown(&format!("the ports of a rule of {subject}"), &rule.ports);
    }
}

fn aloud(rule: &GroupRule) -> String {
    let peer = rule
        .peer
        .value()
        .map_or("an unknown peer".into(), ToString::to_string);
    let protocol = rule
        .protocol
        .value()
        .map_or("an unknown protocol".into(), ToString::to_string);
    match rule.ports.value() {
        Some(ports) => format!("{peer} with {protocol} on {ports}"),
        None => format!("{peer} with {protocol} on unknown ports"),
    }
}

/// Returns the fault of a peer. Members of the same group count as one group too; an unknown group is still one group
/// rather than a range.
fn peer_fault(peer: &Evidence<Peer>) -> Option<String> {
    match peer.value()? {
        Peer::Group(group) => foreign_account(group),
        Peer::Cidr(range) => range_fault(range),
        Peer::PrefixList(_) => Some(
            "a prefix list can grow without this rule being touched; name a security group".into(),
        ),
    }
}

/// Returns the fault of a group of another account, which is written `123456789012/sg-0abc`.
fn foreign_account(group: &Identity) -> Option<String> {
    let Identity::Known(id) = group else {
        return None;
    };
    let (account, _) = id.split_once('/')?;
    Some(format!(
        "the account {account} decides who is a member of that group"
    ))
}

/// The ends of references to the range of a whole VPC whose value is unknown: `data.aws_vpc.main.cidr_block`.
const NETWORK_RANGES: [&str; 2] = ["cidr_block", "CidrBlock"];

fn range_fault(range: &str) -> Option<String> {
    match Range::parse(range) {
        Some(range) if range.is_single() => None,
        Some(range) if range.is_world() => {
            Some("name a security group instead of all addresses".into())
        }
        None if !NETWORK_RANGES.iter().any(|end| range.ends_with(end)) => {
            Some("that is not a range of addresses".into())
        }
        Some(_) | None => {
            Some("whatever gets an address in that range is meant; name a security group".into())
        }
    }
}

fn protocol_fault(protocol: &Evidence<Protocol>) -> Option<String> {
    match protocol.value()? {
        Protocol::Tcp => None,
        Protocol::All | Protocol::Other(_) => Some("only TCP is needed".into()),
    }
}

/// Returns the fault of the ports. For a protocol other than TCP, the protocol is the fault already.
fn port_fault(
    ports: &Evidence<Ports>,
    protocol: Option<&Protocol>,
    way: RuleDirections,
) -> Option<String> {
    let ports = ports.value()?;
    if protocol.is_some_and(|protocol| *protocol != Protocol::Tcp) {
        return None;
    }
    match (ports.single(), way.port) {
        (Some(one), Some(port)) if one == port => None,
        (Some(_), None) => None,
        (_, Some(port)) => Some(format!("{} port {port} only", way.listener)),
        (None, None) => Some("one port is enough".into()),
    }
}
