//! Changing an answer: dependent questions are asked again, and no value silently moves to another record.

use rdsproxy_gen::interview::{
    AnswerKey, AnswerValue, Answers, Mode, RegionHint, Reply, Surroundings, questions_left, run,
    run_in,
};

use super::script::{Act, Script};
use super::{estate, given};

/// Three users that differ in every field, and two functions.
const THREE: &[&str] = &[
    "users=app,report,admin_tool",
    "users.app.access=read-write",
    "users.report.access=read-only",
    "users.report.database=reports",
    "users.report.schema=sales",
    "users.admin_tool.access=read-write",
    "users.admin_tool.database=admin",
    "consumers=orders-api",
    "consumers.orders-api.users=report",
];

fn key(written: &str) -> AnswerKey {
    AnswerKey::parse(written).unwrap()
}

fn first() -> Answers {
    let mut nobody = Script::new(&[]);
    run(given(THREE), Some(&estate()), &mut nobody, Mode::Ask).unwrap()
}

/// The answers after one question was reopened and answered with a new value, and the questions that were asked.
fn changed(answers: Answers, what: &str, to: AnswerValue) -> (Answers, Script) {
    let mut script = Script::new(&[(what, Act::Say(to))]);
    let answers = answers.reopened(&key(what));
    let answers = run(answers, Some(&estate()), &mut script, Mode::Ask).unwrap();
    (answers, script)
}

fn of_user(answers: &Answers, user: &str) -> Vec<String> {
    let name = AnswerValue::text(user);
    let record = answers
        .iter()
        .find(|(key, answer)| key.pattern() == "users.*.name" && answer.value == name)
        .and_then(|(key, _)| key.record)
        .unwrap();
    answers
        .iter()
        .filter(|(key, _)| key.section == "users" && key.record == Some(record))
        .map(|(key, answer)| format!("{}={}", key.field, answer.value))
        .collect()
}

#[test]
fn what_is_known_of_a_user_goes_with_the_name() {
    for names in [
        &["app", "admin_tool"][..],
        &["admin_tool", "report", "app"],
        &["app", "analyst", "admin_tool"],
        &["new_one", "app", "report", "admin_tool"],
    ] {
        let before = first();
        let (after, script) = changed(before.clone(), "users", AnswerValue::list(names.to_vec()));
        for name in names {
            if ["app", "report", "admin_tool"].contains(name) {
                assert_eq!(of_user(&after, name), of_user(&before, name), "{names:?}")
            } else {
                assert_eq!(
                    of_user(&after, name),
                    [
                        "access=read-write",
                        "database=orders",
                        &format!("name={name}"),
                        "secret=create"
                    ],
                    "a new name begins with the defaults"
                )
            }
        }
        let new = names
            .iter()
            .filter(|name| name.starts_with('n') || name.starts_with("an"));
        let about_users = script
            .keys()
            .into_iter()
            .filter(|asked| asked.starts_with("users."))
            .count();
        assert_eq!(
            about_users,
            3 * new.count(),
            "only of new ones: {:?}",
            script.keys()
        );
    }
}

#[test]
fn a_function_whose_user_is_gone_is_asked_about() {
    for left in [&["app"][..], &["app", "admin_tool"]] {
        let (_, script) = changed(first(), "users", AnswerValue::list(left.to_vec()));
        let prompt = script.prompt("consumers.0.users");
        assert!(
            prompt.help.contains("It was report before"),
            "{}",
            prompt.help
        );
    }
    let (_, script) = changed(first(), "users", AnswerValue::list(["report"]));
    assert!(
        !script.keys().contains(&"consumers.0.users".to_owned()),
        "it connects as the one that is left already"
    );
}

#[test]
fn what_hangs_on_an_answer_is_asked_again() {
    let cases: &[(&str, AnswerValue, &[&str])] = &[
        (
            "database.identifier",
            AnswerValue::text("legacy-db"),
            &["proxy.name", "network.subnet_ids", "users", "consumers"],
        ),
        (
            "proxy.auth",
            AnswerValue::text("secrets"),
            &["users.0.secret", "users.2.secret"],
        ),
        ("users.1.secret", AnswerValue::text("create"), &[]),
        ("proxy.name", AnswerValue::text("shop"), &[]),
    ];
    for (what, to, expected) in cases {
        let (_, script) = changed(first(), what, to.clone());
        for other in *expected {
            assert!(
                script.keys().contains(&(*other).to_owned()),
                "{what}: {:?}",
                script.keys()
            );
        }
        if expected.is_empty() {
            assert_eq!(script.keys(), [*what], "nothing else hangs on it");
        }
    }
}

#[test]
fn an_answer_that_no_longer_fits_is_asked_again() {
    let long = "a".repeat(40);
    let users = ("users", Act::Say(AnswerValue::list([long.as_str(), "app"])));
    let (answers, _) = without_account(Answers::default(), &[users]);
    let answers = answers.reopened(&key("proxy.engine"));
    let acts = [
        ("proxy.engine", Act::Say(AnswerValue::text("mysql"))),
        ("users", Act::Say(AnswerValue::list(["app"]))),
    ];
    let (answers, script) = without_account(answers, &acts);
    let help = &script.prompt("users").help;
    assert!(
        help.contains(&format!("It was {long}, app before")),
        "{help}"
    );
    assert_eq!(answers.records("users").len(), 1);
}

#[test]
fn what_was_given_and_had_to_go_is_asked_for() {
    let (answers, script) = changed(first(), "database.identifier", AnswerValue::text("pay-db"));
    let asked = script.prompt("users.1.schema");
    assert_eq!(
        asked.default,
        Some(AnswerValue::text("sales")),
        "suggested, not kept"
    );
    assert!(of_user(&answers, "report").contains(&"schema=sales".to_owned()));
}

#[test]
fn names_that_nobody_chose_follow_the_database() {
    let mut script = Script::new(&[]);
    let answers = run(Answers::default(), Some(&estate()), &mut script, Mode::Ask).unwrap();
    let (_, script) = changed(
        answers,
        "database.identifier",
        AnswerValue::text("legacy-db"),
    );
    assert_eq!(
        script.prompt("users").default,
        Some(AnswerValue::list(["legacy_app"]))
    );
}

#[test]
fn a_name_that_came_from_another_answer_follows_it_and_a_chosen_one_stays() {
    for (name, suggested) in [("orders-proxy", "legacy-proxy-2"), ("shop", "shop")] {
        let mut script = Script::new(&[("proxy.name", Act::Say(AnswerValue::text(name)))]);
        let answers = run(Answers::default(), Some(&estate()), &mut script, Mode::Ask).unwrap();
        let (_, script) = changed(
            answers,
            "database.identifier",
            AnswerValue::text("legacy-db"),
        );
        let default = script.prompt("proxy.name").default.clone();
        assert_eq!(default, Some(AnswerValue::text(suggested)), "{name}");
    }
}

/// A typed answer without an account; the table row of the question checks it.
fn typed(prompt: &rdsproxy_gen::interview::Prompt) -> Reply {
    let text = match prompt.key.to_string().as_str() {
        "database.identifier" => "orders-db",
        "proxy.engine" => "postgresql",
        "users.0.secret" => "arn:aws:secretsmanager:eu-west-1:123456789012:secret:a-AbCdEf",
        _ if prompt.optional => "",
        _ => &prompt.example,
    };
    prompt.reading(text).unwrap()
}

fn without_account(answers: Answers, acts: &[(&str, Act)]) -> (Answers, Script) {
    let mut script = Script::new(acts);
    script.fallback = typed;
    let answers = run(answers, None, &mut script, Mode::Ask).unwrap();
    (answers, script)
}

#[test]
fn without_an_account_too() {
    let secret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:a-AbCdEf";
    let say = ("users.0.secret", Act::Say(AnswerValue::text(secret)));
    let (answers, _) = without_account(Answers::default(), &[say]);
    let cases: &[(&str, AnswerValue, &[&str])] = &[
        (
            "proxy.engine",
            AnswerValue::text("mysql"),
            &[
                "database.kind",
                "database.engine_version",
                "database.port",
                "database.tls",
                "proxy.auth",
            ],
        ),
        (
            "network.vpc_id",
            AnswerValue::text("vpc-0123456789abcdef9"),
            &[
                "network.subnet_ids",
                "database.security_group_ids",
                "consumers",
            ],
        ),
        (
            "proxy.region",
            AnswerValue::text("us-east-1"),
            &[
                "network.vpc_id",
                "network.subnet_ids",
                "database.security_group_ids",
                "users.0.secret",
            ],
        ),
    ];
    for (what, to, expected) in cases {
        let answers = answers.clone().reopened(&key(what));
        let (_, script) = without_account(answers, &[(what, Act::Say(to.clone()))]);
        for other in *expected {
            assert!(
                script.keys().contains(&(*other).to_owned()),
                "{what}: {other}: {:?}",
                script.keys()
            );
        }
    }
    let answers = answers.reopened(&key("proxy.region"));
    let act = ("proxy.region", Act::Say(AnswerValue::text("us-east-1")));
    let (_, script) = without_account(answers, &[act]);
    let prompt = script.prompt("users.0.secret");
    assert_eq!(
        prompt.default,
        Some(AnswerValue::text("create")),
        "the secret of another region is not suggested"
    );
    assert!(
        prompt.help.contains(&format!("It was {secret} before")),
        "{}",
        prompt.help
    );
}

#[test]
fn the_number_of_questions_holds_for_whoever_takes_what_is_suggested() {
    let estate = estate();
    for assignments in [
        &[][..],
        &["database.identifier=pay-db"],
        &["users=a,b,c"],
        &["proxy.name=shop", "users=a", "output.targets=terraform"],
    ] {
        let around = Surroundings {
            account: Some(&estate),
            ..Surroundings::default()
        };
        let answers = given(assignments);
        let left = questions_left(around, &answers);
        let mut script = Script::new(&[]);
        run_in(around, answers, &mut script, Mode::Ask).unwrap();
        assert_eq!(left, script.asked.len(), "{assignments:?}");
    }
    let left = questions_left(Surroundings::default(), &Answers::default());
    let (_, script) = without_account(
        Answers::default(),
        &[("proxy.engine", Act::Say(AnswerValue::text("mysql")))],
    );
    assert_eq!(left, script.asked.len());
}

#[test]
fn the_region_of_the_environment_is_suggested_and_told() {
    let cases = [("eu-west-1", Some("eu-west-1")), ("nowhere", None)];
    for (code, expected) in cases {
        let hint = RegionHint {
            code: code.to_owned(),
            from: "AWS_REGION".to_owned(),
        };
        let around = Surroundings {
            region: Some(&hint),
            ..Surroundings::default()
        };
        let mut script = Script::new(&[("proxy.region", Act::Leave)]);
        script.fallback = typed;
        assert!(run_in(around, Answers::default(), &mut script, Mode::Ask).is_err());
        let prompt = script.prompt("proxy.region");
        assert_eq!(prompt.default, expected.map(AnswerValue::text));
        assert!(
            prompt
                .help
                .contains(&format!("{code} is the region in AWS_REGION")),
            "{}",
            prompt.help
        );
    }
}

#[test]
fn the_words_fit_the_engine() {
    let cases = [
        (
            "postgresql",
            "users.0.database",
            "Which database inside the server",
        ),
        ("mysql", "users.0.database", "Which database (schema)"),
        ("mariadb", "users", "at most 32 characters"),
        ("sqlserver", "users", "As which logins"),
        (
            "aurora-mysql",
            "database.engine_version",
            "8.0.mysql_aurora",
        ),
        ("mysql", "database.tls", "require_secure_transport"),
        ("postgresql", "database.tls", "rds.force_ssl"),
    ];
    for (engine, asked, expected) in cases {
        let act = ("proxy.engine", Act::Say(AnswerValue::text(engine)));
        let (_, script) = without_account(Answers::default(), &[act]);
        let prompt = script.prompt(asked);
        let said = format!(
            "{} {} {} {:?}",
            prompt.message, prompt.help, prompt.example, prompt.field
        );
        assert!(said.contains(expected), "{engine} {asked}: {said}");
    }
}
