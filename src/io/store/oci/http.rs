//! Sends one request and reads its answer: with limits on bytes and time, and over TLS unless the registry is on this
//! machine. Credentials go to the requested address only, and are never forwarded on a redirect.
#![allow(clippy::disallowed_methods)]

use std::cell::Cell;
use std::io::Read as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use ureq::config::RedirectAuthHeaders;
use ureq::http::{HeaderMap, Method, Request, Response, Uri};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, AsSendBody, Body, Error, ResponseExt as _};

use super::OciError;
use super::within::within;
use crate::domain::pack::is_loopback;
use crate::domain::spec::visible;
use crate::io::store::waiting::{PATIENCE, Patience};

/// The time limit for connecting to a registry.
const CONNECT: Duration = Duration::from_secs(15);

/// The time after which an abandoned request is aborted.
const LEFT: Duration = Duration::from_secs(900);

/// The maximum number of redirects. Cloud registries redirect once, to their blob storage.
const REDIRECTS: u32 = 4;

/// The maximum size in bytes of an answer that is not pack content: an error, a token, a list of tags.
pub(super) const TALK: u64 = 1024 * 1024;

/// A request to a registry.
#[derive(Clone, Debug)]
pub(super) struct HttpRequest<'a> {
    pub(super) method: Method,
    pub(super) url: String,
    pub(super) headers: Vec<(&'static str, &'a str)>,
    pub(super) body: &'a [u8],
    /// A phrase for the requested content, for messages.
    pub(super) what: &'a str,
    /// The maximum size of the answer in bytes.
    pub(super) most: u64,
    /// True if redirects are followed.
    pub(super) may_lead_on: bool,
}

/// The answer to a request.
#[derive(Debug)]
pub(super) struct HttpAnswer {
    pub(super) status: u16,
    headers: HeaderMap,
    pub(super) body: Vec<u8>,
    /// True if the answer came from another address than the requested one.
    pub(super) is_from_elsewhere: bool,
}

impl HttpAnswer {
    /// Returns a header, or `None` if it is missing or not text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

impl<'a> HttpRequest<'a> {
    /// Creates a GET request.
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

/// An HTTP client for one registry.
#[derive(Debug)]
pub(super) struct Client {
    agent: Agent,
    host: String,
    patience: Patience,
    /// The total time of all answers so far. The next fields hold their number, and the bytes sent and received.
    spent: Cell<Duration>,
    answers: Cell<u32>,
    came: Arc<AtomicU64>,
}

/// A request that is ready to run on its own thread.
struct Job {
    agent: Agent,
    request: Request<Vec<u8>>,
    url: String,
    most: u64,
    redirects: u32,
    came: Arc<AtomicU64>,
}

/// The reason there is no answer.
enum Failed {
    /// No answer arrived, for this reason.
    Unreachable(Error),
    /// The answer exceeds this number of bytes.
    TooLarge(u64),
    /// The answer ended early.
    Truncated(String),
}

impl Client {
    /// Creates a client for a registry whose host appears in messages.
    pub(super) fn new(host: &str) -> Self {
        Self::with(host, PATIENCE)
    }

    fn with(host: &str, patience: Patience) -> Self {
        let is_here = is_loopback(host);
        // Use the system's certificates: an organisation's registry often has one from the organisation's own
        // authority.
        let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier);
        let mut config = Agent::config_builder()
            .https_only(!is_here)
            .http_status_as_error(false)
            .max_redirects(REDIRECTS)
            // The library's other setting would treat the same host on another port as the same host.
            .redirect_auth_headers(RedirectAuthHeaders::Never)
            .timeout_connect(Some(CONNECT))
            .timeout_global(Some(LEFT))
            .user_agent(concat!("rdsproxy-gen/", env!("CARGO_PKG_VERSION")))
            .tls_config(tls.build());
        if is_here {
            config = config.proxy(None);
        }
        Self {
            agent: config.build().into(),
            host: host.to_owned(),
            patience,
            spent: Cell::default(),
            answers: Cell::default(),
            came: Arc::default(),
        }
    }

    /// Sends a request once.
    pub(super) fn ask(
        &self,
        ask: &HttpRequest<'_>,
        authorization: Option<&str>,
    ) -> Result<HttpAnswer, OciError> {
        let job = self.job(ask, authorization)?;
        let host = self.asked(ask);
        self.came
            .fetch_add(ask.body.len() as u64, Ordering::Relaxed);
        let before = self.spent.get();
        let allowed = || {
            let came = self.came.load(Ordering::Relaxed);
            let all = self.patience.with(came, self.answers.get());
            all.saturating_sub(before)
        };
        let began = Instant::now();
        let answer = within(&format!("{} of {host}", ask.what), allowed, || job.run());
        self.spent.set(before + began.elapsed());
        self.answers.set(self.answers.get() + 1);
        let what = ask.what.to_owned();
        match answer {
            Some(Ok(answer)) => Ok(answer),
            Some(Err(Failed::Unreachable(error))) => Err(OciError::Unreachable {
                host,
                why: visible(&error.to_string()),
            }),
            Some(Err(Failed::TooLarge(most))) => Err(OciError::TooLarge { host, what, most }),
            Some(Err(Failed::Truncated(why))) => Err(OciError::Truncated { host, what, why }),
            None => Err(OciError::TooSlow {
                host,
                what,
                seconds: self.spent.get().as_secs(),
            }),
        }
    }

    fn job(&self, ask: &HttpRequest<'_>, authorization: Option<&str>) -> Result<Job, OciError> {
        let mut request = Request::builder().method(ask.method.clone()).uri(&ask.url);
        for (name, value) in &ask.headers {
            request = request.header(*name, *value);
        }
        if let Some(authorization) = authorization {
            request = request.header("Authorization", authorization);
        }
        let request = request.body(ask.body.to_vec());
        let request = request.map_err(|error| self.not_a_registry(&error.to_string()))?;
        Ok(Job {
            agent: self.agent.clone(),
            request,
            url: ask.url.clone(),
            most: ask.most,
            redirects: if ask.may_lead_on { REDIRECTS } else { 0 },
            came: Arc::clone(&self.came),
        })
    }

    /// Returns the authority that a request is sent to.
    fn asked(&self, ask: &HttpRequest<'_>) -> String {
        let url = ask.url.parse::<Uri>().ok();
        let authority = url.as_ref().and_then(Uri::authority);
        authority.map_or_else(|| self.host.clone(), ToString::to_string)
    }

    fn not_a_registry(&self, why: &str) -> OciError {
        OciError::NotARegistry {
            host: self.host.clone(),
            why: visible(why),
        }
    }
}

impl Job {
    fn run(self) -> Result<HttpAnswer, Failed> {
        let method = self.request.method().clone();
        let is_read = [Method::GET, Method::HEAD].contains(&method);
        let (head, body) = self.request.into_parts();
        let sent = Sent {
            agent: &self.agent,
            redirects: self.redirects,
        };
        let answer = if is_read {
            sent.run(Request::from_parts(head, ()))
        } else {
            sent.run(Request::from_parts(head, body))
        };
        let mut answer = answer.map_err(Failed::Unreachable)?;
        let is_from_elsewhere = self.url.parse::<Uri>().ok().as_ref() != Some(answer.get_uri());
        let status = answer.status().as_u16();
        let most = if (200..300).contains(&status) {
            self.most
        } else {
            self.most.max(TALK)
        };
        let headers = answer.headers().clone();
        let body = if method == Method::HEAD {
            Vec::new()
        } else {
            all(answer.body_mut(), most, &self.came)?
        };
        Ok(HttpAnswer {
            status,
            headers,
            body,
            is_from_elsewhere,
        })
    }
}

/// The settings for sending a request.
struct Sent<'s> {
    agent: &'s Agent,
    redirects: u32,
}

impl Sent<'_> {
    fn run(&self, request: Request<impl AsSendBody>) -> Result<Response<Body>, Error> {
        let request = self.agent.configure_request(request);
        self.agent
            .run(request.max_redirects(self.redirects).build())
    }
}

/// Reads all bytes of an answer. They are counted as they arrive.
fn all(body: &mut Body, most: u64, came: &AtomicU64) -> Result<Vec<u8>, Failed> {
    let mut reader = body.as_reader();
    let mut all = Vec::new();
    let mut some = vec![0; 16 * 1024];
    loop {
        let read = reader.read(&mut some);
        let read = read.map_err(|error| Failed::Truncated(visible(&error.to_string())))?;
        if read == 0 {
            return Ok(all);
        }
        came.fetch_add(read as u64, Ordering::Relaxed);
        all.extend_from_slice(&some[..read]);
        if all.len() as u64 > most {
            return Err(Failed::TooLarge(most));
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
        let ask = HttpRequest::get("http://ghcr.io/v2/".to_owned(), "it", 10);
        let error = Client::new("ghcr.io").ask(&ask, None).unwrap_err();
        assert!(error.to_string().contains("https"), "{error}");
    }

    /// Starts a server that sends a byte now and then, and never completes an answer.
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
        let patience = Patience {
            idle: Duration::from_millis(300),
            ..PATIENCE
        };
        let client = Client::with(&host, patience);
        let began = Instant::now();
        // All answers share one time limit: the second one gets what the first one left.
        for _ in 0..2 {
            let ask = HttpRequest::get(format!("http://{host}/v2/"), "it", 1_000_000);
            let error = client.ask(&ask, None).unwrap_err();
            assert!(matches!(error, OciError::TooSlow { .. }), "{error}");
        }
        assert!(began.elapsed() < Duration::from_secs(30));
    }
}
