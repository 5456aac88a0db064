//! The checks before a release is built.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use super::{read, root, text};
use crate::support::program::{ended, stderr, stdout};
use crate::support::tools;

fn checked(tag: &str, folder: &Path) -> Output {
    let mut command = Command::new(root().join(".packaging/check-tag"));
    ended(command.arg(tag).arg(folder))
}

const CHANGES: &str = "CHANGELOG.md";
const JOBS: &str = ".gitlab/rdsproxy-gen.yml";

/// Files that may be released as version 0.2.0.
const FILES: [(&str, &str); 3] = [
    (
        "Cargo.toml",
        "[package]\nversion = \"0.2.0\"\n\n[dependencies]\nversion = \"9\"\n",
    ),
    (
        CHANGES,
        "## 0.2.0 - 2026-12-01\n\n- A change.\n\n## 0.1.0\n\n- First.\n",
    ),
    (JOBS, "    RDSPROXY_GEN_VERSION: \"0.2.0\"\n"),
];

/// A tag, a replaced file, and the message.
type Refused = (&'static str, (&'static str, &'static str), &'static str);

const REFUSED: &[Refused] = &[
    ("0.2.0", FILES[0], "the tag is 0.2.0"),
    ("v0.2.1", FILES[0], "the tag is v0.2.1"),
    (
        "v0.2.0",
        (CHANGES, "## Unreleased\n\n- A change.\n"),
        "CHANGELOG.md says nothing",
    ),
    (
        "v0.2.0",
        (CHANGES, "## 0.2.0\n\n \n\n## 0.1.0\n\n- First.\n"),
        "CHANGELOG.md says nothing",
    ),
    (
        "v0.2.0",
        (CHANGES, "## 0.2.0-rc.1\n\n- A change.\n"),
        "CHANGELOG.md says nothing",
    ),
    (
        "v0.2.0",
        (JOBS, "    RDSPROXY_GEN_VERSION: \"0.1.0\"\n"),
        "installs another version",
    ),
];

fn written(other: (&str, &str)) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join(".gitlab")).unwrap();
    for (name, content) in FILES.into_iter().chain([other]) {
        fs::write(home.path().join(name), content).unwrap();
    }
    home
}

#[test]
fn a_tag_names_the_version_that_the_changelog_tells_of_and_the_jobs_install() {
    if tools::find("bash").is_none() {
        return;
    }
    let done = checked("v0.2.0", written(FILES[0]).path());
    assert_eq!(done.status.code(), Some(0), "{}", stderr(&done));
    assert_eq!(stdout(&done), "0.2.0\n");
    for (tag, other, said) in REFUSED {
        let done = checked(tag, written(*other).path());
        assert_eq!(done.status.code(), Some(1), "{tag} {other:?}");
        assert!(stderr(&done).contains(said), "{}", stderr(&done));
    }
}

#[test]
fn the_jobs_of_gitlab_install_this_version() {
    let template = read(".gitlab/rdsproxy-gen.yml");
    let job = template.get(".rdsproxy-gen").unwrap();
    let version = text(job.get("variables").unwrap(), "RDSPROXY_GEN_VERSION");
    assert_eq!(version, env!("CARGO_PKG_VERSION"));
}
