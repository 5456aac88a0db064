//! Tests of the table and the list: which tools are suitable, and what is printed at the end.

use std::path::Path;

use super::listed::listed;
use super::probe::{is_at_least, probe, stated, version_in};
use super::record::{Entry, Kind};
use super::table::{TOOLS, Tool};

#[test]
fn versions_are_found_and_compared_by_their_numbers() {
    for (text, version) in [
        ("Terraform v1.11.4\non linux_amd64", Some("1.11.4")),
        ("git version 2.39.5 (Apple Git-154)", Some("2.39.5")),
        ("ends with 3.", Some("3")),
        ("none", None),
    ] {
        assert_eq!(version_in(text).as_deref(), version, "{text}");
    }
    for (version, least, enough) in [
        ("1.58.0", "1.58.0", true),
        ("1.51.0", "1.58.0", false),
        ("1.100", "1.58.0", true),
        ("20", "20", true),
        ("1.11.4", "1.11", true),
        ("1.9.9", "1.11", false),
        ("", "1", false),
    ] {
        assert_eq!(is_at_least(version, least), enough, "{version} {least}");
    }
}

#[test]
fn every_least_version_is_stated_where_the_table_says() {
    for tool in TOOLS {
        assert!(
            !tool.brings.is_empty() && !tool.program.is_empty(),
            "{}",
            tool.name
        );
        if let Some((file, after)) = tool.least {
            assert!(!stated(file, after).is_empty(), "{}", tool.name);
        }
    }
}

/// A program that prints `tool 1.2.3` or another text that the test chooses.
const SOME: Tool = Tool {
    name: "tool",
    program: "tool",
    home: None,
    on_path: true,
    needs: None,
    version: &["--version"],
    says: "",
    least: None,
    brings: "nothing",
};

#[cfg(unix)]
fn put(folder: &Path, script: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::create_dir_all(folder).unwrap();
    let path = folder.join("tool");
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[cfg(unix)]
#[test]
fn a_tool_that_will_not_do_is_told_from_one_that_does() {
    let home = tempfile::tempdir().unwrap();
    let folder = |name: &str| home.path().join(name);
    put(
        &folder("shim"),
        "echo 'pyenv: tool: command not found' >&2; exit 127",
    );
    put(&folder("old"), "echo tool 0.0.9");
    put(&folder("good"), "echo GNU tool 1.2.3");
    put(&folder("mute"), "exit 0");
    std::fs::create_dir_all(folder("plain")).unwrap();
    std::fs::write(folder("plain").join("tool"), "no program").unwrap();
    let least = Some(("Cargo.toml", "version = \""));
    let new_enough = Tool { least, ..SOME };
    let needy = Tool {
        needs: Some("nowhere/at/all"),
        ..SOME
    };
    let gnu = Tool {
        says: "GNU",
        ..SOME
    };
    let cases: &[(&Tool, &[&str], Result<&str, &str>)] = &[
        (&SOME, &["good"], Ok("1.2.3")),
        (&SOME, &["shim", "good"], Ok("1.2.3")),
        (&new_enough, &["old", "good"], Ok("1.2.3")),
        (&SOME, &["mute"], Ok("")),
        (&SOME, &[], Err("is not installed")),
        (&SOME, &["empty"], Err("is not installed")),
        (
            &SOME,
            &["shim"],
            Err("shim/tool does not start: pyenv: tool: command not found"),
        ),
        (&SOME, &["plain"], Err("plain/tool does not start: ")),
        (
            &new_enough,
            &["old"],
            Err("old/tool is 0.0.9, which is older than 0.1.0"),
        ),
        (
            &new_enough,
            &["mute"],
            Err("mute/tool is of an unknown version, which is older than"),
        ),
        (&gnu, &["old"], Err("old/tool is not GNU")),
        (&needy, &["good"], Err("nowhere/at/all is missing")),
    ];
    for (tool, folders, expected) in cases {
        let path = std::env::join_paths(folders.iter().map(|name| folder(name))).unwrap();
        let answer = probe(tool, &path);
        match (&answer, expected) {
            (Ok(found), Ok(version)) => assert_eq!(found.version, *version, "{folders:?}"),
            (Err(reason), Err(part)) => assert!(reason.contains(part), "{folders:?}: {reason}"),
            _ => panic!("{folders:?}: {answer:?}"),
        }
    }
}

#[test]
fn the_list_names_the_tool_the_reason_the_command_and_the_tests() {
    let entry = |(kind, tool, detail): (Kind, &str, &str), test: &str| Entry {
        kind,
        tool: tool.to_owned(),
        detail: detail.to_owned(),
        brings: ".ci/install-tools".to_owned(),
        test: test.to_owned(),
    };
    let old = (
        Kind::Skipped,
        "cfn-lint",
        "is 1.51.0, which is older than 1.58.0",
    );
    let mut entries = vec![entry((Kind::Used, "git", "2.39.5"), "a::b")];
    let lists = |entries: &[Entry]| listed(entries);
    assert_eq!(lists(&[]), "tools: no test of this run asked for one\n");
    assert_eq!(
        lists(&entries),
        "tools used: git 2.39.5\nnothing was skipped\n"
    );
    for at in 0..8 {
        entries.push(entry(old, &format!("a::c{at}")));
    }
    entries.push(entry(
        (Kind::Noted, "AWS provider", "too old for one example"),
        "a::d",
    ));
    entries.push(entry((Kind::Kept, "terraform", "1.11.4"), "a::e"));
    insta::assert_snapshot!(lists(&entries), @"
    tools used: git 2.39.5
    not asked again about the same input: terraform 1.11.4
    left out: AWS provider: too old for one example
      - a::d
    skipped: cfn-lint: is 1.51.0, which is older than 1.58.0
      to have it: .ci/install-tools
      - a::c0
      - a::c1
      - a::c2
      - a::c3
      - a::c4
      - a::c5
      - and 2 more
    8 tests skipped, in whole or in part, for want of 1 tool; with CI=true that is a failure
    ");
}

/// The text of every file of the suite, by its path.
fn suite(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            suite(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            found.push((path.display().to_string(), text));
        }
    }
}

/// A program that is started by its name is not in the list of a run, and where it is missing the test fails without a
/// remedy. The shell is there on every system that such a test is built for.
#[test]
fn tools_are_started_as_they_were_found_and_ci_is_asked_for_in_one_place() {
    let by_name = regex::Regex::new(r#"Command::new\(\s*"([^"]+)""#).unwrap();
    let asks = concat!("\"C", "I\"");
    let mut found = Vec::new();
    suite(Path::new("tests/suite"), &mut found);
    assert!(found.len() > 150, "{} files", found.len());
    let mut asking = Vec::new();
    for (path, text) in &found {
        for started in by_name.captures_iter(text) {
            assert!(
                ["sh", "/bin/sh"].contains(&&started[1]),
                "{path}: {}",
                &started[1]
            );
        }
        asking.extend(text.contains(asks).then_some(path.as_str()));
    }
    assert_eq!(asking, ["tests/suite/support/tools/mod.rs"]);
}
