//! Collects all resources of a module and of the modules that it calls.

use std::collections::BTreeSet;

use super::calls::local_folder;
use super::downloaded;
use super::evaluator::Evaluator;
use super::expansion::enabled;
use super::folder::UnreadFile;
use super::inputs::GivenValue;
use super::module::{Caller, ENABLED, InstanceKey};
use super::references::kind_of;
use super::scope::Scope;
use super::terragrunt::unit;
use super::values::weight;
use crate::domain::evidence::Origin;
use crate::language::hcl::Block;
use crate::language::provenance::unresolved;
use crate::language::resource::{
    Absent, Dialect, Document, LeftOut, MENTIONED, Node, Piece, Resource, UNREAD, Value,
};

/// Adds the resources of the root module and of all modules below it.
pub(super) fn read(evaluator: &Evaluator<'_>, document: &mut Document) {
    read_module(evaluator, 0, document);
}

/// Adds the resources of a module. The recursion is limited by [`super::evaluator::MAX_NESTING`].
fn read_module(evaluator: &Evaluator<'_>, module: usize, document: &mut Document) {
    let scope = Scope::new(evaluator, module);
    let Some(folder) = scope.folder() else {
        return;
    };
    let own = document.resources.len();
    for (name, block) in &folder.resources {
        let keys = &scope.expansion(name, block).keys;
        document.absent.extend(scope.absent(name, block, keys));
        for key in keys {
            let resource = scope.resource(name, block, key);
            let resource = if downloaded::is_out_of_hand(&folder.path) {
                scope.in_caller(resource)
            } else {
                resource
            };
            scope.keep(resource, document);
        }
    }
    for (name, block) in &folder.calls {
        let keys = &scope.expansion(&format!("module.{name}"), block).keys;
        document
            .absent
            .extend(scope.absent_below(name, block, keys));
        for key in keys {
            let caller = Caller {
                module,
                name: name.clone(),
                key: key.clone(),
            };
            match evaluator.child(caller) {
                Ok(child) => read_module(evaluator, child, document),
                Err(reason) => {
                    document
                        .problems
                        .extend(scope.missing(name, block, &reason));
                    scope.keep(scope.outside(name, block, key), document);
                }
            }
        }
    }
    for file in &folder.unread {
        let made = unread(file, &document.resources[own..]);
        scope.keep(made, document);
    }
}

/// Represents a file that could not be read as a resource that references all others, because it may change any of
/// them.
fn unread(file: &UnreadFile, resources: &[Resource]) -> Resource {
    let references = resources.iter().map(|resource| {
        let piece = Piece::Reference(resource.address.clone(), String::new());
        Node::new(Value::Text(vec![piece]), file.origin.clone())
    });
    Resource {
        dialect: Dialect::Terraform,
        kind: UNREAD.to_owned(),
        address: file.path.clone(),
        origin: file.origin.clone(),
        body: Node::new(Value::List(references.collect()), file.origin.clone()),
        known_as: Vec::new(),
    }
}

/// Returns true if the text of an expression mentions a resource.
fn names(text: &str, resource: &str) -> bool {
    let goes_on = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-');
    text.match_indices(resource).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + resource.len()..].chars().next();
        !before.is_some_and(|letter| goes_on(letter) || letter == '.')
            && !after.is_some_and(goes_on)
    })
}

/// True for a block whose effect is not in view: a module, or a resource of a provider other than AWS.
fn is_out_of_view(kind: &str) -> bool {
    !kind.trim_start_matches("data.").starts_with("aws_")
}

impl Scope<'_> {
    /// Returns an override file that could not be read; it may change any attribute.
    fn unread_override(&self) -> Option<&UnreadFile> {
        let folder = self.folder()?;
        folder.unread.iter().find(|unread| unread.overrides())
    }

    fn resource(&self, name: &str, block: &Block, key: &InstanceKey) -> Resource {
        let kind = kind_of(name);
        let origin = self.evaluator.files.origin(block.spot);
        let mut members = self.keyed(key, |scope| scope.body(block));
        if let Some(unread) = self.unread_override() {
            for (_, node) in &mut members {
                let reason = format!("{} could not be read: {}", unread.path, unread.reason);
                node.value = Value::Unresolved(reason);
            }
        }
        if is_out_of_view(kind) {
            members.extend(self.mentioned(block, &members, &origin));
        }
        if let InstanceKey::Any(argument, reason) = key {
            let written = block.attribute(argument).or_else(|| enabled(block));
            let place = written.map_or(block.spot, |one| one.spot);
            let place = self.evaluator.files.origin(place);
            // An instance that may or may not exist is treated like an unknown `count`.
            let argument = match *argument {
                ENABLED => "count",
                argument => argument,
            };
            members.push((argument.to_owned(), unresolved(reason.as_str(), place)));
        }
        Resource {
            dialect: Dialect::Terraform,
            kind: kind.to_owned(),
            address: self.instance(name, key),
            origin: origin.clone(),
            body: Node::new(Value::Map(members), origin),
            known_as: Vec::new(),
        }
    }

    /// Lists the resources that unresolved arguments mention, on either side of a condition, for example.
    fn mentioned(
        &self,
        block: &Block,
        members: &[(String, Node)],
        origin: &Origin,
    ) -> Option<(String, Node)> {
        let open = members.iter().filter(|(_, node)| node.value.is_open());
        let open = open.filter_map(|(name, _)| block.attribute(name));
        let texts: Vec<String> = open.map(|one| one.value.to_string()).collect();
        let all = self.folder()?.resources.iter();
        let named = all.filter(|(name, _)| texts.iter().any(|text| names(text, name)));
        let mut found = Vec::new();
        for (name, block) in named {
            for key in &self.expansion(name, block).keys {
                let piece = Piece::Reference(self.instance(name, key), String::new());
                found.push(Node::new(Value::Text(vec![piece]), origin.clone()));
            }
        }
        let list = Node::new(Value::List(found), origin.clone());
        (!list.items().is_empty()).then(|| (MENTIONED.to_owned(), list))
    }

    /// Describes a block without instances if a value, not the code itself, leaves it out.
    fn absent(&self, name: &str, block: &Block, keys: &[InstanceKey]) -> Option<Absent> {
        let attribute = ["for_each", "count"]
            .iter()
            .find_map(|name| block.attribute(name))
            .or_else(|| enabled(block));
        let attribute = attribute.filter(|_| keys.is_empty())?;
        let by = self.left_out_by(&self.value_of(attribute).origin)?;
        Some(Absent {
            dialect: Dialect::Terraform,
            kind: kind_of(name).to_owned(),
            address: self.instance(name, &InstanceKey::Only),
            by,
            origin: self.evaluator.files.origin(block.spot),
        })
    }

    /// Returns the value that leaves a block out; `None` if the code itself does.
    fn left_out_by(&self, way: &Origin) -> Option<LeftOut> {
        if let Some(name) = &way.default_of {
            return Some(LeftOut::Default(name.clone()));
        }
        let mut steps = way.via.iter().rev();
        steps.find_map(|step| {
            if step.starts_with("inputs.") {
                return Some(LeftOut::Value(step.clone()));
            }
            let name = step.strip_prefix("var.")?;
            Some(LeftOut::Value(
                match self.evaluator.inputs.given.get(name)? {
                    GivenValue::Attribute(one) => {
                        format!("{step} in {}", self.evaluator.files.origin(one.spot))
                    }
                    GivenValue::Text(_) => format!("{step} in --var"),
                },
            ))
        })
    }

    /// Describes the resources of a module that is not called because of a value, and of the modules that it calls.
    fn absent_below(&self, name: &str, block: &Block, keys: &[InstanceKey]) -> Vec<Absent> {
        let caller = Caller {
            module: self.module,
            name: name.to_owned(),
            key: InstanceKey::Only,
        };
        let call = self.absent(&format!("module.{name}"), block, keys);
        let folder = self.evaluator.called_folder(&caller).ok();
        let (Some(call), Some(folder)) = (call, folder) else {
            return Vec::new();
        };
        let mut absent = Vec::new();
        let mut open = vec![(call.address.clone(), folder)];
        let mut seen = BTreeSet::new();
        while let Some((address, path)) = open.pop() {
            let Some(folder) = self.evaluator.folders.get(&path) else {
                continue;
            };
            if !seen.insert(path.clone()) {
                continue;
            }
            absent.extend(folder.resources.keys().map(|name| Absent {
                kind: kind_of(name).to_owned(),
                address: format!("{address}.{name}"),
                ..call.clone()
            }));
            open.extend(folder.calls.iter().filter_map(|(name, block)| {
                let source = block.attribute("source")?.value.as_str()?;
                let called = local_folder(&path, source)?;
                Some((format!("{address}.module.{name}"), called))
            }));
        }
        absent
    }

    fn keep(&self, resource: Resource, document: &mut Document) {
        if self.evaluator.keep(weight(&resource.body.value)) {
            document.resources.push(resource)
        } else {
            let message = format!(
                "{} was not read: there are more values than are followed",
                resource.address
            );
            document.problems.push((message, resource.origin));
        }
    }

    /// Represents a call that leads out of view as a resource, because its arguments may still be relevant.
    fn outside(&self, name: &str, block: &Block, key: &InstanceKey) -> Resource {
        self.resource(&format!("module.{name}"), block, key)
    }

    /// Reports a module that should be in the same repository, or that a unit calls, and that could not be read.
    fn missing(&self, name: &str, block: &Block, reason: &str) -> Option<(String, Origin)> {
        let source = block.attribute("source");
        let elsewhere = source.and_then(|source| source.value.as_str());
        let elsewhere =
            elsewhere.is_some_and(|source| !source.is_empty() && !source.starts_with('.'));
        let message = match name {
            unit::UNIT => {
                format!("the module of this unit was not read: {reason}")
            }
            name => format!("module.{name} was not read: {reason}"),
        };
        (!elsewhere).then(|| (message, self.evaluator.files.origin(block.spot)))
    }
}
