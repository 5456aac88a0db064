//! The Terraform reader with unusual language features and hostile texts.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::terraform_reader::{document, dumped};
use crate::support::clock::{measured, patience};

/// Files, and the expected dump.
type Case = (&'static [(&'static str, &'static str)], &'static str);

const CASES: &[Case] = &[
    // JSON, with a nested block as a list, a dynamic one, and a comment.
    (
        &[(
            "main.tf.json",
            r#"{"//": "x", "variable": {"tls": {"type": "bool", "default": "true"}},
 "resource": {"aws_db_proxy": {"p": {"require_tls": "${var.tls}", "auth": [{"iam_auth": "REQUIRED"}]},
   "q": {"dynamic": {"auth": {"for_each": ["a"], "content": {"secret_arn": "${auth.value}"}}}}}}}"#,
        )],
        "aws_db_proxy.p {require_tls=true, auth=[{iam_auth='REQUIRED'}]}\n\
         aws_db_proxy.q {auth=[{secret_arn='a'}]}\n",
    ),
    // These values in JSON are not templates.
    (
        &[
            (
                "main.tf",
                "variable \"a\" {}\nresource \"aws_x\" \"y\" {\n  v = var.a\n}\n",
            ),
            ("terraform.tfvars.json", r#"{"a": ["${x}", 1]}"#),
        ],
        "aws_x.y {v=['${x}', 1]}\n",
    ),
    // Two modules that depend on each other's outputs.
    (
        &[
            (
                "main.tf",
                "module \"a\" {\n  source = \"./m\"\n  x = \"1\"\n  y = module.b.o1\n}\nmodule \"b\" {\n  source = \"./m\"\n  x = module.a.o1\n  y = \"2\"\n}\nresource \"aws_x\" \"y\" {\n  v = module.a.o2\n}\n",
            ),
            (
                "m/main.tf",
                "variable \"x\" {}\nvariable \"y\" {}\noutput \"o1\" {\n  value = \"o${var.x}\"\n}\noutput \"o2\" {\n  value = \"p${var.y}\"\n}\n",
            ),
        ],
        "aws_x.y {v='poo1'}\n",
    ),
    // An external module keeps its arguments; a missing local one is a problem.
    (
        &[(
            "main.tf",
            "module \"r\" {\n  source  = \"acme/rds-proxy/aws\"\n  require_tls = false\n}\nmodule \"l\" {\n  source = \"./nowhere\"\n}\n",
        )],
        "module.l {source='./nowhere'}\n\
         module.r {source='acme/rds-proxy/aws', require_tls=false}\n\
         problem main.tf:5:1 module.l was not read: its module is not in view: ./nowhere\n",
    ),
    // Partial knowledge of a list, a name and a set.
    (
        &[(
            "main.tf",
            "variable \"more\" {}\nresource \"aws_x\" \"y\" {\n  a = concat([aws_s.s.id], var.more)\n  b = lower(\"${var.more}-X\")\n  c = tolist(data.aws_subnets.p.ids)[0]\n  dynamic \"auth\" {\n    for_each = toset([\"b\", \"a\"])\n    content {\n      secret_arn = auth.key\n    }\n  }\n}\nresource \"aws_s\" \"s\" {\n}\ndata \"aws_subnets\" \"p\" {\n}\n",
        )],
        "aws_s.s {}\n\
         aws_x.y {a=['<aws_s.s#id>', ?(var.more ← no value: pass --var-file FILE)], b='<?var.more ← no value: pass --var-file FILE>-x', c='<data.aws_subnets.p#ids[0]>', auth=[{secret_arn='a'}, {secret_arn='b'}]}\n\
         data.aws_subnets.p {}\n",
    ),
    // A template in a file, and a missing one.
    (
        &[
            (
                "main.tf",
                "resource \"aws_x\" \"y\" {\n  v = templatefile(\"${path.module}/p.tpl\", { l = [\"x\", \"y\"] })\n  w = templatefile(\"q.tpl\", {})\n}\n",
            ),
            (
                "p.tpl",
                "[%{ for i, x in l }${i > 0 ? \",\" : \"\"}${x}%{ endfor }]",
            ),
        ],
        "aws_x.y {v='[x,y]', w=?(the file q.tpl is not in view)}\n",
    ),
    // A module that calls itself.
    (
        &[("main.tf", "module \"a\" {\n  source = \"./.\"\n}\n")],
        "module.a {source='./.'}\n\
         problem main.tf:1:1 module.a was not read: the module leads back to itself\n",
    ),
];

#[test]
fn the_wider_language_is_read() {
    for (files, expected) in CASES {
        assert_eq!(dumped(files), *expected, "{files:?}");
    }
}

/// `count` locals, each of which refers `times` times to the one before it.
fn doubling(count: usize, times: usize, (open, close, between): (&str, &str, &str)) -> String {
    let mut text = "locals {\n  a0 = \"x\"\n".to_owned();
    for level in 1..count {
        let one = match open {
            "\"" => format!("${{local.a{}}}", level - 1),
            _ => format!("local.a{}", level - 1),
        };
        let all = vec![one; times].join(between);
        writeln!(text, "  a{level} = {open}{all}{close}").unwrap();
    }
    let last = count - 1;
    writeln!(
        text,
        "}}\nresource \"aws_x\" \"y\" {{\n  v = local.a{last}\n}}"
    )
    .unwrap();
    text
}

#[test]
fn what_grows_without_end_ends() {
    let shapes = [
        ("[", "]", ", "),
        ("\"", "\"", ""),
        ("concat(", ")", ", "),
        ("{ a = [", "] }", ", "),
    ];
    for shape in shapes {
        let text = doubling(40, 10, shape);
        let (shown, took) = measured(|| dumped(&[("main.tf", &text)]));
        assert!(shown.contains("?("), "{shape:?}");
        assert!(shown.len() < 10_000, "{shape:?}");
        assert!(took < patience(), "{shape:?} takes {took:?}");
    }
    let chain: String = (1..3000).fold("locals {\n  a0 = 1\n".to_owned(), |text, level| {
        format!("{text}  a{level} = [local.a{}]\n", level - 1)
    });
    let shown = dumped(&[(
        "main.tf",
        &format!("{chain}}}\nresource \"aws_x\" \"y\" {{\n  v = local.a2999\n}}\n"),
    )]);
    assert!(shown.contains("levels"), "{shown}");
}

#[test]
fn modules_of_modules_of_modules_end() {
    let call =
        |source: &str| format!("module \"m\" {{\n  source = \"{source}\"\n  count  = 1000\n}}\n");
    let files = [
        ("main.tf", call("./one")),
        ("one/main.tf", call("../two")),
        ("two/main.tf", "resource \"aws_x\" \"y\" {\n}\n".to_owned()),
    ];
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (*path, text.as_str()))
        .collect();
    let document = document(&files);
    assert!(
        document
            .problems
            .iter()
            .any(|(reason, _)| reason.contains("more modules than are followed"))
    );
    assert!(document.resources.len() < 10_000);
}

const SEED: &str = include_str!(
    "../../../../generated-examples/mysql-two-users/terraform/modules/proxy/secrets.tf"
);

proptest! {
    #![proptest_config(crate::support::scale::config("mutated Terraform"))]

    /// Truncated, duplicated or misplaced text is either read, or a problem with a place.
    #[test]
    fn broken_text_is_never_a_panic(
        cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..6),
        insert in prop::sample::select(vec!["${", "}", "\"", "<<-A\n", "%{ if ", "[*]", "...", "\u{feff}", "é", "for", "\\", "null", "("]),
    ) {
        let mut letters: Vec<char> = SEED.chars().collect();
        for (from, length, to) in cuts {
            let from = from.index(letters.len());
            let end = (from + length.index(40)).min(letters.len());
            let piece: Vec<char> = letters.drain(from..end).chain(insert.chars()).collect();
            let to = to.index(letters.len());
            letters.splice(to..to, piece);
        }
        let text: String = letters.into_iter().collect();
        let document = document(&[("main.tf", &text)]);
        for (_, origin) in &document.problems {
            prop_assert!(origin.line >= 1 && origin.column >= 1);
        }
    }
}
