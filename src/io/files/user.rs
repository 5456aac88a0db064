//! Locates the user's own settings, which apply to every project, and the folders for state and cache.
#![allow(clippy::disallowed_methods)]

use std::env;
use std::fs;
use std::path::PathBuf;

/// The name of our folder in the user's settings, state and cache.
const FOLDER: &str = "rdsproxy-gen";

/// Returns the file of this name in the user's own settings, if it exists.
pub fn of_user(name: &str) -> Option<PathBuf> {
    let file = place_of_user(name)?;
    fs::metadata(&file)
        .is_ok_and(|about| about.is_file())
        .then_some(file)
}

/// Returns the path of a file in the user's own settings, or `None` if their location is unknown.
pub fn place_of_user(name: &str) -> Option<PathBuf> {
    Some(settings()?.join(FOLDER).join(name))
}

/// Returns the path of a folder for state that must outlive the cache. It need not exist yet. `None` if the location is
/// unknown.
///
/// Sources: XDG Base Directory Specification, "Environment variables" (`XDG_STATE_HOME`); Apple, "File System
/// Programming Guide", "Where You Should Put Your App's Files"; Microsoft Learn, "Known folders" (`LOCALAPPDATA`).
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

/// Returns the path of a folder in the user's cache. It need not exist yet. `None` if the location is unknown.
///
/// Sources: XDG Base Directory Specification, "Environment variables"; Apple, "File System Programming Guide", "Where
/// You Should Put Your App's Files"; Microsoft Learn, "Known folders" (`LOCALAPPDATA`).
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

/// Returns the folder of Docker's configuration. Source: Docker Docs, "docker CLI", "Configuration files".
pub fn folder_of_docker() -> Option<PathBuf> {
    let home = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
    let named = env::var_os("DOCKER_CONFIG").filter(|path| !path.is_empty());
    named
        .map(PathBuf::from)
        .or_else(|| Some(absolute_path(home)?.join(".docker")))
}

/// Returns the path in a variable. The XDG specification says to ignore a path that is not absolute.
fn absolute_path(variable: &str) -> Option<PathBuf> {
    let path = env::var_os(variable).map(PathBuf::from);
    path.filter(|path| path.is_absolute())
}

/// Returns the folder of the user's settings. Sources: XDG Base Directory Specification, "Environment variables";
/// Microsoft Learn, "Known folders" (`APPDATA`).
fn settings() -> Option<PathBuf> {
    let named = absolute_path;
    if cfg!(windows) {
        named("APPDATA")
    } else {
        named("XDG_CONFIG_HOME").or_else(|| Some(named("HOME")?.join(".config")))
    }
}
