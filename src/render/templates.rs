//! Compiles templates and prints them, with errors that name the template.

use std::error::Error as _;

use tera::{Context, Tera};
use thiserror::Error;

use super::{escape, filters};

/// The built-in templates: `(name, text)`, sorted by name.
pub(super) const BUILT_IN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/templates.rs"));

/// Why something could not be rendered.
#[derive(Debug, Error)]
pub enum RenderError {
    /// A template does not compile, or prints something that it must not.
    #[error("template {template}: {message}")]
    Template {
        /// Its name below `templates`.
        template: String,
        /// What is wrong, causes included.
        message: String,
    },
    /// The blueprint cannot be handed to templates.
    #[error("the blueprint cannot be handed to templates: {0}")]
    Context(String),
}

/// Compiles a set of templates. What is printed bare is escaped in all of them: see [`escape::plain`].
pub(super) fn compile(templates: &[(&str, &str)]) -> Result<Tera, RenderError> {
    let mut tera = Tera::default();
    tera.autoescape_on(vec![""]);
    tera.set_escape_fn(escape::plain);
    filters::register(&mut tera);
    tera.add_raw_templates(templates.iter().copied())
        .map_err(|error| template_error("(set)", &error))?;
    Ok(tera)
}

/// Prints one template.
pub(super) fn print(tera: &Tera, template: &str, context: &Context) -> Result<String, RenderError> {
    tera.render(template, context)
        .map_err(|error| template_error(template, &error))
}

fn template_error(template: &str, error: &tera::Error) -> RenderError {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        message.push_str(": ");
        message.push_str(&inner.to_string());
        cause = inner.source();
    }
    RenderError::Template {
        template: template.to_owned(),
        message,
    }
}
