//! Which folders are root modules, and which of them can lead to a proxy: decided by who calls whom, before anything is evaluated.
//!
//! A folder that a local `module` block of another folder calls is judged there, with the values that it is given. It parses
//! the files that hold a `module` block, evaluates nothing and opens no file.

use std::collections::{BTreeMap, BTreeSet};

use super::downloaded::{self, Downloaded, downloaded};
use super::files::Files;
use super::folder::is_configuration;
use super::terragrunt::is_unit;
use super::tree::Block;
use super::world::joined;
use crate::source::spelling;

/// What the text of a proxy, or of a call to a well-known module that makes one, cannot do without.
const SIGNS: [&str; 5] = [
    "aws_db_proxy",
    "/rds-proxy/",
    "/rds-db-proxy/",
    "/terraform-aws-rds-proxy",
    "/terraform-aws-rds-db-proxy",
];

/// What one folder means for the others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FolderSigns {
    /// Whether one of its files mentions a proxy.
    pub holds_proxy: bool,
    /// The folders that its local `module` blocks call, and those of the modules that were downloaded for it.
    pub calls: BTreeSet<String>,
}

/// A root module that can lead to a proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    /// Its folder; empty for the current one.
    pub folder: String,
    /// Every folder that it consists of, itself among them.
    pub reach: BTreeSet<String>,
}

/// The folder that a path stands in; empty for the current one.
pub fn folder_of(path: &str) -> String {
    path.rsplit_once('/')
        .map_or_else(String::new, |(folder, _)| normal(folder))
}

/// A path without `.` and, where it can be, without `..`.
pub fn normal(path: &str) -> String {
    joined(path, "")
}

/// A look at bytes that costs next to nothing: false means that nothing in them can be a proxy.
pub fn may_hold_proxy(bytes: &[u8]) -> bool {
    spelling::holds(bytes, &SIGNS)
}

impl FolderSigns {
    /// True where the folder can hold a proxy or lead to one.
    pub fn any(&self) -> bool {
        self.holds_proxy || !self.calls.is_empty()
    }

    /// The signs of more files of the same folder.
    pub fn add(&mut self, more: &Self) {
        self.holds_proxy |= more.holds_proxy;
        self.calls.extend(more.calls.iter().cloned());
    }

    /// Reads the signs of a folder's files.
    pub fn of(files: &BTreeMap<String, String>) -> Self {
        let mut signs = Self::default();
        for (path, text) in files {
            signs.holds_proxy |= may_hold_proxy(text.as_bytes());
            if is_configuration(path) && may_call(path, text.as_bytes()) {
                signs.calls.extend(local_calls(path, text));
            } else if let Some(root) = downloaded::root_of_index(path) {
                signs.calls.extend(Downloaded::of(&root, text).folders());
            }
        }
        signs
    }
}

/// Whether a `module` block with a local source can stand in a text: a source that is written out begins with its quotation mark.
fn may_call(path: &str, bytes: &[u8]) -> bool {
    let is_block = || is_unit(path) || spelling::holds(bytes, &["module"]);
    spelling::holds(bytes, &["source"]) && is_block() && spelling::holds(bytes, &["\"./", "\"../"])
}

/// The folders that the local `module` blocks of a file call. A file that cannot be parsed calls none; the reader tells why. What
/// was downloaded leads nowhere outside of what was downloaded with it.
fn local_calls(path: &str, text: &str) -> BTreeSet<String> {
    let alone = [(path.to_owned(), text.to_owned())].into();
    let Ok(file) = Files::new(&alone).parse(0) else {
        return BTreeSet::new();
    };
    let folder = folder_of(path);
    file.blocks_of("module")
        .filter_map(local_source)
        .map(|source| joined(&folder, source))
        .filter(|called| is_own(&folder, called))
        .collect()
}

fn is_own(folder: &str, called: &str) -> bool {
    let store = |folder| downloaded(folder).map(|(store, _)| store);
    store(folder).is_none_or(|own| store(called) == Some(own))
}

fn local_source(block: &Block) -> Option<&str> {
    let source = block.attribute("source")?.value.as_str()?;
    (source.starts_with("./") || source.starts_with("../")).then_some(source)
}

/// The files that `file("…")` and `templatefile("…")` name in a text, as seen from its folder and from that of the root module.
pub fn named_files(path: &str, text: &str, root: &str) -> BTreeSet<String> {
    let folder = folder_of(path);
    text.match_indices("file(\"")
        .filter_map(|(at, call)| text[at + call.len()..].split('"').next())
        .flat_map(|name| match name.split_once("}/") {
            Some(("${path.module", name)) => vec![joined(&folder, name)],
            Some(("${path.root" | "${path.cwd", name)) => vec![joined(root, name)],
            _ => vec![joined(&folder, name), joined(root, name)],
        })
        .filter(|name| !name.contains("${"))
        .collect()
}

/// The root modules that can lead to a proxy, sorted by folder.
pub fn roots(folders: &BTreeMap<String, FolderSigns>) -> Vec<Root> {
    let called: BTreeSet<&String> = folders
        .iter()
        .flat_map(|(folder, signs)| signs.calls.iter().filter(move |call| *call != folder))
        .collect();
    let mut reached: BTreeSet<String> = BTreeSet::new();
    let mut roots = Vec::new();
    let free = folders.keys().filter(|folder| !called.contains(folder));
    // Folders that call each other in a circle have no caller outside it: the first of them stands for all.
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
            open.extend(signs.calls.iter().cloned());
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
            calls: calls.iter().map(|call| (*call).to_owned()).collect(),
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
        let expected = ["envs/modules/db", "envs/prod/here"];
        assert_eq!(FolderSigns::of(&files), signs(false, &expected));
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
