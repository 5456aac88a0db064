//! Files of rdsproxy-gen in a directory, genuine or forged.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use rdsproxy_gen::domain::baseline::{Baseline, digest};
use rdsproxy_gen::domain::own_path::own;
use rdsproxy_gen::domain::undo::Undo;
use rdsproxy_gen::io::files::{self, FilesError};

use super::{Broken, split, text};

/// A baseline or an update record: if accepted, it names only files that the tool may write, and is written back
/// unchanged.
pub(super) fn baseline(bytes: &[u8]) -> Broken {
    let text = text(bytes);
    if let Ok(baseline) = Baseline::parse(&text, "baseline.json") {
        baseline.changed().count();
        all_own(baseline.files.keys())?;
        let written = baseline.to_json().map_err(|error| error.to_string())?;
        let again = Baseline::parse(&written, "baseline.json");
        if again.map_err(|error| error.to_string())? != baseline {
            return Err(format!("is written as another one: {written}"));
        }
    }
    if let Ok(undo) = Undo::parse(&text, "undo.json") {
        all_own(undo.files.keys())?;
        let written = undo.to_json().map_err(|error| error.to_string())?;
        let again = Undo::parse(&written, "undo.json");
        if again.map_err(|error| error.to_string())? != undo {
            return Err(format!("is written as another one: {written}"));
        }
        let of_baseline = undo.files.values().filter_map(|file| file.before.as_ref());
        for before in of_baseline {
            let _ = undo.belongs_to(before, "undo.json");
        }
    }
    Ok(())
}

fn all_own<'p>(mut paths: impl Iterator<Item = &'p String>) -> Broken {
    match paths.find(|path| own(path).is_err()) {
        None => Ok(()),
        Some(path) => Err(format!("names {path:?}")),
    }
}

/// A directory with an interrupted run, described by the input: nothing outside it changes, a refused journal changes
/// nothing inside either, and a completed run is complete.
pub(super) fn journal(bytes: &[u8]) -> Broken {
    let place = tempfile::tempdir().map_err(|error| error.to_string())?;
    let (root, outside) = (place.path().join("project"), place.path().join("outside"));
    for folder in [&root, &outside] {
        fs::create_dir(folder).map_err(|error| error.to_string())?;
    }
    fs::write(outside.join("victim"), "kept").map_err(|error| error.to_string())?;
    build(&root, &text(bytes));
    let (inside, before) = (tree(&root), tree(&outside));
    let outcome = files::recover(&root);
    if tree(&outside) != before {
        return Err(format!("{outcome:?} changes what is outside"));
    }
    match outcome {
        Ok(true) => match files::recover(&root) {
            Ok(false) => Ok(()),
            again => Err(format!("is completed twice: {again:?}")),
        },
        Ok(false) => Ok(()),
        // The system may refuse halfway; then the journal is kept, and the next run continues.
        Err(FilesError::Write { .. } | FilesError::Read { .. }) => Ok(()),
        Err(error) if tree(&root) != inside => Err(format!("changes something, and says: {error}")),
        Err(_) => Ok(()),
    }
}

/// Makes the directory that a text describes: `-> target` alone is a link, and `sha256:@path` the digest of the file
/// with this path, which cannot be guessed.
fn build(root: &Path, text: &str) {
    let files = split(text);
    for (path, text) in &files {
        let mut text = text.clone();
        for (other, of) in files.iter().filter(|(other, _)| *other != path) {
            text = text.replace(&format!("sha256:@{other}"), &digest(of));
        }
        let is_plain = path
            .split('/')
            .all(|part| !matches!(part, "" | "." | "..") && !part.contains('\0'));
        if !is_plain {
            continue;
        }
        let file = root.join(path);
        // An earlier link would lead the fuzzer itself outside.
        let mut above = file.ancestors().skip(1).take_while(|above| *above != root);
        if above.any(Path::is_symlink) {
            continue;
        }
        let _ = file.parent().map(fs::create_dir_all);
        let _ = match text.trim_end().strip_prefix("-> ") {
            Some(target) => link(target, &file),
            None if file.is_symlink() => Ok(()),
            None => fs::write(&file, &text),
        };
    }
}

#[cfg(unix)]
fn link(target: &str, file: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(target, file)
}

#[cfg(not(unix))]
fn link(_: &str, _: &Path) -> std::io::Result<()> {
    Ok(())
}

/// Everything below a folder: paths and contents. Links are listed and not followed.
fn tree(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let target = fs::read_link(&path).map(|target| target.display().to_string().into());
            if path.is_dir() && !path.is_symlink() {
                folders.push(path.clone());
            }
            let content = target.or_else(|_| fs::read(&path)).unwrap_or_default();
            found.insert(path, content);
        }
    }
    found
}
