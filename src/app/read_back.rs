//! Reads generated files as Terraform and CloudFormation would, into a posture.

use std::collections::BTreeMap;

use super::CommandError;
use crate::app::comparison::MODULE;
use crate::domain::posture::Posture;
use crate::language::cloudformation::CloudFormationFiles;
use crate::language::resource::Document;
use crate::language::terraform::TerraformFiles;
use crate::language::{cloudformation, terraform};
use crate::source::assemble::assemble;

/// Path of the CloudFormation template among the generated files.
pub const TEMPLATE: &str = "cloudformation/template.yaml";

/// Path of the template's parameter file among the generated files.
pub const PARAMETERS: &str = "cloudformation/parameters.json";

/// Reads the files of a target into a document.
type Reader = fn(&BTreeMap<String, String>) -> Result<Document, CommandError>;

/// One reader for each target id.
const READERS: &[(&str, Reader)] = &[("terraform", terraform), ("cloudformation", cloudformation)];

/// Returns the posture that a target's files describe.
///
/// # Errors
/// When the files cannot be read.
pub fn posture(target: &str, files: &BTreeMap<String, String>) -> Result<Posture, CommandError> {
    let document = document(target, files)?;
    match document.problems.first() {
        None => Ok(assemble(&[document])),
        Some((problem, origin)) => Err(CommandError::bug(format!("{origin}: {problem}"))),
    }
}

/// Returns the resources that a target's files describe, and the parts that could not be read.
///
/// # Errors
/// When the target has no reader, or its parameters cannot be read.
pub fn document(target: &str, files: &BTreeMap<String, String>) -> Result<Document, CommandError> {
    let (_, read) = READERS
        .iter()
        .find(|(id, _)| *id == target)
        .ok_or_else(|| CommandError::bug(format!("nothing reads target {target:?} back")))?;
    read(files)
}

/// True for a file that defines the deployment, that is, a file that one of the readers uses.
pub fn is_read(path: &str) -> bool {
    is_of_the_module(path) || path == TEMPLATE || path == PARAMETERS
}

fn is_of_the_module(path: &str) -> bool {
    let within = |folder| path.strip_prefix(folder)?.strip_prefix('/');
    let own = within(MODULE).or_else(|| within("terraform"));
    own.is_some_and(|name| {
        !name.contains('/') && (name.ends_with(".tf") || name.ends_with(".tfvars"))
    })
}

fn terraform(files: &BTreeMap<String, String>) -> Result<Document, CommandError> {
    let own = files.iter().filter(|(path, _)| is_of_the_module(path));
    Ok(terraform::read(&TerraformFiles {
        root: "terraform".to_owned(),
        files: own
            .map(|(path, text)| (path.clone(), text.clone()))
            .collect(),
        ..TerraformFiles::default()
    }))
}

fn cloudformation(files: &BTreeMap<String, String>) -> Result<Document, CommandError> {
    let text = |path: &str| files.get(path).cloned().unwrap_or_default();
    let parameters = cloudformation::read_parameters(PARAMETERS, &text(PARAMETERS))
        .map_err(CommandError::bug)?;
    let templates = [(TEMPLATE.to_owned(), text(TEMPLATE))].into();
    Ok(cloudformation::read(&CloudFormationFiles {
        templates,
        parameters,
        ..CloudFormationFiles::default()
    }))
}

#[cfg(test)]
mod tests {
    use super::READERS;
    use crate::domain::spec::DEFAULT_TARGETS;
    use crate::render::TARGETS;

    #[test]
    fn every_target_can_be_chosen_and_is_read_back() {
        let known: Vec<&str> = TARGETS.iter().map(|target| target.id).collect();
        assert_eq!(DEFAULT_TARGETS, known);
        let read: Vec<&str> = READERS.iter().map(|(id, _)| *id).collect();
        assert_eq!(read, known);
    }
}
