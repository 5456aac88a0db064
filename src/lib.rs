//! rdsproxy-gen scaffolds hardened Amazon RDS Proxies and audits the ones that others wrote.

pub mod cli;
pub mod commands;
pub mod domain;
pub mod interview;
pub mod io;
pub mod language;
pub mod render;
pub mod report;
pub mod rewrite;
pub mod rules;
pub mod source;
