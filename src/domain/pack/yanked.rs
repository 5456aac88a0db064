//! `yanked.toml`: the versions of a pack that should no longer be used, and why. It is stored beside the pack, because
//! a published version never changes, and it is signed like one. It states its packs, its number and its expiry, so
//! that an old list can be recognised. The check of its age is in `freshness`.

use std::ops::Range;

use schemars::JsonSchema;
use semver::Version;
use serde::Deserialize;
use time::Date;
use toml::Spanned;

use crate::domain::policy::day;
use crate::domain::spec::{NamedText, SpecError, SpecProblem, shape_error, visible};

/// The version of this format. Version 1 had no packs, number or expiry.
pub const YANKED_SCHEMA: u32 = 2;

/// The name of the file beside a pack.
pub const YANKED_FILE: &str = "yanked.toml";

/// The name of the list's signature file.
pub const YANKED_SIGNATURE_FILE: &str = "yanked.toml.minisig";

/// The versions of packs that should no longer be used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Yanked {
    /// The edition of the list; `None` in format 1.
    pub edition: Option<Edition>,
    /// The yanked versions, in the order of the file.
    pub versions: Vec<YankedVersion>,
}

/// The edition of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edition {
    /// The packs that the list is for: it is never applied to another one.
    pub packs: Vec<String>,
    /// The number of the list: a list that replaces another one has a higher number.
    pub sequence: u64,
    /// The last day on which the list is valid.
    pub expires: Date,
}

/// A version that should no longer be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YankedVersion {
    /// The name of the pack.
    pub pack: String,
    /// The version that was yanked.
    pub version: Version,
    /// The reason, in prose.
    pub reason: String,
}

/// The versions of packs that should no longer be used: `yanked.toml`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Yanked")]
struct YankedFile {
    /// The version of this format: 2.
    #[schemars(with = "u32")]
    schema: Spanned<u32>,
    /// The names of the packs that the list covers.
    packs: Option<Vec<String>>,
    /// The number of the list, higher than that of the list it replaces.
    sequence: Option<u64>,
    /// The last day on which the list is valid, as `2027-01-31`.
    #[schemars(with = "Option<String>")]
    expires: Option<Spanned<String>>,
    /// The versions that should no longer be used.
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
    /// The reason, in prose.
    reason: String,
}

/// Returns the JSON Schema of `yanked.toml`.
pub fn yanked_schema() -> serde_json::Value {
    schemars::schema_for!(YankedFile).to_value()
}

impl Yanked {
    /// Reads a list; `file` is its name in messages.
    ///
    /// # Errors
    /// Every problem in the file, each with its place.
    pub fn parse(text: &str, file: &str) -> Result<Self, SpecError> {
        let text = NamedText { file, text };
        let wire: YankedFile =
            toml::from_str(text.text).map_err(|error| shape_error(&text, &error))?;
        let mut problems = Vec::new();
        let mut wrong = |span, message| {
            problems.push(SpecProblem {
                message,
                origin: text.origin(&span),
                hint: None,
            });
        };
        let edition = edition(&wire).map_err(|(span, message)| wrong(span, message));
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
        if problems.is_empty() {
            Ok(Self {
                edition: edition.unwrap_or_default(),
                versions,
            })
        } else {
            Err(SpecError(problems))
        }
    }

    /// Returns the reason why a version of a pack was yanked; `None` if it was not.
    pub fn reason(&self, pack: &str, version: &Version) -> Option<String> {
        let is_it = |one: &&YankedVersion| one.pack == pack && one.version == *version;
        let found = self.versions.iter().find(is_it)?;
        Some(visible(&found.reason))
    }

    /// Returns the text of the list, sorted, so that equal lists are equal bytes.
    pub fn to_toml(&self) -> String {
        let quoted = |text: &str| toml::Value::from(text).to_string();
        let mut versions = self.versions.clone();
        versions.sort_by(|a, b| (&a.pack, &a.version).cmp(&(&b.pack, &b.version)));
        let mut text = match &self.edition {
            Some(Edition {
                packs,
                sequence,
                expires,
            }) => format!(
                "schema = {YANKED_SCHEMA}\npacks = [{}]\nsequence = {sequence}\nexpires = \"{expires}\"\n",
                packs
                    .iter()
                    .map(|name| quoted(name))
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
            None => "schema = 1\n".to_owned(),
        };
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

/// Returns the edition of a list; `None` for format 1. An error has the position and the problem.
fn edition(wire: &YankedFile) -> Result<Option<Edition>, (Range<usize>, String)> {
    let schema = *wire.schema.get_ref();
    let wrong = |message: String| Err((wire.schema.span(), message));
    let stated = (&wire.packs, wire.sequence, &wire.expires);
    match (schema, stated) {
        (1, (None, None, None)) => Ok(None),
        (1, _) => wrong("a list with packs, sequence or expires has the schema 2".to_owned()),
        (YANKED_SCHEMA, (Some(packs), Some(sequence), Some(expires))) => {
            let not = || {
                (
                    expires.span(),
                    "not a day, which is written as 2027-01-31".to_owned(),
                )
            };
            let expires = day(expires.get_ref()).ok_or_else(not)?;
            if packs.is_empty() || sequence == 0 {
                return wrong(
                    "a list speaks for at least one pack, and its first number is 1".to_owned(),
                );
            }
            Ok(Some(Edition {
                packs: packs.clone(),
                sequence,
                expires,
            }))
        }
        (YANKED_SCHEMA, _) => wrong(
            "packs, sequence and expires are needed: `rdsproxy-gen pack yank` writes them"
                .to_owned(),
        ),
        (found, _) => wrong(format!("schema is {found}, and {YANKED_SCHEMA} is known")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_comes_back_as_it_went_and_names_the_reason() {
        let edition = Edition {
            packs: vec!["acme".to_owned(), "acme-more".to_owned()],
            sequence: 7,
            expires: time::macros::date!(2027 - 05 - 29),
        };
        for edition in [Some(edition), None] {
            let list = Yanked {
                edition,
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
    }

    #[test]
    fn every_problem_has_its_place() {
        let good = "schema = 2\npacks = [\"a\"]\nsequence = 1\nexpires = \"2027-01-31\"\n[[yanked]]\npack = \"a\"\nversion = \"1.0.0\"\nreason = \"x\"\n";
        assert!(Yanked::parse(good, "y").is_ok());
        for (from, to, expected) in [
            ("schema = 2", "schema = 3", "y:1:10: schema is 3"),
            (
                "schema = 2",
                "schema = 1",
                "y:1:10: a list with packs, sequence",
            ),
            (
                "sequence = 1\n",
                "",
                "y:1:10: packs, sequence and expires are needed",
            ),
            (
                "expires = \"2027-01-31\"\n",
                "",
                "y:1:10: packs, sequence and",
            ),
            (
                "packs = [\"a\"]\n",
                "",
                "y:1:10: packs, sequence and expires",
            ),
            (
                "[\"a\"]",
                "[]",
                "y:1:10: a list speaks for at least one pack",
            ),
            ("sequence = 1", "sequence = 0", "and its first number is 1"),
            ("sequence = 1", "sequence = -1", "y:3:12: "),
            (
                "sequence = 1",
                "sequence = 99999999999999999999",
                "y:3:12: ",
            ),
            ("2027-01-31", "2027-02-31", "y:4:11: not a day"),
            ("\"1.0.0\"", "\"1\"", "y:7:11: not a semantic version"),
            ("reason", "raison", "did you mean `reason`?"),
        ] {
            let error = Yanked::parse(&good.replace(from, to), "y").unwrap_err();
            assert!(error.to_string().contains(expected), "{to}: {error}");
        }
    }
}
