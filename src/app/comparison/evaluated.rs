//! The evaluated targets of one side: their resources, the verdicts of the rules, and the form in which they are
//! written.

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
use crate::source::assemble::{assemble, assemble_with_groups};

/// An evaluated target of one side.
#[derive(Clone, Debug, Default)]
pub(in crate::app) struct EvaluatedTarget {
    pub(in crate::app) document: Document,
    pub(in crate::app) posture: Posture,
    pub(in crate::app) report: Report,
    pub(in crate::app) form: Form,
    /// The parameter groups that the target defines, attached to a database or not.
    pub(in crate::app) parameter_groups: Vec<ParameterGroup>,
}

impl EvaluatedTarget {
    /// Judges a posture that was not read from files.
    pub(in crate::app) fn from_posture(posture: Posture) -> Self {
        Self {
            report: rules::judge(&posture, &Limits::SERVICE),
            posture,
            ..Self::default()
        }
    }

    fn from_document(document: Document, form: Form) -> Self {
        let (posture, parameter_groups) = assemble_with_groups(&document);
        Self {
            parameter_groups,
            document,
            posture,
            form,
            ..Self::default()
        }
    }

    /// Judges the posture with the account and region in which it is deployed.
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
        Self::from_document(
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
            Ok(files) => Self::from_document(cloudformation::read(&files), form),
            Err(error) => {
                let path = side.parameters.as_ref().map_or("", |(path, _)| path);
                let mut document = Document::default();
                let problem = (error.to_string(), Origin::document(path));
                document.problems.push(problem);
                Self::from_document(document, form)
            }
        }
    }

    fn of_others(others: &Texts) -> Self {
        let mut form = Form::default();
        let mut document = Document::default();
        for (path, text) in others {
            let parts = if path.ends_with(".hcl") {
                Ok(terraform::file_form(path, text))
            } else {
                form::read(path, text)
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

/// Returns the account and region from the spec of the project.
fn deployment(side: &Side) -> Option<Deployment> {
    let is_spec = |path: &str| path.rsplit('/').next() == Some(SPEC_FILE);
    let (path, text) = side.others.iter().find(|(path, _)| is_spec(path))?;
    let spec = Spec::parse(text, path).ok()?;
    Some(Deployment {
        region: spec.proxy.region.to_string(),
        account: spec.proxy.account_id.to_string(),
    })
}

/// An evaluated side. Parts that two sides share are evaluated once.
#[derive(Clone, Debug, Default)]
pub(in crate::app) struct Evaluated {
    pub(in crate::app) roots: Vec<Rc<EvaluatedTarget>>,
    pub(in crate::app) stack: Rc<EvaluatedTarget>,
    pub(in crate::app) others: Rc<EvaluatedTarget>,
    /// The secrets that must not appear in messages.
    pub(in crate::app) secrecy: Rc<Secrecy>,
}

impl Evaluated {
    /// Evaluates all targets of a side.
    pub(in crate::app) fn new(side: &Side, home: &Home) -> Self {
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

    /// Evaluates both sides. Unchanged texts are evaluated once.
    pub(in crate::app) fn of_both([before, after]: [&Side; 2], home: &Home) -> [Self; 2] {
        let base = Self::new(before, home);
        let now = base.with(before, after, home);
        [base, now]
    }

    /// Evaluates a side that differs in one part from `known`, of which `self` is the evaluation.
    pub(in crate::app) fn with(&self, known: &Side, side: &Side, home: &Home) -> Self {
        let mut readings = self.clone();
        // Needed only if a part is evaluated again.
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

    /// Returns the side without the form in which it is written.
    pub(in crate::app) fn without_form(&self) -> Self {
        let bare = |target: &Rc<EvaluatedTarget>| {
            Rc::new(EvaluatedTarget {
                form: Form::default(),
                ..EvaluatedTarget::clone(target)
            })
        };
        Self {
            roots: self.roots.iter().map(bare).collect(),
            stack: Rc::clone(&self.stack),
            ..self.clone()
        }
    }

    /// Returns this side's targets together with the remaining files of another side.
    pub(in crate::app) fn deploying(&self, other: &Self) -> Self {
        Self {
            others: Rc::clone(&other.others),
            ..self.clone()
        }
    }

    /// Returns the findings of the rules in the targets of a side.
    pub(in crate::app) fn findings_of(side: &Side) -> Vec<Finding> {
        let roots = side.roots.iter().map(terraform::read);
        // Generated templates depend on no region and no account.
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

    /// Returns all targets that define resources.
    pub(in crate::app) fn targets(&self) -> impl Iterator<Item = &EvaluatedTarget> {
        let roots = self.roots.iter().map(Rc::as_ref);
        roots.chain(std::iter::once(self.stack.as_ref()))
    }
}
