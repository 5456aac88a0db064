//! Plans and states: written by the real Terraform 1.11 with provider 5.100 for generated-examples/mysql-two-users
//! (with a fake AWS, trimmed by tests/tools/trim_plan.py), and small ones that show one aspect each.

use std::path::Path;

use rdsproxy_gen::domain::facts::compare;
use rdsproxy_gen::language::plan::{is_plan_or_state, read};
use rdsproxy_gen::language::resource::{Document, Node, Piece, Value};
use rdsproxy_gen::source::assemble::assemble;
use serde_json::{Value as Json, json};

use crate::generating::examples::blueprint;

const RECORDED: [(&str, &str); 3] = [
    ("plan.json", include_str!("plan.json")),
    ("shown.json", include_str!("shown.json")),
    ("terraform.tfstate", include_str!("raw.json")),
];

#[test]
fn what_terraform_wrote_reads_as_it_was_meant() {
    let intent = blueprint(Path::new("generated-examples/mysql-two-users")).posture();
    for (name, text) in RECORDED {
        assert!(is_plan_or_state(text), "{name}");
        let comparison = compare(&intent, &assemble(&[read(name, text)]));
        let differences: Vec<String> = comparison
            .differences
            .iter()
            // Values that contain the proxy's id are unknown before the apply, and therefore the consumers.
            .filter(|one| name != "plan.json" || !one.path.contains("/consumers/"))
            .map(ToString::to_string)
            // The trimmed documents contain no functions.
            .filter(|one| !one.contains("/consumers/"))
            .collect();
        assert!(differences.is_empty(), "{name}: {}", differences.join("\n"));
    }
}

/// A plan that creates these resources: (address, type, after, after_unknown), with this configuration.
fn plan(resources: &[(&str, &str, Json, Json)], configuration: Json) -> String {
    let changes: Vec<Json> = resources
        .iter()
        .map(|(address, kind, after, unknown)| {
            json!({"address": address, "mode": "managed", "type": kind, "change": {
                "actions": ["create"], "before": null, "after": after, "after_unknown": unknown,
            }})
        })
        .collect();
    json!({"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": changes,
        "configuration": {"root_module": configuration}})
    .to_string()
}

fn configured(address: &str, expressions: Json) -> Json {
    json!({"address": address, "mode": "managed", "expressions": expressions})
}

fn body<'d>(document: &'d Document, address: &str) -> &'d Node {
    let found = document.resources.iter().find(|one| one.address == address);
    &found.unwrap_or_else(|| panic!("no {address}")).body
}

fn shown(node: Option<&Node>) -> String {
    match node.map(|node| &node.value) {
        None => "absent".to_owned(),
        Some(Value::Text(pieces)) => pieces
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => text.clone(),
                Piece::Reference(address, attribute) => format!("<{address}#{attribute}>"),
                other => format!("{other:?}"),
            })
            .collect(),
        Some(Value::List(items)) => {
            let items: Vec<String> = items.iter().map(|item| shown(Some(item))).collect();
            format!("[{}]", items.join(", "))
        }
        Some(Value::Map(members)) => {
            let members: Vec<String> = members
                .iter()
                .map(|(key, member)| format!("{key}={}", shown(Some(member))))
                .collect();
            format!("{{{}}}", members.join(", "))
        }
        Some(Value::Unresolved(reason)) => format!("?({reason})"),
        Some(other) => format!("{other:?}"),
    }
}

/// Notations of a role, and what is then known about it.
fn roles() -> Vec<(Json, &'static str)> {
    vec![
        (
            references(&["aws_iam_role.p.arn", "aws_iam_role.p"]),
            "<aws_iam_role.p#arn>",
        ),
        (
            references(&["module.r.arn", "module.r"]),
            "<module.r.aws_iam_role.x[0]#arn>",
        ),
        (
            references(&["var.role"]),
            "?(role_arn is known only after apply ← var.role)",
        ),
        (
            references(&["local.role"]),
            "?(role_arn is known only after apply ← local.role)",
        ),
        (
            references(&["aws_iam_role.p.arn", "aws_iam_role.q.arn"]),
            "?(role_arn is known only after apply ← aws_iam_role.p.arn)",
        ),
        (
            references(&["aws_iam_role.many[\"a\"].arn"]),
            "<aws_iam_role.many[\"a\"]#arn>",
        ),
        (
            references(&["aws_iam_role.many", "each.key"]),
            "?(role_arn is known only after apply ← aws_iam_role.many)",
        ),
    ]
}

fn references(list: &[&str]) -> Json {
    json!({"references": list})
}

#[test]
fn what_is_not_known_yet_is_followed_to_the_one_resource_that_it_names() {
    for (expression, expected) in roles() {
        let text = plan(
            &[
                (
                    "aws_db_proxy.p",
                    "aws_db_proxy",
                    json!({"name": "p"}),
                    json!({"role_arn": true, "arn": true}),
                ),
                (
                    "aws_iam_role.p",
                    "aws_iam_role",
                    json!({}),
                    json!({"arn": true}),
                ),
                (
                    "aws_iam_role.q",
                    "aws_iam_role",
                    json!({}),
                    json!({"arn": true}),
                ),
                (
                    "aws_iam_role.many[\"a\"]",
                    "aws_iam_role",
                    json!({}),
                    json!({"arn": true}),
                ),
                (
                    "aws_iam_role.many[\"b\"]",
                    "aws_iam_role",
                    json!({}),
                    json!({"arn": true}),
                ),
                (
                    "module.r.aws_iam_role.x[0]",
                    "aws_iam_role",
                    json!({}),
                    json!({"arn": true}),
                ),
            ],
            json!({
                "resources": [configured("aws_db_proxy.p", json!({"role_arn": expression, "name": {"constant_value": "p"}}))],
                "module_calls": {"r": {"module": {
                    "outputs": {"arn": {"expression": references(&["aws_iam_role.x[0].arn", "aws_iam_role.x"])}},
                    "resources": [],
                }}},
            }),
        );
        let document = read("plan.json", &text);
        let proxy = body(&document, "aws_db_proxy.p");
        assert_eq!(shown(proxy.get("role_arn")), expected);
        // The ARN is not written in code: AWS assigns it.
        assert_eq!(shown(proxy.get("arn")), "absent");
    }
}

#[test]
fn entries_that_became_one_are_told_apart_by_the_configuration() {
    let entry = |secret: &str, iam: &str| json!({"iam_auth": {"constant_value": iam}, "secret_arn": {"references": [format!("aws_secretsmanager_secret.{secret}.arn")]}});
    let blocks = json!([
        entry("a", "REQUIRED"),
        entry("b", "REQUIRED"),
        entry("c", "DISABLED")
    ]);
    let secret = |name: &'static str| {
        (
            name,
            "aws_secretsmanager_secret",
            json!({}),
            json!({"arn": true}),
        )
    };
    let text = plan(
        &[
            (
                "aws_db_proxy.p",
                "aws_db_proxy",
                json!({"auth": [{"iam_auth": "DISABLED"}, {"iam_auth": "REQUIRED"}]}),
                json!({"auth": [{"secret_arn": true}, {"secret_arn": true}]}),
            ),
            secret("aws_secretsmanager_secret.a"),
            secret("aws_secretsmanager_secret.b"),
            secret("aws_secretsmanager_secret.c"),
        ],
        json!({"resources": [configured("aws_db_proxy.p", json!({"auth": blocks}))]}),
    );
    let document = read("plan.json", &text);
    assert_eq!(
        shown(body(&document, "aws_db_proxy.p").get("auth")),
        "[{iam_auth=DISABLED, secret_arn=<aws_secretsmanager_secret.c#arn>}, \
         {iam_auth=REQUIRED, secret_arn=<aws_secretsmanager_secret.a#arn>}, \
         {iam_auth=REQUIRED, secret_arn=<aws_secretsmanager_secret.b#arn>}]"
    );
}

#[test]
fn no_value_of_a_secret_is_kept() {
    let secret = json!({"username": "app", "password": "hunter2hunter2"}).to_string();
    let version = json!({"secret_id": "s", "secret_string": secret});
    let constant = json!({"secret_string": {"constant_value": secret}});
    let random =
        json!({"secret_string": {"references": ["random_password.p.result", "random_password.p"]}});
    for (expression, password) in [
        (constant, "(written in the source)"),
        (random, "<random_password.p#result>"),
        (json!({}), "?(the text of a secret is not read)"),
    ] {
        let text = plan(
            &[
                (
                    "aws_secretsmanager_secret_version.s",
                    "aws_secretsmanager_secret_version",
                    version.clone(),
                    json!({}),
                ),
                (
                    "aws_db_instance.d",
                    "aws_db_instance",
                    json!({"password": "hunter2hunter2"}),
                    json!({}),
                ),
            ],
            json!({"resources": [configured("aws_secretsmanager_secret_version.s", expression)]}),
        )
        .replace(
            "\"after_unknown\":{}",
            "\"after_unknown\":{},\"after_sensitive\":{\"password\":true,\"secret_string\":true}",
        );
        let document = read("plan.json", &text);
        let kept = format!("{document:?}");
        assert!(!kept.contains("hunter2"), "{kept}");
        let version = body(&document, "aws_secretsmanager_secret_version.s");
        assert_eq!(
            shown(version.get("secret_string")),
            format!("{{username=app, password={password}}}")
        );
    }
}

#[test]
fn what_goes_or_was_deposed_is_not_there() {
    let change = |address: &str, actions: Json, after: Json| json!({"address": address, "mode": "managed", "type": "aws_db_proxy", "change": {"actions": actions, "after": after}});
    let mut deposed = change(
        "aws_db_proxy.deposed",
        json!(["delete"]),
        json!({"name": "x"}),
    );
    deposed["deposed"] = json!("abc");
    let text = json!({"format_version": "1.0", "terraform_version": "1.0.0", "resource_changes": [
        change("aws_db_proxy.gone", json!(["delete"]), Json::Null),
        change("aws_db_proxy.kept", json!(["no-op"]), json!({"name": "kept"})),
        change("aws_db_proxy.anew", json!(["delete", "create"]), json!({"name": "anew"})),
        deposed,
    ]})
    .to_string();
    let document = read("plan.json", &text);
    let addresses: Vec<&str> = document
        .resources
        .iter()
        .map(|one| one.address.as_str())
        .collect();
    assert_eq!(addresses, ["aws_db_proxy.anew", "aws_db_proxy.kept"]);
}

#[test]
fn what_cannot_be_read_says_so() {
    for (text, expected) in [
        ("{\"terraform_version\"", "not JSON that can be read"),
        (
            "{\"format_version\": \"2.0\", \"terraform_version\": \"9\"}",
            "has the format \"2.0\"",
        ),
        (
            "{\"lineage\": \"x\", \"version\": 3}",
            "is a state of version 3, and only version 4 is read",
        ),
        ("{\"lineage\": \"x\"}", "is a state without a version"),
        (
            "{\"terraform_version\": \"1\"}",
            "is neither a plan nor a state",
        ),
    ] {
        let document = read("x.json", text);
        assert!(
            document.problems[0].0.contains(expected),
            "{text}: {:?}",
            document.problems
        );
        assert!(document.resources.is_empty());
    }
    for (text, _) in RECORDED.map(|(_, text)| (text.replace('[', "{"), ())) {
        assert!(!read("x.json", &text).problems.is_empty());
    }
}

#[test]
fn a_state_repeats_a_policy_of_its_own_as_it_was_before() {
    let policy = |action: &str| {
        json!({"Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}).to_string()
    };
    let resource = |kind: &str, values: Json| {
        let address = format!("{kind}.this");
        json!({"address": address, "mode": "managed", "type": kind, "name": "this", "values": values})
    };
    let arn = "arn:aws:iam::123456789012:role/proxy";
    let inline = json!([{"name": "own", "policy": policy("s3:*")}, {"name": "other", "policy": policy("sqs:*")}]);
    let resources = [
        resource("aws_db_proxy", json!({"name": "proxy", "role_arn": arn})),
        resource(
            "aws_iam_role",
            json!({"name": "proxy", "arn": arn, "inline_policy": inline}),
        ),
        resource(
            "aws_iam_role_policy",
            json!({"name": "own", "role": "proxy", "policy": policy("secretsmanager:GetSecretValue")}),
        ),
    ];
    let state = json!({"format_version": "1.0", "terraform_version": "1.11.4",
        "values": {"root_module": {"resources": resources}}});
    let posture = assemble(&[read("state.json", &state.to_string())]);
    let role = format!("{:?}", posture.proxies[0].role);
    for (action, is_there) in [("s3:*", false), ("sqs:*", true), ("GetSecretValue", true)] {
        assert_eq!(role.contains(action), is_there, "{action}: {role}");
    }
}
