//! The questions about the database, the facts derived from it, and the enforcement of TLS.

use super::{SAME, port, word};
use crate::domain::engine::ENGINES;
use crate::domain::names::{
    DatabaseIdentifier, DatabaseResourceId, EngineVersion, ParameterGroupFamily,
    ParameterGroupName, SecurityGroupId,
};
use crate::domain::snapshot::{AccountPart, Snapshot};
use crate::interview::account::{KnownDatabase, databases, is_partial, suggested};
use crate::interview::context::QuestionContext;
use crate::interview::held::GROUPS;
use crate::interview::question::{AnswerShape, Choice, Need, Options, Question, name};
use crate::interview::value::AnswerValue;

const KINDS: &[&str] = &["instance", "cluster"];
const TLS_WAYS: &[&str] = &["enforced", "create-parameter-group"];

pub(super) static WHICH: &[Question] = &[
    Question {
        key: "database.identifier",
        title: "Database",
        prompt: "Which database is the proxy for?",
        help: "The identifier of the instance or, for Aurora, of the cluster. The proxy reaches this database and nothing else; network, port and \
               security groups follow from it.",
        kind: AnswerShape::One,
        example: "\"orders-db\"",
        decides: &[
            "network.*",
            "consumers.*",
            "users.*",
            "proxy.*",
            "encryption.kms_key",
            "database.*",
        ],
        part: |text| name(DatabaseIdentifier::parse(text)),
        fits: is_served,
        default: |view| Some(AnswerValue::text(suggested(view.account?)?.identifier)),
        options: |view| view.account.map(offered).unwrap_or_default(),
        ..Question::EARLY
    },
    Question {
        key: "proxy.engine",
        title: "Engine",
        prompt: "Which engine does it run?",
        help: "Decides the proxy's port, the parameter that forces TLS, and whether end-to-end IAM is possible.",
        kind: AnswerShape::One,
        example: "\"postgresql\"",
        decides: &[
            "database.kind",
            "database.engine_version",
            "database.port",
            "database.parameter_group",
            "database.parameter_group_family",
            "database.tls",
            "proxy.auth",
            "proxy.port",
            "proxy.read_only_endpoint",
            "users.*.schema",
        ],
        part: |text| {
            let ids: Vec<&str> = ENGINES.iter().map(|engine| engine.id).collect();
            word(text, &ids)
        },
        follows: |view| Some(AnswerValue::text(view.database()?.engine()?.id)),
        fact: Some(SAME),
        options: |_| Options {
            offered: ENGINES
                .iter()
                .map(|engine| Choice::new(engine.id, engine.title))
                .collect(),
            ..Options::default()
        },
        ..Question::EARLY
    },
    Question {
        key: "database.kind",
        title: "Instance or cluster",
        prompt: "Is it an instance or a cluster?",
        help: "A proxy is registered for one of the two; for Aurora it is always the cluster.",
        kind: AnswerShape::One,
        example: "\"instance\"",
        decides: &["database.resource_id", "proxy.read_only_endpoint"],
        part: |text| word(text, KINDS),
        fits: is_of_that_kind,
        follows: |view| {
            let known = view.database().map(|database| database.kind());
            let by_engine = view.engine().and_then(|engine| {
                let is_single = !engine.family.traits().has_clusters;
                let single = is_single.then_some("instance");
                engine.aurora.then_some("cluster").or(single)
            });
            known.or(by_engine).map(AnswerValue::text)
        },
        default: |_| Some(AnswerValue::text("instance")),
        options: |_| Options {
            offered: vec![
                Choice::new("instance", "instance"),
                Choice::new("cluster", "cluster  Aurora or Multi-AZ"),
            ],
            ..Options::default()
        },
        ..Question::EARLY
    },
    Question {
        key: "database.resource_id",
        title: "Resource id of the database",
        prompt: "What is its resource id?",
        help: "The db-… or cluster-… id, which the proxy's own grant names under end-to-end IAM.",
        example: "\"db-ABCDEFGHIJKLMNOPQRSTUVWXYZ\"",
        need: Need::When(|view| !view.uses_secrets()),
        part: |text| name(DatabaseResourceId::parse(text)),
        follows: |view| Some(AnswerValue::text(filled(view.database()?.resource_id)?)),
        fact: Some(SAME),
        account: AccountPart::Databases,
        ..Question::QUIET
    },
    Question {
        key: "database.engine_version",
        title: "Engine version",
        prompt: "Which version of the engine?",
        help: "The family of a generated parameter group follows from it.",
        example: "\"16.4\"",
        example_for: |engine| engine.version_example,
        need: Need::When(needs_version),
        part: |text| name(EngineVersion::parse(text)),
        follows: |view| Some(AnswerValue::text(filled(view.database()?.version)?)),
        fact: Some(is_version_of),
        ..Question::EARLY
    },
    Question {
        key: "database.port",
        title: "Database port",
        prompt: "On which port does the database listen?",
        help: "The proxy's security group lets out to this port and to nothing else.",
        kind: AnswerShape::Number,
        example: "5432",
        need: Need::Never,
        part: port,
        follows: |view| Some(AnswerValue::Number(view.database()?.port.into())),
        fact: Some(SAME),
        default: |view| Some(AnswerValue::Number(view.engine()?.database_port.into())),
        ..Question::EARLY
    },
    Question {
        key: "database.security_group_ids",
        title: "Security groups of the database",
        prompt: "Which security groups does the database have?",
        help: "They are opened to the proxy's group alone, by reference.",
        kind: AnswerShape::Many,
        example: "[\"sg-0123456789abcdef0\"]",
        part: |text| name(SecurityGroupId::parse(text)),
        follows: |view| list(view.database()?.security_group_ids),
        fact: Some(SAME),
        names: Some(&GROUPS),
        ..Question::EARLY
    },
    Question {
        key: "database.parameter_group",
        title: "Parameter group today",
        prompt: "Which parameter group does it have today?",
        help: "The parameter group that it has today.",
        example: "\"default.postgres16\"",
        example_for: |engine| engine.group_example,
        part: |text| name(ParameterGroupName::parse(text)),
        follows: |view| Some(AnswerValue::text(filled(view.database()?.parameter_group)?)),
        fact: Some(SAME),
        account: AccountPart::Databases,
        ..Question::QUIET
    },
];

pub(super) static TLS: &[Question] = &[
    Question {
        key: "database.tls",
        title: "TLS on the database",
        prompt: "Who makes the database refuse clear text?",
        help: "The AWS pages disagree on whether the proxy's RequireTLS covers its own leg to the database, so the database itself has to refuse. \
               A generated parameter group has to be attached to the database, which then needs a reboot.",
        kind: AnswerShape::One,
        example: "\"enforced\"",
        decides: &["database.parameter_group_family"],
        part: |text| word(text, TLS_WAYS),
        follows: |view| (forced(view) == Some(true)).then(|| AnswerValue::text("enforced")),
        default: |_| Some(AnswerValue::text("create-parameter-group")),
        options: tls_ways,
        account: AccountPart::Settings,
        ..Question::PLAIN
    },
    Question {
        key: "database.parameter_group_family",
        title: "Family of the parameter group",
        prompt: "Of which family is its parameter group?",
        help: "The family of a generated parameter group, where engine and version do not tell: for SQL Server, whose edition decides.",
        example: "\"sqlserver-se-15.0\"",
        asked: false,
        need: Need::When(|view| view.engine().is_some_and(|engine| engine.has_editions)),
        part: |text| name(ParameterGroupFamily::parse(text)),
        follows: |view| filled(view.database()?.family(view.account?)?).map(AnswerValue::text),
        fact: Some(SAME),
        relevant: |view| view.is("database", "tls", "create-parameter-group"),
        account: AccountPart::Settings,
        ..Question::PLAIN
    },
];

/// True if the version is needed: only for a generated parameter group, unless the edition decides its family, which is given then.
fn needs_version(view: &QuestionContext<'_>) -> bool {
    !view.is("database", "tls", "enforced")
        && view.engine().is_some_and(|engine| !engine.has_editions)
}

/// Checks that an instance is not registered as a cluster or the reverse.
fn is_of_that_kind(view: &QuestionContext<'_>, value: &AnswerValue) -> Result<(), String> {
    let (Some(account), Some(identifier)) = (view.account, view.text("database", "identifier"))
    else {
        return Ok(());
    };
    let kinds: Vec<&str> = databases(account)
        .iter()
        .filter(|database| database.identifier == identifier)
        .map(KnownDatabase::kind)
        .collect();
    match kinds.as_slice() {
        [kind] if *kind != value.to_string() => Err(format!(
            "{identifier} is a database {kind} in the account in view"
        )),
        _ => Ok(()),
    }
}

/// Checks that a proxy can serve the database; its parameter group may not be known before.
fn is_served(view: &QuestionContext<'_>, value: &AnswerValue) -> Result<(), String> {
    let Some(account) = view.account else {
        return Ok(());
    };
    let identifier = value.to_string();
    let all = databases(account);
    let named = all.iter().filter(|one| one.identifier == identifier);
    let refusals: Option<Vec<String>> = named.map(|one| one.refusal(account)).collect();
    // An instance and a cluster may share a name: one of them that can be served is enough.
    match refusals.as_deref() {
        Some([first, ..]) => Err(format!("{identifier}: {first}")),
        _ => Ok(()),
    }
}

/// True if the given version equals the actual one or is a prefix of it: 16 for 16.4.
fn is_version_of(given: &str, fact: &str) -> bool {
    let rest = fact.strip_prefix(given);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn offered(account: &Snapshot) -> Options {
    let all = databases(account);
    let width = all
        .iter()
        .filter(|database| database.refusal(account).is_none())
        .map(|database| database.identifier.len())
        .max();
    let mut options = Options::default();
    for database in &all {
        let label = label(account, database, width.unwrap_or_default());
        options.add(
            Choice::new(database.identifier, label),
            database.refusal(account),
        );
    }
    options
}

/// Formats `orders-db PostgreSQL 16.4 TLS forced by default.postgres16 vpc-…`: the part to cut off is last.
fn label(account: &Snapshot, database: &KnownDatabase<'_>, width: usize) -> String {
    let title = database.engine().map_or(database.api_engine, |engine| {
        engine.title.trim_start_matches("RDS for ")
    });
    let tls = match database.forces_tls(account) {
        Some(true) => format!("TLS forced by {}", database.parameter_group),
        Some(false) => "TLS not forced".to_owned(),
        None if is_partial(account, &["parameter_groups"]) => "TLS unknown".to_owned(),
        // The parameter group is still being read while the choices are shown.
        None => String::new(),
    };
    // `8.0.mysql_aurora.3.08.0`: the engine is already known, so its prefix is dropped.
    let version = database
        .version
        .rsplit_once("mysql_aurora.")
        .map_or(database.version, |(_, version)| version);
    let waits = database.parameter_apply_status == "pending-reboot";
    let pending = if waits { " (after a reboot)" } else { "" };
    let has_proxy = database.has_proxy(account);
    let proxy = if has_proxy { "has a proxy" } else { "" };
    let facts = joined(&[&(tls + pending), proxy], ", ");
    let engine = format!("{title} {version}");
    let columns = joined(&[&engine, &facts, database.vpc_id], "  ");
    format!("{:width$}  {columns}", database.identifier)
}

/// Joins the texts that are not empty.
fn joined(texts: &[&str], between: &str) -> String {
    let texts = texts.iter().copied().filter(|text| !text.is_empty());
    texts.collect::<Vec<_>>().join(between)
}

fn forced(view: &QuestionContext<'_>) -> Option<bool> {
    view.database()?.forces_tls(view.account?)
}

fn tls_ways(view: &QuestionContext<'_>) -> Options {
    let mut options = Options::default();
    let parameter = view
        .engine()
        .map_or("the TLS parameter", |engine| engine.tls_parameter);
    options.add(
        Choice::new(
            "create-parameter-group",
            format!("create-parameter-group  one with {parameter}: you attach it and reboot"),
        ),
        None,
    );
    let group = view
        .text("database", "parameter_group")
        .unwrap_or("its parameter group");
    let refusal = (forced(view) == Some(false))
        .then(|| format!("{group} does not set {parameter}: choose create-parameter-group"));
    options.add(
        Choice::new(
            "enforced",
            "enforced  its parameter group forces TLS already",
        ),
        refusal,
    );
    options
}

fn list(items: &[String]) -> Option<AnswerValue> {
    (!items.is_empty()).then(|| AnswerValue::list(items.to_vec()))
}

fn filled(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}
