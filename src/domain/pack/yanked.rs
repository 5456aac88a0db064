//! `yanked.toml`: the versions of a pack that should not be used any more, and why. It stands beside the pack, because a
//! version that was published never changes, and is signed like one.

use schemars::JsonSchema;
use semver::Version;
use serde::Deserialize;
use toml::Spanned;

use crate::domain::spec::{SpecError, SpecProblem, Text, shape_error, visible};

/// The version of this format.
pub const YANKED_SCHEMA: u32 = 1;

/// Where it stands beside a pack.
pub const YANKED_FILE: &str = "yanked.toml";

/// Its signature.
pub const YANKED_SIGNATURE_FILE: &str = "yanked.toml.minisig";

/// The versions of packs that should not be used any more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Yanked {
    /// In the order of the file.
    pub versions: Vec<YankedVersion>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YankedVersion {
    /// The pack's name.
    pub pack: String,
    /// The version.
    pub version: Version,
    /// Why, in words.
    pub reason: String,
}

/// The file as it is written.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Yanked")]
struct Wire {
    /// The version of this format: 1.
    #[schemars(with = "u32")]
    schema: Spanned<u32>,
    /// The versions that should not be used any more.
    #[serde(default)]
    yanked: Vec<WireVersion>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "YankedVersion")]
struct WireVersion {
    /// The pack's name.
    pack: String,
    /// The version.
    #[schemars(with = "String")]
    version: Spanned<String>,
    /// Why, in words.
    reason: String,
}

/// The JSON Schema of `yanked.toml`.
pub fn yanked_schema() -> serde_json::Value {
    schemars::schema_for!(Wire).to_value()
}

impl Yanked {
    /// Reads it; `file` is how messages call it.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with its place.
    pub fn parse(text: &str, file: &str) -> Result<Self, SpecError> {
        let text = Text { file, text };
        let wire: Wire = toml::from_str(text.text).map_err(|error| shape_error(&text, &error))?;
        let mut problems = Vec::new();
        let mut wrong = |span, message| {
            problems.push(SpecProblem {
                message,
                origin: text.origin(&span),
                hint: None,
            });
        };
        if *wire.schema.get_ref() != YANKED_SCHEMA {
            let found = wire.schema.get_ref();
            let message = format!("schema is {found}, and {YANKED_SCHEMA} is known");
            wrong(wire.schema.span(), message);
        }
        let mut versions = Vec::new();
        for WireVersion {
            pack,
            version,
            reason,
        } in wire.yanked
        {
            match Version::parse(version.get_ref()) {
                Ok(version) => versions.push(YankedVersion {
                    pack,
                    version,
                    reason,
                }),
                Err(error) => wrong(version.span(), format!("not a semantic version: {error}")),
            }
        }
        match problems.is_empty() {
            true => Ok(Self { versions }),
            false => Err(SpecError(problems)),
        }
    }

    /// Why a version of a pack should not be used any more, where it is one of them.
    pub fn reason(&self, pack: &str, version: &Version) -> Option<String> {
        let is_it = |one: &&YankedVersion| one.pack == pack && one.version == *version;
        let found = self.versions.iter().find(is_it)?;
        Some(visible(&found.reason))
    }

    /// Its text, in one order, so that the same list is the same bytes.
    pub fn to_toml(&self) -> String {
        let quoted = |text: &str| toml::Value::from(text).to_string();
        let mut versions = self.versions.clone();
        versions.sort_by(|a, b| (&a.pack, &a.version).cmp(&(&b.pack, &b.version)));
        let mut text = format!("schema = {YANKED_SCHEMA}\n");
        for YankedVersion {
            pack,
            version,
            reason,
        } in versions
        {
            text.push_str(&format!(
                "\n[[yanked]]\npack = {}\nversion = \"{version}\"\nreason = {}\n",
                quoted(&pack),
                quoted(&reason)
            ));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_comes_back_as_it_went_and_names_the_reason() {
        let list = Yanked {
            versions: ["1.2.0", "1.10.0-rc.1"]
                .map(|version| YankedVersion {
                    pack: "acme".to_owned(),
                    version: Version::parse(version).unwrap(),
                    reason: "\"quoted\"\nand é".to_owned(),
                })
                .into(),
        };
        let read = Yanked::parse(&list.to_toml(), "yanked.toml").unwrap();
        assert_eq!(read, list);
        let reason = read.reason("acme", &Version::new(1, 2, 0)).unwrap();
        assert_eq!(reason, "\"quoted\"\\nand é");
        assert_eq!(read.reason("acme", &Version::new(1, 3, 0)), None);
        assert_eq!(read.reason("other", &Version::new(1, 2, 0)), None);
    }

    #[test]
    fn every_problem_has_its_place() {
        let good = "schema = 1\n[[yanked]]\npack = \"a\"\nversion = \"1.0.0\"\nreason = \"x\"\n";
        for (from, to, expected) in [
            ("schema = 1", "schema = 2", "y:1:10: schema is 2"),
            ("\"1.0.0\"", "\"1\"", "y:4:11: not a semantic version"),
            ("reason", "raison", "did you mean `reason`?"),
        ] {
            let error = Yanked::parse(&good.replace(from, to), "y").unwrap_err();
            assert!(error.to_string().contains(expected), "{error}");
        }
    }
}
