//! Drift of a generated project: each edit gets its proper class, and the weakened rule is named.

mod mutations;

use std::fs;
use std::path::Path;

use crate::support::program::{ended, program, stderr, stdout};

/// An edit: a file, a text in it (if empty, the replacement is appended, or makes a new file), and its replacement;
/// then the expected output of drift, and the exit code.
type Case = (&'static str, &'static str, &'static str, &'static str, i32);

const CASES: &[Case] = &[
    (
        "terraform/modules/proxy/main.tf",
        "require_tls = true",
        "require_tls = false",
        "weakens client-tls-not-required",
        2,
    ),
    (
        "terraform/modules/proxy/main.tf",
        "debug_logging = false",
        "debug_logging = true",
        "weakens debug-logging-on",
        2,
    ),
    (
        "terraform/modules/proxy/override.tf",
        "",
        "resource \"aws_db_proxy\" \"this\" {\n  require_tls = false\n}\n",
        "weakens client-tls-not-required",
        2,
    ),
    (
        "terraform/modules/proxy/more.tf",
        "",
        "resource \"aws_vpc_security_group_ingress_rule\" \"more\" {\n  security_group_id = aws_security_group.proxy.id\n  cidr_ipv4         = \"0.0.0.0/0\"\n  ip_protocol       = \"tcp\"\n  from_port         = 5432\n  to_port           = 5432\n}\n",
        "weakens security-group-ingress-open",
        2,
    ),
    (
        "cloudformation/template.yaml",
        "RequireTLS: true",
        "RequireTLS: false",
        "weakens client-tls-not-required",
        2,
    ),
    (
        "terraform/modules/proxy/main.tf",
        "",
        "# a remark\n",
        "no drift, 1 cosmetic",
        0,
    ),
    (
        "terraform/modules/proxy/main.tf",
        "require_tls = true",
        "require_tls    =   true",
        "no drift, 1 cosmetic",
        0,
    ),
    (
        "cloudformation/template.yaml",
        "",
        "# a remark\n",
        "no drift, 1 cosmetic",
        0,
    ),
    // The root module, which calls the module.
    (
        "terraform/main.tf",
        "{ for id in distinct(var.database_security_group_ids) : id => id }",
        "{ other = \"sg-0123456789abcdef0\" }",
        "weakens security-group-egress-open",
        2,
    ),
    (
        "terraform/override.tf",
        "",
        "module \"proxy\" {\n  database_security_group_ids = { other = \"sg-0123456789abcdef0\" }\n}\n",
        "weakens security-group-egress-open",
        2,
    ),
    (
        "terraform/open.tf",
        "",
        "resource \"aws_vpc_security_group_ingress_rule\" \"open\" {\n  security_group_id = module.proxy.security_group_id\n  ip_protocol       = \"-1\"\n  cidr_ipv4         = \"0.0.0.0/0\"\n}\n",
        "weakens security-group-ingress-open",
        2,
    ),
    (
        "terraform/main.tf",
        "= var.pool",
        "= merge(var.pool, { borrow_timeout = 5 })",
        "pool/borrow_timeout: 30 → 5",
        2,
    ),
    (
        "terraform/main.tf",
        "\"./modules/proxy\"",
        "\"./modules/other\"",
        "module.proxy was not read",
        2,
    ),
    (
        "terraform/main.tf",
        "",
        "\nmodule \"second\" {\n  source = \"git::https://example.com/proxy.git\"\n}\n",
        "module.second is new",
        2,
    ),
    (
        "terraform/README.md",
        "",
        "\nmore\n",
        "no drift, 1 cosmetic",
        0,
    ),
];

fn edit(project: &Path, (file, from, to, ..): &Case) {
    let path = project.join(file);
    let text = fs::read_to_string(&path).unwrap_or_default();
    let edited = match *from {
        "" => format!("{text}{to}"),
        from => {
            assert!(text.contains(from), "{file} holds no {from}");
            text.replacen(from, to, 1)
        }
    };
    fs::write(path, edited).unwrap();
}

/// A folder with a generated project.
fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let new = ["new", "project", "--demo", "--defaults"];
    assert!(ended(program(home.path()).args(new)).status.success());
    home
}

fn drift(home: &Path, more: &[&str]) -> (Option<i32>, String) {
    let said = ended(program(home).arg("drift").args(more));
    let text = stdout(&said) + &stderr(&said);
    (said.status.code(), text)
}

#[test]
fn every_edit_has_its_class() {
    let untouched = home();
    let quiet = ended(program(untouched.path()).args(["drift", "project"]));
    assert_eq!(quiet.status.code(), Some(0), "{}", stdout(&quiet));
    assert!(stdout(&quiet).contains("no drift"));
    for case in CASES {
        let home = tempfile::tempdir().unwrap();
        crate::support::tools::copy(untouched.path(), home.path());
        edit(&home.path().join("project"), case);
        let said = ended(program(home.path()).args(["drift", "project"]));
        assert!(
            stdout(&said).contains(case.3),
            "{case:?}: {}",
            stdout(&said)
        );
        assert_eq!(
            said.status.code(),
            Some(case.4),
            "{case:?}: {}",
            stdout(&said)
        );
    }
}

#[test]
fn what_is_proposed_and_given_a_reason_is_accepted_and_nothing_else() {
    let home = home();
    let project = home.path().join("project");
    edit(
        &project,
        &(
            "terraform/modules/proxy/main.tf",
            "require_tls = true",
            "require_tls = false",
            "",
            2,
        ),
    );
    edit(
        &project,
        &(
            "terraform/modules/proxy/override.tf",
            "",
            "resource \"aws_db_proxy\" \"this\" {\n  idle_client_timeout = 77\n}\n",
            "",
            2,
        ),
    );
    let (code, proposal) = drift(home.path(), &["project", "--accept"]);
    assert_eq!(code, Some(0), "{proposal}");
    let policy = home.path().join("rdsproxy-policy.toml");
    let without = format!("schema = 1\n{proposal}");
    fs::write(&policy, &without).unwrap();
    let (code, said) = drift(home.path(), &["project"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("the waiver gives no reason"), "{said}");

    let given = without.replace("reason = \"\"", "reason = \"agreed\"");
    fs::write(&policy, &given).unwrap();
    let (code, said) = drift(home.path(), &["project"]);
    assert_eq!(code, Some(0), "{said}\n{given}");
    assert!(said.contains("no drift, 3 accepted"), "{said}");
    assert_eq!(drift(home.path(), &["project", "--no-waivers"]).0, Some(2));

    edit(
        &project,
        &(
            "terraform/modules/proxy/main.tf",
            "debug_logging = false",
            "debug_logging = true",
            "",
            2,
        ),
    );
    let (code, said) = drift(home.path(), &["project", "--fail-on", "weakens"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("weakens debug-logging-on"), "{said}");
}

#[test]
fn of_several_projects_each_has_its_row_and_none_is_lost() {
    let home = home();
    let (code, said) = drift(home.path(), &["project", "nowhere"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("nowhere has no baseline"), "{said}");
    assert!(
        said.contains("2 projects, 0 with drift, 1 not looked at"),
        "{said}"
    );
    let (code, _) = drift(home.path(), &["project", "nowhere", "--accept"]);
    assert_eq!(code, Some(1));
    assert_eq!(drift(home.path(), &["project", "project"]).0, Some(0));
}

#[test]
fn a_changed_spec_is_carried_out_as_the_hint_says() {
    let home = home();
    let spec = home.path().join("project/rdsproxy.toml");
    let text = fs::read_to_string(&spec).unwrap();
    fs::write(&spec, format!("{text}\n[tags]\nteam = \"a\"\n")).unwrap();
    let (code, said) = drift(home.path(), &["project"]);
    assert_eq!(code, Some(2), "{said}");
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    let hint = "rdsproxy-gen update project";
    assert!(said.contains(hint), "{said}");
    let arguments = hint.split(' ').skip(1);
    let done = ended(program(home.path()).args(arguments));
    assert!(done.status.success(), "{}", stderr(&done));
    assert_eq!(drift(home.path(), &["project"]).0, Some(0));
}

#[test]
fn a_file_that_is_gone_or_no_text_is_told() {
    let home = home();
    let readme = home.path().join("project/terraform/README.md");
    fs::remove_file(&readme).unwrap();
    let (code, said) = drift(home.path(), &["project"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(
        said.contains("changes\n  project/terraform/README.md is gone"),
        "{said}"
    );
    fs::create_dir(&readme).unwrap();
    let (code, said) = drift(home.path(), &["project"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("cannot tell\n"), "{said}");
}
