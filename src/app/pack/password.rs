//! The password of a secret key: from a file, from the environment, or from the user. Never from the command line,
//! which other users of the machine can read.

use std::path::{Path, PathBuf};

use crate::app::CommandError;
use crate::io::files::bounded::{self, Bound};
use crate::io::signing::{
    PASSWORD_VARIABLE, SigningError, SigningKey, ask_password, password_of_environment,
};

/// A secret key, and where its password stands.
#[derive(Clone, Debug)]
pub struct KeyRequest {
    /// The file of the key, in the format of minisign.
    pub key: Option<PathBuf>,
    /// The source of the key's password.
    pub password: PasswordRequest,
}

/// The source of a password.
#[derive(Clone, Debug)]
pub struct PasswordRequest {
    /// The file whose first line is the password.
    pub password_file: Option<PathBuf>,
}

impl KeyRequest {
    /// Opens the named key, if any.
    pub(super) fn open(&self) -> Result<Option<SigningKey>, CommandError> {
        let Some(file) = &self.key else {
            return Ok(None);
        };
        let text = bounded::named_text(file, Bound::KEY).map_err(CommandError::environment)?;
        // An unreadable password file is reported before the user is asked for anything.
        let given = self.password.given()?;
        let ask = || match given {
            Some(password) => Ok(password),
            None => ask_password(&format!("Password for {}", file.display())),
        };
        SigningKey::open(&text, ask)
            .map(Some)
            .map_err(|error| signing_error(error, Some(file)))
    }
}

impl PasswordRequest {
    /// Returns the password from the file or the environment, if any.
    pub(super) fn given(&self) -> Result<Option<String>, CommandError> {
        let Some(file) = &self.password_file else {
            return Ok(password_of_environment());
        };
        let text = bounded::named_text(file, Bound::PASSWORD).map_err(CommandError::environment)?;
        Ok(Some(text.lines().next().unwrap_or_default().to_owned()))
    }
}

/// Assigns the error to the user or the environment, and adds hints.
pub(super) fn signing_error(error: SigningError, file: Option<&Path>) -> CommandError {
    match &error {
        SigningError::Left => CommandError::interrupted(),
        SigningError::NoPassword => CommandError::input(error).hint(format!(
            "--password-file FILE, or {PASSWORD_VARIABLE} in the environment"
        )),
        SigningError::Terminal(_) | SigningError::Crate(_) => CommandError::environment(error),
        SigningError::NotAKey(_) | SigningError::WrongPassword => {
            let file = file.map(|file| format!("{}: ", file.display()));
            CommandError::input(format!("{}{error}", file.unwrap_or_default()))
        }
        SigningError::NotTheSame | SigningError::Damaged | SigningError::Key(_) => {
            CommandError::input(error)
        }
    }
}
