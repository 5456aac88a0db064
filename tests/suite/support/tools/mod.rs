//! The real tools: where they are found, how they are run, and what happens if one is unsuitable.
//!
//! A tool that is missing, does not start, is too old or cannot download skips the part of a test that needs it. The
//! skip is printed when it occurs and listed by `tests/summary` at the end of the run; with `CI=true` it is a failure
//! with the same message. What a tool answered to the same input before is not asked again: [`Kept`].

mod kept;
#[allow(dead_code, reason = "the summary lists")]
mod listed;
mod probe;
#[allow(dead_code, reason = "the summary reads it")]
mod record;
mod table;
mod tested;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::panic::Location;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Mutex;

use probe::Found;
use record::{Entry, Kind};
use table::TOOLS;

pub(crate) use kept::{Answer, Input, Kept};
pub(crate) use probe::{is_at_least, version_in};

/// True on CI, where a skip is a failure.
pub(crate) fn on_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| value == "true")
}

/// The path of a suitable tool, or `None` after its absence was recorded.
#[track_caller]
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let tool = TOOLS.iter().find(|tool| tool.name == name);
    let tool = tool.unwrap_or_else(|| panic!("no row of TOOLS is named {name}"));
    match probed(name) {
        Ok(found) => {
            record(Kind::Used, name, (&found.version, ""));
            Some(found.path)
        }
        Err(reason) => {
            skip(name, &reason, tool.brings);
            None
        }
    }
}

/// Probes a tool. Each tool is probed only once.
fn probed(name: &str) -> Result<Found, String> {
    static ASKED: Mutex<BTreeMap<&str, Result<Found, String>>> = Mutex::new(BTreeMap::new());
    let tool = TOOLS.iter().find(|tool| tool.name == name).unwrap();
    // A poisoned lock is used all the same: a panic in here would be repeated for the next caller anyway.
    let mut asked = ASKED
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner());
    let path = std::env::var_os("PATH").unwrap_or_default();
    asked
        .entry(tool.name)
        .or_insert_with(|| probe::probe(tool, &path))
        .clone()
}

/// Skips a part that needs something this machine lacks. On CI, this is a failure.
#[track_caller]
pub(crate) fn skip(what: &str, reason: &str, brings: &str) {
    assert!(!on_ci(), "{what}: {reason}; to have it: {brings}");
    record(Kind::Skipped, what, (reason, brings));
}

/// Skips a part for a reason that also applies on CI.
#[track_caller]
pub(crate) fn note(what: &str, reason: &str) {
    record(Kind::Noted, what, (reason, ""));
}

#[track_caller]
fn record(kind: Kind, tool: &str, (detail, brings): (&str, &str)) {
    static RECORDED: Mutex<BTreeSet<Entry>> = Mutex::new(BTreeSet::new());
    // libtest names the thread of a test after it; work in other threads is identified by its source location.
    let thread = std::thread::current();
    let place = Location::caller();
    let test = match thread.name() {
        Some(name) if name.contains("::") => name.to_owned(),
        _ => format!("{}:{}", place.file(), place.line()),
    };
    let entry = Entry {
        kind,
        tool: tool.to_owned(),
        detail: detail.to_owned(),
        brings: brings.to_owned(),
        test,
    };
    let mut recorded = RECORDED
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner());
    let is_news = !recorded
        .iter()
        .any(|known| known.kind == kind && known.tool == tool);
    if recorded.insert(entry.clone()) {
        record::add(&entry);
    }
    if is_news && matches!(kind, Kind::Skipped | Kind::Noted) {
        // Unlike `eprintln!`, writing to the handle itself is not captured.
        let end = if brings.is_empty() {
            String::new()
        } else {
            format!("; to have it: {brings}")
        };
        let _ = writeln!(std::io::stderr(), "{}: {tool}: {detail}{end}", kind.word());
    }
}

/// True if this machine can give a program its own terminal.
#[track_caller]
pub(crate) fn has_terminals() -> bool {
    let device = "/dev/ptmx";
    let opened = std::fs::OpenOptions::new()
        .read(true)
        .write(true)
        .open(device);
    if let Err(error) = &opened {
        skip(
            "pseudo-terminals",
            &format!("{device}: {error}"),
            "a system or container with devpts mounted",
        );
    }
    opened.is_ok()
}

/// Runs a command that must succeed and returns its output.
pub(crate) fn run(what: &str, command: &mut Command) -> String {
    let output = output(command);
    let said = said(&output);
    assert!(output.status.success(), "{what}: {}\n{said}", output.status);
    said
}

/// Runs a command that may fail.
pub(crate) fn output(command: &mut Command) -> Output {
    offline(command)
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"))
}

/// Removes all environment variables that lead to an account or a registry.
pub(crate) fn offline(command: &mut Command) -> &mut Command {
    command
        .env_remove("TF_CLI_CONFIG_FILE")
        .env("CHECKPOINT_DISABLE", "1")
        .env("AWS_ACCESS_KEY_ID", "testing")
        .env("AWS_SECRET_ACCESS_KEY", "testing")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env_remove("AWS_PROFILE")
        .env_remove("AWS_CA_BUNDLE")
}

/// Both output streams as text.
pub(crate) fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr]
        .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
        .concat()
}

/// Copies a folder without the files that tools leave behind.
pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        match path.is_dir() {
            true if path.ends_with(".terraform") => {}
            true => copy(&path, &target),
            false => {
                std::fs::copy(&path, &target).unwrap();
            }
        }
    }
}
