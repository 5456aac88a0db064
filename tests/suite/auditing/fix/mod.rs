//! `--fix`: its changes, byte for byte; a second run changes nothing; and what it leaves alone, with the reason.

mod case;
mod mutated;
mod reports;
mod safety;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use case::{Case, cases};
use rdsproxy_gen::language::yaml;
use rdsproxy_gen::language::yaml::{Content, Tree};
use serde_json::Value;
use similar::{ChangeTag, TextDiff};

use crate::auditing::audit::{Run, audit_in, estate};
use crate::generating::acceptance::tools;
use crate::support::scale;

/// The names that `--fix` may write, in both languages.
const NAMES: [&str; 9] = [
    "require_tls",
    "RequireTLS",
    "iam_auth",
    "IAMAuth",
    "debug_logging",
    "DebugLogging",
    "rds.force_ssl",
    "value",
    "Resource",
];

fn fix(folder: &Path, more: &[&str]) -> Run {
    audit_in(
        folder,
        &[&[".", "--fix", "--format", "json"], more].concat(),
    )
}

fn home_of(case: &Case, files: &BTreeMap<String, String>) -> tempfile::TempDir {
    let files: Vec<(&String, String)> = files
        .iter()
        .map(|(name, text)| (name, case.bytes(text)))
        .collect();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    estate(&files)
}

fn files_in(home: &Path, case: &Case) -> BTreeMap<String, String> {
    let names = case.before.keys();
    names
        .map(|name| (name.clone(), fs::read_to_string(home.join(name)).unwrap()))
        .collect()
}

fn bytes_of(case: &Case, files: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let files = files.iter();
    files
        .map(|(name, text)| (name.clone(), case.bytes(text)))
        .collect()
}

/// The output of the run after the diff.
fn told(run: &Run) -> String {
    let is_summary = |line: &&str| line.ends_with(" mended") && line.contains(" in ");
    let lines: Vec<&str> = run.stderr.lines().collect();
    let at = lines.iter().position(is_summary);
    let lines = &lines[at.unwrap_or_else(|| panic!("{}", run.all()))..];
    lines
        .iter()
        .fold(String::new(), |text, line| text + line + "\n")
}

/// `rule subject` of every finding.
fn findings(report: &Value) -> Vec<String> {
    let proxies = report["proxies"].as_array().unwrap().iter();
    let mut all: Vec<String> = proxies
        .flat_map(|proxy| proxy["findings"].as_array().unwrap())
        .flat_map(|finding| {
            let also = finding["also"].as_array().unwrap().iter();
            let all = [finding].into_iter().chain(also);
            all.map(move |said| format!("{} {}", finding["rule"], said["message"]))
        })
        .collect();
    all.sort();
    all
}

#[test]
fn every_case_ends_as_it_is_written_down() {
    let mut wrong = Vec::new();
    for case in scale::some(cases()) {
        let home = home_of(&case, &case.before);
        let dry = fix(home.path(), &["--dry-run"]);
        let before = bytes_of(&case, &case.before);
        assert_eq!(
            files_in(home.path(), &case),
            before,
            "{}: a dry run",
            case.name
        );
        let run = fix(home.path(), &[]);
        let (after, said) = (files_in(home.path(), &case), told(&run));
        if std::env::var_os("UPDATE").is_some() {
            case.update(&after, &said);
        } else if after != bytes_of(&case, &case.after) || said != case.told {
            wrong.push(format!("{}:\n{}", case.name, run.stderr));
            continue;
        }
        assert_eq!(
            told(&dry).replace("could be mended", "mended"),
            said,
            "{}: a dry run says the same",
            case.name
        );
        is_steady(&case, &home, &run);
        is_better(&case, (&dry, &run), &said);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A second run changes nothing, and no temporary files remain.
fn is_steady(case: &Case, home: &tempfile::TempDir, first: &Run) {
    let after = files_in(home.path(), case);
    let again = fix(home.path(), &[]);
    assert_eq!(
        files_in(home.path(), case),
        after,
        "{}: a second run",
        case.name
    );
    assert!(
        told(&again).starts_with("0 findings in 0 files mended\n"),
        "{}: {}",
        case.name,
        again.stderr
    );
    assert_eq!(
        first.json()["proxies"],
        again.json()["proxies"],
        "{}: the report is that of the mended files",
        case.name
    );
    assert!(!home.path().join(".rdsproxy-gen").exists(), "{}", case.name);
}

/// The audit has fewer findings, by the reported number, and no new ones.
fn is_better(case: &Case, (dry, run): (&Run, &Run), said: &str) {
    let (before, after) = (findings(&dry.json()), findings(&run.json()));
    let mended: usize = said.split(' ').next().unwrap().parse().unwrap();
    assert!(
        after.len() + mended <= before.len(),
        "{}: {after:?}",
        case.name
    );
    let known: BTreeSet<&String> = before.iter().collect();
    assert!(
        after.iter().all(|one| known.contains(one)),
        "{}: {after:?}",
        case.name
    );
    let left = dry.json()["skipped"].as_array().map(Vec::len);
    assert_eq!(
        run.json()["skipped"].as_array().map(Vec::len),
        left,
        "{}",
        case.name
    );
}

#[test]
fn there_are_cases_of_every_kind() {
    let cases = cases();
    let count = |start: &str| {
        let of_kind = cases.iter().filter(|case| case.name.starts_with(start));
        of_kind.count()
    };
    assert!(count("hcl") >= 30 && count("yaml") >= 25 && count("json") >= 7);
    let changed = cases
        .iter()
        .filter(|case| case.before != case.after)
        .count();
    assert!(changed >= 50, "{changed}");
    assert!(
        cases
            .iter()
            .filter(|case| case.told.contains("Not mended"))
            .count()
            >= 20
    );
}

/// The number of changed lines of each case: one for each finding, except for alignment and multi-line values.
#[test]
fn few_lines_change() {
    let mut table = String::new();
    for case in cases() {
        let (mut more, mut less) = (0, 0);
        for (name, before) in &case.before {
            for change in TextDiff::from_lines(before, &case.after[name]).iter_all_changes() {
                more += usize::from(change.tag() == ChangeTag::Insert);
                less += usize::from(change.tag() == ChangeTag::Delete);
            }
        }
        let mended = case.told.split(' ').next().unwrap_or_default();
        writeln!(
            table,
            "{:<45} mended {mended:>2}  +{more} -{less}",
            case.name
        )
        .unwrap();
    }
    insta::assert_snapshot!(table);
}

/// Code that was formatted before is formatted afterwards.
#[test]
fn terraform_finds_it_formatted() {
    let Some(terraform) = tools::find("terraform") else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    for case in cases() {
        for (kind, files) in [("before", &case.before), ("after", &case.after)] {
            for (name, text) in files.iter().filter(|(name, _)| name.ends_with(".tf")) {
                let path = home.path().join(kind).join(&case.name).join(name);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, text).unwrap();
            }
        }
    }
    let unformatted = |kind: &str| -> BTreeSet<String> {
        let mut command = std::process::Command::new(&terraform);
        command.args(["fmt", "-check", "-recursive", "-list=true"]);
        let output = tools::output(command.current_dir(home.path().join(kind)));
        // 3 tells that a file is not formatted, any other code that one could not be read.
        assert!(
            matches!(output.status.code(), Some(0 | 3)),
            "{}",
            tools::said(&output)
        );
        let said = String::from_utf8(output.stdout).unwrap();
        let lines = said.lines().filter(|line| line.ends_with(".tf"));
        lines.map(str::to_owned).collect()
    };
    let (before, after) = (unformatted("before"), unformatted("after"));
    let new: Vec<&String> = after.difference(&before).collect();
    assert!(new.is_empty(), "{new:?}");
    assert!(before.len() < 12, "most cases are formatted: {before:?}");
}

/// All scalars of a tree, by path.
fn scalars(tree: &Tree, way: &str, into: &mut BTreeMap<String, String>) {
    let tag = tree.tag.as_deref().unwrap_or_default();
    match &tree.content {
        Content::Scalar { text, .. } => {
            into.insert(way.to_owned(), format!("{tag} {text}"));
        }
        Content::List(items) => {
            for (index, item) in items.iter().enumerate() {
                scalars(item, &format!("{way}/{index}"), into);
            }
        }
        Content::Map(members) => {
            for (key, value) in members {
                scalars(value, &format!("{way}/{}", key.text), into);
            }
        }
        // The reason contains line numbers, which change.
        Content::Broken(_) => {
            into.insert(way.to_owned(), "broken".to_owned());
        }
    }
}

fn scalars_of(text: &str) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    let tree = yaml::load(text).unwrap().unwrap();
    scalars(&tree, "", &mut all);
    all
}

/// YAML and JSON have the same content afterwards, except for the fixed values.
#[test]
fn the_rest_of_the_data_says_the_same() {
    let mut compared = 0;
    for case in cases() {
        for (name, before) in case
            .before
            .iter()
            .filter(|(name, _)| !name.ends_with(".tf"))
        {
            let after = &case.after[name];
            if name.ends_with(".json") {
                serde_json::from_str::<Value>(after).unwrap();
            }
            if name.ends_with(".tfvars") {
                continue;
            }
            let own = |all: BTreeMap<String, String>| -> BTreeMap<String, String> {
                let rest = all
                    .into_iter()
                    .filter(|(way, _)| !way.split('/').any(|step| NAMES.contains(&step)));
                rest.collect()
            };
            assert_eq!(
                own(scalars_of(before)),
                own(scalars_of(after)),
                "{}",
                case.name
            );
            compared += 1;
        }
    }
    assert!(compared >= 30, "{compared}");
}
