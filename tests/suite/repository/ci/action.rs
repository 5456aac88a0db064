//! The composite action: runs its steps with the environment that its inputs produce.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Output;

use rdsproxy_gen::language::yaml::Tree;

use super::{home, list, read, root, shell, text, weaken};
use crate::support::program::{stderr, stdout};
use crate::support::scale;

pub(super) const ACTION: &str = ".github/actions/rdsproxy-gen";

fn action() -> Tree {
    read(&format!("{ACTION}/action.yml"))
}

/// The names of the inputs.
pub(super) fn inputs() -> Vec<String> {
    let action = action();
    let inputs = action.get("inputs").unwrap().members();
    inputs.iter().map(|(name, _)| name.text.clone()).collect()
}

/// The step with this name.
pub(super) fn step(name: &str) -> Tree {
    let action = action();
    let steps = list(action.get("runs").unwrap(), "steps").iter();
    let mut steps = steps.filter(|step| text(step, "name") == name);
    steps.next().unwrap().clone()
}

/// The environment of a step for these inputs and runner variables.
pub(super) fn environment(step: &Tree, given: &[(&str, &str)]) -> BTreeMap<String, String> {
    let action = action();
    let value = |expression: &str| match expression {
        "github.action_path" => root().join(ACTION).display().to_string(),
        other if !other.starts_with("inputs.") => {
            let given = given.iter().rfind(|(key, _)| *key == other);
            given.map_or("", |(_, value)| *value).to_owned()
        }
        other => {
            let name = other.strip_prefix("inputs.").unwrap();
            let given = given.iter().rfind(|(key, _)| *key == name);
            let input = action.get("inputs").unwrap().get(name).unwrap();
            given
                .map_or(text(input, "default"), |(_, value)| *value)
                .to_owned()
        }
    };
    let members = step.get("env").unwrap().members().iter();
    members
        .map(|(name, node)| {
            let said = node.scalar().unwrap();
            let filled = match said
                .strip_prefix("${{ ")
                .and_then(|rest| rest.split_once(" }}"))
            {
                Some((expression, rest)) => value(expression) + rest,
                None => said.to_owned(),
            };
            (name.text.clone(), filled)
        })
        .collect()
}

/// The outcome of a run of the action.
pub(super) struct Ran {
    pub(super) output: Output,
    summary: String,
    outputs: String,
    /// The outputs for later steps, by name.
    reports: Vec<(String, String)>,
}

pub(super) fn run(folder: &Path, given: &[(&str, &str)]) -> Ran {
    let step = step("Run rdsproxy-gen");
    let files = tempfile::tempdir().unwrap();
    let temp = files.path().display().to_string();
    let file = |name: &str| {
        let path = files.path().join(name);
        fs::write(&path, "").unwrap();
        path.display().to_string()
    };
    let given = [given, &[("runner.temp", temp.as_str())]].concat();
    let mut environment = environment(&step, &given);
    for name in ["GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"] {
        environment.insert(name.to_owned(), file(name));
    }
    let pairs: Vec<(&str, &str)> = environment
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let output = shell(text(&step, "run"), folder, &pairs);
    let left = |name: &str| fs::read_to_string(files.path().join(name)).unwrap();
    let (mut outputs, mut reports) = (String::new(), Vec::new());
    for line in left("GITHUB_OUTPUT").lines() {
        match line.split_once('=').unwrap() {
            ("found", _) => outputs += &format!("{line}\n"),
            (name, path) => reports.push((name.to_owned(), fs::read_to_string(path).unwrap())),
        }
    }
    Ran {
        output,
        summary: left("GITHUB_STEP_SUMMARY"),
        outputs,
        reports,
    }
}

#[test]
fn what_is_passed_in_is_no_part_of_a_script() {
    if crate::support::tools::find("bash").is_none() {
        return;
    }
    let action = action();
    for step in list(action.get("runs").unwrap(), "steps") {
        let script = step.get("run").and_then(Tree::scalar);
        assert!(!script.is_some_and(|script| script.contains("${{")));
    }
    let home = home("project");
    for hostile in [
        "$(touch made)",
        "`touch made`",
        "; touch made",
        "' touch made '",
    ] {
        for input in ["command", "paths", "fail-on", "sarif", "upload-sarif"] {
            let ran = run(
                home.path(),
                &[("command", "drift"), ("paths", "project"), (input, hostile)],
            );
            // SARIF is an audit format; drift does not use it.
            let expected = if input.ends_with("sarif") { 0 } else { 1 };
            let code = ran.output.status.code();
            assert_eq!(
                code,
                Some(expected),
                "{input} {hostile}: {}",
                stdout(&ran.output)
            );
            assert!(!home.path().join("made").exists(), "{input} {hostile}");
        }
    }
}

#[test]
fn findings_and_drift_fail_the_step_and_stand_in_the_summary() {
    if crate::support::tools::find("bash").is_none() {
        return;
    }
    let home = home("a project");
    for command in ["audit", "drift"] {
        let ran = run(
            home.path(),
            &[("command", command), ("paths", "\na project\n")],
        );
        let said = stdout(&ran.output) + &stderr(&ran.output);
        assert_eq!(ran.output.status.code(), Some(0), "{said}");
        assert_eq!(ran.outputs, "found=false\n");
    }
    weaken(&home.path().join("a project"));
    for (command, shown) in [
        (
            "audit",
            "::error file=a project/terraform/modules/proxy/main.tf,line=72",
        ),
        ("drift", "weakens client-tls-not-required"),
    ] {
        let given = [("command", command), ("paths", "a project")];
        let ran = run(home.path(), &given);
        assert_eq!(ran.output.status.code(), Some(2));
        assert!(
            stdout(&ran.output).contains(shown),
            "{}",
            stdout(&ran.output)
        );
        assert!(
            ran.summary.contains("client-tls-not-required"),
            "{}",
            ran.summary
        );
        assert_eq!(ran.outputs, "found=true\n");
        let ran = run(home.path(), &[&given[..], &[("fail-on", "never")]].concat());
        assert_eq!(ran.output.status.code(), Some(0));
        assert_eq!(ran.outputs, "found=true\n");
    }
    let ran = run(home.path(), &[("paths", "a project"), ("sarif", "a.sarif")]);
    assert_eq!(ran.output.status.code(), Some(2));
    let sarif = fs::read_to_string(home.path().join("a.sarif")).unwrap();
    assert!(sarif.contains("client-tls-not-required"));
    let names = |ran: &Ran| -> Vec<String> {
        let reports = ran.reports.iter();
        reports.map(|(name, _)| name.clone()).collect()
    };
    assert_eq!(names(&ran), ["report"]);
    assert_eq!(ran.reports[0].1, ran.summary);
    let given = [("paths", "a project"), ("upload-sarif", "true")];
    let ran = run(home.path(), &given);
    assert_eq!(names(&ran), ["report", "sarif"]);
    assert_eq!(ran.reports[1].1, sarif);
}

/// The lines of a log that the runner treats as commands, and the stop tokens (`ActionCommandManager` and
/// `ActionCommand` of the runner).
fn commands(log: &str) -> (Vec<&str>, Vec<&str>) {
    let (mut commands, mut tokens) = (Vec::new(), Vec::new());
    let mut stopped = None;
    for line in log.split(['\n', '\r']) {
        let line = line.trim_start();
        let rest = line.strip_prefix("::");
        if let Some(token) = stopped {
            if rest.and_then(|rest| rest.strip_suffix("::")) == Some(token) {
                stopped = None;
            }
            continue;
        }
        if let Some(token) = line.strip_prefix("::stop-commands::") {
            tokens.push(token);
            stopped = Some(token);
        } else if let Some(rest) = rest {
            commands.push(rest.split([' ', ':']).next().unwrap_or_default());
        } else if line.contains("##[") {
            commands.push(line);
        }
    }
    assert_eq!(stopped, None, "{log}");
    (commands, tokens)
}

#[test]
fn no_line_of_a_stranger_is_a_command_and_annotations_are() {
    if crate::support::tools::find("bash").is_none() {
        return;
    }
    // The folder is printed at the beginning of a line, and a line break in it starts another line.
    for hostile in scale::some(["::add-mask::x", "a\n::add-mask::x", "##[add-mask]x"]) {
        let home = home(hostile);
        weaken(&home.path().join(hostile));
        let wrong = home.path().join("rdsproxy-policy.toml");
        let mut tokens = Vec::new();
        for (policy, code) in [("", 2), ("\"\\n::add-mask::x\" = 1\n", 1)] {
            fs::write(&wrong, format!("schema = 1\n{policy}")).unwrap();
            for command in ["audit", "drift"] {
                // Paths are given one per line.
                let ran = run(home.path(), &[("command", command), ("paths", ".")]);
                let named = run(home.path(), &[("command", command), ("paths", hostile)]);
                for ran in [ran, named] {
                    let log = stdout(&ran.output) + &stderr(&ran.output);
                    let (commands, seen) = self::commands(&log);
                    tokens.extend(seen.first().map(|token| (*token).to_owned()));
                    let annotates = commands.contains(&"error");
                    let ours = ["error", "warning", "notice", "group", "endgroup"];
                    assert!(
                        commands.iter().all(|command| ours.contains(command)),
                        "{hostile:?} {command}: {commands:?}\n{log}"
                    );
                    let audited = command == "audit" && ran.output.status.code() == Some(2);
                    assert_eq!(annotates, audited, "{hostile:?} {command}: {log}");
                    let is_secret = |token: &&str| token.len() == 32;
                    assert!(seen.iter().all(is_secret), "{seen:?}");
                }
            }
            let code = Some(code);
            let ran = run(home.path(), &[("paths", ".")]);
            assert_eq!(ran.output.status.code(), code, "{hostile:?}");
        }
        let runs = tokens.len();
        tokens.sort();
        tokens.dedup();
        assert!(
            runs > 1 && tokens.len() == runs,
            "a token of every run: {tokens:?}"
        );
    }
}

#[test]
fn what_is_no_folder_or_no_command_fails_the_step() {
    if crate::support::tools::find("bash").is_none() {
        return;
    }
    let home = home("project");
    for given in [
        [("command", "new"), ("paths", "project")],
        [("command", "drift"), ("paths", "nowhere")],
        [("command", "audit"), ("paths", "\n")],
        [("command", "drift"), ("fail-on", "sometimes")],
    ] {
        let ran = run(home.path(), &given);
        assert_eq!(ran.output.status.code(), Some(1), "{given:?}");
    }
}
