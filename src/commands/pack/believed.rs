//! The list of yanked versions of a pack, as far as it is believed: signed by whom it has to be, for this pack, the newest one as far
//! as that can be told. What was seen of it is remembered for the next run.

use super::terms::Terms;
use crate::domain::pack::freshness::{self, Asked, FoundList, SeenList, StaleError};
use crate::domain::pack::{Reference, YANKED_FILE, Yanked};
use crate::domain::spec::SpecError;
use crate::domain::trust::{COMMENT_OF_LIST, Standing, Subject, TrustError};
use crate::io::memory::{Memory, MemoryError};
use crate::io::store::YankedList;
use crate::io::store::archive::digest;
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

/// The versions of a pack that a list at a place names, where there is one.
///
/// # Errors
/// When the list is not believed, or that there is none.
pub(super) fn believed(
    list: Option<&YankedList>,
    (place, name): (&Reference, &str),
    terms: &Terms,
) -> Result<Yanked, YankedError> {
    let memory = Memory::of_user(place);
    let seen = memory
        .seen()
        .map_err(|error| YankedError::Memory { error })?;
    let asked = Asked {
        pack: name,
        seen: &seen,
        is_required: terms.trust.requires_lists(),
        today: clock::today(),
    };
    let stale = |error: StaleError| YankedError::Stale {
        way_out: way_out(&error, &memory),
        error,
    };
    let Some(list) = list else {
        freshness::judge(None, asked).map_err(stale)?;
        return Ok(Yanked::default());
    };
    let signer = signer(list, name, terms)?;
    let read = Yanked::parse(&list.text, YANKED_FILE).map_err(YankedError::Text)?;
    let digest = digest(list.text.as_bytes());
    let found = FoundList {
        list: &read,
        digest: &digest,
        signer: signer.as_deref(),
    };
    let warning = freshness::judge(Some(found), asked).map_err(stale)?;
    say(warning.as_deref());
    if let (Some(signer), Some(edition)) = (&signer, &read.edition) {
        let sequence = edition.sequence;
        let kept = memory.remember(signer, SeenList { sequence, digest });
        // A disk that cannot be written to is no reason to refuse a pack; that nothing is remembered is told.
        say(kept.err().map(|error| error.to_string()).as_deref());
    }
    Ok(read)
}

/// The key that signed a list, where it counts; none where nobody said whom to trust.
fn signer(list: &YankedList, name: &str, terms: &Terms) -> Result<Option<String>, YankedError> {
    let subject = Subject {
        what: "the list of yanked versions",
        name,
        bytes: list.text.as_bytes(),
        signature: list.signature.as_deref(),
        comment: COMMENT_OF_LIST,
    };
    let standing = terms.trust.judge(&subject, clock::today());
    match standing.map_err(YankedError::Trust)? {
        Standing::Verified { key, .. } => Ok(Some(key.to_string())),
        Standing::Unverified(_) => Ok(None),
    }
}

/// What was seen may be of a place that begins anew, which the user alone can know.
fn way_out(error: &StaleError, memory: &Memory) -> String {
    match memory.file().filter(|_| error.is_by_memory()) {
        Some(file) => format!(
            " (ask who publishes it; where all of it began anew, remove {} to forget what was seen)",
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
    let names = match &read.edition {
        Some(edition) => edition.packs.clone(),
        None => read.versions.iter().map(|one| one.pack.clone()).collect(),
    };
    match names.as_slice() {
        // It speaks for nobody: what was seen before is all that there is to say of it.
        [] => believed(list.filter(|_| false), (place, ""), terms),
        names => names.iter().try_fold(Yanked::default(), |_, name| {
            believed(list, (place, name), terms)
        }),
    }
}
