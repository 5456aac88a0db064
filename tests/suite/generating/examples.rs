//! The generated examples: rendering their specs gives the files in the repository.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use rdsproxy_gen::domain::baseline::{BASELINE_PATH, Baseline};
use rdsproxy_gen::domain::blueprint::Blueprint;
use rdsproxy_gen::domain::spec::{SPEC_FILE, Spec};
use rdsproxy_gen::io::files;
use rdsproxy_gen::render::{self, TARGETS, render};

use crate::support::program::{ended, program, stderr, stdout};

/// Every example with its spec, by name.
pub(crate) fn examples() -> BTreeMap<String, PathBuf> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir("generated-examples").unwrap() {
        let path = entry.unwrap().path();
        if path.join("rdsproxy.toml").is_file() {
            found.insert(path.file_name().unwrap().to_str().unwrap().to_owned(), path);
        }
    }
    assert!(found.len() >= 7, "examples are missing: {found:?}");
    found
}

/// The blueprint of an example.
pub(crate) fn blueprint(folder: &Path) -> Blueprint {
    let file = folder.join("rdsproxy.toml");
    let text = fs::read_to_string(&file).unwrap();
    let spec = Spec::parse(&text, file.to_str().unwrap()).unwrap_or_else(|error| panic!("{error}"));
    Blueprint::harden(&spec).unwrap_or_else(|error| panic!("{error}"))
}

/// The files rendered from an example's spec, by path below its folder.
pub(crate) fn rendered(blueprint: &Blueprint) -> BTreeMap<String, String> {
    render(blueprint, TARGETS)
        .unwrap_or_else(|error| panic!("{error}"))
        .into_iter()
        .map(|file| (file.path, file.text))
        .collect()
}

fn on_disk(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for target in TARGETS {
        collect(folder, &folder.join(target.id), &mut found);
    }
    let baseline = fs::read_to_string(folder.join(BASELINE_PATH)).ok();
    found.extend(baseline.map(|text| (BASELINE_PATH.to_owned(), text)));
    found
}

fn collect(root: &Path, folder: &Path, found: &mut BTreeMap<String, String>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries {
        let path = entry.unwrap().path();
        let name = path
            .strip_prefix(root)
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned();
        let scratch = [".terraform", "terraform.tfstate"]
            .iter()
            .any(|part| name.contains(part));
        if path.is_dir() && !scratch {
            collect(root, &path, found);
        } else if !scratch {
            found.insert(name, fs::read_to_string(&path).unwrap());
        }
    }
}

/// The baseline that `new` would write beside the files, so that `drift` works in a clone.
fn baseline(folder: &Path, files: &BTreeMap<String, String>) -> String {
    let spec = fs::read_to_string(folder.join(SPEC_FILE)).unwrap();
    let mut files = files.clone();
    files.insert(SPEC_FILE.to_owned(), spec.clone());
    let baseline = Baseline::new(&spec, render::built_in(), &files);
    baseline.to_json().unwrap()
}

#[test]
fn drift_can_be_tried_on_each_at_once() {
    for (name, folder) in examples() {
        let text = fs::read_to_string(folder.join(BASELINE_PATH)).unwrap();
        assert!(!text.contains(env!("CARGO_MANIFEST_DIR")), "{name}");
        let home = tempfile::tempdir().unwrap();
        crate::support::tools::copy(&folder, &home.path().join(&name));
        let said = ended(program(home.path()).args(["drift", &name, "--fail-on", "any"]));
        assert_eq!(
            said.status.code(),
            Some(0),
            "{}{}",
            stdout(&said),
            stderr(&said)
        );
        let checked = ended(program(home.path()).args(["update", &name, "--check"]));
        assert_eq!(checked.status.code(), Some(0), "{}", stdout(&checked));
    }
}

/// `UPDATE=1 cargo test examples` rewrites them.
#[test]
fn what_stands_on_disk_is_what_the_specs_mean() {
    let update = std::env::var_os("UPDATE").is_some();
    let mut stale = Vec::new();
    for (name, folder) in examples() {
        let mut meant = rendered(&blueprint(&folder));
        meant.insert(BASELINE_PATH.to_owned(), baseline(&folder, &meant));
        let there = on_disk(&folder);
        if meant == there {
            continue;
        }
        stale.push(name);
        if update {
            let gone = there
                .keys()
                .filter(|path| !meant.contains_key(*path))
                .cloned()
                .collect();
            files::apply(
                &folder,
                &files::DirectoryChange {
                    write: meant,
                    remove: gone,
                },
            )
            .unwrap();
        }
    }
    assert!(
        update || stale.is_empty(),
        "UPDATE=1 cargo test examples rewrites {stale:?}"
    );
}

#[test]
fn every_engine_kind_and_mode_is_covered() {
    use rdsproxy_gen::domain::engine::ENGINES;
    let blueprints: Vec<Blueprint> = examples()
        .values()
        .map(|folder| blueprint(folder))
        .collect();
    for engine in ENGINES {
        assert!(
            blueprints
                .iter()
                .any(|blueprint| blueprint.engine() == engine),
            "{}",
            engine.id
        );
    }
    let covered = |what: &str, test: fn(&Blueprint) -> bool| {
        assert!(blueprints.iter().any(test), "no example for {what}");
    };
    use rdsproxy_gen::domain::blueprint::{KeyPlan, SecretPlan, TlsPlan};
    covered("end-to-end IAM", |blueprint| !blueprint.uses_secrets());
    covered("several users", |blueprint| {
        blueprint.users.len() > 1 && blueprint.uses_secrets()
    });
    covered("several consumers", |blueprint| {
        blueprint.consumers.len() > 1
    });
    covered("an existing key", |blueprint| {
        matches!(blueprint.key, KeyPlan::Existing(_))
    });
    covered("an existing secret", |blueprint| {
        blueprint
            .users
            .iter()
            .any(|user| matches!(user.secret, SecretPlan::Existing { .. }))
    });
    covered("a read-only endpoint", |blueprint| {
        blueprint.proxy.read_only_endpoint
    });
    covered("a strict policy", |blueprint| {
        blueprint.strict_secret_policy
    });
    covered("a database that forces TLS", |blueprint| {
        blueprint.database_tls == TlsPlan::Enforced
    });
    covered("one that does not", |blueprint| {
        blueprint.database_tls != TlsPlan::Enforced
    });
}
