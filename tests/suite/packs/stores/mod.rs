//! Pack sources: each kind with real programs, and its refusals.

mod git;
#[cfg(feature = "oci")]
mod oci;
mod way;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) use self::git::{commit as git_commit, git as git_in};
use crate::support::program::{ended, program, stderr, stdout};

/// An isolated machine of one user: a working folder, a home and a cache.
pub(crate) struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    /// A desk with a pack `acme`.
    pub(crate) fn new() -> Self {
        let desk = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        fs::create_dir(desk.path("home")).unwrap();
        assert_eq!(desk.pack(&["new", "acme"]).0, 0);
        desk
    }

    /// A path below the folder.
    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    /// Writes a file of the pack.
    pub(crate) fn put(&self, file: &str, text: &str) {
        let file = self.path("acme").join(file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    /// Sets the version of the pack and changes its content.
    pub(crate) fn version(&self, version: &str) {
        let text = fs::read_to_string(self.path("acme/pack.toml")).unwrap();
        let lines = text.lines().map(|line| {
            if line.starts_with("version") {
                format!("version = {version:?}\n")
            } else {
                format!("{line}\n")
            }
        });
        self.put("pack.toml", &lines.collect::<String>());
    }

    /// The program with this desk's environment.
    pub(crate) fn program(&self) -> Command {
        let mut command = program(self.folder.path());
        command
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path("home"));
        command
    }

    /// Runs a command of `pack` and returns its exit code and its full output.
    pub(crate) fn pack(&self, arguments: &[&str]) -> (i32, String) {
        let output = ended(self.program().arg("pack").args(arguments));
        let said = stdout(&output) + &stderr(&output);
        (output.status.code().unwrap(), said)
    }

    /// The digest of what `pack build` makes from a reference; the command must succeed.
    pub(crate) fn digest(&self, reference: &str) -> String {
        let (code, said) = self.pack(&["build", reference, "--output", "built.tar"]);
        assert_eq!(code, 0, "{reference}: {said}");
        fs::remove_file(self.path("built.tar")).unwrap();
        let at = said.find("sha256:").unwrap();
        said[at..at + 71].to_owned()
    }

    /// The message for a reference that is refused.
    pub(crate) fn refused(&self, reference: &str) -> String {
        let (code, said) = self.pack(&["build", reference, "--output", "built.tar"]);
        assert_eq!(code, 1, "{reference}: {said}");
        assert!(!self.path("built.tar").exists());
        said
    }

    /// Runs a command of `pack` that must succeed.
    pub(crate) fn done(&self, arguments: &[&str]) -> String {
        let (code, said) = self.pack(arguments);
        assert_eq!(code, 0, "{arguments:?}: {said}");
        said
    }

    /// The standard output of a command of `pack` that must succeed, without its notes.
    #[cfg(feature = "oci")]
    pub(crate) fn printed(&self, arguments: &[&str]) -> String {
        let output = ended(self.program().arg("pack").args(arguments));
        assert!(output.status.success(), "{}", stderr(&output));
        stdout(&output)
    }

    /// Makes a key and trusts it for packs of this name.
    pub(crate) fn key(&self, key: &str, packs: &str) {
        self.done(&["keygen", key, "--no-password"]);
        let public = fs::read_to_string(self.path(&format!("{key}.pub"))).unwrap();
        let line = public.lines().nth(1).unwrap();
        let trust = format!(
            "schema = 1\n\n[[keys]]\nowner = \"team\"\nkey = \"{line}\"\npacks = [\"{packs}\"]\n"
        );
        self.trust(&trust);
    }

    /// Writes the user's trust file.
    pub(crate) fn trust(&self, text: &str) {
        let file = self.trust_file();
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    /// The path of the user's trust file.
    pub(crate) fn trust_file(&self) -> PathBuf {
        self.path("home/.config/rdsproxy-gen/rdsproxy-trust.toml")
    }

    /// Permits a source that only a project names, and everything below it.
    pub(crate) fn permit(&self, place: &str) {
        let text = fs::read_to_string(self.trust_file()).unwrap_or_default();
        let text = text.trim_start_matches("schema = 1\n");
        self.trust(&format!("schema = 1\nsources = [{place:?}]\n{text}"));
    }

    /// All files of the cache except its lock.
    pub(crate) fn kept(&self) -> Vec<PathBuf> {
        let folder = self.path("home/.cache/rdsproxy-gen/packs");
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let files = entries.map(|entry| entry.path());
        let mut files: Vec<PathBuf> = files.filter(|file| !file.ends_with("lock")).collect();
        files.sort();
        files
    }
}

/// The git address of a folder.
pub(crate) fn git_address(folder: &Path) -> String {
    format!("git+file://{}", folder.display())
}
