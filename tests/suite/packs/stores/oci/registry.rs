//! Debian's `docker-registry` on loopback, with its own folder, and a plain HTTP client to inspect its content.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::generating::acceptance::tools;

/// A registry that runs until it is dropped.
pub(super) struct Registry {
    child: Child,
    folder: tempfile::TempDir,
    pub(super) host: String,
}

/// The user `anna` with the password `secret`, as written by `htpasswd -B`.
const ANNA: &str = "anna:$2y$04$yxQ.V9VijDm5PeSLfVrxieVDz16IZUv/vDiheIWib44XeWx/.bIaO\n";

impl Registry {
    /// Starts a registry without access control; none, with a visible skip, if the program is missing and this is not
    /// CI.
    pub(super) fn open() -> Option<Self> {
        Self::start("")
    }

    /// Starts a registry that requires credentials.
    pub(super) fn locked() -> Option<Self> {
        Self::start("auth:\n  htpasswd:\n    realm: packs\n    path: FOLDER/users\n")
    }

    fn start(auth: &str) -> Option<Self> {
        let program = tools::find("docker-registry")?;
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().display().to_string();
        // The port is free when it is chosen, but another test may take it before the registry does.
        for _ in 0..5 {
            let port = TcpListener::bind("127.0.0.1:0")
                .unwrap()
                .local_addr()
                .unwrap()
                .port();
            let host = format!("127.0.0.1:{port}");
            let settings = format!(
                "version: 0.1\nlog:\n  level: error\nstorage:\n  filesystem:\n    rootdirectory: FOLDER/data\nhttp:\n  addr: {host}\n{auth}"
            );
            fs::write(
                folder.path().join("config.yml"),
                settings.replace("FOLDER", &at),
            )
            .unwrap();
            fs::write(folder.path().join("users"), ANNA).unwrap();
            let mut child = Command::new(&program)
                .arg("serve")
                .arg(folder.path().join("config.yml"))
                .env_remove("OTEL_TRACES_EXPORTER")
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            if answers(&mut child, &host) {
                return Some(Self {
                    child,
                    folder,
                    host,
                });
            }
            let _ = child.kill();
            let _ = child.wait();
        }
        panic!("docker-registry does not start");
    }

    /// The reference of a repository in the registry.
    pub(super) fn place(&self, repository: &str) -> String {
        format!("oci://{}/{repository}", self.host)
    }

    /// Stops the registry process.
    pub(super) fn stop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// The file in which the registry stores the bytes of a digest.
    pub(super) fn blob(&self, digest: &str) -> PathBuf {
        let hex = digest.strip_prefix("sha256:").unwrap();
        let below = format!(
            "data/docker/registry/v2/blobs/sha256/{}/{hex}/data",
            &hex[..2]
        );
        self.folder.path().join(below)
    }

    /// Sends a plain HTTP request and returns the status, the headers and the body.
    pub(super) fn http(&self, request: &str, headers: &str, body: &[u8]) -> (u16, String, Vec<u8>) {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        let length = body.len();
        write!(
            stream,
            "{request} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n",
            self.host
        )
        .unwrap();
        stream.write_all(body).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .unwrap();
        let head = String::from_utf8(answer[..end].to_vec()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, head, answer[end + 4..].to_vec())
    }

    /// Reads the manifest under a tag.
    pub(super) fn manifest(&self, repository: &str, tag: &str) -> Vec<u8> {
        let accept = "Accept: application/vnd.oci.image.manifest.v1+json\r\n";
        let (status, head, body) = self.http(
            &format!("GET /v2/{repository}/manifests/{tag}"),
            accept,
            b"",
        );
        assert_eq!(status, 200, "{head}");
        body
    }

    /// Puts a manifest under a tag, as another tool would.
    pub(super) fn put_manifest(&self, repository: &str, tag: &str, manifest: &[u8]) {
        let kind = "Content-Type: application/vnd.oci.image.manifest.v1+json\r\n";
        let (status, head, _) = self.http(
            &format!("PUT /v2/{repository}/manifests/{tag}"),
            kind,
            manifest,
        );
        assert_eq!(status, 201, "{head}");
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until the registry answers or ends; false if it ended.
fn answers(child: &mut Child, host: &str) -> bool {
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(20) {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        if TcpStream::connect(host).is_ok() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    false
}

/// Changes one byte of a file.
pub(super) fn spoil(file: &Path) {
    let mut bytes = fs::read(file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(file, bytes).unwrap();
}
