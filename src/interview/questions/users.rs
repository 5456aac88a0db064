//! The questions about the database users that clients connect as.

use std::collections::BTreeSet;

use super::{SAME, word};
use crate::domain::limits::names::database_user;
use crate::domain::names::{DatabaseName, KeyArn, SchemaName, SecretArn, UserName};
use crate::interview::account::secret_refusal;
use crate::interview::context::QuestionContext;
use crate::interview::held::{KEYS, SECRETS};
use crate::interview::question::{AnswerShape, Choice, Need, Options, Question, Wording, name};
use crate::interview::value::AnswerValue;

const LEVELS: &[&str] = &["read-write", "read-only"];

pub(super) static ROWS: &[Question] = &[
    Question {
        key: "users.*.name",
        title: "Database users",
        prompt: "As which database users do functions connect?",
        help: "Each has a secret and a grant of its own, so that one can be revoked or rotated alone. Not the master user.",
        kind: AnswerShape::Records,
        example: "\"orders_app\"",
        wording: &[
            Wording {
                is_for: |engine| engine.family.traits().user_length == Some(32),
                prompt: "",
                help: "Each has a secret and a grant of its own, so that one can be revoked or rotated alone. Not the master user; at most 32 \
                       characters.",
            },
            Wording {
                is_for: |engine| engine.family.traits().has_logins,
                prompt: "As which logins do functions connect?",
                help: "Each has a secret and permissions of its own, so that one can be revoked or rotated alone. Not the master user.",
            },
        ],
        decides: &["consumers.*.users"],
        part: |text| {
            name(UserName::parse(text))?;
            database_user(text).map_err(|broken| broken.to_string())
        },
        fits: names_fit,
        default: |view| {
            let stem: String = view.stem()?.replace('-', "_").chars().take(28).collect();
            Some(AnswerValue::list([format!("{stem}_app")]))
        },
        ..Question::PLAIN
    },
    Question {
        key: "users.*.database",
        prompt: "Which database inside the server does it use?",
        help: "The grants name this database and no other. It is not the identifier of the instance.",
        example: "\"orders\"",
        wording: &[Wording {
            is_for: |engine| engine.family.traits().default_schema.is_none(),
            prompt: "Which database (schema) does it use?",
            help: "The grants name this database and no other; here a schema is the same thing. It is not the identifier of the instance \
                   or cluster.",
        }],
        part: |text| name(DatabaseName::parse(text)),
        default: |view| {
            let known = view.database().and_then(|database| database.database_name);
            let stem = || view.stem().map(|stem| stem.replace('-', "_"));
            known
                .map(str::to_owned)
                .or_else(stem)
                .map(AnswerValue::text)
        },
        ..Question::PLAIN
    },
    Question {
        key: "users.*.schema",
        prompt: "Which schema does it use?",
        help: "Schema of the grants; public (PostgreSQL) or dbo (SQL Server) by default.",
        example: "\"public\"",
        example_for: |engine| engine.family.traits().default_schema.unwrap_or_default(),
        part: |text| name(SchemaName::parse(text)),
        relevant: |view| {
            view.engine()
                .is_none_or(|engine| engine.family.traits().default_schema.is_some())
        },
        ..Question::QUIET
    },
    Question {
        key: "users.*.access",
        prompt: "What may it do?",
        help: "The generated grants give no more than this: a function that only reads cannot destroy anything.",
        kind: AnswerShape::One,
        example: "\"read-write\"",
        need: Need::Never,
        part: |text| word(text, LEVELS),
        default: |_| Some(AnswerValue::text("read-write")),
        options: |_| Options {
            offered: vec![
                Choice::new("read-write", "read-write  SELECT, INSERT, UPDATE, DELETE"),
                Choice::new("read-only", "read-only  SELECT"),
            ],
            ..Options::default()
        },
        ..Question::PLAIN
    },
    Question {
        key: "users.*.secret",
        title: "password",
        prompt: "Where is its password?",
        help: "create makes a secret with a generated password and a resource policy; an existing one is given by its whole ARN and keeps \
               its own policy.",
        kind: AnswerShape::One,
        example: "\"create\"",
        need: Need::Never,
        free: true,
        decides: &["users.*.secret_kms_key"],
        part: |text| match text {
            "create" => Ok(()),
            arn => name(SecretArn::parse(arn)),
        },
        fits: secret_is_its_own,
        names: Some(&SECRETS),
        default: |_| Some(AnswerValue::text("create")),
        options: secrets,
        relevant: |view| view.uses_secrets(),
        ..Question::PLAIN
    },
    Question {
        key: "users.*.secret_kms_key",
        title: "key of the secret",
        prompt: "Which key encrypts that secret?",
        help: "The customer-managed key of an existing secret, which the proxy's role then may use.",
        example: "\"arn:aws:kms:eu-west-1:123456789012:key/12345678-1234-1234-1234-123456789012\"",
        part: |text| name(KeyArn::parse(text)),
        fits: |view, value| view.lies_here(&value.to_string(), "kms"),
        follows: key_of_secret,
        fact: Some(SAME),
        names: Some(&KEYS),
        relevant: |view| {
            view.sibling("users", "secret")
                .is_some_and(|secret| secret != "create")
        },
        ..Question::QUIET
    },
];

fn names_fit(view: &QuestionContext<'_>, value: &AnswerValue) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for user in value.parts() {
        user_fits(view, &user)?;
        if !seen.insert(user.clone()) {
            return Err(format!(
                "{user} is named twice: the proxy finds a secret by its user"
            ));
        }
    }
    if seen.is_empty() {
        Err("a proxy without a database user lets nobody in".to_owned())
    } else {
        Ok(())
    }
}

fn user_fits(view: &QuestionContext<'_>, user: &str) -> Result<(), String> {
    let longest = view
        .engine()
        .and_then(|engine| engine.family.traits().user_length);
    if let Some(longest) = longest.filter(|longest| user.len() > *longest) {
        return Err(format!(
            "{user} is longer than the {longest} characters that the engine takes"
        ));
    }
    match view
        .database()
        .filter(|database| database.master_username == user)
    {
        Some(database) => Err(format!(
            "{user} is the master user of {}: an application logs in as a user of its own",
            database.identifier
        )),
        None => Ok(()),
    }
}

fn secret_is_its_own(view: &QuestionContext<'_>, value: &AnswerValue) -> Result<(), String> {
    let secret = value.to_string();
    view.lies_here(&secret, "secretsmanager")?;
    if let Some(user) = holder(view, &secret) {
        return Err(format!(
            "{user} has that secret: each user has one of its own"
        ));
    }
    let refusal = view.account.and_then(|account| {
        let facts = account.secrets.iter().find(|facts| facts.arn == secret)?;
        secret_refusal(facts, account)
    });
    match refusal {
        Some(refusal) => Err(format!("that secret {refusal}")),
        None => Ok(()),
    }
}

/// Returns another user of this spec that has the secret already.
fn holder<'a>(view: &QuestionContext<'a>, secret: &str) -> Option<&'a str> {
    if secret == "create" {
        return None;
    }
    view.answers
        .records("users")
        .into_iter()
        .filter(|record| Some(*record) != view.record)
        .map(|record| QuestionContext {
            record: Some(record),
            ..*view
        })
        .find(|other| other.sibling("users", "secret") == Some(secret))?
        .sibling("users", "name")
}

fn secrets(view: &QuestionContext<'_>) -> Options {
    let mut options = Options::default();
    options.add(
        Choice::new("create", "create  a new one with a generated password"),
        None,
    );
    let Some(account) = view.account else {
        return options;
    };
    for secret in &account.secrets {
        let taken = holder(view, &secret.arn).map(|user| format!("is the secret of {user}"));
        let refusal = secret_refusal(secret, account).or(taken).or_else(|| {
            SecretArn::parse(&secret.arn)
                .err()
                .map(|error| error.to_string())
        });
        match refusal {
            Some(_) => options.add(Choice::new(&secret.name, ""), refusal),
            None => {
                let label = format!("{}  exists; keeps its own policy", secret.name);
                options.add(Choice::new(&secret.arn, label), None);
            }
        }
    }
    options
}

/// Returns the ARN of the key that encrypts the user's secret; the snapshot may have only the key's bare id.
fn key_of_secret(view: &QuestionContext<'_>) -> Option<AnswerValue> {
    let arn = view.sibling("users", "secret")?;
    let account = view.account?;
    let secret = account.secrets.iter().find(|secret| secret.arn == arn)?;
    let id = secret.kms_key_id.as_deref()?;
    let key = account.kms_keys.iter().find(|key| {
        key.arn == id
            || key.arn.rsplit('/').next() == Some(id)
            || key.aliases.iter().any(|alias| alias == id)
    })?;
    KeyArn::parse(&key.arn)
        .is_ok()
        .then(|| AnswerValue::text(&key.arn))
}
