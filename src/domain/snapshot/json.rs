//! A snapshot as text: read with errors for people, written the same way every time.

use serde::Deserialize;
use thiserror::Error;

use super::{SNAPSHOT_SCHEMA, Snapshot};
use crate::domain::secrecy::without_value;
use crate::domain::visible::escaped_json;

/// Why a text is not a snapshot that can be read.
#[derive(Debug, Error)]
pub enum SnapshotError {
    /// It is not JSON of this shape.
    #[error("{file}:{line}:{column}: not a snapshot: {message}")]
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
    /// Another version of the tool wrote it.
    #[error(
        "{file}: a snapshot of format {found}; this version of rdsproxy-gen reads format {SNAPSHOT_SCHEMA}"
    )]
    OtherFormat {
        /// The file.
        file: String,
        /// Its format.
        found: u32,
    },
}

/// All that every version of the format has.
#[derive(Deserialize)]
struct FormatVersion {
    schema: u32,
}

impl Snapshot {
    /// Reads a snapshot; `file` is how messages call it.
    ///
    /// # Errors
    /// When it is none, or one of another format.
    pub fn parse(text: &str, file: &str) -> Result<Self, SnapshotError> {
        let malformed = |error: serde_json::Error| SnapshotError::Malformed {
            file: file.to_owned(),
            line: error.line(),
            column: error.column(),
            message: without_value(&error.to_string()),
        };
        let version: FormatVersion = serde_json::from_str(text).map_err(malformed)?;
        if version.schema != SNAPSHOT_SCHEMA {
            return Err(SnapshotError::OtherFormat {
                file: file.to_owned(),
                found: version.schema,
            });
        }
        serde_json::from_str(text).map_err(malformed)
    }

    /// Its text.
    ///
    /// # Errors
    /// Never in practice: every key is a string.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self).map(|text| escaped_json(text) + "\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_name_the_place_and_the_format() {
        let cases = [
            ("{", "s.json:1:1: not a snapshot"),
            ("{\"schema\": 1, \"vpc\": []}", "unknown field `vpc`"),
            ("{\"schema\": 2}", "s.json: a snapshot of format 2"),
            ("[]", "not a snapshot"),
        ];
        for (text, expected) in cases {
            let error = Snapshot::parse(text, "s.json").unwrap_err().to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
