//! Finds passwords and possible passwords in texts, and decides what may be shown of a text. All commands and formats
//! use this module: the tables of names are in `words`, declarations of the languages are read in `hcl` and `data`, and
//! `patterns` and `unquoted` search texts in all other languages.
//!
//! The source of a password (a variable, a local, a parameter, an anchor) is secret too, wherever its value is written:
//! see `names`. A value of eight characters or more that is known to be secret is masked wherever it occurs. A shorter
//! one is masked only where it is the password, since it could be any word.

mod data;
mod hcl;
mod literal;
mod names;
mod patterns;
mod state;
mod unquoted;
mod words;

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use self::names::SecretNames;
use self::unquoted::SearchedPart;
use crate::domain::secrecy::{MaskedText, Secrets};
use crate::language::plan::is_plan_or_state;
use crate::language::yaml::{Written, written};

/// The maximum number of passes in which secret names may lead to new ones.
const MAX_TURNS: usize = 10;

/// Signs of a secret in lower case. A text without any of them contains no secret, unless a secret name is used in it.
static SIGNS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    words::any_of([
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
    ])
});

/// Words that occur in every text that declares a secret itself, beside the stems of names and the signs of
/// [`patterns`].
const SAID: [&str; 3] = ["aws_ssm_parameter", "noecho", "sensitive"];

static SAID_OR_SEEN: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let all = SAID.into_iter().chain(words::STEMS);
    words::any_of(all.chain(patterns::signs()))
});

/// Tests whether any of a set of names occurs in a text.
#[derive(Clone, Debug, Default)]
enum NamePresence {
    /// The set is empty.
    #[default]
    Nowhere,
    To(AhoCorasick),
    /// Some name can be written in more than one way, so every text may contain it.
    Everywhere,
}

impl NamePresence {
    fn new(names: &SecretNames) -> Self {
        let is_plain = |name: &str| {
            name.chars()
                .all(|one| one.is_alphanumeric() || "_-.".contains(one))
        };
        match names.len() {
            0 => Self::Nowhere,
            _ if !names.all().all(is_plain) => Self::Everywhere,
            _ => AhoCorasick::new(names.all()).map_or(Self::Everywhere, Self::To),
        }
    }

    fn lead_into(&self, text: &str) -> bool {
        match self {
            Self::Nowhere => false,
            Self::To(names) => names.is_match(text),
            Self::Everywhere => true,
        }
    }
}

/// The names and values that are known to be secret in a set of texts.
#[derive(Clone, Debug, Default)]
pub struct Secrecy {
    names: SecretNames,
    /// Searches texts for any of the names.
    leads: NamePresence,
    secrets: Secrets,
    looked_through: BTreeMap<Looked, Seen>,
}

/// Identifies a scanned text: its path and a digest of its content.
type Looked = (String, u64);

/// The result of a scan: the number of names known at the time, and the secret bytes.
type Seen = (usize, Vec<Range<usize>>);

/// The secrets of a text that can be found without knowing other texts.
#[derive(Clone, Debug)]
pub struct SecretScan(FoundSecrets);

impl SecretScan {
    /// Scans a text; `written` is its parsed form, if known. None if the text has no sign of a secret.
    pub fn at(path: &str, text: &str, written: Option<&Written>) -> Option<Self> {
        let found = || FoundSecrets::written(path, text, written, &SecretNames::default());
        has_signs(text).then(|| Self(found()))
    }
}

/// The secrets found in a text.
#[derive(Clone, Debug, Default)]
struct FoundSecrets {
    /// The ranges of bytes to mask.
    ranges: Vec<Range<usize>>,
    /// The secret values, to be masked in other places too.
    values: Vec<String>,
    /// The references that supply a secret, as written.
    mentions: Vec<String>,
}

impl Secrecy {
    /// Scans texts with their paths, and the values given to variables by name.
    pub fn new(texts: Vec<(&str, &str)>, given: &BTreeMap<String, String>) -> Self {
        let looks = texts
            .iter()
            .map(|(path, text)| SecretScan::at(path, text, None));
        let looks = looks.collect();
        Self::after(texts, looks, given)
    }

    /// Like [`Secrecy::new`], but reuses the first scan of each text.
    pub fn after(
        texts: Vec<(&str, &str)>,
        looks: Vec<Option<SecretScan>>,
        given: &BTreeMap<String, String>,
    ) -> Self {
        let mut names = SecretNames::default();
        let looks = texts.iter().copied().zip(looks);
        let mut open: Vec<_> = looks.filter(|(_, look)| look.is_some()).collect();
        let mut values = Vec::new();
        let mut looked_through = BTreeMap::new();
        for _ in 0..MAX_TURNS {
            let mut is_new = false;
            for ((path, text), look) in open {
                let (found, known) = match look {
                    Some(SecretScan(found)) => (found, 0),
                    None => (FoundSecrets::new(path, text, &names), names.len()),
                };
                looked_through.insert(looked(path, text), (known, found.ranges));
                values.extend(found.values);
                let mentions = found.mentions.iter();
                is_new |= mentions.fold(false, |new, mention| names.add(mention) | new);
            }
            if !is_new {
                break;
            }
            let leads = NamePresence::new(&names);
            let texts = texts.iter().copied();
            let texts = texts.filter(|(_, text)| leads.lead_into(text));
            open = texts.map(|text| (text, None)).collect();
        }
        for (name, value) in given {
            if words::holds_secret(name) || names.is_variable(name) {
                values.push(value.trim_matches('"').to_owned());
            }
        }
        Self {
            leads: NamePresence::new(&names),
            names,
            secrets: Secrets::new(values),
            looked_through,
        }
    }

    /// Returns the values that are masked wherever they occur.
    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// Returns a text with its secrets masked.
    pub fn shown(&self, path: &str, text: &str) -> MaskedText {
        let ranges = match self.looked_through.get(&looked(path, text)) {
            Some((names, ranges)) if *names == self.names.len() || !self.lead_into(text) => {
                ranges.clone()
            }
            None if self.has_nothing(text) => Vec::new(),
            _ => FoundSecrets::new(path, text, &self.names).ranges,
        };
        MaskedText::without(text, ranges, &self.secrets)
    }

    /// True if the text may contain a secret name, in any notation.
    fn lead_into(&self, text: &str) -> bool {
        text.contains('\\') || self.leads.lead_into(text)
    }

    /// True if the text certainly contains no secret.
    fn has_nothing(&self, text: &str) -> bool {
        words::has_none(SAID_OR_SEEN.as_ref(), text) && !self.lead_into(text)
    }

    /// True if a value of this name is secret: `aws_db_instance.this/password`, `value of var.pin`.
    pub fn holds(&self, name: &str) -> bool {
        let mut parts = name.split(['/', '.', ' ', '"', '[', ']']);
        parts.any(|part| words::holds_secret(part) || self.names.is_variable(part))
    }
}

/// Masks anything that looks like a secret in a sentence of unknown origin: the last resort for error messages.
pub fn without_secrets(sentence: &str) -> String {
    let mut found = FoundSecrets::default();
    patterns::find(
        sentence,
        0..sentence.len(),
        SearchedPart::Inside,
        &mut found,
    );
    let shown = MaskedText::without(sentence, found.ranges, &Secrets::default());
    shown.shown().to_owned()
}

impl FoundSecrets {
    fn new(path: &str, text: &str, names: &SecretNames) -> Self {
        Self::written(path, text, None, names)
    }

    fn written(path: &str, text: &str, tree: Option<&Written>, names: &SecretNames) -> Self {
        let mut found = Self::default();
        let ends = |endings: &[&str]| endings.iter().any(|ending| path.ends_with(ending));
        let is_read = if ends(&[".tf", ".tofu", ".hcl", ".tfvars"]) {
            hcl::find(path, text, names, &mut found)
        } else if (is_plan_or_state(text) && state::find(text, &mut found))
            || ends(&[".json", ".yaml", ".yml", ".template"])
        {
            let read = tree.is_none().then(|| written(text)).flatten();
            let tree = tree.or(read.as_ref());
            let searched = tree.map(|tree| data::DataText { path, text, tree });
            let found = searched.map(|searched| data::find(searched, names, &mut found));
            found.is_some()
        } else {
            false
        };
        if !is_read {
            patterns::find(text, 0..text.len(), SearchedPart::Unread, &mut found);
        }
        found
    }
}

fn looked(path: &str, text: &str) -> Looked {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    (path.to_owned(), hasher.finish())
}

fn has_signs(text: &str) -> bool {
    let found = |text: &str| SIGNS.as_ref().is_none_or(|signs| signs.is_match(text));
    if text.is_ascii() {
        found(text)
    } else {
        found(&text.to_lowercase())
    }
}

#[cfg(test)]
mod tests;
