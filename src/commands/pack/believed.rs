//! The list of yanked versions of a pack, as far as it is believed: signed by whom it has to be, for this pack, the newest one as far
//! as that can be told. What was seen of it is remembered for the next run.

use super::terms::Terms;
use crate::domain::pack::freshness::{self, FoundList, ListQuery, SeenList, StaleError};
use crate::domain::pack::{Reference, YANKED_FILE, Yanked};
use crate::domain::spec::SpecError;
use crate::domain::trust::{COMMENT_OF_LIST, Provenance, TrustError, TrustSubject};
use crate::io::memory::{Memory, MemoryError};
use crate::io::store::archive::digest;
use crate::io::store::{Cache, NetworkAccess, Verified, YankedList};
use crate::io::{clock, terminal};

/// Why a list of yanked versions is not believed, or that there is none is not.
#[derive(Debug, thiserror::Error)]
pub(super) enum YankedError {
    /// Nobody who may say so signed it.
    #[error(transparent)]
    Trust(TrustError),
    /// It cannot be read.
    #[error("the list of yanked versions cannot be read:\n  {0}")]
    Text(SpecError),
    /// It is not the newest, or cannot be known to be.
    #[error("{error}{way_out}")]
    Stale {
        /// Why.
        error: StaleError,
        /// What to do, where what was seen before is wrong.
        way_out: String,
    },
    /// What was seen before cannot be read.
    #[error(
        "{error}: remove that file to forget what was seen; after that only the expiry of a list counts"
    )]
    Memory {
        /// Why.
        error: MemoryError,
    },
}

/// The versions of a pack that a list at a place names, where there is one. Without the network it is the newest one that the place
/// ever gave.
///
/// # Errors
/// When the list is not believed, or that there is none.
pub(super) fn believed(
    list: Option<&YankedList>,
    (place, name): (&Reference, &str),
    terms: &Terms,
) -> Result<Yanked, YankedError> {
    let memory = Memory::of_user(place);
    let mut seen = memory
        .seen()
        .map_err(|error| YankedError::Memory { error })?;
    let kept = kept((place, name), terms);
    let is_offline = terms.permission(place).reach() == NetworkAccess::Offline;
    let list = match kept.last().filter(|_| is_offline) {
        Some(newest) => Some(&newest.list),
        None => list,
    };
    // What is kept may have been seen on another machine, from which the cache came.
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
    remember((place, &memory), list, (signer.as_deref(), &read));
    Ok(read)
}

/// A list that a place gave before.
struct EarlierList {
    signer: String,
    seen: SeenList,
    list: YankedList,
}

/// Those that a key signed that counts, the newest last.
fn kept((place, name): (&Reference, &str), terms: &Terms) -> Vec<EarlierList> {
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

/// What is remembered of a list; none of one without a number.
fn seen_of(list: &YankedList, read: &Yanked) -> Option<SeenList> {
    Some(SeenList {
        sequence: read.edition.as_ref()?.sequence,
        digest: digest(list.text.as_bytes()),
        yanked: freshness::named(read),
    })
}

/// Keeps a list that was verified for the next run.
fn remember(
    (place, memory): (&Reference, &Memory),
    list: &YankedList,
    (signer, read): (Option<&str>, &Yanked),
) {
    let (Some(signer), Some(seen)) = (signer, seen_of(list, read)) else {
        return;
    };
    let sequence = seen.sequence;
    Cache::of_user().keep_list(Verified { place, signer }, sequence, list);
    // A disk that cannot be written to is no reason to refuse a pack; that nothing is remembered is told.
    let kept = memory.remember(signer, seen);
    say(kept.err().map(|error| error.to_string()).as_deref());
}

/// What a list says, and the key that signed it, where it counts.
fn read(
    list: &YankedList,
    name: &str,
    terms: &Terms,
) -> Result<(Option<String>, Yanked), YankedError> {
    let signer = signer(list, name, terms)?;
    let read = Yanked::parse(&list.text, YANKED_FILE).map_err(YankedError::Text)?;
    Ok((signer, read))
}

/// The key that signed a list, where it counts; none where nobody said whom to trust.
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

/// What was seen may be of a place that begins anew, which the user alone can know.
fn way_out(error: &StaleError, memory: &Memory) -> String {
    match memory.file().filter(|_| error.is_by_memory()) {
        Some(file) => format!(
            " (ask who publishes it; where another key took over, take the one before out of your trust file; where all of it began anew, remove {} to forget what was seen)",
            file.display()
        ),
        None => String::new(),
    }
}

/// Once in a run, however many packs come from a place. Where nobody reads it, the work is done all the same.
fn say(told: Option<&str>) {
    if let Some(told) = told {
        let _ = terminal::note_once(&format!("note: {told}\n"));
    }
}

/// Believes a list that tells of several packs, for each of them.
///
/// # Errors
/// As [`believed`].
pub(super) fn believed_of_all(
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
        // Nothing is said any more, of these at least.
        let kept = terms.means().cache.lists(place).into_iter();
        let kept = kept.filter_map(|list| Yanked::parse(&list.text, YANKED_FILE).ok());
        names = kept.flat_map(|list| named(&list)).collect();
    }
    match names.as_slice() {
        // It speaks for nobody: what was seen before is all that there is to say of it.
        [] => believed(list.filter(|_| false), (place, ""), terms),
        names => names.iter().try_fold(Yanked::default(), |_, name| {
            believed(list, (place, name), terms)
        }),
    }
}

/// The packs that a list speaks of.
fn named(list: &Yanked) -> Vec<String> {
    match &list.edition {
        Some(edition) => edition.packs.clone(),
        None => list.versions.iter().map(|one| one.pack.clone()).collect(),
    }
}
