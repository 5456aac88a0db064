//! Flattens the surroundings of a proxy: networks, security groups with their rules, the database.

use std::collections::BTreeMap;

use super::Fact;
use super::enum_names::{database_kind_text, ports_text, protocol_text};
use super::fact_writer::{FactWriter, SetEntry};
use super::flatten::FlattenContext;
use super::naming::ThingPart;
use crate::domain::evidence::Evidence;
use crate::domain::posture::{
    Coverage, Database, GroupRule, Identity, ParameterGroup, Peer, Protocol, SecurityGroup, Subnet,
    Vpc,
};

impl FlattenContext<'_> {
    pub(super) fn subnets(&self, mut sheet: FactWriter<'_>, subnets: &[Subnet]) {
        for (index, subnet) in subnets.iter().enumerate() {
            let Subnet {
                identity,
                zone,
                zone_id,
                vpc,
                // It changes by the minute and does not describe how the proxy is set up.
                free_addresses: _,
                zone_place: _,
                uncounted: _,
            } = subnet;
            let label = match identity {
                Identity::Known(id) if !self.scheme.is_created(&ThingPart::Subnets) => id.clone(),
                _ => format!("subnet {}", index + 1),
            };
            let mut sheet = sheet.under(&label);
            sheet.value("is", "present");
            sheet.put("zone", zone, String::clone);
            sheet.put("zone_id", zone_id, String::clone);
            sheet.put("vpc", vpc, |vpc| self.network(vpc));
        }
    }

    pub(super) fn vpc(&self, mut sheet: FactWriter<'_>, vpc: &Vpc) {
        let Vpc {
            identity,
            tenancy,
            encryption_controls,
        } = vpc;
        sheet.value("id", self.network(identity));
        sheet.put("tenancy", tenancy, String::clone);
        sheet.put("encryption_controls", encryption_controls, String::clone);
    }

    /// Returns the label of a network. If some side creates a network, the networks of all sides count as that one:
    /// they cannot be told apart.
    pub(super) fn network(&self, identity: &Identity) -> String {
        match identity {
            Identity::Known(id) if !self.scheme.is_created(&ThingPart::Network) => id.clone(),
            _ => "the network".to_owned(),
        }
    }

    pub(super) fn database(&self, mut sheet: FactWriter<'_>, database: &Database) {
        let Database {
            kind,
            address: _,
            origin: _,
            // The way a source refers to the database is no fact about it.
            created: _,
            identifier,
            resource_id,
            engine,
            version,
            engine_mode,
            port,
            vpc,
            security_groups,
            parameter_group,
            is_replica,
            iam_enabled,
        } = database;
        sheet.value("kind", database_kind_text(*kind));
        sheet.put("identifier", identifier, String::clone);
        sheet.put("resource_id", resource_id, String::clone);
        sheet.put("engine", engine, String::clone);
        sheet.put("version", version, String::clone);
        sheet.put("engine_mode", engine_mode, String::clone);
        sheet.put("port", port, u16::to_string);
        sheet.put("vpc", vpc, |vpc| self.network(vpc));
        if let Some(groups) = sheet.known("security_groups", security_groups) {
            self.groups(sheet.under("security_groups"), groups);
        }
        if let Some(group) = sheet.known("parameter_group", parameter_group) {
            self.parameter_group(sheet.under("parameter_group"), group);
        }
        sheet.put("is_replica", is_replica, bool::to_string);
        sheet.put("iam_enabled", iam_enabled, bool::to_string);
    }

    fn parameter_group(&self, mut sheet: FactWriter<'_>, group: &ParameterGroup) {
        let ParameterGroup {
            identity,
            origin: _,
            family,
            forces_tls,
            in_sync,
            read_only,
        } = group;
        let name = match identity {
            Identity::Known(name) if !self.scheme.is_created(&ThingPart::ParameterGroup) => {
                name.as_str()
            }
            _ => "a created group",
        };
        sheet.value("name", name);
        sheet.put("family", family, String::clone);
        sheet.put("forces_tls", forces_tls, bool::to_string);
        sheet.put("in_sync", in_sync, bool::to_string);
        sheet.put("read_only", read_only, bool::to_string);
    }

    pub(super) fn groups(&self, mut sheet: FactWriter<'_>, groups: &[SecurityGroup]) {
        let mut taken = BTreeMap::new();
        for group in groups {
            let SecurityGroup {
                identity,
                origin: _,
                name,
                is_default,
                coverage,
                ingress,
                egress,
            } = group;
            if let Some(reason) = identity.open() {
                // It may be any group of the other side, so none of those can be reported as missing.
                sheet.is(Fact::Partial(reason.to_owned()));
                sheet
                    .one_of("an unknown group", &mut taken)
                    .is(Fact::Unresolved(reason.to_owned()));
                continue;
            }
            let mut sheet = sheet.one_of(&self.labels.whole_group(group), &mut taken);
            sheet.value("is", "present");
            sheet.put("name", name, String::clone);
            sheet.put("is_default", is_default, bool::to_string);
            for (direction, rules, word) in [("ingress", ingress, "from"), ("egress", egress, "to")]
            {
                if let Coverage::Partial(reason) = coverage {
                    sheet.under(direction).is(Fact::Partial(reason.clone()));
                }
                sheet.set(direction, rules.iter().map(|rule| self.rule(rule, word)));
            }
        }
    }

    /// Returns a rule as `tcp 5432 from own`. A rule that EC2 adds by default lets the same traffic through as one that
    /// is written, so both give the same text.
    fn rule(&self, rule: &GroupRule, word: &str) -> SetEntry {
        let GroupRule {
            origin: _,
            protocol,
            ports,
            peer,
            implied: _,
            in_doubt,
        } = rule;
        let some_group = match peer.value() {
            Some(Peer::Group(group)) => group.open(),
            _ => None,
        };
        let reason = reason(protocol)
            .or(reason(ports))
            .or(reason(peer))
            .or(some_group)
            .or(in_doubt.as_ref().map(|(reason, _)| reason.as_str()));
        let unknown = || "unknown".to_owned();
        let protocol = protocol.value();
        let ports = match (protocol, ports.value()) {
            (Some(Protocol::All), _) => None,
            (_, ports) => Some(ports.map_or_else(unknown, ports_text)),
        };
        let protocol = protocol.map_or_else(unknown, protocol_text);
        let peer = peer.value().map_or_else(unknown, |peer| self.peer(peer));
        let words = [Some(protocol), ports, Some(word.to_owned()), Some(peer)];
        SetEntry {
            text: words.into_iter().flatten().collect::<Vec<_>>().join(" "),
            unknown: reason.map(str::to_owned),
        }
    }

    fn peer(&self, peer: &Peer) -> String {
        match peer {
            Peer::Group(identity) => self.labels.group(identity),
            Peer::Cidr(range) => range.clone(),
            Peer::PrefixList(id) => format!("prefix list {id}"),
        }
    }
}

/// Returns the reason why a value is unknown; `None` if it is known.
fn reason<T>(evidence: &Evidence<T>) -> Option<&str> {
    match evidence {
        Evidence::Stated(..) | Evidence::Defaulted(_) => None,
        Evidence::Unresolved(reason, _) => Some(reason),
        Evidence::NotVisible => Some("not visible"),
    }
}
