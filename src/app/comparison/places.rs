//! Current places of the generated files: renamed files, a folder that was moved or became a module, a converted
//! template, and blocks that moved to other files. All paths are relative to the project's directory.

use std::collections::{BTreeMap, BTreeSet};

use super::layout::{CLOUDFORMATION, PARAMETERS, TEMPLATE, TERRAFORM, is_module_file, joined};
use super::seen::SearchedProject;
use crate::domain::spec::SPEC_FILE;
use crate::io::files::{ExistingFile, existing};
use crate::language::Texts;
use crate::language::terraform::folder_of;
use crate::rewrite::merge::{Homes, as_json};

const VALUES: &str = "terraform/terraform.tfvars";

/// The current places of the generated files.
#[derive(Clone, Debug)]
pub(in crate::app) struct CurrentPlaces {
    /// The folder of the module.
    pub(super) terraform: String,
    /// The folder that calls the module, if the module was moved there.
    pub(super) caller: Option<String>,
    /// The variable file next to the caller, if the module is called and the file exists.
    values: Option<String>,
    /// Generated files that a called module does not have. Its caller may contain their content.
    absent: BTreeSet<String>,
    /// Files that moved as a whole, by their generated path.
    files: BTreeMap<String, String>,
    /// The text of the template if it is JSON now. Its indentation serves as the model for new text.
    json: Option<String>,
    /// Blocks that moved between files of the module.
    homes: Homes,
}

impl Default for CurrentPlaces {
    fn default() -> Self {
        Self {
            terraform: TERRAFORM.to_owned(),
            caller: None,
            values: None,
            absent: BTreeSet::new(),
            files: BTreeMap::new(),
            json: None,
            homes: Homes::default(),
        }
    }
}

impl CurrentPlaces {
    /// Finds all moves except those of blocks.
    pub(super) fn found(seen: &SearchedProject<'_>) -> Self {
        let mut places = Self::default();
        let now = seen.now.iter();
        let gone: BTreeSet<&String> = now
            .filter(|(_, there)| **there == ExistingFile::Absent)
            .map(|(path, _)| path)
            .collect();
        if gone.iter().any(|path| path.starts_with("terraform/")) || seen.is_emptied() {
            places.find_module(seen);
        }
        // The template and its parameters come first: files beside the template are looked up in its folder.
        let first = [TEMPLATE, PARAMETERS].map(str::to_owned);
        let first = first.iter().filter(|path| gone.contains(path));
        let rest = gone.iter().copied();
        let rest = rest.filter(|path| ![TEMPLATE, PARAMETERS].contains(&path.as_str()));
        for path in first.chain(rest) {
            if places.at(path) != *path || places.holds_blocks(path) {
                continue;
            }
            let found = match path.as_str() {
                path if places.is_beside_template(path) => {
                    moved_with(CLOUDFORMATION, path, &places.cloudformation())
                }
                // A renamed spec is not followed: its readers expect this name.
                SPEC_FILE => None,
                TEMPLATE => seen.template(),
                PARAMETERS => seen.parameters(places.at(TEMPLATE)),
                path => seen.renamed(path),
            };
            places
                .files
                .extend(found.map(|found| (path.clone(), found)));
        }
        let template = places.at(TEMPLATE);
        if template.ends_with(".json") {
            places.json = seen.text(template);
        }
        places
    }

    fn find_module(&mut self, seen: &SearchedProject<'_>) {
        let Some((folder, root)) = seen.module() else {
            return;
        };
        let moved = seen.generated.keys().filter_map(|path| {
            let to = moved_with(TERRAFORM, path, &folder)?;
            let is_there = |path: &str| existing(seen.dir, path) != ExistingFile::Absent;
            (is_module_file(path) || is_there(&to) || !is_there(path)).then(|| (path.clone(), to))
        });
        self.files = moved.collect();
        self.terraform = folder;
        self.caller = root.filter(|root| *root != self.terraform);
        let values = self
            .caller
            .as_ref()
            .map(|root| joined(root, "terraform.tfvars"));
        self.values = values.filter(|path| seen.text(path).is_some());
        if self.caller.is_some() {
            let files = seen.generated.keys().filter(|path| is_module_file(path));
            let absent =
                files.filter(|path| existing(seen.dir, self.at(path)) == ExistingFile::Absent);
            self.absent = absent.cloned().collect();
        }
    }

    /// True for a file that was generated next to the template, if the template is in another folder now.
    fn is_beside_template(&self, path: &str) -> bool {
        folder_of(self.at(TEMPLATE)) != CLOUDFORMATION
            && path != PARAMETERS
            && path.starts_with("cloudformation/")
    }

    /// Finds blocks that moved to other files of the module, from its present texts.
    pub(super) fn find_blocks(&mut self, before: &Texts, today: &Texts) {
        let [before, today] = [before, today].map(|texts| {
            let texts = texts.iter().filter(|(path, _)| self.holds_blocks(path));
            texts
                .map(|(path, text)| (path.clone(), text.clone()))
                .collect()
        });
        self.homes = Homes::found(&before, &today);
    }

    fn holds_blocks(&self, path: &str) -> bool {
        let endings = [".tf", ".tofu"];
        folder_of(path) == self.terraform
            && endings.iter().any(|ending| path.ends_with(ending))
            && !is_override(path)
    }

    /// True if nothing was moved.
    pub(super) fn is_empty(&self) -> bool {
        self.files.is_empty() && self.homes.is_empty()
    }

    /// Returns the current path of a file, apart from its blocks.
    pub(super) fn at<'p>(&'p self, path: &'p str) -> &'p str {
        self.files.get(path).map_or(path, String::as_str)
    }

    /// True if a missing file exists under another name, or its blocks are in other files.
    pub(super) fn is_elsewhere(&self, path: &str) -> bool {
        let at = self.at(path);
        self.homes.pairs().iter().any(|(from, _)| *from == at)
    }

    /// Returns the paths of the template and its parameters.
    pub(super) fn stack(&self) -> [&str; 2] {
        [self.at(TEMPLATE), self.at(PARAMETERS)]
    }

    /// Returns the folder of the generated template.
    pub(super) fn cloudformation(&self) -> String {
        match self.files.get(TEMPLATE) {
            Some(template) => folder_of(template),
            None => CLOUDFORMATION.to_owned(),
        }
    }

    /// Returns the path for a newly generated file.
    fn place(&self, path: &str) -> String {
        let known = self.files.get(path).cloned();
        let known = known.or_else(|| {
            let is_moved = self.terraform != TERRAFORM && is_module_file(path);
            moved_with(TERRAFORM, path, &self.terraform).filter(|_| is_moved)
        });
        known.unwrap_or_else(|| path.to_owned())
    }

    /// Moves generated texts to their current places.
    pub(in crate::app) fn placed(&self, texts: &Texts) -> Texts {
        if self.is_empty() {
            return texts.clone();
        }
        let placed = texts.iter().map(|(path, text)| {
            let json = self.json.as_ref().filter(|_| path == TEMPLATE);
            let json = json.and_then(|like| as_json(text, like));
            (self.place(path), json.unwrap_or_else(|| text.clone()))
        });
        self.homes.applied(&placed.collect())
    }

    /// Moves generated texts to the places where they are written: a called module takes its values from the caller's
    /// folder.
    pub(in crate::app) fn written(&self, texts: &Texts) -> Texts {
        let mut placed = self.placed(texts);
        let without = self.absent.iter();
        without.for_each(|path| drop(placed.remove(self.at(path))));
        let values = self.values.clone();
        placed.extend(values.zip(texts.get(VALUES).cloned()));
        placed
    }

    /// Returns the path to write for the file that is generated under this name.
    pub(in crate::app) fn current<'p>(&'p self, path: &'p str) -> &'p str {
        let mut pairs = self.homes.pairs().into_iter();
        let at = self.at(path);
        if self.homes.is_renamed(at) {
            pairs.find(|(from, _)| *from == at).map_or(at, |(_, to)| to)
        } else {
            at
        }
    }

    /// Returns the generated files that are not written because the module's caller contains their content.
    pub(in crate::app) fn left_to_caller(&self) -> impl Iterator<Item = &String> {
        let absent = self.absent.iter();
        absent.filter(|path| *path != VALUES || self.values.is_none())
    }

    /// Describes the moves, each with the generated path that it concerns.
    pub(in crate::app) fn messages(&self, name: impl Fn(&str) -> String) -> Vec<(String, String)> {
        let mut told = Vec::new();
        let is_moved = self.terraform != TERRAFORM;
        if is_moved {
            let message = format!("{} is {} now", name(TERRAFORM), name(&self.terraform));
            told.push((TERRAFORM.to_owned(), message));
        }
        let cloudformation = self.cloudformation();
        if cloudformation != CLOUDFORMATION {
            let message = format!("{} is {} now", name(CLOUDFORMATION), name(&cloudformation));
            told.push((CLOUDFORMATION.to_owned(), message));
        }
        let within = |from: &str, to: &str| {
            let folders = [
                (TERRAFORM, &self.terraform),
                (CLOUDFORMATION, &cloudformation),
            ];
            let mut moved = folders.iter().map(|(old, new)| moved_with(old, from, new));
            moved.any(|moved| moved.as_deref() == Some(to))
        };
        let files = self.files.iter().filter(|(from, to)| !within(from, to));
        told.extend(files.map(|(from, to)| {
            let how = match (from.as_str(), &self.json) {
                (TEMPLATE, Some(_)) => ", written as JSON",
                _ => "",
            };
            (
                from.clone(),
                format!("{} is {} now{how}", name(from), name(to)),
            )
        }));
        told.extend(self.homes.pairs().into_iter().map(|(from, to)| {
            let message = if self.homes.is_renamed(from) {
                format!("{} is {} now", name(from), name(to))
            } else {
                format!("blocks of {} stand in {} now", name(from), name(to))
            };
            (from.to_owned(), message)
        }));
        told
    }
}

/// Returns the path in the new folder of the module or template for a path in the old one.
fn moved_with(old: &str, path: &str, folder: &str) -> Option<String> {
    let rest = path.strip_prefix(old)?.strip_prefix('/')?;
    Some(joined(folder, rest))
}

/// True for a file whose blocks override those of other files; no block moves there. Source: Terraform language,
/// "Override Files".
fn is_override(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.split('.').next().unwrap_or(name);
    name.starts_with('.') || stem == "override" || stem.ends_with("_override")
}
