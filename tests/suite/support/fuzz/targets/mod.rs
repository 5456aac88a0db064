//! The fuzz targets: each reader of foreign bytes, and its invariants for any input. The fuzzer of `tests/fuzz`
//! searches, guided by coverage; the suite repeats all earlier findings.
//!
//! Several files in one input are written by [`joined`]: a line `-- path --`, then the text.

mod edits;
mod own;
mod packs;

use std::collections::BTreeMap;

use super::pipeline;

/// Files by their path.
pub(crate) type Files = BTreeMap<String, String>;

/// An error describes the violated invariant.
pub(crate) type Broken = Result<(), String>;

/// A reader of foreign input.
pub(crate) struct Target {
    /// The name of the target, its program and its corpus.
    pub(crate) name: &'static str,
    /// Runs the reader and returns the violated invariant.
    pub(crate) check: fn(&[u8]) -> Result<(), String>,
}

/// All fuzz targets.
pub(crate) const TARGETS: &[Target] = &[
    target("terraform", |bytes| {
        let files = split(&text(bytes));
        pipeline::modules(&files, &BTreeMap::new()).map(drop)
    }),
    target("cloudformation", |bytes| {
        let mut templates: Vec<String> = split(&text(bytes)).into_values().collect();
        templates.truncate(4);
        if templates.is_empty() {
            Ok(())
        } else {
            pipeline::templates(&templates).map(drop)
        }
    }),
    target("plan", |bytes| pipeline::plan(&text(bytes)).map(drop)),
    target("snapshot", |bytes| {
        pipeline::snapshot(&text(bytes)).map(drop)
    }),
    target("spec", |bytes| pipeline::spec(&text(bytes)).map(drop)),
    target("policy", |bytes| pipeline::policy(&text(bytes)).map(drop)),
    target("waivers", |bytes| pipeline::waivers(&text(bytes)).map(drop)),
    target("baseline", own::baseline),
    target("journal", own::journal),
    target("archive", packs::archive),
    target("pack_texts", packs::texts),
    target("merge", edits::merge),
    target("fix", edits::fix),
    target("forms", edits::forms),
];

const fn target(name: &'static str, check: fn(&[u8]) -> Broken) -> Target {
    Target { name, check }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Joins files into one text.
pub(crate) fn joined(files: &Files) -> String {
    files
        .iter()
        .map(|(path, text)| format!("-- {path} --\n{text}\n"))
        .collect()
}

/// Splits one text into files; the text before the first path line is `main`.
pub(crate) fn split(text: &str) -> Files {
    let mut files = Files::new();
    let mut path = "main".to_owned();
    for line in text.split_inclusive('\n') {
        let name = line.trim_end().strip_prefix("-- ");
        match name.and_then(|name| name.strip_suffix(" --")) {
            Some(name) => {
                path = name.to_owned();
                files.insert(path.clone(), String::new());
            }
            None => files.entry(path.clone()).or_default().push_str(line),
        }
    }
    files
}
