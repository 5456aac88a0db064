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
    Some(value(&tree, indent, 0) + "\n")
}

fn value(tree: &Tree, indent: &str, depth: usize) -> String {
    let Some(tag) = tree.tag.as_deref() else {
        return plain(tree, indent, depth);
    };
    let name = if BARE.contains(&tag) {
        tag.to_owned()
    } else {
        format!("Fn::{tag}")
    };
    let value = match (tag, tree.scalar().and_then(|text| text.split_once('.'))) {
        ("GetAtt", Some((resource, attribute))) => {
            let parts = [resource, attribute].map(quoted);
            braced(('[', ']'), parts.into_iter(), (indent, depth + 1))
        }
        _ => plain(tree, indent, depth + 1),
    };
    let member = format!("{}: {value}", quoted(&name));
    braced(('{', '}'), std::iter::once(member), (indent, depth))
}

fn plain(tree: &Tree, indent: &str, depth: usize) -> String {
    match &tree.content {
        Content::Scalar { text, plain } if *plain => bare(text),
        Content::Scalar { text, .. } => quoted(text),
        Content::List(items) => {
            let items = items.iter().map(|item| value(item, indent, depth + 1));
            braced(('[', ']'), items, (indent, depth))
        }
        Content::Map(members) => {
            let members = members.iter().map(|(key, inner)| {
                format!("{}: {}", quoted(&key.text), value(inner, indent, depth + 1))
            });
            braced(('{', '}'), members, (indent, depth))
        }
        Content::Broken(_) => "null".to_owned(),
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

fn braced(
    (open, close): (char, char),
    members: impl Iterator<Item = String>,
    (indent, depth): (&str, usize),
) -> String {
    let inner = indent.repeat(depth + 1);
    let members: Vec<String> = members.map(|member| format!("\n{inner}{member}")).collect();
    if members.is_empty() {
        format!("{open}{close}")
    } else {
        format!(
            "{open}{}\n{}{close}",
            members.join(","),
            indent.repeat(depth)
        )
    }
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
