//! Reads Lambda functions, the possible consumers of a proxy.

use std::sync::Arc;

use aws_sdk_lambda::Client;
use aws_sdk_lambda::types::{FunctionConfiguration, VpcConfigResponse};

use super::limiter::{CallPurpose, Limiter};
use crate::domain::snapshot::FunctionFacts;

pub(super) async fn read(client: Client, limiter: Arc<Limiter>) -> Vec<FunctionFacts> {
    let functions = client
        .list_functions()
        .into_paginator()
        .stop_on_duplicate_token(false)
        .items();
    let ask = CallPurpose::new("lambda:ListFunctions", "functions");
    let functions = limiter.ask(ask, functions.send().collect::<Result<Vec<_>, _>>());
    functions
        .await
        .iter()
        .flatten()
        .map(function_facts)
        .collect()
}

/// Returns the facts about a function. Environment variables are left out because they may hold passwords.
fn function_facts(function: &FunctionConfiguration) -> FunctionFacts {
    // Outside any VPC, Lambda sends a configuration of empty texts.
    let network = function
        .vpc_config()
        .filter(|network| !network.vpc_id().unwrap_or_default().is_empty());
    let sorted = |ids: &[String]| {
        let mut ids = ids.to_vec();
        ids.sort();
        ids
    };
    FunctionFacts {
        name: text(function.function_name()),
        arn: text(function.function_arn()),
        runtime: text(function.runtime().map(|runtime| runtime.as_str())),
        role_arn: text(function.role()),
        vpc_id: network
            .and_then(VpcConfigResponse::vpc_id)
            .map(str::to_owned),
        subnet_ids: network
            .map(|network| sorted(network.subnet_ids()))
            .unwrap_or_default(),
        security_group_ids: network
            .map(|network| sorted(network.security_group_ids()))
            .unwrap_or_default(),
    }
}

fn text(value: Option<&str>) -> String {
    value.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aws_a_function_outside_any_vpc_has_none() {
        let network = |vpc: &str| {
            let network = VpcConfigResponse::builder().vpc_id(vpc);
            network
                .subnet_ids("subnet-2")
                .subnet_ids("subnet-1")
                .build()
        };
        let cases = [
            (Some(network("vpc-1")), Some("vpc-1"), 2),
            (Some(network("")), None, 0),
            (None, None, 0),
        ];
        for (network, vpc, subnets) in cases {
            let function = FunctionConfiguration::builder().set_vpc_config(network);
            let facts = function_facts(&function.function_name("orders").build());
            assert_eq!(facts.vpc_id.as_deref(), vpc);
            assert_eq!(facts.subnet_ids.len(), subnets);
            assert!(facts.subnet_ids.is_sorted());
        }
    }
}
