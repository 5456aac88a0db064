//! The languages that proxies are written in: what a text says, as resources and as a canonical form. Floor 1: pure, text in, values out.
//!
//! Which attribute is called what stands in [`vocabulary`]; what a value means for a proxy, nobody here knows.

use std::collections::BTreeMap;

pub(crate) mod budget;
pub mod cloudformation;
pub mod form;
pub(crate) mod hcl;
pub(crate) mod partial_string;
pub(crate) mod placed;
pub mod plan;
pub(crate) mod policy;
mod prefilter;
pub mod resource;
pub mod terraform;
pub(crate) mod vocabulary;
pub mod yaml;

/// The texts of files by their paths.
pub type Texts = BTreeMap<String, String>;
