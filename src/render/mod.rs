//! Renders a blueprint to text. Floor 2: pure; templates print a blueprint and decide nothing.
//!
//! To add a target, add a folder below `templates` and a row in [`TARGETS`].

mod align;
mod context;
mod error;
mod escape;
mod filters;
mod includes;
mod target;
mod templates;
mod tidy;

pub use align::aligned;
pub use error::RenderError;
pub use target::{GeneratedFile, TARGETS, Target};
pub use templates::Templates;

use crate::domain::baseline::{PackRef, digest};
use crate::domain::blueprint::Blueprint;

/// Returns the files of the targets, sorted by path. The same blueprint always gives the same bytes.
///
/// # Errors
/// When a template is invalid, or would print a value that needs quoting.
pub fn render(
    blueprint: &Blueprint,
    targets: &[&Target],
) -> Result<Vec<GeneratedFile>, RenderError> {
    render_with(blueprint, targets, &Templates::built_in()?)
}

/// Like [`render`], with other templates.
///
/// # Errors
/// As [`render`].
pub fn render_with(
    blueprint: &Blueprint,
    targets: &[&Target],
    templates: &Templates<'_>,
) -> Result<Vec<GeneratedFile>, RenderError> {
    let context = context::context(blueprint)?;
    let mut files = Vec::new();
    for target in targets {
        let own = target.files(blueprint);
        let own = own.map(|file| (file.template, file.output));
        for (template, output) in own.chain(templates.added(target.id)) {
            let text = templates.print(template, &context)?;
            let path = format!("{}/{output}", target.id);
            files.push(GeneratedFile {
                text: tidy::tidied(&path, &text),
                path,
            });
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

/// Returns the JSON Schema of the template context: the contract with every pack.
pub fn context_schema() -> serde_json::Value {
    context::json_schema()
}

/// Returns the built-in templates as the baseline records them.
pub fn built_in() -> PackRef {
    let all: String = templates::BUILT_IN
        .iter()
        .map(|(name, text)| format!("{name}\0{text}\0"))
        .collect();
    PackRef {
        name: "built-in".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        digest: digest(&all),
        source: None,
        signer: None,
    }
}

/// Returns the resource types that the built-in templates declare, in any target.
pub fn declared() -> Vec<&'static str> {
    templates::declared()
}
