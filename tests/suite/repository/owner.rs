//! The project's owner is stated in one place, `repository` in Cargo.toml, and all other places must agree.

use std::fs;
use std::path::{Path, PathBuf};

use regex::{Captures, Regex};

/// Files that tell people or machines where the project is hosted.
const PLACES: &[&str] = &[
    "README.md",
    "CHANGELOG.md",
    "Cargo.toml",
    ".pre-commit-hooks.yaml",
    ".github",
    ".gitlab",
    ".packaging",
];

/// Patterns of references to the project: URLs, images, actions.
const NAMES: &str = r"(github\.com/|githubusercontent\.com/|ghcr\.io/|uses: |repo_url: )([A-Za-z0-9-]+)/(rdsproxy-gen)";

fn files(path: &Path, found: &mut Vec<PathBuf>) {
    if path.is_file() {
        found.push(path.to_owned());
    }
    for entry in fs::read_dir(path).into_iter().flatten() {
        files(&entry.unwrap().path(), found);
    }
}

#[test]
fn one_value_says_whose_it_is() {
    let names = Regex::new(NAMES).unwrap();
    let manifest: toml::Table = fs::read_to_string("Cargo.toml").unwrap().parse().unwrap();
    let repository = manifest["package"]["repository"].as_str().unwrap();
    let owner = names.captures(repository).unwrap()[2].to_owned();
    let mut found = Vec::new();
    for place in PLACES {
        let before = found.len();
        files(Path::new(place), &mut found);
        assert!(found.len() > before, "{place} holds no file");
    }
    let (mut wrong, mut said) = (Vec::new(), 0);
    for path in found {
        let Ok(text) = fs::read_to_string(&path) else {
            continue;
        };
        said += names.find_iter(&text).count();
        let right = names.replace_all(&text, |name: &Captures<'_>| {
            format!("{}{owner}/{}", &name[1], &name[3])
        });
        if right != text {
            match std::env::var_os("UPDATE") {
                Some(_) => fs::write(&path, right.as_ref()).unwrap(),
                None => wrong.push(path),
            }
        }
    }
    assert!(said > 5, "only {said} references were found");
    assert!(
        wrong.is_empty(),
        "not {owner}'s: {wrong:?}; UPDATE=1 mends them"
    );
}
