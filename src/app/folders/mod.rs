//! Reads folders of code: root modules with all files that their evaluation may need, and templates.

pub(in crate::app) mod missing;
pub(in crate::app) mod terraform;

use std::collections::BTreeMap;
use std::path::Path;

use self::terraform::{ScannedFolders, TerraformFolders};
use super::CommandError;
use crate::io::boundary::Boundary;
use crate::io::walk;
use crate::language::Texts;
use crate::language::terraform::TerraformFiles;

/// Values of Terraform variables from outside of the folder: the files in their order, their texts, and single values.
#[derive(Clone, Debug, Default)]
pub(in crate::app) struct Values {
    pub(in crate::app) names: Vec<String>,
    pub(in crate::app) files: Texts,
    pub(in crate::app) vars: BTreeMap<String, String>,
}

/// The contents of one folder: its root modules, each with all files that its evaluation may need, and its templates.
#[derive(Debug, Default)]
pub(in crate::app) struct Below {
    pub(in crate::app) roots: Vec<TerraformFiles>,
    pub(in crate::app) templates: Texts,
    /// Files that were not read, with the reasons.
    pub(in crate::app) skipped: walk::Told,
}

/// Reads the root modules and templates below a folder.
pub(in crate::app) fn below(folder: &Path, boundary: &Boundary) -> Result<Below, CommandError> {
    let survey = walk::survey(&[folder.to_owned()], boundary).map_err(CommandError::environment)?;
    let values = Values::default();
    let scanned = ScannedFolders {
        folders: survey.terraform,
        offered: survey.values,
        skipped: survey.skipped,
    };
    let mut estate = TerraformFolders::new(scanned, boundary, &values);
    let roots = estate.roots();
    let mut below = Below {
        templates: survey.templates,
        ..Below::default()
    };
    for root in &roots {
        let (files, told) = estate.files(root, None);
        below.roots.push(files);
        below.skipped.extend(told);
    }
    below.skipped.extend(estate.skipped);
    Ok(below)
}
