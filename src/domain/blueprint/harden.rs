//! Turns a spec into a blueprint: every setting that the spec leaves open gets its secure value.

use sha2::{Digest, Sha256};

use super::choices::choices;
use super::plan::{
    ConsumerPlan, CreatedNames, KeyPlan, NAME_FORMS, NameForm, ParameterGroupPlan, PoolPlan,
    SecretPlan, TlsPlan, UserPlan, connects,
};
use super::{Blueprint, limits, sizes};
use crate::domain::engine::ParameterGroupKind;
use crate::domain::posture::DatabaseKind;
use crate::domain::settings::{SettingValue, Settings};
use crate::domain::spec::{
    AuthMode, DatabaseTls, KeySpec, SecretSpec, Spec, SpecError, SpecProblem, UserSpec,
};

impl Blueprint {
    /// Decides what the spec leaves open, and refuses what the service would refuse.
    ///
    /// # Errors
    /// Every service limit that the spec breaks, each with the place to change and the suggested change.
    pub fn harden(spec: &Spec) -> Result<Self, SpecError> {
        let mut problems = limits::broken(spec);
        problems.extend(sizes::broken(spec));
        let database_tls = match database_tls(spec) {
            Ok(plan) => plan,
            Err(problem) => {
                problems.push(*problem);
                TlsPlan::Enforced
            }
        };
        if !problems.is_empty() {
            return Err(SpecError(problems));
        }
        let users: Vec<UserPlan> = spec
            .users
            .iter()
            .map(|user| user_plan(spec, user))
            .collect();
        let mut blueprint = Self {
            partition: spec.proxy.region.partition(),
            proxy_port: spec
                .proxy
                .port
                .unwrap_or(spec.proxy.engine.family.traits().proxy_port),
            names: names(spec),
            network: spec.network.clone(),
            database: spec.database.clone(),
            database_tls,
            consumers: consumers(spec),
            connects: connects(spec),
            key: key(spec, &users),
            users,
            strict_secret_policy: spec.encryption.strict_secret_policy,
            secret_readers: spec.encryption.secret_readers.clone(),
            pool: pool(spec),
            monitoring: spec.monitoring.clone(),
            tags: spec.tags.clone(),
            targets: spec.targets.clone(),
            omit: spec.omit.clone(),
            proxy: spec.proxy.clone(),
            choices: Vec::new(),
        };
        blueprint.choices = choices(&blueprint);
        Ok(blueprint)
    }
}

fn names(spec: &Spec) -> CreatedNames {
    let proxy = spec.proxy.name.as_str();
    let fitting = |form: &NameForm| fit(proxy, form.suffix, form.longest);
    let [stem, read_only_endpoint, connect_policy, alarms] = NAME_FORMS.each_ref().map(fitting);
    CreatedNames {
        role: stem.clone(),
        security_group: stem.clone(),
        key_alias: format!("alias/{stem}"),
        read_only_endpoint,
        log_group: format!("/aws/rds/proxy/{proxy}"),
        connect_policy,
        role_policy: "read-secrets-or-connect".to_owned(),
        alarms,
    }
}

/// Appends a suffix to a name and shortens the name if the result would exceed the limit. A digest keeps shortened
/// names distinct.
fn fit(name: &str, suffix: &str, limit: usize) -> String {
    if name.len() + suffix.len() <= limit {
        return format!("{name}{suffix}");
    }
    let digest = Sha256::digest(name.as_bytes());
    let mark: String = digest
        .iter()
        .take(3)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let kept = limit.saturating_sub(suffix.len() + mark.len() + 1);
    let head = name.get(..kept).unwrap_or(name).trim_end_matches('-');
    format!("{head}-{mark}{suffix}")
}

fn user_plan(spec: &Spec, user: &UserSpec) -> UserPlan {
    let secret = match (spec.proxy.auth, &user.secret) {
        (AuthMode::EndToEndIam, _) => SecretPlan::None,
        (AuthMode::Secrets, SecretSpec::Create) => SecretPlan::Create {
            name: format!("rdsproxy/{}/{}", spec.proxy.name, user.name),
        },
        (AuthMode::Secrets, SecretSpec::Existing(arn)) => SecretPlan::Existing {
            arn: arn.clone(),
            key: user.secret_kms_key.clone(),
        },
    };
    UserPlan {
        name: user.name.clone(),
        database: user.database.clone(),
        schema: user.schema.clone(),
        access: user.access,
        secret,
    }
}

fn key(spec: &Spec, users: &[UserPlan]) -> KeyPlan {
    let creates = users
        .iter()
        .any(|user| matches!(user.secret, SecretPlan::Create { .. }));
    match &spec.encryption.kms_key {
        _ if !creates => KeyPlan::None,
        KeySpec::Create => KeyPlan::Create,
        KeySpec::Existing(arn) => KeyPlan::Existing(arn.clone()),
    }
}

fn consumers(spec: &Spec) -> Vec<ConsumerPlan> {
    spec.consumers
        .iter()
        .map(|consumer| ConsumerPlan {
            function: consumer.function.clone(),
            role: consumer.role.clone(),
            security_group_ids: consumer.security_group_ids.clone(),
            users: consumer.users.clone(),
        })
        .collect()
}

fn pool(spec: &Spec) -> PoolPlan {
    let asked = &spec.pool.settings;
    let max = spec.max_connections();
    PoolPlan {
        settings: Settings::from_rows(|row| {
            let asked = asked.get(row).cloned().flatten();
            let advised = row.advised.map(SettingValue::Number);
            asked.or(advised).unwrap_or_else(|| row.defaulted(max))
        }),
        exclude_variable_sets: spec.pool.exclude_variable_sets,
    }
}

fn database_tls(spec: &Spec) -> Result<TlsPlan, Box<SpecProblem>> {
    if spec.database.tls == DatabaseTls::Enforced {
        return Ok(TlsPlan::Enforced);
    }
    let engine = spec.proxy.engine;
    let kind = match spec.database.kind {
        DatabaseKind::Instance => engine.tls_group,
        DatabaseKind::Cluster => ParameterGroupKind::Cluster,
    };
    Ok(TlsPlan::CreateGroup(ParameterGroupPlan {
        name: fit(
            &spec.database.identifier.as_str().to_ascii_lowercase(),
            "-force-tls",
            255,
        ),
        family: family(spec)?,
        kind,
        parameter: engine.tls_parameter,
        value: engine.tls_value,
        apply_method: if engine.tls_static {
            "pending-reboot"
        } else {
            "immediate"
        },
    }))
}

/// Returns the parameter group family of the database: `postgres16`, `mysql8.0`, `aurora-mysql8.0`.
fn family(spec: &Spec) -> Result<String, Box<SpecProblem>> {
    if let Some(family) = &spec.database.parameter_group_family {
        return Ok(family.as_str().to_owned());
    }
    let engine = spec.proxy.engine;
    if engine.has_editions {
        let title = engine.family.traits().title;
        let example = engine.group_example.trim_start_matches("default.");
        return Err(Box::new(spec.problem(
            "database.tls",
            format!("the edition of {title} decides the family of its parameter group, and it is not given"),
            format!("set database.parameter_group_family, such as \"{example}\""),
        )));
    }
    let version = spec.database.engine_version.as_ref().ok_or_else(|| {
        Box::new(spec.problem(
            "database.tls",
            "the version of the engine decides the family of its parameter group, and it is not given",
            "set database.engine_version, such as \"16.4\"",
        ))
    })?;
    let major = engine
        .versions
        .iter()
        .filter(|known| is_version_of(version.as_str(), known))
        .max_by_key(|known| known.len())
        .ok_or_else(|| {
            Box::new(spec.problem(
                "database.engine_version",
                format!(
                    "the family of a parameter group for {} {version} is not known",
                    engine.title
                ),
                format!(
                    "set database.parameter_group_family, or a version of {}",
                    engine.versions.join(", ")
                ),
            ))
        })?;
    let stem = engine.api_names.first().copied().unwrap_or(engine.id);
    Ok(format!("{stem}{major}"))
}

/// True if a version belongs to a major version: `16.4` to `16`, `8.0.mysql_aurora.3.05.2` to `8.0`.
pub(super) fn is_version_of(version: &str, major: &str) -> bool {
    version
        .strip_prefix(major)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_shortened_and_stay_apart() {
        let (one, two) = (
            format!("{}a", "x".repeat(62)),
            format!("{}b", "x".repeat(62)),
        );
        let (one, two) = (fit(&one, "-rds-proxy", 64), fit(&two, "-rds-proxy", 64));
        assert_eq!((one.len(), two.len()), (64, 64));
        assert_ne!(one, two);
        assert_eq!(fit("orders", "-rds-proxy", 64), "orders-rds-proxy");
    }

    #[test]
    fn versions_belong_to_their_major() {
        let cases = [
            ("16.4", "16", true),
            ("16", "16", true),
            ("16.4", "1", false),
            ("8.0.mysql_aurora.3.05.2", "8.0", true),
            ("10.11.4", "10.1", false),
        ];
        for (version, major, expected) in cases {
            assert_eq!(
                is_version_of(version, major),
                expected,
                "{version} of {major}"
            );
        }
    }
}
