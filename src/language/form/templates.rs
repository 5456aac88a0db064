//! The form of CloudFormation templates: every property by its section, logical id and name. `!Ref x` and `Ref: x` have
//! the same form, a condition is replaced by its definition, and descriptions and the console's parameter layout are
//! left out.

use std::collections::BTreeMap;

use super::{Form, FormPart};
use crate::domain::evidence::Origin;
use crate::language::yaml;
use crate::language::yaml::{Content, Tree};

/// Sections and members that only describe.
const PROSE: [&str; 3] = ["Description", "ConstraintDescription", "Metadata"];

/// The maximum depth of conditions that refer to other conditions.
const MAX_NESTING: usize = 16;

/// The maximum length of one part in bytes: CloudFormation takes templates up to 1 MB ("CloudFormation quotas").
const MAX_PART: usize = 1024 * 1024;

/// Returns the form of a template. Empty if it cannot be read; the reader of the template reports the reason.
pub fn template(path: &str, text: &str) -> Form {
    let mut form = Form::default();
    let Ok(Some(tree)) = yaml::load(text) else {
        return form;
    };
    let conditions = tree.get("Conditions").map(Tree::members);
    let canon = Canon {
        conditions: conditions
            .unwrap_or_default()
            .iter()
            .map(|(name, tree)| (name.text.as_str(), tree))
            .collect(),
    };
    for (section, tree) in tree.members() {
        match section.text.as_str() {
            // Conditions are written where they are used, and the version has no meaning.
            "Conditions" | "AWSTemplateFormatVersion" => {}
            name if PROSE.contains(&name) => {}
            name => canon.section(&mut form, path, (name, tree)),
        }
    }
    form
}

/// Writes values in their canonical form.
#[derive(Debug, Default)]
pub(super) struct Canon<'t> {
    conditions: BTreeMap<&'t str, &'t Tree>,
}

impl Canon<'_> {
    fn section(&self, form: &mut Form, path: &str, (name, tree): (&str, &Tree)) {
        if tree.members().is_empty() {
            form.add(name.to_owned(), self.part(tree, path));
        }
        for (id, member) in tree.members() {
            let name = format!("{name}/{}", id.text);
            self.member(form, path, (&name, member));
        }
    }

    fn member(&self, form: &mut Form, path: &str, (name, tree): (&str, &Tree)) {
        if tree.members().is_empty() || tree.tag.is_some() {
            form.add(name.to_owned(), self.part(tree, path));
            return;
        }
        for (key, value) in tree.members() {
            let inner = format!("{name}/{}", key.text);
            match key.text.as_str() {
                key if PROSE.contains(&key) => {}
                "Properties" if value.tag.is_none() => {
                    for (property, value) in value.members() {
                        let inner = format!("{inner}/{}", property.text);
                        let mut part = self.part(value, path);
                        if property.text == "Tags" {
                            part.text.clone_from(&part.unordered);
                        }
                        form.add(inner, part);
                    }
                }
                "Condition" => form.add(inner, self.condition(value, path)),
                _ => form.add(inner, self.part(value, path)),
            }
        }
    }

    /// Returns the part for one value.
    pub(super) fn part(&self, tree: &Tree, path: &str) -> FormPart {
        let write = |sorted| {
            let mut text = String::new();
            self.write(tree, sorted, (&mut text, 0));
            text
        };
        FormPart {
            text: write(false),
            unordered: write(true),
            origin: Origin::at(path, tree.place.line, tree.place.column),
        }
    }

    fn condition(&self, tree: &Tree, path: &str) -> FormPart {
        let mut text = String::new();
        self.write_condition(tree, false, (&mut text, 0));
        FormPart::plain(text, Origin::at(path, tree.place.line, tree.place.column))
    }

    fn write(&self, tree: &Tree, sorted: bool, (out, depth): (&mut String, usize)) {
        if out.len() > MAX_PART {
            return;
        }
        match tree.tag.as_deref() {
            None => self.content(tree, sorted, (out, depth)),
            Some("Condition") => self.write_condition(tree, sorted, (out, depth)),
            Some("GetAtt") if tree.scalar().is_some() => {
                let text = tree.scalar().unwrap_or_default();
                let (id, attribute) = text.split_once('.').unwrap_or((text, ""));
                out.push_str(&format!("{{\"Fn::GetAtt\":[{id:?},{attribute:?}]}}"));
            }
            Some("Ref") => self.call("Ref", tree, (out, depth)),
            Some("If") => self.choice(tree, sorted, (out, depth)),
            Some(function) => {
                out.push_str(&format!("{{\"Fn::{function}\":"));
                self.content(tree, sorted, (out, depth));
                out.push('}');
            }
        }
    }

    fn call(&self, name: &str, tree: &Tree, (out, depth): (&mut String, usize)) {
        out.push_str(&format!("{{{name:?}:"));
        self.content(tree, false, (out, depth));
        out.push('}');
    }

    fn content(&self, tree: &Tree, sorted: bool, (out, depth): (&mut String, usize)) {
        match &tree.content {
            Content::Scalar { text, .. } => out.push_str(&format!("{text:?}")),
            Content::Broken(reason) => out.push_str(reason),
            Content::List(items) => {
                let mut items = self.each(items, sorted, depth);
                if sorted {
                    items.sort();
                }
                out.push_str(&format!("[{}]", items.join(",")));
            }
            Content::Map(members) => match members.as_slice() {
                [(key, value)] if key.text == "Fn::If" => self.choice(value, sorted, (out, depth)),
                [(key, value)] if key.text == "Condition" && value.scalar().is_some() => {
                    self.write_condition(value, sorted, (out, depth));
                }
                [(key, value)] if key.text == "Fn::GetAtt" && value.scalar().is_some() => {
                    let short = Tree {
                        tag: Some("GetAtt".into()),
                        ..value.clone()
                    };
                    self.write(&short, sorted, (out, depth));
                }
                members => {
                    let mut written: Vec<String> = members
                        .iter()
                        .map(|(key, value)| {
                            let mut text = format!("{:?}:", key.text);
                            self.write(value, sorted, (&mut text, depth));
                            text
                        })
                        .collect();
                    written.sort();
                    out.push_str(&format!("{{{}}}", written.join(",")));
                }
            },
        }
    }

    fn each(&self, items: &[Tree], sorted: bool, depth: usize) -> Vec<String> {
        items
            .iter()
            .map(|item| {
                let mut text = String::new();
                self.write(item, sorted, (&mut text, depth));
                text
            })
            .collect()
    }

    /// Writes `Fn::If`, whose first item names a condition.
    fn choice(&self, tree: &Tree, sorted: bool, (out, depth): (&mut String, usize)) {
        out.push_str("{\"Fn::If\":[");
        for (index, item) in tree.items().iter().enumerate() {
            match index {
                0 => self.write_condition(item, sorted, (out, depth)),
                _ => {
                    out.push(',');
                    self.write(item, sorted, (out, depth));
                }
            }
        }
        out.push_str("]}");
    }

    /// Writes the definition of the condition of this name.
    fn write_condition(&self, tree: &Tree, sorted: bool, (out, depth): (&mut String, usize)) {
        let name = tree.scalar().unwrap_or_default();
        match self.conditions.get(name) {
            Some(said) if depth < MAX_NESTING && out.len() < MAX_PART => {
                self.write(said, sorted, (out, depth + 1));
            }
            _ => out.push_str(&format!("{{\"Condition\":{name:?}}}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(before: &str, after: &str) -> Vec<String> {
        let (before, after) = (template("t", before), template("t", after));
        let changes = before.changes(&after).into_iter();
        changes.map(|change| change.name.to_owned()).collect()
    }

    #[test]
    fn ways_of_writing_are_one_form() {
        let long = "
Description: one
Conditions:
  C: {\"Fn::Equals\": [{Ref: P}, yes]}
Resources:
  A:
    Type: X
    Condition: C
    Properties:
      B: {Ref: P}
      C: {\"Fn::GetAtt\": [A, Arn]}
      D: {\"Fn::If\": [C, \"1\", {Ref: \"AWS::NoValue\"}]}
";
        let short = "
# why
Resources:
  A:
    Condition: D
    Properties:
      D: !If [D, 1, !Ref 'AWS::NoValue']
      C: !GetAtt A.Arn
      B: !Ref P
    Type: X
    Metadata: {Comment: none}
Conditions:
  D: !Equals [!Ref P, 'yes']
Description: other
";
        assert_eq!(changed(long, short), [""; 0]);
    }

    #[test]
    fn what_is_said_is_named() {
        let before = "
Parameters: {P: {Default: a}}
Conditions: {C: !Equals [a, b]}
Resources:
  A: {Type: X, Condition: C, Properties: {B: [1, 2]}}
";
        let after = "
Parameters: {P: {Default: b}}
Conditions: {C: !Equals [a, c]}
Resources:
  A: {Type: X, Condition: C, DependsOn: Z, Properties: {B: [2, 1]}}
";
        assert_eq!(
            changed(before, after),
            [
                "Parameters/P/Default",
                "Resources/A/Condition",
                "Resources/A/DependsOn",
                "Resources/A/Properties/B"
            ]
        );
        let (before, after) = (template("t", before), template("t", after));
        let changes = before.changes(&after);
        let order: Vec<bool> = changes.iter().map(PartChange::is_order).collect();
        assert_eq!(order, [false, false, false, true]);
    }

    use super::super::PartChange;
}
