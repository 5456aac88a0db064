//! Inputs from the command line other than the paths: variable and parameter values, and the boundary. Each file is
//! read once, since it may be a pipe.

use std::collections::BTreeMap;

use super::AuditRequest;
use crate::app::CommandError;
use crate::app::folders::Values;
use crate::domain::evidence::Origin;
use crate::io::boundary::Boundary;
use crate::io::files::bounded::{self, Bound};
use crate::io::walk;
use crate::language::cloudformation;

/// The inputs from the command line.
#[derive(Clone, Debug)]
pub(super) struct GivenInputs {
    pub(super) boundary: Boundary,
    pub(super) values: Values,
    /// The values in the file of `--parameters`, by name.
    pub(super) parameters: BTreeMap<String, (String, Origin)>,
    /// The text of the parameter file.
    pub(super) text_of_parameters: Option<String>,
    /// Number of occurrences of each finding in an earlier revision.
    pub(super) known: BTreeMap<String, usize>,
}

impl GivenInputs {
    /// Reads the files that the command line names.
    ///
    /// # Errors
    /// When a named file cannot be used, or a path does not exist.
    pub(super) fn new(request: &AuditRequest) -> Result<Self, CommandError> {
        let mut given = Self {
            boundary: request.reach.boundary(&request.paths)?,
            values: values(request)?,
            parameters: BTreeMap::new(),
            text_of_parameters: None,
            known: BTreeMap::new(),
        };
        if let Some(path) = &request.parameters {
            let text = bounded::named_text(path, Bound::PARAMETERS);
            let text = text.map_err(CommandError::environment)?;
            let read = cloudformation::read_parameters(&walk::name(path), &text);
            given.parameters = read.map_err(CommandError::input)?;
            given.text_of_parameters = Some(text);
        }
        Ok(given)
    }
}

/// Reads the files of values, and takes the values of single variables.
fn values(request: &AuditRequest) -> Result<Values, CommandError> {
    let mut values = Values::default();
    for path in &request.var_file {
        let text = bounded::named_text(path, Bound::SOURCE).map_err(CommandError::environment)?;
        let name = walk::name(path);
        values.names.push(name.clone());
        values.files.insert(name, text);
    }
    for given in &request.var {
        // The argument is not quoted: it may be a secret value without its name.
        let (name, value) = given.split_once('=').ok_or_else(|| {
            CommandError::input("a --var has no value").hint("write --var name=value")
        })?;
        values.vars.insert(name.to_owned(), value.to_owned());
    }
    Ok(values)
}
