//! The form of data files: every value under the keys that lead to it.

use std::collections::BTreeMap;

use super::templates::Canon;
use super::{Form, FormPart};
use crate::domain::evidence::Origin;
use crate::language::yaml;
use crate::language::yaml::Tree;

/// The maximum depth at which a value is a part of its own. Deeper values belong to the part of their parent.
const NAMED_DEPTH: usize = 4;

/// Returns the form of JSON or YAML. A text that cannot be read is one part.
pub(super) fn tree(path: &str, text: &str) -> Form {
    let mut form = Form::default();
    match yaml::load(text) {
        Ok(Some(tree)) => {
            let form = &mut form;
            DataParts { path, form }.add(path, &tree, NAMED_DEPTH);
        }
        Ok(None) => {}
        Err(_) => form.add(
            path.to_owned(),
            FormPart::plain(text.trim().to_owned(), Origin::at(path, 1, 1)),
        ),
    }
    form
}

/// Returns the form of the values of a template's parameters. Whether the order of a list matters is only known where
/// the parameter is used.
pub fn parameters(path: &str, values: &BTreeMap<String, (String, Origin)>) -> Form {
    let mut form = Form::default();
    for (name, (text, origin)) in values {
        let mut items: Vec<&str> = text.split(',').map(str::trim).collect();
        items.sort_unstable();
        let part = FormPart {
            text: text.clone(),
            unordered: items.join(","),
            origin: origin.clone(),
        };
        form.add(format!("{path}/{name}"), part);
    }
    form
}

/// The parts of one data file.
struct DataParts<'f> {
    /// The path of the file.
    path: &'f str,
    /// The form to which they are added.
    form: &'f mut Form,
}

impl DataParts<'_> {
    /// Adds a value: each of its members as a part of its own, down to a depth.
    fn add(&mut self, name: &str, tree: &Tree, depth: usize) {
        if depth > 0 && !tree.members().is_empty() && tree.tag.is_none() {
            for (key, value) in tree.members() {
                self.add(&format!("{name}/{}", key.text), value, depth - 1);
            }
            return;
        }
        let part = Canon::default().part(tree, self.path);
        self.form.add(name.to_owned(), part);
    }
}

/// Returns the form of TOML, with one part for each member of a table.
pub(super) fn toml(path: &str, text: &str) -> Result<Form, toml::de::Error> {
    let mut form = Form::default();
    let table = text.parse::<toml::Table>()?;
    add_toml(&mut form, path, &toml::Value::Table(table), path);
    Ok(form)
}

/// Returns a text that cannot be read as one part.
pub(super) fn whole(path: &str, text: &str) -> Form {
    let mut form = Form::default();
    let part = FormPart::plain(text.trim().to_owned(), Origin::at(path, 1, 1));
    form.add(path.to_owned(), part);
    form
}

fn add_toml(form: &mut Form, name: &str, value: &toml::Value, path: &str) {
    match value {
        toml::Value::Table(table) => {
            for (key, value) in table {
                add_toml(form, &format!("{name}/{key}"), value, path);
            }
        }
        toml::Value::Array(items) if items.iter().any(toml::Value::is_table) => {
            for (index, item) in items.iter().enumerate() {
                add_toml(form, &format!("{name}/{index}"), item, path);
            }
        }
        other => form.add(
            name.to_owned(),
            FormPart::plain(other.to_string(), Origin::document(path)),
        ),
    }
}
