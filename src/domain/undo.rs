//! The record of an update, kept beside the baseline, so that the last update can be undone byte for byte. Only one
//! update can be undone.
//!
//! It has its own wire format, without timestamps.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::baseline::{BASELINE_PATH, Baseline, digest};
use super::own_path::{OwnPathError, all_own};
use super::secrecy::without_value;

/// The version of the undo record's format.
const UNDO_SCHEMA: u32 = 1;

pub use super::own_path::{IGNORE_PATH, UNDO_PATH};

/// The content of [`IGNORE_PATH`].
pub const IGNORE: &str = "undo.json\n";

/// The record of the last update.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Undo {
    schema: u32,
    /// The changed files, by their path below the project's directory.
    pub files: BTreeMap<String, Undone>,
}

/// A changed file before and after the update.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Undone {
    /// The text before the update; `None` if the file did not exist.
    pub before: Option<String>,
    /// The digest of the text after the update; `None` if the file was removed.
    pub after: Option<String>,
}

/// The reasons why an undo record cannot be used.
#[derive(Debug, Error)]
pub enum UndoError {
    /// The text is not JSON of the expected shape.
    #[error("{file}:{line}:{column}: not what an update left behind: {message}")]
    Malformed {
        /// The path of the record, as shown in messages.
        file: String,
        /// Line of the error, 1-based.
        line: usize,
        /// Column of the error, 1-based.
        column: usize,
        /// The parser's message, without the offending value.
        message: String,
    },
    /// The record names a file that no update writes.
    #[error("{file}: names a file that no update wrote: {source}")]
    Path {
        /// The path of the record, as shown in messages.
        file: String,
        /// The offending path and the reason it is refused.
        source: OwnPathError,
    },
    /// The record belongs to another baseline, or names files that were not generated.
    #[error("{file}: {why}")]
    Foreign {
        /// The path of the record, as shown in messages.
        file: String,
        /// The mismatch, for the message.
        why: String,
    },
    /// The record has the format of another version of the tool.
    #[error("{file}: a record of format {found}; this version of rdsproxy-gen reads {UNDO_SCHEMA}")]
    Other {
        /// The path of the record, as shown in messages.
        file: String,
        /// The format version found in the file.
        found: u32,
    },
}

impl Undo {
    /// Creates the record from the texts of each file before and after the update.
    pub fn new(files: BTreeMap<String, [Option<String>; 2]>) -> Self {
        let files = files.into_iter().map(|(path, [before, after])| {
            let after = after.as_deref().map(digest);
            (path, Undone { before, after })
        });
        Self {
            schema: UNDO_SCHEMA,
            files: files.collect(),
        }
    }

    /// Parses a record; messages refer to it as `file`.
    ///
    /// # Errors
    /// If the text is not an undo record, has another format, or names a file that no update writes.
    pub fn parse(text: &str, file: &str) -> Result<Self, UndoError> {
        let undo: Self = serde_json::from_str(text).map_err(|error| UndoError::Malformed {
            file: file.to_owned(),
            line: error.line(),
            column: error.column(),
            message: without_value(&error.to_string()),
        })?;
        if undo.schema != UNDO_SCHEMA {
            return Err(UndoError::Other {
                file: file.to_owned(),
                found: undo.schema,
            });
        }
        all_own(undo.files.keys()).map_err(|source| UndoError::Path {
            file: file.to_owned(),
            source,
        })?;
        Ok(undo)
    }

    /// Checks the record against `baseline`, the text of the baseline beside it. If the update changed the baseline,
    /// this must be the version that it wrote. The record may name only files that were generated before or after the
    /// update. The check is needed because the record may have been copied with a directory from an untrusted source.
    ///
    /// # Errors
    /// If the record does not match the baseline.
    pub fn belongs_to(&self, baseline: &str, file: &str) -> Result<(), UndoError> {
        let foreign = |why: String| UndoError::Foreign {
            file: file.to_owned(),
            why,
        };
        let now =
            Baseline::parse(baseline, BASELINE_PATH).map_err(|error| foreign(error.to_string()))?;
        let mut named: BTreeSet<String> = now.files.into_keys().chain(now.moved).collect();
        if let Some(undone) = self.files.get(BASELINE_PATH) {
            if undone.after.as_deref() != Some(digest(baseline).as_str()) {
                return Err(foreign(
                    "is of another baseline than the one beside it".to_owned(),
                ));
            }
            let before = undone.before.as_deref().unwrap_or_default();
            let before = Baseline::parse(before, BASELINE_PATH).map_err(|error| {
                foreign(format!(
                    "restores something that is not a baseline: {error}"
                ))
            })?;
            named.extend(before.files.into_keys());
        }
        named.extend([BASELINE_PATH, UNDO_PATH, IGNORE_PATH].map(str::to_owned));
        match self.files.keys().find(|path| !named.contains(*path)) {
            None => Ok(()),
            Some(path) => Err(foreign(format!("names {path}, which was never generated"))),
        }
    }

    /// Serialises the record as JSON.
    ///
    /// # Errors
    /// Never in practice: every member is a string or a number.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self).map(|text| text + "\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comes_back_as_it_went() {
        let files = [
            ("a".to_owned(), [Some("1".to_owned()), None]),
            ("b".to_owned(), [None, Some("2".to_owned())]),
        ];
        let undo = Undo::new(files.into());
        let text = undo.to_json().unwrap();
        assert_eq!(Undo::parse(&text, "u").unwrap(), undo);
        let other = text.replace("\"schema\": 1", "\"schema\": 7");
        let error = Undo::parse(&other, "u.json").unwrap_err().to_string();
        assert!(error.contains("u.json: a record of format 7"), "{error}");
        let error = Undo::parse("[", "u.json").unwrap_err().to_string();
        assert!(error.starts_with("u.json:1:1: not what"), "{error}");
    }
}
