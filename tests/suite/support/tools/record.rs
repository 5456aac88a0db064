//! The record of tools used and skipped in a test run: written by the suite, read by `tests/summary`, which also
//! compiles this file.
//!
//! libtest hides the output of passing tests, so the suite writes a file. Its name contains the process id of the
//! parent (one `cargo test` starts both programs) and the time that parent started, so that the record of another run
//! is never mistaken for this one.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The outcome for a tool.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Kind {
    Used,
    Skipped,
    /// Skipped for a reason that is not a fault of the machine; accepted on CI.
    Noted,
    /// Not asked, since it answered to the same input in an earlier run.
    Kept,
}

impl Kind {
    const WORDS: [(Self, &'static str); 4] = [
        (Self::Used, "used"),
        (Self::Skipped, "skipped"),
        (Self::Noted, "noted"),
        (Self::Kept, "kept"),
    ];

    pub(crate) fn word(self) -> &'static str {
        Self::WORDS[self as usize].1
    }

    fn of(word: &str) -> Option<Self> {
        let mut known = Self::WORDS.iter();
        known
            .find(|(_, known)| *known == word)
            .map(|(kind, _)| *kind)
    }
}

/// One line of the record.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Entry {
    pub(crate) kind: Kind,
    pub(crate) tool: String,
    /// The version of the tool that was used or gave a kept answer, or the reason why it was not used.
    pub(crate) detail: String,
    /// The command that installs the tool, or where to get it.
    pub(crate) brings: String,
    pub(crate) test: String,
}

impl Entry {
    fn line(&self) -> String {
        let fields = [
            self.kind.word(),
            &self.tool,
            &self.detail,
            &self.brings,
            &self.test,
        ];
        let fields = fields.map(|field| field.split_whitespace().collect::<Vec<_>>().join(" "));
        fields.join("\t") + "\n"
    }

    fn of(line: &str) -> Option<Self> {
        let fields: Vec<&str> = line.split('\t').collect();
        let [kind, tool, detail, brings, test] = fields.as_slice() else {
            return None;
        };
        let [tool, detail, brings, test] =
            [tool, detail, brings, test].map(|field| (*field).to_owned());
        Some(Self {
            kind: Kind::of(kind)?,
            tool,
            detail,
            brings,
            test,
        })
    }
}

const PREFIX: &str = "tools-of-run-";

/// Cargo's folder for tests, and the system's, for tests that run on another machine or may not write to the first one.
fn folders() -> [PathBuf; 2] {
    [
        PathBuf::from(env!("CARGO_TARGET_TMPDIR")),
        std::env::temp_dir(),
    ]
}

/// The name of the record, made from the process that started both programs.
fn name() -> String {
    let parent = parent();
    // Field 22 of /proc/PID/stat, the 20th after the name in parentheses: process ids are reused, this time is not.
    let began = fs::read_to_string(format!("/proc/{parent}/stat")).unwrap_or_default();
    let began = began.rsplit_once(") ").map_or("", |(_, rest)| rest);
    let began = began.split(' ').nth(19).unwrap_or("0");
    format!("{PREFIX}{parent}-{began}")
}

#[cfg(unix)]
fn parent() -> u32 {
    std::os::unix::process::parent_id()
}

#[cfg(not(unix))]
fn parent() -> u32 {
    0
}

/// Adds a line. If the file cannot be written, the line is lost here, but it was shown on the screen.
pub(crate) fn add(entry: &Entry) {
    for folder in folders() {
        let open = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(folder.join(name()));
        // One call per line, so that lines of several processes do not mix.
        if let Ok(mut file) = open
            && file.write_all(entry.line().as_bytes()).is_ok()
        {
            return;
        }
    }
}

/// Reads all entries of this run, sorted and without duplicates, and deletes the files, including those that no summary
/// read.
pub(crate) fn take() -> Vec<Entry> {
    let mut entries = Vec::new();
    for folder in folders() {
        let path = folder.join(name());
        let text = fs::read_to_string(&path).unwrap_or_default();
        let _ = fs::remove_file(path);
        entries.extend(text.lines().filter_map(Entry::of));
        forget(&folder);
    }
    entries.sort();
    entries.dedup();
    entries
}

/// Removes the records of runs that failed before their summary once they are a day old.
fn forget(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let modified = entry.metadata().and_then(|about| about.modified()).ok();
        let age = modified.and_then(|then| then.elapsed().ok());
        let is_record = entry.file_name().to_string_lossy().starts_with(PREFIX);
        if is_record && age.is_some_and(|age| age.as_secs() > 24 * 60 * 60) {
            let _ = fs::remove_file(entry.path());
        }
    }
}
