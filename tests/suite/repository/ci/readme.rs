//! The CI chapter of the README: every id, input and command in it exists.

use std::fs;
use std::path::Path;
use std::process::Output;

use rdsproxy_gen::language::yaml::Tree;

use super::action::{ACTION, inputs, run};
use super::{home, items, list, parsed, read, root, shell, text, texts, weaken};
use crate::support::program::{stderr, stdout};

/// The path of the project in the README.
const PROJECT: &str = "infra/orders-proxy";

/// The YAML blocks of the CI chapter.
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
    // The hooks of the mirror repository that the README shows: `.packaging/pre-commit/mirror` has the same ids.
    let known: Vec<&str> = items(&hooks)
        .iter()
        .map(|hook| text(hook, "id").strip_suffix("-system").unwrap())
        .collect();
    let shown = with("repos");
    let shown = &list(&shown, "repos")[0];
    assert!(text(shown, "repo").ends_with("/rdsproxy-gen-pre-commit"));
    assert_eq!(
        text(shown, "rev"),
        format!("v{}", env!("CARGO_PKG_VERSION"))
    );
    assert!(!list(shown, "hooks").is_empty());
    for hook in list(shown, "hooks") {
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
            if text(step, "uses").starts_with("actions/checkout@") {
                continue;
            }
            assert!(text(step, "uses").contains(&format!("/{ACTION}@")));
            for (name, _) in given.members() {
                assert!(known.contains(&name.text), "{}", name.text);
                count += 1;
            }
        }
    }
    assert_eq!(count, 6);
}

/// The script and the variables of a README job, merged with the jobs that it extends as GitLab does.
struct Job {
    chain: Vec<Tree>,
}

impl Job {
    fn of(name: &str) -> Self {
        let (shown, template) = (with(name), read(".gitlab/rdsproxy-gen.yml"));
        let mut chain = vec![shown.get(name).unwrap().clone()];
        while let Some(base) = chain.last().unwrap().get("extends").and_then(Tree::scalar) {
            let base = template.get(base).unwrap().clone();
            chain.push(base);
        }
        Self { chain }
    }

    fn of_any<'t>(&'t self, key: &str) -> &'t Tree {
        let mut chain = self.chain.iter();
        chain.find(|job| job.get(key).is_some()).unwrap()
    }

    fn run(&self, folder: &Path) -> Output {
        let mut variables: Vec<(&str, &str)> = Vec::new();
        // The extending job takes precedence.
        for job in self.chain.iter().rev() {
            let given = job
                .get("variables")
                .map(Tree::members)
                .into_iter()
                .flatten();
            variables
                .extend(given.map(|(name, value)| (name.text.as_str(), value.scalar().unwrap())));
        }
        shell(
            &texts(self.of_any("script"), "script").join("\n"),
            folder,
            &variables,
        )
    }
}

#[test]
fn the_jobs_of_gitlab_fail_where_something_is_found_and_nowhere_else() {
    if crate::support::tools::find("bash").is_none() {
        return;
    }
    let included = text(&list(&with("include"), "include")[0], "remote").to_owned();
    assert!(
        included.ends_with("/COMMIT/.gitlab/rdsproxy-gen.yml"),
        "{included}"
    );
    let home = home(PROJECT);
    for name in ["audit", "drift"] {
        let quiet = Job::of(name).run(home.path());
        assert_eq!(
            quiet.status.code(),
            Some(0),
            "{}{}",
            stdout(&quiet),
            stderr(&quiet)
        );
    }
    weaken(&home.path().join(PROJECT));
    for name in ["audit", "drift"] {
        let found = Job::of(name).run(home.path());
        assert_eq!(found.status.code(), Some(2), "{}", stdout(&found));
    }
    let job = Job::of("audit");
    let reports = job.of_any("artifacts").get("artifacts").unwrap();
    let report = text(reports.get("reports").unwrap(), "junit");
    let report = fs::read_to_string(home.path().join(report)).unwrap();
    assert!(report.contains("client-tls-not-required"));
}

/// The name of a loss, and how it is applied to a project.
type Loss = (&'static str, fn(&Path));

/// Changes that remove a proxy from the rules without weakening any of them: nothing is left to judge.
const LOSSES: &[Loss] = &[
    ("a syntax error", |project| {
        edited(
            &project.join("terraform/modules/proxy/main.tf"),
            "require_tls = true",
            "require_tls = = true",
        );
    }),
    ("a file that is deleted", |project| {
        fs::remove_file(project.join("terraform/modules/proxy/main.tf")).unwrap();
    }),
    ("a file without the proxy that is deleted", |project| {
        fs::remove_file(project.join("terraform/modules/proxy/monitoring.tf")).unwrap();
    }),
    ("a template that is deleted", |project| {
        fs::remove_file(project.join("cloudformation/template.yaml")).unwrap();
    }),
    ("a template that cannot be read", |project| {
        edited(
            &project.join("cloudformation/template.yaml"),
            "Resources:",
            "Resources: [",
        );
    }),
    ("no proxy", |project| {
        let proxy = "resource \"aws_db_proxy\" \"this\" {\n";
        edited(
            &project.join("terraform/modules/proxy/main.tf"),
            proxy,
            &format!("{proxy}  count = 0\n"),
        );
    }),
];

fn edited(path: &Path, old: &str, new: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(old), "{}: {old}", path.display());
    fs::write(path, text.replacen(old, new, 1)).unwrap();
}

#[test]
fn what_is_shown_is_not_green_where_the_proxy_or_its_code_is_lost() {
    if crate::support::tools::find("bash").is_none() {
        return;
    }
    let job_of_gitlab = Job::of("drift");
    let action = with("jobs");
    let job = action.get("jobs").unwrap().get("rds-proxies").unwrap();
    let mut given = list(job, "steps")
        .iter()
        .filter_map(|step| step.get("with"));
    let given = given
        .find(|given| given.get("command").and_then(Tree::scalar) == Some("drift"))
        .unwrap();
    let given: Vec<(&str, &str)> = given
        .members()
        .iter()
        .map(|(name, value)| (name.text.as_str(), value.scalar().unwrap()))
        .collect();
    for (what, lose) in LOSSES {
        let home = home(PROJECT);
        lose(&home.path().join(PROJECT));
        let found = job_of_gitlab.run(home.path());
        assert_eq!(found.status.code(), Some(2), "{what}: {}", stdout(&found));
        let found = run(home.path(), &given).output;
        assert_eq!(found.status.code(), Some(2), "{what}: {}", stdout(&found));
    }
}
