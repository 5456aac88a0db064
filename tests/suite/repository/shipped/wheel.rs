//! The wheel: the input of maturin. The maturin here only prints it, since building takes minutes.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::{TARGET, can_list, made, root, script};

const MATURIN: &str = "#!/bin/sh
set -eu
{ pwd; ls licences; echo \"$SOURCE_DATE_EPOCH\"; echo \"$@\"; } >\"$TOLD\"
while [ \"$1\" != --sbom-include ]; do shift; done
cp \"$2\" \"$TOLD.json\"
";

#[test]
fn maturin_is_given_licences_and_parts_and_nothing_stays_behind() {
    if !can_list() {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let maturin = home.path().join("maturin");
    fs::write(&maturin, MATURIN).unwrap();
    fs::set_permissions(&maturin, fs::Permissions::from_mode(0o755)).unwrap();
    let own = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(home.path().to_owned()).chain(std::env::split_paths(&own));
    let (told, out) = (home.path().join("told"), home.path().join("out"));
    made(
        script("wheel")
            .arg(&out)
            .args([TARGET, "--compatibility", "pypi"])
            .env("PATH", std::env::join_paths(folders).unwrap())
            .env("TOLD", &told),
    );
    let pypi = root().join(".packaging/pypi");
    let parts = fs::read_to_string(home.path().join("told.json")).unwrap();
    assert!(parts.starts_with("{\n \"serialNumber\""), "{parts}");
    let told = fs::read_to_string(told).unwrap();
    let lines: Vec<&str> = told.lines().collect();
    let expected = [
        pypi.to_str().unwrap(),
        "LICENSE",
        "THIRD-PARTY.md",
        "1700000000",
    ];
    assert_eq!(lines[..4], expected);
    let options = format!(
        "build --profile dist --locked --target {TARGET} --out {} --sbom-include ",
        out.display()
    );
    assert!(lines[4].starts_with(&options), "{told}");
    assert!(lines[4].ends_with(" --compatibility pypi"), "{told}");
    assert!(!pypi.join("licences").exists());
}

#[test]
fn the_project_is_named_like_the_program_and_takes_its_version() {
    let text = fs::read_to_string(root().join(".packaging/pypi/pyproject.toml")).unwrap();
    let project: toml::Table = text.parse().unwrap();
    assert_eq!(project["project"]["name"].as_str(), Some("rdsproxy-gen"));
    let dynamic = project["project"]["dynamic"].as_array().unwrap();
    assert!(dynamic.iter().any(|key| key.as_str() == Some("version")));
    let maturin = &project["tool"]["maturin"];
    assert_eq!(maturin["bindings"].as_str(), Some("bin"));
    let manifest = maturin["manifest-path"].as_str().unwrap();
    assert!(root().join(".packaging/pypi").join(manifest).exists());
}
