//! Packs in git repositories, with the real git.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::{Desk, git_address};
use crate::support::tools;

/// Runs git in a folder, without the settings of this machine.
pub(crate) fn git(folder: &Path, arguments: &[&str]) {
    let output = Command::new(tools::find("git").unwrap())
        .current_dir(folder)
        .args([
            "-c",
            "user.name=a",
            "-c",
            "user.email=a@b",
            "-c",
            "protocol.file.allow=always",
        ])
        .args(["-c", "init.defaultBranch=main"])
        .args(arguments)
        .env_remove("GIT_DIR")
        .env_remove("GIT_INDEX_FILE")
        .env_remove("GIT_WORK_TREE")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{arguments:?}: {said}");
}

/// Commits all files and tags the commit.
pub(crate) fn commit(folder: &Path, tag: &str) {
    git(folder, &["add", "--all", "--force"]);
    git(folder, &["commit", "--quiet", "--allow-empty", "-m", tag]);
    git(folder, &["tag", "-a", "-m", tag, tag]);
}

/// A desk whose pack is a repository with the version 0.1.0; none if git is missing.
#[track_caller]
fn desk() -> Option<(Desk, String)> {
    tools::find("git")?;
    let desk = Desk::new();
    let folder = desk.path("acme");
    git(&folder, &["init", "--quiet"]);
    commit(&folder, "v0.1.0");
    let address = git_address(&folder);
    Some((desk, address))
}

#[test]
fn a_tag_and_a_commit_have_the_digest_of_the_folder() {
    let Some((desk, address)) = desk() else {
        return;
    };
    // Hidden files are not part of a pack, and the effects of these attributes on `git archive` must not occur.
    desk.put(
        ".gitattributes",
        "README.md export-ignore\n*.toml export-subst\n",
    );
    desk.version("0.2.0");
    commit(&desk.path("acme"), "v0.2.0");
    let folder = desk.digest("acme");
    assert_eq!(desk.digest(&format!("{address}#v0.2.0")), folder);
    let output = Command::new(tools::find("git").unwrap())
        .args(["rev-parse", "v0.2.0^{commit}"])
        .current_dir(desk.path("acme"))
        .output()
        .unwrap();
    let commit = String::from_utf8(output.stdout).unwrap();
    assert_eq!(desk.digest(&format!("{address}#{}", commit.trim())), folder);
}

#[test]
fn a_pack_may_be_a_folder_of_a_larger_repository() {
    if tools::find("git").is_none() {
        return;
    }
    let desk = Desk::new();
    let folder = desk.path("mono");
    fs::create_dir_all(folder.join("packs")).unwrap();
    fs::rename(desk.path("acme"), folder.join("packs/acme")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", folder.join("link")).unwrap();
    git(&folder, &["init", "--quiet"]);
    commit(&folder, "acme/v1");
    let address = git_address(&folder);
    let digest = desk.digest(&format!("{address}?path=packs/acme#acme/v1"));
    assert_eq!(digest, desk.digest("mono/packs/acme"));
    let said = desk.refused(&format!("{address}?path=packs/other#acme/v1"));
    assert!(said.contains("no folder \"packs/other\""), "{said}");
    let said = desk.refused(&format!("{address}?path=link#acme/v1"));
    assert!(said.contains("no folder \"link\""), "{said}");
    let said = desk.refused(&format!("{address}#acme/v1"));
    assert!(said.contains("a symbolic link"), "{said}");
}

#[test]
fn what_is_not_there_is_told_with_what_is() {
    let Some((desk, address)) = desk() else {
        return;
    };
    commit(&desk.path("acme"), "v0.10.0");
    let said = desk.refused(&format!("{address}#v9"));
    assert!(
        said.contains("no tag \"v9\"") && said.contains("v0.10.0, v0.1.0"),
        "{said}"
    );
    let said = desk.refused(&address);
    assert!(said.contains("add #TAG"), "{said}");
    // A branch moves and is not a version.
    let said = desk.refused(&format!("{address}#main"));
    assert!(said.contains("no tag \"main\""), "{said}");
    let said = desk.refused(&format!("{}#v1", git_address(&desk.path("nowhere"))));
    assert!(said.contains("git cannot read file://"), "{said}");
}

#[test]
fn nothing_of_a_repository_runs() {
    let Some((desk, address)) = desk() else {
        return;
    };
    let folder = desk.path("acme");
    let touched = desk.path("touched");
    let hook = format!("#!/bin/sh\ntouch {}\n", touched.display());
    let templates = desk.path("home/templates/hooks");
    fs::create_dir_all(&templates).unwrap();
    for name in [
        "post-checkout",
        "reference-transaction",
        "post-merge",
        "fsmonitor-watchman",
    ] {
        for hooks in [&folder.join(".git/hooks"), &templates] {
            let file = hooks.join(name);
            fs::create_dir_all(hooks).unwrap();
            fs::write(&file, &hook).unwrap();
            let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
            fs::set_permissions(&file, mode).unwrap();
        }
    }
    let settings = format!(
        "[init]\n  templateDir = {0}\n[core]\n  hooksPath = {0}/hooks\n[filter \"x\"]\n  smudge = touch {1}\n  required = true\n",
        desk.path("home/templates").display(),
        touched.display()
    );
    fs::write(desk.path("home/.gitconfig"), settings).unwrap();
    desk.put(".gitattributes", "* filter=x\n");
    desk.version("0.1.1");
    fs::remove_dir_all(folder.join(".git/hooks")).unwrap();
    commit(&folder, "v0.1.1");
    assert_eq!(
        desk.digest(&format!("{address}#v0.1.1")),
        desk.digest("acme")
    );
    assert!(!touched.exists());
}

#[test]
fn a_hook_that_starts_it_does_not_lead_it_astray() {
    let Some((desk, address)) = desk() else {
        return;
    };
    let mut command = desk.program();
    command
        .args([
            "pack",
            "build",
            &format!("{address}#v0.1.0"),
            "--output",
            "out.tar",
        ])
        .env("GIT_DIR", "/nowhere")
        .env("GIT_INDEX_FILE", "/nowhere/index")
        .env("GIT_OBJECT_DIRECTORY", "/nowhere/objects");
    let output = crate::support::program::ended(&mut command);
    assert!(
        output.status.success(),
        "{}",
        crate::support::program::stderr(&output)
    );
}

#[test]
fn submodules_links_and_bytes_are_refused() {
    let Some((desk, address)) = desk() else {
        return;
    };
    let folder = desk.path("acme");
    git(
        &folder,
        &[
            "update-index",
            "--add",
            "--cacheinfo",
            &format!("160000,{},sub", "1".repeat(40)),
        ],
    );
    git(&folder, &["commit", "--quiet", "-m", "sub"]);
    git(&folder, &["tag", "sub"]);
    let said = desk.refused(&format!("{address}#sub"));
    assert!(said.contains("\"sub\" is a submodule"), "{said}");
    git(&folder, &["rm", "--quiet", "--cached", "sub"]);
    fs::write(folder.join("README.md"), [0xff, 0xfe]).unwrap();
    commit(&folder, "bytes");
    let said = desk.refused(&format!("{address}#bytes"));
    assert!(said.contains("\"README.md\": not UTF-8"), "{said}");
}

#[test]
fn a_tag_that_names_another_version_is_refused() {
    let Some((desk, address)) = desk() else {
        return;
    };
    commit(&desk.path("acme"), "v0.3.0");
    let said = desk.refused(&format!("{address}#v0.3.0"));
    assert!(
        said.contains("the tag says 0.3.0, and the pack says 0.1.0"),
        "{said}"
    );
}

#[test]
fn a_tag_that_was_moved_is_refused_where_it_was_fetched_before() {
    let Some((desk, address)) = desk() else {
        return;
    };
    let reference = format!("{address}#v0.1.0");
    let before = desk.digest(&reference);
    desk.put("README.md", "Another text.\n");
    git(&desk.path("acme"), &["tag", "-d", "v0.1.0"]);
    commit(&desk.path("acme"), "v0.1.0");
    let said = desk.refused(&reference);
    assert!(
        said.contains(&before) && said.contains("never changes"),
        "{said}"
    );
    let fresh = Desk::new();
    fresh.digest(&reference);
    assert_eq!(fresh.kept().len(), 2);
}

/// If a run was killed before it removed its git working folder, the next run removes it.
#[test]
fn a_pull_that_is_killed_leaves_no_repository_behind() {
    let Some((desk, address)) = desk() else {
        return;
    };
    let reference = format!("{address}#v0.1.0");
    let scratch = tempfile::tempdir().unwrap();
    let pull = |output: &str| {
        let mut command = desk.program();
        command.args(["pack", "pull", &reference, "--output", output]);
        command.env("TMPDIR", scratch.path());
        command
    };
    let left = || fs::read_dir(scratch.path()).unwrap().count();
    let mut were_left = 0;
    for round in 0..8_u64 {
        let mut child = pull("killed.tar").spawn().unwrap();
        let is_there = || left() > 0 || desk.path("killed.tar").exists();
        while !is_there() && child.try_wait().unwrap().is_none() {}
        std::thread::sleep(std::time::Duration::from_millis(2 * round));
        let _ = child.kill();
        child.wait().unwrap();
        were_left += left();
        // The child processes of git see their pipes closed and end.
        std::thread::sleep(std::time::Duration::from_millis(300));
        let output = format!("whole-{round}.tar");
        let ended = crate::support::program::ended(&mut pull(&output));
        assert!(ended.status.success(), "{ended:?}");
        assert_eq!(left(), 0, "round {round}");
        let _ = fs::remove_file(desk.path("killed.tar"));
    }
    assert!(were_left > 0, "no kill met a run that was fetching");
}
