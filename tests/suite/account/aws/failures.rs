//! Makes one call after another fail in each way: the missing data is reported with its cause, and the rest is read.

use std::collections::BTreeMap;

use rdsproxy_gen::domain::snapshot::{Cause, Snapshot};

use super::policies::account::{REGION, few};
use super::{said, signed_in, tool};
use crate::generating::acceptance::fake_aws::Beside;

/// One call for each protocol and for each way of paging.
const ACTIONS: &[&str] = &[
    "cloudwatch:GetMetricData",
    "ec2:DescribeSubnets",
    "iam:GetRole",
    "kms:ListAliases",
    "lambda:ListFunctions",
    "rds:DescribeDBClusters",
    "rds:ListTagsForResource",
    "secretsmanager:ListSecrets",
];

/// The modes of tests/tools/failing_aws.py, each with the expected cause.
pub(super) const MODES: &[(&str, Cause)] = &[
    ("refuse", Cause::Refused),
    ("expire", Cause::Credentials),
    ("throttle", Cause::Throttled),
    ("absent", Cause::NotOffered),
    ("fault", Cause::Failed),
    ("garbage", Cause::Unreadable),
    ("truncate", Cause::Unreadable),
    ("drop", Cause::Unreachable),
    ("endless", Cause::Unreadable),
    ("hang", Cause::TimedOut),
];

fn causes(endpoint: &str) -> (BTreeMap<String, Cause>, String) {
    // Only a hanging call takes this long.
    let arguments = ["snapshot", "--region", REGION, "--timeout", "45"];
    let output = tool(&arguments, &signed_in(endpoint));
    assert!(output.status.success(), "{}", said(&output));
    let text = String::from_utf8_lossy(&output.stdout);
    let seen = Snapshot::parse(&text, "stdout").unwrap();
    assert!(!seen.db_instances.is_empty(), "the rest was not read");
    let gaps = seen.not_visible.into_iter();
    let causes = gaps.map(|gap| (gap.action, gap.cause)).collect();
    (causes, String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn aws_each_way_to_fail_is_told_as_what_it_is() {
    let Some(account) = Beside::serving(&few()) else {
        return;
    };
    let failing = account.failing();
    let untouched = causes(&failing.endpoint("name=untouched"));
    assert_eq!(untouched, (BTreeMap::new(), String::new()));
    std::thread::scope(|scope| {
        for (mode, cause) in MODES {
            let modes = ACTIONS.iter().map(|action| format!("{action}={mode}"));
            let endpoint = failing.endpoint(&modes.collect::<Vec<_>>().join(","));
            scope.spawn(move || {
                let (mut seen, told) = causes(&endpoint);
                // The last calls have no time left if earlier ones used all of it.
                let late = |cause: &Cause| *mode == "hang" && *cause == Cause::TimedOut;
                seen.retain(|action, cause| ACTIONS.contains(&action.as_str()) || !late(cause));
                let expected = ACTIONS.iter().map(|action| ((*action).to_owned(), *cause));
                assert_eq!(seen, expected.collect(), "{mode}: {told}");
                for action in ACTIONS {
                    let asks = told.contains(&format!("grant {action}\n"));
                    assert_eq!(asks, *cause == Cause::Refused, "{mode}: {told}");
                }
            });
        }
    });
}

#[test]
fn aws_an_account_that_does_not_say_whose_it_is_tells_why() {
    let Some(account) = Beside::serving(&few()) else {
        return;
    };
    let failing = account.failing();
    let cases = [
        ("expire", "AWS does not accept the credentials"),
        (
            "garbage",
            "the answer to sts:GetCallerIdentity could not be read",
        ),
        ("absent", "sts:GetCallerIdentity is not offered here"),
    ];
    for (mode, expected) in cases {
        let endpoint = failing.endpoint(&format!("sts:*={mode}"));
        let output = tool(&["snapshot", "--region", REGION], &signed_in(&endpoint));
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{told}");
        assert!(
            told.starts_with("error: ") && told.contains(expected),
            "{told}"
        );
        assert!(!told.contains("to see it, grant"), "{told}");
    }
}

/// AWS itself answers over TLS only. An untrusted certificate is reported as such, and a trusted one works.
#[test]
fn aws_certificates_are_those_that_the_machine_trusts() {
    let Some(account) = Beside::serving(&few()) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let certificate = folder.path().join("certificate.pem");
    let front = account.behind_tls(&certificate);
    let endpoint = front.endpoint("name=tls");
    let arguments = ["snapshot", "--region", REGION];
    let nobody = tool(&arguments, &signed_in(&endpoint));
    let told = String::from_utf8_lossy(&nobody.stderr);
    assert_eq!(nobody.status.code(), Some(1), "{told}");
    assert!(told.contains("invalid peer certificate"), "{told}");
    assert!(nobody.stdout.is_empty(), "{told}");

    let file = certificate.to_str().unwrap();
    let trusting = [&signed_in(&endpoint)[..], &[("SSL_CERT_FILE", file)]].concat();
    let output = tool(&arguments, &trusting);
    assert!(output.status.success(), "{}", said(&output));
    let seen = Snapshot::parse(&String::from_utf8_lossy(&output.stdout), "stdout").unwrap();
    assert!(seen.not_visible.is_empty(), "{:?}", seen.not_visible);
    assert_eq!(seen.db_instances.len(), few().db_instances.len());
}

/// A page whose token is that of the page itself is an error and never a complete list.
#[test]
fn aws_pages_in_a_circle_end() {
    let Some(account) = Beside::serving(&few()) else {
        return;
    };
    let actions = [
        "ec2:DescribeSubnets",
        "kms:ListAliases",
        "lambda:ListFunctions",
        "rds:DescribeDBClusters",
        "secretsmanager:ListSecrets",
    ];
    let modes = actions.map(|action| format!("{action}=repeat"));
    let (seen, told) = causes(&account.failing().endpoint(&modes.join(",")));
    let expected = actions.map(|action| (action.to_owned(), Cause::Unreadable));
    assert_eq!(seen, expected.into(), "{told}");
}
