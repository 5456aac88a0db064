//! `allow` of a trust file: an additional type for the packs of one signer, and never a type forbidden to all packs.

use std::fs;
use std::path::Path;

use super::edited;
use crate::packs::used::{new, sign, trusted};
use crate::packs::{pack, trust_file};

const DASHBOARD: &str = "resource \"aws_cloudwatch_dashboard\" \"proxy\" {\n  dashboard_name = var.name\n  dashboard_body = jsonencode({ widgets = [{ type = \"text\", properties = { markdown = aws_db_proxy.this.endpoint } }] })\n}\n";

/// Allows these types in the signer's packs.
fn allow(at: &Path, kinds: &str) {
    let file = trust_file(at);
    let text = fs::read_to_string(&file).unwrap();
    let kept = text.lines().filter(|line| !line.starts_with("allow"));
    let kept: String = kept.map(|line| format!("{line}\n")).collect();
    fs::write(file, format!("{kept}allow = [{kinds}]\n")).unwrap();
}

#[test]
fn a_type_that_the_user_allows_this_signer_passes() {
    let folder = edited(&[("terraform/dashboard.tf.tera", "", DASHBOARD)]);
    let at = folder.path();
    let (code, said) = pack(at, &["check", "acme", "--accept"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("rdsproxy-trust.toml"), "{said}");
    let arguments = [
        "check",
        "acme",
        "--accept",
        "--allow",
        "aws_cloudwatch_dashboard",
    ];
    let (code, said) = pack(at, &arguments);
    assert_eq!(code, 0, "{said}");

    trusted(at, "[\"acme\"]");
    let (code, said) = new(at, &["--pack", "acme"]);
    assert_eq!(code, 1, "{said}");
    assert!(!at.join("project").exists());
    allow(at, "\"aws_cloudwatch_dashboard\"");
    let (code, said) = new(at, &["--pack", "acme"]);
    assert_eq!(code, 0, "{said}");
    assert!(
        at.join("project/terraform/modules/proxy/dashboard.tf")
            .exists()
    );
}

#[test]
fn what_no_pack_may_have_cannot_be_allowed() {
    let folder = edited(&[(
        "terraform/extra.tf.tera",
        "",
        "resource \"aws_iam_role\" \"bd\" {\n  name = \"bd\"\n}\n",
    )]);
    let at = folder.path();
    trusted(at, "[\"acme\"]");
    sign(at, "acme");
    allow(at, "\"aws_iam_role\"");
    let (code, said) = new(at, &["--pack", "acme"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("rdsproxy-trust.toml:6:"), "{said}");
    assert!(said.contains("no pack may add aws_iam_role"), "{said}");
    allow(at, "");
    let (code, said) = pack(at, &["check", "acme", "--allow", "AWS::IAM::Role"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("no trust file"), "{said}");
}
