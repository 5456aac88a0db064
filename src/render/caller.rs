//! The root module that calls a generated module. What it passes on, and what it shows, follows from the files of the
//! module.

use hcl_edit::Span;
use hcl_edit::structure::{Attribute, Block, Body};
use serde::Serialize;

use crate::language::{Texts, hcl};

/// The variables whose form differs in the root module, which declares them itself: lists of ids there, maps with
/// static keys in the module.
const OWN: [&str; 2] = ["consumers", "database_security_group_ids"];

/// The variables that the root module declares for its provider. It passes them on where the module has them too.
pub const OF_PROVIDER: [&str; 2] = ["account_id", "region"];

/// What the caller of a module has to know about it.
#[derive(Debug, Default, Serialize)]
pub(super) struct ModuleInterface {
    /// The variables that the caller has too, and passes on.
    passed_on: Vec<PassedVariable>,
    /// The outputs, which the caller shows.
    exports: Vec<Export>,
}

#[derive(Debug, Serialize)]
struct PassedVariable {
    name: String,
    /// The declaration, without its validations; none if the caller has one of its own.
    block: Option<String>,
}

#[derive(Debug, Serialize)]
struct Export {
    name: String,
    /// The expression that describes it, if there is one.
    description: Option<String>,
    /// The expression that says whether it is sensitive, if there is one.
    sensitive: Option<String>,
}

impl ModuleInterface {
    /// Reads the interface from the module's files. A file that cannot be parsed adds nothing: whoever reads the module
    /// back names it, with the place.
    pub(super) fn read(module: &Texts) -> Self {
        let mut interface = Self::default();
        for (_, text) in module.iter().filter(|(path, _)| path.ends_with(".tf")) {
            let body = hcl::body(text).unwrap_or_default();
            for block in body.blocks() {
                let Some(name) = block.labels.first().map(|label| label.as_str().to_owned()) else {
                    continue;
                };
                match block.ident.as_str() {
                    "variable" if !OWN.contains(&name.as_str()) => {
                        let is_new = !OF_PROVIDER.contains(&name.as_str());
                        let block = is_new.then(|| declaration(&name, block, text));
                        interface.passed_on.push(PassedVariable { name, block });
                    }
                    "output" => interface.exports.push(Export {
                        description: value(&block.body, "description", text),
                        sensitive: value(&block.body, "sensitive", text),
                        name,
                    }),
                    _ => {}
                }
            }
        }
        interface
    }
}

/// Returns a declaration without the blocks in it.
fn declaration(name: &str, block: &Block, text: &str) -> String {
    let attributes = block.body.attributes();
    let lines: String = attributes
        .map(|attribute| format!("  {}\n", source(attribute, text)))
        .collect();
    format!("variable \"{name}\" {{\n{lines}}}\n")
}

/// Returns an attribute as it is written.
fn source<'t>(attribute: &Attribute, text: &'t str) -> &'t str {
    let start = attribute.key.span().map(|span| span.start);
    let end = attribute.value.span().map(|span| span.end);
    let range = start.zip(end).map(|(start, end)| start..end);
    range
        .and_then(|range| text.get(range))
        .unwrap_or_default()
        .trim_end()
}

/// Returns the expression of an attribute as it is written.
fn value(body: &Body, key: &str, text: &str) -> Option<String> {
    let attribute = body.get_attribute(key)?;
    let written = text.get(attribute.value.span()?)?;
    Some(written.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_declares_what_it_passes_on_and_leaves_the_checks_to_the_module() {
        let text = r#"
variable "name" {
  description = "Name."
  type = object({
    first = string
  })
  default = null

  validation {
    condition     = var.name != ""
    error_message = "x"
  }
}

variable "consumers" {}

output "secret" {
  description = "A ${1 + 1}."
  value       = local.x
  sensitive   = true
}
"#;
        let module = [("a.tf", text), ("README.md", "variable")];
        let module = module.map(|(path, text)| (path.to_owned(), text.to_owned()));
        let interface = ModuleInterface::read(&module.into());
        let [variable] = interface.passed_on.as_slice() else {
            panic!("{:?}", interface.passed_on);
        };
        assert_eq!(
            variable.block.as_deref().unwrap(),
            "variable \"name\" {\n  description = \"Name.\"\n  type = object({\n    first = string\n  })\n  default = null\n}\n"
        );
        let [export] = interface.exports.as_slice() else {
            panic!("{:?}", interface.exports);
        };
        assert_eq!(export.description.as_deref(), Some("\"A ${1 + 1}.\""));
        assert_eq!(export.sensitive.as_deref(), Some("true"));
    }

    #[test]
    fn a_file_that_cannot_be_parsed_adds_nothing() {
        let module = [("a.tf", "variable {"), ("b.tf", "output \"b\" {}")];
        let module = module.map(|(path, text)| (path.to_owned(), text.to_owned()));
        let interface = ModuleInterface::read(&module.into());
        assert_eq!(interface.exports.len(), 1);
        assert_eq!(interface.passed_on.len(), 0);
    }
}
