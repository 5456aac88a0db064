//! What is in view of an audit: which files belong together, read into documents.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::{Args, templates};
use crate::commands::CommandError;
use crate::domain::evidence::Origin;
use crate::io::bounded::{self, Bound};
use crate::io::parallel;
use crate::io::walk::{self, Folder, Survey};
use crate::report::{Checked, Skipped};
use crate::source::assemble;
use crate::source::cloudformation::{self, CloudFormationFiles};
use crate::source::plan;
use crate::source::resource::Document;
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
    pub(super) fn of_files(args: &Args, edited: &Texts) -> Result<Self, CommandError> {
        let Survey {
            terraform,
            templates: mut texts_of_templates,
            plans,
            files,
            skipped,
        } = walk::survey(&args.paths).map_err(|error| {
            CommandError::environment(error).hint("name folders and files that exist")
        })?;
        let mut view = Self::default();
        view.checked.files = files;
        let mut estate = Estate {
            folders: terraform,
            skipped,
        };
        let values = Values::of(args)?;
        let roots = estate.roots();
        for folder in estate.folders.values_mut() {
            replace(&mut folder.files, edited);
        }
        replace(&mut texts_of_templates, edited);
        let fits = estate.fits(&roots);
        let read = parallel::map(&fits, |(root, fits)| match fits {
            true => {
                let files = estate.files(root, &values, &args.paths);
                (terraform::read(&files), estate.only_here(files))
            }
            false => (too_much(root), Texts::new()),
        });
        for (root, (document, texts)) in roots.into_iter().zip(read) {
            view.add(document, Some(root.folder.clone()));
            view.checked.roots.push(root.folder);
            view.texts.extend(texts);
        }
        let texts = estate.folders.into_values();
        view.texts.extend(texts.flat_map(|folder| folder.files));
        if !texts_of_templates.is_empty() {
            view.checked.templates = texts_of_templates.keys().cloned().collect();
            let files = CloudFormationFiles {
                includes: included(&texts_of_templates, (&args.paths, edited)),
                templates: texts_of_templates,
                parameters: parameters(args)?,
            };
            for document in templates::read(&files) {
                view.add(document, None);
            }
            view.texts.extend(files.templates);
            view.texts.extend(files.includes);
        }
        for (path, text) in plans {
            view.add(plan::read(&path, &text), None);
            view.checked.plans.push(path);
        }
        view.skip(
            estate
                .skipped
                .into_iter()
                .map(|(file, reason)| (reason, Origin::document(file))),
        );
        Ok(view)
    }

    /// True when something was to be read and nothing could be: "no proxy found" would then be no answer.
    pub(super) fn is_dark(&self) -> bool {
        let mut documents = self.documents.iter();
        let nothing = documents.all(|(document, _)| document.resources.is_empty());
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
}

/// Looks below a folder.
pub(in crate::commands) fn below(folder: &std::path::Path) -> Result<Below, CommandError> {
    let paths = [folder.to_owned()];
    let survey = walk::survey(&paths).map_err(CommandError::environment)?;
    let mut estate = Estate {
        folders: survey.terraform,
        skipped: survey.skipped,
    };
    let roots = estate.roots();
    let values = Values::none();
    let files = roots.iter().map(|root| estate.files(root, &values, &paths));
    Ok(Below {
        roots: files.collect(),
        templates: survey.templates,
    })
}

/// The Terraform folders in view.
struct Estate {
    folders: BTreeMap<String, Folder>,
    skipped: Vec<(String, String)>,
}

impl Estate {
    /// The root modules that can lead to a proxy. Folders that are called are read wherever they stand.
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
            seen.look_closer(&folder, &mut self.skipped);
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
            seen.complete(folder, &mut self.skipped);
        }
        roots
    }

    fn with_signs(&self) -> BTreeSet<String> {
        let folders = self.folders.iter();
        let signs = folders.filter(|(_, seen)| seen.signs.any());
        signs.map(|(folder, _)| folder.clone()).collect()
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

    /// All that the evaluation of a root module may look into.
    fn files(&self, root: &Root, values: &Values, paths: &[PathBuf]) -> TerraformFiles {
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
            .filter(|path| is_below(path, paths))
            .collect();
        files.extend(named.into_iter().filter_map(|path| {
            let text = walk::text(&path)?;
            Some((path, text))
        }));
        files.extend(values.files.clone());
        TerraformFiles {
            files,
            root: root.folder.clone(),
            var_files: values.names.clone(),
            vars: values.vars.clone(),
        }
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
fn included(templates: &Texts, (paths, edited): (&[PathBuf], &Texts)) -> Texts {
    let mut includes = Texts::new();
    for (service, text) in templates {
        let mut open = cloudformation::named_files(service, text);
        let mut tried = BTreeSet::new();
        for _ in 0..MAX_TURNS {
            while let Some(path) = open.pop_first() {
                let known = templates.contains_key(&path) || includes.contains_key(&path);
                if !tried.insert(path.clone()) || known || !is_below(&path, paths) {
                    continue;
                }
                let there = || walk::text(&path);
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

/// Code of strangers must not make the audit read files that nobody asked it to look at.
fn is_below(path: &str, paths: &[PathBuf]) -> bool {
    paths.iter().map(|path| walk::name(path)).any(|folder| {
        let rest = path.strip_prefix(&folder);
        match rest {
            _ if folder.is_empty() => !path.starts_with("..") && !path.starts_with('/'),
            Some(rest) => rest.starts_with('/') || folder.ends_with('/'),
            None => false,
        }
    })
}

/// What `--var-file` and `--var` give.
struct Values {
    names: Vec<String>,
    files: Texts,
    vars: BTreeMap<String, String>,
}

impl Values {
    fn none() -> Self {
        Self {
            names: Vec::new(),
            files: Texts::new(),
            vars: BTreeMap::new(),
        }
    }

    fn of(args: &Args) -> Result<Self, CommandError> {
        let mut values = Self::none();
        for path in &args.var_file {
            let text =
                bounded::named_text(path, Bound::SOURCE).map_err(CommandError::environment)?;
            let name = walk::name(path);
            values.names.push(name.clone());
            values.files.insert(name, text);
        }
        for given in &args.var {
            let (name, value) = given.split_once('=').ok_or_else(|| {
                CommandError::input(format!("--var {given:?} has no value"))
                    .hint("write --var name=value")
            })?;
            values.vars.insert(name.to_owned(), value.to_owned());
        }
        Ok(values)
    }
}

fn parameters(args: &Args) -> Result<BTreeMap<String, (String, Origin)>, CommandError> {
    let Some(path) = &args.parameters else {
        return Ok(BTreeMap::new());
    };
    let text = bounded::named_text(path, Bound::PARAMETERS).map_err(CommandError::environment)?;
    let name = walk::name(path);
    cloudformation::read_parameters(&name, &text).map_err(CommandError::input)
}
