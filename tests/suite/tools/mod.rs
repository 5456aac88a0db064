//! The real tools: where they are, how they are run, and what happens where one will not do.
//!
//! A tool that is missing, does not start, is too old or cannot download skips the part of a test that needs it. The skip is shown
//! once when it happens and listed by `tests/summary` at the end of the run; with `CI=true` it is a failure with the same words.

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

pub(crate) use probe::{is_at_least, version_in};

/// True on CI, where a skip is a failure.
fn on_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| value == "true")
}

/// The path of a tool that will do, or `None` after its absence was recorded.
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

/// Each tool is asked once.
fn probed(name: &str) -> Result<Found, String> {
    static ASKED: Mutex<BTreeMap<&str, Result<Found, String>>> = Mutex::new(BTreeMap::new());
    let tool = TOOLS.iter().find(|tool| tool.name == name).unwrap();
    // What panics here would do so again for the next one who asks.
    let mut asked = ASKED
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner());
    let path = std::env::var_os("PATH").unwrap_or_default();
    asked
        .entry(tool.name)
        .or_insert_with(|| probe::probe(tool, &path))
        .clone()
}

/// Skips what needs something that this machine does not have. On CI that is a failure.
#[track_caller]
pub(crate) fn skip(what: &str, reason: &str, brings: &str) {
    assert!(!on_ci(), "{what}: {reason}; to have it: {brings}");
    record(Kind::Skipped, what, (reason, brings));
}

/// Leaves something out for a reason that CI has to live with too.
#[track_caller]
pub(crate) fn note(what: &str, reason: &str) {
    record(Kind::Noted, what, (reason, ""));
}

#[track_caller]
fn record(kind: Kind, tool: &str, (detail, brings): (&str, &str)) {
    static RECORDED: Mutex<BTreeSet<Entry>> = Mutex::new(BTreeSet::new());
    // libtest names the thread of a test after it; work that a test gives to other threads is named by its place.
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
    if is_news && kind != Kind::Used {
        // The handle itself is not captured, unlike `eprintln!`.
        let end = if brings.is_empty() {
            String::new()
        } else {
            format!("; to have it: {brings}")
        };
        let _ = writeln!(std::io::stderr(), "{}: {tool}: {detail}{end}", kind.word());
    }
}

/// Whether this machine gives a program a terminal of its own.
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

/// Runs a command, and gives what it said when it succeeded.
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

/// Without anything of the surroundings that leads to an account or a registry.
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

/// Both streams, as text.
pub(crate) fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr]
        .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
        .concat()
}

/// Copies a folder, without what tools leave behind.
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
