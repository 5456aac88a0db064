//! Where the calls of one folder lead, where that must be worked out first: the units of Terragrunt, and sources with names in them.

use std::collections::{BTreeMap, BTreeSet};

use super::calls::local_folder;
use super::evaluator::Evaluator;
use super::module::{Caller, InstanceKey};
use super::roots::is_own;
use super::terragrunt::unit;
use super::{TerraformFiles, registry};
use crate::domain::evidence::Origin;

/// What became of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lead {
    /// Whether a unit of Terragrunt makes it.
    pub is_unit: bool,
    /// Where it stands.
    pub origin: Origin,
    /// The source that is not in any folder, or why nobody can tell it.
    pub source: Result<String, String>,
}

/// What the calls of a folder lead to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Leads {
    /// Folders, and where they are called.
    pub folders: BTreeMap<String, Origin>,
    /// Calls that lead to no folder, and to no module that is understood without its files.
    pub elsewhere: Vec<Lead>,
    /// Whether a module is called that makes a proxy, which is understood without its files.
    pub holds_proxy: bool,
    /// Files that must be read, or known to be absent, before all is worked out.
    pub wanted: BTreeSet<String>,
}

/// Works out where the calls of the root folder lead.
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
        leads.follow(&evaluator, (name, evaluator.files.origin(block.spot)));
    }
    evaluator.look_for_inputs();
    leads.wanted = evaluator.wanted.take();
    leads
}

impl Leads {
    fn follow(&mut self, evaluator: &Evaluator<'_>, (name, origin): (&str, Origin)) {
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
                    registry::folder((&call.source, call.version.as_deref()), |_| false)
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
