//! Reads CloudFormation templates (YAML or JSON, SAM, CDK output, the `resources` of the Serverless Framework) into
//! resources.
//!
//! Evaluates everything that the templates in view determine: parameters, mappings, conditions, intrinsic functions,
//! nested stacks, imports. Knows nothing of proxies except the shape of their ARN, which `Fn::Split` needs. Everything
//! else stays [`Value::Unresolved`](super::resource::Value::Unresolved), with the path to its source.
//!
//! The address of a resource is its logical id, preceded by the logical ids of the nested stacks that lead to it
//! (`Network.ProxyGroup`). If two root templates in view share a logical id, the addresses of both begin with their
//! path (`network.yaml:ProxyGroup`), so that a reference never resolves to the wrong resource.
//!
//! The attributes of a resource that are outside its `Properties` are added to them under names that no property can
//! have:
//!
//! | member | value |
//! |---|---|
//! | `@DependsOn` | a list of addresses |
//! | `@Condition` | true if it holds, unresolved if it is unknown; if it does not hold, there is no resource |
//! | `@DeletionPolicy`, `@UpdateReplacePolicy` | as written |
//!
//! Scalars are read as CloudFormation reads them: YAML 1.1 for booleans (`yes`, `TRUE` and `on` are true), and text for
//! anything in quotes. A number with a point or a leading zero stays text (`16.10` is a version, `012345678901` an
//! account).

mod conditions;
mod estate;
mod evaluate;
mod exports;
mod functions;
mod imports;
mod inline;
mod loops;
mod parameters;
mod references;
mod resources;
mod sam;
mod scalars;
mod serverless;
mod template;

use std::collections::{BTreeMap, BTreeSet};

pub use inline::inline;
pub use parameters::{ParametersError, read_parameters};
pub use serverless::{files_by_variables, named_files};

use super::prefilter;
use super::resource::Document;
use super::yaml::{self, Tree, YamlError};
use crate::domain::evidence::Origin;
use crate::domain::posture::Deployment;

/// Everything in view: templates that may call or import each other, and the values that a deployment would pass.
#[derive(Clone, Debug, Default)]
pub struct CloudFormationFiles {
    /// The text of every template by its path, with `/` between folders.
    pub templates: BTreeMap<String, String>,
    /// The texts of the files that a service of the Serverless Framework includes and that are not templates
    /// themselves.
    pub includes: BTreeMap<String, String>,
    /// The parameters of every template that no other template calls, from a parameters file or flags.
    pub parameters: BTreeMap<String, (String, Origin)>,
    /// The region and the account of the stacks if they are known: conditions and mappings may depend on them.
    pub deployment: Option<Deployment>,
}

/// The result of parsing texts, by their paths.
pub type Trees = BTreeMap<String, Result<Option<Tree>, YamlError>>;

/// Reads all templates in view into one document.
///
/// A text that cannot be read becomes a problem with its place, and the others are read anyway.
pub fn read(files: &CloudFormationFiles) -> Document {
    read_parsed(files, Trees::new())
}

/// Like [`read()`], with the templates that were parsed before.
pub fn read_parsed(files: &CloudFormationFiles, trees: Trees) -> Document {
    let (templates, mut problems) = templates(files, trees);
    let estate = estate::TemplateEstate::new(templates, files, &mut problems);
    let mut document = Document {
        problems,
        ..Document::default()
    };
    for scope in estate.scopes() {
        if scope.is_deployed() {
            resources::read(scope, &mut document)
        } else {
            document.absent.extend(resources::left_out(scope))
        }
    }
    document
        .resources
        .sort_by(|one, other| one.address.cmp(&other.address));
    document
        .problems
        .sort_by(|(_, one), (_, other)| one.cmp(other));
    document
}

/// Reads every template except those that a service includes: they are read as a part of it, with its variables.
fn templates(
    files: &CloudFormationFiles,
    mut trees: Trees,
) -> (Vec<template::Template>, Vec<(String, Origin)>) {
    let mut problems = Vec::new();
    let mut read = Vec::new();
    for (path, text) in &files.templates {
        let mut of_template = Vec::new();
        let parsed = trees.remove(path).unwrap_or_else(|| yaml::load(text));
        let parsed = template::ParsedTemplate { path, text, parsed };
        let template = template::Template::read(parsed, files, &mut of_template);
        problems.push((path, of_template));
        read.extend(template);
    }
    let included: BTreeSet<String> = read
        .iter()
        .flat_map(|template| template.files.iter().skip(1).cloned())
        .collect();
    read.retain(|template| !included.contains(&template.path));
    let told = problems
        .into_iter()
        .filter(|(path, _)| !included.contains(*path))
        .flat_map(|(_, problems)| problems);
    (read, told.collect())
}

/// A cheap check of bytes: false means that they are certainly not a template with AWS resources.
pub fn may_be_template(bytes: &[u8]) -> bool {
    prefilter::holds(bytes, &["AWS::", "${file("])
}

/// A cheap check of a text: false means that it is certainly not a template with AWS resources.
pub fn is_template(text: &str) -> bool {
    let has_resources = || {
        text.lines().any(|line| {
            let line = line.trim_start_matches(['\u{feff}', ' ', '\t', '{', ',', '-']);
            line.starts_with("Resources:") || line.contains("\"Resources\"")
        })
    };
    (prefilter::holds(text.as_bytes(), &["AWS::"]) && has_resources())
        || (text.contains("${file(") && serverless::is_service(text))
}
