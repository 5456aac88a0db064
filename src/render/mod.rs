//! Renders a blueprint to text. Floor 2: pure; templates print a blueprint and decide nothing.
//!
//! To add a target, add a folder below `templates` and a row in [`TARGETS`].

mod align;
mod caller;
mod context;
mod error;
mod escape;
mod filters;
mod includes;
mod target;
mod templates;
mod tidy;

pub use align::aligned;
pub use caller::OF_PROVIDER;
pub use error::RenderError;
pub use target::{GeneratedFile, TARGETS, Target};
pub use templates::Templates;

use self::caller::ModuleInterface;
use crate::domain::baseline::{PackRef, digest};
use crate::domain::blueprint::Blueprint;
use crate::language::Texts;

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
    let mut files = Texts::new();
    for target in targets {
        let own = target.files(blueprint);
        let own = own.map(|file| (file.template, file.output.to_owned()));
        let added = templates.added(target.id);
        let added = added.map(|(template, file)| (template, target.place(file)));
        for (template, output) in own.chain(added) {
            let file = printed(target, output, &templates.print(template, &context)?);
            files.insert(file.path, file.text);
        }
        let callers = callers(blueprint, target, &files)?;
        files.extend(callers.into_iter().map(|file| (file.path, file.text)));
    }
    let files = files.into_iter();
    Ok(files
        .map(|(path, text)| GeneratedFile { path, text })
        .collect())
}

/// Returns the files that call a target's module. `files` are those of the project, with the module among them.
///
/// # Errors
/// When a template prints a value that needs quoting.
pub fn callers(
    blueprint: &Blueprint,
    target: &Target,
    files: &Texts,
) -> Result<Vec<GeneratedFile>, RenderError> {
    let mut context = context::context(blueprint)?;
    let interface = ModuleInterface::read(&target.module_of(files));
    let interface = tera::Context::from_serialize(&interface);
    context.extend(interface.map_err(|error| RenderError::Context(error.to_string()))?);
    let templates = Templates::built_in()?;
    let rows = target.callers();
    rows.map(|row| {
        let text = templates.print(row.template, &context)?;
        Ok(printed(target, row.output.to_owned(), &text))
    })
    .collect()
}

/// True for the path of a generated file that calls a module. It follows from the files of the module, and no pack prints it.
pub fn is_caller(path: &str) -> bool {
    TARGETS.iter().any(|target| target.is_caller(path))
}

fn printed(target: &Target, output: String, text: &str) -> GeneratedFile {
    let path = format!("{}/{output}", target.id);
    GeneratedFile {
        text: tidy::tidied(&path, text),
        path,
    }
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
