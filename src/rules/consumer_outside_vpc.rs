//! A service limit: a proxy is reachable only from inside a VPC.

use super::{Example, FaultShown, Rule, lookups, references};
use crate::domain::evidence::Evidence;
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::limits::Limits;
use crate::domain::links::RuleLinks;
use crate::domain::posture::{Consumer, Identity, Proxy};

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "consumer-outside-vpc",
        group: Group::Limit,
        severity: Severity::High,
        summary: "a consumer runs outside any VPC and cannot reach the proxy",
        why: "A proxy has no public address. A Lambda function reaches it only when it runs in the proxy's VPC, in one that is connected to it, or in one where the proxy has an endpoint.",
        fix: "Attach the function to subnets and a security group of the proxy's VPC (`vpc_config` / `VpcConfig`), and let its role manage network interfaces.",
        references: &[
            references::LIMITS,
            references::LAMBDA_VPC,
            references::ENDPOINTS,
        ],
        links: RuleLinks::NONE,
    },
    example: Example {
        seen: FaultShown::InCode,
        terraform: include_str!("samples/consumer-outside-vpc.tf"),
        cloudformation: include_str!("samples/consumer-outside-vpc.yaml"),
    },
    check,
};

fn check(proxy: &Proxy, _: &Limits, verdicts: &mut Verdicts) {
    let consumers = lookups::consumers(proxy, verdicts);
    for consumer in consumers {
        judge(proxy, consumer, verdicts);
    }
    if consumers.is_empty() {
        return verdicts.not_applicable("there is no consumer of this proxy");
    }
    verdicts.pass(
        "every consumer runs in a VPC from which the proxy can be reached",
        &proxy.consumers,
    );
}

fn judge(proxy: &Proxy, consumer: &Consumer, verdicts: &mut Verdicts) {
    let name = lookups::consumer_name(consumer);
    match &consumer.vpc {
        Evidence::Stated(Some(vpc), _) | Evidence::Defaulted(Some(vpc)) => {
            reachable(proxy, consumer, vpc, verdicts);
        }
        Evidence::Stated(None, _) | Evidence::Defaulted(None) => verdicts.fail(
            format!(
                "the consumer {name} runs outside any VPC, and the proxy has no public address"
            ),
            &consumer.origin,
        ),
        Evidence::Unresolved(..) | Evidence::NotVisible => {
            verdicts.unknown(&format!("the VPC of the consumer {name}"), &consumer.vpc);
        }
    }
}

fn reachable(proxy: &Proxy, consumer: &Consumer, vpc: &Identity, verdicts: &mut Verdicts) {
    let Some(own) = lookups::known("the VPC of the proxy", &proxy.vpc, verdicts) else {
        return;
    };
    let stands_there = |there: &Identity| there.same(vpc) == Some(true);
    let endpoints = proxy.endpoints.entries().iter();
    let mut subnets = endpoints.flat_map(|endpoint| endpoint.subnets.entries());
    let has_endpoint = subnets.any(|subnet| subnet.vpc.value().is_some_and(stands_there));
    if !stands_there(&own.identity) && !has_endpoint {
        verdicts.undetermined(
            format!("whether the proxy in the VPC {} can be reached from the VPC {vpc} of the consumer {} depends on peering or a further endpoint",
                own.identity, lookups::consumer_name(consumer)),
            Some(&consumer.origin),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::fixtures::{
        check, endpoint, fails, known, passes, stated, stays_open, value_mut,
    };

    fn vpc(proxy: &mut Proxy, vpc: Evidence<Option<Identity>>) {
        value_mut(&mut proxy.consumers)[0].vpc = vpc;
    }

    #[test]
    fn needs_a_way_to_the_proxy() {
        check(
            &RULE,
            &[
                fails(
                    |proxy| vpc(proxy, stated(None)),
                    "the consumer checkout runs outside any VPC",
                ),
                stays_open(
                    |proxy| vpc(proxy, stated(Some(known("vpc-2")))),
                    "depends on peering",
                ),
                passes(
                    |proxy| {
                        vpc(proxy, stated(Some(known("vpc-2"))));
                        let mut there = endpoint("orders-2");
                        value_mut(&mut there.subnets)[0].vpc = stated(known("vpc-2"));
                        value_mut(&mut proxy.endpoints).push(there);
                    },
                    "can be reached",
                ),
                stays_open(
                    |proxy| vpc(proxy, Evidence::NotVisible),
                    "VPC of the consumer checkout is not in view",
                ),
                passes(
                    |proxy| value_mut(&mut proxy.consumers).clear(),
                    "no consumer",
                ),
                stays_open(
                    |proxy| proxy.consumers = Evidence::NotVisible,
                    "consumers is not in view",
                ),
            ],
        );
    }
}
