//! Checks the service limits that depend on the spec alone. Limits that depend on the account are rules, and are
//! checked before any file is written.

use std::collections::BTreeMap;

use crate::domain::engine::PINNING_FILTER;
use crate::domain::limits::versions::{Support, support};
use crate::domain::limits::{LimitBroken, Limits, names, network, pool};
use crate::domain::names::arn;
use crate::domain::posture::DatabaseKind;
use crate::domain::spec::{AuthMode, SecretSpec, Spec, SpecProblem, UserSpec};

/// Returns a problem for every limit that the spec breaks.
pub(super) fn broken(spec: &Spec) -> Vec<SpecProblem> {
    let checks: [fn(&Spec) -> Vec<SpecProblem>; 11] = [
        region,
        subnets,
        version,
        target,
        auth,
        users,
        secrets,
        consumers,
        pool_settings,
        encryption,
        topic,
    ];
    checks.iter().flat_map(|check| check(spec)).collect()
}

/// Turns a broken limit into a problem at the given key of the spec.
fn limit(spec: &Spec, key: &str, checked: Result<(), LimitBroken>) -> Option<SpecProblem> {
    checked
        .err()
        .map(|broken| spec.problem(key, broken.message, broken.fix))
}

fn region(spec: &Spec) -> Vec<SpecProblem> {
    limit(
        spec,
        "proxy.region",
        network::region(spec.proxy.region.as_str()),
    )
    .into_iter()
    .collect()
}

/// Checks the engine version. A version that the table cannot decide may be newer than the table, so it is not refused
/// here.
fn version(spec: &Spec) -> Vec<SpecProblem> {
    let Some(version) = &spec.database.engine_version else {
        return Vec::new();
    };
    match support(spec.proxy.engine, version.as_str()) {
        Support::Served | Support::Unsettled(_) => Vec::new(),
        Support::Unserved(reason) => vec![spec.problem(
            "database.engine_version",
            reason,
            "upgrade the database, or choose another one",
        )],
    }
}

fn subnets(spec: &Spec) -> Vec<SpecProblem> {
    if spec.network.subnet_ids.len() >= network::SUBNETS {
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
    if !engine.family.traits().has_clusters && spec.database.kind == DatabaseKind::Cluster {
        problems.push(spec.problem(
            "database.kind",
            format!("{} has no clusters", engine.title),
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
        .filter(|_| engine.family.traits().is_port_documented)
    {
        problems.push(spec.problem(
            "proxy.port",
            format!(
                "a proxy for {} listens on {}, not on {port}",
                engine.title,
                engine.family.traits().proxy_port
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
    if !spec.proxy.engine.family.traits().end_to_end_iam {
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
    problems.extend(limit(
        spec,
        "users",
        Limits::SERVICE.secret_count(spec.users.len()),
    ));
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
    let reserved = limit(spec, &key, names::database_user(user.name.as_str()));
    let engine = spec.proxy.engine;
    let longest = engine.family.traits().user_length;
    let exceeded = longest.filter(|longest| user.name.as_str().len() > *longest);
    reserved.or_else(|| {
        exceeded.map(|longest| {
            let message = format!(
                "{} is longer than the {longest} characters that {} takes",
                user.name, engine.title
            );
            spec.problem(&key, message, "choose a shorter name")
        })
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

/// Checks that a secret or key is in the proxy's region and account, since a proxy can read no others.
fn place(spec: &Spec, key: &str, text: &str, service: &str) -> Option<SpecProblem> {
    let parts = arn(text, service)?;
    let here = (
        spec.proxy.region.partition(),
        spec.proxy.region.as_str(),
        spec.proxy.account_id.as_str(),
    );
    let there = (parts.partition, parts.region, parts.account);
    let what = if service == "kms" {
        "the key"
    } else {
        "the secret"
    };
    (here != there).then(|| {
        spec.problem(
            key,
            format!(
                "{what} lies in account {} and region {}, the proxy in {} and {}",
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

fn pool_settings(spec: &Spec) -> Vec<SpecProblem> {
    let asked = &spec.pool;
    let max = spec.max_connections();
    let family = spec.proxy.engine.family;
    let settings = asked.settings.rows().filter_map(|(row, value)| {
        let checked = Limits::SERVICE.setting(row, value.as_ref()?, max);
        limit(spec, &format!("pool.{}", row.key), checked)
    });
    let filter = asked.exclude_variable_sets.then_some(PINNING_FILTER);
    let filter = filter.and_then(|filter| {
        let checked = pool::pinning_filter(filter, family);
        limit(spec, "pool.exclude_variable_sets", checked)
    });
    settings.chain(filter).collect()
}

/// Checks the region of the topic: alarms and EventBridge rules notify only topics of their own region. The topic may
/// belong to another account.
/// Source: Amazon EventBridge User Guide, "Sending events to an AWS service in another account".
fn topic(spec: &Spec) -> Vec<SpecProblem> {
    let topic = spec.monitoring.topic_arn.as_ref();
    let region = topic.and_then(|topic| Some(arn(topic.as_str(), "sns")?.region));
    let elsewhere = region.filter(|region| *region != spec.proxy.region.as_str());
    let problem = |region| {
        spec.problem(
            "monitoring.topic_arn",
            format!(
                "the topic lies in {region}, the proxy in {}",
                spec.proxy.region
            ),
            "name a topic of the proxy's own region",
        )
    };
    elsewhere.map(problem).into_iter().collect()
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
