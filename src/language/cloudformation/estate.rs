//! All templates in view, and the stacks that they make: one for every template that nobody calls, and one for every call.

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

/// How much template text all stacks together may stand for; a template that calls another twice, which calls a third twice,
/// is how a small estate becomes an endless one.
const MAX_STACK_BYTES: usize = 16 * 1024 * 1024;

/// How many stacks may stand in each other. AWS documents no limit; nobody who reads such an estate goes this far.
const MAX_NESTING: usize = 50;

/// How many stacks all templates in view may make: as many as an account may have ("AWS CloudFormation quotas", Stacks). Small
/// templates that call each other twice reach it long before the bytes above.
const MAX_STACKS: usize = 2_000;

/// What evaluation may cost beside one step for every byte of text: enough for small templates that lead far.
const SPARE_STEPS: usize = 200_000;

/// All that is in view.
#[derive(Debug)]
pub(super) struct TemplateEstate<'f> {
    pub(super) templates: Vec<Template>,
    pub(super) stacks: Vec<Stack>,
    pub(super) parameters: &'f BTreeMap<String, (String, Origin)>,
    pub(super) deployment: Option<&'f Deployment>,
    pub(super) budget: Budget,
    /// The stack that each call of a stack made, by the stack that calls and its logical id.
    children: Vec<BTreeMap<String, usize>>,
    /// Worked out at the first import.
    pub(super) exports: RefCell<Option<Rc<Vec<Export>>>>,
}

/// One use of a template.
#[derive(Debug)]
pub(super) struct Stack {
    /// Which template.
    pub(super) template: usize,
    /// What its addresses begin with: empty, or ending in a dot or colon.
    pub(super) prefix: String,
    /// The stack that calls it, and the logical id of the call.
    pub(super) parent: Option<(usize, String)>,
}

impl<'f> TemplateEstate<'f> {
    /// Finds out who calls whom.
    pub(super) fn new(
        templates: Vec<Template>,
        files: &'f CloudFormationFiles,
        problems: &mut Vec<(String, Origin)>,
    ) -> Self {
        let stacks = Stacks::of(&templates, problems).list;
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

    /// The stack that this call made.
    pub(super) fn child(&self, parent: usize, logical_id: &str) -> Option<usize> {
        self.children.get(parent)?.get(logical_id).copied()
    }
}

/// The stacks as they are found.
struct Stacks<'t, 'p> {
    templates: &'t [Template],
    /// Whom each template calls: a logical id of its own, and a template.
    calls: Vec<Vec<(&'t str, usize)>>,
    problems: &'p mut Vec<(String, Origin)>,
    list: Vec<Stack>,
    bytes: usize,
}

impl<'t, 'p> Stacks<'t, 'p> {
    fn of(templates: &'t [Template], problems: &'p mut Vec<(String, Origin)>) -> Self {
        let paths = Paths::of(templates);
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

    /// Templates that only call each other have no beginning.
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

/// What the addresses of each root begin with: its path, where it shares a logical id with another.
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
            let prefix = match shared.contains(&root) {
                true => format!("{}:", templates[root].path),
                false => String::new(),
            };
            (root, prefix)
        })
        .collect()
}

/// The nested stacks of a template whose templates are in view.
fn calls<'t>(paths: &Paths<'_>, template: &'t Template) -> impl Iterator<Item = (&'t str, usize)> {
    template
        .section("Resources")
        .iter()
        .filter_map(move |(key, resource)| {
            let child = called_template(paths, template, resource)?;
            Some((key.text.as_str(), child))
        })
}

/// The property that names the template of a nested stack.
fn address(resource: &Tree) -> Option<&Tree> {
    let property = match resource.get("Type")?.literal()? {
        "AWS::CloudFormation::Stack" => "TemplateURL",
        "AWS::Serverless::Application" => "Location",
        _ => return None,
    };
    resource.get("Properties")?.get(property)
}

/// How a nested stack names its template; none for another resource.
pub(super) fn named_template(resource: &Tree) -> Option<String> {
    address(resource).map(all_text)
}

fn called_template(paths: &Paths<'_>, caller: &Template, resource: &Tree) -> Option<usize> {
    let url = address(resource)?;
    // The CDK names the file of a nested stack beside it, since the address is an asset's.
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

/// The last text of a URL, which a `Join` with a delimiter puts behind a slash of its own.
fn last_text(tree: &Tree) -> Option<&str> {
    match &tree.content {
        Content::Scalar { text, .. } => Some(text),
        Content::List(items) => last_text(items.last()?),
        Content::Map(members) => last_text(&members.last()?.1),
        Content::Broken(_) => None,
    }
}

/// The text of a URL however it is put together: variables stand at its beginning, the file's name at its end.
fn all_text(tree: &Tree) -> String {
    match &tree.content {
        Content::Scalar { text, .. } => text.clone(),
        Content::List(items) => items.iter().map(all_text).collect(),
        Content::Map(members) => members.iter().map(|(_, value)| all_text(value)).collect(),
        Content::Broken(_) => String::new(),
    }
}

/// The templates in view by their paths and by the names of their files.
struct Paths<'t> {
    by_path: BTreeMap<&'t str, usize>,
    /// None where several have the name.
    by_name: BTreeMap<&'t str, Option<usize>>,
}

impl<'t> Paths<'t> {
    fn of(templates: &'t [Template]) -> Self {
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

    /// By the path from the caller, else by the name of the file, where only one in view has it. A path that says where it
    /// begins means that file and no other, and nobody means the caller.
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
