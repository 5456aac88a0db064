//! Which way a fact has moved: whether more gets in than was meant, or may do more, and which rule is about that.

use super::{Class, within_proxy};
use crate::domain::facts::Difference;

/// What the facts below a path mean.
struct DirectionRow {
    /// The steps of the path below the proxy; `*` is any one.
    path: &'static [&'static str],
    /// The rules that are about them, the one to be named first.
    rules: &'static [&'static str],
    sense: Sense,
}

/// Which way is weaker.
#[derive(Clone, Copy)]
enum Sense {
    /// The verdicts of the rules tell.
    Judged,
    /// Each fact lets something in, or something be done: one more is weaker.
    Grants,
    /// A fact that is true keeps something out.
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

/// The first row that fits counts.
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
        class: match is_weaker {
            true => Class::Weakens,
            false => Class::Strengthens,
        },
        rule: row.rules.first().copied(),
    }
}

/// Whether more gets in, or less.
fn lets_more(row: &DirectionRow, steps: &[&str], difference: &Difference) -> Option<bool> {
    let denies = steps
        .get(row.path.len())
        .is_some_and(|entry| entry.starts_with("deny "));
    let is_proxy = !difference.whole.contains('/');
    let depth = within_proxy(&difference.whole).split('/').count();
    let is_other_key = row.path.first() == Some(&"key_policies") && depth <= row.path.len();
    // Nothing is let in or kept out of what is not there.
    if is_proxy || is_other_key || (denies && depth < row.path.len()) {
        return None;
    }
    if let Some(permits) = &difference.permits {
        return Some(permits.more);
    }
    let more = difference.intent.is_none();
    let is_group = row.path[..row.path.len() - 1].ends_with(&["security_groups", "*"]);
    if is_group && !more && depth < row.path.len() {
        // What takes the place of a group that is gone may let in more.
        return None;
    }
    // One denial less lets in as much as one permission more.
    Some(more != denies)
}

/// Whether it keeps out less, or more.
fn guards_less(difference: &Difference) -> Option<bool> {
    let [before, after] = [&difference.intent, &difference.actual];
    let holds = |value: &Option<String>| value.as_deref().map(|value| value == "true");
    match (holds(before), holds(after)) {
        (Some(true), Some(false)) => Some(true),
        (Some(false), Some(true)) => Some(false),
        _ => None,
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
