//! Looks for a newer version of a pack, and for its changelog.

use semver::Version;

use super::load::refused;
use super::resolve::{PackRequest, UsablePack};
use super::terms::{Permission, Terms, not_asked};
use crate::app::CommandError;
use crate::domain::pack::Reference;
use crate::domain::spec::visible;
use crate::io::store;

/// A newer version that may be used.
#[derive(Clone, Debug)]
pub struct Newer {
    /// The version, from the pack's manifest.
    pub version: Version,
    /// The reference to this version.
    pub reference: String,
    /// The changelog, as the publisher wrote it.
    pub words: String,
}

impl PackRequest {
    /// Returns the newest version at the place that a pack came from, if it is newer and not yanked. None if the
    /// place is a folder or a file, which contain only one version, or if the network must not be used.
    ///
    /// # Errors
    /// When the place does not respond, or its newest version may not be used.
    pub fn newer(&self, used: &UsablePack) -> Result<Option<Newer>, CommandError> {
        if self.is_offline() {
            return Ok(None);
        }
        let Some(reference) = newer_at_its_place(used, &self.terms()?)? else {
            return Ok(None);
        };
        let name = &used.pack.manifest.name;
        let newest = self.again(&reference)?;
        let manifest = &newest.pack.manifest;
        if manifest.name != *name {
            let message = format!("{reference} is another pack, {}", manifest.name);
            return Err(CommandError::input(message));
        }
        Ok(Some(Newer {
            version: manifest.version.clone(),
            reference,
            words: visible(manifest.changelog.trim()),
        }))
    }
}

/// Returns the reference of the newest version at the place that a pack came from, if it is newer and not yanked.
///
/// # Errors
/// When the place does not respond, or may not be contacted.
pub(in crate::app) fn newer_at_its_place(
    used: &UsablePack,
    terms: &Terms,
) -> Result<Option<String>, CommandError> {
    let source = used.reference.source.as_deref().unwrap_or_default();
    let place = Reference::parse(source).map_err(CommandError::input)?;
    if matches!(place, Reference::Local(_)) {
        return Ok(None);
    }
    if terms.permission(&place) != Permission::Given {
        return Err(not_asked(&place));
    }
    let (name, now) = (&used.pack.manifest.name, &used.pack.manifest.version);
    let listing = store::list(&place, &terms.means()).map_err(refused)?;
    // Users of a stable version are not offered pre-releases.
    let is_wanted = |version: &Version| {
        version > now
            && (version.pre.is_empty() || !now.pre.is_empty())
            && used.yanked.reason(name, version).is_none()
    };
    let mut versions = listing.versions.into_iter();
    let found = versions.find(|listed| is_wanted(&listed.version));
    Ok(found.map(|listed| listed.reference.to_string()))
}
