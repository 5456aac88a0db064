//! One trust file, and its verdict on a signature.

use globset::GlobSet;
use time::Date;

use super::{KeyId, PublicKey, Realms, Signature, TrustError, TrustSubject, TrustedPlace};
use crate::domain::spec::visible;

/// One trust file. A project's file leaves unchanged whatever it does not mention.
#[derive(Clone, Debug)]
pub struct TrustFile {
    /// The name of the file in messages.
    pub(super) name: String,
    /// True if a pack without a signature is refused.
    pub(super) require_signatures: bool,
    /// True if a source without a list of yanked versions is refused.
    pub(super) require_lists: bool,
    pub(super) entries: Option<Vec<TrustedKey>>,
    pub(super) sources: Option<Vec<TrustedPlace>>,
    pub(super) realms: Option<Realms>,
}

/// A trusted key, with the packs that it may sign.
#[derive(Clone, Debug)]
pub(super) struct TrustedKey {
    pub(super) owner: String,
    pub(super) key: PublicKey,
    pub(super) packs: GlobSet,
    /// True if the key may sign any pack, whatever its name.
    pub(super) all: bool,
    /// The resource types that packs of this key may add beyond those that every pack may add.
    pub(super) allow: Vec<String>,
    pub(super) until: Option<Date>,
    pub(super) revoked: Option<String>,
}

/// The key that vouches for a pack, with its owner and allowances.
#[derive(Clone, Debug)]
pub(super) struct Vouched {
    pub(super) key: KeyId,
    pub(super) owner: String,
    pub(super) allow: Vec<String>,
}

impl TrustFile {
    /// Creates a file that trusts one key for every pack, as `--key` asks for.
    pub(super) fn in_key(key: PublicKey) -> Self {
        Self {
            name: "--key".to_owned(),
            require_signatures: true,
            require_lists: false,
            entries: Some(vec![TrustedKey {
                owner: "the one that was given".to_owned(),
                key,
                packs: GlobSet::empty(),
                all: true,
                allow: Vec::new(),
                until: None,
                revoked: None,
            }]),
            sources: None,
            realms: None,
        }
    }

    /// True if the file has no keys section.
    pub(super) fn is_silent_on_keys(&self) -> bool {
        self.entries.is_none()
    }

    /// Returns the key that vouches for something; `None` if it is not signed and need not be.
    pub(super) fn judge(
        &self,
        subject: &TrustSubject<'_>,
        signature: Option<&Signature>,
        today: Date,
    ) -> Result<Option<Vouched>, TrustError> {
        match signature {
            Some(signature) => self.verified(subject, signature, today).map(Some),
            None => self.required(subject, None),
        }
    }

    /// Checks that something has a signature if this file requires one.
    pub(super) fn required(
        &self,
        subject: &TrustSubject<'_>,
        signature: Option<&Signature>,
    ) -> Result<Option<Vouched>, TrustError> {
        if signature.is_none() && self.require_signatures {
            Err(TrustError::Unsigned {
                pack: subject.what.to_owned(),
                file: self.name.clone(),
            })
        } else {
            Ok(None)
        }
    }

    fn verified(
        &self,
        subject: &TrustSubject<'_>,
        signature: &Signature,
        today: Date,
    ) -> Result<Vouched, TrustError> {
        let entry = self.entry(subject, &signature.signer(), today)?;
        let comment =
            signature
                .fits(&entry.key, subject.bytes)
                .map_err(|why| TrustError::Signature {
                    pack: subject.what.to_owned(),
                    why,
                })?;
        is_for(subject, &comment)?;
        Ok(Vouched {
            key: entry.key.id(),
            owner: visible(&entry.owner),
            allow: entry.allow.clone(),
        })
    }

    /// Returns the entry of a key if it is valid for packs of this name.
    pub(super) fn entry(
        &self,
        subject: &TrustSubject<'_>,
        key: &KeyId,
        today: Date,
    ) -> Result<&TrustedKey, TrustError> {
        let (pack, file, key) = (subject.what.to_owned(), self.name.clone(), key.clone());
        let mut entries = self.entries.iter().flatten();
        let Some(entry) = entries.find(|entry| entry.key.id() == key) else {
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
        if entry.all || entry.packs.is_match(subject.name) {
            Ok(entry)
        } else {
            Err(TrustError::OtherName {
                pack,
                key,
                owner,
                file,
            })
        }
    }
}

/// Checks that a signed comment contradicts none of the expected values. Comments that Debian's `minisign` writes have
/// none of these keys, which is accepted.
fn is_for(subject: &TrustSubject<'_>, comment: &str) -> Result<(), TrustError> {
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
    if fits {
        Ok(())
    } else {
        Err(TrustError::OtherPack {
            pack: subject.what.to_owned(),
            comment: visible(comment),
        })
    }
}
