//! The output in CI is that of the program: the pre-commit hooks, the GitHub action and the jobs in the README are
//! parsed, and their commands are run as in CI.
#![cfg(unix)]

mod action;
mod comment;
mod install;
mod readme;
mod release;
mod workflows;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use rdsproxy_gen::language::yaml;
use rdsproxy_gen::language::yaml::{Content, Tree};

use crate::support::program::{ended, program, stdout};
use crate::support::tools;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> Tree {
    let text = fs::read_to_string(root().join(path)).unwrap();
    parsed(&text)
}

fn parsed(text: &str) -> Tree {
    yaml::load(text).unwrap().unwrap()
}

fn text<'t>(tree: &'t Tree, key: &str) -> &'t str {
    let found = tree.get(key).and_then(Tree::scalar);
    found.unwrap_or_else(|| panic!("no {key} in {tree:?}"))
}

fn list<'t>(tree: &'t Tree, key: &str) -> &'t [Tree] {
    match tree.get(key).map(|list| &list.content) {
        Some(Content::List(items)) => items,
        other => panic!("{key} is {other:?}"),
    }
}

fn texts(tree: &Tree, key: &str) -> Vec<String> {
    let items = list(tree, key).iter();
    items
        .map(|item| item.scalar().unwrap().to_owned())
        .collect()
}

/// A folder with a generated project in `place`.
fn home(place: &str) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir_all(home.path().join(place)).unwrap();
    let new = ["new", place, "--demo", "--defaults"];
    let done = ended(program(home.path()).args(new));
    assert!(done.status.success(), "{}", stdout(&done));
    home
}

/// Weakens the project: clients may connect without TLS.
fn weaken(project: &Path) {
    let path = project.join("terraform/modules/proxy/main.tf");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(
        path,
        text.replace("require_tls = true", "require_tls = false"),
    )
    .unwrap();
}

/// PATH with this folder first.
fn path_with(first: &Path) -> OsString {
    let own = std::env::var_os("PATH").unwrap_or_default();
    // Folders that contain an installed copy of the tested program are left out.
    let own = std::env::split_paths(&own).filter(|folder| !folder.join("rdsproxy-gen").exists());
    let folders = std::iter::once(first.to_owned()).chain(own);
    std::env::join_paths(folders).unwrap()
}

fn bin() -> PathBuf {
    let program = Path::new(env!("CARGO_BIN_EXE_rdsproxy-gen"));
    program.parent().unwrap().to_owned()
}

/// Runs a script as the runners of GitHub and GitLab do, with this folder first on PATH.
fn shell_with(
    first: &Path,
    script: &str,
    (folder, environment): (&Path, &[(&str, &str)]),
) -> Output {
    let bash = tools::find("bash").expect("the test has asked for it");
    let mut command = Command::new(bash);
    command
        .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script])
        .env_clear()
        .env("PATH", path_with(first))
        .envs(environment.iter().copied())
        .current_dir(folder)
        .stdin(Stdio::null());
    ended(&mut command)
}

fn shell(script: &str, folder: &Path, environment: &[(&str, &str)]) -> Output {
    shell_with(&bin(), script, (folder, environment))
}

/// Writes an executable script.
fn put(path: &Path, script: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::write(path, script).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

fn items(tree: &Tree) -> &[Tree] {
    match &tree.content {
        Content::List(items) => items,
        other => panic!("no list: {other:?}"),
    }
}

#[test]
fn the_hooks_run_what_there_is() {
    if tools::find("bash").is_none() {
        return;
    }
    let hooks = read(".pre-commit-hooks.yaml");
    let ids: Vec<&str> = items(&hooks).iter().map(|hook| text(hook, "id")).collect();
    let expected = ["audit", "drift"];
    assert_eq!(
        ids,
        expected.map(|name| format!("rdsproxy-gen-{name}-system"))
    );
    for hook in items(&hooks) {
        // With any other language, pre-commit would build this repository.
        assert_eq!(text(hook, "language"), "system");
        // Deleting files weakens a project too, and then no file can be passed to the hook.
        assert_eq!(text(hook, "always_run"), "true");
        assert_eq!(text(hook, "pass_filenames"), "false");
        let command = format!("{} {}", text(hook, "entry"), texts(hook, "args").join(" "));
        let home = home(".");
        let quiet = shell(&command, home.path(), &[]);
        assert_eq!(
            quiet.status.code(),
            Some(0),
            "{command}: {}",
            stdout(&quiet)
        );
        weaken(home.path());
        let found = shell(&command, home.path(), &[]);
        assert_eq!(
            found.status.code(),
            Some(2),
            "{command}: {}",
            stdout(&found)
        );
        assert!(stdout(&found).contains("client-tls-not-required"));
    }
}
