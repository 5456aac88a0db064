//! What becomes of a generated project: edits are classified and carried forward, a run may be killed at any moment, and the
//! project may have been filled by a stranger.

mod confinement;
mod drift;
mod kill;
mod merge;
mod update;
