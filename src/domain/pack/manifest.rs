//! `pack.toml`: the name of a pack and its requirements. The content of a pack is in [`super::Pack`].

use schemars::JsonSchema;
use semver::Version;
use serde::Deserialize;
use toml::Spanned;

use crate::domain::spec::{NamedText, SpecError, SpecProblem, shape_error};

/// The version of this format.
pub const PACK_SCHEMA: u32 = 1;

/// The path of the file in a pack.
pub const PACK_FILE: &str = "pack.toml";

/// The version of the context that templates may use; `rdsproxy-gen schema context` prints it. Names are added to a
/// version, never renamed.
pub const CONTEXT_VERSION: u32 = 1;

/// The parent of a pack, which provides everything that the pack itself does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inherits {
    /// The location of the parent.
    pub pack: String,
    /// The digest of the parent, as `sha256:…`. A parent with a different digest is refused.
    pub digest: String,
}

/// The name of a pack, and its requirements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// The name: lower-case letters, digits and hyphens.
    pub name: String,
    /// The version, by semantic versioning.
    pub version: Version,
    /// The oldest rdsproxy-gen that can use the pack.
    pub tool: Version,
    /// The description, in one line.
    pub description: String,
    /// The person or team that answers for the pack.
    pub owner: String,
    /// The changes of this version, in prose.
    pub changelog: String,
    /// The parent; `None` if the manifest names none, and the built-in templates provide the rest.
    pub inherits: Option<Inherits>,
}

/// The manifest of a pack: `pack.toml`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Pack")]
struct ManifestFile {
    /// The version of this format: 1.
    #[schemars(with = "u32")]
    schema: Spanned<u32>,
    /// The name: lower-case letters, digits and hyphens.
    #[schemars(with = "String")]
    name: Spanned<String>,
    /// The version, by semantic versioning.
    #[schemars(with = "String")]
    version: Spanned<String>,
    /// The oldest version of rdsproxy-gen that can use the pack.
    #[schemars(with = "String")]
    tool: Spanned<String>,
    /// The description, in one line.
    description: String,
    /// The person or team responsible for the pack.
    owner: String,
    /// The changes in this version, in prose.
    #[serde(default)]
    changelog: String,
    /// The version of the template context: 1. `rdsproxy-gen schema context` prints the context.
    #[serde(default)]
    #[schemars(with = "Option<u32>")]
    context: Option<Spanned<u32>>,
    /// The pack that provides the files this one does not have; the built-in templates by default.
    #[serde(default)]
    inherits: Option<WireInherits>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Inherits")]
struct WireInherits {
    /// The location, in any form that `new --pack` accepts.
    pack: String,
    /// The digest, as printed by `pack build` and `pack list`: sha256:…
    #[schemars(with = "String")]
    digest: Spanned<String>,
}

/// Returns the JSON Schema of `pack.toml`.
pub fn json_schema() -> serde_json::Value {
    schemars::schema_for!(ManifestFile).to_value()
}

impl Manifest {
    /// Reads a manifest.
    ///
    /// # Errors
    /// Every problem in the file, each with its place.
    pub fn parse(text: &str) -> Result<Self, SpecError> {
        let text = NamedText {
            file: PACK_FILE,
            text,
        };
        let wire: ManifestFile =
            toml::from_str(text.text).map_err(|error| shape_error(&text, &error))?;
        let mut problems = Vec::new();
        if *wire.schema.get_ref() != PACK_SCHEMA {
            let message = format!(
                "schema is {}, and {PACK_SCHEMA} is known",
                wire.schema.get_ref()
            );
            problems.push(problem(&text, &wire.schema, message));
        }
        if !is_name(wire.name.get_ref()) {
            let message = "a pack's name has lower-case letters, digits and hyphens, begins with a letter, and at most 64 of them";
            problems.push(problem(&text, &wire.name, message.to_owned()));
        }
        if let Some(context) = wire
            .context
            .as_ref()
            .filter(|one| *one.get_ref() != CONTEXT_VERSION)
        {
            let message = format!(
                "templates of context {}, and {CONTEXT_VERSION} is known",
                context.get_ref()
            );
            problems.push(problem(&text, context, message));
        }
        let inherits = wire
            .inherits
            .map(|above| inherits(&text, above, &mut problems));
        let version = version(&text, &wire.version, &mut problems);
        let tool = version_of_tool(&text, &wire.tool, &mut problems);
        match (version, tool) {
            (Some(version), Some(tool)) if problems.is_empty() => Ok(Self {
                name: wire.name.into_inner(),
                version,
                tool,
                description: wire.description,
                owner: wire.owner,
                changelog: wire.changelog,
                inherits,
            }),
            _ => Err(SpecError(problems)),
        }
    }
}

fn inherits(
    text: &NamedText<'_>,
    above: WireInherits,
    problems: &mut Vec<SpecProblem>,
) -> Inherits {
    let digest = above.digest.get_ref();
    let hex = digest.strip_prefix("sha256:").unwrap_or_default();
    let is_digest = hex.len() == 64 && hex.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f'));
    if !is_digest {
        let message = "a digest is sha256: and 64 hexadecimal digits; `pack build` tells it";
        problems.push(problem(text, &above.digest, message.to_owned()));
    }
    Inherits {
        pack: above.pack,
        digest: above.digest.into_inner(),
    }
}

/// True if a pack may have this name.
pub fn is_name(name: &str) -> bool {
    name.len() <= 64
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

fn version(
    text: &NamedText<'_>,
    written: &Spanned<String>,
    problems: &mut Vec<SpecProblem>,
) -> Option<Version> {
    Version::parse(written.get_ref())
        .map_err(|error| {
            let message = format!("not a semantic version: {error}");
            problems.push(problem(text, written, message));
        })
        .ok()
}

/// Reads the required version of the tool, and reports one that is newer than this tool, which could misread the pack.
fn version_of_tool(
    text: &NamedText<'_>,
    written: &Spanned<String>,
    problems: &mut Vec<SpecProblem>,
) -> Option<Version> {
    let needed = version(text, written, problems)?;
    let own = env!("CARGO_PKG_VERSION");
    if Version::parse(own).is_ok_and(|own| own < needed) {
        let message = format!("this pack needs rdsproxy-gen {needed}, and this is {own}");
        problems.push(problem(text, written, message));
    }
    Some(needed)
}

fn problem<T>(text: &NamedText<'_>, at: &Spanned<T>, message: String) -> SpecProblem {
    SpecProblem {
        message,
        origin: text.origin(&at.span()),
        hint: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "schema = 1\nname = \"acme\"\nversion = \"1.2.0\"\ntool = \"0.1.0\"\ndescription = \"d\"\nowner = \"o\"\n";

    #[test]
    fn every_problem_has_its_place() {
        for (from, to, expected) in [
            ("schema = 1", "schema = 2", "pack.toml:1:10"),
            ("\"acme\"", "\"Acme\"", "pack.toml:2:8"),
            ("\"1.2.0\"", "\"1.2\"", "pack.toml:3:11"),
            ("\"0.1.0\"", "\"99.0.0\"", "needs rdsproxy-gen 99.0.0"),
            ("owner", "ownr", "did you mean `owner`?"),
            ("description", "context = 2\ndescription", "pack.toml:5:11"),
            (
                "owner = \"o\"\n",
                "owner = \"o\"\n[inherits]\npack = \"./base\"\ndigest = \"sha256:12\"\n",
                "pack.toml:9:10",
            ),
        ] {
            let error = Manifest::parse(&GOOD.replace(from, to)).unwrap_err();
            assert!(error.to_string().contains(expected), "{error}");
        }
        assert_eq!(
            Manifest::parse(GOOD).unwrap().version,
            Version::new(1, 2, 0)
        );
    }
}
