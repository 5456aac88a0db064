//! The direction of a difference: the proxy is weaker, stronger, or just different. The links of the rules decide it.

use super::{Class, RuleRef, within_proxy};
use crate::domain::facts::Difference;
use crate::domain::finding::RuleInfo;
use crate::domain::links::{FactLink, FactSense};

/// The meaning of a fact that differs, and the rule that is about it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Direction {
    /// The class of the difference.
    pub class: Class,
    /// The rule, if one is about the fact.
    pub rule: Option<RuleRef>,
}

/// Returns the direction of a difference, by the first of these rules whose links decide it.
pub fn direction(
    difference: &Difference,
    mut rules: impl Iterator<Item = &'static RuleInfo>,
) -> Direction {
    let decided = rules.find_map(|rule| {
        let mut links = rule.links.facts.iter();
        Some((links.find_map(|link| is_weaker(link, difference))?, rule))
    });
    let Some((is_weaker, rule)) = decided.filter(|_| !difference.is_admitted) else {
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
        rule: Some(RuleRef(rule)),
    }
}

/// Returns the direction that a link gives a difference; `None` if it gives none.
fn is_weaker(link: &FactLink, difference: &Difference) -> Option<bool> {
    let path = within_proxy(&difference.path);
    match link.sense {
        FactSense::Grants if link.fits(path) => lets_more(link, path, difference),
        FactSense::Guards if link.fits(path) => guards_less(difference),
        FactSense::Judged | FactSense::Grants | FactSense::Guards => None,
    }
}

/// Returns `true` if more is admitted or permitted, `false` if less; `None` if it cannot be decided.
fn lets_more(link: &FactLink, path: &str, difference: &Difference) -> Option<bool> {
    let own_depth = link.path.split('/').count();
    let entry = path.split('/').nth(own_depth);
    let denies = entry.is_some_and(|entry| entry.starts_with("deny "));
    let is_proxy = !difference.whole.contains('/');
    let depth = within_proxy(&difference.whole).split('/').count();
    let is_other_key = link.path.starts_with("key_policies/") && depth <= own_depth;
    // A thing that is absent neither admits nor denies anything.
    if is_proxy || is_other_key || (denies && depth < own_depth) {
        return None;
    }
    if let Some(permits) = &difference.permits {
        return Some(permits.more);
    }
    let more = difference.intent.is_none();
    let is_group = link.path.contains("security_groups/*/");
    if is_group && !more && depth < own_depth {
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
pub fn is_about(rule: &RuleInfo, path: &str) -> bool {
    let path = within_proxy(path);
    rule.links.facts.iter().any(|link| link.fits(path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{Rule, infos};

    fn direction_of(path: &str, intent: Option<&str>, actual: Option<&str>) -> Direction {
        let difference = Difference {
            path: path.to_owned(),
            intent: intent.map(str::to_owned),
            actual: actual.map(str::to_owned),
            whole: path.to_owned(),
            ..Difference::default()
        };
        direction(&difference, infos())
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
            let rule = rule.and_then(Rule::by_id).map(|rule| RuleRef(&rule.info));
            assert_eq!(
                direction_of(path, before, after),
                Direction { class, rule },
                "{path}"
            );
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
            let direction = direction(&difference, infos());
            assert_eq!(direction.class, Class::Changes, "{path}");
        }
    }

    #[test]
    fn rules_are_about_their_facts() {
        for (rule, path, is) in [
            ("client-tls-not-required", "p/require_tls", true),
            ("iam-auth-not-required", "p/auth/a/iam", true),
            ("debug-logging-on", "p/require_tls", false),
        ] {
            let rule = &Rule::by_id(rule).unwrap().info;
            assert_eq!(is_about(rule, path), is, "{} {path}", rule.id);
        }
    }
}
