//! Finds the root modules, and those that can lead to a proxy, from the module calls, before anything is evaluated.
//!
//! A folder that a local `module` block of another folder calls is audited there, with the values that it is given.
//! This module parses the files that contain a `module` block, evaluates nothing and opens no files.

use std::collections::{BTreeMap, BTreeSet};

use super::calls::local_folder;
use super::downloaded::{self, Downloaded, downloaded};
use super::files::Files;
use super::folder::{is_configuration, may_hold_proxy};
use super::paths::joined;
use super::remote;
use super::terragrunt::unit::is_unit;
use crate::domain::evidence::Origin;
use crate::language::prefilter;

/// The facts about one folder that decide if it is a root module that leads to a proxy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FolderSigns {
    /// True if one of its files mentions a proxy.
    pub holds_proxy: bool,
    /// The folders that its local `module` blocks call, and those of its downloaded modules, with the place of a call.
    pub calls: BTreeMap<String, Origin>,
    /// The modules that it calls and that are not local, by source without the version, with the place of a call.
    pub remote: BTreeMap<String, Origin>,
    /// Its downloaded modules, named by [`remote_place`](super::remote_place).
    pub downloaded: BTreeSet<String>,
    /// The reasons and places for those of its files that may call modules and cannot be parsed.
    pub broken: Vec<(String, Origin)>,
    /// True if it calls a module whose source has to be evaluated first.
    pub is_open: bool,
}

/// A root module that can lead to a proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    /// The folder of the root module; empty for the current one.
    pub folder: String,
    /// All folders that the root module consists of, including its own.
    pub reach: BTreeSet<String>,
}

/// Returns the folder of a path; empty for the current one.
pub fn folder_of(path: &str) -> String {
    path.rsplit_once('/')
        .map_or_else(String::new, |(folder, _)| normal(folder))
}

/// Removes `.` from a path, and `..` where possible.
pub fn normal(path: &str) -> String {
    joined(path, "")
}

impl FolderSigns {
    /// Returns true if the folder can define a proxy or lead to one.
    pub fn any(&self) -> bool {
        self.holds_proxy || self.is_open || !self.calls.is_empty()
    }

    /// Adds the signs of other files in the same folder.
    pub fn add(&mut self, more: &Self) {
        self.holds_proxy |= more.holds_proxy;
        self.is_open |= more.is_open;
        self.broken.extend(more.broken.iter().cloned());
        let calls = more.calls.iter();
        self.calls
            .extend(calls.map(|(folder, origin)| (folder.clone(), origin.clone())));
        self.downloaded.extend(more.downloaded.iter().cloned());
        let remote = more.remote.iter();
        self.remote
            .extend(remote.map(|(source, origin)| (source.clone(), origin.clone())));
    }

    /// Collects the signs of a folder from its files.
    pub fn new(files: &BTreeMap<String, String>) -> Self {
        let mut signs = Self::default();
        for (path, text) in files {
            signs.holds_proxy |= may_hold_proxy(text.as_bytes());
            signs.remote.extend(remote::calls(path, text));
            if is_unit(path) {
                signs.is_open = true;
            } else if is_configuration(path) && may_call(text.as_bytes()) {
                signs.add(&local_calls(path, text));
            } else if let Some(root) = downloaded::root_of_index(path) {
                let index = Downloaded::new(&root, text);
                let places = index.sources().map(remote::place);
                signs.downloaded.extend(places);
                let folders = index.folders();
                let named = |folder| (folder, Origin::document(path.as_str()));
                signs.calls.extend(folders.map(named));
            }
        }
        signs
    }
}

/// Returns true if a file with this content can contain a `module` block with a source that leads to a folder.
fn may_call(bytes: &[u8]) -> bool {
    let starts = ["\"./", "\"../", "${", "var.", "local."];
    prefilter::holds(bytes, &["source"])
        && prefilter::holds(bytes, &["module"])
        && prefilter::holds(bytes, &starts)
}

/// Collects the calls of the `module` blocks in a file. A file that cannot be parsed has no calls; its reader reports
/// the reason. A downloaded module can only call folders of the same download.
fn local_calls(path: &str, text: &str) -> FolderSigns {
    let mut signs = FolderSigns::default();
    let alone = [(path.to_owned(), text.to_owned())].into();
    let files = Files::new(&alone);
    let file = match files.parse(0) {
        Ok(file) => file,
        Err(problem) => {
            signs.broken.push(problem);
            return signs;
        }
    };
    let folder = folder_of(path);
    let sources = file
        .blocks_of("module")
        .filter_map(|block| block.attribute("source"));
    for source in sources {
        match source.value.as_str() {
            Some(text) => {
                let called = local_folder(&folder, text);
                let origin = files.origin(source.spot);
                signs.calls.extend(called.map(|folder| (folder, origin)));
            }
            None => signs.is_open = true,
        }
    }
    signs.calls.retain(|called, _| is_own(&folder, called));
    signs
}

/// Returns true if a folder may call another one: a downloaded module cannot leave its download folder.
pub(super) fn is_own(folder: &str, called: &str) -> bool {
    let store = |folder| downloaded(folder).map(|(store, _)| store);
    store(folder).is_none_or(|own| store(called) == Some(own))
}

/// Returns the files that the content of a file names with `file("…")`, `templatefile("…")` and `fileexists("…")`,
/// relative to its own folder and to that of the root module.
pub fn named_files(path: &str, text: &str, root: &str) -> BTreeSet<String> {
    let folder = folder_of(path);
    let calls = ["file(\"", "fileexists(\""];
    let calls = calls.iter().flat_map(|call| text.match_indices(call));
    calls
        .filter_map(|(at, call)| text[at + call.len()..].split('"').next())
        .flat_map(|name| match name.split_once("}/") {
            Some(("${path.module", name)) => vec![joined(&folder, name)],
            Some(("${path.root" | "${path.cwd", name)) => vec![joined(root, name)],
            _ => vec![joined(&folder, name), joined(root, name)],
        })
        .filter(|name| !name.contains("${"))
        .collect()
}

/// Returns the root modules that can lead to a proxy, sorted by folder.
pub fn roots(folders: &BTreeMap<String, FolderSigns>) -> Vec<Root> {
    let called: BTreeSet<&String> = folders
        .iter()
        .flat_map(|(folder, signs)| signs.calls.keys().filter(move |call| *call != folder))
        .collect();
    let mut reached: BTreeSet<String> = BTreeSet::new();
    let mut roots = Vec::new();
    let free = folders.keys().filter(|folder| !called.contains(folder));
    // Folders that call each other in a cycle have no caller outside of it; the first of them represents all.
    let circles = folders.keys().filter(|folder| called.contains(folder));
    for folder in free.chain(circles) {
        if called.contains(folder) && reached.contains(folder) {
            continue;
        }
        let reach = reach(folder, folders);
        reached.extend(reach.iter().cloned());
        let holds = |folder: &String| folders.get(folder).is_some_and(|signs| signs.holds_proxy);
        if reach.iter().any(holds) {
            roots.push(Root {
                folder: folder.clone(),
                reach,
            });
        }
    }
    roots.sort_by(|one, other| one.folder.cmp(&other.folder));
    roots
}

fn reach(root: &str, folders: &BTreeMap<String, FolderSigns>) -> BTreeSet<String> {
    let mut reach = BTreeSet::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        if let Some(signs) = folders.get(&folder)
            && reach.insert(folder)
        {
            open.extend(signs.calls.keys().cloned());
        }
    }
    reach
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signs(holds_proxy: bool, calls: &[&str]) -> FolderSigns {
        FolderSigns {
            holds_proxy,
            calls: calls
                .iter()
                .map(|call| ((*call).to_owned(), Origin::default()))
                .collect(),
            ..FolderSigns::default()
        }
    }

    fn root_folders(folders: &[(&str, FolderSigns)]) -> Vec<String> {
        let folders = folders
            .iter()
            .map(|(folder, signs)| ((*folder).to_owned(), signs.clone()))
            .collect();
        roots(&folders)
            .into_iter()
            .map(|root| root.folder)
            .collect()
    }

    #[test]
    fn calls_are_read_from_blocks_and_not_from_text() {
        let text = r#"
            # module "no" { source = "./commented" }
            module "db" { source = "../modules/db" }
            module "here" {
              source = "./here"
            }
            module "vpc" { source = "terraform-aws-modules/vpc/aws" }
            resource "null_resource" "copy" {
              provisioner "file" {
                source = "./file"
              }
            }
        "#;
        let files = [("envs/prod/main.tf".to_owned(), text.to_owned())].into();
        let found = FolderSigns::new(&files);
        let calls: Vec<(String, u32)> = found
            .calls
            .iter()
            .map(|(folder, origin)| (folder.clone(), origin.line))
            .collect();
        let expected = [("envs/modules/db", 3), ("envs/prod/here", 5)];
        assert_eq!(
            calls,
            expected.map(|(folder, line)| (folder.to_owned(), line))
        );
        assert!(!found.holds_proxy && !found.is_open);
    }

    #[test]
    fn a_source_with_names_and_a_unit_must_be_worked_out() {
        let cases = [
            (
                "main.tf",
                "module \"p\" { source = \"./${var.folder}\" }",
                true,
            ),
            ("main.tf", "module \"p\" { source = local.source }", true),
            ("main.tf", "module \"p\" { source = \"./p\" }", false),
            ("live/terragrunt.hcl", "", true),
        ];
        for (path, text, expected) in cases {
            let files = [(path.to_owned(), text.to_owned())].into();
            assert_eq!(FolderSigns::new(&files).is_open, expected, "{text}");
        }
    }

    #[test]
    fn named_files_are_found_from_their_folder() {
        let text = r#"
            policy = file("${path.module}/policy.json")
            other  = templatefile("${path.root}/a/b.tftpl", { x = file("${var.no}/x") })
        "#;
        let named = named_files("modules/db/main.tf", text, "envs/prod");
        let named: Vec<&str> = named.iter().map(String::as_str).collect();
        assert_eq!(named, ["envs/prod/a/b.tftpl", "modules/db/policy.json"]);
    }

    #[test]
    fn a_called_folder_is_judged_at_its_caller_only() {
        let folders = [
            ("dev", signs(false, &["modules/db"])),
            ("modules/db", signs(true, &[])),
            ("network", signs(false, &[])),
            ("old", signs(true, &[])),
            ("prod", signs(false, &["modules/db"])),
        ];
        assert_eq!(root_folders(&folders), ["dev", "old", "prod"]);
    }

    #[test]
    fn folders_that_call_each_other_are_judged_once() {
        let folders = [
            ("a", signs(false, &["b"])),
            ("b", signs(true, &["a"])),
            ("self", signs(true, &["self"])),
        ];
        assert_eq!(root_folders(&folders), ["a", "self"]);
    }

    #[test]
    fn a_proxy_of_a_well_known_module_counts() {
        assert!(may_hold_proxy(
            br#"source = "terraform-aws-modules/rds-proxy/aws""#
        ));
        assert!(!may_hold_proxy(br#"resource "aws_vpc" "main" {}"#));
    }
}
