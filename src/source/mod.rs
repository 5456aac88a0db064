//! Reads a posture from the resources of documents in any language, and from an account. Floor 2: pure, values in,
//! values out.

pub mod assemble;
pub mod snapshot;
