//! Whether a list of yanked versions is the newest one, as far as that can be told: by its number, beside the numbers that were seen
//! before, and by its expiry. An older list, or none where one was seen, would hide what was yanked since.

use std::collections::BTreeMap;

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
pub struct Asked<'a> {
    /// The pack that it should speak for.
    pub pack: &'a str,
    /// What was seen before.
    pub seen: &'a Seen,
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
pub fn judge(found: Option<FoundList<'_>>, asked: Asked<'_>) -> Result<Option<String>, StaleError> {
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
            is_not_older(edition, found, (asked.seen, newest))?;
            of_edition(edition, asked)
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

/// Beside the lists that were seen before.
fn is_not_older(
    edition: &Edition,
    found: FoundList<'_>,
    (seen, newest): (&Seen, Option<u64>),
) -> Result<(), StaleError> {
    let Some(signer) = found.signer else {
        // Whoever takes the signature away may not take the memory away with it.
        return newest.map_or(Ok(()), |seen| Err(StaleError::Unverified { seen }));
    };
    match seen.get(signer) {
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

fn of_edition(edition: &Edition, asked: Asked<'_>) -> Result<Option<String>, StaleError> {
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
mod tests {
    use time::macros::date;

    use super::*;

    fn list(sequence: u64, expires: Date) -> Yanked {
        Yanked {
            edition: Some(Edition {
                packs: vec!["acme".to_owned()],
                sequence,
                expires,
            }),
            versions: Vec::new(),
        }
    }

    /// What was seen before, by key A.
    fn seen(sequence: u64) -> Seen {
        let digest = "d".to_owned();
        [("A".to_owned(), SeenList { sequence, digest })].into()
    }

    const LATER: Date = date!(2027 - 06 - 01);
    const TODAY: Date = date!(2026 - 12 - 01);

    /// The verdict in a word, and the words of it.
    fn told(found: Option<FoundList<'_>>, seen: &Seen, is_required: bool) -> String {
        let asked = Asked {
            pack: "acme",
            seen,
            is_required,
            today: TODAY,
        };
        match judge(found, asked) {
            Ok(None) => "taken".to_owned(),
            Ok(Some(warning)) => format!("warned: {warning}"),
            Err(error) => format!("refused: {error}"),
        }
    }

    #[test]
    fn a_list_is_taken_where_nothing_speaks_against_it() {
        let nothing = Seen::new();
        for (what, sequence, signer, before, expected) in [
            ("a first one", 1, Some("A"), &nothing, "taken"),
            ("the same", 3, Some("A"), &seen(3), "taken"),
            ("a newer one", 4, Some("A"), &seen(3), "taken"),
            (
                "an older one",
                2,
                Some("A"),
                &seen(3),
                "refused: the list of yanked versions is number 2, and number 3",
            ),
            ("of another key", 1, Some("B"), &seen(3), "taken"),
            (
                "of nobody",
                9,
                None,
                &seen(3),
                "refused: the list of yanked versions is not one that a trusted key",
            ),
            ("of nobody, and nothing seen", 9, None, &nothing, "taken"),
        ] {
            let list = list(sequence, LATER);
            let found = FoundList {
                list: &list,
                digest: "d",
                signer,
            };
            assert!(
                told(Some(found), before, true).starts_with(expected),
                "{what}"
            );
        }
    }

    #[test]
    fn none_and_a_list_without_a_number_are_taken_where_none_was_seen() {
        let old = Yanked::default();
        let nothing = Seen::new();
        let three = list(3, LATER);
        let other = FoundList {
            list: &three,
            digest: "e",
            signer: Some("A"),
        };
        assert!(told(Some(other), &seen(3), false).contains("said something else"));
        let old = FoundList {
            list: &old,
            digest: "d",
            signer: Some("A"),
        };
        for (found, before, is_required, expected) in [
            (None, &nothing, false, "taken"),
            (
                None,
                &nothing,
                true,
                "refused: there is no list of yanked versions, and the trust file",
            ),
            (
                None,
                &seen(3),
                false,
                "refused: there is no list of yanked versions any more, and number 3",
            ),
            (
                Some(old),
                &nothing,
                false,
                "warned: the list of yanked versions is of the first format",
            ),
            (
                Some(old),
                &nothing,
                true,
                "refused: the list of yanked versions has neither",
            ),
            (
                Some(old),
                &seen(3),
                false,
                "refused: the list of yanked versions has neither",
            ),
        ] {
            let told = told(found, before, is_required);
            assert!(told.starts_with(expected), "{expected}: {told}");
        }
    }

    #[test]
    fn a_list_counts_until_its_last_day_and_two_weeks_before_that_is_told() {
        let nothing = Seen::new();
        for (expires, expected) in [
            (date!(2026 - 12 - 16), "taken"),
            (
                date!(2026 - 12 - 15),
                "warned: the list of yanked versions counts until 2026-12-15",
            ),
            (date!(2026 - 12 - 01), "warned"),
            (
                date!(2026 - 11 - 30),
                "refused: the list of yanked versions counted until 2026-11-30",
            ),
        ] {
            let list = list(1, expires);
            for signer in [Some("A"), None] {
                let found = FoundList {
                    list: &list,
                    digest: "d",
                    signer,
                };
                let told = told(Some(found), &nothing, false);
                assert!(told.starts_with(expected), "{expected}: {told}");
            }
        }
    }

    #[test]
    fn a_list_of_other_packs_says_nothing_of_this_one() {
        let mut list = list(1, LATER);
        list.edition.as_mut().unwrap().packs = vec!["billing".to_owned()];
        let found = FoundList {
            list: &list,
            digest: "d",
            signer: Some("A"),
        };
        let told = told(Some(found), &Seen::new(), false);
        assert!(
            told.contains("speaks for billing, and not for acme"),
            "{told}"
        );
    }
}
