//! The cases of `--fix` in their text form. Each file of `cases` is one case:
//!
//! ```text
//! # what it is about
//! #! crlf bom bare            lines end with CRLF; a byte order mark; no newline at the end
//! == main.tf                  a file before
//! => main.tf                  the same afterwards, where it changes
//! -- told                     what the run says of it
//! ```
//!
//! `UPDATE=1` writes the results after the input files; the change must then be reviewed.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A parsed case.
pub(super) struct Case {
    pub(super) name: String,
    head: String,
    pub(super) before: BTreeMap<String, String>,
    pub(super) after: BTreeMap<String, String>,
    pub(super) told: String,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/auditing/fix/cases")
}

/// Every case, by name.
pub(super) fn cases() -> Vec<Case> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths.iter().map(|path| Case::read(path)).collect()
}

impl Case {
    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap();
        let mut case = Self {
            name: path.file_stem().unwrap().to_str().unwrap().to_owned(),
            head: String::new(),
            before: BTreeMap::new(),
            after: BTreeMap::new(),
            told: String::new(),
        };
        let mut into = &mut case.head;
        for line in text.split_inclusive('\n') {
            let trimmed = line.trim_end_matches('\n');
            into = match (trimmed.get(..3), trimmed.get(3..)) {
                (Some("== "), Some(name)) => case.before.entry(name.to_owned()).or_default(),
                (Some("=> "), Some(name)) => case.after.entry(name.to_owned()).or_default(),
                (Some("-- "), Some("told")) => &mut case.told,
                _ => {
                    into.push_str(line);
                    into
                }
            };
        }
        for (name, text) in &case.before {
            let unchanged = || text.clone();
            case.after.entry(name.clone()).or_insert_with(unchanged);
        }
        case
    }

    fn has(&self, word: &str) -> bool {
        let mut options = self
            .head
            .lines()
            .filter_map(|line| line.strip_prefix("#! "));
        options.any(|options| options.split(' ').any(|option| option == word))
    }

    /// The bytes that a text of the case represents.
    pub(super) fn bytes(&self, text: &str) -> String {
        let mut text = text.to_owned();
        if self.has("bare") {
            text.truncate(text.trim_end_matches('\n').len());
        }
        if self.has("crlf") {
            text = text.replace('\n', "\r\n");
        }
        let mark = if self.has("bom") { "\u{feff}" } else { "" };
        format!("{mark}{text}")
    }

    /// The text of the case that represents the bytes.
    fn text(&self, bytes: &str) -> String {
        let mut text = bytes.trim_start_matches('\u{feff}').to_owned();
        if self.has("crlf") {
            text = text.replace("\r\n", "\n");
        }
        if !text.ends_with('\n') {
            text.push('\n');
        }
        text
    }

    /// Writes the actual result into the case.
    pub(super) fn update(&self, after: &BTreeMap<String, String>, told: &str) {
        let mut text = self.head.clone();
        for (name, before) in &self.before {
            text.push_str(&format!("== {name}\n{before}"));
        }
        for (name, bytes) in after {
            let after = self.text(bytes);
            if after != self.before[name] {
                text.push_str(&format!("=> {name}\n{after}"));
            }
        }
        text.push_str(&format!("-- told\n{told}"));
        fs::write(folder().join(format!("{}.txt", self.name)), text).unwrap();
    }
}
