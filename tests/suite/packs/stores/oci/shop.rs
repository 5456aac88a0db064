//! A registry with one signed pack and its list of yanked versions, in which each answer can be manipulated.

use std::collections::BTreeMap;
use std::fs;
use std::sync::{Arc, Mutex};

use super::super::Desk;
use super::configure;
use super::fake::{Asked, Fake, Reply, reply};

/// A function that answers a request.
pub(super) type Answer = Arc<dyn Fn() -> Reply + Send + Sync>;

/// The answers by path after `/v2/acme/`, and the answer to all other paths.
#[derive(Clone, Default)]
pub(super) struct Shelves {
    pub(super) at: BTreeMap<String, Answer>,
    pub(super) all: Option<Answer>,
}

/// A list of yanked versions: its text and its signature.
pub(super) type List = [Vec<u8>; 2];

/// The genuine content, and the material for attacks.
pub(super) struct Goods {
    pub(super) archive: Vec<u8>,
    pub(super) digest: String,
    pub(super) signature: Vec<u8>,
    /// List number 2, which yanks 0.0.1 and 0.0.2.
    pub(super) list: List,
    /// List number 1.
    pub(super) older: List,
    /// List number 3, which no longer yanks 0.0.1.
    pub(super) shorter: List,
    /// List number 3, expired years ago.
    pub(super) expired: List,
    /// List number 3, signed by an untrusted key.
    pub(super) strange: List,
    /// Another pack of the same name and version, and its digest.
    pub(super) moved: (Vec<u8>, String),
}

/// The registry, its client and its content.
pub(super) struct Shop {
    pub(super) desk: Desk,
    pub(super) goods: Goods,
    pub(super) fake: Fake,
    shelves: Arc<Mutex<Shelves>>,
}

pub(super) const TAG: &str = "manifests/0.1.0";
pub(super) const LIST: &str = "manifests/yanked";

/// A manifest of one of this tool's kinds with these layers.
pub(super) fn manifest(kind: &str, layers: &[(&str, &[u8])]) -> Vec<u8> {
    let layers: Vec<_> = layers
        .iter()
        .map(|(media, bytes)| {
            let digest = rdsproxy_gen::io::store::archive::digest(bytes);
            let media = format!("application/vnd.rdsproxy-gen.{kind}.v1.{media}");
            serde_json::json!({"mediaType": media, "digest": digest, "size": bytes.len()})
        })
        .collect();
    let manifest = serde_json::json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "artifactType": format!("application/vnd.rdsproxy-gen.{kind}.v1"),
        "layers": layers,
    });
    manifest.to_string().into_bytes()
}

pub(super) fn says(bytes: impl Into<Vec<u8>>) -> Answer {
    let bytes = bytes.into();
    Arc::new(move || reply(200, "", &bytes))
}

impl Shelves {
    pub(super) fn put(&mut self, path: &str, answer: Answer) {
        self.at.insert(path.to_owned(), answer);
    }

    /// Adds an artifact under a tag, with its blobs.
    pub(super) fn artifact(&mut self, tag: &str, kind: &str, layers: &[(&str, &[u8])]) {
        for (_, bytes) in layers {
            let digest = rdsproxy_gen::io::store::archive::digest(bytes);
            self.put(&format!("blobs/{digest}"), says(*bytes));
        }
        self.put(tag, says(manifest(kind, layers)));
    }

    pub(super) fn list(&mut self, [text, signature]: &List) {
        self.artifact(LIST, "yanked", &[("toml", text), ("minisig", signature)]);
    }

    /// The genuine answers.
    pub(super) fn of(goods: &Goods) -> Self {
        let mut shelves = Self::default();
        shelves.artifact(TAG, "pack", &[("tar", &goods.archive)]);
        shelves.artifact(
            &signature_tag(&goods.digest),
            "signature",
            &[("minisig", &goods.signature)],
        );
        shelves.list(&goods.list);
        shelves
    }

    fn answer(&self, asked: &Asked) -> Reply {
        let path = asked.line.split(' ').nth(1).unwrap_or_default();
        let path = path.strip_prefix("/v2/acme/").unwrap_or(path);
        match (&self.all, self.at.get(path)) {
            (Some(all), _) => all(),
            (None, Some(answer)) => answer(),
            (None, None) => reply(404, "", b""),
        }
    }
}

pub(super) fn signature_tag(digest: &str) -> String {
    format!("manifests/{}.minisig", digest.replace(':', "-"))
}

impl Goods {
    /// Makes the content as a publisher, on the client's desk.
    fn made(desk: &Desk) -> Self {
        let yank = |arguments: &[&str], key: &str| {
            desk.done(&[&["yank", "acme", "--key", key, "--dir", "lists"], arguments].concat());
            list(desk)
        };
        desk.key("team", "acme");
        desk.done(&["build", "acme"]);
        desk.done(&["sign", "acme-0.1.0.tar", "--key", "team.key"]);
        desk.done(&["keygen", "other", "--no-password"]);
        fs::create_dir(desk.path("lists")).unwrap();
        let older = yank(&["0.0.1", "--reason", "x"], "team.key");
        let newest = yank(&["0.0.2", "--reason", "x"], "team.key");
        let again = || {
            for (name, bytes) in LISTS.iter().zip(&newest) {
                fs::write(desk.path("lists").join(name), bytes).unwrap();
            }
        };
        let shorter = yank(&["0.0.1", "--undo"], "team.key");
        again();
        let strange = yank(&["--renew"], "other.key");
        again();
        let mut long_ago = desk.program();
        long_ago.env("SOURCE_DATE_EPOCH", "1577836800");
        long_ago.args([
            "pack", "yank", "acme", "--renew", "--key", "team.key", "--dir", "lists",
        ]);
        assert!(
            crate::support::program::ended(&mut long_ago)
                .status
                .success()
        );
        let expired = list(desk);
        let read = |name: &str| fs::read(desk.path(name)).unwrap();
        let (archive, signature) = (read("acme-0.1.0.tar"), read("acme-0.1.0.tar.minisig"));
        let digest = rdsproxy_gen::io::store::archive::digest(&archive);
        desk.put("README.md", "Another text.\n");
        desk.done(&["build", "acme", "--output", "moved.tar"]);
        let moved = read("moved.tar");
        for name in ["acme-0.1.0.tar", "acme-0.1.0.tar.minisig", "moved.tar"] {
            fs::remove_file(desk.path(name)).unwrap();
        }
        let moved_digest = rdsproxy_gen::io::store::archive::digest(&moved);
        Self {
            archive,
            digest,
            signature,
            list: newest,
            older,
            shorter,
            expired,
            strange,
            moved: (moved, moved_digest),
        }
    }
}

const LISTS: [&str; 2] = ["yanked.toml", "yanked.toml.minisig"];

fn list(desk: &Desk) -> List {
    LISTS.map(|name| fs::read(desk.path("lists").join(name)).unwrap())
}

impl Shop {
    /// A registry with genuine content, and a client with credentials for it.
    pub(super) fn new() -> Self {
        let desk = Desk::new();
        let goods = Goods::made(&desk);
        let shelves = Arc::new(Mutex::new(Shelves::of(&goods)));
        let own = Arc::clone(&shelves);
        let fake = Fake::new(move |_, asked| {
            let shelves = own.lock().unwrap().clone();
            shelves.answer(asked)
        });
        let auths = serde_json::json!({"auths": {&fake.host: {"auth": "YW5uYTpzZWNyZXQ="}}});
        configure(&desk, &auths.to_string());
        Self {
            desk,
            goods,
            fake,
            shelves,
        }
    }

    pub(super) fn reference(&self) -> String {
        format!("oci://{}/acme?tag=0.1.0", self.fake.host)
    }

    /// Restores the genuine answers and applies a manipulation.
    pub(super) fn put(&self, change: impl Fn(&mut Shelves)) {
        let mut shelves = Shelves::of(&self.goods);
        change(&mut shelves);
        *self.shelves.lock().unwrap() = shelves;
    }
}
