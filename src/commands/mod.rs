//! Floor 5: the arguments of each subcommand and how its result is printed. What a subcommand does stands in [`crate::app`].

mod account;
pub mod audit;
pub mod completions;
pub mod drift;
pub mod man;
pub mod new;
mod output;
pub mod pack;
mod packs;
mod policy;
mod reach;
pub mod rules;
pub mod schema;
pub mod snapshot;
pub mod update;
