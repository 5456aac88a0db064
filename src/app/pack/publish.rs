//! `pack publish`: uploads a version to a registry, with its signature and the list of yanked versions.

use crate::app::resolution::resolve::FoundPack;
use crate::app::resolution::terms::{Terms, TrustRequest};
use crate::app::resolution::{load, resolve};
use crate::app::{CommandError, Outcome};
use crate::domain::pack::{Pin, Reference, tag_of_version};
use crate::domain::trust::Provenance;
use crate::io::store::{self, Release};
use crate::io::terminal;

/// The pack to publish, and where to.
#[derive(Clone, Debug)]
pub struct PackPublishRequest {
    /// The archive, or the pack's folder.
    pub pack: String,
    /// The place, as `oci://HOST/REPOSITORY`.
    pub place: String,
    /// The keys and owners that are trusted.
    pub trust: TrustRequest,
}

/// Uploads the pack, or finds the same one in the registry.
///
/// # Errors
/// When the pack would be refused by those who use it, or the place does not take it.
pub fn run(request: &PackPublishRequest) -> Result<Outcome, CommandError> {
    let place = Reference::parse(&request.place).map_err(CommandError::input)?;
    let terms = Terms::new(&request.trust, &[&request.pack])?;
    let seen = resolve::look(&request.pack, &terms)?;
    fits(&place, &seen)?;
    require_accepted(&seen)?;
    let manifest = &seen.pack.manifest;
    let release = Release {
        name: &manifest.name,
        version: &manifest.version,
        pack: &seen.fetched,
    };
    let published = store::publish(&place, &release, &terms.means()).map_err(load::refused)?;
    let what = if published.is_new {
        "published"
    } else {
        "there already, and the same:"
    };
    let signed = match &seen.fetched.signature {
        Some(_) => "signed",
        None => {
            "not signed; `rdsproxy-gen pack sign` makes a signature, and the same pack may be published again with it"
        }
    };
    Ok(Outcome::text(format!(
        "{} {}\n{what} {}\ndigest    {}\n{signed}\n",
        manifest.name, manifest.version, published.reference, seen.fetched.digest
    )))
}

/// Checks that a tag or digest in the destination matches the pack.
fn fits(place: &Reference, seen: &FoundPack) -> Result<(), CommandError> {
    let Reference::Oci(oci) = place else {
        return Ok(());
    };
    let version = &seen.pack.manifest.version;
    let is_meant = match &oci.pin {
        None => true,
        Some(Pin::Tag(tag)) => *tag == tag_of_version(version),
        Some(Pin::Digest(digest)) => *digest == seen.fetched.digest,
    };
    if is_meant {
        Ok(())
    } else {
        Err(CommandError::input(format!(
            "{place} is not what is to be published, which is {version} with the digest {}",
            seen.fetched.digest
        ))
        .hint("name the repository alone"))
    }
}

/// Refuses to publish a pack that users would reject: with a wrong signature, or an invalid list of yanked versions.
fn require_accepted(seen: &FoundPack) -> Result<(), CommandError> {
    match &seen.standing {
        Ok(Provenance::Verified { .. }) => {}
        Ok(Provenance::Unverified(why)) => {
            let note = format!("unverified: {why}\n");
            terminal::note(&note).map_err(CommandError::environment)?;
        }
        Err(error) => return Err(CommandError::input(error.clone())),
    }
    if let Err(error) = &seen.yanked {
        return Err(CommandError::input(error.to_string())
            .hint("`rdsproxy-gen pack yank PACK --renew` makes a list that counts"));
    }
    Ok(())
}
