//! For each manual change to an account, `audit --live` reports the one rule that fails because of it.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use super::{signed_in, tool};
use crate::generating::acceptance::fake_aws::FakeAws;
use crate::generating::acceptance::tools::said;

/// A mutation of tests/tools/mutate_aws.py, the rules that fail because of it, and a part of the message.
type Case = (&'static str, &'static [&'static str], &'static str);

// The database of the example refuses unencrypted connections, so the connection to it stays encrypted whatever the
// proxy requires.
const CASES: &[Case] = &[
    (
        "clear_text_allowed",
        &["client-tls-not-required"],
        "clients may connect to the proxy without TLS",
    ),
    (
        "clear_text_seen",
        &["client-tls-not-required"],
        "and CloudWatch saw such connections in the last 14 days",
    ),
    (
        "debug_logging",
        &["debug-logging-on"],
        "DebugLogging is true",
    ),
    ("passwords_allowed", &["iam-auth-not-required"], "DISABLED"),
    (
        "one_entry_with_password",
        &["iam-auth-not-required"],
        "DISABLED",
    ),
    (
        "secret_twice",
        &["secret-shared", "secret-user-duplicate"],
        "secret",
    ),
    (
        "ingress_from_anywhere",
        &["security-group-ingress-open"],
        "0.0.0.0/0",
    ),
    (
        "ingress_one_port_from_anywhere",
        &["security-group-ingress-open"],
        "0.0.0.0/0",
    ),
    (
        "egress_to_anywhere",
        &["security-group-egress-open"],
        "0.0.0.0/0",
    ),
    ("ingress_revoked", &[], ""),
    (
        "default_group",
        &[
            "database-bypass",
            "security-group-default",
            "security-group-egress-open",
        ],
        "default",
    ),
    (
        "secret_policy_deleted",
        &["secret-policy-missing"],
        "no resource policy",
    ),
    (
        "secret_policy_for_everyone",
        &["secret-policy-too-wide"],
        "anyone",
    ),
    (
        "role_reads_every_secret",
        &["role-permissions-too-wide"],
        "on *",
    ),
    (
        "role_for_lambda",
        &["role-trust-too-wide"],
        "lambda.amazonaws.com",
    ),
    ("pool_changed", &[], ""),
    ("idle_timeout_changed", &[], ""),
    (
        "ingress_from_private_range",
        &["security-group-ingress-open"],
        "10.0.0.0/8",
    ),
    (
        "ingress_from_anywhere_ipv6",
        &["security-group-ingress-open"],
        "::/0",
    ),
    ("ingress_from_other_group", &[], ""),
    (
        "ingress_of_all_protocols",
        &["security-group-ingress-open"],
        "only TCP is needed",
    ),
    (
        "egress_to_private_range",
        &["security-group-egress-open"],
        "10.0.0.0/8",
    ),
    (
        "egress_to_anywhere_ipv6",
        &["security-group-egress-open"],
        "::/0",
    ),
    ("egress_revoked", &[], ""),
    (
        "second_group_open",
        &["security-group-egress-open", "security-group-ingress-open"],
        "bastion",
    ),
    (
        "database_from_private_range",
        &["database-bypass"],
        "10.0.0.0/8",
    ),
    ("database_from_anywhere", &["database-bypass"], "0.0.0.0/0"),
    ("database_from_other_group", &["database-bypass"], "admits"),
    ("database_from_anywhere_on_another_port", &[], ""),
    (
        "endpoint_with_open_group",
        &["security-group-egress-open", "security-group-ingress-open"],
        "bastion",
    ),
    ("endpoint_with_the_same_group", &[], ""),
    ("secret_policy_without_denials", &[], ""),
    (
        "secret_policy_for_another_account",
        &["secret-policy-too-wide"],
        "999999999999",
    ),
    ("secret_policy_denies_more", &[], ""),
    (
        "role_decrypts_with_every_key",
        &["role-permissions-too-wide"],
        "kms",
    ),
    (
        "role_may_do_everything",
        &["role-permissions-too-wide"],
        "*",
    ),
    (
        "role_with_managed_policy",
        &["role-permissions-too-wide"],
        "secretsmanager",
    ),
    (
        "role_for_another_account",
        &["role-trust-too-wide"],
        "999999999999",
    ),
    ("role_for_anyone", &["role-trust-too-wide"], "anyone"),
    (
        "consumer_connects_everywhere",
        &["connect-permission-too-wide"],
        "every proxy and database",
    ),
    (
        "consumer_connects_as_any_user",
        &["connect-permission-too-wide"],
        "more than one user",
    ),
    (
        "database_takes_clear_text",
        &["database-tls-not-enforced"],
        "clear text",
    ),
    (
        "pinning_filter",
        &["pinning-filter-unsupported"],
        "does not exist for PostgreSQL",
    ),
    ("borrow_timeout", &[], ""),
    ("target_deregistered", &[], ""),
    ("tags_changed", &[], ""),
];

/// Drift that violates no rule.
const OTHER_DRIFT: &[(&str, &[&str])] = &[
    (
        "ingress_from_other_group",
        &["weakens security-group-ingress-open"],
    ),
    (
        "egress_revoked",
        &["strengthens security-group-egress-open"],
    ),
    ("endpoint_with_open_group", &["changes endpoints"]),
    ("endpoint_with_the_same_group", &["changes endpoints"]),
    (
        "secret_policy_without_denials",
        &["weakens secret-policy-too-wide"],
    ),
    (
        "secret_policy_denies_more",
        &["strengthens secret-policy-too-wide"],
    ),
    ("borrow_timeout", &["changes pool/borrow_timeout"]),
    (
        "target_deregistered",
        &[
            "cannot tell auth/orders_rw/secret/is_master",
            "cannot tell database",
        ],
    ),
    ("tags_changed", &["changes tags/team"]),
    (
        "ingress_revoked",
        &["strengthens security-group-ingress-open"],
    ),
    (
        "pool_changed",
        &[
            "changes pool/max_connections_percent",
            "changes pool/max_idle_connections_percent",
        ],
    ),
    (
        "idle_timeout_changed",
        &["changes pool/idle_client_timeout"],
    ),
];

/// The findings of an audit of the account: the violated rules, and the full output.
fn findings(aws: &FakeAws, region: &str) -> (BTreeSet<String>, String) {
    let arguments = ["audit", "--live", "--region", region, "--format", "json"];
    let output = tool(&arguments, &signed_in(&aws.endpoint));
    assert!(
        matches!(output.status.code(), Some(0 | 2)),
        "{}",
        said(&output)
    );
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let proxies = report["proxies"].as_array().unwrap();
    assert_eq!(proxies.len(), 1, "{report:#}");
    let found = proxies[0]["findings"].as_array().unwrap();
    let rules = found
        .iter()
        .map(|one| one["rule"].as_str().unwrap().to_owned());
    let messages = found.iter().map(|one| one["message"].as_str().unwrap());
    (rules.collect(), messages.collect::<Vec<_>>().join("\n"))
}

/// The output of `drift` for an account and a project: each difference as `class rule` or `class attribute`, and the
/// full output.
fn drift(project: &Path, aws: &FakeAws, region: &str) -> (Vec<String>, Value) {
    let project = project.to_str().unwrap();
    let arguments = [
        "drift", project, "--live", "--region", region, "--format", "json",
    ];
    let output = tool(&arguments, &signed_in(&aws.endpoint));
    let report: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", said(&output)));
    let changes = report["projects"][0]["changes"].as_array().unwrap();
    let effects = changes
        .iter()
        .flat_map(|change| change["effects"].as_array().unwrap());
    let lines = effects.map(|effect| {
        let about = effect["rule"]
            .as_str()
            .unwrap_or(effect["attribute"].as_str().unwrap());
        format!("{} {about}", effect["class"].as_str().unwrap())
    });
    let lines: BTreeSet<String> = lines.collect();
    assert_eq!(
        output.status.code(),
        Some(if lines.is_empty() { 0 } else { 2 })
    );
    (lines.into_iter().collect(), report)
}

/// The output of an audit of an account and of its comparison with a project.
struct Told {
    rules: BTreeSet<String>,
    messages: String,
    drift: Vec<String>,
    report: Value,
}

fn told(project: &Path, aws: &FakeAws, region: &str) -> Told {
    let (rules, messages) = findings(aws, region);
    let (drift, report) = drift(project, aws, region);
    Told {
        rules,
        messages,
        drift,
        report,
    }
}

#[test]
fn aws_every_change_by_hand_is_found_and_told_as_drift() {
    let example = Path::new("generated-examples/postgresql-instance");
    let (region, proxy) = ("eu-west-1", "orders-proxy");
    let home = tempfile::tempdir().unwrap();
    let project = generated(home.path(), example);
    let mut wrong = Vec::new();
    for (mutation, expected, part) in CASES {
        let Some(aws) = FakeAws::start() else { return };
        aws.seed(&example.join("rdsproxy.toml"));
        aws.deploy(region, "orders", &example.join("cloudformation"));
        let before = told(&project, &aws, region);
        assert!(before.drift.is_empty(), "{:#}", before.report);
        // Values that AWS never shows are not reported as equal.
        let hidden = before.report["projects"][0]["not_compared"].to_string();
        assert!(hidden.contains("no AWS API shows a password"), "{hidden}");
        aws.mutate(region, proxy, mutation);
        let after = told(&project, &aws, region);
        let new: Vec<&str> = after
            .rules
            .difference(&before.rules)
            .map(String::as_str)
            .collect();
        if new != *expected || !after.messages.contains(part) {
            wrong.push(format!("{mutation}: {new:?}\n{}", after.messages));
        }
        let weakened = expected.iter().map(|rule| format!("weakens {rule}"));
        let other = OTHER_DRIFT.iter().filter(|(name, _)| name == mutation);
        let other = other.flat_map(|(_, lines)| lines.iter().map(|line| (*line).to_owned()));
        let meant: BTreeSet<String> = weakened.chain(other).collect();
        if after.drift != meant.into_iter().collect::<Vec<_>>() {
            wrong.push(format!("{mutation}: {:?}\n{:#}", after.drift, after.report));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn aws_debug_logging_that_went_off_by_itself_is_told_as_such() {
    let Some(aws) = FakeAws::start() else { return };
    let example = Path::new("generated-examples/postgresql-instance");
    let home = tempfile::tempdir().unwrap();
    let project = generated(home.path(), example);
    aws.seed(&example.join("rdsproxy.toml"));
    aws.deploy("eu-west-1", "orders", &example.join("cloudformation"));
    let code = project.join("terraform/modules/proxy/main.tf");
    let text = std::fs::read_to_string(&code).unwrap();
    let edited = text.replace("debug_logging = false", "debug_logging = true");
    assert_ne!(text, edited);
    std::fs::write(code, edited).unwrap();
    let (told, report) = drift(&project, &aws, "eu-west-1");
    assert_eq!(told, ["weakens debug-logging-on"]);
    let notes = report["projects"][0]["notes"].to_string();
    assert!(notes.contains("after 24 hours"), "{notes}");
}

/// A project generated from an example's spec.
fn generated(home: &Path, example: &Path) -> std::path::PathBuf {
    let project = home.join("project");
    let spec = example.join("rdsproxy.toml");
    let (dir, answers) = (project.to_str().unwrap(), spec.to_str().unwrap());
    let new = tool(
        &["new", dir, "--answers", answers, "--non-interactive"],
        &[],
    );
    assert!(new.status.success(), "{}", said(&new));
    project
}

#[test]
fn aws_every_mutation_has_a_case() {
    let Some(aws) = FakeAws::start() else { return };
    let named: BTreeSet<&str> = CASES.iter().map(|(name, _, _)| *name).collect();
    let listed = aws.mutations();
    assert_eq!(listed.lines().collect::<BTreeSet<_>>(), named);
}
