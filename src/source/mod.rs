//! Reads documents into a posture. Floor 1: pure, text in, values out.

pub mod cloudformation;
pub mod resource;
pub mod yaml;
