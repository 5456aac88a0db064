//! `new` in an existing project: the spec supplies the answers, its text is edited, and every removal is reported.
#![cfg(unix)]

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::support::program::{contents, ended, program, stderr, stdout};

/// A spec as users keep it: with comments, three users and two consumers.
const SPEC: &str = r#"# The shop's proxy. Ask #shop-team before you change it.
schema = 1

[proxy]
name = "shop-proxy"   # also in the runbook
engine = "mysql"
region = "eu-west-1"
account_id = "123456789012"

[network]
vpc_id = "vpc-0b1b2c3d4e5f60718"
subnet_ids = [
  "subnet-0b10000000000001a", # zone a
  "subnet-0b10000000000001b", # zone b
]

[database]
kind = "instance"
identifier = "shop-db"
port = 3307
security_group_ids = ["sg-0db0000000000002a"]
tls = "enforced"

[[users]]
name = "a"
database = "shop"

# Reports, at night.
[[users]]
name = "b"
database = "shop"
access = "read-only"

[[users]]
name = "c" # to be closed
database = "archive"

[[consumers]]
function = "shop-api"
role = "shop-api-role"
security_group_ids = ["sg-0fa0000000000002a"]
users = ["a"]

[[consumers]]
function = "shop-report"
role = "shop-report-role"
security_group_ids = ["sg-0fa0000000000002b"]
users = ["a"]
"#;

fn run(home: &Path, arguments: &[&str]) -> Output {
    ended(program(home).args(arguments))
}

/// A directory with the spec and the project generated from it.
fn project() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join("shop")).unwrap();
    fs::write(home.path().join("shop/rdsproxy.toml"), SPEC).unwrap();
    let output = run(home.path(), &["new", "shop"]);
    assert!(output.status.success(), "{}", stderr(&output));
    home
}

fn spec(home: &Path) -> String {
    fs::read_to_string(home.join("shop/rdsproxy.toml")).unwrap()
}

/// The words of a text, regardless of line breaks.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_spec_of_the_directory_is_its_answers() {
    let home = project();
    assert_eq!(spec(home.path()), SPEC, "the text is the user's");
    let before = contents(home.path());
    let here = home.path().join("shop");
    for (folder, arguments) in [
        (home.path(), &["new", "shop"][..]),
        (home.path(), &["new", "shop", "--defaults"]),
        (home.path(), &["new", "shop", "--non-interactive"]),
        (
            home.path(),
            &["new", "shop", "--answers", "shop/rdsproxy.toml"],
        ),
        (&here, &["new"]),
        (&here, &["new", "--set", "proxy.name=shop-proxy"]),
    ] {
        let output = run(folder, arguments);
        let out = stdout(&output);
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            stderr(&output)
        );
        assert!(out.contains("Nothing to write"), "{arguments:?}: {out}");
        assert_eq!(contents(home.path()), before, "{arguments:?}");
    }
}

#[test]
fn an_answers_file_without_a_directory_is_for_the_proxy_that_it_names() {
    let home = project();
    let here = home.path().join("shop");
    let output = run(&here, &["new", "--answers", "rdsproxy.toml"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(here.join("shop-proxy/rdsproxy.toml").exists());
    assert_eq!(spec(home.path()), SPEC);
}

/// The arguments, the replacements in the spec's text, and the required message.
type Case = (
    &'static [&'static str],
    &'static [(&'static str, &'static str)],
    &'static [&'static str],
);

const CASES: &[Case] = &[
    (&["pool.borrow_timeout=7"], &[], &["~ rdsproxy.toml"]),
    (
        &["users=a"],
        &[
            (
                "# Reports, at night.\n[[users]]\nname = \"b\"\ndatabase = \"shop\"\naccess = \"read-only\"\n\n",
                "",
            ),
            (
                "[[users]]\nname = \"c\" # to be closed\ndatabase = \"archive\"\n\n",
                "",
            ),
        ],
        &[
            "! no longer in the spec: users b, c",
            "a comment: # Reports, at night.",
            "a comment: # to be closed",
            "! users b, c: can no longer connect",
        ],
    ),
    (
        &["consumers="],
        &[],
        &[
            "! no longer in the spec: consumers shop-api, shop-report",
            "! functions shop-api, shop-report: loses",
        ],
    ),
    (
        &["proxy.name=till-proxy"],
        &[("\"shop-proxy\"", "\"till-proxy\"")],
        &[
            "! proxy.name from shop-proxy to till-proxy: this replaces the proxy",
            "clients lose the endpoint",
        ],
    ),
];

#[test]
fn what_is_set_changes_its_key_and_what_goes_is_told() {
    for (set, replaced, told) in CASES {
        let home = project();
        let before = contents(home.path());
        let mut arguments = vec!["new", "shop"];
        arguments.extend(set.iter().flat_map(|assignment| ["--set", assignment]));
        let dry = run(home.path(), &[&arguments[..], &["--dry-run"]].concat());
        let out = stdout(&dry);
        assert!(dry.status.success(), "{}", stderr(&dry));
        assert!(out.ends_with("\nNothing was written.\n"), "{out}");
        assert!(
            out.contains("--- rdsproxy.toml\n+++ rdsproxy.toml\n"),
            "{out}"
        );
        for part in *told {
            assert!(words(&out).contains(part), "{set:?}: no {part:?} in {out}");
        }
        assert_eq!(contents(home.path()), before, "{set:?}: a dry run wrote");
        let output = run(home.path(), &arguments);
        assert!(output.status.success(), "{}", stderr(&output));
        if !replaced.is_empty() {
            let expected = replaced.iter().fold(SPEC.to_owned(), |text, (from, to)| {
                text.replacen(from, to, 1)
            });
            assert_eq!(spec(home.path()), expected, "{set:?}");
        }
        let again = run(home.path(), &["update", "shop", "--check"]);
        assert_eq!(again.status.code(), Some(0), "{set:?}: {}", stdout(&again));
    }
}

#[test]
fn what_was_edited_since_is_compared_with_what_was_generated() {
    let home = project();
    let edited = SPEC.replace("\"shop-proxy\"", "\"till-proxy\"");
    fs::write(home.path().join("shop/rdsproxy.toml"), &edited).unwrap();
    let output = run(
        home.path(),
        &["new", "shop", "--set", "pool.borrow_timeout=7"],
    );
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(words(&stdout(&output)).contains("! proxy.name from shop-proxy to till-proxy"));
    assert!(
        spec(home.path()).starts_with(&edited),
        "an edited spec was in the way of its own answers"
    );
}

#[test]
fn what_was_never_generated_cannot_be_replaced() {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join("shop")).unwrap();
    fs::write(home.path().join("shop/rdsproxy.toml"), SPEC).unwrap();
    let renamed = ["new", "shop", "--set", "proxy.name=till-proxy"];
    let output = run(home.path(), &renamed);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(!words(&stdout(&output)).contains("replaces the proxy"));
    assert_eq!(
        spec(home.path()),
        SPEC.replace("\"shop-proxy\"", "\"till-proxy\"")
    );
}

#[test]
fn another_answers_file_wins_and_says_what_it_leaves_out() {
    let home = project();
    let other = SPEC
        .replace("port = 3307\n", "")
        .replace("# zone b", "")
        .replace(
            "[[users]]\nname = \"c\" # to be closed\ndatabase = \"archive\"\n\n",
            "",
        );
    fs::write(home.path().join("other.toml"), &other).unwrap();
    let output = run(home.path(), &["new", "shop", "--answers", "other.toml"]);
    let out = words(&stdout(&output));
    assert!(output.status.success(), "{}", stderr(&output));
    for part in [
        "no longer in the spec: users c",
        "no longer in the spec: database.port = 3307",
        "a comment: # zone b",
        "a comment: # to be closed",
    ] {
        assert!(out.contains(part), "no {part:?} in {out}");
    }
    assert_eq!(spec(home.path()), other);
}

#[test]
fn files_that_were_changed_by_hand_lead_to_update_and_a_dry_run_shows_them() {
    let home = project();
    let tfvars = home.path().join("shop/terraform/modules/proxy/main.tf");
    let edited = fs::read_to_string(&tfvars).unwrap() + "# mine\n";
    fs::write(&tfvars, edited).unwrap();
    fs::write(
        home.path().join("shop/terraform/modules/proxy/iam.tf"),
        b"\xff",
    )
    .unwrap();
    let before = contents(home.path());
    let set = ["new", "shop", "--set", "output.targets=terraform"];
    let output = run(home.path(), &set);
    let err = stderr(&output);
    assert_eq!(output.status.code(), Some(1));
    let hints: Vec<&str> = err
        .lines()
        .filter(|line| line.starts_with("hint: "))
        .collect();
    assert!(
        hints[0].contains("`rdsproxy-gen update shop` merges"),
        "{err}"
    );
    assert!(
        hints[0].contains("shop/rdsproxy.toml"),
        "the answer has to be written first: {err}"
    );
    assert!(hints.last().unwrap().contains("--force"), "{err}");
    let output = run(home.path(), &["new", "shop"]);
    assert!(
        stderr(&output).contains("hint: `rdsproxy-gen update shop` merges"),
        "{}",
        stderr(&output)
    );

    let dry = run(home.path(), &[&set[..], &["--dry-run"]].concat());
    let out = stdout(&dry);
    assert_eq!(dry.status.code(), Some(0), "{}", stderr(&dry));
    for part in [
        "2 files changed by hand",
        "--- terraform/modules/proxy/main.tf\n+++ terraform/modules/proxy/main.tf\n",
        "-# mine\n",
        "terraform/modules/proxy/iam.tf is not a text file",
        "--- cloudformation/template.yaml\n+++ /dev/null\n",
        "--- rdsproxy.toml\n",
    ] {
        assert!(out.contains(part), "no {part:?} in {out}");
    }
    assert!(!out.contains("--- .rdsproxy-gen"), "{out}");
    assert!(out.ends_with("\nNothing was written.\n"), "{out}");
    assert_eq!(contents(home.path()), before);
}

#[test]
fn a_file_that_is_added_to_a_project_is_shown_whole() {
    let home = project();
    fs::remove_file(home.path().join("shop/terraform/modules/proxy/iam.tf")).unwrap();
    let dry = run(home.path(), &["new", "shop", "--dry-run"]);
    assert!(
        stdout(&dry).contains("--- /dev/null\n+++ terraform/modules/proxy/iam.tf\n"),
        "{}",
        stdout(&dry)
    );
}

#[test]
fn what_stands_in_the_place_of_a_project_is_named() {
    let home = tempfile::tempdir().unwrap();
    let at = |path: &str| home.path().join(path);
    for folder in [
        "torn",
        "newer",
        "folder/rdsproxy.toml",
        "latin",
        "link",
        "misspelt",
    ] {
        fs::create_dir_all(at(folder)).unwrap();
    }
    fs::write(at("torn/rdsproxy.toml"), "schema = 1\n[proxy\n").unwrap();
    fs::write(at("newer/rdsproxy.toml"), "schema = 99\n").unwrap();
    fs::write(
        at("misspelt/rdsproxy.toml"),
        "schema = 1\n[proxy]\nnmae = \"a\"\n",
    )
    .unwrap();
    fs::write(at("latin/rdsproxy.toml"), b"# \xe9\n").unwrap();
    fs::write(at("outside.toml"), SPEC).unwrap();
    fs::write(at("file"), "mine").unwrap();
    std::os::unix::fs::symlink(at("outside.toml"), at("link/rdsproxy.toml")).unwrap();
    let before = contents(home.path());
    let cases: &[(&str, &[&str])] = &[
        ("torn", &["torn/rdsproxy.toml:2:", "hint: correct it"]),
        ("newer", &["newer/rdsproxy.toml:1:10", "hint: "]),
        (
            "misspelt",
            &["misspelt/rdsproxy.toml:3:1", "did you mean `proxy.name`?"],
        ),
        (
            "folder",
            &[
                "folder/rdsproxy.toml is not a text file",
                "hint: move it away",
            ],
        ),
        ("latin", &["latin/rdsproxy.toml is not a text file"]),
        ("link", &["link/rdsproxy.toml is not a text file"]),
        ("file", &["file is a file, not a directory"]),
        ("file/below", &["file/below"]),
    ];
    for (dir, told) in cases {
        for more in [&[][..], &["--dry-run"]] {
            let output = run(
                home.path(),
                &[&["new", dir, "--demo", "--defaults"], more].concat(),
            );
            let err = stderr(&output);
            assert_eq!(output.status.code(), Some(1), "{dir} {more:?}");
            for part in *told {
                assert!(err.contains(part), "{dir} {more:?}: no {part:?} in {err}");
            }
        }
    }
    assert_eq!(contents(home.path()), before);
}

#[test]
fn a_form_that_is_not_filled_in_names_what_is_missing() {
    let home = tempfile::tempdir().unwrap();
    let form = stdout(&run(home.path(), &["new", "--print-answers"]));
    fs::write(home.path().join("form.toml"), &form).unwrap();
    let output = run(home.path(), &["new", "--answers", "form.toml"]);
    let err = stderr(&output);
    assert_eq!(output.status.code(), Some(1));
    for key in [
        "proxy.name",
        "network.vpc_id",
        "database.identifier",
        "users",
    ] {
        assert!(err.contains(&format!("--set {key}=")), "no {key} in {err}");
    }
    assert_eq!(contents(home.path()).len(), 1, "something was written");
    let demo = run(
        home.path(),
        &["new", "--answers", "form.toml", "--demo", "--defaults"],
    );
    assert!(demo.status.success(), "{}", stderr(&demo));
    let written = fs::read_to_string(home.path().join("orders-proxy/rdsproxy.toml")).unwrap();
    for line in form.lines().filter(|line| line.starts_with('#')) {
        assert!(written.contains(line), "lost: {line}");
    }
    assert!(
        !written
            .lines()
            .any(|line| line.ends_with("0123456789abcdef0\"") && !line.starts_with('#')),
        "{written}"
    );
}

#[test]
fn in_a_terminal_nothing_is_asked_but_whether_to_write() {
    use expectrl::{Eof, Expect, Session};
    let home = project();
    let before = contents(home.path());
    // Enter writes; Ctrl-C cancels.
    for (answer, told) in [
        ("\r", "Nothing to write"),
        ("\u{3}", "left without writing"),
    ] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_rdsproxy-gen"));
        command
            .args(["new", "shop"])
            .current_dir(home.path())
            .env("NO_COLOR", "1")
            .env("TERM", "xterm");
        let mut session = Session::spawn(command).unwrap();
        session.set_expect_timeout(Some(std::time::Duration::from_secs(30)));
        let asked = session.expect("Write these files?").unwrap();
        let asked = String::from_utf8_lossy(asked.as_bytes()).into_owned();
        assert!(
            asked.contains("The rdsproxy.toml of this project"),
            "{asked}"
        );
        session.expect("leaves without writing").unwrap();
        session.send(answer).unwrap();
        let said = session.expect(Eof).unwrap();
        let said = String::from_utf8_lossy(said.as_bytes()).into_owned();
        assert!(said.contains(told), "{said}");
        assert_eq!(contents(home.path()), before);
    }
}
