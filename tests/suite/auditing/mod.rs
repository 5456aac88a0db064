//! What `audit` says of a posture: every rule by its samples, policies and baselines, each format, and what `--fix` changes.

pub(crate) mod audit;
mod fix;
mod formats;
pub(crate) mod policy;
mod rules;
mod shared;
mod since;
