//! What the README shows for CI: every id, input and command in it is one that there is.

use std::fs;

use rdsproxy_gen::source::yaml::{Content, Tree};

use super::action::{ACTION, inputs};
use super::{home, list, parsed, read, root, shell, text, texts, weaken};
use crate::program::stdout;

/// Where the README says that a project is.
const PROJECT: &str = "infra/orders-proxy";

/// The blocks of YAML of its chapter.
fn blocks() -> Vec<Tree> {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let (_, chapter) = readme.split_once("\n## In CI\n").unwrap();
    let (chapter, _) = chapter.split_once("\n## ").unwrap();
    let blocks = chapter.split("```yaml\n").skip(1);
    blocks
        .map(|block| parsed(block.split_once("```").unwrap().0))
        .collect()
}

fn with(key: &str) -> Tree {
    let mut blocks = blocks().into_iter();
    blocks.find(|block| block.get(key).is_some()).unwrap()
}

#[test]
fn the_hooks_that_are_shown_exist() {
    let hooks = read(".pre-commit-hooks.yaml");
    let Content::List(hooks) = &hooks.content else {
        panic!("no list of hooks");
    };
    let known: Vec<&str> = hooks.iter().map(|hook| text(hook, "id")).collect();
    let shown = with("repos");
    for hook in list(&list(&shown, "repos")[0], "hooks") {
        assert!(known.contains(&text(hook, "id")), "{}", text(hook, "id"));
    }
}

#[test]
fn the_inputs_of_the_action_that_are_shown_exist() {
    let shown = with("jobs");
    let job = shown.get("jobs").unwrap().get("rds-proxies").unwrap();
    let known = inputs();
    let mut count = 0;
    for step in list(job, "steps") {
        if let Some(given) = step.get("with") {
            assert!(text(step, "uses").contains(&format!("/{ACTION}@")));
            for (name, _) in given.members() {
                assert!(known.contains(&name.text), "{}", name.text);
                count += 1;
            }
        }
    }
    assert_eq!(count, 4);
}

#[test]
fn the_jobs_of_gitlab_fail_where_something_is_found_and_nowhere_else() {
    if crate::tools::find("bash").is_none() {
        return;
    }
    let jobs = with(".rds-proxies");
    let home = home(PROJECT);
    let commands = |name: &str| texts(jobs.get(name).unwrap(), "script").join("\n");
    for name in ["audit", "drift"] {
        let quiet = shell(&commands(name), home.path(), &[]);
        assert_eq!(quiet.status.code(), Some(0), "{}", stdout(&quiet));
    }
    weaken(&home.path().join(PROJECT));
    for name in ["audit", "drift"] {
        let found = shell(&commands(name), home.path(), &[]);
        assert_eq!(found.status.code(), Some(2), "{}", stdout(&found));
    }
    let reports = jobs.get("audit").unwrap().get("artifacts").unwrap();
    let report = text(reports.get("reports").unwrap(), "junit");
    let report = fs::read_to_string(home.path().join(report)).unwrap();
    assert!(report.contains("client-tls-not-required"));
}
