//! The generated examples: what their specs mean today is what stands on disk.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use rdsproxy_gen::domain::blueprint::Blueprint;
use rdsproxy_gen::domain::spec::Spec;

/// Every example, by name, with its spec.
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
