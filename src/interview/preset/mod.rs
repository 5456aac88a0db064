//! What a pack says of the answers: `answers.toml`. Defaults, answers that are locked, and what may be answered.
//!
//! It can only choose among what the questions know: a key that is none of the spec is refused where the file is read, so that
//! no answer of a pack is anything that a person could not answer as well.

mod read;

use std::collections::{BTreeMap, BTreeSet};

use globset::GlobMatcher;

use super::key::AnswerKey;
use super::question::AnswerShape;
use super::value::AnswerValue;

/// The version of this format.
pub const ANSWERS_SCHEMA: i64 = 1;

/// What a pack says of the answers.
#[derive(Clone, Debug, Default)]
pub struct Preset {
    /// The pack, as messages call it.
    pack: String,
    defaults: BTreeMap<AnswerKey, AnswerValue>,
    locked: BTreeMap<AnswerKey, AnswerValue>,
    /// By the key with `*` for the record: `users.*.access`.
    allowed: BTreeMap<String, Allowed>,
    /// The tags that everything has to carry.
    tags: BTreeSet<String>,
    /// What the pack above it says: all of it holds as well.
    above: Option<Box<Self>>,
}

/// What may be answered.
#[derive(Clone, Debug)]
enum Allowed {
    /// One of these; of a list, each part.
    OneOf(Vec<String>),
    /// A number between these.
    Range {
        least: Option<i64>,
        most: Option<i64>,
    },
    /// What looks like this.
    Like(GlobMatcher),
}

impl Preset {
    /// True where it says nothing.
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

    /// The same below what another pack says.
    ///
    /// # Errors
    /// When it locks or suggests something that the other one does not take, or does not take what the other one locks.
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

    /// What is answered for everybody.
    pub(super) fn locked(&self, key: &AnswerKey) -> Option<&AnswerValue> {
        let own = self.locked.get(key);
        own.or_else(|| self.above()?.locked(key))
    }

    /// What is answered where nobody says otherwise.
    pub(super) fn suggests(&self, key: &AnswerKey) -> Option<&AnswerValue> {
        let above = || {
            let value = self.above()?.suggests(key);
            value.filter(|value| self.permits(key, value).is_ok())
        };
        self.defaults.get(key).or_else(above)
    }

    /// Whether a key has to be answered, because not every answer will do.
    pub(super) fn limits(&self, key: &AnswerKey) -> bool {
        let is_tag = key.section == "tags" && self.tags.contains(&key.field);
        let own = is_tag || self.allowed.contains_key(&pattern(key));
        own || self.above().is_some_and(|above| above.limits(key))
    }

    /// Whether an answer is one that the pack takes.
    ///
    /// # Errors
    /// When it is not, with what is.
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

    /// An answer that the pack takes, where the questions suggest none: the nearest to what others would take.
    pub(super) fn fallback(&self, kind: AnswerShape, key: &AnswerKey) -> Option<AnswerValue> {
        let mut ends = self
            .allowed
            .get(&pattern(key))
            .map_or_else(Vec::new, Allowed::extremes);
        if kind == AnswerShape::Number {
            // The most of what may be is nearest to what nobody limited.
            ends.reverse();
        }
        let own = ends.iter().filter_map(|word| shaped(kind, word));
        let above = self.above().and_then(|above| above.fallback(kind, key));
        own.chain(above)
            .find(|value| self.permits(key, value).is_ok())
    }

    /// The tags that it names.
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

    /// What is locked, as people write it: `monitoring.log_retention_days = 731`.
    pub fn locked_answers(&self) -> Vec<String> {
        let lines = self.locked.iter();
        let above = self.above().map(Self::locked_answers);
        let own = lines.map(|(key, value)| format!("{key} = {value}"));
        let mut lines: Vec<String> = above.unwrap_or_default().into_iter().chain(own).collect();
        lines.sort();
        lines.dedup();
        lines
    }

    /// One answer for each end of what may be answered, as `--set` takes them: what a proof has to try.
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
    /// Whether a part of an answer, under its key as `--set` takes it, is one that all take.
    fn takes(&self, key: &str, part: &str) -> bool {
        let pattern = key.replace(".0.", ".*.");
        let allowed = self.allowed.get(&pattern);
        allowed.is_none_or(|allowed| allowed.takes(part))
            && self.above().is_none_or(|above| above.takes(key, part))
    }
}

/// The name under which what may be answered is kept: each tag for itself, and a field of all records.
fn pattern(key: &AnswerKey) -> String {
    match key.section.as_str() {
        "tags" => key.to_string(),
        _ => key.pattern(),
    }
}

/// A word in the shape that its question has.
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
