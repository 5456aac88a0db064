//! Where a user's own settings stand, which hold for every project.
#![allow(clippy::disallowed_methods)]

use std::env;
use std::fs;
use std::path::PathBuf;

/// Our folder in that of the user's settings.
const FOLDER: &str = "rdsproxy-gen";

/// A file of this name in the user's own settings, where there is one.
pub fn of_user(name: &str) -> Option<PathBuf> {
    let file = settings()?.join(FOLDER).join(name);
    fs::metadata(&file)
        .is_ok_and(|about| about.is_file())
        .then_some(file)
}

/// Sources: XDG Base Directory Specification, "Environment variables"; Microsoft Learn, "Known folders" (`APPDATA`).
fn settings() -> Option<PathBuf> {
    let path = |name| env::var_os(name).map(PathBuf::from);
    // What is not absolute is to be ignored, says the specification.
    let named = |name| path(name).filter(|path| path.is_absolute());
    match cfg!(windows) {
        true => named("APPDATA"),
        false => named("XDG_CONFIG_HOME").or_else(|| Some(named("HOME")?.join(".config"))),
    }
}
