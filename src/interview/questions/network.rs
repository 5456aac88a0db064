//! The questions about the network of the proxy.

use std::collections::{BTreeMap, BTreeSet};

use super::SAME;
use crate::domain::limits::network::{SUBNETS, ZONES};
use crate::domain::names::{SubnetId, VpcId};
use crate::domain::snapshot::SubnetFacts;
use crate::interview::account;
use crate::interview::context::QuestionContext;
use crate::interview::held::{SUBNETS as SUBNETS_HELD, VPCS};
use crate::interview::question::{AnswerShape, Choice, Options, Question, name};
use crate::interview::value::AnswerValue;

pub(super) static ROWS: &[Question] = &[
    Question {
        key: "network.vpc_id",
        title: "VPC",
        prompt: "In which VPC is the database?",
        help: "A proxy stands in the database's VPC and has no public address.",
        example: "\"vpc-0123456789abcdef0\"",
        decides: &[
            "network.subnet_ids",
            "database.security_group_ids",
            "consumers.*",
        ],
        part: |text| name(VpcId::parse(text)),
        follows: |view| Some(AnswerValue::text(view.database()?.vpc_id)),
        fact: Some(SAME),
        names: Some(&VPCS),
        ..Question::EARLY
    },
    Question {
        key: "network.subnet_ids",
        title: "Subnets",
        prompt: "In which subnets does the proxy stand?",
        help: "At least two, in two availability zones: with one, the loss of a zone is the loss of the database. Private ones suffice.",
        kind: AnswerShape::Many,
        example: "[\"subnet-0123456789abcdef0\", \"subnet-0123456789abcdef1\"]",
        part: |text| name(SubnetId::parse(text)),
        fits: two_zones,
        names: Some(&SUBNETS_HELD),
        default: one_for_each_zone,
        options: offered,
        ..Question::EARLY
    },
];

/// Returns the subnets of the chosen VPC, sorted by zone, private ones first within a zone.
fn subnets<'a>(view: &QuestionContext<'a>) -> Vec<&'a SubnetFacts> {
    let (Some(account), Some(vpc_id)) = (view.account, view.text("network", "vpc_id")) else {
        return Vec::new();
    };
    let mut subnets: Vec<_> = account
        .subnets
        .iter()
        .filter(|subnet| subnet.vpc_id == vpc_id)
        .collect();
    subnets.sort_by_key(|subnet| (&subnet.zone, rank(subnet), &subnet.id));
    subnets
}

/// Sort key: private before unknown before public.
fn rank(subnet: &SubnetFacts) -> u8 {
    match subnet.public {
        Some(false) => 0,
        None => 1,
        Some(true) => 2,
    }
}

fn offered(view: &QuestionContext<'_>) -> Options {
    let database = view.database();
    let subnets = subnets(view);
    let width = subnets.iter().map(|subnet| subnet.name.len()).max();
    let mut options = Options::default();
    for subnet in subnets {
        let reach = match subnet.public {
            Some(false) => "private",
            None => "",
            Some(true) => "public",
        };
        // Names are shown where they exist: they are better known than ids.
        let named = match subnet.name.as_str() {
            "" => String::new(),
            name => format!("{name:width$}  ", width = width.unwrap_or_default().min(24)),
        };
        let label = format!("{named}{}  {reach:7}  {}", subnet.zone, subnet.id);
        options.add(
            Choice::new(&subnet.id, label.trim_end()),
            account::subnet_refusal(subnet, database.as_ref()),
        );
    }
    options
}

fn one_for_each_zone(view: &QuestionContext<'_>) -> Option<AnswerValue> {
    let database = view.database();
    let mut by_zone: BTreeMap<&str, &str> = BTreeMap::new();
    for subnet in subnets(view) {
        if account::subnet_refusal(subnet, database.as_ref()).is_none() {
            by_zone.entry(&subnet.zone).or_insert(&subnet.id);
        }
    }
    (by_zone.len() >= ZONES).then(|| AnswerValue::list(by_zone.into_values()))
}

fn two_zones(view: &QuestionContext<'_>, value: &AnswerValue) -> Result<(), String> {
    let chosen: BTreeSet<String> = value.parts().into_iter().collect();
    if chosen.len() < SUBNETS {
        return Err(format!("at least {SUBNETS} subnets are needed"));
    }
    if let Some(elsewhere) = elsewhere(view, &chosen) {
        return Err(elsewhere);
    }
    let known: Vec<_> = subnets(view)
        .into_iter()
        .filter(|subnet| chosen.contains(&subnet.id))
        .collect();
    let zones: BTreeSet<&str> = known.iter().map(|subnet| subnet.zone.as_str()).collect();
    if known.len() == chosen.len() && zones.len() < ZONES {
        return Err(format!(
            "all are in {}: at least {ZONES} availability zones are needed",
            zones.first().unwrap_or(&"one zone")
        ));
    }
    Ok(())
}

/// Describes a chosen subnet that belongs to another VPC.
fn elsewhere(view: &QuestionContext<'_>, chosen: &BTreeSet<String>) -> Option<String> {
    let vpc_id = view.text("network", "vpc_id")?;
    let subnet = view
        .account?
        .subnets
        .iter()
        .find(|subnet| subnet.vpc_id != vpc_id && chosen.contains(&subnet.id))?;
    Some(format!(
        "{} lies in {}, the database in {vpc_id}",
        subnet.id, subnet.vpc_id
    ))
}
