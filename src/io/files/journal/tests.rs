//! Tests runs that are interrupted at any point, and journals that do not match their directory.
#![allow(clippy::disallowed_methods)]

use std::fs;

use super::*;
use crate::io::files::{self, ExistingFile, existing};

fn project(root: &Path) -> OpenProject<'_> {
    OpenProject::open(root).unwrap().unwrap()
}

fn text(text: &str) -> ExistingFile {
    ExistingFile::Text(text.into())
}

/// Creates a directory in which a run was interrupted right after it had committed.
fn cut_off(root: &Path, change: &DirectoryChange) {
    let project = project(root);
    let state = project.state_made().unwrap();
    let journal = stage(&project, &state, change).unwrap();
    commit(&project, &state, &journal).unwrap();
}

fn sample(root: &Path) -> DirectoryChange {
    fs::write(root.join("a"), "old a").unwrap();
    fs::write(root.join("gone"), "old").unwrap();
    DirectoryChange {
        write: [("a", "new a"), ("b/c", "new c")]
            .map(|(path, text)| (path.into(), text.into()))
            .into(),
        remove: vec!["gone".into()],
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
        let change = DirectoryChange {
            write: [("a".to_owned(), format!("{mode}"))].into(),
            remove: Vec::new(),
        };
        files::apply(root.path(), &change).unwrap();
        let about = fs::metadata(&path).unwrap();
        assert_eq!(about.permissions().mode() & 0o777, mode);
        assert_eq!(fs::read_to_string(&path).unwrap(), format!("{mode}"));
    }
}

#[test]
fn an_undecided_change_is_thrown_away() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    let change = sample(root);
    let project = project(root);
    stage(&project, &project.state_made().unwrap(), &change).unwrap();
    assert!(files::is_cut_off(root));
    assert!(!files::recover(root).unwrap());
    assert_eq!(existing(root, "a"), text("old a"));
    assert_eq!(fs::read_dir(root).unwrap().count(), 2);
}

#[test]
fn a_decided_change_is_completed_from_any_point() {
    for moved in [0, 1, 2] {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        let change = sample(root);
        cut_off(root, &change);
        let staged = root.join(OWN_FOLDER).join(STAGED);
        for (number, path) in ["a", "b/c"].iter().enumerate().take(moved) {
            fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
            fs::rename(staged.join(number.to_string()), root.join(path)).unwrap();
        }
        assert!(files::recover(root).unwrap());
        assert_eq!(existing(root, "a"), text("new a"), "{moved} moved");
        assert_eq!(existing(root, "b/c"), text("new c"), "{moved} moved");
        assert_eq!(fs::read_dir(root).unwrap().count(), 2, "{moved} moved");
        assert!(!files::is_cut_off(root));
    }
}

#[test]
fn folders_go_that_a_cut_off_run_left_empty() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    fs::create_dir_all(root.join("a/b/c")).unwrap();
    fs::write(root.join("a/b/c/gone"), "old").unwrap();
    let change = DirectoryChange {
        remove: vec!["a/b/c/gone".into()],
        ..DirectoryChange::default()
    };
    cut_off(root, &change);
    // The run was interrupted after it had removed the file and its folder.
    fs::remove_dir_all(root.join("a/b/c")).unwrap();
    assert!(files::recover(root).unwrap());
    assert_eq!(fs::read_dir(root).unwrap().count(), 0);
}

#[test]
fn what_is_left_after_the_last_move_is_swept_up() {
    // Interrupted after all moves and before the journal was removed; after that; and while the journal was written.
    let steps: [fn(&Path); 3] = [
        |root| cut_off(root, &DirectoryChange::default()),
        |root| fs::create_dir_all(root.join(OWN_FOLDER).join(STAGED)).unwrap(),
        |root| {
            fs::create_dir(root.join(OWN_FOLDER)).unwrap();
            fs::write(root.join(OWN_FOLDER).join(DRAFT), "{").unwrap();
        },
    ];
    for step in steps {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("a"), "new a").unwrap();
        step(root.path());
        files::recover(root.path()).unwrap();
        assert_eq!(existing(root.path(), "a"), text("new a"));
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
    }
}

/// A journal that does not match the directory is not carried out at all, not even the part that would match.
#[test]
fn a_journal_counts_only_for_the_directory_that_it_was_written_for() {
    type Tamper = fn(&Path);
    let cases: [(&str, Tamper); 6] = [
        ("was changed since", |root| {
            fs::write(root.join("a"), "mine").unwrap()
        }),
        ("was changed since", |root| {
            fs::write(root.join("gone"), "mine").unwrap()
        }),
        ("was changed since", |root| {
            fs::create_dir(root.join("b")).unwrap();
            fs::write(root.join("b/c"), "mine").unwrap();
        }),
        ("is another text", |root| {
            fs::write(root.join(".rdsproxy-gen/staged/1"), "theirs").unwrap();
        }),
        ("is gone", |root| {
            fs::remove_file(root.join(".rdsproxy-gen/staged/1")).unwrap()
        }),
        ("unknown field", |root| {
            fs::write(root.join(".rdsproxy-gen/pending.json"), "{\"x\":1}").unwrap();
        }),
    ];
    for (why, tamper) in cases {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        let change = sample(root);
        cut_off(root, &change);
        tamper(root);
        let before = contents(root);
        let error = files::recover(root).unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
        assert!(error.contains("pending.json"), "{error}");
        assert_eq!(contents(root), before, "{why}");
    }
}

fn contents(folder: &Path) -> Vec<(std::path::PathBuf, Option<String>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        found.push((path.clone(), fs::read_to_string(&path).ok()));
        if path.is_dir() {
            found.extend(contents(&path));
        }
    }
    found.sort();
    found
}

#[test]
fn two_runs_do_not_meet() {
    let root = tempfile::tempdir().unwrap();
    let change = sample(root.path());
    cut_off(root.path(), &change);
    let project = project(root.path());
    let _held = project.lock().unwrap();
    assert!(matches!(
        files::recover(root.path()),
        Err(FilesError::Busy { .. })
    ));
}
