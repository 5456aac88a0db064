//! `Ref` and `Fn::GetAtt`: parameters, pseudo parameters, resources, and the outputs of nested stacks.

use super::evaluate::{Argument, StackScope};
use super::sam;
use crate::domain::evidence::Origin;
use crate::language::budget::short;
use crate::language::partial_string;
use crate::language::provenance::{absorb, proxy_arn, unresolved};
use crate::language::resource::{Node, Piece, Pseudo, Value};

const PROXY: &str = "AWS::RDS::DBProxy";

impl StackScope<'_> {
    pub(super) fn reference(&self, argument: Argument<'_>, origin: Origin) -> Node {
        match argument.text() {
            Some(name) => self.reference_to(name, origin),
            // The transform of the language extensions accepts a function as the name too.
            None => match partial_string::plain(&self.eval_argument(argument).value) {
                Some(name) => self.reference_to(&name, origin),
                None => unresolved("Ref takes a name", origin),
            },
        }
    }

    /// Evaluates `Ref` of a name.
    pub(super) fn reference_to(&self, name: &str, origin: Origin) -> Node {
        if let Some(value) = pseudo(name) {
            let value = match (value, &self.stack().parent) {
                // Each stack has its own value.
                (Value::Unresolved(reason), Some((_, call))) => {
                    Value::Unresolved(format!("{reason}, in the stack {}", short(call)))
                }
                (value, _) => value,
            };
            return Node::new(value, origin);
        }
        if let Some(declaration) = self.template().member("Parameters", name) {
            return self.parameter(name, declaration, origin);
        }
        if self.template().kind_of(name) == Some(PROXY) {
            return self.proxy_name(name, origin);
        }
        self.resource_attribute(name, "Ref", origin)
    }

    pub(super) fn attribute(&self, argument: Argument<'_>, origin: Origin) -> Node {
        if let [logical_id, attribute] = argument.items() {
            let words =
                [logical_id, attribute].map(|word| partial_string::plain(&self.eval(word).value));
            return match words {
                [Some(logical_id), Some(attribute)] => {
                    self.attribute_of(&logical_id, &attribute, origin)
                }
                _ => unresolved("Fn::GetAtt names what is not known", origin),
            };
        }
        match argument.text().and_then(|text| text.split_once('.')) {
            Some((logical_id, attribute)) => self.attribute_of(logical_id, attribute, origin),
            None => unresolved("Fn::GetAtt takes a resource and an attribute", origin),
        }
    }

    /// Evaluates `Fn::GetAtt` of a resource or a nested stack.
    pub(super) fn attribute_of(&self, logical_id: &str, attribute: &str, origin: Origin) -> Node {
        if let Some(output) = attribute.strip_prefix("Outputs.")
            && let Some(child) = self.estate.child(self.stack, logical_id)
        {
            return self.elsewhere(child).output(output, origin);
        }
        if attribute == "DBProxyArn" && self.template().kind_of(logical_id) == Some(PROXY) {
            return Node::new(proxy_arn(&self.address(logical_id)), origin);
        }
        self.resource_attribute(logical_id, attribute, origin)
    }

    fn resource_attribute(&self, logical_id: &str, attribute: &str, origin: Origin) -> Node {
        let template = self.template();
        let known =
            template.member("Resources", logical_id).is_some() || sam::makes(template, logical_id);
        if known {
            let piece = Piece::Reference(self.address(logical_id), attribute.to_owned());
            Node::new(Value::Text(vec![piece]), origin)
        } else {
            unresolved(
                format!(
                    "{} is neither a parameter nor a resource of this template",
                    short(logical_id)
                ),
                origin,
            )
        }
    }

    /// Evaluates `Ref` of a proxy, which is its name ("AWS::RDS::DBProxy", return values).
    fn proxy_name(&self, logical_id: &str, mut origin: Origin) -> Node {
        let property = self
            .template()
            .member("Resources", logical_id)
            .and_then(|resource| resource.get("Properties"))
            .and_then(|properties| properties.get("DBProxyName"));
        let subject = format!("the name of {}", short(logical_id));
        let name = property.and_then(|property| {
            let evaluated = self
                .estate
                .budget
                .resolve(self.stack, &subject, || self.eval(property));
            evaluated
                .ok()
                .filter(|name| partial_string::plain(&name.value).is_some())
        });
        match name {
            Some(name) => {
                absorb(&mut origin, &name.origin);
                Node::new(name.value, origin)
            }
            None => self.resource_attribute(logical_id, "Ref", origin),
        }
    }

    /// Evaluates an output of this stack for the stack that calls it.
    fn output(&self, name: &str, mut origin: Origin) -> Node {
        let path = &self.template().path;
        let value = self
            .template()
            .member("Outputs", name)
            .and_then(|output| output.get("Value"));
        let Some(value) = value else {
            return unresolved(format!("{path} has no output {}", short(name)), origin);
        };
        let subject = format!("output {}", short(name));
        origin
            .via
            .push(format!("{subject} ({})", self.origin(value.place)));
        match self
            .estate
            .budget
            .resolve(self.stack, &subject, || self.eval(value))
        {
            Ok(node) => {
                absorb(&mut origin, &node.origin);
                Node::new(node.value, origin)
            }
            Err(reason) => unresolved(reason, origin),
        }
    }
}

/// Returns the value of a pseudo parameter. Source: "Pseudo parameters reference".
fn pseudo(name: &str) -> Option<Value> {
    let known = |pseudo| Some(Value::Text(vec![Piece::Pseudo(pseudo)]));
    match name {
        "AWS::Partition" => known(Pseudo::Partition),
        "AWS::Region" => known(Pseudo::Region),
        "AWS::AccountId" => known(Pseudo::Account),
        "AWS::URLSuffix" => known(Pseudo::UrlSuffix),
        "AWS::NoValue" => Some(Value::Null),
        "AWS::StackName" | "AWS::StackId" | "AWS::NotificationARNs" => Some(Value::Unresolved(
            format!("{name} is known only once it is deployed"),
        )),
        _ => None,
    }
}
