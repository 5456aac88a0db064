//! What a release is checked with before anything is built.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use super::{read, root, text};
use crate::program::{ended, stderr, stdout};
use crate::tools;

fn checked(tag: &str, folder: &Path) -> Output {
    let mut command = Command::new(root().join(".packaging/check-tag"));
    ended(command.arg(tag).arg(folder))
}

#[test]
fn a_tag_names_the_version_that_the_changelog_tells_of_and_the_jobs_install() {
    if tools::find("bash").is_none() {
        return;
    }
    let (log, told) = (
        "CHANGELOG.md",
        "## 0.2.0 - 2026-12-01\n\n- A change.\n\n## 0.1.0\n\n- First.\n",
    );
    let cases: &[(&str, &str, &str, Option<&str>)] = &[
        ("v0.2.0", "", "", None),
        ("0.2.0", "", "", Some("the tag is 0.2.0")),
        ("v0.2.1", "", "", Some("the tag is v0.2.1")),
        (
            "v0.2.0",
            log,
            "## Unreleased\n\n- A change.\n",
            Some("CHANGELOG.md says nothing"),
        ),
        (
            "v0.2.0",
            log,
            "## 0.2.0\n\n## 0.1.0\n\n- First.\n",
            Some("CHANGELOG.md says nothing"),
        ),
        (
            "v0.2.0",
            log,
            "## 0.2.0-rc.1\n\n- A change.\n",
            Some("CHANGELOG.md says nothing"),
        ),
        (
            "v0.2.0",
            ".gitlab/rdsproxy-gen.yml",
            "    RDSPROXY_GEN_VERSION: \"0.1.0\"\n",
            Some("another version"),
        ),
    ];
    for (tag, file, content, refused) in cases {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join(".gitlab")).unwrap();
        let files = [
            (
                "Cargo.toml",
                "[package]\nversion = \"0.2.0\"\n\n[dependencies]\nversion = \"9\"\n",
            ),
            (log, told),
            (
                ".gitlab/rdsproxy-gen.yml",
                "    RDSPROXY_GEN_VERSION: \"0.2.0\"\n",
            ),
            (file, content),
        ];
        for (name, content) in files.iter().filter(|(name, _)| !name.is_empty()) {
            fs::write(home.path().join(name), content).unwrap();
        }
        let done = checked(tag, home.path());
        let said = stderr(&done);
        match refused {
            None => {
                assert_eq!(done.status.code(), Some(0), "{said}");
                assert_eq!(stdout(&done), "0.2.0\n");
            }
            Some(part) => {
                assert_eq!(done.status.code(), Some(1), "{tag} {content}");
                assert!(said.contains(part), "{said}");
            }
        }
    }
}

#[test]
fn the_jobs_of_gitlab_install_this_version() {
    let template = read(".gitlab/rdsproxy-gen.yml");
    let job = template.get(".rdsproxy-gen").unwrap();
    let version = text(job.get("variables").unwrap(), "RDSPROXY_GEN_VERSION");
    assert_eq!(version, env!("CARGO_PKG_VERSION"));
}
