//! The functions that only Terragrunt configurations have ("Functions", Terragrunt documentation).

use super::super::paths::relative;
use super::super::scope::Scope;
use super::super::values::{Outcome, error, plain, unknown};
use super::parent;
use super::unit::UnitConfig;
use crate::language::budget::short;
use crate::language::resource::{Node, Value};

/// The maximum number of parent folders that are searched for a file.
const MAX_FOLDERS: usize = 64;

impl Scope<'_> {
    /// Evaluates a Terragrunt function; `None` for any other function.
    pub(in crate::language::terraform) fn on_unit(
        &self,
        name: &str,
        given: &[Node],
    ) -> Option<Outcome<Value>> {
        let config = self.config()?;
        let top = self.evaluator.inputs.ground.top();
        let known = |path: &str| Some(Ok(Value::text(path)));
        match name {
            "get_repo_root" => known(top),
            "get_terragrunt_dir" => known(&config.folder),
            "get_original_terragrunt_dir" => Some(self.original_folder()),
            "get_path_from_repo_root" => known(&relative(top, &config.folder)),
            "get_path_to_repo_root" => known(&relative(&config.folder, top)),
            "get_parent_terragrunt_dir" => {
                Some(self.included_folder(&config, given).map(Value::text))
            }
            "path_relative_to_include" => Some(self.way_from_include(&config, given)),
            "path_relative_from_include" => Some(self.way_to_include(&config, given)),
            "find_in_parent_folders" => Some(self.found_above(&config, given)),
            "read_terragrunt_config" => Some(self.config_at(given)),
            "get_env" | "run_cmd" | "sops_decrypt_file" | "read_tfvars_file" => {
                Some(unknown(format!("{name} is known only where it is run")))
            }
            _ => None,
        }
    }

    /// Returns the file that a path names in a Terragrunt configuration; `None` in other modules.
    pub(in crate::language::terraform) fn unit_file(&self, path: &str) -> Option<String> {
        let config = self.config()?;
        self.evaluator
            .inputs
            .ground
            .name(&super::from(&config.folder, path))
    }

    fn original_folder(&self) -> Outcome<Value> {
        let path = self
            .evaluator
            .inputs
            .ground
            .path(&self.evaluator.inputs.root);
        path.map_or_else(
            || unknown("get_original_terragrunt_dir leads out of the repository"),
            |path| Ok(Value::text(path)),
        )
    }

    /// Returns the folder of an included file: this configuration if it is itself included, otherwise the named or
    /// first include of the unit.
    fn included_folder(&self, config: &UnitConfig, given: &[Node]) -> Outcome<String> {
        if config.is_included {
            return Ok(parent(&config.file).to_owned());
        }
        let name = given.first().map(|node| plain(&node.value)).transpose()?;
        let includes = self.includes();
        let mut named = includes.iter();
        let include = match &name {
            Some(name) => named.find(|one| one.name == name),
            None => named.next(),
        };
        match include.map(|include| &include.module) {
            Some(Ok(module)) => {
                let module = self.evaluator.module(*module);
                let config = module.and_then(|module| module.config.clone());
                Ok(config.map_or_else(String::new, |config| parent(&config.file).to_owned()))
            }
            Some(Err(reason)) => unknown(reason.as_str()),
            None => Ok(config.folder.clone()),
        }
    }

    fn way_from_include(&self, config: &UnitConfig, given: &[Node]) -> Outcome<Value> {
        let include = self.included_folder(config, given)?;
        Ok(Value::text(or_here(relative(&include, &config.folder))))
    }

    fn way_to_include(&self, config: &UnitConfig, given: &[Node]) -> Outcome<Value> {
        let include = self.included_folder(config, given)?;
        Ok(Value::text(or_here(relative(&config.folder, &include))))
    }

    /// Returns the nearest file or folder of this name in the parent folders.
    fn found_above(&self, config: &UnitConfig, given: &[Node]) -> Outcome<Value> {
        let name = match given.first() {
            Some(name) => plain(&name.value)?,
            None => super::unit::FILE.to_owned(),
        };
        let top = self.evaluator.inputs.ground.top();
        let mut folder = config.folder.as_str();
        let mut unknown_place = None;
        for _ in 0..MAX_FOLDERS {
            if folder == top || folder.is_empty() {
                break;
            }
            folder = parent(folder);
            let path = super::from(folder, &name);
            let Some(file) = self.evaluator.inputs.ground.name(&path) else {
                break;
            };
            if !self.evaluator.is_there(&file) && !self.evaluator.is_absent(&file) {
                self.evaluator.want(&file);
                unknown_place = unknown_place.or(Some(file));
            } else if unknown_place.is_none() && self.evaluator.is_there(&file) {
                return Ok(Value::text(path));
            }
        }
        if let Some(file) = unknown_place {
            return unknown(format!("{} was not looked for", short(&file)));
        }
        match given.get(1) {
            Some(instead) => Ok(instead.value.clone()),
            None => error(format!("no folder above has {}", short(&name))),
        }
    }

    fn config_at(&self, given: &[Node]) -> Outcome<Value> {
        let Some(path) = given.first() else {
            return error("read_terragrunt_config takes a path");
        };
        match (self.read_config(&plain(&path.value)?), given.get(1)) {
            (Ok(module), _) => Ok(Scope::new(self.evaluator, module).exposed().value),
            (Err(super::EvaluationFault::Error(_)), Some(instead)) => Ok(instead.value.clone()),
            (Err(fault), _) => Err(fault),
        }
    }
}

fn or_here(path: String) -> String {
    if path.is_empty() {
        ".".to_owned()
    } else {
        path
    }
}
