//! Drift of a generated project: each edit has the class that it deserves, and the rule that it weakens is named.

use std::fs;
use std::path::Path;

use crate::program::{ended, program, stdout};

/// An edit: a file, a text in it (empty: appended to what is there, or to nothing), and what takes its place; then what drift
/// is to say, and the exit code.
type Case = (&'static str, &'static str, &'static str, &'static str, i32);

const CASES: &[Case] = &[
    (
        "terraform/main.tf",
        "require_tls = true",
        "require_tls = false",
        "weakens client-tls-not-required",
        2,
    ),
    (
        "terraform/main.tf",
        "debug_logging = false",
        "debug_logging = true",
        "weakens debug-logging-on",
        2,
    ),
    (
        "terraform/override.tf",
        "",
        "resource \"aws_db_proxy\" \"this\" {\n  require_tls = false\n}\n",
        "weakens client-tls-not-required",
        2,
    ),
    (
        "terraform/more.tf",
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
        "terraform/main.tf",
        "",
        "# a remark\n",
        "no drift, 1 cosmetic",
        0,
    ),
    (
        "terraform/main.tf",
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

#[test]
fn every_edit_has_its_class() {
    for case in CASES {
        let home = tempfile::tempdir().unwrap();
        let new = ["new", "project", "--demo", "--defaults"];
        assert!(ended(program(home.path()).args(new)).status.success());
        let quiet = ended(program(home.path()).args(["drift", "project"]));
        assert_eq!(quiet.status.code(), Some(0), "{}", stdout(&quiet));
        assert!(stdout(&quiet).contains("no drift"));
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
