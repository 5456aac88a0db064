//! The Terraform reader: reads configurations and compares a readable dump of the resources.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use rdsproxy_gen::language::resource::{Document, Node, Piece, Value};
use rdsproxy_gen::language::terraform::{TerraformFiles, read};

pub(super) fn document(files: &[(&str, &str)]) -> Document {
    read(&TerraformFiles {
        files: files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
            .collect(),
        ..TerraformFiles::default()
    })
}

fn dump(node: &Node) -> String {
    match &node.value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Text(pieces) => {
            let parts: String = pieces.iter().map(piece).collect();
            format!("'{parts}'")
        }
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(dump).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Map(members) => {
            let members: Vec<String> = members
                .iter()
                .map(|(key, node)| format!("{key}={}", dump(node)))
                .collect();
            format!("{{{}}}", members.join(", "))
        }
        Value::Unresolved(reason) => format!("?({reason})"),
    }
}

fn piece(piece: &Piece) -> String {
    match piece {
        Piece::Text(text) => text.clone(),
        Piece::Reference(address, attribute) => format!("<{address}#{attribute}>"),
        Piece::Pseudo(pseudo) => format!("<{pseudo:?}>"),
        Piece::ProxyId(address) => format!("<prx {address}>"),
        Piece::Unresolved(reason) => format!("<?{reason}>"),
    }
}

pub(super) fn dumped(files: &[(&str, &str)]) -> String {
    let document = document(files);
    let mut text = String::new();
    for resource in &document.resources {
        writeln!(text, "{} {}", resource.address, dump(&resource.body)).unwrap();
    }
    for (reason, origin) in &document.problems {
        writeln!(text, "problem {origin} {reason}").unwrap();
    }
    text
}

/// The value of `v` of `aws_x.y` in this configuration.
fn value(configuration: &str) -> String {
    let document = document(&[("main.tf", configuration)]);
    let found = document
        .resources
        .iter()
        .find(|resource| resource.kind == "aws_x");
    found
        .and_then(|resource| resource.body.get("v"))
        .map_or_else(|| format!("null {:?}", document.problems), dump)
}

/// Expressions and their values in `terraform console` (1.11).
const CONSOLE: &[(&str, &str)] = &include!("terraform_console.rs.in");

#[test]
fn expressions_mean_what_terraform_console_says() {
    let mut wrong = Vec::new();
    for (expression, expected) in CONSOLE {
        let got = value(&format!(
            "resource \"aws_x\" \"y\" {{\n  v = jsonencode([{expression}])\n}}\n"
        ));
        if got != *expected {
            wrong.push(format!("{expression}\n  {got}\n  {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Heredocs and their values in `terraform console` (1.11).
const HEREDOCS: &[(&str, &str)] = &[
    ("<<-EOT\n    a\n\n      b\n  EOT", "a\n\n  b\n"),
    ("<<-EOT\n    ${\"x\"}\n      b\n  EOT", "x\n  b\n"),
    (
        "<<-EOT\n    a\n${\"x\"}\n      b\n  EOT",
        "    a\nx\n      b\n",
    ),
    (
        "<<-EOT\n    a\n    %{ if true ~}\n    c\n    %{ endif ~}\n    d\n  EOT",
        "a\n    c\n    d\n",
    ),
    ("<<-EOT\n    a\n   \n      b\n  EOT", "a\n   \n  b\n"),
    (
        "<<-EOT\n    {\n    %{ for i, x in [\"x\", \"y\"] }\n      ${x}%{ if i < 1 },%{ endif }\n    %{ endfor }\n    }\n  EOT",
        "{\n\n  x,\n\n  y\n\n}\n",
    ),
    (
        "<<EOT\n  a\n  %{ if true ~}\n  c\n  %{ endif ~}\n  d\nEOT",
        "  a\n    c\n    d\n",
    ),
    (
        "<<-EOT\n    %{ if true }a%{ else }b%{ endif }\n      x\n  EOT",
        "a\n  x\n",
    ),
    ("<<-EOT\n\ta\n\t  b\n  EOT", "a\n  b\n"),
];

#[test]
fn heredocs_lose_the_spaces_that_terraform_takes() {
    for (heredoc, expected) in HEREDOCS {
        let got = value(&format!(
            "resource \"aws_x\" \"y\" {{\n  v = {heredoc}\n}}\n"
        ));
        assert_eq!(got, format!("'{expected}'"), "{heredoc}");
    }
}

/// Declarations, an expression, and the value of `v`.
const VALUES: &[(&str, &str, &str)] = &[
    (
        "variable \"a\" {\n}\n",
        "var.a",
        "?(var.a ← no value: pass --var-file FILE)",
    ),
    ("", "var.a", "?(var.a ← not declared)"),
    (
        "",
        "frobnicate(1)",
        "?(frobnicate() ← not a function that is known here)",
    ),
    ("variable \"a\" {\n}\n", "false && var.a", "false"),
    ("variable \"a\" {\n}\n", "var.a || true", "true"),
    ("variable \"a\" {\n}\n", "var.a ? 1 : 1", "1"),
    (
        "variable \"a\" {\n}\n",
        "try(var.a, 2)",
        "?(var.a ← no value: pass --var-file FILE)",
    ),
    ("", "try({}.a, 2)", "2"),
    (
        "locals {\n  a = local.b\n  b = local.a\n}\n",
        "local.a",
        "?(local.a ← local.b ← local.a ← leads back to itself)",
    ),
    (
        "variable \"a\" {\n  sensitive = true\n  default = \"s3cret\"\n}\n",
        "var.a",
        "?(var.a ← sensitive, not looked at)",
    ),
    (
        "variable \"a\" {\n  type = object({ on = optional(bool, true), n = optional(string) })\n  default = {}\n}\n",
        "var.a",
        "{on=true, n=null}",
    ),
    (
        "data \"aws_partition\" \"p\" {\n}\n",
        "\"arn:${data.aws_partition.p.partition}:iam\"",
        "'arn:<Partition>:iam'",
    ),
    (
        "data \"aws_vpc\" \"p\" {\n  id = \"vpc-1\"\n}\n",
        "data.aws_vpc.p.cidr_block",
        "'<data.aws_vpc.p#cidr_block>'",
    ),
    (
        "resource \"aws_db_proxy\" \"p\" {\n  name = \"n\"\n}\n",
        "\"${aws_db_proxy.p.id}-x\"",
        "'n-x'",
    ),
    (
        "resource \"aws_db_proxy\" \"p\" {\n  name = \"n\"\n}\n",
        "element(split(\":\", aws_db_proxy.p.arn), 6)",
        "'<prx aws_db_proxy.p>'",
    ),
    (
        "resource \"aws_r\" \"r\" {\n  for_each = toset([\"b\", \"a\"])\n  name = each.key\n}\n",
        "[for k, r in aws_r.r : \"${k} ${r.name} ${r.arn}\"]",
        "['a a <aws_r.r[\"a\"]#arn>', 'b b <aws_r.r[\"b\"]#arn>']",
    ),
    (
        "resource \"aws_r\" \"r\" {\n  count = 2\n}\n",
        "aws_r.r[*].arn",
        "['<aws_r.r[0]#arn>', '<aws_r.r[1]#arn>']",
    ),
    (
        "resource \"aws_r\" \"r\" {\n  count = 0\n}\n",
        "one(aws_r.r[*].arn)",
        "null []",
    ),
    (
        "resource \"aws_r\" \"r\" {\n}\n",
        "aws_r.r.user[0].arn",
        "'<aws_r.r#user[0].arn>'",
    ),
    (
        "",
        "[for i in range(1000000000) : i]",
        "?(a range of more than 10000 numbers)",
    ),
    (
        "data \"aws_iam_policy_document\" \"d\" {\n  statement {\n    actions = [\"a:B\"]\n    resources = [\"*\"]\n    principals {\n      type = \"AWS\"\n      identifiers = [\"1\"]\n    }\n    condition {\n      test = \"Bool\"\n      variable = \"x\"\n      values = [\"true\"]\n    }\n  }\n}\n",
        "data.aws_iam_policy_document.d.json",
        "{Version='2012-10-17', Statement=[{Effect='Allow', Action=['a:B'], Resource=['*'], Principal={AWS=['1']}, Condition={Bool={x=['true']}}}]}",
    ),
    ("", "<<-EOT\n    hi\n      there\n  EOT", "'hi\n  there\n'"),
];

#[test]
fn values_are_worked_out_or_say_why_not() {
    for (declarations, expression, expected) in VALUES {
        let configuration =
            format!("{declarations}resource \"aws_x\" \"y\" {{\n  v = {expression}\n}}\n");
        assert_eq!(value(&configuration), *expected, "{configuration}");
    }
}

#[test]
fn blocks_are_expanded() {
    let got = dumped(&[(
        "main.tf",
        r#"
variable "n" {}
resource "aws_a" "none" { count = 0 }
resource "aws_b" "each" {
  for_each = { x = { iam = true }, y = { iam = false } }
  dynamic "auth" {
    for_each = each.value.iam ? ["REQUIRED"] : []
    content { iam_auth = auth.value }
  }
}
resource "aws_c" "open" {
  count = var.n
  tls   = true
  dynamic "auth" {
    for_each = var.n
    content { iam_auth = "REQUIRED" }
  }
}
"#,
    )]);
    assert_eq!(
        got,
        "aws_b.each[\"x\"] {auth=[{iam_auth='REQUIRED'}]}\n\
         aws_b.each[\"y\"] {auth=[]}\n\
         aws_c.open[*] {tls=true, auth=[{iam_auth='REQUIRED', for_each=?(var.n ← no value: pass --var-file FILE)}], count=?(var.n ← no value: pass --var-file FILE)}\n"
    );
}

#[test]
fn files_override_each_other_as_in_terraform() {
    let got = dumped(&[
        (
            "main.tf",
            "variable \"a\" {\n  default = 1\n}\nvariable \"b\" {\n  default = 1\n}\nresource \"aws_x\" \"y\" {\n  a = var.a\n  b = var.b\n  c = 1\n  auth {\n    d = 1\n  }\n}\n",
        ),
        (
            "override.tf",
            "resource \"aws_x\" \"y\" {\n  c = 2\n  auth {\n    d = 2\n  }\n}\n",
        ),
        ("terraform.tfvars", "a = 2\nb = 2\n"),
        ("z.auto.tfvars", "\u{feff}b = 3\n"),
        ("broken.tf", "resource {\n  a = \n}\n"),
    ]);
    let (resources, problems) = got.split_once("problem ").unwrap();
    let (resource, unread) = resources.split_once('\n').unwrap();
    assert_eq!(resource, "aws_x.y {a=2, b=3, c=2, auth=[{d=2}]}");
    assert!(unread.starts_with("broken.tf "), "{unread}");
    assert!(problems.starts_with("broken.tf:2:"), "{problems}");
}

#[test]
fn modules_are_judged_in_their_callers_context() {
    let document = document(&[
        (
            "main.tf",
            "module \"db\" {\n  source = \"./modules/db\"\n  for_each = toset([\"k\"])\n  tls = var.tls\n}\nvariable \"tls\" {\n  default = true\n}\nresource \"aws_x\" \"y\" {\n  v = module.db[\"k\"].arn\n}\n",
        ),
        (
            "modules/db/main.tf",
            "variable \"tls\" {}\nresource \"aws_db_proxy\" \"p\" {\n  require_tls = var.tls\n}\noutput \"arn\" {\n  value = aws_db_proxy.p.endpoint\n}\n",
        ),
    ]);
    let proxy = document
        .resources
        .iter()
        .find(|found| found.kind == "aws_db_proxy")
        .unwrap();
    assert_eq!(proxy.address, "module.db[\"k\"].aws_db_proxy.p");
    let tls = proxy.body.get("require_tls").unwrap();
    assert_eq!(tls.value, Value::Bool(true));
    assert_eq!(tls.origin.to_string(), "modules/db/main.tf:3:17");
    assert_eq!(
        tls.origin.via,
        ["var.tls", "module.db[\"k\"].tls", "var.tls"]
    );
    assert_eq!(tls.origin.default_of.as_deref(), Some("var.tls"));
    let user = document
        .resources
        .iter()
        .find(|found| found.kind == "aws_x")
        .unwrap();
    assert_eq!(
        dump(user.body.get("v").unwrap()),
        "'<module.db[\"k\"].aws_db_proxy.p#endpoint>'"
    );
}

#[test]
fn what_is_generated_is_read_without_a_problem() {
    for example in crate::generating::examples::examples().into_values() {
        let folder = example.join("terraform");
        let mut files = BTreeMap::new();
        for part in ["", "modules/proxy/"] {
            for entry in std::fs::read_dir(folder.join(part)).unwrap() {
                let path = entry.unwrap().path();
                let name = path.file_name().unwrap().to_string_lossy();
                if name.ends_with(".tf") || name.ends_with(".tfvars") {
                    let text = std::fs::read_to_string(&path).unwrap();
                    files.insert(format!("{part}{name}"), text);
                }
            }
        }
        let document = read(&TerraformFiles {
            files,
            ..TerraformFiles::default()
        });
        assert!(
            document.problems.is_empty(),
            "{folder:?}: {:?}",
            document.problems
        );
        let proxy = document
            .resources
            .iter()
            .find(|found| found.kind == "aws_db_proxy")
            .unwrap();
        assert_eq!(dump(proxy.body.get("require_tls").unwrap()), "true");
        for resource in &document.resources {
            let dump = dump(&resource.body);
            assert!(
                !dump.contains('?'),
                "{folder:?} {} {dump}",
                resource.address
            );
        }
    }
}
