//! The canonical form of files: their content without comments, layout, the order of unordered members, and purely
//! local names. Two texts of one form have the same meaning to the tools that read them.
//!
//! Nothing is evaluated here: `true` and a variable that is true have different forms. Each language defines its own
//! form: HCL in [`super::terraform`], templates in [`templates`], other trees and plain code in this module.

mod code;
mod data;
mod templates;

use std::collections::{BTreeMap, BTreeSet};

pub use data::parameters;
pub use templates::template;

use crate::domain::evidence::Origin;

/// The parts of some files, by a readable name: `aws_db_proxy.this/require_tls`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// The parts by their names; each name is unique.
    pub parts: BTreeMap<String, FormPart>,
}

/// One part of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormPart {
    /// The canonical text of the part.
    pub text: String,
    /// The same text with the items of every list sorted. Equal for two lists that differ only in order.
    pub unordered: String,
    /// The place in the source.
    pub origin: Origin,
}

/// A part in which two forms differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartChange<'f> {
    /// The name of the part.
    pub name: &'f str,
    /// The part before the change; `None` if it is new.
    pub before: Option<&'f FormPart>,
    /// The part after the change; `None` if it is gone.
    pub after: Option<&'f FormPart>,
}

impl PartChange<'_> {
    /// True if only the order of lists changed.
    pub fn is_order(&self) -> bool {
        match (self.before, self.after) {
            (Some(before), Some(after)) => before.unordered == after.unordered,
            _ => false,
        }
    }
}

impl Form {
    /// Adds a part. Several parts of one name are all kept, under numbered names.
    pub(crate) fn add(&mut self, name: String, part: FormPart) {
        let mut number = 1;
        let mut free = name.clone();
        while self.parts.contains_key(&free) {
            number += 1;
            free = format!("{name} ({number})");
        }
        self.parts.insert(free, part);
    }

    /// Returns the parts in which two forms differ, by name.
    pub fn changes<'f>(&'f self, after: &'f Self) -> Vec<PartChange<'f>> {
        let names: BTreeSet<&String> = self.parts.keys().chain(after.parts.keys()).collect();
        names
            .into_iter()
            .map(|name| PartChange {
                name,
                before: self.parts.get(name),
                after: after.parts.get(name),
            })
            .filter(|change| {
                change.before.map(|part| &part.text) != change.after.map(|part| &part.text)
            })
            .collect()
    }
}

impl FormPart {
    /// Makes a part without lists.
    pub(crate) fn plain(text: String, origin: Origin) -> Self {
        Self {
            unordered: text.clone(),
            text,
            origin,
        }
    }
}

/// Returns the form of a file that belongs to no module and is not a template. Empty for prose, which no tool reads.
pub fn file(path: &str, text: &str) -> Form {
    let name = path.rsplit('/').next().unwrap_or(path);
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    match ending {
        "md" | "markdown" => Form::default(),
        "json" | "yaml" | "yml" => data::tree(path, text),
        "toml" => data::toml(path, text).unwrap_or_else(|_| data::whole(path, text)),
        _ => code::lines(path, text),
    }
}

/// Like [`file()`], but fails for a settings file that cannot be read.
///
/// # Errors
/// Returns the reason if the file cannot be read.
pub fn read(path: &str, text: &str) -> Result<Form, String> {
    if path.ends_with(".toml") {
        data::toml(path, text)
            .map_err(|error| format!("the file cannot be read: {}", error.message()))
    } else {
        Ok(file(path, text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the names of the parts that changed between two texts of a file.
    fn changed(path: &str, before: &str, after: &str) -> Vec<String> {
        let (before, after) = (file(path, before), file(path, after));
        let changes = before.changes(&after).into_iter();
        changes.map(|change| change.name.to_owned()).collect()
    }

    #[test]
    fn what_no_machine_reads_changes_nothing() {
        for (path, before, after) in [
            ("README.md", "# one\n", "other\n"),
            (
                "a.json",
                "{\"a\": 1, \"b\": [1]}",
                "{\n\"b\":[1],\"a\":1}\n",
            ),
            (
                "a.toml",
                "# why\na = 1\n[b]\nc = 'x'\n",
                "b.c = \"x\"\na = 1",
            ),
            (
                "a.sql",
                "-- why\nGRANT x TO y;\n",
                "GRANT   x\n  TO y; /* so */\n",
            ),
            (
                "a.py",
                "# why\nimport os\n\nx = 1\n",
                "import os\nx = 1   \n",
            ),
            ("a.mjs", "// why\nlet a = 1;\n", "let a = 1;\r\n"),
            ("requirements.txt", "boto3==1\n", "# pinned\nboto3==1\n"),
        ] {
            assert_eq!(changed(path, before, after), [""; 0], "{path}");
        }
    }

    #[test]
    fn what_a_machine_reads_is_named() {
        for (path, before, after, name) in [
            (
                "d/a.json",
                "{\"a\": {\"b\": 1}}",
                "{\"a\": {\"b\": 2}}",
                "d/a.json/a/b",
            ),
            (
                "rdsproxy.toml",
                "[pool]\nmax = 1\n",
                "[pool]\nmax = 2\n",
                "rdsproxy.toml/pool/max",
            ),
            ("a.sql", "GRANT x TO y;", "GRANT z TO y;", "a.sql"),
            ("a.sql", "SELECT '--x';", "SELECT '--y';", "a.sql"),
            ("a.py", "a = 1\nb = 2\n", "a = 1\n  b = 2\n", "a.py"),
            (
                "a.mjs",
                "let a = 'https://x';\n",
                "let a = 'https://y';\n",
                "a.mjs",
            ),
            ("a.json", "{", "[", "a.json"),
        ] {
            assert_eq!(changed(path, before, after), [name], "{path}");
        }
    }
}
