//! Packs in an OCI registry: one artifact for a version, of one layer, which is the pack's archive. Its signature and the list
//! of yanked versions are artifacts beside it, found by their tags, so that registries of any age can hold them.
//!
//! The client is our own, over a library for HTTP: the ones that know registries read whatever a registry sends into memory,
//! however much it is. Without the feature `oci` there is none.

mod error;

#[cfg(feature = "oci")]
mod artifact;
#[cfg(feature = "oci")]
mod get;
#[cfg(feature = "oci")]
mod http;
#[cfg(feature = "oci")]
mod login;
#[cfg(feature = "oci")]
mod put;
#[cfg(feature = "oci")]
mod registry;

pub use self::error::OciError;
use super::{Cache, Fetched, Listing, Published, Release, Store, StoreError};
use crate::domain::pack::{OciPlace, Reference};

/// An OCI registry.
pub(super) const STORE: Store = Store {
    form: "oci://HOST/REPOSITORY?tag=VERSION, or ?digest=sha256:…",
    holds: |reference| matches!(reference, Reference::Oci(_)),
    fetch: |reference, cache| fetch(place(reference)?, cache),
    list: Some(|reference| list(place(reference)?)),
    publish: Some(|reference, release| publish(place(reference)?, release)),
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
fn fetch(place: &OciPlace, cache: &Cache) -> Result<Fetched, StoreError> {
    get::fetch(place, cache)
}

#[cfg(feature = "oci")]
fn list(place: &OciPlace) -> Result<Listing, StoreError> {
    get::list(place)
}

#[cfg(feature = "oci")]
fn publish(place: &OciPlace, release: &Release<'_>) -> Result<Published, StoreError> {
    put::publish(place, release)
}

#[cfg(not(feature = "oci"))]
fn fetch(_: &OciPlace, _: &Cache) -> Result<Fetched, StoreError> {
    Err(OciError::NotBuilt.into())
}

#[cfg(not(feature = "oci"))]
fn list(_: &OciPlace) -> Result<Listing, StoreError> {
    Err(OciError::NotBuilt.into())
}

#[cfg(not(feature = "oci"))]
fn publish(_: &OciPlace, _: &Release<'_>) -> Result<Published, StoreError> {
    Err(OciError::NotBuilt.into())
}
