//! Reads documents into a posture. Floor 1: pure, text in, values out.

pub mod resource;
