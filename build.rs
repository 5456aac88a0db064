//! Compiles the built-in templates into a table of `(name, text)` pairs, sorted by name, so that a new file needs no
//! entry in a list. Also records the commit and the features that the program is built from.
#![allow(clippy::disallowed_methods)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=templates");
    let mut files = Vec::new();
    collect(Path::new("templates"), &mut files)?;
    files.sort();
    let home = env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?;
    let mut table = String::from("&[\n");
    for path in files {
        let name = path.strip_prefix("templates").map_err(io::Error::other)?;
        let name = name.to_string_lossy().replace('\\', "/");
        let full = Path::new(&home).join(&path);
        writeln!(table, "    ({name:?}, include_str!({full:?})),").map_err(io::Error::other)?;
    }
    table.push_str("]\n");
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    fs::write(Path::new(&out).join("templates.rs"), table)?;
    origin(&home);
    Ok(())
}

/// Environment variable that names the commit when the build runs from an archive.
const COMMIT: &str = "RDSPROXY_GEN_COMMIT";

/// Cargo's environment variables for the features that `--version` names, each with the name to print.
const FEATURES: [(&str, &str); 2] = [("CARGO_FEATURE_AWS", "aws"), ("CARGO_FEATURE_OCI", "oci")];

/// Sets the variables from which `--version` is printed: commit, features, target and the finished line.
fn origin(home: &str) {
    println!("cargo:rerun-if-env-changed={COMMIT}");
    let said = env::var(COMMIT).ok().filter(|commit| !commit.is_empty());
    // Development builds name no commit: each new commit would recompile everything.
    let is_release = env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let found = || packaged(home).or_else(|| of_git(home));
    let commit = said.or_else(|| is_release.then(found).flatten());
    let commit = commit.unwrap_or_default();
    let features = FEATURES
        .iter()
        .filter(|(set, _)| env::var_os(set).is_some());
    let features: Vec<&str> = features.map(|(_, name)| *name).collect();
    for (name, value) in [
        ("BUILT_FROM", commit.as_str()),
        ("FEATURES", &features.join(" ")),
        ("TARGET", &env::var("TARGET").unwrap_or_default()),
        ("LINE", &line(&commit, &features)),
    ] {
        println!("cargo:rustc-env=RDSPROXY_GEN_{name}={value}");
    }
}

/// Returns the version line that users see: `0.1.0 (0a1b2c3d4e5f, aws, oci)`.
fn line(commit: &str, features: &[&str]) -> String {
    const SHORT: usize = 12;
    let version = env::var("CARGO_PKG_VERSION").unwrap_or_default();
    let short = commit.get(..SHORT).unwrap_or(commit);
    let beside = std::iter::once(short).chain(features.iter().copied());
    let beside: Vec<&str> = beside.filter(|part| !part.is_empty()).collect();
    if beside.is_empty() {
        version
    } else {
        format!("{version} ({})", beside.join(", "))
    }
}

/// Returns the commit that Cargo records in a package for a registry.
fn packaged(home: &str) -> Option<String> {
    let text = fs::read_to_string(Path::new(home).join(".cargo_vcs_info.json")).ok()?;
    let (_, rest) = text.split_once("\"sha1\": \"")?;
    Some(rest.split_once('"')?.0.to_owned())
}

/// Returns the commit of the Git repository if this folder is its root, and none if it is a folder inside another
/// repository.
fn of_git(home: &str) -> Option<String> {
    let git = |arguments: &[&str]| {
        let output = Command::new("git")
            .args(arguments)
            .current_dir(home)
            .output();
        let output = output.ok().filter(|output| output.status.success())?;
        Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
    };
    let root = PathBuf::from(git(&["rev-parse", "--show-toplevel"])?);
    let is_own = fs::canonicalize(root).ok()? == fs::canonicalize(home).ok()?;
    let log = Path::new(home).join(git(&["rev-parse", "--git-path", "logs/HEAD"])?);
    if log.is_file() {
        println!("cargo:rerun-if-changed={}", log.display());
    }
    git(&["rev-parse", "HEAD"]).filter(|_| is_own)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    println!("cargo:rerun-if-changed={}", folder.display());
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path
            .extension()
            .is_some_and(|extension| extension == "tera")
        {
            files.push(path);
        }
    }
    Ok(())
}
