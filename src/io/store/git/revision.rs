//! Extracts the tree of a revision of the user's repository into a temporary folder. It is read from git's objects, so
//! no filter, hook or attribute of the repository has any effect.
#![allow(clippy::disallowed_methods)]

use std::fs;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::GitError;
use super::run::Repository;
use crate::domain::spec::visible;

/// The maximum size in bytes of all extracted files, and of a single file. Our own limits: enough for the source of
/// large estates.
const MOST: usize = 1024 * 1024 * 1024;
const LARGEST: usize = 8 * 1024 * 1024;

/// A revision's tree, extracted into a temporary folder that is removed when this is dropped.
#[derive(Debug)]
pub struct LaidOutTree {
    folder: TempDir,
    /// The folder inside it that corresponds to the command's working directory.
    here: PathBuf,
}

/// A guard that restores the working directory of the process when it is dropped.
#[derive(Debug)]
pub struct Elsewhere {
    before: PathBuf,
}

impl LaidOutTree {
    /// Extracts the files of a revision that `wanted` selects by path, from the repository around the working
    /// directory.
    ///
    /// # Errors
    /// If there is no repository or no such revision, git cannot be started, or the size limit is exceeded.
    pub fn lay_out(revision: &str, wanted: fn(&str) -> bool) -> Result<Self, GitError> {
        let [root, git_dir] = around(revision)?;
        let repository = Repository::at(git_dir);
        let wanted_commit = format!("{revision}^{{commit}}");
        let named = ["rev-parse", "--verify", "--end-of-options", &wanted_commit];
        let commit = repository.run(revision, &named)?;
        let commit = String::from_utf8_lossy(&commit).trim().to_owned();
        let folder = tempfile::Builder::new()
            .prefix("rdsproxy-gen-since-")
            .tempdir()
            .map_err(GitError::NoFolder)?;
        // An empty `.git` marks a repository root, so nothing outside the folder is followed.
        fs::create_dir(folder.path().join(".git")).map_err(GitError::NoFolder)?;
        let mut left = MOST;
        repository.each(
            &commit,
            |path, size| size <= LARGEST && wanted(path) && is_plain(path),
            |path, text| {
                left = left.checked_sub(text.len()).ok_or_else(too_much)?;
                let file = folder.path().join(path);
                file.parent().map_or(Ok(()), fs::create_dir_all)?;
                fs::write(file, text)
            },
        )?;
        let before = std::env::current_dir().and_then(fs::canonicalize);
        let before = before.map_err(GitError::NoFolder)?;
        let here = before.strip_prefix(&root).unwrap_or(Path::new(""));
        let here = folder.path().join(here);
        fs::create_dir_all(&here).map_err(GitError::NoFolder)?;
        Ok(Self { folder, here })
    }

    /// Changes the working directory to the folder in the tree that corresponds to the current one.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn enter(&self) -> Result<Elsewhere, GitError> {
        let before = std::env::current_dir().map_err(GitError::NoFolder)?;
        std::env::set_current_dir(&self.here).map_err(GitError::NoFolder)?;
        Ok(Elsewhere { before })
    }

    /// True if the tree contains this path.
    pub fn holds(&self, path: &Path) -> bool {
        self.here.join(path).exists()
    }

    /// Returns the path of the temporary folder, valid as long as this lives.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        // The original folder may be gone; nothing here depends on it.
        let _ = std::env::set_current_dir(&self.before);
    }
}

fn too_much() -> std::io::Error {
    std::io::Error::other(format!("it has more than {MOST} bytes of source"))
}

/// True if the path only goes downwards. `git` creates no other paths, but the repository may have been made by another
/// tool.
fn is_plain(path: &str) -> bool {
    let mut parts = Path::new(path).components();
    parts.all(|part| matches!(part, Component::Normal(_)))
}

/// Returns the folder of the work tree, and that of the repository.
fn around(revision: &str) -> Result<[PathBuf; 2], GitError> {
    let failed = |said: &str| GitError::Failed {
        url: revision.to_owned(),
        said: visible(said.trim()),
    };
    let output = Command::new("git")
        .args(["rev-parse", "--show-toplevel", "--absolute-git-dir"])
        .env("GIT_NO_LAZY_FETCH", "1")
        .stdin(Stdio::null())
        .output()
        .map_err(GitError::NoProgram)?;
    let said = String::from_utf8_lossy(&output.stdout);
    let lines: Vec<&str> = said.lines().collect();
    let [root, git_dir] = lines.as_slice() else {
        let complained = String::from_utf8_lossy(&output.stderr);
        return Err(failed(complained.trim_start_matches("fatal: ")));
    };
    let root = fs::canonicalize(root).map_err(GitError::NoFolder)?;
    Ok([root, PathBuf::from(git_dir)])
}
