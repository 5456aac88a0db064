//! Paths of the generated files. All paths are relative to the project's directory.

use std::path::Path;

use crate::io::walk;
use crate::language::terraform::folder_of;
/// The folder or file of each target.
pub(in crate::app) const TERRAFORM: &str = "terraform";

pub(in crate::app) const CLOUDFORMATION: &str = "cloudformation";

pub(in crate::app) const TEMPLATE: &str = "cloudformation/template.yaml";

pub(in crate::app) const PARAMETERS: &str = "cloudformation/parameters.json";

/// Name endings of the files that Terraform reads in a folder.
pub(in crate::app) const MODULE_FILES: [&str; 6] = [
    ".tf",
    ".tofu",
    ".tf.json",
    ".tofu.json",
    ".tfvars",
    ".tfvars.json",
];

pub(in crate::app) fn is_module_file(path: &str) -> bool {
    folder_of(path) == TERRAFORM && MODULE_FILES.iter().any(|ending| path.ends_with(ending))
}

pub(in crate::app) fn joined(folder: &str, name: &str) -> String {
    match folder {
        "" => name.to_owned(),
        folder => format!("{folder}/{name}"),
    }
}

/// Returns a path relative to a directory; none for a path outside of it.
pub(in crate::app) fn relative(dir: &Path, name: &str) -> Option<String> {
    let dir = walk::name(dir);
    let rest = match dir.as_str() {
        "" | "." => name,
        dir => name.strip_prefix(dir)?.strip_prefix('/')?,
    };
    (!rest.starts_with("..") && !rest.starts_with('/')).then(|| rest.to_owned())
}
