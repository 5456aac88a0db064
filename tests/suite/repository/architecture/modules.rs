//! Which module names which, as the text says: `use crate::a::{b, c::D}`, `super::super::e`, `self::f`, and paths in the code.

use std::collections::{BTreeMap, BTreeSet};

/// The path of a module: `["source", "yaml"]`; empty for the crate itself.
pub(super) type Module = Vec<String>;

/// The modules that each module names.
pub(super) type Graph = BTreeMap<Module, BTreeSet<Module>>;

/// The module of a file below `src`.
pub(super) fn module(path: &str) -> Module {
    let mut parts: Module = path
        .strip_prefix("src/")
        .unwrap()
        .trim_end_matches(".rs")
        .split('/')
        .map(str::to_owned)
        .collect();
    if matches!(
        parts.last().map(String::as_str),
        Some("mod" | "lib" | "main")
    ) {
        parts.pop();
    }
    parts
}

/// Who names whom. A module and those that it stands in are written for each other: that is no arrow.
pub(super) fn graph(sources: &BTreeMap<String, String>) -> Graph {
    let known: BTreeSet<Module> = sources.keys().map(|path| module(path)).collect();
    let arrows = sources.iter().map(|(path, text)| {
        let own = module(path);
        let named = paths(&code(text))
            .into_iter()
            .filter_map(|path| resolved(&path, &own, &known))
            .filter(|other| !other.starts_with(&own) && !own.starts_with(other))
            .collect();
        (own, named)
    });
    arrows.collect()
}

/// The text without comments and without its tests, which may look anywhere.
pub(super) fn code(text: &str) -> String {
    let mut modules = text.match_indices("\n#[cfg(test)]\nmod ");
    let tests = modules.find(|(at, head)| {
        let line = text[at + head.len()..].lines().next();
        line.is_some_and(|line| line.ends_with('{'))
    });
    let text = &text[..tests.map_or(text.len(), |(at, _)| at)];
    let lines = text.lines().map(|line| match line.trim_start() {
        comment if comment.starts_with("//") => "",
        _ => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Every path that begins at the crate, or at a module by where this one stands.
fn paths(code: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("use ") {
        let is_statement = code[..at].ends_with(['\n', ' ', ')']) || at == 0;
        if let Some(end) = code[at..].find(';').filter(|_| is_statement) {
            flatten(&code[at + 4..at + end], &[], &mut found);
        }
    }
    for start in ["crate::", "super::", "self::"] {
        for (at, _) in code.match_indices(start) {
            let is_whole = !code[..at].ends_with(|before: char| {
                before.is_alphanumeric() || before == '_' || before == ':'
            });
            let path = code[at..].split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'));
            let path = path.into_iter().next().unwrap_or_default();
            if is_whole {
                found.push(segments(path));
            }
        }
    }
    found
}

fn segments(path: &str) -> Vec<String> {
    path.split("::")
        .map(|part| part.trim().split(" as ").next().unwrap().to_owned())
        .filter(|part| !part.is_empty())
        .collect()
}

/// `a::{b, c::{d, e}}` as `a::b`, `a::c::d`, `a::c::e`.
fn flatten(tree: &str, above: &[String], found: &mut Vec<Vec<String>>) {
    let (head, group) = tree.split_once('{').unwrap_or((tree, ""));
    let path = [above, &segments(head)].concat();
    let Some(group) = group.trim_end().strip_suffix('}') else {
        found.push(path);
        return;
    };
    let (mut depth, mut start) = (0, 0);
    for (at, letter) in group.char_indices().chain([(group.len(), ',')]) {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                if !group[start..at].trim().is_empty() {
                    flatten(&group[start..at], &path, found);
                }
                start = at + 1;
            }
            _ => {}
        }
    }
}

/// The module that a path leads to, seen from another; none outside of the crate.
fn resolved(path: &[String], own: &[String], known: &BTreeSet<Module>) -> Option<Module> {
    let mut at: Option<Module> = None;
    for part in path {
        match (part.as_str(), &mut at) {
            ("crate", _) => at = Some(Vec::new()),
            ("self", None) => at = Some(own.to_vec()),
            ("self", Some(_)) => {}
            ("super", None) => at = Some(own[..own.len().saturating_sub(1)].to_vec()),
            ("super", Some(module)) => drop(module.pop()),
            (name, None) => {
                let child = [own, &[name.to_owned()]].concat();
                at = Some(known.get(&child)?.clone());
            }
            (name, Some(module)) => {
                let child = [module.as_slice(), &[name.to_owned()]].concat();
                if known.contains(&child) {
                    *module = child
                } else {
                    break;
                }
            }
        }
    }
    at
}

/// A way on which a module leads back to itself, where there is one.
pub(super) fn circle(graph: &Graph) -> Option<Vec<Module>> {
    let mut done = BTreeSet::new();
    graph
        .keys()
        .find_map(|start| circle_from(start, graph, &mut Vec::new(), &mut done))
}

fn circle_from<'g>(
    module: &'g Module,
    graph: &'g Graph,
    way: &mut Vec<&'g Module>,
    done: &mut BTreeSet<&'g Module>,
) -> Option<Vec<Module>> {
    if let Some(first) = way.iter().position(|one| *one == module) {
        let circle = way[first..].iter().copied().chain([module]);
        return Some(circle.cloned().collect());
    }
    if !done.insert(module) {
        return None;
    }
    way.push(module);
    let found = graph
        .get(module)
        .into_iter()
        .flatten()
        .find_map(|next| circle_from(next, graph, way, done));
    way.pop();
    found
}
