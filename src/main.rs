//! The program: parse, run, exit.

use std::process::ExitCode;

fn main() -> ExitCode {
    rdsproxy_gen::cli::main()
}
