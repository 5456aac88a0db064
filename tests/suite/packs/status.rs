//! A fleet of projects: the version of each, yanked or moved versions, signers, and drift.

use std::fs;
use std::path::Path;

use super::used::{sign, trusted, version};
use super::{acme, machine, pack, trust_file};
use crate::support::program::{ended, program, stderr, stdout};

/// Generates a separate project with a pack.
fn project(at: &Path, name: &str, arguments: &[&str]) {
    let sample = [
        "--answers",
        "acme/samples/instance.toml",
        "--non-interactive",
    ];
    let output = ended(machine(at).args(["new", name]).args(sample).args(arguments));
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
}

/// One project for each possible status; the newest version is 0.3.0.
fn fleet() -> tempfile::TempDir {
    let folder = acme();
    let at = folder.path();
    trusted(at, "[\"acme\"]");
    for one in ["0.1.0", "0.2.0", "0.3.0"] {
        version(at, one);
        sign(at, &format!("acme-{one}.tar"));
    }
    project(at, "newest", &["--pack", "acme-0.3.0.tar"]);
    project(at, "older", &["--pack", "acme-0.2.0.tar"]);
    project(at, "withdrawn", &["--pack", "acme-0.1.0.tar"]);
    project(at, "plain", &[]);
    project(at, "weakened", &["--pack", "acme-0.3.0.tar"]);
    let file = at.join("weakened/terraform/modules/proxy/main.tf");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(
        &file,
        text.replace("require_tls = true", "require_tls = false"),
    )
    .unwrap();
    project(at, "moved", &["--pack", "acme-0.3.0.tar"]);
    let file = at.join("moved/.rdsproxy-gen/baseline.json");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replacen("sha256:", "sha256:00", 1)).unwrap();
    let reason = ["--reason", "the role | was too <wide>", "--key", "team.key"];
    let yank = [&["yank", "acme", "0.1.0"][..], &reason].concat();
    assert_eq!(pack(at, &yank).0, 0);
    fs::create_dir(at.join("nothing")).unwrap();
    folder
}

const ALL: [&str; 7] = [
    "newest",
    "older",
    "withdrawn",
    "plain",
    "weakened",
    "moved",
    "nothing",
];

fn status(at: &Path, arguments: &[&str]) -> (i32, String) {
    pack(
        at,
        &[&["status", "--pack", "acme-0.3.0.tar"], arguments].concat(),
    )
}

#[test]
fn each_project_is_told_for_what_it_is() {
    let folder = fleet();
    let at = folder.path();
    let (code, said) = status(at, &[&ALL[..], &["--format", "json"]].concat());
    assert_eq!(code, 1, "{said}");
    let report: serde_json::Value = serde_json::from_str(&said).unwrap();
    let told = |name: &str| {
        let projects = report["projects"].as_array().unwrap();
        let found = projects.iter().find(|one| one["project"] == name);
        found.unwrap_or_else(|| panic!("{name}: {said}")).clone()
    };
    for (name, standing, needs_somebody) in [
        ("newest", "current", false),
        ("older", "behind", true),
        ("withdrawn", "behind", true),
        ("plain", "built-in", false),
        ("weakened", "current", true),
        ("moved", "moved", true),
    ] {
        let project = told(name);
        assert_eq!(project["state"]["standing"], standing, "{name}");
        assert_eq!(project["needs_somebody"], needs_somebody, "{name}");
        let signature = match name {
            "plain" => "built-in",
            _ => "counts",
        };
        assert_eq!(project["state"]["signature"], signature, "{name}");
    }
    assert_eq!(told("older")["state"]["newest"], "0.3.0");
    assert_eq!(
        told("withdrawn")["state"]["yanked"],
        "the role | was too <wide>"
    );
    assert!(told("weakened")["state"]["drift"]["weakens"].as_u64() > Some(0));
    assert!(
        told("nothing")["failed"]
            .as_str()
            .unwrap()
            .contains("no baseline")
    );

    // Each status alone: no action needed, action needed, unknown.
    for (name, expected) in [
        ("newest", 0),
        ("plain", 0),
        ("older", 2),
        ("moved", 2),
        ("weakened", 2),
        ("nothing", 1),
    ] {
        assert_eq!(status(at, &[name]).0, expected, "{name}");
    }
}

#[test]
fn a_key_that_no_longer_counts_and_a_missing_signature_are_told() {
    let folder = fleet();
    let at = folder.path();
    let unsigned = "schema = 1\nrequire_signatures = false\n";
    fs::write(at.join("none.toml"), unsigned).unwrap();
    fs::remove_file(at.join("acme/pack.minisig")).unwrap();
    project(at, "unsigned", &["--pack", "acme", "--trust", "none.toml"]);
    let file = trust_file(at);
    let trust = fs::read_to_string(&file).unwrap();
    fs::write(
        &file,
        trust.replace("packs", "revoked = \"laptop lost\"\npacks"),
    )
    .unwrap();
    let (code, said) = pack(at, &["status", "newest", "unsigned"]);
    assert_eq!(code, 2, "{said}");
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        said.contains("does not count") && said.contains("which was revoked: laptop lost"),
        "{said}"
    );
    assert!(
        said.contains("nobody") && said.contains("1 unsigned"),
        "{said}"
    );
    assert!(
        said.contains("2 not compared") && said.contains("no answer from acme-0.3.0.tar: "),
        "{said}"
    );
    // The newest version of an untrusted pack is not reported.
    let (code, said) = status(at, &["newest"]);
    assert!(code == 1 && said.contains("which was revoked"), "{said}");
    // Without a trust file, a key is shown but not trusted.
    fs::remove_file(&file).unwrap();
    let (_, said) = pack(at, &["status", "newest"]);
    assert!(said.contains(", not checked"), "{said}");
}

#[test]
fn where_nobody_names_a_place_those_of_the_baselines_are_asked() {
    let folder = fleet();
    let at = folder.path();
    let (code, said) = pack(at, &["status", "newest", "older", "withdrawn"]);
    assert_eq!(code, 2, "{said}");
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("behind 0.3.0"), "{said}");
    assert!(
        said.contains("acme 0.1.0 was yanked: the role | was too <wide>"),
        "{said}"
    );
    assert!(
        said.contains("acme 0.1.0 of acme-0.1.0.tar, acme 0.2.0 of"),
        "{said}"
    );

    // A missing version is reported, and a version that cannot be compared is not called current.
    fs::remove_file(at.join("acme-0.3.0.tar")).unwrap();
    let (code, said) = pack(at, &["status", "newest"]);
    assert_eq!(code, 0, "{said}");
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("no answer from acme-0.3.0.tar: "), "{said}");
    assert!(said.contains("1 not compared"), "{said}");
    let (_, said) = pack(at, &["status", "older", "--offline"]);
    assert!(said.contains("compared with nothing"), "{said}");
}

#[test]
fn every_format_holds_every_project() {
    let folder = fleet();
    let at = folder.path();
    for format in ["text", "json", "markdown", "html"] {
        let (code, said) = status(at, &[&ALL[..], &["--format", format]].concat());
        assert_eq!(code, 1, "{said}");
        for name in ALL {
            assert!(said.contains(name), "{format}: {name}: {said}");
        }
        match format {
            "markdown" => assert!(!said.contains("| was too <wide>"), "{said}"),
            "html" => assert!(said.contains("the role | was too &lt;wide&gt;"), "{said}"),
            "json" => {
                let text = stdout(&ended(
                    machine(at)
                        .args(["pack", "status"])
                        .args(ALL)
                        .args(["--format", "json"]),
                ));
                serde_json::from_str::<serde_json::Value>(&text).unwrap();
            }
            _ => assert!(said.contains("the role | was too <wide>"), "{said}"),
        }
    }
    let (_, text) = status(at, &ALL);
    let result = "7 projects: 1 on a yanked version, 2 behind, 0 not compared, 0 unsigned, 1 with drift, 1 not looked at; 5 to look after";
    let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(one_line.contains(result), "{text}");
    let output = ended(program(at).args(["schema", "fleet"]));
    assert!(stdout(&output).contains("needs_somebody"));
}
