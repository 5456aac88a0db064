//! A registry that answers exactly what a test specifies, byte by byte, and records the requests.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A request: the request line and all headers.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) line: String,
    pub(super) headers: String,
}

/// An answer of the registry.
pub(super) enum Reply {
    /// These bytes, then the end of the connection.
    Bytes(Vec<u8>),
    /// A head, then an endless body.
    Endless(String),
    /// A head, then single bytes with pauses.
    Slow(String),
    /// No answer for as long as the client waits.
    Silent,
}

/// A fake registry; its threads end with the process.
pub(super) struct Fake {
    pub(super) host: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Fake {
    /// Answers each request with a function of the registry's host and the request.
    pub(super) fn new(answer: impl Fn(&str, &Asked) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let (answer, asked) = (Arc::new(answer), Arc::new(Mutex::new(Vec::new())));
        let (own, all) = (host.clone(), Arc::clone(&asked));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (answer, all, own) = (Arc::clone(&answer), Arc::clone(&all), own.clone());
                std::thread::spawn(move || {
                    let Some(asked) = heard(&stream) else { return };
                    all.lock().unwrap().push(asked.clone());
                    said(stream, answer(&own, &asked));
                });
            }
        });
        Self { host, asked }
    }

    /// All requests so far.
    pub(super) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn heard(stream: &TcpStream) -> Option<Asked> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let (mut headers, mut length) = (String::new(), 0);
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        if header.trim().is_empty() {
            break;
        }
        let lower = header.to_ascii_lowercase();
        if let Some(text) = lower.strip_prefix("content-length:") {
            length = text.trim().parse().unwrap();
        }
        headers += &header;
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let line = line.trim_end().trim_end_matches(" HTTP/1.1").to_owned();
    Some(Asked { line, headers })
}

fn said(mut stream: TcpStream, reply: Reply) {
    match reply {
        Reply::Bytes(bytes) => {
            let _ = stream.write_all(&bytes);
        }
        Reply::Endless(head) => {
            let _ = stream.write_all(head.as_bytes());
            // 10000 in hexadecimal is 65536.
            let chunk = format!("10000\r\n{}\r\n", "a".repeat(65536));
            while stream.write_all(chunk.as_bytes()).is_ok() {}
        }
        Reply::Slow(head) => {
            let _ = stream.write_all(head.as_bytes());
            while stream.write_all(b"a").is_ok() {
                std::thread::sleep(std::time::Duration::from_millis(100));
            }
        }
        Reply::Silent => {
            let _ = stream.read(&mut [0]);
        }
    }
}

/// A correct answer.
pub(super) fn reply(status: u16, headers: &str, body: &[u8]) -> Reply {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n"
    );
    Reply::Bytes([head.as_bytes(), body].concat())
}

/// An answer of this length whose bytes arrive one by one.
pub(super) fn slow(length: usize) -> Reply {
    Reply::Slow(format!(
        "HTTP/1.1 200 X\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
    ))
}

/// An answer whose body never ends.
pub(super) fn endless() -> Reply {
    Reply::Endless(
        "HTTP/1.1 200 X\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n".to_owned(),
    )
}
