//! A live account as a document like any other, and the facts that it adds to a posture that was read elsewhere.
//!
//! Resources have CloudFormation's names. In policies, the account's own partition, region, number and generated ids
//! become references again, so that a policy reads the same whether it is live or still in a template.

mod databases;
mod gaps;
mod nodes;
mod policies;
mod proxies;
mod unread;

use databases::{cluster, instance, parameter_group};
use gaps::Gaps;
use nodes::{filled, list, map, number, resource, text};
use policies::AccountPolicyReader;
use proxies::{endpoints, function, proxy, target_group};

use super::assemble;
use crate::domain::posture::Posture;
use crate::domain::snapshot::{GroupRuleFacts, SecurityGroupFacts, Snapshot, SubnetFacts};
use crate::language::resource::{Document, Node, Resource};

/// Adds the facts that a source cannot show of the existing resources that it names: subnets, networks, databases,
/// groups, consumers.
pub fn enrich(posture: &mut Posture, snapshot: &Snapshot) {
    assemble::enrich(posture, &read(snapshot));
}

/// Reads the account's resources.
pub fn read(snapshot: &Snapshot) -> Document {
    let reader = AccountPolicyReader::new(snapshot);
    let gaps = &Gaps::new(snapshot);
    let mut resources: Vec<Resource> = std::iter::empty()
        .chain(snapshot.vpcs.iter().map(|vpc| reader.vpc(vpc)))
        .chain(snapshot.subnets.iter().map(subnet))
        .chain(snapshot.security_groups.iter().map(security_group))
        .chain(snapshot.db_instances.iter().map(instance))
        .chain(snapshot.db_clusters.iter().map(cluster))
        .chain(snapshot.parameter_groups.iter().map(parameter_group))
        .chain(snapshot.functions.iter().map(function))
        .chain(snapshot.roles.iter().map(|role| reader.role(role, gaps)))
        .chain(snapshot.secrets.iter().map(|secret| reader.secret(secret)))
        .chain(snapshot.kms_keys.iter().map(|key| reader.key(key, gaps)))
        .chain(snapshot.proxies.iter().map(|one| proxy(one, gaps)))
        .chain(snapshot.proxies.iter().map(|one| target_group(one, gaps)))
        .chain(snapshot.proxies.iter().flat_map(endpoints))
        .chain(unread::resources(snapshot, gaps))
        .collect();
    resources.sort_by(|one, other| one.address.cmp(&other.address));
    Document {
        resources,
        ..Document::default()
    }
}

fn subnet(subnet: &SubnetFacts) -> Resource {
    let body = vec![
        ("AvailabilityZone", filled(&subnet.zone)),
        ("AvailabilityZoneId", filled(&subnet.zone_id)),
        ("VpcId", filled(&subnet.vpc_id)),
        (
            "AvailableIpAddressCount",
            Some(number(subnet.free_addresses)),
        ),
    ];
    resource("AWS::EC2::Subnet", &subnet.id, &[&subnet.id], body)
}

fn security_group(group: &SecurityGroupFacts) -> Resource {
    let ingress = group.ingress.iter().map(|rule| group_rule(rule, "Source"));
    let egress = group
        .egress
        .iter()
        .map(|rule| group_rule(rule, "Destination"));
    let body = vec![
        ("GroupName", Some(text(&group.name))),
        ("VpcId", filled(&group.vpc_id)),
        ("SecurityGroupIngress", Some(list(ingress))),
        ("SecurityGroupEgress", Some(list(egress))),
    ];
    resource("AWS::EC2::SecurityGroup", &group.id, &[&group.id], body)
}

fn group_rule(rule: &GroupRuleFacts, side: &str) -> Node {
    let group = format!("{side}SecurityGroupId");
    let prefix_list = format!("{side}PrefixListId");
    map(vec![
        ("IpProtocol", Some(text(&rule.protocol))),
        ("FromPort", rule.from_port.map(number)),
        ("ToPort", rule.to_port.map(number)),
        (&group, rule.group_id.as_ref().map(text)),
        ("CidrIp", rule.cidr.as_ref().map(text)),
        (&prefix_list, rule.prefix_list_id.as_ref().map(text)),
    ])
}
