//! The definition of a unit, for code that reads folders.

use crate::language::hcl::Block;
/// The name of a unit's module call. It is not a valid identifier, so no configuration can use it. The addresses in the
/// module are those of the unit, without a prefix.
pub(in crate::language::terraform) const UNIT: &str = "@unit";

/// The file name of a unit.
pub(super) const FILE: &str = "terragrunt.hcl";

/// The prefix of a source that names a folder in the same way as the files are named.
pub(in crate::language::terraform) const LOCAL: &str = "@folder:";

/// One use of a Terragrunt configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::language::terraform) struct UnitConfig {
    /// The absolute path of its file.
    pub(super) file: String,
    /// The folder that functions refer to: the unit's folder for an included configuration, its own for one that is
    /// read.
    pub(super) folder: String,
    /// True if a unit includes it.
    pub(super) is_included: bool,
}

/// The source and version of a unit's module.
#[derive(Clone, Debug)]
pub(in crate::language::terraform) struct UnitSource {
    pub(in crate::language::terraform) source: String,
    pub(in crate::language::terraform) version: Option<String>,
}

/// Returns true for the configuration file of a unit.
pub(in crate::language::terraform) fn is_unit(path: &str) -> bool {
    path.rsplit('/').next() == Some(FILE)
}

/// Returns true for a file that can be a Terragrunt configuration.
pub(in crate::language::terraform) fn is_config(path: &str) -> bool {
    path.ends_with(".hcl") && !path.ends_with(".lock.hcl") && !path.ends_with(".tftest.hcl")
}

/// Returns the path of the unit file in a folder.
pub(in crate::language::terraform) fn unit_of(folder: &str) -> String {
    match folder {
        "" => FILE.to_owned(),
        folder => format!("{}/{FILE}", folder.trim_end_matches('/')),
    }
}

/// Returns the call that a unit makes; `None` for a configuration that is only included, or that only gives values to
/// its own folder.
pub(in crate::language::terraform) fn call(config: &Block) -> Option<Block> {
    let own = config.blocks_of("terraform");
    let own = own.filter(|block| block.attribute("source").is_some());
    let maker = own.chain(config.blocks_of("include")).next()?;
    let spot = maker.attribute("source").map_or(maker.spot, |one| one.spot);
    Some(Block {
        kind: "module".to_owned(),
        labels: vec![UNIT.to_owned()],
        spot,
        ..Block::default()
    })
}
