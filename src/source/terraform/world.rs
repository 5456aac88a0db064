//! All that is in view: the folders, the modules that their calls make of them, and what was worked out so far.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use super::downloaded::{Downloaded, index};
use super::expansion::ENABLED;
use super::files::Files;
use super::folder::{Folder, Folders};
use super::inputs::Inputs;
use super::paths::joined;
use super::registry;
use super::scope::Scope;
use super::terragrunt::{self, Config, UnitSource};
use super::values::plain;
use crate::source::budget::Budget;
use crate::source::hcl::Block;
use crate::source::resource::Node;

/// What evaluation may cost beside some steps for every byte of text.
const SPARE_STEPS: usize = 400_000;

/// Steps for every byte: a module that is called many times stands once in the text.
const STEPS_PER_BYTE: usize = 4;

/// What all values that are kept may weigh together: an item each, and one for every few letters.
const MAX_KEPT: usize = 3_000_000;

/// How many blocks `dynamic` may make of all resources together: more than the auth entries that the proxies of a whole account
/// can have, which are 200 for each of 20 ("Quotas in Amazon RDS", "Quotas and limitations for RDS Proxy").
const MAX_BLOCKS: usize = 5_000;

/// How many letters all patterns may be looked for in, which takes less than a second.
const MAX_SEARCHED: u64 = 100_000_000;

/// How many modules may be made of all calls together.
pub(super) const MAX_MODULES: usize = 2_000;

/// How many modules may stand in each other.
pub(super) const MAX_NESTING: usize = 20;

/// All that is in view.
#[derive(Debug)]
pub(super) struct World<'f> {
    pub(super) files: Files<'f>,
    pub(super) folders: Folders,
    pub(super) inputs: Inputs,
    downloaded: Downloaded,
    pub(super) budget: Budget,
    pub(super) modules: RefCell<Vec<Rc<Module>>>,
    children: RefCell<BTreeMap<(usize, String, String), usize>>,
    pub(super) values: RefCell<BTreeMap<(usize, String), Rc<Node>>>,
    /// How much the values that are kept weigh.
    kept: Cell<usize>,
    /// How many blocks `dynamic` made.
    made: Cell<usize>,
    /// How many letters patterns were looked for in.
    searched: Cell<u64>,
    pub(super) expansions: RefCell<BTreeMap<(usize, String), Rc<Expansion>>>,
    /// Instances of resources, by their full address.
    pub(super) instances: RefCell<BTreeMap<String, Instance>>,
    /// Files that a value was looked for in, and nobody has looked whether they are there.
    pub(super) wanted: RefCell<BTreeSet<String>>,
}

/// A folder in one of its uses.
#[derive(Clone, Debug)]
pub(super) struct Module {
    pub(super) folder: String,
    /// What its addresses begin with: empty, or ending in a dot.
    pub(super) prefix: String,
    pub(super) caller: Option<Caller>,
    /// Which configuration of Terragrunt it stands for; none for a folder.
    pub(super) config: Option<Config>,
}

/// The call that makes a module.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub(super) module: usize,
    pub(super) name: String,
    pub(super) key: Key,
}

/// Which of the instances that `count` or `for_each` make.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Key {
    /// There is neither.
    Only,
    /// `count`.
    Index(usize),
    /// `for_each`.
    Text(String, Box<Node>),
    /// How many there are cannot be told: this one stands for all. The argument's name, and why.
    Any(&'static str, String),
}

/// What `count` or `for_each` make of a block.
#[derive(Clone, Debug)]
pub(super) struct Expansion {
    pub(super) keys: Vec<Key>,
    /// True where references need no key.
    pub(super) single: bool,
    /// True for `count`, whose instances make a list.
    pub(super) list: bool,
    /// Why the keys could not be worked out.
    pub(super) unknown: Option<String>,
}

/// One instance of a resource.
#[derive(Clone, Debug)]
pub(super) struct Instance {
    pub(super) module: usize,
    /// The name in the folder.
    pub(super) resource: String,
    pub(super) key: Key,
}

impl Key {
    /// How it stands in an address.
    pub(super) fn suffix(&self) -> String {
        match self {
            Self::Only | Self::Any(ENABLED, _) => String::new(),
            Self::Index(index) => format!("[{index}]"),
            Self::Text(key, _) => format!("[{key:?}]"),
            Self::Any(..) => "[*]".to_owned(),
        }
    }
}

impl<'f> World<'f> {
    pub(super) fn new(files: Files<'f>, folders: Folders, inputs: Inputs) -> Self {
        let steps = SPARE_STEPS + STEPS_PER_BYTE * files.length();
        let found = files.number(&index(&inputs.root));
        let downloaded = found.map(|index| Downloaded::of(&inputs.root, files.text(index)));
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

    /// Keeps a value of this weight until the end; false where there are too many.
    pub(super) fn keep(&self, weight: usize) -> bool {
        let kept = self.kept.get().saturating_add(weight);
        self.kept.set(kept);
        kept <= MAX_KEPT
    }

    /// Makes so many more dynamic blocks; false where there are too many.
    pub(super) fn make(&self, blocks: usize) -> bool {
        let made = self.made.get().saturating_add(blocks);
        let fits = made <= MAX_BLOCKS;
        if fits {
            self.made.set(made);
        }
        fits
    }

    /// Looks for patterns in so many letters; false where that is too much.
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

    /// The folder that a module is made of.
    pub(super) fn folder(&self, module: usize) -> Option<&Folder> {
        self.folders
            .get(&self.module(module)?.folder)
            .map(Arc::as_ref)
    }

    /// The call that makes a module, with the module that it stands in.
    pub(super) fn call(&self, module: usize) -> Option<(Caller, &Block)> {
        let caller = self.module(module)?.caller.clone()?;
        let block = self.folder(caller.module)?.calls.get(&caller.name)?;
        Some((caller, block))
    }

    /// The module that a call makes; the reason, where it is not in view.
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
            terragrunt::UNIT => parent.prefix.clone(),
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

    /// How deep a module stands; an error, where the folder stands in itself.
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

    /// The module that stands for a configuration of Terragrunt, which lies in a file of this name.
    pub(super) fn config_module(&self, name: &str, config: &Config) -> Option<usize> {
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

    /// Asks for a file of which nobody knows whether it is there.
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

    /// The folder that a call leads to, where its module was downloaded: what it says counts before what is known of it.
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

    /// Where the module of a call lies, which a unit, or a variable that is known beforehand, may say.
    ///
    /// Source: Terraform language, "Module blocks", `source` (constant variables since 1.15); OpenTofu, "Module Sources" (early
    /// evaluation since 1.8).
    pub(super) fn source(&self, caller: &Caller) -> Result<UnitSource, String> {
        if caller.name == terragrunt::UNIT {
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

    /// The path of the folder that a call leads to.
    pub(super) fn called_folder(&self, caller: &Caller) -> Result<String, String> {
        let call = self.source(caller)?;
        if let Some(folder) = self.downloaded_folder(caller, &call) {
            return Ok(folder.to_owned());
        }
        let block = self.folder(caller.module);
        let block = block.and_then(|folder| folder.calls.get(&caller.name));
        let says = |name: &str| match caller.name.as_str() {
            terragrunt::UNIT => self.unit_input(name).is_some(),
            _ => block.is_some_and(|block| block.attribute(name).is_some()),
        };
        if let Some(folder) = registry::folder((&call.source, call.version.as_deref()), says) {
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
        match self.folders.contains_key(&folder) {
            true => Ok(folder),
            false => {
                let unit = call.source.strip_prefix(terragrunt::LOCAL);
                let source = unit.unwrap_or(&call.source);
                Err(format!("its module is not in view: {source}"))
            }
        }
    }
}

/// The folder that a source names, as seen from a folder; none for a module that lies elsewhere.
pub(super) fn local_folder(folder: &str, source: &str) -> Option<String> {
    if let Some(name) = source.strip_prefix(terragrunt::LOCAL) {
        return Some(joined(name, ""));
    }
    let is_local = source.starts_with("./") || source.starts_with("../");
    is_local.then(|| joined(folder, source))
}
