//! YAML as entries: every value with the keys and positions that lead to it. A CloudFormation function is one value,
//! written in its short form with all its arguments.

use super::{Entries, Entry, TakenKeys, Unread};
use crate::domain::evidence::Origin;
use crate::domain::lines::Lines;
use crate::language::yaml;
use crate::language::yaml::{Content, Place, Tree, Written, WrittenForm};

/// Members that name an item of a list. Its position then does not matter.
const NAMES: [&str; 2] = ["Key", "ParameterKey"];

/// Words, in lower case, that some YAML parsers do not read as text. Source: YAML 1.1, "Boolean Language-Independent
/// Type", "Null Language-Independent Type".
const WORDS: [&str; 9] = ["", "~", "null", "y", "n", "yes", "no", "on", "off"];

/// Reads the entries of a template.
pub(super) fn entries(path: &str, text: &str) -> Result<Entries, Unread> {
    let at = |place: Place| Origin::at(path, place.line, place.column);
    let tree = yaml::load(text).map_err(|error| (error.message, at(error.place)))?;
    let Some(tree) = tree else {
        return Err(("is empty".to_owned(), Origin::at(path, 1, 1)));
    };
    let written = yaml::written(text);
    if let Some((what, start)) = written.as_ref().and_then(|all| unlike(text, all)) {
        let (line, column) = Lines::new(text).place(start);
        return Err((what.to_owned(), Origin::at(path, line, column)));
    }
    let mut reader = TemplateInventory {
        path,
        taken: TakenKeys::default(),
        found: Vec::new(),
        broken: None,
    };
    let whole = ValueSite {
        keys: &[],
        kind: "",
        place: tree.place,
    };
    reader.value(whole, &tree);
    match reader.broken {
        None => Ok(reader.found),
        Some((message, place)) => Err((message, at(place))),
    }
}

/// The first construct on which YAML parsers disagree: a message and its offset. Source: CloudFormation User Guide,
/// "CloudFormation template formats": aliases, merges and some tags are not supported.
fn unlike(text: &str, node: &Written) -> Option<(&'static str, usize)> {
    let start = node.range.start;
    if matches!(node.form, WrittenForm::Alias) {
        return Some((
            "CloudFormation does not support YAML aliases: write the value out",
            start,
        ));
    }
    let written = text.get(node.range.clone()).unwrap_or_default();
    let is_yamls = ["!!", "!<", "! "]
        .iter()
        .any(|tag| written.starts_with(tag));
    if node.is_tagged && is_yamls {
        return Some((
            "a tag of YAML itself means different things to different readers",
            start,
        ));
    }
    if let Some((key, _)) = node.members().iter().find(|(key, _)| key.is_tagged) {
        return Some((
            "the tag of a key means different things to different readers",
            key.range.start,
        ));
    }
    let members = node.members().iter();
    let mut inner = members
        .flat_map(|(key, value)| [key, value])
        .chain(node.items());
    let merge = node
        .members()
        .iter()
        .find(|(key, _)| key.text() == Some("<<"));
    match merge {
        Some((key, _)) => Some((
            "CloudFormation knows no merges: write it out",
            key.range.start,
        )),
        None => inner.find_map(|inner| unlike(text, inner)),
    }
}

/// The position of a value in a template.
#[derive(Clone, Copy)]
struct ValueSite<'s> {
    /// The keys that lead to the value.
    keys: &'s [String],
    /// The type of the resource around it; empty if there is none.
    kind: &'s str,
    place: Place,
}

struct TemplateInventory<'t> {
    path: &'t str,
    taken: TakenKeys,
    found: Entries,
    /// The first value on which YAML parsers disagree.
    broken: Option<(String, Place)>,
}

impl TemplateInventory<'_> {
    /// Adds the entries of a value. The loader limits the depth.
    fn value(&mut self, at: ValueSite<'_>, tree: &Tree) {
        let ValueSite { keys, kind, place } = at;
        let keys = self.taken.free(keys.to_vec());
        let is_function = tree.tag.is_some() || function(tree).is_some();
        let shape = match &tree.content {
            Content::Map(_) if !is_function => "{}".to_owned(),
            Content::List(_) if !is_function => "[]".to_owned(),
            _ => self.shown(tree),
        };
        let entry = Entry {
            kind: kind.to_owned(),
            value: shape,
            origin: Origin::at(self.path, place.line, place.column),
        };
        self.found.push((keys.clone(), entry));
        if is_function {
            return;
        }
        for (key, value) in tree.members() {
            let keys = [&keys[..], std::slice::from_ref(&key.text)].concat();
            let own = kind_of(&keys, value);
            let inner = ValueSite {
                keys: &keys,
                kind: own.unwrap_or(kind),
                place: key.place,
            };
            self.value(inner, value);
        }
        for (index, item) in tree.items().iter().enumerate() {
            let name = NAMES.iter().find_map(|name| item.get(name)?.literal());
            let key = name.map_or_else(|| index.to_string(), |name| format!("[{name}]"));
            let keys = [&keys[..], &[key]].concat();
            let inner = ValueSite {
                keys: &keys,
                kind,
                place: item.place,
            };
            self.value(inner, item);
        }
    }

    fn shown(&mut self, tree: &Tree) -> String {
        if let Some((name, argument)) = function(tree).filter(|_| tree.tag.is_none()) {
            let argument = match (name, argument.items()) {
                ("GetAtt", [id, attribute]) => self.attribute(id, attribute),
                _ => self.shown(argument),
            };
            return format!("!{name} {argument}");
        }
        let argument = match (tree.tag.as_deref(), tree.items()) {
            (Some("GetAtt"), [id, attribute]) => self.attribute(id, attribute),
            _ => self.content(tree),
        };
        match &tree.tag {
            Some(tag) => format!("!{tag} {argument}"),
            None => argument,
        }
    }

    fn attribute(&mut self, id: &Tree, attribute: &Tree) -> String {
        match (id.literal(), attribute.literal()) {
            (Some(id), Some(attribute)) => format!("{:?}", format!("{id}.{attribute}")),
            _ => format!("[{}, {}]", self.shown(id), self.shown(attribute)),
        }
    }

    fn content(&mut self, tree: &Tree) -> String {
        match &tree.content {
            Content::Scalar { text, plain } if *plain && is_ambiguous(text) => {
                format!("plain {text:?}")
            }
            Content::Scalar { text, .. } => format!("{text:?}"),
            Content::List(items) => {
                let items: Vec<String> = items.iter().map(|item| self.shown(item)).collect();
                format!("[{}]", items.join(", "))
            }
            Content::Map(members) => {
                let mut members: Vec<String> = members
                    .iter()
                    .map(|(key, value)| format!("{:?}: {}", key.text, self.shown(value)))
                    .collect();
                members.sort();
                format!("{{{}}}", members.join(", "))
            }
            Content::Broken(why) => {
                let broken = (why.clone(), tree.place);
                self.broken.get_or_insert(broken);
                String::new()
            }
        }
    }
}

/// The type that a resource declares: empty if it declares none, and no type at all for other values.
fn kind_of<'t>(keys: &[String], tree: &'t Tree) -> Option<&'t str> {
    match keys {
        [section, _] if section == "Resources" => {
            Some(tree.get("Type").and_then(Tree::literal).unwrap_or_default())
        }
        _ => None,
    }
}

/// The name and the argument of a function in its long form.
fn function(tree: &Tree) -> Option<(&str, &Tree)> {
    let [(key, argument)] = tree.members() else {
        return None;
    };
    match key.text.as_str() {
        "Ref" => Some(("Ref", argument)),
        name => {
            let name = name.strip_prefix("Fn::")?;
            Some((name, argument))
        }
    }
}

/// True if parsers may read the unquoted text as different values: `0123` is 83 to some, and `1.10` may become `1.1`.
fn is_ambiguous(text: &str) -> bool {
    let lower = text.to_lowercase();
    let is_word = WORDS.contains(&lower.as_str());
    let is_other_case = matches!(lower.as_str(), "true" | "false") && lower != text;
    is_word || is_other_case || (is_like_number(text) && !is_plain_number(text))
}

/// True if YAML 1.1 may read the text as a number. Source: YAML 1.1, "Integer Language-Independent Type",
/// "Floating-Point Language-Independent Type".
fn is_like_number(text: &str) -> bool {
    let is_start = |first: char| first.is_ascii_digit() || "+-.".contains(first);
    text.starts_with(is_start)
        && text
            .chars()
            .all(|c| c.is_ascii_hexdigit() || "xXoO_.:+-infNa".contains(c))
        && text.matches('.').count() <= 1
}

/// True for a number that every parser prints unchanged, and for a date, which is text to CloudFormation.
fn is_plain_number(text: &str) -> bool {
    let is_date = text.len() == 10 && text.split('-').map(str::len).eq([4, 2, 2]);
    let number = text.parse::<f64>().ok();
    let is_safe = |number: &f64| number.abs() < 9e15 && number.to_string() == text && text != "-0";
    is_date || number.filter(is_safe).is_some()
}
