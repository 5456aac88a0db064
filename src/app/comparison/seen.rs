//! Searches for generated files that were moved: the folder with most of the blocks, the template with most of the
//! resources, the file with most of the lines. If two candidates match equally well, neither is taken.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::layout::{
    CLOUDFORMATION, GeneratedLayout, PARAMETERS, TEMPLATE, is_code_in, joined, relative,
};
use crate::app::folders::Below;
use crate::io::boundary::Boundary;
use crate::io::files::{ExistingFile, existing};
use crate::io::walk;
use crate::language::terraform::folder_of;
use crate::language::{Texts, cloudformation, form};
use crate::rewrite::merge::share;

/// The inputs of the search.
pub(super) struct SearchedProject<'a> {
    pub(super) dir: &'a Path,
    pub(super) layout: GeneratedLayout,
    /// The generated texts, by generated path.
    pub(super) generated: &'a Texts,
    /// The present content at the generated paths.
    pub(super) now: &'a BTreeMap<String, ExistingFile>,
    pub(super) below: &'a Below,
    pub(super) boundary: &'a Boundary,
}

/// True if the candidate contains at least half of the generated items.
fn is_most(found: usize, all: usize) -> bool {
    found > 0 && 2 * found >= all
}

/// Returns the candidate with the highest score; none if two share it.
fn best<T>(found: impl Iterator<Item = (usize, T)>) -> Option<T> {
    let mut found: Vec<(usize, T)> = found.collect();
    found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    let is_clear = found.len() < 2 || found[0].0 > found[1].0;
    found
        .into_iter()
        .next()
        .filter(|_| is_clear)
        .map(|(_, one)| one)
}

impl SearchedProject<'_> {
    pub(super) fn text(&self, path: &str) -> Option<String> {
        match existing(self.dir, path) {
            ExistingFile::Text(text) => Some(text),
            ExistingFile::Absent | ExistingFile::Other => None,
        }
    }

    fn module_texts(&self) -> impl Iterator<Item = (&String, &String)> {
        let texts = self.generated.iter();
        texts.filter(|(path, _)| self.layout.is_module_file(path) && path.ends_with(".tf"))
    }

    /// True if a folder contains most of the generated root module.
    pub(super) fn is_root(&self, folder: &str) -> bool {
        let roots = self.below.roots.iter().flat_map(|root| &root.files);
        let own =
            |name: &&String| relative(self.dir, name).is_some_and(|path| is_code_in(folder, &path));
        let there = roots.filter(|(name, _)| own(name) && name.ends_with(".tf"));
        let generated = self.generated.iter();
        let generated =
            generated.filter(|(path, _)| self.layout.is_root_file(path) && path.ends_with(".tf"));
        let (found, all) = share(generated.map(|(_, text)| text), there.map(|(_, text)| text));
        is_most(found, all)
    }

    /// True if more than half of the module's files differ from the generated ones.
    pub(super) fn is_emptied(&self) -> bool {
        let edited = self.module_texts().filter(|(path, text)| {
            self.now.get(*path) != Some(&ExistingFile::Text((*text).clone()))
        });
        edited.count() * 2 > self.module_texts().count()
    }

    /// Returns the folder that contains the module now, and the folder of its caller.
    pub(super) fn module(&self) -> Option<(String, String)> {
        let mut folders: BTreeMap<String, (BTreeMap<String, &String>, String)> = BTreeMap::new();
        for root in &self.below.roots {
            let Some(of_root) = relative(self.dir, &joined(&root.root, "x")) else {
                continue;
            };
            for (name, text) in &root.files {
                let path = relative(self.dir, name).filter(|path| path.ends_with(".tf"));
                if let Some(path) = path {
                    let place = (BTreeMap::new(), folder_of(&of_root));
                    let (texts, _) = folders.entry(folder_of(&path)).or_insert(place);
                    texts.insert(path, text);
                }
            }
        }
        let generated = || self.module_texts().map(|(_, text)| text);
        let scored = folders.into_iter().filter_map(|(folder, (texts, root))| {
            let (found, all) = share(generated(), texts.values().copied());
            is_most(found, all).then_some((found, (folder, root)))
        });
        best(scored)
    }

    /// Returns the template with most of the generated resources.
    pub(super) fn template(&self) -> Option<String> {
        let ids = |path: &str, text: &str| -> BTreeSet<String> {
            let form = form::template(path, text);
            let names = form.parts.keys().filter_map(|name| {
                let name = name.strip_prefix("Resources/")?;
                Some(name.split('/').next()?.to_owned())
            });
            names.collect()
        };
        let generated = ids(TEMPLATE, &self.generated[TEMPLATE]);
        let templates = self.below.templates.iter();
        let scored = templates.filter_map(|(name, text)| {
            let path = relative(self.dir, name).filter(|path| self.is_free(path))?;
            let found = ids(&path, text).intersection(&generated).count();
            is_most(found, generated.len()).then_some((found, path))
        });
        best(scored)
    }

    /// Returns the parameter file next to the template with most of the generated parameters.
    pub(super) fn parameters(&self, template: &str) -> Option<String> {
        let read = |path: &str, text: &str| cloudformation::read_parameters(path, text).ok();
        let generated = read(PARAMETERS, self.generated.get(PARAMETERS)?)?;
        let folders = BTreeSet::from([folder_of(template), CLOUDFORMATION.to_owned()]);
        let candidates = folders.iter().flat_map(|folder| self.free(folder, "json"));
        let scored = candidates.filter_map(|path| {
            let there = read(&path, &self.text(&path)?)?;
            let found = there
                .iter()
                .filter(|(key, _)| generated.contains_key(*key))
                .count();
            let same = there.iter().filter(|(key, (value, _))| {
                generated.get(*key).is_some_and(|(known, _)| known == value)
            });
            is_most(found, generated.len()).then(|| (found + same.count(), path))
        });
        best(scored)
    }

    /// Returns the file in the same folder and with the same ending that has most of the lines.
    pub(super) fn renamed(&self, path: &str) -> Option<String> {
        let lines = |text: &str| -> BTreeSet<String> {
            let lines = text.lines().map(|line| line.trim().to_owned());
            lines.filter(|line| !line.is_empty()).collect()
        };
        let generated = lines(&self.generated[path]);
        let (_, ending) = path.rsplit_once('.')?;
        let scored = self
            .free(&folder_of(path), ending)
            .into_iter()
            .filter_map(|path| {
                // Terraform does not load other variable files by itself.
                let is_read = ending != "tfvars" || path.ends_with(".auto.tfvars");
                let found = lines(&self.text(&path).filter(|_| is_read)?)
                    .intersection(&generated)
                    .count();
                is_most(found, generated.len()).then_some((found, path))
            });
        best(scored)
    }

    /// Returns the files of a folder with this ending that were not generated.
    fn free(&self, folder: &str, ending: &str) -> Vec<String> {
        let names = self
            .boundary
            .files(&walk::name(&self.dir.join(folder)))
            .here();
        let names = names.unwrap_or_default().into_iter();
        let ending = format!(".{ending}");
        names
            .filter(|name| name.ends_with(&ending) && !name.starts_with('.'))
            .map(|name| joined(folder, &name))
            .filter(|path| self.is_free(path))
            .collect()
    }

    fn is_free(&self, path: &str) -> bool {
        !self.generated.contains_key(path) && self.text(path).is_some()
    }
}
