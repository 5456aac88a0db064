//! A unit of Terragrunt, read as what it stands for: a folder that calls one module with its `inputs`, and with those of what it includes.
//! Each configuration is a module of its own as far as evaluation goes, so that `local.x` is that of its file. What its dependencies put
//! out is not read, and what a configuration that is not in view may give is open.
//!
//! Source: Terragrunt documentation, "Configuration Blocks and Attributes" (`terraform`, `inputs`, `include`), "Functions".

use self::unit::{LOCAL, UnitConfig, UnitSource, unit_of};
mod functions;
pub(super) mod ground;
mod inputs;
mod names;
pub(super) mod unit;

pub use ground::RepositoryRoot;

use super::evaluator::Evaluator;
use super::files::Files;
use super::folder::Folder;
use super::paths::joined;
use super::scope::Scope;
use super::values::{EvaluationFault, Outcome, plain};
use crate::domain::evidence::Origin;
use crate::language::hcl::Block;

/// What stands in an `include` block.
struct Include<'c> {
    name: &'c str,
    merge: MergeStrategy,
    block: &'c Block,
    /// The module that stands for it, or why there is none.
    module: Result<usize, String>,
}

/// How the inputs of an include come together with those that go before them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum MergeStrategy {
    Not,
    Shallow,
    /// Maps by member; lists one behind the other.
    Deep,
    /// Maps by member, and lists in place of lists.
    DeepMaps,
}

impl Evaluator<'_> {
    /// The module that stands for a configuration, by its path from the ground; none where it is not in view, which is then wanted.
    fn config(&self, config: &UnitConfig) -> Option<usize> {
        let name = self.inputs.ground.name(&config.file)?;
        let known = |module: &Folder| module.config.is_some();
        if !self.folders.get(&name).is_some_and(|folder| known(folder)) {
            self.want(&name);
            return None;
        }
        self.config_module(&name, config)
    }

    /// The module that stands for the configuration of the root folder, where that is a unit.
    pub(super) fn unit(&self) -> Option<usize> {
        let name = unit_of(&self.inputs.root);
        self.folders.get(&name)?;
        let file = self.inputs.ground.path(&name)?;
        let folder = parent(&file).to_owned();
        self.config(&UnitConfig {
            file,
            folder,
            is_included: false,
        })
    }

    /// Where the module of the unit lies; none where nobody says it.
    pub(super) fn unit_source(&self) -> Result<Option<UnitSource>, String> {
        let unit = self.unit().ok_or("its configuration could not be read")?;
        let scope = Scope::new(self, unit);
        let mut missing = None;
        let includes = scope.includes();
        let includes = includes
            .into_iter()
            .filter(|one| one.merge != MergeStrategy::Not);
        for module in [Ok(unit)]
            .into_iter()
            .chain(includes.rev().map(|one| one.module))
        {
            match module.map(|module| Scope::new(self, module).own_source()) {
                Ok(Some(source)) => return source.map(Some),
                Ok(None) => {}
                Err(reason) => missing = missing.or(Some(reason)),
            }
        }
        missing.map_or(Ok(None), Err)
    }
}

impl<'s> Scope<'s> {
    /// The configuration that this module stands for.
    fn config(&self) -> Option<UnitConfig> {
        let module = self.evaluator.module(self.module)?;
        module.config.clone()
    }

    fn config_block(&self) -> Option<&'s Block> {
        self.folder()?.config.as_ref()
    }

    fn own_source(&self) -> Option<Result<UnitSource, String>> {
        let block = self.config_block()?.blocks_of("terraform").next()?;
        let node = self.value_of(block.attribute("source")?);
        let folder = self.config()?.folder;
        Some(match plain(&node.value) {
            Ok(source) => Ok(module_source(&folder, &source, self.evaluator)),
            Err(EvaluationFault::Error(reason) | EvaluationFault::Unknown(reason)) => Err(reason),
        })
    }

    /// What this configuration includes, in its order.
    fn includes(&self) -> Vec<Include<'s>> {
        let blocks = self.config_block().into_iter();
        let blocks = blocks.flat_map(|block| block.blocks_of("include"));
        let includes = blocks.map(|block| Include {
            name: block.label(0),
            merge: MergeStrategy::of(block),
            block,
            module: self.included(block),
        });
        includes.collect()
    }

    fn included(&self, block: &Block) -> Result<usize, String> {
        let path = block.attribute("path").ok_or("it names no path")?;
        let node = self.value_of(path);
        let path = plain(&node.value).map_err(|fault| match fault {
            EvaluationFault::Error(reason) | EvaluationFault::Unknown(reason) => reason,
        })?;
        let Some(UnitConfig { folder, .. }) = self.config() else {
            return Err("its configuration could not be read".to_owned());
        };
        let config = UnitConfig {
            file: from(&folder, &path),
            folder,
            is_included: true,
        };
        let name = self
            .evaluator
            .inputs
            .ground
            .name(&config.file)
            .unwrap_or(path);
        let module = self.evaluator.config(&config);
        module.ok_or_else(|| format!("{name} is not in view"))
    }

    /// The configuration at a path, as `read_terragrunt_config` sees it.
    fn read_config(&self, path: &str) -> Outcome<usize> {
        let folder = self.config().map(|config| config.folder);
        let file = from(&folder.unwrap_or_default(), path);
        let folder = parent(&file).to_owned();
        let name = self.evaluator.inputs.ground.name(&file);
        let config = UnitConfig {
            file,
            folder,
            is_included: false,
        };
        match self.evaluator.config(&config) {
            Some(module) => Ok(module),
            // Terragrunt too would refuse what is not there, so that `try` goes on.
            None if name
                .as_ref()
                .is_some_and(|name| self.evaluator.is_absent(name)) =>
            {
                super::values::error(format!("{} is not there", name.unwrap_or_default()))
            }
            None => super::values::unknown(format!("{} is not in view", name.unwrap_or_default())),
        }
    }
}

impl MergeStrategy {
    /// Source: Terragrunt documentation, `include`, `merge_strategy`.
    fn of(block: &Block) -> Self {
        let strategy = block.attribute("merge_strategy");
        match strategy.and_then(|one| one.value.as_str()) {
            Some("no_merge") => Self::Not,
            Some("deep") => Self::Deep,
            Some("deep_map_only") => Self::DeepMaps,
            _ => Self::Shallow,
        }
    }
}

impl Folder {
    /// A configuration, as far as it is a module.
    pub(super) fn of_config(files: &Files<'_>, number: usize) -> Result<Self, (String, Origin)> {
        let config = files.parse(number)?;
        let path = files.path(number);
        let locals = config.blocks_of("locals");
        let locals = locals.flat_map(|block| block.attributes.clone());
        Ok(Self {
            path: path
                .rsplit_once('/')
                .map_or("", |(folder, _)| folder)
                .to_owned(),
            locals: locals.map(|local| (local.name.clone(), local)).collect(),
            config: Some(config),
            ..Self::default()
        })
    }
}

/// `../modules//db` is a folder as any other, and `tfr:///owner/name/provider?version=1.2.3` a module of the registry.
fn module_source(folder: &str, source: &str, evaluator: &Evaluator<'_>) -> UnitSource {
    if let Some((_, address)) = source
        .strip_prefix("tfr://")
        .and_then(|rest| rest.split_once('/'))
    {
        let (module, version) = address.split_once("?version=").unwrap_or((address, ""));
        return UnitSource {
            source: module.to_owned(),
            version: (!version.is_empty()).then(|| version.to_owned()),
        };
    }
    let path = source.strip_prefix("file://").unwrap_or(source);
    let is_path = path.starts_with(['.', '/']);
    let own = is_path.then(|| from(folder, path));
    let name = own.and_then(|path| evaluator.inputs.ground.name(&path));
    UnitSource {
        source: name.map_or_else(|| source.to_owned(), |name| local(&name)),
        version: None,
    }
}

/// The source of a module that lies in a folder of this name.
fn local(name: &str) -> String {
    format!("{LOCAL}{name}")
}

/// A path, seen from a folder.
fn from(folder: &str, path: &str) -> String {
    match path.starts_with('/') {
        true => joined("/", path),
        false => joined(folder, path),
    }
}

/// The folder that something lies in.
fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}
