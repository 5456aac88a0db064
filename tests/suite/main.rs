//! All integration tests, in one binary: the crate is linked once.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::print_stderr)]

mod acceptance;
mod architecture;
mod audit;
mod audit_policy;
#[cfg(feature = "aws")]
mod aws;
mod cdk;
mod ci;
mod cli;
mod clock;
mod cloudformation_mutations;
mod cloudformation_source;
mod cloudformation_target;
mod constructs;
mod docs;
mod drift;
mod equality;
mod examples;
mod existing_project;
mod fix;
mod formats;
mod fuzz;
mod hostile;
mod interview;
mod kill;
mod limits;
mod merge;
mod pack_archives;
mod pack_stores;
mod packs;
mod plan_source;
mod program;
mod random_specs;
mod reading;
mod rules;
mod scale;
mod sizes;
mod sources;
mod terraform_target;
mod tools;
mod update;
mod usage;
mod wizard;
mod worlds;
mod yaml_source;
