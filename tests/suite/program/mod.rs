//! The contract of the command line: exit codes, streams and help; and what no output of any command contains, which is
//! secrets and control characters.

mod cli;
mod mask;
mod sent;
mod usage;
