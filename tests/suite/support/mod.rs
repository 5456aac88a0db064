//! What tests are made of: the program and the real tools, how much is tried, time limits, and mutated inputs.

pub(crate) mod clock;
mod fuzz;
pub(crate) mod program;
pub(crate) mod scale;
pub(crate) mod tools;
