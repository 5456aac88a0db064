//! The shape of the code: floors, sizes, headers. What this test holds, nobody needs to remember.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The floors, lowest first; modules of one floor do not know each other.
const FLOORS: &[&[&str]] = &[
    &["domain"],
    &["interview", "source", "rules", "render", "report"],
    &["io"],
    &["commands"],
    &["cli", "main", "lib"],
];

/// `report` may grow into a second user of `render`'s filters, never the other way round; nothing else crosses a floor.
const MAX_LINES: usize = 400;

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn sources() -> BTreeMap<String, String> {
    let mut found = Vec::new();
    files(Path::new("src"), &mut found);
    found
        .into_iter()
        .map(|path| {
            (
                path.to_str().unwrap().to_owned(),
                fs::read_to_string(&path).unwrap(),
            )
        })
        .collect()
}

/// The top-level module that a file belongs to.
fn module(path: &str) -> &str {
    let rest = path.strip_prefix("src/").unwrap();
    rest.split('/').next().unwrap().trim_end_matches(".rs")
}

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

/// The top-level modules of this crate that a text names, in `use crate::a`, `use crate::{a, b::c}` and inline paths alike.
fn imports(text: &str) -> BTreeSet<String> {
    let code: String = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .map(|line| format!("{line}\n"))
        .collect();
    let mut names = BTreeSet::new();
    for (start, _) in code
        .match_indices("crate::")
        .chain(code.match_indices("rdsproxy_gen::"))
    {
        let rest = code[start..].split_once("::").unwrap().1;
        if let Some(group) = rest.strip_prefix('{') {
            names.extend(heads_of_group(group));
        } else {
            names.insert(word(rest));
        }
    }
    names
}

/// The first words of each member of a `{…}` group, which may be nested.
fn heads_of_group(group: &str) -> Vec<String> {
    let (mut depth, mut start, mut heads) = (0, 0, Vec::new());
    for (at, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => {
                heads.push(word(group[start..at].trim()));
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                heads.push(word(group[start..at].trim()));
                start = at + 1;
            }
            _ => {}
        }
    }
    heads.retain(|head| !head.is_empty());
    heads
}

fn word(text: &str) -> String {
    text.chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}

#[test]
fn imports_go_down_only() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let own = module(&path);
        let here = floor(own).unwrap_or_else(|| panic!("{path} belongs to no floor"));
        for name in imports(&text) {
            let Some(there) = floor(&name) else { continue };
            if name != own && there >= here && own != "lib" && own != "main" {
                wrong.push(format!(
                    "{path} (floor {here}) looks up to or beside `{name}` (floor {there})"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn upward_imports_are_seen() {
    assert_eq!(
        imports("use crate::{domain::a, rules::{b, c}, io};")
            .into_iter()
            .collect::<Vec<_>>(),
        ["domain", "io", "rules"]
    );
    assert_eq!(
        imports("fn f() { crate::render::g() }")
            .into_iter()
            .collect::<Vec<_>>(),
        ["render"]
    );
    assert!(imports("// crate::render").is_empty());
}

#[test]
fn files_are_short_and_say_what_they_are() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let lines = text.lines().count();
        if lines > MAX_LINES {
            wrong.push(format!("{path} has {lines} lines"));
        }
        if !text.starts_with("//!") {
            wrong.push(format!("{path} does not open with `//!`"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_module_is_a_drawer_for_odds_and_ends() {
    let banned = [
        "utils", "util", "common", "helpers", "helper", "types", "misc",
    ];
    for path in sources().keys() {
        let stem = Path::new(path).file_stem().unwrap().to_str().unwrap();
        assert!(!banned.contains(&stem), "{path}");
    }
}

#[test]
fn no_path_of_the_build_machine_stands_in_the_project() {
    let here = std::env::current_dir().unwrap();
    let here = here.to_str().unwrap();
    for (path, text) in sources() {
        assert!(!text.contains(here), "{path}");
    }
}
