//! A large account takes few calls, and the answers are those of many.

use std::collections::BTreeMap;
use std::process::Output;

use rdsproxy_gen::domain::snapshot::Snapshot;

use super::{said, signed_in, snapshot, tool};
use crate::acceptance::fake_aws::Beside;

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
    // Pages of functions, secrets, roles, aliases, databases and parameter groups; eight calls for each proxy; one for each list.
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

/// Roles with their documents, and the causes of what is missing.
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
