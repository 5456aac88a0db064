//! Defines the paths that rdsproxy-gen may write or remove inside a directory. Every path is checked, whatever its
//! source: a journal, a baseline or an undo record may have been copied with a directory from an untrusted source.

use std::collections::BTreeMap;

use thiserror::Error;

/// The folder in which rdsproxy-gen keeps its own files.
pub const OWN_FOLDER: &str = ".rdsproxy-gen";

/// The path of the baseline ([`super::baseline`]).
pub const BASELINE_PATH: &str = ".rdsproxy-gen/baseline.json";

/// The path of the record of the last update ([`super::undo`]).
pub const UNDO_PATH: &str = ".rdsproxy-gen/undo.json";

/// The path of the file that keeps [`UNDO_PATH`] out of version control.
pub const IGNORE_PATH: &str = ".rdsproxy-gen/.gitignore";

/// The files in [`OWN_FOLDER`] that are written like any generated file.
const OWN_FILES: [&str; 3] = [BASELINE_PATH, UNDO_PATH, IGNORE_PATH];

/// The endings of Terraform state files, which only Terraform writes. Source: "Backend Type: local", Terraform
/// language.
const STATES: [&str; 3] = [".tfstate", ".tfstate.backup", ".tfstate.lock.info"];

/// The short name of a `.git` folder on Windows volumes with 8.3 names. Source: CVE-2014-9390.
const SHORT_GIT: &str = "git~1";

/// The maximum length of a path, in bytes. Source: `PATH_MAX` of Linux, `limits.h`.
const LONGEST: usize = 4096;

/// The reason why rdsproxy-gen may not write a path.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{path:?} {why}")]
pub struct OwnPathError {
    /// The path that is refused.
    pub path: String,
    /// The fault of the path, as a predicate: "is a hidden file of another program".
    pub why: &'static str,
}

/// Refuses a path that leaves the directory or belongs to another program.
///
/// # Errors
/// The first fault found in the path.
pub fn own(path: &str) -> Result<(), OwnPathError> {
    match wrong(path) {
        None => Ok(()),
        Some(why) => Err(OwnPathError {
            path: path.to_owned(),
            why,
        }),
    }
}

/// Refuses paths that cannot coexist on every file system.
///
/// # Errors
/// As for [`own`], and if two paths differ only in case.
pub fn all_own<'p>(paths: impl IntoIterator<Item = &'p String>) -> Result<(), OwnPathError> {
    let mut taken = BTreeMap::new();
    for path in paths {
        own(path)?;
        if taken.insert(path.to_lowercase(), path).is_some() {
            return Err(OwnPathError {
                path: path.clone(),
                why: "is there twice on systems that do not tell case",
            });
        }
    }
    Ok(())
}

fn wrong(path: &str) -> Option<&'static str> {
    if path.len() > LONGEST {
        return Some("is longer than any path");
    }
    if path.contains(['\\', ':']) {
        return Some("has a character that separates folders, drives or streams on some systems");
    }
    if path.chars().any(|c| c.is_control() || is_unseen(c)) {
        return Some("has a character that cannot be seen");
    }
    if OWN_FILES.contains(&path) {
        return None;
    }
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let folders = folders.split('/').filter(|_| path.contains('/'));
    let parts = folders.map(|part| (part, true)).chain([(name, false)]);
    parts
        .filter_map(|(part, is_folder)| wrong_part(part, is_folder))
        .next()
}

fn wrong_part(part: &str, is_folder: bool) -> Option<&'static str> {
    let lower = part.to_lowercase();
    // Windows drops trailing dots and spaces.
    let plain = lower.trim_end_matches(['.', ' ']);
    match part {
        "" | "." | ".." => Some("does not stay inside the directory"),
        _ if plain != lower => Some("ends with a character that Windows drops"),
        _ if plain == SHORT_GIT => Some("is git's own"),
        _ if plain.starts_with('.') && is_folder => {
            Some("is in a hidden folder of another program")
        }
        _ if plain.starts_with('.') => Some("is a hidden file of another program"),
        _ if STATES.iter().any(|state| plain.ends_with(state)) => {
            Some("is a state, which only Terraform writes")
        }
        _ => None,
    }
}

/// True for characters that some file systems ignore in names, so that `.g\u{200d}it` is `.git` there. Source:
/// CVE-2014-9390.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_ours_is_taken() {
        let long = "a/".repeat(100) + "b";
        for path in [
            "rdsproxy.toml",
            "terraform/main.tf",
            "terraform/modules/proxy/tests/hardening.tftest.hcl",
            "a b/café.tf",
            BASELINE_PATH,
            UNDO_PATH,
            IGNORE_PATH,
            "tfstate",
            "states.tf",
            &long,
        ] {
            assert_eq!(own(path), Ok(()), "{path}");
        }
    }

    #[test]
    fn what_leads_out_or_is_another_programs_is_refused() {
        let long = "a".repeat(LONGEST + 1);
        for (path, why) in [
            ("", "inside"),
            ("/etc/passwd", "inside"),
            ("..", "inside"),
            ("../x", "inside"),
            ("a/../../x", "inside"),
            ("a//b", "inside"),
            ("a/", "inside"),
            ("./a", "inside"),
            ("..\\x", "separates"),
            ("c:/x", "separates"),
            ("main.tf::$DATA", "separates"),
            ("a\0b", "seen"),
            ("a\nb", "seen"),
            (".g\u{200d}it/config", "seen"),
            (".git/hooks/pre-commit", "hidden folder"),
            (".GIT/config", "hidden folder"),
            ("x/.git/config", "hidden folder"),
            (".git", "hidden file"),
            (".git./config", "drops"),
            (".git /config", "drops"),
            ("GIT~1/config", "git's"),
            (".terraform/providers/x", "hidden folder"),
            (".terraform.lock.hcl", "hidden file"),
            (".gitattributes", "hidden file"),
            (".github/workflows/x.yml", "hidden folder"),
            (".envrc", "hidden file"),
            (".rdsproxy-gen/pending.json", "hidden folder"),
            (".rdsproxy-gen/staged/0", "hidden folder"),
            (".RDSPROXY-GEN/baseline.json", "hidden folder"),
            ("terraform/terraform.tfstate", "state"),
            ("terraform/terraform.tfstate.backup", "state"),
            ("terraform/Terraform.TFSTATE", "state"),
            ("prod.tfstate.lock.info", "state"),
            (&long, "longer"),
        ] {
            let error = own(path).unwrap_err().to_string();
            assert!(error.contains(why), "{path:?}: {error}");
        }
    }

    #[test]
    fn two_names_that_become_one_are_refused() {
        let paths = ["a/main.tf".to_owned(), "a/Main.tf".to_owned()];
        let error = all_own(&paths).unwrap_err().to_string();
        assert!(error.contains("do not tell case"), "{error}");
    }
}
