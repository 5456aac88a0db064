//! Remembers which lists of yanked versions were seen: for each place, the highest sequence number that each key
//! signed. It is kept in the user's state folder. A number is only ever raised, so parallel runs lose nothing. A memory
//! that cannot be read is an error and is never treated as empty.
#![allow(clippy::disallowed_methods)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::files::{
    FilesError, Readers, is_folder, read_text_if_there, share, state_of_user, write_bytes,
};
use super::store::archive::digest;
use crate::domain::pack::Reference;
use crate::domain::pack::freshness::{Seen, SeenList};

/// The schema version of the file.
const SCHEMA: u32 = 1;

/// The maximum size of one place's memory, and the maximum number of keys in it. Our own limits: a place has one key or
/// a few, and the largest list names a few thousand versions.
const BYTES: usize = 4 * 1024 * 1024;
const KEYS: usize = 100;

/// The memory of one place. It has no file if the user has no state folder; then nothing is remembered.
#[derive(Clone, Debug)]
pub struct Memory {
    place: String,
    file: Option<PathBuf>,
}

/// The reason the memory cannot be used.
#[derive(Debug, Error)]
pub enum MemoryError {
    /// The memory cannot be read.
    #[error("what was seen of {place} before cannot be read in {file}: {why}")]
    Unreadable {
        /// The place that the memory belongs to.
        place: String,
        /// The path of the memory's file.
        file: String,
        /// The cause of the failure.
        why: String,
    },
    /// The memory cannot be written.
    #[error("what was seen of {place} cannot be kept in {file}: {why}")]
    Unwritable {
        /// The place that the memory belongs to.
        place: String,
        /// The path of the memory's file.
        file: String,
        /// The cause of the failure.
        why: String,
    },
}

/// The file format of the memory.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MemoryFile {
    schema: u32,
    /// The place, for readers of the file and as a check against a file that was renamed.
    place: String,
    seen: BTreeMap<String, WireSeen>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireSeen {
    sequence: u64,
    digest: String,
    /// The versions that the list yanked.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    yanked: BTreeSet<String>,
}

impl Memory {
    /// Returns this user's memory of the place that a reference names.
    pub fn of_user(reference: &Reference) -> Self {
        Self::within(state_of_user("yanked"), reference)
    }

    fn within(folder: Option<PathBuf>, reference: &Reference) -> Self {
        let place = match reference {
            Reference::Local(path) => folder_of_list(Path::new(path)),
            Reference::Git(_) | Reference::Oci(_) => reference.place(),
        };
        let name = digest(place.as_bytes()).replace(':', "-");
        Self {
            place,
            file: folder.map(|folder| folder.join(format!("{name}.json"))),
        }
    }

    /// Returns the path of the memory's file, or `None` if the user has no state folder.
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// Returns the lists that were seen before.
    ///
    /// # Errors
    /// If the memory exists but cannot be read.
    pub fn seen(&self) -> Result<Seen, MemoryError> {
        let Some(file) = &self.file else {
            return Ok(Seen::new());
        };
        self.read(file).map_err(|why| MemoryError::Unreadable {
            place: self.place.clone(),
            file: file.display().to_string(),
            why,
        })
    }

    fn read(&self, file: &Path) -> Result<Seen, String> {
        let Some(text) = read_text_if_there(file, BYTES).map_err(told)? else {
            return Ok(Seen::new());
        };
        let wire: MemoryFile = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        if wire.schema != SCHEMA || wire.place != self.place {
            return Err("it is of another place, or of another version of rdsproxy-gen".to_owned());
        }
        let seen = wire.seen.into_iter().map(|(signer, one)| {
            let WireSeen {
                sequence,
                digest,
                yanked,
            } = one;
            let list = SeenList {
                sequence,
                digest,
                yanked,
            };
            (signer, list)
        });
        Ok(seen.collect())
    }

    /// Remembers the newest list of a key. A list that is older than one already remembered, perhaps by a parallel run,
    /// changes nothing.
    ///
    /// # Errors
    /// If the memory cannot be read or written.
    pub fn remember(&self, signer: &str, list: SeenList) -> Result<(), MemoryError> {
        let Some(file) = &self.file else {
            return Ok(());
        };
        let failed = |why: String| MemoryError::Unwritable {
            place: self.place.clone(),
            file: file.display().to_string(),
            why,
        };
        if self.seen()?.get(signer) == Some(&list) {
            return Ok(());
        }
        let folder = file.parent().unwrap_or(Path::new(""));
        let _held = share(folder).map_err(|error| failed(error.to_string()))?;
        let mut seen = self.seen()?;
        let is_newer = |before: &SeenList| before.sequence < list.sequence;
        if !seen.get(signer).is_none_or(is_newer) {
            return Ok(());
        }
        seen.insert(signer.to_owned(), list);
        if seen.len() > KEYS {
            return Err(failed(format!("it would hold more than {KEYS} keys")));
        }
        let text = self
            .written(seen)
            .map_err(|error| failed(error.to_string()))?;
        if text.len() > BYTES {
            return Err(failed(format!("it would have more than {BYTES} bytes")));
        }
        write_bytes(file, text.as_bytes(), Readers::Owner).map_err(|error| failed(told(error)))
    }

    fn written(&self, seen: Seen) -> serde_json::Result<String> {
        let seen = seen.into_iter().map(|(signer, one)| {
            let SeenList {
                sequence,
                digest,
                yanked,
            } = one;
            let list = WireSeen {
                sequence,
                digest,
                yanked,
            };
            (signer, list)
        });
        serde_json::to_string_pretty(&MemoryFile {
            schema: SCHEMA,
            place: self.place.clone(),
            seen: seen.collect(),
        })
    }
}

/// Returns the cause of an error only, because the message already names the file.
fn told(error: FilesError) -> String {
    std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string)
}

/// Returns the canonical path of the folder that holds a local pack's list of yanked versions.
fn folder_of_list(path: &Path) -> String {
    let folder = match (is_folder(path), path.parent()) {
        (true, _) => path,
        (false, Some(parent)) if !parent.as_os_str().is_empty() => parent,
        (false, _) => Path::new("."),
    };
    let whole = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    whole.display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::files::create_folder;

    fn memory(folder: &Path) -> Memory {
        let reference = Reference::parse("oci://h.io/acme?tag=1.0.0").unwrap();
        Memory::within(Some(folder.join("state/yanked")), &reference)
    }

    fn list(sequence: u64) -> SeenList {
        let digest = format!("d{sequence}");
        let yanked = [format!("acme 0.0.{sequence}")].into();
        SeenList {
            sequence,
            digest,
            yanked,
        }
    }

    #[test]
    fn the_highest_number_of_each_key_is_remembered_for_all_versions_of_a_place() {
        let folder = tempfile::tempdir().unwrap();
        let memory = memory(folder.path());
        assert_eq!(memory.seen().unwrap(), Seen::new());
        for (signer, sequence) in [("A", 3), ("B", 1), ("A", 2), ("A", 5), ("A", 4)] {
            memory.remember(signer, list(sequence)).unwrap();
        }
        let expected: Seen = [("A".to_owned(), list(5)), ("B".to_owned(), list(1))].into();
        let state = folder.path().join("state/yanked");
        for (written, is_it) in [
            ("oci://H.io:443/acme?tag=2.0.0", true),
            ("oci://h.io/acme", true),
            ("oci://h.io:5000/acme", false),
            ("oci://h.io/other", false),
            ("git+https://h.io/acme#v1", false),
        ] {
            let reference = Reference::parse(written).unwrap();
            let seen = Memory::within(Some(state.clone()), &reference)
                .seen()
                .unwrap();
            assert_eq!(seen == expected, is_it, "{written}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn only_the_user_can_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let memory = memory(folder.path());
        memory.remember("A", list(1)).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let file = memory.file().unwrap();
        assert_eq!((mode(file), mode(file.parent().unwrap())), (0o600, 0o700));
    }

    #[test]
    fn runs_beside_each_other_keep_the_highest_number() {
        let folder = tempfile::tempdir().unwrap();
        let memory = memory(folder.path());
        std::thread::scope(|scope| {
            for number in 1..=16 {
                let memory = &memory;
                scope.spawn(move || {
                    memory.remember("A", list(number)).unwrap();
                    memory
                        .remember(&format!("K{number}"), list(number))
                        .unwrap();
                });
            }
        });
        let seen = memory.seen().unwrap();
        assert_eq!((seen["A"].sequence, seen.len()), (16, 17));
    }

    #[test]
    fn what_cannot_be_read_is_never_taken_for_nothing() {
        let good =
            r#"{"schema":1,"place":"oci://h.io/acme","seen":{"A":{"sequence":3,"digest":"d3"}}}"#;
        for (text, is_good) in [
            (good.to_owned(), true),
            (String::new(), false),
            ("{".to_owned(), false),
            (good.replace("\"schema\":1", "\"schema\":2"), false),
            (good.replace("acme", "other"), false),
            (good.replace('3', "-3"), false),
            (good.replace("sequence", "number"), false),
            (format!("{good}{}", " ".repeat(BYTES)), false),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let memory = memory(folder.path());
            let file = memory.file().unwrap();
            create_folder(file.parent().unwrap()).unwrap();
            fs::write(file, &text).unwrap();
            assert_eq!(memory.seen().is_ok(), is_good, "{text:.80}");
            // An unreadable memory is not overwritten either.
            assert_eq!(memory.remember("A", list(4)).is_ok(), is_good, "{text:.80}");
            assert_eq!(fs::read_to_string(file).unwrap() == text, !is_good);
        }
        let folder = tempfile::tempdir().unwrap();
        let memory = memory(folder.path());
        fs::create_dir_all(memory.file().unwrap()).unwrap();
        assert!(memory.seen().is_err());
    }

    #[test]
    fn without_a_folder_for_state_nothing_is_remembered() {
        let reference = Reference::parse("acme").unwrap();
        let memory = Memory::within(None, &reference);
        memory.remember("A", list(1)).unwrap();
        assert_eq!(memory.seen().unwrap(), Seen::new());
    }
}
