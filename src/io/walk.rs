//! Finds what may hold a proxy below the paths that the user named, and reads it: gitignore-aware, no hidden folders, no
//! symbolic links, and a look at the bytes before anything is parsed. What is not read is told, with the reason.
#![allow(clippy::disallowed_methods)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use ignore::{DirEntry, WalkBuilder};
use thiserror::Error;

use crate::source::{cloudformation, terraform};

/// The largest file that is read, in bytes. AWS takes templates of up to 1 MB ("AWS CloudFormation quotas"); nobody writes a
/// Terraform file of that size by hand.
const MAX_BYTES: u64 = 8 * 1024 * 1024;

/// Files of a Terraform or OpenTofu module.
const MODULE_FILES: [&str; 4] = [".tf", ".tofu", ".tf.json", ".tofu.json"];
/// Values of variables.
const VARIABLE_FILES: [&str; 2] = [".tfvars", ".tfvars.json"];
/// Files that can be CloudFormation templates.
const TEMPLATE_FILES: [&str; 4] = [".json", ".yaml", ".yml", ".template"];

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
    /// The texts of every Terraform folder that may hold a proxy or lead to one, by folder and path.
    pub terraform: BTreeMap<String, BTreeMap<String, String>>,
    /// The texts of the templates, by path.
    pub templates: BTreeMap<String, String>,
    /// How many files of the known kinds were looked at.
    pub files: usize,
    /// Files that were not read, and why.
    pub skipped: Vec<(String, String)>,
}

/// Looks at everything below the paths.
///
/// # Errors
/// When one of the paths does not exist or cannot be opened.
pub fn survey(paths: &[PathBuf]) -> Result<Survey, WalkError> {
    let mut survey = Survey::default();
    let mut folders: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for path in found(paths, &mut survey.skipped)? {
        let name = name(&path);
        if is_one_of(&name, &MODULE_FILES) {
            survey.files += 1;
            folders
                .entry(terraform::folder_of(&name))
                .or_default()
                .push(path);
        } else if is_one_of(&name, &VARIABLE_FILES) {
            survey.files += 1;
        } else {
            survey.files += 1;
            survey.template(&path, name);
        }
    }
    for (folder, paths) in folders {
        let files = read_all(&paths, &mut survey.skipped);
        if files
            .values()
            .any(|text| terraform::may_lead_to_proxy(text))
        {
            survey.terraform.insert(folder, files);
        }
    }
    Ok(survey)
}

/// All Terraform files of one folder, those among them that git ignores: an apply would read them too. Files that are known
/// already are not read again. A folder that is not there has none.
pub fn folder(
    folder: &str,
    known: &mut BTreeMap<String, String>,
    skipped: &mut Vec<(String, String)>,
) {
    let place = if folder.is_empty() { "." } else { folder };
    let Ok(entries) = fs::read_dir(place) else {
        return;
    };
    let paths: BTreeSet<PathBuf> = entries
        .flatten()
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
        .map(|entry| entry.path())
        .filter(|path| {
            let name = name(path);
            (is_one_of(&name, &MODULE_FILES) || is_one_of(&name, &VARIABLE_FILES))
                && !known.contains_key(&name)
        })
        .collect();
    let paths: Vec<PathBuf> = paths.into_iter().collect();
    known.extend(read_all(&paths, skipped));
}

impl Survey {
    fn template(&mut self, path: &Path, name: String) {
        match read(path) {
            Ok(text) if cloudformation::is_template(&text) => {
                self.templates.insert(name, text);
            }
            Ok(text) if mentions_proxy(&text) => self.skipped.push((
                name,
                "mentions an RDS Proxy, and is neither Terraform source nor a CloudFormation template".to_owned(),
            )),
            Ok(_) => {}
            Err(reason) => self.skipped.push((name, reason)),
        }
    }
}

/// Plan JSON, state and the like.
fn mentions_proxy(text: &str) -> bool {
    text.contains("\"aws_db_proxy\"") || text.contains("AWS::RDS::DBProxy")
}

/// The files of the known kinds, each once, sorted.
fn found(
    paths: &[PathBuf],
    skipped: &mut Vec<(String, String)>,
) -> Result<BTreeSet<PathBuf>, WalkError> {
    let mut found = BTreeSet::new();
    for path in paths {
        fs::metadata(path).map_err(|source| WalkError {
            path: path.display().to_string(),
            source,
        })?;
        for entry in walker(path) {
            match entry {
                Ok(entry) => take(entry, &mut found, skipped),
                Err(error) => skipped.push((name(path), error.to_string())),
            }
        }
    }
    Ok(found)
}

fn walker(path: &Path) -> ignore::Walk {
    WalkBuilder::new(path)
        .require_git(false)
        // What one user ignores everywhere must not decide what is audited.
        .git_global(false)
        .follow_links(false)
        .build()
}

fn take(entry: DirEntry, found: &mut BTreeSet<PathBuf>, skipped: &mut Vec<(String, String)>) {
    let named_by_user = entry.depth() == 0;
    let is_file = if named_by_user {
        entry.path().is_file()
    } else {
        entry.file_type().is_some_and(|kind| kind.is_file())
    };
    if !is_file {
        return;
    }
    let name = name(entry.path());
    let kinds = [&MODULE_FILES[..], &VARIABLE_FILES, &TEMPLATE_FILES];
    if kinds.iter().any(|kind| is_one_of(&name, kind)) {
        // The same file under two names (`x`, `./x`) is one file.
        found.insert(PathBuf::from(name));
    } else if named_by_user {
        let endings = kinds.concat().join(" ");
        skipped.push((name, format!("not a kind of file that is read: {endings}")));
    }
}

/// The text of one file, where it can be read.
pub fn text(path: &str) -> Option<String> {
    let path = Path::new(path);
    let is_file = fs::symlink_metadata(path).is_ok_and(|about| about.is_file());
    is_file.then(|| read(path).ok()).flatten()
}

/// As the user named it, with `/` between folders and without `./`.
pub fn name(path: &Path) -> String {
    terraform::normal(
        &path
            .to_string_lossy()
            .replace(std::path::MAIN_SEPARATOR, "/"),
    )
}

fn is_one_of(name: &str, endings: &[&str]) -> bool {
    endings.iter().any(|ending| name.ends_with(ending))
}

fn read_all(paths: &[PathBuf], skipped: &mut Vec<(String, String)>) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for path in paths {
        match read(path) {
            Ok(text) => {
                files.insert(name(path), text);
            }
            Err(reason) => skipped.push((name(path), reason)),
        }
    }
    files
}

/// Never reads more than the limit, whatever the file's size claims to be.
fn read(path: &Path) -> Result<String, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let mut bytes = Vec::new();
    file.take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| error.to_string())?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(format!("larger than {} MiB", MAX_BYTES / 1024 / 1024));
    }
    let text = String::from_utf8(bytes).map_err(|_| "not UTF-8 text".to_owned())?;
    // A byte order mark is no part of the text, and would shift the columns of its first line.
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
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
        survey.terraform.keys().map(below).collect()
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
        let huge = vec![b' '; usize::try_from(MAX_BYTES).unwrap() + 1];
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
        let mut files = BTreeMap::new();
        folder(&name(home.path()), &mut files, &mut Vec::new());
        assert_eq!(files.len(), 2, "{files:?}");
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed() {
        let outside = estate(&[("main.tf", PROXY.as_bytes())]);
        let home = estate(&[("x/main.tf", b"")]);
        std::os::unix::fs::symlink(outside.path(), home.path().join("link")).unwrap();
        std::os::unix::fs::symlink("/", home.path().join("x/all")).unwrap();
        let survey = survey(&[home.path().to_owned()]).unwrap();
        assert!(survey.terraform.is_empty(), "{survey:?}");
    }
}
