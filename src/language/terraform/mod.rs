//! Reads Terraform and OpenTofu configurations (`.tf`, `.tofu`, `.tf.json`, `.tfvars`) into resources.
//!
//! Evaluates what the files in view determine: variables with their defaults and values, locals, `count` and
//! `for_each`, `dynamic` blocks, the functions of the language, local modules at any depth, override files. It has no
//! knowledge of proxies except the shape of their ARN, which `split` needs. A value that cannot be determined stays
//! [`Value::Unresolved`](super::resource::Value::Unresolved), with the path to its source: `var.tls ← no value`.
//!
//! A resource has the address that Terraform gives it (`module.db.aws_db_proxy.this["a"]`). If the number of instances
//! is unknown, one instance represents all (`aws_db_proxy.this[*]`) and keeps `for_each` or `count` as a member with
//! the reason. A reference to an attribute that is set in the configuration evaluates to its value; an attribute that
//! only AWS knows stays a reference.
//!
//! A call of a module that is not in view is kept as a resource of the kind `module`, with its arguments.

use self::terragrunt::unit;
mod bodies;
mod calls;
mod constraint;
mod downloaded;
mod encoding;
mod evaluate;
mod evaluator;
mod expansion;
mod files;
mod folder;
mod form;
mod functions;
mod inputs;
mod json;
mod json_text;
mod leads;
mod literals;
mod module;
mod names;
mod operators;
mod parse;
mod paths;
mod policy_document;
mod references;
mod registry;
mod remote;
mod resources;
mod roots;
mod scope;
mod templates;
mod terragrunt;
mod traverse;
mod values;
mod version;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub use downloaded::{downloaded, index};
pub(crate) use form::expression_form;
pub use form::{file_form, form};
pub use leads::{Lead, Leads, leads};
pub use remote::{is_understood, makes_no_proxy, place as remote_place};
pub use roots::{FolderSigns, Root, folder_of, named_files, normal, roots};
pub use terragrunt::RepositoryRoot;

pub use self::folder::may_hold_proxy;
use super::resource::Document;
use crate::domain::evidence::Origin;

/// A root module and all files that it may use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TerraformFiles {
    /// The folder of the root module; empty for the folder that paths are relative to.
    pub root: String,
    /// The text of every file by its path, with `/` between folders: the root module, local modules, and the files they
    /// read.
    pub files: BTreeMap<String, String>,
    /// The files passed with `-var-file`, in order.
    pub var_files: Vec<String>,
    /// The values passed with `-var`; they take precedence over all others.
    pub vars: BTreeMap<String, String>,
    /// Files that belong to the module but could not be read, with the reasons. Their content is unknown, not empty.
    pub unread: BTreeMap<String, String>,
    /// Files that were looked for and do not exist.
    pub absent: BTreeSet<String>,
    /// Variable files next to the root module that were not passed. They are suggested where a value is missing.
    pub offered: BTreeMap<String, String>,
    /// The location of the repository that contains the files.
    pub repository: RepositoryRoot,
    /// The reason why the values of the root module are unknown: a file that could not be read may call the module.
    pub doubt: Option<(String, Origin)>,
}

impl TerraformFiles {
    /// Returns true if both sets of files evaluate to the same resources: the file contents are equal, and neither the
    /// surroundings (which only Terragrunt uses) nor unread, absent or offered files can make a difference.
    pub fn reads_as(&self, other: &Self) -> bool {
        let is_closed = |files: &Self| {
            let mut paths = files.files.keys();
            files.unread.is_empty()
                && files.absent.is_empty()
                && files.offered.is_empty()
                && files.doubt.is_none()
                && !paths.any(|path| path.ends_with(".hcl"))
        };
        let values = |files: &Self| (files.var_files.clone(), files.vars.clone());
        self.root == other.root
            && is_closed(self)
            && is_closed(other)
            && values(self) == values(other)
            && self.files == other.files
    }

    /// Creates a root module without values from the command line.
    pub fn new(root: &str, files: BTreeMap<String, String>) -> Self {
        Self {
            root: root.to_owned(),
            files,
            ..Self::default()
        }
    }
}

/// Reads a root module and the local modules that it calls.
///
/// A file that cannot be read is reported as a problem with its place; all other files are still read.
pub fn read(wanted: &TerraformFiles) -> Document {
    let mut document = Document::default();
    let evaluator = evaluator(wanted, &mut document.problems);
    resources::read(&evaluator, &mut document);
    document
        .resources
        .sort_by(|one, other| one.address.cmp(&other.address));
    document
        .problems
        .sort_by(|(one, at), (other, there)| (at, one).cmp(&(there, other)));
    document.problems.dedup();
    document
}

/// Prepares the evaluator of a root module. Nothing is evaluated yet.
fn evaluator<'f>(
    wanted: &'f TerraformFiles,
    problems: &mut Vec<(String, Origin)>,
) -> evaluator::Evaluator<'f> {
    let files = files::Files::new(&wanted.files);
    let inputs = inputs::Inputs::read(wanted, &files, problems);
    let mut folders = folder::folders(&files, &wanted.unread, problems);
    // Terragrunt runs units. The unit of a folder that is only called as a module does not apply.
    for (_, folder) in folders.iter_mut().filter(|(path, _)| **path != inputs.root) {
        // A shared folder is a well-known module, which has no unit.
        if let Some(folder) = Arc::get_mut(folder) {
            folder.calls.remove(unit::UNIT);
        }
    }
    evaluator::Evaluator::new(files, folders, inputs)
}
