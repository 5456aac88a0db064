//! Reads the text of a trust file into a [`TrustFile`], and reports every problem with its place.

use globset::GlobBuilder;
use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::file::TrustedKey;
use super::{PublicKey, Realms, TRUST_FILE, TRUST_SCHEMA, TrustFile, TrustedPlace};
use crate::domain::pack::allowance::is_forbidden_type;
use crate::domain::pack::is_authority;
use crate::domain::policy::day;
use crate::domain::spec::{NamedText, Placed, SpecError, SpecProblem, shape_error, visible};

/// Whose packs may be used: `rdsproxy-trust.toml`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Trust")]
struct TrustTable {
    /// The version of this format: 1.
    #[schemars(with = "u32")]
    schema: Spanned<u32>,
    /// Whether a pack without a signature is refused; true by default.
    #[serde(default = "yes")]
    require_signatures: bool,
    /// Whether a place without a list of yanked versions, or with one that has no number and no expiry, is refused even where none
    /// was ever seen. It is not, unless this says true.
    #[serde(default)]
    require_lists: bool,
    /// Places that may be asked although only a project names them, as `oci://registry.example/packs/`: what ends with `/` stands for
    /// all places below it.
    #[schemars(with = "Option<Vec<String>>")]
    sources: Option<Vec<Spanned<String>>>,
    /// The keys, and the packs that each may sign.
    keys: Option<Vec<WireKey>>,
    /// Hosts outside a registry's own domain that may receive its credentials.
    registries: Option<Vec<WireRegistry>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Registry")]
struct WireRegistry {
    /// The registry, with its port if that is not 443.
    #[schemars(with = "String")]
    host: Spanned<String>,
    /// Hosts that issue tokens for the registry, with their port if that is not 443.
    #[schemars(with = "Vec<String>")]
    realms: Vec<Spanned<String>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "TrustedKey")]
struct WireKey {
    /// The owner of the key.
    owner: String,
    /// The public key: the line of the key file that begins with RW.
    #[schemars(with = "String")]
    key: Spanned<String>,
    /// The names of the packs that the key may sign, with the wildcards `*` and `?`.
    #[schemars(with = "Vec<String>")]
    packs: Spanned<Vec<Spanned<String>>>,
    /// Resource types that packs signed with the key may add, in addition to those that any pack may, such as `aws_cloudwatch_dashboard`.
    #[schemars(with = "Vec<String>")]
    #[serde(default)]
    allow: Vec<Spanned<String>>,
    /// The last day on which the key is trusted, as `2027-01-31`.
    #[schemars(with = "Option<String>")]
    until: Option<Spanned<String>>,
    /// The reason why the key is revoked; absent for a key in use.
    revoked: Option<String>,
}

fn yes() -> bool {
    true
}

/// Returns the JSON Schema of a trust file.
pub fn json_schema() -> serde_json::Value {
    schemars::schema_for!(TrustTable).to_value()
}

impl TrustFile {
    /// Reads a trust file; `file` is its name in messages.
    ///
    /// # Errors
    /// Every problem in the file, each with its place.
    pub fn parse(text: &str, file: &str) -> Result<Self, SpecError> {
        let text = NamedText { file, text };
        let wire: TrustTable =
            toml::from_str(text.text).map_err(|error| shape_error(&text, &error))?;
        let mut reader = TrustReader {
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
        let read = Self {
            name: file.to_owned(),
            require_signatures: wire.require_signatures,
            require_lists: wire.require_lists,
            entries: wire.keys.map(|keys| reader.entries(&keys)),
            sources: wire.sources.map(|sources| reader.sources(&sources)),
            realms: wire.registries.map(|written| reader.realms(&written)),
        };
        if reader.problems.is_empty() {
            Ok(read)
        } else {
            Err(SpecError(reader.problems))
        }
    }

    /// Returns the text of an entry for a new key, to start a trust file with or to add to one.
    pub fn entry_for(key: &PublicKey) -> String {
        format!(
            "# {TRUST_FILE}\nschema = {TRUST_SCHEMA}\n\n[[keys]]\nowner = \"who keeps key {}\"\nkey = \"{}\"\npacks = [\"NAME\", \"NAME-*\"]\n",
            key.id(),
            key.line()
        )
    }
}

struct TrustReader<'t> {
    text: Placed<'t>,
    problems: Vec<SpecProblem>,
}

impl TrustReader<'_> {
    fn wrong<T>(&mut self, at: &Spanned<T>, message: impl Into<String>) {
        self.problems.push(SpecProblem {
            message: message.into(),
            origin: self.text.origin(&at.span()),
            hint: None,
        });
    }

    fn entries(&mut self, keys: &[WireKey]) -> Vec<TrustedKey> {
        let mut entries: Vec<TrustedKey> = Vec::new();
        for key in keys {
            let Some(entry) = self.entry(key) else {
                continue;
            };
            if entries.iter().any(|other| other.key.id() == entry.key.id()) {
                self.wrong(&key.key, "this key is named before: name it once");
            }
            entries.push(entry);
        }
        entries
    }

    fn sources(&mut self, written: &[Spanned<String>]) -> Vec<TrustedPlace> {
        let mut sources = Vec::new();
        for one in written {
            match TrustedPlace::parse(one.get_ref()) {
                Ok(source) => sources.push(source),
                Err(why) => self.wrong(one, why),
            }
        }
        sources
    }

    fn realms(&mut self, written: &[WireRegistry]) -> Realms {
        let mut realms = Realms::default();
        for registry in written {
            for one in std::iter::once(&registry.host).chain(&registry.realms) {
                if !is_authority(one.get_ref()) {
                    let why = "this is not a host, with its port where that is not 443";
                    self.wrong(one, why);
                }
            }
            for realm in &registry.realms {
                realms.permit(registry.host.get_ref(), realm.get_ref());
            }
        }
        realms
    }

    fn entry(&mut self, wire: &WireKey) -> Option<TrustedKey> {
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
        Some(TrustedKey {
            owner: wire.owner.clone(),
            key: key?,
            packs: packs?,
            all: false,
            allow,
            until,
            revoked: wire.revoked.clone(),
        })
    }

    /// Reads the resource types that packs of a key may add, and reports those that no pack may ever add.
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
