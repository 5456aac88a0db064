//! The variables of the Serverless Framework, as far as the files in view determine them: `${self:…}`, `${file(…)}`,
//! `${sls:stage}`, `${param:…}`, and the alternatives after a comma. Variables that are known only at deployment
//! (`${opt:…}`, `${env:…}`, `${ssm:…}`) stay as they are written.
//!
//! Source: Serverless Framework documentation, "Variables".

mod synthesized;
mod variable;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

pub(super) use self::synthesized::added;
use self::synthesized::{ENVIRONMENT, OF_FUNCTION, OF_PROVIDER, written_here};
use self::variable::{VariableSource, alternatives, path_of};
use super::scalars::next_variable;
use crate::language::yaml;
use crate::language::yaml::{Content, MapKey, Place, Tree};

/// The maximum depth of variables that refer to variables. A deeper chain is a cycle.
const MAX_DEPTH: usize = 24;

/// The maximum number of values that all variables together may copy: files that include each other twice multiply.
const MAX_VALUES: usize = 200_000;

/// True for a text that can be the configuration of a service.
pub(super) fn is_service(text: &str) -> bool {
    text.lines().any(|line| line.starts_with("resources:"))
}

/// Prefixes that CloudFormation does not know, and that show that a template is a part of some service.
const SIGNS: [&str; 6] = [
    "${self:", "${opt:", "${sls:", "${env:", "${param:", "${file(",
];

/// True if the text uses variables of the framework.
pub(super) fn has_variables(text: &str) -> bool {
    SIGNS.iter().any(|sign| text.contains(sign))
}

/// Returns the files that `${file(…)}` names in a text, relative to the folder of the service.
pub fn named_files(service: &str, text: &str) -> BTreeSet<String> {
    text.match_indices("file(")
        .filter_map(|(at, call)| text[at + call.len()..].split(')').next())
        .filter(|name| !name.contains("${"))
        .map(|name| path_of(service, name))
        .collect()
}

/// Returns the files outside of `texts` whose names contain variables: `${file(config/${self:provider.stage}.yml)}`.
pub fn files_by_variables(
    service: &str,
    text: &str,
    texts: [&BTreeMap<String, String>; 2],
) -> BTreeSet<String> {
    if !is_service(text) || !text.contains("${file(") {
        return BTreeSet::new();
    }
    let Ok(Some(root)) = yaml::load(text) else {
        return BTreeSet::new();
    };
    let missing = filled_in(service, root, texts).missing;
    missing.into_iter().map(|(path, _)| path).collect()
}

/// A service with its variables resolved, and the files that it consists of, to which its places refer by index.
#[derive(Debug)]
pub(super) struct Service {
    pub(super) root: Tree,
    pub(super) files: Vec<String>,
    /// Files that are named and not in view, with the places that name them.
    pub(super) missing: Vec<(String, Place)>,
    /// The scalars that come from a fallback, with the variable that takes precedence if it is set.
    pub(super) defaults: BTreeMap<Place, String>,
}

/// Resolves the variables in `resources` and in the relevant parts of the functions. `texts` holds every file in view.
pub(super) fn filled_in(path: &str, root: Tree, texts: [&BTreeMap<String, String>; 2]) -> Service {
    let root = Rc::new(root);
    let mut reader = ServiceReader {
        texts,
        root: Rc::clone(&root),
        files: vec![path.to_owned()],
        trees: BTreeMap::new(),
        missing: BTreeMap::new(),
        values: 0,
        copied: 0,
        by_default: None,
        defaults: BTreeMap::new(),
    };
    let members = root.members().iter().map(|(key, value)| {
        let value = match key.text.as_str() {
            "resources" => reader.tree(value, 0),
            "provider" => reader.only(value, &OF_PROVIDER),
            "functions" => reader.functions(value),
            _ => value.clone(),
        };
        (key.clone(), value)
    });
    let content = Content::Map(members.collect());
    Service {
        root: Tree {
            content,
            ..(*root).clone()
        },
        files: reader.files,
        missing: reader.missing.into_iter().collect(),
        defaults: reader.defaults,
    }
}

struct ServiceReader<'f> {
    texts: [&'f BTreeMap<String, String>; 2],
    root: Rc<Tree>,
    files: Vec<String>,
    trees: BTreeMap<String, Option<Rc<Tree>>>,
    missing: BTreeMap<String, Place>,
    values: usize,
    /// The number of values that were copied to the places that use them.
    copied: usize,
    /// The variable whose default determines the current scalar.
    by_default: Option<String>,
    defaults: BTreeMap<Place, String>,
}

impl ServiceReader<'_> {
    /// Resolves the variables in a value.
    fn tree(&mut self, tree: &Tree, depth: usize) -> Tree {
        self.values += 1;
        let outer = self.by_default.clone();
        let content = match &tree.content {
            _ if self.values > MAX_VALUES => too_much(),
            Content::Scalar { text, .. } if text.contains("${") => {
                return self.scalar(tree, depth);
            }
            Content::List(items) => {
                Content::List(items.iter().map(|item| self.tree(item, depth)).collect())
            }
            Content::Map(members) => Content::Map(self.members(members, depth)),
            other => other.clone(),
        };
        // The members of a list or a map have defaults of their own.
        self.by_default = outer;
        Tree {
            content,
            ..tree.clone()
        }
    }

    /// Resolves only the members of these names: others may name files that have nothing to do with databases.
    fn only(&mut self, tree: &Tree, names: &[&str]) -> Tree {
        let Content::Map(members) = &tree.content else {
            return self.tree(tree, 0);
        };
        let wanted = members
            .iter()
            .filter(|(key, _)| names.contains(&key.text.as_str()));
        let filled = wanted.map(|(key, value)| {
            let here = (key.text == ENVIRONMENT).then(|| written_here(value));
            (key.clone(), self.tree(here.as_ref().unwrap_or(value), 0))
        });
        Tree {
            content: Content::Map(filled.collect()),
            ..tree.clone()
        }
    }

    /// Resolves a map of functions, a list of such maps, or a file that holds them.
    fn functions(&mut self, tree: &Tree) -> Tree {
        let content = match &tree.content {
            Content::List(items) => {
                Content::List(items.iter().map(|item| self.functions(item)).collect())
            }
            Content::Map(functions) => {
                let filled = functions
                    .iter()
                    .map(|(key, function)| (key.clone(), self.only(function, &OF_FUNCTION)));
                Content::Map(filled.collect())
            }
            Content::Scalar { .. } | Content::Broken(_) => return self.tree(tree, 0),
        };
        Tree {
            content,
            ..tree.clone()
        }
    }

    fn members(&mut self, members: &[(MapKey, Tree)], depth: usize) -> Vec<(MapKey, Tree)> {
        let filled = members.iter().map(|(key, value)| {
            let value = self.tree(value, depth);
            (key.clone(), value)
        });
        filled.collect()
    }

    /// Resolves a scalar and records the default that determined it, on which every copy of the scalar depends too.
    fn scalar(&mut self, tree: &Tree, depth: usize) -> Tree {
        if depth >= MAX_DEPTH {
            return tree.clone();
        }
        let outer = self.by_default.take();
        let filled = self.filled(tree, depth);
        if let Some(name) = &self.by_default {
            self.defaults.insert(tree.place, name.clone());
        }
        self.by_default = outer.or(self.by_default.take());
        filled
    }

    /// Replaces a text that is a single variable by its value, and in a longer text the variables whose values are
    /// text.
    fn filled(&mut self, tree: &Tree, depth: usize) -> Tree {
        let Content::Scalar { text, plain } = &tree.content else {
            return tree.clone();
        };
        if let Some(("", variable, "")) = next_variable(text)
            && tree.tag.is_none()
        {
            let value = self.variable(variable, tree.place, depth);
            return match value {
                // A scalar has the place of its use; lists and maps keep their own places.
                Some(value) if value.scalar().is_some() => Tree {
                    place: tree.place,
                    ..value
                },
                Some(value) => value,
                None => tree.clone(),
            };
        }
        let (text, plain) = (self.text(text, tree.place, depth).into(), *plain);
        Tree {
            content: Content::Scalar { text, plain },
            ..tree.clone()
        }
    }

    fn text(&mut self, text: &str, place: Place, depth: usize) -> String {
        let mut filled = String::new();
        let mut rest = text;
        // The name of a variable may itself contain a variable, to any depth.
        while depth < MAX_DEPTH
            && let Some((before, variable, after)) = next_variable(rest)
        {
            filled.push_str(before);
            let value = self.variable(variable, place, depth);
            match value.as_ref().and_then(Tree::literal) {
                Some(value) if self.values <= MAX_VALUES => {
                    self.values += value.len() / yaml::BYTES_PER_NODE;
                    filled.push_str(value);
                }
                _ => filled.push_str(&format!("${{{variable}}}")),
            }
            rest = after;
        }
        filled + rest
    }

    /// Returns the value of the first alternative that has one.
    fn variable(&mut self, variable: &str, place: Place, depth: usize) -> Option<Tree> {
        let variable = self.text(variable, place, depth + 1);
        let mut given_by = None;
        for source in alternatives(&variable) {
            let Some(value) = self.source(&source, place, depth) else {
                given_by = given_by.or(source.given_later());
                continue;
            };
            let value = self.tree(&value, depth + 1);
            let known = self.defaults.get(&value.place);
            let known = known.filter(|_| value.scalar().is_some()).cloned();
            self.by_default = self.by_default.take().or(given_by).or(known);
            return Some(value);
        }
        None
    }

    fn source(&mut self, source: &VariableSource, place: Place, depth: usize) -> Option<Tree> {
        match source {
            VariableSource::Literal { text, plain } => Some(scalar(text, *plain, place)),
            VariableSource::Own(path) => {
                let root = Rc::clone(&self.root);
                self.lookup(&root, path, depth)
            }
            VariableSource::File(name, path) => {
                let file = self.file(name, place)?;
                self.lookup(&file, path, depth)
            }
            VariableSource::Stage => {
                let root = Rc::clone(&self.root);
                let own = self.lookup(&root, "provider.stage", depth);
                // "dev" is the framework's own default, and `--stage` takes precedence over both.
                self.by_default = self.by_default.take().or(Some("opt:stage".to_owned()));
                own.or_else(|| Some(scalar("dev", true, place)))
            }
            VariableSource::Parameter(name) => self.parameter(name, place, depth),
            VariableSource::Pseudo(name) => Some(Tree {
                tag: Some("Ref".into()),
                ..scalar(name, true, place)
            }),
            VariableSource::Deployment(_) => None,
        }
    }

    /// Looks up a parameter: those of the stage take precedence over those of all stages, and `--param` over both.
    /// Source: "Parameters" (Serverless Framework).
    fn parameter(&mut self, name: &str, place: Place, depth: usize) -> Option<Tree> {
        let stage = self.source(&VariableSource::Stage, place, depth)?;
        let stage = self.tree(&stage, depth + 1);
        let stage = stage.literal()?;
        let root = Rc::clone(&self.root);
        let value = [stage, "default"]
            .into_iter()
            .flat_map(|stage| {
                [
                    format!("params.{stage}.{name}"),
                    format!("stages.{stage}.params.{name}"),
                ]
            })
            .find_map(|path| self.lookup(&root, &path, depth));
        self.by_default = self.by_default.take().or(Some(format!("param:{name}")));
        value
    }

    /// Follows a path step by step; a step may itself be a variable.
    fn lookup(&mut self, from: &Tree, path: &str, depth: usize) -> Option<Tree> {
        let Some((step, rest)) = first_step(path) else {
            return Some(self.copy(from));
        };
        if from.scalar().is_some() {
            let filled = (depth < MAX_DEPTH).then(|| self.tree(from, depth + 1))?;
            return match filled.scalar() {
                Some(_) => None,
                None => self.lookup(&filled, path, depth + 1),
            };
        }
        let next = match step.parse::<usize>() {
            Ok(index) if !from.items().is_empty() => from.items().get(index),
            _ => from.get(step),
        };
        self.lookup(next?, rest, depth)
    }

    /// Copies a value and charges for it.
    fn copy(&mut self, tree: &Tree) -> Tree {
        if self.copied <= MAX_VALUES {
            self.copied += tree.weight();
        }
        if self.copied > MAX_VALUES {
            Tree {
                content: too_much(),
                ..scalar("", false, tree.place)
            }
        } else {
            tree.clone()
        }
    }

    fn file(&mut self, name: &str, place: Place) -> Option<Rc<Tree>> {
        let path = path_of(&self.files[0], name);
        if !self.trees.contains_key(&path) {
            let tree = self.load(&path);
            if tree.is_none() {
                self.missing.insert(path.clone(), place);
            }
            self.trees.insert(path.clone(), tree.map(Rc::new));
        }
        self.trees.get(&path).cloned().flatten()
    }

    fn load(&mut self, path: &str) -> Option<Tree> {
        let text = self.texts.iter().find_map(|texts| texts.get(path))?;
        let number = u16::try_from(self.files.len()).ok()?;
        let mut tree = yaml::load(text).ok().flatten()?;
        tree.move_to(number);
        self.files.push(path.to_owned());
        Some(tree)
    }
}

fn too_much() -> Content {
    Content::Broken(format!(
        "the variables of this service bring in more than {MAX_VALUES} values: audit what `serverless package` writes"
    ))
}

/// Returns the first step of a path, and the rest; nothing at its end.
fn first_step(path: &str) -> Option<(&str, &str)> {
    let path = path.trim_start_matches('.');
    let (step, rest) = path.split_once('.').unwrap_or((path, ""));
    (!step.is_empty()).then_some((step, rest))
}

fn scalar(text: &str, plain: bool, place: Place) -> Tree {
    let text = text.into();
    Tree {
        content: Content::Scalar { text, plain },
        tag: None,
        place,
    }
}
