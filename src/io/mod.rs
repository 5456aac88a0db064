//! Floor 3: the only code with side effects: terminal, files, AWS.

pub mod account;
pub mod aws;
pub mod boundary;
pub mod clock;
mod confined;
pub mod environment;
pub mod files;
pub mod folder;
pub mod memory;
pub mod panic;
pub mod parallel;
pub mod progress;
pub mod prompt;
pub mod signing;
pub mod store;
mod streams;
pub mod terminal;
pub mod walk;
