//! Pack archives: one form for the same files, and hostile ones, each refused within limits with its own message.

mod hostile;

use proptest::prelude::*;
use rdsproxy_gen::domain::pack::Files;
use rdsproxy_gen::io::store::archive::{Bounds, digest, tar, untar};

use crate::support::clock::{measured, patience};

pub(crate) use hostile::gzip;
pub(crate) use hostile::hostile;

pub(crate) fn files(files: &[(&str, &str)]) -> Files {
    let files = files.iter();
    files
        .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
        .collect()
}

#[test]
fn every_hostile_archive_is_refused_with_its_own_message() {
    let hostile = hostile();
    assert!(hostile.len() >= 60, "{}", hostile.len());
    for (what, archive, expected) in hostile {
        let (read, took) = measured(|| untar(&archive, &Bounds::PACK));
        let error = read.unwrap_err().to_string();
        assert!(error.contains(expected), "{what}: {error}");
        assert!(
            error.len() < 500 && !error.contains('\n'),
            "{what}: {error}"
        );
        assert!(took < patience(), "{what} takes {took:?}");
    }
}

#[test]
fn the_same_files_are_the_same_bytes_for_every_version() {
    let files = files(&[
        ("pack.toml", "schema = 1\n"),
        ("templates/terraform/x.md.tera", "# x\n"),
        ("pack.minisig", "never a part of it"),
    ]);
    let archive = tar(&files).unwrap();
    // A published digest must stay valid for ever: if this one changes, every existing signature is invalid.
    assert_eq!(
        digest(&archive),
        "sha256:15a0ce9a05ce7dc2797ce9f0e5016fa31de3e0b5358467cbef7d5918c919f61a"
    );
    let read = untar(&archive, &Bounds::PACK).unwrap();
    assert_eq!(
        read.keys().collect::<Vec<_>>(),
        ["pack.toml", "templates/terraform/x.md.tera"]
    );
    assert_eq!(tar(&read).unwrap(), archive);
    assert_eq!(untar(&gzip(&archive), &Bounds::PACK).unwrap(), read);
}

#[test]
fn a_long_path_goes_into_both_fields_and_comes_back() {
    let path = format!("{}/{}", "a".repeat(150), "b".repeat(100));
    let long = files(&[(path.as_str(), "text")]);
    assert_eq!(untar(&tar(&long).unwrap(), &Bounds::PACK).unwrap(), long);
    let path = "a".repeat(101);
    let error = tar(&files(&[(path.as_str(), "")])).unwrap_err();
    assert!(error.to_string().contains("too long"), "{error}");
}

#[test]
fn what_gnu_tar_makes_of_a_folder_is_read() {
    let Some(tar) = crate::support::tools::find("tar") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("templates/terraform")).unwrap();
    std::fs::write(folder.path().join("pack.toml"), "x").unwrap();
    std::fs::write(folder.path().join("templates/terraform/a.md.tera"), "y").unwrap();
    let output = std::process::Command::new(tar)
        .args(["-czf", "-", "pack.toml", "templates"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(output.status.success());
    let read = untar(&output.stdout, &Bounds::PACK).unwrap();
    assert_eq!(
        read,
        files(&[("pack.toml", "x"), ("templates/terraform/a.md.tera", "y")])
    );
}

proptest! {
    #![proptest_config(crate::support::scale::config("mutated archives"))]

    /// A changed archive is either refused, or its files can be packed and unpacked again without a change.
    #[test]
    fn a_changed_archive_is_refused_or_holds_a_portable_pack(changes in proptest::collection::vec((0_usize..3072, any::<u8>()), 1..6)) {
        let files = files(&[("pack.toml", "schema = 1\n"), ("templates/x", "text")]);
        let mut archive = tar(&files).unwrap();
        for (at, byte) in changes {
            let length = archive.len();
            archive[at % length] = byte;
        }
        if let Ok(read) = untar(&archive, &Bounds::PACK) {
            let again = tar(&read).unwrap();
            prop_assert_eq!(untar(&again, &Bounds::PACK).unwrap(), read);
        }
    }
}
