//! Answers given in advance: files, `--set`, the skeleton, and hostile text in all of them.

use rdsproxy_gen::domain::spec::Spec;
use rdsproxy_gen::interview::{
    AnswerKey, AnswerShape, Answers, InterviewError, Mode, QUESTIONS, run,
};

use super::script::Script;
use super::{estate, given};

const WHOLE: &str = r#"# mine
schema = 1
[proxy]
name = "orders-proxy"   # keep
engine = "postgresql"
region = "eu-west-1"
account_id = "123456789012"
[network]
vpc_id = "vpc-0a1b2c3d4e5f60718"
subnet_ids = ["subnet-0aaaaaaaaaaaaaaa1", "subnet-0aaaaaaaaaaaaaaa2"]
[database]
kind = "instance"
identifier = "orders-db"
security_group_ids = ["sg-0dddddddddddddddd"]
tls = "enforced"
[[users]]
name = "orders_rw"
database = "orders"
[pool]
borrow_timeout = 12
[tags]
"cost.center/x" = "A 1"
"#;

#[test]
fn a_whole_file_is_kept_as_it_is() {
    let answers = Answers::from_toml(WHOLE, "mine.toml").unwrap();
    let mut nobody = Script::new(&[]);
    let answers = run(answers, None, &mut nobody, Mode::Ask).unwrap();
    assert!(nobody.asked.is_empty());
    assert_eq!(answers.to_toml(), WHOLE);
}

#[test]
fn a_file_with_one_more_answer_is_the_same_spec_with_that_answer() {
    let mut answers = Answers::from_toml(WHOLE, "mine.toml").unwrap();
    answers.set("pool.borrow_timeout=13").unwrap();
    let text = answers.to_toml();
    let expected = WHOLE.replace("borrow_timeout = 12", "borrow_timeout = 13");
    assert_eq!(
        Spec::parse(&text, "a").unwrap(),
        Spec::parse(&expected, "b").unwrap(),
        "{text}"
    );
    let again = Answers::from_toml(&text, "a").unwrap();
    assert_eq!(again.to_toml(), text);
}

#[test]
fn part_of_a_file_is_completed() {
    let part = "schema = 1\n[proxy]\nname = \"mine\"\n[[users]]\nname = \"rw\"\n";
    let answers = Answers::from_toml(part, "part.toml").unwrap();
    let answers = run(
        answers,
        Some(&estate()),
        &mut Script::new(&[]),
        Mode::Defaults,
    )
    .unwrap();
    let spec = super::spec(&answers);
    assert_eq!((spec.proxy.name.as_str(), spec.users.len()), ("mine", 1));
    assert_eq!(spec.users[0].database.as_str(), "orders");
}

#[test]
fn problems_of_a_file_have_their_place() {
    let cases = [
        (
            "[proxy]\nnmae = \"x\"\n",
            "f.toml:2:1: unknown key `proxy.nmae` (did you mean `proxy.name`?)",
        ),
        ("[poxy]\n", "f.toml:1:2: unknown key `poxy`"),
        (
            "[proxy]\nname = 1\n",
            "f.toml:2:8: proxy.name: expected a text in quotes, found integer",
        ),
        (
            "[proxy]\nname = \"Orders\"\n",
            "f.toml:2:8: proxy.name: \"Orders\" is not",
        ),
        (
            "[[users]]\nname = \"a b\"\n",
            "f.toml:2:8: users.0.name: \"a b\" is not",
        ),
        (
            "users = 3\n",
            "f.toml:1:1: users are several tables (write [[users]] before each)",
        ),
        (
            "[users]\nname = \"a\"\n",
            "f.toml:1:2: users are several tables",
        ),
        (
            "[[users]]\ndatabase = \"a\"\n",
            "f.toml:1:1: [[users]] without name (add name = \"orders_app\")",
        ),
        ("schema = 2\n", "f.toml:1:10: the schema"),
        ("[proxy\n", "f.toml:1:"),
        (
            "[pool]\nborrow_timeout = 301\n",
            "f.toml:2:18: pool.borrow_timeout: 301 is outside 0 to 300",
        ),
        (
            "[tags]\n\"aws:x\" = \"y\"\n",
            "f.toml:2:11: tags.aws:x: \"aws:x\" is not",
        ),
    ];
    for (text, expected) in cases {
        let error = Answers::from_toml(text, "f.toml").unwrap_err().to_string();
        assert!(error.starts_with(expected), "{text}: {error}");
    }
}

#[test]
fn set_reads_values_by_their_question() {
    let cases = [
        (
            "proxy.account_id=012345678901",
            "proxy.account_id",
            "012345678901",
        ),
        ("proxy.name=\"orders\"", "proxy.name", "orders"),
        ("database.port=5433", "database.port", "5433"),
        (
            "network.subnet_ids=[\"subnet-01234567\",\"subnet-76543210\"]",
            "network.subnet_ids",
            "subnet-01234567,subnet-76543210",
        ),
        (
            "network.subnet_ids=subnet-01234567, subnet-76543210",
            "network.subnet_ids",
            "subnet-01234567,subnet-76543210",
        ),
        (
            "proxy.read_only_endpoint=yes",
            "proxy.read_only_endpoint",
            "true",
        ),
        ("tags.team.name=a=b", "tags.team.name", "a=b"),
        ("users=a,b", "users.1.name", "b"),
    ];
    for (assignment, key, value) in cases {
        let answers = given(&[assignment]);
        let found = answers.iter().find(|(other, _)| other.to_string() == key);
        assert_eq!(
            found.map(|(_, answer)| answer.value.to_string()).as_deref(),
            Some(value),
            "{assignment}"
        );
    }
}

#[test]
fn set_says_what_is_wrong_and_what_is_near() {
    let cases = [
        ("proxy.name", "has no value"),
        ("proxy.nam=x", "did you mean `proxy.name`?"),
        ("users.0.nme=x", "did you mean `users.0.name`?"),
        ("usres=x", "did you mean `users`?"),
        (
            "users.nobody.access=read-only",
            "no users are named yet: put --set users=NAME before it",
        ),
        ("users.99999999999999999999.name=x", "no such key"),
        ("users.5000.name=x", "no such key"),
        ("proxy.engine=postgres", "did you mean `postgresql`?"),
        ("database.port=http", "not a number"),
        ("database.port=70000", "outside 1 to 65535"),
        ("proxy.read_only_endpoint=perhaps", "neither"),
        ("proxy.account_id=1234", "12 digits"),
        ("monitoring.log_retention_days=2", "none of"),
        ("proxy.region=ap-east-2", "not available"),
        ("=x", "no such key"),
    ];
    for (assignment, reason) in cases {
        let error = Answers::default().set(assignment).unwrap_err().to_string();
        assert!(error.contains(reason), "{assignment}: {error}");
    }
    let mut answers = given(&["users=orders_app,report"]);
    let error = answers.set("users.ordrs_app.access=read-only").unwrap_err();
    let near = "did you mean `users.orders_app.access`?";
    assert!(error.to_string().contains(near), "{error}");
    let error = answers.set("proxy.region=eu-west1").unwrap_err();
    assert!(
        error.to_string().contains("did you mean `eu-west-1`?"),
        "{error}"
    );
}

#[test]
fn no_free_text_takes_what_could_break_out() {
    let hostile = [
        "a\"b",
        "a'b",
        "a\\b",
        "a\nb",
        "a${b}",
        "a%{b}",
        "a`b`",
        "a\u{0}b",
        "a\u{202e}b",
        "a;b--",
        "{{a}}",
        "<script>",
        "a|b",
    ];
    for question in QUESTIONS.iter().flat_map(|rows| rows.iter()) {
        let key = question.key.replace('*', "0");
        for text in hostile {
            let refused = Answers::default().set(&format!("{key}={text}"));
            assert!(refused.is_err(), "{key} takes {text:?}");
            if matches!(
                question.kind,
                AnswerShape::Text | AnswerShape::One | AnswerShape::Records
            ) {
                assert!((question.part)(text).is_err(), "{key} takes {text:?}");
            }
        }
    }
    for text in hostile {
        assert!(
            Answers::default().set(&format!("tags.{text}=x")).is_err(),
            "{text:?}"
        );
    }
}

/// The skeleton with the lines that `takes` selects uncommented.
fn opened(takes: fn(&str) -> bool) -> String {
    let open = |line: &str| match line.strip_prefix("# ").filter(|rest| takes(rest)) {
        Some(rest) => format!("{rest}\n"),
        None => format!("{line}\n"),
    };
    Answers::skeleton().lines().map(open).collect()
}

fn is_key(line: &str) -> bool {
    line.starts_with("[[")
        || line
            .split_once(" = ")
            .is_some_and(|(key, _)| !key.contains(' '))
}

/// The lines of a section of the skeleton, below its header.
fn section<'t>(text: &'t str, name: &str) -> Vec<&'t str> {
    let is_header = |line: &str| line.starts_with('[') || line.starts_with("# [[");
    let headers = [format!("[{name}]"), format!("# [[{name}]]")];
    let is_own = |line: &str| headers.iter().any(|header| line.starts_with(header));
    let mut lines = text.lines().skip_while(|line| !is_own(line));
    assert!(lines.next().is_some(), "no section {name}");
    lines.take_while(|line| !is_header(line)).collect()
}

#[test]
fn the_skeleton_answers_nothing_and_has_every_key() {
    let text = Answers::skeleton();
    let answers = Answers::from_toml(&text, "skeleton").unwrap();
    assert_eq!(answers.iter().count(), 0, "an example became an answer");
    for question in QUESTIONS
        .iter()
        .flat_map(|rows| rows.iter())
        .filter(|row| row.field() != "*")
    {
        let key = format!("# {} = ", question.field());
        let lines = section(&text, question.section());
        let count = lines.iter().filter(|line| line.starts_with(&key)).count();
        assert_eq!(count, 1, "{}", question.key);
    }
    let error = run(answers, None, &mut Script::new(&[]), Mode::NonInteractive).unwrap_err();
    let InterviewError::Missing(missing) = error else {
        panic!("{error}");
    };
    assert!(
        missing
            .iter()
            .any(|missing| missing.key == "network.vpc_id"),
        "{missing:?}"
    );
}

#[test]
fn the_skeleton_with_what_is_required_is_a_spec_and_with_everything_too() {
    let required = opened(|line| line.ends_with("# required"));
    let spec =
        Spec::parse(&required, "required").unwrap_or_else(|error| panic!("{error}\n{required}"));
    assert_eq!((spec.users.len(), spec.consumers.len()), (1, 0));
    let all = opened(is_key);
    let spec = Spec::parse(&all, "all").unwrap_or_else(|error| panic!("{error}\n{all}"));
    assert_eq!((spec.users.len(), spec.consumers.len()), (1, 1));
}

#[test]
fn every_key_of_the_spec_has_a_question() {
    let schema = rdsproxy_gen::domain::spec::json_schema();
    let definitions = schema["$defs"].as_object().unwrap();
    let mut missing = Vec::new();
    for (section, property) in schema["properties"].as_object().unwrap() {
        let reference = [&property["$ref"], &property["items"]["$ref"]];
        let Some(name) = reference.iter().find_map(|name| name.as_str()) else {
            continue;
        };
        let definition = &definitions[name.rsplit('/').next().unwrap()];
        for field in definition["properties"].as_object().unwrap().keys() {
            let known = QUESTIONS
                .iter()
                .flat_map(|rows| rows.iter())
                .any(|row| row.section() == section && row.field() == field);
            if !known {
                missing.push(format!("{section}.{field}"));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
    assert!(definitions.len() >= 8, "the schema was read");
}

#[test]
fn a_file_out_of_proportion_is_refused_in_time() {
    let deep = format!("tags = {}", "[".repeat(100_000));
    assert!(Answers::from_toml(&deep, "deep").is_err());
    let many = "[[users]]\nname = \"a\"\n".repeat(5_000);
    let error = Answers::from_toml(&many, "many").unwrap_err().to_string();
    assert!(
        error.starts_with("many:2001:1: more than 1000 users"),
        "{error}"
    );
    let names: Vec<String> = (0..1_000).map(|number| format!("user_{number}")).collect();
    let answers = given(&[&format!("users={}", names.join(","))]);
    let answers = run(
        answers,
        Some(&estate()),
        &mut Script::new(&[]),
        Mode::Defaults,
    )
    .unwrap();
    assert_eq!(answers.records("users").len(), 1_000);
}

#[test]
fn a_message_names_who_gave_an_answer() {
    let part = "[proxy]\nname = \"mine\"\n[[users]]\nname = \"app\"\n[[users]]\nname = \"report\"\naccess = \"read-only\"\n";
    let mut answers = Answers::from_toml(part, "part.toml").unwrap();
    // The order changes, and with it the index of each record.
    for assignment in ["users=report,app", "users.app.database=shop"] {
        answers.set(assignment).unwrap();
    }
    let cases = [
        ("proxy.name", "part.toml:2:8: proxy.name"),
        ("users.0.access", "part.toml:7:10: users.report.access"),
        ("users.1.database", "--set users.app.database"),
        ("users", "--set users"),
        ("proxy.auth", "proxy.auth"),
    ];
    for (key, expected) in cases {
        assert_eq!(answers.called(&AnswerKey::parse(key).unwrap()), expected);
    }
}
