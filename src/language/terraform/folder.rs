//! The declarations of all files in one folder: a module, before it is called.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::{Arc, LazyLock};

use super::files::Files;
use super::terragrunt::unit;
use crate::domain::evidence::Origin;
use crate::language::budget::short;
use crate::language::hcl::{Block, HclAttribute};
use crate::language::prefilter;

/// The declarations of a module.
#[derive(Debug, Default)]
pub(super) struct Folder {
    pub(super) path: String,
    pub(super) variables: BTreeMap<String, Block>,
    pub(super) locals: BTreeMap<String, HclAttribute>,
    pub(super) outputs: BTreeMap<String, Block>,
    /// The module calls, by name.
    pub(super) calls: BTreeMap<String, Block>,
    /// The resources, by `aws_x.y`, `data.aws_x.y` or `ephemeral.aws_x.y`.
    pub(super) resources: BTreeMap<String, Block>,
    /// The files that could not be read, with the reasons.
    pub(super) unread: Vec<UnreadFile>,
    /// The total length of its files, in bytes.
    pub(super) length: usize,
    /// The content of a Terragrunt configuration; `None` for a real folder.
    pub(super) config: Option<Block>,
}

/// A file of a module that could not be read.
#[derive(Debug)]
pub(super) struct UnreadFile {
    pub(super) path: String,
    pub(super) reason: String,
    pub(super) origin: Origin,
}

impl UnreadFile {
    /// Returns true for an override file, which could change the declarations of the other files.
    pub(super) fn overrides(&self) -> bool {
        overrides(self.path.rsplit('/').next().unwrap_or_default())
    }
}

/// A message with its place.
type Problem = (String, Origin);

type Problems = Vec<Problem>;

/// The folders in view, by path.
pub(super) type Folders = BTreeMap<String, Arc<Folder>>;

/// The built-in modules (those that are understood without download), shared by all evaluations.
static KNOWN: LazyLock<Folders> = LazyLock::new(|| {
    let files = Files::known();
    shared(Folder::read_all(
        &files,
        files.known_paths(),
        &mut Problems::new(),
    ))
    .collect()
});

/// Reads every folder with configuration files, by path.
pub(super) fn folders(
    files: &Files<'_>,
    unread: &BTreeMap<String, String>,
    problems: &mut Problems,
) -> Folders {
    let mut folders = Folder::read_all(files, files.paths(), problems);
    configure(files, &mut folders, problems);
    for (path, reason) in unread.iter().filter(|(path, _)| is_configuration(path)) {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        if let Some(folder) = folders.get_mut(folder) {
            folder.leave(path, reason, Origin::document(path.as_str()));
        }
    }
    let known = KNOWN
        .iter()
        .filter(|_| files.known_paths().next().is_some());
    let known = known.map(|(path, folder)| (path.clone(), Arc::clone(folder)));
    shared(folders).chain(known).collect()
}

fn shared(folders: BTreeMap<String, Folder>) -> impl Iterator<Item = (String, Arc<Folder>)> {
    let folders = folders.into_iter();
    folders.map(|(path, folder)| (path, Arc::new(folder)))
}

/// Adds the Terragrunt configurations, by path, and the call that each unit makes to its folder.
fn configure(files: &Files<'_>, folders: &mut BTreeMap<String, Folder>, problems: &mut Problems) {
    for (number, path) in files.paths().filter(|(_, path)| unit::is_config(path)) {
        let own = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let own = folders.get_mut(own).filter(|_| unit::is_unit(path));
        match Folder::of_config(files, number) {
            Ok(config) => {
                let call = config.config.as_ref().and_then(unit::call);
                if let (Some(own), Some(call)) = (own, call) {
                    own.calls.insert(unit::UNIT.to_owned(), call);
                }
                folders.insert(path.to_owned(), config);
            }
            Err(problem) => match own {
                Some(own) => problems.push(own.refuse(files, number, problem)),
                None => problems.push(problem),
            },
        }
    }
}

/// Returns the name without its extension; `None` for a file that is not a configuration.
fn stem(name: &str) -> Option<&str> {
    [".tf", ".tofu", ".tf.json", ".tofu.json"]
        .iter()
        .find_map(|ending| name.strip_suffix(ending))
        .or_else(|| unit::is_unit(name).then_some(name))
}

/// Returns true for a file that is part of a module.
pub(super) fn is_configuration(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    !is_ignored(name) && stem(name).is_some()
}

/// Returns true for files that Terraform ignores: hidden files, and temporary files of editors.
/// Source: `IsIgnoredFile` in internal/configs/parser_config_dir.go of Terraform.
fn is_ignored(name: &str) -> bool {
    name.starts_with('.') || name.ends_with('~') || (name.starts_with('#') && name.ends_with('#'))
}

/// Returns true if OpenTofu reads another file instead: `main.tofu` replaces `main.tf`. If both exist, the
/// configuration is assumed to be for OpenTofu.
fn shadowed(files: &Files<'_>, path: &str) -> bool {
    let other = path
        .strip_suffix(".tf")
        .map(|stem| format!("{stem}.tofu"))
        .or_else(|| {
            path.strip_suffix(".tf.json")
                .map(|stem| format!("{stem}.tofu.json"))
        });
    other.is_some_and(|other| files.number(&other).is_some())
}

/// Returns true for an override file, which is merged into the other declarations, in order of file names
/// ("Override Files", Terraform language).
fn overrides(name: &str) -> bool {
    stem(name).is_some_and(|stem| stem == "override" || stem.ends_with("_override"))
}

impl Folder {
    /// Groups files by folder and reads each folder, by path.
    fn read_all<'f>(
        files: &Files<'_>,
        paths: impl Iterator<Item = (usize, &'f str)>,
        problems: &mut Problems,
    ) -> BTreeMap<String, Self> {
        let mut names: BTreeMap<&str, Vec<(usize, &str)>> = BTreeMap::new();
        for (number, path) in paths {
            let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
            if is_configuration(path) && !shadowed(files, path) {
                names.entry(folder).or_default().push((number, name));
            }
        }
        let folders = names.into_iter().map(|(path, names)| {
            let folder = Self::read(files, path, names, problems);
            (path.to_owned(), folder)
        });
        folders.collect()
    }

    fn read(
        files: &Files<'_>,
        path: &str,
        names: Vec<(usize, &str)>,
        problems: &mut Problems,
    ) -> Self {
        let mut folder = Self {
            path: path.to_owned(),
            ..Self::default()
        };
        let (over, base): (Vec<_>, Vec<_>) =
            names.into_iter().partition(|(_, name)| overrides(name));
        for (number, name) in base {
            if unit::is_unit(name) {
                continue;
            }
            folder.length += files.text(number).len();
            match files.parse(number) {
                Ok(file) => folder.declare(files, file, problems),
                Err(problem) => problems.push(folder.refuse(files, number, problem)),
            }
        }
        for (number, _) in over {
            folder.length += files.text(number).len();
            match files.parse(number) {
                Ok(file) => folder.override_with(files, file, problems),
                Err(problem) => problems.push(folder.refuse(files, number, problem)),
            }
        }
        folder
    }

    /// Keeps a file that could not be read and returns the problem to report.
    fn refuse(&mut self, files: &Files<'_>, number: usize, problem: Problem) -> Problem {
        let (mut reason, origin) = problem;
        self.leave(files.path(number), &reason, origin.clone());
        if may_hold_proxy(files.text(number).as_bytes()) {
            reason.push_str("; it mentions an RDS Proxy, which is not judged");
        }
        (reason, origin)
    }

    fn leave(&mut self, path: &str, reason: &str, origin: Origin) {
        self.unread.push(UnreadFile {
            path: path.to_owned(),
            reason: reason.to_owned(),
            origin,
        });
    }

    fn declare(&mut self, files: &Files<'_>, file: Block, problems: &mut Problems) {
        let mut twice = |name: String, spot| {
            let message = format!("{} is declared twice: the first counts", short(&name));
            problems.push((message, files.origin(spot)));
        };
        for block in file.blocks {
            if block.kind == "locals" {
                for attribute in block.attributes {
                    let (name, spot) = (attribute.name.clone(), attribute.spot);
                    match self.locals.entry(name) {
                        Entry::Occupied(known) => twice(format!("local.{}", known.key()), spot),
                        Entry::Vacant(free) => drop(free.insert(attribute)),
                    }
                }
                continue;
            }
            let Some((declared, name)) = self.place(&block) else {
                continue;
            };
            match declared.entry(name) {
                Entry::Occupied(known) => twice(known.key().clone(), block.spot),
                Entry::Vacant(free) => drop(free.insert(block)),
            }
        }
    }

    fn override_with(&mut self, files: &Files<'_>, file: Block, problems: &mut Problems) {
        for block in file.blocks {
            if block.kind == "locals" {
                let named = block.attributes.into_iter();
                self.locals
                    .extend(named.map(|attribute| (attribute.name.clone(), attribute)));
                continue;
            }
            let Some((declared, name)) = self.place(&block) else {
                continue;
            };
            match declared.get_mut(&name) {
                Some(base) => merge(base, block),
                None => {
                    let message = format!("overrides {}, which is not declared", short(&name));
                    problems.push((message, files.origin(block.spot)));
                }
            }
        }
    }

    /// Returns the map that a block belongs to, and its name there.
    fn place(&mut self, block: &Block) -> Option<(&mut BTreeMap<String, Block>, String)> {
        let first = block.label(0).to_owned();
        let both = format!("{first}.{}", block.label(1));
        match (block.kind.as_str(), block.labels.len()) {
            ("variable", 1) => Some((&mut self.variables, first)),
            ("output", 1) => Some((&mut self.outputs, first)),
            ("module", 1) => Some((&mut self.calls, first)),
            ("resource", 2) => Some((&mut self.resources, both)),
            ("data" | "ephemeral" | "action", 2) => {
                Some((&mut self.resources, format!("{}.{both}", block.kind)))
            }
            _ => None,
        }
    }
}

/// Merges an override block: an argument replaces the same argument, and nested blocks of one type replace all of that
/// type ("Merging Behavior", Terraform language, Override Files).
fn merge(base: &mut Block, over: Block) {
    for attribute in over.attributes {
        match base
            .attributes
            .iter_mut()
            .find(|one| one.name == attribute.name)
        {
            Some(one) => *one = attribute,
            None => base.attributes.push(attribute),
        }
    }
    let replaced: Vec<String> = over
        .blocks
        .iter()
        .map(|block| content_kind(block).to_owned())
        .collect();
    base.blocks
        .retain(|block| !replaced.iter().any(|kind| kind == content_kind(block)));
    base.blocks.extend(over.blocks);
}

/// Returns the type of a nested block, including one generated by `dynamic`.
fn content_kind(block: &Block) -> &str {
    match block.kind.as_str() {
        "dynamic" => block.label(0),
        kind => kind,
    }
}

/// Quickly scans bytes; false means that they cannot define a proxy.
pub fn may_hold_proxy(bytes: &[u8]) -> bool {
    prefilter::holds(bytes, &SIGNS)
}

/// Any text that defines a proxy, or calls a well-known module that does, contains one of these.
const SIGNS: [&str; 6] = [
    "aws_db_proxy",
    // The template of such a stack may create a proxy.
    "aws_cloudformation_stack",
    "/rds-proxy/",
    "/rds-db-proxy/",
    "/terraform-aws-rds-proxy",
    "/terraform-aws-rds-db-proxy",
];
