//! A large account takes few calls, with the same answers as many calls.

use std::collections::BTreeMap;
use std::process::{Command, Output};

use expectrl::Expect;
use rdsproxy_gen::domain::snapshot::Snapshot;

use super::{said, signed_in, snapshot, tool};
use crate::generating::acceptance::fake_aws::Beside;
use crate::support::program::PATIENCE;

const REGION: &str = "eu-west-1";

fn sizes<'s>(functions: &'s str, secrets: &'s str, databases: &'s str) -> [&'s str; 8] {
    [
        "--functions",
        functions,
        "--secrets",
        secrets,
        "--databases",
        databases,
        "--proxies",
        "10",
    ]
}

fn audit(arguments: &[&str], endpoint: &str) -> Output {
    let all = [&["audit", "--format", "json"], arguments].concat();
    let output = tool(&all, &signed_in(endpoint));
    assert!(!output.stdout.is_empty(), "{}", said(&output));
    output
}

#[test]
fn aws_an_audit_reads_lists_and_what_hangs_on_a_proxy() {
    let Some(account) = Beside::large(&sizes("1000", "500", "200")) else {
        return;
    };
    let live = audit(&["--live", "--region", REGION], &account.endpoint);
    let calls = account.calls();
    // The upper bound: pages of functions, secrets, roles, aliases, databases and parameter groups; eight calls for
    // each proxy; one for each list.
    let most = 20 + 5 + 2 + 2 + 4 + 10 * 8 + 15;
    assert!(calls.values().sum::<u32>() <= most, "{calls:?}");

    let whole = snapshot(&account.endpoint, REGION).1;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("account.json");
    std::fs::write(&file, whole).unwrap();
    let saved = audit(&["--snapshot", file.to_str().unwrap()], &account.endpoint);
    assert_eq!(
        String::from_utf8_lossy(&live.stdout),
        String::from_utf8_lossy(&saved.stdout),
        "less was read than matters"
    );
}

/// Calls that no question needs before the one about the users.
const LATER: &str = "lambda:*=hang,secretsmanager:*=hang,kms:*=hang,iam:*=hang,cloudwatch:*=hang,rds:DescribeDBParameters=hang,\
                     rds:DescribeDBParameterGroups=hang,rds:DescribeDBProxyEndpoints=hang,rds:DescribeDBProxyTargetGroups=hang";

#[test]
fn aws_the_first_question_waits_for_nothing_that_it_is_not_about() {
    let sizes = [
        "--functions",
        "5000",
        "--databases",
        "500",
        "--proxies",
        "20",
    ];
    let Some(account) = Beside::large(&sizes) else {
        return;
    };
    let failing = account.failing();
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_rdsproxy-gen"));
    command
        .args(["new", "--live", "--region", REGION])
        .env_clear()
        .current_dir(home.path())
        .env("HOME", home.path())
        .env("TERM", "xterm")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .envs(signed_in(&failing.endpoint(LATER)));
    let mut session = expectrl::Session::spawn(command).unwrap();
    session.set_expect_timeout(Some(PATIENCE));
    session.expect("Which database is the proxy for?").unwrap();
    let calls = account.calls();
    assert!(calls.values().sum::<u32>() <= 60, "{calls:?}");
    session.send("\u{3}").unwrap();
    session.expect(expectrl::Eof).unwrap();
}

/// The spec that `new` writes from this account for a database, a function and an existing secret.
fn chosen(account: &[&str], variables: &[(&str, &str)]) -> String {
    let secret = "users.0.secret=arn:aws:secretsmanager:eu-west-1:123456789012:secret:app30-AbCdEf";
    let arguments = [
        &["new", "--defaults", "--dry-run"],
        account,
        &["--set", "database.identifier=db30", "--set", "users=app"],
        &["--set", "consumers=function1", "--set", secret],
    ];
    let output = tool(&arguments.concat(), variables);
    assert!(!output.stdout.is_empty(), "{}", said(&output));
    said(&output)
}

#[test]
fn aws_of_secrets_that_nobody_chose_no_policy_is_read() {
    let Some(account) = Beside::large(&sizes("60", "400", "40")) else {
        return;
    };
    let endpoint = &account.endpoint;
    let live = chosen(&["--live", "--region", REGION], &signed_in(endpoint));
    let calls = account.calls();
    assert_eq!(calls["secretsmanager:GetResourcePolicy"], 1, "{calls:?}");
    assert_eq!(calls["kms:GetKeyPolicy"], 1, "{calls:?}");
    // The verdicts are compared with those for the complete account.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("account.json");
    std::fs::write(&file, snapshot(endpoint, REGION).1).unwrap();
    let saved = chosen(&["--snapshot", file.to_str().unwrap()], &[]);
    assert_eq!(live, saved);
}

#[test]
fn aws_a_snapshot_that_was_cut_off_is_gone_on_with() {
    let Some(account) = Beside::large(&sizes("60", "80", "30")) else {
        return;
    };
    let failing = account.failing();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("account.json");
    let file = file.to_str().unwrap();
    let arguments = ["snapshot", "--region", REGION, "--output", file];
    let cut_off = "iam:*=garbage,kms:GetKeyPolicy=garbage,rds:DescribeDBParameters=garbage";
    let first = tool(&arguments, &signed_in(&failing.endpoint(cut_off)));
    assert!(first.status.success(), "{}", said(&first));
    let advice = format!("rdsproxy-gen snapshot --resume {file} --output {file}");
    assert!(said(&first).contains(&advice), "{}", said(&first));
    account.calls();

    let arguments = [&arguments[..], &["--resume", file]].concat();
    let second = tool(&arguments, &signed_in(&account.endpoint));
    let calls = account.calls();
    assert!(
        !calls.contains_key("secretsmanager:GetResourcePolicy"),
        "{calls:?}"
    );
    assert!(!said(&second).contains("--resume"), "{}", said(&second));
    let whole = snapshot(&account.endpoint, REGION).1;
    assert_eq!(std::fs::read_to_string(file).unwrap(), whole);

    // The file is not used for another account or region.
    let elsewhere = ["snapshot", "--region", "us-east-1", "--resume", file];
    let refused = tool(&elsewhere, &signed_in(&account.endpoint));
    assert_eq!(refused.status.code(), Some(1));
    assert!(said(&refused).contains("is of account 123456789012 in eu-west-1"));
}

/// Roles with their documents, and the causes of missing ones.
fn roles(seen: &Snapshot) -> BTreeMap<&str, String> {
    let roles = seen.roles.iter();
    roles
        .map(|role| {
            let policies = (&role.inline_policies, &role.attached_policies);
            let told = format!("{} {} {policies:?}", role.complete, role.trust);
            (role.arn.as_str(), told)
        })
        .collect()
}

#[test]
fn aws_roles_are_the_same_read_together_and_one_by_one() {
    let Some(account) = Beside::large(&sizes("60", "5", "10")) else {
        return;
    };
    let failing = account.failing();
    let (together, _) = snapshot(&account.endpoint, REGION);
    let calls = account.calls();
    assert!(!calls.contains_key("iam:GetRole"), "{calls:?}");
    let refused = failing.endpoint("iam:GetAccountAuthorizationDetails=refuse");
    let (one_by_one, _) = snapshot(&refused, REGION);
    assert_eq!(account.calls()["iam:GetRole"], 70);
    assert_eq!(roles(&together), roles(&one_by_one));
    assert!(together.roles.iter().all(|role| role.complete));
    assert_eq!((together.roles.len(), one_by_one.not_visible), (70, vec![]));
}

#[test]
fn aws_of_very_many_roles_those_of_proxies_are_read_and_the_rest_is_told() {
    let Some(account) = Beside::large(&sizes("400", "5", "10")) else {
        return;
    };
    let failing = account.failing();
    let refused = failing.endpoint("iam:GetAccountAuthorizationDetails=refuse");
    let (seen, _) = snapshot(&refused, REGION);
    let gaps: Vec<&str> = seen
        .not_visible
        .iter()
        .map(|gap| gap.action.as_str())
        .collect();
    assert_eq!(gaps, ["iam:GetAccountAuthorizationDetails"]);
    assert_eq!(seen.roles.len(), 250);
    for proxy in &seen.proxies {
        assert!(seen.roles.iter().any(|role| role.arn == proxy.role_arn));
    }
}
