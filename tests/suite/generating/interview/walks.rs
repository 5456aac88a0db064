//! Paths through the questions: what is asked, offered and refused; going back and cancelling at every question.

use rdsproxy_gen::domain::posture::DatabaseKind;
use rdsproxy_gen::domain::spec::{AuthMode, DatabaseTls, SecretSpec};
use rdsproxy_gen::interview::{
    AnswerSource, AnswerValue, Answers, AskError, InterviewError, Mode, Reply, Review, review, run,
};

use super::script::{Act, Script, offered};
use super::{estate, given, spec};

fn play(script: &mut Script, answers: Answers) -> Result<Answers, InterviewError> {
    run(answers, Some(&estate()), script, Mode::Ask)
}

#[test]
fn enter_alone_makes_a_whole_spec() {
    let mut script = Script::new(&[]);
    let spec = spec(&play(&mut script, Answers::default()).unwrap());
    assert_eq!(spec.database.identifier.as_str(), "orders-db");
    assert_eq!(spec.database.tls, DatabaseTls::Enforced);
    assert_eq!(spec.proxy.name.as_str(), "orders-proxy");
    let subnets: Vec<&str> = spec
        .network
        .subnet_ids
        .iter()
        .map(|id| id.as_str())
        .collect();
    assert_eq!(
        subnets,
        [
            "subnet-00000000000000001",
            "subnet-00000000000000002",
            "subnet-00000000000000005"
        ],
        "one in each zone, private where one is usable, none in an unsupported zone"
    );
    assert_eq!(
        spec.consumers.len(),
        1,
        "the one that reaches the database today"
    );
    assert_eq!(spec.consumers[0].role.as_str(), "orders-api-role");
    assert_eq!(
        script.keys(),
        [
            "database.identifier",
            "proxy.name",
            "proxy.auth",
            "network.subnet_ids",
            "users",
            "users.0.database",
            "users.0.access",
            "users.0.secret",
            "consumers",
            "encryption.kms_key",
            "monitoring.topic_arn",
            "output.targets"
        ],
        "what follows from the account is not asked"
    );
}

#[test]
fn every_database_that_is_offered_leads_to_a_spec() {
    let mut first = Script::new(&[("database.identifier", Act::Leave)]);
    assert!(play(&mut first, Answers::default()).is_err());
    let prompt = first.prompt("database.identifier");
    assert_eq!(
        offered(prompt),
        ["analytics", "legacy-db", "orders-db", "pay-db"]
    );
    for database in offered(prompt) {
        let mut script =
            Script::new(&[("database.identifier", Act::Say(AnswerValue::text(database)))]);
        let spec = spec(&play(&mut script, Answers::default()).unwrap());
        assert_eq!(spec.database.identifier.as_str(), database);
        let is_cluster = spec.database.kind == DatabaseKind::Cluster;
        assert_eq!(is_cluster, database == "analytics");
        let forced = spec.database.tls == DatabaseTls::Enforced;
        assert_eq!(forced, database == "orders-db", "{database}");
    }
}

#[test]
fn what_a_proxy_cannot_use_is_shown_with_the_reason() {
    let mut script = Script::new(&[]);
    play(&mut script, Answers::default()).unwrap();
    let cases = [
        (
            "database.identifier",
            "orders-replica",
            "read replica of orders-db",
        ),
        ("database.identifier", "new-db", "still being created"),
        ("database.identifier", "old", "Serverless v1"),
        (
            "database.identifier",
            "ledger-db",
            "does not serve oracle-ee",
        ),
        ("database.identifier", "dedicated-db", "dedicated tenancy"),
        ("database.identifier", "enforced-db", "enforce mode"),
        (
            "proxy.auth",
            "end-to-end-iam",
            "IAM database authentication is off on orders-db",
        ),
        ("network.subnet_ids", "subnet-00000000000000006", "use1-az3"),
        (
            "network.subnet_ids",
            "subnet-00000000000000003",
            "3 free addresses",
        ),
        ("consumers", "reports-fn", "outside any VPC"),
        ("consumers", "elsewhere-fn", "runs in vpc-0000000000000000b"),
        ("users.0.secret", "rds!db-1", "master user"),
        ("users.0.secret", "legacy", "used by the proxy legacy-proxy"),
        ("encryption.kms_key", "alias/old", "PendingDeletion"),
    ];
    for (key, name, reason) in cases {
        let prompt = script.prompt(key);
        assert!(!offered(prompt).contains(&name), "{key} offers {name}");
        let found = prompt.not_offered.iter().find(|other| other.name == name);
        let said = &found
            .unwrap_or_else(|| panic!("{key} is silent on {name}"))
            .reason;
        assert!(said.contains(reason), "{key} {name}: {said}");
    }
}

#[test]
fn end_to_end_iam_leaves_no_secret_to_ask_for() {
    let mut script = Script::new(&[
        (
            "database.identifier",
            Act::Say(AnswerValue::text("legacy-db")),
        ),
        ("proxy.auth", Act::Say(AnswerValue::text("end-to-end-iam"))),
    ]);
    let spec = spec(&play(&mut script, Answers::default()).unwrap());
    assert_eq!(spec.proxy.auth, AuthMode::EndToEndIam);
    assert!(!script.keys().contains(&"users.0.secret".to_owned()));
    assert!(!script.keys().contains(&"encryption.kms_key".to_owned()));
    assert!(spec.database.resource_id.is_some());
}

#[test]
fn an_existing_secret_brings_its_key() {
    let arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:app/orders-AbCdEf";
    let mut script = Script::new(&[("users.0.secret", Act::Say(AnswerValue::text(arn)))]);
    let spec = spec(&play(&mut script, Answers::default()).unwrap());
    let user = &spec.users[0];
    assert!(matches!(&user.secret, SecretSpec::Existing(secret) if secret.as_str() == arn));
    assert!(
        user.secret_kms_key
            .as_ref()
            .unwrap()
            .as_str()
            .ends_with("000000000001")
    );
    assert!(!script.keys().contains(&"encryption.kms_key".to_owned()));
}

#[test]
fn wrong_replies_are_asked_again_with_the_reason() {
    let text = AnswerValue::text;
    let list = |items: &[&str]| AnswerValue::list(items.iter().copied());
    let cases = [
        (
            "database.identifier",
            text("orders-replica"),
            "read replica",
        ),
        ("proxy.name", text("legacy-proxy"), "already"),
        ("proxy.name", text("Orders"), "lower-case"),
        (
            "network.subnet_ids",
            list(&["subnet-00000000000000001"]),
            "at least 2 subnets",
        ),
        (
            "network.subnet_ids",
            list(&["subnet-00000000000000001", "subnet-00000000000000004"]),
            "all are in us-east-1a",
        ),
        ("network.subnet_ids", list(&[]), "at least"),
        ("users", list(&["admin1"]), "master user"),
        ("users", list(&["rdsproxyadmin"]), "reserved"),
        ("users", list(&["app", "app"]), "named twice"),
        ("consumers", list(&["reports-fn"]), "outside any VPC"),
        (
            "users.0.secret",
            text("arn:aws:secretsmanager:us-east-1:123456789012:secret:legacy-AbCdEf"),
            "used by the proxy legacy-proxy",
        ),
        (
            "users.0.secret",
            text("arn:aws:secretsmanager:eu-west-1:123456789012:secret:x-AbCdEf"),
            "region eu-west-1",
        ),
        (
            "encryption.kms_key",
            text("arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000002"),
            "PendingDeletion",
        ),
        (
            "users.0.secret",
            text("arn:aws:secretsmanager:x"),
            "whole ARN",
        ),
        ("output.targets", list(&["pulumi"]), "none of"),
    ];
    for (key, wrong, reason) in cases {
        let mut script = Script::new(&[(key, Act::Say(wrong.clone())), (key, Act::Leave)]);
        let left = play(&mut script, Answers::default());
        assert_eq!(
            left.unwrap_err(),
            InterviewError::Ask(AskError::Interrupted)
        );
        let problem = script.prompt(key).problem.clone().unwrap_or_default();
        assert!(problem.contains(reason), "{key} {wrong}: {problem}");
    }
}

#[test]
fn leaving_is_possible_at_every_question() {
    let mut whole = Script::new(&[]);
    play(&mut whole, Answers::default()).unwrap();
    for key in whole.keys() {
        let mut script = Script::new(&[(&key, Act::Leave)]);
        let left = play(&mut script, Answers::default());
        assert_eq!(
            left.unwrap_err(),
            InterviewError::Ask(AskError::Interrupted),
            "{key}"
        );
        assert_eq!(script.keys().last(), Some(&key), "no question follows");
    }
}

#[test]
fn escape_goes_back_from_every_question_and_changes_nothing() {
    let mut whole = Script::new(&[]);
    let straight = play(&mut whole, Answers::default()).unwrap().to_toml();
    let keys = whole.keys();
    for (at, key) in keys.iter().enumerate() {
        let mut script = Script::new(&[(key, Act::Back)]);
        let answers = play(&mut script, Answers::default()).unwrap();
        assert_eq!(answers.to_toml(), straight, "back from {key}");
        let before = if at == 0 { key } else { &keys[at - 1] };
        assert_eq!(&script.keys()[at + 1], before, "back from {key}");
    }
}

#[test]
fn going_back_suggests_what_was_said_and_drops_what_depended_on_it() {
    let mut script = Script::new(&[
        ("proxy.name", Act::Say(AnswerValue::text("shop"))),
        ("proxy.auth", Act::Back),
        ("proxy.name", Act::Back),
        (
            "database.identifier",
            Act::Say(AnswerValue::text("orders-db")),
        ),
        ("database.identifier", Act::Say(AnswerValue::text("pay-db"))),
    ]);
    let spec = spec(&play(&mut script, Answers::default()).unwrap());
    assert_eq!(
        spec.proxy.name.as_str(),
        "shop",
        "suggested again and taken"
    );
    assert_eq!(spec.database.identifier.as_str(), "pay-db");
    assert_eq!(spec.proxy.engine.id, "sqlserver", "follows the database");
}

#[test]
fn the_review_leads_back_to_one_question() {
    let answers = play(&mut Script::new(&[]), Answers::default()).unwrap();
    let mut script = Script::new(&[
        ("review.verdict", Act::Say(AnswerValue::text("change"))),
        ("review.answer", Act::Say(AnswerValue::text("users"))),
    ]);
    let Review::Change(key) = review("the plan", &answers, &mut script).unwrap() else {
        panic!("a change was asked for");
    };
    assert_eq!(
        script.prompt("review.verdict").text.as_deref(),
        Some("the plan")
    );
    let choices = offered(script.prompt("review.answer")).join(" ");
    assert!(
        choices.contains("proxy.name") && choices.contains("monitoring.topic_arn"),
        "{choices}"
    );
    assert!(
        !choices.contains("network.vpc_id"),
        "what follows cannot be changed: {choices}"
    );
    let mut again = Script::new(&[("users", Act::Say(AnswerValue::list(["shop_rw", "shop_ro"])))]);
    let changed = play(&mut again, answers.clone().reopened(&key)).unwrap();
    assert_eq!(
        again.keys().first().map(String::as_str),
        Some("users"),
        "nothing else is asked before"
    );
    assert!(
        again.keys().contains(&"consumers.0.users".to_owned()),
        "which of the two is a question now"
    );
    assert_eq!(spec(&changed).users.len(), 2);
    for (word, verdict) in [("write", Review::Write), ("cancel", Review::Cancel)] {
        let mut script = Script::new(&[("review.verdict", Act::Say(AnswerValue::text(word)))]);
        assert_eq!(review("", &answers, &mut script).unwrap(), verdict);
    }
}

#[test]
fn without_an_account_everything_is_typed() {
    let typed = |prompt: &rdsproxy_gen::interview::Prompt| {
        let text = match prompt.key.to_string().as_str() {
            "database.identifier" => "orders-db",
            "proxy.engine" => "postgresql",
            "database.engine_version" => "14.12",
            "database.security_group_ids" => "sg-0123456789abcdef0",
            "proxy.region" => "eu-west-1",
            "proxy.account_id" => "123456789012",
            "network.vpc_id" => "vpc-0123456789abcdef0",
            "network.subnet_ids" => "subnet-0123456789abcdef0, subnet-0123456789abcdef1",
            "consumers" => "orders-api",
            "consumers.0.role" => "orders-api-role",
            "consumers.0.security_group_ids" => "sg-0123456789abcdef1",
            _ => "",
        };
        prompt.reading(text).unwrap()
    };
    let mut script = Script::new(&[]);
    script.fallback = typed;
    let answers = run(Answers::default(), None, &mut script, Mode::Ask).unwrap();
    let spec = spec(&answers);
    assert_eq!(spec.database.port, 5432);
    assert_eq!(spec.database.tls, DatabaseTls::CreateParameterGroup);
    assert_eq!(spec.consumers[0].users[0].as_str(), "orders_app");
}

#[test]
fn what_is_given_is_not_asked() {
    let mut script = Script::new(&[]);
    let answers = given(&[
        "proxy.name=mine",
        "users=rw,ro",
        "users.ro.access=read-only",
    ]);
    let answers = play(&mut script, answers).unwrap();
    for key in ["proxy.name", "users", "users.1.access"] {
        assert!(!script.keys().contains(&key.to_owned()), "{key}");
    }
    assert!(script.keys().contains(&"users.0.access".to_owned()));
    let sources: Vec<AnswerSource> = answers
        .iter()
        .filter(|(key, _)| key.to_string() == "proxy.name")
        .map(|(_, answer)| answer.source)
        .collect();
    assert_eq!(sources, [AnswerSource::Set]);
    assert_eq!((script.fallback)(script.prompt("proxy.auth")), Reply::Skip);
}
