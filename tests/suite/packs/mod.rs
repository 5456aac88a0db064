//! Packs as platform teams write and publish them: what they may change, how they are archived, signed and fetched, and whom
//! a user trusts.

mod answers;
mod archives;
mod author;
mod build;
mod closed;
mod example;
mod inherits;
mod signing;
mod status;
mod stores;
mod tamper;
mod templates;
mod trust;
mod trusting;
mod updates;
mod used;

use author::{acme, built_in, machine, pack, put, trust, trust_file};
use templates::LOOSE;
