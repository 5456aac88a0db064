//! From declarations to instances: `count`, `for_each`, `dynamic`, local modules; and the resources that come out of it.

use std::rc::Rc;

use super::evaluator::{Call, Evaluator, Module, Scope, unresolved};
use super::expression::bare;
use super::folder::{Declared, Layer};
use super::target::Target;
use super::value::{
    Fault, MAX_ITEMS, Outcome, entries, known, literal, number, number_text, settle,
};
use crate::domain::evidence::Origin;
use crate::source::resource::{Dialect, Node, Resource, Value};

/// Modules in modules; deeper is a folder that calls itself.
const MAX_MODULE_DEPTH: usize = 24;

/// Attributes that steer Terraform and say nothing of the resource itself.
const META: [&str; 5] = ["count", "for_each", "provider", "providers", "depends_on"];

/// Blocks that steer Terraform.
const META_BLOCKS: [&str; 3] = ["lifecycle", "provisioner", "connection"];

/// One instance of a resource or module.
#[derive(Clone, Debug)]
pub(super) struct Instance<'a> {
    /// A number, a text, or nothing where there is neither `count` nor `for_each` or it is unknown.
    pub(super) key: Option<Value>,
    open: bool,
    /// With `each` and `count` bound.
    pub(super) scope: Scope<'a>,
}

/// All instances.
#[derive(Clone, Debug)]
pub(super) enum Instances<'a> {
    /// Neither `count` nor `for_each`.
    One(Instance<'a>),
    /// As many as these, maybe none.
    Many(Vec<Instance<'a>>),
    /// Nobody knows how many, for this reason; one stands for all.
    Open(Instance<'a>, String),
}

impl Instance<'_> {
    /// `["a"]`, `[0]`, `[*]` or nothing.
    pub(super) fn suffix(&self) -> String {
        match &self.key {
            Some(Value::Number(number)) => format!("[{}]", number_text(*number)),
            Some(key) => {
                let text = Value::as_text(key).unwrap_or_default();
                format!("[\"{}\"]", text.replace('\\', "\\\\").replace('"', "\\\""))
            }
            None if self.open => "[*]".to_owned(),
            None => String::new(),
        }
    }
}

impl<'a> Evaluator<'a> {
    /// The instances of a declaration.
    pub(super) fn instances(
        &self,
        declared: &'a Declared<'a>,
        module: &Rc<Module<'a>>,
        address: &str,
    ) -> Instances<'a> {
        let Some(source) = declared.layers.first().map(|layer| layer.source) else {
            return Instances::Many(Vec::new());
        };
        let scope = Scope::new(Rc::clone(module), source);
        let one = |key, open, scope| Instance { key, open, scope };
        for (meta, bind) in [("for_each", "each"), ("count", "count")] {
            let Some((file, expression)) = declared.attribute(meta) else {
                continue;
            };
            let inner = scope.in_file(file);
            let outcome = self.once(format!("{address} {meta}"), || {
                self.eval(expression, &inner)
            });
            return match outcome.and_then(|node| keys(&node, meta)) {
                Ok(keys) => Instances::Many(
                    keys.into_iter()
                        .map(|(key, bound)| one(Some(key), false, scope.bind(bind, bound)))
                        .collect(),
                ),
                Err(fault) => {
                    let reason = fault.reason();
                    let bound = unresolved(format!("{bind} ← {reason}"));
                    Instances::Open(one(None, true, scope.bind(bind, bound)), reason)
                }
            };
        }
        Instances::One(one(None, false, scope))
    }

    /// The attributes and nested blocks of a declaration.
    pub(super) fn body(&self, declared: &Declared<'a>, scope: &Scope<'a>) -> Node {
        let mut members = Vec::new();
        for name in declared.attribute_names() {
            if let Some((source, expression)) = declared.attribute(name)
                && !META.contains(&name)
            {
                let node = self.settled(expression, &scope.in_file(source));
                members.push((name.to_owned(), node));
            }
        }
        for (name, layers) in declared.nested() {
            if !META_BLOCKS.contains(&name) {
                members.push((name.to_owned(), self.nested_blocks(&layers, scope)));
            }
        }
        Node::new(Value::Map(members), declared.origin())
    }

    /// The nested blocks of one name, `dynamic` ones expanded.
    pub(super) fn nested_blocks(&self, layers: &[Layer<'a>], scope: &Scope<'a>) -> Node {
        let origin = layers.first().map_or_else(Origin::default, Layer::origin);
        let mut items = Vec::new();
        for layer in layers {
            let inner = scope.in_file(layer.source);
            if layer.block.ident.as_str() == "dynamic" {
                self.dynamic(*layer, &inner, &mut items);
            } else {
                items.push(self.nested_body(*layer, &inner));
            }
        }
        Node::new(Value::List(items), origin)
    }

    fn nested_body(&self, layer: Layer<'a>, scope: &Scope<'a>) -> Node {
        let outcome = self.bounded(|| Ok(self.body(&layer.declared(), scope)));
        settle(outcome, &layer.origin())
    }

    fn dynamic(&self, layer: Layer<'a>, scope: &Scope<'a>, items: &mut Vec<Node>) {
        let body = &layer.block.body;
        let Some(block) = body.get_blocks("content").next() else {
            return;
        };
        let content = Layer { block, ..layer };
        let iterator = body
            .get_attribute("iterator")
            .and_then(|attribute| attribute.value.as_variable())
            .map_or(layer.effective_name(), |name| name.as_str());
        let outcome = match body.get_attribute("for_each") {
            Some(attribute) => self.eval(&attribute.value, scope).and_then(|node| {
                known(&node)?;
                entries(&node)
            }),
            None => Fault::error("`dynamic` without `for_each`"),
        };
        match outcome {
            Ok(entries) => items.extend(entries.into_iter().map(|(key, value)| {
                let key = Node::new(key, value.origin.clone());
                let bound = pair(key, value);
                self.nested_body(content, &scope.bind(iterator, bound))
            })),
            Err(fault) => {
                let reason = fault.reason();
                let bound = unresolved(format!("{iterator} ← {reason}"));
                let item = self.nested_body(content, &scope.bind(iterator, bound));
                items.push(marked(item, "for_each", reason));
            }
        }
    }

    /// The module that a call makes; a reason where it is not in view.
    pub(super) fn child(
        &self,
        name: &str,
        declared: &'a Declared<'a>,
        instance: &Instance<'a>,
    ) -> Result<Rc<Module<'a>>, String> {
        let parent = &instance.scope.module;
        let Some((_, source)) = declared.attribute("source") else {
            return Err("it has no source".to_owned());
        };
        let Some(source) = source.as_str() else {
            return Err("its source is not a plain text".to_owned());
        };
        if !(source.starts_with("./") || source.starts_with("../")) {
            return Err(format!("the module `{source}` is not in view"));
        }
        let path = super::files::join(&parent.path, source);
        let Some(folder) = self.world.folders.get(&path) else {
            return Err(format!("the folder `{path}` is not in view"));
        };
        let name = format!("module.{name}{}", instance.suffix());
        let prefix = format!("{}{name}.", parent.prefix);
        if depth(parent) >= MAX_MODULE_DEPTH {
            return Err(format!("modules nested more than {MAX_MODULE_DEPTH} deep"));
        }
        let scope = instance.scope.clone();
        Ok(Rc::new(Module {
            prefix,
            path,
            folder,
            call: Some(Call {
                name,
                declared,
                scope,
            }),
        }))
    }

    /// All resources of a module and of the modules that it calls.
    pub(super) fn resources(&self, module: &Rc<Module<'a>>, found: &mut Found) {
        for ((kind, name), declared) in &module.folder.resources {
            let target = Target::new((kind.clone(), name), declared, Rc::clone(module));
            match self.instances(declared, module, &target.address) {
                Instances::One(instance) => found.push(self.resource(&target, &instance)),
                Instances::Many(instances) => {
                    for instance in &instances {
                        found.push(self.resource(&target, instance));
                    }
                }
                Instances::Open(instance, reason) => {
                    let mut resource = self.resource(&target, &instance);
                    let meta = if declared.attribute("for_each").is_some() {
                        "for_each"
                    } else {
                        "count"
                    };
                    resource.body = marked(resource.body, meta, reason);
                    found.push(resource);
                }
            }
        }
        for (name, declared) in &module.folder.modules {
            self.module_resources((name, declared), module, found);
        }
    }

    fn module_resources(
        &self,
        (name, declared): (&str, &'a Declared<'a>),
        parent: &Rc<Module<'a>>,
        found: &mut Found,
    ) {
        let address = format!("{}module.{name}", parent.prefix);
        let instances = match self.instances(declared, parent, &address) {
            Instances::One(instance) | Instances::Open(instance, _) => vec![instance],
            Instances::Many(instances) => instances,
        };
        for instance in &instances {
            match self.child(name, declared, instance) {
                Ok(child) => {
                    let inner = self.bounded(|| {
                        self.resources(&child, found);
                        Ok(())
                    });
                    if let Err(fault) = inner {
                        found
                            .problems
                            .push((format!("{address}: {}", fault.reason()), declared.origin()));
                    }
                }
                Err(reason) => found
                    .problems
                    .push((format!("{address}: {reason}"), declared.origin())),
            }
        }
    }

    fn resource(&self, target: &Target<'a>, instance: &Instance<'a>) -> Resource {
        Resource {
            dialect: Dialect::Terraform,
            kind: target.kind.clone(),
            address: format!("{}{}", target.address, instance.suffix()),
            origin: target.declared.origin(),
            body: self.body(target.declared, &instance.scope),
            known_as: Vec::new(),
        }
    }
}

/// What the expansion gave.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) resources: Vec<Resource>,
    pub(super) problems: Vec<(String, Origin)>,
}

impl Found {
    fn push(&mut self, resource: Resource) {
        if self.resources.len() < MAX_ITEMS {
            self.resources.push(resource);
        } else if self.resources.len() == MAX_ITEMS {
            let reason = format!("more than {MAX_ITEMS} resources: the rest is not read");
            if !self.problems.iter().any(|(known, _)| *known == reason) {
                self.problems.push((reason, resource.origin));
            }
        }
    }
}

/// The keys of `count` or `for_each`, each with the object that `count` or `each` then is.
fn keys(node: &Node, meta: &str) -> Outcome<Vec<(Value, Node)>> {
    if meta == "count" {
        let count = number(node)?;
        if count > MAX_ITEMS as f64 {
            return Fault::unknown(format!("more than {MAX_ITEMS} instances"));
        }
        return Ok((0..count as usize)
            .map(|index| {
                let index = Value::Number(index as f64);
                let bound = Node::new(index.clone(), node.origin.clone());
                (index, bare(Value::Map(vec![("index".to_owned(), bound)])))
            })
            .collect());
    }
    entries(node)?
        .into_iter()
        .map(|(key, value)| {
            // A set's items are their own keys.
            let key = match &node.value {
                Value::List(_) => Value::text(literal(&value)?),
                _ => key,
            };
            let bound = pair(Node::new(key.clone(), value.origin.clone()), value);
            Ok((key, bound))
        })
        .collect()
}

fn pair(key: Node, value: Node) -> Node {
    bare(Value::Map(vec![
        ("key".to_owned(), key),
        ("value".to_owned(), value),
    ]))
}

/// The body, with a note that nobody knows how often it is there.
fn marked(mut body: Node, meta: &str, reason: String) -> Node {
    if let Value::Map(members) = &mut body.value {
        let note = Node::new(Value::Unresolved(reason), body.origin.clone());
        members.push((meta.to_owned(), note));
    }
    body
}

fn depth(module: &Module<'_>) -> usize {
    module.prefix.matches("module.").count()
}
