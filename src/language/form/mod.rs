//! The form of files: what they say, apart from how it is written. Comments, layout, the order of what has no order, and the
//! names of what is only a name are gone. Two texts of one form mean the same to whoever reads them.
//!
//! Nothing is evaluated here: `true` and a variable that is true have different forms. What a form is made of, each language
//! knows: HCL [`super::terraform`], templates [`templates`], other trees and plain code this module.

mod code;
mod data;
mod templates;

use std::collections::{BTreeMap, BTreeSet};

pub use data::parameters;
pub use templates::template;

use crate::domain::evidence::Origin;

/// The parts of some files, by a name that people know: `aws_db_proxy.this/require_tls`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// The parts, each once.
    pub parts: BTreeMap<String, FormPart>,
}

/// A part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormPart {
    /// What it says.
    pub text: String,
    /// The same with every list in the order of its items: alike for lists whose order may mean nothing.
    pub unordered: String,
    /// Where it stands.
    pub origin: Origin,
}

/// A part that two forms do not share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartChange<'f> {
    /// Its name.
    pub name: &'f str,
    /// Before; `None` where it is new.
    pub before: Option<&'f FormPart>,
    /// After; `None` where it is gone.
    pub after: Option<&'f FormPart>,
}

impl PartChange<'_> {
    /// True where only the order of lists changed.
    pub fn is_order(&self) -> bool {
        match (self.before, self.after) {
            (Some(before), Some(after)) => before.unordered == after.unordered,
            _ => false,
        }
    }
}

impl Form {
    /// Adds a part; of several with one name, each counts.
    pub(crate) fn add(&mut self, name: String, part: FormPart) {
        let mut number = 1;
        let mut free = name.clone();
        while self.parts.contains_key(&free) {
            number += 1;
            free = format!("{name} ({number})");
        }
        self.parts.insert(free, part);
    }

    /// What differs, by name.
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
    /// A part without lists.
    pub(crate) fn plain(text: String, origin: Origin) -> Self {
        Self {
            unordered: text.clone(),
            text,
            origin,
        }
    }
}

/// The form of a file that belongs to no module and is no template; none for prose, which means nothing to a machine.
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

/// The same, where a file of settings has to be readable.
///
/// # Errors
/// When it is not: why.
pub fn read(path: &str, text: &str) -> Result<Form, String> {
    match path.ends_with(".toml") {
        true => data::toml(path, text)
            .map_err(|error| format!("the file cannot be read: {}", error.message())),
        false => Ok(file(path, text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names of what changed between two texts of a file.
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
