//! What an update changed: kept beside the baseline, so that the update can be taken back byte by byte. It reaches one step back.
//!
//! A wire format of its own, without timestamps.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::baseline::{BASELINE_PATH, Baseline, digest};
use super::own_path::{OwnPathError, all_own};
use super::secrecy::without_value;

/// The version of this format.
const UNDO_SCHEMA: u32 = 1;

pub use super::own_path::{IGNORE_PATH, UNDO_PATH};

/// The text of [`IGNORE_PATH`].
pub const IGNORE: &str = "undo.json\n";

/// What an update changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Undo {
    schema: u32,
    /// The files that became others, by their path below the project's directory.
    pub files: BTreeMap<String, Undone>,
}

/// A file that became another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Undone {
    /// Its text before; none where there was no file.
    pub before: Option<String>,
    /// Digest of its text after; none where there was no file any more.
    pub after: Option<String>,
}

/// Why a record could not be read.
#[derive(Debug, Error)]
pub enum UndoError {
    /// It is not JSON of this shape.
    #[error("{file}:{line}:{column}: not what an update left behind: {message}")]
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
    /// It names a file that no update writes.
    #[error("{file}: names a file that no update wrote: {source}")]
    Path {
        /// The file.
        file: String,
        /// The path, and what is wrong with it.
        source: OwnPathError,
    },
    /// It is of another baseline than the one beside it, or names files that were not generated.
    #[error("{file}: {why}")]
    Foreign {
        /// The file.
        file: String,
        /// What does not fit.
        why: String,
    },
    /// Another version of the tool wrote it.
    #[error("{file}: a record of format {found}; this version of rdsproxy-gen reads {UNDO_SCHEMA}")]
    Other {
        /// The file.
        file: String,
        /// Its format.
        found: u32,
    },
}

impl Undo {
    /// The record of a change: each file with its text before and after.
    pub fn of(files: BTreeMap<String, [Option<String>; 2]>) -> Self {
        let files = files.into_iter().map(|(path, [before, after])| {
            let after = after.as_deref().map(digest);
            (path, Undone { before, after })
        });
        Self {
            schema: UNDO_SCHEMA,
            files: files.collect(),
        }
    }

    /// Reads a record; `file` is how messages call it.
    ///
    /// # Errors
    /// When it is not one, or one of another format.
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

    /// Checks that it belongs to the baseline beside it, by its text: what was generated after the update is what is generated now, and it
    /// names only what was generated before the update or after it. The record may have come with somebody else's directory.
    ///
    /// # Errors
    /// When it does not.
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
            let before = Baseline::parse(before, BASELINE_PATH)
                .map_err(|error| foreign(format!("gives back what is no baseline: {error}")))?;
            named.extend(before.files.into_keys());
        }
        named.extend([BASELINE_PATH, UNDO_PATH, IGNORE_PATH].map(str::to_owned));
        match self.files.keys().find(|path| !named.contains(*path)) {
            None => Ok(()),
            Some(path) => Err(foreign(format!("names {path}, which was never generated"))),
        }
    }

    /// Its text.
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
        let undo = Undo::of(files.into());
        let text = undo.to_json().unwrap();
        assert_eq!(Undo::parse(&text, "u").unwrap(), undo);
        let other = text.replace("\"schema\": 1", "\"schema\": 7");
        let error = Undo::parse(&other, "u.json").unwrap_err().to_string();
        assert!(error.contains("u.json: a record of format 7"), "{error}");
        let error = Undo::parse("[", "u.json").unwrap_err().to_string();
        assert!(error.starts_with("u.json:1:1: not what"), "{error}");
    }
}
