//! Reads Terraform and OpenTofu configurations (`.tf`, `.tofu`, `.tf.json`, `.tfvars`) into resources.
//!
//! Evaluates what the files in view can tell: variables with their defaults and values, locals, `count` and `for_each`,
//! `dynamic` blocks, the functions of the language, local modules at any depth, override files. Knows nothing of proxies but
//! the shape of their ARN, which `split` needs. What cannot be told stays
//! [`Value::Unresolved`](super::resource::Value::Unresolved), with the way to its source: `var.tls ← no value`.
//!
//! A resource's address is Terraform's own (`module.db.aws_db_proxy.this["a"]`). Where it cannot be told how many there are, one
//! stands for all (`aws_db_proxy.this[*]`) and keeps `for_each` or `count` as a member with the reason. An attribute of a resource
//! that somebody wrote is that value wherever it is referred to; what only AWS knows is a reference.
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

/// A root module and all that it may use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TerraformFiles {
    /// The folder of the root module; empty for the folder that paths are given from.
    pub root: String,
    /// The text of every file by its path, with `/` between folders: of the root module, of local modules, and what they read.
    pub files: BTreeMap<String, String>,
    /// The files of `-var-file`, in their order.
    pub var_files: Vec<String>,
    /// The values of `-var`: they count before all others.
    pub vars: BTreeMap<String, String>,
    /// Files that belong to these and could not be read, and why: what they say is not known, and not nothing.
    pub unread: BTreeMap<String, String>,
    /// Files that were looked for and are not there.
    pub absent: BTreeSet<String>,
    /// Files of values beside the root module that nobody gave: what may be given is said where a value is missing.
    pub offered: BTreeMap<String, String>,
    /// Where the repository lies around them.
    pub ground: RepositoryRoot,
    /// Why nobody knows which values the root module is given: somebody who could not be read may call it.
    pub doubt: Option<(String, Origin)>,
}

impl TerraformFiles {
    /// Whether the same is read of both: of the same texts, where neither what lies around them (which Terragrunt alone asks for) nor
    /// what could not be read or was not given has a say in it.
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

    /// A root module without values from the command line.
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
/// A file that cannot be read is a problem with its place, and the others are read all the same.
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

/// All that is in view of a root module, not evaluated yet.
fn evaluator<'f>(
    wanted: &'f TerraformFiles,
    problems: &mut Vec<(String, Origin)>,
) -> evaluator::Evaluator<'f> {
    let files = files::Files::new(&wanted.files);
    let inputs = inputs::Inputs::read(wanted, &files, problems);
    let mut folders = folder::folders(&files, &wanted.unread, problems);
    // Terragrunt runs units; that of a folder which is only called is none here.
    for (_, folder) in folders.iter_mut().filter(|(path, _)| **path != inputs.root) {
        // What is shared stands for no folder that Terragrunt runs in.
        if let Some(folder) = Arc::get_mut(folder) {
            folder.calls.remove(unit::UNIT);
        }
    }
    evaluator::Evaluator::new(files, folders, inputs)
}
