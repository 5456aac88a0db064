//! `--fix`: what it changes, byte for byte; that a second run changes nothing; and what it leaves alone, with the reason.

use std::fs;

use crate::acceptance::tools;
use crate::audit::{Run, audit_in, estate};

/// What a case is called, the file, the text before, and after.
type Case = (&'static str, &'static str, &'static str, &'static str);

const CASES: &[Case] = &[
    (
        "literals keep comments and alignment",
        "main.tf",
        "resource \"aws_db_proxy\" \"p\" {\n  name          = \"p\"\n  require_tls   = false # for now\n  debug_logging = true\n}\n",
        "resource \"aws_db_proxy\" \"p\" {\n  name          = \"p\"\n  require_tls   = true # for now\n  debug_logging = false\n}\n",
    ),
    (
        "a line joins the aligned ones",
        "main.tf",
        "resource \"aws_db_proxy\" \"p\" {\n  name           = \"p\"\n  vpc_subnet_ids = [\"a\", \"b\"]\n\n  auth {\n    iam_auth = \"DISABLED\"\n  }\n}\n",
        "resource \"aws_db_proxy\" \"p\" {\n  require_tls    = true\n  name           = \"p\"\n  vpc_subnet_ids = [\"a\", \"b\"]\n\n  auth {\n    iam_auth = \"REQUIRED\"\n  }\n}\n",
    ),
    (
        "a longer name stands alone",
        "main.tf",
        "resource \"aws_db_proxy\" \"p\" {\n  name = \"p\"\n}\n",
        "resource \"aws_db_proxy\" \"p\" {\n  require_tls = true\n\n  name = \"p\"\n}\n",
    ),
    (
        "an entry without iam_auth, and one of dynamic blocks",
        "main.tf",
        "resource \"aws_db_proxy\" \"p\" {\n  require_tls = true\n  auth {\n    auth_scheme = \"SECRETS\"\n    secret_arn  = \"arn:aws:secretsmanager:eu-west-1:123456789012:secret:a-AbCdEf\"\n  }\n}\n\nresource \"aws_db_proxy\" \"q\" {\n  require_tls = true\n  dynamic \"auth\" {\n    for_each = [\"arn:aws:secretsmanager:eu-west-1:123456789012:secret:b-AbCdEf\"]\n    content {\n      secret_arn = auth.value\n    }\n  }\n}\n",
        "resource \"aws_db_proxy\" \"p\" {\n  require_tls = true\n  auth {\n    iam_auth    = \"REQUIRED\"\n    auth_scheme = \"SECRETS\"\n    secret_arn  = \"arn:aws:secretsmanager:eu-west-1:123456789012:secret:a-AbCdEf\"\n  }\n}\n\nresource \"aws_db_proxy\" \"q\" {\n  require_tls = true\n  dynamic \"auth\" {\n    for_each = [\"arn:aws:secretsmanager:eu-west-1:123456789012:secret:b-AbCdEf\"]\n    content {\n      iam_auth   = \"REQUIRED\"\n      secret_arn = auth.value\n    }\n  }\n}\n",
    ),
    (
        "hardening is a literal, not a variable",
        "main.tf",
        "variable \"tls\" {\n  default = false\n}\n\nresource \"aws_db_proxy\" \"p\" {\n  require_tls = try(var.tls, true) ? true : false\n}\n",
        "variable \"tls\" {\n  default = false\n}\n\nresource \"aws_db_proxy\" \"p\" {\n  require_tls = true\n}\n",
    ),
    (
        "the call of a public module",
        "main.tf",
        "module \"p\" {\n  source  = \"cloudposse/rds-db-proxy/aws\"\n  version = \"1.1.1\"\n  auth    = [{ iam_auth = \"DISABLED\", secret_arn = \"x\", auth_scheme = \"SECRETS\", description = \"\" }]\n}\n",
        "module \"p\" {\n  require_tls = true\n\n  source  = \"cloudposse/rds-db-proxy/aws\"\n  version = \"1.1.1\"\n  auth    = [{ iam_auth = \"REQUIRED\", secret_arn = \"x\", auth_scheme = \"SECRETS\", description = \"\" }]\n}\n",
    ),
    (
        "the parameter of the database",
        "main.tf",
        "resource \"aws_db_proxy\" \"p\" {\n  require_tls = true\n}\n\nresource \"aws_db_proxy_target\" \"p\" {\n  db_proxy_name          = aws_db_proxy.p.name\n  target_group_name      = \"default\"\n  db_instance_identifier = aws_db_instance.d.identifier\n}\n\nresource \"aws_db_instance\" \"d\" {\n  identifier           = \"d\"\n  engine               = \"postgres\"\n  parameter_group_name = aws_db_parameter_group.d.name\n}\n\nresource \"aws_db_parameter_group\" \"d\" {\n  name   = \"d\"\n  family = \"postgres16\"\n  parameter {\n    name  = \"rds.force_ssl\"\n    value = \"0\"\n  }\n}\n",
        "resource \"aws_db_proxy\" \"p\" {\n  require_tls = true\n}\n\nresource \"aws_db_proxy_target\" \"p\" {\n  db_proxy_name          = aws_db_proxy.p.name\n  target_group_name      = \"default\"\n  db_instance_identifier = aws_db_instance.d.identifier\n}\n\nresource \"aws_db_instance\" \"d\" {\n  identifier           = \"d\"\n  engine               = \"postgres\"\n  parameter_group_name = aws_db_parameter_group.d.name\n}\n\nresource \"aws_db_parameter_group\" \"d\" {\n  name   = \"d\"\n  family = \"postgres16\"\n  parameter {\n    name  = \"rds.force_ssl\"\n    value = \"1\"\n  }\n}\n",
    ),
    (
        "lines that end as they do elsewhere, and tabs",
        "main.tf",
        "resource \"aws_db_proxy\" \"p\" {\r\n\tname = \"é\"\r\n\tdebug_logging = true\r\n}\r\n",
        "resource \"aws_db_proxy\" \"p\" {\r\n\trequire_tls = true\r\n\r\n\tname = \"é\"\r\n\tdebug_logging = false\r\n}\r\n",
    ),
    (
        "YAML in blocks",
        "t.yaml",
        "Resources:\n  # the proxy\n  Proxy:\n    Type: AWS::RDS::DBProxy\n    Properties:\n      DBProxyName: p   # its name\n      DebugLogging: !Ref Debug\n      Auth:\n        - AuthScheme: SECRETS\n          SecretArn: arn:aws:secretsmanager:eu-west-1:123456789012:secret:a-AbCdEf\n        - { AuthScheme: SECRETS, IAMAuth: 'DISABLED', SecretArn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:b-AbCdEf' }\nParameters:\n  Debug:\n    Type: String\n    Default: true\n",
        "Resources:\n  # the proxy\n  Proxy:\n    Type: AWS::RDS::DBProxy\n    Properties:\n      RequireTLS: true\n      DBProxyName: p   # its name\n      DebugLogging: false\n      Auth:\n        - AuthScheme: SECRETS\n          IAMAuth: REQUIRED\n          SecretArn: arn:aws:secretsmanager:eu-west-1:123456789012:secret:a-AbCdEf\n        - { AuthScheme: SECRETS, IAMAuth: 'REQUIRED', SecretArn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:b-AbCdEf' }\nParameters:\n  Debug:\n    Type: String\n    Default: true\n",
    ),
    (
        "an entry in flow style",
        "t.yaml",
        "Resources:\n  Proxy:\n    Type: AWS::RDS::DBProxy\n    Properties:\n      RequireTLS: no\n      Auth: [{AuthScheme: SECRETS, SecretArn: x}]\n",
        "Resources:\n  Proxy:\n    Type: AWS::RDS::DBProxy\n    Properties:\n      RequireTLS: true\n      Auth: [{IAMAuth: REQUIRED, AuthScheme: SECRETS, SecretArn: x}]\n",
    ),
    (
        "JSON",
        "t.json",
        "{\n  \"Resources\": {\n    \"Proxy\": {\n      \"Type\": \"AWS::RDS::DBProxy\",\n      \"Properties\": {\n        \"DBProxyName\": \"p\",\n        \"DebugLogging\": {\"Fn::If\": [\"Yes\", true, true]},\n        \"Auth\": [\n          {\n            \"AuthScheme\": \"SECRETS\",\n            \"SecretArn\": \"x\"\n          }\n        ]\n      }\n    }\n  }\n}\n",
        "{\n  \"Resources\": {\n    \"Proxy\": {\n      \"Type\": \"AWS::RDS::DBProxy\",\n      \"Properties\": {\n        \"RequireTLS\": true,\n        \"DBProxyName\": \"p\",\n        \"DebugLogging\": false,\n        \"Auth\": [\n          {\n            \"IAMAuth\": \"REQUIRED\",\n            \"AuthScheme\": \"SECRETS\",\n            \"SecretArn\": \"x\"\n          }\n        ]\n      }\n    }\n  }\n}\n",
    ),
    (
        "JSON in one line",
        "t.json",
        "{\"Resources\":{\"Proxy\":{\"Type\":\"AWS::RDS::DBProxy\",\"Properties\":{\"RequireTLS\":\"false\",\"Auth\":[{\"SecretArn\":\"x\"}]}}}}",
        "{\"Resources\":{\"Proxy\":{\"Type\":\"AWS::RDS::DBProxy\",\"Properties\":{\"RequireTLS\":true,\"Auth\":[{\"IAMAuth\":\"REQUIRED\",\"SecretArn\":\"x\"}]}}}}",
    ),
];

fn fix(folder: &std::path::Path, more: &[&str]) -> Run {
    audit_in(folder, &[&[".", "--fix"], more].concat())
}

#[test]
fn what_has_one_right_text_is_mended() {
    let mut wrong = Vec::new();
    for (name, file, before, after) in CASES {
        let home = estate(&[(file, before)]);
        let path = home.path().join(file);
        let dry = fix(home.path(), &["--dry-run"]);
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            *before,
            "{name}: {}",
            dry.all()
        );
        let run = fix(home.path(), &[]);
        let mended = fs::read_to_string(&path).unwrap();
        if mended != *after {
            wrong.push(format!("{name}:\n{mended}\n{}", run.stderr));
            continue;
        }
        assert!(run.stderr.contains("mended"), "{name}: {}", run.stderr);
        let again = fix(home.path(), &[]);
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            *after,
            "{name}: {}",
            again.all()
        );
        assert!(
            again.stderr.contains("0 findings in 0 files mended"),
            "{name}: {}",
            again.stderr
        );
        is_formatted(name, file, before, after);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What was formatted before is formatted after.
fn is_formatted(name: &str, file: &str, before: &str, after: &str) {
    if !file.ends_with(".tf") || before.contains('\t') {
        return;
    }
    if let Some(terraform) = tools::find("terraform") {
        let home = estate(&[("main.tf", after)]);
        let mut command = std::process::Command::new(terraform);
        command.args(["fmt", "-check", "-diff"]).arg(home.path());
        tools::run(name, &mut command);
    }
}

#[test]
fn what_is_not_certain_is_left_with_the_reason() {
    for (text, reason) in [
        (
            "resource \"aws_db_proxy\" \"p\" {\n  require_tls = true\n  auth { /* why */ secret_arn = \"x\" }\n}\n",
            "main.tf:3:3: more than one attribute stands inside the block of one line",
        ),
        (
            "module \"p\" {\n  source = \"terraform-aws-modules/rds-proxy/aws\"\n  auth = { iam_auth = \"REQUIRED\" }\n}\n",
            "say it in each entry of the module's `auth`",
        ),
        (
            "resource \"aws_db_proxy\" \"p\" {\n  require_tls = true\n}\n\nresource \"aws_db_proxy_target\" \"p\" {\n  db_proxy_name          = aws_db_proxy.p.name\n  db_instance_identifier = aws_db_instance.d.identifier\n}\n\nresource \"aws_db_instance\" \"d\" {\n  identifier           = \"d\"\n  engine               = \"mysql\"\n  parameter_group_name = aws_db_parameter_group.d.name\n}\n\nresource \"aws_db_parameter_group\" \"d\" {\n  name   = \"d\"\n  family = \"mysql8.0\"\n}\n",
            "the database is to refuse clear text",
        ),
    ] {
        let home = estate(&[("main.tf", text)]);
        let run = fix(home.path(), &[]);
        assert!(run.stderr.contains(reason), "{reason}: {}", run.all());
        let there = fs::read_to_string(home.path().join("main.tf")).unwrap();
        assert_eq!(there, text, "{reason}");
    }
}

#[test]
fn what_is_waived_or_lies_elsewhere_stays() {
    let waived = "resource \"aws_db_proxy\" \"p\" {\n  require_tls = false # rdsproxy-gen:ignore client-tls-not-required reason=\"x\"\n}\n";
    let home = estate(&[("main.tf", waived)]);
    fix(home.path(), &[]);
    assert_eq!(
        fs::read_to_string(home.path().join("main.tf")).unwrap(),
        waived
    );
    let called = "resource \"aws_db_proxy\" \"p\" {\n  require_tls = false\n}\n";
    let home = estate(&[
        ("app/main.tf", "module \"p\" {\n  source = \"../lib\"\n}\n"),
        ("lib/main.tf", called),
    ]);
    let run = audit_in(home.path(), &["app", "--fix"]);
    assert!(
        run.stderr.contains("lies outside of what was named"),
        "{}",
        run.all()
    );
    assert_eq!(
        fs::read_to_string(home.path().join("lib/main.tf")).unwrap(),
        called
    );
}
