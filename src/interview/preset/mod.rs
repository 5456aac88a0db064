//! The answers that a pack sets in `answers.toml`: defaults, locked answers, and the permitted values.
//!
//! A pack can only choose among the answers that the questions permit: a key that the spec does not have is refused
//! when the file is read, so a person could give every answer of a pack as well.

mod read;

use std::collections::{BTreeMap, BTreeSet};

use globset::GlobMatcher;

use super::key::AnswerKey;
use super::question::AnswerShape;
use super::value::AnswerValue;

/// The schema version of `answers.toml`.
pub const ANSWERS_SCHEMA: i64 = 1;

/// The answers that a pack sets or restricts.
#[derive(Clone, Debug, Default)]
pub struct Preset {
    /// The name of the pack in messages.
    pack: String,
    defaults: BTreeMap<AnswerKey, AnswerValue>,
    locked: BTreeMap<AnswerKey, AnswerValue>,
    /// The permitted values by key, with `*` for the record: `users.*.access`.
    allowed: BTreeMap<String, Allowed>,
    /// The tags that every resource must have.
    tags: BTreeSet<String>,
    /// The preset of the parent pack, which applies as well.
    above: Option<Box<Self>>,
}

/// The values that are permitted.
#[derive(Clone, Debug)]
enum Allowed {
    /// One of these values; for a list, every item must be one of them.
    OneOf(Vec<String>),
    /// A number in this inclusive range.
    Range {
        least: Option<i64>,
        most: Option<i64>,
    },
    /// A text that matches the glob pattern.
    Like(GlobMatcher),
}

impl Preset {
    /// True when the preset and its parents set and restrict nothing.
    pub fn is_empty(&self) -> bool {
        self.defaults.is_empty()
            && self.locked.is_empty()
            && self.allowed.is_empty()
            && self.tags.is_empty()
            && self.above().is_none_or(Self::is_empty)
    }

    fn above(&self) -> Option<&Self> {
        self.above.as_deref()
    }

    /// Puts the preset below that of a parent pack.
    ///
    /// # Errors
    /// When one preset locks or suggests an answer that the other does not permit.
    pub fn below(mut self, above: Self) -> Result<Self, String> {
        let refused =
            |how: &str, answers: &BTreeMap<AnswerKey, AnswerValue>, [mine, other]: [&Self; 2]| {
                answers.iter().find_map(|(key, value)| {
                    let why = other.permits(key, value).err()?;
                    Some(format!(
                        "{key} is {how} {value} by {}, and {why}",
                        mine.pack
                    ))
                })
            };
        let down = [&self, &above];
        let why = refused("locked to", &self.locked, down)
            .or_else(|| refused("by default", &self.defaults, down))
            .or_else(|| refused("locked to", &above.locked, [&above, &self]));
        if let Some(why) = why {
            return Err(why);
        }
        self.above = Some(Box::new(above));
        Ok(self)
    }

    /// Returns the locked answer to a key, own or inherited.
    pub(super) fn locked(&self, key: &AnswerKey) -> Option<&AnswerValue> {
        let own = self.locked.get(key);
        own.or_else(|| self.above()?.locked(key))
    }

    /// Returns the default for a key, own or inherited.
    pub(super) fn suggests(&self, key: &AnswerKey) -> Option<&AnswerValue> {
        let above = || {
            let value = self.above()?.suggests(key);
            value.filter(|value| self.permits(key, value).is_ok())
        };
        self.defaults.get(key).or_else(above)
    }

    /// True if the pack restricts the answer to a key, so that the question must be asked.
    pub(super) fn limits(&self, key: &AnswerKey) -> bool {
        let is_tag = key.section == "tags" && self.tags.contains(&key.field);
        let own = is_tag || self.allowed.contains_key(&pattern(key));
        own || self.above().is_some_and(|above| above.limits(key))
    }

    /// Checks that the pack permits an answer.
    ///
    /// # Errors
    /// When it does not, with the permitted values.
    pub fn permits(&self, key: &AnswerKey, value: &AnswerValue) -> Result<(), String> {
        if let Some(above) = self.above() {
            above.permits(key, value)?;
        }
        let pack = &self.pack;
        if let Some(locked) = self.locked.get(key).filter(|locked| *locked != value) {
            return Err(format!("the pack {pack} locks it to {locked}"));
        }
        let Some(allowed) = self.allowed.get(&pattern(key)) else {
            return Ok(());
        };
        match value.parts().iter().find(|part| !allowed.takes(part)) {
            Some(part) => Err(format!("{part:?}: the pack {pack} takes {allowed}")),
            None => Ok(()),
        }
    }

    /// Returns a permitted answer for a question without a suggestion: the one closest to an unrestricted answer.
    pub(super) fn fallback(&self, kind: AnswerShape, key: &AnswerKey) -> Option<AnswerValue> {
        let mut ends = self
            .allowed
            .get(&pattern(key))
            .map_or_else(Vec::new, Allowed::extremes);
        if kind == AnswerShape::Number {
            // The largest permitted number is closest to an unrestricted one.
            ends.reverse();
        }
        let own = ends.iter().filter_map(|word| shaped(kind, word));
        let above = self.above().and_then(|above| above.fallback(kind, key));
        own.chain(above)
            .find(|value| self.permits(key, value).is_ok())
    }

    /// Returns the keys of the tags that the pack sets or requires.
    pub(super) fn tags(&self) -> Vec<AnswerKey> {
        let named = self.defaults.keys().chain(self.locked.keys());
        let named = named.filter(|key| key.section == "tags").cloned();
        let required = self.tags.iter().map(|tag| AnswerKey::plain("tags", tag));
        let above = self.above().map(Self::tags).unwrap_or_default();
        named
            .chain(required)
            .chain(above)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect()
    }

    /// Returns the locked answers as text: `monitoring.log_retention_days = 731`.
    pub fn locked_answers(&self) -> Vec<String> {
        let lines = self.locked.iter();
        let above = self.above().map(Self::locked_answers);
        let own = lines.map(|(key, value)| format!("{key} = {value}"));
        let mut lines: Vec<String> = above.unwrap_or_default().into_iter().chain(own).collect();
        lines.sort();
        lines.dedup();
        lines
    }

    /// Returns the extreme permitted values of each restricted key as `--set` arguments; `pack check` tries them all.
    pub fn extremes(&self) -> Vec<String> {
        let of_one = |(key, allowed): (&String, &Allowed)| {
            let key = key.replace(".*.", ".0.");
            allowed
                .extremes()
                .into_iter()
                .map(move |value| format!("{key}={value}"))
                .collect::<Vec<_>>()
        };
        let above = self.above().map(Self::extremes).unwrap_or_default();
        let taken = |answer: &String| {
            let (key, value) = answer.split_once('=').unwrap_or((answer, ""));
            self.takes(key, value)
        };
        let own = self.allowed.iter().flat_map(of_one);
        own.chain(above).filter(taken).collect()
    }
}

impl Preset {
    /// True if this preset and its parents permit one part of an answer; the key is written as for `--set`.
    fn takes(&self, key: &str, part: &str) -> bool {
        let pattern = key.replace(".0.", ".*.");
        let allowed = self.allowed.get(&pattern);
        allowed.is_none_or(|allowed| allowed.takes(part))
            && self.above().is_none_or(|above| above.takes(key, part))
    }
}

/// Returns the key under which permitted values are stored: tags individually, other fields for all records together.
fn pattern(key: &AnswerKey) -> String {
    match key.section.as_str() {
        "tags" => key.to_string(),
        _ => key.pattern(),
    }
}

/// Converts a word to the type of its question.
fn shaped(kind: AnswerShape, word: &str) -> Option<AnswerValue> {
    match kind {
        AnswerShape::Number => word.parse().ok().map(AnswerValue::Number),
        AnswerShape::YesNo => word.parse().ok().map(AnswerValue::Flag),
        AnswerShape::Many => Some(AnswerValue::list([word])),
        AnswerShape::Text | AnswerShape::One | AnswerShape::Records => {
            Some(AnswerValue::text(word))
        }
    }
}

impl Allowed {
    fn takes(&self, part: &str) -> bool {
        match self {
            Self::OneOf(words) => words.iter().any(|word| word == part),
            Self::Range { least, most } => part.parse().is_ok_and(|number: i64| {
                least.is_none_or(|least| number >= least) && most.is_none_or(|most| number <= most)
            }),
            Self::Like(glob) => glob.is_match(part),
        }
    }

    fn extremes(&self) -> Vec<String> {
        match self {
            Self::OneOf(words) => words.clone(),
            Self::Range { least, most } => [least, most]
                .into_iter()
                .flatten()
                .map(i64::to_string)
                .collect(),
            Self::Like(_) => Vec::new(),
        }
    }
}

impl std::fmt::Display for Allowed {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::OneOf(words) => out.write_str(&words.join(", ")),
            Self::Range {
                least: Some(least),
                most: Some(most),
            } => write!(out, "{least} to {most}"),
            Self::Range {
                least: Some(least),
                most: None,
            } => write!(out, "at least {least}"),
            Self::Range {
                least: None,
                most: Some(most),
            } => write!(out, "at most {most}"),
            Self::Range {
                least: None,
                most: None,
            } => out.write_str("any number"),
            Self::Like(glob) => write!(out, "what looks like {}", glob.glob()),
        }
    }
}
