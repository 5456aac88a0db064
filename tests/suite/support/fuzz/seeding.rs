//! The seeds of the fuzzer: for each target real inputs from the fixtures of this suite. Inputs that once failed are
//! kept in `tests/fuzz/found/TARGET` and tested in every run.
//!
//! `RDSPROXY_FUZZ_CORPUS=FOLDER cargo test --test suite fuzz::seeding` writes the seeds, and a dictionary of the words
//! with a meaning.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use rdsproxy_gen::domain::baseline::{Baseline, PackRef, digest};
use rdsproxy_gen::domain::pack::{Manifest, Reference, Yanked};
use rdsproxy_gen::domain::trust::{PublicKey, Signature, TrustFile};
use rdsproxy_gen::domain::undo::Undo;
use rdsproxy_gen::io::store::archive::tar;

use super::corpus::Corpus;
use super::mutate::words;
use super::targets::{Files, TARGETS, joined};
use super::within_bounds;
use crate::support::scale;

/// The seeds of each target.
fn seeds(name: &str, corpus: &Corpus) -> Vec<Vec<u8>> {
    let bytes = |texts: &[String]| texts.iter().map(|text| text.clone().into_bytes()).collect();
    let modules = || {
        corpus
            .modules
            .iter()
            .map(|files| joined(files).into_bytes())
    };
    let templates = || {
        corpus
            .templates
            .iter()
            .map(|text| joined(&one("0.yaml", text)))
    };
    match name {
        "terraform" => modules().collect(),
        "cloudformation" => templates().map(String::into_bytes).collect(),
        "fix" | "forms" => modules()
            .chain(templates().map(String::into_bytes))
            .collect(),
        "plan" => bytes(&corpus.plans),
        "snapshot" => bytes(&corpus.snapshots),
        "spec" => bytes(&corpus.specs),
        "policy" => bytes(&corpus.policies),
        "waivers" => bytes(&corpus.waivers),
        "baseline" => baselines(corpus),
        "journal" => journals(),
        "archive" => corpus
            .modules
            .iter()
            .filter_map(|files| tar(files).ok())
            .collect(),
        "pack_texts" => {
            let texts = PACK_TEXTS.iter().map(|text| (*text).to_owned());
            texts.chain(signed()).map(String::into_bytes).collect()
        }
        "merge" => merges(corpus),
        other => panic!("{other} has no seeds"),
    }
}

fn one(path: &str, text: &str) -> Files {
    [(path.to_owned(), text.to_owned())].into()
}

fn baselines(corpus: &Corpus) -> Vec<Vec<u8>> {
    let pack = PackRef {
        name: "golden".to_owned(),
        version: "1.2.0".to_owned(),
        digest: digest("pack"),
        source: Some("oci://registry.example.com/packs/golden:1.2.0".to_owned()),
        signer: Some("0123456789ABCDEF".to_owned()),
    };
    let small = corpus
        .modules
        .iter()
        .filter(|files| joined(files).len() < 4000);
    let of = |files: &Files| {
        let baseline = Baseline::new("spec", pack.clone(), files)
            .to_json()
            .unwrap();
        let changes = files
            .iter()
            .map(|(path, text)| {
                (
                    path.clone(),
                    [Some(text.clone()), Some(format!("{text}\n"))],
                )
            })
            .chain([(
                ".rdsproxy-gen/baseline.json".to_owned(),
                [Some(baseline.clone()), None],
            )]);
        let undo = Undo::new(changes.collect()).to_json().unwrap();
        [baseline.into_bytes(), undo.into_bytes()]
    };
    small.flat_map(of).take(60).collect()
}

/// Directories with an interrupted run: at the beginning, halfway, and invented ones.
fn journals() -> Vec<Vec<u8>> {
    const WRITE: &str = r#"{"schema":1,"write":[{"path":"main.tf","before":"sha256:@main.tf","after":"sha256:@.rdsproxy-gen/staged/0"},{"path":"a/b.tf","before":null,"after":"sha256:@.rdsproxy-gen/staged/1"}],"remove":[]}"#;
    const REMOVE: &str =
        r#"{"schema":1,"write":[],"remove":[{"path":"a/old.tf","before":"sha256:@a/old.tf"}]}"#;
    const OUTSIDE: &str = r#"{"schema":1,"write":[{"path":"../outside/victim","before":"sha256:@main.tf","after":"sha256:@.rdsproxy-gen/staged/0"}],"remove":[{"path":"link/victim","before":"sha256:@main.tf"}]}"#;
    let case = |journal: &str, others: &[(&str, &str)]| {
        let files = [(".rdsproxy-gen/pending.json", journal)];
        let files = files.iter().chain(others);
        let files = files.map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
        joined(&files.collect()).into_bytes()
    };
    const STAGED: [(&str, &str); 2] = [
        (".rdsproxy-gen/staged/0", "new"),
        (".rdsproxy-gen/staged/1", "more"),
    ];
    vec![
        case(WRITE, &[STAGED[0], STAGED[1], ("main.tf", "old")]),
        case(WRITE, &[STAGED[1], ("main.tf", "new")]),
        case(REMOVE, &[("a/old.tf", "old")]),
        case(REMOVE, &[("a", "-> ../outside"), ("main.tf", "old")]),
        case(
            OUTSIDE,
            &[STAGED[0], ("link", "-> ../outside"), ("main.tf", "kept")],
        ),
        case(
            WRITE,
            &[
                (".rdsproxy-gen/staged", "-> ../../outside"),
                ("main.tf", "old"),
            ],
        ),
        case("-> ../../outside/victim", &[STAGED[0]]),
    ]
}

/// A manifest, a trust file, lists of both formats, and pack sources.
const PACK_TEXTS: &[&str] = &[
    "schema = 1\nname = \"acme\"\nversion = \"1.2.0\"\ntool = \"0.1.0\"\ndescription = \"d\"\nowner = \"o\"\ninherits = { pack = \"../base\", digest = \"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\" }\n",
    "schema = 1\nsources = [\"oci://registry.example/packs/\"]\n\n[[keys]]\nowner = \"o\"\nkey = \"RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3\"\npacks = [\"*\"]\nallow = [\"aws_cloudwatch_dashboard\"]\nuntil = \"2027-01-31\"\n\n[[registries]]\nhost = \"h.io\"\nrealms = [\"login.example\"]\n",
    "schema = 1\n\n[[yanked]]\npack = \"acme\"\nversion = \"0.1.0\"\nreason = \"too wide\"\n",
    "schema = 2\npacks = [\"acme\"]\nsequence = 7\nexpires = \"2027-01-31\"\n\n[[yanked]]\npack = \"acme\"\nversion = \"0.1.0\"\nreason = \"too wide\"\n",
    "oci://registry.example.com/packs/golden?tag=1.2.0\noci://localhost:5000/a/b?digest=sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\ngit+https://example.com/packs.git?path=golden#v1.2.0\ngit+ssh://git@example.com/packs.git#v1\n./packs/golden\nC:\\packs\\golden.tar\n",
];

/// A public key and a signature made with it.
fn signed() -> [String; 2] {
    let pair = minisign::KeyPair::generate_unencrypted_keypair().unwrap();
    let key = pair.pk.to_box().unwrap().to_string();
    let bytes = std::io::Cursor::new("pack");
    let signature = minisign::sign(None, &pair.sk, bytes, Some("pack acme"), None).unwrap();
    [key, signature.to_string()]
}

#[test]
fn the_seeds_of_a_pack_are_what_they_are_called() {
    let [manifest, trust, first, second, places] = PACK_TEXTS else {
        panic!("five kinds");
    };
    Manifest::parse(manifest).unwrap();
    TrustFile::parse(trust, "").unwrap();
    for list in [first, second] {
        Yanked::parse(list, "").unwrap();
    }
    places
        .lines()
        .for_each(|place| drop(Reference::parse(place).unwrap()));
    let [key, signature] = signed();
    PublicKey::parse(&key).unwrap();
    Signature::parse(&signature).unwrap();
}

fn merges(corpus: &Corpus) -> Vec<Vec<u8>> {
    let modules = corpus
        .modules
        .iter()
        .filter_map(|files| files.values().next());
    let of = |path: &'static str| {
        move |text: &String| {
            let theirs = text.replace("true", "false");
            let ours = format!("{text}\n");
            let names = ["0", "1", "2"].map(|side| format!("{side}{path}"));
            let sides = names.into_iter().zip([text.clone(), ours, theirs]);
            joined(&sides.collect()).into_bytes()
        }
    };
    let short = |text: &&String| text.len() < 4000;
    let hcl = modules.filter(short).take(60).map(of(".tf"));
    let data = corpus
        .templates
        .iter()
        .filter(short)
        .take(60)
        .map(of(".yaml"));
    hcl.chain(data).collect()
}

/// The inputs that the fuzzer found earlier.
fn found(name: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new("tests/fuzz/found").join(name);
    let mut files: Vec<_> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
        .into_iter()
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect()
}

#[test]
fn every_target_has_a_program_and_seeds_and_holds() {
    let manifest: toml::Table = fs::read_to_string("tests/fuzz/Cargo.toml")
        .unwrap()
        .parse()
        .unwrap();
    let programs = manifest["bin"].as_array().unwrap();
    let programs: BTreeSet<&str> = programs
        .iter()
        .map(|program| program["name"].as_str().unwrap())
        .collect();
    let names: BTreeSet<&str> = TARGETS.iter().map(|target| target.name).collect();
    assert_eq!(programs, names);
    let corpus = Corpus::collect();
    let into = std::env::var_os("RDSPROXY_FUZZ_CORPUS").map(PathBuf::from);
    for target in TARGETS {
        let seeds = seeds(target.name, &corpus);
        assert!(seeds.len() >= 2, "{}: {}", target.name, seeds.len());
        if let Some(folder) = &into {
            write(&folder.join(target.name), &seeds);
        }
        let every = seeds
            .len()
            .div_ceil(scale::count("seeds of each fuzz target") as usize);
        let tried = seeds.into_iter().step_by(every);
        let tried = tried.map(|seed| (PathBuf::from("a seed"), seed));
        for (path, bytes) in tried.chain(found(target.name)) {
            let outcome = within_bounds(|| (target.check)(&bytes).map(|()| 0));
            let text = String::from_utf8_lossy(&bytes);
            assert_eq!(
                outcome,
                Ok(0),
                "{} ({}):\n{text}",
                target.name,
                path.display()
            );
        }
    }
    if let Some(folder) = &into {
        let lines = words().map(|word| format!("{}\n", quoted(word)));
        fs::write(folder.join("words.dict"), lines.collect::<String>()).unwrap();
    }
}

fn write(folder: &Path, seeds: &[Vec<u8>]) {
    fs::create_dir_all(folder).unwrap();
    for seed in seeds {
        let name = digest(seed).replace("sha256:", "");
        fs::write(folder.join(&name[..16]), seed).unwrap();
    }
}

/// A word in the syntax of a libFuzzer dictionary. Source: LLVM, "libFuzzer", "Dictionaries".
fn quoted(word: &str) -> String {
    let bytes = word.bytes().map(|byte| match byte {
        b'"' | b'\\' => format!("\\{}", char::from(byte)),
        0x20..=0x7e => char::from(byte).to_string(),
        byte => format!("\\x{byte:02X}"),
    });
    format!("\"{}\"", bytes.collect::<String>())
}

/// The fuzzed code is the built code: packages that both lock files contain have the same versions.
#[test]
fn the_fuzzer_is_built_with_the_same_packages() {
    let packages = |path: &str| -> BTreeSet<(String, String)> {
        let lock: toml::Table = fs::read_to_string(path).unwrap().parse().unwrap();
        let packages = lock["package"].as_array().unwrap().iter();
        let text = |package: &toml::Value, key: &str| package[key].as_str().unwrap().to_owned();
        packages
            .map(|package| (text(package, "name"), text(package, "version")))
            .collect()
    };
    let (ours, fuzzed) = (packages("Cargo.lock"), packages("tests/fuzz/Cargo.lock"));
    let names: BTreeSet<&String> = ours.iter().map(|(name, _)| name).collect();
    let shared = fuzzed.iter().filter(|package| names.contains(&package.0));
    assert!(shared.count() > 50, "the fuzzer has other packages");
    let other: Vec<_> = fuzzed
        .iter()
        .filter(|package| names.contains(&package.0) && !ours.contains(package))
        .collect();
    assert!(other.is_empty(), "{other:?}");
}
