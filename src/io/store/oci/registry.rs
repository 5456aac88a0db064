//! Accesses one repository of a registry: manifests, blobs and tags, with digests and size limits checked on arrival.
//!
//! Source: OCI Distribution Specification 1.1, "Endpoints".

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde::Deserialize;
use ureq::http::{Method, Uri};

use super::artifact::{Descriptor, MANIFEST};
use super::http::{Client, HttpAnswer, HttpRequest, TALK};
use super::{OciError, login, realm};
use crate::domain::pack::{OciPlace, is_loopback};
use crate::domain::spec::visible;
use crate::domain::trust::Realms;
use crate::io::store::archive::digest;

/// The maximum size of a manifest in bytes. Our own limit: the manifest of a pack has less than a thousandth of it.
const MANIFEST_BYTES: u64 = 1024 * 1024;

/// The number of tags per page, and the maximum number of tags in a repository.
const PAGE: usize = 1000;
const TAGS: usize = 20_000;

/// The maximum length, in characters, of a registry's own message within ours.
const SAID: usize = 300;

/// The access that a run needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RegistryAccess {
    Read,
    Write,
}

/// The expected size of a blob in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Size {
    /// The exact size from a manifest.
    Exactly(u64),
    /// An upper limit, for a blob without a manifest.
    AtMost(u64),
}

/// A repository of a registry.
#[derive(Debug)]
pub(super) struct Registry {
    client: Client,
    host: String,
    /// The beginning of every URL.
    base: String,
    scope: String,
    /// The hosts that may receive its credentials, in addition to its own domain.
    realms: Realms,
    /// The `Authorization` header that answered the last challenge.
    authorization: RefCell<Option<String>>,
}

/// The body of a registry's error answer.
#[derive(Default, Deserialize)]
struct Complaint {
    #[serde(default)]
    errors: Vec<ComplaintLine>,
}

#[derive(Deserialize)]
struct ComplaintLine {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
}

#[derive(Deserialize)]
struct Tags {
    tags: Option<Vec<String>>,
}

impl Registry {
    /// Creates the client for a repository.
    pub(super) fn new(place: &OciPlace, access: RegistryAccess, realms: &Realms) -> Self {
        let OciPlace {
            host,
            repository,
            pin: _,
        } = place;
        let scheme = if is_loopback(host) { "http" } else { "https" };
        // Docker Hub does not answer under the name by which it is known.
        let (server, repository) = match host.as_str() {
            "docker.io" if !repository.contains('/') => {
                ("registry-1.docker.io", format!("library/{repository}"))
            }
            "docker.io" => ("registry-1.docker.io", repository.clone()),
            host => (host, repository.clone()),
        };
        let actions = match access {
            RegistryAccess::Read => "pull",
            RegistryAccess::Write => "pull,push",
        };
        Self {
            client: Client::new(host),
            host: host.clone(),
            base: format!("{scheme}://{server}/v2/{repository}"),
            scope: format!("repository:{repository}:{actions}"),
            realms: realms.clone(),
            authorization: RefCell::new(None),
        }
    }

    /// Returns the manifest under a tag or a digest, or `None` if there is none.
    pub(super) fn manifest(&self, name: &str) -> Result<Option<Vec<u8>>, OciError> {
        let url = format!("{}/manifests/{name}", self.base);
        let mut ask = HttpRequest::get(url, "a manifest", MANIFEST_BYTES);
        ask.headers.push(("Accept", MANIFEST));
        let answer = self.ask(&ask)?;
        match answer.status {
            200 if name.starts_with("sha256:") => self.digested(answer.body, name).map(Some),
            200 => Ok(Some(answer.body)),
            404 => Ok(None),
            _ => Err(self.refused(&answer)),
        }
    }

    /// Returns the bytes that a manifest describes.
    pub(super) fn blob(&self, descriptor: &Descriptor, what: &str) -> Result<Vec<u8>, OciError> {
        let found = self.blob_of(&descriptor.digest, what, Size::Exactly(descriptor.size))?;
        let bytes =
            found.ok_or_else(|| OciError::Absent(format!("{what} ({})", descriptor.digest)))?;
        Ok(bytes)
    }

    /// Returns the bytes with a digest, or `None` if there are none.
    pub(super) fn blob_of(
        &self,
        name: &str,
        what: &str,
        size: Size,
    ) -> Result<Option<Vec<u8>>, OciError> {
        let (Size::Exactly(most) | Size::AtMost(most)) = size;
        let url = format!("{}/blobs/{name}", self.base);
        let answer = self.ask(&HttpRequest::get(url, what, most))?;
        let found = answer.body.len() as u64;
        match answer.status {
            200 if found < most && matches!(size, Size::Exactly(_)) => Err(OciError::Truncated {
                host: self.host.clone(),
                what: what.to_owned(),
                why: format!("{found} of {most} bytes came"),
            }),
            200 => self.digested(answer.body, name).map(Some),
            404 => Ok(None),
            _ => Err(self.refused(&answer)),
        }
    }

    /// Checks that the bytes have the expected digest.
    fn digested(&self, bytes: Vec<u8>, expected: &str) -> Result<Vec<u8>, OciError> {
        let found = digest(&bytes);
        if found == expected {
            return Ok(bytes);
        }
        let (host, expected) = (self.host.clone(), expected.to_owned());
        Err(OciError::Lie {
            host,
            expected,
            found,
        })
    }

    /// Returns all tags, or `None` if there is no such repository.
    pub(super) fn tags(&self) -> Result<Option<BTreeSet<String>>, OciError> {
        let mut tags = BTreeSet::new();
        let mut next = Some(format!("{}/tags/list?n={PAGE}", self.base));
        for _ in 0..TAGS / PAGE {
            let Some(url) = next.take() else {
                return Ok(Some(tags));
            };
            let answer = self.ask(&HttpRequest::get(url, "the list of tags", TALK))?;
            match answer.status {
                200 => {}
                404 => return Ok(None),
                _ => return Err(self.refused(&answer)),
            }
            let page: Tags = serde_json::from_slice(&answer.body).map_err(|error| {
                self.not_a_registry(&format!("its list of tags is none: {error}"))
            })?;
            tags.extend(page.tags.unwrap_or_default());
            next = match answer.header("link").and_then(next_page) {
                Some(link) => Some(self.absolute(link)?),
                None => None,
            };
        }
        match next {
            Some(_) => Err(self.not_a_registry(&format!("it has more than {TAGS} tags"))),
            None => Ok(Some(tags)),
        }
    }

    /// Uploads bytes unless the registry has them already.
    pub(super) fn upload(&self, bytes: &[u8], what: &str) -> Result<(), OciError> {
        let name = digest(bytes);
        let mut there = HttpRequest::get(format!("{}/blobs/{name}", self.base), what, TALK);
        there.method = Method::HEAD;
        if self.ask(&there)?.status == 200 {
            return Ok(());
        }
        let begin = HttpRequest {
            method: Method::POST,
            ..HttpRequest::get(format!("{}/blobs/uploads/", self.base), what, TALK)
        };
        let begun = self.ask(&begin)?;
        let place = match begun.status {
            202 => begun.header("location"),
            _ => return Err(self.refused(&begun)),
        };
        let place = place
            .ok_or_else(|| self.not_a_registry("it takes an upload and does not say where"))?;
        let place = self.absolute(place)?;
        let join = if place.contains('?') { '&' } else { '?' };
        let put = HttpRequest {
            method: Method::PUT,
            headers: vec![("Content-Type", "application/octet-stream")],
            body: bytes,
            ..HttpRequest::get(format!("{place}{join}digest={name}"), what, TALK)
        };
        let answer = self.ask(&put)?;
        match answer.status {
            201 | 204 => Ok(()),
            _ => Err(self.refused(&answer)),
        }
    }

    /// Uploads a manifest under a tag.
    pub(super) fn put_manifest(&self, tag: &str, bytes: &[u8]) -> Result<(), OciError> {
        let put = HttpRequest {
            method: Method::PUT,
            headers: vec![("Content-Type", MANIFEST)],
            body: bytes,
            ..HttpRequest::get(format!("{}/manifests/{tag}", self.base), "a manifest", TALK)
        };
        let answer = self.ask(&put)?;
        match answer.status {
            200..=204 => Ok(()),
            _ => Err(self.refused(&answer)),
        }
    }

    /// Sends a request, and repeats it with credentials if the registry demands them.
    fn ask(&self, ask: &HttpRequest<'_>) -> Result<HttpAnswer, OciError> {
        let known = self.authorization.borrow().clone();
        let answer = self.client.ask(ask, known.as_deref())?;
        // After a redirect, the challenge comes from another host.
        if answer.status != 401 || answer.is_from_elsewhere {
            return Ok(answer);
        }
        let challenge = answer.header("www-authenticate").unwrap_or_default();
        let asked = realm::RegistryQuery {
            base: &self.base,
            host: &self.host,
            scope: &self.scope,
            realms: &self.realms,
        };
        let found = login::authorization(&self.client, &asked, challenge)?;
        let Some(found) = found else {
            return Err(self.refused(&answer));
        };
        *self.authorization.borrow_mut() = Some(found.clone());
        let answer = self.client.ask(ask, Some(&found))?;
        match answer.status {
            401 => Err(self.refused(&answer)),
            _ => Ok(answer),
        }
    }

    /// Returns the absolute form of an address that a registry gives. It must be on the registry's own host, so that no
    /// other host gets the credentials.
    fn absolute(&self, link: &str) -> Result<String, OciError> {
        let elsewhere = || self.not_a_registry(&format!("it leads to {}", visible(link)));
        let base: Uri = self.base.parse().map_err(|_| elsewhere())?;
        let own = format!(
            "{}://{}",
            base.scheme_str().unwrap_or_default(),
            base.authority().map_or("", |a| a.as_str())
        );
        if link.starts_with('/') && !link.starts_with("//") {
            return Ok(own + link);
        }
        let below = link.strip_prefix(&own);
        let is_own = below.is_some_and(|rest| rest.starts_with('/'));
        is_own.then(|| link.to_owned()).ok_or_else(elsewhere)
    }

    fn refused(&self, answer: &HttpAnswer) -> OciError {
        let host = self.host.clone();
        let said = said(&answer.body);
        match answer.status {
            401 | 403 => OciError::Denied { host, said },
            status => OciError::Refused { host, status, said },
        }
    }

    fn not_a_registry(&self, why: &str) -> OciError {
        OciError::NotARegistry {
            host: self.host.clone(),
            why: visible(why),
        }
    }
}

/// Returns the registry's own error message in parentheses, to follow ours; empty if there is none.
fn said(body: &[u8]) -> String {
    let complaint: Complaint = serde_json::from_slice(body).unwrap_or_default();
    let lines: Vec<String> = complaint
        .errors
        .iter()
        .map(|line| format!("{} {}", line.code, line.message))
        .collect();
    let text: String = visible(lines.join("; ").trim())
        .chars()
        .take(SAID)
        .collect();
    if text.is_empty() {
        String::new()
    } else {
        format!(" ({text})")
    }
}

/// Returns the next page of a list. Source: RFC 8288.
fn next_page(header: &str) -> Option<&str> {
    let (link, rest) = header.trim().strip_prefix('<')?.split_once('>')?;
    rest.contains("rel=\"next\"").then_some(link)
}

#[cfg(test)]
mod tests {
    use super::RegistryAccess::Read as READ;
    use super::*;
    use crate::domain::pack::Reference;

    fn registry(written: &str) -> Registry {
        match Reference::parse(written).unwrap() {
            Reference::Oci(place) => Registry::new(&place, READ, &Realms::default()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_address_begins_with_the_repository() {
        for (written, base) in [
            ("oci://ghcr.io/acme/packs", "https://ghcr.io/v2/acme/packs"),
            ("oci://localhost:5000/acme", "http://localhost:5000/v2/acme"),
            (
                "oci://docker.io/acme",
                "https://registry-1.docker.io/v2/library/acme",
            ),
            (
                "oci://docker.io/acme/packs",
                "https://registry-1.docker.io/v2/acme/packs",
            ),
        ] {
            assert_eq!(registry(written).base, base);
        }
    }

    #[test]
    fn a_registry_leads_nowhere_else() {
        let registry = registry("oci://h.io:5000/acme");
        for (link, expected) in [
            (
                "/v2/acme/blobs/uploads/1?x=y",
                Some("https://h.io:5000/v2/acme/blobs/uploads/1?x=y"),
            ),
            ("https://h.io:5000/v2/x", Some("https://h.io:5000/v2/x")),
            ("https://h.io:50001/v2/x", None),
            ("http://h.io:5000/v2/x", None),
            ("https://h.io:5000@evil.io/x", None),
            ("https://evil.io/x", None),
            ("//evil.io/x", None),
            ("x", None),
        ] {
            assert_eq!(registry.absolute(link).ok().as_deref(), expected, "{link}");
        }
    }

    #[test]
    fn what_a_registry_says_is_cut_and_made_visible() {
        let body = br#"{"errors":[{"code":"DENIED","message":"no \u001b[31m"},{"code":"X"}]}"#;
        assert_eq!(said(body), " (DENIED no \\u{1b}[31m; X)");
        assert_eq!(said(b"<html>"), "");
        let long = format!("{{\"errors\":[{{\"code\":\"{}\"}}]}}", "a".repeat(1000));
        assert_eq!(said(long.as_bytes()).len(), SAID + 3);
        assert_eq!(
            next_page("</v2/a/tags/list?last=x>; rel=\"next\""),
            Some("/v2/a/tags/list?last=x")
        );
        assert_eq!(next_page("x"), None);
    }
}
