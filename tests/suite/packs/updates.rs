//! `update` of a project generated with a pack: from the source in its baseline, or from a given one.

use std::fs;
use std::path::Path;

use super::used::{made, version};
use super::{acme, machine, pack, put};
use crate::support::program::{contents, ended, stderr, stdout};

fn update(at: &Path, arguments: &[&str]) -> (i32, String) {
    let output = ended(machine(at).args(["update", "project"]).args(arguments));
    let said = stdout(&output) + &stderr(&output);
    (output.status.code().unwrap(), said)
}

#[test]
fn a_newer_version_reaches_a_project_and_keeps_what_was_changed() {
    let folder = acme();
    let at = folder.path();
    version(at, "0.9.0");
    made(at, &["--pack", "acme"]);
    let (code, said) = update(at, &[]);
    assert_eq!((code, said.contains("up to date")), (0, true), "{said}");

    let main = at.join("project/terraform/modules/proxy/main.tf");
    let text = fs::read_to_string(&main).unwrap();
    fs::write(&main, format!("# ours\n{text}")).unwrap();
    version(at, "0.10.0");
    let before = contents(&at.join("project"));
    let (code, said) = update(at, &["--check"]);
    assert_eq!(code, 2, "{said}");
    let news = "generated with acme 0.10.0 in the place of acme 0.9.0";
    assert!(said.contains(news), "{said}");
    assert!(said.contains("~ project/terraform/VERSION.md"), "{said}");
    assert_eq!(contents(&at.join("project")), before);

    let (code, said) = update(at, &[]);
    assert_eq!(code, 0, "{said}");
    let generated = || fs::read_to_string(at.join("project/terraform/VERSION.md")).unwrap();
    assert_eq!(generated(), "# Version 0.10.0\n");
    assert!(fs::read_to_string(&main).unwrap().starts_with("# ours\n"));
    let (code, said) = update(at, &["--undo"]);
    assert_eq!(code, 0, "{said}");
    assert_eq!(contents(&at.join("project")), before);

    assert_eq!(update(at, &[]).0, 0);
    let (code, said) = update(at, &["--pack", "acme-0.9.0.tar"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("acme 0.9.0 is older than 0.10.0"), "{said}");
    let older = ["--pack", "acme-0.9.0.tar", "--allow-downgrade"];
    let (code, said) = update(at, &older);
    assert_eq!(
        (code, generated()),
        (0, "# Version 0.9.0\n".to_owned()),
        "{said}"
    );
    assert_eq!(update(at, &["--pack", "built-in"]).0, 0);
    assert!(!at.join("project/terraform/VERSION.md").exists());
}

#[test]
fn a_pack_that_moved_changed_or_was_yanked_is_told() {
    let folder = acme();
    let at = folder.path();
    made(at, &["--pack", "acme"]);
    let readme = fs::read_to_string(at.join("acme/README.md")).unwrap();
    put(at, "README.md", "Changed.\n");
    let (code, said) = update(at, &[]);
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains("a version that was published never changes"),
        "{said}"
    );

    put(at, "README.md", &readme);
    let yank = [
        "yank",
        "--dir",
        "acme",
        "acme",
        "0.1.0",
        "--reason",
        "the role was too wide",
    ];
    assert_eq!(pack(at, &yank).0, 0);
    let (code, said) = update(at, &["--check"]);
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains("acme 0.1.0 was yanked: the role was too wide"),
        "{said}"
    );

    fs::rename(at.join("acme"), at.join("elsewhere")).unwrap();
    let (code, said) = update(at, &[]);
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains("its pack came from acme; --pack names another place"),
        "{said}"
    );
}

#[test]
fn what_a_newer_version_answers_for_everybody_reaches_the_spec() {
    let folder = acme();
    let at = folder.path();
    version(at, "0.9.0");
    made(at, &["--pack", "acme"]);
    put(
        at,
        "answers.toml",
        "schema = 1\n\n[locked]\nmonitoring.log_retention_days = 731\n",
    );
    version(at, "0.10.0");
    let before = contents(&at.join("project"));
    let (code, said) = update(at, &[]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("~ project/rdsproxy.toml"), "{said}");
    let spec = fs::read_to_string(at.join("project/rdsproxy.toml")).unwrap();
    assert!(spec.contains("log_retention_days = 731"), "{spec}");
    assert_eq!(update(at, &["--check"]).0, 0);
    assert_eq!(update(at, &["--undo"]).0, 0);
    assert_eq!(contents(&at.join("project")), before);
}
