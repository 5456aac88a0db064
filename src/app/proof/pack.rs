//! Proves the output of a pack for one spec: it matches the intent, breaks no rule, differs from the built-in
//! templates only as allowed, and only declares.

use std::collections::BTreeMap;

use super::closed;
use crate::app::proof::{Brought, ProofTerms, Proven, prove_files, rendered};
use crate::app::{CommandError, ErrorKind};
use crate::domain::blueprint::Blueprint;
use crate::domain::pack::{Pack, allowance};
use crate::domain::snapshot::Snapshot;
use crate::domain::spec::Spec;
use crate::render::{self, Templates};
use crate::rewrite::declarative;

/// A pack that is ready to render specs.
#[derive(Clone, Copy)]
pub(in crate::app) struct Ready<'p> {
    pub(in crate::app) pack: &'p Pack,
    /// The templates, including those of the pack.
    pub(in crate::app) templates: &'p Templates<'p>,
}

impl Ready<'_> {
    /// Returns the proved files of a spec.
    pub(in crate::app) fn proved(
        self,
        spec: &Spec,
    ) -> Result<BTreeMap<String, String>, CommandError> {
        let blueprint = Blueprint::harden(spec).map_err(CommandError::input)?;
        Ok(self.proved_in(&blueprint, None)?.files)
    }

    fn proved_in(
        self,
        blueprint: &Blueprint,
        account: Option<&Snapshot>,
    ) -> Result<Proven, CommandError> {
        let pack = self.pack;
        let brought = Brought {
            templates: self.templates,
            limits: pack.limits,
        };
        let files = rendered(blueprint, brought).map_err(the_packs)?;
        // Checked first because its errors name the file and the line.
        closed::accounted_for(pack, blueprint, &files)?;
        let terms = ProofTerms {
            snapshot: account,
            limits: pack.limits,
            is_judged: allowance::covers_fact,
        };
        let proven = prove_files(blueprint, files, terms).map_err(the_packs)?;
        only_declares(pack, &proven.files)?;
        Ok(proven)
    }
}

/// Compiles the templates of a pack.
///
/// # Errors
/// When a template does not compile.
pub(in crate::app) fn templates(pack: &Pack) -> Result<Templates<'_>, CommandError> {
    Templates::with_pack(&pack.templates).map_err(CommandError::input)
}

/// Renders a blueprint with a pack and proves the result, in the account in view.
///
/// # Errors
/// When a template fails or does more than declare, or when its output does not match the intent, breaks a rule, or
/// changes something that no pack may change.
pub fn proved_in(
    pack: &Pack,
    blueprint: &Blueprint,
    account: Option<&Snapshot>,
) -> Result<Proven, CommandError> {
    let templates = &templates(pack)?;
    Ready { pack, templates }.proved_in(blueprint, account)
}

/// Turns contradictions into input errors: they are the fault of the pack's templates, not of rdsproxy-gen.
fn the_packs(error: CommandError) -> CommandError {
    match error.kind {
        ErrorKind::Bug => CommandError::input(error.source),
        ErrorKind::Input | ErrorKind::Environment | ErrorKind::Interrupted => error,
    }
}

fn only_declares(pack: &Pack, files: &BTreeMap<String, String>) -> Result<(), CommandError> {
    let mut known: Vec<&str> = pack.allowed.iter().map(String::as_str).collect();
    known.extend(render::declared().iter());
    allowance::allowed_types().for_each(|kind| known.push(kind));
    let mut faults = Vec::new();
    for (path, text) in files.iter().filter(|(path, _)| !render::is_caller(path)) {
        let found = match path.as_str() {
            "cloudformation/template.yaml" => declarative::cloudformation(text, &known),
            code if code.ends_with(".tf") => declarative::terraform(text, &known),
            _ => Vec::new(),
        };
        faults.extend(found.into_iter().map(|fault| format!("{path}: {fault}")));
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(CommandError::input(format!(
            "what is generated would do more than declare:\n  {}",
            faults.join("\n  ")
        )))
    }
}
