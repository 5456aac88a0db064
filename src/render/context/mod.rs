//! The context that templates can use, version 1: the contract with every pack.
//!
//! Every name below is always present. A name that does not apply to the blueprint is `null` or an empty list, because
//! the template engine treats an unknown name in an `if` as false. Names are added, never renamed.

mod logical_id;
mod monitoring;
mod people;
mod pool;

use schemars::JsonSchema;
use serde::Serialize;
use tera::Context;

use self::pool::PoolContext;
use super::error::RenderError;
use crate::domain::blueprint::{Blueprint, CreatedNames, KeyPlan, NAME_FORMS, SecretPlan, TlsPlan};
use crate::domain::engine::ParameterGroupKind;
use crate::domain::finding::MISSION;
use crate::domain::names::SecurityGroupId;
use crate::domain::pack::CONTEXT_VERSION;
use crate::domain::posture::DatabaseKind;
use crate::domain::spec::AuthMode;

/// The values that a template may use.
#[derive(Serialize, JsonSchema)]
struct Contract {
    /// The version of this contract: 1.
    context_version: u32,
    /// Version of rdsproxy-gen.
    tool_version: &'static str,
    proxy: ProxyContext,
    /// `aws`, `aws-cn`, `aws-us-gov`.
    partition: &'static str,
    /// The port on which the proxy listens.
    proxy_port: u16,
    engine: EngineRow,
    names: NameList,
    /// How names are derived from that of the proxy.
    name_forms: Vec<NameFormRow>,
    network: NetworkContext,
    database: DatabaseContext,
    /// `null` if the database already requires TLS.
    parameter_group: Option<ParameterGroupContext>,
    /// All users, sorted by name.
    users: Vec<people::UserContext>,
    /// The users whose secret is created.
    created_secrets: Vec<people::UserContext>,
    /// The users with an existing secret.
    existing_secrets: Vec<people::UserContext>,
    /// The users whose existing secret has a customer-managed key.
    secret_keys: Vec<people::UserContext>,
    /// Whether the proxy logs in with secrets.
    uses_secrets: bool,
    consumers: Vec<people::ConsumerContext>,
    /// The policies, one for each role.
    connects: Vec<people::Connect>,
    /// Groups of all consumers, sorted, each once.
    consumer_groups: Vec<String>,
    key: KeyContext,
    strict_secret_policy: bool,
    /// ARNs.
    secret_readers: Vec<String>,
    pool: PoolContext,
    monitoring: monitoring::MonitoringContext,
    alarms: &'static [monitoring::Alarm],
    /// API calls that may weaken a proxy.
    weakening_calls: &'static [&'static str],
    tags: Vec<TagContext>,
    /// Every choice with its reason, in the order of the six rules.
    choices: Vec<ChoiceRow>,
    /// The titles of the six rules.
    mission: [&'static str; 6],
}

#[derive(Serialize, JsonSchema)]
struct ProxyContext {
    name: String,
    region: String,
    account_id: String,
    /// `secrets`, `end-to-end-iam`.
    auth: &'static str,
    read_only_endpoint: bool,
}

#[derive(Serialize, JsonSchema)]
struct EngineRow {
    /// `postgresql`.
    id: &'static str,
    /// `RDS for PostgreSQL`.
    title: &'static str,
    /// `POSTGRESQL`.
    family: &'static str,
    /// `postgresql`, `mysql`, `mariadb`, `sqlserver`.
    dialect: &'static str,
    /// `engine` in a secret.
    secret_engine: &'static str,
    /// `rds.force_ssl`.
    tls_parameter: &'static str,
    /// `1`.
    tls_value: &'static str,
}

#[derive(Serialize, JsonSchema)]
struct NameList {
    role: String,
    security_group: String,
    key_alias: String,
    read_only_endpoint: String,
    log_group: String,
    connect_policy: String,
    role_policy: String,
    alarms: String,
}

#[derive(Serialize, JsonSchema)]
struct NameFormRow {
    /// What has the name: `proxy` (its role and security group), `read_only_endpoint`, `connect`, `alarms`.
    key: &'static str,
    /// The end of the name.
    suffix: &'static str,
    /// The limit of its service, in characters.
    longest: usize,
}

#[derive(Serialize, JsonSchema)]
struct NetworkContext {
    vpc_id: String,
    subnet_ids: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
struct DatabaseContext {
    /// `instance`, `cluster`.
    kind: &'static str,
    identifier: String,
    /// `null` when not given.
    resource_id: Option<String>,
    /// `null` when not given.
    engine_version: Option<String>,
    port: u16,
    security_group_ids: Vec<String>,
    /// `null` when not given.
    parameter_group: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct ParameterGroupContext {
    name: String,
    family: String,
    /// `instance`, `cluster`.
    kind: &'static str,
    parameter: &'static str,
    value: &'static str,
    /// `immediate`, `pending-reboot`.
    apply_method: &'static str,
}

#[derive(Serialize, JsonSchema)]
struct KeyContext {
    /// Whether a key is created.
    create: bool,
    /// The ARN of an existing key, or `null`.
    existing: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct TagContext {
    key: String,
    value: String,
}

#[derive(Serialize, JsonSchema)]
struct ChoiceRow {
    /// 1 to 6, or `null`.
    rule: Option<u8>,
    subject: &'static str,
    decision: String,
    reason: &'static str,
}

/// Returns the JSON Schema of the template context.
pub(super) fn json_schema() -> serde_json::Value {
    schemars::schema_for!(Contract).to_value()
}

/// Builds the template context of a blueprint.
pub(super) fn context(blueprint: &Blueprint) -> Result<Context, RenderError> {
    let users = people::users(blueprint);
    let with = |test: fn(&people::UserContext) -> bool| {
        users.iter().filter(|user| test(user)).cloned().collect()
    };
    let contract = Contract {
        context_version: CONTEXT_VERSION,
        tool_version: env!("CARGO_PKG_VERSION"),
        proxy: proxy(blueprint),
        partition: blueprint.partition,
        proxy_port: blueprint.proxy_port,
        engine: engine(blueprint),
        names: names(&blueprint.names),
        name_forms: name_forms(),
        network: NetworkContext {
            vpc_id: blueprint.network.vpc_id.to_string(),
            subnet_ids: blueprint
                .network
                .subnet_ids
                .iter()
                .map(ToString::to_string)
                .collect(),
        },
        database: database(blueprint),
        parameter_group: parameter_group(blueprint),
        created_secrets: with(|user| user.secret.kind == "create"),
        existing_secrets: with(|user| user.secret.kind == "existing"),
        secret_keys: with(|user| user.secret.key.is_some()),
        users,
        uses_secrets: blueprint.uses_secrets(),
        consumers: people::consumers(blueprint),
        connects: people::connects(blueprint),
        consumer_groups: texts(blueprint.consumer_groups()),
        key: key(blueprint),
        strict_secret_policy: blueprint.strict_secret_policy,
        secret_readers: blueprint
            .secret_readers
            .iter()
            .map(ToString::to_string)
            .collect(),
        pool: PoolContext::new(blueprint),
        monitoring: monitoring::monitoring(blueprint),
        alarms: monitoring::ALARMS,
        weakening_calls: monitoring::WEAKENING_CALLS,
        tags: tags(blueprint),
        choices: choices(blueprint),
        mission: MISSION,
    };
    Context::from_serialize(&contract).map_err(|error| RenderError::Context(error.to_string()))
}

fn texts(ids: Vec<&SecurityGroupId>) -> Vec<String> {
    ids.into_iter().map(ToString::to_string).collect()
}

fn proxy(blueprint: &Blueprint) -> ProxyContext {
    ProxyContext {
        name: blueprint.proxy.name.to_string(),
        region: blueprint.proxy.region.to_string(),
        account_id: blueprint.proxy.account_id.to_string(),
        auth: match blueprint.proxy.auth {
            AuthMode::Secrets => "secrets",
            AuthMode::EndToEndIam => "end-to-end-iam",
        },
        read_only_endpoint: blueprint.proxy.read_only_endpoint,
    }
}

fn engine(blueprint: &Blueprint) -> EngineRow {
    let engine = blueprint.engine();
    EngineRow {
        id: engine.id,
        title: engine.title,
        family: engine.family.api_name(),
        dialect: engine.dialect.name(),
        secret_engine: engine.secret_engine,
        tls_parameter: engine.tls_parameter,
        tls_value: engine.tls_value,
    }
}

fn name_forms() -> Vec<NameFormRow> {
    let rows = NAME_FORMS.iter().map(|form| NameFormRow {
        key: form.key,
        suffix: form.suffix,
        longest: form.longest,
    });
    rows.collect()
}

fn names(names: &CreatedNames) -> NameList {
    let CreatedNames {
        role,
        security_group,
        key_alias,
        read_only_endpoint,
        log_group,
        connect_policy,
        role_policy,
        alarms,
    } = names.clone();
    NameList {
        role,
        security_group,
        key_alias,
        read_only_endpoint,
        log_group,
        connect_policy,
        role_policy,
        alarms,
    }
}

fn database(blueprint: &Blueprint) -> DatabaseContext {
    let database = &blueprint.database;
    DatabaseContext {
        kind: match database.kind {
            DatabaseKind::Instance => "instance",
            DatabaseKind::Cluster => "cluster",
        },
        identifier: database.identifier.to_string(),
        resource_id: database.resource_id.as_ref().map(ToString::to_string),
        engine_version: database.engine_version.as_ref().map(ToString::to_string),
        port: database.port,
        security_group_ids: database
            .security_group_ids
            .iter()
            .map(ToString::to_string)
            .collect(),
        parameter_group: database.parameter_group.as_ref().map(ToString::to_string),
    }
}

fn parameter_group(blueprint: &Blueprint) -> Option<ParameterGroupContext> {
    let TlsPlan::CreateGroup(plan) = &blueprint.database_tls else {
        return None;
    };
    Some(ParameterGroupContext {
        name: plan.name.clone(),
        family: plan.family.clone(),
        kind: match plan.kind {
            ParameterGroupKind::Instance => "instance",
            ParameterGroupKind::Cluster => "cluster",
        },
        parameter: plan.parameter,
        value: plan.value,
        apply_method: plan.apply_method,
    })
}

fn key(blueprint: &Blueprint) -> KeyContext {
    match &blueprint.key {
        KeyPlan::None => KeyContext {
            create: false,
            existing: None,
        },
        KeyPlan::Create => KeyContext {
            create: true,
            existing: None,
        },
        KeyPlan::Existing(arn) => KeyContext {
            create: false,
            existing: Some(arn.to_string()),
        },
    }
}

fn tags(blueprint: &Blueprint) -> Vec<TagContext> {
    let tag = |(key, value): (
        &crate::domain::names::TagKey,
        &crate::domain::names::TagValue,
    )| TagContext {
        key: key.to_string(),
        value: value.to_string(),
    };
    blueprint.tags.iter().map(tag).collect()
}

fn choices(blueprint: &Blueprint) -> Vec<ChoiceRow> {
    let row = |choice: &crate::domain::blueprint::DesignChoice| ChoiceRow {
        rule: choice.rule,
        subject: choice.subject,
        decision: choice.decision.clone(),
        reason: choice.reason,
    };
    blueprint.choices.iter().map(row).collect()
}

/// Returns the kind of a user's secret as a keyword.
fn secret_kind(secret: &SecretPlan) -> &'static str {
    match secret {
        SecretPlan::None => "none",
        SecretPlan::Create { .. } => "create",
        SecretPlan::Existing { .. } => "existing",
    }
}
