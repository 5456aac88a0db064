//! The worked example of a pack, `generated-examples/pack-acme`: it passes `pack check`, and the files beside it are
//! its output.

use std::fs;
use std::path::Path;

use rdsproxy_gen::io::files::{DirectoryChange, apply};

use super::pack;
use crate::generating::acceptance::tools::copy;
use crate::support::program::{contents, ended, program, stderr, stdout};

const EXAMPLE: &str = "generated-examples/pack-acme";

/// A working copy of the example.
fn example() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(Path::new(EXAMPLE), folder.path());
    folder
}

/// `UPDATE=1 cargo test packs::example` rewrites the output files.
#[test]
fn what_stands_there_is_what_the_pack_gives() {
    let folder = example();
    let at = folder.path();
    fs::remove_dir_all(at.join("orders")).unwrap();
    fs::create_dir(at.join("orders")).unwrap();
    let answers = Path::new("orders/rdsproxy.toml");
    fs::copy(Path::new(EXAMPLE).join(answers), at.join(answers)).unwrap();
    let output = ended(program(at).args([
        "new",
        "orders",
        "--pack",
        "pack",
        "--answers",
        "orders/rdsproxy.toml",
        "--non-interactive",
        "--force",
    ]));
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let given = contents(&at.join("orders"));
    let there = contents(&Path::new(EXAMPLE).join("orders"));
    if std::env::var_os("UPDATE").is_some() {
        let text = |(path, bytes): (&String, &Vec<u8>)| {
            (path.clone(), String::from_utf8(bytes.clone()).unwrap())
        };
        let change = DirectoryChange {
            write: given.iter().map(text).collect(),
            remove: there
                .keys()
                .filter(|path| !given.contains_key(*path))
                .cloned()
                .collect(),
        };
        apply(&Path::new(EXAMPLE).join("orders"), &change).unwrap();
        return;
    }
    assert!(
        given == there,
        "UPDATE=1 cargo test packs::example rewrites it: {}",
        stdout(&output)
    );
}

#[test]
fn the_example_passes_and_does_what_it_says() {
    let folder = example();
    let at = folder.path();
    let (code, said) = pack(at, &["check", "pack"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("~ terraform/modules/proxy/iam.tf"), "{said}");
    let boundary = "policy/acme-workload";
    for file in [
        "terraform/modules/proxy/iam.tf",
        "cloudformation/template.yaml",
    ] {
        let text = fs::read_to_string(at.join("orders").join(file)).unwrap();
        assert!(text.contains(boundary), "{file}");
    }
    for (assignment, expected) in [
        (
            "proxy.engine=mysql",
            "the pack acme takes postgresql, aurora-postgresql",
        ),
        ("proxy.name=orders", "takes what looks like *-proxy"),
        (
            "pool.borrow_timeout=31",
            "does not keep the limits of the pack",
        ),
        ("tags.Platform=mine", "the pack acme locks it to databases"),
    ] {
        let arguments = [
            "new",
            "other",
            "--pack",
            "pack",
            "--answers",
            "orders/rdsproxy.toml",
            "--non-interactive",
            "--set",
            assignment,
        ];
        let output = ended(program(at).args(arguments));
        let said = stderr(&output);
        assert!(
            output.status.code() == Some(1) && said.contains(expected),
            "{assignment}: {said}"
        );
    }
}
