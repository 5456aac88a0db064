//! Resources, data sources and ephemeral resources as expressions see them: what the configuration states, and
//! references for what only the provider knows.

use std::rc::Rc;

use hcl_edit::expr::TraversalOperator;

use super::evaluator::{Evaluator, Module, Scope, unresolved};
use super::expand::{Instance, Instances};
use super::expression::bare;
use super::folder::Declared;
use super::traversal::{Path, computed, named};
use super::value::{ADDRESS, Fault, Outcome, equal, literal};
use crate::domain::evidence::Origin;
use crate::source::resource::{Node, Piece, Pseudo, Value};

/// A declared resource in one instance of its module.
#[derive(Clone, Debug)]
pub(super) struct Target<'a> {
    /// `aws_db_proxy`, `data.aws_region`.
    pub(super) kind: String,
    /// `module.db.aws_db_proxy.this`, without a key.
    pub(super) address: String,
    pub(super) declared: &'a Declared<'a>,
    pub(super) module: Rc<Module<'a>>,
}

impl<'a> Target<'a> {
    pub(super) fn new(
        (kind, name): (String, &str),
        declared: &'a Declared<'a>,
        module: Rc<Module<'a>>,
    ) -> Self {
        Self {
            address: format!("{}{kind}.{name}", module.prefix),
            kind,
            declared,
            module,
        }
    }
}

impl<'a> Evaluator<'a> {
    pub(super) fn target_reference(
        &self,
        target: &Target<'a>,
        path: &Path<'a>,
        scope: &Scope<'a>,
    ) -> Outcome {
        match (
            self.instances(target.declared, &target.module, &target.address),
            path,
        ) {
            (Instances::One(instance), path) => {
                self.instance_path((target, &instance), path, scope)
            }
            (Instances::Many(instances), [TraversalOperator::Index(key), rest @ ..]) => {
                let key = self.eval(key, scope)?;
                let chosen = choose(&instances, &key, &target.address)?;
                self.instance_path((target, chosen), rest, scope)
            }
            (Instances::Open(instance, _), [TraversalOperator::Index(_), rest @ ..]) => {
                self.instance_path((target, &instance), rest, scope)
            }
            (Instances::Open(_, reason), _) => {
                Fault::unknown(format!("{} ← {reason}", target.address))
            }
            (Instances::Many(instances), path) => {
                let whole = self.whole(target, &instances)?;
                self.walk(whole, path, scope)
            }
        }
    }

    fn instance_path(
        &self,
        (target, instance): (&Target<'a>, &Instance<'a>),
        path: &Path<'a>,
        scope: &Scope<'a>,
    ) -> Outcome {
        match path {
            [TraversalOperator::GetAttr(name), rest @ ..] => {
                let node = self.instance_attribute(target, instance, name.as_str())?;
                self.walk(node, rest, scope)
            }
            // `one(aws_x.y[*].id)` and `aws_x.y[0]` on a resource without count.
            path => self.walk(self.instance_object(target, instance)?, path, scope),
        }
    }

    /// All instances: a list for `count`, a map for `for_each`.
    fn whole(&self, target: &Target<'a>, instances: &[Instance<'a>]) -> Outcome {
        let mut listed = Vec::new();
        let mut keyed = Vec::new();
        for instance in instances {
            let object = self.instance_object(target, instance)?;
            match &instance.key {
                Some(Value::Text(_)) => {
                    let key = bare(instance.key.clone().unwrap_or(Value::Null));
                    keyed.push((literal(&key)?, object));
                }
                _ => listed.push(object),
            }
        }
        let by_key = target.declared.attribute("for_each").is_some();
        Ok(bare(if by_key {
            Value::Map(keyed)
        } else {
            Value::List(listed)
        }))
    }

    fn instance_object(&self, target: &Target<'a>, instance: &Instance<'a>) -> Outcome {
        let address = format!("{}{}", target.address, instance.suffix());
        self.once(format!("{address} whole"), || {
            let mut node = self.body(target.declared, &instance.scope);
            if let Value::Map(members) = &mut node.value {
                members.retain(|(_, node)| node.value != Value::Null);
                for (name, value) in self.told_by_kind(target, &address) {
                    members.push((name.to_owned(), value));
                }
                if target.kind == "data.aws_iam_policy_document" {
                    members.push(("json".to_owned(), self.policy_document(target, instance)?));
                }
                members.push((ADDRESS.to_owned(), bare(Value::text(&address))));
            }
            Ok(node)
        })
    }

    fn instance_attribute(
        &self,
        target: &Target<'a>,
        instance: &Instance<'a>,
        name: &str,
    ) -> Outcome {
        let address = format!("{}{}", target.address, instance.suffix());
        let hop = format!("{address}.{name}");
        if let Some(known) = self
            .told_by_kind(target, &address)
            .into_iter()
            .find(|(told, _)| *told == name)
        {
            return Ok(known.1);
        }
        if target.kind == "data.aws_iam_policy_document" && matches!(name, "json" | "minified_json")
        {
            return self.once(hop, || self.policy_document(target, instance));
        }
        let stated = match (target.kind.as_str(), name) {
            ("aws_db_proxy", "id") => "name",
            ("terraform_data", "output") => "input",
            (_, name) => name,
        };
        if let Some((source, expression)) = target.declared.attribute(stated) {
            let scope = instance.scope.in_file(source);
            let node = named(
                self.once(hop.clone(), || self.eval(expression, &scope)),
                &hop,
            )?;
            return Ok(if node.value == Value::Null {
                computed(&address, name)
            } else {
                node
            });
        }
        match target
            .declared
            .nested()
            .into_iter()
            .find(|(block, _)| *block == name)
        {
            Some((_, layers)) => Ok(self.nested_blocks(&layers, &instance.scope)),
            None => Ok(computed(&address, name)),
        }
    }

    /// What follows from the kind alone.
    fn told_by_kind(&self, target: &Target<'a>, address: &str) -> Vec<(&'static str, Node)> {
        let pseudo = |pseudo| bare(Value::Text(vec![Piece::Pseudo(pseudo)]));
        let regional = target.declared.attribute("region").is_none()
            && target.declared.attribute("name").is_none();
        match target.kind.as_str() {
            "data.aws_partition" => vec![
                ("partition", pseudo(Pseudo::Partition)),
                ("id", pseudo(Pseudo::Partition)),
                ("dns_suffix", pseudo(Pseudo::UrlSuffix)),
            ],
            "data.aws_region" if regional => vec![
                ("region", pseudo(Pseudo::Region)),
                ("name", pseudo(Pseudo::Region)),
                ("id", pseudo(Pseudo::Region)),
            ],
            "data.aws_caller_identity" => vec![
                ("account_id", pseudo(Pseudo::Account)),
                ("id", pseudo(Pseudo::Account)),
            ],
            "aws_db_proxy" => vec![("arn", proxy_arn(address))],
            _ => Vec::new(),
        }
    }
}

/// The ARN of a proxy: all but its id is known, and code cuts the id out of it (`arn:aws:rds:…:db-proxy:prx-…`).
fn proxy_arn(address: &str) -> Node {
    let text = |text: &str| Piece::Text(text.to_owned());
    bare(Value::Text(vec![
        text("arn:"),
        Piece::Pseudo(Pseudo::Partition),
        text(":rds:"),
        Piece::Pseudo(Pseudo::Region),
        text(":"),
        Piece::Pseudo(Pseudo::Account),
        text(":db-proxy:"),
        Piece::ProxyId(address.to_owned()),
    ]))
}

/// The instance of a key.
pub(super) fn choose<'i, 'a>(
    instances: &'i [Instance<'a>],
    key: &Node,
    address: &str,
) -> Outcome<&'i Instance<'a>> {
    for instance in instances {
        let own = instance.key.clone().unwrap_or(Value::Null);
        if equal(&own, &key.value)? {
            return Ok(instance);
        }
    }
    Fault::error(format!("{address} has no instance of this key"))
}

impl<'a> Evaluator<'a> {
    /// The output of a module.
    pub(super) fn module_reference(
        &self,
        name: &'a str,
        path: &Path<'a>,
        scope: &Scope<'a>,
    ) -> Outcome {
        let hop = format!("module.{name}");
        let Some(declared) = scope.module.folder.modules.get(name) else {
            return Fault::unknown(format!("{hop} ← not declared"));
        };
        let address = format!("{}{hop}", scope.module.prefix);
        match (self.instances(declared, &scope.module, &address), path) {
            (Instances::One(instance), [TraversalOperator::GetAttr(output), rest @ ..])
            | (
                Instances::Open(instance, _),
                [
                    TraversalOperator::Index(_),
                    TraversalOperator::GetAttr(output),
                    rest @ ..,
                ],
            ) => {
                let node = self.output((name, declared), &instance, output.as_str())?;
                self.walk(node, rest, scope)
            }
            (
                Instances::Many(instances),
                [
                    TraversalOperator::Index(key),
                    TraversalOperator::GetAttr(output),
                    rest @ ..,
                ],
            ) => {
                let key = self.eval(key, scope)?;
                let chosen = choose(&instances, &key, &address)?;
                let node = self.output((name, declared), chosen, output.as_str())?;
                self.walk(node, rest, scope)
            }
            (Instances::Many(instances), path) => {
                let whole = self.all_outputs((name, declared), &instances)?;
                self.walk(whole, path, scope)
            }
            (Instances::One(instance), path) => {
                let object = self.outputs((name, declared), &instance)?;
                self.walk(object, path, scope)
            }
            (Instances::Open(_, reason), _) => Fault::unknown(format!("{hop} ← {reason}")),
        }
    }

    fn output(
        &self,
        (name, declared): (&str, &'a Declared<'a>),
        instance: &Instance<'a>,
        output: &str,
    ) -> Outcome {
        let hop = format!("module.{name}{}.{output}", instance.suffix());
        let module = match self.child(name, declared, instance) {
            Ok(module) => module,
            Err(reason) => return Fault::unknown(format!("{hop} ← {reason}")),
        };
        let Some((source, value)) = module
            .folder
            .outputs
            .get(output)
            .and_then(|found| found.attribute("value"))
        else {
            return Fault::unknown(format!("{hop} ← no such output"));
        };
        let memory = format!("{}output.{output}", module.prefix);
        let scope = Scope::new(module, source);
        named(self.once(memory, || self.eval(value, &scope)), &hop)
    }

    fn outputs(&self, call: (&str, &'a Declared<'a>), instance: &Instance<'a>) -> Outcome {
        let module = match self.child(call.0, call.1, instance) {
            Ok(module) => module,
            Err(reason) => return Fault::unknown(format!("module.{} ← {reason}", call.0)),
        };
        let members = module.folder.outputs.keys().map(|output| {
            let node = self.output(call, instance, output);
            let node = node.unwrap_or_else(|fault| unresolved(fault.reason()));
            ((*output).to_owned(), node)
        });
        Ok(bare(Value::Map(members.collect())))
    }

    fn all_outputs(&self, call: (&str, &'a Declared<'a>), instances: &[Instance<'a>]) -> Outcome {
        let mut whole = Vec::new();
        for instance in instances {
            let key = bare(instance.key.clone().unwrap_or(Value::Null));
            whole.push((literal(&key)?, self.outputs(call, instance)?));
        }
        Ok(Node::new(
            if call.1.attribute("for_each").is_some() {
                Value::Map(whole)
            } else {
                Value::List(whole.into_iter().map(|(_, node)| node).collect())
            },
            Origin::default(),
        ))
    }
}
