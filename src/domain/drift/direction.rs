//! The direction of a difference: the proxy is weaker, stronger, or just different. Names the rule that is about it.

use super::{Class, within_proxy};
use crate::domain::facts::Difference;

/// The meaning of the facts below a path.
struct DirectionRow {
    /// The segments of the path below the proxy; `*` matches any segment.
    path: &'static [&'static str],
    /// The ids of the rules that are about these facts; reports name the first one.
    rules: &'static [&'static str],
    sense: Sense,
}

/// The direction that is weaker.
#[derive(Clone, Copy)]
enum Sense {
    /// Decided by the verdicts of the rules.
    Judged,
    /// Each fact admits or permits something: an additional one is weaker.
    Grants,
    /// A fact that is true keeps something out: a false one is weaker.
    Guards,
}

const fn about(path: &'static [&'static str], rules: &'static [&'static str]) -> DirectionRow {
    let sense = Sense::Judged;
    DirectionRow { path, rules, sense }
}

const fn grants(path: &'static [&'static str], rules: &'static [&'static str]) -> DirectionRow {
    let sense = Sense::Grants;
    DirectionRow { path, rules, sense }
}

const fn guards(path: &'static [&'static str], rules: &'static [&'static str]) -> DirectionRow {
    let sense = Sense::Guards;
    DirectionRow { path, rules, sense }
}

/// The known paths; the first row that matches counts.
const ROWS: &[DirectionRow] = &[
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
    guards(
        &["auth", "*", "secret", "block_public_policy"],
        &["secret-policy-too-wide", "secret-policy-missing"],
    ),
    grants(&["key_policies", "*"], &["key-policy-too-wide"]),
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

/// The meaning of a fact that differs, and the rule that is about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Direction {
    /// The class of the difference.
    pub class: Class,
    /// The id of the rule, if one is about the fact.
    pub rule: Option<&'static str>,
}

/// Returns the direction of a difference.
pub fn direction(difference: &Difference) -> Direction {
    let steps: Vec<&str> = within_proxy(&difference.path).split('/').collect();
    let row = ROWS.iter().find(|row| fits(row.path, &steps));
    let is_weaker = row.and_then(|row| match row.sense {
        Sense::Judged => None,
        Sense::Grants => lets_more(row, &steps, difference),
        Sense::Guards => guards_less(difference),
    });
    let is_weaker = is_weaker.filter(|_| !difference.is_admitted);
    let (Some(row), Some(is_weaker)) = (row, is_weaker) else {
        return Direction {
            class: Class::Changes,
            rule: None,
        };
    };
    Direction {
        class: if is_weaker {
            Class::Weakens
        } else {
            Class::Strengthens
        },
        rule: row.rules.first().copied(),
    }
}

/// Returns `true` if more is admitted or permitted, `false` if less; `None` if it cannot be decided.
fn lets_more(row: &DirectionRow, steps: &[&str], difference: &Difference) -> Option<bool> {
    let denies = steps
        .get(row.path.len())
        .is_some_and(|entry| entry.starts_with("deny "));
    let is_proxy = !difference.whole.contains('/');
    let depth = within_proxy(&difference.whole).split('/').count();
    let is_other_key = row.path.first() == Some(&"key_policies") && depth <= row.path.len();
    // A thing that is absent neither admits nor denies anything.
    if is_proxy || is_other_key || (denies && depth < row.path.len()) {
        return None;
    }
    if let Some(permits) = &difference.permits {
        return Some(permits.more);
    }
    let more = difference.intent.is_none();
    let is_group = row.path[..row.path.len() - 1].ends_with(&["security_groups", "*"]);
    if is_group && !more && depth < row.path.len() {
        // A group that replaces the missing one may admit more.
        return None;
    }
    // A denial that is gone permits as much as a new grant.
    Some(more != denies)
}

/// Returns `true` if it keeps out less, `false` if more; `None` if it cannot be decided.
fn guards_less(difference: &Difference) -> Option<bool> {
    let [before, after] = [&difference.intent, &difference.actual];
    let holds = |value: &Option<String>| value.as_deref().map(|value| value == "true");
    match (holds(before), holds(after)) {
        (Some(true), Some(false)) => Some(true),
        (Some(false), Some(true)) => Some(false),
        _ => None,
    }
}

/// True if a rule is about the fact at a path.
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
            ..Difference::default()
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
                "p/auth/a/secret/block_public_policy",
                Some("true"),
                Some("false"),
                Class::Weakens,
                Some("secret-policy-too-wide"),
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
    fn what_is_gone_as_a_whole_neither_lets_in_nor_keeps_out() {
        for (path, whole) in [
            ("p/auth/a/secret/policy/deny x to anyone", "p"),
            ("p/auth/a/secret/policy/deny x to anyone", "p/auth/a"),
            ("p/security_groups/own/ingress/tcp 1 from sg-1", "p"),
            ("p/key_policies/k/allow kms:* to anyone", "p/key_policies"),
            ("p/key_policies/k/allow kms:* to anyone", "p/key_policies/k"),
            (
                "p/security_groups/own/ingress/tcp 1 from sg-1",
                "p/security_groups/own",
            ),
        ] {
            let difference = Difference {
                path: path.to_owned(),
                intent: Some("present".to_owned()),
                actual: None,
                whole: whole.to_owned(),
                ..Difference::default()
            };
            assert_eq!(direction(&difference).class, Class::Changes, "{path}");
        }
    }

    #[test]
    fn rules_are_about_their_facts() {
        assert!(is_about("client-tls-not-required", "p/require_tls"));
        assert!(is_about("iam-auth-not-required", "p/auth/a/iam"));
        assert!(!is_about("debug-logging-on", "p/require_tls"));
    }
}
