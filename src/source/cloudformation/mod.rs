//! Reads CloudFormation templates (YAML or JSON, SAM, CDK output, the `resources` of the Serverless Framework) into resources.
//!
//! Evaluates what the templates in view can tell: parameters, mappings, conditions, intrinsic functions, nested stacks, imports.
//! Knows nothing of proxies but the shape of their ARN, which `Fn::Split` needs. What cannot be told stays
//! [`Value::Unresolved`](super::resource::Value::Unresolved), with the way to its source.
//!
//! The attributes of a resource that stand beside its `Properties` are kept among them under names that no property can have:
//!
//! | member | value |
//! |---|---|
//! | `@DependsOn` | a list of addresses |
//! | `@Condition` | true, where the condition holds; unresolved, where it cannot be told. Where it does not hold there is no resource |
//! | `@DeletionPolicy`, `@UpdateReplacePolicy` | as written |

mod parameters;

use std::collections::BTreeMap;

use super::resource::Document;
use super::yaml;
use crate::domain::evidence::Origin;

pub use parameters::read_parameters;

/// Everything in view: templates that may call or import each other, and the values that a deployment would pass.
#[derive(Clone, Debug, Default)]
pub struct CloudFormationFiles {
    /// The text of every template by its path, with `/` between folders.
    pub templates: BTreeMap<String, String>,
    /// The parameters of every template that no other template calls, from a parameters file or flags.
    pub parameters: BTreeMap<String, (String, Origin)>,
}

/// Reads all templates in view into one document.
pub fn read(files: &CloudFormationFiles) -> Document {
    let mut document = Document::default();
    for (path, text) in &files.templates {
        if let Err(error) = yaml::load(text) {
            let place = error.place;
            document
                .problems
                .push((error.message, Origin::at(path, place.line, place.column)));
        }
    }
    document
}

/// A look at the text that costs next to nothing: false means that it is certainly not a template with resources of AWS.
pub fn is_template(text: &str) -> bool {
    text.contains("AWS::")
        && text.lines().any(|line| {
            let line = line.trim_start_matches(['\u{feff}', ' ', '\t', '{', ',']);
            line.starts_with("Resources:") || line.contains("\"Resources\"")
        })
}
