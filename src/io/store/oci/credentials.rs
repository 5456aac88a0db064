//! Reads a registry's credentials from Docker's configuration: for exactly this host and port.
//!
//! Source: Docker Docs, "docker login", "Credential stores", "Credential helpers"; docker/cli,
//! `cli/config/credentials`.

use std::collections::BTreeMap;
use std::error::Error as _;

use docker_credential::{CredentialRetrievalError, DockerCredential};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::OciError;
use super::within::within;
use crate::domain::pack::{is_loopback, plain_authority};
use crate::domain::spec::visible;
use crate::io::files::{folder_of_docker, read_text_if_there};
use crate::io::store::waiting::PATIENCE;

/// The name under which Docker stores the credentials of Docker Hub, and the host names of Docker Hub.
const DOCKER_HUB: &str = "https://index.docker.io/v1/";
const HUBS: [&str; 3] = ["docker.io", "index.docker.io", "registry-1.docker.io"];

/// The maximum size of Docker's configuration in bytes.
const CONFIG_BYTES: usize = 1024 * 1024;

/// The part of Docker's configuration that concerns credentials.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct DockerConfig {
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    auths: BTreeMap<String, Value>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    cred_helpers: BTreeMap<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    creds_store: Option<String>,
}

impl DockerConfig {
    /// Returns the name of a registry's entry, and a configuration reduced to that entry. The library that reads the
    /// configuration would otherwise accept an entry of another scheme, and so of another port, for this registry.
    fn credential_of(self, host: &str) -> (String, Self) {
        let mut names = self.cred_helpers.keys().chain(self.auths.keys());
        let found = names.find(|name| is_of(name, host)).cloned();
        let name = found.unwrap_or_else(|| match host {
            "docker.io" => DOCKER_HUB.to_owned(),
            host => plain_authority(host),
        });
        let alone = |mut all: BTreeMap<String, Value>| {
            all.retain(|other, _| *other == name);
            all
        };
        let config = Self {
            auths: alone(self.auths),
            cred_helpers: alone(self.cred_helpers),
            creds_store: self.creds_store,
        };
        (name, config)
    }
}

/// True if a name in the configuration refers to the registry, by host and port. A path after them is ignored.
fn is_of(name: &str, host: &str) -> bool {
    let (scheme, rest) = match name.split_once("://") {
        Some((scheme, rest)) => (Some(scheme), rest),
        None => (None, name),
    };
    let authority = rest.split('/').next().unwrap_or_default();
    if host == "docker.io" {
        return HUBS.contains(&plain_authority(authority).as_str());
    }
    let ours = if is_loopback(host) { "http" } else { "https" };
    match scheme.filter(|scheme| !scheme.eq_ignore_ascii_case(ours)) {
        // Another scheme means another port, unless the port is given.
        Some(_) => authority.eq_ignore_ascii_case(host) && has_port(host),
        None => plain_authority(authority) == plain_authority(host),
    }
}

fn has_port(host: &str) -> bool {
    host.rsplit_once(':')
        .is_some_and(|(_, port)| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()))
}

/// Returns the credentials of a registry, or `None` if there are none. Credential helpers are run as Docker runs them.
pub(super) fn find(host: &str) -> Result<Option<DockerCredential>, OciError> {
    let failed = |why: &str| {
        Err(OciError::Credentials {
            host: host.to_owned(),
            why: why.to_owned(),
        })
    };
    let Some(config) = config(host)? else {
        return Ok(None);
    };
    let Ok(config) = serde_json::from_str::<DockerConfig>(&config) else {
        return failed("Docker's config.json is not JSON of the known form");
    };
    let (server, config) = config.credential_of(host);
    let config = serde_json::json!(config).to_string();
    let what = format!("the credentials for {host}");
    let found = within(
        &what,
        || PATIENCE.idle,
        move || docker_credential::get_credential_from_reader(config.as_bytes(), &server),
    );
    let Some(found) = found else {
        return failed("the credential helper does not answer");
    };
    match found {
        Ok(credential) => Ok(Some(credential)),
        Err(
            CredentialRetrievalError::ConfigNotFound
            | CredentialRetrievalError::NoCredentialConfigured,
        ) => Ok(None),
        // The message of a helper that has no credentials for the host. Source: docker-credential-helpers,
        // `NewErrCredentialsNotFound`.
        Err(CredentialRetrievalError::HelperFailure { stdout, .. })
            if stdout.contains("credentials not found") =>
        {
            Ok(None)
        }
        Err(CredentialRetrievalError::HelperFailure { helper, .. }) => {
            failed(&format!("{} failed", visible(&helper)))
        }
        Err(CredentialRetrievalError::HelperCommunicationError) => {
            failed("the credential helper that Docker's config.json names cannot be run")
        }
        Err(CredentialRetrievalError::MalformedHelperResponse) => {
            failed("the credential helper gives something else than credentials")
        }
        Err(CredentialRetrievalError::ConfigReadError) => {
            failed("Docker's config.json is not JSON of the known form")
        }
        Err(
            CredentialRetrievalError::CredentialDecodingError
            | CredentialRetrievalError::CredentialMismatchError,
        ) => failed("an `auth` in Docker's config.json is not NAME:PASSWORD in base64"),
    }
}

/// Returns the text of Docker's configuration, or `None` if there is no such file.
fn config(host: &str) -> Result<Option<String>, OciError> {
    let Some(folder) = folder_of_docker() else {
        return Ok(None);
    };
    read_text_if_there(&folder.join("config.json"), CONFIG_BYTES).map_err(|error| {
        OciError::Credentials {
            host: host.to_owned(),
            why: match error.source() {
                Some(source) => format!("{error}: {source}"),
                None => error.to_string(),
            },
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_for_its_host_and_its_port_alone() {
        for (name, host, expected) in [
            ("ghcr.io", "ghcr.io", true),
            ("GHCR.io", "ghcr.io", true),
            ("ghcr.io:443", "ghcr.io", true),
            ("ghcr.io", "ghcr.io:443", true),
            ("https://ghcr.io", "ghcr.io", true),
            ("https://ghcr.io/v1/", "ghcr.io", true),
            ("https://ghcr.io:443/v2/", "ghcr.io", true),
            ("ghcr.io/team", "ghcr.io", true),
            ("http://ghcr.io", "ghcr.io", false),
            ("ghcr.io:5000", "ghcr.io", false),
            ("ghcr.io", "ghcr.io:5000", false),
            ("ghcr.io:80", "ghcr.io", false),
            ("ghcr.io.evil.example", "ghcr.io", false),
            ("evil.example/ghcr.io", "ghcr.io", false),
            ("https://ghcr.io@evil.example/", "ghcr.io", false),
            ("h.io:5000", "h.io:5000", true),
            ("https://h.io:5000/", "h.io:5000", true),
            ("http://h.io:5000/", "h.io:5000", true),
            ("h.io:5001", "h.io:5000", false),
            ("localhost:5000", "localhost:5000", true),
            ("http://localhost:5000", "localhost:5000", true),
            ("localhost", "localhost:80", true),
            ("localhost", "localhost:443", false),
            ("[::1]:5000", "[::1]:5000", true),
            ("[::1]", "[::1]:5000", false),
            ("::1", "[::1]:5000", false),
            (DOCKER_HUB, "docker.io", true),
            ("docker.io", "docker.io", true),
            ("registry-1.docker.io", "docker.io", true),
            ("index.docker.io:8443", "docker.io", false),
            ("hub.docker.io", "docker.io", false),
        ] {
            assert_eq!(is_of(name, host), expected, "{name} for {host}");
        }
    }

    #[test]
    fn what_belongs_to_others_is_never_handed_on() {
        let config = || -> DockerConfig {
            let text = r#"{"auths":{"http://h.io":{"auth":"a"},"h.io:5000":{"auth":"b"}},
                "credHelpers":{"other.io":"x"},"credsStore":"drawer","HttpHeaders":{"X":"y"}}"#;
            serde_json::from_str(text).unwrap()
        };
        for (host, name, entries) in [
            ("h.io", "h.io", 0),
            ("h.io:443", "h.io", 0),
            ("h.io:5000", "h.io:5000", 1),
            ("other.io:443", "other.io", 1),
            ("docker.io", DOCKER_HUB, 0),
        ] {
            let (found, config) = config().credential_of(host);
            assert_eq!(found, name);
            assert_eq!(
                config.auths.len() + config.cred_helpers.len(),
                entries,
                "{host}"
            );
            assert_eq!(config.creds_store.as_deref(), Some("drawer"));
        }
    }
}
