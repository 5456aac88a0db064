//! All integration tests, in one binary: the crate is linked once.
//!
//! A new case goes into the table of the part that holds its kind. `cargo test --no-default-features --test suite -- PART` runs one
//! part or one room, as does any other piece of the names of its tests.
//!
//! | room | part | holds |
//! |---|---|---|
//! | **`reading`** | | what is read |
//! | | `sources` | one estate in every language gives the same facts; the functions of Terraform |
//! | | `cloudformation_source`, `cloudformation_mutations`, `yaml_source`, `plan_source` | each reader by itself, and before broken text |
//! | | `constructs`, `cdk` | code as the public writes it, labelled by hand |
//! | | `unread`, `touched` | what cannot be read, and what touches a proxy and cannot be told, leaves rules open |
//! | | `selection`, `bounds` | how much is read and kept, and within which bounds |
//! | **`auditing`** | | what is said of it |
//! | | `rules` | every rule by its own samples |
//! | | `audit`, `since`, `shared`, `policy` | `audit` as its users run it; baselines, what proxies share, waivers |
//! | | `fix` | what `--fix` changes, byte for byte |
//! | | `formats` | every format of a report |
//! | **`generating`** | | what is generated |
//! | | `interview`, `wizard`, `worlds`, `existing_project` | the questions, by script and on a pseudo-terminal; before an account; in an existing project |
//! | | `terraform_target`, `cloudformation_target`, `examples`, `equality`, `hostile`, `limits`, `sizes`, `random_specs` | what is written: same bytes, valid, what was meant, within the limits of AWS |
//! | | `acceptance` | what is written, before the real tools and a fake AWS |
//! | **`maintaining`** | | what becomes of it |
//! | | `drift`, `update`, `merge` | each edit has its class; what is kept, merged, refused and taken back |
//! | | `kill`, `confinement` | killed at any moment; a project that a stranger filled |
//! | **`packs`** | | what platform teams publish |
//! | | `templates`, `answers`, `build`, `closed`, `example`, `inherits`, `updates`, `used` | what a pack may change, and how it is used |
//! | | `signing`, `trusting`, `tamper`, `status` | signatures, and what was tampered with |
//! | | `archives`, `stores`, `trust` | archives, places, trust |
//! | **`account`** | | the live account |
//! | | `aws`, `calls`, `unseen` | call by call; what a refused call leaves open |
//! | **`program`** | | the command line |
//! | | `cli`, `usage` | the contract of arguments, exit codes and streams |
//! | | `sent`, `mask` | no hostile text and no secret in the output of any command |
//! | **`repository`** | | the project's own texts and tools |
//! | | `docs`, `owner`, `promises` | README and security promises |
//! | | `ci`, `shipped` | hooks, action, workflows; archives, wheel, image |
//! | | `architecture` | floors, circles, sizes |
//! | **`support`** | | what tests are made of |
//! | | `program`, `tools` | the binary as a user starts it; real tools, and what is skipped without them |
//! | | `scale`, `clock`, `fuzz` | how much is tried; times; mutated inputs |
#![allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::print_stderr)]

mod account;
mod auditing;
mod generating;
mod maintaining;
mod packs;
mod program;
mod reading;
mod repository;
mod support;
