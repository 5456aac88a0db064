//! `new` with an account that contradicts the answers: refused, reported, or accepted with a reason; and never a
//! verdict that differs from an audit of the same folder.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Output;

use rdsproxy_gen::app::proof::prove;
use rdsproxy_gen::domain::demo;
use rdsproxy_gen::domain::finding::{Report, Verdict};
use rdsproxy_gen::domain::snapshot::{Cause, NotVisible, Snapshot};
use rdsproxy_gen::rules::RULES;
use serde_json::Value;
use tempfile::TempDir;

use crate::generating::examples::blueprint;
use crate::support::program::{contents, ended, program, stderr, stdout};

fn run(home: &Path, arguments: &[&str]) -> Output {
    ended(
        program(home)
            .args(arguments)
            .env("SOURCE_DATE_EPOCH", "1790000000"),
    )
}

fn new(home: &Path, sets: &[&str], rest: &[&str]) -> Output {
    let mut arguments = vec!["new", "project", "--demo", "--defaults"];
    arguments.extend(sets.iter().flat_map(|set| ["--set", set]));
    arguments.extend(rest);
    run(home, &arguments)
}

/// Answers that the account contradicts, and the expected message.
const REFUSED: &[(&[&str], &str)] = &[
    (
        &["proxy.account_id=999999999999"],
        "proxy.account_id: the account in view says 123456789012, not 999999999999",
    ),
    (
        &["proxy.region=us-east-1"],
        "proxy.region: the account in view says eu-west-1, not us-east-1",
    ),
    (
        &["database.identifier=order-db"],
        "there is no database order-db in account 123456789012 and region eu-west-1, did you mean `orders-db`?",
    ),
    (
        &["database.identifier=orders-db", "database.kind=cluster"],
        "orders-db is a database instance in the account in view",
    ),
    (
        &["proxy.engine=mysql"],
        "proxy.engine: the account in view says postgresql, not mysql",
    ),
    (
        &["database.engine_version=15.2"],
        "database.engine_version: the account in view says 16.4, not 15.2",
    ),
    (
        &["database.engine_version=1"],
        "database.engine_version: the account in view says 16.4, not 1",
    ),
    (
        &["database.resource_id=db-AAAAAAAAAAAAAAAAAAAAAAAAAA"],
        "database.resource_id: the account in view says db-",
    ),
    (
        &["database.port=6543"],
        "database.port: the account in view says 5432, not 6543",
    ),
    (
        &["database.parameter_group=default.postgres17"],
        "database.parameter_group: the account in view says default.postgres16",
    ),
    (
        &["database.security_group_ids=sg-0a51b2c3d4e5f6210"],
        "database.security_group_ids: the account in view says sg-0a51b2c3d4e5f6220, not sg-0a51b2c3d4e5f6210",
    ),
    (
        &["network.vpc_id=vpc-0a51b2c3d4e5f6002"],
        "network.vpc_id: the account in view says vpc-0a51b2c3d4e5f6001",
    ),
    (
        &["network.subnet_ids=subnet-0a51b2c3d4e5f6110,subnet-0a51b2c3d4e5f6999"],
        "there is no subnet subnet-0a51b2c3d4e5f6999 in account 123456789012 and region eu-west-1",
    ),
    (
        &["network.subnet_ids=subnet-0a51b2c3d4e5f6110,subnet-0a51b2c3d4e5f6131"],
        "subnet-0a51b2c3d4e5f6131 lies in vpc-0a51b2c3d4e5f6002",
    ),
    (
        &["consumers=order-api"],
        "there is no Lambda function order-api in account 123456789012 and region eu-west-1, did you mean `orders-api`?",
    ),
    (
        &[
            "consumers=orders-api",
            "consumers.0.role=billing-report-role",
        ],
        "the account in view says orders-api-role, not billing-report-role",
    ),
    (
        &[
            "consumers=orders-api",
            "consumers.0.security_group_ids=sg-0a51b2c3d4e5f6211",
        ],
        "the account in view says sg-0a51b2c3d4e5f6210, not sg-0a51b2c3d4e5f6211",
    ),
    (
        &[
            "users=orders_app",
            "users.0.secret=arn:aws:secretsmanager:eu-west-1:123456789012:secret:catalog/apq-AsDfGh",
        ],
        "there is no secret arn:aws:secretsmanager:eu-west-1:123456789012:secret:catalog/apq-AsDfGh",
    ),
    (
        &[
            "encryption.kms_key=arn:aws:kms:eu-west-1:123456789012:key/0f1e2d3c-4b5a-4978-8695-000000000000",
        ],
        "there is no customer-managed key",
    ),
    (
        &[
            "encryption.kms_key=arn:aws:kms:us-east-1:123456789012:key/0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f1",
        ],
        "it lies in account 123456789012 and region us-east-1",
    ),
    (
        &["monitoring.topic_arn=arn:aws:sns:us-east-1:123456789012:alarms"],
        "monitoring.topic_arn: the topic lies in us-east-1: alarms and rules notify topics of the proxy's own region only",
    ),
    (
        &["database.identifier=catalog-db", "database.tls=enforced"],
        "choose create-parameter-group",
    ),
];

#[test]
fn answers_for_another_world_are_refused() {
    let mut wrong = Vec::new();
    for (sets, said) in REFUSED {
        let home = TempDir::new().unwrap();
        let output = new(home.path(), sets, &[]);
        let told = stderr(&output);
        if output.status.code() != Some(1)
            || !told.contains(said)
            || !contents(home.path()).is_empty()
        {
            wrong.push(format!("{sets:?}: {:?}\n{told}", output.status.code()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn a_spec_that_is_whole_is_checked_before_the_account_too() {
    let home = TempDir::new().unwrap();
    assert!(
        new(home.path(), &["consumers=orders-api"], &[])
            .status
            .success()
    );
    let spec = fs::read_to_string(home.path().join("project/rdsproxy.toml")).unwrap();
    for (from, to) in [
        ("\"123456789012\"", "\"999999999999\""),
        ("\"eu-west-1\"", "\"eu-west-2\""),
        ("\"orders-api-role\"", "\"other\""),
        ("subnet-0a51b2c3d4e5f6110", "subnet-0a51b2c3d4e5f6999"),
    ] {
        assert!(spec.contains(from), "{from} is not in\n{spec}");
        fs::write(home.path().join("other.toml"), spec.replace(from, to)).unwrap();
        let arguments = [
            "new",
            "other",
            "--demo",
            "--answers",
            "other.toml",
            "--non-interactive",
        ];
        let output = run(home.path(), &arguments);
        assert_eq!(output.status.code(), Some(1), "{to}");
        let part = to.trim_matches('"');
        assert!(
            stderr(&output).contains(part),
            "{part}: {}",
            stderr(&output)
        );
        assert!(!home.path().join("other").exists());
    }
}

#[test]
fn what_agrees_with_the_account_or_cannot_be_told_is_taken() {
    let home = TempDir::new().unwrap();
    for set in [
        "database.engine_version=16",
        "database.engine_version=16.4",
        "database.port=5432",
    ] {
        let output = new(home.path(), &[set], &["--dry-run"]);
        assert!(output.status.success(), "{set}: {}", stderr(&output));
    }
    let topic = "monitoring.topic_arn=arn:aws:sns:eu-west-1:999999999999:alarms";
    let output = new(home.path(), &[topic], &["--dry-run"]);
    let told = stdout(&output)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    assert!(output.status.success(), "{}", stderr(&output));
    for part in [
        "belongs to account 999999999999",
        "sns:Publish",
        "cloudwatch.amazonaws.com",
        "execution role",
    ] {
        assert!(told.contains(part), "{part} is not in {told}");
    }
}

/// The sample account with a list that could not be read.
fn hidden(field: &str, clear: fn(&mut Snapshot)) -> Snapshot {
    let mut world = demo::account().unwrap();
    clear(&mut world);
    world.not_visible.push(NotVisible {
        action: "service:Describe".to_owned(),
        field: field.to_owned(),
        cause: Cause::Refused,
        reason: "access denied".to_owned(),
    });
    world
}

#[test]
fn a_list_that_could_not_be_read_refuses_nothing_and_is_told() {
    let home = TempDir::new().unwrap();
    let world = hidden("kms_keys", |world| world.kms_keys.clear());
    fs::write(home.path().join("account.json"), world.to_json().unwrap()).unwrap();
    let key = "encryption.kms_key=arn:aws:kms:eu-west-1:123456789012:key/0f1e2d3c-4b5a-4978-8695-000000000000";
    let arguments = [
        "new",
        "project",
        "--snapshot",
        "account.json",
        "--defaults",
        "--dry-run",
        "--set",
        key,
    ];
    let output = run(home.path(), &arguments);
    let told = stdout(&output)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(
        told.contains("whether the account holds the customer-managed key"),
        "{told}"
    );
}

#[test]
fn what_fails_in_the_account_is_refused_or_accepted_with_a_reason() {
    let home = TempDir::new().unwrap();
    let sets = ["database.identifier=catalog-db", "consumers=orders-api"];
    let refused = new(home.path(), &sets, &[]);
    assert_eq!(refused.status.code(), Some(1));
    for part in [
        "[database-bypass]",
        "--accept-findings='WHY'",
        "rules database-bypass",
    ] {
        assert!(
            stderr(&refused).contains(part),
            "{part}: {}",
            stderr(&refused)
        );
    }
    assert!(contents(home.path()).is_empty());
    let tried = new(home.path(), &sets, &["--dry-run"]);
    assert_eq!(tried.status.code(), Some(2), "{}", stderr(&tried));
    assert!(contents(home.path()).is_empty());

    let accepted = new(
        home.path(),
        &sets,
        &["--accept-findings=they move in March"],
    );
    assert_eq!(accepted.status.code(), Some(2), "{}", stderr(&accepted));
    let policy = fs::read_to_string(home.path().join("project/rdsproxy-policy.toml")).unwrap();
    for part in [
        "rule = \"database-bypass\"",
        "reason = \"they move in March\"",
        "until = 2026-12-20",
    ] {
        assert!(policy.contains(part), "{part} is not in\n{policy}");
    }
    let audited = run(home.path(), &["audit", "project", "--demo"]);
    assert_eq!(audited.status.code(), Some(0), "{}", stdout(&audited));
    assert!(stdout(&audited).contains("they move in March"));
    let without = run(home.path(), &["audit", "project", "--demo", "--no-waivers"]);
    assert_eq!(without.status.code(), Some(2));
    let late = ["audit", "project", "--demo"];
    let late = ended(
        program(home.path())
            .args(late)
            .env("SOURCE_DATE_EPOCH", "1800000000"),
    );
    assert_eq!(
        late.status.code(),
        Some(2),
        "a waiver that has ended counts"
    );
}

#[test]
fn a_waiver_of_a_project_speaks_of_no_other() {
    let home = TempDir::new().unwrap();
    let sets = ["database.identifier=catalog-db", "consumers=orders-api"];
    assert_eq!(
        new(home.path(), &sets, &["--accept-findings"])
            .status
            .code(),
        Some(2)
    );
    let from = home.path().join("project");
    crate::generating::acceptance::tools::copy(&from, &home.path().join("project-2"));
    fs::remove_file(home.path().join("project-2/rdsproxy-policy.toml")).unwrap();
    let both = run(home.path(), &["audit", ".", "--demo", "--format", "json"]);
    let report: Value = serde_json::from_slice(&both.stdout).unwrap();
    let counted: Vec<&str> = report["proxies"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|proxy| {
            let file = proxy["file"]
                .as_str()
                .or(proxy["location"]["file"].as_str())
                .unwrap_or_default();
            let findings = proxy["findings"].as_array().into_iter().flatten();
            findings
                .filter(|finding| finding["accepted"].is_null())
                .map(move |_| file)
        })
        .collect();
    assert!(!counted.is_empty(), "{report:#}");
    assert!(
        counted.iter().all(|file| file.starts_with("project-2/")),
        "{counted:?}"
    );
}

#[test]
fn a_project_that_is_deployed_is_not_in_its_own_way() {
    let home = TempDir::new().unwrap();
    let sets = ["proxy.name=legacy-proxy", "consumers="];
    let other = new(home.path(), &sets, &[]);
    assert!(stderr(&other).contains("there is a proxy legacy-proxy in the account already"));
    let mut world = demo::account().unwrap();
    world.proxies.clear();
    fs::write(home.path().join("before.json"), world.to_json().unwrap()).unwrap();
    let mut arguments = vec!["new", "project", "--snapshot", "before.json", "--defaults"];
    arguments.extend(sets.iter().flat_map(|set| ["--set", set]));
    assert!(run(home.path(), &arguments).status.success());
    let again = new(home.path(), &[], &["--dry-run"]);
    let told = stdout(&again)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    assert!(again.status.success(), "{}", stderr(&again));
    assert!(told.contains("this project's own"), "{told}");
}

/// The verdicts of a report, by rule.
fn verdicts(report: &Report) -> BTreeMap<String, &'static str> {
    let word = |rule: &str| match report.verdict(rule) {
        Verdict::Pass => "pass",
        Verdict::Fail => "fail",
        Verdict::Undetermined => "undetermined",
    };
    RULES
        .iter()
        .map(|rule| (rule.info.id.to_owned(), word(rule.info.id)))
        .collect()
}

/// The verdicts of an audit of a folder, for each proxy.
fn audited(home: &Path, extra: &[&str]) -> Vec<BTreeMap<String, String>> {
    let mut arguments = vec!["audit", "project", "--format", "json", "--no-policy"];
    arguments.extend(extra);
    let output = run(home, &arguments);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let of_proxy = |proxy: &Value| {
        let verdicts = proxy["verdicts"].as_array().unwrap().iter();
        verdicts
            .map(|one| (text(&one["rule"]), text(&one["verdict"])))
            .collect()
    };
    report["proxies"]
        .as_array()
        .unwrap()
        .iter()
        .map(of_proxy)
        .collect()
}

#[test]
fn the_review_and_an_audit_of_the_same_folder_agree() {
    let mut wrong = Vec::new();
    for database in ["orders-db", "catalog-db", "ledger-db", "billing"] {
        for world in [None, Some(demo::account().unwrap())] {
            let home = TempDir::new().unwrap();
            let identifier = format!("database.identifier={database}");
            let sets = [identifier.as_str(), "consumers="];
            let made = new(home.path(), &sets, &["--accept-findings"]);
            assert!(
                made.status.code() != Some(1),
                "{database}: {}",
                stderr(&made)
            );
            let reviewed = prove(&blueprint(&home.path().join("project")), world.as_ref()).unwrap();
            let reviewed = verdicts(&reviewed.report);
            let extra: &[&str] = if world.is_some() { &["--demo"] } else { &[] };
            for found in audited(home.path(), extra) {
                for (rule, verdict) in &reviewed {
                    let other = found.get(rule).map_or("pass", String::as_str);
                    if other != *verdict {
                        wrong.push(format!(
                            "{database} {extra:?}: {rule}: new {verdict}, audit {other}"
                        ));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The verdict of a rule in an audit of the project with this account.
fn beside(home: &Path, account: &Snapshot, rule: &str) -> String {
    fs::write(home.join("account.json"), account.to_json().unwrap()).unwrap();
    let found = audited(home, &["--snapshot", "account.json"]);
    found[0].get(rule).map_or("pass", String::as_str).to_owned()
}

#[test]
fn functions_that_share_a_role_are_one_consumer_where_they_stand_alike() {
    let home = TempDir::new().unwrap();
    let made = new(
        home.path(),
        &["consumers=orders-api"],
        &["--accept-findings"],
    );
    assert!(made.status.code() != Some(1), "{}", stderr(&made));
    let mut account = demo::account().unwrap();
    let rule = "consumer-outside-vpc";
    assert_eq!(beside(home.path(), &account, rule), "pass");

    let own = account.functions.iter();
    let mut own = own.filter(|function| function.name == "orders-api");
    let mut second = own.next().unwrap().clone();
    second.name = "orders-worker".to_owned();
    second.arn = second.arn.replace("orders-api", "orders-worker");
    account.functions.push(second.clone());
    assert_eq!(beside(home.path(), &account, rule), "pass");

    second.vpc_id = None;
    second.subnet_ids.clear();
    second.security_group_ids.clear();
    *account.functions.last_mut().unwrap() = second;
    assert_eq!(beside(home.path(), &account, rule), "undetermined");
}

#[test]
fn which_database_of_several_was_taken_is_told() {
    let home = tempfile::tempdir().unwrap();
    let arguments = ["new", "project", "--demo", "--defaults", "--dry-run"];
    let told = stderr(&run(home.path(), &arguments));
    assert!(
        told.starts_with("database orders-db, of 4 that a proxy can serve: it has no proxy yet"),
        "{told}"
    );
    // An explicitly named database needs no reason.
    let named = [&arguments[..], &["--set", "database.identifier=ledger-db"]].concat();
    let told = stderr(&run(home.path(), &named));
    assert!(!told.contains("that a proxy can serve"), "{told}");
}
