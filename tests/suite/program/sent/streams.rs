//! Failed writes are reported with the reason and exit with 1.

use std::fs::{File, OpenOptions};
use std::process::{Command, Stdio};

use crate::support::program::{ended, program, stderr};

/// Every command with output, with its standard output.
const RESULTS: &[&[&str]] = &[
    &["--help"],
    &["--version"],
    &["help", "new"],
    &["audit", "--help"],
    &["pack", "check", "--version"],
    &["rules"],
    &["rules", "client-tls-not-required"],
    &["schema", "spec"],
    &["completions", "bash"],
    &["man"],
    &["new", "--print-answers"],
    &["new", "--demo", "--defaults", "--dry-run"],
    &["audit", "."],
    &["audit", ".", "--format", "json"],
    &["pack", "new", "acme"],
];

/// Commands that write to standard error only.
const NOTES: &[&[&str]] = &[
    &[],
    &["--no-such-flag"],
    &["audit", "nowhere"],
    &["audit", ".", "--baseline", "report.json"],
];

#[cfg(target_os = "linux")]
fn full() -> File {
    OpenOptions::new().write(true).open("/dev/full").unwrap()
}

fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let path = |name: &str| home.path().join(name);
    std::fs::write(path("main.tf"), "resource \"aws_db_proxy\" \"p\" {}\n").unwrap();
    std::fs::write(path("report.json"), "{\"proxies\": []}").unwrap();
    home
}

#[cfg(target_os = "linux")]
#[test]
fn a_result_that_does_not_arrive_is_told() {
    for arguments in RESULTS {
        let home = home();
        let mut command = program(home.path());
        let child = command
            .args(*arguments)
            .stdout(full())
            .stderr(Stdio::piped())
            .spawn();
        let output = child.unwrap().wait_with_output().unwrap();
        let told = stderr(&output);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {told}");
        let reason = "error: cannot write the result: No space left on device";
        assert!(told.contains(reason), "{arguments:?}: {told}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_note_that_does_not_arrive_fails_the_run() {
    for arguments in NOTES {
        let home = home();
        let mut command = program(home.path());
        let child = command
            .args(*arguments)
            .stdout(Stdio::null())
            .stderr(full())
            .spawn();
        let status = child.unwrap().wait().unwrap();
        assert_eq!(status.code(), Some(1), "{arguments:?}");
    }
}

/// Rust replaces a closed stream by `/dev/null`. The closed stream must be reported, while an explicit `/dev/null` is
/// no error.
#[test]
fn a_closed_stream_is_told_and_no_other() {
    let shell = |script: &str| {
        let home = home();
        let program = env!("CARGO_BIN_EXE_rdsproxy-gen");
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", &format!("exec '{program}' {script}")])
            .env_clear();
        ended(command.current_dir(home.path()))
    };
    let told = "error: cannot write the result: the stream is closed\n";
    for (script, code, expected) in [
        ("--version >&-", 1, told),
        ("--help >&-", 1, told),
        ("rules >&-", 1, told),
        ("man >&- <&-", 1, told),
        ("rules 2>&-", 0, ""),
        ("audit nowhere 2>&-", 1, ""),
        ("audit . --baseline report.json 2>&-", 1, ""),
        ("rules >/dev/null", 0, ""),
        ("rules <>/dev/null 1>&0", 0, ""),
        ("audit . --output report >&- 2>/dev/null", 2, ""),
    ] {
        let output = shell(script);
        assert_eq!(output.status.code(), Some(code), "{script}");
        assert_eq!(stderr(&output), expected, "{script}");
    }
}

#[test]
fn a_reader_who_left_is_no_failure() {
    for arguments in RESULTS
        .iter()
        .filter(|row| row[0] != "audit" || row[1] == "--help")
    {
        let home = home();
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = program(home.path());
        let child = command
            .args(*arguments)
            .stdout(writer)
            .stderr(Stdio::piped())
            .spawn();
        let output = child.unwrap().wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        // The name of the chosen database is a note and not a failure.
        let told = stderr(&output);
        assert!(
            told.is_empty() || told.starts_with("database "),
            "{arguments:?}: {told}"
        );
    }
}

#[test]
fn a_file_that_cannot_be_written_is_told() {
    let home = home();
    for arguments in [
        ["audit", ".", "--output", "no/such/report"],
        ["audit", ".", "--output", "."],
    ] {
        let output = ended(program(home.path()).args(arguments));
        let told = stderr(&output);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {told}");
        assert!(
            told.starts_with("error: cannot write "),
            "{arguments:?}: {told}"
        );
    }
}
