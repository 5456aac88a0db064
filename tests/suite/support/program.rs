//! The real binary as a user starts it, in an environment without any settings of this machine.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// The binary, in a folder, with an empty environment and no standard input.
pub(crate) fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rdsproxy-gen"));
    command.env_clear().current_dir(folder).stdin(Stdio::null());
    command
}

/// Longer than any run takes, even on a slow or busy machine, so only endless runs exceed it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(600);

/// Runs the program to its end; a run that waits for input is killed and fails the test.
pub(crate) fn ended(command: &mut Command) -> Output {
    let shown = format!("{command:?}");
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // Both pipes are read during the run, so that long output does not block it.
    let (out, err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let readers = (
        std::thread::spawn(move || all_of(out)),
        std::thread::spawn(move || all_of(err)),
    );
    let began = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if began.elapsed() > PATIENCE {
            child.kill().unwrap();
            panic!("it hangs: {shown}");
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    Output {
        status,
        stdout: readers.0.join().unwrap(),
        stderr: readers.1.join().unwrap(),
    }
}

fn all_of(mut stream: impl std::io::Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    bytes
}

/// The standard output as text.
pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The standard error as text.
pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Writes a project as its baseline records it.
pub(crate) fn write_recorded(project: &Path, baseline: &str) {
    let write = |path: &str, text: &str| {
        let path = project.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let recorded: serde_json::Value = serde_json::from_str(baseline).unwrap();
    for (path, file) in recorded["files"].as_object().unwrap() {
        write(path, file["text"].as_str().unwrap());
    }
    write(rdsproxy_gen::domain::baseline::BASELINE_PATH, baseline);
}

/// Every file below a folder by its path, with its bytes; an empty folder has an entry of its own.
pub(crate) fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    collect(folder, "", &mut found);
    found
}

fn collect(folder: &Path, prefix: &str, found: &mut BTreeMap<String, Vec<u8>>) {
    let entries: Vec<_> = fs::read_dir(folder).unwrap().flatten().collect();
    if entries.is_empty() && !prefix.is_empty() {
        found.insert(prefix.to_owned(), Vec::new());
    }
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type().unwrap().is_dir() {
            collect(&entry.path(), &format!("{prefix}{name}/"), found);
        } else {
            found.insert(format!("{prefix}{name}"), fs::read(entry.path()).unwrap());
        }
    }
}
