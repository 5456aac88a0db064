//! `pack keygen`: its arguments.

use std::path::PathBuf;

use clap::Args;

use super::password::PasswordArgs;
use crate::app::pack::keygen::{self, PackKeygenRequest};
use crate::app::{CommandError, Outcome};

/// Create a key pair to sign packs with: NAME.key stays secret, NAME.pub is public.
#[derive(Debug, Args)]
pub(super) struct PackKeygenArgs {
    /// Name of the two files.
    #[arg(default_value = "rdsproxy-packs", value_name = "NAME")]
    name: PathBuf,
    #[command(flatten)]
    password: PasswordArgs,
    /// Do not protect the secret key with a password; for keys that are kept in a secret store, as in CI.
    #[arg(long, conflicts_with = "password_file")]
    no_password: bool,
}

impl PackKeygenArgs {
    /// Returns the arguments as a request.
    fn request(&self) -> PackKeygenRequest {
        PackKeygenRequest {
            name: self.name.clone(),
            password: self.password.request(),
            no_password: self.no_password,
        }
    }
}

/// Creates the key pair and prints the entry for a trust file.
pub(super) fn run(args: &PackKeygenArgs) -> Result<Outcome, CommandError> {
    keygen::run(&args.request())
}
