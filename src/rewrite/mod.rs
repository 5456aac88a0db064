//! Works on texts: what two of them have in common, what one says in comments and keeps secret, how it is edited and merged. Floor 2: pure,
//! text in, text out.

pub mod comments;
pub mod declarative;
pub mod edit;
pub mod equivalence;
pub mod inventory;
pub mod merge;
pub mod metadata;
pub mod secrecy;
