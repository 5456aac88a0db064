//! Finds what may hold a proxy below the paths that the user named, and reads it: gitignore-aware, no hidden folders, no
//! symbolic links, and a look at the bytes before anything is decoded. What is not read is told, with the reason.
#![allow(clippy::disallowed_methods)]

mod found;
mod read;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{fs, io};

use thiserror::Error;

use super::parallel;
use crate::source::{cloudformation, plan, terraform};

/// Files of a Terraform or OpenTofu module.
const MODULE_FILES: [&str; 5] = [".tf", ".tofu", ".tf.json", ".tofu.json", "terragrunt.hcl"];
/// Values of variables.
const VARIABLE_FILES: [&str; 2] = [".tfvars", ".tfvars.json"];
/// Files that can be CloudFormation templates, or what Terraform writes of a plan or a state.
const DATA_FILES: [&str; 5] = [".json", ".yaml", ".yml", ".template", ".tfstate"];

/// The CDK writes a tree of its constructs beside the template, which says the same.
const CONSTRUCT_TREE: &str = "\"tree-0.1\"";

/// Why nothing can be found at a path.
#[derive(Debug, Error)]
#[error("cannot read {path}")]
pub struct WalkError {
    /// As the user named it.
    path: String,
    /// Why.
    source: io::Error,
}

/// What stands below the paths.
#[derive(Clone, Debug, Default)]
pub struct Survey {
    /// Every folder with Terraform files.
    pub terraform: BTreeMap<String, Folder>,
    /// The texts of the templates, by path.
    pub templates: BTreeMap<String, String>,
    /// The texts of plans and states, by path.
    pub plans: BTreeMap<String, String>,
    /// How many files of the known kinds were looked at.
    pub files: usize,
    /// Files that were not read, and why.
    pub skipped: Told,
}

/// What was seen of a Terraform folder.
#[derive(Clone, Debug, Default)]
pub struct Folder {
    /// The texts, by path.
    pub files: BTreeMap<String, String>,
    /// Whether it can hold a proxy, and whom it calls.
    pub signs: terraform::FolderSigns,
    /// Files that were looked at and not kept, since none of the folder has any sign. They are read again when a module
    /// that holds a proxy turns out to call the folder.
    let_go: BTreeSet<String>,
}

/// Files that were not read, and why.
pub type Told = Vec<(String, String)>;

/// What the name of a file says about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Module,
    Values,
    /// A template, a plan, or anything else.
    Data,
}

/// Looks at everything below the paths. Every file is opened once, and forgotten at once where its bytes rule out that it matters.
///
/// # Errors
/// When one of the paths does not exist or cannot be opened.
pub fn survey(paths: &[PathBuf]) -> Result<Survey, WalkError> {
    let mut survey = Survey::default();
    let found = found::found(paths, &mut survey.skipped)?;
    survey.files = found.count;
    let folders: Vec<(String, Vec<String>)> = found.folders.into_iter().collect();
    let seen = parallel::map(&folders, |(folder, names)| Folder::look(folder, names));
    for ((folder, _), (seen, told)) in folders.into_iter().zip(seen) {
        survey.skipped.extend(told);
        survey.terraform.insert(folder, seen);
    }
    let seen = parallel::map(&found.data, |name| Data::look(name));
    for (name, seen) in found.data.into_iter().zip(seen) {
        match seen {
            Data::Template(text) => drop(survey.templates.insert(name, text)),
            Data::Plan(text) => drop(survey.plans.insert(name, text)),
            Data::Unread(reason) => survey.skipped.push((name, reason)),
            Data::Unrelated => {}
        }
    }
    Ok(survey)
}

/// The files of the known kinds that stand below the paths themselves, as [`survey`] names them: none that git ignores, that a
/// link leads to, or that was downloaded.
///
/// # Errors
/// When one of the paths does not exist or cannot be opened.
pub fn own_files(paths: &[PathBuf]) -> Result<BTreeSet<String>, WalkError> {
    let found = found::found(paths, &mut Told::new())?;
    let modules = found.folders.into_values().flatten();
    Ok(modules.chain(found.data).collect())
}

impl Folder {
    fn look(folder: &str, names: &[String]) -> (Self, Told) {
        let mut told = Told::new();
        let mut files = read_all(names, &mut told);
        files.extend(index_of(folder));
        let signs = terraform::FolderSigns::of(&files);
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

    /// Looks at the files of the folder that the search left out, which are those that git ignores: an apply would read them
    /// too. A folder that is not there has none.
    pub fn look_closer(&mut self, folder: &str, told: &mut Told) {
        let new: Vec<String> = names_in(folder)
            .into_iter()
            .filter(|name| !self.files.contains_key(name) && !self.let_go.contains(name))
            .collect();
        let new = read_all(&new, told);
        self.signs.add(&terraform::FolderSigns::of(&new));
        self.files.extend(new);
    }

    /// Has the text of every file at hand.
    pub fn complete(&mut self, folder: &str, told: &mut Told) {
        let names: Vec<String> = std::mem::take(&mut self.let_go).into_iter().collect();
        self.files.extend(read_all(&names, told));
        self.look_closer(folder, told);
    }
}

/// The Terraform files that stand in a folder.
fn names_in(folder: &str) -> BTreeSet<String> {
    if !is_plain(folder) {
        return BTreeSet::new();
    }
    let place = if folder.is_empty() { "." } else { folder };
    let entries = fs::read_dir(place).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
        .map(|entry| name(&entry.path()))
        .filter(|name| matches!(Kind::of(name), Some(Kind::Module | Kind::Values)))
        .collect()
}

/// What was downloaded for a root module, where anything was.
fn index_of(folder: &str) -> Option<(String, String)> {
    let index = terraform::index(folder);
    let text = is_plain(&index).then(|| text(&index))??;
    Some((index, text))
}

/// False where a symbolic link leads to what was downloaded: it could lead out of what the user named.
fn is_plain(path: &str) -> bool {
    let Some((store, way)) = terraform::downloaded(path) else {
        return true;
    };
    let is_link = |path: &Path| fs::symlink_metadata(path).is_ok_and(|about| about.is_symlink());
    let store = Path::new(store);
    // A path that ends in a slash would be looked at behind the link.
    let inner = Path::new(way)
        .ancestors()
        .filter(|way| *way != Path::new(""));
    let outer = [Some(store), store.parent()].into_iter().flatten();
    !inner
        .map(|way| store.join(way))
        .chain(outer.map(Path::to_owned))
        .any(|one| is_link(&one))
}

/// What a file of data turned out to be.
enum Data {
    Template(String),
    Plan(String),
    Unread(String),
    Unrelated,
}

impl Data {
    fn look(name: &str) -> Self {
        match read::bytes(Path::new(name)) {
            Ok(bytes) if !may_matter(&bytes) => Self::Unrelated,
            Ok(bytes) => read::decoded(bytes).map_or_else(Self::Unread, Self::of),
            Err(reason) => Self::Unread(reason),
        }
    }

    fn of(text: String) -> Self {
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

/// A look at the bytes, which decides for nearly all files. What it rules out holds no resource of AWS in any spelling, and so
/// neither a proxy nor anything that a proxy refers to. A template without a proxy is not ruled out: it may export a value, be
/// nested, or hold the groups, secrets, policies and functions that belong to a proxy of another one. What is not encoded as
/// UTF-8 may be anything: that is told.
fn may_matter(bytes: &[u8]) -> bool {
    let other_encoding = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
    other_encoding || cloudformation::may_be_template(bytes) || terraform::may_hold_proxy(bytes)
}

/// Something that was made of Terraform or CloudFormation, perhaps.
fn mentions_proxy(text: &str) -> bool {
    text.contains("\"aws_db_proxy\"") || text.contains("AWS::RDS::DBProxy")
}

impl Kind {
    fn of(name: &str) -> Option<Self> {
        let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
        if ends(&MODULE_FILES) {
            Some(Self::Module)
        } else if ends(&VARIABLE_FILES) {
            Some(Self::Values)
        } else {
            ends(&DATA_FILES).then_some(Self::Data)
        }
    }

    /// Why a file is of no kind.
    fn unknown() -> String {
        let kinds = [&MODULE_FILES[..], &VARIABLE_FILES, &DATA_FILES];
        format!(
            "not a kind of file that is read: {}",
            kinds.concat().join(" ")
        )
    }
}

/// The text of one file, where it can be read.
pub fn text(path: &str) -> Option<String> {
    let path = Path::new(path);
    let is_file = fs::symlink_metadata(path).is_ok_and(|about| about.is_file());
    is_file.then(|| read::text(path).ok()).flatten()
}

/// The names of the files that stand in a folder, in their order; none where there is no folder, or a link to one.
pub fn names(folder: &Path) -> Vec<String> {
    let is_folder = fs::symlink_metadata(folder).is_ok_and(|about| about.is_dir());
    let entries = is_folder.then(|| fs::read_dir(folder).ok()).flatten();
    let mut names: Vec<String> = entries
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    names
}

/// As the user named it, with `/` between folders and without `./`.
pub fn name(path: &Path) -> String {
    terraform::normal(
        &path
            .to_string_lossy()
            .replace(std::path::MAIN_SEPARATOR, "/"),
    )
}

fn read_all(names: &[String], told: &mut Told) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for name in names {
        match read::text(Path::new(name)) {
            Ok(text) => drop(files.insert(name.clone(), text)),
            Err(reason) => told.push((name.clone(), reason)),
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROXY: &str = "resource \"aws_db_proxy\" \"this\" {}\n";

    fn estate(files: &[(&str, &[u8])]) -> tempfile::TempDir {
        let home = tempfile::tempdir().unwrap();
        for (path, bytes) in files {
            let path = home.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        home
    }

    fn folders(home: &Path, survey: &Survey) -> Vec<String> {
        let home = name(home);
        let below = |folder: &String| folder[home.len()..].trim_start_matches('/').to_owned();
        let signs = survey.terraform.iter().filter(|(_, seen)| seen.signs.any());
        signs.map(|(folder, _)| below(folder)).collect()
    }

    #[test]
    fn hidden_ignored_and_unrelated_files_stay_out() {
        let home = estate(&[
            (".gitignore", b"build/\n"),
            ("app/main.tf", PROXY.as_bytes()),
            ("app/.terraform/modules/x/main.tf", PROXY.as_bytes()),
            ("build/main.tf", PROXY.as_bytes()),
            ("net/main.tf", b"resource \"aws_vpc\" \"main\" {}\n"),
            ("data.json", b"{}"),
            ("notes.txt", PROXY.as_bytes()),
        ]);
        let survey = survey(&[home.path().to_owned(), home.path().join("app")]).unwrap();
        assert_eq!(folders(home.path(), &survey), ["app"]);
        assert_eq!(survey.files, 3, "{survey:?}");
        assert!(survey.skipped.is_empty(), "{:?}", survey.skipped);
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        let huge = vec![b' '; usize::try_from(read::MAX_BYTES).unwrap() + 1];
        let plan = br#"{"planned_values": {"type": "aws_db_proxy"}}"#;
        let home = estate(&[("a.tf", b"\xff"), ("b.yaml", &huge), ("plan.json", plan)]);
        let survey = survey(&[home.path().to_owned()]).unwrap();
        let reasons: Vec<&str> = survey.skipped.iter().map(|(_, why)| why.as_str()).collect();
        assert_eq!(survey.skipped.len(), 3, "{reasons:?}");
        for word in ["not UTF-8", "larger than 8 MiB", "neither Terraform source"] {
            assert!(reasons.iter().any(|why| why.contains(word)), "{reasons:?}");
        }
    }

    #[test]
    fn a_path_that_is_not_there_is_an_error() {
        let error = survey(&[PathBuf::from("no/such/folder")]).unwrap_err();
        assert_eq!(error.to_string(), "cannot read no/such/folder");
    }

    #[test]
    fn variables_count_even_where_git_ignores_them() {
        let home = estate(&[
            (".gitignore", b"*.tfvars\n"),
            ("main.tf", PROXY.as_bytes()),
            ("terraform.tfvars", b"tls = false\n"),
        ]);
        let home = name(home.path());
        let mut folder = survey(&[PathBuf::from(&home)]).unwrap().terraform[&home].clone();
        assert_eq!(folder.files.len(), 1, "{folder:?}");
        folder.complete(&home, &mut Vec::new());
        assert_eq!(folder.files.len(), 2, "{folder:?}");
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed() {
        let outside = estate(&[("main.tf", PROXY.as_bytes())]);
        let home = estate(&[("x/main.tf", b"")]);
        std::os::unix::fs::symlink(outside.path(), home.path().join("link")).unwrap();
        std::os::unix::fs::symlink("/", home.path().join("x/all")).unwrap();
        let survey = survey(&[home.path().to_owned()]).unwrap();
        assert!(folders(home.path(), &survey).is_empty(), "{survey:?}");
    }
}
