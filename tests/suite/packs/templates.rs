//! What a pack changes by its templates: what is shown and accepted, and what is refused because it loosens a rule.

use std::fs;

use super::{acme, built_in, pack, put};

#[test]
fn a_new_pack_passes_and_is_never_written_over() {
    let folder = acme();
    let (code, said) = pack(folder.path(), &["check", "acme"]);
    assert_eq!(code, 0, "{said}");
    assert!(
        said.contains("+ terraform/HOUSE.md") && said.contains("12 variants"),
        "{said}"
    );
    let (code, said) = pack(folder.path(), &["new", "acme"]);
    assert_eq!(code, 1);
    assert!(said.contains("is there already"), "{said}");
    assert_eq!(pack(folder.path(), &["new", "../Acme"]).0, 1);
}

#[test]
fn what_a_template_changes_is_shown_and_taken_with_accept() {
    let folder = acme();
    let template = "terraform/outputs.tf.tera";
    let text = built_in(template) + "\n# House rules apply.\n";
    put(folder.path(), &format!("templates/{template}"), &text);
    let (code, said) = pack(folder.path(), &["check", "acme"]);
    assert_eq!(code, 2, "{said}");
    assert!(
        said.contains("~ terraform/modules/proxy/outputs.tf (+2 -0)"),
        "{said}"
    );
    assert_eq!(pack(folder.path(), &["check", "acme", "--accept"]).0, 0);
    assert_eq!(pack(folder.path(), &["check", "acme"]).0, 0);
    fs::remove_file(folder.path().join("acme/templates").join(template)).unwrap();
    let (code, said) = pack(folder.path(), &["check", "acme"]);
    assert_eq!(code, 2, "{said}");
    assert!(
        said.contains("expected/instance/terraform/modules/proxy/outputs.tf is not"),
        "{said}"
    );
}

/// A template, the replaced text, the replacement, and a part of the refusal.
pub(super) const LOOSE: &[(&str, &str, &str, &str)] = &[
    (
        "terraform/database_tls.tf.tera",
        "{{ parameter_group.value }}",
        "0",
        "refuse clear text",
    ),
    (
        "terraform/main.tf.tera",
        "require_tls = true",
        "require_tls = false",
        "is `false` in place of `true`: a pack may not add or change proxies",
    ),
    (
        "terraform/secrets.tf.tera",
        "Principal = { AWS = aws_iam_role.proxy.arn }",
        "Principal = \"*\"",
        "secret",
    ),
    (
        "terraform/security_groups.tf.tera",
        "    cidr_blocks      = []",
        "    cidr_blocks      = [\"0.0.0.0/0\"]",
        "0.0.0.0/0",
    ),
    (
        "terraform/main.tf.tera",
        "\"REQUIRED\"",
        "\"DISABLED\"",
        "a pack may not add or change proxies",
    ),
    (
        "terraform/main.tf.tera",
        "debug_logging = false",
        "debug_logging = true",
        "is `true` in place of `false`: a pack may not add or change proxies",
    ),
    (
        "cloudformation/parts/proxy.yaml.tera",
        "RequireTLS: true",
        "RequireTLS: false",
        "RequireTLS is `\"false\"` in place of `\"true\"`: a pack may not add or change proxies",
    ),
    (
        "cloudformation/parts/proxy.yaml.tera",
        "IAMAuth: REQUIRED",
        "IAMAuth: DISABLED",
        "a pack may not add or change proxies",
    ),
    (
        "cloudformation/parts/proxy.yaml.tera",
        "DebugLogging: false",
        "DebugLogging: true",
        "DebugLogging is `\"true\"` in place of `\"false\"`: a pack may not add or change proxies",
    ),
    (
        "terraform/outputs.tf.tera",
        "",
        "\nmodule \"m\" {\n  source = \"./m\"\n}\n",
        "module",
    ),
    (
        "terraform/outputs.tf.tera",
        "",
        "\noutput \"o\" {\n  value = file(\"/etc/passwd\")\n}\n",
        "identifies the project's resources",
    ),
    (
        "terraform/outputs.tf.tera",
        "",
        "\n# {{ proxy.nonsense }}\n",
        "nonsense",
    ),
    (
        "terraform/outputs.tf.tera",
        "",
        "{% include \"terraform/outputs.tf.tera\" %}",
        "ircular",
    ),
    (
        "terraform/outputs.tf.tera",
        "",
        "{% for i in range(end=9) %}{% endfor %}",
        "function `range`",
    ),
];

#[test]
fn a_pack_may_begin_from_any_built_in_template_that_packs_have() {
    let folder = acme();
    // Files of programs, and values that callers set, cannot come from packs.
    let is_for_packs = |path: &str| {
        let is_kind = path.ends_with(".tf.tera") || path.contains("/parts/");
        is_kind
            && !path.contains("/database_tls.")
            && !path.contains("/terraform/root/")
            && !path.contains("/terraform/module/")
            && !path.ends_with("/variables.tf.tera")
            && !path.ends_with("/parameters.yaml.tera")
    };
    let mut left = vec![std::path::PathBuf::from("templates")];
    let mut taken = 0;
    while let Some(place) = left.pop() {
        for entry in fs::read_dir(place).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                left.push(path);
            } else if is_for_packs(path.to_str().unwrap()) {
                put(
                    folder.path(),
                    path.to_str().unwrap(),
                    &fs::read_to_string(&path).unwrap(),
                );
                taken += 1;
            }
        }
    }
    assert!(taken > 12, "{taken}");
    let (code, said) = pack(folder.path(), &["check", "acme", "--accept"]);
    assert_eq!(code, 0, "{said}");
}

#[test]
fn a_template_that_loosens_a_rule_or_runs_something_is_refused() {
    let mut wrong: Vec<String> = Vec::new();
    for (template, from, to, expected) in LOOSE {
        let folder = acme();
        let before = built_in(template);
        let after = if from.is_empty() {
            format!("{before}{to}")
        } else {
            before.replace(from, to)
        };
        assert_ne!(before, after, "{template} has no {from}");
        put(folder.path(), &format!("templates/{template}"), &after);
        for accept in [&[][..], &["--accept"]] {
            let arguments = [&["check", "acme"][..], accept].concat();
            let (code, said) = pack(folder.path(), &arguments);
            assert_eq!(code, 1, "{template} with {to}: {said}");
            if !said.contains(expected) {
                wrong.push(format!("{template} with {to}: {said}"));
            }
            assert!(!said.contains("fault of rdsproxy-gen"), "{said}");
        }
        assert!(
            !folder
                .path()
                .join("acme/expected/instance/terraform/modules/proxy/outputs.tf")
                .exists()
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_weakness_that_only_some_answers_bring_out_is_named_with_them() {
    let folder = acme();
    let template = "terraform/main.tf.tera";
    let hidden =
        "debug_logging = {% if pool.max_connections_percent == 50 %}true{% else %}false{% endif %}";
    let text = built_in(template).replace("debug_logging = false", hidden);
    put(folder.path(), &format!("templates/{template}"), &text);
    let (code, said) = pack(folder.path(), &["check", "acme"]);
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains("with pool.max_connections_percent=50 pool.borrow_timeout=30"),
        "{said}"
    );
}

#[test]
fn a_pack_is_nothing_but_texts_of_its_own_folder() {
    let folder = acme();
    put(folder.path(), "hooks/post.sh", "rm -rf /");
    let (code, said) = pack(folder.path(), &["check", "acme"]);
    assert_eq!(code, 1);
    assert!(said.contains("hooks/post.sh"), "{said}");
}
