//! `pack keygen`: creates a key pair for signing packs, in the format of Debian's `minisign -G`.

use std::path::{Path, PathBuf};

use super::password::{PasswordRequest, signing_error};
use crate::app::{CommandError, Outcome};
use crate::domain::trust::{TRUST_FILE, TrustFile};
use crate::io::files::{Readers, is_there, place_of_user, write_new};
use crate::io::signing::{ask_new_password, generate};

/// The key pair to create.
#[derive(Clone, Debug)]
pub struct PackKeygenRequest {
    /// The name of the two files, without their endings.
    pub name: PathBuf,
    /// The source of the new key's password.
    pub password: PasswordRequest,
    /// True if no password protects the secret key.
    pub no_password: bool,
}

/// Creates the key pair and prints the entry for a trust file.
///
/// # Errors
/// When a file of that name is there already, or the password is empty or cannot be read.
pub fn run(request: &PackKeygenRequest) -> Result<Outcome, CommandError> {
    let [secret, public] = ["key", "pub"].map(|ending| with(&request.name, ending));
    for file in [&secret, &public] {
        // Checked before asking for a password, and again on writing.
        if is_there(file) {
            let message = format!("{} is there already", file.display());
            return Err(CommandError::input(message)
                .hint("a key that was written over could never sign again: name another"));
        }
    }
    let password = match (request.no_password, request.password.given()?) {
        (true, _) => None,
        (false, Some(password)) => Some(password),
        (false, None) => Some(ask_new_password().map_err(|error| {
            signing_error(error, None).hint("--no-password, where something else keeps the key")
        })?),
    };
    if password.as_ref().is_some_and(String::is_empty) {
        return Err(CommandError::input("an empty password keeps nothing")
            .hint("--no-password says so openly"));
    }
    let new = generate(password).map_err(|error| signing_error(error, None))?;
    write_new(&[(&secret, new.secret.as_bytes())], Readers::Owner)
        .map_err(CommandError::environment)?;
    write_new(&[(&public, new.public.as_bytes())], Readers::All)
        .map_err(CommandError::environment)?;
    let (id, entry) = (new.key.id(), TrustFile::entry_for(&new.key));
    let (secret, public) = (secret.display(), public.display());
    let own = place_of_user(TRUST_FILE);
    let own = own.map_or_else(|| TRUST_FILE.to_owned(), |file| file.display().to_string());
    Ok(Outcome::text(format!(
        "{secret}: the secret key {id}; whoever has it can sign in your name\n{public}: the public key\n\n\
         Whoever uses your packs says in a {TRUST_FILE} of their own ({own} here) that they trust it:\n\n{entry}\n\
         Next\n  rdsproxy-gen pack sign ARCHIVE --key {secret}\n"
    )))
}

fn with(name: &Path, ending: &str) -> PathBuf {
    let mut name = name.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}
