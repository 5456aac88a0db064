//! The questions about the proxy's name, location and authentication.

use super::{SAME, port, word};
use crate::domain::limits::network;
use crate::domain::names::{AccountId, ProxyName, Region};
use crate::domain::snapshot::AccountPart;
use crate::domain::spec::nearest;
use crate::interview::answers::AnswerSource;
use crate::interview::context::QuestionContext;
use crate::interview::question::{AnswerShape, Choice, Need, Options, Question, name};
use crate::interview::value::AnswerValue;

const AUTH_MODES: &[&str] = &["secrets", "end-to-end-iam"];

/// The keys whose answers are ids and ARNs of one account and region.
const LOCAL: &[&str] = &[
    "network.*",
    "database.security_group_ids",
    "database.resource_id",
    "consumers.*.security_group_ids",
    "users.*.secret",
    "users.*.secret_kms_key",
    "encryption.kms_key",
    "monitoring.topic_arn",
];

pub(super) static ROWS: &[Question] = &[
    Question {
        key: "proxy.name",
        title: "Proxy name",
        prompt: "What is the proxy to be called?",
        help: "Role, security group, key and alarms are named after it. To rename it later is to replace it: clients lose the endpoint.",
        example: "\"orders-proxy\"",
        part: |text| name(ProxyName::parse(text)),
        fits: |view, value| {
            if is_taken(view, value) && !is_own(view) {
                Err(format!("there is a proxy {value} in the account already"))
            } else {
                Ok(())
            }
        },
        remark: |view, value| {
            (is_taken(view, value) && is_own(view)).then(|| {
                format!("there is a proxy {value} in the account: this project's own, where it is deployed already")
            })
        },
        default: free_name,
        ..Question::EARLY
    },
    Question {
        key: "proxy.region",
        title: "Region",
        prompt: "In which region?",
        help: "Proxy, database and secrets are in one region.",
        example: "\"eu-west-1\"",
        decides: LOCAL,
        part: region,
        default: |view| {
            let code = &view.region?.code;
            region(code).is_ok().then(|| AnswerValue::text(code))
        },
        note: |view| {
            let hint = view.region?;
            Some(format!("{} is the region in {}.", hint.code, hint.from))
        },
        follows: |view| Some(AnswerValue::text(view.account?.region.as_str())),
        fact: Some(SAME),
        ..Question::EARLY
    },
    Question {
        key: "proxy.account_id",
        title: "Account",
        prompt: "In which account?",
        help: "Proxy, database and secrets are in one account; policies name it.",
        example: "\"123456789012\"",
        decides: LOCAL,
        part: |text| name(AccountId::parse(text)),
        follows: |view| Some(AnswerValue::text(view.account?.account_id.as_str())),
        fact: Some(SAME),
        ..Question::EARLY
    },
    Question {
        key: "proxy.auth",
        title: "Login to the database",
        prompt: "How does the proxy log in to the database?",
        help: "Functions log in to the proxy with IAM either way. With secrets the proxy holds one password for each user in Secrets Manager; \
               with end-to-end IAM there is no password that could leak.",
        kind: AnswerShape::One,
        example: "\"secrets\"",
        need: Need::Never,
        decides: &[
            "users.*.secret",
            "users.*.secret_kms_key",
            "encryption.kms_key",
        ],
        part: |text| word(text, AUTH_MODES),
        follows: |view| {
            let possible = view
                .engine()
                .is_none_or(|engine| engine.family.traits().end_to_end_iam);
            (!possible).then(|| AnswerValue::text("secrets"))
        },
        default: |_| Some(AnswerValue::text("secrets")),
        options: auth_modes,
        ..Question::EARLY
    },
    Question {
        key: "proxy.port",
        title: "Proxy port",
        prompt: "On which port do clients reach the proxy?",
        help: "Only for SQL Server: the port of the proxy where it is not 1433.",
        kind: AnswerShape::Number,
        example: "1433",
        part: port,
        relevant: |view| {
            view.engine()
                .is_none_or(|engine| !engine.family.traits().is_port_documented)
        },
        account: AccountPart::Databases,
        ..Question::QUIET
    },
    Question {
        key: "proxy.read_only_endpoint",
        title: "Endpoint for readers",
        prompt: "Add an endpoint that goes to readers?",
        help: "A second endpoint, for clusters that have readers. It opens nothing more: same security group, same users, same rules.",
        kind: AnswerShape::YesNo,
        example: "false",
        need: Need::Never,
        default: |_| Some(AnswerValue::Flag(false)),
        relevant: |view| view.is_cluster(),
        ..Question::EARLY
    },
];

/// True if the account has a proxy of that name. AWS compares names without regard to case.
fn is_taken(view: &QuestionContext<'_>, value: &AnswerValue) -> bool {
    let name = value.to_string();
    let mut proxies = view.account.iter().flat_map(|account| &account.proxies);
    proxies.any(|proxy| proxy.name.eq_ignore_ascii_case(&name))
}

/// True if the name is the project's current one.
fn is_own(view: &QuestionContext<'_>) -> bool {
    view.answers.is_of_project()
        && view.answers.iter().any(|(key, answer)| {
            key.to_string() == "proxy.name" && answer.source == AnswerSource::File
        })
}
/// Checks that RDS Proxy exists in the region; a typing error is reported with the nearest region.
fn region(written: &str) -> Result<(), String> {
    // A suggestion helps because the compass directions are easy to confuse.
    name(Region::parse(written)).map_err(|problem| {
        let near = nearest(written, REGIONS.iter().copied());
        near.map_or(problem.clone(), |near| {
            format!("{problem} (did you mean `{near}`?)")
        })
    })?;
    network::region(written).map_err(|broken| broken.to_string())
}

/// Regions to suggest after a typing error; others are accepted too. Source: AWS General Reference, "Regional
/// endpoints".
const REGIONS: &[&str] = &[
    "af-south-1",
    "ap-east-1",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ca-central-1",
    "ca-west-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-gov-east-1",
    "us-gov-west-1",
    "us-west-1",
    "us-west-2",
];

/// Returns `orders-proxy` for `orders-db`, or the next free name.
fn free_name(view: &QuestionContext<'_>) -> Option<AnswerValue> {
    let stem: String = view.stem()?.chars().take(50).collect();
    let stem = stem.trim_end_matches('-');
    let numbered = (2..100).map(|number| format!("{stem}-proxy-{number}"));
    std::iter::once(format!("{stem}-proxy"))
        .chain(numbered)
        .filter(|name| ProxyName::parse(name).is_ok())
        .map(AnswerValue::text)
        .find(|name| !is_taken(view, name))
}

fn auth_modes(view: &QuestionContext<'_>) -> Options {
    let mut options = Options::default();
    options.add(
        Choice::new(
            "secrets",
            "secrets  one secret for each user, which no function can read",
        ),
        None,
    );
    let refusal = view
        .database()
        .filter(|database| !database.iam_enabled)
        .map(|database| {
            format!(
                "IAM database authentication is off on {}: turn it on first (enable-iam-database-authentication)",
                database.identifier
            )
        });
    options.add(
        Choice::new(
            "end-to-end-iam",
            "end-to-end-iam  no passwords; the database users log in with IAM too",
        ),
        refusal,
    );
    options
}
