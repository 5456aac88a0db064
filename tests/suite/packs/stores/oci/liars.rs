//! Registries that lie, truncate, never end or redirect: each is refused with its own message, and nothing is kept.

use std::fs;

use super::super::Desk;
use super::fake::{Asked, Fake, Reply, endless, reply};

/// The manifest of a pack whose archive has this digest and size.
fn manifest(digest: &str, size: u64) -> Vec<u8> {
    serde_json::json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "artifactType": "application/vnd.rdsproxy-gen.pack.v1",
        "config": {"mediaType": "application/vnd.oci.empty.v1+json", "digest": EMPTY, "size": 2},
        "layers": [{"mediaType": "application/vnd.rdsproxy-gen.pack.v1.tar", "digest": digest, "size": size}],
    })
    .to_string()
    .into_bytes()
}

const EMPTY: &str = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

/// A registry whose manifest of 1.0.0 promises 100 bytes, and whose blob is given by a function.
fn blob(answer: impl Fn() -> Reply + Send + Sync + 'static) -> Fake {
    Fake::new(move |_, asked| match asked.line.as_str() {
        "GET /v2/acme/manifests/1.0.0" => reply(200, "", &manifest(EMPTY, 100)),
        line if line.starts_with("GET /v2/acme/blobs/") => answer(),
        _ => reply(404, "", b""),
    })
}

/// A registry whose manifests are given by a function.
fn manifests(answer: impl Fn() -> Reply + Send + Sync + 'static) -> Fake {
    Fake::new(move |_, asked| {
        if asked.line.starts_with("GET /v2/acme/manifests/") {
            answer()
        } else {
            reply(404, "", b"")
        }
    })
}

fn refused(fake: &Fake) -> String {
    let desk = Desk::new();
    let said = desk.refused(&format!("oci://{}/acme?tag=1.0.0", fake.host));
    assert_eq!(desk.kept(), Vec::<std::path::PathBuf>::new());
    said
}

/// Checks that each of these registries is refused with the given message.
fn all_refused(fakes: Vec<(&str, Fake, &str)>) {
    for (what, fake, expected) in fakes {
        let said = refused(&fake);
        assert!(said.contains(expected), "{what}: {said}");
    }
}

#[test]
fn a_registry_that_lies_about_bytes_is_not_believed() {
    let cut_off = "HTTP/1.1 200 X\r\nConnection: close\r\nContent-Length: 100\r\n\r\nabc";
    let loose = "HTTP/1.1 200 X\r\nConnection: close\r\n\r\nabc";
    let chunks =
        "HTTP/1.1 200 X\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n";
    let bytes = |text: &'static str| blob(move || Reply::Bytes(text.as_bytes().to_vec()));
    let most = "more than 100 bytes";
    all_refused(vec![
        ("other", blob(|| reply(200, "", &[b'a'; 100])), "or it lies"),
        ("fewer", blob(|| reply(200, "", b"abc")), "cut off"),
        ("a cut-off body", bytes(cut_off), "cut off"),
        ("a body without its end", bytes(loose), "cut off"),
        ("chunks without their end", bytes(chunks), "cut off"),
        ("more", blob(|| reply(200, "", &[b'a'; 101])), most),
        ("no end", blob(endless), most),
        ("none", blob(|| reply(404, "", b"")), "is not there"),
    ]);
}

/// An index of several images, which is not an artifact of this tool.
const INDEX: &[u8] =
    br#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}"#;

/// An error message with an escape sequence that would clear the screen.
const WRONG: &[u8] = br#"{"errors":[{"code":"X","message":"\u001b[2J"}]}"#;

#[test]
fn a_registry_that_lies_about_manifests_is_not_believed() {
    let says = |bytes: Vec<u8>| manifests(move || reply(200, "", &bytes));
    let outside = "sha256:../../../../etc/passwd";
    let no_http = || Reply::Bytes(b"SSH-2.0-x\r\n".to_vec());
    all_refused(vec![
        (
            "a huge layer",
            says(manifest(EMPTY, 1 << 40)),
            "more than 33554432 bytes",
        ),
        ("no end", manifests(endless), "more than 1048576 bytes"),
        (
            "no JSON",
            says(b"<html>".to_vec()),
            "its manifest cannot be read",
        ),
        (
            "deep JSON",
            says(vec![b'['; 500_000]),
            "its manifest cannot be read",
        ),
        (
            "an index",
            says(INDEX.to_vec()),
            "of the type application/vnd.oci.image.index.v1+json",
        ),
        (
            "a path for a digest",
            says(manifest(outside, 10)),
            "has the layers",
        ),
        (
            "an error",
            manifests(|| reply(500, "", WRONG)),
            "answers with 500 (X \\u{1b}[2J)",
        ),
        (
            "another error",
            manifests(|| reply(500, "", b"x")),
            "answers with 500",
        ),
        ("no HTTP", manifests(no_http), "cannot be reached"),
    ]);
}

#[test]
fn a_registry_that_leads_in_circles_or_elsewhere_is_left() {
    let circle = Fake::new(|host, asked| {
        let path = asked.line.split(' ').nth(1).unwrap_or_default();
        reply(307, &format!("Location: http://{host}{path}\r\n"), b"")
    });
    assert!(
        refused(&circle).contains("redirect"),
        "{}",
        refused(&circle)
    );
    let pages = Fake::new(|_, asked| {
        let number = asked
            .line
            .split("last=")
            .nth(1)
            .map_or(0, |text| text.parse::<u32>().unwrap());
        let link = format!(
            "Link: </v2/acme/tags/list?last={}>; rel=\"next\"\r\n",
            number + 1
        );
        reply(
            200,
            &link,
            format!("{{\"tags\":[\"1.{number}.0\"]}}").as_bytes(),
        )
    });
    let elsewhere = Fake::new(|_, _| {
        reply(
            200,
            "Link: <https://elsewhere.example/v2/>; rel=\"next\"\r\n",
            b"{\"tags\":[]}",
        )
    });
    let desk = Desk::new();
    for (fake, expected) in [
        (&pages, "more than 20000 tags"),
        (&elsewhere, "leads to https://elsewhere"),
    ] {
        let (code, said) = desk.pack(&["list", &format!("oci://{}/acme", fake.host)]);
        assert_eq!(code, 1);
        assert!(said.contains(expected), "{said}");
    }
    let upload = Fake::new(|_, asked| {
        if asked.line.starts_with("POST") {
            reply(202, "Location: https://elsewhere.example/upload\r\n", b"")
        } else {
            reply(404, "", b"")
        }
    });
    let (code, said) = desk.pack(&["publish", "acme", &format!("oci://{}/acme", upload.host)]);
    assert_eq!(code, 1);
    assert!(said.contains("leads to https://elsewhere"), "{said}");
}

/// A registry that issues tokens, as cloud registries do, and contains one pack.
fn with_tokens(archive: Vec<u8>, digest: String) -> Fake {
    Fake::new(move |host, asked| {
        if asked
            .line
            .starts_with("GET /token?service=a%20registry&scope=repository%3Aacme%3Apull")
        {
            return reply(200, "", br#"{"token":"t0ken"}"#);
        }
        if !asked.headers.contains("Bearer t0ken") {
            let challenge = format!(
                "WWW-Authenticate: Bearer realm=\"http://{host}/token\",service=\"a registry\"\r\n"
            );
            return reply(401, &challenge, b"");
        }
        match asked.line.as_str() {
            "GET /v2/acme/manifests/0.1.0" => {
                reply(200, "", &manifest(&digest, archive.len() as u64))
            }
            line if line.ends_with(&digest) => reply(200, "", &archive),
            _ => reply(404, "", b""),
        }
    })
}

#[test]
fn a_token_is_asked_for_once_and_a_password_goes_to_nobody_else() {
    let desk = Desk::new();
    let digest = desk.digest("acme");
    desk.done(&["build", "acme"]);
    let archive = fs::read(desk.path("acme-0.1.0.tar")).unwrap();
    let fake = with_tokens(archive, digest.clone());
    let folder = desk.path("home/.docker");
    fs::create_dir_all(&folder).unwrap();
    let settings = format!(
        "{{\"auths\":{{\"{}\":{{\"auth\":\"YW5uYTpzZWNyZXQ=\"}}}}}}",
        fake.host
    );
    fs::write(folder.join("config.json"), settings).unwrap();
    assert_eq!(
        desk.digest(&format!("oci://{}/acme?tag=0.1.0", fake.host)),
        digest
    );
    let is_token = |asked: &&Asked| asked.line.starts_with("GET /token");
    let asked = fake.asked();
    let tokens: Vec<&Asked> = asked.iter().filter(is_token).collect();
    assert_eq!(tokens.len(), 1, "{asked:?}");
    assert!(tokens[0].headers.contains("Basic YW5uYTpzZWNyZXQ="));
    let others = asked.iter().filter(|asked| !is_token(asked));
    assert!(
        others
            .into_iter()
            .all(|asked| !asked.headers.contains("Basic"))
    );
}

#[test]
fn a_password_never_goes_over_a_clear_connection() {
    for (challenge, expected) in [
        (
            "Bearer realm=\"http://elsewhere.example/token\"",
            "over a clear connection",
        ),
        (
            "Bearer realm=\"http://127.0.0.1:1@elsewhere.example/token\"",
            "over a clear connection",
        ),
        ("Bearer realm=\"ftp://x\"", "over a clear connection"),
        ("Negotiate", "in a way that is not known"),
        ("Bearer x", "in a way that is not known"),
    ] {
        let header = format!("WWW-Authenticate: {challenge}\r\n");
        let fake = Fake::new(move |_, _| reply(401, &header, b""));
        let said = refused(&fake);
        assert!(said.contains(expected), "{challenge}: {said}");
    }
    let injected = Fake::new(|host, asked| {
        if asked.line.starts_with("GET /token") {
            reply(200, "", br#"{"token":"a\r\nX-Evil: 1"}"#)
        } else {
            reply(
                401,
                &format!("WWW-Authenticate: Bearer realm=\"http://{host}/token\"\r\n"),
                b"",
            )
        }
    });
    assert!(refused(&injected).contains("its token is none"));
}
