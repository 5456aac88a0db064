//! The corpus of real inputs to break: the generated examples, the rules' samples, and every fixture of this suite,
//! including those of the constructs.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use rdsproxy_gen::domain::demo;
use rdsproxy_gen::domain::snapshot::Snapshot;
use rdsproxy_gen::domain::spec::Spec;
use rdsproxy_gen::rules::RULES;

use super::targets::Files;

/// The inputs of the readers.
pub(super) struct Corpus {
    /// Terraform root modules with the files below them. Paths are relative to the root.
    pub(super) modules: Vec<Files>,
    /// CloudFormation templates.
    pub(super) templates: Vec<String>,
    /// Saved accounts.
    pub(super) snapshots: Vec<String>,
    /// Plans and states of Terraform.
    pub(super) plans: Vec<String>,
    /// Policy files.
    pub(super) policies: Vec<String>,
    /// Code with waivers.
    pub(super) waivers: Vec<String>,
    /// Specs for `new`.
    pub(super) specs: Vec<String>,
}

/// The folders with fixtures.
const HOMES: [&str; 2] = ["generated-examples", "tests/suite"];

/// The size limit of a fixture, in bytes. Larger ones take long and test little more.
const LARGEST: usize = 40_000;

impl Corpus {
    pub(super) fn collect() -> Self {
        let mut files = Files::new();
        HOMES
            .iter()
            .for_each(|home| collect(Path::new(home), &mut files));
        let ending = |ending: &'static str| {
            files
                .iter()
                .filter(move |(path, _)| path.ends_with(ending))
                .map(|(_, text)| text.clone())
        };
        let is_template = |text: &String| text.contains("Resources") && text.contains("AWS::");
        let mut corpus = Self {
            modules: modules(&files),
            templates: [".yaml", ".yml", ".json"]
                .into_iter()
                .flat_map(ending)
                .filter(is_template)
                .collect(),
            snapshots: ending(".json")
                .filter(|text| Snapshot::parse(text, "").is_ok())
                .collect(),
            plans: ["plan", "shown", "raw"]
                .iter()
                .map(|name| format!("tests/suite/reading/plan_source/{name}.json"))
                .map(|path| fs::read_to_string(path).unwrap())
                .collect(),
            policies: vec![
                crate::auditing::policy::POLICY.to_owned(),
                include_str!("seeds/policy.toml").to_owned(),
            ],
            waivers: crate::auditing::policy::waived(),
            specs: ending(".toml")
                .filter(|text| Spec::parse(text, "").is_ok())
                .collect(),
        };
        corpus
            .snapshots
            .push(demo::account().unwrap().to_json().unwrap());
        for sample in RULES
            .iter()
            .flat_map(|rule| [rule.example.bad(), rule.example.good()])
        {
            corpus
                .modules
                .push([("main.tf".to_owned(), sample.terraform)].into());
            corpus.templates.push(sample.cloudformation);
        }
        corpus
            .modules
            .extend(crate::reading::constructs::files("terraform"));
        let templates = crate::reading::constructs::files("cloudformation");
        corpus
            .templates
            .extend(templates.into_iter().flat_map(BTreeMap::into_values));
        corpus
    }
}

fn collect(folder: &Path, found: &mut Files) {
    let mut entries: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        let name = path.to_str().unwrap().replace('\\', "/");
        if path.is_dir() && !name.ends_with(".terraform") {
            collect(&path, found);
        } else if let Ok(text) = fs::read_to_string(&path)
            && text.len() <= LARGEST
        {
            found.insert(name, text);
        }
    }
}

/// Each folder with Terraform files, once as a root module.
fn modules(files: &Files) -> Vec<Files> {
    let folder = |path: &str| {
        path.rsplit_once('/')
            .map(|(folder, _)| format!("{folder}/"))
    };
    let mut roots: Vec<String> = files
        .keys()
        .filter(|path| path.ends_with(".tf") || path.ends_with(".tf.json"))
        .filter_map(|path| folder(path))
        .collect();
    roots.dedup();
    let below = |root: &String| {
        let inside = files
            .iter()
            .filter_map(|(path, text)| Some((path.strip_prefix(root.as_str())?, text)));
        inside
            .map(|(path, text)| (path.to_owned(), text.clone()))
            .collect()
    };
    roots.iter().map(below).collect()
}
