//! Reads a deployed project back from the account and compares it with the intent.
//!
//! The module is named `aws` so that `cargo test aws` includes it when the SDK is built.

use std::path::Path;
use std::process::Command;

use rdsproxy_gen::domain::blueprint::{SecretPlan, TlsPlan};
use rdsproxy_gen::domain::facts::compare;
use rdsproxy_gen::domain::posture::Posture;
use rdsproxy_gen::domain::snapshot::Snapshot;
use rdsproxy_gen::source::{assemble::assemble, snapshot};

use super::fake_aws::FakeAws;
use super::share;
use super::tools::{run, said};
use crate::generating::examples::{blueprint, examples};

/// Facts that no AWS API returns: how a password was made, and whether a policy was put with `BlockPublicPolicy`.
const NOT_SHOWN: [&str; 2] = ["/secret/password", "/secret/block_public_policy"];

/// The posture of the account, read with the project's own `snapshot` command.
fn account(aws: &FakeAws, region: &str) -> Posture {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("account.json");
    let mut command = Command::new(env!("CARGO_BIN_EXE_rdsproxy-gen"));
    command
        .args(["snapshot", "--region", region, "--output"])
        .arg(&file)
        .env("AWS_ENDPOINT_URL", &aws.endpoint);
    run("snapshot", &mut command);
    let read = Snapshot::parse(&std::fs::read_to_string(&file).unwrap(), "account.json").unwrap();
    assemble(&[snapshot::read(&read)])
}

/// Every difference between an example's spec and the account after all its instructions were followed, and every fact
/// that the account could show but does not.
fn differences(folder: &Path, aws: &FakeAws) -> Vec<String> {
    let blueprint = blueprint(folder);
    if let TlsPlan::CreateGroup(group) = &blueprint.database_tls {
        aws.attach_parameter_group(&folder.join("rdsproxy.toml"), &group.name);
    }
    let live = account(aws, blueprint.proxy.region.as_str());
    assert_eq!(live.proxies.len(), 1, "{}", folder.display());
    let comparison = compare(&blueprint.posture(), &live);
    let differences = comparison.differences.iter().map(ToString::to_string);
    let unseen = comparison.hidden.into_iter().filter(|line| {
        let path = line.split(' ').next().unwrap_or_default();
        !NOT_SHOWN.iter().any(|end| path.ends_with(end))
    });
    let (region, folder) = (
        blueprint.proxy.region.as_str(),
        folder.display().to_string(),
    );
    let drift = quiet(
        aws,
        region,
        &["drift", &folder, "--fail-on", "any"],
        "no drift",
    );
    // Only the value of an existing secret, which is never read, shows which user it belongs to.
    let is_own = blueprint
        .users
        .iter()
        .all(|user| !matches!(user.secret, SecretPlan::Existing { .. }));
    let audit = is_own.then(|| quiet(aws, region, &["audit", "--strict"], "0 findings, 0 open"));
    let audit = audit.flatten();
    differences
        .chain(unseen)
        .chain(drift)
        .chain(audit)
        .collect()
}

/// The output of a command right after a deployment, if it reports more than success.
fn quiet(aws: &FakeAws, region: &str, arguments: &[&str], well: &str) -> Option<String> {
    let output = Command::new(env!("CARGO_BIN_EXE_rdsproxy-gen"))
        .args(arguments)
        .args(["--live", "--region", region])
        .env("AWS_ENDPOINT_URL", &aws.endpoint)
        .env("AWS_ACCESS_KEY_ID", "testing")
        .env("AWS_SECRET_ACCESS_KEY", "testing")
        .output()
        .unwrap();
    let said = said(&output);
    let is_quiet = output.status.success() && said.contains(well);
    (!is_quiet).then_some(said)
}

#[test]
fn aws_shows_what_terraform_was_meant_to_deploy() {
    let mut found = Vec::new();
    for (name, mut project, folder) in share(1) {
        let Some(aws) = FakeAws::start() else { return };
        aws.seed(&folder.join("rdsproxy.toml"));
        project.aim_at(&aws.endpoint);
        project.run(&["apply", "-auto-approve", "-no-color", "-input=false"]);
        found.extend(
            differences(&folder, &aws)
                .into_iter()
                .map(|line| format!("{name}: {line}")),
        );
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn aws_shows_what_cloudformation_was_meant_to_deploy() {
    let mut found = Vec::new();
    for (name, folder) in examples() {
        let Some(aws) = FakeAws::start() else { return };
        aws.seed(&folder.join("rdsproxy.toml"));
        let region = blueprint(&folder).proxy.region.to_string();
        aws.deploy(&region, &name, &folder.join("cloudformation"));
        found.extend(
            differences(&folder, &aws)
                .into_iter()
                .map(|line| format!("{name}: {line}")),
        );
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}
