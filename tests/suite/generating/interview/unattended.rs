//! Unattended runs: defaults apply, and everything that is missing is reported at once.

use rdsproxy_gen::interview::{Answers, InterviewError, Mode, run};

use super::script::Script;
use super::{estate, given, spec};

fn unattended(answers: Answers, mode: Mode) -> Result<Answers, InterviewError> {
    let mut nobody = Script::new(&[]);
    let answers = run(answers, Some(&estate()), &mut nobody, mode);
    assert!(nobody.asked.is_empty(), "nobody is asked");
    answers
}

#[test]
fn defaults_are_whole_and_the_same_every_time() {
    let one = unattended(Answers::default(), Mode::Defaults).unwrap();
    let two = unattended(Answers::default(), Mode::Defaults).unwrap();
    assert_eq!(one.to_toml(), two.to_toml());
    assert_eq!(spec(&one).proxy.name.as_str(), "orders-proxy");
}

#[test]
fn all_that_is_missing_is_said_at_once_with_how_to_give_it() {
    let error = unattended(Answers::default(), Mode::NonInteractive).unwrap_err();
    let InterviewError::Missing(missing) = &error else {
        panic!("{error}");
    };
    let keys: Vec<String> = missing.iter().map(|one| one.key.clone()).collect();
    let text = error.to_string();
    for key in [
        "database.identifier",
        "proxy.name",
        "network.subnet_ids",
        "users",
    ] {
        assert!(keys.contains(&key.to_owned()), "{key}: {text}");
    }
    assert!(
        text.contains("--set database.identifier=orders-db"),
        "{text}"
    );
    let nothing = run(
        Answers::default(),
        None,
        &mut Script::new(&[]),
        Mode::Defaults,
    );
    let text = nothing.unwrap_err().to_string();
    assert!(text.contains("--set network.vpc_id=vpc-"), "{text}");
}

#[test]
fn what_is_said_to_be_missing_suffices() {
    let mut answers = Answers::default();
    for _ in 0..5 {
        match unattended(answers.clone(), Mode::NonInteractive) {
            Ok(whole) => {
                spec(&whole);
                return;
            }
            Err(InterviewError::Missing(missing)) => {
                for one in missing {
                    let (key, example) = (one.key, one.example);
                    answers.set(&format!("{key}={example}")).unwrap();
                }
            }
            Err(other) => panic!("{other}"),
        }
    }
    panic!("something is always missing");
}

#[test]
fn the_command_gives_the_same_answers_again() {
    let one = unattended(given(&["tags.cost center=a b"]), Mode::Defaults).unwrap();
    let command = one
        .command_line(&["orders".to_owned(), "--demo".to_owned()])
        .replace(" \\\n   ", "");
    assert!(
        command.starts_with("rdsproxy-gen new orders --demo --non-interactive --set "),
        "{command}"
    );
    assert!(
        command.contains("--set 'tags.cost center=a b'"),
        "{command}"
    );
    let mut again = Answers::default();
    for part in command.split(" --set ").skip(1) {
        again.set(part.trim_matches('\'')).unwrap();
    }
    let two = unattended(again, Mode::NonInteractive).unwrap();
    assert_eq!(spec(&one), spec(&two));
}

#[test]
fn what_is_given_and_cannot_be_is_refused() {
    let cases = [
        (
            "database.identifier=orders-dbb",
            "did you mean `orders-db`?",
        ),
        ("database.identifier=orders-replica", "read replica"),
        ("users=admin1", "master user"),
        ("proxy.name=legacy-proxy", "already"),
        ("consumers=reports-fn", "outside any VPC"),
        (
            "network.subnet_ids=subnet-00000000000000006,subnet-00000000000000001",
            "use1-az3",
        ),
        ("proxy.auth=end-to-end-iam", "turn it on first"),
    ];
    for (assignment, reason) in cases {
        let mut answers = given(&[assignment]);
        if assignment.starts_with("consumers") {
            for field in ["role=r", "security_group_ids=sg-0123456789abcdef0"] {
                answers.set(&format!("consumers.0.{field}")).unwrap();
            }
        }
        let error = unattended(answers, Mode::Defaults).unwrap_err().to_string();
        assert!(error.contains(reason), "{assignment}: {error}");
    }
}
