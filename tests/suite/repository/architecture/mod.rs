//! The shape of the code: floors, circles, sizes, headers. What this test holds, nobody needs to remember.

mod modules;
mod ownership;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::tools;

/// The floors, lowest first; modules of one floor do not know each other.
const FLOORS: &[&[&str]] = &[
    &["domain"],
    &["language"],
    &[
        "interview",
        "source",
        "rewrite",
        "rules",
        "render",
        "report",
    ],
    &["io"],
    &["app"],
    &["commands"],
    &["cli", "main", "lib"],
];

/// What the subcommands do, in `app`. No capability knows another one.
const CAPABILITIES: &[&str] = &[
    "audit", "drift", "new", "pack", "rules", "snapshot", "update",
];

/// The modules of `app` that several capabilities need. They know no capability.
const SHARED: &[&str] = &[
    "account",
    "comparison",
    "error",
    "folders",
    "placement",
    "projects",
    "proof",
    "reach",
    "read_back",
    "replaced",
    "resolution",
    "suppression",
];

/// The longest file, in lines.
const MAX_LINES: usize = 400;

/// The longest file of `commands`, in lines of code.
const MAX_LINES_OF_COMMAND: usize = 100;

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
    assert!(found.len() > 200, "{} files of code", found.len());
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

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

#[test]
fn imports_go_down_only() {
    let mut wrong = Vec::new();
    for (own, others) in modules::graph(&sources()) {
        let Some(own_room) = own.first().filter(|room| *room != "cli") else {
            continue;
        };
        let here = floor(own_room).unwrap_or_else(|| panic!("{own_room} belongs to no floor"));
        for other in others {
            let Some(room) = other.first().filter(|room| *room != own_room) else {
                continue;
            };
            let there = floor(room).unwrap_or_else(|| panic!("{room} belongs to no floor"));
            if there >= here {
                let (own, other) = (own.join("::"), other.join("::"));
                wrong.push(format!(
                    "{own} (floor {here}) looks up to or beside {other} (floor {there})"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_capability_knows_another() {
    let part = |module: &modules::Module| match module.as_slice() {
        [room, part, ..] if room == "app" => Some(part.clone()),
        _ => None,
    };
    let mut wrong = Vec::new();
    for (own, others) in modules::graph(&sources()) {
        let Some(here) = part(&own) else {
            continue;
        };
        let is_capability = CAPABILITIES.contains(&here.as_str());
        assert_ne!(
            is_capability,
            SHARED.contains(&here.as_str()),
            "app::{here} is either a capability or shared"
        );
        for other in others {
            let there = part(&other).filter(|there| *there != here);
            if there.is_some_and(|there| CAPABILITIES.contains(&there.as_str())) {
                wrong.push(format!("{} knows {}", own.join("::"), other.join("::")));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn commands_hold_arguments_and_app_holds_the_work() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        if path.starts_with("src/app/") && text.contains("clap") {
            wrong.push(format!("{path} knows the command line"));
        }
        let code = text.lines().map(str::trim_start);
        let code = code.filter(|line| !line.is_empty() && !line.starts_with("//"));
        let lines = code.count();
        if path.starts_with("src/commands/") && lines > MAX_LINES_OF_COMMAND {
            wrong.push(format!("{path} has {lines} lines of code"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_module_leads_back_to_itself() {
    let circle = modules::circle(&modules::graph(&sources()));
    let names = circle.map(|circle| circle.iter().map(|one| one.join("::")).collect::<Vec<_>>());
    assert_eq!(names, None);
}

#[test]
fn arrows_and_circles_are_seen() {
    let sources = [
        ("src/a/mod.rs", "mod b;\nmod c;\nuse b::B;\n"),
        (
            "src/a/b.rs",
            "use super::{super::d::{self, E}, c::C};\nfn f() { crate::a::c::g() }\n",
        ),
        (
            "src/a/c.rs",
            "// use super::b;\nfn f() { super::super::d::h() }\n#[cfg(test)]\nmod tests {\n    use super::super::b;\n}\n",
        ),
        ("src/d.rs", "use std::fmt;\nuse crate::a;\n"),
    ];
    let sources = sources.map(|(path, text)| (path.to_owned(), text.to_owned()));
    let graph = modules::graph(&sources.into());
    let named = |path: &str| -> Vec<String> {
        let others = graph[&modules::module(path)].iter();
        others.map(|other| other.join("::")).collect()
    };
    assert_eq!(named("src/a/mod.rs"), Vec::<String>::new());
    assert_eq!(named("src/a/b.rs"), ["a::c", "d"]);
    assert_eq!(named("src/a/c.rs"), ["d"]);
    assert_eq!(named("src/d.rs"), ["a"]);
    assert_eq!(modules::circle(&graph), None);

    let mut circular = graph;
    circular
        .get_mut(&modules::module("src/d.rs"))
        .unwrap()
        .insert(modules::module("src/a/b.rs"));
    let circle = modules::circle(&circular).unwrap();
    let circle: Vec<String> = circle.iter().map(|one| one.join("::")).collect();
    assert_eq!(circle, ["a::b", "a::c", "d", "a::b"]);
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

/// No parameter is a tuple, as `measure_code.py` counts them: a tuple hides the names of its parts from the call. Give the parts a struct,
/// or make them parameters of their own.
#[test]
fn the_parts_of_a_parameter_have_names() {
    let Some(python) = tools::find("python3") else {
        return;
    };
    let listed = Command::new(python)
        .args(["tests/tools/measure_code.py", "--list", "tuples"])
        .output()
        .unwrap();
    assert!(listed.status.success(), "{listed:?}");
    let listed = String::from_utf8(listed.stdout).unwrap();
    assert!(listed.trim().is_empty(), "{listed}");
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
