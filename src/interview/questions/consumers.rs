//! The questions about consumers: the Lambda functions that connect.

use super::SAME;
use crate::domain::names::{FunctionName, RoleName, SecurityGroupId, UserName};
use crate::domain::snapshot::FunctionFacts;
use crate::interview::account::function_refusal;
use crate::interview::context::QuestionContext;
use crate::interview::held::{FUNCTIONS, GROUPS};
use crate::interview::key::AnswerKey;
use crate::interview::question::{AnswerShape, Choice, Need, Options, Question, name};
use crate::interview::value::AnswerValue;

pub(super) static ROWS: &[Question] = &[
    Question {
        key: "consumers.*.function",
        title: "Functions",
        prompt: "Which Lambda functions connect?",
        help: "The proxy's security group admits these functions' groups and nobody else; their roles may connect as the users that you name. \
               Without any, nobody gets in until you add one.",
        kind: AnswerShape::Records,
        example: "\"orders-api\"",
        need: Need::Never,
        part: |text| name(FunctionName::parse(text)),
        fits: named_once,
        names: Some(&FUNCTIONS),
        default: those_that_reach_it,
        options: offered,
        ..Question::PLAIN
    },
    Question {
        key: "consumers.*.role",
        prompt: "Under which role does it run?",
        help: "The role that is granted rds-db:connect.",
        example: "\"orders-api-role\"",
        part: |text| name(RoleName::parse(text)),
        follows: |view| {
            let role = function(view)?.role_arn.rsplit('/').next()?;
            RoleName::parse(role)
                .is_ok()
                .then(|| AnswerValue::text(role))
        },
        fact: Some(SAME),
        ..Question::PLAIN
    },
    Question {
        key: "consumers.*.security_group_ids",
        title: "security groups",
        prompt: "Which security groups does it have?",
        help: "The groups that the proxy admits, by reference.",
        kind: AnswerShape::Many,
        example: "[\"sg-0123456789abcdef1\"]",
        part: |text| name(SecurityGroupId::parse(text)),
        follows: |view| {
            let groups = &function(view)?.security_group_ids;
            (!groups.is_empty()).then(|| AnswerValue::list(groups.clone()))
        },
        fact: Some(SAME),
        names: Some(&GROUPS),
        ..Question::PLAIN
    },
    Question {
        key: "consumers.*.users",
        title: "connects as",
        prompt: "As which users may it connect?",
        help: "A function that is taken over can do what these users can, and no more.",
        kind: AnswerShape::Many,
        example: "[\"orders_app\"]",
        part: |text| name(UserName::parse(text)),
        fits: known_users,
        follows: |view| match view.all("users", "name").as_slice() {
            // If the user of a function was removed, the function is not silently assigned to another one.
            [only] if was_only(view, only) => Some(AnswerValue::list([*only])),
            _ => None,
        },
        default: |view| {
            view.all("users", "name")
                .first()
                .map(|first| AnswerValue::list([*first]))
        },
        options: |view| Options {
            offered: view
                .all("users", "name")
                .into_iter()
                .map(|user| Choice::new(user, user))
                .collect(),
            ..Options::default()
        },
        ..Question::PLAIN
    },
];

/// True if the function had no other user before.
fn was_only(view: &QuestionContext<'_>, user: &str) -> bool {
    let Some(record) = view.record else {
        return true;
    };
    let before = view
        .answers
        .remembered(&AnswerKey::in_record("consumers", record, "users"));
    before.is_none_or(|before| before.parts().iter().all(|name| name == user))
}

/// Returns the record's function from the account.
fn function<'a>(view: &QuestionContext<'a>) -> Option<&'a FunctionFacts> {
    let name = view.sibling("consumers", "function")?;
    view.account?
        .functions
        .iter()
        .find(|function| function.name == name)
}

fn offered(view: &QuestionContext<'_>) -> Options {
    let mut options = Options::default();
    let (Some(account), Some(vpc_id)) = (view.account, view.text("network", "vpc_id")) else {
        return options;
    };
    let width = account
        .functions
        .iter()
        .map(|function| function.name.len())
        .max();
    let database = view.database();
    for function in &account.functions {
        let direct = database.as_ref().is_some_and(|database| {
            function
                .security_group_ids
                .iter()
                .any(|group| database.admits(account, group))
        });
        let role = function.role_arn.rsplit('/').next().unwrap_or_default();
        let note = if direct {
            "  reaches the database directly today"
        } else {
            ""
        };
        let label = format!(
            "{:width$}  {role}{note}",
            function.name,
            width = width.unwrap_or_default().min(32)
        );
        options.add(
            Choice::new(&function.name, label),
            function_refusal(function, vpc_id),
        );
    }
    options
}

/// Returns the functions that the database admits today: their traffic is to go through the proxy.
fn those_that_reach_it(view: &QuestionContext<'_>) -> Option<AnswerValue> {
    let (account, database) = (view.account?, view.database()?);
    let reaching: Vec<&str> = account
        .functions
        .iter()
        .filter(|function| function_refusal(function, database.vpc_id).is_none())
        .filter(|function| {
            function
                .security_group_ids
                .iter()
                .any(|group| database.admits(account, group))
        })
        .map(|function| function.name.as_str())
        .collect();
    (!reaching.is_empty()).then(|| AnswerValue::list(reaching))
}

fn named_once(_: &QuestionContext<'_>, value: &AnswerValue) -> Result<(), String> {
    let names = value.parts();
    let twice = names
        .iter()
        .enumerate()
        .find(|(at, name)| names[..*at].contains(name));
    match twice {
        Some((_, name)) => Err(format!("{name} is named twice")),
        None => Ok(()),
    }
}

fn known_users(view: &QuestionContext<'_>, value: &AnswerValue) -> Result<(), String> {
    let known = view.all("users", "name");
    let chosen = value.parts();
    if chosen.is_empty() {
        return Err("name at least one user".to_owned());
    }
    match chosen.iter().find(|user| !known.contains(&user.as_str())) {
        Some(user) => Err(format!(
            "{user} is not among the users: {}",
            known.join(", ")
        )),
        None => Ok(()),
    }
}
