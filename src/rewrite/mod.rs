//! Operations on texts: compares, edits and merges them, reads their waivers and masks their secrets. Floor 2: pure
//! functions from text to text.

pub mod comments;
pub mod declarative;
pub mod edit;
pub mod equivalence;
pub mod inventory;
pub mod merge;
pub mod metadata;
pub mod relocate;
pub mod secrecy;
