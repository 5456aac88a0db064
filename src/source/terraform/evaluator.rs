//! The state of one evaluation: which modules there are, what was worked out before, and how much may still be done.
//! What expressions mean stands in [`super::expression`] and its neighbours.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::folder::{Declared, Folder};
use super::parse::Source;
use super::value::{Fault, Outcome};
use super::variables::Given;
use crate::domain::evidence::Origin;
use crate::source::resource::{Node, Value};

/// Evaluated expressions per document. Real estates need some ten thousand.
const MAX_STEPS: u64 = 2_000_000;

/// Nested evaluations: expressions in locals in modules. The reader's thread has the stack for it.
const MAX_DEPTH: u32 = 400;

/// Everything that is read before evaluation begins.
#[derive(Debug)]
pub(super) struct World<'a> {
    /// The folders by path.
    pub(super) folders: BTreeMap<String, Folder<'a>>,
    /// The path of the root module.
    pub(super) root: String,
    /// The values that the root module's variables are given, the strongest already chosen.
    pub(super) given: BTreeMap<String, Given<'a>>,
    /// All files by path, for `file` and `templatefile`.
    pub(super) texts: &'a BTreeMap<String, String>,
}

/// One instance of a module.
#[derive(Debug)]
pub(super) struct Module<'a> {
    /// `module.db["a"].`, or nothing for the root.
    pub(super) prefix: String,
    /// Its folder's path.
    pub(super) path: String,
    /// Its declarations.
    pub(super) folder: &'a Folder<'a>,
    /// The call that made it; the root has none.
    pub(super) call: Option<Call<'a>>,
}

/// The call of a module.
#[derive(Debug)]
pub(super) struct Call<'a> {
    /// `module.db`.
    pub(super) name: String,
    /// The block.
    pub(super) declared: &'a Declared<'a>,
    /// What its arguments may refer to.
    pub(super) scope: Scope<'a>,
}

/// What an expression may refer to, and the file it stands in.
#[derive(Clone, Debug)]
pub(super) struct Scope<'a> {
    pub(super) module: Rc<Module<'a>>,
    pub(super) source: &'a Source,
    frame: Option<Rc<Frame>>,
}

#[derive(Debug)]
struct Frame {
    name: String,
    value: Node,
    outer: Option<Rc<Self>>,
}

/// One evaluation of one document.
#[derive(Debug)]
pub(super) struct Evaluator<'a> {
    pub(super) world: &'a World<'a>,
    steps: Cell<u64>,
    depth: Cell<u32>,
    active: RefCell<BTreeSet<String>>,
    memory: RefCell<BTreeMap<String, Outcome>>,
}

impl<'a> Scope<'a> {
    pub(super) fn new(module: Rc<Module<'a>>, source: &'a Source) -> Self {
        Self {
            module,
            source,
            frame: None,
        }
    }

    /// The same scope for an expression of another file of the module.
    pub(super) fn in_file(&self, source: &'a Source) -> Self {
        Self {
            source,
            ..self.clone()
        }
    }

    /// The scope with one more name.
    pub(super) fn bind(&self, name: &str, value: Node) -> Self {
        let frame = Frame {
            name: name.to_owned(),
            value,
            outer: self.frame.clone(),
        };
        Self {
            frame: Some(Rc::new(frame)),
            ..self.clone()
        }
    }

    /// The value of a bound name.
    pub(super) fn bound(&self, name: &str) -> Option<&Node> {
        let mut frame = self.frame.as_ref();
        while let Some(inner) = frame {
            if inner.name == name {
                return Some(&inner.value);
            }
            frame = inner.outer.as_ref();
        }
        None
    }
}

impl<'a> Evaluator<'a> {
    pub(super) fn new(world: &'a World<'a>) -> Self {
        Self {
            world,
            steps: Cell::new(0),
            depth: Cell::new(0),
            active: RefCell::default(),
            memory: RefCell::default(),
        }
    }

    /// Runs one step of the evaluation, within the limits.
    pub(super) fn bounded<T>(&self, step: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
        self.spend(1)?;
        if self.depth.get() >= MAX_DEPTH {
            return Fault::unknown(format!("nested more than {MAX_DEPTH} levels deep"));
        }
        self.depth.set(self.depth.get() + 1);
        let outcome = step();
        self.depth.set(self.depth.get() - 1);
        outcome
    }

    /// Counts work; too much of it is a fault.
    pub(super) fn spend(&self, steps: usize) -> Outcome<()> {
        let spent = self.steps.get().saturating_add(steps as u64);
        self.steps.set(spent);
        if spent > MAX_STEPS {
            return Fault::unknown(format!("more than {MAX_STEPS} steps are not worked out"));
        }
        Ok(())
    }

    /// Works something out once; a name that needs itself is a cycle.
    pub(super) fn once(&self, name: String, work: impl FnOnce() -> Outcome) -> Outcome {
        if let Some(outcome) = self.memory.borrow().get(&name) {
            return outcome.clone();
        }
        if !self.active.borrow_mut().insert(name.clone()) {
            return Fault::unknown("it refers to itself");
        }
        let outcome = self.bounded(work);
        self.active.borrow_mut().remove(&name);
        self.memory.borrow_mut().insert(name, outcome.clone());
        outcome
    }
}

/// An unresolved node without a place of its own.
pub(super) fn unresolved(reason: impl Into<String>) -> Node {
    Node::new(Value::Unresolved(reason.into()), Origin::default())
}
