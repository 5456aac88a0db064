//! No secret is ever shown: a secret is planted in every place, and searched for in every format, on standard error and
//! in a panic.

mod places;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use rdsproxy_gen::report::FORMATS;

use self::places::{DOCUMENTS, PROXY, Place, TEMPLATES, TERRAFORM};
use crate::support::program::{contents, ended, program, stderr, stdout};
use crate::support::scale;

const CANARY: &str = "Canary-7f3K-planted";

/// The mask for a secret of at least this length.
const MASK: &str = "********";

fn write(folder: &Path, files: &[(&str, &str)]) {
    for (path, text) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

/// The output for the files, on both streams and in the file of `--output`.
fn said(folder: &Path, arguments: &[&str]) -> String {
    let said = ended(program(folder).args(arguments));
    let text = stdout(&said) + &stderr(&said);
    match fs::read_to_string(folder.join("out")) {
        Ok(output) => text + &output,
        Err(_) => text,
    }
}

/// Removes the escapes that Markdown needs before a `*`.
fn unescaped(said: &str) -> String {
    said.replace('\\', "")
}

/// The formats that show the lines of findings.
const WITH_LINES: [&str; 4] = ["text", "markdown", "junit", "html"];

/// The faults of a run.
fn wrong(place: &Place, format: &str, said: &str) -> Option<String> {
    let file = place.found.0.split(':').next().unwrap();
    let masked = unescaped(said).contains(MASK);
    let is_text = format == "text";
    let fault = if said.contains(CANARY) || said.contains("7f3K") {
        "shows the secret"
    } else if !said.contains(file) || !said.contains(place.found.1) {
        "tells no finding"
    } else if is_text && !said.contains(place.found.0) {
        "tells no line"
    } else if WITH_LINES.contains(&format) && place.is_in_view && !masked {
        "shows no mask"
    } else {
        return None;
    };
    Some(format!("{} as {format} {fault}:\n{said}", place.name))
}

fn look(places: &[Place], is_terraform: bool) {
    let mut faults = Vec::new();
    // All formats share the masking code. A normal run combines each secret with some of them, and each format with
    // some secrets.
    let step = scale::step(3);
    for (number, place) in places.iter().enumerate() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path();
        if is_terraform {
            write(folder, &[("proxy.tf", PROXY)]);
        }
        write(folder, place.files);
        let before = contents(folder);
        let mut runs: Vec<(&str, Vec<&str>)> = FORMATS
            .iter()
            .map(|format| (format.id, vec!["--format", format.id]))
            .collect();
        runs.push(("text", vec!["--fix", "--dry-run"]));
        runs.push(("json", vec!["--fix", "--dry-run", "--format", "json"]));
        runs.push(("text", vec!["--output", "out"]));
        for (format, more) in runs.into_iter().skip(number % step).step_by(step) {
            let arguments = [&["audit", "."][..], place.arguments, &more].concat();
            faults.extend(wrong(place, format, &said(folder, &arguments)));
            let _ = fs::remove_file(folder.join("out"));
        }
        assert_eq!(contents(folder), before, "{}: a file changed", place.name);
    }
    let shown: Vec<&String> = faults.iter().take(3).collect();
    assert!(faults.is_empty(), "{} faults: {shown:#?}", faults.len());
}

#[test]
fn no_format_shows_a_secret_of_terraform() {
    look(TERRAFORM, true);
}

#[test]
fn no_format_shows_a_secret_of_a_template() {
    look(TEMPLATES, false);
}

#[test]
fn no_format_shows_a_secret_of_a_plan_or_a_state() {
    look(DOCUMENTS, false);
}

#[test]
fn a_short_secret_is_masked_where_it_is_the_password_and_nowhere_else() {
    let home = tempfile::tempdir().unwrap();
    let code = r#"resource "aws_secretsmanager_secret" "root" {
  name = "hunter2"
}
resource "aws_secretsmanager_secret_version" "root" {
  secret_id     = aws_secretsmanager_secret.root.id
  secret_string = jsonencode({ username = "root", password = "hunter2" })
}
resource "aws_db_proxy" "root" {
  name          = "root"
  debug_logging = true # root and hunter2 are words
  auth {
    iam_auth   = "REQUIRED"
    secret_arn = aws_secretsmanager_secret.root.arn
  }
}
"#;
    write(home.path(), &[("main.tf", code)]);
    let text = said(home.path(), &["audit", "."]);
    assert!(text.contains("password = \"*******\""), "{text}");
    assert!(text.contains("# root and hunter2 are words"), "{text}");
    assert!(text.contains("username = \"root\""), "{text}");
    assert!(text.contains("the secret hunter2"), "{text}");
}

/// An account contains no passwords by design, but a tag or a description can contain one by mistake.
#[test]
fn no_report_of_an_account_shows_a_secret() {
    let account = include_str!("../../../../src/domain/demo/account.json");
    let tag = "\"team\": \"catalog\"";
    assert!(account.contains("legacy/catalog") && account.contains(tag));
    let account = account
        .replace("legacy/catalog", CANARY)
        .replace(tag, &format!("\"db_password\": \"{CANARY}\""));
    let home = tempfile::tempdir().unwrap();
    write(home.path(), &[("account.json", &account)]);
    for format in FORMATS {
        let said = said(
            home.path(),
            &["audit", "--snapshot", "account.json", "--format", format.id],
        );
        assert!(!said.contains("7f3K"), "{}: {said}", format.id);
        assert!(
            said.contains("iam-auth-not-required") && unescaped(&said).contains(MASK),
            "{}: {said}",
            format.id
        );
    }
}

/// Files, and the arguments of the run.
type Case = (
    &'static [(&'static str, &'static str)],
    &'static [&'static str],
);

/// Errors that occur before there is a report.
const ERRORS: &[Case] = &[
    (
        &[("broken.tf", "password = \"Canary-7f3K-planted\n")],
        &["audit", "."],
    ),
    (
        &[(
            "t.yaml",
            "Resources: {AWS::RDS::DBProxy: \"\npassword: Canary-7f3K-planted",
        )],
        &["audit", "."],
    ),
    (
        &[
            ("p.json", "[\"DbPassword: Canary-7f3K-planted\"]"),
            ("t.yaml", "Resources: {P: {Type: AWS::RDS::DBProxy}}\n"),
        ],
        &["audit", ".", "--parameters", "p.json"],
    ),
    (
        &[("main.tf", PROXY_WITHOUT)],
        &["audit", ".", "--var", "Canary-7f3K-planted"],
    ),
    (
        &[
            ("main.tf", PROXY_WITHOUT),
            ("x.tfvars", "password = \"Canary-7f3K-planted"),
        ],
        &["audit", ".", "--var-file", "x.tfvars"],
    ),
    (
        &[
            ("main.tf", PROXY_WITHOUT),
            (
                "rdsproxy-policy.toml",
                "password = \"Canary-7f3K-planted\"\n",
            ),
        ],
        &["audit", ".", "--policy", "rdsproxy-policy.toml"],
    ),
    (
        &[
            ("main.tf", PROXY_WITHOUT),
            ("s.json", "{\"schema\": \"Canary-7f3K-planted\"}"),
        ],
        &["audit", ".", "--snapshot", "s.json"],
    ),
    (
        &[
            ("main.tf", PROXY_WITHOUT),
            ("b.json", "{\"proxies\": \"Canary-7f3K-planted\"}"),
        ],
        &["audit", ".", "--baseline", "b.json"],
    ),
    (
        &[("rdsproxy.toml", "password = \"Canary-7f3K-planted\"\n")],
        &["new", ".", "--defaults"],
    ),
    (
        &[(
            "rdsproxy.toml",
            "schema = 1\n[proxy]\nname = \"p\"\npassword = \"Canary-7f3K-planted\"\n",
        )],
        &["new", ".", "--defaults"],
    ),
    (
        &[(
            "rdsproxy.toml",
            "schema = 1\npassword = \"Canary-7f3K-planted\n",
        )],
        &["new", ".", "--defaults"],
    ),
    (
        &[("a.toml", "[[users]]\npassword = \"Canary-7f3K-planted\"\n")],
        &["new", "p", "--defaults", "--answers", "a.toml"],
    ),
    (
        &[("a.toml", "[database]\nport = \"Canary-7f3K-planted\"\n")],
        &["new", "p", "--defaults", "--answers", "a.toml"],
    ),
    (
        &[],
        &[
            "new",
            "p",
            "--defaults",
            "--set",
            "users.password=Canary-7f3K-planted",
        ],
    ),
    (
        &[(
            ".rdsproxy-gen/baseline.json",
            "{\"schema\": \"Canary-7f3K-planted\"}",
        )],
        &["drift", "."],
    ),
];

/// Before there is a report, the secret values are not known.
#[test]
fn no_error_shows_a_secret() {
    for (files, arguments) in ERRORS {
        let texts = files.iter().map(|(_, text)| text).chain(arguments.iter());
        let planted = texts.filter(|text| text.contains("7f3K")).count();
        assert!(planted > 0, "nothing is planted in {files:?} {arguments:?}");
        let home = tempfile::tempdir().unwrap();
        write(home.path(), files);
        let said = said(home.path(), arguments);
        assert!(!said.contains("7f3K"), "{files:?} {arguments:?}: {said}");
        assert!(!said.is_empty(), "{arguments:?}");
    }
}

const PROXY_WITHOUT: &str = "resource \"aws_db_proxy\" \"p\" {\n  name = \"p\"\n}\n";

/// A folder with a generated project.
fn project() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let new = ["new", "project", "--demo", "--defaults"];
    assert!(ended(program(home.path()).args(new)).status.success());
    home
}

/// A file of a generated project, and the text that a user adds to it.
const EDITS: &[(&str, &str)] = &[
    (
        "terraform/more.tf",
        "variable \"db_password\" {\n  default = \"Canary-7f3K-planted\"\n}\n",
    ),
    (
        "terraform/more.tf",
        "variable \"pin\" {\n  sensitive = true\n  default = \"Canary-7f3K-planted-and-so-much-longer-that-what-is-told-of-it-has-to-be-cut\"\n}\n",
    ),
    (
        "terraform/more.tf",
        "resource \"aws_db_instance\" \"d\" {\n  password = \"Canary-7f3K-planted\"\n}\n",
    ),
    (
        "terraform/terraform.tfvars",
        "db_password = \"Canary-7f3K-planted\"\n",
    ),
    (
        "terraform/modules/proxy/outputs.tf",
        "# password = Canary-7f3K-planted\n",
    ),
    ("terraform/README.md", "\npassword: Canary-7f3K-planted\n"),
    (
        "terraform/modules/proxy/outputs.tf",
        "output \"x\" {\n  password = \"Canary-7f3K-planted\n}\n",
    ),
    (
        "cloudformation/template.yaml",
        "  DbPassword: {Value: Canary-7f3K-planted}\n",
    ),
    ("rdsproxy.toml", "\npassword = \"Canary-7f3K-planted\"\n"),
    (
        "terraform/modules/proxy/tests/x.tftest.hcl",
        "variables {\n  db_password = \"Canary-7f3K-planted\"\n}\n",
    ),
    // The target of a link to the environment of a process.
    (
        "terraform/README.md",
        "\0PATH=/bin\0AWS_SECRET_ACCESS_KEY=Canary-7f3K-planted\0GITHUB_TOKEN=Canary-7f3K-planted\0",
    ),
];

#[test]
fn no_difference_shows_a_secret() {
    let made = project();
    for (file, text) in scale::some(EDITS) {
        assert!(text.contains("7f3K"), "nothing is planted in {text:?}");
        let home = tempfile::tempdir().unwrap();
        crate::support::tools::copy(made.path(), home.path());
        let path = home.path().join("project").join(file);
        let before = fs::read_to_string(&path).unwrap_or_default();
        fs::write(&path, before + text).unwrap();
        for arguments in [
            &["drift", "project", "--all"][..],
            &["drift", "project", "--format", "json"],
            &["drift", "project", "--format", "markdown"],
            &["drift", "project", "--accept"],
            &["update", "project", "--dry-run"],
            &["update", "project", "--check", "--format", "json"],
            &["update", "project", "--check", "--format", "markdown"],
            &["update", "project", "--dry-run", "--reset", "all"],
            &[
                "new",
                "project",
                "--demo",
                "--defaults",
                "--dry-run",
                "--force",
            ],
        ] {
            let said = said(home.path(), arguments);
            assert!(
                !said.contains("7f3K"),
                "{file} {text:?} {arguments:?}: {said}"
            );
            assert!(!said.is_empty(), "{arguments:?}");
        }
    }
}

#[test]
fn a_difference_still_tells_where_it_is() {
    let home = project();
    let path = home.path().join("project/terraform/more.tf");
    let code = "resource \"aws_db_instance\" \"d\" {\n  password = \"Canary-7f3K-planted\"\n}\n";
    fs::write(path, code).unwrap();
    let said = said(home.path(), &["drift", "project", "--all"]);
    let masked = format!("+  password = \"{}\"", "*".repeat(CANARY.len()));
    assert!(said.contains(&masked) && said.contains("more.tf"), "{said}");
}

/// Both sides of a conflict are shown, and one of them contains a password.
#[test]
fn no_conflict_shows_a_secret() {
    let home = project();
    let folder = home.path().join("project");
    let values = folder.join("terraform/terraform.tfvars");
    let text = fs::read_to_string(&values).unwrap();
    let line = "borrow_timeout               = 30";
    assert!(text.contains(line));
    let edited = text.replace(line, &format!("borrow_timeout = 60 # password={CANARY}"));
    fs::write(&values, edited).unwrap();
    let spec = folder.join("rdsproxy.toml");
    let text = fs::read_to_string(&spec).unwrap();
    fs::write(&spec, text + "\n[pool]\nborrow_timeout = 45\n").unwrap();
    for arguments in [
        &["update", "project", "--dry-run"][..],
        &["update", "project", "--format", "json"],
        &["update", "project", "--check", "--format", "markdown"],
        &["drift", "project"],
    ] {
        let said = said(home.path(), arguments);
        assert!(!said.contains("7f3K"), "{arguments:?}: {said}");
        let is_shown = !arguments.contains(&"markdown");
        assert_eq!(said.contains(MASK), is_shown, "{arguments:?}: {said}");
    }
}

/// The child process of the next test: the output of the program when it panics.
#[test]
#[ignore = "panics: `a_panic_tells_its_place_and_nothing_else` runs it"]
fn a_panic() {
    rdsproxy_gen::io::panic::say_only_the_place();
    let text = format!("é password = {CANARY}");
    let _ = &text[1..];
}

#[test]
fn a_panic_tells_its_place_and_nothing_else() {
    let child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--ignored",
            "--exact",
            "program::mask::a_panic",
            "--nocapture",
        ])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = stderr(&child);
    assert!(
        said.contains("panicked at tests/suite/program/mask/mod.rs"),
        "{said}"
    );
    assert!(!(said + &stdout(&child)).contains("7f3K"));
}
