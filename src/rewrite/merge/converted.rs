//! Converts a YAML template to JSON. If the user converted a generated template, it is compared and merged in its
//! present language.

use crate::language::yaml;
use crate::language::yaml::{Content, Tree};

/// Functions whose long form has no `Fn::` prefix. Source: CloudFormation User Guide, "Intrinsic function reference",
/// `Ref`, and "Condition functions", `Condition`.
const BARE: [&str; 2] = ["Ref", "Condition"];

/// Returns the template as JSON, indented like `like`. None if it cannot be parsed.
pub fn as_json(text: &str, like: &str) -> Option<String> {
    let tree = yaml::load(text).ok()??;
    let mut lines = like.lines().skip(1);
    let first = lines.find(|line| !line.trim().is_empty()).unwrap_or("  ");
    let indent = &first[..first.len() - first.trim_start().len()];
    Some(JsonLayout { indent, depth: 0 }.value(&tree) + "\n")
}

/// The layout of a JSON value.
#[derive(Clone, Copy)]
struct JsonLayout<'i> {
    /// The indentation of one level.
    indent: &'i str,
    /// The number of levels around the value.
    depth: usize,
}

impl JsonLayout<'_> {
    fn value(self, tree: &Tree) -> String {
        let Some(tag) = tree.tag.as_deref() else {
            return self.plain(tree);
        };
        let name = if BARE.contains(&tag) {
            tag.to_owned()
        } else {
            format!("Fn::{tag}")
        };
        let value = match (tag, tree.scalar().and_then(|text| text.split_once('.'))) {
            ("GetAtt", Some((resource, attribute))) => {
                let parts = [resource, attribute].map(quoted);
                self.deeper().braced(['[', ']'], parts.into_iter())
            }
            _ => self.deeper().plain(tree),
        };
        let member = format!("{}: {value}", quoted(&name));
        self.braced(['{', '}'], std::iter::once(member))
    }

    fn plain(self, tree: &Tree) -> String {
        match &tree.content {
            Content::Scalar { text, plain } if *plain => bare(text),
            Content::Scalar { text, .. } => quoted(text),
            Content::List(items) => {
                let items = items.iter().map(|item| self.deeper().value(item));
                self.braced(['[', ']'], items)
            }
            Content::Map(members) => {
                let members = members.iter().map(|(key, inner)| {
                    format!("{}: {}", quoted(&key.text), self.deeper().value(inner))
                });
                self.braced(['{', '}'], members)
            }
            Content::Broken(_) => "null".to_owned(),
        }
    }

    /// Writes members on lines of their own between two brackets.
    fn braced(self, [open, close]: [char; 2], members: impl Iterator<Item = String>) -> String {
        let inner = self.indent.repeat(self.depth + 1);
        let members: Vec<String> = members.map(|member| format!("\n{inner}{member}")).collect();
        if members.is_empty() {
            return format!("{open}{close}");
        }
        let outer = self.indent.repeat(self.depth);
        format!("{open}{}\n{outer}{close}", members.join(","))
    }

    fn deeper(self) -> Self {
        Self {
            depth: self.depth + 1,
            ..self
        }
    }
}

/// The JSON for an unquoted scalar: a number, `true`, `false` or `null` if it is one, otherwise a string. Source: YAML
/// 1.2.2, 10.3.2, "Tag Resolution" of the core schema, as far as templates use it.
fn bare(text: &str) -> String {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_whole = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let is_number = is_whole && (digits == "0" || !digits.starts_with('0'));
    match text {
        "true" | "false" => text.to_owned(),
        "" | "~" | "null" => "null".to_owned(),
        number if is_number => number.to_owned(),
        text => quoted(text),
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_written_as_converters_write_it() {
        let yaml = "A: !GetAtt B.Arn\nC:\n  - !Sub 'x-${D}'\n  - true\n  - 30\n  - \"30\"\nE: !If [F, !Ref G, {}]\nH: {}\nI: 2010-09-09\n";
        let json = as_json(yaml, "{\n    \"A\": 1\n}\n").unwrap();
        let wanted = serde_json::json!({
            "A": {"Fn::GetAtt": ["B", "Arn"]},
            "C": [{"Fn::Sub": "x-${D}"}, true, 30, "30"],
            "E": {"Fn::If": ["F", {"Ref": "G"}, {}]},
            "H": {},
            "I": "2010-09-09",
        });
        let read: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(read, wanted);
        assert!(
            json.starts_with("{\n    \"A\": {\n        \"Fn::GetAtt\": [\n            \"B\",\n"),
            "{json}"
        );
        assert!(
            json.contains("\n        {\n            \"Fn::Sub\": \"x-${D}\"\n        },\n"),
            "{json}"
        );
    }
}
