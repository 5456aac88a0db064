//! The list of yanked versions of a pack, accepted only if it has the required signature, covers this pack, and is
//! the newest one as far as can be known. Its number is remembered for the next run.

use super::terms::Terms;
use crate::domain::pack::freshness::{self, FoundList, ListQuery, SeenList, StaleError};
use crate::domain::pack::{Reference, YANKED_FILE, Yanked};
use crate::domain::spec::SpecError;
use crate::domain::trust::{COMMENT_OF_LIST, Provenance, TrustError, TrustSubject};
use crate::io::memory::{Memory, MemoryError};
use crate::io::store::archive::digest;
use crate::io::store::{Cache, NetworkAccess, Verified, YankedList};
use crate::io::{clock, terminal};

/// The reason why a list of yanked versions, or its absence, is not accepted.
#[derive(Debug, thiserror::Error)]
pub(in crate::app) enum YankedError {
    /// No trusted key signed it.
    #[error(transparent)]
    Trust(TrustError),
    /// The text cannot be parsed.
    #[error("the list of yanked versions cannot be read:\n  {0}")]
    Text(SpecError),
    /// The list is not the newest, or this cannot be verified.
    #[error("{error}{way_out}")]
    Stale {
        /// The reason why it is not known to be the newest.
        error: StaleError,
        /// Advice for the case that the remembered state is wrong; may be empty.
        way_out: String,
    },
    /// The remembered state cannot be read.
    #[error(
        "{error}: remove that file to forget what was seen; after that only the expiry of a list counts"
    )]
    Memory {
        /// The reason why it cannot be read.
        error: MemoryError,
    },
}

/// Returns the yanked versions of a pack from the list at a place, if there is one. Without the network, the newest
/// list that was ever fetched from the place is used.
///
/// # Errors
/// When the list, or its absence, is not accepted.
pub(in crate::app) fn believed(
    list: Option<&YankedList>,
    place: &Reference,
    name: &str,
    terms: &Terms,
) -> Result<Yanked, YankedError> {
    let memory = Memory::of_user(place);
    let mut seen = memory
        .seen()
        .map_err(|error| YankedError::Memory { error })?;
    let kept = kept(place, name, terms);
    let is_offline = terms.permission(place).reach() == NetworkAccess::Offline;
    let list = match kept.last().filter(|_| is_offline) {
        Some(newest) => Some(&newest.list),
        None => list,
    };
    // The cache may come from another machine, which saw lists that this one did not.
    let others = kept
        .iter()
        .filter(|kept| list.is_none_or(|list| kept.list != *list));
    for EarlierList {
        signer, seen: list, ..
    } in others
    {
        let is_newer = |before: &SeenList| before.sequence < list.sequence;
        if seen.get(signer).is_none_or(is_newer) {
            seen.insert(signer.clone(), list.clone());
        }
    }
    let today = clock::today();
    let keys = seen.keys().cloned();
    let asked = ListQuery {
        pack: name,
        seen: &seen,
        trusted: &keys
            .filter(|key| terms.trust.keeps(key, name, today))
            .collect(),
        is_required: terms.trust.requires_lists(),
        today,
    };
    let stale = |error: StaleError| YankedError::Stale {
        way_out: way_out(&error, &memory),
        error,
    };
    let Some(list) = list else {
        freshness::judge(None, asked).map_err(stale)?;
        return Ok(Yanked::default());
    };
    let (signer, read) = read(list, name, terms)?;
    let digest = digest(list.text.as_bytes());
    let found = FoundList {
        list: &read,
        digest: &digest,
        signer: signer.as_deref(),
    };
    let warning = freshness::judge(Some(found), asked).map_err(stale)?;
    say(warning.as_deref());
    if let (Some(signer), Some(seen)) = (&signer, seen_of(list, &read)) {
        remember(Verified { place, signer }, &memory, list, seen);
    }
    Ok(read)
}

/// A list that was fetched earlier.
struct EarlierList {
    signer: String,
    seen: SeenList,
    list: YankedList,
}

/// Returns the cached lists with a trusted signature, the newest last.
fn kept(place: &Reference, name: &str, terms: &Terms) -> Vec<EarlierList> {
    let lists = terms.means().cache.lists(place).into_iter();
    let verified = lists.filter_map(|list| {
        let (signer, read) = read(&list, name, terms).ok()?;
        let seen = seen_of(&list, &read)?;
        let signer = signer?;
        Some(EarlierList { signer, seen, list })
    });
    let mut kept: Vec<EarlierList> = verified.collect();
    kept.sort_by_key(|kept| kept.seen.sequence);
    kept
}

/// Returns the state to remember of a list; none if it has no number.
fn seen_of(list: &YankedList, read: &Yanked) -> Option<SeenList> {
    Some(SeenList {
        sequence: read.edition.as_ref()?.sequence,
        digest: digest(list.text.as_bytes()),
        yanked: freshness::named(read),
    })
}

/// Stores a verified list for the next run.
fn remember(verified: Verified<'_>, memory: &Memory, list: &YankedList, seen: SeenList) {
    Cache::of_user().keep_list(verified, seen.sequence, list);
    // A read-only disk is no reason to refuse a pack; the failure is only reported.
    let kept = memory.remember(verified.signer, seen);
    say(kept.err().map(|error| error.to_string()).as_deref());
}

/// Parses a list and returns it with the trusted key that signed it, if trust is configured.
fn read(
    list: &YankedList,
    name: &str,
    terms: &Terms,
) -> Result<(Option<String>, Yanked), YankedError> {
    let signer = signer(list, name, terms)?;
    let read = Yanked::parse(&list.text, YANKED_FILE).map_err(YankedError::Text)?;
    Ok((signer, read))
}

/// Returns the trusted key that signed a list; none if no trust is configured.
fn signer(list: &YankedList, name: &str, terms: &Terms) -> Result<Option<String>, YankedError> {
    let subject = TrustSubject {
        what: "the list of yanked versions",
        name,
        bytes: list.text.as_bytes(),
        signature: list.signature.as_deref(),
        comment: COMMENT_OF_LIST,
    };
    let standing = terms.trust.judge(&subject, clock::today());
    match standing.map_err(YankedError::Trust)? {
        Provenance::Verified { key, .. } => Ok(Some(key.to_string())),
        Provenance::Unverified(_) => Ok(None),
    }
}

/// Returns advice for a list that contradicts the remembered state. Only the user can know that the place was set up
/// again.
fn way_out(error: &StaleError, memory: &Memory) -> String {
    match memory.file().filter(|_| error.is_by_memory()) {
        Some(file) => format!(
            " (ask who publishes it; where another key took over, take the one before out of your trust file; where all of it began anew, remove {} to forget what was seen)",
            file.display()
        ),
        None => String::new(),
    }
}

/// Prints a note once per run, no matter how many packs come from a place. stderr may be closed; ignore the error.
fn say(told: Option<&str>) {
    if let Some(told) = told {
        let _ = terminal::note_once(&format!("note: {told}\n"));
    }
}

/// Accepts a list that covers several packs, for each of them.
///
/// # Errors
/// Those of [`believed`].
pub(in crate::app) fn believed_of_all(
    list: Option<&YankedList>,
    place: &Reference,
    terms: &Terms,
) -> Result<Yanked, YankedError> {
    let read = match list {
        Some(list) => Yanked::parse(&list.text, YANKED_FILE).map_err(YankedError::Text)?,
        None => Yanked::default(),
    };
    let mut names = named(&read);
    if names.is_empty() {
        // The new list covers no pack, so the packs of the earlier lists are checked.
        let kept = terms.means().cache.lists(place).into_iter();
        let kept = kept.filter_map(|list| Yanked::parse(&list.text, YANKED_FILE).ok());
        names = kept.flat_map(|list| named(&list)).collect();
    }
    match names.as_slice() {
        // The list covers no pack; only the remembered state is left to judge by.
        [] => believed(list.filter(|_| false), place, "", terms),
        names => names.iter().try_fold(Yanked::default(), |_, name| {
            believed(list, place, name, terms)
        }),
    }
}

/// Returns the packs that a list covers.
fn named(list: &Yanked) -> Vec<String> {
    match &list.edition {
        Some(edition) => edition.packs.clone(),
        None => list.versions.iter().map(|one| one.pack.clone()).collect(),
    }
}
