//! What is read: the same facts from every language, code as the public writes it, and how much of an estate is kept. What
//! cannot be read leaves rules open.

mod bounds;
mod cdk;
mod cloudformation_mutations;
mod cloudformation_source;
pub(crate) mod constructs;
mod plan_source;
mod selection;
mod sources;
mod touched;
mod unread;
mod yaml_source;
