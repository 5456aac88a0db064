//! Tests which paths are inside, which ones are outside, and the location of the repository.
#![allow(clippy::disallowed_methods)]

use super::*;

fn home(files: &[&str]) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    for path in files {
        let path = home.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "text").unwrap();
    }
    home
}

fn around(path: &Path, root: Option<&Path>) -> Boundary {
    Boundary::around(&[path.to_owned()], root).unwrap()
}

fn found(boundary: &Boundary, path: &Path) -> &'static str {
    match boundary.read(&name(path), 100) {
        PathContent::Here(_) => "here",
        PathContent::Absent => "absent",
        PathContent::Outside => "outside",
        PathContent::Unreadable(_) => "unreadable",
    }
}

#[test]
fn the_repository_is_the_boundary_else_what_was_named() {
    let home = home(&[
        "repo/.git/HEAD",
        "repo/infra/prod/main.tf",
        "repo/modules/m/main.tf",
        "other/main.tf",
    ]);
    let at = |path: &str| home.path().join(path);
    for (named, root, path, expected) in [
        ("repo/infra/prod", None, "repo/infra/prod/main.tf", "here"),
        (
            "repo/infra/prod",
            None,
            "repo/infra/prod/../../modules/m/main.tf",
            "here",
        ),
        (
            "repo/infra/prod/main.tf",
            None,
            "repo/modules/m/main.tf",
            "here",
        ),
        ("repo/infra/prod", None, "other/main.tf", "outside"),
        (
            "repo/infra/prod",
            Some("repo/infra"),
            "repo/modules/m/main.tf",
            "outside",
        ),
        ("repo/infra/prod", Some(""), "other/main.tf", "here"),
        ("other", None, "other/main.tf", "here"),
        ("other", None, "repo/modules/m/main.tf", "outside"),
        ("other", None, "other/no.tf", "absent"),
        ("other", None, "nowhere/no.tf", "absent"),
        ("other", None, "other", "unreadable"),
    ] {
        let root = root.map(at);
        let boundary = around(&at(named), root.as_deref());
        assert_eq!(found(&boundary, &at(path)), expected, "{named} {path}");
    }
    let outside = Boundary::around(&[at("other")], Some(&at("repo")));
    assert!(matches!(outside, Err(BoundaryError::Outside { .. })));
}

#[cfg(unix)]
#[test]
fn links_are_followed_as_far_as_the_boundary() {
    use std::os::unix::fs::symlink;
    let home = home(&[
        "repo/.git/HEAD",
        "repo/a/main.tf",
        "repo/shared/x.tfvars",
        "other/x.tfvars",
    ]);
    let at = |path: &str| home.path().join(path);
    symlink("../shared/x.tfvars", at("repo/a/relative")).unwrap();
    symlink(at("repo/shared/x.tfvars"), at("repo/a/absolute")).unwrap();
    symlink("../shared", at("repo/a/folder")).unwrap();
    symlink("../../other/x.tfvars", at("repo/a/out")).unwrap();
    symlink(at("other"), at("repo/a/away")).unwrap();
    symlink("nowhere", at("repo/a/broken")).unwrap();
    symlink("/dev/zero", at("repo/a/device")).unwrap();
    symlink(at("repo/a"), at("entry")).unwrap();
    for named in ["repo/a", "entry"] {
        let boundary = around(&at(named), None);
        for (path, expected) in [
            ("relative", "here"),
            ("absolute", "here"),
            ("folder/x.tfvars", "here"),
            ("out", "outside"),
            ("away/x.tfvars", "outside"),
            ("broken", "absent"),
            ("device", "outside"),
        ] {
            assert_eq!(
                found(&boundary, &at(named).join(path)),
                expected,
                "{named}/{path}"
            );
        }
        let names = boundary.files(&name(&at(named))).here().unwrap();
        assert_eq!(names.len(), 8, "{names:?}");
    }
}

#[test]
fn a_name_lies_below_a_folder_or_elsewhere() {
    for (name, folder, expected) in [
        ("main.tf", "", Some("main.tf")),
        ("", "", Some("")),
        ("/etc/x", "", None),
        ("../x", "", None),
        ("a/b", "a", Some("b")),
        ("a", "a", Some("")),
        ("ab/c", "a", None),
        ("/x", "/", Some("x")),
        ("../a/b", "../a", Some("b")),
        ("a/../b", "a", None),
    ] {
        assert_eq!(rest(name, folder), expected, "{name} below {folder:?}");
    }
}

#[test]
fn the_repository_lies_around_what_was_named() {
    let home = home(&["repo/.git/HEAD", "repo/live/gate/a.hcl"]);
    let repo = name(&home.path().join("repo"));
    for path in ["repo", "repo/live", "repo/live/gate"] {
        let path = home.path().join(path);
        let ground = around(&path, None).repository_root(&name(&path));
        assert_eq!(ground, RepositoryRoot::At(repo.clone()));
    }
}
