//! Secrets in YAML and JSON: templates and their parameters, services of the Serverless Framework, Terraform's JSON,
//! values of variables, and the text of plans and states.

use std::ops::Range;

use super::names::{DECLARED, SecretNames};
use super::patterns;
use super::unquoted::SearchedPart;
use super::words::{BY_KIND, holds_secret, is_public_member};
use super::{FoundSecrets, literal, state};
use crate::language::yaml::{Quotes, Written, WrittenForm};

/// Members that mark a mapping as a declaration of a parameter, a variable or an output.
const DECLARING: [&str; 9] = [
    "Description",
    "NoEcho",
    "Type",
    "constant_value",
    "default",
    "description",
    "sensitive",
    "type",
    "value",
];

/// Members of a declaration that hold its value.
const VALUES: [&str; 8] = [
    "AllowedValues",
    "Default",
    "ParameterValue",
    "Value",
    "constant_value",
    "default",
    "value",
    "valueFrom",
];

/// The keys of a name and its value in a list of pairs.
const PAIRS: [(&str, &str); 6] = [
    ("Key", "Value"),
    ("Name", "Value"),
    ("ParameterKey", "ParameterValue"),
    ("key", "value"),
    ("name", "value"),
    ("parameter_key", "parameter_value"),
];

/// Functions of templates whose arguments say where a value is, and do not contain it.
const POINTING: [&str; 4] = ["GetAtt", "ImportValue", "Condition", "GetAZs"];

/// Blocks of Terraform whose members are labels and not attributes.
const LABELLED: [&str; 5] = ["data", "ephemeral", "module", "provider", "resource"];

/// A text of data.
pub(super) struct DataText<'t> {
    /// The path of the file.
    pub(super) path: &'t str,
    pub(super) text: &'t str,
    /// The values of the text.
    pub(super) tree: &'t Written,
}

/// Notes the secrets of a text.
pub(super) fn find(searched: DataText<'_>, names: &SecretNames, found: &mut FoundSecrets) {
    let DataText { path, text, tree } = searched;
    let mut reader = SecretsInData {
        text,
        names,
        is_terraform: path.ends_with(".tf.json") || path.ends_with(".tofu.json"),
        is_values: path.ends_with(".tfvars.json") || tree.member("Resources").is_none(),
        path: Vec::new(),
        texts: Vec::new(),
        found,
    };
    reader.walk(tree);
    let texts = std::mem::take(&mut reader.texts);
    for range in &texts {
        patterns::find(text, range.clone(), SearchedPart::Inside, found);
    }
    for range in comments(text) {
        patterns::find(text, range, SearchedPart::Inside, found);
    }
}

struct SecretsInData<'r> {
    text: &'r str,
    names: &'r SecretNames,
    is_terraform: bool,
    /// True for a file of values, in which every top-level member may be a variable or a parameter.
    is_values: bool,
    /// The keys that lead to the current value.
    path: Vec<String>,
    /// The ranges of all scalars.
    texts: Vec<Range<usize>>,
    found: &'r mut FoundSecrets,
}

impl<'r> SecretsInData<'r> {
    /// Scans a value that is not secret as a whole. The reader of [`Written`] limits the depth.
    fn walk(&mut self, node: &Written) {
        if self
            .anchor(node)
            .is_some_and(|name| self.names.is_anchor(name))
        {
            self.secret(node);
        }
        match &node.form {
            WrittenForm::Scalar(..) => {
                let range = self.content(node);
                self.texts.push(range);
            }
            WrittenForm::Alias => {}
            WrittenForm::List(items) => items.iter().for_each(|item| self.walk(item)),
            WrittenForm::Map(members) => {
                self.whole(node);
                for (key, value) in members {
                    let name = key.text().unwrap_or_default();
                    if self.is_secret(name) {
                        self.secret(value);
                    }
                    self.path.push(name.to_owned());
                    self.walk(value);
                    self.path.pop();
                }
            }
        }
    }

    /// Notes the secrets that a mapping declares itself: a declaration, a pair, or a resource whose type holds a
    /// secret.
    fn whole(&mut self, node: &Written) {
        let text = |name: &str| node.member(name).and_then(|(_, value)| value.text());
        let is_true = |name: &str| text(name).is_some_and(|said| said.eq_ignore_ascii_case("true"));
        if is_true("NoEcho") || is_true("sensitive") {
            let name = self.path.last().cloned().unwrap_or_default();
            self.found.mentions.push(format!("{DECLARED}var.{name}"));
            self.declared(node);
        }
        for (name, value) in PAIRS {
            let is_secret = |name: &str| holds_secret(name) || self.names.is_variable(name);
            if text(name).is_some_and(is_secret)
                && let Some((_, value)) = node.member(value)
            {
                self.secret(value);
            }
        }
        let kind = match self.path.as_slice() {
            [block, kind, _] if block == "resource" || block == "data" => kind.clone(),
            _ => return,
        };
        for (_, name, condition) in BY_KIND.iter().filter(|row| row.0 == kind) {
            let holds = condition.is_none_or(|(name, value)| {
                text(name).is_some_and(|said| said == value || said.contains("${"))
            });
            if let Some((_, value)) = node.member(name).filter(|_| holds) {
                self.secret(value);
            }
        }
    }

    /// True if the value of a member is secret.
    fn is_secret(&self, name: &str) -> bool {
        if self.is_terraform {
            let above: Vec<&str> = self.path.iter().map(String::as_str).collect();
            let is_label =
                matches!(above.as_slice(), [block] | [block, _] if LABELLED.contains(block));
            let is_module = matches!(above.as_slice(), ["module", _]);
            return match above.as_slice() {
                ["variable"] => holds_secret(name) || self.names.is_variable(name),
                ["output"] => holds_secret(name) || !self.names.output(name).is_empty(),
                ["locals"] => holds_secret(name) || !self.names.local(name).is_empty(),
                _ if is_module && self.names.is_variable(name) => true,
                _ => holds_secret(name) && !is_label,
            };
        }
        let is_parameter = || match self.path.last() {
            None => self.is_values,
            Some(last) => ["Parameters", "parameters", "variables"].contains(&last.as_str()),
        };
        let is_given = |name: &String| ["custom", "params", "Mappings"].contains(&name.as_str());
        let is_member = || self.is_values || self.path.iter().any(is_given);
        holds_secret(name)
            || (self.names.is_variable(name) && is_parameter())
            || (self.names.is_member(name) && is_member())
    }

    /// Notes a value that is secret as a whole.
    fn secret(&mut self, node: &Written) {
        match &node.form {
            WrittenForm::Scalar(text, _) => match self.tag(node) {
                "Ref" => self.found.mentions.push(format!("Ref:{text}")),
                tag if POINTING.contains(&tag) => {}
                _ => {
                    let range = self.content(node);
                    literal::secret(self.text, range, self.found);
                    if !text.contains("${") {
                        state::meant(text, self.found);
                    }
                }
            },
            WrittenForm::Alias => {
                let name = self.text.get(node.range.clone()).unwrap_or_default();
                self.found.mentions.push(name.to_owned());
            }
            WrittenForm::List(items) => self.called(self.tag(node), items),
            WrittenForm::Map(members) => match members.as_slice() {
                [(key, value)] if self.is_function(key) => {
                    let name = key.text().unwrap_or_default();
                    let name = name.strip_prefix("Fn::").unwrap_or(name);
                    match (&value.form, name) {
                        (WrittenForm::Scalar(text, _), "Ref") => {
                            self.found.mentions.push(format!("Ref:{text}"));
                        }
                        (WrittenForm::List(items), _) => self.called(name, items),
                        _ if POINTING.contains(&name) => {}
                        _ => self.secret(value),
                    }
                }
                _ => self.members(node),
            },
        }
    }

    fn is_function(&self, key: &Written) -> bool {
        let name = key.text().unwrap_or_default();
        name == "Ref" || name.starts_with("Fn::")
    }

    /// Notes the arguments of a function that are values and not names. An empty function name means a plain list.
    fn called(&mut self, function: &str, items: &[Written]) {
        let values = match function {
            "FindInMap" => {
                let name = items.last().and_then(Written::text);
                self.found
                    .mentions
                    .extend(name.map(|name| format!("Member:{name}")));
                return;
            }
            _ if POINTING.contains(&function) => return,
            "If" | "Join" | "Select" | "Split" => items.get(1..),
            _ => Some(items),
        };
        for value in values.unwrap_or_default() {
            match &value.form {
                // The members of an object in a list are judged by their own names.
                WrittenForm::Map(members) if function.is_empty() && members.len() > 1 => {}
                _ => self.secret(value),
            }
        }
    }

    /// Notes the members of a mapping whose name may mean a secret: the value of a declaration, or every member of a
    /// flat mapping that is not known to be public.
    fn members(&mut self, node: &Written) {
        let members = node.members();
        if DECLARING.iter().any(|name| node.member(name).is_some()) {
            return self.declared(node);
        }
        let is_plain = |(_, value): &(Written, Written)| {
            matches!(value.form, WrittenForm::Scalar(..) | WrittenForm::Alias)
        };
        if members.iter().all(is_plain) {
            for (key, value) in members {
                if !key.text().is_some_and(is_public_member) {
                    self.secret(value);
                }
            }
        }
    }

    fn declared(&mut self, node: &Written) {
        for (_, value) in VALUES.iter().filter_map(|name| node.member(name)) {
            self.secret(value);
        }
    }

    /// The tag of a value, without the `!`. Empty if there is none.
    fn tag(&self, node: &Written) -> &'r str {
        if !node.is_tagged {
            return "";
        }
        let raw = self.text.get(node.range.clone()).unwrap_or_default();
        let tag = raw.split_whitespace().next().unwrap_or_default();
        tag.trim_start_matches('!')
    }

    /// The name of the anchor of a value.
    fn anchor(&self, node: &Written) -> Option<&str> {
        if !node.is_shared {
            return None;
        }
        let before = self.text.get(..node.range.start)?.trim_end();
        let word = before.rsplit([' ', '\n', '\t']).next()?;
        word.strip_prefix('&')
    }

    /// The range of a scalar without its tag and its quotes.
    fn content(&self, node: &Written) -> Range<usize> {
        let WrittenForm::Scalar(_, quotes) = &node.form else {
            return node.range.clone();
        };
        let raw = self.text.get(node.range.clone()).unwrap_or_default();
        let tag = if node.is_tagged {
            raw.find([' ', '\n', '\t']).unwrap_or(raw.len())
        } else {
            0
        };
        let rest = &raw[tag..];
        let blank = rest.len() - rest.trim_start().len();
        let start = node.range.start + tag + blank;
        let rest = rest.trim_start();
        match quotes {
            Quotes::None => start..start + rest.len(),
            Quotes::Single | Quotes::Double if rest.len() >= 2 => start + 1..start + rest.len() - 1,
            Quotes::Single | Quotes::Double => start..start,
            // The range of the parser starts either at the `|` or `>`, or after it.
            Quotes::Lines => {
                let head = if rest.starts_with(['|', '>']) {
                    rest.find('\n').map_or(rest.len(), |at| at + 1)
                } else {
                    0
                };
                start + head..start + rest.len()
            }
        }
    }
}

/// The ranges of the comments of YAML. JSON has none.
fn comments(text: &str) -> Vec<Range<usize>> {
    let mut at = 0;
    let mut comments = Vec::new();
    if !text.contains('#') {
        return comments;
    }
    for line in text.split_inclusive('\n') {
        let start = if line.trim_start().starts_with('#') {
            Some(0)
        } else {
            line.find(" #")
        };
        comments.extend(start.map(|start| at + start..at + line.len()));
        at += line.len();
    }
    comments
}
