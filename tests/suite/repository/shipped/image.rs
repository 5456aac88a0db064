//! The container image: the blobs in its layout match their digests, and it runs as an unprivileged user.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::Path;
use std::process::Output;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{VERSION, can_list, script, stand_in};
use crate::support::program::{contents, ended, stderr, stdout};

const AMD64: u16 = 62;
const ARM64: u16 = 183;
const LOADER: u32 = 3;
const LOADED: u32 = 1;

/// The header of a program with one segment. Source: elf(5).
fn elf(machine: u16, segment: u32) -> Vec<u8> {
    let mut bytes = vec![0; 120];
    bytes[..6].copy_from_slice(b"\x7fELF\x02\x01");
    bytes[18..20].copy_from_slice(&machine.to_le_bytes());
    bytes[32..40].copy_from_slice(&64_u64.to_le_bytes());
    bytes[54..56].copy_from_slice(&56_u16.to_le_bytes());
    bytes[56..58].copy_from_slice(&1_u16.to_le_bytes());
    bytes[64..68].copy_from_slice(&segment.to_le_bytes());
    bytes
}

fn image(home: &Path, out: &str, programs: &[(&str, Vec<u8>)]) -> Output {
    let authorities = stand_in(home, "authorities", b"certificates");
    let mut command = script("image");
    command.arg(home.join(out));
    command.arg("--certificates").arg(authorities);
    for (architecture, bytes) in programs {
        let path = stand_in(home, &format!("program-{architecture}"), bytes);
        command.arg(format!("{architecture}={}", path.display()));
    }
    ended(&mut command)
}

fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The files of a layout, and the blobs that were referenced.
struct Blobs {
    files: BTreeMap<String, Vec<u8>>,
    named: RefCell<BTreeSet<String>>,
}

impl Blobs {
    /// The blob that a descriptor names; its size and digest are checked.
    fn get(&self, descriptor: &Value) -> &[u8] {
        let digest = descriptor["digest"].as_str().unwrap();
        let name = digest.strip_prefix("sha256:").unwrap();
        let path = format!("blobs/sha256/{name}");
        let bytes = &self.files[&path];
        self.named.borrow_mut().insert(path);
        assert_eq!(sha256(bytes), name);
        assert_eq!(descriptor["size"], bytes.len());
        bytes
    }

    fn json(&self, descriptor: &Value) -> Value {
        serde_json::from_slice(self.get(descriptor)).unwrap()
    }
}

fn unpacked(layer: &[u8]) -> Vec<u8> {
    let mut tar = Vec::new();
    let mut reader = flate2::read::GzDecoder::new(layer);
    reader.read_to_end(&mut tar).unwrap();
    tar
}

/// The mode and the content of each entry.
fn entries(tar: &[u8]) -> BTreeMap<String, (u32, Vec<u8>)> {
    let mut archive = tar::Archive::new(tar);
    let entries = archive.entries().unwrap();
    entries
        .map(|entry| {
            let mut entry = entry.unwrap();
            let path = entry.path().unwrap().display().to_string();
            let mode = entry.header().mode().unwrap();
            let mut content = Vec::new();
            entry.read_to_end(&mut content).unwrap();
            (path.trim_end_matches('/').to_owned(), (mode, content))
        })
        .collect()
}

#[test]
fn digests_fit_and_every_architecture_has_its_program() {
    if !can_list() {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let programs = [("arm64", elf(ARM64, LOADED)), ("amd64", elf(AMD64, LOADED))];
    let output = image(home.path(), "a", &programs);
    assert!(output.status.success(), "{}", stderr(&output));
    let again = image(home.path(), "b", &programs);
    assert_eq!(stdout(&output), stdout(&again));
    let files = contents(&home.path().join("a"));
    assert!(files == contents(&home.path().join("b")));
    let top: Value = serde_json::from_slice(&files["index.json"]).unwrap();
    let named = RefCell::default();
    let blobs = Blobs { files, named };
    let first = &top["manifests"][0];
    assert_eq!(first["digest"], stdout(&output).trim_end());
    let annotations = &first["annotations"];
    assert_eq!(annotations["org.opencontainers.image.ref.name"], VERSION);
    let index = blobs.json(first);
    let manifests = index["manifests"].as_array().unwrap();
    assert_eq!(manifests.len(), programs.len());
    // The order is that of the names.
    for (descriptor, (architecture, program)) in manifests.iter().zip(programs.iter().rev()) {
        assert_eq!(descriptor["platform"]["architecture"], *architecture);
        let config = holds(&blobs, descriptor, program);
        assert_eq!(config["architecture"], *architecture);
    }
    let files = blobs.files.keys();
    let unnamed: Vec<&String> = files
        .filter(|file| !blobs.named.borrow().contains(*file))
        .collect();
    assert_eq!(unnamed, ["index.json", "oci-layout"]);
}

/// Checks one architecture and returns its configuration.
fn holds(blobs: &Blobs, descriptor: &Value, program: &[u8]) -> Value {
    let manifest = blobs.json(descriptor);
    let config = blobs.json(&manifest["config"]);
    let layers = manifest["layers"].as_array().unwrap().iter();
    let tars: Vec<Vec<u8>> = layers.map(|layer| unpacked(blobs.get(layer))).collect();
    let digests = tars.iter().map(|tar| format!("sha256:{}", sha256(tar)));
    let digests: Vec<String> = digests.collect();
    assert_eq!(config["rootfs"]["diff_ids"], serde_json::json!(digests));
    runs_as_nobody(&config["config"]);
    holds_what_the_program_asks_for(&entries(&tars[0]));
    let own = entries(&tars[1]);
    assert!(own["usr/bin/rdsproxy-gen"] == (0o755, program.to_vec()));
    for name in ["LICENSE", "THIRD-PARTY.md"] {
        let path = format!("usr/share/doc/rdsproxy-gen/{name}");
        assert!(!own[&path].1.is_empty(), "{name}");
    }
    config
}

fn runs_as_nobody(config: &Value) {
    assert_eq!(config["User"], "65532:65532");
    assert_eq!(config["WorkingDir"], "/work");
    assert_eq!(
        config["Entrypoint"],
        serde_json::json!(["/usr/bin/rdsproxy-gen"])
    );
    let label = |name: &str| &config["Labels"][format!("org.opencontainers.image.{name}")];
    assert_eq!(label("version"), VERSION);
    assert_eq!(label("licenses"), env!("CARGO_PKG_LICENSE"));
    if !env!("CARGO_PKG_REPOSITORY").is_empty() {
        assert_eq!(label("source"), env!("CARGO_PKG_REPOSITORY"));
    }
}

fn holds_what_the_program_asks_for(base: &BTreeMap<String, (u32, Vec<u8>)>) {
    for folder in ["home/nonroot", "tmp", "work"] {
        assert_eq!(base[folder].0, 0o1777, "{folder}");
    }
    let file = |name: &str| String::from_utf8(base[name].1.clone()).unwrap();
    assert!(file("etc/passwd").contains("nonroot:x:65532:65532:"));
    assert!(file("etc/group").contains("nonroot:x:65532:"));
    assert_eq!(file("etc/ssl/certs/ca-certificates.crt"), "certificates");
}

#[test]
fn what_could_not_run_there_is_not_packed() {
    if !can_list() {
        return;
    }
    let cases = [
        ("amd64", elf(ARM64, LOADED), "another machine"),
        ("arm64", elf(AMD64, LOADED), "another machine"),
        ("amd64", elf(AMD64, LOADER), "needs a loader"),
        ("amd64", b"#!/bin/sh\n".to_vec(), "not a program"),
        ("s390x", elf(22, LOADED), "not one of"),
    ];
    for (architecture, bytes, expected) in cases {
        let home = tempfile::tempdir().unwrap();
        let output = image(home.path(), "a", &[(architecture, bytes)]);
        assert_eq!(output.status.code(), Some(1));
        assert!(stderr(&output).contains(expected), "{}", stderr(&output));
        assert!(!home.path().join("a").exists());
    }
    let home = tempfile::tempdir().unwrap();
    let program = || [("amd64", elf(AMD64, LOADED))];
    assert!(image(home.path(), "a", &program()).status.success());
    let output = image(home.path(), "a", &program());
    assert!(stderr(&output).contains("holds an image already"));
}
