//! Errors of rendering.

use thiserror::Error;

/// The reason why a blueprint could not be rendered.
#[derive(Clone, Debug, Error)]
pub enum RenderError {
    /// A template does not compile, or prints a value that is not permitted.
    #[error("template {template}: {message}")]
    Template {
        /// The template's name below `templates`.
        template: String,
        /// The message, with its causes.
        message: String,
    },
    /// The blueprint could not be converted to a template context.
    #[error("the blueprint cannot be handed to templates: {0}")]
    Context(String),
}
