//! The real tools: where they are, how they are run, and what happens where one is missing.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// True on CI, where a missing tool is a failure.
pub(crate) fn on_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| value == "true")
}

/// The path of a tool, or `None` after saying loudly that the test is skipped.
pub(crate) fn find(tool: &str) -> Option<PathBuf> {
    let installed =
        ["proof", "checkov"].map(|name| Path::new(".tools").join(name).join("bin").join(tool));
    let on_path = std::env::var_os("PATH")
        .map(|path| {
            std::env::split_paths(&path)
                .map(|folder| folder.join(tool))
                .collect::<Vec<_>>()
        })
        .unwrap_or_default();
    let found = installed
        .into_iter()
        .chain(on_path)
        .find(|path| path.is_file());
    if found.is_none() {
        assert!(!on_ci(), "{tool} is missing on CI: .ci/install-tools");
        eprintln!("SKIPPED: {tool} is not installed (.ci/install-tools installs it)");
    }
    found.map(|path| path.canonicalize().unwrap_or(path))
}

/// The Python of an environment that `.ci/install-tools` makes, or `None` after saying loudly that the test is skipped.
#[cfg_attr(not(feature = "oci"), allow(dead_code))]
pub(crate) fn python_of(environment: &str) -> Option<PathBuf> {
    let python = Path::new(".tools").join(environment).join("bin/python");
    if !python.is_file() {
        assert!(
            !on_ci(),
            "{environment} is missing on CI: .ci/install-tools"
        );
        eprintln!("SKIPPED: {environment} is not installed (.ci/install-tools installs it)");
        return None;
    }
    // Not where a link leads to: the environment is what stands here.
    Some(std::path::absolute(python).unwrap())
}

/// Runs a command, and gives what it said when it succeeded.
pub(crate) fn run(what: &str, command: &mut Command) -> String {
    let output = output(command);
    let said = said(&output);
    assert!(output.status.success(), "{what}: {}\n{said}", output.status);
    said
}

/// Runs a command that may fail.
pub(crate) fn output(command: &mut Command) -> Output {
    command
        .env_remove("TF_CLI_CONFIG_FILE")
        .env("AWS_ACCESS_KEY_ID", "testing")
        .env("AWS_SECRET_ACCESS_KEY", "testing")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env_remove("AWS_PROFILE")
        .env_remove("AWS_CA_BUNDLE")
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"))
}

/// Both streams, as text.
pub(crate) fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr]
        .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
        .concat()
}

/// Copies a folder, without what tools leave behind.
pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        match path.is_dir() {
            true if path.ends_with(".terraform") => {}
            true => copy(&path, &target),
            false => {
                std::fs::copy(&path, &target).unwrap();
            }
        }
    }
}
