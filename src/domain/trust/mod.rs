//! `rdsproxy-trust.toml`: the keys that may sign packs, the sources that may be contacted, and the verdict on a pack.
//! Pure: texts and bytes in, verdict out.
//!
//! Only the user can trust anyone: in the file in the user's settings, or in the one that the command line names. A
//! file of the project comes with the code, from its authors: it can narrow the user's trust, and never extend it.
//! Without a file of the user, a pack is used and reported as unverified.

mod error;
mod file;
mod key;
mod place;
mod read;

pub use error::TrustError;
pub use file::TrustFile;
pub use key::{KeyError, KeyId, PublicKey, Signature};
pub use place::{Realms, TrustedPlace};
pub use read::json_schema;
use time::Date;

use self::file::Vouched;
use super::pack::Reference;
use super::spec::visible;

/// The version of this format.
pub const TRUST_SCHEMA: u32 = 1;

/// The name under which the file is found.
pub const TRUST_FILE: &str = "rdsproxy-trust.toml";

/// The trust settings of a run.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    /// The trust file of the user, if there is one.
    user: Option<TrustFile>,
    /// The trust file of the project, which narrows the user's.
    project: Option<TrustFile>,
}

/// The subject of a verdict: a pack, or the list of its yanked versions.
#[derive(Clone, Copy, Debug)]
pub struct TrustSubject<'s> {
    /// The label of the subject in messages.
    pub what: &'s str,
    /// The name of the pack.
    pub name: &'s str,
    /// The bytes that were signed.
    pub bytes: &'s [u8],
    /// The text of the signature, if there is one.
    pub signature: Option<&'s str>,
    /// The expected text of the signed comment, as [`comment`] returns it.
    pub comment: &'s str,
}

impl<'s> TrustSubject<'s> {
    /// Returns a subject of which only the label and the name are known.
    pub fn named(what: &'s str, name: &'s str) -> Self {
        Self {
            what,
            name,
            bytes: &[],
            signature: None,
            comment: "",
        }
    }
}

/// The verified origin of a pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Provenance {
    /// The pack is signed by a key that may sign it.
    Verified {
        /// The id of the signing key.
        key: KeyId,
        /// The owner of the key, as the trust file names it.
        owner: String,
        /// The name of the trust file.
        file: String,
        /// The resource types that the pack may add beyond those that every pack may add.
        allow: Vec<String>,
    },
    /// The origin is unknown, for this reason, and nothing forbids the pack.
    Unverified(String),
}

/// Returns the comment that is signed with a pack. It names the pack, so that the signature cannot be used for another
/// one.
pub fn comment(name: &str, version: &str, digest: &str) -> String {
    format!("pack={name} version={version} digest={digest}")
}

/// The comment that is signed with a list of yanked versions.
pub const COMMENT_OF_LIST: &str = "list=yanked";

impl Trust {
    /// Combines the user's trust file with the project's, which narrows it.
    pub fn new(user: Option<TrustFile>, project: Option<TrustFile>) -> Self {
        Self { user, project }
    }

    /// Trusts one key for every pack, as `--key` asks for.
    pub fn in_key(key: PublicKey) -> Self {
        Self::new(Some(TrustFile::in_key(key)), None)
    }

    /// Returns the origin of a pack or list. Both files have to agree: anything that one of them refuses is refused.
    ///
    /// # Errors
    /// If it may not be used.
    pub fn judge(&self, subject: &TrustSubject<'_>, today: Date) -> Result<Provenance, TrustError> {
        let signature = subject.signature.map(Signature::parse).transpose();
        let signature = signature.map_err(|why| TrustError::Signature {
            pack: subject.what.to_owned(),
            why,
        })?;
        let signature = signature.as_ref();
        let narrowed = match self.project.as_ref() {
            Some(file) if file.is_silent_on_keys() => file.required(subject, signature)?,
            Some(file) => file.judge(subject, signature, today)?,
            None => None,
        };
        let Some(user) = &self.user else {
            return Ok(Provenance::Unverified(self.unsaid(subject, signature)));
        };
        match (user.judge(subject, signature, today)?, narrowed) {
            (Some(vouched), None) => Ok(vouched.standing(user)),
            (Some(vouched), Some(less)) => Ok(vouched.narrowed(&less).standing(user)),
            (None, _) => Ok(Provenance::Unverified(format!(
                "{} is not signed, and {} does not require it",
                subject.what, user.name
            ))),
        }
    }

    /// Returns the reason why nothing is verified without a trust file of the user.
    fn unsaid(&self, subject: &TrustSubject<'_>, signature: Option<&Signature>) -> String {
        let pack = subject.what;
        match (signature, &self.project) {
            (Some(signature), Some(project)) => format!(
                "the signature of {pack}, by key {}, counts for nothing yet: {} came with the project, which cannot say whom you trust; copy its entry into your own {TRUST_FILE}, or name the file with --trust",
                signature.signer(),
                project.name
            ),
            (Some(signature), None) => format!(
                "the signature of {pack}, by key {}, was not checked: there is no {TRUST_FILE} of yours that says whom to trust",
                signature.signer()
            ),
            (None, _) => format!(
                "{pack} is not signed, and there is no {TRUST_FILE} of yours that says whom to trust"
            ),
        }
    }

    /// Returns the owner of a key that a baseline names, if the key is still valid for this pack. `None` without a
    /// trust file of the user.
    ///
    /// # Errors
    /// If the key is not valid, or no longer valid.
    pub fn owner_of(
        &self,
        key: &str,
        pack: &TrustSubject<'_>,
        today: Date,
    ) -> Result<Option<String>, TrustError> {
        let key = KeyId::named(key);
        if let Some(project) = self
            .project
            .as_ref()
            .filter(|file| !file.is_silent_on_keys())
        {
            project.entry(pack, &key, today)?;
        }
        let Some(user) = &self.user else {
            return Ok(None);
        };
        let entry = user.entry(pack, &key, today)?;
        Ok(Some(visible(&entry.owner)))
    }

    /// True if the user trusts a key for packs of this name and has not revoked it. An expired key counts too: it signs
    /// nothing new, and what it signed before its expiry came from an owner whom the user trusts.
    pub fn keeps(&self, key: &str, name: &str, today: Date) -> bool {
        match self.owner_of(key, &TrustSubject::named(name, name), today) {
            Ok(owner) => owner.is_some(),
            Err(error) => matches!(error, TrustError::Expired { .. }),
        }
    }

    /// True if a pack without a signature is refused.
    pub fn requires_signatures(&self) -> bool {
        self.files().any(|file| file.require_signatures)
    }

    /// True if a source without a list of yanked versions is refused, even if it never had one.
    pub fn requires_lists(&self) -> bool {
        self.files().any(|file| file.require_lists)
    }

    /// True if a source that only a project names may be contacted: the user's file lists it, and the project's does
    /// not exclude it.
    pub fn may_ask(&self, place: &Reference) -> bool {
        let holds = |sources: &[TrustedPlace]| sources.iter().any(|source| source.holds(place));
        let user = self.user.as_ref().and_then(|file| file.sources.as_deref());
        let project = self.project.as_ref();
        let project = project.and_then(|file| file.sources.as_deref());
        user.is_some_and(holds) && project.is_none_or(holds)
    }

    /// Returns the token hosts that may receive the credentials of each registry.
    pub fn realms(&self) -> Realms {
        let user = self.user.as_ref().and_then(|file| file.realms.clone());
        let project = self.project.as_ref().and_then(|file| file.realms.as_ref());
        let user = user.unwrap_or_default();
        match project {
            Some(project) => user.narrowed(project),
            None => user,
        }
    }

    fn files(&self) -> impl Iterator<Item = &TrustFile> {
        self.user.iter().chain(&self.project)
    }
}

impl Vouched {
    /// Keeps only the allowances that the other file grants too.
    fn narrowed(mut self, less: &Self) -> Self {
        self.allow.retain(|kind| less.allow.contains(kind));
        self
    }

    fn standing(self, file: &TrustFile) -> Provenance {
        Provenance::Verified {
            key: self.key,
            owner: self.owner,
            file: file.name.clone(),
            allow: self.allow,
        }
    }
}
