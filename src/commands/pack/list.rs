//! `pack list`: the versions of a pack at a place, with their digests, and which were yanked.

use std::collections::BTreeMap;

use clap::{Args as ClapArgs, ValueEnum};
use serde::Serialize;

use super::opened;
use super::used::{self, TrustArgs, YankedError};
use crate::commands::{CommandError, Outcome};
use crate::domain::pack::{Reference, YANKED_FILE, Yanked};
use crate::domain::spec::visible;
use crate::domain::trust::Trust;
use crate::domain::visible::escaped_json;
use crate::io::clock;
use crate::io::store::{self, Listed, YankedList};

/// The version of the JSON document.
const LIST_SCHEMA: u32 = 1;

/// List the versions of a pack in a registry or in a git repository, the newest first.
#[derive(Debug, ClapArgs)]
pub(super) struct Args {
    /// The place: oci://HOST/REPOSITORY, or git+https://HOST/PATH.
    place: String,
    /// How to write it.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    trust: TrustArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// The JSON document.
#[derive(Serialize)]
struct Document {
    schema: u32,
    place: String,
    versions: Vec<Line>,
    /// Why the list of yanked versions is not believed, where it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    yanked_list: Option<String>,
}

/// One version; what a place does not tell is absent.
#[derive(Serialize)]
struct Line {
    version: String,
    reference: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signed: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    yanked: Option<String>,
}

/// Runs it.
pub(super) fn run(args: &Args) -> Result<Outcome, CommandError> {
    let place = Reference::parse(&args.place).map_err(CommandError::input)?;
    let trust = used::trust(&args.trust)?;
    let listing = store::list(&place).map_err(opened::refused)?;
    let yanked = match &listing.yanked {
        Some(list) => reasons(list, trust.as_ref()).map_err(|error| error.to_string()),
        None => Ok(BTreeMap::new()),
    };
    let versions = listing.versions.into_iter();
    let document = Document {
        schema: LIST_SCHEMA,
        place: place.parts().0,
        versions: versions
            .map(|listed| line(listed, yanked.as_ref().ok()))
            .collect(),
        yanked_list: yanked.err(),
    };
    let stdout = match args.format {
        Format::Text => text(&document),
        Format::Json => {
            let json = serde_json::to_string_pretty(&document).map_err(CommandError::bug)?;
            escaped_json(&json) + "\n"
        }
    };
    Ok(Outcome {
        failed: document.yanked_list.is_some(),
        ..Outcome::text(stdout)
    })
}

/// Why versions were yanked, by the version. A place holds one pack; where its list tells of others, what they say counts for a
/// version of the same number as well.
fn reasons(
    list: &YankedList,
    trust: Option<&Trust>,
) -> Result<BTreeMap<String, String>, YankedError> {
    let read = Yanked::parse(&list.text, YANKED_FILE).map_err(YankedError::Text)?;
    let mut reasons = BTreeMap::new();
    for one in read.versions {
        let version = one.version.to_string();
        let yanked = used::yanked(list, &one.pack, trust, clock::today())?;
        reasons.extend(
            yanked
                .reason(&one.pack, &one.version)
                .map(|why| (version, why)),
        );
    }
    Ok(reasons)
}

fn line(listed: Listed, yanked: Option<&BTreeMap<String, String>>) -> Line {
    let version = listed.version.to_string();
    Line {
        yanked: yanked.and_then(|reasons| reasons.get(&version).cloned()),
        version,
        reference: listed.reference.to_string(),
        digest: listed.digest,
        signed: listed.signed,
    }
}

fn text(document: &Document) -> String {
    let width = document
        .versions
        .iter()
        .map(|line| line.version.len())
        .max();
    let width = width.unwrap_or_default();
    let mut text = String::new();
    for line in &document.versions {
        let about = [
            line.digest.clone(),
            line.signed.map(|signed| match signed {
                true => "signed".to_owned(),
                false => "not signed".to_owned(),
            }),
            line.yanked
                .as_ref()
                .map(|reason| format!("yanked: {reason}")),
        ];
        let about: Vec<String> = about.into_iter().flatten().collect();
        let line = format!("{:width$}  {}", line.version, about.join("  "));
        text.push_str(&format!("{}\n", line.trim_end()));
    }
    if document.versions.is_empty() {
        text.push_str(&format!("{} has no version\n", document.place));
    }
    if let Some(why) = &document.yanked_list {
        text.push_str(&format!(
            "which of them were yanked cannot be told: {}\n",
            visible(why)
        ));
    }
    text
}
