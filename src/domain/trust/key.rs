//! Public keys and signatures in the format of minisign: reads them and verifies bytes. Secret keys are not handled
//! here.

use std::fmt;
use std::io::Cursor;

use minisign::SignatureBox;
use thiserror::Error;

use crate::domain::spec::visible;

/// The maximum size in bytes of a signature file or a public key file. Our own limit: minisign's files have about 350
/// bytes.
const TEXT: usize = 4096;

/// The length of 64 bytes in base64: the signature of a comment.
const COMMENT_SIGNATURE: usize = 88;

/// The first two base64 characters of a public key: the beginning of its algorithm, `Ed`.
/// Source: minisign, "Public key format".
const ALGORITHM: &str = "RW";

/// The id of a key, as minisign shows it: sixteen hexadecimal digits. It identifies a key and proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyId(String);

impl KeyId {
    /// Creates an id from text that was written by hand.
    pub(super) fn named(text: &str) -> Self {
        Self(visible(text))
    }

    /// Formats the id of a key. Minisign stores the eight bytes in little-endian order.
    fn new(bytes: &[u8]) -> Self {
        Self(
            bytes
                .iter()
                .rev()
                .map(|byte| format!("{byte:02X}"))
                .collect(),
        )
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// The reason why a key or a signature could not be read, or does not match.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum KeyError {
    /// The text is not a public key.
    #[error(
        "this is not a public key of minisign, which is one line of 56 letters that begins with RW"
    )]
    NotAKey,
    /// The text is not a signature, for this reason.
    #[error("this is not a signature of minisign: {0}")]
    NotASignature(String),
    /// The signature was made with another key.
    #[error("the signature is of key {found}, and not of key {expected}")]
    OtherKey {
        /// The key that the signature was checked with.
        expected: KeyId,
        /// The key that the signature names.
        found: KeyId,
    },
    /// The bytes or the comment differ from those that were signed.
    #[error("the signature of key {0} does not fit: what was signed is not what is here")]
    Changed(KeyId),
}

/// A public key of minisign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey(minisign::PublicKey);

impl PublicKey {
    /// Reads the single line of a key, or the file of two lines that minisign writes.
    ///
    /// # Errors
    /// If the text is neither.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let lines: Vec<&str> = text.trim().lines().collect();
        let line = match lines.as_slice() {
            [line] => line,
            [comment, line] if comment.starts_with("untrusted comment:") => line,
            _ => return Err(KeyError::NotAKey),
        };
        let line = line.trim();
        if line.starts_with(ALGORITHM) {
            minisign::PublicKey::from_base64(line)
                .map(Self)
                .map_err(|_| KeyError::NotAKey)
        } else {
            Err(KeyError::NotAKey)
        }
    }

    /// Returns the id of the key.
    pub fn id(&self) -> KeyId {
        KeyId::new(self.0.keynum())
    }

    /// Returns the key as the single line that minisign prints.
    pub fn line(&self) -> String {
        self.0.to_base64()
    }
}

/// A signature that was parsed; it proves nothing before [`Signature::fits`].
#[derive(Clone)]
pub struct Signature(SignatureBox);

impl fmt::Debug for Signature {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Signature({})", self.signer())
    }
}

impl Signature {
    /// Reads the four lines of a signature.
    ///
    /// # Errors
    /// If the text is not a signature.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let not = |why: &str| KeyError::NotASignature(why.to_owned());
        if text.len() > TEXT {
            return Err(not("it is too long"));
        }
        let lines: Vec<&str> = text.trim_end().lines().collect();
        let [_, _, _, comment_signature] = lines.as_slice() else {
            return Err(not("it does not have four lines"));
        };
        // The crate slices this line without checking its length.
        if comment_signature.trim().len() != COMMENT_SIGNATURE {
            return Err(not("its fourth line is not the signature of a comment"));
        }
        SignatureBox::from_string(text)
            .map(Self)
            .map_err(|error| KeyError::NotASignature(visible(&error.to_string())))
    }

    /// Returns the id of the key that the signature names.
    pub fn signer(&self) -> KeyId {
        KeyId::new(self.0.keynum())
    }

    /// Verifies the signature and returns the comment that was signed with it.
    ///
    /// # Errors
    /// If it was made with another key, of other bytes, or with another comment.
    pub fn fits(&self, key: &PublicKey, bytes: &[u8]) -> Result<String, KeyError> {
        let (expected, found) = (key.id(), self.signer());
        if expected != found {
            return Err(KeyError::OtherKey { expected, found });
        }
        let changed = |_| KeyError::Changed(expected.clone());
        // Quiet, without output. Signatures of the legacy format are refused: they need the whole file in memory.
        minisign::verify(&key.0, &self.0, Cursor::new(bytes), true, false, false)
            .map_err(changed)?;
        self.0.trusted_comment().map_err(changed)
    }
}

#[cfg(test)]
mod tests {
    use minisign::KeyPair;

    use super::*;

    fn signed(pair: &KeyPair, bytes: &[u8]) -> String {
        minisign::sign(
            Some(&pair.pk),
            &pair.sk,
            Cursor::new(bytes),
            Some("pack=a"),
            None,
        )
        .unwrap()
        .into_string()
    }

    fn public(pair: &KeyPair) -> PublicKey {
        PublicKey::parse(&pair.pk.to_base64()).unwrap()
    }

    #[test]
    fn only_what_was_signed_fits_and_only_with_its_key() {
        let (one, two) = [(); 2]
            .map(|()| KeyPair::generate_unencrypted_keypair().unwrap())
            .into();
        let text = signed(&one, b"bytes");
        let signature = Signature::parse(&text).unwrap();
        assert_eq!(signature.signer(), public(&one).id());
        assert_eq!(signature.fits(&public(&one), b"bytes").unwrap(), "pack=a");
        let changed = signature.fits(&public(&one), b"bites").unwrap_err();
        assert_eq!(changed, KeyError::Changed(public(&one).id()));
        let other = signature.fits(&public(&two), b"bytes").unwrap_err();
        assert!(matches!(other, KeyError::OtherKey { .. }), "{other}");
        let comment = Signature::parse(&text.replace("pack=a", "pack=b")).unwrap();
        assert!(comment.fits(&public(&one), b"bytes").is_err());
    }

    #[test]
    fn what_is_cut_off_or_odd_is_refused_and_nothing_panics() {
        let pair = KeyPair::generate_unencrypted_keypair().unwrap();
        let text = signed(&pair, b"bytes");
        for end in (0..text.len() - 1).filter(|end| text.is_char_boundary(*end)) {
            let Ok(signature) = Signature::parse(&text[..end]) else {
                continue;
            };
            assert!(signature.fits(&public(&pair), b"bytes").is_err(), "{end}");
        }
        for odd in ["", "\u{e9}", "untrusted comment: x\n", &"a\n".repeat(9999)] {
            assert!(Signature::parse(odd).is_err(), "{odd}");
            assert!(PublicKey::parse(odd).is_err(), "{odd}");
        }
    }

    #[test]
    fn a_key_is_read_from_its_line_and_from_its_file() {
        let pair = KeyPair::generate_unencrypted_keypair().unwrap();
        let file = pair.pk.to_box().unwrap().into_string();
        let key = PublicKey::parse(&file).unwrap();
        assert_eq!(key, public(&pair));
        assert!(file.contains(&key.id().to_string()), "{file}");
        assert!(PublicKey::parse(&format!("{file}{file}")).is_err());
    }
}
