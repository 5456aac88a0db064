//! `pack list`: lists the versions of a pack at a place, with their digests and whether they were yanked.

use std::collections::BTreeMap;

use clap::{Args, ValueEnum};
use serde::Serialize;

use crate::app::resolution::believed::believed_of_all;
use crate::app::resolution::load;
use crate::app::resolution::terms::{Terms, TrustArgs};
use crate::app::{CommandError, Outcome};
use crate::domain::pack::{Reference, Yanked, YankedVersion};
use crate::domain::spec::visible;
use crate::domain::visible::escaped_json;
use crate::io::store::{self, Listed};

/// Schema version of the JSON document.
const LIST_SCHEMA: u32 = 1;

/// List the versions of a pack in a registry or in a git repository, the newest first.
#[derive(Debug, Args)]
pub(super) struct PackListArgs {
    /// The place: oci://HOST/REPOSITORY, or git+https://HOST/PATH.
    place: String,
    /// How to write it.
    #[arg(long, value_enum, default_value_t = ListFormat::Text)]
    format: ListFormat,
    #[command(flatten)]
    trust: TrustArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ListFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// The document that `--format json` prints.
#[derive(Serialize)]
struct ListDocument {
    schema: u32,
    place: String,
    versions: Vec<VersionLine>,
    /// The reason why the list of yanked versions is not accepted; absent if it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    yanked_list: Option<String>,
}

/// One version. Fields that the place does not provide are absent.
#[derive(Serialize)]
struct VersionLine {
    version: String,
    reference: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signed: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    yanked: Option<String>,
}

/// Lists the versions as text or as JSON.
pub(super) fn run(args: &PackListArgs) -> Result<Outcome, CommandError> {
    let place = Reference::parse(&args.place).map_err(CommandError::input)?;
    let terms = Terms::of(&args.trust, &[&args.place])?;
    let listing = store::list(&place, &terms.means()).map_err(load::refused)?;
    let yanked = believed_of_all(listing.yanked.as_ref(), &place, &terms);
    let yanked = yanked.map(reasons).map_err(|error| error.to_string());
    let versions = listing.versions.into_iter();
    let document = ListDocument {
        schema: LIST_SCHEMA,
        place: place.parts().0,
        versions: versions
            .map(|listed| line(listed, yanked.as_ref().ok()))
            .collect(),
        yanked_list: yanked.err(),
    };
    let stdout = match args.format {
        ListFormat::Text => text(&document),
        ListFormat::Json => {
            let json = serde_json::to_string_pretty(&document).map_err(CommandError::bug)?;
            escaped_json(json) + "\n"
        }
    };
    Ok(Outcome {
        failed: document.yanked_list.is_some(),
        ..Outcome::text(stdout)
    })
}

/// Returns the reasons for yanked versions, by version. A place contains one pack. If its list covers other packs,
/// their reasons apply to equal version numbers as well.
fn reasons(list: Yanked) -> BTreeMap<String, String> {
    let told = |one: &YankedVersion| {
        Some((
            one.version.to_string(),
            list.reason(&one.pack, &one.version)?,
        ))
    };
    list.versions.iter().filter_map(told).collect()
}

fn line(listed: Listed, yanked: Option<&BTreeMap<String, String>>) -> VersionLine {
    let version = listed.version.to_string();
    VersionLine {
        yanked: yanked.and_then(|reasons| reasons.get(&version).cloned()),
        version,
        reference: listed.reference.to_string(),
        digest: listed.digest,
        signed: listed.signed,
    }
}

fn text(document: &ListDocument) -> String {
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
            line.signed.map(|signed| {
                if signed {
                    "signed".to_owned()
                } else {
                    "not signed".to_owned()
                }
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
            "which of them were yanked cannot be determined: {}\n",
            visible(why)
        ));
    }
    text
}
