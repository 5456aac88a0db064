//! Makes the edits of mutations/*.toml in generated projects: `drift` gives each its proper class, names the weakened
//! rule, and shows the line. Every expected answer is one that a reader of the edit would give.
//!
//! A case of the tables has
//! - `name`;
//! - `project`: `demo` (made by `new --demo --defaults`; the default) or one of those that tables.toml names;
//! - `expect`: the worst class that drift must report, with the rule if one is to be named; `none` if it must report
//!   nothing;
//! - `or`: a second answer that a careful reader would accept;
//! - `unplanned`: why Terraform plans nothing although the edit is not cosmetic (compared.rs);
//! - `at`: `FILE@TEXT`, the current line at which the class must be reported: the first one that contains the text;
//! - `edits`, made one after the other (see edit.rs).

mod compared;
mod edit;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::program::{ended, program, stderr, stdout};
use crate::support::scale;
use edit::{Case, Tables, cases, edit};

const CLASSES: [&str; 6] = [
    "weakens",
    "cannot tell",
    "changes",
    "strengthens",
    "cosmetic",
    "none",
];

/// The projects of all kinds that cases edit, each generated once.
struct Projects {
    home: tempfile::TempDir,
}

impl Projects {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("generated-examples");
        let make = |kind: &str, arguments: &[&str]| {
            let done = ended(program(home.path()).args(["new", kind]).args(arguments));
            assert!(done.status.success(), "{}", stderr(&done));
        };
        make("demo", &["--demo", "--defaults"]);
        for (kind, example) in Tables::read().projects {
            let spec = examples.join(example).join("rdsproxy.toml");
            make(&kind, &["--answers", spec.to_str().unwrap()]);
        }
        Self { home }
    }

    /// An edited copy of the project of a case; returns the folder that contains it as `project`.
    fn edited(&self, case: &Case) -> tempfile::TempDir {
        let home = tempfile::tempdir().unwrap();
        let project = home.path().join("project");
        copy(&self.home.path().join(&case.project), &project);
        for one in &case.edits {
            edit(&project, one);
        }
        home
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target)
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// The output of drift for a case.
struct Said {
    /// The worst class, as `expect` names it.
    class: &'static str,
    /// The distinct headings, such as `weakens RULE`, the worst first.
    headings: Vec<String>,
    changes: Vec<Value>,
    code: Option<i32>,
}

impl Said {
    fn of(home: &Path) -> Self {
        let done = ended(program(home).args(["drift", "project", "--format", "json"]));
        let text = stdout(&done);
        let report: Value = serde_json::from_str(&text).unwrap_or_else(|error| {
            panic!("{error}: {text}{}", stderr(&done));
        });
        let project = &report["projects"][0];
        let changes = project["changes"].as_array().unwrap().clone();
        let mut headings: Vec<String> = effects(&changes).map(heading).collect();
        headings.sort_by_key(|heading| (rank(heading), heading.clone()));
        headings.dedup();
        let counted = |class: &&str| {
            let count = project["counts"].get(class);
            count.is_some_and(|count| count.as_u64() > Some(0))
        };
        Self {
            class: CLASSES.into_iter().find(counted).unwrap_or("none"),
            headings,
            changes,
            code: done.status.code(),
        }
    }

    /// True if the output is as expected.
    fn is(&self, expect: &str) -> bool {
        let class = CLASSES[rank(expect)];
        let meant = !matches!(class, "cosmetic" | "none");
        let named = expect == class || self.headings.iter().any(|heading| heading == expect);
        self.class == class && named && self.code == Some(if meant { 2 } else { 0 })
    }

    /// True if the class is reported at this line: at the place of an effect, or among the lines shown for it.
    fn is_at(&self, expect: &str, (file, line, text): (&str, u64, &str)) -> bool {
        let meant = |effect: &Value| heading(effect).starts_with(expect);
        let shown = |change: &Value| {
            let diff = change["diff"].as_str().unwrap_or_default();
            change["file"].as_str() == Some(file)
                && diff
                    .lines()
                    .any(|line| line.starts_with('+') && line.contains(text))
        };
        self.changes.iter().any(|change| {
            let own = change["effects"].as_array().unwrap();
            own.iter().filter(|effect| meant(effect)).any(|effect| {
                let place = (effect["file"].as_str(), effect["line"].as_u64());
                place == (Some(file), Some(line)) || shown(change)
            })
        })
    }
}

fn effects(changes: &[Value]) -> impl Iterator<Item = &Value> {
    changes
        .iter()
        .flat_map(|change| change["effects"].as_array().unwrap())
}

fn heading(effect: &Value) -> String {
    let class = effect["class"].as_str().unwrap();
    match effect["rule"].as_str() {
        Some(rule) => format!("{class} {rule}"),
        None => class.to_owned(),
    }
}

/// The rank of a heading's class.
fn rank(heading: &str) -> usize {
    let mut classes = CLASSES.iter();
    classes
        .position(|class| heading.starts_with(class))
        .unwrap_or_else(|| panic!("no class: {heading}"))
}

/// The file, the line number and the text of `at`.
fn place<'a>(home: &Path, at: &'a str) -> (String, u64, &'a str) {
    let (file, text) = at.split_once('@').unwrap();
    let path = format!("project/{file}");
    let holds = fs::read_to_string(home.join(&path)).unwrap();
    let line = holds.lines().position(|line| line.contains(text));
    let line = line.unwrap_or_else(|| panic!("{file} holds no {text}"));
    (path, u64::try_from(line).unwrap() + 1, text)
}

/// A row of the reviewed table, and the fault if there is one.
fn judged(projects: &Projects, case: &Case) -> (String, Option<String>) {
    let home = projects.edited(case);
    let said = Said::of(home.path());
    let mut wrong = Vec::new();
    if !case.accepted().any(|answer| said.is(answer)) {
        let code = said.code;
        wrong.push(format!(
            "{}, {:?}, exit {code:?}",
            said.class, said.headings
        ));
    }
    if let Some(at) = &case.at {
        let (file, line, text) = place(home.path(), at);
        if !said.is_at(&case.expect, (&file, line, text)) {
            wrong.push(format!("not told at {file}:{line}"));
        }
    }
    let headings = if said.headings.is_empty() {
        said.class.to_owned()
    } else {
        said.headings.join(", ")
    };
    let wrong = (!wrong.is_empty()).then(|| {
        format!(
            "{}: expected {}, is {}",
            case.name,
            case.accepted().collect::<Vec<_>>().join(" or "),
            wrong.join("; ")
        )
    });
    (format!("{}: {headings}", case.name), wrong)
}

/// The cases of this run: all in a nightly run; in a normal one the first of each expected answer, and every eighth.
fn tried() -> Vec<Case> {
    let mut met = BTreeSet::new();
    let cases = cases().into_iter().enumerate();
    let some = cases.filter(|(at, case)| {
        let is_first = met.insert((case.project.clone(), case.expect.clone()));
        scale::is_whole() || (is_first || at % 8 == 0) && at % scale::step(1) == 0
    });
    some.map(|(_, case)| case).collect()
}

/// Judges the cases of this run on two threads, since most of the time is spent in child processes.
fn all_judged() -> Vec<(Case, (String, Option<String>))> {
    let projects = Projects::new();
    let (cases, half) = (tried(), |index: usize| index % 2);
    let mut judged_cases: BTreeMap<usize, (String, Option<String>)> = BTreeMap::new();
    std::thread::scope(|scope| {
        let halves = [0, 1].map(|which| {
            let (cases, projects) = (&cases, &projects);
            scope.spawn(move || {
                let own = cases.iter().enumerate();
                let own = own.filter(|(index, _)| half(*index) == which);
                own.map(|(index, case)| (index, judged(projects, case)))
                    .collect::<Vec<_>>()
            })
        });
        for half in halves {
            judged_cases.extend(half.join().unwrap());
        }
    });
    cases.into_iter().zip(judged_cases.into_values()).collect()
}

#[test]
fn every_edit_of_the_tables_is_told_for_what_it_is() {
    let judged = all_judged();
    let mut counts = BTreeMap::new();
    let mut lines = String::new();
    for (case, (line, _)) in &judged {
        *counts.entry(rank(&case.expect)).or_insert(0) += 1;
        writeln!(lines, "{line}").unwrap();
    }
    let wrong: Vec<&String> = judged
        .iter()
        .filter_map(|(_, (_, wrong))| wrong.as_ref())
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    if !scale::is_whole() {
        let reviewed = include_str!(
            "snapshots/suite__maintaining__drift__mutations__every_edit_of_the_tables_is_told_for_what_it_is.snap"
        );
        let unknown = lines
            .lines()
            .filter(|line| !reviewed.contains(&format!("\n{line}\n")));
        assert_eq!(unknown.collect::<Vec<_>>(), Vec::<&str>::new());
        return;
    }
    let counts: String = counts
        .into_iter()
        .map(|(rank, count)| format!("{}: {count}\n", CLASSES[rank]))
        .collect();
    insta::assert_snapshot!(format!("{counts}of {}\n\n{lines}", judged.len()));
}

#[test]
fn an_untouched_project_has_no_drift() {
    let projects = Projects::new();
    let kinds = Tables::read().projects.into_keys();
    for kind in kinds.chain(["demo".to_owned()]) {
        let arguments = ["drift", &kind, "--fail-on", "any"];
        let done = ended(program(projects.home.path()).args(arguments));
        assert_eq!(done.status.code(), Some(0), "{}", stdout(&done));
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/maintaining/drift/mutations")
}
