//! One request and its answer: bounded in bytes and in time, over TLS unless the registry is on this machine.

use std::time::Duration;

use ureq::config::RedirectAuthHeaders;
use ureq::http::{HeaderMap, Method, Request, Uri};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Body, Error};

use super::OciError;
use crate::domain::spec::visible;

/// How long it may take to reach a registry, and all of one answer. Ours: a pack has a few megabytes at most.
const CONNECT: Duration = Duration::from_secs(15);
const ANSWER: Duration = Duration::from_secs(120);

/// How often a registry may send us elsewhere. Those of the clouds do once, to where their bytes lie.
const REDIRECTS: u32 = 4;

/// How many bytes an answer that is no content may have: what is wrong, a token, a list of tags.
pub(super) const TALK: u64 = 1024 * 1024;

/// What is asked for.
#[derive(Clone, Debug)]
pub(super) struct Ask<'a> {
    pub(super) method: Method,
    pub(super) url: String,
    pub(super) headers: Vec<(&'static str, &'a str)>,
    pub(super) body: &'a [u8],
    /// What it is, for messages.
    pub(super) what: &'a str,
    /// How many bytes of answer are taken.
    pub(super) most: u64,
}

/// What came.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// A header, where it is text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

impl<'a> Ask<'a> {
    /// Asks for what is there.
    pub(super) fn get(url: String, what: &'a str, most: u64) -> Self {
        Self {
            method: Method::GET,
            url,
            headers: Vec::new(),
            body: &[],
            what,
            most,
        }
    }
}

/// A client of one host.
#[derive(Debug)]
pub(super) struct Client {
    agent: Agent,
    host: String,
}

impl Client {
    /// For a registry; messages name its host.
    pub(super) fn new(host: &str) -> Self {
        let is_here = is_loopback(host);
        // The certificates of the system: an organisation's registry often has one of its own authority.
        let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier);
        let mut config = Agent::config_builder()
            .https_only(!is_here)
            .http_status_as_error(false)
            .max_redirects(REDIRECTS)
            .redirect_auth_headers(RedirectAuthHeaders::SameHost)
            .timeout_connect(Some(CONNECT))
            .timeout_global(Some(ANSWER))
            .user_agent(concat!("rdsproxy-gen/", env!("CARGO_PKG_VERSION")))
            .tls_config(tls.build());
        if is_here {
            config = config.proxy(None);
        }
        Self {
            agent: config.build().into(),
            host: host.to_owned(),
        }
    }

    /// Asks once.
    pub(super) fn ask(
        &self,
        ask: &Ask<'_>,
        authorization: Option<&str>,
    ) -> Result<Answer, OciError> {
        let mut request = Request::builder().method(ask.method.clone()).uri(&ask.url);
        for (name, value) in &ask.headers {
            request = request.header(*name, *value);
        }
        if let Some(authorization) = authorization {
            request = request.header("Authorization", authorization);
        }
        let is_read = [Method::GET, Method::HEAD].contains(&ask.method);
        let wrong = |error: ureq::http::Error| self.not_a_registry(&error.to_string());
        let answer = match is_read {
            true => self.agent.run(request.body(()).map_err(wrong)?),
            false => self.agent.run(request.body(ask.body).map_err(wrong)?),
        };
        let mut answer = answer.map_err(|error| self.failed(ask, error))?;
        let status = answer.status().as_u16();
        let headers = answer.headers().clone();
        let most = match (200..300).contains(&status) {
            true => ask.most,
            false => ask.most.max(TALK),
        };
        let body = match ask.method == Method::HEAD {
            true => Vec::new(),
            false => self.all(answer.body_mut(), ask, most)?,
        };
        Ok(Answer {
            status,
            headers,
            body,
        })
    }

    fn all(&self, body: &mut Body, ask: &Ask<'_>, most: u64) -> Result<Vec<u8>, OciError> {
        let host = self.host.clone();
        let what = ask.what.to_owned();
        let read = body.with_config().limit(most).read_to_vec();
        read.map_err(|error| match error {
            Error::BodyExceedsLimit(_) => OciError::TooLarge { host, what, most },
            error => OciError::Truncated {
                host,
                what,
                why: visible(&error.to_string()),
            },
        })
    }

    fn failed(&self, ask: &Ask<'_>, error: Error) -> OciError {
        let host = match ask.url.parse::<Uri>() {
            Ok(url) => url
                .authority()
                .map_or(self.host.clone(), ToString::to_string),
            Err(_) => self.host.clone(),
        };
        OciError::Unreachable {
            host,
            why: visible(&error.to_string()),
        }
    }

    fn not_a_registry(&self, why: &str) -> OciError {
        OciError::NotARegistry {
            host: self.host.clone(),
            why: visible(why),
        }
    }
}

/// Whether a host is this machine, which is reached without TLS, as docker does.
pub(super) fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next(),
        None => host.split(':').next(),
    };
    let name = name.unwrap_or_default();
    name.eq_ignore_ascii_case("localhost")
        || name
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_reached_without_tls() {
        for host in [
            "localhost",
            "LOCALHOST:5000",
            "127.0.0.1:5000",
            "127.1.2.3",
            "[::1]:5000",
        ] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "10.0.0.1:5000",
            "[::2]",
            "ghcr.io",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
        let ask = Ask::get("http://ghcr.io/v2/".to_owned(), "it", 10);
        let error = Client::new("ghcr.io").ask(&ask, None).unwrap_err();
        assert!(error.to_string().contains("https"), "{error}");
    }
}
