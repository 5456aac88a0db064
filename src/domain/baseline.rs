//! The baseline: what was generated, kept in the project so that any later run can tell what has changed since.
//!
//! A wire format of its own, without timestamps: the same spec and the same tool give the same bytes.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::own_path::{OwnPathError, all_own};
use super::secrecy::without_value;

/// The version of this format. 1 knew of a pack neither where it came from nor who signed it; it is read as one that does not say.
pub const BASELINE_SCHEMA: u32 = 2;

pub use super::own_path::BASELINE_PATH;

/// What was generated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// [`BASELINE_SCHEMA`].
    pub schema: u32,
    /// The version of rdsproxy-gen.
    pub tool: String,
    /// The templates.
    pub pack: PackRef,
    /// Digest of the spec's text.
    pub spec: String,
    /// The generated files, by their path below the project's directory.
    pub files: BTreeMap<String, BaselineFile>,
    /// The files of other names that somebody moved generated texts to, and that the update wrote.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub moved: BTreeSet<String>,
}

/// Which templates were used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PackRef {
    /// `built-in`, or the pack's name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Digest of all its templates, or of the pack's archive.
    pub digest: String,
    /// Where the pack was taken from, as it was written; absent for the templates that are built in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The id of the key that signed it, where the signature was verified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signer: Option<String>,
}

/// One generated file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BaselineFile {
    /// `sha256:…` of its text.
    pub digest: String,
    /// Its text, for a three-way merge without the tool that wrote it.
    pub text: String,
}

/// Why a baseline could not be read.
#[derive(Debug, Error)]
pub enum BaselineError {
    /// It is not JSON of this shape.
    #[error("{file}:{line}:{column}: not a baseline: {message}")]
    Malformed {
        /// The file.
        file: String,
        /// 1-based.
        line: usize,
        /// 1-based.
        column: usize,
        /// What the parser says.
        message: String,
    },
    /// It names a file that no run of rdsproxy-gen writes.
    #[error("{file}: names a file that was never generated: {source}")]
    Path {
        /// The file.
        file: String,
        /// The path, and what is wrong with it.
        source: OwnPathError,
    },
    /// A newer tool wrote it.
    #[error(
        "{file}: a baseline of format {found}; this version of rdsproxy-gen reads up to {BASELINE_SCHEMA}"
    )]
    Newer {
        /// The file.
        file: String,
        /// Its format.
        found: u32,
    },
}

impl Baseline {
    /// The baseline of a spec and of what was generated from it.
    pub fn of(spec: &str, pack: PackRef, files: &BTreeMap<String, String>) -> Self {
        let files = files
            .iter()
            .map(|(path, text)| {
                (
                    path.clone(),
                    BaselineFile {
                        digest: digest(text),
                        text: text.clone(),
                    },
                )
            })
            .collect();
        Self {
            schema: BASELINE_SCHEMA,
            tool: env!("CARGO_PKG_VERSION").to_owned(),
            pack,
            spec: digest(spec),
            files,
            moved: BTreeSet::new(),
        }
    }

    /// The generated texts, by path.
    pub fn texts(&self) -> BTreeMap<String, String> {
        let files = self.files.iter();
        files
            .map(|(path, file)| (path.clone(), file.text.clone()))
            .collect()
    }

    /// Reads a baseline; `file` is how messages call it.
    ///
    /// # Errors
    /// When it is not one, or one of a newer format.
    pub fn parse(text: &str, file: &str) -> Result<Self, BaselineError> {
        #[derive(Deserialize)]
        struct BaselineVersion {
            schema: u32,
        }
        let malformed = |error: serde_json::Error| BaselineError::Malformed {
            file: file.to_owned(),
            line: error.line(),
            column: error.column(),
            message: without_value(&error.to_string()),
        };
        let version: BaselineVersion = serde_json::from_str(text).map_err(malformed)?;
        if version.schema > BASELINE_SCHEMA {
            return Err(BaselineError::Newer {
                file: file.to_owned(),
                found: version.schema,
            });
        }
        let baseline: Self = serde_json::from_str(text).map_err(malformed)?;
        // It may have come with somebody else's directory.
        all_own(baseline.files.keys().chain(&baseline.moved)).map_err(|source| {
            BaselineError::Path {
                file: file.to_owned(),
                source,
            }
        })?;
        Ok(baseline)
    }

    /// The files whose text is not what was generated: somebody changed the baseline itself.
    pub fn changed(&self) -> impl Iterator<Item = &str> {
        let files = self.files.iter();
        let changed = files.filter(|(_, file)| file.digest != digest(&file.text));
        changed.map(|(path, _)| path.as_str())
    }

    /// Its text.
    ///
    /// # Errors
    /// Never in practice: every member is a string or a number.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self).map(|text| text + "\n")
    }
}

/// `sha256:…` of a text, or of any bytes.
pub fn digest(bytes: impl AsRef<[u8]>) -> String {
    let mut written = String::from("sha256:");
    for byte in Sha256::digest(bytes) {
        written.push_str(&format!("{byte:02x}"));
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    fn baseline() -> Baseline {
        let pack = PackRef {
            name: "built-in".into(),
            version: "1".into(),
            digest: digest(""),
            source: None,
            signer: None,
        };
        Baseline::of(
            "spec",
            pack,
            &[("a/b.tf".to_owned(), "text\n".to_owned())].into(),
        )
    }

    #[test]
    fn comes_back_as_it_went() {
        let written = baseline().to_json().unwrap();
        assert_eq!(Baseline::parse(&written, "b").unwrap(), baseline());
        assert_eq!(written, baseline().to_json().unwrap());
    }

    #[test]
    fn a_newer_format_is_named_and_not_guessed_at() {
        let text = r#"{"schema": 9, "shape": "unknown"}"#;
        let error = Baseline::parse(text, "b.json").unwrap_err().to_string();
        assert!(error.contains("b.json: a baseline of format 9"), "{error}");
        let error = Baseline::parse("{", "b.json").unwrap_err().to_string();
        assert!(error.starts_with("b.json:1:1: not a baseline"), "{error}");
    }
}
