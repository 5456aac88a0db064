//! Finds the uses of one and the same secret under different names. It compares names and knows nothing of proxies.

use std::collections::{BTreeMap, BTreeSet};

use super::names;
use super::things::Handle;

/// The maximum number of other uses that are reported at each use of a secret.
// Without a limit, the findings of n proxies in a loop that share their secrets would list n² uses.
const MOST_OTHERS: usize = 3;

/// Returns, for each use, the indexes of the first others that refer to the same secret.
pub(super) fn others(uses: &[Option<&Handle>]) -> Vec<BTreeSet<usize>> {
    let mut others = vec![BTreeSet::new(); uses.len()];
    for alike in buckets(uses).into_values() {
        for &one in &alike {
            let same = alike
                .iter()
                .filter(|other| **other != one && same(uses[one], uses[**other]));
            let room = MOST_OTHERS.saturating_sub(others[one].len());
            others[one].extend(same.take(room));
        }
    }
    others
}

/// Groups the uses so that two uses of one secret share at least one bucket. Only members of a bucket are compared.
fn buckets(uses: &[Option<&Handle>]) -> BTreeMap<(Option<Handle>, String), Vec<usize>> {
    let mut buckets: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (at, handle) in uses.iter().enumerate() {
        match handle {
            Some(Handle::Literal(literal)) => {
                for name in names_of(literal) {
                    let key = (None, name.to_owned());
                    buckets.entry(key).or_default().push(at);
                }
            }
            Some(handle) => {
                let key = (Some((*handle).clone()), String::new());
                buckets.entry(key).or_default().push(at);
            }
            None => {}
        }
    }
    buckets
}

/// Returns the possible names of a secret that has this name or ARN.
pub(super) fn names_of(literal: &str) -> impl Iterator<Item = &str> {
    let name = own_name(literal);
    [Some(name), names::without_suffix(name)]
        .into_iter()
        .flatten()
}

fn same(one: Option<&Handle>, other: Option<&Handle>) -> bool {
    match (one, other) {
        (Some(Handle::Literal(one)), Some(Handle::Literal(other))) => same_literal(one, other),
        (Some(one), Some(other)) => one == other,
        _ => false,
    }
}

/// True if both identify the same secret by a name, an ARN, or an ARN without its random suffix.
pub(super) fn same_literal(one: &str, other: &str) -> bool {
    let (name, other_name) = (own_name(one), own_name(other));
    let is_partial = |arn: &str, full: &str, name: &str| {
        names::is_arn(arn) && names::without_suffix(full) == Some(name) && is_random(full)
    };
    let same_name = name == other_name
        || is_partial(one, name, other_name)
        || is_partial(other, other_name, name);
    same_name && same_place(one, other)
}

/// True unless partition, region or account differ. They are compared only if both are known; `<region>` matches any.
fn same_place(one: &str, other: &str) -> bool {
    if !(names::is_arn(one) && names::is_arn(other)) {
        return true;
    }
    let pairs = one.split(':').zip(other.split(':')).take(5);
    pairs
        .into_iter()
        .all(|(one, other)| one == other || one.starts_with('<') || other.starts_with('<'))
}

/// True for a random suffix. Six lower-case letters are a word: two partial ARNs that end in `-reader` and `-writer`
/// are two secrets.
fn is_random(name: &str) -> bool {
    let suffix = name.rsplit('-').next().unwrap_or_default();
    !suffix.chars().all(|letter| letter.is_ascii_lowercase())
}

/// Returns the text after `secret:` in an ARN; for a name, the whole text.
fn own_name(literal: &str) -> &str {
    if names::is_arn(literal) {
        literal.split(':').nth(6).unwrap_or(literal)
    } else {
        literal
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:";

    #[test]
    fn names_of_one_secret_are_told_from_those_of_two() {
        let full = format!("{ARN}app-AbCdEf");
        let cases = [
            (full.clone(), full.clone(), true),
            (full.clone(), format!("{ARN}app"), true),
            (full.clone(), "app".to_owned(), true),
            (full.clone(), format!("{full}:password::"), true),
            (format!("{ARN}app:password"), full.clone(), true),
            ("app".to_owned(), format!("{ARN}app"), true),
            (full.clone(), format!("{ARN}app-XyZ123"), false),
            (full.clone(), full.replace("eu-west-1", "us-east-1"), false),
            (full.clone(), full.replace("eu-west-1", "<region>"), true),
            (
                format!("{ARN}app-reader"),
                format!("{ARN}app-writer"),
                false,
            ),
            (format!("{ARN}app-reader"), format!("{ARN}app"), false),
            (
                format!("{ARN}app-reader-AbCdEf"),
                "app-reader".to_owned(),
                true,
            ),
        ];
        for (one, other, expected) in cases {
            let handles = [Handle::Literal(one.clone()), Handle::Literal(other.clone())];
            let found = others(&[Some(&handles[0]), Some(&handles[1])]);
            assert_eq!(!found[0].is_empty(), expected, "{one} {other}");
            assert_eq!(!found[1].is_empty(), expected, "{other} {one}");
        }
    }

    #[test]
    fn what_is_not_known_is_not_the_same() {
        let handle = Handle::Item(1);
        let found = others(&[Some(&handle), None, None, Some(&handle)]);
        let expected = [vec![3], vec![], vec![], vec![0]];
        assert_eq!(found, expected.map(|set| set.into_iter().collect()));
    }
}
