//! All integration tests, in one binary: the crate is linked once.
//!
//! A new case goes into the table of the part that holds its kind. `cargo test --no-default-features --test suite -- PART` runs one part.
//!
//! | part | holds |
//! |---|---|
//! | **What is read** | |
//! | `sources` | one estate in every language gives the same facts; the functions of Terraform |
//! | `cloudformation_source`, `cloudformation_mutations`, `yaml_source`, `plan_source` | each reader by itself, and before broken text |
//! | `constructs`, `cdk` | code as the public writes it, labelled by hand |
//! | `unread`, `touched` | what cannot be read, and what touches a proxy and cannot be told, leaves rules open |
//! | `reading`, `bounds` | how much is read and kept, and within which bounds |
//! | **What is said of it** | |
//! | `rules` | every rule by its own samples |
//! | `audit`, `since`, `shared`, `audit_policy` | `audit` as its users run it; baselines, what proxies share, waivers |
//! | `fix` | what `--fix` changes, byte for byte |
//! | `formats`, `sent`, `mask` | every format; hostile text in it; no secret in any |
//! | **What is generated** | |
//! | `interview`, `wizard`, `worlds`, `existing_project` | the questions, by script and on a pseudo-terminal; before an account; in an existing project |
//! | `terraform_target`, `cloudformation_target`, `examples`, `equality`, `hostile`, `limits`, `sizes`, `random_specs` | what is written: same bytes, valid, what was meant, within the limits of AWS |
//! | `acceptance` | what is written, before the real tools and a fake AWS |
//! | **What becomes of it** | |
//! | `drift`, `update`, `merge` | each edit has its class; what is kept, merged, refused and taken back |
//! | `kill`, `confinement` | killed at any moment; a project that a stranger filled |
//! | **Packs** | |
//! | `packs`, `pack_archives`, `pack_stores`, `pack_trust` | what a pack may change; archives, places, trust |
//! | **The account** | |
//! | `aws`, `calls`, `unseen` | the live account, call by call; what a refused call leaves open |
//! | **The program** | |
//! | `cli`, `usage`, `program`, `docs`, `owner`, `promises` | the contract of the command line; README and security promises |
//! | `ci`, `shipped` | hooks, action, workflows; archives, wheel, image |
//! | `architecture` | floors, circles, sizes |
//! | **What tests are made of** | |
//! | `tools`, `scale`, `clock`, `fuzz` | real tools and what is skipped without them; how much is tried; times; mutated inputs |
#![allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::print_stderr)]

// What is read.
mod bounds;
mod cdk;
mod cloudformation_mutations;
mod cloudformation_source;
mod constructs;
mod plan_source;
mod reading;
mod sources;
mod touched;
mod unread;
mod yaml_source;

// What is said of it.
mod audit;
mod audit_policy;
mod fix;
mod formats;
mod mask;
mod rules;
mod sent;
mod shared;
mod since;

// What is generated.
mod acceptance;
mod cloudformation_target;
mod equality;
mod examples;
mod existing_project;
mod hostile;
mod interview;
mod limits;
mod random_specs;
mod sizes;
mod terraform_target;
mod wizard;
mod worlds;

// What becomes of it.
mod confinement;
mod drift;
mod kill;
mod merge;
mod update;

// Packs.
mod pack_archives;
mod pack_stores;
mod pack_trust;
mod packs;

// The account.
#[cfg(feature = "aws")]
mod aws;
mod calls;
mod unseen;

// The program.
mod architecture;
mod ci;
mod cli;
mod docs;
mod owner;
mod program;
mod promises;
mod shipped;
mod usage;

// What tests are made of.
mod clock;
mod fuzz;
mod scale;
mod tools;
