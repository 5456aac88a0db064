//! Packs in an OCI registry: one artifact per version, with the pack's archive as its only layer. The signature and the
//! list of yanked versions are separate artifacts that are found by their tags, so that registries of any age can hold
//! them.
//!
//! The client is our own, on top of an HTTP library: existing registry clients read answers of any size into memory. It
//! is only built with the feature `oci`.

mod error;

#[cfg(feature = "oci")]
mod artifact;
#[cfg(feature = "oci")]
mod credentials;
#[cfg(feature = "oci")]
mod get;
#[cfg(feature = "oci")]
mod http;
#[cfg(feature = "oci")]
mod login;
#[cfg(feature = "oci")]
mod put;
#[cfg(feature = "oci")]
mod realm;
#[cfg(feature = "oci")]
mod registry;
#[cfg(feature = "oci")]
mod within;

pub use self::error::OciError;
use super::{Fetched, Listing, Means, Publication, Release, Store, StoreError};
use crate::domain::pack::{OciPlace, Reference};

/// The store for OCI registries.
pub(super) const STORE: Store = Store {
    form: "oci://HOST/REPOSITORY?tag=VERSION, or ?digest=sha256:…",
    holds: |reference| matches!(reference, Reference::Oci(_)),
    fetch: |reference, means| fetch(place(reference)?, means),
    list: Some(|reference, means| list(place(reference)?, means)),
    publish: Some(|reference, release, means| publish(place(reference)?, release, means)),
};

fn place(reference: &Reference) -> Result<&OciPlace, StoreError> {
    match reference {
        Reference::Oci(place) => Ok(place),
        Reference::Local(_) | Reference::Git(_) => {
            Err(StoreError::OneVersion(reference.to_string()))
        }
    }
}

#[cfg(feature = "oci")]
fn fetch(place: &OciPlace, means: &Means) -> Result<Fetched, StoreError> {
    get::fetch(place, means)
}

#[cfg(feature = "oci")]
fn list(place: &OciPlace, means: &Means) -> Result<Listing, StoreError> {
    get::list(place, means)
}

#[cfg(feature = "oci")]
fn publish(
    place: &OciPlace,
    release: &Release<'_>,
    means: &Means,
) -> Result<Publication, StoreError> {
    put::publish(place, release, means)
}

#[cfg(not(feature = "oci"))]
fn fetch(_: &OciPlace, _: &Means) -> Result<Fetched, StoreError> {
    Err(OciError::NotBuilt.into())
}

#[cfg(not(feature = "oci"))]
fn list(_: &OciPlace, _: &Means) -> Result<Listing, StoreError> {
    Err(OciError::NotBuilt.into())
}

#[cfg(not(feature = "oci"))]
fn publish(_: &OciPlace, _: &Release<'_>, _: &Means) -> Result<Publication, StoreError> {
    Err(OciError::NotBuilt.into())
}
