//! Floor 0: the words of the field, as values. Nothing here reads, writes, asks or prints.

pub mod arn;
pub mod baseline;
pub mod blueprint;
pub mod demo;
pub mod drift;
pub mod engine;
pub mod evidence;
pub mod facts;
pub mod finding;
pub mod iam;
pub mod limits;
pub mod lines;
pub mod names;
pub mod own_path;
pub mod pack;
pub mod policy;
pub mod posture;
pub mod reach;
pub mod remedy;
pub mod secrecy;
pub mod snapshot;
pub mod spec;
pub mod term;
pub mod trust;
pub mod undo;
pub mod visible;
