//! A posture as a flat list of facts, and the comparison of two.
//!
//! A path is the same whatever source the posture came from: created things are called by the part they play (`own`,
//! `proxy role`), never by an address or a generated id. What the two sides of a comparison need to agree on for that is in
//! [`naming`].

mod conditions;
mod enum_names;
mod fact_writer;
mod flatten;
mod grant;
mod labels;
mod lexicon;
mod naming;
mod permits;
mod policies;
mod surroundings;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use self::fact_writer::Flat;
use self::naming::Scheme;
use super::posture::Posture;

/// What is known at one path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fact {
    /// The value, as text.
    Value(String),
    /// Cannot be worked out, for this reason; nor can anything below it.
    Unresolved(String),
    /// Lies outside what this source shows; so does everything below it.
    NotVisible,
    /// What stands below is true, but there may be more of it, for this reason.
    Partial(String),
}

/// Two postures, side by side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// What both sides show, and show differently. Sorted by path.
    pub differences: Vec<Difference>,
    /// What at least one side does not show, which side, and why: `path (actual): reason`. Sorted.
    pub not_compared: Vec<String>,
    /// The part of it that the intent states and that what was read does not show: a proof must not pass over it. Sorted.
    pub hidden: Vec<String>,
    /// What was read does not show, and the intent does, be it that there is nothing: `path (actual): reason`. Sorted.
    pub unseen: Vec<String>,
    /// What was read shows where the intent shows only a part, or nothing: it may have been there all the time. Sorted by path.
    pub appeared: Vec<Difference>,
}

/// One fact that differs.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// `orders-proxy/auth/orders_rw/iam`.
    pub path: String,
    /// `None` where the intent has no such thing.
    pub intent: Option<String>,
    /// `None` where there is no such thing.
    pub actual: Option<String>,
    /// What is missing on one side as a whole: the path itself, or the thing that it belongs to.
    pub whole: String,
    /// What it means, where it is about a grant or a denial of a policy.
    pub permits: Option<Permits>,
    /// A rule of a group of a new endpoint that the proxy's own groups were meant to have: whom it admits, the proxy admits already.
    pub is_admitted: bool,
}

/// What a grant or a denial that differs comes to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Permits {
    /// More is permitted than was meant; otherwise less.
    pub more: bool,
    /// The wider or narrower ones that the other side has in its place.
    pub instead: Vec<String>,
}

impl fmt::Display for Difference {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
        let (intent, actual) = (side(&self.intent), side(&self.actual));
        write!(out, "{}: {intent} was meant, {actual} is there", self.path)
    }
}

impl Posture {
    /// Every attribute by a path that is the same in all sources.
    pub fn facts(&self) -> BTreeMap<String, Fact> {
        flatten::facts(self, &Scheme::of(&[self])).facts
    }
}

/// What differs between an intent and what was read. What either side cannot see is listed, never counted as equal.
pub fn compare(intent: &Posture, actual: &Posture) -> Comparison {
    let scheme = Scheme::of(&[intent, actual]);
    let intent = flatten::facts(intent, &scheme);
    let actual = flatten::facts(actual, &scheme);
    let policies = visible_policies(&intent, &actual);
    let is_told = |path: &str| {
        let mut above = ancestors(path).chain([path]);
        above.any(|above| policies.contains(above))
    };
    let paths: BTreeSet<&String> = intent.facts.keys().chain(actual.facts.keys()).collect();
    let mut comparison = Comparison::default();
    for path in paths.into_iter().filter(|path| !is_told(path)) {
        let sides = [look(&intent.facts, path), look(&actual.facts, path)];
        let missing = match &sides {
            [Sight::Nothing, _] => whole(&intent.facts, path),
            [_, Sight::Nothing] => whole(&actual.facts, path),
            _ => path,
        };
        comparison.note((path, missing), sides);
    }
    for path in policies {
        comparison.policy(path, [&intent, &actual]);
    }
    for difference in &mut comparison.differences {
        difference.is_admitted = is_admitted(difference, &intent.facts);
    }
    comparison.differences.sort();
    comparison.not_compared.sort();
    comparison.hidden.sort();
    comparison.unseen.sort();
    comparison
}

/// Where both sides show what is permitted, or show that there is nothing.
fn visible_policies<'f>(intent: &'f Flat, actual: &'f Flat) -> BTreeSet<&'f str> {
    let shows = |side: &Flat, path: &str| {
        let is_hidden = |path: &str| hides(side.facts.get(path));
        side.policies.contains_key(path) || !ancestors(path).chain([path]).any(is_hidden)
    };
    let paths = intent.policies.keys().chain(actual.policies.keys());
    let paths = paths.map(String::as_str);
    paths
        .filter(|path| shows(intent, path) && shows(actual, path))
        .collect()
}

/// What one side shows at a path.
enum Sight<'f> {
    Value(&'f str),
    /// There is no such thing.
    Nothing,
    /// It cannot be seen, for this reason.
    Hidden(&'f str),
    /// Something above it cannot be seen, which has a fact of its own that says so.
    Below,
}

fn look<'f>(facts: &'f BTreeMap<String, Fact>, path: &str) -> Sight<'f> {
    match facts.get(path) {
        Some(Fact::Value(value)) => Sight::Value(value),
        Some(Fact::Unresolved(reason) | Fact::Partial(reason)) => Sight::Hidden(reason),
        Some(Fact::NotVisible) => Sight::Hidden("not visible"),
        None if ancestors(path).any(|path| hides(facts.get(path))) => Sight::Below,
        None => Sight::Nothing,
    }
}

/// The uppermost thing on the way to a path of which one side shows nothing at all.
fn whole<'p>(facts: &BTreeMap<String, Fact>, path: &'p str) -> &'p str {
    ancestors(path)
        .find(|above| is_absent(facts, above))
        .unwrap_or(path)
}

/// Whether there is nothing of this path, and nothing below it.
fn is_absent(facts: &BTreeMap<String, Fact>, path: &str) -> bool {
    let below = format!("{path}/");
    let next = facts.range(below.clone()..).next();
    !facts.contains_key(path) && !next.is_some_and(|(path, _)| path.starts_with(&below))
}

/// Whether the intent has a rule at the proxy itself that comes with a new endpoint: `ingress/tcp 5432 from sg-1`.
fn is_admitted(difference: &Difference, intent: &BTreeMap<String, Fact>) -> bool {
    let Some((proxy, rest)) = difference.whole.split_once('/') else {
        return false;
    };
    // All endpoints, or one of them.
    let is_endpoint = rest.starts_with("endpoints") && rest.matches('/').count() < 2;
    let path = &difference.path;
    let side = ["/ingress/", "/egress/"]
        .into_iter()
        .find_map(|side| path.find(side));
    let Some(at) = side.filter(|_| is_endpoint && difference.intent.is_none()) else {
        return false;
    };
    let groups = format!("{proxy}/security_groups/");
    let mut own = intent
        .range(groups.clone()..)
        .take_while(|(path, _)| path.starts_with(&groups));
    own.any(|(own, _)| own.ends_with(&path[at..]))
}

fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(at, _)| &path[..at])
}

fn hides(fact: Option<&Fact>) -> bool {
    match fact {
        Some(Fact::Unresolved(_) | Fact::Partial(_) | Fact::NotVisible) => true,
        Some(Fact::Value(_)) | None => false,
    }
}

impl Comparison {
    /// What is permitted on one side and not on the other one, however it is written.
    fn policy(&mut self, path: &str, [intent, actual]: [&Flat; 2]) {
        let none = Vec::new();
        let [before, now] = [intent, actual].map(|side| side.policies.get(path).unwrap_or(&none));
        for change in permits::changes(before, now) {
            let entry = format!("{path}/{}", change.grant.text);
            let (side, lacking) = match change.is_new {
                true => ("actual", intent),
                false => ("intent", actual),
            };
            if let Some(reason) = &change.open {
                // What may be less is no reason to look; what may be more is.
                if change.is_more() {
                    self.hidden.push(format!("{entry} (actual): {reason}"));
                }
                self.not_compared.push(match change.is_more() {
                    true => format!("{entry} (actual): {reason}"),
                    false => format!("{entry} ({side}): {reason}"),
                });
                continue;
            }
            // A grant is one thing, whatever strokes the names in it have.
            let mut above = ancestors(path).chain([path]);
            let above = above.find(|above| is_absent(&lacking.facts, above));
            let present = |is_there: bool| is_there.then(|| "present".to_owned());
            let instead = change.instead.iter().map(|grant| grant.text.clone());
            self.differences.push(Difference {
                intent: present(!change.is_new),
                actual: present(change.is_new),
                whole: above.unwrap_or(&entry).to_owned(),
                permits: Some(Permits {
                    more: change.is_more(),
                    instead: instead.collect(),
                }),
                path: entry,
                is_admitted: false,
            });
        }
    }

    fn note(&mut self, (path, whole): (&str, &str), sides: [Sight<'_>; 2]) {
        let mut differ = |intent: Option<&str>, actual: Option<&str>| {
            self.differences.push(Difference {
                path: path.to_owned(),
                intent: intent.map(str::to_owned),
                actual: actual.map(str::to_owned),
                whole: whole.to_owned(),
                ..Difference::default()
            });
        };
        match sides {
            [Sight::Value(intent), Sight::Value(actual)] if intent != actual => {
                differ(Some(intent), Some(actual));
            }
            [Sight::Value(intent), Sight::Nothing] => differ(Some(intent), None),
            [Sight::Nothing, Sight::Value(actual)] => differ(None, Some(actual)),
            [Sight::Hidden(intent), Sight::Hidden(actual)] if intent == actual => {
                self.not_compared
                    .push(format!("{path}: {intent}, on either side"));
            }
            [Sight::Value(_), Sight::Hidden(reason)] => {
                let line = format!("{path} (actual): {reason}");
                self.hidden.push(line.clone());
                self.not_compared.push(line);
            }
            [Sight::Nothing, Sight::Hidden(reason)] => {
                let line = format!("{path} (actual): {reason}");
                self.unseen.push(line.clone());
                self.not_compared.push(line);
            }
            [Sight::Below, Sight::Value(value)] => {
                self.appeared.push(Difference {
                    path: path.to_owned(),
                    intent: None,
                    actual: Some(value.to_owned()),
                    whole: path.to_owned(),
                    ..Difference::default()
                });
            }
            [intent, actual] => {
                for (side, sight) in [("intent", intent), ("actual", actual)] {
                    if let Sight::Hidden(reason) = sight {
                        self.not_compared.push(format!("{path} ({side}): {reason}"));
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_missing_as_a_whole() {
        let present = || Fact::Value("present".to_owned());
        let facts = ["p/a/x", "p/a-b/x", "q"].map(|path| (path.to_owned(), present()));
        let facts = BTreeMap::from(facts);
        for (path, missing) in [
            ("p/a/y", "p/a/y"),
            ("p/b/c/d", "p/b"),
            ("p/a-/x", "p/a-"),
            ("r/a/b", "r"),
        ] {
            assert_eq!(whole(&facts, path), missing);
        }
    }
}
