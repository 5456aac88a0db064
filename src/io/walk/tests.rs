//! Tests which files are found, which are left out, and which are reported.
#![allow(clippy::disallowed_methods)]

use std::fs;

use super::*;

const PROXY: &str = "resource \"aws_db_proxy\" \"this\" {}\n";

fn estate(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    for (path, bytes) in files {
        let path = home.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    home
}

fn surveyed(paths: &[PathBuf]) -> Survey {
    survey(paths, &Boundary::around(paths, None).unwrap()).unwrap()
}

fn folders(home: &Path, survey: &Survey) -> Vec<String> {
    let home = name(home);
    let below = |folder: &String| folder[home.len()..].trim_start_matches('/').to_owned();
    let signs = survey.terraform.iter().filter(|(_, seen)| seen.signs.any());
    signs.map(|(folder, _)| below(folder)).collect()
}

#[test]
fn hidden_ignored_and_unrelated_files_stay_out() {
    let home = estate(&[
        (".gitignore", b"build/\n"),
        ("app/main.tf", PROXY.as_bytes()),
        ("app/.terraform/modules/x/main.tf", PROXY.as_bytes()),
        ("build/main.tf", PROXY.as_bytes()),
        ("net/main.tf", b"resource \"aws_vpc\" \"main\" {}\n"),
        ("data.json", b"{}"),
        ("notes.txt", PROXY.as_bytes()),
    ]);
    let survey = surveyed(&[home.path().to_owned(), home.path().join("app")]);
    assert_eq!(folders(home.path(), &survey), ["app"]);
    assert_eq!(survey.files, 3, "{survey:?}");
    assert!(survey.skipped.is_empty(), "{:?}", survey.skipped);
}

#[test]
fn what_is_ignored_further_up_stays_out_and_what_is_no_file_ignores_nothing() {
    let home = estate(&[
        (".git/HEAD", b""),
        (".gitignore", b"made/\n*.bak.tf\n"),
        ("app/.gitignore", b"!keep.bak.tf\n"),
        ("app/main.tf", PROXY.as_bytes()),
        ("app/old.bak.tf", b"# no\n"),
        ("app/keep.bak.tf", b"# yes\n"),
        ("app/made/main.tf", PROXY.as_bytes()),
    ]);
    let app = home.path().join("app");
    let survey = surveyed(std::slice::from_ref(&app));
    assert_eq!(survey.files, 2, "{survey:?}");
    assert!(survey.skipped.is_empty(), "{survey:?}");
    fs::write(home.path().join(".gitignore"), "*\n".repeat(300_000)).unwrap();
    let survey = surveyed(&[app]);
    assert_eq!(survey.files, 4, "{survey:?}");
    assert!(survey.skipped[0].1.contains("what it ignores is read"));
}

#[cfg(target_os = "linux")]
#[test]
fn nothing_waits_for_what_git_ignores() {
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    let home = estate(&[("main.tf", PROXY.as_bytes()), ("a/main.tf", b"# a\n")]);
    let pipe = home.path().join(".gitignore");
    mknodat(CWD, &pipe, FileType::Fifo, Mode::RWXU, 0).unwrap();
    std::os::unix::fs::symlink("/dev/zero", home.path().join("a/.gitignore")).unwrap();
    let survey = surveyed(&[home.path().to_owned()]);
    assert_eq!((survey.files, survey.skipped.len()), (2, 1), "{survey:?}");
    assert!(survey.skipped[0].0.ends_with(".gitignore"), "{survey:?}");
}

#[test]
fn what_cannot_be_read_is_told() {
    let huge = vec![b' '; usize::try_from(MAX_BYTES).unwrap() + 1];
    let plan = br#"{"planned_values": {"type": "aws_db_proxy"}}"#;
    let home = estate(&[("a.tf", b"\xff"), ("b.yaml", &huge), ("plan.json", plan)]);
    let survey = surveyed(&[home.path().to_owned()]);
    let reasons: Vec<&str> = survey.skipped.iter().map(|(_, why)| why.as_str()).collect();
    assert_eq!(survey.skipped.len(), 3, "{reasons:?}");
    for word in ["not UTF-8", "8 MiB", "neither Terraform source"] {
        assert!(reasons.iter().any(|why| why.contains(word)), "{reasons:?}");
    }
}

#[test]
fn a_path_that_is_not_there_is_an_error() {
    let home = estate(&[]);
    let boundary = Boundary::around(&[home.path().to_owned()], None).unwrap();
    let error = survey(&[PathBuf::from("no/such/folder")], &boundary).unwrap_err();
    assert_eq!(error.to_string(), "cannot read no/such/folder");
}

#[cfg(target_os = "linux")]
#[test]
fn a_pipe_that_is_named_is_told() {
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    let home = estate(&[]);
    let pipe = home.path().join("main.tf");
    mknodat(CWD, &pipe, FileType::Fifo, Mode::RWXU, 0).unwrap();
    let survey = surveyed(&[pipe]);
    assert_eq!(survey.skipped.len(), 1, "{survey:?}");
    assert!(survey.skipped[0].1.contains("neither"), "{survey:?}");
}

#[test]
fn variables_count_even_where_git_ignores_them() {
    let home = estate(&[
        (".gitignore", b"*.tfvars\n"),
        ("main.tf", PROXY.as_bytes()),
        ("terraform.tfvars", b"tls = false\n"),
    ]);
    let home = name(home.path());
    let mut folder = surveyed(&[PathBuf::from(&home)]).terraform[&home].clone();
    assert_eq!(folder.files.len(), 1, "{folder:?}");
    let boundary = Boundary::around(&[PathBuf::from(&home)], None).unwrap();
    folder.complete(&home, &boundary, &mut Vec::new());
    assert_eq!(folder.files.len(), 2, "{folder:?}");
}

#[cfg(unix)]
#[test]
fn links_to_folders_are_not_followed() {
    let outside = estate(&[("main.tf", PROXY.as_bytes())]);
    let home = estate(&[("x/main.tf", b"")]);
    std::os::unix::fs::symlink(outside.path(), home.path().join("link")).unwrap();
    std::os::unix::fs::symlink("/", home.path().join("x/all")).unwrap();
    let survey = surveyed(&[home.path().to_owned()]);
    assert!(folders(home.path(), &survey).is_empty(), "{survey:?}");
}
