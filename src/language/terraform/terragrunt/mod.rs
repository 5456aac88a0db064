//! A Terragrunt unit is read as a folder that calls one module with its `inputs`, merged with those of its includes.
//! Each configuration is evaluated as a module of its own, so that `local.x` belongs to its file. Outputs of
//! dependencies are not read, and the inputs of a configuration that is not in view are unknown.
//!
//! Source: Terragrunt documentation, "Configuration Blocks and Attributes" (`terraform`, `inputs`, `include`),
//! "Functions".

use self::unit::{LOCAL, UnitConfig, UnitSource, unit_of};
mod functions;
mod inputs;
mod names;
pub(super) mod repository_root;
pub(super) mod unit;

pub use repository_root::RepositoryRoot;

use super::evaluator::Evaluator;
use super::files::Files;
use super::folder::Folder;
use super::paths::joined;
use super::scope::Scope;
use super::values::{EvaluationFault, Outcome, plain};
use crate::domain::evidence::Origin;
use crate::language::hcl::Block;

/// An `include` block of a configuration.
struct Include<'c> {
    name: &'c str,
    merge: MergeStrategy,
    block: &'c Block,
    /// The module that represents the included configuration, or the reason why there is none.
    module: Result<usize, String>,
}

/// The strategy for merging the inputs of an include with those that take precedence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum MergeStrategy {
    Not,
    Shallow,
    /// Merges maps by member and appends lists.
    Deep,
    /// Merges maps by member and replaces lists.
    DeepMaps,
}

impl Evaluator<'_> {
    /// Returns the module that represents a configuration; if the file is not in view, requests it and returns `None`.
    fn config(&self, config: &UnitConfig) -> Option<usize> {
        let name = self.inputs.ground.name(&config.file)?;
        let known = |module: &Folder| module.config.is_some();
        if !self.folders.get(&name).is_some_and(|folder| known(folder)) {
            self.want(&name);
            return None;
        }
        self.config_module(&name, config)
    }

    /// Returns the module that represents the configuration of the root folder if that is a unit.
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

    /// Returns the source of the unit's module; `None` if no configuration sets it.
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
    /// Returns the configuration that this module represents.
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

    /// Returns the includes of this configuration, in order.
    fn includes(&self) -> Vec<Include<'s>> {
        let blocks = self.config_block().into_iter();
        let blocks = blocks.flat_map(|block| block.blocks_of("include"));
        let includes = blocks.map(|block| Include {
            name: block.label(0),
            merge: MergeStrategy::new(block),
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

    /// Returns the configuration at a path, as `read_terragrunt_config` evaluates it.
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
            // Terragrunt would also refuse a missing file, so `try` continues.
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
    /// Reads the strategy of an `include` block.
    /// Source: Terragrunt documentation, `include`, `merge_strategy`.
    fn new(block: &Block) -> Self {
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
    /// Reads a configuration as a module with local values only.
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

/// Converts a Terragrunt source: `../modules//db` is a folder, and `tfr:///owner/name/provider?version=1.2.3` is a
/// module of the registry.
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

/// Returns the source of a module in a folder of this name.
fn local(name: &str) -> String {
    format!("{LOCAL}{name}")
}

/// Resolves a path relative to a folder.
fn from(folder: &str, path: &str) -> String {
    if path.starts_with('/') {
        joined("/", path)
    } else {
        joined(folder, path)
    }
}

/// Returns the folder of a path.
fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}
