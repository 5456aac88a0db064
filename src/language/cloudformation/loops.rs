//! `Fn::ForEach`, expanded as the transform `AWS::LanguageExtensions` does before deployment. Nothing is evaluated
//! here: a loop over a list that is known only at deployment stays as it is.
//!
//! Source: CloudFormation Template Reference, "Fn::ForEach".

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::evidence::Origin;
use crate::language::yaml::{Content, MapKey, Tree};

/// The prefix of the keys of loops.
pub(super) const FOR_EACH: &str = "Fn::ForEach::";

/// The sections that may contain loops.
const SECTIONS: [&str; 3] = ["Conditions", "Outputs", "Resources"];

/// The maximum number of values that all loops of a template may make.
// Nested loops multiply.
const MAX_VALUES: usize = 100_000;

/// The number of bytes of text that count as one value.
pub(super) const BYTES_PER_VALUE: usize = 32;

/// A template with its loops expanded.
#[derive(Debug)]
pub(super) struct Unrolled {
    pub(super) body: Tree,
    /// The parameters that a resource was made for, by logical id: another list makes other resources.
    pub(super) made_for: BTreeMap<String, BTreeSet<String>>,
    /// The number of values that the loops added.
    pub(super) values: usize,
}

/// True if the tree contains a loop anywhere.
fn has_loop(tree: &Tree) -> bool {
    let mut members = tree.members().iter();
    members.any(|(key, value)| key.text.starts_with(FOR_EACH) || has_loop(value))
        || tree.items().iter().any(has_loop)
}

/// Expands every loop whose list is literal, or is a parameter with a value.
pub(super) fn unrolled(body: Tree, passed: &BTreeMap<String, (String, Origin)>) -> Unrolled {
    if !has_loop(&body) {
        return Unrolled {
            body,
            made_for: BTreeMap::new(),
            values: 0,
        };
    }
    let mut loops = Loops {
        lists: lists(&body, passed),
        left: MAX_VALUES,
        made_for: BTreeMap::new(),
        used: BTreeSet::new(),
    };
    let body = loops.sections(body);
    Unrolled {
        body,
        made_for: loops.made_for,
        values: MAX_VALUES - loops.left,
    }
}

/// Returns the values of all parameters that are lists.
fn lists(
    body: &Tree,
    passed: &BTreeMap<String, (String, Origin)>,
) -> BTreeMap<String, Vec<String>> {
    let declared = body
        .get("Parameters")
        .map(Tree::members)
        .unwrap_or_default();
    declared
        .iter()
        .filter(|(_, declaration)| {
            let kind = declaration.get("Type").and_then(Tree::scalar);
            kind.is_some_and(|kind| kind == "CommaDelimitedList" || kind.starts_with("List<"))
        })
        .filter_map(|(name, declaration)| {
            let given = passed.get(&name.text).map(|(text, _)| text.as_str());
            let text = given.or_else(|| declaration.get("Default")?.scalar())?;
            let values = text.split(',').map(|value| value.trim().to_owned());
            Some((name.text.clone(), values.collect()))
        })
        .collect()
}

struct Loops {
    lists: BTreeMap<String, Vec<String>>,
    left: usize,
    made_for: BTreeMap<String, BTreeSet<String>>,
    /// The parameters that the loops being expanded iterate over.
    used: BTreeSet<String>,
}

/// One iteration of a loop: its identifier, and the value that replaces it.
struct Round<'r> {
    identifier: &'r str,
    value: &'r str,
    plain: bool,
}

impl Loops {
    fn sections(&mut self, body: Tree) -> Tree {
        let Content::Map(sections) = body.content else {
            return body;
        };
        let sections = sections.into_iter().map(|(key, section)| {
            let section = match section.content {
                Content::Map(members) if SECTIONS.contains(&key.text.as_str()) => Tree {
                    content: Content::Map(self.section(&key, members)),
                    ..section
                },
                content => Tree { content, ..section },
            };
            (key, section)
        });
        let content = Content::Map(sections.collect());
        Tree { content, ..body }
    }

    fn section(&mut self, section: &MapKey, members: Vec<(MapKey, Tree)>) -> Vec<(MapKey, Tree)> {
        let mut made = Vec::new();
        for member in members {
            let new = self.members(vec![member]);
            let used = std::mem::take(&mut self.used);
            if section.text == "Resources" && !used.is_empty() {
                let ids = new.iter().map(|(key, _)| (key.text.clone(), used.clone()));
                self.made_for.extend(ids);
            }
            made.extend(new);
        }
        once_each(made)
    }

    fn members(&mut self, members: Vec<(MapKey, Tree)>) -> Vec<(MapKey, Tree)> {
        let mut made = Vec::new();
        for (key, tree) in members {
            let rounds = key.text.starts_with(FOR_EACH).then(|| self.rounds(&tree));
            match rounds.flatten() {
                Some(rounds) => made.extend(rounds),
                None => made.push((key, self.tree(tree))),
            }
        }
        made
    }

    fn tree(&mut self, tree: Tree) -> Tree {
        let content = match tree.content {
            Content::Map(members) => Content::Map(once_each(self.members(members))),
            Content::List(items) => {
                Content::List(items.into_iter().map(|item| self.tree(item)).collect())
            }
            other => other,
        };
        Tree { content, ..tree }
    }

    /// Expands a loop. None if its list is unknown or if it makes too many values.
    fn rounds(&mut self, tree: &Tree) -> Option<Vec<(MapKey, Tree)>> {
        let [identifier, collection, output] = tree.items() else {
            return None;
        };
        let identifier = identifier.literal()?;
        let mut made = Vec::new();
        for (value, plain) in self.collection(collection)? {
            let value = value.as_str();
            let round = Round {
                identifier,
                value,
                plain,
            };
            for (key, body) in output.members() {
                let text = self.replaced(&key.text, &round)?;
                let body = self.filled(body, &round)?;
                made.push((MapKey { text, ..*key }, body));
            }
        }
        Some(self.members(made))
    }

    fn collection(&mut self, collection: &Tree) -> Option<Vec<(String, bool)>> {
        if let Content::List(items) = &collection.content {
            let values = items.iter().map(|item| match &item.content {
                Content::Scalar { text, plain } if item.tag.is_none() => {
                    Some((text.to_string(), *plain))
                }
                _ => None,
            });
            return values.collect();
        }
        let parameter = reference(collection)?;
        let values = self.lists.get(parameter)?;
        self.used.insert(parameter.to_owned());
        Some(values.iter().map(|value| (value.clone(), false)).collect())
    }

    /// Copies the body of a loop, with the identifier replaced by the value of this iteration.
    fn filled(&mut self, tree: &Tree, round: &Round<'_>) -> Option<Tree> {
        self.pay(1)?;
        if reference(tree) == Some(round.identifier) {
            let content = Content::Scalar {
                text: self.paid(round.value.to_owned())?.into(),
                plain: round.plain,
            };
            let place = tree.place;
            let tag = None;
            return Some(Tree {
                content,
                tag,
                place,
            });
        }
        let content = match &tree.content {
            Content::Scalar { text, plain } => Content::Scalar {
                text: self.replaced(text, round)?.into(),
                plain: *plain,
            },
            Content::List(items) => {
                let items = items.iter().map(|item| self.filled(item, round));
                Content::List(items.collect::<Option<_>>()?)
            }
            Content::Map(members) => {
                let members = members.iter().map(|(key, member)| {
                    let text = self.replaced(&key.text, round)?;
                    Some((MapKey { text, ..*key }, self.filled(member, round)?))
                });
                Content::Map(members.collect::<Option<_>>()?)
            }
            Content::Broken(reason) => Content::Broken(reason.clone()),
        };
        Some(Tree {
            content,
            tag: tree.tag.clone(),
            place: tree.place,
        })
    }

    /// Replaces `${Name}` by the value, and `&{Name}` by those characters of it that a logical id may contain.
    fn replaced(&mut self, text: &str, round: &Round<'_>) -> Option<String> {
        let whole = format!("${{{}}}", round.identifier);
        let letters = format!("&{{{}}}", round.identifier);
        let places = text.matches(&whole).count() + text.matches(&letters).count();
        self.pay((text.len() + places * round.value.len()) / BYTES_PER_VALUE)?;
        if places == 0 {
            return Some(text.to_owned());
        }
        let id: String = round
            .value
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect();
        Some(text.replace(&whole, round.value).replace(&letters, &id))
    }

    fn paid(&mut self, text: String) -> Option<String> {
        self.pay(text.len() / BYTES_PER_VALUE).map(|()| text)
    }

    fn pay(&mut self, values: usize) -> Option<()> {
        let left = self.left.checked_sub(values);
        self.left = left.unwrap_or(0);
        left.map(|_| ())
    }
}

/// Returns the name that `Ref` refers to, in its short or its long form.
fn reference(tree: &Tree) -> Option<&str> {
    if tree.tag.as_deref() == Some("Ref") {
        return tree.scalar();
    }
    match tree.members() {
        [(key, name)] if key.text == "Ref" && tree.tag.is_none() => name.literal(),
        _ => None,
    }
}

/// Marks every repeated key as broken, as the loader of texts does.
fn once_each(members: Vec<(MapKey, Tree)>) -> Vec<(MapKey, Tree)> {
    let mut known = BTreeSet::new();
    let members = members.into_iter().map(|(key, tree)| {
        if known.insert(key.text.clone()) {
            return (key, tree);
        }
        let content = Content::Broken(format!("a loop makes `{}` a second time", key.text));
        (key, Tree { content, ..tree })
    });
    members.collect()
}
