//! All templates in view and the stacks they make: one for every template that no other calls, and one for every call.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::CloudFormationFiles;
use super::exports::Export;
use super::template::Template;
use crate::domain::evidence::Origin;
use crate::domain::posture::Deployment;
use crate::language::budget::Budget;
use crate::language::yaml::{Content, Tree};

/// The maximum length of template text that all stacks together may represent.
// If a template calls a second one twice and that one a third one twice, a few short files make an endless estate.
const MAX_STACK_BYTES: usize = 16 * 1024 * 1024;

/// The maximum depth of nested stacks. AWS documents no limit; no estate in use comes close to this one.
const MAX_NESTING: usize = 50;

/// The maximum number of stacks that all templates in view may make: as many as an account may have ("AWS
/// CloudFormation quotas", Stacks).
// Small templates that call each other twice reach it long before `MAX_STACK_BYTES`.
const MAX_STACKS: usize = 2_000;

/// The steps that evaluation may take in addition to one step per byte of text: enough for small templates with long
/// chains of references.
const SPARE_STEPS: usize = 200_000;

/// All templates in view, the stacks they make and the state of their evaluation.
#[derive(Debug)]
pub(super) struct TemplateEstate<'f> {
    pub(super) templates: Vec<Template>,
    pub(super) stacks: Vec<Stack>,
    pub(super) parameters: &'f BTreeMap<String, (String, Origin)>,
    pub(super) deployment: Option<&'f Deployment>,
    pub(super) budget: Budget,
    /// The stack that each call made: by the index of the calling stack, then by the logical id of the call.
    children: Vec<BTreeMap<String, usize>>,
    /// All exports in view; computed at the first import.
    pub(super) exports: RefCell<Option<Rc<Vec<Export>>>>,
}

/// One use of a template.
#[derive(Debug)]
pub(super) struct Stack {
    /// The index of its template.
    pub(super) template: usize,
    /// The prefix of its addresses: empty, or ending in a dot or colon.
    pub(super) prefix: String,
    /// The index of the stack that calls it, and the logical id of the call. None for a root stack.
    pub(super) parent: Option<(usize, String)>,
}

impl<'f> TemplateEstate<'f> {
    /// Builds the stacks from the calls between the templates.
    pub(super) fn new(
        templates: Vec<Template>,
        files: &'f CloudFormationFiles,
        problems: &mut Vec<(String, Origin)>,
    ) -> Self {
        let stacks = Stacks::from_templates(&templates, problems).list;
        let mut children = vec![BTreeMap::new(); stacks.len()];
        for (index, stack) in stacks.iter().enumerate() {
            if let Some((parent, call)) = &stack.parent {
                children[*parent].insert(call.clone(), index);
            }
        }
        let bytes: usize = stacks
            .iter()
            .map(|stack| templates[stack.template].length)
            .sum();
        Self {
            templates,
            stacks,
            parameters: &files.parameters,
            deployment: files.deployment.as_ref(),
            budget: Budget::new(SPARE_STEPS + bytes),
            children,
            exports: RefCell::new(None),
        }
    }

    /// Returns the stack that this call made.
    pub(super) fn child(&self, parent: usize, logical_id: &str) -> Option<usize> {
        self.children.get(parent)?.get(logical_id).copied()
    }
}

/// Collects the stacks while they are found.
struct Stacks<'t, 'p> {
    templates: &'t [Template],
    /// The calls of each template: the logical id of the nested stack, and the index of the template it names.
    calls: Vec<Vec<(&'t str, usize)>>,
    problems: &'p mut Vec<(String, Origin)>,
    list: Vec<Stack>,
    bytes: usize,
}

impl<'t, 'p> Stacks<'t, 'p> {
    fn from_templates(templates: &'t [Template], problems: &'p mut Vec<(String, Origin)>) -> Self {
        let paths = Paths::from_templates(templates);
        let calls: Vec<Vec<_>> = templates
            .iter()
            .map(|template| calls(&paths, template).collect())
            .collect();
        let called: BTreeSet<usize> = calls
            .iter()
            .enumerate()
            .flat_map(|(index, calls)| {
                let children = calls.iter().map(|call| call.1);
                children.filter(move |&child| child != index)
            })
            .collect();
        let roots: Vec<usize> = (0..templates.len())
            .filter(|index| !called.contains(index))
            .collect();
        let mut stacks = Self {
            templates,
            calls,
            problems,
            list: Vec::new(),
            bytes: 0,
        };
        for (template, prefix) in prefixes(templates, &roots) {
            stacks.add(
                Stack {
                    template,
                    prefix,
                    parent: None,
                },
                &mut Vec::new(),
            );
        }
        stacks.report_unreached();
        stacks
    }

    fn add(&mut self, stack: Stack, above: &mut Vec<usize>) {
        let templates = self.templates;
        let calls = self.calls[stack.template].clone();
        let template = &templates[stack.template];
        self.bytes += template.length;
        above.push(stack.template);
        let prefix = stack.prefix.clone();
        let parent = self.list.len();
        self.list.push(stack);
        for (logical_id, child) in calls {
            let tree = template.member("Resources", logical_id);
            let origin = template.origin(tree.map(|tree| tree.place).unwrap_or_default());
            if above.contains(&child) {
                let path = &templates[child].path;
                self.problems
                    .push((format!("the nested stack leads back to {path}"), origin));
            } else if above.len() >= MAX_NESTING
                || self.list.len() >= MAX_STACKS
                || self.bytes + templates[child].length > MAX_STACK_BYTES
            {
                let message = "the nested stacks are more than are followed: audit them one by one";
                self.problems.push((message.to_owned(), origin));
            } else {
                let nested = Stack {
                    template: child,
                    prefix: format!("{prefix}{logical_id}."),
                    parent: Some((parent, logical_id.to_owned())),
                };
                self.add(nested, above);
            }
        }
        above.pop();
    }

    /// Reports templates that only call each other and therefore have no root.
    fn report_unreached(&mut self) {
        let reached: BTreeSet<usize> = self.list.iter().map(|stack| stack.template).collect();
        for (index, template) in self.templates.iter().enumerate() {
            if !reached.contains(&index) {
                let message = "only nested stacks that lead back to this template call it, so it was not read";
                self.problems
                    .push((message.to_owned(), Origin::at(template.path.as_str(), 1, 1)));
            }
        }
    }
}

/// Returns the address prefix of each root: its path if it shares a logical id with another root, else empty.
fn prefixes(templates: &[Template], roots: &[usize]) -> Vec<(usize, String)> {
    let mut owners: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for &root in roots {
        for (key, _) in templates[root].section("Resources") {
            owners.entry(&key.text).or_default().push(root);
        }
    }
    let shared: BTreeSet<usize> = owners
        .into_values()
        .filter(|owners| owners.len() > 1)
        .flatten()
        .collect();
    roots
        .iter()
        .map(|&root| {
            let prefix = if shared.contains(&root) {
                format!("{}:", templates[root].path)
            } else {
                String::new()
            };
            (root, prefix)
        })
        .collect()
}

/// Returns the nested stacks of a template whose own templates are in view.
fn calls<'t>(paths: &Paths<'_>, template: &'t Template) -> impl Iterator<Item = (&'t str, usize)> {
    template
        .section("Resources")
        .iter()
        .filter_map(move |(key, resource)| {
            let child = called_template(paths, template, resource)?;
            Some((key.text.as_str(), child))
        })
}

/// Returns the property that names the template of a nested stack.
fn address(resource: &Tree) -> Option<&Tree> {
    let property = match resource.get("Type")?.literal()? {
        "AWS::CloudFormation::Stack" => "TemplateURL",
        "AWS::Serverless::Application" => "Location",
        _ => return None,
    };
    resource.get("Properties")?.get(property)
}

/// Returns the name that a nested stack gives its template. None for any other resource.
pub(super) fn named_template(resource: &Tree) -> Option<String> {
    address(resource).map(all_text)
}

fn called_template(paths: &Paths<'_>, caller: &Template, resource: &Tree) -> Option<usize> {
    let url = address(resource)?;
    // The CDK names the file of a nested stack in the metadata, since the address is that of an asset.
    let asset = resource
        .get("Metadata")
        .and_then(|metadata| metadata.get("aws:asset:path"))
        .and_then(Tree::literal);
    if let Some(asset) = asset {
        return paths.find(&caller.path, asset);
    }
    paths
        .find(&caller.path, &all_text(url))
        .or_else(|| paths.find(&caller.path, last_text(url)?))
}

/// Returns the last text of a URL. A `Join` with a delimiter puts it after a slash.
fn last_text(tree: &Tree) -> Option<&str> {
    match &tree.content {
        Content::Scalar { text, .. } => Some(text),
        Content::List(items) => last_text(items.last()?),
        Content::Map(members) => last_text(&members.last()?.1),
        Content::Broken(_) => None,
    }
}

/// Joins all texts of a URL, however it is built: variables are at its beginning, the file name is at its end.
fn all_text(tree: &Tree) -> String {
    match &tree.content {
        Content::Scalar { text, .. } => text.to_string(),
        Content::List(items) => items.iter().map(all_text).collect(),
        Content::Map(members) => members.iter().map(|(_, value)| all_text(value)).collect(),
        Content::Broken(_) => String::new(),
    }
}

/// The templates in view, by path and by file name.
struct Paths<'t> {
    by_path: BTreeMap<&'t str, usize>,
    /// None if several templates have this file name.
    by_name: BTreeMap<&'t str, Option<usize>>,
}

impl<'t> Paths<'t> {
    fn from_templates(templates: &'t [Template]) -> Self {
        let mut by_name = BTreeMap::new();
        for (index, template) in templates.iter().enumerate() {
            let name = template.path.rsplit('/').next().unwrap_or_default();
            let only = by_name.entry(name).or_insert(Some(index));
            if *only != Some(index) {
                *only = None;
            }
        }
        let paths = templates.iter().enumerate();
        Self {
            by_path: paths
                .map(|(index, template)| (template.path.as_str(), index))
                .collect(),
            by_name,
        }
    }

    /// Finds a template by its path relative to the caller, else by a file name that only one template in view has. A
    /// path with an explicit beginning means that file alone. A template never finds itself.
    fn find(&self, caller: &str, url: &str) -> Option<usize> {
        let folder = caller.rsplit_once('/').map_or("", |(folder, _)| folder);
        let path = normal_path(&format!("{folder}/{url}"), caller.starts_with('/'));
        let by_name = || {
            let name = url.rsplit(['/', '}']).next()?;
            let found = self.by_name.get(name).copied().flatten()?;
            let is_caller = self.by_path.get(caller) == Some(&found);
            let says_where = url.starts_with("./") || url.starts_with("../");
            (!is_caller && !says_where).then_some(found)
        };
        self.by_path.get(path.as_str()).copied().or_else(by_name)
    }
}

fn normal_path(path: &str, absolute: bool) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    let root = if absolute { "/" } else { "" };
    format!("{root}{}", parts.join("/"))
}
