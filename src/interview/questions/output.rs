//! The questions about keys, the connection pool, notifications, tags and the generated files.

use super::{number, word};
use crate::domain::names::{KeyArn, RoleArn, TagValue, TopicArn, arn};
use crate::domain::settings::{SettingRow, Settings, ValueRange};
use crate::domain::spec::{DEFAULT_TARGETS, RETENTION_DAYS};
use crate::interview::context::QuestionContext;
use crate::interview::held::KEYS;
use crate::interview::question::{AnswerShape, Choice, Need, Options, Question, name};
use crate::interview::value::AnswerValue;

pub(super) static ROWS: &[Question] = &[
    Question {
        key: "encryption.kms_key",
        title: "Key for the secrets",
        prompt: "Which key encrypts the created secrets?",
        help: "A key of your own shows in CloudTrail who decrypts, and can be revoked. create makes one; an existing one is given by its ARN.",
        kind: AnswerShape::One,
        example: "\"create\"",
        need: Need::Never,
        free: true,
        part: |text| match text {
            "create" => Ok(()),
            arn => name(KeyArn::parse(arn)),
        },
        fits: key_is_usable,
        names: Some(&KEYS),
        default: |_| Some(AnswerValue::text("create")),
        options: keys,
        relevant: creates_a_secret,
        ..Question::PLAIN
    },
    Question {
        key: "encryption.strict_secret_policy",
        title: "Deny other readers of the secrets",
        prompt: "Deny every other reader of the secrets?",
        help: "Whether to deny every reader of the secrets that is not named in secret_readers. Check the target's health after the first apply.",
        kind: AnswerShape::YesNo,
        example: "false",
        ..Question::QUIET
    },
    Question {
        key: "encryption.secret_readers",
        title: "Other readers of the secrets",
        prompt: "Which roles may read the secrets besides the proxy?",
        help: "ARNs of the roles that the strict policy leaves out: whoever deploys, break-glass.",
        kind: AnswerShape::Many,
        example: "[\"arn:aws:iam::123456789012:role/deployer\"]",
        part: |text| name(RoleArn::parse(text)),
        ..Question::QUIET
    },
    Question {
        key: "pool.max_connections_percent",
        prompt: "How much of the database's connections may the proxy take?",
        help: "1 to 100 percent of the database's connections; below 100, so that an administrator still gets in.",
        kind: AnswerShape::Number,
        example: "80",
        part: |text| setting(&Settings::ROWS.max_connections_percent, text),
        ..Question::QUIET
    },
    Question {
        key: "pool.max_idle_connections_percent",
        prompt: "How much of that may be idle?",
        help: "0 to max_connections_percent; half of it by default.",
        kind: AnswerShape::Number,
        example: "40",
        part: |text| setting(&Settings::ROWS.max_idle_connections_percent, text),
        ..Question::QUIET
    },
    Question {
        key: "pool.borrow_timeout",
        prompt: "How long may a client wait for a connection?",
        help: "Seconds, 0 to 300.",
        kind: AnswerShape::Number,
        example: "30",
        part: |text| setting(&Settings::ROWS.borrow_timeout, text),
        ..Question::QUIET
    },
    Question {
        key: "pool.idle_client_timeout",
        prompt: "How long may a client be idle?",
        help: "Seconds, 1 to 28800.",
        kind: AnswerShape::Number,
        example: "1800",
        part: |text| setting(&Settings::ROWS.idle_client_timeout, text),
        ..Question::QUIET
    },
    Question {
        key: "pool.exclude_variable_sets",
        prompt: "Leave sessions unpinned after SET?",
        help: "Whether SET statements leave a session unpinned (not for PostgreSQL).",
        kind: AnswerShape::YesNo,
        example: "false",
        ..Question::QUIET
    },
    Question {
        key: "monitoring.topic_arn",
        title: "SNS topic",
        prompt: "Which SNS topic is notified of a weakening?",
        help: "Alarms and the detection of changes that weaken the proxy notify it; without one they only change state.",
        example: "\"arn:aws:sns:eu-west-1:123456789012:alarms\"",
        need: Need::Never,
        part: |text| name(TopicArn::parse(text)),
        fits: |view, value| match topic(view, value) {
            Some(topic) if !topic.same_region => Err(format!(
                "the topic lies in {}: alarms and rules notify topics of the proxy's own region only",
                topic.region
            )),
            _ => Ok(()),
        },
        remark: |view, value| {
            let topic = topic(view, value).filter(|topic| !topic.same_account)?;
            Some(topic_of_others(topic.account))
        },
        ..Question::PLAIN
    },
    Question {
        key: "monitoring.log_retention_days",
        title: "Days of logs",
        prompt: "How many days is the proxy's log kept?",
        help: "Days that the proxy's log is kept: 365 by default.",
        kind: AnswerShape::Number,
        example: "365",
        part: |text| {
            let days: Vec<String> = RETENTION_DAYS.iter().map(i64::to_string).collect();
            word(text, &days.iter().map(String::as_str).collect::<Vec<_>>())
        },
        ..Question::QUIET
    },
    Question {
        key: "tags.*",
        prompt: "Which value has the tag?",
        help: "Tags on everything that can carry them.",
        example: "\"orders\"",
        part: |text| name(TagValue::parse(text)),
        ..Question::QUIET
    },
    Question {
        key: "output.targets",
        title: "What is written",
        prompt: "What is to be written?",
        help: "Each target is complete by itself; both describe the same proxy.",
        kind: AnswerShape::Many,
        example: "[\"terraform\", \"cloudformation\"]",
        need: Need::Never,
        part: |text| word(text, DEFAULT_TARGETS),
        fits: |_, value| {
            if value.parts().is_empty() {
                Err("choose at least one".to_owned())
            } else {
                Ok(())
            }
        },
        default: |_| Some(AnswerValue::list(DEFAULT_TARGETS.iter().copied())),
        options: |_| Options {
            offered: DEFAULT_TARGETS
                .iter()
                .map(|target| Choice::new(*target, *target))
                .collect(),
            ..Options::default()
        },
        ..Question::PLAIN
    },
    Question {
        key: "output.omit",
        title: "Files left out",
        prompt: "Which generated files are not wanted?",
        help: "Files that are left out, and stay away when you delete them. None that says what is deployed.",
        kind: AnswerShape::Many,
        example: "[\"terraform/README.md\"]",
        part: generated_path,
        ..Question::QUIET
    },
];

/// Checks that a text can be the path of a generated file. The render module decides which paths exist.
fn generated_path(path: &str) -> Result<(), String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
    if !path.is_empty() && path.chars().all(is_plain) {
        Ok(())
    } else {
        Err(format!("{path:?} is not the path of a generated file"))
    }
}

/// The location of an SNS topic relative to the proxy.
struct TopicLocation {
    region: String,
    account: String,
    same_region: bool,
    same_account: bool,
}

fn topic(view: &QuestionContext<'_>, value: &AnswerValue) -> Option<TopicLocation> {
    let text = value.to_string();
    let parts = arn(&text, "sns")?;
    let is_here = |field, there| view.text("proxy", field).is_none_or(|here| here == there);
    Some(TopicLocation {
        same_region: is_here("region", parts.region),
        same_account: is_here("account_id", parts.account),
        region: parts.region.to_owned(),
        account: parts.account.to_owned(),
    })
}

/// Explains what a topic of another account needs. Source: Amazon EventBridge User Guide, "Sending events to an AWS
/// service in another account": the same region, an execution role, and a resource policy; Amazon SNS Developer Guide,
/// "Example cases for Amazon SNS access control".
fn topic_of_others(account: String) -> String {
    format!(
        "the topic belongs to account {account}: its policy has to allow sns:Publish to the service cloudwatch.amazonaws.com under \
         aws:SourceAccount, and EventBridge reaches it only through an execution role, which is not generated: name a topic of the \
         proxy's own account, or give the target of the rule a role yourself"
    )
}

fn creates_a_secret(view: &QuestionContext<'_>) -> bool {
    view.uses_secrets()
        && view.answers.records("users").into_iter().any(|record| {
            let of_record = QuestionContext {
                record: Some(record),
                ..*view
            };
            of_record
                .sibling("users", "secret")
                .is_none_or(|secret| secret == "create")
        })
}

fn key_is_usable(view: &QuestionContext<'_>, value: &AnswerValue) -> Result<(), String> {
    let arn = value.to_string();
    view.lies_here(&arn, "kms")?;
    let known = view
        .account
        .and_then(|account| account.kms_keys.iter().find(|key| key.arn == arn));
    match known {
        Some(key) if key.state != "Enabled" => {
            Err(format!("the state of that key is {}", key.state))
        }
        _ => Ok(()),
    }
}

/// Returns the KMS keys, labelled by alias.
fn keys(view: &QuestionContext<'_>) -> Options {
    // A key that is disabled or pending deletion is not offered: the secrets would become unreadable.
    let mut options = Options::default();
    options.add(
        Choice::new("create", "create  a new one, with rotation"),
        None,
    );
    let world_keys = view.account.map_or(&[][..], |account| &account.kms_keys);
    for key in world_keys {
        let id = key.arn.rsplit('/').next().unwrap_or(&key.arn);
        let title = key.aliases.first().map_or(id, String::as_str);
        if key.state == "Enabled" {
            let label = format!("{title}  {}", key.description);
            options.add(Choice::new(&key.arn, label.trim_end()), None);
        } else {
            let refusal = format!("its state is {}", key.state);
            options.add(Choice::new(title, title), Some(refusal));
        }
    }
    options
}

/// Checks the text of a setting against its row.
fn setting(row: &SettingRow, text: &str) -> Result<(), String> {
    match row.range {
        ValueRange::Number { least, most } => number(text, i64::from(least)..=i64::from(most)),
        ValueRange::UpToMaxConnections => number(text, 0..=i64::from(row.most())),
        ValueRange::Words(words) => word(text, words),
    }
}
