//! Checks, as far as possible, that a list of yanked versions is the newest one: by its number, compared with the
//! numbers seen before, and by its expiry. An older list, or a missing one after one was seen, would hide versions that
//! were yanked since.

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;
use time::Date;

use super::{Edition, Yanked};

/// The number of days before its expiry from which a list is reported.
const WARNING_DAYS: i64 = 14;

/// The lists that were seen at one location, by the key that signed them.
pub type Seen = BTreeMap<String, SeenList>;

/// The newest list of those seen from one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenList {
    /// The number of the list.
    pub sequence: u64,
    /// The digest of the list's text.
    pub digest: String,
    /// The packs and versions in the list, as [`named`] returns them.
    pub yanked: BTreeSet<String>,
}

/// Returns the packs and versions in a list, as `PACK VERSION`.
pub fn named(list: &Yanked) -> BTreeSet<String> {
    let versions = list.versions.iter();
    versions
        .map(|one| format!("{} {}", one.pack, one.version))
        .collect()
}

/// The list that was found for a pack.
#[derive(Clone, Copy, Debug)]
pub struct FoundList<'l> {
    /// The content of the list.
    pub list: &'l Yanked,
    /// The digest of the list's text.
    pub digest: &'l str,
    /// The key that signed the list; `None` if the signature was not verified.
    pub signer: Option<&'l str>,
}

/// The conditions that a list is checked against.
#[derive(Clone, Copy, Debug)]
pub struct ListQuery<'a> {
    /// The pack that the list should be for.
    pub pack: &'a str,
    /// The lists that were seen before.
    pub seen: &'a Seen,
    /// The keys that are still trusted: a list must not be older than the newest one of any of them, even if another
    /// key signed it.
    pub trusted: &'a BTreeSet<String>,
    /// True if a list is required in any case.
    pub is_required: bool,
    /// The date on which the list is checked.
    pub today: Date,
}

/// The reason why a list, or its absence, is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StaleError {
    /// The list is missing, and one was seen before.
    #[error(
        "there is no list of yanked versions any more, and number {seen} of it was seen here before: what was yanked cannot be determined"
    )]
    Missing {
        /// The highest number that was seen.
        seen: u64,
    },
    /// The list is missing, and the trust file requires one.
    #[error("there is no list of yanked versions, and the trust file requires one")]
    Required,
    /// The list has no number and no expiry, and one with both is needed.
    #[error(
        "the list of yanked versions has neither a number nor an expiry, so that its age cannot be determined: {why}"
    )]
    Ageless {
        /// The reason why both are needed.
        why: String,
    },
    /// A newer list was seen.
    #[error(
        "the list of yanked versions is number {found}, and number {seen} of it was seen here before: an older list hides what was yanked since"
    )]
    Older {
        /// The number of the list.
        found: u64,
        /// The highest number that was seen.
        seen: u64,
    },
    /// A different list with the same number was seen.
    #[error(
        "the list of yanked versions is number {0}, as one was that was seen here before and said something else: one of them was not published as the newest"
    )]
    Forked(u64),
    /// The list is not signed by a trusted key, and a signed one was seen.
    #[error(
        "the list of yanked versions is not one that a trusted key signed, and number {seen} that was seen here before is"
    )]
    Unverified {
        /// The highest number that was seen.
        seen: u64,
    },
    /// The list is for other packs.
    #[error("the list of yanked versions speaks for {packs}, and not for {pack}")]
    OtherPack {
        /// The packs that the list is for.
        packs: String,
        /// The pack that was checked.
        pack: String,
    },
    /// The list expired on this day.
    #[error(
        "the list of yanked versions counted until {0}: what was yanked since then cannot be determined"
    )]
    Expired(Date),
}

impl StaleError {
    /// True if the list is refused because of lists seen before, false if because of its own content or a setting.
    pub fn is_by_memory(&self) -> bool {
        match self {
            Self::Missing { .. }
            | Self::Older { .. }
            | Self::Forked(_)
            | Self::Unverified { .. } => true,
            Self::Required | Self::Ageless { .. } | Self::OtherPack { .. } | Self::Expired(_) => {
                false
            }
        }
    }
}

/// Checks the list that was found, or its absence. Returns notes for the user, if there are any.
///
/// # Errors
/// If it is not the newest list, or cannot be known to be.
pub fn judge(
    found: Option<FoundList<'_>>,
    asked: ListQuery<'_>,
) -> Result<Option<String>, StaleError> {
    let newest = asked.seen.values().map(|seen| seen.sequence).max();
    let Some(found) = found else {
        return match newest {
            Some(seen) => Err(StaleError::Missing { seen }),
            None if asked.is_required => Err(StaleError::Required),
            None => Ok(None),
        };
    };
    match (&found.list.edition, newest) {
        (Some(edition), newest) => {
            is_not_older(edition, found, asked, newest)?;
            let told = [of_edition(edition, asked)?, shrunk(edition, found, asked)];
            let told: Vec<String> = told.into_iter().flatten().collect();
            Ok(Some(told.join("\nnote: ")).filter(|told| !told.is_empty()))
        }
        (None, Some(seen)) => Err(StaleError::Ageless {
            why: format!("number {seen} was seen here before"),
        }),
        (None, None) if asked.is_required => Err(StaleError::Ageless {
            why: "the trust file requires both".to_owned(),
        }),
        (None, None) => Ok(Some(
            "the list of yanked versions is of the first format, without a number and an expiry: what it names counts, and whether it is the newest cannot be determined; whoever publishes it renews it with `rdsproxy-gen pack yank PACK --renew`".to_owned(),
        )),
    }
}

/// Compares a list with the lists that were seen before from its key and from other trusted keys.
fn is_not_older(
    edition: &Edition,
    found: FoundList<'_>,
    asked: ListQuery<'_>,
    newest: Option<u64>,
) -> Result<(), StaleError> {
    let Some(signer) = found.signer else {
        // Removing the signature must not bypass the numbers seen before.
        return newest.map_or(Ok(()), |seen| Err(StaleError::Unverified { seen }));
    };
    // Otherwise, an older list that another key signed would permit a rollback.
    match asked.before(signer) {
        Some(before) if edition.sequence < before.sequence => Err(StaleError::Older {
            found: edition.sequence,
            seen: before.sequence,
        }),
        Some(before) if edition.sequence == before.sequence && found.digest != before.digest => {
            Err(StaleError::Forked(edition.sequence))
        }
        Some(_) | None => Ok(()),
    }
}

impl ListQuery<'_> {
    /// Returns the newest list seen before from this key or a trusted one.
    fn before(&self, signer: &str) -> Option<&SeenList> {
        let counts = |key: &str| key == signer || self.trusted.contains(key);
        let counting = self.seen.iter().filter(|(key, _)| counts(key));
        counting
            .map(|(_, list)| list)
            .max_by_key(|list| list.sequence)
    }
}

/// Reports the versions that a newer list no longer contains. Its signer may remove them, but not silently.
fn shrunk(edition: &Edition, found: FoundList<'_>, asked: ListQuery<'_>) -> Option<String> {
    let before = asked.before(found.signer?)?;
    if edition.sequence <= before.sequence {
        return None;
    }
    let now = named(found.list);
    let gone: Vec<&String> = before.yanked.difference(&now).collect();
    let first = gone.first()?;
    let more = match gone.len() {
        1 => String::new(),
        many => format!(" and {} more", many - 1),
    };
    Some(format!(
        "number {} of the list of yanked versions no longer names {}{more}, which number {} did: whoever signed it took that back",
        edition.sequence,
        crate::domain::spec::visible(first),
        before.sequence
    ))
}

fn of_edition(edition: &Edition, asked: ListQuery<'_>) -> Result<Option<String>, StaleError> {
    let Edition { packs, expires, .. } = edition;
    if !packs.iter().any(|name| name == asked.pack) {
        return Err(StaleError::OtherPack {
            packs: crate::domain::spec::visible(&packs.join(", ")),
            pack: asked.pack.to_owned(),
        });
    }
    let left = (*expires - asked.today).whole_days();
    match left {
        ..0 => Err(StaleError::Expired(*expires)),
        0..=WARNING_DAYS => Ok(Some(format!(
            "the list of yanked versions counts until {expires}, and is refused from then on: whoever publishes it renews it with `rdsproxy-gen pack yank {} --renew`",
            asked.pack
        ))),
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests;
