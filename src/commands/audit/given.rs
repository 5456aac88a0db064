//! What the command line gives beside the paths: values of variables and parameters, and how far is read. Each file is read once, since
//! it may be a pipe.

use std::collections::BTreeMap;

use super::AuditArgs;
use crate::commands::CommandError;
use crate::domain::evidence::Origin;
use crate::io::boundary::Boundary;
use crate::io::files::bounded::{self, Bound};
use crate::io::walk;
use crate::language::{Texts, cloudformation};

/// What is given.
#[derive(Clone, Debug)]
pub(super) struct GivenInputs {
    pub(super) boundary: Boundary,
    pub(super) values: Values,
    /// What `--parameters` says, by name.
    pub(super) parameters: BTreeMap<String, (String, Origin)>,
    /// The text of that file.
    pub(super) text_of_parameters: Option<String>,
    /// How often each finding is known from an earlier revision.
    pub(super) known: BTreeMap<String, usize>,
}

/// What `--var-file` and `--var` give.
#[derive(Clone, Debug, Default)]
pub(super) struct Values {
    pub(super) names: Vec<String>,
    pub(super) files: Texts,
    pub(super) vars: BTreeMap<String, String>,
}

impl GivenInputs {
    /// Reads it.
    ///
    /// # Errors
    /// When a file that is named cannot be used, or a path is not there.
    pub(super) fn of(args: &AuditArgs) -> Result<Self, CommandError> {
        let mut given = Self {
            boundary: args.reach.boundary(&args.paths)?,
            values: Values::of(args)?,
            parameters: BTreeMap::new(),
            text_of_parameters: None,
            known: BTreeMap::new(),
        };
        if let Some(path) = &args.parameters {
            let text = bounded::named_text(path, Bound::PARAMETERS);
            let text = text.map_err(CommandError::environment)?;
            let read = cloudformation::read_parameters(&walk::name(path), &text);
            given.parameters = read.map_err(CommandError::input)?;
            given.text_of_parameters = Some(text);
        }
        Ok(given)
    }
}

impl Values {
    fn of(args: &AuditArgs) -> Result<Self, CommandError> {
        let mut values = Self::default();
        for path in &args.var_file {
            let text =
                bounded::named_text(path, Bound::SOURCE).map_err(CommandError::environment)?;
            let name = walk::name(path);
            values.names.push(name.clone());
            values.files.insert(name, text);
        }
        for given in &args.var {
            // What was given may be a value that stands in the wrong place.
            let (name, value) = given.split_once('=').ok_or_else(|| {
                CommandError::input("a --var has no value").hint("write --var name=value")
            })?;
            values.vars.insert(name.to_owned(), value.to_owned());
        }
        Ok(values)
    }
}
