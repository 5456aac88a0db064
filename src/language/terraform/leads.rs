//! Resolves the calls of one folder whose source has to be evaluated first: Terragrunt units, and sources with
//! references.

use std::collections::{BTreeMap, BTreeSet};

use super::calls::local_folder;
use super::evaluator::Evaluator;
use super::module::{Caller, InstanceKey};
use super::roots::is_own;
use super::terragrunt::unit;
use super::{TerraformFiles, registry};
use crate::domain::evidence::Origin;

/// A module call that leads to no folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lead {
    /// True if a Terragrunt unit makes the call.
    pub is_unit: bool,
    /// The place of the call.
    pub origin: Origin,
    /// The source, or the reason why it is unknown.
    pub source: Result<String, String>,
}

/// The results of resolving the calls of a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Leads {
    /// The called folders, with the place of a call.
    pub folders: BTreeMap<String, Origin>,
    /// Calls that lead neither to a folder nor to a module that is understood without its files.
    pub elsewhere: Vec<Lead>,
    /// True if a called module that is understood without its files creates a proxy.
    pub holds_proxy: bool,
    /// Files that must be read, or known to be absent, before the results are complete.
    pub wanted: BTreeSet<String>,
}

/// Resolves the calls of the root folder.
pub fn leads(files: &TerraformFiles) -> Leads {
    let mut problems = Vec::new();
    let evaluator = super::evaluator(files, &mut problems);
    let mut leads = Leads::default();
    let of_units = problems.into_iter();
    let of_units = of_units.filter(|(_, origin)| unit::is_config(&origin.file));
    leads
        .elsewhere
        .extend(of_units.map(|(reason, origin)| Lead {
            is_unit: true,
            origin,
            source: Err(reason),
        }));
    let calls = evaluator.folder(0).into_iter();
    for (name, block) in calls.flat_map(|folder| &folder.calls) {
        leads.follow(&evaluator, name, evaluator.files.origin(block.spot));
    }
    evaluator.look_for_inputs();
    leads.wanted = evaluator.wanted.take();
    leads
}

impl Leads {
    fn follow(&mut self, evaluator: &Evaluator<'_>, name: &str, origin: Origin) {
        let caller = Caller {
            module: 0,
            name: name.to_owned(),
            key: InstanceKey::Only,
        };
        let is_unit = name == unit::UNIT;
        if is_unit && matches!(evaluator.unit_source(), Ok(None)) {
            return;
        }
        let source = match evaluator.source(&caller) {
            Ok(call) => {
                if let Some(folder) = local_folder(&evaluator.inputs.root, &call.source) {
                    let is_own = is_own(&evaluator.inputs.root, &folder);
                    self.folders.extend(is_own.then_some((folder, origin)));
                    return;
                }
                if let Some(known) =
                    registry::folder(&call.source, call.version.as_deref(), |_| false)
                {
                    self.holds_proxy |= registry::makes_proxy(known);
                    return;
                }
                Ok(call.source)
            }
            Err(reason) => Err(reason),
        };
        self.elsewhere.push(Lead {
            is_unit,
            origin,
            source,
        });
    }
}
