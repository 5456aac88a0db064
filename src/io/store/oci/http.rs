//! One request and its answer: bounded in bytes and in time, over TLS unless the registry is on this machine. What says who asks
//! goes to the address that is asked, and never on from there.
#![allow(clippy::disallowed_methods)]

use std::time::{Duration, Instant};

use ureq::config::RedirectAuthHeaders;
use ureq::http::{HeaderMap, Method, Request, Response, Uri};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, AsSendBody, Body, Error, ResponseExt as _};

use super::OciError;
use crate::domain::pack::is_loopback;
use crate::domain::spec::visible;

/// How long things may take.
#[derive(Clone, Copy, Debug)]
struct Patience {
    /// To reach a registry.
    connect: Duration,
    /// All of one answer.
    answer: Duration,
    /// All answers together.
    all: Duration,
}

/// Ours: a pack has a few megabytes at most, and a list of versions takes some hundred short answers.
const PATIENCE: Patience = Patience {
    connect: Duration::from_secs(15),
    answer: Duration::from_secs(120),
    all: Duration::from_secs(600),
};

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
    /// Whether the registry may send us on to where the bytes lie.
    pub(super) may_lead_on: bool,
}

/// What came.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    headers: HeaderMap,
    pub(super) body: Vec<u8>,
    /// Whether it came from another address than the one that was asked.
    pub(super) is_from_elsewhere: bool,
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
            may_lead_on: true,
        }
    }
}

/// A client of one host.
#[derive(Debug)]
pub(super) struct Client {
    agent: Agent,
    host: String,
    patience: Patience,
    began: Instant,
}

impl Client {
    /// For a registry; messages name its host.
    pub(super) fn new(host: &str) -> Self {
        Self::with(host, PATIENCE)
    }

    fn with(host: &str, patience: Patience) -> Self {
        let is_here = is_loopback(host);
        // The certificates of the system: an organisation's registry often has one of its own authority.
        let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier);
        let mut config = Agent::config_builder()
            .https_only(!is_here)
            .http_status_as_error(false)
            .max_redirects(REDIRECTS)
            // The library's other way would take the same host on another port for the same.
            .redirect_auth_headers(RedirectAuthHeaders::Never)
            .timeout_connect(Some(patience.connect))
            .user_agent(concat!("rdsproxy-gen/", env!("CARGO_PKG_VERSION")))
            .tls_config(tls.build());
        if is_here {
            config = config.proxy(None);
        }
        Self {
            agent: config.build().into(),
            host: host.to_owned(),
            patience,
            began: Instant::now(),
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
            true => self.run(ask, request.body(()).map_err(wrong)?),
            false => self.run(ask, request.body(ask.body).map_err(wrong)?),
        };
        let mut answer = answer.map_err(|error| self.failed(ask, error))?;
        let is_from_elsewhere = ask.url.parse::<Uri>().ok().as_ref() != Some(answer.get_uri());
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
            is_from_elsewhere,
        })
    }

    /// Whoever sends a byte now and then would otherwise hold us for as long as there are answers.
    fn run(&self, ask: &Ask, request: Request<impl AsSendBody>) -> Result<Response<Body>, Error> {
        let left = self.patience.all.saturating_sub(self.began.elapsed());
        let redirects = if ask.may_lead_on { REDIRECTS } else { 0 };
        let request = self
            .agent
            .configure_request(request)
            .timeout_global(Some(self.patience.answer.min(left)))
            .max_redirects(redirects)
            .build();
        self.agent.run(request)
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

    /// A host that sends a byte now and then, and never all of an answer.
    fn slow() -> String {
        use std::io::{Read as _, Write as _};
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let host = listener.local_addr().unwrap().to_string();
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                std::thread::spawn(move || {
                    let _ = stream.read(&mut [0; 1024]);
                    let head = "HTTP/1.1 200 X\r\nContent-Length: 100000\r\n\r\n";
                    let _ = stream.write_all(head.as_bytes());
                    while stream.write_all(b"a").is_ok() {
                        std::thread::sleep(Duration::from_millis(10));
                    }
                });
            }
        });
        host
    }

    #[test]
    fn a_host_that_sends_a_byte_now_and_then_is_left() {
        let host = slow();
        let soon = Duration::from_millis(300);
        let long = Duration::from_secs(3600);
        for (answer, all) in [(soon, long), (long, soon)] {
            let patience = Patience {
                connect: long,
                answer,
                all,
            };
            let client = Client::with(&host, patience);
            let began = Instant::now();
            // All answers together have their time, too: the second one has what the first one left.
            for _ in 0..2 {
                let ask = Ask::get(format!("http://{host}/v2/"), "it", 1_000_000);
                assert!(client.ask(&ask, None).is_err());
            }
            assert!(began.elapsed() < Duration::from_secs(60));
        }
    }
}
