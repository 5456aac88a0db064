//! The end of `cargo test`: what the suite skipped for want of a tool, and what brings that tool.
//!
//! Cargo runs test programs in the order of their names, so that this one comes after `suite`. It has no harness and no tests:
//! programs that ask for a list of them, as cargo-nextest does, get an empty one.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::print_stdout)]

#[path = "../suite/support/tools/listed.rs"]
mod listed;
#[allow(dead_code, reason = "the suite writes it")]
#[path = "../suite/support/tools/record.rs"]
mod record;

fn main() {
    if std::env::args().any(|argument| argument == "--list") {
        return;
    }
    print!("\n{}", listed::listed(&record::take()));
}
