//! What is in view of an audit: which files belong together, read into documents.

use std::collections::{BTreeMap, BTreeSet};

use super::given::{Given, Values};
use super::{Args, templates};
use crate::commands::CommandError;
use crate::domain::evidence::Origin;
use crate::domain::snapshot::Snapshot;
use crate::io::boundary::Boundary;
use crate::io::parallel;
use crate::io::walk::{self, Folder, Survey};
use crate::report::{Checked, Skipped};
use crate::source::assemble;
use crate::source::cloudformation::{self, CloudFormationFiles};
use crate::source::plan;
use crate::source::resource::Document;
use crate::source::secrecy::Secrecy;
use crate::source::terraform::{self, FolderSigns, Root, TerraformFiles};

/// Texts by path.
pub(super) type Texts = BTreeMap<String, String>;

/// Everything that is judged together.
#[derive(Debug, Default)]
pub(super) struct View {
    /// One for each Terraform root module, with its folder; one for all templates, or one for the account.
    pub(super) documents: Vec<(Document, Option<String>)>,
    /// The texts that places lie in, by file.
    pub(super) texts: Texts,
    /// Plans and states, which have no lines, by file.
    plans: Texts,
    /// What was looked at.
    pub(super) checked: Checked,
    /// What could not be read, each once.
    pub(super) skipped: BTreeSet<Skipped>,
}

impl View {
    /// An account alone.
    pub(super) fn of_account(account: Document) -> Self {
        Self {
            documents: vec![(account, None)],
            ..Self::default()
        }
    }

    /// The files below the paths, and what they call; those that were edited as they would be.
    pub(super) fn of_files(
        (args, given): (&Args, &Given),
        edited: &Texts,
    ) -> Result<Self, CommandError> {
        let boundary = &given.boundary;
        let Survey {
            terraform,
            templates: mut texts_of_templates,
            plans,
            files,
            skipped,
        } = walk::survey(&args.paths, boundary).map_err(|error| {
            CommandError::environment(error).hint("name folders and files that exist")
        })?;
        let mut view = Self::default();
        view.checked.files = files;
        let mut estate = Estate {
            folders: terraform,
            skipped,
            boundary,
        };
        let roots = estate.roots();
        for folder in estate.folders.values_mut() {
            replace(&mut folder.files, edited);
        }
        replace(&mut texts_of_templates, edited);
        let fits = estate.fits(&roots);
        let read = parallel::map(&fits, |(root, fits)| match fits {
            true => {
                let (files, told) = estate.files(root, &given.values);
                (terraform::read(&files), estate.only_here(files), told)
            }
            false => (too_much(root), Texts::new(), walk::Told::new()),
        });
        let mut told = std::mem::take(&mut estate.skipped);
        for (root, (document, texts, told_of_root)) in roots.into_iter().zip(read) {
            view.add(document, Some(root.folder.clone()));
            told.extend(told_of_root);
            view.checked.roots.push(root.folder);
            view.texts.extend(texts);
        }
        let texts = estate.folders.into_values();
        view.texts.extend(texts.flat_map(|folder| folder.files));
        view.add_templates(texts_of_templates, (given, edited), &mut told);
        for (path, text) in plans {
            view.add(plan::read(&path, &text), None);
            view.checked.plans.push(path.clone());
            view.plans.insert(path, text);
        }
        view.skip(
            told.into_iter()
                .map(|(file, reason)| (reason, Origin::document(file))),
        );
        Ok(view)
    }

    fn add_templates(
        &mut self,
        templates: Texts,
        (given, edited): (&Given, &Texts),
        told: &mut walk::Told,
    ) {
        if templates.is_empty() {
            return;
        }
        self.checked.templates = templates.keys().cloned().collect();
        let files = CloudFormationFiles {
            includes: included(&templates, (&given.boundary, edited), told),
            templates,
            parameters: given.parameters.clone(),
        };
        for document in templates::read(&files) {
            self.add(document, None);
        }
        self.texts.extend(files.templates);
        self.texts.extend(files.includes);
    }

    /// What is secret in all that was read.
    pub(super) fn secrecy(
        &self,
        given: &Given,
        world: Option<&Snapshot>,
    ) -> Result<Secrecy, CommandError> {
        let account = world.map(Snapshot::to_json).transpose();
        let account = account.map_err(CommandError::bug)?;
        let texts = self.texts.iter().chain(&self.plans);
        let texts = texts.map(|(path, text)| (path.as_str(), text.as_str()));
        let more = [
            ("parameters.json", &given.text_of_parameters),
            ("account.json", &account),
        ];
        let more = more.into_iter();
        let more = more.filter_map(|(name, text)| Some((name, text.as_deref()?)));
        Ok(Secrecy::of(texts.chain(more).collect(), &given.values.vars))
    }

    /// True when something was to be read and nothing could be: "no proxy found" would then be no answer.
    pub(super) fn is_dark(&self) -> bool {
        let mut documents = self.documents.iter();
        let nothing = documents.all(|(document, _)| document.holds_nothing());
        let all_skipped = self.skipped.len() >= self.checked.files;
        nothing && !self.skipped.is_empty() && (all_skipped || !self.documents.is_empty())
    }

    /// The proxies that a default leaves out.
    pub(super) fn left_out(&self) -> BTreeSet<Skipped> {
        let documents = self.documents.iter();
        documents
            .flat_map(|(document, _)| assemble::left_out(document))
            .map(|(reason, origin)| Skipped { origin, reason })
            .collect()
    }

    fn add(&mut self, document: Document, root: Option<String>) {
        self.skip(document.problems.iter().cloned());
        self.documents.push((document, root));
    }

    fn skip(&mut self, problems: impl IntoIterator<Item = (String, Origin)>) {
        let new = problems.into_iter();
        self.skipped
            .extend(new.map(|(reason, origin)| Skipped { origin, reason }));
    }
}

/// What stands below one folder: its root modules, each with all that its evaluation may look into, and its templates.
#[derive(Debug, Default)]
pub(in crate::commands) struct Below {
    pub(in crate::commands) roots: Vec<TerraformFiles>,
    pub(in crate::commands) templates: Texts,
    /// What was not read, and why.
    pub(in crate::commands) skipped: walk::Told,
}

/// Looks below a folder.
pub(in crate::commands) fn below(
    folder: &std::path::Path,
    boundary: &Boundary,
) -> Result<Below, CommandError> {
    let survey = walk::survey(&[folder.to_owned()], boundary).map_err(CommandError::environment)?;
    let mut estate = Estate {
        folders: survey.terraform,
        skipped: survey.skipped,
        boundary,
    };
    let roots = estate.roots();
    let values = Values::default();
    let mut below = Below {
        templates: survey.templates,
        ..Below::default()
    };
    for root in &roots {
        let (files, told) = estate.files(root, &values);
        below.roots.push(files);
        below.skipped.extend(told);
    }
    below.skipped.extend(estate.skipped);
    Ok(below)
}

/// The Terraform folders in view.
struct Estate<'a> {
    folders: BTreeMap<String, Folder>,
    skipped: walk::Told,
    boundary: &'a Boundary,
}

impl Estate<'_> {
    /// The root modules that can lead to a proxy. Folders that are called are read as far as the boundary.
    fn roots(&mut self) -> Vec<Root> {
        let mut called: Vec<String> = self
            .folders
            .values()
            .flat_map(|folder| folder.signs.calls.clone())
            .collect();
        let mut known: BTreeSet<String> = self.with_signs();
        while let Some(folder) = called.pop() {
            if !known.insert(folder.clone()) {
                continue;
            }
            let seen = self.folders.entry(folder.clone()).or_default();
            seen.look_closer(&folder, self.boundary, &mut self.skipped);
            called.extend(seen.signs.calls.iter().cloned());
        }
        let signs: BTreeMap<String, FolderSigns> = self
            .folders
            .iter()
            .map(|(folder, seen)| (folder.clone(), seen.signs.clone()))
            .collect();
        let roots = terraform::roots(&signs);
        let reached: BTreeSet<&String> = roots.iter().flat_map(|root| &root.reach).collect();
        self.folders.retain(|folder, _| reached.contains(folder));
        for (folder, seen) in &mut self.folders {
            seen.complete(folder, self.boundary, &mut self.skipped);
        }
        roots
    }

    fn with_signs(&self) -> BTreeSet<String> {
        let folders = self.folders.iter();
        let signs = folders.filter(|(_, seen)| seen.signs.any());
        signs.map(|(folder, _)| folder.clone()).collect()
    }

    /// The files of a root module, and of what it calls, that were not read.
    fn unread(&self, root: &Root) -> Texts {
        let skipped = self.skipped.iter();
        skipped
            .filter(|(path, _)| root.reach.contains(&terraform::folder_of(path)))
            .cloned()
            .collect()
    }

    /// Which root modules are read: what several call is read for each of them.
    fn fits<'r>(&self, roots: &'r [Root]) -> Vec<(&'r Root, bool)> {
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

    /// The texts that are not kept for all root modules.
    fn only_here(&self, files: TerraformFiles) -> Texts {
        let mut texts = files.files;
        texts.retain(|path, _| {
            let folder = self.folders.get(&terraform::folder_of(path));
            !folder.is_some_and(|folder| folder.files.contains_key(path))
        });
        texts
    }

    /// All that the evaluation of a root module may look into, and what of it was not read.
    fn files(&self, root: &Root, values: &Values) -> (TerraformFiles, walk::Told) {
        let mut files: Texts = root
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
        let mut told = walk::Told::new();
        files.extend(named.into_iter().filter_map(|path| {
            let text = walk::text(&path, self.boundary, &mut told)?;
            Some((path, text))
        }));
        files.extend(values.files.clone());
        let files = TerraformFiles {
            files,
            root: root.folder.clone(),
            var_files: values.names.clone(),
            vars: values.vars.clone(),
            unread: self.unread(root),
        };
        (files, told)
    }
}

/// How many bytes are read for all root modules together. A thousand that share modules of 100 KiB take a fifth of it.
const MOST_READ: usize = 512 * 1024 * 1024;

/// A root module that was left out.
fn too_much(root: &Root) -> Document {
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

/// How often the files that a service names may lead to more names: by a variable in a file that a variable names, and so on.
const MAX_TURNS: usize = 8;

/// What the services of the Serverless Framework include, and what that includes.
fn included(
    templates: &Texts,
    (boundary, edited): (&Boundary, &Texts),
    told: &mut walk::Told,
) -> Texts {
    let mut includes = Texts::new();
    for (service, text) in templates {
        let mut open = cloudformation::named_files(service, text);
        let mut tried = BTreeSet::new();
        for _ in 0..MAX_TURNS {
            while let Some(path) = open.pop_first() {
                let known = templates.contains_key(&path) || includes.contains_key(&path);
                if !tried.insert(path.clone()) || known {
                    continue;
                }
                let there = || walk::text(&path, boundary, told);
                if let Some(text) = edited.get(&path).cloned().or_else(there) {
                    // Every path is seen from the service, whatever file names it.
                    open.extend(cloudformation::named_files(service, &text));
                    includes.insert(path, text);
                }
            }
            open = cloudformation::files_by_variables(service, text, [&includes, templates]);
            open.retain(|path| !tried.contains(path));
            if open.is_empty() {
                break;
            }
        }
    }
    includes
}

fn replace(texts: &mut Texts, edited: &Texts) {
    for (path, text) in edited {
        if let Some(there) = texts.get_mut(path) {
            there.clone_from(text);
        }
    }
}
