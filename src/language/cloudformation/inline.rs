//! Templates that are embedded as text in another resource: in a stack set, or in a stack that Terraform makes.
//!
//! Sources: CloudFormation, `AWS::CloudFormation::StackSet`; Terraform AWS Provider, `aws_cloudformation_stack`,
//! `aws_cloudformation_stack_set`.

use std::collections::BTreeMap;

use super::CloudFormationFiles;
use crate::domain::evidence::Origin;
use crate::language::budget::short;
use crate::language::partial_string;
use crate::language::resource::{Document, Node, Resource, Value};

/// A type of resource that embeds a template.
struct TemplateHolder {
    kind: &'static str,
    /// The attribute that holds the template as text.
    body: &'static str,
    /// The attribute that holds the address of the template instead.
    url: &'static str,
    parameters: &'static str,
}

const HOLDERS: [TemplateHolder; 3] = [
    TemplateHolder {
        kind: "AWS::CloudFormation::StackSet",
        body: "TemplateBody",
        url: "TemplateURL",
        parameters: "Parameters",
    },
    TemplateHolder {
        kind: "aws_cloudformation_stack",
        body: "template_body",
        url: "template_url",
        parameters: "parameters",
    },
    TemplateHolder {
        kind: "aws_cloudformation_stack_set",
        body: "template_body",
        url: "template_url",
        parameters: "parameters",
    },
];

type Parameters = BTreeMap<String, (String, Origin)>;

/// Reads the templates that resources of a document embed, each with the place of its text as origin. Reports those
/// that cannot be read.
pub fn inline(document: &mut Document) -> Vec<Document> {
    let mut read = Vec::new();
    let mut missing = Vec::new();
    for resource in &document.resources {
        let holder = HOLDERS.iter().find(|holder| holder.kind == resource.kind);
        match holder.and_then(|holder| holder.template(resource)) {
            Some(Ok(document)) => read.push(document),
            Some(Err(problem)) => missing.push(problem),
            None => {}
        }
    }
    document.not_in_view.extend(missing);
    read
}

impl TemplateHolder {
    fn template(&self, resource: &Resource) -> Option<Result<Document, (String, Origin)>> {
        let address = short(&resource.address);
        let Some(body) = resource.body.get(self.body) else {
            let url = resource.body.get(self.url)?;
            let named = partial_string::plain(&url.value).unwrap_or_default();
            let reason = format!(
                "the template of {address} is not in view: {}",
                short(&named)
            );
            return Some(Err((reason, url.origin.clone())));
        };
        if body.value == Value::Null {
            return None;
        }
        Some(self.read(resource, body).map_err(|reason| {
            let reason = format!("the template of {address} was not read: {reason}");
            (reason, body.origin.clone())
        }))
    }

    fn read(&self, resource: &Resource, body: &Node) -> Result<Document, String> {
        let text = text(&body.value).ok_or("not all of its text is known")?;
        let parameters = resource.body.get(self.parameters);
        let parameters = parameters.map_or_else(|| Ok(Parameters::new()), parameters_of)?;
        let files = CloudFormationFiles {
            templates: [(resource.address.clone(), text)].into(),
            parameters,
            ..CloudFormationFiles::default()
        };
        let mut document = super::read(&files);
        for resource_in in &mut document.resources {
            resource_in.origin = body.origin.clone();
            settle(&mut resource_in.body, &body.origin);
        }
        let problems = document.problems.iter_mut();
        problems.for_each(|(_, origin)| *origin = body.origin.clone());
        document
            .absent
            .iter_mut()
            .for_each(|absent| absent.origin = body.origin.clone());
        Ok(document)
    }
}

/// Returns the text itself, or the JSON text that an encoded map represents.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::Map(_) => json(value).map(|value| value.to_string()),
        _ => partial_string::plain(value),
    }
}

fn json(value: &Value) -> Option<serde_json::Value> {
    Some(match value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(truth) => (*truth).into(),
        Value::Number(number) => (*number).into(),
        Value::List(items) => {
            let items = items.iter().map(|item| json(&item.value));
            serde_json::Value::Array(items.collect::<Option<_>>()?)
        }
        Value::Map(members) => {
            let members = members
                .iter()
                .map(|(name, node)| Some((name.clone(), json(&node.value)?)));
            serde_json::Value::Object(members.collect::<Option<_>>()?)
        }
        Value::Text(_) | Value::Unresolved(_) => partial_string::plain(value)?.into(),
    })
}

/// Reads parameters from a map, or from the list of `ParameterKey` and `ParameterValue`.
fn parameters_of(node: &Node) -> Result<Parameters, String> {
    let known = |name: &str, value: &Node| {
        let text = partial_string::plain(&value.value);
        let text = text.ok_or_else(|| format!("its parameter {} is not known", short(name)))?;
        Ok((name.to_owned(), (text, value.origin.clone())))
    };
    match &node.value {
        Value::Null => Ok(Parameters::new()),
        Value::Map(members) => members
            .iter()
            .map(|(name, value)| known(name, value))
            .collect(),
        Value::List(items) => items
            .iter()
            .map(|item| {
                let name = item.get("ParameterKey");
                let name = name.and_then(|name| partial_string::plain(&name.value));
                let value = item.get("ParameterValue");
                match (name, value) {
                    (Some(name), Some(value)) => known(&name, value),
                    _ => Err("its parameters are not known".to_owned()),
                }
            })
            .collect(),
        _ => Err("its parameters are not known".to_owned()),
    }
}

/// Replaces every place in the node by the place of the embedding text.
fn settle(node: &mut Node, place: &Origin) {
    node.origin.file.clone_from(&place.file);
    (node.origin.line, node.origin.column) = (place.line, place.column);
    match &mut node.value {
        Value::List(items) => items.iter_mut().for_each(|item| settle(item, place)),
        Value::Map(members) => members.iter_mut().for_each(|(_, node)| settle(node, place)),
        _ => {}
    }
}
