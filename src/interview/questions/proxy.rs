//! What the proxy is called, where it is, and how it logs in.

use super::{Kind, Need, Question, SAME, name, port, word};
use crate::domain::engine::EngineFamily;
use crate::domain::limits::network;
use crate::domain::names::{AccountId, ProxyName, Region};
use crate::interview::answers::Source;
use crate::interview::prompt::{Choice, Options};
use crate::interview::value::Value;
use crate::interview::view::View;

const AUTH_MODES: &[&str] = &["secrets", "end-to-end-iam"];

pub(super) static ROWS: &[Question] = &[
    Question {
        key: "proxy.name",
        prompt: "What is the proxy to be called?",
        help: "Role, security group, key and alarms are named after it. To rename it later is to replace it: clients lose the endpoint.",
        example: "\"orders-proxy\"",
        part: |text| name(ProxyName::parse(text)),
        fits: |view, value| match is_taken(view, value) && !is_own(view) {
            true => Err(format!("there is a proxy {value} in the account already")),
            false => Ok(()),
        },
        remark: |view, value| {
            (is_taken(view, value) && is_own(view)).then(|| {
                format!("there is a proxy {value} in the account: this project's own, where it is deployed already")
            })
        },
        default: free_name,
        ..Question::PLAIN
    },
    Question {
        key: "proxy.region",
        prompt: "In which region?",
        help: "Proxy, database and secrets are in one region.",
        example: "\"eu-west-1\"",
        part: |text| {
            name(Region::parse(text))?;
            network::region(text).map_err(|broken| broken.to_string())
        },
        follows: |view| Some(Value::text(view.world?.region.as_str())),
        fact: Some(SAME),
        ..Question::PLAIN
    },
    Question {
        key: "proxy.account_id",
        prompt: "In which account?",
        help: "Proxy, database and secrets are in one account; policies name it.",
        example: "\"123456789012\"",
        part: |text| name(AccountId::parse(text)),
        follows: |view| Some(Value::text(view.world?.account_id.as_str())),
        fact: Some(SAME),
        ..Question::PLAIN
    },
    Question {
        key: "proxy.auth",
        prompt: "How does the proxy log in to the database?",
        help: "Functions log in to the proxy with IAM either way. With secrets the proxy holds one password for each user in Secrets Manager; \
               with end-to-end IAM there is no password that could leak.",
        kind: Kind::One,
        example: "\"secrets\"",
        need: Need::Never,
        decides: &["users.*.secret", "users.*.secret_kms_key", "encryption.*"],
        part: |text| word(text, AUTH_MODES),
        follows: |view| {
            let possible = view.engine().is_none_or(|engine| engine.end_to_end_iam);
            (!possible).then(|| Value::text("secrets"))
        },
        default: |_| Some(Value::text("secrets")),
        options: auth_modes,
        ..Question::PLAIN
    },
    Question {
        key: "proxy.port",
        prompt: "On which port do clients reach the proxy?",
        help: "Port where clients reach the proxy, for SQL Server where it is not 1433.",
        kind: Kind::Number,
        example: "1433",
        part: port,
        relevant: |view| {
            view.engine()
                .is_none_or(|engine| engine.family == EngineFamily::SqlServer)
        },
        ..Question::QUIET
    },
    Question {
        key: "proxy.read_only_endpoint",
        prompt: "Add an endpoint that goes to readers?",
        help: "A second endpoint, for clusters that have readers. It opens nothing more: same security group, same users, same rules.",
        kind: Kind::YesNo,
        example: "false",
        need: Need::Never,
        default: |_| Some(Value::Flag(false)),
        relevant: |view| view.is_cluster(),
        ..Question::PLAIN
    },
];

/// Whether the account has a proxy of that name. AWS compares names without regard to case.
fn is_taken(view: &View<'_>, value: &Value) -> bool {
    let name = value.to_string();
    let mut proxies = view.world.iter().flat_map(|world| &world.proxies);
    proxies.any(|proxy| proxy.name.eq_ignore_ascii_case(&name))
}

/// Whether the name is the one that the project has had.
fn is_own(view: &View<'_>) -> bool {
    view.answers.is_of_project()
        && view
            .answers
            .iter()
            .any(|(key, answer)| key.to_string() == "proxy.name" && answer.source == Source::File)
}

/// `orders-proxy` for `orders-db`, or the next that is free.
fn free_name(view: &View<'_>) -> Option<Value> {
    let stem: String = view.stem()?.chars().take(50).collect();
    let stem = stem.trim_end_matches('-');
    let taken = |name: &str| {
        view.world
            .is_some_and(|world| world.proxies.iter().any(|proxy| proxy.name == name))
    };
    let numbered = (2..100).map(|number| format!("{stem}-proxy-{number}"));
    std::iter::once(format!("{stem}-proxy"))
        .chain(numbered)
        .find(|name| !taken(name) && ProxyName::parse(name).is_ok())
        .map(Value::text)
}

fn auth_modes(view: &View<'_>) -> Options {
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
