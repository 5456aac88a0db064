//! Who asks: what a registry wants to know, and what Docker's configuration says. A password goes to nobody but the registry
//! and the one that gives out its tokens, and never into a message.
//!
//! Sources: RFC 7235, "Challenge and Response"; CNCF Distribution, "Token Authentication Specification" and "OAuth2 Token
//! Authentication".

use std::error::Error as _;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use docker_credential::{CredentialRetrievalError, DockerCredential};
use serde::Deserialize;
use ureq::http::{Method, Uri};

use super::OciError;
use super::http::{Ask, Client, TALK, is_loopback};
use crate::domain::spec::visible;
use crate::io::files::{folder_of_docker, read_text_if_there};

/// Under which name Docker keeps the credentials of its own registry.
const DOCKER_HUB: &str = "https://index.docker.io/v1/";

/// How large Docker's configuration may be.
const CONFIG_BYTES: usize = 1024 * 1024;

/// What a registry wants.
#[derive(Debug, PartialEq, Eq)]
enum Challenge {
    /// A name and a password.
    Basic,
    /// A token of somebody else.
    Bearer { realm: String, service: String },
}

/// What the one who gives out tokens says.
#[derive(Deserialize)]
struct Token {
    token: Option<String>,
    access_token: Option<String>,
}

/// The header that answers a challenge; none where nobody is known to a registry that asks for a name.
pub(super) fn authorization(
    client: &Client,
    host: &str,
    challenge: &str,
    scope: &str,
) -> Result<Option<String>, OciError> {
    let not_a_registry = |why: &str| OciError::NotARegistry {
        host: host.to_owned(),
        why: why.to_owned(),
    };
    let challenge = Challenge::parse(challenge)
        .ok_or_else(|| not_a_registry("it asks for credentials in a way that is not known"))?;
    let known = credential(host)?;
    match challenge {
        Challenge::Basic => Ok(known.as_ref().and_then(basic)),
        Challenge::Bearer { realm, service } => {
            if !(realm.starts_with("https://") || is_here(&realm)) {
                return Err(not_a_registry(
                    "credentials would go over a clear connection",
                ));
            }
            let wanted = format!("service={}&scope={}", encoded(&service), encoded(scope));
            let token = token(client, (&realm, &wanted), known.as_ref())?;
            match token {
                Some(token) if is_header(&token) => Ok(Some(format!("Bearer {token}"))),
                Some(_) => Err(not_a_registry("its token is none")),
                None => Ok(None),
            }
        }
    }
}

/// Asks for a token; none where it is not given.
fn token(
    client: &Client,
    (realm, wanted): (&str, &str),
    known: Option<&DockerCredential>,
) -> Result<Option<String>, OciError> {
    let join = if realm.contains('?') { '&' } else { '?' };
    let answer = match known {
        Some(DockerCredential::IdentityToken(refresh)) => {
            let body = format!(
                "grant_type=refresh_token&client_id=rdsproxy-gen&{wanted}&refresh_token={}",
                encoded(refresh)
            );
            let ask = Ask {
                method: Method::POST,
                headers: vec![("Content-Type", "application/x-www-form-urlencoded")],
                body: body.as_bytes(),
                ..Ask::get(realm.to_owned(), "a token", TALK)
            };
            client.ask(&ask, None)?
        }
        Some(DockerCredential::UsernamePassword(..)) | None => {
            let ask = Ask::get(format!("{realm}{join}{wanted}"), "a token", TALK);
            client.ask(&ask, known.and_then(basic).as_deref())?
        }
    };
    let token: Option<Token> = match answer.status {
        200 => serde_json::from_slice(&answer.body).ok(),
        _ => None,
    };
    Ok(token.and_then(|token| token.token.or(token.access_token)))
}

/// What Docker's configuration knows of a registry; its helpers are asked as Docker asks them.
fn credential(host: &str) -> Result<Option<DockerCredential>, OciError> {
    let server = match host {
        "docker.io" => DOCKER_HUB,
        other => other,
    };
    let failed = |why: &str| {
        Err(OciError::Credentials {
            host: host.to_owned(),
            why: why.to_owned(),
        })
    };
    let Some(config) = config(host)? else {
        return Ok(None);
    };
    match docker_credential::get_credential_from_reader(config.as_bytes(), server) {
        Ok(credential) => Ok(Some(credential)),
        Err(
            CredentialRetrievalError::ConfigNotFound
            | CredentialRetrievalError::NoCredentialConfigured,
        ) => Ok(None),
        // What a helper says where it knows nobody. Source: docker-credential-helpers, `NewErrCredentialsNotFound`.
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

/// Docker's configuration, where there is one.
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

fn basic(credential: &DockerCredential) -> Option<String> {
    match credential {
        DockerCredential::UsernamePassword(name, password) => {
            let pair = STANDARD.encode(format!("{name}:{password}"));
            Some(format!("Basic {pair}"))
        }
        DockerCredential::IdentityToken(_) => None,
    }
}

fn is_here(realm: &str) -> bool {
    realm
        .parse::<Uri>()
        .is_ok_and(|uri| uri.host().is_some_and(is_loopback))
}

/// A token of a stranger becomes part of a header.
fn is_header(token: &str) -> bool {
    !token.is_empty() && token.bytes().all(|b| b.is_ascii_graphic())
}

/// A value in a query or a form. Source: RFC 3986, section 2.3.
fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

impl Challenge {
    fn parse(header: &str) -> Option<Self> {
        let (scheme, rest) = header.trim().split_once(' ').unwrap_or((header.trim(), ""));
        if scheme.eq_ignore_ascii_case("basic") {
            return Some(Self::Basic);
        }
        if !scheme.eq_ignore_ascii_case("bearer") {
            return None;
        }
        Some(Self::Bearer {
            realm: parameter(rest, "realm")?,
            service: parameter(rest, "service").unwrap_or_default(),
        })
    }
}

/// The value of `name="value"`.
fn parameter(text: &str, name: &str) -> Option<String> {
    let mut rest = text;
    while let Some((key, after)) = rest.split_once('=') {
        let key = key.trim_matches([' ', ',']);
        let (value, next) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => after.split_once(',').unwrap_or((after, "")),
        };
        if key.eq_ignore_ascii_case(name) {
            return Some(value.to_owned());
        }
        rest = next;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges_are_read() {
        let bearer = |realm: &str, service: &str| {
            Some(Challenge::Bearer {
                realm: realm.to_owned(),
                service: service.to_owned(),
            })
        };
        for (header, expected) in [
            ("Basic realm=\"x\"", Some(Challenge::Basic)),
            ("basic", Some(Challenge::Basic)),
            (
                "Bearer realm=\"https://a.io/t\",service=\"a.io\",scope=\"repository:a:pull,push\"",
                bearer("https://a.io/t", "a.io"),
            ),
            (
                "bearer service=x, realm=\"https://a.io/t?a=b\"",
                bearer("https://a.io/t?a=b", "x"),
            ),
            ("Bearer service=\"x\"", None),
            ("Bearer realm=\"https://a.io", None),
            ("Negotiate", None),
            ("", None),
        ] {
            assert_eq!(Challenge::parse(header), expected, "{header}");
        }
    }

    #[test]
    fn what_a_stranger_gives_cannot_break_a_header_or_a_query() {
        assert_eq!(encoded("a b&c=é"), "a%20b%26c%3D%C3%A9");
        assert!(is_header("abc.DEF-_~=") && !is_header("a\r\nX: y") && !is_header(""));
        assert!(is_here("http://127.0.0.1:5001/token?x") && !is_here("http://a.io/127.0.0.1"));
        assert!(!is_here("http://a.io?@127.0.0.1/") && !is_here("http://127.0.0.1:80@a.io/"));
    }
}
