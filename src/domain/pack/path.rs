//! File names in packs: they are restricted so that every system stores the same files, whatever its treatment of case,
//! accents, devices and streams. The source of a pack does not matter here.

use std::collections::BTreeMap;

use thiserror::Error;

/// The lengths in bytes of the two fields for a path in a tar header: the folder before the last `/` that fits, and the
/// rest.
/// Source: POSIX.1-2017, pax, "ustar Interchange Format".
const PREFIX: usize = 155;
const NAME: usize = 100;

/// The names of devices on Windows, which are reserved with any extension.
/// Source: Microsoft Learn, "Naming Files, Paths, and Namespaces".
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// The reason why a file may not have a name.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PathError {
    /// The name of the file or of one of its folders is empty.
    #[error("{0:?}: a part of the path is empty")]
    Empty(String),
    /// The path is absolute.
    #[error("{0:?}: an absolute path would lead out of the pack")]
    Absolute(String),
    /// The path has a segment `..` or `.`.
    #[error("{0:?}: a part `.` or `..` would lead out of the pack")]
    Traversal(String),
    /// The path has a backslash, which is a separator on Windows only.
    #[error("{0:?}: a backslash separates folders on some systems only; write `/`")]
    Backslash(String),
    /// The path has a NUL, which ends a name on some systems.
    #[error("{0:?}: a NUL ends a name on some systems")]
    Nul(String),
    /// The path has characters that systems normalise differently.
    #[error(
        "{0:?}: systems store letters other than those of ASCII in more than one way, so that two names could become one"
    )]
    NotAscii(String),
    /// The path has a character with a special meaning on some systems.
    #[error("{0:?}: {1:?} does not stand in a name on every system")]
    Character(String, char),
    /// The file is hidden, as those of git or an editor are.
    #[error("{0:?}: a name that begins with `.` is hidden, and no pack has such files")]
    Hidden(String),
    /// A name ends with a full stop, which Windows removes.
    #[error("{0:?}: Windows drops the full stop at the end, so that two names could become one")]
    FullStop(String),
    /// The name is a device on Windows.
    #[error("{0:?}: this name is a device on Windows")]
    Device(String),
    /// The path does not fit into a tar header.
    #[error(
        "{0:?}: the path is too long: {NAME} bytes after the last folder that fits {PREFIX}, as in a tar header"
    )]
    TooLong(String),
    /// The same path is there twice.
    #[error("{0:?}: there are two files of this name")]
    Twice(String),
    /// Two paths differ in case only.
    #[error("{0:?} and {1:?} are one name on systems that do not tell case")]
    Case(String, String),
    /// The path is a file, and also a folder of other files.
    #[error("{0:?}: both a file and a folder")]
    FileAndFolder(String),
}

/// Refuses a path that systems would read in different ways.
///
/// # Errors
/// The first problem with the path.
pub fn portable(path: &str) -> Result<(), PathError> {
    let shown = || path.to_owned();
    let bytes = path.as_bytes();
    if path.contains('\0') {
        return Err(PathError::Nul(shown()));
    }
    if path.contains('\\') {
        return Err(PathError::Backslash(shown()));
    }
    if path.starts_with('/') || (bytes.get(1) == Some(&b':')) {
        return Err(PathError::Absolute(shown()));
    }
    path.split('/')
        .try_for_each(|part| portable_part(part, path))?;
    if fits_a_header(path) {
        Ok(())
    } else {
        Err(PathError::TooLong(shown()))
    }
}

fn portable_part(part: &str, path: &str) -> Result<(), PathError> {
    let shown = || path.to_owned();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '@');
    match part {
        "" => return Err(PathError::Empty(shown())),
        "." | ".." => return Err(PathError::Traversal(shown())),
        _ => {}
    }
    match part.chars().find(|c| !is_plain(*c)) {
        Some(character) if !character.is_ascii() => return Err(PathError::NotAscii(shown())),
        Some(character) => return Err(PathError::Character(shown(), character)),
        None => {}
    }
    if part.starts_with('.') {
        return Err(PathError::Hidden(shown()));
    }
    if part.ends_with('.') {
        return Err(PathError::FullStop(shown()));
    }
    if is_device(part) {
        Err(PathError::Device(shown()))
    } else {
        Ok(())
    }
}

fn is_device(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or_default().to_lowercase();
    let numbered = ["com", "lpt"].iter().any(|kind| {
        stem.strip_prefix(kind)
            .is_some_and(|number| number.len() == 1 && number.bytes().all(|b| b.is_ascii_digit()))
    });
    numbered || DEVICES.contains(&stem.as_str())
}

/// True if the path fits into a tar header: all of it in the name field, or its first folders in the prefix field.
fn fits_a_header(path: &str) -> bool {
    let last_folder_that_fits = path
        .match_indices('/')
        .map(|(at, _)| at)
        .take_while(|at| *at <= PREFIX)
        .last();
    let rest = last_folder_that_fits.map_or(path.len(), |at| path.len() - at - 1);
    path.len() <= NAME || rest <= NAME
}

/// The paths that were taken, to find those that some system would store as one.
#[derive(Debug, Default)]
pub struct TakenPaths(BTreeMap<String, PathPlace>);

#[derive(Debug)]
struct PathPlace {
    path: String,
    is_file: bool,
}

impl TakenPaths {
    /// Takes the path of a file.
    ///
    /// # Errors
    /// If it is not portable, was taken before, or differs from another path in case only.
    pub fn take(&mut self, path: &str) -> Result<(), PathError> {
        portable(path)?;
        self.folders_of(path)?;
        self.place(path, true)
    }

    /// Takes the path of a folder, which may have been taken before.
    ///
    /// # Errors
    /// As for [`TakenPaths::take`].
    pub fn folder(&mut self, path: &str) -> Result<(), PathError> {
        portable(path)?;
        self.folders_of(path)?;
        self.place(path, false)
    }

    fn folders_of(&mut self, path: &str) -> Result<(), PathError> {
        path.match_indices('/')
            .try_for_each(|(at, _)| self.place(&path[..at], false))
    }

    fn place(&mut self, path: &str, is_file: bool) -> Result<(), PathError> {
        let place = PathPlace {
            path: path.to_owned(),
            is_file,
        };
        let Some(before) = self.0.insert(path.to_ascii_lowercase(), place) else {
            return Ok(());
        };
        match (before.path == path, before.is_file, is_file) {
            (false, ..) => Err(PathError::Case(before.path, path.to_owned())),
            (true, false, false) => Ok(()),
            (true, true, true) => Err(PathError::Twice(path.to_owned())),
            (true, ..) => Err(PathError::FileAndFolder(path.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_some_system_reads_in_another_way_is_refused() {
        let long = format!("templates/{}", "a".repeat(101));
        for (path, expected) in [
            ("", "empty"),
            ("a//b", "empty"),
            ("a/", "empty"),
            ("/etc/passwd", "absolute"),
            ("c:/x", "absolute"),
            ("../x", "`..`"),
            ("a/../../x", "`..`"),
            ("./x", "`..`"),
            ("a\\..\\b", "backslash"),
            ("a\0b", "NUL"),
            ("caf\u{e9}", "ASCII"),
            ("cafe\u{301}", "ASCII"),
            ("a\u{202e}b", "ASCII"),
            ("file:stream", "':'"),
            ("a b", "' '"),
            (".git/hooks", "hidden"),
            ("a/.x", "hidden"),
            ("a.", "full stop"),
            ("templates/CON.tf", "device"),
            ("lpt1", "device"),
            (&long, "too long"),
        ] {
            let error = portable(path).unwrap_err().to_string();
            assert!(error.contains(expected), "{path:?}: {error}");
        }
    }

    #[test]
    fn what_every_system_holds_is_taken() {
        let deep = format!("{}/{}", "a".repeat(155), "b".repeat(100));
        for path in [
            "pack.toml",
            "templates/x_y-z.tf.tera",
            "com10",
            "console.md",
            &deep,
        ] {
            assert_eq!(portable(path), Ok(()), "{path}");
        }
    }

    #[test]
    fn names_that_become_one_are_refused() {
        for (first, second, expected) in [
            ("a/b", "a/b", "two files"),
            ("a/b", "a/B", "do not tell case"),
            ("A/b", "a/c", "do not tell case"),
            ("a", "a/b", "both a file and a folder"),
            ("a/b", "a", "both a file and a folder"),
        ] {
            let mut taken = TakenPaths::default();
            taken.take(first).unwrap();
            let error = taken.take(second).unwrap_err().to_string();
            assert!(error.contains(expected), "{first}, {second}: {error}");
        }
    }
}
