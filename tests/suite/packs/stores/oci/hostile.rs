//! Every way in which a registry can be hostile, tried with a client without prior state and with one that saw the
//! genuine content: the message is right, credentials go nowhere else, nothing is written, and earlier content stays
//! usable.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use super::fake::{Fake, endless, reply};
use super::shop::{Answer, LIST, Shelves, Shop, TAG, manifest, says, signature_tag};
use crate::generating::acceptance::tools::copy;

/// A manipulation of the registry.
type Change = Box<dyn Fn(&mut Shelves)>;

/// The name of an attack, the manipulation, and the messages to a client without prior state and to one with it.
type Mode = (&'static str, Change, [&'static str; 2]);

/// The output if there is nothing to refuse.
const TAKEN: &str = "verified signed by key";

fn answers(status: u16, headers: &str, body: &[u8]) -> Answer {
    let (headers, body) = (headers.to_owned(), body.to_vec());
    Arc::new(move || reply(status, &headers, &body))
}

fn leads(to: &str) -> Answer {
    answers(307, &format!("Location: {to}\r\n"), b"")
}

fn asks(challenge: &str) -> Answer {
    answers(401, &format!("WWW-Authenticate: {challenge}\r\n"), b"")
}

/// Replaces one answer.
fn at(path: &str, answer: Answer) -> Change {
    let path = path.to_owned();
    Box::new(move |shelves| shelves.put(&path, Arc::clone(&answer)))
}

/// Replaces one artifact.
fn artifact(tag: &str, kind: &'static str, media: &'static str, bytes: &[u8]) -> Change {
    let (tag, bytes) = (tag.to_owned(), bytes.to_vec());
    Box::new(move |shelves| shelves.artifact(&tag, kind, &[(media, &bytes)]))
}

/// Replaces the list of yanked versions.
fn list(list: &super::shop::List) -> Change {
    let list = list.clone();
    Box::new(move |shelves| shelves.list(&list))
}

/// Replaces every answer.
fn all(answer: Answer) -> Change {
    Box::new(move |shelves| shelves.all = Some(Arc::clone(&answer)))
}

fn twice(expected: &'static str) -> [&'static str; 2] {
    [expected, expected]
}

/// Registries that redirect elsewhere.
fn leading(shop: &Shop, elsewhere: &Fake) -> Vec<Mode> {
    let digest = &shop.goods.digest;
    let blob = format!("blobs/{digest}");
    let (_, port) = elsewhere.host.rsplit_once(':').unwrap();
    let there = &elsewhere.host;
    let own = &shop.fake.host;
    vec![
        (
            "bytes on another port",
            at(&blob, leads(&format!("http://{there}/good"))),
            twice(TAKEN),
        ),
        (
            "bytes on another host",
            at(&blob, leads(&format!("http://localhost:{port}/good"))),
            twice(TAKEN),
        ),
        (
            "a manifest on another port, which asks who it is",
            at(TAG, leads(&format!("http://{there}/locked"))),
            twice("does not permit it"),
        ),
        (
            "another scheme",
            at(TAG, leads(&format!("https://{own}/v2/acme/{TAG}"))),
            twice("cannot be reached"),
        ),
        (
            "no scheme of the web",
            at(TAG, leads("file:///etc/passwd")),
            twice("is not there"),
        ),
        (
            "a circle",
            at(TAG, leads(&format!("/v2/acme/{TAG}"))),
            twice("redirect"),
        ),
    ]
}

/// Registries that name a realm of another host.
fn realms(shop: &Shop, elsewhere: &Fake) -> Vec<Mode> {
    let (_, port) = elsewhere.host.rsplit_once(':').unwrap();
    let (there, own) = (&elsewhere.host, &shop.fake.host);
    let realm = |host: &str| {
        asks(&format!(
            "Bearer realm=\"http://{host}/token\",service=\"s\""
        ))
    };
    vec![
        (
            "a realm on another port",
            at(TAG, realm(there)),
            twice("nothing was sent"),
        ),
        (
            "a realm on another host",
            at(TAG, realm(&format!("localhost:{port}"))),
            twice("nothing was sent"),
        ),
        (
            "a realm behind a name",
            at(TAG, realm(&format!("{own}@{there}"))),
            twice("to get a token from"),
        ),
        (
            "a realm that leads elsewhere",
            Box::new({
                let (realm, token) = (realm(own), leads(&format!("http://{there}/token")));
                move |shelves| {
                    shelves.put(TAG, Arc::clone(&realm));
                    let path = "/token?service=s&scope=repository%3Aacme%3Apull";
                    shelves.put(path, Arc::clone(&token));
                }
            }),
            twice("does not permit it"),
        ),
    ]
}

/// Registries that send wrong bytes.
fn lying(shop: &Shop) -> Vec<Mode> {
    let goods = &shop.goods;
    let blob = format!("blobs/{}", goods.digest);
    let whole = goods.archive.clone();
    let half = whole[..whole.len() / 2].to_vec();
    let flipped: Vec<u8> = whole.iter().map(|byte| byte ^ 1).collect();
    let cut = {
        let head = format!(
            "HTTP/1.1 200 X\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
            whole.len()
        );
        let bytes = [head.as_bytes(), &half].concat();
        Arc::new(move || super::fake::Reply::Bytes(bytes.clone()))
    };
    let other = String::from_utf8(manifest("pack", &[("zip", &whole)])).unwrap();
    let size = String::from_utf8(manifest("pack", &[("tar", &whole)])).unwrap();
    let size = size.replace(&format!("\"size\":{}", whole.len()), "\"size\":512");
    let bomb = bomb();
    // A client that already has the bytes does not request them.
    vec![
        ("another digest", at(&blob, says(flipped)), ["or it lies", TAKEN]),
        ("fewer bytes", at(&blob, says(half)), ["cut off", TAKEN]),
        ("cut off", at(&blob, cut), ["cut off", TAKEN]),
        ("bytes that never end", at(&blob, Arc::new(endless)), ["bytes for the archive", TAKEN]),
        ("another size", at(TAG, says(size)), ["more than 512 bytes", TAKEN]),
        ("another type of layer", at(TAG, says(other)), twice("has the layers")),
        ("compressed on the way", at(&blob, answers(200, "Content-Encoding: gzip\r\n", &bomb)), ["", TAKEN]),
        (
            "a bomb",
            Box::new(move |shelves| shelves.artifact(TAG, "pack", &[("tar", &bomb)])),
            twice("the archive grows to more than 200 times its compressed size\n"),
        ),
        ("a manifest that never ends", at(TAG, Arc::new(endless)), twice("more than 1048576 bytes")),
        ("an index", at(TAG, says(*b"{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"manifests\":[]}")), twice("of the type application/vnd.oci.image.index")),
        ("an empty answer", at(TAG, says(*b"")), twice("its manifest cannot be read")),
        (
            "a tag that moved",
            Box::new({
                let (bytes, _) = goods.moved.clone();
                move |shelves| shelves.artifact(TAG, "pack", &[("tar", &bytes)])
            }),
            ["is not signed", "never changes"],
        ),
    ]
}

/// More than 32 MiB of zeros in a few kilobytes.
fn bomb() -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let zeros = vec![0; 1 << 20];
    for _ in 0..64 {
        std::io::Write::write_all(&mut gzip, &zeros).unwrap();
    }
    gzip.finish().unwrap()
}

/// Registries that refuse permanently.
fn refusing() -> Vec<Mode> {
    vec![
        (
            "401 for ever",
            all(asks("Basic realm=\"x\"")),
            twice("does not permit it"),
        ),
        (
            "401 without a challenge",
            all(answers(401, "", b"")),
            twice("in a way that is not known"),
        ),
        (
            "403 for ever",
            all(answers(403, "", b"")),
            twice("does not permit it"),
        ),
        (
            "404 for ever",
            all(answers(404, "", b"")),
            twice("is not there"),
        ),
        (
            "429 for ever",
            all(answers(429, "Retry-After: 86400\r\n", b"")),
            twice("answers with 429"),
        ),
        (
            "500 for ever",
            all(answers(500, "", b"")),
            twice("answers with 500"),
        ),
        (
            "503 for ever",
            all(answers(503, "Retry-After: 86400\r\n", b"")),
            twice("answers with 503"),
        ),
    ]
}

/// Registries that withhold or replace the files beside a pack.
fn beside(shop: &Shop) -> Vec<Mode> {
    let goods = &shop.goods;
    let tag = signature_tag(&goods.digest);
    let gone = answers(404, "", b"");
    let huge = vec![b'a'; 300 * 1024];
    vec![
        ("no signature", at(&tag, gone), twice("is not signed")),
        (
            "a huge signature",
            artifact(&tag, "signature", "minisig", &huge),
            twice("more than 262144 bytes"),
        ),
        (
            "a foreign signature",
            artifact(&tag, "sbom", "minisig", b"x"),
            twice("of the type application/vnd.rdsproxy-gen.sbom"),
        ),
        (
            "a signature of a list",
            artifact(&tag, "signature", "minisig", &goods.list[1]),
            twice("refused: "),
        ),
    ]
}

/// Registries that withhold or replace the list of yanked versions.
fn lists(shop: &Shop) -> Vec<Mode> {
    let goods = &shop.goods;
    let gone = answers(404, "", b"");
    let huge = vec![b'a'; 300 * 1024];
    let [newest, _] = &goods.list;
    vec![
        (
            "no list",
            at(LIST, gone),
            [TAKEN, "no list of yanked versions any more, and number 2"],
        ),
        (
            "an older list",
            list(&goods.older),
            [TAKEN, "is number 1, and number 2"],
        ),
        (
            "a shorter list",
            list(&goods.shorter),
            [
                TAKEN,
                "number 3 of the list of yanked versions no longer names acme 0.0.1, which number 2 did",
            ],
        ),
        (
            "a list that is over",
            list(&goods.expired),
            twice("counted until 2020-06-29"),
        ),
        (
            "a list of a stranger",
            list(&goods.strange),
            twice("does not know"),
        ),
        (
            "a list without its signature",
            artifact(LIST, "yanked", "toml", newest),
            twice("is not signed"),
        ),
        (
            "a huge list",
            artifact(LIST, "yanked", "toml", &huge),
            twice("more than 262144 bytes"),
        ),
        (
            "a foreign list",
            artifact(LIST, "pack", "tar", newest),
            twice("of the type application/vnd.rdsproxy-gen.pack"),
        ),
        (
            "a list that never ends",
            at(LIST, Arc::new(endless)),
            twice("more than 1048576 bytes"),
        ),
        (
            "503 for the list",
            at(LIST, answers(503, "", b"")),
            twice("answers with 503"),
        ),
    ]
}

/// The folders with persistent state: the cache, and the numbers of lists.
const REMEMBERED: [&str; 2] = ["home/.cache", "home/.local"];

fn restored(shop: &Shop, from: &Path) {
    for name in REMEMBERED {
        let _ = fs::remove_dir_all(shop.desk.path(name));
        if from.join(name).exists() {
            copy(&from.join(name), &shop.desk.path(name));
        }
    }
}

/// The output of the client without the network.
fn offline(shop: &Shop) -> String {
    let (code, said) = shop.desk.pack(&[
        "pull",
        &shop.reference(),
        "--offline",
        "--folder",
        "offline",
    ]);
    let _ = fs::remove_dir_all(shop.desk.path("offline"));
    format!("{code}: {said}")
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// The faults of one attack, from a home without prior state and from one with it.
fn tried(shop: &Shop, (what, change, expected): &Mode, from: [&Path; 2]) -> Vec<String> {
    let mut wrong = Vec::new();
    shop.put(change);
    let is_shorter = expected[1].starts_with("number 3");
    for (remembered, expected) in from.into_iter().zip(expected) {
        restored(shop, remembered);
        let (code, said) = shop.desk.pack(&["verify", &shop.reference()]);
        let is_taken = said.contains(TAKEN) && !said.contains("refused: ");
        let is_to_be = *expected == TAKEN || expected.starts_with("number 3");
        if !said.contains(expected) || is_taken != is_to_be || (code == 0) != is_to_be {
            wrong.push(format!("{what}: {code}: {said}"));
        }
    }
    // The earlier content stays usable, with and without the network.
    let said = offline(shop);
    if !said.contains(TAKEN) || said.contains("cannot be determined") {
        wrong.push(format!("{what}, offline: {said}"));
    }
    if !is_shorter {
        shop.put(|_| ());
        let (code, said) = shop.desk.pack(&["verify", &shop.reference()]);
        if code != 0 {
            wrong.push(format!("{what}, later: {said}"));
        }
    }
    wrong
}

#[test]
fn a_hostile_registry_is_refused_and_takes_nothing_away() {
    let shop = Shop::new();
    let archive = shop.goods.archive.clone();
    let elsewhere = Fake::new(move |host, asked| match asked.line.as_str() {
        "GET /good" => reply(200, "", &archive),
        _ => {
            let realm = format!("WWW-Authenticate: Bearer realm=\"http://{host}/token\"\r\n");
            reply(401, &realm, b"")
        }
    });
    let mut modes = leading(&shop, &elsewhere);
    modes.extend(realms(&shop, &elsewhere));
    modes.extend(lying(&shop));
    modes.extend(refusing());
    modes.extend(beside(&shop));
    modes.extend(lists(&shop));
    assert!(modes.len() >= 40, "{}", modes.len());
    let (nothing, seen) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    shop.put(|_| ());
    restored(&shop, nothing.path());
    shop.desk.done(&["verify", &shop.reference()]);
    for name in REMEMBERED {
        copy(&shop.desk.path(name), &seen.path().join(name));
    }
    assert!(offline(&shop).contains(TAKEN));
    let before = names(&shop.desk.path(""));
    let mut wrong = Vec::new();
    for mode in &modes {
        wrong.extend(tried(&shop, mode, [nothing.path(), seen.path()]));
        assert_eq!(names(&shop.desk.path("")), before, "{}", mode.0);
    }
    assert!(wrong.is_empty(), "{}: {wrong:#?}", wrong.len());
    let told = elsewhere.asked().into_iter();
    let told = told.filter(|asked| asked.headers.to_ascii_lowercase().contains("authorization"));
    assert_eq!(told.count(), 0, "somebody else was told who asks");
}

/// A client that keeps the cache but not the numbers, such as a CI machine, is no easier to deceive.
#[test]
fn a_cache_alone_keeps_a_list_from_growing_old() {
    let shop = Shop::new();
    for change in [(|_: &mut Shelves| ()) as fn(&mut Shelves), |shelves| {
        drop(shelves.at.remove(LIST))
    }] {
        shop.put(change);
        let (_, said) = shop.desk.pack(&["verify", &shop.reference()]);
        let _ = fs::remove_dir_all(shop.desk.path("home/.local"));
        assert_eq!(
            said.contains("no list of yanked versions any more, and number 2"),
            said.contains("refused: "),
            "{said}"
        );
    }
    let (code, said) = shop.desk.pack(&["verify", &shop.reference()]);
    assert!(
        code == 2 && said.contains("any more, and number 2"),
        "{said}"
    );
    let (code, said) = shop
        .desk
        .pack(&["list", &format!("oci://{}/acme", shop.fake.host)]);
    assert!(code == 1, "{said}");
    let older = shop.goods.older.clone();
    shop.put(move |shelves| shelves.list(&older));
    let (code, said) = shop.desk.pack(&["verify", &shop.reference()]);
    assert!(
        code == 2 && said.contains("is number 1, and number 2"),
        "{said}"
    );
    let _ = fs::remove_dir_all(shop.desk.path("home/.local"));
    let said = offline(&shop);
    assert!(
        said.contains(TAKEN) && !said.contains("cannot be determined"),
        "{said}"
    );
}
