//! `pack keygen`: creates a key pair for signing packs, in the format of Debian's `minisign -G`.

use std::path::{Path, PathBuf};

use clap::Args;

use super::password::{PasswordArgs, told};
use crate::app::{CommandError, Outcome};
use crate::domain::trust::{TRUST_FILE, TrustFile};
use crate::io::files::{Readers, is_there, place_of_user, write_new};
use crate::io::signing::{ask_new_password, generate};

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

/// Creates the key pair and prints the entry for a trust file.
pub(super) fn run(args: &PackKeygenArgs) -> Result<Outcome, CommandError> {
    let [secret, public] = ["key", "pub"].map(|ending| with(&args.name, ending));
    for file in [&secret, &public] {
        // Checked before asking for a password, and again on writing.
        if is_there(file) {
            let message = format!("{} is there already", file.display());
            return Err(CommandError::input(message)
                .hint("a key that was written over could never sign again: name another"));
        }
    }
    let password = match (args.no_password, args.password.given()?) {
        (true, _) => None,
        (false, Some(password)) => Some(password),
        (false, None) => Some(ask_new_password().map_err(|error| {
            told(error, None).hint("--no-password, where something else keeps the key")
        })?),
    };
    if password.as_ref().is_some_and(String::is_empty) {
        return Err(CommandError::input("an empty password keeps nothing")
            .hint("--no-password says so openly"));
    }
    let new = generate(password).map_err(|error| told(error, None))?;
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
