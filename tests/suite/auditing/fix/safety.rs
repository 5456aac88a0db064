//! Cases in which `--fix` writes nothing: files that the user should not edit here, and all files if one of them cannot
//! be written.

use std::fs;
use std::path::Path;

use crate::auditing::audit::{audit_in, estate};

const WEAK: &str = "resource \"aws_db_proxy\" \"p\" {\n  require_tls = false\n}\n";
const MENDED: &str = "resource \"aws_db_proxy\" \"p\" {\n  require_tls = true\n}\n";
const ELSEWHERE: &str = "the file lies outside of what was named";

fn text(home: &Path, name: &str) -> String {
    fs::read_to_string(home.join(name)).unwrap()
}

#[test]
fn what_is_waived_stays() {
    let waived = WEAK.replace(
        "false",
        "false # rdsproxy-gen:ignore client-tls-not-required reason=\"x\"",
    );
    let home = estate(&[("main.tf", &waived)]);
    audit_in(home.path(), &[".", "--fix"]);
    assert_eq!(text(home.path(), "main.tf"), waived);
    let run = audit_in(home.path(), &[".", "--fix", "--no-waivers"]);
    assert!(
        text(home.path(), "main.tf").contains("require_tls = true # rdsproxy"),
        "{}",
        run.all()
    );
}

#[test]
fn code_that_a_policy_lets_another_proxy_keep_stays() {
    let policy = "schema = 1\n\n[[waivers]]\nrule = \"client-tls-not-required\"\nsubject = \"module.old.aws_db_proxy.p\"\nreason = \"until the old client is gone\"\nowner = \"data\"\nuntil = \"2999-01-01\"\n";
    let call = |name: &str| format!("module \"{name}\" {{\n  source = \"../m\"\n}}\n");
    let home = estate(&[
        ("app/main.tf", &(call("old") + "\n" + &call("new"))),
        ("m/main.tf", WEAK),
        ("rdsproxy-policy.toml", policy),
    ]);
    let run = audit_in(
        home.path(),
        &[".", "--fix", "--policy", "rdsproxy-policy.toml"],
    );
    assert!(
        run.stderr.contains("is allowed to stay as it is"),
        "{}",
        run.all()
    );
    assert_eq!(text(home.path(), "m/main.tf"), WEAK);
}

#[test]
fn files_of_others_stay() {
    let call = "module \"p\" {\n  source = \"../lib\"\n}\n";
    let home = estate(&[
        (".git/HEAD", ""),
        ("app/main.tf", call),
        ("lib/main.tf", WEAK),
    ]);
    let run = audit_in(home.path(), &["app", "--fix"]);
    assert!(run.stderr.contains(ELSEWHERE), "{}", run.all());
    assert_eq!(text(home.path(), "lib/main.tf"), WEAK);
    let run = audit_in(home.path(), &["app", "lib", "--fix"]);
    assert_eq!(text(home.path(), "lib/main.tf"), MENDED, "{}", run.all());
}

#[test]
fn what_git_ignores_and_what_was_downloaded_stays() {
    let index = r#"{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"p","Source":"git::https://example.com/p","Dir":".terraform/modules/p"}]}"#;
    let home = estate(&[
        (
            "main.tf",
            "module \"p\" {\n  source = \"git::https://example.com/p\"\n}\n\nmodule \"q\" {\n  source = \"./made\"\n}\n",
        ),
        (".terraform/modules/modules.json", index),
        (".terraform/modules/p/main.tf", WEAK),
        (".gitignore", "made/\n"),
        ("made/main.tf", WEAK),
    ]);
    let run = audit_in(home.path(), &[".", "--fix"]);
    for name in [".terraform/modules/p/main.tf", "made/main.tf"] {
        assert_eq!(text(home.path(), name), WEAK, "{}", run.all());
    }
    assert!(
        run.stderr
            .contains("made/main.tf:2:17: the file lies outside"),
        "{}",
        run.all()
    );
}

#[test]
fn a_file_that_is_named_is_mended() {
    let home = estate(&[
        ("a/main.tf", WEAK),
        ("b/main.tf", WEAK),
        ("c/main.tf", WEAK),
    ]);
    let all = home.path().join("c/main.tf");
    let run = audit_in(
        home.path(),
        &["a/main.tf", "./b", all.to_str().unwrap(), "--fix"],
    );
    for name in ["a/main.tf", "b/main.tf", "c/main.tf"] {
        assert_eq!(text(home.path(), name), MENDED, "{}", run.all());
    }
}

#[test]
fn plans_and_states_are_no_source() {
    for name in ["plan.json", "raw.json"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/reading/plan_source");
        let good = fs::read_to_string(folder.join(name)).unwrap();
        let weak = good.replace("\"require_tls\":true", "\"require_tls\":false");
        assert_ne!(good, weak);
        let home = estate(&[(name, &weak)]);
        let run = audit_in(home.path(), &[name, "--fix"]);
        assert!(
            run.stderr.contains("there is no source to edit"),
            "{}",
            run.all()
        );
        assert_eq!(text(home.path(), name), weak);
    }
}

#[cfg(unix)]
#[test]
fn links_and_permissions_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let home = estate(&[("app/main.tf", WEAK), ("real.tf", WEAK)]);
    let main = home.path().join("app/main.tf");
    fs::set_permissions(&main, fs::Permissions::from_mode(0o640)).unwrap();
    fs::create_dir(home.path().join("linked")).unwrap();
    symlink("../real.tf", home.path().join("linked/main.tf")).unwrap();
    let run = audit_in(home.path(), &["app", "linked", "--fix"]);
    assert_eq!(text(home.path(), "app/main.tf"), MENDED, "{}", run.all());
    assert_eq!(
        fs::metadata(&main).unwrap().permissions().mode() & 0o777,
        0o640
    );
    assert_eq!(text(home.path(), "real.tf"), WEAK);
    assert!(
        fs::symlink_metadata(home.path().join("linked/main.tf"))
            .unwrap()
            .is_symlink()
    );
}

#[test]
fn an_edit_that_does_not_help_is_left_and_the_others_stand() {
    // The first proxy has the property twice. It is unknown which one takes effect, so no edit is certain.
    let doubled = "Resources:\n  Proxy:\n    Type: AWS::RDS::DBProxy\n    Properties:\n      RequireTLS: false\n      DebugLogging: true\n      <<: {DebugLogging: true}\n";
    let home = estate(&[("t.yaml", doubled), ("tf/main.tf", WEAK)]);
    let run = audit_in(home.path(), &[".", "--fix"]);
    assert_eq!(text(home.path(), "tf/main.tf"), MENDED, "{}", run.all());
    assert!(
        !run.stderr.contains("fault of rdsproxy-gen"),
        "{}",
        run.all()
    );
}

#[test]
fn exit_codes_tell_what_is_left() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("generated-examples/mariadb-existing-secret/cloudformation/template.yaml");
    let good = fs::read_to_string(example).unwrap();
    let bad = good.replace("RequireTLS: true", "RequireTLS: false");
    assert_ne!(good, bad);
    let home = estate(&[("template.yaml", &bad)]);
    let dry = audit_in(home.path(), &[".", "--fix", "--dry-run"]);
    assert_eq!(dry.code, 2, "{}", dry.all());
    let run = audit_in(home.path(), &[".", "--fix"]);
    assert_eq!(run.code, 0, "{}", run.all());
    assert_eq!(text(home.path(), "template.yaml"), good);
}

#[test]
fn the_rules_say_which_of_them_are_mended() {
    for rule in rdsproxy_gen::rules::RULES {
        let output = crate::support::program::program(Path::new("."))
            .args(["rules", rule.info.id])
            .output()
            .unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        let is_mended = rule.info.links.mending.is_some();
        assert_eq!(said.contains("audit --fix"), is_mended, "{said}");
    }
}
