//! Which file of a folder is what, and in which order they count. No file is opened here.

use std::collections::BTreeMap;

/// The files of a Terraform or OpenTofu estate, as text.
#[derive(Clone, Debug, Default)]
pub struct TerraformFiles {
    /// All `*.tf`, `*.tofu`, `*.tfvars`, `*.tfvars.json` files (and what `file` and `templatefile` may read), by the path as the user
    /// named it, with `/` between folders.
    pub files: BTreeMap<String, String>,
    /// The folder of the root module, as it stands before the names of its files; empty for the current one.
    pub root: String,
    /// The paths of `--var-file`, the strongest last.
    pub var_files: Vec<String>,
    /// The values of `--var`.
    pub vars: BTreeMap<String, String>,
}

/// The folder of a path, and the name in it.
pub(super) fn split(path: &str) -> (String, &str) {
    match path.rsplit_once('/') {
        Some((folder, name)) => (normal(folder), name),
        None => (String::new(), path),
    }
}

/// A path without `.` and, where it can be, without `..`.
pub(super) fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" if parts.is_empty() && path.starts_with('/') => parts.push(""),
            "" | "." => {}
            ".." if parts
                .last()
                .is_some_and(|last| *last != ".." && !last.is_empty()) =>
            {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// A relative path from a folder.
pub(super) fn join(folder: &str, relative: &str) -> String {
    if folder.is_empty() {
        normal(relative)
    } else {
        normal(&format!("{folder}/{relative}"))
    }
}

/// True for the files that make up a module.
pub(super) fn is_configuration(name: &str) -> bool {
    name.ends_with(".tf") || name.ends_with(".tofu")
}

/// True for files whose blocks are merged over those of the others.
pub(super) fn is_override(name: &str) -> bool {
    let stem = name
        .strip_suffix(".tofu")
        .or_else(|| name.strip_suffix(".tf"))
        .unwrap_or(name);
    stem == "override" || stem.ends_with("_override")
}

/// The rank of a variable file that Terraform reads by itself; `None` for others. Higher ranks are stronger.
pub(super) fn automatic_rank(name: &str) -> Option<u8> {
    match name {
        "terraform.tfvars" => Some(0),
        "terraform.tfvars.json" => Some(1),
        name if name.ends_with(".auto.tfvars") || name.ends_with(".auto.tfvars.json") => Some(2),
        _ => None,
    }
}
