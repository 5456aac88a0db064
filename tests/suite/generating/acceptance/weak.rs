//! One weak estate as source, plan and state (made by the real Terraform on the fake AWS) and as a template gets the
//! same verdicts.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use super::terraform::Project;
use super::{FAKE, Lazy, tested_with};
use crate::auditing::audit::audit_in;
use crate::support::tools::{Answer, Kept};

/// The verdicts of the mission rules and the other rules; the limits of the service are left out, since they depend on
/// the source.
fn verdicts(folder: &Path, path: &str) -> BTreeMap<String, String> {
    let run = audit_in(folder, &[path, "--format", "json", "--no-policy"]);
    let report = run.json();
    let proxies = report["proxies"].as_array().unwrap();
    assert_eq!(proxies.len(), 1, "{path}: {}", run.all());
    let of_rule = |verdict: &Value| {
        let text = |key: &str| verdict[key].as_str().unwrap().to_owned();
        (text("rule"), text("verdict"))
    };
    let verdicts = proxies[0]["verdicts"].as_array().unwrap().iter();
    verdicts
        .map(of_rule)
        .filter(|(rule, _)| FAULTS.contains(&rule.as_str()))
        .collect()
}

/// The rules that the weak estate violates.
const FAULTS: &[&str] = &[
    "client-tls-not-required",
    "database-bypass",
    "database-tls-not-enforced",
    "debug-logging-on",
    "iam-auth-not-required",
    "password-in-plaintext",
    "role-permissions-too-wide",
    "role-trust-too-wide",
    "secret-policy-missing",
    "security-group-egress-open",
    "security-group-ingress-open",
];

/// Plans and applies the estate, and returns the plan, the state as it is shown and the state as it is kept.
fn applied(project: &Project) -> [String; 3] {
    project.run(&["plan", "-no-color", "-input=false", "-out=plan.bin"]);
    let planned = project.run(&["show", "-json", "plan.bin"]);
    project.run(&["apply", "-no-color", "-input=false", "plan.bin"]);
    let shown = project.run(&["show", "-json"]);
    let state = std::fs::read_to_string(project.folder.path().join("terraform.tfstate")).unwrap();
    [planned, shown, state]
}

#[test]
fn a_weak_estate_is_as_weak_in_every_source() {
    let home = Path::new("tests/suite/generating/acceptance/weak");
    let Some(mut project) = Project::of(&home.join("terraform")) else {
        return;
    };
    let Some(aws) = Lazy::new() else { return };
    let input = tested_with()
        .text(&project.provider())
        .folder(project.folder.path());
    let kept = Kept::of(FAKE);
    let answer = kept.answer(input, || {
        project.aim_at(&aws.get().endpoint);
        Answer {
            code: Some(0),
            said: serde_json::to_string(&applied(&project)).unwrap(),
        }
    });
    let made = project.folder.path();
    let documents: [String; 3] = serde_json::from_str(&answer.said).unwrap();
    let names = ["plan.json", "state.json", "terraform.tfstate"];
    for (name, text) in names.iter().zip(documents) {
        std::fs::write(made.join(name), text).unwrap();
    }
    let mut wrong = Vec::new();
    let sources = [
        (made, "main.tf"),
        (made, "plan.json"),
        (made, "state.json"),
        (made, "terraform.tfstate"),
        (&home.join("cloudformation"), "template.yaml"),
    ];
    for (folder, path) in sources {
        let verdicts = verdicts(folder, path);
        for rule in FAULTS {
            let verdict = verdicts.get(*rule).map_or("absent", String::as_str);
            if verdict != "fail" {
                wrong.push(format!("{path}: {rule} {verdict}"));
            }
        }
    }
    if !wrong.is_empty() {
        kept.forget();
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
