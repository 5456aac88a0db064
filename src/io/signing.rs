//! Secret keys in minisign's format: generating, opening and signing with them. [`crate::domain::trust`] decides which
//! signatures are trusted.
//!
//! The minisign crate prompts for a password if it needs one and is given none, and would hang without a terminal. So
//! it is always given the password.
#![allow(clippy::disallowed_methods)]

use std::io::Cursor;
use std::{env, fmt};

use ct_codecs::{Base64, Decoder as _};
use inquire::{InquireError, Password, PasswordDisplayMode};
use minisign::{KeyPair, SecretKeyBox};
use thiserror::Error;

use super::terminal::Terminal;
use crate::domain::trust::{KeyError, PublicKey, Signature};
use crate::domain::visible::visible;

/// The environment variable that can hold the password, for runs without a terminal.
pub const PASSWORD_VARIABLE: &str = "RDSPROXY_GEN_KEY_PASSWORD";

/// The reason a key cannot be made, opened or used to sign.
#[derive(Debug, Error)]
pub enum SigningError {
    /// The text is not a secret key.
    #[error("this is not a secret key of minisign: {0}")]
    NotAKey(String),
    /// The password does not open the key.
    #[error("the password does not open the key")]
    WrongPassword,
    /// The key needs a password, and there is no terminal to ask for it.
    #[error("the key is kept under a password, and there is no terminal to ask for it on")]
    NoPassword,
    /// The two passwords for a new key differ.
    #[error("the two passwords are not the same")]
    NotTheSame,
    /// The user left the prompt.
    #[error("left without a password")]
    Left,
    /// The terminal failed while asking.
    #[error("cannot ask for a password: {0}")]
    Terminal(String),
    /// The system provided no random bytes, or the minisign crate failed.
    #[error("cannot make it: {0}")]
    Crate(String),
    /// The public and secret halves of the key do not match.
    #[error("the key is damaged: what it signs cannot be verified")]
    Damaged,
    /// A freshly made key cannot be parsed. Does not happen in practice.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// An opened secret key that can sign.
pub struct SigningKey(minisign::SecretKey);

impl fmt::Debug for SigningKey {
    /// The crate's own `Debug` would print the secret.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("SecretKey")
    }
}

/// A new key pair, as the texts of its files.
pub struct NewKey {
    /// The text of the secret key file, to be kept private.
    pub secret: String,
    /// The text of the public key file, to be shared.
    pub public: String,
    /// The public key in parsed form.
    pub key: PublicKey,
}

impl fmt::Debug for NewKey {
    /// Never shows the secret.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "NewKey({})", self.key.id())
    }
}

/// Generates a key pair. The secret key is encrypted if a password is given.
///
/// # Errors
/// If the system provides no random bytes.
pub fn generate(password: Option<String>) -> Result<NewKey, SigningError> {
    let failed = |error: minisign::PError| SigningError::Crate(error.to_string());
    let is_open = password.is_none();
    let pair = match password {
        Some(password) => KeyPair::generate_encrypted_keypair(Some(password)),
        None => KeyPair::generate_unencrypted_keypair(),
    }
    .map_err(failed)?;
    let comment = if is_open {
        "minisign secret key"
    } else {
        "minisign encrypted secret key"
    };
    let public = pair.pk.to_box().map_err(failed)?.into_string();
    Ok(NewKey {
        secret: pair.sk.to_box(Some(comment)).map_err(failed)?.into_string(),
        key: PublicKey::parse(&public)?,
        public,
    })
}

impl SigningKey {
    /// Opens a key; `password` is only called if the key needs one.
    ///
    /// # Errors
    /// If the text is not a key, or the password does not open it.
    pub fn open(
        text: &str,
        password: impl FnOnce() -> Result<String, SigningError>,
    ) -> Result<Self, SigningError> {
        let not = |error: minisign::PError| SigningError::NotAKey(error.to_string());
        match keeping(text) {
            Keeping::Open(bytes) => minisign::SecretKey::from_bytes(&bytes)
                .map(Self)
                .map_err(not),
            Keeping::Password => {
                let boxed = SecretKeyBox::from_string(text).map_err(not)?;
                let key = boxed.into_secret_key(Some(password()?));
                key.map(Self).map_err(|error| match error.kind() {
                    minisign::ErrorKind::Verify => SigningError::WrongPassword,
                    _ => not(error),
                })
            }
            Keeping::Unknown => Err(SigningError::NotAKey(
                "it does not have the two lines of one".to_owned(),
            )),
        }
    }

    /// Signs bytes and a comment, and returns the text of the signature.
    ///
    /// # Errors
    /// If the system provides no random bytes, or the key is damaged.
    pub fn sign(&self, bytes: &[u8], comment: &str) -> Result<String, SigningError> {
        let said = Some("signature of a pack for rdsproxy-gen");
        let text = minisign::sign(None, &self.0, Cursor::new(bytes), Some(comment), said)
            .map_err(|error| SigningError::Crate(error.to_string()))?
            .into_string();
        // An unencrypted key from Debian's minisign has no checksum. Detect damage here instead of leaving it to those
        // who verify.
        Signature::parse(&text)?
            .fits(&self.public()?, bytes)
            .map_err(|_| SigningError::Damaged)?;
        Ok(text)
    }

    /// Returns the public half of the key.
    ///
    /// # Errors
    /// If the secret key holds no public half.
    pub fn public(&self) -> Result<PublicKey, SigningError> {
        let key = minisign::PublicKey::from_secret_key(&self.0)
            .map_err(|error| SigningError::NotAKey(error.to_string()))?;
        Ok(PublicKey::parse(&key.to_base64())?)
    }
}

/// The form in which a secret key is stored.
enum Keeping {
    /// Unencrypted, with the bytes of the key.
    Open(Vec<u8>),
    /// Encrypted under a password.
    Password,
    /// The text is not a key.
    Unknown,
}

/// The beginning of a key: the algorithms of the signature, of the key derivation (none, or scrypt), and of the
/// checksum; then the number of bytes in the whole key. Source: minisign, "Secret key format".
const OPEN: &[u8; 6] = b"Ed\0\0B2";
const ENCRYPTED: &[u8; 6] = b"EdScB2";
const KEY_BYTES: usize = 158;

/// Returns the form of a key. Needed because the crate's own reader refuses unencrypted keys of Debian's minisign,
/// which leaves their checksum empty.
fn keeping(text: &str) -> Keeping {
    let line = text.lines().nth(1).unwrap_or_default().trim();
    match Base64::decode_to_vec(line, None) {
        Ok(bytes) if bytes.len() == KEY_BYTES && bytes.starts_with(OPEN) => Keeping::Open(bytes),
        Ok(bytes) if bytes.len() == KEY_BYTES && bytes.starts_with(ENCRYPTED) => Keeping::Password,
        Ok(_) | Err(_) => Keeping::Unknown,
    }
}

/// Returns the password from the environment, if it is set there.
pub fn password_of_environment() -> Option<String> {
    env::var(PASSWORD_VARIABLE).ok()
}

/// Asks for the password of a key.
///
/// # Errors
/// If there is no terminal to ask on, or the user leaves the prompt.
pub fn ask_password(message: &str) -> Result<String, SigningError> {
    let terminal = Terminal::look();
    if !terminal.can_ask() || !terminal.cursor {
        return Err(SigningError::NoPassword);
    }
    Password::new(&visible(message))
        .without_confirmation()
        .with_display_mode(PasswordDisplayMode::Hidden)
        .prompt()
        .map_err(|error| match error {
            InquireError::OperationCanceled | InquireError::OperationInterrupted => {
                SigningError::Left
            }
            InquireError::NotTTY => SigningError::NoPassword,
            other => SigningError::Terminal(other.to_string()),
        })
}

/// Asks twice for the password of a new key.
///
/// # Errors
/// As [`ask_password`]; also if the two passwords differ.
pub fn ask_new_password() -> Result<String, SigningError> {
    let first = ask_password("Password for the new key")?;
    if ask_password("The same again")? == first {
        Ok(first)
    } else {
        Err(SigningError::NotTheSame)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn never() -> Result<String, SigningError> {
        panic!("nobody is to be asked")
    }

    #[test]
    fn a_key_under_a_password_signs_and_a_wrong_one_does_not_open_it() {
        let new = generate(Some("correct horse".to_owned())).unwrap();
        let key = SigningKey::open(&new.secret, || Ok("correct horse".to_owned())).unwrap();
        let text = key.sign(b"bytes", "pack=acme").unwrap();
        let signature = Signature::parse(&text).unwrap();
        assert_eq!(signature.fits(&new.key, b"bytes").unwrap(), "pack=acme");
        assert_eq!(key.public().unwrap(), new.key);
        let wrong = SigningKey::open(&new.secret, || Ok("wrong".to_owned())).unwrap_err();
        assert!(matches!(wrong, SigningError::WrongPassword), "{wrong}");
        let left = SigningKey::open(&new.secret, || Err(SigningError::Left)).unwrap_err();
        assert!(matches!(left, SigningError::Left), "{left}");
    }

    #[test]
    fn a_damaged_key_signs_nothing() {
        let new = generate(None).unwrap();
        let mut lines = new.secret.lines();
        let (comment, line) = (lines.next().unwrap(), lines.next().unwrap());
        let damaged = match line.as_bytes()[90] {
            b'A' => 'B',
            _ => 'A',
        };
        let text = format!("{comment}\n{}{damaged}{}\n", &line[..90], &line[91..]);
        let key = SigningKey::open(&text, never).unwrap();
        let error = key.sign(b"bytes", "pack=acme").unwrap_err();
        assert!(matches!(error, SigningError::Damaged), "{error}");
    }

    #[test]
    fn an_open_key_asks_nobody_and_what_is_no_key_neither() {
        let new = generate(None).unwrap();
        assert!(SigningKey::open(&new.secret, never).is_ok());
        for text in [
            "",
            "a\nb\n",
            &new.public,
            "untrusted comment: x\nRWRTY0IyAAAA\n",
        ] {
            let asked = SigningKey::open(text, || Ok(String::new()));
            assert!(
                matches!(asked, Err(SigningError::NotAKey(_))),
                "{text}: {asked:?}"
            );
        }
        assert!(!format!("{new:?}").contains("secret"));
    }
}
