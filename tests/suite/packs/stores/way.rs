//! The complete life of a pack: created, checked, built, signed, published, used, replaced by a second version, and
//! followed by the project that the first one generated. The same for each kind of source.

use std::fs;
use std::path::Path;

use super::{Desk, git_address};
use crate::support::program::{ended, stderr, stdout};

/// A kind of source: how a version is published there, and how it is referenced.
pub(super) struct Place<'p> {
    pub(super) publish: &'p dyn Fn(&Desk, &str),
    pub(super) reference: &'p dyn Fn(&str) -> String,
    /// True if the source lists its versions.
    pub(super) lists: bool,
}

/// Runs the program and returns its exit code and its full output.
fn run(desk: &Desk, arguments: &[&str]) -> (i32, String) {
    let output = ended(desk.program().args(arguments));
    let said = stdout(&output) + &stderr(&output);
    (output.status.code().unwrap(), said)
}

fn done(desk: &Desk, arguments: &[&str]) -> String {
    let (code, said) = run(desk, arguments);
    assert_eq!(code, 0, "{arguments:?}: {said}");
    said
}

/// The baseline's record of the pack.
fn recorded(desk: &Desk) -> serde_json::Value {
    let text = fs::read(desk.path("project/.rdsproxy-gen/baseline.json")).unwrap();
    let baseline: serde_json::Value = serde_json::from_slice(&text).unwrap();
    baseline["pack"].clone()
}

/// Raises the version, with a visible change.
fn second(desk: &Desk) {
    desk.version("0.2.0");
    let manifest = fs::read_to_string(desk.path("acme/pack.toml")).unwrap();
    let manifest = manifest.replace("The first version", "Another house");
    desk.put("pack.toml", &manifest);
    for target in ["terraform", "cloudformation"] {
        desk.put(
            &format!("templates/{target}/HOUSE.md.tera"),
            "# The second version\n",
        );
    }
    assert_eq!(desk.pack(&["check", "acme", "--accept"]).0, 0);
}

/// If only the project names the source, it is not contacted until the user permits it.
fn only_the_user_lets_it_be_asked(desk: &Desk, first: &str) {
    // Only the project names the source: it is not contacted, and the cached first version gives no hint of a second
    // one.
    let said = done(desk, &["update", "project", "--check"]);
    assert!(said.contains("a newer acme cannot be determined"), "{said}");
    assert!(
        !said.contains("0.2.0") && !said.contains("asking"),
        "{said}"
    );
    let at = first.split_once(['#', '?']).unwrap().0;
    let (code, said) = run(desk, &["update", "project", "--check", "--source", at]);
    assert!(
        code == 2 && said.contains(&format!("asking {at}")),
        "{said}"
    );
    desk.permit(at);
}

/// Runs the complete life of a pack with one kind of source.
pub(super) fn whole(place: &Place<'_>) {
    let desk = Desk::new();
    desk.key("team", "acme");
    desk.done(&["check", "acme"]);
    (place.publish)(&desk, "0.1.0");
    let first = (place.reference)("0.1.0");
    let answers = [
        "--answers",
        "acme/samples/instance.toml",
        "--non-interactive",
    ];
    done(
        &desk,
        &[&["new", "project", "--pack", &first], &answers[..]].concat(),
    );
    let pack = recorded(&desk);
    assert_eq!(
        (&pack["name"], &pack["version"]),
        (&"acme".into(), &"0.1.0".into())
    );
    assert_eq!(pack["source"], first.as_str());
    assert_eq!(pack["digest"], desk.digest(&first).as_str());
    let signer = fs::read_to_string(desk.path("team.pub")).unwrap();
    assert!(
        signer.contains(pack["signer"].as_str().unwrap()),
        "{signer}"
    );
    done(&desk, &["audit", "project"]);

    second(&desk);
    (place.publish)(&desk, "0.2.0");
    let next = (place.reference)("0.2.0");
    if place.lists {
        only_the_user_lets_it_be_asked(&desk, &first);
        let (code, said) = run(&desk, &["pack", "status", "project"]);
        assert_eq!(code, 2, "{said}");
        assert!(said.contains("behind 0.2.0"), "{said}");
        let (code, said) = run(&desk, &["update", "project", "--check"]);
        assert_eq!(code, 2, "{said}");
        assert!(
            said.contains("acme 0.2.0 is there: Another house"),
            "{said}"
        );
        assert!(said.contains("and there is a newer one"), "{said}");
        let said = done(&desk, &["update", "project", "--check", "--offline"]);
        assert!(!said.contains("0.2.0"), "{said}");
    }
    let (code, said) = run(&desk, &["update", "project", "--check", "--pack", &next]);
    assert_eq!(code, 2, "{said}");
    assert!(
        said.contains("acme 0.2.0 in the place of acme 0.1.0"),
        "{said}"
    );
    done(&desk, &["update", "project", "--pack", &next]);
    let house = fs::read_to_string(desk.path("project/terraform/HOUSE.md")).unwrap();
    assert_eq!(house, "# The second version\n");
    assert_eq!(recorded(&desk)["version"], "0.2.0");
    done(&desk, &["update", "project", "--check"]);
    done(&desk, &["drift", "project"]);
}

#[test]
fn from_a_folder() {
    whole(&Place {
        publish: &|desk, _| {
            let _ = fs::remove_file(desk.path("acme/pack.minisig"));
            desk.done(&["sign", "acme", "--key", "team.key"]);
            copy(&desk.path("acme"), &desk.path("shared/acme"));
        },
        reference: &|_| "shared/acme".to_owned(),
        lists: false,
    });
}

#[test]
fn from_a_repository_of_git() {
    if crate::support::tools::find("git").is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let repository = folder.path().join("acme");
    super::git::git(folder.path(), &["init", "--quiet", "acme"]);
    whole(&Place {
        publish: &|desk, version| {
            let _ = fs::remove_file(desk.path("acme/pack.minisig"));
            desk.done(&["sign", "acme", "--key", "team.key"]);
            copy(&desk.path("acme"), &repository);
            super::git::commit(&repository, &format!("v{version}"));
        },
        reference: &|version| format!("{}#v{version}", git_address(&repository)),
        lists: true,
    });
}

fn copy(from: &Path, to: &Path) {
    crate::generating::acceptance::tools::copy(from, to);
}
