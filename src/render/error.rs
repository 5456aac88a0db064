//! Why something cannot be rendered.

use thiserror::Error;

/// Why something could not be rendered.
#[derive(Clone, Debug, Error)]
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
