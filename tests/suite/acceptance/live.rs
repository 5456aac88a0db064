//! What was deployed, read back from the account as a stranger would see it, is what was meant.
//!
//! Named `aws` so that `cargo test aws` runs it where the SDK is built.

use std::path::Path;
use std::process::Command;

use rdsproxy_gen::domain::facts::compare;
use rdsproxy_gen::domain::posture::Posture;
use rdsproxy_gen::domain::snapshot::Snapshot;
use rdsproxy_gen::source::{assemble::assemble, snapshot};

use super::fake_aws::FakeAws;
use super::projects;
use super::tools::run;
use crate::examples::{blueprint, examples};

/// The posture of the account, through our own `snapshot` command.
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

/// Every difference between what an example's spec means and what the account shows.
fn differences(folder: &Path, aws: &FakeAws) -> Vec<String> {
    let blueprint = blueprint(folder);
    let live = account(aws, blueprint.proxy.region.as_str());
    assert_eq!(live.proxies.len(), 1, "{}", folder.display());
    let comparison = compare(&blueprint.posture(), &live);
    comparison
        .differences
        .iter()
        .map(ToString::to_string)
        .collect()
}

#[test]
fn aws_shows_what_terraform_was_meant_to_deploy() {
    let mut found = Vec::new();
    for (name, project, folder) in projects() {
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
