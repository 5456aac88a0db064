//! The release archives: their content, its order, and identical bytes in two runs.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{TARGET, VERSION, can_list, made, script, stand_in};
use crate::support::program::stdout;
use crate::support::tools;

const WINDOWS: &str = "x86_64-pc-windows-msvc";
const MEMBERS: [&str; 10] = [
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "THIRD-PARTY.md",
    "completions/_rdsproxy-gen",
    "completions/_rdsproxy-gen.ps1",
    "completions/rdsproxy-gen.bash",
    "completions/rdsproxy-gen.elv",
    "completions/rdsproxy-gen.fish",
    "man/rdsproxy-gen.1",
];

fn packed(home: &Path, target: &str, out: &str) -> PathBuf {
    let binary = stand_in(home, "program", b"stand-in");
    let output = made(
        script("archive")
            .arg(binary)
            .arg(target)
            .arg(home.join(out))
            .args(["--by", env!("CARGO_BIN_EXE_rdsproxy-gen")]),
    );
    PathBuf::from(stdout(&output).trim_end())
}

/// The names of the files that an archive must contain.
fn expected(target: &str, program: &str) -> BTreeSet<String> {
    let names = MEMBERS.iter().chain([&program]);
    names
        .map(|name| format!("rdsproxy-gen-{VERSION}-{target}/{name}"))
        .collect()
}

#[test]
fn two_runs_give_the_same_bytes_and_the_right_members() {
    if !can_list() {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let (first, second) = (
        packed(home.path(), TARGET, "a"),
        packed(home.path(), TARGET, "b"),
    );
    assert_eq!(
        first.file_name().unwrap().to_str().unwrap(),
        format!("rdsproxy-gen-{VERSION}-{TARGET}.tar.gz")
    );
    let bytes = fs::read(&first).unwrap();
    assert!(bytes == fs::read(second).unwrap());
    let mut found = BTreeSet::new();
    let mut order = Vec::new();
    let mut tar = tar::Archive::new(flate2::read::GzDecoder::new(bytes.as_slice()));
    for entry in tar.entries().unwrap() {
        let entry = entry.unwrap();
        let header = entry.header();
        let path = entry.path().unwrap().display().to_string();
        assert_eq!(header.mtime().unwrap(), 1_700_000_000, "{path}");
        assert_eq!((header.uid().unwrap(), header.gid().unwrap()), (0, 0));
        let runs = header.mode().unwrap() & 0o111 != 0;
        let is_folder = header.entry_type().is_dir();
        assert_eq!(runs, is_folder || path.ends_with("/rdsproxy-gen"), "{path}");
        order.push(path.clone());
        if !is_folder {
            assert!(entry.size() > 0, "{path}");
            found.insert(path);
        }
    }
    assert_eq!(found, expected(TARGET, "rdsproxy-gen"));
    assert!(order.is_sorted());
}

#[test]
fn windows_gets_a_zip() {
    if !can_list() {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let (first, second) = (
        packed(home.path(), WINDOWS, "a"),
        packed(home.path(), WINDOWS, "b"),
    );
    assert!(fs::read(&first).unwrap() == fs::read(second).unwrap());
    let names = "import sys, zipfile; print(*zipfile.ZipFile(sys.argv[1]).namelist(), sep='\\n')";
    let listed = made(
        Command::new(tools::find("python3").unwrap())
            .args(["-c", names])
            .arg(first),
    );
    let listed = stdout(&listed);
    let files = listed.lines().filter(|name| !name.ends_with('/'));
    let files: BTreeSet<String> = files.map(str::to_owned).collect();
    assert_eq!(files, expected(WINDOWS, "rdsproxy-gen.exe"));
}
