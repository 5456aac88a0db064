//! `new --pack`: the changes of a pack are rendered and recorded, and loosening a rule is refused here too.

use std::fs;
use std::path::Path;

use super::{LOOSE, acme, built_in, machine, pack, put, trust};
use crate::support::program::{contents, ended, program, stderr, stdout};

/// Runs `new` with the pack's own sample and additional arguments.
pub(super) fn new(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let sample = [
        "--answers",
        "acme/samples/instance.toml",
        "--non-interactive",
    ];
    let output = ended(
        machine(folder)
            .args(["new", "project"])
            .args(sample)
            .args(arguments),
    );
    let said = stdout(&output) + &stderr(&output);
    (output.status.code().unwrap(), said)
}

/// Runs `new`, which must succeed.
pub(super) fn made(folder: &Path, arguments: &[&str]) -> String {
    let (code, said) = new(folder, arguments);
    assert_eq!(code, 0, "{arguments:?}: {said}");
    said
}

/// The baseline's record of the pack.
fn recorded(folder: &Path) -> serde_json::Value {
    let text = fs::read_to_string(folder.join("project/.rdsproxy-gen/baseline.json")).unwrap();
    let baseline: serde_json::Value = serde_json::from_str(&text).unwrap();
    baseline["pack"].clone()
}

#[test]
fn what_a_pack_gives_is_generated_and_recorded() {
    let folder = acme();
    let at = folder.path();
    let said = made(at, &["--pack", "acme"]);
    assert!(
        said.contains("unverified: acme 0.1.0 is not signed"),
        "{said}"
    );
    assert!(said.contains("--pack acme"), "{said}");
    let house = fs::read_to_string(at.join("project/terraform/HOUSE.md")).unwrap();
    assert!(house.contains("orders-proxy"), "{house}");
    assert_eq!(pack(at, &["build", "acme"]).0, 0);
    let digest =
        rdsproxy_gen::io::store::archive::digest(&fs::read(at.join("acme-0.1.0.tar")).unwrap());
    let expected = serde_json::json!({
        "name": "acme", "version": "0.1.0", "digest": digest, "source": "acme",
    });
    assert_eq!(recorded(at), expected);

    let drift = ended(program(at).args(["drift", "project"]));
    assert_eq!(
        drift.status.code(),
        Some(0),
        "{}",
        stdout(&drift) + &stderr(&drift)
    );

    // The archive gives the same pack and the same project.
    let before = contents(&at.join("project/terraform"));
    made(at, &["--pack", "acme-0.1.0.tar"]);
    assert_eq!(contents(&at.join("project/terraform")), before);
    assert_eq!(recorded(at)["digest"], expected["digest"]);
}

#[test]
fn who_signed_it_is_recorded_where_that_was_verified() {
    let folder = acme();
    let at = folder.path();
    trusted(at, "[\"acme\"]");
    let said = made(at, &["--pack", "acme"]);
    assert!(!said.contains("unverified"), "{said}");
    let key = fs::read_to_string(at.join("team.pub")).unwrap();
    let id = recorded(at)["signer"].as_str().unwrap().to_owned();
    assert!(key.contains(&id), "{key}");
}

/// Makes a key that is trusted for packs of these names, and signs the pack with it.
pub(super) fn trusted(at: &Path, packs: &str) {
    assert_eq!(pack(at, &["keygen", "team", "--no-password"]).0, 0);
    sign(at, "acme");
    let key = fs::read_to_string(at.join("team.pub")).unwrap();
    let key = key.lines().nth(1).unwrap();
    let text = format!(
        "schema = 1\n[[keys]]\nowner = \"the platform team\"\nkey = \"{key}\"\npacks = {packs}\n"
    );
    trust(at, &text);
}

pub(super) fn sign(at: &Path, what: &str) {
    let (code, said) = pack(at, &["sign", what, "--key", "team.key"]);
    assert_eq!(code, 0, "{said}");
}

#[test]
fn a_template_that_loosens_a_rule_is_refused_by_new_as_well() {
    for (template, from, to, expected) in LOOSE {
        let folder = acme();
        let before = built_in(template);
        let after = if from.is_empty() {
            format!("{before}{to}")
        } else {
            before.replace(from, to)
        };
        put(folder.path(), &format!("templates/{template}"), &after);
        let (code, said) = new(folder.path(), &["--pack", "acme"]);
        assert_eq!(code, 1, "{template} with {to}: {said}");
        assert!(said.contains(expected), "{template} with {to}: {said}");
        assert!(!said.contains("fault of rdsproxy-gen"), "{said}");
        assert!(
            !folder.path().join("project").exists(),
            "{template} with {to}"
        );
    }
}

/// Sets the version of the pack and adds a line that shows it.
pub(super) fn version(at: &Path, version: &str) {
    let file = at.join("acme/pack.toml");
    let text = fs::read_to_string(&file).unwrap();
    let lines = text.lines().map(|line| {
        if line.starts_with("version = ") {
            format!("version = \"{version}\"\n")
        } else {
            format!("{line}\n")
        }
    });
    fs::write(&file, lines.collect::<String>()).unwrap();
    let text = format!("# Version {version}\n");
    put(at, "templates/terraform/VERSION.md.tera", &text);
    assert_eq!(pack(at, &["build", "acme"]).0, 0);
}

#[test]
fn a_project_goes_on_to_a_newer_version_and_back_only_when_asked() {
    let folder = acme();
    let at = folder.path();
    for one in ["0.9.0", "0.10.0"] {
        version(at, one);
    }
    made(at, &["--pack", "acme-0.9.0.tar"]);
    made(at, &["--pack", "acme-0.10.0.tar"]);
    let generated = || fs::read_to_string(at.join("project/terraform/VERSION.md")).unwrap();
    assert_eq!(generated(), "# Version 0.10.0\n");
    let refused = |arguments: &[&str], expected: &str| {
        let before = contents(&at.join("project"));
        let (code, said) = new(at, arguments);
        assert!(code == 1 && said.contains(expected), "{code}: {said}");
        assert_eq!(contents(&at.join("project")), before);
    };
    refused(
        &["--pack", "acme-0.9.0.tar"],
        "acme 0.9.0 is older than 0.10.0",
    );
    refused(&[], "was generated with the pack acme 0.10.0");
    made(at, &["--pack", "acme-0.9.0.tar", "--allow-downgrade"]);
    assert_eq!(generated(), "# Version 0.9.0\n");

    // The same version with other content, whichever source is given.
    version(at, "0.8.0");
    put(at, "README.md", "Changed.\n");
    let text = fs::read_to_string(at.join("acme/pack.toml")).unwrap();
    fs::write(at.join("acme/pack.toml"), text.replace("0.8.0", "0.9.0")).unwrap();
    refused(
        &["--pack", "acme", "--allow-downgrade"],
        "a version that was published never changes",
    );

    let yank = [
        "yank",
        "acme",
        "0.10.0",
        "--reason",
        "the role was too wide",
    ];
    assert_eq!(pack(at, &yank).0, 0);
    refused(
        &["--pack", "acme-0.10.0.tar"],
        "acme 0.10.0 was yanked: the role was too wide",
    );
    made(at, &["--pack", "built-in"]);
    assert_eq!(recorded(at)["name"], "built-in");
    assert!(!at.join("project/terraform/VERSION.md").exists());
    assert_eq!(new(at, &["--allow-downgrade"]).0, 1);
}
