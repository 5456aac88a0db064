//! A JSON list whose entries are created while they are written: large reports have hundreds of thousands.

use serde::{Serialize, Serializer};

/// A list, given by a function that returns its entries.
pub(super) struct Lazily<F>(pub(super) F);

impl<F, I> Serialize for Lazily<F>
where
    F: Fn() -> I,
    I: IntoIterator,
    I::Item: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}
