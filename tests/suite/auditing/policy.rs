//! Accepted findings: waivers in comments and in the policy, severities, tighter limits, and the baseline of an
//! existing estate.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::auditing::audit::{Run, audit_in, estate};

/// A weak proxy; each `{…}` marks where a test inserts a comment.
fn proxy(above: &str, beside: &str) -> String {
    format!(
        "{above}\nresource \"aws_db_proxy\" \"old\" {{\n  name          = \"old\"\n  require_tls   = false {beside}\n  debug_logging = true\n}}\n"
    )
}

/// The two rules that the proxy violates and these tests use.
const TLS: &str = "client-tls-not-required";
const DEBUG: &str = "debug-logging-on";

fn json(folder: &Path, arguments: &[&str]) -> (Value, Run) {
    let run = audit_in(folder, &[&[".", "--format", "json"], arguments].concat());
    (run.json(), run)
}

/// The state of each finding of a rule: `counts`, `comment`, `policy` or `baseline`.
fn fate(report: &Value, rule: &str) -> Vec<String> {
    let findings = report["proxies"][0]["findings"].as_array().unwrap();
    let of_rule = findings.iter().filter(|finding| finding["rule"] == rule);
    of_rule
        .map(|finding| {
            finding["accepted"]["by"]
                .as_str()
                .unwrap_or("counts")
                .to_owned()
        })
        .collect()
}

/// A comment above the resource, a comment beside `require_tls`, the states of the two findings, and the reported
/// waiver rule.
type CommentCase = (String, String, &'static str, &'static str, &'static str);

#[rustfmt::skip]
fn comments() -> Vec<CommentCase> {
    let reason = "reason=\"moves in spring\"";
    let later = "until=2999-12-31";
    vec![
        (format!("# rdsproxy-gen:ignore {TLS} {reason}"), String::new(), "comment", "counts", ""),
        (format!("// rdsproxy-gen:ignore {TLS},{DEBUG} {reason} {later} owner=\"Jo\""), String::new(), "comment", "comment", ""),
        (String::new(), format!("# rdsproxy-gen:ignore {TLS} {reason}"), "comment", "counts", ""),
        (String::new(), format!("# rdsproxy-gen:ignore {DEBUG} {reason}"), "counts", "counts", ""),
        (format!("# rdsproxy-gen:ignore {TLS}"), String::new(), "counts", "counts", "waiver-without-reason"),
        (format!("# rdsproxy-gen:ignore {TLS} reason=\" \""), String::new(), "counts", "counts", "waiver-without-reason"),
        (format!("# rdsproxy-gen:ignore {TLS} {reason} until=2020-01-01"), String::new(), "counts", "counts", "waiver-expired"),
        (format!("# rdsproxy-gen:ignore {TLS} {reason} until=soon"), String::new(), "counts", "counts", "waiver-expired"),
    ]
}

#[test]
fn a_comment_puts_up_with_what_it_names() {
    for (above, beside, tls, debug, wrong) in comments() {
        let home = estate(&[("main.tf", &proxy(&above, &beside))]);
        let (report, run) = json(home.path(), &[]);
        assert_eq!(fate(&report, TLS), [tls], "{above} {beside}");
        assert_eq!(fate(&report, DEBUG), [debug], "{above} {beside}");
        let told: Vec<&str> = ["waiver-without-reason", "waiver-expired"]
            .into_iter()
            .filter(|rule| !fate(&report, rule).is_empty())
            .collect();
        assert_eq!(told.join(" "), wrong, "{above}");
        assert_eq!(run.code, 2);
        let (report, _) = json(home.path(), &["--no-waivers"]);
        assert_eq!(fate(&report, TLS), ["counts"], "{above} {beside}");
        assert_eq!(fate(&report, "waiver-expired"), [""; 0]);
    }
}

#[test]
fn a_comment_that_cannot_be_understood_is_told() {
    let home = estate(&[(
        "main.tf",
        &proxy(
            "# rdsproxy-gen:ignore client-tls-not-requierd reason=\"x\" why=\"y\"",
            "",
        ),
    )]);
    let (report, _) = json(home.path(), &[]);
    let told = report["skipped"].to_string();
    for part in [
        "did you mean client-tls-not-required?",
        "why=",
        "\"line\":1",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
}

/// A weak proxy in each language without comments, with the given waivers in place.
fn without_comments(waivers: &str) -> [(&'static str, String); 3] {
    let words = waivers.replace('"', "\\\"");
    [
        (
            "t.json",
            format!(
                r#"{{"Resources": {{"Old": {{"Type": "AWS::RDS::DBProxy", "Metadata": {{"rdsproxy-gen": {{"ignore": ["{words}"]}}}}, "Properties": {{"DBProxyName": "old", "RequireTLS": false, "DebugLogging": true}}}}}}}}"#
            ),
        ),
        (
            "t.yaml",
            format!(
                "Resources:\n  Old:\n    Type: AWS::RDS::DBProxy\n    Metadata:\n      rdsproxy-gen:\n        ignore:\n          - '{waivers}'\n    Properties: {{ DBProxyName: old, RequireTLS: false, DebugLogging: true }}\n"
            ),
        ),
        (
            "main.tf.json",
            format!(
                r#"{{"resource": {{"aws_db_proxy": {{"old": {{"//": "rdsproxy-gen:ignore {words}", "name": "old", "require_tls": false, "debug_logging": true}}}}}}}}"#
            ),
        ),
    ]
}

/// Code with waivers in every language.
pub(crate) fn waived() -> Vec<String> {
    let comment = format!("# rdsproxy-gen:ignore {TLS},{DEBUG} reason=\"x\" until=2999-12-31");
    without_comments(&format!("{TLS} reason=\"x\" owner=\"Jo\""))
        .map(|(_, text)| text)
        .into_iter()
        .chain([proxy(&comment, &comment)])
        .collect()
}

#[test]
fn data_puts_up_with_what_it_names() {
    for (said, tls, debug, wrong) in [
        (format!("{TLS} reason=\"x\""), "comment", "counts", ""),
        (
            format!("{TLS},{DEBUG} reason=\"x\" until=2999-12-31"),
            "comment",
            "comment",
            "",
        ),
        (TLS.to_owned(), "counts", "counts", "waiver-without-reason"),
        (
            format!("{TLS} reason=\"x\" until=2020-01-01"),
            "counts",
            "counts",
            "waiver-expired",
        ),
    ] {
        for (file, text) in without_comments(&said) {
            let home = estate(&[(file, &text)]);
            let (report, _) = json(home.path(), &[]);
            assert_eq!(fate(&report, TLS), [tls], "{text}");
            assert_eq!(fate(&report, DEBUG), [debug], "{text}");
            let told = ["waiver-without-reason", "waiver-expired"]
                .into_iter()
                .filter(|rule| !fate(&report, rule).is_empty());
            assert_eq!(told.collect::<String>(), wrong, "{text}");
            let (report, _) = json(home.path(), &["--no-waivers"]);
            assert_eq!(fate(&report, TLS), ["counts"], "{text}");
        }
    }
}

#[test]
fn a_waiver_in_json_speaks_of_its_own_resource_alone() {
    let proxy = |waiver: &str| {
        format!(
            r#"{{"Type": "AWS::RDS::DBProxy", {waiver}"Properties": {{"RequireTLS": false, "DebugLogging": true}}}}"#
        )
    };
    let waiver = format!(
        r#""Metadata": {{"rdsproxy-gen": {{"ignore": [{{"rule": "{TLS}", "reason": "x"}}]}}}}, "#
    );
    let one_line = format!(
        r#"{{"Resources": {{"A": {}, "B": {}}}}}"#,
        proxy(""),
        proxy(&waiver)
    );
    let home = estate(&[("t.json", &one_line)]);
    let (report, _) = json(home.path(), &[]);
    for (proxy, expected) in [(0, Value::Null), (1, Value::from("comment"))] {
        let findings = report["proxies"][proxy]["findings"].as_array().unwrap();
        let tls = findings.iter().find(|finding| finding["rule"] == TLS);
        assert_eq!(tls.unwrap()["accepted"]["by"], expected);
    }
}

pub(crate) const POLICY: &str = "\
schema = 1

[severity]
debug-logging-on = \"note\"
secret-policy-missing = \"critical\"

[limits]
max_connections_percent = 50

[[waivers]]
rule = \"client-tls-not-required\"
subject = \"*.old\"
file = \"*.tf\"
reason = \"moves in spring\"
owner = \"data platform\"
until = 2999-12-31
";

#[test]
fn the_policy_is_found_and_counts() {
    let pool = "resource \"aws_db_proxy_default_target_group\" \"old\" {\n  db_proxy_name = aws_db_proxy.old.name\n  connection_pool_config {\n    max_connections_percent = 80\n  }\n}\n";
    let home = estate(&[
        ("main.tf", &(proxy("", "") + pool)),
        ("rdsproxy-policy.toml", POLICY),
    ]);
    let (report, run) = json(home.path(), &[]);
    assert!(
        run.stderr.contains("policy: rdsproxy-policy.toml"),
        "{}",
        run.stderr
    );
    assert_eq!(fate(&report, TLS), ["policy"]);
    let findings = report["proxies"][0]["findings"].as_array().unwrap();
    let of = |rule: &str| {
        findings
            .iter()
            .find(|finding| finding["rule"] == rule)
            .unwrap()
    };
    assert_eq!(of(DEBUG)["severity"], "note");
    assert_eq!(of(TLS)["accepted"]["until"], "2999-12-31");
    assert_eq!(of(TLS)["accepted"]["place"]["line"], 10);
    assert!(
        of("pool-invalid")["message"]
            .as_str()
            .unwrap()
            .contains("50"),
        "{findings:#?}"
    );
    let (report, run) = json(home.path(), &["--no-policy"]);
    assert_eq!(
        (fate(&report, TLS), run.stderr.as_str()),
        (vec!["counts".to_owned()], "")
    );
}

#[test]
fn what_is_wrong_with_a_policy_has_its_place_and_what_to_do() {
    let cases = [
        ("", "1:1: has no `schema` (write `schema = 1` at its top)"),
        (
            "schema = 2",
            "1:10: the version of this format is not one that is known here (write `schema = 1`)",
        ),
        (
            "schema = 1\nseverty = 1",
            "2:1: unknown key `severty` (did you mean `severity`?)",
        ),
        (
            "schema = 1\n[severity]\ndebug-loging-on = \"low\"",
            "3:1: there is no rule `debug-loging-on` (did you mean `debug-logging-on`?)",
        ),
        (
            "schema = 1\n[severity]\ndebug-logging-on = \"bad\"",
            "3:20: this is not a severity (there are: note, low, medium, high, critical)",
        ),
        (
            "schema = 1\n[limits]\nsecrets = 300",
            "3:11: a limit may only be tightened: `secrets` is 200 for the service (write at most 200)",
        ),
        (
            "schema = 1\n[limits]\nsubnets = 1",
            "3:11: a limit may only be tightened: `subnets` is 2 for the service (write at least 2)",
        ),
        (
            "schema = 1\n[[waivers]]\nreason = \"x\"",
            "a waiver names no rule",
        ),
        (
            "schema = 1\n[[waivers]]\nrule = \"debug-logging-on\"\nuntil = \"2027-02-30\"",
            "4:9: this is not a date (write it as 2027-01-31)",
        ),
        (
            "schema = 1\n[[waivers]]\nrule = \"debug-logging-on\"\nreasn = \"x\"",
            "4:1: unknown key `reasn` (did you mean `reason`?)",
        ),
        ("schema = 1\nwaivers = 1", "2:11: `waivers` is not a list"),
        ("schema = ", "1:10: "),
    ];
    for (text, expected) in cases {
        let home = estate(&[("main.tf", &proxy("", "")), ("rdsproxy-policy.toml", text)]);
        let run = audit_in(home.path(), &["."]);
        assert_eq!(run.code, 1, "{text}");
        assert!(run.stderr.contains(expected), "{text}: {}", run.stderr);
        assert!(
            run.stderr.contains("rdsproxy-policy.toml:"),
            "{}",
            run.stderr
        );
    }
}

#[test]
fn only_what_is_new_counts_against_a_baseline() {
    let home = estate(&[("main.tf", &proxy("", ""))]);
    let baseline = home.path().join("baseline.json");
    let run = audit_in(
        home.path(),
        &[".", "--format", "json", "--output", "baseline.json"],
    );
    assert_eq!(run.code, 2);
    let against = ["--baseline", "baseline.json"];
    let (report, run) = json(home.path(), &against);
    assert_eq!(
        (run.code, report["summary"]["findings"].as_u64()),
        (0, Some(0)),
        "{}",
        run.all()
    );
    assert!(
        run.stderr.contains("everything in it is still there"),
        "{}",
        run.stderr
    );

    // The lines move, and a new violation is added.
    let changed = format!(
        "# moved\n\n{}",
        proxy("", "").replace("\"old\"\n", "\"old\"\n  engine_family = \"POSTGRES\"\n")
    );
    fs::write(home.path().join("main.tf"), changed).unwrap();
    let (report, run) = json(home.path(), &against);
    assert_eq!(fate(&report, TLS), ["baseline"]);
    let new: Vec<&Value> = report["proxies"][0]["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["accepted"].is_null())
        .collect();
    assert!(new.len() <= 1, "{new:#?}");

    // Fixed findings are reported.
    fs::write(
        home.path().join("main.tf"),
        proxy("", "").replace("require_tls   = false", "require_tls   = true"),
    )
    .unwrap();
    let (_, run_after) = json(home.path(), &against);
    assert!(
        run_after.stderr.contains("of its findings are gone"),
        "{}",
        run_after.stderr
    );
    assert_eq!(run_after.code, 0, "{}", run.all());

    fs::write(&baseline, "{}").unwrap();
    let run = audit_in(home.path(), &[&["."], &against[..]].concat());
    assert_eq!(run.code, 1);
    assert!(
        run.stderr
            .contains("is not a report that can be a baseline"),
        "{}",
        run.stderr
    );
}
