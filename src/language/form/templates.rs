//! The form of CloudFormation templates: every property by its section, logical id and name. `!Ref x` and `Ref: x` have
//! the same form, a condition is replaced by its definition, and descriptions and the console's parameter layout are
//! left out.

use std::collections::BTreeMap;

use super::{Form, FormPart};
use crate::domain::evidence::Origin;
use crate::language::yaml;
use crate::language::yaml::{Content, MapKey, Tree};

/// Sections and members that only describe.
const PROSE: [&str; 3] = ["Description", "ConstraintDescription", "Metadata"];

/// The maximum depth of conditions that refer to other conditions.
const MAX_NESTING: usize = 16;

/// The maximum length of one part in bytes: CloudFormation takes templates up to 1 MB ("CloudFormation quotas").
const MAX_PART: usize = 1024 * 1024;

/// Returns the form of a template. Empty if it cannot be read; the reader of the template reports the reason.
pub fn template(path: &str, text: &str) -> Form {
    let Ok(Some(tree)) = yaml::load(text) else {
        return Form::default();
    };
    let conditions = tree.get("Conditions").map(Tree::members);
    let conditions = conditions.unwrap_or_default().iter();
    let mut parts = TemplateParts {
        path,
        canon: Canon {
            conditions: conditions
                .map(|(name, tree)| (name.text.as_str(), tree))
                .collect(),
        },
        form: Form::default(),
    };
    for (section, tree) in tree.members() {
        match section.text.as_str() {
            // Conditions are written where they are used, and the version has no meaning.
            "Conditions" | "AWSTemplateFormatVersion" => {}
            name if PROSE.contains(&name) => {}
            name => parts.section(name, tree),
        }
    }
    parts.form
}

/// The parts of one template.
struct TemplateParts<'t> {
    /// The path of the template.
    path: &'t str,
    canon: Canon<'t>,
    /// The form to which they are added.
    form: Form,
}

impl TemplateParts<'_> {
    fn section(&mut self, name: &str, tree: &Tree) {
        if tree.members().is_empty() {
            self.add(name.to_owned(), tree);
        }
        for (id, member) in tree.members() {
            self.member(&format!("{name}/{}", id.text), member);
        }
    }

    fn member(&mut self, name: &str, tree: &Tree) {
        if tree.members().is_empty() || tree.tag.is_some() {
            self.add(name.to_owned(), tree);
            return;
        }
        for (key, value) in tree.members() {
            let inner = format!("{name}/{}", key.text);
            match key.text.as_str() {
                key if PROSE.contains(&key) => {}
                "Properties" if value.tag.is_none() => {
                    for (property, value) in value.members() {
                        let inner = format!("{inner}/{}", property.text);
                        let mut part = self.canon.part(value, self.path);
                        if property.text == "Tags" {
                            part.text.clone_from(&part.unordered);
                        }
                        self.form.add(inner, part);
                    }
                }
                "Condition" => {
                    let part = self.canon.condition(value, self.path);
                    self.form.add(inner, part);
                }
                _ => self.add(inner, value),
            }
        }
    }

    /// Adds a value as one part.
    fn add(&mut self, name: String, tree: &Tree) {
        let part = self.canon.part(tree, self.path);
        self.form.add(name, part);
    }
}

/// Brings values into their canonical form.
#[derive(Debug, Default)]
pub(super) struct Canon<'t> {
    /// The definitions of the template's conditions, by name.
    conditions: BTreeMap<&'t str, &'t Tree>,
}

impl Canon<'_> {
    /// Returns the part for one value.
    pub(super) fn part(&self, tree: &Tree, path: &str) -> FormPart {
        FormPart {
            text: self.text(false).written(tree),
            unordered: self.text(true).written(tree),
            origin: Origin::at(path, tree.place.line, tree.place.column),
        }
    }

    /// Returns the part for the name of a condition: its definition.
    fn condition(&self, tree: &Tree, path: &str) -> FormPart {
        let mut text = self.text(false);
        text.write_condition(tree);
        let origin = Origin::at(path, tree.place.line, tree.place.column);
        FormPart::plain(text.out, origin)
    }

    fn text(&self, sorted: bool) -> CanonText<'_> {
        CanonText {
            canon: self,
            sorted,
            nesting: 0,
            out: String::new(),
        }
    }
}

/// The canonical text of one value.
struct CanonText<'c> {
    canon: &'c Canon<'c>,
    /// True if lists are sorted.
    sorted: bool,
    /// The number of conditions in whose definitions the value stands.
    nesting: usize,
    out: String,
}

impl CanonText<'_> {
    /// Returns the text of a value within this one.
    fn written(&self, tree: &Tree) -> String {
        let mut inner = CanonText {
            out: String::new(),
            ..*self
        };
        inner.write(tree);
        inner.out
    }

    fn write(&mut self, tree: &Tree) {
        if self.out.len() > MAX_PART {
            return;
        }
        match tree.tag.as_deref() {
            None => self.content(tree),
            Some("Condition") => self.write_condition(tree),
            Some("GetAtt") if tree.scalar().is_some() => {
                let text = tree.scalar().unwrap_or_default();
                let (id, attribute) = text.split_once('.').unwrap_or((text, ""));
                self.out
                    .push_str(&format!("{{\"Fn::GetAtt\":[{id:?},{attribute:?}]}}"));
            }
            Some("Ref") => {
                let sorted = std::mem::replace(&mut self.sorted, false);
                self.call("Ref", tree);
                self.sorted = sorted;
            }
            Some("If") => self.choice(tree),
            Some(function) => self.call(&format!("Fn::{function}"), tree),
        }
    }

    fn call(&mut self, name: &str, tree: &Tree) {
        self.out.push_str(&format!("{{\"{name}\":"));
        self.content(tree);
        self.out.push('}');
    }

    fn content(&mut self, tree: &Tree) {
        match &tree.content {
            Content::Scalar { text, .. } => self.out.push_str(&format!("{text:?}")),
            Content::Broken(reason) => self.out.push_str(reason),
            Content::List(items) => {
                let mut items: Vec<String> = items.iter().map(|item| self.written(item)).collect();
                if self.sorted {
                    items.sort();
                }
                self.out.push_str(&format!("[{}]", items.join(",")));
            }
            Content::Map(members) => self.members(members),
        }
    }

    /// Writes a map: a function in its long form, or members in order of their names.
    fn members(&mut self, members: &[(MapKey, Tree)]) {
        match members {
            [(key, value)] if key.text == "Fn::If" => self.choice(value),
            [(key, value)] if key.text == "Condition" && value.scalar().is_some() => {
                self.write_condition(value);
            }
            [(key, value)] if key.text == "Fn::GetAtt" && value.scalar().is_some() => {
                self.write(&Tree {
                    tag: Some("GetAtt".into()),
                    ..value.clone()
                });
            }
            members => {
                let written = members.iter();
                let mut written: Vec<String> = written
                    .map(|(key, value)| format!("{:?}:{}", key.text, self.written(value)))
                    .collect();
                written.sort();
                self.out.push_str(&format!("{{{}}}", written.join(",")));
            }
        }
    }

    /// Writes `Fn::If`, whose first item names a condition.
    fn choice(&mut self, tree: &Tree) {
        self.out.push_str("{\"Fn::If\":[");
        for (index, item) in tree.items().iter().enumerate() {
            match index {
                0 => self.write_condition(item),
                _ => {
                    self.out.push(',');
                    self.write(item);
                }
            }
        }
        self.out.push_str("]}");
    }

    /// Writes the definition of the condition of this name.
    fn write_condition(&mut self, tree: &Tree) {
        let name = tree.scalar().unwrap_or_default();
        match self.canon.conditions.get(name) {
            Some(said) if self.nesting < MAX_NESTING && self.out.len() < MAX_PART => {
                self.nesting += 1;
                self.write(said);
                self.nesting -= 1;
            }
            _ => self.out.push_str(&format!("{{\"Condition\":{name:?}}}")),
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
