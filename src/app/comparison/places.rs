//! Current places of the generated files: renamed files, a folder that was moved or became a module, a converted
//! template, and blocks that moved to other files. All paths are relative to the project's directory.

use std::collections::{BTreeMap, BTreeSet};

use super::layout::{
    BELOW, CLOUDFORMATION, GeneratedLayout, PARAMETERS, SETTINGS, TEMPLATE, TERRAFORM, calling,
    carried_path, holds_code, joined, moved_with,
};
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
    layout: GeneratedLayout,
    /// The folder of the module.
    pub(super) terraform: String,
    /// The folder of the root module. In a flat project it is that of the module.
    pub(super) root: String,
    /// The folder that calls the module, if it is not the generated root module.
    pub(super) caller: Option<String>,
    /// The variable file next to the caller, if the module is called and the file exists.
    values: Option<String>,
    /// Generated files that a called module does not have. Its caller may contain their content.
    absent: BTreeSet<String>,
    /// Files that moved as a whole, by their generated path.
    files: BTreeMap<String, String>,
    /// The text of the template if it is JSON now. Its indentation serves as the model for new text.
    json: Option<String>,
    /// Blocks that moved between files of the module, and between those of its generated caller.
    homes: [Homes; 2],
}

impl CurrentPlaces {
    /// Finds all moves except those of blocks.
    pub(super) fn found(seen: &SearchedProject<'_>) -> Self {
        let mut places = Self::generated(seen.layout);
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

    /// Returns the places of a project of which nothing was moved.
    fn generated(layout: GeneratedLayout) -> Self {
        Self {
            layout,
            terraform: layout.module().to_owned(),
            root: TERRAFORM.to_owned(),
            caller: None,
            values: None,
            absent: BTreeSet::new(),
            files: BTreeMap::new(),
            json: None,
            homes: <[Homes; 2]>::default(),
        }
    }

    fn find_module(&mut self, seen: &SearchedProject<'_>) {
        let Some((folder, root)) = seen.module() else {
            return;
        };
        let is_own_root = match self.layout {
            GeneratedLayout::Flat => root == folder,
            GeneratedLayout::Called => root != folder && (root == TERRAFORM || seen.is_root(&root)),
        };
        if is_own_root {
            self.root.clone_from(&root);
        } else if self.layout == GeneratedLayout::Flat {
            self.root.clone_from(&folder);
        }
        self.terraform = folder;
        let is_there = |path: &str| existing(seen.dir, path) != ExistingFile::Absent;
        let moved = seen.generated.keys().filter_map(|path| {
            let to = self.moved(path)?;
            let is_code = self.layout.is_module_file(path) || self.layout.is_root_file(path);
            (is_code || is_there(&to) || !is_there(path)).then(|| (path.clone(), to))
        });
        self.files = moved.collect();
        self.caller = (!is_own_root && root != self.terraform).then_some(root);
        let Some(caller) = &self.caller else { return };
        let values = joined(caller, "terraform.tfvars");
        self.values = seen.text(&values).map(|_| values);
        let code = seen
            .generated
            .keys()
            .filter(|path| self.layout.is_module_file(path) || self.layout.is_root_file(path));
        let absent = code.filter(|path| !is_there(self.at(path)));
        self.absent = absent.cloned().collect();
    }

    /// True for a project that was generated before there was a module.
    pub(in crate::app) fn is_flat(&self) -> bool {
        self.layout == GeneratedLayout::Flat
    }

    /// Returns the folder of the module.
    pub(in crate::app) fn module(&self) -> &str {
        &self.terraform
    }

    /// Returns the folder that calls the module, if it is not the generated root module.
    pub(in crate::app) fn caller(&self) -> Option<&str> {
        self.caller.as_deref()
    }

    /// Returns the places of a flat project once it is a root module and a module below it. `stays` is true for a file
    /// that belongs to the root module.
    pub(in crate::app) fn carried(&self, stays: impl Fn(&str) -> bool) -> Self {
        let module = joined(&self.terraform, BELOW);
        let now = |path: &str| carried_path(&self.terraform, &stays, path);
        let generated = |path: &str| carried_path(TERRAFORM, &|path| path == SETTINGS, path);
        let files = self.files.iter();
        let [own, _] = self.homes.clone();
        let [root, own] = own.divided(&stays);
        Self {
            layout: GeneratedLayout::Called,
            root: self.terraform.clone(),
            files: files
                .map(|(from, to)| (generated(from), now(to)))
                .filter(|(from, to)| from != to)
                .collect(),
            homes: [own.renamed(now), root],
            terraform: module,
            caller: None,
            values: None,
            absent: BTreeSet::new(),
            json: self.json.clone(),
        }
    }

    /// Returns the path of a generated file of the Terraform target in the folders of today, if it is another one.
    fn moved(&self, path: &str) -> Option<String> {
        let module = moved_with(self.layout.module(), path, &self.terraform);
        let to = module.or_else(|| moved_with(TERRAFORM, path, &self.root))?;
        (to != path).then_some(to)
    }

    /// True for a file that was generated next to the template, if the template is in another folder now.
    fn is_beside_template(&self, path: &str) -> bool {
        folder_of(self.at(TEMPLATE)) != CLOUDFORMATION
            && path != PARAMETERS
            && path.starts_with("cloudformation/")
    }

    /// Finds blocks that moved to other files of the module, from its present texts.
    pub(super) fn find_blocks(&mut self, before: &Texts, today: &Texts) {
        self.homes = self.folders().map(|folder| {
            let [before, today] = [before, today].map(|texts| {
                let texts = texts.iter().filter(|(path, _)| holds_blocks(folder, path));
                texts
                    .map(|(path, text)| (path.clone(), text.clone()))
                    .collect()
            });
            Homes::found(&before, &today)
        });
    }

    /// Returns the folders with generated code: of the module, and of the root module if that is another one. No file is
    /// generated into the folder without a name.
    fn folders(&self) -> [&str; 2] {
        let root = match self.layout {
            GeneratedLayout::Flat => "",
            GeneratedLayout::Called => &self.root,
        };
        [&self.terraform, root]
    }

    fn holds_blocks(&self, path: &str) -> bool {
        let folders = self.folders();
        folders.iter().any(|folder| holds_blocks(folder, path))
    }

    /// True if nothing was moved.
    pub(super) fn is_empty(&self) -> bool {
        self.files.is_empty() && self.homes.iter().all(Homes::is_empty)
    }

    /// Returns the pairs of generated file and current file between which blocks were moved.
    fn pairs(&self) -> BTreeSet<(&str, &str)> {
        self.homes.iter().flat_map(Homes::pairs).collect()
    }

    fn is_renamed(&self, path: &str) -> bool {
        self.homes.iter().any(|homes| homes.is_renamed(path))
    }

    /// Returns the current path of a file, apart from its blocks.
    pub(super) fn at<'p>(&'p self, path: &'p str) -> &'p str {
        self.files.get(path).map_or(path, String::as_str)
    }

    /// True if a missing file exists under another name, or its blocks are in other files.
    pub(super) fn is_elsewhere(&self, path: &str) -> bool {
        let at = self.at(path);
        self.pairs().iter().any(|(from, _)| *from == at)
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
        let is_code = self.layout.is_module_file(path) || self.layout.is_root_file(path);
        let known = self.files.get(path).cloned();
        let known = known.or_else(|| self.moved(path).filter(|_| is_code));
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
            let text = json.unwrap_or_else(|| text.clone());
            let text = if self.layout.is_root_file(path) {
                calling(&text, &self.root, &self.terraform)
            } else {
                text
            };
            (self.place(path), text)
        });
        let [module, root] = &self.homes;
        root.applied(&module.applied(&placed.collect()))
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
        let mut pairs = self.pairs().into_iter();
        let at = self.at(path);
        if self.is_renamed(at) {
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
        let module = self.layout.module();
        let folders = [(TERRAFORM, &self.root), (module, &self.terraform)];
        let is_within = moved_with(TERRAFORM, module, &self.root).as_ref() == Some(&self.terraform);
        let count = if is_within || module == TERRAFORM {
            1
        } else {
            2
        };
        for (from, to) in folders.iter().take(count).filter(|(from, to)| from != to) {
            let message = format!("{} is {} now", name(from), name(to));
            told.push(((*from).to_owned(), message));
        }
        let cloudformation = self.cloudformation();
        if cloudformation != CLOUDFORMATION {
            let message = format!("{} is {} now", name(CLOUDFORMATION), name(&cloudformation));
            told.push((CLOUDFORMATION.to_owned(), message));
        }
        let within = |from: &str, to: &str| {
            let folders = [
                (module, &self.terraform),
                (TERRAFORM, &self.root),
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
        told.extend(self.pairs().into_iter().map(|(from, to)| {
            let message = if self.is_renamed(from) {
                format!("{} is {} now", name(from), name(to))
            } else {
                format!("blocks of {} stand in {} now", name(from), name(to))
            };
            (from.to_owned(), message)
        }));
        told
    }
}

/// True for a file of this folder whose blocks may move to other files of it.
fn holds_blocks(folder: &str, path: &str) -> bool {
    holds_code(folder, path) && !is_override(path)
}

/// True for a file whose blocks override those of other files; no block moves there. Source: Terraform language,
/// "Override Files".
pub(in crate::app) fn is_override(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.split('.').next().unwrap_or(name);
    name.starts_with('.') || stem == "override" || stem.ends_with("_override")
}
