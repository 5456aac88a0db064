//! The contract of the command line: exit codes, the stream of each output, no waiting for input, and no partial
//! writes.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Output, Stdio};

use crate::support::program::{PATIENCE, contents, ended, program, stderr, stdout};

/// The main task, as the README starts it.
const NEW: &[&str] = &["new", "project", "--demo", "--defaults"];

fn home() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn run(home: &Path, arguments: &[&str]) -> Output {
    ended(program(home).args(arguments))
}

/// The arguments and the expected exit code.
const CODES: &[(&[&str], i32)] = &[
    (&["--help"], 0),
    (&["--version"], 0),
    (&["help", "new"], 0),
    (&["new", "--help"], 0),
    (&["rules"], 0),
    (&["rules", "client-tls-not-required"], 0),
    (&["schema", "spec"], 0),
    (&["schema", "pack"], 0),
    (&["schema", "trust"], 0),
    (&["schema", "yanked"], 0),
    (&["schema", "fleet"], 0),
    (&["pack", "--help"], 0),
    (&["pack", "check", "no-such-folder"], 1),
    (&["completions", "bash"], 0),
    (&["man"], 0),
    (&["new", "--print-answers"], 0),
    (NEW, 0),
    (&[], 1),
    (&["nothing-of-the-kind"], 1),
    (&["new", "--no-such-flag"], 1),
    (&["new", "--demo", "--live"], 1),
    (&["new", "--demo", "--snapshot", "a.json"], 1),
    (&["new", "--defaults", "--non-interactive"], 1),
    (&["rules", "no-such-rule"], 1),
    (&["schema", "no-such-schema"], 1),
    (&["completions", "no-such-shell"], 1),
    (&["new"], 1),
    (&["new", "--demo"], 1),
    (&["new", "--demo", "--non-interactive"], 1),
    (&["new", "--demo", "--defaults", "--set", "proxy.name"], 1),
    (
        &["new", "--demo", "--defaults", "--set", "proxy.nam=orders"],
        1,
    ),
    (
        &["new", "--demo", "--defaults", "--set", "proxy.name=Orders"],
        1,
    ),
    (&["new", "--demo", "--defaults", "--target", "pulumi"], 1),
    (
        &["new", "--demo", "--defaults", "--answers", "no-such.toml"],
        1,
    ),
    (&["new", "--snapshot", "no-such.json", "--defaults"], 1),
    (&["new", "/proc/project/here", "--demo", "--defaults"], 1),
];

#[test]
fn the_exit_code_says_what_happened_and_each_stream_has_its_part() {
    for (arguments, code) in CODES {
        let home = home();
        let output = run(home.path(), arguments);
        let (out, err) = (stdout(&output), stderr(&output));
        assert_eq!(output.status.code(), Some(*code), "{arguments:?}\n{err}");
        if *code == 0 {
            assert!(!out.is_empty(), "{arguments:?} said nothing");
            // The name of the chosen database is not part of the result.
            let is_told = *arguments == NEW && err.starts_with("database orders-db, of 4");
            assert!(
                err.is_empty() || is_told,
                "{arguments:?} said on standard error: {err}"
            );
        } else {
            assert!(out.is_empty(), "{arguments:?} failed and printed: {out}");
            assert!(!err.is_empty(), "{arguments:?} failed without a word");
            assert!(
                contents(home.path()).is_empty(),
                "{arguments:?} failed and wrote"
            );
        }
        assert!(
            !(out + &err).contains('\u{1b}'),
            "{arguments:?}: colours in a pipe"
        );
    }
}

/// The arguments beside the demo, and the parts of the refusal.
const REFUSED: &[(&[&str], &[&str])] = &[
    (&["taken"], &["taken", "director"]),
    (&["taken/inside"], &["taken"]),
    (
        &["--target", "pulumi"],
        &["pulumi", "terraform", "cloudformation"],
    ),
    (&["--answers", "absent.toml"], &["absent.toml"]),
    (&["--answers", "folder"], &["folder"]),
    (&["--answers", "latin.toml"], &["latin.toml"]),
    (
        &["--answers", "broken.toml"],
        &["broken.toml:3:1", "proxy.nmae", "did you mean `proxy.name`"],
    ),
    (&["--answers", "torn.toml"], &["torn.toml:2:"]),
    (&["--answers", "newer.toml"], &["newer.toml:1:10", "1"]),
    (&["--set", "proxy.nmae=x"], &["proxy.nmae", "proxy.name"]),
    (
        &["--set", "proxy.name=x--y"],
        &["--set proxy.name", "single hyphens"],
    ),
    (
        &["--set", "pool.borrow_timeout=soon"],
        &["pool.borrow_timeout", "not a number"],
    ),
    (&["--set", "tags.team"], &["has no value"]),
];

#[test]
fn an_error_names_the_place_the_reason_and_the_way_out() {
    let home = home();
    fs::write(home.path().join("taken"), "mine").unwrap();
    fs::write(
        home.path().join("broken.toml"),
        "schema = 1\n[proxy]\nnmae = \"orders\"\n",
    )
    .unwrap();
    fs::write(home.path().join("torn.toml"), "schema = 1\n[proxy\n").unwrap();
    fs::write(home.path().join("newer.toml"), "schema = 99\n").unwrap();
    fs::write(home.path().join("latin.toml"), b"schema = 1 # \xe9\n").unwrap();
    fs::write(home.path().join("empty.json"), "{}").unwrap();
    fs::write(home.path().join("torn.json"), "{\"schema\": 1,").unwrap();
    fs::write(home.path().join("list.json"), "[1, 2]").unwrap();
    fs::create_dir(home.path().join("folder")).unwrap();
    let before = contents(home.path());
    let demo = ["new", "--demo", "--defaults"];
    for (arguments, told) in REFUSED {
        let output = run(home.path(), &[&demo[..], arguments].concat());
        let err = stderr(&output);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        for part in *told {
            assert!(
                err.contains(part),
                "{arguments:?} does not say {part:?}:\n{err}"
            );
        }
    }
    for file in [
        "absent.json",
        "folder",
        "empty.json",
        "torn.json",
        "list.json",
        "broken.toml",
    ] {
        let output = run(home.path(), &["new", "--defaults", "--snapshot", file]);
        assert_eq!(output.status.code(), Some(1), "{file}");
        assert!(stderr(&output).contains(file), "{}", stderr(&output));
    }
    assert_eq!(contents(home.path()), before, "something was written");
}

#[test]
fn without_a_person_every_missing_answer_is_named_and_how_to_give_it() {
    let home = home();
    let output = run(home.path(), &["new"]);
    insta::assert_snapshot!(stderr(&output));
}

#[test]
fn nobody_is_waited_for() {
    let home = home();
    // An empty pipe that stays open: reading from it would block for ever.
    for arguments in [&["new"][..], &["new", "--demo"], NEW] {
        let output = ended(program(home.path()).args(arguments).stdin(Stdio::piped()));
        let expected = if arguments == NEW { 0 } else { 1 };
        assert_eq!(output.status.code(), Some(expected), "{}", stderr(&output));
    }
}

#[test]
fn a_terminal_behind_a_pipe_is_not_asked() {
    if !crate::support::tools::has_terminals() {
        return;
    }
    use expectrl::{Eof, Expect, Session};
    let home = home();
    // The session gives the shell a controlling terminal; the standard input of the program is a pipe.
    let mut shell = std::process::Command::new("/bin/sh");
    let binary = env!("CARGO_BIN_EXE_rdsproxy-gen");
    shell.args([
        "-c",
        &format!("echo orders | {binary} new --demo; echo ended with $?"),
    ]);
    shell
        .current_dir(home.path())
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("TERM", "xterm");
    let mut session = Session::spawn(shell).unwrap();
    session.set_expect_timeout(Some(PATIENCE));
    let said = session.expect(Eof).unwrap();
    let said = String::from_utf8_lossy(said.as_bytes()).into_owned();
    assert!(
        said.contains("ended with 1") && said.contains("--set"),
        "{said}"
    );
}

#[test]
fn a_dry_run_shows_the_difference_and_writes_nothing() {
    let home = home();
    let dry = [NEW, &["--dry-run"]].concat();
    let output = run(home.path(), &dry);
    assert!(output.status.success() && stdout(&output).contains("Nothing was written"));
    assert!(contents(home.path()).is_empty());

    assert!(run(home.path(), NEW).status.success());
    let before = contents(home.path());
    let changed = [&dry[..], &["--set", "pool.borrow_timeout=7"]].concat();
    let output = run(home.path(), &changed);
    let out = stdout(&output);
    assert!(output.status.success(), "{}", stderr(&output));
    for part in [
        "--- terraform/terraform.tfvars",
        "-  borrow_timeout",
        "+  borrow_timeout               = 7",
        "Nothing was written",
    ] {
        assert!(out.contains(part), "no {part:?} in:\n{out}");
    }
    assert_eq!(contents(home.path()), before);
}

#[test]
fn a_second_run_changes_nothing_and_a_changed_file_is_not_written_over() {
    let home = home();
    assert!(run(home.path(), NEW).status.success());
    let before = contents(home.path());
    let again = run(home.path(), NEW);
    assert!(
        again.status.success() && stdout(&again).contains("Nothing to write"),
        "{}",
        stdout(&again)
    );
    assert_eq!(
        contents(home.path()),
        before,
        "the same answers gave other bytes"
    );

    let edited = home.path().join("project/terraform/modules/proxy/main.tf");
    fs::write(&edited, "# mine\n").unwrap();
    let refused = run(home.path(), NEW);
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        stderr(&refused).contains("terraform/modules/proxy/main.tf")
            && stderr(&refused).contains("--force")
    );
    assert_eq!(fs::read_to_string(&edited).unwrap(), "# mine\n");

    assert!(
        run(home.path(), &[NEW, &["--force"]].concat())
            .status
            .success()
    );
    assert_eq!(contents(home.path()), before);
}

#[test]
fn a_reader_who_leaves_is_no_error_and_a_full_disk_is() {
    let home = home();
    for arguments in [&["man"][..], &["--help"], &["completions", "bash"]] {
        let mut child = program(home.path())
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert!(output.stderr.is_empty(), "{}", stderr(&output));
    }
    let Ok(full) = fs::OpenOptions::new().write(true).open("/dev/full") else {
        crate::support::tools::note("a full disk", "this system has no /dev/full");
        return;
    };
    let status = program(home.path())
        .arg("man")
        .stdout(full)
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(1), "the result did not arrive");
}

/// The user `nobody`, who may write what belongs to it and nothing else.
const NOBODY: u32 = 65534;

/// The program as run by someone whom permissions bind. Root may write everywhere: a copy of the program then runs as
/// `nobody`, to whom the folder belongs.
fn bound(home: &Path, is_root: bool) -> std::process::Command {
    use std::os::unix::process::CommandExt as _;
    if !is_root {
        return program(home);
    }
    let mut command = std::process::Command::new(home.join("rdsproxy-gen"));
    command.env_clear().current_dir(home).stdin(Stdio::null());
    command.uid(NOBODY).gid(NOBODY);
    command
}

/// Gives a folder and a copy of the program in it to `nobody`; an error if `nobody` cannot start that copy.
fn give_away(home: &Path) -> std::io::Result<()> {
    let own = home.join("rdsproxy-gen");
    fs::copy(env!("CARGO_BIN_EXE_rdsproxy-gen"), &own)?;
    fs::set_permissions(&own, fs::Permissions::from_mode(0o755))?;
    for path in [home, &home.join("locked")] {
        std::os::unix::fs::chown(path, Some(NOBODY), Some(NOBODY))?;
    }
    bound(home, true).arg("--version").output().map(drop)
}

#[test]
fn a_folder_that_cannot_be_written_stays_as_it_is() {
    let home = home();
    let locked = home.path().join("locked");
    fs::create_dir(&locked).unwrap();
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o555)).unwrap();
    let is_root = fs::write(locked.join("probe"), "").is_ok();
    if is_root {
        fs::remove_file(locked.join("probe")).unwrap();
        if let Err(error) = give_away(home.path()) {
            let why = format!("root may write everywhere, and nobody may not run here: {error}");
            let brings = "run the tests as another user";
            crate::support::tools::skip("a user without root's rights", &why, brings);
            return;
        }
    }
    let new = |place: &str| {
        let mut command = bound(home.path(), is_root);
        ended(command.args(["new", place, "--demo", "--defaults"]))
    };
    for place in ["locked", "locked/project"] {
        let output = new(place);
        assert_eq!(output.status.code(), Some(1));
        assert!(stderr(&output).contains("locked"), "{}", stderr(&output));
        assert_eq!(fs::read_dir(&locked).unwrap().count(), 0);
    }
    // Beside it the same user may write: it was the folder that refused.
    let output = new("open/project");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
}

#[test]
fn colours_are_for_terminals_that_want_them() {
    if !crate::support::tools::has_terminals() {
        return;
    }
    use expectrl::{Eof, Expect, Session};
    let home = home();
    let said = |variables: &[(&str, &str)]| {
        let mut command = program(home.path());
        command
            .arg("--help")
            .env("TERM", "xterm-256color")
            .envs(variables.iter().copied());
        let mut session = Session::spawn(command).unwrap();
        session.set_expect_timeout(Some(PATIENCE));
        String::from_utf8_lossy(session.expect(Eof).unwrap().as_bytes()).into_owned()
    };
    assert!(said(&[]).contains("\u{1b}["), "a terminal has no colours");
    assert!(!said(&[("NO_COLOR", "1")]).contains("\u{1b}["));
    assert!(!said(&[("TERM", "dumb")]).contains("\u{1b}["));
}
