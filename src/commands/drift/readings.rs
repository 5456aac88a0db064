//! A target of one side, read: what it deploys, what the rules say of it, and how it is said.

use super::project::{Home, Side, Texts};
use crate::domain::evidence::Origin;
use crate::domain::finding::{Finding, Report};
use crate::domain::limits::Limits;
use crate::domain::posture::Posture;
use crate::rules;
use crate::source::assemble::assemble;
use crate::source::form::{self, Form};
use crate::source::resource::Document;
use crate::source::{cloudformation, terraform};

/// A target of one side, read.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) document: Document,
    pub(super) posture: Posture,
    pub(super) report: Report,
    pub(super) form: Form,
}

impl Reading {
    /// A posture that was not read from files.
    pub(super) fn of_posture(posture: Posture) -> Self {
        Self {
            report: rules::judge(&posture, &Limits::SERVICE),
            posture,
            ..Self::default()
        }
    }

    fn of(document: Document, form: Form) -> Self {
        let posture = assemble(std::slice::from_ref(&document));
        let report = rules::judge(&posture, &Limits::SERVICE);
        Self {
            document,
            posture,
            report,
            form,
        }
    }

    pub(super) fn of_root(root: &terraform::TerraformFiles, home: &Home) -> Self {
        Self::of(
            terraform::read(root),
            terraform::form(root, &home.terraform),
        )
    }

    pub(super) fn of_stack(side: &Side, home: &Home) -> Self {
        let mut form = Form::default();
        for (path, text) in &side.templates {
            let own = terraform::folder_of(path) == home.cloudformation;
            for (name, part) in form::template(path, text).parts {
                let name = if own { name } else { format!("{path}: {name}") };
                form.add(name, part);
            }
        }
        if let Some((path, text)) = &side.parameters {
            form.parts.extend(form::file(path, text).parts);
        }
        match side.stack() {
            Ok(files) => Self::of(cloudformation::read(&files), form),
            Err(error) => {
                let path = side.parameters.as_ref().map_or("", |(path, _)| path);
                let mut document = Document::default();
                let problem = (error.to_string(), Origin::document(path));
                document.problems.push(problem);
                Self::of(document, form)
            }
        }
    }

    pub(super) fn of_others(others: &Texts) -> Self {
        let mut form = Form::default();
        for (path, text) in others {
            let parts = match path.ends_with(".hcl") {
                true => terraform::file_form(path, text),
                false => form::file(path, text),
            };
            form.parts.extend(parts.parts);
        }
        Self {
            form,
            ..Self::default()
        }
    }
}

/// Every target of a side.
pub(super) fn readings(side: &Side, home: &Home) -> Vec<Reading> {
    let roots = side.roots.iter().map(|root| Reading::of_root(root, home));
    let stack = (!side.templates.is_empty()).then(|| Reading::of_stack(side, home));
    roots.chain(stack).collect()
}

/// What the rules find in a side.
pub(super) fn findings(side: &Side, home: &Home) -> Vec<Finding> {
    let readings = readings(side, home).into_iter();
    readings
        .flat_map(|reading| reading.report.findings)
        .collect()
}
