//! The Terraform folders in view: finds the root modules among them, and all files that their evaluation may need.

use std::collections::{BTreeMap, BTreeSet};

use super::missing;
use crate::app::folders::Values;
use crate::domain::evidence::Origin;
use crate::io::boundary::{Boundary, PathContent};
use crate::io::parallel;
use crate::io::walk::{self, ScannedFolder};
use crate::language::resource::Document;
use crate::language::terraform::{FolderSigns, Lead, Leads, Root, TerraformFiles};
use crate::language::{Texts, terraform};
use crate::report::Skipped;

/// Maximum number of variable files considered for one root module; more than there are environments in practice.
const MOST_OFFERED: usize = 50;

/// Maximum depth of a unit's includes: an included file may be named by a local that another file defines, and so on.
const MAX_TURNS: usize = 16;

/// The Terraform folders that the search found.
pub(in crate::app) struct ScannedFolders {
    /// The folders, by path.
    pub(in crate::app) folders: BTreeMap<String, ScannedFolder>,
    /// The variable files that are passed.
    pub(in crate::app) offered: Vec<String>,
    /// Files that were not read, with the reasons.
    pub(in crate::app) skipped: walk::Told,
}

/// The Terraform folders in view.
pub(in crate::app) struct TerraformFolders<'a> {
    folders: BTreeMap<String, ScannedFolder>,
    /// Variable files that the search found.
    offered: Vec<String>,
    pub(in crate::app) skipped: walk::Told,
    boundary: &'a Boundary,
    values: &'a Values,
    /// Files outside of a folder that its evaluation asked for, by folder.
    looked: BTreeMap<String, Looked>,
    /// Module calls that lead to no folder.
    elsewhere: Vec<Lead>,
    /// Units in a format that is not supported.
    unread_units: Vec<Lead>,
    not_in_view: BTreeSet<Skipped>,
    /// Reasons why values of a root module are unknown, by its folder.
    doubts: BTreeMap<String, (String, Origin)>,
}

/// Files that an evaluation asked for: found, absent or unreadable.
#[derive(Debug, Default)]
struct Looked {
    texts: Texts,
    absent: BTreeSet<String>,
    unread: Texts,
}

impl Looked {
    fn look(&mut self, path: String, boundary: &Boundary) {
        match walk::found_text(&path, boundary) {
            PathContent::Here(text) => drop(self.texts.insert(path, text)),
            PathContent::Absent => drop(self.absent.insert(path)),
            PathContent::Outside => drop(self.unread.insert(path, boundary.refusal())),
            PathContent::Unreadable(reason) => drop(self.unread.insert(path, reason)),
        }
    }

    fn knows(&self, path: &str) -> bool {
        self.texts.contains_key(path)
            || self.absent.contains(path)
            || self.unread.contains_key(path)
    }
}

impl<'a> TerraformFolders<'a> {
    pub(in crate::app) fn new(
        scanned: ScannedFolders,
        boundary: &'a Boundary,
        values: &'a Values,
    ) -> Self {
        let ScannedFolders {
            folders,
            offered,
            skipped,
        } = scanned;
        Self {
            folders,
            offered,
            skipped,
            boundary,
            values,
            looked: BTreeMap::new(),
            elsewhere: Vec::new(),
            unread_units: Vec::new(),
            not_in_view: BTreeSet::new(),
            doubts: BTreeMap::new(),
        }
    }

    /// Returns the root modules that can lead to a proxy. Called folders are read up to the boundary.
    pub(in crate::app) fn roots(&mut self) -> Vec<Root> {
        let mut known = self.with_signs();
        let mut waiting: Vec<String> = known.iter().cloned().collect();
        while !waiting.is_empty() {
            self.follow(&waiting);
            let seen = waiting.iter().filter_map(|folder| self.folders.get(folder));
            let called = seen.flat_map(|folder| folder.signs.calls.keys().cloned());
            let new: BTreeSet<String> = called.filter(|folder| !known.contains(folder)).collect();
            for folder in &new {
                let seen = self.folders.entry(folder.clone()).or_default();
                seen.look_closer(folder, self.boundary, &mut self.skipped);
            }
            known.extend(new.iter().cloned());
            waiting = new.into_iter().collect();
        }
        let signs: BTreeMap<String, FolderSigns> = self
            .folders
            .iter()
            .map(|(folder, seen)| (folder.clone(), seen.signs.clone()))
            .collect();
        let roots = terraform::roots(&signs);
        self.note_what_is_missing(&roots);
        let reached: BTreeSet<&String> = roots.iter().flat_map(|root| &root.reach).collect();
        self.folders.retain(|folder, _| reached.contains(folder));
        for (folder, seen) in &mut self.folders {
            seen.complete(folder, self.boundary, &mut self.skipped);
        }
        roots
    }

    /// Evaluates the calls of these folders whose targets are not literal.
    fn follow(&mut self, folders: &[String]) {
        let is_open = |folder: &&String| {
            let seen = self.folders.get(*folder);
            seen.is_some_and(|seen| seen.signs.is_open)
        };
        let open: Vec<String> = folders.iter().filter(is_open).cloned().collect();
        for folder in &open {
            if let Some(seen) = self.folders.get_mut(folder) {
                // The targets may depend on variable files, which the search skips.
                seen.look_closer(folder, self.boundary, &mut self.skipped);
            }
        }
        let found = parallel::map(&open, |folder| self.leads(folder));
        for (folder, (leads, looked)) in open.into_iter().zip(found) {
            if let Some(seen) = self.folders.get_mut(&folder) {
                seen.signs.calls.extend(leads.folders);
                seen.signs.holds_proxy |= leads.holds_proxy;
                seen.files.extend(looked.texts.clone());
            }
            self.elsewhere.extend(leads.elsewhere);
            self.looked.insert(folder, looked);
        }
    }

    fn leads(&self, folder: &str) -> (Leads, Looked) {
        let mut looked = Looked::default();
        let mut leads = Leads::default();
        for _ in 0..MAX_TURNS {
            let files = self.folders.get(folder).map(|seen| seen.files.clone());
            let mut files = self.with_values(folder, files.unwrap_or_default());
            files.files.extend(looked.texts.clone());
            files.absent = looked.absent.clone();
            files.unread.extend(looked.unread.clone());
            leads = terraform::leads(&files);
            let wanted = std::mem::take(&mut leads.wanted);
            let mut new = wanted
                .into_iter()
                .filter(|path| !looked.knows(path))
                .peekable();
            if new.peek().is_none() {
                break;
            }
            let new: Vec<String> = new.collect();
            new.into_iter()
                .for_each(|path| looked.look(path, self.boundary));
        }
        (leads, looked)
    }

    /// Returns a root module with the variable values of the command line.
    fn with_values(&self, folder: &str, mut files: Texts) -> TerraformFiles {
        files.extend(self.values.files.clone());
        TerraformFiles {
            files,
            root: folder.to_owned(),
            var_files: self.values.names.clone(),
            vars: self.values.vars.clone(),
            repository: self.boundary.repository_root(folder),
            ..TerraformFiles::default()
        }
    }

    /// Records calls that lead out of view, and the root modules that their units may call.
    fn note_what_is_missing(&mut self, roots: &[Root]) {
        self.not_in_view = missing::missing(&self.folders, &self.elsewhere, roots);
        let called = self
            .folders
            .values()
            .flat_map(|seen| seen.signs.calls.keys());
        let called: BTreeSet<&String> = called.collect();
        let alone = roots.iter().filter(|root| {
            let seen = self.folders.get(&root.folder);
            !called.contains(&root.folder)
                && seen.is_some_and(|seen| missing::may_be_a_module(&seen.files))
        });
        let units = self.elsewhere.iter().chain(&self.unread_units);
        let units = units.filter(|lead| lead.is_unit);
        let units: Vec<&Lead> = units.collect();
        self.doubts = alone
            .filter_map(|root| {
                let mut units = units.iter();
                let unit = units.find(|lead| missing::may_lead_to(lead, &root.folder))?;
                Some((root.folder.clone(), missing::doubt(unit)))
            })
            .collect();
    }

    /// Records Terragrunt files that are not supported: the modules that they call are unknown.
    pub(in crate::app) fn leave(&mut self, unreadable: &walk::Told) {
        let is_unit = |path: &str| {
            path.rsplit('/')
                .next()
                .is_some_and(|name| name.starts_with("terragrunt."))
        };
        let units = unreadable.iter().filter(|(path, _)| is_unit(path));
        self.unread_units.extend(units.map(|(path, reason)| Lead {
            is_unit: true,
            origin: Origin::document(path.as_str()),
            source: Err(format!("it is {reason}")),
        }));
    }

    /// Takes the calls that lead out of view.
    pub(in crate::app) fn not_in_view(&mut self) -> BTreeSet<Skipped> {
        std::mem::take(&mut self.not_in_view)
    }

    /// Returns the texts of all folders.
    pub(in crate::app) fn into_texts(self) -> impl Iterator<Item = (String, String)> {
        self.folders.into_values().flat_map(|folder| folder.files)
    }

    /// Replaces files by their edited texts.
    pub(in crate::app) fn replace(&mut self, edited: &Texts) {
        for folder in self.folders.values_mut() {
            crate::app::folders::terraform::replace(&mut folder.files, edited);
        }
    }

    fn with_signs(&self) -> BTreeSet<String> {
        let folders = self.folders.iter();
        let signs = folders.filter(|(_, seen)| seen.signs.any());
        signs.map(|(folder, _)| folder.clone()).collect()
    }

    /// Returns the files of a root module and its modules that were not read.
    fn unread(&self, root: &Root) -> Texts {
        let skipped = self.skipped.iter();
        skipped
            .filter(|(path, _)| root.reach.contains(&terraform::folder_of(path)))
            .cloned()
            .collect()
    }

    /// Decides which root modules are read within the limit. A module that several of them call counts for each.
    pub(in crate::app) fn fits<'r>(&self, roots: &'r [Root]) -> Vec<(&'r Root, bool)> {
        let mut left = MOST_READ;
        let fits = roots.iter().map(|root| {
            let folders = root.reach.iter();
            let folders = folders.filter_map(|folder| self.folders.get(folder));
            let texts = folders.flat_map(|folder| folder.files.values());
            let fewer = left.checked_sub(texts.map(String::len).sum());
            left = fewer.unwrap_or(left);
            (root, fewer.is_some())
        });
        fits.collect()
    }

    /// Returns the texts that are not already kept for all root modules.
    pub(in crate::app) fn only_here(&self, files: TerraformFiles) -> Texts {
        let mut texts = files.files;
        texts.retain(|path, _| {
            let folder = self.folders.get(&terraform::folder_of(path));
            !folder.is_some_and(|folder| folder.files.contains_key(path))
        });
        texts
    }

    /// Returns the variable files below a root module that Terraform does not load by itself and the command line
    /// does not name.
    pub(in crate::app) fn offers(&self, root: &Root) -> Vec<String> {
        let is_loaded = |name: &str| {
            matches!(name, "terraform.tfvars" | "terraform.tfvars.json")
                || name.ends_with(".auto.tfvars")
                || name.ends_with(".auto.tfvars.json")
        };
        let below = self.offered.iter().filter(|path| {
            let rest = match root.folder.as_str() {
                "" => Some(path.as_str()),
                folder => path
                    .strip_prefix(folder)
                    .and_then(|rest| rest.strip_prefix('/')),
            };
            rest.is_some_and(|rest| !is_loaded(rest) && !self.values.names.contains(path))
        });
        below.take(MOST_OFFERED).cloned().collect()
    }

    /// Returns all files that the evaluation of a root module may need, with one more variable file, and the files
    /// that were not read.
    pub(in crate::app) fn files(
        &self,
        root: &Root,
        more_values: Option<&str>,
    ) -> (TerraformFiles, walk::Told) {
        let files: Texts = root
            .reach
            .iter()
            .filter_map(|folder| self.folders.get(folder))
            .flat_map(|folder| &folder.files)
            .map(|(path, text)| (path.clone(), text.clone()))
            .collect();
        let named: BTreeSet<String> = files
            .iter()
            .flat_map(|(path, text)| terraform::named_files(path, text, &root.folder))
            .filter(|path| !files.contains_key(path))
            .collect();
        let mut more = Looked::default();
        for path in named {
            more.look(path, self.boundary);
        }
        let told = more.unread.clone().into_iter().collect();
        let mut files = self.with_values(&root.folder, files);
        files.files.extend(more.texts);
        files.absent = more.absent;
        files.unread = self.unread(root);
        files.unread.extend(more.unread);
        if let Some(looked) = self.looked.get(&root.folder) {
            files.absent.extend(looked.absent.iter().cloned());
            files.unread.extend(looked.unread.clone());
        }
        let offered = self.offers(root).into_iter();
        files.offered = offered
            .filter_map(|path| {
                let text = walk::found_text(&path, self.boundary).here()?;
                Some((path, text))
            })
            .collect();
        if let Some((path, text)) = more_values.and_then(|path| files.offered.remove_entry(path)) {
            // Comes first, so that files named on the command line override it.
            files.var_files.insert(0, path.clone());
            files.files.insert(path, text);
        }
        files.doubt = self.doubts.get(&root.folder).cloned();
        (files, told)
    }
}

/// Maximum number of bytes read for all root modules together. A thousand root modules that share modules of 100 KiB
/// take a fifth of it.
const MOST_READ: usize = 512 * 1024 * 1024;

/// Returns a document that reports a root module as left out.
pub(in crate::app) fn too_much(root: &Root) -> Document {
    let reason = format!(
        "the root module was not read: all of them call more than {} MiB; audit it by itself",
        MOST_READ / 1024 / 1024
    );
    let folder = if root.folder.is_empty() {
        "."
    } else {
        &root.folder
    };
    Document {
        problems: vec![(reason, Origin::document(folder))],
        ..Document::default()
    }
}

/// Replaces texts by their edited versions.
pub(in crate::app) fn replace(texts: &mut Texts, edited: &Texts) {
    for (path, text) in edited {
        if let Some(there) = texts.get_mut(path) {
            there.clone_from(text);
        }
    }
}
