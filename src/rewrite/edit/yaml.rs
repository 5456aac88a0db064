//! Edits of data trees: CloudFormation templates in YAML and JSON, and Terraform's JSON.
//!
//! No text is searched by pattern: every range comes from the parser that read the value.

use std::ops::Range;

use super::{NO_ENTRY, SHARED, Switch, insertion, line_end_at};
use crate::domain::finding::Edit;
use crate::domain::remedy::Setting;
use crate::language::yaml::{Quotes, Written, WrittenForm, written};

/// The keys, or prefixes of keys, of functions: a mapping with one of them is evaluated and not a literal.
const FUNCTIONS: [&str; 3] = ["Ref", "Fn::", "Condition"];

/// A parsed YAML or JSON text.
pub(super) struct YamlText<'t> {
    text: &'t str,
    root: Written,
    is_json: bool,
    is_terraform: bool,
}

/// A value or a key that begins at the searched offset, with its context.
#[derive(Clone, Copy)]
struct YamlSpot<'w> {
    node: &'w Written,
    /// The key and value of the member that the node belongs to. None for an item of a list and for the root.
    member: Option<(&'w Written, &'w Written)>,
    /// The mapping that contains the member.
    around: &'w Written,
    /// The key of the nearest enclosing member.
    below: &'w str,
    is_shared: bool,
}

impl<'t> YamlText<'t> {
    /// Parses a text; `is_terraform` tells Terraform's JSON from a template.
    pub(super) fn read(text: &'t str, is_terraform: bool) -> Result<Self, String> {
        let root = written(text).ok_or("the file cannot be read as a whole")?;
        let is_json = is_terraform || text.trim_start().starts_with('{');
        Ok(Self {
            text,
            root,
            is_json,
            is_terraform,
        })
    }

    /// Sets a property: replaces the value at an offset, or adds a member to the resource or the entry that begins
    /// there.
    pub(super) fn set(&self, offset: usize, setting: &Setting) -> Result<Edit, String> {
        let name = if self.is_terraform {
            setting.terraform
        } else {
            setting.service
        };
        let spots = self.spots(offset);
        if spots.iter().any(|spot| spot.is_shared) {
            return Err(SHARED.to_owned());
        }
        let named =
            |spot: &&YamlSpot<'_>| spot.member.is_some_and(|(key, _)| key.text() == Some(name));
        if let Some((key, value)) = spots.iter().find(named).and_then(|spot| spot.member) {
            return self.value(key, value, setting);
        }
        let holder = if setting.is_of_entry {
            self.entry(&spots)?
        } else {
            self.resource(&spots)?
        };
        if holder.is_shared {
            return Err(SHARED.to_owned());
        }
        match holder.member(name) {
            // The property is written, but its value is not the wanted one.
            Some((key, value)) => self.value(key, value, setting),
            None => self.member_more(holder, name, setting),
        }
    }

    /// Returns the edit that turns on the switch at an offset.
    pub(super) fn switch(&self, offset: usize, switch: &Switch<'_>) -> Result<Edit, String> {
        let by_hand = || switch.by_hand();
        let spots = self.spots(offset);
        if spots.iter().any(|spot| spot.is_shared) {
            return Err(SHARED.to_owned());
        }
        let named = |spot: &&YamlSpot<'_>| {
            let key = spot.member.and_then(|(key, _)| key.text());
            let beside = spot.around.member("name").and_then(|(_, name)| name.text());
            key.is_some_and(|key| switch.is_named(key))
                || (self.is_terraform
                    && key == Some("value")
                    && beside.is_some_and(|name| switch.is_named(name)))
        };
        let (key, value) = spots
            .iter()
            .find(named)
            .and_then(|spot| spot.member)
            .ok_or_else(by_hand)?;
        let literal = value.text().filter(|_| !value.is_tagged);
        let on = switch.on(literal).ok_or_else(by_hand)?;
        self.replaced(key, value, on)
    }

    /// The range of the innermost mapping that begins at an offset: a statement of a policy.
    pub(super) fn statement(&self, offset: usize) -> Option<Range<usize>> {
        let spots = self.spots(offset);
        let maps = spots
            .iter()
            .filter(|spot| matches!(spot.node.form, WrittenForm::Map(_)) && !spot.is_shared);
        maps.map(|spot| spot.node.range.clone()).next_back()
    }

    /// All nodes that begin at an offset, the outermost first.
    fn spots(&self, offset: usize) -> Vec<YamlSpot<'_>> {
        let mut spots = Vec::new();
        let root = YamlSpot {
            node: &self.root,
            member: None,
            around: &self.root,
            below: "",
            is_shared: false,
        };
        collect(root, offset, &mut spots);
        spots
    }

    fn entry<'w>(&self, spots: &[YamlSpot<'w>]) -> Result<&'w Written, String> {
        let list = if self.is_terraform { "auth" } else { "Auth" };
        let values = spots.iter().filter_map(|spot| match spot.member {
            // CloudFormation has a list of entries; Terraform's JSON may omit the brackets.
            None => (spot.below == list).then_some(spot.node),
            Some((key, value)) if self.is_terraform => match key.text()? {
                "content" => Some(value),
                key => (key == list).then_some(value),
            },
            Some(_) => None,
        });
        // A sequence can begin at the same offset as its first item.
        let mut entries = values.filter(|node| node.is_tagged || node.items().is_empty());
        let node = entries.next().ok_or(NO_ENTRY)?;
        let is_function = node.members().iter().any(|(key, _)| is_function(key));
        if node.is_tagged || is_function {
            return Err("which entries there are is worked out: say it in each of them".to_owned());
        }
        let made = node.member("content").filter(|_| self.is_terraform);
        let node = made.map_or(node, |(_, content)| content);
        match node.form {
            WrittenForm::Map(_) => Ok(node),
            WrittenForm::Scalar(..) | WrittenForm::Alias | WrittenForm::List(_) => {
                Err(NO_ENTRY.to_owned())
            }
        }
    }

    fn resource<'w>(&self, spots: &[YamlSpot<'w>]) -> Result<&'w Written, String> {
        let lost = "the resource was not found";
        if self.is_terraform {
            let bodies = spots
                .iter()
                .map(|spot| spot.member.map_or(spot.node, |(_, value)| value));
            let mut maps = bodies.filter(|node| matches!(node.form, WrittenForm::Map(_)));
            return maps.next_back().ok_or(lost.to_owned());
        }
        let mut resources = spots
            .iter()
            .filter_map(|spot| Some(spot.member?.1))
            .filter(|node| {
                let kind = node.member("Type").and_then(|(_, kind)| kind.text());
                kind == Some("AWS::RDS::DBProxy")
            });
        let resource = resources.next_back().ok_or(lost)?;
        if resource.is_shared {
            return Err(SHARED.to_owned());
        }
        let (_, properties) = resource
            .member("Properties")
            .ok_or("the resource has no Properties")?;
        match properties.form {
            WrittenForm::Map(_) if !properties.is_tagged => Ok(properties),
            WrittenForm::Alias => Err(SHARED.to_owned()),
            _ => Err("the Properties are worked out and not written".to_owned()),
        }
    }

    fn value(&self, key: &Written, value: &Written, setting: &Setting) -> Result<Edit, String> {
        let quoted = matches!(
            value.form,
            WrittenForm::Scalar(_, Quotes::Single | Quotes::Double)
        );
        if quoted && setting.is_word && !value.is_tagged {
            self.replaced(key, value, setting.value)
        } else if self.is_json {
            self.whole(key, value, &setting.literal())
        } else {
            self.whole(key, value, setting.value)
        }
    }

    /// Replaces the text inside the existing quotes, or a plain text with a plain one.
    fn replaced(&self, key: &Written, value: &Written, word: &str) -> Result<Edit, String> {
        let quote = match value.form {
            WrittenForm::Scalar(_, Quotes::Single) => "'",
            WrittenForm::Scalar(_, Quotes::Double) => "\"",
            WrittenForm::Scalar(_, Quotes::None) if value.text().is_some() && !value.is_tagged => {
                ""
            }
            _ => "\"",
        };
        self.whole(key, value, &format!("{quote}{word}{quote}"))
    }

    /// Replaces the value and all lines that it occupies.
    fn whole(&self, key: &Written, value: &Written, text: &str) -> Result<Edit, String> {
        if value.is_shared || matches!(value.form, WrittenForm::Alias) {
            return Err(SHARED.to_owned());
        }
        if matches!(value.form, WrittenForm::Scalar(_, Quotes::Lines)) || value.range.is_empty() {
            return Err("the value stands in lines of its own: write it by hand".to_owned());
        }
        let lost = "the value was not found";
        let between = self
            .text
            .get(key.range.end..value.range.start)
            .ok_or(lost)?;
        let old = self.text.get(value.range.clone()).ok_or(lost)?;
        if old.contains('\n') && old.contains('#') {
            return Err("comments stand inside the value: write it by hand".to_owned());
        }
        if !between.contains('\n') {
            return Ok(Edit {
                range: value.range.clone(),
                text: text.to_owned(),
            });
        }
        let colon = between.trim_end();
        if colon.trim_start() != ":" {
            return Err("comments stand before the value: write it by hand".to_owned());
        }
        Ok(Edit {
            range: key.range.end + colon.len()..value.range.end,
            text: format!(" {text}"),
        })
    }

    /// Adds a member to a mapping: before the others, or after the first one if that ends with its line.
    fn member_more(&self, map: &Written, name: &str, setting: &Setting) -> Result<Edit, String> {
        let wanted = setting.value;
        if map.is_flow {
            return if self.is_json {
                self.member_in_braces(map, &format!("\"{name}\""), &setting.literal())
            } else {
                self.member_in_braces(map, name, wanted)
            };
        }
        let (key, value) = map.members().first().ok_or("the mapping is empty")?;
        let at = key.range.start;
        let before = &self.text[self.text[..at].rfind('\n').map_or(0, |line| line + 1)..at];
        if !before.chars().all(|one| one == ' ' || one == '-') {
            return Err(format!(
                "write {name}: {wanted} by hand: more than its indentation stands before the first line"
            ));
        }
        let margin = " ".repeat(before.len());
        let member = match key.form {
            WrittenForm::Scalar(_, Quotes::Double) => format!("\"{name}\": {wanted}"),
            WrittenForm::Scalar(_, Quotes::Single) => format!("'{name}': {wanted}"),
            _ => format!("{name}: {wanted}"),
        };
        let end = line_end_at(self.text, at);
        let whole = self.text.get(at..value.range.end.max(at)).unwrap_or("\n");
        let is_one_line = !whole.contains('\n') && !value.range.is_empty();
        if !setting.is_of_entry || !is_one_line {
            return Ok(insertion(at, format!("{member}{end}{margin}")));
        }
        let rest = &self.text[value.range.end..];
        Ok(match rest.find('\n') {
            Some(line) => insertion(value.range.end + line + 1, format!("{margin}{member}{end}")),
            None => insertion(self.text.len(), format!("{end}{margin}{member}")),
        })
    }

    /// Adds a member to a mapping in braces, before the others.
    fn member_in_braces(&self, map: &Written, name: &str, value: &str) -> Result<Edit, String> {
        let after = map.range.start + 1;
        let rest = self.text.get(after..).unwrap_or_default();
        if map.is_tagged || !self.text[map.range.clone()].starts_with('{') {
            return Err("the mapping is worked out and not written".to_owned());
        }
        let white = &rest[..rest.len() - rest.trim_start().len()];
        let Some((first, first_value)) = map.members().first() else {
            return Ok(insertion(after, format!("{white}{name}: {value}")));
        };
        let colon = self.text.get(first.range.end..first_value.range.start);
        // Minified JSON stays minified; a plain key of YAML needs a space after the colon.
        let (colon, blank) = match colon {
            Some(":") if self.is_json => (":", ""),
            _ => (": ", " "),
        };
        let member = format!("{name}{colon}{value}");
        Ok(if white.contains('\n') {
            insertion(after, format!("{white}{member},"))
        } else {
            insertion(after + white.len(), format!("{member},{blank}"))
        })
    }
}

fn is_function(key: &Written) -> bool {
    let text = key.text().unwrap_or_default();
    FUNCTIONS.iter().any(|function| text.starts_with(function))
}

/// The recursion is as deep as the tree, whose depth the parser limits.
fn collect<'w>(spot: YamlSpot<'w>, offset: usize, spots: &mut Vec<YamlSpot<'w>>) {
    let is_shared = spot.is_shared || spot.node.is_shared;
    let spot = YamlSpot { is_shared, ..spot };
    let range = &spot.node.range;
    if range.start == offset {
        spots.push(spot);
    }
    if offset < range.start || offset >= range.end.max(range.start + 1) {
        return;
    }
    for (key, value) in spot.node.members() {
        let member = Some((key, value));
        if key.range.start == offset {
            spots.push(YamlSpot {
                node: key,
                member,
                around: spot.node,
                ..spot
            });
        }
        let below = key.text().unwrap_or_default();
        let within = YamlSpot {
            node: value,
            member,
            around: spot.node,
            below,
            ..spot
        };
        collect(within, offset, spots);
    }
    for item in spot.node.items() {
        let within = YamlSpot {
            node: item,
            member: None,
            ..spot
        };
        collect(within, offset, spots);
    }
}
