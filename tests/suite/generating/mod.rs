//! What `new` asks and writes: the same bytes for the same answers, valid to the real tools, and within the limits of AWS.

pub(crate) mod acceptance;
mod cloudformation_target;
mod equality;
pub(crate) mod examples;
mod existing_project;
mod hostile;
pub(crate) mod interview;
mod limits;
pub(crate) mod random_specs;
mod sizes;
mod terraform_target;
mod wizard;
mod worlds;

use std::collections::BTreeMap;

use rdsproxy_gen::domain::blueprint::Blueprint;
use rdsproxy_gen::render::{TARGETS, render};

/// The files of one target, by their paths below its folder.
pub(crate) fn generated(target: &str, blueprint: &Blueprint) -> BTreeMap<String, String> {
    let target = TARGETS.iter().find(|known| known.id == target).unwrap();
    let files = render(blueprint, &[target]).unwrap_or_else(|error| panic!("{error}"));
    let named = files.into_iter().map(|file| {
        let path = file.path.split_once('/').unwrap().1;
        (path.to_owned(), file.text)
    });
    named.collect()
}
