//! Projects, two hundred in a nightly run, each edited at random, and each updated to another spec and to templates that changed since: what the
//! users did is kept or shown, what weakens a rule never passes, and everything can be taken back.
//!
//! `REPLAY=DIR` keeps the projects there, for `tests/tools/compare_update.py`, which asks another tool the same.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::as_generated_before;
use super::edits::{Chance, EDITS, Kind};
use crate::program::{contents, ended, program, stderr, stdout};
use crate::scale;
use crate::tools::copy;

/// How many projects there are in all; compared.md tells of them.
const PROJECTS: usize = 200;

/// How an older version of the templates said some things: the file, what it says now, and what it said.
const OLDER: &[(&str, &str, &str)] = &[
    (
        "terraform/main.tf",
        "  # Rule 6.\n",
        "  # Debug logging tells too much.\n",
    ),
    (
        "terraform/iam.tf",
        "resource \"aws_iam_role\" \"proxy\" {\n",
        "resource \"aws_iam_role\" \"proxy\" {\n  path = \"/\"\n",
    ),
    (
        "terraform/outputs.tf",
        "\"Security group of the proxy.\"",
        "\"The proxy's group.\"",
    ),
    (
        "terraform/sql/users.sql",
        "It may be run again.",
        "Run it once.",
    ),
    (
        "cloudformation/template.yaml",
        "MaxConnectionsPercent: 60",
        "MaxConnectionsPercent: 70",
    ),
    (
        "cloudformation/template.yaml",
        "\nOutputs:\n",
        "\nOutputs:\n  Old:\n    Value: old\n",
    ),
];

/// What became of one.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    Updated,
    Conflict,
    Held,
}

/// A project as the older version generated it, with a spec that asks for something else now.
fn older(home: &Path) -> PathBuf {
    let spec = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("generated-examples/mysql-two-users/rdsproxy.toml");
    fs::copy(spec, home.join("answers.toml")).unwrap();
    let made = ended(program(home).args([
        "new",
        "older",
        "--answers",
        "answers.toml",
        "--non-interactive",
    ]));
    assert!(made.status.success(), "{}", stderr(&made));
    let project = home.join("older");
    for change in OLDER {
        as_generated_before(&project, *change);
    }
    super::replace(
        &project.join("rdsproxy.toml"),
        "[pool]\n",
        "[pool]\nborrow_timeout = 45\n",
    );
    project
}

/// Some edits of a project; those that were done, with what each leaves behind.
fn edited(project: &Path, seed: usize) -> Vec<(Kind, String, String)> {
    let mut chance = Chance::of(seed as u64);
    let mut chosen: Vec<usize> = (0..=chance.below(4))
        .map(|_| chance.below(EDITS.len()))
        .collect();
    chosen.sort_unstable();
    chosen.dedup();
    let mut done = Vec::new();
    for index in chosen {
        let edit = &EDITS[index];
        // Three digits: a number that a timeout can be.
        if let Some((file, keeps)) = edit.apply(project, 100 + chance.below(900)) {
            done.push((edit.kind, file, keeps));
        }
    }
    done
}

/// Every kept edit that is not in the project.
fn lost(project: &Path, edits: &[(Kind, String, String)]) -> Vec<String> {
    let gone = edits.iter().filter(|(_, file, keeps)| {
        let text = fs::read_to_string(project.join(file)).unwrap_or_default();
        !text.replace("\r\n", "\n").contains(keeps.as_str())
    });
    gone.map(|(_, file, keeps)| format!("{file}: {keeps:?}"))
        .collect()
}

fn run(home: &Path, arguments: &[&str]) -> (i32, String) {
    let output = ended(program(home).args(arguments));
    (
        output.status.code().unwrap(),
        stdout(&output) + &stderr(&output),
    )
}

/// Edits, updates and takes back one project.
fn replayed(home: &Path, older: &Path, seed: usize) -> End {
    let name = format!("project-{seed}");
    let project = home.join(&name);
    copy(older, &project);
    let edits = edited(&project, seed);
    let before = contents(&project);
    let (code, said) = run(home, &["update", &name, "--format", "json"]);
    let told = || format!("{seed}: {edits:?}\n{said}");
    let report: serde_json::Value =
        serde_json::from_str(&said).unwrap_or_else(|_| panic!("{}", told()));
    let state = report["projects"][0]["state"].as_str().unwrap().to_owned();
    let weakened = edits.iter().any(|(kind, ..)| *kind == Kind::Weakens);
    if code == 2 {
        assert_eq!(
            contents(&project),
            before,
            "what is stopped writes nothing: {}",
            told()
        );
        let conflicts = edits.iter().any(|(kind, ..)| *kind == Kind::Clash);
        return match state.as_str() {
            "in conflict" if conflicts => End::Conflict,
            "weakened by hand" if weakened => End::Held,
            _ => panic!("nothing of it stands in the way: {}", told()),
        };
    }
    assert_eq!((code, weakened), (0, false), "{}", told());
    assert_eq!(lost(&project, &edits), Vec::<String>::new(), "{}", told());
    let (code, said) = run(home, &["audit", &name]);
    assert_eq!(code, 0, "{seed}: {edits:?}: the audit says\n{said}");
    assert_eq!(
        run(home, &["update", &name, "--check"]).0,
        0,
        "nothing more is due: {}",
        told()
    );
    assert_eq!(run(home, &["update", &name, "--undo"]).0, 0);
    assert_eq!(contents(&project), before, "byte by byte: {}", told());
    End::Updated
}

#[test]
fn edited_projects_are_updated_without_loss_and_without_a_weakening() {
    let home = tempfile::tempdir().unwrap();
    let older = older(home.path());
    let kept = std::env::var_os("REPLAY").map(PathBuf::from);
    if let Some(folder) = &kept {
        keep(folder, &older);
        return;
    }
    let ends = std::thread::scope(|scope| {
        let (home, older) = (home.path(), older.as_path());
        // A normal run takes some of them, spread over all.
        let step = PROJECTS / usize::try_from(scale::count("edited projects")).unwrap();
        let workers: Vec<_> = (0..4)
            .map(|worker| {
                let seeds = (worker * step..PROJECTS).step_by(4 * step);
                scope.spawn(move || {
                    seeds
                        .map(|seed| replayed(home, older, seed))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap())
            .collect::<Vec<_>>()
    });
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for end in ends {
        *counts.entry(format!("{end:?}")).or_default() += 1;
    }
    assert_eq!(counts.len(), 3, "each end is met: {counts:?}");
    if !scale::is_whole() {
        return;
    }
    insta::assert_debug_snapshot!(counts);
    // What stands beside copier's figures.
    let compared = include_str!("compared.md");
    for row in [
        format!("| {} | – |", counts["Held"]),
        format!("| {}, of which every one", counts["Conflict"]),
    ] {
        assert!(compared.contains(&row), "compared.md: {row}");
    }
}

/// Writes the projects down: as they were generated, as they are generated now, and as each was edited.
fn keep(folder: &Path, older: &Path) {
    copy(older, &folder.join("before"));
    copy(older, &folder.join("after"));
    assert_eq!(run(folder, &["update", "after"]).0, 0);
    let mut cases = Vec::new();
    for seed in 0..PROJECTS {
        let project = folder.join(format!("case-{seed}"));
        copy(older, &project);
        let edits = edited(&project, seed).into_iter();
        let edits = edits.map(|(kind, file, keeps)| {
            serde_json::json!({"kind": format!("{kind:?}"), "file": file, "keeps": keeps})
        });
        cases.push(edits.collect::<Vec<_>>());
    }
    let text = serde_json::to_string_pretty(&cases).unwrap();
    fs::write(folder.join("cases.json"), text).unwrap();
}
