//! Packs in a real OCI registry, and in a fake one that lies.

mod credentials;
mod fake;
mod hostile;
mod liars;
mod registry;
mod shop;
mod waits;

use std::fs;
use std::process::Command;

use self::registry::{Registry, spoil};
use super::Desk;
use super::way::{self, Place};
use crate::generating::acceptance::tools;

/// A registry that contains `acme` 0.1.0, and the pack's digest.
fn published() -> Option<(Desk, Registry, String)> {
    let registry = Registry::open()?;
    let desk = Desk::new();
    let digest = digest_in(&desk.done(&["build", "acme"]));
    let place = registry.place("team/acme");
    let said = desk.done(&["publish", "acme-0.1.0.tar", &place]);
    assert!(
        said.contains(&format!("published {place}?tag=0.1.0")),
        "{said}"
    );
    assert_eq!(digest_in(&said), digest);
    Some((desk, registry, digest))
}

fn digest_in(said: &str) -> String {
    let at = said.find("sha256:").unwrap();
    said[at..at + 71].to_owned()
}

#[test]
fn a_pack_is_published_listed_and_pulled_by_tag_and_by_digest() {
    let Some((desk, registry, digest)) = published() else {
        return;
    };
    let place = registry.place("team/acme");
    let built = fs::read(desk.path("acme-0.1.0.tar")).unwrap();
    for pin in ["tag=0.1.0".to_owned(), format!("digest={digest}")] {
        let said = desk.done(&["pull", &format!("{place}?{pin}"), "--output", "pulled.tar"]);
        assert_eq!(digest_in(&said), digest);
        assert_eq!(fs::read(desk.path("pulled.tar")).unwrap(), built);
        fs::remove_file(desk.path("pulled.tar")).unwrap();
    }
    desk.done(&["pull", &format!("{place}?tag=0.1.0"), "--folder", "copy"]);
    assert_eq!(desk.digest("copy"), digest);
    desk.version("0.10.0");
    desk.done(&["publish", "acme", &place]);
    let said = desk.done(&["list", &place]);
    let lines: Vec<&str> = said.lines().collect();
    assert!(
        lines[0].starts_with("0.10.0  sha256:") && lines[0].ends_with("not signed"),
        "{said}"
    );
    assert_eq!(lines[1], format!("0.1.0   {digest}  not signed"));
    let said = desk.printed(&["list", &place, "--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(document["versions"][1]["digest"], digest.as_str());
    assert_eq!(
        document["versions"][1]["reference"],
        format!("{place}?tag=0.1.0")
    );
}

#[test]
fn the_digest_of_the_manifest_names_a_pack_as_well() {
    let Some((desk, registry, digest)) = published() else {
        return;
    };
    let (_, head, _) = registry.http(
        "HEAD /v2/team/acme/manifests/0.1.0",
        "Accept: application/vnd.oci.image.manifest.v1+json\r\n",
        b"",
    );
    let manifest = digest_in(&head);
    assert_ne!(manifest, digest);
    let reference = format!("{}?digest={manifest}", registry.place("team/acme"));
    assert_eq!(desk.digest(&reference), digest);
}

/// The pushed artifact is read without this program: an artifact of its own type with one layer, whose bytes are the
/// archive.
#[test]
fn anybody_can_read_what_was_published() {
    let Some((desk, registry, digest)) = published() else {
        return;
    };
    let manifest = registry.manifest("team/acme", "0.1.0");
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
    assert_eq!(
        manifest["artifactType"],
        "application/vnd.rdsproxy-gen.pack.v1"
    );
    assert_eq!(manifest["layers"].as_array().unwrap().len(), 1);
    assert_eq!(manifest["layers"][0]["digest"], digest.as_str());
    let (status, _, blob) = registry.http(&format!("GET /v2/team/acme/blobs/{digest}"), "", b"");
    assert_eq!(status, 200);
    assert_eq!(blob, fs::read(desk.path("acme-0.1.0.tar")).unwrap());
}

#[test]
fn oras_reads_what_was_published() {
    let Some((desk, registry, _)) = published() else {
        return;
    };
    let Some(python) = tools::find("oras") else {
        return;
    };
    let script = "import sys, oras.client\n\
        client = oras.client.OrasClient(hostname=sys.argv[1], insecure=True)\n\
        print(client.get_tags(sys.argv[1] + '/team/acme'))\n\
        print(client.pull(target=sys.argv[1] + '/team/acme:0.1.0', outdir=sys.argv[2]))\n";
    let mut command = Command::new(python);
    command
        .args(["-c", script, &registry.host])
        .arg(desk.path("oras"));
    let said = tools::run("oras", command.env("HOME", desk.path("home")));
    assert!(said.contains("['0.1.0']"), "{said}");
    let pulled = fs::read(desk.path("oras/acme-0.1.0.tar")).unwrap();
    assert_eq!(pulled, fs::read(desk.path("acme-0.1.0.tar")).unwrap());
}

#[test]
fn a_version_that_is_there_never_changes() {
    let Some((desk, registry, digest)) = published() else {
        return;
    };
    let place = registry.place("team/acme");
    let said = desk.done(&["publish", "acme", &place]);
    assert!(said.contains("there already, and the same"), "{said}");
    desk.put("README.md", "Another text.\n");
    let (code, said) = desk.pack(&["publish", "acme", &place]);
    assert_eq!(code, 1);
    assert!(
        said.contains("never changes") && said.contains(&digest),
        "{said}"
    );
    // A version that someone else published is not overwritten either.
    registry.put_manifest("team/acme", "0.2.0", OTHER);
    desk.version("0.2.0");
    let (code, said) = desk.pack(&["publish", "acme", &place]);
    assert_eq!(code, 1);
    assert!(
        said.contains("is not a pack: it is of the type application/x"),
        "{said}"
    );
    for (written, expected) in [
        (
            format!("{place}?tag=0.3.0"),
            "is not what is to be published",
        ),
        (
            format!("{place}?digest={digest}"),
            "is not what is to be published",
        ),
        ("copy".to_owned(), "packs are published to a registry"),
        (
            "git+https://h.io/a".to_owned(),
            "packs are published to a registry",
        ),
    ] {
        let (code, said) = desk.pack(&["publish", "acme", &written]);
        assert_eq!(code, 1);
        assert!(said.contains(expected), "{said}");
    }
}

/// An artifact of another kind, with one empty layer.
const OTHER: &[u8] = br#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","artifactType":"application/x","config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2},"layers":[{"mediaType":"application/vnd.oci.empty.v1+json","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2}]}"#;

#[test]
fn a_version_that_somebody_moved_is_refused() {
    let Some((desk, registry, before)) = published() else {
        return;
    };
    let place = registry.place("team/acme");
    let reference = format!("{place}?tag=0.1.0");
    assert_eq!(desk.digest(&reference), before);
    // The same version with another content, pushed by a tool that does not check.
    desk.put("README.md", "Another text.\n");
    desk.done(&["publish", "acme", &registry.place("team/other")]);
    let mount = format!(
        "POST /v2/team/acme/blobs/uploads/?mount={}&from=team/other",
        desk.digest("acme")
    );
    assert_eq!(registry.http(&mount, "", b"").0, 201);
    registry.put_manifest(
        "team/acme",
        "0.1.0",
        &registry.manifest("team/other", "0.1.0"),
    );
    let said = desk.refused(&reference);
    assert!(
        said.contains(&before) && said.contains("never changes"),
        "{said}"
    );
    // A reference with a digest is not affected.
    assert_eq!(desk.digest(&format!("{place}?digest={before}")), before);
    // A wrong version under a version's tag is reported even if it was never fetched before.
    registry.put_manifest(
        "team/acme",
        "0.7.0",
        &registry.manifest("team/acme", "0.1.0"),
    );
    let said = desk.refused(&format!("{place}?tag=0.7.0"));
    assert!(
        said.contains("the tag says 0.7.0, and the pack says 0.1.0"),
        "{said}"
    );
}

#[test]
fn what_was_changed_on_the_disk_of_the_registry_is_refused() {
    let Some((desk, registry, digest)) = published() else {
        return;
    };
    let place = registry.place("team/acme");
    spoil(&registry.blob(&digest));
    for pin in ["tag=0.1.0".to_owned(), format!("digest={digest}")] {
        let said = desk.refused(&format!("{place}?{pin}"));
        assert!(
            said.contains(&digest) && said.contains("or it lies"),
            "{said}"
        );
    }
    let bytes = fs::read(registry.blob(&digest)).unwrap();
    fs::write(registry.blob(&digest), &bytes[..bytes.len() / 2]).unwrap();
    desk.refused(&format!("{place}?tag=0.1.0"));
    assert_eq!(desk.kept(), Vec::<std::path::PathBuf>::new());
}

#[test]
fn a_pack_in_another_form_is_refused() {
    let Some((desk, registry, _)) = published() else {
        return;
    };
    // The same files, compressed: a valid pack, but not the signed bytes.
    let archive = fs::read(desk.path("acme-0.1.0.tar")).unwrap();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut gzip, &archive).unwrap();
    let gzip = gzip.finish().unwrap();
    let digest = rdsproxy_gen::io::store::archive::digest(&gzip);
    let (status, head, _) = registry.http("POST /v2/team/acme/blobs/uploads/", "", b"");
    assert_eq!(status, 202);
    let location = head
        .lines()
        .find_map(|line| line.strip_prefix("Location: "))
        .unwrap();
    let path = location
        .strip_prefix(&format!("http://{}", registry.host))
        .unwrap_or(location);
    let put = format!("PUT {}&digest={digest}", path.trim());
    assert_eq!(
        registry
            .http(&put, "Content-Type: application/octet-stream\r\n", &gzip)
            .0,
        201
    );
    let said = desk.refused(&format!("{}?digest={digest}", registry.place("team/acme")));
    assert!(said.contains("not in the one form"), "{said}");
}

#[test]
fn what_was_fetched_is_there_without_the_network() {
    let Some((desk, mut registry, digest)) = published() else {
        return;
    };
    let place = registry.place("team/acme");
    let by_tag = format!("{place}?tag=0.1.0");
    let by_digest = format!("{place}?digest={digest}");
    let (code, said) = desk.pack(&["pull", &by_tag, "--offline"]);
    assert_eq!(code, 1);
    assert!(said.contains("was never fetched"), "{said}");
    desk.done(&["pull", &by_tag, "--output", "first.tar"]);
    registry.stop();
    for reference in [&by_tag, &by_digest] {
        let said = desk.done(&["pull", reference, "--offline", "--output", "second.tar"]);
        assert_eq!(digest_in(&said), digest);
        fs::remove_file(desk.path("second.tar")).unwrap();
    }
    let said = desk.refused(&by_tag);
    assert!(
        said.contains("cannot be reached") && said.contains("--offline"),
        "{said}"
    );
    let kept = desk.kept();
    spoil(
        kept.iter()
            .find(|file| file.extension().is_some_and(|end| end == "tar"))
            .unwrap(),
    );
    let (code, said) = desk.pack(&["pull", &by_digest, "--offline", "--output", "third.tar"]);
    assert_eq!(code, 1);
    assert!(said.contains("in the cache was changed"), "{said}");
    assert!(!desk.path("third.tar").exists());
}

#[test]
fn a_copy_in_the_cache_that_was_changed_is_fetched_again() {
    let Some((desk, registry, digest)) = published() else {
        return;
    };
    let reference = format!("{}?digest={digest}", registry.place("team/acme"));
    desk.digest(&reference);
    let kept = desk.kept();
    let tar = kept
        .iter()
        .find(|file| file.extension().is_some_and(|end| end == "tar"))
        .unwrap();
    spoil(tar);
    assert_eq!(desk.digest(&reference), digest);
    assert_eq!(
        fs::read(tar).unwrap(),
        fs::read(desk.path("acme-0.1.0.tar")).unwrap()
    );
}

#[test]
fn a_signature_and_a_list_travel_with_a_pack() {
    let Some((desk, registry, digest)) = published() else {
        return;
    };
    let place = registry.place("team/acme");
    let reference = format!("{place}?tag=0.1.0");
    desk.key("team", "acme");
    let (code, said) = desk.pack(&["pull", &reference]);
    assert_eq!(code, 1);
    assert!(said.contains("is not signed"), "{said}");
    // The signature is added later by publishing the same pack again.
    desk.done(&["sign", "acme-0.1.0.tar", "--key", "team.key"]);
    desk.done(&["publish", "acme-0.1.0.tar", &place]);
    let said = desk.done(&["pull", &reference, "--output", "gap.tar"]);
    assert!(said.contains("verified signed by key"), "{said}");
    assert!(desk.path("gap.tar.minisig").exists());
    assert!(desk.done(&["verify", "gap.tar"]).contains("verified"));
    assert!(desk.done(&["verify", &reference]).contains("verified"));
    let said = desk.printed(&["list", &place]);
    assert_eq!(said, format!("0.1.0  {digest}  signed\n"));
    desk.done(&[
        "yank",
        "acme",
        "0.1.0",
        "--reason",
        "its log retention is too short",
        "--key",
        "team.key",
    ]);
    desk.done(&["publish", "acme-0.1.0.tar", &place]);
    let (code, said) = desk.pack(&["verify", &reference]);
    assert_eq!(code, 2);
    assert!(said.contains("its log retention is too short"), "{said}");
    let said = desk.done(&["list", &place]);
    assert!(
        said.contains("yanked: its log retention is too short"),
        "{said}"
    );
    // A key without permission puts another signature there.
    desk.done(&["keygen", "other", "--no-password"]);
    fs::remove_file(desk.path("acme-0.1.0.tar.minisig")).unwrap();
    desk.done(&["sign", "acme-0.1.0.tar", "--key", "other.key"]);
    let (code, said) = desk.pack(&["publish", "acme-0.1.0.tar", &place]);
    assert_eq!(code, 1);
    assert!(said.contains("does not know"), "{said}");
}

/// A publisher with an old folder would reset the list of all users, and everybody who saw the newer one would refuse
/// it.
#[test]
fn an_older_list_is_not_published_over_a_newer_one() {
    let Some((desk, registry, _)) = published() else {
        return;
    };
    let place = registry.place("team/acme");
    desk.key("team", "acme");
    desk.done(&["sign", "acme-0.1.0.tar", "--key", "team.key"]);
    let yank = |version: &str| {
        desk.done(&[
            "yank", "acme", version, "--reason", "x", "--key", "team.key",
        ]);
        ["yanked.toml", "yanked.toml.minisig"]
            .map(|name| (name, fs::read(desk.path(name)).unwrap()))
    };
    let publish = || desk.pack(&["publish", "acme-0.1.0.tar", &place]);
    let first = yank("0.0.1");
    assert_eq!(publish().0, 0);
    yank("0.0.2");
    assert_eq!(publish().0, 0);
    // The publisher's own folder is reset, on a machine without prior state.
    fs::remove_dir_all(desk.path("home/.local")).unwrap();
    let back = || {
        for (name, bytes) in &first {
            fs::write(desk.path(name), bytes).unwrap();
        }
    };
    back();
    let (code, said) = publish();
    assert!(
        code == 1 && said.contains("is number 2, and this one is not newer"),
        "{said}"
    );
    back();
    yank("0.0.3");
    let (code, said) = publish();
    assert!(
        code == 1 && said.contains("is number 2, and this one is not newer"),
        "{said}"
    );
    let said = desk.done(&["verify", &format!("{place}?tag=0.1.0")]);
    assert!(said.contains("verified"), "{said}");
    yank("0.0.4");
    assert_eq!(publish().0, 0);
}

/// A registry with a reset list is reported, also without the network.
#[test]
fn a_registry_that_was_set_back_is_refused() {
    let Some((desk, registry, _)) = published() else {
        return;
    };
    let place = registry.place("team/acme");
    let reference = format!("{place}?tag=0.1.0");
    desk.key("team", "acme");
    desk.done(&["sign", "acme-0.1.0.tar", "--key", "team.key"]);
    for version in ["0.0.1", "0.0.2"] {
        desk.done(&[
            "yank", "acme", version, "--reason", "x", "--key", "team.key",
        ]);
        desk.done(&["publish", "acme-0.1.0.tar", &place]);
        registry.put_manifest(
            "team/acme",
            &format!("kept-{version}"),
            &registry.manifest("team/acme", "yanked"),
        );
    }
    desk.done(&["verify", &reference]);
    registry.put_manifest(
        "team/acme",
        "yanked",
        &registry.manifest("team/acme", "kept-0.0.1"),
    );
    for arguments in [&["verify", &reference][..], &["list", &place]] {
        let (code, said) = desk.pack(arguments);
        assert!(
            code > 0 && said.contains("is number 1, and number 2"),
            "{said}"
        );
    }
    registry.put_manifest(
        "team/acme",
        "yanked",
        &registry.manifest("team/acme", "kept-0.0.2"),
    );
    desk.done(&["verify", &reference]);
}

/// Writes Docker's configuration.
pub(super) fn configure(desk: &Desk, text: &str) {
    let folder = desk.path("home/.docker");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("config.json"), text).unwrap();
}

/// A Docker configuration with credentials, in base64, for a registry.
fn auth(registry: &Registry, pair: &str) -> String {
    let host = &registry.host;
    format!("{{\"auths\":{{\"{host}\":{{\"auth\":\"{pair}\"}}}}}}")
}

/// `anna:secret`, which the locked registry accepts, and `anna:wrong`, in base64.
const ANNA: &str = "YW5uYTpzZWNyZXQ=";
const WRONG: &str = "YW5uYTp3cm9uZw==";

#[test]
fn a_registry_that_wants_a_name_finds_it_in_dockers_configuration() {
    let Some(registry) = Registry::locked() else {
        return;
    };
    let desk = Desk::new();
    let place = registry.place("team/acme");
    let refused = |expected: &str| {
        let (code, said) = desk.pack(&["publish", "acme", &place]);
        assert_eq!(code, 1);
        assert!(said.contains(expected) && !said.contains("wrong"), "{said}");
        said
    };
    assert!(refused("does not permit it").contains("docker login"));
    configure(&desk, &auth(&registry, WRONG));
    refused("does not permit it");
    configure(&desk, "{");
    refused("config.json is not JSON");
    configure(&desk, &auth(&registry, "!"));
    refused("not NAME:PASSWORD in base64");
    configure(&desk, &auth(&registry, ANNA));
    desk.done(&["publish", "acme", &place]);
    desk.digest(&format!("{place}?tag=0.1.0"));
}

#[test]
fn a_credential_helper_is_asked_as_docker_asks_it() {
    let Some(registry) = Registry::locked() else {
        return;
    };
    let desk = Desk::new();
    let place = registry.place("team/acme");
    let helper = desk.path("bin/docker-credential-drawer");
    fs::create_dir_all(helper.parent().unwrap()).unwrap();
    let script = format!(
        "#!/bin/sh\n[ \"$1 $(cat)\" = 'get {}' ] && echo '{{\"Username\":\"anna\",\"Secret\":\"secret\"}}'\n",
        registry.host
    );
    fs::write(&helper, script).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(&helper, mode).unwrap();
    configure(&desk, "{\"credsStore\":\"drawer\"}");
    let own = std::env::var("PATH").unwrap();
    let path = format!("{}:{own}", helper.parent().unwrap().display());
    let mut publish = desk.program();
    publish
        .args(["pack", "publish", "acme", &place])
        .env("PATH", path);
    let output = crate::support::program::ended(&mut publish);
    assert!(
        output.status.success(),
        "{}",
        crate::support::program::stderr(&output)
    );
    let (code, said) = desk.pack(&["list", &place]);
    assert_eq!(code, 1);
    assert!(
        said.contains("helper") && said.contains("cannot be run"),
        "{said}"
    );
}

#[test]
fn the_whole_way_from_a_registry() {
    let Some(registry) = Registry::open() else {
        return;
    };
    let place = registry.place("team/acme");
    way::whole(&Place {
        publish: &|desk, version| {
            let archive = format!("acme-{version}.tar");
            desk.done(&["build", "acme"]);
            desk.done(&["sign", &archive, "--key", "team.key"]);
            desk.done(&["publish", &archive, &place]);
            // The same pack by its digest, for use without a network.
            let pinned = format!("{place}?digest={}", desk.digest("acme"));
            let pulled = format!("pulled-{version}.tar");
            desk.done(&["pull", &pinned, "--output", &pulled]);
            assert!(desk.done(&["verify", &pulled]).contains("verified"));
        },
        reference: &|version| format!("{place}?tag={version}"),
        lists: true,
    });
}

#[test]
fn what_is_not_there_is_told() {
    let Some((desk, registry, digest)) = published() else {
        return;
    };
    let place = registry.place("team/acme");
    for (reference, expected) in [
        (format!("{place}?tag=9.9.9"), "is not there"),
        (
            format!(
                "{place}?digest={}",
                digest
                    .replace(&digest[70..], "0")
                    .replace("sha256:0", "sha256:1")
            ),
            "is not there",
        ),
        (
            format!("{}?tag=0.1.0", registry.place("team/none")),
            "is not there",
        ),
        (place.clone(), "add ?tag=VERSION"),
    ] {
        let said = desk.refused(&reference);
        assert!(said.contains(expected), "{reference}: {said}");
    }
    let (code, said) = desk.pack(&["list", &registry.place("team/none")]);
    assert_eq!(code, 1);
    assert!(said.contains("is not there"), "{said}");
    let (code, said) = desk.pack(&["list", "acme"]);
    assert_eq!(code, 1);
    assert!(said.contains("holds one version"), "{said}");
}
