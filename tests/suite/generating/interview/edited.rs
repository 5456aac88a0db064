//! Saving answers into an existing file: its text is edited, and removals are named.

use rdsproxy_gen::domain::spec::Spec;
use rdsproxy_gen::interview::{
    AnswerKey, AnswerShape, AnswerValue, Answers, Gone, Mode, QUESTIONS, run,
};

use super::script::{Act, Script};

const COMMENTED: &str = r#"# The proxy of the shop.   
schema = 1

[network]   # ours
subnet_ids = [
  "subnet-0aaaaaaaaaaaaaaa1", # zone a
  "subnet-0aaaaaaaaaaaaaaa2", # zone b
]
vpc_id   =   'vpc-0a1b2c3d4e5f60718'

[proxy]
name = "orders-proxy"   # keep
engine = "postgresql"
region = "eu-west-1"
account_id = "123456789012"

[database]
kind = "instance"
identifier = "orders-db"
security_group_ids = ["sg-0dddddddddddddddd"]
tls = "enforced"

# Writes.
[[users]]
name = "a"
database = "orders" # the big one
# read-only soon
access = "read-only"

# Reports.
[[users]]
name = "b"
database = "orders"
schema = "reports"

# Old.
[[users]]
database = "archive" # to be closed
name = "c"

[[consumers]]
function = "api" # the API
role = "api-role"
security_group_ids = ["sg-0ffffffffffffffff"]
users = ["a", "b"]

[[consumers]]
function = "batch"
role = "batch-role"
security_group_ids = ["sg-0ffffffffffffffff"]
users = ["c"]

[tags]
"cost.center/x" = "A @1" # a tag
# The end.
"#;

/// The new values, and the replacements in the text.
type Edit = (
    &'static [&'static str],
    &'static [(&'static str, &'static str)],
);

/// Edits of the commented file; nothing else may change.
const EDITS: &[Edit] = &[
    (
        &["proxy.name=other"],
        &[("name = \"orders-proxy\"", "name = \"other\"")],
    ),
    (&["proxy.name=orders-proxy"], &[]),
    (
        &["network.vpc_id=vpc-0a1b2c3d4e5f60719"],
        &[("'vpc-0a1b2c3d4e5f60718'", "\"vpc-0a1b2c3d4e5f60719\"")],
    ),
    (
        &["network.subnet_ids=subnet-0aaaaaaaaaaaaaaa1,subnet-0aaaaaaaaaaaaaaa3"],
        &[(
            "\"subnet-0aaaaaaaaaaaaaaa2\", # zone b\n",
            "\"subnet-0aaaaaaaaaaaaaaa3\",\n",
        )],
    ),
    (
        &["users.b.access=read-only"],
        &[(
            "schema = \"reports\"\n",
            "schema = \"reports\"\naccess = \"read-only\"\n",
        )],
    ),
    (
        &["users.1.name=b2", "consumers.api.users=a,b2"],
        &[
            ("name = \"b\"", "name = \"b2\""),
            ("[\"a\", \"b\"]", "[\"a\", \"b2\"]"),
        ],
    ),
    (
        &["users=c,a", "consumers.api.users=a"],
        &[
            (
                "# Reports.\n[[users]]\nname = \"b\"\ndatabase = \"orders\"\nschema = \"reports\"\n\n",
                "",
            ),
            ("users = [\"a\", \"b\"]", "users = [\"a\"]"),
        ],
    ),
    (
        &["consumers=batch"],
        &[(
            "[[consumers]]\nfunction = \"api\" # the API\nrole = \"api-role\"\nsecurity_group_ids = [\"sg-0ffffffffffffffff\"]\nusers = [\"a\", \"b\"]\n\n",
            "",
        )],
    ),
    (
        &["consumers.api.users=a"],
        &[("users = [\"a\", \"b\"]", "users = [\"a\"]")],
    ),
    (&["tags.cost.center/x=B"], &[("\"A @1\"", "\"B\"")]),
    (
        &["tags.team=x"],
        &[("# a tag\n", "# a tag\nteam = \"x\"\n")],
    ),
];

#[test]
fn an_answer_beside_a_file_changes_its_key_and_nothing_else() {
    for (assignments, replaced) in EDITS {
        for (start, line_end) in [("", "\n"), ("", "\r\n"), ("\u{feff}", "\n")] {
            let before = start.to_owned() + &COMMENTED.replace('\n', line_end);
            let mut answers = Answers::from_toml(&before, "mine.toml").unwrap();
            for assignment in *assignments {
                answers.set(assignment).unwrap();
            }
            let text = run(answers, None, &mut Script::new(&[]), Mode::Ask)
                .unwrap()
                .to_toml();
            let expected = replaced
                .iter()
                .fold(COMMENTED.to_owned(), |text, (from, to)| {
                    assert!(text.contains(from), "{from}");
                    text.replacen(from, to, 1)
                });
            assert_eq!(
                text,
                start.to_owned() + &expected.replace('\n', line_end),
                "{assignments:?}"
            );
        }
    }
}

#[test]
fn a_new_record_stands_behind_the_others_and_a_new_table_at_the_end() {
    let mut answers = Answers::from_toml(COMMENTED, "mine.toml").unwrap();
    for assignment in [
        "users=a,b,c,d",
        "users.d.database=orders",
        "pool.borrow_timeout=7",
    ] {
        answers.set(assignment).unwrap();
    }
    let text = answers.to_toml();
    let added = "\n[[users]]\nname = \"d\"\ndatabase = \"orders\"\n";
    assert_eq!(text.matches(added).count(), 1, "{text}");
    let (kept, pool) = text.split_once("\n# The connection pool.").unwrap();
    assert_eq!(
        kept.replacen(added, "", 1) + "# The end.\n",
        COMMENTED,
        "{text}"
    );
    assert!(
        pool.contains("[pool]\n") && pool.contains("borrow_timeout = 7\n"),
        "{text}"
    );
}

/// The same content in rarer notation: dotted keys, inline tables.
const INLINE: &str = r#"schema = 1
proxy.name = "orders-proxy" # dotted
proxy.engine = "postgresql"
proxy.region = "eu-west-1"
proxy.account_id = "123456789012"
network = { vpc_id = "vpc-0a1b2c3d4e5f60718", subnet_ids = ["subnet-0aaaaaaaaaaaaaaa1", "subnet-0aaaaaaaaaaaaaaa2"] }
users = [
  { name = "a", database = "x" }, # A
  { name = "b", database = "x" }, # B
]

[database]
kind = "instance"
identifier = "orders-db"
security_group_ids = ["sg-0dddddddddddddddd"]
tls = "enforced"
"#;

#[test]
fn dotted_keys_and_inline_tables_are_edited_too() {
    let mut answers = Answers::from_toml(INLINE, "inline.toml").unwrap();
    for assignment in [
        "users=b,c",
        "users.c.database=x",
        "proxy.name=other",
        "proxy.auth=secrets",
        "network.vpc_id=vpc-0a1b2c3d4e5f60719",
    ] {
        answers.set(assignment).unwrap();
    }
    let expected = INLINE
        .replace("\n  { name = \"a\", database = \"x\" }, # A\n", "\n")
        .replace(
            "}, # B\n",
            "}, # B\n  { name = \"c\", database = \"x\" },\n",
        )
        .replace("\"orders-proxy\"", "\"other\"")
        .replace("5f60718", "5f60719")
        .replace(
            "account_id = \"123456789012\"\n",
            "account_id = \"123456789012\"\nproxy.auth = \"secrets\"\n",
        );
    assert_eq!(answers.to_toml(), expected);
}

#[test]
fn what_goes_from_a_file_is_named() {
    let gone = |assignments: &[&str]| {
        let mut answers = Answers::from_toml(COMMENTED, "mine.toml").unwrap();
        for assignment in assignments {
            answers.set(assignment).unwrap();
        }
        Gone::between(COMMENTED, &answers.to_toml())
    };
    assert_eq!(gone(&["proxy.name=other"]), Gone::default());
    let users = gone(&["users=a"]);
    assert_eq!(
        users.records,
        [("users", vec!["b".to_owned(), "c".to_owned()])]
    );
    assert_eq!(users.comments, ["# Reports.", "# Old.", "# to be closed"]);
    assert!(users.keys.is_empty(), "{:?}", users.keys);
    let consumers = gone(&["consumers="]);
    assert_eq!(
        consumers.records,
        [("consumers", vec!["api".to_owned(), "batch".to_owned()])]
    );
    assert_eq!(consumers.comments, ["# the API"]);
    let other = COMMENTED
        .replace("access = \"read-only\"\n", "")
        .replace("\"cost.center/x\"", "team");
    let keys = Gone::between(COMMENTED, &other).keys;
    assert_eq!(
        keys,
        [
            "tags.cost.center/x = \"A @1\"",
            "users.a.access = \"read-only\""
        ]
    );
}

#[test]
fn a_record_that_stays_keeps_its_details_whatever_its_place() {
    let mut answers = Answers::from_toml(COMMENTED, "mine.toml").unwrap();
    answers.set("users=c,b,a").unwrap();
    let old = Spec::parse(COMMENTED, "old").unwrap();
    assert_eq!(super::spec(&answers).users, old.users);
}

#[test]
fn a_list_that_is_opened_again_asks_about_what_is_new_only() {
    let answers = Answers::from_toml(COMMENTED, "mine.toml").unwrap();
    let answers = answers.reopened(&AnswerKey::list("users"));
    let mut person = Script::new(&[
        ("users", Act::Say(AnswerValue::list(["a", "b", "d"]))),
        ("consumers.1.users", Act::Say(AnswerValue::list(["d"]))),
    ]);
    let answers = run(answers, None, &mut person, Mode::Ask).unwrap();
    let spec = super::spec(&answers);
    let old = Spec::parse(COMMENTED, "old").unwrap();
    assert_eq!(spec.users[..2], old.users[..2]);
    let asked = person.keys();
    let again = |key: &String| key.starts_with("users.0.") || key.starts_with("users.1.");
    assert!(!asked.iter().any(again), "{asked:?}");
    assert!(asked.contains(&"users.2.database".to_owned()), "{asked:?}");
}

#[test]
fn a_whole_file_is_not_asked_about_what_it_leaves_out_when_one_answer_changes() {
    let answers = Answers::from_toml(COMMENTED, "mine.toml").unwrap();
    let answers = answers.reopened(&AnswerKey::plain("database", "port"));
    let mut nobody = Script::new(&[]);
    run(answers, None, &mut nobody, Mode::Ask).unwrap();
    assert_eq!(nobody.keys(), ["database.port"]);
    let mut answers = Answers::from_toml(COMMENTED, "mine.toml").unwrap();
    answers.set("proxy.auth=end-to-end-iam").unwrap();
    let error = run(answers, None, &mut nobody, Mode::NonInteractive)
        .unwrap_err()
        .to_string();
    assert!(error.contains("--set database.resource_id="), "{error}");
}

#[test]
fn every_key_of_every_example_is_changed_in_its_place() {
    let mut tried = 0;
    for (name, before) in examples() {
        let given = Answers::from_toml(&before, &name).unwrap();
        for question in QUESTIONS.iter().flat_map(|rows| rows.iter()) {
            let has_record =
                !question.is_of_record() || !given.records(question.section()).is_empty();
            if question.kind == AnswerShape::Records || question.field() == "*" || !has_record {
                continue;
            }
            let key = question.key.replace('*', "0");
            let example = question.example.replace(['"', '[', ']', ' '], "");
            let assignment = format!("{key}={example}");
            let mut answers = given.clone();
            answers.set(&assignment).unwrap();
            let text = answers.to_toml();
            let after: Vec<&str> = text.lines().collect();
            let lost: Vec<&str> = before
                .lines()
                .filter(|line| !after.contains(line))
                .collect();
            let is_own = |line: &&str| {
                line.starts_with(question.field()) || line.trim_start().starts_with('"')
            };
            assert!(
                lost.iter().all(is_own),
                "{name}: {assignment} takes {lost:?}"
            );
            let again = Answers::from_toml(&text, &name).unwrap();
            let key = AnswerKey::parse(&key).unwrap();
            assert_eq!(again.get(&key), answers.get(&key), "{name}: {assignment}");
            tried += 1;
        }
    }
    assert!(tried > 200, "{tried}");
}

/// The specs of the examples, by name.
fn examples() -> Vec<(String, String)> {
    let folders = std::fs::read_dir("generated-examples").unwrap().flatten();
    folders
        .filter_map(|folder| {
            let text = std::fs::read_to_string(folder.path().join("rdsproxy.toml")).ok()?;
            Some((folder.file_name().to_string_lossy().into_owned(), text))
        })
        .collect()
}

#[test]
fn a_part_of_a_spec_is_completed_in_its_own_text() {
    let cases = [
        (
            "# The whole.\n\n# The proxy.\n[proxy]\nname = \"a\" # mine\n",
            "# The whole.\nschema = 1\n\n# The proxy.\n[proxy]\nname = \"b\" # mine\n",
        ),
        (
            "# The proxy.\n[proxy]\nname = \"a\"\n",
            "schema = 1\n\n# The proxy.\n[proxy]\nname = \"b\"\n",
        ),
        ("proxy.name = \"a\"\n", "proxy.name = \"b\"\nschema = 1\n"),
    ];
    for (before, after) in cases {
        let mut answers = Answers::from_toml(before, "part.toml").unwrap();
        answers.set("proxy.name=b").unwrap();
        assert_eq!(answers.to_toml(), after);
    }
}
