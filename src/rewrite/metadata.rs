//! Waivers in languages without comments: `Metadata: {"rdsproxy-gen": {"ignore": […]}}` of a resource in a template,
//! and `"//"` in Terraform's JSON. Each applies to the whole block that contains it. This module does not apply
//! waivers; comments are read in [`super::comments`].

use std::ops::{Range, RangeInclusive};

use super::comments::{IgnoreComment, MARK, Position, read};
use crate::domain::lines::Lines;
use crate::language::yaml::{Written, written};

/// The key of this tool in the metadata of a resource, beside the keys of other tools.
const OURS: &str = "rdsproxy-gen";

/// Reads the waivers in the data of a text. The file extension selects the language.
pub fn ignore_metadata(path: &str, text: &str) -> Vec<IgnoreComment> {
    let ends = |endings: &[&str]| endings.iter().any(|ending| path.ends_with(ending));
    let entries = if ends(&[".tf.json", ".tofu.json"]) {
        in_terraform
    } else if ends(&[".json", ".yaml", ".yml", ".template"]) {
        in_template
    } else {
        return Vec::new();
    };
    let tree = text.contains(OURS).then(|| written(text)).flatten();
    let Some(tree) = tree else {
        return Vec::new();
    };
    let mut reader = MetadataReader {
        lines: Lines::new(text),
        entries,
        found: Vec::new(),
    };
    reader.look(&tree, tree.range.clone());
    reader.found
}

/// Reads the waivers that belong directly to a mapping.
type Entries = fn(&Written) -> Vec<&Written>;

/// Reads `"//": "rdsproxy-gen:ignore …"`, or a list of such texts. Any other text under `//` is an ordinary comment.
fn in_terraform(block: &Written) -> Vec<&Written> {
    let comment = block.member("//").map(|(_, comment)| one_or_more(comment));
    let is_ours = |entry: &&Written| {
        entry
            .text()
            .is_some_and(|text| text.trim_start().starts_with(MARK))
    };
    comment
        .into_iter()
        .flatten()
        .filter(|entry| is_ours(entry))
        .collect()
}

fn in_template(resource: &Written) -> Vec<&Written> {
    let ignore = ["Metadata", OURS, "ignore"]
        .iter()
        .try_fold(resource, |at, name| at.member(name).map(|(_, value)| value));
    ignore.map(one_or_more).into_iter().flatten().collect()
}

fn one_or_more(value: &Written) -> impl Iterator<Item = &Written> {
    let itself = value.items().is_empty().then_some(value);
    value.items().iter().chain(itself)
}

struct MetadataReader<'t> {
    lines: Lines<'t>,
    entries: Entries,
    found: Vec<IgnoreComment>,
}

impl MetadataReader<'_> {
    /// Collects the waivers in a value; `block` is the range of the block around it. [`written`] limits the depth.
    fn look(&mut self, value: &Written, block: Range<usize>) {
        for entry in (self.entries)(value) {
            let last = block.end.saturating_sub(1);
            let scope = self.lines.place(block.start)..=self.lines.place(last);
            let waiver = waiver(entry, self.lines.place(entry.range.start), scope);
            self.found.push(waiver);
        }
        for (key, member) in value.members() {
            self.look(member, key.range.start..member.range.end);
        }
        for item in value.items() {
            self.look(item, item.range.clone());
        }
    }
}

/// Reads one waiver: a text in the syntax of a comment, or a mapping with one member for each field.
fn waiver(entry: &Written, place: Position, scope: RangeInclusive<Position>) -> IgnoreComment {
    if let Some(said) = entry.text() {
        let said = said.trim_start();
        return read(said.strip_prefix(MARK).unwrap_or(said), place, scope);
    }
    let mut waiver = IgnoreComment::at(place, scope);
    for (key, value) in entry.members() {
        let text = || {
            let text = value.text().map(str::trim);
            text.filter(|text| !text.is_empty()).map(str::to_owned)
        };
        match key.text().unwrap_or_default() {
            "rule" | "rules" => {
                let rules = one_or_more(value).filter_map(Written::text);
                waiver.rules.extend(rules.map(str::to_owned));
            }
            "reason" => waiver.reason = text(),
            "owner" => waiver.owner = text(),
            "until" => waiver.until = text(),
            other => waiver.unknown.push(other.to_owned()),
        }
    }
    waiver
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rules, the reason, the last day, the unknown words and the scope of each waiver.
    fn said(path: &str, text: &str) -> Vec<String> {
        let shown = |one: IgnoreComment| {
            let (from, to) = (one.scope.start(), one.scope.end());
            format!(
                "{} {:?} {:?} {:?} {from:?}-{to:?}",
                one.rules.join(","),
                one.reason,
                one.until,
                one.unknown
            )
        };
        ignore_metadata(path, text).into_iter().map(shown).collect()
    }

    #[test]
    fn a_resource_of_a_template_waives_in_its_metadata() {
        let json = r#"{"Resources": {
  "P": {"Type": "AWS::RDS::DBProxy", "Metadata": {"rdsproxy-gen": {"ignore": [
    {"rule": "a", "reason": "old", "until": "2027-01-31"}, "b,c reason=\"x y\"", {"rules": ["d"], "why": 1}]}}},
  "Q": {"Metadata": {"aws:cdk:path": "rdsproxy-gen"}}
}}"#;
        assert_eq!(
            said("t.json", json),
            [
                r#"a Some("old") Some("2027-01-31") [] (2, 3)-(3, 111)"#,
                r#"b,c Some("x y") None [] (2, 3)-(3, 111)"#,
                r#"d None None ["why"] (2, 3)-(3, 111)"#,
            ]
        );
        let yaml = "Resources:\n  P:\n    Metadata:\n      rdsproxy-gen: { ignore: { rule: a, until: 2027-01-31 } }\n    Type: X\n  Q: 1\n";
        assert_eq!(
            said("t.yaml", yaml),
            [r#"a None Some("2027-01-31") [] (2, 3)-(5, 11)"#]
        );
        assert!(said("t.tf", yaml).is_empty());
        assert!(said("t.yaml", "rdsproxy-gen: [").is_empty());
    }

    #[test]
    fn a_block_of_terraform_in_json_waives_in_its_comment() {
        let json = r#"{"//": "rdsproxy-gen", "resource": {"aws_db_proxy": {
  "p": {"//": "rdsproxy-gen:ignore a reason=\"old\"", "auth": [
    {"//": ["no", "rdsproxy-gen:ignore b"], "x": 1},
    {"Metadata": {"rdsproxy-gen": {"ignore": "c"}}}
  ]}}}}"#;
        assert_eq!(
            said("main.tf.json", json),
            [
                r#"a Some("old") None [] (2, 3)-(5, 4)"#,
                r#"b None None [] (3, 5)-(3, 51)"#,
            ]
        );
    }
}
