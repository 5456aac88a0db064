//! Changing a directory that exists: stage, commit by one rename, move into place, and complete what was cut off.
#![allow(clippy::disallowed_methods)]

use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{Change, FilesError, inside, write_error, write_file, write_files};

const FOLDER: &str = ".rdsproxy-gen";
const STAGED: &str = ".rdsproxy-gen/staged";
const DRAFT: &str = ".rdsproxy-gen/pending.draft";
const PENDING: &str = ".rdsproxy-gen/pending.json";

/// What is still to be done. Once it stands under its name, the change is decided.
#[derive(Deserialize, Serialize)]
struct Journal {
    write: Vec<String>,
    remove: Vec<String>,
}

/// Writes and removes all of it; see the module above.
pub(super) fn apply(root: &Path, change: &Change) -> Result<(), FilesError> {
    let _lock = lock(root)?;
    complete(root)?;
    let staged = Change {
        write: change.write.clone(),
        remove: Vec::new(),
    };
    write_files(&root.join(STAGED), &staged).inspect_err(|_| discard(root))?;
    keep_permissions(root, change);
    commit(root, change).map_err(|source| {
        discard(root);
        write_error(&root.join(PENDING), source)
    })?;
    complete(root)
}

/// A file that is replaced stays as readable and as executable as it was. Where the system refuses, it gets what new files get.
fn keep_permissions(root: &Path, change: &Change) {
    for path in change.write.keys() {
        if let Ok(about) = fs::metadata(root.join(path)) {
            let _ = fs::set_permissions(root.join(STAGED).join(path), about.permissions());
        }
    }
}

/// Completes a change that an earlier run decided on, and throws away one that it did not.
///
/// Returns whether a decided change was completed.
///
/// # Errors
/// When another run is at work, or the system refuses.
pub(super) fn recover(root: &Path) -> Result<bool, FilesError> {
    if ![PENDING, DRAFT, STAGED]
        .iter()
        .any(|part| root.join(part).exists())
    {
        return Ok(false);
    }
    let _lock = lock(root)?;
    let decided = root.join(PENDING).exists();
    complete(root)?;
    Ok(decided)
}

/// Holds the directory for this run. The lock goes with the process, however that ends.
fn lock(root: &Path) -> Result<File, FilesError> {
    let folder = File::open(root).map_err(|source| write_error(root, source))?;
    match folder.try_lock() {
        Ok(()) => Ok(folder),
        Err(TryLockError::WouldBlock) => Err(FilesError::Busy {
            path: root.display().to_string(),
        }),
        // Not every file system can lock; the journal alone still keeps a single run safe.
        Err(TryLockError::Error(_)) => Ok(folder),
    }
}

fn commit(root: &Path, change: &Change) -> io::Result<()> {
    let journal = Journal {
        write: change.write.keys().cloned().collect(),
        remove: change.remove.clone(),
    };
    let draft = root.join(DRAFT);
    write_file(&draft, &serde_json::to_string(&journal)?)?;
    fs::rename(draft, root.join(PENDING))
}

fn complete(root: &Path) -> Result<(), FilesError> {
    let pending = root.join(PENDING);
    match fs::read_to_string(&pending) {
        Ok(text) => {
            let journal = read(&text).map_err(|source| write_error(&pending, source))?;
            // The journal may have come with a directory of somebody else's: it leads nowhere else.
            for path in journal.write.iter().chain(&journal.remove) {
                inside(root, path)?;
            }
            move_into_place(root, &journal).map_err(|source| write_error(root, source))?;
            fs::remove_file(&pending).map_err(|source| write_error(&pending, source))?;
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(source) => return Err(write_error(&pending, source)),
    }
    discard(root);
    Ok(())
}

fn read(journal: &str) -> io::Result<Journal> {
    Ok(serde_json::from_str(journal)?)
}

fn move_into_place(root: &Path, journal: &Journal) -> io::Result<()> {
    for path in &journal.write {
        let (from, to) = (root.join(STAGED).join(path), root.join(path));
        if let Some(parent) = to.parent() {
            fs::create_dir_all(parent)?;
        }
        match fs::rename(from, to) {
            // Moved before this run was cut off.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            done => done?,
        }
    }
    for path in &journal.remove {
        remove(root, path)?;
    }
    Ok(())
}

/// Removes a file, and the folders that it leaves empty.
fn remove(root: &Path, path: &str) -> io::Result<()> {
    match fs::remove_file(root.join(path)) {
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        done => done?,
    }
    let mut folder = Path::new(path).parent();
    while let Some(inner) = folder.filter(|folder| !folder.as_os_str().is_empty()) {
        match fs::remove_dir(root.join(inner)) {
            // Removed before this run was cut off: the folder around it may be the next one.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(_) => break,
            Ok(()) => {}
        }
        folder = inner.parent();
    }
    Ok(())
}

/// Removes what was staged. Best effort: what stays behind is thrown away by the next run.
fn discard(root: &Path) {
    let _ = fs::remove_dir_all(root.join(STAGED));
    let _ = fs::remove_file(root.join(DRAFT));
    let _ = fs::remove_dir(root.join(FOLDER));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::files::{Existing, existing};

    fn staged(root: &Path) {
        for (path, text) in [("a", "new a"), ("b/c", "new c")] {
            write_file(&root.join(STAGED).join(path), text).unwrap();
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_file_keeps_its_permissions() {
        use std::os::unix::fs::PermissionsExt;
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("a");
        fs::write(&path, "old").unwrap();
        for mode in [0o640, 0o755, 0o444] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let change = Change {
                write: [("a".to_owned(), format!("{mode}"))].into(),
                remove: Vec::new(),
            };
            apply(root.path(), &change).unwrap();
            let about = fs::metadata(&path).unwrap();
            assert_eq!(about.permissions().mode() & 0o777, mode);
            assert_eq!(fs::read_to_string(&path).unwrap(), format!("{mode}"));
        }
    }

    #[test]
    fn an_undecided_change_is_thrown_away() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("a"), "old a").unwrap();
        staged(root.path());
        assert!(!recover(root.path()).unwrap());
        assert_eq!(existing(root.path(), "a"), Existing::Text("old a".into()));
        assert_eq!(existing(root.path(), FOLDER), Existing::Absent);
    }

    #[test]
    fn a_decided_change_is_completed_from_any_point() {
        for moved in [0, 1, 2] {
            let root = tempfile::tempdir().unwrap();
            let root = root.path();
            fs::write(root.join("a"), "old a").unwrap();
            fs::write(root.join("gone"), "old").unwrap();
            staged(root);
            let change = Change {
                write: [("a", ""), ("b/c", "")]
                    .map(|(path, text)| (path.into(), text.into()))
                    .into(),
                remove: vec!["gone".into()],
            };
            commit(root, &change).unwrap();
            for path in ["a", "b/c"].iter().take(moved) {
                fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
                fs::rename(root.join(STAGED).join(path), root.join(path)).unwrap();
            }
            assert!(recover(root).unwrap());
            assert_eq!(
                existing(root, "a"),
                Existing::Text("new a".into()),
                "{moved} moved"
            );
            assert_eq!(
                existing(root, "b/c"),
                Existing::Text("new c".into()),
                "{moved} moved"
            );
            assert_eq!(existing(root, "gone"), Existing::Absent);
            assert_eq!(existing(root, FOLDER), Existing::Absent);
        }
    }

    #[test]
    fn folders_go_that_a_cut_off_run_left_empty() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        // The file and its folder had gone, and then the run was cut off.
        fs::create_dir_all(root.join("a/b")).unwrap();
        let change = Change {
            remove: vec!["a/b/c/gone".into()],
            ..Change::default()
        };
        commit(root, &change).unwrap();
        assert!(recover(root).unwrap());
        assert_eq!(existing(root, "a"), Existing::Absent);
    }

    #[test]
    fn what_is_left_after_the_last_move_is_swept_up() {
        // Cut off after all was moved and before the journal went; after that; and while a refused journal was discarded.
        let steps: [fn(&Path); 3] = [
            |root| commit(root, &Change::default()).unwrap(),
            |root| fs::create_dir_all(root.join(STAGED).join("b")).unwrap(),
            |root| write_file(&root.join(DRAFT), "{").unwrap(),
        ];
        for step in steps {
            let root = tempfile::tempdir().unwrap();
            fs::write(root.path().join("a"), "new a").unwrap();
            step(root.path());
            recover(root.path()).unwrap();
            assert_eq!(existing(root.path(), "a"), Existing::Text("new a".into()));
            assert_eq!(existing(root.path(), FOLDER), Existing::Absent);
        }
    }

    #[test]
    fn a_journal_of_somebody_elses_leads_nowhere() {
        let home = tempfile::tempdir().unwrap();
        let root = home.path().join("project");
        staged(&root);
        write_file(&home.path().join("precious"), "kept").unwrap();
        let journal = r#"{"write":["../stolen"],"remove":["../precious"]}"#;
        write_file(&root.join(PENDING), journal).unwrap();
        assert!(matches!(recover(&root), Err(FilesError::Escapes { .. })));
        assert!(home.path().join("precious").exists());
    }

    #[test]
    fn two_runs_do_not_meet() {
        let root = tempfile::tempdir().unwrap();
        staged(root.path());
        let _held = lock(root.path()).unwrap();
        assert!(matches!(recover(root.path()), Err(FilesError::Busy { .. })));
    }
}
