//! From the text of a trust file to [`Trust`]: every problem with its place.

use globset::GlobBuilder;
use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::{Entry, PublicKey, TRUST_FILE, TRUST_SCHEMA, Trust};
use crate::domain::pack::allowance::is_forbidden_type;
use crate::domain::policy::day;
use crate::domain::spec::{Placed, SpecError, SpecProblem, Text, shape_error, visible};

/// The file as it is written.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Trust")]
struct Wire {
    /// The version of this format: 1.
    #[schemars(with = "u32")]
    schema: Spanned<u32>,
    /// Whether a pack without a signature is refused. It is, unless this says false.
    #[serde(default = "yes")]
    require_signatures: bool,
    /// Which key may sign which packs.
    #[serde(default)]
    keys: Vec<WireKey>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "TrustedKey")]
struct WireKey {
    /// Whose it is, in words.
    owner: String,
    /// The public key: the line that begins with RW.
    #[schemars(with = "String")]
    key: Spanned<String>,
    /// The names of the packs that it may sign, with `*` and `?`.
    #[schemars(with = "Vec<String>")]
    packs: Spanned<Vec<Spanned<String>>>,
    /// Types of resources that packs signed with it may add beyond what every pack may, as `aws_cloudwatch_dashboard`.
    #[schemars(with = "Vec<String>")]
    #[serde(default)]
    allow: Vec<Spanned<String>>,
    /// The last day on which it counts, as `2027-01-31`.
    #[schemars(with = "Option<String>")]
    until: Option<Spanned<String>>,
    /// Why it no longer counts at all.
    revoked: Option<String>,
}

fn yes() -> bool {
    true
}

/// The JSON Schema of a trust file.
pub fn json_schema() -> serde_json::Value {
    schemars::schema_for!(Wire).to_value()
}

impl Trust {
    /// Reads it; `file` is how messages call it.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with its place.
    pub fn parse(text: &str, file: &str) -> Result<Self, SpecError> {
        let text = Text { file, text };
        let wire: Wire = toml::from_str(text.text).map_err(|error| shape_error(&text, &error))?;
        let mut reader = Reader {
            text: text.placed(),
            problems: Vec::new(),
        };
        if *wire.schema.get_ref() != TRUST_SCHEMA {
            let message = format!(
                "schema is {}, and {TRUST_SCHEMA} is known",
                wire.schema.get_ref()
            );
            reader.wrong(&wire.schema, message);
        }
        let mut entries: Vec<Entry> = Vec::new();
        for key in &wire.keys {
            let Some(entry) = reader.entry(key) else {
                continue;
            };
            if entries.iter().any(|other| other.key.id() == entry.key.id()) {
                reader.wrong(&key.key, "this key is named before: name it once");
            }
            entries.push(entry);
        }
        match reader.problems.is_empty() {
            true => Ok(Self {
                file: file.to_owned(),
                require_signatures: wire.require_signatures,
                entries,
            }),
            false => Err(SpecError(reader.problems)),
        }
    }

    /// Trust in one key for every pack: what `--key` says.
    pub fn in_key(key: PublicKey) -> Self {
        Self {
            file: "--key".to_owned(),
            require_signatures: true,
            entries: vec![Entry {
                owner: "the one that was given".to_owned(),
                key,
                packs: globset::GlobSet::empty(),
                all: true,
                allow: Vec::new(),
                until: None,
                revoked: None,
            }],
        }
    }

    /// The text of an entry for a new key, to begin a trust file with or to add to one.
    pub fn entry_for(key: &PublicKey) -> String {
        format!(
            "# {TRUST_FILE}\nschema = {TRUST_SCHEMA}\n\n[[keys]]\nowner = \"who keeps key {}\"\nkey = \"{}\"\npacks = [\"NAME\", \"NAME-*\"]\n",
            key.id(),
            key.line()
        )
    }
}

struct Reader<'t> {
    text: Placed<'t>,
    problems: Vec<SpecProblem>,
}

impl Reader<'_> {
    fn wrong<T>(&mut self, at: &Spanned<T>, message: impl Into<String>) {
        self.problems.push(SpecProblem {
            message: message.into(),
            origin: self.text.origin(&at.span()),
            hint: None,
        });
    }

    fn entry(&mut self, wire: &WireKey) -> Option<Entry> {
        let key = PublicKey::parse(wire.key.get_ref())
            .map_err(|error| self.wrong(&wire.key, error.to_string()))
            .ok();
        let packs = self.packs(&wire.packs);
        let allow = self.allow(&wire.allow);
        let until = match &wire.until {
            Some(written) => match day(written.get_ref()) {
                Some(day) => Some(day),
                None => {
                    self.wrong(written, "not a day, which is written as 2027-01-31");
                    return None;
                }
            },
            None => None,
        };
        Some(Entry {
            owner: wire.owner.clone(),
            key: key?,
            packs: packs?,
            all: false,
            allow,
            until,
            revoked: wire.revoked.clone(),
        })
    }

    /// Types that a user may allow a pack.
    fn allow(&mut self, written: &[Spanned<String>]) -> Vec<String> {
        for kind in written
            .iter()
            .filter(|kind| is_forbidden_type(kind.get_ref()))
        {
            let message = format!(
                "no pack may add {}: leave it out, and add the resource outside the project",
                visible(kind.get_ref())
            );
            self.wrong(kind, message);
        }
        written.iter().map(|kind| kind.get_ref().clone()).collect()
    }

    fn packs(&mut self, written: &Spanned<Vec<Spanned<String>>>) -> Option<globset::GlobSet> {
        if written.get_ref().is_empty() {
            self.wrong(
                written,
                "a key that may sign no pack is of no use: name one",
            );
            return None;
        }
        let mut set = globset::GlobSet::builder();
        for pattern in written.get_ref() {
            match GlobBuilder::new(pattern.get_ref()).build() {
                Ok(glob) => {
                    set.add(glob);
                }
                Err(error) => self.wrong(pattern, format!("not a pattern: {}", error.kind())),
            }
        }
        set.build().ok()
    }
}
