//! The values given to the variables of the root module, lowest precedence first ("Input Variables", Terraform
//! language).

use std::collections::{BTreeMap, BTreeSet};

use super::TerraformFiles;
use super::files::Files;
use super::terragrunt::repository_root::RepositoryRoot;
use crate::domain::evidence::Origin;
use crate::language::hcl::HclAttribute;

/// The values given to the root module.
#[derive(Debug, Default)]
pub(super) struct Inputs {
    /// The folder of the root module.
    pub(super) root: String,
    pub(super) given: BTreeMap<String, GivenValue>,
    /// The reason why other given values are unknown: a variable file could not be read. Only values from the command
    /// line take precedence over every file.
    pub(super) unknown: Option<(String, Origin)>,
    /// The contents of variable files that were not passed, by path.
    offered: BTreeMap<String, String>,
    pub(super) ground: RepositoryRoot,
    /// Files that were looked for and do not exist.
    pub(super) absent: BTreeSet<String>,
    /// Files that exist but could not be read.
    pub(super) unread: BTreeSet<String>,
}

/// The value of one variable.
#[derive(Clone, Debug)]
pub(super) enum GivenValue {
    /// An attribute of a variable file.
    Attribute(HclAttribute),
    /// A value from the command line; an expression unless the variable is a string.
    Text(String),
}

impl Inputs {
    /// Reads the variable files that apply, lowest precedence first.
    pub(super) fn read(
        wanted: &TerraformFiles,
        files: &Files<'_>,
        problems: &mut Vec<(String, Origin)>,
    ) -> Self {
        let root = super::paths::joined(&wanted.root, "");
        let mut given = BTreeMap::new();
        let mut unknown = unread_values(wanted, &root).or_else(|| wanted.doubt.clone());
        for file in value_files(&root, files)
            .into_iter()
            .chain(wanted.var_files.iter().map(|path| files.number(path)))
            .flatten()
        {
            match files.parse(file) {
                Ok(block) => {
                    given.extend(block.attributes.into_iter().map(|attribute| {
                        (attribute.name.clone(), GivenValue::Attribute(attribute))
                    }))
                }
                Err(problem) => {
                    unknown.get_or_insert_with(|| {
                        unknown_by(files.path(file), &problem.0, &problem.1)
                    });
                    problems.push(problem);
                }
            }
        }
        for path in wanted
            .var_files
            .iter()
            .filter(|path| files.number(path).is_none())
        {
            let problem = (
                "this file of values is not in view".to_owned(),
                Origin::document(path.as_str()),
            );
            unknown.get_or_insert_with(|| unknown_by(path, &problem.0, &problem.1));
            problems.push(problem);
        }
        for (name, text) in &wanted.vars {
            given.insert(name.clone(), GivenValue::Text(text.clone()));
        }
        Self {
            root,
            given,
            unknown,
            offered: wanted.offered.clone(),
            ground: wanted.repository.clone(),
            absent: wanted.absent.clone(),
            unread: wanted.unread.keys().cloned().collect(),
        }
    }
}

impl Inputs {
    /// Explains why a variable of the root module has no value and how to pass one.
    pub(super) fn no_value(&self, name: &str) -> String {
        let offers = self.offered.iter().filter(|(_, text)| sets(text, name));
        let files: Vec<&str> = offers.map(|(path, _)| path.as_str()).collect();
        match files.as_slice() {
            [] => "no value: pass --var-file FILE".to_owned(),
            [file] => format!("no value: pass --var-file {file}, which sets it"),
            [file, more @ ..] => {
                let more = more.join(", ");
                format!(
                    "no value: pass --var-file {file}, which sets it, as {more} does; --each-var-file tries each"
                )
            }
        }
    }
}

/// Returns true if a variable file (HCL or JSON) sets a variable; a quick scan of its lines.
fn sets(text: &str, name: &str) -> bool {
    text.lines().any(|line| {
        let rest = line.trim_start().trim_start_matches('"').strip_prefix(name);
        let rest = rest.map(|rest| rest.trim_start_matches('"').trim_start());
        rest.is_some_and(|rest| rest.starts_with(['=', ':']))
    })
}

/// Returns the reason why values are unknown if a variable file that Terraform loads could not be opened.
fn unread_values(wanted: &TerraformFiles, root: &str) -> Option<(String, Origin)> {
    let is_of_root = |path: &str| {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let is_loaded = matches!(name, "terraform.tfvars" | "terraform.tfvars.json")
            || name.ends_with(".auto.tfvars")
            || name.ends_with(".auto.tfvars.json");
        folder == root && is_loaded
    };
    let mut unread = wanted.unread.iter();
    let (path, reason) = unread.find(|(path, _)| is_of_root(path))?;
    let origin = Origin::document(path.as_str());
    Some(unknown_by(path, reason, &origin))
}

fn unknown_by(path: &str, reason: &str, origin: &Origin) -> (String, Origin) {
    (
        format!("it may stand in {path}, which could not be read: {reason}"),
        origin.clone(),
    )
}

/// Returns the variable files that Terraform loads automatically.
fn value_files(root: &str, files: &Files<'_>) -> Vec<Option<usize>> {
    let in_root = |name: &str| match root {
        "" => name.to_owned(),
        root => format!("{}/{name}", root.trim_end_matches('/')),
    };
    let mut found = vec![
        files.number(&in_root("terraform.tfvars")),
        files.number(&in_root("terraform.tfvars.json")),
    ];
    found.extend(files.paths().filter_map(|(number, path)| {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let automatic = name.ends_with(".auto.tfvars") || name.ends_with(".auto.tfvars.json");
        (folder == root && automatic).then_some(Some(number))
    }));
    found
}
