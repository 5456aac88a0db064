//! What in texts is a password, or could be one, and what may be shown of them. One place knows it for every command and every
//! format: the rows are in `words`, what a language says itself in `hcl` and `data`, and for what no language says anything
//! of, `patterns` look.
//!
//! What a password is taken from (a variable, a local, a parameter, an anchor) is a password too, wherever it is written: see
//! `names`. A value of eight characters or more that is known to be secret is masked wherever it stands; a shorter one only where
//! it is the password, since it can be any word.

mod data;
mod hcl;
mod literal;
mod names;
mod patterns;
mod state;
mod words;

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

use self::names::Names;
use self::patterns::Place;
use crate::domain::secrecy::{Secrets, Shown};
use crate::source::plan::is_plan_or_state;

/// How often a name may lead to another one.
const MAX_TURNS: usize = 8;

/// Signs of a secret in lower case. A text without any holds none, unless a name leads into it.
const SIGNS: [&str; 14] = [
    "://",
    "bearer",
    "cred",
    "identified",
    "key",
    "noecho",
    "pass",
    "psk",
    "pw",
    "secret",
    "securestring",
    "sensitive",
    "token",
    "value_wo",
];

/// What is known to be secret in some texts.
#[derive(Clone, Debug, Default)]
pub struct Secrecy {
    names: Names,
    secrets: Secrets,
    /// What was found in each text.
    looked_through: BTreeMap<Looked, Vec<Range<usize>>>,
}

/// That a text was looked through: its path, a digest of it, and how many names were known.
type Looked = (String, u64, usize);

/// What was found in a text.
#[derive(Default)]
struct Found {
    /// Its bytes that are secret.
    ranges: Vec<Range<usize>>,
    /// The values.
    values: Vec<String>,
    /// What is referred to in the place of a secret.
    mentions: Vec<String>,
}

impl Secrecy {
    /// Looks through texts by their paths, and through values that were given to variables by their names.
    pub fn of(texts: Vec<(&str, &str)>, given: &BTreeMap<String, String>) -> Self {
        let mut names = Names::default();
        let mut open: Vec<(&str, &str)> = texts
            .iter()
            .filter(|(_, text)| has_signs(text))
            .copied()
            .collect();
        let mut values = Vec::new();
        let mut looked_through = BTreeMap::new();
        for _ in 0..MAX_TURNS {
            let mut is_new = false;
            for (path, text) in open {
                let found = Found::of(path, text, &names);
                looked_through.insert(looked(path, text, &names), found.ranges);
                values.extend(found.values);
                let mentions = found.mentions.iter();
                is_new |= mentions.fold(false, |new, mention| names.add(mention) | new);
            }
            if !is_new {
                break;
            }
            let known: Vec<String> = names.all().map(str::to_owned).collect();
            let leads = |text: &str| known.iter().any(|name| text.contains(name.as_str()));
            open = texts
                .iter()
                .filter(|(_, text)| leads(text))
                .copied()
                .collect();
        }
        for (name, value) in given {
            if words::holds_secret(name) || names.is_variable(name) {
                values.push(value.trim_matches('"').to_owned());
            }
        }
        Self {
            names,
            secrets: Secrets::of(values),
            looked_through,
        }
    }

    /// The values that are masked wherever they stand.
    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// What may be shown of a text.
    pub fn shown(&self, path: &str, text: &str) -> Shown {
        let before = self.looked_through.get(&looked(path, text, &self.names));
        let ranges = before
            .cloned()
            .unwrap_or_else(|| Found::of(path, text, &self.names).ranges);
        Shown::without(text, ranges, &self.secrets)
    }

    /// Whether a value of this name is secret: `aws_db_instance.this/password`, `value of var.pin`.
    pub fn holds(&self, name: &str) -> bool {
        let mut parts = name.split(['/', '.', ' ', '"', '[', ']']);
        parts.any(|part| words::holds_secret(part) || self.names.is_variable(part))
    }
}

/// A sentence of which nothing is known, without what looks like a secret: the last resort for errors.
pub fn without_secrets(sentence: &str) -> String {
    let mut found = Found::default();
    patterns::find(sentence, 0..sentence.len(), Place::Inside, &mut found);
    let shown = Shown::without(sentence, found.ranges, &Secrets::default());
    shown.shown().to_owned()
}

impl Found {
    fn of(path: &str, text: &str, names: &Names) -> Self {
        let mut found = Self::default();
        let ends = |endings: &[&str]| endings.iter().any(|ending| path.ends_with(ending));
        let is_read = if ends(&[".tf", ".tofu", ".hcl", ".tfvars"]) {
            hcl::find(path, text, names, &mut found)
        } else if is_plan_or_state(text) {
            state::find(text, &mut found) && data::find(path, text, names, &mut found)
        } else if ends(&[".json", ".yaml", ".yml", ".template"]) {
            data::find(path, text, names, &mut found)
        } else {
            false
        };
        if !is_read {
            patterns::find(text, 0..text.len(), Place::Unread, &mut found);
        }
        found
    }
}

fn looked(path: &str, text: &str, names: &Names) -> Looked {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    (path.to_owned(), hasher.finish(), names.len())
}

fn has_signs(text: &str) -> bool {
    let text = text.to_lowercase();
    SIGNS.iter().any(|sign| text.contains(sign))
}
