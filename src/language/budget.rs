//! Limits the cost of evaluating a set of files. Templates and modules are hostile text: without a limit, two lines per
//! level of conditions or outputs that name the level below twice would never end.

use std::cell::{Cell, RefCell};

/// The maximum depth at which one value is followed through functions, parameters, conditions and other stacks.
// Every level costs a few stack frames, and a test thread has two megabytes of stack.
const MAX_DEPTH: usize = 160;

/// The number of bytes of text that cost one step.
const BYTES_PER_STEP: usize = 16;

/// The maximum number of items in all lists that are made from texts.
// Each item takes a hundred times the memory of its text, and the same text may become a list for every resource.
const MAX_ITEMS: usize = 300_000;

/// The steps and items that are left, and the names that are being resolved at the moment.
#[derive(Debug)]
pub(super) struct Budget {
    steps: Cell<usize>,
    items: Cell<usize>,
    depth: Cell<usize>,
    resolving: RefCell<Vec<(usize, String)>>,
}

impl Budget {
    pub(super) fn new(steps: usize) -> Self {
        Self {
            steps: Cell::new(steps),
            items: Cell::new(0),
            depth: Cell::new(0),
            resolving: RefCell::new(Vec::new()),
        }
    }

    /// Runs `work` one level deeper. Returns the reason if the budget or the depth is exhausted.
    pub(super) fn deeper<T>(&self, work: impl FnOnce() -> T) -> Result<T, String> {
        self.pay(1)?;
        if self.depth.get() >= MAX_DEPTH {
            return Err(format!("leads through more than {MAX_DEPTH} levels"));
        }
        self.depth.set(self.depth.get() + 1);
        let result = work();
        self.depth.set(self.depth.get() - 1);
        Ok(result)
    }

    /// Resolves something that has a name. Fails if it depends on itself.
    pub(super) fn resolve<T>(
        &self,
        scope: usize,
        name: &str,
        work: impl FnOnce() -> T,
    ) -> Result<T, String> {
        let key = (scope, name.to_owned());
        if self.resolving.borrow().contains(&key) {
            return Err(format!("{} leads back to itself", short(name)));
        }
        self.resolving.borrow_mut().push(key);
        let result = self.deeper(work);
        self.resolving.borrow_mut().pop();
        result
    }

    /// Charges for a text that is copied.
    pub(super) fn pay_for_text(&self, length: usize) -> Result<(), String> {
        self.pay(length / BYTES_PER_STEP)
    }

    /// Charges for a list that is made from a text.
    pub(super) fn pay_for_items(&self, number: usize) -> Result<(), String> {
        self.items.set(self.items.get().saturating_add(number));
        if self.items.get() > MAX_ITEMS {
            Err("the files lead to longer lists than are followed".to_owned())
        } else {
            Ok(())
        }
    }

    fn pay(&self, steps: usize) -> Result<(), String> {
        match self.steps.get().checked_sub(steps) {
            Some(left) => {
                self.steps.set(left);
                Ok(())
            }
            None => {
                self.steps.set(0);
                Err("the files lead to more values than are followed".to_owned())
            }
        }
    }
}

/// Shortens a name for use in a message: a name from a hostile file may be of any length.
pub(super) fn short(name: &str) -> String {
    const LONGEST: usize = 100;
    match name.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}
