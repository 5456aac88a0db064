//! A target of one side, read: what it deploys, what the rules say of it, and how it is said.

use std::cell::LazyCell;
use std::rc::Rc;

use super::project::{Home, Side, are_alike};
use crate::domain::evidence::{Evidence, Origin};
use crate::domain::finding::{Finding, Report};
use crate::domain::limits::Limits;
use crate::domain::posture::{Deployment, ParameterGroup, Posture};
use crate::domain::spec::{SPEC_FILE, Spec};
use crate::language::form::Form;
use crate::language::resource::Document;
use crate::language::{Texts, cloudformation, form, terraform};
use crate::rewrite::secrecy::Secrecy;
use crate::rules;
use crate::source::assemble::{assemble, parameter_groups};

/// A target of one side, read.
#[derive(Debug, Default)]
pub(in crate::commands) struct EvaluatedTarget {
    pub(super) document: Document,
    pub(super) posture: Posture,
    pub(super) report: Report,
    pub(super) form: Form,
    /// The parameter groups that it defines, attached to a database or not.
    pub(super) parameter_groups: Vec<ParameterGroup>,
}

impl EvaluatedTarget {
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
        Self {
            parameter_groups: parameter_groups(&document),
            document,
            posture,
            form,
            ..Self::default()
        }
    }

    /// The same, judged, of what it is known where it is deployed.
    fn placed(mut self, deployment: Option<Deployment>) -> Self {
        if let Some(deployment) = &deployment {
            for proxy in &mut self.posture.proxies {
                proxy.account = Evidence::Defaulted(deployment.account.clone());
            }
        }
        self.posture.deployment = deployment;
        self.report = rules::judge(&self.posture, &Limits::SERVICE);
        self
    }

    fn of_root(root: &terraform::TerraformFiles, home: &Home) -> Self {
        Self::of(
            terraform::read(root),
            terraform::form(root, &home.terraform),
        )
    }

    fn of_stack(side: &Side, home: &Home, deployment: Option<Deployment>) -> Self {
        if side.templates.is_empty() {
            return Self::default();
        }
        let mut form = Form::default();
        for (path, text) in &side.templates {
            let own = terraform::folder_of(path) == home.cloudformation;
            for (name, part) in form::template(path, text).parts {
                let name = if own { name } else { format!("{path}: {name}") };
                form.add(name, part);
            }
        }
        if let Some((path, text)) = &side.parameters {
            let values = match cloudformation::read_parameters(path, text) {
                Ok(values) => form::parameters(path, &values),
                Err(_) => form::file(path, text),
            };
            form.parts.extend(values.parts);
        }
        match side.stack(deployment) {
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

    fn of_others(others: &Texts) -> Self {
        let mut form = Form::default();
        let mut document = Document::default();
        for (path, text) in others {
            let parts = match path.ends_with(".hcl") {
                true => Ok(terraform::file_form(path, text)),
                false => form::read(path, text),
            };
            match parts {
                Ok(parts) => form.parts.extend(parts.parts),
                Err(error) => document.problems.push((error, Origin::document(path))),
            }
        }
        Self {
            form,
            document,
            ..Self::default()
        }
    }
}

/// Where the project is deployed, as its spec has it.
fn deployment(side: &Side) -> Option<Deployment> {
    let is_spec = |path: &str| path.rsplit('/').next() == Some(SPEC_FILE);
    let (path, text) = side.others.iter().find(|(path, _)| is_spec(path))?;
    let spec = Spec::parse(text, path).ok()?;
    Some(Deployment {
        region: spec.proxy.region.to_string(),
        account: spec.proxy.account_id.to_string(),
    })
}

/// A side, read. What two sides share is read once.
#[derive(Clone, Debug, Default)]
pub(in crate::commands) struct Evaluated {
    pub(super) roots: Vec<Rc<EvaluatedTarget>>,
    pub(super) stack: Rc<EvaluatedTarget>,
    pub(super) others: Rc<EvaluatedTarget>,
    /// What may not be told of values.
    pub(super) secrecy: Rc<Secrecy>,
}

impl Evaluated {
    /// Reads a side.
    pub(in crate::commands) fn of(side: &Side, home: &Home) -> Self {
        let roots = side.roots.iter();
        let deployment = deployment(side);
        let placed = |reading: EvaluatedTarget| Rc::new(reading.placed(deployment.clone()));
        Self {
            roots: roots
                .map(|root| placed(EvaluatedTarget::of_root(root, home)))
                .collect(),
            stack: placed(EvaluatedTarget::of_stack(side, home, deployment.clone())),
            others: Rc::new(EvaluatedTarget::of_others(&side.others)),
            secrecy: Rc::clone(&home.secrecy),
        }
    }

    /// Reads both sides. Of texts that did not change there is nothing to read twice.
    pub(in crate::commands) fn of_both([before, after]: [&Side; 2], home: &Home) -> [Self; 2] {
        let base = Self::of(before, home);
        let now = base.with(before, after, home);
        [base, now]
    }

    /// Reads a side that differs from this one, which is `known`, in one of its parts.
    pub(in crate::commands) fn with(&self, known: &Side, side: &Side, home: &Home) -> Self {
        let mut readings = self.clone();
        // Asked only where something is read anew.
        let deployment = LazyCell::new(|| deployment(side).or_else(|| deployment(known)));
        let placed = |reading: EvaluatedTarget| Rc::new(reading.placed(deployment.clone()));
        if !are_alike(&known.roots, &side.roots) {
            let roots = side.roots.iter();
            readings.roots = roots
                .map(|root| placed(EvaluatedTarget::of_root(root, home)))
                .collect();
        }
        if (&known.templates, &known.parameters) != (&side.templates, &side.parameters) {
            readings.stack = placed(EvaluatedTarget::of_stack(side, home, deployment.clone()));
        }
        if known.others != side.others {
            readings.others = Rc::new(EvaluatedTarget::of_others(&side.others));
        }
        readings
    }

    /// What is deployed, beside files that are as in another side.
    pub(in crate::commands) fn deploying(&self, other: &Self) -> Self {
        Self {
            others: Rc::clone(&other.others),
            ..self.clone()
        }
    }

    /// What the rules find in what a side deploys.
    pub(super) fn findings_of(side: &Side) -> Vec<Finding> {
        let roots = side.roots.iter().map(terraform::read);
        // What was generated asks for no region and no account.
        let stack = side
            .stack(None)
            .ok()
            .map(|files| cloudformation::read(&files));
        let found = roots.chain(stack).map(|document| {
            let posture = assemble(std::slice::from_ref(&document));
            rules::judge(&posture, &Limits::SERVICE).findings
        });
        found.flatten().collect()
    }

    /// Everything that deploys something.
    pub(super) fn targets(&self) -> impl Iterator<Item = &EvaluatedTarget> {
        let roots = self.roots.iter().map(Rc::as_ref);
        roots.chain(std::iter::once(self.stack.as_ref()))
    }
}
