//! `rdsproxy-trust.toml`: which key may sign which packs, and what that makes of a pack. Pure: texts and bytes in, verdict out.
//!
//! Where there is no such file, nobody said whom to trust: a pack is then used, and what is unverified is told. Where there is
//! one, a pack without a signature is refused unless the file says otherwise, and one whose signature does not fit always is.

mod key;
mod read;

use globset::GlobSet;
use thiserror::Error;
use time::Date;

pub use key::{KeyError, KeyId, PublicKey, Signature};
pub use read::json_schema;

use super::spec::visible;

/// The version of this format.
pub const TRUST_SCHEMA: u32 = 1;

/// The name under which it is found.
pub const TRUST_FILE: &str = "rdsproxy-trust.toml";

/// Whom a team trusts.
#[derive(Clone, Debug)]
pub struct Trust {
    /// How messages call it.
    pub file: String,
    /// Whether a pack without a signature is refused.
    pub require_signatures: bool,
    entries: Vec<Entry>,
}

/// One key.
#[derive(Clone, Debug)]
struct Entry {
    owner: String,
    key: PublicKey,
    packs: GlobSet,
    /// Whether it may sign any pack, whatever its name.
    all: bool,
    /// The types of resources that its packs may add beyond what every pack may.
    allow: Vec<String>,
    until: Option<Date>,
    revoked: Option<String>,
}

/// What is to be trusted: a pack, or the list of its yanked versions.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'s> {
    /// How messages call it.
    pub what: &'s str,
    /// The pack's name.
    pub name: &'s str,
    /// What was signed.
    pub bytes: &'s [u8],
    /// The text of its signature, where there is one.
    pub signature: Option<&'s str>,
    /// What the signed comment says, as [`comment`] gives it.
    pub comment: &'s str,
}

/// What is known of who made a pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A key that may sign it did.
    Verified {
        /// The key.
        key: KeyId,
        /// Whose it is, as the trust file says.
        owner: String,
        /// The trust file.
        file: String,
        /// The types of resources that the pack may add beyond what every pack may.
        allow: Vec<String>,
    },
    /// Nobody knows, and nothing forbids to use it.
    Unverified(String),
}

/// Why a pack is not trusted.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TrustError {
    /// It has no signature, and needs one.
    #[error("{pack} is not signed, and {file} requires a signature")]
    Unsigned {
        /// The pack.
        pack: String,
        /// The trust file.
        file: String,
    },
    /// The signature cannot be read, or does not fit.
    #[error("{pack}: {why}")]
    Signature {
        /// The pack.
        pack: String,
        /// What is wrong with it.
        why: KeyError,
    },
    /// The key is none of those in the trust file.
    #[error("{pack} is signed by key {key}, which {file} does not know")]
    UnknownKey {
        /// The pack.
        pack: String,
        /// The key.
        key: KeyId,
        /// The trust file.
        file: String,
    },
    /// The key may not sign packs of this name.
    #[error("{pack} is signed by key {key} ({owner}), which {file} does not trust for this name")]
    OtherName {
        /// The pack.
        pack: String,
        /// The key.
        key: KeyId,
        /// Whose it is.
        owner: String,
        /// The trust file.
        file: String,
    },
    /// The key does not count any more.
    #[error("{pack} is signed by key {key} ({owner}), which was revoked: {reason}")]
    Revoked {
        /// The pack.
        pack: String,
        /// The key.
        key: KeyId,
        /// Whose it was.
        owner: String,
        /// Why.
        reason: String,
    },
    /// The key counted until a day that is past.
    #[error("{pack} is signed by key {key} ({owner}), which counted until {until}")]
    Expired {
        /// The pack.
        pack: String,
        /// The key.
        key: KeyId,
        /// Whose it is.
        owner: String,
        /// The last day.
        until: String,
    },
    /// The signed comment is of another pack, or of another version.
    #[error("{pack}: the signature was made for {comment}")]
    OtherPack {
        /// The pack.
        pack: String,
        /// What the comment says.
        comment: String,
    },
}

/// The comment that is signed with a pack: what it is for, so that it cannot stand beside another one.
pub fn comment(name: &str, version: &str, digest: &str) -> String {
    format!("pack={name} version={version} digest={digest}")
}

/// The comment that is signed with a list of yanked versions.
pub const COMMENT_OF_LIST: &str = "list=yanked";

/// What is known of who made something; `trust` is absent where nobody said whom to trust.
///
/// # Errors
/// When it may not be used.
pub fn judge(
    trust: Option<&Trust>,
    subject: &Subject<'_>,
    today: Date,
) -> Result<Standing, TrustError> {
    let pack = subject.what.to_owned();
    let signature = subject.signature.map(Signature::parse).transpose();
    let signature = signature.map_err(|why| TrustError::Signature {
        pack: pack.clone(),
        why,
    })?;
    match (trust, signature) {
        (Some(trust), Some(signature)) => trust.verified(subject, &signature, today),
        (Some(trust), None) if trust.require_signatures => Err(TrustError::Unsigned {
            pack,
            file: trust.file.clone(),
        }),
        (Some(trust), None) => Ok(Standing::Unverified(format!(
            "{pack} is not signed, and {} does not require it",
            trust.file
        ))),
        (None, Some(signature)) => Ok(Standing::Unverified(format!(
            "the signature of {pack}, by key {}, was not checked: there is no {TRUST_FILE} that says whom to trust",
            signature.signer()
        ))),
        (None, None) => Ok(Standing::Unverified(format!(
            "{pack} is not signed, and there is no {TRUST_FILE} that says whom to trust"
        ))),
    }
}

impl Trust {
    /// Whose key it is that a baseline names, where it still counts for packs of this name; `what` is how messages call the pack.
    ///
    /// # Errors
    /// When it does not count, or not any more.
    pub fn owner_of(
        &self,
        key: &str,
        (what, name): (&str, &str),
        today: Date,
    ) -> Result<String, TrustError> {
        let subject = Subject {
            what,
            name,
            bytes: &[],
            signature: None,
            comment: "",
        };
        let entry = self.entry(&subject, &KeyId::named(key), today)?;
        Ok(visible(&entry.owner))
    }

    fn verified(
        &self,
        subject: &Subject<'_>,
        signature: &Signature,
        today: Date,
    ) -> Result<Standing, TrustError> {
        let entry = self.entry(subject, &signature.signer(), today)?;
        let comment =
            signature
                .fits(&entry.key, subject.bytes)
                .map_err(|why| TrustError::Signature {
                    pack: subject.what.to_owned(),
                    why,
                })?;
        is_for(subject, &comment)?;
        Ok(Standing::Verified {
            key: entry.key.id(),
            owner: visible(&entry.owner),
            file: self.file.clone(),
            allow: entry.allow.clone(),
        })
    }

    /// The entry of a key, where it counts for packs of this name.
    fn entry(&self, subject: &Subject<'_>, key: &KeyId, today: Date) -> Result<&Entry, TrustError> {
        let (pack, file, key) = (subject.what.to_owned(), self.file.clone(), key.clone());
        let known = self.entries.iter().find(|entry| entry.key.id() == key);
        let Some(entry) = known else {
            return Err(TrustError::UnknownKey { pack, key, file });
        };
        let owner = visible(&entry.owner);
        if let Some(reason) = &entry.revoked {
            let reason = visible(reason);
            return Err(TrustError::Revoked {
                pack,
                key,
                owner,
                reason,
            });
        }
        if let Some(until) = entry.until.filter(|until| *until < today) {
            let until = until.to_string();
            return Err(TrustError::Expired {
                pack,
                key,
                owner,
                until,
            });
        }
        match entry.all || entry.packs.is_match(subject.name) {
            true => Ok(entry),
            false => Err(TrustError::OtherName {
                pack,
                key,
                owner,
                file,
            }),
        }
    }
}

/// What a comment says has to agree with what it should say. Debian's `minisign` writes comments that say nothing of it.
fn is_for(subject: &Subject<'_>, comment: &str) -> Result<(), TrustError> {
    let words = |text: &str, key: &str| {
        text.split_whitespace().find_map(|word| {
            Some(
                word.split_once('=')
                    .filter(|(k, _)| *k == key)?
                    .1
                    .to_owned(),
            )
        })
    };
    let fits = ["pack", "version", "digest", "list"].iter().all(|key| {
        let said = words(comment, key);
        said.is_none() || said == words(subject.comment, key)
    });
    match fits {
        true => Ok(()),
        false => Err(TrustError::OtherPack {
            pack: subject.what.to_owned(),
            comment: visible(comment),
        }),
    }
}
