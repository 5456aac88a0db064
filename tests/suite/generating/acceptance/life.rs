//! The life of a deployed project: each change of its spec is brought in by `update` and applied once. Then nothing is left
//! to do, and the state shows what the spec asks for.

use std::fs;
use std::path::{Path, PathBuf};

use super::terraform::Project;
use super::{Lazy, differences, nothing_is_wrong, tested_with};
use crate::support::program::{ended, program, stderr, stdout, write_recorded};
use crate::support::tools::copy;

/// The spec of the first deployment.
const EXAMPLE: &str = "generated-examples/mysql-two-users/rdsproxy.toml";

/// A change of the spec: its name, and the texts that are replaced, with those that replace them.
type Change = (&'static str, &'static [(&'static str, &'static str)]);

const JOB: &str = r#"[[users]]
name = "shop_job"
database = "shop"

"#;

const IMPORT: &str = r#"[[consumers]]
function = "shop-import"
role = "shop-import-role"
security_group_ids = ["sg-0fa0000000000002c"]
users = ["shop_job"]

"#;

const REPORT: &str = r#"[[consumers]]
function = "shop-report"
role = "shop-report-role"
security_group_ids = ["sg-0fa0000000000002b"]
users = ["shop_ro"]

"#;

/// The changes, each on top of those before it.
const CHANGES: &[Change] = &[
    (
        "a larger pool",
        &[(
            "max_connections_percent = 60",
            "max_connections_percent = 70",
        )],
    ),
    ("other tags", &[("team = \"shop\"", "team = \"retail\"")]),
    (
        "a user and its consumer",
        &[(
            "[[consumers]]\nfunction = \"shop-api\"",
            "@JOB@IMPORT[[consumers]]\nfunction = \"shop-api\"",
        )],
    ),
    (
        "a consumer with another user",
        &[(
            "users = [\"shop_rw\", \"shop_ro\"]",
            "users = [\"shop_rw\"]",
        )],
    ),
    (
        "another subnet",
        &[(
            "\"subnet-0b10000000000001b\"",
            "\"subnet-0b10000000000001c\"",
        )],
    ),
    ("a consumer less", &[("@REPORT", "")]),
    (
        "a topic and a shorter log",
        &[(
            "[tags]",
            "[monitoring]\ntopic_arn = \"arn:aws:sns:us-east-1:123456789012:security\"\nlog_retention_days = 30\n\n[tags]",
        )],
    ),
    (
        "a strict policy",
        &[(
            "[pool]",
            "strict_secret_policy = true\nsecret_readers = [\"arn:aws:iam::123456789012:role/deployer\"]\n\n[pool]",
        )],
    ),
    (
        "a key of its own",
        &[(
            "kms_key = \"arn:aws:kms:us-east-1:123456789012:key/0c1d2e3f-4a5b-4c6d-8e7f-001122334455\"\n",
            "",
        )],
    ),
    ("a user less", &[("@JOB", ""), ("@IMPORT", "")]),
    (PINNING, &[("exclude_variable_sets = true\n", "")]),
];

/// The change after which a command of the README is needed: the provider does not clear the filters of a pool.
/// Source: hashicorp/terraform-provider-aws, issue 49875.
const PINNING: &str = "pinning by variables";

fn filled(text: &str) -> String {
    [("@JOB", JOB), ("@IMPORT", IMPORT), ("@REPORT", REPORT)]
        .iter()
        .fold(text.to_owned(), |text, (name, block)| {
            text.replace(name, block)
        })
}

/// A project with its spec, and the folder in which Terraform works on its code.
struct Deployed {
    home: tempfile::TempDir,
    terraform: Project,
}

impl Deployed {
    /// Generates a project from the example; `None` if Terraform or its provider is not available.
    fn new() -> Option<Self> {
        let home = tempfile::tempdir().unwrap();
        fs::copy(EXAMPLE, home.path().join("answers.toml")).unwrap();
        run(
            home.path(),
            &["new", "project", "--answers", "answers.toml"],
        );
        let terraform = Project::of(&home.path().join("project/terraform"))?;
        Some(Self { home, terraform })
    }

    fn folder(&self) -> PathBuf {
        self.home.path().join("project")
    }

    /// Changes the spec, updates the project and gives Terraform the new code.
    fn change(&self, (name, edits): &Change) {
        let spec = self.folder().join("rdsproxy.toml");
        let mut text = fs::read_to_string(&spec).unwrap();
        for (old, new) in *edits {
            let [old, new] = [old, new].map(|text| filled(text));
            assert_eq!(text.matches(&old).count(), 1, "{name}: {old}\n{text}");
            text = text.replace(&old, &new);
        }
        fs::write(&spec, text).unwrap();
        self.update();
    }

    /// Updates the project and gives Terraform the new code.
    fn update(&self) {
        let consent = ["--allow-replace", "--allow-new-passwords"];
        run(
            self.home.path(),
            &[&["update", "project"], &consent[..]].concat(),
        );
        let code = self.terraform.folder.path();
        for entry in fs::read_dir(code).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let stays = name.starts_with(".terraform")
                || name.starts_with("terraform.tfstate")
                || name == "provider_override.tf";
            match path.is_dir() {
                _ if stays => {}
                true => fs::remove_dir_all(path).unwrap(),
                false => fs::remove_file(path).unwrap(),
            }
        }
        copy(&self.folder().join("terraform"), code);
    }

    /// Applies once, and returns the differences between the spec and the state, and what a second plan would change.
    fn applied(&self, name: &str) -> Vec<String> {
        let arguments = ["apply", "-auto-approve", "-no-color", "-input=false"];
        let (output, said) = self.terraform.attempt(&arguments);
        if !output.status.success() {
            return vec![format!("{name}: the apply fails:\n{said}")];
        }
        let shown = self.terraform.run(&["show", "-json"]);
        let mut wrong = differences(name, &self.folder(), ("state", &shown));
        let plan = ["plan", "-no-color", "-input=false", "-detailed-exitcode"];
        let (output, said) = self.terraform.attempt(&plan);
        if output.status.code() != Some(0) {
            wrong.push(format!("{name}: the second plan is not empty:\n{said}"));
        }
        wrong
    }
}

fn run(home: &Path, arguments: &[&str]) {
    let output = ended(program(home).args(arguments));
    let said = stdout(&output) + &stderr(&output);
    assert!(output.status.success(), "{arguments:?}: {said}");
}

/// The spec with everything that the changes name, to make their surroundings.
fn surroundings(home: &Path) -> PathBuf {
    let text = fs::read_to_string(EXAMPLE).unwrap();
    let text = text
        .replace(
            "\"subnet-0b10000000000001b\"]",
            "\"subnet-0b10000000000001b\", \"subnet-0b10000000000001c\"]",
        )
        .replacen("[[consumers]]", &filled("@JOB@IMPORT[[consumers]]"), 1)
        + "\n[monitoring]\ntopic_arn = \"arn:aws:sns:us-east-1:123456789012:security\"\n";
    let path = home.join("surroundings.toml");
    fs::write(&path, text).unwrap();
    path
}

/// Applies the example and every change, and returns what is wrong.
fn lived(deployed: &mut Deployed, aws: &Lazy) -> Vec<String> {
    aws.get().seed(&surroundings(deployed.home.path()));
    deployed.terraform.aim_at(&aws.get().endpoint);
    let mut wrong = deployed.applied("the first apply");
    for change in CHANGES {
        deployed.change(change);
        if change.0 == PINNING {
            aws.get().clear_pinning_filters("us-east-1", "shop-proxy");
        }
        wrong.extend(deployed.applied(change.0));
    }
    wrong
}

/// A project that was generated before there was a module.
const FLAT: &str = include_str!("../../maintaining/update/baselines/flat.json");

/// What its user wrote since: a variable, an output and a resource in generated files, and an alarm beside them.
const EDITS: &[(&str, &str)] = &[
    (
        "terraform/variables.tf",
        "\nvariable \"team\" {\n  type    = string\n  default = \"shop\"\n}\n",
    ),
    (
        "terraform/outputs.tf",
        "\noutput \"log_group\" {\n  value = aws_cloudwatch_log_group.proxy.name\n}\n",
    ),
    (
        "terraform/iam.tf",
        "\nresource \"aws_cloudwatch_log_group\" \"audit\" {\n  name = \"/audit/${var.team}\"\n}\n",
    ),
    (
        "terraform/alarms.tf",
        "resource \"aws_cloudwatch_metric_alarm\" \"latency\" {\n  alarm_name          = \"latency\"\n  namespace           = \"AWS/RDS\"\n  metric_name         = \"QueryDatabaseResponseLatency\"\n  dimensions          = { ProxyName = aws_db_proxy.this.name }\n  statistic           = \"Average\"\n  period              = 60\n  evaluation_periods  = 1\n  threshold           = 1000\n  comparison_operator = \"GreaterThanThreshold\"\n}\n\noutput \"host\" {\n  value = aws_db_proxy.this.endpoint\n}\n",
    ),
];

/// Writes the flat project with its user's edits.
fn write_flat(project: &Path) {
    write_recorded(project, FLAT);
    for (path, text) in EDITS {
        let path = project.join(path);
        let there = fs::read_to_string(&path).unwrap_or_default();
        fs::write(path, there + text).unwrap();
    }
}

/// True for what is generated in another way since the flat project was: the expression of an alarm.
fn is_newer(line: &str) -> bool {
    line == "module.proxy.aws_cloudwatch_metric_alarm.database_without_tls will be updated in-place"
}

/// Applies the flat project, makes it a module, and returns what is wrong.
fn carried(deployed: &mut Deployed, aws: &Lazy) -> Vec<String> {
    aws.get().seed(Path::new(EXAMPLE));
    deployed.terraform.aim_at(&aws.get().endpoint);
    let mut wrong = deployed.applied("the flat project");
    deployed.update();
    let (_, said) = deployed
        .terraform
        .attempt(&["plan", "-no-color", "-input=false"]);
    let planned = said
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("# "));
    let other = planned.filter(|line| !line.contains(" has moved to ") && !is_newer(line));
    let other: Vec<&str> = other.filter(|line| line.contains(" will be ")).collect();
    if !other.is_empty() || !said.contains("has moved to module.proxy.aws_db_proxy.this") {
        wrong.push(format!(
            "the plan of the module does more: {other:?}\n{said}"
        ));
    }
    wrong.extend(deployed.applied("the module"));
    let outputs = deployed.terraform.run(&["output", "-no-color"]);
    for name in ["endpoint", "host", "log_group"] {
        if !outputs.contains(&format!("{name} ")) {
            wrong.push(format!("no output {name}: {outputs}"));
        }
    }
    wrong
}

#[test]
fn a_flat_project_becomes_a_module_and_nothing_is_deployed() {
    let home = tempfile::tempdir().unwrap();
    write_flat(&home.path().join("project"));
    let Some(terraform) = Project::of(&home.path().join("project/terraform")) else {
        return;
    };
    let mut deployed = Deployed { home, terraform };
    let Some(aws) = Lazy::new() else { return };
    let input = tested_with().folder(Path::new("templates")).text(FLAT);
    nothing_is_wrong(input, || carried(&mut deployed, &aws));
}

#[test]
fn every_change_is_applied_once() {
    let Some(mut deployed) = Deployed::new() else {
        return;
    };
    let Some(aws) = Lazy::new() else { return };
    let templates = Path::new("templates");
    let input = tested_with()
        .text(&format!("{CHANGES:?}"))
        .folder(templates)
        .folder(&deployed.folder());
    nothing_is_wrong(input, || lived(&mut deployed, &aws));
}
