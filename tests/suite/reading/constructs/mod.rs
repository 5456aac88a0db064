//! Code as it is published, labelled by hand: the verdict of each rule for each proxy, and the line.
//!
//! A fixture is a text file, `terraform/<construct>.txt` or `cloudformation/<construct>.txt`:
//!
//! ```text
//! What it shows, in a sentence or two.
//! === main.tf
//! resource "aws_db_proxy" "p" {
//!   require_tls = var.tls                                             #@tls
//! }
//! === arguments
//! --var tls=false
//! === expected
//! aws_db_proxy.p client-tls-not-required fail main.tf@tls : is false
//! aws_db_proxy.p debug-logging-on pass
//! === skipped
//! broken.tf:3
//! ```
//!
//! - A file follows its path. `#@name` at the end of a line names that line and is removed, in any language; a name
//!   must be unique within its file. `main.tf@name` is that line, `main.tf:3` is line 3, `-` is no place.
//! - `arguments` (optional) are passed to `audit` in addition to the folder and the format. They are split at white
//!   space.
//! - `expected` has one line for each report: address, rule, verdict, place, and after ` : ` words that the message
//!   must contain. For each proxy and rule named there, exactly these places must be found. Other rules are ignored.
//!   Equal addresses in two root modules are distinguished as `envs/dev//module.db.aws_db_proxy.p`. `none` alone means
//!   no proxy.
//! - `skipped` (optional) lists the files that cannot be read; without it, everything must be readable.
//!
//! A new fixture needs an entry under a construct in `covered.rs`, and changes the tables of counts: run
//! `INSTA_UPDATE=always cargo test constructs` and review the difference.

mod audited;
mod covered;
mod fixture;
mod named;
mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use rdsproxy_gen::domain::evidence::Origin;
use rdsproxy_gen::language::cloudformation::CloudFormationFiles;
use rdsproxy_gen::language::resource::Document;
use rdsproxy_gen::language::terraform::{TerraformFiles, folder_of};
use rdsproxy_gen::language::{cloudformation, terraform};
use rdsproxy_gen::source::assemble::{assemble, named_proxies};

use self::fixture::Fixture;
use crate::support::scale;
use crate::support::tools;

fn folder(language: &str) -> PathBuf {
    let constructs = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/reading/constructs");
    constructs.join(language)
}

/// The fixtures of a language by name. If the environment variable `CONSTRUCT` is set, only those whose name contains
/// its value.
fn fixtures(language: &str) -> BTreeMap<String, Fixture> {
    let wanted = std::env::var("CONSTRUCT").unwrap_or_default();
    let entries = std::fs::read_dir(folder(language)).unwrap();
    let fixtures: BTreeMap<String, Fixture> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read_to_string(&path).unwrap())
        })
        .filter(|(name, _)| name.contains(&wanted))
        .map(|(name, text)| {
            let fixture = Fixture::parse(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
            (name, fixture)
        })
        .collect();
    assert!(!fixtures.is_empty(), "no fixture is named {wanted:?}");
    fixtures
}

/// The files of every fixture of a language.
pub(crate) fn files(language: &str) -> Vec<BTreeMap<String, String>> {
    let fixtures = fixtures(language).into_values();
    fixtures.map(|fixture| fixture.files).collect()
}

/// Checks every fixture of a language against its labels.
fn judge(language: &str) {
    let mut wrong = Vec::new();
    for (name, fixture) in scale::some(fixtures(language)) {
        let differences = audited::differences(&fixture);
        if !differences.is_empty() {
            wrong.push(format!(
                "{name}: {}\n  {}",
                fixture.about,
                differences.join("\n  ")
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn terraform_gets_its_labels() {
    judge("terraform");
}

#[test]
fn cloudformation_gets_its_labels() {
    judge("cloudformation");
}

/// All documents read from the fixtures of a language: each folder as a root module, or all templates.
fn documents(language: &str) -> Vec<Document> {
    let all = files(language).into_iter();
    let documents = all.flat_map(|files| match language {
        "terraform" => {
            let folders: BTreeSet<String> = files.keys().map(|path| folder_of(path)).collect();
            let roots = folders.into_iter();
            roots
                .map(|root| terraform::read(&TerraformFiles::new(&root, files.clone())))
                .collect()
        }
        _ => vec![cloudformation::read(&CloudFormationFiles {
            templates: files,
            ..CloudFormationFiles::default()
        })],
    });
    documents.collect()
}

#[test]
fn the_names_of_proxies_are_those_of_their_posture() {
    let mut named = 0;
    for document in ["terraform", "cloudformation"]
        .into_iter()
        .flat_map(documents)
    {
        let posture = assemble(std::slice::from_ref(&document));
        let mut expected: Vec<(&str, &Origin, String)> = posture
            .proxies
            .iter()
            .filter_map(|proxy| {
                let name = proxy.name.value()?.to_lowercase();
                Some((proxy.address.as_str(), &proxy.origin, name))
            })
            .collect();
        let mut found: Vec<(&str, &Origin, String)> = named_proxies(&document)
            .into_iter()
            .map(|(proxy, name)| (proxy.address.as_str(), &proxy.origin, name))
            .collect();
        expected.sort();
        found.sort();
        assert_eq!(found, expected);
        named += found.len();
    }
    assert!(named > 100, "{named}");
}

/// True if `CONSTRUCT` chooses some of the fixtures; what is told of all of them is then left out.
#[track_caller]
fn are_chosen() -> bool {
    let are_chosen = std::env::var_os("CONSTRUCT").is_some();
    if are_chosen {
        tools::note("the other constructs", "CONSTRUCT chooses some of them");
    }
    are_chosen
}

#[test]
fn labels_are_counted() {
    if are_chosen() {
        return;
    }
    for language in ["terraform", "cloudformation"] {
        insta::assert_snapshot!(
            format!("constructs_{language}"),
            table::of(&fixtures(language))
        );
    }
}

#[test]
fn every_construct_and_trap_has_its_fixtures() {
    if are_chosen() {
        return;
    }
    let languages = ["terraform", "cloudformation"].map(fixtures);
    let languages = languages.each_ref();
    let gaps = covered::gaps(languages);
    assert!(gaps.is_empty(), "{}", gaps.join("\n"));
    insta::assert_snapshot!("constructs_covered", covered::table(languages));
}

#[test]
fn a_wrong_label_is_seen() {
    let text = "A proxy that does not ask for TLS.\n=== main.tf\nresource \"aws_db_proxy\" \"p\" {\n  name = \"p\"\n  require_tls = false #@tls\n}\n=== expected\n";
    let differences = |label: &str| {
        let fixture = Fixture::parse(&format!("{text}{label}\n")).unwrap();
        audited::differences(&fixture).join("\n")
    };
    let right = "aws_db_proxy.p client-tls-not-required fail main.tf@tls : is false";
    assert_eq!(differences(right), "");
    for wrong in [
        "none",
        "aws_db_proxy.q client-tls-not-required fail main.tf@tls",
        "aws_db_proxy.p client-tls-not-required pass",
        "aws_db_proxy.p client-tls-not-required fail main.tf:2",
        "aws_db_proxy.p client-tls-not-required fail main.tf@tls : is true",
        "aws_db_proxy.p client-tls-not-required fail main.tf@tls\n=== skipped\nmain.tf:1",
    ] {
        assert_ne!(differences(wrong), "", "{wrong}");
    }
    for unreadable in [
        "aws_db_proxy.p no-such-rule fail main.tf@tls",
        "aws_db_proxy.p client-tls-not-required wrong main.tf@tls",
        "aws_db_proxy.p client-tls-not-required fail main.tf@other",
        "aws_db_proxy.p client-tls-not-required",
        "",
    ] {
        let fixture = Fixture::parse(&format!("{text}{unreadable}\n"));
        assert!(fixture.is_err(), "{unreadable}");
    }
}
