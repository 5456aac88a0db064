//! Collects the inputs of an audit: groups files that belong together and reads them into documents.

use std::collections::{BTreeMap, BTreeSet};

use super::given::GivenInputs;
use super::{AuditRequest, templates, variants};
use crate::app::CommandError;
use crate::app::folders::terraform::{ScannedFolders, TerraformFolders, replace, too_much};
use crate::domain::evidence::Origin;
use crate::domain::snapshot::Snapshot;
use crate::io::boundary::Boundary;
use crate::io::parallel;
use crate::io::walk::{self, Survey};
use crate::language::cloudformation::{CloudFormationFiles, Trees};
use crate::language::resource::Document;
use crate::language::{Texts, cloudformation, plan, terraform, yaml};
use crate::report::{Checked, Skipped};
use crate::rewrite::secrecy::{Secrecy, SecretScan};
use crate::source::assemble;

/// The secret scan of each text that was scanned.
type Looks = BTreeMap<String, Option<SecretScan>>;

/// All inputs that are audited together.
#[derive(Debug, Default)]
pub(super) struct AuditInputs {
    /// One document for each Terraform root module, with its folder; one for each group of templates; or one for the
    /// account.
    pub(super) documents: Vec<(Document, Option<String>)>,
    /// The texts in which origins lie, by file.
    pub(super) texts: Texts,
    /// Plans and states, by file. They have no line numbers.
    plans: Texts,
    /// Secret scans that were made while the texts were parsed.
    looks: Looks,
    /// The inputs that were checked.
    pub(super) checked: Checked,
    /// Inputs that could not be read, each once.
    pub(super) skipped: BTreeSet<Skipped>,
    /// Modules that are called but not in view, and files of a kind that is not supported.
    not_in_view: BTreeSet<Skipped>,
}

impl AuditInputs {
    /// Audits an account alone.
    pub(super) fn of_account(account: Document) -> Self {
        Self {
            documents: vec![(account, None)],
            ..Self::default()
        }
    }

    /// Reads the files below the paths and the modules that they call. Edited texts replace those on disk.
    pub(super) fn of_files(
        request: &AuditRequest,
        given: &GivenInputs,
        edited: &Texts,
    ) -> Result<Self, CommandError> {
        let boundary = &given.boundary;
        let Survey {
            terraform,
            templates: mut texts_of_templates,
            plans,
            files,
            skipped,
            values,
            unreadable,
        } = walk::survey(&request.paths, boundary).map_err(|error| {
            CommandError::environment(error).hint("name folders and files that exist")
        })?;
        let mut view = Self::default();
        view.checked.files = files;
        view.not_in_view.extend(named(&unreadable));
        let scanned = ScannedFolders {
            folders: terraform,
            offered: values,
            skipped,
        };
        let mut estate = TerraformFolders::new(scanned, boundary, &given.values);
        estate.leave(&unreadable);
        let roots = estate.roots();
        estate.replace(edited);
        replace(&mut texts_of_templates, edited);
        let runs = variants::runs(&estate, &roots, request.each_var_file);
        let read = parallel::map(&runs, |run| {
            if run.fits {
                let (files, told) = estate.files(run.root, run.file.as_deref());
                let document = terraform::read(&files);
                let texts = estate.only_here(files);
                // Scanned here, while the syntax of each text is known.
                let looks = looks(&texts);
                (document, (texts, looks), told)
            } else {
                (too_much(run.root), Default::default(), walk::Told::new())
            }
        });
        let mut told = std::mem::take(&mut estate.skipped);
        view.not_in_view.extend(estate.not_in_view());
        for (run, (document, (texts, looks), told_of_root)) in runs.iter().zip(read) {
            view.add(document, Some(run.name()));
            told.extend(told_of_root);
            view.texts.extend(texts);
            view.looks.extend(looks);
        }
        let folders = roots.into_iter().map(|root| root.folder);
        view.checked.roots.extend(folders);
        view.texts.extend(estate.into_texts());
        let includes = included(&texts_of_templates, boundary, edited, &mut told);
        view.add_templates(texts_of_templates, includes, given);
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

    fn add_templates(&mut self, templates: Texts, includes: Texts, given: &GivenInputs) {
        if templates.is_empty() {
            return;
        }
        self.checked.templates = templates.keys().cloned().collect();
        let trees = self.parse(&templates);
        let files = CloudFormationFiles {
            includes,
            templates,
            parameters: given.parameters.clone(),
            ..CloudFormationFiles::default()
        };
        for document in templates::read(&files, trees) {
            self.add(document, None);
        }
        self.texts.extend(files.templates);
        self.texts.extend(files.includes);
    }

    /// Parses each text once, for evaluation and for the secret scan.
    fn parse(&mut self, templates: &Texts) -> Trees {
        let texts: Vec<(&String, &String)> = templates.iter().collect();
        let parsed = parallel::map(&texts, |(path, text)| {
            let (tree, written) = yaml::load_written(text);
            (
                tree,
                written.map(|written| SecretScan::at(path, text, Some(&written))),
            )
        });
        let mut trees = Trees::new();
        for ((path, _), (tree, look)) in texts.into_iter().zip(parsed) {
            trees.insert(path.clone(), tree);
            self.looks.extend(look.map(|look| (path.clone(), look)));
        }
        trees
    }

    /// Collects the secrets in all inputs.
    pub(super) fn secrecy(
        &self,
        given: &GivenInputs,
        snapshot: Option<&Snapshot>,
    ) -> Result<Secrecy, CommandError> {
        let account = snapshot.map(Snapshot::to_json).transpose();
        let account = account.map_err(CommandError::bug)?;
        let texts = self.texts.iter().chain(&self.plans);
        let texts = texts.map(|(path, text)| (path.as_str(), text.as_str(), self.looks.get(path)));
        let more = [
            ("parameters.json", &given.text_of_parameters),
            ("account.json", &account),
        ];
        let more = more.into_iter();
        let more = more.filter_map(|(name, text)| Some((name, text.as_deref()?, None)));
        let texts: Vec<(&str, &str, Option<&Option<SecretScan>>)> = texts.chain(more).collect();
        let looks = parallel::map(&texts, |(path, text, look)| match look {
            Some(look) => (*look).clone(),
            None => SecretScan::at(path, text, None),
        });
        let texts = texts.into_iter().map(|(path, text, _)| (path, text));
        Ok(Secrecy::after(texts.collect(), looks, &given.values.vars))
    }

    /// True if there was input but none of it could be read. The answer "no proxy found" would then be wrong.
    pub(super) fn is_dark(&self) -> bool {
        let mut documents = self.documents.iter();
        let nothing = documents.all(|(document, _)| document.holds_nothing());
        let all_skipped = self.skipped.len() >= self.checked.files;
        nothing && !self.skipped.is_empty() && (all_skipped || !self.documents.is_empty())
    }

    /// Returns the proxies that the value of a variable or parameter excludes, and the modules that are not in view.
    pub(super) fn left_out(&self) -> BTreeSet<Skipped> {
        let documents = self.documents.iter();
        let left_out = documents
            .flat_map(|(document, _)| assemble::left_out(document))
            .map(|(reason, origin)| Skipped { origin, reason });
        let not_in_view = self.not_in_view.iter().cloned();
        left_out.chain(not_in_view).collect()
    }

    fn add(&mut self, mut document: Document, root: Option<String>) {
        let held = cloudformation::inline(&mut document);
        self.skip(document.problems.iter().cloned());
        let missing = document.not_in_view.iter().cloned();
        let missing = missing.map(|(reason, origin)| Skipped { origin, reason });
        self.not_in_view.extend(missing);
        self.documents.push((document, root.clone()));
        for document in held {
            self.add(document, root.clone());
        }
    }

    fn skip(&mut self, problems: impl IntoIterator<Item = (String, Origin)>) {
        let new = problems.into_iter();
        self.skipped
            .extend(new.map(|(reason, origin)| Skipped { origin, reason }));
    }
}

/// Returns files of unsupported kinds, each with the reason why it was not read.
fn named(unreadable: &walk::Told) -> impl Iterator<Item = Skipped> {
    unreadable.iter().map(|(file, reason)| Skipped {
        origin: Origin::document(file.as_str()),
        reason: reason.clone(),
    })
}

/// Maximum depth of includes: a file may be named by a variable that another included file defines, and so on.
const MAX_TURNS: usize = 8;

/// Returns the files that Serverless Framework services include, directly or through other includes.
fn included(
    templates: &Texts,
    boundary: &Boundary,
    edited: &Texts,
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
                    // Paths are relative to the service, no matter which file contains them.
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

fn looks(texts: &Texts) -> Looks {
    let looks = texts.iter();
    looks
        .map(|(path, text)| (path.clone(), SecretScan::at(path, text, None)))
        .collect()
}
