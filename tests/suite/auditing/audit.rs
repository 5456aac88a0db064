//! Runs `audit` as its users do: exit codes, places, and the text of the report.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::generating::examples::examples;

/// The outcome of a run.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}", self.all()))
    }

    pub(crate) fn all(&self) -> String {
        format!("{}\n{}\n{}", self.code, self.stdout, self.stderr)
    }
}

pub(crate) fn audit_in(folder: &Path, arguments: &[&str]) -> Run {
    let output = crate::support::program::program(folder)
        .arg("audit")
        .args(arguments)
        .output()
        .unwrap();
    Run {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn audit(arguments: &[&str]) -> Run {
    audit_in(Path::new("."), arguments)
}

pub(crate) fn estate(files: &[(&str, &str)]) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = home.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    home
}

/// `rule file:line:column` of every finding, in the order of the report.
fn places(report: &Value) -> Vec<String> {
    let proxies = report["proxies"].as_array().unwrap().iter();
    proxies
        .flat_map(|proxy| proxy["findings"].as_array().unwrap())
        .map(|finding| {
            let (rule, file) = (finding["rule"].as_str(), finding["file"].as_str());
            let (line, column) = (&finding["line"], &finding["column"]);
            format!("{} {}:{line}:{column}", rule.unwrap(), file.unwrap())
        })
        .collect()
}

fn finding<'r>(report: &'r Value, rule: &str) -> &'r Value {
    let proxies = report["proxies"].as_array().unwrap().iter();
    proxies
        .flat_map(|proxy| proxy["findings"].as_array().unwrap())
        .find(|finding| finding["rule"] == rule)
        .unwrap_or_else(|| panic!("no finding of {rule}: {report:#}"))
}

pub(crate) fn verdict(report: &Value, proxy: usize, rule: &str) -> Value {
    let verdicts = report["proxies"][proxy]["verdicts"].as_array().unwrap();
    let of_rule = verdicts.iter().find(|verdict| verdict["rule"] == rule);
    of_rule.unwrap()["verdict"].clone()
}

/// A very weak proxy that still looks like a plausible first attempt.
const WEAK_TERRAFORM: &str = include_str!("audit/weak.tf");
const WEAK_TEMPLATE: &str = include_str!("audit/weak.yaml");

/// A single proxy with one unresolved value.
const SMALL: &str = r#"variable "tls" {}

resource "aws_db_proxy" "small" {
  name        = "small"
  require_tls = var.tls
}
"#;

#[test]
fn generated_examples_are_clean_in_both_languages() {
    for (name, folder) in examples() {
        for target in ["terraform", "cloudformation"] {
            let folder: PathBuf = folder.join(target);
            let mut arguments = vec![folder.to_str().unwrap(), "--format", "json"];
            let parameters = folder.join("parameters.json");
            if parameters.is_file() {
                arguments.extend(["--parameters", parameters.to_str().unwrap()]);
            }
            let run = audit(&arguments);
            let report = run.json();
            assert_eq!(run.code, 0, "{name}/{target}: {}", run.all());
            assert_eq!(report["summary"]["proxies"], 1, "{name}/{target}");
            assert_eq!(report["skipped"], Value::Array(vec![]), "{name}/{target}");
            for rule in ["client-tls-not-required", "iam-auth-not-required"] {
                assert_eq!(verdict(&report, 0, rule), "pass", "{name}/{target}: {rule}");
            }
        }
    }
}

#[test]
fn the_same_proxy_in_two_languages_does_not_speak_against_itself() {
    let run = audit(&["generated-examples", "--format", "json"]);
    assert_eq!(run.code, 0, "{}", run.all());
    let proxies = run.json()["summary"]["proxies"].as_u64().unwrap();
    // The projects of the worked pack example are included; its expected template is one more.
    let projects = u64::try_from(examples().len() + 1).unwrap();
    assert_eq!(proxies, 2 * projects + 1);
}

#[test]
fn a_secret_of_two_proxies_in_two_folders_is_shared() {
    let proxy = |name: &str| {
        format!(
            "resource \"aws_db_proxy\" \"this\" {{\n  name = \"{name}\"\n  auth {{\n    secret_arn = \"arn:aws:secretsmanager:eu-west-1:123456789012:secret:app-AbCdEf\"\n  }}\n}}\n"
        )
    };
    let home = estate(&[("a/main.tf", &proxy("a")), ("b/main.tf", &proxy("b"))]);
    let report = audit_in(home.path(), &[".", "--format", "json"]).json();
    for at in [0, 1] {
        assert_eq!(verdict(&report, at, "secret-shared"), "fail", "{report:#}");
    }
}

#[test]
fn the_account_audit_finds_the_legacy_proxy() {
    let run = audit(&["--demo", "--format", "json"]);
    assert_eq!(run.code, 2, "{}", run.all());
    let report = run.json();
    for rule in [
        "client-tls-not-required",
        "database-tls-not-enforced",
        "debug-logging-on",
        "iam-auth-not-required",
        "secret-policy-missing",
        "secret-shared",
        "security-group-egress-open",
        "security-group-ingress-open",
    ] {
        finding(&report, rule);
    }
    let messages = report["proxies"][0]["findings"].as_array().unwrap().iter();
    let messages: Vec<&Value> = messages.map(|finding| &finding["message"]).collect();
    for (at, message) in messages.iter().enumerate() {
        assert!(!messages[..at].contains(message), "told twice: {message}");
    }
}

#[test]
fn a_weak_estate_is_told_line_by_line() {
    let home = estate(&[
        ("infra/main.tf", WEAK_TERRAFORM),
        ("cfn/template.yaml", WEAK_TEMPLATE),
    ]);
    let run = audit_in(home.path(), &["."]);
    assert_eq!(run.code, 2, "{}", run.all());
    assert_eq!(run.stderr, "");
    assert!(!run.stdout.contains('\u{1b}'), "colours in a pipe");
    insta::assert_snapshot!(run.stdout);

    let report = audit_in(home.path(), &[".", "--format", "json"]).json();
    insta::assert_snapshot!(places(&report).join("\n"));
}

#[test]
fn no_line_is_wider_than_80_columns_but_for_words_that_cannot_be_broken() {
    let home = estate(&[("main.tf", WEAK_TERRAFORM)]);
    for line in audit_in(home.path(), &["."]).stdout.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn a_default_is_the_value_and_the_report_says_whose() {
    let home = estate(&[("main.tf", WEAK_TERRAFORM)]);
    let report = audit_in(home.path(), &[".", "--format", "json"]).json();
    let tls = finding(&report, "client-tls-not-required");
    assert_eq!(tls["default_of"], "var.require_tls");
    assert_eq!(tls["via"][0], "var.require_tls");

    let given = audit_in(
        home.path(),
        &[".", "--var", "require_tls=true", "--format", "json"],
    )
    .json();
    assert_eq!(verdict(&given, 0, "client-tls-not-required"), "pass");

    let better = WEAK_TERRAFORM.replace("default = false", "default = true");
    let home = estate(&[("main.tf", &better)]);
    let run = audit_in(home.path(), &["."]);
    let told = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        told.contains("by the default of `var.require_tls`, which a caller can change [client-tls-not-required]"),
        "{told}"
    );
}

#[test]
fn values_come_from_files_too() {
    let home = estate(&[
        ("main.tf", SMALL),
        ("prod.tfvars", "tls = true\n"),
        (".gitignore", "*.tfvars\n"),
    ]);
    let rule = "client-tls-not-required";
    let report = |arguments: &[&str]| {
        let all = [arguments, &["--format", "json"]].concat();
        audit_in(home.path(), &all).json()
    };
    assert_eq!(verdict(&report(&["."]), 0, rule), "undetermined");
    assert_eq!(
        verdict(&report(&[".", "--var-file", "prod.tfvars"]), 0, rule),
        "pass"
    );
    fs::write(home.path().join("terraform.tfvars"), "tls = false\n").unwrap();
    assert_eq!(verdict(&report(&["."]), 0, rule), "fail");
    assert_eq!(
        verdict(&report(&[".", "--var-file", "prod.tfvars"]), 0, rule),
        "pass"
    );
    assert_eq!(
        verdict(
            &report(&[".", "--var-file", "prod.tfvars", "--var", "tls=false"]),
            0,
            rule
        ),
        "fail"
    );

    let template = home.path().join("template.yaml");
    fs::write(&template, WEAK_TEMPLATE).unwrap();
    let values = r#"[{"ParameterKey": "RequireTls", "ParameterValue": "true"}]"#;
    fs::write(home.path().join("values.json"), values).unwrap();
    let given = report(&["template.yaml", "--parameters", "values.json"]);
    assert_eq!(verdict(&given, 0, rule), "pass");
}

#[test]
fn a_module_is_judged_at_its_callers() {
    let call = |tls: bool| {
        format!("module \"db\" {{\n  source = \"../../modules/db\"\n  tls    = {tls}\n}}\n")
    };
    let home = estate(&[
        (".git/HEAD", ""),
        ("modules/db/main.tf", SMALL),
        ("envs/dev/main.tf", &call(false)),
        ("envs/prod/main.tf", &call(true)),
    ]);
    let report = audit_in(home.path(), &[".", "--format", "json"]).json();
    let proxies = report["proxies"].as_array().unwrap();
    assert_eq!(proxies.len(), 2, "{report:#}");
    let rule = "client-tls-not-required";
    for (at, (root, expected)) in [("envs/dev", "fail"), ("envs/prod", "pass")]
        .into_iter()
        .enumerate()
    {
        assert_eq!(proxies[at]["address"], "module.db.aws_db_proxy.small");
        assert_eq!(proxies[at]["root"], root);
        assert_eq!(proxies[at]["file"], "modules/db/main.tf");
        assert_eq!(verdict(&report, at, rule), expected, "{root}");
    }
    let text = audit_in(home.path(), &["."]).stdout;
    assert!(
        text.contains(
            "module.db.aws_db_proxy.small (modules/db/main.tf:3:1, called from envs/dev)"
        ),
        "{text}"
    );

    let alone = audit_in(home.path(), &["envs/prod", "--format", "json"]).json();
    assert_eq!(
        alone["summary"]["proxies"], 1,
        "a module outside the path is followed: {alone:#}"
    );
    assert_eq!(verdict(&alone, 0, rule), "pass");
}

#[test]
fn templates_of_files_are_read_below_the_paths_only() {
    let policy = |path: &str| {
        format!(
            "resource \"aws_db_proxy\" \"p\" {{\n  name = \"p\"\n  role_arn = aws_iam_role.r.arn\n}}\nresource \"aws_iam_role\" \"r\" {{\n  name = \"r\"\n  assume_role_policy = file(\"{path}\")\n}}\n"
        )
    };
    let trust = r#"{"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}]}"#;
    for (named, expected) in [
        ("${path.module}/trust.json", "fail"),
        ("../trust.json", "undetermined"),
    ] {
        let home = estate(&[
            ("app/main.tf", &policy(named)),
            ("app/trust.json", trust),
            ("trust.json", trust),
        ]);
        let report = audit_in(home.path(), &["app", "--format", "json"]).json();
        assert_eq!(
            verdict(&report, 0, "role-trust-too-wide"),
            expected,
            "{named}"
        );
    }
}

#[test]
fn a_broken_neighbour_is_told_and_the_rest_is_judged() {
    let home = estate(&[
        ("main.tf", SMALL),
        ("broken.tf", "resource \"aws_db_proxy\" {{{\n"),
        (
            "broken.yaml",
            "Resources:\n  P: {Type: AWS::RDS::DBProxy, \n",
        ),
    ]);
    let run = audit_in(home.path(), &[".", "--var", "tls=false"]);
    assert_eq!(run.code, 2, "{}", run.all());
    let report = audit_in(home.path(), &[".", "--format", "json"]).json();
    assert_eq!(report["summary"]["proxies"], 1);
    let skipped = report["skipped"].as_array().unwrap();
    let files: Vec<&str> = skipped
        .iter()
        .map(|one| one["file"].as_str().unwrap())
        .collect();
    assert_eq!(files, ["broken.tf", "broken.yaml"], "{skipped:?}");
    assert!(
        run.stdout.contains("Not read\n  - broken.tf:1:"),
        "{}",
        run.stdout
    );
}

#[test]
fn downloaded_modules_and_ignored_folders_are_not_audited() {
    let home = estate(&[
        ("app/.terraform/modules/proxy/main.tf", SMALL),
        ("build/main.tf", SMALL),
        (".gitignore", "build/\n"),
        ("app/main.tf", "resource \"aws_vpc\" \"main\" {}\n"),
    ]);
    let run = audit_in(home.path(), &["."]);
    assert_eq!(run.code, 0, "{}", run.all());
    assert_eq!(run.stdout, "no RDS Proxy found in 1 file\n");
}

#[cfg(unix)]
#[test]
fn downloaded_modules_are_not_read_through_links() {
    let index =
        r#"{"Modules": [{"Key": "p", "Source": "acme/p/aws", "Dir": ".terraform/modules/p/in"}]}"#;
    let call = "module \"p\" {\n  source = \"acme/p/aws\"\n}\n";
    let outside = estate(&[
        ("in/main.tf", SMALL),
        ("modules/p/in/main.tf", SMALL),
        ("modules/modules.json", index),
    ]);
    let link = |home: &Path, target: &str, name: &str| {
        let target = outside.path().join(target);
        std::os::unix::fs::symlink(target, home.join(name)).unwrap();
    };
    let real = estate(&[
        ("main.tf", call),
        (".terraform/modules/modules.json", index),
        (".terraform/modules/p/in/main.tf", SMALL),
    ]);
    let run = audit_in(real.path(), &["."]);
    assert!(
        run.stdout.contains("module.p.aws_db_proxy"),
        "{}",
        run.all()
    );
    for (target, name) in [
        ("", ".terraform"),
        ("modules", ".terraform/modules"),
        ("", ".terraform/modules/p"),
        ("in", ".terraform/modules/p/in"),
    ] {
        let home = estate(&[("main.tf", call)]);
        let parent = home.path().join(name).parent().unwrap().to_owned();
        std::fs::create_dir_all(&parent).unwrap();
        if name.contains("modules/") {
            std::fs::write(home.path().join(".terraform/modules/modules.json"), index).unwrap();
        }
        link(home.path(), target, name);
        let run = audit_in(home.path(), &["."]);
        assert!(!run.all().contains("aws_db_proxy"), "{name}: {}", run.all());
        assert!(run.all().contains("--root"), "{name}: {}", run.all());
    }
}

#[test]
fn what_could_not_be_done_is_an_error() {
    let home = estate(&[
        ("broken.tf", "resource \"aws_db_proxy\" {{{\n"),
        ("notes.txt", "hello\n"),
        ("sound/main.tf", SMALL),
    ]);
    let cases: [(&[&str], &str); 6] = [
        (&["nowhere"], "cannot read nowhere"),
        (&["sound", "nowhere"], "cannot read nowhere"),
        (&["broken.tf"], "nothing could be read:\n  broken.tf:1:"),
        (&["notes.txt"], "notes.txt: not a kind of file that is read"),
        (&["sound", "--var", "tls"], "has no value"),
        (&["sound", "--format", "pdf"], "text, json"),
    ];
    for (arguments, expected) in cases {
        let run = audit_in(home.path(), arguments);
        assert_eq!(run.code, 1, "{arguments:?}: {}", run.all());
        assert!(
            run.stderr.contains(expected),
            "{arguments:?}: {}",
            run.all()
        );
        assert_eq!(run.stdout, "", "{arguments:?}");
    }
    assert_eq!(audit(&[]).code, 1, "a path or an account is needed");
}

#[test]
fn strict_counts_open_questions() {
    let home = estate(&[("main.tf", SMALL)]);
    let sound = Path::new("generated-examples/postgresql-instance/terraform");
    let report = audit(&[sound.to_str().unwrap(), "--format", "json"]).json();
    assert_eq!(report["summary"]["findings"], 0);
    assert_ne!(report["summary"]["undetermined"], 0);
    assert_eq!(audit(&[sound.to_str().unwrap()]).code, 0);
    assert_eq!(audit(&[sound.to_str().unwrap(), "--strict"]).code, 2);
    assert_eq!(audit_in(home.path(), &[".", "--strict"]).code, 2);
}

#[test]
fn a_unit_is_found_from_wherever_the_audit_starts() {
    let home = estate(&[
        (".git/HEAD", ""),
        (
            "modules/gate/main.tf",
            "variable \"tls\" {\n  default = true\n}\nresource \"aws_db_proxy\" \"p\" {\n  name = \"p\"\n  require_tls = var.tls\n}\n",
        ),
        ("root.hcl", "inputs = {\n  tls = false\n}\n"),
        (
            "live/gate/terragrunt.hcl",
            "include \"root\" {\n  path = find_in_parent_folders(\"root.hcl\")\n}\nterraform {\n  source = \"${get_repo_root()}/modules//gate\"\n}\n",
        ),
    ]);
    let whole = home.path().join("live");
    let cases = [
        ("", "."),
        ("", "live/gate"),
        ("live", "gate"),
        ("live/gate", "."),
        ("modules", "../live"),
        ("", whole.to_str().unwrap()),
    ];
    for (from, path) in cases {
        let report = audit_in(&home.path().join(from), &[path, "--format", "json"]).json();
        let proxy = &report["proxies"][0];
        let findings = proxy["findings"].as_array().unwrap();
        let fails = findings
            .iter()
            .any(|finding| finding["rule"] == "client-tls-not-required");
        assert!(fails, "{from} {path}: {report:#}");
        assert_eq!(report["summary"]["proxies"], 1, "{from} {path}");
    }
}

#[test]
fn each_file_of_values_is_audited_by_itself() {
    let main = "variable \"tls\" {\n  type = bool\n}\nresource \"aws_db_proxy\" \"p\" {\n  name = \"p\"\n  require_tls = var.tls\n}\n";
    let home = estate(&[
        ("infra/main.tf", main),
        ("infra/stage/dev.tfvars", "tls = false\n"),
        ("infra/stage/prod.tfvars", "tls = true\n"),
        ("infra/other.tfvars.json", "{\"x\": true}"),
    ]);
    let answers = |arguments: &[&str]| {
        let all = [&["infra", "--format", "json"], arguments].concat();
        let report = audit_in(home.path(), &all).json();
        let proxies = report["proxies"].as_array().unwrap().clone();
        proxies
            .into_iter()
            .map(move |proxy| {
                let fails = proxy["findings"].as_array().unwrap().iter();
                let fails = fails.filter(|finding| finding["rule"] == "client-tls-not-required");
                let open = proxy["undetermined"].as_array().unwrap().iter();
                let open = open.filter(|open| open["rule"] == "client-tls-not-required");
                let reasons: Vec<String> = open.map(|open| open["reason"].to_string()).collect();
                (
                    proxy["address"].as_str().unwrap().to_owned(),
                    fails.count(),
                    reasons,
                )
            })
            .collect::<Vec<_>>()
    };
    let once = answers(&[]);
    assert_eq!(once.len(), 1);
    assert!(
        once[0].2[0].contains("--var-file infra/stage/dev.tfvars"),
        "{once:?}"
    );
    assert!(once[0].2[0].contains("infra/stage/prod.tfvars"), "{once:?}");
    let each = answers(&["--each-var-file"]);
    let each: Vec<(&str, usize, usize)> = each
        .iter()
        .map(|(address, fails, open)| (address.as_str(), *fails, open.len()))
        .collect();
    assert_eq!(
        each,
        [
            ("aws_db_proxy.p with infra/other.tfvars.json", 0, 1),
            ("aws_db_proxy.p with infra/stage/dev.tfvars", 1, 0),
            ("aws_db_proxy.p with infra/stage/prod.tfvars", 0, 0),
        ]
    );
}

#[test]
fn strict_counts_what_was_not_read_and_all_say_it() {
    let topic = "resource \"aws_sns_topic\" \"t\" {\n  name = \"t\"\n}\n";
    let broken = "resource \"aws_db_proxy\" \"p\" {\n  name = <here>\n}\n";
    let unit = "terraform {\n  source = \"../../modules/absent\"\n}\n";
    let remote = "module \"db\" {\n  source = \"git::https://git.example.com/db.git?ref=v1\"\n}\n";
    let stack = "Resources:\n  Gate:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: https://a.s3.amazonaws.com/gate.yaml\n";
    let service = "export default { service: 'a', provider: { name: 'aws' } }\n";
    let stack_of_units = "unit \"gate\" {\n  source = \"./units/gate\"\n  path   = \"gate\"\n}\n";
    let broken_unit = "terraform {\n  source = <here>\n}\n";
    let broken_call = "module \"p\" {\n  source = \"./gate\"\n  tls = <here>\n}\n";
    let cases: [(&str, &str, &str); 9] = [
        ("live/gate/terragrunt.hcl", broken_unit, "cannot be read"),
        ("call.tf", broken_call, "cannot be read"),
        ("proxy.tf", broken, "it mentions an RDS Proxy"),
        ("live/gate/terragrunt.hcl", unit, "modules/absent"),
        ("db.tf", remote, "git::https://git.example.com/db.git"),
        ("root.yaml", stack, "https://a.s3.amazonaws.com/gate.yaml"),
        ("serverless.ts", service, "serverless package"),
        (
            "terragrunt.stack.hcl",
            stack_of_units,
            "terragrunt stack generate",
        ),
        (
            "data.json",
            "{\"x\": \"AWS::RDS::DBProxy\"}",
            "mentions an RDS Proxy",
        ),
    ];
    for (path, text, told) in cases {
        let home = estate(&[("other.tf", topic), (path, text)]);
        let run = audit_in(home.path(), &["."]);
        assert_eq!(run.code, 0, "{path}: {}", run.all());
        assert!(run.stdout.contains(told), "{path}: {}", run.all());
        assert!(run.stdout.contains(path), "{path}: {}", run.all());
        assert_eq!(audit_in(home.path(), &[".", "--strict"]).code, 2, "{path}");
    }
    let known = "module \"vpc\" {\n  source = \"terraform-aws-modules/vpc/aws\"\n}\n";
    let home = estate(&[("other.tf", topic), ("vpc.tf", known)]);
    assert_eq!(audit_in(home.path(), &[".", "--strict"]).code, 0);
}

#[test]
fn an_account_tells_what_the_code_cannot() {
    let folder = "generated-examples/postgresql-instance/terraform";
    let open = |arguments: &[&str]| {
        let all = [arguments, &["--format", "json"]].concat();
        let report = audit(&all).json();
        assert_eq!(report["summary"]["proxies"], 1, "{report:#}");
        report["summary"]["undetermined"].as_u64().unwrap()
    };
    assert!(open(&[folder, "--demo"]) < open(&[folder]));
}

#[test]
fn the_report_goes_where_it_is_sent() {
    let home = estate(&[("main.tf", WEAK_TERRAFORM)]);
    let run = audit_in(
        home.path(),
        &[".", "--format", "json", "--output", "report.json"],
    );
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{}", run.all());
    let written = fs::read_to_string(home.path().join("report.json")).unwrap();
    let report: Value = serde_json::from_str(&written).unwrap();
    assert_eq!(report["schema"], 1);
    let schema = crate::support::program::program(Path::new("."))
        .args(["schema", "report"])
        .output()
        .unwrap();
    let schema: Value = serde_json::from_slice(&schema.stdout).unwrap();
    let described = schema["properties"].as_object().unwrap();
    let keys: Vec<&String> = report.as_object().unwrap().keys().collect();
    assert_eq!(keys, described.keys().collect::<Vec<_>>());
}

#[test]
fn text_of_strangers_does_not_command_the_terminal() {
    let tricky = "resource \"aws_db_proxy\" \"p\" {\n  name = \"p\"\n  require_tls = false # \u{1b}[2J\u{202e}\n}\n";
    let home = estate(&[("main.tf", tricky)]);
    let run = audit_in(home.path(), &["."]);
    assert_eq!(run.code, 2, "{}", run.all());
    assert!(
        run.stdout.contains("require_tls = false #"),
        "{}",
        run.all()
    );
    assert!(
        !run.stdout.contains(['\u{1b}', '\u{202e}']),
        "{:?}",
        run.stdout
    );
}
