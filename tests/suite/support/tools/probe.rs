//! Checks that a tool is installed, starts, and is new enough.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::table::Tool;

/// A suitable tool.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) path: PathBuf,
    pub(super) version: String,
}

/// Returns the first suitable tool among the places, or the first reason why there is none.
pub(super) fn probe(tool: &Tool, path: &OsStr) -> Result<Found, String> {
    if let Some(folder) = tool.needs
        && !Path::new(folder).is_dir()
    {
        return Err(format!("{folder} is missing"));
    }
    let mut reason = None;
    for place in places(tool, path).filter(|place| place.is_file()) {
        match tried(tool, &place) {
            Ok(version) => {
                return Ok(Found {
                    path: place,
                    version,
                });
            }
            Err(why) => reason = reason.or(Some(why)),
        }
    }
    let where_to = tool.home.map_or_else(String::new, |home| {
        format!(" (looked for in .tools/{home}/bin)")
    });
    Err(reason.unwrap_or_else(|| format!("is not installed{where_to}")))
}

/// The places of a tool. Links are kept as they are: the Python of a virtual environment is a link, and so are the
/// shims of version managers.
fn places<'t>(tool: &'t Tool, path: &OsStr) -> impl Iterator<Item = PathBuf> + 't {
    let home = tool
        .home
        .map(|home| Path::new(".tools").join(home).join("bin"));
    let folders: Vec<PathBuf> = if tool.on_path {
        std::env::split_paths(path).collect()
    } else {
        Vec::new()
    };
    let folders = home.into_iter().chain(folders);
    folders.filter_map(|folder| std::path::absolute(folder.join(tool.program)).ok())
}

/// The version of the tool at a place, or the reason why it is unsuitable.
fn tried(tool: &Tool, place: &Path) -> Result<String, String> {
    let shown = place.display();
    let output = Command::new(place)
        .args(tool.version)
        .stdin(Stdio::null())
        .env_remove("TF_CLI_CONFIG_FILE")
        .env("CHECKPOINT_DISABLE", "1")
        .output()
        .map_err(|error| format!("{shown} does not start: {error}"))?;
    let said = super::said(&output);
    let last = said
        .lines()
        .rfind(|line| !line.trim().is_empty())
        .unwrap_or("it says nothing");
    if !output.status.success() {
        return Err(format!("{shown} does not start: {}", last.trim()));
    }
    if !said.contains(tool.says) {
        return Err(format!("{shown} is not {}", tool.says));
    }
    let version = version_in(&said).unwrap_or_default();
    match tool.least.map(|(file, after)| stated(file, after)) {
        Some(least) if !is_at_least(&version, &least) => {
            let version = if version.is_empty() {
                "of an unknown version"
            } else {
                &version
            };
            Err(format!("{shown} is {version}, which is older than {least}"))
        }
        _ => Ok(version),
    }
}

/// The version stated in a file of this repository.
pub(super) fn stated(file: &str, after: &str) -> String {
    let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{file}: {error}"));
    let (_, rest) = text
        .split_once(after)
        .unwrap_or_else(|| panic!("{file} holds no {after}"));
    version_in(rest).unwrap_or_else(|| panic!("{file}: no version follows {after}"))
}

/// The first number in a text, with the dot-separated numbers after it.
pub(crate) fn version_in(text: &str) -> Option<String> {
    let start = text.find(|character: char| character.is_ascii_digit())?;
    let rest = &text[start..];
    let end = rest.find(|character: char| !character.is_ascii_digit() && character != '.');
    let version = &rest[..end.unwrap_or(rest.len())];
    Some(version.trim_end_matches('.').to_owned())
}

/// Compares version numbers part by part; a missing part counts as 0.
pub(crate) fn is_at_least(version: &str, least: &str) -> bool {
    let numbers = |text: &str| -> Vec<u64> {
        let parts = text.split('.').map_while(|part| part.parse().ok());
        parts.collect()
    };
    numbers(version) >= numbers(least)
}
