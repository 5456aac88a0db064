//! The values that the root module's variables are given, the strongest last ("Input Variables", Terraform language).

use std::collections::BTreeMap;

use super::TerraformFiles;
use super::files::Files;
use super::tree::Attribute;
use crate::domain::evidence::Origin;

/// What is given.
#[derive(Debug, Default)]
pub(super) struct Inputs {
    /// The folder of the root module.
    pub(super) root: String,
    pub(super) given: BTreeMap<String, Given>,
}

/// One value.
#[derive(Clone, Debug)]
pub(super) enum Given {
    /// In a file.
    Attribute(Attribute),
    /// On the command line: an expression, where the variable is no string.
    Text(String),
}

impl Inputs {
    /// Reads the files that count, in the order of their weight.
    pub(super) fn read(
        wanted: &TerraformFiles,
        files: &Files<'_>,
        problems: &mut Vec<(String, Origin)>,
    ) -> Self {
        let root = super::world::joined(&wanted.root, "");
        let mut given = BTreeMap::new();
        for file in value_files(&root, files)
            .into_iter()
            .chain(wanted.var_files.iter().map(|path| files.number(path)))
            .flatten()
        {
            match files.parse(file) {
                Ok(block) => given.extend(
                    block
                        .attributes
                        .into_iter()
                        .map(|attribute| (attribute.name.clone(), Given::Attribute(attribute))),
                ),
                Err(problem) => problems.push(problem),
            }
        }
        for path in wanted
            .var_files
            .iter()
            .filter(|path| files.number(path).is_none())
        {
            problems.push((
                "this file of values is not in view".to_owned(),
                Origin::document(path.as_str()),
            ));
        }
        for (name, text) in &wanted.vars {
            given.insert(name.clone(), Given::Text(text.clone()));
        }
        Self { root, given }
    }
}

/// The files that Terraform loads by itself.
fn value_files(root: &str, files: &Files<'_>) -> Vec<Option<usize>> {
    let in_root = |name: &str| match root {
        "" => name.to_owned(),
        root => format!("{}/{name}", root.trim_end_matches('/')),
    };
    let mut found = vec![
        // Terragrunt gives its inputs through the environment, which every file goes before.
        files.number(&in_root("terragrunt.hcl")),
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
