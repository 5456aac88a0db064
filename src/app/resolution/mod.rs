//! Resolves references to packs: the way from a reference to a pack that may be used.

pub(in crate::app) mod believed;
pub mod latest;
pub(in crate::app) mod load;
pub mod resolve;
pub mod terms;
