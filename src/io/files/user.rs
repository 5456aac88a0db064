//! Where a user's own settings stand, which hold for every project, and what is kept for the next run.
#![allow(clippy::disallowed_methods)]

use std::env;
use std::fs;
use std::path::PathBuf;

/// Our folder in that of the user's settings.
const FOLDER: &str = "rdsproxy-gen";

/// A file of this name in the user's own settings, where there is one.
pub fn of_user(name: &str) -> Option<PathBuf> {
    let file = place_of_user(name)?;
    fs::metadata(&file)
        .is_ok_and(|about| about.is_file())
        .then_some(file)
}

/// Where a file of this name stands in the user's own settings; none where nobody says where those are.
pub fn place_of_user(name: &str) -> Option<PathBuf> {
    Some(settings()?.join(FOLDER).join(name))
}

/// A folder of this name for what has to outlast the cache, which need not be there yet; none where nobody says where that is.
///
/// Sources: XDG Base Directory Specification, "Environment variables" (`XDG_STATE_HOME`); Apple, "File System Programming Guide",
/// "Where You Should Put Your App's Files"; Microsoft Learn, "Known folders" (`LOCALAPPDATA`).
pub fn state_of_user(name: &str) -> Option<PathBuf> {
    let named = absolute_path;
    let folder = if cfg!(windows) {
        named("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        named("XDG_STATE_HOME").or_else(|| Some(named("HOME")?.join("Library/Application Support")))
    } else {
        named("XDG_STATE_HOME").or_else(|| Some(named("HOME")?.join(".local/state")))
    };
    Some(folder?.join(FOLDER).join(name))
}

/// A folder of this name in the user's cache, which need not be there yet; none where nobody says where that is.
///
/// Sources: XDG Base Directory Specification, "Environment variables"; Apple, "File System Programming Guide", "Where You Should
/// Put Your App's Files"; Microsoft Learn, "Known folders" (`LOCALAPPDATA`).
pub fn cache_of_user(name: &str) -> Option<PathBuf> {
    let named = absolute_path;
    let folder = if cfg!(windows) {
        named("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        named("XDG_CACHE_HOME").or_else(|| Some(named("HOME")?.join("Library/Caches")))
    } else {
        named("XDG_CACHE_HOME").or_else(|| Some(named("HOME")?.join(".cache")))
    };
    Some(folder?.join(FOLDER).join(name))
}

/// Where Docker keeps its configuration. Source: Docker Docs, "docker CLI", "Configuration files".
pub fn folder_of_docker() -> Option<PathBuf> {
    let home = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
    let named = env::var_os("DOCKER_CONFIG").filter(|path| !path.is_empty());
    named
        .map(PathBuf::from)
        .or_else(|| Some(absolute_path(home)?.join(".docker")))
}

/// What is not absolute is to be ignored, says the specification.
fn absolute_path(variable: &str) -> Option<PathBuf> {
    let path = env::var_os(variable).map(PathBuf::from);
    path.filter(|path| path.is_absolute())
}

/// Sources: XDG Base Directory Specification, "Environment variables"; Microsoft Learn, "Known folders" (`APPDATA`).
fn settings() -> Option<PathBuf> {
    let named = absolute_path;
    match cfg!(windows) {
        true => named("APPDATA"),
        false => named("XDG_CONFIG_HOME").or_else(|| Some(named("HOME")?.join(".config"))),
    }
}
