//! The modules that `terraform init` downloaded. `.terraform/modules/modules.json` maps each call to its folder.
//!
//! This module opens no files. Entries outside of that folder are ignored, because anybody can write the index file.

use std::collections::BTreeMap;

use memchr::memmem;
use serde_json::Value;

use super::paths::joined;
use super::registry::{ModuleSource, PREFIX};

/// The folder for downloads of Terraform and OpenTofu, below the root module ("Command: init", Terraform CLI).
const STORE: &str = ".terraform/modules";

/// The index of the downloaded modules.
const INDEX: &str = "modules.json";

/// The downloaded modules of a root module, by the names of the calls that lead to each (`app.proxy`).
#[derive(Debug, Default)]
pub(super) struct Downloaded(BTreeMap<String, DownloadedModule>);

#[derive(Debug)]
struct DownloadedModule {
    source: String,
    version: Option<String>,
    folder: String,
}

/// Returns the path of the module index of a root module.
pub fn index(root: &str) -> String {
    joined(root, &format!("{STORE}/{INDEX}"))
}

/// Splits the path of a file in a downloaded module: the download folder of the root module, and the rest of the path.
pub fn downloaded(path: &str) -> Option<(&str, &str)> {
    let mut stores = memmem::find_iter(path.as_bytes(), STORE);
    let is_store = |at: &usize| path[..*at].ends_with('/') || *at == 0;
    let end =
        stores.find(|at| is_store(at) && path[at + STORE.len()..].starts_with('/'))? + STORE.len();
    Some((&path[..end], &path[end + 1..]))
}

impl Downloaded {
    /// Reads the index of a root module. An index that cannot be parsed counts as empty, as if nothing had been
    /// downloaded.
    pub(super) fn new(root: &str, text: &str) -> Self {
        let index: Value = serde_json::from_str(text).unwrap_or_default();
        let modules = index.get("Modules").and_then(Value::as_array);
        let store = joined(root, STORE);
        let named = modules.into_iter().flatten().filter_map(|module| {
            let text = |name| module.get(name).and_then(Value::as_str);
            let folder = joined(root, text("Dir")?);
            let rest = folder.strip_prefix(&store)?;
            let module = DownloadedModule {
                source: text("Source")?.to_owned(),
                version: text("Version").map(str::to_owned),
                folder: rest.starts_with('/').then(|| folder.clone())?,
            };
            Some((text("Key")?.to_owned(), module))
        });
        Self(named.collect())
    }

    /// Returns the source of every module in the index.
    pub(super) fn sources(&self) -> impl Iterator<Item = &str> {
        self.0.values().map(|module| module.source.as_str())
    }

    /// Returns the folder of every module in the index.
    pub(super) fn folders(self) -> impl Iterator<Item = String> {
        self.0.into_values().map(|module| module.folder)
    }

    /// Returns the folder that a call leads to; `None` if the downloaded source or version differs from what the call
    /// asks for.
    pub(super) fn folder(&self, key: &str, source: &str, version: Option<&str>) -> Option<&str> {
        let module = self.0.get(key)?;
        let (wanted, found) = (ModuleSource::new(source), ModuleSource::new(&module.source));
        let is_same = wanted.place == found.place
            && wanted.version == found.version
            && version.is_none_or(|wanted| module.meets(wanted));
        is_same.then_some(module.folder.as_str())
    }
}

impl DownloadedModule {
    fn meets(&self, constraint: &str) -> bool {
        let version = self.version.as_deref();
        version.is_none_or(|version| super::version::allows(constraint, version))
    }
}

/// Returns the root module that an index file belongs to; `None` for any other file.
pub(super) fn root_of_index(path: &str) -> Option<String> {
    let store = path.strip_suffix(INDEX)?.strip_suffix('/')?;
    let is_store = store == STORE || store.ends_with(&format!("/{STORE}"));
    is_store.then(|| joined(store, "../.."))
}

/// Returns true for a path in a built-in or downloaded module, where findings cannot be fixed.
pub(super) fn is_out_of_hand(path: &str) -> bool {
    path.starts_with(PREFIX) || downloaded(path).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(root: &str, folder: &str) -> Vec<String> {
        let module = serde_json::json!({"Key": "p", "Source": "acme/p/aws", "Version": "1.2.3", "Dir": folder});
        let text = serde_json::json!({"Modules": [module]}).to_string();
        Downloaded::new(root, &text).folders().collect()
    }

    #[test]
    fn only_what_lies_in_the_store_is_believed() {
        let inside = [
            ("", ".terraform/modules/p", ".terraform/modules/p"),
            ("a", ".terraform/modules/p/x", "a/.terraform/modules/p/x"),
            ("/a", ".terraform/modules/b/../p", "/a/.terraform/modules/p"),
        ];
        for (root, folder, expected) in inside {
            assert_eq!(named(root, folder), [expected], "{root} {folder}");
        }
        for folder in [
            "",
            ".",
            "..",
            "app",
            "/etc",
            ".terraform/modules",
            ".terraform/modules2/p",
            ".terraform/modules/../../p",
            ".terraform/modules/../p",
        ] {
            assert!(named("a", folder).is_empty(), "{folder}");
        }
    }

    #[test]
    fn an_index_that_says_nothing_names_nothing() {
        for text in [
            "",
            "[]",
            "{\"Modules\": 1}",
            "{\"Modules\": [1, {}, {\"Key\": 1}]}",
            "{\"Modules\": [{\"Key\": \"p\"}]}",
        ] {
            assert_eq!(Downloaded::new("", text).folders().count(), 0, "{text}");
        }
    }

    #[test]
    fn a_call_must_ask_for_what_was_downloaded() {
        let text = r#"{"Modules": [
            {"Key": "p", "Source": "registry.terraform.io/acme/p/aws", "Version": "1.2.3", "Dir": ".terraform/modules/p"},
            {"Key": "g", "Source": "git::https://github.com/acme/g.git?ref=v1", "Dir": ".terraform/modules/g"}
        ]}"#;
        let downloaded = Downloaded::new("", text);
        for (key, source, version, expected) in [
            ("p", "acme/p/aws", None, true),
            ("p", "acme/p/aws", Some("~> 1.0"), true),
            ("p", "acme/p/aws", Some("~> 2.0"), false),
            ("p", "acme/q/aws", None, false),
            ("q", "acme/p/aws", None, false),
            ("g", "github.com/acme/g?ref=v1", None, true),
            ("g", "github.com/acme/g?ref=v2", None, false),
        ] {
            let found = downloaded.folder(key, source, version);
            assert_eq!(found.is_some(), expected, "{key} {source} {version:?}");
        }
    }

    #[test]
    fn an_index_is_known_by_its_place() {
        assert_eq!(root_of_index(&index("a/b")).as_deref(), Some("a/b"));
        assert_eq!(root_of_index(&index("")).as_deref(), Some(""));
        assert_eq!(root_of_index("a/modules.json"), None);
    }
}
