//! What a unit is, as far as whoever reads folders has to know.

use crate::language::hcl::Block;
/// The name of the call, which nobody can write: the addresses in the module are those of the unit.
pub(in crate::language::terraform) const UNIT: &str = "@unit";

/// The name of the file of a unit.
pub(super) const FILE: &str = "terragrunt.hcl";

/// What the source of a folder begins with that is named as the files are.
pub(in crate::language::terraform) const LOCAL: &str = "@folder:";

/// A configuration in one of its uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::language::terraform) struct UnitConfig {
    /// Its file, from the ground.
    pub(super) file: String,
    /// The folder that the functions mean: of the unit for what it includes, its own for what is read.
    pub(super) folder: String,
    /// Whether a unit includes it.
    pub(super) is_included: bool,
}

/// Where the module of a unit lies.
#[derive(Clone, Debug)]
pub(in crate::language::terraform) struct UnitSource {
    pub(in crate::language::terraform) source: String,
    pub(in crate::language::terraform) version: Option<String>,
}

/// True for the configuration of a unit.
pub(in crate::language::terraform) fn is_unit(path: &str) -> bool {
    path.rsplit('/').next() == Some(FILE)
}

/// True for a file that can be a configuration.
pub(in crate::language::terraform) fn is_config(path: &str) -> bool {
    path.ends_with(".hcl") && !path.ends_with(".lock.hcl") && !path.ends_with(".tftest.hcl")
}

/// The file of the unit that a folder may be.
pub(in crate::language::terraform) fn unit_of(folder: &str) -> String {
    match folder {
        "" => FILE.to_owned(),
        folder => format!("{}/{FILE}", folder.trim_end_matches('/')),
    }
}

/// The call that a unit makes: none of a configuration that is only there to be included, or that gives values to the folder it is in.
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
