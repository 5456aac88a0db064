//! The archive of a pack, written and read by the program.

use std::fs;

use super::{acme, pack, put};
use crate::packs::archives::hostile;

#[test]
fn the_same_files_give_the_same_archive_and_a_version_never_changes() {
    let (one, other) = (acme(), acme());
    let built = |folder: &tempfile::TempDir| pack(folder.path(), &["build", "acme"]);
    let (code, said) = built(&one);
    assert_eq!(code, 0, "{said}");
    assert_eq!(built(&other), (code, said.clone()));
    let read = |folder: &tempfile::TempDir| fs::read(folder.path().join("acme-0.1.0.tar")).unwrap();
    assert_eq!(read(&one), read(&other));
    let digest = rdsproxy_gen::io::store::archive::digest(&read(&one));
    assert!(said.contains(&digest), "{said}");

    // A second build changes nothing, and neither do files beside the pack.
    put(one.path(), "pack.minisig", "a signature");
    assert_eq!(built(&one), (0, said));
    put(one.path(), "README.md", "Changed.\n");
    let (code, said) = built(&one);
    assert_eq!(code, 1);
    assert!(said.contains("a version never changes"), "{said}");
    assert_eq!(read(&one), read(&other));
    let elsewhere = ["build", "acme", "--output", "elsewhere.tar"];
    assert_eq!(pack(one.path(), &elsewhere).0, 0);
}

#[test]
fn an_archive_passes_as_its_folder_does() {
    let folder = acme();
    assert_eq!(pack(folder.path(), &["build", "acme"]).0, 0);
    let of_folder = pack(folder.path(), &["check", "acme"]);
    assert_eq!(pack(folder.path(), &["check", "acme-0.1.0.tar"]), of_folder);
    let accept = ["check", "acme-0.1.0.tar", "--accept"];
    let (code, said) = pack(folder.path(), &accept);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("only in a folder"), "{said}");
}

#[test]
fn a_hostile_archive_is_refused_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("inner/hostile.tar");
    fs::create_dir(file.parent().unwrap()).unwrap();
    for (what, archive, expected) in hostile() {
        fs::write(&file, archive).unwrap();
        let (code, said) = pack(file.parent().unwrap(), &["check", "hostile.tar"]);
        assert_eq!(code, 1, "{what}: {said}");
        let on_one_line = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(on_one_line.contains(expected), "{what}: {said}");
        let left: Vec<_> = walked(folder.path());
        assert_eq!(left, ["inner", "inner/hostile.tar"], "{what}");
    }
}

/// The relative paths of everything below a folder.
fn walked(root: &std::path::Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let relative = path.strip_prefix(root).unwrap();
            found.push(relative.display().to_string());
            if path.is_dir() {
                folders.push(path);
            }
        }
    }
    found.sort();
    found
}

#[test]
fn what_is_no_pack_is_told_by_its_place() {
    let folder = tempfile::tempdir().unwrap();
    for (reference, expected) in [
        ("nowhere", "neither a folder nor an archive file"),
        ("s3://bucket/acme.tar", "not a scheme of a reference"),
        (".", "there is no pack.toml"),
    ] {
        let (code, said) = pack(folder.path(), &["check", reference]);
        assert_eq!(code, 1);
        assert!(said.contains(expected), "{said}");
    }
}
