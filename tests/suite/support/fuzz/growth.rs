//! Work must not grow faster than the text. Each row runs at one size and at four times that size. The processor time
//! is compared, so a slow or busy machine makes both longer.

use std::collections::BTreeMap;
use std::time::Duration;

use rdsproxy_gen::domain::policy;
use rdsproxy_gen::domain::spec::{NamedText, Spec};
use rdsproxy_gen::language::terraform::TerraformFiles;
use rdsproxy_gen::language::{plan, terraform};
use rdsproxy_gen::rewrite::comments::ignore_comments;
use rdsproxy_gen::rewrite::metadata::ignore_metadata;
use rdsproxy_gen::source::assemble::assemble;

use super::pipeline;
use super::targets::Files;
use crate::support::clock::measured;
use crate::support::scale;

/// The ratio of the two sizes.
const TIMES: usize = 4;

/// The allowed ratio of the times; quadratic work takes sixteen times as long.
const MOST: u32 = 9;

/// The least time that can be measured reliably.
const SHORT: Duration = Duration::from_millis(4);

/// The number of attempts before a row counts as growing too fast.
const TRIES: u32 = 8;

/// A measured task: its name, its first size, and the work.
type Row = (&'static str, usize, fn(usize));

const ROWS: &[Row] = &[
    ("waivers above one block", 8_000, |n| {
        comments(&(COMMENT.repeat(n) + "x = 1\n"));
    }),
    ("waivers of blocks that stay open", 2_000, |n| {
        comments(&format!("{COMMENT}x = [\n").repeat(n));
    }),
    ("waivers of members that stand further in", 500, |n| {
        let member = |at: usize| {
            let margin = " ".repeat(at % 100);
            format!("{margin}{COMMENT}{margin}k{at}:\n")
        };
        let text: String = (0..n).map(member).collect();
        drop(ignore_comments("t.yaml", &text));
    }),
    ("waivers in one line of JSON", 200, |n| {
        let one = r#"{"Metadata":{"rdsproxy-gen":{"ignore":["debug-logging-on reason=x"]}}}"#;
        let text = format!("[\"é\",{}]", vec![one; n].join(","));
        assert_eq!(ignore_metadata("t.json", &text).len(), n);
    }),
    ("waivers of a policy", 300, |n| {
        let waiver = |at| {
            format!(
                "[[waivers]]\nrule = \"debug-logging-on\"\nsubject = \"p{at}\"\nreason = \"x\"\n"
            )
        };
        let text = "schema = 1\n".to_owned() + &(0..n).map(waiver).collect::<String>();
        let text = NamedText {
            file: "0.toml",
            text: &text,
        };
        let policy = policy::policy(&text, &["debug-logging-on"]).unwrap();
        assert_eq!(policy.waivers.len(), n);
    }),
    ("problems of a policy", 1_000, |n| {
        let text: String = (0..n).map(|at| format!("k{at} = 1\n")).collect();
        let text = NamedText {
            file: "0.toml",
            text: &text,
        };
        let error = policy::policy(&text, &[]).unwrap_err();
        assert!(error.0.len() >= n);
    }),
    ("users of a spec", 100, |n| {
        let sample = include_str!("../../../../src/domain/spec/sample.toml");
        let user = |at| format!("[[users]]\nname = \"u{at}\"\ndatabase = \"app\"\n");
        let text = sample.to_owned() + &(0..n).map(user).collect::<String>();
        assert!(Spec::parse(&text, "0.toml").is_ok());
    }),
    ("keys by which a for groups", 1_000, |n| {
        value(n, "length({ for i in local.t : \"k${i}\" => i... })");
    }),
    ("numbers that are made distinct", 1_000, |n| {
        value(n, "length(distinct(local.t))");
    }),
    ("sets that are taken from each other", 500, |n| {
        value(
            n,
            "length(setsubtract(local.t, [for i in local.t : \"u${i}\"]))",
        );
    }),
    ("maps that are merged", 500, |n| {
        value(
            n,
            "length(merge([for i in local.t : { \"k${i}\" = 1 }]...))",
        );
    }),
    ("statements of a policy document", 200, |n| {
        let statement = |at| {
            format!(
                "statement {{\nsid = \"s{at}\"\nactions = [\"a:b\"]\nresources = [\"r\"]\ncondition {{\ntest = \"StringEquals\"\nvariable = \"v\"\nvalues = [\"{at}\"]\n}}\n}}\n"
            )
        };
        let statements: String = (0..n).map(statement).collect();
        read(format!(
            "data \"aws_iam_policy_document\" \"d\" {{\n{statements}}}\nresource \"aws_iam_role_policy\" \"p\" {{\nrole = \"r\"\npolicy = data.aws_iam_policy_document.d.json\n}}\n"
        ));
    }),
    ("references of one attribute of a plan", 500, |n| {
        let references: Vec<String> = (0..n).map(|at| format!("\"aws_iam_role.r{at}\"")).collect();
        unknown(
            "\"role_arn\": true",
            &format!(
                "\"role_arn\": {{\"references\": [{}]}}",
                references.join(",")
            ),
        );
    }),
    ("blocks of a plan", 100, |n| {
        let block = |at| {
            format!(
                "{{\"iam_auth\": {{\"constant_value\": \"REQUIRED\"}}, \"secret_arn\": {{\"references\": [\"aws_secretsmanager_secret.s{at}\"]}}}}"
            )
        };
        let blocks: Vec<String> = (0..n).map(block).collect();
        let items = vec!["{\"iam_auth\": \"REQUIRED\"}"; n].join(",");
        plan_of(
            &format!("\"auth\": [{items}]"),
            "",
            &format!("\"auth\": [{}]", blocks.join(",")),
        );
    }),
    ("proxies of a state with all around them", 60, |n| {
        let document = plan::read("0.json", &state(n));
        assert_eq!(assemble(&[document]).proxies.len(), n);
    }),
    ("auth entries of one secret", 15, |n| {
        let entry = "auth {\niam_auth = \"DISABLED\"\nsecret_arn = \"arn:aws:secretsmanager:eu-west-1:123456789012:secret:s-AbCdEf\"\n}\n";
        let text = format!(
            "resource \"aws_db_proxy\" \"x\" {{\n{}}}\n",
            entry.repeat(n)
        );
        let files: Files = [("main.tf".to_owned(), text)].into();
        assert_eq!(pipeline::modules(&files, &BTreeMap::new()), Ok(1));
    }),
    ("findings in one line", 5, |n| {
        let proxy = |at| {
            format!(
                "\"P{at}\":{{\"Type\":\"AWS::RDS::DBProxy\",\"Properties\":{{\"DBProxyName\":\"é{at}\",\"DebugLogging\":true}}}}"
            )
        };
        let proxies: Vec<String> = (0..n).map(proxy).collect();
        let text = format!("{{\"Resources\":{{{}}}}}", proxies.join(","));
        assert_eq!(pipeline::templates(&[text]), Ok(n));
    }),
    ("parts of a service", 300, |n| {
        let parts: String = (0..n).map(|at| format!("  - A{at}: {{B: 1}}\n")).collect();
        let head =
            "service: x\nresources:\n  - Resources:\n      P:\n        Type: AWS::RDS::DBProxy\n";
        assert_eq!(pipeline::templates(&[format!("{head}{parts}")]), Ok(1));
    }),
];

const COMMENT: &str = "# rdsproxy-gen:ignore debug-logging-on reason=\"x\"\n";

fn comments(text: &str) {
    assert!(!ignore_comments("main.tf", text).is_empty());
}

fn read(text: String) {
    let document = terraform::read(&TerraformFiles {
        files: [("main.tf".to_owned(), text)].into(),
        ..TerraformFiles::default()
    });
    assert!(!document.resources.is_empty() && document.problems.is_empty());
}

/// Evaluates a proxy whose name is computed from a list of `n` numbers.
fn value(n: usize, value: &str) {
    let numbers: Vec<String> = (0..n).map(|at| at.to_string()).collect();
    let list = numbers.join(", ");
    read(format!(
        "locals {{\nt = [{list}]\n}}\nresource \"aws_db_proxy\" \"x\" {{\nname = {value}\n}}\n"
    ));
}

fn unknown(unknown: &str, expressions: &str) {
    plan_of("\"name\": \"x\"", unknown, expressions);
}

/// Reads a plan of one proxy.
fn plan_of(after: &str, unknown: &str, expressions: &str) {
    let resource = "\"address\": \"aws_db_proxy.p\", \"mode\": \"managed\", \"type\": \"aws_db_proxy\", \"name\": \"p\"";
    let text = format!(
        "{{\"format_version\": \"1.2\", \"terraform_version\": \"1.9\", \"resource_changes\": [{{{resource}, \"change\": {{\"after\": {{{after}}}, \"after_unknown\": {{{unknown}}}}}}}],\
         \"configuration\": {{\"root_module\": {{\"resources\": [{{{resource}, \"expressions\": {{{expressions}}}}}]}}}}}}"
    );
    let document = plan::read("0.json", &text);
    assert_eq!(document.resources.len(), 1);
}

/// A state of `n` proxies, each with its own target, database, secret, role, function and group.
fn state(n: usize) -> String {
    let arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:s@-AbCdEf";
    let kinds = [
        ("aws_db_proxy", format!("\"name\": \"p@\", \"arn\": \"arn:aws:rds:eu-west-1:123456789012:db-proxy:prx-@\", \"auth\": [{{\"secret_arn\": \"{arn}\"}}], \"role_arn\": \"arn:aws:iam::123456789012:role/r@\", \"vpc_security_group_ids\": [\"sg-@\"]")),
        ("aws_db_proxy_target", "\"db_proxy_name\": \"p@\", \"db_instance_identifier\": \"d@\"".to_owned()),
        ("aws_db_instance", "\"identifier\": \"d@\", \"engine\": \"postgres\", \"password\": \"secret@\", \"username\": \"u\"".to_owned()),
        ("aws_secretsmanager_secret", format!("\"arn\": \"{arn}\", \"name\": \"s@\"")),
        ("aws_iam_role", "\"arn\": \"arn:aws:iam::123456789012:role/f@\", \"name\": \"f@\"".to_owned()),
        ("aws_lambda_function", "\"function_name\": \"f@\", \"role\": \"arn:aws:iam::123456789012:role/f@\"".to_owned()),
        ("aws_iam_role_policy", "\"role\": \"f@\", \"policy\": \"{\\\"Statement\\\":[{\\\"Effect\\\":\\\"Allow\\\",\\\"Action\\\":\\\"rds-db:connect\\\",\\\"Resource\\\":\\\"arn:aws:rds-db:eu-west-1:123456789012:dbuser:prx-@/*\\\"}]}\"".to_owned()),
        ("aws_security_group", "\"id\": \"sg-@\", \"name\": \"g@\"".to_owned()),
    ];
    let resources = kinds.iter().map(|(kind, attributes)| {
        let instance = |at: usize| {
            let attributes = attributes.replace('@', &at.to_string());
            format!("{{\"index_key\": {at}, \"attributes\": {{{attributes}}}}}")
        };
        let instances: Vec<String> = (0..n).map(instance).collect();
        format!(
            "{{\"mode\": \"managed\", \"type\": \"{kind}\", \"name\": \"x\", \"instances\": [{}]}}",
            instances.join(",")
        )
    });
    let resources: Vec<String> = resources.collect();
    format!(
        "{{\"version\": 4, \"terraform_version\": \"1.9\", \"lineage\": \"x\", \"resources\": [{}]}}",
        resources.join(",")
    )
}

/// The reason why a row grows too fast; none if it does not.
fn too_fast((name, size, work): &Row) -> Option<String> {
    let size = size * usize::try_from(scale::count("sizes of what grows")).unwrap();
    let (mut least, mut most) = (Duration::MAX, Duration::MAX);
    for _ in 0..TRIES {
        least = least.min(measured(|| work(size)).1);
        most = most.min(measured(|| work(size * TIMES)).1);
        if most <= least.max(SHORT) * MOST {
            eprintln!("{least:>10.1?} {most:>10.1?}  {name}");
            return None;
        }
    }
    Some(format!(
        "{name}: {size} take {least:?}, and {TIMES} times as many take {most:?}"
    ))
}

#[test]
fn no_work_grows_faster_than_its_text() {
    let wrong: Vec<String> = ROWS.iter().filter_map(too_fast).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_grows_too_fast_is_seen() {
    let squared: Row = ("a loop in a loop", 2_000, |n| {
        let all: Vec<String> = (0..n).map(|at| at.to_string()).collect();
        let found = all
            .iter()
            .filter(|one| all.iter().any(|other| other == *one));
        assert_eq!(found.count(), n);
    });
    assert!(too_fast(&squared).is_some());
}
