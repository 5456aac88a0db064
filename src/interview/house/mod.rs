//! What a pack says of the answers: `answers.toml`. Defaults, answers that are locked, and what may be answered.
//!
//! It can only choose among what the questions know: a key that is none of the spec is refused where the file is read, so that
//! no answer of a pack is anything that a person could not answer as well.

mod read;

use std::collections::{BTreeMap, BTreeSet};

use globset::GlobMatcher;

use super::key::Key;
use super::questions::Kind;
use super::value::Value;

/// The version of this format.
pub const ANSWERS_SCHEMA: i64 = 1;

/// What a pack says of the answers.
#[derive(Clone, Debug, Default)]
pub struct House {
    /// The pack, as messages call it.
    pack: String,
    defaults: BTreeMap<Key, Value>,
    locked: BTreeMap<Key, Value>,
    /// By the key with `*` for the record: `users.*.access`.
    allowed: BTreeMap<String, Allowed>,
    /// The tags that everything has to carry.
    tags: BTreeSet<String>,
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

impl House {
    /// True where it says nothing.
    pub fn is_empty(&self) -> bool {
        self.defaults.is_empty()
            && self.locked.is_empty()
            && self.allowed.is_empty()
            && self.tags.is_empty()
    }

    /// What is answered for everybody.
    pub(super) fn locked(&self, key: &Key) -> Option<&Value> {
        self.locked.get(key)
    }

    /// What is answered where nobody says otherwise.
    pub(super) fn suggests(&self, key: &Key) -> Option<&Value> {
        self.defaults.get(key)
    }

    /// Whether a key has to be answered, because not every answer will do.
    pub(super) fn limits(&self, key: &Key) -> bool {
        let is_tag = key.section == "tags" && self.tags.contains(&key.field);
        is_tag || self.allowed.contains_key(&pattern(key))
    }

    /// Whether an answer is one that the pack takes.
    ///
    /// # Errors
    /// When it is not, with what is.
    pub fn permits(&self, key: &Key, value: &Value) -> Result<(), String> {
        let pack = &self.pack;
        if let Some(locked) = self.locked(key).filter(|locked| *locked != value) {
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
    pub(super) fn fallback(&self, kind: Kind, key: &Key) -> Option<Value> {
        match self.allowed.get(&pattern(key))? {
            Allowed::OneOf(words) => shaped(kind, words.first()?),
            Allowed::Range { least, most } => (*most).or(*least).map(Value::Number),
            Allowed::Like(_) => None,
        }
    }

    /// The tags that it names.
    pub(super) fn tags(&self) -> Vec<Key> {
        let named = self.defaults.keys().chain(self.locked.keys());
        let named = named.filter(|key| key.section == "tags").cloned();
        let required = self.tags.iter().map(|tag| Key::plain("tags", tag));
        named
            .chain(required)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect()
    }

    /// What is locked, as people write it: `monitoring.log_retention_days = 731`.
    pub fn locked_answers(&self) -> Vec<String> {
        let lines = self.locked.iter();
        lines
            .map(|(key, value)| format!("{key} = {value}"))
            .collect()
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
        self.allowed.iter().flat_map(of_one).collect()
    }
}

/// The name under which what may be answered is kept: each tag for itself, and a field of all records.
fn pattern(key: &Key) -> String {
    match key.section.as_str() {
        "tags" => key.to_string(),
        _ => key.pattern(),
    }
}

/// A word in the shape that its question has.
fn shaped(kind: Kind, word: &str) -> Option<Value> {
    match kind {
        Kind::Number => word.parse().ok().map(Value::Number),
        Kind::YesNo => word.parse().ok().map(Value::Flag),
        Kind::Many => Some(Value::list([word])),
        Kind::Text | Kind::One | Kind::Records => Some(Value::text(word)),
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
