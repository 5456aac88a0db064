//! The live account, call by call, and what a refused call leaves open.

#[cfg(feature = "aws")]
mod aws;
mod calls;
pub(crate) mod unseen;
