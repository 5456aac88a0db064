//! Compiles the built-in templates into a table, so that a new file needs no list to be kept: `(name, text)`, sorted by name.
#![allow(clippy::disallowed_methods)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
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
    fs::write(Path::new(&out).join("templates.rs"), table)
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
