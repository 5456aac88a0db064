//! The languages that proxies are written in. Reads a text into resources and into a canonical form. Floor 1: pure,
//! text in, values out.
//!
//! The names of attributes are listed in [`vocabulary`]. The meaning of a value for a proxy is unknown at this level.

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
mod provenance;
pub mod resource;
pub mod terraform;
pub(crate) mod vocabulary;
pub mod yaml;

/// The texts of files by their paths.
pub type Texts = BTreeMap<String, String>;
