//! `rdsproxy-trust.toml`: which key may sign which packs, which places may be asked, and what that makes of a pack. Pure: texts and
//! bytes in, verdict out.
//!
//! Only the user's word makes anybody trusted: the file in the user's settings, or the one that the command line names. A file of
//! the project came with the code, from whoever wrote that: it can take away from the user's word, and never add to it. Where the
//! user said nothing, a pack is used, and what is unverified is told.

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

/// The name under which it is found.
pub const TRUST_FILE: &str = "rdsproxy-trust.toml";

/// Whom a run trusts.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    /// The user's word.
    user: Option<TrustFile>,
    /// What the project takes away from it.
    project: Option<TrustFile>,
}

/// What is to be trusted: a pack, or the list of its yanked versions.
#[derive(Clone, Copy, Debug)]
pub struct TrustSubject<'s> {
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
pub enum Provenance {
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

/// The comment that is signed with a pack: what it is for, so that it cannot stand beside another one.
pub fn comment(name: &str, version: &str, digest: &str) -> String {
    format!("pack={name} version={version} digest={digest}")
}

/// The comment that is signed with a list of yanked versions.
pub const COMMENT_OF_LIST: &str = "list=yanked";

impl Trust {
    /// The user's word, and what the project takes away from it.
    pub fn new(user: Option<TrustFile>, project: Option<TrustFile>) -> Self {
        Self { user, project }
    }

    /// Trust in one key for every pack: what `--key` says.
    pub fn in_key(key: PublicKey) -> Self {
        Self::new(Some(TrustFile::in_key(key)), None)
    }

    /// What is known of who made something. Both files have to agree: what one of them refuses is refused.
    ///
    /// # Errors
    /// When it may not be used.
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

    /// Why nothing is known of it where the user said nothing.
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

    /// Whose key it is that a baseline names, where it still counts for packs of this name; `what` is how messages call the pack.
    /// None where the user said nothing of keys.
    ///
    /// # Errors
    /// When it does not count, or not any more.
    pub fn owner_of(
        &self,
        key: &str,
        (what, name): (&str, &str),
        today: Date,
    ) -> Result<Option<String>, TrustError> {
        let subject = TrustSubject {
            what,
            name,
            bytes: &[],
            signature: None,
            comment: "",
        };
        let key = KeyId::named(key);
        if let Some(project) = self
            .project
            .as_ref()
            .filter(|file| !file.is_silent_on_keys())
        {
            project.entry(&subject, &key, today)?;
        }
        let Some(user) = &self.user else {
            return Ok(None);
        };
        let entry = user.entry(&subject, &key, today)?;
        Ok(Some(visible(&entry.owner)))
    }

    /// Whether the user has not taken a key back that may sign for packs of this name. One whose time is over signs nothing any more,
    /// and what it signed while it counted was said by whom the user trusts.
    pub fn keeps(&self, key: &str, name: &str, today: Date) -> bool {
        match self.owner_of(key, (name, name), today) {
            Ok(owner) => owner.is_some(),
            Err(error) => matches!(error, TrustError::Expired { .. }),
        }
    }

    /// Whether a pack without a signature is refused.
    pub fn requires_signatures(&self) -> bool {
        self.files().any(|file| file.require_signatures)
    }

    /// Whether a place without a list of yanked versions is refused, also where none was ever seen.
    pub fn requires_lists(&self) -> bool {
        self.files().any(|file| file.require_lists)
    }

    /// Whether a place may be asked that only a project names: the user says so, and the project does not speak against it.
    pub fn may_ask(&self, place: &Reference) -> bool {
        let holds = |sources: &[TrustedPlace]| sources.iter().any(|source| source.holds(place));
        let user = self.user.as_ref().and_then(|file| file.sources.as_deref());
        let project = self.project.as_ref();
        let project = project.and_then(|file| file.sources.as_deref());
        user.is_some_and(holds) && project.is_none_or(holds)
    }

    /// Who may get the credentials of which registry.
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
    /// With no more allowances than the other file has.
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
