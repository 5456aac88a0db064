//! `pack list`: lists the versions of a pack at a place, with their digests and whether they were yanked.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::app::CommandError;
use crate::app::resolution::believed::believed_of_all;
use crate::app::resolution::load;
use crate::app::resolution::terms::{Terms, TrustRequest};
use crate::domain::pack::{Reference, Yanked, YankedVersion};
use crate::domain::spec::visible;
use crate::domain::visible::escaped_json;
use crate::io::store::{self, Listed};

/// The place whose versions are listed.
#[derive(Clone, Debug)]
pub struct PackListRequest {
    /// The place: oci://HOST/REPOSITORY, or git+https://HOST/PATH.
    pub place: String,
    /// The keys and owners that are trusted.
    pub trust: TrustRequest,
}

/// Schema version of the JSON document.
const LIST_SCHEMA: u32 = 1;

/// The versions of a pack at a place; also the JSON document.
#[derive(Serialize)]
pub struct PackListing {
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

/// Lists the versions.
///
/// # Errors
/// When the place does not respond, or a trust file is wrong.
pub fn run(request: &PackListRequest) -> Result<PackListing, CommandError> {
    let place = Reference::parse(&request.place).map_err(CommandError::input)?;
    let terms = Terms::new(&request.trust, &[&request.place])?;
    let listing = store::list(&place, &terms.means()).map_err(load::refused)?;
    let yanked = believed_of_all(listing.yanked.as_ref(), &place, &terms);
    let yanked = yanked.map(reasons).map_err(|error| error.to_string());
    let versions = listing.versions.into_iter();
    Ok(PackListing {
        schema: LIST_SCHEMA,
        place: place.parts().0,
        versions: versions
            .map(|listed| line(listed, yanked.as_ref().ok()))
            .collect(),
        yanked_list: yanked.err(),
    })
}

impl PackListing {
    /// True if the list of yanked versions is not accepted.
    pub fn failed(&self) -> bool {
        self.yanked_list.is_some()
    }

    /// Returns the versions as text.
    pub fn text(&self) -> String {
        text(self)
    }

    /// Returns the versions as JSON.
    ///
    /// # Errors
    /// Never in practice: the document is valid JSON.
    pub fn json(&self) -> Result<String, CommandError> {
        let json = serde_json::to_string_pretty(self).map_err(CommandError::bug)?;
        Ok(escaped_json(json) + "\n")
    }
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

fn text(document: &PackListing) -> String {
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
