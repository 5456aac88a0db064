//! The state of an evaluation: the folders, the modules that calls create from them, and the results so far.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use super::downloaded::{Downloaded, index};
use super::files::Files;
use super::folder::{Folder, Folders};
use super::inputs::Inputs;
use super::module::{Caller, Expansion, Module, ResourceInstance};
use super::terragrunt::unit::UnitConfig;
use crate::language::budget::Budget;
use crate::language::hcl::Block;
use crate::language::resource::Node;

/// The steps that an evaluation may take in addition to [`STEPS_PER_BYTE`].
const SPARE_STEPS: usize = 400_000;

/// The steps for every byte of source. More than one, because a module that is called many times is in the source once.
const STEPS_PER_BYTE: usize = 4;

/// The maximum weight of all stored values together: one for each item, and one for every few characters.
const MAX_KEPT: usize = 3_000_000;

/// The maximum number of `dynamic` blocks in all resources together. This is more than the auth entries that all
/// proxies of an account can have: 200 for each of 20 ("Quotas in Amazon RDS", "Quotas and limitations for RDS Proxy").
const MAX_BLOCKS: usize = 5_000;

/// The maximum number of characters that all pattern searches may scan together; this takes less than a second.
const MAX_SEARCHED: u64 = 100_000_000;

/// The maximum number of modules that all calls together may create.
pub(super) const MAX_MODULES: usize = 2_000;

/// The maximum nesting depth of modules.
pub(super) const MAX_NESTING: usize = 20;

/// The state of one evaluation.
#[derive(Debug)]
pub(super) struct Evaluator<'f> {
    pub(super) files: Files<'f>,
    pub(super) folders: Folders,
    pub(super) inputs: Inputs,
    pub(super) downloaded: Downloaded,
    pub(super) budget: Budget,
    pub(super) modules: RefCell<Vec<Rc<Module>>>,
    pub(super) children: RefCell<BTreeMap<(usize, String, String), usize>>,
    pub(super) values: RefCell<BTreeMap<(usize, String), Rc<Node>>>,
    /// The weight of all stored values.
    kept: Cell<usize>,
    /// The number of `dynamic` blocks so far.
    made: Cell<usize>,
    /// The number of characters scanned for patterns so far.
    searched: Cell<u64>,
    pub(super) expansions: RefCell<BTreeMap<(usize, String), Rc<Expansion>>>,
    /// Instances of resources, by full address.
    pub(super) instances: RefCell<BTreeMap<String, ResourceInstance>>,
    /// Files that a value depends on, and whose existence has not been checked yet.
    pub(super) wanted: RefCell<BTreeSet<String>>,
}

impl<'f> Evaluator<'f> {
    pub(super) fn new(files: Files<'f>, folders: Folders, inputs: Inputs) -> Self {
        let steps = SPARE_STEPS + STEPS_PER_BYTE * files.length();
        let found = files.number(&index(&inputs.root));
        let downloaded = found.map(|index| Downloaded::new(&inputs.root, files.text(index)));
        let root = Module {
            folder: inputs.root.clone(),
            prefix: String::new(),
            caller: None,
            config: None,
        };
        Self {
            files,
            folders,
            inputs,
            downloaded: downloaded.unwrap_or_default(),
            budget: Budget::new(steps),
            modules: RefCell::new(vec![Rc::new(root)]),
            children: RefCell::default(),
            values: RefCell::default(),
            kept: Cell::new(0),
            made: Cell::new(0),
            searched: Cell::new(0),
            expansions: RefCell::default(),
            instances: RefCell::default(),
            wanted: RefCell::default(),
        }
    }

    /// Reserves storage for a value of this weight until the end; false if the limit is exceeded.
    pub(super) fn keep(&self, weight: usize) -> bool {
        let kept = self.kept.get().saturating_add(weight);
        self.kept.set(kept);
        kept <= MAX_KEPT
    }

    /// Reserves a number of dynamic blocks; false if the limit is exceeded.
    pub(super) fn make(&self, blocks: usize) -> bool {
        let made = self.made.get().saturating_add(blocks);
        let fits = made <= MAX_BLOCKS;
        if fits {
            self.made.set(made);
        }
        fits
    }

    /// Reserves a number of characters for a pattern search; false if the limit is exceeded.
    pub(super) fn search(&self, letters: u64) -> bool {
        let searched = self.searched.get().saturating_add(letters);
        let fits = searched <= MAX_SEARCHED;
        if fits {
            self.searched.set(searched);
        }
        fits
    }

    pub(super) fn module(&self, module: usize) -> Option<Rc<Module>> {
        self.modules.borrow().get(module).cloned()
    }

    /// Returns the folder that a module is created from.
    pub(super) fn folder(&self, module: usize) -> Option<&Folder> {
        self.folders
            .get(&self.module(module)?.folder)
            .map(Arc::as_ref)
    }

    /// Returns the call that creates a module, with the calling module.
    pub(super) fn call(&self, module: usize) -> Option<(Caller, &Block)> {
        let caller = self.module(module)?.caller.clone()?;
        let block = self.folder(caller.module)?.calls.get(&caller.name)?;
        Some((caller, block))
    }

    /// Returns the module that represents a Terragrunt configuration in a file of this name.
    pub(super) fn config_module(&self, name: &str, config: &UnitConfig) -> Option<usize> {
        let mut modules = self.modules.borrow_mut();
        let known = |module: &Rc<Module>| module.config.as_ref() == Some(config);
        if let Some(at) = modules.iter().position(known) {
            return Some(at);
        }
        if modules.len() >= MAX_MODULES {
            return None;
        }
        modules.push(Rc::new(Module {
            folder: name.to_owned(),
            prefix: String::new(),
            caller: None,
            config: Some(config.clone()),
        }));
        Some(modules.len() - 1)
    }

    /// Requests a file if its existence is unknown.
    pub(super) fn want(&self, file: &str) {
        if !self.is_there(file) && !self.is_absent(file) {
            self.wanted.borrow_mut().insert(file.to_owned());
        }
    }

    pub(super) fn is_there(&self, file: &str) -> bool {
        self.files.number(file).is_some() || self.inputs.unread.contains(file)
    }

    pub(super) fn is_absent(&self, file: &str) -> bool {
        self.inputs.absent.contains(file)
    }
}
