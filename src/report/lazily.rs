//! A list of JSON whose entries are made while they are written: the reports of large estates have hundreds of thousands.

use serde::{Serialize, Serializer};

/// A list, by what gives its entries.
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
