//! Finds and reads the files below the user's paths that may define a proxy. It respects gitignore, skips hidden
//! folders, follows no links that lead out, and inspects the bytes before anything is decoded. Files that are not read
//! are reported with the reason.
#![allow(clippy::disallowed_methods)]

mod found;
mod ignored;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

pub use super::boundary::name;
use super::boundary::{Boundary, PathContent, decoded};
use super::files::bounded::Bound;
use super::parallel;
use crate::language::{cloudformation, plan, terraform};

/// Files of a Terraform or OpenTofu module.
const MODULE_FILES: [&str; 5] = [".tf", ".tofu", ".tf.json", ".tofu.json", "terragrunt.hcl"];
/// Files with values of variables.
const VARIABLE_FILES: [&str; 2] = [".tfvars", ".tfvars.json"];
/// Files that can be CloudFormation templates, Terraform plans or Terraform states.
const DATA_FILES: [&str; 5] = [".json", ".yaml", ".yml", ".template", ".tfstate"];

/// Files that other files refer to: text templates, and includes of Terragrunt.
const NAMED_FILES: [&str; 5] = [".tftpl", ".tpl", ".tmpl", ".hcl", ".txt"];

/// Files that are code or of an unsupported format, but that can define as much as supported files. Each has a text
/// that it must contain to be reported, and the message.
const UNREADABLE_FILES: [(&str, &str, &str); 6] = [
    ("serverless.ts", "provider", SERVERLESS),
    ("serverless.js", "provider", SERVERLESS),
    ("serverless.mjs", "provider", SERVERLESS),
    ("serverless.cjs", "provider", SERVERLESS),
    (
        "terragrunt.stack.hcl",
        "source",
        "a stack of Terragrunt, which is not read: audit what `terragrunt stack generate` writes",
    ),
    (
        "terragrunt.hcl.json",
        "source",
        "a unit of Terragrunt in JSON, which is not read",
    ),
];

const SERVERLESS: &str = "a service of the Serverless Framework in code, which is not read: audit what `serverless package` writes";

/// The maximum size of a file in bytes.
const MAX_BYTES: u64 = Bound::SOURCE.bytes as u64;

/// The mark of the construct tree, which the CDK writes beside the template with the same content.
const CONSTRUCT_TREE: &str = "\"tree-0.1\"";

/// The error for a path that cannot be searched.
#[derive(Debug, Error)]
#[error("cannot read {path}")]
pub struct WalkError {
    /// The path as the user named it.
    path: String,
    /// The error of the system.
    source: io::Error,
}

/// The files found below the paths.
#[derive(Clone, Debug, Default)]
pub struct Survey {
    /// Every folder with Terraform files, by path.
    pub terraform: BTreeMap<String, ScannedFolder>,
    /// The texts of the templates, by path.
    pub templates: BTreeMap<String, String>,
    /// The texts of plans and states, by path.
    pub plans: BTreeMap<String, String>,
    /// The number of files of known kinds that were inspected.
    pub files: usize,
    /// Files that were not read, with the reasons.
    pub skipped: Told,
    /// Files with values of variables, in order. None of them is opened.
    pub values: Vec<String>,
    /// Files of unsupported kinds that may still define a proxy, with the reasons.
    pub unreadable: Told,
}

/// The result of scanning a Terraform folder.
#[derive(Clone, Debug, Default)]
pub struct ScannedFolder {
    /// The texts of the files, by path.
    pub files: BTreeMap<String, String>,
    /// The signs that the folder can define a proxy, and the modules it calls.
    pub signs: terraform::FolderSigns,
    /// Files that were inspected and dropped because no file of the folder has any sign of a proxy. They are read again
    /// if a module with a proxy turns out to call the folder.
    let_go: BTreeSet<String>,
}

/// Files that were not read, each with the reason.
pub type Told = Vec<(String, String)>;

/// The kind of a file according to its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FileNameKind {
    Module,
    Values,
    /// A template, a plan, or something unrelated.
    Data,
    /// Code, or an unsupported format.
    Unreadable,
}

/// Scans everything below the paths. Every file is opened once, and dropped immediately if its bytes show that it is
/// irrelevant.
///
/// # Errors
/// If one of the paths does not exist or cannot be opened.
pub fn survey(paths: &[PathBuf], boundary: &Boundary) -> Result<Survey, WalkError> {
    let mut survey = Survey::default();
    let found = found::found(paths, boundary, &mut survey.skipped)?;
    survey.files = found.count;
    survey.values = found.values;
    survey.unreadable = unreadable(&found.unreadable, boundary);
    let folders: Vec<(String, Vec<String>)> = found.folders.into_iter().collect();
    let seen = parallel::map(&folders, |(folder, names)| {
        ScannedFolder::look(folder, names, boundary)
    });
    for ((folder, _), (seen, told)) in folders.into_iter().zip(seen) {
        survey.skipped.extend(told);
        survey.terraform.insert(folder, seen);
    }
    let seen = parallel::map(&found.data, |name| DataKind::look(name, boundary));
    for (name, seen) in found.data.into_iter().zip(seen) {
        match seen {
            DataKind::Template(text) => drop(survey.templates.insert(name, text)),
            DataKind::Plan(text) => drop(survey.plans.insert(name, text)),
            DataKind::Unread(reason) => survey.skipped.push((name, reason)),
            DataKind::Unrelated => {}
        }
    }
    Ok(survey)
}

/// Returns the files whose content confirms their name, with the messages.
fn unreadable(names: &[String], boundary: &Boundary) -> Told {
    let said = names.iter().filter_map(|name| {
        let file = name.rsplit('/').next().unwrap_or(name);
        let (_, word, reason) = UNREADABLE_FILES.iter().find(|(known, ..)| *known == file)?;
        let text = found_text(name, boundary).here()?;
        text.contains(word)
            .then(|| (name.clone(), (*reason).to_owned()))
    });
    said.collect()
}

/// Returns the files of known kinds below the paths, named as in [`survey`]. Files that git ignores, links, and
/// downloaded modules are excluded.
///
/// # Errors
/// If one of the paths does not exist or cannot be opened.
pub fn own_files(paths: &[PathBuf], boundary: &Boundary) -> Result<BTreeSet<String>, WalkError> {
    let found = found::found(paths, boundary, &mut Told::new())?;
    let modules = found.folders.into_values().flatten();
    let files = modules.chain(found.data);
    Ok(files.filter(|name| !found.links.contains(name)).collect())
}

impl ScannedFolder {
    fn look(folder: &str, names: &[String], boundary: &Boundary) -> (Self, Told) {
        let mut told = Told::new();
        let mut files = read_all(names, boundary, &mut told);
        let index = terraform::index(folder);
        files.extend(read_all(&[index], boundary, &mut told));
        let signs = terraform::FolderSigns::new(&files);
        let mut folder = Self {
            files,
            signs,
            let_go: BTreeSet::new(),
        };
        if !folder.signs.any() {
            folder.let_go = std::mem::take(&mut folder.files).into_keys().collect();
        }
        (folder, told)
    }

    /// Adds the files of the folder that the search left out because git ignores them: an apply would read them too. A
    /// folder that does not exist has none.
    pub fn look_closer(&mut self, folder: &str, boundary: &Boundary, told: &mut Told) {
        let new: Vec<String> = names_in(folder, boundary, told)
            .into_iter()
            .filter(|name| !self.files.contains_key(name) && !self.let_go.contains(name))
            .collect();
        let new = read_all(&new, boundary, told);
        self.signs.add(&terraform::FolderSigns::new(&new));
        self.files.extend(new);
    }

    /// True if the folder has no files.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.let_go.is_empty()
    }

    /// Loads the text of every file in the folder.
    pub fn complete(&mut self, folder: &str, boundary: &Boundary, told: &mut Told) {
        let names: Vec<String> = std::mem::take(&mut self.let_go).into_iter().collect();
        self.files.extend(read_all(&names, boundary, told));
        self.look_closer(folder, boundary, told);
    }
}

/// Returns the names of the Terraform files in a folder.
fn names_in(folder: &str, boundary: &Boundary, told: &mut Told) -> Vec<String> {
    let names = match boundary.files(folder) {
        PathContent::Here(names) => names,
        PathContent::Absent => Vec::new(),
        PathContent::Outside => {
            told.push((folder.to_owned(), boundary.refusal()));
            Vec::new()
        }
        PathContent::Unreadable(reason) => {
            told.push((folder.to_owned(), reason));
            Vec::new()
        }
    };
    names
        .into_iter()
        .map(|file| name(&Path::new(folder).join(file)))
        .filter(|name| {
            matches!(
                FileNameKind::new(name),
                Some(FileNameKind::Module | FileNameKind::Values)
            )
        })
        .filter(|name| {
            let is_readable = !name.contains(char::REPLACEMENT_CHARACTER);
            if !is_readable {
                told.push((name.clone(), "its name is not UTF-8".to_owned()));
            }
            is_readable
        })
        .collect()
}

/// The kind of a data file according to its content.
enum DataKind {
    Template(String),
    Plan(String),
    Unread(String),
    Unrelated,
}

impl DataKind {
    fn look(name: &str, boundary: &Boundary) -> Self {
        match boundary.read(name, MAX_BYTES) {
            PathContent::Here(bytes) if !may_matter(&bytes) => Self::Unrelated,
            PathContent::Here(bytes) => decoded(bytes).map_or_else(Self::Unread, Self::new),
            PathContent::Unreadable(reason) => Self::Unread(reason),
            PathContent::Outside => Self::Unread(boundary.refusal()),
            // It was removed while other files were read.
            PathContent::Absent => Self::Unrelated,
        }
    }

    fn new(text: String) -> Self {
        if cloudformation::is_template(&text) {
            Self::Template(text)
        } else if plan::is_plan_or_state(&text) {
            Self::Plan(text)
        } else if mentions_proxy(&text) && !text.contains(CONSTRUCT_TREE) {
            let reason = "mentions an RDS Proxy, and is neither Terraform source, a plan, a state nor a CloudFormation template";
            Self::Unread(reason.to_owned())
        } else {
            Self::Unrelated
        }
    }
}

/// True if a file may be relevant, judged by its bytes. This is decisive for nearly all files. A file that is ruled out
/// contains no AWS resource in any spelling, and so neither a proxy nor anything that a proxy refers to. A template
/// without a proxy is not ruled out: it may export a value, be nested, or contain the groups, secrets, policies and
/// functions for a proxy in another template. A file in another encoding than UTF-8 may be anything, so it is reported.
fn may_matter(bytes: &[u8]) -> bool {
    let other_encoding = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
    other_encoding || cloudformation::may_be_template(bytes) || terraform::may_hold_proxy(bytes)
}

/// True if a file of this name may be read, as source or because source refers to it.
pub fn may_be_read(name: &str) -> bool {
    let is_named = NAMED_FILES.iter().any(|ending| name.ends_with(ending));
    is_named || FileNameKind::new(name).is_some()
}

/// True if the text may be generated from Terraform or CloudFormation with a proxy.
fn mentions_proxy(text: &str) -> bool {
    text.contains("\"aws_db_proxy\"") || text.contains("AWS::RDS::DBProxy")
}

impl FileNameKind {
    fn new(name: &str) -> Option<Self> {
        let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
        let file = name.rsplit('/').next().unwrap_or(name);
        if UNREADABLE_FILES.iter().any(|(known, ..)| *known == file) {
            Some(Self::Unreadable)
        } else if ends(&MODULE_FILES) {
            Some(Self::Module)
        } else if ends(&VARIABLE_FILES) {
            Some(Self::Values)
        } else {
            ends(&DATA_FILES).then_some(Self::Data)
        }
    }

    /// Returns the message for a file of unknown kind.
    fn unknown() -> String {
        let kinds = [&MODULE_FILES[..], &VARIABLE_FILES, &DATA_FILES];
        format!(
            "not a kind of file that is read: {}",
            kinds.concat().join(" ")
        )
    }
}

/// Returns the text of one file, or the reason why there is none.
pub fn found_text(name: &str, boundary: &Boundary) -> PathContent<String> {
    boundary.text(name, MAX_BYTES)
}

/// Returns the text of one file. A file that is outside the boundary or unreadable is added to `told`.
pub fn text(name: &str, boundary: &Boundary, told: &mut Told) -> Option<String> {
    match found_text(name, boundary) {
        PathContent::Here(text) => return Some(text),
        PathContent::Absent => {}
        PathContent::Outside => told.push((name.to_owned(), boundary.refusal())),
        PathContent::Unreadable(reason) => told.push((name.to_owned(), reason)),
    }
    None
}

fn read_all(names: &[String], boundary: &Boundary, told: &mut Told) -> BTreeMap<String, String> {
    let read = names
        .iter()
        .filter_map(|name| Some((name.clone(), text(name, boundary, told)?)));
    read.collect()
}

#[cfg(test)]
mod tests;
