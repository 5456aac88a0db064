//! Compiles and prints templates, with errors that name the template.

use std::collections::BTreeMap;
use std::error::Error as _;
use std::io::{self, Write};
use std::sync::LazyLock;

use tera::{Context, Tera};

use super::error::RenderError;
use super::{escape, filters, includes};

/// The built-in templates: `(name, text)`, sorted by name.
pub(super) const BUILT_IN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/templates.rs"));

/// Compiles a set of templates. Values printed without a filter are escaped in all of them: see [`escape::plain`].
fn compile(templates: &[(&str, &str)]) -> Result<Tera, RenderError> {
    let mut tera = Tera::default();
    tera.autoescape_on(vec![""]);
    tera.set_escape_fn(escape::plain);
    filters::register(&mut tera);
    tera.add_raw_templates(templates.iter().copied())
        .map_err(|error| template_error("(set)", &error))?;
    Ok(tera)
}

/// A compiled set of templates.
pub struct Templates<'p> {
    /// The templates of a pack, by name; `None` if only the built-in ones are used.
    pack: Option<&'p BTreeMap<String, String>>,
    tera: Compiled,
}

enum Compiled {
    BuiltIn(&'static Tera),
    WithPack(Box<Tera>),
}

impl Templates<'static> {
    /// Returns the built-in templates, compiled.
    ///
    /// # Errors
    /// When one does not compile.
    pub fn built_in() -> Result<Self, RenderError> {
        // They are compiled once per run, because a pack is compared with them for every spec.
        static COMPILED: LazyLock<Result<Tera, RenderError>> = LazyLock::new(|| compile(BUILT_IN));
        let tera = COMPILED.as_ref().map_err(Clone::clone)?;
        Ok(Self {
            pack: None,
            tera: Compiled::BuiltIn(tera),
        })
    }
}

impl<'p> Templates<'p> {
    /// Returns the built-in templates, with those of a pack added; a template of the same name replaces the built-in
    /// one.
    ///
    /// # Errors
    /// When one does not compile, or is neither named like a built-in one nor a file that a target can add.
    pub fn with_pack(pack: &'p BTreeMap<String, String>) -> Result<Self, RenderError> {
        if pack.is_empty() {
            return Templates::built_in();
        }
        let tera = compile(&overlaid(pack)?)?;
        Ok(Self {
            pack: Some(pack),
            tera: Compiled::WithPack(Box::new(tera)),
        })
    }

    /// Prints one template with this context.
    pub(super) fn print(&self, template: &str, context: &Context) -> Result<String, RenderError> {
        let tera = match &self.tera {
            Compiled::BuiltIn(tera) => tera,
            Compiled::WithPack(tera) => tera.as_ref(),
        };
        let mut printed = BoundedOutput::default();
        tera.render_to(template, context, &mut printed)
            .map_err(|error| template_error(template, &error))?;
        String::from_utf8(printed.0).map_err(|error| RenderError::Template {
            template: template.to_owned(),
            message: error.to_string(),
        })
    }

    /// Returns the templates that a pack adds to a target, with the names of their files.
    pub(super) fn added<'t>(&'t self, target: &'t str) -> impl Iterator<Item = (&'t str, &'t str)> {
        let names = self.pack.into_iter().flat_map(BTreeMap::keys);
        names
            .filter(|name| !is_built_in(name))
            .filter_map(move |name| {
                let file = name.strip_prefix(target)?.strip_prefix('/')?;
                Some((name.as_str(), file.strip_suffix(".tera")?))
            })
    }
}

/// Maximum output of one template, in bytes. Our own choice: CloudFormation too limits a template to 1 MB. Source:
/// CloudFormation quotas, "Template body size in an S3 object".
const PRINTED_BYTES: usize = 1_048_576;

/// Output limited to [`PRINTED_BYTES`]; this bounds loops too.
#[derive(Default)]
struct BoundedOutput(Vec<u8>);

impl Write for BoundedOutput {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > PRINTED_BYTES {
            let message = format!("it prints more than {PRINTED_BYTES} bytes");
            return Err(io::Error::other(message));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn is_built_in(name: &str) -> bool {
    BUILT_IN.iter().any(|(known, _)| *known == name)
}

/// Returns the built-in templates, replaced and extended by those of a pack.
fn overlaid(pack: &BTreeMap<String, String>) -> Result<Vec<(&str, &str)>, RenderError> {
    let mut all: BTreeMap<&str, &str> = BUILT_IN.iter().copied().collect();
    for (name, text) in pack {
        if !is_built_in(name) && !is_taken_up(name) {
            return Err(RenderError::Template {
                template: name.clone(),
                message: "there is no built-in template of this name; new ones are terraform/NAME.tf.tera, and NAME.md.tera of a target".to_owned(),
            });
        }
        all.insert(name, text);
    }
    includes::bounded(&all, pack)?;
    Ok(all.into_iter().collect())
}

/// True for a template that no built-in one includes and that becomes a file of its own: Terraform code, which
/// `pack check` verifies, or prose.
fn is_taken_up(name: &str) -> bool {
    match name.split_once('/') {
        Some(("terraform", file)) => {
            !file.contains('/') && (file.ends_with(".tf.tera") || file.ends_with(".md.tera"))
        }
        Some(("cloudformation", file)) => !file.contains('/') && file.ends_with(".md.tera"),
        _ => false,
    }
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

/// Returns the resource types that the built-in templates declare, in any target.
pub(super) fn declared() -> Vec<&'static str> {
    let lines = BUILT_IN.iter().flat_map(|(_, text)| text.lines());
    let mut types: Vec<&str> = lines.filter_map(|line| declares(line.trim())).collect();
    types.sort_unstable();
    types.dedup();
    types
}

fn declares(line: &str) -> Option<&str> {
    let labelled = ["resource \"", "data \"", "ephemeral \""]
        .iter()
        .find_map(|block| line.strip_prefix(block));
    match labelled {
        Some(labels) => labels.split('"').next(),
        None => line
            .strip_prefix("Type: ")
            .filter(|kind| kind.starts_with("AWS::") && !kind.contains('<')),
    }
}
