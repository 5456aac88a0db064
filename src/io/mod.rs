//! Floor 2: the only code that touches the world: terminal, files, AWS.

pub mod aws;
pub mod bounded;
pub mod clock;
pub mod environment;
pub mod files;
pub mod folder;
pub mod parallel;
pub mod progress;
pub mod prompt;
pub mod signing;
pub mod store;
pub mod terminal;
pub mod walk;
pub mod world;
