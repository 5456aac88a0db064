//! Whether there is a newer version of a pack than the one in use, and what it changes, as it says itself.

use semver::Version;

use super::load::refused;
use super::resolve::{PackArgs, UsablePack};
use super::terms::{Permission, Terms, not_asked};
use crate::commands::CommandError;
use crate::domain::pack::Reference;
use crate::domain::spec::visible;
use crate::io::store;

/// A newer version, which may be used.
#[derive(Clone, Debug)]
pub struct Newer {
    /// Its version.
    pub version: Version,
    /// The reference that names it.
    pub reference: String,
    /// What changed, in the words of whoever made it.
    pub words: String,
}

impl PackArgs {
    /// The newest version at the place that a pack came from, where it is newer and was not yanked; none where the place is a
    /// folder or a file, which hold one, or the network is not to be used.
    ///
    /// # Errors
    /// When the place does not answer, or what it has may not be used.
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

/// What names the newest version at the place that a pack came from, where it is newer and was not yanked.
///
/// # Errors
/// When the place does not answer, or may not be asked.
pub(super) fn newer_at_its_place(
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
    // Whoever has a stable version does not want one that is still in the making.
    let is_wanted = |version: &Version| {
        version > now
            && (version.pre.is_empty() || !now.pre.is_empty())
            && used.yanked.reason(name, version).is_none()
    };
    let mut versions = listing.versions.into_iter();
    let found = versions.find(|listed| is_wanted(&listed.version));
    Ok(found.map(|listed| listed.reference.to_string()))
}
