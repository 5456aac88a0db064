//! Whether a list of yanked versions is the newest one, as far as that can be told: by its number, beside the numbers that were seen
//! before, and by its expiry. An older list, or none where one was seen, would hide what was yanked since.

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;
use time::Date;

use super::{Edition, Yanked};

/// How many days before its expiry a list is spoken of.
const WARNING_DAYS: i64 = 14;

/// What was seen of the lists of one place, by the key that signed them.
pub type Seen = BTreeMap<String, SeenList>;

/// The newest list that a key signed, of those that were seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenList {
    /// Its number.
    pub sequence: u64,
    /// The digest of its text.
    pub digest: String,
    /// The packs and versions that it named, as [`named`] gives them.
    pub yanked: BTreeSet<String>,
}

/// The packs and versions that a list names.
pub fn named(list: &Yanked) -> BTreeSet<String> {
    let versions = list.versions.iter();
    versions
        .map(|one| format!("{} {}", one.pack, one.version))
        .collect()
}

/// A list as it was found, for a pack.
#[derive(Clone, Copy, Debug)]
pub struct FoundList<'l> {
    /// What it says.
    pub list: &'l Yanked,
    /// The digest of its text.
    pub digest: &'l str,
    /// The key that signed it, where that was verified.
    pub signer: Option<&'l str>,
}

/// What is asked of a list.
#[derive(Clone, Copy, Debug)]
pub struct ListQuery<'a> {
    /// The pack that it should speak for.
    pub pack: &'a str,
    /// What was seen before.
    pub seen: &'a Seen,
    /// The keys of these that still count: an older list of one of them is no newer one by another.
    pub trusted: &'a BTreeSet<String>,
    /// Whether a list has to be there in any case.
    pub is_required: bool,
    /// Today.
    pub today: Date,
}

/// Why a list, or that there is none, is not believed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StaleError {
    /// There was one, and now there is none.
    #[error(
        "there is no list of yanked versions any more, and number {seen} of it was seen here before: what was yanked cannot be told"
    )]
    Missing {
        /// The highest number that was seen.
        seen: u64,
    },
    /// There is none, and the trust file asks for one.
    #[error("there is no list of yanked versions, and the trust file requires one")]
    Required,
    /// It has no number and no expiry, where one with a number is needed.
    #[error(
        "the list of yanked versions has neither a number nor an expiry, so that its age cannot be told: {why}"
    )]
    Ageless {
        /// Why that is not taken.
        why: String,
    },
    /// A newer one was seen.
    #[error(
        "the list of yanked versions is number {found}, and number {seen} of it was seen here before: an older list hides what was yanked since"
    )]
    Older {
        /// Its number.
        found: u64,
        /// The highest number that was seen.
        seen: u64,
    },
    /// Another list with the same number was seen.
    #[error(
        "the list of yanked versions is number {0}, as one was that was seen here before and said something else: one of them was not published as the newest"
    )]
    Forked(u64),
    /// Nobody who counts signed it, where a list was seen that was signed.
    #[error(
        "the list of yanked versions is not one that a trusted key signed, and number {seen} that was seen here before is"
    )]
    Unverified {
        /// The highest number that was seen.
        seen: u64,
    },
    /// It is of another pack.
    #[error("the list of yanked versions speaks for {packs}, and not for {pack}")]
    OtherPack {
        /// The packs that it speaks for.
        packs: String,
        /// The pack that was asked about.
        pack: String,
    },
    /// Its time is over.
    #[error(
        "the list of yanked versions counted until {0}: what was yanked since then cannot be told"
    )]
    Expired(Date),
}

impl StaleError {
    /// Whether what was seen before speaks against it, and not the list itself.
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

/// Judges the list that was found, or that there is none. Gives what its makers should be told.
///
/// # Errors
/// When it is not the newest, or cannot be known to be.
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
            is_not_older(edition, found, (asked, newest))?;
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
            "the list of yanked versions is of the first format, without a number and an expiry: what it names counts, and whether it is the newest cannot be told; whoever publishes it renews it with `rdsproxy-gen pack yank PACK --renew`".to_owned(),
        )),
    }
}

/// Beside the lists that were seen before: those of its key, and of the others that count. Whoever has an older list of another key
/// would otherwise have a way back.
fn is_not_older(
    edition: &Edition,
    found: FoundList<'_>,
    (asked, newest): (ListQuery<'_>, Option<u64>),
) -> Result<(), StaleError> {
    let Some(signer) = found.signer else {
        // Whoever takes the signature away may not take the memory away with it.
        return newest.map_or(Ok(()), |seen| Err(StaleError::Unverified { seen }));
    };
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
    /// The newest list before one of this key.
    fn before(&self, signer: &str) -> Option<&SeenList> {
        let counts = |key: &str| key == signer || self.trusted.contains(key);
        let counting = self.seen.iter().filter(|(key, _)| counts(key));
        counting
            .map(|(_, list)| list)
            .max_by_key(|list| list.sequence)
    }
}

/// What a newer list takes back. Whoever signs it may do that, and nobody does it unseen.
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
