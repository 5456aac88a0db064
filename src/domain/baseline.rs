//! The baseline: a record of the generated files, kept in the project so that a later run can tell what has changed
//! since.
//!
//! It has its own wire format, without timestamps: the same spec and the same tool version produce the same bytes.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::own_path::{OwnPathError, all_own};
use super::secrecy::without_value;

/// The version of the baseline format. Version 1 recorded neither the source nor the signer of a pack; both are absent
/// after reading it.
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

/// The reasons why a baseline cannot be read.
#[derive(Debug, Error)]
pub enum BaselineError {
    /// The text is not JSON of the expected shape.
    #[error("{file}:{line}:{column}: not a baseline: {message}")]
    Malformed {
        /// The path of the baseline, as shown in messages.
        file: String,
        /// Line of the error, 1-based.
        line: usize,
        /// Column of the error, 1-based.
        column: usize,
        /// The parser's message, without the offending value.
        message: String,
    },
    /// The baseline names a file that rdsproxy-gen never writes.
    #[error("{file}: names a file that was never generated: {source}")]
    Path {
        /// The path of the baseline, as shown in messages.
        file: String,
        /// The offending path and the reason it is refused.
        source: OwnPathError,
    },
    /// The baseline was written by a newer version of the tool.
    #[error(
        "{file}: a baseline of format {found}; this version of rdsproxy-gen reads up to {BASELINE_SCHEMA}"
    )]
    Newer {
        /// The path of the baseline, as shown in messages.
        file: String,
        /// The format version found in the file.
        found: u32,
    },
}

impl BaselineFile {
    /// Records a text with its digest.
    pub fn new(text: &str) -> Self {
        Self {
            digest: digest(text),
            text: text.to_owned(),
        }
    }
}

impl Baseline {
    /// Creates the baseline of a spec and the files generated from it.
    pub fn new(spec: &str, pack: PackRef, files: &BTreeMap<String, String>) -> Self {
        let files = files
            .iter()
            .map(|(path, text)| (path.clone(), BaselineFile::new(text)))
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

    /// Returns the generated texts by path.
    pub fn texts(&self) -> BTreeMap<String, String> {
        let files = self.files.iter();
        files
            .map(|(path, file)| (path.clone(), file.text.clone()))
            .collect()
    }

    /// Parses a baseline; messages refer to it as `file`.
    ///
    /// # Errors
    /// If the text is not a baseline, has a newer format, or names a file that rdsproxy-gen never writes.
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
        // The baseline may have been copied with a directory from an untrusted source.
        all_own(baseline.files.keys().chain(&baseline.moved)).map_err(|source| {
            BaselineError::Path {
                file: file.to_owned(),
                source,
            }
        })?;
        Ok(baseline)
    }

    /// Returns the paths whose recorded text does not match its digest, because the baseline was edited by hand.
    pub fn changed(&self) -> impl Iterator<Item = &str> {
        let files = self.files.iter();
        let changed = files.filter(|(_, file)| file.digest != digest(&file.text));
        changed.map(|(path, _)| path.as_str())
    }

    /// Serialises the baseline as JSON.
    ///
    /// # Errors
    /// Never in practice: every member is a string or a number.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self).map(|text| text + "\n")
    }
}

/// Returns the SHA-256 digest of a text or any bytes, as `sha256:` and hexadecimal digits.
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
        Baseline::new(
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
