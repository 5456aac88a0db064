//! Reads VPCs, subnets and security groups from EC2.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::error::SdkError;
use aws_sdk_ec2::operation::describe_security_groups::DescribeSecurityGroupsError;
use aws_sdk_ec2::operation::describe_vpc_encryption_controls::DescribeVpcEncryptionControlsError;
use aws_sdk_ec2::types::{
    IpPermission, RouteTable, SecurityGroup, Subnet, Tag, Vpc, VpcEncryptionControl,
};
use futures_util::future::join5;

use super::limiter::{CallPurpose, Limiter};
use crate::domain::snapshot::{GroupRuleFacts, SecurityGroupFacts, SubnetFacts, VpcFacts};

/// The networks that EC2 lists.
pub(super) struct NetworkLists {
    pub(super) vpcs: Vec<VpcFacts>,
    pub(super) subnets: Vec<SubnetFacts>,
    pub(super) groups: Vec<SecurityGroupFacts>,
}

pub(super) async fn read(client: Client, limiter: Arc<Limiter>) -> NetworkLists {
    let (vpcs, controls, subnets, tables, groups) = join5(
        limiter.ask(
            CallPurpose::new("ec2:DescribeVpcs", "vpcs"),
            client
                .describe_vpcs()
                .into_paginator()
                .stop_on_duplicate_token(false)
                .items()
                .send()
                .collect::<Result<Vec<_>, _>>(),
        ),
        limiter.ask(
            CallPurpose::new("ec2:DescribeVpcEncryptionControls", "vpcs"),
            encryption_controls(&client),
        ),
        limiter.ask(
            CallPurpose::new("ec2:DescribeSubnets", "subnets"),
            client
                .describe_subnets()
                .into_paginator()
                .stop_on_duplicate_token(false)
                .items()
                .send()
                .collect::<Result<Vec<_>, _>>(),
        ),
        limiter.ask(
            CallPurpose::new("ec2:DescribeRouteTables", "subnets"),
            client
                .describe_route_tables()
                .into_paginator()
                .stop_on_duplicate_token(false)
                .items()
                .send()
                .collect::<Result<Vec<_>, _>>(),
        ),
        limiter.ask(
            CallPurpose::new("ec2:DescribeSecurityGroups", "security_groups"),
            security_groups(&client),
        ),
    )
    .await;
    let modes = modes(&controls.unwrap_or_default());
    let routes = tables.as_deref().map(Routes::new);
    let vpcs = vpcs.unwrap_or_default();
    let subnets = subnets.unwrap_or_default();
    NetworkLists {
        vpcs: vpcs.iter().map(|vpc| vpc_facts(vpc, &modes)).collect(),
        subnets: subnets
            .iter()
            .map(|subnet| subnet_facts(subnet, routes.as_ref()))
            .collect(),
        groups: groups.iter().flatten().map(group_facts).collect(),
    }
}

async fn security_groups(
    client: &Client,
) -> Result<Vec<SecurityGroup>, SdkError<DescribeSecurityGroupsError>> {
    let pages = client.describe_security_groups().into_paginator();
    let groups = pages.stop_on_duplicate_token(false).items();
    groups.send().collect().await
}

/// Reads all pages. The SDK has no paginator for this call.
async fn encryption_controls(
    client: &Client,
) -> Result<Vec<VpcEncryptionControl>, SdkError<DescribeVpcEncryptionControlsError>> {
    let mut controls = Vec::new();
    let mut token: Option<String> = None;
    loop {
        let request = client.describe_vpc_encryption_controls();
        let page = request.set_next_token(token.clone()).send().await?;
        controls.extend_from_slice(page.vpc_encryption_controls());
        let next = page.next_token().map(str::to_owned);
        if next.is_none() {
            return Ok(controls);
        }
        token = next;
    }
}

/// Returns the encryption mode of every VPC that has one.
fn modes(controls: &[VpcEncryptionControl]) -> BTreeMap<String, String> {
    controls
        .iter()
        .filter_map(|control| Some((control.vpc_id()?.to_owned(), mode(control)?)))
        .collect()
}

fn mode(control: &VpcEncryptionControl) -> Option<String> {
    control.mode().map(|mode| mode.as_str().to_owned())
}

fn vpc_facts(vpc: &Vpc, modes: &BTreeMap<String, String>) -> VpcFacts {
    let id = text(vpc.vpc_id());
    let further = vpc.cidr_block_association_set().iter();
    let mut cidrs: Vec<String> = vpc.cidr_block().map(str::to_owned).into_iter().collect();
    let mut others: Vec<String> = further
        .filter_map(|range| range.cidr_block().map(str::to_owned))
        .filter(|range| !cidrs.contains(range))
        .collect();
    others.sort();
    cidrs.append(&mut others);
    VpcFacts {
        name: name(vpc.tags()),
        cidrs,
        tenancy: text(vpc.instance_tenancy().map(|tenancy| tenancy.as_str())),
        encryption_controls: modes
            .get(&id)
            .cloned()
            .or_else(|| vpc.encryption_control().and_then(mode)),
        id,
    }
}

/// Records which subnets have a default route to an internet gateway.
struct Routes {
    /// The subnets with a route table of their own; true if the table is public.
    own: BTreeMap<String, bool>,
    /// The VPCs whose main route table is public. The main table applies to all other subnets.
    public_main: BTreeSet<String>,
}

impl Routes {
    fn new(tables: &[RouteTable]) -> Self {
        let mut routes = Self {
            own: BTreeMap::new(),
            public_main: BTreeSet::new(),
        };
        for table in tables {
            let public = is_public(table);
            for association in table.associations() {
                if let Some(subnet) = association.subnet_id() {
                    routes.own.insert(subnet.to_owned(), public);
                }
                if public && association.main() == Some(true) {
                    routes.public_main.insert(text(table.vpc_id()));
                }
            }
        }
        routes
    }

    fn public(&self, subnet: &str, vpc: &str) -> bool {
        let own = self.own.get(subnet).copied();
        own.unwrap_or_else(|| self.public_main.contains(vpc))
    }
}

fn is_public(table: &RouteTable) -> bool {
    table.routes().iter().any(|route| {
        let gateway = route.gateway_id().unwrap_or_default();
        route.destination_cidr_block() == Some("0.0.0.0/0") && gateway.starts_with("igw-")
    })
}

fn subnet_facts(subnet: &Subnet, routes: Option<&Routes>) -> SubnetFacts {
    let (id, vpc_id) = (text(subnet.subnet_id()), text(subnet.vpc_id()));
    let free = subnet.available_ip_address_count().unwrap_or_default();
    SubnetFacts {
        name: name(subnet.tags()),
        zone: text(subnet.availability_zone()),
        zone_id: text(subnet.availability_zone_id()),
        cidr: text(subnet.cidr_block()),
        free_addresses: u32::try_from(free).unwrap_or_default(),
        public: routes.map(|routes| routes.public(&id, &vpc_id)),
        id,
        vpc_id,
    }
}

fn group_facts(group: &SecurityGroup) -> SecurityGroupFacts {
    SecurityGroupFacts {
        id: text(group.group_id()),
        name: text(group.group_name()),
        description: text(group.description()),
        vpc_id: text(group.vpc_id()),
        owner_id: text(group.owner_id()),
        ingress: rules(group.ip_permissions()),
        egress: rules(group.ip_permissions_egress()),
    }
}

/// Returns one rule for each peer, sorted.
fn rules(permissions: &[IpPermission]) -> Vec<GroupRuleFacts> {
    let mut rules: Vec<GroupRuleFacts> = permissions.iter().flat_map(peers).collect();
    rules.sort();
    rules
}

fn peers(permission: &IpPermission) -> Vec<GroupRuleFacts> {
    let rule = |description: Option<&str>| GroupRuleFacts {
        protocol: text(permission.ip_protocol()),
        from_port: permission.from_port(),
        to_port: permission.to_port(),
        description: text(description),
        ..GroupRuleFacts::default()
    };
    let groups = permission.user_id_group_pairs().iter();
    let groups = groups.map(|peer| GroupRuleFacts {
        group_id: peer.group_id().map(str::to_owned),
        ..rule(peer.description())
    });
    let ranges = permission.ip_ranges().iter();
    let ranges = ranges.map(|peer| GroupRuleFacts {
        cidr: peer.cidr_ip().map(str::to_owned),
        ..rule(peer.description())
    });
    let wide_ranges = permission.ipv6_ranges().iter();
    let wide_ranges = wide_ranges.map(|peer| GroupRuleFacts {
        cidr: peer.cidr_ipv6().map(str::to_owned),
        ..rule(peer.description())
    });
    let lists = permission.prefix_list_ids().iter();
    let lists = lists.map(|peer| GroupRuleFacts {
        prefix_list_id: peer.prefix_list_id().map(str::to_owned),
        ..rule(peer.description())
    });
    groups
        .chain(ranges)
        .chain(wide_ranges)
        .chain(lists)
        .collect()
}

fn name(tags: &[Tag]) -> String {
    let named = tags.iter().find(|tag| tag.key() == Some("Name"));
    text(named.and_then(Tag::value))
}

fn text(value: Option<&str>) -> String {
    value.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use aws_sdk_ec2::types::{
        IpRange, Ipv6Range, PrefixListId, Route, RouteTableAssociation, UserIdGroupPair,
        VpcEncryptionControlMode,
    };

    use super::*;

    #[test]
    fn aws_rules_have_one_peer_each() {
        let permission = IpPermission::builder()
            .ip_protocol("tcp")
            .from_port(5432)
            .to_port(5432)
            .user_id_group_pairs(
                UserIdGroupPair::builder()
                    .group_id("sg-1")
                    .description("the proxy")
                    .build(),
            )
            .ip_ranges(IpRange::builder().cidr_ip("10.0.0.0/8").build())
            .ipv6_ranges(Ipv6Range::builder().cidr_ipv6("::/0").build())
            .prefix_list_ids(PrefixListId::builder().prefix_list_id("pl-1").build())
            .build();
        let group = SecurityGroup::builder()
            .group_id("sg-2")
            .ip_permissions(permission)
            .build();
        let facts = group_facts(&group);
        assert_eq!(facts.ingress.len(), 4);
        for rule in &facts.ingress {
            let peers = [&rule.group_id, &rule.cidr, &rule.prefix_list_id];
            assert_eq!(peers.into_iter().flatten().count(), 1, "{rule:?}");
            assert_eq!((rule.from_port, rule.to_port), (Some(5432), Some(5432)));
        }
        let from_proxy = facts.ingress.iter().find(|rule| rule.group_id.is_some());
        assert_eq!(from_proxy.unwrap().description, "the proxy");
        assert!(facts.egress.is_empty());
    }

    #[test]
    fn aws_a_subnet_is_public_by_its_table_or_else_the_main_one() {
        let to = |gateway: &str| {
            Route::builder()
                .destination_cidr_block("0.0.0.0/0")
                .gateway_id(gateway)
                .build()
        };
        let main = RouteTable::builder()
            .vpc_id("vpc-1")
            .associations(RouteTableAssociation::builder().main(true).build())
            .routes(to("igw-1"))
            .build();
        let own = RouteTable::builder()
            .vpc_id("vpc-1")
            .associations(
                RouteTableAssociation::builder()
                    .subnet_id("subnet-own")
                    .build(),
            )
            .routes(to("vgw-1"))
            .build();
        let routes = Routes::new(&[main, own]);
        let cases = [
            ("subnet-own", "vpc-1", false),
            ("subnet-other", "vpc-1", true),
            ("subnet-other", "vpc-2", false),
        ];
        for (subnet, vpc, public) in cases {
            let subnet = Subnet::builder().subnet_id(subnet).vpc_id(vpc).build();
            assert_eq!(subnet_facts(&subnet, Some(&routes)).public, Some(public));
            assert_eq!(subnet_facts(&subnet, None).public, None);
        }
    }

    #[test]
    fn aws_a_vpc_says_its_ranges_and_its_encryption() {
        let control = VpcEncryptionControl::builder()
            .vpc_id("vpc-1")
            .mode(VpcEncryptionControlMode::Enforce)
            .build();
        let vpc = Vpc::builder()
            .vpc_id("vpc-1")
            .cidr_block("10.0.0.0/16")
            .tags(Tag::builder().key("Name").value("main").build())
            .build();
        let facts = vpc_facts(&vpc, &modes(&[control]));
        assert_eq!(facts.encryption_controls.as_deref(), Some("enforce"));
        assert_eq!((facts.name.as_str(), facts.cidrs.len()), ("main", 1));
        assert_eq!(vpc_facts(&vpc, &BTreeMap::new()).encryption_controls, None);
    }
}
