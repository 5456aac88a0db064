//! Which way a fact has moved: whether more gets in than was meant, or may do more, and which rule is about that.

use super::Class;
use super::within_proxy;
use crate::domain::facts::Difference;

/// What the facts below a path mean.
struct Row {
    /// The steps of the path below the proxy; `*` is any one.
    path: &'static [&'static str],
    /// The rules that are about them, the one to be named first.
    rules: &'static [&'static str],
    /// Whether each fact there lets something in, or something be done: one more is weaker.
    is_grant: bool,
}

const fn about(path: &'static [&'static str], rules: &'static [&'static str]) -> Row {
    Row {
        path,
        rules,
        is_grant: false,
    }
}

const fn grants(path: &'static [&'static str], rules: &'static [&'static str]) -> Row {
    Row {
        path,
        rules,
        is_grant: true,
    }
}

/// The first row that fits counts.
const ROWS: &[Row] = &[
    about(
        &["require_tls"],
        &["client-tls-not-required", "database-tls-not-enforced"],
    ),
    about(&["debug_logging"], &["debug-logging-on"]),
    about(
        &["default_auth"],
        &["iam-auth-not-required", "auth-invalid"],
    ),
    about(
        &["auth", "*", "iam"],
        &["iam-auth-not-required", "auth-invalid"],
    ),
    about(
        &["auth", "*", "scheme"],
        &["iam-auth-not-required", "auth-invalid"],
    ),
    grants(
        &["auth", "*", "secret", "policy"],
        &["secret-policy-too-wide", "secret-policy-missing"],
    ),
    about(
        &["auth", "*", "secret", "block_public_policy"],
        &["secret-policy-too-wide", "secret-policy-missing"],
    ),
    about(
        &["auth", "*", "secret", "password"],
        &["password-in-plaintext"],
    ),
    about(
        &["auth", "*", "secret"],
        &[
            "secret-is-master-user",
            "secret-user-duplicate",
            "secret-elsewhere",
            "secret-shared",
        ],
    ),
    about(
        &["auth"],
        &[
            "secret-shared",
            "secret-user-duplicate",
            "secret-policy-missing",
            "secret-is-master-user",
            "iam-auth-not-required",
            "password-in-plaintext",
            "too-many-secrets",
        ],
    ),
    grants(
        &["security_groups", "*", "ingress"],
        &["security-group-ingress-open"],
    ),
    grants(
        &["security_groups", "*", "egress"],
        &["security-group-egress-open"],
    ),
    grants(
        &["endpoints", "*", "security_groups", "*", "ingress"],
        &["security-group-ingress-open"],
    ),
    grants(
        &["endpoints", "*", "security_groups", "*", "egress"],
        &["security-group-egress-open"],
    ),
    about(
        &["security_groups"],
        &[
            "security-group-default",
            "security-group-ingress-open",
            "security-group-egress-open",
            "database-bypass",
        ],
    ),
    grants(&["role", "permissions"], &["role-permissions-too-wide"]),
    grants(&["role", "trust"], &["role-trust-too-wide"]),
    grants(
        &["consumers", "*", "grants"],
        &["connect-permission-too-wide"],
    ),
    grants(&["consumers", "*", "is"], &["connect-permission-too-wide"]),
    grants(
        &["database", "security_groups", "*", "ingress"],
        &["database-bypass"],
    ),
    about(
        &["database", "parameter_group"],
        &["database-tls-not-enforced", "parameter-group-read-only"],
    ),
    about(
        &["subnets"],
        &["subnets-in-one-zone", "vpc-mismatch", "zone-unsupported"],
    ),
    about(&["pool"], &["pool-invalid", "pinning-filter-unsupported"]),
];

/// What a fact that differs means, and the id of the rule that it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Direction {
    /// What it means.
    pub class: Class,
    /// The rule, where one is about it.
    pub rule: Option<&'static str>,
}

/// Which way a fact has moved.
pub fn direction(difference: &Difference) -> Direction {
    let steps: Vec<&str> = within_proxy(&difference.path).split('/').collect();
    let row = ROWS.iter().find(|row| fits(row.path, &steps));
    let Some(row) = row.filter(|row| row.is_grant) else {
        return Direction {
            class: Class::Changes,
            rule: None,
        };
    };
    let denies = steps
        .get(row.path.len())
        .is_some_and(|entry| entry.starts_with("deny "));
    let more = difference.intent.is_none();
    // One denial less lets in as much as one permission more.
    let class = match more != denies {
        true => Class::Weakens,
        false => Class::Strengthens,
    };
    Direction {
        class,
        rule: row.rules.first().copied(),
    }
}

/// True where a rule is about the fact at a path.
pub fn is_about(rule: &str, path: &str) -> bool {
    let steps: Vec<&str> = within_proxy(path).split('/').collect();
    let rows = ROWS.iter().filter(|row| fits(row.path, &steps));
    rows.flat_map(|row| row.rules).any(|one| *one == rule)
}

fn fits(pattern: &[&str], steps: &[&str]) -> bool {
    pattern.len() <= steps.len()
        && pattern
            .iter()
            .zip(steps)
            .all(|(pattern, step)| *pattern == "*" || pattern == step)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str, intent: Option<&str>, actual: Option<&str>) -> Direction {
        direction(&Difference {
            path: path.to_owned(),
            intent: intent.map(str::to_owned),
            actual: actual.map(str::to_owned),
            whole: path.to_owned(),
        })
    }

    #[test]
    fn more_that_gets_in_is_weaker() {
        let there = Some("present");
        for (path, before, after, class, rule) in [
            (
                "p/security_groups/own/ingress/tcp 5432 from sg-1",
                None,
                there,
                Class::Weakens,
                Some("security-group-ingress-open"),
            ),
            (
                "p/security_groups/own/ingress/tcp 5432 from sg-1",
                there,
                None,
                Class::Strengthens,
                Some("security-group-ingress-open"),
            ),
            (
                "p/auth/a/secret/policy/deny x to anyone",
                there,
                None,
                Class::Weakens,
                Some("secret-policy-too-wide"),
            ),
            (
                "p/consumers/f/is",
                None,
                there,
                Class::Weakens,
                Some("connect-permission-too-wide"),
            ),
            (
                "p/pool/borrow_timeout",
                Some("1"),
                Some("2"),
                Class::Changes,
                None,
            ),
        ] {
            assert_eq!(of(path, before, after), Direction { class, rule }, "{path}");
        }
    }

    #[test]
    fn rules_are_about_their_facts() {
        assert!(is_about("client-tls-not-required", "p/require_tls"));
        assert!(is_about("iam-auth-not-required", "p/auth/a/iam"));
        assert!(!is_about("debug-logging-on", "p/require_tls"));
    }
}
