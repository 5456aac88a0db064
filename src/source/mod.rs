//! Reads documents into a posture. Floor 1: pure, text in, values out.

pub mod assemble;
pub mod cloudformation;
pub mod resource;
pub mod snapshot;
pub mod yaml;
