//! How much evaluation a set of files may cost. They are hostile text: without this, two lines per level of conditions
//! or outputs that name the one below twice would never end.

use std::cell::{Cell, RefCell};

/// How deep one value may lead through functions, parameters, conditions and other stacks.
///
/// Every level costs a few stack frames, of which a test thread has two megabytes' worth.
const MAX_DEPTH: usize = 160;

/// Text costs a step for every so many bytes.
const BYTES_PER_STEP: usize = 16;

/// How many items all lists may have that are made out of texts: each takes a hundred times the memory of the text that it is made of, and
/// the same text may be made a list of for every resource.
const MAX_ITEMS: usize = 300_000;

/// What is left, and what is being worked out at the moment.
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

    /// Works one level deeper; the reason, where that is not to be had.
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

    /// Works out something that has a name, which must not need itself.
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

    /// Pays for a text that is copied.
    pub(super) fn pay_for_text(&self, length: usize) -> Result<(), String> {
        self.pay(length / BYTES_PER_STEP)
    }

    /// Pays for a list that is made out of a text.
    pub(super) fn pay_for_items(&self, number: usize) -> Result<(), String> {
        self.items.set(self.items.get().saturating_add(number));
        match self.items.get() > MAX_ITEMS {
            true => Err("the files lead to longer lists than are followed".to_owned()),
            false => Ok(()),
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

/// A name as it may stand in a message: names of hostile length would make every message hostile.
pub(super) fn short(name: &str) -> String {
    const LONGEST: usize = 100;
    match name.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}
