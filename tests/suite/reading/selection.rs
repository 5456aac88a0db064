//! How much of an estate is read, kept and evaluated. The work is counted, since a time would only reflect the load of
//! the machine.

use std::fs;
use std::path::Path;

use rdsproxy_gen::io::boundary::Boundary;
use rdsproxy_gen::io::walk;
use serde_json::Value;

const PROXY: &str = "resource \"aws_db_proxy\" \"this\" {\n  name = \"orders\"\n}\n";

fn write(home: &Path, path: &str, text: &str) {
    let path = home.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// Two proxies, one of them in a module, among 600 files of all kinds.
fn estate() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| write(home.path(), path, text);
    for number in 0..100 {
        write(
            &format!("live/{number}/main.tf"),
            "module \"vpc\" {\n  source = \"terraform-aws-modules/vpc/aws\"\n}\n",
        );
        write(
            &format!("live/{number}/queue.tf"),
            "resource \"aws_sqs_queue\" \"q\" {}\n",
        );
        write(
            &format!("deploy/{number}.yaml"),
            "kind: Deployment\nmetadata: {name: x}\n",
        );
        write(
            &format!("data/{number}.json"),
            "{\"text\": \"Zo\\u00eb \\u003c b\\/c\"}",
        );
        write(
            &format!("node_modules/{number}/package.json"),
            "{\"name\": \"x\"}",
        );
        write(
            &format!("src/{number}.ts"),
            "export const proxy = 'aws_db_proxy';\n",
        );
    }
    write("live/direct/main.tf", PROXY);
    write("live/direct/other.tf", "locals {}\n");
    write(
        "live/caller/main.tf",
        "module \"db\" {\n  source = \"../../modules/db\"\n}\nmodule \"tags\" {\n  source = \"../../modules/tags\"\n}\n",
    );
    write("modules/db/main.tf", &PROXY.replace("orders", "billing"));
    write(
        "modules/tags/main.tf",
        "output \"tags\" {\n  value = {}\n}\n",
    );
    write(
        "modules/unused/main.tf",
        "output \"nothing\" {\n  value = 1\n}\n",
    );
    home
}

#[test]
fn only_what_can_lead_to_a_proxy_is_kept() {
    let home = estate();
    let paths = [home.path().to_owned()];
    let boundary = Boundary::around(&paths, None).unwrap();
    let survey = walk::survey(&paths, &boundary).unwrap();
    // `.ts` files are never opened.
    assert_eq!(survey.files, 506, "{:?}", survey.skipped);
    let kept: usize = survey
        .terraform
        .values()
        .map(|folder| folder.files.len())
        .sum();
    // Two adjacent files, one caller, one module: `tags` is read again when the caller needs it.
    assert_eq!(kept + survey.templates.len(), 4);
    let calls: usize = survey
        .terraform
        .values()
        .map(|folder| folder.signs.calls.len())
        .sum();
    assert_eq!(calls, 2, "calls of registry modules lead to no folder");
}

#[test]
fn only_root_modules_with_a_proxy_are_evaluated() {
    let home = estate();
    let output = crate::support::program::program(home.path())
        .args(["audit", ".", "--format", "json"])
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let roots = serde_json::json!(["live/caller", "live/direct"]);
    assert_eq!(report["checked"]["terraform_roots"], roots);
    assert_eq!(report["proxies"].as_array().unwrap().len(), 2);
}

#[test]
fn a_proxy_that_is_spelled_with_escapes_is_found() {
    let home = tempfile::tempdir().unwrap();
    write(
        home.path(),
        "main.tf.json",
        "{\"resource\": {\"aws\\u005fdb\\u005fproxy\": {\"this\": {\"name\": \"hidden\"}}}}",
    );
    let template = "Resources:\n  P:\n    Type: \"AWS\\x3a:RDS::DB\\x50roxy\"\n    Properties: {DBProxyName: covered}\n";
    write(home.path(), "template.yaml", template);
    let output = crate::support::program::program(home.path())
        .args(["audit", ".", "--format", "json"])
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let names: Vec<&str> = report["proxies"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|proxy| proxy["name"].as_str())
        .collect();
    assert_eq!(names, ["covered", "hidden"], "{report}");
}

#[test]
fn two_runs_say_the_same_whatever_thread_was_faster() {
    let home = estate();
    for number in 0..40 {
        write(
            home.path(),
            &format!("more/{number}/main.tf"),
            &PROXY.replace("orders", &format!("p{number}")),
        );
    }
    let run = || {
        crate::support::program::program(home.path())
            .args(["audit", ".", "--format", "json"])
            .output()
            .unwrap()
            .stdout
    };
    let first = run();
    assert!((0..4).all(|_| run() == first));
}
