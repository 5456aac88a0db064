//! Effects of a changed spec on existing deployments: what is replaced, disconnected or deleted, and what to do about
//! it.
//!
//! Sources: the provider's schema of `aws_db_proxy` (engine_family and vpc_subnet_ids force a new resource, name is
//! changed in place) and of the role, security group, log group and secret (name forces a new one); "Update requires"
//! in the CloudFormation reference; DeleteSecret in the Secrets Manager API reference; DeleteDBParameterGroup in the
//! RDS API reference.

use std::fmt::Display;

use crate::domain::spec::{AuthMode, DatabaseTls, SPEC_FILE, SecretSpec, Spec, UserSpec};

/// One kind of change to a spec.
struct ReplacedChange {
    /// Describes the change if there is one: `proxy.name from orders to billing`.
    change: fn(&Spec, &Spec) -> Option<String>,
    /// The effect on the existing deployment.
    effect: &'static str,
    /// The advice for the user.
    advice: &'static str,
}

const ROWS: &[ReplacedChange] = &[
    ReplacedChange {
        change: |old, new| differs("proxy.name", &old.proxy.name, &new.proxy.name),
        effect: "this replaces the proxy: CloudFormation makes a new one, Terraform renames it and replaces what is named after it \
                 (role, security group, log group, created secrets with new passwords); clients lose the endpoint they know",
        advice: "for a second proxy, name another directory; else deploy in a maintenance window and give clients the new endpoint",
    },
    ReplacedChange {
        change: |old, new| differs("proxy.region", &old.proxy.region, &new.proxy.region),
        effect: "this makes another proxy there; the one that is deployed is not moved",
        advice: "destroy the old deployment before you write this, or name another directory and keep both",
    },
    ReplacedChange {
        change: |old, new| {
            differs(
                "proxy.account_id",
                &old.proxy.account_id,
                &new.proxy.account_id,
            )
        },
        effect: "this makes another proxy there; the one that is deployed is not moved",
        advice: "destroy the old deployment before you write this, or name another directory and keep both",
    },
    ReplacedChange {
        change: |old, new| {
            let [before, after] = [old, new].map(|spec| spec.proxy.engine);
            (before.family != after.family)
                .then(|| differs("proxy.engine", &before.id, &after.id))
                .flatten()
        },
        effect: NEW_PROXY,
        advice: SAME_NAME,
    },
    ReplacedChange {
        change: |old, new| differs("network.vpc_id", &old.network.vpc_id, &new.network.vpc_id),
        effect: "proxy and security group are replaced: clients are cut off until the new ones are there",
        advice: SAME_NAME,
    },
    ReplacedChange {
        change: |old, new| {
            let same_vpc = old.network.vpc_id == new.network.vpc_id;
            (same_vpc && old.network.subnet_ids != new.network.subnet_ids)
                .then(|| "network.subnet_ids".to_owned())
        },
        effect: NEW_PROXY,
        advice: SAME_NAME,
    },
    ReplacedChange {
        change: |old, new| {
            let [before, after] = [old, new].map(|spec| &spec.database);
            let is_other = before.identifier != after.identifier || before.kind != after.kind;
            is_other.then(|| from_to("database.identifier", &before.identifier, &after.identifier))
        },
        effect: "the proxy is registered with another database: connections to the old one end",
        advice: "run sql/users.sql, and sql/set_password.py where there are passwords, in the new database first",
    },
    ReplacedChange {
        change: |old, new| {
            let [before, after] = [old, new].map(|spec| spec.proxy.auth);
            (before == AuthMode::Secrets && after == AuthMode::EndToEndIam)
                .then(|| "proxy.auth from secrets to end-to-end-iam".to_owned())
        },
        effect: "created secrets are no longer part of the code: Terraform deletes them, CloudFormation leaves them behind",
        advice: "run the new sql/users.sql first: the users log in with IAM then, and no longer with a password",
    },
    ReplacedChange {
        change: |old, new| {
            let [before, after] = [old, new].map(|spec| spec.proxy.auth);
            (before == AuthMode::EndToEndIam && after == AuthMode::Secrets)
                .then(|| "proxy.auth from end-to-end-iam to secrets".to_owned())
        },
        effect: "the proxy logs in with passwords, which the database users do not have yet",
        advice: "create the secrets first, then run sql/users.sql and sql/set_password.py, as README.md says",
    },
    ReplacedChange {
        change: |old, new| {
            let gone = |user: &&UserSpec| !new.users.iter().any(|other| other.name == user.name);
            names("user", old.users.iter().filter(gone).map(|user| &user.name))
        },
        effect: "can no longer connect through the proxy; of a created secret, Terraform deletes it (for 7 to 30 days it can be \
                 restored) and CloudFormation leaves it behind",
        advice: "drop the user in the database yourself: nothing that is generated does",
    },
    ReplacedChange {
        change: |old, new| {
            let changes = |user: &&UserSpec| {
                let now = new.users.iter().find(|other| other.name == user.name);
                user.secret == SecretSpec::Create
                    && now.is_some_and(|now| now.secret != SecretSpec::Create)
            };
            names(
                "secret of user",
                old.users.iter().filter(changes).map(|user| &user.name),
            )
        },
        effect: "the created secret is no longer part of the code: Terraform deletes it (for 7 to 30 days it can be restored), \
                 CloudFormation leaves it behind",
        advice: "check first that the other secret holds the password of this user",
    },
    ReplacedChange {
        change: |old, new| {
            let gone = old.consumers.iter().filter(|consumer| {
                !new.consumers
                    .iter()
                    .any(|other| other.function == consumer.function)
            });
            names("function", gone.map(|consumer| &consumer.function))
        },
        effect: "loses the permission to connect and the way through the security groups",
        advice: "stop using the proxy in it before you deploy",
    },
    ReplacedChange {
        change: |old, new| {
            (old.proxy.read_only_endpoint && !new.proxy.read_only_endpoint)
                .then(|| "proxy.read_only_endpoint".to_owned())
        },
        effect: "the read-only endpoint is deleted: whoever connects to it is cut off",
        advice: "move its clients to the proxy's own endpoint first",
    },
    ReplacedChange {
        change: |old, new| {
            let [before, after] = [old, new].map(|spec| spec.database.tls);
            (before == DatabaseTls::CreateParameterGroup && after == DatabaseTls::Enforced)
                .then(|| "database.tls from create-parameter-group to enforced".to_owned())
        },
        effect: "the generated parameter group is deleted, which RDS refuses while a database uses it",
        advice: "attach another parameter group that forces TLS first",
    },
];

const NEW_PROXY: &str = "the proxy is replaced: clients are cut off until the new one is there";

/// CloudFormation creates the new proxy before it removes the old one.
const SAME_NAME: &str = "deploy in a maintenance window; CloudFormation cannot replace a proxy that keeps its name: change \
                         proxy.name with it, or delete the stack first";

/// Describes the effects of the change between two texts of a spec, one line for each kind. Empty if one of the texts
/// is not a valid spec: its errors are reported elsewhere, or it has another schema version.
pub(super) fn between(old: &str, new: &str) -> Vec<String> {
    let read = |text| Spec::parse(text, SPEC_FILE).ok();
    match (read(old), read(new)) {
        (Some(old), Some(new)) => replacement_notes(&old, &new),
        _ => Vec::new(),
    }
}

fn replacement_notes(old: &Spec, new: &Spec) -> Vec<String> {
    let rows = ROWS.iter();
    rows.filter_map(|row| {
        let change = (row.change)(old, new)?;
        Some(format!(
            "{change}: {}. What to do: {}.",
            row.effect, row.advice
        ))
    })
    .collect()
}

fn differs<T: Display + PartialEq>(key: &str, old: &T, new: &T) -> Option<String> {
    (old != new).then(|| from_to(key, old, new))
}

fn from_to(key: &str, old: &impl Display, new: &impl Display) -> String {
    format!("{key} from {old} to {new}")
}

fn names<T: Display>(what: &str, names: impl Iterator<Item = T>) -> Option<String> {
    let names: Vec<String> = names.map(|name| name.to_string()).collect();
    let plural = if names.len() == 1 { "" } else { "s" };
    (!names.is_empty()).then(|| format!("{what}{plural} {}", names.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPEC: &str = include_str!("../../generated-examples/mysql-two-users/rdsproxy.toml");

    fn spec(text: &str) -> Spec {
        Spec::parse(text, "rdsproxy.toml").unwrap()
    }

    /// Replacements in the spec, and the expected message.
    const CASES: &[(&[(&str, &str)], &str)] = &[
        (
            &[("\"shop-proxy\"", "\"till-proxy\"")],
            "proxy.name from shop-proxy to till-proxy: this replaces the proxy",
        ),
        (
            &[("region = \"us-east-1\"", "region = \"us-east-2\"")],
            "proxy.region from us-east-1 to us-east-2: this makes another",
        ),
        (
            &[(
                "account_id = \"123456789012\"",
                "account_id = \"123456789013\"",
            )],
            "proxy.account_id from 123456789012 to",
        ),
        (
            &[("engine = \"mysql\"", "engine = \"postgresql\"")],
            "proxy.engine from mysql to postgresql: the proxy is replaced",
        ),
        (
            &[("vpc-0b1b2c3d4e5f60718", "vpc-0b1b2c3d4e5f60719")],
            "network.vpc_id from vpc-0b1b2c3d4e5f60718 to",
        ),
        (
            &[("subnet-0b10000000000001b", "subnet-0b10000000000001c")],
            "network.subnet_ids: the proxy is replaced",
        ),
        (
            &[("identifier = \"shop-db\"", "identifier = \"till-db\"")],
            "database.identifier from shop-db to till-db: the proxy is registered",
        ),
        (
            &[("account_id =", "auth = \"end-to-end-iam\"\naccount_id =")],
            "proxy.auth from secrets to end-to-end-iam: created secrets",
        ),
        (
            &[
                ("name = \"shop_ro\"", "name = \"shop_r2\""),
                ("\"shop_ro\"]", "\"shop_r2\"]"),
            ],
            "user shop_ro: can no longer connect",
        ),
        (
            &[(
                "access = \"read-only\"",
                "secret = \"arn:aws:secretsmanager:us-east-1:123456789012:secret:a-AbCdEf\"",
            )],
            "secret of user shop_ro: the created secret",
        ),
        (
            &[("function = \"shop-report\"", "function = \"shop-stock\"")],
            "function shop-report: loses",
        ),
        (
            &[("\"create-parameter-group\"", "\"enforced\"")],
            "database.tls from create-parameter-group to enforced: the generated",
        ),
    ];

    #[test]
    fn what_a_change_does_to_what_is_deployed_is_told() {
        let old = spec(SPEC);
        assert_eq!(replacement_notes(&old, &old), Vec::<String>::new());
        for (edits, expected) in CASES {
            let text = edits
                .iter()
                .fold(SPEC.to_owned(), |text, (from, to)| text.replace(from, to));
            assert_ne!(text, SPEC, "{edits:?} changes nothing");
            let told = replacement_notes(&old, &spec(&text));
            assert_eq!(told.len(), 1, "{edits:?}: {told:?}");
            assert!(told[0].starts_with(expected), "{expected}: {told:?}");
        }
    }

    #[test]
    fn the_way_back_has_effects_of_its_own() {
        let iam = SPEC.replace(
            "account_id =",
            "auth = \"end-to-end-iam\"\nread_only_endpoint = true\naccount_id =",
        );
        let told = replacement_notes(&spec(&iam), &spec(SPEC));
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(
            told[0].starts_with("proxy.auth from end-to-end-iam to secrets: the proxy logs in"),
            "{told:?}"
        );
        assert!(
            told[1].starts_with("proxy.read_only_endpoint: the read-only endpoint is deleted"),
            "{told:?}"
        );
    }

    #[test]
    fn a_mysql_database_of_another_kind_is_the_same_proxy() {
        let text = SPEC.replace("engine = \"mysql\"", "engine = \"aurora-mysql\"");
        assert_eq!(
            replacement_notes(&spec(SPEC), &spec(&text)),
            Vec::<String>::new()
        );
    }
}
