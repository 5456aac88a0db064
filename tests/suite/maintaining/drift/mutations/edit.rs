//! The cases as written, and how an edit is made. tests/tools/mutate_project.py does the same for other tools.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::folder;

/// A case of the tables.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    pub(super) name: String,
    #[serde(default = "demo")]
    pub(super) project: String,
    pub(super) expect: String,
    /// A second answer that a careful reader would accept.
    #[serde(rename = "or")]
    other: Option<String>,
    /// The reason why Terraform plans nothing although the edit is not cosmetic.
    pub(super) unplanned: Option<String>,
    /// The reason why Terraform's plan does not concern the project, if drift reports the change separately.
    pub(super) beside: Option<String>,
    pub(super) at: Option<String>,
    pub(super) edits: Vec<Edit>,
}

impl Case {
    /// The accepted answers.
    pub(super) fn accepted(&self) -> impl Iterator<Item = &str> {
        [Some(&self.expect), self.other.as_ref()]
            .into_iter()
            .flatten()
            .map(String::as_str)
    }
}

fn demo() -> String {
    "demo".to_owned()
}

/// An operation on a file: one of the fields below.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Edit {
    file: String,
    /// Deletes the file.
    #[serde(default)]
    remove: bool,
    /// Writes a new file.
    write: Option<String>,
    append: Option<String>,
    rename: Option<String>,
    /// Converts the line endings to CRLF.
    #[serde(default)]
    crlf: bool,
    /// Moves a block, known by its first line, to the end of the file `into` or before the line `before`, or removes
    /// it.
    cut: Option<String>,
    into: Option<String>,
    before: Option<String>,
    /// Replaces a text, which occurs once unless `all` is set.
    from: Option<String>,
    to: Option<String>,
    #[serde(default)]
    all: bool,
}

#[derive(Deserialize)]
struct Table {
    cases: Vec<Case>,
}

/// The content of tables.toml.
#[derive(Deserialize)]
pub(super) struct Tables {
    tables: Vec<String>,
    /// The kinds of project beside `demo`, each with the name of its spec in generated-examples.
    pub(super) projects: BTreeMap<String, String>,
}

impl Tables {
    pub(super) fn read() -> Self {
        read("tables.toml")
    }
}

/// Every case, in the order of the tables.
pub(super) fn cases() -> Vec<Case> {
    let names = Tables::read().tables.into_iter();
    names.flat_map(|name| read::<Table>(&name).cases).collect()
}

fn read<T: DeserializeOwned>(name: &str) -> T {
    let text = fs::read_to_string(folder().join(name)).unwrap();
    toml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Makes an edit.
pub(super) fn edit(project: &Path, edit: &Edit) {
    let path = project.join(&edit.file);
    let read =
        || fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", edit.file));
    let write = |text: String| fs::write(&path, text).unwrap();
    if edit.remove {
        fs::remove_file(&path).unwrap();
    } else if let Some(text) = &edit.write {
        assert!(!path.exists(), "{} is there already", edit.file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        write(text.clone());
    } else if let Some(text) = &edit.append {
        write(read() + text);
    } else if let Some(name) = &edit.rename {
        fs::rename(&path, project.join(name)).unwrap();
    } else if edit.crlf {
        write(read().replace('\n', "\r\n"));
    } else if let Some(line) = &edit.cut {
        let (block, rest) = cut(&read(), line);
        match &edit.before {
            Some(line) => write(put(&rest, line, &block)),
            None => write(rest),
        }
        if let Some(into) = &edit.into {
            let path = project.join(into);
            let text = fs::read_to_string(&path).unwrap_or_default();
            fs::write(path, format!("{text}\n{block}")).unwrap();
        }
    } else {
        write(replaced(&read(), edit));
    }
}

fn replaced(text: &str, edit: &Edit) -> String {
    let (from, to) = (edit.from.as_ref().unwrap(), edit.to.as_ref().unwrap());
    let found = text.matches(from.as_str()).count();
    let is_meant = found == 1 || (found > 1 && edit.all);
    assert!(is_meant, "{} holds {from:?} {found} times", edit.file);
    text.replace(from, to)
}

/// The block that begins with this line, and the text without it. It extends to its closing brace, or as far as lines
/// are indented more than the first.
fn cut(text: &str, line: &str) -> (String, String) {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let start = position(&lines, line);
    let depth = |line: &str| line.len() - line.trim_start().len();
    let inside = |line: &&&str| line.trim().is_empty() || depth(line) > depth(lines[start]);
    let mut end = start + 1 + lines[start + 1..].iter().take_while(inside).count();
    if lines.get(end).is_some_and(|line| line.trim() == "}") {
        end += 1;
    }
    (
        lines[start..end].concat(),
        [&lines[..start], &lines[end..]].concat().concat(),
    )
}

fn put(text: &str, line: &str, block: &str) -> String {
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    lines.insert(position(&lines, line), block);
    lines.concat()
}

fn position(lines: &[&str], wanted: &str) -> usize {
    let mut each = lines.iter();
    each.position(|line| line.trim_end_matches('\n') == wanted)
        .unwrap_or_else(|| panic!("no line is {wanted:?}"))
}
