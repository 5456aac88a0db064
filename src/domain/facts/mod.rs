//! Flattens a posture into a list of facts, and compares two postures.
//!
//! A path is the same for every source of the posture: created things are named by the part they play (`own`, `proxy
//! role`), never by an address or a generated id. The names that both sides have to agree on are in [`naming`].

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

/// The state of knowledge at one path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fact {
    /// The known value, as text.
    Value(String),
    /// Unresolved for this reason, together with everything below the path.
    Unresolved(String),
    /// Not visible to this source, together with everything below the path.
    NotVisible,
    /// The facts below the path are true, but there may be more of them, for this reason.
    Partial(String),
}

/// The result of comparing an intent with the actual posture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// The facts that both sides show and that differ. Sorted by path.
    pub differences: Vec<Difference>,
    /// The facts that at least one side does not show, with the side and the reason: `path (actual): reason`. Sorted.
    pub not_compared: Vec<String>,
    /// The subset of `not_compared` that the intent states and the actual side does not show, and grants that may
    /// permit more: a proof must not pass over it. Sorted.
    pub hidden: Vec<String>,
    /// The facts that the intent shows as absent and that the actual side does not show: `path (actual): reason`.
    /// Sorted.
    pub unseen: Vec<String>,
    /// The facts that the actual side shows and the intent shows only in part or not at all: they may have been there
    /// all the time. Sorted by path.
    pub appeared: Vec<Difference>,
}

/// One fact that differs.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// The path of the fact, as `orders-proxy/auth/orders_rw/iam`.
    pub path: String,
    /// The intended value; `None` if the intent has no such fact.
    pub intent: Option<String>,
    /// The actual value; `None` if there is no such fact.
    pub actual: Option<String>,
    /// The path of the topmost thing that one side lacks: `path` itself, or what it belongs to.
    pub whole: String,
    /// The effect on permissions; `None` unless a grant or a denial of a policy differs.
    pub permits: Option<Permits>,
    /// True for a rule of a new endpoint's security group that the intent has on the proxy's own groups: the proxy
    /// already admits the same peer.
    pub is_admitted: bool,
}

/// The effect of a grant or a denial that differs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Permits {
    /// True if more is permitted than intended, false if less.
    pub more: bool,
    /// The wider or narrower grants that the other side has in its place.
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
    /// Returns every attribute by a path that is the same in all sources.
    pub fn facts(&self) -> BTreeMap<String, Fact> {
        flatten::facts(self, &Scheme::new(&[self])).facts
    }
}

/// Compares an intent with an actual posture. Facts that either side cannot see are listed, never counted as equal.
pub fn compare(intent: &Posture, actual: &Posture) -> Comparison {
    let scheme = Scheme::new(&[intent, actual]);
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
        comparison.note(path, missing, sides);
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

/// Returns the paths of the policies that both sides show, or show to be absent.
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

/// The state of one side at a path.
enum Sight<'f> {
    Value(&'f str),
    /// There is no such thing.
    Nothing,
    /// It cannot be seen, for this reason.
    Hidden(&'f str),
    /// It cannot be seen because something above it cannot, which has a fact of its own.
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

/// Returns the topmost ancestor of a path that one side lacks, or the path itself.
fn whole<'p>(facts: &BTreeMap<String, Fact>, path: &'p str) -> &'p str {
    ancestors(path)
        .find(|above| is_absent(facts, above))
        .unwrap_or(path)
}

/// True if there is no fact at this path and none below it.
fn is_absent(facts: &BTreeMap<String, Fact>, path: &str) -> bool {
    let below = format!("{path}/");
    let next = facts.range(below.clone()..).next();
    !facts.contains_key(path) && !next.is_some_and(|(path, _)| path.starts_with(&below))
}

/// True if the intent has the same rule on the proxy's own groups as the difference adds with a new endpoint:
/// `ingress/tcp 5432 from sg-1`.
fn is_admitted(difference: &Difference, intent: &BTreeMap<String, Fact>) -> bool {
    let Some((proxy, rest)) = difference.whole.split_once('/') else {
        return false;
    };
    // True for all endpoints and for a single one.
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
    /// Adds the grants and denials that only one side has, compared by meaning and not by text.
    fn policy(&mut self, path: &str, [intent, actual]: [&Flat; 2]) {
        let none = Vec::new();
        let [before, now] = [intent, actual].map(|side| side.policies.get(path).unwrap_or(&none));
        for change in permits::changes(before, now) {
            let entry = format!("{path}/{}", change.grant.text);
            let (side, lacking) = if change.is_new {
                ("actual", intent)
            } else {
                ("intent", actual)
            };
            if let Some(reason) = &change.open {
                // Possibly less permission is no reason to look; possibly more is.
                if change.is_more() {
                    self.hidden.push(format!("{entry} (actual): {reason}"));
                }
                self.not_compared.push(if change.is_more() {
                    format!("{entry} (actual): {reason}")
                } else {
                    format!("{entry} ({side}): {reason}")
                });
                continue;
            }
            // A grant is a single step of the path, even if the names in it contain slashes.
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

    fn note(&mut self, path: &str, whole: &str, sides: [Sight<'_>; 2]) {
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
