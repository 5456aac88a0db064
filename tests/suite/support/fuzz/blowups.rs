//! Small texts that expand to endless work, and texts with endless nesting: each ends soon and reports what was not
//! followed.

use std::time::Duration;

use super::targets::Files;
use super::{STACK, pipeline};
use crate::support::clock::{self, patience};
use crate::support::scale;

/// An expansion bomb: its name, its files, and a part of the required message.
type Bomb = (&'static str, Files, &'static str);

fn proxy(arguments: &str) -> String {
    format!("resource \"aws_db_proxy\" \"x\" {{\n{arguments}\n}}\n")
}

/// A proxy whose name is this value.
fn named(value: &str) -> Files {
    main(proxy(&format!("name = {value}")))
}

fn main(text: String) -> Files {
    [("main.tf".to_owned(), text)].into()
}

/// Locals, each of which refers twice to the one before it, and a proxy that is named by the last one.
fn doubled(first: &str, twice: &str) -> Files {
    let locals: String = (1..64)
        .map(|at| {
            format!(
                "l{at} = {}\n",
                twice.replace('@', &format!("local.l{}", at - 1))
            )
        })
        .collect();
    main(format!(
        "locals {{\nl0 = {first}\n{locals}}}\n{}",
        proxy("name = jsonencode(local.l63)")
    ))
}

fn nested(open: &str, middle: &str, close: &str) -> String {
    [&open.repeat(20_000), middle, &close.repeat(20_000)].concat()
}

/// A chain of modules, each of which calls the next one several times.
fn chain(length: usize, calls: usize) -> Files {
    let calls = |at: usize| -> String {
        let call = |call| format!("module \"m{call}\" {{\n  source = \"../m{}\"\n}}\n", at + 1);
        (0..calls).map(call).collect()
    };
    let mut files: Files = (0..length)
        .map(|at| (format!("m{at}/main.tf"), calls(at)))
        .collect();
    files.insert(format!("m{length}/main.tf"), proxy("name = \"deep\""));
    files.insert(
        "main.tf".to_owned(),
        "module \"top\" {\n  source = \"./m0\"\n}\n".to_owned(),
    );
    files
}

fn wide(proxies: usize, auths: usize) -> Files {
    main(proxy(&format!(
        "count = {proxies}\nname = \"p${{count.index}}\"\ndynamic \"auth\" {{\n  for_each = range({auths})\n  content {{\n    \
         secret_arn = \"arn:aws:secretsmanager:eu-west-1:123456789012:secret:s${{auth.value}}-AbCdEf\"\n  }}\n}}"
    )))
}

fn terraform() -> Vec<Bomb> {
    [
        counted(),
        looped(),
        doublings(),
        calls(),
        nestings(),
        lengths(),
    ]
    .concat()
}

fn counted() -> Vec<Bomb> {
    let product = format!("setproduct({})", ["range(100)"; 12].join(", "));
    vec![
        (
            "a million proxies",
            main(proxy("count = 1000000\nname = \"p${count.index}\"")),
            "more instances than are followed",
        ),
        (
            "a proxy for each of a product",
            main(proxy(&format!(
                "for_each = {{ for x in {product} : join(\",\", x) => x }}\nname = each.key"
            ))),
            "more combinations than are followed",
        ),
        (
            "a long range",
            named("join(\",\", range(1000000000))"),
            "range",
        ),
        (
            "a range of nothing steps",
            named("join(\",\", range(0, 1, 0.0000000001))"),
            "range",
        ),
        (
            "a wide format",
            named("format(\"%999999999d\", 1)"),
            "format",
        ),
        (
            "a wide format by argument",
            named("format(\"%*d\", 999999999, 1)"),
            "format",
        ),
        (
            "many entries of many proxies",
            wide(100, 2_000),
            "more dynamic blocks than are followed",
        ),
    ]
}

fn looped() -> Vec<Bomb> {
    let loops = |depth: usize| {
        (0..depth)
            .map(|at| format!("[for i{at} in range(1000) : "))
            .collect::<String>()
            + "1"
            + &"]".repeat(depth)
    };
    let template = |depth: usize| {
        let open: String = (0..depth)
            .map(|at| format!("%{{ for i{at} in range(1000) }}"))
            .collect();
        format!("<<EOT\n{open}x{}\nEOT\n", "%{ endfor }".repeat(depth))
    };
    vec![
        (
            "loops in loops",
            named(&format!("length({})", loops(6))),
            "more",
        ),
        (
            "loops in templates",
            named(&template(6)),
            "longer than is followed",
        ),
        (
            "a regular expression that repeats repetitions",
            named("regex(\"(((a{999}){999}){999}){999}\", \"a\")"),
            "the pattern is larger than is followed",
        ),
        (
            "a regular expression that is looked for behind every match",
            named(&format!(
                "length(regexall(\"x*y|x\", \"{}\"))",
                "x".repeat(200_000)
            )),
            "more text than is followed",
        ),
        (
            "replacements that grow",
            named(&format!(
                "replace(\"{}\", \"/x+/\", \"{}\")",
                "x".repeat(5_000),
                "$0".repeat(5_000)
            )),
            "longer than is followed",
        ),
        (
            "a regular expression that goes back",
            named(&format!("regex(\"(a*)*b\", \"{}\")", "a".repeat(50_000))),
            "the pattern does not match",
        ),
    ]
}

fn doublings() -> Vec<Bomb> {
    vec![
        (
            "texts that double",
            doubled("\"0123456789abcdef\"", "\"${@}${@}\""),
            "larger than is followed",
        ),
        (
            "lists that double",
            doubled("[1]", "[@, @]"),
            "not a single value",
        ),
        (
            "maps that double",
            doubled("{ a = 1 }", "{ a = @, b = @ }"),
            "not a single value",
        ),
        (
            "lists that are joined",
            doubled("[1]", "concat(@, @)"),
            "more",
        ),
        (
            "texts that replace themselves",
            doubled("\"xx\"", "replace(@, \"x\", @)"),
            "more",
        ),
        (
            "conditions that double",
            doubled("true", "@ ? @ : @"),
            "true",
        ),
        (
            "encodings of encodings",
            doubled("\"\\\"\"", "jsonencode([@, @])"),
            "not a single value",
        ),
    ]
}

fn calls() -> Vec<Bomb> {
    vec![
        (
            "a module in itself",
            [(
                "main.tf".to_owned(),
                "module \"x\" {\n  source = \"./\"\n}\n".to_owned() + &proxy("name = module.x.y"),
            )]
            .into(),
            "leads back",
        ),
        ("modules thirty deep", chain(30, 1), "deeper"),
        (
            "modules that double",
            chain(15, 3),
            "more modules than are followed",
        ),
        (
            "decoded JSON that nests",
            named(&format!("jsondecode(\"{}\")", "[".repeat(20_000))),
            "recursion limit",
        ),
        (
            "decoded YAML that multiplies",
            named(&format!("yamldecode({:?})", aliases(""))),
            "with its aliases followed",
        ),
    ]
}

fn nestings() -> Vec<Bomb> {
    vec![
        ("a deep list", named(&nested("[", "", "]")), "deep"),
        ("deep brackets", named(&nested("(", "1", ")")), "deep"),
        ("a deep object", named(&nested("{ a = ", "1", " }")), "deep"),
        ("deep negations", named(&nested("!", "true", "")), "deep"),
        ("deep templates", named(&nested("\"${", "1", "}\"")), "deep"),
        ("deep calls", named(&nested("try(", "1", ")")), "deep"),
        (
            "deep conditions",
            named(&nested("true ? ", "1", " : 1")),
            "deep",
        ),
        (
            "deep blocks",
            main(nested("a {\n", "", "}\n") + &proxy("")),
            "deep",
        ),
        (
            "JSON that nests",
            [("main.tf.json".to_owned(), nested("{\"a\":", "1", "}"))].into(),
            "recursion limit",
        ),
    ]
}

fn lengths() -> Vec<Bomb> {
    vec![
        (
            "a long sum",
            named(&("1".to_owned() + &" + 1".repeat(20_000))),
            "sum",
        ),
        (
            "a long comparison",
            named(&("1".to_owned() + &" == 1".repeat(20_000))),
            "sum",
        ),
        (
            "a long way into an object",
            named(&("local.a".to_owned() + &".a".repeat(20_000))),
            "not declared",
        ),
        (
            "a long way by index",
            named(&("local.a".to_owned() + &"[0]".repeat(20_000))),
            "local.a",
        ),
        ("a number of many digits", named(&"9".repeat(100_000)), ""),
        ("an exponent", named("1e999999999"), ""),
    ]
}

/// A "billion laughs" document: every list contains the one before it nine times.
fn aliases(resources: &str) -> String {
    let lines = (1..30).map(|at| {
        format!(
            "a{at}: &a{at} [{}]\n",
            vec![format!("*a{}", at - 1); 9].join(", ")
        )
    });
    format!("a0: &a0 [x]\n{}{resources}", lines.collect::<String>())
}

const STACK_HEAD: &str =
    "Resources:\n  P:\n    Type: AWS::RDS::DBProxy\n    Properties:\n      DBProxyName: ";

fn template(name: &str) -> Vec<String> {
    vec![format!("{STACK_HEAD}{name}\n")]
}

/// Stacks, each of which contains the next one several times.
fn stacks(length: usize, calls: usize) -> Vec<String> {
    let call = |call, next| {
        format!(
            "  C{call}:\n    Type: AWS::CloudFormation::Stack\n    Properties: {{TemplateURL: {next}.yaml}}\n"
        )
    };
    let calls = |at| -> String { (0..calls).map(|number| call(number, at + 1)).collect() };
    let mut templates: Vec<String> = (0..length)
        .map(|at| format!("Resources:\n{}", calls(at)))
        .collect();
    templates.push(format!("{STACK_HEAD}deep\n"));
    templates
}

/// A service whose proxy has this name.
fn service(name: &str, custom: &str) -> String {
    format!(
        "service: x\ncustom:\n  a: b\n{custom}resources:\n  Resources:\n    P:\n      Type: AWS::RDS::DBProxy\n      Properties:\n        DBProxyName: {name}\n"
    )
}

/// Texts, each of which refers three times to the one before it.
fn grown() -> String {
    let lines = (1..20).map(|at| {
        let before = format!("${{self:custom.l{}}}", at - 1);
        format!("  l{at}: {}\n", before.repeat(3))
    });
    format!(
        "  l0: {}\n{}",
        "x".repeat(10_000),
        lines.collect::<String>()
    )
}

fn large() -> String {
    let lines = (0..20_000).map(|at| format!("    k{at}: v\n"));
    "  big:\n".to_owned() + &lines.collect::<String>()
}

/// A list of thousands of items that thousands of resources use.
fn lists() -> String {
    let proxy = |at| {
        format!("  P{at}:\n    Type: AWS::RDS::DBProxy\n    Properties: {{VpcSubnetIds: !Ref L}}\n")
    };
    let items: Vec<String> = (0..10_000).map(|at| format!("s{at}")).collect();
    format!(
        "Parameters:\n  L: {{Type: CommaDelimitedList, Default: '{}'}}\nResources:\n{}",
        items.join(","),
        (0..200).map(proxy).collect::<String>()
    )
}

fn cloudformation() -> Vec<(&'static str, Vec<String>, &'static str)> {
    let conditions: String = (1..64)
        .map(|at| {
            format!(
                "  C{at}: !And [{{Condition: C{0}}}, {{Condition: C{0}}}]\n",
                at - 1
            )
        })
        .collect();
    let parameters: String =
        (1..64).map(|at| format!("  O{at}: {{Value: !Sub '${{O{0}}}${{O{0}}}', Export: {{Name: !ImportValue o{0}}}}}\n", at - 1)).collect();
    vec![
        ("aliases of aliases", vec![aliases(&template("x")[0])], "alias"),
        ("aliases in a name", vec![format!("{}{STACK_HEAD}*a29\n", aliases(""))], "alias"),
        ("merged aliases", vec![format!("x: &x {{{}}}\ny: {{<<: [{}]}}\n{STACK_HEAD}x\n", "a: 1", vec!["*x"; 50_000].join(", "))], ""),
        ("an alias of itself", vec![format!("a: &a [*a]\n{STACK_HEAD}x\n")], "alias"),
        ("JSON that nests", vec![format!("{{\"Resources\": {}}}", nested("{\"a\":", "\"AWS::\"", "}"))], "recursion limit"),
        ("JSON without an end", vec![format!("{{\"Resources\": {}", "[".repeat(100_000))], "EOF while parsing"),
        ("lists that nest", template(&nested("[", "", "]")), "recursion limit"),
        ("blocks that nest", vec![format!("{STACK_HEAD}\n{}x\n", "- ".repeat(20_000))], "not valid YAML"),
        ("functions that nest", template(&nested("!Sub [x, {x: ", "1", "}]")), "recursion limit"),
        ("joins that multiply", template(&(0..9).fold("'0123456789'".to_owned(), |inner, _| format!("!Join [{inner}, [{inner}, {inner}]]"))), ""),
        ("conditions that double", vec![format!("Conditions:\n  C0: !Equals [a, a]\n{conditions}{STACK_HEAD}!If [C63, a, b]\n")], ""),
        ("exports that double", vec![format!("Outputs:\n  O0: {{Value: x}}\n{parameters}{STACK_HEAD}!ImportValue o62\n")], ""),
        ("a stack in itself", stacks(0, 0).into_iter().map(|text| text + "  C:\n    Type: AWS::CloudFormation::Stack\n    Properties: {TemplateURL: 0.yaml}\n").collect(), "leads back"),
        ("stacks that double", stacks(40, 2), "nested stacks"),
        ("variables in the names of variables", vec![service(&nested("${self:", "custom.a", "}"), "")], ""),
        ("texts of a service that grow", vec![service("${self:custom.l19}", &grown())], "is filled in by the Serverless Framework"),
        ("copies of what is large", vec![service(&format!("{{{}}}", (0..3_000).map(|at| format!("k{at}: '${{self:custom.big}}', ")).collect::<String>()), &large())], ""),
        ("a list that is passed many times", vec![lists()], ""),
        ("a long key", vec![format!("{}: 1\n{STACK_HEAD}x\n", "k".repeat(200_000))], ""),
        ("a number of many digits", template(&"9".repeat(100_000)), ""),
        ("a long reference", template(&format!("!Sub '{}'", "${A}".repeat(50_000))), ""),
    ]
}

/// The output, and the time that it took.
fn measured<T: Send>(work: impl FnOnce() -> T + Send) -> (T, Duration) {
    std::thread::scope(|scope| {
        let timed = move || clock::measured(work);
        let thread = std::thread::Builder::new().stack_size(STACK);
        thread.spawn_scoped(scope, timed).unwrap().join().unwrap()
    })
}

fn check(name: &str, (said, took): (String, Duration), part: &str) -> Option<String> {
    eprintln!("{took:>10.1?}  {name}");
    // The messages about the name and about the file, which contains the bomb.
    let what: Vec<&str> = said
        .lines()
        .filter(|line| line.contains("the name of the proxy") || line.starts_with("  - "))
        .collect();
    let what = what.join("\n");
    let what: String = what.chars().take(600).collect();
    if took > patience() {
        return Some(format!("{name} takes {took:?}\n{what}"));
    }
    (!said.contains(part)).then(|| format!("{name}: `{part}` is not in\n{what}"))
}

#[test]
fn small_files_do_not_stand_for_endless_work() {
    eprintln!("{:>10.1?}  is what any may take", patience());
    let mut wrong = Vec::new();
    for (name, files, part) in scale::some(terraform()) {
        wrong.extend(check(
            name,
            measured(|| pipeline::said_of_modules(&files)),
            part,
        ));
    }
    for (name, templates, part) in scale::some(cloudformation()) {
        wrong.extend(check(
            name,
            measured(|| pipeline::said_of_templates(&templates)),
            part,
        ));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
