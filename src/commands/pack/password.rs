//! The arguments that name a secret key and its password.

use std::path::PathBuf;

use clap::Args;

use crate::app::pack::password::{KeyRequest, PasswordRequest};

/// A secret key, and where its password stands.
#[derive(Debug, Args)]
pub(super) struct KeyArgs {
    /// The secret key, in the format of minisign.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    #[command(flatten)]
    password: PasswordArgs,
}

/// Where a password stands.
#[derive(Debug, Args)]
pub(super) struct PasswordArgs {
    /// The password of the key: the first line of a file. Otherwise RDSPROXY_GEN_KEY_PASSWORD, or it is asked for.
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

impl KeyArgs {
    /// Returns the arguments as a request.
    pub(super) fn request(&self) -> KeyRequest {
        KeyRequest {
            key: self.key.clone(),
            password: self.password.request(),
        }
    }
}

impl PasswordArgs {
    /// Returns the arguments as a request.
    pub(super) fn request(&self) -> PasswordRequest {
        PasswordRequest {
            password_file: self.password_file.clone(),
        }
    }
}
