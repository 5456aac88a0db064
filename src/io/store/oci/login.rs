//! Authentication: answers a registry's challenge with the credentials from Docker's configuration. A password is sent
//! only to the registry and its token service, and never appears in a message.
//!
//! Sources: RFC 7235, "Challenge and Response"; CNCF Distribution, "Token Authentication Specification" and "OAuth2
//! Token Authentication".

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use docker_credential::DockerCredential;
use serde::Deserialize;
use ureq::http::Method;

use super::http::{Client, HttpRequest, TALK};
use super::realm::RegistryQuery;
use super::{OciError, credentials, realm};
use crate::io::terminal;

/// The authentication that a registry requires.
#[derive(Debug, PartialEq, Eq)]
enum Challenge {
    /// A user name and a password.
    Basic,
    /// A token from a token service.
    Bearer { realm: String, service: String },
}

/// The answer of a token service.
#[derive(Deserialize)]
struct TokenAnswer {
    token: Option<String>,
    access_token: Option<String>,
}

/// Returns the header that answers a challenge, or `None` if no credentials are known or no token was issued.
pub(super) fn authorization(
    client: &Client,
    asked: &RegistryQuery<'_>,
    challenge: &str,
) -> Result<Option<String>, OciError> {
    let host = asked.host;
    let not_a_registry = |why: &str| OciError::NotARegistry {
        host: host.to_owned(),
        why: why.to_owned(),
    };
    let challenge = Challenge::parse(challenge)
        .ok_or_else(|| not_a_registry("it asks for credentials in a way that is not known"))?;
    let known = credentials::find(host)?;
    match challenge {
        Challenge::Basic => Ok(known.as_ref().and_then(basic)),
        Challenge::Bearer { realm, service } => {
            let reach = realm::reach(asked, &realm).map_err(|why| not_a_registry(&why))?;
            if let realm::RealmOwner::Stranger(realm) = reach {
                if known.is_some() {
                    let host = host.to_owned();
                    return Err(OciError::Stranger { host, realm });
                }
                let note = format!("asking {realm} for a token, as {host} says\n");
                let _ = terminal::note_once(&note);
            }
            let scope = encoded(asked.scope);
            let wanted = format!("service={}&scope={scope}", encoded(&service));
            let token = token(client, &realm, &wanted, known.as_ref())?;
            match token {
                Some(token) if is_header(&token) => Ok(Some(format!("Bearer {token}"))),
                Some(_) => Err(not_a_registry("its token is none")),
                None => Ok(None),
            }
        }
    }
}

/// Requests a token; `None` if it is not issued.
fn token(
    client: &Client,
    realm: &str,
    wanted: &str,
    known: Option<&DockerCredential>,
) -> Result<Option<String>, OciError> {
    let join = if realm.contains('?') { '&' } else { '?' };
    let answer = match known {
        Some(DockerCredential::IdentityToken(refresh)) => {
            let body = format!(
                "grant_type=refresh_token&client_id=rdsproxy-gen&{wanted}&refresh_token={}",
                encoded(refresh)
            );
            let ask = HttpRequest {
                method: Method::POST,
                headers: vec![("Content-Type", "application/x-www-form-urlencoded")],
                body: body.as_bytes(),
                may_lead_on: false,
                ..HttpRequest::get(realm.to_owned(), "a token", TALK)
            };
            client.ask(&ask, None)?
        }
        Some(DockerCredential::UsernamePassword(..)) | None => {
            let ask = HttpRequest {
                may_lead_on: false,
                ..HttpRequest::get(format!("{realm}{join}{wanted}"), "a token", TALK)
            };
            client.ask(&ask, known.and_then(basic).as_deref())?
        }
    };
    let token: Option<TokenAnswer> = match answer.status {
        200 => serde_json::from_slice(&answer.body).ok(),
        _ => None,
    };
    Ok(token.and_then(|token| token.token.or(token.access_token)))
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

/// True if the token can safely become part of a header.
fn is_header(token: &str) -> bool {
    !token.is_empty() && token.bytes().all(|b| b.is_ascii_graphic())
}

/// Percent-encodes a value for a query or a form. Source: RFC 3986, section 2.3.
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

/// Returns the value of a parameter written as `name="value"`.
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
    }
}
