//! The design choices with their reasons, in the order of the six rules, for the table in the generated README.

use super::Blueprint;
use super::plan::{KeyPlan, TlsPlan};
use crate::domain::finding::MISSION;
use crate::domain::spec::AuthMode;

/// A design choice and its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DesignChoice {
    /// The rule of the mission that the choice fulfils, 1 to 6; `None` for hardening beyond the rules.
    pub rule: Option<u8>,
    /// The title of that rule, or the subject of the choice.
    pub subject: &'static str,
    /// The decision that was made.
    pub decision: String,
    /// The reason for the decision.
    pub reason: &'static str,
}

pub(super) fn choices(blueprint: &Blueprint) -> Vec<DesignChoice> {
    vec![
        database_tls(blueprint),
        DesignChoice {
            rule: Some(2),
            subject: MISSION[1],
            decision: "`RequireTLS` is true, as a literal that no variable can change".to_owned(),
            reason: "a client that does not use TLS is refused by the proxy",
        },
        secrets(blueprint),
        secret_policy(blueprint),
        groups(blueprint),
        iam(blueprint),
        DesignChoice {
            rule: Some(6),
            subject: MISSION[5],
            decision: "`DebugLogging` is false, as a literal that no variable can change"
                .to_owned(),
            reason: "debug logs describe connections and queries, and everybody who reads logs would read them",
        },
        role(blueprint),
        key(blueprint),
        pool(blueprint),
    ]
}

fn database_tls(blueprint: &Blueprint) -> DesignChoice {
    let engine = blueprint.engine();
    let decision = match &blueprint.database_tls {
        TlsPlan::Enforced => format!(
            "the parameter group of {} already sets `{}`; `RequireTLS` is true",
            blueprint.database.identifier, engine.tls_parameter
        ),
        TlsPlan::CreateGroup(group) => format!(
            "parameter group {} sets `{}` to {}; attach it to {} and reboot; `RequireTLS` is true",
            group.name, group.parameter, group.value, blueprint.database.identifier
        ),
    };
    DesignChoice {
        rule: Some(1),
        subject: MISSION[0],
        decision,
        reason: "the AWS pages disagree on whether RequireTLS covers this leg, so the database itself refuses clear text",
    }
}

fn secrets(blueprint: &Blueprint) -> DesignChoice {
    let decision = match blueprint.proxy.auth {
        AuthMode::EndToEndIam => "there are no secrets: the proxy logs in with IAM".to_owned(),
        AuthMode::Secrets => {
            "one secret for each database user; its password is generated and stands in no file and no state".to_owned()
        }
    };
    DesignChoice {
        rule: Some(3),
        subject: MISSION[2],
        decision,
        reason: "a secret that two users or two proxies share cannot be rotated or revoked for one of them",
    }
}

fn secret_policy(blueprint: &Blueprint) -> DesignChoice {
    let decision = match (blueprint.proxy.auth, blueprint.strict_secret_policy) {
        (AuthMode::EndToEndIam, _) => "not needed: there are no secrets",
        (AuthMode::Secrets, false) => {
            "allows the proxy's role and, from this account only, the RDS service; denies requests without TLS; public policies are blocked"
        }
        (AuthMode::Secrets, true) => {
            "allows the proxy's role and, from this account only, the RDS service; denies requests without TLS and every reader that is not named; public policies are blocked; check the target's health after the first apply"
        }
    };
    DesignChoice {
        rule: Some(3),
        subject: "Resource policy on each secret",
        decision: decision.to_owned(),
        reason: "the proxy needs only its role's own permission: this policy is defence in depth, and says in one place who may read",
    }
}

fn groups(blueprint: &Blueprint) -> DesignChoice {
    DesignChoice {
        rule: Some(4),
        subject: MISSION[3],
        decision: format!(
            "consumers reach the proxy on {}, the proxy reaches the database on {}, by reference to groups; nothing else in or out",
            blueprint.proxy_port, blueprint.database.port
        ),
        reason: "a range of addresses admits whatever gets an address in it",
    }
}

fn iam(blueprint: &Blueprint) -> DesignChoice {
    let decision = match blueprint.proxy.auth {
        AuthMode::Secrets => "`IAMAuth` is REQUIRED on every auth entry",
        AuthMode::EndToEndIam => "`DefaultAuthScheme` is IAM_AUTH and there are no auth entries",
    };
    DesignChoice {
        rule: Some(5),
        subject: MISSION[4],
        decision: format!("{decision}; each consumer's role may connect as its named users only"),
        reason: "clients hold no password; a token lasts 15 minutes and is bound to one user of this proxy",
    }
}

fn role(blueprint: &Blueprint) -> DesignChoice {
    let decision = match blueprint.proxy.auth {
        AuthMode::Secrets => {
            "reads exactly these secrets and decrypts with exactly their key, through Secrets Manager"
        }
        AuthMode::EndToEndIam => "may connect to exactly this database as exactly these users",
    };
    DesignChoice {
        rule: None,
        subject: "The proxy's role",
        decision: decision.to_owned(),
        reason: "only rds.amazonaws.com may assume it; AWS documents that RDS Proxy supports no global condition keys, so its trust carries none",
    }
}

fn key(blueprint: &Blueprint) -> DesignChoice {
    let decision = match &blueprint.key {
        KeyPlan::None => "none is needed: no secret is created".to_owned(),
        KeyPlan::Create => format!(
            "a customer-managed key, {}, with rotation",
            blueprint.names.key_alias
        ),
        KeyPlan::Existing(arn) => format!("the existing key {arn}"),
    };
    DesignChoice {
        rule: None,
        subject: "Encryption of the secrets",
        decision,
        reason: "a key of your own shows in CloudTrail who decrypts, and can be revoked",
    }
}

fn pool(blueprint: &Blueprint) -> DesignChoice {
    let pool = &blueprint.pool.settings;
    DesignChoice {
        rule: None,
        subject: "Connection pool",
        decision: format!(
            "at most {} % of the database's connections, {} % idle, {} seconds to wait for one",
            pool.max_connections_percent, pool.max_idle_connections_percent, pool.borrow_timeout
        ),
        reason: "an administrator still gets in when the proxy is busy, and a function that waits longer has lost its caller",
    }
}
