//! Manages the templates of a platform team. One file for each subcommand of `pack`.

pub mod build;
pub mod check;
pub mod keygen;
pub mod list;
pub mod new;
pub mod password;
pub mod publish;
pub mod pull;
pub mod sign;
pub mod status;
pub mod verify;
pub mod yank;
