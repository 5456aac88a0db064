//! The content of rendered files as entries: the keys that lead to a value, and the value in canonical form. Two
//! inventories are compared entry by entry; comments, layout, and the file that contains a block make no difference.
//!
//! Nothing is evaluated and nothing is left out: a file that cannot be parsed is an error, and a file of unknown kind
//! is one entry.

mod comments;
mod template;
mod terraform;

use std::collections::BTreeMap;

use crate::domain::baseline::digest;
use crate::domain::evidence::Origin;
use crate::domain::pack::allowance::{AskedSpec, EntryChange, EntryDifference, FileLanguage};
use crate::language::form;

/// A value with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The type of the resource or data source that the value belongs to; empty if it belongs to none.
    pub kind: String,
    /// The value in canonical form; `{}` and `[]` for a value that contains other entries.
    pub value: String,
    /// The place of the value in the rendered file.
    pub origin: Origin,
}

/// The key by which an entry is compared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct EntryKey {
    language: FileLanguage,
    /// The folder or the file that the entry belongs to.
    home: String,
    /// The keys that lead to the value.
    keys: Vec<String>,
}

/// The entries of a set of files.
#[derive(Clone, Debug, Default)]
pub struct Inventory {
    entries: BTreeMap<EntryKey, Entry>,
}

/// The entries of one file with their keys.
type Entries = Vec<(Vec<String>, Entry)>;

/// The message for a file that cannot be parsed, and the place of the error.
type Unread = (String, Origin);

/// Reads the entries of files, given as pairs of path and text.
///
/// # Errors
/// All files that cannot be parsed.
pub fn inventory<'f>(
    files: impl IntoIterator<Item = (&'f str, &'f str)>,
) -> Result<Inventory, Vec<Unread>> {
    let mut inventory = Inventory::default();
    let mut unread = Vec::new();
    for (path, text) in files {
        let language = language(path);
        // All Terraform files of a folder form one module, so the folder identifies a block.
        let home = match (language, path.rsplit_once('/')) {
            (FileLanguage::Terraform, Some((folder, _))) => folder,
            (FileLanguage::Terraform, None) => "",
            _ => path,
        };
        match entries(language, path, text) {
            Ok(entries) => {
                for (keys, entry) in entries {
                    let home = home.to_owned();
                    let key = EntryKey {
                        language,
                        home,
                        keys,
                    };
                    inventory.add(key, entry);
                }
            }
            Err(error) => unread.push(error),
        }
    }
    if unread.is_empty() {
        Ok(inventory)
    } else {
        Err(unread)
    }
}

/// The language of a file, by its name and folder.
fn language(path: &str) -> FileLanguage {
    let name = path.rsplit('/').next().unwrap_or(path);
    let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    // Files of programs have familiar endings too, such as `requirements.txt`.
    let is_program = ["/clients/", "/sql/", "/tests/"]
        .iter()
        .any(|folder| path.contains(folder));
    match () {
        () if is_program => FileLanguage::Other,
        () if ends(&[".tf", ".tofu"]) => FileLanguage::Terraform,
        () if ends(&[".tfvars"]) => FileLanguage::Values,
        () if ends(&[".yaml", ".yml"]) => FileLanguage::CloudFormation,
        () if ends(&[".md", ".txt"]) => FileLanguage::Text,
        () => FileLanguage::Other,
    }
}

fn entries(language: FileLanguage, path: &str, text: &str) -> Result<Entries, Unread> {
    let mut found = match language {
        FileLanguage::Terraform | FileLanguage::Values => terraform::entries(path, text)?,
        FileLanguage::CloudFormation => template::entries(path, text)?,
        FileLanguage::Other if path.ends_with(".hcl") => terraform::entries(path, text)?,
        FileLanguage::Other => by_form(path, text),
        FileLanguage::Text => return Ok(vec![whole(path, text)]),
    };
    found.extend(comments::entries(path, text));
    Ok(found)
}

fn whole(path: &str, text: &str) -> (Vec<String>, Entry) {
    let entry = Entry {
        kind: String::new(),
        value: digest(text),
        origin: Origin::at(path, 1, 1),
    };
    (vec!["text".to_owned()], entry)
}

/// Entries of code and data without a parser here, cut by their canonical form.
fn by_form(path: &str, text: &str) -> Entries {
    let form = form::file(path, text);
    let parts = form.parts.into_iter().map(|(name, part)| {
        let entry = Entry {
            kind: String::new(),
            value: part.text,
            origin: part.origin,
        };
        (vec![name], entry)
    });
    // An entry for the file itself, so that an empty file is in the inventory too.
    parts.chain([present(path)]).collect()
}

fn present(path: &str) -> (Vec<String>, Entry) {
    let entry = Entry {
        kind: String::new(),
        value: "{}".to_owned(),
        origin: Origin::at(path, 1, 1),
    };
    (Vec::new(), entry)
}

impl Inventory {
    /// Adds an entry. If its keys are taken, they get a number, so that no entry is lost.
    fn add(&mut self, mut key: EntryKey, entry: Entry) {
        let last = key.keys.last().cloned().unwrap_or_default();
        let mut number = 1;
        while self.entries.contains_key(&key) {
            number += 1;
            key.keys.pop();
            key.keys.push(format!("{last} ({number})"));
        }
        self.entries.insert(key, entry);
    }

    /// True if this inventory contains the block or resource that the keys lead into.
    fn has_block(&self, key: &EntryKey) -> bool {
        let block = &key.keys[..key.keys.len().min(depth(key.language, &key.keys))];
        let start = EntryKey {
            keys: block.to_vec(),
            ..key.clone()
        };
        let next = self.entries.range(start..).next();
        next.is_some_and(|(found, _)| {
            found.language == key.language
                && found.home == key.home
                && found.keys.starts_with(block)
        })
    }

    /// Returns the differences between this inventory and the later one, in the order of the keys.
    pub fn differences<'i>(
        &'i self,
        after: &'i Self,
        asked: AskedSpec<'i>,
    ) -> Vec<(EntryDifference<'i>, &'i Origin)> {
        let keys: std::collections::BTreeSet<&EntryKey> =
            self.entries.keys().chain(after.entries.keys()).collect();
        keys.into_iter()
            .filter_map(|key| self.difference(after, key, asked))
            .collect()
    }

    fn difference<'i>(
        &'i self,
        after: &'i Self,
        key: &'i EntryKey,
        asked: AskedSpec<'i>,
    ) -> Option<(EntryDifference<'i>, &'i Origin)> {
        let (before, now) = (self.entries.get(key), after.entries.get(key));
        let change = match (before, now) {
            (Some(before), Some(now)) if before.value == now.value && before.kind == now.kind => {
                return None;
            }
            (Some(_), Some(_)) => EntryChange::Changed,
            (Some(_), None) => EntryChange::Removed,
            (None, _) if self.has_block(key) => EntryChange::Added,
            (None, _) => EntryChange::New,
        };
        let there = now.or(before)?;
        let difference = EntryDifference {
            language: key.language,
            path: &key.keys,
            kind: &there.kind,
            change,
            before: before.map(|entry| entry.value.as_str()),
            after: now.map(|entry| entry.value.as_str()),
            asked,
        };
        Some((difference, &there.origin))
    }
}

/// The number of keys that name a block or resource; the remaining ones lead to a value inside it.
fn depth(language: FileLanguage, keys: &[String]) -> usize {
    let first = keys.first().map_or("", String::as_str);
    match (language, first) {
        (FileLanguage::Terraform, "resource" | "data" | "ephemeral") => 3,
        (FileLanguage::Terraform, _) | (FileLanguage::CloudFormation, _) => 2,
        (FileLanguage::Values | FileLanguage::Text | FileLanguage::Other, _) => 1,
    }
}

/// The keys used so far, each with the number of uses.
#[derive(Debug, Default)]
struct TakenKeys(BTreeMap<Vec<String>, usize>);

impl TakenKeys {
    /// Returns the keys; if they were used before, the last one gets a number.
    fn free(&mut self, mut keys: Vec<String>) -> Vec<String> {
        let count = self.0.entry(keys.clone()).or_default();
        *count += 1;
        if let (2.., Some(last)) = (*count, keys.last_mut()) {
            last.push_str(&format!(" ({count})"));
        }
        keys
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKED: AskedSpec<'_> = AskedSpec {
        proxy: "orders-proxy",
        has_topic: false,
        retention_days: 365,
        allowed: &[],
    };

    /// The differences between two texts of a file, as `change keys: after`.
    fn differing(path: &str, before: &str, after: &str) -> Vec<String> {
        let read = |text| inventory([(path, text)]).unwrap();
        let (before, after) = (read(before), read(after));
        let shown = |(one, _): (EntryDifference<'_>, &Origin)| {
            let after = one.after.unwrap_or("-");
            format!("{:?} {}: {after}", one.change, one.path.join("/"))
        };
        let found = before.differences(&after, ASKED);
        found.into_iter().map(shown).collect()
    }

    #[test]
    fn comments_layout_and_order_are_no_difference() {
        for (path, before, after) in [
            (
                "t/main.tf",
                "resource \"a\" \"b\" {\n  x = [1, \"c\"]\n  y = { a = 1, b = 2 }\n  z { w = 1 }\n}\n",
                "# why\nresource \"a\" \"b\" {\n  y = {\n    b = 2\n    a = 1\n  }\n  x = [\n    1, # one\n    \"c\",\n  ]\n  z {\n    w = 1\n  }\n}\n",
            ),
            (
                "c/template.yaml",
                "Resources:\n  A: {Type: T, Properties: {B: !GetAtt C.D, E: true}}\n",
                "# why\nResources:\n  A:\n    Properties:\n      E: \"true\"\n      B: {\"Fn::GetAtt\": [C, D]}\n    Type: T\n",
            ),
            ("t/sql/a.sql", "SELECT 1;", "-- one\nSELECT  1;\n"),
        ] {
            assert_eq!(differing(path, before, after), [""; 0], "{path}");
        }
    }

    const BLOCK: &str = "resource \"a\" \"b\" {\n  x = 1\n}\n";
    const TEMPLATE: &str = "Resources:\n  A: {Type: T, Properties: {B: 1}}\n";

    /// The path of a file, its text before and after, and the expected differences.
    type Case = (
        &'static str,
        &'static str,
        &'static str,
        &'static [&'static str],
    );

    const CASES: &[Case] = &[
        (
            "t/main.tf",
            BLOCK,
            "resource \"a\" \"b\" {\n  x = \"${var.y}\"\n  lifecycle {\n    ignore_changes = all\n  }\n}\n",
            &[
                "Added resource/a/b/lifecycle: {}",
                "Added resource/a/b/lifecycle/ignore_changes: all",
                "Changed resource/a/b/x: var.y",
            ],
        ),
        (
            "t/main.tf",
            BLOCK,
            "",
            &["Removed resource/a/b: -", "Removed resource/a/b/x: -"],
        ),
        (
            "t/main.tf",
            BLOCK,
            "moved {\n  from = a.b\n  to = a.c\n}\nresource \"a\" \"b\" {\n  x = 1\n  provisioner \"local-exec\" {}\n}\n",
            &[
                "New moved: {}",
                "New moved/from: a.b",
                "New moved/to: a.c",
                "Added resource/a/b/provisioner/local-exec: {}",
            ],
        ),
        (
            "t/main.tf",
            BLOCK,
            "resource \"a\" \"b\" {\n  x = 1 # rdsproxy-gen:ignore secret-shared reason=\"x\" until=2099-01-01\n}\n# checkov:skip=A:b\n",
            &[
                "New skip/checkov:skip=A:b: {}",
                "New waiver/secret-shared: {}",
            ],
        ),
        (
            "t/main.tf",
            "locals {\n  a = \"$${x}\"\n}\n",
            "locals {\n  a = \"${x}\"\n}\n",
            &["Changed locals/a: x"],
        ),
        (
            "c/template.yaml",
            TEMPLATE,
            "Transform: X\nResources:\n  A: {Type: T, Metadata: {rdsproxy-gen: 1}, Properties: {B: !If [C, 1, 2]}}\n",
            &[
                "Added Resources/A/Metadata: {}",
                "Added Resources/A/Metadata/rdsproxy-gen: \"1\"",
                "Changed Resources/A/Properties/B: !If [\"C\", \"1\", \"2\"]",
                "New Transform: \"X\"",
            ],
        ),
        (
            "t/clients/requirements.txt",
            "a==1\n",
            "a==2\n",
            &["Changed t/clients/requirements.txt: a==2\n"],
        ),
    ];

    #[test]
    fn whatever_is_added_changed_or_gone_is_an_entry() {
        for (path, before, after, expected) in CASES {
            assert_eq!(differing(path, before, after), *expected, "{after}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_an_error_with_its_place() {
        for (path, text, place) in [
            ("main.tf", "resource \"a\" {\n", "main.tf:"),
            ("template.yaml", "A: [", "template.yaml:"),
            ("template.yaml", "A: 1\nA: 2\n", "template.yaml:2:1"),
        ] {
            let unread = inventory([(path, text)]).unwrap_err();
            assert!(unread[0].1.to_string().starts_with(place), "{unread:?}");
        }
    }
}
