//! The only way from a reference to a usable pack: fetched, trusted, parsed and not yanked. Files are generated only
//! from packs that were resolved here; the output then goes through [`crate::app::proof::pack`].

use super::believed::{YankedError, believed};
use super::load::{Opened, completed, opened_within, preset};
use super::terms::{Terms, TrustRequest};
use crate::app::CommandError;
use crate::domain::baseline::PackRef;
use crate::domain::pack::succession::{self, VersionStep};
use crate::domain::pack::{Pack, Reference, Yanked};
use crate::domain::trust::{Provenance, TrustError};
use crate::interview::Preset;
use crate::io::store::Fetched;
use crate::io::terminal;
use crate::render;

/// A pack with everything that is known of it. It must not be used before [`FoundPack::accepted`].
#[derive(Debug)]
pub(in crate::app) struct FoundPack {
    /// The files and the manifest, combined with the parent packs.
    pub(in crate::app) pack: Pack,
    /// The bytes, and the place that they came from.
    pub(in crate::app) fetched: Fetched,
    /// The verified signer, or the reason why the pack is not trusted.
    pub(in crate::app) standing: Result<Provenance, TrustError>,
    /// The yanked versions, or the reason why they are unknown.
    pub(in crate::app) yanked: Result<Yanked, YankedError>,
}

/// A pack that may be used.
#[derive(Debug)]
pub struct UsablePack {
    /// The files and the manifest, combined with the parent packs.
    pub pack: Pack,
    /// The pack's rules for answers.
    pub preset: Preset,
    /// The record for the baseline.
    pub reference: PackRef,
    /// The yanked versions, from a list with the required signature.
    pub yanked: Yanked,
}

impl UsablePack {
    /// Returns the spec of a project, completed with the answers that the pack locks.
    ///
    /// # Errors
    /// When the pack rejects an answer, or a required answer is missing.
    pub fn completed(&self, text: &str, file: &str) -> Result<String, CommandError> {
        completed(&self.preset, text, file)
    }

    /// Compares the pack with the one that a project was generated with.
    ///
    /// # Errors
    /// When it may not follow that pack: it is older and a downgrade is not allowed, its version had another content,
    /// or it was yanked.
    pub fn follows(
        &self,
        before: Option<&PackRef>,
        allow_downgrade: bool,
    ) -> Result<VersionStep, CommandError> {
        succession::judge(before, &self.reference, &self.yanked, allow_downgrade).map_err(|error| {
            let hint = error.hint();
            CommandError::input(error).hint(hint)
        })
    }
}

/// Returns the pack that is published at a place if it is trusted. Does not check whether this version was yanked.
pub(in crate::app) fn published(
    reference: &str,
    terms: &Terms,
) -> Result<UsablePack, CommandError> {
    look(reference, terms)?.accepted()
}

/// Returns a pack that may be used. Reports an unverified pack.
///
/// # Errors
/// When it cannot be read, is not trusted, or was yanked.
pub(in crate::app) fn usable(reference: &str, terms: &Terms) -> Result<UsablePack, CommandError> {
    let used = look(reference, terms)?.accepted()?;
    used.follows(None, false)?;
    Ok(used)
}

/// Fetches a pack and collects what is known of it.
pub(in crate::app) fn look(reference: &str, terms: &Terms) -> Result<FoundPack, CommandError> {
    let Opened {
        pack,
        fetched,
        standing,
    } = opened_within(reference, terms)?;
    let place = Reference::parse(reference).map_err(CommandError::input)?;
    let list = fetched.yanked.as_ref();
    let yanked = believed(list, &place, &pack.manifest.name, terms);
    Ok(FoundPack {
        pack,
        fetched,
        standing,
        yanked,
    })
}

impl FoundPack {
    /// Returns the record for the baseline.
    fn reference(&self) -> PackRef {
        let signer = match &self.standing {
            Ok(Provenance::Verified { key, .. }) => Some(key.to_string()),
            Ok(Provenance::Unverified(_)) | Err(_) => None,
        };
        PackRef {
            name: self.pack.manifest.name.clone(),
            version: self.pack.manifest.version.to_string(),
            digest: self.fetched.digest.clone(),
            source: Some(self.fetched.from.clone()),
            signer,
        }
    }

    /// Returns the usable pack if it is trusted and its list of yanked versions is accepted.
    fn accepted(self) -> Result<UsablePack, CommandError> {
        let reference = self.reference();
        let mut pack = self.pack;
        let standing = self.standing.map_err(CommandError::input)?;
        let yanked = self.yanked.map_err(CommandError::input)?;
        match standing {
            Provenance::Verified { allow, .. } => pack.allowed = allow,
            Provenance::Unverified(why) => {
                let note = format!("unverified: {why}\n");
                terminal::note(&note).map_err(CommandError::environment)?;
            }
        }
        Ok(UsablePack {
            preset: preset(&pack).map_err(CommandError::input)?,
            pack,
            reference,
            yanked,
        })
    }
}

/// The pack that a run uses.
#[derive(Clone, Debug)]
pub struct PackRequest {
    /// The reference, or `built-in` for the templates of rdsproxy-gen.
    pub pack: Option<String>,
    /// The keys and owners that are trusted.
    pub trust: TrustRequest,
    /// True if an older version than before is allowed.
    pub allow_downgrade: bool,
    /// True if the network must not be used.
    pub offline: bool,
}

impl PackRequest {
    /// Returns the named pack, unless it is the built-in one.
    ///
    /// # Errors
    /// When it cannot be read, is not trusted, or was yanked.
    pub fn used(&self) -> Result<Option<UsablePack>, CommandError> {
        let built_in = render::built_in().name;
        match self.pack.as_deref().filter(|name| *name != built_in) {
            Some(reference) => usable(reference, &self.terms()?).map(Some),
            None => Ok(None),
        }
    }

    /// Returns the trust settings of the run, and the places that it may contact.
    pub(in crate::app) fn terms(&self) -> Result<Terms, CommandError> {
        let named = self.pack.as_deref();
        let terms = Terms::new(&self.trust, named.as_slice())?;
        Ok(terms.offline(self.offline))
    }

    /// True if a pack is named, including the built-in templates.
    pub fn is_named(&self) -> bool {
        self.pack.is_some()
    }

    /// True if the network must not be used.
    pub(in crate::app) fn is_offline(&self) -> bool {
        self.offline
    }

    /// Returns the pack from the place that a baseline records.
    ///
    /// # Errors
    /// Those of [`PackRequest::used`].
    pub fn again(&self, source: &str) -> Result<UsablePack, CommandError> {
        usable(source, &self.terms()?)
    }

    /// Returns the arguments that select the same pack again.
    pub fn arguments(&self) -> Vec<String> {
        let pack = self.pack.as_ref();
        let pack = pack.map(|pack| ["--pack".to_owned(), pack.clone()]);
        let pack = pack.into_iter().flatten();
        pack.chain(self.trust.arguments()).collect()
    }

    /// Compares the pack with the one that a project was generated with.
    ///
    /// # Errors
    /// When it is older and a downgrade is not requested, when its version had another content, or when no pack is
    /// named and the project had one.
    pub fn follows(
        &self,
        before: Option<&PackRef>,
        used: Option<&UsablePack>,
    ) -> Result<VersionStep, CommandError> {
        let built_in = render::built_in();
        let Some(used) = used else {
            return match before.filter(|before| before.name != built_in.name) {
                Some(before) if self.pack.is_none() => Err(forgotten(before)),
                Some(before) => Ok(VersionStep::Other(before.name.clone())),
                None => Ok(VersionStep::First),
            };
        };
        used.follows(before, self.allow_downgrade)
    }
}

/// Rejects a run that forgets to name the project's pack. The pack's changes would be lost, and only the changed
/// files would show it.
fn forgotten(before: &PackRef) -> CommandError {
    let PackRef { name, version, .. } = before;
    let again = before.source.as_deref().unwrap_or("REFERENCE");
    CommandError::input(format!(
        "this project was generated with the pack {name} {version}"
    ))
    .hint(format!("--pack {again} uses it again"))
    .hint("--pack built-in goes back to the templates that are built in")
}
