//! Paths of the generated files. All paths are relative to the project's directory.

use std::collections::BTreeSet;
use std::path::Path;

use crate::io::walk;
use crate::language::terraform::folder_of;

/// The folder of the Terraform target, which is that of the root module.
pub(in crate::app) const TERRAFORM: &str = "terraform";

/// The folder of the module that the root module calls.
pub(in crate::app) const MODULE: &str = "terraform/modules/proxy";

/// The file with the `moved` blocks of a project that was flat. It follows from no spec, and stays.
pub(in crate::app) const MOVED: &str = "terraform/moved.tf";

/// The source of the module in the call of it.
const SOURCE: &str = "\"./modules/proxy\"";

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

/// The folders of the generated Terraform code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::app) enum GeneratedLayout {
    /// One folder with everything in it: projects that were generated before there was a module.
    Flat,
    /// A root module that calls the module below it.
    #[default]
    Called,
}

impl GeneratedLayout {
    /// Returns the layout of generated files, by their paths.
    pub(in crate::app) fn of<'p>(paths: impl Iterator<Item = &'p String>) -> Self {
        let folders: BTreeSet<String> = paths
            .filter(|path| path.ends_with(".tf"))
            .map(|path| folder_of(path))
            .collect();
        if folders.contains(TERRAFORM) && !folders.contains(MODULE) {
            Self::Flat
        } else {
            Self::Called
        }
    }

    /// Returns the generated folder of the module that makes the proxy.
    pub(in crate::app) fn module(self) -> &'static str {
        match self {
            Self::Flat => TERRAFORM,
            Self::Called => MODULE,
        }
    }

    /// True for code and values in the module's generated folder.
    pub(in crate::app) fn is_module_file(self, path: &str) -> bool {
        is_code_in(self.module(), path)
    }

    /// True for code and values of the root module, if it is another one than the module.
    pub(in crate::app) fn is_root_file(self, path: &str) -> bool {
        self == Self::Called && is_code_in(TERRAFORM, path)
    }
}

/// True for a file that Terraform reads in this folder.
pub(in crate::app) fn is_code_in(folder: &str, path: &str) -> bool {
    folder_of(path) == folder && MODULE_FILES.iter().any(|ending| path.ends_with(ending))
}

/// Returns the text of a generated root module that calls the module in another folder.
pub(in crate::app) fn calling(text: &str, root: &str, module: &str) -> String {
    text.replace(SOURCE, &format!("\"{}\"", path_between(root, module)))
}

/// Returns the path from one folder to another, as the source of a module.
fn path_between(from: &str, to: &str) -> String {
    let parts = |folder: &str| -> Vec<String> {
        let parts = folder.split('/').filter(|part| !part.is_empty());
        parts.map(str::to_owned).collect()
    };
    let (from, to) = (parts(from), parts(to));
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = vec!["..".to_owned(); from.len() - shared];
    let first = if up.is_empty() {
        vec![".".to_owned()]
    } else {
        up
    };
    [first, to[shared..].to_vec()].concat().join("/")
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

/// Returns the path in the new folder of the module or template for a path in the old one.
pub(super) fn moved_with(old: &str, path: &str, folder: &str) -> Option<String> {
    let rest = path.strip_prefix(old)?.strip_prefix('/')?;
    Some(joined(folder, rest))
}

/// The folder of the module below that of its caller.
pub(super) const BELOW: &str = "modules/proxy";

/// The generated file with the settings of Terraform and of providers.
pub(in crate::app) const SETTINGS: &str = "terraform/versions.tf";

/// Returns the path of a file of a flat folder once the folder is a root module and a module below it: code and tests
/// belong to the module.
pub(in crate::app) fn carried_path(
    folder: &str,
    stays: &dyn Fn(&str) -> bool,
    path: &str,
) -> String {
    let is_test = folder_of(path) == joined(folder, "tests");
    let is_code = holds_code(folder, path) && !stays(path);
    let moved = moved_with(folder, path, &joined(folder, BELOW));
    moved
        .filter(|_| is_code || is_test)
        .unwrap_or_else(|| path.to_owned())
}

/// True for a file of this folder that holds blocks.
pub(in crate::app) fn holds_code(folder: &str, path: &str) -> bool {
    let endings = [".tf", ".tofu"];
    is_code_in(folder, path) && endings.iter().any(|ending| path.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_names_the_module_from_where_it_stands() {
        for (root, module, path) in [
            ("terraform", "terraform/modules/proxy", "./modules/proxy"),
            ("infra", "infra/modules/db", "./modules/db"),
            ("", "modules/proxy", "./modules/proxy"),
            ("envs/prod", "modules/proxy", "../../modules/proxy"),
            ("terraform", "modules/proxy", "../modules/proxy"),
        ] {
            assert_eq!(path_between(root, module), path);
        }
    }

    #[test]
    fn a_project_without_the_module_is_flat_and_one_without_terraform_is_not() {
        for (paths, layout) in [
            (&["terraform/main.tf"][..], GeneratedLayout::Flat),
            (
                &["terraform/main.tf", "terraform/modules/proxy/main.tf"],
                GeneratedLayout::Called,
            ),
            (&["cloudformation/template.yaml"], GeneratedLayout::Called),
        ] {
            let paths: Vec<String> = paths.iter().map(|path| (*path).to_owned()).collect();
            assert_eq!(GeneratedLayout::of(paths.iter()), layout, "{paths:?}");
        }
    }
}
