//! The repository: shape of the code, promises of its texts, workflows and hooks, and what a release ships.

mod architecture;
mod ci;
pub(crate) mod docs;
mod owner;
pub(crate) mod promises;
mod shipped;
