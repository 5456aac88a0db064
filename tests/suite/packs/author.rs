//! The machine of an author of packs: the program with the user's settings, and a pack in a folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::program::{ended, program, stderr, stdout};

/// The program in a folder that also contains the user's settings.
pub(super) fn machine(folder: &Path) -> Command {
    let mut command = program(folder);
    let settings = if cfg!(windows) {
        "APPDATA"
    } else {
        "XDG_CONFIG_HOME"
    };
    command.env(settings, folder.join(".settings"));
    command
}

/// The path of the user's trust file.
pub(super) fn trust_file(folder: &Path) -> PathBuf {
    folder.join(".settings/rdsproxy-gen/rdsproxy-trust.toml")
}

/// Writes the user's trust file.
pub(super) fn trust(folder: &Path, text: &str) {
    let file = trust_file(folder);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
}

/// Runs a command of `pack` and returns its exit code and its full output.
pub(super) fn pack(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let output = ended(machine(folder).arg("pack").args(arguments));
    let said = stdout(&output) + &stderr(&output);
    (output.status.code().unwrap(), said)
}

/// A folder with a valid pack.
pub(super) fn acme() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let (code, said) = pack(folder.path(), &["new", "acme"]);
    assert_eq!(code, 0, "{said}");
    folder
}

/// Writes a file of the pack.
pub(super) fn put(folder: &Path, path: &str, text: &str) {
    let path = folder.join("acme").join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// The text of a built-in template.
pub(super) fn built_in(template: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    fs::read_to_string(root.join(template)).unwrap()
}
