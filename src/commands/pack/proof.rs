//! What a pack gives for one spec, proved: it only declares, it says what was meant, and no rule is broken.

use std::collections::BTreeMap;

use crate::commands::proof::{Brought, Proven, prove_with};
use crate::commands::{CommandError, Kind};
use crate::domain::blueprint::Blueprint;
use crate::domain::pack::Pack;
use crate::domain::snapshot::Snapshot;
use crate::domain::spec::Spec;
use crate::render;
use crate::source::inert;

/// The files that a pack gives for a spec.
pub(super) fn proved(pack: &Pack, spec: &Spec) -> Result<BTreeMap<String, String>, CommandError> {
    let blueprint = Blueprint::harden(spec).map_err(CommandError::input)?;
    Ok(proved_in(pack, &blueprint, None)?.files)
}

/// The same for a blueprint, in the account that is in view.
///
/// # Errors
/// When a template fails or does more than declare, or what it gives says something else than what was meant or breaks a rule.
pub fn proved_in(
    pack: &Pack,
    blueprint: &Blueprint,
    world: Option<&Snapshot>,
) -> Result<Proven, CommandError> {
    let brought = Brought {
        templates: &pack.templates,
        limits: pack.limits,
    };
    let proven = prove_with(blueprint, world, brought).map_err(the_packs)?;
    only_declares(&proven.files)?;
    Ok(proven)
}

/// Where a pack renders, a contradiction is the pack's fault and not ours.
fn the_packs(error: CommandError) -> CommandError {
    match error.kind {
        Kind::Bug => CommandError::input(error.source),
        Kind::Input | Kind::Environment | Kind::Interrupted => error,
    }
}

fn only_declares(files: &BTreeMap<String, String>) -> Result<(), CommandError> {
    let known = render::declared();
    let mut faults = Vec::new();
    for (path, text) in files {
        let found = match path.as_str() {
            // Never a pack's: they choose the providers, and say what a caller can set.
            "terraform/versions.tf" | "terraform/variables.tf" => Vec::new(),
            "cloudformation/template.yaml" => inert::cloudformation(text, &known),
            code if code.ends_with(".tf") => inert::terraform(text, &known),
            _ => Vec::new(),
        };
        faults.extend(found.into_iter().map(|fault| format!("{path}: {fault}")));
    }
    match faults.is_empty() {
        true => Ok(()),
        false => Err(CommandError::input(format!(
            "what is generated would do more than declare:\n  {}",
            faults.join("\n  ")
        ))),
    }
}
