//! Resolves module calls: the folder that a call leads to, and the module that it creates.

use std::rc::Rc;

use super::evaluator::{Evaluator, MAX_MODULES, MAX_NESTING};
use super::module::{Caller, Module};
use super::paths::joined;
use super::registry;
use super::scope::Scope;
use super::terragrunt::unit::UnitSource;
use super::values::plain;
impl Evaluator<'_> {
    /// Returns the module that a call creates, or the reason why it is not in view.
    pub(super) fn child(&self, caller: Caller) -> Result<usize, String> {
        let known = (caller.module, caller.name.clone(), caller.key.suffix());
        if let Some(child) = self.children.borrow().get(&known) {
            return Ok(*child);
        }
        let folder = self.called_folder(&caller)?;
        let parent = self.module(caller.module).ok_or("the module is gone")?;
        if self.nesting(&parent, &folder)? >= MAX_NESTING {
            return Err("the modules nest deeper than is followed".to_owned());
        }
        let prefix = match caller.name.as_str() {
            crate::language::terraform::terragrunt::unit::UNIT => parent.prefix.clone(),
            name => format!("{}module.{name}{}.", parent.prefix, known.2),
        };
        let module = Module {
            prefix,
            folder,
            caller: Some(caller),
            config: None,
        };
        let mut modules = self.modules.borrow_mut();
        if modules.len() >= MAX_MODULES {
            return Err("there are more modules than are followed".to_owned());
        }
        modules.push(Rc::new(module));
        let child = modules.len() - 1;
        self.children.borrow_mut().insert(known, child);
        Ok(child)
    }

    /// Returns the nesting depth of a module; an error if the folder contains itself.
    fn nesting(&self, parent: &Module, folder: &str) -> Result<usize, String> {
        let mut above = Some(Rc::new(parent.clone()));
        let mut depth = 0;
        while let Some(module) = above {
            if module.folder == folder {
                return Err("the module leads back to itself".to_owned());
            }
            depth += 1;
            above = module
                .caller
                .as_ref()
                .and_then(|caller| self.module(caller.module));
        }
        Ok(depth)
    }

    /// Returns the folder of a downloaded module. It takes precedence over the built-in model of the module.
    fn downloaded_folder(&self, caller: &Caller, call: &UnitSource) -> Option<&str> {
        let mut key = vec![caller.name.clone()];
        let mut above = self.module(caller.module)?.caller.clone();
        while let Some(caller) = above {
            above = self.module(caller.module)?.caller.clone();
            key.push(caller.name);
        }
        key.reverse();
        let folder =
            self.downloaded
                .folder(&key.join("."), &call.source, call.version.as_deref())?;
        self.folders.contains_key(folder).then_some(folder)
    }

    /// Returns the source of the module. The call, a Terragrunt unit, or a variable that is known beforehand sets it.
    ///
    /// Source: Terraform language, "Module blocks", `source` (constant variables since 1.15); OpenTofu, "Module
    /// Sources" (early evaluation since 1.8).
    pub(super) fn source(&self, caller: &Caller) -> Result<UnitSource, String> {
        if caller.name == crate::language::terraform::terragrunt::unit::UNIT {
            let source = self.unit_source()?;
            return source.ok_or_else(|| "nobody says which module it calls".to_owned());
        }
        let block = self
            .folder(caller.module)
            .and_then(|folder| folder.calls.get(&caller.name))
            .ok_or_else(|| "not declared".to_owned())?;
        let text = |name: &str| {
            let attribute = block.attribute(name)?;
            Some(match attribute.value.as_str() {
                Some(text) => Ok(text.to_owned()),
                None => {
                    let node = Scope::new(self, caller.module).value_of(attribute);
                    plain(&node.value).map_err(|fault| fault.reason())
                }
            })
        };
        Ok(UnitSource {
            source: text("source").unwrap_or_else(|| Ok(String::new()))?,
            version: text("version").transpose().ok().flatten(),
        })
    }

    /// Returns the path of the folder that a call leads to.
    pub(super) fn called_folder(&self, caller: &Caller) -> Result<String, String> {
        let call = self.source(caller)?;
        if let Some(folder) = self.downloaded_folder(caller, &call) {
            return Ok(folder.to_owned());
        }
        let block = self.folder(caller.module);
        let block = block.and_then(|folder| folder.calls.get(&caller.name));
        let says = |name: &str| match caller.name.as_str() {
            crate::language::terraform::terragrunt::unit::UNIT => self.unit_input(name).is_some(),
            _ => block.is_some_and(|block| block.attribute(name).is_some()),
        };
        if let Some(folder) = registry::folder(&call.source, call.version.as_deref(), says) {
            return Ok(folder.to_owned());
        }
        let parent = self.module(caller.module).ok_or("the module is gone")?;
        let Some(folder) = local_folder(&parent.folder, &call.source) else {
            let place = match call.source.as_str() {
                "" => "elsewhere",
                source => source,
            };
            return Err(format!("its module lies outside of what is read: {place}"));
        };
        if self.folders.contains_key(&folder) {
            Ok(folder)
        } else {
            let unit = call
                .source
                .strip_prefix(crate::language::terraform::terragrunt::unit::LOCAL);
            let source = unit.unwrap_or(&call.source);
            Err(format!("its module is not in view: {source}"))
        }
    }
}

/// Resolves a source relative to a folder; `None` if the module is not local.
pub(super) fn local_folder(folder: &str, source: &str) -> Option<String> {
    if let Some(name) = source.strip_prefix(crate::language::terraform::terragrunt::unit::LOCAL) {
        return Some(joined(name, ""));
    }
    let is_local = source.starts_with("./") || source.starts_with("../");
    is_local.then(|| joined(folder, source))
}
