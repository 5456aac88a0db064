//! The release files that the scripts of `.packaging` make: identical bytes in two runs, the right members, and the
//! licences of the compiled-in packages. The packed programs are short placeholders: only the packaging is tested.
#![cfg(unix)]

mod archive;
mod checksums;
mod image;
mod parts;
mod wheel;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use crate::support::program::{ended, stderr};
use crate::support::tools;

const TARGET: &str = "x86_64-unknown-linux-gnu";
const VERSION: &str = env!("CARGO_PKG_VERSION");

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A script of `.packaging` with a fixed time that does not depend on the repository.
fn script(name: &str) -> Command {
    let mut command = Command::new(root().join(".packaging").join(name));
    command
        .env("SOURCE_DATE_EPOCH", "1700000000")
        .stdin(Stdio::null());
    command
}

/// Runs a script that must succeed.
fn made(command: &mut Command) -> Output {
    let output = ended(command);
    assert!(output.status.success(), "{command:?}: {}", stderr(&output));
    output
}

/// True if python3 is available, and Cargo has the sources of the compiled-in packages or can fetch them.
#[track_caller]
fn can_list() -> bool {
    static FETCHED: OnceLock<Result<(), String>> = OnceLock::new();
    if tools::find("python3").is_none() {
        return false;
    }
    let fetched = FETCHED.get_or_init(|| {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.current_dir(root());
        let output = ended(cargo.args(["fetch", "--locked"]));
        if output.status.success() {
            Ok(())
        } else {
            Err(stderr(&output))
        }
    });
    if let Err(reason) = fetched {
        tools::skip("sources of dependencies", reason, "cargo fetch --locked");
    }
    fetched.is_ok()
}

/// Writes a file as a placeholder for a program.
fn stand_in(folder: &Path, name: &str, content: &[u8]) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, content).unwrap();
    path
}

#[test]
fn shell_scripts_are_clean() {
    let Some(shellcheck) = tools::find("shellcheck") else {
        return;
    };
    let scripts = [".packaging/checksums", ".packaging/wheel"];
    let mut command = Command::new(shellcheck);
    let output = ended(command.current_dir(root()).args(scripts));
    assert!(
        output.status.success(),
        "{}",
        crate::support::program::stdout(&output)
    );
}

#[test]
fn scripts_say_how_they_are_called() {
    if tools::find("python3").is_none() {
        return;
    }
    for name in ["archive", "dependencies", "image"] {
        let help = made(script(name).arg("--help"));
        let help = crate::support::program::stdout(&help);
        assert!(help.contains(&format!(".packaging/{name} ")), "{help}");
    }
}
