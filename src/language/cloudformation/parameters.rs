//! The values of parameters, read from a parameters file or from their declaration in the template.

use std::collections::BTreeMap;

use super::evaluate::StackScope;
use super::scalars;
use crate::domain::evidence::Origin;
use crate::language::budget::short;
use crate::language::provenance::{absorb, unresolved};
use crate::language::resource::{Node, Value};
use crate::language::yaml::{Content, Tree};
use crate::language::{partial_string, yaml};

/// A parameters file that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{origin}: {message}")]
pub struct ParametersError {
    /// The problem and its remedy.
    pub message: String,
    /// The file, and the place in it if it is known.
    pub origin: Origin,
}

/// Reads a parameters file in either of its shapes: the list of `ParameterKey` and `ParameterValue` of `create-stack`,
/// or the map below `Parameters` of CodePipeline's template configuration.
pub fn read_parameters(
    file: &str,
    text: &str,
) -> Result<BTreeMap<String, (String, Origin)>, ParametersError> {
    let tree = yaml::load(text).map_err(|error| ParametersError {
        message: error.message,
        origin: Origin::at(file, error.place.line, error.place.column),
    })?;
    let Some(tree) = tree else {
        return Ok(BTreeMap::new());
    };
    match &tree.content {
        Content::List(items) => items.iter().map(|item| listed(file, item)).collect(),
        Content::Map(members) => {
            let members = tree
                .get("Parameters")
                .map_or(members.as_slice(), Tree::members);
            members
                .iter()
                .map(|(key, value)| Ok((key.text.clone(), passed(file, value)?)))
                .collect()
        }
        Content::Scalar { .. } | Content::Broken(_) => Err(unusable(
            file,
            &tree,
            "expected a list of `ParameterKey` and `ParameterValue`, or a map below `Parameters`",
        )),
    }
}

fn listed(file: &str, item: &Tree) -> Result<(String, (String, Origin)), ParametersError> {
    let key = item.get("ParameterKey").and_then(Tree::scalar);
    match (key, item.get("ParameterValue")) {
        (Some(key), Some(value)) => Ok((key.to_owned(), passed(file, value)?)),
        _ => Err(unusable(
            file,
            item,
            "expected an object with `ParameterKey` and `ParameterValue`",
        )),
    }
}

/// Returns a value as it is passed: a list is joined with commas, which is the form that CloudFormation takes.
fn passed(file: &str, value: &Tree) -> Result<(String, Origin), ParametersError> {
    let text = match &value.content {
        Content::Scalar { text, .. } => Some(text.to_string()),
        Content::List(items) => items
            .iter()
            .map(Tree::scalar)
            .collect::<Option<Vec<_>>>()
            .map(|items| items.join(",")),
        Content::Map(_) | Content::Broken(_) => None,
    };
    let text =
        text.ok_or_else(|| unusable(file, value, "the value of a parameter must be text"))?;
    Ok((text, Origin::at(file, value.place.line, value.place.column)))
}

fn unusable(file: &str, at: &Tree, message: &str) -> ParametersError {
    let message = match &at.content {
        Content::Broken(reason) => reason.clone(),
        Content::Scalar { .. } | Content::List(_) | Content::Map(_) => message.to_owned(),
    };
    ParametersError {
        message,
        origin: Origin::at(file, at.place.line, at.place.column),
    }
}

/// The value of a parameter before its type is applied.
pub(super) struct ParameterValue {
    value: Value,
    way: Origin,
}

impl StackScope<'_> {
    /// Evaluates `Ref` of a parameter.
    pub(super) fn parameter(&self, name: &str, declaration: &Tree, mut origin: Origin) -> Node {
        origin.via.push(format!("parameter {}", short(name)));
        let kind = declaration
            .get("Type")
            .and_then(Tree::scalar)
            .unwrap_or("String");
        let given = self
            .passed_by_user(name)
            .or_else(|| self.passed_by_parent(name))
            .or_else(|| only_allowed(declaration))
            .or_else(|| self.default_of(name, declaration));
        let Some(given) = given else {
            return unresolved(self.no_value(name), origin);
        };
        absorb(&mut origin, &given.way);
        if kind.starts_with("AWS::SSM::Parameter::Value") {
            let parameter = partial_string::plain(&given.value).unwrap_or_default();
            let reason = format!(
                "parameter {} is read from the SSM parameter `{}` when it is deployed",
                short(name),
                short(&parameter)
            );
            return unresolved(reason, origin);
        }
        if let Some(Err(reason)) = partial_string::plain(&given.value).map(|text| {
            let budget = &self.estate.budget;
            let items = text.matches(',').count();
            budget.pay_for_text(text.len())?;
            budget.pay_for_items(if is_list(kind) { items } else { 0 })
        }) {
            return unresolved(reason, origin);
        }
        typed(kind, Node::new(given.value, origin))
    }

    /// Returns the default. A variable of the Serverless Framework in it is known only at deployment.
    fn default_of(&self, name: &str, declaration: &Tree) -> Option<ParameterValue> {
        let given = default(name, declaration)?;
        let written = declaration.get("Default").and_then(Tree::scalar);
        let written = written.filter(|text| self.template().has_variables && text.contains("${"));
        Some(match written {
            Some(text) => ParameterValue {
                value: scalars::with_variables(text),
                way: Origin::default(),
            },
            None => given,
        })
    }

    fn passed_by_user(&self, name: &str) -> Option<ParameterValue> {
        let (text, origin) = self.estate.parameters.get(name)?;
        let mut way = Origin::default();
        way.via.push(origin.to_string());
        self.stack().parent.is_none().then(|| ParameterValue {
            value: Value::text(text.as_str()),
            way,
        })
    }

    /// Returns the value that the parent of a nested stack passes, evaluated in the scope of the parent.
    pub(super) fn passed_by_parent(&self, name: &str) -> Option<ParameterValue> {
        let (parent, call) = self.stack().parent.as_ref()?;
        let above = self.elsewhere(*parent);
        let value = above
            .template()
            .member("Resources", call)?
            .get("Properties")?
            .get("Parameters")?
            .get(name)?;
        let subject = format!("parameter {} of {}", short(name), short(call));
        let mut way = Origin::default();
        way.via.push(format!(
            "stack {} ({})",
            short(call),
            above.origin(value.place)
        ));
        let node = self
            .estate
            .budget
            .resolve(*parent, &subject, || above.eval(value));
        let value = match node {
            Ok(node) => {
                absorb(&mut way, &node.origin);
                node.value
            }
            Err(reason) => Value::Unresolved(reason),
        };
        (value != Value::Null).then_some(ParameterValue { value, way })
    }

    fn no_value(&self, name: &str) -> String {
        match &self.stack().parent {
            None => format!(
                "parameter {} has no value: pass --parameters FILE",
                short(name)
            ),
            Some((_, call)) => format!(
                "parameter {} has no value: the stack {} passes none",
                short(name),
                short(call)
            ),
        }
    }
}

/// Returns the only allowed value if there is just one: it is as good as a literal.
fn only_allowed(declaration: &Tree) -> Option<ParameterValue> {
    let [only] = declaration.get("AllowedValues")?.items() else {
        return None;
    };
    let Content::Scalar { text, plain } = &only.content else {
        return None;
    };
    Some(ParameterValue {
        value: Value::text(scalars::passed_on(text, *plain)),
        way: Origin::default(),
    })
}

fn default(name: &str, declaration: &Tree) -> Option<ParameterValue> {
    let default = declaration.get("Default")?;
    let text = match &default.content {
        Content::Scalar { text, plain } => scalars::passed_on(text, *plain),
        Content::List(items) => items
            .iter()
            .map(Tree::scalar)
            .collect::<Option<Vec<_>>>()?
            .join(","),
        Content::Map(_) | Content::Broken(_) => return None,
    };
    Some(ParameterValue {
        value: Value::text(text),
        way: Origin {
            default_of: Some(short(name)),
            ..Origin::default()
        },
    })
}

fn is_list(kind: &str) -> bool {
    kind == "CommaDelimitedList" || kind.starts_with("List<")
}

/// Converts the text of a parameter to its declared type.
fn typed(kind: &str, node: Node) -> Node {
    if is_list(kind) {
        return partial_string::comma_list(node);
    }
    let number = match kind {
        "Number" => {
            partial_string::plain(&node.value).and_then(|text| scalars::whole_number(&text))
        }
        _ => None,
    };
    let value = number.map_or(node.value, Value::Number);
    Node::new(value, node.origin)
}
