//! Reads documents into a posture. Floor 1: pure, text in, values out.

use std::collections::BTreeMap;

pub mod assemble;
mod budget;
pub mod cloudformation;
pub mod comments;
pub mod edit;
pub mod form;
mod hcl;
pub mod inert;
pub mod inventory;
pub mod merge;
pub mod metadata;
mod placed;
pub mod plan;
mod policy;
pub mod resource;
pub mod secrecy;
pub mod snapshot;
mod spelling;
pub mod terraform;
mod texts;
mod vocabulary;
pub mod yaml;

/// The texts of files by their paths.
pub type Texts = BTreeMap<String, String>;
