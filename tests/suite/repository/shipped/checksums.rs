//! The list of checksums, and its signature with a key made by the program itself.

use std::fs;
use std::process::Command;

use super::{VERSION, made, script};
use crate::support::program::{ended, program, stdout};
use crate::support::tools;

/// SHA-256 of `abc`. Source: FIPS 180-4, examples.
const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

#[test]
fn every_file_is_named_once_and_what_was_there_is_not() {
    let home = tempfile::tempdir().unwrap();
    for name in ["b.zip", "a.tar.gz"] {
        fs::write(home.path().join(name), "abc").unwrap();
    }
    for _ in 0..2 {
        made(script("checksums").arg(home.path()));
        let list = fs::read_to_string(home.path().join("SHA256SUMS")).unwrap();
        assert_eq!(list, format!("{ABC}  a.tar.gz\n{ABC}  b.zip\n"));
    }
    let empty = tempfile::tempdir().unwrap();
    let output = ended(script("checksums").arg(empty.path()));
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn minisign_verifies_what_a_key_of_the_program_signed() {
    let Some(minisign) = tools::find("minisign") else {
        return;
    };
    let (home, keys) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let keygen = ["pack", "keygen", "release", "--no-password"];
    made(program(keys.path()).args(keygen));
    fs::write(home.path().join("a"), "abc").unwrap();
    let key = keys.path().join("release.key");
    made(script("checksums").arg(home.path()).arg(key));
    let verify = || {
        let mut command = Command::new(&minisign);
        command.current_dir(home.path());
        command.args(["-V", "-m", "SHA256SUMS", "-p"]);
        ended(command.arg(keys.path().join("release.pub")))
    };
    let told = verify();
    assert!(told.status.success());
    assert!(stdout(&told).contains(&format!("rdsproxy-gen {VERSION}")));
    fs::write(home.path().join("SHA256SUMS"), format!("{ABC}  b\n")).unwrap();
    assert!(!verify().status.success());
}
