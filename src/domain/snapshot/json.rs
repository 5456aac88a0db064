//! The JSON form of a snapshot: readable errors when it is parsed, the same bytes for the same account when it is
//! written.

use serde::Deserialize;
use thiserror::Error;

use super::{SNAPSHOT_SCHEMA, Snapshot};
use crate::domain::secrecy::without_value;
use crate::domain::visible::escaped_json;

/// The reasons why a snapshot cannot be read.
#[derive(Debug, Error)]
pub enum SnapshotError {
    /// The text is not JSON of the expected shape.
    #[error("{file}:{line}:{column}: not a snapshot: {message}")]
    Malformed {
        /// The path of the snapshot, as shown in messages.
        file: String,
        /// Line of the error, 1-based.
        line: usize,
        /// Column of the error, 1-based.
        column: usize,
        /// The parser's message, without the offending value.
        message: String,
    },
    /// The snapshot has the format of another version of the tool.
    #[error(
        "{file}: a snapshot of format {found}; this version of rdsproxy-gen reads format {SNAPSHOT_SCHEMA}"
    )]
    OtherFormat {
        /// The path of the snapshot, as shown in messages.
        file: String,
        /// The format version found in the file.
        found: u32,
    },
}

/// The part that every version of the format has.
#[derive(Deserialize)]
struct FormatVersion {
    schema: u32,
}

impl Snapshot {
    /// Parses a snapshot; messages refer to it as `file`.
    ///
    /// # Errors
    /// If the text is not a snapshot or has another format.
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

    /// Serialises the snapshot as JSON, with hidden characters escaped.
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
