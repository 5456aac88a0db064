//! `--reset RULE` undoes only the changes that concern the rule, and keeps other changes in the same file, in the same
//! block and on the adjacent lines.

use std::fs;

use super::{home, update};
use crate::support::scale;

/// An edit that weakens a rule: the file, the original text, its replacement, and the rule.
const EDITS: &[(&str, &str, &str, &str)] = &[
    (
        "terraform/modules/proxy/main.tf",
        "  require_tls = true\n",
        "  require_tls = false\n",
        "client-tls-not-required",
    ),
    (
        "terraform/modules/proxy/main.tf",
        "  require_tls = true\n",
        "  require_tls = false\n",
        "database-tls-not-enforced",
    ),
    (
        "terraform/modules/proxy/main.tf",
        "  debug_logging = false\n",
        "  debug_logging = true\n",
        "debug-logging-on",
    ),
    (
        "terraform/modules/proxy/main.tf",
        "      iam_auth    = \"REQUIRED\"\n",
        "      iam_auth    = \"DISABLED\"\n",
        "iam-auth-not-required",
    ),
    (
        "terraform/modules/proxy/security_groups.tf",
        "    to_port          = var.database_port\n    security_groups  = [id]\n    cidr_blocks      = []\n",
        "    to_port          = var.database_port\n    security_groups  = [id]\n    cidr_blocks      = [\"0.0.0.0/0\"]\n",
        "security-group-egress-open",
    ),
    (
        "terraform/modules/proxy/iam.tf",
        "        Resource = values(local.secret_arns)\n",
        "        Resource = \"*\"\n",
        "role-permissions-too-wide",
    ),
    (
        "terraform/modules/proxy/secrets.tf",
        "  block_public_policy = true\n",
        "  block_public_policy = false\n",
        "secret-policy-too-wide",
    ),
    (
        "cloudformation/template.yaml",
        "      RequireTLS: true\n",
        "      RequireTLS: false\n",
        "client-tls-not-required",
    ),
    (
        "cloudformation/template.yaml",
        "      DebugLogging: false\n",
        "      DebugLogging: true\n",
        "debug-logging-on",
    ),
    (
        "cloudformation/template.yaml",
        "          IAMAuth: REQUIRED\n",
        "          IAMAuth: DISABLED\n",
        "iam-auth-not-required",
    ),
];

/// Other texts that must be in the files afterwards: at the end, and right before and after the line.
fn beside(file: &str) -> [&'static str; 3] {
    if file.ends_with(".yaml") {
        [
            "# ours, at the end\n",
            "# ours, before\n",
            "# ours, behind\n",
        ]
    } else {
        [
            "\n# ours, at the end\n",
            "  # ours, before\n",
            "  # ours, behind\n",
        ]
    }
}

#[test]
fn what_a_rule_is_about_is_taken_back_and_nothing_beside_it() {
    for (file, old, new, rule) in scale::some(EDITS) {
        let home = home();
        let path = home.path().join("project").join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(old), "{file}: {old}");
        let [end, before, behind] = beside(file);
        let edited = |line: &str| text.replacen(old, &format!("{before}{line}{behind}"), 1) + end;
        fs::write(&path, edited(new)).unwrap();
        let (code, said) = update(home.path(), &["project", "--reset", rule]);
        // An edit may weaken another rule, too, which is then not named; here every line weakens one attribute.
        assert_eq!(code, Some(0), "{file} {rule}: {said}");
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            edited(old),
            "{file} {rule}"
        );
    }
}

#[test]
fn neighbours_in_one_stretch_stay() {
    let home = home();
    let path = home.path().join("project/terraform/modules/proxy/main.tf");
    let text = fs::read_to_string(&path).unwrap();
    let old = "  idle_client_timeout    = var.pool.idle_client_timeout\n  tags                   = var.tags\n";
    let new = "  idle_client_timeout    = 900\n  tags                   = merge(var.tags, { team = \"a\" })\n  debug_logging          = true\n";
    assert!(text.contains(old));
    let text = text.replace("  debug_logging = false\n", "");
    fs::write(&path, text.replace(old, new)).unwrap();
    let (code, said) = update(home.path(), &["project", "--reset", "debug-logging-on"]);
    assert_eq!(code, Some(0), "{said}");
    let now = fs::read_to_string(&path).unwrap();
    assert!(now.contains("idle_client_timeout    = 900\n"), "{now}");
    assert!(now.contains("merge(var.tags, { team = \"a\" })\n"), "{now}");
    assert!(!now.contains("= true\n  # Rule"), "{now}");
    assert!(!now.contains("debug_logging          = true"), "{now}");
}
