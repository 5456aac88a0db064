//! Runs cfn-lint, checkov and parliament on all generated files.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use rdsproxy_gen::domain::calls::{READERS, policy};
use serde_json::Value;

use super::tools::{Answer, Input, Kept, find, output};
use crate::generating::examples::examples;

#[test]
fn cfn_lint_has_nothing_to_say_at_any_level() {
    let Some(cfn_lint) = find("cfn-lint") else {
        return;
    };
    let templates = examples().into_values();
    let templates: Vec<_> = templates
        .map(|folder| folder.join("cloudformation/template.yaml"))
        .collect();
    let text = |input: Input, path: &PathBuf| input.text(&std::fs::read_to_string(path).unwrap());
    let input = templates.iter().fold(Input::default(), text);
    let kept = Kept::of("cfn-lint");
    let answer = kept.answer(input, || {
        let mut command = Command::new(cfn_lint);
        command
            .args(["--include-checks", "I", "--"])
            .args(&templates);
        Answer::of(&output(&mut command))
    });
    assert!(
        answer.is_success() && answer.said.trim().is_empty(),
        "{answer:?}"
    );
}

#[test]
fn checkov_fails_nothing_and_skips_only_with_a_reason() {
    let Some(checkov) = find("checkov") else {
        return;
    };
    // checkov runs once for all examples, since starting it takes longer than checking one. `--quiet` would hide
    // skipped checks.
    let kept = Kept::of("checkov");
    let input = Input::default().folder(Path::new("generated-examples"));
    let answer = kept.answer(input, || {
        let mut command = Command::new(checkov);
        command.args(["--framework", "terraform", "cloudformation", "--compact"]);
        let output = output(command.args(["-o", "json", "-d", "generated-examples"]));
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        Answer {
            code: output.status.code(),
            said,
        }
    });
    let reports: Vec<Value> =
        serde_json::from_str(&answer.said).unwrap_or_else(|error| panic!("{error}\n{answer:?}"));
    let mut checked = BTreeSet::new();
    for report in &reports {
        checked.extend(judged(report));
    }
    for name in examples().keys() {
        for target in ["terraform", "cloudformation"] {
            let folder = format!("/{name}/{target}");
            assert!(checked.contains(&folder), "{folder} was not checked");
        }
    }
}

/// The folders in which at least one check passed.
fn judged(report: &Value) -> BTreeSet<String> {
    let list = |key: &str| {
        report["results"][key]
            .as_array()
            .cloned()
            .unwrap_or_default()
    };
    let failed: Vec<String> = list("failed_checks")
        .iter()
        .map(|check| {
            format!(
                "{} {} {} {}",
                check["file_path"], check["check_id"], check["resource"], check["check_name"]
            )
        })
        .collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    for check in list("skipped_checks") {
        let reason = check["check_result"]["suppress_comment"]
            .as_str()
            .unwrap_or_default();
        assert!(
            reason.len() > 20,
            "{} is skipped without a reason in {}",
            check["check_id"],
            check["file_path"]
        );
    }
    let folder = |check: &Value| {
        let path = check["file_path"].as_str()?.to_owned();
        let parts: Vec<&str> = path.split('/').take(3).collect();
        Some(parts.join("/"))
    };
    list("passed_checks").iter().filter_map(folder).collect()
}

/// Lints every policy of the deployed accounts as JSON. The acceptance tests extract them with the project's own
/// Terraform and CloudFormation readers.
#[test]
fn parliament_finds_every_policy_clean() {
    let Some(parliament) = find("parliament") else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let mut checked = 0;
    for (name, folder) in examples() {
        for policy in policies(&folder.join("cloudformation/template.yaml")) {
            let file = home.path().join(format!("{name}-{checked}.json"));
            std::fs::write(file, policy).unwrap();
            checked += 1;
        }
    }
    assert!(checked > 10, "only {checked} policies were found");
    for (name, reader) in READERS {
        let file = home.path().join(format!("reads-{name}.json"));
        std::fs::write(file, policy(*reader).to_string()).unwrap();
    }
    // One wrong policy is included. Without it, a folder that is not read would look clean too.
    let wrong = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetNothing", "Resource": "*"}}"#;
    std::fs::write(home.path().join("wrong.json"), wrong).unwrap();
    let kept = Kept::of("parliament");
    let said = kept
        .answer(Input::default().folder(home.path()), || {
            let mut command = Command::new(&parliament);
            Answer::of(&output(
                command.args(["--json", "--directory"]).arg(home.path()),
            ))
        })
        .said;
    let of_ours: Vec<&str> = said
        .lines()
        .filter(|line| !line.contains("wrong.json"))
        // The list of actions in parliament 1.6.4 is older than this action.
        .filter(|line| !line.contains("Unknown action ec2:DescribeVpcEncryptionControls"))
        .collect();
    assert!(of_ours.is_empty(), "{}", of_ours.join("\n"));
    assert!(
        said.contains("wrong.json"),
        "the folder was not read: {said}"
    );
}

/// The identity policies of a template, with the values that only the account knows filled in.
fn policies(template: &Path) -> Vec<String> {
    use rdsproxy_gen::language::cloudformation::{CloudFormationFiles, read};
    use rdsproxy_gen::language::resource::{Node, Value as Read};
    let text = std::fs::read_to_string(template).unwrap();
    let files = CloudFormationFiles {
        templates: [("template.yaml".to_owned(), text)].into(),
        ..CloudFormationFiles::default()
    };
    let mut found = Vec::new();
    fn walk(node: &Node, found: &mut Vec<String>) {
        if node.get("Statement").is_some() && node.get("Version").is_some() {
            found.push(json(node).to_string());
        }
        match &node.value {
            Read::List(items) => items.iter().for_each(|item| walk(item, found)),
            Read::Map(members) => members.iter().for_each(|(_, member)| walk(member, found)),
            _ => {}
        }
    }
    for resource in read(&files).resources {
        walk(&resource.body, &mut found);
    }
    // Parliament checks identity policies only; policies with a principal are resource policies.
    found.retain(|policy| !policy.contains("\"Principal\""));
    found
}

fn json(node: &rdsproxy_gen::language::resource::Node) -> Value {
    use rdsproxy_gen::language::resource::{Piece, Pseudo, Value as Read};
    match &node.value {
        Read::Null | Read::Unresolved(_) => Value::Null,
        Read::Bool(truth) => Value::Bool(*truth),
        Read::Number(number) => Value::from(*number),
        Read::List(items) => Value::Array(items.iter().map(json).collect()),
        Read::Map(members) => members
            .iter()
            .map(|(key, member)| (key.clone(), json(member)))
            .collect(),
        Read::Text(pieces) => pieces
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => text.clone(),
                Piece::Pseudo(Pseudo::Partition) => "aws".to_owned(),
                Piece::Pseudo(Pseudo::Region) => "eu-west-1".to_owned(),
                Piece::Pseudo(Pseudo::Account) => "123456789012".to_owned(),
                Piece::Pseudo(Pseudo::UrlSuffix) => "amazonaws.com".to_owned(),
                Piece::ProxyId(_) => "prx-0123456789abcdef0".to_owned(),
                Piece::Reference(address, _) if address.contains("Key") => {
                    "arn:aws:kms:eu-west-1:123456789012:key/0c1d2e3f-4a5b-4c6d-8e7f-001122334455"
                        .to_owned()
                }
                Piece::Reference(..) | Piece::Unresolved(_) => {
                    "arn:aws:secretsmanager:eu-west-1:123456789012:secret:app-AbCdEf".to_owned()
                }
            })
            .collect::<String>()
            .into(),
    }
}
