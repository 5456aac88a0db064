//! A generated project on two sides: the baseline and the present directory. All paths are as the user would write
//! them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::layout::{GeneratedLayout, is_code_in, relative};
use super::places::CurrentPlaces;
use super::seen::SearchedProject;
use crate::app::CommandError;
use crate::app::folders::{Below, below};
use crate::app::placement::baseline_of;
use crate::app::reach::{Reach, settled};
use crate::domain::baseline::{BASELINE_PATH, Baseline};
use crate::domain::posture::Deployment;
use crate::io::boundary::Boundary;
use crate::io::files::{ExistingFile, existing};
use crate::io::walk;
use crate::language::cloudformation::{CloudFormationFiles, ParametersError};
use crate::language::terraform::{TerraformFiles, folder_of};
use crate::language::{Texts, cloudformation};
use crate::rewrite::secrecy::Secrecy;

/// The files on one side of a comparison.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::app) struct Side {
    /// The root modules that contain the generated folder, or the folder itself; empty if it contains nothing.
    pub(in crate::app) roots: Vec<TerraformFiles>,
    /// The templates, and the parameters of the generated template.
    pub(in crate::app) templates: Texts,
    pub(in crate::app) parameters: Option<(String, String)>,
    /// All other generated files that exist.
    pub(in crate::app) others: Texts,
}

/// A generated project with its baseline and its present files.
#[derive(Clone, Debug)]
pub(in crate::app) struct Project {
    /// The directory as the user named it.
    pub(in crate::app) dir: PathBuf,
    pub(in crate::app) baseline: Baseline,
    /// The current places of the generated files.
    pub(in crate::app) places: CurrentPlaces,
    /// The folders of the targets.
    pub(in crate::app) home: Home,
    pub(in crate::app) before: Side,
    pub(in crate::app) after: Side,
    /// Generated files whose place is taken by something that is not text.
    pub(in crate::app) unreadable: Vec<String>,
    /// Generated files that are missing and were not moved.
    pub(in crate::app) gone: Vec<String>,
    /// Files next to the generated ones that were not read, one line each.
    pub(in crate::app) told: Vec<String>,
}

/// The current paths of the generated folders and templates.
#[derive(Clone, Debug, Default)]
pub(in crate::app) struct Home {
    /// The module.
    pub(in crate::app) terraform: String,
    /// The root module; in a flat project the module itself.
    root: String,
    pub(in crate::app) cloudformation: String,
    /// The template and its parameters.
    template: String,
    parameters: String,
    /// The secrets in the files of both sides.
    pub(in crate::app) secrecy: Rc<Secrecy>,
}

impl Home {
    pub(in crate::app) fn new(dir: &Path, places: &CurrentPlaces) -> Self {
        let named = |path: &str| walk::name(&dir.join(path));
        let [template, parameters] = places.stack().map(named);
        Self {
            terraform: named(&places.terraform),
            root: named(&places.root),
            cloudformation: named(&places.cloudformation()),
            template,
            parameters,
            secrecy: Rc::default(),
        }
    }

    /// True for the files that Terraform reads: those directly in the folders of the module and of its caller.
    fn is_code(&self, path: &str) -> bool {
        is_code_in(&self.terraform, path) || is_code_in(&self.root, path)
    }

    /// Returns the side that consists of these files.
    pub(in crate::app) fn side(&self, files: Texts) -> Side {
        let mut side = Side::default();
        let mut module = Texts::new();
        for (path, text) in files {
            if self.is_code(&path) {
                module.insert(path, text);
            } else if path == self.template {
                side.templates.insert(path, text);
            } else if path == self.parameters {
                side.parameters = Some((path, text));
            } else {
                side.others.insert(path, text);
            }
        }
        if !module.is_empty() {
            side.roots = vec![TerraformFiles::new(&self.root, module)];
        }
        side
    }
}

fn no_baseline(dir: &Path) -> CommandError {
    let dir = dir.display();
    CommandError::input(format!("{dir} has no baseline: it was not generated here"))
        .hint("name a directory that `rdsproxy-gen new` made; `rdsproxy-gen audit` judges any code")
}

impl Project {
    /// Reads the baseline and the directory.
    pub(in crate::app) fn read(dir: &Path, reach: &Reach) -> Result<Self, CommandError> {
        let quiet = settled(dir)?;
        let baseline = baseline_of(dir)?.ok_or_else(|| no_baseline(dir))?;
        let boundary = reach.boundary(&[dir.to_owned()])?;
        let below = below(dir, &boundary)?;
        let generated = baseline.texts();
        let paths = generated.keys();
        let mut now: BTreeMap<String, ExistingFile> = paths
            .map(|path| (path.clone(), existing(dir, path)))
            .collect();
        let mut places = CurrentPlaces::found(&SearchedProject {
            dir,
            layout: GeneratedLayout::of(generated.keys()),
            generated: &generated,
            now: &now,
            below: &below,
            boundary: &boundary,
        });
        let home = Home::new(dir, &places);
        let named = |path: &str| walk::name(&dir.join(path));
        let mut there = Texts::new();
        let (mut unreadable, mut gone) = (Vec::new(), Vec::new());
        for path in generated.keys() {
            let at = places.at(path);
            let known = now.remove(path).filter(|_| at == path);
            match known.unwrap_or_else(|| existing(dir, at)) {
                ExistingFile::Text(text) => drop(there.insert(named(at), text)),
                ExistingFile::Other => unreadable.push(named(at)),
                ExistingFile::Absent => gone.push(path.clone()),
            }
        }
        let mut after = home.side(there);
        let mut told = after.add(&home, below, &boundary);
        places.find_blocks(&places.placed(&generated), &after.module_texts(dir));
        let before = places.placed(&generated).into_iter();
        let before = home.side(before.map(|(path, text)| (named(&path), text)).collect());
        gone.retain(|path| {
            !places.is_elsewhere(path) && existing(dir, path) == ExistingFile::Absent
        });
        gone.retain(|path| !places.left_to_caller().any(|left| left == path));
        let tests = more_tests(&home, &after.others, &boundary, &mut told);
        after.others.extend(tests);
        quiet.still().map_err(CommandError::environment)?;
        let told = told.into_iter();
        Ok(Self {
            dir: dir.to_owned(),
            baseline,
            places,
            home,
            before,
            after,
            unreadable,
            gone,
            told: told.map(|(file, why)| format!("{file}: {why}")).collect(),
        })
    }

    /// Returns a path relative to the project as the user would write it.
    pub(in crate::app) fn named(&self, path: &str) -> String {
        walk::name(&self.dir.join(path))
    }

    /// True if all generated files are unchanged and nothing was added.
    pub(super) fn is_untouched(&self) -> bool {
        let Side {
            roots,
            templates,
            parameters,
            others,
        } = &self.before;
        are_alike(roots, &self.after.roots)
            && *templates == self.after.templates
            && *parameters == self.after.parameters
            && *others == self.after.others
    }

    /// Adds the secrets of the files. Required before any text of them is shown.
    #[must_use]
    pub(in crate::app) fn guarded(mut self) -> Self {
        self.home.secrecy = Rc::new(secrecy([&self.before, &self.after]));
        self
    }

    /// Returns the path of the baseline.
    pub(in crate::app) fn baseline_file(&self) -> String {
        walk::name(&self.dir.join(BASELINE_PATH))
    }
}

/// Collects the secrets in the texts of both sides; a secret found on one side is masked on both. Shared texts are
/// scanned once.
fn secrecy([before, after]: [&Side; 2]) -> Secrecy {
    let [before, after] = [before, after].map(Side::texts);
    let changed = after
        .iter()
        .filter(|(path, text)| before.get(*path) != Some(*text));
    let texts = before.iter().chain(changed);
    let texts = texts.map(|(path, text)| (path.as_str(), text.as_str()));
    Secrecy::new(texts.collect(), &BTreeMap::new())
}

/// Returns tests that the user added, since Terraform runs them too.
fn more_tests(home: &Home, known: &Texts, boundary: &Boundary, told: &mut walk::Told) -> Texts {
    let folders = BTreeSet::from([&home.root, &home.terraform]);
    let tests = folders.into_iter().flat_map(|folder| {
        let tests = Path::new(folder).join("tests");
        let found = boundary.files(&walk::name(&tests)).here();
        let names = found.unwrap_or_default().into_iter();
        names.map(move |name| walk::name(&tests.join(name)))
    });
    tests
        .filter(|path| path.ends_with(".tftest.hcl") || path.ends_with(".tftest.json"))
        .filter(|path| !known.contains_key(path))
        .filter_map(|path| Some((path.clone(), walk::text(&path, boundary, told)?)))
        .collect()
}

impl Side {
    /// Adds the files in the directory that were not generated. Returns those that were not read, with the reasons.
    fn add(&mut self, home: &Home, below: Below, boundary: &Boundary) -> walk::Told {
        let mut told = below.skipped;
        let callers: Vec<TerraformFiles> = below
            .roots
            .into_iter()
            .filter(|root| {
                root.files
                    .keys()
                    .any(|path| folder_of(path) == home.terraform)
            })
            .collect();
        let has_root = self.roots.iter().flat_map(|root| root.files.keys());
        let has_root = has_root
            .into_iter()
            .any(|path| folder_of(path) == home.root);
        let is_called =
            home.root == home.terraform || callers.iter().any(|caller| caller.root == home.root);
        if !callers.is_empty() && (is_called || !has_root) {
            self.roots = callers;
        } else {
            // The root module leads to no proxy, or cannot be read: what is in its folder shows why.
            let mut files = Texts::new();
            for name in BTreeSet::from([&home.root, &home.terraform]) {
                let mut folder = walk::ScannedFolder::default();
                folder.complete(name, boundary, &mut told);
                files.extend(folder.files);
            }
            self.roots = if files.is_empty() {
                Vec::new()
            } else {
                vec![TerraformFiles::new(&home.root, files)]
            };
        }
        for (path, text) in below.templates {
            self.templates.entry(path).or_insert(text);
        }
        told
    }

    /// Returns the files of the root modules, by path relative to the project.
    pub(in crate::app) fn module_texts(&self, dir: &Path) -> Texts {
        let files = self.roots.iter().flat_map(|root| &root.files);
        files
            .filter_map(|(name, text)| Some((relative(dir, name)?, text.clone())))
            .collect()
    }

    /// Returns the texts of all files, by path.
    pub(in crate::app) fn texts(&self) -> Texts {
        let mut texts = self.templates.clone();
        texts.extend(self.parameters.clone());
        texts.extend(self.others.clone());
        for root in &self.roots {
            texts.extend(root.files.clone());
        }
        texts
    }

    /// Returns the side with another text for one file; `None` removes the file.
    pub(in crate::app) fn with(&self, home: &Home, path: &str, text: Option<&str>) -> Self {
        let mut side = self.clone();
        let put = |texts: &mut Texts| match text {
            Some(text) => drop(texts.insert(path.to_owned(), text.to_owned())),
            None => drop(texts.remove(path)),
        };
        let in_roots = |root: &TerraformFiles| root.files.contains_key(path);
        if home.is_code(path) || self.roots.iter().any(in_roots) {
            if side.roots.is_empty() {
                side.roots = vec![TerraformFiles::new(&home.root, Texts::new())];
            }
            side.roots.iter_mut().for_each(|root| put(&mut root.files));
        } else if path == home.parameters {
            side.parameters = text.map(|text| (path.to_owned(), text.to_owned()));
        } else if path == home.template || self.templates.contains_key(path) {
            put(&mut side.templates);
        } else {
            put(&mut side.others);
        }
        side
    }

    /// Returns the templates with their parameters.
    pub(in crate::app) fn stack(
        &self,
        deployment: Option<Deployment>,
    ) -> Result<CloudFormationFiles, ParametersError> {
        let parameters = match &self.parameters {
            Some((path, text)) => cloudformation::read_parameters(path, text)?,
            None => BTreeMap::new(),
        };
        Ok(CloudFormationFiles {
            templates: self.templates.clone(),
            includes: BTreeMap::new(),
            parameters,
            deployment,
        })
    }
}

/// True if root modules evaluate alike: their texts are equal, and nothing outside of them matters.
pub(super) fn are_alike(known: &[TerraformFiles], other: &[TerraformFiles]) -> bool {
    known == other
        || (known.len() == other.len()
            && known
                .iter()
                .zip(other)
                .all(|(one, other)| one.reads_as(other)))
}
