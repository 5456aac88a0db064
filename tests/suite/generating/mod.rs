//! What `new` asks and writes: the same bytes for the same answers, valid to the real tools, and within the limits of AWS.

pub(crate) mod acceptance;
mod cloudformation_target;
mod equality;
pub(crate) mod examples;
mod existing_project;
mod hostile;
pub(crate) mod interview;
mod limits;
pub(crate) mod random_specs;
mod sizes;
mod terraform_target;
mod wizard;
mod worlds;
