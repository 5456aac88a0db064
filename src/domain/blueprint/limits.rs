//! The limits of the service that a spec alone can break. Those that need the account are rules, judged before writing.

use std::collections::BTreeMap;

use crate::domain::engine::EngineFamily;
use crate::domain::names::arn;
use crate::domain::posture::DatabaseKind;
use crate::domain::spec::{AuthMode, SecretSpec, Spec, SpecProblem, UserSpec};

/// Source: RDS API Reference, CreateDBProxy (`Auth`: at most 200 entries).
const MAX_USERS: usize = 200;
/// Source: RDS User Guide, "Using Amazon RDS Proxy"; CloudFormation's schema of AWS::RDS::DBProxy (minItems 2).
const MIN_SUBNETS: usize = 2;
/// Source: RDS API Reference, CreateDBProxy.
const IDLE_CLIENT_TIMEOUT: std::ops::RangeInclusive<u32> = 1..=28_800;
/// Source: RDS API Reference, ConnectionPoolConfiguration.
const BORROW_TIMEOUT: std::ops::RangeInclusive<u32> = 0..=300;
/// Created by the proxy itself. Source: RDS User Guide, "Using Amazon RDS Proxy", limitations.
const RESERVED_USER: &str = "rdsproxyadmin";
/// Source: RDS User Guide, "Supported Regions and DB engines for Amazon RDS Proxy": New Zealand, Taipei.
const REGIONS_WITHOUT_PROXY: &[&str] = &["ap-southeast-6", "ap-east-2"];
/// Source: RDS API Reference, "UserAuthConfig" and the engines' own limits on user names.
const MYSQL_USER_LENGTH: usize = 32;

/// Every limit that this spec breaks.
pub(super) fn broken(spec: &Spec) -> Vec<SpecProblem> {
    let checks: [fn(&Spec) -> Vec<SpecProblem>; 9] = [
        region, subnets, target, auth, users, secrets, consumers, pool, encryption,
    ];
    checks.iter().flat_map(|check| check(spec)).collect()
}

fn region(spec: &Spec) -> Vec<SpecProblem> {
    let region = spec.proxy.region.as_str();
    if !REGIONS_WITHOUT_PROXY.contains(&region) {
        return Vec::new();
    }
    vec![spec.problem(
        "proxy.region",
        format!("RDS Proxy is not offered in {region}"),
        "choose another region",
    )]
}

fn subnets(spec: &Spec) -> Vec<SpecProblem> {
    if spec.network.subnet_ids.len() >= MIN_SUBNETS {
        return Vec::new();
    }
    vec![spec.problem(
        "network.subnet_ids",
        "a proxy needs at least two subnets, in two availability zones",
        "add a subnet of another zone",
    )]
}

fn target(spec: &Spec) -> Vec<SpecProblem> {
    let engine = spec.proxy.engine;
    let mut problems = Vec::new();
    if engine.aurora && spec.database.kind == DatabaseKind::Instance {
        problems.push(spec.problem(
            "database.kind",
            format!(
                "a proxy for {} is registered for the cluster, not for an instance of it",
                engine.title
            ),
            "set kind = \"cluster\" and the identifier of the cluster",
        ));
    }
    if engine.family == EngineFamily::SqlServer && spec.database.kind == DatabaseKind::Cluster {
        problems.push(spec.problem(
            "database.kind",
            "RDS for SQL Server has no clusters",
            "set kind = \"instance\"",
        ));
    }
    if spec.proxy.read_only_endpoint && spec.database.kind == DatabaseKind::Instance {
        problems.push(spec.problem(
            "proxy.read_only_endpoint",
            "a read-only endpoint needs a cluster: an instance has no readers that a proxy could use",
            "remove read_only_endpoint",
        ));
    }
    if let Some(port) = spec
        .proxy
        .port
        .filter(|_| engine.family != EngineFamily::SqlServer)
    {
        problems.push(spec.problem(
            "proxy.port",
            format!(
                "a proxy for {} listens on {}, not on {port}",
                engine.title,
                engine.family.proxy_port()
            ),
            "remove proxy.port; the database's own port belongs in database.port",
        ));
    }
    problems
}

fn auth(spec: &Spec) -> Vec<SpecProblem> {
    if spec.proxy.auth == AuthMode::Secrets {
        return Vec::new();
    }
    let mut problems = Vec::new();
    if !spec.proxy.engine.end_to_end_iam {
        problems.push(spec.problem(
            "proxy.auth",
            format!(
                "{} does not support end-to-end IAM",
                spec.proxy.engine.title
            ),
            "set auth = \"secrets\"",
        ));
    }
    let prefix = match spec.database.kind {
        DatabaseKind::Instance => "db-",
        DatabaseKind::Cluster => "cluster-",
    };
    match &spec.database.resource_id {
        None => problems.push(spec.problem(
            "proxy.auth",
            "end-to-end IAM needs the database's resource id, for the proxy's own grant",
            format!("set database.resource_id to the `{prefix}…` id of the database"),
        )),
        Some(id) if !id.as_str().starts_with(prefix) => problems.push(spec.problem(
            "database.resource_id",
            format!("{id} is not the resource id of this kind of database"),
            format!("it starts with `{prefix}`"),
        )),
        Some(_) => {}
    }
    problems
}

fn users(spec: &Spec) -> Vec<SpecProblem> {
    let mut problems = Vec::new();
    if spec.users.is_empty() {
        problems.push(spec.problem(
            "users",
            "a proxy without a database user lets nobody in",
            "add [[users]] with name and database",
        ));
    }
    if spec.users.len() > MAX_USERS {
        problems.push(spec.problem(
            "users",
            format!(
                "{} users: a proxy takes at most {MAX_USERS} secrets",
                spec.users.len()
            ),
            "spread them over two proxies",
        ));
    }
    for pair in spec.users.windows(2) {
        if let [one, two] = pair
            && one.name == two.name
        {
            problems.push(spec.problem(
                &format!("users.{}", one.name),
                format!(
                    "user {} is listed twice: the proxy finds a secret by its user",
                    one.name
                ),
                "keep one of them",
            ));
        }
    }
    problems.extend(spec.users.iter().filter_map(|user| user_name(spec, user)));
    problems
}

fn user_name(spec: &Spec, user: &UserSpec) -> Option<SpecProblem> {
    let key = format!("users.{}.name", user.name);
    if user.name.as_str().eq_ignore_ascii_case(RESERVED_USER) {
        let message = format!(
            "{RESERVED_USER} is the proxy's own user: it is created by AWS and must not be used"
        );
        return Some(spec.problem(&key, message, "choose another user"));
    }
    let too_long = spec.proxy.engine.family == EngineFamily::MySql
        && user.name.as_str().len() > MYSQL_USER_LENGTH;
    too_long.then(|| {
        let message = format!(
            "{} is longer than the {MYSQL_USER_LENGTH} characters that {} takes",
            user.name, spec.proxy.engine.title
        );
        spec.problem(&key, message, "choose a shorter name")
    })
}

fn secrets(spec: &Spec) -> Vec<SpecProblem> {
    let mut problems = Vec::new();
    let mut holders: BTreeMap<&str, &UserSpec> = BTreeMap::new();
    for user in &spec.users {
        let SecretSpec::Existing(secret) = &user.secret else {
            continue;
        };
        let key = format!("users.{}.secret", user.name);
        if spec.proxy.auth == AuthMode::EndToEndIam {
            problems.push(spec.problem(
                &key,
                "under end-to-end IAM a user has no secret",
                "remove it",
            ));
        }
        if let Some(other) = holders.insert(secret.as_str(), user) {
            problems.push(spec.problem(
                &key,
                format!(
                    "users {} and {} share one secret: each user has one of its own",
                    other.name, user.name
                ),
                "name another secret, or set secret = \"create\"",
            ));
        }
        problems.extend(place(spec, &key, secret.as_str(), "secretsmanager"));
        if secret.secret_name().starts_with("rds!") {
            problems.push(spec.problem(
                &key,
                "that is the master user's secret, managed by RDS: a proxy for an application logs in as a user of its own",
                "set secret = \"create\"",
            ));
        }
    }
    problems
}

/// A proxy reads secrets and keys of its own region and account only.
fn place(spec: &Spec, key: &str, text: &str, service: &str) -> Option<SpecProblem> {
    let parts = arn(text, service)?;
    let here = (
        spec.proxy.region.partition(),
        spec.proxy.region.as_str(),
        spec.proxy.account_id.as_str(),
    );
    let there = (parts.partition, parts.region, parts.account);
    (here != there).then(|| {
        spec.problem(
            key,
            format!(
                "it lies in account {} and region {}, the proxy in {} and {}",
                there.2, there.1, here.2, here.1
            ),
            "name one of the proxy's own region and account",
        )
    })
}

fn consumers(spec: &Spec) -> Vec<SpecProblem> {
    let mut problems = Vec::new();
    for pair in spec.consumers.windows(2) {
        if let [one, two] = pair
            && one.function == two.function
        {
            let key = format!("consumers.{}", one.function);
            problems.push(spec.problem(
                &key,
                format!("function {} is listed twice", one.function),
                "merge the two",
            ));
        }
    }
    for consumer in &spec.consumers {
        let unknown = consumer
            .users
            .iter()
            .filter(|name| !spec.users.iter().any(|user| user.name == **name));
        problems.extend(unknown.map(|name| {
            spec.problem(
                &format!("consumers.{}.users.{name}", consumer.function),
                format!(
                    "function {} is to connect as {name}, which is not among the users",
                    consumer.function
                ),
                "add it to [[users]], or name one that is there",
            )
        }));
    }
    problems
}

fn pool(spec: &Spec) -> Vec<SpecProblem> {
    let pool = &spec.pool;
    let mut problems = Vec::new();
    let mut range = |key: &str, value: Option<u32>, range: std::ops::RangeInclusive<u32>| {
        if let Some(value) = value.filter(|value| !range.contains(value)) {
            problems.push(spec.problem(
                &format!("pool.{key}"),
                format!("{value} is outside {} to {}", range.start(), range.end()),
                "choose a value of that range",
            ));
        }
    };
    range(
        "max_connections_percent",
        pool.max_connections_percent,
        1..=100,
    );
    let most = pool
        .max_connections_percent
        .unwrap_or(spec.proxy.engine.max_connections_percent);
    range(
        "max_idle_connections_percent",
        pool.max_idle_connections_percent,
        0..=most.min(100),
    );
    range("borrow_timeout", pool.borrow_timeout, BORROW_TIMEOUT);
    range(
        "idle_client_timeout",
        pool.idle_client_timeout,
        IDLE_CLIENT_TIMEOUT,
    );
    if pool.exclude_variable_sets && spec.proxy.engine.pinning_filters.is_empty() {
        problems.push(spec.problem(
            "pool.exclude_variable_sets",
            format!("{} has no session pinning filter", spec.proxy.engine.title),
            "remove exclude_variable_sets",
        ));
    }
    problems
}

fn encryption(spec: &Spec) -> Vec<SpecProblem> {
    let mut problems = Vec::new();
    if let crate::domain::spec::KeySpec::Existing(key) = &spec.encryption.kms_key {
        problems.extend(place(spec, "encryption.kms_key", key.as_str(), "kms"));
    }
    if spec.encryption.strict_secret_policy && spec.encryption.secret_readers.is_empty() {
        problems.push(spec.problem(
            "encryption.strict_secret_policy",
            "the strict policy would lock out whoever deploys: Terraform and CloudFormation read the secret again",
            "name the deploying role in encryption.secret_readers",
        ));
    }
    problems
}
