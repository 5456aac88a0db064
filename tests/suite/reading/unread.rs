//! Parts of a module that cannot be read, or that lead outside the permitted folder: they are reported, and the
//! verdicts that depend on them are open. All other verdicts stay the same.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use crate::auditing::audit::{audit_in, verdict};
use crate::support::tools::copy;

/// A hardened proxy in one folder.
const EXAMPLE: &str = "tests/suite/reading/flat";

const INGRESS: &str = "security-group-ingress-open";
const ROLE: &str = "role-permissions-too-wide";
const TLS: &str = "client-tls-not-required";

type Tamper = fn(&Path);

/// The manipulation of the folder, and the verdicts of three rules that passed before.
type Case = (&'static str, Tamper, [(&'static str, &'static str); 3]);

const CASES: &[Case] = &[
    (
        "a file that cannot be parsed",
        |folder| fs::write(folder.join("more.tf"), "resource {{{").unwrap(),
        [
            (INGRESS, "undetermined"),
            (ROLE, "undetermined"),
            (TLS, "pass"),
        ],
    ),
    (
        "a file that is not a string",
        |folder| fs::write(folder.join("more.tf"), [0xff, 0xfe, 0xff]).unwrap(),
        [
            (INGRESS, "undetermined"),
            (ROLE, "undetermined"),
            (TLS, "pass"),
        ],
    ),
    (
        "a file that leads out",
        |folder| symlink("../../outside/open.tf", folder.join("more.tf")).unwrap(),
        [
            (INGRESS, "undetermined"),
            (ROLE, "undetermined"),
            (TLS, "pass"),
        ],
    ),
    (
        "an override that leads out",
        |folder| symlink("../../outside/open.tf", folder.join("more_override.tf")).unwrap(),
        [
            (INGRESS, "undetermined"),
            (ROLE, "undetermined"),
            (TLS, "undetermined"),
        ],
    ),
    (
        "values that lead out",
        |folder| {
            bind_tls(folder);
            symlink("../../outside/open.tfvars", folder.join("x.auto.tfvars")).unwrap();
        },
        // The groups and secrets that the rules apply to are a variable, too.
        [
            (INGRESS, "undetermined"),
            (ROLE, "undetermined"),
            (TLS, "undetermined"),
        ],
    ),
    (
        "values that cannot be parsed",
        |folder| {
            bind_tls(folder);
            fs::write(folder.join("x.auto.tfvars"), "tls = = false\n").unwrap();
        },
        // The groups and secrets that the rules apply to are a variable, too.
        [
            (INGRESS, "undetermined"),
            (ROLE, "undetermined"),
            (TLS, "undetermined"),
        ],
    ),
    (
        "values of another folder that cannot be parsed",
        |folder| {
            bind_tls(folder);
            fs::create_dir(folder.join("other")).unwrap();
            fs::write(folder.join("other/x.auto.tfvars"), "tls = = false\n").unwrap();
            fs::write(folder.join("other/main.tf"), "resource {{{\n").unwrap();
        },
        [(INGRESS, "pass"), (ROLE, "pass"), (TLS, "pass")],
    ),
    (
        "values that lead to a file within",
        |folder| {
            bind_tls(folder);
            fs::create_dir(folder.join("shared")).unwrap();
            fs::write(folder.join("shared/x.tfvars"), "tls = false\n").unwrap();
            symlink("shared/x.tfvars", folder.join("x.auto.tfvars")).unwrap();
        },
        [(INGRESS, "pass"), (ROLE, "pass"), (TLS, "fail")],
    ),
    (
        "a module that leads out and is given the role",
        |folder| {
            let call = "module \"m\" {\n  source = \"../../outside\"\n  role   = aws_iam_role.proxy.name\n}\n";
            fs::write(folder.join("more.tf"), call).unwrap();
        },
        [(INGRESS, "pass"), (ROLE, "undetermined"), (TLS, "pass")],
    ),
];

/// Makes the TLS setting of the proxy a variable with the default `true`.
fn bind_tls(folder: &Path) {
    let file = folder.join("main.tf");
    let text = fs::read_to_string(&file).unwrap();
    let line = text
        .lines()
        .find(|line| line.trim_start().starts_with("require_tls"))
        .unwrap();
    let text = text.replace(line, "  require_tls = var.tls");
    fs::write(&file, text + "\nvariable \"tls\" {\n  default = true\n}\n").unwrap();
}

#[test]
fn what_was_not_read_is_told_and_leaves_open_what_it_could_decide() {
    let mut wrong = Vec::new();
    for (name, tamper, expected) in CASES {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("repo/infra");
        copy(Path::new(EXAMPLE), &folder);
        fs::create_dir(home.path().join("repo/.git")).unwrap();
        let outside = home.path().join("outside");
        fs::create_dir(&outside).unwrap();
        fs::write(outside.join("open.tf"), "# canary-outside\n").unwrap();
        fs::write(
            outside.join("open.tfvars"),
            "tls = false # canary-outside\n",
        )
        .unwrap();
        tamper(&folder);
        let run = audit_in(home.path(), &["repo/infra", "--format", "json"]);
        assert!(
            !run.all().contains("canary-outside"),
            "{name}: {}",
            run.all()
        );
        let report = run.json();
        let told = report["skipped"]
            .as_array()
            .is_some_and(|told| !told.is_empty());
        let is_open = expected
            .iter()
            .any(|(_, verdict)| *verdict == "undetermined");
        assert!(told || !is_open, "{name}: {report:#}");
        for (rule, expected) in expected {
            let found = verdict(&report, 0, rule);
            if found != *expected {
                wrong.push(format!(
                    "{name}: {rule} is {found}, and should be {expected}"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
