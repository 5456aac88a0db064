//! Resolves `aws_x.y.attribute`: to the value in the configuration, or to a reference if it is known only after
//! deployment.

use std::rc::Rc;

use super::module::{Caller, ResourceInstance};
use super::policy_document;
use super::scope::Scope;
use super::values::{EvaluationFault, reason, reference, through};
use crate::domain::evidence::Origin;
use crate::language::budget::short;
use crate::language::provenance::{proxy_arn, unresolved};
use crate::language::resource::{Dialect, Node, Piece, Pseudo, Resource, Value};
use crate::language::vocabulary::Kind;

/// Attributes of data sources that describe the deployment itself, with the pseudo value of each.
const OWN: &[(&str, &[&str], Pseudo)] = &[
    (
        "data.aws_partition",
        &["partition", "id"],
        Pseudo::Partition,
    ),
    ("data.aws_partition", &["dns_suffix"], Pseudo::UrlSuffix),
    ("data.aws_region", &["region", "name", "id"], Pseudo::Region),
    (
        "data.aws_caller_identity",
        &["account_id", "id"],
        Pseudo::Account,
    ),
];

/// The data source that returns the service principal of a service.
///
/// Source: registry documentation of `aws_service_principal`: "Service Principal Names should always end in the
/// standard global format: {servicename}.amazonaws.com."
const SERVICE_PRINCIPAL: &str = "data.aws_service_principal";

/// The predecessor of the function `templatefile`: a data source, and the attribute with its text.
const TEMPLATE_FILE: (&str, &str) = ("data.template_file", "rendered");

impl Scope<'_> {
    /// Returns an attribute of an instance, or an output of a module.
    pub(super) fn attribute_of(&self, address: &str, name: &str, place: Origin) -> Node {
        let instance = self.evaluator.instances.borrow().get(address).cloned();
        let Some(instance) = instance else {
            return Node::new(reference(address, name), place);
        };
        let owner = Self::new(self.evaluator, instance.module);
        let step = format!("{}.{name}", short(address));
        if let Some(call) = instance.resource.strip_prefix("module.") {
            let caller = Caller {
                module: instance.module,
                name: call.to_owned(),
                key: instance.key.clone(),
            };
            let node = match self.evaluator.child(caller) {
                Ok(child) => Self::new(self.evaluator, child).output(name),
                Err(reason) => Rc::new(unresolved(reason, Origin::default())),
            };
            return self.copy(&step, place, &node);
        }
        if kind_of(&instance.resource) == policy_document::KIND {
            let document = owner.once(&step, || {
                owner
                    .policy_document(&instance, name)
                    .unwrap_or_else(|| Node::new(reference(address, name), place.clone()))
            });
            return self.copy(&step, place, &document);
        }
        if (kind_of(&instance.resource), name) == TEMPLATE_FILE {
            let rendered = owner.once(&step, || owner.rendered(address, &instance));
            return self.copy(&step, place, &rendered);
        }
        match owner.stated(address, &instance, name) {
            Some(node) => self.copy(&step, place, &node),
            None => match owner.service_principal(address, &instance, name) {
                Some(principal) => Node::new(principal, place),
                None => Node::new(computed(address, &instance, name), place),
            },
        }
    }

    /// Copies a stored value and gives it the place of its reference.
    fn copy(&self, step: &str, place: Origin, node: &Node) -> Node {
        match self.pay_for(&node.value) {
            Ok(()) => through(step, place, node.clone()),
            Err(EvaluationFault::Unknown(reason) | EvaluationFault::Error(reason)) => {
                unresolved(reason, place)
            }
        }
    }

    /// Returns the service principal that the data source derives from the name of a service.
    fn service_principal(
        &self,
        address: &str,
        instance: &ResourceInstance,
        name: &str,
    ) -> Option<Value> {
        if kind_of(&instance.resource) != SERVICE_PRINCIPAL || name != "name" {
            return None;
        }
        let service = self.stated(address, instance, "service_name")?;
        let mut pieces = super::values::pieces(&service.value).ok()?;
        pieces.push(Piece::Text(".amazonaws.com".to_owned()));
        Some(crate::language::partial_string::text(pieces))
    }

    /// Renders the template of a `template_file` data source with its variables.
    fn rendered(&self, address: &str, instance: &ResourceInstance) -> Node {
        let Some(template) = self.stated(address, instance, "template") else {
            return unresolved("the template is not in view", Origin::default());
        };
        let vars = self.stated(address, instance, "vars");
        let vars = vars.map(|vars| vars.as_ref().clone());
        let given: Vec<Node> = [Some(template.as_ref().clone()), vars]
            .into_iter()
            .flatten()
            .collect();
        let origin = template.origin.clone();
        match self.template_string(&given) {
            Ok(value) => Node::new(value, origin),
            Err(EvaluationFault::Unknown(reason) | EvaluationFault::Error(reason)) => {
                unresolved(reason, origin)
            }
        }
    }

    /// Returns the value from the configuration; `None` if the attribute is not set or null, or if it is unknown and a
    /// reference to it identifies the resource.
    fn stated(&self, address: &str, instance: &ResourceInstance, name: &str) -> Option<Rc<Node>> {
        let block = self.folder()?.resources.get(&instance.resource)?;
        let word = match block.attribute(name) {
            Some(_) => name,
            None => name_behind(&instance.resource, name).unwrap_or(name),
        };
        let written = block.attribute(word).is_some()
            || block.blocks.iter().any(|inner| {
                inner.kind == word || (inner.kind == "dynamic" && inner.label(0) == word)
            });
        if !written {
            return None;
        }
        let node = self.once(&format!("{address}.{word}"), || {
            self.keyed(&instance.key, |scope| scope.part(block, word))
        });
        let is_open =
            node.value == Value::Null || (reason(&node.value).is_some() && identifies(name));
        (!is_open).then_some(node)
    }
}

/// Returns an attribute that the provider or AWS computes.
fn computed(address: &str, instance: &ResourceInstance, name: &str) -> Value {
    let kind = kind_of(&instance.resource);
    if let Some((.., pseudo)) = OWN
        .iter()
        .find(|(of, names, _)| *of == kind && names.contains(&name))
    {
        return Value::Text(vec![Piece::Pseudo(*pseudo)]);
    }
    match (kind, name) {
        ("aws_db_proxy", "arn") => proxy_arn(address),
        _ => reference(address, name),
    }
}

/// Returns the attribute whose value an `id` repeats.
fn name_behind(resource: &str, attribute: &str) -> Option<&'static str> {
    let probe = Resource {
        dialect: Dialect::Terraform,
        kind: kind_of(resource).to_owned(),
        address: String::new(),
        origin: Origin::default(),
        body: Node::new(Value::Null, Origin::default()),
        known_as: Vec::new(),
    };
    let kind = Kind::new(&probe).filter(|kind| kind.is_name(attribute))?;
    Some(kind.name()?.word(Dialect::Terraform))
}

/// Returns the kind of a resource: `data.aws_x` for `data.aws_x.y`.
pub(super) fn kind_of(resource: &str) -> &str {
    resource.rsplit_once('.').map_or(resource, |(kind, _)| kind)
}

/// Returns true for attributes that identify a resource. For these, a reference is more useful than the reason why the
/// text is unknown.
fn identifies(attribute: &str) -> bool {
    matches!(attribute, "arn" | "id" | "name" | "identifier")
        || ["_arn", "_id", "_name", "_identifier"]
            .iter()
            .any(|ending| attribute.ends_with(ending))
}
