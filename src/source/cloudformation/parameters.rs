//! The values of parameters: read from a parameters file, or from what the template itself says of them.

use std::collections::BTreeMap;

use crate::domain::evidence::Origin;
use crate::source::yaml::{self, Content, Tree};

/// A parameters file that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{origin}: {message}")]
pub struct ParametersError {
    /// What is wrong and what to do.
    pub message: String,
    /// Where.
    pub origin: Origin,
}

/// Reads a parameters file in either of its shapes: the list of `ParameterKey` and `ParameterValue` of `create-stack`, or the
/// map below `Parameters` of CodePipeline's template configuration.
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

/// A list is written with commas, as CloudFormation itself would take it.
fn passed(file: &str, value: &Tree) -> Result<(String, Origin), ParametersError> {
    let text = match &value.content {
        Content::Scalar { text, .. } => Some(text.clone()),
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
